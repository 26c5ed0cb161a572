"""`scan` and `demo`."""

from __future__ import annotations

import contextlib
import gc
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from detector.cli._shared import LANGUAGE, MODEL, check_target, output, progress, text_report
from detector.errors import SettingsError

if TYPE_CHECKING:
    from detector.report.document import ScanDocument
    from detector.scan import Request

FORMATS: Final = ("text", "json", "jsonl", "csv")


class _Moment(click.ParamType[datetime]):
    """A day or a time; one without an offset is left without, for `_placed` to settle."""

    name = "date"

    def __init__(self, *, is_end: bool) -> None:
        self._is_end = is_end

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read ISO 8601; a bare day means its beginning, or its end for ``--until``."""
        if isinstance(value, datetime):
            return value
        written = str(value)
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            self.fail(
                f"{written!r} is not a date like 2024-11-21 or 2024-11-21T01:14+07:00", param, ctx
            )
        if self._is_end and _is_day(written):
            moment += timedelta(days=1, microseconds=-1)
        return moment


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _placed(moment: datetime | None, zone: str | None) -> datetime | None:
    """Put a time without an offset into a zone, UTC when there is none."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=ZoneInfo(zone) if zone else UTC)


@click.command(short_help="Scan exports and say of each account whether it looks taken over.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="What is written.",
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file instead of the screen.",
)
@click.option("--account", help="The account's handle, where the export does not tell.")
@click.option(
    "--platform", help="The platform, where the export does not tell: instagram, facebook, x ..."
)
@click.option(
    "--since",
    type=_Moment(is_end=False),
    help="Report only what happened since; everything is still learned from.",
)
@click.option(
    "--until",
    type=_Moment(is_end=True),
    help="Leave out what happened later; also the scan's idea of now.",
)
@click.option(
    "--timezone",
    help="The office's time, for what is shown, for --since and --until, and for exports that give times without a zone: WIB, WITA, WIT or an IANA name  [default: UTC]",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes that read texts; worth it from some 10,000 posts.",
)
@click.option(
    "--dask",
    metavar="ADDRESS|local",
    help="Read texts on the workers of a dask scheduler, such as tcp://10.0.0.5:8786, or on processes of this machine.",
)
@click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="kentongan.toml: time zones, official contacts, superiors.",
)
@click.option(
    "--explain-files",
    is_flag=True,
    help="Say of each input what it was taken for and what became of its records.",
)
@LANGUAGE
@MODEL
def scan(
    *, paths: tuple[Path, ...], form: str, target: Path | None, account: str | None, platform: str | None,
    since: datetime | None, until: datetime | None, timezone: str | None, jobs: int, config: Path | None,
    explain_files: bool, language: str | None, model: Path | None, dask: str | None,
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
                4  the model cannot be used; 130  stopped by Ctrl-C
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from detector import settings  # noqa: PLC0415
    from detector.scan import Request  # noqa: PLC0415

    chosen = settings.load(config) if config else settings.Settings()
    zone = settings.zone_name(timezone) if timezone else None
    since, until = _placed(since, zone), _placed(until, zone)
    if since is not None and until is not None and since > until:
        raise SettingsError(f"--since {since} is later than --until {until}", hint="swap the two")
    if dask and jobs > 1:
        raise SettingsError(
            "--jobs and --dask exclude each other", hint="one of the two reads texts"
        )
    check_target(target, paths)
    request = Request(
        paths=paths, account=account.lstrip("@") if account else None, platform=platform, since=since,
        until=until, jobs=jobs, settings=chosen, language=language or chosen.language,
    )  # fmt: skip
    document = _in_zone(_document(request, model, zone, dask), zone)
    with output(target) as stream:
        _write(
            document,
            form,
            stream,
            request.language,
            explain_files=explain_files,
            to_terminal=target is None,
        )
    return _exit_code(document)


def _document(
    request: Request, model: Path | None, zone: str | None, dask: str | None = None
) -> ScanDocument:
    """Run a scan, with a progress bar on a terminal; `zone` is that of accounts the settings do not place."""
    from detector import assembly  # noqa: PLC0415
    from detector.scan import scan as run  # noqa: PLC0415

    def zone_of(platform: str, account: str) -> str | None:
        return request.settings.account(platform, account).timezone or zone

    kinds = list(assembly.source_kinds(zone_of).values())
    pipeline = assembly.pipeline(model)
    with contextlib.ExitStack() as stack:
        hands = None
        if dask:
            from detector.cli._afield import afield  # noqa: PLC0415

            hands = stack.enter_context(afield(dask, pipeline.reader, model))
        stack.enter_context(_uncollected())
        show = stack.enter_context(progress(request.language))
        return run(request, kinds, pipeline, assembly.reader_maker(model), show, hands=hands)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """The records of a scan hold no cycles, and looking for them among so many costs a tenth of its time."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def _in_zone(document: ScanDocument, zone: str | None) -> ScanDocument:
    """Show the times of accounts whose zone the settings do not tell in this one."""
    from msgspec.structs import replace  # noqa: PLC0415

    if zone is None:
        return document
    accounts = [replace(one, timezone=one.timezone or zone) for one in document.accounts]
    return replace(document, accounts=accounts)


def _exit_code(document: ScanDocument) -> int:
    """Tell the unusable inputs on stderr, and return what the scan ends with."""
    from detector.report.printable import one_line  # noqa: PLC0415

    for error in document.errors:
        said = ": ".join(filter(None, ("kentongan", error.where, error.why)))
        click.echo(one_line(said), err=True)
    if document.summary.compromised:
        return 1
    return 2 if document.errors else 0


def _write(
    document: ScanDocument, form: str, stream: IO[bytes], language: str, *, explain_files: bool, to_terminal: bool
) -> None:  # fmt: skip
    import msgspec  # noqa: PLC0415

    from detector.report import tables  # noqa: PLC0415
    from detector.report.document import encoded  # noqa: PLC0415

    if form == "json":
        stream.write(msgspec.json.format(encoded(document), indent=2) + b"\n")
    elif form == "jsonl":
        stream.writelines(line + b"\n" for line in tables.jsonl(document))
    elif form == "csv":
        text = io.StringIO(newline="")
        tables.write_csv(document, text)
        # A spreadsheet takes a file without the mark for the machine's old code page.
        stream.write(text.getvalue().encode("utf-8" if to_terminal else "utf-8-sig", "replace"))
    else:
        from detector.report import text as report  # noqa: PLC0415

        with text_report(stream, to_terminal=to_terminal) as console:
            report.render(document, console, language, explain_files=explain_files)


@click.command(short_help="Scan the bundled agency archives and show what an alarm looks like.")
@LANGUAGE
def demo(language: str | None) -> int:
    """Scan the agency archives that came with the program: two were taken over, four were not.

    Everything in them is invented; telephone numbers are impossible ones.

    \b
      kentongan demo
      kentongan demo --lang en
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from detector import assembly, settings  # noqa: PLC0415
    from detector.scan import Request  # noqa: PLC0415

    folder = assembly.shipped("fixtures") / "accounts"
    known = settings.load(folder / "kentongan.toml")
    exports = tuple(sorted(path for path in folder.iterdir() if path.name != "kentongan.toml"))
    request = Request(paths=exports, settings=known, language=language or known.language)
    document = _document(request, None, None)
    with output(None) as stream:
        _write(document, "text", stream, request.language, explain_files=False, to_terminal=True)
    return 0
