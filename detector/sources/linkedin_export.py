"""LinkedIn's own export (Shares.csv, Logins.csv and others), or a Page's table of posts from its analytics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Media, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._details import masked, traces
from detector.sources._linkedin import (
    FILES,
    OWNER_FILE,
    cells,
    is_named,
    owner,
    shape,
    sheet,
    spoken,
    urn,
    when,
    with_id,
)
from detector.sources._meta import without_surrogates
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_UNDATED: Final = datetime.min.replace(tzinfo=UTC)
_UNKNOWN: Final = frozenset({"", "not available", "n/a", "-"})
_FILMS: Final = (".mp4", ".mov", ".webm")
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".gif", ".webp")

_Row = dict[str, str]
_Read = tuple[datetime, Outcome]

_TRIED: Final = 20
"""Files with names of their own whose columns are looked at."""


class LinkedinExport(Source):
    """A member's download, zipped or unpacked, or single tables of it; or a Page's analytics as CSV.

    A post is the same by the number in its address; without one by its time and text. Messages,
    connections and contacts are never opened.
    """

    platforms = ("linkedin",)
    tier = "silver"
    marks = (
        r"(?i:shares(?:_\d{1,20})?|logins|security challenges|instant[ _]reposts"
        r"|email[ _]addresses|registration)\.csv"
    )

    def __init__(self, archive: Archive, members: list[tuple[str, str]], account: str) -> None:
        self._archive = archive
        self._members = members
        self.account = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a table has the columns of one of LinkedIn's."""
        return bool(_found(archive))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> LinkedinExport:
        """Find out whose it is: the name in the profile; one given by the caller wins over all.

        Raises:
            ExportFormatError: none of its tables tells posts or events.
        """
        del platform  # Its records are never another platform's.
        members = _found(archive)
        if not members:
            raise ExportFormatError(
                "holds no table of LinkedIn's posts or logins",
                where=Location(str(archive.path)),
                hint="ask for the larger download: Settings, Data privacy, Get a copy of your data",
            )
        return cls(archive, members, account.removeprefix("@") if account else _whose(archive))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and events together, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        read: list[_Read] = []
        failures: list[ExportFormatError] = []
        for member, kind in self._members:
            try:
                read.extend(self._member(member, kind))
            except ExportFormatError as error:
                failures.append(error)
        if len(failures) == len(self._members):
            raise failures[0]
        for failure in failures:
            yield Rejected(failure.where or Location(str(self._archive.path)), failure.message)
        opened = {
            one.at for _, one in read if isinstance(one, AccountEvent) and one.kind == "signup"
        }
        read = [(at, _addressed(one, opened)) for at, one in read]
        read.sort(key=lambda one: one[0])
        given: set[object] = set()
        for _, one in read:
            key: object = None
            if isinstance(one, Post):
                key = one.id, one.is_repost
            elif isinstance(one, AccountEvent):
                key = one.kind, one.at, *one.details.items()
            yield Skipped.DUPLICATE if key in given else one
            if key is not None:
                given.add(key)

    def _member(self, member: str, kind: str) -> Iterator[_Read]:
        label = self._archive.label(member)
        for index, row in sheet(self._archive, member):
            where = f"{label}#{index}"
            try:
                if isinstance(row, str):
                    raise ValueError(row)  # noqa: TRY004, TRY301 - one class says "rejected"
                yield self._one(kind, cells(row), where)
            except ValueError as error:
                yield _UNDATED, Rejected(Location(label, index), str(error))

    def _one(self, kind: str, row: _Row, where: str) -> _Read:
        """Return (time, what became of it) of one row.

        Raises:
            ValueError: it has no usable time.
        """
        post = None
        if kind == "shares":
            post = self._share(row, where)
        elif kind == "reposts":
            post = self._repost(row, where)
        elif kind == "page":
            post = self._page_post(row, where)
        if post:
            return post.created_at, post
        return self._event(kind, row, where)

    def _share(self, row: _Row, where: str) -> Post:
        url = row.get("sharelink") or None
        number = urn(url)
        at, quality = with_id(*when(row.get("date")), number)
        text = spoken(row.get("sharecommentary", ""))
        link, picture = row.get("sharedurl"), row.get("mediaurl")
        return Post(
            platform="linkedin",
            account=self.account,
            id=number or content_id(at, text),
            created_at=at,
            text=text,
            where=where,
            time_quality=quality,
            url=url,
            links=(link,) if link else (),
            media=(_media(picture),) if picture else (),
        )

    def _repost(self, row: _Row, where: str) -> Post:
        link = row.get("link", "")
        at, quality = when(row.get("date"))
        return Post(
            platform="linkedin",
            account=self.account,
            # The number is that of the post repeated, which may be the account's own.
            id=f"repost of {urn(link) or link}",
            created_at=at,
            text="",
            where=where,
            time_quality=quality,
            is_repost=True,
            links=(link,) if link else (),
        )

    def _page_post(self, row: _Row, where: str) -> Post:
        """Make a post of a row of a Page's analytics, which tells the day; its number tells the time."""
        url = row.get("postlink") or None
        number = urn(url)
        at, quality = with_id(*when(row.get("createddate")), number)
        text = spoken(row.get("posttitle", ""))
        return Post(
            platform="linkedin",
            account=self.account,
            id=number or content_id(at, text),
            created_at=at,
            text=text,
            where=where,
            time_quality=quality,
            url=url,
            is_repost=row.get("posttype", "").lower().startswith(("repost", "reshare", "share")),
        )

    def _event(self, kind: str, row: _Row, where: str) -> _Read:
        details = traces(
            [row.get(key, "") for key in ("ipaddress", "registrationip", "registrationipaddress")]
        )
        if agent := row.get("useragent", ""):
            details["user_agent"] = agent[:200]
        told = {"email_changed": "updatedon", "signup": "registeredat", "login": "logindate"}
        stamp = row.get(told.get(kind, "challengedate")) or row.get("registrationdate", "")
        if kind == "email_changed":
            if stamp.lower() in _UNKNOWN:
                return _UNDATED, Skipped.IGNORED
            details = {"to": masked(row.get("emailaddress", ""))}
        elif way := row.get("logintype") or row.get("challengetype"):
            details["method"] = masked(way)
        if country := row.get("country"):
            details["country"] = masked(country)
        at, quality = when(stamp)
        return at, AccountEvent(
            platform="linkedin", account=self.account, kind=kind, at=at, where=where,
            time_quality=quality, details=details,
        )  # fmt: skip


def _addressed(one: Outcome, opened: set[datetime]) -> Outcome:
    """Leave out the address with which the account was opened: it is listed like a change."""
    if isinstance(one, AccountEvent) and one.kind == "email_changed" and one.at in opened:
        return Skipped.IGNORED
    return one


def _media(address: str) -> Media:
    path = address.partition("?")[0].lower()
    kind = "video" if path.endswith(_FILMS) else "photo" if path.endswith(_PICTURES) else "other"
    return Media(kind, address)


def _found(archive: Archive) -> list[tuple[str, str]]:
    """Return the tables that tell something, and what; by name, and by their columns."""
    named = [member for member in archive.members if is_named(member)]
    found = [(member, shape(archive, member)) for member in named or archive.members[:_TRIED]]
    return [(member, kind) for member, kind in found if kind in FILES]


def _whose(archive: Archive) -> str:
    """Return the name in the profile, else the name of the archive."""
    for member in filter(OWNER_FILE.search, archive.members):
        if name := owner(archive, member):
            return without_surrogates(name)
    return archive.title
