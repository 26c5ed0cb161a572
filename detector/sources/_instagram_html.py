"""Instagram's pages in HTML: posts and account events, their times without a zone and their labels translated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice, pairwise
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import TimeQuality
from detector.sources._instagram_events import Told, told
from detector.sources._instagram_posts import Draft, coarse, media_of, within
from detector.sources._meta_html import Block, Clock, blocks, is_time

_SUBTITLES: Final = ".srt"
"""End of what a film's words are kept in; lists in JSON name them apart from the media."""
_TAIL: Final = 1 << 10
_DEGREES: Final = re.compile(r"-?\d{1,3}\.\d{3,17}")
_OWN: Final = re.compile(
    r"https?://(?:[a-z]{1,9}\.)?(?:instagram|facebook|threads)\.(?:com|net)/", re.IGNORECASE
)
_POST: Final = re.compile(
    r"https?://(?:www\.)?(?:instagram|threads)\.(?:com|net)/(?:p|reel|tv|@[^/]{1,40}/post)/",
    re.IGNORECASE,
)
_COMPARED: Final = 50
"""Logins by which a page's zone is told, at most."""
_QUARTER: Final = timedelta(minutes=15)
_FARTHEST: Final = timedelta(hours=14)


def zone_shown(raw: bytes) -> timezone | None:
    """Return the zone of a page's times, told by records that name the exact time beside; None without such."""
    clock = Clock()
    found: Counter[int] = Counter()
    for block in islice(blocks(raw), _COMPARED):
        exact = _exact(block.title)
        shown = next((value for _, value in block.rows if is_time(value)), None)
        if exact is not None and shown is not None:
            with suppress(ValueError):
                ahead = clock.moment(shown) - exact.replace(second=0, microsecond=0)
                found[round(ahead / _QUARTER)] += 1
    for quarters, _ in found.most_common(1):
        if abs(quarters * _QUARTER) <= _FARTHEST:
            return timezone(quarters * _QUARTER)
    return None


def drawn_on(raw: bytes, label: str, zone: timezone | None = None) -> Iterator[Drawn]:
    """Yield the records drawn on a page.

    Args:
        raw: the whole page.
        label: where it lies.
        zone: of its times, None where nothing shows it.

    Raises:
        ExportFormatError: there are none, and the page has no end.
    """
    clock = Clock(zone)
    block = None
    for block in blocks(raw):
        yield Drawn(block, clock)
    if block is None and b"</html" not in raw[-_TAIL:].lower():
        raise ExportFormatError(
            "is no whole page: damaged or cut off",
            where=Location(label),
            hint="ask Instagram for the export again, in the format JSON",
        )


class Drawn:
    """A record as a page shows it.

    Args:
        block: what it shows.
        clock: of that page.
    """

    __slots__ = ("_block", "_clock")

    def __init__(self, block: Block, clock: Clock) -> None:
        self._block = block
        self._clock = clock

    def drafted(self, kind: str) -> Draft:
        """Read a post; its caption is the box's heading, or else what stands in the box.

        Raises:
            ValueError: it has no usable time.
        """
        block = self._block
        at, quality = _when(block, self._clock)
        return Draft(
            at=at,
            text=block.title or block.text,
            kind="post" if kind == "repost" else kind,
            quality=quality,
            media=tuple(media_of(one) for one in block.media if not one.endswith(_SUBTITLES)),
            links=tuple(one for one in block.links if not _OWN.match(one)),
            url=next(filter(_POST.match, block.links), None),
            location=_place([value for _, value in block.rows]),
            is_repost=kind == "repost",
        )

    def told(self, kind: str) -> Told:
        """Read an account event from the rows of its table.

        Raises:
            ValueError: it has no usable time.
        """
        when = _when(self._block, self._clock, latest=kind == "app_removed")
        return told(kind, as_record(self._block), when)


def as_record(block: Block) -> dict[str, Any]:
    """Give a block the shape of a labelled record, its times left out."""
    rows = [{"label": label, "value": value} for label, value in block.rows if not is_time(value)]
    title = "" if _exact(block.title) else block.title
    return {"title": title, "label_values": rows or [{"label": "", "value": block.text}]}


def _when(block: Block, clock: Clock, *, latest: bool = False) -> tuple[datetime, TimeQuality]:
    """Find the time: one with a zone in the heading, that of the box, or the first of its table's."""
    for text in (block.title, block.when or ""):
        if exact := _exact(text):
            return within(exact), TimeQuality.EXACT
    found = [block.when] if block.when else [value for _, value in block.rows if is_time(value)]
    if not found:
        raise ValueError("has no time")
    times = [clock.moment(one) for one in found]
    at = within(max(times) if latest else min(times))
    return at, clock.quality(at)


def _exact(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo and at.year > 1 else None


def _place(values: list[str]) -> str | None:
    """Return the place told by two numbers of degrees one after the other, latitude first."""
    for first, second in pairwise(values):
        if _DEGREES.fullmatch(first) and _DEGREES.fullmatch(second):
            return coarse(float(first), float(second))
    return None
