"""Posts and profile of any professional Instagram account, read through one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from detector.errors import PlatformError, SettingsError
from detector.records import Page, Profile
from detector.sources.live._answers import inner
from detector.sources.live._meta_graph import (
    Feed,
    Graph,
    GraphOptions,
    Number,
    instagram_profile,
    reading,
)
from detector.sources.live._meta_media import MEDIA, PROFILE, entries
from detector.sources.live.interface import LiveSource

_HANDLE: Final = re.compile(r"[A-Za-z0-9._]{1,30}")
_RIGHTS: Final = (
    "instagram_basic, instagram_manage_insights and pages_read_engagement, and its owner a role on the page "
    "that the account under `via` is linked to"
)


class InstagramBusinessDiscoveryOptions(GraphOptions, frozen=True, kw_only=True):
    """What can be said of an account that is read through another."""

    via: Number
    """Id of one's own professional Instagram account, the one the token is for."""


class InstagramBusinessDiscovery(LiveSource):
    """Posts, reels and profile of another professional account; no stories, no comments.

    One question a poll gets the profile and the newest 50 posts; older ones are read until one is met that is
    known. An edited caption is given once more, by an id of its own, at the time it was noticed.
    """

    platforms = ("instagram",)
    options_type = InstagramBusinessDiscoveryOptions
    host = "graph.facebook.com"

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited posts."""
        handle = self.account.handle.removeprefix("@")
        if not _HANDLE.fullmatch(handle):
            raise SettingsError(f"{handle[:60]!r} is no name of an Instagram account")
        # An object that is not there would be our own account under `via`.
        graph = Graph(self, _RIGHTS, is_known=False)
        label = f"{self.name}/{handle}"
        shown: list[Profile] = []

        def ask(limit: int, onward: dict[str, str]) -> dict[str, Any]:
            after = f".after({onward['after']})" if "after" in onward else ""
            asked = f"{PROFILE},media{after}.limit({limit}){{{MEDIA}}}"
            answer = graph.ask(
                self.options.via, f"business_discovery.username({handle}){{{asked}}}"
            )
            user = inner(answer, "business_discovery")
            if not user:
                raise PlatformError(f"Meta told nothing of {handle}, and not why")
            if not shown:
                shown.append(instagram_profile(user))
            return inner(user, "media")

        feed = Feed(ask, lambda found: entries(found, label, handle, now))
        yield from reading(feed, label, cursor, now, profile=lambda: shown[0] if shown else None)
