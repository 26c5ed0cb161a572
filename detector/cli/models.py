"""`train`: remake the models from the labelled corpus."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

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
    from detector.classifier import TextModel  # noqa: PLC0415

    models = target or assembly.shipped("models")
    corpus = corpus or assembly.shipped("models") / "corpus"
    trained = training.train(
        corpus, assembly.finder(), seed=seed, today=datetime.now(UTC).date(), added=added
    )
    point = trained.card.metrics["at_operating_point"]
    click.echo(
        f"{sum(trained.card.counts.values())} posts ({trained.card.counts}), "
        f"ROC AUC {trained.card.metrics['roc_auc']:.4f}, recall {point['recall']['share']:.3f} "
        f"at {point['false_alarms']['share']:.4f} false alarms, weights {trained.card.weights_sha256[:12]}"
    )
    if check:
        same = (
            TextModel.load(models / assembly.MODEL_NAME).card.weights_sha256
            == trained.card.weights_sha256
        )
        click.echo("the same weights" if same else "different weights")
        return 0 if same else 1
    training.write(trained, models)
    click.echo(f"written to {models}")
    return 0
