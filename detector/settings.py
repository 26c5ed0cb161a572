"""The operator's settings: one TOML file, read once, frozen; unknown keys are refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from detector.errors import Location, SettingsError
from detector.records import Account, Announced, State

ZONES: Final = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
"""Indonesia's three times, as offices name them."""


Span = Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,4}[smhd]$")]
"""A length of time: a number below 100,000 and s, m, h or d."""

_KEPT_ELSEWHERE: Final = 'name where it is kept: { env = "NAME" } or { file = "path" }'
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
            official_numbers=tuple(_e164(number) for number in self.official.numbers),
            official_domains=tuple(
                dict.fromkeys(name for one in self.official.domains for name in _with_parents(one))
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
            if (one.platform, one.account.removeprefix("@").lower()) == (platform, handle.lower()):
                return one.known()
        return Account(platform=platform, handle=handle)


_TABLES: Final[dict[str, type[msgspec.Struct]]] = {
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
    try:
        settings = msgspec.toml.decode(text, type=Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error), where=where, hint=_hint(str(error))) from error
    except (msgspec.DecodeError, ValueError) as error:
        raise SettingsError(f"not valid TOML: {error}", where=where) from error
    if _PASSWORD.search(settings.store.url):
        raise SettingsError(
            "the store's password stands in clear",
            where=where,
            hint="leave it out, and set PGPASSWORD or write it into ~/.pgpass",
        )
    for one in settings.accounts:
        if one.timezone:
            zone_name(one.timezone, where)
        for key, value in (one.source or {}).items():
            if isinstance(value, str) and any(word in key.lower() for word in _SECRET_WORDS):
                raise SettingsError(
                    f"{key!r} of {one.account} stands in clear", where=where, hint=_KEPT_ELSEWHERE
                )
    _check_channels(settings, where)
    return settings


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
                hint=_nearest(back, [name for name in names if name != channel.name]),
            )
        for reader in channel.for_:
            if settings.accounts and " ".join(reader.split()).casefold() not in known:
                raise SettingsError(
                    f"channel {channel.name!r} is for {reader!r}, whom no account names",
                    where=where,
                    hint=_nearest(reader.casefold(), sorted(known)),
                )


def _nearest(word: str, known: Sequence[str]) -> str:
    letters = sorted(word)
    near = [one for one in known if sorted(one) == letters]
    near = near or difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else ""


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


def _e164(number: str) -> str:
    digits = re.sub(r"[^\d+]", "", number)
    if digits.startswith("0"):
        return "+62" + digits[1:]
    return "+" + digits if digits.startswith("62") else digits


def _with_parents(domain: str) -> list[str]:
    """Return a site's domain and those above it, for links are known by the registered one.

    Examples:
        >>> _with_parents("https://www.kab-blora.kpu.go.id/")
        ['kab-blora.kpu.go.id', 'kpu.go.id', 'go.id']
    """
    host = domain.strip().lower().rpartition("://")[2].partition("/")[0].removeprefix("www.")
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def _hint(message: str) -> str:
    """Say what to do: for an unknown key, name the known one that is nearest to it."""
    match = re.search(r"unknown field `([^`]+)`", message)
    if match is None:
        return _KEPT_ELSEWHERE if message.endswith(".url`") and "`object`" in message else ""
    table = re.sub(r"\[[^\]]*\]", "", message.partition(" - at `$")[2].rstrip("`")).rpartition(".")[
        2
    ]
    known = _TABLES.get(table, Settings).__struct_encode_fields__
    return _nearest(match.group(1), known) or "see kentongan schema settings"
