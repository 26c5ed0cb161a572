"""The only place the stages meet: texts are read in batches, then each account is judged in order.

text -> fold -> indicators ──findings──┐
             -> classifier ──nats──────┼─> verdict -> incidents
account's earlier posts -> baseline ───┘
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from detector.baseline import SIGNALS, Baseline, Traits
from detector.classifier import TextModel
from detector.incidents import Hands, Seen, alert, step
from detector.indicators.interface import Finder, Noticed
from detector.records import Account, Alert, Author, Post, Signal, Verdict
from detector.text import fold
from detector.verdict import Evidence, Judge, probability_of

BATCH: Final = 256
"""Texts folded and scored together, at most."""

BATCH_CHARACTERS: Final = 200_000
"""Characters in a batch, at most, unless a single text is longer: the arrays should fit the cache."""

REMEMBERED: Final = 20_000
"""Texts whose evidence is kept while reading, so that memory stays bounded whatever the archive."""

CONTACTS: Final = frozenset({"whatsapp_number", "phone_number"})


class TextEvidence(msgspec.Struct, frozen=True, gc=False):
    """What one text shows and sounds like; all a worker sends back."""

    log_odds: float
    is_known: bool
    language: int
    noticed: Noticed


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One post with what was made of it."""

    post: Post
    text: TextEvidence
    log_odds: float
    author: Author
    signals: tuple[Signal, ...] = ()
    """The account's habits against this post; kept only for posts that are not clearly the owner's."""


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
        """Yield the evidence of each text, in order; a text that comes again is not read again.

        Headquarters' templates are posted by dozens of offices, schedules every week, and archives overlap.
        """
        known: dict[str, TextEvidence] = {}
        for some in batches(texts):
            if len(known) > REMEMBERED:
                known.clear()
            fresh = [text for text in dict.fromkeys(some) if text not in known]
            known.update(zip(fresh, self._read(fresh), strict=True))
            yield from map(known.__getitem__, some)

    def _read(self, texts: Sequence[str]) -> Iterator[TextEvidence]:
        if not texts:
            return iter(())
        batch = fold(texts)
        reading = self.model.read(batch)
        return map(
            TextEvidence,
            reading.log_odds.tolist(),
            reading.is_known.tolist(),
            reading.language.tolist(),
            self.finder.notice(batch),
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
        weights = self.judge.weights
        shares = [weights.signals.get(name, 0.0) for name in SIGNALS]
        prior = probability_of(weights.base_rate)
        hands, alerts, judged = Hands(), [], []
        for post, text in zip(posts, texts, strict=True):
            traits = traits_of(post, text)
            evidence = text.log_odds + self.judge.found_log_odds(text.noticed.names)
            for value, share in zip(baseline.weigh(traits), shares, strict=True):
                if value is not None:
                    evidence += value * share
            log_odds = weights.base_rate + evidence
            is_judged = text.is_known or bool(text.noticed.names)
            author = self.judge.author_of(probability_of(log_odds), is_judged=is_judged)
            if author is Author.OWNER or author is Author.UNKNOWN:
                judged.append(Judged(post, text, log_odds, author))
                baseline.learn(traits)
            else:
                judged.append(Judged(post, text, log_odds, author, baseline.score(traits)))
                if author is Author.STRANGER:
                    baseline.suspect(traits)
            reclaims = traits.warns and author is Author.OWNER
            is_strangers = author is Author.STRANGER
            seen = Seen(post.id, post.created_at, evidence, prior, is_strangers, reclaims)
            hands, previous = step(hands, seen)
            if previous is not None:
                alerts.append(alert(account.platform, account.handle, hands, previous, post.id))
        return History(account=account, judged=judged, hands=hands, alerts=tuple(alerts))

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


def traits_of(post: Post, text: TextEvidence) -> Traits:
    """Return what a baseline looks at in a post."""
    noticed, hour = text.noticed, post.created_at.hour
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
