"""Tar archives: members like those of a ZIP, and the same things refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import time
import tracemalloc
from collections.abc import Mapping
from pathlib import Path

import pytest
from exports import one_line

from detector.errors import ExportFormatError
from detector.sources import _tars
from detector.sources._archive import Archive
from detector.sources._grouping import group

FILES = {
    "media_attachments/files/1/original/a.jpg": b"\xff\xd8 no picture",
    "./outbox.json": b'{"orderedItems": []}',
    "actor.json": b'{"id": "https://sosial.example/users/kpu"}',
    "direct/rahasia.json": b"MARKER\xff",
    "__MACOSX/._outbox.json": b"x",
}
KINDS = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]


def packed(
    files: Mapping[str, bytes], kind: bytes = tarfile.REGTYPE, form: int = tarfile.GNU_FORMAT
) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=form) as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "elsewhere" if kind in KINDS[:2] else ""
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(content) if info.size else None)
    return whole.getvalue()


def written(path: Path, raw: bytes) -> Path:
    if path.name.endswith("gz"):
        raw = gzip.compress(raw, mtime=0)
    elif path.name.endswith("xz"):
        raw = lzma.compress(raw, check=lzma.CHECK_NONE)
    elif path.name.endswith("bz2"):
        raw = bz2.compress(raw)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    "name", ["x.tar.gz", "x.tgz", "x.tar", "renamed.gz", "x.tar.xz", "x.tar.bz2"]
)
def test_a_tar_looks_like_any_archive(tmp_path: Path, name: str) -> None:
    with Archive.of(written(tmp_path / name, packed(FILES))) as archive:
        assert archive.members == (
            "media_attachments/files/1/original/a.jpg",
            "outbox.json",
            "actor.json",
        )
        assert archive.size("outbox.json") == 20
        assert archive.read("actor.json") == FILES["actor.json"]
        assert archive.read("outbox.json", 2) == b'{"'
        assert archive.read(archive.members[0]) == b"\xff\xd8 no picture"
        assert archive.label("outbox.json") == f"{name}!outbox.json"
        assert not archive.is_folder


def test_two_members_may_be_read_by_turns_and_again_after_closing(tmp_path: Path) -> None:
    files = {"a.json": b"a" * 600_000, "b.json": b"b" * 600_000}
    archive = Archive.of(written(tmp_path / "x.tar.gz", packed(files)))
    with archive.open("a.json") as one, archive.open("b.json") as other:
        for _ in range(3):
            assert (one.read(200_000), other.read(200_000)) == (b"a" * 200_000, b"b" * 200_000)
        assert (one.read(1), other.read(1)) == (b"", b"")
    archive.close()
    assert archive.read("a.json") == files["a.json"]
    archive.close()


def test_an_archive_of_a_tar_travels_to_another_process(tmp_path: Path) -> None:
    archive = Archive.of(written(tmp_path / "x.tar.gz", packed(FILES)))
    assert archive.read("actor.json") == FILES["actor.json"]
    with pickle.loads(pickle.dumps(archive)) as copy:  # noqa: S301 - our own
        assert copy.read("actor.json") == FILES["actor.json"]
    archive.close()


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_long_and_foreign_names_are_read(tmp_path: Path, form: int) -> None:
    long = "f" * 90 + "/" + "g" * 90 + "/é.json"
    path = written(tmp_path / "x.tar.gz", packed({long: b"1", "z.json": b"22"}, form=form))
    with Archive.of(path) as archive:
        assert archive.members == (long, "z.json")
        assert archive.read("z.json") == b"22"


def test_what_does_not_fit_the_shelf_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detector.sources._archive.WHOLE_BYTES", 1_000)
    files = {"large.json": b"a" * 900, "other.json": b"b" * 900}
    with Archive.of(written(tmp_path / "x.tar.gz", packed(files))) as archive:
        assert {name: archive.read(name) for name in archive.members} == files


def test_groups_find_tars(tmp_path: Path) -> None:
    written(tmp_path / "archive-1.tar.gz", packed(FILES))
    written(tmp_path / "broken.tar.gz", b"")
    found = group([tmp_path])
    assert [one.path.name for one in found.archives] == ["archive-1.tar.gz"]
    assert len(found.errors) == 1


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.json", "a/../../up.json", "C:\\x.json"])
def test_paths_that_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportFormatError, match=r"absolute path|climbs out"):
        Archive.of(written(tmp_path / "x.tar.gz", packed({name: b"1"})))


@pytest.mark.parametrize("kind", KINDS)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(ExportFormatError, match="link or a device"):
        Archive.of(written(tmp_path / "x.tar.gz", packed({"a.json": b""}, kind)))


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


BOMBS = {
    "zeros": header("outbox.json", 42 << 20) + bytes(42 << 20),
    "says": header("outbox.json", 5 << 40),
    "negative": header("a", 0) + header("outbox.json", 5 << 40),
    "many": header("a.json", 0) * 70_000,
    "name": header("././@LongLink", 40 << 20, tarfile.GNUTYPE_LONGNAME) + bytes(40 << 20),
    "pax": header("x", 40 << 20, tarfile.XHDTYPE) + bytes(40 << 20),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / "x.tar.gz", BOMBS[kind])
    started = time.process_time()
    with pytest.raises(ExportFormatError, match=r"unpack to|no program writes|too large"):
        Archive.of(path)
    assert time.process_time() - started < 2


def test_refusing_a_bomb_takes_little_memory(tmp_path: Path) -> None:
    path = written(tmp_path / "x.tar.gz", BOMBS["zeros"])
    tracemalloc.start()
    with pytest.raises(ExportFormatError, match="unpack to"):
        Archive.of(path)
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.sources._members.MAX_MEMBERS", 3)
    files = {f"{n}.json": b"" for n in range(4)}
    with pytest.raises(ExportFormatError, match="more than 3 files"):
        Archive.of(written(tmp_path / "x.tar.gz", packed(files)))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.tar", b"no tar at all", "not one"),
        ("x.tar.gz", b"no gzip at all", "not one"),
        ("x.tar.gz", gzip.compress(b"words", mtime=0), "not one"),
        ("x.tar.gz", gzip.compress(bytes(10_240), mtime=0), "not one"),
        ("x.tar.gz", gzip.compress(packed(FILES), mtime=0)[:-200], "damaged or cut off"),
        ("x.tar", packed(FILES)[:1_900], "damaged or cut off"),
        ("x.tar", packed(FILES)[:512] + b"\1" * 1_024, "damaged or cut off"),
    ],
)
def test_what_is_no_tar_is_said_in_one_line(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExportFormatError, match=says) as caught:
        Archive.of(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_tar_cut_off_after_it_was_looked_into_is_said(tmp_path: Path) -> None:
    files = {"a.jpg": b"x" * 5_000, "outbox.json": bytes(range(256)) * 40}
    path = written(tmp_path / "x.tar", packed(files))
    archive = Archive.of(path)
    path.write_bytes(path.read_bytes()[:3_000])
    for name in archive.members:
        with pytest.raises(ExportFormatError, match="damaged or cut off"):
            archive.read(name)


def test_damage_gives_errors_of_one_line(tmp_path: Path) -> None:
    whole = packed(FILES, form=tarfile.PAX_FORMAT)
    for place in range(0, 4_000, 61):
        raw = bytearray(whole)
        raw[place : place + 6] = b"\xff9\0 =7"
        (tmp_path / "x.tar").write_bytes(raw)
        with one_line(), Archive.of(tmp_path / "x.tar") as archive:
            for name in archive.members:
                archive.read(name)


def test_an_extended_header_tells_name_and_size() -> None:
    told = b"20 path=a/b/c.json\n\n"
    assert _tars._pax(told, "") == ("a/b/c.json\n", -1)
    assert _tars._pax(b"13 size=1234\n", "x") == ("x", 1_234)
    assert _tars._pax(b"99 size=1234\n", "x") == ("x", -1)
    assert _tars._pax(b"nonsense", "") == ("", -1)
