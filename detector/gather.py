"""Read every archive that was handed over: what each was taken for, and each post and event once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from detector.errors import Location, SourceError
from detector.records import AccountEvent, Page, Post, Rejected
from detector.report.document import GivenFile, GivenRejected
from detector.sources._archive import Archive
from detector.sources.interface import Source, exports, takers

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done and how many there are (0 when unknown)."""

AccountKey = tuple[str, str]
"""Platform and account."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class Fresh(msgspec.Struct, frozen=True, gc=False):
    """What one page brought that no earlier one had."""

    posts: Sequence[Post]
    events: Sequence[AccountEvent]


class Gathering:
    """The posts and events of many archives, as a stream, and an account of where they came from.

    Two archives may overlap: a post is the same if platform, account and id are, an event if all but its
    place is. Within one archive its source sees to that.

    Args:
        paths: files and folders; a folder may hold many archives or be one.
        sources: the kinds of input to choose from.
        account, platform: for archives that do not tell themselves.
        progress: told how far things are.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        sources: Sequence[type[Source]],
        *,
        account: str | None = None,
        platform: str | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self._paths = tuple(paths)
        self._sources = sources
        self._account, self._platform = account, platform
        self._progress = progress
        self._ids: dict[AccountKey, set[str]] = {}
        self._events: set[tuple[object, ...]] = set()
        self.files: list[GivenFile] = []
        self.errors: list[GivenRejected] = []
        """Inputs that could not be used, or not to their end."""
        self.rejected: list[Rejected] = []
        self.rejected_of: dict[AccountKey, int] = {}
        """Rejected records of the archives that hold one account only."""

    def pages(self) -> Iterator[Fresh]:
        """Yield what is new in each page of each archive; what cannot be read is noted and the rest goes on."""
        archives, broken = exports(self._paths, self._sources)
        self.errors.extend(map(_unusable, broken))
        for index, archive in enumerate(archives):
            self._progress("read", index, len(archives))
            try:
                kind = _taken_for(archive, self._sources)
                yield from self._read(archive, kind, is_only=len(archives) == 1)
            except SourceError as error:
                self.errors.append(_unusable(error))
            finally:
                archive.close()

    def _read(self, archive: Archive, kind: type[Source], *, is_only: bool) -> Iterator[Fresh]:
        source = kind.open(archive, account=self._account, platform=self._platform)
        names = ("records", "posts", "events", "duplicates", "rejected", "ignored")
        counts = dict.fromkeys(names, 0)
        keys: set[AccountKey] = set()
        try:
            for page in source.pages():
                posts = page.posts if is_only else self._new_posts(page)
                events = page.events if is_only else self._new_events(page)
                repeated = len(page.posts) - len(posts) + len(page.events) - len(events)
                keys.update((one.platform, one.account) for one in page.posts)
                keys.update((one.platform, one.account) for one in page.events)
                self.rejected.extend(page.rejected)
                counts["records"] += page.records
                counts["posts"] += len(posts)
                counts["events"] += len(events)
                counts["duplicates"] += page.duplicates + repeated
                counts["rejected"] += len(page.rejected)
                counts["ignored"] += page.ignored
                yield Fresh(posts, events)
        finally:
            if len(keys) == 1:
                (key,) = keys
                self.rejected_of[key] = self.rejected_of.get(key, 0) + counts["rejected"]
            self.files.append(GivenFile(file=str(archive.path), source=kind.name, **counts))

    def _new_posts(self, page: Page) -> list[Post]:
        fresh = []
        for post in page.posts:
            known = self._ids.setdefault((post.platform, post.account), set())
            if post.id not in known:
                known.add(post.id)
                fresh.append(post)
        return fresh

    def _new_events(self, page: Page) -> list[AccountEvent]:
        fresh = []
        for event in page.events:
            details = tuple(sorted(event.details.items()))
            same = (event.platform, event.account, event.kind, event.at, details)
            if same not in self._events:
                self._events.add(same)
                fresh.append(event)
        return fresh


def _taken_for(archive: Archive, sources: Sequence[type[Source]]) -> type[Source]:
    kinds = takers(archive, sources)
    if not kinds:
        raise SourceError(
            "no known kind of export",
            where=Location(str(archive.path)),
            hint="see kentongan plugins for what can be read",
        )
    return kinds[0]


def _unusable(error: SourceError) -> GivenRejected:
    where = str(error.where) if error.where else ""
    hint = f" ({error.hint})" if error.hint else ""
    return GivenRejected(where, f"{error.message}{hint}")
