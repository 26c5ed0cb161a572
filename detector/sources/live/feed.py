"""Feeds by their address: RSS, Atom or JSON Feed of a website, a channel or a bridge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location, PlatformError
from detector.records import Page, Post, Profile, Rejected, TimeQuality
from detector.sources._encodings import beginning
from detector.sources._feed_items import UNDATED, Item
from detector.sources._feed_items import Feed as Parsed
from detector.sources._feeds import HEAD, form_of, read_feed
from detector.sources._zones import placed
from detector.sources.interface import Outcome
from detector.sources.live._feed_marks import Fresh, Row, fresh
from detector.sources.live._recent import marked, paged_of, written
from detector.sources.live.interface import LiveSource, Options
from detector.transport import Reply

_PAGE: Final = 200
"""Posts in a page; fewer than are remembered of a feed that shows no more."""
_AHEAD: Final = timedelta(minutes=5)
"""By which an item's time may be after ours; one further off was written in a zone the feed does not name."""
_WHOLE: Final = timedelta(hours=6)
"""After which a feed is read whole, whatever its server says of changes."""
_ROLLED: Final = 5
"""Items of a feed none of which is known, and so a sign that others came and went."""
_ACCEPTED: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "application/json;q=0.9, */*;q=0.5"
)


class FeedOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which feed to read."""

    url: str
    token: Any = None
    """Where a token for it is kept, if it wants one."""


class _Mark(msgspec.Struct, frozen=True, tag="feed", omit_defaults=True):
    """Where one reading left off."""

    address: str = ""
    """Digest of the feed's own."""
    rows: tuple[Row, ...] = ()
    etag: str = ""
    modified: str = ""
    read_at: datetime | None = None
    """When it was last read whole."""
    damage: str = ""
    """Digest of what could not be read: it is told once."""


class Feed(LiveSource):
    """Posts of any feed that has an address: RSS, Atom and JSON Feed, asked for only when changed."""

    platforms = ()
    options_type = FeedOptions

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited items, the oldest first."""
        mark = marked(cursor, _Mark)
        address = hashlib.sha256(self.options.url.encode()).hexdigest()[:16]
        if mark is not None and mark.address != address:
            mark = None  # The settings were put right meanwhile.
        reply = self._asked(mark or _Mark(), now)
        if reply.is_unchanged:
            return
        parsed = self._parsed(reply)
        items = [one for one in parsed.items if isinstance(one, Item)]
        broken = [one for one in (*parsed.items, parsed.end or None) if isinstance(one, str)]
        found, rows, is_known = fresh(items, mark.rows if mark else None)
        if mark and mark.rows and len(items) >= _ROLLED and not is_known:
            broken.append("none of its items is known: some may have come and gone unread")
        said = hashlib.sha256("\0".join(broken).encode()).hexdigest()[:16] if broken else ""
        told: list[Outcome] = []
        if mark is None or said != mark.damage:
            told += [Rejected(Location(reply.url), one) for one in broken]
        found, undated = (found, ()) if mark else _without_undated(found)
        told += [Rejected(Location(reply.url), "has no time") for _ in undated]
        last = _Mark(
            address,
            rows,
            reply.headers.get("etag", ""),
            reply.headers.get("last-modified", ""),
            now.astimezone(UTC),
            said,
        )
        given = mark.rows if mark else undated
        while len(found) > _PAGE:
            outcomes = told + [self._post(one, now, reply.url) for one in found[:_PAGE]]
            given = (*(one.row for one in found[:_PAGE]), *given)
            page = paged_of(outcomes, reply.url, written(_Mark(address, given, damage=said)))
            yield self._timed(page, now)
            del told[:], found[:_PAGE]
        outcomes = told + [self._post(one, now, reply.url) for one in found]
        page = paged_of(outcomes, reply.url, written(last), profile=_profile(parsed))
        yield self._timed(page, now)

    def _asked(self, mark: _Mark, now: datetime) -> Reply:
        is_recent = mark.read_at is not None and now - mark.read_at < _WHOLE
        token = self.options.token
        return self.net.get(
            self.options.url,
            token=None if token is None else self.secret_of(token),
            headers={"accept": _ACCEPTED},
            known={"etag": mark.etag, "last-modified": mark.modified} if is_recent else None,
        )

    def _parsed(self, reply: Reply) -> Parsed:
        """Read the answer.

        Raises:
            PlatformError: it is no feed.
        """
        form = form_of(beginning(reply.content[:HEAD]))
        if not form:
            raise PlatformError(
                f"{reply.url} answered with something that is no feed",
                hint="name the feed itself, often /feed, /rss or /atom.xml, not the page that links to it",
            )
        try:
            return read_feed(reply.content, reply.url, form, keeps_undated=True)
        except ExportFormatError as error:
            raise PlatformError(f"{reply.url} {error.message}") from error

    def _post(self, one: Fresh, now: datetime, label: str) -> Post:
        item = one.item
        at, quality = item.at, item.quality
        if one.is_edit or at == UNDATED:
            at, quality = now.astimezone(UTC), TimeQuality.MINUTE
        return Post(
            platform=self.account.platform,
            account=self.account.handle,
            id=one.id,
            created_at=at,
            text=item.text,
            where=label,
            time_quality=quality,
            url=item.url,
            is_repost=item.is_repost,
            links=item.links,
            media=item.media,
            language=item.language,
        )

    def _timed(self, page: Page, now: datetime) -> Page:
        """Return a page whose times are in the account's zone where they name none, and none still to come."""
        page = placed(page, lambda *_: self.account.timezone)
        posts = [
            msgspec.structs.replace(
                one, created_at=now.astimezone(UTC), time_quality=TimeQuality.MINUTE
            )
            if one.created_at > now + _AHEAD
            else one
            for one in page.posts
        ]
        return msgspec.structs.replace(
            page, posts=tuple(sorted(posts, key=lambda one: one.created_at))
        )


def _without_undated(found: list[Fresh]) -> tuple[list[Fresh], tuple[Row, ...]]:
    """Return items of a first reading, and what to remember of those of which nobody can say when they were written.

    One that comes later is written now.
    """
    dated = [one for one in found if one.item.at != UNDATED]
    return dated, tuple(one.row for one in found if one.item.at == UNDATED)


def _profile(parsed: Parsed) -> Profile:
    return Profile(name=parsed.title or None, bio=parsed.about or None)
