"""The one door to the network: requests that keep within budgets, and failures told apart by whose they are.

Nothing here waits: a budget that is used up is `RateLimited` with the moment from which to ask again, and the
schedule does the waiting. A token travels in a header, never in an address, and stands in no error.
`detector.network.Transport` keeps these promises over httpx.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from detector.errors import FeedError, PlatformError

LARGEST: Final = 8 << 20
"""Bytes of an answer that are read, at most."""
BEARER: Final = "authorization"
"""The header in which a token follows the word ``Bearer``."""


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
    """An answer; the one that `Getter` returns is usable: 2xx, or 304 when nothing is new."""

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
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            is_page = self.content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
            what = "a web page" if is_page else "something that is not JSON"
            raise PlatformError(
                f"{self.url} answered with {what} where data was expected"
            ) from error


Why = Callable[[Reply], FeedError | None]
"""Given an answer that is not usable, say whose doing it is; None leaves it to the status alone."""


class Getter(Protocol):
    """What a live source may ask of the network."""

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
        """Ask for an address.

        Args:
            url: without secrets.
            params: added to its query.
            token: sent as ``Authorization: Bearer``; bare in any other header.
            token_header: in which header the platform wants it.
            headers: others to send.
            known: ``etag`` and ``last-modified`` of the last answer, for a conditional request.
            why: asked first about an answer that is not usable.

        Raises:
            NetworkError: no connection, or no whole answer in time.
            PlatformError: 5xx, a redirect without end, an answer cut short or too large.
            RateLimited: 429, or a budget of ours is used up.
            TokenRefused: 401, or 403 for the token's sake.
            AccountGone: 404 or 410.
            SettingsError: the address cannot be asked, or not with a token.
        """
        ...

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
        """Ask where a platform wants a question as JSON; otherwise as `get`.

        Args:
            url: without secrets.
            body: what is sent, as JSON.
            form: what is sent instead, as a form; secrets in it are kept as a token is.
            params: added to its query.
            token: as for `get`.
            token_header: as for `get`.
            headers: others to send.
            why: as for `get`.
        """
        ...
