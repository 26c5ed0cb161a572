"""What happened to a Facebook account, and whose it is: read by shape, for actions are translated."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from detector.sources._details import masked, traces
from detector.sources._facebook_posts import timed
from detector.sources._meta_said import kind_said

_BY_FILE: Final = {
    "account_activity": "session_updated",
    "logins_and_logouts": "session_updated",
    "login_history": "login",
    "ip_address_activity": "session_updated",
    "authorized_logins": "login",
    "recognized_devices": "login",
    "where_you_re_logged_in": "login",
    "administrative_records": "profile_changed",
    "record_details": "profile_changed",
    "account_status_changes": "status_changed",
    "your_recent_account_recovery_successes": "login_challenged",
    "profile_update_history": "profile_changed",
    "apps_and_websites": "app_connected",
    "connected_apps_and_websites": "app_connected",
    "business_integrations": "app_connected",
    "edits_you_made_to_posts": "post_edited",
    "email_address_verifications": "email_changed",
    "contact_verifications": "email_changed",
    "mobile_verifications": "phone_changed",
    "your_information_download_requests": "export_requested",
    "page_roles": "role_changed",
    "page_admins": "role_changed",
    "page_admin_history": "role_changed",
    "people_with_page_access": "role_changed",
    "page_access": "role_changed",
    "page_management_history": "role_changed",
    "profile_information": "signup",
}
EVENT_FILES: Final = re.compile(
    rf"(?:^|/)(?P<stem>{'|'.join(_BY_FILE).replace('you_re', 'you.re')})(?:_\d{{1,6}})?(?: ?\(\d{{1,3}}\))?\.(?:json|html)$",
    re.IGNORECASE,
)
"""Members that tell what happened to the account; an apostrophe may be written as an underscore."""
_BY_KEY: Final = {
    "account_activity": "session_updated",
    "account_accesses": "session_updated",
    "recognized_devices": "login",
    "active_sessions": "login",
    "used_ip_address": "session_updated",
    "admin_records": "profile_changed",
    "account_status_changes": "status_changed",
    "profile_updates": "profile_changed",
    "installed_apps": "app_connected",
    "contact_verifications": "email_changed",
    "page_roles": "role_changed",
    "page_admins": "role_changed",
    "profile": "signup",
}
"""Outer keys, which are never translated; since 2021 each ends in ``_v2``."""
EVENT_KEYS: Final = frozenset(_BY_KEY) - {"profile"}
OWNER_FILES: Final = (
    re.compile(r"(?:^|/)profile_information\.(?:json|html)$"),
    re.compile(r"(?:^|/)(?:page_information|page_profile)\.json$"),
    re.compile(r"(?:^|/)your_professional_dashboard_activity\.json$"),
)
"""Members that tell whose export it is."""

SAID: Final = frozenset({"session_updated", "profile_changed"})
"""Kinds that an action's words may make more precise."""
_NAMED: Final = frozenset({"email_changed", "phone_changed", "role_changed"})
"""Kinds whose first value, whatever its label, is what it was changed to."""
_LONGEST_ACTION: Final = 60
_STAMPS: Final = (
    "timestamp", "created_timestamp", "added_timestamp", "creation_timestamp", "change_timestamp",
    "verification_time", "start_timestamp", "time", "updated_timestamp",
)  # fmt: skip
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_WHERE: Final = ("location", "city", "region", "country")
VANITY: Final = re.compile(
    r"https?://(?:[a-z-]{1,20}\.)?facebook\.com/(?!profile\.php|people/|pages/)([A-Za-z0-9.]{3,60})/?$"
)

Told = tuple[str, datetime, dict[str, str]]
"""Kind, time and details of an account event."""


def kind_by_name(member: str) -> str:
    """Return the kind of event a member's name promises, empty when it does not."""
    match = EVENT_FILES.search(member)
    return _BY_FILE[match["stem"].lower().replace("'", "_").replace("’", "_")] if match else ""


def event_lists(tree: Any, member: str) -> Iterator[tuple[str, Any]]:
    """Yield (kind of event, record) for every record of a member.

    Raises:
        TypeError: its top level is neither a list nor an object of records.
    """
    fallback = kind_by_name(member)
    if isinstance(tree, dict) and "label_values" not in tree:
        lists = {key: inner for key, inner in tree.items() if isinstance(inner, list | dict)}
        if not lists and any(inner is not None for inner in tree.values()):
            raise TypeError("its top level is an object without any list of records")
        for key, inner in lists.items():
            kind = _BY_KEY.get(key.removesuffix("_v2"), fallback)
            for record in inner if isinstance(inner, list) else [inner]:
                if kind:
                    yield kind, record
        return
    if not isinstance(tree, dict | list):
        raise TypeError("its top level is neither a list nor an object of records")
    for record in tree if isinstance(tree, list) else [tree]:
        yield fallback or "profile_changed", record


def told(kind: str, record: Any, owner: str) -> list[Told]:
    """Read one record: an event, and a second one where an app was also removed.

    Args:
        kind: as `event_lists` gave it; what the record says of itself may be more precise.
        record: as parsed.
        owner: name of the account, which its sentences begin with.

    Raises:
        ValueError: it is not an object, or has no usable time.
    """
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one class says "rejected"
    if kind == "signup":
        return [(kind, timed(record.get("registration_timestamp"))[0], {})]
    session = record.get("session")
    parts = [record, session] if isinstance(session, dict) else [record]
    entries = _labelled(record)
    at = timed(_stamp(parts))[0]
    action = _first(parts, ("action", "event", "status", "title")) or _action_among(entries)
    details = _details(parts, entries)
    if kind == "app_connected":
        return _app(record, at, details, entries)
    if kind == "role_changed" and "device" in details:
        details["person"] = details.pop("device")
    if kind in SAID:
        kind = kind_said(action.replace(owner, " ") if owner else action, kind)
        if kind == "profile_changed" and record.get("attachments"):
            kind = "picture_changed"
    elif kind in _NAMED and entries:
        details.setdefault("to", masked(entries[0][1]))
    if action and action != details.get("to"):
        details["action"] = masked(action)
    if kind == "email_changed" and details.get("to", "").startswith("***"):
        kind = "phone_changed"
    return [(kind, at, details)]


def _action_among(entries: list[tuple[str, str]]) -> str:
    """Return the value that says what was done, in a record whose labels follow the account's language."""
    short = (value for _, value in entries if len(value) <= _LONGEST_ACTION and not traces([value]))
    return next((value for value in short if kind_said(value, "")), "")


def _app(
    record: dict[str, Any], at: datetime, details: dict[str, str], entries: list[tuple[str, str]]
) -> list[Told]:
    """Read an app: when it was let in, and when it was shown out."""
    name = _first([record], ("name", "title")) or next((value for _, value in entries), "")
    details = {"app": masked(name)} if name else details
    found: list[Told] = [("app_connected", at, details)]
    if record.get("removed_timestamp"):
        with contextlib.suppress(ValueError):
            found.append(("app_removed", timed(record["removed_timestamp"])[0], details))
    return found


def _stamp(parts: list[dict[str, Any]]) -> Any:
    """Return the first time that is given; a 0 or nonsense only when there is no other."""
    found = [part[key] for part in parts for key in _STAMPS if part.get(key) is not None]
    rows = parts[0].get("label_values")
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    found += [row["timestamp_value"] for row in rows if row.get("timestamp_value")]
    return next(filter(None, found), found[0] if found else None)


def _labelled(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (label, value) of a record of labels and values, as written since 2023."""
    rows = record.get("label_values")
    return [
        (str(row.get("label") or ""), value.strip())
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and isinstance(value := row.get("value") or row.get("href"), str)
    ]


def _first(parts: list[dict[str, Any]], keys: tuple[str, ...]) -> str:
    values = (part.get(key) for part in parts for key in keys)
    return next((one.strip() for one in values if isinstance(one, str) and one.strip()), "")


def _details(parts: list[dict[str, Any]], entries: list[tuple[str, str]]) -> dict[str, str]:
    """Return the few things that say who it was, addresses and numbers masked."""
    values = [value for _, value in entries]
    address = _first(parts, ("ip_address", "ip"))
    found = traces([address, *values])
    if agent := _first(parts, ("user_agent",)):
        found["user_agent"] = agent[:200]
    places = (_first(parts, (key,)) for key in _WHERE)
    named = {
        "device": _first(parts, ("device", "name", "device_name")),
        "location": ", ".join(filter(None, places)),
        "app": _first(parts, ("app", "site_name", "site")),
        "to": _first(parts, ("contact", "email", "phone_number", "new_value", "role")),
    }
    country = _first(parts, ("country",))
    if _COUNTRY.fullmatch(country):
        named["country"] = country
    extra = parts[0].get("extra_info")
    for key, value in extra.items() if isinstance(extra, dict) else ():
        side = "from" if "old" in key or "previous" in key else "to" if "new" in key else ""
        if side and isinstance(value, str):
            named[side] = value
    found |= {key: masked(value) for key, value in named.items() if value}
    return dict(sorted(found.items()))


def owner_of(tree: Any) -> tuple[str, str]:
    """Return the user name and the full name that a profile tells; each empty when it does not.

    Until 2020 the profile stood under ``profile``, since then under ``profile_v2``.
    """
    if not isinstance(tree, dict):
        return "", ""
    for key, inner in tree.items():
        rows = inner if isinstance(inner, list) else [inner]
        for row in rows[:1]:
            if not isinstance(row, dict):
                continue
            if key.startswith("prodash"):
                return "", _first([row], ("page_name",))
            name = row.get("name")
            full = name.get("full_name") if isinstance(name, dict) else name
            user = _first([row], ("username", "vanity"))
            match = VANITY.match(_first([row], ("profile_uri", "url", "profile_url")))
            found = user or (match[1] if match else ""), full if isinstance(full, str) else ""
            if any(found):
                return found[0].removeprefix("@"), found[1].strip()
    return "", ""
