"""Times without a zone are meant in the office's, where somebody says which that is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from build_fixtures import FIXTURES

from detector import assembly
from detector.records import Page, TimeQuality
from detector.sources._archive import Archive
from detector.sources.interface import takers

FACEBOOK_PAGES = (
    FIXTURES / "sources" / "facebook_export" / "facebook-bpbdrekaan-2025-02-01-Qw8rTy2u"
)


def read(path: Path, zone: str | None) -> list[Page]:
    kinds = assembly.source_kinds(lambda _platform, _account: zone)
    with Archive.of(path) as archive:
        (kind,) = takers(archive, kinds.values())
        return list(kind.open(archive).pages())


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "detector", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("zone", "hours"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)]
)
def test_a_page_in_html_is_read_in_the_zone_that_was_named(zone: str, hours: int) -> None:
    bare, meant = read(FACEBOOK_PAGES, None), read(FACEBOOK_PAGES, zone)
    before = [post for page in bare for post in page.posts]
    after = [post for page in meant for post in page.posts]
    assert len(before) == len(after) > 0
    for one, other in zip(before, after, strict=True):
        assert one.time_quality is TimeQuality.LOCAL
        assert other.time_quality in {TimeQuality.MINUTE, TimeQuality.EXACT}
        assert (one.created_at - other.created_at).total_seconds() == hours * 3_600
        assert one.id == other.id
        assert other.created_at.tzinfo is one.created_at.tzinfo
    events = zip((e for p in bare for e in p.events), (e for p in meant for e in p.events), strict=True)  # fmt: skip
    for event, placed in events:
        assert (event.at - placed.at).total_seconds() == hours * 3_600
        assert event.time_quality is TimeQuality.LOCAL is not placed.time_quality


@pytest.mark.parametrize("name", ["x_archive", "tiktok_export", "mastodon_export"])
def test_a_time_that_names_its_zone_stays(name: str) -> None:
    for path in sorted((FIXTURES / "sources" / name).iterdir()):
        if path.name != "expected.jsonl":
            bare, meant = read(path, None), read(path, "Asia/Jakarta")
            for one, other in zip(bare, meant, strict=True):
                assert [post for post in one.posts if post.time_quality is not TimeQuality.LOCAL] == [
                    post for post in other.posts if post.id in {
                        each.id for each in one.posts if each.time_quality is not TimeQuality.LOCAL
                    }
                ]  # fmt: skip


def test_convert_writes_what_the_operator_meant() -> None:
    bare = lines(run("convert", FACEBOOK_PAGES).stdout)
    meant = lines(run("convert", FACEBOOK_PAGES, "--timezone", "WIB").stdout)
    for one, other in zip(bare, meant, strict=True):
        assert one["time_quality"] == "local-unknown-zone"
        assert other["time_quality"] in {"minute", "exact-s"}
        moments = [datetime.fromisoformat(each["created_at"]) for each in (one, other)]
        assert (moments[0] - moments[1]).total_seconds() == 7 * 3_600


def test_what_was_converted_without_a_zone_can_still_be_placed(tmp_path: Path) -> None:
    run("convert", FACEBOOK_PAGES, "-o", tmp_path / "posts.jsonl")
    direct = [
        post.created_at for page in read(FACEBOOK_PAGES, "Asia/Makassar") for post in page.posts
    ]
    later = [post.created_at for page in read(tmp_path / "posts.jsonl", "Asia/Makassar") for post in page.posts]  # fmt: skip
    assert sorted(direct) == sorted(later)


def test_scan_judges_an_account_by_the_hours_of_its_own_zone(tmp_path: Path) -> None:
    handle = read(FACEBOOK_PAGES, None)[0].posts[0].account
    settings = tmp_path / "kentongan.toml"
    settings.write_text(
        f'[[accounts]]\nplatform = "facebook"\naccount = "{handle}"\ntimezone = "WIT"\n'
    )
    first = min(post.created_at for page in read(FACEBOOK_PAGES, None) for post in page.posts)
    for arguments, hours in (
        ((), 0),
        (("--timezone", "WIB"), 7),
        (("-c", settings), 9),
        (("-c", settings, "--timezone", "WIB"), 9),
    ):
        told = json.loads(run("scan", FACEBOOK_PAGES, "--format", "json", *arguments).stdout)
        (account,) = told["accounts"]
        at = datetime.fromisoformat(account["first_post_at"])
        assert (first - at).total_seconds() == hours * 3_600
