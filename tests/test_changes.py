"""Changes to an account as evidence: alone they are routine, together and strange they are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.changes import Change, Changes, profile_text
from detector.records import Account, AccountEvent, Announced
from detector.sources._details import EVENT_KINDS

NOON = datetime(2025, 3, 4, 5, tzinfo=UTC)
OFFICE = Account(platform="instagram", handle="kpukabcontoh", countries=("ID",))
AT_HOME = {"ip": "192.0.2.10", "country": "ID", "user_agent": "Instagram 355.0 Android"}

EVENTS = st.builds(
    AccountEvent,
    platform=st.just("instagram"),
    account=st.just("kpukabcontoh"),
    kind=st.sampled_from(sorted(EVENT_KINDS)),
    at=st.integers(0, 5_000).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    details=st.dictionaries(
        st.sampled_from(["from", "to", "ip", "country", "user_agent", "count"]),
        st.sampled_from(["", "ID", "TR", "12", "9999999", "x" * 300, "KPU Contoh", "2001:db8::1", "🙏"]),
    ),
)  # fmt: skip


def event(kind: str, at: datetime = NOON, **details: str) -> AccountEvent:
    """Return one event; `from_` stands for the detail `from`."""
    told = {name.rstrip("_"): value for name, value in details.items()}
    return AccountEvent(
        platform="instagram", account="kpukabcontoh", kind=kind, at=at, details=told
    )


def weighed(*events: AccountEvent, account: Account = OFFICE) -> list[Change | None]:
    """Weigh events of one account, one after another."""
    changes = Changes(account)
    return [changes.weigh(one) for one in events]


def nats(change: Change | None) -> float:
    """Return what a change says, 0 for nothing."""
    return change.log_odds if change else 0.0


@given(st.lists(EVENTS, max_size=20))
def test_no_event_is_too_odd_to_weigh(events: list[AccountEvent]) -> None:
    """Every reason speaks for a stranger, is finite, and is said in both languages."""
    for change in weighed(*sorted(events, key=lambda one: one.at)):
        if change is not None:
            assert all(0 < one.log_odds < 10 for one in change.reasons)
            assert all(one.why.id and one.why.en for one in change.reasons)


def test_routine_says_nothing() -> None:
    """A year of logins from the office's own telephone is no evidence at all."""
    logins = [event("login", NOON + timedelta(days=day), **AT_HOME) for day in range(365)]

    assert weighed(*logins, event("logout"), event("export_requested")) == [None] * 367


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"ip": "203.0.113.9"}, "login_place"),
        ({"country": "NG"}, "login_country"),
        ({"user_agent": "Mozilla/5.0 (X11; Linux x86_64)"}, "login_program"),
        ({"user_agent": "python-requests/2.31"}, "login_robot"),
    ],
)
def test_a_login_unlike_all_others_is_noticed(details: dict[str, str], reason: str) -> None:
    known = [event("login", NOON + timedelta(days=day), **AT_HOME) for day in range(10)]
    *_, last = weighed(*known, event("login", NOON + timedelta(days=11), **{**AT_HOME, **details}))

    assert last is not None
    assert reason in {one.what for one in last.reasons}


def test_an_account_whose_country_nobody_told_has_no_foreign_logins() -> None:
    (change,) = weighed(
        event("login", country="TR"), account=Account(platform="x", handle="kpukabcontoh")
    )

    assert change is None


def test_a_new_version_of_the_same_app_is_the_same_app() -> None:
    logins = [
        event("login", NOON + timedelta(days=day), user_agent=f"Instagram 35{day}.0 Android")
        for day in range(10)
    ]

    assert weighed(*logins) == [None] * 10


def test_a_name_that_shares_a_word_is_a_rebrand_and_another_is_not() -> None:
    (rebrand,) = weighed(
        event("name_changed", from_="Dinas Kominfo Blora", to="Kominfo Blora Hebat")
    )
    (foreign,) = weighed(event("name_changed", from_="BNPB Indonesia", to="Ethereum 2.0"))
    (untold,) = weighed(event("name_changed"))

    assert nats(rebrand) == nats(untold)
    assert nats(foreign) > nats(rebrand) + 2


def test_what_was_announced_says_nothing_and_covers_the_whole_profile() -> None:
    """An office that announced its new name also changes picture and biography that day."""
    told = Announced(
        kind="name_changed", since=NOON - timedelta(days=1), until=NOON + timedelta(days=1)
    )
    account = Account(platform="instagram", handle="kpukabcontoh", announced=(told,))
    late = NOON + timedelta(days=2)

    assert weighed(
        event("name_changed", from_="A", to="B"), event("picture_changed"), account=account
    ) == [None, None]
    assert nats(*weighed(event("email_changed"), account=account)) > 0
    assert nats(*weighed(event("name_changed", late), account=account)) > 0


def test_a_mourning_office_changes_its_picture_and_biography_together() -> None:
    """The second change of a profile within a day says little more than the first."""
    picture, bio = weighed(
        event("picture_changed"), event("bio_changed", NOON + timedelta(minutes=2))
    )
    (alone,) = weighed(event("bio_changed"))

    assert nats(bio) < nats(alone) / 2
    assert nats(picture) > nats(bio)


def test_the_same_change_again_says_nothing_new() -> None:
    assert (
        weighed(event("email_changed"), event("email_changed", NOON + timedelta(hours=1)))[1]
        is None
    )


def test_another_address_after_a_login_from_abroad_says_more() -> None:
    _, after = weighed(
        event("login", country="NG"), event("email_changed", NOON + timedelta(minutes=5))
    )
    (alone,) = weighed(event("email_changed"))

    assert nats(after) > nats(alone)


@pytest.mark.parametrize(("counts", "speaks"), [([1] * 9, False), ([1] * 12, True), ([400], True)])
def test_deletions_tell_in_bulk(counts: list[int], *, speaks: bool) -> None:
    """Whether told as one event or as one each, it is the number within the hour that counts."""
    events = [
        event("posts_deleted", NOON + timedelta(minutes=minute), count=str(count))
        for minute, count in enumerate(counts)
    ]

    assert any(weighed(*events)) is speaks


def test_deletions_over_a_year_are_housekeeping() -> None:
    events = [event("posts_deleted", NOON + timedelta(days=day)) for day in range(300)]

    assert not any(weighed(*events))


def test_a_profile_that_sounds_like_a_thief_or_names_a_new_number_says_more() -> None:
    plain, loud, foreign = (
        Changes(OFFICE).weigh(event("bio_changed", to="..."), sound, contacts)
        for sound, contacts in ((-3.0, ()), (5.0, ()), (-3.0, ("+6283800006161",)))
    )

    assert nats(plain) < nats(loud)
    assert nats(plain) < nats(foreign)


def test_the_offices_own_number_in_its_profile_says_nothing() -> None:
    account = Account(platform="x", handle="a", official_numbers=("+6281100002020",))
    changes = Changes(account)

    assert nats(changes.weigh(event("bio_changed"), 0.0, ("+6281100002020",))) == nats(
        Changes(account).weigh(event("bio_changed"))
    )


def test_a_journey_abroad_is_told_once() -> None:
    """A second login from abroad, days after the first, says less; another journey says as much again."""
    changes = Changes(msgspec.structs.replace(OFFICE, countries=("ID",)))

    def said(after: timedelta) -> float:
        change = changes.weigh(event("login", NOON + after, country="SA"))
        return 0.0 if change is None else change.log_odds

    first, same_day, third_day, next_year = (
        said(timedelta(days=days)) for days in (0, 0.5, 3, 400)
    )

    assert first == same_day == next_year
    assert 0 < third_day < first / 2


def test_the_hour_counts_once_for_one_sitting() -> None:
    changes = Changes(OFFICE)

    assert changes.at_night(event("email_changed"), 3.0) is not None
    assert changes.at_night(event("name_changed", NOON + timedelta(hours=1)), 3.0) is None
    assert changes.at_night(event("name_changed", NOON + timedelta(days=2)), 3.0) is None
    assert changes.at_night(event("name_changed", NOON + timedelta(days=20)), 3.0) is not None
    assert Changes(OFFICE).at_night(event("email_changed"), -1.0) is None


def test_only_words_of_the_profile_are_read() -> None:
    assert profile_text(event("bio_changed", to="Forex Trader")) == "Forex Trader"
    assert profile_text(event("email_changed", to="h***@kpu.example")) == ""
