"""What YouTube's Data API says of a channel and its videos, and of itself when it does not answer."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from detector.errors import AccountGone, FeedError, PlatformError, RateLimited, TokenRefused
from detector.records import AccountEvent, Media, Post, Profile
from detector.sources._times import moment_since
from detector.sources.live._answers import count, failure, inner, objects, picture, said, text
from detector.transport import Hidden, Reply

FIRST_YEAR: Final = 2005
"""YouTube opened; nothing on it is older."""
_PACIFIC: Final = ZoneInfo("America/Los_Angeles")
"""Its midnight is when YouTube counts units anew."""
_DAILY: Final = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_BRIEFLY: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_GONE: Final = {
    "channelNotFound": "gone",
    "playlistNotFound": "gone",
    "videoNotFound": "gone",
    "channelClosed": "gone",
    "accountClosed": "gone",
    "accountDelegationForbidden": "gone",
    "channelSuspended": "suspended",
    "accountSuspended": "suspended",
    "accountTerminated": "suspended",
    "channelForbidden": "private",
    "playlistForbidden": "private",
    "playlistItemsNotAccessible": "private",
}
_KEY: Final = frozenset(
    {
        "keyInvalid", "keyExpired", "API_KEY_INVALID", "authError", "required", "accessNotConfigured",
        "SERVICE_DISABLED", "ipRefererBlocked", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED",
        "API_KEY_SERVICE_BLOCKED", "CONSUMER_SUSPENDED", "forbidden", "insufficientPermissions", "PERMISSION_DENIED",
        "UNAUTHENTICATED",
    }
)  # fmt: skip
_RENEW: Final = "make an API key in Google's cloud console, allow it the YouTube Data API v3, and put it where the settings say"
_MORE: Final = "read less often, or ask Google for a larger quota"
_RENAMED: Final = "/ytc/"
"""Where old pictures lie, under names that do not last; one that is put up now lies elsewhere, for good."""
_UNSEEN: Final = frozenset({"private", "privacyStatusUnspecified"})


def why(reply: Reply, handle: str, token: Hidden) -> FeedError | None:
    """Say whose doing an answer is that is not usable; None leaves it to its status.

    Args:
        reply: the answer.
        handle: whose channel was asked about.
        token: must not be quoted.
    """
    error = inner(failure(reply), "error")
    words = said(error.get("message"), token) or str(reply.status)
    reasons = [text(one.get("reason")) for one in objects(error.get("errors"))]
    reasons += [text(one.get("reason")) for one in objects(error.get("details"))]
    reasons.append(text(error.get("status")))
    for one in reasons:
        if one in _DAILY:
            until = next_day(reply.at)
            return RateLimited("YouTube's units for today are used up", retry_at=until, hint=_MORE)
        if one in _BRIEFLY:
            return RateLimited("YouTube answers no more questions for now", hint=_MORE)
        if (kind := _GONE.get(one)) is not None:
            return AccountGone(f"YouTube does not show {handle}: {one}", kind=kind)
    if not _KEY.isdisjoint(reasons) or (reply.status == 400 and "API key" in words):  # noqa: PLR2004 - HTTP
        return TokenRefused(f"YouTube does not take the key: {words}", hint=_RENEW)
    if reply.status in (400, 403, 404, 410) and not error:
        return PlatformError(f"{reply.url} answered {reply.status}, and not as YouTube does")
    return PlatformError(f"YouTube did not understand: {words}") if reply.status == 400 else None  # noqa: PLR2004


def next_day(now: datetime) -> datetime:
    """Return when YouTube's next day begins: at midnight in California.

    Examples:
        >>> from datetime import UTC
        >>> next_day(datetime(2024, 11, 21, 3, tzinfo=UTC)).isoformat()
        '2024-11-21T08:00:00+00:00'
    """
    local = now.astimezone(_PACIFIC)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), _PACIFIC)
    return midnight.astimezone(now.tzinfo)


def profile_of(channel: dict[str, Any]) -> Profile:
    """Read what YouTube shows of a channel."""
    about, numbers = inner(channel, "snippet"), inner(channel, "statistics")
    is_hidden = numbers.get("hiddenSubscriberCount") is True
    pictures = inner(about, "thumbnails")
    sizes = [text(inner(pictures, size).get("url")) for size in ("high", "medium", "default")]
    return Profile(
        handle=text(about.get("customUrl")).removeprefix("@") or None,
        name=text(about.get("title")) or None,
        bio=text(about.get("description")),
        picture=_picture(next(filter(None, sizes), None)),
        followers=None if is_hidden else count(numbers.get("subscriberCount")),
        posts=count(numbers.get("videoCount")),
    )


def _picture(address: str | None) -> str | None:
    """Return what tells a channel's picture apart; those that YouTube names anew for all channels now and then are one."""
    is_renamed = address is not None and _RENAMED in address
    return picture(f"https://name.example{_RENAMED}" if is_renamed else address)


def video_id(entry: dict[str, Any]) -> str:
    """Return the id of the video that an entry of a playlist names; empty when it names none."""
    held = text(inner(entry, "contentDetails").get("videoId"))
    return held or text(inner(entry, "snippet", "resourceId").get("videoId"))


def is_unseen(entry: dict[str, Any]) -> bool:
    """Whether an entry only says that a video cannot be seen, being private or deleted."""
    if text(inner(entry, "status").get("privacyStatus")) in _UNSEEN:
        return True
    about = inner(entry, "snippet")
    is_bare = not about.get("thumbnails") and "videoPublishedAt" not in inner(
        entry, "contentDetails"
    )
    return is_bare and about.get("title") in {"Private video", "Deleted video"}


def post_of(entry: dict[str, Any], handle: str, label: str) -> Post:
    """Make a post of an entry of a channel's list of uploads.

    Args:
        entry: as the API gives it.
        handle: whose channel.
        label: name of the feed.

    Raises:
        ValueError: it has no id, no title or no usable time.
    """
    about = inner(entry, "snippet")
    number = video_id(entry)
    if not number:
        raise ValueError("has no id")
    for name in ("title", "description"):
        if not isinstance(about.get(name, ""), str):
            raise ValueError(f"its {name} is no text")  # noqa: TRY004 - a record, not a caller
    stamp = inner(entry, "contentDetails").get("videoPublishedAt") or about.get("publishedAt")
    at, quality = moment_since(stamp, FIRST_YEAR)
    parts = (text(about.get("title")).strip(), text(about.get("description")).strip())
    return Post(
        platform="youtube",
        account=handle,
        id=number,
        created_at=at,
        text="\n\n".join(filter(None, parts)),
        where=f"{label}#{number}",
        time_quality=quality,
        url=f"https://www.youtube.com/watch?v={number}",
        media=(Media("video"),),
    )


def version_of(post: Post) -> str:
    """Return what changes when a video's title or description is written over."""
    return hashlib.sha256(post.text.encode("utf-8", "replace")).hexdigest()[:8]


def live_started(video: dict[str, Any], handle: str, label: str) -> AccountEvent | None:
    """Return the beginning of a broadcast that a video is; None when it is none, or has not begun.

    Args:
        video: as the API gives it.
        handle: whose channel.
        label: name of the feed.
    """
    stamp = inner(video, "liveStreamingDetails").get("actualStartTime")
    try:
        at, quality = moment_since(stamp, FIRST_YEAR)
    except ValueError:
        return None
    title = said(inner(video, "snippet").get("title"))
    return AccountEvent(
        platform="youtube",
        account=handle,
        kind="live_started",
        at=at,
        where=f"{label}#{text(video.get('id'))}",
        time_quality=quality,
        details={"to": title} if title else {},
    )


def live_announced(video: dict[str, Any]) -> datetime | None:
    """Return when a broadcast that has not begun is to begin; None for any other video."""
    if inner(video, "snippet").get("liveBroadcastContent") != "upcoming":
        return None
    try:
        return moment_since(
            inner(video, "liveStreamingDetails").get("scheduledStartTime"), FIRST_YEAR
        )[0]
    except ValueError:
        return None
