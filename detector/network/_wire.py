"""Connections that end with the exchange they are for, and answers that are read no further than allowed."""

from __future__ import annotations

import ssl
import threading
import zlib
from collections.abc import Iterable
from time import monotonic
from typing import Any, Final

import httpcore

from detector.errors import PlatformError

_PIECES: Final = 1_000
"""Pieces that an answer may be packed in: each is taken off what is left at the cost of all of it."""


def joined(chunks: Iterable[bytes], largest: int, url: str) -> bytes:
    """Put an answer together.

    Raises:
        PlatformError: it is too large.
    """
    parts = bytearray()
    for chunk in chunks:
        parts += chunk
        if len(parts) > largest:
            raise _too_large(largest, url)
    return bytes(parts)


def unzipped(chunks: Iterable[bytes], largest: int, url: str) -> bytes:
    """Unpack an answer no further than allowed: a few kilobytes may unpack to gigabytes.

    An answer may be packed in several pieces, one after the other; zeros behind them are padding.

    Raises:
        PlatformError: it is too large, packed or unpacked, or damaged, or cut short.
    """
    unpacker = _unpacker()
    parts = bytearray()
    packed, pieces = 0, 1
    try:
        for chunk in chunks:
            packed += len(chunk)
            left = chunk.lstrip(b"\0") if unpacker.eof else chunk
            while left:
                if unpacker.eof:
                    unpacker, pieces = _unpacker(), pieces + 1
                parts += unpacker.decompress(left, largest + 1 - len(parts))
                left = unpacker.unused_data.lstrip(b"\0")
                if len(parts) > largest or pieces > _PIECES:
                    raise _too_large(largest, url)
            if packed > largest:
                raise _too_large(largest, url)
    except zlib.error:
        raise PlatformError(f"{url} answered with damaged bytes") from None
    if not unpacker.eof and packed:
        raise PlatformError(f"{url} answered only in part")
    return bytes(parts)


def _too_large(largest: int, url: str) -> PlatformError:
    return PlatformError(f"{url} answers with more than {largest >> 20} MB")


def _unpacker() -> Any:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


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
