"""A link whose real destination is hidden by a shortening service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from detector.indicators import _links
from detector.indicators.interface import Indicator, Span
from detector.records import Wording
from detector.text import Folded

SHORTENERS: Final = frozenset((
    "bit.ly", "s.id", "tinyurl.com", "t.co", "goo.gl", "cutt.ly", "rb.gy", "is.gd", "v.gd",
    "ow.ly", "shorturl.at", "t.ly", "linktr.ee", "lnk.bio", "heylink.me", "bio.link",
    "beacons.ai", "taplink.cc", "lynk.id", "linkbio.co", "shrtco.de", "adf.ly", "ouo.io",
    "shorte.st", "rebrand.ly", "bl.ink", "short.gy", "tiny.cc", "gg.gg", "intip.in",
    "n9.cl", "urlz.fr", "wa.link", "u.to", "qr.ae",
))  # fmt: skip


class ShortLink(Indicator):
    """A link through a shortener or a link-in-bio page; offices use them too."""

    triggers: ClassVar = _links.TRIGGERS
    always: ClassVar = True
    unannounced: ClassVar = True
    hits: ClassVar = ("Klaim di bit.ly/hadiah-dana", "https://s.id/1xYz", "heylink.me/gacor")
    misses: ClassVar = (
        "https://kpu.go.id/s.id",
        "singkat.id dan panjang.id",
        "wa.me/6281200004521",
    )
    value_matters: ClassVar = True
    speaks_for: ClassVar = "nobody"
    meaning: ClassVar = Wording(
        id="memuat tautan pendek yang tujuannya tidak terlihat",
        en="holds a short link that hides where it leads",
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each shortened link; the value is its host and path."""
        for link in _links.links(text):
            if link.domain in SHORTENERS:
                yield link.start, link.end, link.host + link.path.decode("latin-1")
