"""A telephone number that the text asks to be reached by WhatsApp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from detector.indicators import _numbers
from detector.indicators.interface import Indicator, Span
from detector.records import Wording
from detector.text import Folded


class WhatsappNumber(Indicator):
    """A number named as WhatsApp, or a wa.me link; the value is E.164."""

    triggers: ClassVar = _numbers.TRIGGERS
    always: ClassVar = True
    hits: ClassVar = (
        "Klaim via WhatsApp 0858-0000-4471 sekarang",
        "wa.me/6281200004521",
        "WA: nol delapan satu dua nol nol nol nol empat lima dua satu",
        "hubungi admin ☎️ +62 812-0000-9981 (WA)",
        "https://api.whatsapp.com/send?phone=6285800001234&text=halo",
        "Chat 0️⃣8️⃣5️⃣8️⃣ 0000 4471",
    )
    misses: ClassVar = (
        "Telepon (0296) 531000 pada jam kerja",
        "NIP 19850812 201001 1 002",
        "grup WhatsApp kami ada di bio",
        "nomor rekening 0812000045210000",
    )
    value_matters: ClassVar = True
    speaks_for: ClassVar = "nobody"
    meaning: ClassVar = Wording(
        id="mengarahkan pembaca ke nomor WhatsApp", en="sends readers to a WhatsApp number"
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each number offered for WhatsApp."""
        for number in _numbers.telephone_numbers(text):
            if number.by_whatsapp:
                yield number.start, number.end, number.e164
