"""Archives: one view over everything an export may come as, and nothing dangerous among it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import shutil
import stat
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from build_fixtures import FIXTURES
from exports import one_line, write_folder, write_zip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector import assembly
from detector.errors import ExportFormatError
from detector.gather import Gathering
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.instagram_export import InstagramExport
from detector.sources.interface import exports

FILES = {
    "content/posts_1.json": [],
    "content/stories.json": {"ig_stories": []},
    "messages/inbox/somebody/message_1.json": {},
    "your_instagram_activity/messages/photos/1.jpg": b"x",
    "connections/contacts/synced_contacts.json": {},
    "direct/201810/1.jpg": b"x",
    "__MACOSX/content/._posts_1.json": b"x",
    "content/.DS_Store": b"x",
}
MARKS = [InstagramExport.marks]
PUBLIC = ("content/posts_1.json", "content/stories.json")


def zip_of(path: Path, name: str, *, mode: int = 0, flags: int = 0, content: bytes = b"{}") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        packed.writestr(info, content, zipfile.ZIP_DEFLATED)
    if flags:
        raw = bytearray(path.read_bytes())
        at = raw.rindex(b"PK\1\2") + 8
        raw[at : at + 2] = flags.to_bytes(2, "little")
        path.write_bytes(raw)
    return path


def test_a_folder_and_a_zip_look_alike(tmp_path: Path) -> None:
    write_folder(tmp_path / "export", FILES)
    write_zip(tmp_path / "export.zip", FILES)
    folder, packed = Archive.of(tmp_path / "export"), Archive.of(tmp_path / "export.zip")
    assert folder.members == PUBLIC
    assert packed.members == PUBLIC
    for member in PUBLIC:
        assert folder.read(member) == packed.read(member)
        assert folder.read(member, 2) == packed.read(member, 2)
        with folder.open(member) as one, packed.open(member) as other:
            assert list(one) == list(other)


def test_members_are_named_by_what_a_reader_can_find_again(tmp_path: Path) -> None:
    write_folder(tmp_path / "export", FILES)
    write_zip(tmp_path / "x.zip", FILES)
    alone = tmp_path / "posts_1.json"
    alone.write_bytes(b"[]")
    assert Archive.of(tmp_path / "export").label(PUBLIC[0]) == "content/posts_1.json"
    assert Archive.of(tmp_path / "x.zip").label(PUBLIC[0]) == "x.zip!content/posts_1.json"
    assert Archive.of(alone).label("posts_1.json") == "posts_1.json"


def test_private_talk_cannot_be_opened(tmp_path: Path) -> None:
    write_zip(tmp_path / "x.zip", FILES)
    archive = Archive.of(tmp_path / "x.zip")
    with pytest.raises(KeyError):
        archive.read("messages/inbox/somebody/message_1.json")


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../up.json", "a/../../up.json", "C:/x.json", "..\\up.json", "C:\\x.json"],
)
def test_paths_that_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportFormatError, match=r"absolute path|climbs out"):
        Archive.of(zip_of(tmp_path / "x.zip", name))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    with pytest.raises(ExportFormatError, match="link or a device"):
        Archive.of(zip_of(tmp_path / "x.zip", "a.json", mode=kind | 0o644))


def test_encrypted_members_are_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ExportFormatError, match=r"encrypted.*password"):
        Archive.of(zip_of(tmp_path / "x.zip", "a.json", flags=1))


def test_a_bomb_is_refused_at_once_and_in_little_memory(tmp_path: Path) -> None:
    """42 kB that would unpack to 42 MB, and an index that promises 5 GB."""
    small = zip_of(tmp_path / "x.zip", "posts_1.json", content=bytes(42 << 20))
    assert small.stat().st_size < 50_000
    raw = bytearray(zip_of(tmp_path / "y.zip", "posts_1.json").read_bytes())
    at = raw.rindex(b"PK\1\2") + 24
    raw[at : at + 4] = (0xF000_0000).to_bytes(4, "little")
    (tmp_path / "y.zip").write_bytes(raw)
    for name in ("x.zip", "y.zip"):
        tracemalloc.start()
        started = time.process_time()
        with pytest.raises(ExportFormatError, match="would unpack"):
            Archive.of(tmp_path / name)
        assert time.process_time() - started < 1
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
        tracemalloc.stop()


def test_a_size_that_lies_is_found_out_while_reading(tmp_path: Path) -> None:
    """The index promises 10 bytes; 20 MB follow."""
    path = zip_of(tmp_path / "x.zip", "posts_1.json", content=bytes(20 << 20))
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\1\2") + 24
    raw[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(ExportFormatError, match="damaged"):
        Archive.of(path).read("posts_1.json")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.zip", b"just a text", "not a ZIP"),
        ("x.zip", b"", "is empty"),
        ("posts_1.json", b"", "is empty"),
        ("x.zip", b"PK\3\4 and nothing more", "damaged or cut off"),
    ],
)
def test_what_is_no_export_is_said_in_one_line(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ExportFormatError, match=says) as caught:
        Archive.of(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_missing_and_empty_folders_are_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExportFormatError, match="empty folder"):
        Archive.of(tmp_path / "empty")
    with pytest.raises(ExportFormatError, match="no such file"):
        Archive.of(tmp_path / "nowhere")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_bytes(b"[]")
    write_folder(tmp_path / "export", {"content/posts_1.json": []})
    (tmp_path / "export" / "posts_2.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "export" / "up").symlink_to(tmp_path)
    assert Archive.of(tmp_path / "export").members == ("content/posts_1.json",)


def test_an_archive_survives_pickling(tmp_path: Path) -> None:
    write_zip(tmp_path / "x.zip", FILES)
    archive = Archive.of(tmp_path / "x.zip")
    archive.read(PUBLIC[0])
    assert pickle.loads(pickle.dumps(archive)).read(PUBLIC[0]) == b"[]"  # noqa: S301 - our own


def test_parts_with_one_inner_path_keep_both(tmp_path: Path) -> None:
    for number in (1, 2):
        write_zip(tmp_path / f"x-part{number}.zip", {"content/posts_1.json": [number]})
    (archive,), errors = group([tmp_path], MARKS)
    assert not errors
    assert sorted(archive.read(one).split() for one in archive.members) == [
        [b"[", b"1", b"]"],
        [b"[", b"2", b"]"],
    ]
    assert all(one.endswith("content/posts_1.json") for one in archive.members)


@pytest.mark.parametrize(
    "names",
    [("-part1", "-part2"), ("_1of3", "_2of3", "_3of3"), ("-1", "-2"), (" part 1", " part 2")],
)
def test_parts_of_one_export_are_merged(tmp_path: Path, names: tuple[str, ...]) -> None:
    for number, ending in enumerate(names):
        write_zip(
            tmp_path / f"instagram-kpu-2024-11-23-abcd1234{ending}.zip",
            {f"your_instagram_activity/media/posts_{number}.json": []},
        )
    found = group([tmp_path], MARKS)
    assert [len(one.members) for one in found.archives] == [len(names)]


def test_exports_of_several_days_or_accounts_are_not_merged(tmp_path: Path) -> None:
    for day in (23, 24):
        write_zip(tmp_path / f"instagram-kpu-2024-11-{day}.zip", {"content/posts_1.json": []})
    for number in (1, 2):
        owner: dict[str, Any] = {
            "personal_information/personal_information.json": {"profile_user": []}
        }
        write_zip(tmp_path / f"kantor-{number}.zip", {"content/posts_1.json": [], **owner})
    assert len(group([tmp_path], MARKS).archives) == 4


def test_a_folder_may_hold_exports_of_every_sort(tmp_path: Path) -> None:
    write_folder(
        tmp_path / "a" / "instagram-kpu", {"content/posts_1.json": [], "media/1.jpg": b"x"}
    )
    write_folder(tmp_path / "b", {"your_instagram_activity/media/posts_1.json": []})
    write_zip(tmp_path / "b" / "other.zip", {"content/posts_1.json": []})
    write_zip(tmp_path / "c.zip", {"content/posts_1.json": []})
    (tmp_path / "posts.jsonl").write_bytes(b"{}")
    (tmp_path / "foto.jpg").write_bytes(b"x")
    (tmp_path / ".hidden.json").write_bytes(b"[]")
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4")
    (tmp_path / "empty.csv").write_bytes(b"")
    found = group([tmp_path], MARKS)
    assert [one.path.relative_to(tmp_path).as_posix() for one in found.archives] == [
        "a/instagram-kpu",
        "b",
        "b/other.zip",
        "c.zip",
        "posts.jsonl",
    ]
    assert [error.where.file.rpartition("/")[2] for error in found.errors if error.where] == [
        "broken.zip",
        "empty.csv",
    ]


def test_a_folder_without_exports_is_no_silence(tmp_path: Path) -> None:
    (tmp_path / "foto").mkdir()
    (tmp_path / "foto" / "1.jpg").write_bytes(b"x")
    found = group([tmp_path], MARKS)
    assert not found.archives
    assert [error.message for error in found.errors] == ["holds nothing that could be an export"]


def test_a_drop_folder_may_be_called_inbox(tmp_path: Path) -> None:
    write_zip(tmp_path / "inbox" / "kpublora" / "c.zip", {"content/posts_1.json": []})
    write_folder(tmp_path / "messages" / "inbox" / "x", {"message_1.json": {}})
    assert [one.path.name for one in group([tmp_path], MARKS).archives] == ["c.zip"]


def test_what_is_given_twice_is_read_once(tmp_path: Path) -> None:
    write_zip(tmp_path / "c.zip", {"content/posts_1.json": []})
    assert len(group([tmp_path, tmp_path / "c.zip", tmp_path / "." / "c.zip"]).archives) == 1


def test_what_cannot_be_read_does_not_stop_the_rest(tmp_path: Path) -> None:
    write_zip(tmp_path / "c.zip", {"content/posts_1.json": []})
    found = group([tmp_path / "nowhere.zip", tmp_path / "c.zip"])
    assert len(found.archives) == len(found.errors) == 1


VALID = io.BytesIO()
with zipfile.ZipFile(VALID, "w", zipfile.ZIP_DEFLATED) as _packed:
    for _name in ("content/posts_1.json", "content/stories.json"):
        _packed.writestr(_name, b'[{"media": []}]' * 40)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, len(VALID.getvalue())),
    changes=st.lists(
        st.tuples(st.integers(0, len(VALID.getvalue()) - 1), st.integers(0, 255)), max_size=6
    ),
)
def test_damage_gives_source_errors_only(
    tmp_path: Path, cut: int, changes: list[tuple[int, int]]
) -> None:
    raw = bytearray(VALID.getvalue())
    for at, byte in changes:
        raw[at] = byte
    path = tmp_path / "x.zip"
    path.write_bytes(raw[:cut] if cut % 3 else raw)
    with one_line(), Archive.of(path) as archive:
        for member in archive.members:
            archive.read(member)


MARKS = [one.marks for one in assembly.source_kinds().values() if one.marks]
FOLDERS = [
    one
    for one in sorted((FIXTURES / "sources").glob("*/*"))
    if one.is_dir() and one.name != "texts"
]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda one: f"{one.parent.name}/{one.name}")
def test_an_export_that_was_zipped_is_split_no_more_than_its_folder(
    folder: Path, tmp_path: Path
) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "semua"), "zip", folder))
    unpacked = group([folder], MARKS)
    found = group([packed], MARKS)
    assert not found.errors
    assert len(found.archives) in {1, len(unpacked.archives)}


def test_exports_that_somebody_packed_together_are_read_apart(tmp_path: Path) -> None:
    files = {
        "unduhan/ig/your_instagram_activity/media/posts_1.json": b"[]",
        "unduhan/ig/start_here.html": b"",
        "unduhan/x lama/data/tweets.js": b"window.YTD.tweets.part0 = []",
        "unduhan/x lama/data/account.js": b"window.YTD.account.part0 = []",
        "unduhan/catatan.csv": b"a,b",
        "unduhan/foto.jpg": b"",
        "unduhan/lagi.zip": b"PK",
    }
    packed = tmp_path / "semua.zip"
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    found = group([packed], MARKS)
    told = {str(one.path.relative_to(packed)): one.members for one in found.archives}
    assert told == {
        "unduhan/ig": ("your_instagram_activity/media/posts_1.json", "start_here.html"),
        "unduhan/x lama": ("data/tweets.js", "data/account.js"),
        "unduhan/catatan.csv": ("catatan.csv",),
    }
    x = next(one for one in found.archives if one.path.name == "x lama")
    assert x.read("data/tweets.js").startswith(b"window")
    assert x.label("data/tweets.js") == "semua.zip!unduhan/x lama/data/tweets.js"
    assert pickle.loads(pickle.dumps(x)).path == x.path  # noqa: S301 - our own
    (error,) = found.errors
    assert "lagi.zip" in str(error.where)


def test_archives_in_an_archive_are_an_error_and_not_silence(tmp_path: Path) -> None:
    packed = tmp_path / "semua.zip"
    with zipfile.ZipFile(packed, "w") as target:
        target.writestr("a.zip", b"PK")
        target.writestr("b.tar.gz", b"PK")
    found = group([packed], MARKS)
    assert (len(found.archives), len(found.errors)) == (0, 2)


@pytest.mark.parametrize("closed", ["", "media"])
def test_a_folder_without_rights_is_not_taken_for_an_empty_one(
    closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "x", {"media/1.json": [], "a.json": []})
    look = os.scandir

    def refused(path: str) -> Any:
        if Path(path) == tmp_path / "x" / closed:
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", refused)
    with one_line(), pytest.raises(ExportFormatError, match="ermission"):
        Archive.of(tmp_path / "x")


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
}


@pytest.mark.parametrize("ending", PACKERS)
def test_a_file_packed_by_itself_is_read_as_what_it_holds(ending: str, tmp_path: Path) -> None:
    """A collection is often handed on as one packed file; errors still name the file that was given."""
    rows = b"".join(b'{"n": %d}\n' % number for number in range(200_000))
    path = tmp_path / f"kpu.blora.jsonl.{ending}"
    # Several packed one after the other are one file, as tools that append to it leave them.
    path.write_bytes(PACKERS[ending](rows[:999]) + PACKERS[ending](rows[999:]))
    with Archive.of(path) as archive:
        assert archive.members == ("kpu.blora.jsonl",)
        assert (archive.size(archive.members[0]), archive.title) == (len(rows), "kpu.blora")
        assert archive.label(archive.members[0]) == path.name
        assert archive.read(archive.members[0]) == rows


@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_bomb_is_refused_and_a_cut_one_is_said_to_be_damaged(
    ending: str, tmp_path: Path
) -> None:
    bomb = tmp_path / f"bomb.json.{ending}"
    bomb.write_bytes(PACKERS[ending](bytes(40 << 20)))
    with pytest.raises(ExportFormatError, match="times its size"):
        Archive.of(bomb)
    cut = tmp_path / f"cut.json.{ending}"
    cut.write_bytes(PACKERS[ending](bytes(range(256)) * 99)[:-20])
    with pytest.raises(ExportFormatError, match="damaged or cut off"):
        Archive.of(cut)


@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_file_in_a_zip_is_read_as_what_it_holds(ending: str, tmp_path: Path) -> None:
    """A damaged one costs itself alone; private talk stays private however often it is packed."""
    pack, path = PACKERS[ending], tmp_path / "kpu.zip"
    whole = pack(b'{"n": 1}\n' * 9)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"a/kpu.jsonl.{ending}", whole + pack(b'{"n": 2}\n'))
        packed.writestr(f"a/rusak.csv.{ending}", whole[:-9])
        packed.writestr(f"a/polos.txt.{ending}", b"not packed at all")
        packed.writestr(f"a/messages.json.{ending}", whole)
    with Archive.of(path) as archive:
        assert sorted(archive.members) == ["a/kpu.jsonl", f"a/polos.txt.{ending}", "a/rusak.csv"]
        assert archive.read("a/kpu.jsonl") == b'{"n": 1}\n' * 9 + b'{"n": 2}\n'
        assert archive.size("a/kpu.jsonl") == 90
        assert archive.label("a/kpu.jsonl") == f"kpu.zip!a/kpu.jsonl.{ending}"
        with pytest.raises(ExportFormatError, match="damaged or cut off"):
            archive.read("a/rusak.csv")


@pytest.mark.parametrize("ending", ["gz", "bz2"])
def test_a_bomb_packed_in_a_zip_is_refused(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for number in range(3):
            packed.writestr(f"{number}.csv.{ending}", PACKERS[ending](bytes(12 << 20)))
    with pytest.raises(ExportFormatError, match="times its size"):
        Archive.of(path)


def test_an_xz_that_asks_for_gigabytes_is_refused(tmp_path: Path) -> None:
    whole = bytearray(lzma.compress(b"[]", filters=[{"id": lzma.FILTER_LZMA2, "preset": 0}]))
    # The size of the dictionary, and the check sum of the block's head that tells it.
    head = whole[12:20]
    head[4] = 40
    whole[12:24] = head + zlib.crc32(head).to_bytes(4, "little")
    path = tmp_path / "x.json.xz"
    path.write_bytes(whole)
    with pytest.raises(ExportFormatError, match="damaged or cut off"):
        Archive.of(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_comes_in_utf_8_marked_or_not(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes('[{"teks": "selamat é 🙏"}]'.encode(encoding))
    assert Archive.of(path).read("x.json").decode("utf-8-sig") == '[{"teks": "selamat é 🙏"}]'


def test_an_export_is_called_by_the_folder_inside_a_renamed_zip(tmp_path: Path) -> None:
    path = tmp_path / "arsip kantor.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("instagram-kpurekaan-2024-11-23-abcd1234/content/posts_1.json", "[]")
    assert Archive.of(path).titles == ("arsip kantor", "instagram-kpurekaan-2024-11-23-abcd1234")


@pytest.mark.parametrize("name", ["instagram-kpu-2024-11-23.zip", "kpu.jsonl.gz", "kpu.tar.xz"])
def test_an_archive_alone_in_an_archive_is_said_to_be_one(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "luar.zip", "w") as packed:
        packed.writestr(name, b"x")
    found = group([tmp_path / "luar.zip"])
    assert not found.archives
    assert [error.message for error in found.errors] == ["is packed inside another archive"]


@pytest.mark.parametrize("magic", [b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf'\x1c\x00\x04"])
def test_other_packers_archives_are_named_with_advice(magic: bytes, tmp_path: Path) -> None:
    (tmp_path / "kiriman.json").write_bytes(magic + bytes(99))
    with pytest.raises(ExportFormatError, match="RAR or 7z") as caught:
        Archive.of(tmp_path / "kiriman.json")
    assert caught.value.hint == "unpack it and hand over the folder"


def test_lock_files_of_office_programs_are_no_exports(tmp_path: Path) -> None:
    (tmp_path / "~$rekap.csv").write_bytes(b"\x05admin")
    (tmp_path / "rekap.csv").write_bytes(b"text,date\n")
    assert [one.path.name for one in group([tmp_path]).archives] == ["rekap.csv"]


def test_endings_are_read_however_a_system_writes_them(tmp_path: Path) -> None:
    for name in ("POSTS_1.JSON", "x.HTM", "y.htm", "z.Csv", "IMG_1.JPG"):
        (tmp_path / name).write_bytes(b"x")
    with Archive.of(tmp_path) as archive:
        assert archive.members == ("IMG_1.JPG", "POSTS_1.json", "x.html", "y.html", "z.csv")
        assert [archive.label(one) for one in archive.members[1:3]] == ["POSTS_1.JSON", "x.HTM"]
        assert archive.read("POSTS_1.json") == b"x"


EVERY_MARK = [one.marks for one in assembly.source_kinds().values() if one.marks]


def test_single_files_of_several_exports_in_one_folder_are_read_each(tmp_path: Path) -> None:
    """Somebody took them out of their archives; each bears a name that marks a whole one."""
    names = ["posts_1.json", "result.json", "tweets.js", "user_data_tiktok.json"]
    for name in names:
        (tmp_path / name).write_bytes(b"[]")
    assert [one.path.name for one in group([tmp_path], EVERY_MARK).archives] == names


def test_what_lies_beside_an_export_is_no_part_of_it(tmp_path: Path) -> None:
    for name in ("result.json", "photos/a.jpg", "rekap.csv", "kumpulan.ndjson"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"a,b\n" if name.endswith("csv") else b"{}")
    found = group([tmp_path], EVERY_MARK).archives
    assert [one.members for one in found] == [
        ("photos/a.jpg", "result.json"), ("kumpulan.ndjson",), ("rekap.csv",),
    ]  # fmt: skip


@pytest.mark.parametrize("inner", ["messages/inbox/x/message_1.json", ".DS_Store", "kosong/"])
def test_an_archive_of_nothing_that_is_read_is_no_silence(inner: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr(inner, b"")
    found = group([tmp_path / "x.zip"])
    assert not found.archives
    assert [error.message.partition(":")[0] for error in found.errors] == [
        "holds nothing that is read"
    ]


def test_names_that_begin_where_they_are_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("./content/posts_1.json", b"[]")
        packed.writestr("./messages/inbox/x/message_1.json", b"[]")
    assert Archive.of(tmp_path / "x.zip").members == ("content/posts_1.json",)


def test_tables_that_somebody_packed_together_are_read_each(tmp_path: Path) -> None:
    """They may be of several tools; with anything else among them they may be one export's."""
    names = ["kumpulan/a.csv", "kumpulan/b.ndjson"]
    for path, more in (("x.zip", ["kumpulan/gambar.png"]), ("y.zip", ["kumpulan/akun.json"])):
        with zipfile.ZipFile(tmp_path / path, "w") as packed:
            for name in [*names, *more]:
                packed.writestr(name, b"x")
    found = group([tmp_path / "x.zip"], EVERY_MARK).archives
    assert [one.members for one in found] == [("a.csv",), ("b.ndjson",)]
    assert len(group([tmp_path / "y.zip"], EVERY_MARK).archives) == 1


SOURCES = FIXTURES / "sources"
KINDS = tuple(assembly.source_kinds().values())
BAGS = {
    "collectors": [
        "apify_instagram/dataset_instagram-scraper_2025-06-06.json",
        "twarc_jsonl/halaman.jsonl",
        "instaloader/collected",
        "crowdtangle_csv/2021-07-06-wanareja.csv",
    ],
    "an export beside collections": [
        "telegram_export/ChatExport_2024-11-21",
        "apify_instagram/dataset_instagram-scraper_2025-06-06.json",
        "feed_file/polres.atom",
    ],
    "single files of exports": [
        "tiktok_export/user_data_tiktok.json",
        "x_archive/tweets.js",
        "mastodon_export/statuses.json",
        "whatsapp_channel/_chat.txt",
    ],
    "an export that only its file's name hides": [
        "threads_export/threads_and_replies.json",
        "facebook_export/facebook-kecamatanangan",
        "bluesky_export/listRecords.jsonl",
    ],
    "a name that sounds like an export's": ["posts.json", "mastodon_export/statuses.json"],
}


def copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def told(path: Path) -> list[tuple[str, int]]:
    """Return what each file was taken for, and how many records it gave; nothing may be in error."""
    gathering = Gathering([path], KINDS)
    for _ in gathering.pages():
        pass
    assert not gathering.errors
    return sorted((one.source, one.records) for one in gathering.files)


@pytest.mark.parametrize("is_zipped", [False, True])
@pytest.mark.parametrize("bag", BAGS)
def test_what_lies_together_is_told_for_what_each_is(
    bag: str, tmp_path: Path, *, is_zipped: bool
) -> None:
    """A folder and its ZIP give what its files and folders give alone, and leave nothing out."""
    folder = tmp_path / "kumpulan"
    folder.mkdir()
    alone: list[tuple[str, int]] = []
    for name in BAGS[bag]:
        if name == "posts.json":
            # Whoever saves posts as posts.json gives them the name of Instagram's.
            (folder / "posts.json").write_text(
                '[{"text": "a", "created_at": "2024-11-21T01:00:00Z", "account": "kpu"}]'
            )
            alone += told(folder / "posts.json")
            continue
        source = SOURCES / name
        alone += told(source)
        copied(source, folder / source.name)
    path = folder
    if is_zipped:
        path = Path(shutil.make_archive(str(folder), "zip", folder))
    assert told(path) == sorted(alone)


@pytest.mark.parametrize("is_zipped", [False, True])
def test_a_collection_in_an_exports_own_folder_is_read_beside_it(
    tmp_path: Path, *, is_zipped: bool
) -> None:
    folder, export = tmp_path / "kpu", SOURCES / "instagram_export/export-2024"
    dataset = SOURCES / "apify_instagram/dataset_instagram-scraper_2025-06-06.json"
    copied(export, folder)
    lines = SOURCES / "twarc_jsonl/halaman.jsonl"
    expected = [*told(export), *told(dataset), *told(lines)]
    copied(dataset, folder)
    (folder / "lain").mkdir()
    copied(lines, folder / "lain")
    path = Path(shutil.make_archive(str(folder), "zip", folder)) if is_zipped else folder
    assert told(path) == sorted(expected)


def test_an_archive_beside_other_files_in_an_archive_is_an_error_and_not_silence(
    tmp_path: Path,
) -> None:
    with zipfile.ZipFile(tmp_path / "semua.zip", "w") as packed:
        packed.writestr("a.csv", "text,created_at\nHalo,2024-11-21T01:00:00Z\n")
        packed.writestr("lagi.zip", b"PK")
    found = exports([tmp_path / "semua.zip"], KINDS)
    assert len(found.archives) == 1
    assert [str(one.where) for one in found.errors] == ["semua.zip!lagi.zip"]


def test_a_workbook_is_named_with_advice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rekap.xlsx", "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
    (tmp_path / "lama.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    for error in exports([tmp_path], KINDS).errors:
        assert "workbook" in error.message
        assert error.hint is not None
        assert "CSV" in error.hint
    assert len(exports([tmp_path], KINDS).errors) == 2
