"""A post's text with the spans it was judged by, marked as its reader can see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from detector.records import Finding
from detector.report.printable import printable

_FOR_THE_OWNER: Final = frozenset({"fraud_warning", "government_link", "legal_language"})

SHOWN_TEXT: Final = 1_200
"""Characters of a post shown."""


class MarkedText:
    """A post's text with its spans marked: in colour where there is colour, in ⟦brackets⟧ where not."""

    def __init__(self, text: str, findings: Iterable[Finding]) -> None:
        self._text = text
        self._findings = tuple(findings)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render for rich."""
        del options
        has_colour = console.color_system is not None and not console.no_color
        yield (marked if has_colour else bracketed)(self._text, self._findings)


def marked(text: str, findings: Iterable[Finding]) -> Text:
    """Return a post's text with the spans it was judged by coloured; control characters are not sent."""
    shown = Text(printable(text, keep_lines=True))
    for finding in findings:
        shown.stylize(style(finding), finding.start, finding.end)
    return _cut(shown)


def bracketed(text: str, findings: Iterable[Finding]) -> Text:
    """Return a post's text with the spans it was judged by in brackets; spans that touch are one."""
    shown = printable(text, keep_lines=True)
    spans: list[list[int]] = []
    for start, end in sorted((one.start, one.end) for one in findings):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    for start, end in reversed(spans):
        shown = f"{shown[:start]}⟦{shown[start:end]}⟧{shown[end:]}"
    return _cut(Text(shown))


def _cut(shown: Text) -> Text:
    if len(shown) > SHOWN_TEXT:
        shown.truncate(SHOWN_TEXT)
        shown.append(" …")
    return shown


def style(finding: Finding) -> str:
    """Return the colour of a finding: green speaks for the owner."""
    return "green" if finding.indicator in _FOR_THE_OWNER else "bold red"
