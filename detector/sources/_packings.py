"""Files packed by gzip, xz or bzip2, and tars packed so: known by their first bytes, read as streams."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
from pathlib import Path
from typing import IO, Final, cast

_GZIP: Final = b"\x1f\x8b"
_XZ: Final = b"\xfd7zXZ\x00"
_BZIP2: Final = re.compile(rb"BZh[1-9]1AY&SY")
LONGEST_MAGIC: Final = 10
"""Bytes by which every packing is known."""
_MEMORY: Final = 128 << 20
"""Bytes an xz may ask for to be unpacked; its strongest setting asks for 65 MiB."""
_CHUNK: Final = 1 << 18
_ENDING: Final = re.compile(r"\.(?:gz|gzip|xz|bz2)$", re.IGNORECASE)


def is_packed(head: bytes) -> bool:
    """Whether a file's first bytes are those of gzip, xz or bzip2.

    Args:
        head: at least `LONGEST_MAGIC` bytes, or all there are.
    """
    return head.startswith((_GZIP, _XZ)) or _BZIP2.match(head) is not None


def inner_name(name: str) -> str:
    """Return what a packed file is called unpacked.

    Examples:
        >>> inner_name("tweets.jsonl.gz"), inner_name("posts_1.json.XZ"), inner_name("renamed")
        ('tweets.jsonl', 'posts_1.json', 'renamed')
    """
    return _ENDING.sub("", name) or name


def unpacked(root: Path) -> IO[bytes]:
    """Open a file, unpacked when it is packed.

    Raises:
        OSError: it cannot be read. Damage comes while reading: OSError, EOFError, zlib.error, LZMAError.
    """
    return unpacking(root.open("rb"))


def unpacking(stream: IO[bytes]) -> IO[bytes]:
    """Return a stream of what another, at its beginning, is packed from; any that is not packed as it is.

    Closing it closes the other.

    Args:
        stream: bytes of a file, or of a member of a ZIP; it must be able to go back to its beginning.
    """
    head = stream.read(LONGEST_MAGIC)
    stream.seek(0)
    if head.startswith(_GZIP):
        return cast("IO[bytes]", _Owning(gzip.GzipFile(fileobj=stream), stream))
    if head.startswith(_XZ):
        return cast("IO[bytes]", io.BufferedReader(_Xz(stream)))
    return cast("IO[bytes]", _Owning(bz2.BZ2File(stream), stream)) if _BZIP2.match(head) else stream


def size_of(stream: IO[bytes], most: int) -> int:
    """Count the bytes a stream has to its end, and stop counting past `most`.

    Raises:
        OSError: it is damaged or cut off; so are EOFError, zlib.error and LZMAError.
    """
    count = 0
    while count <= most and (chunk := stream.read(_CHUNK)):
        count += len(chunk)
    return count


class _Owning(io.BufferedReader):
    """A reader that closes what it reads from, and what that was given to read."""

    def __init__(self, unpacker: gzip.GzipFile | bz2.BZ2File, stream: IO[bytes]) -> None:
        super().__init__(cast("io.RawIOBase", unpacker), _CHUNK)
        self._stream = stream

    def close(self) -> None:
        super().close()
        self._stream.close()


class _Xz(io.RawIOBase):
    """An xz unpacked within bounded memory: `lzma.open` would grant whatever its header asks for."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        room = memoryview(cast("bytearray", buffer))
        found = b""
        while not found and room:
            if self._unpacker.eof:
                # Several may be written one after the other, with zeros between them.
                rest = (self._unpacker.unused_data or self._stream.read(_CHUNK)).lstrip(b"\0")
                if not rest:
                    return 0
                self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
                found = self._unpacker.decompress(rest, len(room))
                continue
            raw = self._stream.read(_CHUNK) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not raw:
                raise EOFError
            found = self._unpacker.decompress(raw, len(room))
        room[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._stream.close()
        super().close()
