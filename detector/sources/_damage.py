"""What damaged bytes raise, and how it is said in one line."""

from __future__ import annotations

import errno
import io
import lzma
import struct
import zipfile
import zlib
from typing import Final, cast

from detector.errors import ExportFormatError, Location

WHOLE_BYTES: Final = 1 << 30
"""Most bytes of a member that is read as a whole, into memory."""
AGAIN: Final = "ask the platform for the export again, or download it again"
DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    ValueError, OverflowError, LookupError,
    RuntimeError,  # encrypted members; its subclass for a compression unknown to `zipfile` included
)  # fmt: skip
"""Everything `zipfile` is known to raise on damaged input."""


def too_large(label: str) -> ExportFormatError:
    """Say that a member has more bytes than are ever held in memory."""
    return ExportFormatError(
        f"is larger than {WHOLE_BYTES >> 20} MiB",
        where=Location(label),
        hint="split it, or export a shorter period",
    )


def damaged(label: str, error: BaseException) -> ExportFormatError:
    """Put what the operating system or `zipfile` said into one line."""
    if isinstance(error, NotImplementedError):  # `zipfile` does not know the member's compression
        return ExportFormatError(
            "is packed in a way that cannot be read here",
            where=Location(label),
            hint="unpack it and hand over the folder",
        )
    # A damaged index sends `zipfile` to places before the file's beginning: EINVAL is no disk trouble.
    if isinstance(error, OSError) and error.strerror and error.errno != errno.EINVAL:
        return ExportFormatError(f"cannot be read: {error.strerror}", where=Location(label))
    return ExportFormatError("is damaged or cut off", where=Location(label), hint=AGAIN)


class Guarded(io.RawIOBase):
    """Bytes of a member; damage becomes one line, and no more come than were allowed."""

    def __init__(self, stream: object, label: str, size: int | None = None) -> None:
        self._stream = cast("io.BufferedReader", stream)
        self._label = label
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        room = memoryview(cast("bytearray", buffer))
        try:
            count = self._stream.readinto(room)
        except DAMAGE as error:
            raise damaged(self._label, error) from error
        if self._left is not None:
            self._left -= count
            if self._left < 0:
                raise damaged(self._label, EOFError())
        return count

    def seekable(self) -> bool:
        return self._left is None

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._stream.seek(offset, whence)

    def close(self) -> None:
        self._stream.close()
        super().close()
