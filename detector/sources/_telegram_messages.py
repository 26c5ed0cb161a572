"""What a message of Telegram says: its words, links and files, and what it tells of the channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from detector.records import AccountEvent, Media, Post, TimeQuality
from detector.sources._details import masked
from detector.sources._meta import without_surrogates
from detector.sources._telegram_json import Message
from detector.sources._timeline import moment_since
from detector.sources._times import LAST_YEAR
from detector.sources.interface import Skipped, content_id

FIRST_YEAR: Final = 2013
"""When Telegram began."""
_FIRST: Final = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_LAST: Final = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
_ACTIONS: Final = {
    "edit_group_title": "name_changed",
    "edit_group_photo": "picture_changed",
    "delete_group_photo": "picture_changed",
    "group_call": "live_started",
}
"""Service messages that tell something of the account."""
_KINDS: Final = {
    "video_file": "video",
    "video_message": "video",
    "animation": "video",
    "voice_message": "audio",
    "audio_file": "audio",
    "sticker": "other",
}
Measure = Callable[[str], tuple[str, int | None]]
"""Turns a path beside the file of messages into one of the archive, and its size in bytes if it is there."""


def post(message: Message, account: str, where: str, measure: Measure, prefix: str = "") -> Post:
    """Read one message of a channel.

    Raises:
        ValueError: its number is none, it has no usable time, or a text that is none.
    """
    number = message.id
    if isinstance(number, str) and number.isascii() and number.isdigit():
        number = int(number[:20])
    if number is not None and type(number) is not int:
        raise ValueError("its number is none")
    at, quality = when(message)
    text, links = _words(message)
    reply = message.reply_to_message_id
    media = _media(message, measure) if message.photo or message.file else ()
    # Only files that somebody has trimmed have no numbers.
    own = content_id(at, text, [one.path or "" for one in media]) if number is None else number
    return Post(
        platform="telegram",
        account=account,
        id=f"{prefix}{own}",
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        app=_name(message.via_bot),
        in_reply_to=str(reply) if type(reply) is int else None,
        is_repost=message.forwarded_from is not None,
        links=links,
        media=media,
        location=_place(message) if message.location_information or message.place_name else None,
    )


def event(message: Message, account: str, where: str) -> AccountEvent | Skipped:
    """Read one service message; most tell nothing.

    Raises:
        ValueError: it has no usable time.
    """
    kind = _ACTIONS.get(message.action) if isinstance(message.action, str) else None
    if kind is None or (kind == "live_started" and message.duration is not None):
        return Skipped.IGNORED
    at, quality = when(message)
    title = message.title if isinstance(message.title, str) else ""
    return AccountEvent(
        platform="telegram",
        account=account,
        kind=kind,
        at=at,
        where=where,
        time_quality=quality,
        details={"to": masked(without_surrogates(title))} if title.strip() else {},
    )


def when(message: Message) -> tuple[datetime, TimeQuality]:
    """Read a message's time: seconds since 1970; before 2022 only the exporting computer's own clock.

    Raises:
        ValueError: there is none, or it is out of Telegram's years.
    """
    stamp = message.date_unixtime
    if type(stamp) is str and stamp.isascii() and stamp.isdigit():
        seconds = int(stamp[:20])
        if _FIRST <= seconds < _LAST:
            return datetime.fromtimestamp(seconds, UTC), TimeQuality.EXACT
    return moment_since(message.date if stamp is None or stamp == "" else stamp, FIRST_YEAR)


def _words(message: Message) -> tuple[str, tuple[str, ...]]:
    """Return a message's text and the links in it.

    Raises:
        ValueError: its text is neither a text nor a list of texts and marked pieces.
    """
    text = message.text
    if type(text) is str and text and message.poll is None:
        return text, ()
    words: list[str] = []
    links: list[str] = []
    for piece in text if isinstance(text, list) else [text or ""]:
        if isinstance(piece, str):
            words.append(piece)
        elif isinstance(piece, dict) and isinstance(piece.get("text"), str):
            words.append(piece["text"])
            link = piece.get("href") or (piece["text"] if piece.get("type") == "link" else None)
            if isinstance(link, str) and link not in links:
                links.append(link)
        else:
            raise ValueError("its text is no text")  # noqa: TRY004 - one class says "rejected"
    if isinstance(message.poll, dict):
        words.extend(_poll(message.poll, begun=any(words)))
    return "".join(words), tuple(links)


def _poll(poll: dict[str, Any], *, begun: bool) -> list[str]:
    answers = poll.get("answers")
    answers = answers if isinstance(answers, list) else []
    lines = [poll.get("question"), *(one.get("text") for one in answers if isinstance(one, dict))]
    told = "\n".join(line for line in lines if isinstance(line, str))
    return [f"\n\n{told}" if begun else told]


def _media(message: Message, measure: Measure) -> tuple[Media, ...]:
    """Return what came with a message; a file that was not exported has no path."""
    found = []
    for kind, path, told in (
        ("photo", message.photo, message.photo_file_size),
        (_kind(message), message.file, message.file_size),
    ):
        if not isinstance(path, str) or not path:
            continue
        size = told if type(told) is int and told > 0 else None
        # A sentence in brackets stands for a file that was not exported.
        if path.startswith("("):
            found.append(Media(kind, None, size))
        else:
            inside, measured = measure(path)
            found.append(Media(kind, inside, size if measured is None else measured))
    return tuple(found)


def _kind(message: Message) -> str:
    if isinstance(message.media_type, str) and message.media_type in _KINDS:
        return _KINDS[message.media_type]
    family = message.mime_type.partition("/")[0] if isinstance(message.mime_type, str) else ""
    return {"image": "photo", "video": "video", "audio": "audio"}.get(family, "file")


def _place(message: Message) -> str | None:
    if isinstance(message.place_name, str) and message.place_name:
        return message.place_name
    inner = message.location_information
    if not isinstance(inner, dict):
        return None
    pair = inner.get("latitude"), inner.get("longitude")
    if all(isinstance(one, int | float) for one in pair):
        # Coarse: the town and not the house.
        return f"{pair[0]:.2f},{pair[1]:.2f}"
    return None


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
