"""YouTube's public feed of a channel: the newest 15 videos, and whether one of them is still shown."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any, Final, NamedTuple

from emulators import Answer, Asked, HttpEmulator, Mode

CHANNEL: Final = "UCcontohcontohcontoh0001"
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom">
 <link rel="self" href="http://www.youtube.com/feeds/videos.xml?channel_id={channel}"/>
 <id>yt:channel:{channel}</id><yt:channelId>{channel}</yt:channelId><title>{name}</title>
 <link rel="alternate" href="https://www.youtube.com/channel/{channel}"/>
 <author><name>{name}</name><uri>https://www.youtube.com/channel/{channel}</uri></author>
 <published>2012-01-01T00:00:00+00:00</published>
"""
_ENTRY: Final = """ <entry><id>yt:video:{id}</id><yt:videoId>{id}</yt:videoId><yt:channelId>{channel}</yt:channelId>
 <title>{title}</title><link rel="alternate" href="https://www.youtube.com/watch?v={id}"/>
 <published>{at}</published><updated>{at}</updated>
 <media:group><media:title>{title}</media:title>
 <media:content url="https://www.youtube.com/v/{id}?version=3" type="application/x-shockwave-flash"/>
 <media:thumbnail url="https://gambar.example/{id}.jpg"/><media:description>{about}</media:description>
 </media:group></entry>
"""


class Video(NamedTuple):
    """One video."""

    id: str
    at: datetime
    title: str
    about: str


class YoutubeFeed(HttpEmulator):
    """One channel's feed."""

    platform = "youtube"
    has_token = False
    deepest = 15

    def __init__(self) -> None:
        super().__init__()
        self.videos: list[Video | str] = []
        """The newest last; a text is a damaged entry."""
        self.name = "KPU Contoh"
        self.has_feed = True
        self.shown = 200
        """With what the question is answered whether a video is still shown."""

    def options(self) -> dict[str, Any]:
        """Return where it is, and the channel's id."""
        return {"base": self.base, "channel": CHANNEL}

    def publish(self, text: str, at: datetime, about: str = "") -> str:
        """Upload a video."""
        number = f"v{len(self.videos):010}"
        self.videos.append(Video(number, at, text, about))
        return number

    def damage(self) -> None:
        """Show entries without a time, an id or anything at all among the newest."""
        self.videos += [
            "<entry/>",
            "<entry><yt:videoId>x1</yt:videoId><title>Tanpa waktu</title></entry>",
            "<entry><published>kapan-kapan</published><title>Waktu bukan waktu</title></entry>",
            "<entry><published>2024-11-20T18:14:00+00:00</published><title>Tanpa nomor</title></entry>",
        ]

    def respond(self, asked: Asked) -> Answer:
        """Answer with the feed, or whether a video is shown."""
        if asked.path == "/oembed":
            return Answer(
                status=self.shown, body={"title": "Video"} if self.shown == 200 else b"No"
            )
        if asked.query.get("channel_id") != CHANNEL or not self.has_feed:
            return self.refused(Mode.GONE)
        body = self._feed()
        tag = f'"{hash(body):x}"'
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers={"etag": tag})
        return Answer(body=body, headers={"etag": tag, "content-type": "text/xml; charset=UTF-8"})

    def _feed(self) -> bytes:
        about = {"channel": CHANNEL, "name": escape(self.name)}
        entries = [
            one if isinstance(one, str) else _ENTRY.format(
                id=one.id, title=escape(one.title), about=escape(one.about), channel=CHANNEL,
                at=one.at.astimezone(UTC).isoformat(timespec="seconds"),
            )
            for one in self.videos[:-16:-1]
        ]  # fmt: skip
        return (_HEAD.format(**about) + "".join(entries) + "</feed>").encode()

    def refused(self, mode: Mode) -> Answer:
        """Say no as YouTube does: without words."""
        status = {Mode.THROTTLED: 429, Mode.TOKEN_DEAD: 401, Mode.GONE: 404}[mode]
        return Answer(status=status, body=b"<html>Error</html>")
