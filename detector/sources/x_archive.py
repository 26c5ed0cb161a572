"""X's own archive ("Download an archive of your data"), Twitter's since 2018: scripts that are never run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._elements import elements
from detector.sources._typed import fitted, lines, list_decoder, one_decoder
from detector.sources._x_archive_events import (
    EVENT_STEMS,
    Deletion,
    Happened,
    sweeps,
    told,
    within,
)
from detector.sources._x_archive_manifest import (
    HEADER_STEMS,
    NOTE_STEMS,
    Manifest,
    Member,
    assigned,
    expected,
    is_one,
    manifest_of,
    members,
    missing,
    named,
    owner_of_pictures,
    values,
)
from detector.sources._x_archive_notes import Bare, Note, Notes, note_of, post_of
from detector.sources._x_tweets import NEEDED, Apps, Tweet, drafted, id_of, unwrapped
from detector.sources.interface import Outcome, Skipped, Source, paged

_MEDIA: Final = re.compile(r"(?:^|/)[a-z_]{0,40}tweets?_media/(\d{1,20})-([^/]{1,200})$")
_NAMED: Final = re.compile(r"twitter-\d{4}-\d{2}-\d{2}-[0-9a-f]{8,80}")
_Told = Rejected | Happened | Skipped


class XArchive(Source):
    """X's (Twitter's) own archive of 2018 to today, whole, in parts, or a single of its files.

    Two records are one post if they have the same id. A note (the whole text of a long post) belongs to
    the tweet of the same second whose text it begins with, and then counts as a duplicate. A tweet's
    written time stands; its id tells the time only where there is none, for X's own never disagree.
    Posts deleted within an hour make one event, told by the record of the first; what is in the list of
    deleted headers and makes no event is ignored by name. Tweets are read as a stream, in their file's
    order, after the events.
    """

    platforms = ("x",)
    tier = "silver"
    is_sorted = False
    marks = r"Your archive\.html|data/(?:tweets?|account|manifest)\.js|(?:tweets?|manifest)\.js"

    def __init__(self, archive: Archive, found: list[Member], account: str, handle: str) -> None:
        self._archive = archive
        self._members = found
        self.account = account
        self._handle = handle

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file begins with one of the assignments that only X's scripts make."""
        return is_one(archive)

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> XArchive:
        """Find out whose archive it is; a handle given by the caller wins over all.

        Raises:
            ExportFormatError: no file in it holds posts or events.
        """
        del platform  # An X archive is never another platform's.
        found = members(archive)
        if not found:
            raise ExportFormatError(
                "is an X archive without posts",
                where=Location(str(archive.path)),
                hint="hand over the whole archive, or its data/tweets.js",
            )
        handle = (account or "").removeprefix("@") or _whose(archive, found)
        path = archive.path.resolve()
        return cls(archive, found, handle or (path.name if archive.is_folder else path.stem), handle)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield account events, then posts in the order of their files, then notes without a tweet."""
        return paged(_Reading(self._archive, self._members, self.account, self._handle).outcomes(),
                     self._archive.path.name, since)


class _Reading:
    """One reading of an archive, from its beginning."""

    def __init__(self, archive: Archive, found: list[Member], account: str, handle: str) -> None:
        self._archive = archive
        self._members = found
        self._account = account
        self._handle = handle
        self._apps = Apps()
        self._pictures = _pictures(archive)
        self._ids: set[int | str] = set()
        self._notes = Notes()
        self._happened: set[tuple[object, ...]] = set()
        self._born: Any = None
        self._manifest = Manifest()

    def outcomes(self) -> Iterator[Outcome]:
        """Yield one outcome a record."""
        self._manifest, wrong = manifest_of(self._archive)
        yield from wrong
        yield from missing(self._manifest, self._archive)
        yield from self._identity()
        notes: list[tuple[Note | Rejected | Skipped]] = []
        swept = sweeps(self._deletions())
        told_by_headers = {where for where in swept if self._is_header(where)}
        for member in self._members:
            if member.stem in EVENT_STEMS:
                yield from self._each(member, self._event)
            elif member.stem in HEADER_STEMS:
                yield from self._each(member, lambda one, where: self._header(one, where, swept))
            elif member.stem in NOTE_STEMS:
                notes.extend((one,) for one in self._each(member, self._note))
            else:
                for one in self._each(member, self._post):
                    yield one
                    if isinstance(one, Post) and one.where in swept and one.where not in told_by_headers:
                        yield self._sweep(*swept[one.where])
