"""What channels really answered, which Apprise reduces to yes or no.

Apprise speaks to nearly every service through `requests`. While somebody listens, each exchange of the listening
thread is noted: the status, the wait that was asked for, or at which point it broke off. For the few services
without HTTP, such as mail, Apprise's own log says what it ran into. Nothing of that log goes anywhere else, for it
may name addresses and keys.
"""

from __future__ import annotations

import importlib
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec

LONGEST_WAIT: Final = timedelta(hours=24)
"""A channel that asks for longer is asked again after this time."""

_TOO_MANY: Final = 429
_TELLTALES: Final = ("urllib3", "requests", "oauthlib", "requests_oauthlib")
"""Loggers whose lines hold whole addresses and heads; some services keep their key in the address."""

_TROUBLE: Final = "Socket Exception"
_ACCEPTED: Final = "Sent Email to"
_MAIL_STATUS: Final = re.compile(r"\(([45]\d\d), b")
_BROKE_OFF: Final = (
    "unexpectedly closed",
    "timed out",
    "reset by peer",
    "broken pipe",
    "eof occurred",
)


class Heard(msgspec.Struct):
    """What one try to send came to."""

    responses: list[Any] = []
    """Answers, as `requests.Response`, in the order in which they came."""
    never_left: int = 0
    """Exchanges that never reached anybody."""
    broke_off: int = 0
    """Exchanges that ended before an answer, after something may have been said."""
    accepted: int = 0
    """Recipients of a mail that a server took it for."""
    trouble: list[str] = []
    """What Apprise's log said of other troubles; may hold addresses, and is never shown."""

    @property
    def statuses(self) -> list[int]:
        """HTTP statuses of the answers."""
        return [int(one.status_code) for one in self.responses]

    @property
    def mail_status(self) -> int | None:
        """What a mail server refused with, if one did."""
        found = _MAIL_STATUS.findall(" ".join(self.trouble))
        return int(found[-1]) if found else None

    @property
    def may_have_arrived(self) -> bool:
        """Whether somebody may have got the message although the whole failed."""
        told = " ".join(self.trouble).lower()
        return bool(
            self.accepted
            or self.broke_off
            or any(200 <= status < 300 for status in self.statuses)  # noqa: PLR2004 - HTTP
            or any(one in told for one in _BROKE_OFF)
        )

    def retry_at(self, now: datetime) -> datetime | None:
        """Return when the channel is to be asked again, if it said so."""
        waits = [_wait(one, now) for one in self.responses if int(one.status_code) >= 400]  # noqa: PLR2004 - HTTP
        said = [one for one in waits if one is not None]
        return now + min(max(said), LONGEST_WAIT) if said else None


_LISTENING: ContextVar[Heard | None] = ContextVar("kentongan_listening", default=None)
_lock = threading.Lock()


@contextmanager
def listening() -> Iterator[Heard]:
    """Note what the channels answer that are spoken to inside, in this thread or those it starts through Apprise."""
    _install()
    heard = Heard()
    token = _LISTENING.set(heard)
    try:
        yield heard
    finally:
        _LISTENING.reset(token)


def _catch(record: logging.LogRecord) -> bool:
    """Take what Apprise logs to whoever listens; as a filter, let none of it go on to anybody's log."""
    heard = _LISTENING.get()
    if heard is not None:
        said = record.getMessage()
        if said.startswith(_TROUBLE):
            heard.trouble.append(said)
        elif said.startswith(_ACCEPTED):
            heard.accepted += 1
    return False


def _install() -> None:
    """Listen to `requests` and to Apprise's log, from the first time on."""
    with _lock:
        sessions: Any = importlib.import_module("requests.sessions")
        if getattr(sessions.HTTPAdapter, "is_listening", False):
            return
        errors: Any = importlib.import_module("requests.exceptions")
        sessions.HTTPAdapter = _listening_to(sessions.HTTPAdapter, errors)
        log = logging.getLogger("apprise")
        log.addFilter(_catch)
        log.setLevel(logging.DEBUG)
        for name in _TELLTALES:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _listening_to(adapter: Any, errors: Any) -> Any:
    class Listening(adapter):  # type: ignore[misc]  # a class only there with Apprise
        """Sends as its base does, and notes what came of it."""

        is_listening = True

        def send(self, *args: Any, **kwargs: Any) -> Any:
            heard = _LISTENING.get()
            if heard is None:
                return super().send(*args, **kwargs)
            try:
                response = super().send(*args, **kwargs)
            except errors.RequestException as error:
                if _never_left(error, errors):
                    heard.never_left += 1
                else:
                    heard.broke_off += 1
                raise
            heard.responses.append(response)
            return response

    return Listening


def _never_left(error: Any, errors: Any) -> bool:
    """Whether an exchange ended before anything of the message was sent."""
    if isinstance(error, errors.ConnectTimeout | errors.SSLError | errors.ProxyError):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError"}


def _wait(response: Any, now: datetime) -> timedelta | None:
    """Return how long an answer asks to wait: by its header, or as Telegram and Discord write it in the body.

    Source:
        RFC 9110, section 10.2.3: seconds or a date.
    """
    said = response.headers.get("Retry-After")
    if said is None and int(response.status_code) == _TOO_MANY:
        # What has not been read yet may never come.
        said = _in_body(getattr(response, "_content", None) or b"")
    if said is None:
        return None
    try:
        seconds = float(said)
    except ValueError:
        return _until(str(said), now)
    return timedelta(seconds=seconds) if 0 <= seconds < 1e9 else None  # noqa: PLR2004 - 30 years


def _until(date: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta(0))


def _in_body(content: bytes) -> Any | None:
    try:
        told = msgspec.json.decode(content[:10_000])
    except msgspec.DecodeError:
        return None
    if not isinstance(told, dict):
        return None
    inner = told.get("parameters")
    found = told.get("retry_after", inner.get("retry_after") if isinstance(inner, dict) else None)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None
