"""Hypothesis strategies: texts of any kind, and texts in the indicators' own words."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from detector.assembly import indicator_kinds

_TRICKS: Final = [
    *"slotgacorSLOT 0123456789 .-_*|,/~'\n\t\r\0",
    *"𝐬𝓵𝕠𝖙ＧⒶⓒ⒪🅡🇮🇩ѕοсı̶́ᴄﬂ½⑩️⃣\u200b\u200d\u202e\ufeff\u00ad\u00a0\u2003",
    *"😀🏳️\ud83d\udc00é漢ا…、ㅤ\U000e0067",
]
"""Characters that folding treats in some way of its own."""

_SEPARATORS: Final = [" ", "  ", "\n", ". ", ", ", "", "-", " - ", ": ", "/", "\u200b", " 😀 "]


def any_texts(max_size: int = 60) -> SearchStrategy[str]:
    """Text of any code points at all, lone surrogates and NULs included."""
    characters = st.one_of(st.sampled_from(_TRICKS), st.characters())
    return st.lists(characters, max_size=max_size).map("".join)


@cache
def vocabulary() -> tuple[str, ...]:
    """Return every word and number that the indicators' triggers and examples are made of."""
    found: set[str] = set()
    for kind in indicator_kinds().values():
        for trigger in kind.triggers:
            literal = re.sub(r"\\[a-zA-Z]|\{[0-9,]*\}|\[[^\]]*\]", " ", trigger)
            found.update(re.findall(r"[a-z0-9]{2,}", literal))
        for example in (*kind.hits, *kind.misses):
            found.update(example.split())
    return tuple(sorted(found))


def spoken_texts(max_size: int = 12) -> SearchStrategy[str]:
    """Text put together from the indicators' own words and examples, whole and cut."""
    examples = [text for kind in indicator_kinds().values() for text in (*kind.hits, *kind.misses)]
    numbers = st.integers(0, 10**13).map(str)
    shapes = st.from_regex(
        r"\+?[0-9o]{1,4}(?:[ .,\-/()]{0,3}[0-9]{1,4}){0,5}(?:,-|k|jt| rb)?", fullmatch=True
    )
    links = st.from_regex(
        r"(?:https?://|hxxp://|www\.)?[a-z0-9\-]{1,6}(?:\.|\[\.\])[a-z]{2,6}(?:/[a-z?=.]{0,6})?",
        fullmatch=True,
    )
    piece = st.one_of(
        st.sampled_from(vocabulary()), st.sampled_from(examples), numbers, shapes, links
    )
    cut = st.tuples(piece, st.integers(0, 6)).map(lambda pair: pair[0][pair[1] :])
    separated = st.tuples(st.one_of(piece, piece, cut), st.sampled_from(_SEPARATORS))
    return st.lists(separated.map("".join), max_size=max_size).map("".join)
