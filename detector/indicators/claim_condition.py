"""Things the reader must do to be given something."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class ClaimCondition(WordIndicator):
    """Claim conditions: follow, like, tag, share, comment, claim."""

    phrases: ClassVar = (
        "wajib (?:follow|like|klaim|claim|share|tag|subscribe)", "(?:syarat|cara) (?:klaim|claim|menebus|tebus)",
        "(?:klaim|claim) (?:via|lewat|ke|di|sekarang|hadiah|segera|langsung|melalui|your|now|by|here)",
        "(?:meng|di|untuk )(?:klaim|claim)", "like dan share", "like & share", "like share", "like comment",
        "like & (?:comment|komen)", "like dan (?:komen|komentar|comment)", "share ke [0-9]{1,2}",
        "(?:tag|mention|ajak) [0-9]{1,2} (?:teman|akun|orang|friends?|temanmu|sahabat)", "follow (?:dan|&|and|akun|instagram|ig|juga|us|kami)",
        "repost (?:story|feed|postingan)", "komen(?:tar)? (?:done|mau|amin|yes)", "ketik (?:mau|ya|amin|yes)",
        "tebus (?:sekarang|via|lewat|di)", "syarat(?:nya)? (?:gampang|mudah|cuma)", "retweet (?:and|this|to)",
        "rt (?:and|&) follow", "subscribe (?:dan|and|channel)",
    )  # fmt: skip
    hits: ClassVar = (
        "Wajib follow akun @kantor dan like",
        "Klaim via WhatsApp",
        "tag 3 teman kamu di kolom komentar",
        "Ketik MAU",
    )
    misses: ClassVar = (
        "wajib pajak",
        "syarat pendaftaran PPK",
        "klaim BPJS diterima loket",
        "tag harga",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="mensyaratkan follow, like, tag, atau klaim", en="asks to follow, like, tag or claim"
    )
