"""What every store does alike: how a page changes what is known of an account, and what of it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec

from detector.errors import LeaseLost, StoreError
from detector.records import AccountEvent, Author, Post
from detector.settings import StoreSettings, span
from detector.store.interface import (
    AccountKey,
    Claim,
    Delivery,
    JudgedPost,
    Kept,
    Reading,
    Review,
    Turn,
    Watched,
)

SKEW: Final = timedelta(minutes=10)
"""A moment noted this far in the future was noted by a clock that has been put back since: nobody waits for it."""

HARMLESS: Final = (Author.OWNER, Author.UNKNOWN)
"""Posts held to be these authors' are no evidence."""

REMEMBERED: Final = 5
"""For so many times as long as a message is kept, its id is: it cannot be queued again."""

READINGS: Final = 6
"""Earlier readings of one post that are kept: the first, and those that speak the most for a stranger."""

T = TypeVar("T")

_PACKER: Final = msgspec.msgpack.Encoder()


class Keep(msgspec.Struct, frozen=True, kw_only=True):
    """How long things are kept, from when they were read."""

    texts: timedelta = timedelta(days=400)
    """What the owner's posts say; judging can learn an account anew from them."""
    posts: timedelta = timedelta(days=1100)
    """That the owner's posts were there."""
    events: timedelta = timedelta(days=1100)
    """Changes to accounts and alerts that no incident refers to."""
    deliveries: timedelta = timedelta(days=90)
    """Messages that were sent or given up."""
    evidence: timedelta = timedelta(days=1830)
    """Incidents that are over, with all they refer to, and posts held to be a stranger's."""

    @classmethod
    def said_by(cls, settings: StoreSettings) -> Keep:
        """Return what the settings say."""
        return cls(
            texts=span(settings.keep_texts),
            posts=span(settings.keep_posts),
            events=span(settings.keep_events),
            deliveries=span(settings.keep_deliveries),
            evidence=span(settings.keep_evidence),
        )


def packed(value: Any) -> bytes:
    """Encode a value as msgpack; code points that no UTF-8 holds become U+FFFD."""
    try:
        return _PACKER.encode(value)
    except UnicodeEncodeError:
        return _PACKER.encode(_scrubbed(msgspec.to_builtins(value, builtin_types=(datetime,))))


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(one) for key, one in value.items()}
    return [_scrubbed(one) for one in value] if isinstance(value, list | tuple) else value


def sound(value: T) -> T:
    """Return a value as it comes back from where it is kept: in UTC, without code points that no UTF-8 holds."""
    return msgspec.msgpack.decode(packed(value), type=type(value))


def kept_form(judged: JudgedPost) -> JudgedPost:
    """Return what is kept of a post: of the owner's, no findings and no reasons."""
    if judged.verdict.author is not Author.OWNER:
        return judged
    bare = msgspec.structs.replace(judged.verdict, findings=(), reasons=())
    return msgspec.structs.replace(judged, verdict=bare)


def reread(kept: JudgedPost, judged: JudgedPost, at: datetime) -> JudgedPost:
    """Return what is kept of a post that reads otherwise now, with how it read before.

    Args:
        kept: as it was kept.
        judged: as it reads now.
        at: when that was found.
    """
    after, earlier = kept_form(judged), kept.earlier
    if kept.post.text != sound(judged.post).text and kept.has_text:
        earlier = (*earlier, Reading(post=kept.post, verdict=kept.verdict, until=at))
    if len(earlier) > READINGS:
        mildest = min(earlier[1:], key=lambda one: one.verdict.log_odds)
        earlier = tuple(one for one in earlier if one is not mildest)
    return msgspec.structs.replace(after, earlier=earlier, has_text=True)


def author_of(judged: JudgedPost) -> Author:
    """Return whom a post is held to be of by the gravest of its readings: evidence stays evidence."""
    return judged.gravest.verdict.author


def first_of_each(posts: Iterable[JudgedPost]) -> dict[str, JudgedPost]:
    """Return posts by id; of those with one id, the first."""
    found: dict[str, JudgedPost] = {}
    for one in posts:
        found.setdefault(one.post.id, one)
    return found


def without_text(judged: JudgedPost) -> JudgedPost:
    """Return what is left of a post when its text is past its time."""
    post = judged.post
    husk = Post(
        platform=post.platform, account=post.account, id=post.id, created_at=post.created_at, text="",
        kind=post.kind, time_quality=post.time_quality, url=post.url, app=post.app, language=post.language,
        is_repost=post.is_repost,
    )  # fmt: skip
    bare = msgspec.structs.replace(judged.verdict, findings=(), reasons=())
    return JudgedPost(post=husk, verdict=bare, has_text=False)


def mark_of(turn: Turn) -> bytes:
    """Return 16 bytes that tell one page from another."""
    given = msgspec.structs.replace(turn.claim, standing=None, cursor=None, profile=None)
    return _digest(packed(msgspec.structs.replace(turn, claim=given)))


def event_mark(event: AccountEvent) -> bytes:
    """Return 16 bytes that tell an event from another, wherever it was read."""
    return _digest(packed((event.kind, event.at, sorted(event.details.items()))))


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def change_id(event: AccountEvent) -> str:
    """Return what an incident calls a change; as `detector.changes` has it."""
    return f"{event.kind}@{event.at.isoformat()}"


def after_page(watched: Watched, turn: Turn, new_posts: Iterable[JudgedPost]) -> Watched:
    """Return what is known of an account after a page."""
    times = [one.post.created_at for one in new_posts]
    latest = [*times, watched.last_post_at] if watched.last_post_at else times
    after = msgspec.structs.replace(
        watched,
        state=turn.state,
        probability=turn.probability,
        posts=watched.posts + len(times),
        last_post_at=max(latest, default=None),
    )
    if not turn.is_last:
        return after
    return msgspec.structs.replace(
        after,
        next_at=turn.next_at, polls=watched.polls + 1, last_read_at=turn.at, failing_since=None, failure=None, failures=0,
    )  # fmt: skip


def after_failure(watched: Watched, at: datetime, why: str, next_at: datetime) -> Watched:
    """Return what is known of an account after a poll that failed."""
    return msgspec.structs.replace(
        watched,
        failing_since=watched.failing_since or at,
        failure=why,
        failures=watched.failures + 1,
        next_at=next_at,
    )


def of_incident(delivery: Delivery, claim: Claim, number: int | None) -> Delivery:
    """Return a page's message with the number of the page's incident, unless it names one."""
    if number is None or delivery.incident is not None or delivery.key != claim.watched.key:
        return delivery
    return msgspec.structs.replace(delivery, incident=number)


def is_over(kept: Kept) -> bool:
    """Whether an incident needs nobody any more: the owner is back, or people have dealt with it."""
    return over_at(kept) is not None


def over_at(kept: Kept) -> datetime | None:
    """Return when an incident was over, if it is."""
    ends = [one for one in (kept.incident.closed_at, kept.resolved_at) if one is not None]
    return max(ends, default=None)


def after_review(kept: Kept, review: Review) -> Kept:
    """Return an incident after what a person did about it."""
    after = kept
    if kept.acknowledged_at is None and review.what != "reopened":
        after = msgspec.structs.replace(after, acknowledged_at=review.at, acknowledged_by=review.by)
    if review.what == "acknowledged":
        return after
    is_resolved = review.what == "resolved"
    return msgspec.structs.replace(
        after,
        resolved_at=review.at if is_resolved else None,
        resolved_by=review.by if is_resolved else None,
        resolution=review.resolution,
        note=review.note,
    )


def in_line(delivery: Delivery) -> tuple[datetime, datetime, str]:
    """Return what messages are sorted by that wait to be sent."""
    return (delivery.due_at, delivery.created_at, delivery.id)


def lost(claim: Claim) -> LeaseLost:
    """Return the error of a claim that is ours no longer."""
    platform, handle = claim.watched.key
    return LeaseLost(f"the claim on {platform}/{handle} is no longer ours; nothing was kept")


def unwatched(key: AccountKey) -> StoreError:
    """Return the error of an account that is not watched."""
    return StoreError(
        f"{key[0]}/{key[1]} is not watched", hint="kentongan accounts lists those that are"
    )


def no_incident(number: int) -> StoreError:
    """Return the error of an incident that is not there."""
    return StoreError(f"there is no incident {number}", hint="kentongan incidents lists them")
