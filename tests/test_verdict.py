"""Who wrote a post: evidence added up."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from builders import finding
from hypothesis import given
from hypothesis import strategies as st

from detector.assembly import indicator_kinds, shipped
from detector.baseline import SIGNALS
from detector.errors import ModelError
from detector.records import Author, Finding, Signal, Wording
from detector.verdict import (
    COMBINATIONS,
    FEATURES,
    Evidence,
    Judge,
    Weights,
    probability_of,
)

KINDS = indicator_kinds()
MEANINGS = {name: kind.meaning for name, kind in KINDS.items()}
NAMES = sorted(KINDS)
WEIGHED = [*NAMES, *(one.name for one in COMBINATIONS)]
SILENCED = {name for one in COMBINATIONS for name in one.without}
"""Indicators whose findings undo a combination."""

NATS = st.floats(-20, 20, allow_nan=False)
SIGNALLED = st.lists(
    st.builds(Signal, st.sampled_from([*SIGNALS, "unheard_of"]), st.none() | st.floats(-4, 4)),
    max_size=6,
).map(tuple)


def weights(
    findings: dict[str, float] | None = None, signals: dict[str, float] | None = None
) -> Weights:
    """Return weights made for tests."""
    return Weights(
        features=FEATURES, made_on=date(2024, 11, 21), corpus_sha256="0" * 64, note="for tests", base_rate=-3.0,
        findings=findings or {}, signals=signals or {}, doubtful_at=0.3, stranger_at=0.6, text_alone_at=0.4,
    )  # fmt: skip


def found(*names: str) -> tuple[Finding, ...]:
    """Return one finding of each indicator."""
    return tuple(Finding(name, index, index + 1, "x", "nilai") for index, name in enumerate(names))


def evidence(text: float = 0.0, *names: str, is_known: bool = True) -> Evidence:
    """Return what is known of a post without an account."""
    return Evidence(post_id="1", text_log_odds=text, is_known=is_known, findings=found(*names))


@st.composite
def judges(draw: st.DrawFn) -> Judge:
    """Judges with weights of all sorts, some missing."""
    findings = draw(st.dictionaries(st.sampled_from(WEIGHED), NATS))
    signals = draw(st.dictionaries(st.sampled_from(SIGNALS), st.floats(0, 1)))
    return Judge(weights(findings, signals), MEANINGS)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    """Evidence of all sorts."""
    return Evidence(
        post_id="1",
        text_log_odds=draw(NATS),
        is_known=draw(st.booleans()),
        findings=found(*draw(st.lists(st.sampled_from(NAMES), max_size=8))),
        signals=draw(SIGNALLED),
    )


@given(judges(), evidences())
def test_the_reasons_add_up_to_the_log_odds(judge: Judge, seen: Evidence) -> None:
    verdict = judge.reach(seen)

    assert verdict.log_odds == pytest.approx(sum(one.log_odds for one in verdict.reasons), abs=1e-9)
    assert verdict.log_odds == pytest.approx(judge.add_up(seen), abs=1e-9)
    assert verdict.probability == probability_of(verdict.log_odds)


@given(judges(), evidences())
def test_the_heaviest_reason_comes_first(judge: Judge, seen: Evidence) -> None:
    heights = [abs(one.log_odds) for one in judge.reach(seen).reasons]

    assert all(above >= below for above, below in pairwise(heights))


@given(judges(), evidences())
def test_the_fast_sum_is_the_shown_sum(judge: Judge, seen: Evidence) -> None:
    """What a scan adds up from the names alone is what the reasons of the findings add up to."""
    names = frozenset(one.indicator for one in seen.findings)
    shown = [one.log_odds for one in judge.reach(seen).reasons if one.what in WEIGHED]

    for _ in range(2):
        assert judge.found_log_odds(names) == pytest.approx(sum(shown), abs=1e-9)


@given(
    st.dictionaries(st.sampled_from(WEIGHED), st.floats(0, 10)),
    st.sets(st.sampled_from(NAMES)),
    st.sampled_from([name for name in NAMES if name not in SILENCED]),
)
def test_more_of_a_strangers_evidence_never_lowers_the_sum(
    findings: dict[str, float], names: set[str], more: str
) -> None:
    """While no weight is below 0, and what is added is no warning."""
    judge = Judge(weights(findings), MEANINGS)
    before, after = evidence(0.0, *sorted(names)), evidence(0.0, *sorted(names), more)

    assert judge.add_up(after) >= judge.add_up(before) - 1e-12


@given(judges(), st.sampled_from(NAMES), st.integers(2, 50))
def test_saying_it_again_weighs_no_more(judge: Judge, name: str, times: int) -> None:
    assert judge.add_up(evidence(0.0, name)) == judge.add_up(evidence(0.0, *[name] * times))


@given(evidences())
def test_an_indicator_without_a_weight_counts_nothing(seen: Evidence) -> None:
    """A new rule starts in shadow: found, shown, and not weighed."""
    verdict = Judge(weights(), MEANINGS).reach(seen)

    assert verdict.log_odds == pytest.approx(-3.0 + seen.text_log_odds)
    assert {one.what for one in verdict.reasons} == {"base_rate", "text"}
    assert verdict.findings == seen.findings


def test_a_signal_counts_by_its_share_and_not_when_unknown() -> None:
    judge = Judge(weights(signals={"hour": 0.5, "contact": 1.0}), MEANINGS)
    signals = (Signal("hour", 2.0), Signal("contact", None), Signal("domain", 4.0))
    verdict = judge.reach(Evidence(post_id="1", text_log_odds=0.5, is_known=True, signals=signals))

    assert verdict.log_odds == pytest.approx(-3.0 + 0.5 + 1.0)
    assert [one.what for one in verdict.reasons] == ["base_rate", "hour", "text"]


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_probability_follows_its_log_odds_without_overflow(one: float, other: float) -> None:
    low, high = sorted([one, other])

    assert 0.0 <= probability_of(low) <= probability_of(high) <= 1.0


@given(st.floats(-500, 500))
def test_both_sides_share_one_certainty(nats: float) -> None:
    assert probability_of(nats) + probability_of(-nats) == pytest.approx(1.0)


def log_odds_of(probability: float) -> float:
    """Return the log-odds of a probability."""
    return math.log(probability / (1 - probability))


@pytest.mark.parametrize(
    ("probability", "author"),
    [
        (0.01, Author.OWNER),
        (0.299, Author.OWNER),
        (0.301, Author.DOUBTFUL),
        (0.599, Author.DOUBTFUL),
        (0.601, Author.STRANGER),
        (0.999, Author.STRANGER),
    ],
)
def test_the_author_follows_from_the_thresholds(probability: float, author: Author) -> None:
    verdict = Judge(weights(), MEANINGS).reach(evidence(log_odds_of(probability) + 3.0))

    assert author == verdict.author


def test_a_threshold_belongs_to_what_is_above_it() -> None:
    judge = Judge(weights(), MEANINGS)

    assert judge.author_of(0.3, is_judged=True) is Author.DOUBTFUL
    assert judge.author_of(0.6, is_judged=True) is Author.STRANGER


def test_a_text_that_says_nothing_cannot_be_judged() -> None:
    judge = Judge(weights({"gambling": 5.0}), MEANINGS)

    assert judge.reach(evidence(0.0, is_known=False)).author is Author.UNKNOWN
    assert judge.reach(evidence(0.0, "price", is_known=False)).author is Author.OWNER
    assert judge.reach(evidence(0.0, "gambling", is_known=False)).author is Author.STRANGER


@given(evidences())
def test_every_reason_is_said_in_both_languages(seen: Evidence) -> None:
    """And not by its name in the code, on one line."""
    judge = Judge(weights(dict.fromkeys(WEIGHED, 1.0), dict.fromkeys(SIGNALS, 1.0)), MEANINGS)

    for one in judge.reach(seen, carriers=[("gacor", 1.0), ("apel", -1.0)]).reasons:
        for said in (one.why.said("id"), one.why.said("en")):
            assert said.strip()
            assert said != one.what
            assert "\n" not in said
        assert one.why.id != one.why.en


@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda one: one.name)
def test_every_combination_is_weighed_and_said(combination: object) -> None:
    assert isinstance(combination, type(COMBINATIONS[0]))
    judge = Judge(weights({combination.name: 2.0}), MEANINGS)
    names = [group[0] for group in combination.groups]
    verdict = judge.reach(evidence(0.0, *names))
    said = {one.what: one.why for one in verdict.reasons}

    assert combination.meaning == said[combination.name]
    for silencer in combination.without:
        silent = judge.reach(evidence(0.0, *names, silencer))
        assert combination.name not in {one.what for one in silent.reasons}


def test_every_combination_is_made_of_indicators_that_exist() -> None:
    used = {name for one in COMBINATIONS for group in (*one.groups, one.without) for name in group}

    assert used <= set(NAMES)
    assert len(COMBINATIONS) == len({one.name for one in COMBINATIONS} - set(NAMES))


@pytest.mark.parametrize("name", SIGNALS)
def test_a_habit_is_said_for_the_side_it_speaks_for(name: str) -> None:
    judge = Judge(weights(signals={name: 1.0}), MEANINGS)

    def why(nats: float) -> Wording:
        one = Evidence(post_id="1", text_log_odds=0.0, is_known=True, signals=(Signal(name, nats),))
        return next(reason.why for reason in judge.reach(one).reasons if reason.what == name)

    assert why(2.0) != why(-2.0)


def test_a_reason_shows_what_was_found_once_and_short() -> None:
    text = "wa.me/6285800001234 atau 0858-0000-1234\natau " + "x" * 90
    findings = (
        finding(text, "wa.me/6285800001234", "whatsapp_number", "+6285800001234"),
        finding(text, "0858-0000-1234", "whatsapp_number", "+6285800001234"),
        finding(text, "atau " + "x" * 90, "whatsapp_number"),
    )
    judge = Judge(weights({"whatsapp_number": 1.0}), MEANINGS)
    verdict = judge.reach(
        Evidence(post_id="1", text_log_odds=0.0, is_known=True, findings=findings)
    )
    said = next(one.why.id for one in verdict.reasons if one.what == "whatsapp_number")

    assert f"{MEANINGS['whatsapp_number'].id} (+6285800001234, atau {'x' * 35})" == said


def test_the_sound_is_told_by_the_words_that_carried_it() -> None:
    judge = Judge(weights(), MEANINGS)
    carriers = [("gacor", 0.9), ("apel", -0.5), ("maxwin", 0.2)]
    said = {nats: judge.reach(evidence(nats), carriers=carriers).reasons for nats in (5.0, -5.0)}

    assert said[5.0][0].why.id.endswith(": “gacor”, “maxwin”")
    assert said[-5.0][0].why.en.endswith(": “apel”")


def test_the_shipped_weights_can_be_read() -> None:
    """Thresholds in order, and no weight for something that does not exist."""
    loaded = Weights.load(shipped("models") / "verdict-v1.json")

    assert 0 < loaded.doubtful_at <= loaded.stranger_at < 1
    assert 0 < loaded.text_alone_at < 1
    assert loaded.findings.keys() <= set(WEIGHED)
    assert loaded.signals.keys() <= set(SIGNALS)


def test_weights_that_are_absent_are_told_by_their_path(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read") as told:
        Weights.load(tmp_path / "verdict-v1.json")

    assert str(tmp_path / "verdict-v1.json") in str(told.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"features": "one"}',
        b'{"features": 1}',
        b'{"features": 1, "note": "\xff"}',
        b'{"features": 1, "surprise": 1}',
    ],
)
def test_damaged_weights_are_a_model_error(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "verdict-v1.json"
    path.write_bytes(raw)

    with pytest.raises(ModelError, match="damaged"):
        Weights.load(path)


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    """Even if that version's file has other fields."""
    path = tmp_path / "verdict-v1.json"
    path.write_bytes(msgspec.json.encode({"features": FEATURES + 1, "layers": []}))

    with pytest.raises(ModelError, match=f"features {FEATURES + 1}"):
        Weights.load(path)
