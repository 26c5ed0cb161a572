"""What is written for measuring is what the sources take for the real thing."""

from __future__ import annotations

from pathlib import Path

import pytest
from large_collections import LAYOUTS, parsed_plainly

from detector import assembly
from detector.sources._archive import Archive
from detector.sources.interface import takers

POSTS = 40


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
