"""What happened to an account around an incident, events and posts on one line of time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from rich.padding import Padding
from rich.text import Text

from detector.report import words
from detector.report.document import GivenAccount, GivenEvent, GivenIncident
from detector.report.printable import excerpt

BEFORE: Final = timedelta(days=3)
"""How long before an incident what happened to the account is shown."""

SHOWN: Final = 12
"""Lines, at most."""

LONGEST: Final = 60
"""Characters of one detail, at most."""


def around(account: GivenAccount, incident: GivenIncident, language: str) -> list[Padding | Text]:
    """Show what happened to the account around an incident, and its posts, on one line of time."""
    first, last = incident.opened_at - BEFORE, incident.closed_at
    around = [
        one
        for one in account.account_events
        if one.at >= first and (last is None or one.at <= last)
    ]
    if not around:
        return []
    marks = [(one.at, _event(one, language), "") for one in around]
    mine = set(incident.post_ids)
    marks += [
        (post.created_at, words.LABELS["strangers_post"].said(language), "bold red")
        for post in account.flagged
        if post.id in mine
    ]
    marks.sort(key=lambda mark: mark[0])
    # What led to the incident and what came first in it tells most.
    opened = sum(at < incident.opened_at for at, _, _ in marks)
    start = max(0, min(opened - SHOWN // 2, len(marks) - SHOWN))
    lines: list[Padding | Text] = [
        Padding(
            Text.assemble(words.when(at, account.timezone, language), " · ", (said, style)),
            (0, 0, 0, 2),
        )
        for at, said, style in marks[start : start + SHOWN]
    ]
    if len(marks) > SHOWN:
        lines.append(Text(f"  … +{words.number(len(marks) - SHOWN, language)}"))
    return lines


def _event(event: GivenEvent, language: str) -> str:
    kind = words.EVENTS.get(event.kind)
    said = kind.said(language) if kind else event.kind
    if event.time_quality == "local-unknown-zone":
        said += f" ({words.LABELS['local'].said(language)})"
    details = ", ".join(excerpt(value, LONGEST) for value in event.details.values())
    return f"{said}: {details}" if details else said
