"""What the importers of collection tools' tables share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from detector.errors import ExportFormatError, Location
from detector.records import Post, Rejected
from detector.sources._archive import Archive
from detector.sources._collected import spoilt
from detector.sources._tables import columns, table
from detector.sources.interface import Outcome, Skipped

Cells = dict[str, str]
"""Cells by the names of their columns, in small letters."""
_ENDINGS: Final = (".csv", ".tsv", ".txt")
_HOSTS: Final = (
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}instagram\.com/", re.IGNORECASE), "instagram"),
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}(?:facebook\.com|fb\.com)/", re.IGNORECASE), "facebook"),
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}(?:x|twitter)\.com/", re.IGNORECASE), "x"),
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}tiktok\.com/", re.IGNORECASE), "tiktok"),
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}threads\.(?:net|com)/", re.IGNORECASE), "threads"),
    (re.compile(r"//(?:www\.)?(?:t|telegram)\.me/", re.IGNORECASE), "telegram"),
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}bsky\.app/", re.IGNORECASE), "bluesky"),
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}linkedin\.com/", re.IGNORECASE), "linkedin"),
    (re.compile(r"//(?:[\w-]{1,40}\.){0,3}(?:youtube\.com|youtu\.be)/", re.IGNORECASE), "youtube"),
)
_ADDRESSES: Final = re.compile(r"[,;\s]{1,9}(?=https?://)")


def tables(archive: Archive, is_one: Callable[[frozenset[str]], bool], tried: int) -> list[str]:
    """Return the members, of the first `tried` that may be tables, whose columns are as they must be."""
    members = archive.members
    if len(members) > 1:
        members = tuple([one for one in members if one.lower().endswith(_ENDINGS)])
    return [
        one
        for one in members[:tried]
        if is_one(frozenset([title.lower() for title in columns(archive, one)]))
    ]


def rows_read(
    archive: Archive, members: list[str], read: Callable[[Cells, Location], Outcome]
) -> Iterator[Outcome]:
    """Yield one outcome a row; a post whose platform and id were given before is a duplicate.

    Args:
        archive: where the members are.
        members: the tables, in order.
        read: reads a row, and raises ValueError when it cannot be a post.

    Raises:
        ExportFormatError: the only table is damaged.
    """
    given: set[tuple[str, str, str]] = set()
    for member in members:
        label = archive.label(member)
        try:
            for index, row in table(archive, member):
                one = _one(row, Location(label, index), read)
                if type(one) is Post:
                    # Telegram counts anew in every channel.
                    key = one.platform, one.account if one.platform == "telegram" else "", one.id
                    if key in given:
                        one = Skipped.DUPLICATE
                    given.add(key)
                yield one
        except ExportFormatError as error:
            if len(members) == 1:
                raise
            yield spoilt(error, label)


def _one(
    row: dict[str, str] | str, where: Location, read: Callable[[Cells, Location], Outcome]
) -> Outcome:
    if isinstance(row, str):
        return Rejected(where, row)
    cells = {title.lower(): cell for title, cell in row.items()}
    if cells and all(title == cell.strip().lower() for title, cell in cells.items()):
        # The names of the columns once more: somebody joined two files.
        return Skipped.IGNORED
    if not any(map(str.strip, cells.values())):
        return Rejected(where, "is empty")
    try:
        return read(cells, where)
    except ValueError as error:
        return Rejected(where, str(error))


def first(cells: Cells, *titles: str) -> str:
    """Return the first of several cells that holds anything, without the space around it."""
    return next((cell for title in titles if (cell := cells.get(title, "").strip())), "")


def platform_of(link: str) -> str:
    """Return the platform a link leads to; empty when it is none of them.

    Examples:
        >>> platform_of("https://www.instagram.com/p/C8abcDEFgh1"), platform_of("https://kpu.example/")
        ('instagram', '')
    """
    head = link[:200]
    return next((platform for host, platform in _HOSTS if host.search(head)), "")


def addresses(cell: str) -> tuple[str, ...]:
    """Return the addresses in a cell, in their order, each once.

    Examples:
        >>> addresses("https://a.example/x,y,https://b.example")
        ('https://a.example/x,y', 'https://b.example')
    """
    found = [one.strip(" ,;") for one in _ADDRESSES.split(cell)]
    return tuple(dict.fromkeys([one for one in found if "://" in one]))
