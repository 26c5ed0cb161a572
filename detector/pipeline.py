"""The only place the stages meet: texts are read in batches, then each account is judged in order.

text -> fold -> indicators ──findings──┐
             -> classifier ──nats──────┼─> verdict -> incidents
account's earlier posts -> baseline ───┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from detector.campaigns import Wave
from detector.changes import Change, Changes, profile_text
from detector.classifier import Reading, TextModel, in_turn, likeliest
from detector.following import NO_WAVE, SUSPECT, Following, History, Judged
from detector.histories import PostColumns, Store, TextEvidence, used_in
from detector.indicators._finder import Finder, Noticed
from detector.records import Account, AccountEvent, Finding, Post, Signal, Verdict
from detector.standing import Standing
from detector.style import styles
from detector.text import FoldedBatch, fold_utf8, stretches, together, utf8
from detector.verdict import SETTLED, Evidence, Judge, probability_of

if TYPE_CHECKING:
    from detector.taking import Taken

__all__ = [
    "BATCH", "SUSPECT", "Asked", "History", "Judged", "Pipeline", "Reader", "batches",
]  # fmt: skip

NONE_AGAIN: Final[Mapping[str, float]] = MappingProxyType({})

BATCH: Final = 4_096
"""Texts read together, at most: whatever is done once a batch finds its code and tables gone from the cache, and costs
as much as reading a hundred texts."""

BATCH_LENGTH: Final = 3_000_000
"""Characters or bytes in a batch, at most, unless a single text is longer."""

REMEMBERED: Final = 20_000
"""Texts from which those that were not met again since as many others are forgotten, so that memory stays bounded
whatever the archive."""


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
        self._older: dict[bytes, TextEvidence] = {}

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
                # Never emptied: another thread may be reading by it.
                self._known, self._older = {}, self._known
            known, older = self._known, self._older
            fresh = [text for text in dict.fromkeys(some) if text not in known]
            again = [text for text in fresh if text in older]
            if again:
                known.update((text, older[text]) for text in again)
                fresh = [text for text in fresh if text not in older]
            if fresh:
                known.update(zip(fresh, self._read(fresh), strict=True))
            evidence += [known[text] for text in some]
        return evidence

    def _read(self, texts: Sequence[bytes]) -> Iterator[TextEvidence]:
        # What is done to every code is done while the text is in the cache nearest the processor.
        batch, reading, dressed = self._heard(texts)
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
            dressed,
        )

    def _heard(self, texts: Sequence[bytes]) -> tuple[FoldedBatch, Reading, list[int]]:
        folded, readings, dressed = [], [], []
        for some in stretches(texts):
            folded.append(fold_utf8(some))
            readings.append(self.model.read(folded[-1]))
            dressed += styles(folded[-1]).tolist()
        return together(folded), in_turn(readings), dressed

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
        standing = Standing(account, self.reader.model.languages)
        return self._followed(posts, standing, events, wave).history()

    def take(
        self,
        account: Account,
        standing: bytes | None,
        posts: Sequence[Post],
        events: Sequence[AccountEvent] = (),
        *,
        now: datetime,
        wave: Wave = NO_WAVE,
        again: Mapping[str, float] = NONE_AGAIN,
    ) -> Taken:
        """Judge one page of an account's feed: as `follow` would, had it all pages so far and this one.

        The same page on the same standing leads to the same, byte for byte. A post made before others that have
        been judged is learned if it is the owner's, and moves the account's state only if it is not; what was
        long over when it comes to light is an incident that is over. An event no later than the last of its
        kind is that one, and says nothing. What is dated in the future is taken to be of now.

        Args:
            account: whose page.
            standing: as the page before returned it; None for the first page of a new account.
            posts: in any order; none that was judged before, unless it is in `again`.
            events: what else happened to the account, in any order.
            now: UTC.
            wave: what other accounts' falls say of it.
            again: posts that were judged before and read otherwise now, for their words were changed or people
                asked under them, by id, with the log-odds they got then, in nats.

        Raises:
            StandingRefused: the standing is damaged or of another form: take all posts and events that are kept,
                and this page's, with None in its place.
        """
        from detector.taking import Sheet, unchanged  # noqa: PLC0415 - only a monitor needs it

        if standing is not None and not posts and not events:
            return unchanged(account, standing, now)
        known = Standing.of(standing, account, self.reader.model.languages)
        sheet = Sheet(posts, events, again, now)
        told = [one for one in sheet.events if not known.changes.is_late(one)]
        following = self._followed(self._columns(sheet.fresh), known, told, wave)
        looked: list[Judged] = []
        if sheet.changed:
            looked = following.look_again(self._columns(sheet.changed), again, wave)
        suspects = [one for one in (*following.judged.values(), *looked) if one.author in SUSPECT]
        explained = self.explain(
            [
                Asked(one.post.utf8, one.post.log_odds, one.post.is_known, one.signals)
                for one in suspects
            ]
        )
        verdicts = [
            msgspec.structs.replace(verdict, post_id=one.post.id, author=one.author)
            for one, verdict in zip(suspects, explained, strict=True)
        ]
        return sheet.taken(following, looked, verdicts)

    def _columns(self, posts: Sequence[Post]) -> PostColumns:
        columns, texts = PostColumns(Store()), [utf8(post.text) for post in posts]
        columns.add(posts, texts, self.reader.read_utf8(texts))
        return columns

    def _followed(
        self,
        posts: PostColumns,
        standing: Standing,
        events: Sequence[AccountEvent],
        wave: Wave,
    ) -> Following:
        following = Following(self.judge, posts, standing, wave)
        for change in self._changes(standing.changes, events):
            following.go_on(following.place_of(change.event.at))
            following.change(change)
        following.go_on(len(posts))
        return following

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
        category: str | None = None
        categories: tuple[tuple[str, float], ...] = ()
        if not evidence.is_known and not findings:
            category = "UNKNOWN"
        elif probability_of(self.judge.add_up(evidence)) >= weights.text_alone_at:
            names = {name for name, _ in self.judge.found(one.indicator for one in findings)}
            categories = likeliest(model.categories_of(batch, index, names))
            category = categories[0][0]
        carriers = model.carriers(batch, index) if evidence.is_known else []
        return self.judge.reach(evidence, category, carriers, categories)
