"""Telephone numbers in folded text: where they stand and their E.164 form.

Rules from the Indonesian numbering plan: mobile numbers begin 08, +62 8 or 62 8 and have 10 to 13 digits
after the 0; landlines have an area code of three or four digits with the 0. Other countries' numbers
are taken only with a plus sign. Numbers are parsed, never looked up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from detector.indicators.interface import compile_pattern
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
    r"(?:wa\.(?:me|link)(?:/qr)?/|whatsapp(?:\.com/|://)send/?\?phone=)(?:\+|%2b)?([0-9]{8,15})"
)
_DIGIT_WORDS: Final = {
    "nol": "0", "kosong": "0", "satu": "1", "dua": "2", "tiga": "3", "empat": "4",
    "lima": "5", "enam": "6", "tujuh": "7", "delapan": "8", "lapan": "8", "sembilan": "9",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_PAUSE: Final = r"[\s,.\-]{1,3}"
_SPELLED: Final = compile_pattern(
    rf"\b(?:(?:nol|kosong|zero)|(?:enam|six){_PAUSE}(?:dua|two)){_PAUSE}(?:delapan|lapan|eight)"
    rf"(?:{_PAUSE}(?:{'|'.join(_DIGIT_WORDS)})){{7,12}}\b"
)

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
    rf"\b(?:nol|kosong|zero){_PAUSE}(?:delapan|lapan|eight)",
    rf"\b(?:enam|six){_PAUSE}(?:dua|two){_PAUSE}(?:delapan|lapan|eight)",
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
    for start, end, e164, is_linked in _apart(_candidates(codes)):
        gap = start - previous_end
        by_whatsapp = (
            is_linked
            or (previous_was and gap < _LISTED and b"\0" not in codes[previous_end:start])
            or _is_named(codes[max(previous_end, start - _REACH) : start], codes[end : end + 14])
        )
        found.append(Number(start, end, e164, by_whatsapp))
        previous_end, previous_was = end, by_whatsapp
    return found


def _apart(candidates: list[_Candidate]) -> list[_Candidate]:
    """Return the candidates by place; of those that overlap, the one that was found first."""
    ordered = sorted(candidates)
    if all(left[1] <= right[0] for left, right in pairwise(ordered)):
        return ordered
    taken: list[_Candidate] = []
    for one in candidates:
        place = bisect_left(taken, one)
        if place and taken[place - 1][1] > one[0]:
            continue
        if place < len(taken) and taken[place][0] < one[1]:
            continue
        taken.insert(place, one)
    return taken


def _candidates(codes: bytes) -> list[_Candidate]:
    """Return whatever may be a number, the surest writing first."""
    found: list[_Candidate] = []
    # Looking for a needle costs a hundredth of matching a pattern.
    if b"wa.me" in codes or b"wa.link" in codes or b"whatsapp" in codes:
        found.extend(_linked(codes))
    if b"lapan" in codes or b"eight" in codes:
        found.extend(_spelled_out(codes))
    if b"wa" in codes:
        found.extend(_bare(codes))
    found.extend(_written(_MOBILE, codes))
    if b"+" in codes:
        found.extend(_written(_FOREIGN, codes))
    found.extend(_written(_LANDLINE, codes))
    return found


def _linked(codes: bytes) -> Iterator[_Candidate]:
    for match in _LINKED.finditer(codes):
        digits = match.group(1).decode()
        number = _e164("0" + digits if digits.startswith("8") else _plus(digits))
        if number:
            yield match.start(), match.end(), number, True


def _spelled_out(codes: bytes) -> Iterator[_Candidate]:
    for match in _SPELLED.finditer(codes):
        words = (
            match.group().decode("latin-1").replace(",", " ").replace(".", " ").replace("-", " ")
        )
        number = _e164("".join(_DIGIT_WORDS[word] for word in words.split()))
        if number:
            yield match.start(), match.end(), number, False


def _bare(codes: bytes) -> Iterator[_Candidate]:
    for match in _BARE_MOBILE.finditer(codes):
        number = _e164("0" + match.group(1).decode())
        if number and _stands_alone(codes, match.start(1), match.end(1)):
            yield match.start(1), match.end(1), number, False


def _written(pattern: Any, codes: bytes) -> Iterator[_Candidate]:
    previous_end = 0
    is_mobile = pattern is _MOBILE
    for match in pattern.finditer(codes):
        start, end = match.span()
        while not _ZERO <= codes[end - 1] <= _NINE:
            end -= 1
        is_listed = codes[previous_end:start] == b"/"
        if not _stands_alone(codes, start, end, is_listed=is_listed):
            continue
        previous_end = end
        if number := _read(codes[start:end], is_mobile=is_mobile):
            yield start, end, number, False


@lru_cache(maxsize=4096)  # an office's hotline stands in every other post
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
    around = codes[max(0, start - 2) : start].rjust(2, b"\0") + codes[end : end + 2].ljust(2, b"\0")
    return _is_free(around, is_listed=is_listed)


@lru_cache(maxsize=16_384)
def _is_free(around: bytes, *, is_listed: bool) -> bool:
    """Judge the two characters before a number and the two after it."""
    further, before, after, beyond = (around[place : place + 1] for place in range(4))
    if before.isdigit() or after.isdigit():
        return False
    if not is_listed and before in _JOINTS and further.isdigit():
        return False
    return after not in _JOINTS or after == b"/" or not beyond.isdigit()


_NAMED: Final = compile_pattern(r"\b(?:wa|w\.a|whats? ?app?|wasap|watsap|watsapp|wapri|chat)\b")
_REACH: Final = 60
"""Characters before a number within which "WhatsApp" still speaks of it."""

_LISTED: Final = 25
"""Characters between two numbers of one list, as in "WA 0812 ... / 0813 ..."."""


@lru_cache(maxsize=16_384)  # and so do the words around it
def _is_named(before: bytes, after: bytes) -> bool:
    """Whether WhatsApp is named in the text before or after a number."""
    return _names(before.rpartition(b"\0")[2]) or (
        _names(after) and _names(after.split(b"\n")[0].split(b"\0")[0])
    )


def _names(codes: bytes) -> bool:
    return (b"wa" in codes or b"hat" in codes or b"w.a" in codes) and bool(_NAMED.search(codes))


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
