"""Investments and trading that promise sure gains."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class InvestmentOffer(WordIndicator):
    """Daily profit, copy trading, guaranteed returns, mentors and signal groups."""

    phrases: ClassVar = (
        "(?:profit|untung|cuan|keuntungan|return|imbal hasil) (?:[0-9.,]{1,5} ?%? )?(?:persen )?(?:harian|per ?hari|setiap hari|tiap hari|konsisten|pasti|tetap|mingguan|per ?minggu|dijamin)",
        "(?:copy|auto|social) ?trad(?:e|es|ing|ers?)",
        "(?:sinyal|signals?) (?:vip|gratis|free|trading|group|grup|saham|forex|crypto|emas|gold|akurat|premium|pagi)",
        "(?:grup|group|kelas|member) (?:vip|signal|sinyal|trading|saham|profit)",
        "(?:guaranteed|fixed|weekly|risk free) (?:returns?|profits?|roi|gains|payouts?|withdrawals?)",
        "daily (?:profits?|roi|payouts?|withdrawals?)",
        "(?:minimum|min|start with|invest|deposit) (?:of )?(?:[$]|usd|rm|rp|idr) ?[0-9][0-9.,]{0,11} (?:and|to|get|receive|earn|returns?|profit|dapat|jadi|into)",
        "(?:invest|titip|modal|setor|deposit|tanam) (?:modal |uang |dana )?(?:rp ?|[$]|rm ?|usd ?)?[0-9][0-9.,]{0,11} ?(?:k|rb|ribu|jt|juta|usd|usdt)? (?:jadi|dapat|dpt|menjadi|balik|becomes|turns? into)",
        "modal (?:balik|kembali|dijamin|aman)", "(?:robot|bot|ea) (?:trading|forex|saham|crypto|auto|profit)",
        "(?:trading|forex|crypto|bitcoin|fx) (?:mentor|coach|expert|account manager|platform|guru|program|plan|package|signals?|company|opportunity|robot|bot|journey)",
        "investment (?:platform|plan|package|opportunity|company|manager)", "account manager", "binary options?", "win ?rate",
        "take profit", "(?:paket|skema|program) (?:investasi|titip modal|trading)", "titip (?:modal|dana|saham)", "bagi hasil [0-9]",
        "(?:cash ?app|paypal) flip", "(?:double|triple|multiply) your (?:money|income|investment|bitcoin|crypto|capital)", "mt[45]",
        "xau ?usd",
    )  # fmt: skip
    hits: ClassVar = (
        "profit harian 5 persen, modal dijamin",
        "Copy trade with guaranteed returns",
        "invest $500 and get $5,000",
        "join grup VIP sinyal saham",
    )
    misses: ClassVar = (
        "realisasi investasi daerah naik",
        "modal usaha UMKM",
        "keuntungan menjadi peserta JKN",
        "signal box",
        "imbal jasa",
    )
    meaning: ClassVar = Wording(
        id="menjanjikan untung pasti dari investasi", en="promises sure gains from an investment"
    )
