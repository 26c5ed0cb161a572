"""Words pieced together from the letters of several alphabets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise, starmap
from typing import Final

_RANGES: Final = (
    (0x41, 0x5A, "latin"), (0x61, 0x7A, "latin"), (0xC0, 0x24F, "latin"), (0x370, 0x3FF, "greek"), (0x400, 0x52F, "cyrillic"),
    (0x530, 0x58F, "armenian"), (0x13A0, 0x13FF, "cherokee"), (0x1400, 0x167F, "canadian"), (0x2100, 0x214F, "dressed"),
    (0x2C80, 0x2CFF, "coptic"), (0xA4D0, 0xA4FF, "lisu"), (0xFF21, 0xFF3A, "wide"), (0xFF41, 0xFF5A, "wide"),
    (0x10280, 0x1034F, "ancient"), (0x1D400, 0x1D7CB, "dressed"),
)  # fmt: skip
"""First and last code point of the letters that names are pieced together from, and of which alphabet they are."""

_FIRSTS: Final = tuple(first for first, _, _ in _RANGES)
SHORTEST: Final = 4
"""Letters of a word, at least, that shows what alphabets it is pieced together from."""

_FOREIGN: Final = 2
"""Letters of other alphabets than the most frequent, at least: one may be a sign of measure or an ornament."""

_ROW: Final = 64
"""Code points that differ in their last byte of UTF-8 alone."""

APART: Final = 3
"""Rows between mathematical letters that are of different styles: nearer ones lend each other what they lack."""

_LIVING: Final = frozenset({"greek", "cyrillic", "armenian"})
_RARE: Final = frozenset({"cherokee", "canadian", "coptic", "lisu", "ancient"})
"""Alphabets in which no office here writes."""


def pieced(word: str) -> Iterator[tuple[int, int]]:
    """Yield where in a run of characters words stand that are pieced together, in bytes of UTF-8.

    Examples:
        >>> list(pieced("К𝙀𝐿OР")), list(pieced("𝐌𝐄𝐋0𝐓𝐈")), list(pieced("𝗞𝗣𝗨2024"))
        ([(0, 13)], [(0, 21)], [])
    """
    at = start = 0
    letters: list[str] = []
    for one in word + " ":
        size = len(one.encode("utf-8", "surrogatepass"))
        if _alphabet(one) or one.isdecimal():
            letters.append(one)
        else:
            if letters and _is_mixed(letters):
                yield start, at
            letters, start = [], at + size
        at += size


def _alphabet(letter: str) -> str:
    """Return the alphabet that a letter may be pieced in from; the empty string for every other character."""
    point = ord(letter)
    place = bisect_right(_FIRSTS, point) - 1
    if place < 0 or point > _RANGES[place][1]:
        return ""
    return _RANGES[place][2]


def _are_styles_apart(letter: str, follower: str) -> bool:
    """Whether two letters are of mathematical alphabets that stand `APART` rows from each other or more."""
    both = ord(letter), ord(follower)
    is_dressed = min(both) >= ord("𝐀") and max(both) <= ord("𝚣")
    return is_dressed and abs(both[0] // _ROW - both[1] // _ROW) >= APART


def _is_mixed(letters: list[str]) -> bool:
    kinds = [_alphabet(one) for one in letters]
    found = [kind for kind in kinds if kind]
    if len(found) < SHORTEST:
        return False
    most = max(set(found), key=found.count)
    others = len(found) - found.count(most)
    if others >= _FOREIGN or any(starmap(_are_styles_apart, pairwise(letters))):
        return True
    # A site's name ends in digits; so does none that is written in earnest in another alphabet.
    if letters[-1].isdecimal() and most in (_LIVING if others else set()) | _RARE:
        return True
    # Plain digits in the place of dressed-up letters: but years and numbers stand at an end.
    inside = (place for place in range(1, len(kinds) - 1) if letters[place] in "013457")
    return "latin" not in found and any(kinds[place - 1] and kinds[place + 1] for place in inside)
