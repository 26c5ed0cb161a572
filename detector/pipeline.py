"""The only place the stages meet: texts are read in batches, then each account is judged in order.

text -> fold -> indicators ──findings──┐
             -> classifier ──nats──────┼─> verdict -> incidents
account's earlier posts -> baseline ───┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec
import numpy as np

from detector.baseline import SIGNALS, Baseline, TraitColumns, Traits
from detector.classifier import TextModel
from detector.incidents import Hands, Watch, alert
from detector.indicators.interface import Finder, Noticed
from detector.records import Account, Alert, Author, Finding, Post, Signal, Verdict
from detector.text import FoldedBatch, fold_utf8, utf8
from detector.verdict import Evidence, Judge, probability_of

BATCH: Final = 512
"""Texts folded and scored together, at most."""

BATCH_LENGTH: Final = 300_000
"""Characters or bytes in a batch, at most, unless a single text is longer: the arrays should fit the cache."""

REMEMBERED: Final = 20_000
"""Texts whose evidence is kept while reading, so that memory stays bounded whatever the archive."""

CONTACTS: Final = frozenset({"whatsapp_number", "phone_number"})


T = TypeVar("T", str, bytes)


class TextEvidence(msgspec.Struct, frozen=True, gc=False):
    """What one text shows and sounds like; all a worker sends back."""

    log_odds: float
    is_known: bool
    language: int
    noticed: Noticed


class ReadPost(msgspec.Struct, frozen=True, gc=False):
    """A post that was read, as a long history keeps it.

    Its text is kept in UTF-8: of a Python string, one emoji makes every character take four bytes.
    """

    at: datetime
    id: str
    where: str
    url: str | None
    utf8: bytes
    shown: TextEvidence

    @property
    def text(self) -> str:
        """The text as given."""
        return self.utf8.decode("utf-8", "surrogatepass")


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A text whose verdict is to be explained."""

    utf8: bytes
    shown: TextEvidence
    """What was read in it."""
    signals: tuple[Signal, ...] = ()
    """The account's habits against it, if there is an account."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One post with what was made of it."""

    post: ReadPost
    log_odds: float
    author: Author
    signals: tuple[Signal, ...] = ()
    """The account's habits against this post."""


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

    def read_posts(self, posts: Sequence[Post]) -> list[ReadPost]:
        """Return posts with the evidence of their texts, in order."""
        texts = [utf8(post.text) for post in posts]
        return read_posts(posts, texts, self.read_utf8(texts))

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
        return map(
            TextEvidence,
            reading.log_odds.tolist(),
            reading.is_known.tolist(),
            reading.language.tolist(),
            self.finder.notice(batch),
        )


def read_posts(
    posts: Iterable[Post], texts: Iterable[bytes], evidence: Iterable[TextEvidence]
) -> list[ReadPost]:
    """Put posts, their texts in UTF-8 and what these show together."""
    return [
        ReadPost(post.created_at, post.id, post.where, post.url, text, shown)
        for post, text, shown in zip(posts, texts, evidence, strict=True)
    ]


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

    def follow(self, account: Account, posts: Sequence[ReadPost]) -> History:
        """Judge one account's posts in order, learning the owner's habits on the way.

        Long runs of the owner's posts are judged as arrays, and each post that is not to be learned by itself.

        Args:
            account: whose posts they are.
            posts: oldest first.
        """
        following = _Following(self, account, posts)
        start, length = 0, _SHORTEST_RUN
        while start < len(posts):
            stop = min(start + length, len(posts))
            reached = following.run(range(start, stop))
            if reached < stop:
                following.one(reached)
                start, length = reached + 1, _SHORTEST_RUN
            else:
                start, length = stop, length * 2
        return following.history()

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
        return self.explain(list(map(Asked, encoded, self.reader.read_utf8(encoded))))

    def _explain(
        self, batch: FoldedBatch, index: int, asked: Asked, findings: tuple[Finding, ...]
    ) -> Verdict:
        model, weights = self.reader.model, self.judge.weights
        evidence = Evidence(
            post_id="", text_log_odds=asked.shown.log_odds, is_known=asked.shown.is_known,
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


_SHORTEST_RUN: Final = 128
"""Posts first taken as one run; twice as many each time a run held to its end."""


class _Following:
    """One account's history while it is being judged.

    Args:
        pipeline: whose judge and languages count.
        account: whose posts they are.
        posts: oldest first.
    """

    def __init__(self, pipeline: Pipeline, account: Account, posts: Sequence[ReadPost]) -> None:
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
        found = self.judge.found_log_odds
        self.at = [post.at for post in posts]
        self.seconds = np.array([at.timestamp() for at in self.at])
        shown = [post.shown for post in posts]
        self.texts = np.array([one.log_odds + found(one.noticed.names) for one in shown])
        used = [place for place, one in enumerate(shown) if one.noticed.values]
        self.columns = TraitColumns(
            np.array([at.hour for at in self.at], dtype=np.int64),
            np.array([one.language for one in shown], dtype=np.int64),
            used,
            [traits_of(self.at[place], shown[place]) for place in used],
        )

    def run(self, places: range) -> int:
        """Judge posts up to the first that is not clearly the owner's; return its place, or where they end."""
        log_odds = self.texts[places.start : places.stop] + self.base_rate
        learned = self.baseline.advance(
            self.columns, places, log_odds, self.shares, self.judge.doubtful_from
        )
        evidence = log_odds - self.base_rate
        place, stop = places.start, places.start + learned
        while place < stop:
            window = slice(place, stop)
            place += self.watch.pass_by(
                self.at[window], self.seconds[window], evidence[place - places.start : learned]
            )
            if place < stop:
                post, own = self.posts[place], float(evidence[place - places.start])
                self._see(post, own, Author.OWNER, warns=_warns(post.shown))
                place += 1
        return stop

    def one(self, place: int) -> None:
        """Judge one post by itself."""
        post, judge, baseline = self.posts[place], self.judge, self.baseline
        traits = traits_of(post.at, post.shown)
        evidence = float(self.texts[place]) + baseline.against(traits, self.shares)
        log_odds = self.base_rate + evidence
        is_judged = post.shown.is_known or bool(post.shown.noticed.names)
        author = judge.author_of(probability_of(log_odds), is_judged=is_judged)
        if author is Author.STRANGER or author is Author.DOUBTFUL:
            self.judged.append(Judged(post, log_odds, author, baseline.score(traits)))
            if author is Author.STRANGER:
                baseline.suspect(traits)
        else:
            baseline.learn(traits)
        self._see(post, evidence, author, warns=traits.warns)

    def _see(self, post: ReadPost, evidence: float, author: Author, *, warns: bool) -> None:
        reclaims = warns and author is Author.OWNER
        previous = self.watch.see(post.id, post.at, evidence, author is Author.STRANGER, reclaims)
        if previous is None:
            return
        self.alerts.append(alert(self.account, self.watch.hands, previous, post.id))
        if not self.judged or self.judged[-1].post is not post:
            self.judged.append(Judged(post, self.base_rate + evidence, author))

    def history(self) -> History:
        """Return what the posts led to."""
        return History(
            account=self.account, posts=len(self.posts), first_at=self.at[0] if self.at else None,
            last_at=self.at[-1] if self.at else None, judged=self.judged, hands=self.watch.hands,
            alerts=tuple(self.alerts),
        )  # fmt: skip


def _warns(text: TextEvidence) -> bool:
    return "fraud_warning" in text.noticed.names


def traits_of(at: datetime, text: TextEvidence) -> Traits:
    """Return what a baseline looks at in a post."""
    noticed, hour = text.noticed, at.hour
    warns = _warns(text)
    if not noticed.values:
        return Traits(hour, (), (), text.language, warns)
    contacts: dict[str, None] = {}
    domains: dict[str, None] = {}
    # Everybody's shortener is nobody's domain.
    shortened = {start for name, _, start in noticed.values if name == "short_link"}
    for name, value, start in noticed.values:
        if name in CONTACTS:
            contacts[value] = None
        elif name == "link" and start not in shortened:
            domains[value] = None
    return Traits(hour, tuple(contacts), tuple(domains), text.language, warns)
