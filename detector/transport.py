"""The one door to the network: requests that keep within budgets, and failures told apart by whose they are.

Nothing here waits: a budget that is used up is `RateLimited` with the moment from which to ask again, and the
schedule does the waiting. A token travels in a header, never in an address, and stands in no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from detector.errors import PlatformError

LARGEST: Final = 8 << 20
"""Bytes of an answer that are read, at most."""


class Hidden:
    """A secret that prints as dots; `reveal` is called where it is sent and nowhere else.

    Examples:
        >>> Hidden("hunter2"), f"{Hidden('hunter2')}"
        (Hidden(…), 'Hidden(…)')
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Hidden(…)"

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._value


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is usable: 2xx, or 304 when nothing is new."""

    url: str
    """Without its query."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes
    at: datetime

    @property
    def is_unchanged(self) -> bool:
        """Whether the server says that nothing changed since the last reading."""
        return self.status == 304  # noqa: PLR2004 - HTTP

    def json(self) -> Any:
        """Return the answer decoded.

        Raises:
            PlatformError: it is not JSON.
        """
        try:
            return msgspec.json.decode(self.content)
        except msgspec.DecodeError as error:
            raise PlatformError(f"{self.url} answered with something that is not JSON") from error


class Getter(Protocol):
    """What a live source may ask of the network."""

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        token: Hidden | None = None,
        headers: Mapping[str, str] | None = None,
        known: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask for an address.

        Args:
            url: without secrets.
            params: added to its query.
            token: sent as ``Authorization: Bearer``.
            headers: others to send.
            known: ``etag`` and ``last-modified`` of the last answer, for a conditional request.

        Raises:
            NetworkError: no connection, or no whole answer in time.
            PlatformError: 5xx, a redirect without end, an answer cut short or too large.
            RateLimited: 429, or a budget of ours is used up.
            TokenRefused: 401, or 403 for the token's sake.
            AccountGone: 404 or 410.
        """
        ...
