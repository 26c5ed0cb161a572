"""Write `fixtures/accounts/` and `fixtures/sources/`: ``python tests/build_fixtures.py``.

The accounts' posts come from `fixtures/texts/`. What each source must give for its fixture is written beside it
as ``expected.jsonl``: read the difference like code before it is committed.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import pyarrow
import pyarrow.parquet
from exports import Happening, Layout, Written, write_export

from detector import assembly
from detector.sources._archive import Archive
from detector.sources.interface import Source

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"

PHONE: Final = "Instagram 355.0.0.41.90 Android (33/13; 420dpi; 1080x2208; samsung; SM-A536E)"
STRANGE: Final = "Instagram 309.1.0.41.113 Android (28/9; 320dpi; 900x1600; Asus; ASUS_I005DA)"


def _login(at: str, ip: str, user_agent: str, kind: str = "login") -> Happening:
    return Happening(datetime.fromisoformat(at), kind, {"ip": ip, "user_agent": user_agent})


class Agency(NamedTuple):
    """One agency's export: how it is laid out, and what happened to the account."""

    handle: str
    export: str
    """Name of the ZIP or folder, as the platform would name it."""
    layout: Layout
    zipped: bool
    parts: int = 1
    events: tuple[Happening, ...] = ()


AGENCIES: Final = (
    Agency(
        "kpukabblora", "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip", "2024", zipped=True,
        events=(
            _login("2024-11-18T08:02:11+07:00", "192.0.2.15", PHONE),
            _login("2024-11-20T19:38:40+07:00", "192.0.2.15", PHONE),
            _login("2024-11-21T00:57:26+07:00", "203.0.113.77", STRANGE),
            Happening(datetime.fromisoformat("2024-11-21T01:01:03+07:00"), "password_changed"),
            _login("2024-11-21T01:02:19+07:00", "192.0.2.15", PHONE, "logout"),
        ),
    ),
    Agency(
        "diskominfo.tanjungreksa", "instagram-diskominfo.tanjungreksa-2025-09-27-Zp4tR8wL.zip", "2024",
        zipped=True, parts=2,
        events=(
            _login("2025-03-14T09:14:02+08:00", "192.0.2.66", PHONE),
            _login("2025-03-16T02:31:45+08:00", "198.51.100.9", STRANGE),
            Happening(datetime.fromisoformat("2025-03-16T10:05:30+08:00"), "password_changed"),
            _login("2025-03-16T10:06:12+08:00", "192.0.2.66", PHONE),
        ),
    ),
    Agency("polres.martasari", "instagram-polres.martasari-2024-12-31-Bn3yHs6D", "2023", zipped=False),
    Agency("disdagkop.wanareja", "disdagkop.wanareja_20241030", "2021", zipped=False),
    Agency("universitas.adiwana", "instagram-universitas.adiwana-2025-07-31-Vc9kTe2J", "2024", zipped=False),
    Agency("bpbd.sukamakmur", "instagram-bpbd.sukamakmur-20250130.zip", "2023", zipped=True),
)  # fmt: skip


def posts_of(handle: str) -> list[Written]:
    """Return the posts of one account, oldest first."""
    lines = (FIXTURES / "texts" / f"{handle}.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [
        Written(datetime.fromisoformat(record["at"]), record["text"], record["media"])
        for record in records
    ]


def build(target: Path) -> None:
    """Write every archive below a folder; what stood there before is replaced, the settings stay."""
    for agency in AGENCIES:
        stem = agency.export.removesuffix(".zip")
        for old in target.glob(f"{stem}*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        write_export(
            posts_of(agency.handle), target / agency.export, agency.layout,
            parts=agency.parts, zipped=agency.zipped, username=agency.handle, events=agency.events,
        )  # fmt: skip


SMALL: Final = (
    Written(datetime.fromisoformat("2023-02-01T08:05:00+07:00"), "Sosialisasi pemilih pemula di SMA Rekaan 📚"),
    Written(
        datetime.fromisoformat("2023-02-03T13:40:10+07:00"),
        "Hasil rapat pleno:\n1. Jadwal coklit\n2. Layanan WA 0812-0000-2402\n#MelayaniWarga", "carousel",
    ),
    Written(datetime.fromisoformat("2023-02-04T06:00:00+07:00"), "", "video"),
    Written(datetime.fromisoformat("2023-02-04T09:15:00+07:00"), "Selamat pagi dari kantor ☕", "story"),
    Written(datetime.fromisoformat("2023-02-07T19:00:30+07:00"), "Reel: cara cek DPT dalam 30 detik", "reel"),
)  # fmt: skip
SMALL_EVENTS: Final = (
    _login("2023-02-03T13:38:00+07:00", "192.0.2.15", PHONE),
    Happening(datetime.fromisoformat("2023-02-05T10:00:00+07:00"), "bio_changed", {"from": "Lama", "to": "Baru"}),
)  # fmt: skip


def build_sources(target: Path) -> None:
    """Write every source's small export and what must be read from it."""
    for layout in ("2018", "2021", "2024"):
        write_export(
            SMALL, target / "instagram_export" / f"export-{layout}", layout,
            username="kpurekaan", events=() if layout == "2018" else SMALL_EVENTS,
        )  # fmt: skip
    native = target / "native"
    native.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "platform": "x", "account": f"kantor{index % 2}", "id": str(index),
            "created_at": post.at.astimezone(UTC).isoformat(), "text": post.text or "tanpa teks",
        }
        for index, post in enumerate(SMALL)
    ]  # fmt: skip
    rows += [rows[0], {"platform": "x", "account": "kantor0", "id": "9", "text": "kapan?"}]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (native / "posts.jsonl").write_text(lines, encoding="utf-8")
    other = [
        {"username": row["account"], "caption": row["text"], "timestamp": row["created_at"]}
        for row in rows[:3]
    ]
    with (native / "other-spellings.csv").open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.DictWriter(table, list(other[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(other)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows[:4]), native / "posts.parquet")
    for name, kind in assembly.source_kinds().items():
        lines = "".join(line + "\n" for line in given(kind, target / name))
        (target / name / "expected.jsonl").write_text(lines, encoding="utf-8")


def given(kind: type[Source], folder: Path) -> Iterator[str]:
    """Yield what a source gives for every input in its fixture folder, a line a post, event or rejected record."""
    for path in sorted(folder.iterdir()):
        if path.name == "expected.jsonl":
            continue
        for page in kind.open(Archive.of(path)).pages():
            for one in (*page.posts, *page.events, *page.rejected):
                tree = msgspec.to_builtins(one)
                yield json.dumps(
                    {"input": path.name, "is": type(one).__name__, **tree}, ensure_ascii=False
                )


if __name__ == "__main__":
    build(FIXTURES / "accounts")
    build_sources(FIXTURES / "sources")
