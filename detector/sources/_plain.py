"""Records in the native format's own words, as nearly all of a large file are: decoded into what they are."""

from __future__ import annotations

from datetime import datetime

import msgspec

from detector.records import Media, TimeQuality
from detector.sources._values import PostKind


class BarePost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A record that has the fields every post has, in the native format's own words, and no other.

    Decoding into it spares a dict and looking its keys up.
    """

    platform: str
    account: str
    id: str
    created_at: datetime
    text: str


class PlainPost(BarePost, frozen=True, forbid_unknown_fields=True, gc=False):
    """A record in the native format's own words and with nothing unusual in it, as nearly all of a large file are."""

    url: str | None = None
    kind: PostKind = "post"
    time_quality: TimeQuality | None = None
    app: str | None = None
    language: str | None = None
    in_reply_to: str | None = None
    is_repost: bool = False
    links: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    location: str | None = None
    where: str = ""
    """Where it was read once; it is read here now."""


def is_odd(record: PlainPost) -> bool:
    """Whether links, media or a client are written otherwise than the native format has them."""
    return (
        (record.app is not None and record.app.startswith("<"))
        or "" in record.links
        or any(
            one.path is None or not one.kind or one.kind != one.kind.lower() for one in record.media
        )
    )
