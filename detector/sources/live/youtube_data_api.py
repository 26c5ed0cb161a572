"""Videos of a YouTube channel through the YouTube Data API, with an API key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from detector.errors import AccountGone, Location, PlatformError
from detector.records import AccountEvent, Page, Post, Profile, Rejected
from detector.settings import Secret, Span, span
from detector.sources.interface import Skipped
from detector.sources.live import _youtube_answers as answers
from detector.sources.live._answers import inner, object_of, objects, said, text
from detector.sources.live._recent import Entry, Recent, given, marked, unread, written
from detector.sources.live.interface import LiveSource, Options
from detector.transport import Hidden

KEY_HEADER: Final = "x-goog-api-key"
_LONGEST_ID: Final = 64
_PAGE: Final = 50
_MOST: Final = 20
_EARLY: Final = timedelta(minutes=15)
"""How long before its time an announced broadcast is looked at ..."""
_OVERDUE: Final = timedelta(days=1)
"""... and how long after it, while it has not begun."""
_WAITED: Final = 20
"""Announced broadcasts that are waited for."""
CHANNEL: Final = re.compile(r"UC[\w-]{22}")


class YoutubeDataApiOptions(Options, frozen=True, kw_only=True):
    """What can be said of a YouTube channel."""

    token: Secret
    """An API key of a project that may use the YouTube Data API."""
    channel: str = ""
    """The channel's id (``UC…``); found by the account's handle when empty."""
    profile_every: Span = "15m"
    """How often the channel itself is asked for; each time costs one unit, as does each reading of its videos."""
    base: str = "https://www.googleapis.com"


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag="youtube_data_api", omit_defaults=True):
    channel: str
    uploads: str
    profile_at: datetime
    recent: Recent | None = None
    waiting: dict[str, datetime] = {}
    """Broadcasts that were announced and had not begun, with when they are to begin."""


class YoutubeDataApi(LiveSource):
    """Videos, shorts and broadcasts of one channel, and what it shows of itself.

    A video whose title or description was written over is given once more, by an id of its own.
    """

    platforms = ("youtube",)
    options_type = YoutubeDataApiOptions
    host = "www.googleapis.com"

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited videos."""
        asked = _Asked(self, now)
        mark = marked(cursor, _Mark)
        if mark is not None and self.options.channel not in ("", mark.channel):
            mark = None  # The settings were put right meanwhile.
        profile: Profile | None = None
        if mark is None or not timedelta(0) <= now - mark.profile_at < span(
            self.options.profile_every
        ):
            channel = asked.channel(mark.channel if mark else self.options.channel)
            profile = answers.profile_of(channel)
            mark = _Mark(
                channel=text(channel.get("id")),
                uploads=_uploads(channel),
                profile_at=now,
                recent=mark.recent if mark else None,
                waiting=mark.waiting if mark else {},
            )
        held = mark
        videos = _Videos(asked, held)
        found = unread(videos, held.recent, _MOST if held.recent else 1)
        entries = found.entries
        begun: tuple[AccountEvent, ...] = ()
        if found.cut is None:
            entries, begun, waiting = asked.broadcasts(entries, held.waiting)
            held = msgspec.structs.replace(held, waiting=waiting)
        yield from given(
            found._replace(entries=entries),
            held.recent,
            asked.label,
            mark=lambda recent: written(msgspec.structs.replace(held, recent=recent)),
            profile=profile,
            events=begun,
            is_whole=videos.is_whole,
        )


class _Asked:
    """YouTube's API, asked about one channel."""

    def __init__(self, source: YoutubeDataApi, now: datetime) -> None:
        self.handle = source.account.handle
        self.label = f"{source.name}/{self.handle}"
        self.now = now
        self._base = source.options.base.rstrip("/")
        self._token: Hidden = source.secret_of(source.options.token)
        self._net = source.net

    def channel(self, number: str) -> dict[str, Any]:
        """Return the channel of an id, or of the account's handle when that is empty.

        Raises:
            AccountGone: there is none.
        """
        name = self.handle.removeprefix("@")
        whom = number or (name if CHANNEL.fullmatch(name) else "")
        asked = {"id": whom} if whom else {"forHandle": f"@{name}"}
        answer = self.ask("channels", part="snippet,contentDetails,statistics", **asked)
        found = objects(answer.get("items"))
        if not found:
            raise AccountGone(
                f"YouTube has no channel {whom or '@' + name}",
                hint="closed, removed by YouTube or renamed; look it up by hand, and set `channel` to its id",
            )
        return found[0]

    def broadcasts(
        self, entries: list[Entry], waiting: dict[str, datetime]
    ) -> tuple[list[Entry], tuple[AccountEvent, ...], dict[str, datetime]]:
        """Return entries with the beginnings of the broadcasts among them, ...

        Args:
            entries: new and edited videos.
            waiting: broadcasts announced before, with when they are to begin.

        Returns:
            ... those of broadcasts announced before, and the broadcasts that are waited for now.
        """
        due = [one for one, at in waiting.items() if self.now >= at - _EARLY]
        numbers = [one.key for one in entries if isinstance(one.became, Post)]
        begun: dict[str, AccountEvent] = {}
        announced: dict[str, datetime] = {}
        asked = [*dict.fromkeys([*numbers, *due])]
        for start in range(0, len(asked), _PAGE):
            some = ",".join(asked[start : start + _PAGE])
            answer = self.ask("videos", part="snippet,liveStreamingDetails", id=some)
            for video in objects(answer.get("items")):
                number = text(video.get("id"))
                if (event := answers.live_started(video, self.handle, self.label)) is not None:
                    begun[number] = event
                elif (at := answers.live_announced(video)) is not None:
                    announced[number] = at
        announced |= {one: at for one, at in waiting.items() if one not in due}
        kept = sorted((at, one) for one, at in announced.items() if self.now < at + _OVERDUE)[
            :_WAITED
        ]
        listed = [
            one._replace(also=(begun.pop(one.key),)) if one.key in begun else one for one in entries
        ]
        return listed, tuple(begun.values()), {one: at for at, one in kept}

    def ask(self, what: str, **params: str) -> dict[str, Any]:
        """Ask for a list of the API's."""
        reply = self._net.get(
            f"{self._base}/youtube/v3/{what}",
            params=params,
            token=self._token,
            token_header=KEY_HEADER,
            why=lambda reply: answers.why(reply, self.handle, self._token),
        )
        answer = object_of(reply)
        if "kind" not in answer and "items" not in answer:
            raise PlatformError(f"{reply.url} answered, but not as YouTube does")
        return answer


class _Videos:
    """Pages of a channel's uploads, the newest first; remembers whether all were read."""

    def __init__(self, asked: _Asked, mark: _Mark) -> None:
        self._asked = asked
        self._mark = mark
        self.is_whole = False

    def __iter__(self) -> Iterator[list[Entry]]:
        params = {
            "part": "snippet,contentDetails,status",
            "playlistId": self._mark.uploads,
            "maxResults": str(_PAGE),
        }
        while True:
            try:
                answer = self._asked.ask("playlistItems", **params)
            except AccountGone as error:
                if error.kind != "gone":
                    raise
                # A channel that never uploaded anything has no list; one that is gone has none, either.
                self._asked.channel(self._mark.channel)
                self.is_whole = True
                return
            found = answer.get("items")
            listed = found if isinstance(found, list) else []
            following = text(answer.get("nextPageToken"))
            self.is_whole = not listed or following in ("", params.get("pageToken"))
            if listed:
                yield self._entries(listed)
            if self.is_whole:
                return
            params["pageToken"] = following

    def _entries(self, listed: list[Any]) -> list[Entry]:
        """Read a page in its order; what cannot be read stands where the one before it does."""
        entries: list[Entry] = []
        label, now = self._asked.label, self._asked.now
        for index, one in enumerate(listed):
            place = entries[-1].at if entries else now
            shown = one if isinstance(one, dict) else {}
            key = answers.video_id(shown)
            if key and answers.is_unseen(shown):
                entries.append(Entry(f"unseen {key}", place, Skipped.IGNORED))
                continue
            try:
                post = answers.post_of(shown, self._asked.handle, label)
            except ValueError as error:
                why = Rejected(Location(label, index), f"{said(key)}: {error}".removeprefix(": "))
                entries.append(Entry(key or str(one)[:500], place, why))
                continue
            entries.append(Entry(key, post.created_at, post, answers.version_of(post), now))
        return entries


def _uploads(channel: dict[str, Any]) -> str:
    listed = text(inner(channel, "contentDetails", "relatedPlaylists").get("uploads"))
    if not listed or len(listed) > _LONGEST_ID or len(text(channel.get("id"))) > _LONGEST_ID:
        raise PlatformError("YouTube told a channel without a list of its videos")
    return listed
