"""What the falls of other watched accounts say of one account's new posts, from the incidents a store keeps.

In a scan everything is known before anything is judged; a monitor knows what was kept until now. It has no list of
what every account ever used, so a contact is somebody's own where the settings say so or the account itself has
used it, which judging sees to; an incident that people held to be a false alarm warns nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from detector.campaigns import LASTS, Key, Trace, Wave, are_sisters, is_everybodys
from detector.histories import used_in
from detector.indicators._finder import Noticed
from detector.records import Account, Author, Incident, Post, Verdict
from detector.store.interface import Kept, Store

RECENT: Final = timedelta(days=30)
"""For how long the contacts of an incident warn other accounts."""

LOOKED: Final = timedelta(seconds=30)
"""For how long what was read from the store is taken to be so."""

NAMED: Final = 200
"""Posts of an incident whose contacts count, the latest."""

WARNED_OF: Final = 64
"""Contacts that others are warned of at a time, the latest: a flood of them must not fill every account's memory."""

FALSE: Final = "false_alarm"


class Fall(msgspec.Struct, frozen=True, gc=False):
    """An account's incident, as others see it."""

    key: Key
    at: datetime
    """When it began."""
    shared: tuple[str, ...] = ()
    """Contacts and sites of its posts, the latest last."""


def traces_of(kept: Kept, store: Store) -> list[Trace]:
    """Return what the posts of an incident leave behind, as far as the store has them."""
    named = frozenset(kept.incident.post_ids)
    posts = store.posts(kept.key, since=kept.incident.opened_at, most=NAMED)
    return [
        Trace(
            account=kept.key, id=one.post.id, at=one.post.created_at, shared=used_by(one.verdict),
            text=one.post.text,
        )
        for one in (judged.gravest for judged in reversed(posts))
        if one.post.id in named and one.verdict.author is Author.STRANGER
    ]  # fmt: skip


def used_by(verdict: Verdict) -> tuple[str, ...]:
    """Return the contacts and domains that a verdict's findings name."""
    values = tuple(
        (one.indicator, one.value, one.start) for one in verdict.findings if one.value is not None
    )
    names = frozenset(one.indicator for one in verdict.findings)
    contacts, domains = used_in(Noticed(names, values))
    return *contacts, *domains


def fall_of(kept: Kept, store: Store) -> Fall:
    """Return an incident as others see it."""
    named = (shared for trace in traces_of(kept, store) for shared in trace.shared)
    return Fall(kept.key, kept.incident.opened_at, tuple(dict.fromkeys(named)))


def owned_by(accounts: Iterable[Account]) -> frozenset[str]:
    """Return the contacts and sites that the settings say are somebody's own."""
    return frozenset(
        one for some in accounts for one in (*some.official_numbers, *some.official_domains)
    )


def wave_of(
    key: Key, fallen: Iterable[Fall], accounts: Mapping[Key, Account], owned: frozenset[str]
) -> Wave:
    """Say of one account what the others' falls are to it.

    Args:
        key: of the account.
        fallen: incidents of any accounts, also its own.
        accounts: all that are watched.
        owned: their own contacts and sites, which warn nobody.
    """
    others = [one for one in fallen if one.key != key]
    if not others:
        return Wave()
    latest = sorted(others, key=lambda one: one.at)
    shared = dict.fromkeys(one for fall in latest for one in fall.shared)
    own = accounts.get(key)
    starts = {
        one.at
        for one in others
        if own is not None and one.key in accounts and are_sisters(own, accounts[one.key])
    }
    contacts = [one for one in shared if one not in owned and not is_everybodys(one)]
    return Wave(tuple(contacts[-WARNED_OF:]), tuple(sorted(starts)))


class Neighbours:
    """Says of any account what the others' falls are to it; any thread may ask.

    Args:
        store: with the incidents.
        accounts: all that are watched.
    """

    def __init__(self, store: Store, accounts: Iterable[Account]) -> None:
        self._store = store
        self._accounts = {(one.platform, one.handle): one for one in accounts}
        self._owned = owned_by(self._accounts.values())
        self._lock = threading.Lock()
        self._read: tuple[datetime, list[Fall]] | None = None
        self._known: dict[int, tuple[Incident, Fall]] = {}
        """Falls by the incident's number: only one that has changed has its posts read again."""

    def wave_of(self, key: Key, posts: Sequence[Post], now: datetime) -> Wave:
        """Return what to hold against new posts of an account.

        Args:
            key: of the account.
            posts: the new ones; of those older than `LASTS` before all falls only the contacts count.
            now: UTC.

        Raises:
            StoreError: the store cannot be read.
        """
        wave = wave_of(key, self.falls(now), self._accounts, self._owned)
        oldest = min((post.created_at for post in posts), default=now)
        starts = tuple(one for one in wave.starts if one >= oldest - LASTS)
        return msgspec.structs.replace(wave, starts=starts)

    def falls(self, now: datetime) -> list[Fall]:
        """Return the incidents of late, but those that people held to be false alarms, as of `LOOKED` ago at most.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._lock:
            if self._read is None or not timedelta(0) <= now - self._read[0] < LOOKED:
                self._read = now, self._read_again(now)
            return self._read[1]

    def _read_again(self, now: datetime) -> list[Fall]:
        known: dict[int, tuple[Incident, Fall]] = {}
        for one in self._store.incidents(since=now - RECENT):
            if one.resolution == FALSE:
                continue
            before = self._known.get(one.number)
            if before is None or before[0] != one.incident:
                before = one.incident, fall_of(one, self._store)
            known[one.number] = before
        self._known = known
        return [fall for _, fall in known.values()]
