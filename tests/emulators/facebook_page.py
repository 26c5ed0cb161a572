"""A Facebook page on the loopback."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emulators import Answer, Asked, Mode
from emulators._meta import MetaEmulator, chosen, cut, failure, stamp


class FacebookPage(MetaEmulator):
    """A page with posts that page through addresses full of other things."""

    platform = "facebook"
    handle = "kpucontoh"
    own_id = "100000000000001"

    def __init__(self) -> None:
        super().__init__()
        self.reels: list[Any] = []
        self.profile = {
            "id": self.own_id,
            "name": "KPU Kabupaten Contoh",
            "username": self.handle,
            "about": "Halaman resmi",
            "website": "https://kpu.example",
            "followers_count": 5400,
            "picture": {"data": {"url": "https://cdn.example/v/t39/9_8_n.jpg?stp=s200x200"}},
        }

    def options(self) -> dict[str, Any]:
        """Return how it is read."""
        return {**super().options(), "page": self.own_id}

    def publish(self, text: str, at: datetime, **other: Any) -> str:
        """Show a post, with further fields; without words it has no ``message``."""
        number = f"{self.own_id}_{self.numbered():06}"
        record = {
            "id": number,
            "created_time": stamp(at),
            "permalink_url": f"https://www.facebook.com/{number}",
            "status_type": "mobile_status_update",
            "from": {"id": self.own_id},
        }
        self.records.insert(0, record | ({"message": text} if text else {}) | other)
        return number

    def refused(self, mode: Mode) -> Answer:
        """Answer as Meta does."""
        if mode is Mode.GONE:
            return failure(404, "(#803) Some of the aliases you requested do not exist", 803)
        return super().refused(mode)

    def respond(self, asked: Asked) -> Answer:
        """Answer about the page or its posts."""
        if (refusal := self.unsigned(asked)) is not None:
            return refusal
        fields = asked.query.get("fields", "id")
        if asked.path == f"/v25.0/{self.own_id}":
            return Answer(body=chosen(self.profile, fields), headers=self.headers)
        if asked.path == f"/v25.0/{self.own_id}/video_reels":
            return Answer(body=chosen({"data": self.reels}, fields), headers=self.headers)
        if asked.path != f"/v25.0/{self.own_id}/posts":
            return failure(400, "Unsupported get request", 100, 33)
        limit = int(asked.query.get("limit", "25"))
        body = cut(self.records, asked.query.get("__paging_token", ""), limit, self.base)
        if "next" in body.get("paging", {}):
            token = body["paging"].pop("cursors")["after"]
            next_page = body["paging"]["next"].replace(
                "&after=", "&until=1732146840&__paging_token="
            )
            body["paging"]["next"] = f"{next_page}&fields=id%2Cmessage"
            assert token in next_page
        else:
            body.pop("paging", None)
        return Answer(body=chosen(body, fields), headers=self.headers)
