"""What a source is: it recognises its input, opens it, and yields pages.

A source reads one kind of input. Files inside it (a ZIP, several parts of one, an unpacked folder, a single
file) look alike to it: an `Archive` of named members.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum, auto
from itertools import islice
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from detector.errors import SourceError
from detector.records import AccountEvent, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._bags import Kind
from detector.sources._grouping import Group, group
from detector.sources._members import located

__all__ = [
    "PAGE_RECORDS", "Outcome", "Skipped", "Source", "content_id", "exports", "located", "paged", "takers",
]  # fmt: skip

PAGE_RECORDS: Final = 500
"""Records in a page, at most: the texts of so many stay in a processor's own memory while they are used."""
_encode: Final = msgspec.json.Encoder().encode
_sha256: Final = hashlib.sha256


class Source(ABC):
    """An adapter that reads one export format.

    `recognises` looks at names and the beginnings of members only, by content and not by the file's own
    name. `pages` yields everything, oldest page first within a file; a record that cannot be read is a
    `Rejected` in its page, and only input that is unreadable as a whole raises.
    """

    name: ClassVar[str]
    platforms: ClassVar[tuple[str, ...]]
    """Platforms whose posts it may yield; empty when the file itself names them."""

    tier: ClassVar[str]
    """bronze: has a fixture; silver: also resumes and maps every error; gold: measured on real exports."""

    is_sorted: ClassVar[bool] = True
    """Whether posts come oldest first; a format that is read as a stream keeps its file's order."""

    is_general: ClassVar[bool] = False
    """Whether it reads anything that looks like posts, and so is asked only when no other knows it."""

    marks: ClassVar[str] = ""
    """Pattern of the names (``name`` or ``folder/name``) that stand only at the top of its unpacked
    export, by which a folder is known to be one export and not a collection of many."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = cls.__module__.rpartition(".")[2]

    @classmethod
    @abstractmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether this archive is of the kind this source reads."""

    @classmethod
    @abstractmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> Source:
        """Prepare to read an archive.

        Args:
            archive: all parts of one export, merged.
            account: handle to use where the export does not tell.
            platform: platform to use where the export does not tell.

        Raises:
            SourceError: it cannot be read at all.
        """

    @abstractmethod
    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield pages of at most `PAGE_RECORDS` records.

        In every page: posts + events + duplicates + rejected + ignored = records.

        Args:
            since: the cursor of the last page already taken; None reads from the beginning.

        Raises:
            SourceError: the input turns out to be unreadable.
        """


def takers(archive: Archive, sources: Iterable[type[Source]]) -> list[type[Source]]:
    """Return the sources that take an archive for theirs; general ones only when no other does.

    Args:
        archive: all parts of one export, merged.
        sources: the kinds to ask.
    """
    asked = list(sources)
    for is_general in (False, True):
        found = [one for one in asked if one.is_general is is_general and one.recognises(archive)]
        if found:
            return found
    return []


def exports(paths: Iterable[Path | str], sources: Iterable[type[Source]]) -> Group:
    """Find every export under some paths, as `group` does, told apart by who would read it.

    Args:
        paths: files and folders.
        sources: the kinds that there are.
    """
    known = list(sources)

    def kinds(archive: Archive) -> list[Kind]:
        found = takers(archive, known)
        return [Kind(one.name, bool(one.marks), one.is_general) for one in found]

    return group(paths, [one.marks for one in known if one.marks], kinds)


class Skipped(Enum):
    """A record that is counted and not given."""

    DUPLICATE = auto()
    IGNORED = auto()


Outcome = Post | AccountEvent | Rejected | Skipped
"""What became of one record."""


def paged(outcomes: Iterable[Outcome], file: str, since: str | None = None) -> Iterator[Page]:
    """Cut outcomes into pages whose cursor is the number of records up to their end.

    Args:
        outcomes: one for each record, in the order they are to be given.
        file: name of the whole file, for `Page.file`.
        since: the cursor of the last page already taken.

    Raises:
        SourceError: `since` is no cursor of this kind.
    """
    if since is not None and not (since.isascii() and since.isdigit()):
        raise SourceError(
            f"{since[:40]!r} is no place to go on from", hint="read from the beginning"
        )
    taken = int(since or 0)
    rest = islice(outcomes, taken, None)
    while batch := list(islice(rest, PAGE_RECORDS)):
        taken += len(batch)
        posts = tuple([one for one in batch if type(one) is Post])
        others = [one for one in batch if type(one) is not Post] if len(posts) < len(batch) else []
        yield Page(
            file=file,
            posts=posts,
            events=tuple([one for one in others if type(one) is AccountEvent]),
            rejected=tuple([one for one in others if type(one) is Rejected]),
            ignored=others.count(Skipped.IGNORED),
            duplicates=others.count(Skipped.DUPLICATE),
            records=len(batch),
            cursor=str(taken),
        )


def content_id(at: datetime, text: str | bytes, media: Iterable[str] = ()) -> str:
    """Make an id for a post whose export has none: the same post gets the same id in every export.

    Args:
        at: when it was posted; any zone.
        text: as given, or that in UTF-8.
        media: paths or names; folders do not count, for they change from export to export.

    Examples:
        >>> content_id(datetime(2024, 11, 20, 18, 14, tzinfo=UTC), "Halo", ["media/1_n.jpg"])
        'be31af8a739d58ee'
    """
    # As `datetime.isoformat` writes it, in a tenth of its time.
    when = _encode(at if at.tzinfo is UTC else at.astimezone(UTC))
    utf8 = text if type(text) is bytes else text.encode("utf-8", "replace")  # type: ignore[union-attr]
    parts = [when[1:-2] + b"+00:00", utf8]
    for path in media:
        name = path.rpartition("/")[2]
        parts.append(name.encode() if name.isascii() else name.encode("utf-8", "replace"))
    return _sha256(b"\0".join(parts)).hexdigest()[:16]
