"""How many feeds a second: ours, which judges and keeps, beside a plain program that fetches and compares.

Both read the same server in the same run: once when everything is new, and once when nothing is. The peer works
as urlwatch does: ten threads, a request with the last ETag, a hash of what came, a row in SQLite. Where urlwatch
itself is named, it reads them as well.
"""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from load import feeds

from detector import settings
from detector.monitor import building, logs

THREADS: Final = 10
"""As many as urlwatch has."""


class Rates(NamedTuple):
    """Feeds a second."""

    new: float
    """When all they hold is new."""
    unchanged: float


def ours(base: str, folder: Path, accounts: int) -> Rates:
    """Measure the monitor's own polls: claimed, read, judged and committed."""
    target = feeds.settings(base, folder, accounts=accounts, every="5m", threads=THREADS)
    now = datetime.now(UTC)
    with (folder / "log").open("w", encoding="utf-8") as stream:
        built = building.build(
            settings.load(target), folder, wall=lambda: now, log=logs.start(stream, level=40),
            stopping=threading.Event(), listens=False,
        )  # fmt: skip

        def everything() -> None:
            assert built.monitor.claiming is not None
            built.monitor.claiming.turn()
            built.monitor.claiming.drain()

        first = _rate(everything, accounts)
        now += timedelta(minutes=6)
        again = _rate(everything, accounts)
        polls = built.monitor.tally.polls
        built.close()
    assert polls == 2 * accounts
    return Rates(first, again)


def plain(base: str, folder: Path, accounts: int) -> Rates:
    """Measure a program that fetches and compares."""
    rows = sqlite3.connect(folder / "peer.db", check_same_thread=False)
    rows.execute("CREATE TABLE seen (address TEXT PRIMARY KEY, tag TEXT, hash TEXT, at REAL)")
    lock = threading.Lock()
    with httpx.Client() as client:

        def look(office: int) -> None:
            address = f"{base}/feed/{office}"
            with lock:
                row = rows.execute("SELECT tag, hash FROM seen WHERE address = ?", (address,)).fetchone()  # fmt: skip
            reply = client.get(address, headers={"If-None-Match": row[0]} if row else {})
            found = hashlib.sha256(reply.content).hexdigest()
            with lock:
                if reply.status_code != httpx.codes.NOT_MODIFIED:
                    rows.execute(
                        "REPLACE INTO seen VALUES (?, ?, ?, ?)",
                        (address, reply.headers.get("ETag"), found, time.time()),
                    )
                    rows.commit()

        def everything() -> None:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(look, range(accounts)))

        found = Rates(_rate(everything, accounts), _rate(everything, accounts))
    rows.close()
    return found


def urlwatch(program: Path, base: str, folder: Path, accounts: int) -> Rates:
    """Measure urlwatch itself, its start included, which is part of each of its rounds."""
    jobs = "---\n".join(f"name: kantor{one}\nurl: {base}/feed/{one}\n" for one in range(accounts))
    (folder / "urls.yaml").write_text(jobs, encoding="utf-8")
    (folder / "urlwatch.yaml").write_text("report: {}\n", encoding="utf-8")
    command = [
        str(program), "--urls", str(folder / "urls.yaml"), "--config", str(folder / "urlwatch.yaml"),
        "--cache", str(folder / "urlwatch.db"), "--hooks", str(folder / "none.py"),
    ]  # fmt: skip

    def everything() -> None:
        subprocess.run(command, check=True, capture_output=True)

    return Rates(_rate(everything, accounts), _rate(everything, accounts))


def _rate(do: Callable[[], None], accounts: int) -> float:
    began = time.perf_counter()
    do()
    return accounts / (time.perf_counter() - began)


def line(base: str, folder: Path, accounts: int, program: Path | None) -> str:
    """Measure all, and return a line about it."""
    own, peer = ours(base, folder, accounts), plain(base, folder, accounts)
    said = [
        f"feeds a second, {accounts} of them: ours {own.new:.0f} new, {own.unchanged:.0f} unchanged",
        f"fetch and hash {peer.new:.0f} and {peer.unchanged:.0f}",
    ]
    if program is not None:
        other = urlwatch(program, base, folder, accounts)
        said.append(f"urlwatch {other.new:.0f} and {other.unchanged:.0f}")
    said.append(f"ours : fetch and hash = {own.new / peer.new:.2f} new, {own.unchanged / peer.unchanged:.2f} unchanged")  # fmt: skip
    return "; ".join(said)
