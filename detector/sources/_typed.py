"""Records of JSON read into types: fast where they are as expected, patient where one is not."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import msgspec

from detector.sources._elements import Damaged, Decode, patiently
from detector.sources._encodings import as_utf8

_CHUNK: Final = 1 << 20
_LONGEST_LINE: Final = 64 << 20
"""Bytes of a line, which may hold a whole page of an API; one without an end must not fill the memory."""
_PLACE: Final = re.compile(r"at `\$\.?([A-Za-z_0-9]{1,60})")
_MISFITS: Final = 20
"""Fields of one record that may be left out for being of a wrong type."""

T = TypeVar("T")
_anything = msgspec.json.Decoder().decode
_pieces = msgspec.json.Decoder(list[msgspec.Raw]).decode


def list_decoder(kind: type[T]) -> Decode:
    """Return a decoder of a list of `kind`, for `elements`.

    An element that is JSON of another shape comes as the plain tree it is, for `fitted`.
    """
    whole = msgspec.json.Decoder(list[kind]).decode  # type: ignore[valid-type]
    single = one_decoder(kind)

    def decode(raw: bytes) -> list[Any]:
        try:
            return whole(raw)
        except msgspec.ValidationError:
            return [single(bytes(piece)) for piece in _pieces(raw)]

    return decode


def one_decoder(kind: type[T]) -> Callable[[bytes], Any]:
    """Return a decoder of one `kind`; JSON of another shape comes as the plain tree it is."""
    typed = msgspec.json.Decoder(kind).decode

    def decode(raw: bytes) -> Any:
        try:
            return typed(raw)
        except msgspec.ValidationError:
            return _anything(raw)

    return decode


def fitted(record: Any, kind: type[T], needed: frozenset[str]) -> T:
    """Read a plain tree as a `kind`, leaving out fields of a wrong type.

    Args:
        record: what a decoder of this module gave, or `patiently`.
        kind: the struct to make of it.
        needed: fields without which the record is of no use.

    Raises:
        ValueError: it is no object, or a needed field is of a wrong type.

    Examples:
        >>> class Fruit(msgspec.Struct):
        ...     name: str
        ...     weight: int | None = None
        >>> fitted({"name": "jambu", "weight": "?"}, Fruit, frozenset({"name"}))
        Fruit(name='jambu', weight=None)
        >>> fitted({"name": 5}, Fruit, frozenset({"name"}))
        Traceback (most recent call last):
        ...
        ValueError: its name is of a wrong type
    """
    if isinstance(record, kind):
        return record
    if isinstance(record, Damaged):
        raise ValueError(str(record))  # noqa: TRY004
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one class says "rejected"
    for _ in range(_MISFITS):
        try:
            return msgspec.convert(record, kind)
        except msgspec.ValidationError as error:
            place = _PLACE.search(str(error))
            name = place[1] if place else ""
            if name in needed or name not in record:
                what = f"its {name} is" if name else "is"
                raise ValueError(f"{what} of a wrong type") from None
            record = {key: inner for key, inner in record.items() if key != name}
        except RecursionError:
            break
    raise ValueError("has too many fields of a wrong type")


def lines(stream: io.BufferedReader, decode: Callable[[bytes], Any]) -> Iterator[Any]:
    """Yield what `decode` makes of every line that is not empty; `Damaged` for one that is no JSON.

    Args:
        stream: JSON Lines in UTF-8, or in UTF-16 with its mark.
        decode: raises ValueError or RecursionError for a line it cannot read.
    """
    for line in _split(as_utf8(stream)):
        try:
            yield decode(line)
        except (ValueError, RecursionError):
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            try:
                yield decode(text)
            except (ValueError, RecursionError):
                yield patiently(text)


def _split(stream: io.BufferedIOBase) -> Iterator[bytes]:
    """Yield lines; of one that does not end, only the beginning."""
    tail = b""
    while chunk := stream.read(_CHUNK):
        parts = chunk.split(b"\n")
        if len(parts) > 1:
            parts[0] = tail + parts[0]
            tail = parts.pop()
            yield from parts
        elif len(tail) <= _LONGEST_LINE:
            tail += chunk
    if tail:
        yield tail
