"""In whose hands an account is, post by post."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import pytest
from builders import NOON, step
from hypothesis import given
from hypothesis import strategies as st

from detector.chances import CERTAIN, drift, weigh
from detector.following import alert
from detector.incidents import (
    ENOUGH,
    WATCH_AFTER_RECOVERY,
    Hands,
    Seen,
    Watch,
    as_of,
)
from detector.records import Account, Alert, State

PRIOR = 0.03
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BLATANT, DOUBTFUL, PLAIN = 12.0, 2.9, -3.0
"""Nats of a post that can only be a stranger's, of one nobody can tell, and of the owner's."""


class Told(NamedTuple):
    """A history's end, and every change of state on the way."""

    hands: Hands
    changes: list[tuple[str, State, State]]
    """Post, previous state, new state."""
    alerts: list[Alert]


def seen(
    identity: str,
    at: datetime,
    nats: float = PLAIN,
    *,
    strangers: bool | None = None,
    reclaims: bool = False,
) -> Seen:
    """Return a judged post; a stranger's from 4 nats unless told otherwise."""
    is_strangers = nats >= 4 if strangers is None else strangers
    return Seen(identity, at, nats, PRIOR, is_strangers, reclaims)


def follow(posts: Iterable[Seen], hands: Hands | None = None) -> Told:
    """Take posts into an account's state."""
    hands = hands or Hands()
    changes, alerts = [], []
    for post in posts:
        hands, previous = step(hands, post)
        if previous is not None:
            changes.append((post.post_id, previous, hands.state))
            alerts.append(alert(Account(platform="x", handle="kpu"), hands, previous, post.post_id))
    return Told(hands, changes, alerts)


def plain(
    posts: int, since: datetime = NOON, every: timedelta = DAY, name: str = "o"
) -> list[Seen]:
    """Return the owner's plain posts, the first one `every` after `since`."""
    return [seen(f"{name}{index}", since + (index + 1) * every) for index in range(posts)]


QUIET = plain(30)
NIGHT = QUIET[-1].at + DAY
TAKEN = [*QUIET, seen("bad", NIGHT, BLATANT)]

POSTS = st.builds(
    Seen,
    post_id=st.uuids().map(str),
    at=st.integers(0, 3 * 365 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    log_odds=st.floats(-30, 30) | st.sampled_from([BLATANT, DOUBTFUL, PLAIN]),
    base_rate=st.just(PRIOR),
    is_strangers=st.booleans(),
    reclaims=st.booleans(),
)
HISTORIES = st.lists(POSTS, max_size=40).map(lambda posts: sorted(posts, key=lambda one: one.at))


def test_one_blatant_post_opens_an_incident() -> None:
    told = follow(TAKEN)
    (incident,) = told.hands.incidents

    assert State.COMPROMISED is told.hands.state
    assert incident.post_ids == ("bad",)
    assert (incident.opened_at, incident.detected_at, incident.closed_at) == (NIGHT, NIGHT, None)
    assert incident.peak_probability == told.hands.probability > 0.9


def test_an_accounts_first_post_may_open_an_incident() -> None:
    assert State.COMPROMISED is follow([seen("bad", NOON, BLATANT)]).hands.state


def test_doubtful_posts_however_many_only_watch() -> None:
    series = [seen(f"d{index}", NIGHT + index * MINUTE, DOUBTFUL) for index in range(50)]
    told = follow([*QUIET, *series])

    assert State.WATCHED is told.hands.state
    assert told.hands.incidents == ()
    assert told.hands.probability > 0.9


def test_an_innocent_year_stays_normal() -> None:
    told = follow(plain(365))

    assert State.NORMAL is told.hands.state
    assert [(f"o{ENOUGH - 1}", State.LEARNING, State.NORMAL)] == told.changes
    assert told.hands.probability < 0.1


def test_an_account_that_rests_for_a_year_is_not_suspected_for_it() -> None:
    told = follow([*QUIET, *plain(1, since=NIGHT + 365 * DAY, name="back")])

    assert State.NORMAL is told.hands.state


def test_few_posts_are_not_enough_to_call_an_account_normal() -> None:
    assert State.LEARNING is Hands().state
    assert State.LEARNING is follow(plain(ENOUGH - 1)).hands.state
    assert State.NORMAL is follow(plain(ENOUGH)).hands.state


def test_an_incident_opens_with_the_first_strangers_post_and_is_detected_with_the_alarm() -> None:
    """Posts held to be a stranger's that were too weak for an alarm belong to the incident they led to."""
    weak = [seen(f"w{index}", NIGHT + index * MINUTE, 3.0, strangers=True) for index in range(5)]
    told = follow([*QUIET, *weak])
    (incident,) = told.hands.incidents
    alarm = next(post for post, _, state in told.changes if state is State.COMPROMISED)

    assert NIGHT == incident.opened_at < incident.detected_at
    assert alarm != "w0"
    assert tuple(one.post_id for one in weak) == incident.post_ids


def test_a_doubtful_post_that_raises_the_alarm_belongs_to_the_incident() -> None:
    told = follow([*QUIET, seen("w", NIGHT, 3.0, strangers=True), seen("d", NIGHT + MINUTE, 3.5)])
    (incident,) = told.hands.incidents

    assert incident.post_ids == ("w", "d")
    assert (incident.opened_at, incident.detected_at) == (NIGHT, NIGHT + MINUTE)


def test_a_suspicion_that_passes_is_forgotten() -> None:
    """The next incident does not reach back to a weak post of weeks before."""
    weak = seen("weak", NIGHT, 3.0, strangers=True)
    later = plain(20, since=NIGHT)
    told = follow([*QUIET, weak, *later, seen("bad", later[-1].at + DAY, BLATANT)])
    (incident,) = told.hands.incidents

    assert incident.post_ids == ("bad",)


def until_closed(back: list[Seen]) -> int:
    """Return how many posts of the owner's it takes to close the incident of `TAKEN`."""
    hands = follow(TAKEN).hands
    for count, post in enumerate(back, 1):
        hands, _ = step(hands, post)
        if hands.open_incident is None:
            return count
    pytest.fail("the incident stays open")


def test_the_owners_return_closes_the_incident() -> None:
    back = plain(60, since=NIGHT)
    count = until_closed(back)
    (incident,) = follow([*TAKEN, *back]).hands.incidents

    assert back[count - 1].at == incident.closed_at
    assert incident.post_ids == ("bad",)


def test_one_plain_post_does_not_close_an_incident() -> None:
    """A stranger may leave the owner's posts coming."""
    assert until_closed(plain(60, since=NIGHT, every=MINUTE)) > 1


def test_an_apology_closes_sooner_than_plain_posts() -> None:
    sorry = [
        seen(f"sorry{index}", NIGHT + (index + 1) * DAY, PLAIN, reclaims=True)
        for index in range(60)
    ]

    assert until_closed(sorry) < until_closed(plain(60, since=NIGHT))


def test_an_apology_means_nothing_where_nothing_happened() -> None:
    loud = [seen(one.post_id, one.at, reclaims=True) for one in QUIET]

    assert follow(QUIET).hands == follow(loud).hands


def test_a_recovered_account_stays_under_watch_for_three_days() -> None:
    assert timedelta(hours=72) == WATCH_AFTER_RECOVERY

    back = plain(60, since=NIGHT, every=timedelta(hours=6))
    closed = back[until_closed(back) - 1].at
    states = {}
    hands = follow(TAKEN).hands
    for post in back:
        hands, _ = step(hands, post)
        states[post.at] = hands.state

    for at, state in states.items():
        if at < closed:
            assert state is State.COMPROMISED
        elif at < closed + WATCH_AFTER_RECOVERY:
            assert state is State.RECOVERING
        else:
            assert state is State.NORMAL


@pytest.mark.parametrize(("evidence", "is_held"), [(BLATANT, True), (4.5, False)])
def test_only_a_sure_takeover_is_held_against_what_follows_it(
    evidence: float, is_held: bool
) -> None:
    """One odd post of the owner's must not make the next ones look like a relapse."""
    hands = follow([*QUIET, seen("odd", NIGHT, evidence)]).hands
    assert State.COMPROMISED is hands.state
    for post in plain(60, since=NIGHT, every=timedelta(hours=6)):
        hands, _ = step(hands, post)
        if hands.open_incident is None:
            break
    over, soon = hands, hands.recovered_at or NOON

    assert Watch(over, PRIOR).is_recovering(soon)
    assert Watch(over, PRIOR).may_relapse(soon) is is_held
    assert not Watch(over, PRIOR).may_relapse(soon + WATCH_AFTER_RECOVERY)


def test_a_second_takeover_is_a_second_incident() -> None:
    back = plain(20, since=NIGHT)
    again = back[-1].at + MINUTE
    told = follow([*TAKEN, *back, seen("again", again, BLATANT)])
    first, second = told.hands.incidents

    assert first.closed_at is not None
    assert (again, None, ("again",)) == (second.opened_at, second.closed_at, second.post_ids)
    assert State.COMPROMISED is told.hands.state


def test_an_open_incident_takes_in_every_further_post_of_the_strangers() -> None:
    more = [seen(f"b{index}", NIGHT + (index + 1) * MINUTE, BLATANT) for index in range(3)]
    told = follow([*TAKEN, *more, *plain(1, since=more[-1].at, every=MINUTE)])
    (incident,) = told.hands.incidents

    assert incident.post_ids == ("bad", "b0", "b1", "b2")
    assert incident.detected_at == NIGHT


def test_posts_of_the_same_second_are_each_counted() -> None:
    series = [seen(f"s{index}", NIGHT, BLATANT) for index in range(4)]
    told = follow([*QUIET, *series])
    (incident,) = told.hands.incidents

    assert incident.post_ids == ("s0", "s1", "s2", "s3")
    assert len(QUIET) + 4 == told.hands.posts
    assert told.changes[1:] == [("s0", State.NORMAL, State.COMPROMISED)]


@given(HISTORIES, st.integers(0, 40))
def test_splitting_a_history_changes_nothing(posts: list[Seen], place: int) -> None:
    """Not even when the state was put away as JSON in between."""
    whole = follow(posts)
    first = follow(posts[:place])
    kept = msgspec.json.decode(msgspec.json.encode(first.hands), type=Hands)
    second = follow(posts[place:], kept)

    assert whole.hands == second.hands
    assert whole.changes == [*first.changes, *second.changes]
    assert whole.alerts == [*first.alerts, *second.alerts]


@given(HISTORIES)
def test_what_is_told_holds_together(posts: list[Seen]) -> None:
    """Probabilities are ones, incidents follow each other, and only the last may be open."""
    hands = Hands()
    for count, post in enumerate(posts, 1):
        hands, previous = step(hands, post)

        assert count == hands.posts
        assert 0.0 <= hands.probability <= CERTAIN
        assert previous is not hands.state
        assert (hands.state is State.COMPROMISED) == (hands.open_incident is not None)
    known = {post.post_id for post in posts}
    ends = [one.closed_at for one in hands.incidents]
    for one in hands.incidents:
        assert one.opened_at <= one.detected_at
        assert one.closed_at is None or one.detected_at <= one.closed_at
        assert one.post_ids
        assert known >= set(one.post_ids)
        assert len(one.post_ids) == len(set(one.post_ids))
    assert None not in ends[:-1]


@given(
    st.floats(0, CERTAIN),
    st.floats(allow_nan=False),
    st.floats(allow_nan=False),
    st.floats(0.01, 1),
)
def test_more_evidence_never_lowers_the_chance(
    before: float, one: float, other: float, share: float
) -> None:
    low, high = sorted([one, other])

    assert 0.0 <= weigh(before, low, share) <= weigh(before, high, share) <= CERTAIN


@given(st.floats(0, CERTAIN), st.floats(0, 1e10), st.floats(1e-6, 0.2))
def test_time_alone_leaves_a_probability(before: float, elapsed: float, base_rate: float) -> None:
    assert 0.0 <= drift(before, elapsed, base_rate) <= 1.0


def test_an_alert_is_the_same_whenever_the_history_is_read() -> None:
    once, again = follow(TAKEN).alerts, follow(TAKEN).alerts
    alarm = once[-1]

    assert once == again
    assert len(once) == len({one.id for one in once})
    assert (
        alarm.state,
        alarm.previous,
        alarm.post_id,
        alarm.at,
    ) == (State.COMPROMISED, State.NORMAL, "bad", NIGHT)


def test_alerts_of_two_accounts_are_two() -> None:
    hands = follow(TAKEN).hands
    ids = {
        alert(Account(platform=platform, handle=account), hands, State.NORMAL, "bad").id
        for platform in ("x", "instagram")
        for account in ("kpu", "bpbd")
    }

    assert len(ids) == 4


def test_a_watch_runs_out_without_a_post() -> None:
    """Seen from three days after recovery, the account is simply normal again."""
    back = plain(60, since=NIGHT)
    posts = back[: until_closed(back)]
    hands = follow([*TAKEN, *posts]).hands
    closed = posts[-1].at

    assert as_of(hands, closed + timedelta(hours=71)).state is State.RECOVERING
    assert as_of(hands, closed + timedelta(hours=72)).state is State.NORMAL
    assert as_of(follow(TAKEN).hands, closed + timedelta(days=30)).state is State.COMPROMISED


def test_the_owners_word_ends_an_incident_sooner_than_everyday_posts() -> None:
    """What tells of the takeover sounds like one; it counts as the owner's whatever it sounds like."""

    def after(*, reclaims: bool) -> float:
        said = seen("notice", NOON + DAY, -0.5, strangers=False, reclaims=reclaims)
        return follow([seen("scam", NOON, BLATANT), said]).hands.probability

    assert after(reclaims=True) < 0.5 < after(reclaims=False)


def test_everyday_posts_under_the_owners_word_end_an_incident_sooner_than_without() -> None:
    """A thief who still held the account would have taken that word away."""
    word = follow([*TAKEN, seen("word", NIGHT + DAY, PLAIN, reclaims=True)]).hands
    unsaid = msgspec.structs.replace(word, is_reclaimed=False)
    post = plain(1, since=NIGHT + DAY)

    assert word.open_incident is not None
    assert follow(post, word).hands.probability < follow(post, unsaid).hands.probability / 2


def test_a_strangers_post_takes_the_owners_word_away() -> None:
    word = seen("word", NIGHT + DAY, PLAIN, reclaims=True)
    again = seen("again", NIGHT + DAY + MINUTE, BLATANT)

    assert follow([*TAKEN, word]).hands.is_reclaimed
    assert not follow([*TAKEN, word, again]).hands.is_reclaimed


def test_a_few_everyday_posts_end_an_incident() -> None:
    told = follow([seen("scam", NOON, BLATANT), *plain(6, every=DAY / 2)])

    assert told.hands.state is State.RECOVERING
    assert told.hands.incidents[0].closed_at is not None
    assert told.hands.incidents[0].closed_at > NOON + DAY


def test_what_a_change_says_does_not_hang_on_the_base_rate_of_posts() -> None:
    def after(base_rate: float) -> float:
        watch = Watch(Hands(), base_rate)
        for post in plain(12):
            watch.see(post.post_id, post.at, PLAIN, is_strangers=False)
        watch.change("name_changed", NOON + 13 * DAY, 4.0)
        return watch.hands.probability

    assert after(1e-6) == pytest.approx(after(0.005))


@pytest.mark.parametrize(("nats", "is_alarm"), [(0.8, False), (2.4, True)])
def test_routine_after_a_doubtful_post_raises_no_alarm(nats: float, is_alarm: bool) -> None:
    """A login from abroad, a doubtful post and a new password is a journey; a new address in it is not."""
    watch = Watch(follow(plain(12)).hands, PRIOR)
    watch.change("login", NOON + 13 * DAY, 3.7)
    watch.see("greeting", NOON + 13 * DAY + MINUTE, DOUBTFUL, is_strangers=False)
    doubted = watch.probability
    watch.change("next", NOON + 15 * DAY, nats)

    assert doubted > 0.5
    assert watch.probability > 0.5
    assert watch.is_open is is_alarm


def test_a_new_account_may_change_its_name() -> None:
    watch = Watch(Hands(), PRIOR)
    watch.change("name_changed", NOON, 4.0)

    assert watch.hands.probability == 0
