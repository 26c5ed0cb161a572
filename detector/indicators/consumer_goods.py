"""Branded goods that strangers sell and offices seldom name."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class ConsumerGoods(WordIndicator):
    """Phones, laptops, consoles, motorcycles, cars and gold by brand or model; the value is the name."""

    phrases: ClassVar = (
        "iphones?(?: ?[0-9]{1,2})?(?: ?(?:pro ?max|pro|plus|mini))?", "i ?pro ?max", "pro ?max", "ipads?", "macbooks?", "airpods?", "apple watch", "samsung(?: galaxy)?(?: s ?[0-9]{2})?", "galaxy [sz] ?[0-9]{1,2}", "galaxy (?:fold|flip)",
        "oppo", "vivo", "xiaomi", "redmi", "poco", "realme", "infinix", "handphone", "smartphones?", "laptops?", "asus rog", "thinkpad", "ps ?[45]", "playstation", "nintendo", "drone", "dji",
        "nmax", "pcx", "vario", "beat (?:street|deluxe|cbs)", "scoopy", "aerox", "vespa", "ninja", "crf", "klx", "avanza", "innova", "xpander", "pajero", "fortuner", "brio", "emas antam", "logam mulia", "antam", "kulkas", "mesin cuci", "smart ?tv",
    )  # fmt: skip
    hits: ClassVar = (
        "ready iPhone 13 Pro Max",
        "MacBook Air M1",
        "i p h o n e 14",
        "NMAX 2023",
        "𝐒𝐚𝐦𝐬𝐮𝐧𝐠 S24",
    )
    misses: ClassVar = ("aplikasi ponsel pintar", "variasi menu", "pemilih pemula", "nomor urut 14")
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="menyebut barang bermerek (ponsel, motor, dan sejenisnya)",
        en="names branded goods (phones, motorcycles and the like)",
    )
