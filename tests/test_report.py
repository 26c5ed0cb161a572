"""What was found, as a person, a spreadsheet and a program read it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from builders import (
    BLATANT,
    NIGHT,
    NOON,
    account,
    document,
    finding,
    flagged,
    incident,
    refused,
    taken_over,
)
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from detector.records import Finding
from detector.report import marked, tables, text
from detector.report.document import (
    FlaggedPost,
    GivenAccount,
    GivenFile,
    GivenIncident,
    GivenReason,
    ScanDocument,
    ScoredText,
    encoded,
)

LATER = NIGHT + timedelta(hours=8)


def read(shown: ScanDocument, language: str = "id", *, explain_files: bool = False) -> str:
    """Return the report as it stands in a plain file."""
    buffer = io.StringIO()
    console = Console(file=buffer, width=100, highlight=False, color_system=None)
    text.render(shown, console, language, explain_files=explain_files)
    return buffer.getvalue()


def coloured(post: FlaggedPost) -> str:
    """Return a post's report as a terminal gets it."""
    buffer = io.StringIO()
    console = Console(
        file=buffer, width=100, color_system="truecolor", force_terminal=True, highlight=False
    )
    text.render(document(taken_over(flagged=[post])), console, "id")
    return buffer.getvalue()


def in_order(shown: str, *parts: str) -> bool:
    """Whether all parts occur one after the other."""
    place = 0
    for part in parts:
        place = shown.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def test_an_alarm_is_told_in_the_order_an_office_needs_it() -> None:
    """Account, state, since, why, whom to call, which post, what to do."""
    shown = read(document(taken_over(institution="KPU Kabupaten Blora")))

    assert in_order(
        shown,
        "@kpukabblora · instagram · KPU Kabupaten Blora",
        "DIDUGA DIRETAS",
        "Sejak", "Kamis, 21 November 2024, 01.14 WIB", "99,8 %",
        "Mengapa", "judi daring",
        "1. alasan 1",
        "Hubungi", "petugas piket",
        "Unggahan yang memicu alarm", "posts.jsonl#40", "SLOT GACOR",
        "Lakukan sekarang", "1. Tangkap layar", "7. Jangan membayar",
        "Jika unggahan ini memang milik kantor",
    )  # fmt: skip


def test_an_alarm_is_told_in_english() -> None:
    shown = read(document(taken_over()), "en")

    assert in_order(
        shown, "@kpukabblora · instagram", "LOOKS TAKEN OVER", "Since", "Thursday, 21 November 2024, 01:14 WIB",
        "Why", "online gambling", "Call", "The post that raised the alarm", "Do now", "Do not delete it yet",
        "If this post was yours",
    )  # fmt: skip
    assert "Unggahan" not in shown


def test_at_most_three_reasons_are_given_and_none_for_the_owner() -> None:
    reasons = [GivenReason("hour", -9.0, "jam biasa"), *incident().reasons]
    shown = read(document(taken_over(incidents=[incident(reasons=reasons)])))

    assert [one for one in (f"alasan {rank}" for rank in range(1, 6)) if one in shown] == [
        "alasan 1",
        "alasan 2",
        "alasan 3",
    ]
    assert "jam biasa" not in shown


def test_the_reasons_are_those_of_the_post_that_raised_the_alarm() -> None:
    post = flagged(reasons=[GivenReason("gambling", 3.0, "menyebut judi")])

    assert in_order(
        read(document(taken_over(flagged=[post]))), "Mengapa", "1. menyebut judi", "Hubungi"
    )


def test_an_alarm_shows_a_sum_that_adds_up_as_written() -> None:
    """Three reasons with their nats, all others as one term, and the total."""
    weights = {"text": 9.337, "base_rate": -3.056, "contact": 0.776, "hour": 0.756, "offer": 0.333}
    reasons = [GivenReason(what, weight, what) for what, weight in weights.items()]
    shown = read(document(taken_over(incidents=[incident(reasons=reasons)])), "en")
    nats = [float(one) for one in re.findall(r" ([+-]\d+\.\d\d) ", shown)]

    assert nats == [9.34, 0.78, 0.76, -2.73, 8.15]
    assert round(sum(nats[:-1]), 2) == nats[-1]
    assert in_order(shown, "2 other reasons", "the sum, in nats", "+8.15")


def test_an_alarm_without_a_post_is_told_as_what_it_is() -> None:
    """Its weightiest changes, steps that need no post, and how to announce the office's own changes."""
    reasons = [
        GivenReason("login_country", 1.8, "a login"),
        GivenReason("email_changed", 2.4, "an address"),
    ]
    changed = incident(post_ids=[], categories=[], reasons=reasons)
    shown = read(document(taken_over(incidents=[changed], flagged=[])), "en")

    assert in_order(
        shown, "Why", "changes to the account", "1. an address", "2. a login", "+4.20", "1. Take screenshots of",
        "not in your hands", "If these changes were yours", "“announced”",
    )  # fmt: skip
    assert "post's address" not in shown


def test_the_values_of_an_incident_stand_in_one_column() -> None:
    shown = read(
        document(taken_over(incidents=[incident(takeover_after=NOON, takeover_before=NIGHT)])), "en"
    )
    values = ("Thursday", "after", "online", "the duty")
    lines = [
        next(line for line in shown.splitlines() if label in line)
        for label in ("Since", "Changed", "Why", "Call")
    ]

    assert len({line.index(value) for line, value in zip(lines, values, strict=True)}) == 1


def test_those_who_are_named_in_the_settings_are_called_by_name() -> None:
    shown = read(
        document(
            taken_over(
                duty_contact="Bu Rini 0811-0000-4477", reports_to=["KPU Provinsi Jawa Tengah"]
            )
        )
    )

    assert in_order(shown, "Hubungi", "Bu Rini 0811-0000-4477 (KPU Provinsi Jawa Tengah)")
    assert in_order(shown, "Lakukan sekarang", "Lapor ke atasan (KPU Provinsi Jawa Tengah)")


@pytest.mark.parametrize(
    ("platform", "place"),
    [("instagram", "instagram.com/hacked"), ("mastodon", "pusat bantuan resminya")],
)
def test_recovery_is_the_platforms_own(platform: str, place: str) -> None:
    assert f"dari platform: {place}" in read(document(taken_over(platform=platform)))


def test_the_post_that_raised_the_alarm_is_shown_whole_and_the_others_listed() -> None:
    """Also when a weaker post of the same stranger's came first."""
    first = flagged("Permisi kak numpang lewat", identity="weak", at=NIGHT)
    alarm = flagged(at=LATER, url="https://www.instagram.com/p/XX1/")
    one = incident(detected_at=LATER, post_ids=["weak", "stranger"])
    shown = read(document(taken_over(incidents=[one], flagged=[first, alarm])))

    assert in_order(
        shown, "Sejak", "01.14 WIB", "Terdeteksi", "09.14 WIB", "Unggahan yang memicu alarm", "09.14 WIB",
        "https://www.instagram.com/p/XX1/", "SLOT GACOR", "Unggahan lain", "01.14 WIB", "Permisi kak", "posts.jsonl#40",
    )  # fmt: skip


def test_a_passed_incident_is_told_as_passed() -> None:
    """The present state is said to be the present one, and nobody is sent running."""
    one = incident(closed_at=LATER + timedelta(days=4))
    shown = read(document(taken_over(state="NORMAL", incidents=[one])))

    assert in_order(
        shown,
        "Sekarang: TIDAK ADA TANDA PERETASAN",
        "insiden yang sudah lewat",
        "Diduga pulih", "Senin, 25 November 2024, 09.14 WIB",
        "Jika unggahan ini memang milik kantor",
    )  # fmt: skip
    assert "Lakukan sekarang" not in shown


def test_times_without_a_zone_are_said_to_be_utc() -> None:
    shown = read(document(taken_over(timezone=None)))

    assert in_order(shown, "Rabu, 20 November 2024, 18.14 UTC", "--timezone WIB")
    assert "--timezone" not in read(document(taken_over()))


def test_a_calm_account_is_two_lines() -> None:
    shown = read(document(account(timezone=None)))

    assert shown.splitlines()[:4] == [
        "@kpukabblora · instagram",
        "  TIDAK ADA TANDA PERETASAN",
        "  41 unggahan diperiksa, 20 November 2024",
        "",
    ]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("LEARNING", "Riwayatnya belum cukup"),
        ("WATCHED", "Periksa unggahan di bawah ini"),
        ("COMPROMISED", "dibuka sebelum --since"),
    ],
)
def test_a_state_that_raises_a_question_is_explained(state: str, said: str) -> None:
    assert said in read(document(account(state=state)))


def test_what_is_worth_a_look_comes_newest_first_and_is_cut_short() -> None:
    posts = [
        flagged(
            f"Undian nomor {index}. " + "Hadiah! " * 60,
            identity=str(index),
            at=NOON + timedelta(days=index),
        )
        for index in range(8)
    ]
    shown = read(document(account(state="WATCHED", doubtful=posts)))

    assert in_order(shown, "Perlu dilihat", "nomor 7", "nomor 6", "nomor 3", "… +3")
    assert "nomor 2" not in shown
    assert shown.count("Hadiah!") < 8 * 30


def test_accounts_in_trouble_come_first() -> None:
    accounts = [
        account(account="tenang"),
        account(account="baru", state="LEARNING"),
        account(account="aneh", state="WATCHED"),
        taken_over(account="pulih", state="RECOVERING", incidents=[incident(closed_at=LATER)]),
        taken_over(account="kena"),
    ]

    assert in_order(
        read(document(*accounts)), "@kena", "@pulih", "@aneh", "@baru", "@tenang", "Akun: 5"
    )


def test_an_account_with_a_name_of_words_is_no_handle() -> None:
    shown = read(document(account(account="KPU Blora", platform="facebook")))

    assert shown.startswith("KPU Blora · facebook")


def test_all_five_sorts_of_records_and_their_sum_are_told() -> None:
    shown = document(account(posts=1_234))
    total = msgspec.structs.replace(
        shown.summary, events=2, duplicates=3, rejected=4, ignored=5, records=1_248
    )
    line = " ".join(read(msgspec.structs.replace(shown, summary=total)).split())

    assert (
        "1.234 unggahan + 2 peristiwa akun + 3 ganda + 4 ditolak + 5 diabaikan = 1.248 catatan"
        in line
    )


def test_what_could_not_be_read_is_told() -> None:
    """Ten records by name, the rest by number; an input by name."""
    rejected = [refused(where=f"posts.jsonl#{index}") for index in range(12)]
    shown = read(document(rejected=rejected, errors=[refused("no such file or folder", "nothere")]))

    assert "Catatan tidak terbaca: posts.jsonl#9: has no time" in shown
    assert "posts.jsonl#10" not in shown
    assert "… +2" in shown
    assert "Masukan tidak dapat dipakai: nothere: no such file or folder" in shown


def test_files_are_explained_on_demand() -> None:
    one = GivenFile(file="posts.jsonl", source="native", records=41, posts=40, rejected=1)
    shown = document(files=[one])

    assert "dibaca sebagai" not in read(shown)
    lines = read(shown, explain_files=True).splitlines()
    place = lines.index("posts.jsonl")
    assert lines[place + 1] == "  dibaca sebagai native: 40 unggahan + 1 ditolak = 41 catatan"


HOSTILE = "[bold]PROMO[/bold] [red] [/] [link=https://x.example]klik[/link] \x1b[31mmerah\x1b]0;judul\x07 \x9b2J\r"


def hostile_document() -> ScanDocument:
    """Return a report in which everything a stranger may have written is hostile."""
    post = flagged(
        HOSTILE + BLATANT,
        url=HOSTILE,
        where=HOSTILE,
        reasons=[GivenReason("gambling", 2.0, HOSTILE)],
    )
    other = msgspec.structs.replace(post, id="other")
    one = taken_over(
        account=HOSTILE, platform=HOSTILE, institution=HOSTILE, duty_contact=HOSTILE, reports_to=[HOSTILE],
        flagged=[post, other], doubtful=[msgspec.structs.replace(post, id="doubtful")],
        incidents=[incident(post_ids=["stranger", "other"], categories=[HOSTILE])],
    )  # fmt: skip
    file = GivenFile(file=HOSTILE, source="native")
    return document(
        one, rejected=[refused(HOSTILE, HOSTILE)], errors=[refused(HOSTILE, HOSTILE)], files=[file]
    )


@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_a_stranger_wrote_is_obeyed(language: str) -> None:
    """Neither the terminal's control characters nor the markup of the library that draws."""
    shown = read(hostile_document(), language, explain_files=True)

    assert not set(shown) & {"\x1b", "\x07", "\x9b", "\r"}
    assert shown.count("[bold]PROMO[/bold]") >= 8


def test_spans_are_marked_and_nothing_else_is_coloured_by_the_text() -> None:
    caption = f"{HOSTILE} daftar SLOT GACOR, lapor ke polisi"
    post = flagged(
        caption,
        findings=[
            finding(caption, "SLOT GACOR"),
            finding(caption, "lapor ke polisi", "fraud_warning"),
        ],
    )
    shown = coloured(post)

    assert "\x1b[1;31mSLOT GACOR\x1b[0m" in shown
    assert "\x1b[32mlapor ke polisi\x1b[0m" in shown
    assert "\x1b[31mmerah" not in shown
    assert "\x1b]0" not in shown
    assert "[bold]PROMO[/bold]" in shown


@given(
    st.text(max_size=200), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 20)), max_size=5)
)
def test_marking_keeps_the_text(caption: str, spans: list[tuple[int, int]]) -> None:
    findings = [
        Finding("gambling", min(start, len(caption)), min(start + size, len(caption)), "")
        for start, size in spans
    ]
    shown = marked.marked(caption, findings).plain

    assert len(caption) == len(shown)
    assert [one for one in caption if one.isprintable()] == [
        one for one, given_as in zip(shown, caption, strict=True) if given_as.isprintable()
    ]


def test_an_endless_post_is_cut() -> None:
    shown = marked.marked("a" * 100_000, [Finding("gambling", 50_000, 50_010, "")])

    assert shown.plain == "a" * marked.SHOWN_TEXT + " …"


def test_an_explanation_shows_text_findings_and_the_sum() -> None:
    caption = "[b]SLOT GACOR[/b] via WA 0858-0000-1234"
    scored = ScoredText(
        id=None, flagged=True, probability=0.875, log_odds=1.95, category="gambling",
        findings=[finding(caption, "SLOT GACOR", value="slot gacor"),
                  finding(caption, "0858-0000-1234", "whatsapp_number", "+6285800001234")],
        reasons=[GivenReason("gambling", 5.0, "menyebut [i]judi"), GivenReason("base_rate", -3.05, "jarang")],
    )  # fmt: skip
    buffer = io.StringIO()
    text.explain(
        scored, caption, Console(file=buffer, width=100, color_system=None), "id", flagged_from=-2.0
    )
    rows = [line.split() for line in buffer.getvalue().splitlines()]

    assert rows[0] == ["[b]⟦SLOT", "GACOR⟧[/b]", "via", "WA", "⟦0858-0000-1234⟧"]
    assert ["3–13", "SLOT", "GACOR", "gambling"] in rows
    assert ["25–39", "0858-0000-1234", "+6285800001234", "whatsapp_number"] in rows
    assert ["+5.00", "menyebut", "[i]judi", "gambling"] in rows
    assert ["-3.05", "jarang", "base_rate"] in rows
    assert ["+1.95", "87,5", "%"] in [row[:3] for row in rows]
    assert "mulai -2.00 nat" in " ".join(rows[-2] + rows[-1])
    assert in_order(buffer.getvalue(), "87,5 %", "diduga bukan pengelola", "judi daring")


def table(shown: ScanDocument) -> list[dict[str, str]]:
    """Return the CSV's rows."""
    buffer = io.StringIO(newline="")
    tables.write_csv(shown, buffer)
    return list(csv.DictReader(io.StringIO(buffer.getvalue(), newline="")))


def test_every_post_is_a_row_oldest_first() -> None:
    shown = document(
        taken_over(
            flagged=[flagged(at=LATER)], doubtful=[flagged('Halo\n"kak", ya', identity="d")]
        ),
        account(account="tenang"),
    )
    rows = table(shown)

    assert [row["id"] for row in rows] == ["d", "stranger"]
    assert tuple(rows[0]) == tables.COLUMNS
    assert rows[0]["text"] == 'Halo\n"kak", ya'
    assert (
        rows[0]["account"], rows[0]["state"], rows[0]["probability"],
    ) == ("kpukabblora", "COMPROMISED", "0.99")  # fmt: skip


@pytest.mark.parametrize(
    "cell", ["=1+1", "+62858", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]
)
def test_a_spreadsheet_does_not_run_what_a_stranger_wrote(cell: str) -> None:
    post = flagged(cell, identity=cell, url=cell, findings=[Finding("price", 0, 1, "x", cell)])
    (row,) = table(document(taken_over(account=cell, flagged=[post])))

    for column in ("account", "id", "values", "url", "text"):
        assert f"'{cell}" == row[column]


def test_numbers_stay_numbers() -> None:
    (row,) = table(document(taken_over(flagged=[flagged(log_odds=-1.5)])))

    assert row["log_odds"] == "-1.5"


def test_a_line_is_an_account_a_post_or_a_refusal() -> None:
    shown = document(
        taken_over(doubtful=[flagged(identity="d", at=LATER)]), account(account="tenang"),
        rejected=[refused()], errors=[refused("no such file or folder", "nothere")],
    )  # fmt: skip
    rows = [msgspec.json.decode(line) for line in tables.jsonl(shown)]

    assert [row["type"] for row in rows] == [
        "account",
        "account",
        "post",
        "post",
        "rejected",
        "rejected",
    ]
    assert [row["id"] for row in rows if row["type"] == "post"] == ["stranger", "d"]
    assert {"platform": "instagram", "account": "kpukabblora"}.items() <= rows[2].items()
    assert "flagged" not in rows[0]
    assert rows[-1]["why"] == "no such file or folder"


PROMISED: dict[type, set[str]] = {
    ScanDocument: {"format", "model", "summary", "accounts", "rejected"},
    GivenAccount: {
        "platform", "account", "posts", "rejected", "first_post_at", "last_post_at", "state", "probability",
        "incidents", "flagged",
    },
    GivenIncident: {
        "opened_at", "detected_at", "closed_at", "peak_probability", "post_ids", "categories", "reasons",
    },
    FlaggedPost: {
        "id", "created_at", "url", "text", "verdict", "probability", "category", "findings", "reasons",
    },
    GivenReason: {"what", "log_odds", "why"},
    Finding: {"indicator", "start", "end", "text", "value"},
    ScoredText: {"id", "flagged", "probability", "category", "findings", "reasons"},
}  # fmt: skip
"""What is changed only with another number in `format`."""


@pytest.mark.parametrize("kind", PROMISED, ids=lambda kind: kind.__name__)
def test_promised_keys_are_there_and_never_left_out(kind: Any) -> None:
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    written = set(kind.__struct_encode_fields__)

    assert written >= PROMISED[kind]
    # A default might one day be left out of the JSON; only findings know a value that may be missing.
    assert required >= PROMISED[kind] - {"value"}


def test_a_document_can_be_read_back() -> None:
    shown = document(
        taken_over(), account(first_post_at=None, last_post_at=None), rejected=[refused()]
    )

    assert shown == msgspec.json.decode(encoded(shown), type=ScanDocument)


def test_times_are_written_in_utc() -> None:
    raw = msgspec.json.decode(encoded(document(taken_over())))

    assert raw["accounts"][0]["incidents"][0]["opened_at"] == "2024-11-20T18:14:00Z"
    assert raw["format"] == "kentongan.scan/1"


def test_half_a_character_does_not_stop_a_report() -> None:
    """A file's name may be no text at all, and still be one that could not be read."""
    shown = document(taken_over(), errors=[refused("no known kind of export", "lap\udcffor.zip")])

    assert msgspec.json.decode(encoded(shown))["errors"][0]["where"] == "lap�or.zip"
    assert b"lap\xef\xbf\xbdor.zip" in b"".join(tables.jsonl(shown))
    assert "lap or.zip" in read(shown)


def test_spans_stand_in_brackets_where_there_is_no_colour() -> None:
    """Spans that overlap or touch are marked once."""
    caption = "tebus murah iPhone"
    findings = [Finding("a", 0, 5, ""), Finding("b", 3, 11, ""), Finding("c", 12, 18, "")]

    assert marked.bracketed(caption, findings).plain == "⟦tebus murah⟧ ⟦iPhone⟧"


def test_spans_stand_in_brackets_on_a_terminal_without_colour() -> None:
    """As NO_COLOR asks for: the terminal can, its reader will not."""
    buffer = io.StringIO()
    console = Console(file=buffer, color_system="standard", force_terminal=True, no_color=True)
    console.print(marked.MarkedText("slot gacor", [Finding("gambling", 0, 10, "")]))

    assert "⟦slot gacor⟧" in buffer.getvalue()
