"""What kind of stranger's post a text is: fitted, calibrated and measured on the labelled posts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector import evaluate
from detector.classifier import LIKELY, SHOWN, softmax
from detector.corpus import Example, category_of
from detector.examples import FINDING_SCALE, coarse_features, found_features, joined
from detector.examples import names_of as findings_of
from detector.indicators._finder import Finder
from detector.ngrams import BITS
from detector.report.evaluation import CategoryMeasures, CategoryRecall, Estimate, Proportion

FOLDS: Final = 3
"""Folds on which the temperature is found: each costs as much again as two thirds of the fit itself."""

STRENGTH: Final = 2.0
"""Inverse of the L2 penalty."""

SCALE: Final = 2.0
"""How much more a finding counts here than for telling strangers from owners: a term of the trade tells the most."""

RARITY_POWER: Final = 1.5
RARITY_SCALE: Final = 3.0
"""How strongly rare n-grams are preferred, and the size of all of them beside findings. The power that tells strangers
from owners best learns posts by heart here: on two grouped folds it names 70.8 in a hundred rightly, this one 73.0."""

TOLERANCE: Final = 1e-3
"""Of the solver. A stricter one takes half as long again and ranks two posts in a thousand otherwise."""

HOTTEST: Final = 20.0
"""The temperature, and one over it, at most."""

_FEWEST: Final = 2
"""Texts an n-gram must stand in, and categories there must be for a choice."""

Floats = NDArray[np.float64]
Slots = NDArray[np.int64]


class Fitted(NamedTuple):
    """Weights of the categories, as a model keeps them."""

    sound: NDArray[np.int8]
    """Of coarse n-grams, in steps of `step`, shape (2**BITS, n_categories)."""
    step: float
    found: Floats
    """What is added for each finding that holds, shape (n_names, n_categories)."""
    bias: Floats
    """Shape (n_categories,)."""

    def sums(self, sound: Any, found: Floats) -> Floats:
        """Return the log-odds of texts up to a constant, shape (n, n_categories), as `TextModel` adds them up."""
        return np.asarray(
            sound @ (self.sound * self.step) + (found > 0) @ self.found + self.bias, dtype=float
        )


class Strangers(NamedTuple):
    """The strangers' posts of a corpus as numbers; rows are posts."""

    sound: Any
    """Coarse n-grams: sparse, shape (n, 2**BITS)."""
    found: Floats
    """Which findings hold, shape (n, n_names)."""
    category: Slots
    """Index into `names`, shape (n,)."""
    names: tuple[str, ...]
    """Of the categories, in order."""
    groups: tuple[str, ...]
    """Posts of one group are never in two folds."""

    def rows(self, mask: NDArray[np.bool_]) -> Strangers:
        """Return some of the posts."""
        return self._replace(
            sound=self.sound[mask], found=self.found[mask], category=self.category[mask]
        )


class Across(NamedTuple):
    """The strangers' posts as judged by models that had not seen them; rows are posts."""

    sums: Floats
    """Log-odds up to a constant, shape (n, n_categories)."""
    category: Slots
    """What each is, shape (n,)."""
    folds: Slots
    """In which fold each was held out, shape (n,)."""
    names: tuple[str, ...]


def names_of(examples: Sequence[Example]) -> list[str]:
    """Return the categories of a corpus's strangers' posts, in order."""
    return sorted({category_of(one.kind) for one in examples if one.is_strangers})


def measure(examples: Sequence[Example], finder: Finder, *, seed: int) -> CategoryMeasures | None:
    """Measure how well a corpus's strangers' posts are named; None if none could be.

    Args:
        examples: the corpus.
        finder: whose findings are weighed.
        seed: for the solver.
    """
    texts = [one.text for one in examples if one.is_strangers]
    found = found_features(texts, finder, findings_of(finder))
    return measured(across(strangers_of(examples, found), seed))


def strangers_of(examples: Sequence[Example], found: Floats) -> Strangers:
    """Return the strangers' posts of a corpus as numbers.

    Args:
        examples: the corpus.
        found: which findings hold for each stranger's post, shape (n_strangers, n_names).
    """
    mine = [one for one in examples if one.is_strangers]
    names = names_of(examples)
    return Strangers(
        sound=coarse_features([one.text for one in mine]),
        found=found,
        category=np.array([names.index(category_of(one.kind)) for one in mine], dtype=np.int64),
        names=tuple(names),
        groups=tuple(f"{one.kind}/{one.voice}" for one in mine),
    )


def fit(strangers: Strangers, seed: int) -> Fitted:
    """Fit the categories: one multinomial regression of n-grams, rare ones more, and findings together.

    A category without a post gets weights of 0.

    Args:
        strangers: what to learn from.
        seed: for the solver.
    """
    texts = np.bincount(strangers.sound.indices, minlength=1 << BITS)
    rarity = (np.log((1 + strangers.sound.shape[0]) / (1 + texts)) + 1) ** RARITY_POWER
    rarity /= RARITY_SCALE
    common = np.flatnonzero(texts >= _FEWEST)
    rows = joined(strangers.sound[:, common], rarity[common], strangers.found * SCALE)
    weights, bias = _regression(rows, strangers.category, len(strangers.names), seed)
    sound = np.zeros((1 << BITS, len(strangers.names)))
    sound[common] = weights[: len(common)] * rarity[common, np.newaxis]
    step = (float(np.abs(sound).max()) or 1.0) / np.iinfo(np.int8).max
    found = weights[len(common) :] * (SCALE * FINDING_SCALE)
    return Fitted(np.round(sound / step).astype(np.int8), step, found.round(4), bias.round(4))


def _regression(rows: Any, category: Slots, count: int, seed: int) -> tuple[Floats, Floats]:
    """Return weights, shape (n_columns, count), and intercepts, shape (count,)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    weights, bias = np.zeros((rows.shape[1], count)), np.zeros(count)
    seen = np.unique(category)
    if len(seen) < _FEWEST:
        return weights, bias
    model = LogisticRegression(
        C=STRENGTH, class_weight="balanced", max_iter=1_000, tol=TOLERANCE, random_state=seed
    )
    # One thread: sums in another order would change the last bits.
    with threadpool_limits(limits=1):
        model.fit(rows, category)
    if len(seen) == _FEWEST:
        # Of two categories one sum is kept, what speaks for the second.
        weights[:, seen] = model.coef_.T * np.array([-0.5, 0.5])
        bias[seen] = model.intercept_ * np.array([-0.5, 0.5])
    else:
        weights[:, seen], bias[seen] = model.coef_.T, model.intercept_
    return weights, bias


def across(strangers: Strangers, seed: int) -> Across:
    """Judge each post with a model that saw no text of its kind by its voice.

    Posts of a category that is in one fold alone are left out: no model could know it.
    """
    folds = evaluate.grouped_folds(strangers.groups, FOLDS)
    sums = np.zeros((len(folds), len(strangers.names)))
    is_known = np.zeros(len(folds), dtype=bool)
    for held in (folds == one for one in range(FOLDS)):
        learned = np.unique(strangers.category[~held])
        if not held.any() or len(learned) < _FEWEST:
            continue
        mine = strangers.rows(held)
        sums[held] = fit(strangers.rows(~held), seed).sums(mine.sound, mine.found)
        is_known[held] = np.isin(mine.category, learned)
    return Across(sums[is_known], strangers.category[is_known], folds[is_known], strangers.names)


def temperature_for(sums: Floats, category: Slots) -> float:
    """Return the temperature under which the categories that are so are likeliest; 1 without posts.

    Log loss is convex in one over the temperature, whose slope is followed to 0 by bisection.

    Args:
        sums: log-odds up to a constant, shape (n, n_categories).
        category: what is so, shape (n,).
    """
    if not len(sums):
        return 1.0
    true = sums[np.arange(len(sums)), category].mean()
    low, high = -math.log(HOTTEST), math.log(HOTTEST)
    for _ in range(40):
        middle = (low + high) / 2
        expected = (softmax(sums, math.exp(-middle)) * sums).sum(axis=1).mean()
        low, high = (low, middle) if expected > true else (middle, high)
    return round(math.exp(-(low + high) / 2), 4)


def measured(judged: Across) -> CategoryMeasures | None:
    """Measure how well posts are named and how far the probabilities hold; None without posts.

    The posts of each fold are measured at the temperature that the others ask for.
    """
    if not len(judged.sums):
        return None
    chances = np.concatenate(list(_by_fold(judged)))
    order = np.concatenate([np.flatnonzero(judged.folds == one) for one in range(FOLDS)])
    category, rows = judged.category[order], np.arange(len(order))
    losses = -np.log(np.maximum(chances[rows, category], 1e-15))
    loss, spread = float(losses.mean()), evaluate.Z * float(losses.std()) / math.sqrt(len(losses))
    named = chances.argmax(axis=1)
    return CategoryMeasures(
        how=f"{FOLDS} folds; no kind of post by the same voice is in two of them",
        temperature=temperature_for(judged.sums, judged.category),
        accuracy=_share(named == category),
        among_likeliest=_share(_is_shown(chances, category)),
        log_loss=Estimate(
            round(loss, 4), len(losses), [round(max(0.0, loss - spread), 4), round(loss + spread, 4)]
        ),
        calibration_error=round(_calibration_error(chances.max(axis=1), named == category), 4),
        recall=list(_recall(named, category, judged.names)),
    )  # fmt: skip


def _by_fold(judged: Across) -> Iterator[Floats]:
    for one in range(FOLDS):
        held = judged.folds == one
        temperature = temperature_for(judged.sums[~held], judged.category[~held])
        yield softmax(judged.sums[held], temperature)


def _is_shown(chances: Floats, category: Slots) -> NDArray[np.bool_]:
    """Whether the category that is so would be named, as `likeliest` names them; shape (n,)."""
    mine = chances[np.arange(len(category)), category]
    likelier = (chances > mine[:, np.newaxis]).sum(axis=1)
    shown: NDArray[np.bool_] = (likelier == 0) | ((likelier < SHOWN) & (mine > LIKELY))
    return shown


def _calibration_error(confidence: Floats, is_right: NDArray[np.bool_]) -> float:
    """Return the mean distance between promise and share, over ten bins (Naeini, Cooper and Hauskrecht 2015)."""
    which = evaluate.bins(confidence)
    gaps = (
        abs(float(is_right[which == one].mean() - confidence[which == one].mean()))
        * float((which == one).mean())
        for one in np.unique(which).tolist()
    )
    return math.fsum(gaps)


def _recall(named: Slots, category: Slots, names: Sequence[str]) -> Iterator[CategoryRecall]:
    """Yield each category that has posts, the most frequent first."""
    counts = np.bincount(category, minlength=len(names))
    for place in np.argsort(-counts, kind="stable").tolist():
        mine = category == place
        if not mine.any():
            continue
        others = np.bincount(named[mine], minlength=len(names))
        others[place] = 0
        yield CategoryRecall(
            category=names[place],
            recall=_share(named[mine] == place),
            precision=_share(mine[named == place]) if (named == place).any() else None,
            mistaken_for=names[int(others.argmax())] if others.any() else None,
        )


def _share(hits: NDArray[np.bool_]) -> Proportion:
    low, high = evaluate.wilson(int(hits.sum()), len(hits))
    return Proportion(round(float(hits.mean()), 4), len(hits), [round(low, 4), round(high, 4)])
