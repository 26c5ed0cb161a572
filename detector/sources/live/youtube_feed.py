"""The newest videos of a YouTube channel from its public feed, which needs no key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from detector.errors import (
    AccountGone,
    ExportFormatError,
    FeedError,
    Location,
    PlatformError,
    SettingsError,
)
from detector.records import AccountEvent, Page, Post, Profile, Rejected
from detector.sources._feed_items import Feed, Item
from detector.sources._feed_xml import read_xml
from detector.sources.live._recent import Entry, Recent, given, marked, paged_of, unread, written
from detector.sources.live._vanished import deletion, without_vanished
from detector.sources.live._youtube_answers import version_of
from detector.sources.live.interface import LiveSource, Options
from detector.sources.live.youtube_data_api import CHANNEL
from detector.transport import Reply

_SHOWN: Final = 15
"""Videos that the feed shows, at most."""
_VALIDATORS: Final = ("etag", "last-modified")
_REFUSED: Final = frozenset({400, 403, 404, 410})


class YoutubeFeedOptions(Options, frozen=True, kw_only=True):
    """What can be said of a YouTube channel."""

    channel: str = ""
    """The channel's id (``UC…``), needed unless the account itself is written so."""
    base: str = "https://www.youtube.com"


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag="youtube_feed", omit_defaults=True):
    channel: str
    recent: Recent
    known: dict[str, str] = {}
    """What makes the next question a conditional one."""
    last: str = ""
    """A video that was shown."""


class YoutubeFeed(LiveSource):
    """The newest 15 videos of one channel, edits of their titles and descriptions, deletions, and the channel's name.

    It sees no broadcast as such, no picture and no biography; between two readings it misses what comes
    after the fifteenth video.
    """

    platforms = ("youtube",)
    options_type = YoutubeFeedOptions
    host = "www.youtube.com"

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited videos."""
        base = self.options.base.rstrip("/")
        label = f"{self.name}/{self.account.handle}"
        channel = channel_of(self.options.channel, self.account.handle)
        mark = marked(cursor, _Mark)
        if mark is not None and mark.channel != channel:
            mark = None  # The settings were put right meanwhile.
        reply = self._feed(base, channel, mark)
        if reply.is_unchanged:
            yield paged_of([], label, cursor or "")
            return
        feed = _feed_of(reply, label)
        entries = [self._entry(one, label, index, now) for index, one in enumerate(feed.items)]
        entries.sort(key=lambda one: one.at, reverse=True)
        recent = mark.recent if mark else None
        found = unread([entries] if entries else [], recent, 1)
        is_whole = len(entries) < _SHOWN
        events: tuple[AccountEvent, ...] = ()
        if recent is not None:
            kept = without_vanished(recent, entries, is_whole=is_whole)
            if gone := len(recent.known) - len(kept.known):
                events = (deletion(gone, now, self.account, label),)
            recent = kept
        videos = [one.key for one in entries if isinstance(one.became, Post) and len(one.key) < 32]  # noqa: PLR2004 - ids have 11 letters
        known = {name: reply.headers[name] for name in _VALIDATORS if name in reply.headers}
        last = videos[0] if videos else (mark.last if mark else "")
        yield from given(
            found,
            recent,
            label,
            mark=lambda recent: written(
                _Mark(channel=channel, recent=recent, known=known, last=last)
            ),
            profile=Profile(name=feed.title or None),
            events=events,
            is_whole=is_whole,
        )

    def _feed(self, base: str, channel: str, mark: _Mark | None) -> Reply:
        try:
            return self.net.get(
                f"{base}/feeds/videos.xml",
                params={"channel_id": channel},
                known=mark.known if mark else None,
                why=lambda reply: self._refusal(reply, channel),
            )
        except AccountGone:
            if mark is not None and mark.last:
                self._confirm(base, mark.last)
            raise

    def _refusal(self, reply: Reply, channel: str) -> FeedError | None:
        if reply.status in _REFUSED:
            return AccountGone(
                f"YouTube has no feed of the channel {channel}",
                hint="closed, removed by YouTube, or `channel` is another's id",
            )
        return None

    def _confirm(self, base: str, video: str) -> None:
        """Ask whether a video is still shown: YouTube at times has no feed of any channel, for hours.

        Raises:
            PlatformError: it is; only the feed fails.
        """
        fails = PlatformError("YouTube shows the channel's videos, but no feed of them at present")

        def refusal(reply: Reply) -> FeedError:
            # 401 is a video that may not be shown on other sites, but is there.
            is_gone = reply.status in _REFUSED
            return (
                AccountGone("YouTube shows neither the channel's feed nor its videos")
                if is_gone
                else fails
            )

        watched = f"https://www.youtube.com/watch?v={video}"
        self.net.get(f"{base}/oembed", params={"url": watched, "format": "json"}, why=refusal)
        raise fails

    def _entry(self, one: Item | str, label: str, index: int, now: datetime) -> Entry:
        if isinstance(one, str) or not one.id:
            why = one if isinstance(one, str) else "has no id"
            return Entry(f"{why} {index}", now, Rejected(Location(label, index), why))
        post = _post(one, self.account.handle, label)
        return Entry(post.id, post.created_at, post, version_of(post), now)


def _feed_of(reply: Reply, label: str) -> Feed:
    """Read a feed that must be whole: what is missing from half of one would count as taken away."""
    try:
        feed = read_xml(reply.content, label)
    except ExportFormatError as error:
        raise PlatformError(f"{reply.url} answered with what {error.message}") from error
    if feed.end:
        raise PlatformError(f"{reply.url} answered with a feed that {feed.end}")
    return feed


def channel_of(channel: str, handle: str) -> str:
    """Return a channel's id, as an option says it or as the account is written.

    Raises:
        SettingsError: neither is one.
    """
    for one in (channel, handle):
        if CHANNEL.fullmatch(one.strip()):
            return one.strip()
    raise SettingsError(
        f"nothing says which YouTube channel {handle} is",
        hint="set `channel` to its id, which begins with UC: on its page under More, Share, Copy channel ID",
    )


def _post(item: Item, handle: str, label: str) -> Post:
    return Post(
        platform="youtube",
        account=handle,
        id=item.id or "",
        created_at=item.at,
        text=item.text,
        where=f"{label}#{item.id}",
        time_quality=item.quality,
        url=item.url,
        language=item.language,
        links=item.links,
        media=tuple(one for one in item.media if one.kind == "video"),
    )
