"""Hypothesis strategies: texts of any kind, and texts in the indicators' own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from detector.assembly import indicator_kinds
from detector.indicators.interface import Indicator

_TRICKS: Final = [
    *"slotgacorSLOT 0123456789 .-_*|,/~'\n\t\r\0",
    *"𝐬𝓵𝕠𝖙ＧⒶⓒ⒪🅡🇮🇩ѕοсı̶́ᴄﬂ½⑩️⃣\u200b\u200d\u202e\ufeff\u00ad\u00a0\u2003",
    *"😀🏳️\ud83d\udc00é漢ا…、ㅤ\U000e0067",
]
"""Characters that folding treats in some way of its own."""

SEPARATORS: Final = [
    " ",
    " ",
    "  ",
    "\n",
    ". ",
    ", ",
    "",
    "",
    "-",
    " - ",
    ": ",
    "/",
    "_",
    "\u200b",
    " 😀 ",
]


def any_texts(max_size: int = 60) -> SearchStrategy[str]:
    """Text of any code points at all, lone surrogates and NULs included."""
    characters = st.one_of(st.sampled_from(_TRICKS), st.characters())
    return st.lists(characters, max_size=max_size).map("".join)


@cache
def words_of(kind: type[Indicator]) -> tuple[str, ...]:
    """Return every word and number that an indicator's triggers and examples are made of."""
    found: set[str] = set()
    for trigger in kind.triggers:
        literal = re.sub(r"\\[a-zA-Z]|\{[0-9,]*\}|\[[^\]]*\]", " ", trigger)
        found.update(re.findall(r"[a-z0-9]{2,}", literal))
    for example in (*kind.hits, *kind.misses):
        found.update(example.split())
    return tuple(sorted(found))


def vocabulary() -> tuple[str, ...]:
    """Return the words of all indicators together."""
    words = {word for kind in indicator_kinds().values() for word in words_of(kind)}
    return tuple(sorted(words))


def spoken_texts(kind: type[Indicator] | None = None, max_size: int = 12) -> SearchStrategy[str]:
    """Text put together from the words and examples of one indicator, or of some two."""
    kinds = st.sampled_from(list(indicator_kinds().values()))
    chosen = st.just([kind]) if kind else st.lists(kinds, min_size=1, max_size=2)
    return chosen.flatmap(lambda some: _pieces(some, max_size).map("".join))


def _pieces(kinds: Sequence[type[Indicator]], max_size: int) -> SearchStrategy[list[str]]:
    words = st.sampled_from([word for kind in kinds for word in words_of(kind)])
    examples = st.sampled_from([text for kind in kinds for text in (*kind.hits, *kind.misses)])
    shapes = st.from_regex(
        r"\+?[0-9o]{1,4}(?:[ .,\-/()_]{0,3}[0-9o]{1,4}){0,5}(?:,-|k|jt| rb)?", fullmatch=True
    )
    links = st.from_regex(
        r"(?:https?://|hxxp ?://|www\.)?(?:[a-z0-9\-]{1,6}(?:\.|\[\.\]|\(\.\))){1,2}(?:com|de|pl|go\.id|[a-z]{2,6})[/_@\-]?[a-z?=.]{0,6}",
        fullmatch=True,
    )
    piece = st.one_of(words, words, words, examples, st.integers(0, 10**13).map(str), shapes, links)
    cut = st.tuples(piece, st.integers(0, 6)).map(lambda pair: pair[0][pair[1] :])
    separated = st.tuples(st.one_of(piece, piece, cut), st.sampled_from(SEPARATORS))
    return st.lists(separated.map("".join), max_size=max_size)
