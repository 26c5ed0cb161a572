"""Options and habits that several commands share."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

LANGUAGE = click.option(
    "--lang",
    "language",
    type=click.Choice(["id", "en"]),
    help="Language of what a person reads [default: the settings' language, else id].",
)

MODEL = click.option(
    "--model",
    "model",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Directory with posts-v1/ and verdict-v1.json [default: the shipped ones].",
)


@contextlib.contextmanager
def output(target: Path | None) -> Iterator[IO[bytes]]:
    """Open where a command writes: a file that appears only when whole, or stdout."""
    if target is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = target.with_name(target.name + ".partial")
    try:
        stream = partial.open("wb")
    except OSError as error:
        raise click.ClickException(f"{target}: cannot be written: {error.strerror}") from error
    try:
        with stream:
            yield stream
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def progress(language: str) -> Iterator[Any]:
    """Show a progress bar on a terminal, nothing on a pipe; yields a `scan.Progress`."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - only for a terminal
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    said = (
        {"read": "Membaca berkas", "judge": "Menilai unggahan"}
        if language == "id"
        else {"read": "Reading files", "judge": "Judging posts"}
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(said.get(what, what), total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield show
