"""The monitor's small jobs: messages leave, a sign of life to the outside, gauges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from detector.errors import FeedError, PlatformError
from detector.monitor.clocks import Clock
from detector.monitor.health import Jobs, Meters
from detector.monitor.precedence import Precedence
from detector.monitor.silence import Silence
from detector.notify.channels import Channels
from detector.notify.outbox import Flushed, flush, is_lost
from detector.records import State
from detector.store.interface import Store
from detector.transport import Getter, Hidden

PENDING: Final = 10_000
"""Messages counted, at most."""


class Outbox:
    """Sends the messages that are due.

    Args:
        store: keeps them.
        channels: send them.
        owner: who we are among several monitors.
        clock: the time.
        log: a structlog logger.
        meters: what is counted.
        language: of what several messages are told by together.
        precedence: lets it go before those who read.
    """

    def __init__(
        self, store: Store, channels: Channels, owner: str, *, clock: Clock, log: Any, meters: Meters, language: str,
        precedence: Precedence,
    ) -> None:  # fmt: skip
        self._store, self._channels, self._owner = store, channels, owner
        self._clock, self._log, self._meters, self._language = clock, log, meters, language
        self._precedence = precedence

    def flush(self) -> Flushed:
        """Send them.

        Raises:
            StoreError: the store cannot be read or written; what was sent is sent again then, and marked.
        """
        with self._precedence.first():
            flushed = flush(
                self._store, self._channels, self._clock(), self._owner, language=self._language, clock=self._clock
            )  # fmt: skip
        for ended in ("sent", "failed", "given_up", "withdrawn", "repeated", "by_fallback"):
            self._meters.deliveries.labels(ended).inc(getattr(flushed, ended))
        if flushed.sent:
            self._log.info("told", messages=flushed.sent, repeated=flushed.repeated)
        for error in flushed.errors:
            self._log.warning("not told", why=error)
        if flushed.unexpected:
            self._meters.errors.labels("outbox").inc(flushed.unexpected)
        return flushed


class Heartbeat:
    """Asks an address while all is well; whoever keeps it raises the alarm when that stops.

    Args:
        address: finds the address: whoever knows it could pretend that we are alive.
        net: the way to the network.
        jobs: whether all is well.
        clock: the time.
        log: a structlog logger.
    """

    def __init__(
        self, address: Callable[[], Hidden], net: Getter, jobs: Jobs, clock: Clock, log: Any
    ) -> None:
        self._address, self._net = address, net
        self._jobs, self._clock, self._log = jobs, clock, log

    def beat(self) -> None:
        """Give a sign of life, unless something is wrong: then silence is the sign.

        Raises:
            FeedError: it was not taken.
            SettingsError: the address is not where the settings say.
        """
        wrong = {
            name: why
            for name, why in self._jobs.troubles(self._clock()).items()
            if name != "heartbeat"
        }
        if wrong:
            self._log.warning("no heartbeat", because=", ".join(sorted(wrong)))
            return
        address = self._address().reveal()
        try:
            self._net.get(address)
        except FeedError as error:
            # What it says may hold the address.
            raise PlatformError(f"the heartbeat was not taken: {type(error).__name__}") from None


class Gauges:
    """Sets what is measured at a moment.

    Args:
        meters: where.
        store: what is measured.
        silence: knows who is blind.
        clock: the time.
    """

    def __init__(self, meters: Meters, store: Store, silence: Silence, clock: Clock) -> None:
        self._meters, self._store, self._silence, self._clock = meters, store, silence, clock

    def read(self) -> None:
        """Read them all.

        Raises:
            StoreError: the store cannot be read.
        """
        meters, now = self._meters, self._clock()
        states = Counter(one.state for one in self._store.accounts())
        for state in State:
            meters.accounts.labels(str(state)).set(states[state])
        meters.blind.set(len(self._silence.blind))
        waiting = [
            one for one in self._store.deliveries(pending=True, most=PENDING) if one.due_at <= now
        ]
        meters.pending.set(len(waiting))
        oldest = min((one.due_at for one in waiting), default=now)
        meters.oldest.set((now - oldest).total_seconds())
        done = self._store.deliveries(pending=False, most=PENDING)
        meters.given_up.set(sum(map(is_lost, done)))
