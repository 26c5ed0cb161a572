"""What is written for measuring is what the sources take for the real thing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from large_collections import LAYOUTS, parsed_plainly
from large_exports import repeated_tweets

from detector import assembly
from detector.sources._archive import Archive
from detector.sources.interface import takers

POSTS = 40
PEAK = Path(__file__).parent / "benchmarks" / "peak.py"


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_large_export_is_read_whole(name: str, tmp_path: Path) -> None:
    path, file = LAYOUTS[name](tmp_path / name, POSTS, 3)
    archive = Archive.of(path)
    (kind,) = takers(archive, assembly.source_kinds().values())
    pages = list(kind.open(archive).pages())

    assert kind.name == name.partition(",")[0]
    assert sum(len(page.posts) for page in pages) == POSTS
    assert not [one for page in pages for one in page.rejected]
    files = [one for one in file.rglob("*") if one.is_file()] if file.is_dir() else [file]
    assert parsed_plainly(file) == sum(one.stat().st_size for one in files)


def test_the_same_seed_writes_the_same(tmp_path: Path) -> None:
    one, other = (
        LAYOUTS["instagram_export"](tmp_path / part, POSTS, 5).file.read_bytes() for part in "ab"
    )

    assert one == other


@pytest.mark.skipif(sys.platform != "linux", reason="measured in the kilobytes Linux counts in")
@pytest.mark.parametrize("how", ["read", "convert"])
def test_a_large_list_is_never_held_whole(how: str, tmp_path: Path) -> None:
    archive, file = repeated_tweets(tmp_path / "archive", 60_000_000)
    command = [sys.executable, str(PEAK), how, str(archive)]
    if how == "convert":
        command += ["-o", str(tmp_path / "posts.jsonl")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    bare = subprocess.run([*command[:2], "convert", "--help"], capture_output=True, text=True, check=True)  # fmt: skip

    assert file.stat().st_size > 60_000_000
    taken = int(ran.stdout.split()[-1]) - int(bare.stdout.split()[-1])
    assert taken < 55_000, f"{taken} kB more than a program that reads nothing"
