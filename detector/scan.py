"""Scan archives: read everything, judge each account's posts in order, put it into one document."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from detector.errors import Location, SourceError
from detector.incidents import as_of
from detector.pipeline import History, Judged, Pipeline, Reader, TextEvidence
from detector.records import Author, Incident, Post, Rejected
from detector.report.document import (
    FORMAT,
    FlaggedPost,
    GivenAccount,
    GivenFile,
    GivenIncident,
    GivenRejected,
    ScanDocument,
    Summary,
    given,
)  # fmt: skip
from detector.settings import Settings
from detector.sources._archive import Archive, group
from detector.sources.interface import Source, takers

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done and how many there are (0 when unknown)."""

CHUNK: Final = 4_096
"""Texts handed to a worker process at a time."""

AccountKey = tuple[str, str]


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


class Gathered(msgspec.Struct):
    """What was read from all inputs together."""

    posts: dict[AccountKey, list[Post]] = {}
    events: dict[AccountKey, int] = {}
    rejected_of: dict[AccountKey, int] = {}
    rejected: list[Rejected] = []
    files: list[GivenFile] = []
    errors: list[GivenRejected] = []


def scan(
    request: Request,
    sources: Sequence[type[Source]],
    pipeline: Pipeline,
    make_reader: Callable[[], Reader],
    progress: Progress = lambda _what, _done, _total: None,
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
    gathered = gather(request, sources, progress)
    histories = list(judge(request, gathered, pipeline, make_reader, progress))
    accounts = [_account(request, gathered, history, pipeline) for history in histories]
    totals = {
        name: sum(getattr(one, name) for one in gathered.files)
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
        rejected=[GivenRejected(str(one.where), one.why) for one in gathered.rejected],
        files=gathered.files,
        errors=gathered.errors,
    )


def gather(request: Request, sources: Sequence[type[Source]], progress: Progress) -> Gathered:
    """Read every archive; what cannot be read is noted and the rest goes on."""
    gathered = Gathered()
    archives, broken = group(request.paths, [one.marks for one in sources if one.marks])
    gathered.errors.extend(_unusable(error) for error in broken)
    for index, archive in enumerate(archives):
        progress("read", index, len(archives))
        try:
            _read(archive, _taken_for(archive, sources), request, gathered)
        except SourceError as error:
            gathered.errors.append(_unusable(error))
    for posts in gathered.posts.values():
        posts.sort(key=lambda post: post.created_at)
    return gathered


def _taken_for(archive: Archive, sources: Sequence[type[Source]]) -> type[Source]:
    kinds = takers(archive, sources)
    if not kinds:
        raise SourceError(
            "no known kind of export",
            where=Location(str(archive.path)),
            hint="see kentongan plugins for what can be read",
        )
    return kinds[0]


def _unusable(error: SourceError) -> GivenRejected:
    where = str(error.where) if error.where else ""
    hint = f" ({error.hint})" if error.hint else ""
    return GivenRejected(where, f"{error.message}{hint}")


def _read(archive: Archive, kind: type[Source], request: Request, gathered: Gathered) -> None:
    source = kind.open(archive, account=request.account, platform=request.platform)
    counts = dict.fromkeys(("records", "posts", "events", "duplicates", "rejected", "ignored"), 0)
    keys: dict[AccountKey, None] = {}
    known: dict[AccountKey, set[str]] = {}
    try:
        for page in source.pages():
            fresh, repeated = [], 0
            for post in page.posts:
                key = (post.platform, post.account)
                if key not in keys:
                    keys[key] = None
                    known[key] = {one.id for one in gathered.posts.get(key, ())}
                if post.id in known[key]:
                    repeated += 1
                else:
                    fresh.append(post)
            for post in fresh:
                gathered.posts.setdefault((post.platform, post.account), []).append(post)
            for event in page.events:
                key = (event.platform, event.account)
                keys.setdefault(key)
                gathered.events[key] = gathered.events.get(key, 0) + 1
            gathered.rejected.extend(page.rejected)
            counts["records"] += page.records
            counts["posts"] += len(fresh)
            counts["events"] += len(page.events)
            counts["duplicates"] += page.duplicates + repeated
            counts["rejected"] += len(page.rejected)
            counts["ignored"] += page.ignored
    finally:
        if len(keys) == 1:
            (key,) = keys
            gathered.rejected_of[key] = gathered.rejected_of.get(key, 0) + counts["rejected"]
        gathered.files.append(GivenFile(file=str(archive.path), source=kind.name, **counts))


def judge(
    request: Request,
    gathered: Gathered,
    pipeline: Pipeline,
    make_reader: Callable[[], Reader],
    progress: Progress,
) -> Iterator[History]:
    """Yield every account's history, judged; posts after `until` are left out."""
    kept = {
        key: [post for post in posts if request.until is None or post.created_at <= request.until]
        for key, posts in sorted(gathered.posts.items())
    }
    texts = [post.text for posts in kept.values() for post in posts]
    evidence = _counted(
        read_texts(texts, request.jobs, pipeline.reader, make_reader), len(texts), progress
    )
    for (platform, handle), posts in kept.items():
        account = request.settings.account(platform, handle)
        shown = [next(evidence) for _ in posts]
        yield pipeline.follow(account, posts, shown)


def read_texts(
    texts: Sequence[str], jobs: int, reader: Reader, make_reader: Callable[[], Reader]
) -> Iterator[TextEvidence]:
    """Read texts in this process, or in `jobs` others when there are enough to be worth it."""
    if jobs <= 1 or len(texts) <= CHUNK:
        yield from reader.read(texts)
        return
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    with ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(make_reader,)) as pool:
        for part in pool.map(_work, chunks):
            yield from part


_worker: list[Reader] = []


def _start_worker(make_reader: Callable[[], Reader]) -> None:
    # Ctrl-C is the parent's to answer, in one line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker.append(make_reader())


def _work(texts: Sequence[str]) -> list[TextEvidence]:
    return list(_worker[0].read(texts))


def _counted(
    evidence: Iterable[TextEvidence], total: int, progress: Progress
) -> Iterator[TextEvidence]:
    for index, one in enumerate(evidence):
        if index % 1_000 == 0:
            progress("judge", index, total)
        yield one


def _account(
    request: Request, gathered: Gathered, history: History, pipeline: Pipeline
) -> GivenAccount:
    account = history.account
    hands = as_of(history.hands, request.until) if request.until else history.hands
    key = (account.platform, account.handle)
    since = request.since or datetime.min.replace(tzinfo=UTC)
    window = [one for one in history.judged if one.post.created_at >= since]
    incidents = [one for one in hands.incidents if one.opened_at >= since]
    told = {post_id for incident in incidents for post_id in incident.post_ids}
    given_posts = {
        author: [
            _flagged(one, pipeline, request.language) for one in window if one.author is author
        ]
        for author in (Author.STRANGER, Author.DOUBTFUL)
    }
    by_id = {one.id: one for posts in given_posts.values() for one in posts}
    by_id |= {
        one.post.id: _flagged(one, pipeline, request.language)
        for one in history.judged
        if one.post.id in told and one.post.id not in by_id
    }
    return GivenAccount(
        platform=account.platform,
        account=account.handle,
        institution=account.institution,
        timezone=account.timezone,
        duty_contact=account.duty_contact,
        reports_to=list(account.reports_to),
        posts=len(history.judged),
        events=gathered.events.get(key, 0),
        rejected=gathered.rejected_of.get(key, 0),
        first_post_at=history.judged[0].post.created_at if history.judged else None,
        last_post_at=history.judged[-1].post.created_at if history.judged else None,
        state=hands.state.value,
        probability=hands.probability,
        incidents=[_incident(one, by_id) for one in incidents],
        flagged=given_posts[Author.STRANGER],
        doubtful=given_posts[Author.DOUBTFUL],
    )


def _flagged(one: Judged, pipeline: Pipeline, language: str) -> FlaggedPost:
    verdict = pipeline.explain(one.post.text, one.text, one.signals)
    return FlaggedPost(
        id=one.post.id,
        created_at=one.post.created_at,
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


def _incident(incident: Incident, posts: dict[str, FlaggedPost]) -> GivenIncident:
    mine = [posts[post_id] for post_id in incident.post_ids if post_id in posts]
    worst = max(mine, key=lambda post: post.log_odds, default=None)
    return GivenIncident(
        opened_at=incident.opened_at,
        detected_at=incident.detected_at,
        closed_at=incident.closed_at,
        peak_probability=incident.peak_probability,
        post_ids=list(incident.post_ids),
        categories=list(dict.fromkeys(post.category for post in mine if post.category)),
        reasons=worst.reasons if worst else [],
    )
