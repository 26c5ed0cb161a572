"""The monitor at work: a handful of jobs, each as often as it must be, until somebody ends it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import msgspec

from detector.errors import DetectorError, StoreError
from detector.monitor import cadence
from detector.monitor.claiming import Claiming
from detector.monitor.clocks import Clock
from detector.monitor.feeds import Feeds
from detector.monitor.health import Jobs, Meters
from detector.monitor.polling import Ended, Polled
from detector.settings import span
from detector.store.interface import Claim, Store

SHORTEST: Final = 0.2
"""Seconds between two runs of a job, at least, however fast a clock runs."""

JUMP: Final = timedelta(seconds=5)
"""By how much a clock may differ from the time that passed before it is held to have been set."""


class Job(msgspec.Struct, frozen=True):
    """Something done again and again."""

    name: str
    every: timedelta
    do: Callable[[], object]


class Tally(msgspec.Struct):
    """What one run of the monitor did."""

    polls: int = 0
    posts: int = 0
    failed: int = 0
    broken: int = 0
    alerts: int = 0
    """Accounts that came to be held for taken over."""


class Monitor:
    """Polls accounts and does the other jobs.

    Args:
        store: where everything is kept.
        claiming: polls what is due; its `heard` must be this monitor's.
        jobs: everything else that is done again and again.
        clock: the time.
        wall: the machine's own time, by which jobs are scheduled.
        speed: seconds that pass on `clock` in each of the machine's.
        log: a structlog logger.
        meters, health: what is counted and watched.
        stopping: set when the program is to end.
        on_poll: told of every poll that ended.
    """

    def __init__(
        self,
        *,
        store: Store,
        feeds: Feeds,
        clock: Clock,
        log: Any,
        meters: Meters,
        jobs: Jobs,
        stopping: threading.Event,
        wall: Clock,
        speed: float = 1.0,
        on_poll: Callable[[Polled], None] = lambda _polled: None,
    ) -> None:
        self._store, self._feeds, self._clock, self._log = store, feeds, clock, log
        self._meters, self._jobs, self._stopping = meters, jobs, stopping
        self._wall, self._speed, self._on_poll = wall, speed, on_poll
        self._lock = threading.Lock()
        self._scheduler: Any = None
        self._todo: list[Job] = []
        self.claiming: Claiming | None = None
        self.tally = Tally()

    def add(self, name: str, every: timedelta, do: Callable[[], object]) -> None:
        """Add a job."""
        self._todo.append(Job(name, every, do))

    def heard(self, claim: Claim, polled: Polled | BaseException) -> None:
        """Take note of a poll that ended, or of what broke it."""
        if isinstance(polled, BaseException):
            self._broken(claim, polled)
            return
        platform, handle = claim.watched.key
        self._count(platform, polled)
        if polled.ended in {Ended.READ, Ended.FAILED}:
            # It was kept: whatever trouble there was with the store is over.
            self._jobs.done("store", self._clock())
        said = {"platform": platform, "account": handle, "posts": polled.posts}
        if polled.failure is not None:
            self._log.warning("not read", **said, whose=str(polled.whose), why=str(polled.failure))
        else:
            # Thousands of readings find nothing; they are counted, and not told.
            is_news = polled.ended is not Ended.READ or polled.posts or polled.rejected
            tell = self._log.info if is_news else self._log.debug
            tell(str(polled.ended), **said, rejected=polled.rejected)
        for why in polled.refusals:
            self._log.warning("not understood", platform=platform, account=handle, why=why)
        for turn in polled.turns:
            for alert in turn.alerts:
                self._meters.alerts.labels(str(alert.state)).inc()
                self._log.warning(
                    "state changed", platform=platform, account=handle, state=str(alert.state),
                    previous=str(alert.previous), probability=round(alert.probability, 4), alert=alert.id,
                )  # fmt: skip
        if any(turn.deliveries for turn in polled.turns):
            self.hurry("outbox")
        self._on_poll(polled)

    def _count(self, platform: str, polled: Polled) -> None:
        meters = self._meters
        meters.polls.labels(platform, str(polled.ended)).inc()
        meters.posts.labels(platform).inc(polled.posts)
        meters.rejected.labels(platform).inc(polled.rejected)
        meters.seconds.observe(max((self._clock() - polled.at).total_seconds(), 0))
        if polled.claim.watched.next_at is not None:
            lag = (polled.at - polled.claim.watched.next_at).total_seconds()
            meters.lag.observe(max(lag, 0))
        if polled.whose is not None:
            meters.failures.labels(platform, str(polled.whose)).inc()
        with self._lock:
            self.tally.polls += polled.ended is Ended.READ
            self.tally.posts += polled.posts
            self.tally.failed += polled.failure is not None
            self.tally.alerts += sum(
                str(alert.state) == "COMPROMISED" for turn in polled.turns for alert in turn.alerts
            )

    def _broken(self, claim: Claim, error: BaseException) -> None:
        """Log what nobody expected, and try the account again later."""
        platform, handle = claim.watched.key
        self._meters.errors.labels("poll").inc()
        with self._lock:
            self.tally.broken += 1
        is_store = isinstance(error, StoreError)
        self._log.error(
            "poll broke", platform=platform, account=handle, error=f"{type(error).__name__}: {error}",
            exc_info=None if is_store else error,
        )  # fmt: skip
        if is_store:
            self._jobs.failed("store", str(error))
            return
        feed = self._feeds.get(claim.watched.key)
        ceiling = span(feed.settings.every) if feed else cadence.LATEST
        now = self._clock()
        next_at = cadence.after_failure(claim.watched, now, ceiling)
        try:
            self._store.failed(claim, now, f"ours: {type(error).__name__}: {error}", next_at)
        except StoreError as also:
            self._log.error("failure not kept", platform=platform, account=handle, error=str(also))

    def hurry(self, name: str) -> None:
        """Have a job done now instead of at its time."""
        scheduler = self._scheduler
        if scheduler is not None and scheduler.get_job(name) is not None:
            scheduler.modify_job(name, next_run_time=self._wall())

    def once(self) -> Tally:
        """Poll everything that is due, do every other job once, and leave.

        Raises:
            DetectorError: a job failed.
        """
        assert self.claiming is not None
        self.claiming.turn()
        self.claiming.drain()
        for job in self._todo:
            job.do()
        return self.tally

    def run(self) -> bool:
        """Work until somebody sets `stopping`.

        Returns:
            Whether everything was finished; else threads are left that wait for an answer.
        """
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED  # noqa: PLC0415
        from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415

        assert self.claiming is not None
        # It writes every error with its traceback itself; ours goes to our log.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        scheduler = self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_listener(self._job_ended, EVENT_JOB_ERROR | EVENT_JOB_EXECUTED)
        polls = Job("polls", timedelta(seconds=1), self.claiming.turn)
        for job in (polls, *self._todo):
            seconds = max(job.every.total_seconds() / self._speed, SHORTEST)
            scheduler.add_job(
                job.do, "interval", seconds=seconds, id=job.name, next_run_time=self._wall()
            )
            self._jobs.expect(
                job.name, max(job.every, timedelta(seconds=SHORTEST * self._speed)), self._clock()
            )
        scheduler.start()
        try:
            self._wait()
        finally:
            scheduler.shutdown(wait=False)
            finished = self.claiming.close()
        return finished

    def _wait(self) -> None:
        """Wait until `stopping` is set; when the machine's clock was set or it slept, do every job at once."""
        before = self._wall()
        while not self._stopping.wait(1.0):
            now = self._wall()
            if abs(now - before - timedelta(seconds=1)) > JUMP:
                self._log.warning("clock jumped", seconds=round((now - before).total_seconds()))
                for job in self._scheduler.get_jobs():
                    self._scheduler.modify_job(job.id, next_run_time=now)
            before = now

    def _job_ended(self, event: Any) -> None:
        """Take note of a job that was done or that failed."""
        error = event.exception
        if error is None:
            self._jobs.done(event.job_id, self._clock())
            return
        self._meters.errors.labels(event.job_id).inc()
        self._jobs.failed(event.job_id, str(error))
        expected = isinstance(error, DetectorError)
        self._log.error(
            "job failed", job=event.job_id, error=f"{type(error).__name__}: {error}",
            exc_info=None if expected else error,
        )  # fmt: skip
