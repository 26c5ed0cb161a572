"""The everyday lives of invented accounts: an owner's posts over years, made by seeded chance from a few sentences.

Each story of `fixtures/scenarios/` tells what its owner's life was like before anything happened: at which hours
and how often there were posts, in which words, with which sign-offs, by which apps. ``{name}`` in a sentence
stands for one of `HistoryTable.words`, or for one of the words of `_dated`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import Account, Media, Post
from detector.settings import AnnouncedSettings, zone_name

FEWEST_TEXTS: Final = 12
"""Different sentences of the owner's, so that a history has a voice."""

Local = Annotated[datetime, msgspec.Meta(tz=False)]
"""A time on the wall of the account's office."""

_MONTHS: Final = [
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
    "November", "Desember",
]  # fmt: skip
_WEEKDAYS: Final = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
_SLOT: Final = re.compile(r"\{(\w+)\}")


class AccountTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose story it is."""

    platform: str
    handle: str
    institution: str
    timezone: str
    numbers: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    announced: tuple[AnnouncedSettings, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the office's clock."""
        return ZoneInfo(zone_name(self.timezone))


class HistoryTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The owner's life before the story, and how it is made."""

    posts: Annotated[int, msgspec.Meta(ge=0, le=400)]
    seed: int = 0
    years: Annotated[float, msgspec.Meta(gt=0, le=12)] = 1.0
    until: Local | None = None
    """The latest it may reach; a day before the story when it does not say."""
    hours: dict[int, int] = {}
    """Weight of each hour of the day in which the owner posts."""
    weekdays: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...] = (1, 2, 3, 4, 5)
    """1 is Monday."""
    texts: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = {}
    endings: tuple[str, ...] = ()
    """What every third post or so ends with: a hotline, a sign-off, a link."""
    apps: tuple[str, ...] = ()
    media: tuple[str, ...] = ("photo",)

    def __post_init__(self) -> None:
        """Refuse a life that could not be made."""
        if self.posts and (len(set(self.texts)) < FEWEST_TEXTS or not self.hours):
            raise ValueError(f"a history has at least {FEWEST_TEXTS} texts, and hours")
        if not all(hour in range(24) and weight > 0 for hour, weight in self.hours.items()):
            raise ValueError("hours run from 0 to 23, and weigh something")


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What a story tells of its owner's life; the rest of the story is passed over."""

    account: AccountTable
    history: HistoryTable
    posts: tuple[_Moment, ...] = ()
    events: tuple[_Moment, ...] = ()

    @property
    def ends(self) -> datetime:
        """When the story begins, at the office's place."""
        return min(one.at for some in (self.posts, self.events) for one in some)


class _Moment(msgspec.Struct, frozen=True):
    at: Local


def read_lives(folder: Path) -> list[Life]:
    """Return the lives of a folder's stories, in the order of their names.

    Raises:
        ExportFormatError: one of them is no story.
    """
    lives = []
    for path in sorted(folder.glob("*.toml")):
        try:
            lives.append(msgspec.toml.decode(path.read_bytes(), type=Life))
        except msgspec.DecodeError as error:
            raise ExportFormatError(f"is no story: {error}", where=Location(path.name)) from error
    return lives


class _Line(msgspec.Struct, frozen=True):
    at: datetime
    text: str
    media: str
    by: str


_SHOWS: Final = {"carousel": ("photo", "photo"), "reel": ("video",), "video": ("video",)}


def read_own(folder: Path) -> list[tuple[Account, list[Post]]]:
    """Return the accounts whose words are kept in a folder, one file each, with what their owners wrote.

    Raises:
        ExportFormatError: a line is none.
    """
    decoder, found = msgspec.json.Decoder(_Line), []
    for path in sorted(folder.glob("*.jsonl")):
        posts = []
        for number, line in enumerate(path.read_bytes().splitlines()):
            try:
                one = decoder.decode(line)
            except msgspec.DecodeError as error:
                where = Location(path.name, number)
                raise ExportFormatError(f"is no post: {error}", where=where) from error
            if one.by == "owner":
                posts.append(
                    Post(
                        platform="instagram", account=path.stem, id=str(number), created_at=one.at, text=one.text,
                        media=tuple(map(Media, _SHOWS.get(one.media, ("photo",)))),
                    )
                )  # fmt: skip
        zone = posts[0].created_at.utcoffset() if posts else None
        hours = 0 if zone is None else round(zone.total_seconds() / 3_600)
        # Signs are turned round in these names.
        account = Account(platform="instagram", handle=path.stem, timezone=f"Etc/GMT{-hours:+d}")
        found.append((account, posts))
    return found


def posts_of(account: AccountTable, made: HistoryTable, ends: datetime) -> Iterator[Post]:
    """Yield the owner's earlier posts, oldest first; the same whenever they are made.

    Args:
        account: whose.
        made: what the owner's life was like.
        ends: when the story begins, at the office's place.
    """
    chance = random.Random(f"{made.seed}/{account.platform}/{account.handle}")  # noqa: S311 - no secret
    texts: list[str] = []
    for index, at in enumerate(moments(made, ends, chance)):
        if not texts:
            texts = chance.sample(made.texts, len(made.texts))
        text = _filled(texts.pop(), made, at, chance)
        if made.endings and chance.random() < 1 / 3:
            text += "\n\n" + _filled(chance.choice(made.endings), made, at, chance)
        yield Post(
            platform=account.platform, account=account.handle, id=f"riwayat-{index:03d}",
            created_at=at.replace(tzinfo=account.zone), text=text,
            app=chance.choice(made.apps) if made.apps else None,
            media=tuple(Media(kind=one) for one in made.media),
        )  # fmt: skip


def moments(
    made: HistoryTable, ends: datetime, chance: random.Random, count: int | None = None
) -> list[datetime]:
    """Return when the owner posted, at the office's place, oldest first.

    Args:
        made: what the owner's life was like.
        ends: when the story begins.
        chance: seeded.
        count: how many posts, instead of `made.posts`.
    """
    last = made.until or ends - timedelta(days=1)
    midnight = last.replace(hour=0, minute=0, second=0)
    days = [
        day
        for back in range(1, max(2, round(365 * made.years)) + 7)
        if (day := midnight - timedelta(days=back)).isoweekday() in made.weekdays
    ]
    hours = list(made.hours)
    return sorted(
        chance.choice(days)
        + timedelta(
            hours=chance.choices(hours, [made.hours[hour] for hour in hours])[0],
            seconds=chance.randrange(3_600),
        )
        for _ in range(made.posts if count is None else count)
    )


def _filled(text: str, made: HistoryTable, at: datetime, chance: random.Random) -> str:
    dated = _dated(at, chance)

    def word(slot: re.Match[str]) -> str:
        name = slot.group(1)
        return chance.choice(made.words[name]) if name in made.words else dated[name]

    return _SLOT.sub(word, text.strip())


def _dated(at: datetime, chance: random.Random) -> dict[str, str]:
    return {
        "hari": _WEEKDAYS[at.weekday()],
        "tanggal": f"{at.day} {_MONTHS[at.month - 1]} {at.year}",
        "bulan": _MONTHS[at.month - 1],
        "tahun": str(at.year),
        "angka": str(chance.randrange(12, 480)),
        "jam": f"{at.hour:02d}.{at.minute:02d}",
        "date": f"{at:%B} {at.day}, {at.year}",
        "weekday": f"{at:%A}",
    }
