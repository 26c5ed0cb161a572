"""Which files an X archive has, what each holds, and what its manifest says there should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Rejected
from detector.sources._archive import Archive
from detector.sources._elements import Damaged, patiently
from detector.sources._encodings import beginning, decoded
from detector.sources._x_archive_events import EVENT_STEMS

POST_STEMS: Final = (
    "tweets", "tweet", "community-tweet", "community-tweets", "deleted-tweets", "deleted-tweet",
)  # fmt: skip
NOTE_STEMS: Final = ("note-tweet", "note-tweets", "deleted-note-tweet", "deleted-note-tweets")
HEADER_STEMS: Final = ("deleted-tweet-headers", "deleted-tweet-header")
WHOSE_STEMS: Final = ("account", "manifest")
READ_STEMS: Final = frozenset({*POST_STEMS, *NOTE_STEMS, *HEADER_STEMS, *EVENT_STEMS})

_NAME: Final = re.compile(
    r"(?:^|/)(?P<stem>[a-z-]{2,60}?)(?:[-_ ]?part[-_ ]?(?P<part>\d{1,4}))?(?:[-_ ]?\(?\d{1,3}\)?)?\.js$",
    re.IGNORECASE,
)
_ASSIGNED: Final = re.compile(
    r"\A\s{0,999}(?:window\.)?(?:YTD\.(?P<of>\w{2,60})\.part\d{1,4}|__THAR_CONFIG)\s{0,99}="
)
_BARE: Final = re.compile(
    r'\A\s{0,999}\[?\s{0,999}\{\s{0,999}"tweet"\s{0,99}:\s{0,99}\{'
    r'|\A\s{0,999}\[?\s{0,999}\{(?=[\s\S]{0,15000}"full_text"\s{0,9}:)'
    r'(?=[\s\S]{0,15000}"favorite_count"\s{0,9}:\s{0,9}")(?![\s\S]{0,15000}"user"\s{0,9}:\s{0,9}\{)'
)
"""Tweets of an archive out of their file: numbers are texts, and no author stands in them."""
_PRIVATE: Final = re.compile(r"direct|message|grok|contact|dm[-_]|key-registry", re.IGNORECASE)
_PLAIN_ENDINGS: Final = (".js", ".json", ".jsonl", ".ndjson", ".txt")
_HEAD: Final = 1 << 14
_LONG: Final = 100
_TRIED: Final = 6
"""Files whose beginning is looked at."""
_OWN_PICTURE: Final = re.compile(
    r'"expanded_url"\s{0,9}:\s{0,9}"https?:\\?/\\?/(?:twitter|x)\.com\\?/(\w{1,15})\\?/status\\?/(\d{5,20})'
    r"\\?/(?:photo|video)"
)


class Member(msgspec.Struct, frozen=True):
    """A file that is read."""

    name: str
    stem: str
    is_bare: bool = False
    """Whether it is JSON without the assignment of a script."""


def members(archive: Archive) -> list[Member]:
    """Return the files that hold posts or events, in the order they are read: events first."""
    found = []
    for name in archive.members:
        stem = _stem(name)
        if stem in READ_STEMS:
            found.append(Member(name, stem))
    if not any(one.stem in POST_STEMS for one in found):
        found += [one for name in _unnamed(archive) if (one := _looked_at(archive, name))]
    order = [*sorted(EVENT_STEMS), *HEADER_STEMS, *NOTE_STEMS, *POST_STEMS]
    return sorted(found, key=lambda one: (order.index(one.stem), _part(one.name), one.name))


def named(archive: Archive, stem: str) -> list[str]:
    """Return the members of that name."""
    return [name for name in archive.members if _stem(name) == stem]


def is_one(archive: Archive) -> bool:
    """Whether any of a few likely files begins like one of X's."""
    known = READ_STEMS | {*WHOSE_STEMS}
    likely = [name for name in archive.members if _stem(name) in known][:_TRIED]
    for name in likely:
        if _ASSIGNED.match(_head(archive, name, 1 << 10)):
            return True
    return any(_looked_at(archive, name) for name in _unnamed(archive))


def _stem(name: str) -> str:
    # Nearly all of an archive's members are pictures.
    match = _NAME.search(name) if name[-3:].lower() == ".js" else None
    return match["stem"].lower() if match else ""


def _part(name: str) -> int:
    match = _NAME.search(name)
    return int(match["part"] or 0) if match else 0


def _unnamed(archive: Archive) -> list[str]:
    """Members that somebody may have renamed; those of an archive with its own names are left alone."""
    if len(archive.members) > _TRIED:
        return []
    return [
        name
        for name in archive.members
        if not _stem_is_known(name)
        and not _PRIVATE.search(name)
        and (name.lower().endswith(_PLAIN_ENDINGS) or len(archive.members) == 1)
    ]


def _stem_is_known(name: str) -> bool:
    return _stem(name) in READ_STEMS or _stem(name) in WHOSE_STEMS


def _looked_at(archive: Archive, name: str) -> Member | None:
    """Tell by its first bytes what a file with a name of its own holds."""
    head = _head(archive, name, _HEAD)
    if match := _ASSIGNED.match(head):
        stem = (match["of"] or "").replace("_", "-")
        return Member(name, stem) if stem in READ_STEMS else None
    return Member(name, "tweets", is_bare=True) if _BARE.match(head) else None


def _head(archive: Archive, name: str, size: int) -> str:
    try:
        return beginning(archive.read(name, size))
    except SourceError:
        return ""


class Manifest(msgspec.Struct):
    """What an archive says about itself; everything empty when it does not."""

    label: str = ""
    owner: str = ""
    is_part: bool = False
    counts: dict[str, int] = {}
    """Records by path, for the files that are read."""


def manifest_of(archive: Archive) -> tuple[Manifest, list[Rejected]]:
    """Read the manifest, and say what is wrong with it; the one that lists most wins."""
    best, wrong = Manifest(), []
    for name in named(archive, "manifest"):
        label = archive.label(name)
        try:
            tree = assigned(archive, name)
            found = _manifest(tree, label)
        except ExportFormatError as error:
            wrong.append(Rejected(Location(label), error.message))
            continue
        if len(found.counts) >= len(best.counts):
            best = found
    return best, wrong


def assigned(archive: Archive, name: str) -> Any:
    """Return the value a script assigns; the script is never executed.

    Raises:
        ExportFormatError: it is no JSON.
    """
    text = decoded(archive.read(name))
    _, equals, value = text.partition("=")
    value = value if equals else text
    tree = patiently(value.strip().rstrip(";").encode("utf-8", "replace"))
    if isinstance(tree, Damaged):
        raise ExportFormatError(str(tree), where=Location(archive.label(name)))
    return tree


def _manifest(tree: Any, label: str) -> Manifest:
    tree = tree if isinstance(tree, dict) else {}
    owner, about, kinds = (
        value if isinstance(value := tree.get(key), dict) else {}
        for key in ("userInfo", "archiveInfo", "dataTypes")
    )
    handle = owner.get("userName")
    return Manifest(
        label=label,
        owner=handle if isinstance(handle, str) else "",
        is_part=about.get("isPartialArchive") in (True, "true"),
        counts=dict(_counts(kinds)),
    )


def _counts(kinds: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for kind in kinds.values():
        files = kind.get("files") if isinstance(kind, dict) else None
        for one in files if isinstance(files, list) else ():
            name = one.get("fileName") if isinstance(one, dict) else None
            if isinstance(name, str) and _stem(name) in READ_STEMS:
                count = str(one.get("count", ""))
                yield name, int(count) if count.isascii() and count.isdigit() else 0


def missing(manifest: Manifest, archive: Archive) -> Iterator[Rejected]:
    """Say which files the manifest lists and the archive lacks."""
    present = {name.rpartition("/")[2] for name in archive.members}
    for name, count in manifest.counts.items():
        if name.rpartition("/")[2] not in present:
            what = f"lists {name} with {count} records" if count else f"lists {name}"
            yield Rejected(Location(manifest.label), f"{what}, which is missing")
    if manifest.is_part and len(archive.paths) == 1:
        yield Rejected(Location(manifest.label), "says that this is only a part of the archive")


def expected(manifest: Manifest, member: str) -> int:
    """Return how many records the manifest says a file has; 0 when it does not say."""
    name = member.rpartition("/")[2]
    return max(
        (count for path, count in manifest.counts.items() if path.rpartition("/")[2] == name),
        default=0,
    )


def whose(archive: Archive, found: list[Member]) -> str:
    """Return the handle of an archive's account, as the best of its files tells it; empty when none does."""
    for value in _values(archive, "account", "account"):
        if handle := _handle(value.get("username")):
            return handle
    if handle := _handle(manifest_of(archive)[0].owner):
        return handle
    renames = [
        (str(change.get("changedAt")), handle)
        for value in _values(archive, "screen-name-change", "screenNameChange")
        if isinstance(change := value.get("screenNameChange"), dict)
        and (handle := _handle(change.get("changedTo")))
    ]
    if renames:
        return max(renames)[1]
    tweets = (one.name for one in found if one.stem in POST_STEMS)
    return next(filter(None, (_owner_of_pictures(archive, name) for name in tweets)), "")


def born(archive: Archive) -> Any:
    """Return when the account was opened, as it is written; None when that is not told."""
    return next((value.get("createdAt") for value in _values(archive, "account", "account")), None)


def damaged_identity(archive: Archive) -> Iterator[Rejected]:
    """Say which of the files that tell whose archive it is cannot be read."""
    for name in named(archive, "account"):
        try:
            assigned(archive, name)
        except ExportFormatError as error:
            yield Rejected(Location(archive.label(name)), error.message)


def _values(archive: Archive, stem: str, key: str) -> Iterator[dict[str, Any]]:
    """Yield the objects inside the wrappers of a small file; none when it cannot be read."""
    for name in named(archive, stem):
        try:
            tree = assigned(archive, name)
        except ExportFormatError:
            continue
        for one in tree if isinstance(tree, list) else ():
            inner = one.get(key) if isinstance(one, dict) else None
            if isinstance(inner, dict):
                yield inner


def _handle(value: Any) -> str:
    return value.strip().removeprefix("@") if isinstance(value, str) and len(value) < _LONG else ""


def _owner_of_pictures(archive: Archive, name: str) -> str:
    """Tell whose tweets a file holds by the addresses of their own pictures; empty when none has any."""
    head = _head(archive, name, 1 << 18)
    for handle, tweet_id in _OWN_PICTURE.findall(head):
        if re.search(rf'"id(?:_str)?"\s{{0,9}}:\s{{0,9}}"{tweet_id}"', head):
            return str(handle)
    return ""
