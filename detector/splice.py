"""Put posts by others into real streams of posts, at moments that chance and a seed choose."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from detector.corpus import KIN
from detector.errors import ExportFormatError, Location
from detector.gather import Gathering, Progress, no_progress
from detector.histories import TextEvidence
from detector.pipeline import Reader
from detector.records import Account, Post
from detector.settings import Settings
from detector.sources.interface import Source
from detector.text import utf8

AFTER: Final = 30
"""Of the owner's posts after the last spliced one, at most, that are kept."""

WANTED: Final = 100
"""Posts a place has before it where the stream is long enough, and half the stream where it is not."""

FEWEST: Final = 20
"""Posts of a stream into which anything is spliced."""

YEAR: Final = timedelta(days=365.25)

NIGHT: Final = (22, 23, 0, 1, 2, 3, 4)
"""Hours at an account's own place that count as night."""

DOCUMENTED: Final = (0, 1, 2, 5, 7, 8, 8, 13, 16, 16, 18, 21)
"""Hours at which press reports say that accounts of public bodies were taken over (Indonesia and the US, 2018-2025)."""

ZONES: Final = {"en": "America/New_York", "pt": "America/Sao_Paulo"}
"""Where the hours are drawn for an account without a zone, by its language; elsewhere `HOME`."""

HOME: Final = "Asia/Jakarta"

_SPLICED: Final = "spliced:"


class Text(msgspec.Struct, frozen=True, gc=False):
    """A post to splice, as it was read."""

    text: str
    kind: str
    language: str
    """Kin counted as one; empty if nobody can tell, and then any account may post it."""
    evidence: TextEvidence


class Stream(msgspec.Struct, frozen=True):
    """One account's own posts, oldest first."""

    account: Account
    posts: tuple[Post, ...]
    evidence: tuple[TextEvidence, ...]
    language: str
    """The one most of them are in, kin counted as one."""
    zone: str

    @property
    def years(self) -> float:
        """From the first post to the last."""
        return (self.posts[-1].created_at - self.posts[0].created_at) / YEAR


class Place(msgspec.Struct, frozen=True, gc=False):
    """A moment in a stream."""

    stream: int
    at: datetime
    is_night: bool
    app: str | None = None
    """What a post put there was published with."""


class Case(msgspec.Struct, frozen=True, gc=False):
    """Posts spliced into one stream."""

    place: Place
    texts: tuple[Text, ...]
    is_apart: bool = False
    """Whether the owner posts between them; else they follow within minutes."""


class Spliced(NamedTuple):
    """A stream with posts put in."""

    posts: list[Post]
    evidence: list[TextEvidence]
    ours: list[Post]
    """Those put in."""
    earlier: int


def read_streams(
    paths: Iterable[Path],
    sources: Sequence[type[Source]],
    reader: Reader,
    settings: Settings | None = None,
    show: Progress = no_progress,
) -> list[Stream]:
    """Read every account's posts from any kind of export.

    Raises:
        ExportFormatError: one of them cannot be used, or there is no post in any.
    """
    named = tuple(paths)
    gathering = Gathering(named, sources, progress=show)
    posts: dict[tuple[str, str], list[Post]] = {}
    for page in gathering.pages():
        for post in page.posts:
            posts.setdefault((post.platform, post.account), []).append(post)
    for error in gathering.errors:
        raise ExportFormatError(error.why, where=Location(error.where))
    if not posts:
        raise ExportFormatError(
            "no posts to replay", where=Location(", ".join(str(path) for path in named))
        )
    streams, done, total = [], 0, sum(map(len, posts.values()))
    for key, own in sorted(posts.items()):
        account = (settings or Settings()).account(*key)
        streams.append(stream_of(account, own, reader))
        done += len(own)
        show("judge", done, total)
    return streams


def stream_of(account: Account, posts: Iterable[Post], reader: Reader) -> Stream:
    """Read one account's posts and put them in order of time."""
    own = sorted(posts, key=lambda post: post.created_at)
    evidence = reader.read_utf8([utf8(post.text) for post in own])
    language = language_of(evidence, reader.model.languages)
    zone = account.timezone or ZONES.get(language, HOME)
    return Stream(account, tuple(own), tuple(evidence), language, zone)


def language_of(evidence: Iterable[TextEvidence], names: Sequence[str]) -> str:
    """Return the language most texts are in, kin counted as one; empty if none can be told."""
    counts = Counter(kin(names[one.language]) for one in evidence if one.language >= 0)
    return counts.most_common(1)[0][0] if counts else ""


def kin(language: str) -> str:
    """Return the language that stands for its neighbours; what is mixed is mixed with Indonesian.

    Examples:
        >>> kin("jv"), kin("mixed"), kin("en")
        ('id', 'id', 'en')
    """
    return "id" if language == "mixed" else KIN.get(language, language)


def places(
    streams: Sequence[Stream],
    languages: Sequence[str],
    chance: random.Random,
    hours: Sequence[int] | None = None,
) -> list[Place]:
    """Draw a moment for each text, in a stream of its language; every second one at night.

    The day is drawn evenly over the stream's time, so that long silences have their share; the hour is drawn from
    `hours`, or in turns from the night and the rest of the day, in the account's own zone.

    Args:
        streams: to choose from; the accounts of a language take turns, in an order of chance.
        languages: of the texts, each of which a stream has.
        chance: seeded.
        hours: at the account's place, to draw from.
    """
    turns: dict[str, list[int]] = {}
    rounds: dict[str, int] = {}
    drawn = []
    for language in languages:
        mine = turns.setdefault(language, [])
        if not mine:
            mine += [i for i, one in enumerate(streams) if is_fit(one) and one.language == language]
            chance.shuffle(mine)
            rounds[language] = rounds.get(language, 0) + 1
        index = mine.pop()
        is_night = (rounds[language] + len(mine)) % 2 == 0
        drawn.append(_place(index, streams, chance, hours, is_night=is_night))
    return drawn


def is_fit(stream: Stream) -> bool:
    """Whether a stream is long enough to splice into."""
    return len(stream.posts) >= FEWEST


def _place(
    index: int,
    streams: Sequence[Stream],
    chance: random.Random,
    hours: Sequence[int] | None,
    *,
    is_night: bool,
) -> Place:
    posts, zone = streams[index].posts, ZoneInfo(streams[index].zone)
    first = posts[min(WANTED, len(posts) // 2)].created_at
    span = (posts[-1].created_at - first).total_seconds()
    days = tuple(hour for hour in range(24) if hour not in NIGHT)
    among = hours or (NIGHT if is_night else days)
    for _ in range(100):
        day = (first + timedelta(seconds=chance.random() * span)).astimezone(zone)
        local = day.replace(
            hour=chance.choice(among), minute=chance.randrange(60), second=chance.randrange(60),
            microsecond=0, fold=0,
        )  # fmt: skip
        at = local.astimezone(UTC)
        if first <= at <= posts[-1].created_at:
            break
    else:
        at = (first + timedelta(seconds=chance.random() * span)).replace(microsecond=0)
    hour = at.astimezone(zone).hour
    return Place(index, _free(at, posts), hour in NIGHT, _app(index, streams, chance))


def _free(at: datetime, posts: Sequence[Post]) -> datetime:
    """Return the first full second from `at` at which the owner did not post."""
    place = bisect_left(posts, at, key=lambda post: post.created_at)
    while place < len(posts) and posts[place].created_at == at:
        at += timedelta(seconds=1)
        place = bisect_left(posts, at, place, key=lambda post: post.created_at)
    return at


def _app(index: int, streams: Sequence[Stream], chance: random.Random) -> str | None:
    """Draw what a stranger publishes with: what some account among these does; unknown where the owner's is."""
    if not any(post.app for post in streams[index].posts):
        return None
    while (app := chance.choice(chance.choice(streams).posts).app) is None:
        pass
    return app


def splice(
    case: Case, streams: Sequence[Stream], chance: random.Random, history: int | None = None
) -> Spliced:
    """Put a case's texts into its stream.

    Args:
        case: what to put where.
        streams: of which the case names one.
        chance: seeded, for the minutes between texts.
        history: how many of the owner's posts before the first are kept; all by default.
    """
    stream, place = streams[case.place.stream], case.place
    own, at = stream.posts, place.at
    start = bisect_left(own, at, key=lambda post: post.created_at)
    ours: list[Post] = []
    for number, one in enumerate(case.texts):
        ours.append(
            Post(
                platform=stream.account.platform, account=stream.account.handle,
                id=f"{_SPLICED}{number + 1}", created_at=at, text=one.text, app=place.app,
            )
        )  # fmt: skip
        if case.is_apart:
            following = bisect_left(own, at, key=lambda post: post.created_at)
            if following < len(own):
                at = own[following].created_at
        at = _free(at + timedelta(seconds=chance.randrange(60, 2_400)), own)
    first = 0 if history is None else max(0, start - history)
    last = bisect_left(own, ours[-1].created_at, key=lambda post: post.created_at) + AFTER
    both = [*zip(own[first:last], stream.evidence[first:last], strict=True)]
    both += zip(ours, (one.evidence for one in case.texts), strict=True)
    both.sort(key=lambda one: one[0].created_at)
    return Spliced([one for one, _ in both], [one for _, one in both], ours, start - first)


def is_spliced(post_id: str) -> bool:
    """Whether a post was put in."""
    return post_id.startswith(_SPLICED)
