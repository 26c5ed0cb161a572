"""Whether the monitor is well: counters for Prometheus, and a page that says yes or no."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from detector.errors import Location, SettingsError

STALE: Final = timedelta(minutes=5)
"""A job that was not done for so long, or three of its intervals, is not being done."""


class Meters:
    """What is counted."""

    def __init__(self) -> None:
        kept = self.registry = CollectorRegistry()
        by_platform = ["platform"]
        self.polls = Counter(
            "kentongan_polls", "Readings of accounts.", ["platform", "ended"], registry=kept
        )
        self.posts = Counter("kentongan_posts", "New posts read.", by_platform, registry=kept)
        self.rejected = Counter(
            "kentongan_rejected", "Records that could not become posts.", by_platform, registry=kept
        )
        self.failures = Counter(
            "kentongan_failures", "Readings that failed, by whose doing.", ["platform", "whose"], registry=kept
        )  # fmt: skip
        self.alerts = Counter(
            "kentongan_alerts", "Changes of an account's state.", ["state"], registry=kept
        )
        self.deliveries = Counter(
            "kentongan_deliveries", "Messages, by what became of a try.", ["ended"], registry=kept
        )
        self.errors = Counter(
            "kentongan_errors", "Errors that ended a job.", ["job"], registry=kept
        )
        self.lag = Histogram(
            "kentongan_lag_seconds", "From when an account was due to when it was claimed.",
            buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800), registry=kept,
        )  # fmt: skip
        self.seconds = Histogram(
            "kentongan_poll_seconds", "How long readings took.",
            buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60), registry=kept,
        )  # fmt: skip
        self._gauges()

    def _gauges(self) -> None:
        kept = self.registry
        self.accounts = Gauge("kentongan_accounts", "Watched accounts.", ["state"], registry=kept)
        self.blind = Gauge(
            "kentongan_accounts_blind", "Accounts unread for longer than allowed.", registry=kept
        )
        self.pending = Gauge(
            "kentongan_deliveries_pending", "Messages still to be sent.", registry=kept
        )
        self.oldest = Gauge(
            "kentongan_delivery_oldest_seconds", "Age of the oldest unsent message.", registry=kept
        )
        self.given_up = Gauge(
            "kentongan_deliveries_given_up", "Messages no channel would take.", registry=kept
        )


class Jobs:
    """When each job was last done well, and what it failed with since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._every: dict[str, timedelta] = {}
        self._done: dict[str, datetime] = {}
        self._failed: dict[str, str] = {}

    def expect(self, name: str, every: timedelta, now: datetime) -> None:
        """Say that a job is to be done every so often from now on."""
        with self._lock:
            self._every[name], self._done[name] = every, now

    def done(self, name: str, now: datetime) -> None:
        """Note that a job was done."""
        with self._lock:
            self._done[name] = now
            self._failed.pop(name, None)

    def failed(self, name: str, why: str) -> None:
        """Note that a job failed."""
        with self._lock:
            self._failed[name] = why

    def troubles(self, now: datetime) -> dict[str, str]:
        """Return what is wrong, by job; empty when all is well."""
        with self._lock:
            late = {
                name: f"not done since {self._done[name].isoformat(timespec='seconds')}"
                for name, every in self._every.items()
                if now - self._done[name] > max(STALE, every * 3)
            }
            return {**late, **self._failed}


class Health:
    """Answers ``/healthz`` and ``/metrics``, and nothing else.

    Args:
        meters: what is counted.
        troubles: returns what is wrong, by its name.
        listen: host and port; port 0 takes a free one.

    Raises:
        SettingsError: the address cannot be listened on.
    """

    def __init__(self, meters: Meters, troubles: Any, listen: str) -> None:
        host, _, port = listen.rpartition(":")
        try:
            self._server = ThreadingHTTPServer(
                (host.strip("[]") or "127.0.0.1", int(port)), _page(meters, troubles)
            )
        except (OSError, ValueError, OverflowError) as error:
            raise SettingsError(
                f"monitor.listen: {listen!r} cannot be listened on: {error}",
                where=Location("[monitor]"),
                hint='another port, e.g. listen = "127.0.0.1:9465", or listen = "" for none',
            ) from error
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.2},
            name="health",
            daemon=True,
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


def _page(meters: Meters, troubles: Any) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        """One question."""

        timeout = 5

        def do_GET(self) -> None:
            """Answer it."""
            if self.path == "/metrics":
                self._answer(
                    200,
                    "text/plain; version=0.0.4; charset=utf-8",
                    generate_latest(meters.registry),
                )
            elif self.path == "/healthz":
                wrong = troubles()
                status = 503 if wrong else 200
                body = msgspec.json.encode(
                    {"status": "trouble" if wrong else "ok", "troubles": wrong}
                )
                self._answer(status, "application/json", body + b"\n")
            else:
                self._answer(404, "text/plain", b"/healthz or /metrics\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Write nothing: a question a second is no news."""

    return Page
