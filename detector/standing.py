"""What judging remembers of one account between two pages, and its form in a store: a few kilobytes.

Habits are counts. Of contacts, domains, apps, networks and programs only that they were used has to be known
again: four bytes of a keyed hash stand for each, so that none can be read in the store, and a new one is taken
for one of 512 known ones once in eight million times. That keeps words out of backups; it is no secrecy, for
whoever has a number in mind can ask whether it may be among them. The ids of posts and changes that belong to
an incident are kept as they are, as many as fit `LARGEST`: some three hundred on an account with habits like most.

What was written in another form is refused: the account's kept posts and events, handed to `Pipeline.take` as one
page without a standing, give the standing of this form, and every alert they raise has the id it had before.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec

from detector.baseline import Baseline, Kept, TraitColumns
from detector.changes import KINDS, Changes, Past, whole
from detector.doubts import Doubt, Doubts
from detector.errors import Location, StandingRefused
from detector.histories import FIRST, Earlier
from detector.incidents import Hands, Suspect, as_of
from detector.records import Account, Incident, State

FORM: Final = 1
"""Version of what is written below; any other is refused."""

LARGEST: Final = 8_192
"""Bytes of a standing, at most, whatever the account does."""

_WIDTH: Final = 4
"""Bytes that stand for a contact."""

_SEAL: Final = 5
"""Bytes before the rest: the form, and a checksum of what follows."""


class Standing:
    """What judging remembers of one account.

    Args:
        account: whose it is.
        languages: names of those that the model tells apart.
        short: what stands for a contact, domain, app, network or program; always the same for one account.
    """

    def __init__(
        self, account: Account, languages: Sequence[str], short: Callable[[str], str] = whole
    ) -> None:
        self.account, self._short = account, short
        official = (account.official_numbers, account.official_domains)
        contacts, domains = ([short(one) for one in some] for some in official)
        self.baseline = Baseline(len(languages), contacts, domains)
        self.changes = Changes(account, short=short)
        self.hands = Hands()
        self.earlier = FIRST
        self.doubts = Doubts()
        self._ways = _mark((*languages, *self.baseline.habits, *KINDS))

    @classmethod
    def of(cls, written: bytes | None, account: Account, languages: Sequence[str]) -> Standing:
        """Return what a store keeps of an account, or what is known of a new one.

        Raises:
            StandingRefused: it is damaged, of another form, or was learned with a model of other languages.
        """
        standing = cls(account, languages, _Shortener(account))
        if written is not None:
            standing._recall(_read(written, account))
        return standing

    def shortened(self, columns: TraitColumns) -> TraitColumns:
        """Return the traits of posts with what stands for each contact, domain and app."""
        if self._short is whole:
            return columns
        return msgspec.structs.replace(
            columns,
            contacts=[self.short(some) for some in columns.contacts],
            domains=[self.short(some) for some in columns.domains],
            app_names=self.short(columns.app_names),
        )

    def short(self, some: Iterable[str]) -> tuple[str, ...]:
        """Return what stands for each of some contacts, domains or apps."""
        return tuple(map(self._short, some))

    def written(self) -> bytes:
        """Return the form in which a store keeps it; incidents that are over are the store's to remember."""
        content = self._content(0)
        encoded = _ENCODER.encode(content)
        if self.hands.suspects or self.hands.open_incident is not None:
            room = LARGEST - _SEAL - len(encoded) - _HEADERS
            encoded = _ENCODER.encode(self._content(room))
        return bytes((FORM,)) + zlib.crc32(encoded).to_bytes(_SEAL - 1, "big") + encoded

    def _content(self, room: int) -> _Written:
        """Return what is to be written, with so many bytes of ids."""
        kept = self.baseline.kept()
        return _Written(
            ways_known=self._ways, hours=kept.hours, tone=kept.tone[:3], ways=kept.ways,
            apps=_packed(kept.apps), contacts=_packed_used(kept.contacts),
            domains=_packed_used(kept.domains), strangers=_packed(kept.strangers),
            hands=_written_hands(self.hands, room), past=_written_past(self.changes.past),
            last=self.earlier.last, shows_media=self.earlier.shows_media,
            doubts=[
                (one.at, _packed(one.contacts), _packed(one.domains), one.sound)
                for one in ([] if self.hands.open_incident else self.doubts.kept())
            ],
            loud=kept.tone[3],
        )  # fmt: skip

    def _recall(self, written: _Written) -> None:
        if written.ways_known != self._ways:
            raise _refused(self.account, "was learned with a model of other languages")
        self.baseline.recall(
            Kept(
                hours=written.hours, tone=(*written.tone, written.loud), ways=written.ways, apps=_unpacked(written.apps),
                contacts=_unpacked_used(written.contacts), domains=_unpacked_used(written.domains),
                strangers=_unpacked(written.strangers),
            )
        )  # fmt: skip
        self.hands = _hands(written.hands)
        self.changes = Changes(self.account, _past(written.past), self._short)
        self.earlier = Earlier(last=written.last, shows_media=written.shows_media)
        self.doubts = Doubts(
            Doubt(at, tuple(_unpacked(contacts)), tuple(_unpacked(domains)), sound)
            for at, contacts, domains, sound in written.doubts
        )


def hands_of(written: bytes, account: Account, now: datetime) -> Hands:
    """Return in whose hands an account is held to be at a moment, from what a store keeps of it.

    Raises:
        StandingRefused: it is damaged or of another form.
    """
    return as_of(_hands(_read(written, account).hands), now)


class _WrittenHands(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    state: State
    probability: float
    at: datetime | None
    posts: int
    recovered_at: datetime | None
    owners_at: datetime | None
    suspects: list[Suspect]
    incident: _WrittenIncident | None
    was_sure: bool = True
    is_reclaimed: bool = False


class _WrittenIncident(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    opened_at: datetime
    detected_at: datetime
    peak_probability: float
    post_ids: list[str]
    change_ids: list[str]
    owners_before: datetime | None
    strangers_by: datetime | None


class _WrittenPast(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    logins: int
    networks: bytes
    programs: bytes
    latest: dict[int, datetime]
    """By place in `KINDS`."""
    deleted: list[tuple[datetime, int]]
    profile_at: datetime | None
    night_at: datetime | None
    abroad_at: datetime | None


_PackedUsed = tuple[int, int, bytes]


class _Written(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    ways_known: bytes
    """Of the names of languages, habits and kinds of changes, by whose places things are counted."""
    hours: list[int]
    tone: tuple[int, float, float]
    ways: list[list[int]]
    apps: bytes
    contacts: _PackedUsed
    domains: _PackedUsed
    strangers: bytes
    hands: _WrittenHands
    past: _WrittenPast
    last: float | None
    shows_media: bool
    doubts: list[tuple[float, bytes, bytes, float]] = []
    loud: int = 0
    """Of `tone`."""


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Written)


def _read(written: bytes, account: Account) -> _Written:
    if written[:1] != bytes((FORM,)):
        form = written[0] if written else "none"
        raise _refused(account, f"is of form {form}, this program reads {FORM}")
    encoded = written[_SEAL:]
    if zlib.crc32(encoded).to_bytes(_SEAL - 1, "big") != written[1:_SEAL]:
        raise _refused(account, "is damaged")
    try:
        return _DECODER.decode(encoded)
    except msgspec.DecodeError as error:
        raise _refused(account, f"is damaged: {error}") from error


def _refused(account: Account, why: str) -> StandingRefused:
    return StandingRefused(
        f"what was learned of the account {why}",
        where=Location(f"{account.platform}/{account.handle}"),
        hint="it is to be learned anew from the posts that are kept",
    )


class _Shortener:
    """Gives what stands for a contact of one account: as many characters as `_WIDTH` bytes."""

    def __init__(self, account: Account) -> None:
        name = f"{account.platform}\n{account.handle}".encode("utf-8", "surrogatepass")
        self._hash = blake2b(name, digest_size=_WIDTH)

    def __call__(self, text: str) -> str:
        mine = self._hash.copy()
        mine.update(text.encode("utf-8", "surrogatepass"))
        return mine.digest().decode("latin-1")


def _mark(names: Iterable[str]) -> bytes:
    return blake2b("\n".join(names).encode(), digest_size=_WIDTH).digest()


def _packed(short: Iterable[str]) -> bytes:
    return "".join(short).encode("latin-1")


def _unpacked(packed: bytes) -> list[str]:
    text = packed.decode("latin-1")
    return [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]


def _packed_used(used: tuple[int, int, list[str]]) -> _PackedUsed:
    posts, new, known = used
    return posts, new, _packed(known)


def _unpacked_used(used: _PackedUsed) -> tuple[int, int, list[str]]:
    posts, new, known = used
    return posts, new, _unpacked(known)


def _written_hands(hands: Hands, room: int) -> _WrittenHands:
    incident = hands.open_incident
    return _WrittenHands(
        state=hands.state, probability=hands.probability, at=hands.at, posts=hands.posts,
        recovered_at=hands.recovered_at, owners_at=hands.owners_at,
        suspects=_fitting_suspects(hands.suspects, room),
        incident=None if incident is None else _written_incident(incident, room), was_sure=hands.was_sure,
        is_reclaimed=hands.is_reclaimed,
    )  # fmt: skip


def _written_incident(incident: Incident, room: int) -> _WrittenIncident:
    changes, left = _fitting(incident.change_ids, room // 4)
    posts, _ = _fitting(incident.post_ids, room - room // 4 + left)
    return _WrittenIncident(
        opened_at=incident.opened_at, detected_at=incident.detected_at,
        peak_probability=incident.peak_probability, post_ids=posts, change_ids=changes,
        owners_before=incident.owners_before, strangers_by=incident.strangers_by,
    )  # fmt: skip


def _fitting(ids: Sequence[str], room: int) -> tuple[list[str], int]:
    """Return the first ids, as many as fit so many bytes, and how many bytes are left."""
    kept: list[str] = []
    for one in ids:
        sound = _sound(one)
        size = len(sound.encode()) + _AN_ID
        if size > room:
            break
        room -= size
        kept.append(sound)
    return kept, room


def _fitting_suspects(suspects: Sequence[Suspect], room: int) -> list[Suspect]:
    """Return suspects, as many as fit so many bytes: first of all those an incident's times are taken from."""
    if not suspects:
        return []
    first_post = next((place for place, one in enumerate(suspects) if one.is_post), 0)
    kept = []
    for place in dict.fromkeys((0, first_post, len(suspects) - 1, *range(len(suspects)))):
        one = suspects[place]._replace(id=_sound(suspects[place].id))
        room -= len(one.id.encode()) + _A_SUSPECT
        if room < 0:
            break
        kept.append((place, one))
    return [one for _, one in sorted(kept)]


_AN_ID: Final = 3
_A_SUSPECT: Final = 20
"""Bytes that each takes besides the id itself."""

_HEADERS: Final = 16
"""Bytes by which the heads of longer lists grow."""

_LONGEST: Final = 100
"""Bytes of an id that are kept; no platform's are longer."""


def _sound(text: str) -> str:
    """Return an id without what no UTF-8 holds, cut where no platform's id goes on."""
    return text.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def _hands(written: _WrittenHands) -> Hands:
    incidents = () if written.incident is None else (_incident(written.incident),)
    return Hands(
        state=written.state, probability=written.probability, at=written.at, posts=written.posts,
        incidents=incidents, recovered_at=written.recovered_at, suspects=tuple(written.suspects),
        owners_at=written.owners_at, was_sure=written.was_sure, is_reclaimed=written.is_reclaimed,
    )  # fmt: skip


def _incident(written: _WrittenIncident) -> Incident:
    return Incident(
        opened_at=written.opened_at, detected_at=written.detected_at,
        peak_probability=written.peak_probability,
        post_ids=tuple(written.post_ids), change_ids=tuple(written.change_ids),
        owners_before=written.owners_before, strangers_by=written.strangers_by,
    )  # fmt: skip


def _written_past(past: Past) -> _WrittenPast:
    return _WrittenPast(
        logins=past.logins, networks=_packed(past.networks), programs=_packed(past.programs),
        latest={KINDS.index(kind): at for kind, at in past.latest.items()},
        deleted=past.deleted, profile_at=past.profile_at, night_at=past.night_at, abroad_at=past.abroad_at,
    )  # fmt: skip


def _past(written: _WrittenPast) -> Past:
    return Past(
        logins=written.logins,
        networks=dict.fromkeys(_unpacked(written.networks)),
        programs=dict.fromkeys(_unpacked(written.programs)),
        latest={KINDS[place]: at for place, at in written.latest.items()},
        deleted=written.deleted, profile_at=written.profile_at, night_at=written.night_at,
        abroad_at=written.abroad_at,
    )  # fmt: skip
