"""The outbox: no alarm lost, none twice to the same person unless marked, whatever channels and stores do."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from receivers import Answer, Webhook, mailbox, webhook

from detector.errors import StoreError
from detector.notify import phrases
from detector.notify.channels import Channels
from detector.notify.letters import Kind
from detector.notify.outbox import AT_ONCE, LEASE, SINGLY, Flushed, flush, is_lost
from detector.notify.planning import News, Planner
from detector.records import Account, Alert, Incident, State
from detector.settings import ChannelSettings, Secret, Settings
from detector.store.interface import Delivery, Store, Turn
from detector.store.memory import MemoryStore
from detector.store.opening import open_store
from detector.transport import Hidden

NOW = datetime(2024, 11, 20, 18, 14, tzinfo=UTC)
MARK = phrases.REPEATED.id


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as one:
        yield one


@pytest.fixture
def spare() -> Iterator[Webhook]:
    with webhook() as one:
        yield one


def channels_of(*hooks: Webhook, fallback: str | None = None) -> Channels:
    """Return channels called 0, 1, 2 ..., the first with a fallback."""
    addresses = {str(number): hook.address + "?rto=2" for number, hook in enumerate(hooks)}

    def secret_of(secret: Secret) -> Hidden:
        return Hidden(addresses[secret.env or ""])

    return Channels(
        [
            ChannelSettings(
                name=name, url=Secret(env=name), fallback=fallback if name == "0" else None
            )
            for name in addresses
        ],
        secret_of,
    )


def alarm(number: int, *, channel: str = "0", at: datetime = NOW, **more: object) -> Delivery:
    handle = f"kantor{number:03}"
    fields: dict[str, object] = {
        "id": f"instagram:{handle}|COMPROMISED|0|{channel}", "alert_id": handle, "channel": channel,
        "kind": Kind.ALERT, "title": f"DIDUGA DIRETAS: @{handle}", "body": f"Ref {handle}", "created_at": at,
        "due_at": at, "key": ("instagram", handle),
    }  # fmt: skip
    return msgspec.convert({**fields, **more}, Delivery)


def told(*hooks: Webhook) -> Counter[str]:
    """Return how often each account was told of."""
    return Counter(
        word.strip(":,@")
        for hook in hooks
        for one in hook.taken
        for word in set(f"{one['title']} {one['message']}".split())
        if word.startswith("@kantor")
    )


def pending(store: Store) -> list[Delivery]:
    return store.deliveries(pending=True)


def test_what_is_due_leaves_and_what_is_not_stays(hook: Webhook) -> None:
    store = MemoryStore()
    later = NOW + timedelta(minutes=1)
    store.enqueue([alarm(1), alarm(2, due_at=later)])
    channels = channels_of(hook)

    assert flush(store, channels, NOW, "a").sent == 1
    assert told(hook) == {"kantor001": 1}
    assert flush(store, channels, later, "a").sent == 1
    assert flush(store, channels, later, "a") == Flushed()
    assert told(hook) == {"kantor001": 1, "kantor002": 1}
    assert MARK not in hook.taken[1]["message"]


def test_a_channel_that_says_429_for_hours_gets_it_when_it_says(hook: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([alarm(1)])
    channels = channels_of(hook)
    hook.script.extend([Answer(429, {"Retry-After": "3600"})] * 5)

    now = NOW
    while now < NOW + timedelta(hours=6):
        flush(store, channels, now, "a")
        now += timedelta(minutes=1)

    assert hook.asked == 6
    assert told(hook) == {"kantor001": 1}
    assert MARK not in hook.taken[0]["message"]


def test_an_urgent_message_goes_by_the_fallback_rather_than_wait_for_long(
    hook: Webhook, spare: Webhook
) -> None:
    store = MemoryStore()
    store.enqueue([alarm(1), alarm(2, kind=Kind.ALL_QUIET)])
    hook.script.append(Answer(429, {"Retry-After": "3600"}))

    flushed = flush(store, channels_of(hook, spare, fallback="1"), NOW, "a")

    assert (flushed.sent, flushed.by_fallback, flushed.failed) == (1, 1, 1)
    assert told(spare) == {"kantor001": 1}
    assert [one.kind for one in pending(store)] == [Kind.ALL_QUIET]


def test_the_fallback_is_for_what_failed_several_times(hook: Webhook, spare: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([alarm(1)])
    channels = channels_of(hook, spare, fallback="1")
    hook.usually = Answer(500)

    now = NOW
    while not spare.taken:
        flush(store, channels, now, "a")
        now = max(now, *(one.due_at for one in pending(store)), now)

    assert hook.asked == 3
    assert now - NOW < timedelta(minutes=3)
    assert pending(store) == []


def test_a_fallback_after_an_open_answer_says_that_it_may_repeat(
    hook: Webhook, spare: Webhook
) -> None:
    store = MemoryStore()
    store.enqueue([msgspec.structs.replace(alarm(1), tries=3)])
    hook.script.append(Answer(200, hangs_up=True))

    flush(store, channels_of(hook, spare, fallback="1"), NOW, "a")

    assert spare.taken[0]["message"].endswith(MARK)


def test_what_broke_off_is_sent_again_marked(hook: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([alarm(1)])
    channels = channels_of(hook)
    hook.script.append(Answer(200, hangs_up=True))

    flush(store, channels, NOW, "a")
    flushed = flush(store, channels, NOW + timedelta(minutes=1), "a")

    assert flushed.repeated == 1
    assert [MARK in one["message"] for one in hook.taken] == [False, True]


def test_dying_between_the_channels_yes_and_our_note_is_told_as_a_repetition(hook: Webhook) -> None:
    class Dying(MemoryStore):
        def sent(self, delivery: Delivery, at: datetime) -> None:
            if not told(hook)["kantor001"] > 1:
                raise StoreError("the disk is full")
            super().sent(delivery, at)

    store = Dying()
    store.enqueue([alarm(1)])
    channels = channels_of(hook)

    with pytest.raises(StoreError, match="the disk is full"):
        flush(store, channels, NOW, "a")
    assert flush(store, channels, NOW + LEASE / 2, "b") == Flushed()
    flush(store, channels, NOW + LEASE + timedelta(seconds=1), "b")

    assert [MARK in one["message"] for one in hook.taken] == [False, True]
    assert pending(store) == []


def test_a_slow_channel_holds_up_no_other(hook: Webhook, spare: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([alarm(1, channel="0"), alarm(2, channel="1")])
    release = threading.Event()
    hook.script.append(Answer(200, waits=release))
    flushing = threading.Thread(target=flush, args=(store, channels_of(hook, spare), NOW, "a"))

    flushing.start()
    while not spare.taken:
        flushing.join(0.01)
    was_waiting = flushing.is_alive()
    release.set()
    flushing.join()

    assert was_waiting
    assert told(hook, spare) == {"kantor001": 1, "kantor002": 1}


def test_two_who_flush_at_once_tell_nothing_twice(hook: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([alarm(number) for number in range(60)])
    channels = channels_of(hook)
    both = [threading.Thread(target=flush, args=(store, channels, NOW, name)) for name in "ab"]

    for one in both:
        one.start()
    for one in both:
        one.join()

    assert set(told(hook).values()) == {1}
    assert len(told(hook)) == 60


def test_much_at_once_is_told_together_and_names_every_account(hook: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([alarm(number) for number in range(AT_ONCE)])

    flush(store, channels_of(hook), NOW, "a")

    assert len(hook.taken) <= 4
    assert len(told(hook)) == AT_ONCE
    assert all(len(one["message"]) <= 900 for one in hook.taken)
    assert pending(store) == []


def test_a_few_at_once_are_told_each_by_itself(hook: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([alarm(number) for number in range(SINGLY)])

    flush(store, channels_of(hook), NOW, "a")

    assert len(hook.taken) == SINGLY


def test_accounts_of_one_hand_are_one_message(hook: Webhook) -> None:
    store = MemoryStore()
    store.enqueue([*(alarm(number, group="tangan") for number in range(3)), alarm(9)])

    flush(store, channels_of(hook), NOW, "a")

    assert [one["title"] for one in hook.taken] == [
        "DIDUGA SATU PELAKU: 3 akun",
        "DIDUGA DIRETAS: @kantor009",
    ]


def test_what_is_gravest_leaves_first(hook: Webhook) -> None:
    store = MemoryStore()
    kinds = [Kind.ALL_QUIET, Kind.BLIND, Kind.WATCH, Kind.ALERT]
    store.enqueue([alarm(number, kind=kind) for number, kind in enumerate(kinds)])

    flush(store, channels_of(hook), NOW, "a")

    assert [one["kind"] for one in hook.taken] == ["alert", "watch", "blind", "all_quiet"]


def test_a_channel_that_is_gone_keeps_its_messages_for_days_and_then_says_so() -> None:
    store = MemoryStore()
    store.enqueue([alarm(1, channel="dihapus")])
    channels = channels_of()
    given_up, now = 0, NOW

    while not given_up:
        flushed = flush(store, channels, now, "a")
        assert flushed.sent == 0
        given_up = flushed.given_up
        now += timedelta(minutes=20)

    (left,) = store.deliveries()
    assert now - NOW > timedelta(days=6)
    assert is_lost(left)
    assert "there is no channel 'dihapus' any more" in (left.last_error or "")


def test_an_error_nobody_foresaw_puts_one_message_off_and_is_counted(hook: Webhook) -> None:
    class Odd(Channels):
        def send(self, name: str, message: object) -> None:
            if "kantor001" in str(message):
                raise ZeroDivisionError
            super().send(name, message)  # type: ignore[arg-type]  # as it came

    store = MemoryStore()
    store.enqueue([alarm(1), alarm(2)])
    usual = channels_of(hook)
    channel = usual.get("0")
    assert channel is not None
    odd = Odd([channel], usual._secret_of)

    flushed = flush(store, odd, NOW, "a")

    assert (flushed.sent, flushed.failed, flushed.unexpected) == (1, 1, 1)
    assert [one.last_error for one in pending(store)] == [
        "sending failed unexpectedly: ZeroDivisionError"
    ]


def with_incident(deliveries: Sequence[Delivery], closed_at: datetime | None = None) -> MemoryStore:
    """Return a store in which an account's page led to an incident and these messages."""
    store = MemoryStore()
    store.register([Account(platform="instagram", handle="kantor001")], NOW)
    (claim,) = store.claim("a", NOW, LEASE, 1)
    incident = Incident(opened_at=NOW, detected_at=NOW, peak_probability=0.99, closed_at=closed_at)
    store.commit(
        Turn(
            claim=claim, at=NOW, standing=b"", state=State.COMPROMISED, probability=0.99,
            incidents=(incident,), deliveries=tuple(deliveries), next_at=NOW,
        )
    )  # fmt: skip
    return store


@pytest.mark.parametrize("kind", [Kind.ESCALATION, Kind.REMINDER])
@pytest.mark.parametrize("what", ["acknowledged", "resolved", "over", "nothing"])
def test_nobody_is_told_further_up_once_somebody_is_at_it(
    hook: Webhook, kind: Kind, what: str
) -> None:
    later = NOW + timedelta(minutes=30)
    store = with_incident(
        [alarm(1), alarm(1, id="naik", kind=kind, title="BELUM DITANGANI", due_at=later)],
        closed_at=later if what == "over" else None,
    )
    channels = channels_of(hook)
    flush(store, channels, NOW, "a")
    (kept,) = store.incidents()
    if what == "acknowledged":
        store.acknowledge(kept.number, "piket", NOW)
    elif what == "resolved":
        store.resolve(kept.number, "piket", NOW, "confirmed")

    flushed = flush(store, channels, later, "a")

    if what == "nothing":
        assert hook.taken[-1]["title"] == "BELUM DITANGANI"
    else:
        assert (flushed.sent, flushed.withdrawn) == (0, 1)
        (withdrawn,) = (one for one in store.deliveries() if one.given_up_at)
        assert withdrawn.last_error == f"withdrawn: {what}"
        assert not is_lost(withdrawn)


ANSWERS = st.sampled_from(
    [
        Answer(200),
        Answer(200),
        Answer(500),
        Answer(429),
        Answer(429, {"Retry-After": "600"}),
        Answer(404),
        Answer(400),
        Answer(200, hangs_up=True),
        Answer(200, takes=False, hangs_up=True),
        Answer(502, takes=False, hangs_up=True),
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("alarms"), st.sampled_from([1, 2, 3, 9])),
        st.tuples(st.just("answers"), st.lists(ANSWERS, min_size=1, max_size=6)),
        st.tuples(st.just("spare answers"), st.lists(ANSWERS, min_size=1, max_size=3)),
        st.tuples(st.just("die"), st.integers(1, 2)),
        st.tuples(st.just("wait"), st.integers(1, 2000)),
    ),
    max_size=14,
)


class Mortal:
    """A store whose user dies before it notes the next so many messages as sent."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.deaths = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def sent(self, delivery: Delivery, at: datetime) -> None:
        """Note it, or die."""
        if self.deaths:
            raise StoreError("died")
        self._store.sent(delivery, at)


class Storm:
    """Alarms that come in while channels fail and we die.

    Args:
        hook: the channel.
        spare: another, which may be its fallback.
        has_fallback: whether it is.
        store: where the alarms wait.
    """

    def __init__(self, hook: Webhook, spare: Webhook, has_fallback: bool, store: Store) -> None:
        self.hooks = hook, spare
        for one in self.hooks:
            one.script.clear()
            one.taken.clear()
        self.channels = channels_of(hook, spare, fallback="1" if has_fallback else None)
        self.mortal = Mortal(store)
        self.store: Any = self.mortal
        self.now, self.number = NOW, 0

    def step(self, what: str, value: Any) -> None:
        """Let one thing happen."""
        if what == "alarms":
            numbers = range(self.number, self.number + value)
            self.store.enqueue([alarm(one, at=self.now) for one in numbers])
            self.number += value
        elif what == "die":
            self.mortal.deaths = value
        elif what == "wait":
            with contextlib.suppress(StoreError):
                flush(self.store, self.channels, self.now, f"monitor {self.now}")
            self.mortal.deaths = 0
            self.now += timedelta(seconds=value)
        else:
            self.hooks[what == "spare answers"].script.extend(value)

    def unmarked(self) -> Counter[str]:
        """Return how often each account was told of without a word about a repetition."""
        messages = [one for hook in self.hooks for one in hook.taken]
        texts = [f"{one['title']} {one['message']}" for one in messages]
        return Counter(
            word
            for text in texts
            if MARK not in text
            for word in set(text.split())
            if word.startswith("@")
        )


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, has_fallback=st.booleans())
def test_no_alarm_is_lost_and_none_told_twice_unmarked(
    hook: Webhook, spare: Webhook, steps: list[tuple[str, Any]], has_fallback: bool
) -> None:
    """Whatever channels answer, and whenever we die."""
    weather(Storm(hook, spare, has_fallback, MemoryStore()), steps)


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, has_fallback=st.booleans())
def test_nor_is_one_from_a_store_on_disk(
    hook: Webhook,
    spare: Webhook,
    tmp_path: Path,
    steps: list[tuple[str, Any]],
    has_fallback: bool,
) -> None:
    path = tmp_path / f"{uuid4().hex}.db"
    store = open_store(f"sqlite:///{path}")
    try:
        weather(Storm(hook, spare, has_fallback, store), steps)
    finally:
        store.close()


def weather(storm: Storm, steps: list[tuple[str, Any]]) -> None:
    """Let a storm happen, wait until everything was told, and see that it was."""
    for what, value in steps:
        storm.step(what, value)
    for _ in range(100):
        storm.step("wait", 1200)
        if not pending(storm.store):
            break

    assert pending(storm.store) == []
    assert not any(map(is_lost, storm.store.deliveries()))
    assert set(told(*storm.hooks)) == {f"kantor{one:03}" for one in range(storm.number)}
    assert max(storm.unmarked().values(), default=1) == 1


def test_an_alarm_reaches_a_mailbox_and_a_webhook_once_each(hook: Webhook) -> None:
    with mailbox() as mail:
        addresses = {"HOOK": hook.address, "SUREL": mail.address("piket@kantor.example")}
        chosen = msgspec.convert(
            {
                "accounts": [{"platform": "instagram", "account": "kantor001", "timezone": "WIB"}],
                "channels": [{"name": name, "url": {"env": name}} for name in addresses],
            },
            Settings,
        )
        alert = Alert(
            id="instagram:kantor001:COMPROMISED:p1", platform="instagram", account="kantor001", at=NOW,
            state=State.COMPROMISED, previous=State.NORMAL, probability=0.99, post_id="p1",
        )  # fmt: skip
        store = MemoryStore()
        channels = Channels(chosen.channels, lambda secret: Hidden(addresses[secret.env or ""]))
        for _ in range(3):
            store.enqueue(Planner(chosen).news(News(alerts=(alert,)), NOW))
            flush(store, channels, NOW, "a")

        (letter,), (call,) = mail.taken, hook.taken
    assert letter["Subject"] == call["title"] == "DIDUGA DIRETAS: @kantor001 (Instagram)"
    assert "JANGAN dihapus dulu" in letter.get_content()
    assert "JANGAN dihapus dulu" in call["message"]
