"""Measure a judge of texts: ranking, operating points, and how sure one may be of either."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Z: Final = 1.959964
"""Two-sided 95 % of a normal distribution."""

ROUNDS: Final = 500
"""Samples a bootstrap draws."""


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion (Wilson 1927); (0, 1) without trials.

    Examples:
        >>> [round(bound, 3) for bound in wilson(0, 100)], [round(bound, 3) for bound in wilson(97, 100)]
        ([0.0, 0.037], [0.915, 0.99])
    """
    if not trials:
        return 0.0, 1.0
    share = hits / trials
    centre = share + Z * Z / (2 * trials)
    spread = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    scale = 1 + Z * Z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def poisson(count: int) -> tuple[float, float]:
    """Return the 95 % interval of a mean of which `count` events were seen (Garwood 1936, exact).

    Examples:
        >>> [round(bound, 3) for bound in poisson(0)], [round(bound, 3) for bound in poisson(5)]
        ([0.0, 3.689], [1.623, 11.668])
    """
    low = _mean_with(count - 1, 0.975) if count else 0.0
    return low, _mean_with(count, 0.025)


def _mean_with(most: int, chance: float) -> float:
    """Return the mean at which at most so many events have a chance, by bisection."""
    low, high = 0.0, 10.0 + 3.0 * most
    for _ in range(80):
        mean = (low + high) / 2
        terms = (math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(most + 1))
        low, high = (mean, high) if math.fsum(terms) > chance else (low, mean)
    return (low + high) / 2


def roc_auc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Return the chance that a positive outranks a negative, ties counting half.

    Raises:
        ValueError: there are only positives, or only negatives.

    Examples:
        >>> roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
        0.75
    """
    if positive.all() or not positive.any():
        raise ValueError("ranking needs both positives and negatives")
    _, ranks_of, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    ranks = middle[ranks_of]
    positives = int(positive.sum())
    negatives = len(positive) - positives
    above = ranks[positive].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def roc_auc_interval(
    scores: NDArray[np.float64], positive: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the 95 % interval of `roc_auc` (DeLong, DeLong and Clarke-Pearson 1988, clipped to 0 and 1).

    Where every positive outranks every negative, or none does, the variance is estimated as 0; then it is the
    interval of a share of as many trials as the smaller class has posts.

    Raises:
        ValueError: there are only positives, or only negatives.
    """
    area = roc_auc(scores, positive)
    mine, theirs = np.sort(scores[positive]), np.sort(scores[~positive])
    smaller = min(len(mine), len(theirs))
    if area in {0.0, 1.0} or smaller == 1:
        return wilson(round(area * smaller), smaller)
    beaten = _beaten(mine, theirs) / len(theirs)
    beating = 1 - _beaten(theirs, mine) / len(mine)
    error = math.sqrt(beaten.var(ddof=1) / len(mine) + beating.var(ddof=1) / len(theirs))
    return max(0.0, area - Z * error), min(1.0, area + Z * error)


def _beaten(mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count how many of `theirs`, sorted, lie below each of `mine`, ties counting half."""
    below = np.searchsorted(theirs, mine, side="left")
    up_to = np.searchsorted(theirs, mine, side="right")
    return (below + up_to) / 2


class Curve(NamedTuple):
    """What is flagged at every mark that tells posts apart, the strictest first; arrays of one length."""

    threshold: NDArray[np.float64]
    """Posts of this score and above are flagged."""
    caught: NDArray[np.int64]
    """Positives among them."""
    alarms: NDArray[np.int64]
    """Negatives among them."""


def curve(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> Curve:
    """Return what a receiver operating characteristic and a precision-recall curve are drawn from.

    Examples:
        >>> made = curve(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
        >>> made.threshold.tolist(), made.caught.tolist(), made.alarms.tolist()
        ([0.8, 0.4, 0.1], [1, 2, 2], [0, 1, 2])
    """
    order = np.argsort(-scores, kind="stable")
    ranked, is_positive = scores[order], positive[order]
    last = np.append(np.diff(ranked) != 0, np.ones(min(1, len(ranked)), dtype=bool))
    caught, alarms = np.cumsum(is_positive), np.cumsum(~is_positive)
    return Curve(ranked[last], caught[last], alarms[last])


def average_precision(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Return the mean of the precision at every mark, weighed by the recall it adds.

    Raises:
        ValueError: there are no positives.

    Examples:
        >>> round(average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])), 4)
        0.8333
    """
    if not positive.any():
        raise ValueError("precision needs positives")
    made = curve(scores, positive)
    precision = made.caught / (made.caught + made.alarms)
    return float((np.diff(made.caught, prepend=0) * precision).sum() / positive.sum())


def average_precision_interval(
    scores: NDArray[np.float64], positive: NDArray[np.bool_], *, seed: int, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the 95 % interval of `average_precision`: percentiles of a bootstrap within each class.

    Raises:
        ValueError: there are no positives.
    """
    chance = np.random.default_rng(seed)
    mine, theirs = np.flatnonzero(positive), np.flatnonzero(~positive)
    drawn = []
    for _ in range(rounds):
        some = np.concatenate(
            [chance.choice(each, len(each)) for each in (mine, theirs) if len(each)]
        )
        drawn.append(average_precision(scores[some], positive[some]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def bins(probabilities: NDArray[np.float64], count: int = 10) -> NDArray[np.int64]:
    """Return which of so many equal stretches from 0 to 1 each probability lies in; 1 is in the last."""
    return np.minimum((probabilities * count).astype(np.int64), count - 1)


def threshold_for(
    scores: NDArray[np.float64], positive: NDArray[np.bool_], false_alarms: float
) -> float:
    """Return the lowest score above which at most this share of negatives lies.

    Raises:
        ValueError: there are no negatives.
    """
    if positive.all():
        raise ValueError("a threshold needs negatives")
    negatives = np.sort(scores[~positive])[::-1]
    allowed = math.floor(false_alarms * len(negatives))
    return float(negatives[min(allowed, len(negatives) - 1)])


def operating_point(
    scores: NDArray[np.float64], positive: NDArray[np.bool_], threshold: float
) -> dict[str, Any]:
    """Return recall and false alarms above a threshold, each with its 95 % interval."""
    flagged = scores > threshold
    caught, strangers = int((flagged & positive).sum()), int(positive.sum())
    alarms, owners = int((flagged & ~positive).sum()), int((~positive).sum())
    return {
        "recall": _share(caught, strangers),
        "false_alarms": _share(alarms, owners),
    }


def by_class(
    scores: NDArray[np.float64],
    positive: NDArray[np.bool_],
    classes: Sequence[str],
    threshold: float,
) -> list[dict[str, Any]]:
    """Return the share judged wrongly per class of post, worst first; classes of at least ten posts."""
    wrong = (scores > threshold) != positive
    rows = []
    names = np.asarray(classes)
    for name in sorted(set(classes)):
        mine = names == name
        if mine.sum() >= 10:  # noqa: PLR2004 - fewer say nothing
            rows.append({"class": name, **_share(int(wrong[mine].sum()), int(mine.sum()))})
    return sorted(rows, key=lambda row: -row["share"])


def _share(hits: int, trials: int) -> dict[str, Any]:
    low, high = wilson(hits, trials)
    return {
        "share": round(hits / trials, 4) if trials else 0.0,
        "n": trials,
        "interval": [round(low, 4), round(high, 4)],
    }


def grouped_folds(groups: Iterable[str], folds: int) -> NDArray[np.int64]:
    """Put whole groups into folds of about equal size, the largest group first; deterministic.

    Examples:
        >>> grouped_folds(["a", "a", "b", "c"], 2).tolist()
        [0, 0, 1, 1]
    """
    names = list(groups)
    sizes: dict[str, int] = {}
    for name in names:
        sizes[name] = sizes.get(name, 0) + 1
    load, chosen = [0] * folds, {}
    for name in sorted(sizes, key=lambda one: (-sizes[one], one)):
        fold = load.index(min(load))
        chosen[name] = fold
        load[fold] += sizes[name]
    return np.array([chosen[name] for name in names], dtype=np.int64)
