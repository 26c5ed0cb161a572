"""The nouns: frozen values that flow between the stages.

Times are aware datetimes in UTC. Probabilities run from 0 to 1; `log_odds` are natural logarithms
(nats), above 0 speaking for a stranger. `None` means unknown, never zero.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from detector.errors import Location

__all__ = [
    "Account", "AccountEvent", "Alert", "Author", "Comment", "Finding", "Incident", "Media", "Page",
    "Post", "Profile", "Reason", "Rejected", "Signal", "State", "TimeQuality", "Verdict", "Wording",
]  # fmt: skip


class TimeQuality(StrEnum):
    """How far a time can be trusted."""

    EXACT = "exact-s"
    EXACT_MS = "exact-ms"
    MINUTE = "minute"
    LOCAL = "local-unknown-zone"
    """Written in some local zone that the file does not name; read as UTC."""


class Author(StrEnum):
    """Who wrote a post, as far as can be told."""

    OWNER = "OWNER"
    DOUBTFUL = "DOUBTFUL"
    STRANGER = "STRANGER"
    UNKNOWN = "UNKNOWN"
    """Too short or too foreign to judge, and nothing else to go by."""


class State(StrEnum):
    """In whose hands an account is held to be."""

    LEARNING = "LEARNING"
    NORMAL = "NORMAL"
    WATCHED = "WATCHED"
    COMPROMISED = "COMPROMISED"
    RECOVERING = "RECOVERING"


class Wording(msgspec.Struct, frozen=True, gc=False):
    """One sentence in the two languages an office may read."""

    id: str
    en: str

    def said(self, language: str) -> str:
        """Return the sentence in `language` (``id`` or ``en``)."""
        return self.id if language == "id" else self.en


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """A change that an office told of beforehand."""

    kind: str
    """As `AccountEvent.kind`; ``profile_changed`` for any of name, handle, biography, link and picture."""
    since: datetime
    until: datetime
    note: str = ""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One identity on one platform."""

    platform: str
    handle: str
    institution: str | None = None
    timezone: str | None = None
    """IANA name or None when nobody said; never guessed."""
    official_numbers: tuple[str, ...] = ()
    """E.164."""
    official_domains: tuple[str, ...] = ()
    """Domains and those above them, lower case."""
    duty_contact: str | None = None
    reports_to: tuple[str, ...] = ()
    announced: tuple[Announced, ...] = ()
    countries: tuple[str, ...] = ()
    """ISO 3166 codes of the countries its people log in from; unknown when empty."""


class Media(msgspec.Struct, frozen=True, gc=False):
    """A picture or film that came with a post; never decoded."""

    kind: str
    path: str | None = None
    size: int | None = None
    """Bytes."""


class Comment(msgspec.Struct, frozen=True, gc=False):
    """What somebody wrote under a post."""

    text: str
    author: str | None = None
    created_at: datetime | None = None


class Post(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One public utterance of an account."""

    platform: str
    account: str
    id: str
    """The platform's id, or a hash of time, text and media where the export has none."""
    created_at: datetime
    text: str
    where: str = ""
    """``file#record`` it was read from."""
    kind: str = "post"
    """post, reel, story, archived, igtv, profile_picture or other."""
    time_quality: TimeQuality = TimeQuality.EXACT
    url: str | None = None
    app: str | None = None
    """The publishing client."""
    language: str | None = None
    in_reply_to: str | None = None
    is_repost: bool = False
    links: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    location: str | None = None
    comments: tuple[Comment, ...] = ()


class AccountEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to an account and is not a post."""

    platform: str
    account: str
    kind: str
    """login, logout, password_changed, privacy_changed, name_changed, bio_changed, picture_changed ..."""
    at: datetime
    where: str = ""
    time_quality: TimeQuality = TimeQuality.EXACT
    details: dict[str, str] = {}


class Profile(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a platform shows of an account itself at one moment; None where it does not say."""

    handle: str | None = None
    name: str | None = None
    bio: str | None = None
    links: tuple[str, ...] = ()
    picture: str | None = None
    """SHA-256 of what tells the picture apart: its address without what changes at every reading."""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    is_private: bool | None = None


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """A record that could not become a post or an event."""

    where: Location
    why: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A resumable batch from one file; records = posts + events + duplicates + rejected + ignored."""

    file: str
    posts: tuple[Post, ...] = ()
    events: tuple[AccountEvent, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    ignored: int = 0
    """Records left out by name, such as error items of a collection tool."""
    duplicates: int = 0
    """Records that repeat one already given."""
    records: int = 0
    """Records the batch took from the file."""
    cursor: str = ""
    """Opaque: hand it back to `pages(since=...)` to go on after this page."""
    profile: Profile | None = None
    """What a live feed shows of the account itself, where it does."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What an indicator saw: a span of the text as given, and its normalised value."""

    indicator: str
    start: int
    end: int
    text: str
    value: str | None = None


class Signal(msgspec.Struct, frozen=True, gc=False):
    """One number of evidence about a post."""

    name: str
    value: float | None
    """None when there is too little history to say."""
    unit: str = "nats"
    sample_size: int = 0


class Reason(msgspec.Struct, frozen=True, gc=False):
    """One line of a verdict's sum."""

    what: str
    """Stable name of the evidence: an indicator, a signal, ``text`` or ``base_rate``."""
    log_odds: float
    why: Wording


class Verdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who wrote one post; its reasons add up to its log-odds."""

    post_id: str
    author: Author
    probability: float
    """That a stranger wrote it."""
    log_odds: float
    category: str | None = None
    findings: tuple[Finding, ...] = ()
    reasons: tuple[Reason, ...] = ()
    categories: tuple[tuple[str, float], ...] = ()
    """The likeliest kinds of stranger's post, `category` first, each with its probability given that a stranger
    wrote it; none where `category` is ``UNKNOWN`` or None."""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """The interval in which one account is held to be taken over."""

    opened_at: datetime
    """Time of the first post held to be a stranger's; of the first change when there was no post by then."""
    detected_at: datetime
    """Time of the post or change that raised the alarm."""
    peak_probability: float
    closed_at: datetime | None = None
    post_ids: tuple[str, ...] = ()
    change_ids: tuple[str, ...] = ()
    """Changes to the account that belong to it; see `detector.changes`."""
    owners_before: datetime | None = None
    """Time of the last post before it that was surely the owner's: the takeover lies after it, ..."""
    strangers_by: datetime | None = None
    """... and not after this, the first post or change held to be a stranger's."""

    def joined(self, later: Incident) -> Incident:
        """Return what a later page made of this incident, with every post and change that any page named."""
        return msgspec.structs.replace(
            later,
            post_ids=tuple(dict.fromkeys((*self.post_ids, *later.post_ids))),
            change_ids=tuple(dict.fromkeys((*self.change_ids, *later.change_ids))),
        )


class Alert(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change of state worth telling an operator."""

    id: str
    platform: str
    account: str
    at: datetime
    state: State
    previous: State
    probability: float
    post_id: str | None = None
