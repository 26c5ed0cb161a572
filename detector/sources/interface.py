"""What a source is: it recognises its input, opens it, and yields pages.

A source reads one kind of input. Files inside it (a ZIP, several parts of one, an unpacked folder, a single
file) look alike to it: an `Archive` of named members.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from detector.records import Page
from detector.sources._archive import Archive

PAGE_RECORDS: Final = 1_000
"""Records in a page, at most."""


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

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = cls.__module__.rpartition(".")[2]

    @classmethod
    @abstractmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether this archive is of the kind this source reads."""

    @classmethod
    @abstractmethod
    def open(cls, archive: Archive, *, account: str | None = None, platform: str | None = None) -> Source:
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


def located(path: Path, member: str) -> str:
    """Name a member for `Location.file`: the member alone for a folder, else ``file.zip!member``."""
    return member if path.is_dir() else f"{path.name}!{member}"
