"""Folders that instaloader filled: a file of metadata beside each post's pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, Final

from msgspec.structs import replace

from detector.errors import ExportFormatError, Location
from detector.records import Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._collected import (
    UNDATED,
    Dated,
    inner,
    name,
    objects,
    spoilt,
    stem,
)
from detector.sources._encodings import decoded
from detector.sources._instagram_items import post_of, written
from detector.sources._instaloader import Shelf, beginning_of, whole
from detector.sources.interface import Outcome, Skipped, Source, paged

_METADATA: Final = re.compile(r"(?<!_comments)\.json(?:\.xz)?$", re.IGNORECASE)
_DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}_UTC[^/]{0,100}$")
_NODE: Final = re.compile(r'\{\s{0,20}"(?:node|instaloader)"\s{0,9}:\s{0,9}\{')
_INSTAGRAM: Final = re.compile(
    r'"(?:shortcode|iphone_struct|taken_at_timestamp|edge_[a-z_]{3,60}|is_video|__typename|biography'
    r'|node_type|query_hash|query_referer)"\s{0,9}:'
)
_POSTS: Final = frozenset({"Post", "StoryItem"})
_TRIED: Final = 6
_CAPTION_BYTES: Final = 1 << 20


class Instaloader(Source):
    """Instaloader folders: metadata in ``.json`` or ``.json.xz`` with captions, comments and media beside.

    Profiles and what else instaloader keeps its place by are ignored by name. The owner's handle wins over
    the caller's account, for one folder may hold many; where the metadata names none, the folder does if
    the caller does not. Two files are one post if their shortcode is the same.
    """

    platforms = ("instagram",)
    tier = "silver"
    marks = r"\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}_UTC[^/]{0,60}\.json(?:\.xz)?"

    def __init__(self, archive: Archive, account: str) -> None:
        self._archive = archive
        self._account = account
        self._shelf = Shelf(archive)

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file of metadata begins with one of instaloader's nodes."""
        named = _named(archive)
        likely = [one for one in named if _DATED.search(one)][:_TRIED]
        likely += [one for one in named if one not in likely][:_TRIED]
        return any(_is_node(archive, member) for member in likely)

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> Instaloader:
        """Take note of whom to name where the metadata does not.

        Raises:
            ExportFormatError: there is no metadata.
        """
        del platform  # Instaloader knows Instagram only.
        if not _named(archive):
            raise ExportFormatError(
                "holds no metadata of instaloader",
                where=Location(str(archive.path)),
                hint="collect it again without --no-metadata-json",
            )
        return cls(archive, name(account))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        read: list[Dated] = []
        failures: list[tuple[ExportFormatError, str]] = []
        members = _named(self._archive)
        for member in members:
            try:
                read.extend(self._member(member))
            except ExportFormatError as error:
                failures.append((error, self._archive.label(member)))
        if failures and len(failures) == len(members):
            raise failures[0][0]
        for failure, label in failures:
            yield spoilt(failure, label)
        read.sort(key=itemgetter(0))
        given: set[str] = set()
        for _, one in read:
            if isinstance(one, Post):
                yield Skipped.DUPLICATE if one.id in given else one
                given.add(one.id)
            else:
                yield one

    def _member(self, member: str) -> Iterator[Dated]:
        """Yield what one file of metadata tells, and its comments' file when that is damaged.

        Raises:
            ExportFormatError: it cannot be read.
        """
        tree = whole(self._archive, member)
        where = Location(self._archive.label(member), 0)
        node = inner(tree, "node")
        sort = name(inner(tree, "instaloader", "node_type"))
        if isinstance(node, dict) and sort not in _POSTS and (sort or "biography" in node):
            yield UNDATED, Skipped.IGNORED
            return
        if not isinstance(node, dict):
            if isinstance(tree, dict) and "instaloader" not in tree:
                # Somebody else's file in the same folder.
                yield UNDATED, Skipped.IGNORED
            else:
                yield UNDATED, Rejected(where, "holds no node")
            return
        try:
            post = self._post(node, member, str(where), "story" if sort == "StoryItem" else "")
        except ValueError as error:
            yield UNDATED, Rejected(where, str(error))
            return
        comments = self._shelf.comments(member)
        if comments:
            try:
                told = objects(whole(self._archive, comments))
                post = replace(post, comments=written(told) or post.comments)
            except ExportFormatError as error:
                yield UNDATED, spoilt(error, self._archive.label(comments))
        yield post.created_at, post

    def _post(self, node: dict[str, Any], member: str, where: str, kind: str) -> Post:
        account = (
            self._account or member.rpartition("/")[0].rpartition("/")[2] or stem(self._archive)
        )
        post = post_of(node, where, account=account, kind=kind)
        if not post.text and (caption := self._shelf.caption(member)):
            text = decoded(self._archive.read(caption, _CAPTION_BYTES)).strip("\r\n")
            post = replace(post, text=text)
        media = self._shelf.media(member)
        return replace(post, media=media) if media else post


def _named(archive: Archive) -> list[str]:
    return [one for one in archive.members if _METADATA.search(one)]


def _is_node(archive: Archive, member: str) -> bool:
    head = beginning_of(archive, member)
    return _NODE.match(head) is not None and _INSTAGRAM.search(head) is not None
