"""Metadata that gallery-dl wrote beside the files it fetched (``--write-metadata``), or printed (``-j``)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Final

from detector.errors import ExportFormatError, Location
from detector.records import Media, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._collected import HEAD, begun, head_of, name, records, spoilt, stem, tree_of
from detector.sources._elements import Damaged, elements, spread
from detector.sources._gallery_dl import Sheet, sheet
from detector.sources.interface import Outcome, Skipped, Source, paged

_FILE: Final = r"\.(?:jpe?g|png|webp|gif|heic|avif|mp4|m4v|mov|webm|mp3|m4a)\.json"
_BESIDE: Final = re.compile(rf"{_FILE}$", re.IGNORECASE)
_CATEGORY: Final = re.compile(r'"category"\s{0,9}:')
_SUBCATEGORY: Final = re.compile(r'"subcategory"\s{0,9}:')
_OWN: Final = re.compile(r'"(?:post_shortcode|tweet_id|retweet_id|sidecar_media_id)"\s{0,9}:')
_DUMPED: Final = re.compile(r'(\[\s{0,99})?\[\s{0,99}-?\d{1,2}\s{0,99},\s{0,99}["{]')
"""How the messages begin that ``-j`` prints, in a list or a line each."""
_LINES: Final = re.compile(r"\.jsonl$", re.IGNORECASE)
_DIRECTORY: Final = 2
_URL: Final = 3
"""Kinds of messages: what comes is of one post; a file of it. The others are addresses to go on with, and errors."""
_LARGEST: Final = 16 << 20
"""Bytes of one file's metadata, at most."""
_TRIED: Final = 6
_FILMS: Final = re.compile(r"mp4|m4v|mov|webm", re.IGNORECASE)
_SOUNDS: Final = re.compile(r"mp3|m4a", re.IGNORECASE)


class GalleryDl(Source):
    """gallery-dl's metadata of Instagram, X, TikTok, Facebook, Threads, Bluesky and Mastodon.

    There is one file of metadata, or one message, for each picture: those of one post are joined, the first gives the post
    and the others count as duplicates of it. Two files are of one post if platform and post id are the
    same; Instagram's id is the shortcode. The author in the file wins over the caller's account. Files
    about an account or an album as a whole, and other sites' files, are ignored by name. Times are UTC.
    """

    platforms = ("instagram", "x", "tiktok", "facebook", "threads", "bluesky", "mastodon")
    tier = "bronze"
    marks = rf"[^/]{{1,250}}{_FILE}"

    def __init__(self, archive: Archive, members: list[str], account: str) -> None:
        self._archive = archive
        self._members = members
        self._names = frozenset(archive.members)
        self._account = account or stem(archive)

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a JSON file names the category and subcategory by which gallery-dl fetched something."""
        return any(_is_sheet(archive, member) for member in _named(archive)[:_TRIED])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> GalleryDl:
        """Find the files of metadata.

        Raises:
            ExportFormatError: there is none.
        """
        del platform  # Every file names its category.
        members = _named(archive)
        if not members:
            raise ExportFormatError(
                "holds no metadata of gallery-dl",
                where=Location(str(archive.path)),
                hint="collect it again with --write-metadata",
            )
        return cls(archive, members, name(account))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        failures: list[tuple[ExportFormatError, str]] = []
        skipped: list[Outcome] = []
        found: dict[tuple[str, str], tuple[Sheet, list[Media], str]] = {}
        for member in self._members:
            label = self._archive.label(member)
            try:
                for index, tree, is_file in self._trees(member, label):
                    place = Location(label, index)
                    try:
                        one: Sheet | str | None = sheet(tree) if isinstance(tree, dict) else tree
                    except ValueError as error:
                        one = str(error)
                    if isinstance(one, str):
                        skipped.append(Rejected(place, one))
                        continue
                    if one is None:
                        skipped.append(Skipped.IGNORED)
                        continue
                    key = one.platform, one.id
                    if key in found:
                        skipped.append(Skipped.DUPLICATE)
                    _, media, _ = found.setdefault(key, (one, [], str(place)))
                    media.extend(self._media(member, tree) if is_file else ())
            except ExportFormatError as error:
                failures.append((error, label))
        if failures and len(failures) == len(self._members):
            raise failures[0][0]
        yield from (spoilt(error, label) for error, label in failures)
        yield from skipped
        for one, media, where in sorted(found.values(), key=lambda each: each[0].at):
            yield self._post(one, media, where)

    def _trees(self, member: str, label: str) -> Iterator[tuple[int, Any, bool]]:
        """Yield (place, metadata, whether it is of a file) of a member; None for what is ignored, or why there is none.

        Raises:
            ExportFormatError: it is damaged.
        """
        with self._archive.open(member) as stream:
            head = stream.peek(HEAD)[:HEAD]
            if dumped := None if head.startswith(b"{") else _DUMPED.match(begun(head)):
                for index, one in (elements if dumped[1] else spread)(stream, label):
                    yield index, *_told(one)
            elif _LINES.search(member):
                for index, line in records(self._archive, member):
                    yield index, line, True
            else:
                tree = tree_of(self._whole(member, stream), Location(label))
                yield 0, tree if isinstance(tree, dict) else "is not an object", True

    def _whole(self, member: str, stream: io.BufferedReader) -> bytes:
        """Return what a file holds.

        Raises:
            ExportFormatError: it is more than any metadata, or damaged.
        """
        size = self._archive.size(member)
        raw = b"" if size > _LARGEST else stream.read(size + 1)
        if len(raw) > size:
            # What was in UTF-16 is longer in UTF-8; asking for so much at once would allocate it.
            raw += stream.read(_LARGEST)
        if max(size, len(raw)) > _LARGEST:
            where = Location(self._archive.label(member))
            raise ExportFormatError("is too large to be metadata", where=where)
        return raw

    def _media(self, member: str, tree: dict[str, Any]) -> list[Media]:
        """Return the file that metadata lies beside; its kind alone when it was not handed over."""
        beside = member.removesuffix(".json")
        ending = (
            beside.rpartition(".")[2] if _BESIDE.search(member) else name(tree.get("extension"))
        )
        if not ending:
            return []
        kind = "video" if _FILMS.fullmatch(ending) else "photo"
        kind = "audio" if _SOUNDS.fullmatch(ending) else kind
        if beside in self._names:
            return [Media(kind, beside, self._archive.size(beside))]
        return [Media(kind)]

    def _post(self, one: Sheet, media: list[Media], where: str) -> Post:
        return Post(
            platform=one.platform,
            account=one.account or self._account,
            id=one.id,
            created_at=one.at,
            text=one.text,
            where=where,
            kind=one.kind,
            time_quality=one.quality,
            url=one.url,
            app=one.app,
            language=one.language,
            in_reply_to=one.in_reply_to,
            is_repost=one.is_repost,
            media=tuple(media),
            location=one.location,
        )


def _named(archive: Archive) -> list[str]:
    if len(archive.members) == 1:
        return [one for one in archive.members if head_of(archive, one)[:1] in ("[", "{")]
    found = [one for one in archive.members if one.lower().endswith((".json", ".jsonl"))]
    return sorted(found, key=lambda one: _BESIDE.search(one) is None)


def _is_sheet(archive: Archive, member: str) -> bool:
    head = head_of(archive, member)
    told = _CATEGORY.search(head) is not None and _SUBCATEGORY.search(head) is not None
    if head.startswith("["):
        return told and _DUMPED.match(head) is not None
    if not head.startswith("{"):
        return False
    return told or (_BESIDE.search(member) is not None and _OWN.search(head) is not None)


def _told(message: Any) -> tuple[Any, bool]:
    """Read one of the messages that gallery-dl prints: a number of its kind, an address, metadata.

    Returns:
        The metadata, None where it is of no post, or why there is none; and whether it is of a file.
    """
    if isinstance(message, Damaged):
        return str(message), False
    if not (isinstance(message, list) and message and type(message[0]) is int):
        return "is none of gallery-dl's messages", False
    if message[0] not in (_DIRECTORY, _URL):
        return None, False
    if not isinstance(message[-1], dict):
        return "has no metadata", False
    return message[-1], message[0] == _URL
