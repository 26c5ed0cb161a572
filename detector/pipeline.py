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

from detector.baseline import SIGNALS, Baseline, Traits
from detector.classifier import TextModel
from detector.incidents import Hands, Watch, alert
from detector.indicators.interface import Finder, Noticed
from detector.records import Account, Alert, Author, Post, Signal, Verdict
from detector.text import fold, fold_utf8, utf8
from detector.verdict import Evidence, Judge, probability_of

BATCH: Final = 256
"""Texts folded and scored together, at most."""

BATCH_LENGTH: Final = 200_000
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

        Args:
            account: whose posts they are.
            posts: oldest first.
        """
        baseline = Baseline(
            len(self.reader.model.languages), account.official_numbers, account.official_domains
        )
        judge, weights = self.judge, self.judge.weights
        shares = [weights.signals.get(name, 0.0) for name in SIGNALS]
        watch = Watch(Hands(), probability_of(weights.base_rate))
        alerts, judged = [], []
        for post in posts:
            shown = post.shown
            noticed = shown.noticed
            traits = traits_of(post.at, shown)
            evidence = shown.log_odds + judge.found_log_odds(noticed.names)
            evidence += baseline.against(traits, shares)
            log_odds = weights.base_rate + evidence
            author = Author.OWNER
            if shown.is_known and judge.is_owners(log_odds):
                baseline.learn(traits)
            else:
                is_judged = shown.is_known or bool(noticed.names)
                author = judge.author_of(probability_of(log_odds), is_judged=is_judged)
                if author is Author.STRANGER or author is Author.DOUBTFUL:
                    judged.append(Judged(post, log_odds, author, baseline.score(traits)))
                    if author is Author.STRANGER:
                        baseline.suspect(traits)
                else:
                    baseline.learn(traits)
            is_strangers = author is Author.STRANGER
            reclaims = traits.warns and author is Author.OWNER
            previous = watch.see(post.id, post.at, evidence, is_strangers, reclaims)
            if previous is not None:
                alerts.append(alert(account, watch.hands, previous, post.id))
                if not judged or judged[-1].post is not post:
                    judged.append(Judged(post, log_odds, author))
        return History(
            account=account, posts=len(posts), first_at=posts[0].at if posts else None,
            last_at=posts[-1].at if posts else None, judged=judged, hands=watch.hands,
            alerts=tuple(alerts),
        )  # fmt: skip

    def explain(self, text: str, shown: TextEvidence, signals: Sequence[Signal] = ()) -> Verdict:
        """Return the full verdict on one text: category, findings with their spans and every reason.

        Args:
            text: as given.
            shown: what was read in it.
            signals: the account's habits against it, if there is an account.
        """
        batch = fold([text])
        model, weights = self.reader.model, self.judge.weights
        evidence = Evidence(
            post_id="", text_log_odds=shown.log_odds, is_known=shown.is_known,
            findings=self.reader.finder.find(batch)[0], signals=tuple(signals),
        )  # fmt: skip
        category = None
        if not evidence.is_known and not evidence.findings:
            category = "UNKNOWN"
        elif probability_of(self.judge.add_up(evidence)) >= weights.text_alone_at:
            names = {
                name for name, _ in self.judge.found(one.indicator for one in evidence.findings)
            }
            category = model.category(batch, 0, names)
        carriers = model.carriers(batch, 0) if evidence.is_known else []
        return self.judge.reach(evidence, category, carriers)


def traits_of(at: datetime, text: TextEvidence) -> Traits:
    """Return what a baseline looks at in a post."""
    noticed, hour = text.noticed, at.hour
    warns = "fraud_warning" in noticed.names
    if not noticed.values:
        return Traits(hour, (), (), text.language, warns)
    contacts = dict.fromkeys(value for name, value, _ in noticed.values if name in CONTACTS)
    # Everybody's shortener is nobody's domain.
    shortened = {start for name, _, start in noticed.values if name == "short_link"}
    domains = dict.fromkeys(
        value for name, value, start in noticed.values if name == "link" and start not in shortened
    )
    return Traits(hour, tuple(contacts), tuple(domains), text.language, warns)
