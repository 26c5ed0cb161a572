"""`plugins` and `schema`: what is installed, and the shapes of what goes in and out."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from msgspec import Struct, structs

from detector.cli._shared import LANGUAGE, text_report


@click.command(short_help="List the sources, live feeds and indicators that are installed.")
@LANGUAGE
def plugins(language: str | None) -> int:
    """List every source with its tier, every live feed with its options, every indicator with what it means.

    Tiers: bronze has a fixture; silver also resumes and maps every error; gold is measured on real exports.
    Sources are read by scan and convert; feeds are kinds of "source" in kentongan.toml, for monitor;
    options marked * cannot be left out.

    \b
      kentongan plugins
      kentongan plugins --lang en
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from detector import assembly  # noqa: PLC0415
    from detector.monitor.feeds import live_kinds  # noqa: PLC0415
    from detector.registry import purpose  # noqa: PLC0415

    said = language or "id"

    def table(*head: str, rows: Iterable[tuple[str, ...]]) -> Table:
        made = Table(*head, box=None, pad_edge=False)
        for row in rows:
            made.add_row(*(Text(cell.replace("``", "")) for cell in row))
        return made

    sources = (
        (name, ", ".join(one.platforms) or "any", one.tier, purpose(one))
        for name, one in assembly.source_kinds().items()
    )
    feeds = (
        (name, ", ".join(one.platforms) or "any", _options(one.options_type), purpose(one))
        for name, one in live_kinds().items()
    )
    indicators = (
        (name, one.speaks_for, purpose(one), one.meaning.said(said))
        for name, one in assembly.indicator_kinds().items()
    )
    with text_report(sys.stdout.buffer, to_terminal=True) as console:
        console.print(table("source", "platforms", "tier", "what it reads", rows=sources))
        console.print()
        console.print(table("live feed", "platforms", "options", "what it reads", rows=feeds))
        console.print()
        console.print(table("indicator", "speaks for", "what it finds", "meaning", rows=indicators))
    return 0


def _options(kind: type[Struct]) -> str:
    """Name a feed's options, those it cannot do without first and marked."""
    fields = [one for one in structs.fields(kind) if one.encode_name != "kind"]
    fields.sort(key=lambda one: not one.required)
    return ", ".join(f"{one.encode_name}*" if one.required else one.encode_name for one in fields)


@click.command(short_help="Print the JSON Schema of what goes in or comes out.")
@click.argument(
    "what", type=click.Choice(["scan", "score", "evaluate", "replay", "settings"]), default="scan"
)
def schema(what: str) -> int:
    """Print a JSON Schema: of a scan's JSON, of a line of score, of an evaluation or replay, or of kentongan.toml.

    \b
      kentongan schema > scan.schema.json
      kentongan schema settings
    """  # noqa: D301 - click's mark for a paragraph left as it is
    import msgspec  # noqa: PLC0415

    from detector.report.document import ScanDocument, ScoredText  # noqa: PLC0415
    from detector.report.evaluation import Evaluation  # noqa: PLC0415
    from detector.report.replay import Replay  # noqa: PLC0415
    from detector.settings import Settings  # noqa: PLC0415

    kinds = {
        "scan": ScanDocument,
        "score": ScoredText,
        "evaluate": Evaluation,
        "replay": Replay,
        "settings": Settings,
    }
    shape = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(kinds[what]),
    }
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shape), indent=2) + b"\n")
    return 0
