"""A drop folder: half-written files wait, each export is read once, and what cannot be read is told once."""

from __future__ import annotations

import os
import socket
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from emulators.folder import Folder

from detector.assembly import shipped
from detector.errors import FolderUnreadable
from detector.network import Transport
from detector.records import Account, Page, Post, Rejected
from detector.sources.live import folder as module
from detector.sources.live._inbox import fingerprint
from detector.sources.live.folder import FolderOptions
from detector.sources.live.interface import LiveSource
from detector.transport import Hidden

PARTS: Final = "instagram-diskominfo.tanjungreksa-2025-09-27-Zp4tR8wL-part{}.zip"


@pytest.fixture
def inbox() -> Iterator[Folder]:
    with Folder() as one:
        yield one


@pytest.fixture
def source(inbox: Folder) -> Iterator[LiveSource]:
    with Transport(now) as net:
        yield inbox.source(net)


def now() -> datetime:
    return datetime.now(UTC)


def made(path: Path, handle: str, platform: str = "instagram", **options: Any) -> LiveSource:
    account = Account(platform=platform, handle=handle, timezone="Asia/Jakarta")
    table = FolderOptions(kind="folder", path=str(path), **{"settle": 0, **options})
    with Transport(now) as net:
        return module.Folder(account, table, lambda _: Hidden(""), net)


def read(
    source: LiveSource, cursor: str | None = None, at: datetime | None = None
) -> tuple[list[Post], list[Rejected], str | None]:
    posts: list[Post] = []
    rejected: list[Rejected] = []
    for page in source.poll(cursor, at or now()):
        posts += page.posts
        rejected += page.rejected
        cursor = page.cursor
    return posts, rejected, cursor


def lines(*texts: str, account: str = "kpucontoh", platform: str = "instagram") -> bytes:
    start = datetime(2024, 11, 1, tzinfo=UTC)
    records = [
        {
            "platform": platform,
            "account": account,
            "id": text,
            "created_at": (start + timedelta(hours=number)).isoformat(),
            "text": text,
        }
        for number, text in enumerate(texts)
    ]
    return b"\n".join(map(msgspec.json.encode, records)) + b"\n"


def copied(name: str, target: Path) -> Path:
    there = target / name
    there.write_bytes((shipped("fixtures") / "accounts" / name).read_bytes())
    return there


def test_an_export_is_read_once_whatever_it_is_called_later(
    inbox: Folder, source: LiveSource
) -> None:
    first = inbox.drop("a.jsonl", lines("satu", "dua"))
    posts, _, cursor = read(source)
    assert [one.text for one in posts] == ["satu", "dua"]

    first.rename(inbox.path / "b.jsonl")
    inbox.drop("c.jsonl", lines("satu", "dua"))
    os.utime(inbox.path / "c.jsonl", (1, 1))
    assert read(source, cursor)[0] == []


def test_an_export_taken_away_and_brought_back_is_not_read_again(
    inbox: Folder, source: LiveSource
) -> None:
    path = inbox.drop("a.jsonl", lines("satu"))
    _, _, cursor = read(source)
    path.unlink()
    _, _, cursor = read(source, cursor)
    inbox.drop("a.jsonl", lines("satu"))

    assert read(source, cursor)[0] == []


def test_a_file_that_grew_is_read_again(inbox: Folder, source: LiveSource) -> None:
    inbox.drop("a.jsonl", lines("satu"))
    _, _, cursor = read(source)
    inbox.drop("a.jsonl", lines("satu", "dua"))

    assert [one.text for one in read(source, cursor)[0]] == ["satu", "dua"]


def test_a_file_just_written_waits_until_it_has_settled(inbox: Folder) -> None:
    source = made(inbox.path, "kpucontoh", settle=30)
    inbox.drop("a.jsonl", lines("satu"))
    written = now()

    posts, _, cursor = read(source, None, written + timedelta(seconds=5))
    assert posts == []
    inbox.drop("a.jsonl", lines("satu", "dua"))
    posts, _, cursor = read(source, cursor, written + timedelta(seconds=20))
    assert posts == []
    posts, rejected, _ = read(source, cursor, written + timedelta(minutes=5))
    assert [one.text for one in posts] == ["satu", "dua"]
    assert rejected == []


def test_on_a_clock_of_another_time_a_file_settles_by_being_seen_twice(inbox: Folder) -> None:
    source = made(inbox.path, "kpucontoh", settle=30)
    inbox.drop("a.jsonl", lines("satu"))
    past = datetime(2024, 11, 21, tzinfo=UTC)

    posts, _, cursor = read(source, None, past)
    assert posts == []
    posts, _, cursor = read(source, cursor, past + timedelta(seconds=10))
    assert posts == []
    assert len(read(source, cursor, past + timedelta(seconds=40))[0]) == 1


@pytest.mark.parametrize(
    "name",
    [
        "a.zip.crdownload",
        "a.jsonl.part",
        "a.tmp",
        ".a.jsonl",
        "~$a.csv",
        "Unconfirmed 123456.jsonl",
    ],
)
def test_what_is_being_downloaded_is_left_alone(
    inbox: Folder, source: LiveSource, name: str
) -> None:
    inbox.drop(name, lines("belum"))
    inbox.drop("b.jsonl", lines("satu"))

    posts, rejected, _ = read(source)

    assert [one.text for one in posts] == ["satu"]
    assert rejected == []


def test_a_browsers_placeholder_waits_for_its_part(inbox: Folder, source: LiveSource) -> None:
    inbox.drop("a.jsonl", b"")
    part = inbox.drop("a.jsonl.part", lines("satu"))
    posts, rejected, cursor = read(source)
    assert (posts, rejected) == ([], [])

    part.replace(inbox.path / "a.jsonl")
    assert [one.text for one in read(source, cursor)[0]] == ["satu"]


def test_a_file_that_cannot_be_read_is_told_once_with_its_place(
    inbox: Folder, source: LiveSource
) -> None:
    inbox.drop("rusak.zip", b"PK\3\4 separuh")
    inbox.drop("foto.jpg", b"\xff\xd8")
    inbox.drop("surat.pdf", b"%PDF-1.7")
    inbox.drop("angka.xyz", b"\0\1\2")
    inbox.drop("b.jsonl", lines("satu"))

    posts, rejected, cursor = read(source)
    assert [one.text for one in posts] == ["satu"]
    assert sorted(Path(one.where.file).name for one in rejected) == ["angka.xyz", "rusak.zip"]
    assert all("\n" not in one.why for one in rejected)

    assert read(source, cursor)[:2] == ([], [])
    inbox.drop("c.jsonl", lines("dua"))
    assert read(source, cursor)[1] == []


def test_a_download_that_goes_on_after_all_is_read(inbox: Folder, source: LiveSource) -> None:
    whole = (shipped("fixtures") / "accounts" / "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip").read_bytes()  # fmt: skip
    inbox.drop("unduhan.zip", whole[: len(whole) // 2])
    posts, rejected, cursor = read(source)
    assert posts == []
    assert len(rejected) == 1

    inbox.drop("unduhan.zip", whole)
    posts, rejected, _ = read(source, cursor)
    assert len(posts) > 100
    assert {(one.platform, one.account) for one in posts} == {("instagram", "kpucontoh")}


def test_parts_of_one_download_wait_for_each_other_and_are_read_as_one(tmp_path: Path) -> None:
    source = made(tmp_path, "diskominfo.tanjungreksa")
    copied(PARTS.format(1), tmp_path)
    (tmp_path / "part2.crdownload").write_bytes(b"PK")
    posts, rejected, cursor = read(source)
    assert (posts, rejected) == ([], [])

    (tmp_path / "part2.crdownload").unlink()
    copied(PARTS.format(2), tmp_path)
    posts, rejected, cursor = read(source, cursor)
    assert rejected == []
    times = [one.created_at for one in posts]
    assert times == sorted(times)
    assert len({one.id for one in posts}) == len(posts) > 50
    assert read(source, cursor)[0] == []


def test_an_unfinished_download_nobody_goes_on_with_holds_up_no_parts_for_ever(
    tmp_path: Path,
) -> None:
    source = made(tmp_path, "diskominfo.tanjungreksa")
    (tmp_path / "lama.crdownload").write_bytes(b"PK")
    copied(PARTS.format(1), tmp_path)
    _, _, cursor = read(source)

    assert len(read(source, cursor, now() + timedelta(hours=2))[0]) > 10


def test_a_folder_that_is_itself_an_unpacked_export_is_read(tmp_path: Path) -> None:
    name = "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip"
    with zipfile.ZipFile(shipped("fixtures") / "accounts" / name) as packed:
        packed.extractall(tmp_path)
    source = made(tmp_path, "kpukabblora")

    posts, rejected, cursor = read(source)

    assert len(posts) > 100
    assert rejected == []
    assert read(source, cursor)[:2] == ([], [])


def test_links_pipes_and_private_talk_are_left_alone(
    inbox: Folder, source: LiveSource, tmp_path: Path
) -> None:
    outside = tmp_path / "luar.jsonl"
    outside.write_bytes(lines("rahasia"))
    (inbox.path / "tautan.jsonl").symlink_to(outside)
    (inbox.path / "putar").symlink_to(inbox.path)
    os.mkfifo(inbox.path / "pipa.jsonl")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(inbox.path / "s.jsonl"))
        (inbox.path / "messages").mkdir()
        (inbox.path / "messages" / "a.jsonl").write_bytes(lines("pribadi"))

        posts, rejected, _ = read(source)

    assert (posts, rejected) == ([], [])


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FolderUnreadable, match="create it, or connect"):
        read(made(tmp_path / "tiada", "kpucontoh"))


def test_posts_of_other_accounts_in_the_same_file_are_left_out(
    inbox: Folder, source: LiveSource
) -> None:
    inbox.drop("a.jsonl", lines("satu") + lines("lain", account="orang") + lines("dua"))

    pages = list(source.poll(None, now()))

    assert [post.text for page in pages for post in page.posts] == ["satu", "dua"]
    assert sum(page.ignored for page in pages) == 1


def test_an_export_of_many_accounts_none_of_which_is_meant_is_told(
    inbox: Folder, source: LiveSource
) -> None:
    inbox.drop("a.jsonl", lines("x", account="satu") + lines("y", account="dua"))

    posts, (told,), _ = read(source)

    assert posts == []
    assert "source.names" in told.why

    named = made(inbox.path, "kpucontoh", names=["@Satu"])
    assert [(one.account, one.text) for one in read(named)[0]] == [("kpucontoh", "x")]


def test_an_export_of_another_platform_is_told(inbox: Folder, source: LiveSource) -> None:
    inbox.drop("a.jsonl", lines("x", platform="x"))

    posts, (told,), _ = read(source)

    assert posts == []
    assert "none of instagram" in told.why


@pytest.mark.parametrize("at_once", [3, 5, 100_000])
def test_an_export_in_no_order_comes_in_order_and_can_be_gone_on_with(
    inbox: Folder, source: LiveSource, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("detector.sources.live._intake.SORTED_AT_ONCE", at_once)
    monkeypatch.setattr("detector.sources.live._intake.PAGE_RECORDS", 2)
    records = [msgspec.json.decode(one) for one in lines(*map(str, range(13))).splitlines()]
    for one in records[4:9]:
        one["created_at"] = records[4]["created_at"]
    shuffled = [records[number * 5 % 13] for number in range(13)]
    inbox.drop("a.jsonl", b"\n".join(map(msgspec.json.encode, [*shuffled, {"id": 5}])))

    pages = list(source.poll(None, now()))
    posts = [post for page in pages for post in page.posts]

    assert len(posts) == len({post.id for post in posts}) == 13
    assert [one.created_at for one in posts] == sorted(one.created_at for one in posts)
    assert sum(len(page.rejected) for page in pages) == 1
    for place, page in enumerate(pages):
        rest = [post.id for one in source.poll(page.cursor, now()) for post in one.posts]
        assert [post.id for one in pages[place + 1 :] for post in one.posts] == rest


def test_a_large_export_is_gone_on_with_where_it_was_broken_off(tmp_path: Path) -> None:
    name = "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip"
    source = made(tmp_path, "kpukabblora")
    copied(name, tmp_path)
    pages = list(source.poll(None, now()))
    whole = [post.id for page in pages for post in page.posts]

    for place, page in enumerate(pages):
        rest = list(source.poll(page.cursor, now()))
        given = [*pages[: place + 1], *rest]
        assert [post.id for one in given for post in one.posts] == whole
    for one in pages:
        counted = len(one.posts) + len(one.events) + len(one.rejected) + one.ignored
        assert counted + one.duplicates == one.records


def test_times_without_a_zone_are_meant_in_the_accounts(inbox: Folder) -> None:
    record = {
        "platform": "instagram",
        "account": "kpucontoh",
        "id": "1",
        "created_at": "2024-11-21T01:14:00",
        "text": "Halo",
    }
    inbox.drop("a.jsonl", msgspec.json.encode(record))

    (post,), _, _ = read(made(inbox.path, "kpucontoh"))

    assert post.created_at == datetime(2024, 11, 20, 18, 14, tzinfo=UTC)


def test_a_broken_cursor_reads_from_the_beginning(inbox: Folder, source: LiveSource) -> None:
    inbox.drop("a.jsonl", lines("satu"))

    assert len(read(source, "\0 bukan kursor")[0]) == 1


def test_large_files_are_told_apart_by_their_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detector.sources.live._inbox._WHOLE", 1 << 12)
    monkeypatch.setattr("detector.sources.live._inbox._PIECE", 1 << 6)
    made = []
    for number, tail in enumerate([b"a", b"b", b"a"]):
        path = tmp_path / str(number)
        path.write_bytes(b"x" * 20_000 + tail)
        made.append(fingerprint(path))

    assert made[0] == made[2] != made[1]


def test_quiet_polls_cost_no_commit(inbox: Folder, source: LiveSource) -> None:
    inbox.drop("a.jsonl", lines("satu"))
    _, _, cursor = read(source)

    assert list(source.poll(cursor, now())) == []


def test_every_page_is_small_enough(inbox: Folder, source: LiveSource) -> None:
    inbox.drop("a.jsonl", lines(*(f"Kabar {number}" for number in range(2_500))))

    pages: list[Page] = list(source.poll(None, now()))

    assert max(page.records for page in pages) <= 1_000
    assert sum(len(page.posts) for page in pages) == 2_500
