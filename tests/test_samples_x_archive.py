"""Other people's X files, read where they lie beside the repository; skipped where they do not."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import pytest

from detector.records import Post
from detector.sources._archive import Archive
from detector.sources.twarc_jsonl import TwarcJsonl
from detector.sources.x_archive import XArchive

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
ARCHIVE = SAMPLES / "x_archive" / "tests" / "zip_contents"
OLD_API = SAMPLES / "x_archive" / "tests" / "tweets.json"
CASSETTES = SAMPLES / "x_api_v2" / "cassettes"

needs_archive = pytest.mark.skipif(not ARCHIVE.is_dir(), reason="samples are not here")
needs_old_api = pytest.mark.skipif(not OLD_API.is_file(), reason="samples are not here")
needs_cassettes = pytest.mark.skipif(not CASSETTES.is_dir(), reason="samples are not here")
_BODY = re.compile(r"string: !!binary \|\n((?:\s{8,}\S+\n)+)")


def bodies(path: Path) -> list[bytes]:
    """Return the recorded answers of a cassette."""
    packed = _BODY.findall(path.read_text(encoding="utf-8"))
    return [gzip.decompress(base64.b64decode("".join(one.split()))) for one in packed]


@needs_archive
def test_small_files_of_an_archive_are_recognised_and_hold_no_events() -> None:
    archive = Archive.of(ARCHIVE)
    assert XArchive.recognises(archive)
    source = XArchive.open(archive)
    assert source.account == "simonw"
    assert list(source.pages()) == []


@needs_old_api
def test_a_list_of_version_one_is_read_whole() -> None:
    archive = Archive.of(OLD_API)
    given = json.loads(OLD_API.read_bytes())
    assert TwarcJsonl.recognises(archive)
    assert not XArchive.recognises(archive)
    pages = list(TwarcJsonl.open(archive).pages())
    posts = [post for page in pages for post in page.posts]
    assert sum(page.records for page in pages) == len(given)
    assert not [one for page in pages for one in page.rejected]
    assert {post.account for post in posts} <= {one["user"]["screen_name"] for one in given}
    for post, one in zip(posts, given, strict=False):
        assert post.id == one["id_str"]
        assert post.is_repost == ("retweeted_status" in one)
        assert "&amp;" not in post.text
    assert posts[0].app == "Twitter for iPhone"


@needs_cassettes
def test_recorded_answers_of_version_two_are_read(tmp_path: Path) -> None:
    told: dict[str, list[Post]] = {}
    for path in sorted(CASSETTES.glob("*.yaml")):
        for number, body in enumerate(bodies(path)):
            target = tmp_path / f"{path.stem}-{number}.json"
            target.write_bytes(body)
            archive = Archive.of(target)
            if not TwarcJsonl.recognises(archive):
                continue
            pages = list(TwarcJsonl.open(archive, account="recorded").pages())
            given = json.loads(body)["data"]
            count = len(given) if isinstance(given, list) else 1
            assert sum(page.records for page in pages) == count
            told[target.stem] = [post for page in pages for post in page.posts]
    assert sum(map(len, told.values())) > 10
    assert {post.account for posts in told.values() for post in posts} == {"recorded"}
    assert all(post.created_at.year >= 2006 for posts in told.values() for post in posts)
    assert not any("test_client_get_users-" in name for name in told)
