"""Which bytes mean which characters, in files that do not say."""

from __future__ import annotations

import codecs
import io
import re
from typing import Final, cast

_CHUNK: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_WINDOWS: Final = re.compile(rb"[\xc2-\xf4][\x80-\xbf]|[\x81\x8d\x8f\x90\x9d\xfe\xff]")
"""The beginning of a character in UTF-8, and bytes that Windows' own encoding has no letter for."""
_PLAIN: Final = re.compile(rb"[\t\n\r -~]+")
_ZEROS: Final = 8
"""Bytes looked at for the zeros that UTF-16 without a mark puts beside every plain letter."""


def encoding_of(stream: io.BufferedReader) -> str:
    """Tell a text's encoding: by its mark, else UTF-8 when it is that throughout, else Windows' own.

    Args:
        stream: at its beginning; it is read to its end unless a mark settles it.
    """
    if marked := _marked(stream.peek(_ZEROS)[:_ZEROS]):
        return marked
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decoded(raw: bytes) -> str:
    r"""Turn a whole text's bytes into characters; what no encoding explains becomes U+FFFD.

    Examples:
        >>> decoded(b"\xef\xbb\xbfHalo"), decoded("Halo é".encode("utf-16")), decoded(b"caf\xe9")
        ('Halo', 'Halo é', 'café')
    """
    encoding = encoding_of(io.BufferedReader(io.BytesIO(raw)))
    return raw.decode(encoding, "replace")


def characters(raw: bytes) -> str:
    r"""Turn one record's bytes into characters: UTF-8, or Windows' own where nothing looks like UTF-8.

    A bad byte becomes U+FFFD.

    Examples:
        >>> characters("é 🙏".encode() + b"\xe9"), characters(b"caf\xe9 \x93sah\x94"), characters(b"a\xff")
        ('é 🙏\ufffd', 'café “sah”', 'a\ufffd')
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("utf-8-sig" if _NOT_WINDOWS.search(raw) else "cp1252", "replace")


def as_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    """Return a stream of UTF-8 where a stream is in UTF-16, marked so or not; any other stays as it is."""
    encoding = _marked(stream.peek(_ZEROS)[:_ZEROS])
    return io.BufferedReader(_Recoded(stream, encoding)) if "16" in encoding else stream


class _Recoded(io.RawIOBase):
    """UTF-16 read as UTF-8."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._text = io.TextIOWrapper(stream, encoding, "replace", newline="")
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        room = memoryview(cast("bytearray", buffer))
        if not self._left:
            self._left = self._text.read(_CHUNK).encode("utf-8", "replace")
        count = min(len(room), len(self._left))
        room[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        self._text.close()
        super().close()


def beginning(head: bytes) -> str:
    """Turn the first bytes of a text into characters; a character cut in two becomes U+FFFD."""
    return head.decode(_marked(head) or "utf-8", "replace")


def _marked(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) >= _ZEROS:
        for letters, zeros, encoding in ((0, 1, "utf-16-le"), (1, 0, "utf-16-be")):
            if not any(head[zeros:_ZEROS:2]) and _PLAIN.fullmatch(head[letters:_ZEROS:2]):
                return encoding
    return ""
