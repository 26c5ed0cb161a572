"""gallery-dl's metadata: one file a picture, one post of them all, times in UTC."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.gallery_dl import GalleryDl

NOON = datetime(2024, 5, 2, 1, 30, tzinfo=UTC)


def instagram(**more: Any) -> dict[str, Any]:
    return {
        "post_id": "3358743096178245633",
        "post_shortcode": "C6cpwzzgAAB",
        "date": "2024-05-02 01:30:00",
        "username": "diskominfo",
        "description": "Halo",
        "category": "instagram",
        "subcategory": "posts",
        **more,
    }


def tweet(**more: Any) -> dict[str, Any]:
    return {
        "tweet_id": 1790000000000000001,
        "retweet_id": 0,
        "date": "2024-05-02 01:30:00",
        "author": {"name": "polres"},
        "user": {"name": "polres"},
        "content": "Halo",
        "category": "twitter",
        "subcategory": "timeline",
        **more,
    }


def read(folder: Path, files: dict[str, Any], account: str | None = None) -> list[Page]:
    for name, tree in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tree if isinstance(tree, bytes) else json.dumps(tree, indent=4).encode())
    archive = Archive.of(folder)
    assert GalleryDl.recognises(archive)
    pages = list(GalleryDl.open(archive, account=account).pages())
    for page in pages:
        told = len(page.posts) + len(page.rejected) + page.duplicates + page.ignored
        assert told == page.records
    return pages


def posts(folder: Path, files: dict[str, Any], account: str | None = None) -> list[Post]:
    return [post for page in read(folder, files, account) for post in page.posts]


def test_the_files_of_one_post_are_joined(tmp_path: Path) -> None:
    files = {
        "a/1.jpg.json": instagram(num=1), "a/1.jpg": b"12345",
        "a/2.mp4.json": instagram(num=2),
    }  # fmt: skip
    (page,) = read(tmp_path, files)
    (post,) = page.posts
    assert page.duplicates == 1
    assert (post.account, post.id, post.text) == ("diskominfo", "C6cpwzzgAAB", "Halo")
    assert (post.created_at, post.time_quality) == (NOON, TimeQuality.EXACT)
    assert [(one.kind, one.path, one.size) for one in post.media] == [
        ("photo", "a/1.jpg", 5),
        ("video", None, None),
    ]
    assert post.where == "a/1.jpg.json#0"


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (instagram(), ("instagram", "diskominfo", "Halo", "C6cpwzzgAAB")),
        (instagram(post_shortcode=None), ("instagram", "diskominfo", "Halo", "C6cpwzzgAAB")),
        (tweet(), ("x", "polres", "Halo", "1790000000000000001")),
        (
            {
                "id": "73", "desc": "Film", "createTime": "1714613400", "author": {"uniqueId": "bpbd"},
                "category": "tiktok", "subcategory": "post",
            },
            ("tiktok", "bpbd", "Film", "73"),
        ),
        (
            {
                "id": "1", "caption": "Foto", "date": "2024-05-02 01:30:00", "username": "pemkab",
                "category": "facebook", "subcategory": "photos",
            },
            ("facebook", "pemkab", "Foto", "1"),
        ),
        (
            {
                "post_id": "3kab", "text": "Langit", "createdAt": "2024-05-02T01:30:00Z",
                "author": {"handle": "kominfo.example"}, "category": "bluesky", "subcategory": "posts",
            },
            ("bluesky", "kominfo.example", "Langit", "3kab"),
        ),
        (
            {
                "id": "11", "content": "<p>Satu &amp;<br>dua</p>", "date": "2024-05-02 01:30:00",
                "account": {"acct": "kominfo"}, "category": "mastodon", "subcategory": "user",
            },
            ("mastodon", "kominfo", "Satu &\ndua", "11"),
        ),
    ],
)  # fmt: skip
def test_each_sites_fields_are_found(
    tmp_path: Path, tree: dict[str, Any], expected: tuple[str, ...]
) -> None:
    (post,) = posts(tmp_path, {"1.jpg.json": tree})
    assert (post.platform, post.account, post.text, post.id) == expected
    assert post.created_at == NOON


def test_reposts_answers_and_stories_are_told_apart(tmp_path: Path) -> None:
    files = {
        "1.jpg.json": tweet(retweet_id=5, author={"name": "bmkg"}, source="TweetDeck"),
        "2.jpg.json": tweet(tweet_id=2, reply_id=9),
        "3.jpg.json": instagram(subcategory="stories"),
    }
    found = {post.id: post for post in posts(tmp_path, files)}
    repost = found["1790000000000000001"]
    assert (repost.is_repost, repost.account, repost.app) == (True, "polres", "TweetDeck")
    assert found["2"].in_reply_to == "9"
    assert found["C6cpwzzgAAB"].kind == "story"


def test_a_signed_address_is_never_given(tmp_path: Path) -> None:
    (post,) = posts(tmp_path, {"1.jpg.json": instagram(display_url="https://cdn.example/SECRET")})
    assert "SECRET" not in repr(post)


def test_posts_come_oldest_first_and_the_undated_before_them(tmp_path: Path) -> None:
    files = {
        "1.jpg.json": instagram(),
        "2.jpg.json": instagram(post_shortcode="Clama000001", date="2023-05-02 01:30:00"),
        "3.jpg.json": instagram(post_shortcode="Ctanpa00001", date=""),
        "4.jpg.json": instagram(post_shortcode="Cdini000001", date="2003-05-02 01:30:00"),
    }
    (page,) = read(tmp_path, files)
    assert [post.id for post in page.posts] == ["Clama000001", "C6cpwzzgAAB"]
    assert [(str(one.where), one.why) for one in page.rejected] == [
        ("3.jpg.json#0", "has no time"),
        ("4.jpg.json#0", "its time is in the year 2003"),
    ]


def test_other_sites_and_files_about_an_account_are_ignored(tmp_path: Path) -> None:
    pixiv = {"id": 1, "date": "2024-05-02 01:30:00", "category": "pixiv", "subcategory": "artworks"}
    info = {"username": "diskominfo", "category": "instagram", "subcategory": "info"}
    (page,) = read(tmp_path, {"1.jpg.json": pixiv, "info.json": info, "2.jpg.json": instagram()})
    assert (page.ignored, len(page.posts)) == (2, 1)


def test_without_an_author_the_caller_or_the_folder_names_the_account(tmp_path: Path) -> None:
    files = {"1.jpg.json": instagram(username=None)}
    assert [post.account for post in posts(tmp_path / "kantor", files)] == ["kantor"]
    assert [post.account for post in posts(tmp_path / "kantor", files, "@lain")] == ["lain"]


@pytest.mark.parametrize(
    "odd",
    [
        {"author": [], "langs": 3, "lang": {}, "reply": 5, "source": ["x"], "type": []},
        {"location_slug": 7, "post_url": 3, "reblog": "x", "extension": None},
    ],
)
def test_values_of_wrong_types_beside_the_post_do_no_harm(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    assert [post.text for post in posts(tmp_path, {"1.json": instagram(**odd)})] == ["Halo"]


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        (instagram(description=3), "its text is no text"),
        (instagram(date=[]), "has no time"),
        (instagram(date={"x": 1}), "its time is neither a text nor a number"),
        ([1], "is not an object"),
        (b'{"category": "instagram"', "is not whole JSON: damaged or cut off"),
    ],
)
def test_what_cannot_be_a_post_says_why(tmp_path: Path, tree: Any, why: str) -> None:
    (page,) = read(tmp_path, {"1.jpg.json": instagram(), "2.jpg.json": tree})
    assert [one.why for one in page.rejected] == [why]


def test_the_only_file_when_damaged_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "1.jpg.json").write_bytes(b'{"category": "instagram", "subcategory": "posts"')
    with pytest.raises(ExportFormatError, match=r"1\.jpg\.json: is not whole JSON"):
        list(GalleryDl.open(Archive.of(tmp_path)).pages())


def test_a_folder_of_metadata_is_one_export(tmp_path: Path) -> None:
    for number in range(3):
        path = tmp_path / "instagram" / "diskominfo" / f"{number}.jpg.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(instagram()), encoding="utf-8")
    found = group([tmp_path], [GalleryDl.marks])
    assert [one.path.name for one in found.archives] == ["diskominfo"]


@pytest.mark.parametrize("content", ["{}", '{"category": "x"}', "[]", '{"title": "a.jpg"}'])
def test_other_json_is_not_recognised(tmp_path: Path, content: str) -> None:
    (tmp_path / "1.jpg.json").write_text(content, encoding="utf-8")
    assert not GalleryDl.recognises(Archive.of(tmp_path))


def test_a_folder_without_metadata_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"x")
    with pytest.raises(ExportFormatError, match=r"no metadata of gallery-dl"):
        GalleryDl.open(Archive.of(tmp_path))


@pytest.mark.parametrize("is_listed", [True, False])
def test_what_is_printed_is_read_like_what_is_written(tmp_path: Path, *, is_listed: bool) -> None:
    """A message for each post and one for each of its files; addresses to go on with and errors are no posts."""
    only_text = tweet(
        tweet_id=1790000000000000002, content="Tanpa gambar", date="2024-05-03 01:00:00"
    )
    messages = [
        [2, tweet()],
        [3, "https://pbs.example/1.jpg?name=orig", tweet(extension="jpg", num=1)],
        [3, "https://video.example/2.mp4", tweet(extension="mp4", num=2)],
        [2, only_text],
        [6, "https://x.com/polres/timeline", {"category": "twitter", "subcategory": "user"}],
        [-1, {"error": "AuthRequired", "message": "login"}],
        [2, tweet(date=None)],
        [3, "https://pbs.example/1.jpg"],
        "rusak",
    ]
    lines = "\n".join(map(json.dumps, messages)).encode()
    (page,) = read(tmp_path / "x", {"polres.json": messages if is_listed else lines})
    assert [(one.text, [each.kind for each in one.media]) for one in page.posts] == [
        ("Halo", ["photo", "video"]),
        ("Tanpa gambar", []),
    ]
    assert (page.records, page.duplicates, page.ignored) == (9, 2, 2)
    assert [(str(one.where), one.why) for one in page.rejected] == [
        ("polres.json#6", "has no time"),
        ("polres.json#7", "has no metadata"),
        ("polres.json#8", "is none of gallery-dl's messages"),
    ]


def test_metadata_in_lines_is_read(tmp_path: Path) -> None:
    lines = "\n".join(map(json.dumps, [instagram(), tweet(), instagram()]))
    path = tmp_path / "metadata.jsonl"
    path.write_text(lines, encoding="utf-8")
    archive = Archive.of(path)
    assert GalleryDl.recognises(archive)
    (page,) = GalleryDl.open(archive).pages()
    assert [(one.platform, one.where) for one in page.posts] == [
        ("instagram", "metadata.jsonl#0"),
        ("x", "metadata.jsonl#1"),
    ]
    assert page.duplicates == 1


def test_a_file_is_opened_once_however_it_was_written(tmp_path: Path) -> None:
    """A message's file may be of any size, a file of metadata may be longer in UTF-8 than it was."""
    long = json.dumps(tweet(content="ꦲ" * 20_000), ensure_ascii=False)
    files = {
        "1.jpg.json": json.dumps(instagram(), indent=4).encode(),
        "2.jpg.json": long.encode("utf-16"),
        "3.json": json.dumps([[2, instagram(post_shortcode="C1")]]).encode(),
        "4.jpg.json": b" " * (1 << 24) + json.dumps(instagram(post_shortcode="C2")).encode(),
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    archive = _Counting.of(tmp_path)
    assert isinstance(archive, _Counting)
    source = GalleryDl.open(archive)
    archive.opened.clear()
    (page,) = source.pages()
    assert sorted(archive.opened) == sorted(files)
    assert {len(one.text) for one in page.posts} == {4, 20_000}
    assert {one.id for one in page.posts} == {"C6cpwzzgAAB", "1790000000000000001", "C1"}
    assert [one.why for one in page.rejected] == ["is too large to be metadata"]


class _Counting(Archive):
    """Keeps in mind which members were opened."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.opened: list[str] = []

    def open(self, member: str) -> io.BufferedReader:
        self.opened.append(member)
        return super().open(member)
