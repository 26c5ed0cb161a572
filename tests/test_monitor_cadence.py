"""When an account is read next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from detector.monitor import cadence
from detector.records import State
from detector.store.interface import Watched

NOW: Final = datetime(2024, 11, 21, 6, 0, tzinfo=UTC)
QUARTER: Final = timedelta(minutes=15)
MINUTE: Final = timedelta(minutes=1)

ceilings = st.integers(5, 100_000).map(lambda seconds: timedelta(seconds=seconds))


def _read(pause: timedelta, polls: int = 10) -> Watched:
    """Return an account as it is claimed after a pause."""
    return Watched(key=("x", "kpucontoh"), polls=polls, last_read_at=NOW - pause, next_at=NOW)


def _pause(
    watched: Watched, *, was_flagged: bool = False, state: State = State.NORMAL
) -> timedelta:
    return cadence.after_reading(watched, NOW, QUARTER, state=state, was_flagged=was_flagged) - NOW


def test_an_account_that_was_just_flagged_is_read_within_a_minute() -> None:
    assert timedelta(seconds=50) < _pause(_read(QUARTER), was_flagged=True) <= MINUTE


def test_a_quiet_account_drifts_to_its_ceiling_and_no_further() -> None:
    pauses = [MINUTE]
    for _ in range(40):
        pauses.append(_pause(_read(pauses[-1])))

    assert pauses[5] < QUARTER / 2
    assert QUARTER * 0.9 <= pauses[-1] <= QUARTER


def test_an_account_in_trouble_is_never_left_for_its_whole_ceiling() -> None:
    assert _pause(_read(QUARTER), state=State.COMPROMISED) <= cadence.IN_TROUBLE


def test_the_second_readings_of_accounts_that_begin_together_are_spread() -> None:
    first = [Watched(key=("x", f"kantor{number}"), next_at=NOW) for number in range(200)]

    pauses = sorted(_pause(one) for one in first)

    assert pauses[0] < QUARTER / 4
    assert pauses[-1] > QUARTER * 0.8
    gaps = [later - sooner for sooner, later in pairwise(pauses)]
    assert max(gaps) < QUARTER / 10


@given(pause=ceilings, ceiling=ceilings, polls=st.integers(0, 10**6), flagged=st.booleans())
def test_a_reading_is_never_put_off_beyond_the_ceiling(
    pause: timedelta, ceiling: timedelta, polls: int, flagged: bool
) -> None:
    watched = _read(pause, polls)
    next_at = cadence.after_reading(watched, NOW, ceiling, state=State.NORMAL, was_flagged=flagged)

    assert NOW < next_at <= NOW + ceiling


@given(failures=st.integers(0, 10**6), ceiling=ceilings)
def test_failures_are_tried_again_sooner_or_later(failures: int, ceiling: timedelta) -> None:
    watched = Watched(key=("x", "kpucontoh"), failures=failures)

    next_at = cadence.after_failure(watched, NOW, ceiling)

    assert NOW < next_at <= NOW + min(ceiling * 2, cadence.LATEST)


def test_a_platform_that_says_when_is_not_asked_before() -> None:
    watched = Watched(key=("x", "kpucontoh"))
    allowed = NOW + timedelta(minutes=40)

    assert cadence.after_failure(watched, NOW, QUARTER, allowed) >= allowed


def test_a_platform_that_says_next_year_is_asked_today() -> None:
    watched = Watched(key=("x", "kpucontoh"))
    next_at = cadence.after_failure(watched, NOW, QUARTER, NOW + timedelta(days=365))

    assert next_at < NOW + timedelta(hours=12)


def test_blindness_is_allowed_for_three_readings_and_an_hour_at_least() -> None:
    assert cadence.allowance(MINUTE, None) == timedelta(hours=1)
    assert cadence.allowance(timedelta(hours=1), None) == timedelta(hours=3)
    assert cadence.allowance(timedelta(hours=1), MINUTE) == MINUTE
