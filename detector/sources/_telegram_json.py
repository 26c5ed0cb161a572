"""Telegram Desktop's JSON: its chats, of which only public ones are decoded beyond their head."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.sources._elements import Damaged, elements
from detector.sources._encodings import decoded


class Message(msgspec.Struct, gc=False):
    """One message of a chat, as far as it is read."""

    id: Any = None
    type: Any = None
    date: Any = None
    date_unixtime: Any = None
    author: Any = msgspec.field(default=None, name="from")
    author_id: Any = msgspec.field(default=None, name="from_id")
    actor: Any = None
    action: Any = None
    title: Any = None
    duration: Any = None
    text: Any = None
    forwarded_from: Any = None
    reply_to_message_id: Any = None
    via_bot: Any = None
    photo: Any = None
    photo_file_size: Any = None
    file: Any = None
    file_name: Any = None
    file_size: Any = None
    media_type: Any = None
    mime_type: Any = None
    location_information: Any = None
    place_name: Any = None
    poll: Any = None


class Chat(msgspec.Struct, gc=False):
    """A chat's head, and the bytes of its list of messages."""

    messages: msgspec.Raw
    name: Any = None
    type: Any = None
    id: Any = None


class _Chats(msgspec.Struct):
    listed: list[Chat] = msgspec.field(default_factory=list, name="list")


class _Account(msgspec.Struct):
    """An export of a whole account: the chats a person is in, and those that person has left."""

    chats: _Chats
    left_chats: _Chats = msgspec.field(default_factory=_Chats)


_one_chat = msgspec.json.Decoder(Chat).decode
_account = msgspec.json.Decoder(_Account).decode
_messages = msgspec.json.Decoder(list[Message]).decode
_unread = msgspec.json.Decoder(list[msgspec.Raw]).decode

_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_LIST: Final = re.compile(rb'"messages"\s{0,99}:\s{0,99}\[')
_HEAD: Final = 4_000
"""Bytes before a list of messages in which the head of its chat is looked for."""
_FIELD: Final = re.compile(
    rb'"(name|type|id)"\s{0,99}:\s{0,99}("(?:[^"\\]|\\.){0,999}"|\d{1,20}|null)\s{0,99},', re.DOTALL
)
_PUBLIC: Final = frozenset({"public_channel", "public_supergroup", None})
"""Kinds of chat that are read; None is that of a file somebody has trimmed."""
_BOM: Final = b"\xef\xbb\xbf"


def chats(raw: bytes, label: str) -> tuple[list[Chat], bool]:
    """Find the chats of one file.

    Args:
        raw: the whole file.
        label: its name, for errors.

    Returns:
        The chats, and whether the file is damaged, so that there may have been more.

    Raises:
        ExportFormatError: it is neither an export of one chat nor of an account.
    """
    plain = _utf8(raw)
    if found := _whole(plain):
        return found, False
    # Control characters are written as \x0B, which no JSON parser takes.
    plain = _ESCAPE.sub(_escaped, plain)
    if found := _whole(plain):
        return found, False
    found = _pieces(plain)
    if not found:
        raise ExportFormatError(
            "is not whole JSON: damaged or cut off",
            where=Location(label),
            hint="export the channel again, in the format JSON",
        )
    return found, True


def messages(chat: Chat, label: str) -> Iterator[Message | str | None]:
    """Yield every message of a chat, or why it is none; of a private chat None for each.

    Raises:
        ExportFormatError: a public chat's list is none, or one message is larger than 16 MiB.
    """
    raw = bytes(chat.messages)
    if not is_public(chat):
        yield from _uncounted(raw)
        return
    try:
        yield from _messages(raw)
    except (ValueError, RecursionError):
        for _, element in elements(io.BufferedReader(io.BytesIO(raw)), label):
            yield _message(element)


def is_public(chat: Chat) -> bool:
    """Whether anybody could read this chat."""
    return chat.type is None or (isinstance(chat.type, str) and chat.type in _PUBLIC)


def _whole(plain: bytes) -> list[Chat]:
    try:
        return [_one_chat(plain)]
    except (ValueError, RecursionError):
        pass
    try:
        account = _account(plain)
    except (ValueError, RecursionError):
        return []
    return [*account.chats.listed, *account.left_chats.listed]


def _pieces(plain: bytes) -> list[Chat]:
    """Find the lists of messages in a damaged file; one whose head is lost is held to be private."""
    places = list(_LIST.finditer(plain))
    found = []
    for place, after in zip_longest(places, places[1:]):
        head = plain[max(0, place.start() - _HEAD) : place.start()]
        fields = {match[1].decode(): match[2] for match in _FIELD.finditer(head)}
        values = {key: _value(value) for key, value in fields.items()}
        values.setdefault("type", "unknown")
        # A list never goes on into the next chat: that may be a private one.
        whole = plain[place.end() - 1 : after.start() if after else None]
        found.append(Chat(msgspec.Raw(whole), **values))
    return found


def _value(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        return ""


def _uncounted(raw: bytes) -> Iterator[None]:
    """Yield None for each message of a private chat, none of which is decoded."""
    try:
        count = len(_unread(raw))
    except (ValueError, RecursionError):
        count = 1
    for _ in range(count):
        yield None


def _message(element: Any) -> Message | str:
    if isinstance(element, Damaged):
        return str(element)
    try:
        return msgspec.convert(element, Message)
    except ValueError:
        return "is not an object"


def _escaped(match: re.Match[bytes]) -> bytes:
    return b"\\u00" + match[1] if match[1] else match[0]


def _utf8(raw: bytes) -> bytes:
    """Bring bytes to UTF-8 without a mark, whatever a text editor made of them."""
    if raw.startswith(_BOM):
        return raw[len(_BOM) :]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[1:2] == b"\0":
        return decoded(raw).encode("utf-8", "replace")
    return raw
