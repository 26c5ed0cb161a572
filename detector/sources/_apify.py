"""How Apify writes the items of a data set: as lists, or flattened into the columns of a table."""

from __future__ import annotations

from typing import Any, Final

import msgspec

plainly = msgspec.json.Decoder(list[dict[str, Any]]).decode
"""Reads a list of objects; an element that is none raises ValueError."""

_DEEPEST: Final = 8
_MOST: Final = 5_000
"""Elements of one list; a column named for a later one must not make room for millions."""


_SPELLED: Final = {
    one.lower(): one
    for one in (
        "childPosts", "commentUrl", "commentsCount", "displayUrl", "errorDescription", "firstComment",
        "followersCount", "latestComments", "latestIgtvVideos", "latestPosts", "likesCount", "locationName",
        "ownerId", "ownerUsername", "postUrl", "postsCount", "productType", "requestErrorMessages",
        "shortCode", "topPosts", "videoUrl",
    )
}  # fmt: skip
"""Names in which capitals stand, by their small letters."""


def spelled(column: str) -> str:
    """Return a column's name as Apify spells it, however a spreadsheet's user did.

    Examples:
        >>> spelled("LATESTCOMMENTS/0/OWNERUSERNAME"), spelled("timestamp")
        ('latestComments/0/ownerUsername', 'timestamp')
    """
    steps = column.strip().lower().split("/")
    return "/".join([_SPELLED.get(step, step) for step in steps])


def nested(row: dict[str, str]) -> dict[str, Any]:
    """Undo the flattening of a table's columns; empty cells are absent fields.

    Examples:
        >>> nested({"caption": "Halo", "latestComments/0/text": "Min?", "latestComments/1/text": ""})
        {'caption': 'Halo', 'latestComments': [{'text': 'Min?'}]}
    """
    tree: dict[str, Any] = {}
    for column, cell in row.items():
        steps = column.split("/")
        if not cell or len(steps) > _DEEPEST:
            continue
        branch = tree
        for step in steps[:-1]:
            deeper = branch.setdefault(step, {})
            if not isinstance(deeper, dict):
                break
            branch = deeper
        else:
            branch.setdefault(steps[-1], cell)
    return {key: _listed(inner) for key, inner in tree.items()}


def _listed(value: Any) -> Any:
    """Turn objects whose keys are places into lists, all the way down."""
    if not isinstance(value, dict):
        return value
    whole = {key: _listed(inner) for key, inner in value.items()}
    if whole and len(whole) < _MOST and all(key.isascii() and key.isdigit() for key in whole):
        return [whole[key] for key in sorted(whole, key=lambda key: int(key[:9]))]
    return whole
