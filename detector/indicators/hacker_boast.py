"""Boasts of a break-in."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class HackerBoast(WordIndicator):
    """Whoever broke in names and praises himself; what he demands is `ransom_demand`."""

    phrases: ClassVar = (
        "hacked by", "h4cked by", "pwned", "defaced", "di ?(?:hack|heck|hek) (?:oleh|sama|by)", "security is (?:low|an illusion|just|a joke)",
        "admin (?:tolol|bego|bodoh|goblok|lemah|tidur|payah)", "greetz(?: to)?", "(?:you|u|kalian) (?:got|have been|been|kena) (?:hacked|pwned|owned)",
        "(?:patch|secure|fix) (?:your|ur) (?:system|stuff|server|security|website)", "no data was harmed",
    )  # fmt: skip
    hits: ClassVar = (
        "HACKED BY Mr.Kosong",
        "admin tidur, security is low",
        "Greetz to all my friends",
    )
    misses: ClassVar = (
        "absolutely owned by the other side",
        "akun resmi kami",
        "jual beli sapi",
        "admin sekolah",
        "state-owned bank",
    )
    meaning: ClassVar = Wording(id="menyombongkan peretasan", en="boasts of a break-in")
