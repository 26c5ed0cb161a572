"""Wording that sells goods far below their price."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class CheapGoods(WordIndicator):
    """Cheap-goods wording: clearance, seized stock, sealed units, "tebus murah"."""

    phrases: ClassVar = (
        "tebus murah", "promoh?", "cuci gudang", "obral", "banting harga", "harga miring", "harga gila",
        "jual rugi", "jual cepat", "dijual cepat", "harga nego", "bisa nego", "harga pabrik", "harga modal",
        "sitaan (?:bea cukai|polisi|negara)", "(?:barang|hp|motor|mobil|unit) sitaan", "barang lelang",
        "lelang (?:bea cukai|gudang)", "stok gudang", "sisa stok", "ex display", "eks display", "ex inter",
        "black market", "barang bm", "second mulus", "mulus fullset", "full ?set", "segel resmi", "segel box",
        "masih segel", "brand new", "garansi resmi", "garansi toko", "ibox", "all operator", "unit ready",
        "ready stock?", "ready unit", "siap kirim", "(?:free|gratis) ongkir", "bisa cod", "cod an",
        "per ?unit", "harga normal", "diskon (?:up to |hingga |sampai |s/d )?[5-9][0-9](?: ?persen)?",
        "harga promo", "promo murah", "promo besar besaran", "termurah", "cicilan 0(?: persen)?", "tanpa dp",
        "clearance sale", "half price", "dirt cheap", "murah meriah", "harga pelajar", "bukan kaleng kaleng",
    )  # fmt: skip
    hits: ClassVar = (
        "PROMO TEBUS MURAH akhir tahun",
        "𝗰𝘂𝗰𝗶 𝗴𝘂𝗱𝗮𝗻𝗴 hari ini",
        "HP sitaan bea cukai, segel resmi",
        "r e a d y stock, bisa COD",
    )
    misses: ClassVar = (
        "harga beras medium pekan ini turun",
        "tebusan dan gudang arsip",
        "unit pelayanan kepolisian",
        "lelang jabatan pimpinan tinggi",
    )
    meaning: ClassVar = Wording(
        id="menawarkan barang dengan harga jauh di bawah wajar",
        en="offers goods far below their price",
    )
