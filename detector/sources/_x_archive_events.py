"""What happened to an X account, as the smaller files of its archive tell it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from detector.records import TimeQuality
from detector.sources._details import masked
from detector.sources._times import moment
from detector.sources._x_tweets import FIRST_YEAR

_ONE_SWEEP: Final = timedelta(hours=1)
_OPENING: Final = timedelta(days=1)
"""How long after it is opened an account's first e-mail address may be confirmed."""
_SEVERAL: Final = 2
"""Posts deleted within an hour of the first, that are told as one event; a single one is everyday."""
_LAST_YEAR: Final = 2099


class Happened(msgspec.Struct, frozen=True):
    """An account event before it is given."""

    kind: str
    at: datetime
    quality: TimeQuality
    details: dict[str, str]


class Deletion(msgspec.Struct, frozen=True):
    """A post that was deleted: which, when, and where that is told."""

    id: str
    at: datetime
    quality: TimeQuality
    where: str


class Telling:
    """The event files of one archive, read record by record."""

    def __init__(self, born: Any) -> None:
        """Begin.

        Args:
            born: when the account was opened, as `account.js` writes it; the address it was opened
                from has no time of its own.
        """
        self._born = born
        self._email = ""
        self._addressed_at: datetime | None = None

    def told(self, stem: str, record: Any) -> Happened | None:
        """Read one record of an event file.

        Args:
            stem: name of the file, without ``-part1`` and ending.
            record: an element of its list.

        Returns:
            The event; None when the record tells a state and nothing that happened.

        Raises:
            ValueError: it is of another shape, or has no usable time.
        """
        if not isinstance(record, dict):
            raise ValueError(record if isinstance(record, str) else "is not an object")  # noqa: TRY004
        outer, reader = _READERS[stem]
        inner = record.get(outer, record)
        if not isinstance(inner, dict):
            raise ValueError(f"its {outer} is not an object")  # noqa: TRY004
        happened = reader(inner, self._born)
        if happened is not None and happened.kind == "email_changed":
            return self._addressed(happened, _nested(inner, "emailChange"))
        return happened

    def _addressed(self, one: Happened, change: dict[str, Any]) -> Happened:
        """Tell an address that was only confirmed, anew or when the account was opened, from a new one.

        X lists the first address and every confirmation of the same one as changes too.
        """
        new, old = change.get("changedTo"), change.get("changedFrom") or self._email
        if not isinstance(new, str) or not isinstance(old, str):
            return one
        # A record that stands twice is no confirmation of itself.
        is_same = self._addressed_at != one.at and new.strip().casefold() == old.strip().casefold()
        is_first = not old and self._is_young(one.at)
        self._email, self._addressed_at = new, one.at
        if not (is_same or is_first):
            return one
        return Happened(
            "session_updated", one.at, one.quality, {**one.details, "action": "email confirmed"}
        )

    def _is_young(self, at: datetime) -> bool:
        if not self._born:
            return False
        try:
            return abs(at - within(self._born)[0]) <= _OPENING
        except ValueError:
            return False


def within(stamp: Any) -> tuple[datetime, TimeQuality]:
    """Read a time.

    Raises:
        ValueError: there is none, or it is in a year before X.
    """
    at, quality = moment(stamp)
    if not FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValueError(f"its time is in the year {at.year}")
    return at, quality


def _shown(**values: Any) -> dict[str, str]:
    return {
        key.rstrip("_"): masked(value)
        for key, value in values.items()
        if isinstance(value, str) and value.strip()
    }


def _address(value: Any) -> dict[str, str]:
    try:
        return {"ip": str(ipaddress.ip_address(str(value).strip()))}
    except ValueError:
        return {}


def _nested(record: dict[str, Any], key: str) -> dict[str, Any]:
    inner = record.get(key, record)
    if not isinstance(inner, dict):
        raise ValueError(f"its {key} is not an object")  # noqa: TRY004
    return inner


def _changed(kind: str, key: str) -> Callable[[dict[str, Any], Any], Happened]:
    def read(record: dict[str, Any], _born: Any) -> Happened:
        change = _nested(record, key)
        at, quality = within(change.get("changedAt"))
        shown = _shown(from_=change.get("changedFrom"), to=change.get("changedTo"))
        return Happened(kind, at, quality, shown)

    return read


def _login(record: dict[str, Any], _born: Any) -> Happened:
    at, quality = within(record.get("createdAt"))
    return Happened("login", at, quality, _address(record.get("loginIp")))


def _connected(record: dict[str, Any], _born: Any) -> Happened:
    at, quality = within(record.get("approvedAt"))
    granted = record.get("permissions")
    rights = ", ".join(filter(_is_text, granted)) if isinstance(granted, list) else None
    maker = record.get("organization")
    details = _shown(
        app=record.get("name"),
        permissions=rights,
        organization=maker.get("name") if isinstance(maker, dict) else None,
    )
    return Happened("app_connected", at, quality, details)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _acted(kind: str, time_key: str) -> Callable[[dict[str, Any], Any], Happened]:
    def read(record: dict[str, Any], _born: Any) -> Happened:
        at, quality = within(record.get(time_key))
        return Happened(kind, at, quality, _shown(to=record.get("action")))

    return read


def _opened(record: dict[str, Any], born: Any) -> Happened:
    stamp = record.get("createdAt") or born
    if not stamp:
        raise ValueError("has no time: account.js, which has it, is missing")
    at, quality = within(stamp)
    return Happened("signup", at, quality, _address(record.get("userCreationIp")))


def _verified(record: dict[str, Any], _born: Any) -> Happened | None:
    stamp = record.get("verifiedAt") or record.get("changedAt")
    if not stamp:
        return None
    at, quality = within(stamp)
    is_verified = str(record.get("verified")).lower() == "true"
    return Happened(
        "status_changed", at, quality, {"to": "verified" if is_verified else "not verified"}
    )


_READERS: Final[dict[str, tuple[str, Callable[[dict[str, Any], Any], Happened | None]]]] = {
    "screen-name-change": ("screenNameChange", _changed("handle_changed", "screenNameChange")),
    "email-address-change": ("emailAddressChange", _changed("email_changed", "emailChange")),
    "ip-audit": ("ipAudit", _login),
    "connected-application": ("connectedApplication", _connected),
    "account-suspension": ("accountSuspension", _acted("status_changed", "timeStamp")),
    "protected-history": ("protectedHistory", _acted("privacy_changed", "protectedAt")),
    "account-creation-ip": ("accountCreationIp", _opened),
    "verified": ("verified", _verified),
}
EVENT_STEMS: Final = frozenset(_READERS)
"""Names of the files that tell what happened to the account."""


def sweeps(deletions: Iterable[Deletion]) -> dict[str, tuple[Deletion, int]]:
    """Find where several posts were deleted within an hour.

    Args:
        deletions: in any order; the same post may be told of twice.

    Returns:
        For each sweep, by the place that tells of its first deletion: that one, and how many there
        were within the hour after it.
    """
    first_told: dict[str, Deletion] = {}
    for one in deletions:
        first_told.setdefault(one.id or one.where, one)
    found: dict[str, tuple[Deletion, int]] = {}
    begun: Deletion | None = None
    count = 0
    for one in sorted(first_told.values(), key=lambda one: (one.at, one.where)):
        if begun is not None and one.at - begun.at <= _ONE_SWEEP:
            count += 1
        else:
            begun, count = one, 1
        found[begun.where] = begun, count
    return {where: sweep for where, sweep in found.items() if sweep[1] >= _SEVERAL}
