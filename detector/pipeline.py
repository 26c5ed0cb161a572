"""The only place the stages meet: texts are read in batches, then each account is judged in order.

    text -> fold -> indicators ──findings──┐
                 -> classifier ──nats──────┼─> verdict -> incidents
    account's earlier posts -> baseline ───┘
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from detector.baseline import Baseline, Traits
from detector.classifier import TextModel
from detector.incidents import Hands, Seen, alert, step
from detector.indicators.interface import Finder
from detector.records import Account, Alert, Author, Finding, Post, Verdict
from detector.text import fold
from detector.verdict import Evidence, Judge, probability_of

BATCH: Final = 256
"""Texts folded and scored together, at most."""

BATCH_CHARACTERS: Final = 200_000
"""Characters in a batch, at most, unless a single text is longer: the arrays should fit the cache."""

CONTACTS: Final = frozenset({"whatsapp_number", "phone_number"})


class TextEvidence(msgspec.Struct, frozen=True, gc=False):
    """What one text shows and sounds like; all a worker sends back."""

    log_odds: float
    is_known: bool
    language: int
    findings: tuple[Finding, ...]


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One post with what was made of it."""

    post: Post
    evidence: Evidence
    log_odds: float
    author: Author


class History(msgspec.Struct, frozen=True, kw_only=True):
    """One account's posts, judged in order, and the state they lead to."""

    account: Account
    judged: list[Judged]
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

    def read(self, texts: Sequence[str]) -> Iterator[TextEvidence]:
        """Yield the evidence of each text, in order."""
        for some in batches(texts):
            batch = fold(some)
            reading = self.model.read(batch)
            yield from map(
                TextEvidence,
                reading.log_odds.tolist(),
                reading.is_known.tolist(),
                reading.language.tolist(),
                self.finder.find(batch),
            )


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut texts into batches of at most `BATCH` texts and about `BATCH_CHARACTERS` characters."""
    start, characters = 0, 0
    for index, text in enumerate(texts):
        if index > start and (
            index - start >= BATCH or characters + len(text) > BATCH_CHARACTERS
        ):  # fmt: skip
            yield texts[start:index]
            start, characters = index, 0
        characters += len(text)
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
        self, account: Account, posts: Sequence[Post], texts: Sequence[TextEvidence]
    ) -> History:
        """Judge one account's posts in order, learning the owner's habits on the way.

        Args:
            account: whose posts they are.
            posts: oldest first.
            texts: what each post's text shows, in the same order.
        """
        baseline = Baseline(
            len(self.reader.model.languages), account.official_numbers, account.official_domains
        )
        hands, alerts, judged = Hands(), [], []
        base_rate = self.judge.weights.base_rate
        prior = probability_of(base_rate)
        for post, text in zip(posts, texts, strict=True):
            traits = traits_of(post, text)
            evidence = Evidence(
                post_id=post.id, text_log_odds=text.log_odds, is_known=text.is_known,
                findings=text.findings, signals=baseline.score(traits),
            )  # fmt: skip
            log_odds = self.judge.add_up(evidence)
            author = self.judge.author(evidence, probability_of(log_odds))
            judged.append(Judged(post, evidence, log_odds, author))
            is_strangers = author is Author.STRANGER
            reclaims = traits.warns and author is Author.OWNER
            seen = Seen(post.id, post.created_at, log_odds - base_rate, prior, is_strangers, reclaims)
            hands, previous = step(hands, seen)
            if previous is not None:
                alerts.append(alert(account.platform, account.handle, hands, previous, post.id))
            if is_strangers:
                baseline.suspect(traits)
            elif author is not Author.DOUBTFUL:
                baseline.learn(traits)
        return History(account=account, judged=judged, hands=hands, alerts=tuple(alerts))

    def explain(self, text: str, evidence: Evidence) -> Verdict:
        """Return the full verdict on one text: category, findings and every reason."""
        batch = fold([text])
        model = self.reader.model
        category = None
        if not evidence.is_known and not evidence.findings:
            category = "UNKNOWN"
        elif probability_of(self.judge.add_up(evidence)) >= self.judge.weights.doubtful_at:
            category = model.category(batch, 0)
        carriers = model.carriers(batch, 0) if evidence.is_known else []
        return self.judge.reach(evidence, category, carriers)


def traits_of(post: Post, text: TextEvidence) -> Traits:
    """Return what a baseline looks at in a post."""
    hour = post.created_at.hour
    if not text.findings:
        return Traits(hour, language=text.language)
    contacts, domains, shortened, warns = {}, {}, set(), False
    for finding in text.findings:
        if finding.indicator in CONTACTS:
            contacts[finding.value or ""] = None
        elif finding.indicator == "link":
            domains[finding.start] = finding.value or ""
        elif finding.indicator == "short_link":
            # Everybody's shortener is nobody's domain.
            shortened.add(finding.start)
        elif finding.indicator == "fraud_warning":
            warns = True
    own = dict.fromkeys(domain for start, domain in domains.items() if start not in shortened)
    return Traits(hour, tuple(contacts), tuple(own), text.language, warns)
