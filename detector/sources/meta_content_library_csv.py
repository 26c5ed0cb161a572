"""Tables of posts from the Meta Content Library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detector.errors import ExportFormatError, Location
from detector.records import Media, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._collected import name, posted, stem
from detector.sources._table_posts import Cells, addresses, first, platform_of, rows_read, tables
from detector.sources.interface import Outcome, Source, content_id, paged

_FACEBOOK: Final = frozenset(
    {
        "statistics.reaction_count", "statistics.share_count", "statistics.love_count",
        "statistics.angry_count", "surface.id", "surface.name", "surface.type", "shared_post_id",
        "link_attachment.link",
    }
)  # fmt: skip
"""Columns that tables of Instagram's posts do not have."""
_FACEBOOKS_OWNERS: Final = frozenset({"page", "group", "event", "profile"})
_FIRST_YEARS: Final = {"facebook": 2004, "instagram": 2010, "threads": 2023}
_MEDIUM: Final = re.compile(r"""['"](?:media_)?type['"]\s{0,9}:\s{0,9}['"](\w{1,20})['"]""")
_TRIED: Final = 20
_SHOWN: Final = {"photo": "photo", "image": "photo", "video": "video", "reel": "video"}


class MetaContentLibraryCsv(Source):
    """Meta Content Library CSV: posts of Facebook, Instagram or Threads, with dotted column names.

    The account is ``post_owner.username``, else its name, else its number; the caller's account only where
    there is none. Ids are the library's own, and the same in every table of it: two rows with one id are
    one post. Which platform a table is of, it does not say: links tell, else columns that only Facebook's
    have, else the caller; otherwise it is taken for Instagram's.
    """

    platforms = ("facebook", "instagram", "threads")
    tier = "bronze"
    is_sorted = False

    def __init__(self, archive: Archive, members: list[str], account: str, platform: str) -> None:
        self._archive = archive
        self._members = members
        self._account = account or stem(archive)
        self._platform = platform

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a table has the library's own columns."""
        return bool(tables(archive, _is_library, _TRIED))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> MetaContentLibraryCsv:
        """Find the library's tables among the members.

        Raises:
            ExportFormatError: there is none.
        """
        members = tables(archive, _is_library, len(archive.members))
        if not members:
            raise ExportFormatError(
                "holds no table of the Meta Content Library", where=Location(str(archive.path))
            )
        return cls(archive, members, name(account), (platform or "").lower())

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts in the table's order."""
        outcomes = rows_read(self._archive, self._members, self._read)
        return paged(outcomes, self._archive.path.name, since)

    def _read(self, cells: Cells, where: Location) -> Outcome:
        platform = self._platform_of(cells)
        at, quality = posted(first(cells, "creation_time"), _FIRST_YEARS.get(platform, 2004))
        if quality is TimeQuality.LOCAL:
            # Tables saved again by a spreadsheet lose the +00:00 that all of the library's times have.
            quality = TimeQuality.EXACT
        text = cells.get("text", "")
        sort = first(cells, "media_type", "content_type").lower()
        return Post(
            platform=platform,
            account=name(first(cells, "post_owner.username", "post_owner.name", "post_owner.id"))
            or self._account,
            id=first(cells, "id", "mcl_id") or content_id(at, text),
            created_at=at,
            text=text,
            where=str(where),
            kind="reel" if "reel" in sort else "story" if "stor" in sort else "post",
            time_quality=quality,
            url=first(cells, "post_url", "mcl_url") or None,
            language=first(cells, "lang") or None,
            is_repost=bool(first(cells, "shared_post_id")),
            links=addresses(first(cells, "link_attachment.link", "link_url")),
            media=_media(first(cells, "multimedia"), sort),
            location=first(cells, "location.name", "place.name") or None,
        )

    def _platform_of(self, cells: Cells) -> str:
        told = first(cells, "platform", "surface.platform").lower()
        if told in _FIRST_YEARS:
            return told
        if found := platform_of(first(cells, "post_url")):
            return found
        sort = first(cells, "post_owner.type").lower()
        if not _FACEBOOK.isdisjoint(cells) or sort in _FACEBOOKS_OWNERS:
            return "facebook"
        return self._platform or "instagram"


def _is_library(titles: frozenset[str]) -> bool:
    owned = {"post_owner.id", "post_owner.name", "post_owner.username", "post_owner.type"}
    return "creation_time" in titles and ("mcl_url" in titles or not owned.isdisjoint(titles))


def _media(multimedia: str, sort: str) -> tuple[Media, ...]:
    """Return the kinds of what a post shows: as its list says, else as its own kind does."""
    found = [_SHOWN.get(one.lower(), "other") for one in _MEDIUM.findall(multimedia)]
    if not found:
        found = [shown for word, shown in _SHOWN.items() if word in sort][:1]
    return tuple([Media(kind) for kind in found])
