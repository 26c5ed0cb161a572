"""A folder where exports are dropped: each is read once it is whole, and once only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from detector import sources
from detector.errors import FolderUnreadable, Location, SourceError
from detector.records import Page, Rejected
from detector.registry import discover
from detector.sources._archive import Archive
from detector.sources._grouping import PAPERS
from detector.sources.interface import Source, exports, takers
from detector.sources.live._inbox import Unit, fingerprint, look, series, settled
from detector.sources.live._intake import Intake, Overview
from detector.sources.live._recent import marked, written
from detector.sources.live.interface import LiveSource, Options

_KEPT: Final = 2_000
"""Exports that are remembered when they are not in the folder any more."""


class FolderOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which folder."""

    path: str
    settle: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 10.0
    """Seconds for which a file must not have changed before it is read."""
    names: tuple[str, ...] = ()
    """What exports call the account, where it is not its handle."""


class _Mark(msgspec.Struct, frozen=True, tag="folder", omit_defaults=True):
    """Where one reading left off."""

    done: dict[str, tuple[int, int]] = {}
    """What in the folder is read, by name: size and stamp."""
    waiting: dict[str, tuple[int, int, int]] = {}
    """What may still be written: size, stamp, and when it was first seen so."""
    read: tuple[str, ...] = ()
    """Fingerprints of the exports that were read, the newest last."""
    now: str = ""
    """That of the one that is being read, ..."""
    whose: tuple[str, ...] = ()
    """... the names of the account in it, ..."""
    place: str | None = None
    """... and its own cursor."""


class Folder(LiveSource):
    """Exports of any kind that somebody drops into a folder; half-written ones are left alone until they are whole."""

    platforms = ()
    options_type = FolderOptions
    takes_files = True

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield what new exports bring of the account, one export after the other."""
        return _Reading(self, marked(cursor, _Mark) or _Mark()).pages(now)


class _Reading:
    """One poll: the mark moves on with what is given."""

    def __init__(self, source: Folder, mark: _Mark) -> None:
        self._account, self._options = source.account, source.options
        self._root = Path(source.options.path)
        self._mark = mark
        self._is_export = False
        """Whether the folder itself is an export."""

    def pages(self, now: datetime) -> Iterator[Page]:
        before = self._mark
        units = self._look()
        whole, waiting = settled(units, before.waiting, now, self._options.settle)
        names = {one.name for one in units}
        done = {name: mark for name, mark in before.done.items() if name in names}
        self._mark = replace(before, waiting=waiting, done=done)
        fresh = {one.name for one in whole if done.get(one.name) != one.mark}
        if fresh:
            yield from self._exports(whole, fresh)
            done = {**done, **{one.name: one.mark for one in whole}}
            self._mark = replace(self._mark, done=done)
        if self._mark != before:
            yield self._page()

    def _look(self) -> list[Unit]:
        """Look into the folder.

        Raises:
            FolderUnreadable: that is not possible.
        """
        try:
            units = look(self._root, _marks().fullmatch)
        except OSError as error:
            raise FolderUnreadable(
                f"the folder cannot be looked into: {error.strerror}",
                where=Location(str(self._root)),
                hint="create it, or connect the drive it is on",
            ) from error
        self._is_export = [one.name for one in units] == ["."]
        return units

    def _exports(self, whole: list[Unit], fresh: set[str]) -> Iterator[Page]:
        parts = {series(one.path) for one in whole if one.name in fresh} - {""}
        chosen = [one.path for one in whole if one.name in fresh or series(one.path) in parts]
        found = exports(chosen, _kinds())
        try:
            for error in found.errors:
                if not error.where or self._unit(Path(error.where.file)) in {*fresh, ""}:
                    yield self._page(error)
            for archive in sorted(found.archives, key=_age):
                if fresh & {self._unit(path) for path in archive.paths}:
                    yield from self._export(archive)
        finally:
            for archive in found.archives:
                archive.close()

    def _unit(self, path: Path) -> str:
        """Return the name of the dropped thing that a path belongs to; empty where it does not say."""
        if self._is_export:
            return "."
        try:
            return path.relative_to(self._root).parts[0]
        except (ValueError, IndexError):
            return ""

    def _export(self, archive: Archive) -> Iterator[Page]:
        """Yield what one export brings, from where the last reading broke off."""
        try:
            name = _fingerprint(archive)
        except FileNotFoundError:
            # Somebody took it away again.
            return
        except OSError as error:
            where = Location(str(archive.path))
            yield self._page(SourceError(f"cannot be read: {error.strerror}", where=where))
            return
        if name in self._mark.read:
            return
        if name != self._mark.now:
            self._mark = replace(self._mark, now=name, whose=(), place=None)
        failure: SourceError | None = None
        try:
            yield from self._records(archive)
        except SourceError as error:
            failure = error
        read = (*self._mark.read, name)[-_KEPT:]
        self._mark = replace(self._mark, read=read, now="", whose=(), place=None)
        if failure is not None:
            yield self._page(failure)

    def _records(self, archive: Archive) -> Iterator[Page]:
        kinds = takers(archive, _kinds())
        if not kinds:
            if PAPERS.search(archive.path.name):
                return
            raise SourceError(
                "no known kind of export",
                where=Location(str(archive.path)),
                hint="see kentongan plugins for what can be read",
            )
        intake = Intake(archive, kinds[0], self._account, self._options.names)
        overview = Overview(frozenset(self._mark.whose), None)
        if not overview.whose or not kinds[0].is_sorted:
            for step in intake.overview():
                if step is None:
                    yield self._page()
                else:
                    overview = step
        self._mark = replace(self._mark, whose=tuple(sorted(overview.whose)))
        for page in intake.pages(overview, self._mark.place):
            self._mark = replace(self._mark, place=page.cursor)
            yield replace(page, cursor=written(self._mark))

    def _page(self, error: SourceError | None = None) -> Page:
        """Return a page that says how far the reading is, and what could not be read."""
        rejected: tuple[Rejected, ...] = ()
        if error is not None:
            hint = f" ({error.hint})" if error.hint else ""
            place = error.where or Location(str(self._root))
            rejected = (Rejected(place, f"{error.message}{hint}"),)
        return Page(
            file=str(self._root),
            rejected=rejected,
            records=len(rejected),
            cursor=written(self._mark),
        )


@lru_cache(maxsize=1)
def _kinds() -> tuple[type[Source], ...]:
    return tuple(discover(sources, Source).values())


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    marks = [kind.marks for kind in _kinds() if kind.marks]
    return re.compile("|".join(f"(?:{mark})" for mark in marks) or "(?!)")


def _age(archive: Archive) -> tuple[int, str]:
    """Return what orders exports: the oldest first, so that their posts come in order of time."""
    try:
        return max(path.stat().st_mtime_ns for path in archive.paths), str(archive.path)
    except OSError:
        return 0, str(archive.path)


def _fingerprint(archive: Archive) -> str:
    parts = sorted(fingerprint(path) for path in archive.paths)
    inside = archive.path.relative_to(archive.paths[0]).as_posix()
    return hashlib.sha256("\0".join((*parts, inside)).encode("utf-8", "replace")).hexdigest()[:20]
