"""What was doubtful at first and had no sequel is the owner's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from detector import assembly
from detector.doubts import DOUBTS, QUIET, USED, Doubt, Doubts
from detector.pipeline import Pipeline
from detector.records import Account, Author, Post, Verdict

MONDAY = datetime(2025, 3, 3, 2, tzinfo=UTC)
ACCOUNT = Account(platform="instagram", handle="pdamcontoh")
EVERYDAY = [
    f"Perbaikan pipa di Jalan Melati {number} selesai hari ini. Terima kasih atas kesabaran pelanggan."
    for number in range(40)
]
HOTLINE = "Nomor WA pengaduan kami ganti ya kak, sekarang di 0812-0000-4521, chat aja langsung. Yang lama sudah tidak aktif."
AGAIN = "Mau lapor air keruh? chat WA 0812-0000-4521 ya kak, fast respon kok."


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return assembly.pipeline()


def posts(texts: Sequence[str], first: datetime, every: timedelta) -> list[Post]:
    return [
        Post(
            platform=ACCOUNT.platform, account=ACCOUNT.handle, id=f"{first:%m%d}-{place}", text=text,
            created_at=first + place * every,
        )
        for place, text in enumerate(texts)
    ]  # fmt: skip


def contact(pipeline: Pipeline, after: timedelta) -> float:
    """Return what the contact of `AGAIN` says, in nats, so long after it was first used in a doubtful post."""
    strict = pipeline.judge.weights
    # Whatever the shipped weights make of the words: the new number is doubtful here, and no alarm.
    judge = type(pipeline.judge)(
        msgspec.structs.replace(strict, doubtful_at=1e-9, stranger_at=0.999_999), {}
    )
    watching = Pipeline(pipeline.reader, pipeline.judge)
    history = posts(EVERYDAY, MONDAY, timedelta(days=1))
    told = watching.take(ACCOUNT, None, history, now=MONDAY + timedelta(days=60))
    start = MONDAY + timedelta(days=60)
    doubting = Pipeline(pipeline.reader, judge)
    told = doubting.take(ACCOUNT, told.standing, posts([HOTLINE], start, QUIET_DAYS), now=start)
    assert told.posts[0].verdict.author is Author.DOUBTFUL
    between = posts(EVERYDAY[:2], start + timedelta(days=1), timedelta(days=1))
    later = [*between, *posts([AGAIN], start + after, QUIET_DAYS)]
    told = doubting.take(ACCOUNT, told.standing, later, now=start + after)
    return said(told.posts[-1].verdict, "contact")


QUIET_DAYS = timedelta(seconds=QUIET)


def said(verdict: Verdict, what: str) -> float:
    return sum(one.log_odds for one in verdict.reasons if one.what == what)


def test_a_new_number_is_known_after_quiet_days(pipeline: Pipeline) -> None:
    assert contact(pipeline, QUIET_DAYS - timedelta(seconds=1)) > 0
    assert contact(pipeline, QUIET_DAYS) < 0


def test_what_waits_is_the_latest_and_short() -> None:
    doubts = Doubts()
    for number in range(DOUBTS + 3):
        doubts.add(Doubt(float(number), tuple("abcdefgh"), (), 0.0))

    assert [one.at for one in doubts.kept()] == [float(number) for number in range(3, DOUBTS + 3)]
    assert {len(one.contacts) for one in doubts.kept()} == {USED}


def test_each_is_forgiven_in_its_time_and_once() -> None:
    doubts = Doubts([Doubt(0.0, ("a",), (), 0.0), Doubt(10.0, ("b",), (), 0.0)])

    assert doubts.next_at == QUIET
    assert doubts.forgiven(QUIET - 1) == []
    assert [one.contacts for one in doubts.forgiven(QUIET)] == [("a",)]
    assert doubts.next_at == QUIET + 10
    doubts.clear()
    assert doubts.next_at is None
    assert doubts.forgiven(3 * QUIET) == []
