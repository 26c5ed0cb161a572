"""Planning: who is told what and when; planned twice it is the same, and nobody is told twice in one state."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.notify.letters import GATHERED, MANY, Kind, hand_of
from detector.notify.planning import AGAIN, News, Planner
from detector.records import Alert, Author, Incident, Post, Reason, State, Verdict, Wording
from detector.settings import Settings
from detector.store.interface import Delivery, JudgedPost, Watched

TAKEN_OVER = datetime(2024, 11, 20, 18, 14, 9, tzinfo=UTC)
NOW = TAKEN_OVER + timedelta(minutes=2)
BLORA = {
    "platform": "instagram", "account": "kpukabblora", "institution": "KPU Kabupaten Blora", "timezone": "WIB",
    "duty_contact": "Subbagian Teknis", "reports_to": ["KPU Provinsi Jawa Tengah", "KPU RI"],
    "csirt": ["CSIRT Jawa Tengah"], "cc": ["Bawaslu Blora"], "escalate_after": "20m",
}  # fmt: skip
TUBAN = {"platform": "instagram", "account": "pemkabtuban", "institution": "Pemkab Tuban"}


def channel(name: str, *readers: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "url": {"env": name.upper()}, "for": list(readers), **more}


def planner(*channels: dict[str, Any], **more: Any) -> Planner:
    """Return what plans for two offices and these channels."""
    given = {"accounts": [BLORA, TUBAN], "channels": list(channels), **more}
    return Planner(msgspec.convert(given, Settings))


def alert(
    state: State = State.COMPROMISED, at: datetime = TAKEN_OVER, account: str = "kpukabblora",
    previous: State = State.NORMAL, post_id: str | None = "p1",
) -> Alert:  # fmt: skip
    return Alert(
        id=f"instagram:{account}:{state}:{at.isoformat()}:{post_id}", platform="instagram", account=account,
        at=at, state=state, previous=previous, probability=0.998, post_id=post_id,
    )  # fmt: skip


def incident(at: datetime = TAKEN_OVER, closed_at: datetime | None = None) -> Incident:
    return Incident(opened_at=at, detected_at=at, peak_probability=0.998, closed_at=closed_at)


def alarm(account: str = "kpukabblora", **more: Any) -> News:
    return News(alerts=(alert(account=account),), incidents=(incident(),), **more)


def who(plans: list[Delivery], kind: Kind | None = None) -> list[str]:
    return [one.channel for one in plans if kind in {None, one.kind}]


def test_an_alarm_goes_at_once_to_the_monitors_people_the_office_and_those_in_copy() -> None:
    plans = planner(
        channel("piket"),
        channel("kantor", "KPU Kabupaten Blora"),
        channel("akun", "instagram:kpukabblora"),
        channel("salinan", "Bawaslu  BLORA"),
        channel("tetangga", "Pemkab Tuban"),
    ).news(alarm(), NOW)

    assert who(plans) == ["piket", "kantor", "akun", "salinan"]
    assert {one.due_at for one in plans} == {NOW}
    assert all("KPU Kabupaten Blora" in one.body for one in plans)


def test_an_alarm_climbs_while_nobody_answers() -> None:
    plans = planner(
        channel("ri", "KPU RI"),
        channel("csirt", "CSIRT Jawa Tengah"),
        channel("piket"),
        channel("provinsi", "KPU Provinsi Jawa Tengah"),
        channel("teknis", "Subbagian Teknis"),
    ).news(alarm(), NOW)

    climbing = [one for one in plans if one.kind == Kind.ESCALATION]
    assert who(climbing) == ["teknis", "provinsi", "csirt", "ri"]
    assert [one.due_at - NOW for one in climbing] == [timedelta(minutes=20 * step) for step in (1, 2, 3, 4)]  # fmt: skip
    assert climbing[1].title == "BELUM DITANGANI: @kpukabblora (Instagram)"
    assert "sejak Kamis, 21 November 2024, 01.16 WIB belum ada" in climbing[1].body


def test_a_step_that_no_channel_is_for_is_no_pause() -> None:
    plans = planner(channel("piket"), channel("csirt", "CSIRT Jawa Tengah")).news(alarm(), NOW)

    assert [one.due_at - NOW for one in plans] == [timedelta(0), timedelta(minutes=20)]


def test_who_was_told_at_once_is_not_told_again_further_up() -> None:
    same = {"env": "GRUP_WA"}
    plans = planner(
        channel("piket", url=same),
        channel("atasan", "KPU Provinsi Jawa Tengah", url=same),
        channel("dua", "Subbagian Teknis", "KPU Provinsi Jawa Tengah"),
    ).news(alarm(), NOW)

    assert Counter(who(plans)) == {"piket": 1, "dua": 1}


def test_an_alarm_without_anybody_near_goes_to_the_next_one_up() -> None:
    plans = planner(channel("provinsi", "KPU Provinsi Jawa Tengah")).news(alarm(), NOW)

    assert [(one.channel, one.kind, one.due_at) for one in plans] == [("provinsi", Kind.ALERT, NOW)]


def test_a_channel_is_told_from_its_state_on() -> None:
    some = planner(channel("semua", **{"from": "WATCHED"}), channel("gawat"))
    doubt = News(alerts=(alert(State.WATCHED),))
    back = News(alerts=(alert(State.RECOVERING, previous=State.COMPROMISED),), incidents=(incident(closed_at=TAKEN_OVER),))  # fmt: skip

    assert who(some.news(doubt, NOW)) == ["semua"]
    assert who(some.news(alarm(), NOW)) == ["semua", "gawat"]
    assert who(some.news(back, NOW)) == ["semua", "gawat"]
    assert some.news(News(alerts=(alert(State.NORMAL, previous=State.WATCHED),)), NOW) == []


def test_a_page_that_ends_a_takeover_tells_of_it_once_as_past() -> None:
    closed = TAKEN_OVER + timedelta(hours=5)
    news = News(
        alerts=(alert(State.WATCHED), alert(), alert(State.RECOVERING, closed, previous=State.COMPROMISED)),
        incidents=(incident(closed_at=closed),),
    )  # fmt: skip
    some = planner(channel("piket", **{"from": "WATCHED"}), channel("atasan", "KPU RI"))

    plans = some.news(news, closed + timedelta(days=30))

    assert [(one.channel, one.title) for one in plans] == [
        ("piket", "INSIDEN YANG SUDAH LEWAT: @kpukabblora (Instagram)")
    ]


def test_of_a_doubt_and_a_takeover_in_one_page_only_the_takeover_is_told() -> None:
    later = TAKEN_OVER + timedelta(minutes=5)
    news = News(
        alerts=(alert(State.WATCHED), alert(at=later, previous=State.WATCHED)),
        incidents=(incident(later),),
    )

    plans = planner(channel("piket", **{"from": "WATCHED"})).news(news, NOW)

    assert [one.kind for one in plans] == [Kind.ALERT]


def test_whoever_was_told_further_up_is_told_of_the_recovery() -> None:
    some = planner(channel("piket"), channel("atasan", "KPU Provinsi Jawa Tengah"))
    first = some.news(alarm(), NOW)
    back_at = TAKEN_OVER + timedelta(hours=3)
    back = News(
        alerts=(alert(State.RECOVERING, back_at, previous=State.COMPROMISED),),
        incidents=(incident(closed_at=back_at),),
    )

    climbed = [msgspec.structs.replace(one, sent_at=NOW) for one in first]
    assert who(some.news(back, back_at, climbed)) == ["piket", "atasan"]
    assert who(some.news(back, back_at, first)) == ["piket"]


def test_reminders_are_bounded_and_told_only_to_who_asks_for_them() -> None:
    plans = planner(channel("piket", reminders=2), channel("kantor", "KPU Kabupaten Blora")).news(alarm(), NOW)  # fmt: skip

    reminders = [one for one in plans if one.kind == Kind.REMINDER]
    assert who(reminders) == ["piket", "piket"]
    assert [one.due_at - NOW for one in reminders] == [timedelta(minutes=20), timedelta(minutes=40)]
    assert reminders[1].title.startswith("PENGINGAT 2/2: DIDUGA DIRETAS")


def test_each_channel_has_its_own_language_and_length() -> None:
    plans = planner(
        channel("piket"), channel("pusat", language="en"), channel("sms", short=True)
    ).news(alarm(), NOW)

    titles = [one.title for one in plans]
    assert titles[0].startswith("DIDUGA DIRETAS")
    assert titles[1].startswith("LOOKS TAKEN OVER")
    assert len(plans[2].body) < 300 < len(plans[0].body)


def test_a_message_names_the_post_and_why() -> None:
    verdict = Verdict(
        post_id="p1", author=Author.STRANGER, probability=0.99, log_odds=8.0, category="cheap_goods",
        reasons=(Reason("hour", 0.7, Wording(id="jam unggah tidak biasa", en="x")),),
    )  # fmt: skip
    post = Post(
        platform="instagram", account="kpukabblora", id="p1", created_at=TAKEN_OVER, text="PROMO",
        url="https://www.instagram.com/p/abc/",
    )  # fmt: skip
    news = msgspec.structs.replace(alarm(), posts=(JudgedPost(post=post, verdict=verdict),))

    (plan,) = planner(channel("piket")).news(news, NOW)

    assert "Mengapa: jualan barang murah; jam unggah tidak biasa" in plan.body
    assert "https://www.instagram.com/p/abc/" in plan.body
    assert "PROMO" not in plan.body
    assert (plan.alert_id, plan.key) == (alert().id, ("instagram", "kpukabblora"))


def test_of_one_hand_the_first_account_is_told_at_once_and_the_next_together() -> None:
    some = planner(channel("piket"), channel("tuban", "Pemkab Tuban"))
    first = some.news(alarm(), NOW)
    hand = hand_of(("instagram", "kpukabblora"), TAKEN_OVER)
    news = alarm("pemkabtuban", campaign=hand, sisters=(("instagram", "kpukabblora"),))

    second = some.news(news, NOW + timedelta(minutes=1), first)

    assert {one.group for one in first + second} == {hand}
    due = {one.channel: one.due_at - NOW for one in second}
    assert due["tuban"] == timedelta(minutes=1)
    assert timedelta(minutes=1) < due["piket"] <= GATHERED + timedelta(minutes=1)
    assert "Diduga satu pelaku dengan: @kpukabblora (Instagram)" in second[0].body


def test_a_flood_is_told_together_after_its_first_messages() -> None:
    some = planner(channel("piket"))
    told: list[Delivery] = []
    for number in range(MANY + 3):
        told += some.news(alarm(f"kantor{number}"), NOW + timedelta(seconds=number), told)

    waits = [one.due_at - one.created_at for one in told]
    assert waits[:MANY] == [timedelta(0)] * MANY
    assert all(timedelta(0) < one <= GATHERED for one in waits[MANY:])
    assert len({one.due_at for one in told[MANY:]}) == 1


STATES = st.sampled_from([State.WATCHED, State.COMPROMISED, State.RECOVERING, State.NORMAL])


@settings(max_examples=60)
@given(
    turns=st.lists(st.tuples(st.integers(0, 300), st.lists(STATES, min_size=1, max_size=4)), max_size=8),
    readings=st.integers(1, 3),
)  # fmt: skip
def test_nobody_is_told_twice_in_one_state_however_often_a_page_is_read(
    turns: list[tuple[int, list[State]]], readings: int
) -> None:
    """Planning a page again makes the same ids, and an incident is told once to a channel, per state."""
    some = planner(
        channel("piket", **{"from": "WATCHED"}),
        channel("kantor", "KPU Kabupaten Blora"),
        channel("atasan", "KPU Provinsi Jawa Tengah"),
    )
    queued: dict[str, Delivery] = {}
    at, incidents, previous = TAKEN_OVER, list[Incident](), State.NORMAL
    for minutes, states in turns:
        alerts = []
        for state in states:
            at += timedelta(minutes=minutes + 1)
            if state is State.COMPROMISED:
                incidents.append(incident(at))
            elif state is State.RECOVERING and incidents and incidents[-1].closed_at is None:
                incidents[-1] = msgspec.structs.replace(incidents[-1], closed_at=at)
            alerts.append(alert(state, at, previous=previous))
            previous = state
        for _ in range(readings):
            news = News(alerts=tuple(alerts), incidents=tuple(incidents))
            for one in some.news(news, at, list(queued.values())):
                queued.setdefault(one.id, one)
    told = Counter(
        (one.channel, one.alert_id.split(":")[2], one.alert_id, one.kind) for one in queued.values()
    )
    assert max(told.values(), default=1) == 1
    opened = {one.opened_at for one in incidents}
    assert len([one for one in queued.values() if one.kind == Kind.ALERT]) == 2 * len(opened)


WATCHED = Watched(key=("instagram", "kpukabblora"), failing_since=TAKEN_OVER)


def test_an_accounts_own_blindness_is_told_once_to_the_office_as_well() -> None:
    some = planner(channel("piket"), channel("kantor", "KPU Kabupaten Blora"))
    ids = [
        {one.id for one in some.blind([WATCHED], "account", "gone", NOW + AGAIN * number)}
        for number in range(3)
    ]

    assert ids[0] == ids[1] == ids[2]
    assert len(ids[0]) == 2


@pytest.mark.parametrize("whose", ["ours", "platform", "budget", "token"])
def test_a_blindness_of_many_is_one_message_to_the_monitors_people_and_comes_again(
    whose: str,
) -> None:
    some = planner(channel("piket"), channel("kantor", "KPU Kabupaten Blora"))
    both = [WATCHED, msgspec.structs.replace(WATCHED, key=("instagram", "pemkabtuban"))]

    first = some.blind(both, whose, "timed out", NOW)
    soon = some.blind(both[:1], whose, "timed out", NOW + timedelta(minutes=1))
    later = some.blind(both, whose, "timed out", NOW + AGAIN)

    assert who(first) == ["piket"]
    assert first[0].title == "TIDAK TERBACA: 2 akun"
    assert "@pemkabtuban (Instagram)" in first[0].body
    assert [one.id for one in soon] == [one.id for one in first]
    assert [one.id for one in later] != [one.id for one in first]


def test_a_refused_token_is_told_by_its_name_with_what_needs_it() -> None:
    (plan,) = planner(channel("piket")).token_refused("IG_TOKEN", [WATCHED], "expired", NOW)

    assert plan.title == "TOKEN DITOLAK: IG_TOKEN (Instagram)"
    assert "@kpukabblora (Instagram)" in plan.body
    assert plan.kind == Kind.TOKEN


def test_sight_regained_is_told_once() -> None:
    some = planner(channel("piket"))

    assert [one.id for one in some.readable(WATCHED, NOW)] == [
        one.id for one in some.readable(WATCHED, NOW + timedelta(hours=1))
    ]
    assert some.readable(msgspec.structs.replace(WATCHED, failing_since=None), NOW) == []


def test_a_test_goes_to_every_channel_or_to_one() -> None:
    some = planner(channel("piket"), channel("atasan", "KPU RI", language="en"))

    assert who(some.test(NOW)) == ["piket", "atasan"]
    (one,) = some.test(NOW, "atasan")
    assert one.title == "Test message"
