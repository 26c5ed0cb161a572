"""What happened to an Instagram account, and what it is called: read by shape, for labels are translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from detector.sources._details import is_phone, masked, traces
from detector.sources._instagram_posts import labelled, moment, within

_BY_KEY: Final = (
    ("profile_profile_change", "profile_changed"),
    ("login_history", "login"),
    ("logout_history", "logout"),
    ("password_change", "password_changed"),
    ("privacy_history", "privacy_changed"),
    ("status_changes", "status_changed"),
    ("registration_info", "signup"),
    ("apps_and_websites", "app_connected"),
)
"""Part of an outer key, which is never translated, and the event its records tell."""
_BY_FILE: Final = {
    "profile_changes": "profile_changed",
    "login_activity": "login",
    "logout_activity": "logout",
    "password_change_activity": "password_changed",
    "profile_privacy_changes": "privacy_changed",
    "account_privacy_changes": "privacy_changed",
    "profile_status_changes": "status_changed",
    "account_status_changes": "status_changed",
    "signup_details": "signup",
    "signup_information": "signup",
    "your_information_download_requests": "export_requested",
    "active_apps": "app_connected",
    "expired_apps": "app_connected",
    "removed_apps": "app_connected",
    "account_history": "",
}
EVENT_FILES: Final = re.compile(rf"(?:^|/)(?P<stem>{'|'.join(_BY_FILE)})(?:_\d{{1,6}})?\.json$")
"""Members that tell what happened to the account, wherever they lie."""
OWNER_FILES: Final = (
    re.compile(r"(?:^|/)personal_information\.json$"),
    re.compile(r"(?:^|/)profile\.json$"),
    re.compile(r"(?:^|/)signup_(?:details|information)\.json$"),
)
"""Members that tell the account's handle, the best first."""

_CHANGES: Final = (
    (("e-mail", "email", "surel"), "email_changed"),
    (("phone", "telepon", "ponsel", "telefon", "nomor"), "phone_changed"),
    (
        ("username", "user name", "nama pengguna", "benutzername", "gebruikersnaam"),
        "handle_changed",
    ),
    (("bio", "steckbrief"), "bio_changed"),
    (("website", "situs", "link", "tautan", "webseite", "url"), "link_changed"),
    (("photo", "picture", "foto", "gambar", "bild"), "picture_changed"),
    (("name", "nama", "naam", "nom", "nome"), "name_changed"),
)
"""Words for what was changed, lower case; in any other language the values themselves tell."""
_HANDLE_LABELS: Final = frozenset(
    {
        "username", "nama pengguna", "benutzername", "gebruikersnaam", "nom d'utilisateur",
        "nom d’utilisateur", "nombre de usuario", "nome de usuário", "nome utente", "kullanıcı adı",
    }
)  # fmt: skip
_HANDLE: Final = re.compile(r"(?=[0-9._]{0,29}[a-z])[a-z0-9._]{1,30}")
"""Handles are lower case, so a translated True, a name or a gender is not taken for one."""


def events(tree: Any, member: str) -> Iterator[tuple[str, Any]]:
    """Yield (kind of event, record) for every record of a member.

    Raises:
        TypeError: its top level is neither a list nor an object of records.
    """
    match = EVENT_FILES.search(member)
    fallback = _BY_FILE[match["stem"]] if match else ""
    if isinstance(tree, dict) and "label_values" not in tree:
        lists = {key: inner for key, inner in tree.items() if isinstance(inner, list | dict)}
        if tree and not lists:
            raise TypeError("its top level is an object without any list of records")
        for key, inner in lists.items():
            kind = next((kind for part, kind in _BY_KEY if part in key), fallback)
            for record in inner if isinstance(inner, list) else [inner]:
                if kind:
                    yield kind, record
        return
    if not isinstance(tree, dict | list):
        raise TypeError("its top level is neither a list nor an object of records")
    for record in tree if isinstance(tree, list) else [tree]:
        if fallback:
            yield fallback, record


def told(kind: str, record: Any) -> tuple[str, datetime, dict[str, str]]:
    """Read one account event.

    Returns:
        Its kind, made more precise where the record allows; when it happened; and the few details
        that say something about who it was, addresses and numbers masked.

    Raises:
        ValueError: it is not an object, or has no usable time.
    """
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one class says "rejected"
    entries = list(labelled(record)) or list(_flat(record))
    at = _when(record, [stamp for _, _, stamp in entries if stamp], first=kind == "app_connected")
    values = [value for _, value, stamp in entries if not stamp]
    if kind == "profile_changed":
        kind, details = _change(values)
    else:
        details = traces([value for value in values if value])
        title = record.get("title")
        subject = title if isinstance(title, str) and title else next(filter(None, values), "")
        if kind in {"app_connected", "privacy_changed", "status_changed"} and subject:
            details["to"] = masked(subject)
    return kind, at, details


def _flat(record: dict[str, Any]) -> Iterator[tuple[str, str, int | float | None]]:
    """Read an object of plain values, as in 2018, like a labelled record."""
    for label, value in record.items():
        if isinstance(value, str) and label != "title":
            yield label, value, None


def _when(record: dict[str, Any], stamps: list[int | float], *, first: bool) -> datetime:
    if stamps:
        return moment(min(stamps) if first else stamps[0])
    if record.get("timestamp") and not isinstance(record["timestamp"], str):
        return moment(record["timestamp"])
    for text in (record.get("title"), *record.values()):
        if not isinstance(text, str):
            continue
        try:
            at = datetime.fromisoformat(text.strip())
        except ValueError:
            continue
        if at.tzinfo is not None:
            return within(at)
    return moment(record.get("timestamp"))


def _change(values: list[str]) -> tuple[str, dict[str, str]]:
    """Read what was changed, from what, to what; only the order tells, in most languages."""
    what, before, after = [*values, "", "", ""][:3]
    if len(values) == 2:  # noqa: PLR2004 - nothing stood there before
        before, after = "", before
    kind = "profile_changed"
    named = next((k for words, k in _CHANGES if any(word in what.lower() for word in words)), None)
    sample = after or before
    if named:
        kind = named
    elif "@" in sample and "." in sample.rpartition("@")[2] and " " not in sample:
        kind = "email_changed"
    elif is_phone(sample):
        kind = "phone_changed"
    elif sample.startswith(("http://", "https://")):
        kind = "link_changed"
    shown = {"from": masked(before), "to": masked(after)}
    return kind, {key: value for key, value in shown.items() if value}


def handle(tree: Any) -> str | None:
    """Return the account's handle, told by a personal or sign-up record, or None."""
    if isinstance(tree, dict) and isinstance(tree.get("username"), str):
        return _clean(tree["username"])
    inner = (
        [tree] if isinstance(tree, list) else list(tree.values()) if isinstance(tree, dict) else []
    )
    found = [record for rows in inner if isinstance(rows, list) for record in rows]
    for record in found:
        if not isinstance(record, dict):
            continue
        entries = [(label, value.strip()) for label, value, stamp in labelled(record) if not stamp]
        named = [value for label, value in entries if label.strip().lower() in _HANDLE_LABELS]
        shaped = [value for _, value in entries if _HANDLE.fullmatch(value)]
        for value in (*named, *shaped):
            if clean := _clean(value):
                return clean
    return None


def _clean(text: str) -> str | None:
    name = text.strip().removeprefix("@").lower()
    return name if _HANDLE.fullmatch(name) else None
