"""Which members of an Instagram export hold posts, events, or the account's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from detector.errors import ExportFormatError, SourceError
from detector.records import Media
from detector.sources._archive import Archive
from detector.sources._facebook_members import begins_like_facebook
from detector.sources._instagram_events import EVENT_FILES, OWNER_FILES, OWNER_PAGES, handle
from detector.sources._instagram_html import as_record
from detector.sources._instagram_posts import POST_FILES
from detector.sources._meta import BARE_POSTS, parsed
from detector.sources._meta_html import blocks

THREADS_FILES: Final = re.compile(
    r"(?:^|/)threads/threads_and_replies(?:_\d{1,6})?\.(?:json|html)$"
)
"""Posts on Threads, which come in the same download."""
_AT_HOME: Final = re.compile(
    r"(?:^|/)(?:your_instagram_activity/(?!threads/)|content/(?:posts_\d{1,6}|stories|reels|archived_posts"
    r"|igtv_videos|profile_photos)\.(?:json|html)$|login_and_(?:account|profile)_creation/)"
)
"""Places that only an Instagram export has."""
_BESIDE_THREADS: Final = re.compile(r"(?:^|/)(?:your_instagram_activity/(?!threads/)|content/)")
_SHAPES: Final = re.compile(
    rb'"(?:ig_[a-z_]{3,40}|account_history_[a-z_]{3,60}|profile_(?:user|profile_change|media_reposts))"'
    rb'\s{0,200}:|"creation_timestamp"\s{0,200}:|"taken_at"\s{0,200}:[^}]{0,5000}"path"'
    rb'|"path"\s{0,200}:[^}]{0,5000}"taken_at"'
)
"""What the beginning of one of its files looks like."""
_DRAWN: Final = re.compile(rb"\b(?:_a6-g|uiBoxWhite|_2lej)\b")
"""What Meta's pages look like."""
_FACEBOOKS: Final = re.compile(
    r"(?:^|/)(?:your_facebook_activity|[^/]{1,40}_activity_across_facebook|comments_and_reactions"
    r"|profile_information|about_you)/"
)
_TOLD: Final = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s{0,99}\{\s{0,99}"(?:account_history_[a-z_]{3,60}|profile_profile_change)"\s{0,99}:'
)
"""How a list of what happened to the account begins."""
_WRAPPED: Final = re.compile(
    rb'"ig_(?:posts|stories|reels_media|archived_post_media|igtv_media|other_media|profile_picture)"'
    rb'|\A(?:\xef\xbb\xbf)?\s{0,99}\{\s{0,99}(?:"[a-z]{5,7}"\s{0,9}:\s{0,9}\[\s{0,99}\]\s{0,9},\s{0,99}){0,5}'
    rb'"(?:photos|videos|profile|stories)"\s{0,99}:\s{0,99}\[\s{0,99}\{(?=[^}]{0,5000}"taken_at")(?=[^}]{0,5000}"path")'
    rb"|" + _TOLD.pattern + rb"|" + BARE_POSTS.pattern,
    BARE_POSTS.flags,
)
_HEAD: Final = 1 << 14
_PAGE_HEAD: Final = 1 << 17
"""A page begins with what it is drawn with, which may be long."""
_LOOKED_AT: Final = 200
"""Members of unknown names that are looked into: other exports have thousands."""
_ELSEWHERE: Final = re.compile(
    r"(?:^|/)(?:ads_information|apps_and_websites[^/]*|comments|connections|likes|logged_information|saved"
    r"|preferences|story_interactions|threads)/"
)
"""Folders whose files hold no posts of the account's own."""
_PERSONAL: Final = re.compile(
    r"(?:^|/)(?:security_and_login_information|login_and_(?:account|profile)_creation|device_information"
    r"|personal_information|account_information|information_about_you|past_instagram_insights"
    r"|recent_searches|monetization|other_activity|autofill[^/]{0,40}|your_topics|shopping|reports)/"
)
"""Folders in which every file has the name Instagram gave it, so that none need be looked into."""
_NAMED: Final = re.compile(
    r"instagram-(.{1,40}?)-(?:\d{8}|\d{4}-\d{2}-\d{2})|(.{1,40})_\d{8}(?:_part_\d+)?"
)
_ORDER: Final = ("posts", "media", "reels", "stories")
_TOP: Final = re.compile(r"(?:your_instagram_activity|content)/|[^/]{1,255}$")
_FILES: Final = re.compile(r"\.(?:json|html|txt|js|css)$", re.IGNORECASE)


def is_instagrams(archive: Archive) -> bool:
    """Whether a file lies where only Instagram puts it, or begins like one of Instagram's.

    A download of Threads alone, in JSON, has a source of its own.
    """
    names = archive.members
    threads = [one for one in names if THREADS_FILES.search(one)]
    if any(one.endswith(".json") for one in threads) and not any(
        _BESIDE_THREADS.search(one) or _is_post_file(one) for one in names
    ):
        return False
    if threads or any(map(_AT_HOME.search, names)):
        return True
    if any(map(_FACEBOOKS.search, names)):
        return False
    named = told_by_name(archive)
    return any(_begins_as_named(archive, one) for one in named) or bool(others(archive))


def told_by_name(archive: Archive) -> list[str]:
    """Members whose names say that they hold posts or events, the best copy of a post first.

    What the download has in JSON is not read again in HTML.
    """
    posts = [one for one in archive.members if _is_post_file(one)]
    threads = [one for one in archive.members if THREADS_FILES.search(one)]
    events = [one for one in archive.members if EVENT_FILES.search(one)]
    return [
        *_without_pages(sorted(posts, key=_rank)),
        *_without_pages(threads),
        *_without_pages(events),
    ]


def others(archive: Archive) -> list[str]:
    """Members with names of their own that begin with one of Instagram's wrappers, or like its lists."""
    asked = (
        member
        for member in archive.members
        if member.endswith(".json")
        and not (
            POST_FILES.search(member)
            or EVENT_FILES.search(member)
            or _ELSEWHERE.search(member)
            or _PERSONAL.search(member)
        )
    )
    return [
        member
        for member in islice(asked, _LOOKED_AT)
        if _begins_like(archive, member, _WRAPPED, _HEAD)
    ]


def tells_events(archive: Archive, member: str) -> bool:
    """Whether a member tells what happened to the account, by its name or else by how it begins."""
    if EVENT_FILES.search(member):
        return True
    is_named = _is_post_file(member) or THREADS_FILES.search(member) is not None
    return not is_named and _begins_like(archive, member, _TOLD, _HEAD)


def whose(archive: Archive) -> str:
    """Return the account's handle: as the export tells it, or as its name does."""
    for pattern in (*OWNER_FILES, *OWNER_PAGES):
        for member in filter(pattern.search, archive.members):
            try:
                raw = archive.read(member)
                if member.endswith(".html"):
                    tree: object = [as_record(block) for block in blocks(raw)]
                else:
                    tree = parsed(raw, archive.label(member))
            except ExportFormatError:
                continue
            if found := handle(tree):
                return found
    match = next(filter(None, map(_NAMED.match, archive.titles)), None)
    return (match[1] or match[2]) if match else archive.title


class Sizes:
    """How large the pictures and films are that lie in the archive."""

    def __init__(self, archive: Archive) -> None:
        self._sizes: dict[str | None, int] = {
            member: archive.size(member) for member in archive.members if not _FILES.search(member)
        }

    def __bool__(self) -> bool:
        return bool(self._sizes)

    def told(self, media: Iterable[Media], member: str) -> tuple[Media, ...]:
        """Return pictures with the bytes of those that are there.

        Args:
            media: their paths as a record names them, from the top of the export.
            member: where that record stands; the export may lie in a folder of its own.
        """
        top = _TOP.search(member)
        above = member[: top.start()] if top else ""
        return tuple(
            Media(one.kind, one.path, self._size(f"{above}{one.path}", one.path)) for one in media
        )

    def _size(self, *places: str | None) -> int | None:
        return next((self._sizes[one] for one in places if one in self._sizes), None)


def _is_post_file(member: str) -> bool:
    return POST_FILES.search(member) is not None and not _ELSEWHERE.search(member)


def _stem(member: str) -> str:
    name = member.rsplit("/", 1)[-1].rpartition(".")[0]
    return re.sub(r"_\d{1,6}$", "", name)


def _rank(member: str) -> int:
    stem = _stem(member).partition("_")[0]
    return _ORDER.index(stem) if stem in _ORDER else len(_ORDER)


def _without_pages(members: list[str]) -> list[str]:
    known = {_stem(one) for one in members if one.endswith(".json")}
    return [one for one in members if one.endswith(".json") or _stem(one) not in known]


def _begins_as_named(archive: Archive, member: str) -> bool:
    if member.endswith(".html"):
        return _begins_like(archive, member, _DRAWN, _PAGE_HEAD)
    return _begins_like(archive, member, _SHAPES, _HEAD) and not begins_like_facebook(
        archive, member
    )


def _begins_like(archive: Archive, member: str, shape: re.Pattern[bytes], limit: int) -> bool:
    try:
        return shape.search(archive.read(member, limit)) is not None
    except SourceError:
        return False
