"""A Mastodon account's archive (outbox.json, also inside .tar.gz), or a saved list of its statuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Page, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._elements import Damaged
from detector.sources._json_pages import heads, records
from detector.sources._mastodon import (
    Activity,
    Note,
    Status,
    account_of,
    audience,
    handle_of,
    language_of,
    links,
    local_media,
    options,
    own_id,
    status_post,
    when,
    words,
)
from detector.sources._meta import parsed
from detector.sources._values import mended
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_JSON: Final = re.compile(r"(?:^|/)[^/]{1,200}\.(?:json|jsonl|ndjson)$", re.IGNORECASE)
_MOST: Final = 8
_ACTOR: Final = re.compile(r"(?:^|/)actor\.json$")
_ITEMS: Final = re.compile(
    rb'"OrderedCollection"[^\[\]]{0,2000}"orderedItems"\s{0,99}:\s{0,99}\[\s{0,99}(?:\{|\])'
    rb'|"orderedItems"\s{0,99}:\s{0,99}\[\s{0,99}\{'
)
"""Likes and bookmarks are ordered collections too, but of addresses."""
_LIKES: Final = re.compile(rb'"id"\s{0,99}:\s{0,99}"(?:likes|bookmarks)\.json"')
_STATUS: Final = (
    re.compile(rb'"visibility"\s{0,99}:\s{0,99}"(?:public|unlisted|private|direct)"'),
    re.compile(rb'"spoiler_text"\s{0,99}:'),
    re.compile(rb'"content"\s{0,99}:'),
    re.compile(rb'"account"\s{0,99}:\s{0,99}\{'),
)
_POSTED: Final = re.compile(
    rb'"url"\s{0,99}:\s{0,99}"(https?://[^"\\/]{1,250}/@[^"\\/@]{1,100})/\d'
)
_HOST: Final = re.compile(r"https?://([^/\s]{1,250})/")
_NUMBERED: Final = re.compile(r"(https?://[^/\s]{1,250}/ap/users/\d{1,20})/")
_WHO: Final = re.compile(rb'"actor"\s{0,99}:\s{0,99}"(https?://[^"\\]{1,300})"')
_NOT_POSTS: Final = frozenset(
    {"Update", "Delete", "Like", "Follow", "Accept", "Reject", "Add", "Remove", "Undo", "Block",
     "Flag", "Move"}
)  # fmt: skip
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)

_activities: Final = msgspec.json.Decoder(list[Activity]).decode
_statuses: Final = msgspec.json.Decoder(list[Status]).decode

_Read = tuple[datetime, Outcome]


class MastodonExport(Source):
    """Mastodon's own archive, packed or unpacked; or statuses of its API, saved as a list.

    A status is the same in every archive by the number its server gave it. What is not for the public
    is counted and never given.
    """

    platforms = ("mastodon",)
    tier = "silver"
    marks = r"outbox\.json|actor\.json"

    def __init__(
        self, archive: Archive, members: list[tuple[str, str]], account: str | None
    ) -> None:
        self._archive = archive
        self._members = members
        self._told = account
        self.account = account or _whose(archive, members)
        self._media: dict[str, tuple[str, int]] = {}

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file begins like an outbox or like a list of statuses."""
        return bool(_found(archive))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> MastodonExport:
        """Find out whose it is: ``user@host`` by its actor; a name given by the caller wins over all.

        Raises:
            ExportFormatError: there is neither an outbox nor a list of statuses.
        """
        del platform  # Mastodon's records are never another platform's.
        members = _found(archive)
        if not members:
            raise ExportFormatError(
                "holds no outbox of Mastodon's and no statuses",
                where=Location(str(archive.path)),
                hint="ask the server for the archive again, under Import and export",
            )
        return cls(archive, members, account.removeprefix("@") if account else None)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and the sign-up together, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        for member in self._archive.members:
            _, slash, tail = member.rpartition("media_attachments/")
            if slash:
                self._media[f"{slash}{tail}"] = member, self._archive.size(member)
        read: list[_Read] = []
        failures: list[ExportFormatError] = []
        for member, kind in self._members:
            try:
                read.extend(self._member(member, kind))
            except ExportFormatError as error:
                failures.append(error)
        if len(failures) == len(self._members):
            raise failures[0]
        read += [(_UNDATED, self._failure(error)) for error in failures]
        read += [self._signup(member) for member in filter(_ACTOR.search, self._archive.members)]
        read.sort(key=lambda one: one[0])
        given: set[str] = set()
        for _, one in read:
            if isinstance(one, Post):
                key = f"{one.account} {one.id} {one.is_repost}"
                yield Skipped.DUPLICATE if key in given else one
                given.add(key)
            elif isinstance(one, AccountEvent):
                key = f"{one.kind} {one.at}"
                yield Skipped.DUPLICATE if key in given else one
                given.add(key)
            else:
                yield one

    def _failure(self, error: ExportFormatError) -> Rejected:
        return Rejected(error.where or Location(str(self._archive.path)), error.message)

    def _member(self, member: str, kind: str) -> Iterator[_Read]:
        """Yield (time, what became of it) for every record of one member."""
        label = self._archive.label(member)
        is_outbox = kind == "outbox"
        decode, shape = (_activities, Activity) if is_outbox else (_statuses, Status)
        post = self._of_activity if is_outbox else self._of_status
        keys = ("orderedItems",) if is_outbox else ("statuses",)
        for index, one in records(self._archive, member, keys, decode):
            try:
                if type(one) is not shape:
                    one = _shaped(one, shape)  # noqa: PLW2901
                made = post(one, f"{label}#{index}")
                yield (made.created_at if isinstance(made, Post) else _UNDATED), made
            except ValueError as error:
                yield _UNDATED, Rejected(Location(label, index), str(error))

    def _of_activity(self, one: Activity, where: str) -> Post | Skipped:
        if isinstance(one.type, str) and one.type in _NOT_POSTS:
            return Skipped.IGNORED
        note = one.object
        if isinstance(note, str) or note.type == "Tombstone":
            if one.type != "Announce" or not isinstance(note, str):
                return Skipped.IGNORED
            note, is_repost = Note(url=note), True
        else:
            is_repost = one.type == "Announce"
        is_public = audience(note.to, note.cc)
        if is_repost or is_public is None:
            is_public = audience(one.to, one.cc)
        if is_public is None:
            raise ValueError("does not say who may see it")
        if not is_public:
            return Skipped.IGNORED
        at, quality = when(one.published if is_repost else note.published or one.published)
        text = words(note.summary, note.content)
        choices = options(note.oneOf, note.anyOf)
        url = note.url if isinstance(note.url, str) else None
        found = own_id(one.id if is_repost else note.id or one.id)
        parent = note.inReplyTo if isinstance(note.inReplyTo, str) else None
        return Post(
            platform="mastodon",
            account=self.account,
            id=found or content_id(at, text),
            created_at=at,
            text=f"{text}\n\n{choices}".strip() if choices else text,
            where=where,
            time_quality=quality,
            url=url if not is_repost else None,
            language=language_of(note.contentMap),
            in_reply_to=own_id(parent)
            if parent and self._is_own(parent, note.id or one.id)
            else parent,
            is_repost=is_repost,
            links=(url,) if is_repost and url else links(note.content),
            media=local_media(note.attachment, self._media) if note.attachment else (),
        )

    def _is_own(self, address: str, post: Any) -> bool:
        numbered = _NUMBERED.match(post) if isinstance(post, str) else None
        if numbered:
            return address.startswith(numbered[0])
        user, _, host = self.account.partition("@")
        return bool(host) and address.startswith(
            (f"https://{host}/users/{user}/", f"https://{host}/@{user}/")
        )

    def _of_status(self, one: Status, where: str) -> Post | Skipped:
        post = status_post(one, self._told or account_of(one), where, self._media)
        return Skipped.IGNORED if post is None else post

    def _signup(self, member: str) -> _Read:
        """Return when the account was opened, to the day."""
        label = self._archive.label(member)
        where = Location(label, 0)
        try:
            tree = mended(parsed(self._archive.read(member), label))
            if not isinstance(tree, dict):
                return _UNDATED, Rejected(where, "is not an object")
            if tree.get("published") is None:
                return _UNDATED, Skipped.IGNORED
            at, quality = when(tree["published"])
        except ExportFormatError as error:
            return _UNDATED, self._failure(error)
        except (ValueError, RecursionError) as error:
            return _UNDATED, Rejected(where, str(error))
        if at.time() == time():
            quality = TimeQuality.MINUTE
        return at, AccountEvent(
            platform="mastodon", account=self.account, kind="signup", at=at, where=str(where),
            time_quality=quality,
        )  # fmt: skip


def _shaped(one: Any, shape: type[Activity | Status]) -> Any:
    """Give an untyped record its type.

    Raises:
        ValueError: it is damaged, or of another kind.
    """
    if isinstance(one, Damaged):
        raise ValueError(one)  # noqa: TRY004 - one class says "rejected"
    if not isinstance(one, dict):
        raise ValueError("is not an object")  # noqa: TRY004
    if shape is Activity and "object" not in one and "content" in one:
        # Some servers list what was made, without its making.
        one = {"type": "Create", "object": one, "actor": one.get("attributedTo")}
    made = one.get("object")
    if shape is Activity and isinstance(made, dict) and isinstance(made.get("attachment"), dict):
        # ActivityStreams allows a list of one to be written without brackets.
        one = {**one, "object": {**made, "attachment": [made["attachment"]]}}
    try:
        return msgspec.convert(one, shape)
    except (msgspec.ValidationError, RecursionError):
        lacks = "object" if shape is Activity else "time, audience or account"
        raise ValueError(f"has no {lacks}, or one of another kind") from None


def _found(archive: Archive) -> list[tuple[str, str]]:
    """Return the members that hold posts, and whether each is an outbox or a list of statuses."""
    found = []
    for member, head in heads(archive, _JSON, _MOST):
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if start == b"{" and _ITEMS.search(head) and not _LIKES.search(head):
            found.append((member, "outbox"))
        elif start in (b"{", b"[") and all(one.search(head) for one in _STATUS):
            found.append((member, "statuses"))
    return found


def _whose(archive: Archive, members: list[tuple[str, str]]) -> str:
    """Return ``user@host``: by the actor, by the activities, else the name of the archive."""
    for member in filter(_ACTOR.search, archive.members):
        try:
            tree = mended(parsed(archive.read(member), archive.label(member)))
        except (ExportFormatError, RecursionError):
            continue
        if isinstance(tree, dict):
            name = tree.get("preferredUsername")
            told = handle_of(tree.get("id")) or handle_of(tree.get("url"))
            if isinstance(name, str) and name and told:
                return f"{name}@{told.partition('@')[2]}"
            host = _HOST.match(str(tree.get("id")))
            if isinstance(name, str) and name:
                return f"{name}@{host[1]}" if host else name
            if told:
                return told
    for member, head in heads(archive, _JSON, _MOST):
        match = _WHO.search(head) if (member, "outbox") in members else None
        if not match:
            continue
        actor = match[1].decode("utf-8", "replace")
        # Since 2025 new accounts' addresses have a number for the name; those of their posts have it.
        page = _POSTED.search(head)
        if told := handle_of(actor) or (page and handle_of(page[1].decode("utf-8", "replace"))):
            return told
    return archive.title
