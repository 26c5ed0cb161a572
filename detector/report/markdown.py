"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from detector.report.printable import one_line


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Return a table; whatever stands in a cell stays in it.

    Examples:
        >>> print(table(("a", "b"), [["1", "2 | 3"]]), end="")
        | a | b |
        | --- | --- |
        | 1 | 2 \| 3 |
    """
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
