"""What account events are called, and the few details of one that are kept."""

from __future__ import annotations

import ipaddress
from typing import Final

EVENT_KINDS: Final = frozenset(
    {
        "login", "logout", "password_changed", "privacy_changed", "status_changed", "signup",
        "export_requested", "app_connected", "app_removed", "name_changed", "handle_changed",
        "bio_changed", "link_changed", "picture_changed", "email_changed", "phone_changed",
        "profile_changed", "posts_deleted", "post_edited", "role_changed", "live_started",
        "login_challenged",
        "session_updated", "post_uploaded",
    }
)  # fmt: skip
"""Kinds of account events; every source uses these names and no others."""

_LONGEST: Final = 200
_PROGRAMS: Final = (
    "Mozilla/", "Instagram ", "Barcelona ", "Dalvik/", "Opera/", "[FBAN/", "SupportsFresco=",
)  # fmt: skip
"""How browsers and Meta's apps introduce themselves."""
_PHONE_DIGITS: Final = 8


def traces(values: list[str]) -> dict[str, str]:
    """Return what a device leaves behind: an address and the name of the program."""
    found: dict[str, str] = {}
    for value in values:
        if value.startswith(_PROGRAMS):
            found.setdefault("user_agent", value[:_LONGEST])
        elif "ip" not in found and ("." in value or ":" in value):
            try:
                found["ip"] = str(ipaddress.ip_address(value.strip()))
            except ValueError:
                continue
    return dict(sorted(found.items()))


def masked(text: str) -> str:
    """Hide e-mail addresses and phone numbers, leaving enough to tell two of them apart.

    Examples:
        >>> masked("humas@kpu.example"), masked("+62 812 0000 1234"), masked("KPU Kota 2024")
        ('h***@kpu.example', '***234', 'KPU Kota 2024')
    """
    text = text.strip()[:_LONGEST]
    if is_phone(text):
        return f"***{''.join(filter(str.isdigit, text))[-3:]}"
    words = text.split(" ")
    for index, word in enumerate(words):
        name, at, host = word.rpartition("@")
        if at and name and "." in host:
            words[index] = f"{name[0]}***@{host}"
        elif is_phone(word):
            words[index] = f"***{''.join(filter(str.isdigit, word))[-3:]}"
    return " ".join(words)


def is_email(text: str) -> bool:
    """Whether a text is nothing but an e-mail address."""
    return "@" in text and "." in text.rpartition("@")[2] and " " not in text


def is_phone(text: str) -> bool:
    """Whether a text is nothing but a telephone number."""
    return (
        bool(text)
        and all(letter.isdigit() or letter in "+-() ./" for letter in text)
        and sum(map(str.isdigit, text)) >= _PHONE_DIGITS
    )
