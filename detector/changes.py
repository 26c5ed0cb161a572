"""What happened to an account and is no post: logins, new names, another e-mail address, vanished posts.

Such changes come before a stranger's first post, or instead of one: of 21 public takeovers of offices, nine began
with the name, picture, biography or contact of the account, two with posts deleted in bulk. Each change is
evidence in nats, and each alone is something offices do, too; what tells is several within hours, at an
unusual hour, or a new name that shares no word with the old one.

The numbers are set by judgement on those cases, retold in `fixtures/scenarios/`, and on changes that must
stay silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from detector.records import Account, AccountEvent, Announced, Reason, Wording

_USUAL: Final = {
    "email_changed": 2.4, "phone_changed": 1.4, "password_changed": 0.8, "name_changed": 1.0,
    "handle_changed": 1.0, "bio_changed": 1.0, "link_changed": 1.0, "picture_changed": 1.2,
    "app_connected": 1.2, "role_changed": 0.8, "login_challenged": 0.6, "live_started": 0.6,
}  # fmt: skip
"""Nats of a change by its kind alone; one not named says nothing."""

_FOREIGN_NAME: Final = 3.0
"""More for a new name that shares no word with the old one."""

_NEW_CONTACT: Final = 1.5
"""More for a profile that sends people to a number, account or site never used before."""

_SUSPENDED: Final = 1.0
_DELETED: Final = ((500, 5.8), (50, 3.4), (10, 1.6))
"""Posts deleted within `_BURST`, and what so many say."""

_THEN: Final = 1.2
"""More for what takeovers do next: another address or app after a login from abroad, a stream under a new face."""

_NEW_PLACE: Final = 0.6
_NEW_COUNTRY: Final = 1.8
_SAME_JOURNEY: Final = 0.6
"""A login from another country more than `_SAME` and less than `_JOURNEY` after one before: who travels is away for days."""

_NEW_PROGRAM: Final = 0.6
_AUTOMATION: Final = 0.8
"""A login from where, and with what, nobody logged in before."""

_ENOUGH_LOGINS: Final = 5
"""Logins known before a new network or program says anything."""

_NETWORKS: Final = 48
_PROGRAMS: Final = 24
"""Networks and programs of logins remembered; the one longest unused is forgotten first."""

_DELETIONS: Final = 12
"""Deletions within `_BURST` told apart by their times; of more, the oldest count as one."""

_BURST: Final = timedelta(hours=1)
_SAME: Final = timedelta(hours=24)
"""A second change of the same kind within this time says nothing new."""

_TOGETHER: Final = 0.3
"""Share of a change of the profile that counts when another was made within that time: who changes the picture,
a stranger or a mourning office, changes the biography as well."""

_MOST_SOUND: Final = 3.0
"""Nats that the words of a new profile add, at most."""

_PROFILE: Final = frozenset(
    {"name_changed", "handle_changed", "bio_changed", "link_changed", "profile_changed"}
)
_SHOWN: Final = _PROFILE | {"picture_changed"}
_JOURNEY: Final = timedelta(days=30)
_NIGHT: Final = timedelta(days=7)
"""Within this time of a change at an odd hour, another odd hour says nothing new: a burst, or a clock in another country."""

_SEIZED: Final = frozenset({"email_changed", "phone_changed", "app_connected", "role_changed"})
_ROBOTS: Final = ("python", "curl", "okhttp", "go-http", "java/", "libwww", "headless")
KINDS: Final = (*_USUAL, "login", "posts_deleted", "status_changed", "profile_changed")
"""Kinds of events that can say something."""

_ENDED: Final = frozenset({"suspended", "disabled", "deactivated", "deleted", "locked"})

NOCTURNAL: Final = 0.5
"""Share of the hour's surprise, as posts have it, that counts for a change."""


class Change(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One change that says something about who made it."""

    event: AccountEvent
    reasons: tuple[Reason, ...]

    @property
    def id(self) -> str:
        """The same whenever the same export is read."""
        return f"{self.event.kind}@{self.event.at.isoformat()}"

    @property
    def left_behind(self) -> tuple[str, ...]:
        """The network address it was made from, if that is known."""
        address = self.event.details.get("ip", "")
        return (address,) if address else ()

    @property
    def log_odds(self) -> float:
        """Evidence in nats, without the hour's."""
        return sum(one.log_odds for one in self.reasons)


def profile_text(event: AccountEvent) -> str:
    """Return the words an account newly presents itself by, if the event tells them."""
    return event.details.get("to", "") if event.kind in _PROFILE else ""


class Past(msgspec.Struct, kw_only=True):
    """What of an account's earlier changes bears on the next."""

    logins: int = 0
    networks: dict[str, None] = {}
    programs: dict[str, None] = {}
    """What logins came from, the latest last."""
    latest: dict[str, datetime] = {}
    """Time of the last event of each kind."""
    deleted: list[tuple[datetime, int]] = []
    """How many posts were deleted within `_BURST`, and when."""
    profile_at: datetime | None = None
    night_at: datetime | None = None
    abroad_at: datetime | None = None


def whole(text: str) -> str:
    """Return a text as it is: what is remembered of a network or program where there is room."""
    return text


class Changes:
    """Weighs one account's changes in order of time.

    Args:
        account: whose they are; changes it announced say nothing, and one announced change of the profile
            stands for all of them.
        past: of the changes before.
        short: what is remembered in place of a network or program; the same for `past`.
    """

    def __init__(
        self, account: Account, past: Past | None = None, short: Callable[[str], str] = whole
    ) -> None:
        self._announced = account.announced
        self._official = (*account.official_numbers, *account.official_domains)
        self._countries: set[str] = set(account.countries)
        self.past = past if past is not None else Past()
        self._short = short

    def is_late(self, event: AccountEvent) -> bool:
        """Whether as late an event of its kind was weighed before: this one is that, or says nothing new."""
        last = self.past.latest.get(event.kind)
        return last is not None and event.at <= last

    def weigh(
        self, event: AccountEvent, sound: float = 0.0, contacts: Sequence[str] = ()
    ) -> Change | None:
        """Return what one event says, or None.

        Args:
            event: the next one.
            sound: what the words of a new profile sound like, in nats.
            contacts: numbers, payment accounts and sites in them.
        """
        reasons = list(self._reasons(event, sound, contacts))
        if event.kind in KINDS:
            self.past.latest[event.kind] = event.at
        if not reasons or _is_announced(event, self._announced):
            return None
        return Change(event=event, reasons=tuple(reasons))

    def _reasons(
        self, event: AccountEvent, sound: float, contacts: Sequence[str]
    ) -> Iterable[Reason]:
        kind = event.kind
        if kind == "login":
            yield from self._login(event)
        elif kind == "posts_deleted":
            yield from self._deletion(event)
        elif kind == "status_changed" and event.details.get("to", "").lower() in _ENDED:
            yield Reason("status_changed", _SUSPENDED, WHY["status_changed"])
        elif kind in _USUAL:
            last = self.past.latest.get(kind)
            if last is None or event.at - last >= _SAME:
                yield Reason(kind, _USUAL[kind] * self._share(event), WHY[kind])
        if self._follows(event):
            yield Reason("then", _THEN, WHY["then"])
        if kind in _PROFILE:
            yield from self._profile(event, sound, contacts)

    def _profile(
        self, event: AccountEvent, sound: float, contacts: Sequence[str]
    ) -> Iterable[Reason]:
        if event.kind == "name_changed" and not _share_a_word(event):
            yield Reason("foreign_name", _FOREIGN_NAME, WHY["foreign_name"])
        if sound > 0:
            yield Reason("profile_sound", min(sound, _MOST_SOUND), WHY["profile_sound"])
        if any(one not in self._official for one in contacts):
            yield Reason("profile_contact", _NEW_CONTACT, WHY["profile_contact"])

    def _follows(self, event: AccountEvent) -> bool:
        """Whether this is what a takeover does after what was just done."""
        last = {"live_started": self.past.profile_at}.get(event.kind)
        if event.kind in _SEIZED:
            last = self.past.abroad_at
        return last is not None and event.at - last < _SAME

    def _share(self, event: AccountEvent) -> float:
        """Return how much of a change's own nats count beside others of the profile."""
        if event.kind not in _SHOWN:
            return 1.0
        last, self.past.profile_at = self.past.profile_at, event.at
        return 1.0 if last is None or event.at - last >= _SAME else _TOGETHER

    def at_night(self, event: AccountEvent, surprise: float) -> Reason | None:
        """Return the reason for a change at an hour of so much surprise, in nats, once for all of a burst."""
        if surprise <= 0:
            return None
        last, self.past.night_at = self.past.night_at, event.at
        if last is not None and event.at - last < _NIGHT:
            return None
        return Reason("hour", surprise * NOCTURNAL, WHY["hour"])

    def _login(self, event: AccountEvent) -> Iterable[Reason]:
        details, past = event.details, self.past
        place, country = _network(details.get("ip", "")), details.get("country", "").upper()
        program = _program(details.get("user_agent", ""))
        known = past.logins >= _ENOUGH_LOGINS
        if known and place and self._short(place) not in past.networks:
            yield Reason("login_place", _NEW_PLACE, WHY["login_place"])
        if self._countries and country and country not in self._countries:
            last, past.abroad_at = past.abroad_at, event.at
            is_away = last is not None and _SAME <= event.at - last < _JOURNEY
            nats = _SAME_JOURNEY if is_away else _NEW_COUNTRY
            yield Reason("login_country", nats, WHY["login_country"])
        if known and program and self._short(program) not in past.programs:
            yield Reason("login_program", _NEW_PROGRAM, WHY["login_program"])
        if any(robot in program for robot in _ROBOTS):
            yield Reason("login_robot", _AUTOMATION, WHY["login_robot"])
        past.logins += 1
        # What a stranger logs in with today is not the office's own tomorrow: only what comes again is.
        _use(past.networks, self._short(place) if place else "", _NETWORKS)
        _use(past.programs, self._short(program) if program else "", _PROGRAMS)

    def _deletion(self, event: AccountEvent) -> Iterable[Reason]:
        told = event.details.get("count", "1")
        count = int(told) if told.isdecimal() and len(told) < _DIGITS else 1
        earlier = [one for one in self.past.deleted if event.at - one[0] <= _BURST]
        before = sum(count for _, count in earlier)
        after = before + count
        if len(earlier) >= _DELETIONS:
            earlier[:2] = [(earlier[1][0], earlier[0][1] + earlier[1][1])]
        self.past.deleted = [*earlier, (event.at, count)]
        if (gain := _deletions(after) - _deletions(before)) > 0:
            yield Reason("posts_deleted", gain, WHY["posts_deleted"])


_DIGITS: Final = 10
"""Of a count; what is longer is none."""


def _use(known: dict[str, None], one: str, most: int) -> None:
    """Note that something was used, unless it is nothing."""
    if one:
        known.pop(one, None)
        known[one] = None
        while len(known) > most:
            del known[next(iter(known))]


def _deletions(count: int) -> float:
    return next((nats for least, nats in _DELETED if count >= least), 0.0)


def _is_announced(event: AccountEvent, announced: Sequence[Announced]) -> bool:
    return any(
        (one.kind == event.kind or _SHOWN.issuperset({one.kind, event.kind}))
        and one.since <= event.at <= one.until
        for one in announced
    )


def _share_a_word(event: AccountEvent) -> bool:
    """Whether an old and a new name have a word in common, or nobody knows one of them."""
    before, after = (_words(event.details.get(side, "")) for side in ("from", "to"))
    return not before or not after or bool(before & after)


def _words(name: str) -> set[str]:
    spaced = "".join(one if one.isalnum() else " " for one in name.casefold())
    return {word for word in spaced.split() if not word.isdigit()}


def _network(address: str) -> str:
    """Return the network an address belongs to: its first half, for providers hand out what lies behind it."""
    if ":" in address:
        return ":".join(address.split(":")[:2])
    return ".".join(address.split(".")[:2])


def _program(user_agent: str) -> str:
    """Return a user agent without its versions."""
    return "".join(one for one in user_agent.lower() if not one.isdigit())


WHY: Final = {
    "email_changed": Wording(id="alamat surel akun diganti", en="the account's e-mail address was changed"),
    "phone_changed": Wording(id="nomor telepon akun diganti", en="the account's telephone number was changed"),
    "password_changed": Wording(id="kata sandi diganti", en="the password was changed"),
    "name_changed": Wording(id="nama akun diganti", en="the account's name was changed"),
    "handle_changed": Wording(id="nama pengguna diganti", en="the account's handle was changed"),
    "bio_changed": Wording(id="bio diganti", en="the biography was changed"),
    "link_changed": Wording(id="tautan profil diganti", en="the profile's link was changed"),
    "picture_changed": Wording(id="foto profil diganti", en="the profile's picture was changed"),
    "app_connected": Wording(id="aplikasi baru dihubungkan ke akun", en="a new app was connected"),
    "role_changed": Wording(id="pengelola atau perannya diganti", en="an administrator or a role was changed"),
    "login_challenged": Wording(id="percobaan masuk yang dicurigai platform", en="a login the platform doubted"),
    "live_started": Wording(id="siaran langsung dimulai", en="a live stream was started"),
    "status_changed": Wording(id="akun ditangguhkan atau ditutup", en="the account was suspended or closed"),
    "posts_deleted": Wording(id="banyak unggahan dihapus sekaligus", en="many posts were deleted at once"),
    "then": Wording(
        id="menyusul perubahan lain yang mencurigakan pada hari yang sama", en="follows another suspicious change of the same day"
    ),
    "foreign_name": Wording(
        id="nama baru tidak memuat satu kata pun dari nama lama", en="the new name shares no word with the old one"
    ),
    "profile_sound": Wording(
        id="isi profil baru terdengar bukan dari instansi", en="the new profile does not sound like the office"
    ),
    "profile_contact": Wording(
        id="profil mengarahkan orang ke kontak atau situs baru", en="the profile sends people to a new contact or site"
    ),
    "login_place": Wording(id="masuk dari jaringan yang belum pernah dipakai", en="a login from a network never used"),
    "login_country": Wording(id="masuk dari negara lain", en="a login from another country"),
    "login_program": Wording(
        id="masuk dengan perangkat atau aplikasi yang belum pernah dipakai", en="a login with a device never used"
    ),
    "login_robot": Wording(id="masuk dengan program otomatis", en="a login by an automatic program"),
    "hour": Wording(id="pada jam yang tidak biasa untuk akun ini", en="at an unusual hour for this account"),
}  # fmt: skip
"""What each reason means, as an admin would say it."""
