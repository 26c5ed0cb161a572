"""What lies in a file or folder, judged by its index alone before anything is read."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from detector.errors import ExportFormatError, Location
from detector.sources._damage import AGAIN, DAMAGE, damaged
from detector.sources._names import uncopied
from detector.sources._packings import (
    LONGEST_MAGIC,
    inner_name,
    is_packed,
    size_of,
    unpacked,
    unpacking,
)
from detector.sources._tars import entries, is_tar

MEMBER_BYTES: Final = 16 << 30
"""Most bytes of one member of a ZIP, whether it is read as a stream or, like films, never."""
TOTAL_RATIO: Final = 200
"""Unpacked bytes for each byte of the ZIP, at most. JSON packs 10 to 30 times, a bomb 1,000 and more."""
RATIO_FREE_BYTES: Final = 32 << 20
"""Unpacked sizes up to here are harmless whatever their ratio."""
MAX_MEMBERS: Final = 500_000

_PRIVATE: Final = re.compile(
    r"messages?(?:_\d+)?|message_requests|inbox|archived_threads|filtered_threads|chats?|e2ee_cutover"
    r"|secret_(?:groups|conversations)|direct(?:[-_ ].*|s|messages?.*)?|(?:synced_)?contacts?"
)
"""A folder or file (without its ending) that holds private talk; an office's posts never stand there."""
_TELEGRAMS: Final = "messages.html"
"""The first page of a Telegram channel's history; where the name means private talk, so does its folder's."""
_TYPED: Final = re.compile(r"\.(?:json|js|html?|csv|txt)(?:\.(?:gz|xz|bz2))?$", re.IGNORECASE)
MEDIA: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|heic|heif|avif|bmp|mp[34]|m4[av]|mov|webm|avi|mkv|srt|vtt|ogg|opus|wav)$",
    re.IGNORECASE,
)
_TAR: Final = re.compile(r"\.(?:tar|tar\.(?:gz|xz|bz2)|tgz|txz|tbz2?)$", re.IGNORECASE)
_PACKED_ALONE: Final = re.compile(r"(?<!\.tar)(?:\.(?:gz|bz2)|(?<!\.json)\.xz)$", re.IGNORECASE)
"""Names of single files that are packed; ``.json.xz`` is instaloader's own, which unpacks it itself."""
_FOREIGN: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf'\x1c")
"""How archives of RAR and 7-Zip begin."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How Excel's files of before 2007 begin, and other Office programs' of that time."""
_WORKBOOK: Final = frozenset({"xl/workbook.xml", "xl/workbook.bin"})
_HERE: Final = re.compile(r"^(?:\./)+")
_SKIPPED: Final = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


class Part(msgspec.Struct, frozen=True):
    """Where one member's bytes are: in a file of the disk, or in a ZIP or tar under its inner name."""

    root: Path
    inner: str
    size: int
    """Bytes, as declared."""
    zipped: bool = False
    tarred: bool = False
    packed: bool = False
    """Whether it is a file, by itself or in a ZIP, that is packed."""
    offset: int = 0
    """Where its bytes begin in an unpacked tar."""


def located(path: Path, member: str) -> str:
    """Name a member for `Location.file`: the member alone for a folder, else ``file.zip!member``."""
    return member if path.is_dir() or path.name == member else f"{path.name}!{member}"


def look_into(root: Path) -> Iterator[tuple[str, Part]]:
    """Yield the name and place of every member of one path, private ones left out.

    Raises:
        ExportFormatError: it is missing, empty, damaged or dangerous to unpack.
    """
    where = Location(str(root))
    try:
        mode = root.stat().st_mode
        if stat.S_ISDIR(mode):
            yield from _folder(root)
            return
        if not stat.S_ISREG(mode):
            raise ExportFormatError("is neither a file nor a folder", where=where)
        size = root.stat().st_size
        with root.open("rb") as stream:
            magic = stream.read(LONGEST_MAGIC)
    except FileNotFoundError:
        raise ExportFormatError("no such file or folder", where=where) from None
    except (OSError, ValueError) as error:
        place = getattr(error, "filename", None)
        raise damaged(str(place or root), error) from error
    if not size:
        raise ExportFormatError("is empty", where=where, hint=AGAIN)
    if magic.startswith((*_FOREIGN, _OLE)):
        raise _foreign(magic, where)
    if magic[:4] in {b"PK\3\4", b"PK\5\6", b"PK\7\x08"}:
        yield from _zip(root, size)
    elif root.suffix.lower() == ".zip":
        raise ExportFormatError("is named .zip but is not a ZIP", where=where, hint=AGAIN)
    elif is_packed(magic) or _TAR.search(root.name):
        yield from _tar(root, size)
    else:
        yield root.name, Part(root, root.name, size)


def _folder(root: Path) -> Iterator[tuple[str, Part]]:
    inside = root.resolve()
    names: list[tuple[str, int]] = []
    found = False
    for place, folders, files in os.walk(root, onerror=_raised):
        found = found or bool(files)
        folders[:] = [one for one in folders if not is_hidden(one)]
        above = Path(place).relative_to(root).as_posix()
        for name in files:
            member = name if above == "." else f"{above}/{name}"
            if is_hidden(name) or is_private(member):
                continue
            size = _size(f"{place}{os.sep}{name}", inside)
            if size is not None:
                names.append((member, size))
            if len(names) > MAX_MEMBERS:
                raise ExportFormatError(
                    f"holds more than {MAX_MEMBERS} files", where=Location(str(root))
                )
    if not found:
        raise ExportFormatError("is an empty folder", where=Location(str(root)))
    yield from ((member, Part(root, member, size)) for member, size in sorted(names))


def _raised(error: OSError) -> None:
    """Raise what `os.walk` would pass over: a folder nobody may look into must not look empty."""
    raise error


def _size(path: str, inside: Path) -> int | None:
    """Return a file's bytes; None for what is no file, is gone, or is a link that leads elsewhere."""
    try:
        told = os.lstat(path)
        if stat.S_ISLNK(told.st_mode):
            if not Path(path).resolve().is_relative_to(inside):
                return None
            told = os.stat(path)  # noqa: PTH116 - one of thousands
    except (FileNotFoundError, RuntimeError):
        return None
    return told.st_size if stat.S_ISREG(told.st_mode) else None


def _zip(root: Path, packed: int) -> Iterator[tuple[str, Part]]:
    where = Location(str(root))
    try:
        with zipfile.ZipFile(root) as unpacked:
            infos = unpacked.infolist()
    except DAMAGE as error:
        raise damaged(str(root), error) from error
    if not infos:
        raise ExportFormatError("is an empty ZIP", where=where, hint=AGAIN)
    if len(infos) > MAX_MEMBERS:
        raise ExportFormatError(f"holds more than {MAX_MEMBERS} files", where=where)
    if not _WORKBOOK.isdisjoint([info.filename for info in infos]):
        raise _workbook(where)
    total = _total(infos, packed, where)
    again: dict[str, Part] = {}
    for info in infos:
        name = _HERE.sub("", info.filename.replace("\\", "/"))
        reason = _refusal(info, name)
        if reason:
            raise _refused(name, reason, where)
        # `ZipInfo.is_dir` cannot bear an empty name.
        if _is_wanted(name):
            part = Part(root, info.filename, info.file_size, zipped=True)
            if _PACKED_ALONE.search(name):
                again[name] = part
            else:
                yield name, part
    try:
        yield from _packed_twice(again, root, total, packed) if again else ()
    except DAMAGE as error:
        raise damaged(str(root), error) from error


def _foreign(magic: bytes, where: Location) -> ExportFormatError:
    if magic.startswith(_OLE):
        return _workbook(where)
    return ExportFormatError(
        "is packed as RAR or 7z, which cannot be read here",
        where=where,
        hint="unpack it and hand over the folder",
    )


def _workbook(where: Location) -> ExportFormatError:
    return ExportFormatError(
        "is a workbook of Excel or another Office program",
        where=where,
        hint="save it as CSV UTF-8, or hand over what it was made from",
    )


def _total(infos: list[zipfile.ZipInfo], packed: int, where: Location) -> int:
    """Return the bytes that all members come to.

    Raises:
        ExportFormatError: they are too many.
    """
    total = sum(info.file_size for info in infos)
    if total > max(RATIO_FREE_BYTES, TOTAL_RATIO * packed):
        raise _bomb(where, total, packed)
    if sum(info.compress_size for info in infos) > packed:
        raise ExportFormatError("its members overlap: damaged or a trap", where=where, hint=AGAIN)
    return total


def _packed_twice(
    again: dict[str, Part], root: Path, total: int, packed: int
) -> Iterator[tuple[str, Part]]:
    """Yield the members of a ZIP that are packed once more, under the names they have unpacked.

    How large they are tells only unpacking them: what they come to counts like all the rest.
    """
    most = max(RATIO_FREE_BYTES, TOTAL_RATIO * packed)
    with zipfile.ZipFile(root) as whole:
        for name, part in again.items():
            size = part.size
            try:
                with whole.open(part.inner) as raw:
                    if not is_packed(raw.read(LONGEST_MAGIC)):
                        yield name, part
                        continue
                    raw.seek(0)
                    size = size_of(unpacking(raw), most - total)
            except DAMAGE:
                # Reading it says what is wrong with it; the other members are whole.
                pass
            total += size
            if total > most:
                raise _bomb(Location(str(root)), total, packed)
            inner = _PACKED_ALONE.sub("", name)
            if _is_wanted(inner):
                yield inner, msgspec.structs.replace(part, size=size, packed=True)


def _tar(root: Path, packed: int) -> Iterator[tuple[str, Part]]:
    """Yield the members of a tar, or the one file that was packed by itself."""
    where = Location(str(root))
    most = max(RATIO_FREE_BYTES, TOTAL_RATIO * packed)
    total = count = 0
    try:
        if not is_tar(root):
            yield _alone(root, packed, most)
            return
        for entry in entries(root, most):
            name = _HERE.sub("", entry.name.replace("\\", "/"))
            total, count = total + entry.size, count + 1
            if reason := next(_charges(name, entry.mode, entry.size), ""):
                raise _refused(name, reason, where)
            if total > most:
                raise _bomb(where, total, packed)
            if count > MAX_MEMBERS:
                raise ExportFormatError(f"holds more than {MAX_MEMBERS} files", where=where)
            if stat.S_ISREG(entry.mode) and _is_wanted(name):
                yield name, Part(root, name, entry.size, tarred=True, offset=entry.offset)
    except DAMAGE as error:
        raise damaged(str(root), error) from error
    if not count:
        raise ExportFormatError("is an empty tar", where=where, hint=AGAIN)


def _alone(root: Path, packed: int, most: int) -> tuple[str, Part]:
    """Return the one file that was packed by itself."""
    where = Location(str(root))
    if _TAR.search(root.name):
        raise ExportFormatError("is named .tar but is not one", where=where, hint=AGAIN)
    with unpacked(root) as stream:
        size = size_of(stream, most)
    if size > most:
        raise _bomb(where, size, packed)
    return inner_name(root.name), Part(root, root.name, size, packed=True)


def _is_wanted(name: str) -> bool:
    is_file = bool(name) and not name.endswith("/")
    return is_file and not is_private(name) and not any(map(is_hidden, name.split("/")))


def _refused(name: str, reason: str, where: Location) -> ExportFormatError:
    shown = name[:120].encode("unicode_escape").decode()
    return ExportFormatError(f"member {shown!r} {reason}", where=where, hint="refused unread")


def _charges(name: str, mode: int, size: int) -> Iterator[str]:
    """Yield why a member of any name, kind and size makes the whole unacceptable."""
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        yield "has an absolute path"
    if ".." in name.split("/"):
        yield "climbs out of its folder"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        yield "is a link or a device"
    if size > MEMBER_BYTES:
        yield f"is too large ({size >> 20:,} MiB)"


def _bomb(where: Location, total: int, packed: int) -> ExportFormatError:
    return ExportFormatError(
        f"would unpack to {total / packed:,.0f} times its size ({total >> 20:,} MiB)",
        where=where,
        hint="refused unread: no real export packs that tightly",
    )


def _refusal(info: zipfile.ZipInfo, name: str) -> str:
    """Say why a member makes the whole ZIP unacceptable; empty when it does not."""
    if charge := next(_charges(name, info.external_attr >> 16, info.file_size), ""):
        return charge
    if info.flag_bits & 0x1:
        return "is encrypted: unpack it with its password, hand over the folder"
    if info.file_size > max(RATIO_FREE_BYTES, TOTAL_RATIO * info.compress_size):
        return f"would unpack to {info.file_size >> 20:,} MiB"
    return ""


def is_hidden(name: str) -> bool:
    """Whether a file or folder name is one that people do not see."""
    return name.startswith((".", "~$")) or name in _SKIPPED


def is_private(member: str) -> bool:
    """Whether a member is private talk or an address book.

    Examples:
        >>> is_private("your_instagram_activity/messages/inbox/x/message_1.json")
        True
        >>> is_private("your_instagram_activity/media/posts_1.json"), is_private("messages.jsonl")
        (False, False)
    """
    *folders, name = uncopied(member.lower()).split("/")
    if any(_PRIVATE.fullmatch(folder) for folder in folders):
        return True
    if name == _TELEGRAMS:
        return False
    # posts.jsonl beside it may well be called messages.jsonl: only an export's own endings count.
    return bool(_TYPED.search(name) and _PRIVATE.fullmatch(_TYPED.sub("", name)))
