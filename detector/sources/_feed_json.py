"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import Media, TimeQuality
from detector.sources._elements import Damaged, patiently
from detector.sources._encodings import decoded
from detector.sources._feed_items import (
    UNDATED,
    Feed,
    Item,
    Words,
    absolute,
    joined,
    medium,
    told,
    when,
    whose,
    words_in_json,
    words_of,
)
from detector.sources._simple_runs import Found, found_at_once, is_worth

SHAPE: Final = re.compile(r"jsonfeed\.org\\?/version\\?/")
"""What names the format, in every version."""
LIKELY: Final = re.compile(
    r"\"(?:home_page_url|feed_url)\"\s{0,99}:[^\0]{0,16000}\"items\"\s{0,99}:\s{0,99}\["
    r"|\"items\"\s{0,99}:\s{0,99}\[\s{0,99}\{[^\0]{0,8000}\"content_(?:text|html)\"\s{0,99}:"
)
"""What a feed looks like whose version stands at its end."""

_Text = str | None


class _Fields(msgspec.Struct, gc=False):
    """One item, as far as it is used, but for its content in HTML."""

    id: str | int | float | None = None
    url: _Text = None
    external_url: _Text = None
    title: _Text = None
    summary: _Text = None
    content_text: _Text = None
    image: _Text = None
    banner_image: _Text = None
    date_published: _Text = None
    date_modified: _Text = None
    language: _Text = None
    attachments: list[Any] | None = None


class _Entry(_Fields, gc=False):
    """An item whose content was read."""

    content_html: _Text = None


class _Written(_Fields, gc=False):
    """An item whose content is still as it stands in the file, since tags are sooner found there."""

    content_html: msgspec.Raw = msgspec.Raw(b"null")


class _Tree(msgspec.Struct):
    """One feed whose values are all of the types the format gives them."""

    items: list[_Written]
    title: _Text = None
    description: _Text = None
    home_page_url: _Text = None
    feed_url: _Text = None
    language: _Text = None
    author: Any = None
    authors: Any = None


_ABOUT: Final = (
    "title",
    "description",
    "home_page_url",
    "feed_url",
    "language",
    "author",
    "authors",
)
_TEXTS: Final = frozenset(_Entry.__struct_fields__) - {"id", "attachments"}
_EMPTY: Final = b'""'
_WEB: Final = ("http://", "https://")
_decode = msgspec.json.Decoder(_Tree).decode


def read_json(raw: bytes, label: str, *, keeps_undated: bool = False) -> Feed:
    """Read one feed of any version.

    Args:
        raw: the whole of it.
        label: its name, for errors.
        keeps_undated: whether items that tell no time are wanted, too, with the time `UNDATED`.

    Raises:
        ExportFormatError: it is not whole JSON, or has no list of items.
    """
    try:
        tree = _decode(raw)
        about = {name: getattr(tree, name) for name in _ABOUT}
        items = _items(tree.items, about, keeps_undated=keeps_undated)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        about = _patiently(raw, label)
        items = _items(about["items"], about, keeps_undated=keeps_undated)
    addresses = [
        told(about.get("home_page_url")), told(about.get("feed_url")), *_authors(about, "url"),
    ]  # fmt: skip
    names = [told(about.get("title")).strip(), *_authors(about, "name")]
    platform, account = whose([one for one in addresses if one], [one for one in names if one])
    title, described = (told(about.get(name)).strip() for name in ("title", "description"))
    return Feed(platform, account, items, title=title, about=described)


def _items(
    listed: Sequence[Any], about: dict[str, Any], *, keeps_undated: bool
) -> list[Item | str]:
    """Return what each item tells, or why it is none."""
    base = told(about.get("home_page_url")) or told(about.get("feed_url"))
    language = told(about.get("language")) or None
    texts, links = _contents(listed)
    items: list[Item | str] = []
    for index, one in enumerate(listed):
        try:
            shaped = one if type(one) is _Written else _shaped(one)
            text = texts[index] if texts else None
            led = links.get(index, ()) if links else ()
            items.append(_item(shaped, text, led, base, language, keeps_undated=keeps_undated))
        except (msgspec.DecodeError, UnicodeError):
            raise
        except ValueError as error:
            items.append(str(error))
    return items


def _contents(listed: Sequence[Any]) -> Found:
    """Find what stands in the contents of many items at once; nothing where that is not worth it."""
    if is_worth(len(listed)) and type(listed[0]) is _Written:
        return found_at_once([one.content_html for one in listed])
    return Found([], {})


def _patiently(raw: bytes, label: str) -> dict[str, Any]:
    """Parse a feed with values of other types, bad bytes or another encoding.

    Raises:
        ExportFormatError: it is not whole JSON, or has no list of items.
    """
    where = Location(label)
    tree = patiently(decoded(raw).encode("utf-8", "replace"))
    if isinstance(tree, Damaged):
        raise ExportFormatError(str(tree), where=where, hint="download the feed again")
    if not isinstance(tree, dict) or not isinstance(tree.get("items"), list):
        raise ExportFormatError("has no list of items", where=where)
    return tree


def _shaped(one: Any) -> _Entry:
    """Take from an item the values that are of the right type.

    Raises:
        ValueError: it is none, or its time is no text.
    """
    if not isinstance(one, dict):
        raise ValueError("is not an object")  # noqa: TRY004
    if any(not isinstance(one.get(key), str | None) for key in ("date_published", "date_modified")):
        raise ValueError("its time is no text")
    entry = _Entry()
    for name in _TEXTS:
        if isinstance(one.get(name), str):
            setattr(entry, name, one[name])
    if type(one.get("id")) in (str, int, float):
        entry.id = one["id"]
    if isinstance(one.get("attachments"), list):
        entry.attachments = one["attachments"]
    return entry


def _authors(tree: dict[str, Any], key: str) -> list[str]:
    listed = tree.get("authors")
    found = [tree.get("author"), *(listed if isinstance(listed, list) else [])]
    return [told(one.get(key)).strip() for one in found if isinstance(one, dict)]


def _item(
    one: _Entry | _Written,
    found: str | None,
    links: tuple[str, ...],
    base: str,
    language: str | None,
    *,
    keeps_undated: bool,
) -> Item:
    """Read one item.

    Args:
        one: the item.
        found: the words of its content in HTML; None when they are still to be read.
        links: where its links lead, as far as that was read.
        base: address that relative ones are meant from; may be empty.
        language: of an item that tells none.
        keeps_undated: whether it is wanted without a time, too.

    Raises:
        ValueError: it has no time, or nothing to show.
    """
    # An edit's time only where nothing else is given.
    try:
        at, quality = when(one.date_published or one.date_modified or "")
    except ValueError:
        if not keeps_undated:
            raise
        at, quality = UNDATED, TimeQuality.MINUTE
    # Some programs write a number, which the format asks readers to bear.
    name = "" if one.id is None else str(one.id).strip()
    url = (one.url or "").strip()
    shown: str | None = url
    if not url.startswith(_WEB):
        url = absolute(url, base)
        shown = url if url.startswith(_WEB) else None
    text = (one.content_text or "").strip()
    pictures: tuple[str, ...] = ()
    if found is not None:
        text = text or found
    elif (words := _words(one, base)) is not None:
        text, links, pictures = text or words.text, words.links, words.pictures
    if one.title:
        text = joined(one.title.strip(), text)
    text = text or (one.summary or "").strip()
    if one.external_url:
        links = tuple(dict.fromkeys((*links, absolute(one.external_url, base))))
    media: tuple[Media, ...] = ()
    if pictures or one.attachments or one.image or one.banner_image:
        media = tuple(_media(one, base, pictures))
    if not text and not media and not url:
        raise ValueError("has neither text nor media")
    return Item(at, quality, name or None, text, shown, links, media, one.language or language)


def _words(one: _Entry | _Written, base: str) -> Words | None:
    """Return what an item's content in HTML says; None where it has none.

    Raises:
        ValueError: it is too long.
        msgspec.DecodeError: it is written in a way that takes patience.
    """
    if isinstance(one, _Entry):
        return words_of(one.content_html, base, is_html=True) if one.content_html else None
    written = bytes(one.content_html)
    return (
        words_in_json(written, base) if written[:1] == b'"' and len(written) > len(_EMPTY) else None
    )


def _media(one: _Fields, base: str, pictures: tuple[str, ...]) -> list[Media]:
    found: dict[str, Media] = {}
    for attached in one.attachments or ():
        address = told(attached.get("url")) if isinstance(attached, dict) else ""
        if address:
            address = absolute(address, base)
            kind = told(attached.get("mime_type"))
            found.setdefault(address, medium(address, kind, attached.get("size_in_bytes")))
    for picture in (one.image, one.banner_image, *pictures):
        if picture:
            address = absolute(picture, base)
            found.setdefault(address, medium(address, "image"))
    return list(found.values())
