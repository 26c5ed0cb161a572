"""The channels of the settings: each takes a message, or says why not, without its address in any word of it."""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec

from detector.errors import DeliveryError, SettingsError
from detector.notify.listening import Heard, listening
from detector.settings import ChannelSettings, Secret
from detector.transport import Hidden

SecretOf = Callable[[Secret], Hidden]
"""Given where a channel's address is kept, returns it."""

CONNECT_TIMEOUT: Final = 10.0
READ_TIMEOUT: Final = 20.0
MAIL_TIMEOUT: Final = 40.0
DEADLINE: Final = 90.0
"""Seconds."""

_ONLY_THIS_MESSAGE: Final = (400, 413, 422)
"""Statuses that say something about one message; others say it about the whole channel."""

_FINAL: Final = (400, 401, 403, 404, 405, 410, 413, 422)
_MAIL_FINAL: Final = 500
_TOO_MANY: Final = 429
_STRUCTURED: Final = ("json", "jsons", "form", "forms", "xml", "xmls")
"""Apprise's generic webhooks, which can carry the message's id beside its text."""

_HINTS: Final = {
    401: "renew the key in the channel's address",
    403: "renew the key in the channel's address, or let it write there",
    404: "correct the channel's address",
    410: "the address is gone for good; give the channel another",
}


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it leaves."""

    id: str
    """The same whenever the same message is sent again, so that a receiver can drop it."""
    kind: str
    title: str
    body: str
    mood: str = "info"
    """failure, warning, success or info: how channels that have colours show it."""
    at: datetime


Show = Callable[[Outgoing], None]
"""Shows a message where the monitor runs."""


class _Shut(NamedTuple):
    since: datetime
    until: datetime
    error: DeliveryError


class Channels:
    """Sends messages; one at a time to each channel, to several channels at once.

    Args:
        channels: as the settings say.
        secret_of: finds the channels' addresses.
        folder: where files are that `to_file` names.
        show: for channels that are the console; a frame on stderr by default.
        deadline: seconds after which an answer is not waited for any longer, however it trickles.
    """

    def __init__(
        self,
        channels: Iterable[ChannelSettings],
        secret_of: SecretOf,
        folder: Path = Path(),
        show: Show | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self._channels: Final = {one.name: one for one in channels}
        self._secret_of, self._folder, self._show = secret_of, folder, show or _framed
        self._deadline = deadline
        self._shut: Final[dict[str, _Shut]] = {}
        self._abandoned: Final[dict[str, threading.Thread]] = {}
        self._lock: Final = threading.Lock()

    def get(self, name: str) -> ChannelSettings | None:
        """Return a channel's settings."""
        return self._channels.get(name)

    def send(self, name: str, message: Outgoing) -> None:
        """Send a message.

        A channel that asked to wait is left alone until then, and one that is down is tried once a round.

        Raises:
            DeliveryError: the channel did not take it, or there is none of that name.
        """
        channel = self._channels.get(name)
        if channel is None:
            raise DeliveryError(
                f"there is no channel {name!r} any more",
                is_final=True,
                hint="give it back its name in kentongan.toml",
            )
        shut = self._shut.get(name)
        # A clock that was put back must not keep a channel shut for longer than it asked for.
        if shut is not None and shut.since <= message.at <= shut.until:
            raise _again(shut.error)
        try:
            self._send(channel, message)
        except DeliveryError as error:
            if not error.is_this_message_only:
                self._shut[name] = _Shut(message.at, error.retry_at or message.at, error)
            raise
        self._shut.pop(name, None)

    def _send(self, channel: ChannelSettings, message: Outgoing) -> None:
        if channel.console:
            with self._lock:
                self._show(message)
        elif channel.to_file is not None:
            with self._lock:
                _append(self._folder / channel.to_file, message, channel.name)
        else:
            assert channel.url is not None
            self._by_apprise(channel.name, self._address(channel), message)

    def _by_apprise(self, name: str, address: str, message: Outgoing) -> None:
        """Send through Apprise, in a thread that can be left behind when an answer only trickles.

        As long as one is left behind nothing more is sent to its channel, so that they do not pile up.
        """
        left_behind = self._abandoned.get(name)
        if left_behind is not None and left_behind.is_alive():
            raise DeliveryError(f"channel {name!r} has not finished its last answer")
        taken: list[bool] = []
        with listening() as heard:
            plugin = _plugin(name, address, message)
            context = contextvars.copy_context()
            sending = threading.Thread(
                target=lambda: taken.append(context.run(_taken_by_apprise, plugin, message)),
                name=f"telling {name}",
                daemon=True,
            )
            sending.start()
            sending.join(self._deadline)
        if sending.is_alive():
            self._abandoned[name] = sending
            raise DeliveryError(
                f"channel {name!r} did not answer in {self._deadline:g} seconds",
                may_have_arrived=True,
            )
        if taken != [True]:
            raise _refusal(name, heard, message.at)

    def _address(self, channel: ChannelSettings) -> str:
        assert channel.url is not None
        try:
            return self._secret_of(channel.url).reveal()
        except SettingsError as error:
            raise DeliveryError(
                f"the address of channel {channel.name!r} is not there: {error.message}",
                is_final=True,
                hint=error.hint,
            ) from error

    def check(self, name: str) -> str | None:
        """Return what is wrong with a channel's address, without sending anything; None when it can be used."""
        channel = self._channels[name]
        if channel.to_file is not None:
            place = self._folder / channel.to_file
            is_ready = os.access(place if place.exists() else place.parent, os.W_OK)
            return (
                None
                if is_ready
                else f"{place} cannot be written: create its folder, or give the right to"
            )
        if channel.url is None:
            return None
        try:
            _plugin(name, self._address(channel), None)
        except DeliveryError as error:
            return str(error)
        return None


def _taken_by_apprise(plugin: Any, message: Outgoing) -> bool:
    import apprise  # noqa: PLC0415 - half a second that only sending needs

    app = apprise.Apprise(asset=_asset())
    app.add(plugin)
    return bool(
        app.notify(
            title=message.title, body=message.body, notify_type=message.mood, body_format="text"
        )
    )


def _asset() -> Any:
    import apprise  # noqa: PLC0415

    # Without an icon from somebody's site, without a store on disk, and without following a redirect: behind a
    # captive portal that would take its login page for an answer.
    asset = apprise.AppriseAsset(
        app_id="Kentongan",
        app_desc="Kentongan",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        # Its own limit would leave calls behind in a pool that all channels share.
        service_timeout=0,
    )
    asset.http_redirects = False
    return asset


def _plugin(name: str, address: str, message: Outgoing | None) -> Any:
    import apprise  # noqa: PLC0415

    with listening():
        found = apprise.Apprise.instantiate(
            _marked(address, message), asset=_asset(), suppress_exceptions=True
        )
    if found is None:
        raise DeliveryError(
            f"the address of channel {name!r} is not one that Apprise knows",
            is_final=True,
            hint="write it as Apprise does, such as mailtos:// or tgram://",
        )
    _made_patient(found)
    return found


def _made_patient(plugin: Any) -> None:
    """Wait longer than Apprise does for an answer, and leave trying again to the outbox, which marks repetitions.

    A mail server that looks at a message for half a minute before it says yes is usual; whoever hangs up before
    sends it twice. Times that the address sets itself stand.
    """
    kind = type(plugin)
    # For mail Apprise takes the one time for everything.
    is_mail = ".email" in kind.__module__
    if plugin.socket_connect_timeout == kind.socket_connect_timeout:
        plugin.socket_connect_timeout = MAIL_TIMEOUT if is_mail else CONNECT_TIMEOUT
    if plugin.socket_read_timeout == kind.socket_read_timeout:
        plugin.socket_read_timeout = READ_TIMEOUT
    plugin.retry = 0


def _marked(address: str, message: Outgoing | None) -> str:
    """Add the message's id to an address of a channel that can carry it beside the text."""
    scheme = address.partition("://")[0].strip().lower()
    if message is None:
        return address
    mark = quote(message.id, safe="")
    joint = "&" if "?" in address else "?"
    if scheme in _STRUCTURED:
        return f"{address}{joint}+Idempotency-Key={mark}&:id={mark}&:kind={message.kind}"
    if scheme in {"mailto", "mailtos"}:
        return f"{address}{joint}+X-Kentongan-Id={mark}"
    return address


def _refusal(name: str, heard: Heard, now: datetime) -> DeliveryError:
    """Return why a channel did not take a message, in words that hold nothing of its address."""
    arrived = heard.may_have_arrived
    refused = [status for status in heard.statuses if not 200 <= status < 300]  # noqa: PLR2004 - HTTP
    if refused:
        status = refused[-1]
        retry_at = heard.retry_at(now)
        if status == _TOO_MANY and retry_at is None:
            retry_at = now + timedelta(minutes=1)
        return DeliveryError(
            f"channel {name!r} answered {status}",
            retry_at=retry_at,
            is_final=status in _FINAL,
            may_have_arrived=arrived,
            is_this_message_only=status in _ONLY_THIS_MESSAGE,
            hint=_HINTS.get(status, ""),
        )
    if (mail := heard.mail_status) is not None:
        return DeliveryError(
            f"channel {name!r} answered {mail}",
            is_final=mail >= _MAIL_FINAL,
            may_have_arrived=arrived,
            hint="correct the addresses, or let the mail server take them",
        )
    if heard.broke_off or arrived:
        return DeliveryError(
            f"channel {name!r} broke off before it answered", may_have_arrived=True
        )
    if heard.never_left:
        return DeliveryError(f"channel {name!r} cannot be reached")
    return DeliveryError(
        f"channel {name!r} did not take the message",
        hint="kentongan doctor --send tries it",
    )


def _again(error: DeliveryError) -> DeliveryError:
    """Return an error as it is told to a message that was not even tried."""
    return DeliveryError(
        error.message, retry_at=error.retry_at, is_final=error.is_final, hint=error.hint
    )


def _append(path: Path, message: Outgoing, name: str) -> None:
    line = msgspec.json.encode(message) + b"\n"
    try:
        with path.open("ab") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise DeliveryError(
            f"the file of channel {name!r} cannot be written: {error.strerror}",
            hint="give it room and the right to be written",
        ) from error


def _framed(message: Outgoing) -> None:
    from rich.console import Console  # noqa: PLC0415 - only for a console
    from rich.panel import Panel  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    colour = {"failure": "red", "warning": "yellow", "success": "green"}.get(message.mood, "blue")
    Console(stderr=True, highlight=False).print(
        Panel(
            Text(message.body), title=Text(message.title), title_align="left", border_style=colour
        )
    )
