"""Ours or theirs: why a feed could not be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from detector.errors import (
    AccountGone,
    DetectorError,
    NetworkError,
    PlatformError,
    RateLimited,
    TokenRefused,
)
from detector.monitor.reach import PROBED, WINDOW, Reach, Whose, is_evidence

NOW: Final = datetime(2024, 11, 21, 6, 0, tzinfo=UTC)
GRAPH, MASTODON = "graph.example", "sosial.example"


def _key(number: int) -> tuple[str, str]:
    return "instagram", f"kantor{number}"


@pytest.mark.parametrize(
    ("error", "whose"),
    [
        (TokenRefused("no"), Whose.TOKEN),
        (RateLimited("later"), Whose.BUDGET),
        (AccountGone("gone"), Whose.ACCOUNT),
        (PlatformError("500"), Whose.PLATFORM),
        (NetworkError("no answer"), Whose.PLATFORM),
    ],
)
def test_while_our_network_is_well_it_is_what_it_seems(error: DetectorError, whose: Whose) -> None:
    assert Reach(lambda: True).failed(GRAPH, _key(1), error, NOW) is whose


@pytest.mark.parametrize("error", [NetworkError("no answer"), PlatformError("a web page")])
def test_when_nothing_answers_it_is_ours(error: DetectorError) -> None:
    assert Reach(lambda: False).failed(GRAPH, _key(1), error, NOW) is Whose.OURS


def test_a_dead_probe_does_not_count_when_another_host_was_just_read() -> None:
    reach = Reach(lambda: False)
    reach.read(MASTODON, ("mastodon", "kantor"), NOW - PROBED / 2)

    assert reach.failed(GRAPH, _key(1), NetworkError("no answer"), NOW) is Whose.PLATFORM


def test_the_probe_is_asked_once_for_many_failures() -> None:
    asked: list[int] = []

    def probe() -> bool:
        asked.append(1)
        return False

    reach = Reach(probe)

    for number in range(50):
        reach.failed(GRAPH, _key(number), NetworkError("no answer"), NOW)

    assert asked == [1]


def test_without_a_probe_failures_are_the_platforms() -> None:
    assert Reach().failed(GRAPH, _key(1), NetworkError("no answer"), NOW) is Whose.PLATFORM


def test_accounts_that_are_gone_together_are_the_platforms_doing() -> None:
    reach = Reach(lambda: True)

    found = [reach.failed(GRAPH, _key(number), AccountGone("404"), NOW) for number in range(6)]

    assert found[:2] == [Whose.ACCOUNT] * 2
    assert set(found[2:]) == {Whose.PLATFORM}


def test_one_account_gone_among_many_that_are_read_is_its_own_doing() -> None:
    reach = Reach(lambda: True)
    for number in range(6):
        reach.read(GRAPH, _key(number), NOW)
    reach.failed(GRAPH, _key(7), AccountGone("404"), NOW)
    reach.failed(GRAPH, _key(8), AccountGone("404"), NOW)

    assert reach.failed(GRAPH, _key(9), AccountGone("404"), NOW) is Whose.ACCOUNT


def test_what_happened_long_ago_says_nothing() -> None:
    reach = Reach(lambda: True)
    for number in range(5):
        reach.failed(GRAPH, _key(number), AccountGone("404"), NOW - WINDOW - timedelta(seconds=1))

    assert reach.failed(GRAPH, _key(9), AccountGone("404"), NOW) is Whose.ACCOUNT


def test_an_account_must_stay_gone_before_that_is_evidence() -> None:
    assert not is_evidence(NOW, 10, NOW)
    assert not is_evidence(NOW - timedelta(hours=1), 1, NOW)
    assert is_evidence(NOW - timedelta(hours=1), 3, NOW)
