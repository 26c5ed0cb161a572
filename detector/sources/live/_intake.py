"""One dropped export, read for one account: whose posts are in it, and those of the account in order of time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from detector.errors import Location, SourceError
from detector.records import Account, AccountEvent, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._zones import placed
from detector.sources.interface import PAGE_RECORDS, Source

SORTED_AT_ONCE: Final = 100_000
"""Posts of an export in no order that are held in memory at a time."""
_PULSE: Final = 100
"""Pages looked through for whose posts they are, after which an empty one says that the reading goes on."""
_SHOWN: Final = 5


class Overview(NamedTuple):
    """What an export holds, found by reading it once."""

    whose: frozenset[str]
    """The names under which it holds the account's posts."""
    times: list[datetime] | None
    """Of the account's posts, in order; None for an export that is in order itself."""


class Intake:
    """Reads one export for one account.

    Args:
        archive: the export.
        kind: what it was taken for.
        account: whose posts are wanted.
        names: other names the account has in exports.
    """

    def __init__(
        self, archive: Archive, kind: type[Source], account: Account, names: Sequence[str]
    ) -> None:
        self._archive, self._kind, self._account = archive, kind, account
        self._names = frozenset(map(_plain, (account.handle, *names)))

    def overview(self) -> Iterator[Overview | None]:
        """Yield None now and then while it is read, and last of all what it holds.

        Raises:
            SourceError: it cannot be read, or holds nothing of the account.
        """
        found: Counter[tuple[str, str]] = Counter()
        times: dict[str, list[datetime]] = {}
        for number, page in enumerate(self._source().pages(), start=1):
            found.update((one.platform, one.account) for one in page.posts)
            found.update((one.platform, one.account) for one in page.events)
            if not self._kind.is_sorted:
                for post in page.posts:
                    times.setdefault(post.account, []).append(post.created_at)
            if number % _PULSE == 0:
                yield None
        whose = self._whose(found)
        given = times[next(iter(whose))] if len(whose) == 1 and times.keys() & whose else []
        ordered = sorted(at for name in whose for at in times.get(name, ()))
        yield Overview(whose, None if self._kind.is_sorted or given == ordered else ordered)

    def _whose(self, found: Counter[tuple[str, str]]) -> frozenset[str]:
        """Return the names of the account in this export: its own, or the only one there is."""
        where = Location(str(self._archive.path))
        if not found:
            raise SourceError("holds neither posts nor account events", where=where)
        platform = self._account.platform
        there = [name for of, name in found if of == platform]
        if not there:
            others = ", ".join(sorted({of for of, _ in found})[:_SHOWN])
            raise SourceError(
                f"holds records of {others} and none of {platform}",
                where=where,
                hint=f"drop it into the folder of an account on {others}",
            )
        own = frozenset(name for name in there if _plain(name) in self._names)
        if own or len(there) == 1:
            return own or frozenset(there)
        some = ", ".join(sorted(there, key=lambda name: -found[platform, name])[:_SHOWN])
        raise SourceError(
            f"holds posts of {len(there)} accounts, none of them {self._account.handle!r}: {some}",
            where=where,
            hint="name the account as the export does, in source.names",
        )

    def pages(self, overview: Overview, since: str | None) -> Iterator[Page]:
        """Yield the account's posts and events, the oldest first; what is other accounts' counts as ignored.

        Args:
            overview: of this export.
            since: the cursor of the last page taken.

        Raises:
            SourceError: it turns out to be unreadable, or `since` is none of its cursors.
        """
        for page in self._ordered(overview, since):
            yield placed(page, lambda *_: self._account.timezone)

    def _ordered(self, overview: Overview, since: str | None) -> Iterator[Page]:
        if overview.times is not None:
            yield from self._in_order(overview, overview.times, _number(since))
            return
        for page in self._source().pages(since):
            yield self._own(page, overview.whose)

    def _source(self) -> Source:
        return self._kind.open(
            self._archive, account=self._account.handle, platform=self._account.platform
        )

    def _own(self, page: Page, whose: frozenset[str]) -> Page:
        handle, platform = self._account.handle, self._account.platform

        def mine(one: Post | AccountEvent) -> bool:
            return one.platform == platform and one.account in whose

        posts = [one for one in page.posts if mine(one)]
        events = [one for one in page.events if mine(one)]
        others = len(page.posts) + len(page.events) - len(posts) - len(events)
        return replace(
            page,
            posts=tuple(
                one if one.account == handle else replace(one, account=handle) for one in posts
            ),
            events=tuple(replace(one, account=handle) for one in events),
            ignored=page.ignored + others,
        )

    def _in_order(
        self, overview: Overview, times: Sequence[datetime], taken: int
    ) -> Iterator[Page]:
        """Yield an export's posts by time that it holds in none, reading it again for each stretch of time.

        What is no post of the account's leads, in a page of its own.
        """
        if taken == 0:
            yield self._rest(overview)
            taken = 1
        given = taken - 1
        while given < len(times):
            begin = bisect_left(times, times[given])
            last = times[min(begin + SORTED_AT_ONCE, len(times)) - 1]
            stretch = self._stretch(overview, times[given], last)
            if len(stretch) <= given - begin:
                raise SourceError(
                    "changed while it was read", where=Location(str(self._archive.path))
                )
            for place in range(given - begin, len(stretch), PAGE_RECORDS):
                some = stretch[place : place + PAGE_RECORDS]
                given += len(some)
                yield Page(
                    file=self._archive.path.name,
                    posts=tuple(some),
                    records=len(some),
                    cursor=str(given + 1),
                )

    def _stretch(self, overview: Overview, first: datetime, last: datetime) -> list[Post]:
        posts = [
            post
            for page in self._source().pages()
            for post in self._own(page, overview.whose).posts
            if first <= post.created_at <= last
        ]
        return sorted(posts, key=lambda post: post.created_at)

    def _rest(self, overview: Overview) -> Page:
        events: list[AccountEvent] = []
        rejected: list[Rejected] = []
        ignored = duplicates = 0
        for page in self._source().pages():
            own = self._own(page, overview.whose)
            events += own.events
            rejected += own.rejected
            ignored, duplicates = ignored + own.ignored, duplicates + own.duplicates
        return Page(
            file=self._archive.path.name,
            events=tuple(events),
            rejected=tuple(rejected),
            ignored=ignored,
            duplicates=duplicates,
            records=len(events) + len(rejected) + ignored + duplicates,
            cursor="1",
        )


def _number(since: str | None) -> int:
    if since is None:
        return 0
    if not (since.isascii() and since.isdigit()):
        raise SourceError(
            f"{since[:40]!r} is no place to go on from", hint="read from the beginning"
        )
    return int(since[:18])


def _plain(name: str) -> str:
    return " ".join(name.casefold().removeprefix("@").split())
