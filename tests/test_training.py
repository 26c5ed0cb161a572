"""The corpus is what it says, and the model comes out of it the same every time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH

from detector import assembly, corpus, training
from detector import examples as examples_of
from detector.classifier import TextModel
from detector.errors import ExportFormatError
from detector.text import fold

CORPUS = assembly.shipped("models") / "corpus"
SEED = 7
DAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def examples() -> list[corpus.Example]:
    return corpus.read_corpus(CORPUS)[0]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of every fortieth example."""
    folder = tmp_path_factory.mktemp("corpus")
    some = corpus.read_corpus(CORPUS)[0][::40]
    (folder / "some.jsonl").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in some))
    return folder


def test_the_corpus_is_large_enough_and_institutional(examples: list[corpus.Example]) -> None:
    owners = sum(not one.is_strangers for one in examples)
    indonesian = sum(one.lang == "id" for one in examples)

    assert len(examples) >= 800
    assert owners * 2 >= len(examples)
    assert indonesian * 2 >= len(examples)


def test_no_two_posts_of_the_corpus_are_nearly_alike(examples: list[corpus.Example]) -> None:
    """Estimated Jaccard similarity of five-character shingles stays under 0.7, also to posts kept for measuring."""
    unseen = Path(__file__).parent / "unseen"
    kept = [
        msgspec.json.decode(line)["text"]
        for path in sorted(unseen.glob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]
    index = MinHashLSH(threshold=0.7, num_perm=64)
    texts = [" ".join(text.casefold().split()) for text in [*(one.text for one in examples), *kept]]
    alike = []
    for number, text in enumerate(texts):
        mine = _shingles(text)
        sketch = MinHash(num_perm=64, hashfunc=crc32)
        sketch.update_batch([one.encode() for one in mine])
        for other in index.query(sketch):
            theirs = _shingles(texts[other])
            if len(mine & theirs) >= 0.7 * len(mine | theirs):
                alike.append((other, number))
        if number < len(examples):
            index.insert(number, sketch)

    assert alike == []


def _shingles(text: str) -> set[str]:
    return {text[at : at + 5] for at in range(max(1, len(text) - 4))}


def test_every_strangers_kind_has_a_category(examples: list[corpus.Example]) -> None:
    kinds = {one.kind for one in examples if one.is_strangers}

    assert kinds - set(corpus.CATEGORY_OF_KIND) == set()


def test_training_twice_gives_the_same_bytes(small: Path) -> None:
    first, second = (
        training.train(small, assembly.finder(), seed=SEED, today=DAY) for _ in range(2)
    )

    assert first == second


def test_a_trained_model_is_written_and_read_again(small: Path, tmp_path: Path) -> None:
    trained = training.train(small, assembly.finder(), seed=SEED, today=DAY)
    training.write(trained, tmp_path)

    model = TextModel.load(tmp_path / "posts-v1")
    texts = [
        "slot gacor maxwin depo 10rb",
        "Rapat koordinasi persiapan pemungutan suara di aula kantor",
    ]
    gambling, meeting = model.read(fold(texts)).log_odds

    assert model.card == trained.card
    assert gambling > meeting


def test_a_finding_never_weighs_against_its_nature() -> None:
    weights = assembly.pipeline().judge.weights.findings
    nature = {name: kind.speaks_for for name, kind in assembly.indicator_kinds().items()}

    assert [
        name for name, nats in weights.items() if nature.get(name) == "stranger" and nats < 0
    ] == []
    assert [
        name for name, nats in weights.items() if nature.get(name) == "owner" and nats > 0
    ] == []


def test_what_rules_know_of_rare_things_is_believed_and_nothing_found_decides_alone() -> None:
    pipeline = assembly.pipeline()
    weights, slope = pipeline.judge.weights, pipeline.reader.model.card.metrics["calibration_slope"]
    few, many = np.zeros((2, 1_000, 1))
    few[:3], many[:300] = 1.0, 1.0

    assert examples_of.rarity_of_findings(few) > 10 * examples_of.rarity_of_findings(many)
    assert weights.findings["recovery_service"] > 0.5
    assert max(map(abs, weights.findings.values())) <= training.MOST_FOUND * slope + 1e-3


def test_the_shipped_model_was_trained_on_the_shipped_corpus() -> None:
    pipeline = assembly.pipeline()
    corpus_hash = corpus.read_corpus(CORPUS)[1]

    assert pipeline.reader.model.card.corpus_sha256 == corpus_hash
    assert pipeline.judge.weights.corpus_sha256 == corpus_hash


def test_labels_of_ones_own_are_added(small: Path, tmp_path: Path) -> None:
    """A CSV with a text and a label is enough; what it teaches is in the hash and the counts."""
    mine = tmp_path / "mine.csv"
    mine.write_text(
        'text,label\n"Tebus murah, wa 0812\n0000",stranger\nApel pagi,Owner\n', "utf-8-sig"
    )
    plain, plain_hash = corpus.read_corpus(small)
    examples, digest = corpus.read_corpus(small, [mine])

    assert [(one.text, one.label, one.lang) for one in examples[len(plain) :]] == [
        ("Tebus murah, wa 0812\n0000", "stranger", "id"), ("Apel pagi", "owner", "id"),
    ]  # fmt: skip
    assert len({one.voice for one in examples[len(plain) :]}) == 2
    assert digest != plain_hash


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"text,label\nApel,cat\n", "mine.csv#0: label 'cat'"),
        (b"teks,label\nApel,owner\n", "lacks the columns"),
        (b"text,label\n\xff\xfe,owner\n", "not a CSV in UTF-8"),
    ],
)
def test_labels_that_are_none_are_refused_in_one_line(
    content: bytes, said: str, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_bytes(content)

    with pytest.raises(ExportFormatError, match=said):
        corpus.read_added(mine)


def test_a_bad_line_of_a_corpus_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text(
        '{"text": "a", "lang": "id", "label": "nobody", "kind": "k", "voice": "v"}\n'
    )

    with pytest.raises(ExportFormatError, match=r"mine\.jsonl#0: label 'nobody'"):
        corpus.read_corpus(tmp_path)


def test_the_same_text_reads_the_same_in_any_batch(examples: list[corpus.Example]) -> None:
    model = assembly.pipeline().reader.model
    texts = [one.text for one in examples[:300]]
    together = model.read(fold(texts))
    alone = [model.read(fold([text])) for text in texts]

    assert np.array_equal(together.log_odds, np.array([one.log_odds[0] for one in alone]))
    assert together.language.tolist() == [one.language[0] for one in alone]


def test_a_scam_under_a_genuine_caption_is_not_drowned(examples: list[corpus.Example]) -> None:
    """Put under a long caption of an office's, most strangers' posts still sound worse than the caption alone."""
    model = assembly.pipeline().reader.model
    captions = [one.text for one in examples if not one.is_strangers and len(one.text) > 450][:150]
    scams = [one.text for one in examples if one.is_strangers and 120 < len(one.text) < 400][:150]
    alone, scam, both = (
        model.read(fold(texts)).log_odds
        for texts in (
            captions,
            scams,
            [f"{a}\n\n{b}" for a, b in zip(captions, scams, strict=True)],
        )
    )

    assert np.median(both) > np.median(alone) + 2
    assert np.mean(both > alone) > 0.95
    assert np.mean(scam - both) < 4
