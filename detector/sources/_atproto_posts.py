"""Posts of the AT Protocol out of its records, and out of what a feed shows of them."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from detector.records import Post, TimeQuality
from detector.sources._atproto import address, links, media, tid_time, web_address
from detector.sources._times import LAST_YEAR, moment_since
from detector.sources.interface import content_id

FIRST_YEAR: Final = 2022
"""Bluesky opened; an older time was brought along from elsewhere."""

POST: Final = "app.bsky.feed.post"
REPOST: Final = "app.bsky.feed.repost"
_TRUSTED: Final = timedelta(days=1)
"""How far the client's own time may be from when the network first saw a post."""
_AT_ONCE: Final = timedelta(minutes=1)
_QUARTER: Final = timedelta(minutes=15)
_WIDEST: Final = timedelta(hours=14)


def shown_post(view: dict[str, Any], reason: Any, where: str, account: str, unnamed: str) -> Post:
    """Make a post of what a feed shows: an own post, or a repost, which bears the time it was repeated at.

    Args:
        view: the post, with its author.
        reason: why it stands in the feed, if for another reason than being written.
        where: ``file#record``.
        account: whose feed it is; empty to take what the feed says.
        unnamed: whose it is when the feed does not say.

    Raises:
        ValueError: it has no usable time, or its text is none.
    """
    uri = view.get("uri")
    post = record_post(
        uri if isinstance(uri, str) else "",
        view.get("record"),
        account or who(view.get("author")) or unnamed,
        where,
        view.get("indexedAt"),
    )
    if not (isinstance(reason, dict) and str(reason.get("$type")).endswith("#reasonRepost")):
        return post
    at, quality = moment_since(reason.get("indexedAt"), FIRST_YEAR)
    told = reason.get("uri")
    return msgspec.structs.replace(
        post,
        account=account or who(reason.get("by")) or unnamed,
        id=told if isinstance(told, str) and told else f"repost of {post.id}",
        created_at=at,
        time_quality=quality,
        in_reply_to=None,
        is_repost=True,
        links=(*((post.url,) if post.url else ()), *post.links),
    )


def record_post(uri: str, record: Any, account: str, where: str, seen: Any = None) -> Post:
    """Make a post of a record.

    Args:
        uri: its address (``at://``), empty when nobody says.
        record: as parsed.
        account: whose it is.
        where: ``file#record``.
        seen: when the network first saw it, as the network writes it.

    Raises:
        ValueError: it has no usable time, or its text is none.
    """
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - a record, not a caller, is wrong
    told = address(uri)
    at, quality = _when(record.get("createdAt"), told.rkey, seen)
    text = record.get("text", "")
    if not isinstance(text, str):
        raise ValueError("its text is no text")  # noqa: TRY004
    is_repost = record.get("$type") == REPOST
    subject, reply, langs = record.get("subject"), record.get("reply"), record.get("langs")
    parent = reply.get("parent") if isinstance(reply, dict) else None
    answered = parent.get("uri") if isinstance(parent, dict) else None
    original = web_address(address(subject.get("uri"))) if isinstance(subject, dict) else None
    app = record.get("via")
    first = langs[0] if isinstance(langs, list) and langs else None
    return Post(
        platform="bluesky",
        account=account,
        id=uri or content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=web_address(told),
        app=app if isinstance(app, str) and app else None,
        language=first if isinstance(first, str) else None,
        in_reply_to=answered if isinstance(answered, str) else None,
        is_repost=is_repost,
        links=((original,) if original else ()) if is_repost else links(record),
        media=media(record),
    )


def _when(created: Any, rkey: str, seen: Any) -> tuple[datetime, TimeQuality]:
    """Read when a post was made: as its client says, unless the network or its key knows better.

    Raises:
        ValueError: none of them tells.
    """
    other = None
    if seen is not None:
        with contextlib.suppress(ValueError):
            other = moment_since(seen, FIRST_YEAR)
    try:
        told = moment_since(created, FIRST_YEAR)
    except ValueError:
        if other := other or _by_key(rkey):
            return other
        raise
    if told[1] is TimeQuality.LOCAL:
        return _zoned(told[0], other or _by_key(rkey))
    return other if other and abs(other[0] - told[0]) > _TRUSTED else told


def _zoned(
    local: datetime, made: tuple[datetime, TimeQuality] | None
) -> tuple[datetime, TimeQuality]:
    """Bring a time without a zone to UTC by a time that has one: zones are whole quarters of an hour."""
    if made:
        zone = round((local - made[0]) / _QUARTER) * _QUARTER
        if abs(zone) <= _WIDEST and abs(local - zone - made[0]) <= _AT_ONCE:
            return local - zone, TimeQuality.EXACT_MS
    return local, TimeQuality.LOCAL


def _by_key(rkey: str) -> tuple[datetime, TimeQuality] | None:
    made = tid_time(rkey)
    if made and FIRST_YEAR <= made.year <= LAST_YEAR:
        return made, TimeQuality.EXACT_MS
    return None


def who(author: Any) -> str:
    """Return an author's handle, else the DID."""
    if not isinstance(author, dict):
        return ""
    for key in ("handle", "did"):
        told = author.get(key)
        if isinstance(told, str) and told and told != "handle.invalid":
            return told
    return ""
