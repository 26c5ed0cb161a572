"""Threads' records in JSON: plain ones, and those of labels and values."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from detector.records import Media
from detector.sources._elements import Damaged
from detector.sources._instagram_posts import labelled
from detector.sources._meta import repair, repaired

_FILMS: Final = frozenset({"mp4", "mov", "m4v", "webm"})
_PICTURES: Final = frozenset({"jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif"})
_CAPTIONS: Final = frozenset({"caption", "text", "title", "keterangan", "teks", "judul"})


class Item(msgspec.Struct, gc=False):
    """A picture, or the text alone of a post that has none."""

    uri: Any = None
    creation_timestamp: Any = None
    title: Any = None


class Thread(msgspec.Struct, gc=False):
    """A post or reply."""

    media: list[Item]
    title: Any = None
    creation_timestamp: Any = None
    timestamp: Any = None
    label_values: Any = None
    string_map_data: Any = None


def shaped(one: Any) -> Thread:
    """Give a record its type: those with a single item, without any, or of labels and values too.

    Raises:
        ValueError: it is damaged, or of another kind.
    """
    if isinstance(one, Thread):
        return one if one.label_values is None is one.string_map_data else _of_labels(_labels(one))
    if isinstance(one, Damaged):
        raise ValueError(one)  # noqa: TRY004 - one class says "rejected"
    if not isinstance(one, dict):
        raise ValueError("is not an object")  # noqa: TRY004
    try:
        if "label_values" in one or "string_map_data" in one:
            return _of_labels(_labels(one))
        items = one.get("media", [])
        whole = {**one, "media": [items] if isinstance(items, dict) else items}
        if "uri" in one and "media" not in one:
            whole["media"] = [{"uri": one["uri"]}]
        return msgspec.convert(whole, Thread)
    except (msgspec.ValidationError, RecursionError):
        raise ValueError("its media are no list of objects") from None


def _of_labels(record: dict[str, Any]) -> Thread:
    """Read a record of labels and values, the layout of Meta's newest files."""
    entries = list(labelled(record))
    stamps = [record.get("timestamp"), *(stamp for _, _, stamp in entries if stamp)]
    texts = [(label, value) for label, value, _ in entries if value]
    captions = [value for label, value in texts if label.lower() in _CAPTIONS]
    plain = [value for _, value in texts if not value.startswith(("http://", "https://"))]
    items = record.get("media")
    return Thread(
        media=[
            Item(uri=one.get("uri"))
            for one in (items if isinstance(items, list) else [])
            if isinstance(one, dict)
        ],
        title=captions[0] if captions else max(plain, key=len, default=""),
        creation_timestamp=next((one for one in stamps if one), None),
    )


def _labels(record: Thread | dict[str, Any]) -> dict[str, Any]:
    """Return a record of labels and values as a tree, its texts mended."""
    if isinstance(record, dict):
        return dict(repair(record))
    return {
        "timestamp": record.timestamp,
        "label_values": repair(record.label_values),
        "string_map_data": repair(record.string_map_data),
        "media": [{"uri": one.uri} for one in record.media],
    }


def url_of(record: Any) -> str | None:
    """Return the address of a post, which only records of labels and values have."""
    if isinstance(record, Thread):
        if record.label_values is None:
            return None
        record = _labels(record)
    for _, value, _ in labelled(record):
        if value.startswith(("https://www.threads.net/", "https://www.threads.com/")):
            return value
    return None


def medium(uri: str) -> Media:
    """Return a picture or film by its path."""
    path = repaired(uri)
    if path.endswith(".jpg"):
        return Media("photo", path)
    ending = path.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    kind = "video" if ending in _FILMS else "photo" if ending in _PICTURES else "other"
    return Media(kind, path)
