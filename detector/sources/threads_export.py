"""Threads' own export (threads_and_replies, JSON or HTML), alone or in a download of Threads only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Page, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._instagram_events import EVENT_FILES, events, told
from detector.sources._instagram_html import Drawn, drawn_on
from detector.sources._instagram_members import Sizes, whose
from detector.sources._instagram_posts import POST_FILES
from detector.sources._json_pages import heads, records
from detector.sources._meta import parsed, repaired_with_bytes
from detector.sources._threads import Item, Thread, medium, shaped, url_of
from detector.sources._times import LAST_YEAR, moment_since
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

FIRST_YEAR: Final = 2023
"""Threads opened; nothing on it is older."""

_KEY: Final = "text_post_app_text_posts"
_NAMED: Final = re.compile(r"thread[^/]{0,99}\.json$", re.IGNORECASE)
_INSTAGRAM: Final = re.compile(r"(?:^|/)(?:your_instagram_activity/(?!threads/)|content/)")
_PAGE: Final = re.compile(r"(?:^|/)threads_and_replies(?:_\d{1,6})?\.html$")
_ELSEWHERE: Final = re.compile(r"(?:^|/)threads/")
_MOST: Final = 8
_WHOSE: Final = re.compile(
    r"(?:threads|instagram)-(.{1,40}?)-(?:\d{8}|\d{4}-\d{2}-\d{2})", re.IGNORECASE
)
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


_FIRST_SECOND: Final = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_LAST_SECOND: Final = int(datetime(LAST_YEAR, 12, 31, tzinfo=UTC).timestamp())
_decode: Final = msgspec.json.Decoder(list[Thread]).decode


class ThreadsExport(Source):
    """Threads' posts and replies from Meta's download, without Instagram's own posts beside them.

    The export has no ids: a post is the same by its time, its text and the names of its media. What
    the download tells of logins and changes is given too. Times in HTML are local, without a zone.
    """

    platforms = ("threads",)
    tier = "silver"
    marks = r"(?:threads/)?threads_and_replies(?:_\d{1,6})?\.(?:json|html)"

    def __init__(self, archive: Archive, members: list[str], account: str) -> None:
        self._archive = archive
        self._members = members
        self._sizes = Sizes(archive)
        self.account = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether it holds Threads' posts and none of Instagram's, which has a source of its own."""
        return not any(map(_is_instagrams, archive.members)) and bool(_found(archive))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> ThreadsExport:
        """Find out whose it is; a handle given by the caller wins over all.

        Raises:
            ExportFormatError: there are no posts of Threads in it.
        """
        del platform  # Its records are never another platform's.
        members = _found(archive)
        if not members:
            raise ExportFormatError(
                "holds no posts of Threads",
                where=Location(str(archive.path)),
                hint="ask for it again: Threads, all time, in the format JSON",
            )
        return cls(archive, members, account.removeprefix("@") if account else _whose(archive))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and replies, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        read: list[tuple[datetime, Outcome]] = []
        failures: list[ExportFormatError] = []
        for member in self._members:
            try:
                read.extend(self._member(member))
            except ExportFormatError as error:
                failures.append(error)
        if len(failures) == len(self._members):
            raise failures[0]
        for failure in failures:
            where = failure.where or Location(str(self._archive.path))
            yield Rejected(where, failure.message)
        read.sort(key=itemgetter(0))
        given: set[object] = set()
        for _, one in read:
            key: object
            if type(one) is Post:
                key = one.id
            elif type(one) is AccountEvent:
                key = one.kind, one.at, *one.details.items()
            else:
                yield one
                continue
            if key in given:
                yield Skipped.DUPLICATE
            else:
                given.add(key)
                yield one

    def _member(self, member: str) -> Iterator[tuple[datetime, Outcome]]:
        """Yield (time, what became of it) for every record of one member."""
        label = self._archive.label(member)
        read: Iterator[tuple[int, Any]]
        make: Callable[[Any, str, str], Post | AccountEvent]
        if EVENT_FILES.search(member):
            read, make = self._events_in(member, label), self._event
        elif member.endswith(".html"):
            read, make = enumerate(drawn_on(self._archive.read(member), label)), self._drawn
        else:
            read, make = records(self._archive, member, (_KEY,), _decode), self._post
        for index, one in read:
            try:
                made = make(one, member, f"{label}#{index}")
            except ValueError as error:
                yield _UNDATED, Rejected(Location(label, index), str(error))
            else:
                yield (made.created_at if isinstance(made, Post) else made.at), made

    def _events_in(self, member: str, label: str) -> Iterator[tuple[int, Any]]:
        tree = parsed(self._archive.read(member), label)
        try:
            yield from enumerate(events(tree, member))
        except TypeError as error:
            raise ExportFormatError(str(error), where=Location(label)) from error

    def _event(self, one: tuple[str, Any], member: str, where: str) -> AccountEvent:
        del member
        kind, at, quality, details = told(*one)
        return AccountEvent(
            platform="threads", account=self.account, kind=kind, at=at, where=where,
            time_quality=quality, details=details,
        )  # fmt: skip

    def _drawn(self, one: Drawn, member: str, where: str) -> Post:
        """Make a post of a box on a page, whose time is local and without a zone."""
        draft = one.drafted("post")
        if draft.at.year < FIRST_YEAR:
            raise ValueError(f"its time is in the year {draft.at.year}")
        names = [(one.path or "") for one in draft.media]
        return Post(
            platform="threads",
            account=self.account,
            id=content_id(draft.at, draft.text, names),
            created_at=draft.at,
            text=draft.text,
            where=where,
            time_quality=draft.quality,
            url=draft.url,
            links=draft.links,
            media=self._sizes.told(draft.media, member),
            location=draft.location,
        )

    def _post(self, record: Any, member: str, where: str) -> Post:
        """Make a post of a record.

        Raises:
            ValueError: it has no usable time, or its text is none.
        """
        thread = shaped(record)
        written = ""
        parts: list[Item | Thread] = [thread, *thread.media]
        for one in parts:
            if one.title:
                if not isinstance(one.title, str):
                    raise ValueError(f"its text is {one.title!r:.40}, not a text")
                written = written or one.title
        paths = [one.uri for one in thread.media if one.uri and isinstance(one.uri, str)]
        at, quality = _timed(thread)
        text, utf8 = repaired_with_bytes(written) if written else ("", b"")
        media = tuple([medium(one) for one in paths])
        return Post(
            platform="threads",
            account=self.account,
            id=content_id(at, utf8, [one.path or "" for one in media]),
            created_at=at,
            text=text,
            where=where,
            time_quality=quality,
            url=None if thread is record else url_of(record),
            media=self._sizes.told(media, member) if self._sizes else media,
        )


def _timed(thread: Thread) -> tuple[datetime, TimeQuality]:
    """Return when a post was made: the first time that it or one of its items tells.

    Raises:
        ValueError: there is none, or Threads did not exist then.
    """
    stamp = thread.creation_timestamp
    for item in thread.media:
        if stamp:
            break
        stamp = item.creation_timestamp if stamp is None or item.creation_timestamp else stamp
    if type(stamp) is int and _FIRST_SECOND <= stamp <= _LAST_SECOND:
        return datetime.fromtimestamp(stamp, UTC), TimeQuality.EXACT
    return moment_since(stamp, FIRST_YEAR)


def _is_instagrams(member: str) -> bool:
    """Whether a member lies where Instagram puts its own posts."""
    if _INSTAGRAM.search(member):
        return True
    return POST_FILES.search(member) is not None and not _ELSEWHERE.search(member)


def _found(archive: Archive) -> list[str]:
    """Return the members that hold posts, then those that tell what happened to the account."""
    key = f'"{_KEY}"'.encode()
    found = [member for member, head in heads(archive, _NAMED, _MOST) if key in head]
    if not found:
        # What the download has in JSON is not read again in HTML.
        found = [member for member in archive.members if _PAGE.search(member)]
    if not found:
        return []
    return found + [
        one for one in archive.members if EVENT_FILES.search(one) and one.endswith(".json")
    ]


def _whose(archive: Archive) -> str:
    """Return the account's handle: as the export tells it, or as its name does."""
    name = whose(archive)
    match = _WHOSE.match(name)
    return match[1] if match else name
