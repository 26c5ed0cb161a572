"""What lies in a tar, packed or not: a sequence that is read from its beginning, in constant memory."""

from __future__ import annotations

import io
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple, cast

from detector.errors import ExportFormatError, Location
from detector.sources._packings import unpacked

_BLOCK: Final = 512
_CHUNK: Final = 1 << 20
_LONGEST_NAME: Final = 1 << 16
"""Bytes of a header that only tells the next member's name."""
_MAGIC: Final = slice(257, 262)
_MODES: Final = {
    tarfile.REGTYPE: stat.S_IFREG,
    tarfile.AREGTYPE: stat.S_IFREG,
    tarfile.CONTTYPE: stat.S_IFREG,
    tarfile.DIRTYPE: stat.S_IFDIR,
    tarfile.CHRTYPE: stat.S_IFCHR,
    tarfile.BLKTYPE: stat.S_IFBLK,
    tarfile.FIFOTYPE: stat.S_IFIFO,
}
"""Kinds of members; links and all that is not here count as links."""


class Entry(NamedTuple):
    """One member, as its header tells."""

    name: str
    size: int
    """Bytes."""
    mode: int
    """`stat.S_IFREG`, `stat.S_IFDIR`, or of a link or device."""
    offset: int
    """Where its bytes begin in the unpacked whole."""


def is_tar(root: Path) -> bool:
    """Whether a file begins like a tar, packed or not.

    Raises:
        OSError: it cannot be read, or its packing is damaged at once (also EOFError, zlib.error, LZMAError).
    """
    with unpacked(root) as stream:
        head = stream.read(_BLOCK)
    return len(head) == _BLOCK and head[_MAGIC] == b"ustar"


def entries(root: Path, most: int) -> Iterator[Entry]:
    """Yield the members in order; of what they hold, nothing is kept.

    Args:
        root: the file.
        most: unpacked bytes, at most; the caller refuses members that are larger before they are passed
            over.

    Raises:
        ExportFormatError: a header is damaged.
        EOFError: it is cut off; or OSError, zlib.error and LZMAError, as the packing has them.
    """
    with unpacked(root) as stream:
        place, longer, sized = 0, "", -1
        while (block := _exactly(stream, _BLOCK, place)) and block.strip(b"\0"):
            place += _BLOCK
            if place > most:
                raise ExportFormatError(
                    "would unpack to more than any real export", where=Location(str(root))
                )
            try:
                info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            except tarfile.HeaderError as error:
                raise ExportFormatError(
                    "is damaged or cut off", where=Location(str(root))
                ) from error
            if info.type in {tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE}:
                told = _told(stream, info.size, root)
                place += _padded(info.size)
                if info.type == tarfile.GNUTYPE_LONGNAME:
                    longer = told.rstrip(b"\0").decode("utf-8", "replace")
                elif info.type == tarfile.XHDTYPE:
                    longer, sized = _pax(told, longer)
                continue
            size = max(0, sized if sized >= 0 else info.size)
            name = longer or info.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            yield Entry(name, size, _MODES.get(info.type, stat.S_IFLNK), place)
            longer, sized = "", -1
            _skip(stream, _padded(size))
            place += _padded(size)


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _exactly(stream: IO[bytes], count: int, place: int) -> bytes:
    """Read so many bytes; none at the end, but some and too few are an error."""
    found = stream.read(count)
    if len(found) != count and (found or not place):
        raise EOFError
    return found


def _skip(stream: IO[bytes], count: int) -> None:
    while count:
        passed = len(stream.read(min(count, _CHUNK)))
        if not passed:
            raise EOFError
        count -= passed


def _told(stream: IO[bytes], size: int, root: Path) -> bytes:
    """Read a header that tells more of the next member."""
    if not 0 <= size <= _LONGEST_NAME:
        raise ExportFormatError(
            "has a header no program writes: damaged or a trap", where=Location(str(root))
        )
    return _exactly(stream, _padded(size), 0)[:size]


def _pax(told: bytes, longer: str) -> tuple[str, int]:
    """Return the name and the size that an extended header tells; an empty name and -1 where not.

    Its records are ``length key=value`` and a line feed, the length counted whole.
    """
    size = -1
    while told:
        digits, _, _ = told.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 8 else 0  # noqa: PLR2004
        if not len(digits) < length <= len(told):
            break
        key, _, value = told[len(digits) + 1 : length - 1].partition(b"=")
        if key == b"path":
            longer = value.decode("utf-8", "replace")
        elif key == b"size" and value.isdigit() and len(value) < 20:  # noqa: PLR2004
            size = int(value)
        told = told[length:]
    return longer, size


class Shelf:
    """The wanted members of one tar, read in one pass into a nameless temporary file.

    Args:
        root: the tar.
        wanted: (offset, size) of each wanted member, in bytes.
        most: bytes kept at most; members past it are read from the tar each time.
    """

    def __init__(self, root: Path, wanted: list[tuple[int, int]], most: int) -> None:
        self._root = root
        self._kept = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the shelf
        self._places: dict[int, int] = {}
        place = shelved = 0
        with unpacked(root) as stream:
            for offset, size in sorted(wanted):
                if shelved + size > most:
                    continue
                _skip(stream, offset - place)
                self._places[offset] = shelved
                left = size
                while left:
                    chunk = stream.read(min(left, _CHUNK))
                    if not chunk:
                        raise EOFError
                    self._kept.write(chunk)
                    left -= len(chunk)
                place, shelved = offset + size, shelved + size

    def open(self, offset: int, size: int) -> io.RawIOBase:
        """Open a member's bytes.

        Raises:
            EOFError: the tar is cut off; or as the packing has them.
        """
        if offset in self._places:
            return _Window(self._kept, self._places[offset], size)
        stream = unpacked(self._root)
        _skip(stream, offset)
        return _Window(stream, None, size)

    def close(self) -> None:
        """Let go of the temporary file."""
        self._kept.close()


class _Window(io.RawIOBase):
    """So many bytes of a larger stream, from a place in it or, without one, from where it stands."""

    def __init__(self, stream: IO[bytes], place: int | None, size: int) -> None:
        self._stream = stream
        self._place = place
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        room = memoryview(cast("bytearray", buffer))
        if self._place is not None:
            self._stream.seek(self._place)
        found = self._stream.read(min(len(room), self._left))
        room[: len(found)] = found
        self._left -= len(found)
        if self._place is not None:
            self._place += len(found)
        elif not found and self._left:
            raise EOFError
        return len(found)

    def close(self) -> None:
        if self._place is None:
            self._stream.close()
        super().close()
