"""A Bluesky account's repository (CAR), or its records and posts as the API lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._atproto import (
    Block,
    address,
    blocks,
    keys_of,
    spelled,
)
from detector.sources._atproto_posts import FIRST_YEAR, POST, REPOST, record_post, shown_post
from detector.sources._elements import Damaged
from detector.sources._json_pages import heads, records
from detector.sources._times import moment_since
from detector.sources.interface import Outcome, Skipped, Source, paged

_PROFILE: Final = "app.bsky.actor.profile"
_FILES: Final = re.compile(r"\.(?:car|json|jsonl|ndjson)$", re.IGNORECASE)
_MOST: Final = 8
_LISTS: Final = ("records", "feed", "posts")
_TYPED: Final = re.compile(rb'"\$type"\s{0,99}:\s{0,99}"app\.bsky\.feed\.(?:re)?post"')
_AT: Final = re.compile(rb'"at://[^"\s]{1,300}/app\.bsky\.feed\.(?:re)?post/')
_DID_DOCUMENT: Final = re.compile(
    rb'"alsoKnownAs"\s{0,99}:\s{0,99}\[\s{0,99}"at://([^"/\s]{1,253})"'
)
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)

_decode: Final = msgspec.json.Decoder().decode
_Read = tuple[datetime, Outcome]


class BlueskyExport(Source):
    """A repository as Bluesky exports it (CAR), or saved pages of listRecords and getAuthorFeed.

    A post is the same in all of them by its address (``at://``); a block that no key names, by its hash.
    """

    platforms = ("bluesky",)
    tier = "silver"

    def __init__(
        self, archive: Archive, members: list[tuple[str, str]], account: str | None
    ) -> None:
        self._archive = archive
        self._members = members
        self._told = account
        self._handle = account or _handle(archive)

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file begins like a repository, or names Bluesky's kinds of records."""
        return bool(_found(archive))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> BlueskyExport:
        """Prepare to read; a handle given by the caller wins, then the file's, then the DID.

        Raises:
            ExportFormatError: there is neither a repository nor a list of records.
        """
        del platform  # Its records are never another platform's.
        members = _found(archive)
        if not members:
            raise ExportFormatError(
                "holds no repository and no records of Bluesky's",
                where=Location(str(archive.path)),
                hint="ask for it again: Settings, Account, Export my data",
            )
        return cls(archive, members, account.removeprefix("@") if account else None)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts, reposts and the making of the profile, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        read: list[_Read] = []
        failures: list[ExportFormatError] = []
        for member, kind in self._members:
            try:
                read.extend(self._car(member) if kind == "car" else self._json(member))
            except ExportFormatError as error:
                failures.append(error)
        if len(failures) == len(self._members):
            raise failures[0]
        for failure in failures:
            where = failure.where or Location(str(self._archive.path))
            yield Rejected(where, failure.message)
        read.sort(key=lambda one: one[0])
        given: set[object] = set()
        for _, one in read:
            key: object = None
            if isinstance(one, Post):
                key = one.id
            elif isinstance(one, AccountEvent):
                key = one.account, one.kind, one.at
            yield Skipped.DUPLICATE if key in given else one
            if key is not None:
                given.add(key)

    def _car(self, member: str) -> Iterator[_Read]:
        """Yield what became of every post, repost and profile in a repository, and of damaged blocks."""
        label = self._archive.label(member)
        found: list[Block] = []
        keys: dict[bytes, list[str]] = {}
        owner = ""
        for block in blocks(self._archive.read(member), label):
            tree = block.tree
            if not isinstance(tree, dict):
                yield _UNDATED, Rejected(Location(label, block.place), "is a damaged block")
            elif tree.get("$type") in (POST, REPOST, _PROFILE):
                found.append(block)
            elif "e" in tree and "l" in tree:
                for key, cid in keys_of(tree):
                    keys.setdefault(cid, []).append(key)
            elif isinstance(tree.get("did"), str) and "data" in tree:
                owner = tree["did"]
        for block in found:
            for key in keys.get(block.cid, [""]):
                uri = f"at://{owner}/{key}" if key else spelled(block.cid)
                yield self._read(uri, block.tree, label, block.place, owner)

    def _json(self, member: str) -> Iterator[_Read]:
        label = self._archive.label(member)
        for index, one in records(self._archive, member, _LISTS, _decode):
            if not isinstance(one, dict):
                why = str(one) if isinstance(one, Damaged) else "is not an object"
                yield _UNDATED, Rejected(Location(label, index), why)
            elif isinstance(one.get("post"), dict):
                yield self._seen(one["post"], one.get("reason"), label, index)
            elif isinstance(one.get("record"), dict):
                yield self._seen(one, None, label, index)
            else:
                value = one.get("value", one)
                uri = one.get("uri") if isinstance(one.get("uri"), str) else ""
                yield self._read(str(uri), value, label, index, address(uri).owner)

    def _read(self, uri: str, record: Any, label: str, index: int, owner: str) -> _Read:
        """Return (time, what became of it) of one record of the account's own."""
        try:
            if not isinstance(record, dict):
                raise ValueError("is not an object")  # noqa: TRY004, TRY301
            kind = record.get("$type")
            if kind == _PROFILE:
                return self._profile(record, owner, f"{label}#{index}")
            if kind not in (POST, REPOST):
                return _UNDATED, Skipped.IGNORED
            post = record_post(
                uri, record, self._handle or owner or _name(self._archive), f"{label}#{index}"
            )
        except ValueError as error:
            return _UNDATED, Rejected(Location(label, index), str(error))
        return post.created_at, post

    def _seen(self, view: dict[str, Any], reason: Any, label: str, index: int) -> _Read:
        """Return (time, what became of it) of a post as a feed shows it."""
        try:
            post = shown_post(
                view, reason, f"{label}#{index}", self._told or "", _name(self._archive)
            )
        except ValueError as error:
            return _UNDATED, Rejected(Location(label, index), str(error))
        return post.created_at, post

    def _profile(self, record: dict[str, Any], owner: str, where: str) -> _Read:
        """Return when the profile was made; profiles of before 2024 do not say."""
        if record.get("createdAt") is None:
            return _UNDATED, Skipped.IGNORED
        at, quality = moment_since(record["createdAt"], FIRST_YEAR)
        return at, AccountEvent(
            platform="bluesky", account=self._handle or owner or _name(self._archive), kind="signup",
            at=at, where=where, time_quality=quality,
        )  # fmt: skip


def _found(archive: Archive) -> list[tuple[str, str]]:
    """Return the members that hold posts, and whether each is a repository."""
    found = []
    for member, head in heads(archive, _FILES, _MOST):
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if b"eroots" in head[:64] and b"gversion" in head[:128]:
            if b"did:" in head or b"app.bsky." in head:
                found.append((member, "car"))
        elif (
            start in (b"{", b"[")
            and _TYPED.search(head)
            and (_AT.search(head) or b'"createdAt"' in head)
        ):
            found.append((member, "json"))
    return found


def _handle(archive: Archive) -> str | None:
    """Return the handle that an identity document beside the records tells."""
    for _, head in heads(archive, _FILES, _MOST):
        if match := _DID_DOCUMENT.search(head):
            return match[1].decode("utf-8", "replace")
    return None


def _name(archive: Archive) -> str:
    """Return whose it is when nothing in a record tells: the name of the archive."""
    return archive.title
