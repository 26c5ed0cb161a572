"""`init`."""

from __future__ import annotations

from pathlib import Path

import click

from detector.cli._shared import SETTINGS
from detector.errors import Location, SettingsError
from detector.records import Wording

_WRITTEN = Wording(
    id="{path} ditulis. Peragaan: kentongan monitor{c}\nSetelah itu isi akun kantor sendiri di dalamnya; periksa dengan: kentongan doctor{c}",
    en="{path} is written. Demonstration: kentongan monitor{c}\nThen fill in your own accounts; check them with: kentongan doctor{c}",
)


@click.command(short_help="Write commented settings that work at once, with a demonstration.")
@click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(SETTINGS),
    show_default=True,
    help="The file to write; one that is there is never touched.",
)
@click.option(
    "--demo/--no-demo",
    "with_demonstration",
    default=True,
    show_default=True,
    help="Whether bundled accounts are watched by a clock of their own.",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(["id", "en"]),
    default="id",
    show_default=True,
    help="Language of the explanations, and of what people are told.",
)
def init(*, config: Path, with_demonstration: bool, language: str) -> None:
    """Write kentongan.toml: settings that work at once on bundled accounts, and examples to uncomment.

    It asks nothing and overwrites nothing.

    \b
      kentongan init && kentongan monitor
      kentongan init --no-demo -c /etc/kentongan/kentongan.toml
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from detector.cli._template import written  # noqa: PLC0415

    where = Location(str(config))
    text = written(language, with_demonstration=with_demonstration)
    try:
        with config.open("x", encoding="utf-8", newline="\n") as target:
            target.write(text)
    except FileExistsError as error:
        raise SettingsError(
            "there are settings already; nothing was changed",
            where=where,
            hint="edit them, or name another file after -c",
        ) from error
    except OSError as error:
        raise SettingsError(
            f"cannot be written: {error.strerror}", where=where, hint="name another file after -c"
        ) from error
    option = "" if config == Path(SETTINGS) else f" -c {config}"
    click.echo(_WRITTEN.said(language).format(path=config, c=option))
