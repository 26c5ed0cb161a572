"""One poll of one account: what is read is judged and kept, and what cannot be read is told apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import emulators.folder
import emulators.mastodon
import emulators.x_api
import msgspec
import pytest
from builders import BLATANT, ORDINARY
from emulators import MARKED, Emulator, Mode
from monitors import START, Hand, Watch, network

from detector import assembly
from detector.errors import StoreError
from detector.monitor.polling import Ended
from detector.monitor.reach import Whose
from detector.network import Transport
from detector.records import Author, State
from detector.store.interface import Turn
from detector.store.memory import MemoryStore


@pytest.fixture
def net() -> Iterator[Transport]:
    with network(longest=5.0) as transport:
        yield transport


@pytest.fixture
def office() -> Iterator[emulators.mastodon.Mastodon]:
    """An office that has posted once a day for a month."""
    with emulators.mastodon.Mastodon() as emulator:
        _months(emulator)
        yield emulator


@pytest.fixture
def watch(net: Transport, office: Emulator) -> Watch:
    return Watch(net, [_account(office)])


def _months(emulator: Emulator) -> None:
    for day in range(30, 0, -1):
        text = f"{ORDINARY[day % len(ORDINARY)]} ({day})"
        emulator.publish(text, START - timedelta(days=day, hours=5))


def _account(emulator: Emulator, **other: Any) -> dict[str, Any]:
    kind = type(emulator).__module__.rpartition(".")[2]
    return {
        "platform": emulator.platform, "account": emulator.handle, "timezone": "WIB", "every": "5m",
        "source": {"kind": kind, **emulator.options()}, **other,
    }  # fmt: skip


def test_the_first_reading_learns_and_alarms_nobody(watch: Watch) -> None:
    (polled,) = watch.poll()

    assert (polled.ended, polled.posts) == (Ended.READ, 30)
    assert (watch.one.state, watch.one.polls, watch.told()) == (State.NORMAL, 1, [])


def test_a_strangers_post_is_alarmed_at_the_next_reading_once(
    watch: Watch, office: Emulator
) -> None:
    watch.poll()
    office.publish(BLATANT, watch.clock.on(minutes=5))
    for _ in range(5):
        watch.due()

    assert watch.one.state is State.COMPROMISED
    assert [title.partition(":")[0] for title in watch.told()] == ["DIDUGA DIRETAS"]
    (kept,) = watch.store.incidents()
    assert kept.key == ("mastodon", office.handle)


def test_a_flagged_account_is_read_every_minute(watch: Watch, office: Emulator) -> None:
    watch.poll()
    watch.due()
    office.publish(BLATANT, watch.clock())
    watch.due()

    assert watch.one.next_at is not None
    assert watch.one.next_at - watch.clock() <= timedelta(minutes=1)


@pytest.mark.parametrize(
    ("mode", "whose"),
    [
        (Mode.SERVER_ERROR, Whose.PLATFORM),
        (Mode.THROTTLED, Whose.BUDGET),
        (Mode.WEB_PAGE, Whose.PLATFORM),
        (Mode.GONE, Whose.ACCOUNT),
        (Mode.CLOSED, Whose.PLATFORM),
    ],
)
def test_a_failure_is_noted_with_whose_it_is_and_tried_again(
    watch: Watch, office: Emulator, mode: Mode, whose: Whose
) -> None:
    watch.poll()
    office.fail(mode, 20)
    (polled,) = watch.due()

    one = watch.one
    assert (polled.ended, polled.whose) == (Ended.FAILED, whose)
    assert (one.failures, one.failing_since) == (1, watch.clock())
    assert (one.failure or "").startswith(f"{whose}: ")
    assert one.next_at is not None
    assert watch.clock() < one.next_at
    assert watch.told() == []


def test_what_failed_is_read_again_with_nothing_lost(watch: Watch, office: Emulator) -> None:
    watch.poll()
    office.publish(BLATANT, watch.clock.on(minutes=5))
    office.fail(Mode.TRUNCATED, 2)
    for _ in range(4):
        watch.due()

    assert (watch.one.failures, watch.one.failing_since) == (0, None)
    assert watch.one.state is State.COMPROMISED
    assert len(watch.told()) == 1


def test_a_token_that_dies_is_named_at_once_and_never_shown(net: Transport) -> None:
    with emulators.x_api.XApi() as office:
        watch = Watch(net, [_account(office)])
        watch.poll()
        office.fail(Mode.TOKEN_DEAD, 20)
        (polled,) = watch.due()

    assert polled.whose is Whose.TOKEN
    (told,) = watch.store.deliveries()
    assert told.kind == "token"
    assert "KENTONGAN_EMULATED" in told.title
    assert MARKED not in f"{told}{watch.one}{polled}"


def test_a_secret_that_is_not_there_is_a_token_that_is_refused(net: Transport) -> None:
    with emulators.x_api.XApi() as office:
        account = _account(office)
        account["source"]["token"] = {"env": "NOT_SET_ANYWHERE"}
        watch = Watch(net, [account])
        (polled,) = watch.poll()

    assert polled.whose is Whose.TOKEN
    assert "NOT_SET_ANYWHERE" in watch.told()[0]


def test_an_account_that_stays_gone_becomes_an_event_once(watch: Watch, office: Emulator) -> None:
    watch.poll()
    office.fail(Mode.GONE, 100)
    for _ in range(8):
        watch.due()

    events = watch.store.events(watch.one.key)
    assert [(one.kind, one.details) for one in events] == [("status_changed", {"to": "deleted"})]
    assert watch.one.failures == 8


def test_an_account_that_is_gone_for_a_moment_is_no_event(watch: Watch, office: Emulator) -> None:
    watch.poll()
    office.fail(Mode.GONE, 2)
    for _ in range(6):
        watch.due()

    assert watch.store.events(watch.one.key) == []
    assert watch.one.failures == 0


def test_a_budget_that_is_used_up_holds_all_accounts_of_its_token(net: Transport) -> None:
    with emulators.x_api.XApi() as office:
        accounts = [_account(office), _account(office) | {"account": "kpulain"}]
        watch = Watch(net, accounts)
        office.fail(Mode.THROTTLED, 1)
        first, second = watch.poll()
        asked = len(office.requests)
        again = watch.poll()

    assert (first.whose, second.ended, again) == (Whose.BUDGET, Ended.HELD, [])
    assert len(office.requests) == asked


def test_a_changed_profile_becomes_events_kept_with_the_page(
    watch: Watch, office: emulators.mastodon.Mastodon
) -> None:
    watch.poll()
    office.account["display_name"] = "Slot Gacor 88"
    watch.due()

    (event,) = watch.store.events(watch.one.key)
    assert (event.kind, event.details["to"]) == ("name_changed", "Slot Gacor 88")
    assert watch.claims() == []


def test_an_edited_post_is_judged_again_once(
    watch: Watch, office: emulators.mastodon.Mastodon
) -> None:
    watch.poll()
    last = office.statuses[-1]
    last["content"], last["edited_at"] = f"<p>{BLATANT}</p>", "2024-11-20T12:01:00.000Z"
    for _ in range(4):
        watch.due()

    assert watch.one.state in {State.WATCHED, State.COMPROMISED}
    assert len(watch.told()) == 1


@pytest.fixture
def dropped(net: Transport) -> Iterator[tuple[Watch, Callable[[str], None]]]:
    """A watched folder whose exports say what the last of thirty posts is."""
    with emulators.folder.Folder() as inbox:

        def drop(last: str) -> None:
            texts = [*(f"{ORDINARY[day % len(ORDINARY)]} ({day})" for day in range(29)), last]
            lines = [
                {"platform": inbox.platform, "account": inbox.handle, "id": f"p{day}", "text": text,
                 "created_at": (START - timedelta(days=30 - day)).isoformat()}
                for day, text in enumerate(texts)
            ]  # fmt: skip
            inbox.drop(f"{hash(last)}.jsonl", b"\n".join(map(msgspec.json.encode, lines)) + b"\n")

        watch = Watch(net, [_account(inbox, source={"kind": "folder", **inbox.options()})])
        drop(ORDINARY[0])
        for _ in range(2):
            watch.due()
        yield watch, drop


def test_an_edited_post_is_kept_as_it_reads_with_how_it_read_before(
    dropped: tuple[Watch, Callable[[str], None]],
) -> None:
    watch, drop = dropped
    for last in (BLATANT, f"{ORDINARY[0]} Terima kasih."):
        drop(last)
        for _ in range(3):
            watch.due()
    (kept,) = [one for one in watch.store.posts(watch.one.key) if one.post.id == "p29"]

    assert kept.verdict.author is Author.OWNER
    assert [one.post.text for one in kept.earlier] == [ORDINARY[0], BLATANT]
    assert kept.gravest.verdict.author is Author.STRANGER
    assert kept.gravest.verdict.findings
    (incident,) = watch.store.incidents()
    assert incident.incident.post_ids == ("p29",)
    assert incident.incident.opened_at <= kept.post.created_at
    assert len(watch.told("alert")) == 1


def test_a_post_that_got_its_words_later_is_judged(
    dropped: tuple[Watch, Callable[[str], None]],
) -> None:
    watch, drop = dropped
    drop("")
    watch.due()
    drop(BLATANT)
    for _ in range(3):
        watch.due()

    assert watch.one.state in {State.WATCHED, State.COMPROMISED}


def test_an_edit_that_could_not_be_kept_is_judged_at_the_next_reading(
    dropped: tuple[Watch, Callable[[str], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, drop = dropped
    drop(BLATANT)
    with monkeypatch.context() as full:
        full.setattr(watch.store, "commit", _no_room)
        with pytest.raises(StoreError):
            [watch.due() for _ in range(3)]
    watch.clock.on(minutes=10)
    for _ in range(3):
        watch.due()

    assert watch.one.state in {State.WATCHED, State.COMPROMISED}


def test_a_file_that_cannot_be_read_is_told_to_people_once(
    dropped: tuple[Watch, Callable[[str], None]],
) -> None:
    watch, _ = dropped
    inbox = _folder(watch)
    (inbox / "kantor.zip").write_bytes(b"PK\3\4 separuh")
    (inbox / "aneh.jsonl").write_text('{"platform": "instagram", "text": 5}\n')
    for _ in range(4):
        watch.due()
    told = [one for one in watch.store.deliveries() if one.kind == "unread_file"]

    assert sorted(one.body.splitlines()[0] for one in told) == [
        "Berkas: aneh.jsonl",
        "Berkas: kantor.zip",
    ]
    assert all("BERKAS TIDAK TERBACA: @" in one.title for one in told)

    watch.clock.on(hours=1)
    (inbox / "kantor.zip").write_bytes(b"PK\3\4 separuh juga")
    for _ in range(3):
        watch.due()
    assert len(watch.told("unread_file")) == 3


def test_single_records_that_cannot_be_read_are_nobodys_alarm(
    dropped: tuple[Watch, Callable[[str], None]],
) -> None:
    watch, _ = dropped
    inbox = _folder(watch)
    whole = next(inbox.glob("*.jsonl")).read_text()
    (inbox / "b.jsonl").write_text(whole + '{"platform": "instagram", "text": 5}\n')
    polled = [one for _ in range(3) for one in watch.due()]

    assert sum(one.rejected for one in polled) == 1
    assert watch.told("unread_file") == []


def _folder(watch: Watch) -> Path:
    source = watch.settings.accounts[0].source
    assert source is not None
    return Path(source["path"])


def _no_room(_turn: Turn) -> None:
    raise StoreError("no space left")


class _LostStore(MemoryStore):
    """A store in which somebody else takes every account while it is read."""

    def commit(self, turn: Turn) -> None:
        self.release(turn.claim, turn.at)
        super().commit(turn)


def test_what_somebody_else_took_over_is_theirs_to_keep(net: Transport, office: Emulator) -> None:
    watch = Watch(net, [_account(office)], store=_LostStore())
    (polled,) = watch.poll()

    assert polled.ended is Ended.LOST
    assert (watch.one.posts, watch.told()) == (0, [])


class _FullStore(MemoryStore):
    """A store without room."""

    is_full = True

    def commit(self, turn: Turn) -> None:
        if self.is_full:
            raise StoreError("the disk is full")
        super().commit(turn)


def test_a_store_without_room_loses_nothing_and_is_told_of(
    net: Transport, office: Emulator
) -> None:
    store = _FullStore()
    watch = Watch(net, [_account(office)], store=store)
    assert watch.monitor.claiming is not None
    watch.monitor.claiming.turn()
    watch.monitor.claiming.drain()
    broken, wrong = watch.monitor.tally.broken, watch.jobs.troubles(watch.clock())
    store.is_full = False
    watch.clock.on(minutes=6)
    watch.monitor.claiming.turn()
    watch.monitor.claiming.drain()

    assert (broken, wrong) == (1, {"store": "the disk is full"})
    assert (watch.one.posts, watch.one.polls) == (30, 1)
    assert "disk is full" in watch.log.getvalue()


class _EndingClock(Hand):
    """A clock at whose third look the program is told to end."""

    stopping: threading.Event | None = None
    looks = 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.stopping is not None and self.looks == 3:
            self.stopping.set()
        return self.at


def test_an_end_in_the_middle_keeps_the_page_in_hand_and_goes_on_from_there(net: Transport) -> None:
    clock = _EndingClock(START + timedelta(days=3))
    path = str(assembly.shipped("fixtures") / "accounts")
    account = {
        "platform": "instagram", "account": "kpukabblora", "source": {"kind": "replay", "path": path},
    }  # fmt: skip
    watch = Watch(net, [account], clock=clock)
    (claim,) = watch.claims()
    clock.looks, clock.stopping = 0, watch.stopping
    polled = watch.poller.poll(claim)
    at_the_end = watch.one.posts
    clock.stopping = None
    watch.stopping.clear()
    (after,) = watch.poll()

    assert (polled.ended, polled.pages) == (Ended.STOPPED, 2)
    assert polled.posts == at_the_end
    assert after.ended is Ended.READ
    assert watch.one.posts == len({one.post.id for one in watch.store.posts(watch.one.key)}) == 235


def test_what_waits_at_the_end_is_given_back_unread(watch: Watch, office: Emulator) -> None:
    (claim,) = watch.claims()
    watch.stopping.set()
    polled = watch.poller.poll(claim)
    watch.stopping.clear()

    assert (polled.ended, office.requests) == (Ended.STOPPED, [])
    assert [one.ended for one in watch.poll()] == [Ended.READ]


def test_an_account_taken_out_of_the_settings_is_given_back(watch: Watch) -> None:
    watch.store.register([], watch.clock())
    assert watch.claims() == []
