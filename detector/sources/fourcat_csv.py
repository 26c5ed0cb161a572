"""Tables of posts from 4CAT, the Capture and Analysis Toolkit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from detector.errors import ExportFormatError, Location
from detector.records import Media, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._collected import name, posted, stem
from detector.sources._instagram_items import shortcode_in
from detector.sources._table_posts import Cells, addresses, first, platform_of, rows_read, tables
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_CORE: Final = frozenset({"id", "thread_id", "body", "author"})
_COLUMNS: Final = (
    ("tiktok", frozenset({"tiktok_url"})),
    ("x", frozenset({"is_retweet", "language_guess"})),
    ("x", frozenset({"retweet_count", "is_retweet"})),
    ("telegram", frozenset({"chat", "attachment_type"})),
    ("telegram", frozenset({"author_forwarded_from_name"})),
    ("threads", frozenset({"reposts", "quotes", "link_thumbnail_url"})),
    ("instagram", frozenset({"usertags", "num_media"})),
    ("instagram", frozenset({"usertags", "hashtags", "num_likes"})),
)
"""Columns that tell a table's platform, the most telling first."""
_FIRST_YEARS: Final = {
    "instagram": 2010, "facebook": 2004, "x": 2006, "tiktok": 2014, "telegram": 2013, "threads": 2023,
}  # fmt: skip
_MISSING: Final = frozenset({"", "0", "0.0", "-1", "None", "nan", "NaN", "null"})
"""What stands where the platform gave no number."""
_MANY: Final = 100
"""Pictures of one post that are counted, at most."""
_TRIED: Final = 20


class FourcatCsv(Source):
    """4CAT CSV of Instagram, TikTok, X, Telegram, Threads and others that have its common columns.

    The author wins over the caller's account; in Telegram an author without a name is the channel itself.
    ``unix_timestamp`` is the time; where it is 0 or absent, ``timestamp`` is read, which is the server's
    local time. A field that 4CAT names in ``missing_fields`` is unknown, not empty: without its text a row
    is rejected. Two rows with one id are one post, in Telegram within one channel. Rows that are comments
    are ignored by name.
    """

    platforms = ("instagram", "tiktok", "x", "telegram", "threads")
    tier = "silver"
    is_sorted = False

    def __init__(self, archive: Archive, members: list[str], account: str, platform: str) -> None:
        self._archive = archive
        self._members = members
        self._account = account or stem(archive)
        self._platform = platform

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a table has the columns that all of 4CAT's have."""
        return bool(tables(archive, _is_fourcat, _TRIED))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> FourcatCsv:
        """Find 4CAT's tables among the members.

        Raises:
            ExportFormatError: there is none.
        """
        members = tables(archive, _is_fourcat, len(archive.members))
        if not members:
            raise ExportFormatError("holds no table of 4CAT", where=Location(str(archive.path)))
        return cls(archive, members, name(account), (platform or "").lower())

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts in the table's order."""
        outcomes = rows_read(self._archive, self._members, self._read)
        return paged(outcomes, self._archive.path.name, since)

    def _read(self, cells: Cells, where: Location) -> Outcome:
        sorts = {first(cells, "type").lower(), first(cells, "media_type").lower()}
        if "comment" in sorts or first(cells, "is_ad").lower() in {"yes", "true"}:
            return Skipped.IGNORED
        platform = self._platform_of(cells)
        at, quality = _time(cells, _FIRST_YEARS.get(platform, 1995))
        missing = {one.strip() for one in cells.get("missing_fields", "").split(",")}
        text = cells.get("body", "")
        if "body" in missing and not text:
            raise ValueError("has no text: 4CAT says that it is missing")
        own = first(cells, "id")
        return Post(
            platform=platform,
            account=_owner(cells, platform) or self._account,
            id=own or content_id(at, text),
            created_at=at,
            text=text,
            where=str(where),
            time_quality=quality,
            url=_link(cells, platform),
            app=first(cells, "source") or None if platform == "x" else None,
            language=first(cells, "language_guess", "language", "lang") or None,
            in_reply_to=_replied(cells, platform, own),
            is_repost=_is_repost(cells),
            links=addresses(first(cells, "urls", "link_url", "link_attached")),
            media=_media(cells, platform),
            location=first(cells, "location_name", "place_name", "location_city") or None,
        )

    def _platform_of(self, cells: Cells) -> str:
        told = first(cells, "platform", "source_platform").lower().removesuffix(".com")
        if told in _FIRST_YEARS:
            return told
        if found := next((site for site, columns in _COLUMNS if columns <= cells.keys()), ""):
            return found
        link = platform_of(first(cells, "post_url", "link", "url", "thread_url"))
        return link or self._platform or "unknown"


def _is_fourcat(titles: frozenset[str]) -> bool:
    return titles >= _CORE and not titles.isdisjoint({"timestamp", "unix_timestamp"})


def _time(cells: Cells, first_year: int) -> tuple[datetime, TimeQuality]:
    """Read a row's time.

    Raises:
        ValueError: it has none, or one no post can be of.
    """
    for title in ("unix_timestamp", "timestamp"):
        if (cell := first(cells, title)) not in _MISSING:
            return posted(cell, first_year)
    raise ValueError("has no time")


def _owner(cells: Cells, platform: str) -> str:
    if platform == "telegram":
        return name(first(cells, "author_username", "chat", "thread_id", "author"))
    return name(first(cells, "author", "author_username", "author_id"))


def _link(cells: Cells, platform: str) -> str | None:
    if platform == "telegram":
        channel, own = name(first(cells, "chat", "thread_id")), first(cells, "id")
        if not channel or channel.lstrip("-").isdigit() or not own.isdigit():
            return None
        return f"https://t.me/{channel}/{own}"
    link = first(cells, "tiktok_url", "post_url", "link", "url")
    if platform == "instagram" and not shortcode_in(link):
        # The oldest tables have the picture's own signed address there.
        return f"https://www.instagram.com/p/{first(cells, 'id')}/" if first(cells, "id") else None
    return link or None


def _replied(cells: Cells, platform: str, own: str) -> str | None:
    """Return what a row answers: itself named, or else the first post of its thread."""
    if platform == "telegram":
        return first(cells, "reply_to") or None
    thread = first(cells, "thread_id")
    is_answer = first(cells, "is_reply").lower() in {"yes", "true", "1"}
    return thread if is_answer and thread != own else None


def _is_repost(cells: Cells) -> bool:
    if first(cells, "is_retweet").lower() in {"yes", "true", "1"}:
        return True
    forwarded = ("author_forwarded_from_name", "author_forwarded_from_username")
    return bool(first(cells, *forwarded, "author_forwarded_from_id"))


def _media(cells: Cells, platform: str) -> tuple[Media, ...]:
    """Return the kinds of what a post shows; the links to it expire and are not kept."""
    if platform == "tiktok":
        return (Media("video"),)
    if attached := first(cells, "attachment_type").lower():
        words = {"photo": "photo", "video": "video", "audio": "audio", "document": "file"}
        return tuple([Media(kind) for word, kind in words.items() if word in attached][:1])
    count = first(cells, "num_media")
    sort = first(cells, "media_type", "type").lower()
    if count.isascii() and count.isdigit():
        kind = {"photo": "photo", "picture": "photo", "video": "video"}.get(sort, "other")
        return (Media(kind),) * min(int(count[:4]), _MANY)
    pictures = addresses(first(cells, "images", "image_urls", "image_url"))
    films = addresses(first(cells, "videos", "video_url"))
    found = [Media("photo") for _ in pictures] + [Media("video") for _ in films]
    return tuple(found[:_MANY])
