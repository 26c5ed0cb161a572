"""Whose doing each failure of httpx is."""

from __future__ import annotations

import ssl
from typing import Final

import httpx

from detector.errors import FeedError, NetworkError, PlatformError

WHOSE: Final[dict[type[Exception], tuple[type[FeedError], str]]] = {
    httpx.ConnectTimeout: (NetworkError, "did not take a connection in time"),
    httpx.ReadTimeout: (NetworkError, "did not answer in time"),
    httpx.WriteTimeout: (NetworkError, "did not take the question in time"),
    httpx.PoolTimeout: (NetworkError, "could not be asked: too many questions at once"),
    httpx.TimeoutException: (NetworkError, "did not answer in time"),
    httpx.ConnectError: (NetworkError, "takes no connection"),
    httpx.ReadError: (NetworkError, "broke the connection off"),
    httpx.WriteError: (NetworkError, "broke the connection off"),
    httpx.CloseError: (NetworkError, "broke the connection off"),
    httpx.NetworkError: (NetworkError, "cannot be reached"),
    httpx.ProxyError: (NetworkError, "cannot be reached through the proxy"),
    httpx.LocalProtocolError: (NetworkError, "cannot be asked in this way"),
    httpx.RemoteProtocolError: (PlatformError, "answered in broken HTTP, or only in part"),
    httpx.ProtocolError: (PlatformError, "answered in broken HTTP"),
    httpx.DecodingError: (PlatformError, "answered with damaged bytes"),
    httpx.TooManyRedirects: (PlatformError, "redirects without end"),
    httpx.UnsupportedProtocol: (PlatformError, "redirects to an address that is none"),
    httpx.InvalidURL: (PlatformError, "redirects to an address that is none"),
    httpx.HTTPStatusError: (PlatformError, "answered with an error"),
    httpx.CookieConflict: (PlatformError, "sends cookies that contradict each other"),
    httpx.StreamError: (NetworkError, "was read wrongly"),
    httpx.TransportError: (NetworkError, "cannot be reached"),
    httpx.RequestError: (NetworkError, "cannot be asked"),
    httpx.HTTPError: (NetworkError, "cannot be asked"),
}
"""Whose doing each of httpx's exceptions is, and what is said of the host; what a class lacks, its base has."""


def whose(error: Exception, host: str) -> FeedError:
    """Return the error that says whose doing a failure of httpx is; its own text may quote secrets and is not used.

    Args:
        error: one of `WHOSE`, or of a class below one.
        host: whom we asked.
    """
    kind, what = next(WHOSE[base] for base in type(error).__mro__ if base in WHOSE)
    hint = "is the network up?" if kind is NetworkError else ""
    cause: BaseException | None = error
    for _ in range(10):
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = "shows a certificate that is not valid"
            hint = (
                "check the clock; behind an inspecting proxy set SSL_CERT_FILE to its certificate"
            )
        cause = cause and (cause.__cause__ or cause.__context__)
    return kind(f"{host} {what}", hint=hint)
