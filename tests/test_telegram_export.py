"""Telegram Desktop's export: public channels are read, private chats are not, JSON and HTML alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources import _telegram_json
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources.telegram_export import TelegramExport

STAMP = 1732126440
NOON = datetime.fromtimestamp(STAMP, UTC)
NAME = "KPU Rekaan"
MARKER = "RAHASIA-PRIBADI"


def message(number: int = 1, text: Any = "Halo", **changed: Any) -> dict[str, Any]:
    return {
        "id": number, "type": "message", "date": "2024-11-21T01:14:00", "date_unixtime": str(STAMP),
        "from": NAME, "from_id": "channel17", "text": text, "text_entities": [], **changed,
    }  # fmt: skip


def service(number: int, action: str, **more: Any) -> dict[str, Any]:
    return {**message(number, "", **more), "type": "service", "actor": NAME, "action": action}


def chat(
    *messages: Any, kind: str = "public_channel", name: Any = NAME, number: int = 17
) -> dict[str, Any]:
    return {"name": name, "type": kind, "id": number, "messages": list(messages)}


def account(*chats: Any) -> dict[str, Any]:
    return {
        "about": "Here is the data you requested.",
        "personal_information": {},
        "chats": {"list": list(chats)},
    }


def write(folder: Path, content: Any, name: str = "result.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (
        content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    )
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, *others: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of([path, *others])
    assert TelegramExport.recognises(archive)
    found = list(TelegramExport.open(archive, account=account).pages())
    for page in found:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return found


def posts(path: Path, **options: Any) -> list[Post]:
    return [post for page in read(path, **options) for post in page.posts]


def events(path: Path) -> list[AccountEvent]:
    return [event for page in read(path) for event in page.events]


def reasons(path: Path) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in read(path) for one in page.rejected]


def test_a_channels_messages_are_posts(tmp_path: Path) -> None:
    (post,) = posts(
        write(tmp_path, chat(message(5, reply_to_message_id=3, via_bot="@ControllerBot")))
    )
    assert (post.platform, post.account, post.id, post.text) == ("telegram", NAME, "5", "Halo")
    assert (post.created_at, post.time_quality) == (NOON, TimeQuality.EXACT)
    assert (post.in_reply_to, post.app, post.is_repost) == ("3", "@ControllerBot", False)


def test_a_number_may_be_written_as_text(tmp_path: Path) -> None:
    (post,) = posts(write(tmp_path, chat(message(5, id="5"))))
    assert post.id == "5"


def test_before_2022_only_the_exporting_clock_is_known(tmp_path: Path) -> None:
    (post,) = posts(write(tmp_path, chat({**message(), "date_unixtime": None})))
    assert post.created_at.isoformat() == "2024-11-21T01:14:00+00:00"
    assert post.time_quality is TimeQuality.LOCAL


def test_a_text_in_pieces_is_joined_and_its_links_kept(tmp_path: Path) -> None:
    pieces = [
        "Unduh ", {"type": "text_link", "text": "di sini", "href": "https://kpu.example/f"}, "\n",
        {"type": "link", "text": "https://kpu.example"}, {"type": "mention", "text": "@kpu"},
    ]  # fmt: skip
    (post,) = posts(write(tmp_path, chat(message(1, pieces))))
    assert post.text == "Unduh di sini\nhttps://kpu.example@kpu"
    assert post.links == ("https://kpu.example/f", "https://kpu.example")


def test_forwards_polls_and_places(tmp_path: Path) -> None:
    poll = {"question": "Sudah?", "answers": [{"text": "Ya"}, {"text": "Belum"}, 5]}
    place = {"latitude": -6.97123, "longitude": 111.41999}
    found = posts(write(tmp_path, chat(
        message(1, forwarded_from="BMKG"), message(2, "", poll=poll), message(3, "Lihat", poll=poll),
        message(4, "", location_information=place), message(5, "", location_information="?"),
        message(6, forwarded_from=None),
    )))  # fmt: skip
    assert [post.is_repost for post in found[:2]] == [True, False]
    assert [post.text for post in found[1:3]] == ["Sudah?\nYa\nBelum", "Lihat\n\nSudah?\nYa\nBelum"]
    assert [post.location for post in found[3:5]] == ["-6.97,111.42", None]


def test_files_have_their_size_and_those_left_out_no_path(tmp_path: Path) -> None:
    write(tmp_path, "x" * 7, "Ekspor/photos/a.jpg")
    left_out = "(File not included. Change data exporting settings to download.)"
    write(tmp_path, chat(
        message(1, photo="photos/a.jpg", photo_file_size=99),
        message(2, file=left_out, file_size=7_000, media_type="video_file"),
        message(3, file="files/b.pdf", mime_type="application/pdf"),
        message(4, file="files/c.ogg", media_type="voice_message"),
        message(5, photo=5, file=["x"]),
    ), "Ekspor/result.json")  # fmt: skip
    found = [[(one.kind, one.path, one.size) for one in post.media] for post in posts(tmp_path)]
    assert found == [
        [("photo", "Ekspor/photos/a.jpg", 7)], [("video", None, 7_000)],
        [("file", "Ekspor/files/b.pdf", None)], [("audio", "Ekspor/files/c.ogg", None)], [],
    ]  # fmt: skip


def test_service_messages_tell_of_the_account(tmp_path: Path) -> None:
    path = write(tmp_path, chat(
        service(1, "create_channel"), service(2, "edit_group_title", title="PROMO 0812-0000-2402"),
        service(3, "edit_group_photo"), service(4, "delete_group_photo"), service(5, "pin_message"),
        service(6, "group_call"), service(7, "group_call", duration=60), service(8, "edit_group_photo"),
    ))  # fmt: skip
    found = events(path)
    assert [one.kind for one in found] == ["name_changed", "picture_changed", "live_started"]
    assert found[0].details == {"to": "PROMO ***402"}
    (page,) = read(path)
    assert (page.ignored, page.duplicates) == (3, 2)


PRIVATE_KINDS = [
    "personal_chat", "bot_chat", "saved_messages", "private_group", "private_supergroup", "private_channel",
    "verify_codes", "replies", "kind of tomorrow",
]  # fmt: skip


@pytest.mark.parametrize("kind", PRIVATE_KINDS)
def test_private_chats_are_counted_and_never_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    decoded: list[bytes] = []
    plainly = _telegram_json._messages

    def noting(raw: bytes) -> Any:
        decoded.append(raw)
        return plainly(raw)

    monkeypatch.setattr(_telegram_json, "_messages", noting)
    private = chat(message(1, MARKER), message(2, MARKER), kind=kind, name=MARKER)
    (page,) = read(write(tmp_path, account(private, chat(message()), private)))
    assert len(decoded) == 1
    assert MARKER.encode() not in decoded[0]
    assert MARKER not in repr(page)
    assert (len(page.posts), page.ignored) == (1, 4)


def test_a_private_chat_alone_gives_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, chat(message(1, MARKER), kind="personal_chat"))
    (page,) = read(path, account=NAME)
    assert (page.posts, page.ignored) == ((), 1)


def test_damage_never_lets_a_private_chat_through(tmp_path: Path) -> None:
    """Wherever an account's export is cut or overwritten, what is private stays so."""
    private = chat(message(1, MARKER), message(2, MARKER), kind="personal_chat", name="Warga")
    text = json.dumps(
        account(chat(message(1), message(2)), private, chat(message(3), number=18)), indent=1
    )
    for place in range(150, len(text), 37):
        for damaged in (text[:place], text[:place] + "\x00\x01" + text[place + 2 :]):
            path = write(tmp_path, damaged)
            if TelegramExport.recognises(Archive.of(path)):
                try:
                    assert MARKER not in repr(read(path))
                except ExportFormatError as error:
                    assert MARKER not in str(error)


def test_in_a_public_group_only_its_own_name_posts(tmp_path: Path) -> None:
    path = write(tmp_path, chat(
        message(1, "warga", **{"from": "Warga", "from_id": "user5"}), message(2, "resmi"),
        message(3, "lama", from_id=17), message(4, "kosong", **{"from": None, "from_id": "user6"}),
        kind="public_supergroup",
    ))  # fmt: skip
    (page,) = read(path)
    assert [post.text for post in page.posts] == ["resmi", "lama"]
    assert page.ignored == 2


def test_each_channel_is_an_account_with_numbers_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, account(chat(message(1)), chat(message(1), name="BPBD", number=18)))
    assert [(post.account, post.id) for post in posts(path)] == [(NAME, "1"), ("BPBD", "1")]
    named = posts(path, account="@humas")
    assert [(post.account, post.id) for post in named] == [("humas", "17/1"), ("humas", "18/1")]


def test_overlapping_exports_give_each_message_once(tmp_path: Path) -> None:
    first = write(tmp_path, chat(message(1), message(2)), "a/result.json")
    second = write(tmp_path, chat(message(2), message(3)), "b/result.json")
    found = read(first, second)
    assert [post.id for page in found for post in page.posts] == ["1", "2", "3"]
    assert sum(page.duplicates for page in found) == 1


def test_control_characters_written_the_wrong_way_are_mended(tmp_path: Path) -> None:
    text = json.dumps(chat(message(1, "a@b"), message(2, "c:\\x0Bdir"))).replace("@", "\\x0B")
    assert [post.text for post in posts(write(tmp_path, text))] == ["a\x0bb", "c:\\x0Bdir"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(json.dumps(chat(message(1, "Halo 🙏")), ensure_ascii=False).encode(encoding))
    assert [post.text for post in posts(path)] == ["Halo 🙏"]


def test_half_a_surrogate_costs_one_letter(tmp_path: Path) -> None:
    text = json.dumps(chat(message(1, "a☃b"), message(2))).replace("\\u2603", "\\ud83d")
    assert [post.text for post in posts(write(tmp_path, text))] == ["a\ufffdb", "Halo"]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ("x", "is not an object"),
        ({**message(), "id": "x"}, "its number is none"),
        (message(1, 5), "its text is no text"),
        (message(1, [["x"]]), "its text is no text"),
        (message(date="", date_unixtime=""), "has no time"),
        (message(date_unixtime="99999999999999"), "its time is in the year"),
        (message(date_unixtime="5"), "its time is in the year 1970"),
        (message(date_unixtime=[5]), "its time is neither a text nor a number"),
        (message(type=5), "is no message"),
        (message(type="call"), "is no message"),
    ],
)
def test_a_record_that_cannot_be_read_says_why(tmp_path: Path, record: Any, why: str) -> None:
    ((where, reason),) = reasons(write(tmp_path, chat(record, message(9))))
    assert where == "result.json#0"
    assert reason.startswith(why)


def test_a_trimmed_file_without_numbers_is_read(tmp_path: Path) -> None:
    bare = {key: value for key, value in message().items() if key != "id"}
    (page,) = read(write(tmp_path, chat(bare, bare, {**bare, "text": "Lain"})))
    assert ([post.text for post in page.posts], page.duplicates) == (["Halo", "Lain"], 1)


def test_what_telegram_could_not_export_is_ignored(tmp_path: Path) -> None:
    (page,) = read(write(tmp_path, chat(message(type="unsupported"))))
    assert page.ignored == 1


def test_what_is_whole_in_a_cut_file_is_read(tmp_path: Path) -> None:
    text = json.dumps(chat(message(1), message(2), message(3, "terpotong")))
    path = write(tmp_path, text[: text.index("terpotong")])
    assert [post.id for post in posts(path)] == ["1", "2"]
    assert [where for where, _ in reasons(path)] == ["result.json", "result.json#2"]


def test_nothing_usable_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, '{"name": "x", "type": "public_channel", "id": 1, "messages": 5')
    with pytest.raises(ExportFormatError, match="not whole JSON") as caught:
        read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [None, 5, "", '[RESMI] "KPU": messages'])
def test_a_channels_odd_name_is_borne(tmp_path: Path, name: Any) -> None:
    (post,) = posts(write(tmp_path, chat(message(), name=name), "kpu.json"))
    assert post.account == (name if isinstance(name, str) and name else "kpu")


@pytest.mark.parametrize(
    "content",
    [
        {"type": "messages", "messages": []},
        {"messages": [{"type": "message", "text": "x", "date": "2024-01-01"}]},
        {"about": "x", "id": 5},
        [{"id": 1, "date": "2024-01-01", "text": "x"}],
    ],
)
def test_others_files_are_not_taken(tmp_path: Path, content: Any) -> None:
    assert not TelegramExport.recognises(Archive.of(write(tmp_path, content)))


# HTML


def shown(
    number: int,
    text: str = "Halo",
    author: str = NAME,
    time: str = "21.11.2024 01:14:05 UTC+07:00",
    more: str = "",
) -> str:
    named = f'<div class="from_name">\n{author}\n</div>' if author else ""
    return (
        f'<div class="message default clearfix" id="message{number}"><div class="body">'
        f'<div class="pull_right date details" title="{time}">01:14</div>{named}{more}'
        f'<div class="text">\n{text}\n</div></div></div>'
    )


def said(number: int, text: str) -> str:
    return f'<div class="message service" id="message{number}"><div class="body details">\n{text}\n</div></div>'


def page(*messages: str, name: str = NAME) -> str:
    return (
        '<!DOCTYPE html><html><head><title>Exported Data</title></head><body><div class="page_header">'
        f'<div class="content"><div class="text bold">\n{name}\n</div></div></div>'
        f'<div class="page_body chat_page"><div class="history">{"".join(messages)}</div></div></body></html>'
    )


def test_a_page_gives_posts_with_the_zone_it_names(tmp_path: Path) -> None:
    more = '<div class="reply_to details">In reply to <a href="#go_to_message3">this</a></div>'
    text = 'Baris &amp; satu<br>dua <a href="https://kpu.example">kpu</a><a href="javascript:x()">x</a>'
    path = write(
        tmp_path, page(said(-1, "21 November 2024"), shown(7, text, more=more)), "messages.html"
    )
    (post,) = posts(path)
    assert (post.id, post.account, post.text) == ("7", NAME, "Baris & satu\ndua kpux")
    assert (post.created_at, post.time_quality) == (NOON.replace(second=5), TimeQuality.EXACT)
    assert (post.links, post.in_reply_to) == (("https://kpu.example",), "3")


def test_older_pages_name_no_zone(tmp_path: Path) -> None:
    path = write(tmp_path, page(shown(7, time="21.11.2024 01:14:05")), "messages.html")
    assert [post.time_quality for post in posts(path)] == [TimeQuality.LOCAL]


def test_pages_are_read_in_their_order_with_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "ChatExport"
    photo = '<div class="media_wrap"><a class="photo_wrap" href="photos/a.jpg"></a></div>'
    remote = '<div class="media_wrap"><a class="video_file_wrap" href="https://jahat.example/x.mp4"></a></div>'
    left_out = '<div class="media_wrap"><div class="media media_voice_message"></div></div>'
    write(folder, "123", "photos/a.jpg")
    write(folder, page(shown(1, more=photo)), "messages.html")
    write(folder, page(shown(2, author="", more=remote), shown(3, more=left_out)), "messages2.html")
    write(folder, page(said(4, "Channel title changed to «PROMO»"), shown(5)), "messages10.html")
    (archive,), errors = group([tmp_path], [TelegramExport.marks])
    assert not errors
    found = posts(archive.path)
    assert [[(one.kind, one.path, one.size) for one in post.media] for post in found] == [
        [("photo", "photos/a.jpg", 3)], [("video", None, None)], [("audio", None, None)], [],
    ]  # fmt: skip
    (event,) = events(archive.path)
    assert (event.kind, event.details, event.time_quality) == (
        "name_changed", {"to": "PROMO"}, TimeQuality.LOCAL,
    )  # fmt: skip


def test_pages_on_which_several_write_are_private(tmp_path: Path) -> None:
    """A private chat bears the other's name, so that name alone proves nothing."""
    path = write(tmp_path, page(shown(1, MARKER), shown(2, MARKER, author="Saya")), "messages.html")
    (found,) = read(path)
    assert (found.posts, found.ignored) == ((), 2)
    assert [post.id for post in posts(path, account="Saya")] == ["2"]


@pytest.mark.parametrize(
    "sign",
    [
        (
            '<div class="message default clearfix" id="message3"><div class="body"><div class="media_wrap clearfix">'
            '<div class="media clearfix pull_left media_call success"></div></div></div></div>'
        ),
        said(3, "Petugas joined Telegram"),
        said(3, "Outgoing call (35 seconds)"),
        shown(
            3,
            more='<span class="reactions"><span class="userpics"><div class="userpic"></div></span></span>',
        ),
    ],
)
def test_what_only_people_do_shows_that_a_chat_is_private(tmp_path: Path, sign: str) -> None:
    path = write(tmp_path, page(shown(1, MARKER), sign), "messages.html")
    assert not posts(path)
    channel = said(4, f"Channel «{NAME}» created")
    path = write(tmp_path, page(shown(1), sign, channel), "messages.html")
    assert "1" in {post.id for post in posts(path)}


def test_of_many_chats_in_one_folder_only_channels_are_given(tmp_path: Path) -> None:
    folder = tmp_path / "DataExport"
    for number, messages in (
        ("1", [shown(5, MARKER, author="Telegram"), shown(6, MARKER, author="")]),
        ("2", [said(1, f"Channel «{NAME}» created"), shown(5, "Kabar kanal")]),
        ("3", [shown(1, MARKER, author="Budi"), shown(2, MARKER, author="Saya")]),
    ):
        names = {"1": "Telegram", "2": NAME, "3": "Budi"}
        inside = folder / f"ChatExport_{number}"
        inside.mkdir(parents=True)
        write(inside, page(*messages, name=names[number]), "messages.html")
    (found,) = read(folder)
    assert [(post.id, post.account, post.text) for post in found.posts] == [
        ("5", NAME, "Kabar kanal")
    ]
    assert MARKER not in str(found)


def test_a_forward_is_a_repost_by_the_channel(tmp_path: Path) -> None:
    inner = '<div class="forwarded body"><div class="from_name">BMKG <span class="date details" title="01.11.2024 08:00:00"></span></div></div>'
    named = NAME + ' <span class="details"> via @ControllerBot</span>'
    (post,) = posts(write(tmp_path, page(shown(1, author=named, more=inner)), "messages.html"))
    assert (post.is_repost, post.app, post.created_at.day) == (True, "@ControllerBot", 20)


@pytest.mark.parametrize(
    ("time", "why"),
    [
        ("", "has no time"),
        ("31.02.2024 01:00:00", "is none"),
        ("01.01.1999 01:00:00", "in the year 1999"),
    ],
)
def test_a_message_without_a_time_is_rejected(tmp_path: Path, time: str, why: str) -> None:
    ((where, reason),) = reasons(
        write(tmp_path, page(shown(1, time=time), shown(2)), "messages.html")
    )
    assert where == "messages.html#0"
    assert why in reason


def test_an_empty_page_among_others_is_one_rejection(tmp_path: Path) -> None:
    write(tmp_path, page(shown(1)), "messages.html")
    write(tmp_path, page(), "messages2.html")
    assert reasons(tmp_path) == [("messages2.html", "is a page without messages")]
