"""What one line of Instagram's profile activity tells: logins, refused logins, and what was changed from where.

Since 2025 the file lists every login, checkpoint, change and mail with the address and the device behind it.
What was done is said in the account's language; the field that was changed, and which mail was sent, are
code words, the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from detector.sources._details import masked
from detector.sources._meta_said import kind_said

Entry = tuple[str, str]
"""A label and its value."""

_CODE: Final = re.compile(r"[a-z][a-z0-9]{1,30}(?:_[a-z0-9]{1,30}){0,8}")
_THREADS: Final = "text_post_app_"
_CONFIRMED: Final = ("_confirmed", "_verified")
"""Ends of fields that only say that something was confirmed."""
_FIELDS: Final = (
    ("password", "password_changed"),
    ("email", "email_changed"),
    ("phone", "phone_changed"),
    ("username", "handle_changed"),
    ("pic", "picture_changed"),
    ("photo", "picture_changed"),
    ("link", "link_changed"),
    ("url", "link_changed"),
    ("website", "link_changed"),
    ("bio", "bio_changed"),
    ("name", "name_changed"),
    ("priva", "privacy_changed"),
)
"""Parts of a changed field's code word, and the kind of event; the first that fits counts."""
_DOUBTED: Final = "suspicious"
_CHANGE: Final = 3
"""Entries that tell of a change: what, the new value, the old one."""
_VALUELESS: Final = frozenset({"password_changed", "picture_changed", "session_updated"})
"""Kinds whose values say nothing: none, or the insides of a picture's file."""
_PLACE: Final = re.compile(r"[^\d@{}\"]{2,80}, (?P<country>[A-Z]{2})")
_SERVERS: Final = "C++/THttpClient"
"""What Meta's own servers are called: their addresses and devices are nobody's."""


def is_meta(values: Iterable[str]) -> bool:
    """Whether it was Meta itself that did something, such as sending a mail."""
    return _SERVERS in values


def done(entries: Sequence[Entry], record: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Return what a line tells was done, and what of it is kept besides the device's traces.

    Args:
        entries: the record's own labels and values, times left out, in its order.
        record: as parsed; in HTML, where nothing is nested, the details follow an empty value.
    """
    own, inner = _parted(entries, record)
    said = own[0][1] if own else ""
    values = [_plain(value) for _, value in inner]
    code = values[0] if values and _CODE.fullmatch(values[0]) else ""
    if code and len(values) > 1:
        is_mail = len(values) < _CHANGE and "@" in values[1] and code != "email"
        return _sent(code) if is_mail else _changed(code, values[1:])
    kind = kind_said(said, "session_updated")
    if kind == "login_challenged" and is_meta(value for _, value in own):
        return "session_updated", {"action": masked(said)}
    place = next(filter(None, map(_PLACE.fullmatch, values)), None)
    if place is None:
        return kind, {}
    return kind, {"location": place[0], "country": place["country"]}


def _parted(
    entries: Sequence[Entry], record: dict[str, Any]
) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """Return a line's own entries and those of its details."""
    rows = record.get("label_values")
    nested = [
        one
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and isinstance(row.get("dict"), list)
        for one in row["dict"]
        if isinstance(one, dict)
    ]
    if nested:
        values = [(str(one.get("label") or ""), one.get("value")) for one in nested]
        return entries, [(label, value) for label, value in values if isinstance(value, str)]
    empty = [place for place, (_, value) in enumerate(entries) if not value]
    last = empty[-1] if empty else len(entries)
    return entries[:last], entries[last + 1 :]


def _plain(value: str) -> str:
    """Return a value that is written as JSON in a text as the text it stands for."""
    value = value.strip()
    if value.startswith('"'):
        try:
            inner = msgspec.json.decode(value.encode(), type=str)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return value
        return "" if inner == "None" else inner
    return value


def _sent(code: str) -> tuple[str, dict[str, str]]:
    """Read a mail that Instagram sent: of what it tells, all but its doubts stand in lines of their own."""
    return "login_challenged" if _DOUBTED in code else "session_updated", {"action": code}


def _changed(code: str, values: Sequence[str]) -> tuple[str, dict[str, str]]:
    field = code.removeprefix(_THREADS)
    if field.endswith(_CONFIRMED):
        return "session_updated", {"action": code}
    kind = next((kind for part, kind in _FIELDS if part in field), "profile_changed")
    if kind in _VALUELESS:
        return kind, {}
    details = {} if kind != "profile_changed" else {"action": code}
    if len(values) > 1 and values[1]:
        details["from"] = masked(values[1])
    if values[0]:
        details["to"] = masked(values[0])
    return kind, details
