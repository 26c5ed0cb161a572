"""Remake the models from the labelled corpus: same corpus, seed and packages, same bytes.

One logistic regression weighs n-grams and findings together, so that neither counts what the other already
said; its scores are calibrated on folds that never share a kind of post in the same voice, and become nats.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import platform
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector import categories, classifier, evaluate, ngrams
from detector.classifier import Card
from detector.corpus import KIN, LIMITS, Example, read_corpus
from detector.examples import (
    FINDING_SCALE,
    NOBODY,
    Features,
    features_of,
    folded,
    in_chat_spelling,
    joined,
    rarity_of,
    rarity_of_findings,
)
from detector.gather import Progress, no_progress
from detector.indicators._finder import Finder
from detector.languages import LANGUAGE_BITS, LANGUAGE_SIZE
from detector.ngrams import FAMILIES, SLOTS, windows
from detector.verdict import FEATURES as VERDICT_FEATURES
from detector.verdict import Weights, probability_of

FOLDS: Final = 5
STRENGTH: Final = 2.0
"""Inverse of the L2 penalty."""

PART_MARGIN: Final = 2.2
"""By how much a part of a text must sound worse than the whole to count, before calibration."""

MOST_FOUND: Final = 1.5
"""What one finding may weigh, at most, before calibration (two nats): words that are cut up or dressed up are all
strangers' in the corpus, and yet some office does it one day."""

QUANTUM: Final = 1e-4
"""Weights are rounded to this, far below what changes a verdict."""

FALSE_ALARMS: Final = 0.03
"""Share of the corpus's owners' posts, most of them hard ones, that text alone may flag."""

RARITY: Final = 1.85
"""Nats by which real accounts are calmer than the corpus, half of whose owners' posts are hard ones."""

STRANGER_AT: Final = 0.6
DOUBTFUL_AT: Final = 0.3

SIGNAL_SHARES: Final = {
    "hour": 0.45, "contact": 0.7, "domain": 0.6, "language": 0.4, "reuse": 0.8, "askers": 1.0,
    "wave": 1.0,
    "tone": 0.5,
    "relapse": 1.0,
}  # fmt: skip
"""Set by judgement: below 1 because an account's habits are not independent. Where `detector.shares` begins."""


class Trained(msgspec.Struct, frozen=True):
    """What a training run makes, ready to be written."""

    card: Card
    weights: bytes
    verdict: Weights
    held_out: tuple[float, ...]
    """Evidence in nats of each example, as `CrossValidated.log_odds`."""


class CrossValidated(NamedTuple):
    """The corpus as judged by models that had not seen it; rows are examples."""

    log_odds: NDArray[np.float64]
    """Evidence for a stranger in nats, shape (n,)."""
    folds: NDArray[np.int64]
    """In which fold each was held out, shape (n,)."""
    slope: float
    """What the raw scores were multiplied by to become nats."""


def train(
    corpus: Path, finder: Finder, *, seed: int, today: date, added: Sequence[Path] = ()
) -> Trained:
    """Fit the models on a corpus.

    Args:
        corpus: directory of labelled posts.
        finder: the indicators whose findings are weighed.
        seed: for the solver; recorded in the card.
        today: recorded in the card and the weights.
        added: files of further labelled posts; see `detector.corpus.read_added`.

    Raises:
        ExportFormatError: the corpus cannot be read.
    """
    examples, corpus_hash = read_corpus(corpus, added)
    learned = _learned(examples, finder)
    names = list(learned.features.names)
    found, positive = learned.own.found, learned.own.positive
    sound_weights, found_weights, bias, used = _fit(learned.features, seed)
    out_of_fold, _, slope = _cross_validate(learned, seed, used)
    strangers = categories.strangers_of(examples, found[positive])
    named = categories.across(strangers, seed)
    arrays: dict[str, NDArray[Any]] = {
        **_stepped("ngram", sound_weights * slope, np.int16, len(FAMILIES)),
        "bias": _rounded(np.array([bias * slope])),
        "part_margin": _rounded(np.array([PART_MARGIN * slope])),
        "languages": _languages(examples),
        **_category_arrays(
            categories.fit(strangers, seed), categories.temperature_for(named.sums, named.category)
        ),
    }
    weights = _packed(arrays)
    threshold = evaluate.threshold_for(out_of_fold, positive, FALSE_ALARMS)
    verdict = Weights(
        features=VERDICT_FEATURES, made_on=today, corpus_sha256=corpus_hash,
        note="findings learned with the n-grams; base rate puts text alone at its operating point",
        base_rate=round(-threshold - RARITY, 4),
        findings={name: float(nats) for name, nats in zip(names, _rounded(found_weights * slope), strict=True)},
        signals=SIGNAL_SHARES, doubtful_at=DOUBTFUL_AT, stranger_at=STRANGER_AT, text_alone_at=round(probability_of(-RARITY), 4),
    )  # fmt: skip
    card = Card(
        name="posts-v1", features=classifier.FEATURES, trained_on=today, seed=seed,
        corpus_sha256=corpus_hash, weights_sha256=hashlib.sha256(weights).hexdigest(),
        counts=dict(Counter(one.label for one in examples)),
        packages={name: importlib.metadata.version(name) for name in ("numpy", "scipy", "scikit-learn")}
        | {"python": platform.python_version()},
        metrics=_metrics(out_of_fold, positive, examples, threshold, slope)
        | {"categories": msgspec.to_builtins(categories.measured(named))},
        limits=LIMITS, languages=_language_names(examples), categories=list(strangers.names), indicators=names,
    )  # fmt: skip
    return Trained(card, weights, verdict, tuple(out_of_fold.tolist()))


def cross_validate(
    examples: Sequence[Example], finder: Finder, *, seed: int, show: Progress = no_progress
) -> CrossValidated:
    """Score every example as `train` does: with models that saw no text of its kind and voice."""
    learned = _learned(examples, finder)
    return _cross_validate(learned, seed, _fit(learned.features, seed).used, show)


class _Learned(NamedTuple):
    """What the weights are learned from: the examples, and copies of some of them behind them."""

    examples: Sequence[Example]
    features: Features
    is_own: NDArray[np.bool_]
    """Which are no copies: only these are measured on, shape (n,)."""

    @property
    def own(self) -> Features:
        """The features of the examples without the copies."""
        return self.features.rows(self.is_own)


def _learned(examples: Sequence[Example], finder: Finder) -> _Learned:
    every = [*examples, *in_chat_spelling(examples)]
    return _Learned(every, features_of(every, finder), np.arange(len(every)) < len(examples))


def write(trained: Trained, models: Path) -> None:
    """Write a trained model into ``models/posts-v1`` and ``models/verdict-v1.json``."""
    directory = models / trained.card.name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "weights.npz").write_bytes(trained.weights)
    (directory / "card.json").write_bytes(_pretty(trained.card))
    (models / "verdict-v1.json").write_bytes(_pretty(trained.verdict))


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _two_sided(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    # The trust region method (Lin, Weng and Keerthi 2008); it shrinks the intercept as if it were a weight, so
    # that is given as a large feature.
    return LogisticRegression(
        C=STRENGTH, class_weight="balanced", solver="liblinear", intercept_scaling=10.0,
        max_iter=1_000, tol=1e-3, random_state=seed,
    )  # fmt: skip


class Fitted(NamedTuple):
    """One fit of n-grams and findings together."""

    sound: NDArray[np.float64]
    """Weights of n-grams, shape (SLOTS,)."""
    found: NDArray[np.float64]
    """Weights of findings, shape (n_names,)."""
    bias: float
    used: NDArray[np.bool_]
    """Which findings have a weight, shape (n_names,)."""


def _fit(features: Features, seed: int, used: NDArray[np.bool_] | None = None) -> Fitted:
    """Fit n-grams and findings together.

    A finding never weighs against its nature (`signs`: 1 for a stranger's, -1 for an owner's, 0 for either):
    one that would is left out and the rest fitted again. N-grams of a single text teach nothing and are left
    out, too.

    Args:
        features: of the examples.
        seed: for the solver.
        used: the findings to begin with; all that may weigh when not given.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    used = features.signs != NOBODY if used is None else used.copy()
    rarity, sizes = rarity_of(features.sound), rarity_of_findings(features.found)
    common = np.flatnonzero(np.bincount(features.sound.indices, minlength=SLOTS) > 1)
    sound, found = features.sound[:, common], features.found * sizes
    model = _two_sided(seed)
    # One thread: sums in another order would change the last bits. Only what is loaded by now can be limited.
    with threadpool_limits(limits=1):
        while True:
            rows = joined(sound, rarity[common], found[:, used])
            model.fit(rows, features.positive)
            weights = np.zeros(len(features.signs))
            weights[used] = model.coef_[0][len(common) :] * FINDING_SCALE * sizes[used]
            wrong = (weights * features.signs < 0) & used
            if not wrong.any():
                coefficients = np.zeros(SLOTS)
                coefficients[common] = model.coef_[0][: len(common)] * rarity[common]
                weights = np.clip(weights, -MOST_FOUND, MOST_FOUND)
                return Fitted(coefficients, weights, float(model.intercept_[0]), used)
            used &= ~wrong


def _cross_validate(
    learned: _Learned, seed: int, used: NDArray[np.bool_], show: Progress = no_progress
) -> CrossValidated:
    examples, features, is_own = learned
    groups = [f"{one.label}/{one.kind}/{one.voice}" for one in examples]
    folds = evaluate.grouped_folds(groups, FOLDS)
    scores = np.zeros(len(examples))
    for one in range(FOLDS):
        held = (folds == one) & is_own
        sound_weights, found_weights, bias, _ = _fit(features.rows(folds != one), seed, used)
        texts = [example.text for example, is_held in zip(examples, held, strict=True) if is_held]
        scores[held] = _heard(texts, sound_weights, bias)
        scores[held] += features.found[held] @ (found_weights / FINDING_SCALE)
        show("learn", one + 1, FOLDS)
    scores, folds = scores[is_own], folds[is_own]
    slope = _calibrate(scores, features.positive[is_own], seed)
    return CrossValidated(scores * slope, folds, slope)


def _heard(texts: Sequence[str], weights: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    """Return what texts sound like, shape (n_texts,), as a model with these weights will hear them."""
    stepped = _stepped("ngram", weights, np.int16, len(FAMILIES))
    rounded, step = stepped["ngram_weights"], float(stepped["ngram_step"][0])
    scores = []
    for batch in folded(texts):
        codes = ngrams.masked(batch)
        carried = ngrams.carried(codes, rounded)
        scores.append(ngrams.sound(batch, codes, carried, step=step, bias=bias, margin=PART_MARGIN))
    return np.concatenate(scores)


def _calibrate(scores: NDArray[np.float64], positive: NDArray[np.bool_], seed: int) -> float:
    """Return the slope that turns out-of-fold scores into nats (Platt 1999, without the offset)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    fitted = LogisticRegression(C=1e6, class_weight="balanced", random_state=seed).fit(
        scores.reshape(-1, 1), positive
    )
    return float(fitted.coef_[0, 0])


def _rounded(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(weights / QUANTUM) * QUANTUM


def _stepped(
    name: str, weights: NDArray[np.float64], kind: type[np.int16], terms: int = 1
) -> dict[str, NDArray[Any]]:
    """Write weights as whole numbers of a kind, in equal steps, so that `terms` of them add up within it."""
    step = float(np.abs(weights).max()) * terms / np.iinfo(kind).max
    return {
        f"{name}_weights": np.round(weights / step).astype(kind),
        f"{name}_step": np.array([step]),
    }


def _packed(arrays: dict[str, NDArray[Any]]) -> bytes:
    np.savez_compressed(buffer := io.BytesIO(), **arrays)  # type: ignore[arg-type]  # the stub takes its own option for an array
    return buffer.getvalue()


def _language_names(examples: Sequence[Example]) -> list[str]:
    counts = Counter(KIN.get(one.lang, one.lang) for one in examples if one.lang != "mixed")
    return sorted(name for name, count in counts.items() if count >= 5)  # noqa: PLR2004 - fewer teach nothing


def _languages(examples: Sequence[Example]) -> NDArray[np.float32]:
    """Fit naive Bayes over trigrams: log-probabilities, shape (2**LANGUAGE_BITS, n_languages)."""
    names = _language_names(examples)
    columns = []
    for name in names:
        counts = np.full(1 << LANGUAGE_BITS, 0.3)
        for batch in folded([one.text for one in examples if KIN.get(one.lang, one.lang) == name]):
            slots = windows(ngrams.masked(batch), LANGUAGE_SIZE, LANGUAGE_BITS)
            for start, end in zip(*ngrams.bounds(batch), strict=True):
                counts += np.bincount(slots[start:end], minlength=1 << LANGUAGE_BITS)
        columns.append(np.log(counts / counts.sum()))
    return _rounded(np.stack(columns, axis=1)).astype(np.float32)


def _category_arrays(fitted: categories.Fitted, temperature: float) -> dict[str, NDArray[Any]]:
    """Return the arrays of `TextModel` that begin with ``category``."""
    return {
        "category_weights": fitted.sound,
        "category_step": np.array([fitted.step]),
        "category_findings": fitted.found,
        "category_bias": fitted.bias,
        "category_temperature": np.array([temperature]),
    }


def _metrics(
    scores: NDArray[np.float64],
    positive: NDArray[np.bool_],
    examples: Sequence[Example],
    threshold: float,
    slope: float,
) -> dict[str, Any]:
    classes = [f"{one.label}/{one.kind}" for one in examples]
    return {
        "how": f"{FOLDS}-fold cross-validation; no kind of post by the same voice is in two folds",
        "roc_auc": round(evaluate.roc_auc(scores, positive), 4),
        "at_operating_point": evaluate.operating_point(scores, positive, threshold),
        "at_5_percent_false_alarms": evaluate.operating_point(
            scores, positive, evaluate.threshold_for(scores, positive, 0.05)
        ),
        "calibration_slope": round(slope, 4),
        "worst_classes": evaluate.by_class(scores, positive, classes, threshold)[:12],
    }
