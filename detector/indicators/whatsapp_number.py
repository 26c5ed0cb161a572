"""A telephone number that the text asks to be reached by WhatsApp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.indicators import _numbers
from detector.indicators.interface import Indicator, compile_pattern
from detector.records import Finding, Wording
from detector.text import Folded

_NAMED: Final[Any] = compile_pattern(r"\b(?:wa|w\.a|whats? ?app?|wasap|watsap|watsapp|wapri|chat)\b")
_REACH: Final = 60
"""Characters before a number within which "WhatsApp" still speaks of it."""


def is_by_whatsapp(text: Folded, number: _numbers.Number, previous_end: int) -> bool:
    """Whether a number is offered for WhatsApp: a chat link, or named just before or after."""
    if number.is_linked:
        return True
    before = text.codes[max(previous_end, number.start - _REACH) : number.start]
    after = text.codes[number.end : number.end + 14].split(b"\n")[0]
    return bool(_NAMED.search(before) or _NAMED.search(after))


class WhatsappNumber(Indicator):
    """A number named as WhatsApp, or a wa.me link; the value is E.164."""

    triggers: ClassVar = _numbers.TRIGGERS
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
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="mengarahkan pembaca ke nomor WhatsApp", en="sends readers to a WhatsApp number"
    )

    def find(self, text: Folded) -> Iterator[Finding]:
        """Yield each number offered for WhatsApp."""
        previous_end, previous_was = 0, False
        for number in _numbers.telephone_numbers(text):
            close_by = previous_was and number.start - previous_end < 25  # noqa: PLR2004 - "WA a / b"
            previous_was = close_by or is_by_whatsapp(text, number, previous_end)
            previous_end = number.end
            if previous_was:
                yield self.finding(text, number.start, number.end, number.e164)
