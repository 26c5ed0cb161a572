"""How well the judge does: on the corpus by cross-validation, on labelled files as shipped, beside its peers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector import categories, evaluate, peers, training
from detector.corpus import Example, read_corpus
from detector.errors import ExportFormatError, Location
from detector.gather import Progress, no_progress
from detector.pipeline import Pipeline, batches
from detector.report.evaluation import (
    CalibrationBin,
    Estimate,
    Evaluation,
    FileLabel,
    Group,
    JudgeMeasures,
    Measured,
    OperatingPoint,
    Proportion,
)
from detector.verdict import log_odds_of, probability_of

OURS: Final = "kentongan"
ALLOWED: Final = (0.01, 0.001)
"""Shares of false alarms at which every judge is asked how much it catches."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Labelled(msgspec.Struct, frozen=True):
    """One line of a labelled file."""

    text: str
    label: str


class Sample(NamedTuple):
    """Posts as several judges see them."""

    positive: Bools
    """Whether a stranger wrote each, shape (n,)."""
    scores: dict[str, Floats]
    """Each judge's scores, shape (n,); ours are log-odds in nats, base rate included."""
    marks: dict[str, float]
    """Above which each judge flags; a peer has none where there are no owners' posts to set it by."""

    @property
    def flagged(self) -> Bools:
        """What our judge flags."""
        return self.scores[OURS] > self.marks[OURS]


class OfCorpus(NamedTuple):
    """The corpus, cross-validated."""

    measured: Measured
    sample: Sample
    examples: list[Example]
    digest: str


class OfPosts(NamedTuple):
    """Labelled posts, judged by the model as it is."""

    measured: Measured
    sample: Sample
    files: list[FileLabel]


class Curves(NamedTuple):
    """What figures are drawn from: for each judge, across and up."""

    roc: dict[str, tuple[Floats, Floats]]
    """False alarms and recall."""
    precision_recall: dict[str, tuple[Floats, Floats]]
    """Recall and precision."""


class Asked(NamedTuple):
    """What is to be measured."""

    budget: float
    with_peers: bool
    seed: int
    show: Progress = no_progress


class Posts(NamedTuple):
    """The lines of labelled files."""

    files: list[str]
    labels: list[str]
    texts: list[str]
    positive: Bools


def read_posts(paths: Sequence[Path], strangers: frozenset[str], ignored: frozenset[str]) -> Posts:
    """Read labelled JSON Lines.

    Args:
        paths: the files.
        strangers: labels that mean a stranger; every other means the owner.
        ignored: labels whose lines are passed over.

    Raises:
        ExportFormatError: a line is not ``{"text": ..., "label": ...}``, or no line is left.
    """
    decoder = msgspec.json.Decoder(Labelled)
    files, labels, texts = [], [], []
    names = [path.name for path in paths]
    for path in paths:
        for number, line in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()):
            if not line.strip():
                continue
            try:
                one = decoder.decode(line)
            except ValueError as error:
                raise ExportFormatError(
                    f"is not a labelled post: {error}",
                    where=Location(str(path), number),
                    hint='each line is {"text": "...", "label": "..."}',
                ) from error
            if one.label not in ignored:
                files.append(path.name if names.count(path.name) == 1 else str(path))
                labels.append(one.label)
                texts.append(one.text)
    if not texts:
        raise ExportFormatError(
            "no labelled posts", where=Location(", ".join(str(path) for path in paths))
        )
    return Posts(files, labels, texts, np.array([label in strangers for label in labels]))


def of_corpus(corpus: Path, pipeline: Pipeline, asked: Asked) -> OfCorpus:
    """Cross-validate the corpus as training does, beside its peers if they are asked for.

    Raises:
        ExportFormatError: the corpus cannot be read, or lacks one of the two labels.
    """
    examples, digest = read_corpus(corpus)
    positive = np.array([one.is_strangers for one in examples])
    if positive.all() or not positive.any():
        raise ExportFormatError(
            "the corpus has posts of one label only",
            where=Location(str(corpus)),
            hint="cross-validation needs owners' and strangers' posts; for labelled files there is --posts",
        )
    texts = [one.text for one in examples]
    finder = pipeline.reader.finder
    crossed = training.cross_validate(examples, finder, seed=asked.seed, show=asked.show)
    scores = {OURS: crossed.log_odds + pipeline.judge.weights.base_rate}
    if asked.with_peers:
        scores[peers.TFIDF] = peers.tfidf_across(
            texts, positive, crossed.folds, seed=asked.seed, show=asked.show
        )
        scores[peers.RULES] = peers.rules(texts, finder)
    sample = Sample(positive, scores, _marks(positive, scores, pipeline))
    how = (
        f"{training.FOLDS}-fold cross-validation; no kind of post by the same voice is in two folds"
    )
    kinds = [f"{one.label}/{one.kind}" for one in examples]
    measured = _measured(sample, pipeline, asked, how)
    measured = msgspec.structs.replace(
        measured,
        by_kind=_groups(sample, kinds),
        by_language=_groups(sample, [one.lang for one in examples]),
        by_voice=_groups(sample, [one.voice for one in examples]),
        categories=categories.measure(examples, finder, seed=asked.seed),
    )
    return OfCorpus(measured, sample, examples, digest)


def of_posts(
    posts: Posts, pipeline: Pipeline, asked: Asked, corpus: Path, marks: dict[str, float]
) -> OfPosts:
    """Judge labelled posts with the model as it is, beside its peers if they are asked for.

    Args:
        posts: what to judge.
        pipeline: with the model.
        asked: what to measure.
        corpus: what the peers learn from.
        marks: where each judge flags, from cross-validation; a judge without one flags as many owners as ours.

    Raises:
        ExportFormatError: the corpus cannot be read.
    """
    scores = {OURS: _judged(posts.texts, pipeline, asked.show)}
    if asked.with_peers:
        examples, _ = read_corpus(corpus)
        known = np.array([one.is_strangers for one in examples])
        seen = [one.text for one in examples]
        scores[peers.TFIDF] = peers.tfidf(seen, known, posts.texts, seed=asked.seed)
        scores[peers.RULES] = peers.rules(posts.texts, pipeline.reader.finder)
    sample = Sample(posts.positive, scores, {**_marks(posts.positive, scores, pipeline), **marks})
    how = "judged by the model as it is; none of these posts is learned from"
    return OfPosts(_measured(sample, pipeline, asked, how), sample, _by_file(posts, sample))


def evaluation(
    pipeline: Pipeline, budget: float, corpus: OfCorpus | None, posts: OfPosts | None
) -> Evaluation:
    """Put what was measured into one document."""
    card = pipeline.reader.model.card
    return Evaluation(
        weights_sha256=card.weights_sha256,
        model_corpus_sha256=card.corpus_sha256,
        corpus_sha256=corpus.digest if corpus else None,
        budget=budget,
        corpus=corpus.measured if corpus else None,
        posts=posts.measured if posts else None,
        files=posts.files if posts else [],
    )


def curves(sample: Sample) -> Curves | None:
    """Return what figures are drawn from, or None if all posts are of one kind."""
    strangers, owners = int(sample.positive.sum()), int((~sample.positive).sum())
    if not strangers or not owners:
        return None
    made = Curves({}, {})
    for name, scores in sample.scores.items():
        one = evaluate.curve(scores, sample.positive)
        recall = one.caught / strangers
        made.roc[name] = (one.alarms / owners, recall)
        made.precision_recall[name] = (recall, one.caught / (one.caught + one.alarms))
    return made


def _judged(texts: Sequence[str], pipeline: Pipeline, show: Progress) -> Floats:
    """Return the log-odds that `score` gives each text, base rate included."""
    judge, done = pipeline.judge, 0
    scores: list[float] = []
    for some in batches(texts):
        for one in pipeline.reader.read(some):
            found = judge.found_log_odds(one.noticed.names)
            scores.append(judge.weights.base_rate + one.log_odds + found)
        done += len(some)
        show("judge", done, len(texts))
    return np.array(scores)


def _marks(positive: Bools, scores: dict[str, Floats], pipeline: Pipeline) -> dict[str, float]:
    """Return where our judge flags as shipped, and where its peers raise at most as many false alarms."""
    weights = pipeline.judge.weights
    # What lies on the mark is flagged too, save what differs in the last bits.
    marks = {OURS: log_odds_of(weights.text_alone_at) - 1e-9}
    if positive.all():
        return marks
    alarms = float((scores[OURS][~positive] > marks[OURS]).mean())
    peers_scores = {name: one for name, one in scores.items() if name != OURS}
    return marks | {
        name: evaluate.threshold_for(one, positive, alarms + 1e-12)
        for name, one in peers_scores.items()
    }


def _measured(sample: Sample, pipeline: Pipeline, asked: Asked, how: str) -> Measured:
    positive = sample.positive
    ours = sample.scores[OURS]
    evidence = ours - pipeline.judge.weights.base_rate
    is_mixed = bool(positive.any() and not positive.all())
    budget = None if positive.all() else evaluate.threshold_for(ours, positive, asked.budget)
    return Measured(
        how=how,
        owners=int((~positive).sum()),
        strangers=int(positive.sum()),
        judges=[_judge(name, sample, asked) for name in sample.scores],
        calibration=_calibration(evidence, positive) if is_mixed else [],
        by_kind=[],
        by_language=[],
        by_voice=[],
        budget_text_alone_at=None if budget is None else round(probability_of(budget), 6),
    )


def _judge(name: str, sample: Sample, asked: Asked) -> JudgeMeasures:
    positive, scores = sample.positive, sample.scores[name]
    points = []
    if name in sample.marks:
        points.append(_point("shipped", sample.marks[name], positive, scores))
    if not positive.all():
        for label, allowed in [*((str(one), one) for one in ALLOWED), ("budget", asked.budget)]:
            mark = evaluate.threshold_for(scores, positive, allowed)
            points.append(_point(label, mark, positive, scores))
    if positive.all() or not positive.any():
        return JudgeMeasures(judge=name, roc_auc=None, average_precision=None, points=points)
    precise = evaluate.average_precision_interval(scores, positive, seed=asked.seed)
    return JudgeMeasures(
        judge=name,
        roc_auc=_estimate(
            evaluate.roc_auc(scores, positive),
            len(scores),
            evaluate.roc_auc_interval(scores, positive),
        ),
        average_precision=_estimate(
            evaluate.average_precision(scores, positive), len(scores), precise
        ),
        points=points,
    )


def _point(name: str, mark: float, positive: Bools, scores: Floats) -> OperatingPoint:
    recall, alarms = _both(scores > mark, positive)
    return OperatingPoint(name=name, log_odds=round(mark, 4), recall=recall, false_alarms=alarms)


def _both(flagged: Bools, positive: Bools) -> tuple[Proportion | None, Proportion | None]:
    """Return the share of strangers' posts, and of owners', that is flagged."""
    mine, theirs = flagged[positive], flagged[~positive]
    return (
        proportion(int(mine.sum()), len(mine)) if len(mine) else None,
        proportion(int(theirs.sum()), len(theirs)) if len(theirs) else None,
    )


def proportion(hits: int, trials: int) -> Proportion:
    """Return a share with its interval; 0 without trials, and then anything may be."""
    low, high = evaluate.wilson(hits, trials)
    share = hits / trials if trials else 0.0
    return Proportion(round(share, 5), trials, [round(low, 5), round(high, 5)])


def _estimate(value: float, n: int, interval: tuple[float, float]) -> Estimate:
    low, high = interval
    return Estimate(round(value, 5), n, [round(low, 5), round(high, 5)])


def _calibration(evidence: Floats, positive: Bools) -> list[CalibrationBin]:
    """Compare what the evidence promises, at the share of strangers among these posts, with what is."""
    prior = np.log(positive.sum() / (~positive).sum())
    probabilities = np.array([probability_of(one) for one in (evidence + prior).tolist()])
    which = evaluate.bins(probabilities)
    rows = []
    for index in range(10):
        mine = which == index
        count = int(mine.sum())
        rows.append(
            CalibrationBin(
                low=index / 10,
                high=(index + 1) / 10,
                predicted=round(float(probabilities[mine].mean()), 4) if count else None,
                strangers=proportion(int(positive[mine].sum()), count),
            )
        )
    return rows


def _groups(sample: Sample, names: Sequence[str]) -> list[Group]:
    """Return every group of posts, the worst first."""
    flagged, positive = sample.flagged, sample.positive
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    rows = []
    for name, mine in places.items():
        wrong = int((flagged[mine] != positive[mine]).sum())
        recall, alarms = _both(flagged[mine], positive[mine])
        rows.append(
            Group(name=name, wrong=proportion(wrong, len(mine)), recall=recall, false_alarms=alarms)
        )
    return sorted(rows, key=lambda row: (-row.wrong.share, row.name))


def _by_file(posts: Posts, sample: Sample) -> list[FileLabel]:
    pairs = list(zip(posts.files, posts.labels, strict=True))
    rows = []
    for pair in dict.fromkeys(pairs):
        mine = np.array([one == pair for one in pairs])
        flagged = {
            name: proportion(int((scores[mine] > sample.marks[name]).sum()), int(mine.sum()))
            for name, scores in sample.scores.items()
            if name in sample.marks
        }
        is_strangers = bool(posts.positive[mine][0])
        rows.append(
            FileLabel(
                file=pair[0],
                label=pair[1],
                n=int(mine.sum()),
                counts_as="stranger" if is_strangers else "owner",
                flagged=flagged,
            )
        )
    return rows
