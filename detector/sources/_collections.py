"""ZIPs and tars of several exports, as somebody makes them of a folder of downloads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

_DEEPEST: Final = 12
"""Folders one in another among which exports are looked for."""
_FEWEST: Final = 2
PACKED: Final = re.compile(r"\.(?:zip|rar|7z|tar|tar\.gz|tgz)$", re.IGNORECASE)


def exports_in(members: Iterable[str], is_top: Callable[[str], object]) -> list[str]:
    """Return the folders that are exports of their own, each with its slash; none when there are not several.

    Args:
        members: names of everything that is packed.
        is_top: whether a name (``name`` or ``folder/name``) stands only at the top of an export.

    Examples:
        >>> exports_in(["a/tweets.js", "b/c/tweets.js", "d.csv"], re.compile("tweets.js").fullmatch)
        ['a/', 'b/c/']
        >>> exports_in(["a/tweets.js", "a/b/tweets.js", "d.csv"], re.compile("tweets.js").fullmatch)
        []
    """
    inside: dict[str, set[str]] = {}
    for member in members:
        folder, _, name = member.rpartition("/")
        inside.setdefault(folder, set()).add(name)
        while folder and folder.count("/") < _DEEPEST:
            above, _, name = folder.rpartition("/")
            known = inside.setdefault(above, set())
            if name in known:
                break
            known.add(name)
            folder = above
    found = [f"{one}/" if one else "" for one in _tops(inside, is_top)]
    return found if len(found) >= _FEWEST else []


def _tops(
    inside: dict[str, set[str]], is_top: Callable[[str], object], folder: str = ""
) -> Iterator[str]:
    children = sorted(inside.get(folder, ()))
    below = {one: f"{folder}/{one}" if folder else one for one in children}
    names = [f"{one}/{inner}" for one in children for inner in inside.get(below[one], ())]
    if any(map(is_top, children)) or any(map(is_top, names)):
        yield folder
        return
    for one in children:
        if below[one] in inside:
            yield from _tops(inside, is_top, below[one])
