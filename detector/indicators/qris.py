"""Payment by a scanned code."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class Qris(WordIndicator):
    """QRIS and "scan to pay"."""

    phrases: ClassVar = (
        "qr(?:is|code)?(?:nya)?",
        "(?:scan|pindai) (?:kode |barcode |qr |qr ?code )?(?:untuk |buat )?(?:bayar|membayar|donasi|infa[kq]|sedekah|transfer)",
        "(?:scan|pindai) (?:the )?(?:qr|barcode)(?: ?code)?", "scan to (?:pay|donate|claim)", "nmid",
    )  # fmt: skip
    hits: ClassVar = (
        "Donasi lewat QRIS",
        "scan kode QR di bawah",
        "Scan to donate",
        "depo Q R I S instan",
    )
    misses: ClassVar = (
        "scanner rusak",
        "kris pusaka",
        "hasil scan dokumen",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="meminta pembayaran lewat kode QR", en="takes payment by a QR code"
    )
