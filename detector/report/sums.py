"""Sums of reasons, in nats, as bills: what shows their terms and what they come to."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from detector.report import kinds, words
from detector.report.document import GivenReason, ScoredText
from detector.report.printable import one_line


def of_text(scored: ScoredText, language: str) -> Table:
    """Show every term of one text's sum, the total, and what is made of it.

    Its numbers have a point in any language: programs read this sum, too.
    """
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    table.add_column(style="dim", no_wrap=True)
    for reason in scored.reasons:
        nats = Text(f"{reason.log_odds:+.2f}", style=_colour(reason.log_odds))
        table.add_row(nats, Text(one_line(reason.why)), Text(reason.what))
    table.add_row("─────", "", "")
    stranger = words.AUTHORS["STRANGER"].said(language)
    verdict = stranger if scored.flagged else words.LABELS["not_flagged"].said(language)
    parts = (
        words.percent(scored.probability, language),
        verdict,
        kinds.of_text(scored, language),
    )
    total = Text(" · ".join(part for part in parts if part), style="bold")
    table.add_row(
        Text(f"{scored.log_odds:+.2f}", style="bold"), total, Text("nats")
    )  # fmt: skip
    return table


def of_incident(reasons: Sequence[GivenReason], shown: int, language: str) -> Table:
    """Show the first reasons for an alarm, all others as one term, and the sum; it adds up as written.

    Args:
        reasons: all of them.
        shown: how many of those that speak for a stranger are told one by one, the weightiest first.
        language: ``id`` or ``en``.
    """
    weightiest = sorted(reasons, key=lambda one: -one.log_odds)
    told = [one for one in weightiest if one.log_odds > 0][:shown]
    total = round(sum(one.log_odds for one in reasons), 2)
    rest = total - sum(round(one.log_odds, 2) for one in told)
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for rank, one in enumerate(told, 1):
        nats = Text(words.nats(one.log_odds, language), style="dim")
        table.add_row(Text(f"  {rank}."), Text(one_line(one.why)), nats)
    if left := len(reasons) - len(told):
        others = Text(words.OTHER_REASONS.said(language).format(count=left), style="dim")
        table.add_row("", others, Text(words.nats(rest, language), style="dim"))
    if reasons:
        table.add_row("", Text(words.LABELS["sum"].said(language)), words.nats(total, language))
    return table


def _colour(log_odds: float) -> str:
    return "red" if log_odds > 0 else "green"
