"""Posts of Instagram as its website and apps receive them: GraphQL nodes and items of lists."""

from __future__ import annotations

import re
import string
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from detector.records import Comment, Media, Post
from detector.sources._collected import comment, inner, name, nodes, objects, posted, words
from detector.sources.interface import content_id

FIRST_YEAR: Final = 2010
"""Instagram opened in October 2010."""
THREADS_YEAR: Final = 2023
_LETTERS: Final = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}-_"
_KINDS: Final = {"clips": "reel", "story": "story", "igtv": "igtv", "reel": "reel"}
_SHORTCODE: Final = re.compile(r"/(?:p|reels?|tv)/([A-Za-z0-9_-]{5,60})")
_COMMENTS: Final = (
    "edge_media_to_parent_comment",
    "edge_media_to_comment",
    "edge_media_preview_comment",
)
_FILM: Final = 2
_PICTURED: Final = (
    "image_versions2",
    "display_url",
    "display_uri",
    "display_resources",
    "is_video",
)


def shortcode(value: Any) -> str:
    """Return the letters by which links name a post, from its number; empty when there is none.

    Args:
        value: the number, as a number or text, with the owner's behind an underscore or without.

    Examples:
        >>> shortcode("3358743096178245633_51"), shortcode("C8abcDEFgh1")
        ('C6cpwzzgAAB', '')
    """
    digits = name(value).partition("_")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) < len(_LETTERS)):
        return ""
    left, letters = int(digits), ""
    while left:
        left, place = divmod(left, 64)
        letters = _LETTERS[place] + letters
    return letters


def shortcode_in(url: Any) -> str:
    """Return the letters that name a post in a link to it; empty when there are none."""
    match = _SHORTCODE.search(url) if isinstance(url, str) else None
    return match[1] if match else ""


def is_ad(item: dict[str, Any]) -> bool:
    """Whether an item is somebody's advertisement, shown among the posts."""
    link = item.get("link")
    return item.get("product_type") == "ad" or (
        isinstance(link, str) and link.startswith("https://www.facebook.com/ads/ig_redirect")
    )


def post_of(
    item: dict[str, Any], where: str, *, account: str = "", caption: str = "", kind: str = ""
) -> Post:
    """Read an item of a list (``code``, ``taken_at``) or a GraphQL node (``shortcode``, ``edge_…``).

    Layouts of 2017 to 2026; a node may carry the app's own item as ``iphone_struct``. Links to pictures
    are signed for whoever fetched them and expire, so media have a kind and no path.

    Args:
        item: as parsed.
        where: ``file#record``.
        account: handle to use where the item names none.
        caption: text to use where the item has none.
        kind: what is known of the post's kind before.

    Raises:
        ValueError: it has no time, or a value is of a wrong type.
    """
    app = item.get("iphone_struct")
    if not isinstance(app, dict):
        app = None
    stamp = item.get("taken_at_timestamp")
    if stamp is None:
        stamp = item.get("taken_at")
    if stamp is None and app:
        stamp = app.get("taken_at")
    if stamp is None:
        stamp = item.get("date")
    at, quality = posted(stamp, FIRST_YEAR)
    text = _caption(item) or (_caption(app) if app else "") or caption
    code = _code(item) or (_code(app) if app else "")
    owner = handle(item) or (handle(app) if app else "") or account or owner_id(item) or "unknown"
    kind = _kind(item) or (_kind(app) if app else "") or kind or "post"
    return Post(
        platform="instagram",
        account=owner,
        id=code or content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        kind=kind,
        time_quality=quality,
        url=_link(code, kind, owner, item),
        media=media_of(item) or (media_of(app) if app else ()),
        location=place(item) or (place(app) if app else None),
        comments=comments_of(item),
    )


def threads_post_of(item: dict[str, Any], where: str, *, account: str = "") -> Post:
    """Read a post of Threads, whose items look like Instagram's.

    Raises:
        ValueError: it has no time, or a value is of a wrong type.
    """
    at, quality = posted(item.get("taken_at"), THREADS_YEAR)
    text = _caption(item)
    code = _code(item)
    owner = handle(item) or account or "unknown"
    link = inner(item, "text_post_app_info", "link_preview_attachment", "url")
    return Post(
        platform="threads",
        account=owner,
        id=code or content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=f"https://www.threads.com/@{owner}/post/{code}" if code else None,
        is_repost=bool(inner(item, "text_post_app_info", "share_info", "reposted_post")),
        links=(unwrapped(link),) if isinstance(link, str) and link else (),
        media=media_of(item),
    )


def unwrapped(link: str) -> str:
    """Return where a link of Meta's leads that goes over its own counting page.

    Examples:
        >>> unwrapped("https://l.threads.com/?u=https%3A%2F%2Fkpu.example%2Fdpt&e=AT0")
        'https://kpu.example/dpt'
    """
    try:
        parts = urlsplit(link)
        if re.fullmatch(r"lm?\.(?:threads|instagram|facebook)\.(?:com|net)", parts.hostname or ""):
            return parse_qs(parts.query).get("u", [link])[0]
    except ValueError:
        pass
    return link


def handle(item: dict[str, Any]) -> str:
    """Return the handle of an item's owner; empty when it has none."""
    for key in ("user", "owner"):
        holder = item.get(key)
        if isinstance(holder, dict) and (found := name(holder.get("username"))):
            return found
    return ""


def owner_id(item: dict[str, Any]) -> str:
    """Return the number of an item's owner, which also stands behind the item's own; or nothing."""
    for key in ("user", "owner"):
        for field in ("pk", "id"):
            if found := name(inner(item, key, field)):
                return found
    return name(item.get("id")).partition("_")[2]


def media_of(item: dict[str, Any]) -> tuple[Media, ...]:
    """Return the kinds of an item's pictures and films; children of a carousel one by one."""
    children = objects(item.get("carousel_media")) or nodes(item.get("edge_sidecar_to_children"))
    if not children:
        kind = _medium(item)
        return (Media(kind),) if kind else ()
    found = [_medium(one) for one in children]
    return tuple([Media(kind) for kind in found if kind])


def comments_of(item: dict[str, Any]) -> tuple[Comment, ...]:
    """Return the comments that came with an item, usually a few."""
    found = objects(item.get("preview_comments")) or objects(item.get("comments"))
    for key in _COMMENTS:
        if not found and key in item:
            found = nodes(item[key])
    return written(found) if found else ()


def written(found: list[dict[str, Any]]) -> tuple[Comment, ...]:
    """Read comments as Instagram gives them, each with its answers behind it."""
    every = []
    for one in found:
        answers = objects(one.get("answers")) or nodes(one.get("edge_threaded_comments"))
        every += [one, *answers]
    read = [
        comment(one.get("text"), handle(one), one.get("created_at", one.get("created_at_utc")))
        for one in every
    ]
    return tuple([one for one in read if one])


def place(item: dict[str, Any]) -> str | None:
    """Return the name of a place, or its coordinates to two decimals, about a kilometre."""
    location = item.get("location")
    if not isinstance(location, dict):
        return None
    latitude, longitude = location.get("lat"), location.get("lng")
    if found := name(location.get("name")):
        return found
    if not (isinstance(latitude, int | float) and isinstance(longitude, int | float)):
        return None
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 - degrees
    return f"{latitude:.2f},{longitude:.2f}" if is_on_earth else None


def _code(item: dict[str, Any]) -> str:
    code = name(item.get("shortcode")) or name(item.get("code"))
    return code or shortcode(item.get("pk")) or shortcode(item.get("id"))


def _caption(item: dict[str, Any]) -> str:
    caption = item.get("caption")
    if isinstance(caption, dict):
        caption = caption.get("text")
    if caption is None:
        caption = inner(item, "edge_media_to_caption", "edges", 0, "node", "text")
    return words(caption)


def _kind(item: dict[str, Any]) -> str:
    if "Story" in name(item.get("__typename")):
        return "story"
    return _KINDS.get(name(item.get("product_type")), "")


def _medium(item: dict[str, Any]) -> str:
    typed = item.get("media_type")
    title = name(item.get("__typename"))
    if typed == _FILM or item.get("is_video") is True or "Video" in title:
        return "video"
    if item.get("video_versions"):
        return "video"
    if typed == 1 or "Image" in title or "Photo" in title:
        return "photo"
    return "photo" if any(item.get(key) is not None for key in _PICTURED) else ""


def _link(code: str, kind: str, owner: str, item: dict[str, Any]) -> str | None:
    if not code:
        return None
    if kind == "story":
        number = (name(item.get("pk")) or name(item.get("id"))).partition("_")[0]
        return f"https://www.instagram.com/stories/{owner}/{number}/" if number else None
    return f"https://www.instagram.com/{'reel' if kind == 'reel' else 'p'}/{code}/"
