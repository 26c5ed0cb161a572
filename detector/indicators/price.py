"""An amount of money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.indicators.interface import Indicator, Span, compile_pattern
from detector.records import Wording
from detector.text import Folded

_SCALE: Final = {
    "ribu": 1_000, "rb": 1_000, "rebu": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000, "jeti": 1_000_000,
    "miliar": 1_000_000_000, "milyar": 1_000_000_000, "triliun": 1_000_000_000_000, "million": 1_000_000, "billion": 1_000_000_000,
    "bn": 1_000_000_000, "m": 1_000_000, "b": 1_000_000_000,
}  # fmt: skip
_IN_RUPIAH: Final = {"m": 1_000_000_000, "t": 1_000_000_000_000}
"""What one letter stands for in Indonesian: miliar, triliun."""

_NUMBER: Final = r"[0-9]{1,3}(?:[.,][0-9]{3}){1,4}(?:[.,][0-9]{2})?|[0-9]{1,9}(?:[.,][0-9]{1,2})?"
_UNITS: Final = "ribu(?:an)?|rb(?:an)?|rebu|juta(?:an)?|jt(?:an)?|jeti|miliar|milyar|triliun"
_EACH: Final = r"\s?(?:/|per|se)\s?(?:unit|pcs|kg|kilo|orang|buah|liter|pack|paket|set)\b"
_BEFORE: Final = (
    r"\brp|\bidr|\brm|\bmyr|\busdt|\busd|\bus\$|\br\$|\bs\$|\bsgd|\baud|\beur|\bgbp|\bphp|\$"
)
_AFTER: Final = "ringgit|rm|dollars?|dolar|usdt|usd|euros?|eur|pesos?|php|sgd|myr|reais"
_EXPRESSION: Final = (
    rf"({_BEFORE})[\s.:]{{0,3}}({_NUMBER})\s?({_UNITS}|k|m|t|b|bn|million|billion)?\b"
    rf"|\b({_NUMBER}|[0-9]{{1,4}} koma [0-9]{{1,2}})\s?({_UNITS}|rupiah)\b(?:\s?(rupiah|{_AFTER})\b)?"
    rf"|\b([0-9]{{1,3}}(?:[.,][0-9]{{3}}){{1,3}})(?:,-|,00\b|{_EACH})"
    r"|\b([0-9]{1,3}(?:[.,][0-9]{3}){1,2}[.,](?:000|500))\b"
    r"|\b([0-9]{2,4})k\b"
    rf"|\b({_NUMBER})\s?({_AFTER})\b"
)
_PRICE: Final[Any] = compile_pattern(_EXPRESSION)
_CURRENCY: Final = {
    "rp": "IDR", "idr": "IDR", "rm": "MYR", "myr": "MYR", "sgd": "SGD", "s$": "SGD", "usdt": "USDT", "r$": "BRL", "aud": "AUD",
    "eur": "EUR", "gbp": "GBP", "php": "PHP", "ringgit": "MYR", "euro": "EUR", "euros": "EUR", "peso": "PHP", "pesos": "PHP", "reais": "BRL",
}  # fmt: skip

_ONES: Final = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9, "se": 1,
}  # fmt: skip
_SMALL: Final = {"belas": 10, "puluh": 10, "ratus": 100}
_WORD: Final = rf"(?:{'|'.join(_ONES)})?(?:belas|puluh|ratus|ribu|juta|miliar|milyar)|{'|'.join(_ONES)}|setengah"
_SPELLED_END: Final = r"\b(?:se)?(?:belas|puluh|ratus|ribu|juta|miliar|milyar)[\s\-]{1,2}rupiah\b"
_SPELLED_START: Final = rf"(?:{'|'.join(one for one in _ONES if one != 'se')}|se(?:belas|puluh|ratus|ribu|juta)|setengah)"
# "Lima juta" alone may be people or hectares.
_SPELLED: Final[Any] = compile_pattern(
    rf"\b{_SPELLED_START}(?:[\s\-]{{1,2}}(?:{_WORD})){{0,14}}[\s\-]{{1,2}}rupiah\b"
)


class Price(Indicator):
    """Money in rupiah, ringgit or dollars, however written; the value is ``IDR 6800000``."""

    triggers: ClassVar = (_EXPRESSION, _SPELLED_END)
    sufficing: ClassVar = 1
    hits: ClassVar = (
        "hanya Rp 6.800.000 saja",
        "Rp8.888.000,-",
        "cuma 500rb",
        "harga 1,5 juta",
        "6.800.000/unit",
        "cuma 6.800.000 per unit",
        "iPhone 12: 3.700.000",
        "RM 250",
        "win $5,000 today",
        "modal 50k jadi 2jt",
        "cuma 6 koma 8 juta",
        "lima juta delapan ratus ribu rupiah",
        "start from 250 ringgit",
    )
    misses: ClassVar = (
        "Jumlah pemilih 703.119 orang",
        "DPT 1.703.119 jiwa",
        "pukul 08.30 WIB",
        "Pasal 5 ayat (2)",
        "RT 03 RW 02",
        "lima juta pemilih",
        "8 koma 5 persen",
    )
    speaks_for: ClassVar = "nobody"
    meaning: ClassVar = Wording(
        id="menyebut harga atau jumlah uang", en="names a price or a sum of money"
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each amount."""
        for match in _PRICE.finditer(text.codes):
            start, end = match.span()
            while text.codes[end - 1 : end] in (b" ", b"\n"):
                end -= 1
            yield start, end, _value(match)
        if b"rupiah" in text.codes:
            for match in _SPELLED.finditer(text.codes):
                start, end = match.span()
                yield start, end, f"IDR {_spelled(match.group().decode('latin-1')):.0f}"


def _spelled(written: str) -> float:
    """Read a number in Indonesian words, as letters write it behind the figures.

    Examples:
        >>> _spelled("lima juta delapan ratus dua puluh lima ribu rupiah")
        5825000.0
        >>> _spelled("seratus sebelas ribu rupiah"), _spelled("satu setengah juta rupiah")
        (111000.0, 1500000.0)
    """
    total = part = digit = 0.0
    for word in written.replace("-", " ").split():
        plain = word if word in {"sembilan", "setengah"} else word.removeprefix("se")
        digit = 1.0 if plain != word else digit
        if word == "setengah":
            digit += 0.5
        elif plain in _ONES:
            part, digit = part + digit, float(_ONES[plain])
        elif plain == "belas":
            part, digit = part + 10 + digit, 0.0
        elif plain in _SMALL:
            part, digit = part + digit * _SMALL[plain], 0.0
        elif plain in _SCALE:
            total, part, digit = total + (part + digit) * _SCALE[plain], 0.0, 0.0
    return total + part + digit


def _value(match: Any) -> str:
    groups = [group.decode("latin-1") if group else "" for group in match.groups()]
    before, number, scale, spoken, unit, tail, listed, plain, thousands, bare, after = groups
    currency = before or after or (tail if tail != "rupiah" else "")
    name = _CURRENCY.get(currency, "USD") if currency else "IDR"
    if thousands:
        return f"IDR {int(thousands) * 1000}"
    amount = _amount(number or spoken or listed or plain or bare)
    scaled = (scale or unit).removesuffix("an")
    times = _IN_RUPIAH.get(scaled) if name == "IDR" else None
    amount *= times or _SCALE.get(scaled, 1)
    return f"{name} {amount:.0f}" if amount == int(amount) else f"{name} {amount:.2f}"


def _amount(written: str) -> float:
    """Read a number in which a dot or comma before exactly three digits groups thousands."""
    written = "".join(written.replace("koma", ",").split())
    head, _, cents = written.partition(",")
    if cents and len(cents) <= 2:  # noqa: PLR2004 - two decimals
        return float(head.replace(".", "") + "." + cents)
    parts = written.replace(",", ".").split(".")
    if len(parts) > 1 and len(parts[-1]) <= 2:  # noqa: PLR2004
        return float("".join(parts[:-1]) + "." + parts[-1])
    return float("".join(parts))
