"""The report an admin reads in ten seconds, for a terminal or a plain file."""

from __future__ import annotations

from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from detector.records import Finding
from detector.report import words
from detector.report.document import FlaggedPost, GivenAccount, GivenIncident, ScanDocument, ScoredText

_COLOURS: Final = {
    "COMPROMISED": "bold white on red",
    "WATCHED": "bold black on yellow",
    "RECOVERING": "bold black on yellow",
    "NORMAL": "bold green",
    "LEARNING": "bold cyan",
}
REASONS: Final = 3
"""Reasons shown for an incident; the JSON has all of them."""

SHOWN_TEXT: Final = 1_200
"""Characters of a post shown."""

REJECTED_SHOWN: Final = 10
ORDER: Final = ("COMPROMISED", "WATCHED", "RECOVERING", "LEARNING", "NORMAL")


def render(
    document: ScanDocument, console: Console, language: str, *, explain_files: bool = False
) -> None:
    """Write a scan's report: accounts in trouble first, then the calm ones, then the counts."""
    for account in sorted(
        document.accounts, key=lambda one: (not one.incidents, ORDER.index(one.state))
    ):
        console.print(_account(account, language))
    _counts(document, console, language)
    if explain_files:
        _files(document, console, language)


def explain(scored: ScoredText, text: str, console: Console, language: str) -> None:
    """Write one text with its marked spans, then every term of its sum and the total."""
    console.print(marked(text, scored.findings))
    console.print()
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_column(style="dim")
    for reason in scored.reasons:
        style = "red" if reason.log_odds > 0 else "green"
        table.add_row(Text(f"{reason.log_odds:+.2f}", style=style), reason.why, reason.what)
    table.add_row("─────", "", "")
    verdict = words.LABELS["flagged" if scored.flagged else "not_flagged"].said(language)
    kind = words.CATEGORIES[scored.category].said(language) if scored.category in words.CATEGORIES else ""
    total = f"{words.percent(scored.probability, language)} · {verdict}" + (f" · {kind}" if kind else "")
    table.add_row(Text(f"{scored.log_odds:+.2f}", style="bold"), Text(total, style="bold"), "nats")
    console.print(table)


def _files(document: ScanDocument, console: Console, language: str) -> None:
    table = Table(box=None)
    heads = ("berkas", "dibaca sebagai") if language == "id" else ("file", "taken for")
    counts = ("posts", "events", "duplicates", "rejected", "ignored", "records")
    for head in (*heads, *counts):
        table.add_column(head)
    for one in document.files:
        table.add_row(one.file, one.source, *(str(getattr(one, name)) for name in counts))
    console.print(table)


def _account(account: GivenAccount, language: str) -> RenderableType:
    head = Text.assemble(
        (f"@{account.account}", "bold"), f" · {account.platform}",
        f" · {account.institution}" if account.institution else "",
        "   ", (f" {words.STATES[account.state].said(language)} ", _COLOURS[account.state]),
    )  # fmt: skip
    if not account.incidents:
        return Group(head, *_calm(account, language), Text(""))
    blocks = [_incident(account, one, language) for one in account.incidents]
    return Group(
        head,
        *(Panel(Padding(block, (0, 1)), border_style="red", expand=True) for block in blocks),
        *_worth_a_look(account, language),
        Text(""),
    )


def _calm(account: GivenAccount, language: str) -> list[RenderableType]:
    count = words.number(account.posts, language)
    if language == "id":
        line = f"  {count} unggahan diperiksa"
    else:
        line = f"  {count} posts checked"
    if account.first_post_at and account.last_post_at:
        line += f", {account.first_post_at:%Y-%m-%d} – {account.last_post_at:%Y-%m-%d}"
    return [Text(line, style="dim"), *_worth_a_look(account, language)]


def _worth_a_look(account: GivenAccount, language: str) -> list[RenderableType]:
    lines: list[RenderableType] = []
    told = {post_id for incident in account.incidents for post_id in incident.post_ids}
    for label, posts in (("others", account.flagged), ("doubtful", account.doubtful)):
        left = [post for post in posts if post.id not in told]
        if left:
            lines.append(Text(f"  {words.LABELS[label].said(language)}:", style="bold"))
        for post in left[:5]:
            excerpt = " ".join(post.text.split())[:90]
            moment = words.when(post.created_at, account.timezone, language)
            chance = words.percent(post.probability, language)
            lines.append(Text(f"    {moment} · {chance} · {excerpt}"))
        if len(left) > 5:  # noqa: PLR2004 - five are enough to see what they are
            lines.append(Text(f"    … +{len(left) - 5}"))
    return lines


def _incident(account: GivenAccount, incident: GivenIncident, language: str) -> RenderableType:
    said = {name: wording.said(language) for name, wording in words.LABELS.items()}
    zone = account.timezone
    head = [
        _line(said["since"], words.when(incident.opened_at, zone, language)
              + f"  ({said['certainty']} {words.percent(incident.peak_probability, language)})"),
    ]  # fmt: skip
    if incident.detected_at != incident.opened_at:
        head.append(_line(said["detected"], words.when(incident.detected_at, zone, language)))
    if incident.closed_at:
        head.append(_line(said["closed"], words.when(incident.closed_at, zone, language)))
    kinds = ", ".join(
        words.CATEGORIES[kind].said(language) if kind in words.CATEGORIES else kind
        for kind in incident.categories
    )
    why = [reason for reason in incident.reasons if reason.log_odds > 0][:REASONS]
    parts: list[RenderableType] = [*head, _line(said["why"], kinds)]
    parts += [Text(f"  {rank}. {reason.why}") for rank, reason in enumerate(why, 1)]
    duty = account.duty_contact or said["duty"]
    superior = f" ({account.reports_to[0]})" if account.reports_to else ""
    parts += [_line(said["call"], duty + superior), Text("")]
    by_id = {post.id: post for post in (*account.flagged, *account.doubtful)}
    mine = [by_id[post_id] for post_id in incident.post_ids if post_id in by_id]
    if mine:
        parts += _post(mine[0], account, language)
    if len(mine) > 1:
        parts.append(Text(f"{said['others']}:", style="bold"))
        parts += [
            Text(f"  {words.when(post.created_at, zone, language)} · {' '.join(post.text.split())[:80]}")
            for post in mine[1:6]
        ]
    if not incident.closed_at:
        parts += ["", *_first_steps(account, language)]
    if zone is None:
        parts.append(Text(said["no_zone"], style="dim"))
    return Group(*parts)


def _line(label: str, value: str) -> Text:
    return Text.assemble((f"{label:<10} ", "bold"), value)


def _post(post: FlaggedPost, account: GivenAccount, language: str) -> list[RenderableType]:
    address = post.url or post.where
    moment = words.when(post.created_at, account.timezone, language)
    return [
        Text.assemble((words.LABELS["post"].said(language), "bold"), f"  {moment}"),
        Text(f"  {address}", style="dim"),
        Padding(marked(post.text, post.findings), (0, 0, 0, 2)),
    ]


def marked(text: str, findings: list[Finding]) -> Text:
    """Return a post's text with the spans it was judged by marked; control characters are shown, not sent.

    """
    # A terminal obeys control characters; one space keeps every offset.
    clean = "".join(
        character if character == "\n" or character.isprintable() or ord(character) > 159 else " "  # noqa: PLR2004 - where the C1 controls end
        for character in text
    )
    shown = Text(clean)
    for finding in findings:
        style = "green" if finding.indicator in {"fraud_warning", "government_link"} else "bold red"
        shown.stylize(style, finding.start, finding.end)
    if len(shown) > SHOWN_TEXT:
        shown.truncate(SHOWN_TEXT)
        shown.append(" …")
    return shown


def _first_steps(account: GivenAccount, language: str) -> list[RenderableType]:
    recovery = words.RECOVERY.get(account.platform, account.platform)
    superior = f" ({account.reports_to[0]})" if account.reports_to else ""
    steps: list[RenderableType] = [Text(f"{words.LABELS['do'].said(language)}:", style="bold")]
    for rank, step in enumerate(words.FIRST_STEPS, 1):
        said = step.said(language).format(recovery=recovery, superior=superior)
        steps.append(Text(f"  {rank}. {said}"))
    steps.append(Text(words.OURS_AFTER_ALL.said(language), style="italic"))
    return steps


def _counts(document: ScanDocument, console: Console, language: str) -> None:
    total = document.summary
    names = (
        ("unggahan", "peristiwa akun", "ganda", "ditolak", "diabaikan", "catatan", "berkas masukan")
        if language == "id"
        else ("posts", "account events", "duplicates", "rejected", "ignored", "records", "inputs")
    )
    counts = (total.posts, total.events, total.duplicates, total.rejected, total.ignored)
    parts = [f"{words.number(count, language)} {name}" for count, name in zip(counts, names, strict=False)]
    of = "dari" if language == "id" else "of"
    console.print(
        f"{words.LABELS['read'].said(language)}: {' + '.join(parts)} = "
        f"{words.number(total.records, language)} {names[5]} "
        f"({len(document.files)} {names[6]}; {total.seconds:.1f} s; {of} {document.model})",
        style="dim", highlight=False,
    )  # fmt: skip
    for one in document.rejected[:REJECTED_SHOWN]:
        console.print(Text(f"  {words.LABELS['rejected'].said(language)}: {one.where}: {one.why}", style="dim"))
    if len(document.rejected) > REJECTED_SHOWN:
        console.print(Text(f"  … +{len(document.rejected) - REJECTED_SHOWN}", style="dim"))
