"""Readers told to follow another account."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class AccountMove(WordIndicator):
    """Moved, backup and replacement accounts; the old one closed."""

    phrases: ClassVar = (
        "(?:akun|halaman|kanal|channel|grup|saluran) (?:ini |kami |resmi |lama |kita )?(?:telah |sudah |udah |akan |resmi |kami )?(?:pindah|berpindah|beralih|dipindah(?:kan)?|berganti|migrasi|ganti) (?:ke|jadi|menjadi)",
        "pindah (?:akun|ke akun|ke @|ke kanal|ke channel|ke telegram|ke grup)",
        "akun (?:baru|cadangan|pengganti|backup|kedua) (?:kami|kita|resmi|saya|bapak|ini|di|yaitu|adalah)",
        "(?:follow|ikuti|add) (?:juga )?(?:akun|kanal|channel|page|halaman) (?:baru|cadangan|pengganti|backup|kedua)",
        "akun (?:ini |lama |yang lama )(?:akan |sudah |telah |segera |resmi |bakal )?(?:kami )?(?:tutup|ditutup|nonaktifkan|dinonaktifkan|tidak (?:lagi )?(?:aktif|digunakan|dipakai|dikelola)|hapus|dihapus|digembok)",
        "nomor (?:layanan |wa |whatsapp |hotline |admin )?(?:lama |kami )?(?:ganti|berganti|berubah|diganti|sudah tidak (?:aktif|dipakai))",
        "ganti (?:nomor|nomer|akun|no wa)", "(?:new|backup|second|replacement) (?:account|page|profile|handle|channel)",
        "(?:moved|moving|switched|switching|migrated|migrating) (?:over )?to (?:a|our|the|this|another) (?:new|backup|second|other|account|page|channel)",
        "(?:account|page|profile) (?:will be|is|has been|is being|is no longer) (?:closed|closing|deleted|retired|inactive|deactivated|monitored|active|used)",
        "no longer the feed", "(?:conta|cuenta) (?:nova|nueva)", "(?:nova|nueva) (?:conta|cuenta)",
    )  # fmt: skip
    hits: ClassVar = (
        "Akun ini pindah ke @contoh_baru",
        "ikuti akun baru kami",
        "We have moved to a new account",
        "follow our backup account",
    )
    misses: ClassVar = (
        "pindah domisili",
        "akun baru saja dipulihkan",
        "pindah tugas ke kabupaten",
        "rekening baru",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="menyuruh mengikuti akun lain", en="sends readers to another account"
    )
