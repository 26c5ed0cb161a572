"""`plugins` and `schema`: what is installed, and the shapes of what goes in and out."""

from __future__ import annotations

import sys

import click

from detector.cli._shared import LANGUAGE


@click.command(short_help="List the sources and indicators that are installed.")
@LANGUAGE
def plugins(language: str | None) -> int:
    """List every source with its tier and every indicator with what it means.

    \b
    Tiers: bronze has a fixture; silver also resumes and maps every error; gold is measured on real exports.
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from detector import assembly  # noqa: PLC0415
    from detector.registry import purpose  # noqa: PLC0415

    console = Console(highlight=False)
    table = Table("source", "platforms", "tier", "what it reads", box=None)
    for name, source in assembly.source_kinds().items():
        table.add_row(name, ", ".join(source.platforms) or "any", source.tier, purpose(source))
    console.print(table)
    console.print()
    table = Table("indicator", "speaks for", "what it finds", "meaning", box=None)
    for name, indicator in assembly.indicator_kinds().items():
        table.add_row(name, indicator.speaks_for, purpose(indicator), indicator.meaning.said(language or "id"))
    console.print(table)
    return 0


@click.command(short_help="Print the JSON Schema of what goes in or comes out.")
@click.argument("what", type=click.Choice(["scan", "score", "settings"]), default="scan")
def schema(what: str) -> int:
    """Print a JSON Schema: of a scan's JSON, of a line of score, or of kentongan.toml."""
    import msgspec  # noqa: PLC0415

    from detector.report.document import ScanDocument, ScoredText  # noqa: PLC0415
    from detector.settings import Settings  # noqa: PLC0415

    kinds = {"scan": ScanDocument, "score": ScoredText, "settings": Settings}
    shape = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kinds[what])}
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shape), indent=2) + b"\n")
    return 0
