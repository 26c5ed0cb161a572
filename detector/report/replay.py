"""The shape of what `evaluate --streams` gives: `kentongan.replay/1`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from detector.report.document import GivenReason
from detector.report.evaluation import Interval, Proportion

FORMAT: Final = "kentongan.replay/1"


class Rate(msgspec.Struct, frozen=True):
    """How often something happens to an account in a year."""

    count: int
    account_years: float
    per_year: float
    interval: Interval
    """Of the rate, exact for a Poisson process."""


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """The streams of one language, its kin with it."""

    language: str
    accounts: int
    posts: int
    false_alarms: Rate


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of strangers' posts and of innocent ones at the same kind of place."""

    name: str
    strangers: Proportion
    """Caught at the post."""
    innocents: Proportion
    """That open an incident."""


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """One judge on single posts and on untouched streams."""

    judge: str
    at: str
    """``as it is``, or ``as few alarms as ours``: the mark that raises no more false alarms than this program."""
    mark: float | None
    """None where the judge is this program, or no mark is high enough."""
    strangers: Proportion
    innocents: Proportion
    false_alarms: Rate


class Takeover(msgspec.Struct, frozen=True, kw_only=True):
    """Takeovers of several posts."""

    posts: int
    owner_between: bool
    """Whether the owner posts between them; else they follow within minutes."""
    caught: list[Proportion]
    """At the first, at the second at the latest, at the third at the latest."""
    caught_at_all: Proportion
    minutes_median: float | None
    """From the first of them to the alarm, of those that raised one."""
    minutes_nine_in_ten: float | None


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """The same places with less history: strangers' posts and innocent ones."""

    earlier: int | None
    """Posts of the owner before; None is all."""
    strangers: Proportion
    innocents: Proportion


class Share(msgspec.Struct, frozen=True):
    """A share of one kind of post."""

    name: str
    share: Proportion


class Ablation(msgspec.Struct, frozen=True, kw_only=True):
    """Judging by part of the evidence."""

    evidence: str
    strangers: Proportion
    innocents: Proportion
    false_alarms: Rate


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """An owner's post that was held to be a stranger's."""

    id: str
    created_at: datetime
    text: str
    """Its beginning."""
    log_odds: float
    reasons: list[GivenReason]


class FalseAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An incident on an untouched stream."""

    platform: str
    account: str
    detected_at: datetime
    posts: list[Suspect]


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """All that one replay measured."""

    format: str = FORMAT
    weights_sha256: str
    """Of the model of texts."""
    verdict_sha256: str
    """Of what each piece of evidence weighed."""
    corpus_sha256: str | None
    """Of the corpus that was spliced, if it was."""
    texts: str
    """How the spliced texts were judged."""
    hours: str
    seed: int
    accounts: int
    posts: int
    account_years: float
    languages: list[Language]
    judges: list[Judge]
    when: list[Pair]
    takeovers: list[Takeover]
    power: list[Power]
    kinds: list[Share]
    """Of strangers' posts: caught at the post, the worst first."""
    messages: Proportion | None
    """Strangers' comments and messages, which are no posts: caught."""
    innocent_kinds: list[Share]
    """Of innocent posts: that open an incident, the worst first."""
    ablation: list[Ablation]
    false_alarms: list[FalseAlarm]
