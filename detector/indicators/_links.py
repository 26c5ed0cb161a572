"""Links in folded text, taken apart without fetching anything."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from detector.indicators.interface import compile_pattern
from detector.matching import spans_of
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


_DOT: Final = r"(?:\[\.\]|\(\.\)|\.|\s?[\[(]dot[\])]\s?)"
_SCHEME: Final = r"h(?:tt|xx)ps?\s?:\s?//\s?"
_ADDRESS: Final = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"

# Where links stand, up to the path: without groups or long counted repeats, which keep RE2 from its fastest way.
_HEAD: Final = compile_pattern(
    rf"(?:{_SCHEME}(?:[^\s\x00/@<>]+@)?)?"
    rf"(?:(?:[a-z0-9][a-z0-9\-]*{_DOT})+[a-z][a-z0-9\-]+\b|{_ADDRESS})(?::[0-9]{{2,5}})?"
)
# What such a head is made of: what shows it is meant, host.
_PARTS: Final = compile_pattern(
    rf"({_SCHEME}(?:[^\s\x00/@<>]{{1,80}}@)?)?"
    rf"((?:[a-z0-9](?:[a-z0-9\-]{{0,60}}[a-z0-9])?{_DOT}){{1,6}}[a-z][a-z0-9\-]{{1,20}}|{_ADDRESS})(?::[0-9]{{2,5}})?$"
)
_LONGEST_PATH: Final = 300
_ENDS: Final = bytes(0 if code in b" \n\0<>\"')" else code for code in range(256))
"""What ends a path, made zero."""

TRIGGERS: Final = (
    r"h(?:tt|xx)ps?\s?:",
    r"www\.",
    r"[a-z0-9]\[\.\][a-z0-9]",
    r"[a-z0-9]\(\.\)[a-z0-9]",
    r"[\[(]dot[\])]",
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
    path: bytes


@cache
def _suffixes(*, encoded: bool) -> Any:
    # The list bundled with the library, never fetched; imported here because most texts hold no link.
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    # Encoding its endings takes three times as long as reading them, and hardly any host is written so.
    return PublicSuffixList(accept_unknown=False, accept_encoded_idn=encoded)


@lru_cache(maxsize=4)  # several indicators ask for the same text in turn
def links(text: Folded) -> list[Link]:
    """Return each link or bare domain of a text whose ending is a real one."""
    found, codes = [], text.codes
    ended, length = codes.translate(_ENDS), len(codes)
    reached = 0
    for start, end in spans_of(_HEAD, codes):
        if start < reached:
            continue  # inside the path before it
        after = codes[end] if end < length else 0
        if after == _AT or (start and codes[start - 1] == _AT):
            continue  # an e-mail address
        # Paths differ, hosts come again: only these are looked at closely.
        if parts := _host(codes[start:end]):
            path = b""
            if after in _PATH_BEGINS:
                last = ended.find(b"\0", end, end + _LONGEST_PATH)
                reached = last if last >= 0 else min(end + _LONGEST_PATH, length)
                path = codes[end:reached].rstrip(_CLOSING)
            found.append(Link(start, end + len(path), *parts, path))
    return found


_AT: Final = ord("@")
_PATH_BEGINS: Final = b"/?"
_CLOSING: Final = b".,;:!?"


@lru_cache(maxsize=16_384)  # an office's site stands in every other post
def _host(head: bytes) -> tuple[str, str, str] | None:
    """Read a link up to its path: host, registered domain and public suffix; None if it is no link."""
    match = _PARTS.match(head)
    if match is None:
        return None
    written = match.group(2).decode("latin-1")
    host = "".join(written.split())
    for dot in ("[.]", "(.)", "[dot]", "(dot)"):
        host = host.replace(dot, ".")
    is_meant = (
        match.group(1) or host != written or "www." in host or host.rpartition(".")[2] in ENDINGS
    )
    parts = split(host) if is_meant else None
    return None if parts is None else (host, *parts)


@lru_cache(maxsize=65_536)
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
    suffixes = _suffixes(encoded="xn--" in host)
    domain = suffixes.privatesuffix(host)
    return (domain, suffixes.publicsuffix(domain)) if domain else None
