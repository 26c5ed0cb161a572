"""Tables of the Meta Content Library: dotted columns, and a platform that must be told from them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources.meta_content_library_csv import MetaContentLibraryCsv

Row = dict[str, str]


def row(**more: str) -> Row:
    return {
        "id": "900000000000001",
        "mcl_url": "https://www.facebook.com/transparency-tools/content-library/post/900000000000001",
        "creation_time": "2024-03-02T03:04:05+00:00",
        "text": "Halo",
        "lang": "id",
        "content_type": "posts",
        "post_owner.id": "888",
        "post_owner.name": "Dinas Kesehatan",
        "post_owner.username": "dinkes",
        **more,
    }


def read(path: Path, *rows: Row, platform: str | None = None) -> list[Page]:
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    archive = Archive.of(path)
    assert MetaContentLibraryCsv.recognises(archive)
    pages = list(MetaContentLibraryCsv.open(archive, platform=platform).pages())
    assert sum(page.records for page in pages) == len(rows)
    return pages


def posts(path: Path, *rows: Row, platform: str | None = None) -> list[Post]:
    return [post for page in read(path, *rows, platform=platform) for post in page.posts]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_a_row_is_read(file: Path) -> None:
    shown = "[{'id': '1', 'type': 'photo'}, {'id': '2', 'type': 'video'}]"
    (post,) = posts(file, row(text="baris\nbaru", multimedia=shown))
    assert (post.account, post.id, post.language) == ("dinkes", "900000000000001", "id")
    assert (post.text, post.time_quality) == ("baris\nbaru", TimeQuality.EXACT)
    assert post.created_at == datetime(2024, 3, 2, 3, 4, 5, tzinfo=UTC)
    assert [one.kind for one in post.media] == ["photo", "video"]


@pytest.mark.parametrize(
    ("more", "given", "platform"),
    [
        ({"statistics.share_count": "1"}, None, "facebook"),
        ({"surface.id": "1"}, "instagram", "facebook"),
        ({"statistics.views": "1"}, None, "instagram"),
        ({"post_owner.type": "page"}, None, "facebook"),
        ({"post_owner.type": "business"}, None, "instagram"),
        ({"statistics.views": "1"}, "Threads", "threads"),
        ({"platform": "threads"}, None, "threads"),
        ({"post_url": "https://www.instagram.com/p/x/", "surface.id": "1"}, None, "instagram"),
    ],
)
def test_the_platform_is_told_by_what_only_it_has(
    file: Path, more: Row, given: str | None, platform: str
) -> None:
    assert [post.platform for post in posts(file, row(**more), platform=given)] == [platform]


def test_shared_posts_and_links_are_kept(file: Path) -> None:
    more = {"shared_post_id": "1", "link_attachment.link": "https://dinkes.example/polio"}
    (post,) = posts(file, row(**more))
    assert (post.is_repost, post.links) == (True, ("https://dinkes.example/polio",))


def test_reels_are_told_by_their_kind(file: Path) -> None:
    (post,) = posts(file, row(content_type="REELS"))
    assert (post.kind, [one.kind for one in post.media]) == ("reel", ["video"])


def test_the_owners_name_or_number_stands_in_for_a_handle(file: Path) -> None:
    rows = [
        row(**{"post_owner.username": ""}),
        row(id="2", **{"post_owner.username": "", "post_owner.name": ""}),
    ]
    assert [post.account for post in posts(file, *rows)] == ["Dinas Kesehatan", "888"]


def test_a_spreadsheets_times_are_still_utc(file: Path) -> None:
    (post,) = posts(file, row(creation_time="2024-03-02 03:04:05"))
    assert (post.created_at.hour, post.time_quality) == (3, TimeQuality.EXACT)


def test_joined_tables_repeat_the_header_and_the_posts(file: Path) -> None:
    (page,) = read(file, row(), {title: title for title in row()}, row())
    assert (len(page.posts), page.ignored, page.duplicates) == (1, 1, 1)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"creation_time": ""}, "has no time"),
        ({"creation_time": "1999-03-02T03:04:05+00:00"}, "its time is in the year 1999"),
        (dict.fromkeys(row(), ""), "is empty"),
    ],
)
def test_a_row_that_cannot_be_a_post_says_why(file: Path, more: Row, why: str) -> None:
    (page,) = read(file, row(), row(**more))
    assert [(str(one.where), one.why) for one in page.rejected] == [("table.csv#1", why)]


@pytest.mark.parametrize("header", ["creation_time,text", "mcl_url,text", "x"])
def test_other_tables_are_not_recognised(file: Path, header: str) -> None:
    file.write_text(f"{header}\n1,2\n", encoding="utf-8")
    archive = Archive.of(file)
    assert not MetaContentLibraryCsv.recognises(archive)
    with pytest.raises(ExportFormatError, match=r"no table of the Meta Content Library"):
        MetaContentLibraryCsv.open(archive)
