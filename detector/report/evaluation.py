"""The shape of what `evaluate` gives: `kentongan.evaluate/1`."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

FORMAT: Final = "kentongan.evaluate/1"

Interval = Annotated[list[float], msgspec.Meta(min_length=2, max_length=2)]
"""95 %, from and to."""


class Estimate(msgspec.Struct, frozen=True):
    """A measure of all posts together."""

    value: float
    n: int
    interval: Interval


class Proportion(msgspec.Struct, frozen=True):
    """A share of posts, with Wilson's interval."""

    share: float
    n: int
    interval: Interval


class OperatingPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What is caught, and what is flagged for nothing, above one mark."""

    name: str
    """shipped, budget, or the share of false alarms that was allowed. A peer's ``shipped`` raises as many as ours."""
    log_odds: float
    """The mark: posts above it are flagged. For this program's judge in nats, base rate included."""
    recall: Proportion | None
    false_alarms: Proportion | None


class JudgeMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """One judge of texts on one set of posts. What needs both kinds of posts is null with only one."""

    judge: str
    roc_auc: Estimate | None
    average_precision: Estimate | None
    points: list[OperatingPoint]


class CalibrationBin(msgspec.Struct, frozen=True, kw_only=True):
    """Posts whose probability lies in one tenth, and how many of them were strangers'."""

    low: float
    high: float
    predicted: float | None
    """Mean of the probabilities; null without posts."""
    strangers: Proportion


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Posts of one kind, language or voice, at the shipped operating point."""

    name: str
    wrong: Proportion
    recall: Proportion | None
    false_alarms: Proportion | None


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on one set of posts."""

    how: str
    owners: int
    strangers: int
    judges: list[JudgeMeasures]
    calibration: list[CalibrationBin]
    by_kind: list[Group]
    by_language: list[Group]
    by_voice: list[Group]
    budget_text_alone_at: float | None
    """`text_alone_at` of verdict-v1.json that would keep to the budget on these posts."""
    categories: CategoryMeasures | None = None
    """How strangers' posts are named; null where nobody says what they are."""


class CategoryRecall(msgspec.Struct, frozen=True, kw_only=True):
    """Strangers' posts of one category, and what they are called."""

    category: str
    recall: Proportion
    """Of its posts, those that are called so."""
    precision: Proportion | None
    """Of the posts called so, those that are; null when none is called so."""
    mistaken_for: str | None
    """The other category its posts are called most."""


class CategoryMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """How well strangers' posts are named, and how far the probabilities hold."""

    how: str
    temperature: float
    """By which the sums are divided."""
    accuracy: Proportion
    """Posts whose likeliest category is theirs."""
    among_likeliest: Proportion
    """Posts whose category is among those that are shown."""
    log_loss: Estimate
    """Nats a post."""
    calibration_error: float
    """Mean distance between the likeliest category's probability and the share of posts it is right for, 0 to 1."""
    recall: list[CategoryRecall]


class FileLabel(msgspec.Struct, frozen=True, kw_only=True):
    """Posts of one label in one file, at the shipped operating point."""

    file: str
    label: str
    counts_as: str
    """owner or stranger."""
    n: int
    flagged: dict[str, Proportion]
    """By judge."""


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All that one run of `evaluate` measured."""

    format: str = FORMAT
    weights_sha256: str
    model_corpus_sha256: str
    """The corpus the model was made from."""
    corpus_sha256: str | None
    """The corpus that was cross-validated, if one was."""
    budget: float
    corpus: Measured | None
    posts: Measured | None
    files: list[FileLabel]
