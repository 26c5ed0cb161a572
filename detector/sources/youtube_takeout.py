"""YouTube's part of Google Takeout: a channel's own videos and community posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Comment, Media, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._tables import Row, columns, table
from detector.sources._timeline import moment_since, timeline
from detector.sources._youtube_tables import columns_of, kind_of, pieces
from detector.sources.interface import Outcome, Skipped, Source, paged

_TRIED: Final = 6
_LIKELY: Final = re.compile(
    r"(?:^|/)(?:videos?|channels?|posts?|comments?|video metadata|kanal|saluran|komentar|postingan"
    r"|kommentare|reacties)[^/]{0,30}(?:/[^/]{1,60})?\.csv$",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    r"(?:^|/)(?:Takeout|Mail|Chat|My Activity|Chrome|Drive)/", re.IGNORECASE
)
"""Folders of Google's other products; none of their files is opened."""
_HIDDEN: Final = frozenset(
    {
        "private", "privat", "pribadi", "privado", "privada", "privato", "privé", "prive", "draft",
        "draf", "entwurf", "concept", "brouillon", "borrador", "rascunho",
    }
)  # fmt: skip
"""What is not public: neither posts nor anybody's business. Films that are not listed are public."""
_FILM: Final = re.compile(r"\.(?:mp4|mov|webm|avi|mkv|m4v|3gp|mpg|wmv|flv)$", re.IGNORECASE)
_COPY: Final = re.compile(r"\(\d{1,4}\)$")
_FIRST_YEAR: Final = 2005
"""When YouTube began."""
_Cells = dict[str, str]


class YoutubeTakeout(Source):
    """YouTube in Google Takeout: public videos and community posts, in folders of any language.

    Two records are one post when they have the same id. A comment is no record of its own and counts as
    ignored; written under one of the channel's own videos or posts, it stands beside that. Private films
    and drafts are ignored. Nothing outside YouTube's folder is opened.
    """

    platforms = ("youtube",)
    tier = "silver"
    marks = r"YouTube (?:and|dan|und|en|et|y|e) YouTube Music|video metadata"

    def __init__(self, archive: Archive, kinds: dict[str, str], account: str | None) -> None:
        self._archive = archive
        self._kinds = kinds
        self._given = account
        self._names: dict[str, str] = {}
        self._comments: dict[str, list[Comment]] = {}
        self._films: dict[str, str] = {}

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether one of YouTube's tables has the columns of videos, posts, comments or a channel."""
        found = _tables(archive)
        tried = [one for one in found if _LIKELY.search(one)][:_TRIED] or found[:_TRIED]
        return any(kind_of(columns(archive, member)) for member in tried)

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> YoutubeTakeout:
        """Find the tables; the channel's own title is the account unless the caller names another.

        Raises:
            ExportFormatError: there are no videos and no posts.
        """
        del platform  # YouTube's tables are never another platform's.
        kinds = {member: kind_of(columns(archive, member)) for member in _tables(archive)}
        kinds = {member: kind for member, kind in kinds.items() if kind}
        if not kinds:
            raise ExportFormatError(
                "is a Takeout without videos or posts of YouTube",
                where=Location(str(archive.path)),
                hint="choose YouTube in Google Takeout, with videos, channels, posts and comments",
            )
        return cls(archive, kinds, account.removeprefix("@") if account else None)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        self._names = self._channels()
        self._films = {
            _squeezed(PurePosixPath(member).stem): member
            for member in self._archive.members
            if _FILM.search(member)
        }
        self._comments.clear()
        ids = self._ids()
        for member in self._of("comments"):
            self._listen(member, ids)
        members = [*self._of("videos"), *self._of("posts"), *self._of("comments")]
        yield from timeline(self._archive, members or self._of("channels"), self._member)

    def _of(self, kind: str) -> list[str]:
        return [member for member, its in self._kinds.items() if its == kind]

    def _rows(self, member: str) -> Iterator[tuple[int, _Cells | str]]:
        """Yield (index, cells by what they mean, or why there are none)."""
        meant = columns_of(columns(self._archive, member))
        for index, row in table(self._archive, member):
            yield index, _understood(row, meant)

    def _channels(self) -> dict[str, str]:
        """Return the titles of the account's own channels by their ids."""
        names: dict[str, str] = {}
        for member in self._of("channels"):
            try:
                for _, row in self._rows(member):
                    if isinstance(row, dict) and row.get("channel_id") and row.get("channel_title"):
                        names[row["channel_id"]] = row["channel_title"]
            except SourceError:
                continue
        return names

    def _ids(self) -> frozenset[str]:
        """Return the ids of the account's own videos and posts."""
        found: set[str] = set()
        for kind, key in (("videos", "video_id"), ("posts", "post_id")):
            for member in self._of(kind):
                try:
                    found.update(
                        row.get(key, "") for _, row in self._rows(member) if isinstance(row, dict)
                    )
                except SourceError:
                    continue
        return frozenset(found - {""})

    def _listen(self, member: str, ids: frozenset[str]) -> None:
        """Note the comments that stand under one of the account's own videos or posts."""
        try:
            for _, row in self._rows(member):
                under = _under(row) if isinstance(row, dict) else ""
                if isinstance(row, dict) and under in ids:
                    text, _ = pieces(row.get("comment_text", ""))
                    try:
                        at, _ = moment_since(row.get("commented"), _FIRST_YEAR)
                    except ValueError:
                        continue
                    self._comments.setdefault(under, []).append(
                        Comment(text, self._account(row), at)
                    )
        except SourceError:
            return

    def _member(self, member: str) -> Iterator[Outcome]:
        label = self._archive.label(member)
        kind = self._kinds[member]
        for index, row in self._rows(member):
            where = Location(label, index)
            if isinstance(row, str):
                yield Rejected(where, row)
                continue
            try:
                yield self._outcome(kind, row, str(where))
            except ValueError as error:
                yield Rejected(where, str(error))

    def _outcome(self, kind: str, row: _Cells, where: str) -> Outcome:
        """Say what one row is.

        Raises:
            ValueError: it has no id or no usable time.
        """
        if kind == "videos":
            return self._video(row, where)
        if kind == "posts":
            return self._post(row, where)
        if kind == "comments":
            moment_since(row.get("commented"), _FIRST_YEAR)
        return Skipped.IGNORED

    def _video(self, row: _Cells, where: str) -> Post | Skipped:
        if any(row.get(key, "").strip().lower() in _HIDDEN for key in ("privacy", "state")):
            return Skipped.IGNORED
        video = _id(row.get("video_id"))
        at, quality = moment_since(row.get("published") or row.get("created"), _FIRST_YEAR)
        title = row.get("title", "").strip()
        text = "\n\n".join(filter(None, (title, row.get("description", "").strip())))
        film = self._films.get(_squeezed(title)) if title else None
        return Post(
            platform="youtube",
            account=self._account(row),
            id=video,
            created_at=at,
            text=text,
            where=where,
            time_quality=quality,
            url=f"https://www.youtube.com/watch?v={video}",
            language=row.get("language") or row.get("audio") or None,
            media=(Media("video", film, self._archive.size(film) if film else None),),
            comments=tuple(self._comments.get(video, ())),
        )

    def _post(self, row: _Cells, where: str) -> Post:
        number = _id(row.get("post_id"))
        at, quality = moment_since(row.get("created"), _FIRST_YEAR)
        text, links = pieces(row.get("post_text", ""))
        return Post(
            platform="youtube",
            account=self._account(row),
            id=number,
            created_at=at,
            text=text,
            where=where,
            time_quality=quality,
            url=f"https://www.youtube.com/post/{number}",
            links=links,
            comments=tuple(self._comments.get(number, ())),
        )

    def _account(self, row: _Cells) -> str:
        if self._given:
            return self._given
        channel = row.get("channel_id", "")
        if channel in self._names:
            return self._names[channel]
        if len(self._names) == 1:
            return next(iter(self._names.values()))
        return channel or self._archive.title


def _understood(row: Row, meant: dict[str, str]) -> _Cells | str:
    if isinstance(row, str):
        return row
    return {key: row[name] for key, name in meant.items() if name in row}


def _id(cell: str | None) -> str:
    """Return an id.

    Raises:
        ValueError: there is none.
    """
    if not cell or not cell.strip():
        raise ValueError("has no id")
    return cell.strip()


def _under(row: _Cells) -> str:
    return row.get("video_id") or row.get("post_id") or ""


def _squeezed(name: str) -> str:
    """Return a title without what a file's name cannot have."""
    return "".join(filter(str.isalnum, _COPY.sub("", name).lower()))[:40]


def _tables(archive: Archive) -> list[str]:
    """Return the tables in YouTube's folder; without such a folder, those that lie in no other product's."""
    named = [one for one in archive.members if one.lower().endswith(".csv")]
    ours = [one for one in named if "youtube" in one.lower().rpartition("/")[0]]
    return ours or [one for one in named if not _OTHERS.search(one)]
