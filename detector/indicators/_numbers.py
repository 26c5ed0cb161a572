"""Telephone numbers in folded text: where they stand and their E.164 form.

Rules from the Indonesian numbering plan: mobile numbers begin 08, +62 8 or 62 8 and have 10 to 13 digits
after the 0; landlines have an area code of three or four digits with the 0. Other countries' numbers
are taken only with a plus sign. Numbers are parsed, never looked up.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from detector import kernel
from detector.indicators.interface import compile_pattern
from detector.matching import spans_of
from detector.respelling import DIGIT_WORDS
from detector.text import Folded

_GAP: Final = r"[\s()._\-/]{0,3}"
_ENDED: Final = r"(?:o[a-z]|[^0-9o]|$)"
"""What may follow a number's last digit: without it, the next number of a list would lend its first digits."""
_MOBILE: Final = compile_pattern(
    rf"\(?(?:(?:\+{_GAP})?6{_GAP}2{_GAP}(?:\(?0\)?{_GAP})?|[0o]{_GAP})8{_GAP}[0-9](?:{_GAP}[0-9o]){{6,9}}{_GAP}[0-9]"
    + _ENDED
)
_BARE_MOBILE: Final = compile_pattern(
    r"(?:wa|whatsapp|wasap)[\s:.=\-]{1,3}(8[0-9][0-9](?:[ .\-]?[0-9]){6,9})"
)
_LANDLINE: Final = compile_pattern(
    r"\(0[0-9]{2,3}\)[ .\-]{0,2}[0-9](?:[ .\-]?[0-9]){4,8}"
    + _ENDED
    + r"|\b0[2-79][0-9]{1,2}[ \-]{1,2}[0-9](?:[ .\-]?[0-9]){4,7}"
    + _ENDED
)
_FOREIGN: Final = compile_pattern(r"\+[ ]?[1-9](?:[ .()\-]{0,2}[0-9]){7,13}" + _ENDED)
_LINKED: Final = compile_pattern(
    r"(?:wa\.(?:me|link)(?:/qr)?/|wasap\.(?:my|at)/|whatsapp(?:\.com/|://)send/?\?(?:[a-z_]{1,12}=[^\s\x00&]{0,200}&)?phone=)"
    r"(?:\+|%2b)?([0-9]{8,15})"
)
_MORE_WORDS: Final = {"oh": "0", "sebelas": "11", "sepuluh": "10"}
_TIMES: Final = {"dobel": 2, "double": 2, "triple": 3}
_PAUSE: Final = r"[\s,.\-]{1,3}"
_DIGIT_WORD: Final = rf"(?:{'|'.join(DIGIT_WORDS)})"
_ZERO_WORD: Final = "(?:nol|kosong|zero|oh)"
_EIGHT_WORD: Final = "(?:delapan|lapan|eight)"
_PIECE: Final = rf"(?:(?:dobel|double|triple){_PAUSE}(?:{_DIGIT_WORD}|oh)|{_DIGIT_WORD}(?:{_PAUSE}belas)?|oh|sebelas|sepuluh|[0-9]{{1,6}})"
_SPELLED_START: Final = (
    # Words, or words and figures by turns, from the first two or three digits on.
    rf"\b{_ZERO_WORD}{_PAUSE}(?:{_EIGHT_WORD}|8[0-9]{{0,3}}\b)",
    rf"\b0 ?8[0-9]{{0,4}}{_PAUSE}{_DIGIT_WORD}",
    rf"\b(?:enam|six){_PAUSE}(?:dua|two){_PAUSE}(?:{_EIGHT_WORD}|8[0-9]{{0,3}}\b)",
    rf"\b62{_PAUSE}{_EIGHT_WORD}",
)
_SPELLED: Final = compile_pattern(rf"(?:{'|'.join(_SPELLED_START)})(?:{_PAUSE}{_PIECE}){{0,14}}\b")
_WRITTEN_PIECE: Final = compile_pattern(r"[a-z]+|[0-9]+")

TRIGGERS: Final = (
    # Each is how one of the patterns above begins, up to its shortest match.
    rf"[0o]{_GAP}8{_GAP}[0-9](?:{_GAP}[0-9o]){{7}}",
    rf"6{_GAP}2{_GAP}(?:\(?0\)?{_GAP})?8{_GAP}[0-9](?:{_GAP}[0-9o]){{7}}",
    r"\+ ?[1-9](?:[ .()\-]{0,2}[0-9]){7}",
    r"(?:wa|whatsapp|wasap)[\s:.=\-]{1,3}8[0-9]",
    r"\(0[0-9]{2,3}\)[ .\-]{0,2}[0-9]",
    r"\b0[2-79][0-9]{1,2}[ \-]{1,2}[0-9](?:[ .\-]?[0-9]){4}",
    r"wa\.(?:me|link)/",
    r"whatsapp(?:\.com/|://)send",
    r"wasap\.(?:my|at)/",
    *_SPELLED_START,
)


class Number(NamedTuple):
    """One telephone number in folded text."""

    start: int
    end: int
    e164: str
    by_whatsapp: bool
    """Offered for WhatsApp: a chat link, or named just before or after."""


_Candidate = tuple[int, int, str, bool]
"""Start, end, E.164, and whether it is a link that opens a WhatsApp chat."""


@lru_cache(maxsize=4)  # two indicators ask for the same text in turn
def telephone_numbers(text: Folded) -> list[Number]:
    """Return every telephone number of a text, left to right, none overlapping another."""
    codes = text.codes
    found: list[Number] = []
    previous_end, previous_was = 0, False
    candidates = possible_numbers(codes)
    named = _named(codes, candidates)
    for place, (start, end, e164, is_linked) in enumerate(candidates):
        by_whatsapp = (
            is_linked
            or (
                previous_was
                and start - previous_end < _LISTED
                and b"\0" not in codes[previous_end:start]
            )
            or place in named
        )
        found.append(Number(start, end, e164, by_whatsapp))
        previous_end, previous_was = end, by_whatsapp
    return found


def mobile_numbers(codes: bytes) -> list[tuple[int, int, str]]:
    """Return the mobile and foreign numbers of a short stretch of folded text: start, end and E.164, by place."""
    found = [*_written(_MOBILE, codes), *_written(_FOREIGN, codes)]
    return _apart([*(one[:3] for one in _spelled_out(codes)), *found])


_Placed = TypeVar("_Placed", tuple[int, int, str], _Candidate)


def _apart(candidates: list[_Placed]) -> list[_Placed]:
    """Return the candidates by place; of those that overlap, the one that was found first."""
    taken: list[_Placed] = []
    for one in candidates:
        place = bisect_left(taken, one)
        if place and taken[place - 1][1] > one[0]:
            continue
        if place < len(taken) and taken[place][0] < one[1]:
            continue
        taken.insert(place, one)
    return taken


def possible_numbers(codes: bytes) -> list[_Candidate]:
    """Return whatever may be a number, by place; of two that overlap, the surer writing."""
    if using := kernel.loaded():
        begins, is_linked = using.spelled_begins(codes)
        others = [*_linked(codes)] if is_linked else []
        if begins:
            others.extend(_spelled_at(codes, begins))
    else:
        others = [*_linked(codes), *_spelled_out(codes)]
    written = [
        (first + begin, first + stop, e164, False)
        for start, end in _rows_of_digits(codes)
        for first in (max(start - _BEFORE, 0),)
        for begin, stop, e164 in _in_row(codes[first : end + _AFTER], start - first)
    ]
    return _apart([*others, *written]) if others else written


_DIGIT, _JOINT = 1, 2
_KINDS: Final = bytes(
    # An o is a digit only among digits.
    _DIGIT if code in b"0123456789" else _JOINT if code in b"o \n()._-/" else 0
    for code in range(256)
)
_MOST_JOINTS: Final = 9
"""Characters between two digits of one number, at most: "62 - (0) - 8"."""
_LEAST_DIGITS: Final = 7
"""Digits, not counting any o, of the shortest number."""
_BEFORE: Final = 12
"""Characters before a row of digits that decide what it is: "whatsapp :", a plus sign, a bracket."""
_AFTER: Final = 3


def _rows_of_digits(codes: bytes) -> list[tuple[int, int]]:
    """Return where digits stand in a row that is long enough for a number, spaces and the like among them."""
    if using := kernel.loaded():
        return using.rows_of_digits(codes, _KINDS, _MOST_JOINTS, _LEAST_DIGITS)
    return _rows_in_passes(codes)


def _rows_in_passes(codes: bytes) -> list[tuple[int, int]]:
    kinds = np.frombuffer(codes.translate(_KINDS), dtype=np.uint8)
    digits = (kinds == _DIGIT).nonzero()[0]
    if len(digits) < _LEAST_DIGITS:
        return []
    apart = digits[1:] - digits[:-1]
    joined = apart == 1
    near = ((apart > 1) & (apart <= _MOST_JOINTS + 1)).nonzero()[0]
    # Between neighbours that are not adjacent, all characters must be joints: mostly there is one.
    for step in range(1, _MOST_JOINTS + 1):
        near = near[kinds[digits[near] + step] != 0]
        are_next = apart[near] == step + 1
        joined[near[are_next]] = True
        near = near[~are_next]
    edges = (~joined).nonzero()[0]
    firsts = np.concatenate(([0], edges + 1))
    lasts = np.concatenate((edges, [len(digits) - 1]))
    long_enough = lasts - firsts >= _LEAST_DIGITS - 1
    starts, ends = digits[firsts[long_enough]], digits[lasts[long_enough]] + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


@lru_cache(maxsize=16_384)  # an office's hotline stands in every other post
def _in_row(around: bytes, start: int) -> list[tuple[int, int, str]]:
    """Return the numbers of the row of digits that begins at `start`: start, end and E.164, by place."""
    found = [*_bare(around), *_written(_MOBILE, around)]
    found += [*_written(_FOREIGN, around), *_written(_LANDLINE, around)]
    # What ends before the row is the end of another.
    return _apart([one for one in found if one[1] > start])


def _linked(codes: bytes) -> Iterator[_Candidate]:
    for match in _LINKED.finditer(codes):
        digits = match.group(1).decode()
        number = _e164("0" + digits if digits.startswith("8") else _plus(digits))
        if number:
            yield match.start(), match.end(), number, True


def _spelled_out(codes: bytes) -> Iterator[_Candidate]:
    for match in _SPELLED.finditer(codes):
        if read := _read_aloud(match.group()):
            length, number = read
            yield match.start(), match.start() + length, number, False


def _spelled_at(codes: bytes, begins: Sequence[int]) -> Iterator[_Candidate]:
    """Do what `_spelled_out` does, where it is known that no number begins elsewhere."""
    reached = 0
    for begin in begins:
        if begin >= reached and (match := _SPELLED.match(codes, begin)):
            reached = match.end()
            if read := _read_aloud(match.group()):
                length, number = read
                yield begin, begin + length, number, False


_LEAST, _MOST = 10, 14
"""Digits of a mobile number, a country's code among them."""


@lru_cache(maxsize=4096)
def _read_aloud(written: bytes) -> tuple[int, str] | None:
    """Return the longest mobile number that words and figures begin with: its length in characters, and E.164."""
    digits, times, ends = "", 1, {}
    for piece in _WRITTEN_PIECE.finditer(written):
        word = piece.group().decode()
        if word in _TIMES:
            times = _TIMES[word]
            continue
        if word == "belas":
            digits = digits[:-1] + "1" + digits[-1:]
        else:
            digits += (DIGIT_WORDS.get(word) or _MORE_WORDS.get(word) or word) * times
        times = 1
        ends[piece.end()] = digits
    for end in sorted(ends, reverse=True):
        heard = ends[end]
        if _LEAST <= len(heard) <= _MOST and (number := _e164(_plus(heard))):
            return end, number
    return None


def _bare(codes: bytes) -> Iterator[tuple[int, int, str]]:
    for match in _BARE_MOBILE.finditer(codes):
        number = _e164("0" + match.group(1).decode())
        if number and _stands_alone(codes, match.start(1), match.end(1)):
            yield match.start(1), match.end(1), number


def _written(pattern: Any, codes: bytes) -> Iterator[tuple[int, int, str]]:
    previous_end = 0
    is_mobile = pattern is _MOBILE
    for start, last in spans_of(pattern, codes):
        end = last
        while not _ZERO <= codes[end - 1] <= _NINE:
            end -= 1
        is_listed = codes[previous_end:start] == b"/"
        if not _stands_alone(codes, start, end, is_listed=is_listed):
            continue
        previous_end = end
        if number := _read(codes[start:end], is_mobile=is_mobile):
            yield start, end, number


def _read(written: bytes, *, is_mobile: bool) -> str | None:
    plain = written.decode("latin-1").replace("o", "0")
    if not is_mobile:
        return _e164(plain)
    digits = "".join(character for character in plain if character.isdigit())
    return _e164("+" + digits.replace("620", "62", 1) if digits.startswith("62") else digits)


def _plus(digits: str) -> str:
    return digits if digits.startswith("0") else "+" + digits


_ZERO, _NINE = b"09"
_JOINTS: Final = b".-/"


def _stands_alone(codes: bytes, start: int, end: int, *, is_listed: bool = False) -> bool:
    """Whether the digits are not the middle of a longer number, such as an account or an id."""
    before, after = codes[start - 1 : start], codes[end : end + 1]
    if before.isdigit() or after.isdigit():
        return False
    further, beyond = codes[max(0, start - 2) : start - 1], codes[end + 1 : end + 2]
    if not is_listed and before and before in _JOINTS and further.isdigit():
        return False
    return not after or after not in _JOINTS or after == b"/" or not beyond.isdigit()


_NAMED: Final = compile_pattern(r"\b(?:wa|w\.a|whats? ?app?|wasap|watsap|watsapp|wapri|chat)\b")
_REACH: Final = 60
"""Characters before a number within which "WhatsApp" still speaks of it."""

_REACH_AFTER: Final = 14
"""Characters after a number in which it still does, on the same line."""

_LISTED: Final = 25
"""Characters between two numbers of one list, as in "WA 0812 ... / 0813 ..."."""


def _named(codes: bytes, candidates: Sequence[_Candidate]) -> set[int]:
    """Return the places of the numbers just before or after which WhatsApp is named.

    Args:
        codes: the folded text, or several with zeros between them.
        candidates: numbers, from left to right.
    """
    around: list[bytes] = []
    previous_end = 0
    for start, end, _, _ in candidates:
        first = max(previous_end, start - _REACH)
        # One character more on either side shows where words begin and end.
        before = codes[first - 1 : start + 1] if first else b"\0" + codes[: start + 1]
        around += (before, codes[end - 1 : end + _REACH_AFTER + 1])
        previous_end = end
    offsets = [0, *accumulate(len(some) + 1 for some in around)]
    found: set[int] = set()
    for match in _NAMED.finditer(b"\0".join(around)):
        begin, stop = match.span()
        which = bisect_right(offsets, begin) - 1
        place, is_after = divmod(which, 2)
        some, begin, stop = around[which], begin - offsets[which], stop - offsets[which]
        if is_after:
            between = some[1:begin]
            is_near = stop <= _REACH_AFTER + 1 and b"\n" not in between
        else:
            between = some[stop:]
            is_near = stop < len(some)
        if begin and is_near and b"\0" not in between:
            found.add(place)
    return found


@lru_cache(maxsize=4096)
def _e164(written: str) -> str | None:
    # Imported here: its metadata takes a tenth of a second, and most texts hold no number.
    import phonenumbers  # noqa: PLC0415

    try:
        number = phonenumbers.parse(written, "ID")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
