"""Phrases put in order, so that RE2 reads those that begin alike as one.

The automaton of all triggers costs the more to build the more ways there are to begin; RE2 joins the common
beginnings of neighbouring alternatives, of literal ones only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def in_order(phrases: Iterable[str]) -> list[str]:
    """Return expressions that match what some others match, sorted, none beginning with a group or an option.

    Examples:
        >>> in_order(["(?:jual|beli) akun", "r?apbd", "akun (?:baru|lama)"])
        ['akun (?:baru|lama)', 'apbd', 'beli akun', 'jual akun', 'rapbd']
    """
    return sorted({one for phrase in phrases for one in _begun(phrase)})


def _begun(phrase: str) -> Iterator[str]:
    """Yield a phrase once for each of the ways in which it may begin."""
    if phrase.startswith("(?:"):
        end = _closing(phrase)
        rest = phrase[end + 1 :]
        if rest[:1] not in {"*", "+", "{"}:
            ways = [*_alternatives(phrase[3:end]), *([""] if rest[:1] == "?" else [])]
            for way in ways:
                yield from _begun(way + rest.removeprefix("?"))
            return
    if phrase[:1].isalnum() and phrase[1:2] == "?":
        yield from _begun(phrase[0] + phrase[2:])
        yield from _begun(phrase[2:])
        return
    yield phrase


def _tokens(expression: str) -> Iterator[tuple[int, str]]:
    """Yield the place and the text of each character, escape and class of characters."""
    place = 0
    while place < len(expression):
        end = place + 1
        if expression[place] == "\\":
            end = place + 2
        elif expression[place] == "[":
            end = expression.index("]", place + 2) + 1
        yield place, expression[place:end]
        place = end


def _closing(expression: str) -> int:
    """Return where the group ends with which an expression begins."""
    depth = 0
    for place, piece in _tokens(expression):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return place
    raise ValueError(f"a group is never closed: {expression!r}")


def _alternatives(expression: str) -> list[str]:
    """Split an expression at the bars that stand in no group."""
    found, depth, begun = [], 0, 0
    for place, piece in _tokens(expression):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and depth == 0:
            found.append(expression[begun:place])
            begun = place + 1
    return [*found, expression[begun:]]
