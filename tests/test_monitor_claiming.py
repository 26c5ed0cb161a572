"""Accounts are claimed as places become free, and what is not finished at the end is given back."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from monitors import START, Hand

from detector.errors import StoreError
from detector.monitor import claiming
from detector.monitor.claiming import AHEAD, Claiming
from detector.monitor.polling import Ended, Polled
from detector.monitor.precedence import Precedence
from detector.records import Account
from detector.store.interface import Claim
from detector.store.memory import MemoryStore


class _Poller:
    """Polls by waiting until it may end."""

    def __init__(self, store: MemoryStore, error: Exception | None = None) -> None:
        self._store, self._error = store, error
        self.may_end = threading.Event()
        self.begun: list[Claim] = []

    def poll(self, claim: Claim) -> Polled:
        """Wait, then give the account back."""
        self.begun.append(claim)
        self.may_end.wait(20)
        if self._error is not None:
            raise self._error
        self._store.release(claim, START + timedelta(hours=1))
        return Polled(claim=claim, ended=Ended.READ, at=START)


def _claiming(
    poller: Any, store: MemoryStore, heard: list[Any], threads: int = 2, clock: Hand | None = None
) -> Claiming:
    return Claiming(
        store=store, poller=poller, owner="test", threads=threads, clock=clock or Hand(),
        stopping=threading.Event(), heard=lambda _claim, polled: heard.append(polled),
    )  # fmt: skip


def _store(accounts: int) -> MemoryStore:
    store = MemoryStore()
    store.register([Account(platform="x", handle=f"kantor{one}") for one in range(accounts)], START)
    return store


def test_everything_due_is_polled_and_no_more_claimed_than_there_are_places() -> None:
    store, heard = _store(30), list[Any]()
    poller = _Poller(store)
    work = _claiming(poller, store, heard)
    turn = threading.Thread(target=work.turn)
    turn.start()
    while len(poller.begun) < 2:
        threading.Event().wait(0.01)
    free = store.claim("other", START, timedelta(minutes=5), 100)
    for claim in free:
        store.release(claim, START)
    poller.may_end.set()
    turn.join(20)
    work.drain()

    assert len(free) == 30 - 2 * AHEAD
    assert len(heard) == 30


def test_a_poll_that_breaks_is_heard_of_and_frees_its_place() -> None:
    store, heard = _store(20), list[Any]()
    poller = _Poller(store, ValueError("nobody expected this"))
    poller.may_end.set()
    work = _claiming(poller, store, heard)
    work.turn()
    work.drain()

    assert [str(one) for one in heard] == ["nobody expected this"] * 20


def test_what_waits_for_a_thread_is_held_for_as_long_as_it_takes() -> None:
    store, heard, clock = _store(6), list[Any](), Hand()
    poller = _Poller(store)
    work = _claiming(poller, store, heard, clock=clock)
    work.turn()
    clock.on(minutes=4)
    renewed = work.hold()
    clock.on(minutes=4)
    taken = store.claim("other", clock(), timedelta(minutes=5), 10)
    again = work.hold(), work.hold()
    poller.may_end.set()
    work.drain()

    assert (renewed, taken, again) == (6, [], (6, 0))
    assert [one.ended for one in heard] == [Ended.READ] * 6


def test_what_ran_out_in_hand_is_not_begun_a_second_time() -> None:
    """On a machine too slow for its leases it was claimed anew for ever, and nothing of it ever kept."""
    store, heard, clock = _store(6), list[Any](), Hand()
    poller = _Poller(store)
    work = _claiming(poller, store, heard, clock=clock)
    begun = work.turn()
    clock.on(minutes=30)
    again = work.turn()
    poller.may_end.set()
    work.drain()

    assert (begun, again) == (6, 0)
    assert len(poller.begun) == 6


def test_a_claim_that_somebody_else_has_taken_stays_theirs() -> None:
    store, clock = _store(1), Hand()
    poller = _Poller(store)
    work = _claiming(poller, store, [], clock=clock)
    work.turn()
    clock.on(minutes=30)
    (theirs,) = store.claim("other", clock(), timedelta(minutes=5), 10)
    held = work.hold()
    store.renew(theirs, clock.on(minutes=5))
    poller.may_end.set()
    work.drain()

    assert held == 0


def test_a_store_that_is_away_takes_no_places_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    store, heard = _store(20), list[Any]()
    poller = _Poller(store)
    poller.may_end.set()
    work = _claiming(poller, store, heard)
    with monkeypatch.context() as patch:
        patch.setattr(store, "claim", _away)
        for _ in range(3):
            with pytest.raises(StoreError):
                work.turn()

    assert work.drain(5)
    assert work.turn() == 20
    assert work.drain(5)


def _away(*_: object) -> list[Claim]:
    raise StoreError("the database is away")


def test_what_is_not_finished_in_time_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "LAST_WORDS", 0.2)
    store, heard = _store(3), list[Any]()
    poller = _Poller(store)
    work = _claiming(poller, store, heard)
    work.turn()
    finished = work.close()
    again = store.claim("other", START, timedelta(minutes=5), 10)
    poller.may_end.set()

    assert not finished
    assert len(again) == 3


def test_no_poll_begins_while_messages_leave_but_none_waits_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    precedence, store, heard = Precedence(), _store(3), list[Any]()
    poller = _Poller(store)
    poller.may_end.set()
    work = Claiming(
        store=store, poller=poller, owner="test", threads=2, clock=Hand(), stopping=threading.Event(),  # type: ignore[arg-type]
        heard=lambda _claim, polled: heard.append(polled), give_way=precedence.give_way,
    )  # fmt: skip
    with precedence.first():
        work.turn()
        assert not work.drain(0.3)
        assert poller.begun == []
    assert work.drain(5)
    assert len(poller.begun) == 3

    monkeypatch.setattr("detector.monitor.precedence.LONGEST", 0.01)
    with precedence.first():
        for _ in range(1_000):
            precedence.give_way()
