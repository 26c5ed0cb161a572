"""The labelled posts as numbers: which n-grams and findings each of them holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector import ngrams
from detector.corpus import Example
from detector.indicators._finder import Finder
from detector.ngrams import BITS, FAMILIES, OFFSETS, SIZES, SLOTS
from detector.obfuscation import chat_abbreviations, obfuscate
from detector.pipeline import batches
from detector.text import FoldedBatch, fold
from detector.verdict import COMBINATIONS

FINDING_SCALE: Final = 0.3
"""Size of a finding's feature beside the n-grams': larger means less penalty on it. At 1 findings are believed too
much: of posts by hands that were not in the corpus then 98.1 in a hundred are ranked right, at 0.35 98.8."""

NOBODY: Final = 2
"""Sign of what counts only in combinations and against an account's habits."""


class Features(NamedTuple):
    """Examples as numbers; rows are examples."""

    sound: Any
    """How often each n-gram stands in them: sparse, shape (n, SLOTS)."""
    found: NDArray[np.float64]
    """Which findings hold, shape (n, n_names)."""
    positive: NDArray[np.bool_]
    """Whether a stranger wrote them."""
    names: tuple[str, ...]
    """Of the findings."""
    signs: NDArray[np.int64]
    """Whom each name may speak for, shape (n_names,)."""

    def rows(self, mask: NDArray[np.bool_]) -> Features:
        """Return some of the rows."""
        return self._replace(
            sound=self.sound[mask], found=self.found[mask], positive=self.positive[mask]
        )


ONE_IN: Final = 10
"""Of so many Indonesian posts of either label, one is learned in the spelling of chats, too."""


def in_chat_spelling(examples: Sequence[Example]) -> list[Example]:
    """Return copies of some Indonesian posts, written as chats are: yg, dgn, utk.

    Strangers write so more often than offices, and a model that knows it only from them takes an office in a hurry
    for one. A copy has its original's label, kind and voice, so that folds keep them together.
    """
    copies = []
    for label in sorted({one.label for one in examples}):
        some = [one for one in examples if one.label == label and one.lang == "id"]
        for seed, one in enumerate(some[::ONE_IN]):
            text = obfuscate(one.text, chat_abbreviations.__name__, seed)
            if text != one.text:
                copies.append(msgspec.structs.replace(one, text=text))
    return copies


def features_of(examples: Sequence[Example], finder: Finder) -> Features:
    """Return a corpus as numbers.

    Args:
        examples: the corpus.
        finder: whose findings are marked.
    """
    texts = [one.text for one in examples]
    names = names_of(finder)
    return Features(
        sound=_sound_features(texts),
        found=found_features(texts, finder, names),
        positive=np.array([one.is_strangers for one in examples]),
        names=names,
        signs=_signs(names, finder),
    )


RARITY_POWER: Final = 2.75
RARITY_SCALE: Final = {"bytes": 30.0, "words": 26.0}
"""How strongly rare n-grams are preferred, and the size of all of them beside findings; words are preferred to
bytes. Chosen on grouped folds (docs/decisions.md)."""


def rarity_of(sound: Any) -> NDArray[np.float64]:
    """Return how telling each n-gram is by its rarity, shape (n_slots,).

    A power of the smoothed inverse document frequency (Spärck Jones 1972). It eases the penalty on what few
    texts hold; in the weights that are kept it is multiplied in, so reading pays nothing for it.
    """
    texts = np.bincount(sound.indices, minlength=sound.shape[1])
    rarity: NDArray[np.float64] = np.log((1 + sound.shape[0]) / (1 + texts)) + 1
    rarity **= RARITY_POWER
    if sound.shape[1] == SLOTS:
        for (kind, _, _), first, last in zip(FAMILIES, OFFSETS, OFFSETS[1:], strict=False):
            rarity[first:last] /= RARITY_SCALE[kind]
    else:
        rarity /= RARITY_SCALE["bytes"]
    return rarity


FINDING_SIZE: Final = 4.0
"""Rarity of a finding, before its power, that keeps the size of `FINDING_SCALE`: that of one in twenty texts."""


def rarity_of_findings(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how telling each finding is by its rarity, shape (n_names,), as `rarity_of` does for n-grams.

    What a rule knows of a dozen posts in thirty thousand is worth no less for it: without this the penalty leaves
    a recovery swindler's offer, seven strangers' to one of the owner's, a fifth of a nat.
    """
    texts = np.count_nonzero(found, axis=0)
    rarity: NDArray[np.float64] = np.log((1 + len(found)) / (1 + texts)) + 1
    return (rarity / FINDING_SIZE) ** RARITY_POWER


def joined(sound: Any, rarity: NDArray[np.float64], found: NDArray[np.float64]) -> Any:
    """Return n-grams, each times its rarity, and findings side by side."""
    from scipy import sparse  # noqa: PLC0415 - heavy

    return sparse.hstack([sound @ sparse.diags(rarity), sparse.csr_matrix(found)]).tocsr()


def folded(texts: Sequence[str]) -> list[FoldedBatch]:
    """Fold texts in batches."""
    return [fold(some) for some in batches(texts)]


def _sound_features(texts: Sequence[str]) -> Any:
    """Count each text's n-grams over what `scale` says: sparse, shape (n_texts, SLOTS)."""
    rows: list[tuple[Any, float]] = []
    for batch in folded(texts):
        families = ngrams.slots(ngrams.masked(batch))
        for start, end, root in zip(*ngrams.bounds(batch), ngrams.scale(batch), strict=True):
            mine = []
            for places, slots in families:
                first, last = np.searchsorted(places, [start, end])
                mine.append(slots[first:last])
            rows.append((np.concatenate(mine), root))
    return _counted(rows, SLOTS)


def coarse_features(texts: Sequence[str]) -> Any:
    """Count each text's byte n-grams likewise in few slots: sparse, shape (n_texts, 2**BITS)."""
    rows: list[tuple[Any, float]] = []
    for batch in folded(texts):
        codes = ngrams.masked(batch)
        hashed = [ngrams.windows(codes, size, BITS) for size in SIZES]
        for start, end, root in zip(*ngrams.bounds(batch), ngrams.scale(batch), strict=True):
            rows.append((np.concatenate([one[start:end] for one in hashed]), root))
    return _counted(rows, 1 << BITS)


def _counted(rows: Sequence[tuple[NDArray[np.int64], float]], width: int) -> Any:
    from scipy import sparse  # noqa: PLC0415

    slots, values, pointers = [], [], [0]
    for mine, root in rows:
        used, counts = np.unique(mine, return_counts=True)
        slots.append(used)
        values.append(counts / root)
        pointers.append(pointers[-1] + len(used))
    return sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(slots), pointers), shape=(len(rows), width)
    )


def names_of(finder: Finder) -> tuple[str, ...]:
    """Return the names of what may be found: indicators, then combinations."""
    return (*sorted(finder.indicators), *(one.name for one in COMBINATIONS))


def found_features(
    texts: Sequence[str], finder: Finder, names: Sequence[str]
) -> NDArray[np.float64]:
    """Mark which indicators and combinations hold for each text by `FINDING_SCALE`, shape (n_texts, n_names)."""
    column = {name: index for index, name in enumerate(names)}
    found = np.zeros((len(texts), len(names)))
    row = 0
    for batch in folded(texts):
        for findings in finder.find(batch):
            present = {finding.indicator for finding in findings}
            present |= {one.name for one in COMBINATIONS if one.holds(present)}
            found[row, [column[name] for name in present]] = FINDING_SCALE
            row += 1
    return found


def _signs(names: Sequence[str], finder: Finder) -> NDArray[np.int64]:
    """Return whom each finding or combination may speak for: 1 a stranger, -1 the owner, 0 either, or `NOBODY`."""
    nature = {name: one.speaks_for for name, one in finder.indicators.items()}
    sign = {"stranger": 1, "owner": -1, "either": 0, "nobody": NOBODY}
    return np.array([sign[nature.get(name, "stranger")] for name in names])
