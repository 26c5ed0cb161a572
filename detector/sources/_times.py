"""Times as other programs write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Final

from detector.records import TimeQuality

FIRST_YEAR: Final = 1995
LAST_YEAR: Final = 2099
"""Years a post may bear; anything else is damage, such as 0 or milliseconds read as seconds."""

_EXACT, _EXACT_MS = TimeQuality.EXACT, TimeQuality.EXACT_MS
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}  # fmt: skip
_ZONES: Final = {
    "UTC": UTC,
    "GMT": UTC,
    "WIB": timezone(timedelta(hours=7)),
    "WITA": timezone(timedelta(hours=8)),
    "WIT": timezone(timedelta(hours=9)),
}
_ADVICE = "write it like 2024-11-21T01:14:00+07:00"
_SECONDS_BELOW: Final = 100_000_000_000
_MILLISECONDS_BELOW: Final = 100_000_000_000_000


def moment(value: Any) -> tuple[datetime, TimeQuality]:
    """Read a time of any common spelling.

    Args:
        value: ISO 8601 or RFC 3339 text, RFC 2822 text, Twitter's own, text with a zone's short name, or
            seconds, milliseconds or microseconds since 1970 as a number or digits; or a datetime.

    Returns:
        The time in UTC, and how far it can be trusted: a time without a zone is read as UTC and said to
        be local.

    Raises:
        ValueError: none of these, or in a year no post can be of.

    Examples:
        >>> moment("Fri Nov 22 00:36:08 +0000 2024")[0].isoformat()
        '2024-11-22T00:36:08+00:00'
        >>> moment("2024-11-21 01:14 WIB")
        (datetime.datetime(2024, 11, 20, 18, 14, tzinfo=datetime.timezone.utc), <TimeQuality.MINUTE: 'minute'>)
        >>> moment(1732146840000)[0].isoformat(), moment("2024-11-21T01:14:00")[1].name
        ('2024-11-20T23:54:00+00:00', 'LOCAL')
    """
    if type(value) is str and value[10:17:6] == "T:":
        # Nearly every time of a large file is spelled so.
        try:
            return settled(datetime.fromisoformat(value))
        except ValueError:
            pass
    if value is None or value == "":
        raise ValueError("has no time")
    if isinstance(value, bool | list | dict):
        raise ValueError("its time is neither a text nor a number")  # noqa: TRY004
    if isinstance(value, str):
        text = value.strip()
        digits = text.removesuffix(".0")
        if digits.isascii() and digits.isdigit() and len(digits) != 8:  # noqa: PLR2004 - 20241121
            return _counted(int(digits[:30]))
        return settled(_spelled(text), minute=text[13:14] == ":" != text[16:17])
    if isinstance(value, datetime):
        return settled(value)
    if isinstance(value, int | float):
        return _counted(value)
    raise ValueError("its time is neither a text nor a number")


def settled(at: datetime, *, minute: bool = False) -> tuple[datetime, TimeQuality]:
    """Bring a time to UTC and say how far it can be trusted.

    Raises:
        ValueError: no post can be of that year.
    """
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"its time is in the year {at.year}")
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            return at.replace(tzinfo=UTC), TimeQuality.LOCAL
        at = at.astimezone(UTC)
    if minute:
        return at, TimeQuality.MINUTE
    return at, _EXACT_MS if at.microsecond else _EXACT


def _counted(stamp: float) -> tuple[datetime, TimeQuality]:
    """Read a number since 1970, whose size tells its unit."""
    if stamp == 0:
        raise ValueError("its time is 0")
    quality = TimeQuality.EXACT
    try:
        if abs(stamp) >= _MILLISECONDS_BELOW:
            stamp, quality = stamp / 1_000_000, TimeQuality.EXACT_MS
        elif abs(stamp) >= _SECONDS_BELOW:
            stamp, quality = stamp / 1_000, TimeQuality.EXACT_MS
        at = datetime.fromtimestamp(stamp, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("its time is no time since 1970") from None
    return settled(at)[0], quality


def _spelled(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    words = text.split()
    month = _MONTHS.get(words[1].lower()) if len(words) == 6 else None  # noqa: PLR2004
    if month:
        # Twitter's own: Fri Nov 22 00:36:08 +0000 2024
        text = f"{words[5]}-{month:02}-{words[2]:0>2}T{words[3]}{words[4]}"
    zone = words[-1].upper() if words else ""
    if zone.isascii() and zone.isalpha():
        text = " ".join(words[:-1])
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        # A zone that is not known, such as BRT, is some local time.
        return at if at.tzinfo else at.replace(tzinfo=_ZONES.get(zone))
    raise ValueError(f"time {' '.join(words)[:40]!r} is not understood: {_ADVICE}")


def moment_since(value: Any, first_year: int) -> tuple[datetime, TimeQuality]:
    """Read a time as `moment` does, on a platform that did not exist before some year.

    Args:
        value: as for `moment`.
        first_year: the year the platform opened.

    Raises:
        ValueError: none of the spellings, or in a year no post can be of.
    """
    at, quality = moment(value)
    if at.year < first_year:
        raise ValueError(f"its time is in the year {at.year}")
    return at, quality
