"""An account's state over time: a two-state filter over the evidence of its posts.

The hidden state is in whose hands the account is. Between posts it may change hands at a rate (the hazard);
each post then multiplies the odds by its likelihood ratio. While a stranger holds an account the owner may
still post, so an innocent post argues for the owner only so far.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.chances import (
    CERTAIN,
    RECOVERIES_PER_DAY,
    STRANGERS_SHARE,
    TAKEOVERS_PER_YEAR,
    YEAR,
    drift,
    weigh,
)
from detector.records import Incident, State

SHARE_IF_RECLAIMED: Final = 0.95
"""The same while the posts warn of that very takeover: few strangers leave such a post standing."""

RECLAIM_SAYS: Final = -3.0
"""Evidence of the owner's word that it was a takeover is never more than this, in nats, however it sounds."""

BEFORE_A_CHANGE: Final = 0.015
"""Chance that a stranger holds an account whose posts were the owner's when something about it changes.

What such posts leave behind varies with their base rate, which every training of the text model moves and which says
nothing of changes."""

COMPROMISED_AT: Final = 0.5
WATCHED_AT: Final = 0.3
RECOVERED_AT: Final = 0.1
"""Probabilities at which the state changes."""

WATCH_AFTER_RECOVERY: Final = timedelta(hours=72)

SURE_AT: Final = 0.9
"""Probability from which what a stranger left behind is held against later posts: what was doubtful itself, most
likely an owner's odd post, must not turn the owner's next ones into a stranger's."""

TELLS: Final = 1.0
"""Nats from which a change raises the alarm where a doubtful post had raised the chance: a new password is routine."""

CHANGES_LAST: Final = timedelta(hours=72)
"""For how long a change to the account can become part of an incident."""

ENOUGH: Final = 10
"""Posts before an account without signs is called NORMAL instead of LEARNING."""

SUSPECTS: Final = 16
"""Posts and changes held for an incident to come, at most: of more, the first and the last of them."""


class Suspect(NamedTuple):
    """A post or change held to be a stranger's that is no incident yet."""

    at: datetime
    id: str
    is_post: bool


class Hands(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one account after its latest post."""

    state: State = State.LEARNING
    probability: float = 0.0
    """That a stranger holds the account."""
    at: datetime | None = None
    posts: int = 0
    incidents: tuple[Incident, ...] = ()
    recovered_at: datetime | None = None
    was_sure: bool = True
    """Whether the incident that is over had come to `SURE_AT`."""
    suspects: tuple[Suspect, ...] = ()
    """Posts and changes, since the owner was last sure, held to be a stranger's."""
    owners_at: datetime | None = None
    """Time of the last post at which the owner was sure to hold the account."""
    is_reclaimed: bool = False
    """Whether the owner's word that it was a takeover stands, and no stranger's post since."""

    @property
    def open_incident(self) -> Incident | None:
        """The incident that has not been closed, if there is one."""
        last = self.incidents[-1] if self.incidents else None
        return last if last is not None and last.closed_at is None else None


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What the filter needs of one judged post."""

    post_id: str
    at: datetime
    log_odds: float
    """Evidence of the post alone in nats, without any base rate."""
    base_rate: float
    """Chance that any post is the first of a stranger's, however soon it follows the last; the same that the
    post's verdict began with."""
    is_strangers: bool
    """Held to be a stranger's; the log-odds of one held to be the owner's are at most `OWNERS_SAY`."""
    reclaims: bool = False
    """The owner's own warning or clarification."""
    is_post: bool = True
    """Otherwise a change to the account."""


OWNERS_SAY: Final = -0.5
"""Evidence of a post held to be the owner's is never more than this, in nats: three doubts do not make a
certainty when all come from one late evening."""


class Watch:
    """Takes one post or change after another into an account's state, which is written down only when asked for.

    Args:
        hands: the state of affairs to go on from.
        base_rate: as in `Seen`.
    """

    def __init__(self, hands: Hands, base_rate: float) -> None:
        self._hands, self._base_rate = hands, base_rate
        self.probability = hands.probability
        """That a stranger holds the account, after the latest post."""
        self._at, self._owners_at = hands.at, hands.owners_at
        self._posts = hands.posts

    @property
    def hands(self) -> Hands:
        """The state of affairs after the latest post."""
        if self._hands.posts != self._posts:
            self._hands = msgspec.structs.replace(
                self._hands, probability=self.probability, at=self._at, posts=self._posts,
                owners_at=self._owners_at,
            )  # fmt: skip
        return self._hands

    @property
    def is_open(self) -> bool:
        """Whether there is an open incident."""
        return self._hands.open_incident is not None

    def is_recovering(self, at: datetime) -> bool:
        """Whether a moment is within `WATCH_AFTER_RECOVERY` of an incident that is over."""
        since = None if self.is_open else self._hands.recovered_at
        return since is not None and timedelta(0) <= at - since < WATCH_AFTER_RECOVERY

    def may_relapse(self, at: datetime) -> bool:
        """Whether a moment is within `WATCH_AFTER_RECOVERY` of a sure incident that is over."""
        return self._hands.was_sure and self.is_recovering(at)

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        """Posts held to be a stranger's that are no incident yet."""
        return self._hands.suspects

    def see(
        self,
        post_id: str,
        at: datetime,
        log_odds: float,
        is_strangers: bool,
        reclaims: bool = False,
    ) -> State | None:
        """Take one post into account, as `Seen` describes it, and return the previous state when it changed.

        A post from before the latest moment counts as seen at that moment: time runs one way.
        """
        hands = self._hands
        elapsed, moment = self._until(at)
        share = STRANGERS_SHARE
        if reclaims and hands.open_incident is not None:
            share, log_odds = SHARE_IF_RECLAIMED, min(log_odds, RECLAIM_SAYS)
        elif hands.is_reclaimed and not is_strangers:
            share = SHARE_IF_RECLAIMED
        before = drift(self.probability, elapsed, self._base_rate)
        self.probability = probability = weigh(before, log_odds, share)
        self._at = moment
        self._posts += 1
        if probability < RECOVERED_AT:
            self._owners_at = moment
        if hands.state is State.NORMAL and probability < WATCHED_AT:
            # Nearly every post of nearly every account ends here.
            return None
        seen = Seen(post_id, at, log_odds, self._base_rate, is_strangers, reclaims)
        self._hands = self._changed(hands, seen)
        return hands.state if self._hands.state is not hands.state else None

    def change(self, change_id: str, at: datetime, log_odds: float) -> State | None:
        """Take a change to the account into account, as `see` does a post; time alone is its base rate.

        Args:
            change_id: the same whenever the same history is read.
            at: when it happened.
            log_odds: evidence in nats; more than 0 holds the change to be a stranger's.
        """
        hands = self._hands
        elapsed, self._at = self._until(at)
        before = drift(self.probability, elapsed, 0.0)
        if self._posts and before < RECOVERED_AT:
            before = BEFORE_A_CHANGE
        self.probability = weigh(before, log_odds)
        seen = Seen(change_id, at, log_odds, 0.0, log_odds > 0, is_post=False)
        self._hands = self._changed(hands, seen)
        return hands.state if self._hands.state is not hands.state else None

    def _until(self, at: datetime) -> tuple[float, datetime]:
        """Return how many seconds pass until something is seen, and the moment at which it is."""
        if self._at is None or at > self._at:
            return 0.0 if self._at is None else (at - self._at).total_seconds(), at
        return 0.0, self._at

    def pass_by(self, seconds: NDArray[np.float64], log_odds: NDArray[np.float64]) -> int:
        """Take a run of the owner's posts into account while the state stays as it is: `see`, many times as fast.

        Args:
            seconds: each post's time since 1970, oldest first, shape (n_posts,).
            log_odds: each post's evidence in nats, shape (n_posts,).

        Returns:
            How many were taken; the next one is for `see`.
        """
        limit = self._stays(seconds)
        if not limit or self._at is None:
            return 0
        elapsed = np.maximum(np.diff(seconds[:limit], prepend=self._at.timestamp()), 0.0)
        lost = np.maximum(self._base_rate, -np.expm1(-TAKEOVERS_PER_YEAR * elapsed / YEAR))
        kept = np.exp(-RECOVERIES_PER_DAY * elapsed / 86_400)
        ratios = STRANGERS_SHARE * np.exp(np.minimum(log_odds[:limit], 50.0)) + 1 - STRANGERS_SHARE
        probability, taken, sure = self.probability, 0, 0
        for loss, keep, ratio in zip(lost.tolist(), kept.tolist(), ratios.tolist(), strict=True):
            before = probability * keep + (1 - probability) * loss
            # As `weigh`, without its calls: this is the one loop over every post of an archive.
            odds = ratio * before / (1 - (before if before < CERTAIN else CERTAIN))  # noqa: FURB136
            after = odds / (1 + odds)
            if after >= WATCHED_AT:
                break
            probability = after
            taken += 1
            if after < RECOVERED_AT:
                sure = taken
        if sure:
            self._owners_at = datetime.fromtimestamp(float(seconds[sure - 1]), UTC)
        if taken:
            self.probability = probability
            self._at = datetime.fromtimestamp(float(seconds[taken - 1]), UTC)
            self._posts += taken
        return taken

    def _stays(self, seconds: NDArray[np.float64]) -> int:
        """Return how many posts at these times can leave the state alone, if they are the owner's."""
        hands = self._hands
        if hands.state is State.NORMAL:
            return len(seconds)
        if hands.state is State.RECOVERING and hands.recovered_at is not None:
            ends = (hands.recovered_at + WATCH_AFTER_RECOVERY).timestamp()
            return int(np.searchsorted(seconds, ends))
        return 0

    def _changed(self, hands: Hands, seen: Seen) -> Hands:
        probability, posts = self.probability, self._posts
        incidents, recovered_at, was_sure = hands.incidents, hands.recovered_at, hands.was_sure
        current, now = hands.open_incident, self._at or seen.at
        suspects = _recent(hands.suspects, now)
        if seen.is_strangers:
            suspects = (*suspects, Suspect(seen.at, seen.post_id, seen.is_post))
        if current is not None:
            current = _continued(current, seen, probability)
            if probability < RECOVERED_AT:
                current = msgspec.structs.replace(current, closed_at=now)
                recovered_at, was_sure = now, current.peak_probability >= SURE_AT
            incidents, suspects = (*incidents[:-1], current), ()
        elif probability < WATCHED_AT:
            # A change may be the first sign of what comes days later, a post is forgiven at once.
            suspects = tuple(one for one in suspects if not one.is_post)
        elif probability >= COMPROMISED_AT and _raises_alarm(suspects, seen, hands.probability):
            incidents = (*incidents, _opened(suspects, seen, now, probability, self._owners_at))
            suspects = ()
        is_open = bool(incidents) and incidents[-1].closed_at is None
        is_reclaimed = is_open and not seen.is_strangers and (seen.reclaims or hands.is_reclaimed)
        since = None if recovered_at is None else now - recovered_at
        return Hands(
            state=_state(probability, posts, is_open=is_open, since=since),
            probability=probability, at=now, posts=posts, incidents=incidents,
            recovered_at=recovered_at, was_sure=was_sure, suspects=suspects, owners_at=self._owners_at,
            is_reclaimed=is_reclaimed,
        )  # fmt: skip


def _recent(suspects: tuple[Suspect, ...], at: datetime) -> tuple[Suspect, ...]:
    """Leave out changes too long ago to belong to what happens now, and the middle of very many."""
    recent = tuple(one for one in suspects if one.is_post or at - one.at < CHANGES_LAST)
    if len(recent) < SUSPECTS:
        return recent
    return (*recent[: SUSPECTS // 2], *recent[1 - SUSPECTS // 2 :])


def _raises_alarm(suspects: tuple[Suspect, ...], seen: Seen, before: float) -> bool:
    """Whether there is more than doubtful posts, which, however many, only make the account WATCHED, and routine."""
    tells = not seen.is_post and (before < COMPROMISED_AT or seen.log_odds >= TELLS)
    return any(one.is_post or tells for one in suspects)


def _opened(
    suspects: tuple[Suspect, ...],
    seen: Seen,
    now: datetime,
    probability: float,
    owners_at: datetime | None,
) -> Incident:
    ids = [one.id for one in suspects if one.is_post]
    if seen.is_post and not seen.is_strangers:
        ids.append(seen.post_id)
    first_at = suspects[0].at
    return Incident(
        opened_at=next((one.at for one in suspects if one.is_post), first_at),
        detected_at=now,
        peak_probability=probability,
        post_ids=tuple(ids),
        change_ids=tuple(one.id for one in suspects if not one.is_post),
        owners_before=owners_at if owners_at is not None and owners_at < first_at else None,
        strangers_by=first_at,
    )


def _continued(incident: Incident, seen: Seen, probability: float) -> Incident:
    posts, changes = incident.post_ids, incident.change_ids
    if seen.is_strangers and seen.is_post:
        posts = (*posts, seen.post_id)
    elif seen.is_strangers:
        changes = (*changes, seen.post_id)
    return msgspec.structs.replace(
        incident, post_ids=posts, change_ids=changes,
        peak_probability=max(incident.peak_probability, probability),
    )  # fmt: skip


def _state(probability: float, posts: int, *, is_open: bool, since: timedelta | None) -> State:
    """Return the state of an account, `since` its recovery if there was one."""
    if is_open:
        return State.COMPROMISED
    if probability >= WATCHED_AT:
        return State.WATCHED
    if since is not None and since < WATCH_AFTER_RECOVERY:
        return State.RECOVERING
    return State.LEARNING if posts < ENOUGH else State.NORMAL


def as_of(hands: Hands, now: datetime) -> Hands:
    """Return the state of affairs at a later moment without a post: a watch runs out, a doubt fades.

    An open incident stays as its last post left it: silence is no sign that the owner is back.
    """
    if hands.open_incident is not None or hands.at is None or now <= hands.at:
        return hands
    since = None if hands.recovered_at is None else now - hands.recovered_at
    probability = drift(hands.probability, (now - hands.at).total_seconds(), 0.0)
    # Time alone makes nothing suspect, however long an account is silent.
    probability = min(probability, hands.probability)
    state = _state(probability, hands.posts, is_open=False, since=since)
    return msgspec.structs.replace(hands, state=state, probability=probability)
