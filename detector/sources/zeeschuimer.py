"""Zeeschuimer's captures: what a browser received while somebody looked at a platform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import Page, Post, Rejected
from detector.sources import _instagram_items, _tiktok_items, _x_items
from detector.sources._archive import Archive
from detector.sources._collected import head_of, name, records, spoilt
from detector.sources._x_typed import Tweet, tweet_of
from detector.sources.interface import Outcome, Skipped, Source, paged

_WRAPPED: Final = re.compile(r'"(?:source_platform|nav_index|timestamp_collected)"\s{0,20}:')
_ENDINGS: Final = (".ndjson", ".jsonl", ".json", ".txt", ".zip")
_THUMBNAIL: Final = "seen only as a thumbnail in a grid"
_PLATFORMS: Final = {
    "instagram": "instagram",
    "tiktok": "tiktok",
    "twitter": "x",
    "x": "x",
    "threads": "threads",
}
"""What the collector calls a platform, without its domain's ending, to our name for it."""
_TRIED: Final = 5
"""Members looked at to recognise an archive."""


class _Captured(msgspec.Struct, gc=False):
    """A line with a plain tweet."""

    data: Tweet
    source_platform: Literal["x.com", "twitter.com"]


_tweet: Final = msgspec.json.Decoder(_Captured).decode
_anything: Final = msgspec.json.Decoder().decode


class _Reader:
    """Reads lines; a plain tweet behind another item of X comes typed, all else as the tree it is."""

    def __init__(self) -> None:
        self._is_x = False

    def decoded(self, line: bytes) -> Any:
        if self._is_x:
            try:
                return _tweet(line)
            except msgspec.ValidationError:
                pass
        tree = _anything(line)
        self._is_x = type(tree) is dict and _platform(tree.get("source_platform")) == "x"
        return tree


class Zeeschuimer(Source):
    """Zeeschuimer NDJSON, or a list of the same items, of Instagram, TikTok, X and Threads; other platforms' items are only counted.

    One file holds the posts of many accounts; a record's own account wins over the caller's. Two records
    are one post if platform and id are the same; Instagram's and Threads' id is the shortcode. Comments,
    advertisements and platforms without an importer are ignored by name. The addresses the collector
    visited and the marks in them are never read. A thumbnail without time or caption is rejected.
    """

    platforms = ("instagram", "tiktok", "x", "threads")
    tier = "silver"
    is_sorted = False

    def __init__(self, archive: Archive, members: list[str], account: str) -> None:
        self._archive = archive
        self._members = members
        self._account = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether any member's first record is an item in Zeeschuimer's wrapping."""
        return any(_is_capture(archive, member) for member in _candidates(archive)[:_TRIED])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> Zeeschuimer:
        """Find the captures among the members.

        Raises:
            ExportFormatError: there is none.
        """
        del platform  # Every item names its own.
        members = [member for member in _candidates(archive) if _is_capture(archive, member)]
        if not members:
            raise ExportFormatError(
                "holds no capture of Zeeschuimer", where=Location(str(archive.path))
            )
        return cls(archive, members, name(account))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts in the order in which they were captured."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        given: set[tuple[str, str]] = set()
        for member in self._members:
            label = self._archive.label(member)
            try:
                for index, line in records(self._archive, member, _Reader().decoded):
                    if type(line) is _Captured:
                        one = self._tweet(line.data, label, index)
                    else:
                        one = self._outcome(line, label, index)
                    if type(one) is Post:
                        key = one.platform, one.id
                        if key in given:
                            one = Skipped.DUPLICATE
                        given.add(key)
                    yield one
            except ExportFormatError as error:
                if len(self._members) == 1:
                    raise
                yield spoilt(error, label)

    def _tweet(self, tweet: Tweet, label: str, index: int) -> Outcome:
        try:
            return tweet_of(tweet, f"{label}#{index}", self._account)
        except ValueError as error:
            return Rejected(Location(label, index), str(error))

    def _outcome(self, line: dict[str, Any] | str, label: str, index: int) -> Outcome:
        if isinstance(line, str):
            return Rejected(Location(label, index), line)
        item = line.get("data")
        platform = _platform(line.get("source_platform"))
        if not platform:
            return Skipped.IGNORED
        if not isinstance(item, dict):
            return Rejected(Location(label, index), "holds no item")
        try:
            return _read(platform, item, f"{label}#{index}", self._account)
        except ValueError as error:
            return Rejected(Location(label, index), str(error))


def _candidates(archive: Archive) -> list[str]:
    if len(archive.members) == 1:
        return list(archive.members)
    return [one for one in archive.members if one.lower().endswith(_ENDINGS)]


def _is_capture(archive: Archive, member: str) -> bool:
    """Whether at least two of the wrapper's keys stand in a member's beginning, before or after its item."""
    head = head_of(archive, member)
    found = set(_WRAPPED.findall(head))
    return head.startswith(("{", "[")) and (len(found) > 1 or (bool(found) and '"item_id"' in head))


@lru_cache(maxsize=100)
def _known(site: str) -> str:
    site = site.lower().removeprefix("www.")
    return _PLATFORMS.get(site.removesuffix(".com").removesuffix(".net"), "")


def _platform(value: Any) -> str:
    """Return the platform of an item, empty when its kind is ignored; comments name themselves there."""
    return _known(value) if isinstance(value, str) else ""


def _read(platform: str, item: dict[str, Any], where: str, account: str) -> Outcome:
    """Read one item.

    Raises:
        ValueError: it cannot be a post.
    """
    if platform == "instagram":
        return Skipped.IGNORED if _instagram_items.is_ad(item) else _instagram(item, where, account)
    if platform == "tiktok":
        if _tiktok_items.is_ad(item) or "liveRoomInfo" in item:
            return Skipped.IGNORED
        return _tiktok_items.post_of(item, where, account=account)
    if platform == "x":
        if _x_items.is_promoted(item) or _x_items.is_absent(item):
            return Skipped.IGNORED
        return _x_items.post_of(item, where, account=account)
    return _instagram_items.threads_post_of(item, where, account=account)


def _instagram(item: dict[str, Any], where: str, account: str) -> Post:
    is_partial = item.get("_zs_partial") is True or "Polaris" in name(item.get("__typename"))
    if is_partial and item.get("taken_at") is None and item.get("taken_at_timestamp") is None:
        raise ValueError(f"has no time: {_THUMBNAIL}")
    if is_partial and "caption" not in item and "edge_media_to_caption" not in item:
        # An unknown caption is not an empty one, and the whole post may follow.
        raise ValueError(f"has no caption: {_THUMBNAIL}")
    return _instagram_items.post_of(item, where, account=account)
