"""The native post format, and tables of posts whose columns are called something like it."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Page
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, elements, is_spread, patiently, spread
from detector.sources._encodings import beginning
from detector.sources._guarded import COLUMNS, unguarded
from detector.sources._plain import BarePost, PlainPost
from detector.sources._spellings import UNKNOWN, Owner, Records, is_postlike
from detector.sources._tables import columns, rows, table
from detector.sources._values import mended
from detector.sources.interface import Outcome, Source, paged

_ENDINGS: Final = frozenset({".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".parquet"})
_HEAD: Final = 1 << 18
"""Bytes in which the first record is looked for."""
_TRIED: Final = 5
"""Lines looked at: the first may be damaged."""
_LONGEST_LINE: Final = 16 << 20
"""Bytes; a line without an end must not fill the memory."""

_HOLDING: Final = ("data", "items", "posts", "results", "records", "tweets", "videos")
"""Keys under which a JSON object holds its posts."""
_OUTER: Final = ("data", "result", "response")
"""Keys of objects inside it that may hold them instead."""
_BEFORE: Final = (
    r'\{\s{0,99}(?:"[^"\\]{0,99}"\s{0,9}:\s{0,9}(?:"[^"\\]{0,999}"|-?[\d.]{1,30}|true|false|null)'
    r"\s{0,9},\s{0,99}){0,20}"
)
_WRAPPED: Final = re.compile(
    rf'(?:{_BEFORE}"(?:{"|".join(_OUTER)})"\s{{0,9}}:\s{{0,9}})?{_BEFORE}"(?:{"|".join(_HOLDING)})"\s{{0,9}}:\s{{0,9}}(?=\[)'
)
"""How an object begins that holds a list, with a few plain values before it."""
_decode = msgspec.json.Decoder().decode
_decode_bare = msgspec.json.Decoder(BarePost).decode
_decode_plain = msgspec.json.Decoder(PlainPost).decode
_Row = dict[str, Any] | str
"""A record, or why there is none."""


class Native(Source):
    """JSON Lines, a JSON list, CSV or Parquet with one post or account event a record.

    Lines are read as a stream and given in their file's own order.
    """

    platforms = ()
    tier = "silver"
    is_sorted = False
    is_general = True

    def __init__(
        self, archive: Archive, members: list[tuple[str, str]], account: str, platform: str
    ) -> None:
        self._archive = archive
        self._members = members
        self._account = account
        self._platform = platform

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether the first records of any file have a text and a time."""
        return any(_form(archive, member) for member in archive.members)

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> Native:
        """Find the files that hold posts; the records' own account and platform win.

        Raises:
            SourceError: none does.
        """
        found = [(member, _form(archive, member)) for member in archive.members]
        members = [(member, form) for member, form in found if form]
        if not members:
            raise SourceError(
                "no file in it holds records with a text and a time",
                where=Location(str(archive.path)),
                hint="name the columns platform, account, id, created_at and text",
            )
        return cls(archive, members, (account or "").removeprefix("@"), platform or UNKNOWN)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield pages in the order of the files, and of the records in them."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        owners: dict[tuple[str, str], Owner] = {}
        for member, form in self._members:
            label = self._archive.label(member)
            records = Records(
                label,
                account=self._account or PurePosixPath(member).stem or "unknown",
                platform=self._platform.lower(),
                owners=owners,
            )
            reading = _READERS[form](records)
            try:
                yield from reading.outcomes(self._archive, member)
            except ExportFormatError as error:
                if reading.index < 0 and len(self._members) == 1:
                    raise
                yield records.rejected(reading.index + 1, error.message)


def _form(archive: Archive, member: str) -> str:
    """Say how a member is written when its first record looks like a post; else the empty string."""
    if len(archive.members) > 1 and PurePosixPath(member).suffix.lower() not in _ENDINGS:
        return ""
    try:
        head = archive.read(member, _HEAD)
        if head.startswith(b"PAR1"):
            _, first = next(_parquet(archive, member), (0, ""))
            return "parquet" if is_postlike(first) else ""
        text = beginning(head).lstrip()
        if text.startswith("["):
            return "list" if _lists_posts(text) else ""
        if text.startswith("{"):
            return _form_of_objects(text)
        _, first = next(rows(io.StringIO(text, newline="")), (0, ""))
        return "table" if is_postlike(first) else ""
    except (SourceError, ValueError, RecursionError):
        return ""


def _form_of_objects(text: str) -> str:
    if is_spread(text) and _are_spread(text):
        return "spread"
    if any(map(_is_post_line, text.split("\n", _TRIED)[:_TRIED])):
        return "lines"
    wrapped = _WRAPPED.match(text)
    return "object" if wrapped and _lists_posts(text[wrapped.end() :]) else ""


def _are_spread(text: str) -> bool:
    """Whether a post and another object, each over several lines, begin a text; one alone may be anything."""
    one, end = json.JSONDecoder().raw_decode(text)
    return is_postlike(one) and text[end:].lstrip(", \t\r\n")[:1] == "{"


def _lists_posts(text: str) -> bool:
    """Whether one of the first elements of a JSON list, of which this is the beginning, is a post."""
    place, decoder = 1, json.JSONDecoder()
    for _ in range(_TRIED):
        place += len(text[place:]) - len(text[place:].lstrip(", \t\r\n"))
        try:
            one, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return False
        if is_postlike(one):
            return True
    return False


def _is_post_line(line: str) -> bool:
    try:
        return is_postlike(json.loads(line))
    except (ValueError, RecursionError):
        return False


class _Rows:
    """Reads one file whose records are dicts.

    Args:
        rows: yields (index, record) of a file.
        records: what becomes of them.
    """

    def __init__(
        self, rows: Callable[[Archive, str], Iterator[tuple[int, _Row]]], records: Records
    ) -> None:
        self.index = -1
        """Of the latest record, from 0."""
        self._rows = rows
        self._records = records

    def outcomes(self, archive: Archive, member: str) -> Iterator[Outcome]:
        """Yield what became of each record."""
        records = self._records
        for index, row in self._rows(archive, member):
            self.index = index
            if isinstance(row, str):
                yield records.rejected(index, str(row))
            else:
                yield records.outcome(row, index)


class _Lines:
    """Reads one file of JSON Lines: first as what nearly every line of most files is, as long as that pays.

    Args:
        records: what becomes of its lines.
    """

    def __init__(self, records: Records) -> None:
        self.index = -1
        """Of the latest line, from 0."""
        self._records = records
        self._luck = _PATIENCE

    def outcomes(self, archive: Archive, member: str) -> Iterator[Outcome]:
        """Yield what became of each line; an empty one is no record."""
        bare, luck = self._records.bare, _PATIENCE
        with archive.open(member) as stream:
            for index, line in enumerate(_split(stream)):
                self.index = index
                outcome: Outcome | None = None
                if luck > 0:
                    try:
                        outcome = bare(_decode_bare(line), index)
                    except (ValueError, RecursionError):
                        outcome = None
                    luck = min(luck + 1, _PATIENCE) if outcome else luck - _MISSED
                if outcome is None:
                    outcome = self._outcome(line.removesuffix(b"\n"), index)
                if outcome is not None:
                    yield outcome

    def _outcome(self, line: bytes, index: int) -> Outcome | None:
        """Read one line of JSON; an empty one is no record."""
        if self._luck:
            try:
                plain = self._records.plain(_decode_plain(line), index)
            except (ValueError, RecursionError):
                plain = None
            if plain is not None:
                self._luck = _PATIENCE
                return plain
            self._luck -= 1
        try:
            record = _decode(line)
        except (ValueError, RecursionError):
            record = _patiently(line)
            if record is None:
                return None
        if type(record) is dict:
            return self._records.outcome(record, index)
        why = record if isinstance(record, Damaged) else "is not an object"
        return self._records.rejected(index, str(why))


_PATIENCE: Final = 100
"""Lines in a row that are not plain before no more are tried."""

_MISSED: Final = 2
"""Bare lines that make up for the time lost with one that is not."""


def _split(stream: io.BufferedReader) -> Iterator[bytes]:
    """Yield lines, with what ends them; of one that does not end, only the beginning."""
    some = partial(stream.readline, _LONGEST_LINE)
    for line in iter(some, b""):
        yield line
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while (more := some()) and not more.endswith(b"\n"):
                pass


def _patiently(line: bytes) -> dict[str, Any] | str | None:
    """Read a line that has a byte order mark, half a surrogate pair or bad bytes.

    Returns:
        The record, or why there is none; None for an empty line.
    """
    if not line.removeprefix(codecs.BOM_UTF8).strip():
        return None
    record = patiently(line)
    return record if isinstance(record, dict | Damaged) else "is not an object"


def _list(
    archive: Archive, member: str, read: Callable[..., Iterator[tuple[int, Any]]] = elements
) -> Iterator[tuple[int, _Row]]:
    """Yield (index, record) of a JSON list, or of objects that go over several lines each."""
    with archive.open(member) as stream:
        for index, row in read(stream, archive.label(member)):
            if isinstance(row, dict | Damaged):
                yield index, row
            else:
                yield index, "is not an object"


def _object(archive: Archive, member: str) -> Iterator[tuple[int, _Row]]:
    """Yield (index, record) of the list in a JSON object, such as one page of an API's answers."""
    label = archive.label(member)
    tree = patiently(archive.read(member))
    if not isinstance(tree, dict):
        raise ExportFormatError("is not whole JSON: damaged or cut off", where=Location(label))
    trees = [tree, *(tree[key] for key in _OUTER if isinstance(tree.get(key), dict))]
    held: list[Any] = next(
        (one[key] for one in trees for key in _HOLDING if isinstance(one.get(key), list)), []
    )
    for index, row in enumerate(held):
        yield index, row if isinstance(row, dict) else "is not an object"


def _parquet(archive: Archive, member: str) -> Iterator[tuple[int, _Row]]:
    """Yield (row number from 0, record) of a Parquet file."""
    # Half a second of import that no other format needs.
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    where = Location(archive.label(member))
    index = 0
    try:
        with archive.open(member) as stream:
            whole = stream if stream.seekable() else io.BytesIO(archive.read(member))
            for batch in parquet.ParquetFile(whole).iter_batches(batch_size=1_000):
                for row in _plain(batch).to_pylist():
                    yield index, mended(row)
                    index += 1
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ExportFormatError("is damaged or cut off", where=where) from error


def _plain(batch: Any) -> Any:
    """Bring times to microseconds, the finest that Python's own know."""
    import pyarrow as pa  # noqa: PLC0415

    for index, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            plain = batch.column(index).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(index, field.name, plain)
    return batch


def _table(archive: Archive, member: str) -> Iterator[tuple[int, _Row]]:
    """Yield (row number from 0, row) of a CSV file; of one of our own, without the guards against formulas."""
    is_ours = set(columns(archive, member)) == set(COLUMNS)
    for index, row in table(archive, member, as_it_is=is_ours):
        if is_ours and isinstance(row, dict):
            yield index, {name: unguarded(cell) for name, cell in row.items()}
        else:
            yield index, row


_READERS: Final[dict[str, Callable[[Records], _Rows | _Lines]]] = {
    "lines": _Lines,
    "list": partial(_Rows, _list),
    "spread": partial(_Rows, partial(_list, read=spread)),
    "object": partial(_Rows, _object),
    "table": partial(_Rows, _table),
    "parquet": partial(_Rows, _parquet),
}
