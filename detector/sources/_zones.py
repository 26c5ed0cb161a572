"""Times an export gives without their zone, brought to UTC where the operator names the office's zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources.interface import Source

ZoneOf = Callable[[str, str], str | None]
"""Returns the IANA name of the zone of a platform's account, None where nobody named it."""


def in_zones(kind: type[Source], zone_of: ZoneOf) -> type[Source]:
    """Return a source like another, whose pages come as `placed` leaves them."""

    def pages(self: Source, since: str | None = None) -> Iterator[Page]:
        for page in kind.pages(self, since):
            yield placed(page, zone_of)

    # A source is named after its module.
    body = {"pages": pages, "__module__": kind.__module__, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind,), body)


def placed(page: Page, zone_of: ZoneOf) -> Page:
    """Return a page whose times without a zone are meant in their account's; others stay as they are.

    A post keeps its id, so that it is the same post whether or not the zone was named.

    Args:
        page: as a source gives it, times without a zone read as UTC.
        zone_of: asked for each account.
    """
    qualities = {one.time_quality for one in page.posts} | {one.time_quality for one in page.events}
    if TimeQuality.LOCAL not in qualities:
        return page
    return replace(
        page,
        posts=tuple([_placed_post(one, zone_of) for one in page.posts]),
        events=tuple([_placed_event(one, zone_of) for one in page.events]),
    )


def _placed_post(one: Post, zone_of: ZoneOf) -> Post:
    zone = zone_of(one.platform, one.account) if one.time_quality is TimeQuality.LOCAL else None
    if zone is None:
        return one
    at, quality = _meant(one.created_at, zone)
    return replace(one, created_at=at, time_quality=quality)


def _placed_event(one: AccountEvent, zone_of: ZoneOf) -> AccountEvent:
    zone = zone_of(one.platform, one.account) if one.time_quality is TimeQuality.LOCAL else None
    if zone is None:
        return one
    at, quality = _meant(one.at, zone)
    return replace(one, at=at, time_quality=quality)


def _meant(at: datetime, zone: str) -> tuple[datetime, TimeQuality]:
    """Read a clock's time in a zone.

    Examples:
        >>> from datetime import UTC
        >>> _meant(datetime(2024, 11, 21, 1, 14, tzinfo=UTC), "Asia/Jakarta")
        (datetime.datetime(2024, 11, 20, 18, 14, tzinfo=datetime.timezone.utc), <TimeQuality.MINUTE: 'minute'>)
    """
    meant = at.replace(tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)
    # A page that shows no seconds gives none; one that does shows another number nearly always.
    return meant, TimeQuality.EXACT if meant.second else TimeQuality.MINUTE
