"""Threads' download without Instagram's posts: JSON in its layouts, HTML, and what happened to the account."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from exports import write_folder, write_zip

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.threads_export import ThreadsExport

STAMP = 1_731_892_500
NOON = datetime.fromtimestamp(STAMP, tz=UTC)
NAME = "threads/threads_and_replies.json"


def item(title: str = "Halo", uri: str = "", stamp: Any = STAMP, **more: Any) -> dict[str, Any]:
    return {
        "uri": uri,
        "creation_timestamp": stamp,
        "title": title,
        "cross_post_source": {"source_app": "FB"},
        "text_app_post": {"is_reply": False},
    } | more


def tree(*records: Any) -> dict[str, Any]:
    return {"text_post_app_text_posts": list(records)}


def thread(*items: Any, **more: Any) -> dict[str, Any]:
    return {"media": list(items)} | more


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert ThreadsExport.recognises(archive)
    pages = list(ThreadsExport.open(archive, account=account).pages())
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


def of_records(tmp_path: Path, *records: Any) -> list[Page]:
    write_folder(tmp_path / "x", {NAME: tree(*records)})
    return read(tmp_path / "x")


@pytest.mark.parametrize("top", ["", "kantor/", "your_instagram_activity/"])
def test_a_download_is_read_wherever_its_files_lie(tmp_path: Path, top: str) -> None:
    files = {f"{top}{NAME}": tree(thread(item("Pagi 🙏 “ayo” – é")))}
    write_folder(tmp_path / "x", files)
    write_zip(tmp_path / "x.zip", files)
    for path, place in ((tmp_path / "x", ""), (tmp_path / "x.zip", "x.zip!")):
        (post,) = posts_of(read(path))
        assert (post.text, post.created_at, post.platform) == ("Pagi 🙏 “ayo” – é", NOON, "threads")
        assert (post.kind, post.time_quality) == ("post", TimeQuality.EXACT)
        assert post.where == f"{place}{top}{NAME}#0"


@pytest.mark.parametrize("name", ["threads_and_replies.json", "dari kantor.json"])
def test_the_file_alone_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, {name: tree(thread(item()))})
    assert posts_of(read(tmp_path / name))[0].account == name.removesuffix(".json")
    assert posts_of(read(tmp_path / name, "@kpu"))[0].account == "kpu"


@pytest.mark.parametrize(
    "beside",
    [
        "your_instagram_activity/media/posts_1.json",
        "content/posts_1.json",
        "your_instagram_activity/likes/liked_posts.json",
        "stories.json",
    ],
)
def test_instagrams_own_posts_beside_it_belong_to_another_source(
    tmp_path: Path, beside: str
) -> None:
    write_folder(tmp_path / "x", {NAME: tree(thread(item())), beside: []})
    assert not ThreadsExport.recognises(Archive.of(tmp_path / "x"))


def test_the_account_is_told_by_the_export_or_its_name(tmp_path: Path) -> None:
    files: dict[str, Any] = {NAME: tree(thread(item()))}
    name = "threads-kpu.rekaan-2024-11-23-abcd"
    write_folder(tmp_path / name, files)
    assert posts_of(read(tmp_path / name))[0].account == "kpu.rekaan"
    personal = {"profile_user": [{"string_map_data": {"Nama Pengguna": {"value": "kpurekaan"}}}]}
    files["personal_information/personal_information.json"] = personal
    write_folder(tmp_path / name, files)
    assert posts_of(read(tmp_path / name))[0].account == "kpurekaan"


def test_pictures_have_the_size_of_what_is_there(tmp_path: Path) -> None:
    one = thread(item("", "media/threads/1_n.jpg"), item("", "media/threads/2.mp4"), title="Album")
    write_folder(tmp_path / "x", {NAME: tree(one), "media/threads/1_n.jpg": b"12345"})
    (post,) = posts_of(read(tmp_path / "x"))
    assert post.text == "Album"
    assert [(medium.kind, medium.path, medium.size) for medium in post.media] == [
        ("photo", "media/threads/1_n.jpg", 5),
        ("video", "media/threads/2.mp4", None),
    ]


def test_times_and_texts_are_found_in_either_place(tmp_path: Path) -> None:
    found = posts_of(
        of_records(
            tmp_path,
            thread(item("dalam", stamp=None), creation_timestamp=STAMP),
            thread(item("dalam", stamp=STAMP + 1), title="luar", creation_timestamp=0),
            {"media": item("sendiri", stamp=STAMP + 2)},
            {"title": "tanpa media", "creation_timestamp": STAMP + 3},
            {"uri": "1.jpg", "title": "datar", "creation_timestamp": STAMP + 4},
        )
    )
    assert [post.text for post in found] == ["dalam", "luar", "sendiri", "tanpa media", "datar"]
    assert [(post.created_at - NOON).seconds for post in found] == [0, 1, 2, 3, 4]
    assert found[4].media[0].path == "1.jpg"


def test_records_of_labels_and_values_are_read(tmp_path: Path) -> None:
    record = {
        "timestamp": STAMP,
        "media": [{"uri": "media/1.jpg"}],
        "label_values": [
            {"label": "Teks", "value": "Rapat pleno 🙏"},
            {"label": "URL", "value": "https://www.threads.net/@kpu/post/abc"},
        ],
    }
    (post,) = posts_of(of_records(tmp_path, record))
    assert (post.text, post.url) == ("Rapat pleno 🙏", "https://www.threads.net/@kpu/post/abc")
    assert (post.created_at, len(post.media)) == (NOON, 1)


def test_the_same_post_twice_is_given_once_the_oldest_first(tmp_path: Path) -> None:
    late = thread(item("nanti", stamp=STAMP + 9))
    pages = of_records(tmp_path, late, thread(item()), thread(item()))
    assert [post.text for post in posts_of(pages)] == ["Halo", "nanti"]
    assert pages[0].duplicates == 1


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (thread(item(stamp=None)), "has no time"),
        (thread(item(stamp=0)), "its time is 0"),
        (thread(item(stamp=1_600_000_000)), "its time is in the year 2020"),
        (thread(item(stamp=5_680_281_600)), "its time is in the year 2150"),
        (thread(item(stamp=[1])), "its time is neither a text nor a number"),
        (thread(item(title=3)), "its text is 3, not a text"),  # type: ignore[arg-type]
        ({"media": 3}, "its media are no list of objects"),
        ({"media": [3]}, "its media are no list of objects"),
        ({"label_values": 3, "timestamp": None}, "has no time"),
        ("words", "is not an object"),
        (None, "is not an object"),
    ],
)
def test_a_record_that_cannot_be_a_post_says_why(tmp_path: Path, record: Any, why: str) -> None:
    pages = of_records(tmp_path, thread(item()), record)
    assert reasons_of(pages) == [(f"{NAME}#1", why)]
    assert len(posts_of(pages)) == 1


def test_a_damaged_record_costs_only_itself(tmp_path: Path) -> None:
    raw = json.dumps(tree(thread(item("a")), thread(item("RUSAK")), thread(item("c"))))
    write_folder(tmp_path / "x", {NAME: raw.replace('"RUSAK"', '"RUSAK').encode()})
    pages = read(tmp_path / "x")
    assert [post.text for post in posts_of(pages)] == ["a", "c"]
    assert [why for _, why in reasons_of(pages)] == ["is not whole JSON: damaged or cut off"]


def test_logins_and_changes_in_the_download_are_told(tmp_path: Path) -> None:
    login = {
        "title": "2024-11-18T01:15:00+00:00",
        "string_map_data": {"IP": {"value": "203.0.113.9"}, "Zeit": {"timestamp": STAMP}},
    }
    folder = "security_and_login_information/security"
    files = {
        NAME: tree(thread(item())),
        f"{folder}/login_activity.json": {"account_history_login_history": [login, login]},
        f"{folder}/logout_activity.json": b"{",
    }
    write_folder(tmp_path / "x", files)
    pages = read(tmp_path / "x")
    (event,) = events_of(pages)
    assert (event.kind, event.at, event.platform) == ("login", NOON, "threads")
    assert event.details["ip"] == "203.0.113.9"
    assert pages[0].duplicates == 1
    assert [where for where, _ in reasons_of(pages)] == [f"{folder}/logout_activity.json"]


def test_pages_in_html_are_read_with_times_less_certain(tmp_path: Path) -> None:
    box = '<div class="_a6-g"><h2 class="_a6-h">Rapat<br>pleno</h2><div class="_a6-o">Nov 21, 2024 1:14 am</div></div>'
    page = f"<html><body>{box}{box.replace('2024', '2019')}</body></html>".encode()
    write_folder(tmp_path / "x", {"threads/threads_and_replies.html": page})
    pages = read(tmp_path / "x")
    (post,) = posts_of(pages)
    assert (post.text, post.time_quality) == ("Rapat\npleno", TimeQuality.LOCAL)
    assert post.created_at == datetime(2024, 11, 21, 1, 14, tzinfo=UTC)
    assert [why for _, why in reasons_of(pages)] == ["its time is in the year 2019"]


def test_messages_and_what_was_liked_are_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        NAME: tree(thread(item())),
        "threads/liked_threads.json": {"text_post_app_media_likes": [{"title": "RAHASIA"}]},
        "messages/inbox/budi/message_1.json": b"RAHASIA\xff",
        "connections/contacts/synced_contacts.json": b"RAHASIA\xff",
    }
    write_folder(tmp_path / "x", files)
    asked: list[str] = []
    opening = Archive.open
    monkeypatch.setattr(
        Archive, "open", lambda self, name: opening(self, asked.append(name) or name)  # type: ignore[func-returns-value]
    )  # fmt: skip
    assert "RAHASIA" not in repr(read(tmp_path / "x"))
    assert asked
    assert not [name for name in asked if "message" in name or "contacts" in name]


def test_a_folder_of_a_download_is_one_export(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", {NAME: tree(thread(item())), "media/1.jpg": b"1"})
    found = group([tmp_path], [ThreadsExport.marks])
    assert [one.path.name for one in found.archives] == ["x"]


@pytest.mark.parametrize("content", [b"{", b'{"text_post_app_text_posts": 3}', b"[" * 9_999])
def test_a_single_damaged_file_is_an_error_of_one_line(tmp_path: Path, content: bytes) -> None:
    write_folder(tmp_path / "x", {NAME: content})
    archive = Archive.of(tmp_path / "x")
    with pytest.raises(ExportFormatError) as caught:
        list(ThreadsExport.open(archive).pages())
    assert "\n" not in str(caught.value)
