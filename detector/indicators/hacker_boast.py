"""The account itself boasted of, ransomed or sold."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class HackerBoast(WordIndicator):
    """Boasts of a break-in, ransom for the account, the account for sale."""

    phrases: ClassVar = (
        "hacked by", "h4cked by", "pwned", "owned by", "defaced", "di ?(?:hack|heck|hek) (?:oleh|sama|by)", "(?:akun|account) (?:ini )?(?:dijual|for sale|open bid)", "jual (?:akun|page|fanspage)", "minat (?:akun|dm)",
        "tebus(?:an)? (?:akun|kembali)", "(?:akun|account) (?:ini |kalian |anda )?(?:sudah |telah |udah )?(?:jadi milik|milik) (?:saya|kami|gue|gw|aku)", "pay (?:us |me )?(?:[0-9]|to get)", "your account is (?:mine|ours)", "under my control", "security is (?:low|an illusion|just)", "admin (?:tolol|bego|bodoh|goblok|lemah|tidur|payah)",
    )  # fmt: skip
    hits: ClassVar = (
        "HACKED BY Mr.Kosong",
        "akun ini dijual, minat DM",
        "your account is mine now",
    )
    misses: ClassVar = ("akun resmi kami", "jual beli sapi", "admin sekolah", "state-owned bank")
    meaning: ClassVar = Wording(
        id="menyombongkan peretasan atau menjual akun",
        en="boasts of a break-in or sells the account",
    )
