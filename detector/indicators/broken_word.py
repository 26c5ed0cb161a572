"""A name taken apart or pieced together so that no filter reads it: spaced out, torn, patched with signs and alphabets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Final

from detector.indicators._alphabets import APART, pieced
from detector.indicators._brands import PLAIN
from detector.indicators.interface import Indicator, Span, compile_pattern, compile_set
from detector.records import Wording
from detector.text import Folded, utf8

_VOWEL: Final = "[aeiouAEIOU]"
_SIGN: Final = r"(?:(?:[\xe3-\xf4]|\xe2[\x81-\xbf])[\x80-\xbf]{1,3}(?:\xef\xb8\x8f)?)"
"""One character of three bytes and more in UTF-8 that is no dash, quotation mark or blank."""
_LINED: Final = (
    r"[A-Z](?:\xcc[\x8d-\x9a\x9c-\xa2\xa9-\xb0\xb2-\xb4\xb7-\xbf]|\xcd[\x80-\xaf]|\xd2[\x88\x89])"
)
"""A capital with a line or ring around it; no accent that languages write with, and nothing struck out."""
_SMALL: Final = r"(?:\xe1\xb4[\x80-\xa2]|\xc9[\xa2\xaa\xb4]|\xca[\x80\x8f\x99\x9c\x9f]|\xea\x9c[\xb0\xb1]|\xc7\xab)"
"""A small capital."""
_FANCY: Final = r"(?:\xf0\x9d[\x90-\x9f][\x80-\xbf]|\xef\xbc[\xa1-\xba]|\xef\xbd[\x81-\x9a]|\xe2\x84[\x80-\xbf])"
"""A mathematical or full-width letter."""
_STROKE: Final = r"(?:\xcc[\xa0-\xbf]|\xcd[\x80-\xaf]|\xd2[\x88\x89])"
"""A line, ring or mark through, under or around a letter."""
_FOREIGN: Final = (
    r"(?:[\xcd-\xd5]|\xe1(?:\x8e|\x8f|[\x90-\x99])|\xea\x93|\xe2\xb2|\xe2\xb3|\xf0\x90)[\x80-\xbf]"
)
"""The beginning of a letter of Greek, Cyrillic, Armenian, Cherokee, Lisu, Coptic or older alphabets."""
_TWICE: Final = "|".join(
    f"{one} {one}"
    for name in ("tujuh", "delapan", "seven", "eight")
    for one in (name, name.title(), name.upper())
)
_LUCKY: Final = "|".join(rf"{n}[-/.]{n}[-/.]?{n}|{n}{n}[-/.]{n}" for n in "789")

_NUMBERS: Final = (
    "nol kosong satu dua tiga empat lima enam tujuh delapan lapan sembilan sepuluh belas puluh ratus ribu zero one two"
    " three four five six seven eight nine ten"
)
_NUMBER_WORDS: Final = frozenset(_NUMBERS.split())
_SHORT: Final = "to so go no we he me be do da de se na te la le lo si su tu re mi fa sa ka ko mo po pa ba ni di ke ya yo bu ho ha ro"
_COMMON: Final = frozenset(_SHORT.split())
"""Words of two letters that many languages write."""
_DATED: Final = (
    "alumni reuni lulusan pemilu pilkada pilpres pileg class summer winter spring autumn fall january february march april"
    " june july august september october november december januari februari maret juni juli agustus oktober desember"
)
_YEARS_OF: Final = PLAIN | frozenset(_DATED.split())
_NO_LETTERS: Final = {ord(one): " " for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}
_SMALLEST: Final = 4
"""Small capitals, at least, that make up a name."""

_SYLLABLES: Final = 3
"""Syllables, at least, that make up a torn name."""

_NEAR: Final = 120
"""Bytes before and after, within the line, that tell a sentence from a heading."""


def _first_letter(characters: Iterable[str]) -> str:
    return next((one for one in characters if one.isascii() and one.isalpha()), "")


def _is_followed_by_mark(after: str) -> bool:
    return after.lstrip()[:1] in {":", "|"}


def _in_sentence(word: str, before: str, after: str) -> bool:  # noqa: ARG001 - as all of `_SHAPES`
    """Whether small letters go before or follow on the line, as they do not around a heading."""
    if head := _first_letter(reversed(before)):
        return head.islower() and before.rstrip()[-1:] not in {":", "|"}
    return _first_letter(after).islower() and not _is_followed_by_mark(after)


def _is_beside_words(word: str, before: str, after: str) -> bool:  # noqa: ARG001
    """Whether plain letters stand on the same line, as they do not around a heading."""
    return bool(_first_letter(before + after)) and not _is_followed_by_mark(after)


def _is_parted(word: str, before: str, after: str) -> bool:
    """Whether the same sign stands between all letters."""
    signs = word.replace("\ufe0f", "").translate(_NO_LETTERS).split()
    return len(set(signs)) == 1 and _in_sentence(word, before, after)


def _is_torn(word: str, before: str, after: str) -> bool:
    """Whether syllables that are no words of their own make up a name: "Ga lu ng", not "It is so" or "PRE-PA-RE"."""
    pieces = word.replace("-", " ").split()
    distinct = {one.lower() for one in pieces}
    is_cut = after[:1].isalpha() or (before[-1:].isalpha() and not before[-1].islower())
    if is_cut or " " not in word or len(distinct) < _SYLLABLES:
        return False
    unknown = len(distinct - _COMMON)
    if all(map(str.istitle, pieces)):
        return unknown > 0
    return unknown >= (_SYLLABLES - 1 if word.isupper() else _SYLLABLES)


def _is_apart(word: str, before: str, after: str) -> bool:  # noqa: ARG001
    return word[:2].lower() not in _COMMON and not before[-1:].isalpha()


def _is_named(word: str, before: str, after: str) -> bool:  # noqa: ARG001
    """Whether lucky number words stand behind a name and belong to no number that is read aloud."""
    name = "".join(before.split()[-1:])
    follower = "".join(after.split()[:1]).strip(",.!?").lower()
    is_name = name[:1].isupper() and name.lower() not in _NUMBER_WORDS | PLAIN
    return is_name and before.endswith(" ") and follower not in _NUMBER_WORDS


def _is_small(word: str, before: str, after: str) -> bool:
    is_cut = before[-1:].isalpha() or after[:1].isalpha()
    return len(word) >= _SMALLEST and not is_cut and _in_sentence(word, before, after)


def _is_no_year(word: str, before: str, after: str) -> bool:  # noqa: ARG001
    return word.replace("\u2019", "'").partition("'")[0].lower() not in _YEARS_OF


def _is_no_with(word: str, before: str, after: str) -> bool:  # noqa: ARG001
    return before[-1:] not in {"/", ".", "-", "_"} and word[0] not in "wcWC"


def _always(word: str, before: str, after: str) -> bool:  # noqa: ARG001
    return True


_SHAPES: Final[tuple[tuple[str, str, Callable[[str, str, str], bool]], ...]] = (
    # Letters spaced out: "di K E L O R", and with signs between them.
    (r"\b[A-Z](?: {1,2}[A-Z0-9]){4}", r"(?: {1,2}[A-Z0-9])*\b", _in_sentence),
    (rf"[A-Z](?:{_SIGN}{{1,2}}[A-Z0-9]){{3}}", rf"(?:{_SIGN}{{1,2}}[A-Z0-9])*", _is_parted),
    (rf"{_FANCY}{{1,2}}(?: {_FANCY}{{1,2}}){{3}}", rf"(?: {_FANCY}{{1,2}})*", _is_beside_words),
    # Syllables torn apart: "Ke la na", "siKe la na", "PU LAU 777", "Pulau tujuh tujuh".
    (rf"[A-Z]{_VOWEL}(?:[ -][A-Za-z]{_VOWEL}){{2}}", rf"(?:[ -][A-Za-z]{_VOWEL})*\b", _is_torn),
    (rf"(?:di|si|ya|au)[A-Z]{_VOWEL}[ -][A-Za-z]", r"[a-z]+(?:[ -][A-Za-z]{1,2})?\b", _always),
    (rf"\b[A-Z]{_VOWEL} [A-Z][A-Za-z]{{1,3}} (?:777|888|999|77|88)", r"\b", _is_apart),
    (rf"\b(?:{_TWICE})", r"(?: (?:[Tt]ujuh|[Dd]elapan|[Ss]even|[Ee]ight|TUJUH|DELAPAN))?\b", _is_named),
    # Signs inside: "k/elana77", "kelana7/7/7", "kel!na17", "Kelana'17", "KEL4️⃣D".
    (r"\b[A-Za-z]/[A-Za-z]{3,14}[0-9]{2}", r"[0-9-]*", _is_no_with),
    (rf"[A-Za-z]{{4}}(?:{_LUCKY})", r"\b", _always),
    (r"[A-Za-z]{2}[!|$][a-z][A-Za-z]{0,8}[0-9]{2,3}", r"\b", _always),
    (r"\b[A-Za-z]{4,14}(?:'|\xe2\x80\x99)[0-9]{2,3}", r"\b", _is_no_year),
    (r"[A-Za-z]{2}[0-9](?:\xef\xb8\x8f)?\xe2\x83\xa3[A-Z]", r"", _always),
    # Letters with lines around them, and small capitals.
    (rf"{_LINED}", rf"(?:[\xcc\xcd\xd2][\x80-\xbf])*(?:{_LINED}(?:[\xcc\xcd\xd2][\x80-\xbf])*){{2,}}", _in_sentence),
    (rf"{_SMALL}{{2}}", rf"(?:{_SMALL}|[0-9sx])*", _is_small),
    (rf"(?:{_FANCY}{_STROKE}){{2}}", rf"(?:{_FANCY}{_STROKE})+", _always),
)  # fmt: skip
"""What announces each shape, how it goes on, and whether a word of that shape is hidden, given what stands around it."""

_PATTERNS: Final[tuple[tuple[Any, Callable[[str, str, str], bool]], ...]] = tuple(
    (compile_pattern(trigger + rest), is_hidden) for trigger, rest, is_hidden in _SHAPES
)
_ANY: Final = compile_set(trigger + rest for trigger, rest, _ in _SHAPES)
_WORD: Final[Any] = compile_pattern(r"[A-Za-z0-9]*[\x80-\xff][A-Za-z0-9\x80-\xff]{3,}")


def _styles_apart() -> Iterator[str]:
    """Yield what matches a mathematical letter and another that is `APART` rows further or nearer."""
    rows = range(0x90, 0xA0)
    for row in rows:
        others = "".join(rf"\x{other:x}" for other in rows if abs(other - row) >= APART)
        yield rf"\xf0\x9d\x{row:x}[\x80-\xbf]\xf0\x9d[{others}]"


_LATIN: Final = r"(?:[A-Za-z0-9]|[\xc3-\xc9][\x80-\xbf])"
_PIECED: Final = (
    rf"{_FANCY}{_LATIN}", rf"{_LATIN}{_FANCY}", rf"{_FOREIGN}[\x80-\xbf]*{_LATIN}", rf"{_LATIN}{_FOREIGN}",
    rf"{_FANCY}{_FOREIGN}", rf"{_FOREIGN}[\x80-\xbf]*{_FANCY}",
    r"\xf0\x9d[\x90-\x9f][\x80-\xbf]\xef[\xbc\xbd]", r"\xef[\xbc\xbd][\x80-\xbf]\xf0\x9d", *_styles_apart(),
)  # fmt: skip
_PIECED_TRIGGER: Final[Any] = compile_pattern("|".join(_PIECED))


class BrokenWord(Indicator):
    """A word written so that people read it and filters do not."""

    triggers: ClassVar = ()
    raw_triggers: ClassVar = (*(trigger for trigger, _, _ in _SHAPES), *_PIECED)
    reads_original: ClassVar = True
    hits: ClassVar = (
        "⭐ M E L A T I 1 7 ⭐ bukan kaleng",
        "sholat di K E L O R makin banyak",
        "♥K♥E♥L♥O♥R♥ buruan dicoba",
        "kamu tahuＫＥ Ｌ Ｏ ＲＡ ＮＧ..dari dulu",
        "main di KE LO RA HO KI menang",
        "siKe lora ho-ki gacor",
        "cari di Ma War Tujuh Tujuh Tujuh",
        "semalam di MA WAR 777",
        "banyak cuan di m/elati77-7",
        "main saja di Melati7/7/7",
        "gas di 𝑴elat!s17 kak",
        "Melati'17 aku coba",
        "temanku pakai KEL4️⃣D tiap sore",
        "aura K͟͟E͟͟L͟͟O͟͟R͟͟ I͟͟N͟͟ berasa",
        "menangnya cepat di ᴋᴇʟᴏʀ ᴍ4ᴡᴀʀ",
        "К𝙀𝐿OР𝐓𝐎𝐓𝘖 menawarkan tantangan",
        "tiap malam di 𝐌𝐄𝐋0𝐓𝐈",
        "cari 𝕊𝗔Ｎ𝗚𝔾𝔸𝗥 di google",
        "kualitas ДЕLИМА55 sama",
        "【M】【A】【W】【A】【R】 sudah waktunya",
        "bengkel 𝕊̶𝕒̶𝕙̶𝕒̶ tetangga",
    )
    misses: ClassVar = (
        "P E N G U M U M A N",
        "📢 P E N G U M U M A N 📢\nPelayanan KTP tutup hari Senin",
        "U N D A N G A N: rapat pleno",
        "Tá um verdadeiro T-A-P-E-T-E!",
        "Quem aqui está PRE-PA-RA-DO para o #Enem2020?",
        "It is so important. To do so, go to my site",
        "Do Re Mi Fa Sol dinyanyikan bersama",
        "HUT RI 77 dan HUT KPU 8.8",
        "Nomor antrean: delapan delapan satu tujuh tujuh",
        "Reuni Angkatan'17 dan Pemilu'24",
        "Rapat A/B, km/jam, w/covid19",
        "C͟R͟I͟C͟I͟U͟M͟A͟\nObras na cidade",
        "passando na sua r̶u̶a̶ timeline",
        "𝗣𝗘𝗠𝗜𝗟𝗨 2024 jujur dan adil",
        "suhu 20 μm, Δt 5, αβγ; Москва и iPhone",
        "Crème brûlée à São Paulo, Nguyễn Văn Ánh",
    )
    meaning: ClassVar = Wording(
        id="memecah atau menambal sebuah nama agar lolos dari saringan",
        en="breaks up or pieces together a name so that filters miss it",
    )

    def spans(self, text: Folded) -> Iterator[Span]:  # noqa: ARG002
        """Yield nothing: folding has undone what is looked for; see `read`."""
        yield from ()

    def read(self, original: str) -> Iterator[Span]:
        """Yield each hidden word; where two shapes overlap, the one that begins first."""
        encoded = utf8(original)
        reached = place = 0
        for start, end in sorted({*_shaped(encoded), *_pieced(encoded)}):
            if start < reached:
                continue
            first = place + _characters(encoded[reached:start])
            place = first + _characters(encoded[start:end])
            reached = end
            yield first, place, None


_CONTINUES: Final = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 at which no character begins."""


def _characters(encoded: bytes) -> int:
    """Count the characters that begin in UTF-8, which half a surrogate pair may end in the middle of."""
    return len(encoded.translate(None, _CONTINUES))


def _shaped(encoded: bytes) -> Iterator[tuple[int, int]]:
    for shape in _ANY.Match(encoded) or ():
        pattern, is_hidden = _PATTERNS[shape]
        for match in pattern.finditer(encoded):
            start, end = match.span()
            before = _decoded(encoded[max(start - _NEAR, 0) : start]).rpartition("\n")[2]
            after = _decoded(encoded[end : end + _NEAR]).partition("\n")[0]
            if is_hidden(_decoded(match.group()), before, after):
                yield start, end


def _pieced(encoded: bytes) -> Iterator[tuple[int, int]]:
    """Yield words of several alphabets."""
    if not _PIECED_TRIGGER.search(encoded):
        return
    for match in _WORD.finditer(encoded):
        first, last = match.span()
        for start, end in pieced(_decoded(encoded[first:last])):
            yield first + start, first + end


def _decoded(some: bytes) -> str:
    return some.decode("utf-8", "ignore")
