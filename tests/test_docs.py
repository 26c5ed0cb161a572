"""What the pages say can be typed can be typed, and what can be typed or set stands on a page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from detector import settings
from detector.cli import kentongan
from detector.cli.monitoring import wall
from detector.errors import Location
from detector.monitor.feeds import Feeds
from detector.monitor.secrets import Secrets
from detector.network import Transport

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEMPLATE = ROOT / "detector" / "cli" / "_template.py"


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command under a group with its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


COMMANDS = dict(commands(kentongan))


def written(page: Path) -> Iterator[str]:
    """Yield every `kentongan ...` that stands on a page as something to type."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```(?:console|sh|bash|)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from re.findall(r"^(?:\$ )?(kentongan [^#|>&\n]*)", block, re.MULTILINE)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    yield from (one.replace("\\|", "|") for one in re.findall(r"`(kentongan [^`]*)`", prose))


TYPED = [(page.name, line) for page in PAGES for line in written(page)]


@pytest.mark.parametrize(("page", "line"), dict.fromkeys(TYPED))
def test_a_command_on_a_page_can_be_typed(page: str, line: str) -> None:
    words = shlex.split(re.sub(r"[\[\]]", " ", line).split(" | ")[0])[1:]
    name: tuple[str, ...] = ()
    while words and (*name, words[0]) in COMMANDS:
        name = (*name, words.pop(0))
    assert name, f"{page}: {line}"
    listing = COMMANDS.get((*name, "list"), COMMANDS[name])
    known = {
        spelling
        for one in (COMMANDS[name], listing)
        for parameter in one.params
        for spelling in (*parameter.opts, *parameter.secondary_opts)
    }
    asked = {word.partition("=")[0] for word in words if re.match("--?[a-z]", word)}

    assert asked <= known | {"--help"}, f"{page}: {line}"


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_every_command_stands_on_a_page_and_explains_itself(name: tuple[str, ...]) -> None:
    said = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    command = COMMANDS[name]

    assert re.search(rf"\b{name[-1]}\b", said)
    assert command.help
    assert all(
        one.help for one in command.params if isinstance(one, click.Option) and not one.hidden
    )


def tables(kind: type[msgspec.Struct]) -> Iterator[str]:
    """Yield every key of a table of the settings, and of those in it."""
    for field in msgspec.structs.fields(kind):
        yield field.encode_name
        for part in getattr(field.type, "__args__", (field.type,)):
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                yield from tables(part)


def test_every_setting_stands_on_a_page() -> None:
    said = "\n".join(page.read_text(encoding="utf-8") for page in (*PAGES, TEMPLATE))

    assert [
        key
        for key in dict.fromkeys(tables(settings.Settings))
        if not re.search(rf"\b{key}\b", said)
    ] == []


BLOCKS = [
    (page.name, block)
    for page in PAGES
    for block in re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
]  # fmt: skip


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_settings_on_a_page_are_settings_and_their_sources_can_be_made(
    page: str, block: str
) -> None:
    """A line that stands for itself goes into a table of accounts."""
    if block.startswith("source"):
        platform = "youtube" if "youtube" in block else "instagram"
        block = f'[[accounts]]\nplatform = "{platform}"\naccount = "kantorku"\n{block}'
    known = settings.parsed(block.encode(), Location(page))
    with Transport(wall) as net:
        feeds = Feeds(known.accounts, Secrets(ROOT), net, ROOT)

    assert len(feeds) == sum(one.source is not None for one in known.accounts)
