"""Whether files that lie together are one export or several, told by their names and by who would read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Final, NamedTuple

from detector.sources._archive import Archive
from detector.sources._collections import Marks, exports_in

_TABLE: Final = re.compile(r"\.(?:csv|tsv|jsonl|ndjson|parquet)$", re.IGNORECASE)
_COLLECTED: Final = re.compile(r"\.(?:jsonl|ndjson|parquet)$", re.IGNORECASE)
"""Files that no platform's export holds."""
_APART: Final = re.compile(
    r"\.(?:zip|tar|tgz|txz|tbz2?|jsonl|ndjson|csv|tsv|parquet)(?:\.(?:gz|xz|bz2))?$", re.IGNORECASE
)
"""Files that exports seldom have of their own."""
_RECORDS: Final = re.compile(r"\.(?:json|xml|rss|atom|rdf|car)$", re.IGNORECASE)
_TELLING: Final = re.compile(rf"{_APART.pattern}|{_RECORDS.pattern}|\.(?:js|txt)$", re.IGNORECASE)
"""Files at the top of an export that may be something else."""
_ASKED: Final = 200
"""Files that are looked into, at most, to find out whether they are of one kind."""


_NAMED: Final = 20
"""Files with the name of an export's that are looked into, at most."""


class Kind(NamedTuple):
    """Who would read an archive."""

    name: str
    is_marked: bool
    """Whether it knows the top of its exports by the names there: it reads whole exports."""
    is_general: bool
    """Whether it reads anything that looks like posts."""


Kinds = Callable[[Archive], Sequence[Kind]]
"""Tells who would read an archive, the first first."""


def nobody(_archive: Archive) -> Sequence[Kind]:
    """Know no kinds, so that names alone tell."""
    return ()


class Sorter:
    """Tells exports that lie together apart.

    Args:
        marks: as in `Marks`.
        kinds: tells who would read an archive.
    """

    def __init__(self, marks: Collection[str], kinds: Kinds) -> None:
        self.is_top = Marks(marks)
        self._kinds = kinds

    def alone(self, archive: Archive, member: str) -> Kind | None:
        """Say who would read one member if it were handed over by itself."""
        return next(iter(self._kinds(archive.glimpse(member))), None)

    def beside(self, archive: Archive) -> list[str] | None:
        """Return the files of an export that are no part of it; None when it is none after all.

        Where two tables or more are known by name, as in LinkedIn's download, all that are written alike
        are its own. A file that only another importer knows is not. There is no export where nothing but
        such files, or the name of one, looks like it.
        """
        deeper = [one for one in archive.members if "/" in one and _COLLECTED.search(one)]
        if not any("/" not in one and _TELLING.search(one) for one in archive.members):
            return deeper
        tables = [*deeper, *self._tables(archive)]
        takers = self._kinds(archive)
        if not takers:
            differ = self.is_top.differ(one for one in archive.members if "/" not in one)
            return None if differ else tables
        known = self._known(archive)
        rest = archive.less(known)
        whole = {one.name for one in takers if one.is_marked}
        named = {kind for one, kind in known.items() if self.is_top(one)} & whole
        if tops := exports_in(rest.members, self.is_top):
            below = takers if rest is archive else self._kinds(rest)
            others = {one.name for one in below if one.is_marked}
            if tops == [""]:
                named = others or named
            elif others - named or (others and sum(map(self.is_top, known)) == 1):
                return None
        if len(named) != 1:
            return None
        foreign = [one for one, kind in known.items() if kind not in named]
        apart = sorted({*tables, *foreign})
        is_left = exports_in(archive.less(apart).members, self.is_top) == [""]
        return apart if is_left else None

    def _tables(self, archive: Archive) -> list[str]:
        """Return the collections and archives at the top of an export that by their names are no part of it."""
        files = [one for one in archive.members if "/" not in one]
        own = [_suffix(one) for one in files if self.is_top(one)]
        return [
            one
            for one in files
            if _APART.search(one)
            and not self.is_top(one)
            and own.count(_suffix(one)) <= 1
            and not (archive.is_packed(one) and not _TABLE.search(one))
        ]

    def _known(self, archive: Archive) -> dict[str, str]:
        """Return the files at the top that importers know when they are alone, and by whom."""
        files = [one for one in archive.members if "/" not in one]
        asked = [one for one in files if _RECORDS.search(one) or _TABLE.search(one)]
        # Of thousands that are named alike, the first few tell.
        asked = [one for one in asked if not self.is_top(one)][:_ASKED]
        asked += [one for one in files if self.is_top(one)][:_NAMED]
        known = {one: self.alone(archive, one) for one in asked}
        return {one: kind.name for one, kind in known.items() if kind and not kind.is_general}

    def differ(self, archive: Archive, files: Sequence[str]) -> bool:
        """Whether files without the name of any export are of several kinds.

        Those of an export of which only the names were changed are left together, though some of its
        tables look like posts when they are taken alone.
        """
        if len(files) < 2:  # noqa: PLR2004 - a file does not differ from itself
            return False
        known = {one: self.alone(archive, one) for one in _some(files)}
        told = [kind for kind in known.values() if kind]
        if len({kind.name for kind in told if not kind.is_general}) > 1:
            return True
        names = {
            kind.name if kind else "" for one, kind in known.items() if kind or _TABLE.search(one)
        }
        if _are_tables(files):
            return len(names) > 1 or not told
        is_collected = any(kind and _COLLECTED.search(one) for one, kind in known.items())
        is_export = any(kind.is_marked for kind in (*told, *self._kinds(archive)[:1]))
        if is_export and not is_collected:
            return False
        return len(names - {""}) > 1


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _are_tables(files: Sequence[str]) -> bool:
    return all(map(_TABLE.search, files)) and len({one.rpartition("/")[0] for one in files}) == 1


def _some(files: Sequence[str]) -> Iterator[str]:
    """Yield at most `_ASKED` files, of every folder and ending in turn."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in files:
        alike.setdefault((one.rpartition("/")[0], _suffix(one)), []).append(one)
    turns = (one for turn in zip_longest(*alike.values()) for one in turn if one is not None)
    return islice(turns, _ASKED)
