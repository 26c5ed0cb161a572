"""Alphabets that dress a text up: what takes the place of each letter or digit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

_DIGITS: Final = "0123456789"
_SMALL: Final = "abcdefghijklmnopqrstuvwxyz"
_LETTERS: Final = _SMALL.upper() + _SMALL


def _alphabet(letters: Iterable[str], digits: Iterable[str] = _DIGITS) -> dict[int, str]:
    """Return what dresses up the capitals, the small letters and the digits, in this order."""
    return dict(zip(map(ord, _LETTERS + _DIGITS), [*letters, *digits], strict=True))


def _pairs(plain: str, other: str) -> dict[int, str]:
    return dict(zip(map(ord, plain), other, strict=True))


def _mathematical(style: str, zero: str = "0") -> dict[int, str]:
    """Return one mathematical alphabet; a few of its letters stand elsewhere under older names."""
    letters = []
    for kind in ("CAPITAL", "SMALL"):
        for letter in _SMALL.upper():
            try:
                letters.append(unicodedata.lookup(f"MATHEMATICAL {style} {kind} {letter}"))
            except KeyError:
                old = f"{style.replace('FRAKTUR', 'BLACK-LETTER')} {kind} {letter}"
                letters.append("ℎ" if old == "ITALIC SMALL H" else unicodedata.lookup(old))
    return _alphabet(letters, [chr(ord(zero) + step) for step in range(10)])


def _rows(capital: str, small: str, digits: Iterable[str] = _DIGITS) -> dict[int, str]:
    """Return an alphabet whose capitals and small letters stand in rows that begin with these."""
    return _alphabet(
        [chr(ord(first) + step) for first in (capital, small) for step in range(26)], digits
    )


ALPHABETS: Final[dict[str, dict[int, str]]] = {
    "bold": _mathematical("BOLD", "𝟎"),
    "italic": _mathematical("ITALIC"),
    "sans_bold": _mathematical("SANS-SERIF BOLD", "𝟬"),
    "sans_bold_italic": _mathematical("SANS-SERIF BOLD ITALIC", "𝟬"),
    "script": _mathematical("SCRIPT"),
    "bold_script": _mathematical("BOLD SCRIPT"),
    "fraktur": _mathematical("FRAKTUR"),
    "double_struck": _mathematical("DOUBLE-STRUCK", "𝟘"),
    "monospace": _mathematical("MONOSPACE", "𝟶"),
    "fullwidth": _rows("Ａ", "ａ", "０１２３４５６７８９"),
    "circled": _rows("Ⓐ", "ⓐ", "⓪①②③④⑤⑥⑦⑧⑨"),
    "dark_circled": _rows("🅐", "🅐", "⓿❶❷❸❹❺❻❼❽❾"),
    "squared": _rows("🄰", "🄰"),
    "dark_squared": _rows("🅰", "🅰"),
    "bracketed": _rows("🄐", "⒜"),
    "regional_indicators": _rows("🇦", "🇦"),
    "small_capitals": _alphabet(_SMALL.upper() + "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ"),
    "superscript": _alphabet("ᴬᴮCᴰᴱFᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾQᴿSᵀᵁⱽᵂXYZᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖqʳˢᵗᵘᵛʷˣʸᶻ", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "keycap_digits": {ord(digit): f"{digit}\ufe0f\u20e3" for digit in _DIGITS},
}  # fmt: skip
"""What takes the place of each letter or digit; offices use some of these for their headings, too."""

LOOKALIKES: Final[dict[str, dict[int, str]]] = {
    "cyrillic_lookalikes": _pairs("ABCEHIJKMOPSTXYaceghijkopqsuwxy", "АВСЕНІЈКМОРЅТХУасеցһіјкорԛѕսԝху"),
    "greek_lookalikes": _pairs("ABEHIKMNOPTXYZainoptuvwxy", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖαιηορτυνωχу"),
    "cherokee_lookalikes": _pairs("ABCDEGHJKLMPRSTVWYZabcdeghjklmprstvwyz", "ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᏔᎩᏃ" * 2),
    "barred_letters": _pairs("abcdefghijklmnoprtuyz", "ⱥƀȼđɇꞙǥħɨɉꝁłɱꞥøꝑɍŧʉɏƶ"),
    "turned_letters": _pairs("aefghikmrtvwy", "ɐǝɟƃɥᴉʞɯɹʇʌʍʎ"),
}  # fmt: skip
"""What looks like a letter and is none of its alphabet; not every letter has one."""
