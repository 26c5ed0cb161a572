"""The words an office sees."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector import changes, verdict
from detector.assembly import indicator_kinds, shipped
from detector.classifier import TextModel
from detector.records import Author, State, Wording
from detector.report import words
from detector.report.printable import one_line, printable
from detector.signal_words import SIGNAL_WORDS

SAID: Final = {
    **{f"state {name}": said for name, said in words.STATES.items()},
    **{f"author {name}": said for name, said in words.AUTHORS.items()},
    **{f"category {name}": said for name, said in words.CATEGORIES.items()},
    **{f"label {name}": said for name, said in words.LABELS.items()},
    **{f"step {rank}": said for rank, said in enumerate(words.FIRST_STEPS, 1)},
    **{f"head {rank}": said for rank, said in enumerate(words.FILE_HEADS)},
    **{f"indicator {name}": kind.meaning for name, kind in indicator_kinds().items()},
    **{f"combination {one.name}": one.meaning for one in verdict.COMBINATIONS},
    **{f"signal {name} {side}": said for name, pair in SIGNAL_WORDS.items() for side, said in enumerate(pair)},
    **{f"change {name}": said for name, said in changes.WHY.items()},
    **{f"step {rank} without a post": said for rank, said in enumerate(words.STEPS_WITHOUT_POST, 1)},
    "ours after all": words.OURS_AFTER_ALL,
    "our changes": words.OUR_CHANGES,
    "other reasons": words.OTHER_REASONS,
    "flagged from": words.FLAGGED_FROM,
    "help centre": words.HELP_CENTRE,
}  # fmt: skip
"""Every sentence the program can say to an office."""


@pytest.mark.parametrize(
    ("state", "indonesian", "english"),
    [
        (State.LEARNING, "BELUM CUKUP RIWAYAT", "not enough history"),
        (State.NORMAL, "TIDAK ADA TANDA PERETASAN", "no sign of a takeover"),
        (State.WATCHED, "PERLU DIPERIKSA", "needs a look"),
        (State.COMPROMISED, "DIDUGA DIRETAS", "looks taken over"),
        (State.RECOVERING, "PEMANTAUAN PASCAPULIH", "under watch after recovery"),
    ],
)
def test_a_state_is_called_as_the_glossary_has_it(
    state: State, indonesian: str, english: str
) -> None:
    said = words.STATES[state.value]

    assert indonesian == said.id
    assert english == said.en.lower()


@pytest.mark.parametrize(
    ("author", "indonesian", "english"),
    [
        (Author.OWNER, "pengelola", "owner"),
        (Author.DOUBTFUL, "meragukan", "doubtful"),
        (Author.STRANGER, "diduga bukan pengelola", "a stranger's"),
        (Author.UNKNOWN, "tidak dapat dinilai", "cannot be judged"),
    ],
)
def test_an_author_is_called_as_the_glossary_has_it(
    author: Author, indonesian: str, english: str
) -> None:
    assert Wording(id=indonesian, en=english) == words.AUTHORS[author.value]


def test_nothing_that_can_happen_is_without_a_word() -> None:
    model = TextModel.load(shipped("models") / "posts-v1")

    assert {state.value for state in State} == set(words.STATES)
    assert {author.value for author in Author} == set(words.AUTHORS)
    assert {*model.categories, "UNKNOWN"} <= set(words.CATEGORIES)


@pytest.mark.parametrize("name", SAID)
def test_no_sentence_uses_a_word_that_offices_misread(name: str) -> None:
    """A kompromi is a settlement, an orang asing a foreigner, and nothing is ever declared safe."""
    said = SAID[name].id

    assert not re.search(r"kompromi|orang asing|\baman\b", said, re.IGNORECASE)
    assert not re.search(r"\bsafe\b|foreigner", SAID[name].en, re.IGNORECASE)


@pytest.mark.parametrize("name", SAID)
def test_every_sentence_is_there_in_both_languages(name: str) -> None:
    said = SAID[name]

    assert said.id.strip() == said.id != ""
    assert said.en.strip() == said.en != ""


def test_the_first_steps_come_in_the_order_that_saves_most() -> None:
    """Evidence before anything is deleted, the e-mail before the account, the public before the last."""
    cues = (
        "Jangan dihapus",
        "surel",
        "sesi",
        "pemulihan resmi",
        "atasan",
        "kanal resmi lain",
        "membayar",
    )

    assert len(cues) == len(words.FIRST_STEPS)
    for cue, step in zip(cues, words.FIRST_STEPS, strict=True):
        assert cue in step.id


@pytest.mark.parametrize(
    ("zone", "indonesian", "english"),
    [
        ("Asia/Jakarta", "Kamis, 21 November 2024, 01.14 WIB", "Thursday, 21 November 2024, 01:14 WIB"),
        ("Asia/Makassar", "Kamis, 21 November 2024, 02.14 WITA", "Thursday, 21 November 2024, 02:14 WITA"),
        ("Asia/Jayapura", "Kamis, 21 November 2024, 03.14 WIT", "Thursday, 21 November 2024, 03:14 WIT"),
        (None, "Rabu, 20 November 2024, 18.14 UTC", "Wednesday, 20 November 2024, 18:14 UTC"),
        ("Asia/Singapore", "Kamis, 21 November 2024, 02.14 UTC+08", "Thursday, 21 November 2024, 02:14 UTC+08"),
        ("Europe/Amsterdam", "Rabu, 20 November 2024, 19.14 CET", "Wednesday, 20 November 2024, 19:14 CET"),
    ],
)  # fmt: skip
def test_a_time_is_written_as_the_office_reads_its_clock(
    zone: str | None, indonesian: str, english: str
) -> None:
    moment = datetime(2024, 11, 20, 18, 14, 59, tzinfo=UTC)

    assert indonesian == words.when(moment, zone, "id")
    assert english == words.when(moment, zone, "en")
    assert words.day(moment, zone, "id") in indonesian


def test_every_day_and_month_has_its_name() -> None:
    first = datetime(2024, 1, 1, tzinfo=UTC)
    days = {
        words.when(first + timedelta(days=shift), None, "id").split(",")[0] for shift in range(7)
    }
    months = {
        words.day(first.replace(month=month), None, "id").split()[1] for month in range(1, 13)
    }

    assert {"Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"} == days
    assert len(months) == 12
    assert {"Januari", "Mei", "Agustus", "Desember"} <= months


def test_a_time_is_the_same_moment_whatever_offset_it_came_with() -> None:
    moment = datetime(2024, 11, 20, 18, 14, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=-5)))

    assert words.when(moment, "Asia/Jakarta", "id") == words.when(elsewhere, "Asia/Jakarta", "id")


@given(st.floats(0, 1))
def test_nothing_is_ever_certain(probability: float) -> None:
    assert words.percent(probability, "en") not in {"0.0 %", "100.0 %"}
    assert words.percent(probability, "id") == words.percent(probability, "en").replace(".", ",")


@given(st.integers(0, 10**9))
def test_a_number_can_be_read_back(value: int) -> None:
    assert value == int(words.number(value, "id").replace(".", ""))
    assert value == int(words.number(value, "en").replace(",", ""))


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_shown_keeps_its_offsets_and_is_not_obeyed(text: str) -> None:
    shown = printable(text, keep_lines=True)

    assert len(text) == len(shown)
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", shown
    )
    assert shown == shown.encode().decode()
    assert [one == "\n" for one in text] == [one == "\n" for one in shown]


def test_what_is_shown_keeps_its_letters() -> None:
    plain = "Apél pagi 🎰 👩\u200d🏫 𝐒𝐋𝐎𝐓 日本 (0858-0000-1234)"

    assert plain == printable(plain) == one_line(plain)


def test_one_line_is_one_line() -> None:
    assert one_line(" satu\r\n\tdua \x1b tiga\u2028") == "satu dua tiga"
