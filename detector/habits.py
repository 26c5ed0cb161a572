"""How often an account does a thing one way or another: counts, and what they say of the next post.

Source: the behavioural profile of Egele et al., COMPA (NDSS 2013), with estimates of our own: every habit is a
smoothed frequency instead of a threshold. Each signal is ln(p_stranger / p_owner), in nats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ENOUGH: Final = 10
"""Posts an account needs before its habits are held against a post."""

LIMIT: Final = 4.0
"""No one habit speaks louder than this, in nats."""

_DOUBT: Final = 0.5
"""Posts of doubt, spread over all ways alike."""


def limited(nats: float) -> float:
    """Return nats no louder than `LIMIT`."""
    return -LIMIT if nats < -LIMIT else min(nats, LIMIT)


def hour_surprise(counts: Sequence[float], hour: int, total: float) -> float:
    """Weigh how foreign a posting hour is to an account.

    Two clocks are compared: a stranger's, who posts at any hour alike, and the owner's, estimated from
    `counts`, each hour lending half of itself to its neighbours, with two posts of doubt over all hours.

    Args:
        counts: posts seen per UTC hour, shape (24,), before the new post is learned.
        hour: UTC hour of the new post, 0 to 23.
        total: the sum of `counts`.

    Returns:
        ln(p_stranger / p_owner) in nats: 0 with no history, above 0 when it speaks for a stranger.

    Examples:
        >>> nine_to_five = [0.0] * 9 + [20.0] * 8 + [0.0] * 7
        >>> round(hour_surprise(nine_to_five, 2, 160), 2), round(hour_surprise(nine_to_five, 12, 160), 2)
        (4.39, -1.09)
    """
    near = 0.5 * counts[hour] + 0.25 * (counts[hour - 1] + counts[(hour + 1) % 24])
    share = (near + 2 / 24) / (total + 2)
    return -math.log(24 * share)


def surprise(count: float, total: float, ways: int, kept: float) -> float:
    """Weigh one of so many ways by how often the account has gone it.

    A stranger keeps to the account's ways with the chance `kept`, else takes any alike.

    Examples:
        >>> round(surprise(0, 80, 12, 0.75), 2), round(surprise(80, 80, 12, 0.75), 2)
        (3.71, -0.26)
    """
    own = (count + _DOUBT / ways) / (total + _DOUBT)
    return math.log(kept + (1 - kept) / ways / own)


class Clock:
    """The hours at which an account posts, in UTC: what matters is which are near each other, not their names."""

    def __init__(self) -> None:
        self.posts = 0
        self._counts = [0.0] * 24

    def kept(self) -> list[int]:
        """Return how many posts were made at each hour: what `recall` goes on from."""
        return [int(one) for one in self._counts]

    def recall(self, counts: Sequence[int]) -> None:
        """Go on from what `kept` returned."""
        self._counts = [float(one) for one in counts]
        self.posts = sum(counts)

    def score(self, hour: int) -> float | None:
        """Weigh one hour, 0 to 23; None without enough history."""
        if self.posts < ENOUGH:
            return None
        return limited(hour_surprise(self._counts, hour, self.posts))

    def learn(self, hour: int) -> None:
        """Take an hour of the owner's into account."""
        self.posts += 1
        self._counts[hour] += 1

    def ahead(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score hours one after another, 0 where there is no score, as if each were learned before the next."""
        rows = np.arange(len(hours))
        here = _counted(self._counts, hours)
        near = 0.5 * here[rows, hours]
        near += 0.25 * (here[rows, hours - 1] + here[rows, (hours + 1) % 24])
        totals = self.posts + rows
        signals = -np.log(24 * ((near + 2 / 24) / (totals + 2)))
        return np.where(totals >= ENOUGH, np.clip(signals, -LIMIT, LIMIT), 0.0)

    def go(self, hours: NDArray[np.int64]) -> None:
        """Learn hours."""
        self.posts += len(hours)
        counts = np.bincount(hours, minlength=24).tolist()
        self._counts = [old + new for old, new in zip(self._counts, counts, strict=True)]


class Tone:
    """How near to a stranger's an account's own texts sound.

    A campaign's appeals for money sound more like a swindler's than a water company's notices do; what is a
    surprise on one account is every week's on the other. The upper edge of an account's texts is compared with
    that of the posts of many offices.
    """

    def __init__(self) -> None:
        self.posts = self._loud = 0
        self._sum, self._squares = 0.0, 0.0

    def kept(self) -> tuple[int, float, float, int]:
        """Return how many texts were heard, the sum of their nats and of its squares, and how many were loud."""
        return self.posts, self._sum, self._squares, self._loud

    def recall(self, posts: int, total: float, squares: float, loud: int) -> None:
        """Go on from what `kept` returned."""
        self.posts, self._sum, self._squares, self._loud = posts, total, squares, loud

    def score(self) -> float | None:
        """Weigh whatever comes next, in nats: above 0 for an account that sounds less like a stranger than most."""
        if self.posts < ENOUGH:
            return None
        return float(_tone(self.posts, self._sum, self._squares, self._loud))

    def learn(self, sound: float) -> None:
        """Take a text of the owner's into account, that says so many nats by itself."""
        heard = min(max(sound, _QUIETEST), _LOUDEST)
        self.posts += 1
        self._sum += heard
        self._squares += heard * heard
        self._loud += sound >= _LOUD

    def ahead(self, sounds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score texts one after another, 0 where there is no score, as if each were learned before the next."""
        heard = np.clip(sounds, _QUIETEST, _LOUDEST)
        posts = self.posts + np.arange(len(heard))
        sums = self._sum + np.cumsum(heard) - heard
        squares = self._squares + np.cumsum(heard * heard) - heard * heard
        is_loud = sounds >= _LOUD
        loud = self._loud + np.cumsum(is_loud) - is_loud
        return np.where(posts >= ENOUGH, _tone(posts, sums, squares, loud), 0.0)

    def go(self, sounds: NDArray[np.float64]) -> None:
        """Learn texts."""
        heard = np.clip(sounds, _QUIETEST, _LOUDEST)
        self.posts += len(heard)
        self._sum += float(heard.sum())
        self._squares += float((heard * heard).sum())
        self._loud += int(np.count_nonzero(sounds >= _LOUD))


_QUIETEST, _LOUDEST = -10.0, 0.0
"""Nats within which a text counts: one loud post does not make a loud account."""

_MEAN, _VARIANCE, _KNOWN = -3.6, 4.0, 10.0
"""Of the texts of many offices, in nats, and as how many posts of an account that counts."""

_LOUD, _SELDOM, _OFTEN = 1.0, 0.01, 3
"""Nats from which a text is loud, the share of such among the posts of many offices, and how many make it a habit."""

_EDGE: Final = 1.5
"""Standard deviations from the mean to the upper edge."""

_LOUDER, _CALMER = -2.0, 1.2
"""Nats a tone says, at most; that an account is calm must not turn its first odd post into an alarm."""


def _tone(posts: Any, sums: Any, squares: Any, loud: Any) -> Any:
    count = posts + _KNOWN
    mean = (sums + _KNOWN * _MEAN) / count
    variance = (squares + _KNOWN * (_VARIANCE + _MEAN * _MEAN)) / count - mean * mean
    edge = mean + _EDGE * np.sqrt(np.maximum(variance, 0.0))
    usual = _MEAN + _EDGE * math.sqrt(_VARIANCE)
    # An office that lets small firms advertise sounds like a seller every week, whatever the rest of its posts does.
    habit = np.where(loud >= _OFTEN, -np.log(np.maximum(loud, 1) / count / _SELDOM), 0.0)
    return np.clip(np.minimum(usual - edge, np.where(habit < 0, habit, np.inf)), _LOUDER, _CALMER)


class Habit:
    """Which of some ways an account goes, and how often.

    Args:
        ways: how many there are.
        kept: chance that a stranger keeps to the account's.
    """

    def __init__(self, ways: int, kept: float) -> None:
        self.posts = 0
        self._ways, self._kept = max(ways, 2), kept
        self._counts = [0.0] * self._ways

    def kept(self) -> list[int]:
        """Return how often each way was gone: what `recall` goes on from."""
        return [int(one) for one in self._counts]

    def recall(self, counts: Sequence[int]) -> None:
        """Go on from what `kept` returned."""
        self._counts = [float(one) for one in counts]
        self.posts = sum(counts)

    def score(self, way: int) -> float | None:
        """Weigh one way; None when it is unknown (-1), or without enough history."""
        if way < 0 or self.posts < ENOUGH:
            return None
        return limited(surprise(self._counts[way], self.posts, self._ways, self._kept))

    def learn(self, way: int) -> None:
        """Take one of the owner's into account, unless it is unknown."""
        if way >= 0:
            self.posts += 1
            self._counts[way] += 1

    def ahead(self, ways: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score ways one after another, 0 where there is no score, as if each were learned before the next."""
        told = ways >= 0
        signals = np.zeros(len(ways))
        if self.posts + np.count_nonzero(told) <= ENOUGH:
            return signals
        those = ways[told]
        rows = np.arange(len(those))
        totals = self.posts + rows
        own = (_counted(self._counts, those)[rows, those] + _DOUBT / self._ways) / (totals + _DOUBT)
        nats = np.log(self._kept + (1 - self._kept) / self._ways / own)
        signals[told] = np.where(totals >= ENOUGH, np.clip(nats, -LIMIT, LIMIT), 0.0)
        return signals

    def go(self, ways: NDArray[np.int64]) -> None:
        """Learn ways."""
        told = ways[ways >= 0]
        self.posts += len(told)
        counts = np.bincount(told, minlength=self._ways).tolist()
        self._counts = [old + new for old, new in zip(self._counts, counts, strict=True)]


def _counted(counts: Sequence[float], ways: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the counts before each of some posts, shape (n_posts + 1, n_ways)."""
    here = np.zeros((len(ways) + 1, len(counts)))
    here[0] = counts
    here[np.arange(1, len(ways) + 1), ways] = 1.0
    return np.cumsum(here, axis=0, out=here)
