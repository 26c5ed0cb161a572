"""Real statuses of Mastodon's API, as recorded by others, read where they lie."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources.mastodon_export import MastodonExport

FOLDER = Path(__file__).parents[2] / "shared" / "samples" / "mastodon" / "tests"
CASSETTES = FOLDER / "cassettes"

needs_samples = pytest.mark.skipif(not CASSETTES.is_dir(), reason="samples are not here")

_BODY = re.compile(r"^ {6}string: '((?:[^']|'')*)'$", re.MULTILINE)


def bodies(name: str) -> list[object]:
    """Return the JSON answers in a recording, where a folded line stands for a space."""
    text = (CASSETTES / name).read_text(encoding="utf-8")
    found = []
    for body in _BODY.findall(text):
        unfolded = re.sub(r"\n(\n*) *", lambda one: one[1] or " ", body.replace("''", "'"))
        try:
            found.append(json.loads(unfolded))
        except ValueError:
            continue
    return found


def read(path: Path) -> tuple[list[Page], list[Post]]:
    archive = Archive.of(path)
    assert MastodonExport.recognises(archive)
    pages = list(MastodonExport.open(archive).pages())
    return pages, [post for page in pages for post in page.posts]


@needs_samples
def test_a_recorded_page_of_statuses_is_read(tmp_path: Path) -> None:
    statuses = next(one for one in bodies("test_fetch_next_previous.yaml") if isinstance(one, list))
    (tmp_path / "statuses.json").write_text(json.dumps(statuses), encoding="utf-8")
    pages, posts = read(tmp_path / "statuses.json")
    assert len(posts) == len(statuses) > 1
    assert not [one for page in pages for one in page.rejected]
    assert {post.id for post in posts} == {one["id"] for one in statuses}
    assert all("<" not in post.text and post.text for post in posts)
    assert {post.time_quality for post in posts} <= {TimeQuality.EXACT, TimeQuality.EXACT_MS}
    assert {post.account.count("@") for post in posts} == {1}


@needs_samples
def test_a_recorded_boost_is_a_repost(tmp_path: Path) -> None:
    statuses = [
        one
        for one in bodies("test_status_reblog_unreblog.yaml")
        if isinstance(one, dict) and one.get("reblog")
    ]
    (tmp_path / "statuses.json").write_text(json.dumps(statuses), encoding="utf-8")
    _, posts = read(tmp_path / "statuses.json")
    assert posts
    assert all(post.is_repost and post.links for post in posts)
