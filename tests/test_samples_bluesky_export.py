"""Real records of Bluesky's, as others keep them for their tests, read where they lie."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._atproto import blocks, spelled
from detector.sources.bluesky_export import BlueskyExport

FOLDER = Path(__file__).parents[2] / "shared" / "samples" / "bluesky"
RECORDS = FOLDER / "MarshalX+atproto/tests/test_atproto_client/models/test_data"
GRANARY = FOLDER / "snarfed+granary/test_bluesky"
CARS = FOLDER / "bluesky-social+atproto/packages/repo/tests/car-file-fixtures.json"

needs_samples = pytest.mark.skipif(not FOLDER.is_dir(), reason="samples are not here")


def tree(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read(path: Path) -> tuple[list[Page], list[Post]]:
    archive = Archive.of(path)
    assert BlueskyExport.recognises(archive)
    pages = list(BlueskyExport.open(archive).pages())
    return pages, [post for page in pages for post in page.posts]


@needs_samples
def test_recorded_records_are_read_as_one_listing(tmp_path: Path) -> None:
    names = ("post_record", "extended_post_record", "custom_record", "feed_record")
    listing = {"records": [tree(RECORDS / f"{name}.json") for name in names]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(listing), encoding="utf-8")
    pages, (early, late) = read(path)
    assert (pages[0].ignored, pages[0].rejected) == (2, ())
    assert (early.text, late.text) == ("regress test", "new text114")
    # Written without a zone, and minutes from what any zone would make of its key.
    assert early.created_at == datetime(2023, 7, 21, 1, 33, 51, 481_951, UTC)
    assert early.time_quality is TimeQuality.LOCAL
    assert early.account.startswith("did:plc:kvwv")


@needs_samples
def test_a_recorded_thread_view_gives_its_post(tmp_path: Path) -> None:
    view = tree(RECORDS / "thread_view_post_with_embed_media.json")["thread"]
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"feed": [{"post": view["post"]}]}), encoding="utf-8")
    _, (post,) = read(path)
    assert post.account == "test.marshal.dev"
    assert post.media[0].kind == "photo"
    assert post.created_at == datetime(2023, 9, 28, 12, 49, 36, 735_000, UTC)


@needs_samples
def test_times_invented_before_bluesky_are_replaced_or_rejected(tmp_path: Path) -> None:
    view, reason = tree(GRANARY / "POST_VIEW_BSKY.json"), tree(GRANARY / "REPOST_BSKY_REASON.json")
    reply = {
        "uri": "at://did:dy:d/app.bsky.feed.post/tid",
        "record": tree(GRANARY / "REPLY_BSKY.json"),
    }
    path = tmp_path / "x.json"
    feed = [{"post": view}, {"post": view, "reason": reason}, {"post": reply}]
    path.write_text(json.dumps({"feed": feed}), encoding="utf-8")
    pages, posts = read(path)
    assert [(post.created_at.year, post.is_repost) for post in posts] == [
        (2022, False),
        (2022, True),
    ]
    assert posts[1].account == "bob.com"
    assert [one.why for one in pages[0].rejected] == ["its time is in the year 2008"]


@needs_samples
def test_recorded_repository_files_give_the_blocks_they_should() -> None:
    for fixture in tree(CARS):
        raw = base64.b64decode(fixture["car"] + "==")
        found = {spelled(one.cid): one.tree for one in blocks(raw, "x.car")}
        assert set(found) == {one["cid"] for one in fixture["blocks"]}
        assert all(one is not None for one in found.values())
