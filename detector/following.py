"""One account's posts and changes while they are being judged, each after those before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec
import numpy as np

from detector.baseline import RELAPSE, SIGNALS, Runs
from detector.campaigns import Trace, Wave
from detector.changes import Change
from detector.doubts import Doubt, Doubts
from detector.histories import Earlier, PostColumns, ReadPost
from detector.incidents import CHANGES_LAST, OWNERS_SAY, SURE_AT, WATCHED_AT, Hands, Watch
from detector.records import Account, Alert, Author, Incident, Reason, Signal, State
from detector.signal_words import SIGNAL_WORDS
from detector.standing import Standing
from detector.verdict import Judge, probability_of

SUSPECT: Final = frozenset({Author.STRANGER, Author.DOUBTFUL})
"""Who may have written a post that is reported."""

NO_WAVE: Final = Wave()

_SHORTEST_RUN: Final = 128
"""Posts first taken as one run; twice as many each time a run held to its end."""

_TELLING: Final = 1.5
"""Nats of a change from which it tells more soon after a takeover than at other times: owners then change passwords
themselves, but do not log in from abroad."""

_FEW: Final = 12
"""Posts that are judged sooner one by one than as arrays."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One post with what was made of it."""

    post: ReadPost
    log_odds: float
    author: Author
    signals: tuple[Signal, ...] = ()
    """The account's habits against this post."""
    used: tuple[str, ...] = ()
    """Contacts and domains of a post held to be a stranger's."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """One account's posts, judged in order, and the state they lead to."""

    account: Account
    posts: int
    first_at: datetime | None
    last_at: datetime | None
    judged: list[Judged]
    """The posts that are not clearly the owner's, and those at which the state changed."""
    hands: Hands
    alerts: tuple[Alert, ...]
    changes: tuple[Change, ...] = ()
    """What happened to the account that says something about who holds it."""

    def traces(self) -> list[Trace]:
        """Return what the account's incidents leave behind."""
        incidents = self.hands.incidents
        posts = {post_id for one in incidents for post_id in one.post_ids}
        changes = {change_id for one in incidents for change_id in one.change_ids}
        key = self.account.platform, self.account.handle
        return [
            *(
                Trace(
                    account=key, id=one.post.id, at=one.post.at, shared=one.used, text=one.post.text
                )
                for one in self.judged
                if one.author is Author.STRANGER and one.post.id in posts
            ),
            *(
                Trace(account=key, id=one.id, at=one.event.at, shared=one.left_behind)
                for one in self.changes
                if one.id in changes
            ),
        ]


class Following:
    """Posts of one account while they are being judged.

    Args:
        judge: adds evidence up.
        posts: in order of time.
        standing: what is remembered of the account, which every post changes.
        wave: what other accounts' falls say of it.
    """

    def __init__(
        self, judge: Judge, posts: PostColumns, standing: Standing, wave: Wave = NO_WAVE
    ) -> None:
        self.judge, self.posts, self.standing = judge, posts, standing
        self.account, self.baseline = standing.account, standing.baseline
        weights = judge.weights
        self.shares = [weights.signals.get(name, 0.0) for name in SIGNALS]
        self.base_rate = weights.base_rate
        self._base = probability_of(weights.base_rate)
        self.watch = Watch(standing.hands, self._base)
        self.alerts: list[Alert] = []
        self.judged: dict[int, Judged] = {}
        """Posts that are not clearly the owner's, and those at which the state changed, by place."""
        self.changes: list[Change] = []
        self.closed: tuple[Incident, ...] = ()
        """Incidents among late posts that were over before what had been judged."""
        self.seconds = posts.seconds()
        self.late = self._late()
        self.texts = posts.texts(judge.found_log_odds)
        earlier = msgspec.structs.replace(standing.earlier, late=self.late)
        self.columns = standing.shortened(posts.columns(self.texts, wave.starts, earlier))
        self.log_odds = np.zeros(len(posts))
        """Of every post judged so far, in nats, shape (n_posts,)."""
        if wave.contacts:
            self.baseline.beware(standing.short(wave.contacts))
        self._reached = 0
        self._runs: Runs | None = None

    def _late(self) -> int:
        """Return how many posts, the first, were made before what has been judged already."""
        at = self.standing.hands.at
        return 0 if at is None else int(np.searchsorted(self.seconds, at.timestamp()))

    def place_of(self, at: datetime) -> int:
        """Return how many posts were made up to a moment."""
        return int(np.searchsorted(self.seconds, at.timestamp(), side="right"))

    def go_on(self, stop: int) -> None:
        """Judge the posts from where it stands up to a place."""
        if self._reached < self.late:
            self._catch_up()
        start, length = self._reached, _SHORTEST_RUN
        while start < stop:
            end = min(start + length, stop, self._forgiven_until(start))
            is_calm = not (self.watch.is_open or self.watch.is_recovering(self.posts.at(start)))
            is_run = is_calm and end - start > _FEW
            reached = self._run(range(start, end)) if is_run else start
            if reached < end:
                self._one(reached)
                start, length = reached + 1, _SHORTEST_RUN
            else:
                start, length = end, length * 2
        self._reached = max(stop, self._reached)

    def _forgiven_until(self, start: int) -> int:
        """Learn of doubtful posts what was quiet long enough by a place; return up to where that is all there is."""
        doubts = self.standing.doubts
        if doubts.next_at is None:
            return len(self.posts)
        if self.watch.is_open:
            doubts.clear()
            return len(self.posts)
        seconds = float(self.seconds[start])
        if seconds >= doubts.next_at:
            if self.watch.probability >= WATCHED_AT or self.watch.is_recovering(
                self.posts.at(start)
            ):
                return start + 1
            for one in doubts.forgiven(seconds):
                self.baseline.forgive(one.contacts, one.domains, one.sound)
        if doubts.next_at is None:
            return len(self.posts)
        return max(start + 1, int(np.searchsorted(self.seconds, doubts.next_at)))

    def _catch_up(self) -> None:
        """Judge late posts as a history of its own, and take from it what the owner has not made good since.

        A post that comes to light late may be a scam with a date of last year; a drawer full of them may be an
        old archive with an incident that was over long ago.
        """
        late, present, doubts = self.late, self.watch, self.standing.doubts
        self.late, self.watch, self.standing.doubts = 0, Watch(Hands(), self._base), Doubts()
        self.go_on(late)
        past, self.watch, self.late = self.watch.hands, present, late
        self.standing.doubts = doubts
        self.closed = tuple(one for one in past.incidents if one.closed_at is not None)
        raised = {one.detected_at for one in self.closed}
        self.alerts = [
            one for one in self.alerts if one.state is State.COMPROMISED and one.at in raised
        ]
        for place, one in [*self.judged.items()]:
            is_open = past.owners_at is None or one.post.at > past.owners_at
            if one.author in SUSPECT and is_open:
                self._see(place, one.log_odds - self.base_rate, one.author)

    def change(self, change: Change) -> None:
        """Take a change to the account into account, unless it was so long ago that it belongs to nothing now."""
        event, since = change.event, self.standing.hands.at
        if since is not None and since - event.at >= CHANGES_LAST:
            self.changes.append(change)
            return
        surprise = self.baseline.clock.score(event.at.astimezone(UTC).hour) or 0.0
        if (at_night := self.standing.changes.at_night(event, surprise)) is not None:
            change = msgspec.structs.replace(change, reasons=(*change.reasons, at_night))
        if self.watch.may_relapse(event.at) and change.log_odds >= _TELLING:
            again = Reason("relapse", RELAPSE, SIGNAL_WORDS["relapse"][0])
            change = msgspec.structs.replace(change, reasons=(*change.reasons, again))
        self.changes.append(change)
        previous = self.watch.change(change.id, event.at, change.log_odds)
        if previous is not None:
            self.alerts.append(alert(self.account, self.watch.hands, previous, change.id))

    def _run(self, places: range) -> int:
        """Judge posts up to the first that is not clearly the owner's; return its place, or where they end."""
        if self._runs is None:
            self._runs = Runs(self.baseline, self.columns, self.shares)
        log_odds = self.texts[places.start : places.stop] + self.base_rate
        learned = self._runs.advance(places, log_odds, self.judge.doubtful_from)
        place, stop = places.start, places.start + learned
        self.log_odds[place:stop] = log_odds[:learned]
        evidence = np.minimum(log_odds[:learned] - self.base_rate, OWNERS_SAY)
        while place < stop:
            rest = evidence[place - places.start :]
            place += self.watch.pass_by(self.seconds[place:stop], rest)
            if place < stop:
                own = float(evidence[place - places.start])
                self._see(place, own, Author.OWNER)
                place += 1
        return stop

    def _one(self, place: int) -> None:
        """Judge one post by itself."""
        posts, judge, baseline = self.posts, self.judge, self.baseline
        traits = self.columns.at(place)
        if self.watch.may_relapse(posts.at(place)):
            traits = msgspec.structs.replace(traits, in_relapse=True)
        evidence = float(self.texts[place]) + baseline.against(traits, self.shares)
        self.log_odds[place] = log_odds = self.base_rate + evidence
        probability = probability_of(log_odds)
        author = judge.author_of(probability, is_judged=posts.is_judged(place))
        if author in SUSPECT:
            signals = baseline.score(traits)
            used: tuple[str, ...] = ()
            if author is Author.STRANGER:
                if probability >= SURE_AT:
                    baseline.suspect(traits)
                used = posts.used(place)
            elif not (self.watch.is_open or self.watch.is_recovering(posts.at(place))):
                at = float(self.seconds[place])
                self.standing.doubts.add(Doubt(at, traits.contacts, traits.domains, traits.sound))
            self.judged[place] = Judged(posts.post(place), log_odds, author, signals, used)
        else:
            baseline.learn(traits)
        self._see(place, evidence, author)

    def _see(self, place: int, evidence: float, author: Author) -> None:
        is_strangers = author is Author.STRANGER
        said = evidence if author in SUSPECT else min(evidence, OWNERS_SAY)
        reclaims = author is Author.OWNER and self.posts.warns(place)
        # An owner's post is named only where it could complete an incident.
        is_named = author is not Author.OWNER or bool(self.watch.suspects)
        post_id = self.posts.post(place).id if is_named else ""
        previous = self.watch.see(post_id, self.posts.at(place), said, is_strangers, reclaims)
        if previous is None:
            return
        post = self.posts.post(place)
        self.alerts.append(alert(self.account, self.watch.hands, previous, post.id))
        self.judged.setdefault(place, Judged(post, self.base_rate + evidence, author))

    def look_again(
        self, posts: PostColumns, given: Mapping[str, float], wave: Wave
    ) -> list[Judged]:
        """Judge posts that were judged before and read otherwise now; nothing of the owner's is learned twice.

        Only what a post says more against the owner than before moves the account's state.

        Args:
            posts: as they read now.
            given: the log-odds each got before, in nats, by id.
            wave: what other accounts' falls say of it.
        """
        texts = posts.texts(self.judge.found_log_odds)
        earlier = Earlier(shows_media=self.standing.earlier.shows_media)
        columns = self.standing.shortened(posts.columns(texts, wave.starts, earlier))
        columns = msgspec.structs.replace(columns, paces=np.full(len(posts), -1))
        found = []
        for place in range(len(posts)):
            post, traits = posts.post(place), columns.at(place)
            evidence = float(texts[place]) + self.baseline.against(traits, self.shares)
            log_odds = self.base_rate + evidence
            probability = probability_of(log_odds)
            author = self.judge.author_of(probability, is_judged=posts.is_judged(place))
            signals = self.baseline.score(traits) if author in SUSPECT else ()
            used = posts.used(place) if author is Author.STRANGER else ()
            if author is Author.STRANGER and probability >= SURE_AT:
                self.baseline.suspect(traits)
            found.append(Judged(post, log_odds, author, signals, used))
            if author in SUSPECT:
                self._weigh_again(post, evidence, given[post.id], author)
        return found

    def _weigh_again(self, post: ReadPost, evidence: float, before: float, author: Author) -> None:
        was = self.judge.author_of(probability_of(before), is_judged=True)
        more = evidence - max(before - self.base_rate, OWNERS_SAY)
        # What was a stranger's before has been weighed, and its contacts are now held against itself.
        if was is Author.STRANGER or more <= 0:
            return
        is_strangers = author is Author.STRANGER
        previous = self.watch.see(post.id, post.at, more, is_strangers)
        if previous is not None:
            self.alerts.append(alert(self.account, self.watch.hands, previous, post.id))

    def remember(self) -> None:
        """Put what was learned into the standing."""
        standing, count = self.standing, len(self.posts)
        last = standing.earlier.last
        if count > self.late:
            last = float(self.seconds[-1])
        shows_media = standing.earlier.shows_media or bool((self.columns.media >= 0).any())
        standing.earlier = Earlier(last=last, shows_media=shows_media)
        standing.hands = self.watch.hands

    def history(self) -> History:
        """Return what the posts led to."""
        posts, count = self.posts, len(self.posts)
        return History(
            account=self.account, posts=count, first_at=posts.at(0) if count else None,
            last_at=posts.at(count - 1) if count else None, judged=[*self.judged.values()],
            hands=self.watch.hands, alerts=tuple(self.alerts), changes=tuple(self.changes),
        )  # fmt: skip


def alert(account: Account, hands: Hands, previous: State, post_id: str) -> Alert:
    """Make the alert for a change of state; its id is the same whenever the same history is read."""
    at = hands.at
    assert at is not None, "a state changes at a post or a change"
    return Alert(
        id=f"{account.platform}:{account.handle}:{hands.state}:{at.isoformat()}:{post_id}",
        platform=account.platform, account=account.handle, at=at, state=hands.state, previous=previous,
        probability=hands.probability, post_id=post_id,
    )  # fmt: skip
