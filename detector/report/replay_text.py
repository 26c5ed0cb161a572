"""A replay as a person reads it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detector.report.evaluation import Proportion
from detector.report.printable import one_line
from detector.report.replay import FalseAlarm, Rate, Replay, Share, Takeover

if TYPE_CHECKING:
    from rich.console import Console

WORST: Final = 15
"""Kinds that are shown; JSON has all."""

FEWEST: Final = 5
"""Posts of a kind below which it says too little to be shown."""

ALARMS: Final = 20
"""False alarms that are told one by one; JSON has all."""

_HEADS: Final = ("strangers' caught", "innocent alarmed at")


class Section(NamedTuple):
    """One table."""

    title: str
    heads: Sequence[str]
    rows: list[list[str]]


def write(replay: Replay, console: Console) -> None:
    """Write a replay on a console."""
    for line in (summary(replay), how(replay)):
        console.print(Text(line))
    for section in sections(replay):
        console.print()
        console.print(Text(section.title, style="bold"))
        table = Table(*section.heads, box=None, pad_edge=False)
        for row in section.rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        console.print(table)
    if replay.false_alarms:
        console.print()
        console.print(Text("What raised the false alarms", style="bold"))
        for alarm in replay.false_alarms[:ALARMS]:
            for line in _alarm(alarm):
                console.print(Padding(Text(one_line(line)), (0, 0, 0, 2)))
        if (more := len(replay.false_alarms) - ALARMS) > 0:
            console.print(Text(f"  and {more} more: --format json has all"))


def summary(replay: Replay) -> str:
    """Return what the streams are, in a sentence."""
    return (
        f"{replay.accounts:,} accounts, {replay.posts:,} posts by their owners, "
        f"{replay.account_years:,.1f} account-years"
    )


def how(replay: Replay) -> str:
    """Return how posts were put in, in a sentence."""
    single = replay.when[0].strangers.n + replay.when[1].strangers.n
    return (
        f"{single:,} strangers' posts put in, each by itself, {replay.hours}, "
        f"{replay.texts}; seed {replay.seed}"
    )


def sections(replay: Replay) -> Iterator[Section]:
    """Yield every table."""
    yield from _beside(replay)
    yield from _over_time(replay)
    yield from _by_kind(replay)
    if replay.ablation:
        yield Section(
            "What each kind of evidence adds",
            ("judged by", *_HEADS, "false alarms a year"),
            [
                [one.evidence, within(one.strangers), within(one.innocents), per_year(one.false_alarms)]
                for one in replay.ablation
            ],
        )  # fmt: skip


def _beside(replay: Replay) -> Iterator[Section]:
    yield Section(
        "Judges: single posts, and false alarms per account-year of the untouched streams",
        ("judge", "at", *_HEADS, "false alarms a year"),
        [
            [one.judge, one.at, within(one.strangers), within(one.innocents), per_year(one.false_alarms)]
            for one in replay.judges
        ],
    )  # fmt: skip
    yield Section(
        "By language of the streams",
        ("language", "accounts", "posts", "account-years", "false alarms a year"),
        [
            [
                one.language or "-", f"{one.accounts:,}", f"{one.posts:,}",
                f"{one.false_alarms.account_years:,.1f}", per_year(one.false_alarms),
            ]
            for one in replay.languages
        ],
    )  # fmt: skip
    yield Section(
        "By time of day and language of the post",
        ("", *_HEADS, "posts"),
        [
            [one.name, within(one.strangers), within(one.innocents), f"{one.strangers.n:,}"]
            for one in replay.when
        ],
    )


def _over_time(replay: Replay) -> Iterator[Section]:
    yield Section(
        "Takeovers: the first alarm at a stranger's post, with at most one owner's post held against",
        ("posts", "at the 1st", "by the 2nd", "by the 3rd", "ever", "minutes, median", "9 in 10"),
        [_takeover(one) for one in replay.takeovers],
    )  # fmt: skip
    yield Section(
        "Power: the same places with less history",
        ("earlier posts", *_HEADS, "places"),
        [
            [
                "all" if one.earlier is None else f"{one.earlier:,}",
                within(one.strangers), within(one.innocents), f"{one.strangers.n:,}",
            ]
            for one in replay.power
        ],
    )  # fmt: skip


def _by_kind(replay: Replay) -> Iterator[Section]:
    yield Section(
        "Strangers' kinds caught least", ("kind", "caught", "posts"), _kinds(replay.kinds)
    )
    alarming = [one for one in replay.innocent_kinds if one.share.share]
    if alarming:
        yield Section(
            "Innocent kinds alarmed at", ("kind", "alarmed at", "posts"), _kinds(alarming, fewest=1)
        )
    if replay.messages:
        yield Section(
            "Strangers' comments and messages, posted by the account",
            ("", "caught", "texts"),
            [["at the post", within(replay.messages), f"{replay.messages.n:,}"]],
        )


def per_year(one: Rate) -> str:
    """Return a rate with its interval and how often it happened."""
    if not one.account_years:
        return f"{one.count:,} in no time"
    low, high = one.interval
    return f"{one.per_year:.3f} [{low:.3f}, {high:.3f}] ({one.count:,})"


def within(one: Proportion) -> str:
    """Return a share with its interval."""
    low, high = one.interval
    return f"{100 * one.share:.1f} % [{100 * low:.1f}, {100 * high:.1f}]" if one.n else "-"


def _takeover(one: Takeover) -> list[str]:
    caught = [f"{100 * share.share:.1f} %" for share in one.caught]
    return [
        f"{one.posts}{', owner between' if one.owner_between else ''}",
        *caught, *["-"] * (3 - len(caught)),
        within(one.caught_at_all), _minutes(one.minutes_median), _minutes(one.minutes_nine_in_ten),
    ]  # fmt: skip


def _minutes(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _kinds(shares: Sequence[Share], fewest: int = FEWEST) -> list[list[str]]:
    large = [one for one in shares if one.share.n >= fewest]
    return [[one.name, within(one.share), f"{one.share.n:,}"] for one in large[:WORST]]


def _alarm(alarm: FalseAlarm) -> Iterator[str]:
    yield f"{alarm.platform} {alarm.account}, {alarm.detected_at:%Y-%m-%d %H:%M} UTC"
    for post in alarm.posts:
        terms = ", ".join(f"{one.what} {one.log_odds:+.2f}" for one in post.reasons)
        yield f"  {post.id} {post.log_odds:+.2f}: {post.text}"
        yield f"    {terms}"
