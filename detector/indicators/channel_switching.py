"""Asks the reader to leave the public page for a private channel."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class ChannelSwitching(WordIndicator):
    """Sends the reader to direct messages, WhatsApp, Telegram or "the link in bio"."""

    phrases: ClassVar = (
        "(?:chat|hubungi|kontak|pesan|order|kirim|klik|langsung|via|lewat|melalui|join|gabung) (?:langsung |aja |ke |admin |saja |grup )?(?:wa|whats ?app|telegram|tele)",
        "(?:wa|whatsapp) (?:admin|saja|aja|kami|only|sekarang|kak|min)", "wa\\.me", "api\\.whatsapp\\.com", "t\\.me",
        "(?:dm|inbox|japri|pm|chat) (?:admin|aja|saja|kami|sekarang|langsung|me|us|for|ya|kak|min|untuk)",
        "(?:cek|lihat|klik|buka|via) (?:link|tautan) (?:di|pada) (?:bio|profil|story|komentar)", "link (?:di |in |ada di )?bio",
        "klik (?:link|tautan|disini|di sini|di bawah)", "cek bio", "slide dm", "no(?:mor)? (?:admin|cs)", "hubungi (?:admin|cs|nomor)",
        "(?:grup|group|channel|kanal) (?:wa|whatsapp|telegram|tele|vip)", "text me", "message me", "click (?:the )?link",
    )  # fmt: skip
    hits: ClassVar = ("Chat WA admin sekarang", "DM aja kak", "link di bio", "join grup Telegram")
    misses: ClassVar = (
        "administrasi kependudukan",
        "biodata peserta",
        "nomor urut 2",
        "tautan resmi laman JDIH",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="mengajak pindah ke percakapan pribadi atau tautan di bio",
        en="draws readers into a private channel",
    )
