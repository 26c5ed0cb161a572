"""What every source must keep, checked on its own fixture; a new source is checked by existing."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from build_fixtures import FIXTURES, given

from detector import assembly
from detector.errors import SourceError
from detector.records import Page
from detector.sources._archive import Archive
from detector.sources.interface import PAGE_RECORDS, Source, takers

SOURCES: Final = assembly.source_kinds()
FOLDER: Final = FIXTURES / "sources"
NAMES: Final = sorted(SOURCES)
CUTS: Final = 12


def inputs(name: str) -> list[Path]:
    """Return the inputs in a source's fixture folder."""
    return sorted(path for path in (FOLDER / name).iterdir() if path.name != "expected.jsonl")


def opened(name: str, path: Path) -> Source:
    return SOURCES[name].open(Archive.of(path))


def files(path: Path) -> Iterator[Path]:
    yield from [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())


def counted(page: Page) -> int:
    given_records = len(page.posts) + len(page.events) + len(page.rejected)
    return given_records + page.duplicates + page.ignored


def test_every_source_has_a_fixture_and_every_fixture_a_source() -> None:
    """A source without a fixture is not tested, a fixture without a source is a leftover."""
    assert sorted(path.name for path in FOLDER.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_only_the_own_fixtures_are_recognised(name: str) -> None:
    """Each input is taken for what it is, and for nothing else."""
    taken = {
        path: [one.name for one in takers(Archive.of(path), SOURCES.values())]
        for path in inputs(name)
    }

    assert taken == {path: [name] for path in taken}


@pytest.mark.parametrize("name", NAMES)
def test_the_fixture_gives_what_is_expected(name: str) -> None:
    expected = (FOLDER / name / "expected.jsonl").read_text(encoding="utf-8").splitlines()

    assert expected == list(given(SOURCES[name], FOLDER / name))


@pytest.mark.parametrize("name", NAMES)
def test_records_add_up_on_every_page(name: str) -> None:
    pages = [page for path in inputs(name) for page in opened(name, path).pages()]

    assert pages
    assert [page.records for page in pages] == [counted(page) for page in pages]
    assert all(page.records <= PAGE_RECORDS for page in pages)


@pytest.mark.parametrize("name", NAMES)
def test_a_cursor_resumes_with_the_rest(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever page reading stops after, going on from its cursor gives what would have come."""
    monkeypatch.setattr("detector.sources.interface.PAGE_RECORDS", 2)
    for path in inputs(name):
        pages = list(opened(name, path).pages())
        for number, page in enumerate(pages):
            assert pages[number + 1 :] == list(opened(name, path).pages(page.cursor))


@pytest.mark.parametrize("name", NAMES)
def test_a_sorted_source_gives_the_oldest_first(name: str) -> None:
    for path in inputs(name):
        source = opened(name, path)
        times = [post.created_at for page in source.pages() for post in page.posts]

        assert not source.is_sorted or times == sorted(times)


@pytest.mark.parametrize("name", NAMES)
def test_damage_gives_source_errors_and_rejected_only(name: str, tmp_path: Path) -> None:
    """Files cut off or overwritten at random places never give anything else."""
    chance = random.Random(name)
    for path in inputs(name):
        for trial in range(CUTS):
            copy = tmp_path / f"{trial}-{path.name}"
            shutil.copytree(path, copy) if path.is_dir() else shutil.copy(path, copy)
            victim = chance.choice(list(files(copy)))
            content = bytearray(victim.read_bytes())
            place = chance.randrange(len(content))
            if trial % 2:
                del content[place:]
            else:
                content[place : place + 8] = chance.randbytes(8)
            victim.write_bytes(content)
            try:
                archive = Archive.of(copy)
                if SOURCES[name].recognises(archive):
                    pages = list(SOURCES[name].open(archive).pages())
                    assert all(page.records == counted(page) for page in pages)
            except SourceError as error:
                assert "\n" not in str(error)
