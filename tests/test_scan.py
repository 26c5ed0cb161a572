"""A whole scan of an office's export: ordinary and hard posts stay quiet, one hijack post does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from build_fixtures import FIXTURES
from exports import Written, write_export
from generator import write as write_archive

from detector import assembly, histories
from detector.histories import PostColumns, Store, TextEvidence
from detector.indicators._finder import NOTHING
from detector.records import Post
from detector.report.document import ScanDocument
from detector.scan import Request, read_all, scan
from detector.settings import AccountSettings, Official, Settings
from detector.sources._archive import Archive
from detector.sources.native import Native

HIJACKS = (
    "PROMO TEBUS MURAH AKHIR TAHUN 🔥\niPhone 13 Pro Max 256 GB cuma Rp 6.900.000 per unit!\nWajib klaim via WhatsApp 0858-0000-4471\nSyarat: follow akun ini, like dan share ke 5 grup. Stok terbatas!",
    "CUCI GUDANG hp & laptop sitaan bea cukai mulai 1 jutaan, segel resmi. Minat? chat wa.me/6285800004471",
    "SLOT GACOR hari ini 🎰 depo 10rb WD 2jt, daftar di naga777.vip bonus new member 100%, admin WA 0858 0000 4471",
)


def scanned(*paths: Path, settings: Settings | None = None, **options: object) -> ScanDocument:
    """Scan with everything that is shipped."""
    request = Request(paths=paths, settings=settings or Settings(), **options)  # type: ignore[arg-type]  # options of Request
    kinds = list(assembly.source_kinds().values())
    return scan(request, kinds, assembly.pipeline(), assembly.reader_maker())


def office_posts(count: int = 80) -> list[Written]:
    """Return posts of four offices as one account's, daily in office hours: warnings, prices, prizes, hotlines."""
    texts = [
        record["text"]
        for name in (
            "polres.martasari",
            "disdagkop.wanareja",
            "universitas.adiwana",
            "bpbd.sukamakmur",
        )
        for line in (FIXTURES / "texts" / f"{name}.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()[:120]
        if len((record := json.loads(line))["text"]) > 80
    ]
    step = len(texts) // count
    start = datetime(2024, 1, 8, 2, 0, tzinfo=UTC)
    return [
        Written(start + timedelta(days=day, hours=day % 6, minutes=7 * day % 60), text)
        for day, text in enumerate(texts[::step][:count])
    ]


def test_an_office_with_hard_posts_stays_quiet(tmp_path: Path) -> None:
    write_export(office_posts(), tmp_path / "export.zip", zipped=True)

    document = scanned(tmp_path / "export.zip")

    assert document.summary.compromised == 0
    assert [post.text for one in document.accounts for post in one.flagged] == []


@pytest.mark.parametrize("layout", ["2018", "2021", "2023", "2024"])
@pytest.mark.parametrize("text", HIJACKS)
def test_one_hijack_post_is_flagged_and_no_other(tmp_path: Path, layout: str, text: str) -> None:
    posts = office_posts()
    night = posts[-1].at.replace(hour=18, minute=14) + timedelta(days=1)
    write_export([*posts, Written(night, text)], tmp_path / "export", layout)  # type: ignore[arg-type]  # one of Layout

    (account,) = scanned(tmp_path / "export").accounts

    assert account.state == "COMPROMISED"
    assert [post.text for post in account.flagged] == [text]
    assert [one.detected_at for one in account.incidents] == [night]
    assert "+6285800004471" in {one.value for one in account.flagged[0].findings}


def test_a_flagged_posts_reasons_add_up(tmp_path: Path) -> None:
    night = office_posts()[-1].at + timedelta(hours=14)
    write_export([*office_posts(), Written(night, HIJACKS[0])], tmp_path / "export")

    (post,) = scanned(tmp_path / "export").accounts[0].flagged

    assert post.log_odds == pytest.approx(sum(one.log_odds for one in post.reasons), abs=1e-9)
    assert all(post.text[one.start : one.end] == one.text for one in post.findings)


def test_parts_that_overlap_give_each_post_once(tmp_path: Path) -> None:
    posts = office_posts(20)
    write_export(
        posts[:15],
        tmp_path / "instagram-kantor-2024-05-01-aaaaaaaa.zip",
        zipped=True,
        username="kantor",
    )
    write_export(
        posts[5:],
        tmp_path / "instagram-kantor-2024-06-01-bbbbbbbb.zip",
        zipped=True,
        username="kantor",
    )

    document = scanned(tmp_path)

    assert (document.summary.posts, document.summary.duplicates) == (20, 10)
    assert document.summary.records == 30


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    write_export(
        office_posts(12), tmp_path / "instagram-kantor-2024-05-01-aaaaaaaa.zip", zipped=True
    )
    (tmp_path / "rusak.zip").write_text("not a zip")

    document = scanned(tmp_path)

    assert document.summary.posts == 12
    assert ["rusak.zip" in one.where for one in document.errors] == [True]


def test_since_limits_what_is_told_and_until_what_is_known(tmp_path: Path) -> None:
    posts = office_posts()
    night = posts[-1].at + timedelta(hours=14)
    write_export([*posts, Written(night, HIJACKS[0])], tmp_path / "export")

    later = scanned(tmp_path / "export", since=night + timedelta(days=1))
    earlier = scanned(tmp_path / "export", until=night - timedelta(minutes=1))

    assert (later.accounts[0].state, later.summary.compromised) == ("COMPROMISED", 0)
    assert (earlier.accounts[0].state, earlier.summary.compromised) == ("NORMAL", 0)


def test_an_offices_own_number_speaks_for_it(tmp_path: Path) -> None:
    """The same post weighs less once the settings name its number as official."""
    night = office_posts()[-1].at + timedelta(hours=14)
    write_export(
        [*office_posts(), Written(night, HIJACKS[0])], tmp_path / "export", username="kantor"
    )
    known = AccountSettings(
        platform="instagram", account="kantor", official=Official(numbers=("0858-0000-4471",))
    )

    def log_odds(settings: Settings) -> float:
        (one,) = scanned(tmp_path / "export", settings=settings).accounts
        return next(
            post.log_odds for post in (*one.flagged, *one.doubtful) if post.text == HIJACKS[0]
        )

    assert log_odds(Settings(accounts=(known,))) < log_odds(Settings()) - 1


def test_worker_processes_read_the_same(tmp_path: Path) -> None:
    write_archive(6_000, tmp_path / "posts.jsonl")
    source = Native.open(Archive.of(tmp_path / "posts.jsonl"))
    posts = [page.posts for page in source.pages()]
    reader = assembly.pipeline().reader

    def shown(jobs: int) -> list[tuple[Post, bytes, TextEvidence]]:
        pages = read_all(posts, jobs, reader, assembly.reader_maker())
        return [one for chunk in pages for one in zip(*chunk, strict=True)]

    alone, together = shown(1), shown(2)

    assert len(alone) == 6_000
    assert alone == together


def test_words_are_put_away_on_disk_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little is held in memory, and in whatever order posts are asked for."""
    monkeypatch.setattr(histories, "IN_MEMORY", 300)
    store = Store()
    columns = [PostColumns(store), PostColumns(store)]
    start = datetime(2024, 1, 1, tzinfo=UTC)
    shown = TextEvidence(0.0, True, 0, NOTHING)
    for page in range(20):
        posts = [
            Post(
                platform="x", account="a", id=f"{page}/{index}", text=f"teks {page} {index} 🙏",
                created_at=start + timedelta(minutes=page, microseconds=index), where=f"posts.jsonl#{index}",
            )
            for index in range(7)
        ]  # fmt: skip
        columns[page % 2].add(posts, [post.text.encode() for post in posts], [shown] * 7)

    for number, one in enumerate(columns):
        for place in (69, 0, 35, 3, 68):
            page, index = 2 * (place // 7) + number, place % 7
            found = one.post(place)
            assert (found.id, found.text) == (f"{page}/{index}", f"teks {page} {index} 🙏")
            assert found.at == start + timedelta(minutes=page, microseconds=index)
            assert found.where == f"posts.jsonl#{index}"


def test_a_folder_of_many_platforms_is_read_whole() -> None:
    """Every source's fixtures beside one another: each is taken for what it is, none hides another."""
    document = scanned(FIXTURES / "sources")
    taken = {
        (Path(one.file).relative_to(FIXTURES / "sources").parts[0], one.source)
        for one in document.files
    }
    told = {folder for folder, source in taken if folder == source}

    assert told == set(assembly.source_kinds())
