"""What a spreadsheet does to a table that is opened and saved again, undone where that can be known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

_DATE: Final = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[/.-])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})"
    r"(?:,?[ \u00a0\u202f](?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?:[ \u00a0\u202f]?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(:\d{2})?(?:[ \u00a0\u202f]?([AaPp])\.?[Mm]\.?)?")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d{1,14})?E\+?(?:1[1-9]|2\d)", re.IGNORECASE)
"""A long number as a spreadsheet shows it: its last digits are lost, and others look the same."""
_HIGH: Final = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"
"""What Windows' own encoding has from 0x80 to 0x9F."""
_BYTES: Final = {ord(letter): 0x80 + place for place, letter in enumerate(_HIGH)}
_MANGLED: Final = re.compile(f"[\u00c2-\u00f4][{re.escape(_HIGH)}\u00a0-\u00bf]")
_FEW: Final = 50
"""Rows in which a date must be seen before a table is read to its end for the order of its dates."""
_ALWAYS: Final = dict.fromkeys(
    ("publish time", "waktu penerbitan", "horário de publicação", "veröffentlichungszeitpunkt"),
    "mdy",
)
"""Columns of Meta Business Suite, which puts the month first whatever the language."""
_MONTHS: Final = 12
_DIAL: Final = 12
"""Hours on a dial that is gone round twice a day."""
_NEW_CENTURY: Final = 69
"""Two digits below this are a year after 2000, as spreadsheets read them."""

Orders = Mapping[str, str]
"""In which order the dates of a column stand: ``dmy``, ``mdy`` or ``ymd``."""


def orders(rows: Iterable[Mapping[str, str]]) -> Orders:
    """Tell in which order a table's dates are written, column by column.

    A column is decided by a day above 12 in any of its cells; one that has none follows the others of
    its table. What stays undecided is left as it is.

    Args:
        rows: all rows of the table; only the first are read when there are no such dates in them.
    """
    steps = iter(rows)
    seen: dict[str, Counter[str]] = {}
    filled: Counter[str] = Counter()
    for row in islice(steps, _FEW):
        _count(row, row.keys(), seen, filled)
    if not seen:
        return {}
    watched = tuple(seen)
    for row in steps:
        _count(row, watched, seen, filled)
    decided: dict[str, str] = {}
    open_: list[str] = []
    for title, signs in seen.items():
        if 2 * signs.total() < filled[title]:
            continue
        ways = {way for way in ("dmy", "mdy", "ymd") if signs[way]}
        if len(ways) == 1:
            decided[title] = ways.pop()
        elif not ways:
            open_.append(title)
    common = set(decided.values())
    like_others = common.pop() if len(common) == 1 else ""
    for title in open_:
        if order := _ALWAYS.get(title.strip().lower(), like_others):
            decided[title] = order
    return decided


def _count(
    row: Mapping[str, str],
    titles: Iterable[str],
    seen: dict[str, Counter[str]],
    filled: Counter[str],
) -> None:
    for title in titles:
        cell = row.get(title, "").strip()
        if not cell:
            continue
        filled[title] += 1
        if cell[0].isdigit() and not _ISO.match(cell) and (match := _DATE.fullmatch(cell)):
            seen.setdefault(title, Counter())[_order(match)] += 1


def _order(match: re.Match[str]) -> str:
    if len(match["a"]) == len("2024"):
        return "ymd"
    if match["mark"] == "." or int(match["a"]) > _MONTHS:
        # Nobody puts the month first and dots between.
        return "dmy"
    return "mdy" if int(match["b"]) > _MONTHS else ""


def mended(row: Mapping[str, str], order: Orders) -> dict[str, str]:
    """Return a row as it was before a spreadsheet saved it.

    Args:
        row: cells by the names of their columns.
        order: of the dates in its columns.
    """
    return {
        title: whole(dated(cell, order[title]) if title in order else cell)
        for title, cell in row.items()
    }


def dated(cell: str, order: str) -> str:
    """Return a spreadsheet's date as ISO 8601 has it; what is none stays as it is.

    Examples:
        >>> dated("21/11/2024 1:14", "dmy"), dated("11/21/24 1:14:05 PM", "mdy"), dated("kemarin", "dmy")
        ('2024-11-21T01:14:00', '2024-11-21T13:14:05', 'kemarin')
    """
    match = _DATE.fullmatch(cell.strip())
    if not match or _ISO.match(cell.strip()):
        return cell
    part = {letter: int(match[name]) for letter, name in zip(order, "abc", strict=True)}
    year = part["y"]
    if year < 100:  # noqa: PLR2004 - two digits
        year += 2000 if year < _NEW_CENTURY else 1900
    try:
        hour = _hour(match["hour"] or "0", match["half"])
        at = datetime(  # noqa: DTZ001 - a spreadsheet tells no zone
            year, part["m"], part["d"], hour, int(match["minute"] or 0), int(match["second"] or 0)
        )
    except ValueError:
        return cell
    return at.isoformat() if match["hour"] else at.date().isoformat()


def clock(cell: str) -> str:
    """Return a spreadsheet's time of day as ISO 8601 has it; what is none stays as it is.

    Examples:
        >>> clock("1:14:00"), clock("11:14 PM"), clock("01:14:00 WIB")
        ('01:14:00', '23:14', '01:14:00 WIB')
    """
    match = _CLOCK.fullmatch(cell.strip())
    if not match:
        return cell
    try:
        return f"{_hour(match[1], match[4]):02}:{match[2]}{match[3] or ''}"
    except ValueError:
        return cell


def _hour(written: str, half: str | None) -> int:
    """Return the hour of a day, of which `half` may tell the morning or the afternoon.

    Raises:
        ValueError: there is no such hour on a dial.
    """
    hour = int(written)
    if not half:
        return hour
    if not 1 <= hour <= _DIAL:
        raise ValueError(f"hour {hour}")
    return hour % _DIAL + (_DIAL if half in "pP" else 0)


def whole(cell: str) -> str:
    """Return a cell whose UTF-8 was taken for Windows' encoding as it was; a rounded number is nothing.

    Examples:
        >>> whole("Hadir â€” tepat ðŸš€"), whole("1,85964E+18"), whole("NÃO “sah”")
        ('Hadir — tepat 🚀', '', 'NÃO “sah”')
    """
    if cell.isascii():
        return "" if "+" in cell and _ROUNDED.fullmatch(cell.strip()) else cell
    if not _MANGLED.search(cell):
        return cell
    try:
        return cell.translate(_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return cell
