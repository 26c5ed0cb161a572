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

from detector.askers import askers
from detector.baseline import TraitColumns
from detector.campaigns import LASTS
from detector.indicators._finder import Noticed
from detector.records import Post
from detector.style import dress_of, length_of

CONTACTS: Final = frozenset({"whatsapp_number", "phone_number", "crypto_wallet"})
"""Indicators whose values are contacts. An e-wallet's number is a telephone's already; a bank account is none: offices
that always name one hotline open a new account for every disaster."""

IN_MEMORY: Final = 8 << 20
"""Bytes of words held before they are written to the disk."""

Used = tuple[tuple[str, ...], tuple[str, ...]]
"""Contacts (numbers in E.164, wallets), and registered domains."""


class TextEvidence(msgspec.Struct, frozen=True, gc=False):
    """What one text shows and sounds like; all a worker sends back."""

    log_odds: float
    is_known: bool
    language: int
    noticed: Noticed
    style: int = 0
    """As `detector.style.styles` gives it."""


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


class Earlier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the posts of one page have before them."""

    last: float | None = None
    """Time of the latest post so far, in seconds since 1970."""
    shows_media: bool = False
    """Whether any post so far came with a picture or film."""
    late: int = 0
    """How many posts of the page, its first, were made before others that have been judged."""


FIRST: Final = Earlier()


_Words = tuple[str, str, str | None, bytes]
"""What is put away of a post: id, where it was read, address, text in UTF-8."""

_PLACES: Final = 64
"""Posts in a page, at most: to fetch one is to read its page. A post's place is its page's number times this, plus its
own."""


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
        self._styles, self._media, self._apps = array("h"), array("b"), array("h")
        self._app_of: dict[str, int] = {}
        self._askers = array("b")
        self._places = array("q")
        self._kinds = array("i")
        self._names: list[frozenset[str]] = []
        self._kind_of: dict[frozenset[str], int] = {}
        self._used = array("i")
        self._distinct: list[Used] = [((), ())]
        self._place_of: dict[Used, int] = {((), ()): 0}

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
        self._styles.extend([one.style for one in shown])
        self._media.extend([_media(post) if post.media else 0 for post in posts])
        self._apps.extend([-1 if post.app is None else self._app(post.app) for post in posts])
        self._askers.extend(
            [
                askers(post.comments, post.account, post.created_at) if post.comments else 0
                for post in posts
            ]
        )
        noticed = [one.noticed for one in shown]
        self._kinds.extend([self._kind(one.names) for one in noticed])
        self._used.extend([self._used_in(one) if one.values else 0 for one in noticed])

    def _kind(self, names: frozenset[str]) -> int:
        kind = self._kind_of.setdefault(names, len(self._names))
        if kind == len(self._names):
            self._names.append(names)
        return kind

    def _used_in(self, noticed: Noticed) -> int:
        # An office's contacts come again in post after post.
        used = used_in(noticed)
        place = self._place_of.setdefault(used, len(self._distinct))
        if place == len(self._distinct):
            self._distinct.append(used)
        return place

    def sort(self) -> None:
        """Put the posts in order of time; those of the same moment stay as they were added."""
        seconds = np.array(self._seconds)
        if (np.diff(seconds) >= 0).all():
            return
        order = np.argsort(seconds, kind="stable")
        for column in (
            self._seconds, self._sounds, self._languages, self._places, self._used, self._styles,
            self._media, self._apps, self._askers, self._kinds,
        ):  # fmt: skip
            column[:] = array(column.typecode, np.array(column)[order].tobytes())
        self._known = bytearray(np.array(self._known)[order].tobytes())

    def post(self, place: int) -> ReadPost:
        """Fetch one post."""
        own, where, url, utf8 = self._store.get(self._places[place])
        return ReadPost(
            self.at(place), own, where, url, utf8, self._sounds[place], bool(self._known[place])
        )

    def at(self, place: int) -> datetime:
        """Return when one post was made."""
        return datetime.fromtimestamp(self._seconds[place], UTC)

    def _app(self, name: str) -> int:
        return min(self._app_of.setdefault(name, len(self._app_of)), _APPS)

    def names(self, place: int) -> frozenset[str]:
        """Return the indicators that found something in one post."""
        return self._names[self._kinds[place]]

    def warns(self, place: int) -> bool:
        """Whether one post warns of something."""
        return "fraud_warning" in self.names(place)

    def warned(self) -> NDArray[np.bool_]:
        """Return which posts warn of something, shape (n_posts,)."""
        warns = np.array(["fraud_warning" in names for names in self._names], dtype=bool)
        return warns[np.array(self._kinds, dtype=np.int64)]

    def is_judged(self, place: int) -> bool:
        """Whether one post says anything at all to go by."""
        return bool(self._known[place] or self.names(place) or self._askers[place])

    def seconds(self) -> NDArray[np.float64]:
        """Return the posts' times since 1970, shape (n_posts,)."""
        return np.array(self._seconds)

    def texts(self, found: Callable[[frozenset[str]], float]) -> NDArray[np.float64]:
        """Return what each text says by itself, in nats, shape (n_posts,); `found` weighs what was found in it."""
        texts: NDArray[np.float64] = np.array(self._sounds)
        nats = np.array([found(names) for names in self._names], dtype=np.float64)
        texts += nats[np.array(self._kinds, dtype=np.int64)]
        return texts

    def since(self) -> dict[str, float]:
        """Return what the posts use, contacts and domains, and since when, in seconds since 1970."""
        found: dict[str, float] = {}
        ids, firsts = np.unique(np.array(self._used, dtype=np.int64), return_index=True)
        for own, first in zip(ids.tolist(), firsts.tolist(), strict=True):
            for one in (one for some in self._distinct[own] for one in some):
                found[one] = min(self._seconds[first], found.get(one, self._seconds[first]))
        return found

    def used(self, place: int) -> tuple[str, ...]:
        """Return the contacts and domains of one post."""
        contacts, domains = self._distinct[self._used[place]]
        return *contacts, *domains

    def columns(
        self,
        sounds: NDArray[np.float64],
        waves: Sequence[datetime] = (),
        earlier: Earlier = FIRST,
    ) -> TraitColumns:
        """Return the traits of all posts.

        Args:
            sounds: what each text says by itself, as `texts` gives it.
            waves: when sister offices fell; the posts of a day from then on are in their wave.
            earlier: what came before them.
        """
        seconds, media = self.seconds(), np.array(self._media, dtype=np.int64)
        apps, styles = np.array(self._apps, dtype=np.int64), np.array(self._styles, dtype=np.int64)
        names = [*self._app_of]
        used, firsts = np.unique(apps, return_index=True)
        order = [int(one) for one in used[np.argsort(firsts)] if one >= 0]
        numbers = np.full(max(len(names), 1) + 1, -1)
        numbers[order] = np.arange(len(order))
        shown = (media > 0) | earlier.shows_media
        told = np.maximum.accumulate(shown) if len(media) else shown
        return TraitColumns(
            hours=(seconds // 3_600 % 24).astype(np.int64),
            languages=np.array(self._languages, dtype=np.int64),
            used=np.array(self._used, dtype=np.int64),
            warns=self.warned(),
            contacts=[contacts for contacts, _ in self._distinct],
            domains=[domains for _, domains in self._distinct],
            apps=numbers[apps],
            app_names=[names[one] for one in order],
            paces=_paces(seconds, earlier),
            lengths=length_of(styles),
            dresses=dress_of(styles),
            media=np.where(told, media, -1),
            askers=np.array(self._askers, dtype=np.int64),
            in_wave=_within(seconds, waves),
            sounds=sounds,
        )


def _within(seconds: NDArray[np.float64], starts: Sequence[datetime]) -> NDArray[np.bool_]:
    """Return which times lie within `LASTS` of one of the starts, shape (n_posts,)."""
    within = np.zeros(len(seconds), dtype=bool)
    for start in starts:
        since = start.timestamp()
        within |= (seconds >= since) & (seconds <= since + LASTS.total_seconds())
    return within


_APPS: Final = 32_000
"""Publishing apps told apart in one archive."""

_KINDS: Final = {"photo": 1, "video": 3}
_SEVERAL, _OTHER = 2, 4


def _media(post: Post) -> int:
    """Return what came with a post, as `Traits.media` numbers it."""
    if len(post.media) > 1:
        return _SEVERAL
    return _KINDS.get(post.media[0].kind, _OTHER) if post.media else 0


def paces(seconds: NDArray[np.float64], last: float | None = None) -> NDArray[np.int64]:
    """Return each post's time since the one before, as `Traits.pace` numbers it, shape (n_posts,).

    Args:
        seconds: the posts' times, oldest first, shape (n_posts,).
        last: time of the post before the first, if there was one.
    """
    before = seconds[:1] if last is None else np.array([last])
    ways = np.searchsorted(_PACES, np.diff(seconds, prepend=before), side="right")
    if last is None:
        ways[:1] = -1
    return ways.astype(np.int64)


def _paces(seconds: NDArray[np.float64], earlier: Earlier) -> NDArray[np.int64]:
    late = earlier.late
    if not late:
        return paces(seconds, earlier.last)
    return np.concatenate([paces(seconds[:late]), paces(seconds[late:], earlier.last)])


_PACES: Final = np.array([60, 300, 1_800, 7_200, 28_800, 86_400, 345_600], dtype=np.float64)


def used_in(noticed: Noticed) -> Used:
    """Return the contacts and domains of a text."""
    contacts: dict[str, None] = {}
    domains: dict[str, None] = {}
    shortened: set[int] = set()
    if "short_link" in noticed.names:
        # Everybody's shortener is nobody's domain.
        shortened = {start for name, _, start in noticed.values if name == "short_link"}
    for name, value, start in noticed.values:
        if name in CONTACTS:
            contacts[value] = None
        elif name == "link" and start not in shortened:
            domains[value] = None
    return tuple(contacts), tuple(domains)
