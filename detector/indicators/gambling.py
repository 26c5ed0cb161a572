"""Online gambling: games and terms of the trade."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class Gambling(WordIndicator):
    """Gambling wording; the value is what was named."""

    phrases: ClassVar = (
        "slots? ?gacor", "s ?[li] ?o ?ts?", "gacor(?:r|nya|kan)?", "maxwin", "max win", "jackpot", "jp (?:paus|besar|terus)", "scatter", "rtp", "pola (?:gacor|slot|hari ini)",
        "togel", "toto ?(?:4d|macau|sgp|hk)?", "4d", "casino", "kasino", "baccarat", "bakarat", "roulette", "poker", "domino ?qq", "bandar ?(?:qq|bola|togel|ceme)?",
        "sbobet", "parlay", "mix parlay", "judi", "judol", "taruhan", "betting", "bets?", "depo(?:sit)? (?:[0-9]|pulsa|dana|qris|minimal|min)", "wd (?:[0-9]|cepat|lancar|terus|berapapun|pasti)",
        "withdraw", "free ?spins?", "free ?bet", "bonus new member", "new member", "turnover", "gates of olympus", "olympus", "zeus", "mahjong ways?", "starlight princess", "sweet bonanza",
        "pragmatic(?: play)?", "pg ?soft", "habanero", "bahis", "deneme bonusu", "nha cai", "apuestas?", "apostas?", "tigrinho", "sabung ayam", "bocoran (?:admin|slot|rtp|angka|hk|sgp)", "angka (?:jitu|main|keramat)",
        "situs (?:gacor|resmi|slot|judi|terpercaya)", "link (?:gacor|alternatif|slot)", "anti rungkad", "rungkad", "petir merah", "kakek zeus", "sensasional", "cuan",
    )  # fmt: skip
    hits: ClassVar = (
        "Slot gacor hari ini maxwin",
        "modal 20rb WD 2jt di zeus",
        "𝕄𝔸ℍ𝕁𝕆ℕ𝔾 𝕎𝔸𝕐𝕊 scatter hitam",
        "s l o t  g a c o r",
    )
    misses: ClassVar = ("slogan lomba", "rapat di gedung B", "COVID19", "HUT RI ke77", "bandara")
    meaning: ClassVar = Wording(id="menyebut judi daring", en="speaks of online gambling")
