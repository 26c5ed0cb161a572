"""Posts of a Bluesky account through the network's public API, which asks for no token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from detector.errors import (
    AccountGone,
    FeedError,
    Location,
    PlatformError,
    RateLimited,
    TokenRefused,
)
from detector.records import Page, Profile, Rejected
from detector.sources._atproto_posts import FIRST_YEAR, shown_post
from detector.sources._times import moment_since
from detector.sources.interface import Skipped
from detector.sources.live._answers import (
    count,
    failure,
    inner,
    named_picture,
    object_of,
    said,
    text,
)
from detector.sources.live._recent import Entry, Recent, given, marked, unread, written
from detector.sources.live.interface import LiveSource, Options
from detector.transport import Reply

_PAGE: Final = 50
_FIRST: Final = 2
_MOST: Final = 40
_LONGEST_DID: Final = 2_048
_PINNED: Final = "#reasonPin"
_NO_HANDLE: Final = "handle.invalid"
"""What the network shows while it cannot verify a handle."""
_GONE: Final = {
    "AccountTakedown": "suspended",
    "AccountSuspended": "suspended",
    "RepoTakendown": "suspended",
    "RepoSuspended": "suspended",
    "AccountDeactivated": "gone",
    "RepoDeactivated": "gone",
    "RepoNotFound": "gone",
    "BlockedActor": "private",
    "BlockedByActor": "private",
}
_CLOSED: Final = frozenset(
    {"AuthMissing", "AuthenticationRequired", "InvalidToken", "ExpiredToken"}
)


class BlueskyOptions(Options, frozen=True, kw_only=True):
    """What can be said of a Bluesky account."""

    base: str = "https://public.api.bsky.app"


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag="bluesky", omit_defaults=True):
    did: str
    recent: Recent | None = None


class Bluesky(LiveSource):
    """Posts, replies and reposts of one account, and its profile.

    It is found by its handle once and then by its number (DID), so that a new handle is seen and does not
    end the reading. A post that its author wrote over is given once more, by an id of its own.
    """

    platforms = ("bluesky",)
    options_type = BlueskyOptions
    host = "public.api.bsky.app"

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new posts and reposts."""
        network = _Network(self, now)
        mark = marked(cursor, _Mark)
        about = network.profile(mark.did if mark else network.handle)
        mark = mark or _Mark(did=_did(about))
        feed = _Feed(network, mark.did)
        found = unread(feed, mark.recent, _MOST if mark.recent else _FIRST)
        did = mark.did
        yield from given(
            found,
            mark.recent,
            network.label,
            mark=lambda recent: written(_Mark(did=did, recent=recent)),
            profile=profile_of(about),
            is_whole=feed.is_whole,
        )


class _Network:
    """The network's public API, asked about one account."""

    def __init__(self, source: Bluesky, now: datetime) -> None:
        self.handle = source.account.handle.removeprefix("@")
        self.label = f"{source.name}/{self.handle}"
        self.now = now
        self._base = source.options.base.rstrip("/")
        self._net = source.net

    def profile(self, actor: str) -> dict[str, Any]:
        """Return the account as the network shows it."""
        return object_of(self.ask("app.bsky.actor.getProfile", actor=actor))

    def ask(self, method: str, **params: str) -> Reply:
        """Ask one of the network's questions."""
        return self._net.get(f"{self._base}/xrpc/{method}", params=params, why=self._why)

    def _why(self, reply: Reply) -> FeedError | None:
        body = failure(reply)
        name, words = text(body.get("error")), said(body.get("message"))
        if (kind := _GONE.get(name)) is not None:
            return AccountGone(f"Bluesky does not show {self.handle}: {words or name}", kind=kind)
        if name == "InvalidRequest" and _is_unknown(words):
            return AccountGone(
                f"Bluesky has no {self.handle}: {words}",
                hint="renamed or deleted; look it up by hand and correct its name in the settings",
            )
        if name == "RateLimitExceeded":
            return RateLimited("Bluesky answers no more questions for now")
        if name in _CLOSED:
            return TokenRefused(
                f"Bluesky asks for a login: {words or name}",
                hint="its public API shows this to nobody now; read the account's export or feed instead",
            )
        if reply.status in (400, 401, 403, 404, 410):
            told = words or said(name)
            return PlatformError(
                f"{reply.url} answered {reply.status}, "
                + (f"saying: {told}" if told else "and not as Bluesky does")
            )
        return None


def _is_unknown(words: str) -> bool:
    return any(
        one in words.lower()
        for one in (
            "profile not found",
            "actor not found",
            "unable to resolve handle",
            "could not find",
        )
    )


class _Feed:
    """Pages of an account's feed, the newest first; remembers whether all of it was read."""

    def __init__(self, network: _Network, did: str) -> None:
        self._network = network
        self._did = did
        self.is_whole = False

    def __iter__(self) -> Iterator[list[Entry]]:
        params = {"actor": self._did, "limit": str(_PAGE), "filter": "posts_with_replies"}
        while True:
            reply = self._network.ask("app.bsky.feed.getAuthorFeed", **params)
            answer = object_of(reply)
            shown = answer.get("feed")
            if not isinstance(shown, list):
                raise PlatformError(f"{reply.url} answered without a feed")
            following = text(answer.get("cursor"))
            # A cursor that comes again would be followed for ever.
            self.is_whole = not shown or following in ("", params.get("cursor"))
            if shown:
                yield self._entries(shown)
            if self.is_whole:
                return
            params["cursor"] = following

    def _entries(self, shown: list[Any]) -> list[Entry]:
        """Read a page in its order; what cannot be read stands where the one before it does."""
        entries: list[Entry] = []
        label, handle = self._network.label, self._network.handle
        for index, one in enumerate(shown):
            view, reason = inner(one, "post"), inner(one, "reason")
            if text(reason.get("$type")).endswith(_PINNED):
                continue
            uri = text(view.get("uri"))
            try:
                post = shown_post(view, reason, f"{label}#{uri or index}", handle, handle)
                at = _place(view, reason)
            except (ValueError, RecursionError) as error:
                at = entries[-1].at if entries else self._network.now
                why = Rejected(Location(label, index), f"{said(uri)}: {error}".removeprefix(": "))
                entries.append(Entry(uri or str(one)[:500], at, why))
                continue
            is_foreign = not reason and text(inner(view, "author").get("did")) not in (
                "",
                self._did,
            )
            became = Skipped.IGNORED if is_foreign else post
            version = "" if post.is_repost else text(view.get("cid"))
            entries.append(Entry(post.id, at, became, version, self._network.now))
        return entries


def _place(view: dict[str, Any], reason: dict[str, Any]) -> datetime:
    """Return the time by which the network orders an entry: of a post, the earlier of its client's and its own.

    Raises:
        ValueError: it tells none.
    """
    if text(reason.get("$type")).endswith("#reasonRepost"):
        return moment_since(reason.get("indexedAt"), FIRST_YEAR)[0]
    seen = moment_since(view.get("indexedAt"), FIRST_YEAR)[0]
    try:
        return min(seen, moment_since(inner(view, "record").get("createdAt"), 0)[0])
    except ValueError:
        return seen


def _did(about: dict[str, Any]) -> str:
    did = text(about.get("did"))
    if not did.startswith("did:") or len(did) > _LONGEST_DID:
        raise PlatformError("the network told an account without a DID")
    return did


def profile_of(about: dict[str, Any]) -> Profile:
    """Read what the network shows of an account."""
    handle, website = text(about.get("handle")), text(about.get("website"))
    return Profile(
        handle=handle if handle and handle != _NO_HANDLE else None,
        name=text(about.get("displayName")),
        bio=text(about.get("description")),
        links=(website,) if website else (),
        picture=named_picture(about.get("avatar"), "@"),
        followers=count(about.get("followersCount")),
        following=count(about.get("followsCount")),
        posts=count(about.get("postsCount")),
        is_private=False,
    )
