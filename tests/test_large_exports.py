"""What is written for measuring is what the sources take for the real thing."""

from __future__ import annotations

from pathlib import Path

import pytest
from large_exports import EXPORTS, parsed_plainly

from detector import assembly
from detector.sources._archive import Archive
from detector.sources.interface import takers

POSTS = 40


@pytest.mark.parametrize("name", EXPORTS)
def test_a_large_export_is_read_whole(name: str, tmp_path: Path) -> None:
    path, file = EXPORTS[name](tmp_path / name, POSTS, 3)
    archive = Archive.of(path)
    (kind,) = takers(archive, assembly.source_kinds().values())
    pages = list(kind.open(archive).pages())

    assert kind.name == name
    assert sum(len(page.posts) for page in pages) == POSTS
    assert not [one for page in pages for one in page.rejected]
    assert parsed_plainly(file) == file.stat().st_size


def test_the_same_seed_writes_the_same(tmp_path: Path) -> None:
    one, other = (
        EXPORTS["instagram_export"](tmp_path / part, POSTS, 5).file.read_bytes() for part in "ab"
    )

    assert one == other
