"""A telephone number of any kind that is not offered for WhatsApp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from detector.indicators import _numbers
from detector.indicators.interface import Indicator, Span
from detector.records import Wording
from detector.text import Folded


class PhoneNumber(Indicator):
    """A telephone number in Indonesian or international writing; the value is E.164."""

    triggers: ClassVar = _numbers.TRIGGERS
    always: ClassVar = True
    hits: ClassVar = (
        "Telepon (0296) 531000",
        "call center 0812 0000 4521",
        "Fax 0296-531000",
        "office +60 12-000 4455",
        "hub. O812.0000.4521",
    )
    misses: ClassVar = (
        "Nomor 081/PP.04/3316/2024",
        "NIK 3316010812000045",
        "2024-08-12 08.00 - 12.00",
        "rekening 008120000452100",
        "WA 0812 0000 4521",
    )
    value_matters: ClassVar = True
    speaks_for: ClassVar = "nobody"
    meaning: ClassVar = Wording(id="memuat nomor telepon", en="gives a telephone number")

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each number that is not offered for WhatsApp."""
        for number in _numbers.telephone_numbers(text):
            if not number.by_whatsapp:
                yield number.start, number.end, number.e164
