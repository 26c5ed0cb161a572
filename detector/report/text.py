"""The report an admin reads in ten seconds, for a terminal or a plain file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from detector.records import Wording
from detector.report import kinds, sums, timeline, waves, words
from detector.report.document import (
    FlaggedPost,
    GivenAccount,
    GivenIncident,
    GivenRejected,
    ScanDocument,
    ScoredText,
)
from detector.report.marked import MarkedText, style
from detector.report.printable import excerpt, one_line

_COLOURS: Final = {
    "COMPROMISED": "bold white on red",
    "WATCHED": "bold black on yellow",
    "RECOVERING": "bold black on yellow",
    "NORMAL": "bold green",
    "LEARNING": "bold cyan",
}
_LABELS: Final = ("since", "between", "detected", "closed", "why", "call")
REASONS: Final = 3
"""Reasons shown for an incident; the JSON has all of them."""

EXCERPT: Final = 160
"""Characters of a post that is only listed."""

LISTED: Final = 5
"""Posts listed under one heading."""

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
    for line in waves.lines(document, language):
        console.print(line)
    if explain_files:
        for line in _files(document, language):
            console.print(line)
    for line in _counts(document, language):
        console.print(line)
    if not console.is_terminal:
        # On a terminal they already stand on stderr, one line each.
        for line in _unread(document.errors, "unusable", language):
            console.print(line)


def explain(
    scored: ScoredText, text: str, console: Console, language: str, *, flagged_from: float
) -> None:
    """Write one text with its marked spans, what was found, every term of its sum and the total.

    Args:
        scored: what was found out about it.
        text: itself.
        console: where it is written.
        language: ``id`` or ``en``.
        flagged_from: the log-odds from which a text is flagged, in nats.
    """
    console.print(MarkedText(text, scored.findings))
    console.print()
    if scored.findings:
        found = Table(box=None, show_header=False, pad_edge=False)
        for one in scored.findings:
            span = Text(one_line(one.text), style=style(one))
            value = one_line(one.value or "")
            told = "" if value.casefold() == span.plain.casefold() else value
            found.add_row(Text(f"{one.start}–{one.end}", style="dim"), span, Text(told), Text(one.indicator, "dim"))  # fmt: skip
        console.print(found)
        console.print()
    console.print(sums.of_text(scored, language))
    told = words.FLAGGED_FROM.said(language).format(mark=f"{flagged_from:+.2f}")
    console.print(Text(told, style="dim"))


def _said(label: str, language: str) -> str:
    return words.LABELS[label].said(language)


def _when(moment: datetime, account: GivenAccount, language: str) -> str:
    return words.when(moment, account.timezone, language)


def _account(account: GivenAccount, language: str) -> RenderableType:
    handle = one_line(account.account)
    names = [f" · {one_line(one)}" for one in (account.platform, account.institution) if one]
    state = words.STATES[account.state].said(language)
    is_past = account.incidents and account.state != "COMPROMISED"
    lines: list[RenderableType] = [
        Text.assemble((handle if " " in handle else f"@{handle}", "bold"), *names),
        Text.assemble(f"  {_said('now', language)} " if is_past else "  ", (state, _COLOURS[account.state])),
    ]  # fmt: skip
    lines += [_panel(account, one, language) for one in account.incidents]
    lines.append(_checked(account, language))
    if account.state == "COMPROMISED" and not account.incidents:
        lines.append(Text(f"  {_said('before_window', language)}"))
    if account.state == "WATCHED":
        lines.append(Padding(Text(_said("watched", language)), (0, 0, 0, 2)))
    if account.state == "LEARNING":
        lines.append(Padding(Text(_said("learning", language), style="dim"), (0, 0, 0, 2)))
    lines += _worth_a_look(account, language)
    return Group(*lines, Text(""))


def _panel(account: GivenAccount, incident: GivenIncident, language: str) -> Panel:
    is_open = incident.closed_at is None
    title = None if is_open else Text(_said("past", language))
    content = Padding(_incident(account, incident, language), (0, 1))
    return Panel(
        content, title=title, title_align="left", border_style="red" if is_open else "yellow"
    )


def _checked(account: GivenAccount, language: str) -> Text:
    line = f"  {words.number(account.posts, language)} {_said('checked', language)}"
    if account.first_post_at and account.last_post_at:
        first = words.day(account.first_post_at, account.timezone, language)
        last = words.day(account.last_post_at, account.timezone, language)
        line += f", {first}" if first == last else f", {first} – {last}"
    return Text(line, style="dim")


def _worth_a_look(account: GivenAccount, language: str) -> list[RenderableType]:
    lines: list[RenderableType] = []
    told = {post_id for incident in account.incidents for post_id in incident.post_ids}
    for label, posts in (("others", account.flagged), ("doubtful", account.doubtful)):
        left = [post for post in posts if post.id not in told]
        # What is newest is what somebody can still do something about.
        left.sort(key=lambda post: post.created_at, reverse=True)
        if left:
            lines.append(Text(f"  {_said(label, language)}:", style="bold"))
            lines += _listed(left, account, language)
    return lines


def _listed(posts: list[FlaggedPost], account: GivenAccount, language: str) -> list[RenderableType]:
    """Show posts in three lines each: when and how likely, how they begin, and where they stand."""
    lines: list[RenderableType] = []
    for post in posts[:LISTED]:
        moment = _when(post.created_at, account, language)
        chance = words.percent(post.probability, language)
        lines.append(Text(f"    {moment} · {chance}"))
        lines.append(Padding(Text(excerpt(post.text, EXCERPT)), (0, 0, 0, 6)))
        lines.append(Padding(Text(one_line(post.url or post.where), style="dim"), (0, 0, 0, 6)))
    if len(posts) > LISTED:
        lines.append(Text(f"    … +{words.number(len(posts) - LISTED, language)}"))
    return lines


def _incident(account: GivenAccount, incident: GivenIncident, language: str) -> RenderableType:
    """Say, in this order: since when, why, whom to call, which post, what to do first."""
    known = {post.id: post for post in (*account.flagged, *account.doubtful)}
    mine = [known[post_id] for post_id in incident.post_ids if post_id in known]
    alarming = next((post for post in mine if post.created_at == incident.detected_at), None)
    reasons = (alarming.reasons if alarming else None) or incident.reasons
    duty = one_line(account.duty_contact or "") or _said("duty", language)
    has_posts = bool(incident.post_ids)
    unnamed = _said("unlike" if has_posts else "changed", language)
    kind = kinds.of_incident(incident, mine, language) or unnamed
    parts: list[RenderableType] = [
        _labelled(_times(account, incident, language), language),
        _labelled([("why", kind)], language),
        sums.of_incident(reasons, REASONS, language),
        _labelled([("call", duty + _superior(account))], language),
        Text(""),
    ]
    if alarming is not None:
        parts += [*_post(alarming, account, language), Text("")]
    others = [post for post in mine if post is not alarming]
    if others:
        parts.append(Text(f"{_said('others', language)}:", style="bold"))
        parts += [*_listed(others, account, language), Text("")]
    if shown := timeline.around(account, incident, language):
        parts += [Text(f"{_said('timeline', language)}:", style="bold"), *shown, Text("")]
    if incident.closed_at is None:
        steps = words.FIRST_STEPS if has_posts else words.STEPS_WITHOUT_POST
        parts += [*_first_steps(steps, account, language), Text("")]
    if incident.false_if:
        parts += [
            Text(f"{_said('false_if', language)}:", style="bold"),
            _numbered(incident.false_if),
        ]
    ours = words.OURS_AFTER_ALL if has_posts else words.OUR_CHANGES
    parts.append(Text(ours.said(language), style="italic"))
    if account.timezone is None:
        parts.append(Text(_said("no_zone", language), style="dim"))
    return Group(*parts)


def _times(account: GivenAccount, incident: GivenIncident, language: str) -> list[tuple[str, str]]:
    certainty = (
        f"{_said('certainty', language)} {words.percent(incident.peak_probability, language)}"
    )
    since = _when(incident.opened_at, account, language)
    lines = [("since", f"{since} ({certainty})")]
    if incident.takeover_after is not None and incident.takeover_before is not None:
        after = _when(incident.takeover_after, account, language)
        before = _when(incident.takeover_before, account, language)
        between = f"{_said('after', language)} {after} {_said('not_after', language)} {before}"
        lines.append(("between", between))
    if incident.detected_at != incident.opened_at:
        lines.append(("detected", _when(incident.detected_at, account, language)))
    if incident.closed_at is not None:
        lines.append(("closed", _when(incident.closed_at, account, language)))
    return lines


def _superior(account: GivenAccount) -> str:
    return f" ({one_line(account.reports_to[0])})" if account.reports_to else ""


def _labelled(pairs: Iterable[tuple[str, str]], language: str) -> Table:
    """Put labels before their values, all of an incident's values in one column."""
    width = max(len(_said(label, language)) for label in _LABELS)
    table = Table.grid(padding=(0, 1))
    table.add_column(style="bold", no_wrap=True, min_width=width)
    table.add_column()
    for label, value in pairs:
        table.add_row(Text(_said(label, language)), Text(value))
    return table


def _numbered(sentences: Iterable[str]) -> RenderableType:
    """Number sentences from 1, a long one's second line under its first."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column()
    for rank, sentence in enumerate(sentences, 1):
        table.add_row(Text(f"  {rank}."), Text(sentence))
    return table


def _post(post: FlaggedPost, account: GivenAccount, language: str) -> list[RenderableType]:
    moment = _when(post.created_at, account, language)
    return [
        Text.assemble((f"{_said('post', language)}:", "bold"), f" {moment}"),
        Padding(Text(one_line(post.url or post.where), style="underline"), (0, 0, 0, 2)),
        Padding(MarkedText(post.text, post.findings), (0, 0, 0, 2)),
    ]


def _first_steps(
    steps: Sequence[Wording], account: GivenAccount, language: str
) -> list[RenderableType]:
    recovery = words.RECOVERY.get(account.platform) or words.HELP_CENTRE.said(language)
    superior = _superior(account)
    return [
        Text(f"{_said('do', language)}:", style="bold"),
        _numbered(
            step.said(language).format(recovery=recovery, superior=superior) for step in steps
        ),
    ]


def _files(document: ScanDocument, language: str) -> Iterator[Text]:
    """Yield two lines for each input: a name needs the whole width, and is to be copied."""
    taken_for, *heads, total = (one.said(language) for one in words.FILE_HEADS)
    for one in document.files:
        counts = (one.posts, one.events, one.duplicates, one.rejected, one.ignored)
        parts = [f"{words.number(count, language)} {head}" for count, head in zip(counts, heads, strict=True) if count]  # fmt: skip
        yield Text(one_line(one.file), overflow="fold")
        parts = [" + ".join(parts), f"{words.number(one.records, language)} {total}"]
        yield Text(f"  {taken_for} {one.source}: {' = '.join(filter(None, parts))}")


def _counts(document: ScanDocument, language: str) -> list[Text]:
    total = document.summary
    states = Counter(one.state for one in document.accounts)
    lines = []
    if len(document.accounts) > 1:
        parts = [
            f"{states[state]} {words.STATES[state].said(language)}"
            for state in ORDER
            if states[state]
        ]
        told = f"{_said('with_incident', language)} {words.number(total.compromised, language)}"
        lines.append(Text(f"{_said('accounts', language)} {len(document.accounts)} ({', '.join(parts)}); {told}"))  # fmt: skip
    counts = (total.posts, total.events, total.duplicates, total.rejected, total.ignored)
    heads = (one.said(language) for one in words.FILE_HEADS[1:-1])
    parts = [
        f"{words.number(count, language)} {head}"
        for count, head in zip(counts, heads, strict=False)
    ]
    seconds = words.decimal(total.seconds, language)
    lines.append(
        Text(
            f"{_said('read', language)}: {' + '.join(parts)} = {words.number(total.records, language)} "
            f"{_said('records', language)} ({_said('inputs', language)} {len(document.files)}; "
            f"{seconds} {_said('seconds', language)}; {_said('model', language)} {one_line(document.model)})",
            style="dim",
        )
    )
    return [*lines, *_unread(document.rejected, "rejected", language)]


def _unread(refused: list[GivenRejected], label: str, language: str) -> list[Text]:
    said = _said(label, language)
    shown = refused[:REJECTED_SHOWN]
    lines = [
        Text(
            f"  {said}: " + ": ".join(map(one_line, filter(None, (one.where, one.why)))),
            style="dim",
        )
        for one in shown
    ]
    if len(refused) > len(shown):
        lines.append(Text(f"  … +{words.number(len(refused) - len(shown), language)}", style="dim"))
    return lines
