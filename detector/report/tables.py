"""Flat outputs: one CSV row or JSON line a post."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, Final, TextIO

import msgspec

from detector.report.document import FlaggedPost, GivenAccount, ScanDocument, encoded
from detector.sources._guarded import FORMULA

COLUMNS: Final = (
    "platform", "account", "state", "id", "created_at", "verdict", "probability", "log_odds",
    "category", "indicators", "values", "url", "where", "text",
)  # fmt: skip


def write_csv(document: ScanDocument, target: TextIO) -> None:
    """Write every flagged and doubtful post as a row.

    A cell that a spreadsheet would run as a formula is led by an apostrophe (OWASP, CSV injection).
    """
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for account, post in posts(document):
        writer.writerow([harmless(cell) for cell in _row(account, post)])


def harmless(cell: Any) -> Any:
    """Lead a text that a spreadsheet would run as a formula by an apostrophe.

    Examples:
        >>> harmless("=1+1"), harmless("Halo"), harmless(-3.2)
        ("'=1+1", 'Halo', -3.2)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def posts(document: ScanDocument) -> Iterator[tuple[GivenAccount, FlaggedPost]]:
    """Yield every flagged and doubtful post with its account, oldest first within an account."""
    for account in document.accounts:
        for post in sorted((*account.flagged, *account.doubtful), key=lambda one: one.created_at):
            yield account, post


def jsonl(document: ScanDocument) -> Iterator[bytes]:
    """Yield one line an account, then one a flagged or doubtful post, then one a rejected record."""
    for account in document.accounts:
        lean = msgspec.to_builtins(account)
        del lean["flagged"], lean["doubtful"]
        yield encoded({"type": "account", **lean})
    for account, post in posts(document):
        owner = {"platform": account.platform, "account": account.account}
        yield encoded({"type": "post", **owner, **msgspec.to_builtins(post)})
    for one in (*document.rejected, *document.errors):
        yield encoded({"type": "rejected", **msgspec.to_builtins(one)})


def _row(account: GivenAccount, post: FlaggedPost) -> list[Any]:
    indicators = dict.fromkeys(finding.indicator for finding in post.findings)
    values = dict.fromkeys(finding.value for finding in post.findings if finding.value)
    return [
        account.platform, account.account, account.state, post.id, post.created_at.isoformat(),
        post.verdict, post.probability, post.log_odds, post.category or "",
        " ".join(indicators), "; ".join(values), post.url or "", post.where, post.text,
    ]  # fmt: skip
