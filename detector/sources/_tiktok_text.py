"""TikTok's export as text: blocks of "Key: value" lines, each of which begins with its date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

_BEGINS: Final = re.compile(
    r"^[^:\n]{1,40}: ?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?: UTC)?[ \t]*$", re.MULTILINE
)
_LINE: Final = re.compile(r"([^:\n]{1,60}):(?: (.*)|$)")
_NAMES: Final = {
    "title": ("title", "judul", "titel", "titre", "título"),
    "description": ("description", "deskripsi", "caption", "keterangan"),
    "text": ("add your text", "add yours text", "addyourstext", "addyourtext"),
    "viewers": ("who can view", "whocanview", "siapa yang dapat melihat", "wie kan bekijken"),
    "place": ("location", "lokasi", "locatie"),
    "ip": ("ip", "ip address", "alamat ip", "ip-adres"),
    "model": ("device model", "devicemodel", "model perangkat", "apparaatmodel"),
    "system": ("device system", "devicesystem", "sistem perangkat", "apparaatsysteem"),
    "network": ("network type", "networktype", "jenis jaringan", "netwerktype"),
    "carrier": ("carrier", "operator", "provider"),
    "user": ("username", "user name", "nama pengguna", "gebruikersnaam"),
}
"""What a line is called, in small letters, in the languages known."""
_KEYS: Final = {name: key for key, names in _NAMES.items() for name in names}
_OTHERS: Final = frozenset(
    {
        "link", "tautan", "like", "likes", "like(s)", "suka", "sound", "suara", "geluid", "date",
        "tanggal", "datum", "allow comments", "allow duets", "allow stitches", "allow stickers",
        "allow sharing to story", "content disclosure", "ai generated content", "cover image",
    }
)  # fmt: skip


def begins_like_blocks(text: str) -> bool:
    """Whether a text's first line that is not empty is the date of a block."""
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0].rstrip("\r")
    return _BEGINS.match(first) is not None


def blocks(text: str) -> Iterator[dict[str, str]]:
    r"""Yield every block's values by key; "date" and "link" are known by their shape, not their names.

    A line that is none of the keys goes on with the value before it: titles have line breaks.

    Examples:
        >>> list(blocks("Date: 2024-11-20 18:14:00 UTC\nTitle: Rapat\npleno\n\n"))
        [{'date': '2024-11-20 18:14:00', 'title': 'Rapat\npleno'}]
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    starts = [match.start() for match in _BEGINS.finditer(text)]
    if starts and text[: starts[0]].strip():
        starts.insert(0, 0)
    pieces = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    common = _common(pieces)
    for piece in pieces:
        yield _values(piece.strip("\n").split("\n"), common)


def user_name(text: str) -> str | None:
    """Return the account's name from a text of profile lines, None when it has none."""
    for line in text.splitlines():
        match = _LINE.match(line.strip("\ufeff "))
        if match and _KEYS.get(match[1].strip().lower()) == "user":
            return (match[2] or "").strip() or None
    return None


def _common(pieces: list[str]) -> frozenset[str]:
    """Return the keys most blocks have, in whatever language."""
    counted: Counter[str] = Counter()
    for piece in pieces:
        counted.update(
            {match[1].strip().lower() for match in map(_LINE.match, piece.split("\n")) if match}
        )
    most = max(2, len(pieces) // 2 + 1)
    return frozenset(key for key, count in counted.items() if count >= most)


def _values(lines: list[str], common: frozenset[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    last = ""
    for index, line in enumerate(lines):
        match = _LINE.match(line)
        name = match[1].strip().lower() if match else ""
        value = (match[2] or "").strip() if match else ""
        is_key = name in _KEYS or name in _OTHERS or name in common or not index
        if match is None or not is_key:
            if last:
                found[last].append(line)
            continue
        last = _KEYS.get(name, name)
        if "date" not in found and _BEGINS.match(line):
            last, value = "date", value.removesuffix("UTC").strip()
        elif "link" not in found and value.startswith(("https://", "http://")):
            last = "link"
        found.setdefault(last, [value])
    return {key: "\n".join(value).strip() for key, value in found.items()}
