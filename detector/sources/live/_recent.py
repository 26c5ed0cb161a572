"""What a feed showed at the last reading, by which the next one tells what is new, edited, or only surfaced.

Platforms order feeds by times that clients choose, deliver late, and fill a page up with older posts when
newer ones are deleted. A single mark of how far one has read would lose the first, and give the last again.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from detector.errors import Location, RateLimited
from detector.records import AccountEvent, Page, Post, Profile, Rejected
from detector.sources.interface import Outcome, Skipped

KEPT: Final = 64
"""Posts that are remembered; more than a page of any feed that is read with it."""

_LATE: Final = 3_600
"""Seconds that a post may stand below posts that were given before it came, and still be looked for."""

_CHUNK: Final = 50
"""Posts in a page that is given."""

_LONGEST: Final = 5_000
"""Characters of anything on a profile."""
_MOST_LINKS: Final = 50

Mark = TypeVar("Mark")


class Entry(NamedTuple):
    """One entry of a feed, read."""

    key: str
    at: datetime
    """Its place in the feed's order."""
    became: Outcome
    version: str = ""
    """Another one once it has been edited; empty where a platform does not tell."""
    edited_at: datetime | None = None
    """When, or when we first saw it, if it has been edited."""
    also: tuple[AccountEvent, ...] = ()
    """What it tells of the account besides."""


class Recent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest entries of a feed that were given."""

    known: dict[str, tuple[int, str]] = {}
    """By a short digest of the key: seconds since 1970 and version, the oldest first."""
    floor: int | None = None
    """Seconds since 1970; what is older and not known has only surfaced."""


class Found(NamedTuple):
    """What a reading found."""

    entries: list[Entry]
    """New and edited ones, the oldest first."""
    missed: int | None = None
    """Posts after which it was given up to look for what is known; None when it was found."""
    cut: RateLimited | None = None
    """What ended the reading before what is known was found."""


def marked(cursor: str | None, kind: type[Mark]) -> Mark | None:
    """Read a cursor; None for none, or for one of another kind of source, and so a first reading."""
    if not cursor:
        return None
    try:
        return msgspec.json.decode(cursor, type=kind)
    except (msgspec.DecodeError, UnicodeError):
        return None


def written(mark: Any) -> str:
    """Write a cursor."""
    return msgspec.json.encode(mark).decode()


def unread(pages: Iterable[Sequence[Entry]], recent: Recent | None, most: int) -> Found:
    """Return what is new or edited since the last reading.

    A budget that runs out on the way ends it early: what stands in the newest pages is the most urgent.

    Args:
        pages: of the feed, the newest first, asked for one after the other as far as needed.
        recent: what the last reading left; None at the first, whose pages all count.
        most: pages to look at for what is known.

    Raises:
        RateLimited: before the first page, or at the first reading.
    """
    found: dict[str, Entry] = {}
    looked = 0
    ahead = iter(pages)
    for number in itertools.count(1):
        try:
            page = next(ahead, None)
        except RateLimited as error:
            if recent is None or number == 1:
                raise
            return Found(_in_order(found.values()), cut=error)
        if page is None:
            break
        met = False
        for one in page:
            state = _state(one, recent)
            met = met or state != "new"
            if state in {"new", "edited"} and one.key not in found:
                found[one.key] = _edited(one) if state == "edited" else one
        looked += len(page)
        if recent is not None and met and _reaches_back(page, recent):
            return Found(_in_order(found.values()))
        if number >= most:
            is_lost = recent is not None and bool(recent.known)
            return Found(_in_order(found.values()), looked if is_lost else None)
    return Found(_in_order(found.values()))


def _reaches_back(page: Sequence[Entry], recent: Recent) -> bool:
    """Whether what came late could not stand below the page any more."""
    newest = max((place for place, _ in recent.known.values()), default=0)
    return _seconds(page[-1].at) <= max(newest - _LATE, recent.floor or 0)


def _state(one: Entry, recent: Recent | None) -> str:
    """Tell a new entry from one that is known, edited, or older than what is remembered."""
    if recent is None:
        return "new"
    known = recent.known.get(_short(one.key))
    if known is not None:
        return "edited" if one.version != known[1] else "known"
    is_old = recent.floor is not None and _seconds(one.at) < recent.floor
    return "surfaced" if is_old else "new"


def _edited(one: Entry) -> Entry:
    """Return an edited post as the utterance it is: by a name of its own, at the time of the edit."""
    post = one.became
    if not isinstance(post, Post):
        return one
    at = max(one.edited_at or one.at, post.created_at)
    number = hashlib.sha256(one.version.encode("utf-8", "replace")).hexdigest()[:8]
    return one._replace(
        at=at, became=msgspec.structs.replace(post, id=f"{post.id}~{number}", created_at=at)
    )


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    # A feed's pages come newest first, and of two of one moment the later stands first.
    oldest_first = list(entries)[::-1]
    return sorted(oldest_first, key=lambda one: one.at)


def given(
    found: Found,
    recent: Recent | None,
    label: str,
    *,
    mark: Callable[[Recent], str],
    profile: Profile | None = None,
    events: tuple[AccountEvent, ...] = (),
    is_whole: bool = True,
) -> Iterator[Page]:
    """Yield pages of what a reading found, each with the cursor that stands for it; at least one.

    Args:
        found: by `unread`.
        recent: as for `unread`.
        label: name of the feed.
        mark: writes a cursor that holds what is remembered.
        profile: for the last page.
        events: of the account, for the last page.
        is_whole: whether the feed was read to its end; else what is older was never asked for.

    Raises:
        RateLimited: what cut the reading short, once all was given; what was given will be again.
    """
    entries = found.entries
    now_known = recent or Recent()
    if recent is None and entries and not is_whole:
        now_known = Recent(floor=min(_seconds(one.at) for one in entries))
    chunks = [entries[place : place + _CHUNK] for place in range(0, len(entries), _CHUNK)] or [[]]
    for number, chunk in enumerate(chunks, start=1):
        is_last = number == len(chunks)
        if found.cut is None:
            # What lies between the pages that were read and the last reading is looked for again.
            now_known = _with(now_known, chunk)
        outcomes: list[Outcome] = [one.became for one in chunk]
        outcomes += [event for one in chunk for event in one.also]
        if is_last:
            outcomes += events
        if found.missed is not None and number == 1:
            outcomes.insert(0, Rejected(Location(label), _MISSED.format(found.missed)))
        yield paged_of(
            outcomes,
            label,
            mark(now_known),
            profile=profile if is_last else None,
        )
    if found.cut is not None:
        raise found.cut


_MISSED: Final = "more came since the last reading than are looked through: older than the newest {} were not read"


def paged_of(
    outcomes: Sequence[Outcome],
    label: str,
    cursor: str,
    *,
    profile: Profile | None = None,
) -> Page:
    """Make a page of what became of records."""
    posts = [one for one in outcomes if isinstance(one, Post)]
    return Page(
        file=label,
        posts=tuple(sorted(posts, key=lambda one: one.created_at)),
        events=tuple(one for one in outcomes if isinstance(one, AccountEvent)),
        rejected=tuple(one for one in outcomes if isinstance(one, Rejected)),
        ignored=sum(one is Skipped.IGNORED for one in outcomes),
        duplicates=sum(one is Skipped.DUPLICATE for one in outcomes),
        records=len(outcomes),
        cursor=cursor,
        profile=_bounded(profile) if profile else None,
    )


def _bounded(profile: Profile) -> Profile:
    """Return a profile no longer than a platform lets anybody write one, for it is kept and compared."""
    return msgspec.structs.replace(
        profile,
        name=profile.name[:_LONGEST] if profile.name else profile.name,
        handle=profile.handle[:_LONGEST] if profile.handle else profile.handle,
        bio=profile.bio[:_LONGEST] if profile.bio else profile.bio,
        links=tuple(one[:_LONGEST] for one in profile.links[:_MOST_LINKS]),
    )


def _with(recent: Recent, chunk: Sequence[Entry]) -> Recent:
    """Return what is to be remembered once some more have been given."""
    known = dict(recent.known)
    for one in chunk:
        short = _short(one.key)
        place = known[short][0] if short in known else _seconds(one.at)
        known[short] = (place, one.version)
    newest = sorted(known.items(), key=lambda pair: pair[1][0])
    kept, dropped = newest[-KEPT:], newest[:-KEPT]
    return Recent(known=dict(kept), floor=kept[0][1][0] if dropped else recent.floor)


def _seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())


def _short(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:12]
