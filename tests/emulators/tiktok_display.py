"""TikTok's Display API: the posts of whoever gave consent, twenty at a time, and logins that are renewed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import msgspec

from emulators import DAMAGED, MARKED, TOKEN, Answer, Asked, HttpEmulator, Mode

_BASIC = ("open_id", "display_name", "avatar_url")


class TiktokDisplay(HttpEmulator):
    """One account that consented."""

    platform = "tiktok"
    exempt: ClassVar[Mapping[Mode, str]] = {
        Mode.GONE: "it shows one's own account; of one that is gone the token is dead",
    }

    def __init__(self) -> None:
        super().__init__()
        self.videos: list[Any] = []
        """The oldest first."""
        self.user = {
            "open_id": "id-contoh",
            "username": self.handle,
            "display_name": "KPU Kabupaten Contoh",
            "bio_description": "Akun resmi",
            "profile_deep_link": f"https://www.tiktok.com/@{self.handle}",
            "avatar_url": "https://p16.example/tos-sg/04c26c73~tplv-crop:100:100.jpeg?x-expires=1",
            "follower_count": 5026,
            "following_count": 12,
            "video_count": 0,
        }
        self.has_rights = True
        """Whether more than name and picture may be asked of the account."""
        self.token = MARKED
        self.key = f"{MARKED}-kunci-0"
        self.renewals = 0
        self._count = 7_300_000_000_000_000_000

    def options(self) -> dict[str, Any]:
        """Return where it is, and a token."""
        return {"base": self.base, "token": TOKEN}

    def publish(self, text: str, at: datetime) -> str:
        """Show a film."""
        self._count += 1
        own = str(self._count)
        self.videos.append(
            {
                "id": own,
                "create_time": int(at.timestamp()),
                "title": text[:20],
                "video_description": text,
                "share_url": f"https://www.tiktok.com/@{self.handle}/video/{own}?utm_source=x",
                "duration": 12,
            }
        )
        return own

    def damage(self) -> None:
        """Show films of shapes that none has."""
        self.videos += [*DAMAGED, {"id": "1", "create_time": "kemarin"}, {"id": "2"}]

    def respond(self, asked: Asked) -> Answer:
        """Answer as the API does."""
        if asked.path == "/v2/oauth/token/":
            return self._renewed(dict(parse_qsl(asked.body.decode())))
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return _error(401, "access_token_invalid", "The access token is invalid or not found")
        if asked.path == "/v2/user/info/":
            return self._user(asked.query.get("fields", "").split(","))
        if asked.path != "/v2/video/list/" or asked.method != "POST":
            return _error(404, "invalid_params", "no such endpoint")
        body = msgspec.json.decode(asked.body)
        if not 0 < body.get("max_count", 10) <= 20:
            return _error(400, "invalid_params", "max_count must be between 1 and 20")
        return self._films(body.get("cursor"), body.get("max_count", 10), asked.query["fields"])

    def _films(self, cursor: int | None, most: int, fields: str) -> Answer:
        newest = list(reversed(self.videos))
        start = (
            0
            if cursor is None
            else next(
                (
                    place
                    for place, one in enumerate(newest)
                    if isinstance(one, dict)
                    and isinstance(one.get("create_time"), int)
                    and one["create_time"] * 1000 < cursor
                ),
                len(newest),
            )
        )
        page = newest[start : start + most]
        asked = set(fields.split(","))
        shown = [
            {name: value for name, value in one.items() if name in asked}
            if isinstance(one, dict) and "video_description" in one
            else one
            for one in page
        ]
        times = [
            one["create_time"]
            for one in page
            if isinstance(one, dict) and isinstance(one.get("create_time"), int)
        ]
        return _data(
            {
                "videos": shown,
                "cursor": times[-1] * 1000 if times else 0,
                "has_more": start + most < len(newest),
            }
        )

    def _user(self, fields: list[str]) -> Answer:
        if not self.has_rights and not set(fields) <= set(_BASIC):
            return _error(401, "scope_not_authorized", "The user did not authorize the scope")
        return _data({"user": {name: self.user[name] for name in fields}})

    def _renewed(self, form: dict[str, str]) -> Answer:
        if form != {
            "client_key": "aplikasi",
            "client_secret": f"{MARKED}-aplikasi",
            "grant_type": "refresh_token",
            "refresh_token": self.key,
        }:
            told = {"error": "invalid_grant", "error_description": f"bad {form['refresh_token']}"}
            return Answer(status=400, body=told)
        self.renewals += 1
        self.key = f"{MARKED}-kunci-{self.renewals}"
        self.token = f"{MARKED}-{self.renewals}"
        return Answer(
            body={
                "access_token": self.token,
                "expires_in": 7200,
                "refresh_token": self.key,
                "refresh_expires_in": 15552000,
                "open_id": "id-contoh",
                "scope": "user.info.basic,video.list",
                "token_type": "Bearer",
            }
        )

    def refused(self, mode: Mode) -> Answer:
        """Say it in TikTok's words."""
        if mode is Mode.THROTTLED:
            return _error(429, "rate_limit_exceeded", "The API rate limit was exceeded")
        return _error(401, "access_token_invalid", "The access token is invalid or not found")


def _data(data: Any) -> Answer:
    return Answer(body={"data": data, "error": {"code": "ok", "message": "", "log_id": "2024"}})


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(
        status=status,
        body={"data": {}, "error": {"code": code, "message": message, "log_id": "2024"}},
    )
