"""Records of a JSON file: in a list, under a key, page after page as an API gives them, or a line each."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any, Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, Decode, elements, is_spread, patiently, spread
from detector.sources._encodings import decoded

_HEAD: Final = 1 << 14
_BLANK: Final = b" \t\r\n"
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NEXT_PAGE: Final = re.compile(rb"\][ \t\r]{0,99}\n(?=\s{0,99}\[)")
"""Between two lists a line each; no comma stands there, so they are not one list's elements."""
_MOST_PAGES: Final = 100_000
_BATCH: Final = 1_000
"""Lines parsed at a time."""


def records(
    archive: Archive, member: str, keys: tuple[str, ...], decode: Decode
) -> Iterator[tuple[int, Any]]:
    """Yield (index from 0, record) of every list of records in a member, `Damaged` in a damaged one's place.

    Lists that stand under one of `keys` are taken one after another, as saved pages of an API have them;
    without any, the member is one list, has a record a line, or records one after the other.

    Args:
        archive: where the member is.
        member: its name.
        keys: names of the lists, the same at every depth.
        decode: reads the bytes of a list, and may give it types; what it refuses comes untyped.

    Raises:
        ExportFormatError: there are no records, or the member cannot be read.
    """
    label = archive.label(member)
    raw = archive.read(member)
    if raw.startswith(_WIDE) or b"\0" in raw[:8]:
        raw = decoded(raw).encode("utf-8", "replace")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    index = 0
    for piece in _pieces(raw, label, keys):
        if piece:
            found = elements(_stream(piece), label, decode)
        elif is_spread(raw[:_HEAD].decode("utf-8", "replace")):
            found = _spread(raw, label, decode)
        else:
            found = _lines(raw, label, keys, decode)
        for _, one in found:
            for record in one if type(one) is list else [one]:
                yield index, record
                index += 1


def _pieces(raw: bytes, label: str, keys: tuple[str, ...]) -> Iterator[bytes]:
    """Yield bytes that each begin with a list; one empty piece when there is none."""
    starts = sorted(_starts(raw, keys))
    if not starts and raw.lstrip(_BLANK)[:1] == b"[":
        starts = [0, *(one.end() for one in _NEXT_PAGE.finditer(raw))]
    if len(starts) > _MOST_PAGES:
        raise ExportFormatError(
            f"holds more than {_MOST_PAGES:,} lists of records", where=Location(label)
        )
    if not starts:
        yield b""
    elif starts == [0]:
        yield raw
    else:
        for start, end in pairwise([*starts, len(raw)]):
            yield raw[start:end]


def _stream(raw: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(raw), 1 << 18)  # type: ignore[type-var,unused-ignore]


def _starts(raw: bytes, keys: tuple[str, ...]) -> Iterator[int]:
    """Yield where the lists begin; a key inside a text has a backslash before its quotes."""
    for key in keys:
        quoted = f'"{key}"'.encode()
        follows = re.compile(rb"\s{0,99}:\s{0,99}(?=\[)")
        place = raw.find(quoted)
        while place >= 0:
            if match := follows.match(raw, place + len(quoted)):
                yield match.end()
            place = raw.find(quoted, place + len(quoted))


def _spread(raw: bytes, label: str, decode: Decode) -> Iterator[tuple[int, Any]]:
    for index, one in spread(_stream(raw), label, decode):
        if not index and isinstance(one, Damaged):
            # One object that is damaged, and not many of which some are whole.
            raise _no_list(label)
        yield index, one


def _lines(
    raw: bytes, label: str, keys: tuple[str, ...], decode: Decode
) -> Iterator[tuple[int, Any]]:
    whole = [line for line in map(bytes.strip, raw.split(b"\n")) if line]
    if len(whole) == 1 and any(re.search(rb'"%b"\s{0,99}:' % key.encode(), raw) for key in keys):
        whole = []  # What should be the list is something else.
    if not whole:
        raise _no_list(label)
    lines = enumerate(whole)
    is_whole = False
    while batch := list(islice(lines, _BATCH)):
        found = _decoded([line for _, line in batch], decode)
        if not is_whole and all(isinstance(one, Damaged) for one in found):
            # Not lines at all, but one object that is damaged or holds something else.
            raise _no_list(label)
        is_whole = True
        for (index, _), one in zip(batch, found, strict=True):
            yield index, one


def _no_list(label: str) -> ExportFormatError:
    return ExportFormatError(
        "holds no list of records", where=Location(label), hint="damaged, or another file"
    )


def _decoded(lines: list[bytes], decode: Decode) -> list[Any]:
    try:
        found = decode(b"[" + b",".join(lines) + b"]")
        if len(found) == len(lines):
            return found
    except (ValueError, RecursionError):
        pass
    return [_line(line, decode) for line in lines]


def _line(line: bytes, decode: Decode) -> Any:
    try:
        return decode(b"[" + line + b"]")[0]
    except (ValueError, RecursionError, IndexError):
        return patiently(line)


def heads(archive: Archive, ending: re.Pattern[str], most: int) -> Iterator[tuple[str, bytes]]:
    """Yield (member, its first 16 kB) of the members whose names end so, those nearest the top first.

    Args:
        archive: what to look into.
        ending: searched for in each name; an archive of one member is looked at whatever its name.
        most: members looked at.
    """
    alone = len(archive.members) == 1
    named = [one for one in archive.members if alone or ending.search(one)]
    for member in sorted(named, key=lambda one: one.count("/"))[:most]:
        try:
            head = archive.read(member, _HEAD)
        except SourceError:
            continue
        if head.startswith(_WIDE) or b"\0" in head[1:8:2]:
            head = decoded(head).encode("utf-8", "replace")
        yield member, head
