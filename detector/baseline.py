"""What is normal for one account: score a post first, then learn from it.

Each signal is a logarithm of two likelihoods, a stranger's and this account's owner's, in nats. It is None
until the account has enough history to speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.habits import ENOUGH, LIMIT, Clock, Habit, Tone
from detector.novelty import Used, UsedColumn, forget
from detector.records import Signal

SIGNALS: Final = (
    "hour", "contact", "domain", "reuse", "language", "app", "pace", "length", "dress", "media",
    "askers", "wave", "tone", "relapse",
)  # fmt: skip
"""Names of the signals, in the order `Baseline.weigh` gives their values."""

APPS: Final = 32
"""Publishing apps told apart; any further one counts as the last."""

PACES: Final = 8
LENGTHS: Final = 8
DRESSES: Final = 27
MEDIA: Final = 5
"""How many ways are told apart of each; see `Traits`."""

_KEPT: Final = {
    "language": 0.75,
    "app": 0.5,
    "pace": 0.5,
    "length": 0.6,
    "dress": 0.6,
    "media": 0.6,
}
"""Chance that a stranger keeps to the account's way."""


ASKED: Final = (0.0, 0.5, 2.5, 4.5, 6.0)
"""Nats by how many people ask under a post whether the account was taken over, by judgement."""


WAVE: Final = 1.5
"""Nats against a post within a day of a sister office's fall, by judgement."""


RELAPSE: Final = 2.0
"""Nats against a post within `WATCH_AFTER_RECOVERY` of the owner's return, by judgement: who came in once knows a way."""


class Traits(msgspec.Struct, frozen=True, gc=False):
    """What a baseline looks at in a post."""

    hour: int
    """UTC, 0 to 23."""
    contacts: tuple[str, ...] = ()
    """Telephone numbers in E.164, and accounts to be paid."""
    domains: tuple[str, ...] = ()
    """Registered domains of the links."""
    language: int = -1
    """Index of the language, or -1 when nobody can tell."""
    warns: bool = False
    """The text warns of something, so that a contact in it may be somebody else's, quoted."""
    app: str | None = None
    """The publishing app, where the source tells."""
    pace: int = -1
    """Time since the account's last post, 0 (under a minute) to 7 (over four days), or -1 for the first."""
    length: int = -1
    """Of the text, 0 (under 20 characters) to 7 (over 1,280), doubling at every step, or -1."""
    dress: int = -1
    """Line breaks, hashtags, and emoji or foreign letters of the text, each none, some or many, or -1."""
    media: int = -1
    """0 for words alone, a photo, several, a video, anything else; or -1 where the source tells of none."""
    askers: int = 0
    """People who ask under the post whether the account was taken over, 0 to 4; see `detector.askers`."""
    sound: float = 0.0
    """What the text says by itself, in nats."""
    in_wave: bool = False
    """Within a day of a sister office's fall; see `detector.campaigns`."""
    in_relapse: bool = False
    """Soon after the account came back from a stranger; see `detector.incidents`."""


class TraitColumns(msgspec.Struct, frozen=True, gc=False):
    """The traits of many posts of one account, oldest first, as arrays of shape (n_posts,)."""

    hours: NDArray[np.int64]
    languages: NDArray[np.int64]
    used: NDArray[np.int64]
    """Index into `contacts` and `domains`; 0 for none."""
    warns: NDArray[np.bool_]
    contacts: Sequence[tuple[str, ...]]
    domains: Sequence[tuple[str, ...]]
    """Every pair of contacts and of domains that one of the posts holds, the empty pair first."""
    apps: NDArray[np.int64]
    """Index into `app_names`; -1 for none."""
    app_names: Sequence[str]
    """In the order in which the posts use them first."""
    paces: NDArray[np.int64]
    lengths: NDArray[np.int64]
    dresses: NDArray[np.int64]
    media: NDArray[np.int64]
    askers: NDArray[np.int64]
    in_wave: NDArray[np.bool_]
    sounds: NDArray[np.float64]

    def at(self, place: int) -> Traits:
        """Return the traits of one post."""
        used, app = int(self.used[place]), int(self.apps[place])
        return Traits(
            hour=int(self.hours[place]), contacts=self.contacts[used], domains=self.domains[used],
            language=int(self.languages[place]), warns=bool(self.warns[place]),
            app=None if app < 0 else self.app_names[app], pace=int(self.paces[place]),
            length=int(self.lengths[place]), dress=int(self.dresses[place]), media=int(self.media[place]),
            askers=int(self.askers[place]), in_wave=bool(self.in_wave[place]),
            sound=float(self.sounds[place]),
        )  # fmt: skip


class Kept(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One account's habits, as they are put away between pages."""

    hours: list[int]
    tone: tuple[int, float, float, int]
    ways: list[list[int]]
    """Counts of each of `Baseline.habits`, in their order."""
    apps: list[str]
    contacts: tuple[int, int, list[str]]
    domains: tuple[int, int, list[str]]
    """As `Used.kept` returns them."""
    strangers: list[str]


class Baseline:
    """One account's habits so far.

    Args:
        languages: how many languages can be told apart.
        contacts, domains: known from the settings as the office's own.
    """

    def __init__(
        self, languages: int, contacts: Sequence[str] = (), domains: Sequence[str] = ()
    ) -> None:
        self.posts = 0
        self.clock = Clock()
        self.tone = Tone()
        ways = {
            "language": languages, "app": APPS, "pace": PACES, "length": LENGTHS, "dress": DRESSES, "media": MEDIA,
        }  # fmt: skip
        self.habits = {name: Habit(count, _KEPT[name]) for name, count in ways.items()}
        self.contacts = Used(contacts)
        self.domains = Used(domains)
        self.strangers: dict[str, None] = {}
        """Contacts and domains of strangers' posts."""
        self.suspected = 0
        """Strangers' posts so far."""
        self._apps: dict[str, int] = {}

    def kept(self) -> Kept:
        """Return what `recall` goes on from; contacts, domains and apps as they were given."""
        return Kept(
            hours=self.clock.kept(), tone=self.tone.kept(),
            ways=[one.kept() for one in self.habits.values()], apps=list(self._apps),
            contacts=self.contacts.kept(), domains=self.domains.kept(), strangers=list(self.strangers),
        )  # fmt: skip

    def recall(self, kept: Kept) -> None:
        """Go on from what `kept` returned."""
        self.clock.recall(kept.hours)
        self.posts = self.clock.posts
        self.tone.recall(*kept.tone)
        for habit, counts in zip(self.habits.values(), kept.ways, strict=True):
            habit.recall(counts)
        self._apps = {name: number for number, name in enumerate(kept.apps)}
        self.contacts.recall(*kept.contacts)
        self.domains.recall(*kept.domains)
        self.strangers = dict.fromkeys(kept.strangers)
        self.suspected += 1

    def app(self, name: str | None) -> int:
        """Return the number under which an app's posts are counted."""
        if name is None:
            return -1
        return (
            self._apps.setdefault(name, len(self._apps))
            if len(self._apps) < APPS
            else self._apps.get(name, APPS - 1)
        )

    def score(self, traits: Traits) -> tuple[Signal, ...]:
        """Return the signals of a post against the habits so far; nothing is learned."""
        sizes = {
            "hour": self.posts, "contact": self.contacts.posts, "domain": self.domains.posts,
            "reuse": len(self.strangers), **{name: one.posts for name, one in self.habits.items()},
            "askers": traits.askers, "wave": int(traits.in_wave), "tone": self.tone.posts,
            "relapse": int(traits.in_relapse),
        }  # fmt: skip
        return tuple(
            Signal(name, value, "nats", sizes[name])
            for name, value in zip(SIGNALS, self.weigh(traits), strict=True)
        )

    def weigh(self, traits: Traits) -> tuple[float | None, ...]:
        """Return the values of `SIGNALS` alone, in nats: what `score` says, without its ceremony."""
        ready = self.posts >= ENOUGH
        habits = self.habits
        return (
            self.clock.score(traits.hour) if ready else None,
            self.contacts.score(traits.contacts, ready=ready),
            self.domains.score(traits.domains, ready=ready),
            self._reuse(traits),
            habits["language"].score(traits.language),
            habits["app"].score(self.app(traits.app)),
            habits["pace"].score(traits.pace),
            habits["length"].score(traits.length),
            habits["dress"].score(traits.dress),
            habits["media"].score(traits.media),
            # Under the office's own warning people say the same of what is over.
            ASKED[traits.askers] if traits.askers and not traits.warns else None,
            WAVE if traits.in_wave else None,
            self.tone.score() if traits.sound else None,
            RELAPSE if traits.in_relapse and not traits.warns else None,
        )

    def against(self, traits: Traits, shares: Sequence[float]) -> float:
        """Return the sum of the signals' values, each times its share, in nats.

        Args:
            traits: of the post.
            shares: of `SIGNALS`, in their order.
        """
        values = self.weigh(traits)
        return sum(share * value for share, value in zip(shares, values, strict=True) if value)

    def suspect(self, traits: Traits) -> None:
        """Remember the contacts and domains of a stranger's post; nothing else of it is learned."""
        self.suspected += 1
        for one in (*traits.contacts, *traits.domains):
            if not (self.contacts.knows(one) or self.domains.knows(one)):
                self.strangers[one] = None
        forget(self.strangers)

    def beware(self, contacts: Sequence[str]) -> None:
        """Remember contacts that a stranger used on another account, unless this one has used them itself."""
        self.suspected += 1
        for one in contacts:
            if not (self.contacts.knows(one) or self.domains.knows(one)):
                self.strangers[one] = None
        forget(self.strangers)

    def learn(self, traits: Traits) -> None:
        """Take a post of the owner's into the habits."""
        self.posts += 1
        self.clock.learn(traits.hour)
        self.tone.learn(traits.sound)
        self.contacts.learn(traits.contacts)
        self.domains.learn(traits.domains)
        ways = {
            "language": traits.language, "app": self.app(traits.app), "pace": traits.pace,
            "length": traits.length, "dress": traits.dress, "media": traits.media,
        }  # fmt: skip
        for name, way in ways.items():
            self.habits[name].learn(way)

    def forgive(self, contacts: tuple[str, ...], domains: tuple[str, ...], sound: float) -> None:
        """Learn of a post that was doubtful at first what it used and how it sounds, and none of its ways."""
        self.tone.learn(sound)
        self.contacts.learn(contacts)
        self.domains.learn(domains)

    def _reuse(self, traits: Traits) -> float | None:
        if not self.strangers or traits.warns:
            return None
        used = (*traits.contacts, *traits.domains)
        return LIMIT if any(one in self.strangers for one in used) else None


class Runs:
    """An account's posts scored and learned many at a time: as `Baseline.against` and `learn` do, within rounding.

    Args:
        baseline: the account's habits.
        posts: the account's posts.
        shares: of `SIGNALS`, in their order.
    """

    def __init__(self, baseline: Baseline, posts: TraitColumns, shares: Sequence[float]) -> None:
        self._baseline, self._posts = baseline, posts
        self._shares = dict(zip(SIGNALS, shares, strict=True))
        self._contacts = UsedColumn(posts.contacts, posts.used, baseline.contacts)
        self._domains = UsedColumn(posts.domains, posts.used, baseline.domains)
        apps = np.array([baseline.app(name) for name in posts.app_names] or [0], dtype=np.int64)
        ways = {
            "language": posts.languages, "app": np.where(posts.apps < 0, -1, apps[posts.apps]),
            "pace": posts.paces, "length": posts.lengths, "dress": posts.dresses, "media": posts.media,
        }  # fmt: skip
        self._ways = {name: some for name, some in ways.items() if (some >= 0).any()}
        more = self._shares["askers"] * np.array(ASKED)[posts.askers] * ~posts.warns
        more += self._shares["wave"] * WAVE * posts.in_wave
        self._more = more if more.any() else None
        self._suspected: tuple[int, NDArray[np.bool_]] = (
            -1,
            np.zeros(len(posts.contacts), dtype=bool),
        )

    def advance(self, places: range, log_odds: NDArray[np.float64], mark: float) -> int:
        """Score posts one after another and learn each, up to the first that is not to be learned.

        Args:
            places: of the posts to go through.
            log_odds: what is known of each of `places` already, in nats; the signals are added in place.
            mark: log-odds from which a post is not learned.

        Returns:
            How many of `places` were learned. The log-odds of the next one are not to be used.
        """
        baseline, shares = self._baseline, self._shares
        some = slice(places.start, places.stop)
        ready = baseline.posts + np.arange(len(places)) >= ENOUGH
        log_odds += shares["hour"] * baseline.clock.ahead(self._posts.hours[some])
        for name, ways in self._ways.items():
            if shares[name]:
                log_odds += shares[name] * baseline.habits[name].ahead(ways[some])
        sounds = self._posts.sounds[some]
        log_odds += shares["tone"] * baseline.tone.ahead(sounds) * (sounds != 0)
        contacts = baseline.contacts.ahead(self._contacts, some, ready)
        domains = baseline.domains.ahead(self._domains, some, ready)
        log_odds += shares["contact"] * contacts.scores + shares["domain"] * domains.scores
        if baseline.strangers:
            again = self._reused()[self._posts.used[some]] & ~self._posts.warns[some]
            log_odds += shares["reuse"] * LIMIT * again
        if self._more is not None:
            log_odds += self._more[some]
        above = log_odds >= mark
        stop = int(above.argmax()) if above.any() else len(places)
        learned = min(stop, contacts.room, domains.room)
        self._learn(slice(places.start, places.start + learned))
        baseline.contacts.go(self._contacts, contacts, learned)
        baseline.domains.go(self._domains, domains, learned)
        return learned

    def _learn(self, some: slice) -> None:
        baseline, hours = self._baseline, self._posts.hours[some]
        baseline.posts += len(hours)
        baseline.clock.go(hours)
        baseline.tone.go(self._posts.sounds[some])
        for name, ways in self._ways.items():
            baseline.habits[name].go(ways[some])

    def _reused(self) -> NDArray[np.bool_]:
        """Return which pairs of contacts and domains hold what a stranger used."""
        if self._suspected[0] != self._baseline.suspected:
            hot = np.zeros(len(self._posts.contacts), dtype=bool)
            for one in self._baseline.strangers:
                hot[self._pairs.get(one, [])] = True
            self._suspected = self._baseline.suspected, hot
        return self._suspected[1]

    @cached_property
    def _pairs(self) -> dict[str, list[int]]:
        """Places of the pairs that hold each contact or domain."""
        found: dict[str, list[int]] = {}
        pairs = zip(self._posts.contacts, self._posts.domains, strict=True)
        for place, (contacts, domains) in enumerate(pairs):
            for one in (*contacts, *domains):
                found.setdefault(one, []).append(place)
        return found
