"""Write one text as spammers write it: seeded changes that alter the letters and not the meaning.

What hides a word from a filter is made here on purpose, from texts that are known, so that folding and
model can be taught and measured on it. Links, handles and hashtags stay as they are, except where they are
what is hidden: dressed up they would lead nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Final

import msgspec

from detector.alphabets import ALPHABETS, LOOKALIKES

Change = Callable[[str, Random], str]
"""How a text is written anew; chance comes from the second argument alone."""


class Obfuscation(msgspec.Struct, frozen=True):
    """One way of hiding words."""

    name: str
    change: Change
    is_undone: bool
    """Whether folding undoes it entirely: the changed text folds to what the text itself folds to."""


OBFUSCATIONS: Final[dict[str, Obfuscation]] = {}
"""Every way there is, by name."""


def obfuscate(text: str, name: str, seed: int) -> str:
    """Write a text anew; the same text, name and seed give the same.

    Raises:
        KeyError: there is no obfuscation of that name.

    Examples:
        >>> obfuscate("Slot gacor 88", "bold", 1)
        '𝐒𝐥𝐨𝐭 𝐠𝐚𝐜𝐨𝐫 𝟖𝟖'
        >>> obfuscate("Tebus murah di bit.ly/hp", "letters_spaced", 1)
        'T e b u s  m u r a h  di  bit.ly/hp'
    """
    chance = Random(f"{name}/{seed}")  # noqa: S311 - no secret is made of it
    return OBFUSCATIONS[name].change(text, chance)


def _undone(change: Change) -> Change:
    """Register a change that folding undoes."""
    name = change.__name__
    OBFUSCATIONS[name] = Obfuscation(name, change, is_undone=True)
    return change


def _lasting(change: Change) -> Change:
    """Register a change that shows in the folded text, so that the model must bear it."""
    name = change.__name__
    OBFUSCATIONS[name] = Obfuscation(name, change, is_undone=False)
    return change


_LINK: Final = re.compile(
    r"(?:https?://|www\.|[@#])\S+|[\w.+-]+@[\w.-]+|\b[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,}\b(?:[/?]\S*)?"
)
_WORD: Final = re.compile(r'(?<![^\s(":;!?])[a-zA-Z]{4,}(?![^\s)":;!?.,])(?![.,]\S)')
"""A word of plain letters that touches nothing but blanks and marks around a sentence."""
_BLANK: Final = re.compile("[ \t\r\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_NAMES: Final = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")  # fmt: skip
_NUMBER: Final = re.compile(r"\+?\d(?:[ .\-()]{0,3}\d){6,}")
_HALF: Final = 0.5
_FEW: Final = 0.15


def _outside_links(text: str, change: Callable[[str], str]) -> str:
    """Change what stands between links, handles and hashtags."""
    pieces, start = [], 0
    for match in _LINK.finditer(text):
        pieces += [change(text[start : match.start()]), match.group()]
        start = match.end()
    return "".join([*pieces, change(text[start:])])


def _hosts(text: str, change: Callable[[str], str]) -> str:
    """Change the hosts of links."""

    def changed(match: re.Match[str]) -> str:
        scheme, mark, rest = match.group().rpartition("://")
        host, slash, path = rest.partition("/")
        return (
            match.group()
            if "@" in host or "#" in host
            else scheme + mark + change(host) + slash + path
        )

    return _LINK.sub(changed, text)


def _words(text: str, change: Callable[[str], str]) -> str:
    """Change words of four letters and more outside links."""
    return _outside_links(text, lambda part: _WORD.sub(lambda match: change(match.group()), part))


def _each(text: str, change: Callable[[str], str], share: float, chance: Random) -> str:
    """Change a share of the letters a to z outside links."""

    def changed(part: str) -> str:
        return "".join(
            change(one) if one.isascii() and one.isalpha() and chance.random() < share else one
            for one in part
        )

    return _outside_links(text, changed)


def _dressed(text: str, _: Random, *, alphabet: Mapping[int, str]) -> str:
    return _outside_links(text, lambda part: part.translate(alphabet))


def _half_dressed(text: str, chance: Random, *, alphabet: Mapping[int, str]) -> str:
    return _each(text, lambda one: one.translate(alphabet), _HALF, chance)


def _marked(text: str, chance: Random, *, marks: str, share: float) -> str:
    return _each(text, lambda one: one + chance.choice(marks), share, chance)


_MARKS: Final = {
    "zero_width_marks": ("\u200b\u200c\u200d\u2060\ufeff", 0.4),
    "soft_hyphens": ("\u00ad", 0.4),
    "bidi_marks": ("\u200e\u200f\u061c\u2066\u2069\u202a\u202c", 0.3),
    "invisible_marks": ("\ufe00\ufe0e\ufe0f\U000e0061\U000e0101\u034f\u180e", 0.3),
    "struck_through": ("\u0336", 1.0),
    "underlined": ("\u0332", 1.0),
}
"""What is put behind letters, and behind which share of them."""


def _register_tables() -> None:
    changes: dict[str, Change] = {
        **{name: partial(_dressed, alphabet=one) for name, one in ALPHABETS.items()},
        **{name: partial(_half_dressed, alphabet=one) for name, one in LOOKALIKES.items()},
        **{name: partial(_marked, marks=one, share=share) for name, (one, share) in _MARKS.items()},
    }
    for name, change in changes.items():
        OBFUSCATIONS[name] = Obfuscation(name, change, is_undone=True)


_register_tables()


@_undone
def mixed_alphabets(text: str, chance: Random) -> str:
    """Put every word into another alphabet."""
    alphabets = list(ALPHABETS.values())
    return _words(text, lambda word: word.translate(chance.choice(alphabets)))


@_undone
def one_bold_word(text: str, chance: Random) -> str:
    """Put one word into bold letters."""
    places = [match.span() for match in _WORD.finditer(text)]
    if not places:
        return text
    start, end = chance.choice(places)
    return text[:start] + text[start:end].translate(ALPHABETS["sans_bold"]) + text[end:]


@_undone
def bold_heading(text: str, chance: Random) -> str:
    """Put the first line into bold letters, as offices do."""
    first, newline, rest = text.partition("\n")
    return _dressed(first, chance, alphabet=ALPHABETS["sans_bold"]) + newline + rest


@_undone
def accents(text: str, chance: Random) -> str:
    """Put accents on letters that have none."""
    marks = "\u0301\u0300\u0308\u0304\u030c\u0303"
    return _each(
        text, lambda one: unicodedata.normalize("NFC", one + chance.choice(marks)), _HALF, chance
    )


@_undone
def piled_marks(text: str, chance: Random) -> str:
    """Pile accents and strokes on every letter."""
    marks = [chr(point) for point in (*range(0x300, 0x30D), *range(0x316, 0x334))]
    return _each(text, lambda one: one + "".join(chance.choices(marks, k=3)), 0.9, chance)


@_undone
def odd_blanks(text: str, chance: Random) -> str:
    """Put blanks of every width, and signs that only look blank, between words."""
    return re.sub(" ", lambda _: chance.choice("\u00a0\u2003\u2009\u202f\u3000\u2800\u3164\uffa0"), text)  # fmt: skip


@_undone
def all_capitals(text: str, chance: Random) -> str:
    """Shout."""
    return _each(text, str.upper, 1.0, chance)


@_undone
def random_case(text: str, chance: Random) -> str:
    """Mix capitals and small letters."""
    return _each(text, str.swapcase, _HALF, chance)


@_undone
def elongation(text: str, chance: Random) -> str:
    """Draw out a letter of some words."""

    def drawn_out(word: str) -> str:
        low = f" {word.lower()} "
        alone = [
            place
            for place, one in enumerate(word)
            if low[place + 1] not in {low[place], low[place + 2], "w"}
            and (one in "aeiouAEIOU" or place == len(word) - 1)
        ]
        if not alone or chance.random() < _HALF:
            return word
        place = chance.choice(alone)
        return word[:place] + word[place] * chance.randint(3, 6) + word[place + 1 :]

    return _words(text, drawn_out)


@_undone
def leetspeak(text: str, chance: Random) -> str:
    """Put digits for letters inside words."""

    def changed(word: str) -> str:
        letters = list(word)
        for place in range(1, len(word) - 1):
            # "3d" and "4d" at a word's end are numbers of dimensions, and stay.
            is_dimension = place == len(word) - 2 and word[-1] in "dD"
            if letters[place - 1].isalpha() and not is_dimension and chance.random() < 0.6:  # noqa: PLR2004
                letters[place] = _LEET.get(word[place].lower(), word[place])
        return "".join(letters)

    return _words(text, changed)


_LEET: Final = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8"}


@_undone
def letters_spaced(text: str, _: Random) -> str:
    """Put blanks between the letters of words, and two between words."""
    return _words(_BLANK.sub("  ", text), " ".join)


@_undone
def letters_dotted(text: str, _: Random) -> str:
    """Put full stops between the letters of words."""
    return _words(text, ".".join)


@_undone
def letters_dashed(text: str, _: Random) -> str:
    """Put dashes between the letters of words."""
    return _words(text, "-".join)


@_lasting
def leetspeak_everywhere(text: str, chance: Random) -> str:
    """Put digits for letters in one word of seven, at its ends too."""
    digits = str.maketrans("oOiIeEaAsStT", "001133445577")
    return _words(text, lambda word: word.translate(digits) if chance.random() < _FEW else word)


@_lasting
def signs_for_letters(text: str, chance: Random) -> str:
    """Put an at sign and a dollar sign for letters in one word of seven."""
    signs = str.maketrans("aAsS", "@@$$")
    return _words(text, lambda word: word.translate(signs) if chance.random() < _FEW else word)


def _number(text: str, names: Sequence[str]) -> str:
    """Write each digit of long numbers by its name, blanks between."""

    def changed(match: re.Match[str]) -> str:
        return " ".join(names[int(one)] for one in match.group() if one.isdecimal())

    return _outside_links(text, lambda part: _NUMBER.sub(changed, part))


@_lasting
def spaced_keycaps(text: str, _: Random) -> str:
    """Write long numbers in emoji with blanks between the digits."""
    return _number(text, list(ALPHABETS["keycap_digits"].values()))


@_lasting
def spelled_digits(text: str, _: Random) -> str:
    """Write long numbers in words."""
    return _number(text, _NAMES)


@_lasting
def bracketed_dots(text: str, _: Random) -> str:
    """Put the dots of links into brackets."""
    return _hosts(text, lambda host: host.replace(".", "[.]"))


@_lasting
def worded_dots(text: str, chance: Random) -> str:
    """Write the dots of links as a word."""
    dot = chance.choice((" (dot) ", "(dot)", "[dot]", " [dot] "))
    return _hosts(text, lambda host: host.replace(".", dot))


def _typo(text: str, chance: Random, slip: Callable[[str, int], str]) -> str:
    """Let a finger slip inside one word of eight."""

    def changed(word: str) -> str:
        return slip(word, chance.randrange(1, len(word) - 2)) if chance.random() < 0.125 else word  # noqa: PLR2004

    return _words(text, changed)


@_lasting
def letters_swapped(text: str, chance: Random) -> str:
    """Swap two neighbours in some words."""
    return _typo(
        text, chance, lambda word, at: word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    )


@_lasting
def letters_dropped(text: str, chance: Random) -> str:
    """Leave a letter out of some words."""
    return _typo(text, chance, lambda word, at: word[:at] + word[at + 1 :])


@_lasting
def letters_doubled(text: str, chance: Random) -> str:
    """Write a letter of some words twice."""
    return _typo(text, chance, lambda word, at: word[:at] + word[at] * 2 + word[at + 1 :])


_SHORT: Final = {
    "yang": "yg", "dengan": "dgn", "untuk": "utk", "tidak": "tdk", "sudah": "sdh", "saja": "aja", "kalau": "klo",
    "bisa": "bs", "dari": "dr", "juga": "jg", "pada": "pd", "karena": "krn", "belum": "blm", "banyak": "byk",
    "orang": "org", "jangan": "jgn", "sama": "sm", "lagi": "lg", "kami": "kmi", "kita": "kt", "dalam": "dlm",
    "hubungi": "hub", "nomor": "no", "sekarang": "skrg", "langsung": "lgsg", "rumah": "rmh", "semua": "smua",
    "seperti": "spt", "tempat": "tmpt", "kepada": "kpd", "sebelum": "sblm", "setelah": "stlh", "tanggal": "tgl",
    "telepon": "tlp", "jalan": "jl", "bulan": "bln", "tahun": "thn", "masih": "msh", "terima": "trm", "kasih": "ksh",
    "selamat": "slmt", "you": "u", "your": "ur", "please": "pls", "are": "r", "thanks": "thx", "message": "msg",
    "people": "ppl", "because": "bcs", "about": "abt",
}  # fmt: skip
_ANY_WORD: Final = re.compile(r"\b[a-zA-Z]{3,}\b")
_INNER_VOWEL: Final = re.compile(r"(?<=[a-z])[aeiou](?=[a-z])")


@_lasting
def chat_abbreviations(text: str, chance: Random) -> str:
    """Drop vowels as Indonesian chat does: yg, dgn, utk."""

    def changed(match: re.Match[str]) -> str:
        word = match.group()
        short = _SHORT.get(word.lower())
        if short is None and len(word) >= 6 and chance.random() < 0.2:  # noqa: PLR2004
            return _INNER_VOWEL.sub("", word)
        return short or word

    return _outside_links(text, lambda part: _ANY_WORD.sub(changed, part))


@_lasting
def word_per_line(text: str, _: Random) -> str:
    """Write every word on a line of its own."""
    return "\n".join(text.split())


@_lasting
def emoji_between_words(text: str, chance: Random) -> str:
    """Put an emoji in one gap of seven between words."""
    emoji = ("✅", "🔥", "🎉", "👉", "⭐", "💯", "📢", "❗", "✨", "🙏")
    return re.sub(
        " ", lambda _: f" {chance.choice(emoji)} " if chance.random() < _FEW else " ", text
    )


@_lasting
def read_from_screenshot(text: str, chance: Random) -> str:
    """Misread letters as machines misread pictures, and break lines where a picture's width ends."""
    share = 0.06
    read = [_MISREAD.get(one, one) if chance.random() < share else one for one in text]
    return re.sub(r"(.{36,48}?) ", r"\1\n", "".join(read))


_MISREAD: Final = {"m": "rn", "l": "I", "I": "l", "0": "O", "O": "0", "S": "5", "5": "S", "é": "e"}
