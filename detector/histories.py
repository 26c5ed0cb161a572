"""What a scan keeps of the posts it has read: numbers in memory, words on disk.

An archive may hold a million posts, of which a report shows a handful. Judging needs a few numbers of each; its
words, address and place are put away and fetched again for the posts that are shown.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import IO, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.baseline import TraitColumns, Traits
from detector.indicators.interface import Noticed
from detector.records import Post

CONTACTS: Final = frozenset({"whatsapp_number", "phone_number"})

IN_MEMORY: Final = 8 << 20
"""Bytes of words held before they are written to the disk."""

Used = tuple[tuple[str, ...], tuple[str, ...]]
"""Contacts in E.164, and registered domains."""


class TextEvidence(msgspec.Struct, frozen=True, gc=False):
    """What one text shows and sounds like; all a worker sends back."""

    log_odds: float
    is_known: bool
    language: int
    noticed: Noticed


class ReadPost(msgspec.Struct, frozen=True, gc=False):
    """A post that was read, as a report needs it."""

    at: datetime
    id: str
    where: str
    url: str | None
    utf8: bytes
    log_odds: float
    """How its text sounds, in nats."""
    is_known: bool
    """Whether that could be judged."""

    @property
    def text(self) -> str:
        """The text as given."""
        return self.utf8.decode("utf-8", "surrogatepass")


_Words = tuple[str, str, str | None, bytes]
"""What is put away of a post: id, where it was read, address, text in UTF-8."""

_PLACES: Final = 1 << 20
"""Posts in a page, at most; a post's place is its page's number times this, plus its own."""


class Store:
    """Keeps what is rarely wanted: in memory while it is little, then in a temporary file without a name.

    The file is readable by this user alone and gone when the program ends, however it ends.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._written = 0
        self._file: IO[bytes] | None = None
        self._starts = array("q", [0])
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(list[_Words])
        self._fetched: tuple[int, list[_Words]] = (-1, [])

    def put(self, page: list[_Words]) -> int:
        """Put the words of a page of posts away; return the place of the first, the others follow it."""
        self._encoder.encode_into(page, self._held, -1)
        self._starts.append(self._written + len(self._held))
        if len(self._held) > IN_MEMORY:
            self._write()
        return (len(self._starts) - 2) * _PLACES

    def get(self, place: int) -> _Words:
        """Fetch the words of one post."""
        number, index = divmod(place, _PLACES)
        if self._fetched[0] != number:
            start, stop = self._starts[number], self._starts[number + 1]
            self._fetched = number, self._decoder.decode(self._read(start, stop))
        return self._fetched[1][index]

    def _read(self, start: int, stop: int) -> bytes:
        if start >= self._written:
            return bytes(self._held[start - self._written : stop - self._written])
        assert self._file is not None, "what is not held was written"
        self._file.seek(start)
        return self._file.read(stop - start)

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="kentongan-")  # noqa: SIM115 - lives as long as the store
        self._file.seek(self._written)
        self._file.write(self._held)
        self._written += len(self._held)
        self._held = bytearray()


class PostColumns:
    """One account's posts as columns, in the order they were added until `sort` puts them in order of time.

    Args:
        store: for their words, shared by the accounts of a scan.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seconds, self._sounds = array("d"), array("d")
        self._languages, self._known = array("h"), bytearray()
        self._places = array("q")
        self._names: list[frozenset[str]] = []
        self._used: list[Used | None] = []
        self._shared: dict[Used, Used] = {}

    def __len__(self) -> int:
        return len(self._seconds)

    def add(
        self, posts: Sequence[Post], texts: Sequence[bytes], shown: Sequence[TextEvidence]
    ) -> None:
        """Add posts of the account, as their source gave them, with their texts in UTF-8 and what was read there."""
        for start in range(0, len(posts), _PLACES):
            page = zip(posts[start : start + _PLACES], texts[start : start + _PLACES], strict=True)
            words = [(post.id, post.where, post.url, text) for post, text in page]
            first = self._store.put(words)
            self._places.extend(range(first, first + len(words)))
        self._seconds.extend([post.created_at.timestamp() for post in posts])
        self._sounds.extend([one.log_odds for one in shown])
        self._languages.extend([one.language for one in shown])
        self._known.extend([one.is_known for one in shown])
        noticed = [one.noticed for one in shown]
        self._names.extend([one.names for one in noticed])
        self._used.extend([self._used_in(one) if one.values else None for one in noticed])

    def _used_in(self, noticed: Noticed) -> Used | None:
        used = used_in(noticed)
        # An office's contacts come again in post after post.
        return self._shared.setdefault(used, used) if used[0] or used[1] else None

    def sort(self) -> None:
        """Put the posts in order of time; those of the same moment stay as they were added."""
        seconds = np.array(self._seconds)
        if (np.diff(seconds) >= 0).all():
            return
        order = np.argsort(seconds, kind="stable")
        for column in (self._seconds, self._sounds, self._languages, self._places):
            column[:] = array(column.typecode, np.array(column)[order].tobytes())
        places = order.tolist()
        self._known = bytearray(self._known[place] for place in places)
        self._names = [self._names[place] for place in places]
        self._used = [self._used[place] for place in places]

    def post(self, place: int) -> ReadPost:
        """Fetch one post."""
        own, where, url, utf8 = self._store.get(self._places[place])
        return ReadPost(
            self.at(place), own, where, url, utf8, self._sounds[place], bool(self._known[place])
        )

    def at(self, place: int) -> datetime:
        """Return when one post was made."""
        return datetime.fromtimestamp(self._seconds[place], UTC)

    def traits(self, place: int) -> Traits:
        """Return what a baseline looks at in one post."""
        contacts, domains = self._used[place] or ((), ())
        hour = int(self._seconds[place] // 3_600 % 24)
        return Traits(hour, contacts, domains, self._languages[place], self.warns(place))

    def names(self, place: int) -> frozenset[str]:
        """Return the indicators that found something in one post."""
        return self._names[place]

    def warns(self, place: int) -> bool:
        """Whether one post warns of something."""
        return "fraud_warning" in self._names[place]

    def warned(self) -> NDArray[np.bool_]:
        """Return which posts warn of something, shape (n_posts,)."""
        return np.fromiter(("fraud_warning" in names for names in self._names), bool, len(self))

    def is_judged(self, place: int) -> bool:
        """Whether one post says anything at all to go by."""
        return bool(self._known[place]) or bool(self._names[place])

    def seconds(self) -> NDArray[np.float64]:
        """Return the posts' times since 1970, shape (n_posts,)."""
        return np.array(self._seconds)

    def texts(self, found: Callable[[frozenset[str]], float]) -> NDArray[np.float64]:
        """Return what each text says by itself, in nats, shape (n_posts,); `found` weighs what was found in it."""
        texts: NDArray[np.float64] = np.array(self._sounds)
        texts += [found(names) for names in self._names]
        return texts

    def columns(self) -> TraitColumns:
        """Return the traits of all posts."""
        used = [place for place, one in enumerate(self._used) if one is not None]
        return TraitColumns(
            (self.seconds() // 3_600 % 24).astype(np.int64),
            np.array(self._languages, dtype=np.int64),
            used,
            [self.traits(place) for place in used],
        )


def used_in(noticed: Noticed) -> Used:
    """Return the contacts and domains of a text."""
    contacts: dict[str, None] = {}
    domains: dict[str, None] = {}
    # Everybody's shortener is nobody's domain.
    shortened = {start for name, _, start in noticed.values if name == "short_link"}
    for name, value, start in noticed.values:
        if name in CONTACTS:
            contacts[value] = None
        elif name == "link" and start not in shortened:
            domains[value] = None
    return tuple(contacts), tuple(domains)
