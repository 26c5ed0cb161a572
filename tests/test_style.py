"""Length and dress of texts, as arrays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detector.style import DRESSES, LENGTHS, dress_of, length_of, styles
from detector.text import fold


def lengths(*texts: str) -> list[int]:
    """Return the length of each text."""
    return list(length_of(styles(fold(list(texts)))))


def dresses(*texts: str) -> list[int]:
    """Return the dress of each text."""
    return list(dress_of(styles(fold(list(texts)))))


def test_lengths_double() -> None:
    texts = ["ab " * 6, "ab " * 7, "ab " * 14, "ab " * 27, "ab " * 500, "ab " * 5_000]

    assert lengths(*texts) == [0, 1, 2, 3, 7, 7]


def test_every_aspect_is_told_apart() -> None:
    plain, broken, tagged, faced = dresses("apel", "apel\npagi", "apel #kpu", "apel 🙏")

    assert len({plain, broken, tagged, faced}) == 4
    assert plain == 0


@given(st.lists(st.text(max_size=400), max_size=8))
def test_styles_stay_within_their_ranges(texts: list[str]) -> None:
    assert all(0 <= one < LENGTHS for one in lengths(*texts))
    assert all(0 <= one < DRESSES for one in dresses(*texts))


@given(st.lists(st.text(max_size=200), min_size=2, max_size=6))
def test_a_text_is_styled_alike_in_any_company(texts: list[str]) -> None:
    assert lengths(*texts) == [lengths(one)[0] for one in texts]
    assert dresses(*texts) == [dresses(one)[0] for one in texts]
