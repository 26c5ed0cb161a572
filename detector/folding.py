"""Fold one stretch of UTF-8: as numpy's passes, or compiled where only the codes are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector import kernel
from detector.characters import dressed, fold_character
from detector.respelling import (
    BLANK,
    DROPPED,
    WIDE,
    Bytes,
    Offsets,
    deleted,
    in_digits,
    respelled,
    stacked,
)

_SEVERAL, _UNSEEN = 2, 3


class FoldTable:
    """Code point to folded byte for everything outside ASCII, filled in as code points are first met."""

    def __init__(self) -> None:
        self._several: dict[int, bytes] = {}
        self._listed: tuple[NDArray[np.uint32], bytes] = np.zeros(0, dtype=np.uint32), b""

    @cached_property
    def _codes(self) -> Bytes:
        # A megabyte that a program which folds nothing does not need.
        return np.full(0x110000, _UNSEEN, dtype=np.uint8)

    def codes(self, points: NDArray[np.int64]) -> Bytes:
        """Return what some code points fold to, each in one byte: see `spelled` for those of several."""
        codes: Bytes = self._codes[points]
        unseen = codes == _UNSEEN
        if unseen.any():
            self.meet(points[unseen].tolist())
            codes = self._codes[points]
        return codes

    def meet(self, points: Iterable[int]) -> None:
        """Take in code points that were not met before."""
        for point in set(points):
            folded = fold_character(chr(point))
            if len(folded) > 1:
                self._several[point] = folded
            self._codes[point] = (
                DROPPED if not folded else folded[0] if len(folded) == 1 else _SEVERAL
            )

    def spelled(self, point: int) -> bytes:
        """Return what a code point that folds to several bytes folds to."""
        return self._several[point]

    def compiled(self, encoded: bytes, using: kernel.Kernel) -> tuple[Bytes, Offsets, bool]:
        """Fold UTF-8 up to where numbers in words are written in digits.

        Returns:
            The codes; where styled characters begin; whether numbers may stand in words.
        """
        while True:
            # Another thread may have met more in the meantime: what is not listed here is met again.
            if len(self._listed[0]) != len(self._several):
                several = sorted(self._several.items())
                points = np.array([point for point, _ in several], dtype=np.uint32)
                spelled = [folded.ljust(kernel.MOST_SPELLED, b"\0") for _, folded in several]
                self._listed = points, b"".join(spelled)
            codes, styled, is_whole, is_named = using.fold_characters(
                encoded, _OF_BYTE, self._codes, dressed(), self._listed
            )
            if is_whole:
                return codes, styled, is_named
            self.codes(_points(encoded, _leads(encoded)))


_TABLE: Final = FoldTable()


def _ascii_codes() -> bytes:
    codes = bytearray([DROPPED]) * 256
    codes[0] = 0
    for point in range(1, 128):
        codes[point] = (fold_character(chr(point)) or bytes([DROPPED]))[0]
    codes[0xC0:] = bytes([_UNSEEN]) * 64
    return bytes(codes)


_OF_BYTE: Final = _ascii_codes()
"""UTF-8 byte to folded byte: ASCII folded, continuation bytes dropped, first bytes marked `_UNSEEN`."""


def folded(encoded: bytes, *, traced: bool = False) -> tuple[bytes, Offsets | None, Offsets]:
    """Fold UTF-8.

    Args:
        encoded: texts, `kernel.PAD` zeros before the first and after each.
        traced: whether to say which character each code came from.

    Returns:
        The codes; with `traced`, which character each came from; where in `encoded` styled characters begin.
    """
    using = None if traced else kernel.loaded()
    if using is None:
        return folded_in_passes(encoded, traced=traced)
    codes, styled, is_named = _TABLE.compiled(encoded, using)
    if is_named:
        some, _ = in_digits(codes, None)
        if some is not codes:
            codes = np.concatenate((some, np.empty(kernel.SLACK, dtype=np.uint8)))[: len(some)]
    return using.respell(codes).tobytes(), None, styled


def folded_in_passes(encoded: bytes, *, traced: bool) -> tuple[bytes, Offsets | None, Offsets]:
    """Do what `folded` does, as numpy's passes over all codes: what the kernel is measured by."""
    codes = np.frombuffer(bytearray(encoded.translate(_OF_BYTE)), dtype=np.uint8)
    origins = None
    if traced:
        firsts = (np.frombuffer(encoded, dtype=np.uint8) & 0xC0) != 0x80  # noqa: PLR2004 - continuation bytes
        origins = np.cumsum(firsts) - 1
    leads = (codes == _UNSEEN).nonzero()[0]
    styled = np.zeros(0, dtype=np.int64)
    spelled: list[tuple[int, bytes]] = []
    if len(leads):
        points = _points(encoded, leads)
        found = _TABLE.codes(points)
        codes[leads] = found
        styled = leads[dressed()[points]]
        spelled = [
            (int(leads[place]), _TABLE.spelled(int(points[place])))
            for place in (found == _SEVERAL).nonzero()[0].tolist()
        ]
    if spelled:
        codes, origins = _spelled_out(codes, origins, spelled)
    codes, origins = deleted(codes, origins)
    codes[stacked(codes)] = BLANK
    blank = codes == BLANK
    twice = (blank[1:] & blank[:-1]).nonzero()[0] + 1
    if len(twice):
        codes[twice - 1] = WIDE
        codes[twice] = DROPPED
        codes, origins = deleted(codes, origins)
    codes, origins = respelled(*in_digits(codes, origins))
    return codes.tobytes().replace(bytes([WIDE]), bytes([BLANK])), origins, styled


def _leads(encoded: bytes) -> Offsets:
    """Return where characters outside ASCII begin."""
    return (np.frombuffer(encoded, dtype=np.uint8) >= 0xC0).nonzero()[0]  # noqa: PLR2004 - first bytes of several


def _points(encoded: bytes, leads: Offsets) -> NDArray[np.int64]:
    """Decode the characters whose first bytes stand at `leads`."""
    octets = np.frombuffer(encoded, dtype=np.uint8)
    # Wrapped at the end, where only `PAD` stands and nothing is read.
    first, second, third, fourth = (
        octets.take(leads + step, mode="wrap").astype(np.int64) for step in range(4)
    )
    two = (first & 0x1F) << 6 | (second & 0x3F)
    three = (first & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F)
    four = (first & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | (fourth & 0x3F)
    return np.where(first < 0xE0, two, np.where(first < 0xF0, three, four))  # noqa: PLR2004 - lengths in UTF-8


def _spelled_out(
    codes: Bytes, origins: Offsets | None, spelled: Sequence[tuple[int, bytes]]
) -> tuple[Bytes, Offsets | None]:
    """Put several bytes in the place of one, all of them pointing at the one original."""
    raw, pieces, start = codes.tobytes(), [], 0
    for place, letters in spelled:
        pieces += [raw[start:place], letters]
        start = place + 1
    pieces.append(raw[start:])
    if origins is not None:
        counts = np.ones(len(codes), dtype=np.int64)
        counts[[place for place, _ in spelled]] = [len(letters) for _, letters in spelled]
        origins = np.repeat(origins, counts)
    return np.frombuffer(bytearray(b"".join(pieces)), dtype=np.uint8), origins
