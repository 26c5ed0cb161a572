"""HTML that is paragraphs, breaks, links and pictures only, read without a parser and much faster."""

from __future__ import annotations

import html
import re
from typing import Final, NamedTuple

_TAGS: Final = re.compile(r"(<[^<>]{1,4000}>)")
_MEANINGS: Final = {
    "<p>": "", "</p>": "\n\n", "<br>": "\n", "<br/>": "\n", "<br />": "\n", "</a>": "", "<div>": "", "</div>": "\n\n",
    "<strong>": "", "</strong>": "", "<em>": "", "</em>": "", "<b>": "", "</b>": "", "<i>": "", "</i>": "",
    "<span>": "", "</span>": "",
}  # fmt: skip
"""What each of the tags that need no look inside puts in its place."""
_NAMED: Final = re.compile(
    r"<(?:p|div|a|img|strong|em|b|i|span)((?:\s{1,9}[a-z][a-z-]{0,40}=\"[^\"<>]{0,4000}\"){0,20})\s{0,9}/?>"
)
_ATTRIBUTES: Final = re.compile(r"\s([a-z-]{1,41})=\"([^\"]{0,4000})\"")
_GAPS: Final = re.compile(r"\n{3,}")


class Simple(NamedTuple):
    """What stands in a fragment."""

    text: str
    tags: list[tuple[str, dict[str, str]]] = []  # noqa: RUF012 - never changed
    """Name and attributes of links and pictures, in their order."""


def simple(fragment: str) -> Simple | None:
    r"""Read a fragment as a parser would; None when it takes one.

    Examples:
        >>> simple('<p>Jadwal &amp; <b>lokasi</b></p><p><a href="https://kpu.example">di sini</a><br>ya</p>')
        Simple(text='Jadwal & lokasi\n\ndi sini\nya', tags=[('a', {'href': 'https://kpu.example'})])
        >>> simple("<table><tr><td>a</table>"), simple("1 < 2"), simple("1 &lt; 2")
        (None, None, Simple(text='1 < 2', tags=[]))
    """
    if "\r" in fragment or "\0" in fragment:
        return None
    parts = _TAGS.split(fragment)
    tags: list[tuple[str, dict[str, str]]] = []
    meanings = list(map(_MEANINGS.get, parts[1::2]))
    if None in meanings:
        for mark in parts[1::2]:
            if mark not in _MEANINGS:
                match = _NAMED.fullmatch(mark)
                if match is None:
                    return None
                if mark.startswith(("<a", "<img")):
                    tags.append((mark[1:4].split()[0], _attributes(match[1])))
        meanings = [meaning or "" for meaning in meanings]
    parts[1::2] = meanings
    text = "".join(parts)
    if "<" in text:
        return None
    if "&" in text:
        text = html.unescape(text)
    return Simple(_GAPS.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip(), tags)


def _attributes(written: str) -> dict[str, str]:
    # Of two of one name, the first counts.
    found = reversed(_ATTRIBUTES.findall(written))
    return {name: html.unescape(value) if "&" in value else value for name, value in found}
