"""Scan archives: read everything, judge each account's posts in order, put it into one document."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final, Protocol, Self

import msgspec

from detector.campaigns import Key, waves
from detector.gather import AccountKey, Gathering, Progress, no_progress
from detector.histories import PostColumns, Store, TextEvidence
from detector.pipeline import BATCH, History, Pipeline, Reader
from detector.records import AccountEvent, Post
from detector.report.document import FORMAT, GivenAccount, GivenRejected, ScanDocument, Summary
from detector.scanned import Window, account_of, campaigns_of
from detector.settings import Settings
from detector.sources.interface import Source
from detector.text import utf8

CHUNK: Final = 4_096
"""Texts handed to a worker process at a time."""

_WAITING: Final = 4
"""Chunks for each worker process that wait or are being read, at most."""


class Pending(Protocol):
    """Texts that are being read."""

    def result(self) -> list[TextEvidence]:
        """Wait for what was read in them."""
        ...


class Hands(Protocol):
    """Whoever reads texts beside this process."""

    @property
    def places(self) -> int:
        """Chunks read at the same time."""
        ...

    def submit(self, texts: list[bytes]) -> Pending:
        """Hand over a chunk, as UTF-8."""
        ...


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to scan, and how."""

    paths: tuple[Path, ...]
    account: str | None = None
    platform: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    jobs: int = 1
    settings: Settings = Settings()
    language: str = "id"


class Read(msgspec.Struct):
    """All posts and events, by account."""

    posts: dict[AccountKey, PostColumns] = {}
    events: dict[AccountKey, list[AccountEvent]] = {}


def scan(
    request: Request,
    sources: Sequence[type[Source]],
    pipeline: Pipeline,
    make_reader: Callable[[], Reader],
    progress: Progress = no_progress,
    *,
    hands: Hands | None = None,
) -> ScanDocument:
    """Read and judge everything under the given paths.

    Args:
        request: what to scan.
        sources: every kind of input that can be read.
        pipeline: judges posts.
        make_reader: makes a text reader in a worker process; picklable.
        progress: told how far things are.
        hands: read the texts instead of processes of this machine.
    """
    started = time.perf_counter()
    gathering = Gathering(
        request.paths, sources, account=request.account, platform=request.platform, progress=progress
    )  # fmt: skip

    def read_texts(pages: Iterable[Sequence[Post]]) -> Iterator[ReadChunk]:
        return read_all(pages, request.jobs, pipeline.reader, make_reader, hands)

    read = _read(request, gathering, progress, read_texts)
    histories = judge(request, read, pipeline)
    window = Window(since=request.since, until=request.until, language=request.language)
    accounts = [
        account_of(
            window, history, read.events.get(key, []), gathering.rejected_of.get(key, 0), pipeline
        )
        for key, history in histories.items()
    ]
    return ScanDocument(
        format=FORMAT,
        model=pipeline.reader.model.card.name,
        summary=_summary(gathering, accounts, time.perf_counter() - started),
        accounts=accounts,
        campaigns=campaigns_of(histories.values(), window),
        rejected=[GivenRejected(str(one.where), one.why) for one in gathering.rejected],
        files=gathering.files,
        errors=gathering.errors,
    )


def _summary(gathering: Gathering, accounts: Sequence[GivenAccount], seconds: float) -> Summary:
    totals = {
        name: sum(getattr(one, name) for one in gathering.files)
        for name in ("posts", "events", "duplicates", "rejected", "ignored", "records")
    }
    compromised = sum(bool(one.incidents) for one in accounts)
    return Summary(
        accounts=len(accounts), compromised=compromised, seconds=round(seconds, 3), **totals
    )


def _read(
    request: Request,
    gathering: Gathering,
    progress: Progress,
    read_texts: Callable[[Iterable[Sequence[Post]]], Iterator[ReadChunk]],
) -> Read:
    """Read every post and its text as it comes, and put them in order; those after `until` are left out."""
    read = Read()
    last = request.until

    def posts() -> Iterator[Sequence[Post]]:
        for fresh in gathering.pages():
            for event in fresh.events:
                read.events.setdefault((event.platform, event.account), []).append(event)
            yield (
                fresh.posts
                if last is None
                else [post for post in fresh.posts if post.created_at <= last]
            )

    done = 0
    store = Store()
    for some, texts, shown in read_texts(posts()):
        for key, places in _by_account(some).items():
            kept = read.posts.get(key)
            if kept is None:
                kept = read.posts[key] = PostColumns(store)
            if len(places) == len(some):
                kept.add(some, texts, shown)
            else:
                kept.add(
                    [some[place] for place in places],
                    [texts[place] for place in places],
                    [shown[place] for place in places],
                )
        done += len(some)
        progress("judge", done, 0)
    for kept in read.posts.values():
        kept.sort()
    return read


def _by_account(posts: Sequence[Post]) -> dict[AccountKey, Sequence[int]]:
    """Return the places of each account's posts."""
    keys = [(post.platform, post.account) for post in posts]
    if len(set(keys)) == 1:
        return {keys[0]: range(len(keys))}
    places: dict[AccountKey, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return {**places}


def judge(request: Request, read: Read, pipeline: Pipeline) -> dict[AccountKey, History]:
    """Judge every account's history; then again those to which the others' falls say something."""
    accounts = {
        key: request.settings.account(*key)
        for key in sorted(read.posts.keys() | read.events.keys())
    }
    nothing, until = PostColumns(Store()), request.until
    posts = {key: read.posts.get(key, nothing) for key in accounts}
    events = {
        key: [one for one in read.events.get(key, []) if until is None or one.at <= until]
        for key in accounts
    }
    found = {
        key: pipeline.follow(account, posts[key], events[key]) for key, account in accounts.items()
    }
    traces = [trace for history in found.values() for trace in history.traces()]
    if traces and len(accounts) > 1:
        used: dict[Key, dict[str, float]] = {key: some.since() for key, some in posts.items()}
        for key, wave in waves(traces, accounts, used).items():
            found[key] = pipeline.follow(accounts[key], posts[key], events[key], wave)
    return found


_Chunk = tuple[Sequence[Post], list[bytes]]
"""Posts and their texts in UTF-8."""

ReadChunk = tuple[Sequence[Post], list[bytes], list[TextEvidence]]
"""Posts, their texts in UTF-8, and what was read in these."""


def read_all(
    pages: Iterable[Sequence[Post]],
    jobs: int,
    reader: Reader,
    make_reader: Callable[[], Reader],
    hands: Hands | None = None,
) -> Iterator[ReadChunk]:
    """Yield posts as given, their texts and what was read in these, in order.

    The texts are read in this process; by `hands`, or in `jobs` other processes, when there are at least `CHUNK`.
    """
    is_shared = jobs > 1 or hands is not None
    chunks = _chunks(pages, CHUNK if is_shared else BATCH)
    if is_shared:
        first = next(chunks, ([], []))
        if len(first[0]) >= CHUNK:
            chunks = chain([first], chunks)
            if hands is not None:
                yield from _read_by(hands, chunks)
                return
            with _Processes(jobs, make_reader) as processes:
                yield from _read_by(processes, chunks)
            return
        chunks = iter([first])
    for posts, texts in chunks:
        yield posts, texts, reader.read_utf8(texts)


def _read_by(hands: Hands, chunks: Iterable[_Chunk]) -> Iterator[ReadChunk]:
    waiting: deque[tuple[Sequence[Post], list[bytes], Pending]] = deque()
    for posts, texts in chunks:
        waiting.append((posts, texts, hands.submit(texts)))
        if len(waiting) > _WAITING * hands.places:
            some, encoded, reading = waiting.popleft()
            yield some, encoded, reading.result()
    for some, encoded, reading in waiting:
        yield some, encoded, reading.result()


class _Processes:
    """Processes of this machine, ended with the scan."""

    def __init__(self, jobs: int, make_reader: Callable[[], Reader]) -> None:
        # Imported here: only a scan by several processes needs it.
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

        self.places = jobs
        self._pool = ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(make_reader,))

    def __enter__(self) -> Self:
        self._pool.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown()

    def submit(self, texts: list[bytes]) -> Pending:
        return self._pool.submit(_work, texts)


def _chunks(pages: Iterable[Sequence[Post]], least: int) -> Iterator[_Chunk]:
    """Put pages together until there are at least so many posts."""
    held: list[Post] = []
    texts: list[bytes] = []
    for page in pages:
        held += page
        # A page at a time, while what was read of it is still in the cache.
        texts += [utf8(post.text) for post in page]
        if len(held) >= least:
            yield held, texts
            held, texts = [], []
    if held:
        yield held, texts


_worker: list[Reader] = []


def _start_worker(make_reader: Callable[[], Reader]) -> None:
    # Ctrl-C is the parent's to answer, in one line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker.append(make_reader())


def _work(texts: Sequence[bytes]) -> list[TextEvidence]:
    return _worker[0].read_utf8(texts)
