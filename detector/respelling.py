"""Undo how words are respelled: letters with separators, digits for letters, elongations, a word a line, numbers in words."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import re2
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

DIGIT_WORDS: Final = {
    "nol": "0", "kosong": "0", "satu": "1", "dua": "2", "tiga": "3", "empat": "4",
    "lima": "5", "enam": "6", "tujuh": "7", "delapan": "8", "lapan": "8", "sembilan": "9",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
"""Digits by their names, in Indonesian, Malay and English."""

_LEAST_WORDS: Final = 7
"""Names of digits in a row that are one number: fewer are counted or listed."""


def _digit_words() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    word = f"(?:{'|'.join(DIGIT_WORDS)})"
    rest = rf"(?:[ \n,.\-\x{WIDE:02x}]{{1,3}}{word})"
    return re2.compile(rf"\b{word}{rest}{{{_LEAST_WORDS - 1},40}}\b".encode(), options)


_IN_WORDS: Final = _digit_words()
_ONE_WORD: Final = re.compile(rb"[a-z]+")
_GOES_ON: Final = re.compile(rb"\b(?:dobel|double|triple|oh|belas|sebelas|sepuluh)\b")
"""Words beside such a run that belong to the number, which is read as a whole then: see `indicators._numbers`."""


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


def in_digits(codes: Bytes, origins: Offsets | None) -> tuple[Bytes, Offsets | None]:
    """Write numbers in digits that are spelled by the names of theirs: "nol delapan satu dua ..."."""
    raw = codes.tobytes()
    runs = [match.span() for match in _IN_WORDS.finditer(raw)]
    runs = [(start, end) for start, end in runs if not _GOES_ON.search(raw[start - 10 : end + 10])]
    if not runs:
        return codes, origins
    for start, end in runs:
        words = list(_ONE_WORD.finditer(raw, start, end))
        codes[start:end] = DROPPED
        # The last at its word's end: a number's span is that of all its words.
        for place, word in [*((one.start(), one) for one in words[:-1]), (end - 1, words[-1])]:
            codes[place] = ord(DIGIT_WORDS[word.group().decode()])
    return deleted(codes, origins)


def respelled(codes: Bytes, origins: Offsets | None) -> tuple[Bytes, Offsets | None]:
    """Undo digits inside words, letters spelled with separators, and elongations.

    The zeros at both ends bear looking around.
    """
    from_a = codes - _A
    letter = from_a < 26  # noqa: PLR2004 - letters there are
    digit = np.subtract(codes, _ZERO, out=from_a) < 10  # noqa: PLR2004
    mixed = digit[1:-1] & letter[:-2]
    mixed &= letter[2:]
    inside = mixed.nonzero()[0] + 1
    single = letter
    single |= digit
    if len(inside):
        inside = inside[~_are_dimensions(codes, inside)]
        codes[inside] = _LEET[codes[inside]]
    separators = _spelled_letters(codes, single)
    if len(separators):
        codes[separators] = DROPPED
        codes, origins = deleted(codes, origins)
    # Of three or more alike, all but the first go; not of w, for the sake of www.
    same = codes[1:] == codes[:-1]
    same[:-1] &= same[1:]
    twice = (same[:-1]).nonzero()[0]
    twice = twice[_are_letters(codes[twice]) & (codes[twice] != ord("w"))]
    if len(twice):
        codes[twice + 1] = DROPPED
        codes[twice + 2] = DROPPED
        codes, origins = deleted(codes, origins)
    return codes, origins


def _are_letters(codes: Bytes) -> NDArray[np.bool_]:
    return (codes >= 97) & (codes <= 122)  # noqa: PLR2004 - a to z


def _are_dimensions(codes: Bytes, digits: Offsets) -> NDArray[np.bool_]:
    """Whether digits between two letters are numbers of dimensions at a word's end: "raja4d" and "3d" keep them."""
    found: NDArray[np.bool_] = codes[digits + 1] == ord("d")
    if found.any():
        second, third = _KIND[codes[digits + 2]], _KIND[codes[digits + 3]]
        goes_on = (second == _LETTER) | ((second == _DIGIT) & (third == _LETTER))
        found &= ~goes_on & ((codes[digits] == ord("3")) | (codes[digits] == ord("4")))
    return found


def _spelled_letters(codes: Bytes, single: NDArray[np.bool_]) -> Offsets:
    """Find the separators in words written letter by letter, at least four letters long.

    Digits may stand among them, half of four neighbours at most: "d e w a 7 7"; or there are eight and more of them.

    Args:
        codes: the text.
        single: where letters and digits stand in it.
    """
    # Three separators with a letter between each, which few places have.
    begins = single[1:] > single[:-1]
    between = begins[:-3] & begins[2:-1]
    np.greater(between, single[4:], out=between)
    threes: Offsets = between.nonzero()[0]
    mark = codes[threes]
    threes = threes[
        (mark == codes[threes + 2]) & (mark == codes[threes + 4]) & (_KIND[mark] == _SPACER)
    ]
    if not len(threes):
        return threes
    around = codes[threes[:, np.newaxis] + np.arange(-4, 9)]
    kinds = _KIND[around]
    four = kinds[:, 3:10:2]
    is_word = ((four == _LETTER).sum(axis=1) >= 2) | _in_number(threes, four)  # noqa: PLR2004
    is_single = (kinds & _SINGLE) != 0
    is_word &= is_single[:, 3:10:2].all(axis=1)
    # On either side: what is next to the four, a letter beyond it, and what is next to that.
    edge, width = around[:, 2::8], _WIDTH[around[:, 2:11]]
    wordlike = is_single[:, 2::8] | (edge >= 128)  # noqa: PLR2004 - ASCII ends there
    # A letter of a word that is spelled with less between its letters: "n-a-m-a a b d-a-n".
    another = (kinds[:, 2::8] == _SPACER) & (width[:, ::8] < width[:, 2:3])
    another &= is_single[:, 1::10] & (edge == around[:, ::12])
    threes = threes[is_word & ~(wordlike | another).any(axis=1)]
    separators: Offsets = np.concatenate((threes, threes + 2, threes + 4))
    return separators


def _in_number(threes: Offsets, four: Bytes) -> NDArray[np.bool_]:
    """Whether the digits at places of `_spelled_letters` belong to a number of eight digits or more."""
    number = np.zeros(len(threes), dtype=bool)
    digits = (four == _DIGIT).all(axis=1).nonzero()[0]
    # So many neighbours, each two places further, when there are eight digits.
    reach = 4
    if len(digits) > reach:
        firsts = (threes[digits[reach:]] - threes[digits[:-reach]] == 2 * reach).nonzero()[0]
        number[digits[firsts[:, np.newaxis] + np.arange(reach + 1)]] = True
    return number


def stacked(codes: Bytes) -> Offsets:
    """Find the line ends in stacks of words, `STACK` at least, each on a line of its own."""
    ends: Offsets = (codes == _NEWLINE).nonzero()[0]
    # Between the first and the last line end of a stack stand all its words but two.
    lines = STACK - 2
    near = ends[lines:] - ends[:-lines] <= _LONGEST_STACK
    is_filled = ends[1:] - ends[:-1] > 1
    for line in range(lines):
        near &= is_filled[line : len(near) + line]
    firsts: Offsets = near.nonzero()[0]
    if not len(firsts):
        return firsts
    stacks = [
        first
        for first, start, stop in zip(firsts, *ends[[firsts, firsts + lines]].tolist(), strict=True)
        if _is_stack(codes[start : stop + 1].tobytes())
    ]
    places = np.array(stacks, dtype=np.int64)[:, np.newaxis] + np.arange(lines + 1)
    found: Offsets = ends[places.ravel()]
    return found


def _is_stack(lines: bytes) -> bool:
    """Whether lines that are not empty hold a word each: no blank, and no end of a text."""
    return b" " not in lines and b"\0" not in lines
