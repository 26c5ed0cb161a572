"""Words that are hidden are read all the same, by the fold where it can and by the model where it must."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_texts, spoken_texts

from detector.indicators._links import links
from detector.indicators._numbers import telephone_numbers
from detector.obfuscation import OBFUSCATIONS, obfuscate
from detector.text import fold

UNDONE: Final = [one.name for one in OBFUSCATIONS.values() if one.is_undone]
LASTING: Final = [one.name for one in OBFUSCATIONS.values() if not one.is_undone]

AMONG_WORDS: Final = frozenset(
    {"elongation", "leetspeak", "letters_spaced", "letters_dotted", "letters_dashed"}
)
"""Undone where words are written plainly to begin with; what is spelled twice over is not."""

SAMPLE: Final = (
    "Promo HP murah, hubungi admin sekarang juga di 0812-0000-4521 atau https://bit.ly/hp-0000"
)

names = st.sampled_from(list(OBFUSCATIONS))
seeds = st.integers(0, 1_000)


def _folded(text: str) -> str:
    return fold([text])[0].text


def test_there_are_many_ways_to_hide_a_word() -> None:
    assert len(OBFUSCATIONS) >= 50
    assert len(LASTING) >= 10


@pytest.mark.parametrize("name", OBFUSCATIONS)
def test_every_way_alters_a_text_in_which_there_is_something_to_hide(name: str) -> None:
    written = {obfuscate(SAMPLE, name, seed) for seed in range(8)}

    assert written - {SAMPLE}


@given(names, seeds, any_texts())
def test_the_same_seed_hides_in_the_same_way(name: str, seed: int, text: str) -> None:
    assert obfuscate(text, name, seed) == obfuscate(text, name, seed)


@pytest.mark.parametrize("name", [name for name in UNDONE if name not in AMONG_WORDS])
@given(seed=seeds, text=st.one_of(any_texts(), spoken_texts()))
def test_folding_undoes_a_change_of_characters_whatever_the_text(
    name: str, seed: int, text: str
) -> None:
    assert _folded(obfuscate(text, name, seed)) == _folded(text)


@pytest.mark.parametrize("name", sorted(AMONG_WORDS))
@given(
    seed=seeds,
    words=st.lists(st.from_regex(r"[A-Z]?[a-z]{1,10}[,.!?]?|[0-9]{2,4}|\n", fullmatch=True)),
)
def test_folding_undoes_a_change_of_spelling_among_plain_words(
    name: str, seed: int, words: list[str]
) -> None:
    text = " ".join(words)

    assert _folded(obfuscate(text, name, seed)) == _folded(text)


@given(seeds, st.lists(st.from_regex(r"[a-z]{1,20}", fullmatch=True), min_size=5))
def test_words_that_stand_on_a_line_each_read_as_one_line(seed: int, words: list[str]) -> None:
    text = " ".join(words)

    assert _folded(obfuscate(text, "word_per_line", seed)) == _folded(text)


@pytest.mark.parametrize("name", [*UNDONE, "spaced_keycaps", "spelled_digits", "word_per_line"])
def test_a_hidden_number_is_read_as_the_same_number(name: str) -> None:
    text = fold([obfuscate(SAMPLE, name, 3)])[0]

    assert [one.e164 for one in telephone_numbers(text)] == ["+6281200004521"]


@pytest.mark.parametrize("name", [name for name in OBFUSCATIONS if name != "read_from_screenshot"])
def test_a_hidden_link_is_read_as_the_same_link(name: str) -> None:
    hosts = {
        one.host for seed in range(6) for one in links(fold([obfuscate(SAMPLE, name, seed)])[0])
    }

    assert hosts == {"bit.ly"}
