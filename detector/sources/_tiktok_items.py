"""Posts of TikTok as its website receives them."""

from __future__ import annotations

from typing import Any, Final

from detector.records import Media, Post
from detector.sources._collected import inner, name, objects, posted, words
from detector.sources.interface import content_id

FIRST_YEAR: Final = 2014
"""Musical.ly, whose posts TikTok took over, opened in 2014."""


def is_ad(item: dict[str, Any]) -> bool:
    """Whether an item is somebody's advertisement, shown among the posts."""
    return item.get("isAd") is True


def post_of(item: dict[str, Any], where: str, *, account: str = "") -> Post:
    """Read an item of a list, or one embedded in a page, whose author is a name alone.

    Args:
        item: as parsed.
        where: ``file#record``.
        account: handle to use where the item names none.

    Raises:
        ValueError: it has no time, or a value is of a wrong type.
    """
    at, quality = posted(item.get("createTime"), FIRST_YEAR)
    text = words(item.get("desc"))
    author = item.get("author")
    owner = name(inner(author, "uniqueId")) or name(author) or account or "unknown"
    own = name(item.get("id"))
    pictures = objects(inner(item, "imagePost", "images"))
    film = (Media("video"),) if isinstance(item.get("video"), dict) else ()
    language = item.get("textLanguage")
    return Post(
        platform="tiktok",
        account=owner,
        id=own or content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=f"https://www.tiktok.com/@{owner}/{'photo' if pictures else 'video'}/{own}"
        if own
        else None,
        language=language if isinstance(language, str) and language not in {"", "un"} else None,
        media=tuple([Media("photo") for _ in pictures]) or film,
        location=name(inner(item, "poi", "name")) or None,
    )
