"""Long posts of an X archive: the list of tweets has them cut, another file has them whole."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from detector.records import Post, TimeQuality
from detector.sources._typed import fitted
from detector.sources._x_archive_events import within
from detector.sources._x_tweets import id_of, plain_text
from detector.sources.interface import content_id

_SECOND: Final = timedelta(seconds=1)
_TAIL: Final = re.compile(r"(?:\s{0,9}https://t\.co/\w{1,20}){0,5}\s{0,9}$")
_LINK: Final = re.compile(r"https?://t\.co/\w{1,20}")
_MENTIONS: Final = re.compile(r"(?:@\w{1,20}\s{1,9}){0,50}")
_NEEDED: Final = frozenset({"createdAt", "core"})


class ShortLink(msgspec.Struct, gc=False):
    """A link in a note."""

    expandedUrl: str | None = None  # noqa: N815 - the field's own name, so too below


class Core(msgspec.Struct, gc=False):
    """What a note says."""

    text: str
    urls: list[ShortLink] | None = None


class Bare(msgspec.Struct, gc=False, kw_only=True):
    """The whole text of a long post."""

    noteTweetId: str | int | None = None  # noqa: N815
    createdAt: str | int | float | None = None  # noqa: N815
    core: Core | None = None
    noteTweet: Bare | None = None  # noqa: N815


class Note(msgspec.Struct, frozen=True):
    """A note that waits for the tweet it belongs to."""

    id: str
    at: datetime
    quality: TimeQuality
    text: str
    links: tuple[str, ...]
    where: str


def note_of(record: Any, where: str) -> Note:
    """Read one note.

    Raises:
        ValueError: it has no text or no usable time.
    """
    if isinstance(record, Bare):
        bare = record.noteTweet or record
    else:
        inner = record.get("noteTweet", record) if isinstance(record, dict) else record
        bare = fitted(inner, Bare, _NEEDED)
    if bare.core is None:
        raise ValueError("has no text")
    at, quality = within(bare.createdAt)
    leads = [one.expandedUrl for one in bare.core.urls or ()]
    return Note(
        id=id_of(bare.noteTweetId),
        at=at,
        quality=quality,
        text=plain_text(bare.core.text),
        links=tuple(dict.fromkeys(lead for lead in leads if lead)),
        where=where,
    )


class Notes:
    """The notes of an archive, by the second they were posted."""

    def __init__(self) -> None:
        self._waiting: dict[datetime, list[Note]] = {}
        self._seen: set[tuple[str, datetime, str]] = set()
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._count)

    def add(self, note: Note) -> bool:
        """Keep a note; False when the same was kept before."""
        key = (note.id, note.at, "" if note.id else note.text)
        if key in self._seen:
            return False
        self._seen.add(key)
        self._waiting.setdefault(note.at.replace(microsecond=0), []).append(note)
        self._count += 1
        return True

    def whole(self, post: Post) -> Post:
        """Return a post with the whole of its text; without a note of the same second it stays as it is.

        A second's difference is borne, for the two times are rounded apart.
        """
        second = post.created_at.replace(microsecond=0)
        for key in (second, second - _SECOND, second + _SECOND):
            for note in self._waiting.get(key, ()):
                if note.id == post.id or _begins(note.text, post.text):
                    self._waiting[key].remove(note)
                    links = tuple(dict.fromkeys((*note.links, *post.links)))
                    text = _answered(post.text, note.text)
                    return msgspec.structs.replace(post, text=text, links=links)
        return post

    def has(self, note: Note) -> bool:
        """Whether no tweet was found for a note."""
        return any(one is note for one in self._waiting.get(note.at.replace(microsecond=0), ()))


def post_of(note: Note, account: str) -> Post:
    """Make a post of a note whose tweet is not there; a note's id is not its tweet's."""
    return Post(
        platform="x",
        account=account,
        id=note.id or content_id(note.at, note.text),
        created_at=note.at,
        text=note.text,
        where=note.where,
        time_quality=note.quality,
        links=note.links,
    )


def _begins(whole: str, cut: str) -> bool:
    """Whether a text is the beginning of another, links and white space aside.

    Examples:
        >>> _begins("Pengumuman penting bagi seluruh warga", "Pengumuman penting bagi… https://t.co/a")
        True
        >>> _begins("Pengumuman penting", "Pengumuman lain")
        False
    """
    start = _plain(_TAIL.sub("", cut).removesuffix("…"))
    other = _plain(whole)
    if not start:
        return False
    if other.startswith(start):
        return True
    # An answer's tweet begins with whom it answers, its note need not.
    bare = _plain(_MENTIONS.sub("", start, count=1))
    return bool(bare) and other.startswith(bare)


def _plain(text: str) -> str:
    return " ".join(_LINK.sub(" ", text).split())


def _answered(cut: str, whole: str) -> str:
    """Put the mentions an answer begins with before its whole text, where that leaves them out."""
    mentions = _MENTIONS.match(cut)
    if mentions is None or not mentions[0] or whole.startswith(mentions[0].split()[0]):
        return whole
    return mentions[0] + whole
