"""Two monitors on one PostgreSQL: they share the work, and go on when it crashes under them and comes back."""

from __future__ import annotations

import io
import itertools
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from databases import away, emptied
from faults.kills import BEGINS, HISTORY, World, settings
from monitors import Hand, pipeline

from detector import settings as settings_module
from detector.monitor import building, logs
from detector.monitor.building import Built
from detector.monitor.polling import Polled

PATIENCE: Final = 60.0
"""Seconds for what takes one or two."""


class _Asked(World):
    """Counts who is asked for."""

    def __init__(self, offices: int) -> None:
        super().__init__(random.Random(1), is_moody=False)
        self.times: Counter[int] = Counter()
        for office in range(offices):
            self.open(office)

    def feed(self, office: int) -> bytes:
        """Count, and show the feed."""
        self.times[office] += 1
        return super().feed(office)


@pytest.fixture
def world() -> Iterator[_Asked]:
    one = _Asked(30)
    yield one
    one.close()


@pytest.fixture
def target(server: str, world: _Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of monitors at an empty PostgreSQL, each of which has a name of its own."""
    names = itertools.count()
    monkeypatch.setattr(building, "_name", lambda: f"pemantau:{next(names)}")
    path = tmp_path / "kentongan.toml"
    table = f'[store]\nurl = "{emptied(server)}"\n'
    text = settings(world, sorted(world.posts), tmp_path / "hook")
    path.write_text(
        text.replace('probe = ""\n', 'probe = ""\nthreads = 2\n') + table, encoding="utf-8"
    )
    return path


def _built(target: Path, wall: Callable[[], datetime], log: io.StringIO, stopping: threading.Event, **other: Any) -> Built:  # fmt: skip
    return building.build(
        settings_module.load(target), target.parent, wall=wall, log=logs.start(log), stopping=stopping,
        judge=pipeline(), listens=False, **other,
    )  # fmt: skip


def test_two_monitors_read_each_account_once_a_round(world: _Asked, target: Path) -> None:
    wall, heard = Hand(datetime(2026, 1, 1, tzinfo=UTC)), Counter[int]()

    def counting(who: int) -> Callable[[Polled], None]:
        return lambda _polled: heard.update([who])

    both = [
        _built(target, wall, io.StringIO(), threading.Event(), speed=1, on_poll=counting(who))
        for who in range(2)
    ]
    rounds = []
    for _ in range(3):
        world.times.clear()
        together = threading.Barrier(2)
        turns = [threading.Thread(target=_turn, args=(one, together)) for one in both]
        for turn in turns:
            turn.start()
        for turn in turns:
            turn.join(PATIENCE)
        rounds.append(dict(world.times))
        wall.on(minutes=5)
    kept = {one.key: one.posts for one in both[0].store.accounts()}
    for one in both:
        assert one.monitor.claiming is not None
        one.monitor.claiming.close()
        one.close()

    assert rounds == [dict.fromkeys(range(30), 1)] * 3
    assert heard.total() == 90
    assert min(heard.values()) > 9, "they share"
    assert set(kept.values()) == {HISTORY}


def _turn(one: Built, together: threading.Barrier) -> None:
    assert one.monitor.claiming is not None
    together.wait(PATIENCE)
    one.monitor.claiming.turn()
    one.monitor.claiming.drain()


def test_a_database_that_crashes_and_comes_back_costs_nothing(
    world: _Asked, target: Path, server: str
) -> None:
    stopping, log, polls = threading.Event(), io.StringIO(), threading.Semaphore(0)
    both = [
        _built(target, lambda: datetime.now(UTC), log, stopping, on_poll=lambda _: polls.release())
        for _ in range(2)
    ]
    finished: list[bool] = []
    running = [
        threading.Thread(target=lambda one=one: finished.append(one.monitor.run())) for one in both
    ]
    for one in running:
        one.start()
    try:
        _until(lambda: len(world.times) == 30 and polls.acquire(blocking=False))
        for office in range(10):
            world.take_over(office, BEGINS + timedelta(minutes=1))
        with away(server):
            for office in range(10, 20):
                world.take_over(office, BEGINS + timedelta(minutes=1))
            _until(lambda: "StoreError" in log.getvalue())
            before = world.times.total()
        _until(lambda: world.told.keys() >= set(range(20)))
        _until(lambda: sum(one.posts for one in both[0].store.accounts()) == world.published)
    finally:
        stopping.set()
        for one in running:
            one.join(PATIENCE)
    kept = sum(one.posts for one in both[0].store.accounts())
    for built in both:
        built.close()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]

    assert finished == [True, True]
    assert world.times.total() > before
    assert world.told.keys() == world.fallen == set(range(20))
    assert world.unmarked == {}
    assert kept == world.published == 30 * HISTORY + 20
    assert any(line["level"] == "error" and "StoreError" in line["error"] for line in lines)
    assert not any("exception" in line for line in lines), (
        "a database that is away is no mistake of ours"
    )


def _until(is_so: Callable[[], bool]) -> None:
    """Wait for something to become so."""
    for _ in range(int(PATIENCE * 20)):
        if is_so():
            return
        threading.Event().wait(0.05)
    pytest.fail("it did not come to pass")
