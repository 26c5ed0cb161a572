"""An amount of money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.indicators.interface import Indicator, Span, compile_pattern
from detector.records import Wording
from detector.text import Folded

_SCALE: Final = {
    "ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000, "jeti": 1_000_000,
    "miliar": 1_000_000_000, "milyar": 1_000_000_000, "triliun": 1_000_000_000_000,
    "million": 1_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_NUMBER: Final = r"[0-9]{1,3}(?:[.,][0-9]{3}){1,4}(?:[.,][0-9]{2})?|[0-9]{1,9}(?:[.,][0-9]{1,2})?"
_UNITS: Final = "ribu|rb|juta|jt|jeti|miliar|milyar|triliun"
_EACH: Final = r"\s?(?:/|per|se)\s?(?:unit|pcs|kg|kilo|orang|buah|liter|pack|paket|set)\b"
_EXPRESSION: Final = (
    rf"(\brp|\bidr|\brm|\bmyr|\busd|\bus\$|\$|\bsgd|\busdt)[\s.:]{{0,3}}({_NUMBER})\s?({_UNITS}|k|million|billion)?\b"
    rf"|\b({_NUMBER})\s?({_UNITS}|rupiah)\b(?:\s?(rupiah))?"
    rf"|\b([0-9]{{1,3}}(?:[.,][0-9]{{3}}){{1,3}})(?:,-|,00\b|{_EACH})"
    r"|\b([0-9]{1,3}(?:[.,][0-9]{3}){1,2}[.,](?:000|500))\b"
    r"|\b([0-9]{2,4})k\b"
)
_PRICE: Final[Any] = compile_pattern(_EXPRESSION)
_CURRENCY: Final = {
    "rp": "IDR",
    "idr": "IDR",
    "rm": "MYR",
    "myr": "MYR",
    "sgd": "SGD",
    "usdt": "USDT",
}


class Price(Indicator):
    """Money in rupiah, ringgit or dollars, however written; the value is ``IDR 6800000``."""

    triggers: ClassVar = (_EXPRESSION,)
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
    )
    misses: ClassVar = (
        "Jumlah pemilih 703.119 orang",
        "DPT 1.703.119 jiwa",
        "pukul 08.30 WIB",
        "Pasal 5 ayat (2)",
        "RT 03 RW 02",
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


def _value(match: Any) -> str:
    groups = [group.decode("latin-1") if group else "" for group in match.groups()]
    currency, number, scale, spoken, unit, _, listed, plain, thousands = groups
    name = _CURRENCY.get(currency, "USD") if currency else "IDR"
    if thousands:
        return f"IDR {int(thousands) * 1000}"
    amount = _amount(number or spoken or listed or plain)
    amount *= _SCALE.get(scale or unit, 1)
    return f"{name} {amount:.0f}" if amount == int(amount) else f"{name} {amount:.2f}"


def _amount(written: str) -> float:
    """Read a number in which a dot or comma before exactly three digits groups thousands."""
    head, _, cents = written.partition(",")
    if cents and len(cents) <= 2:  # noqa: PLR2004 - two decimals
        return float(head.replace(".", "") + "." + cents)
    parts = written.replace(",", ".").split(".")
    if len(parts) > 1 and len(parts[-1]) <= 2:  # noqa: PLR2004
        return float("".join(parts[:-1]) + "." + parts[-1])
    return float("".join(parts))
