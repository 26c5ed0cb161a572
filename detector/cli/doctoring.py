"""`doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from detector.cli._shared import CONFIG, LANGUAGE, settings_of
from detector.cli.monitoring import wall
from detector.records import Wording

_MARKS: Final = {"well": ("✓", "green"), "doubtful": ("!", "yellow"), "ill": ("✗", "red")}
_PARTS: Final = {
    "settings": Wording(id="setelan", en="settings"),
    "model": Wording(id="model", en="model"),
    "store": Wording(id="penyimpanan", en="store"),
    "outbox": Wording(id="pesan", en="messages"),
    "monitor": Wording(id="pemantau", en="monitor"),
    "health": Wording(id="[monitor] listen", en="[monitor] listen"),
    "network": Wording(id="jaringan", en="network"),
    "clock": Wording(id="jam", en="clock"),
    "feeds": Wording(id="sumber", en="feeds"),
    "feed": Wording(id="sumber", en="feed"),
    "heartbeat": Wording(id="tanda hidup", en="heartbeat"),
    "channel": Wording(id="kanal", en="channel"),
}
_ALL_WELL: Final = Wording(id="Semua beres.", en="All is well.")
_TO_MEND: Final = Wording(id="Perlu diperbaiki: {ill}. Patut dilihat: {doubtful}.", en="To be mended: {ill}. Worth a look: {doubtful}.")  # fmt: skip


@click.command(
    short_help="Check settings, tokens, clock, store, model and channels, each with its mend."
)
@click.option("--send", is_flag=True, help="Send a test message to every channel.")
@CONFIG
@LANGUAGE
def doctor(*, send: bool, config: Path, language: str | None) -> int:
    """Look at everything a monitor needs, and say what to do about what is not in order.

    Every feed is read once, as far as its newest posts; nothing is kept. With --send every channel is tried.

    \b
      kentongan doctor
      kentongan doctor --send -c /etc/kentongan/kentongan.toml

    \b
    Exit code:  2  something must be mended
                0  nothing must
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from detector.monitor.doctor import examine  # noqa: PLC0415
    from detector.report.printable import one_line  # noqa: PLC0415

    chosen = settings_of(config)
    said = language or chosen.language
    counts = dict.fromkeys(_MARKS, 0)
    for found in examine(chosen, config.resolve().parent, wall, sends=send):
        counts[found.grade] += 1
        mark, colour = _MARKS[found.grade]
        kind, _, name = found.part.partition(":")
        part = _PARTS[kind].said(said) + (f" {name}" if name else "")
        click.echo(f"{click.style(mark, fg=colour)} {part}: {one_line(found.says.said(said))}")
        if found.mend is not None:
            click.echo(f"    → {one_line(found.mend.said(said))}")
    if counts["ill"] or counts["doubtful"]:
        click.echo(_TO_MEND.said(said).format(**counts))
    else:
        click.echo(_ALL_WELL.said(said))
    return 2 if counts["ill"] else 0
