"""People who ask under a post whether the account was taken over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from detector.askers import MOST, WITHIN, askers
from detector.records import Comment

AT = datetime(2025, 3, 4, 5, tzinfo=UTC)

ASKED = (
    "min dihack ya?",
    "kok jualan hp min",
    "wah kena hack pemkab",
    "dibajak nih kayaknya, hati2",
    "ɪɴɪ ᴀᴋᴜɴ ᴅɪʀᴇᴛᴀs?",
    "sejak kapan kpu jualan iphone",
    "min akunnya kenapa",
    "has this account been hacked?",
    "pretty sure you guys got hacked",
)
OTHER = (
    "mantap min",
    "GARUDA77 gacor parah semalam cair 2jt",
    "hadiahnya iphone ya min?",
    "tips agar akun tidak dihack ya min?",
    "lomba hackathon kapan?",
    "min jam buka layanan jumat?",
    "",
)


def by(*texts: str) -> list[Comment]:
    """Return comments by as many people."""
    return [Comment(text, f"warga{place}") for place, text in enumerate(texts)]


@pytest.mark.parametrize("text", ASKED)
def test_who_asks_is_heard(text: str) -> None:
    assert askers(by(text), "kpu", AT) == 1


@pytest.mark.parametrize("text", OTHER)
def test_who_says_something_else_is_not(text: str) -> None:
    assert askers(by(text), "kpu", AT) == 0


def test_people_are_counted_not_comments() -> None:
    one = [Comment("dihack ya?", "warga"), Comment("admin? dihack?", "Warga")]

    assert askers(one, "kpu", AT) == 1
    assert askers(by(*ASKED), "kpu", AT) == MOST


def test_the_accounts_own_comments_do_not_count() -> None:
    assert askers([Comment("akun ini sempat diretas", "KPU")], "kpu", AT) == 0


def test_a_comment_weeks_later_speaks_of_something_else() -> None:
    early = Comment("dihack?", "a", AT + WITHIN - timedelta(minutes=1))
    late = Comment("dihack?", "b", AT + WITHIN)

    assert askers([early, late], "kpu", AT) == 1
