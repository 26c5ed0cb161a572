"""Links in folded text, taken apart without fetching anything."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from detector.indicators.interface import compile_pattern
from detector.text import Folded

ENDINGS: Final = frozenset(
    {
        *(
            "com",
            "net",
            "org",
            "id",
            "info",
            "biz",
            "me",
            "my",
            "co",
            "io",
            "app",
            "link",
            "site",
            "online",
            "xyz",
            "top",
        ),
        *(
            "vip",
            "click",
            "icu",
            "shop",
            "store",
            "club",
            "live",
            "fun",
            "lol",
            "cfd",
            "sbs",
            "cc",
            "win",
            "bet",
            "pro",
        ),
        *(
            "ly",
            "gl",
            "ee",
            "gd",
            "to",
            "at",
            "in",
            "us",
            "tk",
            "ml",
            "ga",
            "cf",
            "gq",
            "pw",
            "ws",
            "tv",
            "asia",
            "world",
        ),
        *(
            "space",
            "website",
            "dev",
            "page",
            "gov",
            "edu",
            "uk",
            "au",
            "sg",
            "ph",
            "ru",
            "tr",
            "vn",
            "br",
        ),
        *(
            "ae",
            "ai",
            "bio",
            "cl",
            "de",
            "fr",
            "gg",
            "gy",
            "ink",
            "st",
            "buzz",
            "cyou",
            "monster",
            "quest",
            "bond",
        ),
    }
)
"""Endings by which a bare name is taken for a link; any other needs http, www or a bracketed dot."""

_LINK: Final = compile_pattern(
    r"(h(?:tt|xx)ps?\s?:\s?//\s?(?:[^\s\x00/@<>]{1,80}@)?)?"
    r"((?:[a-z0-9](?:[a-z0-9\-]{0,60}[a-z0-9])?(?:\[\.\]|\(\.\)|\.|\s?\[dot\]\s?)){1,6}[a-z][a-z0-9\-]{1,20}\b"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3})"
    r"(?::[0-9]{2,5})?((?:/|\?)[^\s\x00<>\"')]{0,300})?"
)

TRIGGERS: Final = (
    r"h(?:tt|xx)ps?\s?:",
    r"www\.",
    r"[a-z0-9]\[\.\][a-z0-9]",
    r"[a-z0-9]\(\.\)[a-z0-9]",
    r"\[dot\]",
    rf"[a-z0-9\-]\.(?:{'|'.join(sorted(ENDINGS))})\b",
)


class Link(msgspec.Struct, frozen=True, gc=False):
    """One link in folded text."""

    start: int
    end: int
    host: str
    domain: str
    """Registered domain (``go.id`` counts as a suffix), or the address for a bare IP."""
    suffix: str
    path: str


@cache
def _extract() -> Any:
    # The list bundled with the library, never fetched; imported here because most texts hold no link.
    import tldextract  # noqa: PLC0415

    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
    )


@lru_cache(maxsize=4)  # several indicators ask for the same text in turn
def links(text: Folded) -> list[Link]:
    """Return each link or bare domain of a text whose ending is a real one."""
    found = []
    for match in _LINK.finditer(text.codes):
        start, end = match.span()
        if start and text.codes[start - 1 : start] == b"@":
            continue  # an e-mail address
        written = match.group(2).decode("latin-1")
        host = "".join(written.split())
        for dot in ("[.]", "(.)", "[dot]"):
            host = host.replace(dot, ".")
        path = (match.group(3) or b"").decode("latin-1")
        if text.codes[end : end + 1] == b"@":
            continue
        is_meant = (
            match.group(1)
            or host != written
            or "www." in host
            or host.rpartition(".")[2] in ENDINGS
        )
        if is_meant and (parts := split(host)):
            domain, suffix = parts
            while end > start and text.codes[end - 1 : end] in b".,;:!?":
                end -= 1
            path = path.rstrip(".,;:!?")
            found.append(Link(start, end, host, domain, suffix, path))
    return found


@cache
def split(host: str) -> tuple[str, str] | None:
    """Return (registered domain, public suffix) of a host, or None if it has no real ending.

    Examples:
        >>> split("www.kab-blora.kpu.go.id")
        ('kpu.go.id', 'go.id')
        >>> split("jadwal.pukul") is None
        True
    """
    if host.replace(".", "").isdigit():
        return (host, "") if host.count(".") == 3 else None  # noqa: PLR2004 - four octets
    parts = _extract()(host)
    if not parts.suffix or not parts.domain:
        return None
    return f"{parts.domain}.{parts.suffix}", parts.suffix
