"""A link to a free host, a throw-away ending, a bare address or a disguised name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar, Final

from detector.indicators import _links
from detector.indicators.interface import Indicator, Span
from detector.records import Wording
from detector.text import Folded

FREE_HOSTS: Final = (
    ".blogspot.com", ".wixsite.com", ".weebly.com", ".netlify.app", ".vercel.app",
    ".pages.dev", ".web.app", ".firebaseapp.com", ".github.io", ".glitch.me", ".repl.co",
    ".herokuapp.com", ".000webhostapp.com", ".workers.dev", ".webflow.io",
    ".mystrikingly.com", ".godaddysites.com", ".myshopify.com", ".square.site", ".carrd.co",
    ".framer.website",
)  # fmt: skip
THROW_AWAY: Final = frozenset((
    "xyz", "top", "site", "vip", "click", "icu", "shop", "store", "club", "fun", "lol",
    "cfd", "sbs", "cc", "win", "bet", "buzz", "monster", "rest", "quest", "cyou", "bond",
    "hair", "beauty", "skin", "makeup", "mom", "autos", "boats", "homes", "tk", "ml", "ga",
    "cf", "gq", "pw", "work", "men", "loan", "date", "stream", "download", "racing",
    "review", "country", "online", "live", "pro", "ink", "life", "world", "space",
    "website", "gift",
))  # fmt: skip


class SuspiciousLink(Indicator):
    """A link of the kinds that cost nothing and vanish soon; the value is the host."""

    triggers: ClassVar = _links.TRIGGERS
    always: ClassVar = True
    unannounced: ClassVar = True
    hits: ClassVar = (
        "Login di zeus88.vip",
        "cek http://203.0.113.9/bansos",
        "daftar bansos-2024.netlify.app",
        "https://xn--kpu-8cd.com",
        "hxxp://hadiah[.]xyz/klaim",
    )
    misses: ClassVar = ("https://kpu.go.id/top", "www.universitas.ac.id", "forms.gle/abc")
    meaning: ClassVar = Wording(
        id="memuat tautan ke situs sekali pakai", en="links to a throw-away website"
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each link whose host is of such a kind."""
        for link in _links.links(text):
            if _costs_nothing(link.host, link.suffix):
                yield link.start, link.end, link.host


@lru_cache(maxsize=16_384)  # an office's site stands in every other post
def _costs_nothing(host: str, suffix: str) -> bool:
    return not suffix or "xn--" in host or suffix in THROW_AWAY or f".{host}".endswith(FREE_HOSTS)
