"""Elements of a JSON list, or objects one after the other, that may be too large for memory or damaged in places."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.sources._encodings import as_utf8, characters
from detector.sources._values import mended

_CHUNK: Final = 1 << 21
"""Bytes read at a time; a few times as much is held."""
_LONGEST: Final = 16 << 20
"""Bytes of one element, at most: a text without an end must not fill the memory."""
_PREFIX: Final = 1 << 16
_GUESSES: Final = 4
_MOST_JOINED: Final = 200
"""Lists in one file, at most: each costs a copy of what follows it."""
_GUESSED: Final = 1 << 19
"""Bytes at the end of a chunk among which its last whole element is looked for."""
_FIRST_KEY: Final = re.compile(rb"\{\s{0,99}(\"[^\"\\]{1,99}\")")
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}"]', re.DOTALL)
_BEFORE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:[\w.][\w.\s]{0,199}+=\s*+)?")
_FOLLOWING: Final = re.compile(rb"[\s;]*+(?:\xef\xbb\xbf\s*+)?(?:[\w.]{1,200}+\s*+=\s*+)?\[")
"""What stands before a list that is a file by itself, and before one that follows it."""
_GAP: Final = re.compile(rb"[\s,]*")

_decode = msgspec.json.Decoder().decode
Decode = Callable[[bytes], list[Any]]


class Damaged(str):
    """Why an element could not be read; it comes in the element's place."""

    __slots__ = ()


def elements(
    stream: io.BufferedReader, label: str, decode: Decode = _decode
) -> Iterator[tuple[int, Any]]:
    """Yield (index from 0, element) of the first JSON list in a stream, a chunk of it at a time.

    What stands before the list, as the assignment in one of X's scripts, is passed over and never
    executed. An element that is no JSON comes as `Damaged` and reading goes on with the next. Where
    somebody joined several files into one, the lists that follow are read as if they were one.

    Args:
        stream: bytes in UTF-8, or in UTF-16 with its mark.
        label: the file, for errors.
        decode: reads the bytes of a list, and may give it types; an element for which it raises
            ValueError is read without them.

    Raises:
        ExportFormatError: there is no list near the beginning, or one element is larger than 16 MiB.
    """
    stream = as_utf8(stream)
    head = stream.read(_PREFIX)
    start = head.find(b"[")
    if start < 0:
        raise ExportFormatError("holds no list of records", where=Location(label))
    may_follow = _BEFORE.fullmatch(head, 0, start) is not None
    yield from _cut(head[start + 1 :], stream, label, decode, may_follow=may_follow)


def spread(
    stream: io.BufferedReader, label: str, decode: Decode = _decode
) -> Iterator[tuple[int, Any]]:
    """Yield (index from 0, object) of objects that stand one after the other without a list around them.

    They may go over many lines each, as editors and ``jq`` write them; see `is_spread`.

    Args:
        stream: bytes in UTF-8, or in UTF-16 with its mark.
        label: the file, for errors.
        decode: as for `elements`.

    Raises:
        ExportFormatError: one object is larger than 16 MiB.
    """
    stream = as_utf8(stream)
    held = stream.read(_PREFIX).removeprefix(codecs.BOM_UTF8)
    yield from _cut(held, stream, label, decode, may_follow=False)


def is_spread(head: str) -> bool:
    r"""Whether a text begins with an object that goes over several lines, or has a comma behind it.

    Examples:
        >>> is_spread('{\n "a": 1\n}\n'), is_spread('{"a": 1},\n{"a": 2}')
        (True, True)
        >>> is_spread('{"a": 1}\n{"a": 2}'), is_spread('{"a": \n{"a": 2}')
        (False, False)
    """
    first, _, rest = head.lstrip("\ufeff \t\r\n").partition("\n")
    first = first.rstrip()
    if first[:1] != "{" or not rest.strip():
        return False
    is_separated = first[-1:] == ","
    try:
        json.loads(first.removesuffix(","))
    except (ValueError, RecursionError):
        # A line may be damaged, but then the next one begins an object again.
        return not rest.lstrip().startswith("{")
    return is_separated


def _cut(
    held: bytes, stream: io.BufferedReader, label: str, decode: Decode, *, may_follow: bool
) -> Iterator[tuple[int, Any]]:
    """Yield the elements of a list from behind its bracket: of what is `held` of it, and of the rest."""
    cutter, index, ended, joined = _Cutter(decode), 0, False, 0
    while not ended:
        chunk = stream.read(_CHUNK)
        ended = not chunk
        held += chunk
        while True:
            found, held = cutter.cut(held, ended=ended)
            for one in found:
                yield index, one
                index += 1
            following = _FOLLOWING.match(held) if cutter.is_over and may_follow else None
            if following is None:
                break
            joined += 1
            if joined > _MOST_JOINED:
                yield index, Damaged("follows more lists than anybody joins")
                may_follow = False
                break
            cutter, held = _Cutter(decode), held[following.end() :]
        if cutter.is_over and (len(held) > _PREFIX or not may_follow):
            may_follow, held = False, b""
        if len(held) > _LONGEST + _CHUNK:
            raise ExportFormatError(
                f"has a record larger than {_LONGEST >> 20} MiB", where=Location(label, index)
            )


class _Cutter:
    """Cuts bytes into whole elements.

    Bytes that begin with an element and end with one are a list of whole elements exactly if they parse
    as one. So ends are guessed, and the parser judges; only where it says no are brackets counted.
    """

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._between = self._next = _FIRST_KEY
        self.is_over = False
        """Whether the list was closed."""
        self._is_lost = False
        """Whether an element was damaged, so that a closing bracket may not be the list's own."""

    def cut(self, held: bytes, *, ended: bool) -> tuple[list[Any], bytes]:
        """Return the elements that are whole, and the bytes after them."""
        if self.is_over:
            return [], held
        if self._next is _FIRST_KEY and (first := _FIRST_KEY.search(held)):
            following = rb"\s{0,200},\s{0,200}\{\s{0,200}" + re.escape(first[1])
            self._between = re.compile(rb"\}(?=" + following + rb")")
            self._next = re.compile(following)
        start, view = _begin(held, 0), memoryview(held)
        for end in self._ends(held, ended=ended):
            try:
                # Copied once: it is megabytes.
                return self._decode(b"".join((b"[", view[start:end], b"]"))), held[end:]
            except (ValueError, RecursionError):
                continue
        return self._one_by_one(held, ended=ended)

    def _ends(self, held: bytes, *, ended: bool) -> list[int]:
        if ended:
            return [bracket] if (bracket := held.rfind(b"]")) >= 0 else []
        last = [one.end() for one in self._between.finditer(held, max(0, len(held) - _GUESSED))]
        return last[: -_GUESSES - 1 : -1]

    def _one_by_one(self, held: bytes, *, ended: bool) -> tuple[list[Any], bytes]:
        found: list[Any] = []
        place = 0
        while True:
            start = _begin(held, place)
            is_closing = held[start : start + 1] == b"]"
            if is_closing and self._is_lost and (after := self._next.search(held, start)):
                place = after.start()
                continue
            if start == len(held) or is_closing:
                self.is_over = is_closing
                return found, held[start + 1 :]
            end = _end(held, start)
            if end is not None:
                element = self._one(held[start:end])
                if not isinstance(element, Damaged):
                    found.append(element)
                    place = end
                    continue
            elif not ended and len(held) - start <= _LONGEST:
                return found, held[start:]
            # What is damaged may have lost a bracket: it ends where the next element seems to begin.
            after = self._next.search(held, start + 1)
            found.append(Damaged("is not whole JSON: damaged or cut off"))
            self._is_lost = True
            if after is not None and (end is None or after.end() <= end):
                place = after.start()
            elif end is not None:
                place = end
            else:
                return found, b""

    def _one(self, piece: bytes) -> Any:
        try:
            return self._decode(b"[" + piece + b"]")[0]
        except (ValueError, RecursionError, IndexError):
            return patiently(piece)


def patiently(piece: bytes) -> Any:
    r"""Parse JSON that has bad bytes or half a surrogate pair; `Damaged` when it is none.

    Examples:
        >>> patiently(b'{"text": "\\ud83d half"}'), patiently(b'{"text"')
        ({'text': '\ufffd half'}, 'is not whole JSON: damaged or cut off')
    """
    try:
        return mended(json.loads(characters(piece)))
    except (ValueError, RecursionError):
        return Damaged("is not whole JSON: damaged or cut off")


def _begin(held: bytes, place: int) -> int:
    match = _GAP.match(held, place)
    return match.end() if match else place


def _end(held: bytes, start: int) -> int | None:
    """Return where the element that begins at `start` ends, or None when it does not."""
    if held[start] not in b"[{":
        stop = re.compile(rb"[,\]]").search(held, start)
        if held[start] == ord('"'):
            stop = _TOKEN.match(held, start)
            return stop.end() if stop and len(stop[0]) > 1 else None
        return stop.start() if stop else None
    depth = 0
    for match in _TOKEN.finditer(held, start):
        token = match[0]
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
            if not depth:
                return match.end()
        elif token == b'"':
            return None
    return None
