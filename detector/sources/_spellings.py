"""Records of other programs made posts and events, by the names of their fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from detector.errors import Location
from detector.records import AccountEvent, Post, Rejected, TimeQuality
from detector.sources._details import EVENT_KINDS
from detector.sources._field_names import Plan, plan_of
from detector.sources._plain import BarePost, PlainPost, is_odd
from detector.sources._table_posts import platform_of
from detector.sources._times import FIRST_YEAR, LAST_YEAR, moment
from detector.sources._values import READERS, inner_of, name_of, text_of
from detector.sources._x_tweets import time_of_id
from detector.sources.interface import Outcome, Skipped, content_id

UNKNOWN: Final = "unknown"
"""The platform of posts of which neither a file nor its reader tells it; their addresses may."""
_PLATFORMS: Final = {"twitter": "x", "twitter/x": "x", "fb": "facebook", "ig": "instagram"}
"""Other names of platforms."""
_OWNED: Final = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:(?:twitter|x)\.com/(?!i/)(?=\w{1,15}/status/)|tiktok\.com/@)([\w.]{1,40})/"
)
"""Addresses that tell whose a post is."""
_NUMBERED: Final = re.compile(r"/(?:status|video|photo)/(\d{15,19})(?!\d)")
"""The number of a post in its address, by which X and TikTok tell its time."""
_TOO_MANY_SHAPES: Final = 1_000
_iso = datetime.fromisoformat

Owner = tuple[str, str, set[str]]
"""Platform, account, and the ids of its posts so far."""


def is_postlike(record: Any) -> bool:
    """Whether a record has what a post or an account event needs: words or an event's name, and a time."""
    if not isinstance(record, dict) or not all(isinstance(key, str) for key in record):
        return False
    plan = plan_of(tuple(record))
    if plan.created_at is None or isinstance(record[plan.created_at], bool | list | dict):
        return False
    if _event_of(record, plan):
        return True
    text = record[plan.text] if plan.text else 0
    return text is None or isinstance(text, str) or inner_of(text, ("text", "body")) is not None


class Records:
    """Turns the records of one file into outcomes.

    Args:
        label: the file, for locations.
        account, platform: what to use where a record does not tell.
        owners: the accounts met so far, shared by the files of one archive.
    """

    def __init__(
        self, label: str, *, account: str, platform: str, owners: dict[tuple[str, str], Owner]
    ) -> None:
        self._label = label
        self._account = account
        self._platform = platform
        self._owners = owners
        self._spelled: dict[tuple[str, str], Owner] = {}
        self._plans: dict[tuple[str, ...], Plan] = {}

    def outcome(self, record: dict[str, Any], index: int) -> Outcome:
        """Return what became of a record, the `index`-th of its file."""
        plan = self._plans.get(keys := tuple(record))
        if plan is None:
            if len(self._plans) >= _TOO_MANY_SHAPES:
                self._plans.clear()
            plan = self._plans[keys] = plan_of(keys)
        if plan.core is not None and (post := self._plainly(record, plan, plan.core, index)):
            return post
        try:
            if plan.event and (event := _event_of(record, plan)):
                return self._event(record, plan, event, index)
            return self._post(record, plan, index)
        except ValueError as error:
            return self.rejected(index, str(error))

    def bare(self, record: BarePost, index: int) -> Post | Skipped | None:
        """Return what became of a record, or None when it must be looked at as any other."""
        at, own = record.created_at, record.id
        if not own or at.tzinfo is None or at.microsecond or not FIRST_YEAR <= at.year <= LAST_YEAR:
            return None
        owner = self._owner_of(record)
        if owner is None:
            return None
        platform, account, ids = owner
        if own in ids:
            return Skipped.DUPLICATE
        ids.add(own)
        # Naming the other fields as well would take as long as all the rest.
        return Post(
            platform=platform,
            account=account,
            id=own,
            created_at=at if at.tzinfo is UTC else at.astimezone(UTC),
            text=record.text,
            where=f"{self._label}#{index}",
        )

    def plain(self, record: PlainPost, index: int) -> Post | Skipped | None:
        """Return what became of a record, or None when it must be looked at as any other."""
        at, own = record.created_at, record.id
        if not own or at.tzinfo is None or not FIRST_YEAR <= at.year <= LAST_YEAR:
            return None
        quality = record.time_quality
        if quality is None:
            if at.microsecond:
                return None
            quality = TimeQuality.EXACT
        if (record.links or record.media or record.app) and is_odd(record):
            return None
        owner = self._owner_of(record)
        if owner is None:
            return None
        platform, account, ids = owner
        if own in ids:
            return Skipped.DUPLICATE
        ids.add(own)
        return Post(
            platform=platform,
            account=account,
            id=own,
            created_at=at if at.tzinfo is UTC else at.astimezone(UTC),
            text=record.text,
            where=f"{self._label}#{index}",
            kind=record.kind,
            time_quality=quality,
            url=record.url or None,
            app=record.app or None,
            language=record.language or None,
            in_reply_to=record.in_reply_to or None,
            is_repost=record.is_repost,
            links=record.links,
            media=record.media,
            location=record.location or None,
        )

    def _plainly(
        self, record: dict[str, Any], plan: Plan, core: tuple[str, str, str, str, str], index: int
    ) -> Post | Skipped | None:
        """Read a record whose values are all of the usual kind; None when one is not.

        Nearly every record of a large file goes this way, and it is where the time goes.
        """
        text_key, time_key, id_key, platform_key, account_key = core
        try:
            text, own, stamp = record[text_key], record[id_key], record[time_key]
            at = _iso(stamp)
            platform, account, ids = self._spelled[record[platform_key], record[account_key]]
            if not (
                (at.second or stamp[16] == ":")
                and at.microsecond == 0
                and at.tzinfo is not None
                and FIRST_YEAR <= at.year <= LAST_YEAR
                and own
                and type(own) is str
                and type(text) is str
            ):
                return None
        except (TypeError, ValueError, LookupError):
            return None
        if own in ids:
            return Skipped.DUPLICATE
        ids.add(own)
        at = at if at.tzinfo is UTC else at.astimezone(UTC)
        where = f"{self._label}#{index}"
        if plan.extras:
            return Post(
                platform=platform,
                account=account,
                id=own,
                created_at=at,
                text=text,
                where=where,
                **self._extras(record, plan),
            )
        # Unpacking an empty dict would cost a tenth of all the time.
        return Post(
            platform=platform, account=account, id=own, created_at=at, text=text, where=where
        )

    def rejected(self, index: int, why: str) -> Rejected:
        """Say that a record could not be read."""
        return Rejected(Location(self._label, index), why)

    def _post(self, record: dict[str, Any], plan: Plan, index: int) -> Post | Skipped:
        if plan.text is None:
            raise ValueError("has no text: none of its fields is called text, caption or message")
        if plan.created_at is None:
            raise ValueError(
                "has no time: none of its fields is called created_at, timestamp or date"
            )
        text = record[plan.text]
        if type(text) is not str:
            text = text_of(text)
        if plan.title:
            text = _titled(record[plan.title], text)
        at, quality, number = _timed(record, plan)
        platform, account, ids = self._owner(record, plan)
        extras = self._extras(record, plan)
        own = record[plan.id] if plan.id else number
        if own is None or own == "" or isinstance(own, list | dict):
            own = content_id(at, text, [one.path or "" for one in extras.get("media", ())])
        elif type(own) is not str:
            own = str(own)
        if own in ids:
            return Skipped.DUPLICATE
        ids.add(own)
        if "time_quality" in extras:
            quality = extras.pop("time_quality")
        return Post(
            platform=platform,
            account=account,
            id=own,
            created_at=at,
            text=text,
            where=f"{self._label}#{index}",
            time_quality=quality,
            **extras,
        )

    def _extras(self, record: dict[str, Any], plan: Plan) -> dict[str, Any]:
        found = {}
        for field, key in plan.extras:
            value = record[key]
            if value is not None and value != "":
                read = READERS[field](value)
                if read is not None:
                    found[field] = read
        return found

    def _event(self, record: dict[str, Any], plan: Plan, kind: str, index: int) -> AccountEvent:
        at, quality = moment(record[plan.created_at] if plan.created_at else None)
        platform, account, _ = self._owner(record, plan)
        given = next((record[key] for key in record if key.lower() == "details"), None)
        if isinstance(given, str) and given.startswith("{"):
            try:
                given = msgspec.json.decode(given)
            except ValueError:
                given = None
        details = {
            key: str(value)[:200]
            for key, value in (given.items() if isinstance(given, dict) else ())
        }
        return AccountEvent(
            platform=platform,
            account=account,
            kind=kind,
            at=at,
            where=f"{self._label}#{index}",
            time_quality=quality,
            details=details,
        )

    def _owner(self, record: dict[str, Any], plan: Plan) -> Owner:
        platform = record[plan.platform] if plan.platform else ""
        account = record[plan.account] if plan.account else ""
        if type(platform) is not str:
            platform = name_of(platform)
        if type(account) is not str:
            account = name_of(account)
        is_untold = not platform and self._platform == UNKNOWN
        if is_untold or not account:
            link = next((record[key] for field, key in plan.extras if field == "url"), None)
            link = link if isinstance(link, str) else ""
            if is_untold:
                platform = platform_of(link) or plan.implied
            if not account and (match := _OWNED.match(link)):
                account = match[1]
        return self._spelled.get((platform, account)) or self._met(platform, account)

    def _owner_of(self, record: BarePost) -> Owner | None:
        """Return whose a record is; None when it does not say so itself."""
        platform, account = record.platform, record.account
        known = self._spelled.get((platform, account))
        if known is None and platform and account:
            return self._met(platform, account)
        return known

    def _met(self, platform: str, account: str) -> Owner:
        """Return the account that is written so for the first time."""
        platform_named = platform.strip().lower()
        named = (
            _PLATFORMS.get(platform_named, platform_named) or self._platform,
            account.strip().removeprefix("@") or self._account,
        )
        owner = self._spelled[platform, account] = self._owners.setdefault(named, (*named, set()))
        return owner


def _titled(title: Any, text: str) -> str:
    """Return a heading and the text below it, which may begin with it or be empty."""
    if not isinstance(title, str) or not title.strip() or title.strip() in text:
        return text
    return f"{title}\n{text}" if text.strip() else title


def _timed(record: dict[str, Any], plan: Plan) -> tuple[datetime, TimeQuality, str]:
    """Return when a post was made; of a table that tells the day alone, the number in its address tells.

    Returns:
        The time, how far it can be trusted, and the number; empty where it was not needed.

    Raises:
        ValueError: it has no usable time.
    """
    if plan.is_timed_by_id:
        link = next((record[key] for field, key in plan.extras if field == "url"), "")
        found = _NUMBERED.search(link) if isinstance(link, str) else None
        if found and plan.implied == "tiktok":
            return datetime.fromtimestamp(int(found[1]) >> 32, UTC), TimeQuality.EXACT, found[1]
        if found and (at := time_of_id(found[1])):
            return at, TimeQuality.EXACT_MS, found[1]
    return *moment(record[plan.created_at] if plan.created_at else None), ""


def _event_of(record: dict[str, Any], plan: Plan) -> str | None:
    """Return the name of the account event a record tells, or None when it is a post."""
    for key in plan.event:
        value = record[key]
        if isinstance(value, str) and (value in EVENT_KINDS or (key.lower() == "event" and value)):
            return value
    return None
