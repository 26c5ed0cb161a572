"""A monitor in pieces for tests: a clock set by hand, a store in memory, and emulated accounts."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from emulators import MARKED

from detector import assembly
from detector.monitor import logs
from detector.monitor.claiming import Claiming
from detector.monitor.feeds import Feeds
from detector.monitor.health import Jobs, Meters
from detector.monitor.judging import Judging
from detector.monitor.polling import LEASE, Polled, Poller
from detector.monitor.reach import Reach
from detector.monitor.schedule import Monitor
from detector.monitor.secrets import Secrets
from detector.monitor.silence import Silence
from detector.monitor.telling import Telling
from detector.network import Transport
from detector.notify.planning import Planner
from detector.pipeline import Pipeline
from detector.settings import Settings
from detector.store.interface import Claim, Store, Watched
from detector.store.memory import MemoryStore

START: Final = datetime(2024, 11, 20, 12, 0, tzinfo=UTC)
CHANNELS: Final = [{"name": "piket", "to_file": "told.jsonl", "from": "WATCHED"}]


@cache
def pipeline() -> Pipeline:
    """Return what judges, loaded once."""
    return assembly.pipeline()


class Hand:
    """A clock that stands until somebody moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the time on it."""
        return self.at

    def on(self, **by: float) -> datetime:
        """Move it on by a `timedelta`."""
        self.at += timedelta(**by)
        return self.at


class Watch:
    """A monitor's parts over given accounts."""

    def __init__(
        self, net: Transport, accounts: list[dict[str, Any]], *, store: Store | None = None,
        clock: Hand | None = None, probe: Any = None, **other: Any,
    ) -> None:  # fmt: skip
        self.clock = clock or Hand()
        self.settings = msgspec.convert(
            {"accounts": accounts, "channels": CHANNELS, **other}, Settings
        )
        self.store = store or MemoryStore()
        environment: Mapping[str, str] = {"KENTONGAN_EMULATED": MARKED}
        self.secrets = Secrets(Path(), environment)
        self.feeds = Feeds(self.settings.accounts, self.secrets, net)
        self.planner = Planner(self.settings)
        self.stopping = threading.Event()
        self.reached = Reach(probe)
        self.telling = Telling(self.planner, self.store, self.feeds)
        self.poller = Poller(
            store=self.store, feeds=self.feeds, judging=Judging(pipeline(), self.store), reached=self.reached,
            plan=self.telling.of_page, plan_failure=self.telling.of_failure, clock=self.clock, stopping=self.stopping,
        )  # fmt: skip
        self.silence = Silence(self.settings, self.store, self.feeds, self.planner, self.clock)
        self.log = io.StringIO()
        self.meters, self.jobs = Meters(), Jobs()
        self.monitor = Monitor(
            store=self.store, feeds=self.feeds, clock=self.clock, log=logs.start(self.log), meters=self.meters,
            jobs=self.jobs, stopping=self.stopping, wall=lambda: datetime.now(UTC),
        )  # fmt: skip
        self.monitor.claiming = Claiming(
            store=self.store, poller=self.poller, owner="test", threads=2, clock=self.clock,
            stopping=self.stopping, heard=self.monitor.heard,
        )  # fmt: skip
        self.store.register([one.known() for one in self.settings.accounts], self.clock())

    def claims(self) -> list[Claim]:
        """Claim what is due."""
        return self.store.claim("test", self.clock(), LEASE, 100)

    def poll(self) -> list[Polled]:
        """Poll what is due, one after another."""
        return [self.poller.poll(claim) for claim in self.claims()]

    def due(self) -> list[Polled]:
        """Move the clock to when the next account is due, and poll."""
        self.clock.at = max(
            self.clock.at, min(one.next_at for one in self.accounts() if one.next_at)
        )
        return self.poll()

    def accounts(self) -> list[Watched]:
        """Return what the store knows of the accounts."""
        return self.store.accounts()

    @property
    def one(self) -> Watched:
        """The only account."""
        (one,) = self.accounts()
        return one

    def told(self, kind: str | None = None) -> list[str]:
        """Return the titles of the messages in the outbox, oldest first."""
        return [one.title for one in reversed(self.store.deliveries()) if kind in {None, one.kind}]


@contextmanager
def network(**options: Any) -> Iterator[Transport]:
    """Give a way to the loopback whose clock stands."""
    with Transport(lambda: START, **options) as net:
        yield net
