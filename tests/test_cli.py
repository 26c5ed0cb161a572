"""The command line, as the people and programs that call it see it."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import Any, Final

import click
import msgspec
import pytest
from builders import (
    BLATANT,
    NIGHT,
    NOON,
    ORDINARY,
    Ran,
    hijacked,
    lines,
    ordinary,
    record,
)

from detector.assembly import indicator_kinds, shipped, source_kinds
from detector.cli import _COMMANDS
from detector.cli import kentongan as kentongan_group
from detector.monitor.feeds import live_kinds
from detector.report.document import ScanDocument, ScoredText
from detector.report.tables import COLUMNS
from detector.settings import load

Kentongan = Callable[..., Ran]
HERE = Path(__file__).parent.parent


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """Return the posts of an account nothing happened to."""
    return lines(ordinary(account="tenang"), tmp_path / "calm.jsonl")


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """Return the posts of an account with one blatant stranger's post at its end."""
    return lines(hijacked(), tmp_path / "taken.jsonl")


def command(*arguments: object) -> list[str]:
    """Return the command line for a process of its own."""
    return [sys.executable, "-m", "detector", *map(str, arguments)]


def environment() -> dict[str, str]:
    """Return an environment in which the package is found wherever the process stands."""
    return os.environ | {"PYTHONPATH": str(HERE)}


def process(*arguments: object, stdin: bytes = b"") -> Ran:
    """Run a command line in a process of its own."""
    ran = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env=environment(),
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def scanned(ran: Ran) -> ScanDocument:
    """Return the document a scan wrote."""
    return msgspec.json.decode(ran.out, type=ScanDocument)


def complaint(ran: Ran) -> str:
    """Return the one line a command complained with."""
    (line,) = ran.err.splitlines()
    assert line.startswith("kentongan: ")
    return line


# Exit codes of a scan


def test_a_calm_account_ends_with_0(kentongan: Kentongan, calm: Path) -> None:
    ran = kentongan("scan", calm)

    assert (ran.code, ran.err) == (0, "")
    assert "TIDAK ADA TANDA PERETASAN" in ran.out


def test_an_incident_ends_with_1(kentongan: Kentongan, taken: Path) -> None:
    ran = kentongan("scan", taken)

    assert (ran.code, ran.err) == (1, "")
    assert "DIDUGA DIRETAS" in ran.out


def test_a_process_ends_with_the_same_codes(calm: Path, taken: Path, tmp_path: Path) -> None:
    assert process("scan", calm)[::2] == (0, "")
    assert process("scan", taken)[::2] == (1, "")
    missing = process("scan", tmp_path / "nothere.zip")
    assert missing.code == 2
    assert "nothere.zip" in complaint(missing)


def test_a_missing_path_ends_with_2(kentongan: Kentongan, calm: Path, tmp_path: Path) -> None:
    """And the rest was read all the same."""
    ran = kentongan("scan", calm, tmp_path / "nothere.zip")

    assert ran.code == 2
    assert "nothere.zip" in complaint(ran)
    assert "@tenang" in ran.out


def test_an_incident_counts_more_than_an_unreadable_file(
    kentongan: Kentongan, taken: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    ran = kentongan("scan", tmp_path / "broken.zip", taken)

    assert ran.code == 1
    assert "broken.zip" in complaint(ran)


def test_an_incident_that_has_passed_still_ends_with_1(
    kentongan: Kentongan, tmp_path: Path
) -> None:
    back = [
        record(f"{ORDINARY[0]} lagi ({day})", NIGHT + timedelta(days=day), f"b{day}")
        for day in range(1, 40)
    ]
    ran = kentongan(
        "scan", lines([*hijacked(), *back], tmp_path / "back.jsonl"), "--format", "json"
    )
    (account,) = scanned(ran).accounts

    assert ran.code == 1
    assert account.state == "NORMAL"
    assert account.incidents[0].closed_at is not None


def test_a_record_that_cannot_be_read_is_no_unusable_input(
    kentongan: Kentongan, calm: Path
) -> None:
    with calm.open("a") as more:
        more.write('{"platform": "x"}\nnot json\n')
    ran = kentongan("scan", calm, "--format", "json")

    assert (ran.code, scanned(ran).summary.rejected) == (0, 2)


# What a scan writes


def test_json_is_the_promised_document(kentongan: Kentongan, taken: Path, calm: Path) -> None:
    shown = scanned(kentongan("scan", taken, calm, "--format", "json"))
    total = shown.summary
    (hit,) = [one for one in shown.accounts if one.incidents]

    assert shown.format == "kentongan.scan/1"
    assert (total.accounts, total.posts, total.compromised) == (2, 81, 1)
    assert total.records == (
        total.posts + total.events + total.duplicates + total.rejected + total.ignored
    )
    assert ["stranger"] == hit.incidents[0].post_ids == [one.id for one in hit.flagged]
    assert hit.incidents[0].opened_at == NIGHT
    assert hit.flagged[0].url == "https://www.instagram.com/p/XX1/"


def test_findings_index_the_text_as_given_and_reasons_add_up(
    kentongan: Kentongan, taken: Path
) -> None:
    (account,) = scanned(kentongan("scan", taken, "--format", "json")).accounts
    (post,) = account.flagged

    assert post.text == BLATANT
    assert post.findings
    for one in post.findings:
        assert one.text == post.text[one.start : one.end]
    assert post.log_odds == pytest.approx(sum(one.log_odds for one in post.reasons), abs=1e-9)


def test_jsonl_is_a_line_for_each_account_and_post(kentongan: Kentongan, taken: Path) -> None:
    ran = kentongan("scan", taken, "--format", "jsonl")
    rows = [msgspec.json.decode(line) for line in ran.out.splitlines()]

    assert [row["type"] for row in rows] == ["account", "post"]
    assert rows[1]["id"] == "stranger"


def test_csv_is_a_row_for_each_post(kentongan: Kentongan, taken: Path) -> None:
    ran = kentongan("scan", taken, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(ran.out, newline=""))

    assert tuple(row) == COLUMNS
    assert (row["id"], row["text"]) == ("stranger", BLATANT)


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv"])
def test_a_file_holds_what_the_screen_would_show(
    kentongan: Kentongan, taken: Path, tmp_path: Path, form: str
) -> None:
    """Save a CSV's mark, by which spreadsheets know its letters, and the seconds it took."""
    target = tmp_path / "report"
    shown = kentongan("scan", taken, "--format", form)
    ran = kentongan("scan", taken, "--format", form, "-o", target)
    written = target.read_bytes().decode("utf-8-sig" if form == "csv" else "utf-8")

    assert ran == (1, "", "")
    assert untimed(shown.out) == untimed(written)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf") == (form == "csv")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["report", "taken.jsonl"]


def untimed(written: str) -> str:
    """Leave out the one thing that differs between two runs."""
    return re.sub(r'[0-9.,]+ detik|"seconds": [0-9.]+', "", written)


def test_a_report_that_cannot_be_written_leaves_nothing(
    kentongan: Kentongan, taken: Path, tmp_path: Path
) -> None:
    """A file appears whole or not at all, and an older one stays."""
    (tmp_path / "old.json").write_text("old")
    missing = kentongan("scan", taken, "-o", tmp_path / "no" / "folder.json")
    folder = kentongan("scan", taken, "-o", tmp_path)
    bad = kentongan("scan", taken, "--timezone", "WIBB", "-o", tmp_path / "old.json")

    assert [missing.code, folder.code, bad.code] == [2, 2, 2]
    assert "folder.json" in complaint(missing)
    assert "is a directory" in complaint(folder)
    assert (tmp_path / "old.json").read_text() == "old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["old.json", "taken.jsonl"]


def test_a_report_never_overwrites_the_evidence(kentongan: Kentongan, taken: Path) -> None:
    before = taken.read_bytes()
    ran = kentongan("scan", taken, "-o", taken.parent / "." / "taken.jsonl")

    assert ran.code == 2
    assert "would be overwritten" in complaint(ran)
    assert before == taken.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_full_disk_is_one_line(taken: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            command("scan", taken),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            env=environment(),
        )

    assert ran.returncode == 2
    assert "No space left" in complaint(Ran(2, "", ran.stderr.decode()))


# Windows, names, languages


def test_since_limits_what_is_reported_and_not_what_is_learned(
    kentongan: Kentongan, taken: Path
) -> None:
    before = scanned(kentongan("scan", taken, "--format", "json"))
    within = kentongan("scan", taken, "--format", "json", "--since", "2024-11-20T18:14:00Z")
    after = kentongan("scan", taken, "--format", "json", "--since", "2024-11-20T18:14:01Z")

    assert before.accounts == scanned(within).accounts
    assert (within.code, after.code) == (1, 0)
    (account,) = scanned(after).accounts
    assert (account.posts, account.state, account.incidents, account.flagged) == (
        41,
        "COMPROMISED",
        [],
        [],
    )


def test_until_leaves_out_what_came_later(kentongan: Kentongan, taken: Path) -> None:
    ran = kentongan("scan", taken, "--format", "json", "--until", "2024-11-20T18:13:59Z")
    (account,) = scanned(ran).accounts

    assert (ran.code, account.posts, account.state) == (0, 40, "NORMAL")


@pytest.mark.parametrize(
    ("option", "zone", "code"),
    [
        # 20 November 18.14 UTC is 21 November 01.14 in Jakarta.
        (("--until", "2024-11-20"), None, 1),
        (("--until", "2024-11-19"), None, 0),
        (("--until", "2024-11-20"), "WIB", 0),
        (("--until", "2024-11-21"), "WIB", 1),
        (("--since", "2024-11-21"), None, 0),
        (("--since", "2024-11-21"), "WIB", 1),
        (("--since", "2024-11-21T01:14"), "WIB", 1),
        (("--since", "2024-11-21T01:15"), "WIB", 0),
        (("--since", "2024-11-21T02:14+08:00"), "WIB", 1),
        (("--until", "9999-12-31"), None, 1),
        (("--until", "9999-12-31"), "America/New_York", 1),
        (("--since", "0001-01-01"), "WIT", 1),
    ],
)
def test_a_day_is_the_offices_own(
    kentongan: Kentongan, taken: Path, option: tuple[str, str], zone: str | None, code: int
) -> None:
    """A whole day, in the zone that was given; UTC when none was."""
    more = ("--timezone", zone) if zone else ()

    assert (code, "") == kentongan("scan", taken, *option, *more)[::2]


def test_account_and_platform_fill_in_what_the_file_does_not_tell(
    kentongan: Kentongan, tmp_path: Path
) -> None:
    nameless = [{key: one[key] for key in ("id", "created_at", "text")} for one in ordinary(3)]
    path = lines(nameless, tmp_path / "posts.jsonl")
    ran = kentongan(
        "scan", path, "--account", "@kpukabblora", "--platform", "x", "--format", "json"
    )
    named = kentongan(
        "scan", lines(ordinary(3), path), "--account", "lain", "--platform", "x", "--format", "json"
    )

    assert [(one.platform, one.account) for one in scanned(ran).accounts] == [("x", "kpukabblora")]
    assert [(one.platform, one.account) for one in scanned(named).accounts] == [
        ("instagram", "kpukabblora")
    ]


def test_a_report_speaks_the_language_asked_for(
    kentongan: Kentongan, taken: Path, tmp_path: Path
) -> None:
    """The option first, then the settings, else Indonesian."""
    settings = tmp_path / "kentongan.toml"
    settings.write_text('language = "en"\n')

    assert "DIDUGA DIRETAS" in kentongan("scan", taken).out
    assert "LOOKS TAKEN OVER" in kentongan("scan", taken, "--lang", "en").out
    assert "LOOKS TAKEN OVER" in kentongan("scan", taken, "-c", settings).out
    assert "DIDUGA DIRETAS" in kentongan("scan", taken, "-c", settings, "--lang", "id").out


def test_settings_tell_whose_account_it_is(
    kentongan: Kentongan, taken: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "kentongan.toml"
    settings.write_text(
        '[[accounts]]\nplatform = "instagram"\naccount = "kpukabblora"\ninstitution = "KPU Kabupaten Blora"\n'
        'timezone = "WITA"\nreports_to = ["KPU Provinsi Jawa Tengah"]\nduty_contact = "Bu Rini"\n'
    )
    ran = kentongan("scan", taken, "-c", settings, "--timezone", "WIB")

    assert "KPU Kabupaten Blora" in ran.out
    assert "02.14 WITA" in ran.out
    assert "Bu Rini (KPU Provinsi Jawa Tengah)" in ran.out


def test_a_zone_on_the_command_line_is_shown(kentongan: Kentongan, taken: Path) -> None:
    assert "Kamis, 21 November 2024, 01.14 WIB" in kentongan("scan", taken, "--timezone", "wib").out
    assert "Rabu, 20 November 2024, 18.14 UTC" in kentongan("scan", taken).out


def test_files_are_explained_on_demand(kentongan: Kentongan, calm: Path) -> None:
    ran = kentongan("scan", calm, "--explain-files")

    assert "  dibaca sebagai native: 40 unggahan = 40 catatan" in ran.out.splitlines()


def test_more_processes_find_the_same(kentongan: Kentongan, tmp_path: Path) -> None:
    """Enough posts for a second process to be worth it."""
    some = ordinary(50)
    many = [one | {"account": f"kantor{index}"} for index in range(90) for one in some]
    path = lines([*many, *hijacked()], tmp_path / "many.jsonl")
    alone, together = (
        scanned(kentongan("scan", path, "--format", "json", "--jobs", jobs)) for jobs in (1, 2)
    )

    assert alone.accounts == together.accounts
    assert alone.summary.compromised == 1


# Errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan"], "PATHS"),
        (["scna"], "scna"),
        (["scan", "CALM", "--formt", "json"], "--formt"),
        (["scan", "CALM", "--format", "yaml"], "yaml"),
        (["scan", "CALM", "--since", "besok"], "2024-11-21T01:14+07:00"),
        (["scan", "CALM", "--until", "2024-13-01"], "2024-13-01"),
        (["scan", "CALM", "--since", "2024-12-01", "--until", "2024-11-30"], "later than"),
        (["scan", "CALM", "--timezone", "WIBB"], "WIB, WITA, WIT"),
        (["scan", "CALM", "--timezone", "../../etc/passwd"], "WIB, WITA, WIT"),
        (["scan", "CALM", "--jobs", "0"], "--jobs"),
        (["scan", "CALM", "-c", "nothere.toml"], "nothere.toml"),
        (["scan", "CALM", "--model", "nothere"], "nothere"),
        (["scan", "CALM", "--lang", "jv"], "--lang"),
        (["score", "nothere.jsonl"], "nothere.jsonl"),
        (["explain", "halo", "--formt", "json"], "--formt"),
        (["schema", "weather"], "weather"),
        (["train", "--corpus", "nothere"], "nothere"),
        (["evaluate", "--posts", "nothere.jsonl"], "nothere.jsonl"),
        (["evaluate", "--budget", "0"], "--budget"),
        (["evaluate", "--budget", "1.5"], "--budget"),
    ],
    ids=" ".join,
)
def test_a_mistake_on_the_command_line_is_one_line(
    kentongan: Kentongan, calm: Path, arguments: list[str], said: str
) -> None:
    """With what is wrong and where to look, exit code 2, and nothing on stdout."""
    ran = kentongan(*[calm if one == "CALM" else one for one in arguments])

    assert (ran.code, ran.out) == (2, "")
    assert said in complaint(ran)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('langauge = "id"\n', "did you mean 'language'?"),
        ('[[accounts]]\nplatform = "x"\nacount = "kpu"\n', "account"),
        ('[[accounts]]\nplatform = "x"\naccount = "kpu"\ntimezone = "WIBB"\n', "WIBB"),
        ("language = \n", "TOML"),
        ('language = "jv"\n', "jv"),
    ],
)
def test_a_mistake_in_the_settings_is_one_line(
    kentongan: Kentongan, calm: Path, tmp_path: Path, toml: str, said: str
) -> None:
    settings = tmp_path / "kentongan.toml"
    settings.write_text(toml)
    ran = kentongan("scan", calm, "-c", settings)

    assert (ran.code, ran.out) == (2, "")
    assert "kentongan.toml" in complaint(ran)
    assert said in complaint(ran)


@pytest.mark.parametrize("arguments", [["scan", "CALM"], ["score", "CALM"], ["explain", "halo"]])
def test_a_folder_without_a_model_is_one_line(
    kentongan: Kentongan, calm: Path, tmp_path: Path, arguments: list[str]
) -> None:
    empty = tmp_path / "models"
    empty.mkdir()
    ran = kentongan(*[calm if one == "CALM" else one for one in arguments], "--model", empty)

    assert (ran.code, ran.out) == (4, "")
    assert "posts-v1" in complaint(ran)
    assert "kentongan train" in complaint(ran)


def test_a_file_with_a_hostile_name_is_one_line(kentongan: Kentongan, tmp_path: Path) -> None:
    """Whatever form is asked for, and even if the name is no text."""
    path = tmp_path / os.fsdecode(b"lap\xff\x1b[2J\nor.txt")
    try:
        path.write_text("nothing of use")
    except OSError:
        pytest.skip("this file system knows text names only")
    for form in ("text", "json", "jsonl", "csv"):
        ran = kentongan("scan", path, "--format", form)

        assert ran.code == 2
        assert "\x1b" not in complaint(ran)
        assert "\x1b" not in ran.out


def test_no_error_is_a_traceback_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for arguments in (
        ["scan", tmp_path / "nothere", "--model", tmp_path],
        ["score", tmp_path / "folder"],
    ):
        ran = process(*arguments)

        assert ran.code in {2, 4}
        assert complaint(ran)


# Score


def scores(ran: Ran) -> list[dict[str, Any]]:
    """Return the lines of a score."""
    return [msgspec.json.decode(line) for line in ran.out.splitlines()]


def test_score_gives_a_line_for_a_line_in_order(kentongan: Kentongan) -> None:
    given = [
        {"id": index, "text": BLATANT if index % 3 == 0 else ORDINARY[index % 5], "more": [1]}
        for index in range(700)
    ]
    ran = kentongan("score", stdin=b"\n".join(map(msgspec.json.encode, given)))
    rows = scores(ran)

    assert (ran.code, ran.err) == (0, "")
    assert [one["id"] for one in given] == [row["id"] for row in rows]
    assert [one["text"] == BLATANT for one in given] == [row["flagged"] for row in rows]


def test_score_reads_a_file(kentongan: Kentongan, tmp_path: Path) -> None:
    path = lines([{"id": "a", "text": BLATANT}], tmp_path / "texts.jsonl")
    (row,) = scores(kentongan("score", path))

    assert (row["id"], row["flagged"]) == ("a", True)
    assert row["log_odds"] == pytest.approx(sum(one["log_odds"] for one in row["reasons"]))
    for one in row["findings"]:
        assert one["text"] == BLATANT[one["start"] : one["end"]]


@pytest.mark.parametrize(
    "identity", [b"7", b'"b-1"', b"null", b"99999999999999999999999", b'{"a":[1]}', b"1.5"]
)
def test_score_keeps_ids_of_any_kind(kentongan: Kentongan, identity: bytes) -> None:
    ran = kentongan("score", stdin=b'{"id": %b, "text": "halo kak"}' % identity)

    assert f'"id":{identity.decode()},' in ran.out


BAD = [
    (b"not json", None),
    (b"", None),
    (b'{"id": 3}', 3),
    (b'{"id": 4, "text": null}', 4),
    (b"[1, 2]", None),
    (b"null", None),
    (b'"text"', None),
    (b'{"id": 5, "text": "cut', None),
    (b"[" * 100_000, None),
    (b"\xff\xfe", None),
]


def test_score_gives_a_line_for_a_bad_line_too(kentongan: Kentongan) -> None:
    """With an error and the base rate in its place, a line on stderr for each, and exit code 2."""
    good = b'{"id": "good", "text": "slot gacor maxwin hari ini"}'
    ran = kentongan("score", stdin=b"\n".join([good, *(line for line, _ in BAD), good]) + b"\n\n")
    first, *bad, last = scores(ran)

    assert ran.code == 2
    assert first == last
    assert "error" not in first
    assert [identity for _, identity in BAD] == [row["id"] for row in bad]
    for number, row in enumerate(bad, 1):
        assert row["error"].startswith(f"stdin#{number}: ")
        assert (row["flagged"], row["category"]) == (False, "UNKNOWN")
    assert [f"kentongan: {row['error']}" for row in bad] == ran.err.splitlines()


@pytest.mark.parametrize(
    "line",
    [
        b'\xef\xbb\xbf{"id": 1, "text": "slot gacor"}',
        b'{"id": 1, "text": "slot gacor \\ud83d"}',
        b'{"id": 1, "text": "slot gacor \xff"}',
        b'{"id": 1, "text": "slot gacor"}\r\n',
    ],
)
def test_score_forgives_what_can_be_mended(kentongan: Kentongan, line: bytes) -> None:
    ran = kentongan("score", stdin=line)
    (row,) = scores(ran)

    assert (ran.code, ran.err) == (0, "")
    assert (row["id"], row["findings"][0]["indicator"]) == (1, "gambling")


@pytest.mark.parametrize("text", ["", "ok", "🎰", "นี่คือข้อความ"])
def test_a_text_nobody_can_judge_gets_the_base_rate(kentongan: Kentongan, text: str) -> None:
    (row,) = scores(kentongan("score", stdin=msgspec.json.encode({"text": text})))
    (empty,) = scores(kentongan("score", stdin=b'{"text": ""}'))

    assert (row["id"], row["flagged"], row["category"]) == (None, False, "UNKNOWN")
    assert empty["probability"] == row["probability"]


def test_score_writes_a_table(kentongan: Kentongan) -> None:
    ran = kentongan(
        "score",
        "--format",
        "csv",
        stdin=msgspec.json.encode({"id": "=1+1", "text": BLATANT}) + b"\noops\n",
    )
    rows = list(csv.DictReader(io.StringIO(ran.out, newline="")))

    assert (ran.code, len(rows)) == (2, 2)
    assert (rows[0]["id"], rows[0]["flagged"], rows[0]["error"]) == ("'=1+1", "True", "")
    assert "whatsapp_number" in rows[0]["indicators"]
    assert "+6285800001234" in rows[0]["values"]
    assert rows[1]["error"].startswith("stdin#1: ")


def test_no_lines_give_no_lines(kentongan: Kentongan) -> None:
    assert kentongan("score") == (0, "", "")
    assert kentongan("score", stdin=b"\n\n") == (0, "", "")


def test_score_speaks_the_language_asked_for(kentongan: Kentongan) -> None:
    line = msgspec.json.encode({"text": BLATANT})
    said = {
        language: kentongan("score", "--lang", language, stdin=line).out
        for language in ("id", "en")
    }

    assert "unggahan orang lain jarang terjadi" in said["id"]
    assert "posts by strangers are rare" in said["en"]


# Explain


def test_explain_takes_a_text_or_standard_input(kentongan: Kentongan) -> None:
    argument = kentongan("explain", BLATANT)
    piped = kentongan("explain", stdin=BLATANT.encode() + b"\n")

    assert (argument.code, argument.err) == (0, "")
    assert argument == piped
    assert BLATANT.split()[1] in argument.out
    assert "+6285800001234" in argument.out
    assert "unggahan orang lain jarang terjadi" in argument.out


def test_explain_shows_the_sum(kentongan: Kentongan) -> None:
    """What is shown adds up to what is shown as its total, but for rounding."""
    out = kentongan("explain", BLATANT).out
    terms, total = out.split("─────")
    shown = [float(one) for one in re.findall(r"^ *([+-]\d+\.\d\d)  ", terms, re.MULTILINE)]

    assert len(shown) > 3
    assert float(total.split()[0]) == pytest.approx(sum(shown), abs=0.005 * (len(shown) + 1))


def test_explain_says_what_score_says(kentongan: Kentongan) -> None:
    ran = kentongan("explain", "--format", "json", BLATANT)
    scored = kentongan("score", stdin=msgspec.json.encode({"text": BLATANT}))

    assert msgspec.json.decode(scored.out, type=ScoredText) == msgspec.json.decode(
        ran.out, type=ScoredText
    )


@pytest.mark.parametrize("text", ["", "[/bold] [red]", "\x1b[2J", "\udcff", "baris\nkedua"])
def test_explain_survives_any_text(kentongan: Kentongan, text: str) -> None:
    ran = kentongan("explain", text)

    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out


def test_explain_speaks_the_language_asked_for(kentongan: Kentongan) -> None:
    assert "posts by strangers are rare" in kentongan("explain", "--lang", "en", BLATANT).out


# About


def test_the_demo_shows_every_bundled_account_and_an_alarm(kentongan: Kentongan) -> None:
    """It is a show and no check, so it ends well."""
    settings = load(shipped("fixtures") / "accounts" / "kentongan.toml")
    ran = kentongan("demo")

    assert (ran.code, ran.err) == (0, "")
    assert "DIDUGA DIRETAS" in ran.out
    assert "Lakukan sekarang" in ran.out
    assert [one.account for one in settings.accounts if f"@{one.account} " not in ran.out] == []


def test_plugins_lists_every_one(kentongan: Kentongan) -> None:
    out = kentongan("plugins").out

    for name in (*source_kinds(), *live_kinds(), *indicator_kinds()):
        assert re.search(rf"^ *{name} ", out, re.MULTILINE)


@pytest.mark.parametrize("what", ["scan", "score", "evaluate", "replay", "settings"])
def test_schema_prints_a_schema(kentongan: Kentongan, what: str) -> None:
    schema = msgspec.json.decode(kentongan("schema", what).out)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$ref"].removeprefix("#/$defs/") in schema["$defs"]


JSON_TYPES: Final[dict[str, type | UnionType]] = {
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}


def misfits(
    value: Any, schema: dict[str, Any], kinds: dict[str, Any], place: str = "$"
) -> Iterator[str]:
    """Yield where a value is not what a schema says; as much of JSON Schema as ours are made of."""
    if "$ref" in schema:
        yield from misfits(value, kinds[schema["$ref"].rpartition("/")[2]], kinds, place)
    elif "anyOf" in schema:
        if all(list(misfits(value, one, kinds)) for one in schema["anyOf"]):
            yield f"{place}: none of {schema['anyOf']}"
    elif "type" in schema and not isinstance(value, JSON_TYPES[schema["type"]]):
        yield f"{place}: not {schema['type']}"
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from misfits(one, schema["items"], kinds, f"{place}[{index}]")
    elif isinstance(value, dict) and "properties" in schema:
        yield from (f"{place}: no {name}" for name in schema["required"] if name not in value)
        for name, one in value.items():
            known = schema["properties"].get(name, {"anyOf": []})
            yield from misfits(one, known, kinds, f"{place}.{name}")


def test_what_a_scan_writes_is_what_its_schema_says(
    kentongan: Kentongan, taken: Path, calm: Path, tmp_path: Path
) -> None:
    with calm.open("a") as more:
        more.write("not json\n")
    schema = msgspec.json.decode(kentongan("schema").out)
    ran = kentongan("scan", taken, calm, tmp_path / "nothere", "--format", "json")
    given = msgspec.json.decode(ran.out)

    assert given["rejected"]
    assert given["errors"]
    assert list(misfits(given, schema, schema["$defs"])) == []
    assert list(
        misfits(
            {name: one for name, one in given.items() if name != "errors"}, schema, schema["$defs"]
        )
    ) == ["$: no errors"]


def test_what_score_writes_is_what_its_schema_says(kentongan: Kentongan) -> None:
    schema = msgspec.json.decode(kentongan("schema", "score").out)
    ran = kentongan("score", stdin=msgspec.json.encode({"text": BLATANT}) + b"\noops\n")

    for row in scores(ran):
        assert list(misfits(row, schema, schema["$defs"])) == []


# Help


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_helps(kentongan: Kentongan, name: str) -> None:
    """With an example to copy, and a word on each of its options."""
    found = kentongan_group.get_command(click.Context(kentongan_group), name)
    assert found is not None
    ran = kentongan(name, "--help")
    options = [one for one in found.params if isinstance(one, click.Option)]

    assert ran == kentongan(name, "-h")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: kentongan {name}" in ran.out
    assert re.search(rf"^ +(?:.* )?kentongan {name}(?: |$)", ran.out, re.MULTILINE)
    assert [one.name for one in options if not one.help] == []
    assert all(one.opts[-1] in ran.out for one in options)


def test_help_names_every_command(kentongan: Kentongan) -> None:
    alone, asked = kentongan(), kentongan("--help")

    assert (alone.code, alone.err) == (0, "")
    assert alone == asked
    for name in _COMMANDS:
        assert re.search(rf"^  {name} +\w", asked.out, re.MULTILINE)
    assert "kentongan demo" in asked.out


def test_the_version_is_told(kentongan: Kentongan) -> None:
    assert re.fullmatch(r"kentongan, version \d+\.\d+\.\d+\n", kentongan("--version").out)


def test_help_and_version_load_no_model() -> None:
    """They answer at once: nothing heavy is imported for them."""
    check = (
        "import sys\nfrom detector.cli import main\n"
        "try: main(['--help'])\nfinally: print(sorted({'numpy', 're2', 'pandas', 'rich', 'sklearn'} & {*sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", check],
        capture_output=True,
        check=False,
        timeout=60,
        env=environment(),
    )

    assert ran.stdout.splitlines()[-1] == b"[]"


# Interruptions


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_an_empty_one(taken: Path, closed: str) -> None:
    """As some schedulers start their jobs."""
    shell = f'"{sys.executable}" -m detector explain {closed} && exec "{sys.executable}" -m detector scan "{taken}" {closed}'
    ran = subprocess.run(
        ["sh", "-c", shell], capture_output=True, check=False, timeout=60, env=environment()
    )

    assert (ran.returncode, ran.stderr) == (1, b"")


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Return enough posts for a scan of some seconds, all of them a stranger's."""
    made = (
        record(
            f"{BLATANT} {ORDINARY[index % 5]} {index}", NOON + timedelta(minutes=index), str(index)
        )
        for index in range(30_000)
    )
    return lines(made, tmp_path / "long.jsonl")


IS_DEAF: Final = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
"""Whether whoever started the tests had Ctrl-C ignored, as a shell does for what runs in its background."""


@pytest.mark.skipif(
    IS_DEAF, reason="Ctrl-C is ignored here, and by every process started from here"
)
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_ctrl_c_ends_a_scan_with_130_and_one_line(long: Path) -> None:
    """Pressed when the progress bar shows that the scan is under way."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        command("scan", long),
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment() | {"TERM": "xterm"},
    ) as scan:
        os.close(theirs)
        told = b""
        while b"Menilai" not in told:
            told += os.read(ours, 1_000)
        scan.send_signal(signal.SIGINT)
        rest = b"".join(iter(lambda: read_on(ours), b""))
        assert scan.stdout is not None
        assert scan.stdout.read() == b""
    os.close(ours)
    left = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", rest).decode().splitlines()

    assert scan.returncode == 130
    assert left[-1] == "kentongan: stopped; nothing was changed"
    assert "Traceback" not in rest.decode()


def read_on(terminal: int) -> bytes:
    """Return what else a pseudo-terminal says; nothing once its other end is closed."""
    try:
        return os.read(terminal, 1_000)
    except OSError:
        return b""


@pytest.mark.skipif(
    IS_DEAF, reason="Ctrl-C is ignored here, and by every process started from here"
)
@pytest.mark.skipif(sys.platform == "win32", reason="there, signals are another matter")
def test_ctrl_c_while_waiting_for_input_is_one_line() -> None:
    with subprocess.Popen(
        command("score"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as score:
        assert score.stdin is not None
        assert score.stdout is not None
        assert score.stderr is not None
        line = msgspec.json.encode({"text": BLATANT}) + b"\n"
        score.stdin.write(line * 256)
        score.stdin.flush()
        # One line out: the command is at work, or already waiting for more.
        assert score.stdout.readline()
        score.send_signal(signal.SIGINT)
        told = score.stderr.read().decode()
        score.stdout.read()

    assert score.returncode == 130
    assert told == "kentongan: stopped; nothing was changed\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there, pipes are another matter")
@pytest.mark.parametrize(("name", "code"), [("scan", 1), ("score", 0)])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, name: str, code: int) -> None:
    """As with ``| head -1``: no complaint; a scan that found an incident still says so by its code."""
    made = (record(BLATANT, NOON + timedelta(minutes=index), str(index)) for index in range(500))
    path = lines(made, tmp_path / "posts.jsonl")
    with subprocess.Popen(
        command(name, path, "--format", "jsonl"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as asked:
        assert asked.stdout is not None
        assert asked.stderr is not None
        first = asked.stdout.readline()
        asked.stdout.close()
        told = asked.stderr.read()

    assert first.startswith(b"{")
    assert (code, b"") == (asked.returncode, told)
