"""The shapes of what comes out: `kentongan.scan/1` and the lines of `score`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from detector.records import Finding, Reason
from detector.sources._values import mended

FORMAT = "kentongan.scan/1"


class GivenReason(msgspec.Struct, frozen=True):
    """One term of a sum."""

    what: str
    log_odds: float
    """Nats; above 0 speaks for a stranger."""
    why: str


class GivenCategory(msgspec.Struct, frozen=True):
    """A kind of stranger's post that this one may be."""

    category: str
    probability: float
    """Given that a stranger wrote it, 0 to 1."""


class FlaggedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post that is held to be a stranger's, or may be."""

    id: str
    created_at: datetime
    url: str | None
    text: str
    verdict: str
    probability: float
    log_odds: float
    category: str | None
    findings: list[Finding]
    reasons: list[GivenReason]
    where: str
    categories: list[GivenCategory] = []
    """The likeliest, `category` first: three at most, of more than 5 %."""


class GivenChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change to an account that belongs to an incident."""

    kind: str
    at: datetime
    where: str
    log_odds: float
    reasons: list[GivenReason]


class GivenIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An interval in which the account is held to be taken over."""

    opened_at: datetime
    detected_at: datetime
    closed_at: datetime | None
    peak_probability: float
    post_ids: list[str]
    categories: list[str]
    reasons: list[GivenReason]
    """Of its weightiest post, or of its changes when it has no post."""
    log_odds: float = 0.0
    """The sum of these reasons, in nats."""
    takeover_after: datetime | None = None
    """The account changed hands after this, the last moment at which it was surely the owner's, ..."""
    takeover_before: datetime | None = None
    """... and not after this."""
    changes: list[GivenChange] = []
    """In order of time."""
    false_if: list[str] = []
    """What would have to be true for it to be a false alarm."""


class GivenEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an account and is not a post."""

    kind: str
    at: datetime
    time_quality: str
    """exact-s, exact-ms, minute, or local-unknown-zone."""
    where: str
    details: dict[str, str]


class GivenAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a scan."""

    platform: str
    account: str
    institution: str | None
    timezone: str | None
    duty_contact: str | None
    reports_to: list[str]
    posts: int
    events: int
    rejected: int
    first_post_at: datetime | None
    last_post_at: datetime | None
    state: str
    probability: float
    incidents: list[GivenIncident]
    flagged: list[FlaggedPost]
    """Posts held to be a stranger's."""
    doubtful: list[FlaggedPost]
    """Posts a person should look at."""
    account_events: list[GivenEvent] = []
    """In order of time."""


class GivenRejected(msgspec.Struct, frozen=True):
    """A record or file that could not be read."""

    where: str
    why: str


class GivenFile(msgspec.Struct, frozen=True, kw_only=True):
    """What one input was taken for, and what became of its records."""

    file: str
    source: str
    records: int = 0
    posts: int = 0
    events: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Totals; posts + events + duplicates + rejected + ignored = records."""

    accounts: int
    posts: int
    events: int
    duplicates: int
    rejected: int
    ignored: int
    records: int
    compromised: int
    """Accounts with an incident opened in the window."""
    seconds: float


class CampaignAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One account's part in a campaign."""

    platform: str
    account: str
    ids: list[str]
    """Of its posts and changes."""


class GivenCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents on several accounts that one hand made."""

    id: str
    first_at: datetime
    last_at: datetime
    shared: list[str]
    """Numbers, wallets, sites or network addresses they have in common."""
    accounts: list[CampaignAccount]
    """In the order in which they fell."""


class ScanDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a scan found."""

    format: str
    model: str
    summary: Summary
    accounts: list[GivenAccount]
    rejected: list[GivenRejected]
    files: list[GivenFile]
    errors: list[GivenRejected]
    """Inputs that could not be used at all."""
    campaigns: list[GivenCampaign] = []


class ScoredText(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `score`: a text judged alone."""

    id: Any
    """As given; null when there was none."""
    flagged: bool
    probability: float
    log_odds: float
    category: str | None
    findings: list[Finding]
    reasons: list[GivenReason]
    categories: list[GivenCategory] = []
    """The likeliest, `category` first: three at most, of more than 5 %."""
    error: str | msgspec.UnsetType = msgspec.UNSET
    """Why the line could not be read; absent when it could."""


def given(reasons: tuple[Reason, ...], language: str) -> list[GivenReason]:
    """Put reasons into one language."""
    return [GivenReason(one.what, one.log_odds, one.why.said(language)) for one in reasons]


def kinds(categories: tuple[tuple[str, float], ...]) -> list[GivenCategory]:
    """Return a verdict's categories as they are written."""
    return [GivenCategory(name, probability) for name, probability in categories]


def encoded(value: Any) -> bytes:
    """Return `value` as JSON on one line; half a surrogate pair, as in a damaged file name, becomes U+FFFD."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(mended(msgspec.to_builtins(value)))
