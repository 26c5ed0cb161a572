"""When an account is read next: every minute just after a suspicion, then less and less often up to its ceiling."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from detector.records import State
from detector.store.interface import Watched

SOONEST: Final = timedelta(minutes=1)
"""Between two readings of an account that was just flagged."""

IN_TROUBLE: Final = timedelta(minutes=5)
"""Between two readings of an account that is held to be taken over or needs a look, at most."""

SLOWING: Final = 1.25
"""Each quiet reading puts the next one off by this factor, up to the ceiling."""

JITTER: Final = 0.1
"""Share of a pause by which accounts of one cadence are spread; a pause is only ever made shorter."""

LATEST: Final = timedelta(hours=6)
"""Until the next try after failures, at most."""

TROUBLED: Final = frozenset({State.WATCHED, State.COMPROMISED})


def after_reading(
    watched: Watched, now: datetime, ceiling: timedelta, *, state: State, was_flagged: bool
) -> datetime:
    """Return when to read an account again that was just read.

    Args:
        watched: as it was claimed.
        now: UTC.
        ceiling: the account's `every`.
        state: after this reading.
        was_flagged: whether this reading brought anything that is not surely the owner's.
    """
    soonest = min(SOONEST, ceiling)
    if was_flagged:
        pause = soonest
    else:
        pause = max(soonest, min(ceiling, _last_pause(watched, ceiling) * SLOWING))
        if state in TROUBLED:
            pause = min(pause, IN_TROUBLE)
    if not watched.polls:
        # All accounts begin at once; their second reading is spread over the whole pause.
        return now + pause * (0.1 + 0.9 * _share(watched))
    return now + pause * (1 - JITTER * _share(watched))


def after_failure(
    watched: Watched, now: datetime, ceiling: timedelta, retry_at: datetime | None = None
) -> datetime:
    """Return when to try an account again that could not be read.

    Twice as late after each failure, but within its ceiling twice, so that a feed that comes back is noticed; later
    only when the platform itself says so.

    Args:
        watched: as it was claimed.
        now: UTC.
        ceiling: the account's `every`.
        retry_at: when the platform allows it, if it said.
    """
    pause = min(SOONEST * (1 << min(watched.failures, 10)), ceiling * 2, LATEST)
    spread = pause * JITTER * _share(watched)
    if retry_at is not None:
        return max(min(retry_at, now + LATEST), now + soonest_retry(ceiling)) + spread
    return now + pause - spread


def soonest_retry(ceiling: timedelta) -> timedelta:
    """Return the least pause after a platform asked for one."""
    return min(timedelta(seconds=5), ceiling)


def allowance(every: timedelta, blind_after: timedelta | None) -> timedelta:
    """Return for how long an account may go unread before people are told."""
    return blind_after or max(every * 3, timedelta(hours=1))


def _last_pause(watched: Watched, ceiling: timedelta) -> timedelta:
    if watched.failures or watched.last_read_at is None or watched.next_at is None:
        return ceiling
    return max(watched.next_at - watched.last_read_at, timedelta(0))


def _share(watched: Watched) -> float:
    """Return a number from 0 to 1 that differs from account to account and from reading to reading."""
    text = f"{watched.key[0]} {watched.key[1]} {watched.polls + watched.failures}"
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest) / 0xFFFFFFFF
