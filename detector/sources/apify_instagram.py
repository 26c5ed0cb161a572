"""Instagram posts as Apify's scrapers give them: JSON, JSON Lines or CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import Comment, Media, Page, Post, Rejected
from detector.sources._apify import nested, plainly, spelled
from detector.sources._archive import Archive
from detector.sources._collected import (
    comment,
    head_of,
    name,
    objects,
    posted,
    records,
    spoilt,
    words,
)
from detector.sources._elements import Damaged, elements
from detector.sources._instagram_items import FIRST_YEAR, shortcode, shortcode_in
from detector.sources._tables import columns, table
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_OWN_NAMES: Final = frozenset(
    {
        "ownerUsername", "shortCode", "latestComments", "latestPosts", "latestIgtvVideos", "topPosts",
    }
)  # fmt: skip
_BESIDE_NAMES: Final = frozenset(
    {
        "caption", "likesCount", "commentsCount", "displayUrl", "childPosts", "firstComment",
        "followersCount", "postsCount",
    }
)  # fmt: skip
"""Names of which only this scraper's posts, profiles and hashtags have one of each kind."""
_OWN: Final = re.compile(rf'"(?:{"|".join(sorted(_OWN_NAMES))})"\s{{0,9}}:')
_BESIDE: Final = re.compile(rf'"(?:{"|".join(sorted(_BESIDE_NAMES))})"\s{{0,9}}:')
_INSIDE: Final = frozenset({"latestPosts", "latestIgtvVideos", "topPosts", "posts"})
_OTHERS: Final = frozenset(
    {
        "error", "errorDescription", "requestErrorMessages", "followersCount", "postsCount", "text",
    }
)  # fmt: skip
"""Fields that items have which are no posts."""
_KINDS: Final = {"clips": "reel", "igtv": "igtv", "story": "story"}
_MEDIA: Final = {"Image": "photo", "Video": "video", "GraphImage": "photo", "GraphVideo": "video"}
_ENDINGS: Final = (".json", ".jsonl", ".ndjson", ".csv", ".txt")
_TRIED: Final = 5


class ApifyInstagram(Source):
    """Apify's Instagram scrapers: posts as JSON, JSON Lines or CSV; profiles with their latest posts.

    Users leave fields out, so any but the time may be missing. A record's own ``ownerUsername`` wins over
    the caller's account. Two records are one post if their shortcode is the same; without one, their id;
    without that, time and text. Error items and comments exported by themselves are ignored by name; so
    is a profile or hashtag, whose posts are records of their own behind it.
    """

    platforms = ("instagram",)
    tier = "silver"
    is_sorted = False

    def __init__(self, archive: Archive, members: list[str], account: str) -> None:
        self._archive = archive
        self._members = members
        self._account = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether any member begins with an item that only Apify's scrapers give."""
        return any(_is_data_set(archive, member) for member in _candidates(archive)[:_TRIED])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> ApifyInstagram:
        """Find the data sets among the members.

        Raises:
            ExportFormatError: there is none.
        """
        del platform  # These scrapers read Instagram only.
        members = [one for one in _candidates(archive) if _is_data_set(archive, one)]
        if not members:
            raise ExportFormatError(
                "holds no posts of Apify's Instagram scrapers", where=Location(str(archive.path))
            )
        return cls(archive, members, name(account))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts in the file's order, usually the newest first."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        given: set[str] = set()
        for member in self._members:
            label = self._archive.label(member)
            try:
                for index, item in _items(self._archive, member):
                    for one in self._read(item, label, index):
                        if type(one) is Post:
                            if one.id in given:
                                yield Skipped.DUPLICATE
                                continue
                            given.add(one.id)
                        yield one
            except ExportFormatError as error:
                if len(self._members) == 1:
                    raise
                yield spoilt(error, label)

    def _read(self, item: Any, label: str, index: int) -> Iterator[Outcome]:
        """Yield one outcome for an item, and one for each post inside it."""
        if not isinstance(item, dict):
            why = str(item) if isinstance(item, Damaged) else "is not an object"
            yield Rejected(Location(label, index), why)
            return
        inside = []
        if not _INSIDE.isdisjoint(item):
            inside = [one for key in sorted(_INSIDE) for one in objects(item.get(key))]
        owner = name(item.get("username")) or self._account
        if inside or (not _OTHERS.isdisjoint(item) and _is_no_post(item)):
            yield Skipped.IGNORED
        else:
            yield _post(item, label, index, owner)
        for one in inside:
            yield _post(one, label, index, owner)


def _candidates(archive: Archive) -> list[str]:
    if len(archive.members) == 1:
        return list(archive.members)
    return [one for one in archive.members if one.lower().endswith(_ENDINGS)]


def _is_data_set(archive: Archive, member: str) -> bool:
    head = head_of(archive, member)
    if not head.startswith(("[", "{")):
        names = {spelled(one).partition("/")[0] for one in columns(archive, member)}
        is_own = not names.isdisjoint(_OWN_NAMES)
        return is_own and not names.isdisjoint(_BESIDE_NAMES) and "timestamp" in names
    return _OWN.search(head) is not None and _BESIDE.search(head) is not None


def _items(archive: Archive, member: str) -> Iterator[tuple[int, Any]]:
    """Yield (index, item) of a member in any of the forms in which data sets are downloaded."""
    head = head_of(archive, member)
    if head.startswith("["):
        with archive.open(member) as stream:
            yield from elements(stream, archive.label(member), plainly)
    elif head.startswith("{"):
        for index, line in records(archive, member):
            yield index, Damaged(line) if isinstance(line, str) else line
    else:
        for index, row in table(archive, member, spelled):
            yield index, Damaged(row) if isinstance(row, str) else nested(row)


def _is_no_post(item: dict[str, Any]) -> bool:
    """Whether an item is an error, a profile without posts, or a comment exported by itself."""
    if "error" in item or "errorDescription" in item or "requestErrorMessages" in item:
        return not item.get("timestamp")
    if "followersCount" in item or "postsCount" in item:
        return "timestamp" not in item
    return "text" in item and "caption" not in item and ("postUrl" in item or "commentUrl" in item)


def _post(item: dict[str, Any], label: str, index: int, owner: str) -> Outcome:
    try:
        return _read_post(item, f"{label}#{index}", owner)
    except ValueError as error:
        return Rejected(Location(label, index), str(error))


def _read_post(item: dict[str, Any], where: str, owner: str) -> Post:
    """Read a post.

    Raises:
        ValueError: it has no time, or a value is of a wrong type.
    """
    at, quality = posted(item.get("timestamp"), FIRST_YEAR)
    text = words(item.get("caption"))
    url = item.get("url")
    url = url if isinstance(url, str) and url else None
    code = name(item.get("shortCode")) or shortcode_in(url) or shortcode(item.get("id"))
    if code and not url:
        url = f"https://www.instagram.com/p/{code}/"
    return Post(
        platform="instagram",
        account=name(item.get("ownerUsername")) or owner or name(item.get("ownerId")) or "unknown",
        id=code or name(item.get("id")) or content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        kind=_KINDS.get(name(item.get("productType")), "post"),
        time_quality=quality,
        url=url,
        media=_media(item),
        location=name(item.get("locationName")) or None,
        comments=_comments(item),
    )


def _media(item: dict[str, Any]) -> tuple[Media, ...]:
    """Return the kinds of what a post shows; the links to it expire and are not kept."""
    if children := item.get("childPosts"):
        found = [_MEDIA.get(name(one.get("type")), "photo") for one in objects(children)]
        if found:
            return tuple([Media(kind) for kind in found])
    if kind := _MEDIA.get(name(item.get("type"))):
        return (Media(kind),)
    if item.get("videoUrl"):
        return (Media("video"),)
    images = item.get("images")
    many = len(images) if isinstance(images, list) else 0
    return (Media("photo"),) * (many or bool(item.get("displayUrl")))


def _comments(item: dict[str, Any]) -> tuple[Comment, ...]:
    found = []
    for one in objects(item.get("latestComments")):
        replies = objects(one.get("replies")) if one.get("replies") else []
        for said in (one, *replies):
            author = name(said.get("ownerUsername"))
            found.append(comment(said.get("text"), author, said.get("timestamp")))
    if not found and item.get("firstComment"):
        found.append(comment(item.get("firstComment"), "", None))
    return tuple([one for one in found if one])
