"""What judging makes of one page of a live feed: verdicts, alerts worth telling, and what the next page needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from detector.changes import Change
from detector.following import SUSPECT, Following, Judged
from detector.incidents import Hands, as_of
from detector.records import Account, AccountEvent, Alert, Author, Incident, Post, State, Verdict
from detector.standing import hands_of
from detector.store.interface import JudgedPost
from detector.verdict import probability_of

NEWS_LASTS: Final = timedelta(days=3)
"""After which a change of state is told only if it is an alarm, or still holds."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What one page led to."""

    posts: tuple[JudgedPost, ...]
    """In order of time; those judged again come last."""
    changes: tuple[Change, ...] = ()
    """What happened to the account that says something about who holds it."""
    standing: bytes
    """To be handed to the next page."""
    state: State
    probability: float
    """That a stranger holds the account, now."""
    incidents: tuple[Incident, ...] = ()
    """Those that this page opened or changed, told apart by `opened_at`. Of one with many posts over several pages,
    `post_ids` and `change_ids` name the first and those of this page: what is known is the union of all pages'."""
    alerts: tuple[Alert, ...] = ()
    """Oldest first."""

    @property
    def is_flagged(self) -> bool:
        """Whether a post is not surely the owner's."""
        return any(one.verdict.author in SUSPECT for one in self.posts)


class Sheet:
    """A page as it is judged: in order of time, each post once, nothing later than now.

    A date in the future, as broken feeds have it, would stop an account's time until then.

    Args:
        posts: in any order; of several of one id the first counts.
        events: in any order.
        again: ids of posts that were judged before.
        now: UTC.
    """

    def __init__(
        self,
        posts: Iterable[Post],
        events: Iterable[AccountEvent],
        again: Mapping[str, float],
        now: datetime,
    ) -> None:
        self._now = now
        self._given: dict[str, Post] = {}
        for post in posts:
            self._given.setdefault(post.id, post)
        ordered = sorted(map(self._by_now, self._given.values()), key=lambda one: one.created_at)
        self.fresh = [post for post in ordered if post.id not in again]
        self.changed = [post for post in ordered if post.id in again]
        self.events = [
            one if one.at <= now else msgspec.structs.replace(one, at=now) for one in events
        ]

    def _by_now(self, post: Post) -> Post:
        if post.created_at <= self._now:
            return post
        return msgspec.structs.replace(post, created_at=self._now)

    def taken(
        self, following: Following, looked: Sequence[Judged], verdicts: Iterable[Verdict]
    ) -> Taken:
        """Return what the page led to, once it is judged.

        Args:
            following: which has judged the fresh posts.
            looked: what became of the changed ones.
            verdicts: the full ones on all that are not surely the owner's.
        """
        known, before = following.standing, following.standing.hands
        following.remember()
        hands = as_of(known.hands, self._now)
        return Taken(
            posts=tuple(self._judged(following, looked, verdicts)),
            changes=tuple(following.changes),
            standing=known.written(),
            state=hands.state,
            probability=hands.probability,
            incidents=_changed(following, before),
            alerts=news(following.alerts, hands, self._now),
        )

    def _judged(
        self, following: Following, looked: Sequence[Judged], verdicts: Iterable[Verdict]
    ) -> Iterator[JudgedPost]:
        explained = {one.post_id: one for one in verdicts}
        for place, log_odds in enumerate(following.log_odds.tolist()):
            post = self._given[self.fresh[place].id]
            verdict = explained.get(post.id)
            if verdict is None:
                verdict = _plain(post.id, log_odds, is_judged=following.posts.is_judged(place))
            yield JudgedPost(post=post, verdict=verdict)
        for one in looked:
            verdict = explained.get(one.post.id)
            if verdict is None:
                is_judged = one.author is Author.OWNER
                verdict = _plain(one.post.id, one.log_odds, is_judged=is_judged)
            yield JudgedPost(post=self._given[one.post.id], verdict=verdict)


def unchanged(account: Account, standing: bytes, now: datetime) -> Taken:
    """Return what a page without anything new leads to, as nearly all are: time has passed.

    Raises:
        StandingRefused: the standing is damaged or of another form.
    """
    hands = hands_of(standing, account, now)
    return Taken(posts=(), standing=standing, state=hands.state, probability=hands.probability)


def news(
    alerts: Sequence[Alert], hands: Hands, now: datetime, lasts: timedelta = NEWS_LASTS
) -> tuple[Alert, ...]:
    """Return the alerts that are worth telling now.

    Of what happened long ago, as in the first page of a new account, people are told once an incident: the alarm
    itself, not how it came and went. The last change is told if it still holds.

    Args:
        alerts: of one page, oldest first.
        hands: the account's state now.
        now: UTC.
        lasts: for how long any change of state is news.
    """
    last = alerts[-1] if alerts else None
    return tuple(
        one
        for one in alerts
        if now - one.at < lasts
        or one.state is State.COMPROMISED
        or (one is last and one.state is State.WATCHED and hands.state is State.WATCHED)
    )


def _plain(post_id: str, log_odds: float, *, is_judged: bool) -> Verdict:
    """Return the verdict on a post that nothing speaks against; it needs no reasons."""
    author = Author.OWNER if is_judged else Author.UNKNOWN
    probability = probability_of(log_odds)
    return Verdict(post_id=post_id, author=author, probability=probability, log_odds=log_odds)


def _changed(following: Following, before: Hands) -> tuple[Incident, ...]:
    """Return the incidents that a page opened or changed."""
    now = following.watch.hands.incidents
    return (*following.closed, *(one for one in now if one not in before.incidents))
