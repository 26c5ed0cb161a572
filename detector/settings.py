"""The operator's settings: one TOML file, read once, frozen; unknown keys are refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from detector import contacts
from detector.errors import Location, SettingsError
from detector.mends import KEPT_ELSEWHERE, mend_of, mend_of_toml, nearest, plainly
from detector.records import Account, Announced, State

ZONES: Final = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
"""Indonesia's three times, as offices name them."""


Span = Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,4}[smhd]$")]
"""A length of time: a number below 100,000 and s, m, h or d."""

ANNOUNCED_KINDS: Final = (
    "profile_changed", "name_changed", "handle_changed", "bio_changed", "link_changed", "picture_changed",
    "email_changed", "phone_changed", "password_changed", "role_changed", "app_connected", "posts_deleted",
    "live_started", "login", "login_challenged", "status_changed",
)  # fmt: skip
"""Changes to an account that can be announced: those that are evidence when they are not."""

_PASSWORD: Final = re.compile(r"://[^/@]*:[^/]+@|[?&]password=")
_SECRET_WORDS: Final = ("token", "secret", "password", "cookie", "api_key", "apikey")


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a secret is kept, an environment variable or a file; never the secret itself."""

    env: str | None = None
    file: str | None = None

    def __post_init__(self) -> None:
        if bool(self.env) == bool(self.file):
            raise ValueError("a secret is kept either in an environment variable or in a file")


class Official(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contacts that are the office's own."""

    numbers: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class AnnouncedSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change to an account that the office told of beforehand, such as a new name."""

    kind: str
    """As a scan names it, e.g. ``name_changed``; ``profile_changed`` for name, handle, biography, link and picture."""
    since: datetime
    until: datetime
    """Without an offset, in the account's own time zone, or UTC when it has none."""
    note: str = ""


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account to know or to watch."""

    platform: str
    account: str
    institution: str | None = None
    reports_to: tuple[str, ...] = ()
    csirt: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    duty_contact: str | None = None
    escalate_after: Span = "30m"
    """How long an alarm waits to be acknowledged before the next in line is told, if a channel is for them."""
    timezone: str | None = None
    every: Span = "15m"
    """How long an account may go unread; one that was just flagged is read every minute."""
    blind_after: Span | None = None
    """How long it may be unreadable before people are told; three times `every`, at least an hour, by default."""
    source: dict[str, Any] | None = None
    official: Official = Official()
    announced: tuple[AnnouncedSettings, ...] = ()

    def __post_init__(self) -> None:
        # Whoever writes "Instagram" means the platform that archives call instagram.
        msgspec.structs.force_setattr(self, "platform", self.platform.strip().lower())

    @property
    def readers(self) -> set[str]:
        """Everybody a channel can be for on its account, in one spelling."""
        named = (self.institution, self.duty_contact, *self.reports_to, *self.csirt, *self.cc)
        handle = self.account.removeprefix("@")
        written = (*filter(None, named), f"{self.platform}:{handle}")
        return {" ".join(one.split()).casefold() for one in written}

    def known(self) -> Account:
        """Return what judging needs of it."""
        zone = zone_name(self.timezone) if self.timezone else None
        return Account(
            platform=self.platform,
            handle=self.account.removeprefix("@"),
            institution=self.institution,
            timezone=zone,
            official_numbers=tuple(contacts.e164(number) for number in self.official.numbers),
            official_domains=tuple(
                dict.fromkeys(name for one in self.official.domains for name in contacts.with_parents(one))
            ),
            duty_contact=self.duty_contact,
            reports_to=self.reports_to,
            announced=tuple(
                Announced(
                    kind=one.kind, since=_placed(one.since, zone), until=_placed(one.until, zone), note=one.note
                )
                for one in self.announced
            ),
            countries=("ID",) if zone in ZONES.values() else (),
        )  # fmt: skip


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One channel people are told by."""

    name: str
    url: Secret | None = None
    """Where its address is kept, as Apprise writes addresses."""
    console: bool = False
    """Instead of an address: shown where the monitor runs."""
    to_file: str | None = None
    """Instead of an address: added to this file, one line of JSON a message."""
    from_: State = msgspec.field(name="from", default=State.COMPROMISED)
    """The mildest state it is told of."""
    for_: tuple[str, ...] = msgspec.field(name="for", default=())
    """Who reads it, as the accounts name them: an institution, a duty contact, an office of `reports_to`,
    `csirt` or `cc`, or ``platform:handle``. Empty: the people of the monitor, told of every account."""
    fallback: str | None = None
    """Another channel, for what this one does not take."""
    short: bool = False
    """Told in 300 characters, as on a telephone without internet."""
    language: Literal["id", "en"] | None = None
    """When it is not everybody's."""
    reminders: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0
    """How often an alarm nobody acknowledged is told to it again."""

    def __post_init__(self) -> None:
        if (self.url is not None) + self.console + bool(self.to_file) != 1:
            raise ValueError("a channel has one of url, console and to_file")


class SiteSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One website of an institution."""

    url: str
    institution: str | None = None
    every: Span = "5m"


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where state is kept."""

    url: str = "sqlite:///kentongan.db"
    keep_texts: Span = "400d"
    """How long the text of the owner's posts is kept."""
    keep_posts: Span = "1100d"
    """How long it is kept that they were there."""
    keep_events: Span = "1100d"
    """How long changes to accounts are kept that no incident refers to, and alerts."""
    keep_deliveries: Span = "90d"
    """How long messages are kept that were sent or given up."""
    keep_evidence: Span = "1830d"
    """How long incidents are kept that are over, with all they refer to, and strangers' posts."""


class MonitorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the monitor runs."""

    listen: str = "127.0.0.1:9464"
    """Host and port where ``/healthz`` and ``/metrics`` are answered; empty for nowhere."""
    heartbeat: Secret | None = None
    """Address asked while all is well: whoever keeps it raises the alarm when that stops."""
    heartbeat_every: Span = "5m"
    probe: str = "https://www.google.com/generate_204"
    """Address asked when feeds cannot be read, to tell our own network's trouble from theirs; empty for none."""
    threads: Annotated[int, msgspec.Meta(ge=1, le=256)] = 8
    """Accounts read at the same time."""
    all_quiet_every: Span = "7d"
    """How often a message says that all is quiet."""


class ReplaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A clock of its own, for a demonstration on old posts."""

    from_: datetime = msgspec.field(name="from")
    """When it begins; without an offset, UTC."""
    speed: Annotated[float, msgspec.Meta(gt=0, le=100_000)] = 60.0
    """Seconds that pass on it in each of ours."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can say."""

    language: Literal["id", "en"] = "id"
    store: StoreSettings = StoreSettings()
    accounts: tuple[AccountSettings, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    sites: tuple[SiteSettings, ...] = ()
    monitor: MonitorSettings = MonitorSettings()
    replay: ReplaySettings | None = None

    def account(self, platform: str, handle: str) -> Account:
        """Return what is known of an account; a bare one when the settings do not name it."""
        for one in self.accounts:
            if (one.platform, one.account.removeprefix("@").lower()) == (
                platform.lower(),
                handle.lower(),
            ):
                return one.known()
        return Account(platform=platform, handle=handle)


_TABLES: Final[dict[str, type[msgspec.Struct]]] = {
    "": Settings,
    "store": StoreSettings,
    "accounts": AccountSettings,
    "official": Official,
    "announced": AnnouncedSettings,
    "channels": ChannelSettings,
    "url": Secret,
    "sites": SiteSettings,
    "monitor": MonitorSettings,
    "replay": ReplaySettings,
}
_CHOICES: Final = {"language": ("id", "en"), "from": tuple(State)}


def load(path: Path) -> Settings:
    """Read a settings file.

    Raises:
        SettingsError: it cannot be read, is not TOML, or says something that is not understood.
    """
    where = Location(str(path))
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"the settings cannot be read: {error.strerror}", where=where
        ) from error
    return parsed(text, where)


def parsed(text: bytes, where: Location) -> Settings:
    """Read settings as they stand in a file.

    Raises:
        SettingsError: they are not TOML, or say something that is not understood.
    """
    settings = _decoded(text, where)
    if _PASSWORD.search(settings.store.url):
        raise SettingsError(
            "the store's password stands in clear",
            where=where,
            hint="leave it out, and set PGPASSWORD or write it into ~/.pgpass",
        )
    _check_accounts(settings, where)
    _check_channels(settings, where)
    return settings


def _decoded(text: bytes, where: Location) -> Settings:
    """Read TOML; the mark some editors put before a text in UTF-8 is passed over."""
    try:
        return msgspec.toml.decode(text.decode("utf-8-sig"), type=Settings)
    except UnicodeDecodeError as error:
        raise SettingsError(
            "not valid TOML: it is no text in UTF-8", where=where, hint="save it as UTF-8"
        ) from error
    except msgspec.ValidationError as error:
        keys = {name: one.__struct_encode_fields__ for name, one in _TABLES.items()}
        hint = mend_of(str(error), keys, _CHOICES)
        raise SettingsError(plainly(str(error)), where=where, hint=hint) from error
    except (msgspec.DecodeError, ValueError) as error:
        hint = mend_of_toml(str(error), text.decode("utf-8-sig"))
        raise SettingsError(f"not valid TOML: {error}", where=where, hint=hint) from error


def _check_accounts(settings: Settings, where: Location) -> None:
    """Refuse what could not have the effect its writer means it to have.

    Raises:
        SettingsError: an account stands twice, a zone or kind of change does not exist, a secret stands in
            clear, or an official contact is none.
    """
    seen: set[tuple[str, str]] = set()
    for one in settings.accounts:
        whose = f"{one.platform} {one.account}"
        key = (one.platform, one.account.removeprefix("@").lower())
        if key in seen:
            raise SettingsError(
                f"{whose} stands twice among the accounts", where=where, hint="keep one of the two [[accounts]]"
            )  # fmt: skip
        seen.add(key)
        if one.timezone:
            zone_name(one.timezone, where)
        for name, value in (one.source or {}).items():
            if isinstance(value, str) and any(word in name.lower() for word in _SECRET_WORDS):
                raise SettingsError(
                    f"{name!r} of {one.account} stands in clear", where=where, hint=KEPT_ELSEWHERE
                )
        if wrong := contacts.wrong_among(one.official.numbers, one.official.domains):
            raise SettingsError(f"official of {whose}: {wrong[0]}", where=where, hint=wrong[1])
        if wrong := _no_announcement(one):
            raise SettingsError(f"announced of {whose}: {wrong[0]}", where=where, hint=wrong[1])


def _no_announcement(one: AccountSettings) -> tuple[str, str] | None:
    """Return what of the announced changes could never silence anything, and what to write."""
    zone = zone_name(one.timezone) if one.timezone else None
    for change in one.announced:
        if change.kind not in ANNOUNCED_KINDS:
            near = nearest(change.kind, ANNOUNCED_KINDS)
            return (
                f"no change is called {change.kind!r}",
                near or f"one of {', '.join(ANNOUNCED_KINDS)}",
            )
        if _placed(change.since, zone) > _placed(change.until, zone):
            return f"{change.kind} ends before it begins", "swap since and until"
    return None


def _check_channels(settings: Settings, where: Location) -> None:
    """Refuse channels that would tell nobody: of one name, falling back on none, or for nobody.

    Raises:
        SettingsError: there is such a channel.
    """
    names = [one.name for one in settings.channels]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"two channels are called {name!r}", where=where)
    known = {one for account in settings.accounts for one in account.readers}
    for channel in settings.channels:
        back = channel.fallback
        if back is not None and (back == channel.name or back not in names):
            raise SettingsError(
                f"channel {channel.name!r} falls back on {back!r}, which is no other channel",
                where=where,
                hint=nearest(back, [name for name in names if name != channel.name]),
            )
        for reader in channel.for_:
            if settings.accounts and " ".join(reader.split()).casefold() not in known:
                raise SettingsError(
                    f"channel {channel.name!r} is for {reader!r}, whom no account names",
                    where=where,
                    hint=nearest(reader.casefold(), sorted(known)),
                )


def span(written: str) -> timedelta:
    """Return the length of time that a `Span` says.

    Examples:
        >>> span("90s"), span("2d")
        (datetime.timedelta(seconds=90), datetime.timedelta(days=2))
    """
    return timedelta(seconds=int(written[:-1]) * _SECONDS[written[-1]])


_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def zone_name(written: str, where: Location | None = None) -> str:
    """Return the IANA name of a zone written as WIB, WITA, WIT or an IANA name.

    Raises:
        SettingsError: no such zone.

    Examples:
        >>> zone_name("WITA"), zone_name("Asia/Jayapura")
        ('Asia/Makassar', 'Asia/Jayapura')
    """
    name = ZONES.get(written.upper(), written)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"no time zone is called {written!r}",
            where=where,
            hint="write WIB, WITA, WIT or an IANA name",
        ) from error
    return name


def _placed(moment: datetime, zone: str | None) -> datetime:
    """Give a moment without an offset the zone's."""
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
