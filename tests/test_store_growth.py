"""How much a store grows: a year of an account without evidence, polls that find nothing, and what retention bounds."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import event
from turns import BLORA, NOW, claimed, delivery, judged, turn, watching
from turns import event as change

from detector.records import Author, Profile
from detector.store.interface import Store
from detector.store.opening import open_store
from detector.store.rules import Keep
from detector.store.sql import SqlStore

DAY: Final = timedelta(days=1)
MOST_A_YEAR: Final = 5_000_000
"""Bytes that an account may take for a year in its owner's hands."""

A_CAPTION: Final = "Sosialisasi pendidikan pemilih bagi siswa SMA di aula kecamatan. " * 15
"""About a thousand bytes: offices write six hundred."""

_numbers = itertools.count()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the store lies."""
    return tmp_path / "toko.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """Return an empty store that trusts in there being no power cut, for a year is long."""
    opened = open_store(
        f"sqlite:///{path}", Keep(texts=20 * DAY, posts=40 * DAY, deliveries=9 * DAY)
    )
    assert isinstance(opened, SqlStore)

    @event.listens_for(opened.base.engine, "checkout")
    def hurry(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    yield opened
    opened.close()


def _size(path: Path) -> int:
    """Return how large the file is once all that was written is in it."""
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


def _live(store: Store, days: int, start: int = 0) -> None:
    """Let days pass: three posts each, a state of eight kilobytes, now and then a change and a message."""
    for day in range(start, start + days):
        now = NOW + day * DAY
        posts = tuple(
            judged(f"{1_800_000_000_000 + next(_numbers)}", Author.OWNER, at=now, text=A_CAPTION,
                   url="https://www.instagram.example/p/DAbCdEfGhIj/", app="Instagram", language="id")
            for _ in range(3)
        )  # fmt: skip
        page = turn(
            claimed(store, now), now, posts=posts, cursor=f"{day}" * 30, next_at=now,
            standing=bytes(day % 256 for _ in range(8_000)),
            profile=Profile(handle=BLORA[1], name="KPU Kabupaten Blora", bio=A_CAPTION[:150], followers=day),
            events=(change("link_changed", now),) if day % 30 == 0 else (),
            deliveries=(delivery(f"weekly{day}", now),) if day % 7 == 0 else (),
        )  # fmt: skip
        store.commit(page)
        for one in store.take("satu", now, DAY, 9):
            store.sent(one, now)


def test_a_year_of_an_account_without_evidence_is_small(path: Path, store: Store) -> None:
    watching(store)
    empty = _size(path)
    _live(store, 365)
    grown = _size(path) - empty

    assert len(store.posts(BLORA, most=10_000)) == 3 * 365
    assert 3 * 365 * len(A_CAPTION) < grown < MOST_A_YEAR / 2, f"{grown / 1e6:.2f} MB"


def test_polls_that_find_nothing_add_nothing(path: Path, store: Store) -> None:
    """A year holds 35,040 of them at a quarter of an hour."""
    watching(store)
    _live(store, 1)
    before = _size(path)
    for number in range(200):
        claim = claimed(store, NOW)
        if number % 10 == 0:
            store.failed(claim, NOW, "no answer in time", NOW)
        else:
            store.commit(turn(claim, cursor="k", standing=b"s" * 8_000, next_at=NOW))

    assert _size(path) <= before + 4096


def test_what_is_dropped_makes_room_for_what_comes(path: Path, store: Store) -> None:
    """After the longest time that things are kept, a store grows no more."""
    watching(store)
    sizes = []
    for start in range(0, 250, 10):
        _live(store, 10, start)
        store.prune(NOW + (start + 10) * DAY)
        sizes.append(_size(path))

    assert sizes[-1] <= 1.1 * sizes[10]
    assert len(store.posts(BLORA, most=10_000)) <= 3 * 50
