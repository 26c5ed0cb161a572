"""What a text sounds like: hashed n-grams of bytes and words and linear weights, read by numpy alone.

Training happens elsewhere, with scikit-learn; here are the features both sides share and the reader. Every
number written is one to this model: digits are masked before hashing, so no telephone number is learned.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.errors import Location, ModelError
from detector.languages import LANGUAGE_BITS, Languages
from detector.ngrams import (
    BALLAST,
    BITS,
    FAMILIES,
    SLOTS,
    Floats,
    bounds,
    carried,
    coarse_slots,
    codes_of,
    masked,
    outside_quotes,
    scale,
    slots,
    sound,
)
from detector.text import FoldedBatch

FEATURES: Final = 6
"""Version of the feature definition below; a model made for another one is refused."""

ARRAYS: Final = frozenset({
    "ngram_weights", "ngram_step", "bias", "part_margin", "languages", "category_weights", "category_step",
    "category_bias", "category_findings", "category_temperature",
})  # fmt: skip
"""What the weights of a model hold; see `TextModel`."""

LIKELY: Final = 0.05
SHOWN: Final = 3
"""Probability a category must exceed to be named beside the likeliest one, and how many are named at most."""

SHORT: Final = 4
"""Letters below which a text's sound says nothing."""

BARE: Final = 160
"""Characters of a text, at most, that may be nothing but addresses and handles: how random letters in a path sound
says nothing. Of 16,161 posts of legislators 575 are."""

LETTERS: Final = 0.2
"""Share of a text's characters that are letters a to z once folded, below which its sound says nothing."""

ENOUGH_FOR_LANGUAGE: Final = 100
"""Trigrams below which kindred languages cannot be told apart, nor a foreign one from a styled text."""

UNFAMILIAR: Final = -8.75
"""Mean log-probability of a text's trigrams in the likeliest language, below which it is foreign.

Chance alone gives ln(1 / 2**LANGUAGE_BITS) = -9.01; half a per cent of the corpus texts of 100
to 300 characters lies below -8.52, of longer ones below -8.40.
"""

_NO_LETTERS: Final = bytes(code for code in range(256) if not 97 <= code <= 122)  # noqa: PLR2004 - a to z


_SIZES: Final[dict[str, tuple[type[np.generic], int]]] = {
    "ngram_weights": (np.int16, SLOTS),
    "languages": (np.float32, 1 << LANGUAGE_BITS),
    "category_weights": (np.int8, 1 << BITS),
}
"""What is looked up by hashes: of another kind or shorter, it would be read beyond its end."""


class Reading(msgspec.Struct, frozen=True):
    """What the texts of one batch sound like; all arrays have shape (n_texts,)."""

    log_odds: Floats
    """Evidence in nats for a stranger; 0 where `is_known` is False."""
    is_known: NDArray[np.bool_]
    """False for a text too short or too foreign to judge by its sound."""
    language: NDArray[np.int64]
    """Index into `TextModel.languages`, or -1."""
    unquoted: Callable[[int], float | None] = lambda _index: None
    """Given a text's index, what it sounds like without what it quotes at length, in nats; None if it quotes nothing
    so."""


def in_turn(readings: Sequence[Reading]) -> Reading:
    """Return what the texts of several batches, one at least, sound like."""
    if len(readings) == 1:
        return readings[0]
    lasts = list(accumulate(len(some.log_odds) for some in readings))

    def unquoted(index: int) -> float | None:
        place = bisect_right(lasts, index)
        return readings[place].unquoted(index - lasts[place] + len(readings[place].log_odds))

    return Reading(
        np.concatenate([some.log_odds for some in readings]),
        np.concatenate([some.is_known for some in readings]),
        np.concatenate([some.language for some in readings]),
        unquoted,
    )


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a model is made of, how well it does, and what it cannot do."""

    name: str
    features: int
    trained_on: date
    seed: int
    corpus_sha256: str
    weights_sha256: str
    counts: dict[str, int]
    packages: dict[str, str]
    metrics: dict[str, Any]
    limits: list[str]
    languages: list[str]
    categories: list[str]
    indicators: list[str]
    """Rows of the categories' weights of findings."""


class TextModel:
    """The linear model of one trained directory.

    Args:
        card: its description.
        arrays: ``ngram_weights`` int16 (SLOTS,) in steps of ``ngram_step`` (1,), so small that the weights of all
            `FAMILIES` add up within 16 bits; ``bias`` and ``part_margin`` (1,); ``languages`` as `Languages` takes them;
            ``category_weights`` int8 (2**BITS, n_categories) in steps of ``category_step`` (1,),
            ``category_bias`` (n_categories,), ``category_findings`` (n_indicators, n_categories);
            ``category_temperature`` (1,), above 0, by which their sums are divided.
    """

    def __init__(self, card: Card, arrays: dict[str, NDArray[Any]]) -> None:
        self.card = card
        self.languages = tuple(card.languages)
        self.categories = tuple(card.categories)
        self._ngrams = arrays["ngram_weights"]
        self._ngram_step = float(arrays["ngram_step"][0])
        self._bias = float(arrays["bias"][0])
        self._part_margin = float(arrays["part_margin"][0])
        self._tongues = Languages(arrays["languages"])
        self._category = arrays["category_weights"]
        self._category_step = float(arrays["category_step"][0])
        self._category_bias = arrays["category_bias"]
        self._category_findings = arrays["category_findings"]
        self._category_temperature = float(arrays["category_temperature"][0])

    @classmethod
    def load(cls, directory: Path) -> TextModel:
        """Read ``card.json`` and ``weights.npz`` of a model directory.

        Raises:
            ModelError: absent, unreadable, made for other features, incomplete, or not the weights the card names.
        """
        where = Location(str(directory))
        try:
            card = msgspec.json.decode((directory / "card.json").read_bytes(), type=Card)
            weights = (directory / "weights.npz").read_bytes()
        except OSError as error:
            raise ModelError(
                f"the model cannot be read: {error.strerror}",
                where=where,
                hint="see kentongan train",
            ) from error
        except msgspec.DecodeError as error:
            raise ModelError(f"card.json is damaged: {error}", where=where) from error
        if card.features != FEATURES:
            raise ModelError(
                f"the model was made for features {card.features}, this program reads {FEATURES}",
                where=where,
                hint="remake it with kentongan train",
            )
        if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
            raise ModelError("weights.npz is not the file that card.json describes", where=where)
        with np.load(directory / "weights.npz", allow_pickle=False) as archive:
            if missing := sorted(ARRAYS.difference(archive.files)):
                raise ModelError(
                    f"weights.npz lacks {', '.join(missing)}",
                    where=where,
                    hint="remake it with kentongan train",
                )
            arrays = {name: archive[name] for name in archive.files}
        for name, (kind, size) in _SIZES.items():
            if arrays[name].dtype != kind or len(arrays[name]) != size:
                raise ModelError(
                    f"{name} in weights.npz is no array of {size} {kind.__name__}",
                    where=where,
                    hint="remake it with kentongan train",
                )
        return cls(card, arrays)

    def read(self, batch: FoldedBatch) -> Reading:
        """Judge the sound of every text of a batch."""
        if not len(batch):
            return Reading(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64))
        starts, ends = bounds(batch)
        codes = masked(batch)
        guess, likelihood = self._tongues.guess(codes, starts, ends)
        letters = batch.tally[:, 0]
        is_known = (letters >= SHORT) & (letters >= LETTERS * (ends - starts))
        for index in (is_known & (ends - starts <= BARE)).nonzero()[0].tolist():
            is_known[index] = _says_something(batch.raw[starts[index] + 1 : ends[index]])
        enough = ends - starts >= ENOUGH_FOR_LANGUAGE
        is_known &= ~enough | (likelihood >= UNFAMILIAR)
        said, step, bias = carried(codes, self._ngrams), self._ngram_step, self._bias
        heard = sound(batch, codes, said, step=step, bias=bias, margin=self._part_margin)
        return Reading(
            np.where(is_known, heard, 0.0),
            is_known,
            np.where(is_known & enough, guess, -1),
            partial(outside_quotes, batch, said, step=step, bias=bias),
        )

    def category(self, batch: FoldedBatch, index: int, found: Collection[str] = ()) -> str:
        """Return the likeliest kind of stranger's post for one text of a batch; see `categories_of`."""
        return self.categories[int(self._category_sums(batch, index, found).argmax())]

    def categories_of(
        self, batch: FoldedBatch, index: int, found: Collection[str] = ()
    ) -> dict[str, float]:
        """Return how likely each kind of stranger's post is for one text, given that a stranger wrote it.

        Args:
            batch: folded texts.
            index: which of them.
            found: names of the indicators and combinations that hold for it.

        Returns:
            Probabilities that add up to 1, the likeliest first; of equals, first the one whose name comes first.
        """
        sums = self._category_sums(batch, index, found)
        chances = softmax(sums, self._category_temperature).tolist()
        order = np.argsort(-sums, kind="stable").tolist()
        return {self.categories[place]: chances[place] for place in order}

    def _category_sums(self, batch: FoldedBatch, index: int, found: Collection[str]) -> Floats:
        sums = np.zeros(len(self.categories))
        for some in coarse_slots(batch, index):
            sums += self._category[some].sum(axis=0, dtype=np.int64)
        sums *= self._category_step
        sums /= scale(batch)[index]
        sums += self._category_bias
        for row, name in enumerate(self.card.indicators):
            if name in found:
                sums += self._category_findings[row]
        return sums

    def carriers(self, batch: FoldedBatch, index: int, most: int = 6) -> list[tuple[str, float]]:
        """Return the words of one text whose n-grams weigh most, with their nats, heaviest first."""
        start, end = int(batch.starts[index]) - 1, int(batch.ends[index])
        nats = np.zeros(end - start)
        families = zip(FAMILIES, slots(codes_of(batch, index)), strict=True)
        for (kind, size, _), (places, some) in families:
            within = places < end - start
            found_at = np.bincount(
                places[within], self._ngrams[some[within]] * self._ngram_step, minlength=end - start
            )
            # A byte n-gram's weight is shared by the bytes it covers; a word's stands at its first.
            share = np.full(size, 1 / size) if kind == "bytes" else np.ones(1)
            nats += np.convolve(found_at, share)[: end - start]
        nats /= np.sqrt(end - start + BALLAST)
        text = batch.codes[start:end].tobytes().decode("latin-1")
        words = text.replace("\0", " ").replace("\n", " ").split(" ")
        ends = np.minimum(np.cumsum([len(word) + 1 for word in words]), len(nats))
        sums = np.concatenate(([0.0], np.cumsum(nats)))[ends]
        found: dict[str, float] = {}
        for word, weight in zip(words, np.diff(sums, prepend=0.0).tolist(), strict=True):
            found[word] = found.get(word, 0.0) + weight
        # Short words carry the grammar, not the message.
        found = {word: weight for word, weight in found.items() if len(word) >= SHORT}
        return sorted(found.items(), key=lambda pair: -abs(pair[1]))[:most]


def softmax(sums: Floats, temperature: float) -> Floats:
    """Turn sums into probabilities along the last axis.

    Args:
        sums: log-odds up to a constant, shape (..., n_categories).
        temperature: above 0; a higher one makes them more alike (Guo, Pleiss, Sun and Weinberger 2017).

    Examples:
        >>> softmax(np.array([0.0, 0.0]), 1.0).tolist(), softmax(np.array([900.0, 0.0]), 1.0).tolist()
        ([0.5, 0.5], [1.0, 0.0])
    """
    grown: Floats = np.exp((sums - sums.max(axis=-1, keepdims=True)) / temperature)
    grown /= grown.sum(axis=-1, keepdims=True)
    return grown


def likeliest(categories: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return the categories worth naming, of those that `TextModel.categories_of` gave, likeliest first.

    Examples:
        >>> likeliest({"gambling": 0.9, "crypto": 0.06, "loan": 0.04})
        (('gambling', 0.9), ('crypto', 0.06))
    """
    some = list(categories.items())[:SHOWN]
    return tuple(pair for rank, pair in enumerate(some) if not rank or pair[1] > LIKELY)


def _says_something(codes: bytes) -> bool:
    """Whether a folded text holds `SHORT` letters outside addresses and handles.

    Examples:
        >>> _says_something(b"@warga https://berita.example/a_b4uflcutrrub2")
        False
        >>> _says_something(b"@warga lihat https://berita.example/a_b4uflcutrrub2")
        True
    """
    letters = 0
    for word in codes.split():
        head, slash, _ = word.partition(b"/")
        if word.startswith(b"@") or (slash and (b"." in head or head.endswith(b":"))):
            continue
        letters += len(word.translate(None, _NO_LETTERS))
        if letters >= SHORT:
            return True
    return False
