"""What every store promises: in memory, on SQLite, and on a real PostgreSQL."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from databases import emptied
from turns import (
    BLORA,
    LEASE,
    MINUTE,
    NOW,
    account,
    alert,
    claimed,
    delivery,
    event,
    incident,
    judged,
    turn,
    watching,
)

from detector.errors import LeaseLost, StoreError
from detector.records import Author, Profile, State
from detector.store.interface import Check, Store
from detector.store.opening import open_store
from detector.store.rules import READINGS, Keep

DAY = timedelta(days=1)
KEEP = Keep(texts=10 * DAY, posts=20 * DAY, events=15 * DAY, deliveries=5 * DAY, evidence=40 * DAY)
ODD = "\0NUL \ud800 \udfff \uf8ff 🎰 ﷽ é\u202e'\";--%s\\"
"""What no database takes by itself."""


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty SQLite store, to be copied."""
    path = tmp_path_factory.mktemp("stores") / "new.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store of each kind."""
    address = "memory://"
    if request.param == "sqlite":
        made = shutil.copy(request.getfixturevalue("new_file"), tmp_path / "toko.db")
        address = f"sqlite:///{made}"
    elif request.param == "postgresql":
        address = emptied(request.getfixturevalue("server"))
    opened = open_store(address, KEEP)
    yield opened
    opened.close()


# Who is watched, and who reads whom.


def test_a_new_account_is_due_at_once(store: Store) -> None:
    store.register([account(institution="KPU Kabupaten Blora")], NOW)
    (watched,) = store.accounts()

    assert watched.key == BLORA
    assert watched.institution == "KPU Kabupaten Blora"
    assert (watched.state, watched.posts, watched.polls) == (State.LEARNING, 0, 0)
    assert watched.next_at == NOW
    assert claimed(store).watched == watched


def test_registering_again_keeps_what_is_known(store: Store) -> None:
    watching(store)
    store.commit(turn(claimed(store), posts=(judged("p1"),)))
    store.register([account(institution="Kantor"), account("kedua")], NOW + MINUTE)

    assert [(one.key[1], one.posts, one.institution) for one in store.accounts()] == [
        ("kedua", 0, None),
        (BLORA[1], 1, "Kantor"),
    ]


def test_an_account_taken_out_is_kept_and_never_claimed(store: Store) -> None:
    watching(store)
    store.commit(turn(claimed(store), posts=(judged("p1"),), cursor="c"))
    later = NOW + DAY
    store.register([], later)

    assert store.accounts() == []
    assert store.claim("satu", later, LEASE, 9) == []
    assert store.known(BLORA, ["p1"]) == {"p1"}

    watching(store, now=later)
    assert claimed(store, later).cursor == "c"


def test_whoever_is_in_the_middle_of_it_may_still_commit(store: Store) -> None:
    watching(store)
    claim = claimed(store)
    store.register([], NOW)
    store.commit(turn(claim, posts=(judged("p1"),)))

    assert store.known(BLORA, ["p1"]) == {"p1"}


def test_those_longest_due_are_claimed_first(store: Store) -> None:
    for minute, handle in enumerate(["c", "a", "b"]):
        store.register([account(one) for one in ["c", "a", "b"][: minute + 1]], NOW + minute * MINUTE)  # fmt: skip
        assert handle
    claims = store.claim("satu", NOW + 9 * MINUTE, LEASE, 2)

    assert [one.watched.key[1] for one in claims] == ["c", "a"]
    assert claimed(store, NOW + 9 * MINUTE).watched.key[1] == "b"


def test_what_its_owner_is_still_at_is_not_claimed_twice(store: Store) -> None:
    watching(store)
    mine = claimed(store)
    later = NOW + 2 * LEASE

    assert mine.watched.key not in {
        one.watched.key for one in store.claim("satu", later, LEASE, 9, [mine.watched.key])
    }
    store.commit(turn(mine, posts=(judged("p1"),)))
    assert store.known(mine.watched.key, ["p1"]) == {"p1"}


def test_what_is_held_is_not_claimed_until_its_lease_has_run_out(store: Store) -> None:
    watching(store)
    first = claimed(store)

    assert first.until == NOW + LEASE
    assert store.claim("dua", NOW + LEASE - MINUTE, LEASE, 9) == []

    second = claimed(store, NOW + LEASE, "dua")
    assert second.lease != first.lease
    with pytest.raises(LeaseLost):
        store.renew(first, NOW + 2 * LEASE)


def test_a_renewed_lease_lasts_longer(store: Store) -> None:
    watching(store)
    store.renew(claimed(store), NOW + 3 * LEASE)

    assert store.claim("dua", NOW + 2 * LEASE, LEASE, 9) == []
    assert claimed(store, NOW + 3 * LEASE).lease


def test_what_is_not_due_is_not_claimed(store: Store) -> None:
    watching(store)
    store.commit(turn(claimed(store)))

    assert store.claim("satu", NOW + 14 * MINUTE, LEASE, 9) == []
    assert claimed(store, NOW + 15 * MINUTE).lease


def test_a_released_claim_is_free(store: Store) -> None:
    watching(store)
    claim = claimed(store)
    store.release(claim, NOW + MINUTE)
    store.release(claim, NOW + DAY)

    assert claimed(store, NOW + MINUTE).watched.polls == 0
    with pytest.raises(LeaseLost):
        store.commit(turn(claim))


def test_a_paused_account_is_left_unread(store: Store) -> None:
    watching(store)
    store.pause(BLORA, paused=True)

    assert store.claim("satu", NOW, LEASE, 9) == []
    assert store.accounts()[0].paused

    store.pause(BLORA, paused=False)
    assert claimed(store).lease
    with pytest.raises(StoreError, match="not watched"):
        store.pause(("x", "tiada"), paused=True)


def test_a_clock_that_is_put_back_leaves_nobody_unread(store: Store) -> None:
    """What was noted years ahead by a wrong clock, or is held until then, is due now."""
    future = NOW + 4000 * DAY
    watching(store, "read", "held")
    for claim in store.claim("satu", future, LEASE, 9)[:1]:
        store.commit(turn(claim, future))

    assert len(store.claim("dua", NOW, LEASE, 9)) == 2


def test_a_clock_that_is_a_little_behind_takes_nothing_away(store: Store) -> None:
    watching(store)
    claimed(store, NOW + 5 * MINUTE)

    assert store.claim("dua", NOW, LEASE, 9) == []


def test_threads_that_claim_at_once_never_share(store: Store) -> None:
    handles = [f"kantor{number:02}" for number in range(40)]
    watching(store, *handles)
    start = threading.Barrier(4)

    def claim_all(owner: str) -> list[str]:
        start.wait()
        found: list[str] = []
        while some := store.claim(owner, NOW, LEASE, 3):
            found += [one.watched.key[1] for one in some]
        return found

    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(claim_all, "abcd"))

    assert sorted(handle for part in parts for handle in part) == handles


# One page is kept whole, once, or not at all.


def test_what_a_page_says_is_there_afterwards(store: Store) -> None:
    watching(store)
    post, change = judged("p1", Author.STRANGER), event(details={"from": "A", "to": "B"})
    profile = Profile(handle=BLORA[1], bio="Akun resmi", followers=12_000)
    store.commit(
        turn(
            claimed(store), posts=(post,), events=(change,), alerts=(alert(),), cursor="k1", profile=profile,
            state=State.COMPROMISED, probability=0.97, standing=b"\x00\xff",
        )
    )  # fmt: skip
    (watched,) = store.accounts()
    again = claimed(store, NOW + 15 * MINUTE)

    assert store.posts(BLORA) == [post]
    assert store.events(BLORA) == [change]
    assert store.alerts() == store.alerts(BLORA) == [alert()]
    assert (watched.state, watched.probability) == (State.COMPROMISED, 0.97)
    assert (watched.posts, watched.polls, watched.last_post_at) == (1, 1, NOW)
    assert watched.last_read_at == NOW
    assert watched.next_at == NOW + 15 * MINUTE
    assert (again.cursor, again.standing, again.profile) == ("k1", b"\x00\xff", profile)


def test_a_page_twice_changes_nothing(store: Store) -> None:
    """As when the answer to the first commit was lost."""
    watching(store)
    page = turn(
        claimed(store), posts=(judged("p1"),), events=(event(),), incidents=(incident(),),
        alerts=(alert(),), deliveries=(delivery(),),
    )  # fmt: skip
    store.commit(page)
    seen = _everything(store)
    store.commit(page)

    assert _everything(store) == seen


def test_a_page_read_again_by_somebody_else_changes_nothing_but_the_polls(store: Store) -> None:
    watching(store)
    told: dict[str, Any] = {
        "posts": (judged("p1"),),
        "events": (event(),),
        "incidents": (incident(),),
    }
    store.commit(turn(claimed(store), **told, alerts=(alert(),), deliveries=(delivery(),)))
    before = _everything(store)
    again = claimed(store, NOW + 15 * MINUTE, "dua")
    store.commit(turn(again, **told, alerts=(alert(),), deliveries=(delivery(),)))
    after = _everything(store)

    assert after[1:] == before[1:]
    assert store.accounts()[0].posts == 1
    assert store.accounts()[0].polls == 2


def test_a_lost_claim_keeps_nothing(store: Store) -> None:
    watching(store)
    lost = claimed(store)
    claimed(store, NOW + LEASE, "dua")
    before = _everything(store)
    page = turn(
        lost, posts=(judged("p1"),), events=(event(),), incidents=(incident(),), alerts=(alert(),),
        deliveries=(delivery(),), cursor="lost",
    )  # fmt: skip
    with pytest.raises(LeaseLost, match="instagram/kpukabblora"):
        store.commit(page)
    with pytest.raises(LeaseLost):
        store.failed(lost, NOW, "silent", NOW, [delivery()])

    assert _everything(store) == before
    assert claimed(store, NOW + 9 * LEASE).cursor is None


def test_of_two_that_commit_one_wins(store: Store) -> None:
    watching(store)
    first = claimed(store)
    second = claimed(store, NOW + LEASE, "dua")
    start = threading.Barrier(2)

    def commit(claim_and_id: tuple[object, str]) -> str:
        claim, identity = claim_and_id
        start.wait()
        try:
            store.commit(turn(claim, posts=(judged(identity),)))  # type: ignore[arg-type]  # a claim
        except LeaseLost:
            return "lost"
        return identity

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(commit, [(first, "first"), (second, "second")]))

    assert ends == ["lost", "second"]
    assert [one.post.id for one in store.posts(BLORA)] == ["second"]


def test_a_claim_that_ran_out_but_was_not_taken_may_commit(store: Store) -> None:
    watching(store)
    store.commit(turn(claimed(store), NOW + 9 * LEASE, posts=(judged("p1"),)))

    assert store.known(BLORA, ["p1", "p2"]) == {"p1"}


def test_several_pages_are_one_poll(store: Store) -> None:
    watching(store)
    claim = claimed(store)
    store.commit(turn(claim, posts=(judged("p1"),), cursor="k1", is_last=False))

    assert store.claim("dua", NOW, LEASE, 9) == []
    assert (store.accounts()[0].polls, store.accounts()[0].last_read_at) == (0, None)

    store.commit(turn(claim, posts=(judged("p2", at=NOW - DAY),), cursor="k2"))
    (watched,) = store.accounts()
    assert (watched.polls, watched.posts, watched.last_post_at) == (1, 2, NOW)


def test_what_a_dead_reader_kept_is_gone_on_from(store: Store) -> None:
    watching(store)
    page = turn(claimed(store), posts=(judged("p1"),), cursor="k1", is_last=False)
    store.commit(page)
    heir = claimed(store, NOW + LEASE, "dua")

    assert (heir.cursor, heir.standing) == ("k1", b"standing")


def test_a_failed_poll_is_noted_from_its_first(store: Store) -> None:
    watching(store)
    store.failed(claimed(store), NOW, "no answer", NOW + MINUTE, [delivery("blind")])
    second = claimed(store, NOW + MINUTE)
    store.failed(second, NOW + MINUTE, "no name", NOW + 2 * MINUTE, [delivery("blind")])
    (watched,) = store.accounts()

    assert (watched.failing_since, watched.failures, watched.failure) == (NOW, 2, "no name")
    assert (watched.polls, watched.next_at) == (0, NOW + 2 * MINUTE)
    assert [one.id for one in store.deliveries()] == ["blind"]
    with pytest.raises(LeaseLost):
        store.failed(second, NOW, "again", NOW)

    store.commit(turn(claimed(store, NOW + 2 * MINUTE), NOW + 2 * MINUTE))
    (watched,) = store.accounts()
    assert (watched.failing_since, watched.failures, watched.failure) == (None, 0, None)


def test_a_post_stays_as_it_was_first_read(store: Store) -> None:
    watching(store)
    both = (judged("p1", text="first"), judged("p1", text="second"))
    store.commit(turn(claimed(store), posts=both, is_last=False))
    later = turn(claimed(store, NOW + LEASE), posts=(judged("p1", text="edited"),))
    store.commit(later)

    assert [one.post.text for one in store.posts(BLORA)] == ["first"]
    assert store.accounts()[0].posts == 1


def test_a_post_that_was_changed_is_kept_as_it_reads_beside_how_it_read(store: Store) -> None:
    watching(store)
    readings = [
        judged("p1", text=f"kata {step}", author=author)
        for step, author in enumerate([Author.OWNER, Author.STRANGER, *[Author.OWNER] * 9])
    ]
    readings = [
        msgspec.structs.replace(
            one, verdict=msgspec.structs.replace(one.verdict, log_odds=5.0 if step == 1 else -step / 10)
        )
        for step, one in enumerate(readings)
    ]  # fmt: skip
    store.commit(turn(claimed(store), posts=readings[:1], is_last=False))
    for step, one in enumerate(readings[1:], 1):
        at = NOW + step * LEASE
        store.commit(turn(claimed(store, at), at, changed=(one, judged("unknown")), is_last=False))
    (kept,) = store.posts(BLORA)

    assert kept.post.text == "kata 10"
    assert store.accounts()[0].posts == 1
    texts = [one.post.text for one in kept.earlier]
    assert texts[:3] == ["kata 0", "kata 1", "kata 2"]
    assert len(texts) == READINGS
    assert kept.earlier[0].until == NOW + LEASE
    assert kept.gravest.post.text == "kata 1"
    assert kept.gravest.verdict.findings

    store.prune(NOW + 25 * DAY)
    assert [one.post.text for one in store.posts(BLORA)] == ["kata 10"]


def test_the_same_words_again_are_no_change(store: Store) -> None:
    watching(store)
    store.commit(turn(claimed(store), posts=(judged("p1", text=ODD),), is_last=False))
    at = NOW + LEASE
    store.commit(turn(claimed(store, at), at, changed=(judged("p1", text=ODD),)))

    assert store.posts(BLORA)[0].earlier == ()


def test_an_owners_post_keeps_no_findings_and_no_reasons(store: Store) -> None:
    watching(store)
    both = (judged("own"), judged("other", Author.DOUBTFUL, at=NOW - MINUTE))
    store.commit(turn(claimed(store), posts=both))
    own, other = store.posts(BLORA)

    assert (own.verdict.findings, own.verdict.reasons) == ((), ())
    assert own.verdict.probability == 0.25
    assert other == both[1]


def test_posts_and_events_come_newest_first(store: Store) -> None:
    watching(store)
    order = (2, 0, 3, 1)
    posts = tuple(judged(f"p{day}", at=NOW - day * DAY) for day in order)
    twin = judged("twin", at=NOW - 3 * DAY)
    events = tuple(event(f"kind{day}", NOW - day * DAY) for day in order)
    store.commit(turn(claimed(store), posts=(*posts, twin), events=events))

    ids = [one.post.id for one in store.posts(BLORA)]
    assert ids == ["p0", "p1", "p2", "twin", "p3"]
    assert [one.post.id for one in store.posts(BLORA, since=NOW - DAY)] == ["p0", "p1"]
    assert [one.post.id for one in store.posts(BLORA, most=1)] == ["p0"]
    assert [one.kind for one in store.events(BLORA, most=2)] == ["kind0", "kind1"]
    assert [one.kind for one in store.events(BLORA, since=NOW)] == ["kind0"]
    assert (store.posts(("x", "tiada")), store.events(("x", "tiada"))) == ([], [])
    assert store.known(("x", "tiada"), ["p1"]) == set()


def test_an_event_read_from_two_files_is_one(store: Store) -> None:
    watching(store)
    same = (event(where="a.json#1"), event(where="b.json#2"), event(details={"to": "B"}))
    store.commit(turn(claimed(store), events=same))

    assert len(store.events(BLORA)) == 2


def test_thousands_of_posts_fit_into_one_page(store: Store) -> None:
    watching(store)
    ids = [f"p{number}" for number in range(3_000)]
    store.commit(turn(claimed(store), posts=tuple(judged(one) for one in ids)))

    assert store.known(BLORA, [*ids, "other"]) == set(ids)


def test_any_text_and_any_time_come_back(store: Store) -> None:
    """A hostile post must not end the reading of an account."""
    early, late = (
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999_999, UTC),
    )
    jakarta = datetime.fromisoformat("2024-11-21T01:14:00.000001+07:00")
    key = (ODD, ODD)
    store.register([account(ODD, ODD, institution=ODD)], early)
    posts = tuple(
        judged(ODD + str(number), Author.STRANGER, at=at, text=ODD, url=ODD)
        for number, at in enumerate([early, jakarta, late])
    )
    page = turn(
        claimed(store, NOW), posts=posts, events=(event(ODD, details={ODD: ODD}),), cursor=ODD,
        profile=Profile(name=ODD), deliveries=(delivery(ODD, title=ODD, body=ODD, key=key),),
    )  # fmt: skip
    store.commit(page)
    again = claimed(store, NOW + DAY)
    store.failed(again, NOW + DAY, ODD, late)

    (watched,) = store.accounts()
    assert (watched.key, watched.institution, watched.failure) == (key, ODD, ODD)
    assert watched.next_at == late
    assert store.known(key, [ODD + "1", ODD]) == {ODD + "1"}
    assert [one.post.created_at for one in store.posts(key)] == [late, jakarta, early]
    assert again.cursor == ODD
    told = ODD.replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
    assert {one.post.text for one in store.posts(key)} == {told}
    (message,) = store.take("satu", NOW, LEASE, 1)
    assert message.title == told
    store.put_off(message, None, ODD, NOW)
    assert store.deliveries()[0].last_error == ODD


# What the pages say, and what people did about it.


def test_an_incident_is_told_apart_by_when_it_opened(store: Store) -> None:
    watching(store)
    claim = claimed(store)
    first, other = incident(), incident(NOW + DAY)
    store.commit(turn(claim, incidents=(first,), is_last=False))
    store.acknowledge(1, "Rekaan", NOW)
    grown = msgspec.structs.replace(first, post_ids=("p1", "p2"), closed_at=NOW + DAY)
    store.commit(turn(claim, incidents=(grown, other)))
    newest, oldest = store.incidents()

    assert (newest.number, newest.incident, newest.key) == (2, other, BLORA)
    assert (oldest.number, oldest.incident) == (1, grown)
    assert (oldest.acknowledged_at, oldest.acknowledged_by) == (NOW, "Rekaan")
    assert store.incident(1) == oldest
    assert store.incident(3) is store.incident(0) is store.incident(2**70) is None


def test_an_incident_names_what_any_of_its_pages_named(store: Store) -> None:
    """A page of a long incident names its first posts and its own."""
    watching(store)
    claim = claimed(store)
    for place, ids in enumerate((("p1", "p2"), ("p1", "p3"), ("p1", "p4"))):
        grown = msgspec.structs.replace(
            incident(), post_ids=ids, peak_probability=0.9 + place / 100
        )
        store.commit(turn(claim, incidents=(grown,), is_last=False))
    (kept,) = store.incidents()

    assert kept.incident.post_ids == ("p1", "p2", "p3", "p4")
    assert kept.incident.peak_probability == pytest.approx(0.92)


def test_open_ones_are_those_that_need_somebody(store: Store) -> None:
    watching(store)
    some = [incident(NOW + day * DAY) for day in range(3)]
    some[0] = msgspec.structs.replace(some[0], closed_at=NOW + DAY)
    store.commit(turn(claimed(store), incidents=tuple(some)))
    store.resolve(2, "Rekaan", NOW, "confirmed")

    assert [one.number for one in store.incidents()] == [3, 2, 1]
    assert [one.number for one in store.incidents(open_only=True)] == [3]
    assert [one.number for one in store.incidents(since=NOW + DAY + MINUTE)] == [3, 2]


def test_what_people_do_is_noted(store: Store) -> None:
    watching(store)
    store.commit(turn(claimed(store), incidents=(incident(),)))
    store.acknowledge(1, "Rekaan", NOW)
    store.acknowledge(1, "Kedua", NOW + MINUTE)
    resolved = store.resolve(1, "Ketiga", NOW + 2 * MINUTE, "false_alarm", note="iklan sendiri")

    assert (resolved.acknowledged_by, resolved.resolved_by) == ("Rekaan", "Ketiga")
    assert (resolved.resolution, resolved.note) == ("false_alarm", "iklan sendiri")

    reopened = store.reopen(1, "Keempat", NOW + 3 * MINUTE)
    assert (reopened.resolved_at, reopened.resolution, reopened.note) == (None, None, None)
    assert store.incidents(open_only=True) == [reopened]
    assert [(one.by, one.what, one.resolution) for one in store.reviews(1)] == [
        ("Rekaan", "acknowledged", None),
        ("Kedua", "acknowledged", None),
        ("Ketiga", "resolved", "false_alarm"),
        ("Keempat", "reopened", None),
    ]
    assert store.reviews(2) == []


def test_who_resolves_has_acknowledged(store: Store) -> None:
    watching(store)
    store.commit(turn(claimed(store), incidents=(incident(),)))

    assert store.resolve(1, "Rekaan", NOW, "confirmed").acknowledged_by == "Rekaan"


def test_an_incident_that_is_not_there_is_said_so(store: Store) -> None:
    for act in (store.acknowledge, store.reopen):
        with pytest.raises(StoreError, match="there is no incident 7 "):
            act(7, "Rekaan", NOW)
    with pytest.raises(StoreError, match="there is no incident 7 "):
        store.resolve(7, "Rekaan", NOW, "confirmed")


def test_a_pages_messages_belong_to_its_incident(store: Store) -> None:
    watching(store)
    told = (
        delivery("own"), delivery("named", incident=9), delivery("elsewhere", key=("x", "lain")),
    )  # fmt: skip
    store.commit(turn(claimed(store), incidents=(incident(),), deliveries=told))

    assert {one.id: one.incident for one in store.deliveries()} == {
        "own": 1,
        "named": 9,
        "elsewhere": None,
    }


# A message leaves at least once.


def test_a_message_is_queued_once(store: Store) -> None:
    store.enqueue([delivery(), delivery(title="another")])
    store.enqueue([delivery(title="third")])

    assert store.deliveries() == [delivery()]


def test_messages_are_taken_the_oldest_first_when_due(store: Store) -> None:
    store.enqueue([delivery(f"d{minute}", NOW + minute * MINUTE) for minute in (2, 0, 1, 3)])
    taken = store.take("satu", NOW + 2 * MINUTE, LEASE, 2)

    assert [(one.id, one.tries, one.maybe_repeated) for one in taken] == [
        ("d0", 1, False),
        ("d1", 1, False),
    ]
    assert [one.id for one in store.take("dua", NOW + 2 * MINUTE, LEASE, 9)] == ["d2"]
    assert [one.id for one in store.deliveries()] == ["d3", "d2", "d1", "d0"]
    assert [one.id for one in store.deliveries(most=1)] == ["d3"]


def test_a_sent_message_is_done(store: Store) -> None:
    store.enqueue([delivery(), delivery("d2", due_at=NOW + DAY)])
    (taken,) = store.take("satu", NOW, LEASE, 9)
    store.sent(taken, NOW + MINUTE)
    store.sent(taken, NOW + DAY)

    (done,) = store.deliveries(pending=False)
    assert done.sent_at == NOW + MINUTE
    assert [one.id for one in store.deliveries(pending=True)] == ["d2"]
    assert store.take("satu", NOW + MINUTE, LEASE, 9) == []


def test_a_message_put_off_is_due_again_later(store: Store) -> None:
    store.enqueue([delivery()])
    (taken,) = store.take("satu", NOW, LEASE, 9)
    store.put_off(taken, NOW + DAY, "429", NOW)

    assert store.take("satu", NOW + LEASE, LEASE, 9) == []
    (again,) = store.take("dua", NOW + DAY, LEASE, 9)
    assert (again.tries, again.last_error, again.maybe_repeated) == (2, "429", False)


def test_a_channel_that_broke_off_may_have_taken_it(store: Store) -> None:
    store.enqueue([delivery()])
    (taken,) = store.take("satu", NOW, LEASE, 9)
    doubtful = msgspec.structs.replace(taken, maybe_repeated=True)
    store.put_off(doubtful, NOW + DAY, "hung up", NOW)

    assert store.take("satu", NOW + DAY, LEASE, 9)[0].maybe_repeated


def test_a_message_given_up_is_done_and_shown(store: Store) -> None:
    store.enqueue([delivery()])
    (taken,) = store.take("satu", NOW, LEASE, 9)
    store.put_off(taken, None, "no such address", NOW + MINUTE)

    (done,) = store.deliveries(pending=False)
    assert (done.given_up_at, done.last_error) == (NOW + MINUTE, "no such address")
    assert store.take("satu", NOW + DAY, LEASE, 9) == []


def test_what_a_dead_sender_held_is_taken_again_and_marked(store: Store) -> None:
    store.enqueue([delivery()])
    (stale,) = store.take("satu", NOW, LEASE, 9)

    assert store.take("dua", NOW + LEASE - MINUTE, LEASE, 9) == []
    (again,) = store.take("dua", NOW + LEASE, LEASE, 9)
    assert (again.tries, again.maybe_repeated) == (2, True)

    store.put_off(stale, None, "it was dead", NOW + LEASE)
    assert store.deliveries(pending=True) == [again]

    store.sent(stale, NOW + LEASE)
    store.put_off(again, NOW + DAY, "too late", NOW + LEASE)
    assert store.deliveries(pending=False)[0].sent_at == NOW + LEASE


def test_a_clock_that_is_put_back_holds_no_message_back(store: Store) -> None:
    future = NOW + 4000 * DAY
    store.enqueue([delivery()])
    (taken,) = store.take("satu", future, LEASE, 9)
    store.put_off(taken, future + DAY, "429", future)

    assert store.take("satu", NOW, LEASE, 9)
    assert store.take("dua", NOW, LEASE, 9) == []


def test_threads_that_take_at_once_never_share(store: Store) -> None:
    store.enqueue([delivery(f"d{number:02}") for number in range(40)])
    start = threading.Barrier(4)

    def take_all(owner: str) -> list[str]:
        start.wait()
        found: list[str] = []
        while some := store.take(owner, NOW, LEASE, 3):
            found += [one.id for one in some]
        return found

    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(take_all, "abcd"))

    assert sorted(one for part in parts for one in part) == [f"d{one:02}" for one in range(40)]


# Small values under a name.


@pytest.mark.parametrize("value", [0, "", ODD[1:4], [1, "dua"], {"at": NOW}, 1.5, b"\0", False])
def test_a_noted_value_comes_back(store: Store, value: object) -> None:
    store.note("x", "before")
    store.note("x", value)

    assert store.noted("x") == value


def test_a_value_can_be_forgotten(store: Store) -> None:
    store.note("x", 1)
    store.note("x", None)

    assert store.noted("x") is None


# What is kept how long: ten days of texts, twenty of posts, forty of evidence.


def test_nothing_goes_before_its_time(store: Store) -> None:
    _committed_all(store)
    before = _everything(store)

    assert set(store.prune(NOW + 4 * DAY).values()) == {0}
    assert _everything(store) == before


def test_the_owners_texts_go_first_then_the_posts(store: Store) -> None:
    _committed_all(store)
    dropped = store.prune(NOW + 11 * DAY)

    texts = {one.post.id: one.post.text for one in store.posts(BLORA)}
    assert texts == {"own": "", "doubtful": "Apel pagi.", "in_incident": "Apel pagi."}
    assert dropped["texts"] == 1
    assert store.prune(NOW + 11 * DAY)["texts"] == 0
    assert store.known(BLORA, ["own"]) == {"own"}

    assert store.prune(NOW + 21 * DAY)["posts"] == 1
    assert {one.post.id for one in store.posts(BLORA)} == {"doubtful", "in_incident"}

    assert store.prune(NOW + 41 * DAY)["posts"] == 1
    assert {one.post.id for one in store.posts(BLORA)} == {"in_incident"}
    assert store.accounts()[0].posts == 3


def test_what_an_incident_refers_to_stays_as_long_as_it_does(store: Store) -> None:
    _committed_all(store)
    store.prune(NOW + 500 * DAY)

    assert len(store.incidents()) == 1
    assert [one.post.id for one in store.posts(BLORA)] == ["in_incident"]
    assert [one.kind for one in store.events(BLORA)] == ["name_changed"]

    store.resolve(1, "Rekaan", NOW + 600 * DAY, "confirmed")
    store.prune(NOW + 639 * DAY)
    assert len(store.incidents()) == 1

    assert store.prune(NOW + 641 * DAY)["incidents"] == 1
    assert (store.incidents(), store.posts(BLORA), store.events(BLORA)) == ([], [], [])
    assert store.reviews(1) == []


def test_an_incident_is_over_at_the_later_of_its_two_ends(store: Store) -> None:
    watching(store)
    closed = incident(closed_at=NOW + 30 * DAY)
    store.commit(turn(claimed(store), incidents=(closed,)))
    store.resolve(1, "Rekaan", NOW + DAY, "confirmed")

    assert store.prune(NOW + 69 * DAY)["incidents"] == 0
    assert store.prune(NOW + 71 * DAY)["incidents"] == 1


def test_numbers_of_incidents_are_never_given_twice(store: Store) -> None:
    watching(store)
    claim = claimed(store)
    store.commit(turn(claim, incidents=(incident(closed_at=NOW),), is_last=False))
    store.prune(NOW + 50 * DAY)
    store.commit(turn(claim, incidents=(incident(NOW + DAY),)))

    assert [one.number for one in store.incidents()] == [2]


def test_events_and_alerts_go_after_a_while(store: Store) -> None:
    _committed_all(store)
    dropped = store.prune(NOW + 16 * DAY)

    assert (dropped["events"], dropped["alerts"]) == (1, 1)
    assert store.alerts() == []


def test_a_message_that_is_done_goes_but_its_id_is_remembered(store: Store) -> None:
    store.enqueue([delivery(), delivery("waiting")])
    first, _ = store.take("satu", NOW, LEASE, 9)
    store.sent(first, NOW)

    assert store.prune(NOW + 6 * DAY)["deliveries"] == 1
    assert [one.id for one in store.deliveries()] == ["waiting"]
    store.enqueue([delivery()])
    assert [one.id for one in store.deliveries()] == ["waiting"]
    assert [one.id for one in store.take("dua", NOW + 6 * DAY, LEASE, 9)] == ["waiting"]

    assert store.prune(NOW + 24 * DAY)["spent"] == 0
    assert store.prune(NOW + 26 * DAY)["spent"] == 1
    assert [one.id for one in store.deliveries(pending=True)] == ["waiting"]


def test_a_store_in_use_is_sound(store: Store) -> None:
    _committed_all(store)

    assert store.check()[0] is Check.SOUND


def _committed_all(store: Store) -> None:
    """Keep one of everything."""
    watching(store)
    change, unrelated = event(), event("bio_changed")
    page = turn(
        claimed(store),
        posts=(judged("own"), judged("doubtful", Author.DOUBTFUL), judged("in_incident")),
        events=(change, unrelated),
        incidents=(incident(post_ids=("in_incident",), change_ids=(f"name_changed@{NOW.isoformat()}",)),),
        alerts=(alert(),),
        deliveries=(delivery(),),
    )  # fmt: skip
    store.commit(page)


def _everything(store: Store) -> tuple[object, ...]:
    return (
        store.accounts(), store.posts(BLORA), store.events(BLORA), store.incidents(), store.alerts(),
        store.deliveries(),
    )  # fmt: skip
