"""4CAT's tables: the platform from the columns, the time from Unix, the missing not taken for empty."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources.fourcat_csv import FourcatCsv

NOON = datetime(2024, 11, 18, 5, 0, tzinfo=UTC)
STAMP = str(int(NOON.timestamp()))
Row = dict[str, str]


def row(**more: str) -> Row:
    return {
        "id": "DAbcdefgh01",
        "thread_id": "DAbcdefgh01",
        "url": "https://www.instagram.com/p/DAbcdefgh01",
        "body": "Halo",
        "author": "kpurekaan",
        "timestamp": "2024-11-18 12:00:00",
        "unix_timestamp": STAMP,
        **more,
    }


def read(
    path: Path, *rows: Row, account: str | None = None, platform: str | None = None
) -> list[Page]:
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    archive = Archive.of(path)
    assert FourcatCsv.recognises(archive)
    pages = list(FourcatCsv.open(archive, account=account, platform=platform).pages())
    assert sum(page.records for page in pages) == len(rows)
    return pages


def posts(path: Path, *rows: Row, platform: str | None = None) -> list[Post]:
    return [post for page in read(path, *rows, platform=platform) for post in page.posts]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_a_row_of_instagram_is_read(file: Path) -> None:
    more = {"usertags": "", "num_media": "2", "media_type": "photo", "location_name": "Kantor"}
    (post,) = posts(file, row(body="baris\nbaru", **more))
    assert (post.platform, post.account, post.id) == ("instagram", "kpurekaan", "DAbcdefgh01")
    assert (post.text, post.location, post.created_at) == ("baris\nbaru", "Kantor", NOON)
    assert [one.kind for one in post.media] == ["photo", "photo"]
    assert post.time_quality is TimeQuality.EXACT


def test_a_row_of_tiktok_is_read(file: Path) -> None:
    link = "https://www.tiktok.com/@bpbd/video/75"
    (post,) = posts(file, row(id="75", tiktok_url=link, url=""))
    assert (post.platform, post.url) == ("tiktok", link)
    assert [one.kind for one in post.media] == ["video"]


def test_a_row_of_x_is_read(file: Path) -> None:
    more = {
        "link": "https://x.com/polres/status/1", "language_guess": "in", "is_retweet": "yes",
        "source": "TweetDeck", "is_reply": "yes", "images": "https://a.example/1.jpg",
        "urls": "https://a.example/x,y,https://b.example", "place_name": "Martasari",
    }  # fmt: skip
    (post,) = posts(file, row(id="1", thread_id="0", url="", **more))
    assert (post.platform, post.is_repost, post.in_reply_to) == ("x", True, "0")
    assert post.links == ("https://a.example/x,y", "https://b.example")
    assert (post.app, post.language, post.location) == ("TweetDeck", "in", "Martasari")
    assert post.url == "https://x.com/polres/status/1"


def test_telegrams_ids_count_anew_in_every_channel(file: Path) -> None:
    def message(chat: str, **more: str) -> Row:
        base = {"id": "101", "chat": chat, "thread_id": chat, "attachment_type": "", "url": ""}
        blank = {"author_username": "", "reply_to": "", "author_forwarded_from_name": ""}
        return row(author="-100", **(base | blank | more))

    rows = [message("kominfo"), message("bpbd", reply_to="99"), message("kominfo")]
    (page,) = read(file, *rows, message("grup", author_username="warga"))
    assert [(post.account, post.url) for post in page.posts] == [
        ("kominfo", "https://t.me/kominfo/101"),
        ("bpbd", "https://t.me/bpbd/101"),
        ("warga", "https://t.me/grup/101"),
    ]
    assert page.duplicates == 1
    assert page.posts[1].in_reply_to == "99"


def test_a_platform_that_columns_do_not_tell_is_told_by_links_or_by_the_caller(file: Path) -> None:
    assert [one.platform for one in posts(file, row(url="https://bsky.app/profile/x/post/1"))] == [
        "bluesky"
    ]
    assert [one.platform for one in posts(file, row(url=""), platform="Gab")] == ["gab"]
    assert [one.platform for one in posts(file, row(url=""))] == ["unknown"]


def test_without_unix_time_the_servers_local_time_is_read_as_such(file: Path) -> None:
    found = posts(file, row(unix_timestamp="0"), row(id="x", timestamp=STAMP, unix_timestamp=""))
    assert [one.time_quality for one in found] == [TimeQuality.LOCAL, TimeQuality.EXACT]
    assert found[0].created_at == datetime(2024, 11, 18, 12, 0, tzinfo=UTC)
    assert found[1].created_at == NOON


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"unix_timestamp": "0", "timestamp": "0"}, "has no time"),
        ({"unix_timestamp": "", "timestamp": ""}, "has no time"),
        ({"unix_timestamp": "None", "timestamp": "-1"}, "has no time"),
        (
            {"unix_timestamp": "0", "timestamp": "1970-01-01 01:00:00"},
            "its time is in the year 1970",
        ),
        ({"unix_timestamp": "86400"}, "its time is in the year 1970"),
        (
            {"body": "", "missing_fields": "likes, body"},
            "has no text: 4CAT says that it is missing",
        ),
    ],
)
def test_a_row_that_cannot_be_a_post_says_why(file: Path, more: Row, why: str) -> None:
    base = {"missing_fields": ""}
    (page,) = read(file, row(id="x", **base), row(**(base | more)))
    assert [(str(one.where), one.why) for one in page.rejected] == [("table.csv#1", why)]


def test_an_empty_text_that_is_not_missing_is_a_post(file: Path) -> None:
    assert [post.text for post in posts(file, row(body="", missing_fields="num_likes"))] == [""]


def test_comments_and_advertisements_are_ignored(file: Path) -> None:
    rows = [row(type="picture", is_ad="no"), row(id="a", type="comment", is_ad=""),
            row(id="b", type="", is_ad="yes")]  # fmt: skip
    (page,) = read(file, *rows)
    assert (len(page.posts), page.ignored) == (1, 2)


def test_the_first_tables_link_to_pictures_and_not_to_posts(file: Path) -> None:
    old = {"usertags": "", "hashtags": "", "num_likes": "3", "url": "https://cdn.example/a.jpg?sig"}
    (post,) = posts(file, row(**old))
    assert post.url == "https://www.instagram.com/p/DAbcdefgh01/"


def test_where_the_collector_was_is_never_given(file: Path) -> None:
    pages = read(file, row(collected_from_url="https://www.instagram.com/COLLECTOR/"))
    assert "COLLECTOR" not in repr(pages)


def test_the_names_of_the_columns_once_more_are_ignored(file: Path) -> None:
    (page,) = read(file, row(), {title: title for title in row()})
    assert (len(page.posts), page.ignored) == (1, 1)


def test_an_author_that_is_missing_is_the_callers_account(file: Path) -> None:
    (page,) = read(file, row(author=""), account="@kantor")
    assert [post.account for post in page.posts] == ["kantor"]


@pytest.mark.parametrize("header", ["id,body,author", "thread_id,timestamp,subject", "x", ""])
def test_other_tables_are_not_recognised(file: Path, header: str) -> None:
    file.write_text(f"{header}\n1,2,3\n", encoding="utf-8")
    archive = Archive.of(file)
    assert not FourcatCsv.recognises(archive)
    with pytest.raises(ExportFormatError, match=r"no table of 4CAT"):
        FourcatCsv.open(archive)


def test_what_a_spreadsheet_wrote_is_read_as_it_was(tmp_path: Path) -> None:
    saved = {"unix_timestamp": "", "id": "1.85964E+18", "thread_id": "1.85964E+18"}
    first, second = posts(
        tmp_path / "saved.csv",
        row(**saved, timestamp="21/11/2024 1:14", body="Rapat â€” tepat ðŸš€"),
        row(**saved, timestamp="2/11/2024 01.05", body="Kedua"),
    )
    assert [one.created_at for one in (first, second)] == [
        datetime(2024, 11, 21, 1, 14, tzinfo=UTC),
        datetime(2024, 11, 2, 1, 5, tzinfo=UTC),
    ]
    assert first.text == "Rapat — tepat 🚀"
    assert first.id != second.id


def test_dates_whose_order_nothing_tells_are_rejected(tmp_path: Path) -> None:
    pages = read(
        tmp_path / "saved.csv",
        row(unix_timestamp="", timestamp="3/11/2024 1:14"),
        row(unix_timestamp="", timestamp="2/11/2024 1:05"),
    )
    assert [len(page.rejected) for page in pages] == [2]


def test_a_title_may_stand_above_the_names_of_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "titled.csv"
    named = ",".join(row())
    path.write_text(
        f"Laporan bulanan,,,,,,\nDibuat,21/11/2024,,,,,\n,,,,,,\n{named}\n{','.join(row().values())}\n"
    )
    archive = Archive.of(path)
    assert FourcatCsv.recognises(archive)
    (page,) = FourcatCsv.open(archive).pages()
    assert [one.where for one in page.posts] == ["titled.csv#0"]
