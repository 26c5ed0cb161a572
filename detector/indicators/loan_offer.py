"""Quick loans and money without security."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class LoanOffer(WordIndicator):
    """Loans offered: fast, unsecured, without checks."""

    phrases: ClassVar = (
        "pinjaman (?:online|cepat|tanpa|mudah|uang|dana|modal|pribadi)", "dana (?:tunai|cepat|gaib|talangan|pinjaman)", "tanpa (?:jaminan|agunan|bi checking)", "bunga (?:rendah|ringan|[0-9])", "langsung cair", "cair (?:hari ini|cepat|[0-9]{1,3} (?:menit|jam))",
        "proses cepat cair", "gadai bpkb", "butuh (?:dana|modal|uang|pinjaman)", "limit (?:pinjaman|kredit|hingga|sampai)", "plafon (?:pinjaman|hingga|sampai)", "instant loan", "quick loan", "loan approval", "no credit check", "pesugihan", "uang (?:gaib|ghaib)",
    )  # fmt: skip
    hits: ClassVar = (
        "Pinjaman cepat tanpa jaminan, langsung cair",
        "butuh dana? limit hingga 50jt",
    )
    misses: ClassVar = ("dana desa", "bunga desa mekar", "tanpa dipungut biaya", "pinjaman buku")
    meaning: ClassVar = Wording(id="menawarkan pinjaman", en="offers a loan")
