"""Money to be sent before anything is given."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class PaymentFirst(WordIndicator):
    """Payment first: deposits, transfers, fees to release a prize."""

    phrases: ClassVar = (
        "dp (?:dulu|minimal|cukup|cuma|mulai|[0-9]{1,2})", "(?:tanda jadi|uang muka)", "(?:transfer|tf|bayar) (?:dulu|duluan|di awal|ke rek(?:ening)?|sekarang|pajak)",
        "biaya (?:admin|administrasi|pengiriman|kirim|pajak|penebusan|pencairan|aktivasi|asuransi)", "pajak (?:hadiah|undian|pemenang)",
        "(?:lunasi|pelunasan|sisanya)(?: (?:dibayar|setelah|saat))?(?: (?:barang|unit|cod|sampai|sebelum))?", "bukti (?:transfer|tf|pembayaran)", "sudah (?:transfer|tf)",
        "kirim (?:pulsa|uang|saldo)", "isi(?:kan)? pulsa", "deposit", "send (?:[0-9.]{1,6} )?(?:btc|eth|usdt|money|payment)", "processing fee",
        "release fee", "gift cards?", "ongkir (?:ditanggung|dibayar) (?:pembeli|pemenang)", "down payment", "rek(?:ening)? (?:bca|bri|bni|mandiri|dana|ovo|a/?n)",
    )  # fmt: skip
    hits: ClassVar = (
        "DP dulu 500rb",
        "transfer pajak hadiah sebesar",
        "send 0.5 ETH",
        "sudah TF cek DM",
    )
    misses: ClassVar = (
        "DPT dan DPS",
        "pajak kendaraan bermotor",
        "biaya perjalanan dinas",
        "kirim surat",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(id="meminta uang lebih dahulu", en="asks for money first")
