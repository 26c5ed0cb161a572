"""What kind of stranger's post it is, with how likely, as an office reads it."""

from __future__ import annotations

from collections.abc import Iterable

from detector.report import words
from detector.report.document import FlaggedPost, GivenIncident, ScoredText


def of_incident(incident: GivenIncident, posts: Iterable[FlaggedPost], language: str) -> str:
    """Name the kinds of an incident's posts, each with the probability of the post that shows it best.

    Args:
        incident: whose kinds are named, in their order.
        posts: of the incident.
        language: id or en.

    Returns:
        "jualan barang murah (82 %), kripto (61 %)"; empty when no kind is known.
    """
    best: dict[str, float] = {}
    for post in posts:
        for one in post.categories[:1]:
            best[one.category] = max(best.get(one.category, 0.0), one.probability)
    return ", ".join(
        words.likely(kind, best[kind], language)
        if kind in best
        else words.CATEGORIES[kind].said(language)
        for kind in incident.categories
        if kind in words.CATEGORIES and kind != "UNKNOWN"
    )


def of_text(scored: ScoredText, language: str) -> str:
    """Name the likeliest kinds of one text with their probabilities, or what its category is called; may be empty."""
    named = [one for one in scored.categories if one.category in words.CATEGORIES]
    if named:
        return ", ".join(words.likely(one.category, one.probability, language) for one in named)
    kind = words.CATEGORIES.get(scored.category or "")
    return kind.said(language) if kind else ""
