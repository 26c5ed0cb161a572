"""Whether our silence can be trusted: blindness is told, and so is that all is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import emulators.mastodon
import pytest
from builders import BLATANT, ORDINARY
from emulators import Emulator, Mode
from monitors import START, Watch, network

from detector.network import Transport
from detector.store.memory import MemoryStore


@pytest.fixture
def net() -> Iterator[Transport]:
    with network(longest=5.0) as transport:
        yield transport


@pytest.fixture
def offices() -> Iterator[list[emulators.mastodon.Mastodon]]:
    """Three offices, each on a server of its own."""
    with ExitStack() as stack:
        made = [stack.enter_context(emulators.mastodon.Mastodon()) for _ in range(3)]
        for emulator in made:
            for day in range(20, 0, -1):
                emulator.publish(ORDINARY[day % 5], START - timedelta(days=day))
        yield made


@pytest.fixture
def office(offices: list[emulators.mastodon.Mastodon]) -> emulators.mastodon.Mastodon:
    return offices[0]


def _watch(net: Transport, *offices: Emulator, **other: Any) -> Watch:
    tables = [
        {
            "platform": "mastodon", "account": f"kpucontoh@sosial{place}.example", "every": "15m",
            "timezone": "WIB", "source": {"kind": "mastodon", **office.options()},
        }
        for place, office in enumerate(offices)
    ]  # fmt: skip
    return Watch(net, tables, **other)


def _hours(watch: Watch, hours: float) -> None:
    """Live on for so long, polling and looking every five minutes."""
    for _ in range(int(hours * 12)):
        watch.clock.on(minutes=5)
        watch.poll()
        watch.silence.look()


def test_a_feed_that_is_read_is_not_spoken_of(net: Transport, office: Emulator) -> None:
    watch = _watch(net, office)
    _hours(watch, 5)

    assert watch.told() == []


def test_a_failure_is_told_when_it_lasts_longer_than_allowed_and_once(
    net: Transport, office: Emulator
) -> None:
    watch = _watch(net, office)
    _hours(watch, 1)
    office.fail(Mode.GONE, 10_000)
    _hours(watch, 0.75)
    before = watch.told("blind")
    _hours(watch, 3)

    assert before == []
    assert len(watch.told("blind")) == 1
    assert "sosial0" in watch.told("blind")[0]


def test_who_was_told_of_blindness_is_told_when_it_is_over(
    net: Transport, office: emulators.mastodon.Mastodon
) -> None:
    watch = _watch(net, office)
    _hours(watch, 1)
    office.fail(Mode.GONE, 10_000)
    _hours(watch, 3)
    office._next.clear()
    _hours(watch, 2)

    assert len(watch.told("readable")) == 1


def test_many_accounts_blind_for_one_cause_are_one_message(
    net: Transport, offices: list[emulators.mastodon.Mastodon]
) -> None:
    watch = _watch(net, *offices)
    _hours(watch, 0.5)
    watch.clock.on(minutes=15)
    watch.poll()
    for office in offices:
        office.fail(Mode.SERVER_ERROR, 10_000)
    _hours(watch, 3)

    (told,) = watch.told("blind")
    assert "3" in told


@pytest.mark.parametrize(
    ("answers", "said"), [(True, "Gangguan di"), (False, "Gangguan di sisi kami")]
)
def test_our_own_network_and_the_platform_are_told_apart(
    net: Transport, office: Emulator, answers: bool, said: str
) -> None:
    watch = _watch(net, office, probe=lambda: answers)
    _hours(watch, 0.5)
    office.fail(Mode.SERVER_ERROR, 10_000)
    _hours(watch, 3)

    (told,) = [one for one in watch.store.deliveries() if one.kind == "blind"]
    assert said in told.body
    assert ("sisi kami" in told.body) is not answers


def test_drop_folders_that_are_gone_are_this_machines_trouble_and_one_message(
    net: Transport, tmp_path: Path
) -> None:
    tables = [
        {"platform": platform, "account": "kantor", "source": {"kind": "folder", "path": str(tmp_path / "usb")}}
        for platform in ("facebook", "instagram")
    ]  # fmt: skip
    watch = Watch(net, tables)
    _hours(watch, 3)

    (told,) = [one for one in watch.store.deliveries() if one.kind == "blind"]
    assert told.title == "TIDAK TERBACA: 2 akun"
    assert "Sambungkan lagi drive-nya" in told.body
    assert "Gangguan di" not in told.body
    assert "usb" in told.body


def test_an_account_nobody_gets_round_to_is_blindness_too(net: Transport, office: Emulator) -> None:
    watch = _watch(net, office)
    watch.poll()
    for _ in range(24):
        watch.clock.on(minutes=5)
        watch.silence.look()

    assert len(watch.told("blind")) == 1


def test_a_paused_account_is_nobodys_worry(net: Transport, office: Emulator) -> None:
    watch = _watch(net, office)
    watch.poll()
    watch.store.pause(watch.one.key, True)
    _hours(watch, 5)

    assert watch.told() == []


def test_less_is_allowed_than_lies_between_two_looks_and_nobody_is_alarmed(
    net: Transport, office: Emulator
) -> None:
    watch = Watch(
        net,
        [
            {
                "platform": "mastodon", "account": "kpucontoh@sosial.example", "every": "30s", "blind_after": "30s",
                "source": {"kind": "mastodon", **office.options()},
            }
        ],
    )  # fmt: skip
    for _ in range(20):
        watch.clock.on(seconds=61)
        watch.poll()
        watch.silence.look()
    assert watch.told() == []

    office.fail(Mode.SERVER_ERROR, 10_000)
    for _ in range(5):
        watch.clock.on(seconds=61)
        watch.poll()
        watch.silence.look()
    assert len(watch.told("blind")) == 1


def test_an_account_left_paused_is_named_when_all_is_quiet(
    net: Transport, offices: list[emulators.mastodon.Mastodon]
) -> None:
    watch = _watch(net, *offices[:2], monitor={"all_quiet_every": "2h"})
    watch.poll()
    watch.store.pause(watch.accounts()[0].key, True)
    _hours(watch, 2.5)

    (told,) = [one for one in watch.store.deliveries() if one.kind == "all_quiet"]
    assert told.title.startswith("Semua tenang: 1 akun")
    assert (
        "Dijeda, tidak dibaca (kentongan accounts resume): @kpucontoh@sosial0.example" in told.body
    )


def test_a_night_without_power_is_told_once_and_no_account_is_blamed(
    net: Transport, offices: list[emulators.mastodon.Mastodon]
) -> None:
    store = MemoryStore()
    watch = _watch(net, *offices, store=store)
    _hours(watch, 1)
    after = _watch(net, *offices, store=store, clock=watch.clock)
    watch.clock.on(hours=8)
    after.silence.look()
    _hours(after, 2)

    told = [one for one in store.deliveries() if one.kind == "blind"]
    assert len(told) == 1
    assert "tidak berjalan" in told[0].body


def test_a_laptop_that_slept_is_told_like_one_that_was_off(
    net: Transport, office: Emulator
) -> None:
    watch = _watch(net, office)
    _hours(watch, 1)
    watch.clock.on(hours=8)
    _hours(watch, 1)

    assert len(watch.told("blind")) == 1


def test_a_clock_put_back_a_day_and_forward_again_stops_nothing(
    net: Transport, office: Emulator
) -> None:
    watch = _watch(net, office)
    _hours(watch, 1)
    watch.clock.on(days=-1)
    _hours(watch, 1)
    polls = watch.one.polls
    office.publish(BLATANT, watch.clock())
    _hours(watch, 1)
    watch.clock.on(days=1)
    _hours(watch, 1)

    assert polls >= 6
    assert len(watch.told("alert")) == 1


def test_a_quiet_week_is_told_with_what_was_done_in_it(net: Transport, office: Emulator) -> None:
    watch = _watch(net, office, monitor={"all_quiet_every": "1d"})
    _hours(watch, 25)

    (told,) = [one for one in watch.store.deliveries() if one.kind == "all_quiet"]
    assert "1 akun dibaca" in told.title
    assert "Tidak ada tanda peretasan" in told.body
    assert told.due_at == watch.clock() - timedelta(hours=1) + timedelta(minutes=5)


def test_a_week_with_an_incident_is_not_called_quiet(net: Transport, office: Emulator) -> None:
    watch = _watch(net, office, monitor={"all_quiet_every": "1d"})
    _hours(watch, 1)
    office.publish(BLATANT, watch.clock())
    _hours(watch, 25)

    (told,) = [one for one in watch.store.deliveries() if one.kind == "all_quiet"]
    assert "Semua tenang" not in told.title
    assert "sosial0" in told.body
