"""Tweets of X's website read into types: the plain ones, which are most, several times as fast."""

from __future__ import annotations

import html
from typing import Final

import msgspec

from detector.records import Media, Post
from detector.sources._collected import name, posted
from detector.sources._x_items import FILMS, NOTHING, client
from detector.sources._x_tweets import FIRST_YEAR, language
from detector.sources.interface import Skipped, content_id


class _Name(msgspec.Struct, gc=False):
    screen_name: str | None = None


class _Author(msgspec.Struct, gc=False):
    core: _Name | None = None
    legacy: _Name | None = None


class _Result(msgspec.Struct, gc=False):
    result: _Author | None = None


class _Core(msgspec.Struct, gc=False):
    user_results: _Result | None = None


class _Url(msgspec.Struct, gc=False):
    expanded_url: str | None = None
    url: str | None = None


class _Medium(msgspec.Struct, gc=False):
    type: str | None = None


class _Entities(msgspec.Struct, gc=False):
    urls: list[_Url] | None = None
    media: list[_Medium] | None = None


class _Legacy(msgspec.Struct, gc=False):
    created_at: str
    full_text: str
    id_str: str | None = None
    user_id_str: str | None = None
    lang: str | None = None
    source: str | None = None
    in_reply_to_status_id_str: str | None = None
    retweeted_status_id_str: str | None = None
    entities: _Entities | None = None
    extended_entities: _Entities | None = None
    # A tweet that has any of these is read as a tree.
    retweeted_status_result: None = None
    place: None = None


class Tweet(msgspec.Struct, gc=False):
    """A tweet with words of its own, neither long nor a retweet, at no place."""

    legacy: _Legacy
    core: _Core | None = None
    rest_id: str | None = None
    id: str | None = None
    source: str | None = None
    promoted: bool = False
    title: str | None = msgspec.field(name="__typename", default=None)
    # As above.
    tweet: None = None
    note_tweet: None = None
    user: None = None


_NO_ENTITIES: Final = _Entities()


def tweet_of(tweet: Tweet, where: str, account: str) -> Post | Skipped:
    """Read a plain tweet as `_x_items` reads its tree.

    Args:
        tweet: as decoded.
        where: ``file#record``.
        account: handle to use where the tweet names none.

    Raises:
        ValueError: its time is none.
    """
    if tweet.promoted or (tweet.title and name(tweet.title) in NOTHING):
        return Skipped.IGNORED
    legacy = tweet.legacy
    at, quality = posted(legacy.created_at, FIRST_YEAR)
    text = legacy.full_text
    if "&" in text:
        text = html.unescape(text)
    owner = _handle(tweet.core) or account or name(legacy.user_id_str) or "unknown"
    own = name(tweet.rest_id) or name(legacy.id_str) or name(tweet.id)
    source = tweet.source or legacy.source
    entities = legacy.entities or _NO_ENTITIES
    media = (legacy.extended_entities or _NO_ENTITIES).media or entities.media
    return Post(
        platform="x",
        account=owner,
        id=own or content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=f"https://x.com/{owner}/status/{own}" if own else None,
        app=client(source) if source is not None else None,
        language=language(legacy.lang) if legacy.lang is not None else None,
        in_reply_to=name(legacy.in_reply_to_status_id_str) or None,
        is_repost=legacy.retweeted_status_id_str is not None,
        links=_links(entities.urls) if entities.urls else (),
        media=tuple([Media(FILMS.get(name(one.type), "other")) for one in media]) if media else (),
    )


def _handle(core: _Core | None) -> str:
    author = core and core.user_results and core.user_results.result
    if not author:
        return ""
    found = name(author.core.screen_name) if author.core else ""
    return found or (name(author.legacy.screen_name) if author.legacy else "")


def _links(urls: list[_Url]) -> tuple[str, ...]:
    found = [one.expanded_url or one.url for one in urls]
    return tuple(dict.fromkeys([one for one in found if one is not None]))
