"""What platforms' headers say of budgets, and what is still asked after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.budgets import Budgets, Key, Pace, endpoint_of, retry_after
from detector.errors import RateLimited

NOW: Final = datetime(2024, 11, 21, 6, 0, tzinfo=UTC)
KEYS: Final[tuple[Key, Key]] = (
    ("api.example", "a1b2", ""),
    ("api.example", "a1b2", "/*/users/*"),
)
OTHER: Final[tuple[Key, Key]] = (("api.example", "c3d4", ""), ("api.example", "c3d4", "/*/users/*"))
ELSEWHERE: Final[tuple[Key, Key]] = (KEYS[0], ("api.example", "a1b2", "/*/search"))
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)


def _app(percent: float) -> dict[str, str]:
    usage = {"call_count": percent, "total_time": 1, "total_cputime": 0}
    return {"x-app-usage": msgspec.json.encode(usage).decode()}


def _business(percent: float, minutes: float) -> dict[str, str]:
    usage = {
        "type": "instagram",
        "call_count": percent,
        "total_cputime": 1,
        "total_time": 1,
        "estimated_time_to_regain_access": minutes,
    }
    return {"x-business-use-case-usage": msgspec.json.encode({"178": [usage]}).decode()}


def _is_open(budgets: Budgets, keys: tuple[Key, Key], at: datetime) -> bool:
    try:
        budgets.spend(keys, at)
    except RateLimited as error:
        assert error.retry_at is not None
        assert error.retry_at > at
        return False
    return True


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (_app(79.9), timedelta(0)),
        (_app(95), 15 * MINUTE),
        (_business(100, 23), 23 * MINUTE),
        ({"x-page-usage": '{"call_count":99}'}, 15 * MINUTE),
        (
            {"x-ad-account-usage": '{"acc_id_util_pct":9.67,"reset_time_duration":300}'},
            timedelta(0),
        ),
        ({"x-ad-account-usage": '{"acc_id_util_pct":100}'}, 15 * MINUTE),
        (
            {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(NOW.timestamp()) + 90)},
            90 * SECOND,
        ),
        (
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2024-11-21T06:05:00.123Z"},
            timedelta(minutes=5, milliseconds=123),
        ),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "40"}, 40 * SECOND),
        ({"x-rate-limit-remaining": "1", "x-rate-limit-reset": "4000000000"}, timedelta(0)),
        ({"x-rate-limit-remaining": "0"}, 15 * MINUTE),
    ],
)
def test_a_budget_opens_when_its_platform_says(headers: Mapping[str, str], wait: timedelta) -> None:
    budgets = Budgets()
    told = budgets.heard(KEYS, headers, NOW)

    assert (NOW + wait if wait else None) == told
    if wait:
        assert not _is_open(budgets, KEYS, NOW + wait - SECOND / 10)
    assert _is_open(budgets, KEYS, NOW + wait)
    assert _is_open(budgets, OTHER, NOW), "another token's budget is its own"


def test_a_reset_is_by_the_servers_clock_however_wrong_ours_is() -> None:
    """Our clock is three hours behind; the server's reset is one minute after its own time."""
    theirs = NOW + timedelta(hours=3)
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(theirs.timestamp()) + 60),
    }

    assert Budgets().heard(KEYS, headers, NOW) == NOW + MINUTE
    late = {**headers, "retry-after": format_datetime(theirs + MINUTE, usegmt=True)}
    assert retry_after(late, NOW) == NOW + MINUTE


def test_x_counts_each_endpoint_by_itself() -> None:
    budgets = Budgets()
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "60"}
    budgets.heard(KEYS, headers, NOW)
    budgets.used_up(KEYS, None, NOW)

    assert not _is_open(budgets, KEYS, NOW)
    assert _is_open(budgets, ELSEWHERE, NOW)


def test_a_day_used_up_on_x_counts_only_once_a_question_was_refused() -> None:
    day = str(int(NOW.timestamp()) + 40_000)
    headers = {
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(NOW.timestamp()) + 900),
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": day,
        "x-user-limit-24hour-remaining": "3",
        "x-user-limit-24hour-reset": day,
    }

    assert Budgets().heard(KEYS, headers, NOW) == NOW + timedelta(seconds=900)
    assert Budgets().heard(KEYS, headers, NOW, is_refused=True) == NOW + timedelta(seconds=40_000)


def test_a_refusal_closes_the_token_until_somebody_says_otherwise() -> None:
    budgets = Budgets()

    assert NOW + timedelta(hours=2) == budgets.used_up(KEYS, NOW + timedelta(hours=2), NOW)
    assert not _is_open(budgets, ELSEWHERE, NOW + timedelta(hours=1))
    assert _is_open(budgets, OTHER, NOW)
    assert _is_open(budgets, ELSEWHERE, NOW + timedelta(hours=2))


def _asked_in_an_hour(percent: float) -> int:
    budgets, asked = Budgets(), 0
    budgets.heard(KEYS, _app(percent), NOW)
    for second in range(3600):
        asked += _is_open(budgets, KEYS, NOW + second * SECOND)
    return asked


def test_questions_are_spread_out_the_more_the_fuller_a_budget_is() -> None:
    rates = [_asked_in_an_hour(percent) for percent in (79, 80, 85, 90, 94.9)]

    assert rates[0] == 3600
    assert sorted(rates, reverse=True) == rates
    assert 700 < rates[1] < 730
    assert rates[-1] < 40


def test_one_poll_of_a_few_questions_fits_into_a_nearly_full_budget() -> None:
    budgets = Budgets()
    budgets.heard(KEYS, _app(94), NOW)

    assert [_is_open(budgets, KEYS, NOW) for _ in range(5)] == [True] * 4 + [False]


def test_a_budget_that_has_emptied_again_is_asked_freely() -> None:
    budgets = Budgets()
    budgets.heard(KEYS, _app(94), NOW)
    for _ in range(4):
        budgets.spend(KEYS, NOW)
    budgets.heard(KEYS, _app(20), NOW)

    assert all(_is_open(budgets, KEYS, NOW) for _ in range(100))


def test_a_host_that_shows_no_budget_is_asked_at_a_pace_of_our_own() -> None:
    budgets = Budgets({"api.example": Pace(30, MINUTE)})
    asked = [second for second in range(180) if _is_open(budgets, KEYS, NOW + second * SECOND)]

    assert len(asked) in range(90, 121)
    assert all(_is_open(budgets, (("b.example", "", ""),) * 2, NOW) for _ in range(200))


def test_a_clock_that_is_put_back_does_not_shut_us_out() -> None:
    budgets = Budgets()
    budgets.used_up(KEYS, NOW + MINUTE, NOW)
    budgets.heard(KEYS, _app(94), NOW)

    assert _is_open(budgets, KEYS, NOW - timedelta(days=400))


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120 * SECOND),
        ("0", SECOND),
        ("99999999999", timedelta(days=1)),
        ("Thu, 21 Nov 2024 06:10:00 GMT", 10 * MINUTE),
        ("Thu, 21 Nov 1994 06:10:00 GMT", SECOND),
        ("soon", None),
        ("-5", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
        ("Mon, 01 Jan 0001 00:00:00 GMT", SECOND),
        ("nan", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(said: str, wait: timedelta | None) -> None:
    assert (None if wait is None else NOW + wait) == retry_after({"retry-after": said}, NOW)


@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "x-app-usage", "x-business-use-case-usage", "x-rate-limit-remaining", "x-rate-limit-reset", "date",
                "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-remaining", "ratelimit-reset", "retry-after",
            ]
        ),
        st.text(max_size=30)
        | st.integers().map(str)
        | st.floats().map(str)
        | st.dictionaries(st.text(max_size=3), st.lists(st.integers() | st.floats(allow_nan=False)), max_size=2).map(
            lambda tree: msgspec.json.encode(tree).decode()
        )
        | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
        | st.datetimes(timezones=st.just(UTC)).map(format_datetime),
    )
)  # fmt: skip
def test_no_header_raises_or_shuts_us_out_for_longer_than_a_day(headers: dict[str, str]) -> None:
    budgets = Budgets()
    told = [budgets.heard(KEYS, headers, NOW), retry_after(headers, NOW)]
    budgets.used_up(KEYS, told[0] or told[1], NOW)

    assert all(one is None or NOW < one <= NOW + timedelta(days=1) for one in told)
    assert _is_open(budgets, KEYS, NOW + timedelta(days=1))


def test_accounts_of_one_endpoint_share_it() -> None:
    assert endpoint_of("/2/users/12/tweets") == endpoint_of("/2/users/977/tweets")
    assert endpoint_of("/2/users/12/tweets") != endpoint_of("/2/users/12/mentions")
