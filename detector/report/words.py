"""The words an office sees, in Indonesian and English: states, times, numbers, first steps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from detector.records import Wording

STATES: Final = {
    "LEARNING": Wording(id="BELUM CUKUP RIWAYAT", en="NOT ENOUGH HISTORY"),
    "NORMAL": Wording(id="TIDAK ADA TANDA PERETASAN", en="NO SIGN OF A TAKEOVER"),
    "WATCHED": Wording(id="PERLU DIPERIKSA", en="NEEDS A LOOK"),
    "COMPROMISED": Wording(id="DIDUGA DIRETAS", en="LOOKS TAKEN OVER"),
    "RECOVERING": Wording(id="PEMANTAUAN PASCAPULIH", en="UNDER WATCH AFTER RECOVERY"),
}

AUTHORS: Final = {
    "OWNER": Wording(id="pengelola", en="owner"),
    "DOUBTFUL": Wording(id="meragukan", en="doubtful"),
    "STRANGER": Wording(id="diduga bukan pengelola", en="a stranger's"),
    "UNKNOWN": Wording(id="tidak dapat dinilai", en="cannot be judged"),
}

CATEGORIES: Final = {
    "cheap_goods": Wording(id="jualan barang murah", en="cheap goods"),
    "giveaway": Wording(id="hadiah atau undian palsu", en="fake giveaway or prize"),
    "donation_swap": Wording(
        id="rekening atau kontak yang diganti", en="swapped account or contact"
    ),
    "gambling": Wording(id="judi daring", en="online gambling"),
    "crypto": Wording(id="kripto", en="crypto"),
    "investment": Wording(id="investasi", en="investment"),
    "phishing": Wording(id="pencurian data (phishing)", en="phishing"),
    "apk": Wording(id="aplikasi APK", en="APK file"),
    "loan": Wording(id="tawaran pinjaman", en="loan offer"),
    "money_request": Wording(id="minta uang atau pulsa atas nama kenalan", en="money asked for in an acquaintance's name"),
    "fake_recovery": Wording(id="jasa pemulihan palsu", en="fake recovery service"),
    "account_move": Wording(id="pengalihan ke akun, nomor, atau rekening lain", en="move to another account or number"),
    "false_notice": Wording(id="pengumuman palsu atas nama kantor", en="forged notice in an office's name"),
    "job_offer": Wording(id="lowongan palsu", en="fake job"),
    "services": Wording(id="jasa gelap", en="shady services"),
    "adult": Wording(id="konten dewasa", en="adult bait"),
    "hacker_boast": Wording(id="pamer atau pemerasan peretas", en="hacker's boast or ransom"),
    "off_topic": Wording(id="berita bohong atau di luar urusan kantor", en="false news or off topic"),
    "other": Wording(id="penipuan lain", en="another kind of fraud"),
    "UNKNOWN": Wording(id="tidak dapat dinilai", en="cannot be judged"),
}  # fmt: skip
"""What a stranger's post is about, by its category."""

FIRST_STEPS: Final = (
    Wording(
        id="Tangkap layar dan salin alamat unggahan itu. Jangan dihapus dulu: itu bukti.",
        en="Take a screenshot and copy the post's address. Do not delete it yet: it is evidence.",
    ),
    Wording(
        id="Amankan surel (e-mail) yang terhubung ke akun: ganti kata sandi, aktifkan verifikasi dua langkah.",
        en="Secure the e-mail account behind it: new password, two-step verification.",
    ),
    Wording(
        id="Keluarkan semua sesi/perangkat yang tidak dikenal dari pengaturan akun.",
        en="End all sessions and devices you do not know, in the account's settings.",
    ),
    Wording(
        id="Mulai pemulihan resmi dari platform: {recovery}",
        en="Start the platform's own recovery: {recovery}",
    ),
    Wording(
        id="Lapor ke atasan{superior}, lalu ke tim tanggap insiden (CSIRT/BSSN) sesuai jenjang.",
        en="Report to your superior{superior}, then to your incident response team (CSIRT/BSSN).",
    ),
    Wording(
        id="Umumkan lewat kanal resmi lain bahwa unggahan itu bukan dari kantor.",
        en="Warn the public on another official channel that the post is not yours.",
    ),
    Wording(
        id="Jangan membayar siapa pun yang menawarkan jasa pemulihan akun.",
        en="Pay nobody who offers to recover the account.",
    ),
)

STEPS_WITHOUT_POST: Final = (
    Wording(
        id="Tangkap layar profil, pengaturan, dan daftar perangkat akun; simpan surel pemberitahuan platform. Jangan dihapus dulu: itu bukti.",
        en="Take screenshots of the profile, the settings and the list of devices; keep the platform's mails. Do not delete anything yet: it is evidence.",
    ),
    *FIRST_STEPS[1:5],
    Wording(
        id="Umumkan lewat kanal resmi lain bahwa akun ini sedang tidak dikuasai kantor.",
        en="Warn the public on another official channel that the account is not in your hands.",
    ),
    *FIRST_STEPS[6:],
)
"""What to do first while no post was made, only changes to the account."""

RECOVERY: Final = {
    "instagram": "instagram.com/hacked",
    "facebook": "facebook.com/hacked",
    "x": "help.x.com/forms/account-access",
    "youtube": "support.google.com/youtube/answer/76187",
    "tiktok": "support.tiktok.com",
}
HELP_CENTRE: Final = Wording(id="pusat bantuan resminya", en="its official help centre")
"""Of a platform that `RECOVERY` does not name."""

OURS_AFTER_ALL: Final = Wording(
    id="Jika unggahan ini memang milik kantor, catat nomor atau situsnya di bagian “official” pada kentongan.toml, lalu pindai ulang dengan -c kentongan.toml.",
    en="If this post was yours, say so: add its number or site under “official” in kentongan.toml and scan again with -c kentongan.toml.",
)

OUR_CHANGES: Final = Wording(
    id="Jika perubahan ini memang dari kantor, catat di bagian “announced” pada kentongan.toml, lalu pindai ulang dengan -c kentongan.toml.",
    en="If these changes were yours, say so: write them under “announced” in kentongan.toml and scan again with -c kentongan.toml.",
)

OTHER_REASONS: Final = Wording(
    id="{count} alasan lain, yang menguatkan dan yang melemahkan",
    en="{count} other reasons, for and against",
)
"""Of a sum, the terms that are not told one by one."""

FLAGGED_FROM: Final = Wording(
    id="Dinilai dari teksnya saja, unggahan ditandai mulai {mark} nat; pemindaian juga menimbang kebiasaan akunnya.",
    en="Judged by its text alone, a post is flagged from {mark} nats up; a scan also weighs the account's habits.",
)
"""What the sum of one text is measured against."""

LABELS: Final = {
    "since": Wording(id="Sejak", en="Since"),
    "detected": Wording(id="Terdeteksi", en="Detected"),
    "between": Wording(id="Berpindah tangan", en="Changed hands"),
    "after": Wording(id="sesudah", en="after"),
    "not_after": Wording(id="dan paling lambat", en="and by"),
    "false_if": Wording(
        id="Alarm ini keliru hanya jika semua ini benar", en="This alarm is false only if all of this is true"
    ),
    "campaign": Wording(id="Diduga satu pelaku", en="It looks like one hand"),
    "fell": Wording(id="akun", en="accounts"),
    "shared": Wording(id="yang sama di semuanya atau sebagian", en="what all or some of them have in common"),
    "closed": Wording(id="Diduga pulih", en="Looks recovered"),
    "now": Wording(id="Sekarang:", en="Now:"),
    "past": Wording(id="insiden yang sudah lewat", en="an incident that has passed"),
    "why": Wording(id="Mengapa", en="Why"),
    "sum": Wording(
        id="jumlah, dalam nat (di atas 0: diduga bukan pengelola)", en="the sum, in nats (above 0 speaks for a stranger)"
    ),
    "call": Wording(id="Hubungi", en="Call"),
    "do": Wording(id="Lakukan sekarang", en="Do now"),
    "post": Wording(id="Unggahan yang memicu alarm", en="The post that raised the alarm"),
    "others": Wording(id="Unggahan lain yang diduga bukan dari pengelola", en="Other posts held to be a stranger's"),
    "doubtful": Wording(id="Perlu dilihat", en="Worth a look"),
    "checked": Wording(id="unggahan diperiksa", en="posts checked"),
    "accounts": Wording(id="Akun:", en="Accounts:"),
    "with_incident": Wording(id="akun dengan insiden:", en="accounts with an incident:"),
    "before_window": Wording(
        id="Insidennya dibuka sebelum --since dan belum ditutup.",
        en="Its incident opened before --since and has not closed.",
    ),
    "watched": Wording(
        id="Periksa unggahan di bawah ini. Jika ada yang bukan dari kantor: tangkap layar, jangan dihapus dulu, ganti kata sandi surel dan akun, lapor ke atasan.",
        en="Look at the posts below. If one is not the office's: take a screenshot, do not delete it yet, change the passwords of e-mail and account, tell your superior.",
    ),
    "learning": Wording(
        id="Riwayatnya belum cukup untuk mengenal kebiasaan akun ini; teks tiap unggahan tetap dinilai.",
        en="Too few posts to know this account's habits; the text of each post was judged all the same.",
    ),
    "unlike": Wording(id="tidak seperti unggahan akun ini biasanya", en="unlike this account's usual posts"),
    "changed": Wording(id="akun diubah seperti saat diambil alih", en="changes to the account as in a takeover"),
    "read": Wording(id="Dibaca", en="Read"),
    "records": Wording(id="catatan", en="records"),
    "inputs": Wording(id="berkas masukan:", en="inputs:"),
    "seconds": Wording(id="detik", en="seconds"),
    "model": Wording(id="model", en="model"),
    "rejected": Wording(id="Catatan tidak terbaca", en="Record that could not be read"),
    "unusable": Wording(id="Masukan tidak dapat dipakai", en="Input that could not be used"),
    "timeline": Wording(id="Linimasa akun di sekitar kejadian", en="What happened to the account around it"),
    "strangers_post": Wording(id="unggahan yang diduga bukan dari pengelola", en="a post held to be a stranger's"),
    "local": Wording(id="zona waktu tidak tercatat", en="time zone not recorded"),
    "certainty": Wording(id="keyakinan", en="probability"),
    "not_flagged": Wording(id="tidak dicurigai dari teks saja", en="not suspected from its text alone"),
    "duty": Wording(id="petugas piket dan atasan kantor", en="the duty officer and your superior"),
    "no_zone": Wording(
        id="Waktu dalam UTC; tambahkan --timezone WIB (WITA, WIT) untuk waktu setempat.",
        en="Times are UTC; add --timezone WIB (WITA, WIT) for local time.",
    ),
}  # fmt: skip

EVENTS: Final = {
    "login": Wording(id="masuk ke akun", en="login"),
    "logout": Wording(id="keluar dari akun", en="logout"),
    "password_changed": Wording(id="kata sandi diganti", en="password changed"),
    "privacy_changed": Wording(id="privasi akun diubah", en="privacy changed"),
    "status_changed": Wording(id="status akun berubah", en="account status changed"),
    "signup": Wording(id="akun dibuat", en="account opened"),
    "export_requested": Wording(id="salinan data akun diminta", en="export of the account requested"),
    "app_connected": Wording(id="aplikasi dihubungkan", en="app connected"),
    "app_removed": Wording(id="aplikasi dilepas", en="app removed"),
    "name_changed": Wording(id="nama diganti", en="name changed"),
    "handle_changed": Wording(id="nama pengguna diganti", en="handle changed"),
    "bio_changed": Wording(id="bio diganti", en="bio changed"),
    "link_changed": Wording(id="tautan profil diganti", en="profile link changed"),
    "picture_changed": Wording(id="foto profil diganti", en="profile picture changed"),
    "email_changed": Wording(id="alamat surel diganti", en="e-mail address changed"),
    "phone_changed": Wording(id="nomor telepon diganti", en="telephone number changed"),
    "profile_changed": Wording(id="profil diubah", en="profile changed"),
    "posts_deleted": Wording(id="unggahan dihapus", en="posts deleted"),
    "post_edited": Wording(id="unggahan disunting", en="post edited"),
    "post_uploaded": Wording(id="media diunggah", en="media uploaded"),
    "role_changed": Wording(id="hak pengelola berubah", en="administrator's role changed"),
    "live_started": Wording(id="siaran langsung dimulai", en="live broadcast started"),
}  # fmt: skip
"""What happened to an account, by the kind of the event."""

FILE_HEADS: Final = (
    Wording(id="dibaca sebagai", en="taken for"),
    Wording(id="unggahan", en="posts"),
    Wording(id="peristiwa akun", en="account events"),
    Wording(id="ganda", en="duplicates"),
    Wording(id="ditolak", en="rejected"),
    Wording(id="diabaikan", en="ignored"),
    Wording(id="catatan", en="records"),
)
"""What a file was taken for, and what became of its records: the five sorts, then their sum."""

_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
_DAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_ZONE_NAMES: Final = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def when(moment: datetime, zone: str | None, language: str) -> str:
    """Write a time as an office does, in the account's zone, or in UTC when nobody said which.

    Examples:
        >>> when(datetime(2024, 11, 20, 18, 14, tzinfo=UTC), "Asia/Jakarta", "id")
        'Kamis, 21 November 2024, 01.14 WIB'
        >>> when(datetime(2024, 11, 20, 18, 14, tzinfo=UTC), None, "en")
        'Wednesday, 20 November 2024, 18:14 UTC'
    """
    local = moment.astimezone(ZoneInfo(zone)) if zone else moment.astimezone(UTC)
    name = _ZONE_NAMES.get(zone or "") or local.tzname() or "UTC"
    if name[0] in "+-":
        # Some zones have no short name of their own, only their distance.
        name = f"UTC{name}"
    days, mark = (_DAYS, ".") if language == "id" else (_DAYS_EN, ":")
    return (
        f"{days[local.weekday()]}, {day(moment, zone, language)}, "
        f"{local.hour:02d}{mark}{local.minute:02d} {name}"
    )


def day(moment: datetime, zone: str | None, language: str) -> str:
    """Write the day of a time, in the account's zone or in UTC.

    Examples:
        >>> day(datetime(2024, 11, 20, 18, 14, tzinfo=UTC), "Asia/Jakarta", "id")
        '21 November 2024'
    """
    local = moment.astimezone(ZoneInfo(zone)) if zone else moment.astimezone(UTC)
    months = _MONTHS if language == "id" else _MONTHS_EN
    return f"{local.day} {months[local.month - 1]} {local.year}"


def percent(probability: float, language: str) -> str:
    """Write a probability as a percentage; never a full hundred.

    Examples:
        >>> percent(0.9984, "id"), percent(0.5, "en"), percent(0.99999, "en")
        ('99,8 %', '50.0 %', '99.9 %')
    """
    return f"{decimal(min(max(probability, 0.001), 0.999) * 100, language)} %"


def likely(category: str, probability: float, language: str) -> str:
    """Name a category with its probability in whole per cent; neither none nor all of them.

    Examples:
        >>> likely("gambling", 0.8233, "id"), likely("loan", 0.9999, "en")
        ('judi daring (82 %)', 'loan offer (99 %)')
    """
    percents = min(max(round(probability * 100), 1), 99)
    return f"{CATEGORIES[category].said(language)} ({percents} %)"


def nats(log_odds: float, language: str) -> str:
    """Write log-odds with their sign, to two decimals.

    Examples:
        >>> nats(9.337, "id"), nats(-3.0559, "en"), nats(-0.0001, "en")
        ('+9,34', '-3.06', '+0.00')
    """
    shown = f"{round(log_odds, 2) + 0.0:+.2f}"
    return shown.replace(".", ",") if language == "id" else shown


def decimal(value: float, language: str) -> str:
    """Write a number to one decimal, with the language's mark.

    Examples:
        >>> decimal(4.66, "id"), decimal(4.66, "en")
        ('4,7', '4.7')
    """
    shown = f"{value:.1f}"
    return shown.replace(".", ",") if language == "id" else shown


def number(value: int, language: str) -> str:
    """Write a count with the language's mark for thousands.

    Examples:
        >>> number(12345, "id"), number(12345, "en")
        ('12.345', '12,345')
    """
    shown = f"{value:,}"
    return shown.replace(",", ".") if language == "id" else shown
