"""What a file is called by its platform, however a browser, a mail gateway or a file manager renamed it."""

from __future__ import annotations

import re
from typing import Final

_COPY: Final = re.compile(
    r"(?<=.)(?: \(\d{1,3}\)| - (?i:copy|salin|salinan)(?: \(\d{1,3}\))?| (?i:copy)(?: \d{1,3})?)(?=(?:\.[A-Za-z0-9]{2,8}){0,2}$)"
)
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$")
HEAD: Final = 1 << 10
"""Bytes of a file by which `called` knows what it is."""
_JSON: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{\]])')
_HTML: Final = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_SCRIPT: Final = re.compile(r"\s*(?:window\.\w|Grailbird\.)")
_RIGHT: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = (
    (_JSON, (".json", ".jsonl", ".ndjson", ".js")),
    (_HTML, (".html", ".htm")),
    (_SCRIPT, (".js",)),
)
"""How a text begins, and the endings that are right for it, the commonest first."""
_TABLES: Final = (".csv", ".tsv")
_TEXTS: Final = (".txt", *_TABLES, ".xml", ".rss", ".atom", ".rdf")
_NOTHING: Final = ("", ".bin", ".dat", ".download")
"""Endings that say nothing."""
_WRONG: Final = (*_NOTHING, *_TEXTS, ".json", ".html", ".htm")
"""Endings that give way to the right one, and do not belong to the name."""
_FEWEST: Final = 3
_LONGEST: Final = 60


def uncopied(name: str) -> str:
    """Return a name without what is added to tell a second copy from the first.

    Examples:
        >>> uncopied("posts_1 (1).json"), uncopied("tweets - Copy (2).js"), uncopied("videos(1).csv")
        ('posts_1.json', 'tweets.js', 'videos(1).csv')
    """
    return _COPY.sub("", name)


def called(name: str, head: bytes) -> str:
    r"""Return a name with the ending that is right for what the file holds.

    Args:
        name: without folders.
        head: the first `HEAD` bytes, in UTF-8 where they are text.

    Examples:
        >>> called("download", b'{"a": 1}'), called("result.txt", b"[{}]"), called("posts.jsonl", b'{"a": 1}')
        ('download.json', 'result.json', 'posts.jsonl')
        >>> called("download.txt", b"Video ID,Title,Privacy\n"), called("chat", b"[21/11/24 01.14.05] KPU: Halo")
        ('download.csv', 'chat.txt')
    """
    name = uncopied(name)
    ending = match[0].lower() if (match := _ENDING.search(name)) else ""
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    right = next((endings for pattern, endings in _RIGHT if pattern.match(text)), ())
    if not right and b"\0" not in head:
        is_table = ending in (*_NOTHING, ".txt", ".json") and _begins_a_table(text)
        # What is damaged at its beginning keeps the ending that still tells what it was.
        right = _TABLES if is_table else _TEXTS if ending in _NOTHING else ()
    if not right or ending in right:
        return name
    stem = name[: match.start()] if match and ending in _WRONG else name
    return f"{stem}{right[0]}"


def _begins_a_table(text: str) -> bool:
    """Whether the first line looks like names of columns."""
    first, newline, _ = text.partition("\n")
    cells = max((first.strip().split(mark) for mark in ",;\t"), key=len)
    return bool(newline) and len(cells) >= _FEWEST and all(map(_is_title, cells))


def _is_title(cell: str) -> bool:
    title = cell.strip(' "')
    return 0 < len(title) <= _LONGEST and not title[0].isdigit() and "://" not in title
