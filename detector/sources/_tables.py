"""Rows of a table in text: CSV in any of its dialects."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from detector.errors import SourceError
from detector.sources._archive import Archive
from detector.sources._encodings import beginning, encoding_of
from detector.sources._spreadsheets import mended, orders

_LONGEST_CELL: Final = 16 << 20
_DELIMITERS: Final = ",;\t|"
_HEAD: Final = 1 << 16
_ABOVE: Final = 5
"""Lines of a title that may stand above the names of the columns."""
_WIDE: Final = 4
"""Columns that a table must have, at least, for what stands above them to be no names."""

Row = dict[str, str] | str
"""Cells by the name of their column, or why there are none."""


def table(
    archive: Archive, member: str, spelled: Callable[[str], str] = str, *, as_it_is: bool = False
) -> Iterator[tuple[int, Row]]:
    """Yield (row number from 0, row) of a CSV file, as a stream; the header is no row.

    What a spreadsheet did to it is undone: dates in its own order, UTF-8 taken for Windows' encoding.

    Args:
        archive: all parts of one export, merged.
        member: a file of it.
        spelled: gives the name by which a column is known, from that which stands over it.
        as_it_is: whether nothing is undone, for a table that this program wrote itself.

    Raises:
        ExportFormatError: bytes of it are damaged.
    """
    with archive.open(member) as stream:
        encoding = encoding_of(stream)
    if as_it_is:
        with archive.open(member) as stream:
            yield from rows(io.TextIOWrapper(stream, encoding, "replace", newline=""), spelled)
        return
    with archive.open(member) as stream:
        lines = io.TextIOWrapper(stream, encoding, "replace", newline="")
        order = orders(row for _, row in rows(lines, spelled) if isinstance(row, dict))
    with archive.open(member) as stream:
        lines = io.TextIOWrapper(stream, encoding, "replace", newline="")
        for index, row in rows(lines, spelled):
            yield index, row if isinstance(row, str) else mended(row, order)


def columns(archive: Archive, member: str) -> tuple[str, ...]:
    """Return the names in a table's first line, as they are spelled; empty when it cannot be read."""
    try:
        head = beginning(archive.read(member, _HEAD))
    except SourceError:
        return ()
    names, _, _ = _opened(iter(io.StringIO(head, newline="")))
    return tuple(names)


def rows(lines: Iterable[str], spelled: Callable[[str], str] = str) -> Iterator[tuple[int, Row]]:
    """Yield (row number from 0, row); an empty line is none, one that is no row says why."""
    titles, rest, delimiter = _opened(iter(lines))
    keys = [spelled(one) for one in titles]
    csv.field_size_limit(_LONGEST_CELL)
    table = csv.reader(rest, delimiter=delimiter)
    index = -1
    while True:
        index += 1
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield index, f"is no row of a table: {error}"
            continue
        if not cells:
            index -= 1
        elif len(cells) > len(keys):
            yield index, f"has {len(cells)} cells under {len(keys)} names"
        else:
            yield index, dict(zip(keys, cells, strict=False))


def _opened(lines: Iterator[str]) -> tuple[list[str], Iterator[str], str]:
    """Return the names of the columns, the lines after them, and what stands between cells."""
    first = next(lines, "").removeprefix("\ufeff")
    while first and (not first.strip() or first.lower().startswith("sep=")):
        first = next(lines, "")
    names, delimiter = _named(first)
    if _is_title(names):
        above: list[str] = []
        for line in lines:
            above.append(line)
            below, mark = _named(line)
            if _is_wide(below):
                return below, lines, mark
            if len(above) >= _ABOVE or (any(below) and not _is_title(below)):
                break
        lines = chain(above, lines)
    return names, lines, delimiter


def _named(line: str) -> tuple[list[str], str]:
    """Return the cells of a header, and what stands between them."""
    delimiter = max(_DELIMITERS, key=line.count)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        header = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        header = []
    return [name.strip() for name in header], delimiter


def _is_title(cells: list[str]) -> bool:
    """Whether a line holds a title and nothing else, or a name and a value among empty cells."""
    filled = sum(map(bool, cells))
    return filled == 1 or filled == 2 < len(cells)  # noqa: PLR2004 - a name and a value


def _is_wide(cells: list[str]) -> bool:
    """Whether a line looks like the names of many columns: each other than the rest, and no number."""
    told = list(filter(None, cells))
    return (
        len(told) >= _WIDE
        and len({*told}) == len(told)
        and not any(one[0].isdigit() for one in told)
    )
