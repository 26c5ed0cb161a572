"""What a replay's peers make of the same posts at the same places: one score a post, and a mark.

A peer has no idea of an incident. Its flags on one account within `QUIET` of each other count as one alarm.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector import peers
from detector.compa import Profile, message
from detector.gather import Progress, no_progress
from detector.histories import TextEvidence
from detector.pipeline import Pipeline
from detector.records import Post
from detector.splice import Case, Stream
from detector.verdict import log_odds_of

TEXT: Final = "text alone"
RULES: Final = peers.RULES
HABITS: Final = "COMPA's profile"

QUIET: Final = timedelta(hours=24)

ONE_MORE: Final = 1.0
"""Where the rules flag when used as they are: one finding more against the owner than for him."""

HALF: Final = 0.5
"""Where the profile does: half of what can be told is foreign. The paper has no mark for one message of one account."""

Floats = NDArray[np.float64]


class Scored(NamedTuple):
    """One peer's scores."""

    name: str
    mark: float
    """From which it flags, used as it is."""
    own: Floats
    """Of every post of every stream, in their order; nan where it cannot judge. Shape (n_posts,)."""
    strangers: Floats
    """Of the first text of every stranger's case, shape (n_strangers,)."""
    innocents: Floats
    """Of every innocent case, shape (n_innocents,)."""


class Flags(NamedTuple):
    """Where and when the streams' own posts were made, for counting alarms; arrays of shape (n_posts,)."""

    stream: NDArray[np.int64]
    seconds: Floats

    def alarms(self, flagged: NDArray[np.bool_]) -> int:
        """Count the alarms that flagged posts are: those soon after another of the account are no new one.

        Args:
            flagged: which posts are, shape (n_posts,).
        """
        stream, seconds = self.stream[flagged], self.seconds[flagged]
        same = stream[1:] == stream[:-1]
        soon = seconds[1:] - seconds[:-1] <= QUIET.total_seconds()
        return int(flagged.sum()) - int((same & soon).sum())


def flags_of(streams: Sequence[Stream]) -> Flags:
    """Return when each stream's posts were made."""
    lengths = [len(one.posts) for one in streams]
    seconds = [post.created_at.timestamp() for one in streams for post in one.posts]
    return Flags(np.repeat(np.arange(len(streams)), lengths), np.array(seconds))


def scored(
    pipeline: Pipeline,
    streams: Sequence[Stream],
    strangers: Sequence[Case],
    innocents: Sequence[Case],
    show: Progress = no_progress,
) -> list[Scored]:
    """Score every post of the streams and every case by each peer."""
    weights, finder = pipeline.judge.weights, pipeline.reader.finder
    first, second = [one.texts[0] for one in strangers], [one.texts[0] for one in innocents]

    def heard(evidence: Sequence[TextEvidence]) -> Floats:
        found = pipeline.judge.found_log_odds
        sums = [weights.base_rate + one.log_odds + found(one.noticed.names) for one in evidence]
        return np.array(sums)

    own = [post.text for stream in streams for post in stream.posts]
    counted = peers.rules([*own, *(one.text for one in (*first, *second))], finder)
    show("peers", 1, 2)
    habits, far, near = _habits(streams, strangers, innocents)
    show("peers", 2, 2)
    return [
        Scored(
            TEXT, log_odds_of(weights.text_alone_at) - 1e-9,
            heard([one for stream in streams for one in stream.evidence]),
            heard([one.evidence for one in first]), heard([one.evidence for one in second]),
        ),
        Scored(
            RULES, ONE_MORE, counted[: len(own)],
            counted[len(own) : len(own) + len(first)], counted[len(own) + len(first) :],
        ),
        Scored(HABITS, HALF, habits, far, near),
    ]  # fmt: skip


def mark_for(scores: Floats, flags: Flags, alarms: int) -> float:
    """Return the lowest mark from which posts raise at most so many alarms; infinity if none does."""
    best = float("inf")
    for mark in np.unique(scores[~np.isnan(scores)])[::-1].tolist():
        if flags.alarms(scores >= mark) > alarms:
            break
        best = mark
    return best


def _habits(
    streams: Sequence[Stream], strangers: Sequence[Case], innocents: Sequence[Case]
) -> tuple[Floats, Floats, Floats]:
    """Walk every stream once; what is put in is scored at its place and never learned."""
    own: list[float | None] = []
    scores = np.full(len(strangers) + len(innocents), np.nan)
    put: dict[int, list[tuple[int, int]]] = {}
    for number, case in enumerate((*strangers, *innocents)):
        posts = streams[case.place.stream].posts
        at = bisect_left(posts, case.place.at, key=lambda post: post.created_at)
        put.setdefault(case.place.stream, []).append((at, number))
    cases = (*strangers, *innocents)
    for index, stream in enumerate(streams):
        profile, waiting = Profile(), sorted(put.get(index, []), reverse=True)
        for place in range(len(stream.posts) + 1):
            while waiting and waiting[-1][0] == place:
                number = waiting.pop()[1]
                anomaly = profile.anomaly(
                    message(_put(cases[number], stream), _evidence(cases[number]))
                )
                scores[number] = np.nan if anomaly is None else anomaly
            if place < len(stream.posts):
                one = message(stream.posts[place], stream.evidence[place])
                own.append(profile.anomaly(one))
                profile.learn(one)
    told = np.array([np.nan if one is None else one for one in own])
    return told, scores[: len(strangers)], scores[len(strangers) :]


def _put(case: Case, stream: Stream) -> Post:
    return Post(
        platform=stream.account.platform, account=stream.account.handle, id="", app=case.place.app,
        created_at=case.place.at, text=case.texts[0].text,
    )  # fmt: skip


def _evidence(case: Case) -> TextEvidence:
    return case.texts[0].evidence
