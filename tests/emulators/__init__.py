"""Platforms on the loopback: one file for each live source, named as the source is.

A test publishes posts on the emulated account, breaks the platform in one of the ways of `Mode`, and looks at what
the source makes of it and at what it asked. `tests/test_contracts_live.py` runs the same checks over all of them:

    class SomeSource(HttpEmulator):          # tests/emulators/some_source.py for detector/sources/live/some_source.py
        platform = "someplace"

        def options(self): return {"base": self.base, "token": TOKEN}
        def publish(self, text, at): ...     # returns the id that the source will give
        def damage(self): ...                # adds records that cannot become posts
        def respond(self, asked): ...        # an Answer to a good question
        def refused(self, mode): ...         # the platform's own words for THROTTLED, TOKEN_DEAD and GONE
"""

from __future__ import annotations

import gzip
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Final, Self
from urllib.parse import parse_qsl, urlsplit

import msgspec

from detector.records import Account
from detector.registry import discover
from detector.sources import live
from detector.sources.live.interface import LiveSource
from detector.transport import Getter, Hidden

TOKEN: Final = {"env": "KENTONGAN_EMULATED"}
"""What the settings say of an emulated account's token."""
MARKED: Final = "rahasia-4f1c9be27d"
"""The token itself: it must be found nowhere but in the header it is sent in."""
DAMAGED: Final[tuple[Any, ...]] = (
    None, 5, "text", [], {}, True, {"id": None}, {"id": {"a": 1}, "text": ["x"]}, [[[]]], {"": {"": {}}},
)  # fmt: skip
"""Records of shapes that no post has."""


class Mode(StrEnum):
    """Ways in which a platform can fail to answer."""

    SERVER_ERROR = "500"
    THROTTLED = "throttled, in the platform's own words"
    TOKEN_DEAD = "token refused, in the platform's own words"  # noqa: S105 - no password
    GONE = "account gone, in the platform's own words"
    WEB_PAGE = "a web page with status 200"
    GARBAGE = "bytes that are no text"
    TRUNCATED = "less than it promised"
    CLOSED = "no answer at all"
    SILENT = "never answers"
    DRIP = "a byte at a time"
    LOOP = "redirects to itself"
    ELSEWHERE = "redirects to another host"
    BOMB = "unpacks to gigabytes"
    LARGE = "an answer without end"
    ECHO = "an error that quotes the question's headers"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question a source asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an emulator says; anything but bytes is sent as JSON."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = {}


class Emulator(ABC):
    """One account on one emulated platform; closed at the end of a ``with``."""

    platform: ClassVar[str]
    handle: ClassVar[str] = "kpucontoh"

    has_token: ClassVar[bool] = True

    deepest: ClassVar[int] = 130
    """Posts behind the present from which the source still catches up."""

    exempt: ClassVar[Mapping[Mode, str]] = {}
    """Ways of failing that it does not have, each with the reason."""

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """Return the account's ``source`` table without ``kind``."""

    @abstractmethod
    def publish(self, text: str, at: datetime) -> str:
        """Show a post, and return the id that its `Post` will have."""

    @abstractmethod
    def damage(self) -> None:
        """Show records that cannot become posts, at the place where the newest stand."""

    @property
    def requests(self) -> list[Asked]:
        """What was asked so far."""
        return []

    def fail(self, mode: Mode, times: int = 1, *, after: int = 0) -> None:
        """Answer questions in a way that is none.

        Args:
            mode: in which.
            times: how many of them.
            after: so many good answers.
        """
        raise AssertionError(f"{type(self).__name__} cannot {mode}, {times}, {after}")

    def say(self, *answers: Answer) -> None:
        """Give these answers to the next questions."""
        raise AssertionError(f"{type(self).__name__} does not answer: {answers}")

    def close(self) -> None:  # noqa: B027 - not every one holds something
        """End it."""

    def source(self, net: Getter, **other: Any) -> LiveSource:
        """Make the live source that reads this account.

        Args:
            net: its way to the network.
            other: options to add to `options`.
        """
        kind = sources()[type(self).__module__.rpartition(".")[2]]
        table = {"kind": kind.name, **self.options(), **other}
        account = Account(platform=self.platform, handle=self.handle)
        options = msgspec.convert(table, kind.options_type)
        return kind(account, options, lambda _: Hidden(MARKED), net)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class HttpEmulator(Emulator):
    """An emulated platform behind a real server on a port of its own."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []
        self._next: deque[Mode | Answer | None] = deque()
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.emulator = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def base(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def requests(self) -> list[Asked]:
        """What was asked so far."""
        return self._asked

    @abstractmethod
    def respond(self, asked: Asked) -> Answer:
        """Answer a question as the platform does; called by one thread at a time."""

    def refused(self, mode: Mode) -> Answer:
        """Say THROTTLED, TOKEN_DEAD or GONE as the platform does."""
        status = {Mode.THROTTLED: 429, Mode.TOKEN_DEAD: 401, Mode.GONE: 404}[mode]
        return Answer(status=status, body={"error": mode.value})

    def fail(self, mode: Mode, times: int = 1, *, after: int = 0) -> None:
        """Answer questions in a way that is none."""
        self._next.extend([None] * after + [mode] * times)

    def say(self, *answers: Answer) -> None:
        """Give these answers to the next questions."""
        self._next.extend(answers)

    def close(self) -> None:
        """Stop serving."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    emulator: HttpEmulator

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.turn = threading.Lock()

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that leave."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, *_: Any) -> None:
        pass

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("content-length") or 0)),
        )
        emulator = self.server.emulator
        with self.server.turn:
            emulator._asked.append(asked)
            instead = emulator._next.popleft() if emulator._next else None
            answer = emulator.respond(asked) if instead is None else instead
        if isinstance(answer, Mode):
            self._fail(answer, asked)
        else:
            self._answer(answer)

    def _answer(self, answer: Answer, length: int | None = None) -> None:
        body = answer.body if isinstance(answer.body, bytes) else msgspec.json.encode(answer.body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "content-type" not in answer.headers and not isinstance(answer.body, bytes):
            self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _fail(self, mode: Mode, asked: Asked) -> None:
        match mode:
            case Mode.THROTTLED | Mode.TOKEN_DEAD | Mode.GONE:
                self._answer(self.server.emulator.refused(mode))
            case Mode.SERVER_ERROR:
                self._answer(Answer(status=500, body=b"<h1>Oops</h1>"))
            case Mode.WEB_PAGE:
                page = b"<!doctype html><title>Sebentar...</title>Memeriksa peramban Anda"
                self._answer(Answer(body=page, headers={"content-type": "text/html"}))
            case Mode.GARBAGE:
                self._answer(Answer(body=b"\xff\xfe\x00{" * 9))
            case Mode.LOOP:
                self._answer(Answer(status=302, headers={"location": self.path}))
            case Mode.ELSEWHERE:
                there = f"http://localhost:{self.server.server_port}{self.path}"
                self._answer(Answer(status=302, headers={"location": there}))
            case Mode.BOMB:
                packed = {"content-encoding": "gzip", "content-type": "application/json"}
                self._answer(Answer(body=_bomb(), headers=packed))
            case Mode.ECHO:
                said = f"{asked.path} {asked.query} {asked.headers}"
                words = dict.fromkeys(("message", "detail", "title", "error_description"), said)
                codes = {"code": 190, "error": said}
                self._answer(Answer(status=400, body=words | codes | {"error": words | codes}))
            case _:
                self.close_connection = True
                self._break_off(mode)

    def _break_off(self, mode: Mode) -> None:
        over = self.server.emulator._over
        if mode is Mode.TRUNCATED:
            self._answer(Answer(body=b'{"data": [{"id": "1", "mess'), length=5_000)
        elif mode is Mode.SILENT:
            over.wait(60)
        elif mode is Mode.DRIP:
            self.send_response(200)
            self.send_header("content-length", "100000")
            self.end_headers()
            while not over.wait(0.02):
                self.wfile.write(b" ")
        elif mode is Mode.LARGE:
            self.send_response(200)
            self.end_headers()
            while not over.is_set():
                self.wfile.write(b" " * (1 << 20))


@cache
def _bomb() -> bytes:
    """Return a few ten kilobytes that unpack to 32 MB."""
    return gzip.compress(bytes(32 << 20))


@cache
def sources() -> dict[str, type[LiveSource]]:
    """Return every live source, by name."""
    return discover(live, LiveSource)
