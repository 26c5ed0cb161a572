"""Online gambling: games, terms of the trade, and brand names by their shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.indicators.interface import Span, WordIndicator, compile_pattern
from detector.records import Wording
from detector.text import Folded

_BRAND: Final[Any] = compile_pattern(
    r"\b([a-z]{3,14})(?:77|88|99|4d|3d|138|168|188|228|303|338|368|388|500|505|707|777|787|808|878|888|899|999|1131|5000|69|89|55|33|66)\b"
)
_NOT_BRANDS: Final = (
    "covid",
    "iphone",
    "rp",
    "idr",
    "tahun",
    "hut",
    "ke",
    "nomor",
    "pasal",
    "usia",
    "no",
    "hal",
    "rw",
    "rt",
    "angkatan",
    "sma",
    "smp",
    "sd",
    "psal",
    "top",
    "kpu",
    "wib",
    "juz",
    "ayat",
    "jam",
)


class Gambling(WordIndicator):
    """Gambling wording, and names of the shape word-and-lucky-number; the value is what was named."""

    phrases: ClassVar = (
        "slots? ?gacor", "s ?[li] ?o ?ts?", "gacor(?:r|nya|kan)?", "maxwin", "max win", "jackpot", "jp (?:paus|besar|terus)", "scatter", "rtp", "pola (?:gacor|slot|hari ini)",
        "togel", "toto ?(?:4d|macau|sgp|hk)?", "4d", "casino", "kasino", "baccarat", "bakarat", "roulette", "poker", "domino ?qq", "bandar ?(?:qq|bola|togel|ceme)?",
        "sbobet", "parlay", "mix parlay", "judi", "judol", "taruhan", "betting", "bets?", "depo(?:sit)? (?:[0-9]|pulsa|dana|qris|minimal|min)", "wd (?:[0-9]|cepat|lancar|terus|berapapun|pasti)",
        "withdraw", "free ?spins?", "free ?bet", "bonus new member", "new member", "turnover", "gates of olympus", "olympus", "zeus", "mahjong ways?", "starlight princess", "sweet bonanza",
        "pragmatic(?: play)?", "pg ?soft", "habanero", "bahis", "deneme bonusu", "nha cai", "apuestas?", "apostas?", "tigrinho", "sabung ayam", "bocoran (?:admin|slot|rtp|angka|hk|sgp)", "angka (?:jitu|main|keramat)",
        "situs (?:gacor|resmi|slot|judi|terpercaya)", "link (?:gacor|alternatif|slot)", "anti rungkad", "rungkad", "petir merah", "kakek zeus", "sensasional", "cuan",
    )  # fmt: skip
    more_triggers: ClassVar = (
        r"[a-z](?:77|88|99|4d|3d|138|168|188|228|303|338|368|388|500|505|707|777|787|808|878|888|899|999|1131|5000|69|89|55|33|66)\b",
    )
    hits: ClassVar = (
        "Slot gacor hari ini maxwin",
        "modal 20rb WD 2jt di ZEUS88",
        "𝕄𝔸ℍ𝕁𝕆ℕ𝔾 𝕎𝔸𝕐𝕊 scatter hitam",
        "s l o t  g a c o r",
        "mainnya di dewa138",
    )
    misses: ClassVar = ("slogan lomba", "rapat di gedung B", "COVID19", "HUT RI ke77", "bandara")
    meaning: ClassVar = Wording(id="menyebut judi daring", en="speaks of online gambling")

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield gambling terms, then names that have a brand's shape."""
        yield from super().spans(text)
        for match in _BRAND.finditer(text.codes):
            start, end = match.span()
            name = text.text[start:end]
            if match.group(1).decode() not in _NOT_BRANDS:
                yield start, end, name
