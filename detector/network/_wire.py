"""Connections that end with the exchange they are for, and answers that are read no further than allowed."""

from __future__ import annotations

import ssl
import threading
import zlib
from collections.abc import Iterable
from time import monotonic
from typing import Any

import httpcore

from detector.errors import PlatformError


def joined(chunks: Iterable[bytes], largest: int, url: str) -> bytes:
    """Put an answer together.

    Raises:
        PlatformError: it is too large.
    """
    parts = bytearray()
    for chunk in chunks:
        parts += chunk
        if len(parts) > largest:
            raise PlatformError(f"{url} answers with more than {largest >> 20} MB")
    return bytes(parts)


def unzipped(chunks: Iterable[bytes], largest: int, url: str) -> bytes:
    """Unpack an answer no further than allowed: a few kilobytes may unpack to gigabytes.

    Raises:
        PlatformError: it is too large, damaged or cut short.
    """
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    parts = bytearray()
    is_begun = False
    try:
        for chunk in chunks:
            is_begun = True
            parts += unpacker.decompress(chunk, largest + 1 - len(parts))
            if len(parts) > largest:
                raise PlatformError(f"{url} answers with more than {largest >> 20} MB")
    except zlib.error:
        raise PlatformError(f"{url} answered with damaged bytes") from None
    if not unpacker.eof and is_begun:
        raise PlatformError(f"{url} answered only in part")
    return bytes(parts)


class Until(threading.local):
    """Until when the exchange of the running thread must be over."""

    moment = 0.0

    def begin(self, seconds: float) -> None:
        """Give the running thread so long."""
        self.moment = monotonic() + seconds

    def left(self, timeout: float | None) -> float | None:
        """Return the seconds one read may take; None when none is left."""
        left = self.moment - monotonic()
        return None if left <= 0 else left if timeout is None else min(left, timeout)


class Timed(httpcore.SyncBackend):
    """Connections on which every wait ends with the exchange."""

    def __init__(self, until: Until) -> None:
        self._until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._until.left(timeout)
        if left is None:
            raise httpcore.ConnectTimeout
        stream = super().connect_tcp(host, port, left, local_address, socket_options)
        return _TimedStream(stream, self._until)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, until: Until) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._until.left(timeout)
        if left is None:
            raise httpcore.ReadTimeout
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = self._until.left(timeout)
        if left is None:
            raise httpcore.WriteTimeout
        self._stream.write(buffer, left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._until.left(timeout)
        if left is None:
            raise httpcore.ConnectTimeout
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
