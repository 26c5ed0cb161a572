"""The same records, however a program saved them again: lists, lines, spread out, and a spreadsheet's tables."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from build_fixtures import FIXTURES
from msgspec.structs import replace

from detector import assembly
from detector.records import Post
from detector.sources._archive import Archive
from detector.sources.interface import takers

SOURCES: Final = FIXTURES / "sources"
KINDS: Final = assembly.source_kinds()
COLLECTIONS: Final = (
    "apify_instagram/dataset_instagram-scraper_2025-06-06.json",
    "apify_instagram/dataset_instagram-profile-scraper.jsonl",
    "bluesky_export/listRecords.jsonl",
    "mastodon_export/statuses.json",
    "native/posts.jsonl",
    "snscrape_jsonl/versi-baru.jsonl",
    "twarc_jsonl/diratakan.jsonl",
    "twarc_jsonl/halaman.jsonl",
    "twarc_jsonl/versi-1.jsonl",
    "zeeschuimer/zeeschuimer-export-2026-02.ndjson",
)
TABLES: Final = (
    "apify_instagram/dataset_instagram-scraper.csv",
    "crowdtangle_csv/2021-07-06-wanareja.csv",
    "crowdtangle_csv/api-posts.csv",
    "crowdtangle_csv/instagram-kpu.csv",
    "fourcat_csv/instagram-search-kpu.csv",
    "fourcat_csv/telegram-search.csv",
    "linkedin_export/Complete_LinkedInDataExport_11-23-2024",
    "linkedin_export/kpu-rekaan_content.csv",
    "meta_content_library_csv/facebook-posts.csv",
    "native/other-spellings.csv",
    "x_classic_csv/88_a1b2c3d4e5f60718/tweets.csv",
    "x_classic_csv/tweets-dari-lembar-kerja.csv",
    "youtube_takeout/takeout-20241121",
)


def read(path: Path, kind: str) -> list[Post]:
    """Return the posts without where they were read; all records are accounted for, and nobody else takes it."""
    with Archive.of(path) as archive:
        assert [one.name for one in takers(archive, KINDS.values())] == [kind]
        pages = list(KINDS[kind].open(archive, account="kpurekaan").pages())
    for page in pages:
        known = len(page.posts) + len(page.events) + len(page.rejected)
        assert page.records == known + page.duplicates + page.ignored
    return [replace(post, where="") for page in pages for post in page.posts]


def objects(path: Path) -> list[Any]:
    """Return the whole records of a collection."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("["):
        return [one for one in json.loads(text) if isinstance(one, dict)]
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return [one for one in found if isinstance(one, dict)]


def each(records: list[Any], between: str, **how: Any) -> str:
    return between.join(json.dumps(one, ensure_ascii=False, **how) for one in records)


JSON_FORMS: Final[dict[str, Callable[[list[Any]], bytes]]] = {
    "a list": lambda some: json.dumps(some).encode(),
    "a list spread out": lambda some: json.dumps(some, indent=2, ensure_ascii=False).encode(),
    "objects spread out": lambda some: each(some, "\n", indent=2).encode(),
    "a notepad's lines": lambda some: f"\ufeff{each(some, chr(13) + chr(10))}\r\n".encode(),
    "a notepad's objects": lambda some: (
        "\ufeff" + each(some, "\n\n", indent="\t").replace("\n", "\r\n")
    ).encode(),
    "lines with empty ones": lambda some: f"\n{each(some, chr(10) * 3)}\n\n".encode(),
    "lines that end in commas": lambda some: f"{each(some, ',' + chr(10))},\n".encode(),
    "lines in UTF-16": lambda some: each(some, "\r\n").encode("utf-16"),
}


@pytest.mark.parametrize("form", JSON_FORMS)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_records_are_the_same_however_they_are_joined(
    collection: str, form: str, tmp_path: Path
) -> None:
    records = objects(SOURCES / collection)
    kind = collection.partition("/")[0]
    lines = tmp_path / "unduhan.jsonl"
    lines.write_text(each(records, "\n"), encoding="utf-8")
    expected = read(lines, kind)
    assert expected
    again = tmp_path / "baru" / "unduhan.jsonl"
    again.parent.mkdir()
    again.write_bytes(JSON_FORMS[form](records))
    assert read(again, kind) == expected


def saved(
    path: Path, *, delimiter: str = ",", encoding: str = "utf-8", before: str = "", title: Any = str
) -> None:
    """Save a table again as a spreadsheet does; one whose first line is prose stays as it is."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    if len(rows[0]) < 2:
        return
    rows[0] = [title(one) for one in rows[0]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes((before + text.getvalue()).encode(encoding, "replace"))


TABLE_FORMS: Final[dict[str, dict[str, Any]]] = {
    "semicolons": {"delimiter": ";", "encoding": "utf-8-sig"},
    "what the separator is": {"delimiter": ";", "encoding": "utf-8-sig", "before": "sep=;\r\n"},
    "commas said to be so": {"before": "sep=,\r\n"},
    "tabs in UTF-16": {"delimiter": "\t", "encoding": "utf-16"},
    "an empty line first": {"before": "\r\n \r\n"},
    "capitals": {"title": str.upper},
}


@pytest.mark.parametrize("form", TABLE_FORMS)
@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_the_same_however_a_spreadsheet_saved_it(
    table: str, form: str, tmp_path: Path
) -> None:
    kind = table.partition("/")[0]
    source = SOURCES / table
    copy = tmp_path / source.name
    shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    for path in [copy] if copy.is_file() else copy.rglob("*.csv"):
        saved(path, **TABLE_FORMS[form])
    assert read(copy, kind) == read(source, kind)


NAMED: Final = (
    "apify_instagram/dataset_instagram-scraper.csv",
    "instagram_export/export-2024/your_instagram_activity/media/posts_1.json",
    "facebook_export/facebook-diskominforekaan-2022-3-14/posts/your_posts_1.json",
    "feed_file/polres.atom",
    "native/posts.parquet",
    "telegram_export/ChatExport_2024-11-21/result.json",
    "telegram_export/ChatExport_html/messages.html",
    "tiktok_export/user_data_tiktok.json",
    "twarc_jsonl/halaman.jsonl",
    "whatsapp_channel/_chat.txt",
    "x_archive/tweets.js",
    "youtube_takeout/takeout-20241121/Takeout/YouTube and YouTube Music/video metadata/videos.csv",
)


@pytest.mark.parametrize(
    "called", ["{stem} (1){ending}", "{stem} - Copy{ending}", "unduhan", "unduhan.txt"]
)
@pytest.mark.parametrize("file", NAMED)
def test_a_file_is_known_whatever_a_browser_or_a_gateway_called_it(
    file: str, called: str, tmp_path: Path
) -> None:
    source = SOURCES / file
    copy = tmp_path / called.format(stem=source.stem, ending=source.suffix)
    shutil.copy(source, copy)
    kind = file.partition("/")[0]
    assert read(copy, kind) == read(source, kind)


def test_a_copy_of_private_talk_is_private(tmp_path: Path) -> None:
    (tmp_path / "messages (1).json").write_text("[]")
    (tmp_path / "posts_1 (1).json").write_text("[]")
    assert Archive.of(tmp_path).members == ("posts_1 (1).json",)
