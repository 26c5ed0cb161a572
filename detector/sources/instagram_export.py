"""Instagram's own export ("Download your information", JSON) in every layout since 2018."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import AccountEvent, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._instagram_events import EVENT_FILES, OWNER_FILES, events, handle, told
from detector.sources._instagram_posts import POST_FILES, Draft, drafted, kind_of, records
from detector.sources._meta import parsed
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_AT_HOME: Final = re.compile(
    r"(?:^|/)(?:your_instagram_activity/|content/(?:posts_\d+|stories|reels|archived_posts|igtv_videos"
    r"|profile_photos)\.json$|login_and_(?:account|profile)_creation/)"
)
"""Places that only an Instagram export has."""
_SHAPES: Final = re.compile(
    rb'"(?:ig_[a-z_]{3,40}|account_history_[a-z_]{3,60}|profile_(?:user|profile_change|media_reposts))"'
    rb'\s{0,200}:|"creation_timestamp"\s{0,200}:|"taken_at"\s{0,200}:[^}]{0,5000}"path"'
    rb'|"path"\s{0,200}:[^}]{0,5000}"taken_at"'
)
"""What the beginning of one of its files looks like."""
_WRAPPED: Final = re.compile(
    rb'"ig_(?:posts|stories|reels_media|archived_post_media|igtv_media|other_media|profile_picture)"'
)
_HEAD: Final = 1 << 14
_ELSEWHERE: Final = re.compile(
    r"(?:^|/)(?:ads_information|apps_and_websites[^/]*|comments|connections|likes|logged_information|saved"
    r"|preferences|story_interactions|threads)/"
)
"""Folders whose files hold no posts of the account's own."""
_NAMED: Final = re.compile(
    r"instagram-(.{1,40}?)-(?:\d{8}|\d{4}-\d{2}-\d{2})|(.{1,40})_\d{8}(?:_part_\d+)?"
)
_SAME_POST_SECONDS: Final = 60
"""Copies of one post in two files differ by the seconds between its first picture and itself."""

_Read = tuple[datetime, Draft | AccountEvent | Rejected | Skipped, str]
"""When a record happened, what it tells, and where it stands."""
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


class InstagramExport(Source):
    """Instagram's "Download your information" in JSON, whole or in parts, zipped or unpacked."""

    platforms = ("instagram",)
    tier = "silver"
    marks = (
        r"your_instagram_activity|(?:personal|account|security_and_login|logged|ads)_information"
        r"|login_and_account_creation|start_here\.html|(?:content/)?(?:(?:posts|media)(?:_\d+)?"
        r"|stories|reels|archived_posts|igtv_videos|profile_photos)\.json"
    )

    def __init__(self, archive: Archive, account: str) -> None:
        self._archive = archive
        self.account = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file lies where only Instagram puts it, or begins like one of Instagram's."""
        if any(_AT_HOME.search(member) for member in archive.members):
            return True
        return any(_begins_like(archive, member, _SHAPES) for member in _told_by_name(archive)) or (
            any(_begins_like(archive, member, _WRAPPED) for member in _others(archive))
        )

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> InstagramExport:
        """Find out whose export it is; a handle given by the caller wins over all.

        Raises:
            ExportFormatError: it is the HTML flavour.
        """
        del platform  # An Instagram export is never another platform's.
        if not (_told_by_name(archive) or _others(archive)):
            is_html = any(member.endswith(".html") for member in archive.members)
            raise ExportFormatError(
                f"is an Instagram export {'in HTML' if is_html else 'without posts'}",
                where=Location(str(archive.path)),
                hint="ask Instagram for it again: your posts, in the format JSON",
            )
        return cls(archive, account.removeprefix("@") if account else _whose(archive))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and account events together, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        """Yield one outcome a record, by time; then by file and place in it."""
        read: list[_Read] = []
        failures: list[ExportFormatError] = []
        members = [*_told_by_name(self._archive), *_others(self._archive)]
        for member in members:
            try:
                read.extend(self._member(member))
            except ExportFormatError as error:
                failures.append(error)
        if failures and len(failures) == len(members):
            raise failures[0]
        for failure in failures:
            where = failure.where or Location(str(self._archive.path))
            yield Rejected(where, failure.message)
        read.sort(key=lambda one: one[0])
        yield from self._without_repetitions(read)

    def _member(self, member: str) -> Iterator[_Read]:
        """Yield (time, what the record tells, where it stands) for every record of one member."""
        label = self._archive.label(member)
        tree = parsed(self._archive.read(member), label)
        is_event = EVENT_FILES.search(member) is not None
        try:
            listed = list(events(tree, member) if is_event else records(tree, kind_of(member)))
        except TypeError as error:
            raise ExportFormatError(str(error), where=Location(label)) from error
        del tree
        album: dict[tuple[datetime, str, str], Draft] = {}
        for index, (kind, record) in enumerate(listed):
            where = f"{label}#{index}"
            try:
                if kind == "private":
                    yield _UNDATED, Skipped.IGNORED, where
                elif is_event:
                    event = self._event(kind, record, where)
                    yield event.at, event, where
                else:
                    draft = drafted(record, kind)
                    yield draft.at, _joined(album, draft, record), where
            except ValueError as error:
                yield _UNDATED, Rejected(Location(label, index), str(error)), where

    def _event(self, kind: str, record: Any, where: str) -> AccountEvent:
        kind, at, details = told(kind, record)
        return AccountEvent(
            platform="instagram",
            account=self.account,
            kind=kind,
            at=at,
            where=where,
            details=details,
        )

    def _without_repetitions(self, read: list[_Read]) -> Iterator[Outcome]:
        """Yield what was read, by time; a post or event already given becomes a duplicate."""
        given = _Given()
        happened: set[tuple[object, ...]] = set()
        for _, one, where in read:
            if isinstance(one, Draft):
                yield Skipped.DUPLICATE if given.has(one) else self._post(one, where)
            elif isinstance(one, AccountEvent):
                same = (one.kind, one.at, *one.details.items())
                yield Skipped.DUPLICATE if same in happened else one
                happened.add(same)
            else:
                yield one

    def _post(self, draft: Draft, where: str) -> Post:
        return Post(
            platform="instagram",
            account=self.account,
            id=content_id(draft.at, draft.text, [one.path or "" for one in draft.media]),
            created_at=draft.at,
            text=draft.text,
            where=where,
            kind=draft.kind,
            time_quality=draft.quality,
            url=draft.url,
            is_repost=draft.is_repost,
            media=draft.media,
            location=draft.location,
        )


class _Given:
    """The posts given so far, as far as repetitions need them."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, tuple[str, ...]], datetime] = {}
        self._bare: dict[str, datetime] = {}
        self._any: dict[str, datetime] = {}

    def has(self, draft: Draft) -> bool:
        """Whether the post was given before; if not, it now is. Posts must come oldest first."""
        names = tuple((one.path or "").rsplit("/", 1)[-1] for one in draft.media)
        key = (draft.text, names)
        known = _near(self._last.get(key), draft.at, _SAME_POST_SECONDS if names else 0)
        if draft.text and not known:
            # One file may list a post without its pictures and another with them.
            twin = self._bare if names else self._any
            known = _near(twin.get(draft.text), draft.at, _SAME_POST_SECONDS if not names else 0)
        if not known:
            self._last[key] = self._any[draft.text] = draft.at
            if not names:
                self._bare[draft.text] = draft.at
        return known


def _near(before: datetime | None, at: datetime, seconds: int) -> bool:
    return before is not None and (at - before).total_seconds() <= seconds


def _joined(
    album: dict[tuple[datetime, str, str], Draft], draft: Draft, record: dict[str, Any]
) -> Draft | Skipped:
    """Join the pictures of one carousel, which the layout of 2018 lists as items of their own."""
    if "taken_at" not in record:
        return draft
    first = album.setdefault((draft.at, draft.text, draft.kind), draft)
    if first is draft:
        return draft
    first.media += tuple(one for one in draft.media if one not in first.media)
    return Skipped.DUPLICATE


def _told_by_name(archive: Archive) -> list[str]:
    """Members whose names say that they hold posts or events, the best copy of a post first."""
    order = ("posts", "media", "reels", "stories")
    named = [
        one for one in archive.members if POST_FILES.search(one) and not _ELSEWHERE.search(one)
    ]

    def rank(member: str) -> int:
        stem = member.rsplit("/", 1)[-1].partition(".")[0].partition("_")[0]
        return order.index(stem) if stem in order else len(order)

    return sorted(named, key=rank) + [one for one in archive.members if EVENT_FILES.search(one)]


def _others(archive: Archive) -> list[str]:
    """Members with names of their own that begin with one of Instagram's wrappers."""
    return [
        member
        for member in archive.members
        if member.endswith(".json")
        and not (
            POST_FILES.search(member) or EVENT_FILES.search(member) or _ELSEWHERE.search(member)
        )
        and _begins_like(archive, member, _WRAPPED)
    ]


def _begins_like(archive: Archive, member: str, shape: re.Pattern[bytes]) -> bool:
    try:
        return shape.search(archive.read(member, _HEAD)) is not None
    except SourceError:
        return False


def _whose(archive: Archive) -> str:
    """Return the account's handle: as the export tells it, or as its name does."""
    for pattern in OWNER_FILES:
        for member in filter(pattern.search, archive.members):
            try:
                found = handle(parsed(archive.read(member), archive.label(member)))
            except ExportFormatError:
                continue
            if found:
                return found
    path = archive.path.resolve()
    name = path.name if archive.is_folder else path.stem
    match = _NAMED.match(name)
    return (match[1] or match[2]) if match else name
