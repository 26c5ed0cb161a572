"""Values of a post's fields as other programs write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Literal, get_args

import msgspec

from detector.records import Comment, Media, TimeQuality
from detector.sources._meta import without_surrogates
from detector.sources._times import moment

PostKind = Literal["post", "reel", "story", "archived", "igtv", "profile_picture", "other"]
_NAMES: Final = (
    "username", "userName", "screen_name", "screenName", "uniqueId", "handle", "acct", "name", "id",
)  # fmt: skip
"""What the objects that stand for an account call its name, the best first."""
_NOTHING: Final = frozenset({"[]", "{}", "nan", "NaN", "None", "null"})
"""What programs put in a cell where they have no value."""
_REELS: Final = frozenset({"reel", "reels"})
_STORIES: Final = frozenset({"story", "stories", "cerita"})
_POST_KINDS: Final = frozenset(get_args(PostKind))


def inner_of(value: Any, keys: tuple[str, ...]) -> Any:
    """Return the first of several keys of a nested object, None when there is none."""
    if isinstance(value, dict):
        return next((value[key] for key in keys if isinstance(value.get(key), str | int)), None)
    return None


def text_of(value: Any) -> str:
    """Read a text, which some nest in an object.

    Raises:
        ValueError: it is none.
    """
    if value is None:
        return ""
    inner = inner_of(value, ("text", "body"))
    if isinstance(inner, str):
        return inner
    raise ValueError("its text is no text")


def name_of(value: Any) -> str:
    """Read an account's or platform's name, which some nest in an object; empty when there is none."""
    if isinstance(value, dict):
        value = inner_of(value, _NAMES)
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _optional(value: Any) -> str | None:
    if isinstance(value, dict):
        value = inner_of(value, ("full_name", "name", "url", "id"))
    if value is None or isinstance(value, list | bool) or value in _NOTHING:
        return None
    return str(value)


def _app(value: Any) -> str | None:
    """Return a publishing client; Twitter wraps its name in a link."""
    name = _optional(value)
    if name and name.startswith("<a ") and name.endswith("</a>"):
        name = name[name.find(">") + 1 : -4]
    return name


def _is_true(value: Any) -> bool:
    return str(value).strip().lower() in {"true", "1", "1.0", "yes", "ya"}


def _listed(value: Any) -> list[Any]:
    """Read a list as JSON gives it, as JSON inside a cell, or as text with separators."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, str):
        return []
    if value.lstrip().startswith("["):
        try:
            inner = msgspec.json.decode(value)
        except (ValueError, RecursionError):
            # The way Python prints a list: what stands between its quotes.
            return [part for part in re.split(r"[\[\]'\", ]+", value) if part]
        return inner if isinstance(inner, list) else []
    return [part for part in re.split(r"[\s;|]+|,(?=http)", value) if part]


def _links(value: Any) -> tuple[str, ...]:
    found = [
        inner_of(one, ("expanded_url", "url", "href")) if isinstance(one, dict) else one
        for one in _listed(value)
    ]
    return tuple(one for one in found if isinstance(one, str) and one)


def _media(value: Any) -> tuple[Media, ...]:
    found = []
    for one in _listed(value):
        if isinstance(one, dict):
            path = inner_of(one, ("path", "url", "uri", "media_url_https", "media_url"))
            size = one.get("size")
            kind = str(inner_of(one, ("kind", "type", "media_type")) or "other").lower()
            found.append(
                Media(
                    kind,
                    path if isinstance(path, str) else None,
                    size if type(size) is int else None,
                )
            )
        elif isinstance(one, str):
            found.append(Media("other", one))
    return tuple(found)


def _comments(value: Any) -> tuple[Comment, ...] | None:
    """Read comments; a bare number is only their count."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _listed(value)
    if not isinstance(value, list):
        return None
    found = []
    for one in value:
        text = (
            inner_of(one, ("text", "body", "content", "message")) if isinstance(one, dict) else one
        )
        if isinstance(text, str):
            inner = one if isinstance(one, dict) else {}
            author = name_of(inner.get("author") or inner.get("ownerUsername")) or None
            stamp = inner.get("created_at") or inner.get("timestamp")
            try:
                at = moment(stamp)[0] if stamp else None
            except ValueError:
                at = None
            found.append(Comment(text, author, at))
    return tuple(found)


def _kind(value: Any) -> str | None:
    if not isinstance(value, str) or value in _POST_KINDS:
        return value if isinstance(value, str) else None
    # Meta's tables: "IG reel", "Reel IG", "IG story", "Cerita IG".
    words = set(value.lower().split())
    return "reel" if words & _REELS else "story" if words & _STORIES else None


def _quality(value: Any) -> TimeQuality | None:
    try:
        return TimeQuality(value)
    except ValueError:
        return None


READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "url": _optional,
    "app": _app,
    "language": _optional,
    "in_reply_to": _optional,
    "is_repost": _is_true,
    "links": _links,
    "media": _media,
    "location": _optional,
    "comments": _comments,
    "kind": _kind,
    "time_quality": _quality,
}


def mended(value: Any) -> Any:
    """Replace lone surrogates by U+FFFD in every string of a parsed tree; nothing else changes."""
    if isinstance(value, str):
        return value if value.isascii() else without_surrogates(value)
    if isinstance(value, dict):
        return {mended(key): mended(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [mended(inner) for inner in value]
    return value
