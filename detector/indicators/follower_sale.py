"""Followers, badges, unbans and reviews for sale."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class FollowerSale(WordIndicator):
    """Followers and likes, verified badges, unbans and reviews for sale."""

    phrases: ClassVar = (
        "(?:jual|jasa|beli|tambah|penambah|buy|sell(?:ing)?|cheap|panel) (?:[0-9.]{1,6}k? )?(?:followers?|pengikut|subscribers?|subs|viewers?|likes?|komentar|retweets?|centang(?: biru)?|ulasan|reviews?)",
        "(?:get|free|gain) (?:[0-9.]{1,6}k? )?(?:followers|likes|subs)",
        "(?:followers?|pengikut) (?:indo(?:nesia)?|aktif|murah|real|asli|permanen|instant|instan)",
        "centang biru (?:ig|fb|instagram|murah|permanen|meta|twitter)", "blue (?:tick|badge)s?", "get verified", "verification badge",
        "jasa (?:verifikasi|verif|centang|unban|banned|takedown|report|hack|hapus|buka blokir|viral|sosmed)",
        "(?:unban(?:ned)?|un ban|buka banned) (?:akun|service|ig|wa|instagram|whatsapp|account)", "smm(?: panel)?", "non drop",
        "garansi (?:refill|drop)", "f4f", "follback",
    )  # fmt: skip
    hits: ClassVar = (
        "Jual followers IG 1K cuma 20rb",
        "Jasa centang biru permanen",
        "Buy followers, real, non drop",
        "unban akun WA",
    )
    misses: ClassVar = (
        "terima kasih 10.000 pengikut setia",
        "followers kami yang baik",
        "jasa pengiriman",
        "centang biru resmi ada pada akun kami",
    )
    meaning: ClassVar = Wording(
        id="menjual pengikut, centang biru, atau jasa akun",
        en="sells followers, badges or account services",
    )
