"""How many accounts one monitor keeps up with: real polls of a local feed server, each judged and committed.

    python tests/load/run.py --accounts 10000 --seconds 300

Prints how fast every account was read for the first time, and after that for so many seconds, at a five-minute
cadence, how late readings began (lag), how many there were a second, and the memory taken; how long it takes from
a stranger's post to be seen until the alarm is accepted; and how many feeds a second beside a program that only
fetches and compares.
"""

from __future__ import annotations

import argparse
import math
import random
import resource
import sys
import tempfile
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from load import beside, feeds

from detector import settings
from detector.monitor import building, logs
from detector.monitor.polling import Polled

GRACE: Final = 60.0
"""Seconds beyond their cadence after which alarms are not waited for any longer."""


class Measured(NamedTuple):
    """What came of it."""

    accounts: int
    first_per_second: float
    """Accounts read for the first time, with their history."""
    readings: int
    """In steady state."""
    per_second: float
    lag_median: float
    """Seconds from due to claimed."""
    lag_p99: float
    memory: int
    """MB at the peak."""
    failed: int
    fallen: int
    """Offices where a stranger posted."""
    told_median: float
    """Seconds from a post to be seen until the webhook took the alarm; infinite where it never did."""
    told_p99: float


class _Watching:
    """Takes note of every poll."""

    def __init__(self, accounts: int) -> None:
        self._accounts = accounts
        self._lock = threading.Lock()
        self.first = threading.Event()
        self._steady_from = datetime.max.replace(tzinfo=UTC)
        self.seen: set[tuple[str, str]] = set()
        self.lags: list[float] = []
        self.failed = 0

    def heard(self, polled: Polled) -> None:
        """Count one poll."""
        with self._lock:
            self.failed += polled.failure is not None
            if not self.first.is_set():
                self.seen.add(polled.claim.watched.key)
                if len(self.seen) == self._accounts:
                    self._steady_from = polled.at
                    self.first.set()
                return
            due = polled.claim.watched.next_at
            # What was due while others were read for the first time had to wait for them.
            if due is not None and due >= self._steady_from:
                self.lags.append((polled.at - due).total_seconds())


def measure(
    folder: Path, *, accounts: int, seconds: float, every: str = "5m", threads: int = 8
) -> Measured:
    """Run a monitor over so many accounts for so long.

    Args:
        folder: for settings, store and log.
        accounts: how many.
        seconds: of steady state.
        every: their cadence.
        threads: accounts read at the same time.
    """
    with feeds.serving() as base:
        target = feeds.settings(base, folder, accounts=accounts, every=every, threads=threads)
        return _run(target, base, accounts, seconds, every)


def _run(target: Path, base: str, accounts: int, seconds: float, every: str) -> Measured:
    stopping, watching = threading.Event(), _Watching(accounts)
    with (target.parent / "log").open("w", encoding="utf-8") as stream:
        built = building.build(
            settings.load(target), target.parent, wall=lambda: datetime.now(UTC), log=logs.start(stream, level=40),
            stopping=stopping, on_poll=watching.heard, listens=False,
        )  # fmt: skip
        began = datetime.now(UTC)
        runner = threading.Thread(target=built.monitor.run)
        runner.start()
        watching.first.wait(1_800)
        first = (datetime.now(UTC) - began).total_seconds()
        _falls(base, accounts, seconds, stopping)
        told = _told(base, settings.span(every).total_seconds() + GRACE, stopping)
        lags = sorted(watching.lags)
        stopping.set()
        runner.join()
        built.close()
    return Measured(
        accounts=accounts,
        first_per_second=accounts / first,
        readings=len(lags),
        per_second=len(lags) / seconds,
        told_median=_share(told, 0.5),
        told_p99=_share(told, 0.99),
        fallen=len(told),
        lag_median=_share(lags, 0.5),
        lag_p99=_share(lags, 0.99),
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        failed=watching.failed,
    )


def _falls(base: str, accounts: int, seconds: float, stopping: threading.Event) -> None:
    """Let strangers post at moments spread over the time."""
    chance = random.Random(7)
    fallen = range(min(feeds.FALLEN, accounts))
    before = 0.0
    for moment, office in zip(sorted(chance.uniform(0, seconds) for _ in fallen), fallen, strict=True):  # fmt: skip
        stopping.wait(moment - before)
        before = moment
        httpx.post(f"{base}/fall/{office}")
    stopping.wait(seconds - before)


def _told(base: str, seconds: float, stopping: threading.Event) -> list[float]:
    """Wait until everything is told, so long at most; return after how many seconds each was, in order."""
    found: dict[str, float | None] = {}
    for _ in range(int(seconds)):
        found = httpx.get(f"{base}/seconds").json()
        if None not in found.values():
            break
        stopping.wait(1)
    return sorted(math.inf if one is None else one for one in found.values())


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def main() -> None:
    """Run from the command line; exit 1 if it did not keep up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--every", default="5m")
    parser.add_argument("--beside", type=int, default=2_000, help="feeds read beside a peer")
    parser.add_argument("--urlwatch", type=Path, help="the program itself, to read them too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(
            Path(folder), accounts=given.accounts, seconds=given.seconds, threads=given.threads, every=given.every,
        )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, feeds.serving() as base:
        beside_line = beside.line(base, Path(folder), given.beside, given.urlwatch)
    allowed = settings.span(given.every).total_seconds() / 2 + 5
    sys.stdout.write(
        f"{found.accounts} accounts: first readings {found.first_per_second:.0f} a second; then {found.readings} readings, "
        f"{found.per_second:.1f} a second, lag median {found.lag_median:.1f} s, p99 {found.lag_p99:.1f} s; "
        f"peak memory {found.memory} MB; failed {found.failed}\n"
        f"from a post to be seen to its alarm accepted, {found.fallen} offices: median {found.told_median:.1f} s "
        f"(half of {given.every} and 5 s are {allowed:.0f} s), p99 {found.told_p99:.1f} s\n{beside_line}\n"
    )
    sys.exit(
        bool(
            found.failed
            or found.told_median > allowed
            or math.isinf(found.told_p99)
            or found.lag_p99 > 30
            or found.memory > 600
        )
    )


if __name__ == "__main__":
    main()
