"""What the importers of collection tools share: records of JSON, and values of trees nobody vetted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Comment, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, elements, is_spread, patiently, spread
from detector.sources._encodings import as_utf8, beginning
from detector.sources._times import FIRST_YEAR, LAST_YEAR, moment
from detector.sources.interface import Outcome

HEAD: Final = 1 << 14
"""Bytes of a member that are looked at to recognise it."""
_LONGEST_LINE: Final = 16 << 20
"""Bytes; a line without an end must not fill the memory."""
UNDATED: Final = datetime.min.replace(tzinfo=UTC)
"""Where records without a time stand in the order: before all others."""

Dated = tuple[datetime, Outcome]
"""When a record happened, and what became of it."""

_SECONDS: Final = range(100_000_000, 4_100_000_000)
_LONGEST_TIME: Final = 30
_MONTHS: Final = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip

_decode = msgspec.json.Decoder().decode


def head_of(archive: Archive, member: str) -> str:
    """Return a member's first characters; none when it cannot be read."""
    try:
        return begun(archive.read(member, HEAD))
    except SourceError:
        return ""


def begun(head: bytes) -> str:
    """Return the first characters of a text without its mark and blanks."""
    return beginning(head).removeprefix("\ufeff").lstrip()


def stem(archive: Archive) -> str:
    """Return an archive's own name, to be used for an account where nothing tells another."""
    return archive.title or "unknown"


def records(
    archive: Archive, member: str, decode: Callable[[bytes], Any] = _decode
) -> Iterator[tuple[int, Any]]:
    """Yield (number from 0, record) of a file of JSON, or why one is none.

    They stand in lines, of which empty ones are no records, in a list, or one after the other over many
    lines each.

    Args:
        archive: all parts of one export, merged.
        member: a file of it.
        decode: makes a dictionary of a line, or a struct.

    Raises:
        ExportFormatError: its bytes cannot be had.
    """
    head = head_of(archive, member)
    if not (is_list := head.startswith("[")) and not is_spread(head):
        yield from _lines(archive, member, decode)
        return
    with archive.open(member) as stream:
        for index, one in (elements if is_list else spread)(stream, archive.label(member)):
            if isinstance(one, dict):
                yield index, one
            else:
                yield index, str(one) if isinstance(one, Damaged) else "is not an object"


def _lines(
    archive: Archive, member: str, decode: Callable[[bytes], Any]
) -> Iterator[tuple[int, Any]]:
    with archive.open(member) as stream:
        for index, line in enumerate(_split(stream)):
            try:
                record = decode(line)
            except (ValueError, RecursionError):
                if not line.strip(b" \t\r\n\xef\xbb\xbf"):
                    continue
                record = patiently(line.lstrip(b"\x1e \t"))
            if type(record) is dict or isinstance(record, msgspec.Struct):
                yield index, record
            else:
                yield index, str(record) if isinstance(record, Damaged) else "is not an object"


def tree_of(raw: bytes, where: Location) -> Any:
    """Parse a whole file of JSON.

    Raises:
        ExportFormatError: it is none.
    """
    try:
        return _decode(raw)
    except (ValueError, RecursionError):
        tree = patiently(raw)
    if isinstance(tree, Damaged):
        raise ExportFormatError(str(tree), where=where)
    return tree


def _split(stream: io.BufferedReader) -> Iterator[bytes]:
    """Yield lines, with what ends them; of one that does not end, only the beginning."""
    some = partial(as_utf8(stream).readline, _LONGEST_LINE)
    for line in iter(some, b""):
        yield line
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while (more := some()) and not more.endswith(b"\n"):
                pass


def inner(tree: Any, *path: str | int) -> Any:
    """Follow keys and places into a tree; None where it ends before.

    Examples:
        >>> inner({"a": [{"b": 1}]}, "a", 0, "b"), inner({"a": None}, "a", 0, "b")
        (1, None)
    """
    for step in path:
        if isinstance(step, int):
            if not isinstance(tree, list) or step >= len(tree):
                return None
            tree = tree[step]
        elif isinstance(tree, dict):
            tree = tree.get(step)
        else:
            return None
    return tree


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; none when it is no list."""
    if not value or type(value) is not list:
        return []
    return [one for one in value if isinstance(one, dict)]


def nodes(value: Any) -> list[dict[str, Any]]:
    """Return the nodes of a GraphQL connection."""
    if not value:
        return []
    found = [one.get("node") for one in objects(inner(value, "edges"))]
    return [one for one in found if isinstance(one, dict)]


def words(value: Any) -> str:
    """Return a text; an absent one is empty.

    Raises:
        ValueError: it is something else.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise ValueError("its text is no text")


def name(value: Any) -> str:
    """Return a handle, an id or another short name; empty when it is none."""
    if isinstance(value, str):
        found = value.strip()
        return found[1:] if found[:1] == "@" else found
    return str(value) if type(value) is int else ""


def posted(value: Any, first_year: int) -> tuple[datetime, TimeQuality]:
    """Read the time of a post.

    Args:
        value: as `moment` takes it.
        first_year: the year in which the platform opened.

    Raises:
        ValueError: it is none, or in a year no post of that platform can be of.
    """
    at = _plainly(value)
    if at is not None and first_year <= at.year <= LAST_YEAR:
        return at, TimeQuality.EXACT_MS if at.microsecond else TimeQuality.EXACT
    at, quality = moment(value)
    if at.year < first_year:
        raise ValueError(f"its time is in the year {at.year}")
    return at, quality


def _plainly(value: Any) -> datetime | None:
    """Read a time of the three usual forms: seconds, ISO 8601 to the second in UTC, or Twitter's own.

    Nearly every time of a large file goes this way, several times as fast as `moment`.
    """
    if type(value) is int:
        return (
            datetime.fromtimestamp(value, UTC) if _SECONDS.start < value < _SECONDS.stop else None
        )
    if type(value) is not str or len(value) > _LONGEST_TIME:
        return None
    try:
        if value[-1:] == "Z" and value[10:11] == "T" and value[16:17] == ":":
            return datetime.fromisoformat(value)
        if value[20:25] == "+0000" and (month := _MONTHS.get(value[4:7])):
            hour, minute, second = int(value[11:13]), int(value[14:16]), int(value[17:19])
            return datetime(
                int(value[26:30]), month, int(value[8:10]), hour, minute, second, tzinfo=UTC
            )
    except ValueError:
        pass
    return None


def comment(text: Any, author: Any, stamp: Any) -> Comment | None:
    """Return a comment; None when it has no words. Its time may be unknown."""
    if not isinstance(text, str) or not text:
        return None
    try:
        at = posted(stamp, FIRST_YEAR)[0]
    except ValueError:
        at = None
    return Comment(text, name(author) or None, at)


def spoilt(error: ExportFormatError, label: str) -> Rejected:
    """Turn a member's error into one rejected record."""
    return Rejected(error.where or Location(label), error.message)
