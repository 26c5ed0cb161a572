"""Instagram's export in HTML: the boxes of every year, local times of every language, and hostile pages."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from exports import one_line, write_folder, write_zip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._meta_html import blocks
from detector.sources._meta_times import Clock, is_time, local_moment
from detector.sources.instagram_export import InstagramExport

MEDIA = "your_instagram_activity/media"
LOGINS = "security_and_login_information/login_and_profile_creation"
WHEN = "Nov 21, 2024 1:14 am"
AT = datetime(2024, 11, 21, 1, 14, tzinfo=UTC)


def box(
    caption: str = "", when: str = WHEN, *, body: str = "", head: str = "div", year: int = 2024
) -> str:
    """Draw a record as Meta did from 2021 on, or before."""
    if year < 2021:
        return (
            f'<div class="pam _3-95 _2pi0 _2lej uiBoxWhite noborder"><{head} class="_3-96 _2pio _2lek _2lel">'
            f'{caption}</{head}><div class="_3-96 _2let">{body}</div><div class="_3-94 _2lem">{when}</div></div>'
        )
    return (
        f'<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><{head} class="_3-95 _2pim _a6-h _a6-i">'
        f'{caption}</{head}><div class="_3-95 _a6-p">{body}</div><div class="_3-94 _a6-o">{when}</div></div>'
    )


def picture(path: str) -> str:
    return (
        f'<div><a target="_blank" href="{path}"><img src="{path}" class="_a6_o _3-96" /></a></div>'
    )


def table(*rows: tuple[str, str]) -> str:
    inner = "".join(
        f'<tr><td class="_2pin _a6_q">{label}</td><td class="_2pin _2piu _a6_r">{value}</td></tr>'
        for label, value in rows
    )
    return f'<table style="table-layout: fixed;">{inner}</table>'


def wide(*rows: tuple[str, str]) -> str:
    inner = "".join(
        f'<tr><td colspan="2" class="_2pin _a6_q">{label}<div><div>{value}</div></div></td></tr>'
        for label, value in rows
    )
    return f"<table>{inner}</table>"


def page(*boxes: str) -> bytes:
    return (
        '<html><head><base href="../../" /><style>._a6-g{color:red}</style><title>Kiriman</title></head>'
        f'<body><main class="_a706" role="main">{"".join(boxes)}</main></body></html>'
    ).encode()


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert InstagramExport.recognises(archive)
    pages = list(InstagramExport.open(archive, account=account).pages())
    for one in pages:
        told = len(one.posts) + len(one.events) + len(one.rejected)
        assert told + one.ignored + one.duplicates == one.records
    return pages


def read_files(path: Path, files: dict[str, bytes]) -> tuple[list[Post], list[AccountEvent]]:
    write_folder(path, files)
    pages = read(path)
    posts = [one for page in pages for one in page.posts]
    return posts, [one for page in pages for one in page.events]


@pytest.mark.parametrize(("head", "year"), [("div", 2019), ("div", 2024), ("h2", 2025)])
def test_the_boxes_of_every_year_give_caption_media_and_time(
    tmp_path: Path, head: str, year: int
) -> None:
    boxes = [
        box(
            "Jadwal &amp; tempat", head=head, year=year, body=picture("media/posts/202411/1_n.jpg")
        ),
        box(
            "",
            "Nov 20, 2024, 4:36 PM",
            head=head,
            year=year,
            body=picture("media/posts/2_n.mp4") * 2,
        ),
    ]
    posts, _ = read_files(tmp_path / "x", {f"{MEDIA}/posts_1.html": page(*boxes)})
    assert [(one.text, one.created_at.isoformat(), one.time_quality) for one in posts] == [
        ("", "2024-11-20T16:36:00+00:00", TimeQuality.LOCAL),
        ("Jadwal & tempat", AT.isoformat(), TimeQuality.LOCAL),
    ]
    assert [[(one.kind, one.path) for one in post.media] for post in posts] == [
        [("video", "media/posts/2_n.mp4")],
        [("photo", "media/posts/202411/1_n.jpg")],
    ]
    assert [one.where for one in posts] == [f"{MEDIA}/posts_1.html#1", f"{MEDIA}/posts_1.html#0"]


@pytest.mark.parametrize(
    "caption",
    ["Rapat<br>pleno<br /><br/>#KPU", "Rapat\npleno\n\n#KPU", "Rapat\r\npleno\r\n\r\n#KPU"],
)
def test_line_breaks_of_a_caption_are_kept(caption: str) -> None:
    assert [one.title for one in blocks(page(box(caption)))] == ["Rapat\npleno\n\n#KPU"]


def test_rows_of_both_shapes_are_read(tmp_path: Path) -> None:
    places = wide(("Lintang", "-6.912345"), ("Bujur", "107.654321"), ("Ditandai", ""))
    inner = '<div class="_a6-q">Latitude</div><div><div class="_a6-q">-6.912345</div></div>'
    (one,) = blocks(page(box("x", body=places + table(("Alamat IP", "192.0.2.1")))))
    assert one.rows == (
        ("Lintang", "-6.912345"),
        ("Bujur", "107.654321"),
        ("Ditandai", ""),
        ("Alamat IP", "192.0.2.1"),
    )
    (loose,) = blocks(page(box("x", body=inner)))
    assert loose.rows == (("Latitude", "-6.912345"),)
    posts, _ = read_files(tmp_path / "x", {f"{MEDIA}/posts_1.html": page(box("x", body=places))})
    assert [one.location for one in posts] == ["-6.91,107.65"]


def test_links_lose_the_platforms_redirection_and_scripts_are_no_links(tmp_path: Path) -> None:
    body = (
        '<a href="https://l.instagram.com/?u=https%3A%2F%2Fkpu.example%2Fa&amp;e=x">a</a>'
        '<a href="https://www.instagram.com/p/abc/">b</a><a href="javascript:alert(1)">c</a>'
        '<a href="../../media/posts/1%20n.jpg">d</a><a href="/etc/passwd">e</a><a href="http://[">f</a>'
        "<script>document.write('x')</script>"
    )
    posts, _ = read_files(tmp_path / "x", {f"{MEDIA}/posts_1.html": page(box("x", body=body))})
    assert posts[0].links == ("https://kpu.example/a", "http://[")
    assert posts[0].url == "https://www.instagram.com/p/abc/"
    assert [one.path for one in posts[0].media] == ["media/posts/1 n.jpg"]
    assert "document" not in repr(posts)


def test_boxes_inside_a_box_are_one_record_only_where_it_has_a_time() -> None:
    inner = '<div class="_a6-g"><div class="_a6-p">' + table(("Nama", "kpu")) + "</div></div>"
    (whole,) = blocks(page(box("x", body=inner)))
    assert (whole.title, whole.when, whole.rows) == ("x", WHEN, (("Nama", "kpu"),))
    frame = f'<div class="_a6-g"><h2>Kiriman</h2>{box("a")}{box("b")}</div>'
    assert [one.title for one in blocks(page(frame))] == ["a", "b"]


def test_a_box_that_lost_its_end_does_not_swallow_the_next() -> None:
    torn = box("a").removesuffix("</div>")
    assert [one.title for one in blocks(page(torn, box("b"), box("c")))] == ["a", "b", "c"]


def test_a_page_of_unknown_classes_is_read_by_its_shape() -> None:
    post = '<section><p class="q">{}</p><div><a href="media/posts/{}.jpg"></a></div><i>{}</i></section>'
    raw = page(
        "<div><div>", post.format("Satu", 1, WHEN), post.format("Dua", 2, WHEN), "</div></div>"
    )
    assert [(one.text, one.media, one.when) for one in blocks(raw)] == [
        ("Satu", ("media/posts/1.jpg",), WHEN),
        ("Dua", ("media/posts/2.jpg",), WHEN),
    ]
    tables = page(*("<div>" + table(("Alamat IP", ip), ("Waktu", WHEN)) + "</div>" for ip in "ab"))
    assert [one.rows[0] for one in blocks(tables)] == [("Alamat IP", "a"), ("Alamat IP", "b")]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Aug 17, 2025 11:23 am", "2025-08-17 11:23"),
        ("Sep 8, 2016, 4:36 PM", "2016-09-08 16:36"),
        ("Feb 04, 2026 10:48:26 am", "2026-02-04 10:48:26"),
        ("Nov 21, 2024 1:14\u202fPM", "2024-11-21 13:14"),
        ("Nov 21, 2024 12:14 am", "2024-11-21 00:14"),
        ("17 Agu 2025 11.23", "2025-08-17 11:23"),
        ("Agu 17, 2025 11:23 pagi", "2025-08-17 11:23"),
        ("Des 5, 2024 1:05 siang", "2024-12-05 13:05"),
        ("Des 5, 2024 3:05 sore", "2024-12-05 15:05"),
        ("Des 5, 2024 9:05 malam", "2024-12-05 21:05"),
        ("Des 5, 2024 12:05 malam", "2024-12-05 00:05"),
        ("21 November 2024 pukul 01.14", "2024-11-21 01:14"),
        ("Kamis, 21 November 2024 13.05", "2024-11-21 13:05"),
        ("8월 17, 2025 11:23 오전", "2025-08-17 11:23"),
        ("8월 17, 2025 1:23 오후", "2025-08-17 13:23"),
        ("Mär 7, 2024 5:44 nachm.", "2024-03-07 17:44"),
        ("ago 17, 2025 1:23 da tarde", "2025-08-17 13:23"),
        ("ago 17, 2025 11:23 de la mañana", "2025-08-17 11:23"),
        ("21.11.2024, 01:14", "2024-11-21 01:14"),
        ("mrt 7, 2024 5:44 pm", "2024-03-07 17:44"),
        ("17 авг. 2025 г., 11:23", "2025-08-17 11:23"),
        ("jun. 07, 2024 5:44 a. m.", "2024-06-07 05:44"),
        ("05.06.2024 01:14", "2024-06-05 01:14"),
        ("05/06/2024 1:14 PM", "2024-05-06 13:14"),
    ],
)
def test_local_times_of_every_language_are_read(text: str, at: str) -> None:
    assert local_moment(text) == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "Rapat 21 Nov 2024",
        "21 Nov 2024",
        "Nov 31, 2024 1:14 am",
        "xx 4, 2024 5:44",
        "@a 1:14 2024 5",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not understood"):
        local_moment(text)


def test_a_page_of_times_in_no_language_is_given_up_soon() -> None:
    """Each one tried in every language would take hours."""
    clock = Clock()
    began = time.process_time()
    for number in range(5_000):
        with pytest.raises(ValueError, match="is not understood"):
            clock.moment(f"qx{number % 7} 4, 2024 5:44")
    assert time.process_time() - began < 10
    assert clock.moment(WHEN) == AT


def test_a_caption_that_mentions_a_time_is_no_time(tmp_path: Path) -> None:
    assert not is_time(
        "Rapat pada Nov 21, 2024 pukul 1:14 am di aula kantor kecamatan, hadir semua"
    )
    raw = page(box("Rapat Nov 21, 2023 9:00 am", body=picture("media/posts/1.jpg")))
    posts, _ = read_files(tmp_path / "x", {f"{MEDIA}/posts_1.html": raw})
    assert [(one.text, one.created_at) for one in posts] == [("Rapat Nov 21, 2023 9:00 am", AT)]


@pytest.mark.parametrize(
    ("address", "agent", "clock"),
    [
        ("Alamat IP", "Agen Pengguna", "Waktu"),
        ("IP-Adresse", "User-Agent", "Zeit"),
        ("IP 주소", "사용자 에이전트", "시간"),
    ],
)
def test_events_are_read_whatever_the_language(
    tmp_path: Path, address: str, agent: str, clock: str
) -> None:
    login = (
        '<div class="_a6-g"><h2>2024-11-20T17:57:26+00:00</h2>'
        + wide((address, "203.0.113.9"), (agent, "Instagram 309.0 Android"))
        + table((clock, "Nov 21, 2024 12:57 am"))
        + "</div>"
    )
    change = (
        '<div class="_a6-g">'
        + wide(("A", "?"), ("B", "humas@kpu.example"), ("C", "x9@pos.example"))
        + table(("D", WHEN))
        + "</div>"
    )
    password = '<div class="_a6-g">' + table((clock, WHEN)) + "</div>"
    removed = '<div class="_a6-g"><h2>Buang</h2>' + table(
        ("A", "Nov 21, 2024 1:00 am"), ("B", "Nov 21, 2024 1:20 am")
    ) + "</div>"  # fmt: skip
    _, events = read_files(
        tmp_path / "x",
        {
            f"{LOGINS}/login_activity.html": page(login, login),
            f"{LOGINS}/password_change_activity.html": page(password),
            "personal_information/personal_information/profile_changes.html": page(change),
            "apps_and_websites_off_of_instagram/apps_and_websites/removed_apps.html": page(removed),
        },
    )
    assert [
        (one.kind, one.at.isoformat()[:16], one.time_quality, one.details) for one in events
    ] == [
        (
            "login",
            "2024-11-20T17:57",
            TimeQuality.EXACT,
            {"ip": "203.0.113.9", "user_agent": "Instagram 309.0 Android"},
        ),
        (
            "email_changed",
            "2024-11-20T18:14",
            TimeQuality.MINUTE,
            {"from": "h***@kpu.example", "to": "x***@pos.example"},
        ),
        ("password_changed", "2024-11-20T18:14", TimeQuality.MINUTE, {}),
        ("app_removed", "2024-11-20T18:20", TimeQuality.MINUTE, {"to": "Buang"}),
    ]


@pytest.mark.parametrize(
    ("exact", "shown", "hours"),
    [
        ("2024-11-20T17:57:26+00:00", "Nov 20, 2024 9:57 am", 8),
        ("2024-07-20T17:57:26+00:00", "Jul 20, 2024 9:57 am", 8),
        ("2024-11-20T17:57:26+00:00", "Nov 20, 2024 11:27 pm", -5.5),
        ("2024-11-20T17:57:26+00:00", "Nov 20, 2029 9:57 am", 0),
    ],
)
def test_a_login_that_gives_both_times_tells_the_zone_of_all_pages(
    tmp_path: Path, exact: str, shown: str, hours: float
) -> None:
    login = f'<div class="_a6-g"><h2>{exact}</h2>{table(("Waktu", shown))}</div>'
    posts, _ = read_files(
        tmp_path / "x",
        {
            f"{LOGINS}/login_activity.html": page(login, login),
            f"{MEDIA}/posts_1.html": page(box("Jadwal")),
        },
    )
    assert [one.created_at for one in posts] == [AT + timedelta(hours=hours)]


def test_what_is_there_in_json_is_not_read_again_in_html(tmp_path: Path) -> None:
    posts, _ = read_files(
        tmp_path / "x",
        {
            f"{MEDIA}/posts_1.json": b'[{"media":[{"uri":"1.jpg","creation_timestamp":1711000000,"title":"json"}]}]',
            f"{MEDIA}/posts_1.html": page(box("html")),
            f"{MEDIA}/stories.html": page(box("cerita")),
        },
    )
    assert [(one.text, one.kind) for one in posts] == [("json", "post"), ("cerita", "story")]


def test_what_stands_in_for_a_film_is_no_caption(tmp_path: Path) -> None:
    film = (
        '<video src="media/reels/1.mp4"><a href="media/reels/1.mp4"><div>Klik untuk video:</div></a></video>'
        + table(("Takarir", '<a href="media/reels/1.srt">Takarir video</a>'))
    )
    posts, _ = read_files(
        tmp_path / "x", {f"{MEDIA}/reels.html": page(box("Reel", body=film), box("", body=film))}
    )
    assert sorted((one.text, [each.path for each in one.media]) for one in posts) == [
        ("", ["media/reels/1.mp4"]),
        ("Reel", ["media/reels/1.mp4"]),
    ]


@pytest.mark.parametrize(
    ("labels", "values", "details"),
    [
        (("已更改", "新值"), ("Username", "kpu.baru"), {"to": "kpu.baru"}),
        (("已更改", "之前的值"), ("Multiple links", "(title: , url: http://a.example)"), {"from": "(title: , url: http://a.example)"}),
        (("Modificato", "Valore precedente", "Nuovo valore"), ("Profile Name", "Lama", "Baru"), {"from": "Lama", "to": "Baru"}),
    ],
)  # fmt: skip
def test_labels_tell_what_was_replaced(
    tmp_path: Path, labels: tuple[str, ...], values: tuple[str, ...], details: dict[str, str]
) -> None:
    rows = wide(*zip(labels, values, strict=True)) + table(("Tanggal", WHEN))
    change = '<div class="_a6-g">' + rows + "</div>"
    name = "personal_information/personal_information/profile_changes.html"
    _, (found,) = read_files(tmp_path / "x", {name: page(change)})
    assert found.details == details


@pytest.mark.parametrize("said", ["Generated by kpu.contoh on", "Dibuat oleh kpu.contoh pada"])
def test_a_pages_head_tells_the_handle(tmp_path: Path, said: str) -> None:
    head = f'<aside role="contentinfo" class="_aoaa">{said} <time datetime="2026-06-24T12:17Z">Rabu</time></aside>'
    posts, _ = read_files(tmp_path / "x", {f"{MEDIA}/posts_1.html": head.encode() + page(box("x"))})
    assert [one.account for one in posts] == ["kpu.contoh"]


def test_the_handle_is_told_by_the_personal_page(tmp_path: Path) -> None:
    person = '<div class="_a6-g">' + wide(
        ("Surel", "humas@kpu.example"), ("Nama akun", "kpu.contoh"), ("Nama", "KPU Contoh")
    ) + "</div>"  # fmt: skip
    files = {
        f"{MEDIA}/posts_1.html": page(box("x")),
        "personal_information/personal_information/personal_information.html": page(person),
    }
    write_zip(tmp_path / "instagram-lain-2024-11-23-aBcD1234.zip", files)
    assert (
        read(tmp_path / "instagram-lain-2024-11-23-aBcD1234.zip")[0].posts[0].account
        == "kpu.contoh"
    )
    assert read(tmp_path / "instagram-lain-2024-11-23-aBcD1234.zip", "a")[0].posts[0].account == "a"


def test_a_single_page_is_recognised_by_what_is_drawn_on_it(tmp_path: Path) -> None:
    (tmp_path / "posts_1.html").write_bytes(page(box("x")))
    assert read(tmp_path / "posts_1.html")[0].posts[0].text == "x"
    other = tmp_path / "posts.html"
    other.write_bytes(b"<html><body><div class='post'>blog</div></body></html>")
    assert not InstagramExport.recognises(Archive.of(other))
    files = {"your_facebook_activity/posts/reels.html": page(box("x"))}
    write_folder(tmp_path / "facebook", files)
    assert not InstagramExport.recognises(Archive.of(tmp_path / "facebook"))


def test_records_that_cannot_be_posts_say_why(tmp_path: Path) -> None:
    raw = page(
        box("a", ""), box("b", "Nov 21, 1999 1:14 am"), box("c", "Nov 21, 2224 1:14 am"), box("d", "kemarin")
    )  # fmt: skip
    write_folder(tmp_path / "x", {f"{MEDIA}/posts_1.html": raw})
    pages = read(tmp_path / "x")
    assert [(str(one.where), one.why) for page in pages for one in page.rejected] == [
        (f"{MEDIA}/posts_1.html#0", "has no time"),
        (f"{MEDIA}/posts_1.html#1", "time 1999-11-21 is outside Instagram's lifetime"),
        (f"{MEDIA}/posts_1.html#2", "its time is in the year 2224"),
        (f"{MEDIA}/posts_1.html#3", "time 'kemarin' is not understood"),
    ]


def test_a_page_without_records_is_empty_if_it_is_whole(tmp_path: Path) -> None:
    assert read_files(tmp_path / "x", {f"{MEDIA}/posts_1.html": page()}) == ([], [])
    write_folder(tmp_path / "y", {f"{MEDIA}/posts_1.html": b"<html><body>"})
    with pytest.raises(ExportFormatError, match=r"posts_1\.html: is no whole page"):
        read(tmp_path / "y")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_page_saved_in_another_encoding_is_read(encoding: str) -> None:
    raw = page(box("Kantor 🙏 ☕")).decode().encode(encoding)
    assert [one.title for one in blocks(raw)] == ["Kantor 🙏 ☕"]


def test_half_a_character_never_leaves_a_page() -> None:
    (one,) = blocks(page(box("a&#xD83D;b")).replace(b"b</div>", b"\xffb</div>"))
    assert one.title.encode("utf-8")
    assert one.title.count("\ufffd") == 2


@pytest.mark.parametrize(
    "piece",
    [
        b"<div>", b'<div class="_a6-g">', b'<a "', b"<table><tr><td>", b"<!--", b"<script", b"</div>",
        b"<!doctype", b"<i>Nov 21, 2024 1:14 am", b"&#", b"< ", b"<br>", b"<p a='",
    ],
)  # fmt: skip
def test_hostile_pages_take_no_longer_than_others(piece: bytes) -> None:
    raw = piece * (200_000 // len(piece))
    began = time.process_time()
    list(blocks(raw))
    list(blocks(b'<div class="_a6-g">' + raw))
    assert time.process_time() - began < 3


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    cut=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
)
def test_damage_gives_source_errors_and_rejected_only(
    tmp_path: Path, cut: float, changes: list[tuple[float, int]]
) -> None:
    raw = bytearray(page(*(box(f"k{n}", body=picture(f"media/posts/{n}.jpg")) for n in range(4))))
    for at, byte in changes:
        raw[int(at * (len(raw) - 1))] = byte
    damaged = bytes(raw if changes else raw[: int(cut * len(raw))]) or b"<"
    write_folder(tmp_path / "x", {f"{MEDIA}/posts_1.html": damaged})
    with one_line():
        read(tmp_path / "x")
