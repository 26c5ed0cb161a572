"""Feeds saved as files: RSS, Atom and JSON Feed."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Final

import msgspec

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._encodings import beginning
from detector.sources._feed_items import Feed, Item
from detector.sources._feeds import HEAD, form_of, read_feed
from detector.sources._members import MEDIA
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

LARGEST: Final = {"xml": 16 << 20, "json": 128 << 20}
"""Bytes of one feed, at most, by how it is written: all of it is held in memory, XML several times over."""
_ENDINGS: Final = frozenset({".xml", ".rss", ".atom", ".rdf", ".json", ".feed", ".txt", ""})
_MOST: Final = 40
"""Feeds in one archive whose beginnings are looked at."""
_CREATED_AT: Final = attrgetter("created_at")


class FeedFile(Source):
    """RSS 0.9 to 2.0, Atom and JSON Feed, saved as files: of a website, a channel or an account.

    Two items are one post when account and id (guid, Atom id, a film's own) are the same; the one
    published first is given. An id that stands over another text at another address is no id. Without
    one it is time, text and media.
    """

    platforms = ()
    tier = "silver"

    def __init__(self, archive: Archive, members: list[str], account: str, platform: str) -> None:
        self._archive = archive
        self._members = members
        self._account = account
        self._platform = platform

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether there is nothing but feeds in it, and pictures."""
        members = [one for one in archive.members if not MEDIA.search(one)]
        if len(members) > 1 and any(_ending(one) not in _ENDINGS for one in members):
            return False
        return bool(members) and all(_form(archive, one) for one in members[:_MOST])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> FeedFile:
        """Find the feeds; whose each is, it tells itself unless the caller does.

        Raises:
            ExportFormatError: none is there.
        """
        members = [one for one in archive.members if not MEDIA.search(one) and _form(archive, one)]
        if not members:
            raise ExportFormatError(
                "holds no feed",
                where=Location(str(archive.path)),
                hint="save the feed itself, RSS, Atom or JSON, not the page that links to it",
            )
        return cls(archive, members, (account or "").removeprefix("@"), (platform or "").lower())

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts oldest first; items that cannot be read lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        posts: list[Post] = []
        rejected: list[Rejected] = []
        failures: list[ExportFormatError] = []
        for member in self._members:
            try:
                self._read(member, posts, rejected)
            except ExportFormatError as error:
                failures.append(error)
        if failures and len(failures) == len(self._members):
            raise failures[0]
        for failure in failures:
            yield Rejected(failure.where or Location(str(self._archive.path)), failure.message)
        yield from rejected
        posts.sort(key=_CREATED_AT)
        yield from _once(posts)

    def _read(self, member: str, posts: list[Post], rejected: list[Rejected]) -> None:
        """Add what a member holds to what others do."""
        label = self._archive.label(member)
        feed = self._feed(member, label)
        account = self._account or feed.account or PurePosixPath(member).stem or "unknown"
        platform = self._platform or feed.platform
        for index, item in enumerate(feed.items):
            if type(item) is Item:
                posts.append(_post(item, platform, account, f"{label}#{index}"))
            else:
                rejected.append(Rejected(Location(label, index), str(item)))
        if feed.end:
            rejected.append(Rejected(Location(label), feed.end))

    def _feed(self, member: str, label: str) -> Feed:
        form = _form(self._archive, member)
        size, most = self._archive.size(member), LARGEST[form or "xml"]
        raw = b"" if size > most else self._archive.read(member, size + 1)
        if max(size, len(raw)) > most:
            raise ExportFormatError(
                f"is larger than {most >> 20} MiB", where=Location(label), hint="split it"
            )
        return read_feed(raw, label, form)


def _ending(member: str) -> str:
    return PurePosixPath(member).suffix.lower()


def _form(archive: Archive, member: str) -> str:
    """Say how a feed is written, ``xml`` or ``json``; empty when it is none."""
    try:
        head = beginning(archive.read(member, HEAD))
    except SourceError:
        return ""
    return form_of(head)


def _post(item: Item, platform: str, account: str, where: str) -> Post:
    return Post(
        platform=platform,
        account=account,
        id=item.id or content_id(item.at, item.text, [one.path or "" for one in item.media]),
        created_at=item.at,
        text=item.text,
        where=where,
        time_quality=item.quality,
        url=item.url,
        is_repost=item.is_repost,
        links=item.links,
        media=item.media,
        language=item.language,
    )


def _once(posts: list[Post]) -> Iterator[Post | Skipped]:
    """Yield each post, unless it was given before."""
    if len({one.id for one in posts}) == len(posts):
        yield from posts
        return
    given: dict[tuple[str, str], Post] = {}
    for post in posts:
        first = given.setdefault((post.account, post.id), post)
        yield post if first is post else _again(post, first, given)


def _again(post: Post, first: Post, given: dict[tuple[str, str], Post]) -> Post | Skipped:
    """Return a post whose id another has, unless it is the same."""
    if first.url == post.url or first.text == post.text:
        return Skipped.DUPLICATE
    # Some programs write one guid over all their items.
    own = content_id(post.created_at, post.text, [one.path or "" for one in post.media])
    renamed = msgspec.structs.replace(post, id=own)
    return (
        renamed if given.setdefault((post.account, own), renamed) is renamed else Skipped.DUPLICATE
    )
