"""The lists of an Instagram export as a stream of typed records: fast where they are as since 2021."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.records import Media
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, elements
from detector.sources._encodings import beginning
from detector.sources._instagram_posts import Draft, coarse, media_of, moment, records, wrapper_kind
from detector.sources._meta import parsed, repair, repaired

_HEAD: Final = 99


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
    label_values: Any = None
    string_map_data: Any = None
    taken_at: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether its fields are all there is to know of it."""
        return bool(self.media or self.uri) and not (
            self.label_values or self.string_map_data or self.taken_at is not None
        )


_typed: Final = msgspec.json.Decoder(list[Record]).decode
_wrapped: Final = msgspec.json.Decoder(dict[str, list[Record]]).decode
_anything: Final = msgspec.json.Decoder().decode


def _decode(raw: bytes) -> list[Any]:
    """Read a piece of a list; as plain trees when any record of it is of another shape."""
    try:
        found = _typed(raw)
    except msgspec.ValidationError:
        return _plain(raw)
    return found if all(one.is_whole for one in found) else _plain(raw)


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
        if not is_list and (typed := _of_wrappers(raw, kind)) is not None:
            yield from typed
            return
        tree = parsed(raw, label)
        try:
            yield from records(tree, kind)
        except TypeError as error:
            raise ExportFormatError(str(error), where=Location(label)) from error


def _of_wrappers(raw: bytes, kind: str) -> list[tuple[str, Any]] | None:
    """Read an object of lists; None when it has to be read the patient way."""
    try:
        lists = _wrapped(raw)
    except (ValueError, RecursionError):
        return None
    kinds = {key: wrapper_kind(key, kind) for key in lists}
    if not lists or None in kinds.values():
        return None
    if not all(one.is_whole for inner in lists.values() for one in inner):
        return None
    return [(kinds[key] or kind, one) for key, inner in lists.items() for one in inner]


def _mended(one: Any, kind: str) -> Iterator[tuple[str, Any]]:
    try:
        found = list(records([repair(one)], kind))
    except RecursionError:
        found = [(kind, Damaged("is nested too deep to be a post"))]
    yield from found


def draft_of(record: Record, kind: str) -> Draft:
    """Read a typed record as `drafted` reads a plain one.

    Raises:
        ValueError: it has no usable time.
    """
    text = record.title
    stamp = record.creation_timestamp
    place = None
    media: list[Media] = []
    for item in record.media or (record,):
        text = text or item.title
        stamp = stamp or (item.creation_timestamp if item.creation_timestamp is not None else stamp)
        if item.media_metadata is not None and place is None:
            place = _place(item.media_metadata)
        if item.uri:
            media.append(media_of(item.uri if item.uri.isascii() else repaired(item.uri)))
    text = text or ""
    return Draft(
        at=moment(stamp),
        text=text if text.isascii() else repaired(text),
        kind="post" if kind == "repost" else kind,
        media=tuple(media),
        location=place,
        is_repost=kind == "repost",
    )


def _place(metadata: _Metadata) -> str | None:
    for traces in (metadata.photo_metadata, metadata.video_metadata):
        for row in traces.exif_data if traces else ():
            if place := coarse(row.latitude, row.longitude):
                return place
    return None
