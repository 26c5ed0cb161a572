"""The tweet as X's archives and its API 1.1 write it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from detector.records import Media, Post, TimeQuality
from detector.sources._times import moment
from detector.sources.interface import content_id

FIRST_YEAR: Final = 2006
"""Twitter opened in March 2006; nothing on it is older."""
NEEDED: Final = frozenset({"id", "id_str", "created_at", "full_text", "text"})
_EPOCH: Final = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
"""Milliseconds of an id count from here."""
_FIRST_TIMED_ID: Final = 30_000_000_000
"""Ids below it were handed out in order, until November 2010, and bear no time."""
_LAST_ID: Final = 1 << 63
_LONGEST_ID: Final = 30
"""Digits; X's own have 19."""
_MONTHS: Final = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        start=1,
    )
}
_ANCHOR: Final = re.compile(r"<a\b[^>]{0,500}>([^<]{0,300})</a>")
_NO_LANGUAGE: Final = frozenset({"und", "zxx", "qam", "qct", "qht", "qme", "qst", "art", ""})
"""What X says of a text without words: undetermined, or nothing but links, tags, mentions, emoji."""
_OWN_MEDIA: Final = re.compile(r"/status(?:es)?/\d{1,20}/(?:photo|video)/\d{1,2}$")
_MEDIA_KINDS: Final = {"photo": "photo", "video": "video", "animated_gif": "video"}

_iso = datetime.fromisoformat

Located = Callable[[str, str], tuple[str, int] | None]
"""Where in the archive the picture of a tweet (id, file name) lies, and its size in bytes."""


class Link(msgspec.Struct, gc=False):
    """A link in a text."""

    expanded_url: str | None = None
    unwound_url: str | None = None
    media_key: str | None = None


class Variant(msgspec.Struct, gc=False):
    """One encoding of a film."""

    url: str | None = None


class Film(msgspec.Struct, gc=False):
    """The encodings of a film."""

    variants: list[Variant] = []


class Picture(msgspec.Struct, gc=False):
    """A picture or film of a tweet."""

    type: str | None = None
    media_url_https: str | None = None
    media_url: str | None = None
    source_status_id_str: str | None = None
    video_info: Film | None = None


class Entities(msgspec.Struct, gc=False):
    """What stands in a text or hangs on it."""

    urls: list[Link] | None = None
    media: list[Picture] | None = None


class Place(msgspec.Struct, gc=False):
    """A named place."""

    full_name: str | None = None


class Point(msgspec.Struct, gc=False):
    """Longitude and latitude, in degrees."""

    coordinates: list[str | float] | None = None


class User(msgspec.Struct, gc=False):
    """An author."""

    id: str | int | None = None
    username: str | None = None
    screen_name: str | None = None


class Tweet(msgspec.Struct, gc=False, kw_only=True):
    """A tweet; archives since 2019 wrap each in an object of one key, ``tweet``."""

    tweet: Tweet | None = None
    id_str: str | int | None = None
    id: str | int | None = None
    created_at: str | int | float | None = None
    full_text: str | None = None
    text: str | None = None
    source: str | None = None
    lang: str | None = None
    in_reply_to_status_id_str: str | int | None = None
    in_reply_to_status_id: str | int | None = None
    entities: Entities | None = None
    extended_entities: Entities | None = None
    place: Place | None = None
    coordinates: Point | None = None
    deleted_at: str | int | float | None = None


def unwrapped(record: Any) -> Any:
    """Take a plain tree out of the wrapper of an archive."""
    if isinstance(record, dict) and isinstance(record.get("tweet"), dict):
        return record["tweet"]
    return record


def id_of(*values: str | int | None) -> str:
    """Return the first value that is an id, else the empty string."""
    for value in values:
        if type(value) is str:
            if value.isdigit() and len(value) <= _LONGEST_ID and value.isascii():
                return value
        elif type(value) is int and value > 0:
            return str(value)
    return ""


def time_of_id(tweet_id: str) -> datetime | None:
    """Return when an id was made, or None when it does not bear a time.

    Examples:
        >>> time_of_id("1859747040002080768").isoformat(timespec="seconds"), time_of_id("20")
        ('2024-11-21T23:53:41+00:00', None)
    """
    number = int(tweet_id) if 0 < len(tweet_id) < 20 else 0  # noqa: PLR2004 - 64 bits
    if not _FIRST_TIMED_ID <= number < _LAST_ID:
        return None
    return _EPOCH + timedelta(milliseconds=number >> 22)


def when(stamp: str | float | None, tweet_id: str) -> tuple[datetime, TimeQuality]:
    """Read a tweet's time; where it has none, its id tells.

    A time that contradicts the id is kept: X's own agree to the second, but ids are rounded by
    spreadsheets and renumbered by collectors, while a written time is meant to be read.

    Raises:
        ValueError: there is neither, or it is in a year no tweet can be of.
    """
    if stamp is None or stamp == "":
        at_of_id = time_of_id(tweet_id)
        if at_of_id is None:
            raise ValueError("has no time")
        at, quality = at_of_id, TimeQuality.EXACT_MS
    else:
        usual = _usual(stamp) if type(stamp) is str else None
        if usual is None:
            at, quality = moment(stamp)
        else:
            at, quality = usual, TimeQuality.EXACT_MS if usual.microsecond else TimeQuality.EXACT
    if not FIRST_YEAR <= at.year <= 2099:  # noqa: PLR2004
        raise ValueError(f"its time is in the year {at.year}")
    return at, quality


def _usual(stamp: str) -> datetime | None:
    """Read X's own spellings of a time; None for any other."""
    try:
        if len(stamp) == 30 and stamp[20:25] == "+0000":  # noqa: PLR2004
            # Fri Nov 22 00:36:08 +0000 2024, in English whatever the account's language.
            day = f"{stamp[26:]}-{_MONTHS[stamp[4:7]]}-{stamp[8:10]}"
            return _iso(f"{day}T{stamp[11:19]}+00:00")
        if len(stamp) == 24 and stamp[23] == "Z":  # noqa: PLR2004
            # 2024-11-22T00:36:08.000Z, in version 2 of the API.
            return _iso(stamp)
        if len(stamp) == 25 and stamp[19] == " ":  # noqa: PLR2004
            # 2013-05-17 12:34:56 +0000, in the classic archive.
            return _iso(f"{stamp[:19]}{stamp[20:]}").astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        pass
    return None


class Apps:
    """Names of publishing clients, which X writes as links; each is read once."""

    _MOST: Final = 10_000

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}

    def name(self, source: str | None) -> str | None:
        """Return the name inside the link, or the text itself when it is none."""
        if not source:
            return None
        known = self._known.get(source)
        if known is None:
            if len(self._known) > self._MOST:
                self._known.clear()
            anchor = _ANCHOR.search(source)
            known = html.unescape(anchor[1] if anchor else source).strip()[:200]
            self._known[source] = known
        return known or None


def language(code: str | None) -> str | None:
    """Return a language's code; None where X could not tell or there were no words."""
    return None if code is None or code in _NO_LANGUAGE else code


def links(found: list[Link] | None) -> tuple[str, ...]:
    """Return where links lead; those to the tweet's own pictures are none."""
    if not found:
        return ()
    leads = [
        one.unwound_url or one.expanded_url
        for one in found
        if one.media_key is None
        and one.expanded_url
        and not (one.expanded_url[-2:-1] == "/" and _OWN_MEDIA.search(one.expanded_url))
    ]
    return tuple(dict.fromkeys(lead for lead in leads if lead))


def plain_text(text: str) -> str:
    """Undo X's HTML escapes (``&amp;``, ``&lt;``, ``&gt;``)."""
    return html.unescape(text) if "&" in text else text


def media(tweet: Tweet, tweet_id: str, located: Located | None = None) -> tuple[Media, ...]:
    """Return a tweet's pictures and films."""
    extended = tweet.extended_entities
    given = (extended.media if extended else None) or (
        tweet.entities.media if tweet.entities else None
    )
    return tuple([_picture(one, tweet_id, located) for one in given]) if given else ()


def _picture(picture: Picture, tweet_id: str, located: Located | None) -> Media:
    kind = _MEDIA_KINDS.get(picture.type or "photo", "other")
    address = picture.media_url_https or picture.media_url
    if located is not None:
        films = picture.video_info.variants if picture.video_info else []
        for url in (*(film.url for film in films), address):
            name = (url or "").partition("?")[0].rpartition("/")[2]
            # The picture of a retweet may bear the id of the tweet it comes from.
            for one in (tweet_id, picture.source_status_id_str or ""):
                if name and (place := located(one, name)):
                    return Media(kind, *place)
    return Media(kind, address)


def place_of(tweet: Tweet) -> str | None:
    """Return the place a tweet names, or its coordinates to about a kilometre."""
    if tweet.place is not None and tweet.place.full_name:
        return tweet.place.full_name[:200]
    pair = tweet.coordinates.coordinates if tweet.coordinates is not None else None
    if pair is None or len(pair) != 2:  # noqa: PLR2004
        return None
    try:
        longitude, latitude = map(float, pair)
    except ValueError:
        return None
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):  # noqa: PLR2004 - degrees
        return None
    return f"{latitude:.2f},{longitude:.2f}"


def address_of(account: str, tweet_id: str) -> str | None:
    """Return a tweet's own address."""
    return f"https://x.com/{account or 'i'}/status/{tweet_id}" if tweet_id else None


def drafted(
    tweet: Tweet, *, account: str, address: str, where: str, apps: Apps, located: Located | None
) -> Post:
    """Make a post of a tweet.

    Args:
        tweet: out of its wrapper.
        account: whose it is.
        address: handle for its address; empty when it is not known.
        where: ``file#record``.
        apps: the clients met so far.
        located: finds its pictures.

    Raises:
        ValueError: it has no text or no usable time.
    """
    text = tweet.full_text if tweet.full_text is not None else tweet.text
    if text is None:
        raise ValueError("has no text")
    tweet_id = id_of(tweet.id_str, tweet.id)
    at, quality = when(tweet.created_at, tweet_id)
    text = plain_text(text)
    pictures = media(tweet, tweet_id, located)
    return Post(
        platform="x",
        account=account,
        id=tweet_id or content_id(at, text, [one.path or "" for one in pictures]),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=address_of(address, tweet_id),
        app=apps.name(tweet.source),
        language=language(tweet.lang),
        in_reply_to=id_of(tweet.in_reply_to_status_id_str, tweet.in_reply_to_status_id) or None,
        is_repost=text.startswith("RT @"),
        links=links(tweet.entities.urls) if tweet.entities else (),
        media=pictures,
        location=place_of(tweet),
    )
