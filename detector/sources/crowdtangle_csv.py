"""Tables of posts from CrowdTangle, which Meta closed in August 2024."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

from detector.errors import ExportFormatError, Location
from detector.records import Media, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._collected import name, posted, stem
from detector.sources._instagram_items import shortcode, shortcode_in, unwrapped
from detector.sources._spreadsheets import clock
from detector.sources._table_posts import Cells, addresses, first, platform_of, rows_read, tables
from detector.sources.interface import Outcome, Source, content_id, paged

_HOURS: Final = {
    "UTC": 0.0, "GMT": 0.0, "WET": 0.0, "BST": 1.0, "WEST": 1.0, "CET": 1.0, "WAT": 1.0, "CEST": 2.0,
    "EET": 2.0, "CAT": 2.0, "SAST": 2.0, "EEST": 3.0, "EAT": 3.0, "MSK": 3.0, "PKT": 5.0, "NPT": 5.75,
    "ICT": 7.0, "WIB": 7.0, "WITA": 8.0, "HKT": 8.0, "SGT": 8.0, "MYT": 8.0, "PHT": 8.0, "AWST": 8.0,
    "WIT": 9.0, "JST": 9.0, "KST": 9.0, "ACST": 9.5, "AEST": 10.0, "ACDT": 10.5, "AEDT": 11.0,
    "NZST": 12.0, "NZDT": 13.0, "BRT": -3.0, "BRST": -2.0, "ART": -3.0, "UYT": -3.0, "CLST": -3.0,
    "CLT": -4.0, "PET": -5.0, "COT": -5.0, "EST": -5.0, "EDT": -4.0, "MST": -7.0, "MDT": -6.0,
    "PDT": -7.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0, "NST": -3.5, "NDT": -2.5,
}  # fmt: skip
"""Short names of zones that mean one offset from UTC, in hours, wherever CrowdTangle was read.

PST (Pacific or Philippines), CST (Chicago, China or Cuba), CDT, IST (India, Ireland or Israel) and AST
(Atlantic or Arabia) mean several: such a time is kept as local.
"""
_ZONED: Final = re.compile(r"(.{10,26}?)\s{0,3}([A-Za-z]{2,5}|[+-]\d{2}(?::?\d{2})?)")
_POST_NUMBER: Final = re.compile(
    r"(?:/(?:posts|videos|permalink|reel)/(?:[^/?#]{1,200}/)?|/photos/[^?#]{1,200}/|story_fbid=|fbid=|[?&]v=)"
    r"(\d{5,30})"
)
_OWNER: Final = re.compile(
    r"facebook\.com/(?:groups/)?([^/?#]{1,100})/(?:posts|videos|photos|permalink)/"
)
_EXPANDED: Final = re.compile(r"""['"]expanded['"]\s{0,9}:\s{0,9}['"]([^'"\s]{1,2000})['"]""")
_NAMED: Final = re.compile(r"""['"](handle|name)['"]\s{0,9}:\s{0,9}['"]([^'"]{1,100})['"]""")
_FIRST_YEARS: Final = {"instagram": 2010}
_TRIED: Final = 20
_INSTAGRAM: Final = frozenset({"followers at posting", "account", "photo", "title"})


class CrowdtangleCsv(Source):
    """CrowdTangle CSV of Facebook and Instagram: the website's own, and tables made from its API.

    The account is the user name, else the page's name, else the owner in the post's address; the caller's
    only where there is none of these. Facebook's id is ``page_post`` as in the Graph API, Instagram's the
    shortcode, both from the post's address; two rows with one id are one post. The website's times are in
    the viewer's zone: a short name that means several zones leaves them local. The API's are in UTC.
    """

    platforms = ("facebook", "instagram")
    tier = "silver"
    is_sorted = False

    def __init__(self, archive: Archive, members: list[str], account: str, platform: str) -> None:
        self._archive = archive
        self._members = members
        self._account = account or stem(archive)
        self._platform = platform

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a table has the website's columns, or those of its API."""
        return bool(tables(archive, _is_crowdtangle, _TRIED))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> CrowdtangleCsv:
        """Find CrowdTangle's tables among the members.

        Raises:
            ExportFormatError: there is none.
        """
        members = tables(archive, _is_crowdtangle, len(archive.members))
        if not members:
            raise ExportFormatError(
                "holds no table of CrowdTangle", where=Location(str(archive.path))
            )
        return cls(archive, members, name(account), (platform or "").lower())

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts in the table's order."""
        outcomes = rows_read(self._archive, self._members, self._read)
        return paged(outcomes, self._archive.path.name, since)

    def _read(self, cells: Cells, where: Location) -> Outcome:
        link = first(cells, "url", "posturl", "post_url")
        platform = self._platform_of(cells, link)
        at, quality = _time(cells, _FIRST_YEARS.get(platform, 2004))
        text = _text(cells, platform)
        return Post(
            platform=platform,
            account=_owner(cells, link) or self._account,
            id=_id(cells, platform, link) or content_id(at, text, [link]),
            created_at=at,
            text=text,
            where=str(where),
            kind=_kind(first(cells, "type")),
            time_quality=quality,
            url=link or None,
            language=first(cells, "languagecode", "language_code") or None,
            links=_links(cells, link),
            media=_media(first(cells, "type")),
        )

    def _platform_of(self, cells: Cells, link: str) -> str:
        told = first(cells, "platform").lower()
        if told in self.platforms:
            return told
        if found := platform_of(link):
            return found
        if cells.keys() >= _INSTAGRAM:
            return "instagram"
        return self._platform or "facebook"


def _is_crowdtangle(titles: frozenset[str]) -> bool:
    named = {"page name", "group name", "account", "user name", "facebook id"}
    measured = {"total interactions", "message", "description", "likes at posting", "image text"}
    if titles & {"post created", "post created date"}:
        return not (named.isdisjoint(titles) or measured.isdisjoint(titles))
    made_of = {"date", "platformid"} <= titles and bool(
        titles & {"message", "posturl", "description"}
    )
    return made_of or {"date", "posturl", "expandedlinks"} <= titles


def _time(cells: Cells, first_year: int) -> tuple[datetime, TimeQuality]:
    """Read a row's time.

    Raises:
        ValueError: it has none, or one no post can be of.
    """
    told = first(cells, "post created")
    if not told:
        clocked = clock(first(cells, "post created time"))
        told = f"{first(cells, 'post created date')} {clocked}".strip()
    if not told:
        at, quality = posted(first(cells, "date"), first_year)
        # The API gives all times in UTC and does not say so.
        return at, TimeQuality.EXACT if quality is TimeQuality.LOCAL else quality
    match = _ZONED.fullmatch(told)
    if match and match[2][0] in "+-":
        told = f"{match[1]}{match[2]}"
    elif match and (hours := _HOURS.get(match[2].upper())) is not None and _is_local(match[1]):
        zone = timezone(timedelta(hours=hours))
        return posted(datetime.fromisoformat(match[1]).replace(tzinfo=zone), first_year)
    return posted(told, first_year)


def _is_local(text: str) -> bool:
    """Whether a text is a time without an offset."""
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _text(cells: Cells, platform: str) -> str:
    """Return what the owner wrote; a link's own heading only where there is nothing else."""
    if platform == "instagram" and "message" not in cells:
        return cells.get("description", "") or cells.get("title", "")
    return next(
        (
            cell
            for title in ("message", "link text", "title")
            if (cell := cells.get(title, "")).strip()
        ),
        "",
    )


def _owner(cells: Cells, link: str) -> str:
    named = first(cells, "user name", "account.handle", "accounthandle", "account_handle")
    named = named or first(
        cells, "page name", "group name", "account.name", "account_name", "accountname", "pagename"
    )
    account = first(cells, "account", "page")
    if not named and account.startswith("{"):
        # The way Python prints the API's object.
        inside = dict(_NAMED.findall(account[:5_000]))
        named = inside.get("handle") or inside.get("name") or ""
    elif not named:
        named = account
    owner = _OWNER.search(link)
    return name(named) or (owner[1] if owner else first(cells, "platformid").partition("_")[0])


def _id(cells: Cells, platform: str, link: str) -> str:
    told = first(cells, "platformid", "platform id", "platform_id")
    if platform == "instagram":
        return shortcode_in(link) or shortcode(told) or told
    if told:
        return told
    number, owner = _POST_NUMBER.search(link), _OWNER.search(link)
    page = first(cells, "facebook id") or (owner[1] if owner else "")
    if not number:
        return ""
    return f"{page}_{number[1]}" if page.isascii() and page.isdigit() else number[1]


def _links(cells: Cells, own: str) -> tuple[str, ...]:
    found = [*_EXPANDED.findall(first(cells, "expandedlinks", "expanded_links"))]
    found = found or [*addresses(first(cells, "final link", "link"))]
    found = [unwrapped(one) for one in found]
    return tuple(dict.fromkeys([one for one in found if one != own]))


def _kind(sort: str) -> str:
    low = sort.lower()
    return "igtv" if "igtv" in low else "reel" if "reel" in low else "post"


def _media(sort: str) -> tuple[Media, ...]:
    low = sort.lower()
    if "video" in low or "igtv" in low or "reel" in low or low in {"youtube", "vine"}:
        return (Media("video"),)
    return (Media("photo"),) if "photo" in low or "album" in low else ()
