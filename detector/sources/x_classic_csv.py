"""Twitter's archive before 2018: a table of tweets, and the same by month as scripts that are never run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, elements, patiently
from detector.sources._encodings import beginning, decoded
from detector.sources._tables import Row, columns, rows, table
from detector.sources._typed import fitted, list_decoder
from detector.sources._x_tweets import (
    NEEDED,
    Apps,
    Entities,
    Link,
    Picture,
    Tweet,
    drafted,
    id_of,
)  # fmt: skip
from detector.sources.interface import Outcome, Skipped, Source, paged

_COLUMNS: Final = frozenset({"tweet_id", "timestamp", "text"})
_ALSO: Final = frozenset(
    {
        "in_reply_to_status_id", "in_reply_to_user_id", "retweeted_status_id",
        "retweeted_status_user_id", "retweeted_status_timestamp", "expanded_urls",
    }
)  # fmt: skip
_MONTH: Final = re.compile(r"\A\s{0,999}Grailbird\.data\.")
_MONTH_NAME: Final = re.compile(r"(?:^|/)(?:tweets_?)?\d{4}_\d{2}(?: ?\(\d{1,3}\))?\.js$")
_OWNER: Final = re.compile(r"(?:^|/)user_details\.js$")
_INDEX: Final = re.compile(r"(?:^|/)tweet_index\.js$")
_PICTURE: Final = re.compile(
    r"https?://(?:twitter|x)\.com/(\w{1,15})/status(?:es)?/(\d{1,20})/(photo|video)/\d{1,2}$"
)
_TRIED: Final = 6
"""Files whose beginning is looked at."""
_HEAD: Final = 1 << 10
_LONG_HEAD: Final = 1 << 18
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


class XClassicCsv(Source):
    """Twitter's archive of 2012 to 2018: tweets.csv, and the monthly scripts beside it.

    Two records are one post if they have the same id; what stands in both is taken from the table, and
    the months' copies count as duplicates.
    """

    platforms = ("x",)
    tier = "silver"
    marks = r"tweets\.csv|data/js|js/(?:user_details|tweet_index|payload_details)\.js"

    def __init__(
        self, archive: Archive, tables: list[str], months: list[str], account: str, handle: str
    ) -> None:
        self._archive = archive
        self._tables = tables
        self._months = months
        self.account = account
        self._handle = handle

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a table has the columns of tweets.csv, or a script is one of the months."""
        tables = _ending(archive, ".csv", ".txt", ".tsv")[:_TRIED]
        if any(_is_table(archive, name) for name in tables):
            return True
        scripts = sorted(_ending(archive, ".js"), key=lambda one: not _MONTH_NAME.search(one))
        return any(_is_month(archive, name) for name in scripts[:_TRIED])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> XClassicCsv:
        """Find out whose archive it is; a handle given by the caller wins over all.

        Raises:
            ExportFormatError: it holds neither the table nor a month.
        """
        del platform  # It is never another platform's.
        tables = [
            one for one in _ending(archive, ".csv", ".txt", ".tsv") if _is_table(archive, one)
        ]
        months = [
            one
            for one in _ending(archive, ".js")
            if _MONTH_NAME.search(one)
            or (len(archive.members) <= _TRIED and _is_month(archive, one))
        ]
        if not (tables or months):
            raise ExportFormatError(
                "is a Twitter archive without tweets.csv",
                where=Location(str(archive.path)),
                hint="hand over the whole archive",
            )
        handle = (account or "").removeprefix("@") or _whose(archive)
        return cls(archive, tables, months, handle or archive.title, handle)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts, oldest first; records without a time lead."""
        return paged(self._outcomes(), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        apps, ids = Apps(), set[str]()
        read: list[tuple[datetime, Outcome]] = []
        for member in (*self._tables, *self._months):
            for one in self._member(member, apps):
                if not isinstance(one, Post):
                    read.append((_UNDATED, one))
                elif one.id in ids:
                    read.append((one.created_at, Skipped.DUPLICATE))
                else:
                    ids.add(one.id)
                    read.append((one.created_at, one))
        if not self._tables:
            read.extend((_UNDATED, one) for one in _missing(self._archive))
        read.sort(key=lambda one: one[0])
        yield from (one for _, one in read)

    def _member(self, member: str, apps: Apps) -> Iterator[Post | Rejected]:
        label = self._archive.label(member)
        try:
            for index, tweet in self._tweets(member, label):
                try:
                    yield self._post(tweet, f"{label}#{index}", apps)
                except ValueError as error:
                    yield Rejected(Location(label, index), str(error))
        except ExportFormatError as error:
            if len(self._tables) + len(self._months) == 1:
                raise
            yield Rejected(Location(label), error.message)

    def _tweets(self, member: str, label: str) -> Iterator[tuple[int, Any]]:
        if member in self._tables:
            yield from table(self._archive, member, _spelled)
            return
        with self._archive.open(member) as stream:
            yield from elements(stream, label, list_decoder(Tweet))

    def _post(self, record: Any, where: str, apps: Apps) -> Post:
        is_row = isinstance(record, str | dict) and not isinstance(record, Damaged)
        tweet = _of_row(record) if is_row else fitted(record, Tweet, NEEDED)
        post = drafted(
            tweet, account=self.account, address=self._handle, where=where, apps=apps, located=None
        )
        if is_row and id_of(record.get("retweeted_status_id")):
            return msgspec.structs.replace(post, is_repost=True)
        return post


def _of_row(row: Row) -> Tweet:
    """Read a row of the table as the tweet it was.

    Raises:
        ValueError: it is no row.
    """
    if isinstance(row, str):
        raise ValueError(row)  # noqa: TRY004 - one class says "rejected"
    addresses = dict.fromkeys(re.split(r",(?=https?://)", row.get("expanded_urls") or ""))
    pictures = [
        Picture(type=match[3], media_url_https=one)
        for one in addresses
        if (match := _PICTURE.search(one))
    ]
    return Tweet(
        id_str=row.get("tweet_id", "").strip(),
        created_at=row.get("timestamp", "").strip(),
        text=row.get("text"),
        source=row.get("source"),
        in_reply_to_status_id_str=(row.get("in_reply_to_status_id") or "").strip(),
        entities=Entities(
            urls=[Link(expanded_url=one) for one in addresses if one], media=pictures or None
        ),
    )


def _ending(archive: Archive, *endings: str) -> list[str]:
    found = [name for name in archive.members if name.lower().endswith(endings)]
    # What is called tweets is looked at first; a single file may be called anything.
    found.sort(key=lambda name: "tweets" not in name.rpartition("/")[2].lower())
    return found or (list(archive.members) if len(archive.members) == 1 else [])


def _is_table(archive: Archive, name: str) -> bool:
    found = set(map(_spelled, columns(archive, name)))
    return found >= _COLUMNS and bool(found & _ALSO)


def _spelled(column: str) -> str:
    """Return Twitter's own name of a column, in which a spreadsheet's user may have put capitals and spaces."""
    return column.strip().lower().replace(" ", "_")


def _is_month(archive: Archive, name: str) -> bool:
    try:
        return _MONTH.match(beginning(archive.read(name, _HEAD))) is not None
    except SourceError:
        return False


def _whose(archive: Archive) -> str:
    """Return the handle as the archive tells it, or as the addresses of its own pictures do."""
    for name in filter(_OWNER.search, archive.members):
        details = _assigned(archive, name)
        handle = details.get("screen_name") if isinstance(details, dict) else None
        if isinstance(handle, str) and handle:
            return handle.removeprefix("@")
    for name in filter(lambda one: _is_table(archive, one), _ending(archive, ".csv")[:1]):
        try:
            head = beginning(archive.read(name, _LONG_HEAD))
        except SourceError:
            continue
        for _, cells in rows(io.StringIO(head, newline=""), _spelled):
            if isinstance(cells, str):
                continue
            for match in map(_PICTURE.search, (cells.get("expanded_urls") or "").split(",")):
                # A retweet's picture bears the id of another's tweet.
                if match and match[2] == cells.get("tweet_id"):
                    return match[1]
    return ""


def _assigned(archive: Archive, name: str) -> Any:
    """Return the value a script assigns, without running it; `Damaged` when it is no JSON."""
    try:
        text = decoded(archive.read(name))
    except SourceError as error:
        return Damaged(str(error))
    value = text.partition("=")[2].strip().rstrip(";")
    return patiently(value.encode("utf-8", "replace"))


def _missing(archive: Archive) -> Iterator[Rejected]:
    """Say which months the index lists and the archive lacks."""
    present = {name.rpartition("/")[2] for name in archive.members}
    for name in filter(_INDEX.search, archive.members):
        months = _assigned(archive, name)
        label = archive.label(name)
        if isinstance(months, Damaged):
            yield Rejected(Location(label), str(months))
        for index, month in enumerate(months if isinstance(months, list) else ()):
            path = month.get("file_name") if isinstance(month, dict) else None
            if isinstance(path, str) and path.rpartition("/")[2] not in present:
                yield Rejected(Location(label, index), f"lists {path[:200]}, which is missing")
