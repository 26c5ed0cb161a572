"""Instagram's own export ("Download your information", JSON or HTML) in every layout since 2018."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timezone
from functools import cached_property
from itertools import chain, count, repeat
from operator import itemgetter
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Page, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._elements import Damaged
from detector.sources._instagram_events import LOGIN_PAGES, Told, events, kind_by_name, told
from detector.sources._instagram_html import Drawn, drawn_on, zone_shown
from detector.sources._instagram_members import (
    THREADS_FILES,
    Sizes,
    is_instagrams,
    others,
    tells_events,
    told_by_name,
    whose,
)
from detector.sources._instagram_posts import Draft, drafted, kind_of, media_of
from detector.sources._instagram_repeats import Given
from detector.sources._instagram_typed import (
    Album,
    Old,
    Record,
    Words,
    album,
    is_dated,
    listed,
    stamped,
    words_of,
    words_of_2018,
)
from detector.sources._meta import parsed, repaired, repaired_with_bytes
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_EXACT, _LOCAL = TimeQuality.EXACT, TimeQuality.LOCAL
_LOOKED_BEYOND: Final = 50
"""Other posts of the same second among which a carousel's pictures are looked for."""

_Read = tuple[datetime, Record | Old | Draft | AccountEvent | Rejected | Skipped, str, str, int]
"""When a record happened, what it tells, its kind, the member it stands in, and its place there."""
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


class InstagramExport(Source):
    """Instagram's "Download your information" in JSON or HTML, whole or in parts, zipped or unpacked.

    It has no ids. Two records are one post if text and media names are the same and their times within
    a minute; one without media repeats one that has the same text and time. Posts on Threads that came
    in the same download are given too, as such. Times in HTML are to the minute, in a zone that logins show.
    """

    platforms = ("instagram", "threads")
    tier = "silver"
    marks = (
        r"your_instagram_activity|(?:personal|account|security_and_login|logged|ads)_information"
        r"|login_and_account_creation|start_here\.html|(?:content/)?(?:(?:posts|media)(?:_\d{1,6})?"
        r"|stories|reels|archived_posts|igtv_videos|profile_photos)\.(?:json|html)"
    )

    def __init__(self, archive: Archive, account: str) -> None:
        self._archive = archive
        self._sizes = Sizes(archive) or None
        self.account = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file lies where only Instagram puts it, or begins like one of Instagram's."""
        return is_instagrams(archive)

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> InstagramExport:
        """Find out whose export it is; a handle given by the caller wins over all.

        Raises:
            ExportFormatError: there is neither a post nor an account event in it.
        """
        del platform  # An Instagram export is never another platform's.
        if not (told_by_name(archive) or others(archive)):
            raise ExportFormatError(
                "is an Instagram export without posts",
                where=Location(str(archive.path)),
                hint="ask Instagram for it again: your posts, in the format JSON",
            )
        return cls(archive, account.removeprefix("@") if account else whose(archive))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and account events together, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        """Yield one outcome a record, by time; then by file and place in it."""
        read: list[_Read] = []
        failures: list[ExportFormatError] = []
        members = [*told_by_name(self._archive), *others(self._archive)]
        for member in members:
            try:
                read.extend(self._member(member))
            except ExportFormatError as error:
                failures.append(error)
        if failures and len(failures) == len(members) and not read:
            raise failures[0]
        for failure in failures:
            where = failure.where or Location(str(self._archive.path))
            yield Rejected(where, failure.message)
        read.sort(key=itemgetter(0))
        yield from self._without_repetitions(read)

    def _member(self, member: str) -> Iterator[_Read]:
        """Yield what every record of one member tells."""
        label = self._archive.label(member)
        is_event = tells_events(self._archive, member)
        carousels: dict[tuple[datetime, str, str], Draft] = {}
        is_json = not (is_event or member.endswith(".html"))
        pictures = album(self._archive, member, kind_of(member)) if is_json else None
        if pictures and all(kind != "private" and is_dated(one) for kind, one in pictures):
            # Nearly always: then no record is looked at by itself yet.
            yield from _together(pictures, member)
            return
        records = _each(pictures) if pictures else self._records(member, label, is_event=is_event)
        for index, (kind, record) in enumerate(records):
            try:
                shape = type(record)
                if kind == "private":
                    yield _UNDATED, Skipped.IGNORED, kind, member, index
                elif shape is Old or shape is Record:
                    yield stamped(record), record, kind, member, index
                elif is_event:
                    event = self._event(_told(kind, record), f"{label}#{index}")
                    yield event.at, event, kind, member, index
                else:
                    draft = _drafted(record, kind)
                    yield draft.at, _joined(carousels, draft), kind, member, index
            except ValueError as error:
                yield _UNDATED, Rejected(Location(label, index), str(error)), kind, member, index

    def _records(self, member: str, label: str, *, is_event: bool) -> Iterator[tuple[str, Any]]:
        """Yield (kind, record) for every record of one member, whatever it is written in."""
        if member.endswith(".html"):
            kind = kind_by_name(member) if is_event else kind_of(member)
            pages = drawn_on(self._archive.read(member), label, self._zone)
            return ((kind, drawn) for drawn in pages)
        if not is_event:
            return listed(self._archive, member, kind_of(member))
        tree = parsed(self._archive.read(member), label)
        try:
            return iter(list(events(tree, member)))
        except TypeError as error:
            raise ExportFormatError(str(error), where=Location(label)) from error

    @cached_property
    def _zone(self) -> timezone | None:
        """The zone of the times on its pages, as its logins tell, which name the exact time beside."""
        pages = filter(LOGIN_PAGES.search, self._archive.members)
        zones = (zone_shown(self._archive.read(page)) for page in pages)
        return next(filter(None, zones), None)

    def _event(self, what: Told, where: str) -> AccountEvent:
        kind, at, quality, details = what
        if kind == "profile_changed" and self.account in details.values():
            # In a language whose labels are not known, the handle itself tells what was changed.
            kind = "handle_changed"
        return AccountEvent(
            platform="instagram",
            account=self.account,
            kind=kind,
            at=at,
            where=where,
            time_quality=quality,
            details=details,
        )

    def _without_repetitions(self, read: list[_Read]) -> Iterator[Outcome]:
        """Yield what was read, by time; a post or event already given becomes a duplicate.

        Words are mended only here and each record is let go of then: with an emoji in it, a text takes
        four bytes a character.

        Args:
            read: oldest first; nothing is left in it.
        """
        homes = self._homes({one[3] for one in read})
        happened: set[tuple[object, ...]] = set()
        read.reverse()
        while read:
            of = read.pop()
            at, one, kind, member, _ = of
            if type(one) is Old:
                others: list[Old] = []
                if read and read[-1][0] == at:
                    others = _carousel(one, of, read)
                    yield from [Skipped.DUPLICATE] * len(others)
                if others or one.location or kind == "repost":
                    yield self._typed(words_of_2018(one, others), of, homes[member])
                else:
                    yield self._single(one, of, homes[member])
            elif type(one) is Record:
                yield self._typed(words_of(one), of, homes[member])
            elif type(one) is Draft:
                yield self._drafted(one, of, homes[member])
            elif type(one) is AccountEvent:
                if read and read[-1][0] == at:
                    one, repeats = _told_twice(one, of, read)
                    yield from [Skipped.DUPLICATE] * repeats
                same = (one.kind, one.at, *one.details.items())
                yield Skipped.DUPLICATE if same in happened else one
                happened.add(same)
            elif not isinstance(one, Draft | Record | Old):
                yield one

    def _typed(self, words: Words, of: _Read, home: _Home) -> Post | Skipped:
        """Return the post of a typed record, unless it was given before."""
        text, utf8, media, place, quality = words
        at, _, kind, member, index = of
        label, platform, given = home
        if given.has(at, text, media):
            return Skipped.DUPLICATE
        is_repost = kind == "repost"
        return Post(
            platform=platform,
            account=self.account,
            id=content_id(at, utf8, [one.path or "" for one in media]),
            created_at=at,
            text=text,
            where=f"{label}#{index}",
            kind="post" if is_repost else kind,
            time_quality=quality,
            is_repost=is_repost,
            media=media if self._sizes is None else self._sizes.told(media, member),
            location=place,
        )

    def _single(self, one: Old, of: _Read, home: _Home) -> Post | Skipped:
        """Do as `_typed` does for a picture of 2018 by itself: nearly all of such an export are, so no step is wasted."""
        at, _, kind, member, index = of
        label, platform, given = home
        text, utf8 = repaired_with_bytes(one.caption or "")
        path = one.path
        if not path.isascii():
            path = repaired(path)
        media = (media_of(path),)
        if given.has(at, text, media):
            return Skipped.DUPLICATE
        return Post(
            platform=platform,
            account=self.account,
            id=content_id(at, utf8, (path,)),
            created_at=at,
            text=text,
            where=f"{label}#{index}",
            kind=kind,
            time_quality=_EXACT if one.taken_at.tzinfo else _LOCAL,
            media=media if self._sizes is None else self._sizes.told(media, member),
        )

    def _drafted(self, draft: Draft, of: _Read, home: _Home) -> Post | Skipped:
        """Return the post of any other record, unless it was given before."""
        label, platform, given = home
        if given.has(draft.at, draft.text, draft.media):
            return Skipped.DUPLICATE
        return Post(
            platform=platform,
            account=self.account,
            id=content_id(draft.at, draft.text, [one.path or "" for one in draft.media]),
            created_at=draft.at,
            text=draft.text,
            where=f"{label}#{of[4]}",
            kind=draft.kind,
            time_quality=draft.quality,
            url=draft.url,
            is_repost=draft.is_repost,
            links=draft.links,
            media=draft.media if self._sizes is None else self._sizes.told(draft.media, of[3]),
            location=draft.location,
        )

    def _homes(self, members: Iterable[str]) -> dict[str, _Home]:
        """Say of each member what is the same for all its posts."""
        given = {"instagram": Given(), "threads": Given()}
        homes = {}
        for member in members:
            platform = "threads" if THREADS_FILES.search(member) else "instagram"
            homes[member] = self._archive.label(member), platform, given[platform]
        return homes


_Home = tuple[str, str, Given]
"""How a member is called, the platform its posts are of, and which were given of that."""


def _told(kind: str, record: Any) -> Told:
    return record.told(kind) if isinstance(record, Drawn) else told(kind, record)


def _drafted(record: Any, kind: str) -> Draft:
    if isinstance(record, Damaged):
        raise ValueError(record)  # noqa: TRY004 - one class says "rejected"
    return record.drafted(kind) if isinstance(record, Drawn) else drafted(record, kind)


def _carousel(first: Old, of: _Read, read: list[_Read]) -> list[Old]:
    """Take the other pictures of a carousel from what is still to be given: each is listed by itself.

    Args:
        first: its first picture.
        of: what that was read as; the others share its time, kind and member.
        read: the records to come, the next one last.
    """
    pictures: list[Old] = []
    others: list[_Read] = []
    while read and read[-1][0] == of[0] and len(others) < _LOOKED_BEYOND:
        one = read.pop()
        is_next = type(one[1]) is Old and one[1].caption == first.caption and one[2:4] == of[2:4]
        if is_next and type(one[1]) is Old:
            pictures.append(one[1])
        else:
            others.append(one)
    read.extend(reversed(others))
    return pictures


def _told_twice(first: AccountEvent, of: _Read, read: list[_Read]) -> tuple[AccountEvent, int]:
    """Join what several files tell of one event: a list of logins and the list of everything that was done.

    Args:
        first: the event.
        of: what it was read as; two lines of one file are two events.
        read: the records to come, the next one last; what tells the same is taken out.

    Returns:
        The event with the details of all, and how many others told it.
    """
    details = dict(first.details)
    others: list[_Read] = []
    members = {of[3]}
    while read and read[-1][0] == first.at and len(others) < _LOOKED_BEYOND:
        another = read.pop()
        one = another[1]
        if (
            type(one) is AccountEvent
            and one.kind == first.kind
            and another[3] not in members
            and all(details.get(key, value) == value for key, value in one.details.items())
        ):
            details |= one.details
            members.add(another[3])
        else:
            others.append(another)
    read.extend(reversed(others))
    repeats = len(members) - 1
    return (msgspec.structs.replace(first, details=details) if repeats else first), repeats


def _each(pictures: Album) -> Iterator[tuple[str, Old]]:
    return ((kind, one) for kind, listed in pictures for one in listed)


def _together(pictures: Album, member: str) -> Iterator[_Read]:
    """Return what pictures of a member tell, all of whose times are known to be good."""
    places = count()
    return chain.from_iterable(
        zip([one.taken_at for one in listed], listed, repeat(kind), repeat(member), places)
        for kind, listed in pictures
    )


def _joined(carousels: dict[tuple[datetime, str, str], Draft], draft: Draft) -> Draft | Skipped:
    """Join the pictures of one carousel, which the layout of 2018 lists as items of their own."""
    if not draft.is_piece:
        return draft
    first = carousels.setdefault((draft.at, draft.text, draft.kind), draft)
    if first is draft:
        return draft
    first.media += tuple(one for one in draft.media if one not in first.media)
    return Skipped.DUPLICATE
