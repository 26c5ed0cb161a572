"""Posts of a Mastodon account through its server's public API, with or without a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from detector.errors import (
    AccountGone,
    FeedError,
    Location,
    PlatformError,
    SettingsError,
    TokenRefused,
)
from detector.records import Page, Profile, Rejected
from detector.settings import Secret
from detector.sources._mastodon import Status, handle_of, links, own_id, status_post, when, words
from detector.sources._typed import fitted
from detector.sources.interface import Skipped
from detector.sources.live._answers import (
    count,
    failure,
    object_of,
    objects,
    picture,
    said,
    text,
    tree,
)
from detector.sources.live._recent import Entry, Recent, given, marked, unread, written
from detector.sources.live.interface import LiveSource, Options
from detector.transport import Hidden, Reply

_PAGE: Final = 40
"""Statuses in an answer, which servers give at most."""
_FIRST: Final = 2
_MOST: Final = 50
_LONGEST_ID: Final = 64
_NEXT: Final = re.compile(r"<([^<>]{1,2000})>\s{0,9};\s{0,9}rel=\"?next\"?")
_NEEDED: Final = frozenset({"created_at", "visibility", "account"})


class MastodonOptions(Options, frozen=True, kw_only=True):
    """What can be said of a Mastodon account."""

    base: str = ""
    """Address of the server, such as ``https://sosial.example``; that of ``user@server`` by default."""
    token: Secret | None = None
    """Needed only by servers that show nothing to strangers; right ``read:statuses`` suffices."""


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag="mastodon", omit_defaults=True):
    server: str
    id: str
    """As that server counts."""
    recent: Recent | None = None


class Mastodon(LiveSource):
    """Public posts, replies and boosts of one account, edits of them, and its profile.

    Each poll reads the newest 40 statuses, and older ones until one is met that is known. An edited status
    is given once more, by an id of its own, at the time it was edited.
    """

    platforms = ("mastodon",)
    options_type = MastodonOptions

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited statuses."""
        token = self.secret_of(self.options.token) if self.options.token else None
        server = _Server(self, token)
        mark = marked(cursor, _Mark)
        about: dict[str, Any] = {}
        if mark is None or mark.server != server.base:
            about = server.lookup()
            mark = _Mark(server=server.base, id=_number(about))
        pages = _Statuses(server, mark.id, now)
        found = unread(pages, mark.recent, _MOST if mark.recent else _FIRST)
        # Statuses tell of their account; one without any may have been suspended, which nothing else says.
        about = pages.about or about or server.account(mark.id)
        if about.get("suspended") is True:
            raise AccountGone(
                f"{server.base} has suspended {self.account.handle}", kind="suspended"
            )
        held = mark
        yield from given(
            found,
            mark.recent,
            server.label,
            mark=lambda recent: written(msgspec.structs.replace(held, recent=recent)),
            profile=profile_of(about),
            is_whole=pages.is_whole,
        )


class _Server:
    """The server that is asked, and whom it is asked about."""

    def __init__(self, source: Mastodon, token: Hidden | None) -> None:
        handle = source.account.handle.removeprefix("@")
        self.base = base_of(source.options.base, handle)
        self.acct = handle
        self.label = f"{source.name}/{handle}"
        self._net = source.net
        self._token = token

    def lookup(self) -> dict[str, Any]:
        """Find the account by its name."""
        return object_of(self.ask("/api/v1/accounts/lookup", acct=self.acct))

    def account(self, number: str) -> dict[str, Any]:
        """Ask for the account itself."""
        return object_of(self.ask(f"/api/v1/accounts/{number}"))

    def ask(self, path: str, **params: str) -> Reply:
        """Ask for an address of the server's API."""
        return self._net.get(f"{self.base}{path}", params=params, token=self._token, why=self._why)

    def _why(self, reply: Reply) -> FeedError | None:
        body = failure(reply)
        words_of = said(body.get("error"), self._token)
        if reply.status in (401, 403, 422):
            if not body:
                # What stands before the server, not the server: it may turn away whom it likes.
                return PlatformError(
                    f"{self.base} answered {reply.status}, and not as Mastodon does"
                )
            if self._token is None:
                hint = "the server shows nothing without a token: make one there, under Preferences, Development"
            else:
                hint = "make a new token there, under Preferences, Development, with read:accounts and read:statuses"
            return TokenRefused(
                f"{self.base} refuses to answer: {words_of or reply.status}", hint=hint
            )
        if reply.status in (404, 410):
            if not words_of:
                return PlatformError(
                    f"{self.base} does not answer as Mastodon does ({reply.status})",
                    hint="check the account's server, or set `base` to where its API is",
                )
            return AccountGone(f"{self.base} has no {self.acct}: {words_of}")
        return None


class _Statuses:
    """Pages of statuses, the newest first; remembers what they told of the account and whether all was read."""

    def __init__(self, server: _Server, number: str, now: datetime) -> None:
        self._server = server
        self._number = number
        self._now = now
        self.about: dict[str, Any] = {}
        self.is_whole = False

    def __iter__(self) -> Iterator[list[Entry]]:
        below = ""
        while True:
            params = {"limit": str(_PAGE)} | ({"max_id": below} if below else {})
            reply = self._server.ask(f"/api/v1/accounts/{self._number}/statuses", **params)
            found = tree(reply)
            if not isinstance(found, list):
                raise PlatformError(f"{reply.url} answered with something that is no list")
            self._remember(found)
            following = next_below(reply.headers.get("link", ""))
            # A server that names the same page again would be read for ever.
            self.is_whole = not found or following in ("", below)
            if found:
                yield _entries(found, self._server.label, self._server.acct, self._now)
            if self.is_whole:
                return
            below = following

    def _remember(self, found: list[Any]) -> None:
        for one in objects(found):
            account = one.get("account")
            if (
                not self.about
                and isinstance(account, dict)
                and text(account.get("id")) == self._number
            ):
                self.about = account


def base_of(base: str, handle: str) -> str:
    """Return the address of an account's server.

    Raises:
        SettingsError: neither the settings nor the handle name one.

    Examples:
        >>> base_of("", "kpurekaan@sosial.example"), base_of("https://api.sosial.example/", "kpurekaan")
        ('https://sosial.example', 'https://api.sosial.example')
    """
    if base:
        return base.rstrip("/")
    host = handle.removeprefix("@").partition("@")[2]
    if not host:
        raise SettingsError(
            f"nothing says which server {handle} is on",
            hint="write the account as user@server, or set `base`",
        )
    return f"https://{host}"


def next_below(link: str) -> str:
    """Return the ``max_id`` of the next page; only the number is taken, whatever address the server names.

    Examples:
        >>> next_below('<https://lain.example/api?limit=40&max_id=1135>; rel="next", <…?min_id=9>; rel="prev"')
        '1135'
    """
    match = _NEXT.search(link[:8_000])
    try:
        found = parse_qs(urlsplit(match[1]).query).get("max_id", [""]) if match else [""]
    except ValueError:
        return ""
    return found[0][:40]


def _number(about: dict[str, Any]) -> str:
    number = own_id(about.get("id"))
    if not number or not number.isalnum() or len(number) > _LONGEST_ID:
        raise PlatformError("the server told an account without an id")
    return number


def _entries(found: list[Any], label: str, handle: str, now: datetime) -> list[Entry]:
    """Read statuses in their order; one that cannot be read stands where the one before it does."""
    entries: list[Entry] = []
    for index, one in enumerate(found):
        shown = one if isinstance(one, dict) else {}
        key = own_id(shown.get("id")) or str(one)[:500]
        edited = shown.get("edited_at")
        try:
            at = when(shown.get("created_at"))[0]
            edited_at = when(edited)[0] if edited else None
            status = fitted(one, Status, _NEEDED)
            post = status_post(status, handle, f"{label}#{key}", {})
        except (ValueError, RecursionError) as error:
            at = entries[-1].at if entries else now
            entries.append(
                Entry(key, at, Rejected(Location(label, index), f"{said(key)[:40]}: {error}"))
            )
            continue
        entries.append(Entry(key, at, post or Skipped.IGNORED, text(edited), edited_at))
    return entries


def profile_of(about: dict[str, Any]) -> Profile:
    """Read what a server shows of an account."""
    fields = [
        link for one in objects(about.get("fields")) for link in links(text(one.get("value")))
    ]
    moved = about.get("moved")
    elsewhere = text(moved.get("url")) if isinstance(moved, dict) else ""
    note = text(about.get("note"))
    return Profile(
        handle=handle_of(about.get("url")) or text(about.get("acct")) or None,
        name=text(about.get("display_name")),
        bio=words(None, note),
        links=tuple(dict.fromkeys([*fields, *links(note), *([elsewhere] if elsewhere else [])])),
        picture=picture(about.get("avatar_static") or about.get("avatar")),
        followers=count(about.get("followers_count")),
        following=count(about.get("following_count")),
        posts=count(about.get("statuses_count")),
        is_private=False,
    )
