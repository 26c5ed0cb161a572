"""`scan` and `demo`."""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final

import click

from detector.cli._shared import LANGUAGE, MODEL, output, progress

FORMATS: Final = ("text", "json", "jsonl", "csv")
WIDTH: Final = 100
"""Columns of a text report that is not written to a terminal."""


class _Moment(click.ParamType[datetime]):
    """A day or a time; without an offset it is UTC."""

    name = "date"

    def __init__(self, *, is_end: bool) -> None:
        self._is_end = is_end

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read ISO 8601; a bare day means its beginning, or its end for ``--until``."""
        if isinstance(value, datetime):
            return value
        written = str(value)
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            self.fail(f"{written!r} is not a date like 2024-11-21 or 2024-11-21T01:14+07:00", param, ctx)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        if self._is_end and re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", written):
            moment += timedelta(days=1, microseconds=-1)
        return moment


@click.command(short_help="Scan exports and say of each account whether it looks taken over.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What is written.")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of the screen.")
@click.option("--account", help="The account's handle, where the export does not tell.")
@click.option("--platform", help="The platform, where the export does not tell.")
@click.option("--since", type=_Moment(is_end=False), help="Report only what happened since; everything is still learned from.")
@click.option("--until", type=_Moment(is_end=True), help="Leave out what happened later; also the scan's idea of now.")
@click.option("--timezone", help="The office's time: WIB, WITA, WIT or an IANA name [default: UTC is shown].")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that read texts.")
@click.option("-c", "--config", "config", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="kentongan.toml: time zones, official contacts.")
@click.option("--explain-files", is_flag=True, help="Say of each input what it was taken for and what became of its records.")
@LANGUAGE
@MODEL
def scan(
    paths: tuple[Path, ...], form: str, target: Path | None, account: str | None, platform: str | None,
    since: datetime | None, until: datetime | None, timezone: str | None, jobs: int, config: Path | None,
    explain_files: bool, language: str | None, model: Path | None,
) -> int:  # fmt: skip
    """Scan PATHS: export ZIPs, unpacked exports, single files, or folders of many of them.

    Nothing is uploaded, nothing is changed, private messages are never opened.

    \b
      kentongan scan instagram-kantorku-2024-11-23.zip --timezone WIB
      kentongan scan exports/ --format json -o scan.json
      kentongan scan posts.jsonl posts.csv --platform x --since 2024-11-01

    \b
    Exit code:  1  an account looks taken over (an incident opened in the window)
                2  some input could not be used, and no incident was found
                0  neither
    """  # noqa: D301 - click's mark for a paragraph left as it is
    import msgspec  # noqa: PLC0415

    from detector import assembly, settings  # noqa: PLC0415
    from detector.scan import Request  # noqa: PLC0415
    from detector.scan import scan as run  # noqa: PLC0415

    chosen = settings.load(config) if config else settings.Settings()
    said = language or chosen.language
    request = Request(
        paths=paths, account=account.lstrip("@") if account else None, platform=platform, since=since,
        until=until, jobs=jobs, settings=chosen, language=said,
    )  # fmt: skip
    zone = settings.zone_name(timezone) if timezone else None
    kinds = list(assembly.source_kinds().values())
    pipeline = assembly.pipeline(model)
    with progress(said) as show:
        document = run(request, kinds, pipeline, assembly.reader_maker(model), show)
    if zone:
        accounts = [msgspec.structs.replace(one, timezone=one.timezone or zone) for one in document.accounts]
        document = msgspec.structs.replace(document, accounts=accounts)
    with output(target) as stream:
        _write(document, form, stream, said, explain_files=explain_files, to_terminal=target is None)
    for error in document.errors:
        click.echo(f"kentongan: {error.where}: {error.why}" if error.where else f"kentongan: {error.why}", err=True)
    if document.summary.compromised:
        return 1
    return 2 if document.errors else 0


def _write(
    document: object, form: str, stream: IO[bytes], language: str, *, explain_files: bool, to_terminal: bool
) -> None:
    import msgspec  # noqa: PLC0415

    from detector.report import tables  # noqa: PLC0415
    from detector.report.document import ScanDocument  # noqa: PLC0415

    assert isinstance(document, ScanDocument)
    if form == "json":
        stream.write(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
    elif form == "jsonl":
        stream.writelines(line + b"\n" for line in tables.jsonl(document))
    elif form == "csv":
        text = io.StringIO(newline="")
        tables.write_csv(document, text)
        stream.write(text.getvalue().encode("utf-8-sig" if not to_terminal else "utf-8"))
    else:
        _write_text(document, stream, language, explain_files=explain_files, to_terminal=to_terminal)


def _write_text(
    document: object, stream: IO[bytes], language: str, *, explain_files: bool, to_terminal: bool
) -> None:
    from rich.console import Console  # noqa: PLC0415

    from detector.report import text as report  # noqa: PLC0415
    from detector.report.document import ScanDocument  # noqa: PLC0415

    assert isinstance(document, ScanDocument)
    if to_terminal and sys.stdout.isatty():
        console = Console(highlight=False)
        report.render(document, console, language, explain_files=explain_files)
        return
    buffer = io.StringIO()
    console = Console(file=buffer, width=WIDTH, highlight=False, color_system=None)
    report.render(document, console, language, explain_files=explain_files)
    stream.write(buffer.getvalue().encode())


@click.command(short_help="Scan the bundled agency archives and show what an alarm looks like.")
@LANGUAGE
def demo(language: str | None) -> int:
    """Scan the agency archives that came with the program: two were taken over, four were not.

    Everything in them is invented; telephone numbers are impossible ones.
    """
    from detector import assembly, settings  # noqa: PLC0415
    from detector.scan import Request  # noqa: PLC0415
    from detector.scan import scan as run  # noqa: PLC0415

    folder = assembly.shipped("fixtures") / "accounts"
    known = settings.load(folder / "kentongan.toml")
    said = language or known.language
    exports = tuple(sorted(path for path in folder.iterdir() if path.name != "kentongan.toml"))
    request = Request(paths=exports, settings=known, language=said)
    kinds = list(assembly.source_kinds().values())
    with progress(said) as show:
        document = run(request, kinds, assembly.pipeline(), assembly.reader_maker(), show)
    with output(None) as stream:
        _write(document, "text", stream, said, explain_files=False, to_terminal=True)
    return 0
