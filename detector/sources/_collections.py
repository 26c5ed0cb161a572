"""By which names an export's folder and the parts of one are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

_DEEPEST: Final = 12
"""Folders one in another among which exports are looked for."""
_LOOKED_INTO: Final = 50
_LOOKED_AT: Final = 2_000
"""Folders of a folder, and names in each of these, by which it may be known to be one export."""
_NUMBERED: Final = re.compile(
    r"(?P<whole>.+?)(?:[-_ ]part[-_ ]?(?P<part>\d{1,4})|[-_ ](?P<of>\d{1,3})[-_ ]?of[-_ ]?\d{1,3}"
    r"|[-_](?P<bare>\d{1,3}))"
)
_DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}$")


class Marks:
    """The names that stand only at the top of an export, each pattern that of one source."""

    def __init__(self, patterns: Collection[str]) -> None:
        self._each = [re.compile(one).fullmatch for one in patterns]
        self._any = re.compile("|".join(f"(?:{one})" for one in patterns) or "(?!)").fullmatch

    def __call__(self, name: str) -> bool:
        """Whether a name stands only at the top of an export."""
        return self._any(name) is not None

    def differ(self, names: Iterable[str]) -> bool:
        """Whether names stand at the tops of exports of several kinds, so that no one source knows all.

        Examples:
            >>> marks = Marks(["tweets?.js", "result.json"])
            >>> marks.differ(["tweet.js", "tweets.js", "x"]), marks.differ(["tweet.js", "result.json"])
            (False, True)
        """
        known = [one for one in names if self(one)]
        return bool(known) and not any(all(map(each, known)) for each in self._each)


def exports_in(members: Iterable[str], is_top: Callable[[str], object]) -> list[str]:
    """Return the folders that are exports of their own, each with its slash; the whole is the empty one.

    Args:
        members: names of everything that is packed.
        is_top: whether a name (``name`` or ``folder/name``) stands only at the top of an export.

    Examples:
        >>> exports_in(["a/tweets.js", "b/c/tweets.js", "d.csv"], re.compile("tweets.js").fullmatch)
        ['a/', 'b/c/']
        >>> exports_in(["tweets.js", "b/tweets.js", "d.csv"], re.compile("tweets.js").fullmatch)
        ['']
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
    return [f"{one}/" if one else "" for one in _tops(inside, is_top)]


def exports_below(members: Iterable[str], is_top: Callable[[str], object]) -> list[str]:
    """Return the folders inside the folders of the whole that are exports of their own.

    Examples:
        >>> exports_below(["tweets.js", "b/tweets.js", "c/d/tweets.js"], re.compile("tweets.js").fullmatch)
        ['b/', 'c/d/']
    """
    below: dict[str, list[str]] = {}
    for member in members:
        folder, slash, name = member.partition("/")
        if slash:
            below.setdefault(f"{folder}/", []).append(name)
    return [folder + one for folder in sorted(below) for one in exports_in(below[folder], is_top)]


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


def is_one_export(children: list[Path], is_top: Callable[[str], object]) -> bool:
    """Whether a name in a folder, or one level below, stands only at the top of an export."""
    if any(is_top(one.name) for one in children):
        return True
    for folder in islice((one for one in children if one.is_dir()), _LOOKED_INTO):
        try:
            inner = [f"{folder.name}/{one.name}" for one in islice(folder.iterdir(), _LOOKED_AT)]
        except OSError:
            continue
        if any(map(is_top, inner)):
            return True
    return False


def part_number(stem: str) -> tuple[str, int]:
    """Split the name of one part into the name of the whole and the part's number, or 0.

    Examples:
        >>> part_number("instagram-kpu-2024-11-23-abcd1234-part2")
        ('instagram-kpu-2024-11-23-abcd1234', 2)
        >>> part_number("kpu_1of3"), part_number("kpu-2"), part_number("instagram-kpu-2024-11-23")
        (('kpu', 1), ('kpu', 2), ('instagram-kpu-2024-11-23', 0))
    """
    match = None if _DATED.search(stem) else _NUMBERED.fullmatch(stem)
    if match is None:
        return stem, 0
    return match["whole"], int(match["part"] or match["of"] or match["bare"])
