"""What is normal for one account: score a post first, then learn from it.

Each signal is a logarithm of two likelihoods, a stranger's and this account's owner's, in nats. It is None
until the account has enough history to speak.

Source: the behavioural profile of Egele et al., COMPA (NDSS 2013), with its own estimates; here every
trait is a smoothed frequency instead of a threshold.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.records import Signal

ENOUGH: Final = 10
"""Posts an account needs before its habits are held against a post."""

LIMIT: Final = 4.0
"""No one habit speaks louder than this, in nats."""

SIGNALS: Final = ("hour", "contact", "domain", "reuse", "language")
"""Names of the signals, in the order `Baseline.weigh` gives their values."""

_NEW_IF_STRANGER: Final = 0.95
"""Share of a stranger's contacts and links that the account never used before."""

_SAME_LANGUAGE_IF_STRANGER: Final = 0.75

MEMORY: Final = 512
"""Contacts and domains remembered for an account, the oldest forgotten first."""


class Traits(msgspec.Struct, frozen=True, gc=False):
    """What a baseline looks at in a post."""

    hour: int
    """UTC, 0 to 23."""
    contacts: tuple[str, ...] = ()
    """Telephone numbers in E.164."""
    domains: tuple[str, ...] = ()
    """Registered domains of the links."""
    language: int = -1
    """Index of the language, or -1 when nobody can tell."""
    warns: bool = False
    """The text warns of something, so that a contact in it may be somebody else's, quoted."""


class TraitColumns(msgspec.Struct, frozen=True, gc=False):
    """The traits of many posts of one account, oldest first, as arrays of shape (n_posts,)."""

    hours: NDArray[np.int64]
    languages: NDArray[np.int64]
    places: list[int]
    """Of the posts that hold a contact or domain, in order."""
    used: list[Traits]
    """Their traits."""


def hour_surprise(counts: Sequence[float], hour: int, total: float | None = None) -> float:
    """Weigh how foreign a posting hour is to an account.

    Two clocks are compared: a stranger's, who posts at any hour alike, and the owner's, estimated from
    `counts`, each hour lending half of itself to its neighbours, with two posts of doubt over all hours.

    Args:
        counts: posts seen per UTC hour, shape (24,), before the new post is learned.
        hour: UTC hour of the new post, 0 to 23.
        total: the sum of `counts`, when it is known.

    Returns:
        ln(p_stranger / p_owner) in nats: 0 with no history, above 0 when it speaks for a stranger.

    Examples:
        >>> nine_to_five = [0.0] * 9 + [20.0] * 8 + [0.0] * 7
        >>> round(hour_surprise(nine_to_five, 2), 2), round(hour_surprise(nine_to_five, 12), 2)
        (4.39, -1.09)
    """
    if total is None:
        total = sum(counts)
    near = 0.5 * counts[hour] + 0.25 * (counts[hour - 1] + counts[(hour + 1) % 24])
    share = (near + 2 / 24) / (total + 2)
    return -math.log(24 * share)


def novelty(*, is_new: bool, new: int, seen: int) -> float:
    """Weigh a contact or domain that an account used before, or never did.

    Args:
        is_new: whether this one was never used.
        new: earlier posts whose contact was new at the time.
        seen: earlier posts with a contact.

    Returns:
        ln(p_stranger / p_owner) in nats: never below 0 for a new one, never above for a known one, even of
        an account that has another contact in every post.

    Examples:
        >>> round(novelty(is_new=True, new=2, seen=40), 2), round(novelty(is_new=False, new=2, seen=40), 2)
        (2.58, -2.92)
    """
    if is_new:
        return max(0.0, math.log(_NEW_IF_STRANGER * (seen + 1.5) / (new + 1)))
    return min(0.0, math.log((1 - _NEW_IF_STRANGER) * (seen + 1.5) / (seen - new + 0.5)))


def language_surprise(count: int, total: int, languages: int) -> float:
    """Weigh a language by how often the account has used it.

    A stranger keeps the account's language three times in four, else picks any of `languages`.

    Examples:
        >>> round(language_surprise(0, 80, 12), 2), round(language_surprise(80, 80, 12), 2)
        (3.71, -0.26)
    """
    own = (count + 0.5 / languages) / (total + 0.5)
    return math.log(_SAME_LANGUAGE_IF_STRANGER + (1 - _SAME_LANGUAGE_IF_STRANGER) / languages / own)


class Baseline:
    """One account's habits so far.

    Args:
        languages: how many languages can be told apart.
        contacts, domains: known from the settings as the office's own.
    """

    def __init__(
        self, languages: int, contacts: Sequence[str] = (), domains: Sequence[str] = ()
    ) -> None:
        self.posts = 0
        self._hours = [0.0] * 24
        self._languages: dict[int, int] = {}
        self._language_posts = 0
        self._language_count = max(languages, 2)
        self._contacts = _Used(contacts)
        self._domains = _Used(domains)
        self._strangers: dict[str, None] = {}

    def score(self, traits: Traits) -> tuple[Signal, ...]:
        """Return the signals of a post against the habits so far; nothing is learned."""
        sizes = (
            self.posts, self._contacts.posts, self._domains.posts, len(self._strangers), self._language_posts,
        )  # fmt: skip
        return tuple(
            Signal(name, value, "nats", size)
            for name, value, size in zip(SIGNALS, self.weigh(traits), sizes, strict=True)
        )

    def weigh(self, traits: Traits) -> tuple[float | None, ...]:
        """Return the values of `SIGNALS` alone, in nats: what `score` says, without its ceremony."""
        ready = self.posts >= ENOUGH
        hour = _limited(hour_surprise(self._hours, traits.hour, self.posts)) if ready else None
        contact = self._contacts.score(traits.contacts, ready=ready) if traits.contacts else None
        domain = self._domains.score(traits.domains, ready=ready) if traits.domains else None
        reuse = self._reuse(traits) if self._strangers else None
        language = self._language(traits.language) if ready else None
        return hour, contact, domain, reuse, language

    def against(self, traits: Traits, shares: Sequence[float]) -> float:
        """Return the sum of the signals' values, each times its share, in nats.

        Args:
            traits: of the post.
            shares: of `SIGNALS`, in their order.
        """
        ready, total = self.posts >= ENOUGH, 0.0
        if ready:
            total += shares[0] * _limited(hour_surprise(self._hours, traits.hour, self.posts))
            if (language := self._language(traits.language)) is not None:
                total += shares[4] * language
        if traits.contacts or traits.domains:
            total += self._used_against(traits, shares)
        return total

    def _used_against(self, traits: Traits, shares: Sequence[float]) -> float:
        ready, total = self.posts >= ENOUGH, 0.0
        if traits.contacts:
            total += shares[1] * (self._contacts.score(traits.contacts, ready=ready) or 0.0)
        if traits.domains:
            total += shares[2] * (self._domains.score(traits.domains, ready=ready) or 0.0)
        if self._strangers:
            total += shares[3] * (self._reuse(traits) or 0.0)
        return total

    def advance(
        self,
        posts: TraitColumns,
        places: range,
        log_odds: NDArray[np.float64],
        shares: Sequence[float],
        mark: float,
    ) -> int:
        """Score posts one after another and learn each, up to the first that is not to be learned.

        The same as `against` and `learn` post by post, within rounding, many times as fast.

        Args:
            posts: the account's posts.
            places: of the posts to go through.
            log_odds: what is known of each of `places` already, in nats; the signals are added in place.
            shares: of `SIGNALS`, in their order.
            mark: log-odds from which a post is not learned.

        Returns:
            How many of `places` were learned. The log-odds of the next one are not to be used.
        """
        hours = posts.hours[places.start : places.stop]
        languages = posts.languages[places.start : places.stop]
        log_odds += shares[0] * self._hour_signals(hours)
        log_odds += shares[4] * self._language_signals(languages)
        first = bisect_left(posts.places, places.start)
        last = bisect_left(posts.places, places.stop, first)
        with_used = [place - places.start for place in posts.places[first:last]]
        above = log_odds >= mark
        above[with_used] = False
        learned = int(above.argmax()) if above.any() else len(places)
        before = self.posts
        for at, traits in zip(with_used, posts.used[first:last], strict=True):
            if at >= learned:
                break
            self.posts = before + at
            total = float(log_odds[at]) + self._used_against(traits, shares)
            log_odds[at] = total
            if total >= mark:
                learned = at
                break
            self._learn_used(traits)
        self.posts = before + learned
        for hour, count in enumerate(np.bincount(hours[:learned], minlength=24).tolist()):
            self._hours[hour] += count
        told = languages[:learned][languages[:learned] >= 0]
        for language, count in Counter(told.tolist()).items():
            self._languages[language] = self._languages.get(language, 0) + count
        self._language_posts += len(told)
        return learned

    def _hour_signals(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the hour signal of each post, 0 where there is none, as if all before it were learned."""
        rows = np.arange(len(hours))
        here = np.zeros((len(hours) + 1, 24))
        here[0] = self._hours
        here[rows + 1, hours] = 1.0
        np.cumsum(here, axis=0, out=here)
        near = 0.5 * here[rows, hours]
        near += 0.25 * (here[rows, hours - 1] + here[rows, (hours + 1) % 24])
        totals = self.posts + rows
        signals = -np.log(24 * ((near + 2 / 24) / (totals + 2)))
        return np.where(totals >= ENOUGH, np.clip(signals, -LIMIT, LIMIT), 0.0)

    def _language_signals(self, languages: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the language signal of each post likewise."""
        signals = np.zeros(len(languages))
        told = languages >= 0
        totals = self._language_posts + np.cumsum(told) - told
        ready = told & (totals >= ENOUGH) & (self.posts + np.arange(len(languages)) >= ENOUGH)
        if not ready.any():
            return signals
        counts = np.zeros(len(languages))
        for language in set(languages[ready].tolist()):
            mine = languages == language
            counts[mine] = self._languages.get(language, 0) + np.arange(np.count_nonzero(mine))
        kept, spread = _SAME_LANGUAGE_IF_STRANGER, 1 / self._language_count
        own = (counts[ready] + 0.5 * spread) / (totals[ready] + 0.5)
        signals[ready] = np.clip(np.log(kept + (1 - kept) * spread / own), -LIMIT, LIMIT)
        return signals

    def suspect(self, traits: Traits) -> None:
        """Remember the contacts and domains of a stranger's post; nothing else of it is learned."""
        for one in (*traits.contacts, *traits.domains):
            if not (self._contacts.knows(one) or self._domains.knows(one)):
                self._strangers[one] = None
        _forget(self._strangers)

    def learn(self, traits: Traits) -> None:
        """Take a post of the owner's into the habits."""
        self.posts += 1
        self._hours[traits.hour] += 1
        if traits.language >= 0:
            self._languages[traits.language] = self._languages.get(traits.language, 0) + 1
            self._language_posts += 1
        self._learn_used(traits)

    def _learn_used(self, traits: Traits) -> None:
        if traits.contacts:
            self._contacts.learn(traits.contacts)
        if traits.domains:
            self._domains.learn(traits.domains)

    def _reuse(self, traits: Traits) -> float | None:
        if traits.warns or not self._strangers:
            return None
        used = (*traits.contacts, *traits.domains)
        return LIMIT if any(one in self._strangers for one in used) else None

    def _language(self, language: int) -> float | None:
        if language < 0 or self._language_posts < ENOUGH:
            return None
        count = self._languages.get(language, 0)
        return _limited(language_surprise(count, self._language_posts, self._language_count))


class _Used:
    """Which contacts or domains an account has used, and how often a new one came up."""

    def __init__(self, official: Sequence[str]) -> None:
        self.posts = 0
        self._new = 0
        self._official = frozenset(official)
        self._known: dict[str, None] = {}
        self._seen: tuple[tuple[str, ...], bool] = ((), False)

    def score(self, used: tuple[str, ...], *, ready: bool) -> float | None:
        if self._official and used and all(one in self._official for one in used):
            return -LIMIT
        if not used or not ready:
            return None
        return _limited(novelty(is_new=self._is_new(used), new=self._new, seen=self.posts))

    def learn(self, used: tuple[str, ...]) -> None:
        known = self._known
        self.posts += 1
        self._new += self._is_new(used)
        for one in used:
            # The latest used stands last, so that the first is the one to forget.
            known.pop(one, None)
            known[one] = None
        self._seen = used, False
        if len(known) > MEMORY:
            _forget(known)

    def _is_new(self, used: tuple[str, ...]) -> bool:
        """Whether any of these was never used; what is scored is next learned, so the answer is kept."""
        if self._seen[0] is not used:
            self._seen = used, not all(map(self.knows, used))
        return self._seen[1]

    def knows(self, one: str) -> bool:
        return one in self._known or one in self._official


def _forget(known: dict[str, None]) -> None:
    while len(known) > MEMORY:
        del known[next(iter(known))]


def _limited(nats: float) -> float:
    return -LIMIT if nats < -LIMIT else min(nats, LIMIT)
