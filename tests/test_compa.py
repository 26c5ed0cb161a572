"""The behaviour profile that accounts' judging is measured beside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from detector import assembly
from detector.compa import LEAST, WEIGHTS, Message, Profile, message
from detector.records import Post

OFFICE = Message(
    hour=2, app="Kantor", language=1, domains=("go.id",), mentions=("kpu_ri",), topics=("apel",)
)


def profile(*messages: Message) -> Profile:
    """Return what is learned from messages."""
    made = Profile()
    for one in messages:
        made.learn(one)
    return made


def test_a_profile_without_enough_messages_says_nothing() -> None:
    """Unknown is not normal."""
    assert profile(*[OFFICE] * (LEAST - 1)).anomaly(OFFICE) is None


def test_a_habit_is_no_anomaly() -> None:
    assert profile(*[OFFICE] * LEAST).anomaly(OFFICE) == 0.0


def test_everything_foreign_is_as_much_as_can_be_told() -> None:
    """Hour, app and language count whole; domains, mentions and topics as often as the account did without."""
    without = OFFICE._replace(domains=(), mentions=(), topics=())
    foreign = Message(13, "Lain", 2, ("vip.example",), ("slot",), ("gacor",))

    always, never = profile(*[OFFICE] * LEAST), profile(*[without] * LEAST)

    weights = {name: WEIGHTS[name] for name in ("hour", "app", "language")}
    assert never.anomaly(foreign) == pytest.approx(1.0)
    assert always.anomaly(foreign) == pytest.approx(sum(weights.values()) / sum(WEIGHTS.values()))


def test_hours_lend_to_their_neighbours() -> None:
    """An hour beside a habitual one was seen, though less often than the mean one."""
    known = profile(*[OFFICE] * 30)

    scores = [known.anomaly(OFFICE._replace(hour=hour)) for hour in (1, 2, 3, 4)]

    assert scores[:3] == [0.0, 0.0, 0.0]
    assert scores[3] == pytest.approx(WEIGHTS["hour"] / sum(WEIGHTS.values()))


def test_a_rare_value_weighs_one_less_its_share() -> None:
    """Seen less often than the mean value of its trait."""
    rare = OFFICE._replace(app="Lain")

    found = profile(*[OFFICE] * 19, rare).anomaly(rare)

    assert found == pytest.approx(WEIGHTS["app"] * (1 - 1 / 20) / sum(WEIGHTS.values()))


def test_what_is_never_told_does_not_count() -> None:
    """An account whose source names no app is judged by the rest."""
    silent = OFFICE._replace(app=None, language=-1)

    found = profile(*[silent] * LEAST).anomaly(silent._replace(hour=14))

    left = sum(WEIGHTS.values()) - WEIGHTS["app"] - WEIGHTS["language"]
    assert found == pytest.approx(WEIGHTS["hour"] / left)


def test_scoring_learns_nothing() -> None:
    known = profile(*[OFFICE] * LEAST)
    foreign = OFFICE._replace(hour=14, app="Lain")

    assert known.anomaly(foreign) == known.anomaly(foreign)
    assert known.messages == LEAST


def test_a_post_is_taken_apart() -> None:
    """Whatever the text holds, half a surrogate pair among it."""
    text = "Info #Pilkada @KPU_RI \ud83d di https://www.kpu.go.id/berita dan #pilkada"
    post = Post(
        platform="x", account="a", id="1", created_at=datetime(2024, 1, 1, 15, 30, tzinfo=UTC),
        text=text, app="Web",
    )  # fmt: skip
    (evidence,) = assembly.pipeline().reader.read([text])

    found = message(post, evidence)

    assert (found.hour, found.app) == (15, "Web")
    assert (found.mentions, found.topics) == (("kpu_ri",), ("pilkada", "pilkada"))
    assert found.domains == ("kpu.go.id",)
