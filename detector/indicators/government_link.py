"""A link into a name space that only public bodies and schools are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from detector.indicators import _links
from detector.indicators.interface import Indicator, Span
from detector.records import Wording
from detector.text import Folded

_RESERVED = ("go.id", "ac.id", "sch.id", "desa.id", "mil.id", "gov", "edu", "mil")


class GovernmentLink(Indicator):
    """A link under go.id, ac.id, sch.id, desa.id, mil.id or another country's like of them."""

    triggers: ClassVar = _links.TRIGGERS
    always: ClassVar = True
    unannounced: ClassVar = True
    hits: ClassVar = ("https://kab-blora.kpu.go.id", "lihat www.unadiwana.ac.id", "vote.gov.uk")
    misses: ClassVar = ("kpu.go.id.hadiah.xyz", "bit.ly/kpu-go-id", "go.id")
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(
        id="menautkan situs resmi pemerintah atau kampus", en="links to an official website"
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each such link; the value is the registered domain."""
        for link in _links.links(text):
            if link.suffix in _RESERVED or link.suffix.startswith(("gov.", "edu.", "ac.", "mil.")):
                yield link.start, link.end, link.domain
