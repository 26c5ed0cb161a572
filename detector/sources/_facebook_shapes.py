"""What the records of a Facebook export look like, as far as posts are concerned; the rest stays unread."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from detector.sources._elements import Damaged
from detector.sources._typed import list_decoder

_ODD_PLACES: Final = 50
_AT: Final = re.compile(r"- at `\$([^`]{0,400})`$")
_STEP: Final = re.compile(r"\.([A-Za-z_]{1,60})|\[(\d{1,9})\]")


class _Part(msgspec.Struct, gc=False):
    """Base of everything read: what is not named here is passed over unread."""


class Exif(_Part, gc=False):
    upload_ip: str | None = None


class Metadata(_Part, gc=False):
    exif_data: list[Exif] | None = None
    upload_ip: str | None = None


class MediaMetadata(_Part, gc=False):
    photo_metadata: Metadata | None = None
    video_metadata: Metadata | None = None


class Pictured(_Part, gc=False):
    uri: str | None = None
    title: str | None = None
    description: str | None = None
    media_metadata: MediaMetadata | None = None


class Link(_Part, gc=False):
    url: str | None = None


class Coordinate(_Part, gc=False):
    latitude: float | None = None
    longitude: float | None = None


class Place(_Part, gc=False):
    name: str | None = None
    coordinate: Coordinate | None = None


class Piece(_Part, gc=False):
    """One thing attached to a post."""

    external_context: Link | None = None
    media: Pictured | None = None
    place: Place | None = None
    text: str | None = None
    uri: str | None = None
    file: Pictured | None = None
    poll: dict[str, Any] | None = None
    note: dict[str, Any] | None = None
    event: dict[str, Any] | None = None
    for_sale_item: dict[str, Any] | None = None
    fundraiser: dict[str, Any] | None = None
    life_event: dict[str, Any] | None = None

    @property
    def has_words(self) -> bool:
        """Whether it is of a kind that has words of its own."""
        return bool(self.poll or self.note or self.event or self.for_sale_item or self.fundraiser or self.life_event)  # fmt: skip


class Attachment(_Part, gc=False):
    data: list[Piece] | None = None


class Words(_Part, gc=False):
    post: str | None = None
    text: str | None = None
    update_timestamp: int | float | str | None = None


class Record(_Part, gc=False):
    """A post, or a picture, film, note or event of its own: each has some of these."""

    timestamp: int | float | str | None = None
    data: list[Words] | None = None
    attachments: list[Attachment] | None = None
    title: str | None = None
    fbid: str | int | None = None
    creation_timestamp: int | float | str | None = None
    created_timestamp: int | float | str | None = None
    create_timestamp: int | float | str | None = None
    uri: str | None = None
    name: str | None = None
    text: str | None = None
    description: str | None = None
    place: Place | None = None
    media: list[Pictured] | Pictured | None = None
    media_metadata: MediaMetadata | None = None
    label_values: list[Any] | None = None


decode = list_decoder(Record)
"""Reads a JSON list of records; one that is odd comes as the plain tree it is."""


def typed(record: Any) -> Record:
    """Read a parsed record; what is odd in its decoration is left out.

    Raises:
        ValueError: it is none, or its time, its words or its attachments are of a wrong type.
    """
    if isinstance(record, Damaged):
        raise ValueError(str(record))  # noqa: TRY004 - one class says "rejected"
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one class says "rejected"
    for _ in range(_ODD_PLACES):
        try:
            return msgspec.convert(record, Record)
        except msgspec.ValidationError as error:
            _without(record, str(error))
        except RecursionError:
            break
    raise ValueError("is of no known shape")


def _without(record: dict[str, Any], complaint: str) -> None:
    """Take out the value that was complained about.

    Raises:
        ValueError: a record that lacks it tells something else, or nothing.
    """
    match = _AT.search(complaint)
    path = match[1] if match else ""
    if path.endswith("timestamp") and path.count(".") == 1:
        raise ValueError("its time is neither a text nor a number")
    if path.endswith((".post", ".text")) or path == ".title":
        raise ValueError("its text is no text")
    steps = [name or int(number) for name, number in _STEP.findall(path)]
    inner: Any = record
    for step in steps[:-1]:
        inner = inner[step]
    if steps and isinstance(inner, list) and inner[steps[-1]] is None:
        inner[steps[-1]] = {}  # Nothing says nothing, wherever it stands in a list.
        return
    if not steps or steps[-1] in {"data", "attachments"} or steps[0] == "data":
        raise ValueError(f"its {steps[0] if steps else 'shape'} cannot be read")
    inner[steps[-1]] = None if isinstance(inner, dict) else {}
