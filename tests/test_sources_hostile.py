"""What every source must bear, tried on its own fixtures: other packings, other encodings, junk, secrets."""

from __future__ import annotations

import random
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from build_fixtures import FIXTURES

from detector import assembly
from detector.errors import SourceError
from detector.records import Page
from detector.sources._archive import Archive
from detector.sources.interface import Source, takers

SOURCES: Final = assembly.source_kinds()
FOLDER: Final = FIXTURES / "sources"
CASES: Final = [
    pytest.param(name, path, id=f"{name}-{path.name}")
    for name in sorted(SOURCES)
    for path in sorted((FOLDER / name).glob("*"))
    if path.name != "expected.jsonl"
]
TEXTS: Final = (
    ".json",
    ".jsonl",
    ".ndjson",
    ".js",
    ".csv",
    ".txt",
    ".xml",
    ".rss",
    ".atom",
    ".html",
)
RECODED: Final = (".json", ".jsonl", ".ndjson", ".js", ".csv", ".txt", ".xml", ".rss", ".atom")
MEMBERS: Final = 6
"""Members of one input that are replaced by junk, at most."""
JUNK: Final = {
    "nothing": b"",
    "null": b"null",
    "object": b"{}",
    "list": b"[]",
    "mixed": b'[null, 1, "a", [], {}, [[{}]], {"a": {"b": [1]}}, true, 1e400, -0.0]',
    "deep": b"[" * 100_000,
    "long": b"a" * 1_000_000,
    "chance": random.Random(7).randbytes(5_000),
}
MARKER: Final = "RAHASIA-PRIBADI"
PRIVATE: Final = (
    "messages/inbox/seseorang_1/message_1.json", "your_instagram_activity/messages/inbox/a/message_1.json",
    "your_facebook_activity/messages/e2ee_cutover/a/message_1.json", "data/direct-messages.js",
    "data/direct-messages-group.js", "data/contact.js", "connections/contacts/synced_contacts.json",
    "inbox/a/message_1.json", "chats/chat_1/messages.json", "direct/1.json",
)  # fmt: skip

Facts = list[tuple[str, str, str]]


def pages(name: str, *paths: Path) -> list[Page]:
    archive = Archive.of(paths)
    assert [one.name for one in takers(archive, SOURCES.values())] == [name]
    return list(SOURCES[name].open(archive).pages())


def facts(read: list[Page]) -> Facts:
    found = [(str(one.created_at), one.id, one.text) for page in read for one in page.posts]
    events = [(str(one.at), one.kind, str(one.details)) for page in read for one in page.events]
    return sorted(found) + sorted(events)


def unpacked(path: Path, folder: Path) -> Path:
    """Copy an input to where it may be changed: a single file as one, anything else as a folder."""
    copy = folder / path.name.removesuffix(".zip").removesuffix(".tar.gz")
    if path.is_dir():
        shutil.copytree(path, copy)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            packed.extractall(copy)  # noqa: S202 - our own fixture
    elif path.name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(path) as packed_tar:
            packed_tar.extractall(copy, filter="data")
    else:
        shutil.copy(path, copy)
    return copy


def files(path: Path, endings: tuple[str, ...]) -> list[Path]:
    every = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    return [one for one in every if one.suffix.lower() in endings]


def into_zip(path: Path, target: Path) -> Path:
    top = path.parent if path.is_file() else path
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for one in [path] if path.is_file() else sorted(path.rglob("*")):
            if one.is_file():
                packed.write(one, one.relative_to(top).as_posix())
    return target


@pytest.mark.parametrize(("name", "path"), CASES)
def test_a_zip_gives_what_its_unpacked_files_give(name: str, path: Path, tmp_path: Path) -> None:
    loose = unpacked(path, tmp_path)

    assert facts(pages(name, into_zip(loose, tmp_path / "unduhan.zip"))) == facts(pages(name, path))


@pytest.mark.parametrize(("name", "path"), CASES)
def test_a_folder_around_it_changes_nothing(name: str, path: Path, tmp_path: Path) -> None:
    (tmp_path / "arsip" / "Unduhan saya").mkdir(parents=True)
    unpacked(path, tmp_path / "arsip" / "Unduhan saya")

    assert facts(pages(name, tmp_path / "arsip")) == facts(pages(name, path))


@pytest.mark.parametrize(("name", "path"), CASES)
def test_overlapping_parts_give_each_post_once(name: str, path: Path, tmp_path: Path) -> None:
    once = pages(name, path)
    loose = unpacked(path, tmp_path)
    first, second = tmp_path / "x-part1.zip", tmp_path / "x-part2.zip"
    twice = pages(name, into_zip(loose, first), into_zip(loose, second))

    assert facts(twice) == facts(once)
    # Not always twice as many: an event told by several records, such as a day's uploads, stays one.
    assert sum(page.records for page in twice) > sum(page.records for page in once)


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize(("name", "path"), CASES)
def test_junk_in_place_of_a_member_is_rejected(
    name: str, path: Path, junk: str, tmp_path: Path
) -> None:
    """Nothing but one-line errors and rejected records comes of it."""
    copy = unpacked(path, tmp_path)
    for victim in files(copy, TEXTS)[:MEMBERS]:
        before = victim.read_bytes()
        victim.write_bytes(JUNK[junk])
        bear(SOURCES[name], copy)
        victim.write_bytes(before)


def bear(kind: type[Source], path: Path) -> None:
    try:
        archive = Archive.of(path)
        if kind.recognises(archive):
            for page in kind.open(archive).pages():
                counted = len(page.posts) + len(page.events) + len(page.rejected)
                assert counted + page.duplicates + page.ignored == page.records
    except SourceError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("ending", ["", *TEXTS, ".json.xz", ".car"])
@pytest.mark.parametrize("junk", [one for one in JUNK if one != "nothing"])
def test_junk_alone_is_nobodys(junk: str, ending: str, tmp_path: Path) -> None:
    """No source is confused by it, none takes it for an export."""
    path = tmp_path / f"posts_1{ending}"
    path.write_bytes(JUNK[junk])

    assert takers(Archive.of(path), SOURCES.values()) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("name", "path"), CASES)
def test_other_encodings_give_the_same(
    name: str, path: Path, encoding: str, tmp_path: Path
) -> None:
    copy = unpacked(path, tmp_path)
    recoded = list(recode(copy, encoding))
    if not recoded:
        pytest.skip("has no members in text")

    assert facts(pages(name, copy)) == facts(pages(name, path))


def recode(copy: Path, encoding: str) -> Iterator[Path]:
    for member in files(copy, RECODED):
        try:
            text = member.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        member.write_bytes(text.encode(encoding))
        yield member


@pytest.mark.parametrize(("name", "path"), CASES)
def test_private_members_are_never_opened(
    name: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = unpacked(path, tmp_path)
    if copy.is_file():
        folder = tmp_path / "folder"
        folder.mkdir()
        copy = copy.rename(folder / copy.name).parent
    for private in PRIVATE:
        (copy / private).parent.mkdir(parents=True, exist_ok=True)
        (copy / private).write_bytes(b'[{"text": "' + MARKER.encode() + b'"}]\xff')
    touched: list[str] = []
    plainly = Archive.open

    def noting(archive: Archive, member: str) -> object:
        touched.append(member)
        return plainly(archive, member)

    monkeypatch.setattr(Archive, "open", noting)
    read = pages(name, copy)

    assert MARKER not in repr(read)
    assert not [one for one in touched if one.endswith(PRIVATE)]
