"""Tweets as X's API answers them, versions 2 and 1.1, and what stands around them in saved answers."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import msgspec

from detector.records import Media, Post
from detector.sources._typed import fitted
from detector.sources._x_tweets import (
    NEEDED,
    Apps,
    Entities,
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
_AROUND: Final = frozenset({"data", "includes", "meta"})
"""An object with any of these is a page."""


class Attached(msgspec.Struct, gc=False):
    """A picture or film among the expansions."""

    media_key: str | None = None
    type: str | None = None
    url: str | None = None
    preview_image_url: str | None = None


class Choice(msgspec.Struct, gc=False):
    """What can be chosen in a poll."""

    label: str | None = None


class Poll(msgspec.Struct, gc=False):
    """A poll among the expansions."""

    id: str | None = None
    options: list[Choice] | None = None


class Attachments(msgspec.Struct, gc=False):
    """What hangs on a tweet: keys of expansions, or after flattening the expansions themselves."""

    media_keys: list[str] | None = None
    media: list[Attached] | None = None
    poll_ids: list[str] | None = None
    poll: Poll | None = None


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


class Answer(Tweet, gc=False, kw_only=True):
    """A tweet of either version, alone, flattened, or referred to by another."""

    author_id: str | int | None = None
    author: User | None = None
    user: User | None = None
    extended_tweet: Long | None = None
    note_tweet: Long | None = None
    attachments: Attachments | None = None
    geo: Spot | None = None
    type: str | None = None
    referenced_tweets: list[Answer] | None = None
    retweeted_status: Answer | None = None


class Includes(msgspec.Struct, gc=False):
    """Expansions of a page."""

    users: list[User] | None = None
    tweets: list[Answer] | None = None
    media: list[Attached] | None = None
    places: list[Spot] | None = None
    polls: list[Poll] | None = None


class Line(Answer, gc=False, kw_only=True):
    """A line of a file, whatever it is."""

    data: list[Answer] | Answer | None = None
    includes: Includes | None = None
    errors: list[Any] | None = None
    meta: Any = None


class Owner(NamedTuple):
    """Whose a tweet is that does not tell it."""

    given: str
    """As the caller says; empty when he does not."""
    name: str
    """Of the file, when not even the author's number is known."""


class Expansions:
    """What the tweets of one page refer to."""

    def __init__(self, includes: Includes | None) -> None:
        given = includes or Includes()
        self.users = {id_of(one.id): one.username for one in given.users or () if one.username}
        self.tweets = {id_of(one.id): one for one in given.tweets or ()}
        self.media = {one.media_key: _attached(one) for one in given.media or () if one.media_key}
        self.places = {one.id: one.full_name for one in given.places or () if one.id}
        self.polls = {one.id: one for one in given.polls or () if one.id}


NOTHING: Final = Expansions(None)


def tweets_of(record: Any) -> list[tuple[Any, Expansions] | None]:
    """Return the tweets a line or a saved answer holds, with their expansions; None for what is no tweet.

    Args:
        record: a `Line`, or the plain tree of one that fits no type.
    """
    if not isinstance(record, Line):
        if isinstance(record, dict) and not _AROUND.isdisjoint(record):
            return _patiently(record)
        is_other = isinstance(record, dict) and _SIGNS.isdisjoint(record)
        return [None if is_other else (record, NOTHING)]
    errors: list[None] = [None] * len(record.errors or ())
    if record.data is not None or record.includes is not None or record.meta is not None:
        around = Expansions(record.includes)
        found = record.data if isinstance(record.data, list) else [record.data]
        tweets = [(one, around) if _is_tweet(one) else None for one in found if one is not None]
        return [*tweets, *errors]
    if _is_tweet(record):
        return [(record, NOTHING), *errors]
    # Without errors of its own it is a message of the stream, a lone error or an account.
    return [*errors] or [None]


def _patiently(record: dict[str, Any]) -> list[tuple[Any, Expansions] | None]:
    """Read a page some of whose parts are of a wrong type."""
    try:
        around = Expansions(fitted(record.get("includes"), Includes, frozenset()))
    except ValueError:
        around = NOTHING
    found, errors = record.get("data"), record.get("errors")
    tweets = [
        None if isinstance(one, dict) and _SIGNS.isdisjoint(one) else (one, around)
        for one in (found if isinstance(found, list) else [found])
        if one is not None
    ]
    return [*tweets, *([None] * (len(errors) if isinstance(errors, list) else 0))]


def _is_tweet(one: Answer) -> bool:
    return one.text is not None or one.full_text is not None or one.created_at is not None


def post_of(record: Any, around: Expansions, owner: Owner, where: str, apps: Apps) -> Post:
    """Make a post of a tweet of either version.

    Args:
        record: an `Answer`, or a plain tree.
        around: its page's expansions.
        owner: the accounts to name where the tweet does not.
        where: ``file#record``.
        apps: the clients met so far.

    Raises:
        ValueError: it has no text, no usable time, or is of another shape.
    """
    one = record if isinstance(record, Answer) else fitted(record, Answer, NEEDED)
    if one.user is not None or one.id_str is not None:
        return _first_version(one, owner, where, apps)
    return _second_version(one, around, owner, where, apps)


def _first_version(one: Answer, owner: Owner, where: str, apps: Apps) -> Post:
    user = one.user or User()
    handle = user.screen_name or ""
    account = handle or owner.given or id_of(user.id) or owner.name
    original = one.retweeted_status
    source = original or one
    whole = one if source.extended_tweet is None and original is None else _completed(one, source)
    post = drafted(whole, account=account, address=handle, where=where, apps=apps, located=None)
    if original is None:
        return post
    author = (original.user.screen_name if original.user else None) or ""
    text = _retold(plain_text(_text(one) or ""), plain_text(_long_text(original) or ""), author)
    return msgspec.structs.replace(post, text=text, is_repost=True)


def _completed(one: Answer, source: Answer) -> Tweet:
    """Return a tweet with the text and the links of its source, which is itself or what it repeats."""
    long = source.extended_tweet
    return msgspec.structs.replace(
        one,
        full_text=_long_text(source) or _text(one),
        entities=(long.entities if long else None) or source.entities,
        extended_entities=(long.extended_entities if long else None) or source.extended_entities,
    )


def _second_version(one: Answer, around: Expansions, owner: Owner, where: str, apps: Apps) -> Post:
    author, named = _author(one, around)
    account = named or owner.given or author or owner.name
    tweet_id = id_of(one.id)
    at, quality = when(one.created_at, tweet_id)
    text = _long_text(one)
    if text is None:
        raise ValueError("has no text")
    text = plain_text(text)
    source, replied, original = one, None, None
    for other in one.referenced_tweets or ():
        if other.type == "replied_to":
            replied = id_of(other.id) or None
            continue
        full = other if other.text is not None else around.tweets.get(id_of(other.id), other)
        if other.type == "retweeted":
            original, source = full, full if full.text is not None else one
    if original is not None:
        writer = original.author.username if original.author else None
        writer = writer or around.users.get(id_of(original.author_id)) or ""
        text = _retold(text, plain_text(_long_text(original) or ""), writer)
    if source.attachments is not None and (choices := _choices(source.attachments, around)):
        text = f"{text}\n\n{choices}".strip()
    said = (source.note_tweet.entities if source.note_tweet else None) or source.entities
    return Post(
        platform="x", account=account, id=tweet_id or _no_id(), created_at=at, text=text, where=where,
        time_quality=quality, url=address_of(named or "", tweet_id), app=apps.name(one.source),
        language=language(one.lang), in_reply_to=replied,
        is_repost=original is not None or text.startswith("RT @"),
        links=links(said.urls) if said else (), media=_media(source, around),
        location=_place(one, around),
    )  # fmt: skip


def _no_id() -> str:
    raise ValueError("has no id")


def _author(one: Answer, around: Expansions) -> tuple[str, str | None]:
    """Return an author's number and name."""
    # Nearly all ids are texts of digits, and the time of a large file goes into lines like this.
    number = one.author_id if type(one.author_id) is str else id_of(one.author_id)
    if one.author is None:
        return number, around.users.get(number)
    return number or id_of(one.author.id), one.author.username or around.users.get(number)


def _text(one: Answer) -> str | None:
    return one.full_text if one.full_text is not None else one.text


def _long_text(one: Answer) -> str | None:
    """Return a tweet's text, whole."""
    if one.note_tweet is None and one.extended_tweet is None:
        return _text(one)
    for long in (one.note_tweet, one.extended_tweet):
        if long is not None and (whole := long.text or long.full_text):
            return whole
    return _text(one)


def _retold(cut: str, whole: str, author: str) -> str:
    """Return a retweet's text with the whole of what it repeats, which it has cut itself."""
    if not whole:
        return cut
    start = _RETWEET.match(cut)
    if start is None and not author:
        return whole
    return (start[0] if start else f"RT @{author}: ") + whole


def _media(one: Answer, around: Expansions) -> tuple[Media, ...]:
    hung = one.attachments
    if hung is None:
        return ()
    if hung.media:
        return tuple([_attached(picture) for picture in hung.media])
    ready, keys = around.media, hung.media_keys or ()
    return tuple([ready.get(key) or _attached(Attached(media_key=key)) for key in keys])


def _choices(hung: Attachments, around: Expansions) -> str:
    """Return what could be chosen in a tweet's poll, a line each; empty without one."""
    polls = [hung.poll, *(around.polls.get(key) for key in hung.poll_ids or ())]
    options = [one for poll in polls if poll is not None for one in poll.options or ()]
    return "\n".join(plain_text(one.label) for one in options if one.label)


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
