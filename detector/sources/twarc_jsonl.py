"""Tweets collected through X's API, as twarc writes them or as the API answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Page, Rejected
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, elements, is_spread, patiently, spread
from detector.sources._encodings import beginning, decoded
from detector.sources._replies import beside
from detector.sources._twarc_tweets import Expansions, Line, Owner, post_of, tweets_of
from detector.sources._typed import lines, list_decoder, one_decoder
from detector.sources._x_tweets import Apps
from detector.sources.interface import Outcome, Skipped, Source, paged

_ENDINGS: Final = (".jsonl", ".ndjson", ".json", ".txt")
_HEAD: Final = 1 << 14
_TRIED: Final = 5
"""Files whose beginning is looked at."""
_OTHERS: Final = re.compile(
    rb'"(?:source_platform|nav_index|subcategory|_type|node_type|favourites_tab)"\s{0,9}:'
    rb'|\A\s{0,999}\[?\s{0,999}\{\s{0,999}"tweet"\s{0,9}:'
)
"""Signs of the same tweets in another tool's wrapping."""
_SECOND: Final = re.compile(
    rb'"(?:edit_history_tweet_ids|conversation_id|author_id|referenced_tweets|possibly_sensitive'
    rb'|reply_settings|__twarc|result_count|newest_id)"\s{0,9}:'
)
_DIGITS: Final = re.compile(
    rb'"(?:id|newest_id)"\s{0,9}:\s{0,9}"\d{1,20}"|"result_count"\s{0,9}:\s{0,9}0'
)
_SAID: Final = re.compile(rb'"text"\s{0,9}:\s{0,9}"|"result_count"\s{0,9}:\s{0,9}0')
_PLAIN: Final = re.compile(
    rb'\A\s{0,99}\{\s{0,99}"data"\s{0,9}:\s{0,9}(?:\[\s{0,99})?\{[^{}\[\]]{0,5000}"text"\s{0,9}:'
)
_FIRST: Final = (
    re.compile(rb'"id_str"\s{0,9}:\s{0,9}"\d{1,20}"'),
    re.compile(rb'"user"\s{0,9}:\s{0,9}\{'),
    re.compile(rb'"screen_name"\s{0,9}:'),
    re.compile(rb'"(?:full_)?text"\s{0,9}:'),
)


class TwarcJsonl(Source):
    """Tweets of many accounts from X's API, versions 2 and 1.1: pages, flattened lines or saved answers.

    Two records are one post if they have the same id. Errors and messages of the stream are ignored by
    name; tweets that others only refer to are no records. A tweet without an author's name is given to
    the account named by the caller, else to the author's number. An answer by another account to a post
    among the same 20,000 records becomes its comment, and stays a post only if its author also posts
    something that is no answer. The order is the file's.
    """

    platforms = ("x",)
    tier = "silver"
    is_sorted = False

    def __init__(self, archive: Archive, found: list[str], owner: Owner) -> None:
        self._archive = archive
        self._members = found
        self._owner = owner

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file begins with what only X's API answers."""
        return any(_is_one(archive, name) for name in _likely(archive)[:_TRIED])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> TwarcJsonl:
        """Find the files of tweets.

        Raises:
            ExportFormatError: there is none.
        """
        del platform  # They are never another platform's.
        found = [name for name in _likely(archive) if _is_one(archive, name)]
        if not found:
            raise ExportFormatError(
                "holds no tweets as X's API answers them", where=Location(str(archive.path))
            )
        return cls(archive, found, Owner((account or "").removeprefix("@"), archive.title))

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts in the order of the files, and of the records in them."""
        return paged(beside(self._outcomes()), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        ids: set[str] = set()
        apps = Apps()
        for name in self._members:
            label = self._archive.label(name)
            index = 0
            try:
                for record in _records(self._archive, name, label):
                    for held in tweets_of(record):
                        yield (
                            Skipped.IGNORED
                            if held is None
                            else self._tweet(held, label, index, apps, ids)
                        )
                        index += 1
            except ExportFormatError as error:
                if len(self._members) == 1:
                    raise
                yield Rejected(Location(label), error.message)

    def _tweet(
        self, held: tuple[Any, Expansions], label: str, index: int, apps: Apps, ids: set[str]
    ) -> Outcome:
        try:
            post = post_of(*held, self._owner, f"{label}#{index}", apps)
        except ValueError as error:
            return Rejected(Location(label, index), str(error))
        if post.id in ids:
            return Skipped.DUPLICATE
        ids.add(post.id)
        return post


def _likely(archive: Archive) -> list[str]:
    names = [one for one in archive.members if PurePosixPath(one).suffix.lower() in _ENDINGS]
    return names or (list(archive.members) if len(archive.members) == 1 else [])


_GRAPH: Final = re.compile(rb'"(?:paging|timestamp)"\s{0,9}:|graph\.facebook\.com')
"""What Meta's answers have, whose shape is else much like that of X's."""


def _is_one(archive: Archive, name: str) -> bool:
    try:
        head = beginning(archive.read(name, _HEAD)).lstrip("\ufeff").encode("utf-8", "replace")
    except SourceError:
        return False
    if head.lstrip()[:1] not in (b"{", b"[") or _OTHERS.search(head) or _GRAPH.search(head):
        return False
    if _SECOND.search(head) and _DIGITS.search(head) and _SAID.search(head):
        return True
    return all(sign.search(head) for sign in _FIRST) or (
        _PLAIN.match(head) is not None and _DIGITS.search(head) is not None
    )


def _records(archive: Archive, name: str, label: str) -> Iterator[Any]:
    """Yield the lines of a file, the elements of a list, or the objects of saved answers."""
    head = beginning(archive.read(name, _HEAD)).lstrip("\ufeff").lstrip()
    is_many = is_spread(head)
    if is_many:
        tree = patiently(decoded(archive.read(name)).encode("utf-8", "replace"))
        if not isinstance(tree, Damaged):
            yield tree
            return
    with archive.open(name) as stream:
        if is_many or head.startswith("["):
            read = spread if is_many else elements
            for index, one in read(stream, label, list_decoder(Line)):
                if is_many and not index and isinstance(one, Damaged):
                    # One answer, and not many of which some are whole.
                    raise ExportFormatError(str(one), where=Location(label))
                yield one
        else:
            yield from lines(stream, one_decoder(Line))
