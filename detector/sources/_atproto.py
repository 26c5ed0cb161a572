"""The AT Protocol's own: repositories in CAR files, and what the parts of a post mean."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from detector.errors import ExportFormatError, Location
from detector.records import Media

_DIGITS: Final = {letter: value for value, letter in enumerate("234567abcdefghijklmnopqrstuvwxyz")}
_TID_LETTERS: Final = 13
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHA256: Final = b"\x12\x20"
_VARINT_BYTES: Final = 9
_CID_BYTES: Final = 36
"""Version, codec, the two bytes of the hash's kind, and its 32: the only kind the network uses."""
_AGAIN: Final = "ask for the repository again: Settings, Account, Export my data"


class Block(NamedTuple):
    """One block of a repository."""

    place: int
    """Among the blocks of its file, from 0."""
    cid: bytes
    tree: Any
    """As parsed; None when it is damaged."""


class Address(NamedTuple):
    """The parts of ``at://did/collection/rkey``; empty where it is another kind of text."""

    owner: str
    collection: str
    rkey: str


def blocks(raw: bytes, label: str) -> Iterator[Block]:
    """Yield the blocks of a CAR file (version 1) in its order; each is checked against its hash.

    Args:
        raw: the whole file.
        label: its name, for errors.

    Raises:
        ExportFormatError: it is none, or cut off.
    """
    # Only this format needs it.
    import libipld  # noqa: PLC0415

    where = Location(label)
    length, place = _varint(raw, 0)
    try:
        header = libipld.decode_dag_cbor(raw[place : place + length])
    except (ValueError, RecursionError):
        header = None
    if not (length and isinstance(header, dict) and header.get("version") == 1):
        raise ExportFormatError("is no repository: damaged", where=where, hint=_AGAIN)
    place += length
    index = 0
    while place < len(raw):
        length, begin = _varint(raw, place)
        place = begin + length
        if length <= _CID_BYTES or place > len(raw):
            raise ExportFormatError(
                "is damaged or cut off", where=Location(label, index), hint=_AGAIN
            )
        cid, content = raw[begin : begin + _CID_BYTES], raw[begin + _CID_BYTES : place]
        tree = None
        if cid[2:4] != _SHA256 or hashlib.sha256(content).digest() == cid[4:]:
            try:
                tree = libipld.decode_dag_cbor(content)
            except (ValueError, RecursionError):
                tree = None
        yield Block(index, cid, tree)
        index += 1


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    """Return the number that begins at a place, and where it ends; 0 when there is none."""
    number = 0
    for shift, byte in enumerate(raw[place : place + _VARINT_BYTES]):
        number |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:  # noqa: PLR2004 - the bit that says more follows
            return number, place + shift + 1
    return 0, place


def spelled(cid: bytes) -> str:
    """Return a block's name as addresses and other programs write it."""
    import libipld  # noqa: PLC0415 - only this format needs it

    try:
        return str(libipld.encode_cid(cid))
    except ValueError:
        return cid.hex()


def keys_of(node: Any) -> Iterator[tuple[str, bytes]]:
    """Yield (``collection/rkey``, name of its block) of one node of a repository's tree.

    A key's beginning is that of the key before it in the same node, so each node can be read alone.
    """
    entries = node.get("e") if isinstance(node, dict) else None
    before = b""
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            return
        shared, rest, cid = entry.get("p"), entry.get("k"), entry.get("v")
        if type(shared) is not int or type(rest) is not bytes or type(cid) is not bytes:
            return
        before = before[:shared] + rest
        yield before.decode("utf-8", "replace"), cid


def address(uri: Any) -> Address:
    """Take an address apart.

    Examples:
        >>> address("at://did:plc:abc/app.bsky.feed.post/3lbbbbbbbbb22")
        Address(owner='did:plc:abc', collection='app.bsky.feed.post', rkey='3lbbbbbbbbb22')
    """
    if not isinstance(uri, str) or not uri.startswith("at://"):
        return Address("", "", "")
    owner, _, rest = uri[5:].partition("/")
    collection, _, rkey = rest.partition("/")
    return Address(owner, collection, rkey)


def tid_time(rkey: str) -> datetime | None:
    """Return the time a record's key was made, which its first 53 bits count in microseconds since 1970.

    Examples:
        >>> tid_time("3lbesiuwa3s2a").isoformat()
        '2024-11-20T11:04:38.883384+00:00'
        >>> tid_time("self") is None
        True
    """
    if len(rkey) != _TID_LETTERS or not all(letter in _DIGITS for letter in rkey):
        return None
    number = 0
    for letter in rkey:
        number = number << 5 | _DIGITS[letter]
    return _EPOCH + timedelta(microseconds=(number >> 10) & ((1 << 53) - 1))


def web_address(told: Address) -> str | None:
    """Return where people read a post; None when its address is not one."""
    if told.collection != "app.bsky.feed.post" or not told.rkey:
        return None
    return f"https://bsky.app/profile/{told.owner}/post/{told.rkey}"


def listed(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list; nothing when it is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def links(record: dict[str, Any]) -> tuple[str, ...]:
    """Return where a post's links lead, in full where its text shortens them."""
    if not ("facets" in record or "embed" in record or "entities" in record):
        return ()
    found: list[Any] = [
        feature.get("uri")
        for facet in listed(record.get("facets"))
        for feature in listed(facet.get("features"))
    ]
    # Before facets, in early 2023, there were entities.
    found += [
        one.get("value") for one in listed(record.get("entities")) if one.get("type") == "link"
    ]
    for embed in _embeds(record):
        external = embed.get("external")
        if isinstance(external, dict):
            found.append(external.get("uri"))
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one))


def media(record: dict[str, Any]) -> tuple[Media, ...]:
    """Return the pictures and films of a post, by the names of their blobs and their sizes in bytes."""
    if "embed" not in record:
        return ()
    found = []
    for embed in _embeds(record):
        blobs = [("photo", one.get("image")) for one in listed(embed.get("images"))]
        blobs.append(("video", embed.get("video")))
        for kind, blob in blobs:
            if isinstance(blob, dict):
                size = blob.get("size")
                found.append(Media(kind, _blob_name(blob), size if type(size) is int else None))
    return tuple(found)


def _embeds(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    embed = record.get("embed")
    if isinstance(embed, dict):
        yield embed
        if isinstance(embed.get("media"), dict):
            yield embed["media"]


def _blob_name(blob: dict[str, Any]) -> str | None:
    """Return a blob's name: JSON wraps it, CAR has bytes, and records of 2022 called it cid."""
    ref = blob.get("ref") or blob.get("cid")
    if isinstance(ref, dict):
        ref = ref.get("$link")
    if isinstance(ref, bytes):
        return spelled(ref)
    return ref if isinstance(ref, str) else None
