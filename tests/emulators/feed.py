"""A website's feed: RSS, Atom or JSON Feed, its newest items only, with ETag."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar, Final

import msgspec

from emulators import Answer, Asked, HttpEmulator, Mode

SHOWN: Final = 30


class Published(msgspec.Struct, kw_only=True):
    """One item of the feed."""

    id: str
    text: str
    at: datetime
    url: str


class Feed(HttpEmulator):
    """One feed."""

    platform = "website"
    has_token = False
    deepest = SHOWN - 5
    exempt: ClassVar[Mapping[Mode, str]] = {Mode.TOKEN_DEAD: "it is read without a token"}

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Published] = []
        self.form = "rss"
        self.title = "KPU Kabupaten Contoh"
        self.raw: list[str] = []
        """Items as they stand, before the others."""
        self.has_ids = True
        self.count = 0

    def options(self) -> dict[str, Any]:
        """Return where it is."""
        return {"url": f"{self.base}/feed"}

    def publish(self, text: str, at: datetime) -> str:
        """Show an item."""
        self.count += 1
        own = f"https://kpu-contoh.example/?p={self.count}"
        self.items.append(Published(id=own, text=text, at=at, url=f"{own}&utm_source=rss"))
        return own

    def damage(self) -> None:
        """Show items that tell no time, or nothing at all."""
        self.raw += [
            "<item><title>Tanpa waktu</title></item>",
            "<item><title>x</title><pubDate>kemarin sore</pubDate></item>",
            "<item><pubDate>Thu, 21 Nov 2024 01:14:00 GMT</pubDate></item>",
            "<item/>",
        ]

    def respond(self, asked: Asked) -> Answer:
        """Answer with the feed, or that it is as it was."""
        if asked.path != "/feed":
            return Answer(status=404)
        body = {"rss": self._rss, "atom": self._atom, "json": self._json}[self.form]()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers={"etag": tag})
        return Answer(body=body, headers={"etag": tag, "content-type": "text/plain"})

    @property
    def _shown(self) -> list[Published]:
        return list(reversed(self.items))[:SHOWN]

    def _rss(self) -> bytes:
        items = "".join(
            f"<item>{f'<guid>{html.escape(one.id)}</guid>' if self.has_ids else ''}"
            f"<link>{html.escape(one.url)}</link><pubDate>{format_datetime(one.at)}</pubDate>"
            f"<description>{html.escape(one.text)}</description></item>"
            for one in self._shown
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{html.escape(self.title)}</title>'
            f"<link>https://kpu-contoh.example/</link><description>Situs resmi</description>"
            f"{''.join(self.raw)}{items}</channel></rss>"
        ).encode()

    def _atom(self) -> bytes:
        entries = "".join(
            f"<entry><id>{html.escape(one.id)}</id><link href='{html.escape(one.url)}'/>"
            f"<published>{one.at.isoformat()}</published><title/>"
            f"<content type='text'>{html.escape(one.text)}</content></entry>"
            for one in self._shown
        )
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<title>{html.escape(self.title)}</title>{entries}</feed>"
        ).encode()

    def _json(self) -> bytes:
        return msgspec.json.encode(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": self.title,
                "description": "Situs resmi",
                "items": [
                    {
                        "id": one.id,
                        "url": one.url,
                        "content_text": one.text,
                        "date_published": one.at.isoformat(),
                    }
                    for one in self._shown
                ],
            }
        )
