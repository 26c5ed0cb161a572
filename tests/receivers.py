"""Channels to send to in tests: a webhook and a mail server on loopback that answer as they are told."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Answer(msgspec.Struct, frozen=True):
    """How a receiver takes one message."""

    status: int = 200
    headers: dict[str, str] = {}
    body: bytes = b"{}"
    takes: bool | None = None
    """Whether it keeps the message; by default when its status says so."""
    hangs_up: bool = False
    """Breaks off instead of answering."""
    trickles: threading.Event | None = None
    """Answers a byte at a time, until this is set."""
    waits: threading.Event | None = None
    """Answers only once this is set, or after a few seconds."""

    @property
    def is_taken(self) -> bool:
        """Whether the message counts as received."""
        return self.status < 300 if self.takes is None else self.takes


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: Any) -> None:
        """Say nothing of callers that went away."""


class Webhook:
    """A webhook; `script` holds its next answers, after which it answers `usually`."""

    def __init__(self) -> None:
        self.script: deque[Answer] = deque()
        self.usually = Answer()
        self.taken: list[dict[str, Any]] = []
        """Messages received, each with its headers under ``headers``."""
        self.asked = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._answer(self)

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._lock = threading.Lock()
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """As Apprise writes it."""
        return f"json://127.0.0.1:{self.port}/alarm"

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        content = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        with self._lock:
            self.asked += 1
            answer = self.script.popleft() if self.script else self.usually
            if answer.is_taken:
                told = (
                    json.loads(content) if content.startswith(b"{") else {"raw": content.decode()}
                )
                self.taken.append({**told, "headers": dict(request.headers.items())})
        if answer.waits is not None:
            answer.waits.wait(8)
        if answer.hangs_up:
            linger = struct.pack("ii", 1, 0)
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            request.close_connection = True
            return
        request.send_response(answer.status)
        for name, value in answer.headers.items():
            request.send_header(name, value)
        if answer.trickles is None:
            request.send_header("Content-Length", str(len(answer.body)))
        request.end_headers()
        while answer.trickles is not None and not answer.trickles.wait(0.02):
            request.wfile.write(b" ")
        request.wfile.write(answer.body)


class _Controller(Controller):
    def _trigger_server(self) -> None:
        # As it is, the controller would ask port 0 whether it is up.
        server: Any = self.server
        with socket.create_connection(server.sockets[0].getsockname(), 5) as line:
            line.recv(100)


class Mailbox:
    """A mail server; `script` holds what it says to its next messages, after which it takes them."""

    def __init__(self) -> None:
        self.script: deque[str] = deque()
        self.taken: list[email.message.EmailMessage] = []
        self._controller: Any = _Controller(self, hostname="127.0.0.1", port=0)
        self._controller.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.server.sockets[0].getsockname()[1])

    def address(self, *people: str) -> str:
        """As Apprise writes it."""
        to = ",".join(people)
        return f"mailto://127.0.0.1:{self.port}?from=kentongan@kantor.example&to={to}&mode=insecure"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take a recipient, unless the script refuses one."""
        if self.script and self.script[0].startswith("RCPT "):
            return self.script.popleft().removeprefix("RCPT ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or say what the script says."""
        said = self.script.popleft() if self.script else "250 OK"
        if said.startswith("250") or said == "hang up":
            content = envelope.content
            assert isinstance(content, bytes)
            read = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(read, email.message.EmailMessage)
            self.taken.append(read)
        if said == "hang up":
            transport: Any = server.transport
            transport.abort()
        return said

    def close(self) -> None:
        """Stop it."""
        self._controller.stop(no_assert=True)


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Give a webhook that ends with the block."""
    one = Webhook()
    try:
        yield one
    finally:
        one.close()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Give a mail server that ends with the block."""
    one = Mailbox()
    try:
        yield one
    finally:
        one.close()
