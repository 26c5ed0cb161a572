"""Hashed n-grams of bytes and words: the same for a text in any company, and added up as they are counted."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector import ngrams
from detector.text import fold

WEIGHTS = np.random.default_rng(1).integers(-3_000, 3_000, ngrams.SLOTS).astype(np.int16)
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(
            ["", "a", "tebus murah", "wa.me/62 812", "🙏 apel\npagi", "dunia.", "x" * 40]
        ),
    ),
    min_size=1,
    max_size=6,
)


def sums(texts: list[str]) -> list[int]:
    """Return the sum of each text's weights, in steps, as a reader adds them up."""
    batch = fold(texts)
    totals = np.concatenate(
        ([0], np.cumsum(ngrams.carried(ngrams.masked(batch), WEIGHTS), dtype=np.int64))
    )
    starts, ends = ngrams.bounds(batch)
    return [int(one) for one in totals[ends] - totals[starts]]


def counted(texts: list[str]) -> list[int]:
    """Return the same sums from the slots a model is trained on."""
    batch = fold(texts)
    families = ngrams.slots(ngrams.masked(batch))
    found = []
    for start, end in zip(*ngrams.bounds(batch), strict=True):
        total = 0
        for places, slots in families:
            first, last = np.searchsorted(places, [start, end])
            total += int(WEIGHTS[slots[first:last]].astype(np.int64).sum())
        found.append(total)
    return found


@given(TEXTS)
def test_a_text_weighs_the_same_in_any_company(texts: list[str]) -> None:
    assert sums(texts) == [sums([one])[0] for one in texts]
    assert sums(texts[::-1]) == sums(texts)[::-1]


@given(TEXTS)
def test_what_is_read_is_what_was_counted(texts: list[str]) -> None:
    assert sums(texts) == counted(texts)


def words_of(text: str) -> list[int]:
    """Return the hashes of a text's words."""
    return [int(one) for one in ngrams.words(ngrams.masked(fold([text])))[1]]


def test_words_are_runs_of_letters_and_digits() -> None:
    assert len(words_of("Tebus murah, wa.me/62-812!")) == 6
    assert words_of("apel pagi") == words_of("  Apel... PAGI?")
    assert words_of("nomor 0812") == words_of("nomor 9999")
    assert len(words_of("🙏 !!")) == 0


def test_a_word_is_told_by_its_beginning_and_length() -> None:
    assert words_of("pengumuman") != words_of("pengumumam" + "an")
    assert words_of("pengumuman") != words_of("pengaduan")


def test_pairs_do_not_reach_from_one_text_into_the_next() -> None:
    batch = fold(["tebus", "murah"])
    _, (places, pairs) = ngrams.slots(ngrams.masked(batch))[-2:]

    assert len(places) == len(pairs) == 0


def test_the_families_do_not_share_slots() -> None:
    for (_, slots), first, last in zip(
        ngrams.slots(ngrams.masked(fold(["Tebus murah iPhone 13 hanya 2 juta"]))),
        ngrams.OFFSETS,
        ngrams.OFFSETS[1:],
        strict=False,
    ):
        assert (slots >= first).all()
        assert (slots < last).all()
