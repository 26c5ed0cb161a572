"""Posts of an X account through version 2 of X's API, with a bearer token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from detector.errors import Location, RateLimited
from detector.records import Page, Profile, Rejected
from detector.settings import Secret, Span, span
from detector.sources._twarc_tweets import Line, Owner, post_of, tweets_of
from detector.sources._typed import one_decoder
from detector.sources._x_tweets import Apps, id_of
from detector.sources.interface import Outcome
from detector.sources.live import _x_answers
from detector.sources.live._answers import inner, object_of, objects, tree
from detector.sources.live._recent import marked, paged_of, written
from detector.sources.live._x_answers import PROFILE_FIELDS, failed, profile_of
from detector.sources.live.interface import LiveSource, Options
from detector.transport import Hidden, Reply

_PAGE: Final = 100
"""Posts in an answer, at most."""
_MOST: Final = 32
"""Answers in a reading: X lists an account's newest 3,200 posts."""
_FIELDS: Final = {
    "max_results": str(_PAGE),
    "tweet.fields": "attachments,author_id,created_at,edit_history_tweet_ids,entities,geo,lang,note_tweet,"
    "referenced_tweets,source,text",
    "expansions": "attachments.media_keys,attachments.poll_ids,author_id,geo.place_id,referenced_tweets.id,"
    "referenced_tweets.id.author_id",
    "user.fields": PROFILE_FIELDS,
    "media.fields": "media_key,preview_image_url,type,url",
    "place.fields": "full_name,id",
    "poll.fields": "id,options",
}

_line = one_decoder(Line)
_Answered = tuple[Reply, dict[str, Any]]


class XApiOptions(Options, frozen=True, kw_only=True):
    """What can be said of an X account."""

    token: Secret
    """A project's bearer token."""
    profile_every: Span = "15m"
    """How often the profile is asked for when no new post shows it; each time is billed as one user."""
    base: str = "https://api.x.com"


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag="x_api", omit_defaults=True):
    user: str
    since: str = ""
    """The newest post that was given."""
    profile_at: datetime | None = None


class XApi(LiveSource):
    """Posts, replies, quotes and reposts of one account, and its profile.

    An edited post comes as the new post that X makes of it. Deleted ones show only in the profile's count.
    """

    platforms = ("x",)
    options_type = XApiOptions
    host = "api.x.com"

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield posts newer than the last one given."""
        asked = _Asked(self)
        mark = marked(cursor, _Mark)
        if mark is None:
            user = asked.by_name()
            mark, profile = _Mark(user=_number(user), profile_at=now), profile_of(user)
            replies = asked.timeline(mark, most=1)
        else:
            profile = None
            replies = asked.timeline(mark, most=_MOST)
        for reply, answer in replies[::-1]:
            shown = _author(answer, mark.user)
            # Where a budget ended the reading early, what lies between is asked for again.
            since = (
                max(mark.since, *_numbers(answer), key=_order) if asked.cut is None else mark.since
            )
            mark = _Mark(user=mark.user, since=since, profile_at=now if shown else mark.profile_at)
            outcomes = _read(reply, self.account.handle, asked.label)
            yield paged_of(outcomes, asked.label, written(mark), profile=shown or profile)
        if asked.cut is not None:
            raise asked.cut
        last = mark.profile_at
        if last is None or not timedelta(0) <= now - last < span(self.options.profile_every):
            profile = profile_of(asked.by_number(mark.user))
            mark = _Mark(user=mark.user, since=mark.since, profile_at=now)
            yield paged_of([], asked.label, written(mark), profile=profile)


class _Asked:
    """X's API, asked about one account."""

    def __init__(self, source: XApi) -> None:
        self.label = f"{source.name}/{source.account.handle}"
        self._handle = source.account.handle.removeprefix("@")
        self._base = source.options.base.rstrip("/")
        self._token: Hidden = source.secret_of(source.options.token)
        self._net = source.net
        self.cut: RateLimited | None = None
        """What ended the timeline early, so that only its newest posts were read."""

    def by_name(self) -> dict[str, Any]:
        """Return the account as X shows it, found by its handle."""
        return self._user(f"/2/users/by/username/{self._handle}")

    def by_number(self, number: str) -> dict[str, Any]:
        """Return the account as X shows it, found by the number it keeps when it is renamed."""
        return self._user(f"/2/users/{number}")

    def timeline(self, mark: _Mark, *, most: int) -> list[_Answered]:
        """Return the pages that hold posts newer than a mark, the newest first, as far as the budget goes."""
        replies: list[_Answered] = []
        params = dict(_FIELDS)
        if mark.since:
            params["since_id"] = mark.since
        while True:
            try:
                reply = self._ask(f"/2/users/{mark.user}/tweets", params)
            except RateLimited as error:
                if not replies:
                    raise
                self.cut = error
                return replies
            answer = object_of(reply)
            if not answer.get("data"):
                self._check(answer)
            replies.append((reply, answer))
            following = inner(answer, "meta").get("next_token")
            # A token that comes again would be followed for ever.
            if not isinstance(following, str) or len(replies) >= most:
                return replies
            if params.get("pagination_token") == following:
                return replies
            params["pagination_token"] = following

    def _user(self, path: str) -> dict[str, Any]:
        answer = object_of(self._ask(path, {"user.fields": PROFILE_FIELDS}))
        user = answer.get("data")
        if not isinstance(user, dict):
            self._check(answer)
            raise _x_answers.unanswered(self._base)
        return user

    def _check(self, answer: dict[str, Any]) -> None:
        """Raise what an answer without anything in it says is wrong, if it does."""
        for one in objects(answer.get("errors")):
            if (error := failed(one, self._handle, self._token)) is not None:
                raise error

    def _ask(self, path: str, params: dict[str, str]) -> Reply:
        return self._net.get(
            f"{self._base}{path}",
            params=params,
            token=self._token,
            why=lambda reply: _x_answers.why(reply, self._handle, self._token),
        )


def _read(reply: Reply, handle: str, label: str) -> list[Outcome]:
    """Return what became of each post of an answer, the oldest first."""
    try:
        record = _line(reply.content)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        record = tree(reply)
    data = record.data if isinstance(record, Line) else record.get("data")
    listed = data if isinstance(data, list) else [] if data is None else [data]
    # After the posts come problems with what they refer to, such as a deleted post.
    held = iter(tweets_of(record))
    apps, owner = Apps(), Owner(handle, handle)
    outcomes: list[Outcome] = []
    for index, one in enumerate(listed):
        where = Location(label, index)
        found = None if one is None else next(held, None)
        try:
            if found is None:
                raise ValueError("is no post")  # noqa: TRY301 - one way to be rejected
            post = post_of(*found, owner, str(where), apps)
        except ValueError as error:
            outcomes.append(Rejected(where, str(error)))
        else:
            outcomes.append(msgspec.structs.replace(post, account=handle))
    return outcomes[::-1]


def _author(answer: dict[str, Any], number: str) -> Profile | None:
    """Return the profile that came along with the posts."""
    for one in objects(inner(answer, "includes").get("users")):
        if id_of(one.get("id")) == number:
            return profile_of(one)
    return None


def _numbers(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the numbers of an answer's posts, and an empty one."""
    yield ""
    for one in objects(answer.get("data")):
        yield id_of(one.get("id"))


def _order(number: str) -> tuple[int, str]:
    return len(number), number


def _number(user: dict[str, Any]) -> str:
    number = id_of(user.get("id"))
    if not number:
        raise _x_answers.unanswered("X")
    return number
