"""Any link; by itself it says nothing, but an account's links have habits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from detector.indicators import _links
from detector.indicators.interface import Indicator, Span
from detector.records import Wording
from detector.text import Folded


class Link(Indicator):
    """A link or bare domain; the value is the registered domain."""

    triggers: ClassVar = _links.TRIGGERS
    always: ClassVar = True
    unannounced: ClassVar = True
    hits: ClassVar = (
        "Selengkapnya https://kab-blora.kpu.go.id/berita/7",
        "daftar di bit.ly/lombaposter24",
        "situs jahat[.]xyz",
        "www.contoh.ac.id",
    )
    misses: ClassVar = ("pukul 08.00 s.d. 12.00", "surel: info@contoh.go.id", "H.Sutrisno,S.H.")
    value_matters: ClassVar = True
    speaks_for: ClassVar = "nobody"
    meaning: ClassVar = Wording(id="memuat tautan", en="holds a link")

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each link."""
        for link in _links.links(text):
            yield link.start, link.end, link.domain
