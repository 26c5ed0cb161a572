"""LinkedIn's tables: which is which by its columns, and how their cells are written."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote

from detector.errors import SourceError
from detector.records import TimeQuality
from detector.sources._archive import Archive
from detector.sources._encodings import decoded
from detector.sources._spreadsheets import mended, orders
from detector.sources._tables import Row, rows
from detector.sources._times import moment_since

FIRST_YEAR: Final = 2003
"""LinkedIn opened; nothing on it is older."""

FILES: Final = {
    "shares": ({"date", "sharelink", "sharecommentary"}, {"date", "sharecommentary", "sharedurl"}),
    "reposts": ({"date", "link"},),
    "login": ({"logindate", "ipaddress"}, {"logindate", "useragent"}),
    "login_challenged": ({"challengedate", "challengetype"},),
    "email_changed": ({"emailaddress", "updatedon"},),
    "signup": ({"registeredat"}, {"registrationdate"}),
    "page": ({"posttitle", "postlink", "createddate"},),
}
"""What a table tells, and the columns (letters only, lower case) by which it is known."""

OWNER_FILE: Final = re.compile(r"(?:^|/)profile\.csv$", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"(?:^|/)(?:shares(?:_\d{1,20})?|logins|security[ _]challenges|instant[ _]reposts"
    r"|email[ _]addresses|registration)(?: ?\(\d{1,3}\))?\.csv$",
    re.IGNORECASE,
)
_HEAD: Final = 1 << 14
_ALONE: Final = frozenset({"reposts", "signup", "email_changed"})
"""Kinds whose columns are too plain to know a table by, without its name."""
_URN: Final = re.compile(
    r"urn:li:[a-zA-Z]{3,30}:\(?(?:urn:li:[a-zA-Z]{3,30}:)?(?:\d{1,14}-)?(\d{15,20})"
)
_SLUG: Final = re.compile(r"-(?:activity|share|ugcpost)-(\d{15,20})", re.IGNORECASE)
_JAVA: Final = re.compile(
    r"([A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2}) (?:UTC|GMT) (\d{4})"
)
_AMERICAN: Final = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))?(?:[ \u202f]([AP])M)?)?"
)
_QUOTED_BREAK: Final = re.compile(r"\"\r?\n(?=\")")
_NEAR: Final = timedelta(minutes=5)
"""The number of a post in a group is some minutes older than its time; no zone is so near another."""
_SAME_DAY: Final = timedelta(hours=38)
"""A day that begins in any zone ends within so many hours of its beginning in UTC."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def is_named(member: str) -> bool:
    """Whether a member's name says that it tells posts or events; no other is ever opened."""
    return _NAMED.search(member) is not None


_ESCAPED: Final = re.compile(r"\\\"(?=\"(?:,|\r?\n|$)|[^\",\r\n])")
"""A quote that a backslash escapes, as some rows have it where others double theirs."""


def shape(archive: Archive, member: str) -> str:
    """Return what a table tells, by its columns; the empty string when it is none of LinkedIn's."""
    try:
        head = decoded(archive.read(member, _HEAD))
    except SourceError:
        return ""
    _, names = _header(head)
    for kind, columns in FILES.items():
        if any(one <= names for one in columns) and (kind not in _ALONE or is_named(member)):
            return kind
    return ""


def sheet(archive: Archive, member: str) -> Iterator[tuple[int, Row]]:
    """Yield (row number from 0, row) of a table; what stands above its header is left out.

    Raises:
        ExportFormatError: it cannot be read.
    """
    text = decoded(archive.read(member)).replace("\0", "")
    start, _ = _header(text)
    body = text[start:]
    if '\\"' in body and not re.search(r"[^,\r\n]\"\"[^,\r\n]", body):
        body = body.replace('\\"', '""')
    else:
        body = _ESCAPED.sub('""', body)
    found = list(rows(io.StringIO(body, newline="")))
    order = orders(row for _, row in found if isinstance(row, dict))
    for index, row in found:
        yield index, row if isinstance(row, str) else mended(row, order)


def _header(text: str) -> tuple[int, set[str]]:
    """Return where a table's header begins, and its columns' names; notes may stand above it."""
    place = 0
    for line in io.StringIO(text[:_HEAD], newline=""):
        names = {_plain(name) for name in re.split(r"[,;\t]", line)}
        if any(one <= names for columns in FILES.values() for one in columns):
            return place, names
        place += len(line)
    return 0, set()


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.partition("(")[0])).lower()


def cells(row: dict[str, str]) -> dict[str, str]:
    """Return a row under plain names, without what surrounds its values."""
    return {_plain(name): value.strip() for name, value in row.items() if isinstance(value, str)}


def spoken(text: str) -> str:
    r"""Return a commentary as it was written: LinkedIn puts quotes around each of its lines.

    Examples:
        >>> spoken('Rapat pleno"\n"\n"Hadir tepat waktu'), spoken('Kata "sah"\nTitik')
        ('Rapat pleno\n\nHadir tepat waktu', 'Kata "sah"\nTitik')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    breaks = text.count("\n")
    if breaks and len(_QUOTED_BREAK.findall(text)) == breaks:
        text = re.sub(r"\"?\n\"?", "\n", text)
    return text.strip()


def urn(address: str | None) -> str | None:
    """Return the number of the post at an address.

    Examples:
        >>> urn("https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7265000000000000001")
        '7265000000000000001'
    """
    if not address:
        return None
    whole = unquote(address)
    match = _URN.search(whole) or _SLUG.search(whole)
    return match[1] if match else None


def when(text: Any) -> tuple[datetime, TimeQuality]:
    """Read a time as one of LinkedIn's tables writes it; what names no zone is read as UTC.

    Raises:
        ValueError: it is none, or in a year no post can be of.
    """
    if isinstance(text, str):
        text = _JAVA.sub(r"\1 +0000 \2", text.strip())
        if match := _AMERICAN.fullmatch(text):
            month, day, year, hour, minute, second = (int(one or 0) for one in match.groups()[:6])
            if match[7] and not 1 <= hour <= 12:  # noqa: PLR2004 - hours on a dial
                raise ValueError(f"time {text[:40]!r} is not understood")
            if match[7]:
                hour = hour % 12 + (12 if match[7] == "P" else 0)
            try:
                at = datetime(year + 2000 * (year < 100), month, day, hour, minute, second)  # noqa: DTZ001, PLR2004
            except ValueError:
                raise ValueError(f"time {text[:40]!r} is not understood") from None
            return moment_since(at, FIRST_YEAR)
    return moment_since(text, FIRST_YEAR)


def with_id(at: datetime, quality: TimeQuality, number: str | None) -> tuple[datetime, TimeQuality]:
    """Settle a time whose zone is not told by the post's number, which counts milliseconds since 1970.

    Args:
        at: as the table has it, read as UTC.
        quality: of that.
        number: of the post; all but its last 22 bits are the time it was made.
    """
    if quality is not TimeQuality.LOCAL or not number:
        return at, quality
    try:
        made = _EPOCH + timedelta(milliseconds=int(number) >> 22)
    except OverflowError:
        return at, quality
    if abs(made - at) <= _NEAR:
        return at, TimeQuality.EXACT
    return (made, TimeQuality.EXACT_MS) if abs(made - at) <= _SAME_DAY else (at, quality)


def owner(archive: Archive, member: str) -> str:
    """Return the first and last name in a profile; empty when it cannot be read."""
    try:
        text = decoded(archive.read(member)).replace("\0", "")
    except SourceError:
        return ""
    for _, row in rows(io.StringIO(text, newline="")):
        if isinstance(row, dict):
            told = cells(row)
            return f"{told.get('firstname', '')} {told.get('lastname', '')}".strip()
    return ""
