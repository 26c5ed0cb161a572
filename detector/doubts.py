"""Doubtful posts after which nothing more happened: what they used becomes the owner's.

A new hotline or a youthful new admin is doubtful at first, and would be in every post to come if nothing of it were
ever learned. A stranger who holds an account goes on; who posts nothing worse for days was most likely the owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

QUIET: Final = 3 * 86_400.0
"""Seconds after which a doubtful post is forgiven, if nothing followed. Of the strangers of the public cases, as the
stories rebuild them, one paused longer: the regent of Sleman's came back after three weeks."""

DOUBTS: Final = 8
"""Doubtful posts remembered, at most: the latest."""

USED: Final = 4
"""Contacts and domains remembered of each, at most."""


class Doubt(NamedTuple):
    """What is to be learned of a doubtful post."""

    at: float
    """Seconds since 1970."""
    contacts: tuple[str, ...]
    domains: tuple[str, ...]
    sound: float
    """What the text says by itself, in nats."""


class Doubts:
    """An account's doubtful posts, oldest first.

    Args:
        kept: those to go on from.
    """

    def __init__(self, kept: Iterable[Doubt] = ()) -> None:
        self._kept = [*kept]

    def kept(self) -> list[Doubt]:
        """Return those that still wait."""
        return [*self._kept]

    @property
    def next_at(self) -> float | None:
        """When the first of them may be forgiven, in seconds since 1970."""
        return self._kept[0].at + QUIET if self._kept else None

    def add(self, doubt: Doubt) -> None:
        """Remember one, no older than any before."""
        short = doubt._replace(contacts=doubt.contacts[:USED], domains=doubt.domains[:USED])
        self._kept = [*self._kept, short][-DOUBTS:]

    def clear(self) -> None:
        """Forget all: they were a stranger's."""
        self._kept = []

    def forgiven(self, seconds: float) -> list[Doubt]:
        """Return those for which it is time, and remember them no longer."""
        due = [one for one in self._kept if one.at + QUIET <= seconds]
        self._kept = self._kept[len(due) :]
        return due
