"""Pressure of time or scarcity."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class Urgency(WordIndicator):
    """Urgency and scarcity: last units, today only, the first hundred."""

    phrases: ClassVar = (
        "(?:stok|stock|unit|kuota|slot|tempat|persediaan|waktu) (?:sangat |hanya )?(?:terbatas|menipis)",
        "sisa [0-9]{1,3} (?:unit|slot|kuota|orang|pcs|lagi|kursi)", "tinggal [0-9]{1,3} (?:unit|slot|lagi|pcs)",
        "(?:hanya|cuma|khusus|berlaku) (?:untuk )?hari ini", "hari ini (?:saja|aja|doang)", "buruan", "buru buru",
        "siapa cepat", "jangan sampai (?:ketinggalan|kehabisan|telat|terlewat)", "sebelum kehabisan",
        "(?:keburu|segera) habis", "gercep", "fast resp(?:on|ond|onse)?", "(?:respon|proses|gerak) cepat",
        "[0-9]{1,4} (?:orang |pendaftar |penelepon |pembeli |peserta )?(?:pertama|tercepat)", "terakhir hari ini", "hari terakhir",
        "limited (?:time|stock|slots?|offer|edition)", "last chance", "hurry", "today only", "act now",
        "only [0-9]{1,4} (?:left|spots?|slots?)", "ending soon", "ends? (?:in|tonight|today)", "kesempatan terbatas",
        "kesempatan (?:emas|terakhir|langka)", "24 jam (?:saja|lagi)", "first [0-9]{1,5}", "segera (?:klaim|hubungi|order|daftar)",
    )  # fmt: skip
    hits: ClassVar = (
        "Stok terbatas, sisa 3 unit!",
        "khusus 50 orang pertama",
        "Only 20 left, hurry",
    )
    misses: ClassVar = (
        "hari ini rapat koordinasi",
        "juara pertama lomba",
        "sisa suara sah",
        "respons warga",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="mendesak pembaca agar cepat-cepat", en="presses readers to hurry"
    )
