"""Several programs at one store, and programs that die in the middle: nothing twice, nothing half, nothing lost."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from databases import emptied
from turns import BLORA, NOW, delivery, watching

from detector.store.interface import Check
from detector.store.opening import open_store

HERE = Path(__file__).parent
LIVES = 3
"""Times a program is killed; `KENTONGAN_LIVES` asks for more."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store of each kind that several programs can share."""
    if request.param == "postgresql":
        return emptied(request.getfixturevalue("server"))
    return f"sqlite:///{tmp_path / 'toko.db'}"


def _worker(work: str, url: str, who: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    return subprocess.Popen(
        [sys.executable, str(HERE / "store_worker.py"), work, url, str(who)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def _told(work: str, url: str) -> list[list[str]]:
    """Return what each of three programs says that work at the same time."""
    workers = [_worker(work, url, who) for who in "abc"]
    assert [one.stdout.readline() for one in workers if one.stdout] == ["ready\n"] * 3
    for one in workers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    ends = [one.communicate(timeout=100) for one in workers]

    assert [(one.returncode, end[1]) for one, end in zip(workers, ends, strict=True)] == [
        (0, "")
    ] * 3
    return [end[0].split() for end in ends]


def test_programs_that_claim_at_once_never_share(url: str) -> None:
    store = open_store(url)
    handles = [f"kantor{number:02}" for number in range(60)]
    watching(store, *handles)
    parts = _told("claim", url)
    store.close()

    assert sorted(one for part in parts for one in part) == handles


def test_programs_that_send_at_once_never_send_twice(url: str) -> None:
    store = open_store(url)
    watching(store)
    ids = [f"d{number:02}" for number in range(60)]
    store.enqueue([delivery(one) for one in ids])
    parts = _told("send", url)

    assert sorted(one for part in parts for one in part) == ids
    assert {one.id for one in store.deliveries(pending=False) if one.tries == 1} == set(ids)
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_program_killed_at_any_moment_leaves_whole_pages(url: str, tmp_path: Path) -> None:
    """A page is there with its post, its message and its cursor, or not at all; one that was told of is there."""
    store = open_store(url)
    watching(store)
    chance = random.Random(6)
    lives = int(os.environ.get("KENTONGAN_LIVES", str(LIVES)))
    for life in range(1, lives + 1):
        worker = _worker("pages", url, life)
        told = _read_and_kill(worker, pages=chance.randint(1, 25))
        now = NOW.replace(year=2100 + life)
        (claim,) = store.claim("dua", now, now - now.replace(day=19), 1)
        last = int(claim.cursor or 0)
        store.release(claim, NOW)

        assert last >= told > 0
        assert {one.post.id for one in store.posts(BLORA, most=10**6)} == _names("p", last)
        assert {one.id for one in store.deliveries(most=10**6)} == _names("d", last)
        assert store.accounts()[0].posts == last
    assert store.check()[0] is Check.SOUND
    store.close()
    if url.startswith("sqlite"):
        with sqlite3.connect(tmp_path / "toko.db") as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _names(letter: str, last: int) -> set[str]:
    return {f"{letter}{number}" for number in range(1, last + 1)}


def _read_and_kill(worker: subprocess.Popen[str], *, pages: int) -> int:
    """Wait until so many pages are told of, kill the program, and return the last page it told of."""
    assert worker.stdout is not None
    assert worker.stderr is not None
    try:
        heard = [worker.stdout.readline() for _ in range(pages)]
        worker.send_signal(signal.SIGKILL)
        heard += worker.stdout.readlines()
        assert worker.stderr.read() == ""
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()
        if worker.stdin is not None:
            worker.stdin.close()
        worker.stderr.close()
    return max(int(line) for line in heard if line.endswith("\n"))
