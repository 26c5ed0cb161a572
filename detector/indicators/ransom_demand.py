"""Money demanded for the account, or the account for sale."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class RansomDemand(WordIndicator):
    """Ransom and its deadlines, threats to publish, the account sold."""

    phrases: ClassVar = (
        "(?:pay|send|transfer|wire) (?:us |me |up )?(?:[0-9.,$]{1,9} )?(?:btc|eth|usdt|bitcoin|usd|dollars|monero|xmr)? ?(?:or (?:we|i|it|else)|if you want)",
        "want (?:it|this|your|the) (?:account |page )?back", "(?:hours|days) (?:left|remaining) (?:or|before we|before i)",
        "(?:leak|bocorkan|publikasikan) (?:your|all|semua|seluruh) (?:data|files|messages|dms|chat|foto|dokumen|emails?|pesan)",
        "tebusan", "(?:mau|ingin|pengen) (?:akun|halaman)(?:nya| ini| anda| kalian)? (?:balik|kembali|dikembalikan)",
        "akun ?(?:nya|ini|anda)? (?:di ?jual|mau (?:gw |gue |saya |aku )?(?:di ?)?jual|dilelang|dilepas|siap dilepas|open bid|ob)",
        "jual (?:akun|page|fanspage|username)", "open ?bid",
        "(?:account|page|username|handle) (?:is )?(?:for sale|up for (?:sale|grabs|auction)|on sale|now belongs)",
        "(?:account|page) (?:has been |was |is )?(?:taken|seized|stolen|sold) (?:by|over|from)",
        "(?:akun|halaman) (?:ini |nya )?(?:sudah |telah |udah |udh )?(?:ganti|pindah|berpindah|berganti) (?:pemilik|tangan|kepemilikan)",
        "di bawah kendali (?:kami|saya)", "under (?:my|our) (?:full |complete )?control", "fix no nego", "minat akun",
        "tebus(?:an)? (?:akun|kembali)",
        "(?:akun|account) (?:ini |kalian |anda )?(?:sudah |telah |udah )?(?:jadi milik|milik) (?:saya|kami|gue|gw|aku)",
        "pay (?:us |me )?to get", "account is (?:mine|ours)",
    )  # fmt: skip
    hits: ClassVar = (
        "Pay 0.05 BTC or we leak your data",
        "akun ini dijual, minat DM",
        "kalau mau akun balik siapkan tebusan",
        "open bid akun centang biru",
        "your account is mine now",
    )
    misses: ClassVar = (
        "tebus murah di pasar",
        "pemilik akun lama",
        "barang milik negara dilelang",
        "want to be back soon",
        "akun resmi milik dinas",
    )
    meaning: ClassVar = Wording(
        id="meminta tebusan atau menjual akun ini", en="demands a ransom or sells the account"
    )
