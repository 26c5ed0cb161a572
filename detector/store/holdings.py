"""What a store in memory holds: accounts with their posts and events, messages, and who has claimed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from detector.records import Incident, Profile
from detector.store import rules
from detector.store.interface import Delivery, Watched
from detector.store.rules import SKEW, Keep


class Lease:
    """Who holds something, since when and until when."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.since: datetime | None = None
        self.until: datetime | None = None

    def is_free(self, now: datetime) -> bool:
        """Whether nobody holds it."""
        if self.name is None or self.until is None or self.since is None:
            return True
        return self.until <= now or self.since > now + SKEW

    def give(self, name: str, since: datetime, until: datetime) -> None:
        """Let somebody hold it."""
        self.name, self.since, self.until = name, since, until

    def end(self) -> None:
        """Take it back."""
        self.name = self.since = self.until = None


class Seen:
    """A post or event with what retention asks of it."""

    def __init__(self, thing: Any, at: datetime) -> None:
        self.thing = thing
        self.seen_at = at
        self.is_pinned = False
        self.has_text = True

    @property
    def is_harmless(self) -> bool:
        """Whether a post is no evidence."""
        return rules.author_of(self.thing) in rules.HARMLESS


class Room:
    """All that is kept of one account."""

    def __init__(self, watched: Watched, now: datetime) -> None:
        self.watched = watched
        self.is_active = True
        self.set_at = now
        self.lease = Lease()
        self.last_page: bytes | None = None
        self.standing: bytes | None = None
        self.cursor: str | None = None
        self.profile: Profile | None = None
        self.posts: dict[str, Seen] = {}
        self.events: dict[bytes, Seen] = {}

    def is_due(self, now: datetime) -> bool:
        """Whether it can be taken."""
        if not self.is_active or self.watched.paused or not self.lease.is_free(now):
            return False
        next_at = self.watched.next_at
        return next_at is None or next_at <= now or self.set_at > now + SKEW

    def drop_posts(self, now: datetime, keep: Keep) -> int:
        """Drop posts that are past their time; return how many."""

        def is_past(seen: Seen) -> bool:
            length = keep.posts if seen.is_harmless else keep.evidence
            return not seen.is_pinned and seen.seen_at < now - length

        return drop(self.posts, is_past)

    def drop_texts(self, now: datetime, keep: Keep) -> int:
        """Drop what posts say that are past that time; return of how many."""
        past = [
            seen
            for seen in self.posts.values()
            if seen.has_text
            and not seen.is_pinned
            and seen.is_harmless
            and seen.seen_at < now - min(keep.texts, keep.posts)
        ]
        for seen in past:
            seen.thing, seen.has_text = rules.without_text(seen.thing), False
        return len(past)

    def drop_events(self, now: datetime, keep: Keep) -> int:
        """Drop events that are past their time; return how many."""
        before = now - keep.events
        return drop(self.events, lambda seen: not seen.is_pinned and seen.seen_at < before)

    def drop_evidence(self, incident: Incident) -> None:
        """Drop what an incident refers to."""
        for identity in incident.post_ids:
            self.posts.pop(identity, None)
        changes = incident.change_ids
        drop(self.events, lambda seen: rules.change_id(seen.thing) in changes)

    def end_claim(self, watched: Watched, at: datetime) -> None:
        """Note what came of a poll."""
        self.watched = watched
        self.set_at = at
        self.lease.end()


class Letter:
    """A message with who holds it."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.set_at = delivery.created_at
        self.lease = Lease()

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to be done about it."""
        return self.done_at is not None

    @property
    def done_at(self) -> datetime | None:
        """When it was sent or given up."""
        return self.delivery.sent_at or self.delivery.given_up_at

    def is_due(self, now: datetime) -> bool:
        """Whether it can be taken."""
        if self.is_done or not self.lease.is_free(now):
            return False
        return self.delivery.due_at <= now or self.set_at > now + SKEW


def drop(kept: dict[Any, Any], is_past: Callable[[Any], bool]) -> int:
    """Delete the entries whose value is past its time; return how many."""
    past = [key for key, one in kept.items() if is_past(one)]
    for key in past:
        del kept[key]
    return len(past)
