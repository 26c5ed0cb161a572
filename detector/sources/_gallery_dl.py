"""What gallery-dl calls the fields of a post on each site."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from detector.records import TimeQuality
from detector.sources._collected import inner, name, posted, words
from detector.sources._html import plain
from detector.sources._instagram_items import shortcode
from detector.sources._x_items import client

PLATFORMS: Final = {
    "instagram": "instagram",
    "twitter": "x",
    "tiktok": "tiktok",
    "facebook": "facebook",
    "threads": "threads",
    "bluesky": "bluesky",
    "mastodon": "mastodon",
    "mastodon.social": "mastodon",
    "pawoo": "mastodon",
    "baraag": "mastodon",
}
"""Category to platform."""
_FIRST_YEARS: Final = {
    "instagram": 2010, "x": 2006, "tiktok": 2014, "facebook": 2004, "threads": 2023, "bluesky": 2022,
    "mastodon": 2016,
}  # fmt: skip
_TEXTS: Final = {
    "instagram": ("description", "caption"),
    "x": ("content", "full_text", "text"),
    "tiktok": ("desc", "description", "title"),
    "facebook": ("caption", "message", "text"),
    "threads": ("description", "caption", "text", "content"),
    "bluesky": ("text",),
    "mastodon": ("content",),
}
_IDS: Final = {
    "instagram": ("post_shortcode", "shortcode"),
    "x": ("tweet_id",),
    "tiktok": ("post_id", "id", "item_id"),
    "facebook": ("post_id", "id"),
    "threads": ("post_shortcode", "shortcode", "post_id", "id"),
    "bluesky": ("post_id",),
    "mastodon": ("id",),
}
_AUTHORS: Final = (
    ("username",), ("author", "name"), ("author", "handle"), ("author", "uniqueId"),
    ("account", "acct"), ("user", "name"), ("user", "username"), ("user", "handle"),
    ("author", "username"), ("author",), ("user",), ("owner_id",), ("user_id",),
)  # fmt: skip
"""Where a handle stands, the most telling first."""
_KINDS: Final = {
    "reel": "reel", "reels": "reel", "story": "story", "stories": "story", "highlight": "story",
    "highlights": "story", "avatar": "profile_picture",
}  # fmt: skip


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What one file of metadata tells of its post."""

    platform: str
    account: str
    id: str
    at: datetime
    quality: TimeQuality
    text: str
    kind: str = "post"
    url: str | None = None
    app: str | None = None
    language: str | None = None
    in_reply_to: str | None = None
    is_repost: bool = False
    location: str | None = None


def sheet(tree: dict[str, Any]) -> Sheet | None:
    """Read one file's metadata; None when it is of no post, or of a site that is not read.

    Raises:
        ValueError: it has no time, or a value is of a wrong type.
    """
    platform = PLATFORMS.get(_category(tree), "")
    own = next((found for key in _IDS.get(platform, ()) if (found := name(tree.get(key)))), "")
    if platform == "instagram":
        own = own or shortcode(tree.get("post_id"))
    if not platform or not own:
        return None
    stamps = [
        tree.get(key) for key in ("post_date", "date", "createdAt", "createTime", "created_at")
    ]
    at, quality = posted(next((one for one in stamps if one), None), _FIRST_YEARS[platform])
    if quality is TimeQuality.LOCAL:
        # gallery-dl writes all times in UTC, without saying so.
        at, quality = at.replace(tzinfo=UTC), TimeQuality.EXACT
    text = next((words(tree[key]) for key in _TEXTS[platform] if tree.get(key) is not None), "")
    is_repost = bool(tree.get("retweet_id")) or isinstance(tree.get("reblog"), dict)
    account = _account(tree, reposted=is_repost)
    return Sheet(
        platform=platform,
        account=account,
        id=own,
        at=at,
        quality=quality,
        text=plain(text) if platform == "mastodon" else text,
        kind=_KINDS.get(name(tree.get("type")), _KINDS.get(name(tree.get("subcategory")), "post")),
        url=_url(platform, tree, own, account),
        app=client(name(tree.get("source"))) if platform == "x" else None,
        language=_language(tree),
        in_reply_to=_told(tree.get("reply_id")) or _told(inner(tree, "reply", "parent", "uri")),
        is_repost=is_repost,
        location=_told(tree.get("location_slug")) if platform == "instagram" else None,
    )


def _category(tree: dict[str, Any]) -> str:
    category = name(tree.get("category")).lower()
    if not category and "tweet_id" in tree:
        return "twitter"
    return category or ("instagram" if "post_shortcode" in tree else "")


def _account(tree: dict[str, Any], *, reposted: bool) -> str:
    """Return whose timeline a repost stood in; the author of anything else."""
    paths = (("user", "name"), *_AUTHORS) if reposted else _AUTHORS
    return next((found for path in paths if (found := name(inner(tree, *path)))), "")


def _told(value: Any) -> str | None:
    found = name(value)
    return found if found not in {"", "0"} else None


def _language(tree: dict[str, Any]) -> str | None:
    found = name(inner(tree, "langs", 0)) or name(tree.get("lang")) or name(tree.get("language"))
    return found if found not in {"", "und", "qme", "zxx"} else None


def _url(platform: str, tree: dict[str, Any], own: str, account: str) -> str | None:
    """Return the link to a post; never the signed and soon expired one to its file."""
    made = {
        "instagram": f"https://www.instagram.com/p/{own}/",
        "x": f"https://x.com/{account}/status/{own}",
        "tiktok": f"https://www.tiktok.com/@{account}/video/{own}",
        "threads": f"https://www.threads.com/@{account}/post/{own}",
        "bluesky": f"https://bsky.app/profile/{account}/post/{own}",
    }
    for key in ("post_url", "url") if platform == "mastodon" else ("post_url",):
        told = tree.get(key)
        if isinstance(told, str) and told.startswith("https://"):
            return told
    return made.get(platform)
