"""The model card: what the model is, how it was measured, and what it cannot do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from detector.classifier import Card
from detector.corpus import Example
from detector.report import evaluation_text as tables
from detector.report.evaluation import Evaluation, Measured
from detector.report.markdown import table as markdown_table

LARGEST: Final = 30
"""Kinds of post that are named with their counts."""

_REMAKE: Final = """\
```
kentongan train --check                                  # the same corpus, seed and packages: the same weights
kentongan evaluate --baselines --card docs/model-card.md # this page; `make model-card` does it
kentongan evaluate --posts mine.jsonl                    # the same measures on posts of your own
```
"""


def written(evaluation: Evaluation, card: Card, examples: Sequence[Example]) -> str:
    """Return the card as Markdown.

    Args:
        evaluation: with the corpus measured.
        card: of the model.
        examples: of the corpus that was measured.
    """
    parts = [_what(card, evaluation), _learned_from(examples)]
    if evaluation.corpus:
        parts.append(_measures("How well it does on the corpus", evaluation.corpus, evaluation))
    if evaluation.posts:
        parts.append(_measures("How well it does on other posts", evaluation.posts, evaluation))
        parts.append("Flagged by file and label, at the shipped operating point:\n")
        parts.append(markdown_table(*tables.files_table(evaluation.files)))
    parts.append("## What it cannot do\n")
    parts.append("".join(f"- {limit}\n" for limit in card.limits))
    parts.append("## How to remake it\n")
    parts.append(_REMAKE)
    return "\n".join(parts)


def _what(card: Card, evaluation: Evaluation) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in sorted(card.packages.items()))
    other = (
        ""
        if evaluation.corpus_sha256 in {None, card.corpus_sha256}
        else "\n**The corpus measured here is not the one this model was made from.**\n"
    )
    return f"""# Model card: {card.name}

Made by `kentongan evaluate --card`; do not edit.

Says of a post's text how much it speaks for a stranger, in nats. One logistic regression weighs hashed byte n-grams,
rare ones more, together with what {len(card.indicators)} indicators and combinations found; the sum is calibrated on
posts the model had not seen. It is meant for posts of public institutions, where it is one of several terms: a
scan also weighs the account's habits. It is not meant to judge people, nor whether an office's own post is right.

- trained on {card.trained_on}, seed {card.seed}, with {packages}
- corpus `{card.corpus_sha256[:12]}`, weights `{card.weights_sha256[:12]}`
{other}"""


def _learned_from(examples: Sequence[Example]) -> str:
    labels = Counter(one.label for one in examples)
    counts = f"{len(examples):,} posts written for the project: " + ", ".join(
        f"{count:,} by {label}s" for label, count in sorted(labels.items())
    )
    languages = _by_label((one.lang, one.label) for one in examples)
    kinds = _by_label((one.kind, one.label) for one in examples)
    return "\n".join((
        "## What it learned from\n",
        counts + ".\n",
        markdown_table(("language", "owners", "strangers"), languages),
        f"{len(kinds)} kinds of post, of which the largest are:\n",
        markdown_table(("kind", "owners", "strangers"), kinds[:LARGEST]),
    ))  # fmt: skip


def _by_label(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    counts: dict[str, Counter[str]] = {}
    for name, label in pairs:
        counts.setdefault(name, Counter())[label] += 1
    return [
        [name, f"{mine['owner']:,}", f"{mine['stranger']:,}"]
        for name, mine in sorted(counts.items(), key=lambda one: (-one[1].total(), one[0]))
    ]


def _measures(title: str, measured: Measured, evaluation: Evaluation) -> str:
    parts = [
        f"## {title}\n",
        (
            f"{measured.owners + measured.strangers:,} posts, {measured.owners:,} by owners and "
            f"{measured.strangers:,} by strangers; {measured.how}. Brackets hold 95 % intervals: Wilson's for shares, "
            "DeLong's for the area, a bootstrap for average precision. Marks at a share of false alarms are set on these "
            "posts themselves; a baseline's row *as many as ours* holds it to as many false alarms as the shipped mark raises.\n"
        ),
        *([markdown_table(*tables.ranking_table(measured.judges))] if measured.calibration else []),
        markdown_table(*tables.points_table(measured.judges, evaluation.budget)),
    ]
    if measured.budget_text_alone_at is not None:
        parts.append(
            f"For at most {tables.percent(evaluation.budget)} false alarms on these posts, `text_alone_at` "
            f"would be {measured.budget_text_alone_at:g}.\n"
        )
    if measured.calibration:
        parts.append("What the sum promises, at this share of strangers' posts, and what came:\n")
        parts.append(markdown_table(*tables.calibration_table(measured.calibration)))
    if measured.categories:
        parts.append("What strangers' posts are called, given that a stranger wrote them:\n")
        parts.append(markdown_table(*tables.categories_table(measured.categories)))
        parts.append(tables.naming(measured.categories) + "\n")
    worst = {
        "kinds": measured.by_kind,
        "languages": measured.by_language,
        "voices": measured.by_voice,
    }
    for name, groups in worst.items():
        if groups:
            parts.append(f"Worst {name}, of at least {tables.FEWEST} posts:\n")
            parts.append(markdown_table(*tables.groups_table(groups)))
    return "\n".join(parts)
