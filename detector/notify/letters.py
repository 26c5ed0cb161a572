"""Messages ready to be queued: what they are, what they are called, and when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from detector.notify.messages import Message
from detector.records import Alert
from detector.settings import ChannelSettings
from detector.store.interface import AccountKey, Delivery

ONE_HAND: Final = timedelta(hours=1)
"""For so long after a channel was told of a campaign, more of its accounts are told together ..."""

GATHERED: Final = timedelta(minutes=5)
"""... and wait for each other for so long."""

MANY: Final = 8
"""Messages to one channel within `GATHERED` from which on further ones are told together."""


class Kind(StrEnum):
    """What a message is; `Delivery.kind`."""

    ALERT = "alert"
    """An account looks taken over."""
    WATCH = "watch"
    RECOVERY = "recovery"
    ESCALATION = "escalation"
    REMINDER = "reminder"
    BLIND = "blind"
    READABLE = "readable"
    UNREAD_FILE = "unread_file"
    """What somebody handed over for an account could not be read."""
    TOKEN = "token"  # noqa: S105 - a word, no secret
    ALL_QUIET = "all_quiet"
    TEST = "test"


URGENT: Final = (Kind.ALERT, Kind.ESCALATION, Kind.REMINDER)
"""Kinds that are about a takeover nobody has dealt with."""


def hand_of(key: AccountKey, opened_at: datetime) -> str:
    """Return what alarms about one hand's accounts have in common: the account that fell first, and when."""
    return f"{key[0]}:{key[1]}|{opened_at.isoformat()}"


def letter(
    kind: Kind,
    mark: str,
    channel: ChannelSettings,
    written: Message,
    now: datetime,
    *,
    step: int = 0,
    alert: Alert | None = None,
    key: AccountKey | None = None,
    group: str | None = None,
    due_at: datetime | None = None,
) -> Delivery:
    """Make a message ready to be queued.

    Args:
        kind: what it is.
        mark: what it is about; with step and channel its id.
        channel: for which.
        written: what it says.
        now: UTC.
        step: of an escalation, or of reminders.
        alert: what raised it.
        key: the account it is about, unless the alert says.
        group: what it may be told together with.
        due_at: when it is to leave; at once by default.
    """
    return Delivery(
        id=f"{mark}|{step}|{channel.name}",
        alert_id=alert.id if alert else mark,
        channel=channel.name,
        kind=kind,
        title=written.title,
        body=written.short if channel.short else written.body,
        created_at=now,
        due_at=due_at or now,
        key=(alert.platform, alert.account) if alert else key,
        group=group,
    )


def gathered(plan: Delivery, recent: Sequence[Delivery], now: datetime) -> Delivery:
    """Let a message wait a little for others, when its channel has just been told of the same hand, or of much."""
    if plan.due_at > now:
        return plan
    lately = [one for one in recent if one.channel == plan.channel and one.due_at <= now]
    if plan.group and any(
        one.group == plan.group and now - one.created_at < ONE_HAND for one in lately
    ):
        return msgspec.structs.replace(plan, due_at=_next(now, GATHERED))
    if sum(now - one.created_at < GATHERED for one in lately) >= MANY:
        return msgspec.structs.replace(plan, due_at=_next(now, GATHERED))
    return plan


def _next(now: datetime, every: timedelta) -> datetime:
    """Return the next of the moments that lie `every` apart, so that what waits for it goes together."""
    past = now.timestamp() % every.total_seconds()
    return now + every - timedelta(seconds=past)


def bucket(moment: datetime, every: timedelta) -> int:
    """Number the stretches of time that last `every`, so that news of one stretch can have one id."""
    return int(moment.timestamp() // every.total_seconds())
