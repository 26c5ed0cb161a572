"""The sentences messages are made of, in Indonesian and English, in the register of an office."""

from __future__ import annotations

from typing import Final

from detector.records import Wording

PLATFORMS: Final = {
    "instagram": "Instagram", "facebook": "Facebook", "x": "X", "youtube": "YouTube", "tiktok": "TikTok",
    "mastodon": "Mastodon", "bluesky": "Bluesky", "telegram": "Telegram", "threads": "Threads",
    "linkedin": "LinkedIn", "whatsapp": "WhatsApp",
}  # fmt: skip

CONFIRMED: Final = Wording(id="TERKONFIRMASI DIRETAS", en="CONFIRMED AS TAKEN OVER")
UNANSWERED: Final = Wording(id="BELUM DITANGANI", en="NOT YET HANDLED")
REMINDER: Final = Wording(id="PENGINGAT", en="REMINDER")
PAST: Final = Wording(id="INSIDEN YANG SUDAH LEWAT", en="AN INCIDENT THAT HAS PASSED")
BLIND: Final = Wording(id="TIDAK TERBACA", en="CANNOT BE READ")
READABLE: Final = Wording(id="TERBACA KEMBALI", en="CAN BE READ AGAIN")
UNREAD_FILE: Final = Wording(id="BERKAS TIDAK TERBACA", en="A FILE THAT CANNOT BE READ")
TOKEN: Final = Wording(id="TOKEN DITOLAK", en="TOKEN REFUSED")
CAMPAIGN: Final = Wording(id="DIDUGA SATU PELAKU", en="IT LOOKS LIKE ONE HAND")
ALL_QUIET: Final = Wording(id="Semua tenang", en="All quiet")
NOT_QUIET: Final = Wording(id="Ringkasan pemantauan", en="What the monitor saw")
TEST: Final = Wording(id="Pesan uji", en="Test message")
DIGEST: Final = Wording(id="pemberitahuan sekaligus", en="notices at once")
ACCOUNTS: Final = Wording(id="akun", en="accounts")

SINCE: Final = Wording(id="Sejak", en="Since")
WHY: Final = Wording(id="Mengapa", en="Why")
POST: Final = Wording(id="Unggahan", en="Post")
POST_ID: Final = Wording(id="ID unggahan", en="Post id")
CALL: Final = Wording(id="Hubungi", en="Call")
SUPERIOR: Final = Wording(id="atasan", en="superior")
DUTY: Final = Wording(id="petugas piket dan atasan kantor", en="the duty officer and your superior")
DUTY_ALONE: Final = Wording(id="petugas piket kantor", en="the duty officer")
DO: Final = Wording(id="Lakukan dulu:", en="Do first:")
ALSO: Final = Wording(id="Diduga satu pelaku dengan", en="It looks like the same hand as on")
READ_LATE: Final = Wording(id="Baru terbaca", en="Only read on")
UNLIKE: Final = Wording(
    id="tidak seperti unggahan akun ini biasanya", en="unlike this account's usual posts"
)
CERTAINTY: Final = Wording(id="keyakinan", en="probability")
REF: Final = Wording(id="Ref", en="Ref")
REPEATED: Final = Wording(id="(Mungkin terkirim ulang.)", en="(May be a repetition.)")

STEPS: Final = (
    Wording(
        id="Tangkap layar, salin alamat unggahan. JANGAN dihapus dulu: itu bukti.",
        en="Screenshot the post, copy its address. Do NOT delete it yet: it is evidence.",
    ),
    Wording(
        id="Amankan surel akun: kata sandi baru, verifikasi 2 langkah.",
        en="Secure the e-mail behind it: new password, two-step verification.",
    ),
    Wording(id="Keluarkan semua sesi dan perangkat.", en="End all sessions and devices."),
    Wording(id="Pulihkan lewat {recovery}.", en="Recover through {recovery}."),
    Wording(
        id="Lapor ke {superior}, lalu tim tanggap insiden (CSIRT).",
        en="Report to {superior}, then to your response team (CSIRT).",
    ),
    Wording(
        id="Umumkan di kanal resmi lain bahwa itu bukan dari kantor.",
        en="Warn the public on another official channel.",
    ),
    Wording(id="Jangan bayar jasa pemulihan akun.", en="Pay no “recovery service”."),
)
"""What to do first, in the order in which it helps."""

STEPS_SHORT: Final = Wording(
    id="Tangkap layar, JANGAN hapus dulu. Amankan surel, akhiri semua sesi, pulihkan: {recovery}, lapor atasan, umumkan di kanal lain. Jangan bayar jasa pemulihan.",
    en="Screenshot it, do NOT delete yet. Secure e-mail, end all sessions, recover: {recovery}, tell your superior, warn the public. Pay no recovery service.",
)

LOOK: Final = Wording(
    id="Periksa unggahan itu. Bila bukan dari kantor: tangkap layar, JANGAN dihapus dulu, ganti kata sandi surel dan akun, keluarkan semua sesi, lapor ke {superior}.",
    en="Look at that post. If it is not the office's: screenshot it, do NOT delete it yet, change the passwords of e-mail and account, end all sessions, report to {superior}.",
)
LOOK_SHORT: Final = Wording(
    id="Bila bukan dari kantor: tangkap layar, JANGAN hapus dulu, ganti kata sandi, lapor atasan.",
    en="If it is not the office's: screenshot it, do NOT delete yet, change passwords, tell your superior.",
)

OURS_AFTER_ALL: Final = Wording(
    id="Unggahan kantor sendiri: kentongan incidents resolve {account} --as ours",
    en="The office's own post: kentongan incidents resolve {account} --as ours",
)
HANDLED: Final = Wording(
    id="Sedang ditangani: kentongan incidents acknowledge {account}",
    en="Being handled: kentongan incidents acknowledge {account}",
)
SHOWN: Final = Wording(
    id="Lihat: kentongan accounts show {account}", en="See: kentongan accounts show {account}"
)
OUTCOME: Final = Wording(
    id="Catat hasilnya: kentongan incidents resolve {account} --as confirmed (atau ours, false_alarm)",
    en="Record what it was: kentongan incidents resolve {account} --as confirmed (or ours, false_alarm)",
)
DETAILS: Final = Wording(id="Rincian: kentongan incidents", en="Details: kentongan incidents")

RECOVERED: Final = Wording(
    id="Tanda peretasan tidak terlihat lagi sejak {at}. Insiden dimulai {since}.",
    en="No sign of the takeover since {at}. The incident began {since}.",
)
AFTER_RECOVERY: Final = Wording(
    id="Akun dipantau lebih ketat selama 72 jam. Simpan bukti sebelum menghapus unggahan itu. Pastikan lagi: surel dan nomor pemulihan milik kantor, tidak ada sesi atau aplikasi yang tidak dikenal, verifikasi dua langkah aktif.",
    en="The account is watched more closely for 72 hours. Keep the evidence before deleting those posts. Make sure once more: recovery e-mail and number are the office's, no unknown sessions or apps, two-step verification on.",
)
PASSED: Final = Wording(
    id="Insiden ini dimulai {since} dan tampaknya sudah berakhir {at}; baru terbaca {read}.",
    en="This incident began {since} and looks over since {at}; it was only read on {read}.",
)
PASSED_DO: Final = Wording(
    id="Pastikan: bukti tersimpan, kata sandi surel dan akun sudah diganti, tidak ada sesi atau aplikasi yang tidak dikenal, laporan sudah sampai ke {superior}.",
    en="Make sure: evidence is kept, the passwords of e-mail and account are new, no unknown sessions or apps, {superior} has the report.",
)

ESCALATED: Final = Wording(
    id="Disampaikan kepada Anda karena sejak {told} belum ada yang menyatakan menangani.",
    en="You are told because nobody has said since {told} that they are handling it.",
)
ESCALATED_DO: Final = Wording(
    id="Mohon pastikan kantor: menyimpan tangkapan layar dan belum menghapus unggahan; mengamankan surel dan sesi; memulai pemulihan lewat {recovery}; mengumumkan di kanal resmi lain; tidak membayar jasa pemulihan.",
    en="Please make sure the office: keeps screenshots and has not deleted the post; secures e-mail and sessions; starts recovery through {recovery}; warns the public on another channel; pays no recovery service.",
)
REMINDED: Final = Wording(
    id="Sejak {told} belum ada yang menyatakan menangani.",
    en="Nobody has said since {told} that they are handling it.",
)

BLIND_WHY: Final = {
    "ours": Wording(
        id="Gangguan di sisi kami: jaringan atau server pemantau tidak sampai ke mana pun.",
        en="The trouble is ours: the monitor's own network or server reaches nothing.",
    ),
    "folder": Wording(
        id="Folder tempat ekspor akun itu ditaruh tidak dapat dibuka di komputer pemantau.",
        en="The folder where the account's exports are dropped cannot be opened on the monitor's machine.",
    ),
    "platform": Wording(
        id="Gangguan di {platform}: layanannya tidak menjawab semestinya, sedangkan jaringan kami baik.",
        en="The trouble is {platform}'s: it does not answer as it should, while our network is well.",
    ),
    "token": Wording(
        id="{platform} menolak token pemantauan: kedaluwarsa, dicabut, atau kurang izin.",
        en="{platform} refuses the monitor's token: expired, revoked, or without the right.",
    ),
    "budget": Wording(
        id="Jatah permintaan ke {platform} habis: akun itu tidak terbaca sesering yang diminta.",
        en="Our share of requests to {platform} is used up: the account is not read as often as asked.",
    ),
    "account": Wording(
        id="Akun itu sendiri tidak terlihat: hilang, berganti nama, dikunci, atau ditangguhkan. Ini bisa menjadi tanda peretasan.",
        en="The account itself is not to be seen: gone, renamed, private or suspended. That can be a sign of a takeover.",
    ),
}
BLIND_DO: Final = {
    "ours": Wording(
        id="Periksa jaringan dan server pemantau: kentongan doctor.",
        en="Check the monitor's network and server: kentongan doctor.",
    ),
    "folder": Wording(
        id="Sambungkan lagi drive-nya, atau buat foldernya dan beri izin baca, lalu periksa: kentongan doctor.",
        en="Connect its drive again, or create the folder and allow it to be read, then check: kentongan doctor.",
    ),
    "platform": Wording(
        id="Tunggu dan periksa halaman status {platform}; lihat sendiri akun itu dari ponsel.",
        en="Wait and look at {platform}'s status page; look at the accounts yourself from a phone.",
    ),
    "token": Wording(
        id="Perbarui tokennya, lalu periksa: kentongan doctor.",
        en="Renew the token, then check: kentongan doctor.",
    ),
    "budget": Wording(
        id="Perpanjang “every” akun itu, atau tambahkan token: kentongan doctor.",
        en="Lengthen the account's “every”, or add a token: kentongan doctor.",
    ),
    "account": Wording(
        id="Buka akun itu dari ponsel sekarang. Bila kantor tidak mengubahnya sendiri, anggap diduga diretas: amankan surel, keluarkan semua sesi, mulai pemulihan lewat {recovery}, lapor ke {superior}.",
        en="Open the account from a phone now. If the office did not change it, take it for a takeover: secure the e-mail, end all sessions, recover through {recovery}, report to {superior}.",
    ),
}
UNWATCHED: Final = Wording(
    id="Selama tidak terbaca, peretasan tidak akan terlihat.",
    en="While it cannot be read, no takeover would be seen.",
)
LAST_SAID: Final = Wording(id="Pesan terakhir", en="Last answer")
SEEN_AGAIN: Final = Wording(
    id="Tidak terbaca sejak {since} sampai {at}. Unggahan selama itu sudah dinilai sekarang.",
    en="Not readable from {since} until {at}. What was posted meanwhile has been judged now.",
)

FILE: Final = Wording(id="Berkas", en="File")
BECAUSE: Final = Wording(id="Sebab", en="Because")
UNREAD_FILE_DO: Final = Wording(
    id="Unggahan di dalamnya belum dinilai. Unduh ulang ekspor itu atau minta sekali lagi dari platform, lalu taruh lagi di folder yang sama. Jenis yang dikenal: kentongan plugins.",
    en="The posts in it are not judged yet. Download that export again, or ask the platform for it once more, and drop it into the same folder. Known kinds: kentongan plugins.",
)

TOKEN_OF: Final = Wording(
    id="{platform} menolak token {token} sejak {at}. Akun yang tidak terbaca karenanya:",
    en="{platform} has refused the token {token} since {at}. Accounts that cannot be read for it:",
)

QUIET: Final = Wording(
    id="{accounts} akun dibaca {readings} kali dan {posts} unggahan dinilai, {since} sampai {until}.",
    en="{accounts} accounts were read {readings} times and {posts} posts judged, {since} to {until}.",
)
NO_SIGN: Final = Wording(
    id="Tidak ada tanda peretasan, dan semua akun itu terbaca.",
    en="No sign of a takeover, and all of them can be read.",
)
STILL_OPEN: Final = Wording(id="Insiden yang masih terbuka", en="Incidents still open")
STILL_BLIND: Final = Wording(id="Akun yang sedang tidak terbaca", en="Accounts that cannot be read")
STILL_WATCHED: Final = Wording(id="Perlu diperiksa", en="Need a look")
STILL_PAUSED: Final = Wording(
    id="Dijeda, tidak dibaca (kentongan accounts resume)",
    en="Paused, not read (kentongan accounts resume)",
)
IF_IT_STOPS: Final = Wording(
    id="Pesan ini datang tiap {every}. Bila tidak datang, periksa pemantau: kentongan doctor.",
    en="This message comes every {every}. If it does not, check the monitor: kentongan doctor.",
)
TEST_BODY: Final = Wording(
    id="Saluran “{channel}” berfungsi. Peringatan kentongan akan datang lewat sini. Tidak ada yang perlu dilakukan.",
    en="The channel “{channel}” works. Kentongan's alarms will come this way. There is nothing to do.",
)
ONE_HAND: Final = Wording(
    id="Akun-akun ini diduga diretas oleh pelaku yang sama:",
    en="These accounts look taken over by the same hand:",
)
SPANS: Final = {
    "s": Wording(id="detik", en="seconds"),
    "m": Wording(id="menit", en="minutes"),
    "h": Wording(id="jam", en="hours"),
    "d": Wording(id="hari", en="days"),
}
