"""Posts that were on a feed at the last reading and are not any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from detector.records import Account, AccountEvent
from detector.sources.live._recent import Entry, Recent, _seconds, _short

__all__ = ["deletion", "without_vanished"]


def without_vanished(recent: Recent, page: Sequence[Entry], *, is_whole: bool) -> Recent:
    """Return what is remembered of a feed without the posts that are gone from its newest page.

    Args:
        recent: what the last reading left.
        page: the newest page.
        is_whole: whether there is nothing older than the page; else only what it reaches back to can be missed.
    """
    there = {_short(one.key) for one in page}
    oldest = min((_seconds(one.at) for one in page), default=0)
    if not page and not is_whole:
        return recent
    kept = {
        key: mark
        for key, mark in recent.known.items()
        # Of two posts of one second, the page may end between them.
        if key in there or (mark[0] <= oldest and not is_whole)
    }
    return Recent(known=kept, floor=recent.floor)


def deletion(count: int, at: datetime, account: Account, where: str) -> AccountEvent:
    """Return the event of so many posts deleted since the last reading."""
    return AccountEvent(
        platform=account.platform,
        account=account.handle,
        kind="posts_deleted",
        at=at,
        where=where,
        details={"count": str(count)},
    )
