"""Posts of X as its website receives them."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any, Final

from detector.records import Media, Post
from detector.sources._collected import inner, name, objects, posted, words
from detector.sources._x_tweets import FIRST_YEAR, language
from detector.sources.interface import content_id

FILMS: Final = {"photo": "photo", "video": "video", "animated_gif": "video"}
_TAG: Final = re.compile(r"<[^<>]{0,500}>")
NOTHING: Final = frozenset({"TweetTombstone", "TweetUnavailable", "TimelineTimelineCursor"})


def is_promoted(item: dict[str, Any]) -> bool:
    """Whether an item is somebody's advertisement, shown among the posts."""
    return item.get("promoted") is True


def is_absent(item: dict[str, Any]) -> bool:
    """Whether an item only says that a post cannot be seen."""
    return name(item.get("__typename")) in NOTHING or ("tombstone" in item and "legacy" not in item)


def post_of(item: dict[str, Any], where: str, *, account: str = "") -> Post:
    """Read a tweet of the GraphQL interface, or one of the ``adaptive`` search of before 2023.

    The author stands in ``core.user_results.result.legacy``, since 2025 in ``….result.core``. A long
    post's whole text stands in ``note_tweet``; a retweet's is given whole, with ``RT @name:`` before it.

    Args:
        item: as parsed.
        where: ``file#record``.
        account: handle to use where the item names none.

    Raises:
        ValueError: it has no time or no text, or a value is of a wrong type.
    """
    item = _whole(item)
    legacy = item.get("legacy")
    if not isinstance(legacy, dict):
        raise ValueError("has neither text nor time")  # noqa: TRY004 - a record, not a caller, is wrong
    at, quality = posted(legacy.get("created_at"), FIRST_YEAR)
    original = legacy.get("retweeted_status_result")
    if original is not None:
        original = inner(original, "result")
    text = _text(item, legacy)
    if isinstance(original, dict):
        original = _whole(original)
        if said := _text(original, original.get("legacy")):
            text = f"RT @{handle(original)}: {said}"
    owner = handle(item) or account or name(legacy.get("user_id_str")) or "unknown"
    own = name(item.get("rest_id")) or name(legacy.get("id_str")) or name(item.get("id"))
    source = item.get("source") or legacy.get("source")
    code = legacy.get("lang")
    return Post(
        platform="x",
        account=owner,
        id=own or content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=f"https://x.com/{owner}/status/{own}" if own else None,
        app=client(source) if isinstance(source, str) else None,
        language=language(code) if isinstance(code, str) else None,
        in_reply_to=name(legacy["in_reply_to_status_id_str"]) or None
        if "in_reply_to_status_id_str" in legacy
        else None,
        is_repost=original is not None or isinstance(legacy.get("retweeted_status_id_str"), str),
        links=_links(item, legacy),
        media=_media(legacy),
        location=name(inner(legacy["place"], "full_name")) or None if legacy.get("place") else None,
    )


def handle(item: dict[str, Any]) -> str:
    """Return the handle of a tweet's author; empty when it has none."""
    author = inner(item.get("core"), "user_results", "result")
    if isinstance(author, dict):
        for key in ("core", "legacy"):
            layer = author.get(key)
            if isinstance(layer, dict) and (found := name(layer.get("screen_name"))):
                return found
    return name(inner(item.get("user"), "screen_name"))


@lru_cache(maxsize=1_000)
def client(source: str) -> str | None:
    """Return the name of the publishing client, which comes wrapped in a link.

    Examples:
        >>> client('<a href="https://about.twitter.com/products/tweetdeck">TweetDeck</a>')
        'TweetDeck'
    """
    return html.unescape(_TAG.sub("", source[:1_000])).strip() or None


def _whole(item: dict[str, Any]) -> dict[str, Any]:
    """Return the tweet itself, which those of limited visibility hold one layer deeper."""
    deeper = item.get("tweet")
    return deeper if isinstance(deeper, dict) and "legacy" not in item else item


def _note(item: dict[str, Any]) -> Any:
    """Return a long post's whole text and what is in it."""
    return inner(item.get("note_tweet"), "note_tweet_results", "result")


def _text(item: dict[str, Any], legacy: Any) -> str:
    whole = inner(_note(item), "text") if "note_tweet" in item else None
    if not whole and isinstance(legacy, dict):
        whole = legacy["full_text"] if "full_text" in legacy else legacy.get("text")
    text = words(whole)
    return html.unescape(text) if "&" in text else text


def _links(item: dict[str, Any], legacy: dict[str, Any]) -> tuple[str, ...]:
    entities = legacy.get("entities")
    urls = objects(entities.get("urls")) if type(entities) is dict else []
    if "note_tweet" in item:
        urls += objects(inner(_note(item), "entity_set", "urls"))
    if not urls:
        return ()
    found = [one.get("expanded_url") or one.get("url") for one in urls]
    return tuple(dict.fromkeys([one for one in found if isinstance(one, str)]))


def _media(legacy: dict[str, Any]) -> tuple[Media, ...]:
    found: list[dict[str, Any]] = []
    for key in ("extended_entities", "entities"):
        holder = legacy.get(key)
        if not found and type(holder) is dict and (listed := holder.get("media")):
            found = objects(listed)
    if not found:
        return ()
    return tuple([Media(FILMS.get(name(one.get("type")), "other")) for one in found])
