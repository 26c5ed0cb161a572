"""Put a monitor together from the settings."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from detector.assembly import pipeline
from detector.errors import FeedError, NetworkError, SettingsError
from detector.monitor.claiming import Claiming
from detector.monitor.clocks import Clock, ReplayClock
from detector.monitor.feeds import Feeds
from detector.monitor.health import Health, Jobs, Meters
from detector.monitor.judging import Judging
from detector.monitor.polling import Polled, Poller
from detector.monitor.reach import Reach
from detector.monitor.schedule import Monitor
from detector.monitor.secrets import Secrets
from detector.network import Transport
from detector.settings import Settings
from detector.store.interface import Store
from detector.store.opening import open_store
from detector.store.rules import Keep
from detector.transport import Getter


class Built(msgspec.Struct, frozen=True):
    """A monitor and what must be closed after it."""

    monitor: Monitor
    store: Store
    feeds: Feeds
    clock: Clock
    health: Health | None
    net: Transport

    def close(self) -> None:
        """Let go of everything."""
        if self.health is not None:
            self.health.close()
        self.net.close()
        self.store.close()


def build(
    settings: Settings,
    folder: Path,
    *,
    wall: Clock,
    log: Any,
    stopping: threading.Event,
    on_poll: Callable[[Polled], None] = lambda _polled: None,
    speed: float | None = None,
    listens: bool = True,
) -> Built:
    """Build a monitor.

    Args:
        settings: the operator's.
        folder: of the settings file; relative paths begin there.
        wall: the machine's time.
        log: a structlog logger.
        stopping: set when the program is to end.
        on_poll: told of every poll that ended.
        speed: of the replay, if not the settings'.
        listens: whether ``/healthz`` and ``/metrics`` are answered.

    Raises:
        SettingsError: the settings cannot be used.
        StoreError: the store cannot be opened.
    """
    clock, pace = _clock(settings, wall, speed)
    net = Transport(wall)
    feeds = Feeds(settings.accounts, Secrets(folder), net, folder)
    store = store_of(settings, folder)
    store.register([one.known() for one in settings.accounts if one.source is not None], clock())
    meters, jobs = Meters(), Jobs()
    monitor = Monitor(
        store=store, feeds=feeds, clock=clock, log=log, meters=meters, jobs=jobs, stopping=stopping,
        wall=wall, speed=pace, on_poll=on_poll,
    )  # fmt: skip
    poller = Poller(
        store=store, feeds=feeds, judging=Judging(pipeline()), reached=Reach(_probe(net, settings.monitor.probe)),
        plan=lambda *_: (), plan_failure=lambda *_: (), clock=clock, stopping=stopping,
    )  # fmt: skip
    monitor.claiming = Claiming(
        store=store, poller=poller, owner=f"{socket.gethostname()}:{os.getpid()}", threads=settings.monitor.threads,
        clock=clock, stopping=stopping, heard=monitor.heard,
    )  # fmt: skip
    health = None
    if listens and settings.monitor.listen:
        health = Health(meters, lambda: jobs.troubles(clock()), settings.monitor.listen)
    return Built(monitor, store, feeds, clock, health, net)


def _clock(settings: Settings, wall: Clock, speed: float | None) -> tuple[Clock, float]:
    """Return the monitor's clock, and how many of its seconds pass in one of ours."""
    if settings.replay is not None:
        pace = speed or settings.replay.speed
        return ReplayClock(settings.replay.from_, pace, wall), pace
    if speed is not None:
        raise SettingsError(
            "--replay needs to know where to begin",
            hint="add [replay] with from = 2024-11-21T00:55:00+07:00 to the settings",
        )
    return wall, 1.0


def store_of(settings: Settings, folder: Path) -> Store:
    """Open the store that the settings name.

    Args:
        settings: the operator's.
        folder: of the settings file; a store that is a file lies there unless it says where.

    Raises:
        StoreError: it cannot be opened.
    """
    return open_store(_in_folder(settings.store.url, folder), Keep.said_by(settings.store))


def _in_folder(url: str, folder: Path) -> str:
    """Return a store's address whose file, if it is one, lies in the settings' folder unless it says where."""
    prefix, mark, path = url.partition(":///")
    if not prefix.startswith("sqlite") or not mark or path.startswith((":memory:", "/")):
        return url
    return f"{prefix}:///{folder / path}"


def _probe(net: Getter, url: str) -> Callable[[], bool] | None:
    """Return what asks an address that has nothing to do with any feed, if there is one."""
    if not url:
        return None

    def answers() -> bool:
        try:
            return not net.get(url).content
        except NetworkError:
            return False
        except FeedError:
            return True

    return answers
