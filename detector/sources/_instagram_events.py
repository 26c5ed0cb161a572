"""What happened to an Instagram account, and what it is called: read by shape, for labels are translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from detector.records import TimeQuality
from detector.sources._details import is_email, is_phone, masked, traces
from detector.sources._instagram_activity import done, is_meta
from detector.sources._instagram_posts import labelled, moment, within
from detector.sources._meta_said import is_previous

_BY_KEY: Final = (
    ("profile_profile_change", "profile_changed"),
    ("login_history", "login"),
    ("logout_history", "logout"),
    ("password_change", "password_changed"),
    ("privacy_history", "privacy_changed"),
    ("status_changes", "status_changed"),
    ("registration_info", "signup"),
    ("removed_app", "app_removed"),
    ("deleted_app", "app_removed"),
    ("apps_and_websites", "app_connected"),
    ("devices_devices", "session_updated"),
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
    "expired_pps": "app_connected",  # so spelled in 2024
    "removed_apps": "app_removed",
    "profile_activity": "session_updated",
    "device_information/devices": "session_updated",
    "account_history": "",
}
EVENT_FILES: Final = re.compile(
    rf"(?:^|/)(?P<stem>{'|'.join(_BY_FILE)})(?:_\d{{1,6}})?(?: ?\(\d{{1,3}}\))?\.(?P<form>json|html)$",
    re.IGNORECASE,
)
"""Members that tell what happened to the account, wherever they lie."""
LOGIN_PAGES: Final = re.compile(r"(?:^|/)log(?:in|out)_activity(?:_\d{1,6})?\.html$")
"""Pages whose records give the exact time in their headings."""
OWNER_FILES: Final = (
    re.compile(r"(?:^|/)personal_information\.json$"),
    re.compile(r"(?:^|/)profile\.json$"),
    re.compile(r"(?:^|/)signup_(?:details|information)\.json$"),
    re.compile(r"(?:^|/)account_history\.json$"),
)
"""Members that tell the account's handle, the best first."""
OWNER_PAGES: Final = (
    re.compile(r"(?:^|/)personal_information\.html$"),
    re.compile(r"(?:^|/)signup_(?:details|information)\.html$"),
)
"""The same in HTML."""

_CHANGES: Final = (
    (("e-mail", "email", "surel", "이메일", "correo", "courriel", "e-posta", "メール", "البريد", "почт", "邮箱", "電子郵件", "emel"), "email_changed"),
    (
        ("phone", "telepon", "ponsel", "telefon", "nomor", "전화", "telefoon", "teléfono", "téléphone", "電話", "电话", "手机", "الهاتف", "телефон", "điện thoại"),
        "phone_changed",
    ),
    (
        (
            "username", "user name", "nama pengguna", "benutzername", "gebruikersnaam", "사용자 이름",
            "nombre de usuario", "nome de usuário", "nome utente", "utilisateur", "kullanıcı adı",
            "ユーザーネーム", "اسم المستخدم", "имя пользователя", "用户名", "用戶名稱", "tên người dùng",
            "ชื่อผู้ใช้",
        ),
        "handle_changed",
    ),
    (("bio", "steckbrief", "소개", "自己紹介", "السيرة", "النبذة", "биограф", "简介", "tiểu sử"), "bio_changed"),
    (("website", "situs", "link", "tautan", "webseite", "url", "웹사이트", "sitio web", "site web", "ウェブサイト", "الموقع", "веб-сайт", "网站"), "link_changed"),
    (("photo", "picture", "foto", "gambar", "bild", "사진", "写真", "صورة", "الصورة", "фото", "照片", "头像", "ảnh"), "picture_changed"),
    (
        ("name", "nama", "naam", "nom", "nome", "이름", "名前", "الاسم", "имя", "姓名", "isim", "tên", "ชื่อ"),
        "name_changed",
    ),
    ((" ad ", "ad soyad"), "name_changed"),
)  # fmt: skip
"""Words for what was changed, lower case; in any other language the values themselves tell."""
_CHANGED: Final = (
    "changed", "diubah", "geändert", "gewijzigd", "cambiado", "alterado", "modifié", "değiştirildi",
    "modificat", "更改", "変更", "변경", "изменен", "thay đổi",
)  # fmt: skip
_NEW: Final = (
    "new value", "baru", "neuer", "nieuwe", "nuevo", "novo", "nouvelle", "yeni", "nuovo", "新值", "新しい", "새",
    "новое", "mới",
)  # fmt: skip
"""Words in the labels of a change: what was changed, and to what. Where one is not known, the order tells,
which is the same in all languages."""
_HANDLE_LABELS: Final = frozenset(
    {
        "username", "nama pengguna", "benutzername", "gebruikersnaam", "nom d'utilisateur",
        "nom d’utilisateur", "nombre de usuario", "nome de usuário", "nome utente", "kullanıcı adı",
        "사용자 이름", "registration_username",
    }
)  # fmt: skip
_HANDLE: Final = re.compile(r"(?=[0-9._]{0,29}[a-z])[a-z0-9._]{1,30}")
"""Handles are lower case, so a translated True, a name or a gender is not taken for one."""
_NOT_HANDLES: Final = frozenset({"true", "false", "male", "female"})
_TONGUE: Final = re.compile(r"[a-z]{2,3}(?:[_-][A-Z]{2})?")
_DEVICE: Final = re.compile(
    r"(?:android|ios)-[0-9a-f]{8,40}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
)
"""What phones are told apart by."""
_SESSIONS: Final = frozenset({"login", "logout", "session_updated", "signup"})
_NAMED_BY_TITLE: Final = frozenset(
    {"app_connected", "app_removed", "privacy_changed", "status_changed"}
)

Told = tuple[str, datetime, TimeQuality, dict[str, str]]
"""Kind of event, when it happened, how sure that is, and the details kept."""


def events(tree: Any, member: str) -> Iterator[tuple[str, Any]]:
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
            kind = next((kind for part, kind in _BY_KEY if part in key), fallback)
            # A list of apps is named alike whether they were added or removed.
            kind = fallback if fallback == "app_removed" else kind
            for record in inner if isinstance(inner, list) else [inner]:
                if kind:
                    yield kind, record
        return
    if not isinstance(tree, dict | list):
        raise TypeError("its top level is neither a list nor an object of records")
    for record in tree if isinstance(tree, list) else [tree]:
        if fallback:
            yield fallback, record


def kind_by_name(member: str) -> str:
    """Return the kind of event a member tells of by its name; empty when it does not say."""
    match = EVENT_FILES.search(member)
    return _BY_FILE[match["stem"].lower()] if match else ""


def told(kind: str, record: Any, when: tuple[datetime, TimeQuality] | None = None) -> Told:
    """Read one account event.

    Args:
        kind: as `events` gave it; it is made more precise where the record allows.
        record: as parsed.
        when: where it is known already.

    Returns:
        What happened; the few details that say something about who it was, addresses and numbers masked.

    Raises:
        ValueError: it is not an object, or has no usable time.
    """
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one class says "rejected"
    entries = own = list(labelled(record)) or list(_flat(record))
    stamps = [stamp for _, _, stamp in entries if stamp]
    if when is None:
        if kind in {"app_connected", "app_removed"} and stamps:
            stamps = [min(stamps) if kind == "app_connected" else max(stamps)]
        when = _when(record, stamps)
    values = [value for _, value, stamp in entries if not stamp]
    if kind == "profile_changed":
        kind, details = _change(_placed([one for one in entries if not one[2]]) or values)
    else:
        details = traces([value for value in values if value])
        title = record.get("title")
        subject = title if isinstance(title, str) and title else next(filter(None, values), "")
        if kind in _SESSIONS:
            details = {} if is_meta(values) else details | _device(entries)
            if kind == "session_updated" and "label_values" in record:
                kind, said = done([(label, value) for label, value, at in own if not at], record)
                details |= said
        elif kind in _NAMED_BY_TITLE and subject:
            details["to"] = masked(subject)
        elif kind == "export_requested" and (asked := next(filter(is_email, values), "")):
            details["to"] = masked(asked)
    return kind, *when, details


def _device(entries: list[tuple[str, str, int | float | None]]) -> dict[str, str]:
    """Return the language and the device of a session, known by what they look like."""
    found: dict[str, str] = {}
    for label, value, _ in entries:
        if _DEVICE.fullmatch(value):
            found.setdefault("device", value)
        elif _TONGUE.fullmatch(value) and ("_" in value or "-" in value or "lang" in label.lower()):
            found.setdefault("language", value)
        elif label.strip().lower() in {"app", "aplikasi"} and value:
            found.setdefault("app", masked(value))
    return found


def _flat(record: dict[str, Any]) -> Iterator[tuple[str, str, int | float | None]]:
    """Read an object of plain values, as in 2018, like a labelled record."""
    for label, value in record.items():
        if isinstance(value, str) and label != "title":
            yield label, value, None


def _when(record: dict[str, Any], stamps: list[int | float]) -> tuple[datetime, TimeQuality]:
    stamp = record.get("timestamp")
    if stamps or (stamp and not isinstance(stamp, str)):
        return moment(stamps[0] if stamps else stamp), TimeQuality.EXACT
    for text in (record.get("title"), *record.values()):
        if not isinstance(text, str) or not text[:1].isdigit() or "T" not in text:
            continue
        try:
            at = datetime.fromisoformat(text.strip())
        except ValueError:
            continue
        if at.tzinfo is None:
            return within(at.replace(tzinfo=UTC)), TimeQuality.LOCAL
        return within(at), TimeQuality.EXACT
    return moment(stamp), TimeQuality.EXACT


def _placed(entries: list[tuple[str, str, int | float | None]]) -> list[str] | None:
    """Return what was changed, from what and to what, as the labels tell; None unless all are known."""
    found = ["", "", ""]
    for label, value, _ in entries:
        place = _place(label.lower())
        if place < 0:
            return None
        found[place] = value
    return found if len(entries) > 1 else None


def _place(label: str) -> int:
    """Return what a label stands for: 0 what was changed, 1 from what, 2 to what; -1 unknown."""
    if is_previous(label):
        return 1
    if any(map(label.__contains__, _NEW)):
        return 2
    return 0 if any(map(label.__contains__, _CHANGED)) else -1


def _change(values: list[str]) -> tuple[str, dict[str, str]]:
    """Read what was changed, from what, to what; only the order tells, in most languages."""
    what, before, after = [*values, "", "", ""][:3]
    if len(values) == 2:  # noqa: PLR2004 - nothing stood there before
        before, after = "", before
    kind = "profile_changed"
    label = f" {what.lower()} "
    named = next((k for words, k in _CHANGES if any(word in label for word in words)), None)
    sample = after or before
    if named:
        kind = named
    elif is_email(sample):
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
    found = [
        record
        for rows in inner
        if isinstance(rows, list | dict)
        for record in (rows if isinstance(rows, list) else [rows])
    ]
    kept = [record for record in found if isinstance(record, dict)]
    entries = [entry for record in kept for entry in labelled(record)]
    named = [
        value
        for label, value, _ in (*entries, *(entry for record in kept for entry in _flat(record)))
        if label.strip().lower() in _HANDLE_LABELS
    ]
    shaped = [value.strip() for _, value, stamp in entries if not stamp]
    shaped = [one for one in shaped if _HANDLE.fullmatch(one) and one not in _NOT_HANDLES]
    return next(filter(None, map(_clean, (*named, *shaped))), None)


def _clean(text: str) -> str | None:
    name = text.strip().removeprefix("@").lower()
    return name if _HANDLE.fullmatch(name) else None
