"""Outcomes of several members on one line of time: oldest first, nothing twice, damage counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._times import moment
from detector.sources.interface import Outcome, Skipped

_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


def timeline(
    archive: Archive, members: Iterable[str], read: Callable[[str], Iterator[Outcome]]
) -> Iterator[Outcome]:
    """Yield what `read` gives for every member, oldest first; what has no time leads.

    A post is given once for each account and id, an event once for each kind, time and details; what
    repeats it is a duplicate. A member that cannot be read is one `Rejected`.

    Args:
        archive: all parts of one export, merged.
        members: those that hold posts or events.
        read: yields the outcomes of one member, in its own order.

    Raises:
        ExportFormatError: no member can be read.
    """
    found: list[Outcome] = []
    failures: list[ExportFormatError] = []
    for member in members:
        try:
            found.extend(read(member))
        except ExportFormatError as error:
            failures.append(error)
    if failures and not found:
        raise failures[0]
    for failure in failures:
        yield Rejected(failure.where or Location(str(archive.path)), failure.message)
    found.sort(key=_when)
    yield from _once(found)


def _when(one: Outcome) -> datetime:
    if isinstance(one, Post):
        return one.created_at
    return one.at if isinstance(one, AccountEvent) else _UNDATED


def _once(found: list[Outcome]) -> Iterator[Outcome]:
    posts: set[tuple[str, str]] = set()
    events: set[tuple[object, ...]] = set()
    for one in found:
        if isinstance(one, Post):
            same = (one.account, one.id)
            if same in posts:
                yield Skipped.DUPLICATE
                continue
            posts.add(same)
        elif isinstance(one, AccountEvent):
            happened = (one.account, one.kind, one.at, *sorted(one.details.items()))
            if happened in events:
                yield Skipped.DUPLICATE
                continue
            events.add(happened)
        yield one


def moment_since(value: Any, year: int, *, zoned: bool = False) -> tuple[datetime, TimeQuality]:
    """Read a time as `moment` does, on a platform that began in `year`.

    Args:
        value: as for `moment`.
        year: the first in which there can be a record.
        zoned: whether a time without a zone is known to be UTC.

    Raises:
        ValueError: it is no time, or out of the platform's years.

    Examples:
        >>> moment_since("2024-11-20 18:14:00", 2014, zoned=True)[1].name
        'EXACT'
        >>> moment_since("2003-01-01 00:00:00", 2014)
        Traceback (most recent call last):
        ValueError: its time is in the year 2003
    """
    at, quality = moment(value)
    if at.year < year:
        raise ValueError(f"its time is in the year {at.year}")
    if zoned and quality is TimeQuality.LOCAL:
        quality = TimeQuality.EXACT_MS if at.microsecond else TimeQuality.EXACT
    return at, quality
