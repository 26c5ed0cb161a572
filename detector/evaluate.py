"""Measure a judge of texts: ranking, operating points, and how sure one may be of either."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Z: Final = 1.959964
"""Two-sided 95 % of a normal distribution."""


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
