"""How a text is laid out and dressed up, whatever it says: length, line breaks, hashtags, emoji.

Institutions have several admins, each with a hand of their own, so style is weak evidence and coarsely taken.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.ngrams import bounds, by_turns
from detector.text import FoldedBatch

LENGTHS: Final = 8
"""Under 20 characters, then doubling up to over 1,280."""

DRESSES: Final = 27
"""Three aspects, each none, some or many."""

_FEW: Final = ((10, 2), (35, 3))
"""Line breaks and hashtags, and how many of them are not yet many."""

_FEW_FOREIGN: Final = 5
"""Emoji and letters of other alphabets likewise."""


def styles(batch: FoldedBatch) -> NDArray[np.int64]:
    """Return each text's length, 0 to `LENGTHS` - 1, times `DRESSES`, plus its dress, shape (n_texts,)."""
    starts, ends = bounds(batch)
    edges = by_turns(starts, ends)
    letters = np.maximum((ends - starts - 1) // 20, 0)
    length = np.minimum(np.ceil(np.log2(letters + 1)), LENGTHS - 1).astype(np.int64)
    dress = np.zeros(len(starts), dtype=np.int64)
    aspects = [(batch.codes == code, few) for code, few in _FEW]
    for has, few in (*aspects, (batch.codes >= 128, _FEW_FOREIGN)):  # noqa: PLR2004 - ASCII ends there
        # These are so rare that looking up where they stand is faster than adding up everything.
        before = has.nonzero()[0].searchsorted(edges)
        counts = before[1::2] - before[::2]
        dress = dress * 3 + (counts > 0) + (counts > few)
    coded: NDArray[np.int64] = length * DRESSES + dress
    return coded


def length_of(styles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the lengths of some `styles`."""
    return styles // DRESSES


def dress_of(styles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the dresses of some `styles`."""
    return styles % DRESSES
