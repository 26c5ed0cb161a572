"""Old posts shown again: an export whose posts appear as a clock reaches their times, for demonstrations and drills."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from detector import sources
from detector.errors import FolderUnreadable, Location
from detector.records import Account, AccountEvent, Page, Post, Rejected
from detector.registry import discover
from detector.sources._zones import placed
from detector.sources.interface import Source, exports, takers
from detector.sources.live.interface import LiveSource, Options, SecretOf
from detector.transport import Getter

PAGE_POSTS: Final = 200
"""Posts in a page, at most."""


class ReplayOptions(Options, frozen=True, kw_only=True):
    """Where the old posts are."""

    path: str
    """An export, or a folder of exports: the account's own posts are picked out of it."""


class Replay(LiveSource):
    """Posts and account events of an export, each from its own time on."""

    platforms = ()
    options_type = ReplayOptions

    def __init__(self, account: Account, options: Any, secret_of: SecretOf, net: Getter) -> None:
        super().__init__(account, options, secret_of, net)
        self._path = Path(options.path)

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield what the clock has reached since the cursor, which is the number of posts and events shown."""
        told = self._told()
        start = _place(cursor)
        stop = bisect_right(told.times, now)
        for first in range(start, stop, PAGE_POSTS):
            some = told.outcomes[first : min(first + PAGE_POSTS, stop)]
            page = Page(
                file=str(self._path),
                posts=tuple([one for one in some if isinstance(one, Post)]),
                events=tuple([one for one in some if isinstance(one, AccountEvent)]),
                rejected=told.rejected if first == 0 else (),
                records=len(some) + (len(told.rejected) if first == 0 else 0),
                cursor=str(first + len(some)),
            )
            yield placed(page, lambda _platform, _account: self.account.timezone)

    def _told(self) -> _Told:
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError as error:
            raise FolderUnreadable(
                f"the export to replay cannot be read: {error.strerror}",
                where=Location(str(self._path)),
                hint="name an export under source.path",
            ) from error
        told = _read(self._path, changed).get((self.account.platform, self.account.handle.lower()))
        if told is None:
            raise FolderUnreadable(
                f"holds nothing of {self.account.platform} {self.account.handle}",
                where=Location(str(self._path)),
                hint="name its export under source.path",
            )
        return told


class _Told(NamedTuple):
    """An account's posts and events in order of time."""

    times: list[datetime]
    outcomes: list[Post | AccountEvent]
    rejected: tuple[Rejected, ...]


def _place(cursor: str | None) -> int:
    return int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else 0


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> dict[tuple[str, str], _Told]:
    """Read every export under a path once, and again when it has `changed`."""
    del changed
    kinds = list(discover(sources, Source).values())
    found: dict[tuple[str, str], dict[str, Post | AccountEvent]] = {}
    rejected: list[Rejected] = []
    archives, _ = exports([path], kinds)
    for archive in archives:
        try:
            for kind in takers(archive, kinds)[:1]:
                for page in kind.open(archive).pages():
                    rejected += page.rejected
                    for post in page.posts:
                        found.setdefault(_key(post), {})[f"post {post.id}"] = post
                    for event in page.events:
                        same = f"event {event.kind} {event.at} {sorted(event.details.items())}"
                        found.setdefault(_key(event), {})[same] = event
        finally:
            archive.close()
    return {key: _in_order(some.values(), rejected) for key, some in found.items()}


def _key(one: Post | AccountEvent) -> tuple[str, str]:
    return one.platform, one.account.lower()


def _in_order(some: Iterable[Post | AccountEvent], rejected: list[Rejected]) -> _Told:
    ordered = sorted(some, key=_at)
    return _Told([_at(one) for one in ordered], ordered, tuple(rejected))


def _at(one: Post | AccountEvent) -> datetime:
    return (one.created_at if isinstance(one, Post) else one.at).astimezone(UTC)
