"""Whatever is asked of them in whatever order, the stores on disk answer as the one in memory does."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec
import pytest
from databases import emptied
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from turns import LEASE, MINUTE, NOW, account, alert, delivery, event, incident, judged, turn

from detector.errors import StoreError
from detector.records import Author, Profile, State
from detector.store.interface import AccountKey, Claim, Delivery, Store, Turn
from detector.store.memory import MemoryStore
from detector.store.opening import open_store
from detector.store.rules import Keep

DAY: Final = timedelta(days=1)
KEEP: Final = Keep(texts=2 * DAY, posts=4 * DAY, events=3 * DAY, deliveries=DAY, evidence=8 * DAY)
HANDLES: Final = ("a", "b", "c")

handles = st.sampled_from(HANDLES)
few = st.integers(0, 3)
picks = st.integers(0, 99)
days = st.integers(0, 5).map(lambda day: NOW - day * DAY)


class Twins(RuleBasedStateMachine):
    """A store on disk beside the one in memory."""

    opened: ClassVar[Callable[[], Store]]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.stores: tuple[Store, Store] = (MemoryStore(KEEP), type(self).opened())
        self.claims: list[tuple[Claim, Claim]] = []
        self.turns: list[tuple[Turn, Turn]] = []
        self.taken: list[Delivery] = []

    def teardown(self) -> None:
        """What is dearer to compare is compared at the end."""
        self.same(lambda store, _: store.alerts())
        for handle in HANDLES:
            self.same(partial(_read, ("instagram", handle)))
        for store in self.stores:
            store.close()

    def both(self, act: Callable[[Store, int], Any]) -> tuple[Any, Any]:
        """Ask both; an error of one must be the error of the other."""
        answers: list[Any] = []
        for number, store in enumerate(self.stores):
            try:
                answers.append(act(store, number))
            except StoreError as error:
                answers.append((type(error), error.message))
        return answers[0], answers[1]

    def same(self, act: Callable[[Store, int], Any]) -> Any:
        """Ask both, who must give one answer."""
        one, other = self.both(act)
        assert one == other
        return one

    @initialize()
    def begin(self) -> None:
        """With something to claim and something to send."""
        self.same(lambda store, _: store.register(map(account, HANDLES), self.now))
        self.same(lambda store, _: store.enqueue([self._message(one) for one in range(4)]))

    @rule(minutes=st.sampled_from([1, 3, 5, 5, 5, 6, 16, 16, -3, -15, -5_000]))
    def time_passes(self, minutes: int) -> None:
        """As clocks do, or are made to."""
        self.now += minutes * MINUTE

    @rule(some=st.lists(handles), institution=st.sampled_from([None, "Kantor"]))
    def register(self, some: list[str], institution: str | None) -> None:
        """Watch some, and the others no more."""
        accounts = [account(one, institution=institution) for one in some]
        self.same(lambda store, _: store.register(accounts, self.now))

    @rule(most=st.integers(1, 4))
    def claim(self, most: int) -> None:
        """Claims are the same but for the name of the lease."""
        one, other = self.both(lambda store, _: store.claim("satu", self.now, LEASE, most))
        assert [_bare(claim) for claim in one] == [_bare(claim) for claim in other]
        self.claims += zip(one, other, strict=True)

    @precondition(lambda self: self.claims)
    @rule(
        pick=picks, posts=st.lists(st.tuples(few, st.sampled_from(Author), days), max_size=3),
        incidents=st.lists(st.tuples(days, st.one_of(st.none(), days), few), max_size=2),
        others=st.lists(few, max_size=2), is_last=st.booleans(), cursor=st.sampled_from([None, "k"]),
    )  # fmt: skip
    def commit(
        self, pick: int, posts: list[Any], incidents: list[Any], others: list[int], *,
        is_last: bool, cursor: str | None,
    ) -> None:  # fmt: skip
        """A page of whatever a poll can lead to."""
        change = event("kind1").kind + "@" + NOW.isoformat()
        given: dict[str, Any] = {
            "posts": tuple(judged(f"p{one}", author, at=at) for one, author, at in posts),
            "events": tuple(event(f"kind{one}") for one in others),
            "incidents": tuple(
                incident(opened, closed_at=closed, post_ids=(f"p{one}",), change_ids=(change,) * one)
                for opened, closed, one in incidents
            ),
            "alerts": tuple(alert(f"a{one}") for one in others),
            "deliveries": tuple(self._message(one) for one in others),
            "standing": bytes(others), "cursor": cursor, "is_last": is_last,
            "state": State.WATCHED if others else State.NORMAL,
            "profile": Profile(handle="a") if others else None,
        }  # fmt: skip
        pair = self.claims[-1 - pick % min(3, len(self.claims))]
        pages = tuple(turn(claim, self.now, **given) for claim in pair)
        self.turns.append((pages[0], pages[1]))
        self.same(lambda store, number: store.commit(pages[number]))

    @precondition(lambda self: self.turns)
    @rule(pick=picks)
    def commit_again(self, pick: int) -> None:
        """The same page, or the one before it."""
        pair = self.turns[-1 - pick % min(2, len(self.turns))]
        self.same(lambda store, number: store.commit(pair[number]))

    @precondition(lambda self: self.claims)
    @rule(pick=picks, what=st.sampled_from(["failed", "release", "renew"]))
    def end(self, pick: int, what: str) -> None:
        """However a claim ends, or goes on."""
        pair, later = self.claims[-1 - pick % min(3, len(self.claims))], self.now + MINUTE
        acts: dict[str, Callable[[Store, Claim], None]] = {
            "failed": lambda store, one: store.failed(one, self.now, "why", later),
            "release": lambda store, one: store.release(one, later),
            "renew": lambda store, one: store.renew(one, self.now + LEASE),
        }
        self.same(lambda store, number: acts[what](store, pair[number]))

    @rule(handle=handles, paused=st.booleans())
    def pause(self, handle: str, *, paused: bool) -> None:
        """Also of an account that is not watched."""
        self.same(lambda store, _: store.pause(("instagram", handle), paused))

    @rule(ids=st.lists(few))
    def enqueue(self, ids: list[int]) -> None:
        """Ids come again and again."""
        some = [self._message(one) for one in ids]
        self.same(lambda store, _: store.enqueue(some))

    @rule(most=st.integers(1, 4))
    def take(self, most: int) -> None:
        """Also what is held, in the course of time."""
        self.taken += self.same(lambda store, _: store.take("satu", self.now, LEASE, most))

    @precondition(lambda self: self.taken)
    @rule(pick=picks, hung_up=st.booleans(), minutes=st.one_of(st.none(), st.integers(0, 90)))
    def finish(self, pick: int, *, hung_up: bool, minutes: int | None) -> None:
        """Also by who holds it no longer."""
        one = self.taken[pick % len(self.taken)]
        if pick % 2:
            self.same(lambda store, _: store.sent(one, self.now))
            return
        doubtful = msgspec.structs.replace(one, maybe_repeated=one.maybe_repeated or hung_up)
        until = None if minutes is None else self.now + minutes * MINUTE
        self.same(lambda store, _: store.put_off(doubtful, until, "429", self.now))

    @rule(number=st.integers(0, 4), what=st.sampled_from(["acknowledge", "reopen", "resolve"]))
    def review(self, number: int, what: str) -> None:
        """Also of what is not there."""
        more = ("confirmed",) if what == "resolve" else ()
        self.same(lambda store, _: getattr(store, what)(number, "Rekaan", self.now, *more))
        self.same(lambda store, _: store.reviews(number))

    @rule(day=st.integers(1, 5))
    def prune(self, day: int) -> None:
        """Whatever is past its time some days later."""
        self.now += day * DAY
        self.same(lambda store, _: store.prune(self.now))

    @rule(name=st.sampled_from("xy"), value=st.sampled_from([None, 0, [1], {"a": "b"}]))
    def note(self, name: str, value: Any) -> None:
        """None forgets."""
        self.same(lambda store, _: store.note(name, value))
        self.same(lambda store, _: store.noted(name))

    @invariant()
    def they_say_the_same(self) -> None:
        """Everything that can be read."""
        self.same(lambda store, _: store.accounts())
        self.same(lambda store, _: (store.incidents(), store.incidents(open_only=True)))
        self.same(lambda store, _: (store.deliveries(), store.deliveries(pending=True)))

    def _message(self, number: int) -> Delivery:
        key = ("instagram", HANDLES[number % 3])
        return delivery(f"d{number}", self.now, key=key, due_at=self.now + number * MINUTE)


def _read(key: AccountKey, store: Store, _: int) -> tuple[object, object]:
    return store.posts(key), store.events(key)


def _bare(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, lease="")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Return a folder with an empty SQLite store in it, to be copied."""
    with tempfile.TemporaryDirectory() as name:
        open_store(f"sqlite:///{name}/new.db").close()
        yield Path(name)


def _run(opened: Callable[[], Store], examples: int) -> None:
    kind = type("Twins", (Twins,), {"opened": staticmethod(opened)})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=examples, stateful_step_count=50, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_sqlite_does_as_memory_does(folder: Path) -> None:
    def opened() -> Store:
        for ending in ("-wal", "-shm"):
            (folder / f"used.db{ending}").unlink(missing_ok=True)
        shutil.copy(folder / "new.db", folder / "used.db")
        return open_store(f"sqlite:///{folder}/used.db", KEEP)

    _run(opened, 15)


def test_postgresql_does_as_memory_does(server: str) -> None:
    _run(lambda: open_store(emptied(server), KEEP), 4)
