"""The only place the stages meet: texts are read in batches, then each account is judged in order.

text -> fold -> indicators ──findings──┐
             -> classifier ──nats──────┼─> verdict -> incidents
account's earlier posts -> baseline ───┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec
import numpy as np

from detector.baseline import SIGNALS, Baseline, Runs
from detector.campaigns import Trace, Wave
from detector.changes import Change, Changes, profile_text
from detector.classifier import TextModel
from detector.histories import PostColumns, ReadPost, TextEvidence, used_in
from detector.incidents import OWNERS_SAY, Hands, Watch, alert
from detector.indicators._finder import Finder, Noticed
from detector.records import Account, AccountEvent, Alert, Author, Finding, Signal, Verdict
from detector.style import styles
from detector.text import FoldedBatch, fold_utf8, utf8
from detector.verdict import SETTLED, Evidence, Judge, probability_of

BATCH: Final = 512
"""Texts folded and scored together, at most."""

BATCH_LENGTH: Final = 300_000
"""Characters or bytes in a batch, at most, unless a single text is longer: the arrays should fit the cache."""

REMEMBERED: Final = 20_000
"""Texts whose evidence is kept while reading, so that memory stays bounded whatever the archive."""


TELLING: Final = frozenset({"fraud_warning", "reported_speech", "arrest_news"})
"""Indicators of a text that tells of somebody else's words: what it quotes at length is not its own."""

T = TypeVar("T", str, bytes)


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A text whose verdict is to be explained."""

    utf8: bytes
    log_odds: float
    """How it sounds, in nats."""
    is_known: bool
    """Whether that could be judged."""
    signals: tuple[Signal, ...] = ()
    """The account's habits against it, if there is an account."""


NO_WAVE: Final = Wave()


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


class Reader:
    """Reads texts: indicators and classifier together, in batches.

    Args:
        finder: the indicators.
        model: the classifier.
    """

    def __init__(self, finder: Finder, model: TextModel) -> None:
        self.finder = finder
        self.model = model
        self._known: dict[bytes, TextEvidence] = {}

    def read(self, texts: Iterable[str]) -> list[TextEvidence]:
        """Return the evidence of each text, in order."""
        return self.read_utf8([utf8(text) for text in texts])

    def read_utf8(self, texts: Sequence[bytes]) -> list[TextEvidence]:
        """Return the evidence of each text, in order; a text that comes again is not read again.

        Headquarters' templates are posted by dozens of offices, schedules every week, and archives overlap.

        Args:
            texts: in UTF-8.
        """
        evidence: list[TextEvidence] = []
        for some in batches(texts):
            if len(self._known) > REMEMBERED:
                self._known.clear()
            known = self._known
            fresh = [text for text in dict.fromkeys(some) if text not in known]
            if fresh:
                known.update(zip(fresh, self._read(fresh), strict=True))
            evidence += [known[text] for text in some]
        return evidence

    def _read(self, texts: Sequence[bytes]) -> Iterator[TextEvidence]:
        batch = fold_utf8(texts)
        reading = self.model.read(batch)
        settled = (reading.is_known & (reading.log_odds <= SETTLED)).tolist()
        noticed = self.finder.notice(batch, settled)
        log_odds = reading.log_odds.tolist()
        for index, is_settled in enumerate(settled):
            # Who warns of a message and quotes it is not the one who sends it.
            if not is_settled and not noticed[index].names.isdisjoint(TELLING):
                unquoted = reading.unquoted(index)
                if unquoted is not None and reading.is_known[index]:
                    log_odds[index] = min(log_odds[index], unquoted)
                    if log_odds[index] <= SETTLED:
                        noticed[index] = self._only_always(noticed[index])
        return map(
            TextEvidence,
            log_odds,
            reading.is_known.tolist(),
            reading.language.tolist(),
            noticed,
            styles(batch).tolist(),
        )

    def _only_always(self, noticed: Noticed) -> Noticed:
        always = self.finder.always
        values = tuple(value for value in noticed.values if value[0] in always)
        return Noticed(noticed.names & always, values)


def batches(texts: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut texts into batches of at most `BATCH` texts of about `BATCH_LENGTH` in all."""
    start, length = 0, 0
    for index, size in enumerate(map(len, texts)):
        if index > start and (index - start >= BATCH or length + size > BATCH_LENGTH):
            yield texts[start:index]
            start, length = index, 0
        length += size
    if start < len(texts):
        yield texts[start:]


class Pipeline:
    """Everything needed to judge posts.

    Args:
        reader: reads texts.
        judge: adds evidence up.
    """

    def __init__(self, reader: Reader, judge: Judge) -> None:
        self.reader = reader
        self.judge = judge

    def follow(
        self,
        account: Account,
        posts: PostColumns,
        events: Sequence[AccountEvent] = (),
        wave: Wave = NO_WAVE,
    ) -> History:
        """Judge one account's posts and changes in order, learning the owner's habits on the way.

        Long runs of the owner's posts are judged as arrays, and each post that is not to be learned by itself.

        Args:
            account: whose they are.
            posts: in order of time.
            events: what else happened to the account, in any order.
            wave: what other accounts' falls say of it.
        """
        weighing = Changes(account)
        following = _Following(self, account, posts, weighing, wave)
        for change in self._changes(weighing, events):
            following.go_on(following.place_of(change.event.at))
            following.change(change)
        following.go_on(len(posts))
        return following.history()

    def _changes(self, weighing: Changes, events: Sequence[AccountEvent]) -> Iterator[Change]:
        """Yield what says something about who holds the account, in order of time."""
        ordered = sorted(events, key=lambda one: one.at)
        said = [profile_text(one) for one in ordered]
        told = dict.fromkeys(text for text in said if text)
        read = dict(zip(told, self.reader.read(told), strict=True)) if told else {}
        for event, text in zip(ordered, said, strict=True):
            if shown := read.get(text):
                sound = shown.log_odds + self.judge.found_log_odds(shown.noticed.names)
                contacts, domains = used_in(shown.noticed)
                change = weighing.weigh(event, sound, (*contacts, *domains))
            else:
                change = weighing.weigh(event)
            if change is not None:
                yield change

    def explain(self, asked: Sequence[Asked]) -> list[Verdict]:
        """Return the full verdicts on texts: category, findings with their spans and every reason."""
        verdicts: list[Verdict] = []
        for some in batches([one.utf8 for one in asked]):
            batch = fold_utf8(some)
            found = self.reader.finder.find(batch)
            for index, one in enumerate(asked[len(verdicts) : len(verdicts) + len(some)]):
                verdicts.append(self._explain(batch, index, one, found[index]))
        return verdicts

    def explain_texts(self, texts: Iterable[str]) -> list[Verdict]:
        """Return the full verdicts on texts alone, without an account's history."""
        encoded = [utf8(text) for text in texts]
        read = zip(encoded, self.reader.read_utf8(encoded), strict=True)
        return self.explain([Asked(text, one.log_odds, one.is_known) for text, one in read])

    def _explain(
        self, batch: FoldedBatch, index: int, asked: Asked, findings: tuple[Finding, ...]
    ) -> Verdict:
        model, weights = self.reader.model, self.judge.weights
        evidence = Evidence(
            post_id="", text_log_odds=asked.log_odds, is_known=asked.is_known,
            findings=findings, signals=asked.signals,
        )  # fmt: skip
        category = None
        if not evidence.is_known and not findings:
            category = "UNKNOWN"
        elif probability_of(self.judge.add_up(evidence)) >= weights.text_alone_at:
            names = {name for name, _ in self.judge.found(one.indicator for one in findings)}
            category = model.category(batch, index, names)
        carriers = model.carriers(batch, index) if evidence.is_known else []
        return self.judge.reach(evidence, category, carriers)


SUSPECT: Final = frozenset({Author.STRANGER, Author.DOUBTFUL})

_SHORTEST_RUN: Final = 128
"""Posts first taken as one run; twice as many each time a run held to its end."""


class _Following:
    """One account's history while it is being judged.

    Args:
        pipeline: whose judge and languages count.
        account: whose posts they are.
        posts: in order of time.
        weighing: the account's changes.
        wave: what other accounts' falls say of it.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        account: Account,
        posts: PostColumns,
        weighing: Changes,
        wave: Wave,
    ) -> None:
        self.weighing = weighing
        self.account, self.posts, self.judge = account, posts, pipeline.judge
        weights = pipeline.judge.weights
        self.shares = [weights.signals.get(name, 0.0) for name in SIGNALS]
        self.base_rate = weights.base_rate
        self.baseline = Baseline(
            len(pipeline.reader.model.languages), account.official_numbers, account.official_domains
        )
        self.watch = Watch(Hands(), probability_of(weights.base_rate))
        self.alerts: list[Alert] = []
        self.judged: list[Judged] = []
        self.changes: list[Change] = []
        self._reached = 0
        self.seconds = posts.seconds()
        self.texts = posts.texts(self.judge.found_log_odds)
        self.columns = posts.columns(self.texts, wave.starts)
        if wave.contacts:
            self.baseline.beware(wave.contacts)
        self.runs = Runs(self.baseline, self.columns, self.shares)

    def place_of(self, at: datetime) -> int:
        """Return how many posts were made up to a moment."""
        return int(np.searchsorted(self.seconds, at.timestamp(), side="right"))

    def go_on(self, stop: int) -> None:
        """Judge the posts from where it stands up to a place."""
        start, length = self._reached, _SHORTEST_RUN
        while start < stop:
            end = min(start + length, stop)
            reached = self.run(range(start, end))
            if reached < end:
                self.one(reached)
                start, length = reached + 1, _SHORTEST_RUN
            else:
                start, length = end, length * 2
        self._reached = stop

    def change(self, change: Change) -> None:
        """Take a change to the account into account."""
        event = change.event
        surprise = self.baseline.clock.score(event.at.astimezone(UTC).hour) or 0.0
        if (at_night := self.weighing.at_night(event, surprise)) is not None:
            change = msgspec.structs.replace(change, reasons=(*change.reasons, at_night))
        self.changes.append(change)
        previous = self.watch.change(change.id, event.at, change.log_odds)
        if previous is not None:
            self.alerts.append(alert(self.account, self.watch.hands, previous, change.id))

    def run(self, places: range) -> int:
        """Judge posts up to the first that is not clearly the owner's; return its place, or where they end."""
        log_odds = self.texts[places.start : places.stop] + self.base_rate
        learned = self.runs.advance(places, log_odds, self.judge.doubtful_from)
        evidence = np.minimum(log_odds[:learned] - self.base_rate, OWNERS_SAY)
        place, stop = places.start, places.start + learned
        while place < stop:
            place += self.watch.pass_by(
                self.seconds[place:stop],
                evidence[place - places.start :],
                self.columns.warns[place:stop],
            )
            if place < stop:
                own = float(evidence[place - places.start])
                self._see(place, own, Author.OWNER)
                place += 1
        return stop

    def one(self, place: int) -> None:
        """Judge one post by itself."""
        posts, judge, baseline = self.posts, self.judge, self.baseline
        traits = self.columns.at(place)
        evidence = float(self.texts[place]) + baseline.against(traits, self.shares)
        log_odds = self.base_rate + evidence
        author = judge.author_of(probability_of(log_odds), is_judged=posts.is_judged(place))
        if author in SUSPECT:
            signals = baseline.score(traits)
            used: tuple[str, ...] = ()
            if author is Author.STRANGER:
                baseline.suspect(traits)
                used = (*traits.contacts, *traits.domains)
            self.judged.append(Judged(posts.post(place), log_odds, author, signals, used))
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
        if not self.judged or self.judged[-1].post != post:
            self.judged.append(Judged(post, self.base_rate + evidence, author))

    def history(self) -> History:
        """Return what the posts led to."""
        posts, count = self.posts, len(self.posts)
        return History(
            account=self.account, posts=count, first_at=posts.at(0) if count else None,
            last_at=posts.at(count - 1) if count else None, judged=self.judged, hands=self.watch.hands,
            alerts=tuple(self.alerts), changes=tuple(self.changes),
        )  # fmt: skip
