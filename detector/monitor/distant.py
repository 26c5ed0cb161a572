"""Reading and judging on the workers of a dask scheduler; whoever claimed an account commits what they find.

A task names secrets and never carries them: a worker finds them in its own environment and files. A scheduler is
for a trusted network alone, for whoever reaches it can run anything on its workers.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from functools import cache
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from detector import __version__
from detector.campaigns import Wave
from detector.errors import DetectorError, FeedError, SettingsError, StandingRefused
from detector.monitor.feeds import Feed, Feeds, key_of
from detector.monitor.secrets import Secrets
from detector.network import Transport
from detector.pipeline import Pipeline
from detector.records import Account, AccountEvent, Page, Post
from detector.settings import AccountSettings
from detector.taking import Taken

LOCAL: Final = "local"
"""Address that stands for worker processes on this machine, ended with the monitor."""

PAGES: Final = 20
"""Pages that one task returns, at most; the next goes on from its last cursor."""

SPELL: Final = 30.0
"""Seconds after which a task returns the pages that it has."""

PATIENCE: Final = 120.0
"""Seconds for a task, waiting for a worker included, before it is done here instead."""

CONNECTING: Final = 10.0
"""Seconds for the scheduler, and then for its first worker, to answer."""

RESTING: Final = 60.0
"""Seconds for which everything is done here after the workers failed."""

MOST: Final = 256
"""Threads that wait for workers, at most."""

MADE: Final = 20_000
"""Sources that a worker keeps, at most."""

_WORKERS_FAIL: Final[tuple[type[Exception], ...]] = (
    OSError,
    TimeoutError,
    CancelledError,
    ImportError,
    RuntimeError,
)
"""What a task ends with when no worker did it; and what `broken` returns."""

_Found = TypeVar("_Found")


class Errand(msgspec.Struct, frozen=True):
    """What a worker is told of an account: its settings, in which secrets are only named."""

    account: AccountSettings
    folder: str
    """Of the settings: files of secrets are named from there."""


class Batch(msgspec.Struct, frozen=True):
    """What a worker read."""

    pages: tuple[Page, ...]
    failure: FeedError | SettingsError | None = None
    """What ended it."""
    has_more: bool = False


class _Bench:
    """What a worker process works with, made once."""

    def __init__(self) -> None:
        from detector.assembly import pipeline  # noqa: PLC0415 - only where posts are judged

        self.pipeline = pipeline()
        self.judging, self._making = threading.Lock(), threading.Lock()
        self._net = Transport(lambda: datetime.now(UTC))
        self._feeds: dict[bytes, Feed] = {}

    def feed(self, errand: Errand) -> Feed:
        name = msgspec.json.encode(errand)
        with self._making:
            if name not in self._feeds:
                if len(self._feeds) > MADE:
                    self._feeds.clear()
                folder = Path(errand.folder)
                made = Feeds((errand.account,), Secrets(folder), self._net, folder)
                found = made.get(key_of(errand.account))
                assert found is not None
                self._feeds[name] = found
            return self._feeds[name]


@cache
def _made() -> _Bench:
    return _Bench()


_MAKING: Final = threading.Lock()


def _bench() -> _Bench:
    with _MAKING:
        return _made()


def introduce() -> str:
    """Return a worker's version of this program."""
    return __version__


def read(errand: Errand, cursor: str | None, now: datetime) -> Batch:
    """Read an account's feed, on a worker.

    Args:
        errand: which account.
        cursor: where to go on.
        now: UTC.
    """
    pages: list[Page] = []
    began = time.monotonic()
    try:
        for page in _bench().feed(errand).source.poll(cursor, now):
            pages.append(page)
            is_long = len(pages) >= PAGES or time.monotonic() - began > SPELL
            if is_long and page.cursor:
                return Batch(tuple(pages), has_more=True)
    except FeedError as error:
        return Batch(tuple(pages), error)
    except SettingsError as error:
        said = SettingsError(f"at the worker: {error.message}", where=error.where, hint=error.hint)
        return Batch(tuple(pages), said)
    return Batch(tuple(pages))


def judge(given: tuple[Any, ...], keys: dict[str, Any]) -> Taken | StandingRefused:
    """Judge a page, on a worker.

    Args:
        given: as `Pipeline.take` takes them by place ...
        keys: ... and by name.
    """
    bench = _bench()
    try:
        with bench.judging:
            return bench.pipeline.take(*given, **keys)
    except StandingRefused as error:
        return error


class Workers(NamedTuple):
    """A connection to a scheduler."""

    client: Any
    cluster: Any = None
    """Our own, if it is."""

    @property
    def places(self) -> int:
        """Tasks that run at the same time."""
        return sum(self.client.nthreads().values())

    def close(self) -> None:
        """Leave; end workers of our own."""
        self.client.close(timeout=2)
        if self.cluster is not None:
            self.cluster.close(timeout=5)


def connect(address: str) -> Workers:
    """Connect to a scheduler.

    Args:
        address: ``tcp://host:8786``, or ``local`` for workers of our own on this machine.

    Raises:
        SettingsError: dask is not installed, nothing answers there, or its workers are of another version.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise SettingsError(
            "dask is not installed", hint="pip install 'kentongan[dask]'"
        ) from error
    # It writes of its own troubles in many lines; ours tell of them in one.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("distributed."):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    workers = _reached(distributed, address)
    if workers is None:
        # A client that reached nobody waits, on being dropped, for what the next client may be holding: it goes now.
        gc.collect()
        raise SettingsError(
            f"the dask scheduler at {address} cannot be reached",
            hint="start it with: dask scheduler; or name another after --dask, or local",
        )
    try:
        _look_over(workers, address)
    except SettingsError:
        workers.close()
        raise
    return workers


def _reached(distributed: Any, address: str) -> Workers | None:
    """Return the workers at an address, or None if nothing answers there."""
    cluster = None
    with contextlib.suppress(OSError, ValueError, TimeoutError, ImportError, RuntimeError):
        if address == LOCAL:
            with _deaf_children():
                cluster = distributed.LocalCluster(
                    n_workers=os.cpu_count() or 1, threads_per_worker=2, host="127.0.0.1",
                    dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
                )  # fmt: skip
        client = distributed.Client(cluster or address, timeout=CONNECTING, set_as_default=False)
        return Workers(client, cluster)
    return None


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C: it is ours to answer, and theirs to be ended by us."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Started in between, it would have the thread that starts it hear again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _look_over(workers: Workers, address: str) -> None:
    hint = "start workers where kentongan is installed: dask worker ADDRESS"
    try:
        found = workers.client.submit(introduce, pure=False).result(timeout=CONNECTING)
    except (TimeoutError, CancelledError, OSError) as error:
        said = f"no worker of the dask scheduler at {address} answers"
        raise SettingsError(said, hint=hint) from error
    except (ImportError, AttributeError, RuntimeError) as error:
        said = f"a worker of the dask scheduler at {address} does not know this program"
        raise SettingsError(said, hint=hint) from error
    if found != __version__:
        said = f"a worker of the dask scheduler at {address} has kentongan {found}, we have {__version__}"
        raise SettingsError(said, hint="install the same version")


class Afar:
    """Reads and judges on workers, and here while they fail.

    Args:
        workers: a connection.
        pipeline: judges here.
        folder: of the settings.
        log: a structlog logger.
    """

    def __init__(self, workers: Workers, pipeline: Pipeline, folder: Path, log: Any) -> None:
        self._workers, self._pipeline, self._folder, self._log = workers, pipeline, folder, log
        self._lock, self._here = threading.Lock(), threading.Lock()
        self._resting_until: float | None = None

    @property
    def places(self) -> int:
        """Threads it takes to keep the workers busy: twice as many as theirs, for most only wait."""
        return min(2 * self._workers.places, MOST)

    def pages(self, feed: Feed, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Read an account as its source's `poll` would.

        Raises:
            FeedError, SettingsError: as the source does.
        """
        if "path" in (feed.settings.source or {}):
            # What it reads lies on this machine.
            yield from feed.source.poll(cursor, now)
            return
        errand = Errand(feed.settings, str(self._folder))
        while True:
            batch = self._tried(read, errand, cursor, now)
            if batch is None:
                yield from feed.source.poll(cursor, now)
                return
            yield from batch.pages
            if batch.failure is not None:
                raise batch.failure
            if not batch.has_more or batch.pages[-1].cursor == cursor:
                return
            cursor = batch.pages[-1].cursor

    def take(
        self,
        account: Account,
        standing: bytes | None,
        posts: Sequence[Post],
        events: Sequence[AccountEvent] = (),
        *,
        now: datetime,
        wave: Wave,
        again: Mapping[str, float],
    ) -> Taken:
        """Judge a page as `Pipeline.take` would; one without anything new costs less here than the way there.

        Raises:
            StandingRefused: as `Pipeline.take` does.
        """
        given = (account, standing, tuple(posts), tuple(events))
        keys = {"now": now, "wave": wave, "again": dict(again)}
        taken = self._tried(judge, given, keys) if posts else None
        if isinstance(taken, StandingRefused):
            raise taken
        if taken is None:
            with self._here:
                return self._pipeline.take(*given, now=now, wave=wave, again=again)
        return taken

    def _tried(self, do: Callable[..., _Found], *given: Any) -> _Found | None:
        """Have something done by a worker; None when it must be done here."""
        if self._is_resting():
            return None
        try:
            future = self._workers.client.submit(do, *given, pure=False)
            try:
                found: _Found = future.result(timeout=PATIENCE)
            finally:
                future.release()
        except DetectorError:
            raise
        except broken() as error:
            self._rest(error)
            return None
        self._resume()
        return found

    def _is_resting(self) -> bool:
        until = self._resting_until
        return until is not None and time.monotonic() < until

    def _rest(self, error: BaseException) -> None:
        with self._lock:
            is_news = not self._is_resting()
            self._resting_until = time.monotonic() + RESTING
        if is_news:
            self._log.error(
                "dask workers do not answer; this process reads and judges meanwhile",
                error=f"{type(error).__name__}: {error}",
            )

    def _resume(self) -> None:
        with self._lock:
            was_resting, self._resting_until = self._resting_until is not None, None
        if was_resting:
            self._log.info("dask workers answer again")


@cache
def broken() -> tuple[type[Exception], ...]:
    """Return what dask raises when it cannot have a task done; which of these there are depends on its version."""
    distributed: Any = importlib.import_module("distributed.client")
    scheduler: Any = importlib.import_module("distributed.scheduler")
    kinds = (
        getattr(distributed, "ClosedClientError", None),
        getattr(scheduler, "KilledWorker", None),
        getattr(scheduler, "NoValidWorkerError", None),
    )
    return (*_WORKERS_FAIL, *(kind for kind in kinds if kind is not None))
