"""One view over whatever an export came as: a ZIP or tar, several parts of one, a folder or a file.

Nothing is ever extracted or executed. A ZIP is judged by its index before anything is read, and again
while reading, because sizes written in an index may lie.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self

from detector.errors import ExportFormatError, Location
from detector.sources._collections import (
    PACKED,
    Marks,
    exports_in,
    is_one_export,
    loose_tables,
    part_number,
)
from detector.sources._damage import DAMAGE, WHOLE_BYTES, Guarded, damaged, too_large
from detector.sources._encodings import as_utf8
from detector.sources._members import (
    MEDIA,
    Part,
    is_hidden,
    is_private,
    located,
    look_into,
)
from detector.sources._packings import unpacked, unpacking
from detector.sources._tars import Shelf

_PACKED: Final = re.compile(
    r"\.(?:zip|tar|tgz|txz|tbz2?|jsonl|ndjson|csv|tsv|parquet)(?:\.(?:gz|xz|bz2))?$", re.IGNORECASE
)
_ENDINGS: Final = re.compile(
    r"(?:\.(?:zip|tar|tgz|txz|tbz2?|jsonl?|ndjson|csv|tsv|parquet|js|txt|html?|xml|rss|atom|car"
    r"|gz|xz|bz2))+$",
    re.IGNORECASE,
)
PAPERS: Final = re.compile(
    r"\.(?:pdf|docx?|pptx?|txt|md|rtf|log|toml|ya?ml|ini|db|py)$", re.IGNORECASE
)
_WHOSE: Final = re.compile(r"(?:^|/)(?:personal_information|profile)\.json$")
_TYPED: Final = re.compile(r"\.(?:jsonl?|ndjson|js|html?|csv|tsv|txt|xml)(?:\.xz)?$", re.IGNORECASE)
"""Endings by which sources know their members, which some systems write in capitals."""
_CHANGED: Final = 1 << 20
"""Bytes by which a file may have grown since it was looked at."""
_SMALL: Final = 1 << 14
"""Bytes of which a small file's buffers are made: larger ones cost more than the file."""


class Archive:
    """Named members of one export, in order, whatever they are packed in.

    Attributes:
        paths: the files or folders it was made of, at least one.
        members: names with forward slashes; private messages and contacts are never among them.
    """

    def __init__(self, paths: tuple[Path, ...], parts: dict[str, Part], inside: str = "") -> None:
        self.paths = paths
        self._inside = inside
        self.members = tuple(parts)
        self._parts = parts
        self._folders = frozenset(one for one in paths if one.is_dir())
        self._zips: dict[Path, zipfile.ZipFile] = {}
        self._shelves: dict[Path, Shelf] = {}

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
        return cls(roots, parts)

    def __reduce__(self) -> tuple[object, ...]:
        return Archive, (self.paths, self._parts, self._inside)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of open files; reading opens them again."""
        while self._zips:
            self._zips.popitem()[1].close()
        while self._shelves:
            self._shelves.popitem()[1].close()

    @property
    def path(self) -> Path:
        """The first of `paths`, by which errors name the whole; with the place in it when it is a part."""
        return self.paths[0] / self._inside if self._inside else self.paths[0]

    def within(self, inside: str) -> Archive:
        """Return the export in one folder, or the one member, of what is packed together with others."""
        if inside in self._parts:
            return Archive(self.paths, {inside.rpartition("/")[2]: self._parts[inside]}, inside)
        held = [one for one in self.members if one.startswith(inside)]
        parts = {one.removeprefix(inside): self._parts[one] for one in held}
        return Archive(self.paths, parts, inside)

    def without(self, paths: Iterable[Path]) -> Archive:
        """Return a folder without the files among some paths, which are exports of their own."""
        if not self.is_folder:
            return self
        root = self.paths[0]
        apart = {one.name for one in paths if one.parent == root}
        parts = {name: part for name, part in self._parts.items() if part.inner not in apart}
        return Archive(self.paths, parts, self._inside)

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
        return _ENDINGS.sub("", path.name) or path.stem

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
                if part.root not in self._zips:
                    self._zips[part.root] = zipfile.ZipFile(part.root)
                zipped = self._zips[part.root].open(part.inner)
                raw: io.RawIOBase = Guarded(
                    unpacking(zipped) if part.packed else zipped, label, part.size
                )
                return as_utf8(io.BufferedReader(raw, 1 << 18))
            if part.packed:
                raw = Guarded(unpacked(part.root), label, part.size)
                return as_utf8(io.BufferedReader(raw, 1 << 18))
            if part.tarred:
                shelved = self._shelf(part.root).open(part.offset, part.size)
                return as_utf8(io.BufferedReader(Guarded(shelved, label, part.size), 1 << 18))
            place = str(part.root)
            if part.root in self._folders:
                place = os.path.join(place, part.inner)  # noqa: PTH118 - thousands of files, one a post
            raw = Guarded(io.FileIO(place), label)
            return as_utf8(io.BufferedReader(raw, max(_SMALL, min(part.size, 1 << 18))))
        except DAMAGE as error:
            raise damaged(label, error) from error

    def _shelf(self, root: Path) -> Shelf:
        """Return what is wanted of a tar, read once; films and pictures are not."""
        if root not in self._shelves:
            wanted = [
                (part.offset, part.size)
                for name, part in self._parts.items()
                if part.root == root and not MEDIA.search(name)
            ]
            self._shelves[root] = Shelf(root, wanted, WHOLE_BYTES)
        return self._shelves[root]

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
            likely = min(most, 2 * size + _SMALL)
            whole = b"" if size > WHOLE_BYTES else stream.read(likely)
            if len(whole) == likely:
                whole += stream.read(most - likely)
        if len(whole) > WHOLE_BYTES or size > WHOLE_BYTES:
            raise too_large(self.label(member))
        return whole


def _lowered(ending: re.Match[str]) -> str:
    low = ending[0].lower()
    return ".html" if low == ".htm" else low


class Group(NamedTuple):
    """Every export found under some paths, and one error for each that cannot be read at all."""

    archives: list[Archive]
    errors: list[ExportFormatError]


def group(paths: Iterable[Path | str], marks: Iterable[str] = ()) -> Group:
    """Find every export under the given files and folders.

    A folder may hold many exports or be one. Parts of one export are merged. The order is that of
    `paths`, and of names within a folder; what is given twice is read once.

    Args:
        paths: files and folders.
        marks: patterns of the names (``name`` or ``folder/name``) by which a folder is known to be one
            export, as in `Source.marks`.
    """
    found = Group([], [])
    opened: dict[Path, tuple[Path, Archive]] = {}
    is_top = Marks(tuple(marks))
    candidates = list(_all_candidates(paths, is_top, found.errors))
    apart = [one for one in candidates if not is_top(one.name)]
    for path in candidates:
        # Path.resolve raises on a loop of links; this does not.
        identity = Path(os.path.realpath(path))
        if identity in opened:
            continue
        try:
            opened[identity] = path, Archive.of(path).without(apart)
        except ExportFormatError as error:
            found.errors.append(error)
    series: dict[tuple[Path, str], list[tuple[int, Archive]]] = {}
    for identity, (path, archive) in opened.items():
        is_part = archive.is_folder or path.suffix.lower() in {".zip", ".json"}
        name = path.name if archive.is_folder else path.stem
        stem, number = part_number(name) if is_part else (name, 0)
        key = (identity.parent, stem) if number else (identity, "")
        series.setdefault(key, []).append((number, archive))
    for numbered in series.values():
        numbered.sort(key=lambda one: (one[0], one[1].path.name))
        for one in _merged([archive for _, archive in numbered]):
            found.archives.extend(_unbundled(one, is_top, found.errors))
    return found


def _unbundled(archive: Archive, is_top: Marks, errors: list[ExportFormatError]) -> list[Archive]:
    """Return the exports that somebody packed into one ZIP or tar; itself when it is one export."""
    if not archive.members:
        errors.append(
            ExportFormatError(
                "holds nothing that is read: only folders, hidden files or private messages",
                where=Location(str(archive.path)),
            )
        )
        return []
    if archive.is_folder or len(archive.paths) > 1:
        return [archive]
    wrapped = [one for one in archive.members if PACKED.search(one) and archive.is_packed(one)]
    folders = exports_in(archive.members, is_top)
    if folders or len(wrapped) == len(archive.members):
        errors.extend(
            ExportFormatError(
                "is packed inside another archive",
                where=Location(archive.label(one)),
                hint="unpack the outer one and hand over its folder",
            )
            for one in wrapped
        )
    if not folders and (tables := loose_tables(archive.members, is_top)):
        return [archive.within(one) for one in tables]
    if not folders:
        return [archive] if len(wrapped) < len(archive.members) else []
    loose = [
        one
        for one in archive.members
        if not one.startswith(tuple(folders))
        and not (MEDIA.search(one) or PAPERS.search(one) or PACKED.search(one))
    ]
    return [archive.within(one) for one in (*folders, *loose)]


def _merged(parts: list[Archive]) -> list[Archive]:
    """Merge the parts of one export, unless they turn out to be whole exports of several accounts."""
    owners = [name for part in parts for name in part.members if _WHOSE.search(name)]
    if len(parts) == 1 or len(owners) > 1:
        return parts
    for part in parts:
        part.close()
    try:
        return [Archive.of([part.path for part in parts])]
    except ExportFormatError:
        return parts


def _all_candidates(
    paths: Iterable[Path | str],
    is_top: Marks,
    errors: list[ExportFormatError],
) -> Iterator[Path]:
    """Yield the candidates under all paths; one that has none is an error, lest silence reassure."""
    for given in paths:
        found = list(_candidates(Path(given), is_top, given=True))
        yield from found
        if not found:
            errors.append(
                ExportFormatError(
                    "holds nothing that could be an export", where=Location(str(given))
                )
            )


def _candidates(path: Path, is_top: Marks, *, given: bool = False) -> Iterator[Path]:
    """Yield the files and folders under `path` that look like exports of their own."""
    try:
        children = sorted(path.iterdir())
    except (OSError, ValueError):
        # A file, or nothing that can be looked into: `Archive` says what is wrong with it.
        if given or not (MEDIA.search(path.name) or PAPERS.search(path.name)):
            yield path
        return
    children = [
        one
        for one in children
        if not (is_hidden(one.name) or (one.is_symlink() and one.is_dir()))
        # An office may well call the folder where exports arrive its inbox.
        and (one.name.lower() == "inbox" or not is_private(one.name))
    ]
    loose = [one.name for one in children if one.is_file()]
    if is_one_export(children, is_top) and not is_top.differ(loose):
        yield path
        # Somebody may have put other exports beside the unpacked one.
        children = [one for one in _not_its_own(children, is_top) if _PACKED.search(one.name)]
    elif given and not children:
        yield path
    for child in children:
        yield from _candidates(child, is_top)


def _not_its_own(children: list[Path], is_top: Marks) -> list[Path]:
    """Return the files in an export's folder that are no part of it.

    Where two tables or more are known by name, as in LinkedIn's download, all that are written alike are.
    """
    files = [one for one in children if one.is_file()]
    own = [one.suffix.lower() for one in files if is_top(one.name)]
    return [one for one in files if not is_top(one.name) and own.count(one.suffix.lower()) <= 1]
