"""Bluesky's public API: a profile, and a feed paged by opaque cursors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from emulators import DAMAGED, Answer, Asked, HttpEmulator, Mode

DID: Final = "did:plc:contohcontohcontohcontoh"
_LETTERS: Final = "234567abcdefghijklmnopqrstuvwxyz"


class Bluesky(HttpEmulator):
    """One account, whose feed is listed by the network's own order, newest first."""

    platform = "bluesky"
    handle = "kpucontoh.bsky.example"
    has_token = False

    def __init__(self) -> None:
        super().__init__()
        self.feed: list[Any] = []
        """The newest last; anything that is no object is a damaged record."""
        self.failure: dict[str, str] | None = None
        """What every question is refused with."""
        self.profile: dict[str, Any] = {
            "did": DID,
            "handle": self.handle,
            "displayName": "KPU Contoh",
            "description": "Akun resmi KPU Contoh",
            "avatar": f"https://gambar.example/img/avatar/plain/{DID}/bafkreia@jpeg",
            "followersCount": 300,
            "followsCount": 4,
            "postsCount": 80,
        }

    def options(self) -> dict[str, Any]:
        """Return where it is."""
        return {"base": self.base}

    def view(self, text: str, at: datetime, **other: Any) -> dict[str, Any]:
        """Return a post as a feed shows it, under a key made of its time."""
        uri = f"at://{DID}/app.bsky.feed.post/{key_of(at, len(self.feed))}"
        stamp = stamped(at)
        record = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": stamp,
            "langs": ["id"],
        }
        return {
            "uri": uri,
            "cid": f"bafyrei{len(self.feed)}",
            "author": {"did": DID, "handle": self.profile["handle"], "displayName": "KPU Contoh"},
            "record": record,
            "indexedAt": stamp,
        } | other

    def publish(self, text: str, at: datetime) -> str:
        """Post."""
        view = self.view(text, at)
        self.feed.append({"post": view})
        return str(view["uri"])

    def damage(self) -> None:
        """Show what is no post among the newest."""
        self.feed.extend(DAMAGED)

    def respond(self, asked: Asked) -> Answer:
        """Answer for the profile or for a page of the feed."""
        headers = {
            "ratelimit-limit": "3000",
            "ratelimit-remaining": "2999",
            "ratelimit-reset": "4000000000",
        }
        if self.failure is not None:
            return Answer(status=400, body=self.failure, headers=headers)
        if asked.query.get("actor") not in {DID, self.profile["handle"]}:
            return self.refused(Mode.GONE)
        if asked.path == "/xrpc/app.bsky.actor.getProfile":
            return Answer(body=self.profile, headers=headers)
        if asked.path == "/xrpc/app.bsky.feed.getAuthorFeed":
            return Answer(body=self._page(asked.query), headers=headers)
        words = {"error": "MethodNotImplemented", "message": "Method Not Implemented"}
        return Answer(status=501, body=words)

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        start, size = int(query.get("cursor", "0")), int(query["limit"])
        shown = self.feed[::-1]
        page: dict[str, Any] = {"feed": shown[start : start + size]}
        if start + size < len(shown):
            page["cursor"] = str(start + size)
        return page

    def refused(self, mode: Mode) -> Answer:
        """Say no as Bluesky does."""
        if mode is Mode.THROTTLED:
            body = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
            reset = {"ratelimit-remaining": "0", "ratelimit-reset": "4000000000"}
            return Answer(status=429, body=body, headers=reset)
        if mode is Mode.TOKEN_DEAD:
            return Answer(status=401, body={"error": "AuthMissing", "message": "Unauthorized"})
        body = {"error": "InvalidRequest", "message": "Profile not found"}
        return Answer(status=400, body=body)


def stamped(at: datetime) -> str:
    """Write a time as Bluesky does."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def key_of(at: datetime, number: int) -> str:
    """Return a record's key: microseconds since 1970 and a number of the clock, in letters that sort."""
    value = (int(at.timestamp() * 1_000_000) << 10) + number % 1_024
    return "".join(_LETTERS[value >> shift & 31] for shift in range(60, -1, -5))
