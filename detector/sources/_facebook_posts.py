"""The posts of a Facebook export: records of any year's layout, told apart by their shape."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from detector.records import Media, Post, TimeQuality
from detector.sources._details import traces
from detector.sources._facebook_shapes import MediaMetadata, Pictured, Piece, Place, Record
from detector.sources._meta import repaired, repaired_with_bytes
from detector.sources._times import moment
from detector.sources.interface import content_id

_FIRST_DAY: Final = datetime(2004, 2, 4, tzinfo=UTC)
"""Facebook opened; nothing on it is older, whatever day a post was backdated to."""
_FIRST_SECOND: Final = int(_FIRST_DAY.timestamp())
_LAST_SECOND: Final = 4_102_444_799
"""The last of the year 2099."""
_EDIT_SECONDS: Final = 60
"""A change this soon after a post belongs to its making: a link's preview, a film's conversion."""
_REPEATED: Final = 15
"""Letters from which on words that stand within others are said to repeat them."""
_MENTION: Final = re.compile(r"@\[\d{1,25}:(?:\d{1,9}:)?([^\]\n]{1,200})\]")
_VIA: Final = re.compile(r" via ([^.\n]{1,60})\.?$")
_SHARED: Final = re.compile(
    r"\b(?:shared|membagikan)\b.{0,160}\b(?:memor(?:y|ies)|posts?|photos?|videos?|album|reels?|status"
    r"|kenangan|postingan|kiriman|foto)\b"
)
"""English and Indonesian sentences that say what was shared was somebody's post, not a link."""
_PERMALINK: Final = re.compile(
    r"https?://(?:[a-z-]{1,20}\.)?facebook\.com/(?:[^/?#]{1,100}/(?:posts|videos|photos)/|permalink\.php"
    r"|story\.php|photo(?:\.php|/)|reel/|watch/|share/[prv]/)"
)
_ALBUMS: Final = frozenset(
    {
        "timeline photos", "timeline videos", "mobile uploads", "videos", "foto lini masa",
        "video lini masa", "unggahan seluler", "video",
    }
)  # fmt: skip
"""Titles of films, lower case, that are only the name of the album they were put into."""
_FILMS: Final = frozenset({"mp4", "mov", "m4v", "webm", "avi", "mkv", "3gp"})
_PICTURES: Final = frozenset({"jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "bmp"})
_SOUNDS: Final = frozenset({"mp3", "m4a", "aac", "ogg", "wav"})
_WORDS_OF: Final = {
    "poll": ("question",),
    "note": ("title", "text"),
    "event": ("name", "description"),
    "for_sale_item": ("title", "price", "description"),
    "fundraiser": ("title", "name", "description"),
    "life_event": ("title", "description"),
}
"""Attachments with words of their own, and where in them these stand."""


class Draft(msgspec.Struct, kw_only=True, gc=False):
    """A post as its record tells it, before it is known to be no repetition."""

    at: datetime
    quality: TimeQuality
    text: str
    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()
    location: str | None = None
    app: str | None = None
    is_repost: bool = False
    id: str | None = None
    edited_at: datetime | None = None
    addresses: tuple[str, ...] = ()
    """From which its pictures were uploaded."""
    utf8: bytes | None = None
    """The text's bytes, where they were at hand."""


def timed(stamp: Any) -> tuple[datetime, TimeQuality]:
    """Turn seconds since 1970 into a time.

    Raises:
        ValueError: it is no such number, or in a year without Facebook.
    """
    if type(stamp) is int and _FIRST_SECOND <= stamp <= _LAST_SECOND:
        return datetime.fromtimestamp(stamp, UTC), TimeQuality.EXACT
    at, quality = moment(stamp)
    return within(at), quality


def within(at: datetime) -> datetime:
    """Return a time.

    Raises:
        ValueError: it is before Facebook's first day.
    """
    if at < _FIRST_DAY:
        raise ValueError(f"its time is in the year {at.year}")
    return at


def drafted(record: Record) -> Draft:
    """Read one record.

    Raises:
        ValueError: it has no usable time, or nothing of a post.
    """
    if record.label_values is not None:
        return _labelled(record)
    at, quality = timed(record.timestamp or _first_stamp(record))
    if record.uri:
        return _item(record, at, quality)
    title = record.title or ""
    if record.data is None and record.attachments is None and not title and not record.name:
        raise ValueError("has neither words nor anything attached")
    draft = Draft(at=at, quality=quality, text="")
    _compose(draft, record)
    titled(draft, title)
    draft.id = str(record.fbid) if record.fbid else None
    return draft


def posted_plainly(record: Record, at: datetime, account: str, kind: str, where: str) -> Post:
    """Read a record that is plain, of the time `plain_at` gave."""
    text, utf8 = _rendered((record.data[0].post if record.data else "") or "")
    app, is_repost = _sentence(record.title) if record.title else (None, False)
    return Post(
        platform="facebook",
        account=account,
        id=str(record.fbid) if record.fbid else content_id(at, text if utf8 is None else utf8),
        created_at=at,
        text=text,
        where=where,
        kind=kind,
        app=app,
        is_repost=is_repost,
    )


def plain_at(record: Record) -> datetime | None:
    """Return the time of a record that is words nobody changed and nothing else, as most are; else None."""
    only = record.data[0] if record.data and len(record.data) == 1 else None
    if only is None or not only.post or only.update_timestamp:
        return None
    if (
        record.attachments
        or record.media
        or record.place
        or record.uri
        or record.label_values is not None
    ):
        return None
    stamp = record.timestamp
    if type(stamp) is not int or not _FIRST_SECOND <= stamp <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(stamp, UTC)


def _compose(draft: Draft, record: Record) -> None:
    """Gather the words of a post from all the places where they may stand."""
    words = _written(record, draft)
    if record.timestamp is None:
        # A note or an event: its own title is what was written, not a sentence about it.
        for own in (record.title or record.name, record.text, record.description):
            words.add(own or "")
    if record.attachments or record.media or record.place:
        _attach(draft, words, record)
    draft.text, draft.utf8 = str(words), words.utf8


def _rendered(words: str) -> tuple[str, bytes | None]:
    """Return words as they are shown, and their bytes in UTF-8 where these are at hand."""
    # What is still in single bytes is searched several times as fast.
    if "@[" in words:
        return _MENTION.sub(r"\1", repaired(words)), None
    return repaired_with_bytes(words)


def _written(record: Record, draft: Draft) -> Text:
    """Return what was written, and note when it was changed."""
    words = Text()
    for part in record.data or ():
        if part.post or part.text:
            words.add(part.post or part.text or "")
        if part.update_timestamp:
            with suppress(ValueError):
                draft.edited_at = edited(timed(part.update_timestamp)[0], draft.at)
    return words


def _first_stamp(record: Record) -> Any:
    stamps = (
        record.timestamp, record.creation_timestamp, record.created_timestamp, record.create_timestamp,
    )  # fmt: skip
    given = [stamp for stamp in stamps if stamp is not None]
    return next(filter(None, given), given[0] if given else None)


def edited(changed: datetime, at: datetime) -> datetime | None:
    """Return when a post of the time `at` was changed, None if that belongs to its making."""
    return changed if (changed - at).total_seconds() > _EDIT_SECONDS else None


def titled(draft: Draft, title: str) -> None:
    """Learn from a post's title what client published it, and whether it was somebody else's post.

    Titles are sentences of the account's language: only a few are understood, and none is given.
    """
    app, is_repost = _sentence(title)
    draft.app = app or draft.app
    draft.is_repost = is_repost or draft.is_repost
    if draft.links and not draft.media and not draft.is_repost:
        draft.is_repost = any(map(_PERMALINK.match, draft.links))


@lru_cache(maxsize=1_000)
def _sentence(title: str) -> tuple[str | None, bool]:
    """Return the client a title names, and whether it says that somebody's post was shared."""
    match = _VIA.search(title) if " via " in title else None
    is_repost = ("shared" in title or "membagikan" in title) and bool(_SHARED.search(title))
    return repaired(match[1]) if match else None, is_repost


class Text:
    """The words of a post, each said once: descriptions of its pictures often repeat it."""

    def __init__(self) -> None:
        self.utf8: bytes | None = None
        """The words in UTF-8, where those bytes are at hand."""
        self._parts: list[str] = []
        self._raw: list[str] = []

    def add(self, part: str) -> None:
        if part in self._raw:
            return
        self._raw.append(part)
        part, utf8 = _rendered(part)
        bare = part.strip()
        if not bare:
            return
        for known in self._parts:
            if bare == known.strip() or (len(bare) >= _REPEATED and bare in known):
                return
        self.utf8 = None if self._parts else utf8
        self._parts.append(part)

    def __str__(self) -> str:
        return self._parts[0] if len(self._parts) == 1 else "\n".join(self._parts)


def said_of(text: str) -> Text:
    """Return the words of a post that is one text."""
    words = Text()
    words.add(text)
    return words


def _attach(draft: Draft, words: Text, record: Record) -> None:
    """Add what is attached to a post: links, pictures, places and words."""
    links: list[str] = []
    media: list[Media] = []
    addresses: list[str] = []
    places = [record.place] if record.place else []
    for piece in _pieces(record):
        if piece.media is not None:
            media.append(pictured(piece.media, words, addresses))
            continue
        if piece.external_context is not None and piece.external_context.url:
            links.append(repaired(piece.external_context.url.strip()))
        if uri := piece.uri or (piece.file and piece.file.uri):
            media.append(Media("file", repaired(uri)))
        if piece.text or piece.has_words:
            for said in _said_in(piece):
                words.add(said)
        if piece.place:
            places.append(piece.place)
    draft.links = tuple(dict.fromkeys(filter(None, links))) if links else ()
    draft.media = tuple([one for one in media if one.path])
    draft.addresses = tuple(dict.fromkeys(addresses)) if addresses else ()
    if places:
        draft.location = next(filter(None, map(_located, places)), None)


def _pieces(record: Record) -> list[Piece]:
    """Return all that is attached to a post."""
    pieces: list[Piece] = []
    for one in record.attachments or ():
        if one.data:
            pieces += one.data
    if record.media:
        own = record.media if isinstance(record.media, list) else [record.media]
        pieces += [Piece(media=one) for one in own]
    return pieces


def _said_in(piece: Piece) -> Iterator[str]:
    """Yield the words of one thing that is attached, where it has any."""
    if piece.text:
        yield piece.text
    if piece.has_words:
        for kind, keys in _WORDS_OF.items():
            if (inner := getattr(piece, kind)) is not None:
                yield from _said(inner, keys)


def _said(inner: dict[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    """Yield the words of an attachment, and the options of a poll."""
    yield from (inner[key] for key in keys if isinstance(inner.get(key), str))
    options = inner.get("options")
    for option in options if isinstance(options, list) else ():
        choice = option.get("option") if isinstance(option, dict) else option
        if isinstance(choice, str):
            yield choice


def pictured(media: Pictured | Record, words: Text, addresses: list[str]) -> Media:
    """Read a picture or film; of its two captions, a picture's title is only its album's name."""
    uri = repaired(media.uri or "")
    ending = uri[-3:]
    if ending not in _PICTURES:
        ending = uri.rsplit("/", 1)[-1].partition("?")[0].rpartition(".")[2].lower()
    if media.description:
        words.add(media.description)
    kind = "other"
    if ending in _PICTURES:
        kind = "photo"
    elif ending in _FILMS:
        kind = "video"
        if media.title and media.title.strip().lower() not in _ALBUMS:
            words.add(media.title)
    elif ending in _SOUNDS:
        kind = "audio"
    if media.media_metadata is not None:
        addresses.extend(_addresses(media.media_metadata))
    return Media(kind, uri)


def _addresses(metadata: MediaMetadata) -> Iterator[str]:
    """Yield the addresses a picture was uploaded from; until 2020 they stood one level higher."""
    for inner in (metadata.photo_metadata, metadata.video_metadata):
        if inner is not None:
            for one in (inner, *(inner.exif_data or ())):
                if one.upload_ip and (ip := _address(one.upload_ip)):
                    yield ip


@lru_cache(maxsize=1_000)
def _address(text: str) -> str | None:
    return traces([text]).get("ip")


def _item(record: Record, at: datetime, quality: TimeQuality) -> Draft:
    """Read a picture of an album, or a film, that is listed by itself."""
    words, addresses = Text(), list[str]()
    media = pictured(record, words, addresses)
    return Draft(
        at=at,
        quality=quality,
        text=str(words),
        media=(media,),
        location=_located(record.place),
        addresses=tuple(dict.fromkeys(addresses)),
    )


def _located(place: Place | None) -> str | None:
    """Return a place's name, else where it is to 0.01 degrees, which are 1.1 km."""
    if place is None:
        return None
    if place.name and place.name.strip():
        return repaired(place.name).strip()[:200]
    at = place.coordinate
    if at is None or not at.latitude or not at.longitude:
        return None
    if not (math.isfinite(at.latitude) and math.isfinite(at.longitude)):
        return None
    return f"{at.latitude:.2f},{at.longitude:.2f}"


def _labelled(record: Record) -> Draft:
    """Read a record of labels and values: the longest value that is no address is what it says."""
    entries = [one for one in record.label_values or () if isinstance(one, dict)]
    stamps = [one["timestamp_value"] for one in entries if one.get("timestamp_value")]
    at, quality = timed(_first_stamp(record) or next(iter(stamps), None))
    values = [repaired(one["value"]) for one in entries if isinstance(one.get("value"), str)]
    hrefs = [repaired(one["href"]) for one in entries if isinstance(one.get("href"), str)]
    plain = [value for value in values if not value.startswith(("http://", "https://"))]
    words, draft = Text(), Draft(at=at, quality=quality, text="")
    words.add(max(plain, key=len, default=""))
    _attach(draft, words, record)
    draft.text = str(words)
    draft.links = tuple(dict.fromkeys(filter(None, [*draft.links, *hrefs])))
    if record.fbid:
        draft.id = str(record.fbid)
    return draft
