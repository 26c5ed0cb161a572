"""What platforms let us ask, as their headers tell it, and a pace of our own where they tell nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec

from detector.errors import RateLimited

Key = tuple[str, str, str]
"""Host, a mark of the token (never the token), and the endpoint; the last empty when the whole host is meant."""

SLOW_FROM: Final = 80.0
"""Percent of a budget from which questions are spread out."""
STOP_FROM: Final = 95.0
"""Percent of a budget from which none is asked."""
_GENTLE: Final = timedelta(seconds=5)
"""Between two questions at `SLOW_FROM`; it grows to ..."""
_GENTLEST: Final = timedelta(minutes=2)
"""... this at `STOP_FROM`."""
_BURST: Final = 4
"""Questions that may still follow each other at once, as those of one poll do."""
_WINDOW: Final = timedelta(minutes=15)
"""How long we stay away when a budget is used up and nobody says until when."""
_LONGEST: Final = timedelta(days=1)
_SHORTEST: Final = timedelta(seconds=1)
_EPOCH_FROM: Final = 1_000_000_000
_NUMBERED: Final = re.compile(r"[^/]*\d[^/]*")
_DAYS: Final = ("x-app-limit-24hour-", "x-user-limit-24hour-")
_META_USAGE: Final = ("x-app-usage", "x-page-usage", "x-ad-account-usage")
_META_SHARES: Final = ("call_count", "total_time", "total_cputime", "acc_id_util_pct")
"""Percentages among the numbers of these headers; others are minutes and seconds."""
_META_BUSINESS_USAGE: Final = "x-business-use-case-usage"


class Pace(msgspec.Struct, frozen=True):
    """So many questions in so long, at most."""

    most: int
    within: timedelta


PACES: Final[Mapping[str, Pace]] = {
    "t.me": Pace(60, timedelta(minutes=1)),
    "www.youtube.com": Pace(120, timedelta(minutes=1)),
}
"""Paces of our own at hosts that show no budget but turn guests away who ask too much."""


class Budgets:
    """What is left to ask of each host with each token; safe for many threads.

    Args:
        paces: by host.
    """

    def __init__(self, paces: Mapping[str, Pace] = PACES) -> None:
        self._paces = paces
        self._closed: dict[Key, datetime] = {}
        self._gaps: dict[Key, timedelta] = {}
        self._next: dict[Key, datetime] = {}
        self._lock = threading.Lock()

    def spend(self, keys: Iterable[Key], now: datetime) -> None:
        """Take one question off every budget it draws on.

        Raises:
            RateLimited: one of them is used up.
        """
        asked = list(keys)
        with self._lock:
            for key in asked:
                self._check(key, now)
            for key in asked:
                self._closed.pop(key, None)
                gap, _ = self._spread(key)
                if gap:
                    self._next[key] = max(self._next.get(key, now), now) + gap

    def _check(self, key: Key, now: datetime) -> None:
        for told in (self._closed, self._next):
            # Nobody says more than that: the clock has been put back since.
            if key in told and told[key] - now > _LONGEST:
                del told[key]
        closed = self._closed.get(key)
        if closed is not None and closed > now:
            raise RateLimited(f"the budget at {key[0]} is used up", retry_at=closed)
        gap, burst = self._spread(key)
        # As many as make a burst may be asked before their time.
        free = self._next.get(key, now) - gap * (burst - 1)
        if gap and free > now:
            raise RateLimited(
                f"the budget at {key[0]} is nearly used up", retry_at=_bounded(free, now)
            )

    def _spread(self, key: Key) -> tuple[timedelta, int]:
        """Return how far apart questions are kept, and how many may come at once."""
        gap = self._gaps.get(key, timedelta(0))
        pace = self._paces.get(key[0]) if not key[2] else None
        if pace is None:
            return gap, _BURST
        return (
            (gap, _BURST) if gap > pace.within / pace.most else (pace.within / pace.most, pace.most)
        )

    def heard(
        self,
        keys: tuple[Key, Key],
        headers: Mapping[str, str],
        at: datetime,
        *,
        is_refused: bool = False,
    ) -> datetime | None:
        """Learn from an answer's headers what is left.

        Args:
            keys: of the token at its host, and of the endpoint.
            headers: names in lower case.
            at: when it came.
            is_refused: whether it says that this was one question too many; only then X's days count, for it
                tells them of posting, too.

        Returns:
            From when a budget that is used up may be drawn on again; None while there is some left.
        """
        whole, endpoint = keys
        used, minutes = _meta_usage(headers)
        closed = {}
        if used is not None:
            with self._lock:
                self._gaps[whole] = _gap(used)
        if minutes or (used or 0) >= STOP_FROM:
            closed[whole] = at + (timedelta(minutes=minutes) if minutes else _WINDOW)
        for prefix, key in (
            ("x-rate-limit-", endpoint),
            ("x-ratelimit-", whole),
            ("ratelimit-", whole),
            *((prefix, endpoint) for prefix in _DAYS if is_refused),
        ):
            left = _number(headers.get(prefix + "remaining"))
            if left is not None and left <= 0:
                until = _reset(headers.get(prefix + "reset"), headers, at) or at + _WINDOW
                closed[key] = max(closed.get(key, until), until)
        with self._lock:
            for key, until in closed.items():
                self._closed[key] = _bounded(until, at)
        return max((_bounded(one, at) for one in closed.values()), default=None)

    def used_up(self, keys: tuple[Key, Key], until: datetime | None, at: datetime) -> datetime:
        """Note that a platform refused a question for being one too many.

        Args:
            keys: of the token at its host, and of the endpoint.
            until: from when it may be asked again, if anybody said.
            at: when it refused.

        Returns:
            From when it may be asked again.
        """
        whole, endpoint = keys
        moment = _bounded(until or at + _WINDOW, at)
        with self._lock:
            # A platform that counts each endpoint by itself has told so in its headers.
            key = endpoint if self._closed.get(endpoint, at) > at else whole
            self._closed[key] = max(self._closed.get(key, moment), moment)
        return moment


def endpoint_of(path: str) -> str:
    """Return the endpoint an address is of: its path without the parts that name one account.

    Examples:
        >>> endpoint_of("/2/users/1844/tweets")
        '/*/users/*/tweets'
    """
    return _NUMBERED.sub("*", path)


def retry_after(headers: Mapping[str, str], at: datetime) -> datetime | None:
    """Return the moment a ``Retry-After`` header names, as seconds or as a date; None without one.

    Args:
        headers: names in lower case.
        at: when the answer came, by our clock; a date is read by the server's own ``Date``.
    """
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    seconds = _number(said)
    if seconds is not None:
        return _bounded(at + _seconds(seconds), at)
    until = _http_date(said)
    if until is None:
        return None
    return _translated(until, headers, at)


def _gap(used: float) -> timedelta:
    """Return how far apart questions are kept at a share of the budget, in percent."""
    if used < SLOW_FROM:
        return timedelta(0)
    share = min(1.0, (used - SLOW_FROM) / (STOP_FROM - SLOW_FROM))
    return _GENTLE + share * (_GENTLEST - _GENTLE)


def _meta_usage(headers: Mapping[str, str]) -> tuple[float | None, float]:
    """Return the fullest of Meta's budgets in percent, and the minutes until it is open again."""
    shares: list[float] = []
    minutes = [0.0]
    for name in (*_META_USAGE, _META_BUSINESS_USAGE):
        for usage in _objects(headers.get(name)):
            told = (_number(usage.get(share)) for share in _META_SHARES)
            shares += [one for one in told if one is not None]
            minutes.append(_number(usage.get("estimated_time_to_regain_access")) or 0.0)
    return max(shares, default=None), min(max(minutes), _LONGEST / timedelta(minutes=1))


def _objects(header: str | None) -> list[dict[str, Any]]:
    """Return the objects with numbers in one of Meta's headers: itself, or those listed by business."""
    if not header:
        return []
    try:
        tree = msgspec.json.decode(header)
    except (msgspec.DecodeError, RecursionError):
        return []
    if not isinstance(tree, dict):
        return []
    listed = [one for value in tree.values() if isinstance(value, list) for one in value]
    return [one for one in (tree, *listed) if isinstance(one, dict)]


def _number(value: Any) -> float | None:
    """Return a finite number that is none below zero, however it is written."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < float("inf") else None


def _reset(value: str | None, headers: Mapping[str, str], at: datetime) -> datetime | None:
    """Read when a budget is filled again: seconds since 1970 (X), seconds from now, or ISO 8601 (Mastodon)."""
    if not value:
        return None
    number = _number(value)
    if number is not None and number < _EPOCH_FROM:
        return at + _seconds(number)
    try:
        until = (
            datetime.fromtimestamp(number, UTC)
            if number is not None
            else datetime.fromisoformat(value.strip())
        )
    except (ValueError, OverflowError, OSError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return _translated(until, headers, at)


def _translated(until: datetime, headers: Mapping[str, str], at: datetime) -> datetime:
    """Return a moment of the server's clock by ours, which may be wrong; a day away at most."""
    wait = until - (_http_date(headers.get("date", "")) or at)
    return at + min(max(wait, _SHORTEST), _LONGEST)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=min(number, _LONGEST.total_seconds()))


def _bounded(until: datetime, at: datetime) -> datetime:
    return min(max(until, at + _SHORTEST), at + _LONGEST)
