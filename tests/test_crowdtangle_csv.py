"""CrowdTangle's tables: the viewer's zones, the locale's numbers, both flavours and both platforms."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources.crowdtangle_csv import CrowdtangleCsv

Row = dict[str, str]
PAGE = "https://www.facebook.com/100064000000001"


def facebook(**more: str) -> Row:
    return {
        "Page Name": "Pemkab Wanareja", "User Name": "pemkabwanareja", "Facebook Id": "100064000000001",
        "Likes at Posting": "45.120", "Post Created": "2021-07-05 18:02:45 WIB", "Type": "Photo",
        "Total Interactions": "1.407", "URL": f"{PAGE}/posts/4100000000000001", "Message": "Halo",
        "Link": "", "Final Link": "", "Image Text": "", "Link Text": "", "Description": "",
        "Overperforming Score": "1,4",
    } | {key.replace("_", " "): cell for key, cell in more.items()}  # fmt: skip


def instagram(**more: str) -> Row:
    return {
        "Account": "KPU Rekaan", "User Name": "kpurekaan", "Followers at Posting": "12,301",
        "Post Created": "2022-02-14 09:00:00 EST", "Type": "Photo", "Total Interactions": "1,407",
        "URL": "https://www.instagram.com/p/CZabcdefgh1/", "Photo": "https://cdn.example/SIGNED",
        "Title": "", "Description": "Halo", "Image Text": "",
    } | {key.replace("_", " "): cell for key, cell in more.items()}  # fmt: skip


def made(**more: str) -> Row:
    return {
        "platformId": "100064000000009_51", "date": "2020-05-22 01:30:00", "message": "Halo",
        "expandedLinks": "", "postUrl": "https://www.facebook.com/100064000000009/posts/51",
    } | more  # fmt: skip


def read(path: Path, *rows: Row, encoding: str = "utf-8-sig") -> list[Page]:
    with path.open("w", encoding=encoding, newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    archive = Archive.of(path)
    assert CrowdtangleCsv.recognises(archive)
    pages = list(CrowdtangleCsv.open(archive).pages())
    assert sum(page.records for page in pages) == len(rows)
    return pages


def posts(path: Path, *rows: Row) -> list[Post]:
    return [post for page in read(path, *rows) for post in page.posts]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_a_row_of_facebook_is_read(file: Path) -> None:
    (post,) = posts(file, facebook(Message='baris\n\n"baru"'))
    assert (post.platform, post.account) == ("facebook", "pemkabwanareja")
    assert post.id == "100064000000001_4100000000000001"
    assert (post.text, post.url) == ('baris\n\n"baru"', f"{PAGE}/posts/4100000000000001")
    assert post.created_at == datetime(2021, 7, 5, 11, 2, 45, tzinfo=UTC)
    assert [one.kind for one in post.media] == ["photo"]


@pytest.mark.parametrize(
    ("zone", "hour", "quality"),
    [
        ("UTC", 18, TimeQuality.EXACT),
        ("WIB", 11, TimeQuality.EXACT),
        ("BRT", 21, TimeQuality.EXACT),
        ("EST", 23, TimeQuality.EXACT),
        ("edt", 22, TimeQuality.EXACT),
        ("+08", 10, TimeQuality.EXACT),
        ("-03:30", 21, TimeQuality.EXACT),
        ("CST", 18, TimeQuality.LOCAL),
        ("PST", 18, TimeQuality.LOCAL),
        ("XYZ", 18, TimeQuality.LOCAL),
        ("", 18, TimeQuality.LOCAL),
    ],
)
def test_the_viewers_zone_is_undone_where_it_is_known(
    file: Path, zone: str, hour: int, quality: TimeQuality
) -> None:
    (post,) = posts(file, facebook(Post_Created=f"2021-07-05 18:02:45 {zone}"))
    assert (post.created_at.hour, post.time_quality) == (hour, quality)


def test_date_and_time_may_stand_in_columns_of_their_own(file: Path) -> None:
    row = facebook(Post_Created="", Post_Created_Date="2021-07-05", Post_Created_Time="18:02:45")
    (post,) = posts(file, row)
    assert post.created_at == datetime(2021, 7, 5, 18, 2, 45, tzinfo=UTC)
    assert post.time_quality is TimeQuality.LOCAL


def test_a_links_heading_is_the_text_only_of_a_post_without_words(file: Path) -> None:
    link = {"Link": "https://s.example/x", "Final_Link": "https://wanareja.example/berita"}
    one, two = posts(
        file,
        facebook(Message="", Link_Text="Judul", Description="ringkasan", Image_Text="OCR", **link),
        facebook(URL=f"{PAGE}/posts/4100000000000002", Link_Text="Judul"),
    )
    assert (one.text, one.links) == ("Judul", ("https://wanareja.example/berita",))
    assert (two.text, two.links) == ("Halo", ())


@pytest.mark.parametrize(
    ("url", "own"),
    [
        (f"{PAGE}/videos/4100000000000003", "100064000000001_4100000000000003"),
        (f"{PAGE}/videos/judul-film/4100000000000003/", "100064000000001_4100000000000003"),
        (f"{PAGE}/photos/a.1/4100000000000003/?type=3", "100064000000001_4100000000000003"),
        (
            "https://www.facebook.com/permalink.php?story_fbid=4100000000000003&id=1",
            "100064000000001_4100000000000003",
        ),
        (
            "https://www.facebook.com/groups/1/permalink/4100000000000003",
            "100064000000001_4100000000000003",
        ),
    ],
)
def test_a_posts_number_is_found_in_its_address(file: Path, url: str, own: str) -> None:
    assert [post.id for post in posts(file, facebook(URL=url))] == [own]


def test_without_a_number_time_and_words_tell_posts_apart(file: Path) -> None:
    (page,) = read(file, facebook(URL=""), facebook(URL=""), facebook(URL="", Message="lain"))
    assert (len(page.posts), page.duplicates) == (2, 1)


def test_without_a_user_name_the_page_is_the_account(file: Path) -> None:
    assert [post.account for post in posts(file, facebook(User_Name=""))] == ["Pemkab Wanareja"]


def test_a_row_of_instagram_is_read(file: Path) -> None:
    one, two = posts(
        file,
        instagram(),
        instagram(
            Description="",
            Title="Judul",
            Type="IGTV",
            URL="https://www.instagram.com/tv/CZabcdefgh2/",
        ),
    )
    assert (one.platform, one.account, one.id) == ("instagram", "kpurekaan", "CZabcdefgh1")
    assert (one.text, one.created_at) == ("Halo", datetime(2022, 2, 14, 14, tzinfo=UTC))
    assert (two.text, two.kind, two.id) == ("Judul", "igtv", "CZabcdefgh2")
    assert "SIGNED" not in repr(one)


def test_a_row_made_from_the_interface_is_read(file: Path) -> None:
    links = "[{'original': 'https://s.example/y', 'expanded': 'https://polres.example/x'}]"
    account = "{'id': 1, 'name': 'Polres Martasari', 'handle': 'polresmartasari'}"
    (post,) = posts(file, made(expandedLinks=links, account=account))
    assert (post.platform, post.account) == ("facebook", "polresmartasari")
    assert (post.id, post.links) == ("100064000000009_51", ("https://polres.example/x",))
    assert post.created_at == datetime(2020, 5, 22, 1, 30, tzinfo=UTC)
    assert post.time_quality is TimeQuality.EXACT


def test_the_owner_may_stand_only_in_the_address(file: Path) -> None:
    named = made(postUrl="https://www.facebook.com/polresmartasari/posts/51")
    bare = made(postUrl="", platformId="100064000000009_52")
    assert [post.account for post in posts(file, named, bare)] == [
        "polresmartasari", "100064000000009",
    ]  # fmt: skip


def test_the_interface_also_gives_instagram(file: Path) -> None:
    link = "https://www.instagram.com/p/CZabcdefgh1/"
    (post,) = posts(file, made(postUrl=link, platformId="27_5", platform="Instagram"))
    assert (post.platform, post.id, post.text) == ("instagram", "CZabcdefgh1", "Halo")


@pytest.mark.parametrize(
    ("created", "why"),
    [
        ("", "has no time"),
        ("2001-07-05 18:02:45 WIB", "its time is in the year 2001"),
        ("2150-07-05 18:02:45 WIB", "its time is in the year 2150"),
    ],
)
def test_a_row_that_cannot_be_a_post_says_why(file: Path, created: str, why: str) -> None:
    (page,) = read(file, facebook(), facebook(Post_Created=created))
    assert [(str(one.where), one.why) for one in page.rejected] == [("table.csv#1", why)]


def test_a_row_with_too_many_cells_costs_only_itself(file: Path) -> None:
    read(file, facebook())
    with file.open("a", encoding="utf-8") as table:
        table.write(",".join("x" * 99) + "\n")
    (page,) = CrowdtangleCsv.open(Archive.of(file)).pages()
    assert (len(page.posts), len(page.rejected)) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_other_encodings_are_read(file: Path, encoding: str) -> None:
    (page,) = read(file, facebook(Message="Kantor ✨"), encoding=encoding)
    assert [post.text for post in page.posts] == ["Kantor ✨"]


@pytest.mark.parametrize("header", ["Page Name,Message", "platformId,x", "date,message,url", "x"])
def test_other_tables_are_not_recognised(file: Path, header: str) -> None:
    file.write_text(f"{header}\n1,2,3\n", encoding="utf-8")
    archive = Archive.of(file)
    assert not CrowdtangleCsv.recognises(archive)
    with pytest.raises(ExportFormatError, match=r"no table of CrowdTangle"):
        CrowdtangleCsv.open(archive)
