"""Tweets as X's API answers them, versions 2 and 1.1, and what stands around them in saved answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from detector.records import Media, Post
from detector.sources._elements import Damaged
from detector.sources._typed import fitted
from detector.sources._x_tweets import (
    NEEDED,
    Apps,
    Entities,
    Place,
    Point,
    Tweet,
    User,
    address_of,
    drafted,
    id_of,
    language,
    links,
    plain_text,
    when,
)  # fmt: skip

_MEDIA_KINDS: Final = {"photo": "photo", "video": "video", "animated_gif": "video"}
_RETWEET: Final = re.compile(r"RT @\w{1,20}: ")
_SIGNS: Final = frozenset({"text", "full_text", "created_at"})
"""An object with none of these is no tweet."""


class Attached(msgspec.Struct, gc=False):
    """A picture or film among the expansions."""

    media_key: str | None = None
    type: str | None = None
    url: str | None = None
    preview_image_url: str | None = None


class Attachments(msgspec.Struct, gc=False):
    """What hangs on a tweet: keys of expansions, or after flattening the expansions themselves."""

    media_keys: list[str] | None = None
    media: list[Attached] | None = None


class Spot(msgspec.Struct, gc=False):
    """Where a tweet was sent from."""

    id: str | None = None
    place_id: str | None = None
    full_name: str | None = None


class Long(msgspec.Struct, gc=False):
    """The whole text of a tweet, where the tweet itself has it cut."""

    text: str | None = None
    full_text: str | None = None
    entities: Entities | None = None
    extended_entities: Entities | None = None


class Answer(msgspec.Struct, gc=False, kw_only=True):
    """A tweet of either version, alone, flattened, or referred to by another."""

    id: str | int | None = None
    id_str: str | int | None = None
    created_at: str | int | float | None = None
    text: str | None = None
    full_text: str | None = None
    source: str | None = None
    lang: str | None = None
    author_id: str | int | None = None
    author: User | None = None
    user: User | None = None
    entities: Entities | None = None
    extended_entities: Entities | None = None
    extended_tweet: Long | None = None
    note_tweet: Long | None = None
    attachments: Attachments | None = None
    geo: Spot | None = None
    place: Place | None = None
    coordinates: Point | None = None
    type: str | None = None
    referenced_tweets: list[Answer] | None = None
    retweeted_status: Answer | None = None
    in_reply_to_status_id_str: str | int | None = None
    in_reply_to_status_id: str | int | None = None


class Includes(msgspec.Struct, gc=False):
    """Expansions of a page."""

    users: list[User] | None = None
    tweets: list[Answer] | None = None
    media: list[Attached] | None = None
    places: list[Spot] | None = None


class Line(Answer, gc=False, kw_only=True):
    """A line of a file, whatever it is."""

    data: list[Answer] | Answer | None = None
    includes: Includes | None = None
    errors: list[Any] | None = None
    meta: Any = None


class Expansions:
    """What the tweets of one page refer to."""

    def __init__(self, includes: Includes | None) -> None:
        given = includes or Includes()
        self.users = {id_of(one.id): one.username for one in given.users or () if one.username}
        self.tweets = {id_of(one.id): one for one in given.tweets or ()}
        self.media = {one.media_key: one for one in given.media or () if one.media_key}
        self.places = {one.id: one.full_name for one in given.places or () if one.id}


NOTHING: Final = Expansions(None)


def tweets_of(record: Any) -> Iterator[tuple[Any, Expansions] | None]:
    """Yield the tweets a line or a saved answer holds, with their expansions; None for what is no tweet.

    Args:
        record: a `Line`, or the plain tree of one that fits no type.

    Raises:
        ValueError: it is no object.
    """
    if isinstance(record, dict) and not {"data", "includes", "meta"}.isdisjoint(record):
        yield from _patiently(record)
        return
    if isinstance(record, Line):
        errors = len(record.errors or ())
        if record.data is not None or record.includes is not None or record.meta is not None:
            around = Expansions(record.includes)
            found = record.data if isinstance(record.data, list) else [record.data]
            for one in found:
                if one is not None:
                    yield (one, around) if _is_tweet(one) else None
        elif _is_tweet(record):
            yield record, NOTHING
        elif not errors:
            # A message of the stream, a lone error or an account.
            yield None
        yield from [None] * errors
        return
    is_other = isinstance(record, dict) and _SIGNS.isdisjoint(record)
    yield None if is_other else (record, NOTHING)


def _patiently(record: dict[str, Any]) -> Iterator[tuple[Any, Expansions] | None]:
    """Read a page some of whose parts are of a wrong type."""
    includes = record.get("includes")
    around = Expansions(
        fitted(includes, Includes, frozenset()) if isinstance(includes, dict) else None
    )
    found = record.get("data")
    for one in found if isinstance(found, list) else [found]:
        if one is not None:
            is_other = isinstance(one, dict) and _SIGNS.isdisjoint(one)
            yield None if is_other else (one, around)
    errors = record.get("errors")
    yield from [None] * (len(errors) if isinstance(errors, list) else 0)


def _is_tweet(one: Answer) -> bool:
    return one.text is not None or one.full_text is not None or one.created_at is not None


def post_of(record: Any, around: Expansions, owner: str, where: str, apps: Apps) -> Post:
    """Make a post of a tweet of either version.

    Args:
        record: an `Answer`, or a plain tree.
        around: its page's expansions.
        owner: the account to name where the tweet does not.
        where: ``file#record``.
        apps: the clients met so far.

    Raises:
        ValueError: it has no text, no usable time, or is of another shape.
    """
    if isinstance(record, Damaged):
        raise ValueError(str(record))  # noqa: TRY004 - one class says "rejected"
    one = record if isinstance(record, Answer) else fitted(record, Answer, NEEDED)
    if one.user is not None or one.id_str is not None:
        return _first_version(one, owner, where, apps)
    return _second_version(one, around, owner, where, apps)


def _first_version(one: Answer, owner: str, where: str, apps: Apps) -> Post:
    user = one.user or User()
    handle = user.screen_name or ""
    original = one.retweeted_status
    source = original or one
    long = source.extended_tweet
    tweet = Tweet(
        id_str=one.id_str,
        id=one.id,
        created_at=one.created_at,
        full_text=_long_text(source) or _text(one),
        source=one.source,
        lang=one.lang,
        in_reply_to_status_id_str=one.in_reply_to_status_id_str,
        in_reply_to_status_id=one.in_reply_to_status_id,
        entities=(long.entities if long else None) or source.entities,
        extended_entities=(long.extended_entities if long else None) or source.extended_entities,
        place=one.place,
        coordinates=one.coordinates,
    )
    account = handle or owner or id_of(user.id) or "unknown"
    post = drafted(tweet, account=account, address=handle, where=where, apps=apps, located=None)
    if original is None:
        return post
    author = (original.user.screen_name if original.user else None) or ""
    text = _retold(_text(one) or "", plain_text(_long_text(original) or ""), author)
    return msgspec.structs.replace(post, text=text, is_repost=True)


def _second_version(one: Answer, around: Expansions, owner: str, where: str, apps: Apps) -> Post:
    author = id_of(one.author_id) or (id_of(one.author.id) if one.author else "")
    named = (one.author.username if one.author else None) or around.users.get(author)
    account = named or owner or author or "unknown"
    tweet_id = id_of(one.id, one.id_str)
    at, quality = when(one.created_at, tweet_id)
    text = _long_text(one)
    if text is None:
        raise ValueError("has no text")
    text = plain_text(text)
    source, replied, original = one, None, None
    for other in one.referenced_tweets or ():
        full = other if other.text is not None else around.tweets.get(id_of(other.id), other)
        if other.type == "replied_to":
            replied = id_of(other.id) or None
        elif other.type == "retweeted":
            original, source = full, full if full.text is not None else one
    if original is not None:
        writer = original.author.username if original.author else None
        writer = writer or around.users.get(id_of(original.author_id)) or ""
        text = _retold(text, plain_text(_long_text(original) or ""), writer)
    said = (source.note_tweet.entities if source.note_tweet else None) or source.entities
    return Post(
        platform="x",
        account=account,
        id=tweet_id or _no_id(),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=address_of(named or "", tweet_id),
        app=apps.name(one.source),
        language=language(one.lang),
        in_reply_to=replied,
        is_repost=original is not None or text.startswith("RT @"),
        links=links(said.urls) if said else (),
        media=_media(source, around),
        location=_place(one, around),
    )


def _no_id() -> str:
    raise ValueError("has no id")


def _text(one: Answer) -> str | None:
    return one.full_text if one.full_text is not None else one.text


def _long_text(one: Answer) -> str | None:
    """Return a tweet's text, whole."""
    for long in (one.note_tweet, one.extended_tweet):
        if long is not None and (whole := long.text or long.full_text):
            return whole
    return _text(one)


def _retold(cut: str, whole: str, author: str) -> str:
    """Return a retweet's text with the whole of what it repeats, which it has cut itself."""
    if not whole:
        return plain_text(cut)
    start = _RETWEET.match(cut)
    if start is None and not author:
        return whole
    return (start[0] if start else f"RT @{author}: ") + whole


def _media(one: Answer, around: Expansions) -> tuple[Media, ...]:
    hung = one.attachments
    if hung is None:
        return ()
    found = hung.media or [
        around.media.get(key) or Attached(media_key=key) for key in hung.media_keys or ()
    ]
    return tuple([_attached(picture) for picture in found])


def _attached(picture: Attached) -> Media:
    # A key begins with 3 for a photo, 7 and 13 for films, 16 for an animation.
    number = (picture.media_key or "").partition("_")[0]
    told = {"3": "photo", "7": "video", "13": "video", "16": "video"}.get(number, "other")
    kind = _MEDIA_KINDS.get(picture.type or "", told)
    return Media(kind, picture.url or picture.preview_image_url)


def _place(one: Answer, around: Expansions) -> str | None:
    if one.geo is None:
        return one.place.full_name[:200] if one.place and one.place.full_name else None
    name = one.geo.full_name or around.places.get(one.geo.place_id or "")
    return name[:200] if name else None
