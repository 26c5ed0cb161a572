"""A Mastodon server: one account, its statuses, and pages named by the Link header alone."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any, Final

from emulators import DAMAGED, Answer, Asked, HttpEmulator, Mode

NUMBER: Final = "113500000000000001"
_LIMIT: Final = 40


class Mastodon(HttpEmulator):
    """One account whose statuses are listed newest first, 40 at a time."""

    platform = "mastodon"
    handle = "kpucontoh@sosial.example"
    has_token = False

    def __init__(self) -> None:
        super().__init__()
        self.statuses: list[Any] = []
        """The newest last; anything that is no object is a damaged record."""
        self.is_closed = False
        """Whether it shows nothing without a token."""
        self.account: dict[str, Any] = {
            "id": NUMBER,
            "username": "kpucontoh",
            "acct": "kpucontoh",
            "display_name": "KPU Contoh",
            "locked": False,
            "note": "<p>Akun resmi KPU Contoh</p>",
            "url": "https://sosial.example/@kpucontoh",
            "avatar": "https://berkas.example/avatars/1/original/a.png",
            "avatar_static": "https://berkas.example/avatars/1/original/a.png",
            "followers_count": 500,
            "following_count": 3,
            "statuses_count": 70,
            "fields": [
                {
                    "name": "Situs",
                    "value": '<a href="https://kpu-contoh.example" rel="me">kpu-contoh</a>',
                }
            ],
        }

    def options(self) -> dict[str, Any]:
        """Return where it is."""
        return {"base": self.base}

    def publish(self, text: str, at: datetime, **other: Any) -> str:
        """Post, with a number made of the time, as Mastodon does."""
        number = str((int(at.timestamp() * 1_000) << 16) + len(self.statuses))
        lines = html.escape(text, quote=False).replace("\n\n", "</p><p>").replace("\n", "<br />")
        self.statuses.append(
            {
                "id": number,
                "created_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "edited_at": None,
                "visibility": "public",
                "spoiler_text": "",
                "language": "id",
                "content": f"<p>{lines}</p>",
                "url": f"https://sosial.example/@kpucontoh/{number}",
                "uri": f"https://sosial.example/users/kpucontoh/statuses/{number}",
                "application": {"name": "Web", "website": None},
                "reblog": None,
                "in_reply_to_id": None,
                "media_attachments": [],
            }
            | other
        )
        return number

    def damage(self) -> None:
        """Show what is no status among the newest."""
        self.statuses.extend(DAMAGED)

    def respond(self, asked: Asked) -> Answer:
        """Answer for the account or for a page of its statuses."""
        headers = {
            "x-ratelimit-limit": "300",
            "x-ratelimit-remaining": "299",
            "x-ratelimit-reset": "2096-10-02T07:06:40.000000Z",
        }
        if self.is_closed and "authorization" not in asked.headers:
            words = "This method requires an authenticated user"
            return Answer(status=422, body={"error": words}, headers=headers)
        if asked.path == "/api/v1/accounts/lookup":
            name = asked.query["acct"].partition("@")[0]
            if name.lower() == self.account["username"]:
                return Answer(body=self.account, headers=headers)
        if asked.path == f"/api/v1/accounts/{NUMBER}":
            return Answer(body=self.account, headers=headers)
        if asked.path == f"/api/v1/accounts/{NUMBER}/statuses":
            return self._page(asked.query, headers)
        return Answer(status=404, body={"error": "Record not found"}, headers=headers)

    def _page(self, query: dict[str, str], headers: dict[str, str]) -> Answer:
        if self.account.get("suspended"):
            return Answer(body=[], headers=headers)
        below = query.get("max_id")
        shown = [one for one in reversed(self.statuses) if below is None or _is_below(one, below)]
        some = shown[: min(_LIMIT, int(query["limit"]))]
        filled = [one | {"account": self.account} if _is_status(one) else one for one in some]
        if len(shown) > len(some) and (ids := [one["id"] for one in some if _is_status(one)]):
            path = f"https://sosial.example/api/v1/accounts/{NUMBER}/statuses"
            link = f'<{path}?limit=40&max_id={ids[-1]}>; rel="next", <{path}?min_id={ids[0]}>; rel="prev"'
            headers = headers | {"link": link}
        return Answer(body=filled, headers=headers)

    def refused(self, mode: Mode) -> Answer:
        """Say no as Mastodon does."""
        if mode is Mode.THROTTLED:
            reset = {
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": "2096-10-02T07:06:40.000000Z",
            }
            return Answer(status=429, body={"error": "Too many requests"}, headers=reset)
        if mode is Mode.TOKEN_DEAD:
            return Answer(status=401, body={"error": "The access token is invalid"})
        return Answer(status=410, body={"error": "Gone"})


def _is_status(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("id"), str)


def _is_below(one: Any, number: str) -> bool:
    return _is_status(one) and int(one["id"]) < int(number)
