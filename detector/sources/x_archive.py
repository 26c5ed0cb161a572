"""X's own archive ("Download an archive of your data"), Twitter's since 2018: scripts that are never run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, elements
from detector.sources._typed import fitted, lines, list_decoder, one_decoder
from detector.sources._x_archive_events import (
    EVENT_STEMS,
    Deletion,
    Happened,
    Telling,
    sweeps,
    within,
)
from detector.sources._x_archive_manifest import (
    HEADER_STEMS,
    NOTE_STEMS,
    Member,
    born,
    damaged_identity,
    expected,
    is_one,
    manifest_of,
    members,
    missing,
    whose,
)  # fmt: skip
from detector.sources._x_archive_notes import Bare, Note, Notes, note_of, post_of
from detector.sources._x_tweets import NEEDED, Apps, Located, Tweet, drafted, id_of, unwrapped
from detector.sources.interface import Outcome, Skipped, Source, paged

_MEDIA: Final = re.compile(r"(?:^|/)[a-z_]{0,40}tweets?_media/(\d{1,20})-([^/]{1,200})$")
_KINDS: Final[dict[str, Any]] = dict.fromkeys(NOTE_STEMS, Bare) | dict.fromkeys(
    (*HEADER_STEMS, *EVENT_STEMS), dict
)
"""What the elements of a file are read as; those not named hold tweets."""
_Swept = dict[str, tuple[Deletion, int]]


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
        handle = (account or "").removeprefix("@") or whose(archive, found)
        return cls(archive, found, handle or archive.title, handle)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield account events, then posts in the order of their files, then notes without a tweet."""
        reading = _Reading(self._archive, self._members, self.account, self._handle)
        return paged(reading.outcomes(), self._archive.path.name, since)


class _Reading:
    """One reading of an archive, from its beginning."""

    def __init__(self, archive: Archive, found: list[Member], account: str, handle: str) -> None:
        self._archive = archive
        self._members = found
        self._account = account
        self._handle = handle
        self._apps = Apps()
        self._located = _pictures(archive)
        self._ids: set[int | str] = set()
        self._notes = Notes()
        self._happened: set[tuple[object, ...]] = set()
        self._telling = Telling(born(archive))
        self._manifest, self._wrong = manifest_of(archive)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield one outcome a record; a file that is missing or damaged counts as one record."""
        yield from self._wrong
        yield from missing(self._manifest, self._archive)
        yield from damaged_identity(self._archive)
        swept = sweeps(one for one in self._deletions() if isinstance(one, Deletion))
        kept: list[Note] = []
        for member in self._members:
            if member.stem in EVENT_STEMS:
                yield from self._each(member, partial(self._event, member.stem))
            elif member.stem in HEADER_STEMS:
                yield from self._each(member, partial(self._header, swept))
            elif member.stem in NOTE_STEMS:
                for note in self._each(member, self._note):
                    if isinstance(note, Note):
                        kept.append(note)
                    else:
                        yield note
            else:
                yield from self._posts(member, swept)
        for note in kept:
            yield (
                self._given(post_of(note, self._account))
                if self._notes.has(note)
                else Skipped.DUPLICATE
            )

    def _each(self, member: Member, read: Callable[[Any, str], Any]) -> Iterator[Any]:
        """Yield what `read` makes of every element of a file's list; `Rejected` for one it refuses."""
        label = self._archive.label(member.name)
        index = -1
        try:
            for index, record in self._elements(member, label):
                try:
                    one = read(record, f"{label}#{index}")
                except ValueError as error:
                    one = Rejected(Location(label, index), str(error))
                yield one
        except ExportFormatError as error:
            if len(self._members) == 1:
                raise
            yield Rejected(Location(label), error.message)
            return
        promised = expected(self._manifest, member.name)
        if index + 1 < promised:
            why = f"holds {index + 1} records where the manifest lists {promised}"
            yield Rejected(Location(label), why)

    def _elements(self, member: Member, label: str) -> Iterator[tuple[int, Any]]:
        kind = _KINDS.get(member.stem, Tweet)
        with self._archive.open(member.name) as stream:
            if member.is_bare and not stream.peek(1 << 10).lstrip(
                b"\xef\xbb\xbf \t\r\n"
            ).startswith(b"["):
                yield from enumerate(lines(stream, one_decoder(kind)))
            else:
                yield from elements(stream, label, list_decoder(kind))

    def _posts(self, member: Member, swept: _Swept) -> Iterator[Outcome]:
        if not swept or not member.stem.startswith("deleted"):
            yield from self._each(member, self._post)
            return
        for one in self._each(member, self._post):
            yield one
            # Told by its header where there is one; a sweep that only the texts tell of is an addition.
            if isinstance(one, Post) and one.where in swept:
                yield self._sweep(swept[one.where], one.where)

    def _post(self, record: Any, where: str) -> Post | Skipped:
        tweet: Tweet = record if type(record) is Tweet else fitted(unwrapped(record), Tweet, NEEDED)
        post = drafted(
            tweet.tweet or tweet,
            account=self._account,
            address=self._handle,
            where=where,
            apps=self._apps,
            located=self._located,
        )
        return self._given(self._notes.whole(post) if self._notes else post)

    def _given(self, post: Post) -> Post | Skipped:
        # A number takes half the memory of its digits.
        key = int(post.id) if post.id.isdigit() else post.id
        if key in self._ids:
            return Skipped.DUPLICATE
        self._ids.add(key)
        return post

    def _note(self, record: Any, where: str) -> Note | Skipped:
        note = note_of(record, where)
        return note if self._notes.add(note) else Skipped.DUPLICATE

    def _event(self, stem: str, record: Any, where: str) -> AccountEvent | Skipped:
        happened = self._telling.told(stem, record)
        return Skipped.IGNORED if happened is None else self._happening(happened, where)

    def _happening(self, one: Happened, where: str) -> AccountEvent | Skipped:
        same = (one.kind, one.at, *one.details.items())
        if same in self._happened:
            return Skipped.DUPLICATE
        self._happened.add(same)
        return AccountEvent(
            platform="x",
            account=self._account,
            kind=one.kind,
            at=one.at,
            where=where,
            time_quality=one.quality,
            details=one.details,
        )

    def _header(self, swept: _Swept, record: Any, where: str) -> AccountEvent | Skipped:
        _deletion(record, where)
        return self._sweep(swept[where], where) if where in swept else Skipped.IGNORED

    def _sweep(self, sweep: tuple[Deletion, int], where: str) -> AccountEvent | Skipped:
        first, count = sweep
        details = {"count": str(count)}
        return self._happening(Happened("posts_deleted", first.at, first.quality, details), where)

    def _deletions(self) -> Iterator[Any]:
        for member in self._members:
            if member.stem in HEADER_STEMS or member.stem.startswith("deleted-tweet"):
                yield from self._each(member, _deletion)


def _deletion(record: Any, where: str) -> Deletion | None:
    """Read when a post was deleted; None when that is not told.

    Raises:
        ValueError: the record is of another shape, or its time is unusable.
    """
    if isinstance(record, Tweet):
        tweet = record.tweet or record
        own, stamp = id_of(tweet.id_str, tweet.id), tweet.deleted_at
    else:
        inner = unwrapped(record)
        if not isinstance(inner, dict):
            raise ValueError(inner if isinstance(inner, Damaged) else "is not an object")  # noqa: TRY004
        own = id_of(*(inner.get(key) for key in ("tweet_id", "tweetId", "id_str", "id")))
        stamp = inner.get("deleted_at") or inner.get("deletedAt")
    if not stamp:
        return None
    return Deletion(own, *within(stamp), where)


def _pictures(archive: Archive) -> Located | None:
    """Return what finds a tweet's pictures among an archive's members; None when it has none."""
    found: dict[tuple[str, str], str] = {}
    for name in archive.members:
        if match := _MEDIA.search(name):
            found[match[1], match[2]] = name

    def located(tweet_id: str, name: str) -> tuple[str, int] | None:
        member = found.get((tweet_id, name))
        return None if member is None else (member, archive.size(member))

    return located if found else None
