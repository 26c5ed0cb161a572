"""What convert writes, scan and convert read back as the same posts and events."""

from __future__ import annotations

import contextlib
import csv
import errno
import gc
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from build_fixtures import FIXTURES

from detector import assembly
from detector.gather import Gathering
from detector.records import AccountEvent, Post
from detector.report.native import FORMS, writer

SOURCES = list(assembly.source_kinds().values())


def convert(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "detector", "convert", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def held(*paths: Path) -> tuple[list[Post], list[AccountEvent]]:
    gathering = Gathering(paths, SOURCES)
    pages = list(gathering.pages())
    assert not gathering.errors
    assert not gathering.rejected
    posts = [post for page in pages for post in page.posts]
    return posts, [event for page in pages for event in page.events]


def essence(one: Post | AccountEvent) -> tuple[object, ...]:
    if isinstance(one, Post):
        media = tuple((each.kind, each.path, each.size) for each in one.media)
        said = tuple((each.text, each.author, each.created_at) for each in one.comments)
        return (
            one.platform, one.account, one.id, one.created_at, one.text, one.time_quality, one.url,
            one.app, one.is_repost, one.in_reply_to, one.links, media, said,
        )  # fmt: skip
    return one.platform, one.account, one.kind, one.at, tuple(sorted(one.details.items()))


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("name", ["instagram_export", "x_archive", "apify_instagram"])
def test_what_is_written_reads_back_the_same(name: str, ending: str, tmp_path: Path) -> None:
    folder = FIXTURES / "sources" / name
    target = tmp_path / f"all.{ending}"
    paths = [one for one in sorted(folder.iterdir()) if one.name != "expected.jsonl"]
    ran = convert(*paths, "-o", target)
    assert ran.returncode == 0, ran.stderr

    gathering = Gathering(paths, SOURCES)
    pages = list(gathering.pages())
    posts, events = held(target)

    assert sorted(map(essence, posts), key=repr) == sorted(
        (essence(post) for page in pages for post in page.posts), key=repr
    )
    assert sorted(map(essence, events), key=repr) == sorted(
        (essence(event) for page in pages for event in page.events), key=repr
    )


def test_events_may_have_a_file_of_their_own(tmp_path: Path) -> None:
    export = FIXTURES / "accounts"
    ran = convert(export, "-o", tmp_path / "posts.csv", "--events", tmp_path / "events.jsonl")

    assert ran.returncode == 0, ran.stderr
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert events
    assert all(event["event"] and "text" not in event for event in events)
    assert len(held(tmp_path / "posts.csv")[0]) == 1047
    assert "instagram_export" in ran.stderr


def test_an_unusable_input_ends_with_2_and_the_rest_is_written(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_text("no zip")
    export = FIXTURES / "sources" / "native" / "posts.jsonl"
    ran = convert(tmp_path / "broken.zip", export)

    assert ran.returncode == 2
    assert ran.stdout.count("\n") > 1
    assert "is named .zip but is not a ZIP" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("name", ["posts.xlsx", "posts"])
def test_an_ending_of_no_format_is_one_line(name: str, tmp_path: Path) -> None:
    ran = convert(FIXTURES / "sources" / "native" / "posts.jsonl", "-o", tmp_path / name)

    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "use .jsonl, .csv or .parquet" in ran.stderr


HOSTILE = [
    '=HYPERLINK("https://x.example")', "+62 812-0000-1111", "-1", "@warga", "\tmasuk", "'kutip'", "''", "'=1+1",
    "＝1+1", "biasa, dengan koma", "baris\r\nbaru", "\n=1", '"',
]  # fmt: skip


def test_no_cell_is_run_by_a_spreadsheet_and_every_text_comes_back(tmp_path: Path) -> None:
    given = tmp_path / "given.jsonl"
    with given.open("w", encoding="utf-8") as lines:
        for index, text in enumerate(HOSTILE):
            one = {"platform": "x", "account": "=cmd", "id": f"-{index}", "text": text}
            lines.write(json.dumps(one | {"created_at": f"2024-11-21T01:{index:02}:00Z"}) + "\n")
    target, again = tmp_path / "posts.csv", tmp_path / "again.csv"
    assert convert(given, "-o", target).returncode == 0
    assert convert(target, "-o", again).returncode == 0

    with target.open(encoding="utf-8-sig", newline="") as table:
        cells = [cell for row in csv.reader(table) for cell in row]
    assert not [
        cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    ]
    posts, _ = held(target)
    assert [post.text for post in posts] == HOSTILE
    assert {post.account for post in posts} == {"=cmd"}
    assert posts[3].id == "-3"
    assert [post.text for post in held(again)[0]] == HOSTILE


def test_an_apostrophe_in_somebody_elses_table_stays(tmp_path: Path) -> None:
    table = tmp_path / "tabel.csv"
    table.write_text(
        "platform,account,id,created_at,text\nx,a,1,2024-11-21T01:00:00Z,'kutip\n", "utf-8"
    )
    (post,) = held(table)[0]
    assert post.text == "'kutip"


class _Full(io.BytesIO):
    """A file on a disk that is full."""

    def write(self, content: object) -> int:
        del content
        raise OSError(errno.ENOSPC, "No space left on device")

    writelines = write  # type: ignore[assignment]


@pytest.mark.parametrize("form", FORMS)
def test_a_disk_that_is_full_is_told_once(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a second time by what is thrown away half written, after the one line on stderr."""
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    post = Post(
        platform="x", account="a", id="1", created_at=datetime(2024, 1, 1, tzinfo=UTC), text="b"
    )
    with pytest.raises(OSError, match="No space left"):
        write_to(form, post)
    gc.collect()

    assert not complaints


def write_to(form: str, post: Post) -> None:
    with contextlib.closing(writer(form, _Full())) as records:
        records.write([post])
