"""Learn how much of an account's signals is believed, beside the text, from invented lives with posts put in.

The shares are fitted by logistic regression on what `detector.lessons` makes; the text's nats were judged by models
that saw nothing of their kind and voice. None is below 0, for more evidence never lowers suspicion, none above 1,
and each stays near what judgement says as far as there is little to learn from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.baseline import SIGNALS
from detector.corpus import Example
from detector.lessons import (
    HARD,
    OWN,
    STRANGER,
    Floats,
    Rows,
    accounts_of_posts,
    lived,
    pieces,
    rows_of,
    voices,
)
from detector.lives import Life
from detector.pipeline import Pipeline
from detector.records import Account, Post
from detector.replay_texts import HARD as HARD_KINDS
from detector.replay_texts import NOT_POSTS
from detector.verdict import Weights

LEARNABLE: Final = ("contact", "domain", "language", "app", "pace")
"""Signals that invented lives can teach something of.

Not the hour: the stories' owners keep their hours as no office does. Not the tone: it is the calm of real accounts.
Not the media: what picture a stranger would take nobody told. Not length and dress: what was learned of them, 0 to 0.12,
changed from one training to the next with what the text says already. The rest come of other posts, people or accounts.
"""

STRENGTH: Final = 0.01
"""Of the L2 penalty on leaving what was set by judgement, beside a mean loss."""

FEW: Final = 0.02
RARE: Final = 0.1
"""Where marks are put to measure; see `Measured`."""

FOLDS: Final = 5


class Learned(NamedTuple):
    """What was learned, and from how much."""

    shares: dict[str, float]
    """By signal, all of them."""
    accounts: int
    posts: int
    """Own ones and those put in."""
    before: Measured
    """With the shares as they were set by hand."""
    after: Measured
    """With shares learned on the other accounts."""

    @property
    def said(self) -> str:
        """All this in a sentence."""
        return (
            f"shares of {', '.join(LEARNABLE)} learned on {self.posts} posts of {self.accounts} invented accounts: "
            f"of strangers' posts at {FEW:.0%} of hard innocent ones {self.after.beside_hard:.3f} are held so, "
            f"{self.before.beside_hard:.3f} with shares set by judgement; at {RARE} own posts in an account-year "
            f"{self.after.beside_own:.3f} and {self.before.beside_own:.3f}; the other shares are set by judgement"
        )


class Measured(NamedTuple):
    """Share of strangers' posts above a mark, on accounts that were not learned from."""

    beside_hard: float
    """The mark lets `FEW` of the hard innocent posts pass above it."""
    beside_own: float
    """The mark lets `RARE` of an owner's everyday posts in a year pass above it."""


def learn(
    pipeline: Pipeline,
    examples: Sequence[Example],
    held_out: Sequence[float],
    *,
    own: Sequence[tuple[Account, Sequence[Post]]],
    lives: Sequence[Life],
    seed: int,
) -> Learned:
    """Learn the shares of `LEARNABLE` signals; the weights' own remain where there is nothing to learn from.

    Args:
        pipeline: reads posts, and has the shares by judgement.
        examples: the corpus.
        held_out: what text and findings say of each by models that saw none of its kind and voice, in nats.
        own: accounts with their owners' posts.
        lives: of the stories.
        seed: for what is put where.
    """
    reader, judge, names = pipeline.reader, pipeline.judge, pipeline.reader.model.languages
    evidence = [
        msgspec.structs.replace(
            read, log_odds=float(total) - judge.found_log_odds(read.noticed.names)
        )
        for read, total in zip(reader.read([one.text for one in examples]), held_out, strict=True)
    ]
    accounts = accounts_of_posts([*own, *lived(lives)], reader, judge)
    accounts += voices(examples, evidence, lives, reader=reader, judge=judge, seed=seed)
    read = [*zip(examples, pieces(examples, evidence, judge), strict=True)]
    strangers = [it for one, it in read if one.is_strangers and one.kind not in NOT_POSTS]
    innocents = [it for one, it in read if not one.is_strangers and one.kind in HARD_KINDS]
    rows = rows_of(accounts, strangers, innocents, len(names), seed)
    return _learned(rows, len(accounts), judge.weights)


def _learned(rows: Rows, accounts: int, weights: Weights) -> Learned:
    by_hand = weights.signals
    nothing = Measured(0.0, 0.0)
    if len(set(rows.kinds.tolist())) <= STRANGER or accounts < FOLDS:
        return Learned(by_hand, accounts, len(rows.texts), nothing, nothing)
    folds = rows.accounts % FOLDS
    crossed = np.zeros(len(rows.texts))
    for held in range(FOLDS):
        found = fit(rows, folds != held, by_hand, weights.base_rate)
        crossed[folds == held] = _sums(rows, {**by_hand, **found.shares})[folds == held]
    everything = np.ones(len(folds), dtype=bool)
    shares = {**by_hand, **fit(rows, everything, by_hand, weights.base_rate).shares}
    before, after = (measured(rows, sums) for sums in (_sums(rows, by_hand), crossed))
    return Learned(shares, accounts, len(rows.texts), before, after)


def _sums(rows: Rows, shares: Mapping[str, float]) -> Floats:
    sums: Floats = rows.texts + rows.signals @ np.array([shares.get(one, 0.0) for one in SIGNALS])
    return sums


def measured(rows: Rows, sums: Floats) -> Measured:
    """Measure what sums of evidence, in nats, tell apart; shape (n,)."""
    hard, own, strangers = (np.sort(sums[rows.kinds == kind]) for kind in (HARD, OWN, STRANGER))
    few, rare = int(FEW * len(hard)), int(RARE * rows.years)
    marks = hard[-1 - min(few, len(hard) - 1)], own[-1 - min(rare, len(own) - 1)]
    return Measured(*(round(float((strangers > mark).mean()), 3) for mark in marks))


class Fit(NamedTuple):
    """What a fit gives."""

    shares: dict[str, float]
    """By signal, of `LEARNABLE`, beside a text that counts in full."""
    text: float
    """What the text's nats were multiplied by."""
    bias: float


def fit(
    rows: Rows, among: NDArray[np.bool_], set_by_hand: Mapping[str, float], base_rate: float
) -> Fit:
    """Fit the shares of `LEARNABLE`; the others count as they are set.

    Args:
        rows: what is learned from.
        among: which of them, shape (n,).
        set_by_hand: shares by judgement, from which only what the rows tell leads away.
        base_rate: log-odds of a stranger's post, in nats, to which the classes are balanced.
    """
    from scipy.optimize import minimize  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    given = np.array([0.0 if name in LEARNABLE else set_by_hand.get(name, 0.0) for name in SIGNALS])
    prior = np.array([set_by_hand.get(name, 0.0) for name in LEARNABLE])
    own = rows.signals[among]
    said = rows.texts[among] + own @ given
    inputs = np.column_stack(
        [said, np.ones(len(said)), own[:, [SIGNALS.index(name) for name in LEARNABLE]]]
    )
    weights, signs = _weights(rows.kinds[among], base_rate)
    expected = np.array([1.0, base_rate, *prior])

    def loss(coefficients: Floats) -> tuple[float, Floats]:
        margins = signs * (inputs @ coefficients)
        away = coefficients - expected
        pulled = -weights * signs / (1 + np.exp(np.clip(margins, -500, 500)))
        value = weights @ np.logaddexp(0, -margins) + STRENGTH * (away @ away) / 2
        return float(value), inputs.T @ pulled + STRENGTH * away

    bounds: list[Any] = [(0.5, 2.0), (None, None), *([(0.0, 1.0)] * len(prior))]
    with threadpool_limits(limits=1):
        found = minimize(loss, expected, jac=True, bounds=bounds, method="L-BFGS-B").x
    shares = np.minimum(found[2:] / found[0], 1.0).tolist()
    named = {name: round(one, 2) for name, one in zip(LEARNABLE, shares, strict=True)}
    return Fit(named, float(found[0]), float(found[1]))


def _weights(kinds: NDArray[np.int64], base_rate: float) -> tuple[Floats, Floats]:
    """Return weights that balance rows to a base rate, and 1 for a stranger's and -1 for an owner's row."""
    stranger = 1 / (1 + np.exp(-base_rate))
    weights = np.zeros(len(kinds))
    for kind, share in (
        (OWN, (1 - stranger) / 2),
        (HARD, (1 - stranger) / 2),
        (STRANGER, stranger),
    ):
        weights[kinds == kind] = share / max(int((kinds == kind).sum()), 1)
    return weights, np.where(kinds == STRANGER, 1.0, -1.0)
