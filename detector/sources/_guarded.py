"""Cells of a CSV that a spreadsheet would run as formulas, and the table of ours in which they are guarded."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = (
    "platform", "account", "id", "created_at", "text", "kind", "time_quality", "url", "app", "language",
    "in_reply_to", "is_repost", "links", "media", "location", "comments", "where", "event", "details",
)  # fmt: skip
"""Every field of a record in the native format; a table with just these columns is one of ours."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet runs (OWASP, CSV injection)."""


def guarded(cell: str) -> str:
    """Lead a cell that would be run by an apostrophe, and one that has an apostrophe there by another.

    Examples:
        >>> guarded("=1+1"), guarded("'Halo'"), guarded("Halo")
        ("'=1+1", "''Halo'", 'Halo')
    """
    return f"'{cell}" if cell.startswith((*FORMULA, "'")) else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before `guarded`.

    Examples:
        >>> [unguarded(guarded(one)) for one in ("=1+1", "'Halo'", "Halo", "'", "")]
        ['=1+1', "'Halo'", 'Halo', "'", '']
    """
    return cell.removeprefix("'")
