"""What is normal for one account."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.baseline import SIGNALS, Baseline, Traits
from detector.habits import ENOUGH, LIMIT, Tone, hour_surprise
from detector.novelty import MEMORY, novelty

OWN = "+62296000031"
OTHER = "+6285800001234"

TRAITS = st.builds(
    Traits,
    hour=st.integers(0, 23),
    contacts=st.lists(st.sampled_from([OWN, OTHER, "+62811", "+62812"]), max_size=2).map(tuple),
    domains=st.lists(st.sampled_from(["kpu.go.id", "bit.example", "xyz.vip"]), max_size=2).map(
        tuple
    ),
    language=st.integers(-1, 3),
    warns=st.booleans(),
    app=st.sampled_from([None, "Instagram for iOS", "X Web"]),
    pace=st.integers(-1, 7),
    length=st.integers(-1, 7),
    dress=st.integers(-1, 26),
    media=st.integers(-1, 4),
    askers=st.integers(0, 4),
    in_wave=st.booleans(),
    sound=st.floats(-12, 9),
)


def habits(
    posts: int = 40,
    *,
    hours: tuple[int, ...] = (2, 3, 4),
    contact: str | None = OWN,
    **more: Any,
) -> Baseline:
    """Return a baseline of an office that posts at some hours, in language 0, with its own number."""
    baseline = Baseline(4)
    for index in range(posts):
        contacts = (contact,) if contact and index % 2 == 0 else ()
        hour = hours[index % len(hours)]
        baseline.learn(Traits(hour, contacts, ("kpu.go.id",), 0, **more))
    return baseline


def nats(baseline: Baseline, traits: Traits) -> dict[str, float]:
    """Return the signals that have something to say."""
    return {one.name: one.value for one in baseline.score(traits) if one.value is not None}


@given(st.lists(TRAITS, max_size=30), st.lists(TRAITS, max_size=10), TRAITS)
def test_scoring_changes_nothing(past: list[Traits], asked: list[Traits], last: Traits) -> None:
    """Score, then learn: however often a baseline is asked, it answers as if it never had been."""
    quiet, busy = Baseline(4), Baseline(4)
    for one in past:
        quiet.learn(one)
        for other in asked:
            busy.score(other)
        busy.learn(one)
    for other in asked:
        busy.score(other)

    assert quiet.score(last) == busy.score(last)


@given(st.lists(TRAITS, max_size=40), TRAITS)
def test_weighing_is_scoring_without_ceremony(past: list[Traits], last: Traits) -> None:
    baseline = Baseline(4)
    for one in past:
        baseline.learn(one)
    scored = baseline.score(last)

    assert tuple(one.name for one in scored) == SIGNALS
    assert baseline.weigh(last) == tuple(one.value for one in scored)


@given(st.lists(TRAITS, max_size=60), TRAITS)
def test_no_habit_speaks_louder_than_the_limit(past: list[Traits], last: Traits) -> None:
    baseline = Baseline(4, contacts=["+62811"], domains=["kpu.go.id"])
    for index, one in enumerate(past):
        (baseline.suspect if index % 5 == 4 else baseline.learn)(one)

    heard = nats(baseline, last)
    heard.pop("askers", None)
    assert all(abs(one) <= LIMIT for one in heard.values())


def test_a_new_account_has_no_habits() -> None:
    """Unknown is not zero: every signal is None until there is enough history."""
    baseline = habits(ENOUGH - 1)
    stranger = Traits(15, (OTHER,), ("xyz.vip",), 3)

    assert nats(baseline, stranger) == {}


def test_habits_speak_once_there_are_enough_posts() -> None:
    assert {"hour", "contact", "domain", "language", "tone"} == nats(
        habits(ENOUGH), Traits(15, (OTHER,), ("xyz.vip",), 3, sound=-1.0)
    ).keys()


def test_an_office_that_often_sounds_like_a_seller_is_not_alarming_for_it() -> None:
    """One loud post in a hundred is everybody's; one in ten is this account's habit."""
    seldom, often = Tone(), Tone()
    for place in range(200):
        seldom.learn(2.5 if place % 100 == 0 else -4.0)
        often.learn(2.5 if place % 10 == 0 else -4.0)
    said = seldom.score(), often.score()

    assert said[0] is not None
    assert said[1] is not None
    assert said[1] < -1 < 0 < said[0]


def test_the_tone_says_nothing_of_a_text_that_says_nothing() -> None:
    assert "tone" not in nats(habits(ENOUGH), Traits(15, sound=0.0))


@pytest.mark.parametrize(
    ("name", "usual", "foreign"),
    [
        ("contact", Traits(3, (OWN,)), Traits(3, (OTHER,))),
        ("domain", Traits(3, (), ("kpu.go.id",)), Traits(3, (), ("xyz.vip",))),
        ("hour", Traits(3), Traits(15)),
        ("language", Traits(3, language=0), Traits(3, language=2)),
        ("app", Traits(3, app="Instagram"), Traits(3, app="Bot 3000")),
        ("pace", Traits(3, pace=5), Traits(3, pace=0)),
        ("length", Traits(3, length=4), Traits(3, length=0)),
        ("dress", Traits(3, dress=13), Traits(3, dress=26)),
        ("media", Traits(3, media=1), Traits(3, media=0)),
    ],
)
def test_the_usual_speaks_for_the_owner_and_the_new_for_a_stranger(
    name: str, usual: Traits, foreign: Traits
) -> None:
    baseline = habits(app="Instagram", pace=5, length=4, dress=13, media=1)

    assert nats(baseline, usual)[name] < 0
    assert nats(baseline, foreign)[name] > 0


def test_an_old_and_a_new_contact_together_are_new() -> None:
    baseline = habits()

    assert nats(baseline, Traits(3, (OWN, OTHER)))["contact"] > 0


def test_a_new_contact_says_less_of_an_account_that_always_has_new_ones() -> None:
    restless = Baseline(4)
    for index in range(40):
        restless.learn(Traits(3, (f"+6281{index}",)))

    assert (
        nats(restless, Traits(3, (OTHER,)))["contact"]
        < nats(habits(), Traits(3, (OTHER,)))["contact"]
    )


@given(st.integers(0, 500), st.integers(0, 500))
def test_new_and_known_never_change_sides(seen: int, new: int) -> None:
    """What is said of them, "never used before" and "the usual one", stays true of any history."""
    assert novelty(is_new=True, new=min(new, seen), seen=seen) >= 0
    assert novelty(is_new=False, new=min(new, seen), seen=seen) <= 0


def test_official_contacts_speak_for_the_owner_from_the_first_post() -> None:
    baseline = Baseline(4, contacts=[OWN], domains=["kpu.go.id"])

    assert nats(baseline, Traits(3, (OWN,), ("kpu.go.id",))) == {
        "contact": -LIMIT,
        "domain": -LIMIT,
    }


def test_an_official_contact_does_not_cover_for_a_new_one() -> None:
    baseline = Baseline(4, contacts=[OWN])
    for _ in range(40):
        baseline.learn(Traits(3, (OWN,)))

    assert nats(baseline, Traits(3, (OWN, OTHER)))["contact"] > 0


def test_an_official_contact_is_never_a_new_one() -> None:
    """An office that uses its own number for the first time has not changed its habits."""
    told = Baseline(4, contacts=["+62811"])
    untold = Baseline(4)
    for baseline in (told, untold):
        for index in range(20):
            baseline.learn(Traits(3, ("+62811" if index == 10 else OWN,)))

    assert nats(told, Traits(3, (OTHER,)))["contact"] > nats(untold, Traits(3, (OTHER,)))["contact"]


@given(
    st.lists(st.integers(0, 200), min_size=24, max_size=24), st.integers(0, 23), st.integers(0, 23)
)
def test_the_clock_has_no_midnight(counts: list[int], hour: int, turn: int) -> None:
    """Turning all hours by the same amount changes no surprise."""
    past = [float(count) for count in counts]
    turned = past[-turn:] + past[:-turn] if turn else past

    assert hour_surprise(past, hour, sum(counts)) == pytest.approx(
        hour_surprise(turned, (hour + turn) % 24, sum(counts))
    )


def test_the_hour_before_midnight_is_next_to_the_hour_after() -> None:
    late = habits(hours=(23,))

    assert nats(late, Traits(0))["hour"] < 0
    assert nats(late, Traits(22))["hour"] < 0
    assert nats(late, Traits(11))["hour"] > 0


def test_an_empty_clock_surprises_nobody() -> None:
    assert pytest.approx(hour_surprise([0.0] * 24, 7, 0), abs=1e-12) == 0.0


def test_a_text_without_a_language_says_nothing_of_it() -> None:
    assert "language" not in nats(habits(), Traits(3, language=-1))


def test_a_strangers_contact_is_known_again() -> None:
    baseline = habits()
    baseline.suspect(Traits(15, (OTHER,), ("xyz.vip",)))

    assert nats(baseline, Traits(3, (OTHER,)))["reuse"] == LIMIT
    assert nats(baseline, Traits(3, (), ("xyz.vip",)))["reuse"] == LIMIT
    assert "reuse" not in nats(baseline, Traits(3, (OWN,), ("kpu.go.id",)))


def test_a_strangers_contact_is_known_again_in_a_new_account() -> None:
    baseline = Baseline(4)
    baseline.suspect(Traits(15, (OTHER,)))

    assert nats(baseline, Traits(3, (OTHER,))) == {"reuse": LIMIT}


def test_a_warning_may_quote_a_strangers_contact() -> None:
    baseline = habits()
    baseline.suspect(Traits(15, (OTHER,)))

    assert "reuse" not in nats(baseline, Traits(3, (OTHER,), warns=True))


def test_a_stranger_who_quotes_the_office_does_not_taint_its_number() -> None:
    baseline = habits()
    baseline.suspect(Traits(15, (OWN, OTHER), ("kpu.go.id",)))

    assert "reuse" not in nats(baseline, Traits(3, (OWN,), ("kpu.go.id",)))


def test_nothing_else_of_a_strangers_post_is_learned() -> None:
    baseline, untouched = habits(), habits()
    stranger = Traits(15, (OTHER,), ("xyz.vip",), 3)
    for _ in range(20):
        baseline.suspect(stranger)
    heard = nats(baseline, stranger)

    assert heard.pop("reuse") == LIMIT
    assert nats(untouched, stranger) == heard


def test_memory_is_bounded() -> None:
    """The oldest contact is forgotten first; one that is used again counts as young."""
    baseline = Baseline(4)
    baseline.learn(Traits(3, ("+620",)))
    baseline.learn(Traits(3, ("+621",)))
    for index in range(2, MEMORY + 1):
        baseline.learn(Traits(3, (f"+62{index}",)))
        baseline.learn(Traits(3, ("+620",)))
        baseline.suspect(Traits(3, (f"+99{index}",)))
    for index in range(MEMORY):
        baseline.suspect(Traits(3, (f"+98{index}",)))

    usual, forgotten = (nats(baseline, Traits(3, (one,)))["contact"] for one in ("+620", "+621"))
    assert usual < forgotten
    assert "reuse" not in nats(baseline, Traits(3, ("+992",)))
    assert nats(baseline, Traits(3, ("+980",)))["reuse"] == LIMIT


def test_signals_tell_how_much_history_they_rest_on() -> None:
    sizes = {one.name: one.sample_size for one in habits(40).score(Traits(3, (OWN,)))}

    assert sizes == {
        "hour": 40, "contact": 20, "domain": 40, "reuse": 0, "language": 40,
        "app": 0, "pace": 0, "length": 0, "dress": 0, "media": 0, "askers": 0, "wave": 0, "tone": 40, "relapse": 0,
    }  # fmt: skip


@given(st.lists(st.integers(0, 10_000), min_size=24, max_size=24))
def test_an_owners_clock_is_a_clock(counts: list[int]) -> None:
    """The shares behind the surprises of all hours add up to one."""
    past = [float(count) for count in counts]
    shares = [math.exp(-hour_surprise(past, hour, sum(counts))) / 24 for hour in range(24)]

    assert pytest.approx(sum(shares)) == 1.0
