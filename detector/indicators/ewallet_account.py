"""A telephone number that is the account of an e-wallet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar, Final

from detector.indicators import _numbers
from detector.indicators.interface import Indicator, Span, compile_pattern
from detector.records import Wording
from detector.text import Folded

_JOINT: Final = r"[\s:.=/,(\-]"
_PLAIN: Final = r"\b(?:go ?-?pay|ovo|shopee ?pay|link ?aja|i\.?saku|astra ?pay|gcash|tng|e-?wallet|dompet digital)\b"
_TO: Final = r"(?:nomor|no|ke|hp|bu|pak|mas|mbak|kak|a\.n|a/n|an|saja|aja)\b"
# "Dana" is the common word for funds: only a number, or what leads up to one, may follow it.
_DANA: Final = rf"\bdana{_JOINT}{{1,4}}"
_SPELLED: Final = r"(?:nol|kosong|zero|enam|six)\b"
# Up to where a number begins; without groups, which keep RE2 from its fastest way.
_LED: Final[Any] = compile_pattern(
    rf"(?:{_PLAIN}[^0-9\x00]{{0,40}}?|{_DANA}(?:{_TO}{_JOINT}{{0,4}}(?:[a-z]{{2,14}}{_JOINT}{{1,4}}){{0,2}})?\+?)(?:[0-9]|{_SPELLED})"
)
_FOLLOWED: Final[Any] = compile_pattern(
    rf"[0o+][0-9o .()\-]{{8,20}}[0-9][\s(/\-]{{1,3}}(?:{_PLAIN}|dana\b)"
)
_NAMED: Final[Any] = compile_pattern(rf"{_PLAIN}|\bdana\b")
_FUNDS: Final[Any] = compile_pattern(
    r"\b(?:butuh|bantuan|pinjaman|pencairan|penyaluran|alokasi|cari|perlu|pengajuan|info|penggalangan|sumber|hibah)\s+$"
)
_REACH: Final = 130
"""Characters in which a number ends: one that is spelled out is long."""

_BEGINS: Final = 6
"""Characters of a number before its first digit, at most: "(+62", an o for a zero."""

_NAMES: Final = {"EWALLET": "E-WALLET", "DOMPETDIGITAL": "E-WALLET"}


class EwalletAccount(Indicator):
    """GoPay, OVO, DANA, ShopeePay, LinkAja and their like with a number; the value is ``DANA +6281200004521``."""

    triggers: ClassVar = (
        _PLAIN,
        rf"{_DANA}(?:[0-9+]|{_TO}|{_SPELLED})",
        r"[0-9][\s(/\-]{1,3}dana\b",
    )
    hits: ClassVar = (
        "kirim ke DANA 0812-0000-4521 a.n. Suparno",
        "GoPay / DANA / OVO 0812-0000-4521 (Oktavianus)",
        "Dana Bu Siska: 0812 0000 4521",
        "0812 0000 4521 (ShopeePay)",
        "LinkAja a.n. Panitia Kurban +62 812-0000-4521",
    )
    misses: ClassVar = (
        "butuh dana? 0812 0000 4521",
        "penyaluran dana desa, hubungi 0812 0000 4521",
        "pembayaran dengan GoPay dan OVO",
        "Dana 500 juta untuk jembatan",
    )
    value_matters: ClassVar = True
    speaks_for: ClassVar = "nobody"
    meaning: ClassVar = Wording(
        id="memuat nomor dompet digital", en="gives the number of an e-wallet"
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each number that an e-wallet is named beside."""
        codes = text.codes
        found: set[Span] = set()
        for match in _LED.finditer(codes):
            start, end = match.span()
            if codes.startswith(b"dana", start) and _FUNDS.search(
                codes[max(start - 20, 0) : start]
            ):
                continue
            stretch = codes[start : end + _REACH].partition(b"\0")[0]
            found |= {
                (start + first, start + last, value)
                for first, last, value in _led(stretch, end - start)
            }
        for match in _FOLLOWED.finditer(codes):
            start, named = match.start(), match.group()
            for first, last, e164 in _numbers.mobile_numbers(named):
                found.add((start + first, start + last, _value(named, e164)))
        yield from sorted(found)


@lru_cache(maxsize=4096)  # an office's number stands in many of its posts
def _led(stretch: bytes, at: int) -> list[tuple[int, int, str]]:
    """Return the number, if it is one, that begins in a stretch just before `at`."""
    return [
        (first, last, _value(stretch[:at], e164))
        for first, last, e164 in _numbers.mobile_numbers(stretch)
        if at - _BEGINS <= first <= at
    ]


def _value(named: bytes, e164: str) -> str:
    """Return the name that stands last, in capitals, and the number."""
    name = _NAMED.findall(named)[-1].decode("latin-1")
    plain = "".join(one for one in name if one.isalpha()).upper()
    return f"{_NAMES.get(plain, plain)} {e164}"
