"""An own Instagram account on the loopback."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emulators import Answer, Asked
from emulators._meta import MetaEmulator, chosen, cut, failure, stamp


class InstagramOwnMedia(MetaEmulator):
    """One's own account: posts, stories, and comments under them."""

    platform = "instagram"

    def __init__(self) -> None:
        super().__init__()
        self.stories: list[Any] = []

    def options(self) -> dict[str, Any]:
        """Return how it is read."""
        return {**super().options(), "via": self.own_id}

    def publish(
        self,
        text: str,
        at: datetime,
        comments: tuple[tuple[str, str], ...] = (),
        *,
        is_story: bool = False,
    ) -> str:
        """Show a post or a story, with (name, words) under it."""
        number = self.numbered()
        code = f"Dsendiri{number:04}"
        record: dict[str, Any] = {
            "id": f"1700000000{number:07}",
            "media_type": "VIDEO",
            "media_product_type": "STORY" if is_story else "REELS",
            "permalink": f"https://www.instagram.com/reel/{code}/",
            "shortcode": code,
            "timestamp": stamp(at),
            "username": self.handle,
        }
        if text:
            record["caption"] = text
        if comments:
            said = [
                {"id": str(place), "text": words, "timestamp": stamp(at), "username": name}
                for place, (name, words) in enumerate(comments)
            ]
            record["comments"] = {"data": said}
        (self.stories if is_story else self.records).insert(0, record)
        return code

    def respond(self, asked: Asked) -> Answer:
        """Answer about the account, its posts or its stories."""
        if (refusal := self.unsigned(asked)) is not None:
            return refusal
        after, limit = asked.query.get("after", ""), int(asked.query.get("limit", "25"))
        body: Any
        match asked.path.removeprefix(f"/v25.0/{self.own_id}"):
            case "/media":
                body = cut(self.records, after, limit, self.base)
            case "/stories":
                body = cut(self.stories, after, limit, self.base)
            case "":
                body = {**self.profile, "media_count": len(self.records)}
            case _:
                return failure(400, "Unsupported get request", 100, 33)
        return Answer(body=chosen(body, asked.query.get("fields", "id")), headers=self.headers)
