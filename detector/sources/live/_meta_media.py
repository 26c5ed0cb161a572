"""Instagram's posts as the Graph API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from detector.errors import Location
from detector.records import Post, Rejected
from detector.sources._instagram_items import post_of, shortcode_in
from detector.sources._meta import without_surrogates
from detector.sources._values import mended
from detector.sources.live._answers import objects, text
from detector.sources.live._meta_graph import strange, version_of
from detector.sources.live._recent import Entry

MEDIA: Final = "id,caption,media_type,media_product_type,permalink,timestamp,children{media_type}"
"""Fields of a post that anybody's professional account shows."""
PROFILE: Final = "id,username,name,biography,website,followers_count,follows_count,media_count,profile_picture_url"
"""Fields of an account."""
_TYPES: Final = {"IMAGE": 1, "VIDEO": 2}
_KINDS: Final = {"REELS": "reel", "STORY": "story"}


def entries(found: list[Any], label: str, handle: str, now: datetime) -> list[Entry]:
    """Read posts in their order; one that cannot be read stands where the one before it does.

    Args:
        found: as the API lists them.
        label: name of the feed.
        handle: whose they are.
        now: when an edit is held to have been made, for Instagram does not tell.
    """
    read: list[Entry] = []
    for index, one in enumerate(found):
        key = without_surrogates(text(one.get("id"))) if isinstance(one, dict) else ""
        try:
            post = media_post(one, handle, f"{label}#{key or index}")
        except (ValueError, RecursionError) as error:
            at = read[-1].at if read else now
            why = Rejected(Location(label, index), f"{key[:40]}: {error}".removeprefix(": "))
            read.append(Entry(key or strange(one), at, why))
            continue
        read.append(Entry(key or post.id, post.created_at, post, version_of(post.text), now))
    return read


def media_post(media: Any, handle: str, where: str) -> Post:
    """Read one post, reel or story.

    Args:
        media: as the API gives it.
        handle: whose it is, whatever it is called by now.
        where: ``feed#id``.

    Raises:
        ValueError: it has no time, or a value is of a wrong type.
    """
    if not isinstance(media, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one class says "rejected"
    media = mended(media)
    link = text(media.get("permalink"))
    kind = _KINDS.get(text(media.get("media_product_type")), "")
    children = media.get("children")
    comments = media.get("comments")
    item = {
        "taken_at": media.get("timestamp"),
        "caption": media.get("caption"),
        "code": text(media.get("shortcode")) or shortcode_in(link) or text(media.get("id")),
        "media_type": _TYPES.get(text(media.get("media_type"))),
        "carousel_media": _pictures(children.get("data") if isinstance(children, dict) else None),
        "comments": _comments(comments.get("data") if isinstance(comments, dict) else None),
    }
    post = post_of(item, where, account=handle, kind=kind)
    return msgspec.structs.replace(post, url=link if link.startswith("https://") else post.url)


def _pictures(children: Any) -> list[dict[str, Any]]:
    return [{"media_type": _TYPES.get(text(one.get("media_type")))} for one in objects(children)]


def _comments(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "text": one.get("text"),
            "owner": {"username": one.get("username")},
            "created_at": one.get("timestamp"),
        }
        for one in objects(found)
    ]
