"""`evaluate`: how well texts and accounts are judged, with figures and the model card."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from detector.cli._shared import MODEL, check_folder, check_target, output, progress, text_report
from detector.cli.models import SEED
from detector.cli.replaying import Many, options
from detector.errors import Location, SettingsError

if TYPE_CHECKING:
    from detector.appraisal import Sample
    from detector.report.evaluation import Evaluation, Measured
    from detector.report.replay import Replay

STRANGERS = "stranger,fraud,gambling,phishing,recovery_scam,scam_other"


@click.command(
    cls=Many,
    short_help="Measure how well texts are judged, on the corpus or labelled posts; accounts, on --streams.",
)
@click.option(
    "--posts",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='Labelled JSON Lines with "text" and "label", judged as shipped; may be given again '
    "[default: the corpus, cross-validated].",
)
@click.option(
    "--strangers",
    multiple=True,
    metavar="LABEL[,LABEL]|FILE",
    help=f"Labels in --posts that mean a stranger; every other means the owner  [default: {', '.join(STRANGERS.split(','))}]. "
    "With --streams: JSON Lines of posts to put in  [default: the corpus'].",
)
@click.option(
    "--ignore",
    "ignored",
    metavar="LABEL[,LABEL]",
    default="",
    help="Labels in --posts to pass over, as advertising that is neither.",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="Share of owners' posts that may be flagged; the mark that keeps to it is told.",
)
@click.option(
    "--baselines",
    is_flag=True,
    help="Beside it, from the same folds: TF-IDF with logistic regression, and keyword rules.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What is written: the worst classes, or all of them.",
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help="File to write to [default: stdout].",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for precision-recall, ROC and calibration as PNG and SVG (needs matplotlib).",
)
@click.option(
    "--card",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the model card to this file too; measures the corpus also with --posts.",
)
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Directory of labelled posts [default: models/corpus].",
)
@click.option(
    "--seed",
    type=int,
    default=SEED,
    show_default=True,
    help="For solver, bootstrap and what is put where.",
)
@options
@MODEL
def evaluate(form: str, target: Path | None, card: Path | None, **asked: Any) -> int:
    """Measure how well texts are judged: ranking, recall and false alarms, calibration, worst classes.

    With --streams, how well accounts are: strangers' posts are put into them one by one, hard innocent posts at the
    same places, and the streams are watched as they are; beside text alone, keyword rules and a behaviour profile.

    Every measure has its sample size and 95 % interval. The corpus takes a minute, with --baselines three.

    \b
      kentongan evaluate
      kentongan evaluate --baselines --figures figures/
      kentongan evaluate --posts mine.jsonl --strangers scam,hijack --budget 0.001
      kentongan evaluate --baselines --card docs/model-card.md
      kentongan evaluate --posts mine.jsonl --format json -o measured.json
      kentongan evaluate --streams exports/ -c kentongan.toml --figures figures/
      kentongan evaluate --streams a.zip b.zip --strangers theirs.jsonl --innocents ours.jsonl

    \b
    A line of --posts:  {"text": "Dijual iPhone 13 tebus murah ...", "label": "stranger"}
    Exit code:          2 if something cannot be read or written, else 0
    """  # noqa: D301 - click's mark for a paragraph left as it is
    import msgspec  # noqa: PLC0415

    from detector.report import evaluation_text, replay_text  # noqa: PLC0415
    from detector.report.replay import Replay  # noqa: PLC0415

    for path in (target, card):
        check_target(path, asked["posts"])
    _check_asked(has_streams=bool(asked["streams"]))
    document = _replay(card, **asked) if asked["streams"] else _measure(card, **asked)
    with output(target) as stream:
        if form == "json":
            stream.write(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
        else:
            with text_report(stream, to_terminal=target is None) as console:
                if isinstance(document, Replay):
                    replay_text.write(document, console)
                else:
                    evaluation_text.write(document, console)
    return 0


_OF_STREAMS: Final = {
    "innocents": "--innocents", "held_out": "--held-out or --as-shipped", "splices": "--splices", "hours": "--hours",
    "config": "-c",
}  # fmt: skip
_OF_POSTS: Final = {"ignored": "--ignore", "budget": "--budget", "baselines": "--baselines"}


def _check_asked(*, has_streams: bool) -> None:
    """Refuse what would be passed over in silence.

    Raises:
        SettingsError: an option is given that says something of the other kind of measuring.
    """
    context = click.get_current_context()
    others, hint = (
        (_OF_POSTS, "leave it out, or --streams")
        if has_streams
        else (_OF_STREAMS, "name some with --streams")
    )
    for name, option in others.items():
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            what = (
                "is about texts, and --streams measures accounts"
                if has_streams
                else "is about streams"
            )
            raise SettingsError(f"{option} {what}", hint=hint)


def _replay(
    card: Path | None, *, posts: tuple[Path, ...], strangers: tuple[str, ...], **asked: Any
) -> Replay:
    from detector.cli.replaying import measured  # noqa: PLC0415

    if posts or card:
        raise SettingsError(
            "--streams measures accounts, --posts and --card texts",
            hint="measure them one after the other",
        )
    if asked["figures"]:
        _prepare(asked["figures"])
    used = {name: asked[name] for name in asked if name not in {"ignored", "budget", "baselines"}}
    files = [_file(name) for name in strangers]
    return measured(strangers=files, labels=_labels(STRANGERS), **used)


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise SettingsError(
            "is no file", where=Location(name), hint="--strangers names files with --streams"
        )
    return path


def _measure(
    card: Path | None, *, model: Path | None, corpus: Path | None, posts: tuple[Path, ...],
    strangers: tuple[str, ...], ignored: str, budget: float, baselines: bool, figures: Path | None,
    seed: int, **_streams: Any,
) -> Evaluation:  # fmt: skip
    from detector import appraisal, assembly  # noqa: PLC0415
    from detector.report import model_card  # noqa: PLC0415

    if figures:
        _prepare(figures)
    # Unreadable labels are told before the minutes that cross-validation takes.
    labels = _labels(",".join(strangers) or STRANGERS)
    labelled = appraisal.read_posts(posts, labels, _labels(ignored)) if posts else None
    pipeline = assembly.pipeline(model)
    corpus = corpus or assembly.shipped("models") / "corpus"
    crossed = judged = None
    with progress("en") as show:
        asked = appraisal.Asked(budget, baselines, seed, show)
        if labelled is None or card:
            crossed = appraisal.of_corpus(corpus, pipeline, asked)
        if labelled is not None:
            marks = crossed.sample.marks if crossed else {}
            judged = appraisal.of_posts(labelled, pipeline, asked, corpus, marks)
    document = appraisal.evaluation(pipeline, budget, crossed, judged)
    if card and crossed:
        written = model_card.written(document, pipeline.reader.model.card, crossed.examples)
        with output(card) as stream:
            _write(stream, written)
    if figures:
        for name, one in (("corpus", crossed), ("posts", judged)):
            if one is not None:
                _draw(figures, name, one.measured, one.sample)
    return document


def _write(stream: IO[bytes], text: str) -> None:
    stream.write(text.encode("utf-8", "replace"))


def _labels(listed: str) -> frozenset[str]:
    return frozenset(label for one in listed.split(",") if (label := one.strip()))


def _prepare(folder: Path) -> None:
    from detector.report.figures import check_installed  # noqa: PLC0415

    check_installed()
    check_folder(folder, "--figures")


def _draw(folder: Path, name: str, measured: Measured, sample: Sample) -> None:
    from detector import appraisal  # noqa: PLC0415
    from detector.report import figures  # noqa: PLC0415

    lines = appraisal.curves(sample)
    if lines is None:
        click.echo(f"kentongan: no figures of the {name}: they need both kinds of posts", err=True)
        return
    figures.roc(lines.roc, folder / f"{name}-roc")
    figures.precision_recall(lines.precision_recall, folder / f"{name}-precision-recall")
    figures.calibration(measured.calibration, folder / f"{name}-calibration")
