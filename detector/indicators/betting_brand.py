"""Names of betting sites by their shape: a word with lucky digits, or with an ending of the trade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.indicators._brands import ENDING, NUMBER, is_brand
from detector.indicators.interface import Indicator, Span, compile_pattern
from detector.records import Wording
from detector.text import Folded

# Where such names stand: without groups, which keep RE2 from its fastest way.
_WHOLE: Final[Any] = compile_pattern(
    rf"[#@/._=&?%+-]?\b(?:[a-z]{{3,14}}{NUMBER}|[a-z]{{2,12}}{ENDING})\b"
)


class BettingBrand(Indicator):
    """A name of the shape of a betting site's, whatever is said of it; the value is the name."""

    triggers: ClassVar = (rf"[a-z]{NUMBER}\b", rf"[a-z]{ENDING}\b")
    hits: ClassVar = (
        "makasih ya JENGGALA77 bisa bayar kos",
        "cuma di kyra4d yang cair",
        "P͟U͟L͟A͟U͟W͟I͟N͟ bikin lupa waktu",
        "⭐ T E L A G A 1 7 ⭐ naik daun",
        "sehat selalu kang, salam dari mawartoto",
        "𝓼𝓾𝓱𝓾𝟑𝟐𝟖 tiap sore",
        "siap menyalakan panggung #MELATI4D",
    )
    misses: ClassVar = (
        "HUT RI79 di alun-alun",
        "SMAN12 juara, selamat",
        "Pak Erwin dan Bu Godwin hadir",
        "Acara kawin massal, jangan ribet",
        "COVID19",
        "tahun2024",
        "#PilkadaDamai24",
        "https://t.co/LkDqVsPn02",
        "RT @kabar911",
    )
    meaning: ClassVar = Wording(
        id="menyebut nama yang bentuknya seperti situs judi",
        en="names something shaped like a betting site",
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each such name, unless it is another hashtag, a part of an address, or a word that offices put a number to."""
        for match in _WHOLE.finditer(text.codes):
            name = match.group()
            # A hashtag is a brand's only with the lottery in it: others end in a year.
            is_tag = name.startswith(b"#") and name.endswith(b"4d")
            if is_brand(name[is_tag:]):
                start, end = match.start() + is_tag, match.end()
                yield start, end, text.text[start:end]
