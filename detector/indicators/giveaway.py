"""Promises of prizes and gifts."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class Giveaway(WordIndicator):
    """Giveaway wording: prizes, shared-out money, chosen winners."""

    phrases: ClassVar = (
        "give ?away", "bagi bagi", "berbagi rezeki", "hadiah", "door ?prize", "undian", "pemenang",
        "selamat anda", "anda terpilih", "anda mendapatkan", "anda berhak", "menangkan", "bonus",
        "cash ?back", "voucher", "uang tunai", "saldo (?:dana|gopay|ovo|gratis)", "dana kaget",
        "thr (?:gratis|dana|lebaran)", "gratis (?:iphone|hp|motor|kuota|pulsa)",
        "(?:iphone|hp|motor|kuota|pulsa) gratis", "you (?:have )?won", "winners?", "free gift", "prizes?",
        "tunai senilai", "total hadiah", "e wallet",
    )  # fmt: skip
    hits: ClassVar = (
        "GIVEAWAY saldo DANA untuk 100 orang",
        "Selamat Anda terpilih sebagai pemenang",
        "You won an iPhone",
    )
    misses: ClassVar = (
        "dana desa tahap dua",
        "bagian umum sekretariat",
        "gratis tanpa dipungut biaya",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(id="menjanjikan hadiah atau uang", en="promises a prize or money")
