"""Posts, stories, comments and profile of one's own professional Instagram account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from detector.records import Page, Profile
from detector.sources.live._meta_graph import (
    Feed,
    Graph,
    GraphOptions,
    data_of,
    instagram_profile,
    reading,
)
from detector.sources.live._meta_media import MEDIA, PROFILE, entries
from detector.sources.live._recent import Entry
from detector.sources.live.interface import LiveSource

_COMMENTS: Final = ",comments.limit(50){text,timestamp,username}"
_OWN: Final = f"{MEDIA},shortcode"
_RIGHTS: Final = (
    "instagram_basic and pages_read_engagement (or instagram_business_basic where one logs in by Instagram), and "
    "instagram_manage_comments (instagram_business_manage_comments) unless `comments = false`"
)


class InstagramOwnMediaOptions(GraphOptions, frozen=True, kw_only=True):
    """What can be said of an own account."""

    via: Annotated[str, msgspec.Meta(pattern="^(?:me|[0-9]{1,25})$")] = "me"
    """Id of the account; ``me`` suffices where one logs in by Instagram, at ``https://graph.instagram.com``."""
    stories: bool = True
    """Whether to read stories, which are gone after 24 hours."""
    comments: bool = True
    """Whether to read what people say under posts: they often notice first."""


class InstagramOwnMedia(LiveSource):
    """Posts, reels, stories and comments of an account whose own token one has.

    An edited caption is given once more, by an id of its own, at the time it was noticed. A post under which
    people say something new in its first day is given again as it is.
    """

    platforms = ("instagram",)
    options_type = InstagramOwnMediaOptions
    host = "graph.facebook.com"

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited posts, and stories."""
        handle = self.account.handle.removeprefix("@")
        graph = Graph(self, _RIGHTS, is_known=cursor is not None)
        label = f"{self.name}/{handle}"
        via, fields = self.options.via, _OWN + (_COMMENTS if self.options.comments else "")

        def ask(limit: int, onward: dict[str, str]) -> dict[str, Any]:
            return graph.ask(f"{via}/media", fields, limit=str(limit), **onward)

        def stories() -> list[Entry]:
            if not self.options.stories:
                return []
            told = feed.attempt(lambda: graph.ask(f"{via}/stories", _OWN, limit="100"))
            marked = [
                one | {"media_product_type": "STORY"} if isinstance(one, dict) else one
                for one in data_of(told)
            ]
            return entries(marked, f"{label}/stories", handle, now)

        def profile() -> Profile | None:
            user = feed.attempt(lambda: graph.ask(via, PROFILE))
            return instagram_profile(user) if user else None

        feed = Feed(ask, lambda found: entries(found, label, handle, now))
        yield from reading(feed, label, cursor, now, profile=profile, beside=stories)
