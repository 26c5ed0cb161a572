"""TikTok's JSON: the sections of it that hold public records, found without decoding any other."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.sources._elements import Damaged, elements
from detector.sources._encodings import decoded
from detector.sources._meta import without_surrogates


class Video(msgspec.Struct, gc=False):
    """One of the account's own videos; names are capital or small, by year."""

    date: Any = msgspec.field(default=None, name="Date")
    small_date: Any = msgspec.field(default=None, name="date")
    link: Any = msgspec.field(default=None, name="Link")
    small_link: Any = msgspec.field(default=None, name="link")
    title: Any = msgspec.field(default=None, name="Title")
    small_title: Any = msgspec.field(default=None, name="title")
    description: Any = msgspec.field(default=None, name="Description")
    text: Any = msgspec.field(default=None, name="AddYourText")
    texts: Any = msgspec.field(default=None, name="AddYoursText")
    viewers: Any = msgspec.field(default=None, name="WhoCanView")
    small_viewers: Any = msgspec.field(default=None, name="whoCanView")
    place: Any = msgspec.field(default=None, name="Location")
    small_place: Any = msgspec.field(default=None, name="location")


Record = Video | dict[str, Any] | str
"""A video, another record, or why it is none."""

_top = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_deep = msgspec.json.Decoder(dict[str, dict[str, dict[str, msgspec.Raw]]]).decode
_any = msgspec.json.Decoder().decode
_videos = msgspec.json.Decoder(list[Video]).decode

_LISTS: Final = {
    "videolist": "video",
    "loginhistorylist": "login",
    "golivelist": "live",
    "postlist": "deleted",
}
"""Lists that are read, in small letters, and what their records are."""
_HOMES: Final = {
    "video": ("posts", "videos", "post", "video"),
    "login": ("login history",),
    "live": ("go live history", "go live"),
    "deleted": ("recently deleted posts", "recentlydeletedposts"),
}
"""Sections whose list it must be: the videos that were only watched stand in lists of the same name."""
_ROOTS: Final = frozenset(
    {
        "post", "posts", "video", "videos", "activity", "your activity", "tiktok live", "live",
        "login history", "profile and settings", "profile", "go live history",
        "recently deleted posts", "recentlydeletedposts",
    }
)  # fmt: skip
_DEPTH: Final = 3
_FOUND: Final = re.compile(
    rb'"(?P<home>Posts?|Videos?|Login History|Go Live History|Recently ?Deleted ?Posts)"\s{0,99}:\s{0,99}'
    rb'\{\s{0,99}"(?P<list>VideoList|LoginHistoryList|GoLiveList|PostList)"\s{0,99}:\s{0,99}\[',
    re.IGNORECASE,
)
_NAMED: Final = re.compile(rb'"userName"\s{0,99}:\s{0,99}"([^"\\]{1,40})"', re.IGNORECASE)
_BOM: Final = b"\xef\xbb\xbf"


class Lists:
    """The lists of records in one JSON file, and whose it is."""

    def __init__(self, raw: bytes, label: str) -> None:
        """Look for them.

        Args:
            raw: the whole file.
            label: its name, for errors.

        Raises:
            ExportFormatError: it is no JSON and nothing in it looks like such a list.
        """
        self._label = label
        self._found: list[tuple[str, bytes | msgspec.Raw]] = []
        self.account: str | None = None
        self.is_damaged = False
        plain = _utf8(raw)
        try:
            # Most are objects three deep; one pass is faster than one for each section.
            self._walk(_deep(plain), "", _DEPTH)
        except (ValueError, RecursionError):
            self._found.clear()
            try:
                self._walk(_top(plain), "", _DEPTH)
            except (ValueError, RecursionError):
                self._found.clear()
                self._search(plain)

    def records(self) -> Iterator[tuple[str, Record]]:
        """Yield (kind, record) of every record: video, login, live or deleted."""
        for kind, raw in self._found:
            if raw == b"":
                yield kind, "is no list of records"
                continue
            if kind == "video":
                try:
                    for video in _videos(raw):
                        yield kind, video
                    continue
                except (ValueError, RecursionError):
                    pass
            for record in self._patiently(bytes(raw)):
                yield kind, _video(record) if kind == "video" else record

    def _patiently(self, raw: bytes) -> Iterator[dict[str, Any] | str]:
        for _, record in elements(io.BufferedReader(io.BytesIO(raw)), self._label):
            if isinstance(record, dict | Damaged):
                yield record
            else:
                yield "is not an object"

    def _walk(self, sections: Mapping[str, Any], home: str, depth: int) -> None:
        """Go down into the sections that may hold a list to be read, and into no others.

        Raises:
            ValueError: one of them is damaged.
        """
        for name, inner in sections.items():
            small = name.strip().lower()
            kind = _LISTS.get(small)
            is_open = isinstance(inner, dict)
            begin = b"{" if is_open else bytes(memoryview(inner)[:1])
            if kind and home in _HOMES[kind]:
                # Where there is nothing, some years write null.
                if begin != b"n":
                    self._found.append((kind, inner if begin == b"[" else b""))
            elif depth and begin == b"{" and self._is_on_the_way(small, home):
                self._walk(inner if is_open else _top(inner), small, depth - 1)
            elif small == "username" and home == "profilemap":
                user = _any(inner)
                self.account = user.strip() or None if isinstance(user, str) else None

    def _is_on_the_way(self, name: str, home: str) -> bool:
        if not home:
            return name in _ROOTS
        if home in {"profile", "profile and settings"}:
            return name in {"profile info", "profile information"} or name == "login history"
        if home in {"profile info", "profile information"}:
            return name == "profilemap"
        return any(name in homes for homes in _HOMES.values())

    def _search(self, raw: bytes) -> None:
        """Find lists in a damaged file by the names of their sections."""
        places = list(_FOUND.finditer(raw))
        if not places:
            raise ExportFormatError(
                "is not whole JSON: damaged or cut off",
                where=Location(self._label),
                hint="ask TikTok for the export again, or download it again",
            )
        self.is_damaged = True
        if named := _NAMED.search(raw):
            self.account = without_surrogates(named[1].decode("utf-8", "replace"))
        for place, after in zip_longest(places, places[1:]):
            kind = _LISTS[place["list"].decode().lower()]
            if place["home"].decode().lower() in _HOMES[kind]:
                self._found.append((kind, raw[place.end() - 1 : after.start() if after else None]))


def _utf8(raw: bytes) -> bytes:
    """Bring bytes to UTF-8 without a mark, whatever a text editor made of them."""
    if raw.startswith(_BOM):
        return raw[len(_BOM) :]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[1:2] == b"\0":
        return decoded(raw).encode("utf-8", "replace")
    return raw


def _video(record: dict[str, Any] | str) -> Record:
    if isinstance(record, str):
        return record
    try:
        return msgspec.convert(record, Video)
    except ValueError:
        return "is not an object"
