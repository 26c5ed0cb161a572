"""The bundled agency archives, scanned as `kentongan demo` does: two were taken over, four were not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from build_fixtures import AGENCIES, FIXTURES, build, posts_of

from detector import assembly, settings
from detector.report.document import GivenAccount, ScanDocument
from detector.scan import Request, scan
from detector.sources._archive import Archive

ACCOUNTS = FIXTURES / "accounts"


@pytest.fixture(scope="module")
def document() -> ScanDocument:
    """Return what a scan of all archives together finds."""
    exports = tuple(sorted(path for path in ACCOUNTS.iterdir() if path.suffix != ".toml"))
    request = Request(paths=exports, settings=settings.load(ACCOUNTS / "kentongan.toml"))
    kinds = list(assembly.source_kinds().values())
    return scan(request, kinds, assembly.pipeline(), assembly.reader_maker())


def account(document: ScanDocument, handle: str) -> GivenAccount:
    return next(one for one in document.accounts if one.account == handle)


def test_the_election_office_is_held_to_be_taken_over_since_that_night(
    document: ScanDocument,
) -> None:
    """The first stranger's post stands at 01.14 on 21 November 2024 in Blora, 18:14 UTC the day before."""
    blora = account(document, "kpukabblora")
    (incident,) = blora.incidents

    assert blora.state == "COMPROMISED"
    assert (
        incident.opened_at == incident.detected_at == datetime(2024, 11, 20, 18, 14, 9, tzinfo=UTC)
    )
    assert incident.closed_at is None
    assert incident.categories[0] == "cheap_goods"


def test_its_whatsapp_number_is_among_the_findings(document: ScanDocument) -> None:
    first = account(document, "kpukabblora").flagged[0]

    assert "+6285800007316" in {
        one.value for one in first.findings if one.indicator == "whatsapp_number"
    }


def test_an_account_that_was_given_back_has_a_closed_incident(document: ScanDocument) -> None:
    given_back = account(document, "diskominfo.tanjungreksa")
    (incident,) = given_back.incidents

    assert given_back.state == "NORMAL"
    assert incident.opened_at == datetime(2025, 3, 15, 18, 40, 18, tzinfo=UTC)
    assert incident.closed_at is not None
    assert "gambling" in incident.categories


@pytest.mark.parametrize(
    "handle", ["polres.martasari", "disdagkop.wanareja", "universitas.adiwana", "bpbd.sukamakmur"]
)
def test_the_others_stay_quiet(document: ScanDocument, handle: str) -> None:
    calm = account(document, handle)

    assert (calm.state, calm.incidents, calm.flagged) == ("NORMAL", [], [])


def test_only_strangers_posts_are_flagged_and_all_of_them(document: ScanDocument) -> None:
    """The texts say who wrote each post; the export does not."""
    strangers = {
        record["text"]
        for agency in AGENCIES
        for line in (FIXTURES / "texts" / f"{agency.handle}.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()
        if (record := msgspec.json.decode(line))["by"] == "stranger"
    }

    assert {post.text for one in document.accounts for post in one.flagged} == strangers


def test_every_record_is_accounted_for(document: ScanDocument) -> None:
    total = document.summary

    assert total.records == (
        total.posts + total.events + total.duplicates + total.rejected + total.ignored
    )
    assert total.posts == sum(len(posts_of(agency.handle)) for agency in AGENCIES)
    assert (total.rejected, total.compromised) == (0, 2)


def test_the_archives_are_what_the_texts_make(tmp_path: Path) -> None:
    """Nobody edited an archive by hand, and no text was left out of one."""
    build(tmp_path)
    made, kept = (
        {
            path.name: {name: Archive.of(path).read(name) for name in Archive.of(path).members}
            for path in sorted(folder.iterdir())
            if path.suffix != ".toml"
        }
        for folder in (tmp_path, ACCOUNTS)
    )

    assert made == kept
