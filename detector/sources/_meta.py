"""Meta's JSON: each byte of a UTF-8 text was written as a character of its own; this undoes it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.sources._encodings import characters

_AGAIN: Final = 0xC3
"""With this byte begins every character that damage itself looks like (U+00C0 to U+00FF)."""

BARE_POSTS: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s{0,99}\[\s{0,99}\{\s{0,99}"
    rb'(?:"(?:title|creation_timestamp)"\s{0,9}:\s{0,9}(?:"(?:[^"\\]|\\.){0,15000}+"|\d{1,20}|null)\s{0,99},\s{0,99}){0,2}'
    rb'"media"\s{0,99}:\s{0,99}\[\s{0,99}\{\s{0,99}'
    rb'"(?:uri|creation_timestamp|media_metadata|title|cross_post_source|backup_uri|dubbing_info)"',
    re.DOTALL,
)
"""How Instagram's own list of posts begins, in whatever order its keys stand; Facebook's puts pictures
into attachments."""


def repaired(text: str) -> str:
    r"""Undo Meta's byte escapes in one text; a text that has none stays as it is.

    Examples:
        >>> repaired("Terima kasih \u00f0\u009f\u0099\u008f"), repaired("déjà vu"), repaired("🙏")
        ('Terima kasih 🙏', 'déjà vu', '🙏')
        >>> repaired("half a pair: \ud83d") == "half a pair: \ufffd"
        True
    """
    if text.isascii():
        return text
    try:
        raw = text.encode("latin-1")
        mended = raw.decode()
    except UnicodeError:
        return _whole(text)
    return _again(mended) if _AGAIN in raw else mended


def repaired_with_bytes(text: str) -> tuple[str, bytes]:
    r"""Undo Meta's byte escapes as `repaired` does; return the text, and its bytes in UTF-8.

    The bytes are at hand where there was anything to undo; to make them anew takes as long as undoing.

    Examples:
        >>> repaired_with_bytes("\u00c3\u00a9")
        ('é', b'\xc3\xa9')
    """
    if not text.isascii():
        try:
            raw = text.encode("latin-1")
            if _AGAIN not in raw:
                return raw.decode(), raw
        except UnicodeError:
            pass
        text = repaired(text)
    return text, text.encode()


def _again(text: str) -> str:
    """Undo the damage of a file that was saved again by a tool that knew nothing of it."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return without_surrogates(text)
    return text


def without_surrogates(text: str) -> str:
    """Replace each lone surrogate by U+FFFD; two that make a pair become the character they mean."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def repair(value: Any) -> Any:
    """Undo Meta's byte escapes in every string and key of a parsed JSON tree.

    Args:
        value: dicts, lists, strings and scalars; lists and dicts are mended in place.

    Raises:
        RecursionError: the tree is deeper than Python's stack.
    """
    kind = type(value)
    if kind is str:
        return repaired(value)
    if kind is dict:
        for key, inner in value.items():
            if type(inner) is not str or not inner.isascii():
                value[key] = repair(inner)
        if not all(map(str.isascii, value)):
            mended = {repaired(key): inner for key, inner in value.items()}
            value.clear()
            value.update(mended)
    elif kind is list:
        for index, inner in enumerate(value):
            if type(inner) is not str or not inner.isascii():
                value[index] = repair(inner)
    return value


def parsed(raw: bytes, label: str) -> Any:
    """Parse a member of one of Meta's exports and undo its byte escapes.

    Damaged characters become U+FFFD: one bad byte in a caption must not lose the file.

    Args:
        raw: the whole member.
        label: its name, for errors.

    Raises:
        ExportFormatError: it is not JSON, or cut off.
    """
    where = Location(label)
    try:
        try:
            return repair(msgspec.json.decode(raw))
        except ValueError:
            # A byte order mark, UTF-16, half a surrogate pair or a bad byte: slower and more patient.
            encoding = json.detect_encoding(raw)
            is_utf8 = encoding.startswith("utf-8")
            text = characters(raw) if is_utf8 else raw.decode(encoding, "replace")
            return repair(json.loads(text))
    except ValueError as error:
        if not raw.strip():
            raise ExportFormatError("is empty", where=where) from error
        raise ExportFormatError(
            "is not whole JSON: damaged or cut off",
            where=where,
            hint="ask Instagram for the export again, or download it again",
        ) from error
    except RecursionError as error:
        raise ExportFormatError("is nested too deep to be an export", where=where) from error
