"""How many accounts one monitor keeps up with: real polls of a local feed server, each judged and committed.

    python tests/load/run.py --accounts 10000 --seconds 300

Prints how fast every account was read for the first time, and after that for so many seconds, at a five-minute
cadence, how late readings began (lag), how many there were a second, and the memory taken.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple

from builders import ORDINARY

from detector import settings
from detector.monitor import building, logs
from detector.monitor.polling import Polled

HISTORY: Final = 12


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


def serve() -> None:
    """Serve feeds until stdin closes; prints the port."""
    now = datetime.now(UTC)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            office = self.path.rpartition("/")[2]
            items = [
                {
                    "id": f"{office}-{day}", "content_text": f"{ORDINARY[day % 5]} ({office}.{day})",
                    "date_published": (now - timedelta(days=day, hours=3)).isoformat(),
                }
                for day in range(HISTORY)
            ]  # fmt: skip
            body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}).encode()  # fmt: skip
            tag = f'"{office}"'
            known = self.headers.get("If-None-Match") == tag
            self.send_response(304 if known else 200)
            self.send_header("ETag", tag)
            self.send_header("Content-Type", "application/feed+json")
            self.send_header("Content-Length", "0" if known else str(len(body)))
            self.end_headers()
            if not known:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


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
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__)), "--serve"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        base = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        tables = "".join(
            f'[[accounts]]\nplatform = "website"\naccount = "kantor{one}"\ntimezone = "WIB"\nevery = "{every}"\n'
            f'source = {{ kind = "feed", url = "{base}/{one}" }}\n'
            for one in range(accounts)
        )
        target = folder / "kentongan.toml"
        target.write_text(f'[monitor]\nlisten = ""\nprobe = ""\nthreads = {threads}\n{tables}', encoding="utf-8")  # fmt: skip
        return _run(target, accounts, seconds)
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()


def _run(target: Path, accounts: int, seconds: float) -> Measured:
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
        stopping.wait(seconds)
        lags = sorted(watching.lags)
        stopping.set()
        runner.join()
        built.close()
    return Measured(
        accounts=accounts,
        first_per_second=accounts / first,
        readings=len(lags),
        per_second=len(lags) / seconds,
        lag_median=lags[len(lags) // 2] if lags else 0.0,
        lag_p99=lags[int(len(lags) * 0.99)] if lags else 0.0,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        failed=watching.failed,
    )


def main() -> None:
    """Run from the command line; exit 1 if it did not keep up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--threads", type=int, default=8)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    with tempfile.TemporaryDirectory() as folder:
        found = measure(
            Path(folder), accounts=given.accounts, seconds=given.seconds, threads=given.threads
        )
    sys.stdout.write(
        f"{found.accounts} accounts: first readings {found.first_per_second:.0f} a second; then {found.readings} readings, "
        f"{found.per_second:.1f} a second, lag median {found.lag_median:.1f} s, p99 {found.lag_p99:.1f} s; "
        f"peak memory {found.memory} MB; failed {found.failed}\n"
    )
    sys.exit(bool(found.failed or found.lag_p99 > 30 or found.memory > 600))


if __name__ == "__main__":
    main()
