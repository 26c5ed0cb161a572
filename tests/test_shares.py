"""Shares of signals come out of invented lives the same every time, and more evidence never lowers suspicion."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from detector import assembly, corpus, lessons, shares
from detector.baseline import SIGNALS
from detector.errors import ExportFormatError
from detector.lessons import HARD, OWN, STRANGER, Rows
from detector.lives import Life, posts_of, read_lives, read_own
from detector.pipeline import Pipeline
from detector.training import SIGNAL_SHARES
from detector.verdict import Judge

FIXTURES = assembly.shipped("fixtures")
SEED = 5


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """Return the shipped one, with the shares set by judgement."""
    shipped = assembly.pipeline()
    weights = msgspec.structs.replace(shipped.judge.weights, signals=dict(SIGNAL_SHARES))
    return Pipeline(shipped.reader, Judge(weights, {}))


@pytest.fixture(scope="module")
def examples() -> list[corpus.Example]:
    """Return every twelfth example."""
    return corpus.read_corpus(assembly.shipped("models") / "corpus")[0][::12]


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return read_lives(FIXTURES / "scenarios")[:30]


def learned(
    pipeline: Pipeline, examples: list[corpus.Example], lives: list[Life]
) -> shares.Learned:
    heard = [one.log_odds for one in pipeline.reader.read([one.text for one in examples])]
    own = read_own(FIXTURES / "texts")[:2]
    return shares.learn(pipeline, examples, heard, own=own, lives=lives, seed=SEED)


def test_learning_twice_gives_the_same_shares(
    pipeline: Pipeline, examples: list[corpus.Example], lives: list[Life]
) -> None:
    first, second = (learned(pipeline, examples, lives) for _ in range(2))

    assert first == second
    assert first.accounts >= 20
    assert set(first.shares) <= set(SIGNALS)
    assert all(0 <= share <= 1 for share in first.shares.values())
    by_hand = set(SIGNAL_SHARES) - set(shares.LEARNABLE)
    assert {name: first.shares[name] for name in by_hand} == {
        name: SIGNAL_SHARES[name] for name in by_hand
    }


def test_nothing_to_learn_from_leaves_what_was_set(
    pipeline: Pipeline, examples: list[corpus.Example]
) -> None:
    found = shares.learn(
        pipeline, examples[:3], [0.0] * 3, own=[], lives=[], seed=SEED
    )  # fmt: skip

    assert found.shares == SIGNAL_SHARES


def rows(telling: str, against: str) -> Rows:
    """Return rows in which one signal tells strangers apart, and another speaks the wrong way round."""
    chance = np.random.default_rng(SEED)
    kinds = np.repeat([OWN, HARD, STRANGER], 200)
    signals = np.zeros((600, len(SIGNALS)))
    is_strangers = kinds == STRANGER
    signals[:, SIGNALS.index(telling)] = np.where(is_strangers, 3.0, -0.5)
    signals[:, SIGNALS.index(against)] = np.where(is_strangers, -0.5, 3.0)
    signals += chance.normal(0, 0.3, signals.shape)
    return Rows(signals, chance.normal(0, 1.0, 600), kinds, np.arange(600) % 7, 100.0)


def test_what_tells_is_believed_and_what_misleads_is_not() -> None:
    some = rows("app", "pace")
    found = shares.fit(some, np.ones(600, dtype=bool), SIGNAL_SHARES, -3.0)

    assert found.shares["app"] > 0.3
    assert found.shares["pace"] == 0


def test_measuring_counts_strangers_above_what_few_of_the_others_reach() -> None:
    some = rows("app", "length")
    perfect, useless = np.where(some.kinds == STRANGER, 5.0, 0.0), np.zeros(600)

    assert shares.measured(some, perfect) == (1.0, 1.0)
    assert shares.measured(some, useless) == (0.0, 0.0)


def test_the_shipped_shares_are_of_the_signals_and_say_how_they_came_about() -> None:
    weights = assembly.pipeline().judge.weights

    assert set(shares.LEARNABLE) <= set(weights.signals)
    assert "learned on" in weights.note


def test_own_lives_are_the_owners(lives: list[Life]) -> None:
    """No post of a stranger stands among what counts as the owner's, and lives are in order of time."""
    accounts = read_own(FIXTURES / "texts")
    words = {post.text.strip() for _, posts in accounts for post in posts}

    assert {account.handle for account, _ in accounts} >= {"kpukabblora", "polres.martasari"}
    assert "perahugacor63.pages.dev" not in words
    for account, posts in (*accounts, *lessons.lived(lives)):
        assert all(one.created_at <= two.created_at for one, two in pairwise(posts)), account
    one = lives[0]
    assert [*posts_of(one.account, one.history, one.ends)] == lessons.lived([one])[0][1]


def test_an_innocent_post_keeps_the_owners_ways(
    pipeline: Pipeline, examples: list[corpus.Example], lives: list[Life]
) -> None:
    judge, reader = pipeline.judge, pipeline.reader
    (own, *_) = lessons.accounts_of_posts(lessons.lived(lives), reader, judge)
    some = [one for one in examples if one.is_strangers][:40]
    put = lessons.pieces(some, reader.read([one.text for one in some]), judge)
    chance = random.Random(SEED)
    here = own.traits.at(15)

    made = [lessons._owners(one.traits, here, own, 15, chance) for one in put]

    assert {(one.app, one.pace, one.media) for one in made} == {(here.app, here.pace, here.media)}
    assert sum(one.hour == here.hour for one in made) > 20
    assert sum(one.length == here.length and one.dress == here.dress for one in made) > 10
    assert [one.sound for one in made] == [one.traits.sound for one in put]


@pytest.mark.parametrize("content", ["about = 3", '[account]\nplatform = "x"'])
def test_a_life_that_is_none_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text(content, "utf-8")

    with pytest.raises(ExportFormatError, match="is no story") as told:
        read_lives(tmp_path)

    assert "broken.toml" in str(told.value)


def test_a_line_that_is_no_post_is_named(tmp_path: Path) -> None:
    (tmp_path / "akun.jsonl").write_text('{"at": "yesterday"}\n', "utf-8")

    with pytest.raises(ExportFormatError, match="is no post"):
        read_own(tmp_path)
