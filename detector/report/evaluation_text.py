"""An evaluation as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from detector.report.evaluation import (
    CalibrationBin,
    CategoryMeasures,
    Estimate,
    Evaluation,
    FileLabel,
    Group,
    JudgeMeasures,
    Measured,
    OperatingPoint,
    Proportion,
)
from detector.report.printable import one_line

if TYPE_CHECKING:
    from rich.console import Console

WORST: Final = 15
"""Groups that are shown; JSON has all."""

FEWEST: Final = 10
"""Posts in a group below which it says too little to be shown."""

_POINTS: Final = {
    "shipped": "as many as ours",
    "0.01": "1 % false alarms",
    "0.001": "0.1 % false alarms",
    "budget": "the budget",
}
_OURS: Final = "kentongan"


def write(evaluation: Evaluation, console: Console) -> None:
    """Write an evaluation on a console."""
    if evaluation.corpus:
        _heading(console, "The corpus", evaluation.corpus)
        if evaluation.corpus_sha256 != evaluation.model_corpus_sha256:
            console.print(
                "The shipped mark is of a model made from another corpus (kentongan train remakes it)."
            )
        _measured(console, evaluation.corpus, evaluation.budget)
    if evaluation.corpus and evaluation.posts:
        console.print()
    if evaluation.posts:
        _heading(console, "Labelled posts", evaluation.posts)
        _measured(console, evaluation.posts, evaluation.budget)
        _table(console, "Flagged by file and label, as shipped", *files_table(evaluation.files))


def _heading(console: Console, title: str, measured: Measured) -> None:
    count = measured.owners + measured.strangers
    console.print(
        Text(
            f"{title}: {count:,} posts, {measured.owners:,} by owners, {measured.strangers:,} by strangers"
        )
    )
    console.print(Text(measured.how))


def _measured(console: Console, measured: Measured, budget: float) -> None:
    if any(one.roc_auc for one in measured.judges):
        _table(console, "Ranking", *ranking_table(measured.judges))
    _table(console, "Operating points", *points_table(measured.judges, budget))
    if measured.budget_text_alone_at is not None:
        console.print()
        console.print(
            Text(
                f"At most {percent(budget)} false alarms on these posts: text_alone_at {measured.budget_text_alone_at:g}"
            )
        )
    if measured.calibration:
        _table(console, "Calibration", *calibration_table(measured.calibration))
    if measured.categories:
        _table(console, "Categories", *categories_table(measured.categories))
        console.print(Text(naming(measured.categories)))
    for title, groups in (
        ("Worst kinds", measured.by_kind),
        ("Worst languages", measured.by_language),
        ("Worst voices", measured.by_voice),
    ):
        if groups:
            _table(console, f"{title}, as shipped", *groups_table(groups))


Rows = tuple[Sequence[str], list[list[str]]]
"""Headings and cells."""


def ranking_table(judges: Sequence[JudgeMeasures]) -> Rows:
    """Return one row a judge: how well it ranks."""
    rows = [
        [one.judge, estimate(one.roc_auc), estimate(one.average_precision), _size(one.roc_auc)]
        for one in judges
    ]
    return ("judge", "ROC AUC", "average precision", "posts"), rows


def points_table(judges: Sequence[JudgeMeasures], budget: float) -> Rows:
    """Return one row for each operating point of each judge."""
    repeats = str(budget) in _POINTS
    rows = [
        [
            one.judge,
            _point(one, point),
            within(point.recall),
            within(point.false_alarms),
            f"{point.log_odds:+.2f}",
        ]
        for one in judges
        for point in one.points
        if not (point.name == "budget" and repeats)
    ]
    return ("judge", "at", "recall", "false alarms", "mark"), rows


def _point(judge: JudgeMeasures, point: OperatingPoint) -> str:
    if point.name == "shipped" and judge.judge == _OURS:
        return "as shipped"
    return _POINTS.get(point.name, point.name)


def calibration_table(calibration: Sequence[CalibrationBin]) -> Rows:
    """Return one row a tenth: what was promised, and what came."""
    rows = [
        [
            f"{one.low:.1f} to {one.high:.1f}",
            "-" if one.predicted is None else f"{one.predicted:.3f}",
            within(one.strangers) if one.strangers.n else "-",
            f"{one.strangers.n:,}",
        ]
        for one in calibration
    ]
    return ("probability", "mean", "strangers'", "posts"), rows


def groups_table(groups: Sequence[Group]) -> Rows:
    """Return the worst groups that are large enough to say something."""
    large = [one for one in groups if one.wrong.n >= FEWEST]
    rows = [
        [
            one.name,
            within(one.wrong),
            share(one.recall),
            share(one.false_alarms),
            f"{one.wrong.n:,}",
        ]
        for one in large[:WORST]
    ]
    return ("", "judged wrongly", "recall", "false alarms", "posts"), rows


def categories_table(measured: CategoryMeasures) -> Rows:
    """Return one row a category of strangers' posts."""
    rows = [
        [
            one.category,
            within(one.recall),
            within(one.precision),
            one.mistaken_for or "-",
            f"{one.recall.n:,}",
        ]
        for one in measured.recall
    ]
    return ("category", "recall", "precision", "mistaken for", "posts"), rows


def naming(measured: CategoryMeasures) -> str:
    """Say in one line how well strangers' posts are named."""
    return (
        f"The likeliest category is right for {within(measured.accuracy)}, one of those shown for "
        f"{within(measured.among_likeliest)} of {measured.accuracy.n:,} posts; log loss "
        f"{estimate(measured.log_loss)} nats, expected calibration error {measured.calibration_error:.4f}, "
        f"temperature {measured.temperature:g}; {measured.how}."
    )


def files_table(files: Sequence[FileLabel]) -> Rows:
    """Return one row for each label of each file: what each judge flags."""
    judges = list(dict.fromkeys(name for one in files for name in one.flagged))
    rows = [
        [
            one.file,
            one.label,
            one.counts_as,
            f"{one.n:,}",
            *(within(one.flagged.get(name)) for name in judges),
        ]
        for one in files
    ]
    heads = judges if len(judges) > 1 else ["flagged"]
    return ("file", "label", "counts as", "posts", *heads), rows


def percent(value: float) -> str:
    """Return a share as a percentage, short."""
    return f"{100 * value:.4g} %"


def share(one: Proportion | None) -> str:
    """Return a share alone."""
    return "-" if one is None else f"{100 * one.share:.1f} %"


def within(one: Proportion | None) -> str:
    """Return a share with its interval."""
    if one is None:
        return "-"
    low, high = one.interval
    return f"{100 * one.share:.2f} % [{100 * low:.2f}, {100 * high:.2f}]"


def estimate(one: Estimate | None) -> str:
    """Return a measure with its interval."""
    if one is None:
        return "-"
    low, high = one.interval
    return f"{one.value:.4f} [{low:.4f}, {high:.4f}]"


def _size(one: Estimate | None) -> str:
    return "-" if one is None else f"{one.n:,}"


def _table(console: Console, title: str, heads: Sequence[str], rows: list[list[str]]) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    console.print(table)
