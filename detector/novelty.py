"""What an account uses and whether it is new: telephone numbers, links, anything with a name of its own.

A contact never used before is evidence for a stranger, the office's own hotline is evidence for the owner.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.habits import LIMIT, limited

_NEW_IF_STRANGER: Final = 0.95
"""Share of a stranger's contacts and links that the account never used before."""

MEMORY: Final = 512
"""Things of one kind remembered for an account; the one longest unused is forgotten first."""


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


def forget(known: dict[str, None]) -> None:
    """Drop the oldest until no more than `MEMORY` are left."""
    while len(known) > MEMORY:
        del known[next(iter(known))]


class Used:
    """Which contacts or domains an account has used, and how often a new one came up.

    Args:
        official: known from the settings as the office's own.
    """

    def __init__(self, official: Sequence[str]) -> None:
        self.posts = 0
        self._new = 0
        self._official = frozenset(official)
        self._known: dict[str, None] = {}
        self.forgotten = 0
        """How often something was."""

    def kept(self) -> tuple[int, int, list[str]]:
        """Return posts, posts with something new, and what is known, the latest used last."""
        return self.posts, self._new, list(self._known)

    def recall(self, posts: int, new: int, known: Sequence[str]) -> None:
        """Go on from what `kept` returned."""
        self.posts, self._new, self._known = posts, new, dict.fromkeys(known)

    def score(self, used: tuple[str, ...], *, ready: bool) -> float | None:
        """Weigh what one post uses, in nats; None when it uses nothing or there is not enough history."""
        if used and self.are_official(used):
            return -LIMIT
        if not used or not ready:
            return None
        return limited(novelty(is_new=self._is_new(used), new=self._new, seen=self.posts))

    def learn(self, used: tuple[str, ...]) -> None:
        """Take what one of the owner's posts uses into account."""
        if not used:
            return
        self.posts += 1
        self._new += self._is_new(used)
        self._take(used)
        if len(self._known) > MEMORY:
            self.forgotten += 1
            forget(self._known)

    def _take(self, used: tuple[str, ...]) -> None:
        known = self._known
        for one in used:
            # The latest used stands last, so that the first is the one to forget.
            known.pop(one, None)
            known[one] = None

    def are_official(self, used: tuple[str, ...]) -> bool:
        """Whether all are the office's own."""
        return bool(self._official) and all(one in self._official for one in used)

    def knows(self, one: str) -> bool:
        """Whether it was used before, or is the office's own."""
        return one in self._known or one in self._official

    def _is_new(self, used: tuple[str, ...]) -> bool:
        """Whether any of these was never used."""
        return not all(map(self.knows, used))

    def ahead(self, posts: UsedColumn, some: slice, ready: NDArray[np.bool_]) -> Ahead:
        """Score what posts use one after another, as if each were learned before the next; nothing is learned.

        Args:
            posts: what an account's posts use.
            some: of them.
            ready: whether the account has enough history by each, shape (n_posts,).
        """
        ids = posts.ids[some]
        is_new, room = self._news(posts, ids)
        holds = posts.holds[ids]
        seen = self.posts + np.cumsum(holds) - holds
        new = self._new + np.cumsum(is_new) - is_new
        stranger = np.where(is_new, _NEW_IF_STRANGER, 1 - _NEW_IF_STRANGER)
        nats = np.log(stranger * (seen + 1.5) / np.where(is_new, new + 1, seen - new + 0.5))
        nats = np.where(is_new, np.clip(nats, 0, LIMIT), np.clip(nats, -LIMIT, 0))
        nats = np.where(posts.are_official[ids], -LIMIT, np.where(holds & ready, nats, 0.0))
        return Ahead(nats, room, ids, is_new)

    def _news(self, posts: UsedColumn, ids: NDArray[np.int64]) -> tuple[NDArray[np.bool_], int]:
        """Return which posts use something new, and how many come before something has to be forgotten."""
        if posts.forgotten != self.forgotten:
            posts.forgotten = self.forgotten
            posts.are_known[1:] = False
        is_new, room = np.zeros(len(ids), dtype=bool), len(ids)
        met: dict[str, None] = {}
        met_before: set[int] = set()
        for place in (~posts.are_known[ids]).nonzero()[0].tolist():
            own = int(ids[place])
            if own in met_before:
                continue
            met_before.add(own)
            fresh = [
                one for one in posts.distinct[own] if one not in self._known and one not in met
            ]
            if not fresh:
                continue
            is_new[place] = any(one not in self._official for one in fresh)
            met.update(dict.fromkeys(fresh))
            if len(self._known) + len(met) > MEMORY:
                room = place
                break
        return is_new, room

    def go(self, posts: UsedColumn, ahead: Ahead, count: int) -> None:
        """Learn the first `count` of the posts looked `ahead` at, at most its `room`."""
        ids = ahead.ids[:count]
        self.posts += int(np.count_nonzero(posts.holds[ids]))
        self._new += int(np.count_nonzero(ahead.is_new[:count]))
        for own in reversed(dict.fromkeys(ids[::-1].tolist())):
            self._take(posts.distinct[own])
        posts.are_known[ids] = True


class Ahead(msgspec.Struct, frozen=True, gc=False):
    """What a run of posts uses; arrays have shape (n_posts,)."""

    scores: NDArray[np.float64]
    """In nats, 0 where there is none."""
    room: int
    """Posts before the first at which something has to be forgotten."""
    ids: NDArray[np.int64]
    is_new: NDArray[np.bool_]


class UsedColumn:
    """What each of an account's posts uses.

    Args:
        distinct: every tuple that one of the posts uses, the empty one first.
        ids: index into it of each post, shape (n_posts,).
        used: the account's.
    """

    def __init__(
        self, distinct: Sequence[tuple[str, ...]], ids: NDArray[np.int64], used: Used
    ) -> None:
        self.distinct, self.ids = distinct, ids
        self.holds = np.array([bool(one) for one in distinct], dtype=bool)
        self.are_official = self.holds & np.array(
            [used.are_official(one) for one in distinct], dtype=bool
        )
        self.are_known = ~self.holds
        """Which tuples hold nothing new, as far as that is known without looking."""
        self.forgotten = used.forgotten
