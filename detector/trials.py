"""Streams with posts put in, judged: was the stranger's caught, did the innocent one raise an alarm?

Nothing is shortened: a stream is judged by `Pipeline.follow`, as a scan does it, from its first post (or from as
many before the splice as are asked for) to `AFTER` posts past it. What is spliced once can be judged many times.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import cycle
from typing import NamedTuple

import msgspec

from detector.errors import ExportFormatError, Location
from detector.histories import PostColumns, Store, TextEvidence
from detector.pipeline import History, Pipeline
from detector.records import Account, Incident, Post
from detector.splice import Case, Stream, Text, is_fit, is_spliced, places, splice
from detector.text import utf8


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What judging made of a case."""

    caught_at: int | None
    """Which spliced post raised an alarm at its own time, from 1, with at most one owner's post held against."""
    opened: bool
    """Whether any incident holds a spliced post or was raised by one."""
    minutes: float | None
    """From the first spliced post to the first alarm of an incident that it, or another of them, opened."""
    earlier: int
    """Posts of the owner that were judged before."""


class Trial(NamedTuple):
    """A case, ready to be judged."""

    account: Account
    columns: PostColumns
    times: list[datetime]
    """Of the spliced posts."""
    earlier: int

    def judged(self, pipeline: Pipeline) -> Outcome:
        """Return what a pipeline makes of it."""
        incidents = pipeline.follow(self.account, self.columns).hands.incidents
        times = self.times
        caught = [
            number
            for number, at in enumerate(times, 1)
            if any(_is_caught(one, at) for one in incidents)
        ]
        alarms = [
            one.detected_at
            for one in incidents
            if one.detected_at in times or any(map(is_spliced, one.post_ids))
        ]
        late = [(at - times[0]).total_seconds() / 60 for at in alarms if at >= times[0]]
        return Outcome(
            caught_at=min(caught, default=None),
            opened=bool(alarms),
            minutes=min(late, default=None),
            earlier=self.earlier,
        )


def _is_caught(incident: Incident, at: datetime) -> bool:
    owners = sum(not is_spliced(post_id) for post_id in incident.post_ids)
    return incident.detected_at == at and owners <= 1


class Bench(NamedTuple):
    """What is judged: each stranger's post has an innocent one at the same place, where there is one."""

    streams: Sequence[Stream]
    strangers: list[Case]
    innocents: list[Case]
    seed: int

    @property
    def years(self) -> float:
        """Account-years of the streams."""
        return sum(one.years for one in self.streams)

    def trials(self, cases: Iterable[Case], history: int | None = None) -> Iterator[Trial]:
        """Yield cases ready to be judged, with so many earlier posts of the owner or all.

        The minutes between several posts are the same whatever the history.
        """
        for number, case in enumerate(cases):
            chance = random.Random(self.seed + number)  # noqa: S311 - no secret
            made = splice(case, self.streams, chance, history)
            yield Trial(
                self.streams[case.place.stream].account,
                columns(made.posts, made.evidence),
                [post.created_at for post in made.ours],
                made.earlier,
            )

    def judged(
        self, pipeline: Pipeline, cases: Iterable[Case], history: int | None = None
    ) -> list[Outcome]:
        """Judge cases, with so many earlier posts of the owner or all."""
        return [one.judged(pipeline) for one in self.trials(cases, history)]

    def untouched(self, pipelines: Sequence[Pipeline]) -> list[list[History]]:
        """Judge the streams as they are; one list a pipeline."""
        histories: list[list[History]] = [[] for _ in pipelines]
        for one in self.streams:
            put = columns(one.posts, one.evidence)
            for pipeline, mine in zip(pipelines, histories, strict=True):
                mine.append(pipeline.follow(one.account, put))
        return histories


def columns(posts: Sequence[Post], evidence: Sequence[TextEvidence]) -> PostColumns:
    """Put posts whose texts have been read into the shape that is judged."""
    made = PostColumns(Store())
    made.add(posts, [utf8(post.text) for post in posts], evidence)
    made.sort()
    return made


def bench(
    streams: Sequence[Stream],
    strangers: Iterable[Text],
    innocents: Iterable[Text],
    draw: Callable[[Iterable[Text]], list[Case]],
    seed: int,
) -> Bench:
    """Choose what is put where.

    Args:
        streams: to put it into.
        strangers: posts to put in.
        innocents: posts for the same places.
        draw: puts strangers' posts somewhere.
        seed: for the rest.

    Raises:
        ExportFormatError: no stream is long enough, or none has strangers' texts in its language.
    """
    if not any(map(is_fit, streams)):
        raise ExportFormatError(
            "no account has enough posts to splice into",
            where=Location("--streams"),
            hint="name exports with longer histories",
        )
    cases = draw(strangers)
    if not cases:
        raise ExportFormatError(
            "no strangers' texts are in a language of the streams", where=Location("--strangers")
        )
    pools = _pools(innocents, streams, random.Random(seed))  # noqa: S311 - no secret
    control = [
        Case(case.place, (pools[language].pop(),))
        for case in cases
        if pools[language := streams[case.place.stream].language]
    ]
    return Bench(streams, cases, control, seed)


def draw(
    texts: Iterable[Text],
    streams: Sequence[Stream],
    most: int,
    hours: Sequence[int] | None,
    chance: random.Random,
) -> list[Case]:
    """Put single posts in: as many of each language, as far as there are so many."""
    pools = _pools(texts, streams, chance)
    drawn: list[tuple[str, Text]] = []
    while len(drawn) < most and any(pools.values()):
        for language, mine in pools.items():
            if mine and len(drawn) < most:
                drawn.append((language, mine.pop()))
    where = places(streams, [language for language, _ in drawn], chance, hours)
    return [Case(place, (text,)) for place, (_, text) in zip(where, drawn, strict=True)]


def _pools(
    texts: Iterable[Text], streams: Sequence[Stream], chance: random.Random
) -> dict[str, list[Text]]:
    """Return the texts of each language that a fit stream has, shuffled; those of no told language fit any."""
    pools: dict[str, list[Text]] = {
        language: [] for language in sorted({one.language for one in streams if is_fit(one)})
    }
    turns = cycle(pools)
    for text in texts:
        mine = pools.get(text.language or next(turns))
        if mine is not None:
            mine.append(text)
    for mine in pools.values():
        chance.shuffle(mine)
    return pools
