"""`monitor`."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detector.cli._shared import CONFIG, LANGUAGE, settings_of
from detector.errors import DetectorError, SettingsError

if TYPE_CHECKING:
    from detector.monitor.building import Built
    from detector.monitor.distant import Workers
    from detector.settings import Settings


def wall() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


@click.command(short_help="Watch accounts: poll, judge and tell people, until stopped.")
@CONFIG
@click.option(
    "--once", is_flag=True, help="Poll everything that is due, tell people, and leave: for cron."
)
@click.option("--replay", "speed", type=click.FloatRange(min=0, min_open=True), help="Speed of the clock over old posts, in seconds a second; needs [replay] in the settings.")  # fmt: skip
@click.option("--dask", metavar="ADDRESS|local", help="Read and judge on the workers of a dask scheduler, such as tcp://10.0.0.5:8786, or on processes of this machine.")  # fmt: skip
@LANGUAGE
def monitor(
    *, config: Path, once: bool, speed: float | None, dask: str | None, language: str | None
) -> int:
    """Poll the accounts of the settings and tell people when one looks taken over.

    \b
      kentongan init && kentongan monitor      a demonstration on bundled accounts
      kentongan monitor -c /etc/kentongan.toml
      kentongan monitor --once                 one round, as from cron

    Ctrl-C or SIGTERM ends it within ten seconds; nothing is lost, and the next start goes on from there.
    """  # noqa: D301 - click's mark for a paragraph left as it is
    chosen = settings_of(config)
    if chosen.replay is not None and not once and sys.stdout.isatty():
        return _shown(chosen, config, speed, dask, language or chosen.language)
    from detector.monitor import logs  # noqa: PLC0415

    stopping, log = threading.Event(), logs.start()
    built = _built(chosen, config, log, stopping, dask=dask, speed=speed, listens=not once)
    if not once:
        return _run(built, stopping)
    with contextlib.closing(built), _ended_by_signals(stopping):
        try:
            tally = built.monitor.once()
        except DetectorError as error:
            tally = built.monitor.tally
            if not tally.alerts:
                raise
            # That an account fell is said before anything else.
            why = str(error)
            log.error("not everything was done", error=why)  # noqa: TRY400 - one line, no traceback
    if stopping.is_set():
        log.warning("stopped before everything was read; the next round goes on from there")
        return 130
    if tally.alerts:
        return 1
    return 2 if tally.failed or tally.broken else 0


def _shown(
    chosen: Settings, config: Path, speed: float | None, dask: str | None, language: str
) -> int:
    """Run a replay at a terminal, where somebody watches."""
    from detector.cli._screen import Screen  # noqa: PLC0415
    from detector.monitor import logs  # noqa: PLC0415

    assert chosen.replay is not None
    stopping, log = threading.Event(), logs.start(level=logging.ERROR)
    screen = Screen(chosen, language, speed or chosen.replay.speed)
    built = _built(
        chosen, config, log, stopping, dask=dask, speed=speed, on_poll=screen.polled, show=screen.show
    )  # fmt: skip
    screen.begin(built.clock())
    with screen:
        return _run(built, stopping)


@contextlib.contextmanager
def _ended_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Finish the page in hand when somebody asks for an end."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stopping.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _run(built: Built, stopping: threading.Event) -> int:
    """Run until a signal says to stop."""
    with contextlib.closing(built), _ended_by_signals(stopping):
        finished = built.monitor.run()
    if not finished:
        # Threads that wait for an answer would keep the program for as long as a network may be silent.
        sys.stdout.flush()
        os._exit(0)
    return 0


def _built(
    chosen: Settings, config: Path, log: Any, stopping: threading.Event, *, dask: str | None, **options: Any
) -> Built:  # fmt: skip
    from detector.monitor.building import build  # noqa: PLC0415

    folder = config.resolve().parent
    workers = _workers(dask, log) if dask else None
    try:
        return build(
            chosen, folder, wall=wall, log=log, stopping=stopping, workers=workers, **options
        )
    except DetectorError:
        if workers is not None:
            workers.close()
        raise


def _workers(address: str, log: Any) -> Workers | None:
    """Connect to dask's workers; without them this process does the work, and says so once."""
    from detector.monitor.distant import connect  # noqa: PLC0415

    try:
        return connect(address)
    except SettingsError as error:
        why = str(error)
    log.error("this process reads and judges itself", why=why)
    return None
