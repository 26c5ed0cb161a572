"""What somebody sees who runs a demonstration at a terminal: the clock, what is new, and the alarm in a frame."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from detector.records import Wording

if TYPE_CHECKING:
    from detector.monitor.polling import Polled
    from detector.notify.channels import Outgoing
    from detector.settings import Settings

_WELCOME: Final = Wording(
    id="[bold]kentongan[/bold] memantau {accounts} akun rekaan.\nJam peragaan: {begins}, {speed}× lebih cepat. Ctrl-C untuk berhenti.",
    en="[bold]kentongan[/bold] watches {accounts} invented accounts.\nIts clock: {begins}, {speed} times as fast. Ctrl-C to stop.",
)
_WELCOME_BACK: Final = Wording(
    id="[bold]kentongan[/bold] melanjutkan peragaan atas {accounts} akun rekaan dari {begins}.\nUntuk mengulang dari awal: Ctrl-C, lalu hapus peragaan.db.",
    en="[bold]kentongan[/bold] goes on with the demonstration on {accounts} invented accounts from {begins}.\nTo begin again: Ctrl-C, then remove peragaan.db.",
)
_GOES_ON: Final = timedelta(minutes=2)
_STATUS: Final = Wording(id="{time} · {readings} kali membaca", en="{time} · {readings} readings")
_NEW: Final = Wording(id="unggahan baru", en="new posts")
_LEARNED: Final = Wording(
    id="unggahan lama dipelajari sebagai kebiasaan akun",
    en="earlier posts learned as the account's habits",
)
_COLOURS: Final = {"failure": "red", "warning": "yellow", "success": "green"}
_FIRST: Final = 10
"""New posts in one reading from which on they are held to be an account's past."""


class Screen:
    """A terminal that follows a replay.

    Args:
        settings: the operator's.
        language: id or en.
        speed: of the clock.
    """

    def __init__(self, settings: Settings, language: str, speed: float) -> None:
        from rich.console import Console  # noqa: PLC0415 - only for a terminal

        from detector.notify.audience import common_zone  # noqa: PLC0415

        self._settings, self._language = settings, language
        self._console = Console(highlight=False)
        self._status: Any = self._console.status("")
        self._lock = threading.Lock()
        self._readings = 0
        self._zone = common_zone(settings)
        self._speed = speed

    def begin(self, now: datetime) -> None:
        """Say what will be seen.

        Args:
            now: on the replay's clock.
        """
        begun = self._settings.replay is not None and now - self._settings.replay.from_ > _GOES_ON
        said = (_WELCOME_BACK if begun else _WELCOME).said(self._language)
        count, begins = len(self._settings.accounts), self._when(now)
        self._console.print(
            said.format(accounts=count, begins=begins, speed=f"{self._speed:g}"), highlight=False
        )

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def _when(self, moment: datetime) -> str:
        from detector.report import words  # noqa: PLC0415

        return words.when(moment, self._zone, self._language)

    def polled(self, polled: Polled) -> None:
        """Show what a reading brought."""
        with self._lock:
            self._readings += 1
            now = self._when(polled.at).rpartition(", ")[2]
            self._status.update(
                _STATUS.said(self._language).format(time=now, readings=self._readings)
            )
            if polled.posts:
                what = _LEARNED if polled.posts >= _FIRST else _NEW
                self._console.print(
                    f"[dim]{now}[/dim]  @{polled.claim.watched.key[1]}: {polled.posts} {what.said(self._language)}"
                )
            if polled.failure is not None:
                self._console.print(
                    f"[dim]{now}[/dim]  @{polled.claim.watched.key[1]}: {polled.failure}",
                    markup=False,
                )

    def show(self, message: Outgoing) -> None:
        """Show a message in a frame."""
        from rich.panel import Panel  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        style = _COLOURS.get(message.mood, "blue")
        with self._lock:
            self._console.print(
                Panel(
                    Text(message.body),
                    title=Text(message.title, style="bold"),
                    title_align="left",
                    border_style=style,
                    padding=(1, 2),
                )
            )
