"""LinkedIn's tables: shares, logins and a Page's analytics; messages and connections stay closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._details import EVENT_KINDS
from detector.sources._grouping import group
from detector.sources._linkedin import urn, when
from detector.sources.linkedin_export import LinkedinExport

HEADER = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility"
NOON = datetime(2024, 11, 18, 5, 0, tzinfo=UTC)


def number(at: datetime = NOON) -> int:
    return int(at.timestamp() * 1_000) << 22 | 7


def link(at: datetime = NOON, kind: str = "share") -> str:
    return f"https://www.linkedin.com/feed/update/urn%3Ali%3A{kind}%3A{number(at)}"


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert LinkedinExport.recognises(archive)
    pages = list(LinkedinExport.open(archive, account=account).pages())
    for page in pages:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return pages


def posts_of(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


def events_of(pages: list[Page]) -> list[AccountEvent]:
    return [event for page in pages for event in page.events]


def reasons_of(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


def of_table(tmp_path: Path, text: str, name: str = "Shares.csv") -> list[Page]:
    path = tmp_path / "x" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return read(path.parent)


def of_shares(tmp_path: Path, *rows: str) -> list[Page]:
    return of_table(tmp_path, "\n".join((HEADER, *rows)) + "\n")


@pytest.mark.parametrize("name", ["Shares.csv", "Shares_12345.csv", "shares (1).csv"])
def test_shares_are_read_under_any_of_their_names(tmp_path: Path, name: str) -> None:
    row = f"2024-11-18 05:00:00,{link()},Halo,https://x.example,https://m.example/a.jpg?e=1,ANYONE"
    (post,) = posts_of(of_table(tmp_path, f"{HEADER}\n{row}\n", name))
    assert (post.id, post.created_at, post.text) == (str(number()), NOON, "Halo")
    assert (post.url, post.links) == (link(), ("https://x.example",))
    assert [(one.kind, one.size) for one in post.media] == [("photo", None)]
    assert post.where == f"{name}#0"


def test_a_single_table_is_known_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "dari kantor.csv"
    path.write_text(f"{HEADER}\n2024-11-18 05:00:00,{link()},Halo\n", encoding="utf-8-sig")
    assert posts_of(read(path))[0].account == "dari kantor"
    assert posts_of(read(path, "@kpu"))[0].account == "kpu"
    path.write_text("Date,Link\n2024-11-18,x\n", encoding="utf-8")
    assert not LinkedinExport.recognises(Archive.of(path))


def test_the_profile_tells_the_name(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "Profile.csv").write_text("First Name,Last Name,Address\nKPU,Rekaan,Jalan 1\n")
    assert (
        posts_of(of_shares(tmp_path, f"2024-11-18 05:00:00,{link()},a"))[0].account == "KPU Rekaan"
    )
    (folder / "Profile.csv").write_bytes(b"\xff\xfe")
    assert posts_of(read(folder))[0].account == "x"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('"Satu, dua"', "Satu, dua"),
        ('"Kata ""sah"" saja"', 'Kata "sah" saja'),
        ('"Satu\ndua\n\ntiga"', "Satu\ndua\n\ntiga"),
        ('"Satu""\n""\n""dua"', "Satu\n\ndua"),
        ('"Kata ""sah""\nTitik"', 'Kata "sah"\nTitik'),
        ('"Kata \\"sah\\", bukan"', 'Kata "sah", bukan'),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("", ""),
    ],
)
def test_commentaries_are_read_as_they_were_written(tmp_path: Path, cell: str, text: str) -> None:
    rows = [f"2024-11-18 05:00:00,{link()},{cell},,,ANYONE", f"2024-11-18 06:00:00,x,akhir,,,{'ANYONE'}"]  # fmt: skip
    pages = of_shares(tmp_path, *rows)
    assert [post.text for post in posts_of(pages)] == [text, "akhir"]
    assert not reasons_of(pages)


def test_rows_may_escape_quotes_in_two_ways(tmp_path: Path) -> None:
    rows = [f'{NOON:%Y-%m-%d %H:%M:%S},{link()},"{cell}",,,MEMBER_NETWORK' for cell in
            ('Kata ""sah"" dan ""resmi"".', 'Kata \\"sah\\" dan \\"resmi\\"', "D:\\berkas\\")]  # fmt: skip
    rows = [row.replace(link(), link(NOON + timedelta(days=day))) for day, row in enumerate(rows)]
    texts = [post.text for post in posts_of(of_shares(tmp_path, *rows))]
    assert sorted(texts) == ["D:\\berkas\\", 'Kata "sah" dan "resmi"', 'Kata "sah" dan "resmi".']


def test_notes_above_the_header_are_left_out(tmp_path: Path) -> None:
    notes = 'Notes:\n"When exporting, some things may be missing, such as this."\n\n'
    row = f"2024-11-18 05:00:00,{link()},Halo"
    assert len(posts_of(of_table(tmp_path, f"{notes}{HEADER}\n{row}\n"))) == 1


def test_a_time_without_a_zone_is_settled_by_the_posts_number(tmp_path: Path) -> None:
    local = NOON + timedelta(hours=7)
    pages = of_shares(
        tmp_path,
        f"2024-11-18 05:00:01,{link()},sama",
        f"{local:%Y-%m-%d %H:%M:%S},{link(NOON + timedelta(milliseconds=250))},setempat",
        f"2024-11-20 05:00:00,{link()}9,lain hari",
        "2024-11-21 05:00:00,,tanpa nomor",
    )
    assert [(post.text, post.created_at, post.time_quality) for post in posts_of(pages)] == [
        ("setempat", NOON + timedelta(milliseconds=250), TimeQuality.EXACT_MS),
        ("sama", NOON + timedelta(seconds=1), TimeQuality.EXACT),
        ("lain hari", datetime(2024, 11, 20, 5, tzinfo=UTC), TimeQuality.LOCAL),
        ("tanpa nomor", datetime(2024, 11, 21, 5, tzinfo=UTC), TimeQuality.LOCAL),
    ]


@pytest.mark.parametrize(
    ("text", "at", "quality"),
    [
        ("2024-11-18 05:00:00", NOON, TimeQuality.LOCAL),
        ("2024-11-18 05:00:00 UTC", NOON, TimeQuality.EXACT),
        ("Mon Nov 18 05:00:00 UTC 2024", NOON, TimeQuality.EXACT),
        ("11/18/24, 5:00 AM", NOON, TimeQuality.LOCAL),
        ("11/18/2024, 5:00:00\u202fAM", NOON, TimeQuality.LOCAL),
        ("11/18/24, 12:30 AM", datetime(2024, 11, 18, 0, 30, tzinfo=UTC), TimeQuality.LOCAL),
        ("11/18/24, 12:30 PM", datetime(2024, 11, 18, 12, 30, tzinfo=UTC), TimeQuality.LOCAL),
        ("11/18/2024", datetime(2024, 11, 18, tzinfo=UTC), TimeQuality.LOCAL),
    ],
)
def test_times_are_read_in_every_spelling(text: str, at: datetime, quality: TimeQuality) -> None:
    assert when(text) == (at, quality)


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("", "has no time"),
        ("1999-01-01 00:00:00", "its time is in the year 1999"),
        ("2150-01-01 00:00:00", "its time is in the year 2150"),
        ("13/45/2024", "time '13/45/2024' is not understood"),
        ("1/1/24, 99:00 PM", "time '1/1/24, 99:00 PM' is not understood"),
        ("kemarin", "time 'kemarin' is not understood: write it like 2024-11-21T01:14:00+07:00"),
    ],
)
def test_a_row_without_a_usable_time_says_why(tmp_path: Path, date: str, why: str) -> None:
    pages = of_shares(tmp_path, f"2024-11-18 05:00:00,{link()},a", f'"{date}",,b')
    assert reasons_of(pages) == [("Shares.csv#1", why)]
    assert len(posts_of(pages)) == 1


def test_rows_of_odd_lengths_are_read_or_rejected(tmp_path: Path) -> None:
    pages = of_shares(tmp_path, "2024-11-18 05:00:00,x,pendek", "2024-11-18 05:00:00,x,b,c,d,e,f,g")
    assert [post.text for post in posts_of(pages)] == ["pendek"]
    assert reasons_of(pages) == [("Shares.csv#1", "has 8 cells under 6 names")]


def test_a_repeated_share_and_login_are_given_once(tmp_path: Path) -> None:
    row = f"2024-11-18 05:00:00,{link()},a"
    logins = tmp_path / "x" / "Logins.csv"
    logins.parent.mkdir()
    line = "Mon Nov 18 05:00:00 UTC 2024,192.0.2.15,Mozilla/5.0,Sign in with password\n"
    logins.write_text(f"Login Date,IP Address,User Agent,Login Type\n{line}{line}")
    pages = of_shares(tmp_path, row, row)
    assert (len(posts_of(pages)), len(events_of(pages)), pages[0].duplicates) == (1, 1, 2)


def test_what_happened_to_the_account_is_told_with_addresses_masked(tmp_path: Path) -> None:
    tables = {
        "Logins.csv": "Login Date,IP Address,User Agent,Login Type\nMon Nov 18 05:00:00 UTC 2024,2001:db8::1,Mozilla/5.0,Sign in\n",
        "Security Challenges.csv": "Challenge Date,IP Address,User Agent,Country,Challenge Type\nMon Nov 18 04:59:00 UTC 2024,203.0.113.9,Mozilla/5.0,Rekania,EMAIL_PIN\n",
        "Email Addresses.csv": 'Email Address,Confirmed,Primary,Updated On\nhumas@kpu.example,Yes,Yes,Not Available\nx9@surat.example,Yes,No,"11/18/24, 5:02 AM"\n',
        "Registration.csv": 'Registered At,Registration Ip,Subscription Types\n"3/4/19, 2:05 AM",192.0.2.15,\n',
    }  # fmt: skip
    for name, text in tables.items():
        of_table(tmp_path, text, name)
    pages = read(tmp_path / "x")
    found = [(one.kind, one.at.minute, one.details) for one in events_of(pages)]
    assert found == [
        ("signup", 5, {"ip": "192.0.2.15"}),
        ("login_challenged", 59, {"ip": "203.0.113.9", "user_agent": "Mozilla/5.0", "method": "EMAIL_PIN", "country": "Rekania"}),
        ("login", 0, {"ip": "2001:db8::1", "user_agent": "Mozilla/5.0", "method": "Sign in"}),
        ("email_changed", 2, {"to": "x***@surat.example"}),
    ]  # fmt: skip
    assert {kind for kind, _, _ in found} <= EVENT_KINDS
    assert pages[0].ignored == 1
    assert "humas" not in repr(pages)


def test_instant_reposts_are_reposts(tmp_path: Path) -> None:
    text = f"Date,Link\n2024-11-18 05:00:00,{link()}\n"
    (post,) = posts_of(of_table(tmp_path, text, "Instant Reposts.csv"))
    assert (post.is_repost, post.links, post.text) == (True, (link(),), "")
    assert post.id == f"repost of {number()}"


def test_a_pages_analytics_tell_the_day_and_the_number_the_time(tmp_path: Path) -> None:
    names = "Post title,Post link,Post type,Campaign name,Posted by,Created date (UTC),Impressions"
    address = f"https://www.linkedin.com/feed/update/urn:li:activity:{number()}"
    text = (
        "Aggregated engagement metrics for your posts,,,,,,\n"
        f'{names}\n"Rapat\npleno",{address},Original,,Anisa,11/18/2024,12\n'
        "Ulang,,Repost,,Anisa,11/19/2024,3\n"
    )
    path = tmp_path / "kpu_content_1732.csv"
    path.write_text(text, encoding="utf-16")
    first, second = posts_of(read(path))
    assert (first.text, first.created_at, first.id) == ("Rapat\npleno", NOON, str(number()))
    assert first.time_quality is TimeQuality.EXACT_MS
    assert (second.is_repost, second.time_quality) == (True, TimeQuality.LOCAL)
    assert "Anisa" not in repr(first)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A7264000000000000001",
        "https://www.linkedin.com/feed/update/urn:li:activity:7264000000000000001/",
        "https://www.linkedin.com/posts/kpu_rapat-activity-7264000000000000001-AbCd",
        "https://www.linkedin.com/feed/update/urn:li:comment:(urn:li:activity:7264000000000000001,1)",
    ],
)
def test_a_posts_number_is_found_in_its_address(address: str) -> None:
    assert urn(address) == "7264000000000000001"
    assert urn("https://www.linkedin.com/company/kpu") is None


def test_messages_connections_and_contacts_are_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    closed = ("messages.csv", "Connections.csv", "ImportedContacts.csv", "Contacts.csv", "PhoneNumbers.csv", "guide_messages.csv", "Ad_Targeting.csv", "SearchQueries.csv")  # fmt: skip
    for name in closed:
        (folder / name).write_bytes(HEADER.encode() + b"\n2024-11-18 05:00:00,x,RAHASIA\xff\n")
    asked: list[str] = []
    opening = Archive.open
    monkeypatch.setattr(
        Archive, "open", lambda self, name: opening(self, asked.append(name) or name)  # type: ignore[func-returns-value]
    )  # fmt: skip
    pages = of_shares(tmp_path, f"2024-11-18 05:00:00,{link()},a")
    assert "RAHASIA" not in repr(pages)
    assert set(asked) == {"Shares.csv"}


def test_a_damaged_table_of_several_is_said_and_the_others_read(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "Logins.csv").write_bytes(b"Login Date,IP Address\n\0\0\xff,\n" + b"x" * 99)
    pages = of_shares(tmp_path, f"2024-11-18 05:00:00,{link()},a")
    assert len(posts_of(pages)) == 1
    assert {where.partition("#")[0] for where, _ in reasons_of(pages)} == {"Logins.csv"}


def test_an_unpacked_download_is_one_export(tmp_path: Path) -> None:
    of_shares(tmp_path, f"2024-11-18 05:00:00,{link()},a")
    (tmp_path / "x" / "Connections.csv").write_text("Notes:\n\nFirst Name,Connected On\n")
    (tmp_path / "x" / "other.jsonl").write_text("{}\n")
    (tmp_path / "x" / "Logins.csv").write_text("Login Date,IP Address\n")
    found = group([tmp_path], [LinkedinExport.marks])
    assert [one.path.name for one in found.archives] == ["x", "other.jsonl"]


def test_one_table_among_others_claims_only_itself(tmp_path: Path) -> None:
    of_shares(tmp_path, f"2024-11-18 05:00:00,{link()},a")
    (tmp_path / "x" / "posts.csv").write_text("created_at,text\n")
    found = group([tmp_path], [LinkedinExport.marks])
    assert [one.path.name for one in found.archives] == ["x", "posts.csv"]


def test_something_else_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    archive = Archive.of(tmp_path / "x.csv")
    assert not LinkedinExport.recognises(archive)
    with pytest.raises(ExportFormatError, match="no table") as caught:
        LinkedinExport.open(archive)
    assert "\n" not in str(caught.value)


def test_what_a_spreadsheet_saved_is_read_as_it_was(tmp_path: Path) -> None:
    later = NOON + timedelta(days=20)
    shares = tmp_path / "Shares.csv"
    shares.write_text(
        f"{HEADER}\n8/12/2024 5:00,{link(later)},Rapat â€” tepat,,,MEMBER_NETWORK\n"
        f"18/11/2024 5:00,{link()},Hadir,,,MEMBER_NETWORK\n",
        encoding="utf-8",
    )
    found = posts_of(read(shares))
    assert [(one.created_at, one.text) for one in found] == [
        (NOON, "Hadir"),
        (later, "Rapat — tepat"),
    ]


def test_a_post_in_a_group_is_known_by_its_number_and_keeps_its_time(tmp_path: Path) -> None:
    shares = tmp_path / "Shares.csv"
    address = link(NOON - timedelta(seconds=140), "groupPost").replace("%3A7", "%3A2642255-7", 1)
    assert "-7" in address
    shares.write_text(f"{HEADER}\n2024-11-18 05:00:00,{address},Hadir,,,MEMBER_NETWORK\n")
    (post,) = posts_of(read(shares))
    assert (post.id, post.created_at) == (address.rpartition("-")[2], NOON)
    assert post.time_quality is TimeQuality.EXACT


def test_the_address_of_the_beginning_is_no_change_of_it(tmp_path: Path) -> None:
    (tmp_path / "Email Addresses.csv").write_text(
        "Email Address,Confirmed,Primary,Updated On\n"
        'humas@kpu.example,Yes,Yes,"6/19/15, 10:16 AM"\nbaru@kpu.example,Yes,No,"7/20/16, 11:00 PM"\n'
    )
    (tmp_path / "Registration.csv").write_text(
        'Registration Date,Registration IP Address,Subscription Types\n"6/19/15, 10:16 AM",192.0.2.5,\n'
    )
    pages = read(tmp_path)
    assert [(one.kind, one.details) for one in events_of(pages)] == [
        ("signup", {"ip": "192.0.2.5"}),
        ("email_changed", {"to": "b***@kpu.example"}),
    ]
    assert sum(page.ignored for page in pages) == 1
