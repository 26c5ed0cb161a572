"""The YouTube Data API: a channel, the list of its uploads, and its videos."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from emulators import DAMAGED, MARKED, TOKEN, Answer, Asked, HttpEmulator, Mode

CHANNEL: Final = "UCcontohcontohcontoh0001"
_UNASKED: Final = {"kind", "etag", "id"}
"""What stands in a record whatever parts are asked for."""
UPLOADS: Final = "UUcontohcontohcontoh0001"


class YoutubeDataApi(HttpEmulator):
    """One channel, whose uploads are listed newest first, 50 at a time."""

    platform = "youtube"

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Any] = []
        """The newest last; anything that is no object is a damaged record."""
        self.live: dict[str, str] = {}
        """When broadcasts began, by the ids of their videos."""
        self.announced: dict[str, str] = {}
        """When broadcasts are to begin, by the ids of their videos."""
        self.error: tuple[int, dict[str, Any]] | None = None
        """What every question is refused with."""
        self.channel: dict[str, Any] | None = {
            "kind": "youtube#channel",
            "id": CHANNEL,
            "snippet": {
                "title": "KPU Contoh",
                "description": "Saluran resmi KPU Contoh",
                "customUrl": f"@{self.handle}",
                "thumbnails": {"high": {"url": "https://gambar.example/ab_c=s800-c-k-no"}},
            },
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS}},
            "statistics": {
                "viewCount": "100",
                "subscriberCount": "1200",
                "hiddenSubscriberCount": False,
                "videoCount": "75",
            },
        }

    def options(self) -> dict[str, Any]:
        """Return where it is, and its key."""
        return {"base": self.base, "token": TOKEN}

    def publish(self, text: str, at: datetime, description: str = "") -> str:
        """Upload a video."""
        number = f"v{len(self.items):010}"
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.items.append(
            {
                "kind": "youtube#playlistItem",
                "id": f"UExP{number}",
                "snippet": {
                    "publishedAt": stamp,
                    "channelId": CHANNEL,
                    "title": text,
                    "description": description,
                    "thumbnails": {"default": {"url": f"https://gambar.example/{number}.jpg"}},
                    "resourceId": {"kind": "youtube#video", "videoId": number},
                },
                "contentDetails": {"videoId": number, "videoPublishedAt": stamp},
                "status": {"privacyStatus": "public"},
            }
        )
        return number

    def damage(self) -> None:
        """Show what is no video among the newest."""
        self.items.extend(DAMAGED)

    def respond(self, asked: Asked) -> Answer:
        """Answer for the channel, a page of uploads, or some videos, with the parts asked for."""
        answer = self._whole(asked)
        if isinstance(answer.body, dict) and isinstance(answer.body.get("items"), list):
            parts = _UNASKED | set(asked.query.get("part", "").split(","))
            items = [_cut(one, parts) for one in answer.body["items"]]
            return Answer(body=answer.body | {"items": items})
        return answer

    def _whole(self, asked: Asked) -> Answer:
        if self.error is not None:
            return Answer(status=self.error[0], body=self.error[1])
        if asked.headers.get("x-goog-api-key") != MARKED:
            return self.refused(Mode.TOKEN_DEAD)
        query = asked.query
        if asked.path == "/youtube/v3/channels":
            whom = {query.get("id"), query.get("forHandle")}
            is_ours = self.channel is not None and bool(whom & {CHANNEL, f"@{self.handle}"})
            return Answer(body=_listed("channel", [self.channel] if is_ours else []))
        if asked.path == "/youtube/v3/playlistItems" and self.channel is not None and self.items:
            return self._page(query)
        if asked.path == "/youtube/v3/videos":
            return Answer(
                body=_listed("video", [self._video(one) for one in query["id"].split(",")])
            )
        return self.refused(Mode.GONE)

    def _page(self, query: dict[str, str]) -> Answer:
        start, size = int(query.get("pageToken", "0")), int(query["maxResults"])
        shown = self.items[::-1]
        page = _listed("playlistItem", shown[start : start + size])
        if start + size < len(shown):
            page["nextPageToken"] = str(start + size)
        return Answer(body=page)

    def _video(self, number: str) -> dict[str, Any]:
        video: dict[str, Any] = {
            "kind": "youtube#video",
            "id": number,
            "snippet": {"title": "Siaran"},
        }
        if number in self.announced:
            video["snippet"]["liveBroadcastContent"] = "upcoming"
            video["liveStreamingDetails"] = {"scheduledStartTime": self.announced[number]}
        if number in self.live:
            video["liveStreamingDetails"] = {"actualStartTime": self.live[number]}
        return video

    def fail(self, mode: Mode, times: int = 1, *, after: int = 0) -> None:
        """Answer some questions in a way that is none; a channel that is gone is gone from all answers."""
        if mode is Mode.GONE:
            self.channel = None
        else:
            super().fail(mode, times, after=after)

    def refused(self, mode: Mode) -> Answer:
        """Say no as YouTube does."""
        if mode is Mode.THROTTLED:
            return Answer(status=403, body=refusal(403, "quotaExceeded", "youtube.quota"))
        if mode is Mode.TOKEN_DEAD:
            words = "API key not valid. Please pass a valid API key."
            return Answer(status=400, body=refusal(400, "badRequest", "global", words))
        return Answer(status=404, body=refusal(404, "playlistNotFound", "youtube.playlistItem"))


def _cut(one: Any, parts: set[str]) -> Any:
    is_whole = isinstance(one, dict)
    return {name: value for name, value in one.items() if name in parts} if is_whole else one


def _listed(what: str, items: list[Any]) -> dict[str, Any]:
    count = {"totalResults": len(items), "resultsPerPage": 50}
    return {"kind": f"youtube#{what}ListResponse", "pageInfo": count, "items": items}


def refusal(code: int, reason: str, domain: str, message: str = "No.") -> dict[str, Any]:
    """Return an error in the words of Google's APIs."""
    one = {"message": message, "domain": domain, "reason": reason}
    return {"error": {"code": code, "message": message, "errors": [one]}}
