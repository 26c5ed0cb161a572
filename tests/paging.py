"""Measure judging a page at a time beside the commit that keeps it, and judging at once beside parsing JSON."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import orjson
from generator import POSTS_AN_ACCOUNT, generate

from detector import assembly
from detector.histories import PostColumns, Store
from detector.pipeline import Pipeline, Reader
from detector.records import Account, Post
from detector.store.interface import Turn
from detector.store.opening import open_store
from detector.text import utf8

HEADING: Final = "## Judging a page at a time\n"
LEARNED: Final = 1_000
"""Posts an account has behind it."""
MEASURED: Final = 600
RUNS: Final = 3
A_PAGE: Final = 50
ACCOUNT: Final = Account(platform="instagram", handle="kantor00000")

LEASE: Final = timedelta(days=1)

Row = tuple[str, ...]


def posts(count: int, first: int = 0) -> list[Post]:
    """Return posts of one account after another."""
    return [
        Post(
            platform=one["platform"], account=one["account"], id=one["id"], text=one["text"],
            created_at=datetime.fromisoformat(one["created_at"]),
        )
        for one in generate(first + count)
    ][first:]  # fmt: skip


def taking(pipeline: Pipeline, standing: bytes, some: list[Post], size: int) -> float:
    """Return seconds a post of judging pages of so many, each on the standing of the one before."""
    # Texts that came before are not read again; to a new reader none did.
    pipeline = Pipeline(Reader(pipeline.reader.finder, pipeline.reader.model), pipeline.judge)
    started = time.perf_counter()
    for place in range(0, len(some), size):
        page = some[place : place + size]
        standing = pipeline.take(ACCOUNT, standing, page, now=page[-1].created_at).standing
    return (time.perf_counter() - started) / len(some)


def committing(folder: Path, some: list[Post], synchronous: str, standing: bytes) -> float:
    """Return seconds of one commit of one post and its account's standing to SQLite in WAL mode."""
    connection = sqlite3.connect(folder / f"{synchronous}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("CREATE TABLE posts (id TEXT PRIMARY KEY, at REAL, text TEXT)")
    connection.execute("CREATE TABLE accounts (key TEXT PRIMARY KEY, standing BLOB)")
    started = time.perf_counter()
    for post in some:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO posts VALUES (?, ?, ?)", (post.id, post.created_at.timestamp(), post.text))  # fmt: skip
        connection.execute("INSERT OR REPLACE INTO accounts VALUES ('a', ?)", (standing,))
        connection.execute("COMMIT")
    took = time.perf_counter() - started
    connection.close()
    return took / len(some)


def recording(folder: Path, some: list[Post], pipeline: Pipeline, standing: bytes) -> float:
    """Return seconds in which the monitor's store commits one page of one judged post."""
    began = some[0].created_at
    store = open_store(f"sqlite:///{folder}/own.db")
    store.register([ACCOUNT], began)
    [claim] = store.claim("bench", began, some[-1].created_at - began + LEASE, 1)
    took = 0.0
    for post in some:
        now = post.created_at
        taken = pipeline.take(ACCOUNT, standing, [post], now=now)
        standing = taken.standing
        turn = Turn(
            claim=claim, at=now, posts=taken.posts, standing=standing, state=taken.state,
            probability=taken.probability, incidents=taken.incidents, alerts=taken.alerts,
            next_at=now, is_last=False,
        )  # fmt: skip
        took += _timed(lambda: store.commit(turn))  # noqa: B023 - called at once
    store.close()
    return took / len(some)


def pages() -> list[Row]:
    """Return rows of judging pages of one and of fifty posts, beside one commit of one post."""
    pipeline = assembly.pipeline()
    every = posts(LEARNED + MEASURED)
    known, fresh = every[:LEARNED], every[LEARNED:]
    standing = pipeline.take(ACCOUNT, None, known, now=known[-1].created_at).standing
    own: dict[int, list[float]] = {1: [], A_PAGE: []}
    peer: dict[str, list[float]] = {"FULL": [], "NORMAL": []}
    store: list[float] = []
    for _ in range(RUNS):
        for size, taken in own.items():
            taken.append(taking(pipeline, standing, fresh, size))
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            for mode, commits in peer.items():
                commits.append(committing(Path(folder), fresh, mode, standing))
            store.append(recording(Path(folder), fresh, pipeline, standing))
    beside = {"the store's own commit of it": min(store)}
    beside |= {f"one commit, `synchronous={mode}`": min(commits) for mode, commits in peer.items()}
    return [
        (
            f"`take`, pages of {size}",
            f"{min(taken) * 1e6:.0f} µs a post",
            f"{what}: {took * 1e6:.0f} µs",
            f"{min(taken) / took:.2f}",
        )
        for size, taken in own.items()
        for what, took in beside.items()
    ]


def following(count: int) -> Row:
    """Return a row of judging posts whose texts were read, account by account, beside parsing as many."""
    pipeline = assembly.pipeline()
    lines: list[bytes] = []
    histories: list[tuple[Account, PostColumns]] = []
    kept = PostColumns(Store())
    for place, one in enumerate(generate(count)):
        lines.append(orjson.dumps(one))
        if place % POSTS_AN_ACCOUNT == 0:
            kept = PostColumns(Store())
            histories.append((Account(platform="instagram", handle=one["account"]), kept))
        made = Post(
            platform=one["platform"], account=one["account"], id=one["id"], text=one["text"],
            created_at=datetime.fromisoformat(one["created_at"]),
        )  # fmt: skip
        text = utf8(made.text)
        kept.add([made], [text], pipeline.reader.read_utf8([text]))
    own, peer = [], []
    for _ in range(RUNS):
        peer.append(_timed(lambda: [orjson.loads(line) and None for line in lines]))
        own.append(_timed(lambda: [pipeline.follow(*one) for one in histories]))
    return (
        "judging what was read, `follow`",
        f"{min(own):.2f} s for {count:,} posts",
        f"orjson.loads of the same posts: {min(peer):.2f} s",
        f"{min(own) / min(peer):.1f}",
    )


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def section(table_of: Callable[[list[Row]], str]) -> str:
    """Measure and return the part of the document about it."""
    return (
        f"{HEADING}\n"
        f"What a monitor does with new posts of an account that has {LEARNED:,} behind it: read the texts, judge them, write\n"
        "down what is to be remembered. Beside it, of a page of one post, what the monitor's store takes to record it (post,\n"
        "verdict, standing, state, the claim checked, with `synchronous=FULL`, for an alarm must outlive a power cut); and\n"
        "the bare commit of one post and that memory to SQLite in WAL mode on the same disk, by sqlite3 alone. A page of one\n"
        "post costs what it takes to go through the text once, however little there is of it.\n\n"
        f"{table_of(pages())}"
    )
