"""Where one export ends and the next begins: in folders, among numbered parts, in ZIPs and tars of several."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from detector.errors import ExportFormatError, Location
from detector.sources._archive import Archive
from detector.sources._bags import Kinds, Sorter, nobody
from detector.sources._collections import exports_below, exports_in, is_one_export, part_number
from detector.sources._members import MEDIA, is_hidden, is_private

PAPERS: Final = re.compile(
    r"\.(?:pdf|docx?|pptx?|txt|md|rtf|log|toml|ya?ml|ini|db|py)$", re.IGNORECASE
)
_PACKED: Final = re.compile(r"\.(?:zip|rar|7z|tar|tar\.xz|gz|bz2|tgz|txz|tbz2?)$", re.IGNORECASE)
_RECORDS: Final = re.compile(
    r"\.(?:jsonl?|ndjson|csv|tsv|parquet|xml|rss|atom|rdf|car)(?:\.(?:gz|xz|bz2))?$", re.IGNORECASE
)
"""Files that may be a collection by themselves."""
_WHOSE: Final = re.compile(r"(?:^|/)(?:personal_information|profile)\.json$")


class Group(NamedTuple):
    """Every export found under some paths, and one error for each that cannot be read at all."""

    archives: list[Archive]
    errors: list[ExportFormatError]


def group(paths: Iterable[Path | str], marks: Collection[str] = (), kinds: Kinds = nobody) -> Group:
    """Find every export under the given files and folders.

    A folder may hold many exports or be one, and so may a ZIP. Parts of one export are merged. The order
    is that of `paths`, and of names within a folder; what is given twice is read once.

    Args:
        paths: files and folders.
        marks: patterns of the names (``name`` or ``folder/name``) by which a folder is known to be one
            export, as in `Source.marks`.
        kinds: tells who would read an archive, by which files that lie together are told apart.
    """
    found = Group([], [])
    opened: dict[Path, tuple[Path, Archive]] = {}
    sorter = Sorter(marks, kinds)
    given = [Path(one) for one in paths]
    candidates = list(_all_candidates(given, sorter, found.errors))
    # Whoever hands over a folder and an export's own file in it as well means one thing.
    apart = [one for one in candidates if one not in given or not sorter.is_top(one.name)]
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
            found.archives.extend(_unbundled(one, sorter, found.errors))
    return found


def _unbundled(archive: Archive, sorter: Sorter, errors: list[ExportFormatError]) -> list[Archive]:
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
    tops = exports_in(archive.members, sorter.is_top)
    loose = [one for one in archive.members if not one.startswith(tuple(tops))]
    wrapped = [one for one in loose if _PACKED.search(one) and archive.is_packed(one)]
    errors.extend(
        ExportFormatError(
            "is packed inside another archive",
            where=Location(archive.label(one)),
            hint="unpack the outer one and hand over its folder",
        )
        for one in wrapped
    )
    if len(wrapped) == len(archive.members):
        return []
    found = list(_apart(archive, tops, sorter))
    if len(found) > 1:
        # What was opened to look into it is of no use to its parts.
        archive.close()
    return found


def _apart(archive: Archive, tops: list[str], sorter: Sorter) -> Iterator[Archive]:
    """Yield the exports in one ZIP or tar, of which some folders are known to be exports."""
    beside = sorter.beside(archive) if "" in tops else None
    if beside is not None:
        yield archive.less(beside)
        yield from map(archive.within, beside)
        return
    is_mixed = "" in tops
    is_one = len(tops) == 1 and not is_mixed
    if is_mixed:
        tops = exports_below(archive.members, sorter.is_top)
    loose = [
        one
        for one in archive.members
        if not one.startswith(tuple(tops)) and _is_candidate(one, archive, sorter)
    ]
    if is_one:
        loose = [one for one in loose if _RECORDS.search(one)]
        yield archive.less(loose)
    elif tops:
        yield from map(archive.within, tops)
    elif not (is_mixed or sorter.differ(archive, loose)):
        yield archive
        return
    yield from map(archive.within, loose)


def _is_candidate(name: str, archive: Archive, sorter: Sorter) -> bool:
    """Whether a file that lies beside others may be an export; of papers, only a text that is known to be one."""
    if PAPERS.search(name):
        return name.lower().endswith(".txt") and sorter.alone(archive, name) is not None
    return not (MEDIA.search(name) or (_PACKED.search(name) and archive.is_packed(name)))


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
    paths: Iterable[Path],
    sorter: Sorter,
    errors: list[ExportFormatError],
) -> Iterator[Path]:
    """Yield the candidates under all paths; one that has none is an error, lest silence reassure."""
    for given in paths:
        found = list(_candidates(given, sorter, given=True))
        yield from found
        if not found:
            errors.append(
                ExportFormatError(
                    "holds nothing that could be an export", where=Location(str(given))
                )
            )


def _candidates(path: Path, sorter: Sorter, *, given: bool = False) -> Iterator[Path]:
    """Yield the files and folders under `path` that look like exports of their own."""
    try:
        children = sorted(path.iterdir())
    except (OSError, ValueError):
        # A file, or nothing that can be looked into: `Archive` says what is wrong with it.
        if given or _is_candidate_file(path, sorter):
            yield path
        return
    children = [
        one
        for one in children
        if not (is_hidden(one.name) or (one.is_symlink() and one.is_dir()))
        # An office may well call the folder where exports arrive its inbox.
        and (one.name.lower() == "inbox" or not is_private(one.name))
    ]
    if is_one_export(children, sorter.is_top):
        apart = _beside(path, sorter)
        if apart is not None:
            yield path
            # Somebody may have put other exports beside the unpacked one.
            children = [path / one for one in sorted(apart)]
    elif given and not children:
        yield path
    for child in children:
        yield from _candidates(child, sorter)


def _is_candidate_file(path: Path, sorter: Sorter) -> bool:
    if not PAPERS.search(path.name):
        return not MEDIA.search(path.name)
    try:
        archive = Archive.of(path)
    except ExportFormatError:
        return False
    return _is_candidate(path.name, archive, sorter)


def _beside(path: Path, sorter: Sorter) -> set[str] | None:
    """Return the names of the files in an export's folder that are no part of it; None when it is none after all."""
    try:
        archive = Archive.of(path)
    except ExportFormatError:
        return set()
    apart = sorter.beside(archive)
    return None if apart is None else set(map(archive.label, apart))
