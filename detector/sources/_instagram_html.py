"""Instagram's pages in HTML: posts and account events, their times local and their labels translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import TimeQuality
from detector.sources._instagram_events import Told, told
from detector.sources._instagram_posts import Draft, coarse, media_of, within
from detector.sources._meta_html import Block, Clock, blocks, is_time

_TAIL: Final = 1 << 10
_DEGREES: Final = re.compile(r"-?\d{1,3}\.\d{3,17}")
_OWN: Final = re.compile(
    r"https?://(?:[a-z]{1,9}\.)?(?:instagram|facebook|threads)\.(?:com|net)/", re.IGNORECASE
)
_POST: Final = re.compile(
    r"https?://(?:www\.)?(?:instagram|threads)\.(?:com|net)/(?:p|reel|tv|@[^/]{1,40}/post)/",
    re.IGNORECASE,
)


def drawn_on(raw: bytes, label: str) -> Iterator[Drawn]:
    """Yield the records drawn on a page.

    Raises:
        ExportFormatError: there are none, and the page has no end.
    """
    clock = Clock()
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
            media=tuple(map(media_of, block.media)),
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
    return within(max(times) if latest else min(times)), TimeQuality.LOCAL


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
