"""Apify's Instagram data sets: whatever columns users left, comments kept, errors counted."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources.apify_instagram import ApifyInstagram

NOON = datetime(2025, 6, 2, 5, 0, tzinfo=UTC)


def item(**more: Any) -> dict[str, Any]:
    return {
        "id": "3645000000000000001",
        "type": "Image",
        "shortCode": "DKYX_CTgAAB",
        "caption": "Halo",
        "url": "https://www.instagram.com/p/DKYX_CTgAAB/",
        "likesCount": -1,
        "timestamp": "2025-06-02T05:00:00.000Z",
        "ownerUsername": "pemkab.wanareja",
        **more,
    }


def read(path: Path, content: str, account: str | None = None) -> list[Page]:
    path.write_text(content, encoding="utf-8")
    archive = Archive.of(path)
    assert ApifyInstagram.recognises(archive)
    pages = list(ApifyInstagram.open(archive, account=account).pages())
    for page in pages:
        told = len(page.posts) + len(page.rejected) + page.duplicates + page.ignored
        assert told == page.records
    return pages


def listed(path: Path, *items: Any, account: str | None = None) -> list[Page]:
    return read(path, json.dumps(items), account)


def posts(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dataset.json"


def test_a_post_is_read(file: Path) -> None:
    (post,) = posts(listed(file, item(locationName="Alun-alun", productType="clips")))
    assert (post.account, post.id, post.created_at) == ("pemkab.wanareja", "DKYX_CTgAAB", NOON)
    assert (post.text, post.kind, post.location) == ("Halo", "reel", "Alun-alun")
    assert post.time_quality is TimeQuality.EXACT
    assert [one.kind for one in post.media] == ["photo"]


def test_comments_are_kept_with_answers_author_and_time(file: Path) -> None:
    comments = [
        {
            "text": "Min, diretas ya?", "ownerUsername": "warga", "timestamp": "2025-06-02T05:00:00.000Z",
            "replies": [{"text": "Tidak", "ownerUsername": "pemkab.wanareja", "timestamp": "kemarin"}],
        },
        {"text": None}, 7, {"ownerUsername": "x"},
    ]  # fmt: skip
    (post,) = posts(listed(file, item(latestComments=comments)))
    assert [(one.text, one.author, one.created_at) for one in post.comments] == [
        ("Min, diretas ya?", "warga", NOON),
        ("Tidak", "pemkab.wanareja", None),
    ]


def test_fields_that_users_left_out_are_done_without(file: Path) -> None:
    bare = {
        "caption": "Delapan kolom", "ownerFullName": "Pemkab", "ownerUsername": "pemkab.wanareja",
        "url": "https://www.instagram.com/reel/DKVsUtTgAAB/", "commentsCount": 1,
        "firstComment": "Semangat", "likesCount": 2, "timestamp": "2025-06-02T05:00:00.000Z",
    }  # fmt: skip
    nameless = {"timestamp": "2025-06-02T05:00:00.000Z", "caption": "x", "likesCount": 1}
    one, two = posts(listed(file, bare, nameless, account="@kantor"))
    assert (one.id, one.media) == ("DKVsUtTgAAB", ())
    assert [(said.text, said.author) for said in one.comments] == [("Semangat", None)]
    assert two.account == "kantor"
    assert two.url is None
    assert len(two.id) == 16


def test_children_of_a_carousel_are_its_media(file: Path) -> None:
    carousel = item(type="Sidecar", childPosts=[{"type": "Image"}, {"type": "Video"}, {}])
    bare = item(type="Sidecar", shortCode="Dlain000001", images=["a", "b"])
    one, two = posts(listed(file, carousel, bare))
    assert [medium.kind for medium in one.media] == ["photo", "video", "photo"]
    assert [medium.kind for medium in two.media] == ["photo", "photo"]
    assert all(medium.path is None for medium in one.media + two.media)


def test_errors_and_comments_by_themselves_are_ignored(file: Path) -> None:
    error = {
        "url": "https://www.instagram.com/x/",
        "error": "not_found",
        "errorDescription": "gone",
    }
    alone = {"postUrl": "https://www.instagram.com/p/x/", "text": "Halo", "ownerUsername": "warga"}
    (page,) = listed(file, error, alone, item())
    assert (page.ignored, len(page.posts)) == (2, 1)


def test_posts_inside_profiles_are_records_of_their_own(file: Path) -> None:
    inside = [{key: value for key, value in item().items() if key != "ownerUsername"}, item()]
    profile = {"username": "pemkab.wanareja", "followersCount": 5, "latestPosts": inside}
    empty = {"username": "kosong", "followersCount": 0, "postsCount": 0, "latestPosts": []}
    (page,) = listed(file, profile, empty)
    assert (page.records, page.ignored, page.duplicates) == (4, 2, 1)
    assert [(post.account, post.where) for post in page.posts] == [
        ("pemkab.wanareja", "dataset.json#0")
    ]


def test_a_post_found_twice_is_given_once(file: Path) -> None:
    pages = listed(file, item(isPinned=True), item(url=None), item(shortCode=None))
    assert [page.duplicates for page in pages] == [2]


def test_lines_are_read_like_a_list(tmp_path: Path) -> None:
    lines = f"{json.dumps(item())}\nrusak\n{json.dumps(item(shortCode='Dlain000001'))}\n"
    (page,) = read(tmp_path / "dataset.jsonl", lines)
    assert [post.where for post in page.posts] == ["dataset.jsonl#0", "dataset.jsonl#2"]
    assert [str(one.where) for one in page.rejected] == ["dataset.jsonl#1"]


def test_flattened_columns_are_put_together_again(tmp_path: Path) -> None:
    path = tmp_path / "dataset.csv"
    row = {
        "ownerUsername": "pemkab.wanareja", "shortCode": "DKYX_CTgAAB", "likesCount": "3",
        "timestamp": "2025-06-02T05:00:00.000Z", "caption": "baris\nbaru", "type": "Sidecar",
        "childPosts/0/type": "Image", "childPosts/1/type": "Video", "childPosts/2/type": "",
        "latestComments/1/text": "kedua", "latestComments/0/text": "pertama",
        "latestComments/0/owner/username": "x", "latestComments/0": "rusak",
    }  # fmt: skip
    with path.open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.DictWriter(table, list(row))
        writer.writeheader()
        writer.writerow(row)
    archive = Archive.of(path)
    assert ApifyInstagram.recognises(archive)
    (page,) = ApifyInstagram.open(archive).pages()
    (post,) = page.posts
    assert post.text == "baris\nbaru"
    assert [medium.kind for medium in post.media] == ["photo", "video"]
    assert [said.text for said in post.comments] == ["pertama", "kedua"]


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (item(timestamp=None), "has no time"),
        (item(timestamp={}), "its time is neither a text nor a number"),
        (item(timestamp="1999-01-01T00:00:00.000Z"), "its time is in the year 1999"),
        (item(timestamp="2150-01-01T00:00:00.000Z"), "its time is in the year 2150"),
        (item(caption=["x"]), "its text is no text"),
        ("x", "is not an object"),
        ([], "is not an object"),
        (None, "is not an object"),
    ],
)
def test_what_cannot_be_a_post_says_why(file: Path, odd: Any, why: str) -> None:
    (page,) = listed(file, item(), odd)
    assert [(str(one.where), one.why) for one in page.rejected] == [("dataset.json#1", why)]


@pytest.mark.parametrize(
    "odd",
    [
        {"childPosts": 3, "images": {}, "type": [], "latestComments": "x", "productType": 1},
        {"childPosts": [1, "x", {"type": 5}], "ownerUsername": 12, "id": [], "url": 3},
        {"latestComments": [{"text": "x", "replies": 7, "timestamp": []}], "locationName": {}},
    ],
)
def test_values_of_wrong_types_beside_the_post_do_no_harm(file: Path, odd: dict[str, Any]) -> None:
    assert [post.text for post in posts(listed(file, item(**odd)))] == ["Halo"]


@pytest.mark.parametrize(
    "text", ["[]", "{}", '[{"username": "x", "caption": "y"}]', "caption,id\n"]
)
def test_other_files_are_not_recognised(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    archive = Archive.of(file)
    assert not ApifyInstagram.recognises(archive)
    with pytest.raises(ExportFormatError, match=r"holds no posts of Apify"):
        ApifyInstagram.open(archive)
