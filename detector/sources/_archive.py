"""One view over whatever an export came as: a ZIP or tar, several parts of one, a folder or a file.

Nothing is ever extracted or executed. A ZIP is judged by its index before anything is read, and again
while reading, because sizes written in an index may lie.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final, Self

from detector.errors import ExportFormatError
from detector.sources._damage import DAMAGE, WHOLE_BYTES, Guarded, damaged, too_large
from detector.sources._encodings import as_utf8
from detector.sources._members import MEDIA, Part, located, look_into
from detector.sources._names import HEAD, called, uncopied
from detector.sources._packings import unpacked, unpacking
from detector.sources._tars import Shelf

_ENDINGS: Final = re.compile(
    r"(?:\.(?:zip|tar|tgz|txz|tbz2?|jsonl?|ndjson|csv|tsv|parquet|js|txt|html?|xml|rss|atom|car"
    r"|gz|xz|bz2))+$",
    re.IGNORECASE,
)
_TYPED: Final = re.compile(r"\.(?:jsonl?|ndjson|js|html?|csv|tsv|txt|xml)(?:\.xz)?$", re.IGNORECASE)
"""Endings by which sources know their members, which some systems write in capitals."""
_CHANGED: Final = 1 << 20
"""Bytes by which a file may have grown since it was looked at."""
_SMALL: Final = 1 << 14
"""Bytes of which a small file's buffers are made: larger ones cost more than the file."""


class _Opened:
    """Files that are open because members of them were read."""

    def __init__(self, parts: dict[str, Part]) -> None:
        self._parts = parts
        self._zips: dict[Path, zipfile.ZipFile] = {}
        self._shelves: dict[Path, Shelf] = {}

    def zip(self, root: Path) -> zipfile.ZipFile:
        if root not in self._zips:
            self._zips[root] = zipfile.ZipFile(root)
        return self._zips[root]

    def shelf(self, root: Path) -> Shelf:
        """Return what is wanted of a tar, read once; films and pictures are not."""
        if root not in self._shelves:
            wanted = [
                (part.offset, part.size)
                for name, part in self._parts.items()
                if part.root == root and not MEDIA.search(name)
            ]
            self._shelves[root] = Shelf(root, wanted, WHOLE_BYTES)
        return self._shelves[root]

    def close(self) -> None:
        while self._zips:
            self._zips.popitem()[1].close()
        while self._shelves:
            self._shelves.popitem()[1].close()


class Archive:
    """Named members of one export, in order, whatever they are packed in.

    Attributes:
        paths: the files or folders it was made of, at least one.
        members: names with forward slashes; private messages and contacts are never among them.
    """

    def __init__(
        self,
        paths: tuple[Path, ...],
        parts: dict[str, Part],
        inside: str = "",
        opened: _Opened | None = None,
    ) -> None:
        self.paths = paths
        self._inside = inside
        self.members = tuple(parts)
        self._parts = parts
        self._folders = frozenset(one for one in paths if one.is_dir())
        self._opened = opened or _Opened(parts)

    @classmethod
    def of(cls, paths: Path | str | Iterable[Path | str]) -> Archive:
        """Look into one export, given as one path or as the paths of all its parts.

        Raises:
            ExportFormatError: it is missing, empty, damaged or dangerous to unpack.
        """
        given = [paths] if isinstance(paths, Path | str) else list(paths)
        roots = tuple(Path(one) for one in given)
        if not roots:
            raise ExportFormatError("no file was given")
        parts: dict[str, Part] = {}
        for root in roots:
            for told, part in look_into(root):
                name = _TYPED.sub(_lowered, told)
                # Two parts may hold different halves under one name; its ending stays as it is.
                parts[name if name not in parts else f"{root.name}/{name}"] = part
        archive = cls(roots, parts)
        if len(parts) != 1 or archive.is_folder:
            return archive
        with archive:
            return cls(roots, {archive._called(name): part for name, part in parts.items()})

    def __reduce__(self) -> tuple[object, ...]:
        return Archive, (self.paths, self._parts, self._inside)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of open files; reading opens them again."""
        self._opened.close()

    @property
    def path(self) -> Path:
        """The first of `paths`, by which errors name the whole; with the place in it when it is a part."""
        return self.paths[0] / self._inside if self._inside else self.paths[0]

    def within(self, inside: str) -> Archive:
        """Return the export in one folder, or the one member, of what is packed together with others."""
        if inside in self._parts:
            name = self._called(inside).rpartition("/")[2]
            return Archive(self.paths, {name: self._parts[inside]}, inside)
        held = [one for one in self.members if one.startswith(inside)]
        parts = {one.removeprefix(inside): self._parts[one] for one in held}
        return Archive(self.paths, parts, inside)

    def glimpse(self, member: str) -> Archive:
        """Return one member as if it were handed over alone, to look at while this is open; it is not closed."""
        name = self._called(member).rpartition("/")[2]
        return Archive(self.paths, {name: self._parts[member]}, member, self._opened)

    def _called(self, member: str) -> str:
        """Return what a member that stands alone is called; as it was where it cannot be read."""
        folder, slash, name = member.rpartition("/")
        try:
            return f"{folder}{slash}{called(name, self.read(member, HEAD))}"
        except ExportFormatError:
            return member

    def without(self, paths: Iterable[Path]) -> Archive:
        """Return a folder without the files among some paths, which are exports of their own."""
        if not self.is_folder:
            return self
        root = self.paths[0]
        apart = {one.relative_to(root).as_posix() for one in paths if one.is_relative_to(root)}
        parts = {name: part for name, part in self._parts.items() if part.inner not in apart}
        return Archive(self.paths, parts, self._inside)

    def less(self, members: Collection[str]) -> Archive:
        """Return it without some of its members, which are exports of their own."""
        parts = {name: part for name, part in self._parts.items() if name not in members}
        return Archive(self.paths, parts, self._inside) if len(parts) < len(self._parts) else self

    @property
    def is_folder(self) -> bool:
        """Whether it is unpacked."""
        return self.path.is_dir()

    @property
    def title(self) -> str:
        """What the whole is called, without the endings that tell how it is written and packed."""
        path = self.path.resolve()
        if self.is_folder:
            return path.name
        return uncopied(_ENDINGS.sub("", uncopied(path.name)) or path.stem)

    @property
    def titles(self) -> tuple[str, ...]:
        """`title`, and the name of the folder inside it that holds everything, where there is one."""
        tops = {one.partition("/")[0] for one in self.members}
        has_one = len(tops) == 1 and all("/" in one for one in self.members)
        return (self.title, *tops) if has_one else (self.title,)

    def label(self, member: str) -> str:
        """Name a member for `Location.file`, as `located` does."""
        part = self._parts[member]
        if not (part.zipped or part.tarred) and len(self.paths) > 1:
            return f"{part.root.name}/{part.inner}"
        if part.root in self._folders:
            return part.inner
        return located(part.root, part.inner)

    def is_packed(self, member: str) -> bool:
        """Whether a member lies inside a ZIP or tar."""
        return self._parts[member].zipped or self._parts[member].tarred

    def size(self, member: str) -> int:
        """Return the size a member declares, in bytes."""
        return self._parts[member].size

    def open(self, member: str) -> io.BufferedReader:
        """Open a member for reading bytes; a text that is marked as UTF-16 comes in UTF-8.

        Raises:
            ExportFormatError: it cannot be opened; reading raises it too, when bytes are damaged or
                more than the ZIP's index says.
        """
        part = self._parts[member]
        label = self.label(member)
        try:
            if part.zipped:
                zipped = self._opened.zip(part.root).open(part.inner)
                raw: io.RawIOBase = Guarded(
                    unpacking(zipped) if part.packed else zipped, label, part.size
                )
                return as_utf8(io.BufferedReader(raw, 1 << 18))
            if part.packed:
                raw = Guarded(unpacked(part.root), label, part.size)
                return as_utf8(io.BufferedReader(raw, 1 << 18))
            if part.tarred:
                shelved = self._opened.shelf(part.root).open(part.offset, part.size)
                return as_utf8(io.BufferedReader(Guarded(shelved, label, part.size), 1 << 18))
            place = str(part.root)
            if part.root in self._folders:
                place = os.path.join(place, part.inner)  # noqa: PTH118 - thousands of files, one a post
            raw = Guarded(io.FileIO(place), label)
            return as_utf8(io.BufferedReader(raw, max(_SMALL, min(part.size, 1 << 18))))
        except DAMAGE as error:
            raise damaged(label, error) from error

    def read(self, member: str, limit: int | None = None) -> bytes:
        """Return a member's bytes, or its first `limit` bytes.

        Raises:
            ExportFormatError: as in `open`; or there are more than `WHOLE_BYTES`.
        """
        with self.open(member) as stream:
            if limit is not None:
                return stream.read(limit)
            # What was in UTF-16 is longer in UTF-8, by half at most; asking for more would allocate it.
            size = self.size(member)
            most = min(WHOLE_BYTES, 2 * size + _CHANGED) + 1
            whole = b""
            for more in (size + 1, size + _SMALL, most) if size <= WHOLE_BYTES else ():
                whole += stream.read(min(more, most - len(whole)))
                if len(whole) < more:
                    break
        if len(whole) > WHOLE_BYTES or size > WHOLE_BYTES:
            raise too_large(self.label(member))
        return whole


def _lowered(ending: re.Match[str]) -> str:
    low = ending[0].lower()
    return ".html" if low == ".htm" else low
