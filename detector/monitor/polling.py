"""One poll of one claimed account: read its feed page by page, judge what is new, keep each page whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from detector.askers import askers
from detector.errors import (
    AccountGone,
    FeedError,
    LeaseLost,
    RateLimited,
    SettingsError,
    TokenRefused,
)
from detector.monitor import cadence, reach
from detector.monitor.clocks import Clock
from detector.monitor.feeds import Feed, Feeds
from detector.monitor.judging import Fresh, Judging, Verdicts
from detector.records import AccountEvent, Page, Post, State
from detector.settings import span
from detector.store.interface import AccountKey, Claim, Delivery, Store, Turn
from detector.store.rules import sound

REFUSALS: Final = 5
"""Records of one poll that could not be read whose reasons are told."""

LEASE: Final = timedelta(minutes=5)
"""For how long an account is claimed; renewed while its pages keep coming."""

GONE_AS: Final = {
    "gone": ("status_changed", "deleted"),
    "suspended": ("status_changed", "suspended"),
    "private": ("privacy_changed", "private"),
    "renamed": ("handle_changed", "renamed"),
}
"""What an account that cannot be seen any more is told as, by `AccountGone.kind`: event and what it changed to."""


class Ended(StrEnum):
    """How a poll ended."""

    READ = "read"
    FAILED = "failed"
    HELD = "held"
    """Not begun: its token's budget is used up, or nobody wants it any more."""
    STOPPED = "stopped"
    """The program is ending: what was in hand is kept."""
    LOST = "lost"
    """Somebody else has claimed the account meanwhile."""


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one poll."""

    claim: Claim
    ended: Ended
    at: datetime
    posts: int = 0
    rejected: int = 0
    refusals: tuple[str, ...] = ()
    """What could not be read and why, the first few."""
    pages: int = 0
    turns: tuple[Turn, ...] = ()
    """Those that changed the account's state."""
    failure: FeedError | None = None
    whose: reach.Whose | None = None


Plan = Callable[[AccountKey, Verdicts, datetime], Sequence[Delivery]]
"""Makes the messages that a page leads to."""

PlanFailure = Callable[[Claim, FeedError, reach.Whose, datetime], Sequence[Delivery]]
"""Makes the messages that a failure leads to."""

Read = Callable[[Feed, str | None, datetime], Iterator[Page]]
"""Reads an account from a cursor on, as its source's `poll` does."""


def read_here(feed: Feed, cursor: str | None, now: datetime) -> Iterator[Page]:
    """Read an account in this process."""
    return feed.source.poll(cursor, now)


class Poller:
    """Polls accounts, from several threads at a time.

    Args:
        store: where everything is kept.
        feeds: the accounts' sources.
        judging: judges pages.
        reached: tells whose doing a failure is.
        plan, plan_failure: make the messages.
        clock: the time.
        stopping: set when the program is to end.
        read: reads an account, here or elsewhere.
    """

    def __init__(
        self,
        *,
        store: Store,
        feeds: Feeds,
        judging: Judging,
        reached: reach.Reach,
        plan: Plan,
        plan_failure: PlanFailure,
        clock: Clock,
        stopping: threading.Event,
        read: Read = read_here,
    ) -> None:
        self._store, self._feeds, self._judging = store, feeds, judging
        self._reached, self._plan, self._plan_failure = reached, plan, plan_failure
        self._clock, self._stopping, self._read = clock, stopping, read
        self._held: dict[str, datetime] = {}
        """Budgets that are used up, and until when."""

    def poll(self, claim: Claim) -> Polled:
        """Read one account and keep what it shows.

        Raises:
            StoreError: the store cannot be written; the claim runs out by itself.
        """
        now = self._clock()
        if self._stopping.is_set():
            self._store.release(claim, now)
            return Polled(claim=claim, ended=Ended.STOPPED, at=now)
        feed = self._feeds.get(claim.watched.key)
        if feed is None:
            self._store.release(claim, now + timedelta(days=1))
            return Polled(claim=claim, ended=Ended.HELD, at=now)
        held = self._held.get(feed.budget)
        if held is not None and held > now:
            self._store.release(claim, held + cadence.soonest_retry(span(feed.settings.every)))
            return Polled(claim=claim, ended=Ended.HELD, at=now)
        return _Poll(self, claim, feed, now).go()


class _Poll:
    """One poll while it runs."""

    def __init__(self, poller: Poller, claim: Claim, feed: Feed, now: datetime) -> None:
        self._poller, self._claim, self._feed = poller, claim, feed
        self._now = now
        self._store = poller._store  # noqa: SLF001 - one thing in two classes
        self._every = span(feed.settings.every)
        self._posts = self._rejected = self._pages = 0
        self._turns: list[Turn] = []
        self._refusals: list[str] = []
        self._flagged = False

    def go(self) -> Polled:
        poller, key = self._poller, self._claim.watched.key
        try:
            ended = self._read()
        except FeedError as error:
            return self._failed(error)
        except SettingsError as error:
            # A secret that is not where the settings say is a token that nobody takes.
            return self._failed(TokenRefused(error.message, where=error.where, hint=error.hint))
        except LeaseLost:
            return self._polled(Ended.LOST)
        if ended is Ended.READ:
            poller._reached.read(self._feed.host, key, self._now)  # noqa: SLF001
        return self._polled(ended)

    def _read(self) -> Ended:
        """Take page after page; the last one ends the claim."""
        pages = self._poller._read(self._feed, self._claim.cursor, self._now)  # noqa: SLF001
        waiting = next(pages, None)
        if waiting is None:
            waiting = Page(file="", cursor=self._claim.cursor or "")
        while True:
            stopping = self._poller._stopping.is_set()  # noqa: SLF001
            # What comes next may fail; then the page in hand is kept and the failure noted after it.
            failure: FeedError | None = None
            following: Page | None = None
            if not stopping:
                following, failure = _next(pages)
            is_last = following is None and failure is None
            self._keep(waiting, is_last=is_last, stopping=stopping)
            if failure is not None:
                raise failure
            if following is None:
                return Ended.STOPPED if stopping else Ended.READ
            waiting = following
            self._hold_on()

    def _keep(self, page: Page, *, is_last: bool, stopping: bool) -> None:
        """Judge a page and commit everything it leads to."""
        poller, claim, now = self._poller, self._claim, self._poller._clock()  # noqa: SLF001
        fresh = self._fresh(page.posts)
        verdicts = poller._judging.take(self._feed.settings, claim, page, fresh, now)  # noqa: SLF001
        taken = verdicts.taken
        self._posts += len(fresh.posts) - len(fresh.again)
        self._rejected += len(page.rejected)
        room = REFUSALS - len(self._refusals)
        self._refusals += [f"{one.where}: {one.why}" for one in page.rejected[:room]]
        self._pages += 1
        self._flagged |= verdicts.is_flagged
        turn = Turn(
            claim=claim,
            at=now,
            posts=tuple(one for one in verdicts.posts if one.post.id not in fresh.again),
            changed=tuple(one for one in verdicts.posts if one.post.id in fresh.again),
            events=verdicts.events,
            standing=taken.standing,
            state=taken.state,
            probability=taken.probability,
            incidents=taken.incidents,
            alerts=taken.alerts,
            deliveries=tuple(poller._plan(claim.watched.key, verdicts, now)),  # noqa: SLF001
            cursor=page.cursor or claim.cursor,
            profile=verdicts.profile,
            next_at=now if stopping or not is_last else self._next_at(taken.state, now),
            is_last=is_last or stopping,
        )
        self._store.commit(turn)
        if turn.alerts:
            self._turns.append(turn)
        self._claim = msgspec.structs.replace(
            claim, cursor=turn.cursor, standing=turn.standing, profile=turn.profile
        )

    def _next_at(self, state: State, now: datetime) -> datetime:
        return cadence.after_reading(
            self._claim.watched, now, self._every, state=state, was_flagged=self._flagged
        )

    def _fresh(self, posts: Sequence[Post]) -> Fresh:
        """Return the account's posts that are new or read otherwise now."""
        key = self._claim.watched.key
        mine = {
            post.id: post
            for post in posts
            if post.platform == key[0] and post.account.casefold() == key[1].casefold()
        }
        known = self._store.known(key, list(mine)) if mine else set()
        again: dict[str, float] = {}
        if known:
            since = min(mine[one].created_at for one in known)
            kept = {one.post.id: one for one in self._store.posts(key, since=since)}
            for one in known & kept.keys():
                before = kept[one]
                if before.has_text and _reads_otherwise(mine[one], before.post):
                    again[one] = before.verdict.log_odds
        new = [post for name, post in mine.items() if name not in known or name in again]
        return Fresh(tuple(sorted(new, key=lambda post: post.created_at)), again)

    def _hold_on(self) -> None:
        """Renew the claim when half of it is over."""
        now = self._poller._clock()  # noqa: SLF001
        if now > self._claim.until - LEASE / 2:
            until = now + LEASE
            self._store.renew(self._claim, until)
            self._claim = msgspec.structs.replace(self._claim, until=until)

    def _failed(self, error: FeedError) -> Polled:
        poller, claim = self._poller, self._claim
        now = poller._clock()  # noqa: SLF001
        whose = poller._reached.failed(self._feed.host, claim.watched.key, error, now)  # noqa: SLF001
        retry_at = error.retry_at if isinstance(error, RateLimited) else None
        if retry_at is not None:
            poller._held[self._feed.budget] = min(retry_at, now + cadence.LATEST)  # noqa: SLF001
        next_at = cadence.after_failure(claim.watched, now, self._every, retry_at)
        deliveries = tuple(poller._plan_failure(claim, error, whose, now))  # noqa: SLF001
        try:
            if isinstance(error, AccountGone) and whose is reach.Whose.ACCOUNT:
                self._take_for_evidence(error, now)
            self._store.failed(self._claim, now, f"{whose}: {error}", next_at, deliveries)
        except LeaseLost:
            return self._polled(Ended.LOST)
        return self._polled(Ended.FAILED, error, whose)

    def _take_for_evidence(self, error: AccountGone, now: datetime) -> None:
        """Tell of an account that stays gone as of an event, once."""
        watched = self._claim.watched
        since = watched.failing_since
        if watched.last_read_at is None:
            # Never seen at all: more likely the name is written wrongly.
            return
        if since is None or not reach.is_evidence(since, watched.failures + 1, now):
            return
        kind, to = GONE_AS.get(error.kind, GONE_AS["gone"])
        event = AccountEvent(
            platform=watched.key[0],
            account=watched.key[1],
            kind=kind,
            at=since,
            where=self._feed.source.name,
            details={"to": to},
        )
        known = self._store.events(watched.key, since=since)
        if not any(one.kind == kind and one.details.get("to") == to for one in known):
            self._keep(Page(file="", events=(event,)), is_last=False, stopping=False)

    def _polled(
        self, ended: Ended, failure: FeedError | None = None, whose: reach.Whose | None = None
    ) -> Polled:
        return Polled(
            claim=self._claim, ended=ended, at=self._now, posts=self._posts, rejected=self._rejected,
            refusals=tuple(self._refusals), pages=self._pages, turns=tuple(self._turns), failure=failure,
            whose=whose,
        )  # fmt: skip


def _reads_otherwise(post: Post, kept: Post) -> bool:
    """Whether a post's words are not those that are kept of it, or more people ask under it."""
    return sound(post).text != kept.text or _asking(post) > _asking(kept)


def _asking(post: Post) -> int:
    return askers(post.comments, post.account, post.created_at) if post.comments else 0


def _next(pages: Iterator[Page]) -> tuple[Page | None, FeedError | None]:
    try:
        return next(pages, None), None
    except FeedError as error:
        return None, error
