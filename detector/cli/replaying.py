"""What `evaluate --streams` does: how well accounts are judged, beside how well texts are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from detector.cli._shared import progress

if TYPE_CHECKING:
    from detector.pipeline import Pipeline
    from detector.replay_texts import Texts
    from detector.report.replay import Replay

HOURS: Final = ("random", "documented")

SPLICES: Final = 500


class Many(click.Command):
    """A command whose options for files may be followed by several: ``--streams a.zip b.zip``."""

    taking: tuple[str, ...] = ("--streams", "--strangers", "--innocents", "--posts")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the option before each of them."""
        spelled: list[str] = []
        option, has_value = "", False
        for one in args:
            if one.startswith("-") and one != "-":
                option, has_value = one.partition("=")[0], "=" in one
            elif option in self.taking and has_value:
                spelled.append(option)
            else:
                has_value = True
            spelled.append(one)
        return super().parse_args(ctx, spelled)


def options(command: Any) -> Any:
    """Add the options of a replay to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS: Final = (
    click.option(
        "--streams",
        multiple=True,
        type=click.Path(path_type=Path, exists=True),
        help="Exports of accounts in their owners' hands: measures how well accounts are judged, by putting "
        "strangers' posts into them; several may follow.",
    ),
    click.option(
        "--innocents",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="With --streams: JSON Lines of owners' posts that must raise no alarm  [default: the corpus' hard ones].",
    ),
    click.option(
        "--held-out/--as-shipped",
        "held_out",
        default=True,
        show_default=True,
        help="With --streams: judge the corpus' texts by models that saw nothing alike, or by the model as it is, "
        "which learned them.",
    ),
    click.option(
        "--splices",
        type=click.IntRange(min=1),
        default=SPLICES,
        show_default=True,
        help="With --streams: strangers' posts to put in.",
    ),
    click.option(
        "--hours",
        type=click.Choice(HOURS),
        default="random",
        show_default=True,
        help="With --streams: when they post, at the account's place: half at night, or at hours press reports tell.",
    ),
    click.option(
        "-c",
        "--config",
        "config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="With --streams, kentongan.toml: the accounts' time zones and official contacts.",
    ),
)


def measured(
    *, model: Path | None, corpus: Path | None, streams: Sequence[Path], strangers: Sequence[Path],
    innocents: Sequence[Path], labels: frozenset[str], held_out: bool, splices: int, hours: str,
    config: Path | None, figures: Path | None, seed: int,
) -> Replay:  # fmt: skip
    """Measure how well accounts are judged, with a progress bar on a terminal."""
    from detector import assembly, replay, splice  # noqa: PLC0415 - heavy
    from detector import settings as known  # noqa: PLC0415

    settings = known.load(config) if config else known.Settings()
    pipeline = assembly.pipeline(model)
    kinds = assembly.source_kinds(lambda *account: settings.account(*account).timezone)
    with progress("en") as show:
        read = splice.read_streams(streams, list(kinds.values()), pipeline.reader, settings, show)
        texts = _texts(
            pipeline,
            corpus,
            (strangers, innocents),
            labels,
            held_out=held_out,
            seed=seed,
            show=show,
        )
        asked = replay.Asked(
            splices=splices,
            seed=seed,
            hours=splice.DOCUMENTED if hours == "documented" else None,
            show=show,
        )
        document = replay.measure(pipeline, read, texts, asked)
    if figures:
        from detector.report import figures as drawing  # noqa: PLC0415

        drawing.power(document.power, figures / "replay-power")
        drawing.detection(document.takeovers, figures / "replay-detection")
    return document


def _texts(
    pipeline: Pipeline,
    corpus: Path | None,
    files: tuple[Sequence[Path], Sequence[Path]],
    labels: frozenset[str],
    **how: Any,
) -> Texts:
    """Return what is spliced: of the files that are named, and of the corpus for those that are not."""
    from detector import assembly, replay_texts  # noqa: PLC0415

    strangers, innocents = files
    mine, theirs = (
        replay_texts.of_files(paths, pipeline, labels, are_strangers=are) if paths else None
        for paths, are in ((strangers, True), (innocents, False))
    )
    if mine is not None and theirs is not None:
        return replay_texts.Texts(mine, [], theirs, replay_texts.AS_SHIPPED)
    corpus = corpus or assembly.shipped("models") / "corpus"
    texts = replay_texts.of_corpus(corpus, pipeline, **how)
    if theirs is not None:
        texts = texts._replace(innocents=theirs)
    if mine is not None:
        texts = texts._replace(strangers=mine, messages=[])
    return texts
