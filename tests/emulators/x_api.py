"""X's API, version 2: a user and its timeline, with the errors X words itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from emulators import DAMAGED, TOKEN, Answer, Asked, HttpEmulator, Mode

_EPOCH: Final = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
_PROBLEMS: Final = "https://api.twitter.com/2/problems"
_RESET: Final = 4_000_000_000
_UNASKED: Final = {
    "tweet": {"id", "text", "edit_history_tweet_ids"},
    "user": {"id", "name", "username"},
    "media": {"media_key", "type"},
    "place": {"id", "full_name"},
    "poll": {"id", "options"},
}
"""Fields that are shown of a record whatever is asked for."""
_EXPANDED: Final = {
    "users": {"author_id", "referenced_tweets.id.author_id"},
    "tweets": {"referenced_tweets.id"},
    "media": {"attachments.media_keys"},
    "places": {"geo.place_id"},
    "polls": {"attachments.poll_ids"},
}
"""What must be asked for to be shown beside the posts."""
NUMBER: Final = "1450000000000000001"


class XApi(HttpEmulator):
    """One user, whose posts are listed newest first, 100 at a time."""

    platform = "x"

    def __init__(self) -> None:
        super().__init__()
        self.tweets: list[Any] = []
        """The newest last; anything that is no object is a damaged record."""
        self.includes: dict[str, list[Any]] = {}
        self.user: dict[str, Any] = {
            "id": NUMBER,
            "name": "KPU Contoh",
            "username": self.handle,
            "description": "Akun resmi KPU Contoh https://t.co/aaaaaaaaaa",
            "url": "https://t.co/bbbbbbbbbb",
            "entities": {
                "url": {
                    "urls": [
                        {
                            "url": "https://t.co/bbbbbbbbbb",
                            "expanded_url": "https://kpu-contoh.example",
                        }
                    ]
                },
                "description": {
                    "urls": [
                        {
                            "url": "https://t.co/aaaaaaaaaa",
                            "expanded_url": "https://kpu-contoh.example/layanan",
                        }
                    ]
                },
            },
            "profile_image_url": "https://pbs.x.example/profile_images/1/logo_normal.jpg",
            "protected": False,
            "public_metrics": {"followers_count": 2_000, "following_count": 12, "tweet_count": 900},
        }
        self.problem: dict[str, Any] | None = None
        """What stands in an answer in place of the user and of posts."""

    def options(self) -> dict[str, Any]:
        """Return where it is, and its token."""
        return {"base": self.base, "token": TOKEN}

    def publish(self, text: str, at: datetime, **other: Any) -> str:
        """Post, with a number made of the time, as X does."""
        milliseconds = int((at - _EPOCH).total_seconds() * 1_000)
        number = str((milliseconds << 22) + len(self.tweets))
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self.tweets.append(
            {
                "id": number,
                "text": text,
                "created_at": stamp,
                "author_id": NUMBER,
                "lang": "in",
                "edit_history_tweet_ids": [number],
            }
            | other
        )
        return number

    def damage(self) -> None:
        """Show what is no post among the newest."""
        self.tweets.extend(DAMAGED)

    def respond(self, asked: Asked) -> Answer:
        """Answer for the user or for a page of the timeline."""
        headers = {
            "x-rate-limit-limit": "900",
            "x-rate-limit-remaining": "899",
            "x-rate-limit-reset": str(_RESET),
        }
        if asked.headers.get("authorization") is None:
            return self.refused(Mode.TOKEN_DEAD)
        if self.problem is not None:
            return Answer(body={"errors": [self.problem]}, headers=headers)
        if asked.path == f"/2/users/{NUMBER}/tweets":
            return Answer(body=self._page(asked.query), headers=headers)
        if asked.path in {f"/2/users/{NUMBER}", f"/2/users/by/username/{self.handle}"}:
            return Answer(body={"data": _shown(self.user, asked.query, "user")}, headers=headers)
        return Answer(body={"errors": [not_found(asked.path.rpartition("/")[2])]}, headers=headers)

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        since = int(query.get("since_id", "0"))
        older = [place for place, one in enumerate(self.tweets) if since and _is_old(one, since)]
        shown = self.tweets[(older[-1] + 1 if older else 0) :][::-1]
        start, size = int(query.get("pagination_token", "0")), int(query["max_results"])
        some = shown[start : start + size]
        if not some:
            return {"meta": {"result_count": 0}}
        meta: dict[str, Any] = {"result_count": len(some)}
        if start + size < len(shown):
            meta["next_token"] = str(start + size)
        around = {
            what: [_shown(one, query, what.removesuffix("s")) for one in listed]
            for what, listed in {"users": [self.user], **self.includes}.items()
            if _EXPANDED[what] & set(query.get("expansions", "").split(","))
        }
        return {
            "data": [_shown(one, query, "tweet") for one in some],
            "includes": around,
            "meta": meta,
        }

    def refused(self, mode: Mode) -> Answer:
        """Say no as X does."""
        if mode is Mode.THROTTLED:
            body = {
                "title": "Too Many Requests",
                "detail": "Too Many Requests",
                "type": "about:blank",
                "status": 429,
            }
            reset = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(_RESET)}
            return Answer(status=429, body=body, headers=reset)
        if mode is Mode.TOKEN_DEAD:
            body = {
                "title": "Unauthorized",
                "type": "about:blank",
                "status": 401,
                "detail": "Unauthorized",
            }
            return Answer(status=401, body=body)
        return Answer(body={"errors": [not_found(self.handle)]})


def not_found(handle: str) -> dict[str, Any]:
    """Return X's problem with an account that does not exist."""
    return {
        "value": handle,
        "detail": f"Could not find user with username: [{handle}].",
        "title": "Not Found Error",
        "resource_type": "user",
        "parameter": "username",
        "resource_id": handle,
        "type": f"{_PROBLEMS}/resource-not-found",
    }


def _shown(one: Any, query: dict[str, str], what: str) -> Any:
    """Return a record with what X shows of it unasked, and with the fields asked for."""
    if not isinstance(one, dict):
        return one
    asked = set(query.get(f"{what}.fields", "").split(",")) | _UNASKED[what]
    return {name: value for name, value in one.items() if name in asked}


def _is_old(one: Any, number: int) -> bool:
    return isinstance(one, dict) and isinstance(one.get("id"), str) and int(one["id"]) <= number
