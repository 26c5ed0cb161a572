"""RSS and Atom of every version, out of bytes nobody vetted."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import TimeQuality
from detector.sources._encodings import decoded
from detector.sources._feed_items import (
    UNDATED,
    Feed,
    Item,
    Words,
    absolute,
    is_repost,
    joined,
    medium,
    told,
    when,
    whose,
    words_of,
)
from detector.sources._times import settled

_ABOUT: Final = 4_000
"""Characters of what a feed says of itself that are read."""
_OPEN: Final = 100
"""Items that may be left open: each lies within the last, and feedparser takes long over them."""
ROOT: Final = re.compile(
    r"<(?:\w{1,20}:)?(?:rss|rdf|feed|channel)[\s>]",
    re.IGNORECASE,
)
"""How the outermost element of a feed begins."""
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})")
_KNOWN: Final = re.compile(
    r"utf-?8|us-ascii|iso-8859-\d{1,2}|latin-?1|(?:windows|cp)-?\d{3,4}|koi8-[ru]|gb\w{1,6}|big5"
    r"|euc-\w{2}|shift_jis",
    re.IGNORECASE,
)
_BEFORE: Final = 8_000
"""Characters that may stand before a document."""
_PAGE: Final = re.compile(r"<(?:!doctype\s|html|head|body|title)\b", re.IGNORECASE)
"""What only a page for people has."""
_SPACE: Final = re.compile(r"[\ufeff\s]*")
_SUBSET_END: Final = re.compile(r"\]\s{0,200}>")
_ITEM_BEGIN: Final = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ITEM_END: Final = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s{0,20}>", re.IGNORECASE)
_END: Final = re.compile(r"</(?:\w{1,20}:)?(?:rss|rdf|feed|channel)\s{0,20}>", re.IGNORECASE)
_WITHIN: Final = "is cut off within an item"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REFERENCE: Final = re.compile(r"&#([xX][0-9a-fA-F]{1,60}|[0-9]{1,60});?")
_BESIDE: Final = re.compile(r"(</?)media:description\b")
_SPOKEN: Final = "spoken"
_HTML: Final = ("text/html", "application/xhtml+xml", "html", "xhtml")
_PARSER_FAILS: Final = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip
"""What feedparser lets through from its own depths when a feed is damaged."""


def root_of(text: str) -> str:
    """Return a document from its outermost element on; empty when it begins like no feed.

    What stands before it is passed over unread, and with it every entity a document declares: none can
    be expanded, none can name a file. Warnings of a website's program may stand before the document, too.

    Examples:
        >>> root_of('<?xml version="1.0"?><!-- <rss> --><!DOCTYPE a [<!ENTITY b "c">]><feed >')
        '<feed >'
        >>> root_of("<html>"), root_of('<opml version="2.0">'), root_of("<br /><b>Warning</b>: x <?xml?><rss >")
        ('', '', '<rss >')
    """
    found = _root_of(text)
    begin = text.find("<?xml", 1, _BEFORE)
    if found or begin < 0 or _PAGE.search(text, 0, begin):
        return found
    return _root_of(text[begin:])


def _root_of(text: str) -> str:
    place = 0
    while True:
        match = _SPACE.match(text, place)
        place = match.end() if match else place
        if text.startswith("<?", place):
            end = text.find("?>", place) + 2
        elif text.startswith("<!--", place):
            end = text.find("-->", place) + 3
        elif text.startswith("<!", place):
            end = _declaration_end(text, place)
        else:
            return text[place:] if ROOT.match(text, place) else ""
        if end <= place:
            return ""
        place = end


def _declaration_end(text: str, place: int) -> int:
    end = text.find(">", place)
    if text.find("[", place, end) < 0:
        return end + 1
    closed = _SUBSET_END.search(text, place)
    return closed.end() if closed else 0


def read_xml(raw: bytes, label: str, *, keeps_undated: bool = False) -> Feed:
    """Read one feed; nothing is fetched and no entity is expanded.

    Args:
        raw: the whole of it.
        label: its name, for errors.
        keeps_undated: whether items that tell no time are wanted, too, with the time `UNDATED`.

    Raises:
        ExportFormatError: it is no feed, or so damaged that nothing of it can be read.
    """
    where = Location(label)
    text = root_of(_characters(raw))
    if not text:
        raise ExportFormatError("is no feed", where=where)
    end = _cut(text, where)
    tree = _parsed(text, where)
    entries = tree["entries"]
    if end and not entries:
        raise _damaged(where)
    about = dict(tree["feed"])
    base = _base(about)
    items: list[Item | str] = []
    for entry in entries:
        try:
            language = told(about.get("language"))
            items.append(_item(dict(entry), base, language, keeps_undated=keeps_undated))
        except ValueError as error:
            items.append(str(error))
    if end == _WITHIN and items:
        items[-1] = "is cut off"
    title = told(about.get("title")).strip()
    described = words_of(told(about.get("subtitle"))[:_ABOUT], "", is_html=True).text
    return Feed(*_owner(about), items, "" if end == _WITHIN else end, title, described)


def _characters(raw: bytes) -> str:
    declared = _DECLARED.match(raw.removeprefix(b"\xef\xbb\xbf").lstrip())
    if declared and not raw.startswith(b"\xef\xbb\xbf"):
        name = declared[1].decode("ascii", "replace")
        if _KNOWN.fullmatch(name):
            try:
                return raw.decode(name, "replace")
            except LookupError:
                pass
    return decoded(raw)


def _parsed(text: str, where: Location) -> Any:
    # A third of a second of import that no other format needs.
    import feedparser  # noqa: PLC0415

    text = _CONTROLS.sub("", _REFERENCE.sub(_legal, text))
    # feedparser would take the words beside a picture for the item's own.
    text = _BESIDE.sub(rf"\1media:{_SPOKEN}", text)
    # Bytes alone would be tried as the name of a file.
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    try:
        return feedparser.parse(
            stream,
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _PARSER_FAILS as error:
        raise _damaged(where) from error


def _damaged(where: Location) -> ExportFormatError:
    return ExportFormatError("is damaged or cut off", where=where, hint="download the feed again")


def _legal(reference: re.Match[str]) -> str:
    """Return a reference to a character, or U+FFFD where there is no such character."""
    digits = reference[1]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    is_character = code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0x110000  # noqa: PLR2004
    return reference[0] if is_character else "\ufffd"


def _cut(text: str, where: Location) -> str:
    """Say what is wrong with a document's end.

    Raises:
        ExportFormatError: more items begin than end, so that each would lie within the last.
    """
    begins = [one.start() for one in _ITEM_BEGIN.finditer(text)]
    ends = [one.end() for one in _ITEM_END.finditer(text)]
    if len(begins) - len(ends) > _OPEN:
        raise _damaged(where)
    # The channel of RSS 1.0 ends before its items begin.
    if _END.search(text, ends[-1] if ends else 0):
        return ""
    if begins and (not ends or begins[-1] >= ends[-1]):
        return _WITHIN
    return "is cut off after its last whole item"


def _base(about: dict[str, Any]) -> str:
    addresses = [told(about.get("link"))]
    addresses += [told(one.get("href")) for one in _listed(about.get("links"))]
    return next((one for one in addresses if one.startswith(("http://", "https://"))), "")


def _listed(value: Any) -> list[dict[str, Any]]:
    return [dict(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _owner(about: dict[str, Any]) -> tuple[str, str]:
    links = sorted(_listed(about.get("links")), key=lambda one: one.get("rel") != "alternate")
    author = about.get("author_detail")
    addresses = [told(about.get("link")), *(told(one.get("href")) for one in links)]
    names = [told(about.get("title")).strip()]
    if isinstance(author, dict):
        addresses.append(told(dict(author).get("href")))
        names.append(told(dict(author).get("name")).strip())
    return whose(
        [one for one in addresses if one],
        [one for one in names if one],
        told(about.get("generator")),
    )


def _item(entry: dict[str, Any], base: str, language: str, *, keeps_undated: bool) -> Item:
    """Read one entry.

    Raises:
        ValueError: it has no time, or nothing to show.
    """
    try:
        at, quality = _time(entry)
    except ValueError:
        if not keeps_undated:
            raise
        at, quality = UNDATED, TimeQuality.MINUTE
    title = _title(entry)
    words, spoken = _words(entry, base)
    media = [_enclosure(one, base) for one in _enclosures(entry)]
    known = {one.path for one in media}
    media += [medium(one, "image") for one in words.pictures if one not in known]
    text = joined(title, words.text)
    if not text and not media and not entry.get("link"):
        raise ValueError("has neither text nor media")
    url = absolute(told(entry.get("link")), base)
    return Item(
        at,
        quality,
        told(entry.get("yt_videoid")).strip() or told(entry.get("id")).strip() or None,
        text,
        url if url.startswith(("http://", "https://")) else None,
        words.links,
        tuple(one for one in media if one.path),
        spoken or language or None,
        is_repost(title),
    )


def _time(entry: dict[str, Any]) -> tuple[datetime, TimeQuality]:
    """Return when an entry was published; an edit's time only where nothing else is given.

    Raises:
        ValueError: none can be understood.
    """
    why = ValueError("has no time")
    for name in ("published", "created", "updated"):
        try:
            return when(told(entry.get(name)))
        except ValueError as error:
            if entry.get(name):
                why = error
        # feedparser knows spellings of several more countries, and takes a missing zone for UTC.
        counted = entry.get(f"{name}_parsed")
        if counted:
            year, month, day, hour, minute, second = counted[:6]
            at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
            return settled(at)[0], TimeQuality.LOCAL
    raise why


def _title(entry: dict[str, Any]) -> str:
    detail = entry.get("title_detail")
    kind = told(dict(detail).get("type")) if isinstance(detail, dict) else ""
    return words_of(told(entry.get("title")), "", is_html=kind in _HTML).text


def _words(entry: dict[str, Any], base: str) -> tuple[Words, str]:
    """Return the fullest of an entry's contents, and the language it is said to be in."""
    summary = entry.get("summary_detail")
    listed = [*_listed(entry.get("content")), *(_listed([summary]))]
    for one in listed:
        fragment = told(one.get("value"))
        found = words_of(
            fragment,
            absolute(told(one.get("base")), base) or base,
            is_html=told(one.get("type")) in _HTML,
        )
        if found.text or found.pictures:
            return found, told(one.get("language"))
    # Under a film, or a picture that has no other words.
    return Words(told(entry.get(f"media_{_SPOKEN}")).strip()), ""


def _enclosures(entry: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    enclosed = [one for one in _listed(entry.get("links")) if one.get("rel") == "enclosure"]
    for one in (*enclosed, *_listed(entry.get("media_content"))):
        address = told(one.get("href")) or told(one.get("url"))
        if address:
            found.setdefault(address, one)
    return list(found.values())


def _enclosure(one: dict[str, Any], base: str) -> Any:
    kind = told(one.get("medium")) or told(one.get("type"))
    if kind == "application/x-shockwave-flash":
        kind = "video"
    address = absolute(told(one.get("href")) or told(one.get("url")), base)
    return medium(address, kind, one.get("length") or one.get("filesize"))
