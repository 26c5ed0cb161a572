"""One hand on several accounts: strangers' posts that share a number, wallet or site belong to one campaign.

Wording that is alike never opens one by itself, for headquarters' templates stand on dozens of offices' accounts
within the hour; it only adds posts to a campaign that a shared contact has opened.

A campaign is also evidence. Whoever uses a number by which a stranger on another account was paid is held to
be that stranger, and for a day after an office fell, its sister offices are looked at more strictly.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.ngrams import masked, windows
from detector.records import Account
from detector.text import fold

Key = tuple[str, str]
"""Platform and handle of an account."""

LASTS: Final = timedelta(days=1)
"""For how long an office's fall is evidence against its sisters' posts."""

OWN_BEFORE: Final = timedelta(days=1)
"""A contact that any account used this long before a stranger did is somebody's own."""

ALIKE: Final = 0.7
"""Jaccard similarity of their 5-grams from which two texts are one wording."""

_SIZE: Final = 5
_BITS: Final = 32
_SHORT: Final = 40
"""Characters below which a wording is too short to be told again."""

_ROWS, _BANDS = 4, 16
"""Of a MinHash signature (Broder 1997): pairs as alike as `ALIKE` are missed once in some eighty."""

_EVERYBODYS: Final = frozenset(
    [
        "instagram.com",
        "facebook.com",
        "fb.com",
        "youtube.com",
        "youtu.be",
        "wa.me",
        "whatsapp.com",
        "t.me",
        "telegram.me",
        "tiktok.com",
        "x.com",
        "twitter.com",
        "google.com",
        "goo.gl",
        "forms.gle",
        "linktr.ee",
        "bit.ly",
        "s.id",
        "threads.net",
        "linkedin.com",
        "zoom.us",
    ]
)
_PUBLIC: Final = (
    ".go.id",
    ".ac.id",
    ".sch.id",
    ".mil.id",
    ".gov",
    ".edu",
    ".gov.my",
    ".gov.ph",
    ".mil",
)


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What a stranger's post, or a change to an account, leaves behind."""

    account: Key
    id: str
    at: datetime
    shared: tuple[str, ...]
    """Numbers, wallets, sites, network addresses."""
    text: str = ""


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """Strangers' posts and changes on several accounts that one hand made."""

    id: str
    """The same whenever the same traces are read."""
    traces: tuple[Trace, ...]
    """In order of time."""
    shared: tuple[str, ...]
    """What at least two of the accounts have in common."""

    @property
    def accounts(self) -> tuple[Key, ...]:
        """The accounts, in the order in which they fell."""
        return tuple(dict.fromkeys(one.account for one in self.traces))


class Wave(msgspec.Struct, frozen=True):
    """What other accounts' falls say of one account."""

    contacts: tuple[str, ...] = ()
    """Used by a stranger elsewhere."""
    starts: tuple[datetime, ...] = ()
    """When a sister office fell."""


def campaigns(traces: Iterable[Trace]) -> list[Campaign]:
    """Put traces of one hand together, those of at least two accounts, in order of time."""
    ordered = sorted(traces, key=lambda one: (one.at, one.account, one.id))
    hands = _Hands(len(ordered))
    for shared, places in _common(ordered).items():
        hands.open(shared, places)
    for first, second in _alike(ordered):
        hands.add(first, second)
    found: dict[int, list[Trace]] = defaultdict(list)
    for place, trace in enumerate(ordered):
        if (hand := hands.of(place)) in hands.shared:
            found[hand].append(trace)
    return [
        Campaign(id=_named(shared), traces=tuple(some), shared=tuple(sorted(shared)))
        for some, shared in ((some, hands.shared[hand]) for hand, some in found.items())
    ]


def _common(traces: Sequence[Trace]) -> dict[str, list[int]]:
    """Return what traces of several accounts share, and the traces that do."""
    users: dict[str, list[int]] = defaultdict(list)
    for place, trace in enumerate(traces):
        for one in trace.shared:
            if not is_everybodys(one):
                users[one].append(place)
    return {
        one: places
        for one, places in users.items()
        if len({traces[place].account for place in places}) > 1
    }


class _Hands:
    """Which traces one hand left: disjoint sets that grow together (Tarjan 1975)."""

    def __init__(self, traces: int) -> None:
        self._parents = list(range(traces))
        self.shared: dict[int, set[str]] = {}
        """What the traces of a hand share, by hand."""

    def of(self, place: int) -> int:
        """Return the hand that left a trace."""
        parents = self._parents
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    def open(self, shared: str, places: Sequence[int]) -> None:
        """Hold all these to be of one hand, for they share something."""
        hands = {self.of(place) for place in places}
        first = min(hands)
        known = set().union(*(self.shared.pop(hand, set()) for hand in hands), {shared})
        for hand in hands:
            self._parents[hand] = first
        self.shared[first] = known

    def add(self, one: int, other: int) -> None:
        """Hold a trace to be of a hand that is known already, for they are alike."""
        first, second = self.of(one), self.of(other)
        if (first in self.shared) is (second in self.shared):
            return
        known, new = (first, second) if first in self.shared else (second, first)
        self._parents[new] = known


def is_everybodys(shared: str) -> bool:
    """Whether something is a public site that offices and strangers use alike.

    Examples:
        >>> is_everybodys("kpu.go.id"), is_everybodys("wa.me"), is_everybodys("+6285800007316")
        (True, True, False)
    """
    return shared in _EVERYBODYS or f".{shared}".endswith(_PUBLIC)


def waves(
    traces: Sequence[Trace],
    accounts: Mapping[Key, Account],
    used: Mapping[Key, Mapping[str, float]],
) -> dict[Key, Wave]:
    """Say of each account what the others' falls are to it; only accounts to which they are something.

    Args:
        traces: of all accounts' incidents.
        accounts: all that were read.
        used: for each, what its posts use, and since when, in seconds since 1970.
    """
    earliest: dict[str, float] = {}
    for own in used.values():
        for one, at in own.items():
            earliest[one] = min(at, earliest.get(one, at))
    contacts: dict[str, set[Key]] = defaultdict(set)
    since: dict[str, float] = {}
    falls: dict[Key, datetime] = {}
    for trace in sorted(traces, key=lambda one: one.at):
        falls.setdefault(trace.account, trace.at)
        for one in trace.shared:
            since.setdefault(one, trace.at.timestamp())
            contacts[one].add(trace.account)
    strangers = {
        one
        for one, at in since.items()
        if not is_everybodys(one) and earliest.get(one, at) >= at - OWN_BEFORE.total_seconds()
    }
    found: dict[Key, Wave] = {}
    for key, account in accounts.items():
        own = used.get(key, {})
        mine = tuple(sorted(one for one in strangers if one in own and contacts[one] - {key}))
        starts = tuple(
            sorted(
                at
                for other, at in falls.items()
                if other != key and are_sisters(account, accounts[other])
            )
        )
        if mine or starts:
            found[key] = Wave(mine, starts)
    return found


def are_sisters(one: Account, other: Account) -> bool:
    """Whether two accounts belong to one institution, or report to one."""
    above = {name.casefold() for name in (one.institution, *one.reports_to[:1]) if name} & {
        name.casefold() for name in (other.institution, *other.reports_to[:1]) if name
    }
    return bool(above)


def _named(shared: set[str]) -> str:
    return hashlib.sha256("\n".join(sorted(shared)).encode()).hexdigest()[:12]


def _alike(traces: Sequence[Trace]) -> list[tuple[int, int]]:
    """Return the pairs of traces of different accounts whose texts are one wording."""
    places = [place for place, one in enumerate(traces) if len(one.text) >= _SHORT]
    grams = dict(zip(places, _ngrams([traces[place].text for place in places]), strict=True))
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place, some in grams.items():
        for band, part in enumerate(_signature(some).reshape(_BANDS, _ROWS)):
            buckets[band, part.tobytes()].append(place)
    pairs = {
        (first, second)
        for some in buckets.values()
        for first, second in pairwise(some)
        if traces[first].account != traces[second].account
    }
    return sorted(
        (first, second) for first, second in pairs if _jaccard(grams[first], grams[second]) >= ALIKE
    )


def _ngrams(texts: Sequence[str]) -> list[NDArray[np.int64]]:
    batch = fold(texts)
    slots = windows(masked(batch), _SIZE, _BITS)
    return [
        np.unique(slots[start : max(end - _SIZE + 1, start + 1)])
        for start, end in zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)
    ]


@cache
def _factors() -> NDArray[np.int64]:
    # Here, because few scans need them: numpy takes ten milliseconds to import what draws them.
    factors: NDArray[np.int64] = np.random.default_rng(20241121).integers(
        1, 1 << 31, _ROWS * _BANDS
    )
    return factors * 2 + 1


def _signature(grams: NDArray[np.int64]) -> NDArray[np.int64]:
    mixed = (grams[:, None] * _factors()[None, :]) & ((1 << 32) - 1)
    least: NDArray[np.int64] = mixed.min(axis=0)
    return least


def _jaccard(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
