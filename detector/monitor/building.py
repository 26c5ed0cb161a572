"""Put a monitor together from the settings."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from detector.assembly import pipeline
from detector.errors import FeedError, NetworkError, SettingsError
from detector.monitor.chores import Gauges, Heartbeat, Outbox
from detector.monitor.claiming import Claiming
from detector.monitor.clocks import Clock, ReplayClock
from detector.monitor.distant import Afar, Workers
from detector.monitor.feeds import Feeds
from detector.monitor.health import Health, Jobs, Meters
from detector.monitor.judging import Judging
from detector.monitor.polling import LEASE, Polled, Poller, read_here
from detector.monitor.precedence import Precedence
from detector.monitor.reach import Reach
from detector.monitor.schedule import SHORTEST, Monitor
from detector.monitor.secrets import Secrets
from detector.monitor.silence import LOOKS, Silence, last_alive
from detector.monitor.telling import Telling
from detector.network import Transport
from detector.notify.channels import Channels, Show
from detector.notify.planning import Planner
from detector.pipeline import Pipeline
from detector.settings import Settings, span
from detector.store.interface import Store
from detector.store.opening import in_folder, open_store
from detector.store.rules import Keep
from detector.transport import Getter
from detector.waves import Neighbours


class Built(msgspec.Struct, frozen=True):
    """A monitor and what must be closed after it."""

    monitor: Monitor
    store: Store
    feeds: Feeds
    clock: Clock
    net: Transport
    health: Health | None
    workers: Workers | None = None

    def close(self) -> None:
        """Let go of everything."""
        if self.workers is not None:
            self.workers.close()
        if self.health is not None:
            self.health.close()
        self.net.close()
        self.store.close()


class Parts(NamedTuple):
    """What jobs are made of."""

    settings: Settings
    store: Store
    feeds: Feeds
    planner: Planner
    channels: Channels
    secrets: Secrets
    net: Transport
    clock: Clock
    meters: Meters
    jobs: Jobs
    log: Any
    stopping: threading.Event
    precedence: Precedence


def build(
    settings: Settings,
    folder: Path,
    *,
    wall: Clock,
    log: Any,
    stopping: threading.Event,
    on_poll: Callable[[Polled], None] = lambda _polled: None,
    show: Show | None = None,
    speed: float | None = None,
    judge: Pipeline | None = None,
    listens: bool = True,
    workers: Workers | None = None,
) -> Built:
    """Build a monitor.

    Args:
        settings: the operator's.
        folder: of the settings file; relative paths begin there.
        wall: the machine's time.
        log: a structlog logger.
        stopping: set when the program is to end.
        on_poll: told of every poll that ended.
        show: shows messages of channels that are the console.
        speed: of the replay, if not the settings'.
        judge: what judges posts, if it is loaded already.
        listens: whether ``/healthz`` and ``/metrics`` are answered.
        workers: read and judge instead of this process; closed with the monitor.

    Raises:
        SettingsError: the settings cannot be used.
        StoreError: the store cannot be opened.
    """
    net, secrets = Transport(wall), Secrets(folder)
    feeds = Feeds(settings.accounts, secrets, net, folder)
    judge = judge or pipeline()
    store = store_of(settings, folder)
    clock, pace = _clock(settings, wall, speed, last_alive(store))
    store.register([one.known() for one in settings.accounts if one.source is not None], clock())
    channels = Channels(settings.channels, secrets, folder, show)
    parts = Parts(
        settings, store, feeds, Planner(settings), channels, secrets, net, clock, Meters(), Jobs(), log, stopping,
        Precedence(),
    )  # fmt: skip
    monitor = Monitor(
        store=store, feeds=feeds, clock=clock, log=log, meters=parts.meters, jobs=parts.jobs, stopping=stopping,
        wall=wall, speed=pace, on_poll=on_poll,
    )  # fmt: skip
    afar = Afar(workers, judge, folder, log) if workers is not None else None
    claiming = monitor.claiming = _claiming(parts, judge, monitor, afar)
    monitor.add("leases", LEASE / 5, claiming.hold)
    _add_jobs(monitor, parts, pace)
    health = None
    if listens and settings.monitor.listen:
        health = Health(parts.meters, lambda: parts.jobs.troubles(clock()), settings.monitor.listen)
        log.info("listening", host=settings.monitor.listen.rpartition(":")[0], port=health.port)
    _warn(settings, log)
    return Built(monitor, store, feeds, clock, net, health, workers)


def _warn(settings: Settings, log: Any) -> None:
    """Say at once what would make a monitor silent for ever."""
    if all(one.source is None for one in settings.accounts):
        log.warning(
            "no account is watched",
            mend="add an [[accounts]] with a source, or kentongan accounts add",
        )
    if not settings.channels:
        log.warning("nobody would be told", mend="add a [[channels]]")
    if settings.sites:
        log.warning("websites are not watched by this version", sites=len(settings.sites))


def _claiming(parts: Parts, judge: Pipeline, monitor: Monitor, afar: Afar | None) -> Claiming:
    store, feeds, clock = parts.store, parts.feeds, parts.clock
    telling = Telling(parts.planner, store, feeds)
    neighbours = Neighbours(store, [one.known() for one in parts.settings.accounts])
    poller = Poller(
        store=store, feeds=feeds, judging=Judging(afar or judge, store, neighbours.wave_of),
        reached=Reach(_probe(parts.net, parts.settings.monitor.probe)),
        plan=telling.of_page, plan_failure=telling.of_failure, clock=clock, stopping=parts.stopping,
        read=afar.pages if afar is not None else read_here,
    )  # fmt: skip
    threads = parts.settings.monitor.threads
    return Claiming(
        store=store, poller=poller, owner=_name(), threads=max(threads, afar.places) if afar else threads,
        clock=clock, stopping=parts.stopping, heard=monitor.heard, give_way=parts.precedence.give_way,
    )  # fmt: skip


def _add_jobs(monitor: Monitor, parts: Parts, pace: float) -> None:
    settings, store, clock = parts.settings.monitor, parts.store, parts.clock
    # A clock that runs fast is looked at more seldom, by its own time.
    looks = max(LOOKS, timedelta(seconds=SHORTEST) * pace)
    silence = Silence(parts.settings, store, parts.feeds, parts.planner, clock, every=looks)
    monitor.add("silence", LOOKS, silence.look)
    outbox = Outbox(
        store, parts.channels, _name(), clock=clock, log=parts.log, meters=parts.meters,
        language=parts.settings.language, precedence=parts.precedence,
    )  # fmt: skip
    monitor.add("outbox", timedelta(seconds=2), outbox.flush)
    monitor.add("retention", timedelta(hours=1), lambda: store.prune(clock()))
    gauges = Gauges(parts.meters, store, silence, clock)
    monitor.add("gauges", timedelta(seconds=15), gauges.read)
    if (where := settings.heartbeat) is not None:
        beat = Heartbeat(lambda: parts.secrets(where), parts.net, parts.jobs, clock, parts.log).beat
        monitor.add("heartbeat", span(settings.heartbeat_every), beat)


def _name() -> str:
    """Return who this monitor is among several at one store."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _clock(
    settings: Settings, wall: Clock, speed: float | None, alive: datetime | None
) -> tuple[Clock, float]:
    """Return the monitor's clock, and how many of its seconds pass in one of ours."""
    replay = settings.replay
    if replay is not None:
        begins = replay.from_ if replay.from_.tzinfo else replay.from_.replace(tzinfo=UTC)
        pace = speed or replay.speed
        # A replay goes on where it was stopped, as its store does.
        return ReplayClock(max(begins, alive or begins), pace, wall), pace
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
    return open_store(in_folder(settings.store.url, folder), Keep.said_by(settings.store))


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
