"""Facebook's own export ("Download your information") of profiles and Pages, since 2018."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Page, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._elements import elements
from detector.sources._facebook_events import (
    EVENT_FILES,
    EVENT_KEYS,
    OWNER_FILES,
    event_lists,
    kind_by_name,
    owner_of,
    told,
)
from detector.sources._facebook_html import html_events, html_owner, html_posts
from detector.sources._facebook_members import (
    PIECE_FILES,
    PIECE_KEYS,
    POST_KEYS,
    is_facebooks,
    others,
    told_by_name,
)
from detector.sources._facebook_posts import Draft, drafted, plain_at, posted_plainly
from detector.sources._facebook_repeats import Second, own_name
from detector.sources._facebook_shapes import Record, decode, typed
from detector.sources._meta import parsed
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_AGAIN: Final = "ask Facebook for the export again, or download it again"
_KINDS: Final = (
    (re.compile(r"(?:^|/)archived_stories"), "story"),
    (re.compile(r"(?:^|/)(?:your_)?reels"), "reel"),
    (re.compile(r"(?:^|/)archive[^/]{0,20}$"), "archived"),
    (re.compile(r"(?:^|/)trash[^/]{0,20}$"), "other"),
)
"""Names of members that hold another kind than plain posts."""
_PORTRAITS: Final = frozenset({"profile pictures", "foto profil"})
_NAMED: Final = re.compile(
    r"facebook-(.{1,60}?)-(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}_\d{1,2}_\d{4}|\d{1,2}-\d{1,2}-\d{4}|\d{8})"
    r"|facebook-([^-]{1,60})$"
)
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


class _Read(msgspec.Struct, gc=False):
    """When a record happened, what it tells, and what it is to the others."""

    at: datetime
    one: Record | Post | AccountEvent | Rejected | Skipped
    is_piece: bool = False
    """Whether it is a picture or film listed by itself, which may repeat a post's."""
    is_derived: bool = False
    """Whether it is an event told by a post's record, and not a record of its own."""
    where: str = ""
    kind: str = ""
    """What a record is needed for when it becomes a post."""


class FacebookExport(Source):
    """Facebook's "Download your information" of a profile or Page, JSON or HTML, whole or in parts.

    There are no ids: two records are one post if time, text and media names are the same. A picture or
    film of an album is a duplicate if a post has it too. An edit later than a minute and an upload's
    address are account events of their own, beside the post's record; of addresses one a day is given.
    """

    platforms = ("facebook",)
    tier = "silver"
    marks = (
        r"your_facebook_activity|(?:this_(?:profile|page).s|your)_activity_across_facebook"
        r"|comments_and_reactions|profile_information|personal_information"
        r"|security_and_login_information|about_you|photos_and_videos|other_logged_information"
        r"|posts/(?:your|profile)_posts[a-z_]{0,40}(?:_\d{1,6})?\.(?:json|html)"
        r"|(?:your|profile)_posts[a-z_]{0,40}(?:_\d{1,6})?\.(?:json|html)"
    )

    def __init__(self, archive: Archive, account: str) -> None:
        self._archive = archive
        self.account = account
        self._sizes = _sizes(archive)
        self._uploads: dict[tuple[str, date], datetime] = {}
        """When a picture first came from an address on a day, as far as was read."""

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file lies where only Facebook puts it, or begins like one of Facebook's."""
        return is_facebooks(archive)

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> FacebookExport:
        """Find out whose export it is; a name given by the caller wins over all.

        Raises:
            ExportFormatError: it holds neither posts nor account events.
        """
        del platform  # A Facebook export is never another platform's.
        if not (told_by_name(archive) or others(archive)):
            raise ExportFormatError(
                "is a Facebook export without posts",
                where=Location(str(archive.path)),
                hint="ask Facebook for it again: posts, and security and login information, as JSON",
            )
        return cls(archive, account.removeprefix("@") if account else _whose(archive))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and account events together, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        """Yield one outcome a record, by time; then by file and place in it."""
        read: list[_Read] = []
        failures: list[ExportFormatError] = []
        for member in [*told_by_name(self._archive), *others(self._archive)]:
            try:
                read.extend(self._member(member))
            except ExportFormatError as error:
                failures.append(error)
        if failures and not read:
            raise failures[0]
        for failure in failures:
            where = failure.where or Location(str(self._archive.path))
            yield Rejected(where, failure.message)
        read.sort(key=attrgetter("at"))
        yield from self._once(read)

    def _member(self, member: str) -> Iterator[_Read]:
        label = self._archive.label(member)
        if member.endswith(".html"):
            yield from self._page(member, label)
            return
        head = self._archive.read(member, 99).lstrip(b"\xef\xbb\xbf \t\r\n")
        if EVENT_FILES.search(member):
            yield from self._events(_tree(self._archive, member), member)
        elif head.startswith(b"[") and not _is_wrapped(self._archive.read(member, 1 << 14)):
            kind, is_piece = _kind_of(member), PIECE_FILES.search(member) is not None
            with self._archive.open(member) as stream:
                for index, record in elements(stream, label, decode):
                    if type(record) is Record and (at := plain_at(record)) is not None:
                        yield _Read(at, record, False, False, f"{label}#{index}", kind)
                    else:
                        yield from self._record(record, label, index, kind, is_piece=is_piece)
        else:
            yield from self._wrapped(member, label)

    def _wrapped(self, member: str, label: str) -> Iterator[_Read]:
        """Read a member whose lists stand under keys: films, albums, the posts of 2018."""
        tree = _tree(self._archive, member)
        rows = tree if isinstance(tree, list) else [tree]
        lists = [
            (key.removesuffix("_v2"), inner, row)
            for row in rows
            if isinstance(row, dict)
            for key, inner in row.items()
            if (
                key.removesuffix("_v2") in POST_KEYS.keys() | EVENT_KEYS
                and (inner is None or isinstance(inner, list))
            )
            or (key == "profile_v2" and isinstance(inner, dict))
        ]
        if not lists:
            raise ExportFormatError("holds no list of posts", where=Location(label), hint=_AGAIN)
        index = 0
        for key, found, album in lists:
            records = found or []
            if key in EVENT_KEYS or key == "profile":
                yield from self._events({key: records}, member, index)
                index += len(records)
                continue
            kind = _kind_of(member) if POST_KEYS[key] == "post" else POST_KEYS[key]
            name = album.get("name")
            if isinstance(name, str) and name.strip().lower() in _PORTRAITS:
                kind = "profile_picture"
            for record in records:
                if (
                    isinstance(record, dict)
                    and isinstance(name, str)
                    and record.get("title") == name
                ):
                    record["title"] = None
                yield from self._record(record, label, index, kind, is_piece=key in PIECE_KEYS)
                index += 1

    def _page(self, member: str, label: str) -> Iterator[_Read]:
        """Read a member in HTML."""
        raw = self._archive.read(member)
        kind, is_piece = kind_by_name(member), PIECE_FILES.search(member) is not None
        if kind == "signup":
            return
        found = html_events(raw, kind) if kind else html_posts(raw)
        for index, one in enumerate(found):
            where = Location(label, index)
            if isinstance(one, str):
                yield _Read(_UNDATED, Rejected(where, one))
            elif isinstance(one, Draft):
                yield from self._drafted(one, str(where), _kind_of(member), is_piece=is_piece)
            else:
                (said, at, details), quality = one
                yield _Read(at, self._event(said, at, str(where), quality, details))

    def _record(
        self, record: Any, label: str, index: int, kind: str, *, is_piece: bool = False
    ) -> list[_Read]:
        """Return a post, and the events that its record tells besides; or why there is none."""
        try:
            draft = drafted(record if type(record) is Record else typed(record))
        except ValueError as error:
            return [_Read(_UNDATED, Rejected(Location(label, index), str(error)))]
        return self._drafted(draft, f"{label}#{index}", kind, is_piece=is_piece)

    def _drafted(
        self, draft: Draft, where: str, kind: str, *, is_piece: bool = False
    ) -> list[_Read]:
        post = self._post(draft, where, kind)
        found = [_Read(draft.at, post, is_piece)]
        for ip in draft.addresses:
            first = self._uploads.setdefault((ip, draft.at.date()), draft.at)
            if first < draft.at:
                continue  # One a day is enough, and this is not the day's first.
            event = self._event("post_uploaded", draft.at, where, draft.quality, {"ip": ip})
            found.append(_Read(draft.at, event, is_derived=True))
        if draft.edited_at is not None:
            of = {"post": post.id}
            event = self._event("post_edited", draft.edited_at, where, draft.quality, of)
            found.append(_Read(draft.edited_at, event, is_derived=True))
        return found

    def _events(self, tree: Any, member: str, start: int = 0) -> Iterator[_Read]:
        label = self._archive.label(member)
        try:
            listed = list(event_lists(tree, member))
        except TypeError as error:
            raise ExportFormatError(str(error), where=Location(label)) from error
        for index, (kind, record) in enumerate(listed, start):
            where = Location(label, index)
            try:
                found = told(kind, record, self.account)
            except ValueError as error:
                if kind != "signup":
                    yield _Read(_UNDATED, Rejected(where, str(error)))
                continue
            for number, (one, at, details) in enumerate(found):
                event = self._event(one, at, str(where), TimeQuality.EXACT, details)
                yield _Read(at, event, is_derived=number > 0)

    def _event(
        self, kind: str, at: datetime, where: str, quality: TimeQuality, details: dict[str, str]
    ) -> AccountEvent:
        return AccountEvent(
            platform="facebook",
            account=self.account,
            kind=kind,
            at=at,
            where=where,
            time_quality=quality,
            details=details,
        )

    def _post(self, draft: Draft, where: str, kind: str) -> Post:
        media = draft.media
        names = [one.path or "" for one in media]
        if media and self._sizes:
            media = tuple(
                [msgspec.structs.replace(one, size=self._sizes.get(own_name(one))) for one in media]
            )
        words: str | bytes = draft.text if draft.utf8 is None else draft.utf8
        if not names and not words:
            names = list(draft.links)
        return Post(
            platform="facebook",
            account=self.account,
            id=draft.id or content_id(draft.at, words, names),
            created_at=draft.at,
            text=draft.text,
            where=where,
            kind=kind,
            time_quality=draft.quality,
            app=draft.app,
            is_repost=draft.is_repost,
            links=draft.links,
            media=media,
            location=draft.location,
        )

    def _once(self, read: list[_Read]) -> Iterator[Outcome]:
        """Yield what was read, by time; what repeats a post or event already given becomes a duplicate.

        Args:
            read: oldest first; nothing is left in it.
        """
        posted: set[str] = set()
        if any(one.is_piece for one in read):
            posts = (one.one for one in read if type(one.one) is Post and not one.is_piece)
            posted.update(own_name(media) for post in posts for media in post.media)
        given: set[tuple[object, ...]] = set()
        second = Second()
        read.reverse()
        while read:
            told_by = read.pop()
            one = told_by.one
            if type(one) is Record:
                one = posted_plainly(one, told_by.at, self.account, told_by.kind, told_by.where)
            if type(one) is Post:
                if told_by.is_piece and one.media:
                    names = tuple([own_name(each) for each in one.media])
                    is_known = names in given or posted.issuperset(names)
                    given.add(names)
                else:
                    is_known = second.has(one)
                yield Skipped.DUPLICATE if is_known else one
            elif type(one) is AccountEvent:
                day = one.at.date() if one.kind == "post_uploaded" else one.at
                key = (one.kind, day, *sorted(one.details.items()))
                if key not in given:
                    given.add(key)
                    yield one
                elif not told_by.is_derived:
                    yield Skipped.DUPLICATE
            elif not isinstance(one, Record | Post):
                yield one


def _sizes(archive: Archive) -> dict[str, int]:
    """Return the bytes of every medium in the archive, by its own folder and name."""
    return {
        "/".join(member.rsplit("/", 2)[-2:]): archive.size(member)
        for member in archive.members
        if not member.endswith((".json", ".html", ".txt", ".css"))
    }


def _kind_of(member: str) -> str:
    return next((kind for name, kind in _KINDS if name.search(member)), "post")


def _is_wrapped(head: bytes) -> bool:
    """Whether a list's elements are objects of lists, as when a tool put several files into one."""
    wrapped = rb'\[\s{0,99}\{\s{0,99}"(?:[a-z_]{1,40}_v2|photos|status_updates)"\s{0,99}:\s{0,99}\['
    album = rb'"photos"\s{0,99}:\s{0,99}\[\s{0,99}[{\]]'
    return bool(re.search(wrapped, head) or re.search(album, head))


def _tree(archive: Archive, member: str) -> Any:
    """Parse a member as a whole.

    Raises:
        ExportFormatError: it is not JSON, or cut off.
    """
    try:
        return parsed(archive.read(member), archive.label(member))
    except ExportFormatError as error:
        raise ExportFormatError(error.message, where=error.where, hint=_AGAIN) from error


def _tells_profile(archive: Archive, member: str) -> bool:
    return b'"profile_v2"' in archive.read(member, 99)


def _whose(archive: Archive) -> str:
    """Return the account's user name, else its full name, else what the archive is called."""
    found: list[tuple[str, str]] = []
    members = [one for name in OWNER_FILES for one in archive.members if name.search(one)]
    for member in members or filter(partial(_tells_profile, archive), others(archive)):
        try:
            is_page = member.endswith(".html")
            found.append(
                html_owner(archive.read(member)) if is_page else owner_of(_tree(archive, member))
            )
        except ExportFormatError:
            continue
    told_names = [user for user, _ in found if user] + [full for _, full in found if full]
    if told_names:
        return told_names[0]
    match = next(filter(None, map(_NAMED.match, archive.titles)), None)
    return (match[1] or match[2]) if match else archive.title
