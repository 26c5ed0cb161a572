"""The command line: every command in a module that is imported only when it is called."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import stat
import sys
from pathlib import Path
from typing import Any, Final

import click

from detector import __version__
from detector.cli._shared import leave_stdout
from detector.errors import DetectorError

_COMMANDS: Final = {
    "scan": "scanning",
    "convert": "converting",
    "demo": "scanning",
    "score": "texts",
    "explain": "texts",
    "init": "starting",
    "doctor": "doctoring",
    "monitor": "monitoring",
    "accounts": "watching",
    "incidents": "responding",
    "deliveries": "delivering",
    "store": "storing",
    "train": "models",
    "evaluate": "evaluating",
    "plugins": "about",
    "schema": "about",
}

INTERRUPTED: Final = 130
WIDTH: Final = 100
"""Columns of a help text, at most."""


class _LazyGroup(click.Group):
    """A group that knows its commands' names without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order a newcomer meets them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is called."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"detector.cli.{_COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself has other habits when it is interrupted or its reader is gone."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None
        except BrokenPipeError:
            leave_stdout()
            return 0


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
)
@click.version_option(__version__, prog_name="kentongan")
@click.pass_context
def kentongan(context: click.Context) -> None:
    """Say whether an institution's posts were written by the institution or by a stranger.

    \b
    New here?          kentongan demo
    Your own export:   kentongan scan instagram-kantorku-2024-11-23.zip --timezone WIB
    One single text:   kentongan explain "PROMO TEBUS MURAH iPhone, klaim via WhatsApp ..."

    Every command has its own help: kentongan scan --help
    """  # noqa: D301 - click's mark for a paragraph left as it is
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit.

    Errors end as one line on stderr: what, where, what to do.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Whoever started us closed it, as some schedulers do.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character must not end the program.
            stream.reconfigure(errors="replace")
    try:
        code = kentongan.main(args=arguments, prog_name="kentongan", standalone_mode=False)
        sys.stdout.flush()
    except DetectorError as error:
        code = _complain(str(error), error.exit_code)
    except click.ClickException as error:
        code = _complain(_one_line(error))
    except (click.Abort, KeyboardInterrupt):
        code = _complain("stopped; nothing was changed", INTERRUPTED)
        # A reader that reads no more would be waited for at exit.
        _drop_output(only_of_pipes=True)
    except OSError as error:
        code = _complain(_of_system(error))
        # What could not be written would be tried again at exit, and end with another code.
        _drop_output()
    sys.exit(code if isinstance(code, int) else 0)


def _drop_output(*, only_of_pipes: bool = False) -> None:
    """Write nowhere what was not written yet; `only_of_pipes` leaves files and terminals, which never wait."""
    with contextlib.suppress(OSError, ValueError):
        kind = os.fstat(sys.stdout.fileno()).st_mode
        if not only_of_pipes or stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str, exit_code: int = 2) -> int:
    from detector.report.printable import one_line  # noqa: PLC0415 - only when something went wrong

    click.echo(f"kentongan: {one_line(message)}", err=True)
    return exit_code


def _of_system(error: OSError) -> str:
    said = error.strerror or str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        place = error.filename or "the output"
        return f"{place}: cannot be written: {said} (free some space, or write elsewhere)"
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}cannot be read or written: {said}"


def _one_line(error: click.ClickException) -> str:
    context: Any = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None:
        return f"{error.format_message()} (see {context.command_path} --help)"
    return error.format_message()
