"""Invented accounts with posts put in, each weighed by the habits before it: what shares are learned from.

A stranger's post is a stranger's in every respect. A hard innocent one is not: the office that warns of a fraud or
raffles a bicycle does it at its hours, with its apps and mostly in its own hand. So what is put into a life as
innocent keeps the owner's ways, and the posts of one kind of office in the corpus are made accounts of their own,
where the hard ones stand among the rest by nature.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.baseline import SIGNALS, Baseline, TraitColumns, Traits
from detector.corpus import Example
from detector.habits import ENOUGH
from detector.histories import TextEvidence, paces, used_in
from detector.lives import Life, moments, posts_of
from detector.pipeline import Reader
from detector.records import Account, Post
from detector.replay_texts import HARD as HARD_KINDS
from detector.splice import FEWEST, HOME, NIGHT, YEAR, kin, language_of, stream_of
from detector.style import dress_of, length_of
from detector.trials import columns
from detector.verdict import Judge

Floats = NDArray[np.float64]

OF_A_VOICE: Final = 20
"""Posts of one kind of office in the corpus from which they make an account."""

EACH: Final = 100
"""Strangers' posts, and as many innocent ones, put into one account, some at the same moment."""

ODD_HOURS: Final = 0.05
"""Share of an owner's posts made at any hour of the day, by judgement: election nights, floods, late greetings."""

HARD_AT_NIGHT: Final = 0.25
"""Share of hard innocent posts put in at night, by judgement: the last call for a raffle, the warning that cannot wait."""

OWN_HAND: Final = 0.5
"""Share of hard innocent posts in the length, dress and language of the owner's others, by judgement."""

OWN_CONTACT: Final = 0.5
"""Share of those with a contact or link that name one used before, by judgement."""

OWN, HARD, STRANGER = 0, 1, 2
"""Who wrote a row: the owner as every day, the owner on something that looks like a scam, a stranger."""


class Own(NamedTuple):
    """One account's own posts, oldest first, as a baseline sees them."""

    traits: TraitColumns
    seconds: Floats
    is_hard: NDArray[np.bool_]
    language: str
    zone: ZoneInfo
    account: Account


class Piece(NamedTuple):
    """A post of the corpus to be put in."""

    traits: Traits
    language: str


class Rows(NamedTuple):
    """What is learned from; one row a post."""

    signals: Floats
    """In nats, 0 where there is none, shape (n, n_signals)."""
    texts: Floats
    """What text and findings say, in nats, shape (n,)."""
    kinds: NDArray[np.int64]
    accounts: NDArray[np.int64]
    years: float
    """Account-years of all accounts."""


def accounts_of_posts(
    posts: Sequence[tuple[Account, Sequence[Post]]], reader: Reader, judge: Judge
) -> list[Own]:
    """Return accounts whose posts are read here."""
    made = []
    for account, own in posts:
        if len(own) >= FEWEST:
            stream = stream_of(account, own, reader)
            made.append(_own(account, stream.posts, stream.evidence, judge, stream.language))
    return made


def lived(lives: Sequence[Life]) -> list[tuple[Account, Sequence[Post]]]:
    """Return the accounts of stories with their owners' posts."""
    return [
        (
            Account(
                platform=one.account.platform, handle=one.account.handle,
                institution=one.account.institution, timezone=one.account.zone.key,
                official_numbers=one.account.numbers, official_domains=one.account.domains,
            ),
            [*posts_of(one.account, one.history, one.ends)],
        )
        for one in lives
    ]  # fmt: skip


def voices(
    examples: Sequence[Example],
    evidence: Sequence[TextEvidence],
    lives: Sequence[Life],
    *,
    reader: Reader,
    judge: Judge,
    seed: int,
) -> list[Own]:
    """Return accounts made of the corpus' owners' posts, one of each kind of office, each with some story's habits.

    Args:
        examples: the corpus.
        evidence: of each, held out.
        lives: whose hours and apps are taken.
        reader: tells the languages.
        judge: weighs what was found.
        seed: for the rest.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    spoken: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(examples):
        if not one.is_strangers:
            spoken.setdefault((one.voice, kin(one.lang)), []).append(number)
    habits = [one for one in lives if one.history.posts]
    made = []
    for (voice, _), mine in sorted(spoken.items()):
        if len(mine) < OF_A_VOICE or not habits:
            continue
        chance.shuffle(mine)
        life = chance.choice(habits)
        posts = _lived_as(voice, [examples[number].text for number in mine], life, chance)
        read = [evidence[number] for number in mine]
        language = language_of(read, reader.model.languages)
        account = Account(platform="x", handle=voice, timezone=life.account.zone.key)
        is_hard = [examples[number].kind in HARD_KINDS for number in mine]
        own = _own(account, posts, read, judge, language)
        made.append(own._replace(is_hard=np.array(is_hard, dtype=bool)))
    return made


def _lived_as(voice: str, texts: Sequence[str], life: Life, chance: random.Random) -> list[Post]:
    """Return texts as posts with a story's habits, oldest first; a few at any hour."""
    made = life.history
    times = [
        at.replace(hour=chance.randrange(24)) if chance.random() < ODD_HOURS else at
        for at in moments(made, life.ends, chance, len(texts))
    ]
    return [
        Post(
            platform="x", account=voice, id=str(number), text=text, app=chance.choice(made.apps or (None,)),
            created_at=at.replace(tzinfo=life.account.zone),
        )
        for number, (at, text) in enumerate(zip(sorted(times), texts, strict=True))
    ]  # fmt: skip


def _own(
    account: Account,
    posts: Sequence[Post],
    evidence: Sequence[TextEvidence],
    judge: Judge,
    language: str,
) -> Own:
    put = columns(posts, evidence)
    traits = put.columns(put.texts(judge.found_log_odds))
    zone = ZoneInfo(account.timezone or HOME)
    return Own(traits, put.seconds(), np.zeros(len(posts), dtype=bool), language, zone, account)


def pieces(
    examples: Sequence[Example], evidence: Sequence[TextEvidence], judge: Judge
) -> list[Piece]:
    """Return posts of the corpus, as a baseline sees them."""
    made = []
    for one, read in zip(examples, evidence, strict=True):
        contacts, domains = used_in(read.noticed)
        style = np.array([read.style])
        traits = Traits(
            hour=0, contacts=contacts, domains=domains, language=read.language,
            warns="fraud_warning" in read.noticed.names, length=int(length_of(style)[0]),
            dress=int(dress_of(style)[0]),
            sound=read.log_odds + judge.found_log_odds(read.noticed.names),
        )  # fmt: skip
        made.append(Piece(traits, kin(one.lang)))
    return made


def rows_of(
    accounts: Sequence[Own],
    strangers: Sequence[Piece],
    innocents: Sequence[Piece],
    languages: int,
    seed: int,
) -> Rows:
    """Put pieces into accounts and weigh every post by the habits before it.

    Args:
        accounts: to put them into.
        strangers: posts put in at any moment, half of them at night.
        innocents: hard owners' posts, put in at the owner's own moments.
        languages: how many are told apart.
        seed: for what goes where.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    apps = [name for one in accounts for name in one.traits.app_names]
    pools = {
        name: _by_language(some, chance) for name, some in (("s", strangers), ("i", innocents))
    }
    found: list[tuple[tuple[float | None, ...], float, int, int]] = []
    for number, one in enumerate(accounts):
        for kind, traits, values in _walked(one, pools, apps, languages, chance):
            found.append((values, traits.sound, kind, number))
    signals = np.array([[value or 0.0 for value in values] for values, *_ in found]).reshape(
        -1, len(SIGNALS)
    )
    years = sum(float(one.seconds[-1] - one.seconds[0]) for one in accounts) / YEAR.total_seconds()
    return Rows(
        signals,
        np.array([text for _, text, _, _ in found]),
        np.array([kind for *_, kind, _ in found]),
        np.array([number for *_, number in found]),
        years,
    )


def _by_language(some: Sequence[Piece], chance: random.Random) -> dict[str, list[Piece]]:
    pools: dict[str, list[Piece]] = {}
    for one in some:
        pools.setdefault(one.language, []).append(one)
    for mine in pools.values():
        chance.shuffle(mine)
    return pools


def _walked(
    own: Own,
    pools: dict[str, dict[str, list[Piece]]],
    apps: Sequence[str],
    languages: int,
    chance: random.Random,
) -> Iterator[tuple[int, Traits, tuple[float | None, ...]]]:
    """Yield what the account's own posts and those put in are weighed as."""
    official = own.account.official_numbers, own.account.official_domains
    baseline = Baseline(languages, *official)
    theirs, ours = (pools[name].get(own.language, []) for name in ("s", "i"))
    count = len(own.seconds)
    put_in = Counter(chance.choices(range(ENOUGH, count), k=min(EACH, count - ENOUGH)))
    for place in range(count):
        traits = own.traits.at(place)
        for _ in range(put_in[place]):
            if theirs:
                theirs.insert(0, piece := theirs.pop())
                other = _strangers(piece.traits, own, place, apps, chance)
                yield STRANGER, other, baseline.weigh(other)
            if ours and not own.is_hard.any():
                ours.insert(0, piece := ours.pop())
                other = _owners(piece.traits, traits, own, place, chance)
                yield HARD, other, baseline.weigh(other)
        if place >= ENOUGH:
            yield (HARD if own.is_hard[place] else OWN), traits, baseline.weigh(traits)
        baseline.learn(traits)


def _strangers(
    piece: Traits, own: Own, place: int, apps: Sequence[str], chance: random.Random
) -> Traits:
    """Return a stranger's post just before one of the owner's: any hour, any app, any media."""
    last, following = own.seconds[place - 1], own.seconds[place]
    at = last + chance.random() * (following - last)
    hours = NIGHT if chance.random() < 1 / 2 else [one for one in range(24) if one not in NIGHT]
    traits = own.traits.at(place)
    return msgspec.structs.replace(
        piece, hour=_hour(own, place, chance.choice(hours)),
        app=chance.choice(apps) if traits.app and apps else None,
        pace=int(paces(np.array([at]), float(last))[0]), media=traits.media,
    )  # fmt: skip


def _owners(piece: Traits, traits: Traits, own: Own, place: int, chance: random.Random) -> Traits:
    """Return a hard post as the owner would have made it in place of one of the everyday ones."""
    is_late = chance.random() < HARD_AT_NIGHT
    hour = _hour(own, place, chance.choice(NIGHT)) if is_late else traits.hour
    made = msgspec.structs.replace(
        piece, hour=hour, app=traits.app, pace=traits.pace, media=traits.media
    )
    if chance.random() < OWN_HAND:
        made = msgspec.structs.replace(
            made, length=traits.length, dress=traits.dress, language=traits.language
        )
    if chance.random() < OWN_CONTACT:
        before = own.traits.used[:place]
        made = msgspec.structs.replace(
            made,
            contacts=_known(made.contacts, own.traits.contacts, before, chance),
            domains=_known(made.domains, own.traits.domains, before, chance),
        )
    return made


def _known(
    named: tuple[str, ...],
    distinct: Sequence[tuple[str, ...]],
    before: NDArray[np.int64],
    chance: random.Random,
) -> tuple[str, ...]:
    """Return some contact of an earlier post in place of those named, if there is any."""
    used = [distinct[one] for one in before.tolist() if distinct[one]]
    return chance.choice(used) if named and used else named


def _hour(own: Own, place: int, local: int) -> int:
    """Return the UTC hour of an hour at the account's place."""
    day = datetime.fromtimestamp(float(own.seconds[place]), UTC).astimezone(own.zone)
    return day.replace(hour=local).astimezone(UTC).hour
