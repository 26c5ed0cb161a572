"""The door to the network over httpx: pooled, bounded in bytes and in time, and never waiting.

Certificates are always verified. Plain http is spoken only without a token, or with machines of the loopback,
where tests and an operator's own relay stand.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import msgspec

from detector import __version__
from detector.budgets import Budgets, Key, endpoint_of, retry_after
from detector.errors import (
    AccountGone,
    FeedError,
    PlatformError,
    RateLimited,
    SettingsError,
    TokenRefused,
)
from detector.network._faults import WHOSE, whose
from detector.network._wire import Timed, Until, joined, unzipped
from detector.transport import BEARER, LARGEST, Hidden, Reply, Why

LONGEST: Final = 30.0
"""Seconds from asking to the last byte, at most; a server that sends a byte a second gets no further."""
CONNECTING: Final = 10.0
"""Seconds for a connection, at most."""
REDIRECTS: Final = 5
"""Redirects followed in a row, at most."""
_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_CHUNK: Final = 1 << 16
_SECRET_PARTS: Final = re.compile(r"(?<=//)[^/?#]*@|[?#].*", re.DOTALL)
_LAST_PORT: Final = 65_535
_GZIP: Final = frozenset({"gzip", "x-gzip"})
_PACKED: Final = _GZIP | {"deflate", "br", "zstd", "compress", "x-compress"}
_USABLE: Final = frozenset({200, 201, 202, 203, 204, 304})


class Transport(AbstractContextManager["Transport"]):
    """A `Getter` over httpx, for many threads at once.

    Args:
        clock: returns the time, aware.
        budgets: what platforms let us ask; a shared one when several transports share tokens.
        longest: seconds a whole exchange may take, redirects included.
        largest: bytes of an answer, unpacked.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        budgets: Budgets | None = None,
        longest: float = LONGEST,
        largest: int = LARGEST,
    ) -> None:
        self._clock = clock
        self._budgets = budgets or Budgets()
        self._longest = longest
        self._largest = largest
        self._until = Until()
        # What httpx tells of itself names addresses with their queries, and headers.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = _client(longest)
        for one in (self._client._transport, *self._client._mounts.values()):  # noqa: SLF001
            if isinstance(one, httpx.HTTPTransport):
                # A timeout of httpx's is for each read; only below it can a whole exchange be timed.
                one._pool._network_backend = Timed(self._until)  # noqa: SLF001

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        token: Hidden | None = None,
        token_header: str = BEARER,
        headers: Mapping[str, str] | None = None,
        known: Mapping[str, str] | None = None,
        why: Why | None = None,
    ) -> Reply:
        """Ask for an address, as `transport.Getter` promises."""
        sent = dict(headers or {})
        for header, name in (("etag", "if-none-match"), ("last-modified", "if-modified-since")):
            if known and known.get(header):
                sent[name] = known[header]
        question = self._question("GET", url, params, sent)
        return self._asked(question, token, token_header, why)

    def post(
        self,
        url: str,
        *,
        body: Any = None,
        form: Mapping[str, str | Hidden] | None = None,
        params: Mapping[str, str] | None = None,
        token: Hidden | None = None,
        token_header: str = BEARER,
        headers: Mapping[str, str] | None = None,
        why: Why | None = None,
    ) -> Reply:
        """Ask with a body, as `transport.Getter` promises."""
        kind = "application/json" if form is None else "application/x-www-form-urlencoded"
        content = msgspec.json.encode(body) if form is None else _filled(form)
        sent = {"content-type": kind, **(headers or {})}
        question = self._question("POST", url, params, sent, content)
        is_secret = any(isinstance(one, Hidden) for one in (form or {}).values())
        return self._asked(question, token, token_header, why, is_secret=is_secret)

    def _question(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
        content: bytes | None = None,
    ) -> httpx.Request:
        try:
            address = httpx.URL(url)
            if params:
                address = address.copy_merge_params(params)
            question = self._client.build_request(
                method, address, headers=dict(headers), content=content
            )
            # Only a name that could be looked up is one; else it is found out while asking.
            address.raw_host.decode("ascii").encode("idna")
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            told = f"{_shown(url)!r} is no address"
            raise SettingsError(told, hint="see its source") from error
        is_web = address.scheme in {"http", "https"} and (address.port or 80) <= _LAST_PORT
        if not is_web or not address.host or address.userinfo:
            raise SettingsError(
                f"{address.copy_with(userinfo=b'', query=None)} cannot be asked",
                hint="write https://, without a name or password",
            )
        return question

    def _asked(
        self,
        question: httpx.Request,
        token: Hidden | None,
        token_header: str,
        why: Why | None,
        *,
        is_secret: bool = False,
    ) -> Reply:
        if token is not None:
            _sign(question, token, token_header)
        if is_secret:
            _guard(question)
        keys = _keys(question.url, token)
        self._budgets.spend(keys, self._clock())
        self._until.begin(self._longest)
        try:
            reply = self._followed(question, is_signed=is_secret or token is not None)
        except tuple(WHOSE) as error:
            raise whose(error, question.url.host) from None
        except UnicodeError:
            raise PlatformError(
                f"{question.url.host} redirects to an address that is none"
            ) from None
        is_refused = reply.status == httpx.codes.TOO_MANY_REQUESTS
        limited = self._budgets.heard(keys, reply.headers, reply.at, is_refused=is_refused)
        if reply.status in _USABLE:
            return reply
        refusal = (why(reply) if why else None) or by_status(
            reply, is_signed=is_secret or token is not None
        )
        if isinstance(refusal, RateLimited):
            until = refusal.retry_at or limited or retry_after(reply.headers, reply.at)
            refusal.retry_at = self._budgets.used_up(keys, until, reply.at)
        raise refusal

    def _followed(self, question: httpx.Request, *, is_signed: bool) -> Reply:
        for _ in range(REDIRECTS + 1):
            response = self._client.send(question, stream=True)
            try:
                onward = response.next_request
                if onward is None:
                    return self._reply(response)
            finally:
                response.close()
            if question.method == "POST":
                raise PlatformError(f"{question.url.host} redirects a question with a body")
            _may_follow(question.url, onward.url, is_signed=is_signed)
            question = onward
        raise httpx.TooManyRedirects("without end")

    def _reply(self, response: httpx.Response) -> Reply:
        url = str(response.url.copy_with(query=None, fragment=None))
        chunks = response.iter_raw(_CHUNK)
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if response.status_code == httpx.codes.NOT_MODIFIED:
            content = joined(chunks, self._largest, url)
        elif coding in _GZIP:
            content = unzipped(chunks, self._largest, url)
        elif not _PACKED.isdisjoint(one.strip() for one in coding.split(",")):
            raise PlatformError(f"{url} answered in the encoding {coding[:40]!r}, unasked")
        else:
            # Some servers name the encoding of characters here; what is no packing changes no byte.
            content = joined(chunks, self._largest, url)
        return Reply(
            url=url,
            status=response.status_code,
            headers=dict(response.headers),
            content=content,
            at=self._clock(),
        )


def _shown(url: str) -> str:
    """Return an address that is none, without the parts of it that may hold secrets."""
    return _SECRET_PARTS.sub("", url)[:100]


def _client(longest: float) -> httpx.Client:
    try:
        return httpx.Client(
            headers={
                "user-agent": f"kentongan/{__version__}",
                "accept-encoding": "gzip",
            },
            verify=_trusted(),
            timeout=httpx.Timeout(longest, connect=min(CONNECTING, longest)),
            limits=httpx.Limits(
                max_connections=100, max_keepalive_connections=50, keepalive_expiry=30
            ),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            mounts=dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]")),
        )
    except (ImportError, ValueError) as error:
        # The text would quote the proxy's address, which may hold a password.
        raise SettingsError(
            "the proxy that the environment names cannot be used",
            hint="set HTTPS_PROXY to http://host:port; for socks5:// install socksio",
        ) from (error if isinstance(error, ImportError) else None)


@cache
def _trusted() -> ssl.SSLContext:
    """Return what every connection is verified against; loading it takes longer than a poll."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise SettingsError(
            f"the certificates to trust cannot be read: {error.strerror or error}",
            hint="SSL_CERT_FILE and SSL_CERT_DIR must name PEM files, or be left out",
        ) from error


def by_status(reply: Reply, *, is_signed: bool = True) -> FeedError:
    """Return whose doing an answer is that is not usable, by its status alone.

    Args:
        reply: the answer.
        is_signed: whether it was asked with a token, which alone can be refused.
    """
    said = f"{reply.url} answered {reply.status}"
    match reply.status:
        case 429:
            return RateLimited(f"{said}: too many questions")
        case 401 | 403 | 407:
            return _refused(reply, said, is_signed=is_signed)
        case 404 | 410:
            return AccountGone(f"{said}: there is no such account or page")
        case 451:
            return AccountGone(f"{said}: withheld for legal reasons", kind="suspended")
        case 503 if "retry-after" in reply.headers:
            return RateLimited(f"{said}: not now")
        case _:
            return PlatformError(said)


def _refused(reply: Reply, said: str, *, is_signed: bool) -> FeedError:
    if is_signed:
        return TokenRefused(said, hint="renew the token, or give it the right to read this")
    if reply.status == httpx.codes.FORBIDDEN:
        return PlatformError(f"{said}: it turns us away")
    return TokenRefused(said, hint="it shows this to nobody without a token")


def _sign(question: httpx.Request, token: Hidden, header: str) -> None:
    """Put a token into its header.

    Raises:
        TokenRefused: it cannot stand in a header; nothing of it is quoted.
        SettingsError: it would travel in the clear.
    """
    secret = token.reveal()
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise TokenRefused(
            f"the token for {question.url.host} is empty, or holds blanks or line ends",
            hint="copy it again",
        )
    _guard(question)
    question.headers[header] = f"Bearer {secret}" if header == BEARER else secret


def _guard(question: httpx.Request) -> None:
    """Refuse to send a secret that all the way there could read.

    Raises:
        SettingsError: it would travel in the clear.
    """
    if question.url.scheme != "https" and not _is_local(question.url.host):
        raise SettingsError(
            f"{question.url.host} would be sent a token over plain http", hint="write https://"
        )


def _filled(form: Mapping[str, str | Hidden]) -> bytes:
    values = {name: one.reveal() if isinstance(one, Hidden) else one for name, one in form.items()}
    return urlencode(values).encode()


def _keys(url: httpx.URL, token: Hidden | None) -> tuple[Key, Key]:
    """Return whose budgets a question draws on: the token's at this host, and that of the one endpoint."""
    whom = hashlib.sha256(token.reveal().encode()).hexdigest()[:16] if token else ""
    host = f"{url.host}:{url.port}" if url.port else url.host
    return (host, whom, ""), (host, whom, endpoint_of(url.path))


def _is_local(host: str) -> bool:
    return host in _LOCAL_NAMES


def _is_inside(host: str) -> bool:
    """Whether an address is of this machine or of a private network."""
    if _is_local(host):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_global


def _may_follow(source: httpx.URL, target: httpx.URL, *, is_signed: bool) -> None:
    """Refuse redirects that lead a token astray, to less safety, or from outside into this network.

    Raises:
        PlatformError: this one does.
    """
    if target.scheme not in {"http", "https"}:
        raise PlatformError(f"{source.host} redirects to an address that is none")
    if source.scheme == "https" and target.scheme != "https":
        raise PlatformError(f"{source.host} redirects from https to http")
    if is_signed and (source.host, source.port) != (target.host, target.port):
        raise PlatformError(f"{source.host} redirects a token to another host")
    if _is_inside(target.host) and not _is_inside(source.host):
        raise PlatformError(f"{source.host} redirects into this network")
