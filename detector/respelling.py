"""Undo how words are respelled: letters with separators between them, digits for letters, elongations, a word a line."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]

DROPPED: Final = 1
"""The code of what is to be taken out."""

WIDE: Final = 4
"""Stands for two blanks or more while letters are respelled: "s l o t  g a c o r" is two words."""

BLANK: Final = 32
_NEWLINE: Final = 10
_LETTER, _SPACER, _DIGIT = 1, 2, 4
_SINGLE: Final = _LETTER | _DIGIT
_A, _ZERO = np.uint8(97), np.uint8(48)

STACK: Final = 5
"""Words that stand on a line each, one beneath the other, from which they are read as one line."""

_LONGEST_STACK: Final = 48
"""Characters from line end to line end of the words that are looked at together, at most."""


def _kinds() -> Bytes:
    kinds = np.zeros(256, dtype=np.uint8)
    kinds[97:123] = _LETTER
    kinds[48:58] = _DIGIT
    kinds[[*b" .-_*|,/~'", WIDE]] = _SPACER
    return kinds


_KIND: Final = _kinds()

_WIDTH: Final[Bytes] = np.zeros(256, dtype=np.uint8)
_WIDTH[[BLANK, WIDE]] = 1, 2

_LEET: Final[Bytes] = np.arange(256, dtype=np.uint8)
_LEET[np.frombuffer(b"0134578", dtype=np.uint8)] = np.frombuffer(b"oieastb", dtype=np.uint8)


def deleted(codes: Bytes, origins: Offsets | None) -> tuple[Bytes, Offsets | None]:
    """Take out what is marked `DROPPED`, by `bytes.replace`: many times as fast as an array's selection."""
    if origins is not None:
        origins = origins[codes != DROPPED]
    left = bytearray(codes.tobytes().replace(bytes([DROPPED]), b""))
    return np.frombuffer(left, dtype=np.uint8), origins


def respelled(codes: Bytes, origins: Offsets | None) -> tuple[Bytes, Offsets | None]:
    """Undo digits inside words, letters spelled with separators, and elongations.

    The zeros at both ends bear looking around.
    """
    letter, digit = codes - _A < 26, codes - _ZERO < 10  # noqa: PLR2004 - letters and digits there are
    mixed = digit[1:-1] & letter[:-2]
    mixed &= letter[2:]
    inside = np.flatnonzero(mixed) + 1
    single = letter
    single |= digit
    if len(inside):
        inside = _letters_inside(codes, inside)
        codes[inside] = _LEET[codes[inside]]
    separators = _spelled_letters(codes, single)
    if len(separators):
        codes[separators] = DROPPED
        codes, origins = deleted(codes, origins)
    # Of three or more alike, all but the first go; not of w, for the sake of www.
    same = codes[1:] == codes[:-1]
    same[:-1] &= same[1:]
    twice = np.flatnonzero(same[:-1])
    twice = twice[_are_letters(codes[twice]) & (codes[twice] != ord("w"))]
    if len(twice):
        codes[twice + 1] = DROPPED
        codes[twice + 2] = DROPPED
        codes, origins = deleted(codes, origins)
    return codes, origins


def _are_letters(codes: Bytes) -> NDArray[np.bool_]:
    return (codes >= 97) & (codes <= 122)  # noqa: PLR2004 - a to z


def _letters_inside(codes: Bytes, inside: Offsets) -> Offsets:
    """Tell which digits between two letters stand for letters, and add digits at the ends of such words."""
    around = _KIND[codes[inside[:, np.newaxis] + _AROUND]]
    if (before_d := codes[inside + 1] == ord("d")).any():
        # "raja4d" and "3d" keep their digit: a number of dimensions at a word's end.
        two, three = around[:, 6], around[:, 7]
        goes_on = (two == _LETTER) | ((two == _DIGIT) & (three == _LETTER))
        numbers = before_d & ~goes_on & ((codes[inside] == ord("3")) | (codes[inside] == ord("4")))
        inside, around = inside[~numbers], around[~numbers]
    before = _END[around[:, 2], around[:, 1], around[:, 0]]
    after = _END[around[:, 6], around[:, 7], around[:, 8]]
    firsts = (inside - before)[before > 0]
    # Addresses of wallets begin with one of the other digits.
    firsts = firsts[codes[firsts] > ord("3")]
    return np.concatenate([inside, firsts, (inside + after)[after > 0]])


def _ends() -> Bytes:
    """Return how far from a digit inside a word a single digit stands at its end, 0 if none does.

    Indices are the kinds of the three characters that come after the digit's neighbour.
    """
    ends = np.zeros((_DIGIT + 1,) * 3, dtype=np.uint8)
    outside = [0, _SPACER]
    ends[_DIGIT, outside, :] = 2
    ends[_LETTER, _DIGIT, outside] = 3
    return ends


_AROUND: Final = np.arange(-4, 5)
_END: Final = _ends()


def _spelled_letters(codes: Bytes, single: NDArray[np.bool_]) -> Offsets:
    """Find the separators in words written letter by letter, at least four letters long.

    Digits may stand among them, half of four neighbours at most: "d e w a 7 7".

    Args:
        codes: the text.
        single: where letters and digits stand in it.
    """
    # Three separators with a letter between each, which few places have.
    between = single[1:-3] & single[3:-1]
    other = ~single
    between &= other[:-4]
    between &= other[2:-2]
    between &= other[4:]
    threes: Offsets = np.flatnonzero(between)
    alike = (codes[threes] == codes[threes + 2]) & (codes[threes] == codes[threes + 4])
    threes = threes[alike & (_KIND[codes[threes]] == _SPACER)]
    if not len(threes):
        return threes
    around = _KIND[codes[threes[:, np.newaxis] + np.arange(-4, 9)]]
    four = around[:, 3:10:2]
    outer = ((four & _SINGLE) != 0).all(axis=1) & ((four == _LETTER).sum(axis=1) >= 2)  # noqa: PLR2004
    for beyond, step in ((-2, -1), (6, 1)):
        edge = codes[threes + beyond]
        wordlike = ((_KIND[edge] & _SINGLE) != 0) | (edge >= 128)  # noqa: PLR2004 - ASCII ends there
        # A letter of a word that is spelled with less between its letters: "n-a-m-a a b d-a-n".
        another = (_KIND[edge] == _SPACER) & (_WIDTH[edge] < _WIDTH[codes[threes]])
        another &= (around[:, 4 + beyond + step] & _SINGLE) != 0
        outer &= ~wordlike & ~(another & (edge == codes[threes + beyond + 2 * step]))
    threes = threes[outer]
    separators: Offsets = np.concatenate((threes, threes + 2, threes + 4))
    return separators


def stacked(codes: Bytes) -> Offsets:
    """Find the line ends in stacks of words, `STACK` at least, each on a line of its own."""
    ends = np.flatnonzero(codes == _NEWLINE)
    # Between the first and the last line end of a stack stand all its words but two.
    lines = STACK - 2
    firsts = np.flatnonzero(ends[lines:] - ends[:-lines] <= _LONGEST_STACK)
    if not len(firsts):
        return firsts
    raw = codes.tobytes()
    stacks = [
        first
        for first, start, stop in zip(firsts, *ends[[firsts, firsts + lines]].tolist(), strict=True)
        if raw.find(b" ", start, stop) < 0 and not _has_gap(raw[start : stop + 1])
    ]
    places = np.array(stacks, dtype=np.int64)[:, np.newaxis] + np.arange(lines + 1)
    found: Offsets = ends[places.ravel()]
    return found


def _has_gap(lines: bytes) -> bool:
    """Whether lines hold an empty one, or the end of a text."""
    return b"\n\n" in lines or b"\0" in lines
