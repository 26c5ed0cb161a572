"""The lists of an Instagram export as a stream of typed records: fast where they are as since 2021."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import Media, TimeQuality
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, elements
from detector.sources._encodings import beginning
from detector.sources._instagram_posts import (
    FIRST_DAY,
    LAST_DAY,
    coarse,
    media_of,
    moment,
    records,
    within,
    wrapper_kind,
)
from detector.sources._meta import parsed, repair, repaired, repaired_with_bytes

_HEAD: Final = 99
_EXACT, _LOCAL = TimeQuality.EXACT, TimeQuality.LOCAL
_BEGINNING: Final = 1 << 12
_OLD_KEY: Final = b'"taken_at"'


class _Place(msgspec.Struct, gc=False):
    latitude: float | None = None
    longitude: float | None = None


class _Traces(msgspec.Struct, gc=False):
    exif_data: list[_Place] = []


class _Metadata(msgspec.Struct, gc=False):
    photo_metadata: _Traces | None = None
    video_metadata: _Traces | None = None


class _Item(msgspec.Struct, gc=False):
    uri: str | None = None
    creation_timestamp: int | float | None = None
    title: str | None = None
    media_metadata: _Metadata | None = None


class Record(_Item, gc=False):
    """A carousel, a single item in a list, or an item by itself."""

    media: list[_Item] = []
    # A record that has any of these is of another shape, and the decoder refuses it.
    label_values: None = None
    string_map_data: None = None
    taken_at: None = None


class Old(msgspec.Struct, gc=False):
    """An item of `media.json`, the one file of 2018 to 2020."""

    taken_at: datetime
    path: str
    caption: str | None = None
    location: str | None = None
    title: None = None


_typed: Final = msgspec.json.Decoder(list[Record]).decode
_wrapped: Final = msgspec.json.Decoder(dict[str, list[Record]]).decode
_of_2018: Final = msgspec.json.Decoder(dict[str, list[Old]]).decode
_anything: Final = msgspec.json.Decoder().decode


def _decode(raw: bytes) -> list[Any]:
    """Read a piece of a list; as plain trees when any record of it is of another shape."""
    try:
        found = _typed(raw)
    except msgspec.ValidationError:
        return _plain(raw)
    return found if _are_whole(found) else _plain(raw)


def _are_whole(found: list[Any]) -> bool:
    """Whether there is something in every record; lists inside another tool's list look empty."""
    return all(one.media or one.uri for one in found)


def _plain(raw: bytes) -> list[Any]:
    found = _anything(raw)
    return found if isinstance(found, list) else [found]


def listed(archive: Archive, member: str, kind: str) -> Iterator[tuple[str, Any]]:
    """Yield (kind of post, record) for every record of a member, in its order.

    A list is read as a stream, and what is damaged in it comes as `Damaged`; an object is read whole.

    Args:
        archive: all parts of one export, merged.
        member: a file of posts.
        kind: what its name says it holds.

    Raises:
        ExportFormatError: no record of it can be read, or it is neither a list nor an object of records.
    """
    label = archive.label(member)
    with archive.open(member) as stream:
        is_list = beginning(stream.peek(_HEAD)[:_HEAD]).lstrip("\ufeff \t\r\n").startswith("[")
        waiting: list[Damaged] | None = []
        for _, one in elements(stream, label, _decode) if is_list else ():
            if waiting is not None:
                if isinstance(one, Damaged):
                    waiting.append(one)
                    continue
                yield from ((kind, damage) for damage in waiting)
                waiting = None
            if type(one) is Record or isinstance(one, Damaged):
                yield kind, one
            else:
                yield from _mended(one, kind)
    if waiting is not None:
        # Empty, or nothing in it is whole: then this says what is wrong.
        raw = archive.read(member)
        is_old = _OLD_KEY in raw[:_BEGINNING]
        if not (is_list or is_old) and (typed := _of_wrappers(raw, kind)) is not None:
            yield from typed
            return
        tree = parsed(raw, label)
        try:
            yield from records(tree, kind)
        except TypeError as error:
            raise ExportFormatError(str(error), where=Location(label)) from error


def _of_wrappers(raw: bytes, kind: str) -> Iterator[tuple[Any, Any]] | None:
    """Read an object of lists; None when it has to be read the patient way."""
    try:
        lists = _wrapped(raw)
    except (ValueError, RecursionError):
        return None
    kinds = {key: wrapper_kind(key, kind) for key in lists}
    if not lists or None in kinds.values():
        return None
    if not all(_are_whole(inner) for inner in lists.values()):
        return None
    return chain.from_iterable(zip(repeat(kinds[key]), lists[key]) for key in lists)


Album = list[tuple[str, list[Old]]]
"""Pictures of 2018, those of a kind together."""


def album(archive: Archive, member: str, kind: str) -> Album | None:
    """Read `media.json` as of 2018; None when a member is something else, or has to be read the patient way.

    Args:
        archive: all parts of one export, merged.
        member: a file of posts.
        kind: what its name says it holds.

    Raises:
        ExportFormatError: it cannot be read.
    """
    head = archive.read(member, _BEGINNING)
    if not (head.lstrip().startswith(b"{") and _OLD_KEY in head):
        return None
    try:
        lists = _of_2018(archive.read(member))
    except (ValueError, RecursionError):
        return None
    found = [(wrapper_kind(key, kind), pictures) for key, pictures in lists.items()]
    known = [(named, pictures) for named, pictures in found if named is not None]
    return known if len(known) == len(found) else None


def is_dated(pictures: Sequence[Old]) -> bool:
    """Whether the time of each is in UTC and within Instagram's life, so that none needs a closer look."""
    times = [one.taken_at for one in pictures]
    if not {at.tzinfo for at in times} <= {UTC}:
        return False
    return not times or (min(times) >= FIRST_DAY and max(times) < LAST_DAY)


def _mended(one: Any, kind: str) -> Iterator[tuple[str, Any]]:
    try:
        found = list(records([repair(one)], kind))
    except RecursionError:
        found = [(kind, Damaged("is nested too deep to be a post"))]
    yield from found


def stamped(record: Record | Old) -> datetime:
    """Return the time of a record.

    Raises:
        ValueError: it has no usable one.
    """
    if isinstance(record, Old):
        at = record.taken_at
        if at.tzinfo is UTC and FIRST_DAY <= at < LAST_DAY:
            return at
        return within(at if at.tzinfo else at.replace(tzinfo=UTC))
    stamp = record.creation_timestamp
    if not stamp:
        for item in record.media:
            stamp = stamp or (
                item.creation_timestamp if item.creation_timestamp is not None else stamp
            )
    return moment(stamp)


Words = tuple[str, bytes, tuple[Media, ...], str | None, TimeQuality]
"""What a record says, the same in UTF-8, what it shows, where that was taken, and how sure its time is."""


def words_of(record: Record) -> Words:
    """Read a typed record as `drafted` reads a plain one."""
    text = record.title
    place = None
    media: list[Media] = []
    for item in record.media or (record,):
        text = text or item.title
        if item.media_metadata is not None and place is None:
            place = _place(item.media_metadata)
        if item.uri:
            media.append(media_of(repaired(item.uri)))
    text, utf8 = repaired_with_bytes(text) if text else ("", b"")
    return text, utf8, tuple(media), place, _EXACT


def words_of_2018(first: Old, others: Sequence[Old] = ()) -> Words:
    """Read a picture of 2018 and the others of its carousel, as `drafted` reads plain ones."""
    text, utf8 = repaired_with_bytes(first.caption) if first.caption else ("", b"")
    path = first.path
    media: tuple[Media, ...] = (media_of(path if path.isascii() else repaired(path)),)
    if others:
        paths = dict.fromkeys([repaired(each.path) for each in (first, *others)])
        media = tuple([media_of(path) for path in paths])
    place = repaired(first.location)[:200] if first.location else None
    return text, utf8, media, place, _EXACT if first.taken_at.tzinfo else _LOCAL


def _place(metadata: _Metadata) -> str | None:
    for traces in (metadata.photo_metadata, metadata.video_metadata):
        for row in traces.exif_data if traces else ():
            if place := coarse(row.latitude, row.longitude):
                return place
    return None
