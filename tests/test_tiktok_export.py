"""TikTok's own export: every year's spelling, JSON and text, and nothing private."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources import _tiktok_sections
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.tiktok_export import TiktokExport

AT = "2024-11-20 18:14:00"
NOON = datetime(2024, 11, 20, 18, 14, tzinfo=UTC)
ID = (int(NOON.timestamp()) - 4 << 32) + 77
SHARE = f"https://www.tiktokv.com/share/video/{ID}/"
MARKER = "RAHASIA-PRIBADI"


def film(**changed: Any) -> dict[str, Any]:
    return {
        "Date": AT,
        "Link": SHARE,
        "Likes": "3",
        "WhoCanView": "Public",
        "Title": "Halo",
        **changed,
    }


def tree(*films: Any, **sections: Any) -> dict[str, Any]:
    return {"Post": {"Posts": {"VideoList": list(films)}}, **sections}


def write(folder: Path, content: Any, name: str = "user_data_tiktok.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        content if isinstance(content, str) else json.dumps(content, ensure_ascii=False),
        encoding="utf-8",
    )
    return path


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert TiktokExport.recognises(archive)
    found = list(TiktokExport.open(archive, account=account).pages())
    for page in found:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return found


def posts(path: Path, account: str | None = None) -> list[Post]:
    return [post for page in read(path, account) for post in page.posts]


def events(path: Path) -> list[AccountEvent]:
    return [event for page in read(path) for event in page.events]


def reasons(path: Path) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in read(path) for one in page.rejected]


@pytest.mark.parametrize(
    "sections",
    [
        {"Post": {"Posts": {"VideoList": [film()]}}},
        {"Video": {"Videos": {"VideoList": [{"date": AT, "link": SHARE, "title": "Halo"}]}}},
        {"Posts": {"Posts": {"VideoList": [film()]}}, "Activity": {"Login History": None}},
        {"Post": {"Posts": {"VideoList": [film()]}, "note": "x"}, "Ads and data": "none"},
    ],
)
def test_each_years_sections_give_the_same_post(tmp_path: Path, sections: dict[str, Any]) -> None:
    (post,) = posts(write(tmp_path, sections))
    assert (post.id, post.created_at, post.text) == (str(ID), NOON, "Halo")
    assert (post.time_quality, post.url) == (TimeQuality.EXACT, SHARE)
    assert [one.kind for one in post.media] == ["video"]


def test_only_watched_and_liked_films_are_no_posts(tmp_path: Path) -> None:
    activity = {
        "Watch History": {"VideoList": [film()]},
        "Like List": {"ItemFavoriteList": [film()]},
    }
    old = {"Video Browsing History": {"VideoList": [film()]}}
    path = write(
        tmp_path, {"Your Activity": activity, "Activity": old, "Post": {"Posts": {"VideoList": []}}}
    )
    assert read(path) == []


def test_direct_messages_are_never_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decoded is noted: the private section is passed over as bytes."""
    chats = {"Chat History with warga:": [{"Date": AT, "From": "warga", "Content": MARKER}]}
    private = {"Direct Messages": {"ChatHistory": chats}}
    decoded: list[bytes] = []
    plainly = _tiktok_sections._any

    def noting(raw: Any) -> Any:
        decoded.append(bytes(raw))
        return plainly(raw)

    monkeypatch.setattr(_tiktok_sections, "_any", noting)
    profile = {"Profile Info": {"ProfileMap": {"userName": "kpurekaan", "emailAddress": MARKER}}}
    path = write(
        tmp_path, tree(film(), **{"Direct Message": private, "Profile And Settings": profile})
    )
    found = read(path)
    assert decoded == [b'"kpurekaan"']
    assert MARKER not in repr(found)
    assert [post.account for page in found for post in page.posts] == ["kpurekaan"]


def test_a_damaged_private_message_is_not_given(tmp_path: Path) -> None:
    chats = {
        "Chat History with warga:": [{"Content": f'{MARKER} "Posts": {{"VideoList": [{{}}]}}'}]
    }
    text = json.dumps({"Direct Messages": {"Chat History": {"ChatHistory": chats}}, **tree(film())})
    found = read(write(tmp_path, text.replace(MARKER, MARKER + "\x00")))
    assert MARKER not in repr(found)
    assert [post.text for page in found for post in page.posts] == ["Halo"]


def test_without_a_share_link_time_and_text_make_the_id(tmp_path: Path) -> None:
    """Signed links differ from export to export: they are neither id nor address."""
    links = [f"https://v16.tiktokcdn.example/x/?signature={number}&expire=1" for number in (1, 2)]
    path = write(
        tmp_path, tree(*[film(Link=link) for link in links], film(Link=None, Title="Lain"))
    )
    (page,) = read(path)
    assert [(post.text, post.url) for post in page.posts] == [("Halo", None), ("Lain", None)]
    assert page.duplicates == 1


def test_the_id_tells_the_time_where_none_stands(tmp_path: Path) -> None:
    (post,) = posts(write(tmp_path, tree(film(Date=""))))
    assert (NOON - post.created_at).total_seconds() == 4


@pytest.mark.parametrize("viewers", ["Private", "Only you", "Hanya saya"])
def test_what_nobody_else_can_see_is_ignored(tmp_path: Path, viewers: str) -> None:
    (page,) = read(
        write(tmp_path, tree(film(WhoCanView=viewers), film(WhoCanView="Friends", Link="")))
    )
    assert (page.ignored, len(page.posts)) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Date": None, "Link": None}, "has no time"),
        ({"Date": "kemarin"}, "time 'kemarin' is not understood"),
        ({"Date": "2150-01-01 00:00:00"}, "its time is in the year 2150"),
        ({"Date": "2003-01-01 00:00:00"}, "its time is in the year 2003"),
        ({"Date": [1]}, "its time is neither a text nor a number"),
        ({"Date": {"$date": 1}, "Link": SHARE}, "its time is neither a text nor a number"),
        ({"Title": ["Halo"]}, "its text is no text"),
    ],
)
def test_a_record_that_cannot_be_read_says_why(tmp_path: Path, changed: Any, why: str) -> None:
    ((where, reason),) = reasons(write(tmp_path, tree(film(**changed))))
    assert where == "user_data_tiktok.json#0"
    assert reason.startswith(why)


@pytest.mark.parametrize("wrong", [None, 1, "x", [film()], {"VideoList": film()}])
def test_sections_of_another_kind_are_borne(tmp_path: Path, wrong: Any) -> None:
    sections = {"Post": {"Posts": wrong}, "Video": {"Videos": {"VideoList": [None, film(), 5]}}}
    found = posts(write(tmp_path, sections))
    assert [post.text for post in found] == ["Halo"]


def test_half_a_surrogate_and_a_bad_byte_cost_one_letter(tmp_path: Path) -> None:
    text = json.dumps(tree(film(Title="a☃b"), film(Title="utuh", Link=""))).replace(
        "\\u2603", "\\ud83d"
    )
    assert {post.text for post in posts(write(tmp_path, text))} == {"a\ufffdb", "utuh"}
    raw = json.dumps(tree(film(Title="a@b"))).encode().replace(b"@", b"\xff")
    path = tmp_path / "user_data.json"
    path.write_bytes(raw)
    assert [post.text for post in posts(path)] == ["a\ufffdb"]


def test_what_is_whole_in_a_cut_file_is_read(tmp_path: Path) -> None:
    text = json.dumps(tree(film(), film(Title="kedua", Link=""), film(Title="ketiga", Link="")))
    path = write(tmp_path, text[: text.index("ketiga")])
    assert [post.text for post in posts(path)] == ["Halo", "kedua"]
    assert [where for where, _ in reasons(path)] == [
        "user_data_tiktok.json", "user_data_tiktok.json#2",
    ]  # fmt: skip


def test_nothing_usable_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, '{"Activity": {"Activity Summary": {"ActivitySummaryMap": {"a": ')
    with pytest.raises(ExportFormatError, match="not whole JSON") as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_logins_and_live_films_are_events(tmp_path: Path) -> None:
    login = {"Date": "2024-11-20 18:02:40", "IP": "203.0.113.77", "DeviceModel": "ASUS_I005DA",
             "DeviceSystem": "Android 9", "NetworkType": "4G", "Carrier": ""}  # fmt: skip
    live = {"LiveStartTime": "2024-11-20 18:40:00", "RoomTitle": "WA 0812-0000-2402"}
    gone = {"Date": AT, "DateDeleted": "2024-11-20 18:20:00"}
    path = write(tmp_path, {
        "Your Activity": {"Login History": {"LoginHistoryList": [login, login]}},
        "Tiktok Live": {"Go Live History": {"GoLiveList": [live]}},
        "Post": {"Posts": {"VideoList": [film()]}, "Recently Deleted Posts": {"PostList": [gone, {"Title": "x"}]}},
    })  # fmt: skip
    found = events(path)
    assert [one.kind for one in found] == ["login", "posts_deleted", "live_started"]
    assert found[0].details == {
        "ip": "203.0.113.77", "device": "ASUS_I005DA", "system": "Android 9", "network": "4G",
    }  # fmt: skip
    assert found[2].details == {"to": "WA ***402"}
    (page,) = read(path)
    assert (page.duplicates, page.ignored) == (1, 1)


def test_deleted_posts_may_stand_below_a_name_without_spaces(tmp_path: Path) -> None:
    gone = {"Date": AT, "DateDeleted": "2024-11-20 18:20:00"}
    path = write(tmp_path, {
        "Video": {"RecentlyDeletedPosts": {"PostList": [gone]}, "Videos": {"VideoList": [film()]}},
    })  # fmt: skip
    assert [one.kind for one in events(path)] == ["posts_deleted"]
    assert len(posts(path)) == 1


def test_the_account_is_given_told_or_the_files_name(tmp_path: Path) -> None:
    profile = {"Profile": {"Profile Information": {"ProfileMap": {"userName": "dinkes"}}}}
    told = write(tmp_path, tree(film(), **profile))
    untold = write(tmp_path, tree(film()), "kpu.rekaan.json")
    assert [posts(path)[0].account for path in (told, untold)] == ["dinkes", "kpu.rekaan"]
    assert posts(told, "@humas")[0].account == "humas"


BLOCK = f"""Date: {AT} UTC
Link: {SHARE}
Like(s): 3
Who can view: Public
Title: Diskon 90%: hubungi
WA: 0812-0000-2402

Terima kasih

"""


def test_text_blocks_keep_the_lines_of_a_title(tmp_path: Path) -> None:
    later = (
        BLOCK.replace(AT, "2024-11-21 01:00:00")
        .replace(str(ID), str(ID + 1))
        .replace("WA:", "Telp")
    )
    write(tmp_path, "\ufeff" + BLOCK + later, "TikTok/Post/Posts.txt")
    write(tmp_path, "Username: polres\nEmail: a@b.example\n", "TikTok/Profile/Profile Info.txt")
    found = posts(tmp_path)
    assert found[0].text == "Diskon 90%: hubungi\nWA: 0812-0000-2402\n\nTerima kasih"
    assert [(one.account, one.id, one.created_at.hour) for one in found] == [
        ("polres", str(ID), 18), ("polres", str(ID + 1), 1),
    ]  # fmt: skip


def test_text_files_of_an_indonesian_account(tmp_path: Path) -> None:
    block = (
        BLOCK.replace("Date:", "Tanggal:").replace("Link:", "Tautan:").replace("Title:", "Judul:")
    )
    write(tmp_path, block.replace("\n", "\r\n"), "Postingan.txt")
    write(tmp_path, f"Tanggal: {AT} UTC\nAlamat IP: 192.0.2.1\n", "Riwayat Login.txt")
    assert [one.id for one in posts(tmp_path)] == [str(ID)]
    assert [(one.kind, one.details) for one in events(tmp_path)] == [("login", {"ip": "192.0.2.1"})]


def test_watched_films_and_chats_in_text_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, BLOCK, "Post/Posts.txt")
    for name in (
        "Activity/Watch History.txt",
        "Directe berichten.txt",
        "Direct Messages/Direct Messages.txt",
    ):
        write(tmp_path, f"Date: {AT} UTC\n{MARKER}: x\n", name)
    touched: list[str] = []
    plainly = Archive.open

    def noting(archive: Archive, member: str) -> object:
        touched.append(member)
        return plainly(archive, member)

    monkeypatch.setattr(Archive, "open", noting)
    assert MARKER not in repr(read(tmp_path))
    assert set(touched) == {"Post/Posts.txt"}


def test_a_folder_is_one_export_by_its_text_files(tmp_path: Path) -> None:
    write(tmp_path, BLOCK, "unduhan/TikTok/Post/Posts.txt")
    (archive,), errors = group([tmp_path], [TiktokExport.marks])
    assert not errors
    assert TiktokExport.recognises(archive)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("user_data.json", '{"users": []}'),
        ("posts.json", '[{"text": "x", "date": "2024-01-01"}]'),
        ("Posts.txt", "Rapat: pukul 9\n"),
        ("x.json", '{"items": [{"video": {"id": "1"}, "createTime": 1}]}'),
    ],
)
def test_others_files_are_not_taken(tmp_path: Path, name: str, content: str) -> None:
    assert not TiktokExport.recognises(Archive.of(write(tmp_path, content, name)))
