"""Write `fixtures/accounts/` from the posts in `fixtures/texts/`: ``python tests/build_fixtures.py``."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from exports import Happening, Layout, Written, write_export

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"

PHONE: Final = "Instagram 355.0.0.41.90 Android (33/13; 420dpi; 1080x2208; samsung; SM-A536E)"
STRANGE: Final = "Instagram 309.1.0.41.113 Android (28/9; 320dpi; 900x1600; Asus; ASUS_I005DA)"


def _login(at: str, ip: str, user_agent: str, kind: str = "login") -> Happening:
    return Happening(datetime.fromisoformat(at), kind, {"ip": ip, "user_agent": user_agent})


class Archive(NamedTuple):
    """One agency's export: how it is laid out, and what happened to the account."""

    handle: str
    export: str
    """Name of the ZIP or folder, as the platform would name it."""
    layout: Layout
    zipped: bool
    parts: int = 1
    events: tuple[Happening, ...] = ()


ARCHIVES: Final = (
    Archive(
        "kpukabblora", "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip", "2024", zipped=True,
        events=(
            _login("2024-11-18T08:02:11+07:00", "192.0.2.15", PHONE),
            _login("2024-11-20T19:38:40+07:00", "192.0.2.15", PHONE),
            _login("2024-11-21T00:57:26+07:00", "203.0.113.77", STRANGE),
            Happening(datetime.fromisoformat("2024-11-21T01:01:03+07:00"), "password_changed"),
            _login("2024-11-21T01:02:19+07:00", "192.0.2.15", PHONE, "logout"),
        ),
    ),
    Archive(
        "diskominfo.tanjungreksa", "instagram-diskominfo.tanjungreksa-2025-09-27-Zp4tR8wL.zip", "2024",
        zipped=True, parts=2,
        events=(
            _login("2025-03-14T09:14:02+08:00", "192.0.2.66", PHONE),
            _login("2025-03-16T02:31:45+08:00", "198.51.100.9", STRANGE),
            Happening(datetime.fromisoformat("2025-03-16T10:05:30+08:00"), "password_changed"),
            _login("2025-03-16T10:06:12+08:00", "192.0.2.66", PHONE),
        ),
    ),
    Archive("polres.martasari", "instagram-polres.martasari-2024-12-31-Bn3yHs6D", "2023", zipped=False),
    Archive("disdagkop.wanareja", "disdagkop.wanareja_20241030", "2021", zipped=False),
    Archive("universitas.adiwana", "instagram-universitas.adiwana-2025-07-31-Vc9kTe2J", "2024", zipped=False),
    Archive("bpbd.sukamakmur", "instagram-bpbd.sukamakmur-20250130.zip", "2023", zipped=True),
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
    for archive in ARCHIVES:
        stem = archive.export.removesuffix(".zip")
        for old in target.glob(f"{stem}*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        write_export(
            posts_of(archive.handle), target / archive.export, archive.layout,
            parts=archive.parts, zipped=archive.zipped, username=archive.handle, events=archive.events,
        )  # fmt: skip


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES / "accounts")
