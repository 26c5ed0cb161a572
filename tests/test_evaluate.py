"""Measures of a judge, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.evaluate import (
    by_class,
    grouped_folds,
    operating_point,
    roc_auc,
    threshold_for,
    wilson,
)

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]


@st.composite
def judged(draw: st.DrawFn) -> tuple[Scores, Labels]:
    """Scores with ties, of at least one post of each kind."""
    score = st.integers(-4, 4).map(lambda value: value / 2)
    strangers = draw(st.lists(score, min_size=1, max_size=30))
    owners = draw(st.lists(score, min_size=1, max_size=30))
    labels = [True] * len(strangers) + [False] * len(owners)
    return np.array([*strangers, *owners]), np.array(labels)


@given(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(counts: tuple[int, int]) -> None:
    hits, trials = counts
    low, high = wilson(hits, trials)

    assert 0.0 <= low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= high <= 1.0
    assert low < high


@given(st.integers(1, 200), st.integers(2, 20))
def test_more_trials_make_an_interval_narrower(hits: int, times: int) -> None:
    narrow, wide = wilson(hits * times, 2 * hits * times), wilson(hits, 2 * hits)

    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_without_trials_anything_may_be() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(judged())
def test_the_area_is_the_chance_to_outrank(posts: tuple[Scores, Labels]) -> None:
    scores, positive = posts
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one in scores[positive]
        for other in scores[~positive]
    ]

    assert roc_auc(scores, positive) == pytest.approx(sum(pairs) / len(pairs))


@given(judged())
def test_the_area_depends_on_the_order_alone(posts: tuple[Scores, Labels]) -> None:
    scores, positive = posts

    assert roc_auc(scores, positive) == roc_auc(np.exp(scores) * 3 + 7, positive)
    assert roc_auc(scores, positive) == pytest.approx(1 - roc_auc(-scores, positive))


@given(judged(), st.floats(0, 1))
def test_a_threshold_keeps_its_promise_and_wastes_nothing(
    posts: tuple[Scores, Labels], allowed: float
) -> None:
    """At most the allowed share of owners lies above it, and more above any lower score."""
    scores, positive = posts
    owners = scores[~positive]
    threshold = threshold_for(scores, positive, allowed)

    assert (owners > threshold).mean() <= allowed
    assert threshold == owners.min() or (owners >= threshold).mean() > allowed


@given(judged(), st.floats(-3, 3))
def test_an_operating_point_counts_what_is_above(
    posts: tuple[Scores, Labels], threshold: float
) -> None:
    scores, positive = posts
    point = operating_point(scores, positive, threshold)

    for name, kind in (("recall", positive), ("false_alarms", ~positive)):
        assert kind.sum() == point[name]["n"]
        assert (scores[kind] > threshold).mean() == pytest.approx(point[name]["share"], abs=5e-5)
        low, high = point[name]["interval"]
        assert low <= point[name]["share"] <= high


def test_a_score_at_the_threshold_is_not_above_it() -> None:
    point = operating_point(np.array([1.0, 1.0]), np.array([True, False]), 1.0)

    assert (point["recall"]["share"], point["false_alarms"]["share"]) == (0.0, 0.0)


def test_classes_come_worst_first_and_tiny_ones_not_at_all() -> None:
    """A stranger's class is wrong below the threshold, an owner's above."""
    classes = ["warnings"] * 10 + ["gambling"] * 20 + ["tiny"] * 9
    scores = np.array([2.0] * 5 + [0.0] * 5 + [0.0] * 4 + [2.0] * 16 + [2.0] * 9)
    positive = np.array([False] * 10 + [True] * 20 + [True] * 9)
    rows = by_class(scores, positive, classes, 1.0)

    assert [(row["class"], row["share"], row["n"]) for row in rows] == [
        ("warnings", 0.5, 10),
        ("gambling", 0.2, 20),
    ]


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.integers(1, 6))
def test_groups_are_never_torn_apart(groups: list[str], folds: int) -> None:
    """And no two folds differ by more than the largest group."""
    chosen = grouped_folds(groups, folds).tolist()
    homes = dict(zip(groups, chosen, strict=True))
    loads = [chosen.count(fold) for fold in range(folds)]
    largest = max((groups.count(one) for one in set(groups)), default=0)

    assert [homes[one] for one in groups] == chosen
    assert set(chosen) <= set(range(folds))
    assert max(loads) - min(loads) <= largest


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.randoms(use_true_random=False))
def test_folds_depend_on_the_groups_and_not_on_their_order(
    groups: list[str], chance: object
) -> None:
    shuffled = list(groups)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    one = dict(zip(groups, grouped_folds(groups, 3).tolist(), strict=True))
    other = dict(zip(shuffled, grouped_folds(shuffled, 3).tolist(), strict=True))

    assert one == other
