"""The posts of an Instagram export: records of any year's layout, told apart by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from detector.records import Media, TimeQuality

FIRST_DAY: Final = datetime(2010, 10, 6, tzinfo=UTC)
"""Instagram opened; nothing on it is older."""
LAST_DAY: Final = datetime(2100, 1, 1, tzinfo=UTC)
_FIRST_SECOND: Final = int(FIRST_DAY.timestamp())
_LAST_SECOND: Final = int(LAST_DAY.timestamp())

_KINDS: Final = {
    "posts": "post",
    "stories": "story",
    "reels": "reel",
    "archived_posts": "archived",
    "igtv_videos": "igtv",
    "profile_photos": "profile_picture",
    "other_content": "other",
    "recently_deleted_content": "other",
    "reposts": "repost",
    "media": "post",
}
POST_FILES: Final = re.compile(
    rf"(?:^|/)(?P<stem>{'|'.join(_KINDS)})(?:_\d{{1,6}})?(?: ?\(\d{{1,3}}\))?\.(?P<form>json|html)$",
    re.IGNORECASE,
)
"""Members that hold posts, wherever in the export they lie; browsers number what they save again."""

_WRAPPERS: Final = {
    "ig_posts": "post",
    "ig_stories": "story",
    "ig_reels_media": "reel",
    "ig_archived_post_media": "archived",
    "ig_igtv_media": "igtv",
    "ig_other_media": "other",
    "ig_recently_deleted_media": "other",
    "ig_profile_picture": "profile_picture",
    "ig_reposts": "repost",
    "profile_media_reposts": "repost",
    "text_post_app_text_posts": "post",
    # The one file of 2018 to 2020.
    "photos": "post",
    "videos": "post",
    "profile": "profile_picture",
    "stories": "story",
}
PRIVATE_KEYS: Final = frozenset({"direct"})
"""Pictures of private talk inside `media.json`: counted, never given."""

_MILLISECONDS_FROM: Final = 100_000_000_000
_LARGEST_STAMP: Final = 1e18
_DEGREES: Final = 180
_LONGEST_NUMBER: Final = 30
_FILMS: Final = frozenset({"mp4", "mov", "m4v", "webm", "avi", "mkv"})
_PICTURES: Final = frozenset({"jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "bmp"})
_ENDINGS: Final = {".jpg": "photo", ".mp4": "video", "webp": "photo", "heic": "photo"}
"""The commonest endings, by their last four letters."""
_CAPTIONS: Final = frozenset(
    {
        "caption", "text", "title", "keterangan", "teks", "judul", "kapsyen", "legenda", "leyenda",
        "légende", "bildunterschrift", "bijschrift", "didascalia", "açıklama", "chú thích", "подпись",
        "キャプション", "캡션", "说明", "說明", "الشرح", "التسمية التوضيحية",
    }
)  # fmt: skip
"""Labels of a caption, lower case; any other language is read by shape."""


class Draft(msgspec.Struct, kw_only=True, gc=False):
    """A post as its record tells it, before it is known to be no repetition."""

    at: datetime
    text: str
    kind: str
    quality: TimeQuality = TimeQuality.EXACT
    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()
    url: str | None = None
    location: str | None = None
    is_repost: bool = False
    is_piece: bool = False
    """Whether it may be one of several pictures of a carousel, each listed by itself."""


def kind_of(member: str) -> str:
    """Return the kind of post a member holds, judged by its name; ``post`` when it does not say."""
    match = POST_FILES.search(member)
    return _KINDS[match["stem"].lower()] if match else "post"


def records(tree: Any, kind: str) -> Iterator[tuple[str, Any]]:
    """Yield every record of a member with the kind of post it is, in the file's order.

    Args:
        tree: the parsed member.
        kind: what its name says it holds; a wrapper inside says it better.

    Raises:
        TypeError: the top level is neither a list nor an object of records.
    """
    if isinstance(tree, list):
        for one in tree:
            if isinstance(one, dict) and any(_wraps(key, one[key]) for key in one):
                yield from records(one, kind)
            else:
                yield kind, one
        return
    if not isinstance(tree, dict):
        raise TypeError(f"its top level is {_named(tree)}, not a list or an object of records")
    wrappers = [key for key in tree if _wraps(key, tree[key])]
    if not wrappers:
        if not tree.keys() & {"media", "uri", "path", "creation_timestamp", "label_values"}:
            raise TypeError("its top level is an object without any list of posts")
        yield kind, tree
    for key in wrappers:
        inner = "private" if key in PRIVATE_KEYS else _WRAPPERS.get(key, kind)
        for one in tree[key] or ():
            yield inner, one


def wrapper_kind(key: str, kind: str) -> str | None:
    """Return the kind of post in a list of that name, None if it is no list of posts."""
    if key in PRIVATE_KEYS:
        return "private"
    if not _wraps(key, []):
        return None
    return _WRAPPERS.get(key, kind)


def _wraps(key: str, value: Any) -> bool:
    known = key in _WRAPPERS or key in PRIVATE_KEYS or key.startswith("ig_")
    return known and (value is None or isinstance(value, list))


def drafted(record: Any, kind: str) -> Draft:
    """Read one record of any layout.

    Args:
        record: as parsed.
        kind: as `records` gave it; a repost becomes a post that says it is one.

    Raises:
        ValueError: it has no usable time, or is of no known shape; the message says which.
    """
    if not isinstance(record, dict):
        raise ValueError(f"is {_named(record)}, not an object")  # noqa: TRY004 - one class says "rejected"
    if "label_values" in record or "string_map_data" in record:
        draft = _labelled(record, kind)
    elif "taken_at" in record:
        draft = _of_2018(record, kind)
    else:
        draft = _plain(record, kind)
    if kind == "repost":
        draft.kind, draft.is_repost = "post", True
    return draft


def _plain(record: dict[str, Any], kind: str) -> Draft:
    """Read a record of 2021 and later: a carousel, a single item in a list, or a flat item."""
    items = record.get("media", [record] if "uri" in record else [])
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list):
        raise ValueError(f"its media are {_named(items)}, not a list")  # noqa: TRY004
    if wrong := [item for item in items if not isinstance(item, dict)]:
        raise ValueError(f"among its media is {_named(wrong[0])}, not an object")
    titles = [_caption(one.get("title")) for one in (record, *items)]
    stamps = [one.get("creation_timestamp") for one in (record, *items)]
    return Draft(
        at=moment(_first(stamps)),
        text=next((title for title in titles if title), ""),
        kind=kind,
        media=tuple(media_of(item.get("uri")) for item in items if item.get("uri")),
        location=next(filter(None, map(_coordinates, items)), None),
    )


def _of_2018(record: dict[str, Any], kind: str) -> Draft:
    """Read an item of `media.json`."""
    taken = record["taken_at"]
    quality = TimeQuality.EXACT
    if isinstance(taken, str) and not taken.strip().isdigit():
        try:
            at = datetime.fromisoformat(taken.strip())
        except ValueError:
            raise ValueError(f"time {taken[:40]!r} is not understood") from None
        if at.tzinfo is None:
            quality = TimeQuality.LOCAL
            at = at.replace(tzinfo=UTC)
        at = within(at)
    else:
        at = moment(taken)
    path = record.get("path") or record.get("uri")
    return Draft(
        at=at,
        text=_caption(record.get("caption") or record.get("title")),
        kind=kind,
        quality=quality,
        media=(media_of(path),) if path else (),
        location=_text(record.get("location"))[:200] or None,
        is_piece=True,
    )


def _labelled(record: dict[str, Any], kind: str) -> Draft:
    """Read a record of labels and values: reposts, and posts of the newest exports."""
    values = list(labelled(record))
    stamps = [record.get("timestamp"), *(stamp for _, _, stamp in values if stamp)]
    texts = [(label, value) for label, value, _ in values if value]
    plain = [value for _, value in texts if not value.startswith(("http://", "https://"))]
    captions = [value for label, value in texts if label.lower() in _CAPTIONS]
    urls = [value for _, value in texts if "instagram.com/" in value and value.startswith("http")]
    items = record.get("media")
    items = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return Draft(
        at=moment(_first(stamps)),
        # Without a label that is known, a caption is the longest thing a post says.
        text=captions[0] if captions else max(plain, key=len, default=""),
        kind=kind,
        media=tuple(media_of(item.get("uri")) for item in items if item.get("uri")),
        url=urls[0] if urls else None,
    )


def labelled(record: dict[str, Any]) -> Iterator[tuple[str, str, int | float | None]]:
    """Yield (label, value, time stamp) of every entry of a labelled record, nested ones last.

    Three generations are read alike: `string_map_data`, `string_list_data` and `label_values`.
    """
    named = record.get("string_map_data")
    entries = list(named.items()) if isinstance(named, dict) else []
    for name in ("string_list_data", "label_values", "vec", "dict"):
        rows = record.get(name)
        if isinstance(rows, list):
            entries += [(_text(row.get("label")), row) for row in rows if isinstance(row, dict)]
    entries = [(label, entry) for label, entry in entries if isinstance(entry, dict)]
    for label, entry in entries:
        stamp = entry.get("timestamp_value") or entry.get("timestamp")
        if isinstance(stamp, str) and stamp.isascii() and stamp.isdigit():
            stamp = int(stamp[:20])
        is_time = isinstance(stamp, int | float) and not isinstance(stamp, bool) and stamp > 0
        yield label, _text(entry.get("value") or entry.get("href")), stamp if is_time else None
    for _, entry in entries:
        yield from labelled({name: entry[name] for name in ("vec", "dict") if name in entry})


def moment(stamp: Any) -> datetime:
    """Turn seconds since 1970 into a time; milliseconds and microseconds are told by their size.

    Raises:
        ValueError: it is no such number, or lies outside Instagram's lifetime.
    """
    if type(stamp) is int and _FIRST_SECOND <= stamp < _LAST_SECOND:
        return datetime.fromtimestamp(stamp, tz=UTC)
    if isinstance(stamp, str) and stamp.strip().isascii() and stamp.strip().isdigit():
        stamp = int(stamp.strip()[:20])
    if stamp is None or stamp == 0:
        raise ValueError("has no time" if stamp is None else "its time is 0")
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        raise ValueError(f"its time is {_named(stamp)}, not a number of seconds")  # noqa: TRY004
    if not abs(stamp) < _LARGEST_STAMP:
        raise ValueError("its time is outside Instagram's lifetime")
    while abs(stamp) >= _MILLISECONDS_FROM:
        stamp /= 1000
    try:
        return within(datetime.fromtimestamp(stamp, tz=UTC))
    except (OverflowError, OSError, ValueError) as error:
        if isinstance(error, ValueError) and "Instagram" in str(error):
            raise
        raise ValueError("its time is outside Instagram's lifetime") from None


def within(at: datetime) -> datetime:
    """Return the time in UTC.

    Raises:
        ValueError: it is before Instagram's first day, or after the year 2100.
    """
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        at = datetime.min.replace(tzinfo=UTC)
    if not FIRST_DAY <= at < LAST_DAY:
        raise ValueError(f"time {at.date()} is outside Instagram's lifetime")
    return at


def _first(stamps: list[Any]) -> Any:
    """Return the first time that is given, and a 0 only when there is no other."""
    given = [stamp for stamp in stamps if stamp is not None]
    return next(filter(None, given), given[0] if given else None)


def media_of(uri: Any) -> Media:
    """Make a picture or film of its path, whose ending tells the kind."""
    path = uri if type(uri) is str else ""
    kind = _ENDINGS.get(path[-4:])
    if kind is None:
        ending = path.rsplit("/", 1)[-1].rpartition(".")[2].lower()
        kind = "video" if ending in _FILMS else "photo" if ending in _PICTURES else "other"
    return Media(kind, path)


def _coordinates(item: dict[str, Any]) -> str | None:
    """Return where a picture says it was taken, as coarse as a district (0.01 degrees is 1.1 km)."""
    metadata = item.get("media_metadata")
    for inner in metadata.values() if isinstance(metadata, dict) else ():
        rows = inner.get("exif_data") if isinstance(inner, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict):
                continue
            if place := coarse(row.get("latitude"), row.get("longitude")):
                return place
    return None


def coarse(latitude: Any, longitude: Any) -> str | None:
    """Write a place to 0.01 degrees, about a kilometre; None when it is none, or 0 and 0."""
    pair = latitude, longitude = _degrees(latitude), _degrees(longitude)
    if not all(isinstance(one, int | float) and abs(one) <= _DEGREES for one in pair) or not any(
        pair
    ):
        return None
    return f"{latitude:.2f},{longitude:.2f}"


def _degrees(value: Any) -> Any:
    """Return a number that is written as a text as the number it is."""
    if isinstance(value, str) and len(value) < _LONGEST_NUMBER:
        with suppress(ValueError):
            return float(value)
    return value


def _caption(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"its caption is {_named(value)}, not a text")
    return value or ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _named(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        type(None): "null",
    }
    return names.get(type(value), "a number")
