"""Feeds that another reader is tested with, read where they lie; skipped where they do not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from detector.records import Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources.feed_file import FeedFile

FEEDS = Path(__file__).parents[2] / "shared" / "samples" / "feeds" / "lemon24+reader/tests/data"

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="samples are not here")


def read(name: str) -> tuple[list[Post], list[Rejected]]:
    archive = Archive.of(FEEDS / name)
    assert FeedFile.recognises(archive)
    pages: list[Page] = list(FeedFile.open(archive).pages())
    return [one for page in pages for one in page.posts], [
        one for page in pages for one in page.rejected
    ]


@pytest.mark.parametrize(
    ("name", "given", "refused"),
    [
        ("full.atom", 2, 3), ("full.rss", 2, 3), ("full.json", 2, 0), ("empty.rss", 0, 1), ("empty.json", 0, 1),
        ("relative.rss", 0, 1), ("invalid.json", 0, 8), ("unknown.json", 0, 0), ("10.json", 0, 0),
    ],
)  # fmt: skip
def test_every_item_is_a_post_or_rejected(name: str, given: int, refused: int) -> None:
    posts, rejected = read(name)
    assert (len(posts), len(rejected)) == (given, refused)


def test_a_full_atom_feed() -> None:
    posts, _ = read("full.atom")
    assert posts[1].created_at == datetime(2003, 12, 13, 17, 17, 51, tzinfo=UTC)
    assert posts[1].text.endswith("\n\ncontent")
    assert [one.size for one in posts[1].media] == [None, None, 1000, None]


def test_a_full_rss_feed() -> None:
    posts, _ = read("full.rss")
    assert posts[1].id.startswith("7bd204c6")
    assert [one.kind for one in posts[1].media] == ["other", "photo", "other", "other"]


def test_a_full_json_feed() -> None:
    posts, _ = read("full.json")
    assert [one.id for one in posts] == ["1", "2"]
    assert posts[1].language == "de"
    assert posts[1].links == ("http://example.com/",)
    assert posts[1].media[0].size == 12_345_678
