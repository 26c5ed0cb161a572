"""`train`: remake the models from the labelled corpus."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from msgspec import structs

from detector.cli._shared import check_folder, progress

if TYPE_CHECKING:
    from detector.training import Trained
    from detector.verdict import Weights

SEED = 20_241_121


@click.command(short_help="Remake the models from the labelled corpus, bit for bit.")
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Directory of labelled posts [default: models/corpus].",
)
@click.option(
    "--add",
    "added",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Your own labelled posts besides the corpus: CSV or JSON Lines with text and label, owner or stranger; "
    "may be given several times; needs -o.",
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory to write posts-v1/ and verdict-v1.json to [default: where the shipped ones are].",
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="For the solver.")
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing; exit 1 if the weights differ from those in the directory.",
)
def train(
    corpus: Path | None, added: tuple[Path, ...], target: Path | None, seed: int, check: bool
) -> int:
    """Fit the text model and the weights of evidence on the corpus, and measure them.

    The same corpus, seed and package versions give the same bytes.

    \b
      kentongan train --check
      kentongan train --add my-labels.csv -o my-models/
      kentongan scan exports/ --model my-models/

    \b
    Exit code:  1  --check, and the weights differ
                2  the corpus cannot be used
                0  neither
    """  # noqa: D301 - click's mark for a paragraph left as it is
    if added and target is None:
        raise click.UsageError("--add needs -o: the shipped models are made from the corpus alone")
    from detector import assembly, training  # noqa: PLC0415

    models = target or assembly.shipped("models")
    # What stands in the way is told before the minutes that training takes.
    present = _present(models) if check else None
    if not check:
        check_folder(models, "-o")
    corpus = corpus or assembly.shipped("models") / "corpus"
    with progress("en") as show:
        show("learn", 0, 0)
        trained = training.train(
            corpus, assembly.finder(), seed=seed, today=datetime.now(UTC).date(), added=added
        )
        trained = _with_shares(trained, corpus, added, seed)
    point = trained.card.metrics["at_operating_point"]
    click.echo(
        f"{sum(trained.card.counts.values())} posts ({trained.card.counts}), "
        f"ROC AUC {trained.card.metrics['roc_auc']:.4f}, recall {point['recall']['share']:.3f} "
        f"at {point['false_alarms']['share']:.4f} false alarms, weights {trained.card.weights_sha256[:12]}"
    )
    click.echo(trained.verdict.note)
    if present is not None:
        sha256, weights = present
        same = (
            sha256 == trained.card.weights_sha256
            and structs.replace(weights, made_on=trained.verdict.made_on) == trained.verdict
        )
        click.echo("the same weights" if same else "different weights")
        return 0 if same else 1
    training.write(trained, models)
    click.echo(f"written to {models}")
    return 0


def _present(models: Path) -> tuple[str, Weights]:
    """Return what a folder's models are known by: the text model's hash, and the weights of evidence."""
    from detector import assembly  # noqa: PLC0415
    from detector.classifier import TextModel  # noqa: PLC0415
    from detector.verdict import Weights  # noqa: PLC0415

    model = TextModel.load(models / assembly.MODEL_NAME)
    return model.card.weights_sha256, Weights.load(models / assembly.WEIGHTS_NAME)


def _with_shares(trained: Trained, corpus: Path, added: tuple[Path, ...], seed: int) -> Trained:
    """Learn the shares of an account's signals with the model just trained."""
    from detector import assembly, shares, training  # noqa: PLC0415
    from detector.corpus import read_corpus  # noqa: PLC0415
    from detector.lives import read_lives, read_own  # noqa: PLC0415

    fixtures = assembly.shipped("fixtures")
    with TemporaryDirectory(prefix="kentongan-") as folder:
        training.write(trained, Path(folder))
        pipeline = assembly.pipeline(Path(folder))
    learned = shares.learn(
        pipeline, read_corpus(corpus, added)[0], trained.held_out,
        own=read_own(fixtures / "texts"), lives=read_lives(fixtures / "scenarios"), seed=seed,
    )  # fmt: skip
    verdict = structs.replace(
        trained.verdict, signals=learned.shares, note=f"{trained.verdict.note}; {learned.said}"
    )
    return structs.replace(trained, verdict=verdict)
