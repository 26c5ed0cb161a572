"""Write `docs/evaluation.md`: ``python tests/write_evaluation.py docs/evaluation.md [EXPORT...]``.

The first part is measured on the bundled archives of accounts that nobody took and on made ones; the second on the
exports that are named, if any is.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import generator

from detector import assembly, replay, replay_texts, settings, splice
from detector.pipeline import Pipeline
from detector.report import replay_page
from detector.report.replay import Replay

UNTOUCHED: Final = (
    "disdagkop.wanareja_20241030",
    "instagram-bpbd.sukamakmur-20250130.zip",
    "instagram-polres.martasari-2024-12-31-Bn3yHs6D",
    "instagram-universitas.adiwana-2025-07-31-Vc9kTe2J",
)
"""Bundled archives without a stranger's post."""

MADE: Final = 100_000
"""Posts of made accounts."""

SEED: Final = 20241121

OWN: Final = (
    "Bundled archives of four invented Indonesian offices that nobody took, and fifty accounts that post at office hours "
    "what the owners of the bundled offices wrote (`tests/generator.py`): a thousand texts again and again, so that one "
    "that is judged wrongly counts many times."
)
OTHERS: Final = (
    "Real streams, which are no part of the project: public bodies' and office holders' posts in {languages}. "
    "Nothing was learned from them."
)


def main(target: Path, others: Sequence[Path]) -> None:
    """Measure and write."""
    pipeline = assembly.pipeline()
    corpus = assembly.shipped("models") / "corpus"
    texts = replay_texts.of_corpus(corpus, pipeline, held_out=True, seed=SEED)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.jsonl"
        generator.write(MADE, made)
        accounts = assembly.shipped("fixtures") / "accounts"
        own = [made, *(accounts / name for name in UNTOUCHED)]
        parts = [
            replay_page.Part(
                "The project's own archives and generator", OWN, measured(pipeline, own, texts)
            )
        ]
    if others:
        real = measured(pipeline, others, texts)
        languages = ", ".join(one.language for one in real.languages)
        parts.append(replay_page.Part("Real streams", OTHERS.format(languages=languages), real))
    target.write_text(replay_page.written(parts), encoding="utf-8")


def measured(pipeline: Pipeline, paths: Sequence[Path], texts: replay_texts.Texts) -> Replay:
    """Replay streams, in the zones and with the contacts the bundled settings tell."""
    known = settings.load(assembly.shipped("fixtures") / "accounts" / "kentongan.toml")
    kinds = assembly.source_kinds(lambda *account: known.account(*account).timezone)
    streams = splice.read_streams(paths, list(kinds.values()), pipeline.reader, known)
    return replay.measure(pipeline, streams, texts, replay.Asked(seed=SEED))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
