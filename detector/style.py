"""How a text is laid out and dressed up, whatever it says: length, line breaks, hashtags, emoji.

Institutions have several admins, each with a hand of their own, so style is weak evidence and coarsely taken.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.text import FoldedBatch

LENGTHS: Final = 8
"""Under 20 characters, then doubling up to over 1,280."""

DRESSES: Final = 27
"""Three aspects, each none, some or many."""

_FEW: Final = (2, 3, 5)
"""Line ends, hashtags, and emoji and letters of other alphabets: how many of them are not yet many."""


def styles(batch: FoldedBatch) -> NDArray[np.int64]:
    """Return each text's length, 0 to `LENGTHS` - 1, times `DRESSES`, plus its dress, shape (n_texts,)."""
    letters = np.maximum((batch.ends - batch.starts) // 20, 0)
    length = np.minimum(np.ceil(np.log2(letters + 1)), LENGTHS - 1).astype(np.int64)
    dress = np.zeros(len(length), dtype=np.int64)
    for counts, few in zip(batch.tally.T[1:], _FEW, strict=True):
        dress = dress * 3 + (counts > 0) + (counts > few)
    coded: NDArray[np.int64] = length * DRESSES + dress
    return coded


def length_of(styles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the lengths of some `styles`."""
    return styles // DRESSES


def dress_of(styles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the dresses of some `styles`."""
    return styles % DRESSES
