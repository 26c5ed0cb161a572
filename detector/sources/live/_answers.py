"""What a platform's answers hold, read without trust: trees of JSON, words for errors, pictures' names."""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import urlsplit

from detector.errors import PlatformError
from detector.sources._elements import Damaged, patiently
from detector.transport import Hidden, Reply

_LONGEST: Final = 200
"""Characters of a platform's own words in an error of ours."""


def tree(reply: Reply) -> Any:
    """Return an answer parsed; one hostile post with half a character must not hide all others.

    Raises:
        PlatformError: it is not JSON.
    """
    try:
        return reply.json()
    except PlatformError:
        found = patiently(reply.content)
        if isinstance(found, Damaged):
            raise
        return found


def object_of(reply: Reply) -> dict[str, Any]:
    """Return an answer that must be an object.

    Raises:
        PlatformError: it is something else.
    """
    found = tree(reply)
    if not isinstance(found, dict):
        raise PlatformError(f"{reply.url} answered with something that is no object")
    return found


def failure(reply: Reply) -> dict[str, Any]:
    """Return what an answer that is not usable says; nothing when it is no object."""
    try:
        found = tree(reply)
    except PlatformError:
        return {}
    return found if isinstance(found, dict) else {}


def inner(value: Any, *keys: str) -> dict[str, Any]:
    """Return an object within objects; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; none when it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a text; empty when it is none."""
    return value if isinstance(value, str) else ""


def count(value: Any) -> int | None:
    """Return a number, which some write as digits; None when it is none.

    Examples:
        >>> count("5026"), count(12), count(-1), count("banyak")
        (5026, 12, None, None)
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:  # noqa: PLR2004 - 64 bits
        return int(value)
    return value if type(value) is int and value >= 0 else None


def said(value: Any, *secrets: Hidden | None) -> str:
    r"""Return a platform's own words on one line, short and without our secrets, for an error of ours.

    Examples:
        >>> said("token abc123\nexpired", Hidden("abc123"))
        'token … expired'
    """
    words = text(value)
    for secret in secrets:
        if secret is not None and (hidden := secret.reveal()):
            words = words.replace(hidden, "…")
    return "".join(one if one.isprintable() else " " for one in words[:_LONGEST]).strip()


def named_picture(address: Any, until: str = "?") -> str | None:
    """Return the SHA-256 of a picture's own name, where hosts and folders tell how and by which machine it is shown.

    Args:
        address: of the picture.
        until: what follows its name.

    Examples:
        >>> one = named_picture("https://a.example/va/4f0c~crop:100:100.jpeg?sig=1", "~")
        >>> one == named_picture("https://b.example/sg/4f0c~c5_720x720.webp", "~"), named_picture("")
        (True, None)
    """
    if not isinstance(address, str) or not address:
        return None
    name = address.partition("?")[0].rpartition("/")[2].partition(until)[0]
    return picture(f"https://name.example/{name}")


def picture(address: Any) -> str | None:
    """Return the SHA-256 of what tells a picture apart: the path of its address, without its wanted size.

    Examples:
        >>> picture("https://a.example/p/1.jpg?sig=1") == picture("https://b.example/p/1.jpg?sig=2")
        True
        >>> picture("https://yt.example/ab=s88-c") == picture("https://yt.example/ab=s800"), picture(None)
        (True, None)
    """
    if not isinstance(address, str) or not address:
        return None
    try:
        path = urlsplit(address).path
    except ValueError:
        path = address
    name = path.partition("=s")[0] or address
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
