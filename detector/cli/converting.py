"""`convert`: write what any archive holds in the native format."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from detector.cli._shared import LANGUAGE, check_target, output, progress
from detector.errors import Location, SettingsError

if TYPE_CHECKING:
    from detector.gather import Gathering
    from detector.report.native import Writer

_SHOWN: Final = 20
"""Rejected records told one by one."""


@click.command(short_help="Write the posts and account events of any export in one plain format.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File ending in .jsonl, .csv or .parquet  [default: JSON Lines on the screen]",
)
@click.option(
    "--events",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write account events (logins, changed names ...) to a file of their own, of the same endings.",
)
@click.option("--account", help="The account's handle, where the export does not tell.")
@click.option(
    "--platform", help="The platform, where the export does not tell: instagram, facebook, x ..."
)
@click.option(
    "--timezone",
    help="The office's time, for exports that give times without a zone: WIB, WITA, WIT or an IANA name  [default: UTC]",
)
@LANGUAGE
def convert(
    *, paths: tuple[Path, ...], target: Path | None, events: Path | None, account: str | None,
    platform: str | None, timezone: str | None, language: str | None,
) -> int:  # fmt: skip
    """Read PATHS as `scan` does and write every post and account event in the native format.

    Nothing is judged, nothing is uploaded, private messages are never opened. What each input was taken
    for and what could not be read is told on the error stream.

    \b
      kentongan convert exports/ -o posts.parquet
      kentongan convert twitter-2024-11-23.zip -o posts.csv --events events.csv

    \b
    Exit code:  2  some input could not be used
                0  everything was read
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from detector import assembly, settings  # noqa: PLC0415
    from detector.gather import Gathering  # noqa: PLC0415

    forms = [_form(one) for one in (target, events)]
    for one in (target, events):
        check_target(one, paths)
    if target is not None and target == events:
        raise SettingsError("is named twice", where=Location(str(target)), hint="two files, please")
    zone = settings.zone_name(timezone) if timezone else None
    kinds = assembly.source_kinds(lambda _platform, _account: zone)
    with progress(language or "id") as show:
        gathering = Gathering(
            paths,
            list(kinds.values()),
            account=account.lstrip("@") if account else None,
            platform=platform,
            progress=show,
        )
        with contextlib.ExitStack() as open_files:
            from detector.report.native import writer  # noqa: PLC0415

            def written(form: str, place: Path | None) -> Writer:
                # The file's end is written before the file is closed, also when something stops on the way.
                opened = writer(form, open_files.enter_context(output(place)))
                return open_files.enter_context(contextlib.closing(opened))

            posts = written(forms[0], target)
            others = posts if events is None else written(forms[1], events)
            for fresh in gathering.pages():
                posts.write(fresh.posts)
                others.write(fresh.events)
    return _told(gathering)


def _form(target: Path | None) -> str:
    from detector.report.native import FORMS  # noqa: PLC0415

    if target is None:
        return "jsonl"
    form = target.suffix.lower().removeprefix(".").replace("ndjson", "jsonl")
    if form not in FORMS:
        raise SettingsError(
            "has an ending that says no format",
            where=Location(str(target)),
            hint="use .jsonl, .csv or .parquet",
        )
    return form


def _told(gathering: Gathering) -> int:
    """Say on stderr what became of every input, and return what the command ends with."""
    from detector.report.printable import one_line  # noqa: PLC0415

    for file in gathering.files:
        counts = ", ".join(
            f"{getattr(file, name)} {name.removesuffix('s') if getattr(file, name) == 1 else name}"
            for name in ("posts", "events", "duplicates", "rejected", "ignored")
        )
        click.echo(one_line(f"{file.file}: {file.source}: {counts}"), err=True)
    for refused in gathering.rejected[:_SHOWN]:
        click.echo(one_line(f"  rejected: {refused.where}: {refused.why}"), err=True)
    if len(gathering.rejected) > _SHOWN:
        click.echo(f"  ... and {len(gathering.rejected) - _SHOWN} more", err=True)
    for error in gathering.errors:
        said = ": ".join(filter(None, ("kentongan", error.where, error.why)))
        click.echo(one_line(said), err=True)
    return 2 if gathering.errors else 0
