"""`score` and `explain`: texts alone, without an account's history."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from detector.cli._shared import LANGUAGE, MODEL, Show, hint_at_typing, progress
from detector.errors import ExportFormatError, Location

if TYPE_CHECKING:
    from detector.pipeline import Pipeline
    from detector.report.document import ScoredText

COLUMNS: Final = (
    "id", "flagged", "probability", "log_odds", "category", "indicators", "values", "error",
)  # fmt: skip

_TOGETHER: Final = 256
"""Lines read before the first is answered."""

Line = tuple[Any, str, str | None]
"""The id and text of one line, and why it could not be read."""


@click.command(short_help="Judge texts alone: JSON Lines in, one line out per line in.")
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="What is written.",
)
@LANGUAGE
@MODEL
def score(file: IO[bytes], form: str, language: str | None, model: Path | None) -> int:
    """Judge each line of FILE (or standard input), a JSON object with "text", without any history.

    Lines come out in the order they went in, each with its "id". One that cannot be read gives a line with
    "error", and exit code 2 at the end.

    \b
      echo '{"id": 1, "text": "slot gacor maxwin"}' | kentongan score
      kentongan score posts.jsonl --format csv > scores.csv
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from detector import assembly  # noqa: PLC0415

    pipeline = assembly.pipeline(model)
    said = language or "id"
    name = _name(file)
    if name == "stdin":
        hint_at_typing('type one {"text": "..."} a line')
    unread = 0
    write = _write_csv if form == "csv" else _write_json
    if form == "csv":
        sys.stdout.buffer.write(_row(COLUMNS))
    with contextlib.ExitStack() as stack:
        show: Show = lambda _what, _done, _total: None  # noqa: E731
        if not sys.stdout.isatty():
            show = stack.enter_context(progress(said))
        for index, scored in enumerate(_score(file, name, pipeline, said)):
            write(scored)
            if scored.error:
                unread += 1
                click.echo(f"kentongan: {scored.error}", err=True)
            if index % 1_000 == 0:
                show("judge", index, 0)
    sys.stdout.buffer.flush()
    return 2 if unread else 0


def _name(file: IO[bytes]) -> str:
    """Return what errors call a file; standard input itself has a number, a name in brackets or none."""
    name = getattr(file, "name", None)
    return name if isinstance(name, str) and name not in {"-", "<stdin>"} else "stdin"


def _score(file: IO[bytes], name: str, pipeline: Pipeline, language: str) -> Iterator[ScoredText]:

    lines = (
        _read(line, Location(name, number)) for number, line in enumerate(_without_empty_end(file))
    )
    while batch := list(islice(lines, _TOGETHER)):
        yield from _judged(batch, pipeline, language)


def _without_empty_end(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield all lines but the empty ones at the end, which answer to no record."""
    empty: list[bytes] = []
    for line in lines:
        if line.strip():
            yield from empty
            empty.clear()
            yield line
        else:
            empty.append(line)


def _write_json(scored: ScoredText) -> None:
    from detector.report.document import encoded  # noqa: PLC0415

    sys.stdout.buffer.write(encoded(scored) + b"\n")


def _write_csv(scored: ScoredText) -> None:
    indicators = dict.fromkeys(one.indicator for one in scored.findings)
    values = dict.fromkeys(one.value for one in scored.findings if one.value)
    sys.stdout.buffer.write(
        _row((
            scored.id, scored.flagged, scored.probability, scored.log_odds, scored.category or "",
            " ".join(indicators), "; ".join(values), scored.error or "",
        ))
    )  # fmt: skip


def _row(cells: Iterable[Any]) -> bytes:
    from detector.report.tables import harmless  # noqa: PLC0415

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow([harmless(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8", "replace")


def _read(line: bytes, where: Location) -> Line:
    """Read one line; a byte order mark, half a surrogate pair and bad bytes are forgiven."""
    import msgspec  # noqa: PLC0415

    from detector.sources._values import mended  # noqa: PLC0415

    try:
        record = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        try:
            record = mended(json.loads(line.decode("utf-8-sig", "replace")))
        except (ValueError, RecursionError):
            return (
                None,
                "",
                str(ExportFormatError("is not a whole JSON object", where=where, hint=_LINE)),
            )
    identity = record.get("id") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return identity, "", str(ExportFormatError('has no "text"', where=where, hint=_LINE))
    return identity, record["text"], None


_LINE: Final = 'each line is {"text": "..."}'


def _judged(lines: list[Line], pipeline: Pipeline, language: str) -> Iterator[ScoredText]:
    from msgspec import UNSET  # noqa: PLC0415

    from detector.report.document import ScoredText, given, kinds  # noqa: PLC0415

    verdicts = pipeline.explain_texts([text for _, text, _ in lines])
    for (identity, _, error), verdict in zip(lines, verdicts, strict=True):
        yield ScoredText(
            id=identity,
            flagged=verdict.probability >= pipeline.judge.weights.text_alone_at,
            probability=verdict.probability,
            log_odds=verdict.log_odds,
            category=verdict.category,
            categories=kinds(verdict.categories),
            findings=list(verdict.findings),
            reasons=given(verdict.reasons, language),
            error=UNSET if error is None else error,
        )


@click.command(short_help="Show what one text was judged by, and the sum.")
@click.argument("text", default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What is written.",
)
@LANGUAGE
@MODEL
def explain(text: str, form: str, language: str | None, model: Path | None) -> int:
    """Explain TEXT (or standard input): the spans that were found and every term of the sum, in nats.

    Above 0 speaks for a stranger, below 0 for the owner. A scan also weighs the account's habits.

    \b
      kentongan explain "PROMO TEBUS MURAH iPhone 13, klaim via WA 0858-0000-1234"
      kentongan explain --lang en < caption.txt
    """  # noqa: D301 - click's mark for a paragraph left as it is
    import msgspec  # noqa: PLC0415

    from detector import assembly  # noqa: PLC0415

    if text == "-":
        hint_at_typing("paste the text")
        text = sys.stdin.buffer.read().decode("utf-8-sig", "replace").rstrip("\r\n")
    text = text.encode("utf-8", "replace").decode()
    said = language or "id"
    pipeline = assembly.pipeline(model)
    (scored,) = _judged([(None, text, None)], pipeline, said)
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(scored), indent=2) + b"\n")
        return 0
    from detector.cli._shared import text_report  # noqa: PLC0415
    from detector.report import text as report  # noqa: PLC0415
    from detector.verdict import log_odds_of  # noqa: PLC0415

    mark = log_odds_of(pipeline.judge.weights.text_alone_at)
    with text_report(sys.stdout.buffer, to_terminal=True) as console:
        report.explain(scored, text, console, said, flagged_from=mark)
    return 0
