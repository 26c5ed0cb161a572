"""Which items of a feed were given: feeds renew ids and addresses, date items anew, and number all of them alike."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from detector.sources._feed_items import Item
from detector.sources.interface import content_id

KEPT: Final = 300
"""Items that are remembered, at least; all that the feed shows now, up to `_MOST`."""
_MOST: Final = 3_000
_EDITS: Final = 3
"""Edits of one item that are given: some feeds count their readers in every item."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of one item, in digests."""

    id: str
    url: str
    content: str
    """Of time, text and media."""
    words: str
    edits: int = 0


class Fresh(NamedTuple):
    """An item to be given."""

    item: Item
    id: str
    is_edit: bool
    row: Row


def fresh(
    items: Sequence[Item], known: Sequence[Row] | None
) -> tuple[list[Fresh], tuple[Row, ...], bool]:
    """Tell what is new or edited.

    An item is known by its id or its address, as far as no other item of the feed bears it, or by what it says.

    Args:
        items: in any order.
        known: what the last reading left; None at the first.

    Returns:
        What is to be given, the oldest first; what to remember; and whether anything was known.
    """
    rows = [_row(one) for one in items]
    ids, urls = Counter(one.id for one in rows), Counter(one.url for one in rows)
    before: dict[str, Row] = {}
    for old in reversed(known or ()):
        before.update(dict.fromkeys(_names(old), old))
    found: list[Fresh] = []
    kept: dict[str, Row] = {}
    told = False
    for item, row in sorted(zip(items, rows, strict=True), key=lambda pair: pair[0].at):
        own = msgspec.structs.replace(
            row,
            id=row.id if ids[row.id] == 1 else "",
            url=row.url if urls[row.url] == 1 else "",
        )
        if own.content in kept:
            continue
        old_row = next((before[name] for name in _names(own) if name in before), None)
        told = told or old_row is not None
        is_edit = old_row is not None and old_row.words != row.words and old_row.edits < _EDITS
        own = msgspec.structs.replace(own, edits=(old_row.edits if old_row else 0) + is_edit)
        name = item.id if item.id and own.id else row.content
        if old_row is None or is_edit:
            name = f"{name}~{row.words[:8]}" if is_edit else name
            found.append(Fresh(item, name, is_edit, own))
        kept[own.content] = own
    shown = list(reversed(kept.values()))[:_MOST]
    return found, remembered(shown, known or ()), told


def remembered(shown: Sequence[Row], known: Sequence[Row]) -> tuple[Row, ...]:
    """Return what to remember: what was shown now, and as much as fits of what is not shown any more."""
    contents, ids = {one.content for one in shown}, {one.id for one in shown if one.id}
    gone = [one for one in known if one.content not in contents and one.id not in ids]
    return (*shown, *gone[: max(0, KEPT - len(shown))])


def _row(item: Item) -> Row:
    media = [one.path or "" for one in item.media]
    return Row(
        _digest(item.id or ""),
        _digest((item.url or "").partition("#")[0]),
        content_id(item.at, item.text, media),
        _digest(" ".join(item.text.split()) or "-"),
    )


def _names(row: Row) -> list[str]:
    pairs = (("i", row.id), ("u", row.url), ("c", row.content))
    return [f"{kind}{one}" for kind, one in pairs if one]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10] if text else ""
