"""Feeds of many offices and a webhook, in a process of their own: what monitors under load read and tell."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from builders import BLATANT, ORDINARY

HISTORY: Final = 12

FALLEN: Final = 100
"""Offices that fall, the first ones, at most."""


class Offices:
    """Who posts what: a history each, and a stranger's post where somebody asked for one."""

    def __init__(self) -> None:
        self._began = datetime.now(UTC)
        self._lock = threading.Lock()
        self.fell: dict[int, datetime] = {}
        self.told: dict[int, datetime] = {}
        """When an alarm about an office was taken, the first time."""

    def fall(self, office: int) -> None:
        """Show a stranger's post from now on."""
        with self._lock:
            self.fell.setdefault(office, datetime.now(UTC))

    def hear(self, message: str) -> None:
        """Take a message."""
        now = datetime.now(UTC)
        with self._lock:
            for office in re.findall(r"DIDUGA DIRETAS: @kantor(\d+)", message):
                self.told.setdefault(int(office), now)

    def seconds(self) -> dict[int, float | None]:
        """Return how long each fallen office took to be told of, None as long as it is not."""
        with self._lock:
            return {
                office: (self.told[office] - at).total_seconds() if office in self.told else None
                for office, at in self.fell.items()
            }

    def feed(self, office: int) -> tuple[str, bytes]:
        """Return an office's feed, and its tag."""
        posts = [
            (f"{office}-{day}", f"{ORDINARY[day % 5]} ({office}.{day})", self._began - timedelta(days=day, hours=3))
            for day in range(HISTORY)
        ]  # fmt: skip
        fell = self.fell.get(office)
        if fell is not None:
            posts.insert(0, (f"{office}-fell", f"{BLATANT} ({office})", fell))
        items = [
            {"id": name, "content_text": text, "date_published": at.isoformat()}
            for name, text, at in posts
        ]
        body = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}
        return f'"{office}-{len(posts)}"', json.dumps(body).encode()


def _handler(offices: Offices) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            what, _, office = self.path.strip("/").partition("/")
            if what == "seconds":
                self._answer(200, json.dumps(offices.seconds()).encode(), "")
                return
            tag, body = offices.feed(int(office))
            known = self.headers.get("If-None-Match") == tag
            self._answer(304 if known else 200, b"" if known else body, tag)

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            what, _, office = self.path.strip("/").partition("/")
            if what == "fall":
                offices.fall(int(office))
            else:
                message = json.loads(content)
                offices.hear(f"{message.get('title')}\n{message.get('message')}")
            self._answer(200, b"", "")

        def _answer(self, status: int, body: bytes, tag: str) -> None:
            self.send_response(status)
            if tag:
                self.send_header("ETag", tag)
            self.send_header("Content-Type", "application/feed+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Write nothing."""

    return Handler


def _serve() -> None:
    """Serve until stdin closes; print the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(Offices()))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


@contextmanager
def serving() -> Iterator[str]:
    """Run a server in a process of its own; yields its address, under which ``feed/7`` is an office's feed."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()


def settings(base: str, folder: Path, *, accounts: int, every: str, threads: int) -> Path:
    """Write settings that watch so many offices; return their path.

    Those that fall are told to a channel each, for one channel would be told of a flood in one message, minutes later.
    """
    (folder / "hook").write_text(base.replace("http:", "json:") + "/told", encoding="utf-8")
    tables = "".join(
        f'[[accounts]]\nplatform = "website"\naccount = "kantor{one}"\ntimezone = "WIB"\nevery = "{every}"\n'
        f'source = {{ kind = "feed", url = "{base}/feed/{one}" }}\n'
        for one in range(accounts)
    )
    channels = "".join(
        f'[[channels]]\nname = "piket{one}"\nurl = {{ file = "hook" }}\nfor = ["website:kantor{one}"]\n'
        for one in range(min(FALLEN, accounts))
    )
    target = folder / "kentongan.toml"
    target.write_text(
        f'[monitor]\nlisten = ""\nprobe = ""\nthreads = {threads}\n{channels}{tables}',
        encoding="utf-8",
    )
    return target


if __name__ == "__main__":
    _serve()
