"""The command line: every command in a module that is imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Final

import click

from detector import __version__
from detector.errors import DetectorError

_COMMANDS: Final = {
    "scan": "scanning",
    "demo": "scanning",
    "score": "texts",
    "explain": "texts",
    "train": "models",
    "plugins": "about",
    "schema": "about",
}

INTERRUPTED: Final = 130


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


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kentongan")
def kentongan() -> None:
    """Say whether an institution's posts were written by the institution or by a stranger.

    \b
    New here?          kentongan demo
    Your own export:   kentongan scan instagram-kantorku-2024-11-23.zip --timezone WIB
    One single text:   kentongan explain "PROMO TEBUS MURAH iPhone, klaim via WhatsApp ..."
    """  # noqa: D301 - click's mark for a paragraph left as it is


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit.

    Errors end as one line on stderr: what, where, what to do.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character must not end the program.
            stream.reconfigure(errors="replace")
    try:
        code = kentongan.main(args=arguments, standalone_mode=False)
    except DetectorError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _complain(_one_line(error))
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _complain("stopped; nothing was changed")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader went away, as `head` does: leave without a word.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str) -> None:
    click.echo(f"kentongan: {message}", err=True)


def _one_line(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    context: Any = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None:
        return f"{message} (see {context.command_path} --help)"
    return message
