"""`plugins` and `schema`: what is installed, and the shapes of what goes in and out."""

from __future__ import annotations

import sys

import click

from detector.cli._shared import LANGUAGE, text_report


@click.command(short_help="List the sources and indicators that are installed.")
@LANGUAGE
def plugins(language: str | None) -> int:
    """List every source with its tier and every indicator with what it means.

    Tiers: bronze has a fixture; silver also resumes and maps every error; gold is measured on real exports.

    \b
      kentongan plugins
      kentongan plugins --lang en
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from detector import assembly  # noqa: PLC0415
    from detector.registry import purpose  # noqa: PLC0415

    said = language or "id"
    sources = Table("source", "platforms", "tier", "what it reads", box=None, pad_edge=False)
    for name, source in assembly.source_kinds().items():
        platforms = ", ".join(source.platforms) or "any"
        sources.add_row(*map(Text, (name, platforms, source.tier, purpose(source))))
    indicators = Table(
        "indicator", "speaks for", "what it finds", "meaning", box=None, pad_edge=False
    )
    for name, one in assembly.indicator_kinds().items():
        indicators.add_row(*map(Text, (name, one.speaks_for, purpose(one), one.meaning.said(said))))
    with text_report(sys.stdout.buffer, to_terminal=True) as console:
        console.print(sources)
        console.print()
        console.print(indicators)
    return 0


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
