"""Meta's Graph API: how it is asked, how it pages, and whose doing its errors are."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from detector.errors import FeedError, PlatformError, RateLimited
from detector.records import AccountEvent, Page, Post, Profile, Rejected
from detector.settings import Secret
from detector.sources.live._answers import (
    count,
    failure,
    inner,
    named_picture,
    object_of,
    said,
    text,
)
from detector.sources.live._meta_faults import Asker, Said, TooMuchError, fault
from detector.sources.live._recent import (
    Entry,
    Found,
    Recent,
    _short,
    given,
    marked,
    unread,
    written,
)
from detector.sources.live._vanished import without_vanished
from detector.sources.live.interface import LiveSource, Options
from detector.transport import Hidden, Reply

VERSION: Final = "v25.0"
"""Version of the API that is asked for."""

Number = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,25}$")]
"""An object's id."""

_FIRST: Final = 2
"""Pages read at the first poll."""
_MOST: Final = 40
"""Pages looked through for what is known, at most."""
_TALKED_OF: Final = timedelta(hours=24)
"""Age up to which it is looked whether more is said under a post."""
_FEW: Final = 3
"""Posts that may be missing from one reading to the next and are told at once."""
_LIMITS: Final = (50, 25, 5)
"""Records asked for in one answer: fewer when Meta says that it were too much."""
_FOLLOWED: Final = ("after", "until", "since", "__paging_token")
"""What is taken over from an address of a next page, which also holds the token and is never used itself."""
_PLAIN: Final = re.compile(r"[\w=.:|~-]{1,2000}", re.ASCII)


class GraphOptions(Options, frozen=True, kw_only=True):
    """What every reader of the Graph API can be told."""

    token: Secret
    app_secret: Secret | None = None
    """Needed only when the app asks for proof of it; it never leaves the machine."""
    base: str = "https://graph.facebook.com"
    """Where the API is; plain http only on this machine."""
    version: Annotated[str, msgspec.Meta(pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$")] = VERSION


class Graph:
    """Asks the Graph API on behalf of one account.

    Args:
        source: whose options say where and with what.
        rights: the token's rights that are needed, for what is said when one is missing.
        is_known: whether the account has been read before, so that its absence is news and no slip in the settings.
    """

    def __init__(self, source: LiveSource, rights: str, *, is_known: bool) -> None:
        options = source.options
        self._net = source.net
        self._token: Hidden = source.secret_of(options.token)
        self._proof = (
            _proof(self._token, source.secret_of(options.app_secret)) if options.app_secret else ""
        )
        self._root = f"{options.base.rstrip('/')}/{options.version}"
        self._asker = Asker(source.account.handle, rights, is_known)

    def ask(self, path: str, fields: str, **params: str) -> dict[str, Any]:
        """Return an object of the API.

        Args:
            path: below the version, such as ``1784/media``.
            fields: what is asked for of it.
            params: others, such as ``limit``.

        Raises:
            FeedError: it could not be read, in the class that says whose doing that is.
        """
        asked = {"fields": fields, **params}
        if self._proof:
            asked["appsecret_proof"] = self._proof
        reply = self._net.get(
            f"{self._root}/{path}", params=asked, token=self._token, why=self._why
        )
        found = object_of(reply)
        if "error" in found and (error := self._why(reply)) is not None:
            raise error
        return found

    def _why(self, reply: Reply) -> FeedError | None:
        error = inner(failure(reply), "error")
        code, sub = count(error.get("code")), count(error.get("error_subcode"))
        if code is None:
            if reply.status in {404, 410}:
                return PlatformError(
                    f"{reply.url} is not where the Graph API is", hint="check `base` and `version`"
                )
            return None
        words = said(error.get("message"), self._token) or f"status {reply.status}"
        return fault(Said(words, code, sub), self._asker)


def following(answer: dict[str, Any]) -> dict[str, str]:
    """Return what to add to a question to get the page after an answer; nothing when there is none.

    Args:
        answer: with ``data`` and ``paging``.

    Examples:
        >>> following({"paging": {"next": "https://graph.example/v1/4/posts?until=9&access_token=x"}})
        {'until': '9'}
    """
    paging = inner(answer, "paging")
    after = text(inner(paging, "cursors").get("after"))
    try:
        asked = parse_qs(urlsplit(text(paging.get("next"))).query)
    except ValueError:
        asked = {}
    found: dict[str, str] = {name: asked[name][0] for name in _FOLLOWED if name in asked}
    if not found and after:
        found = {"after": after}
    return found if all(map(_PLAIN.fullmatch, found.values())) else {}


def data_of(answer: dict[str, Any]) -> list[Any]:
    """Return the records of an answer.

    Raises:
        PlatformError: it has none.
    """
    found = answer.get("data", [])
    if not isinstance(found, list):
        raise PlatformError("Meta answered with records that are no list")
    return found


def instagram_profile(user: dict[str, Any]) -> Profile:
    """Read what Instagram shows of an account; it leaves out what is empty."""
    site = text(user.get("website"))
    return Profile(
        handle=text(user.get("username")) or None,
        name=text(user.get("name")),
        bio=text(user.get("biography")),
        links=(site,) if site else (),
        picture=named_picture(user.get("profile_picture_url")),
        followers=count(user.get("followers_count")),
        following=count(user.get("follows_count")),
        posts=count(user.get("media_count")),
        is_private=None,
    )


def version_of(words: str) -> str:
    """Return a short mark of a text, another one when it is edited."""
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8]


def strange(record: Any) -> str:
    """Return a key for a record that has no id, so that it is told of once."""
    try:
        return f"? {record}"[:200]
    except RecursionError:
        return "? nested too deep"


class Feed:
    """Pages of a feed, the newest first, asked for one after the other.

    A budget that runs out on the way ends it early: what stands in the newest pages is the most urgent.

    Args:
        ask: given how many records are wanted and what to add to the question, returns ``data`` and ``paging``.
        read: makes entries of records.
    """

    def __init__(
        self,
        ask: Callable[[int, dict[str, str]], dict[str, Any]],
        read: Callable[[list[Any]], list[Entry]],
    ) -> None:
        self._ask = ask
        self._read = read
        self.is_whole = False
        """Whether it was read to its end."""
        self.cut: RateLimited | None = None
        """Why it ended early."""
        self.newest: list[Entry] = []
        """What could be read of its first page, ..."""
        self.is_short = False
        """... and whether there is nothing older."""

    def __iter__(self) -> Iterator[list[Entry]]:
        onward: dict[str, str] = {}
        while True:
            try:
                answer = self._sparing(onward)
            except RateLimited as error:
                if not onward:
                    raise
                self.cut = error
                return
            data, then = data_of(answer), following(answer)
            # A next page that is this one again would be read for ever.
            self.is_whole = not data or then in ({}, onward)
            page = self._read(data)
            if not onward:
                self.newest = [one for one in page if not isinstance(one.became, Rejected)]
                self.is_short = self.is_whole
            if page:
                yield page
            if self.is_whole:
                return
            onward = then

    def _sparing(self, onward: dict[str, str]) -> dict[str, Any]:
        for limit in _LIMITS[:-1]:
            try:
                return self._ask(limit, onward)
            except TooMuchError:
                continue
        return self._ask(_LIMITS[-1], onward)

    def attempt(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what is asked for besides the feed itself; nothing when the budget runs out on it."""
        if self.cut is None:
            try:
                return ask()
            except RateLimited as error:
                self.cut = error
        return {}


class GraphMark(msgspec.Struct, frozen=True, kw_only=True, tag="meta", omit_defaults=True):
    """What a reader of the Graph API remembers."""

    recent: Recent
    is_doubtful: bool = False
    """Whether the last reading missed many posts or all: once may be a slip of Meta's."""
    said: dict[str, str] = {}
    """Marks of what people say under posts of the last day, by the posts' ids."""


def reading(
    feed: Feed,
    label: str,
    cursor: str | None,
    now: datetime,
    *,
    profile: Callable[[], Profile | None],
    beside: Callable[[], list[Entry]] = list,
    vanished: Callable[[int], AccountEvent] | None = None,
) -> Iterator[Page]:
    """Yield what is new in a feed, and raise afterwards what cut it short.

    A post under which people have said something new is given again as it is.

    Args:
        feed: what is read.
        label: its name.
        cursor: of the last page that was committed.
        now: UTC.
        profile: reads the profile, once the feed has been read.
        beside: reads entries that stand in no feed of their own, such as stories.
        vanished: makes an event of so many posts that are gone, where nothing else tells of them.

    Raises:
        FeedError: it could not be read, or not as far as needed.
    """
    mark = marked(cursor, GraphMark)
    recent = mark.recent if mark else None
    found = unread(feed, recent, _MOST if mark else _FIRST)
    is_gap = feed.cut is not None and recent is not None
    more, said = beside(), _said_under(feed.newest, now)
    again = [*unread([more], recent, _FIRST).entries, *_talked_of(feed.newest, mark, said)]
    gone, is_doubtful = 0, False
    if vanished and mark and feed.cut is None:
        recent, gone, is_doubtful = _still_there(feed, more, mark)

    def remembered(known: Recent) -> str:
        # What lies between the pages that were read and the last reading is looked for again.
        if is_gap and cursor:
            return cursor
        return written(GraphMark(recent=known, is_doubtful=is_doubtful, said=said))

    yield from given(
        Found(sorted([*found.entries, *again], key=lambda one: one.at), found.missed),
        recent,
        label,
        mark=remembered,
        profile=profile(),
        events=(vanished(gone),) if vanished and gone else (),
        is_whole=feed.is_whole,
    )
    if feed.cut is not None:
        raise feed.cut


def _said_under(page: list[Entry], now: datetime) -> dict[str, str]:
    """Return marks of what is said under a page's posts of the last day."""
    return {
        one.key: version_of("\n".join(sorted(said.text for said in one.became.comments)))
        for one in page
        if isinstance(one.became, Post) and one.became.comments and now - one.at < _TALKED_OF
    }


def _talked_of(page: list[Entry], mark: GraphMark | None, said: dict[str, str]) -> list[Entry]:
    """Return the known posts under which something else is said than at the last reading."""
    if mark is None:
        return []
    return [
        one
        for one in page
        if one.key in said
        and said[one.key] != mark.said.get(one.key)
        and mark.recent.known.get(_short(one.key), ("", ""))[1] == one.version
    ]


def _still_there(feed: Feed, beside: list[Entry], mark: GraphMark) -> tuple[Recent, int, bool]:
    """Return what is remembered without what is gone from the newest page, how much, and whether to look again."""
    # A pinned or backdated post stands out of order, and says nothing of how far the page reaches.
    page = [one for one in feed.newest if one.at >= feed.newest[-1].at]
    page += [one for one in beside if feed.is_short or not page or one.at >= page[-1].at]
    kept = without_vanished(mark.recent, page, is_whole=feed.is_short)
    gone = len(mark.recent.known) - len(kept.known)
    if gone and (gone > _FEW or not page) and not mark.is_doubtful:
        return mark.recent, 0, True
    return kept, gone, False


def _proof(token: Hidden, secret: Hidden) -> str:
    """Return what shows that we know the app's secret, without the secret."""
    return hmac.new(secret.reveal().encode(), token.reveal().encode(), hashlib.sha256).hexdigest()
