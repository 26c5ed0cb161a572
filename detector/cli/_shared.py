"""Options and habits that several commands share."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from detector.errors import Location, SettingsError

if TYPE_CHECKING:
    from rich.console import Console

    from detector.settings import Settings

WIDTH: Final = 100
"""Columns of a text report that is not written to a terminal."""

SETTINGS: Final = "kentongan.toml"
"""Where the settings are looked for unless an option says otherwise."""

CONFIG = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(SETTINGS),
    show_default=True,
    envvar="KENTONGAN_CONFIG",
    show_envvar=True,
    help="The settings; kentongan init writes them.",
)

LANGUAGE = click.option(
    "--lang",
    "language",
    type=click.Choice(["id", "en"]),
    help="Language of what a person reads: Indonesian or English  [default: id]",
)

MODEL = click.option(
    "--model",
    "model",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with posts-v1/ and verdict-v1.json  [default: those that came with the program]",
)


class Listing(click.Group):
    """A group whose own name, alone or with options, means its `list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that is meant."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


Show = Callable[[str, int, int], None]
"""Told what is being done, how many are done and how many there are (0 when unknown)."""


def settings_of(config: Path) -> Settings:
    """Read the settings that a command cannot do without.

    Raises:
        SettingsError: they are not there, or cannot be used.
    """
    from detector import settings  # noqa: PLC0415 - only commands that take settings

    if not config.exists():
        raise SettingsError(
            "there are no settings", where=Location(str(config)), hint="kentongan init writes them"
        )
    return settings.load(config)


def check_target(target: Path | None, inputs: tuple[Path, ...]) -> None:
    """Find out before the work whether its result can be written, and that it overwrites no input.

    Raises:
        SettingsError: it cannot, or it would.
    """
    if target is None:
        return
    where = Location(str(target))
    if any(one.exists() and target.exists() and one.samefile(target) for one in inputs):
        raise SettingsError(
            "is one of the inputs and would be overwritten",
            where=where,
            hint="name another file after -o",
        )
    partial = _partial(target)
    try:
        partial.open("wb").close()
        partial.unlink()
    except OSError as error:
        raise _unwritable(target, error) from error


def check_folder(folder: Path, option: str) -> None:
    """Make a folder, and find out before the work whether its result can be written there.

    Raises:
        SettingsError: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".partial"
        probe.open("wb").close()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"cannot be written: {error.strerror}",
            where=Location(str(folder)),
            hint=f"name another folder after {option}",
        ) from error


@contextlib.contextmanager
def output(target: Path | None) -> Iterator[IO[bytes]]:
    """Open where a command writes: a file that appears only when whole, or stdout.

    A reader that goes away early, as `head` does, is no error, and the command's exit code still counts.

    Raises:
        SettingsError: the file cannot be written.
    """
    if target is None:
        try:
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            leave_stdout()
        return
    partial = _partial(target)
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        partial.unlink(missing_ok=True)


def leave_stdout() -> None:
    """Write nothing more to a reader that went away, not even while Python shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _partial(target: Path) -> Path:
    return target.with_name(target.name + ".partial")


def _unwritable(target: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"cannot be written: {error.strerror}",
        where=Location(str(target)),
        hint="name another file after -o",
    )


_DONE: Final = {
    "id": {
        "read": "Membaca berkas",
        "judge": "Menilai unggahan",
        "learn": "Melatih model",
        "peers": "Melatih pembanding",
        "replay": "Memutar ulang",
    },
    "en": {
        "read": "Reading files",
        "judge": "Judging posts",
        "learn": "Fitting models",
        "peers": "Fitting baselines",
        "replay": "Replaying",
    },
}


@contextlib.contextmanager
def progress(language: str) -> Iterator[Show]:
    """Show a progress bar on a terminal, nothing on a pipe; yields a `scan.Progress`."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - only for a terminal
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    said = _DONE[language]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(said.get(what, what), total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield show


def hint_at_typing(what: str) -> None:
    """Tell somebody at a keyboard that the command waits for them."""
    if sys.stdin.isatty():
        click.echo(f"kentongan: {what}, then Ctrl-D (on Windows Ctrl-Z and Enter)", err=True)


@contextlib.contextmanager
def text_report(stream: IO[bytes], *, to_terminal: bool) -> Iterator[Console]:
    """Give a console to write a report on: the terminal itself, or plain lines into `stream`.

    Args:
        stream: where plain lines go, as UTF-8.
        to_terminal: whether stdout was meant, which may be a terminal.
    """
    from rich.console import Console  # noqa: PLC0415 - only where a report is written

    if to_terminal and sys.stdout.isatty():
        yield Console(highlight=False)
        return
    buffer = io.StringIO()
    yield Console(
        file=buffer, width=WIDTH, highlight=False, color_system=None, force_terminal=False
    )
    lines = (line.rstrip() for line in buffer.getvalue().splitlines())
    stream.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
