"""What a store is: the same promises over memory, SQLite and PostgreSQL.

One poll of an account is one `Turn`, committed whole or not at all, its cursor included. A message leaves from
the outbox at least once; whoever takes an account or a message holds it under a lease that runs out by itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from detector.records import Account, AccountEvent, Alert, Incident, Post, Profile, State, Verdict

AccountKey = tuple[str, str]
"""Platform and handle."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the store knows it."""

    key: AccountKey
    institution: str | None = None
    state: State = State.LEARNING
    probability: float = 0.0
    posts: int = 0
    last_post_at: datetime | None = None
    polls: int = 0
    """Polls that succeeded."""
    last_read_at: datetime | None = None
    """Of the last poll that succeeded."""
    next_at: datetime | None = None
    failing_since: datetime | None = None
    failure: str | None = None
    """What the last poll failed with, in one line, if it did."""
    failures: int = 0
    """Polls in a row that failed."""
    paused: bool = False


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is ours to read until its lease runs out."""

    watched: Watched
    lease: str
    until: datetime
    cursor: str | None = None
    standing: bytes | None = None
    """What judging remembers of the account, opaque here."""
    profile: Profile | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one channel."""

    id: str
    """Made of what it is about, its channel and its step, so that the same message is never queued twice."""
    alert_id: str
    channel: str
    kind: str
    """alert, escalation, blind, all_quiet, digest, test ..."""
    title: str
    body: str
    created_at: datetime
    due_at: datetime
    key: AccountKey | None = None
    incident: int | None = None
    group: str | None = None
    """What belongs together in one message, such as a campaign, if several of it wait for one channel."""
    tries: int = 0
    sent_at: datetime | None = None
    given_up_at: datetime | None = None
    last_error: str | None = None
    maybe_repeated: bool = False
    """A try before this one may have reached the channel: we died between its answer and our note of it."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An incident with what people did about it."""

    number: int
    key: AccountKey
    incident: Incident
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    """confirmed, false_alarm or another word of theirs."""
    note: str | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person did about an incident."""

    at: datetime
    by: str
    what: str
    """acknowledged, resolved or reopened."""
    resolution: str | None = None
    note: str | None = None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a post read once, before somebody changed it."""

    post: Post
    verdict: Verdict
    until: datetime
    """When it was found to read otherwise."""


class JudgedPost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post with its verdict; one held to be the owner's keeps no findings and no reasons, and in time no text."""

    post: Post
    verdict: Verdict
    earlier: tuple[Reading, ...] = ()
    """How it read before, the oldest first: what was changed is evidence, whoever changed it."""
    has_text: bool = True
    """Whether its text is still kept; a text that was always empty is."""

    @property
    def gravest(self) -> JudgedPost | Reading:
        """That of its readings which speaks the most for a stranger."""
        readings: list[JudgedPost | Reading] = [self, *self.earlier]
        return max(readings, key=lambda one: one.verdict.log_odds)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """All that one page of a poll leads to."""

    claim: Claim
    at: datetime
    posts: tuple[JudgedPost, ...] = ()
    """Those that are kept already stay as they are."""
    changed: tuple[JudgedPost, ...] = ()
    """Posts that read otherwise than they are kept: from now on they are kept so, with how they read before."""
    events: tuple[AccountEvent, ...] = ()
    standing: bytes
    state: State
    probability: float
    incidents: tuple[Incident, ...] = ()
    """Those that this page opened or changed, told apart by `opened_at`; the posts and changes that any page names
    for one are kept."""
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    """Those about this account that name no incident get the number of the last of `incidents`."""
    cursor: str | None = None
    profile: Profile | None = None
    next_at: datetime
    is_last: bool = True
    """Whether the claim ends with this page."""


class Check(StrEnum):
    """What a look at the store's soundness can say."""

    SOUND = "sound"
    OLD = "old"
    DAMAGED = "damaged"


class Store(ABC):
    """Where everything is kept. All times are UTC and come from the caller."""

    @abstractmethod
    def register(self, accounts: Iterable[Account], now: datetime) -> None:
        """Make the watched accounts those given: new ones are due at once, others keep what is known of them."""

    @abstractmethod
    def claim(
        self,
        owner: str,
        now: datetime,
        lease: timedelta,
        most: int,
        but: Collection[AccountKey] = (),
    ) -> list[Claim]:
        """Take accounts that are due and that nobody holds: those that are due at once, then those longest due.

        Args:
            owner: who takes them.
            now: UTC.
            lease: for how long.
            most: how many.
            but: accounts that the owner is still at, though its claims of them have run out.
        """

    @abstractmethod
    def renew(self, claim: Claim, until: datetime) -> None:
        """Hold a claim longer.

        Raises:
            LeaseLost: it has run out and somebody else has taken it.
        """

    @abstractmethod
    def release(self, claim: Claim, next_at: datetime) -> None:
        """Give a claim back unread, as at the end of a program."""

    @abstractmethod
    def known(self, key: AccountKey, ids: Sequence[str]) -> set[str]:
        """Return which of some posts of an account are kept already."""

    @abstractmethod
    def commit(self, turn: Turn) -> None:
        """Keep a page with everything it led to, in one transaction. A page twice changes nothing.

        Raises:
            LeaseLost: the claim has run out and somebody else has taken it; nothing is kept.
        """

    @abstractmethod
    def failed(
        self,
        claim: Claim,
        at: datetime,
        why: str,
        next_at: datetime,
        deliveries: Sequence[Delivery] = (),
    ) -> None:
        """Note a poll that failed, and end the claim.

        Raises:
            LeaseLost: the claim has run out and somebody else has taken it; nothing is kept.
        """

    @abstractmethod
    def pause(self, key: AccountKey, paused: bool) -> None:
        """Leave an account unread until told otherwise.

        Raises:
            StoreError: it is not watched.
        """

    @abstractmethod
    def enqueue(self, deliveries: Sequence[Delivery]) -> None:
        """Put messages into the outbox; one that is there already, or was, changes nothing."""

    @abstractmethod
    def take(self, owner: str, now: datetime, lease: timedelta, most: int) -> list[Delivery]:
        """Take messages that are due and that nobody holds, the oldest first; each counts as a try from now on.

        One whose last holder never said what came of it is `maybe_repeated`.
        """

    @abstractmethod
    def sent(self, delivery: Delivery, at: datetime) -> None:
        """Note that a channel took a message."""

    @abstractmethod
    def put_off(self, delivery: Delivery, until: datetime | None, why: str, at: datetime) -> None:
        """Note that a channel did not take a message: try again at `until`, or never when that is None.

        `delivery.maybe_repeated` is kept, for a channel that broke off may have taken it after all.
        """

    @abstractmethod
    def deliveries(self, *, pending: bool | None = None, most: int = 1000) -> list[Delivery]:
        """Return messages, the newest first: all, those still to go, or those that are done."""

    @abstractmethod
    def accounts(self) -> list[Watched]:
        """Return every watched account, by key; not those that were taken out of the settings."""

    @abstractmethod
    def incidents(self, *, open_only: bool = False, since: datetime | None = None) -> list[Kept]:
        """Return incidents, the newest first.

        Args:
            open_only: only those where the owner is not back and that nobody has resolved.
            since: only those detected from then on.
        """

    @abstractmethod
    def incident(self, number: int) -> Kept | None:
        """Return one incident."""

    def acknowledge(self, number: int, by: str, at: datetime) -> Kept:
        """Note that somebody has seen an incident: reminders about it stop. Who was first stays noted.

        Raises:
            StoreError: there is none of that number.
        """
        return self.review(number, Review(at=at, by=by, what="acknowledged"))

    def resolve(
        self, number: int, by: str, at: datetime, resolution: str, note: str | None = None
    ) -> Kept:
        """Note what came of an incident, which is then acknowledged as well.

        Raises:
            StoreError: there is none of that number.
        """
        review = Review(at=at, by=by, what="resolved", resolution=resolution, note=note)
        return self.review(number, review)

    def reopen(self, number: int, by: str, at: datetime) -> Kept:
        """Take a resolution back.

        Raises:
            StoreError: there is none of that number.
        """
        return self.review(number, Review(at=at, by=by, what="reopened"))

    @abstractmethod
    def review(self, number: int, review: Review) -> Kept:
        """Note what a person did about an incident, and return the incident as it stands then.

        Raises:
            StoreError: there is none of that number.
        """

    @abstractmethod
    def reviews(self, number: int) -> list[Review]:
        """Return all that people did about an incident, in the order they did it."""

    @abstractmethod
    def alerts(
        self, key: AccountKey | None = None, *, since: datetime | None = None, most: int = 1000
    ) -> list[Alert]:
        """Return kept alerts, of one account or of all, the newest first."""

    @abstractmethod
    def posts(
        self, key: AccountKey, *, since: datetime | None = None, most: int = 1000
    ) -> list[JudgedPost]:
        """Return an account's kept posts, the newest first."""

    @abstractmethod
    def events(
        self, key: AccountKey, *, since: datetime | None = None, most: int = 1000
    ) -> list[AccountEvent]:
        """Return an account's kept events, the newest first."""

    @abstractmethod
    def note(self, name: str, value: Any | None) -> None:
        """Keep a small value under a name, such as when the weekly message went out; None forgets it."""

    @abstractmethod
    def noted(self, name: str) -> Any | None:
        """Return a value kept by `note`."""

    @abstractmethod
    def prune(self, now: datetime) -> dict[str, int]:
        """Drop what is past its retention, a bounded amount at a time; return how many rows of each table."""

    @abstractmethod
    def check(self) -> tuple[Check, str]:
        """Return whether the store is sound and of this program's form, and a sentence about it.

        Raises:
            StoreError: it cannot be reached, or a newer program wrote it.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""
