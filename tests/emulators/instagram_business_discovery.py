"""Instagram's business discovery on the loopback."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emulators import Answer, Asked
from emulators._meta import MetaEmulator, chosen, expression, failure, stamp


class InstagramBusinessDiscovery(MetaEmulator):
    """A professional account that another one may look at."""

    platform = "instagram"

    def options(self) -> dict[str, Any]:
        """Return how it is read."""
        return {**super().options(), "via": "17840000000000099"}

    def publish(self, text: str, at: datetime) -> str:
        """Show a picture with a caption; without one the key is left out, as Instagram does."""
        number = self.numbered()
        code = f"Dcontoh{number:05}"
        record = {
            "id": f"1800000000{number:07}",
            "media_type": "IMAGE",
            "media_product_type": "FEED",
            "permalink": f"https://www.instagram.com/p/{code}/",
            "timestamp": stamp(at),
        }
        self.records.insert(0, record | ({"caption": text} if text else {}))
        return code

    def respond(self, asked: Asked) -> Answer:
        """Answer as one's own account that tells of the other."""
        if (refusal := self.unsigned(asked)) is not None:
            return refusal
        fields = asked.query.get("fields", "")
        if f"business_discovery.username({self.handle})" not in fields:
            return failure(400, "Invalid user id", 110, 2207013)
        media = self.page(*expression(fields, "media"))
        media.get("paging", {}).pop("next", None)
        found = {**self.profile, "media_count": len(self.records), "media": media}
        body = {"business_discovery": found, "id": "17840000000000099"}
        return Answer(body=chosen(body, fields), headers=self.headers)
