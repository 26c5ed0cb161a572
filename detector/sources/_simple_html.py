"""HTML that is paragraphs, breaks, links and pictures only, read without a parser and much faster."""

from __future__ import annotations

import html
import re
from typing import Any, Final

import msgspec

_TAGS: Final = re.compile(r"(<(?:br ?/?>(?:[ \t]{1,99}\r?\n?|\r?\n)|[^<>]{1,4000}>))")
"""Tags; to a break belongs the new line that programs write after it for whoever reads the source."""
_MEANINGS: Final = {
    "<p>": "", "</p>": "\n\n", "<br>": "\n", "<br/>": "\n", "<br />": "\n", "</a>": "", "<div>": "", "</div>": "\n\n",
    "<strong>": "", "</strong>": "", "<em>": "", "</em>": "", "<b>": "", "</b>": "", "<i>": "", "</i>": "",
    "<span>": "", "</span>": "",
}  # fmt: skip
"""What each of the tags that need no look inside puts in its place."""
_NAMED: Final = re.compile(
    r"<(?:p|div|a|img|strong|em|b|i|span)((?:\s{1,9}[a-z][a-z-]{0,40}=\"[^\"<>]{0,4000}\"){0,20})\s{0,9}/?>"
)
_WRITTEN: Final = re.compile(
    rb"(<(?:br ?\\?/?>(?:(?: |\\t|\\u0009|\\u0020){1,99}(?:\\r|\\u000[dD])?(?:\\n|\\u000[aA])?"
    rb"|(?:\\r|\\u000[dD])?(?:\\n|\\u000[aA]))|[^<>]{1,4000}>))"
)
"""The same as `_TAGS` in JSON, where a slash may stand behind a backslash."""
_WRITTEN_MEANINGS: Final = {
    mark.replace("/", slash).encode(): meaning.replace("\n", "\\n").encode()
    for mark, meaning in _MEANINGS.items()
    for slash in ("/", "\\/")
}
_PLAIN_MARKS: Final = re.compile(
    rb"<(?:br(?: ?/)?>(?! |\\[^\"])|/p>(?=<p>|\"\Z)|(?<=</p><)p>|(?<=\A\"<)p>)"
)
"""In JSON, the marks that most programs write and no others: each of them means one new line, for what
closes a paragraph is matched only where another opens or where all ends."""
_PLAIN_LINK: Final = re.compile(rb'<a href=\\"([^"\\<>&\x00-\x20]{1,4000})\\">([^<]*)</a>')
_SPECIAL: Final = re.compile(rb"\\(?:n\\n\\n|r|u00)")
"""New lines too many, and characters that mean something in HTML or to a reader, as JSON writes them."""
_OPENING, _REFERENCE = b"<&"
"""What begins a tag, and a character that is named."""
_NAME: Final = len("amp;")
_string: Final = msgspec.json.Decoder(str).decode
_BREAK: Final = re.compile(r"<br ?/?>\s+")
_ATTRIBUTES: Final = re.compile(r"\s([a-z-]{1,41})=\"([^\"]{0,4000})\"")
_GAPS: Final = re.compile(r"\n{3,}")


_Tags = list[tuple[str, dict[str, str]]]


class Simple(msgspec.Struct, frozen=True, gc=False):
    """What stands in a fragment."""

    text: str
    tags: _Tags
    """Name and attributes of links and pictures, in their order."""


def simple(fragment: str) -> Simple | None:
    r"""Read a fragment as a parser would; None when it takes one.

    Examples:
        >>> simple('<p>Jadwal &amp; <b>lokasi</b></p><p><a href="https://kpu.example">di sini</a><br>ya</p>')
        Simple(text='Jadwal & lokasi\n\ndi sini\nya', tags=[('a', {'href': 'https://kpu.example'})])
        >>> simple("<table><tr><td>a</table>"), simple("1 < 2"), simple("1 &lt; 2")
        (None, None, Simple(text='1 < 2', tags=[]))
    """
    parts = _TAGS.split(fragment)
    tags: _Tags = []
    meanings = list(map(_MEANINGS.get, parts[1::2]))
    for place in _unknown(meanings):
        meanings[place] = found = _meant(parts[2 * place + 1], tags)
        if found is None:
            return None
    parts[1::2] = meanings
    return settled("".join(parts), tags)


def simple_in_json(written: bytes) -> Simple | None:
    r"""Read a fragment as `simple` does, out of the bytes that write it in JSON, which are shorter than it.

    Args:
        written: a text in JSON, with its quotes.

    Raises:
        ValueError: it is no text, or not in UTF-8.

    Examples:
        >>> simple_in_json(rb'"<p>Jadwal<br \/>\nlokasi<\/p>"').text
        'Jadwal\nlokasi'
    """
    found = _plain_in_json(written)
    return _marked_in_json(written) if found is None else found


def _plain_in_json(written: bytes) -> Simple | None:
    """Read paragraphs, breaks and links as nearly all programs write them; None when there is more."""
    text = b"\\n".join(_PLAIN_MARKS.split(written))
    tags: _Tags = []
    if _OPENING in text:
        parts = _PLAIN_LINK.split(text)
        tags = [("a", {"href": address.decode()}) for address in parts[1::3]]
        del parts[1::3]
        text = b"".join(parts)
        if _OPENING in text:
            return None
    if _SPECIAL.search(text) or _REFERENCE in text:
        return settled(_string(text), tags)
    return Simple(_string(text).strip(), tags)


def _marked_in_json(written: bytes) -> Simple | None:
    parts = _WRITTEN.split(written)
    tags: _Tags = []
    meanings = list(map(_WRITTEN_MEANINGS.get, parts[1::2]))
    for place in _unknown(meanings):
        found = _meant(_string(b'"%b"' % parts[2 * place + 1]), tags)
        if found is None:
            return None
        meanings[place] = b"\\n" if found else b""
    parts[1::2] = meanings
    return settled(_string(b"".join(parts)), tags)


def _unknown(meanings: list[Any]) -> list[int]:
    """Return the places of tags whose meaning was not found."""
    if None not in meanings:
        return []
    return [place for place, meaning in enumerate(meanings) if meaning is None]


def _meant(mark: str, tags: _Tags) -> str | None:
    """Return what a tag puts in its place, and note links and pictures; None for one that is not simple."""
    if _BREAK.fullmatch(mark):
        return "\n"
    match = _NAMED.fullmatch(mark)
    if match is None or "\r" in mark or "\0" in mark:
        return None
    if mark.startswith(("<a", "<img")):
        tags.append(("a" if mark[1] == "a" else "img", _attributes(match[1])))
    return ""


def settled(text: str, tags: _Tags) -> Simple | None:
    """Return what is left when the tags are gone; None when it shows that they were not so simple."""
    if "<" in text or "\r" in text or "\0" in text:
        return None
    if "&" in text:
        short = with_ampersands(text)
        text = html.unescape(text) if short is None else short
    return Simple(_GAPS.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip(), tags)


def with_ampersands(text: str) -> str | None:
    """Return a text with the only character that is named in it, the ampersand; None when others may be named."""
    short = text.replace("&amp;", "&")
    return short if len(text) - len(short) == _NAME * text.count("&") else None


def _attributes(written: str) -> dict[str, str]:
    # Of two of one name, the first counts.
    found = reversed(_ATTRIBUTES.findall(written))
    return {name: html.unescape(value) if "&" in value else value for name, value in found}
