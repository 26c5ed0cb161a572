"""Small makers of what tests are made of: posts, histories, files and reports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from detector.incidents import Hands, Seen, Watch
from detector.records import Finding, State
from detector.report.document import (
    FORMAT,
    FlaggedPost,
    GivenAccount,
    GivenIncident,
    GivenReason,
    GivenRejected,
    ScanDocument,
    Summary,
)

NOON: Final = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)
NIGHT: Final = datetime(2024, 11, 20, 18, 14, tzinfo=UTC)
"""01.14 in Jakarta, the day after."""

BLATANT: Final = "🎰 SLOT GACOR ZEUS88 🎰 depo 10rb WD jutaan, daftar di zeus88-gacor.vip, klaim bonus via WA 0858-0000-1234"
ORDINARY: Final = (
    "Apel pagi di halaman kantor dipimpin Sekretaris. Tetap semangat melayani masyarakat! #apelpagi",
    "Rapat pleno terbuka rekapitulasi daftar pemilih berkelanjutan digelar di aula kantor.",
    "Selamat memperingati Hari Pahlawan. Mari meneladani semangat juang para pahlawan bangsa.",
    "Sosialisasi pendidikan pemilih bagi siswa SMA di aula kecamatan. Terima kasih atas partisipasinya.",
    "Layanan informasi publik buka Senin sampai Jumat pukul 08.00 sampai 15.30.",
)

Record = dict[str, Any]


def record(
    text: str, at: datetime, identity: str, *, account: str = "kpukabblora", **more: Any
) -> Record:
    """Return one post in the native format."""
    return {
        "platform": "instagram", "account": account, "id": identity,
        "created_at": at.isoformat(), "text": text, **more,
    }  # fmt: skip


def ordinary(posts: int = 40, *, account: str = "kpukabblora") -> list[Record]:
    """Return an office's days, one post each, the last the day before `NOON`."""
    return [
        record(
            f"{ORDINARY[index % len(ORDINARY)]} ({index})",
            NOON - timedelta(days=posts - index, hours=10),
            f"p{index}",
            account=account,
        )
        for index in range(posts)
    ]


def hijacked(*, account: str = "kpukabblora") -> list[Record]:
    """Return an office's days and one stranger's post in the night after them."""
    address = "https://www.instagram.com/p/XX1/"
    return [
        *ordinary(account=account),
        record(BLATANT, NIGHT, "stranger", account=account, url=address),
    ]


def lines(records: Iterable[Record], target: Path) -> Path:
    """Write native posts as JSON Lines."""
    target.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return target


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def finding(text: str, part: str, indicator: str = "gambling", value: str | None = None) -> Finding:
    """Return the finding of a part of a text."""
    start = text.index(part)
    return Finding(indicator, start, start + len(part), part, value)


def flagged(
    text: str = BLATANT, *, identity: str = "stranger", at: datetime = NIGHT, **more: Any
) -> FlaggedPost:
    """Return a post held to be a stranger's."""
    given: dict[str, Any] = {
        "id": identity, "created_at": at, "url": None, "text": text, "verdict": "STRANGER",
        "probability": 0.99, "log_odds": 4.6, "category": "gambling", "findings": [], "reasons": [],
        "where": "posts.jsonl#40",
    }  # fmt: skip
    return FlaggedPost(**(given | more))


def incident(**more: Any) -> GivenIncident:
    """Return an open incident of one post."""
    reasons = [GivenReason(f"reason{rank}", 4.0 - rank, f"alasan {rank}") for rank in range(1, 6)]
    given: dict[str, Any] = {
        "opened_at": NIGHT, "detected_at": NIGHT, "closed_at": None, "peak_probability": 0.998,
        "post_ids": ["stranger"], "categories": ["gambling"], "reasons": reasons,
    }  # fmt: skip
    return GivenIncident(**(given | more))


def account(**more: Any) -> GivenAccount:
    """Return a calm account."""
    given: dict[str, Any] = {
        "platform": "instagram", "account": "kpukabblora", "institution": None, "timezone": "Asia/Jakarta",
        "duty_contact": None, "reports_to": [], "posts": 41, "events": 0, "rejected": 0,
        "first_post_at": NOON, "last_post_at": NIGHT, "state": "NORMAL", "probability": 0.01,
        "incidents": [], "flagged": [], "doubtful": [],
    }  # fmt: skip
    return GivenAccount(**(given | more))


def taken_over(**more: Any) -> GivenAccount:
    """Return an account with one open incident of one post."""
    given = {
        "state": "COMPROMISED",
        "probability": 0.998,
        "incidents": [incident()],
        "flagged": [flagged()],
    }
    return account(**(given | more))


def document(*accounts: GivenAccount, **more: Any) -> ScanDocument:
    """Return the report of a scan."""
    posts = sum(one.posts for one in accounts)
    summary = Summary(
        accounts=len(accounts), posts=posts, events=0, duplicates=0, rejected=0, ignored=0, records=posts,
        compromised=sum(bool(one.incidents) for one in accounts), seconds=0.3,
    )  # fmt: skip
    given: dict[str, Any] = {
        "format": FORMAT, "model": "posts-v1", "summary": summary, "accounts": list(accounts),
        "rejected": [], "files": [], "errors": [],
    }  # fmt: skip
    return ScanDocument(**(given | more))


def refused(why: str = "has no time", where: str = "posts.jsonl#3") -> GivenRejected:
    """Return a record that could not be read."""
    return GivenRejected(where, why)


def step(hands: Hands, seen: Seen) -> tuple[Hands, State | None]:
    """Take one post into an account's state; return the new one, and the previous `State` when it changed."""
    watch = Watch(hands, seen.base_rate)
    previous = watch.see(seen.post_id, seen.at, seen.log_odds, seen.is_strangers, seen.reclaims)
    return watch.hands, previous
