"""What lies beside one of instaloader's files of metadata, and how such a file is unpacked."""

from __future__ import annotations

import lzma
import re
from typing import Any, Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Media
from detector.sources._archive import Archive
from detector.sources._collected import HEAD, tree_of
from detector.sources._encodings import beginning

_UNPACKED: Final = 32 << 20
"""Bytes of one file's metadata, at most; real ones have some 50,000."""
_PACKED: Final = 16 << 20
_MEMORY: Final = 128 << 20
"""Bytes the unpacker may take; instaloader's own setting needs 9 MiB, the strongest 65."""
_CHUNK: Final = 1 << 16
_FILE: Final = re.compile(
    r"(?P<stem>.{1,400}?)(?P<number>_\d{1,3})?\.(?P<ending>jpe?g|png|webp|heic|mp4|mov)",
    re.IGNORECASE,
)
_ENDING: Final = re.compile(r"\.json(?:\.xz)?$", re.IGNORECASE)
_FILMS: Final = frozenset({"mp4", "mov"})


class Shelf:
    """The members of an archive by the metadata they belong to."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._media: dict[str, dict[str, str]] = {}
        self._names = frozenset(archive.members)
        for member in archive.members:
            folder, slash, file = member.rpartition("/")
            match = _FILE.fullmatch(file)
            if match is None:
                continue
            for own, place in ((match["stem"], match["number"] or ""), (_plain(file), "")):
                shown = self._media.setdefault(f"{folder}{slash}{own}", {})
                # A film's picture for the grid has its name and is no picture of its own.
                if place not in shown or match["ending"].lower() in _FILMS:
                    shown[place] = member

    def media(self, member: str) -> tuple[Media, ...]:
        """Return the pictures and films that lie beside a file of metadata, in their order."""
        shown = self._media.get(_ENDING.sub("", member), {})
        ordered = sorted(shown.items(), key=lambda one: int(one[0][1:] or 0))
        return tuple(
            [
                Media(
                    "video" if path.rpartition(".")[2].lower() in _FILMS else "photo",
                    path,
                    self._archive.size(path),
                )
                for _, path in ordered
            ]
        )

    def caption(self, member: str) -> str:
        """Return the member with the caption's text; empty when there is none."""
        return self._beside(member, ".txt")

    def comments(self, member: str) -> str:
        """Return the member with the comments; empty when there is none."""
        return self._beside(member, "_comments.json") or self._beside(member, "_comments.json.xz")

    def _beside(self, member: str, ending: str) -> str:
        beside = _ENDING.sub("", member) + ending
        return beside if beside in self._names else ""


def _plain(file: str) -> str:
    return file.rpartition(".")[0]


def whole(archive: Archive, member: str) -> Any:
    """Parse a member, packed or not.

    Raises:
        ExportFormatError: it is damaged, no JSON, or unpacks to more than metadata ever has.
    """
    where = Location(archive.label(member))
    if archive.size(member) > (_PACKED if _is_packed(member) else _UNPACKED):
        raise ExportFormatError("is too large to be metadata", where=where)
    raw = archive.read(member)
    if _is_packed(member):
        raw = _unpacked(raw, where)
    return tree_of(raw, where)


def beginning_of(archive: Archive, member: str) -> str:
    """Return the first characters of a member, unpacked; none when it cannot be read."""
    try:
        raw = archive.read(member, HEAD)
        if _is_packed(member):
            raw = _unpacker().decompress(raw, HEAD)
    except (SourceError, lzma.LZMAError, EOFError, MemoryError):
        return ""
    return beginning(raw).removeprefix("\ufeff").lstrip()


def _is_packed(member: str) -> bool:
    return member.lower().endswith(".xz")


def _unpacker() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)


def _unpacked(raw: bytes, where: Location) -> bytes:
    """Unpack bytes a piece at a time, and stop when there are too many.

    Raises:
        ExportFormatError: they are damaged, cut off or a bomb.
    """
    unpacker = _unpacker()
    pieces: list[bytes] = []
    count = 0
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(raw, _CHUNK)
            raw = b""
            count += len(piece)
            if count > _UNPACKED:
                raise ExportFormatError(
                    f"unpacks to more than {_UNPACKED >> 20} MiB", where=where, hint="refused"
                )
            if not piece and unpacker.needs_input:
                break
            pieces.append(piece)
    except (lzma.LZMAError, EOFError, MemoryError) as error:
        raise ExportFormatError("is damaged or cut off", where=where) from error
    if not unpacker.eof:
        raise ExportFormatError("is damaged or cut off", where=where)
    return b"".join(pieces)
