"""Real exports of other people, read where they lie beside the repository; skipped where they do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from detector import assembly
from detector.errors import SourceError
from detector.records import Page, Post
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.instagram_export import InstagramExport
from detector.sources.interface import takers
from detector.sources.native import Native

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
INSTAGRAM = SAMPLES / "instagram_export" / "transfer"
MUSEUM = SAMPLES / "instagram_sfomuseum" / "posts.jsonl"

NOBODYS: Final = frozenset({""})
"""Recorded answers of live interfaces, settings, schemas: no export anybody hands over."""
PERHAPS: Final = frozenset({"", "native"})
"""Like these, and yet a table of posts to who looks for texts and times alone."""
TABLE: Final = {
    "bluesky/MarshalX+atproto/lexicons/*.json": NOBODYS,
    "bluesky/MarshalX+atproto/tests/test_atproto_client/models/test_data/*.json": {"", "bluesky_export"},
    "bluesky/bluesky-social+atproto/packages/repo/tests/*.json": NOBODYS,
    "bluesky/snarfed+granary/test_bluesky/*.json": {"", "bluesky_export", "native"},
    "feeds/lemon24+reader/tests/data/*": {"feed_file"},
    "instagram_export/transfer/*": {"instagram_export"},
    "instagram_sfomuseum/posts.jsonl": PERHAPS,
    "mastodon/tests/*/*.yaml": NOBODYS,
    "meta_graph_api/testdata/*/*.json": PERHAPS,
    "meta_graph_api/testdata/*.json": PERHAPS,
    "meta_graph_api/testdata/*/*/*.json": PERHAPS,
    "meta_graph_api/testdata/*/*/*/*.json": PERHAPS,
    "telegram_export/test/telegram/*.json": {"telegram_export"},
    "x_api_v2/cassettes/*.yaml": NOBODYS,
    "x_archive/tests/tweets.json": {"twarc_jsonl", "native"},
    "x_archive/tests/zip_contents": {"x_archive"},
    "youtube_data_api/testdata/**/*.json": NOBODYS,
}  # fmt: skip
"""Which source may take which sample, each a file or a whole folder; the empty name is none."""
SAMPLE_FILES: Final = [
    pytest.param(path, names, id=path.relative_to(SAMPLES).as_posix())
    for pattern, names in TABLE.items()
    for path in sorted(SAMPLES.glob(pattern))
]

needs_instagram = pytest.mark.skipif(not INSTAGRAM.is_dir(), reason="samples are not here")
needs_museum = pytest.mark.skipif(not MUSEUM.is_file(), reason="samples are not here")


def read(folder: Path) -> tuple[list[Page], list[Post]]:
    archive = Archive.of(folder)
    assert InstagramExport.recognises(archive)
    pages = list(InstagramExport.open(archive).pages())
    return pages, [post for page in pages for post in page.posts]


@needs_instagram
def test_each_folder_is_one_export() -> None:
    found = group([SAMPLES / "instagram_export"], [InstagramExport.marks])
    assert not found.errors
    assert [one.path.name for one in found.archives] == [
        "test_image",
        "test_images",
        "test_mixed_media",
        "test_video",
    ]


@needs_instagram
@pytest.mark.parametrize(
    ("name", "media", "duplicates", "at", "begins"),
    [
        ("test_image", 1, 0, datetime(2024, 8, 4, 19, 52, 37, tzinfo=UTC), "A great rainy day lunch\n"),
        ("test_images", 5, 0, datetime(2022, 7, 26, 21, 45, 55, tzinfo=UTC), "A lil flower garden update:"),
        ("test_mixed_media", 10, 1, datetime(2024, 7, 7, 20, 35, 31, tzinfo=UTC), "What an incredible"),
        ("test_video", 1, 1, datetime(2016, 3, 23, 11, 32, 16, tzinfo=UTC), "Pokemon test video"),
    ],
)  # fmt: skip
def test_real_records_are_read_and_their_copies_counted(
    name: str, media: int, duplicates: int, at: datetime, begins: str
) -> None:
    pages, (post,) = read(INSTAGRAM / name)
    assert len(post.media) == media
    assert post.created_at == at
    assert post.text.startswith(begins)
    assert [page.duplicates for page in pages] == [duplicates]
    assert not [one for page in pages for one in page.rejected]
    assert "fbcdn" not in repr(post)


@needs_instagram
def test_a_real_place_is_kept_coarse() -> None:
    _, (post,) = read(INSTAGRAM / "test_video")
    assert post.location == "53.14,11.04"
    assert post.media[0].kind == "video"


@needs_museum
def test_a_museums_years_are_read_through_a_mapping(tmp_path: Path) -> None:
    """Their lines nest each post; flattened to native spellings, all are read."""
    path = tmp_path / "sfomuseum.jsonl"
    nested = [
        json.loads(line)["instagram:post"] for line in MUSEUM.read_bytes().splitlines() if line
    ]
    flat = [
        {"post_id": one["media_id"], "caption": one["caption"]["body"], "taken_at": one["taken"]}
        for one in nested
    ]
    path.write_text("\n".join(map(json.dumps, flat)), encoding="utf-8")
    pages = list(Native.open(Archive.of(path), platform="instagram").pages())
    posts = [post for page in pages for post in page.posts]
    assert len(posts) + sum(page.duplicates for page in pages) == len(nested)
    assert {post.account for post in posts} == {"sfomuseum"}
    assert {post.created_at.year for post in posts} >= set(range(2012, 2018))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="samples are not here")
def test_the_table_covers_every_sample() -> None:
    covered = [param.values[0] for param in SAMPLE_FILES]
    inside = [one for one in covered if isinstance(one, Path)]
    files = [one for one in SAMPLES.rglob("*") if one.is_file()]
    assert [one for one in files if not {one, *one.parents}.intersection(inside)] == []


@pytest.mark.parametrize(("path", "names"), SAMPLE_FILES)
def test_every_sample_is_taken_for_what_it_is_and_adds_up(path: Path, names: set[str]) -> None:
    archive = Archive.of(path)
    kinds = takers(archive, assembly.source_kinds().values())
    assert len(kinds) <= 1
    assert {one.name for one in kinds} | ({""} if not kinds else set()) <= names
    for kind in kinds:
        try:
            pages = list(kind.open(archive).pages())
        except SourceError as error:
            # Some were made to be refused.
            assert "\n" not in str(error)
            continue
        for page in pages:
            given = len(page.posts) + len(page.events) + len(page.rejected)
            assert given + page.duplicates + page.ignored == page.records
