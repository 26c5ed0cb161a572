"""Posts and account events in the native format: JSON Lines, CSV or Parquet, a page at a time."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any, Final

import msgspec

from detector.records import AccountEvent, Post
from detector.report.document import encoded
from detector.sources._guarded import COLUMNS, guarded

FORMS: Final = ("jsonl", "csv", "parquet")
_LISTS: Final = frozenset({"links", "media", "comments", "details"})


def row_of(one: Post | AccountEvent) -> dict[str, Any]:
    """Return a record's fields that are known, under the names of the native format."""
    if isinstance(one, Post):
        values = {name: getattr(one, name) for name in one.__struct_fields__}
    else:
        values = {
            "platform": one.platform, "account": one.account, "created_at": one.at, "event": one.kind,
            "time_quality": one.time_quality, "details": one.details, "where": one.where,
        }  # fmt: skip
    return {
        name: values[name]
        for name in COLUMNS
        if name in values and (name == "text" or values[name] not in (None, "", (), {}, False))
    }


class Writer(ABC):
    """Writes records to a stream of bytes; `close` ends the file, not the stream."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    @abstractmethod
    def write(self, records: Iterable[Post | AccountEvent]) -> None:
        """Write some records."""

    def close(self) -> None:  # noqa: B027 - most formats have nothing there
        """Write what belongs at the end."""


class _Lines(Writer):
    def write(self, records: Iterable[Post | AccountEvent]) -> None:
        self._stream.writelines(encoded(row_of(one)) + b"\n" for one in records)


class _Table(Writer):
    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        # A spreadsheet takes a file without the mark for the machine's old code page.
        stream.write(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n")

    def write(self, records: Iterable[Post | AccountEvent]) -> None:
        text = io.StringIO(newline="")
        rows = csv.writer(text)
        for one in records:
            row = row_of(one)
            rows.writerow([guarded(_cell(row.get(name))) for name in COLUMNS])
        self._stream.write(text.getvalue().encode("utf-8", "replace"))


class _Parquet(Writer):
    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        # Half a second of import that no other form needs.
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415

        kinds = {"created_at": pa.timestamp("us", "UTC"), "is_repost": pa.bool_()}
        self._schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
        self._table = pa.Table
        self._writer = parquet.ParquetWriter(stream, self._schema)

    def write(self, records: Iterable[Post | AccountEvent]) -> None:
        rows = [{name: _plain(value) for name, value in row_of(one).items()} for one in records]
        if rows:
            self._writer.write_table(self._table.from_pylist(rows, schema=self._schema))

    def close(self) -> None:
        try:
            self._writer.close()
        finally:
            # One that could not be closed would try again, and complain, when it is thrown away.
            self._writer.is_open = False


def writer(form: str, stream: IO[bytes]) -> Writer:
    """Return what writes one of `FORMS`."""
    kinds: dict[str, type[Writer]] = {"jsonl": _Lines, "csv": _Table, "parquet": _Parquet}
    return kinds[form](stream)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | bool):
        return value
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode("utf-8")
    return msgspec.json.encode(value).decode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "true" if value is True else str(_plain(value))
