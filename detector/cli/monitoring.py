"""`monitor`."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from detector.cli._shared import CONFIG, LANGUAGE, settings_of


def wall() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


@click.command(short_help="Watch accounts: poll, judge and tell people, until stopped.")
@CONFIG
@click.option(
    "--once", is_flag=True, help="Poll everything that is due, tell people, and leave: for cron."
)
@click.option("--replay", "speed", type=click.FloatRange(min=0, min_open=True), help="Speed of the clock over old posts, in seconds a second; needs [replay] in the settings.")  # fmt: skip
@LANGUAGE
def monitor(*, config: Path, once: bool, speed: float | None, language: str | None) -> int:
    """Poll the accounts of the settings and tell people when one looks taken over.

    \b
      kentongan init && kentongan monitor      a demonstration on bundled accounts
      kentongan monitor -c /etc/kentongan.toml
      kentongan monitor --once                 one round, as from cron

    Ctrl-C or SIGTERM ends it within ten seconds; nothing is lost, and the next start goes on from there.
    """  # noqa: D301 - click's mark for a paragraph left as it is
    del language
    from detector.monitor import logs  # noqa: PLC0415
    from detector.monitor.building import build  # noqa: PLC0415

    chosen = settings_of(config)
    stopping = threading.Event()
    log = logs.start()
    built = build(
        chosen,
        config.resolve().parent,
        wall=wall,
        log=log,
        stopping=stopping,
        speed=speed,
        listens=not once,
    )
    try:
        if once:
            tally = built.monitor.once()
            return 1 if tally.alerts else 2 if tally.failed or tally.broken else 0
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        built.monitor.run()
        return 0
    finally:
        built.close()
