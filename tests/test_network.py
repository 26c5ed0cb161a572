"""The door to the network: what it bounds, whose it says a failure is, and where a token never goes."""

from __future__ import annotations

import gzip
import inspect
import logging
import shutil
import socket
import ssl
import subprocess
import threading
import traceback
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from emulators import MARKED, Answer, Asked, HttpEmulator

from detector import network
from detector.errors import (
    AccountGone,
    DetectorError,
    FeedError,
    NetworkError,
    PlatformError,
    RateLimited,
    SettingsError,
    TokenRefused,
)
from detector.network import REDIRECTS, Transport, by_status
from detector.network._faults import WHOSE, whose
from detector.transport import LARGEST, Hidden, Reply

NOW: Final = datetime(2024, 11, 21, 6, 0, tzinfo=UTC)
TOKEN: Final = Hidden(MARKED)
Respond = Callable[[Asked], Answer]


class Server(HttpEmulator):
    """Answers as a test says."""

    platform = "none"

    def __init__(self, respond: Respond) -> None:
        super().__init__()
        self._respond = respond

    def respond(self, asked: Asked) -> Answer:
        """Answer."""
        return self._respond(asked)

    def options(self) -> dict[str, Any]:
        """Stand for no source."""
        return {}

    def publish(self, text: str, at: datetime) -> str:
        """Show no posts."""
        raise AssertionError(f"a bare server shows nothing: {text}, {at}")

    def damage(self) -> None:
        """Show no records."""


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW, longest=5) as transport:
        yield transport


@contextmanager
def _raw(*chunks: bytes, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve one connection after the other with bytes as they are, a chunk every 20 ms; yield the address."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
                with tls.wrap_socket(connection, server_side=True) if tls else connection as one:
                    one.settimeout(1)
                    one.recv(65_536)
                    for chunk in chunks:
                        one.sendall(chunk)
                        over.wait(0.02 if len(chunks) > 1 else 0)
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}/feed"
    finally:
        over.set()
        thread.join()
        listening.close()


def _caught(kind: type[DetectorError], ask: Callable[[], object]) -> DetectorError:
    with pytest.raises(kind) as caught:
        ask()
    told = "".join(traceback.format_exception(caught.value))

    assert type(caught.value) is kind
    assert MARKED not in told
    assert "\n" not in str(caught.value)
    return caught.value


def _failures() -> list[type[Exception]]:
    return [
        one
        for _, one in inspect.getmembers(httpx, inspect.isclass)
        if issubclass(one, Exception) and not issubclass(one, Warning)
    ]


@pytest.mark.parametrize("kind", _failures(), ids=lambda kind: kind.__name__)
def test_whose_doing_each_failure_of_httpx_is_has_been_said(kind: type[Exception]) -> None:
    """A class that a later httpx adds below a general one fails here until somebody says whose it is."""
    error = kind.__new__(kind)

    assert kind in WHOSE or issubclass(kind, httpx.StreamError)
    assert isinstance(whose(error, "api.example"), FeedError)
    assert str(whose(error, "api.example")).startswith("api.example ")


def test_an_answer_comes_with_what_is_needed_to_ask_again(net: Transport) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"a1"':
            return Answer(status=304)
        return Answer(body={"q": asked.query["q"]}, headers={"ETag": '"a1"'})

    with Server(respond) as server:
        url = f"{server.base}/feed"
        first = net.get(url, params={"q": "tebus murah & dua"}, headers={"accept": "text/plain"})
        again = net.get(url, params={"q": "x"}, known={"etag": first.headers["etag"]})

    assert first.json() == {"q": "tebus murah & dua"}
    assert (first.url, first.at, first.is_unchanged) == (url, NOW, False)
    assert (again.is_unchanged, again.content) == (True, b"")
    assert server.requests[0].headers["accept"] == "text/plain"
    assert server.requests[0].headers["user-agent"].startswith("kentongan/")


def test_a_question_can_be_sent_as_json(net: Transport) -> None:
    with Server(lambda asked: Answer(body=asked.body, headers={"x-how": asked.method})) as server:
        reply = net.post(f"{server.base}/list", body={"max_count": 20}, token=TOKEN)

    assert reply.json() == {"max_count": 20}
    assert reply.headers["x-how"] == "POST"
    assert server.requests[0].headers["content-type"] == "application/json"


def test_a_token_travels_in_the_header_the_platform_wants(net: Transport) -> None:
    with Server(lambda _: Answer(body={})) as server:
        net.get(server.base, token=TOKEN)
        net.get(server.base, token=TOKEN, token_header="x-goog-api-key")  # noqa: S106 - a name
    bearer, bare = server.requests

    assert bearer.headers["authorization"] == f"Bearer {MARKED}"
    assert bare.headers["x-goog-api-key"] == MARKED
    assert "authorization" not in bare.headers


def test_nothing_is_remembered_between_accounts(net: Transport) -> None:
    with Server(lambda _: Answer(body={}, headers={"set-cookie": "session=1; path=/"})) as server:
        net.get(server.base, token=TOKEN)
        net.get(server.base)

    assert "cookie" not in server.requests[1].headers
    assert "authorization" not in server.requests[1].headers


def test_machines_of_the_loopback_are_asked_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with Server(lambda _: Answer(body=b"ok")) as server, Transport(lambda: NOW, longest=5) as net:
        assert net.get(server.base).content == b"ok"
        _caught(NetworkError, lambda: net.get("http://feed.example/"))


@pytest.mark.parametrize("proxy", ["gopher://a:rahasia@b", "socks4://b:1"])
def test_a_proxy_that_cannot_be_used_is_the_settings_fault(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    error = _caught(SettingsError, lambda: Transport(lambda: NOW))

    assert "rahasia" not in "".join(traceback.format_exception(error))


def test_certificates_that_are_not_there_are_the_settings_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    network._trusted.cache_clear()

    assert "SSL_CERT_FILE" in _caught(SettingsError, lambda: Transport(lambda: NOW)).hint
    (tmp_path / "absent.pem").write_text("no certificate")
    _caught(SettingsError, lambda: Transport(lambda: NOW))


@pytest.mark.parametrize("secret", ["", "two words", "line\nend", "tökén", "tab\there", "\x00"])
def test_a_token_that_no_header_can_carry_is_refused_unquoted(net: Transport, secret: str) -> None:
    error = _caught(TokenRefused, lambda: net.get("http://127.0.0.1:1/", token=Hidden(secret)))

    assert not secret or secret not in str(error)


def test_a_token_never_travels_in_the_clear(net: Transport) -> None:
    error = _caught(SettingsError, lambda: net.get("http://api.example/", token=TOKEN))

    assert "https" in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "", "feed", "ftp://a.example/", "file:///etc/passwd", "http://", "http://[::1", "https://u:p@a.example/",
        f"http://{'a' * 70}.example/", "http://a.example:99999999/", "javascript:alert(1)", "http://\x00/",
        "https://u:p@a.example:x/feed?key=u:p", "http://a..example/?key=u:p", "https://xn--/feed#u:p",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_asked_is_the_settings_fault(net: Transport, url: str) -> None:
    error = _caught(SettingsError, lambda: net.get(url))

    assert "u:p" not in f"{error} {error.hint}"


def test_a_dead_name_server_is_ours(net: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", dead)

    assert "network" in _caught(NetworkError, lambda: net.get("https://api.example/")).hint


def test_a_port_where_nobody_listens_is_the_networks(net: Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    _caught(NetworkError, lambda: net.get(f"http://127.0.0.1:{port}/", token=TOKEN))


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"", PlatformError),
        (b"SSH-2.0-OpenSSH_9\r\n", PlatformError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", PlatformError),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", PlatformError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: nine\r\n\r\n", PlatformError),
        (b"HTTP/1.1 302 Found\r\nlocation: http://[\r\ncontent-length: 0\r\n\r\n", PlatformError),
        (
            b"HTTP/1.1 302 Found\r\nlocation: http://xn--.example/\r\ncontent-length: 0\r\n\r\n",
            PlatformError,
        ),
        (
            b"HTTP/1.1 302 Found\r\nlocation: http://a..example/\r\ncontent-length: 0\r\n\r\n",
            PlatformError,
        ),
        (
            b"HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n",
            PlatformError,
        ),
        (b"HTTP/1.1 300 Choose\r\ncontent-length: 0\r\n\r\n", PlatformError),
        (b"HTTP/1.1 200 OK\r\nx-much: " + b"a" * 300_000 + b"\r\n\r\n", PlatformError),
    ],
)
def test_broken_answers_are_the_platforms(net: Transport, sent: bytes, kind: Any) -> None:
    with _raw(sent) as url:
        _caught(kind, lambda: net.get(url, token=TOKEN))


@pytest.mark.parametrize(
    "chunks",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"x-drip: 1\r\n"] * 500],
        [b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", *[b" "] * 500],
        [*[b"H"] * 500],
    ],
    ids=["headers", "body", "status"],
)
def test_a_server_that_sends_a_byte_at_a_time_gets_no_further(chunks: list[bytes]) -> None:
    with _raw(*chunks) as url, Transport(lambda: NOW, longest=0.2) as net:
        _caught(NetworkError, lambda: net.get(url))


def _zipped(body: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body, mtime=0)
    return body


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (_zipped(bytes(LARGEST + 1)), "gzip"),
        (_zipped(b"half a file")[:-6], "gzip"),
        (b"no gzip at all", "gzip"),
        (_zipped(b"{}", times=2), "gzip, gzip"),
        (zlib.compress(b"{}"), "deflate"),
        (b"{}", "br"),
        (_zipped(b"{}") + b"\0\0more", "gzip"),
        (_zipped(b"") * 3_000, "gzip"),
        (_zipped(b"{}") + bytes(LARGEST), "gzip"),
        (bytes(LARGEST + 1), "identity"),
    ],
    ids=["bomb", "cut", "none", "twice", "deflate", "br", "behind", "pieces", "padding", "large"],
)
def test_packed_answers_are_unpacked_no_further_than_allowed(
    net: Transport, body: bytes, coding: str
) -> None:
    with Server(lambda _: Answer(body=body, headers={"content-encoding": coding})) as server:
        _caught(PlatformError, lambda: net.get(server.base))


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"halo dunia", "UTF-8"),
        (b"halo dunia", "none"),
        (_zipped(b"halo ") + _zipped(b"dunia"), "gzip"),
        (_zipped(b"halo dunia") + bytes(9), "x-gzip"),
    ],
)
def test_what_servers_pack_oddly_is_read_whole(net: Transport, body: bytes, coding: str) -> None:
    with Server(lambda _: Answer(body=body, headers={"content-encoding": coding})) as server:
        assert net.get(server.base).content == b"halo dunia"


def test_an_answer_of_just_the_largest_size_is_read(net: Transport) -> None:
    body = _zipped(bytes(LARGEST))
    with Server(lambda _: Answer(body=body, headers={"content-encoding": "gzip"})) as server:
        assert len(net.get(server.base).content) == LARGEST


def _redirect(to: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"location": to})


def test_redirects_on_one_host_are_followed_with_the_token(net: Transport) -> None:
    def respond(asked: Asked) -> Answer:
        step = int(asked.path[1:])
        return _redirect(f"/{step + 1}") if step < REDIRECTS else Answer(body={"at": step})

    with Server(respond) as server:
        assert net.get(f"{server.base}/0", token=TOKEN).json() == {"at": REDIRECTS}
        _caught(PlatformError, lambda: net.get(f"{server.base}/-1", token=TOKEN))

    assert all(MARKED in one.headers["authorization"] for one in server.requests)


def test_a_question_with_a_body_is_not_asked_elsewhere(net: Transport) -> None:
    with Server(lambda _: _redirect("/then", 307)) as server:
        _caught(PlatformError, lambda: net.post(server.base, body={"a": 1}, token=TOKEN))

    assert len(server.requests) == 1


def test_an_empty_answer_is_in_any_encoding(net: Transport) -> None:
    empty = Answer(status=429, headers={"content-encoding": "gzip", "retry-after": "9"})
    with Server(lambda _: empty) as server:
        _caught(RateLimited, lambda: net.get(server.base))


def test_a_token_is_not_carried_to_another_host(net: Transport) -> None:
    with (
        Server(lambda _: Answer(body=b"here")) as other,
        Server(lambda _: _redirect(f"{other.base}/?token={MARKED}")) as server,
    ):
        _caught(PlatformError, lambda: net.get(server.base, token=TOKEN))
        asked = len(other.requests)
        moved = net.get(server.base)

    assert asked == 0
    assert moved.content == b"here"
    assert MARKED not in moved.url


@pytest.mark.parametrize(
    ("source", "target", "is_allowed"),
    [
        ("https://a.example/", "https://b.example/", True),
        ("http://a.example/", "https://a.example/", True),
        ("https://a.example/", "http://a.example/", False),
        ("http://a.example/", "http://127.0.0.1/", False),
        ("http://a.example/", "http://localhost:9464/", False),
        ("https://a.example/", "https://169.254.169.254/latest", False),
        ("https://a.example/", "https://192.168.1.1/", False),
        ("https://a.example/", "https://[::1]/", False),
        ("http://192.168.1.2/", "http://192.168.1.1/", True),
    ],
)
def test_redirects_lead_neither_to_less_safety_nor_from_outside_in(
    source: str, target: str, is_allowed: bool
) -> None:
    try:
        network._may_follow(httpx.URL(source), httpx.URL(target), is_signed=False)
    except PlatformError:
        assert not is_allowed
    else:
        assert is_allowed


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, PlatformError), (401, TokenRefused), (403, TokenRefused), (404, AccountGone), (410, AccountGone),
        (418, PlatformError), (429, RateLimited), (451, AccountGone), (500, PlatformError), (503, PlatformError),
    ],
)  # fmt: skip
def test_a_status_alone_says_whose_it_is(
    net: Transport, status: int, kind: type[DetectorError]
) -> None:
    with Server(lambda _: Answer(status=status)) as server:
        asked = {"q": "hidden words"}
        error = _caught(kind, lambda: net.get(server.base, params=asked, token=TOKEN))

    assert str(status) in str(error)
    assert "hidden" not in str(error)


@pytest.mark.parametrize(("status", "kind"), [(401, TokenRefused), (403, PlatformError)])
def test_no_token_is_blamed_where_none_was_sent(
    net: Transport, status: int, kind: type[DetectorError]
) -> None:
    with Server(lambda _: Answer(status=status)) as server:
        assert "renew" not in _caught(kind, lambda: net.get(server.base)).hint


def test_a_platforms_own_words_go_before_its_status(net: Transport) -> None:
    def why(reply: Reply) -> FeedError | None:
        return AccountGone(reply.json()["error"], kind="suspended") if reply.content else None

    with Server(lambda _: Answer(status=400, body={"error": "suspended"})) as server:
        error = _caught(AccountGone, lambda: net.get(server.base, why=why))
        server.say(Answer(status=500))
        _caught(PlatformError, lambda: net.get(server.base, why=why))

    assert isinstance(error, AccountGone)
    assert (str(error), error.kind) == ("suspended", "suspended")


def test_a_platform_that_says_later_is_not_asked_before(net: Transport) -> None:
    busy = Answer(status=503, headers={"retry-after": "120"})
    with Server(lambda _: busy) as server:
        for _ in range(3):
            error = _caught(RateLimited, lambda: net.get(server.base, token=TOKEN))
            assert isinstance(error, RateLimited)
            assert error.retry_at == NOW + timedelta(seconds=120)

    assert len(server.requests) == 1


def test_a_budget_a_platform_words_itself_is_kept_as_well(net: Transport) -> None:
    def why(_: Reply) -> FeedError:
        return RateLimited("(#4) too much", retry_at=NOW + timedelta(hours=1))

    with Server(lambda _: Answer(status=400)) as server:
        _caught(RateLimited, lambda: net.get(server.base, token=TOKEN, why=why))
        error = _caught(RateLimited, lambda: net.get(f"{server.base}/other", token=TOKEN, why=why))

    assert isinstance(error, RateLimited)
    assert (len(server.requests), error.retry_at) == (1, NOW + timedelta(hours=1))


def test_a_page_where_data_was_expected_is_told_as_one(net: Transport) -> None:
    with Server(lambda _: Answer(body=b"\n <!doctype html><p>Login")) as server:
        reply = net.get(server.base)

    assert "a web page" in str(_caught(PlatformError, reply.json))


def test_many_threads_share_one_transport(net: Transport) -> None:
    with Server(lambda asked: Answer(body={"n": asked.query["n"]})) as server:

        def ask(number: int) -> str:
            return str(net.get(server.base, params={"n": str(number)}, token=TOKEN).json()["n"])

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, range(400))) == [str(number) for number in range(400)]


def test_nothing_secret_is_logged(net: Transport, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Server(lambda _: Answer(body={}, headers={"x-echo": MARKED})) as server:
        net.get(server.base, token=TOKEN, params={"proof": MARKED})

    assert MARKED not in caplog.text
    assert MARKED not in repr((net, TOKEN, vars(net)))


def test_every_status_has_one_class_of_error() -> None:
    for status in range(300, 600):
        reply = Reply(url="https://a.example/", status=status, headers={}, content=b"", at=NOW)

        assert isinstance(by_status(reply, is_signed=status % 2 == 0), FeedError)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a certificate of this machine's that nobody vouches for, with its key."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not here")
    path = tmp_path / "server.pem"
    subprocess.run(
        [
            program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out",
            tmp_path / "cert.pem",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + (tmp_path / "cert.pem").read_bytes())
    return path


def test_certificates_are_verified(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    try:
        with _raw(answer, tls=tls) as url:
            with Transport(lambda: NOW, longest=5) as net:
                error = _caught(NetworkError, lambda: net.get(url, token=TOKEN))
            assert "certificate" in str(error)
            assert "SSL_CERT_FILE" in error.hint
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
            network._trusted.cache_clear()
            with Transport(lambda: NOW, longest=5) as net:
                error = _caught(PlatformError, lambda: net.get(url, token=TOKEN))
            assert "from https to http" in str(error)
    finally:
        network._trusted.cache_clear()
