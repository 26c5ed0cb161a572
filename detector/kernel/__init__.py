"""The loops over every byte of every text, compiled where a C compiler was at hand.

Whatever is called here has a twin made of numpy's passes, which is the reference and runs where there is no
library: `loaded` returns None there, or if the environment's ``KENTONGAN_KERNEL`` is ``off``. Both give the same
bytes and numbers.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import c_double, c_int64, c_uint64, c_void_p
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detector.kernel import building

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Floats = NDArray[np.float64]

PAD: Final = 8
"""Zero bytes after each text of a batch, so that no n-gram of up to 8 bytes straddles two texts."""

SLACK: Final = 64
"""Bytes that blocks of the kernel may reach beyond the end of what they write."""

MOST_SPELLED: Final = 8
"""Bytes that a character is written as, at most."""

_POINTER: Final = 8
"""Bytes: where there are fewer, numpy's offsets are others."""

_array, _whole, _real = c_void_p, c_int64, c_double
_SIGNATURES: Final[dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "fold_characters": (
        None,
        (_array, _whole, *[_array] * 5, _whole, _array, _array, _array),
    ),
    "respell": (_whole, (_array, _whole, _array, _array)),
    "mask_digits": (None, (_array, _whole, _array)),
    "carry": (None, (_array, _whole, _array, c_uint64, _array, _array, _array)),
    "sound": (
        None,
        (*[_array] * 4, _whole, _real, _real, _real, _whole, _whole, _array),
    ),
    "outside_quotes": (_whole, (_array, _array, _whole, _whole, _whole, _array)),
    "tally": (None, (_array, _array, _array, _whole, _array)),
    "guess_language": (
        None,
        (*[_array] * 3, _whole, _array, _whole, _whole, c_uint64, *[_whole] * 4, _real, _real, _array, _array),
    ),
    "rows_of_digits": (_whole, (_array, _whole, _array, _whole, _whole, _array)),
    "replace_marks": (_whole, (_array, _whole, _array, _whole, _whole, _array, _array, _array)),
    "spelled_begins": (_whole, (_array, _whole, _array, _array)),
}  # fmt: skip


class Kernel:
    """The compiled functions, called with arrays.

    Args:
        path: of the library.

    Raises:
        OSError: it cannot be loaded.
        AttributeError: it lacks a function.
    """

    def __init__(self, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        self._library = library

    def fold_characters(
        self,
        encoded: bytes,
        of_byte: bytes,
        of_point: Bytes,
        dressed: NDArray[np.bool_],
        several: tuple[NDArray[np.uint32], bytes],
    ) -> tuple[Bytes, Offsets, bool, bool]:
        """Fold UTF-8 up to where numbers in words are written in digits.

        Args:
            encoded: ends with `PAD` zeros.
            of_byte: what each of 256 bytes is written as.
            of_point: what each code point is written as, shape (0x110000,).
            dressed: which code points dress a letter up, of the same shape.
            several: code points written as several bytes, in order, and `MOST_SPELLED` bytes for each of them.

        Returns:
            The codes, with `SLACK` bytes more behind them in memory; where styled characters begin; whether all code
            points were in the table; whether numbers may stand in words.
        """
        size = len(encoded)
        # Memory that is not written costs nothing.
        out = np.empty(MOST_SPELLED * size + SLACK, dtype=np.uint8)
        styled = np.empty(size, dtype=np.int64)
        sums = np.empty(4, dtype=np.int64)
        points, spelled = several
        self._library.fold_characters(
            encoded, size, of_byte, _at(of_point, np.uint8), _at(dressed, np.bool_), _at(points, np.uint32),
            spelled, len(points), _at(out, np.uint8), _at(styled, np.int64), _at(sums, np.int64),
        )  # fmt: skip
        length, n_styled, n_unseen, is_named = sums.tolist()
        return out[:length], styled[:n_styled], n_unseen == 0, bool(is_named)

    def respell(self, codes: Bytes) -> Bytes:
        """Undo how words are respelled, in place; wide blanks become blanks.

        Args:
            codes: with `PAD` zeros before the first text and after the last, and `SLACK` bytes more in memory.
        """
        threes = np.empty(len(codes) // 2 + 1, dtype=np.int64)
        in_number = np.empty(len(threes), dtype=np.uint8)
        left = self._library.respell(
            _at(codes, np.uint8), len(codes), _at(threes, np.int64), _at(in_number, np.uint8)
        )
        return codes[:left]

    def mask_digits(self, codes: Bytes) -> Bytes:
        """Return codes with every digit a zero."""
        masked = np.empty(len(codes), dtype=np.uint8)
        self._library.mask_digits(_at(codes, np.uint8), len(codes), _at(masked, np.uint8))
        return masked

    def carry(
        self,
        codes: Bytes,
        weights: NDArray[np.int16],
        multiplier: int,
        bits: Offsets,
        mix: NDArray[np.uint64],
    ) -> NDArray[np.int16]:
        """Add up the weights of the n-grams of bytes, words and pairs that begin at each code.

        Args:
            codes: masked, with `PAD` zeros before the first text and after each.
            weights: of all slots, one family after the other.
            multiplier: by which byte n-grams are hashed.
            bits: of the slots of each family, shape (3,).
            mix: by which words are hashed, shape (4,).

        Returns:
            Shape (n_codes - PAD + 1,), the last one 0.
        """
        sums = np.empty(len(codes) - PAD + 1, dtype=np.int16)
        self._library.carry(
            _at(codes, np.uint8),
            len(codes),
            _at(weights, np.int16),
            multiplier,
            _at(bits, np.int64),
            _at(mix, np.uint64),
            _at(sums, np.int16),
        )
        return sums

    def sound(
        self,
        codes: Bytes,
        carried: NDArray[np.int16],
        bounds: tuple[Offsets, Offsets],
        nats: tuple[float, float, float],
        *,
        ballast: int,
        part: int,
    ) -> Floats:
        """Return what each text sounds like in nats, shape (n_texts,).

        Args:
            codes: masked.
            carried: as `carry` gives it.
            bounds: where each text's windows begin and end.
            nats: of one step, added to every sum, and by which a part must sound worse to count.
            ballast: n-grams added to the number of them.
            part: characters of a part, at least.
        """
        starts, ends = bounds
        heard = np.empty(len(starts))
        self._library.sound(
            _at(codes, np.uint8), _at(carried, np.int16), _at(starts, np.int64), _at(ends, np.int64), len(starts), *nats, ballast, part, _at(heard, np.float64)
        )  # fmt: skip
        return heard

    def outside_quotes(
        self, codes: Bytes, carried: NDArray[np.int16], start: int, end: int, least: int
    ) -> tuple[int, int] | None:
        """Add up one text's weights but for what it quotes at length; None if it quotes nothing so.

        Args:
            codes: of all texts.
            carried: as `carry` gives it.
            start: of the text.
            end: of the text.
            least: codes between two quotation marks that are at length.

        Returns:
            The weights, and of how many codes.
        """
        sums = np.empty(2, dtype=np.int64)
        found = self._library.outside_quotes(
            _at(codes, np.uint8), _at(carried, np.int16), start, end, least, _at(sums, np.int64)
        )
        total, length = sums.tolist()
        return (total, length) if found else None

    def tally(self, codes: Bytes, starts: Offsets, ends: Offsets) -> Offsets:
        """Count each text's letters, line ends, hashtags and codes outside ASCII, shape (n_texts, 4)."""
        counts = np.empty((len(starts), 4), dtype=np.int64)
        self._library.tally(
            _at(codes, np.uint8),
            _at(starts, np.int64),
            _at(ends, np.int64),
            len(starts),
            _at(counts, np.int64),
        )
        return counts

    def guess_language(
        self,
        codes: Bytes,
        bounds: tuple[Offsets, Offsets],
        words: NDArray[np.uint64],
        *,
        hashing: tuple[int, int],
        taken: tuple[int, int],
        levels: tuple[int, int, float, float],
    ) -> tuple[Offsets, Floats]:
        """Guess the language of each text.

        Args:
            codes: masked.
            bounds: where each text's windows begin and end.
            words: sums of several languages' levels, shape (n_words, 2 ** bits).
            hashing: bits of a slot, and the multiplier.
            taken: how far trigrams are apart, and how many are taken at most.
            levels: bits of one, languages, log-probability of the lowest, and how much more of the next.

        Returns:
            Index of the likeliest language, and the mean log-probability of its trigrams, shapes (n_texts,).
        """
        starts, ends = bounds
        guess, likelihood = np.empty(len(starts), dtype=np.int64), np.empty(len(starts))
        self._library.guess_language(
            _at(codes, np.uint8), _at(starts, np.int64), _at(ends, np.int64), len(starts), _at(words, np.uint64), len(words),
            *hashing, *taken, *levels, _at(guess, np.int64), _at(likelihood, np.float64),
        )  # fmt: skip
        return guess, likelihood

    def rows_of_digits(
        self, codes: bytes, kinds: bytes, most_joints: int, least: int
    ) -> list[tuple[int, int]]:
        """Return where digits stand in rows, first place and the one behind the last.

        Args:
            codes: folded text.
            kinds: of each of 256 codes: 1 a digit, 2 what may stand between two of them.
            most_joints: so many may, at most.
            least: digits of a row.
        """
        rows = np.empty((len(codes) // least + 1, 2), dtype=np.int64)
        found = self._library.rows_of_digits(
            codes, len(codes), kinds, most_joints, least, _at(rows, np.int64)
        )
        starts, ends = rows[:found].T.tolist()
        return list(zip(starts, ends, strict=True))

    def spelled_begins(self, codes: bytes) -> tuple[list[int], bool]:
        """Return where telephone numbers in words may begin, and whether a chat link or WhatsApp may be named."""
        begins = np.empty(len(codes) // 2 + 1, dtype=np.int64)
        is_linked = np.empty(1, dtype=np.int64)
        found = self._library.spelled_begins(
            codes, len(codes), _at(begins, np.int64), _at(is_linked, np.int64)
        )
        return sorted(set(begins[:found].tolist())), bool(is_linked[0])

    def replace_marks(
        self, whole: bytes, known: NDArray[np.uint64], longest: int
    ) -> tuple[bytes, list[tuple[int, str]], bool]:
        """Put in the place of each known mark of simple HTML in JSON what it means.

        Args:
            whole: texts in JSON; nine bytes that belong to none end it.
            known: marks, see `detector.sources._simple_runs`, shape (n_known, 5).
            longest: bytes of a link's address behind its scheme, at most.

        Returns:
            What is left; where each link stood and where it leads; whether there are new lines too many in it, or
            characters that mean something.
        """
        size = len(whole)
        out = np.empty(size, dtype=np.uint8)
        links = np.empty((size // 20 + 1, 3), dtype=np.int64)
        sums = np.empty(2, dtype=np.int64)
        left = self._library.replace_marks(
            whole,
            size,
            _at(known, np.uint64),
            len(known),
            longest,
            _at(out, np.uint8),
            _at(links, np.int64),
            _at(sums, np.int64),
        )
        n_links, is_special = sums.tolist()
        found = [
            (place, whole[first:last].decode()) for place, first, last in links[:n_links].tolist()
        ]
        return out[:left].tobytes(), found, bool(is_special)


def _at(array: NDArray[Any], kind: type[np.generic]) -> int:
    """Return where an array's numbers begin in memory.

    Raises:
        TypeError: they are of another kind, or do not follow each other.
    """
    if array.dtype != kind or not array.flags.c_contiguous:
        raise TypeError(f"an array of {array.dtype} in place of {kind.__name__}, or with gaps")
    where: int = array.ctypes.data
    return where


@cache
def loaded() -> Kernel | None:
    """Return the kernel made of the sources that stand here; None where there is none that can be loaded."""
    if os.environ.get("KENTONGAN_KERNEL") == "off" or ctypes.sizeof(c_void_p) != _POINTER:
        return None
    try:
        return Kernel(building.library(Path(__file__).parent))
    except (OSError, AttributeError):
        return None
