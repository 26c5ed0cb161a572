"""Frames in which somebody else's words are told."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class ReportedSpeech(WordIndicator):
    """A message that is going round, what a swindler says, an example of a scam."""

    phrases: ClassVar = (
        "beredar(?:nya)? (?:luas )?(?:pesan|akun|surat|informasi|info|kabar|tautan|link|chat|video|sms|unggahan|isu|undangan|poster|pamflet|narasi|di|melalui|nomor|lowongan|file|foto|undian|hoaks)",
        "(?:pesan|akun|surat|chat|sms|nomor|telepon|email|surel|oknum|pihak|pelaku|seseorang|penelepon|situs|poster|undangan) (?:wa |whatsapp |palsu |berantai |tersebut |itu |ini )?(?:yang |yg )?(?:mengatas ?namakan|mengaku|berpura|mencatut|berisi|berbunyi|memakai (?:foto|nama|logo)|menggunakan (?:foto|nama|logo))",
        "berbunyi", "bunyi(?:nya| pesan)", "isi (?:pesan|chat|sms|suratnya|undangan)(?:nya)?",
        "(?:contoh|ciri) (?:pesan|chat|sms|kalimat|modus|penipuan|percakapan)",
        "modus(?:nya)? (?:penipuan|pelaku|operandi|baru|lama|ini|yang|pura|serupa|terbaru)", "(?:ber)?dalih", "berkedok",
        "(?:di)?iming ?imingi?",
        "pelaku (?:mengaku|menawarkan|meminta|menghubungi|mengirim|biasanya|akan|lalu|kemudian|memakai|menyamar)",
        "mengaku (?:sebagai|dari|petugas|pegawai|pejabat|ajudan|kerabat|polisi|admin|dirinya)",
        "(?:warga|korban) (?:melapor|dihubungi|ditelepon|ditawari|mengaku|menerima pesan|tertipu|kehilangan)", "mengaku ?ngaku",
        "korban (?:diminta|ditawari|dijanjikan|transfer|mentransfer|lalu|kemudian)", "seolah ?olah", "narasi (?:yang beredar|tersebut)",
        "klaim (?:tersebut|itu|yang (?:menyebut|beredar))", "ngaku(?: ?ngaku)? (?:dari|sebagai|admin|petugas|pegawai)",
        "(?:bukan|di luar) (?:akun|nomor|rekening|program|tautan|link) (?:kami|resmi|milik)",
        "(?:messages?|emails?|texts?|calls?|callers?|scammers?|someone|letters?) (?:that |who |are |is |falsely )?(?:claim(?:s|ing)?|pretend(?:s|ing)?|pos(?:e|ing)|purport(?:s|ing|edly)?|impersonat(?:e|es|ing))",
        "(?:messages?|emails?|texts?|letters?) (?:saying|offering|asking|circulating|going around)", "claim(?:s|ing)? to be",
        "pretend(?:s|ing)? to be", "posing as", "purporting to",
        "(?:scammers?|fraudsters?|criminals?|thieves) (?:will|may|often|might|can|use|try|ask|claim|tell|pretend)",
        "mesej (?:palsu|yang|ini)", "mensagens? (?:falsas?|que)",
    )  # fmt: skip
    hits: ClassVar = (
        "Beredar pesan berantai berbunyi selamat Anda menang",
        "Pelaku mengaku petugas bank",
        "Contoh modus penipuan yang kami terima",
        "Scammers will ask you to pay by gift card",
    )
    misses: ClassVar = (
        "peredaran uang",
        "lonceng berbumyi",
        "contoh surat suara",
        "mengakui keunggulan lawan",
        "the claims office is open",
    )
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(
        id="menceritakan ucapan orang lain, misalnya penipu",
        en="tells what somebody else says, such as a swindler",
    )
