"""What `kentongan init` writes: settings that work at once on bundled accounts, with examples to uncomment."""

from __future__ import annotations

from typing import Final

from detector.records import Wording

_HEAD: Final = Wording(
    id="""\
# Setelan kentongan. Baris yang diawali "# " adalah penjelasan; baris yang diawali "#" saja adalah contoh:
# hapus tanda # itu untuk memakainya. Periksa hasilnya dengan: kentongan doctor
#
# Rahasia (token, alamat kanal) tidak pernah ditulis di sini, hanya nama tempatnya:
# { env = "NAMA_VARIABEL" } atau { file = "jalur/ke/berkas" }.
""",
    en="""\
# Settings of kentongan. Lines that begin with "# " explain; lines that begin with a bare "#" are examples:
# take that # away to use them. Check the result with: kentongan doctor
#
# Secrets (tokens, addresses of channels) never stand here, only where they are kept:
# { env = "NAME_OF_VARIABLE" } or { file = "path/to/file" }.
""",
)

_STORE: Final = Wording(
    id="""\
# Tempat menyimpan keadaan akun, insiden, dan pesan. Untuk beberapa pemantau sekaligus: PostgreSQL.
""",
    en="""\
# Where the accounts' states, incidents and messages are kept. For several monitors at once: PostgreSQL.
""",
)

_DEMO: Final = Wording(
    id="""\
# ---------------------------------------------------------------------------------------------------------
# PERAGAAN: enam akun rekaan yang ikut bersama program, dibaca dengan jam yang dipercepat. Pada Kamis dini hari,
# 21 November 2024, pukul 01.14 WIB, akun @kpukabblora dibajak. Jalankan: kentongan monitor
# Sesudah mencoba: hapus bagian ini sampai garis berikutnya, dan isi akun kantor sendiri di bawahnya.
# ---------------------------------------------------------------------------------------------------------
""",
    en="""\
# ---------------------------------------------------------------------------------------------------------
# DEMONSTRATION: six invented accounts that came with the program, read by a clock that runs fast. In the night
# of Thursday, 21 November 2024, at 01:14 in western Indonesia, @kpukabblora is taken over. Run: kentongan monitor
# When you have seen it: remove this part up to the next line, and fill in your own accounts below.
# ---------------------------------------------------------------------------------------------------------
""",
)

_DEMO_TABLES: Final = """
[replay]
from = 2024-11-21T00:55:00+07:00
speed = 60

[[accounts]]
platform = "instagram"
account = "kpukabblora"
institution = "KPU Kabupaten Blora (rekaan)"
reports_to = ["KPU Provinsi Jawa Tengah"]
timezone = "WIB"
every = "30s"
source = { kind = "replay", path = "bundled:accounts" }
official = { numbers = ["0812-0000-2402", "(0296) 000031"] }

[[accounts]]
platform = "instagram"
account = "diskominfo.tanjungreksa"
institution = "Diskominfo Kabupaten Tanjungreksa (rekaan)"
reports_to = ["Diskominfo Provinsi"]
timezone = "WITA"
every = "30s"
source = { kind = "replay", path = "bundled:accounts" }
official = { numbers = ["0811-0000-5112", "(0519) 000021"] }

[[accounts]]
platform = "instagram"
account = "polres.martasari"
institution = "Polres Martasari (rekaan)"
reports_to = ["Polda"]
timezone = "WIB"
every = "30s"
source = { kind = "replay", path = "bundled:accounts" }
official = { numbers = ["0811-0000-2110"] }

[[accounts]]
platform = "instagram"
account = "disdagkop.wanareja"
institution = "Dinas Perdagangan dan Koperasi Wanareja (rekaan)"
timezone = "WIB"
every = "30s"
source = { kind = "replay", path = "bundled:accounts" }

[[accounts]]
platform = "instagram"
account = "universitas.adiwana"
institution = "Universitas Adiwana (rekaan)"
timezone = "WIB"
every = "30s"
source = { kind = "replay", path = "bundled:accounts" }

[[accounts]]
platform = "instagram"
account = "bpbd.sukamakmur"
institution = "BPBD Kabupaten Sukamakmur (rekaan)"
timezone = "WIT"
every = "30s"
source = { kind = "replay", path = "bundled:accounts" }
"""

_CHANNELS: Final = Wording(
    id="""\
# Ke mana peringatan dikirim. "layar" menampilkannya di tempat pemantau berjalan, "berkas" mencatatnya.
""",
    en="""\
# Where alarms go. "layar" shows them where the monitor runs, "berkas" keeps them in a file.
""",
)

_CHANNEL_TABLES: Final = """
[[channels]]
name = "layar"
console = true
from = "WATCHED"

[[channels]]
name = "berkas"
to_file = "peringatan.jsonl"
from = "WATCHED"
"""

_CHANNEL_EXAMPLES: Final = Wording(
    id="""\
# Kanal sungguhan: Telegram, WhatsApp Business, surel, Slack, webhook, SMS dan lain-lain melalui Apprise.
# Alamatnya disimpan di variabel lingkungan, mis. APPRISE_PIKET="tgram://TOKEN_BOT/ID_GRUP".
# from: keadaan paling ringan yang diberitahukan (WATCHED atau COMPROMISED).
# fallback: kanal pengganti bila yang ini tidak menerima. for: siapa pembacanya; kosong berarti tim pemantau.
""",
    en="""\
# Real channels: Telegram, WhatsApp Business, e-mail, Slack, webhooks, SMS and others through Apprise.
# Their address stands in an environment variable, e.g. APPRISE_PIKET="tgram://BOT_TOKEN/GROUP_ID".
# from: the mildest state that is told (WATCHED or COMPROMISED).
# fallback: another channel if this one does not take it. for: who reads it; empty is the monitor's own people.
""",
)

_CHANNEL_LINES: Final = """\
#[[channels]]
#name = "piket"
#url = { env = "APPRISE_PIKET" }
#from = "WATCHED"
#fallback = "layar"
"""

_ACCOUNTS: Final = Wording(
    id="""\
# Akun kantor sendiri. "every": paling jarang dibaca tiap sekian; akun yang baru dicurigai dibaca tiap menit.
# "timezone": WIB, WITA, WIT atau nama IANA. "official": nomor dan situs kantor, yang berbicara untuknya.
# "escalate_after": bila peringatan tidak ditanggapi selama itu, yang berikutnya diberi tahu: duty_contact,
# reports_to, csirt, cc, masing-masing lewat kanal yang "for"-nya menyebut mereka.
# Jenis sumber dan hak token yang diperlukan: docs/live-sources.md dan "kentongan plugins".
""",
    en="""\
# Your own accounts. "every": read at least so often; an account that was just suspected is read every minute.
# "timezone": WIB, WITA, WIT or an IANA name. "official": the office's numbers and sites, which speak for it.
# "escalate_after": when nobody answers an alarm for so long, the next are told: duty_contact, reports_to, csirt,
# cc, each through a channel whose "for" names them.
# Kinds of sources and the rights their tokens need: docs/live-sources.md and "kentongan plugins".
""",
)

_ACCOUNT_LINES: Final = """\
#[[accounts]]
#platform = "instagram"
#account = "kantorku"
#institution = "Kantor Rekaan"
#reports_to = ["Kantor Provinsi"]
#timezone = "WIB"
#every = "5m"
#source = { kind = "instagram_business_discovery", token = { env = "IG_TOKEN" }, via = "17841400000000000" }
#official = { numbers = ["(0296) 000031"], domains = ["kantor.example"] }

#[[accounts]]
#platform = "telegram"
#account = "kantorku"
#timezone = "WIB"
#every = "5m"
#source = { kind = "telegram_preview" }

#[[accounts]]
#platform = "facebook"
#account = "Kantor Rekaan"
#timezone = "WIB"
#source = { kind = "folder", path = "inbox/kantorku" }
"""

_MONITOR: Final = Wording(
    id="""\
# Pemantaunya sendiri. "heartbeat" adalah alamat yang dihubungi selama semuanya baik (mis. layanan dead man's
# switch): bila berhenti, layanan itulah yang memberi tahu. /healthz dan /metrics dijawab di "listen".
""",
    en="""\
# The monitor itself. "heartbeat" is an address asked while all is well (a dead man's switch): when that stops,
# whoever keeps it tells you. /healthz and /metrics are answered at "listen".
""",
)

_MONITOR_LINES: Final = """\
#[monitor]
#listen = "127.0.0.1:9464"
#heartbeat = { env = "HEARTBEAT_URL" }
#threads = 8
#all_quiet_every = "7d"
"""


def written(language: str, *, with_demonstration: bool = True) -> str:
    """Return the text of a settings file.

    Args:
        language: id or en, of its explanations and of what people are told.
        with_demonstration: whether the bundled accounts are watched by a clock of their own.
    """
    # The demonstration has a store of its own, so that its posts never stand beside an office's.
    store = '[store]\nurl = "sqlite:///{}"\n'.format(
        "peragaan.db" if with_demonstration else "kentongan.db"
    )
    parts = [
        _HEAD.said(language) + f'language = "{language}"\n',
        _STORE.said(language) + store,
        _DEMO.said(language) + _DEMO_TABLES + "\n# " + "-" * 105 + "\n"
        if with_demonstration
        else "",
        _CHANNELS.said(language) + _CHANNEL_TABLES,
        _CHANNEL_EXAMPLES.said(language) + _CHANNEL_LINES,
        _ACCOUNTS.said(language) + _ACCOUNT_LINES,
        _MONITOR.said(language) + _MONITOR_LINES,
    ]
    return "\n".join(part for part in parts if part)
