"""Threads' own export (threads_and_replies.json), alone or in a download of Threads only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import Media, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._elements import Damaged
from detector.sources._instagram_events import OWNER_FILES, handle
from detector.sources._instagram_posts import POST_FILES, labelled
from detector.sources._json_pages import heads, records
from detector.sources._meta import parsed, repair, repaired
from detector.sources._times import moment_since
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

FIRST_YEAR: Final = 2023
"""Threads opened; nothing on it is older."""

_KEY: Final = "text_post_app_text_posts"
_NAMED: Final = re.compile(r"thread[^/]{0,99}\.json$", re.IGNORECASE)
_INSTAGRAM: Final = re.compile(r"(?:^|/)(?:your_instagram_activity/(?!threads/)|content/)")
_ELSEWHERE: Final = re.compile(r"(?:^|/)threads/")
_MOST: Final = 8
_WHOSE: Final = re.compile(
    r"(?:threads|instagram)-(.{1,40}?)-(?:\d{8}|\d{4}-\d{2}-\d{2})", re.IGNORECASE
)
_FILMS: Final = frozenset({"mp4", "mov", "m4v", "webm"})
_PICTURES: Final = frozenset({"jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif"})
_CAPTIONS: Final = frozenset({"caption", "text", "title", "keterangan", "teks", "judul"})
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


class _Item(msgspec.Struct, gc=False):
    """A picture, or the text alone of a post that has none."""

    uri: Any = None
    creation_timestamp: Any = None
    title: Any = None


class _Thread(msgspec.Struct, gc=False):
    """A post or reply."""

    media: list[_Item]
    title: Any = None
    creation_timestamp: Any = None


_decode: Final = msgspec.json.Decoder(list[_Thread]).decode


class ThreadsExport(Source):
    """Threads' posts and replies from Meta's download, without Instagram's own posts beside them.

    The export has no ids: a post is the same by its time, its text and the names of its media.
    """

    platforms = ("threads",)
    tier = "silver"
    marks = r"threads/threads_and_replies\.json|threads_and_replies\.json"

    def __init__(self, archive: Archive, members: list[str], account: str) -> None:
        self._archive = archive
        self._members = members
        self.account = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether it holds Threads' posts and none of Instagram's, which has a source of its own."""
        return not any(map(_is_instagrams, archive.members)) and bool(_found(archive))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> ThreadsExport:
        """Find out whose it is; a handle given by the caller wins over all.

        Raises:
            ExportFormatError: there are no posts of Threads in it.
        """
        del platform  # Its records are never another platform's.
        members = _found(archive)
        if not members:
            raise ExportFormatError(
                "holds no posts of Threads",
                where=Location(str(archive.path)),
                hint="ask for it again: Threads, all time, in the format JSON",
            )
        return cls(archive, members, account.removeprefix("@") if account else _whose(archive))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and replies, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        read: list[tuple[datetime, Outcome]] = []
        failures: list[ExportFormatError] = []
        for member in self._members:
            try:
                read.extend(self._member(member))
            except ExportFormatError as error:
                failures.append(error)
        if len(failures) == len(self._members):
            raise failures[0]
        for failure in failures:
            where = failure.where or Location(str(self._archive.path))
            yield Rejected(where, failure.message)
        read.sort(key=lambda one: one[0])
        given: set[str] = set()
        for _, one in read:
            if isinstance(one, Post):
                yield Skipped.DUPLICATE if one.id in given else one
                given.add(one.id)
            else:
                yield one

    def _member(self, member: str) -> Iterator[tuple[datetime, Outcome]]:
        label = self._archive.label(member)
        for index, one in records(self._archive, member, (_KEY,), _decode):
            try:
                post = self._post(_thread(one), one, f"{label}#{index}")
            except ValueError as error:
                yield _UNDATED, Rejected(Location(label, index), str(error))
            else:
                yield post.created_at, post

    def _post(self, thread: _Thread, record: Any, where: str) -> Post:
        """Make a post of a record.

        Raises:
            ValueError: it has no usable time, or its text is none.
        """
        parts: list[_Item | _Thread] = [thread, *thread.media]
        stamps = [one.creation_timestamp for one in parts if one.creation_timestamp is not None]
        titles = [one.title for one in parts if one.title]
        if wrong := [one for one in titles if not isinstance(one, str)]:
            raise ValueError(f"its text is {wrong[0]!r:.40}, not a text")
        at, quality = moment_since(
            next(filter(None, stamps), stamps[0] if stamps else None), FIRST_YEAR
        )
        text = repaired(titles[0]) if titles else ""
        media = tuple(
            self._media(one.uri) for one in thread.media if isinstance(one.uri, str) and one.uri
        )
        return Post(
            platform="threads",
            account=self.account,
            id=content_id(at, text, [one.path or "" for one in media]),
            created_at=at,
            text=text,
            where=where,
            time_quality=quality,
            url=_url(record),
            media=media,
        )

    def _media(self, uri: str) -> Media:
        path = repaired(uri)
        ending = path.rsplit("/", 1)[-1].rpartition(".")[2].lower()
        kind = "video" if ending in _FILMS else "photo" if ending in _PICTURES else "other"
        is_here = path in self._archive.members
        return Media(kind, path, self._archive.size(path) if is_here else None)


def _thread(one: Any) -> _Thread:
    """Give a record its type: those with a single item, without any, or of labels and values too.

    Raises:
        ValueError: it is damaged, or of another kind.
    """
    if isinstance(one, _Thread):
        return one
    if isinstance(one, Damaged):
        raise ValueError(one)  # noqa: TRY004 - one class says "rejected"
    if not isinstance(one, dict):
        raise ValueError("is not an object")  # noqa: TRY004
    try:
        if "label_values" in one or "string_map_data" in one:
            return _of_labels(repair(one))
        items = one.get("media", [])
        shaped = {**one, "media": [items] if isinstance(items, dict) else items}
        if "uri" in one and "media" not in one:
            shaped["media"] = [{"uri": one["uri"]}]
        return msgspec.convert(shaped, _Thread)
    except (msgspec.ValidationError, RecursionError):
        raise ValueError("its media are no list of objects") from None


def _of_labels(record: dict[str, Any]) -> _Thread:
    """Read a record of labels and values, the layout of Meta's newest files."""
    entries = list(labelled(record))
    stamps = [record.get("timestamp"), *(stamp for _, _, stamp in entries if stamp)]
    texts = [(label, value) for label, value, _ in entries if value]
    captions = [value for label, value in texts if label.lower() in _CAPTIONS]
    plain = [value for _, value in texts if not value.startswith(("http://", "https://"))]
    items = record.get("media")
    return _Thread(
        media=[
            _Item(uri=one.get("uri"))
            for one in (items if isinstance(items, list) else [])
            if isinstance(one, dict)
        ],
        title=captions[0] if captions else max(plain, key=len, default=""),
        creation_timestamp=next((one for one in stamps if one), None),
    )


def _url(record: Any) -> str | None:
    """Return the address of a post, which only records of labels and values have."""
    if not isinstance(record, dict):
        return None
    for _, value, _ in labelled(record):
        if value.startswith(("https://www.threads.net/", "https://www.threads.com/")):
            return value
    return None


def _is_instagrams(member: str) -> bool:
    """Whether a member lies where Instagram puts its own posts."""
    if _INSTAGRAM.search(member):
        return True
    return POST_FILES.search(member) is not None and not _ELSEWHERE.search(member)


def _found(archive: Archive) -> list[str]:
    return [
        member for member, head in heads(archive, _NAMED, _MOST) if f'"{_KEY}"'.encode() in head
    ]


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
    match = _WHOSE.match(name)
    return match[1] if match else name
