"""Campaigns in a scan's report: which accounts fell to one hand, and by what that is known."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from detector.report import words
from detector.report.document import GivenCampaign, ScanDocument
from detector.report.printable import one_line

SHOWN: int = 6
"""Accounts and shared things named of one campaign, at most."""


def lines(document: ScanDocument, language: str) -> Iterator[Text]:
    """Yield two lines for each campaign."""
    for one in document.campaigns:
        yield Text(_heading(one, language), style="bold red")
        shared = ", ".join(one_line(shown) for shown in one.shared[:SHOWN])
        yield Text(f"  {words.LABELS['shared'].said(language)}: {shared}")


def _heading(campaign: GivenCampaign, language: str) -> str:
    names = [f"@{one_line(one.account)} ({one.platform})" for one in campaign.accounts[:SHOWN]]
    more = len(campaign.accounts) - len(names)
    told = ", ".join(names) + (f" +{more}" if more > 0 else "")
    count = words.number(len(campaign.accounts), language)
    return f"{words.LABELS['campaign'].said(language)}: {count} {words.LABELS['fell'].said(language)}: {told}"
