"""What lies in a folder where exports are dropped, and which of it is whole."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from detector.sources._collections import is_one_export, part_number
from detector.sources._members import MAX_MEMBERS, MEDIA, is_hidden, is_private

_UNFINISHED: Final = (
    ".crdownload", ".part", ".partial", ".tmp", ".temp", ".download", ".opdownload", ".filepart", ".aria2",
    ".!ut", ".!qb", ".icloud", ".swp", ".lock", ".bc!", ".dwnl",
)  # fmt: skip
"""Endings that programs give to what they have not finished writing."""
_BEGUN: Final = re.compile(r"~\$|~syncthing~|\.~lock|Unconfirmed \d{1,9}\b", re.IGNORECASE)
_WHOLE: Final = 32 << 20
"""Bytes of a file that are read to tell it apart; of a larger one only pieces are."""
_PIECE: Final = 1 << 20
_PIECES: Final = 24
_STALE: Final = 3_600
"""Seconds after which something unfinished that does not change is nobody's download any more."""


class Unit(msgspec.Struct, frozen=True):
    """One file or folder that was dropped."""

    name: str
    path: Path
    size: int
    """Bytes, of everything in it."""
    stamp: int
    """Nanoseconds since 1970 of the last change of anything in it."""
    is_growing: bool = False
    """Whether it holds something that is still being written, by its name."""

    @property
    def mark(self) -> tuple[int, int]:
        """What changes with it."""
        return self.size, self.stamp


def look(root: Path, is_top: Callable[[str], object]) -> list[Unit]:
    """Return what was dropped into a folder; pictures, private talk, links and devices are left alone.

    A folder that is itself an unpacked export is one unit, named ``.``.

    Args:
        root: the folder.
        is_top: whether a name stands only at the top of an export.

    Raises:
        OSError: it cannot be looked into.
    """
    found: list[Unit] = []
    with os.scandir(root) as entries:
        names = {one.name: one for one in entries}
    for name, entry in sorted(names.items()):
        kind = "" if entry.is_symlink() else "folder" if entry.is_dir() else "file"
        is_begun = is_unfinished(name) or any(f"{name}{end}" in names for end in _UNFINISHED)
        if not kind or (is_hidden(name) and not is_begun):
            continue
        if is_private(f"{name}/" if kind == "folder" else name) and name.lower() != "inbox":
            continue
        unit = _folder(Path(entry.path)) if kind == "folder" else _file(Path(entry.path))
        if unit is not None and (is_begun or not MEDIA.search(name)):
            found.append(msgspec.structs.replace(unit, is_growing=unit.is_growing or is_begun))
    if is_one_export([one.path for one in found], is_top):
        return [_whole(root, found)]
    return found


def is_unfinished(name: str) -> bool:
    """Whether a name is that of something still being written.

    Examples:
        >>> [is_unfinished(one) for one in ("kpu.zip.crdownload", "~$laporan.csv", "kpu.zip")]
        [True, True, False]
    """
    return name.lower().endswith(_UNFINISHED) or _BEGUN.match(name) is not None


def settled(
    units: Iterable[Unit],
    waiting: Mapping[str, tuple[int, int, int]],
    now: datetime,
    settle: float,
) -> tuple[list[Unit], dict[str, tuple[int, int, int]]]:
    """Tell what is whole from what may still be written.

    A thing is whole when nothing of it changed for some time, by its own times or by our looking at it: the
    clock of a network drive may be another. One part of several waits while anything else is unfinished.

    Args:
        units: as `look` found them.
        waiting: what the last reading left, by name: size, stamp, and when it was first seen so.
        now: UTC.
        settle: seconds without a change.

    Returns:
        The whole ones, and what waits.
    """
    seconds = int(now.timestamp())
    whole: list[Unit] = []
    held: dict[str, tuple[int, int, int]] = {}
    for one in units:
        size, stamp, seen = waiting.get(one.name, (-1, -1, seconds))
        first = seen if (size, stamp) == one.mark else seconds
        age = now.timestamp() - one.stamp / 1e9
        if not one.is_growing and (not settle or max(age, seconds - first) >= settle):
            whole.append(one)
        else:
            held[one.name] = (*one.mark, first)
    if any(seconds - first < _STALE for _, _, first in held.values()):
        for one in [unit for unit in whole if series(unit.path)]:
            whole.remove(one)
            held[one.name] = waiting.get(one.name, (*one.mark, seconds))
    return whole, held


def series(path: Path) -> str:
    """Return what all parts of one export are called; empty for what is no part."""
    stem, number = part_number(path.stem)
    return stem if number else ""


def fingerprint(path: Path) -> str:
    """Return what tells the content of a file or folder apart, whatever it is called.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    if path.is_dir():
        for inner, told in _walk(path):
            name = inner.relative_to(path).as_posix()
            digest.update(f"{name}\0{told.st_size}\0".encode("utf-8", "replace"))
            if not MEDIA.search(name):
                _sample(inner, told.st_size, digest.update)
    else:
        size = path.stat().st_size
        digest.update(f"{size}\0".encode())
        _sample(path, size, digest.update)
    return digest.hexdigest()[:24]


def _sample(path: Path, size: int, update: Callable[[bytes], object]) -> None:
    """Feed a file's content: all of it, or pieces; the last one holds a ZIP's index with all checksums."""
    with path.open("rb") as stream:
        if size <= _WHOLE:
            while chunk := stream.read(_PIECE):
                update(chunk)
            return
        for number in range(_PIECES):
            stream.seek((size - _PIECE) * number // (_PIECES - 1))
            update(stream.read(_PIECE))


def _file(path: Path) -> Unit | None:
    try:
        told = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(told.st_mode):
        return None
    return Unit(path.name, path, told.st_size, _stamp(told))


def _folder(path: Path) -> Unit | None:
    size = stamp = count = 0
    is_growing = False
    for inner, told in _walk(path):
        size, count = size + told.st_size, count + 1
        stamp = max(stamp, _stamp(told))
        is_growing = is_growing or is_unfinished(inner.name)
    return Unit(path.name, path, size, stamp, is_growing) if count else None


def _walk(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the files in a folder in order; links are not followed, and no more than an export may hold."""
    count = 0
    for place, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            inner = Path(place, name)
            try:
                told = inner.lstat()
            except OSError:
                continue
            if stat.S_ISREG(told.st_mode):
                count += 1
                yield inner, told
            if count > MAX_MEMBERS:
                return


def _whole(root: Path, units: list[Unit]) -> Unit:
    return Unit(
        ".",
        root,
        sum(one.size for one in units),
        max(one.stamp for one in units),
        any(one.is_growing for one in units),
    )


def _stamp(told: os.stat_result) -> int:
    """Return when a file was last written; a copy that keeps the old time of its original is new all the same."""
    return max(told.st_mtime_ns, told.st_ctime_ns)
