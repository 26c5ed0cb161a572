"""`score` and `explain`: texts alone, without an account's history."""

from __future__ import annotations

import csv
import io
import itertools
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Any

import click

from detector.cli._shared import LANGUAGE, MODEL
from detector.errors import ExportFormatError, Location

COLUMNS = ("id", "flagged", "probability", "log_odds", "category", "indicators", "values")


@click.command(short_help="Judge texts alone: JSON Lines in, one line out per line in.")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True, help="What is written.")
@LANGUAGE
@MODEL
def score(file: IO[bytes], form: str, language: str | None, model: Any) -> int:
    """Judge each line of FILE (or standard input), a JSON object with "text", without any history.

    A line that cannot be read gives a line with "error" in its place, and exit code 2 at the end.

    \b
      echo '{"id": 1, "text": "slot gacor maxwin"}' | kentongan score
    """  # noqa: D301 - click's mark for a paragraph left as it is
    import msgspec  # noqa: PLC0415

    from detector import assembly  # noqa: PLC0415
    from detector.pipeline import BATCH  # noqa: PLC0415

    pipeline = assembly.pipeline(model)
    name = getattr(file, "name", "-")
    bad = 0
    if form == "csv":
        _print_csv(COLUMNS)
    lines = enumerate(line for line in file if line.strip())
    for chunk in itertools.batched(lines, BATCH) if hasattr(itertools, "batched") else _chunks(lines, BATCH):
        read = [_text_of(line, Location(str(name), number)) for number, line in chunk]
        for scored, error in _scored(read, pipeline, language or "id"):
            bad += error is not None
            if form == "csv":
                indicators = dict.fromkeys(one.indicator for one in scored.findings)
                values = dict.fromkeys(one.value for one in scored.findings if one.value)
                _print_csv((
                    scored.id, scored.flagged, scored.probability, scored.log_odds,
                    error or scored.category or "", " ".join(indicators), "; ".join(values),
                ))  # fmt: skip
            else:
                row = msgspec.to_builtins(scored)
                if error is not None:
                    row["error"] = error
                sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
            if error is not None:
                click.echo(f"kentongan: {error}", err=True)
    sys.stdout.flush()
    return 2 if bad else 0


def _chunks(lines: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(lines)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk


def _print_csv(row: Iterable[Any]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(list(row))
    sys.stdout.buffer.write(buffer.getvalue().encode())


def _text_of(line: bytes, where: Location) -> tuple[Any, str, str | None]:
    """Return (id, text, error) of one line."""
    import msgspec  # noqa: PLC0415

    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return None, "", str(ExportFormatError(f"not a line of JSON: {error}", where=where))
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        identity = record.get("id") if isinstance(record, dict) else None
        return identity, "", str(ExportFormatError('no "text"', where=where, hint='each line is {"text": "..."}'))
    return record.get("id"), record["text"], None


def _scored(read: list[tuple[Any, str, str | None]], pipeline: Any, language: str) -> Iterator[tuple[Any, str | None]]:
    from detector.report.document import ScoredText, given  # noqa: PLC0415

    shown = pipeline.reader.read([text for _, text, _ in read])
    for (identity, text, error), one in zip(read, shown, strict=True):
        verdict = pipeline.explain(text, one)
        yield (
            ScoredText(
                id=identity,
                flagged=verdict.probability >= pipeline.judge.weights.text_alone_at,
                probability=verdict.probability,
                log_odds=verdict.log_odds,
                category=verdict.category,
                findings=list(verdict.findings),
                reasons=given(verdict.reasons, language),
            ),
            error,
        )


@click.command(short_help="Show what one text was judged by, and the sum.")
@click.argument("text", default="-")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What is written.")
@LANGUAGE
@MODEL
def explain(text: str, form: str, language: str | None, model: Any) -> int:
    """Explain TEXT (or standard input): the spans that were found and every term of the sum, in nats.

    \b
      kentongan explain "PROMO TEBUS MURAH iPhone 13, klaim via WA 0858-0000-1234"
      kentongan explain --lang en < caption.txt
    """  # noqa: D301 - click's mark for a paragraph left as it is
    import msgspec  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    from detector import assembly  # noqa: PLC0415
    from detector.report import text as report  # noqa: PLC0415

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\n")
    text = text.encode("utf-8", "replace").decode()
    said = language or "id"
    pipeline = assembly.pipeline(model)
    ((scored, _),) = _scored([(None, text, None)], pipeline, said)
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(scored), indent=2) + b"\n")
        return 0
    report.explain(scored, text, Console(highlight=False), said)
    return 0
