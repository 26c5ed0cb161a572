"""Which language a text is in: naive Bayes over the trigrams at its beginning, several languages added up at once."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detector import kernel
from detector.ngrams import MULTIPLIERS, Floats, Slots, hash_into, views

LANGUAGE_SIZE: Final = 3

LANGUAGE_BITS: Final = 13

LANGUAGE_WINDOWS: Final = 60

LANGUAGE_STRIDE: Final = 2
"""A text's language is guessed from so many trigrams, each this far from the last: neighbours tell little new."""

_MULTIPLIER: Final = int(MULTIPLIERS[LANGUAGE_SIZE])

_FIELD: Final = 12

_FIELDS: Final = 64 // _FIELD
"""Bits of one language's sum, and languages added up in one number of 64 bits."""

_SHIFTS: Final = np.arange(_FIELDS, dtype=np.uint64)[:, np.newaxis] * np.uint64(_FIELD)
"""What moves the sum of each of these languages to the lowest bits, shape (_FIELDS, 1)."""


class Languages:
    """Log-probabilities of all languages' trigrams, several languages to a number, added up together.

    Each is rounded to a step of its own width: chance sees to it that `LANGUAGE_WINDOWS` errors of a
    tenth of a nat cancel to less than a hundredth in their mean.

    Args:
        log_probabilities: float32 (2**LANGUAGE_BITS, n_languages).
    """

    def __init__(self, log_probabilities: NDArray[Any]) -> None:
        least, most = float(log_probabilities.min()), float(log_probabilities.max())
        steps = (1 << _FIELD) // LANGUAGE_WINDOWS - 1
        self._least, self._step = least, (most - least) / steps or 1.0
        levels = np.rint((log_probabilities - least) / self._step).astype(np.uint64)
        self._languages = levels.shape[1]
        words = []
        for first in range(0, self._languages, _FIELDS):
            word = np.zeros(len(levels), dtype=np.uint64)
            for place, column in enumerate(levels.T[first : first + _FIELDS]):
                word |= column << np.uint64(_FIELD * place)
            words.append(word)
        self._words = np.array(words)

    def guess(self, codes: NDArray[np.uint8], starts: Slots, ends: Slots) -> tuple[Slots, Floats]:
        """Guess the language of each text.

        Args:
            codes: masked, as `detector.ngrams.masked` gives them.
            starts: where each text's windows begin, shape (n_texts,).
            ends: where they end.

        Returns:
            Index of the likeliest language, and the mean log-probability of its trigrams, shapes (n_texts,).
        """
        if using := kernel.loaded():
            return using.guess_language(
                codes,
                (starts, ends),
                self._words,
                hashing=(LANGUAGE_BITS, _MULTIPLIER),
                taken=(LANGUAGE_STRIDE, LANGUAGE_WINDOWS),
                levels=(_FIELD, self._languages, self._least, self._step),
            )
        return self.guess_in_passes(codes, starts, ends)

    def guess_in_passes(
        self, codes: NDArray[np.uint8], starts: Slots, ends: Slots
    ) -> tuple[Slots, Floats]:
        """Do what `guess` does by numpy."""
        step = LANGUAGE_STRIDE
        counts = np.minimum((ends - starts + step - 1) // step, LANGUAGE_WINDOWS)
        firsts = np.cumsum(counts) - counts
        places = np.repeat(starts - step * firsts, counts) + step * np.arange(int(counts.sum()))
        slots = views(codes)[places]
        hash_into(slots, LANGUAGE_SIZE, LANGUAGE_BITS, slots)
        means = self._sums(slots.view(np.int64), firsts, counts) / counts
        return means.argmax(axis=0), means.max(axis=0)

    def _sums(self, slots: Slots, firsts: Slots, counts: Slots) -> Floats:
        """Return each text's sum for every language, shape (n_languages, n_texts)."""
        mask = np.uint64((1 << _FIELD) - 1)
        sums = np.empty((self._languages, len(firsts)))
        done = 0
        for word in self._words:
            totals = np.add.reduceat(word.take(slots, mode="clip"), firsts)
            some = sums[done : done + _FIELDS]
            done += len(some)
            some[:] = totals >> _SHIFTS[: len(some)] & mask
        sums *= self._step
        sums += self._least * counts
        return sums
