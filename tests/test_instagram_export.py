"""Instagram's own export: every layout, every shape, nothing lost and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from exports import (
    Happening,
    Layout,
    Written,
    damaged,
    item,
    labelled,
    one_line,
    record,
    write_export,
    write_folder,
    write_zip,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.errors import ExportFormatError, SourceError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources import interface
from detector.sources._archive import Archive
from detector.sources._details import EVENT_KINDS
from detector.sources._grouping import group
from detector.sources._instagram_events import told
from detector.sources._meta import repair
from detector.sources.instagram_export import InstagramExport
from detector.sources.native import Native

NOON = datetime(2023, 3, 14, 5, 0, tzinfo=UTC)
POSTS = [
    Written(NOON, "Selamat pagi, Sobat Pemilih! 🙏 “Ayo ke TPS”", "photo"),
    Written(NOON + timedelta(days=1), "", "photo"),
    Written(NOON + timedelta(days=2), "Karosel: tiga foto", "carousel"),
    Written(NOON + timedelta(days=3), "Film pendek — é", "video"),
    Written(NOON + timedelta(days=4), "Reel", "reel"),
    Written(NOON + timedelta(days=5), "Cerita", "story"),
]
LAYOUTS = get_args(Layout)
MARKS = [InstagramExport.marks]
STAMP = int(NOON.timestamp())


def read(*paths: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(paths)
    assert InstagramExport.recognises(archive)
    pages = list(InstagramExport.open(archive, account=account).pages())
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


def read_files(folder: Path, files: Mapping[str, Any]) -> list[Page]:
    write_folder(folder, files)
    return read(folder)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("parts", [1, 3])
def test_every_layout_gives_the_same_posts(
    tmp_path: Path, layout: Layout, *, zipped: bool, parts: int
) -> None:
    write_export(POSTS, tmp_path / "x", layout, parts=parts, zipped=zipped, username="kpu.contoh")
    (archive,), errors = group([tmp_path], MARKS)
    assert not errors
    pages = read(*archive.paths)
    found = posts_of(pages)
    assert [(one.created_at, one.text) for one in found] == [(one.at, one.text) for one in POSTS]
    assert [len(one.media) for one in found] == [1, 1, 3, 1, 1, 1]
    assert {one.account for one in found} == {"kpu.contoh"}
    assert {one.platform for one in found} == {"instagram"}
    assert found[5].kind == "story"
    assert found[3].media[0].kind == "video"
    assert len({one.id for one in found}) == len(found)
    assert not reasons_of(pages)


def test_a_post_has_the_same_id_in_every_layout_that_names_its_media_alike(tmp_path: Path) -> None:
    ids = set()
    for layout in ("2021", "2023", "2024"):
        write_export(POSTS, tmp_path / layout, layout)
        ids.add(tuple(one.id for one in posts_of(read(tmp_path / layout))))
    assert len(ids) == 1


def test_where_tells_file_and_record(tmp_path: Path) -> None:
    write_export(POSTS[:1], tmp_path / "x.zip", zipped=True)
    assert posts_of(read(tmp_path / "x.zip"))[0].where == (
        "x.zip!your_instagram_activity/media/posts_1.json#0"
    )


def test_captions_and_times_are_found_in_either_place(tmp_path: Path) -> None:
    post = Written(NOON, "x")
    files = {
        "posts_1.json": [
            {"media": [item(post, "1.jpg", ""), item(post, "2.jpg", "dalam")], "title": ""},
            {
                "media": [item(post, "3.jpg", "dalam")],
                "title": "luar",
                "creation_timestamp": STAMP + 16,
            },
            {
                "media": [item(post, "4.jpg") | {"creation_timestamp": STAMP + 20}],
                "creation_timestamp": 0,
            },
            {"media": [], "title": "tanpa media", "creation_timestamp": STAMP + 30},
            {"uri": "5.jpg", "creation_timestamp": STAMP + 40, "title": "datar"},
        ]
    }
    found = posts_of(read_files(tmp_path / "x", files))
    assert [one.text for one in found] == ["dalam", "luar", "", "tanpa media", "datar"]
    assert [(one.created_at - NOON).total_seconds() for one in found] == [0, 16, 20, 30, 40]


def test_wrappers_may_be_mixed_in_one_list(tmp_path: Path) -> None:
    def flat(minute: int) -> dict[str, Any]:
        return item(Written(NOON + timedelta(minutes=minute), ""), f"{minute}.jpg", f"m{minute}")

    files = {
        "instagram_media.json": [
            {"ig_stories": [flat(1)]},
            {"ig_reels_media": [{"media": [flat(2)]}]},
            {"ig_archived_post_media": [{"media": [flat(3)]}]},
            {"ig_igtv_media": [{"media": [flat(4)]}]},
            {"ig_other_media": [flat(5)]},
            {"ig_profile_picture": [flat(6) | {"is_profile_picture": True}]},
            {"media": [flat(7)]},
        ]
    }
    found = posts_of(read_files(tmp_path / "x", files))
    assert [one.kind for one in found] == [
        "story", "reel", "archived", "igtv", "other", "profile_picture", "post",
    ]  # fmt: skip
    assert [one.where for one in found] == [f"instagram_media.json#{n}" for n in range(7)]


def test_reposts_are_flagged_and_read_by_label_or_by_shape(tmp_path: Path) -> None:
    def repost(stamp: int, label: str) -> dict[str, Any]:
        inner = [
            {"label": "URL", "value": "https://www.instagram.com/p/abc/"},
            {"label": label, "value": "Tulisan orang lain"},
            {"title": "Owner", "dict": [{"dict": [{"label": "Username", "value": "lain"}]}]},
        ]
        return {
            "timestamp": stamp,
            "media": [],
            "label_values": [{"title": "Media", "dict": [{"dict": inner}]}],
        }

    files = {
        "your_instagram_activity/media/reposts.json": [
            repost(STAMP, "Caption"),
            repost(STAMP + 99, "캡션"),
        ]
    }
    found = posts_of(read_files(tmp_path / "x", files))
    assert [(one.text, one.is_repost, one.url) for one in found] == [
        ("Tulisan orang lain", True, "https://www.instagram.com/p/abc/")
    ] * 2


def test_the_layout_of_2018_joins_carousels_and_leaves_private_pictures(tmp_path: Path) -> None:
    def photo(name: str, taken: str, **more: str) -> dict[str, str]:
        return {"caption": "Tiga foto", "taken_at": taken, "path": name, **more}

    files = {
        "media.json": {
            "photos": [
                photo("photos/201812/a.jpg", "2018-12-31T08:05:13", location="West End, Vancouver"),
                photo("photos/201812/b.jpg", "2018-12-31T08:05:13"),
                photo("photos/201812/c.jpg", "2018-12-31T08:06:13+07:00"),
            ],
            "profile": [
                {"caption": "", "taken_at": "2018-01-01T00:00:00+00:00", "path": "profile/1.jpg"}
            ],
            "direct": [{"taken_at": "2018-01-01T00:00:00", "path": "direct/1.jpg"}],
        }
    }
    pages = read_files(tmp_path / "x", files)
    found = posts_of(pages)
    assert [(one.kind, len(one.media), one.time_quality) for one in found] == [
        ("profile_picture", 1, TimeQuality.EXACT),
        ("post", 1, TimeQuality.EXACT),
        ("post", 2, TimeQuality.LOCAL),
    ]
    assert found[2].location == "West End, Vancouver"
    assert (pages[0].duplicates, pages[0].ignored) == (1, 1)


@pytest.mark.parametrize(
    ("odd", "is_read"),
    [
        ("2018-05-05T05:00:02Z", True),
        ("2018-05-05T12:00:02+07:00", True),
        ("2018-05-05T05:00:02", True),
        ("1970-01-01T00:00:00+00:00", False),
        ("2100-01-01T00:00:00+00:00", False),
        ("2009-12-31T23:59:59", False),
    ],
)
def test_one_odd_time_in_the_file_of_2018_changes_nothing_for_the_others(
    tmp_path: Path, odd: str, is_read: bool
) -> None:
    """Times are checked together; where one is not plain, each is looked at."""

    def photo(place: int, taken: str) -> dict[str, str]:
        return {"caption": f"Foto {place}", "taken_at": taken, "path": f"photos/{place}.jpg"}

    listed = [photo(place, f"2018-05-05T05:0{place}:00+00:00") for place in range(4)]
    listed[2]["taken_at"] = odd
    pages = read_files(tmp_path / "x", {"media.json": {"photos": listed[:3], "videos": listed[3:]}})
    found = {one.text: (one.created_at.minute, one.where) for one in posts_of(pages)}
    expected = {f"Foto {place}": (place, f"media.json#{place}") for place in (0, 1, 3)}
    assert found == ({**expected, "Foto 2": (0, "media.json#2")} if is_read else expected)
    assert [str(one.where) for page in pages for one in page.rejected] == (
        [] if is_read else ["media.json#2"]
    )


def test_a_place_is_kept_coarse_and_signed_links_are_not_kept(tmp_path: Path) -> None:
    one = record(Written(NOON, "x"))
    one["media"][0]["backup_uri"] = "https://cdn.example/secret"
    one["media"][0]["media_metadata"] = {
        "photo_metadata": {
            "exif_data": [
                {"device_id": "android-1"},
                {"latitude": -7.123456, "longitude": 111.98765},
            ]
        }
    }
    (post,) = posts_of(read_files(tmp_path / "x", {"content/posts_1.json": [one]}))
    assert post.location == "-7.12,111.99"
    assert "secret" not in repr(post)
    assert "android" not in repr(post)


def test_repetitions_are_counted_and_given_once(tmp_path: Path) -> None:
    """The same record twice, its copy elsewhere, and a reel that is also a post, a second apart."""
    one, reel = record(POSTS[0]), record(POSTS[4])
    late = dict(reel, creation_timestamp=int(POSTS[4].at.timestamp()) + 1)
    moved = json.loads(json.dumps(one))
    moved["media"][0]["uri"] = "public-media/" + moved["media"][0]["uri"]
    files = {
        "content/posts_1.json": [one, one, late],
        "content/reels.json": {"ig_reels_media": [reel]},
        "public-media/posts_1.json": [moved],
    }
    pages = read_files(tmp_path / "x", files)
    assert [post.text for post in posts_of(pages)] == [POSTS[0].text, POSTS[4].text]
    assert sum(page.duplicates for page in pages) == 3


def test_a_strangers_burst_is_not_taken_for_repetition(tmp_path: Path) -> None:
    burst = [Written(NOON + timedelta(seconds=n), "PROMO TEBUS MURAH") for n in range(5)]
    write_export(burst, tmp_path / "x")
    assert len(posts_of(read(tmp_path / "x"))) == 5


@pytest.mark.parametrize(
    ("one", "why"),
    [
        ({"media": [{"uri": "1.jpg"}]}, "has no time"),
        ({"media": [{"uri": "1.jpg", "creation_timestamp": 0}]}, "its time is 0"),
        (
            {"media": [], "creation_timestamp": 86_400},
            "time 1970-01-02 is outside Instagram's lifetime",
        ),
        (
            {"media": [], "creation_timestamp": 5_680_281_600},
            "time 2150-01-01 is outside Instagram's lifetime",
        ),
        ({"media": [], "creation_timestamp": 1e300}, "its time is outside Instagram's lifetime"),
        ({"media": [], "creation_timestamp": [1]}, "its time is a list, not a number of seconds"),
        (
            {"media": [], "creation_timestamp": True},
            "its time is true or false, not a number of seconds",
        ),
        ({"media": 3, "creation_timestamp": STAMP}, "its media are a number, not a list"),
        ({"media": ["x"], "creation_timestamp": STAMP}, "among its media is a text, not an object"),
        (
            {"media": [], "title": {}, "creation_timestamp": STAMP},
            "its caption is an object, not a text",
        ),
        ("words", "is a text, not an object"),
        (None, "is null, not an object"),
        ({"taken_at": "yesterday", "path": "1.jpg"}, "time 'yesterday' is not understood"),
        (
            {"taken_at": "0001-01-01T00:00:00+14:00"},
            "time 0001-01-01 is outside Instagram's lifetime",
        ),
    ],
)
def test_a_record_that_cannot_be_a_post_says_why(tmp_path: Path, one: Any, why: str) -> None:
    files = {"content/posts_1.json": [record(POSTS[0]), one]}
    pages = read_files(tmp_path / "x", files)
    assert reasons_of(pages) == [("content/posts_1.json#1", why)]
    assert len(posts_of(pages)) == 1


def test_one_damaged_file_does_not_lose_the_others(tmp_path: Path) -> None:
    files = {
        "content/posts_1.json": [record(POSTS[0])],
        "content/reels.json": b'{"ig_reels_media": [{"media": [',
        "content/stories.json": {"ig_stories": 3},
        "content/igtv_videos.json": b"",
    }
    pages = read_files(tmp_path / "x", files)
    assert {where for where, _ in reasons_of(pages)} == {
        "content/reels.json",
        "content/stories.json",
        "content/igtv_videos.json",
    }
    assert all(one.where.record is None for page in pages for one in page.rejected)
    assert len(posts_of(pages)) == 1


@pytest.mark.parametrize(
    "content", [b"[", b"3", b'{"a": 1}', b"\xff\xfe[", b"[" * 100_000, b'"' + b"a" * 99]
)
def test_a_single_damaged_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    write_folder(tmp_path / "x", {"content/posts_1.json": content})
    with pytest.raises(ExportFormatError, match=r"content/posts_1\.json") as caught:
        read(tmp_path / "x")
    assert "\n" not in str(caught.value)


def test_an_export_without_posts_is_told_what_to_ask_for(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", {"your_instagram_activity/likes/liked_posts.json": []})
    with pytest.raises(ExportFormatError, match=r"without posts.*JSON"):
        InstagramExport.open(Archive.of(tmp_path / "x"))


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.99])
def test_a_list_that_is_cut_off_gives_what_stands_before(tmp_path: Path, cut: float) -> None:
    raw = json.dumps([damaged(record(one)) for one in POSTS]).encode()
    pages = read_files(tmp_path / "x", {"content/posts_1.json": raw[: int(len(raw) * cut)]})
    found = posts_of(pages)
    assert [one.text for one in found] == [one.text for one in POSTS[: len(found)]]
    assert [why for _, why in reasons_of(pages)] == ["is not whole JSON: damaged or cut off"]


def test_a_record_of_another_shape_changes_nothing_for_its_neighbours(tmp_path: Path) -> None:
    """Whether a piece of a list is read with types or without, its posts are the same."""
    plain = [record(one) for one in POSTS]
    plain[0]["media"][0]["media_metadata"] = {
        "photo_metadata": {"exif_data": [{"latitude": -6.91, "longitude": 107.65}]}
    }
    odd = {"media": [], "title": "tanpa media", "creation_timestamp": STAMP + 7}
    alone = posts_of(read_files(tmp_path / "x", {"content/posts_1.json": plain}))
    beside = posts_of(read_files(tmp_path / "y", {"content/posts_1.json": [*plain, odd]}))
    assert [one for one in beside if one.text != "tanpa media"] == [
        msgspec.structs.replace(one, account="y") for one in alone
    ]
    assert alone[0].location == "-6.91,107.65"


def test_a_download_with_threads_gives_their_posts_as_such(tmp_path: Path) -> None:
    same = item(POSTS[0], "a.jpg", POSTS[0].text) | {"text_app_post": {"is_reply": False}}
    files = {
        "your_instagram_activity/media/posts_1.json": [{"media": [same]}],
        "your_instagram_activity/threads/threads_and_replies.json": {
            "text_post_app_text_posts": [{"media": [same]}]
        },
        "your_instagram_activity/threads/liked_threads.json": b"never opened",
    }
    found = posts_of(read_files(tmp_path / "x", files))
    assert sorted((one.platform, one.kind, one.text) for one in found) == [
        ("instagram", "post", POSTS[0].text),
        ("threads", "post", POSTS[0].text),
    ]
    only = {name: tree for name, tree in files.items() if "/threads/" in name}
    write_folder(tmp_path / "threads", only)
    assert not InstagramExport.recognises(Archive.of(tmp_path / "threads"))


def test_media_that_lie_in_the_archive_have_a_size(tmp_path: Path) -> None:
    write_zip(
        tmp_path / "x.zip",
        {
            "unduhan/your_instagram_activity/media/posts_1.json": [
                {
                    "media": [
                        item(POSTS[0], "media/posts/1.jpg"),
                        item(POSTS[0], "media/posts/2.jpg"),
                    ]
                }
            ],
            "unduhan/media/posts/1.jpg": b"12345",
        },
    )
    (post,) = posts_of(read(tmp_path / "x.zip"))
    assert [(one.path, one.size) for one in post.media] == [
        ("media/posts/1.jpg", 5),
        ("media/posts/2.jpg", None),
    ]


def test_private_and_other_peoples_files_are_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [
        "your_instagram_activity/messages/inbox/a/message_1.json",
        "your_instagram_activity/comments/post_comments_1.json",
        "your_instagram_activity/comments/reels_comments.html",
        "connections/contacts/synced_contacts.json",
        "security_and_login_information/login_and_profile_creation/last_known_location.json",
    ]
    files: dict[str, Any] = dict.fromkeys(closed, b"\xff RAHASIA {")
    files["your_instagram_activity/media/posts_1.json"] = [record(POSTS[0])]
    write_folder(tmp_path / "x", files)
    opened: list[str] = []
    original = Archive.open

    def watched(archive: Archive, member: str) -> Any:
        opened.append(member)
        return original(archive, member)

    monkeypatch.setattr(Archive, "open", watched)
    pages = read(tmp_path / "x")
    assert len(posts_of(pages)) == 1
    assert "RAHASIA" not in repr(pages)
    assert not set(closed).intersection(opened)


@pytest.mark.parametrize(
    "text",
    [
        "🙏 Terima kasih",
        "é",
        "déjà vu",
        "日本語",
        "plain",
        "𝗣𝗥𝗢𝗠𝗢 𝗧𝗘𝗕𝗨𝗦",
        "â€™ already odd 🙏",
    ],
)
def test_byte_escapes_are_undone_and_clean_text_is_left(text: str) -> None:
    assert repair({damaged(text): [damaged(text)]}) == {text: [text]}
    if text.isascii() or any(ord(letter) > 255 for letter in text):
        assert repair(text) == text


def test_doubly_damaged_text_is_repaired_and_half_characters_do_no_harm(tmp_path: Path) -> None:
    assert repair(damaged(damaged("Kantor 🙏"))) == "Kantor 🙏"
    one = json.dumps(record(Written(NOON, "SAKIT"))).replace("SAKIT", "a\\ud83db").encode()
    (post,) = posts_of(read_files(tmp_path / "x", {"content/posts_1.json": b"[" + one + b"]"}))
    assert post.text == "a\ufffdb"


def test_a_bad_byte_costs_a_character_and_not_the_file(tmp_path: Path) -> None:
    one = json.dumps([record(Written(NOON, "SAKIT"))]).encode().replace(b"SAKIT", b"a\xffb")
    (post,) = posts_of(read_files(tmp_path / "x", {"content/posts_1.json": b"\xef\xbb\xbf" + one}))
    assert post.text == "a\ufffdb"


EVENTS = [
    Happening(NOON, "login", {"ip": "203.0.113.9", "user_agent": "Instagram 309.0 Android"}),
    Happening(
        NOON + timedelta(hours=1),
        "email_changed",
        {"from": "humas@kpu.example", "to": "x9@mail.example"},
    ),
    Happening(
        NOON + timedelta(hours=2),
        "phone_changed",
        {"from": "+62 812 0000 1234", "to": "+60 11 0000 999"},
    ),
    Happening(
        NOON + timedelta(hours=3), "handle_changed", {"from": "kpu.contoh", "to": "forex.trader"}
    ),
    Happening(
        NOON + timedelta(hours=4), "bio_changed", {"from": "Akun resmi", "to": "DM 0812 0000 7777"}
    ),
    Happening(NOON + timedelta(hours=5), "password_changed"),
    Happening(NOON + timedelta(hours=6), "logout", {"ip": "2001:db8::1"}),
]


@pytest.mark.parametrize("layout", ["2021", "2023", "2024"])
def test_account_events_are_read_with_addresses_masked(tmp_path: Path, layout: Layout) -> None:
    write_export(POSTS, tmp_path / "x", layout, events=EVENTS)
    found = events_of(read(tmp_path / "x"))
    assert [(one.kind, one.at) for one in found] == [(one.kind, one.at) for one in EVENTS]
    assert [one.details for one in found] == [
        {"ip": "203.0.113.9", "user_agent": "Instagram 309.0 Android"},
        {"from": "h***@kpu.example", "to": "x***@mail.example"},
        {"from": "***234", "to": "***999"},
        {"from": "kpu.contoh", "to": "forex.trader"},
        {"from": "Akun resmi", "to": "DM 0812 0000 7777"},
        {},
        {"ip": "2001:db8::1"},
    ]


def test_events_are_read_whatever_the_language(tmp_path: Path) -> None:
    login = labelled(
        "2023-03-14T05:00:00+00:00",
        IP_주소="203.0.113.9",
        사용자_에이전트="Mozilla/5.0",
        시간=STAMP,
    )
    change = labelled(변경됨="이메일", 이전="a@b.example", 새="c@d.example", 날짜=STAMP + 5)
    asked = {
        "timestamp": STAMP + 9,
        "media": [],
        "label_values": [{"label": "ㄱ", "timestamp_value": STAMP + 9}],
    }
    app = labelled("Penjadwal", Ditambahkan_pada=STAMP + 10, Terakhir_aktif=STAMP + 9_999)
    bare = {
        "title": "2023-03-14T06:00:00+01:00",
        "string_map_data": {"IP": {"value": "203.0.113.9"}},
    }
    files = {
        "your_instagram_activity/other_activity/your_information_download_requests.json": [asked],
        "security_and_login_information/login_and_profile_creation/login_activity.json": {
            "account_history_login_history": [login, bare]
        },
        "personal_information/personal_information/profile_changes.json": {
            "profile_profile_change": [change]
        },
        "apps_and_websites_off_of_instagram/apps_and_websites/active_apps.json": {
            "apps_and_websites_active_apps": [app]
        },
    }
    found = [
        (one.kind, one.details, (one.at - NOON).total_seconds())
        for one in events_of(read_files(tmp_path / "x", files))
    ]
    assert found == [
        ("login", {"ip": "203.0.113.9", "user_agent": "Mozilla/5.0"}, 0),
        ("login", {"ip": "203.0.113.9"}, 0),
        ("email_changed", {"from": "a***@b.example", "to": "c***@d.example"}, 5),
        ("export_requested", {}, 9),
        ("app_connected", {"to": "Penjadwal"}, 10),
    ]


LOGINS = "security_and_login_information/login_and_profile_creation"
APPS = "apps_and_websites_off_of_instagram/apps_and_websites"


@pytest.mark.parametrize(
    ("what", "before", "after", "kind"),
    [
        ("Benutzername", "kpu.contoh", "forex.trader", "handle_changed"),
        ("Steckbrief", "Amt", "DM", "bio_changed"),
        ("Profilbild", "", "", "picture_changed"),
        ("Nama Pengguna", "kpu.contoh", "forex.trader", "handle_changed"),
        ("Nama", "KPU", "Forex", "name_changed"),
        ("Situs Web", "https://kpu.example", "https://x.example", "link_changed"),
        ("Foto Profil", "", "", "picture_changed"),
        ("Surel", "a@b.example", "c@d.example", "email_changed"),
        ("사용자 이름", "kpu.contoh", "forex.trader", "handle_changed"),
        ("소개", "공식", "DM", "bio_changed"),
        ("전화번호", "+62 812 0000 1234", "+60 11 0000 999", "phone_changed"),
        ("сайт", "", "https://x.example", "link_changed"),
        ("ユーザーネーム", "kpu.contoh", "forex.trader", "handle_changed"),
        ("自己紹介", "公式", "DM", "bio_changed"),
        ("اسم المستخدم", "kpu.contoh", "forex.trader", "handle_changed"),
        ("Ad", "KPU", "Forex", "name_changed"),
        ("что-то", "раз", "два", "profile_changed"),
    ],
)
def test_what_was_changed_is_known_by_its_name_or_its_values(
    what: str, before: str, after: str, kind: str
) -> None:
    change = labelled(A=what, B=before, C=after, D=STAMP)
    assert told("profile_changed", change)[:2] == (kind, NOON)


@pytest.mark.parametrize(
    "labels",
    [("New Value", "Changed", "Previous Value"), ("Nilai Baru", "Diubah", "Nilai Sebelumnya"),
     ("Neuer Wert", "Geändert", "Vorheriger Wert")],
)  # fmt: skip
def test_labels_that_are_known_tell_what_changed_in_any_order(labels: tuple[str, ...]) -> None:
    values = ("forex.trader", "Username", "kpu.contoh")
    change = labelled(**dict(zip(labels, values, strict=True)), Date=STAMP)
    kind, at, _, details = told("profile_changed", change)
    assert (kind, at) == ("handle_changed", NOON)
    assert details == {"from": "kpu.contoh", "to": "forex.trader"}


def test_apps_sessions_and_requests_are_read_from_every_file(tmp_path: Path) -> None:
    session = {
        "timestamp": STAMP + 30,
        "media": [],
        "label_values": [
            {"label": "Alamat IP", "value": "203.0.113.9"},
            {"label": "Nomor port", "value": "44123"},
            {"label": "Agen", "value": "Instagram 309.0 Android"},
            {"label": "ID Perangkat", "value": "android-0123456789abcdef"},
            {"label": "Aplikasi", "value": "Instagram"},
            {"label": "Bahasa", "value": "vi_VN"},
        ],
        "fbid": "1",
    }
    requests = {
        "timestamp": STAMP + 40,
        "label_values": [{"label": "Pemohon", "value": "x@pos.example"}],
    }
    device = labelled("", User_Agent="Mozilla/5.0", Last_Login=STAMP + 50)
    files = {
        f"{APPS}/active_apps.json": [
            labelled("Penjadwal", Added=STAMP, Last_active=STAMP + 99),
        ],
        f"{APPS}/expired_apps.json": {
            "apps_and_websites_expired_apps": [labelled("Lama", A=STAMP + 10)]
        },
        f"{APPS}/removed_apps.json": {
            "apps_and_websites_removed_apps": [labelled("Buang", A=STAMP + 1, B=STAMP + 20)]
        },
        f"{LOGINS}/profile_activity.json": [session],
        "your_instagram_activity/other_activity/your_information_download_requests.json": [
            requests
        ],
        "personal_information/device_information/devices.json": {"devices_devices": [device]},
        f"{LOGINS}/profile_privacy_changes.json": {
            "account_history_account_privacy_history": [labelled("Beralih ke publik", A=STAMP + 60)]
        },
        f"{LOGINS}/profile_status_changes.json": {
            "account_history_account_active_status_changes": [
                labelled("", A="Dinonaktifkan", B=STAMP + 70)
            ]
        },
    }
    found = events_of(read_files(tmp_path / "x", files))
    assert [(one.kind, one.details, (one.at - NOON).total_seconds()) for one in found] == [
        ("app_connected", {"to": "Penjadwal"}, 0),
        ("app_connected", {"to": "Lama"}, 10),
        ("app_removed", {"to": "Buang"}, 20),
        (
            "session_updated",
            {
                "ip": "203.0.113.9",
                "user_agent": "Instagram 309.0 Android",
                "device": "android-0123456789abcdef",
                "app": "Instagram",
                "language": "vi_VN",
            },
            30,
        ),
        ("export_requested", {"to": "x***@pos.example"}, 40),
        ("session_updated", {"user_agent": "Mozilla/5.0"}, 50),
        ("privacy_changed", {"to": "Beralih ke publik"}, 60),
        ("status_changed", {"to": "Dinonaktifkan"}, 70),
    ]
    assert {one.kind for one in found} <= EVENT_KINDS


def test_the_history_of_2019_is_read_and_names_the_account(tmp_path: Path) -> None:
    files = {
        "media.json": {"photos": [{"caption": "x", "taken_at": NOON.isoformat(), "path": "1.jpg"}]},
        "account_history.json": {
            "login_history": [
                {
                    "cookie_name": "****",
                    "ip_address": "203.0.113.9",
                    "language_code": "id",
                    "timestamp": "2019-12-05T22:10:26+00:00",
                    "user_agent": "Instagram 99.0 Android",
                    "device_id": None,
                },
                {"ip_address": "203.0.113.9", "timestamp": "2019-12-06T22:10:26"},
            ],
            "registration_info": {
                "registration_username": "kpu.lama",
                "ip_address": "192.0.2.1",
                "registration_time": "2015-01-02T03:04:05+00:00",
            },
        },
    }
    pages = read_files(tmp_path / "x", files)
    assert [(one.kind, one.at.isoformat(), one.time_quality.name) for one in events_of(pages)] == [
        ("signup", "2015-01-02T03:04:05+00:00", "EXACT"),
        ("login", "2019-12-05T22:10:26+00:00", "EXACT"),
        ("login", "2019-12-06T22:10:26+00:00", "LOCAL"),
    ]
    assert events_of(pages)[1].details["language"] == "id"
    assert {one.account for one in posts_of(pages)} == {"kpu.lama"}


def test_posts_and_events_come_oldest_first_together(tmp_path: Path) -> None:
    write_export(POSTS, tmp_path / "x", events=EVENTS)
    archive = Archive.of(tmp_path / "x")
    times = [
        one.created_at if isinstance(one, Post) else one.at
        for one in InstagramExport.open(archive)._outcomes()
        if isinstance(one, Post | AccountEvent)
    ]
    assert times == sorted(times)
    assert len(times) == len(POSTS) + len(EVENTS)


def test_the_handle_is_the_callers_then_the_exports_then_the_names(tmp_path: Path) -> None:
    write_export(POSTS, tmp_path / "x", username="kpu.contoh")
    assert posts_of(read(tmp_path / "x"))[0].account == "kpu.contoh"
    assert posts_of(read(tmp_path / "x", account="@lain"))[0].account == "lain"
    plain = {"content/posts_1.json": [record(POSTS[0])]}
    for name, handle in [
        ("instagram-kpu_b-2024-11-23-aBcD1234.zip", "kpu_b"),
        ("instagram-kpu.c-20230102.zip", "kpu.c"),
        ("kpu_d_20181016.zip", "kpu_d"),
        ("arsip.zip", "arsip"),
    ]:
        write_zip(tmp_path / name, plain)
        assert posts_of(read(tmp_path / name))[0].account == handle
    person = labelled(
        Correo="x@y.example", Verificado="Sí", Nombre_de_cuenta="kpu.e", Nombre="KPU E"
    )
    plain["personal_information/personal_information.json"] = {"profile_user": [person]}  # type: ignore[assignment]
    write_zip(tmp_path / "arsip2.zip", plain)
    assert posts_of(read(tmp_path / "arsip2.zip"))[0].account == "kpu.e"
    sign_up = {"account_history_registration_info": [labelled(Username="kpu.f", Time=STAMP)]}
    write_zip(
        tmp_path / "arsip3.zip",
        {
            "content/posts_1.json": [record(POSTS[0])],
            "login_and_account_creation/signup_information.json": sign_up,
        },
    )
    assert posts_of(read(tmp_path / "arsip3.zip"))[0].account == "kpu.f"


def outcomes(pages: Iterator[Page]) -> list[tuple[Any, ...]]:
    return [
        (page.posts, page.events, page.rejected, page.duplicates, page.ignored, page.records)
        for page in pages
    ]


def test_resuming_from_any_page_gives_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interface, "PAGE_RECORDS", 3)
    write_export([*POSTS, *POSTS[:2]], tmp_path / "x", events=EVENTS)
    source = InstagramExport.open(Archive.of(tmp_path / "x"))
    pages = list(source.pages())
    assert len(pages) == 5
    assert outcomes(source.pages()) == outcomes(iter(pages))
    for number, page in enumerate(pages, start=1):
        assert outcomes(source.pages(page.cursor)) == outcomes(iter(pages[number:]))
    with pytest.raises(SourceError):
        list(source.pages("elsewhere"))


@pytest.mark.parametrize(
    "tree",
    [
        [{"id": "1", "text": "halo", "created_at": "2024-01-01T00:00:00Z"}],
        {"name": "package", "version": "1.0"},
        [1, 2, 3],
        {"messages": [{"date": "2024-01-01", "text": "x"}]},
    ],
)
def test_other_json_is_not_taken_for_instagrams(tmp_path: Path, tree: Any) -> None:
    for name in ("posts.json", "media.json", "config.json"):
        (tmp_path / name).write_text(json.dumps(tree))
        assert not InstagramExport.recognises(Archive.of(tmp_path / name))


@pytest.mark.parametrize(
    "name",
    ["posts_1 (1).json", "POSTS_1.JSON", "content/posts_1.JSON", "kiriman kantor.json"],
)
@pytest.mark.parametrize("first", ["uri", "creation_timestamp", "outer title", "media_metadata"])
def test_a_list_of_posts_is_known_whatever_its_name_and_the_order_of_its_keys(
    name: str, first: str, tmp_path: Path
) -> None:
    one = record(POSTS[0])
    if first == "outer title":
        one = {"title": POSTS[0].text, "creation_timestamp": STAMP, **record(POSTS[2])}
    else:
        (inner,) = one["media"]
        one["media"] = [{first: inner.pop(first), **inner}]
    write_folder(tmp_path / "x", {name: [one]})
    (post,) = posts_of(read(tmp_path / "x" / name))
    assert post.text in {POSTS[0].text, POSTS[2].text}


@pytest.mark.parametrize("key", ["account_history_login_history", "profile_profile_change"])
def test_a_list_of_events_is_known_whatever_its_name(key: str, tmp_path: Path) -> None:
    write_folder(tmp_path, {"riwayat.json": {key: [labelled(A="Bio", B="x", C="y", D=STAMP)]}})
    (event,) = events_of(read(tmp_path / "riwayat.json"))
    assert event.at == NOON


def test_the_file_of_2018_is_known_whatever_its_name(tmp_path: Path) -> None:
    one = {"caption": "Halo", "taken_at": "2018-03-04T05:06:07", "path": "photos/a.jpg"}
    write_folder(tmp_path, {"unduhan.json": {"stories": [], "photos": [one]}})
    assert [post.text for post in posts_of(read(tmp_path / "unduhan.json"))] == ["Halo"]


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000])
@pytest.mark.parametrize("kind", [int, str])
def test_times_may_be_finer_than_seconds_and_written_as_text(
    scale: int, kind: type, tmp_path: Path
) -> None:
    one = record(POSTS[0])
    one["media"][0]["creation_timestamp"] = kind(STAMP * scale)
    write_folder(tmp_path, {"content/posts_1.json": [one]})
    assert [post.created_at for post in posts_of(read(tmp_path))] == [NOON]


def test_a_list_that_is_null_is_empty_and_degrees_may_be_text(tmp_path: Path) -> None:
    one = record(POSTS[0])
    exif = {"exif_data": [{"latitude": "-6.97", "longitude": "111.42"}]}
    one["media"][0]["media_metadata"] = {"photo_metadata": exif}
    logins = {f"{LOGINS}/login_activity.json": {"account_history_login_history": None}}
    files = {
        "content/posts_1.json": [one],
        "content/reels.json": {"ig_reels_media": None},
        **logins,
    }
    write_folder(tmp_path, files)
    (page,) = read(tmp_path)
    assert (page.posts[0].location, page.rejected) == ("-6.97,111.42", ())


def test_the_time_of_an_event_may_be_written_as_text(tmp_path: Path) -> None:
    one = {"string_map_data": {"Time": {"value": "", "timestamp": str(STAMP)}}}
    write_folder(
        tmp_path, {f"{LOGINS}/login_activity.json": {"account_history_login_history": [one]}}
    )
    assert [event.at for event in events_of(read(tmp_path))] == [NOON]


def test_the_handle_tells_that_it_was_changed_in_any_language(tmp_path: Path) -> None:
    changes = {
        "profile_profile_change": [labelled(A="что-то", B="kpu.lama", C="kpu.baru", D=STAMP)]
    }
    who = {"profile_user": [labelled(Username="kpu.baru")]}
    files = {"x/profile_changes.json": changes, "x/personal_information.json": who}
    write_folder(tmp_path / "e", files)
    assert [one.kind for one in events_of(read(tmp_path / "e"))] == ["handle_changed"]


def test_a_renamed_download_is_its_inner_folders(tmp_path: Path) -> None:
    top = "instagram-kpu.blora-2024-11-23-abcd1234"
    write_zip(tmp_path / "dari admin.zip", {f"{top}/content/posts_1.json": [record(POSTS[0])]})
    assert posts_of(read(tmp_path / "dari admin.zip"))[0].account == "kpu.blora"


def test_native_leaves_instagrams_files_alone(tmp_path: Path) -> None:
    for layout in LAYOUTS:
        write_export(POSTS, tmp_path / layout, layout, events=EVENTS if layout != "2018" else ())
        assert not Native.recognises(Archive.of(tmp_path / layout))


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    layout=st.sampled_from(LAYOUTS),
    member=st.integers(0, 9),
    cut=st.integers(0, 6_000),
    changes=st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 255)), max_size=5),
)
def test_damage_gives_source_errors_and_rejected_only(
    tmp_path: Path, layout: Layout, member: int, cut: int, changes: list[tuple[int, int]]
) -> None:
    target = tmp_path / layout
    write_export(POSTS, target, layout, events=EVENTS if layout != "2018" else ())
    files = sorted(target.rglob("*.json"))
    path = files[member % len(files)]
    raw = bytearray(path.read_bytes())
    for at, byte in changes:
        raw[at % len(raw)] = byte
    path.write_bytes(raw[:cut] if cut % 2 else raw)
    archive = Archive.of(target) if path.stat().st_size or len(files) > 1 else None
    if archive is None:
        return
    with one_line():
        if InstagramExport.recognises(archive):
            read(target)


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    cut=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4),
)
def test_a_damaged_zip_gives_source_errors_and_rejected_only(
    tmp_path: Path, cut: float, changes: list[tuple[float, int]]
) -> None:
    (path,) = write_export(POSTS, tmp_path / "x.zip", zipped=True, events=EVENTS)
    raw = bytearray(path.read_bytes())
    for at, byte in changes:
        raw[int(at * (len(raw) - 1))] = byte
    path.write_bytes(raw if changes else raw[: int(cut * len(raw))])
    with one_line():
        if InstagramExport.recognises(Archive.of(path)):
            read(path)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["https://x.example", "a@b.example", "203.0.113.9", "2023-03-14T05:00:00+00:00"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            [
                "media", "uri", "title", "creation_timestamp", "ig_stories", "photos", "direct", "taken_at",
                "path", "caption", "location", "label_values", "string_map_data", "string_list_data", "vec",
                "dict", "label", "value", "href", "timestamp", "timestamp_value", "media_metadata",
                "photo_metadata", "exif_data", "latitude", "longitude", "profile_profile_change",
                "account_history_login_history", "profile_user", "username",
            ]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(
    max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(posts=TREES, changes=TREES, person=TREES)
def test_any_json_gives_source_errors_and_rejected_only(
    tmp_path: Path, posts: Any, changes: Any, person: Any
) -> None:
    files = {
        "content/posts_1.json": json.dumps(posts).encode(),
        "login_and_account_creation/login_activity.json": json.dumps(changes).encode(),
        "account_information/profile_changes.json": json.dumps(
            {"profile_profile_change": [changes]}
        ).encode(),
        "account_information/personal_information.json": json.dumps(person).encode(),
    }
    write_folder(tmp_path / "x", files)
    with one_line():
        read(tmp_path / "x")
