"""`evaluate` through its public door, on a small corpus; its measures against scikit-learn."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from builders import BLATANT, ORDINARY, Ran
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from detector import assembly, corpus, peers
from detector.evaluate import (
    average_precision,
    average_precision_interval,
    bins,
    curve,
    roc_auc,
    roc_auc_interval,
)
from detector.report.evaluation import Evaluation

Kentongan = Callable[..., Ran]
Judged = tuple[NDArray[np.float64], NDArray[np.bool_]]
SVG = b"<svg "
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of every fortieth example."""
    folder = tmp_path_factory.mktemp("corpus")
    some = corpus.read_corpus(assembly.shipped("models") / "corpus")[0][::40]
    (folder / "some.jsonl").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in some))
    return folder


def labelled(path: Path, *posts: tuple[str, str]) -> Path:
    """Write texts with their labels."""
    path.write_bytes(
        b"".join(
            msgspec.json.encode({"text": text, "label": label}) + b"\n" for text, label in posts
        )
    )
    return path


def owners(path: Path) -> Path:
    """Write posts by an owner."""
    return labelled(path, *((text, "benign") for text in ORDINARY))


def measured(ran: Ran) -> Evaluation:
    """Return the document a run wrote."""
    assert (ran.code, ran.err) == (0, "")
    return msgspec.json.decode(ran.out, type=Evaluation)


def complaint(ran: Ran) -> str:
    """Return the one line a command complained with."""
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    return line


# Measures


@st.composite
def judged(draw: st.DrawFn) -> Judged:
    """Scores with ties, of at least two posts of each kind."""
    score = st.integers(-4, 4).map(lambda value: value / 2)
    strangers = draw(st.lists(score, min_size=2, max_size=30))
    mine = draw(st.lists(score, min_size=2, max_size=30))
    labels = [True] * len(strangers) + [False] * len(mine)
    return np.array([*strangers, *mine]), np.array(labels)


@given(judged())
def test_ranking_is_measured_as_scikit_learn_does(posts: Judged) -> None:
    scores, positive = posts

    assert roc_auc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))
    assert average_precision(scores, positive) == pytest.approx(
        average_precision_score(positive, scores)
    )


@given(judged())
def test_the_curve_is_scikit_learns_and_ends_with_everything_flagged(posts: Judged) -> None:
    scores, positive = posts
    made = curve(scores, positive)
    precision, recall, thresholds = precision_recall_curve(positive, scores)

    assert made.threshold.tolist() == thresholds[::-1].tolist()
    assert made.caught / positive.sum() == pytest.approx(recall[:-1][::-1])
    assert made.caught / (made.caught + made.alarms) == pytest.approx(precision[:-1][::-1])
    assert made.caught[-1] + made.alarms[-1] == len(scores)


@given(judged())
def test_the_interval_of_the_area_is_delongs(posts: Judged) -> None:
    """By its definition, pair by pair; where the variance is 0 it still has a width."""
    scores, positive = posts
    pairs = np.sign(scores[positive][:, None] - scores[~positive][None, :]) / 2 + 0.5
    strangers, mine = pairs.mean(axis=1), pairs.mean(axis=0)
    error = np.sqrt(strangers.var(ddof=1) / len(strangers) + mine.var(ddof=1) / len(mine))
    area, (low, high) = pairs.mean(), roc_auc_interval(scores, positive)

    assert 0.0 <= low <= area + 1e-12
    assert area - 1e-12 <= high <= 1.0
    if area in {0.0, 1.0}:
        assert high - low > 0.05
    else:
        assert low == pytest.approx(max(0.0, area - 1.959964 * error))
        assert high == pytest.approx(min(1.0, area + 1.959964 * error))


def test_delongs_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Normal scores one deviation apart: the area is Φ(1/√2) = 0.760."""
    chance = np.random.default_rng(5)
    positive = np.arange(200) < 80
    held = 0
    for _ in range(400):
        low, high = roc_auc_interval(chance.normal(size=200) + positive, positive)
        held += low <= 0.7602 <= high

    assert 0.92 <= held / 400 <= 0.98


@settings(max_examples=20)
@given(judged(), st.integers(0, 5))
def test_a_bootstrap_is_the_same_for_the_same_seed(posts: Judged, seed: int) -> None:
    scores, positive = posts
    first, second = (
        average_precision_interval(scores, positive, seed=seed, rounds=30) for _ in range(2)
    )

    assert first == second
    assert 0.0 <= first[0] <= first[1] <= 1.0


def test_measures_refuse_what_they_are_not_defined_for() -> None:
    with pytest.raises(ValueError, match="positives and negatives"):
        roc_auc_interval(np.zeros(3), np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match="precision needs positives"):
        average_precision(np.zeros(3), np.zeros(3, dtype=bool))


def test_every_probability_has_a_bin() -> None:
    assert bins(np.array([0.0, 0.0999, 0.1, 0.55, 0.9999, 1.0])).tolist() == [0, 0, 1, 5, 9, 9]


# Baselines


def test_rules_count_findings_for_a_stranger_less_those_for_the_owner() -> None:
    finder = assembly.finder()
    warning = "Waspada penipuan! Jangan percaya slot gacor."
    worth = {"stranger": 1, "owner": -1}
    expected = [
        float(
            sum(
                worth.get(finder.indicators[one.indicator].speaks_for, 0)
                for one in assembly.pipeline().explain_texts([text])[0].findings
            )
        )
        for text in (BLATANT, ORDINARY[0], warning)
    ]

    assert peers.rules([BLATANT, ORDINARY[0], warning], finder).tolist() == expected
    assert expected[0] > expected[1]


def test_tfidf_scores_each_text_without_having_seen_its_fold() -> None:
    """Words that stand in one fold alone teach nothing about that fold."""
    texts = [f"slot gacor {day} ini" for day in ("hari", "malam", "pagi", "sore")]
    texts += [f"rapat pleno {day} ini" for day in ("hari", "malam", "pagi", "sore")]
    positive = np.arange(8) < 4
    across = peers.tfidf_across(texts, positive, np.tile([0, 1, 0, 1], 2), seed=1)
    texts[0], texts[2] = "zeus88 maxwin", "zeus88 maxwin"
    blind = peers.tfidf_across(texts, positive, np.tile([0, 1, 0, 1], 2), seed=1)

    assert (across > 0).tolist() == positive.tolist()
    assert abs(blind[0]) < abs(across[0])


# The command: the corpus


def test_the_corpus_is_measured_beside_its_baselines(
    kentongan: Kentongan, small: Path, tmp_path: Path
) -> None:
    """With every table, figures and card; the same run gives the same numbers."""
    pytest.importorskip("matplotlib")
    ask = ("evaluate", "--corpus", small, "--baselines", "--format", "json")
    document = measured(
        kentongan(*ask, "--figures", tmp_path / "figures", "--card", tmp_path / "card.md")
    )
    given_ = document.corpus
    assert given_ is not None
    count = given_.owners + given_.strangers

    assert document.posts is None
    assert [one.judge for one in given_.judges] == ["kentongan", peers.TFIDF, peers.RULES]
    for one in given_.judges:
        assert one.roc_auc is not None
        assert one.roc_auc.n == count
        assert one.roc_auc.interval[0] <= one.roc_auc.value <= one.roc_auc.interval[1]
        assert [point.name for point in one.points] == ["shipped", "0.01", "0.001", "budget"]
        assert all(point.recall and point.recall.n == given_.strangers for point in one.points)
    assert sum(row.strangers.n for row in given_.calibration) == count
    assert len(given_.calibration) == 10
    for groups in (given_.by_kind, given_.by_language, given_.by_voice):
        assert sum(group.wrong.n for group in groups) == count
        shares = [group.wrong.share for group in groups]
        assert shares == sorted(shares, reverse=True)
    figures = {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    assert sorted(figures) == sorted(
        f"corpus-{name}.{form}"
        for name in ("roc", "precision-recall", "calibration")
        for form in ("png", "svg")
    )
    assert all(
        written.startswith(PNG) if name.endswith("png") else SVG in written
        for name, written in figures.items()
    )
    card = (tmp_path / "card.md").read_text()
    limits = assembly.pipeline().reader.model.card.limits
    assert [limit for limit in limits if limit not in card] == []
    assert f"{count:,} posts" in card
    assert peers.TFIDF in card


def test_a_peer_is_held_to_as_many_false_alarms_as_ours(kentongan: Kentongan, small: Path) -> None:
    document = measured(kentongan("evaluate", "--corpus", small, "--baselines", "--format", "json"))
    assert document.corpus is not None
    ours, *others = (one.points[0].false_alarms for one in document.corpus.judges)

    assert ours is not None
    assert all(one is not None and one.share <= ours.share for one in others)


def test_the_budget_is_kept_and_told_as_a_setting(kentongan: Kentongan, small: Path) -> None:
    document = measured(
        kentongan("evaluate", "--corpus", small, "--budget", "0.05", "--format", "json")
    )
    assert document.corpus is not None
    (ours,) = document.corpus.judges
    alarms = ours.points[-1].false_alarms
    at = document.corpus.budget_text_alone_at

    assert alarms is not None
    assert alarms.share <= 0.05
    assert at == pytest.approx(1 / (1 + np.exp(-ours.points[-1].log_odds)), abs=1e-4)


def test_text_shows_the_worst_and_says_when_the_model_is_of_another_corpus(
    kentongan: Kentongan, small: Path, tmp_path: Path
) -> None:
    ran = kentongan("evaluate", "--corpus", small, "-o", tmp_path / "shown.txt")
    shown = (tmp_path / "shown.txt").read_text()

    assert ran == (0, "", "")
    assert "another corpus" in shown
    for title in ("Ranking", "Operating points", "Calibration", "Worst kinds", "Worst languages"):
        assert title in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_a_corpus_of_one_label_cannot_be_cross_validated(
    kentongan: Kentongan, tmp_path: Path
) -> None:
    line = {"text": "a", "lang": "id", "label": "owner", "kind": "k", "voice": "v"}
    (tmp_path / "mine.jsonl").write_bytes(msgspec.json.encode(line) + b"\n")

    assert "one label only" in complaint(kentongan("evaluate", "--corpus", tmp_path))


# The command: labelled posts


def test_labelled_posts_are_judged_as_score_does(kentongan: Kentongan, tmp_path: Path) -> None:
    mixed = labelled(
        tmp_path / "mixed.jsonl",
        *((text, "normal") for text in ORDINARY), (BLATANT, "gambling"), ("🎁", "promo"),
    )  # fmt: skip
    document = measured(
        kentongan("evaluate", "--posts", mixed, "--ignore", "promo", "--format", "json")
    )
    scored = [
        msgspec.json.decode(line)["flagged"]
        for line in kentongan("score", mixed).out.splitlines()[:6]
    ]
    normal, gambling = document.files

    assert document.corpus is None
    assert (normal.file, normal.label, normal.counts_as, normal.n) == (
        "mixed.jsonl", "normal", "owner", 5,
    )  # fmt: skip
    assert (gambling.counts_as, gambling.n) == ("stranger", 1)
    assert gambling.flagged["kentongan"].share == scored[5] == 1.0
    assert normal.flagged["kentongan"].share == sum(scored[:5]) / 5


def test_owners_alone_give_false_alarms_alone(kentongan: Kentongan, tmp_path: Path) -> None:
    ran = kentongan("evaluate", "--posts", owners(tmp_path / "calm.jsonl"), "--format", "json")
    posts = measured(ran).posts
    assert posts is not None
    (ours,) = posts.judges

    assert (ours.roc_auc, ours.average_precision, posts.calibration) == (None, None, [])
    assert all(point.recall is None and point.false_alarms for point in ours.points)


def test_strangers_alone_give_recall_alone(
    kentongan: Kentongan, small: Path, tmp_path: Path
) -> None:
    """And no mark for a peer, which could only be set by owners' posts."""
    scams = labelled(tmp_path / "scams.jsonl", (BLATANT, "scam"), (BLATANT + "!", "scam"))
    ask = ("evaluate", "--posts", scams, "--strangers", "scam, fraud", "--corpus", small)
    posts = measured(kentongan(*ask, "--baselines", "--format", "json")).posts
    assert posts is not None
    ours, *others = posts.judges

    assert posts.budget_text_alone_at is None
    assert [point.name for point in ours.points] == ["shipped"]
    assert ours.points[0].recall is not None
    assert ours.points[0].false_alarms is None
    assert [one.points for one in others] == [[], []]
    assert kentongan(*ask, "--baselines").code == 0


def test_figures_of_one_kind_of_posts_are_not_drawn_and_that_is_said(
    kentongan: Kentongan, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    calm = owners(tmp_path / "calm.jsonl")
    ran = kentongan("evaluate", "--posts", calm, "--figures", tmp_path / "figures")

    assert ran.code == 0
    assert "they need both kinds of posts" in ran.err
    assert list((tmp_path / "figures").iterdir()) == []


def test_files_of_one_name_are_told_apart(kentongan: Kentongan, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = owners(tmp_path / "a" / "x.jsonl"), owners(tmp_path / "b" / "x.jsonl")
    ran = kentongan("evaluate", "--posts", one, "--posts", other, "--format", "json")

    assert [row.file for row in measured(ran).files] == [str(one), str(other)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no labelled posts"),
        (b"\n \n", "no labelled posts"),
        (b'{"text": "a", "label": "promo"}\n', "no labelled posts"),
        (b'{"text": "a", "label": "x"}\n{"text": "b"}\n', "bad.jsonl#1: is not a labelled post"),
        (b'{"text": 5, "label": "x"}\n', "bad.jsonl#0"),
        (b'{"text": "a", "label": "x"', "bad.jsonl#0"),
        (b"\xff\xfe\x00", "bad.jsonl#0"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(
    kentongan: Kentongan, tmp_path: Path, content: bytes, said: str
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(content)

    assert said in complaint(kentongan("evaluate", "--posts", bad, "--ignore", "promo"))


@pytest.mark.parametrize("option", ["-o", "--card"])
def test_nothing_overwrites_the_posts(kentongan: Kentongan, tmp_path: Path, option: str) -> None:
    calm = owners(tmp_path / "calm.jsonl")
    before = calm.read_bytes()

    assert "is one of the inputs" in complaint(kentongan("evaluate", "--posts", calm, option, calm))
    assert calm.read_bytes() == before


def test_figures_without_matplotlib_are_one_line(
    kentongan: Kentongan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said before the work begins."""
    find = importlib.util.find_spec

    def found(name: str, package: str | None = None) -> Any:
        return None if name == "matplotlib" else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", found)
    ran = kentongan(
        "evaluate", "--posts", owners(tmp_path / "calm.jsonl"), "--figures", tmp_path / "figures"
    )

    assert 'pip install "kentongan[figures]"' in complaint(ran)
    assert not (tmp_path / "figures").exists()


def test_figures_that_cannot_be_kept_are_one_line(kentongan: Kentongan, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    calm = owners(tmp_path / "calm.jsonl")
    ran = kentongan("evaluate", "--posts", calm, "--figures", calm / "figures")

    assert "cannot be written" in complaint(ran)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--splices", "3"], "--splices is about streams"),
        (["--hours", "documented"], "--hours is about streams"),
        (["--as-shipped"], "--held-out or --as-shipped is about streams"),
        (["--streams", "{calm}", "--baselines"], "--baselines is about texts"),
        (["--streams", "{calm}", "--budget", "0.1"], "--budget is about texts"),
    ],
)
def test_what_would_be_passed_over_in_silence_is_refused(
    kentongan: Kentongan, tmp_path: Path, option: list[str], said: str
) -> None:
    calm = owners(tmp_path / "calm.jsonl")
    asked = [one.format(calm=calm) for one in option]
    posts = [] if "--streams" in option else ["--posts", str(calm)]

    assert said in complaint(kentongan("evaluate", *posts, *asked))


def test_where_a_model_cannot_be_written_is_told_before_the_training(
    kentongan: Kentongan, tmp_path: Path
) -> None:
    file = owners(tmp_path / "calm.jsonl")

    assert "cannot be written" in complaint(kentongan("train", "-o", file / "models"))
    assert "kentongan train" in kentongan("train", "--check", "-o", tmp_path).err
