"""Scan archives: read everything, judge each account's posts in order, put it into one document."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from detector.changes import Change
from detector.gather import AccountKey, Gathering, Progress, no_progress
from detector.histories import PostColumns, Store, TextEvidence
from detector.incidents import as_of
from detector.pipeline import Asked, History, Judged, Pipeline, Reader
from detector.records import AccountEvent, Author, Incident, Post
from detector.report.document import (
    FORMAT,
    FlaggedPost,
    GivenAccount,
    GivenChange,
    GivenEvent,
    GivenIncident,
    GivenRejected,
    ScanDocument,
    Summary,
    given,
)  # fmt: skip
from detector.report.doubts import conditions
from detector.settings import Settings
from detector.sources.interface import Source
from detector.text import utf8

CHUNK: Final = 4_096
"""Texts handed to a worker process at a time."""

_WAITING: Final = 4
"""Chunks for each worker process that wait or are being read, at most."""


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
) -> ScanDocument:
    """Read and judge everything under the given paths.

    Args:
        request: what to scan.
        sources: every kind of input that can be read.
        pipeline: judges posts.
        make_reader: makes a text reader in a worker process; picklable.
        progress: told how far things are.
    """
    started = time.perf_counter()
    gathering = Gathering(
        request.paths,
        sources,
        account=request.account,
        platform=request.platform,
        progress=progress,
    )
    read = _read(request, gathering, pipeline.reader, make_reader, progress)
    accounts = [
        _account(request, gathering, history, read.events.get(key, []), pipeline)
        for key, history in judge(request, read, pipeline)
    ]
    totals = {
        name: sum(getattr(one, name) for one in gathering.files)
        for name in ("posts", "events", "duplicates", "rejected", "ignored", "records")
    }
    return ScanDocument(
        format=FORMAT,
        model=pipeline.reader.model.card.name,
        summary=Summary(
            accounts=len(accounts),
            compromised=sum(bool(one.incidents) for one in accounts),
            seconds=round(time.perf_counter() - started, 3),
            **totals,
        ),
        accounts=accounts,
        rejected=[GivenRejected(str(one.where), one.why) for one in gathering.rejected],
        files=gathering.files,
        errors=gathering.errors,
    )


def _read(
    request: Request,
    gathering: Gathering,
    reader: Reader,
    make_reader: Callable[[], Reader],
    progress: Progress,
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
    for some, texts, shown in read_all(posts(), request.jobs, reader, make_reader):
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


def judge(request: Request, read: Read, pipeline: Pipeline) -> Iterator[tuple[AccountKey, History]]:
    """Yield every account's history, judged."""
    for key in sorted(read.posts.keys() | read.events.keys()):
        posts = read.posts.get(key) or PostColumns(Store())
        events = read.events.get(key, [])
        if request.until is not None:
            events = [one for one in events if one.at <= request.until]
        yield key, pipeline.follow(request.settings.account(*key), posts, events)


ReadChunk = tuple[Sequence[Post], list[bytes], list[TextEvidence]]
"""Posts, their texts in UTF-8, and what was read in these."""


def read_all(
    pages: Iterable[Sequence[Post]], jobs: int, reader: Reader, make_reader: Callable[[], Reader]
) -> Iterator[ReadChunk]:
    """Yield posts as given, their texts and what was read in these, in order.

    The texts are read in this process, or in `jobs` others when there are at least `CHUNK`.
    """
    chunks = _chunks(pages, CHUNK if jobs > 1 else 0)
    if jobs > 1:
        first = next(chunks, [])
        if len(first) >= CHUNK:
            yield from _read_by_workers(chain([first], chunks), jobs, make_reader)
            return
        chunks = iter([first])
    for posts in chunks:
        texts = [utf8(post.text) for post in posts]
        yield posts, texts, reader.read_utf8(texts)


def _read_by_workers(
    chunks: Iterable[Sequence[Post]], jobs: int, make_reader: Callable[[], Reader]
) -> Iterator[ReadChunk]:
    # Imported here: only a scan by several processes needs it.
    from concurrent.futures import Future, ProcessPoolExecutor  # noqa: PLC0415

    waiting: deque[tuple[Sequence[Post], list[bytes], Future[list[TextEvidence]]]] = deque()
    with ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(make_reader,)) as pool:
        for posts in chunks:
            texts = [utf8(post.text) for post in posts]
            waiting.append((posts, texts, pool.submit(_work, texts)))
            if len(waiting) > _WAITING * jobs:
                some, encoded, reading = waiting.popleft()
                yield some, encoded, reading.result()
        for some, encoded, reading in waiting:
            yield some, encoded, reading.result()


def _chunks(pages: Iterable[Sequence[Post]], least: int) -> Iterator[Sequence[Post]]:
    """Put pages together until there are at least so many posts."""
    held: list[Post] = []
    for page in pages:
        held.extend(page)
        if len(held) >= least:
            yield held
            held = []
    if held:
        yield held


_worker: list[Reader] = []


def _start_worker(make_reader: Callable[[], Reader]) -> None:
    # Ctrl-C is the parent's to answer, in one line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker.append(make_reader())


def _work(texts: Sequence[bytes]) -> list[TextEvidence]:
    return _worker[0].read_utf8(texts)


def _account(
    request: Request,
    gathering: Gathering,
    history: History,
    events: Sequence[AccountEvent],
    pipeline: Pipeline,
) -> GivenAccount:
    """Put one account's part of the document together; only what is in the window is reported."""
    account = history.account
    hands = as_of(history.hands, request.until) if request.until else history.hands
    key = (account.platform, account.handle)
    since = request.since or datetime.min.replace(tzinfo=UTC)
    window = [one for one in history.judged if one.post.at >= since]
    incidents = [one for one in hands.incidents if one.opened_at >= since]
    told = {post_id for incident in incidents for post_id in incident.post_ids}
    suspects = (Author.STRANGER, Author.DOUBTFUL)
    shown = [one for one in history.judged if one.post.id in told]
    shown += [one for one in window if one.author in suspects and one.post.id not in told]
    by_id = _flagged(shown, pipeline, request.language)
    strangers, doubtful = (
        [by_id[one.post.id] for one in window if one.author is author] for author in suspects
    )
    return GivenAccount(
        platform=account.platform, account=account.handle, institution=account.institution,
        timezone=account.timezone, duty_contact=account.duty_contact,
        reports_to=list(account.reports_to), posts=history.posts, events=len(events),
        rejected=gathering.rejected_of.get(key, 0), first_post_at=history.first_at,
        last_post_at=history.last_at, state=hands.state.value, probability=hands.probability,
        incidents=[_incident(one, by_id, history.changes, request.language) for one in incidents], flagged=strangers, doubtful=doubtful,
        account_events=_events(events, since, request.until),
    )  # fmt: skip


def _events(
    events: Sequence[AccountEvent], since: datetime, until: datetime | None
) -> list[GivenEvent]:
    shown = [one for one in events if one.at >= since and (until is None or one.at <= until)]
    return [
        GivenEvent(
            kind=one.kind,
            at=one.at,
            time_quality=one.time_quality.value,
            where=one.where,
            details=one.details,
        )
        for one in sorted(shown, key=lambda one: one.at)
    ]


def _flagged(judged: Sequence[Judged], pipeline: Pipeline, language: str) -> dict[str, FlaggedPost]:
    """Explain posts; return them by id."""
    asked = [
        Asked(one.post.utf8, one.post.log_odds, one.post.is_known, one.signals) for one in judged
    ]
    return {
        one.post.id: FlaggedPost(
            id=one.post.id,
            created_at=one.post.at,
            url=one.post.url,
            text=one.post.text,
            verdict=verdict.author.value,
            probability=verdict.probability,
            log_odds=verdict.log_odds,
            category=verdict.category,
            findings=list(verdict.findings),
            reasons=given(verdict.reasons, language),
            where=one.post.where,
        )
        for one, verdict in zip(judged, pipeline.explain(asked), strict=True)
    }


def _incident(
    incident: Incident,
    posts: dict[str, FlaggedPost],
    changes: Sequence[Change],
    language: str,
) -> GivenIncident:
    mine = [posts[post_id] for post_id in incident.post_ids if post_id in posts]
    worst = max(mine, key=lambda post: post.log_odds, default=None)
    ids = set(incident.change_ids)
    seen = [_change(one, language) for one in changes if one.id in ids]
    reasons = worst.reasons if worst else [reason for one in seen for reason in one.reasons]
    every = [*reasons, *(reason for one in seen for reason in one.reasons if worst)]
    return GivenIncident(
        opened_at=incident.opened_at, detected_at=incident.detected_at, closed_at=incident.closed_at,
        peak_probability=incident.peak_probability, post_ids=list(incident.post_ids),
        categories=list(dict.fromkeys(post.category for post in mine if post.category)),
        reasons=reasons, log_odds=sum(one.log_odds for one in reasons),
        takeover_after=incident.owners_before, takeover_before=incident.strangers_by or incident.opened_at, changes=seen,
        false_if=conditions(every, language),
    )  # fmt: skip


def _change(change: Change, language: str) -> GivenChange:
    event = change.event
    return GivenChange(
        kind=event.kind, at=event.at, where=event.where, log_odds=change.log_odds,
        reasons=given(change.reasons, language),
    )  # fmt: skip
