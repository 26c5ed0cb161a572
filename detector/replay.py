"""How well accounts are judged: posts by others are spliced into real streams, and the untouched ones watched."""

from __future__ import annotations

import hashlib
import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from detector import evaluate, rivals, trials
from detector.appraisal import OURS, proportion
from detector.gather import Progress, no_progress
from detector.pipeline import Asked as ToExplain
from detector.pipeline import History, Pipeline
from detector.replay_texts import Texts
from detector.report.document import given
from detector.report.evaluation import Proportion
from detector.report.replay import (
    Ablation,
    FalseAlarm,
    Judge,
    Language,
    Pair,
    Power,
    Rate,
    Replay,
    Share,
    Suspect,
    Takeover,
)
from detector.splice import Case, Stream, Text
from detector.trials import Bench, Outcome, draw
from detector.verdict import Judge as Weigher
from detector.verdict import Weights

HISTORIES: Final = (0, 10, 30, 100)
"""Lengths of history the same places are judged with, beside all there is."""

SIZES: Final = (1, 2, 3, 5)
"""Posts of a takeover."""

SHOWN: Final = 80
"""Characters of a post that caused a false alarm."""

AS_IT_IS: Final = "as it is"
AS_OURS: Final = "as few alarms as ours"


class Asked(NamedTuple):
    """What is to be measured."""

    splices: int = 500
    """Strangers' posts to splice, and as many innocent ones; fewer where there are not so many."""
    several: int = 200
    """Takeovers of each number of posts."""
    ablated: int = 200
    """Of the splices, those judged again by part of the evidence; 0 leaves that out."""
    seed: int = 0
    hours: tuple[int, ...] | None = None
    """At the account's place, to draw from; None: half at night."""
    show: Progress = no_progress

    @property
    def said_hours(self) -> str:
        """`hours` in words."""
        return "half of them at night" if self.hours is None else "at documented hours"


def measure(pipeline: Pipeline, streams: Sequence[Stream], texts: Texts, asked: Asked) -> Replay:
    """Measure everything that `Replay` holds.

    Args:
        pipeline: that judges.
        streams: owners' posts, taken to hold no stranger's.
        texts: to splice.
        asked: how much of it.

    Raises:
        ExportFormatError: no stream is long enough, or none has strangers' texts in its language.
    """
    chance = random.Random(asked.seed)  # noqa: S311 - no secret

    def put(texts: Iterable[Text], most: int = asked.splices) -> list[Case]:
        return draw(texts, streams, most, asked.hours, chance)

    bench = trials.bench(streams, texts.strangers, texts.innocents, put, asked.seed)
    alone = bench.judged(pipeline, bench.strangers)
    innocent = bench.judged(pipeline, bench.innocents)
    asked.show("replay", 1, 5)
    (histories,) = bench.untouched([pipeline])
    asked.show("replay", 2, 5)
    messages = bench.judged(pipeline, put(texts.messages, asked.several))
    takeovers = _takeovers(pipeline, bench, texts, asked, chance)
    asked.show("replay", 3, 5)
    power = [_power(pipeline, bench, earlier) for earlier in (*HISTORIES, None)]
    asked.show("replay", 4, 5)
    document = Replay(
        weights_sha256=pipeline.reader.model.card.weights_sha256,
        verdict_sha256=hash_of(pipeline.judge.weights),
        corpus_sha256=texts.digest,
        texts=texts.how,
        hours=asked.said_hours,
        seed=asked.seed,
        accounts=len(streams),
        posts=sum(len(one.posts) for one in streams),
        account_years=round(bench.years, 3),
        languages=_languages(streams, histories),
        judges=_judges(pipeline, bench, (alone, innocent, histories), asked.show),
        when=_when(bench, alone, innocent),
        takeovers=takeovers,
        power=power,
        kinds=_shares(bench.strangers, [one.caught_at == 1 for one in alone], worst_is=False),
        messages=_first(messages) if messages else None,
        innocent_kinds=_shares(bench.innocents, [one.opened for one in innocent], worst_is=True),
        ablation=_ablation(pipeline, bench, asked) if asked.ablated else [],
        false_alarms=[it for one in histories for it in _false_alarms(pipeline, one)],
    )
    asked.show("replay", 5, 5)
    return document


def hash_of(weights: Weights) -> str:
    """Return the SHA-256 of what each piece of evidence weighs, however its file was laid out."""
    return hashlib.sha256(msgspec.json.encode(weights)).hexdigest()


def _judges(
    pipeline: Pipeline,
    bench: Bench,
    ours: tuple[list[Outcome], list[Outcome], list[History]],
    show: Progress,
) -> list[Judge]:
    """Put this program beside its peers, each as it is and held to as few false alarms."""
    alone, innocent, histories = ours
    count = sum(len(one.hands.incidents) for one in histories)
    rows = [
        Judge(
            judge=OURS, at=AS_IT_IS, mark=None, strangers=_first(alone),
            innocents=_opened(innocent), false_alarms=rate(count, bench.years),
        )
    ]  # fmt: skip
    flags = rivals.flags_of(bench.streams)
    for one in rivals.scored(pipeline, bench.streams, bench.strangers, bench.innocents, show):
        marks = {AS_IT_IS: one.mark, AS_OURS: rivals.mark_for(one.own, flags, count)}
        rows += [
            Judge(
                judge=one.name, at=at, mark=round(mark, 4) if np.isfinite(mark) else None,
                strangers=proportion(int((one.strangers >= mark).sum()), len(one.strangers)),
                innocents=proportion(int((one.innocents >= mark).sum()), len(one.innocents)),
                false_alarms=rate(flags.alarms(one.own >= mark), bench.years),
            )
            for at, mark in marks.items()
        ]  # fmt: skip
    return rows


def rate(count: int, account_years: float) -> Rate:
    """Return how often something happens to an account in a year, with its interval; 0 years tell nothing.

    Examples:
        >>> rate(3, 30.0).per_year, [round(bound, 3) for bound in rate(3, 30.0).interval]
        (0.1, [0.021, 0.292])
    """
    if not account_years:
        return Rate(count, 0.0, 0.0, [0.0, float(10**6)])
    low, high = (bound / account_years for bound in evaluate.poisson(count))
    return Rate(
        count, round(account_years, 3), round(count / account_years, 5),
        [round(low, 5), round(high, 5)],
    )  # fmt: skip


def _first(outcomes: Sequence[Outcome]) -> Proportion:
    return proportion(sum(one.caught_at == 1 for one in outcomes), len(outcomes))


def _opened(outcomes: Sequence[Outcome]) -> Proportion:
    return proportion(sum(one.opened for one in outcomes), len(outcomes))


def _languages(streams: Sequence[Stream], histories: Sequence[History]) -> list[Language]:
    rows = []
    for language in sorted({one.language for one in streams}):
        mine = [
            (one, history)
            for one, history in zip(streams, histories, strict=True)
            if one.language == language
        ]
        alarms = sum(len(history.hands.incidents) for _, history in mine)
        rows.append(
            Language(
                language=language, accounts=len(mine), posts=sum(len(one.posts) for one, _ in mine),
                false_alarms=rate(alarms, sum(one.years for one, _ in mine)),
            )
        )  # fmt: skip
    return rows


def _when(bench: Bench, alone: list[Outcome], innocent: list[Outcome]) -> list[Pair]:
    def row(name: str, holds: Callable[[Case], bool]) -> Pair:
        return Pair(
            name=name,
            strangers=_first(_where(holds, bench.strangers, alone)),
            innocents=_opened(_where(holds, bench.innocents, innocent)),
        )

    def of(case: Case) -> str:
        return bench.streams[case.place.stream].language

    rows = [
        row("by day", lambda case: not case.place.is_night),
        row("at night", lambda case: case.place.is_night),
    ]
    for language in sorted({of(case) for case in bench.strangers}):
        rows.append(row(language, lambda case: of(case) == language))  # noqa: B023, PERF401 - asked at once
    return rows


def _where(
    holds: Callable[[Case], bool], cases: Sequence[Case], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    return [one for case, one in zip(cases, outcomes, strict=True) if holds(case)]


def _takeovers(
    pipeline: Pipeline, bench: Bench, texts: Texts, asked: Asked, chance: random.Random
) -> list[Takeover]:
    """Let a stranger post several times: more of the kind that he began with, and again where there is no more."""
    alike: dict[tuple[str, str], list[Text]] = {}
    for text in texts.strangers:
        alike.setdefault((text.language, text.kind), []).append(text)
    rows = []
    for size in SIZES:
        for is_apart in (False, True) if size > 1 else (False,):
            cases = []
            for case in bench.strangers[: asked.several]:
                first = case.texts[0]
                more = alike[first.language, first.kind]
                others = chance.sample(more, min(size, len(more)))
                following = [one for one in others if one is not first] * size or [first] * size
                cases.append(Case(case.place, (first, *following[: size - 1]), is_apart))
            rows.append(_takeover(size, is_apart, bench.judged(pipeline, cases)))
    return rows


def _takeover(size: int, is_apart: bool, outcomes: list[Outcome]) -> Takeover:
    total = len(outcomes)
    caught = [
        proportion(
            sum(one.caught_at is not None and one.caught_at <= at for one in outcomes), total
        )
        for at in range(1, min(size, 3) + 1)
    ]
    minutes = sorted(one.minutes for one in outcomes if one.minutes is not None)
    return Takeover(
        posts=size,
        owner_between=is_apart,
        caught=caught,
        caught_at_all=proportion(sum(one.caught_at is not None for one in outcomes), total),
        minutes_median=round(statistics.median(minutes), 1) if minutes else None,
        minutes_nine_in_ten=round(minutes[int(0.9 * (len(minutes) - 1))], 1) if minutes else None,
    )


def _power(pipeline: Pipeline, bench: Bench, earlier: int | None) -> Power:
    """Judge the places that have so many posts before them with these alone, or with all there are."""
    mine, theirs = (
        [one for one in bench.judged(pipeline, cases, earlier) if earlier in {None, one.earlier}]
        for cases in (bench.strangers, bench.innocents)
    )
    return Power(earlier=earlier, strangers=_first(mine), innocents=_opened(theirs))


def _shares(cases: Sequence[Case], hits: Sequence[bool], *, worst_is: bool) -> list[Share]:
    """Return the share of hits of each kind; the worst first: the highest if `worst_is` so, else the lowest."""
    kinds: dict[str, list[bool]] = {}
    for case, hit in zip(cases, hits, strict=True):
        kinds.setdefault(case.texts[0].kind, []).append(hit)
    rows = [Share(name, proportion(sum(mine), len(mine))) for name, mine in kinds.items()]
    sign = -1 if worst_is else 1
    return sorted(rows, key=lambda row: (sign * row.share.share, -row.share.n, row.name))


def _ablation(pipeline: Pipeline, bench: Bench, asked: Asked) -> list[Ablation]:
    """Judge by the text alone, with what is found in it, with one signal more, and with all but one."""
    weights = pipeline.judge.weights
    signals = weights.signals
    without = dict.fromkeys(signals, 0.0)
    parts = {
        "text": msgspec.structs.replace(weights, findings={}, signals=without),
        "text and findings": msgspec.structs.replace(weights, signals=without),
    }
    parts |= {
        f"text, findings and {name}": msgspec.structs.replace(
            weights, signals={**without, name: share}
        )
        for name, share in signals.items()
    }
    parts |= {
        f"all but {name}": msgspec.structs.replace(weights, signals={**signals, name: 0.0})
        for name in signals
    }
    meanings = {name: one.meaning for name, one in pipeline.reader.finder.indicators.items()}
    parts["all"] = weights
    meanings = {name: one.meaning for name, one in pipeline.reader.finder.indicators.items()}
    judges = [Pipeline(pipeline.reader, Weigher(some, meanings)) for some in parts.values()]
    mine, theirs = (
        [[trial.judged(one) for one in judges] for trial in bench.trials(cases[: asked.ablated])]
        for cases in (bench.strangers, bench.innocents)
    )
    return [
        Ablation(
            evidence=name,
            strangers=_first([one[index] for one in mine]),
            innocents=_opened([one[index] for one in theirs]),
            false_alarms=rate(sum(len(one.hands.incidents) for one in histories), bench.years),
        )
        for index, (name, histories) in enumerate(zip(parts, bench.untouched(judges), strict=True))
    ]


def _false_alarms(pipeline: Pipeline, history: History) -> list[FalseAlarm]:
    judged = {one.post.id: one for one in history.judged}
    rows = []
    for incident in history.hands.incidents:
        mine = [judged[post_id] for post_id in incident.post_ids if post_id in judged]
        verdicts = pipeline.explain(
            [ToExplain(it.post.utf8, it.post.log_odds, it.post.is_known, it.signals) for it in mine]
        )
        posts = [
            Suspect(
                id=one.post.id, created_at=one.post.at, text=" ".join(one.post.text.split())[:SHOWN],
                log_odds=round(one.log_odds, 3), reasons=given(verdict.reasons, "en"),
            )
            for one, verdict in zip(mine, verdicts, strict=True)
        ]  # fmt: skip
        rows.append(
            FalseAlarm(
                platform=history.account.platform, account=history.account.handle,
                detected_at=incident.detected_at, posts=posts,
            )
        )  # fmt: skip
    return rows
