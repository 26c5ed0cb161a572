"""The written voice of public administration."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class LegalLanguage(WordIndicator):
    """Legal citations, letter numbers, meetings and ceremonies; tenders and budgets are `tender_language`."""

    phrases: ClassVar = (
        (
            "(?:peraturan|keputusan|surat edaran|instruksi|undang undang|pkpu|permendagri|perpres|perda|perbup|perwali|pergub|sk|uu)",
            "(?:peraturan|keputusan|surat edaran|instruksi|undang undang|pkpu|permendagri|perpres|perda|perbup|perwali|pergub|sk|uu)\\b (?:[^\\s\\x00]{1,20} ){0,4}(?:nomor|no|tahun)",
        ),
        "pasal [0-9]{1,3}", "ayat \\([0-9]", "berdasarkan (?:surat|peraturan|keputusan|hasil|ketentuan)", "sehubungan dengan", "dalam rangka", "menindaklanjuti", "sebagaimana dimaksud", "rapat (?:pleno|koordinasi|kerja|paripurna|evaluasi)",
        "bimbingan teknis", "bimtek", "sosialisasi", "pelantikan", "monitoring dan evaluasi", "kunjungan kerja", "apel pagi", "upacara",
        "ordinance", "pursuant to", "public hearing", "committee (?:hearing|meeting)", "town hall", "press release", "legislation",
    )  # fmt: skip
    hits: ClassVar = (
        "Berdasarkan Keputusan KPU Nomor 475 Tahun 2024",
        "Rapat koordinasi di aula",
        "Sosialisasi dalam rangka Pemilu",
    )
    misses: ClassVar = ("sk8 park", "nomor antrean", "pagi yang cerah", "keputusan ada di tanganmu")
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(
        id="memakai bahasa kedinasan", en="uses the language of administration"
    )
