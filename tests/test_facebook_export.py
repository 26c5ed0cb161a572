"""Facebook's own export: every layout, every shape, nothing lost and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from exports import damaged, write_folder, write_zip

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Media, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._details import EVENT_KINDS
from detector.sources._grouping import group
from detector.sources.facebook_export import FacebookExport
from detector.sources.instagram_export import InstagramExport

STAMP = 1_711_000_000
NOON = datetime.fromtimestamp(STAMP, UTC)
POSTS = "posts/your_posts_1.json"
SECURITY = "security_and_login_information"


def read(*paths: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(paths)
    assert FacebookExport.recognises(archive)
    pages = list(FacebookExport.open(archive, account=account).pages())
    for page in pages:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return pages


def read_files(folder: Path, files: Mapping[str, Any]) -> list[Page]:
    write_folder(folder, files)
    return read(folder)


def posts_of(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


def events_of(pages: list[Page]) -> list[AccountEvent]:
    return [event for page in pages for event in page.events]


def reasons_of(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


def duplicates_of(pages: list[Page]) -> int:
    return sum(page.duplicates for page in pages)


def status(text: str, at: Any = STAMP, **more: Any) -> dict[str, Any]:
    return {"timestamp": at, "data": [{"post": text}], **more}


def attached(*pieces: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"data": list(pieces)}]


def picture(uri: str, text: str = "", ip: str = "", at: int = STAMP) -> dict[str, Any]:
    exif = {"photo_metadata": {"exif_data": [{"upload_ip": ip, "taken_timestamp": -62169958800}]}}
    return {
        "uri": uri,
        "creation_timestamp": at,
        "media_metadata": exif if ip else {},
        "title": "Timeline Photos",
        "description": text,
    }


def one_post(folder: Path, record: Any) -> Post:
    (post,) = posts_of(read_files(folder, {POSTS: [record]}))
    return post


@pytest.mark.parametrize(
    "member",
    [
        "posts/your_posts_1.json",
        "facebook-x-2022-1-2/posts/your_posts_1.json",
        "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json",
        "this_profile's_activity_across_facebook/posts/profile_posts_2.json",
        "this_profile_s_activity_across_facebook/posts/profile_posts_1.json",
        "posts/profile_posts_1.json",
        "posts/profile_posts_1 (1).JSON",
        "apapun.json",
    ],
)
def test_posts_are_found_wherever_they_lie(tmp_path: Path, member: str) -> None:
    pages = read_files(tmp_path / "x", {member: [status("Selamat pagi 🙏")]})
    assert [(one.text, one.created_at) for one in posts_of(pages)] == [("Selamat pagi 🙏", NOON)]
    assert posts_of(pages)[0].where == f"{member}#0"


@pytest.mark.parametrize(
    "key", ["status_updates", "status_updates_v2", "archive_v2", "app_posts_v2"]
)
def test_lists_of_posts_may_stand_under_a_key(tmp_path: Path, key: str) -> None:
    write_folder(tmp_path, {"kiriman.json": {key: [status("satu"), status("dua", STAMP + 1)]}})
    found = posts_of(read(tmp_path / "kiriman.json"))
    assert [one.text for one in found] == ["satu", "dua"]
    assert found[0].kind == ("archived" if "archive" in key else "post")


def test_several_files_that_a_tool_put_into_one_list_are_told_apart(tmp_path: Path) -> None:
    film = {**picture("posts/media/v/1.mp4", "Film"), "title": "Judul"}
    tree = [
        {"name": "Album", "photos": [picture("posts/media/a/1.jpg", "Foto")]},
        {"videos_v2": [film]},
    ]
    write_folder(tmp_path, {"gabungan.json": tree})
    found = posts_of(read(tmp_path / "gabungan.json"))
    assert [one.text for one in found] == ["Foto", "Film\nJudul"]
    assert [one.where for one in found] == ["gabungan.json#0", "gabungan.json#1"]


def test_a_bare_link_without_words_is_a_post(tmp_path: Path) -> None:
    """It is the trace that a spam application leaves."""
    post = one_post(
        tmp_path / "x",
        {
            "timestamp": STAMP,
            "attachments": attached({"external_context": {"url": "http://kaget.example/v"}}),
        },
    )
    assert (post.text, post.links, post.media) == ("", ("http://kaget.example/v",), ())


def test_the_words_of_a_post_are_given_once(tmp_path: Path) -> None:
    """Descriptions of pictures repeat a post's text; titles of pictures name their album only."""
    media = [picture(f"posts/media/a/{n}.jpg", "Rapat koordinasi bersama") for n in range(2)]
    record = status(
        "Rapat koordinasi bersama\nDinas",
        attachments=attached(*({"media": one} for one in media), {"text": "Catatan"}),
    )
    post = one_post(tmp_path / "x", record)
    assert post.text == "Rapat koordinasi bersama\nDinas\nCatatan"
    assert post.media == (
        Media("photo", "posts/media/a/0.jpg"),
        Media("photo", "posts/media/a/1.jpg"),
    )


def test_nothing_in_a_list_says_nothing(tmp_path: Path) -> None:
    record = status("Selamat pagi", attachments=[None, {"data": [None, {"media": None}]}])
    record["data"].insert(0, None)
    assert one_post(tmp_path, record).text == "Selamat pagi"


def test_mentions_are_rendered_and_line_breaks_kept(tmp_path: Path) -> None:
    text = "Bersama @[1000:274:Dinas Kesehatan] dan @[5:Budi],\n\n surel a@b.example @[x"
    assert one_post(tmp_path / "x", status(text)).text == (
        "Bersama Dinas Kesehatan dan Budi,\n\n surel a@b.example @[x"
    )


@pytest.mark.parametrize(
    ("kind", "inner", "text"),
    [
        ("poll", {"question": "Ya?", "options": [{"option": "ya"}, {"option": "a"}, "b", 3]}, "Ya?\nya\na\nb"),
        ("note", {"title": "Judul", "text": "Isi", "tags": []}, "Judul\nIsi"),
        ("event", {"name": "Bakti", "start_timestamp": STAMP, "description": 5}, "Bakti"),
        ("for_sale_item", {"title": "Motor", "price": "Rp1.000", "description": "murah"}, "Motor\nRp1.000\nmurah"),
    ],
)  # fmt: skip
def test_attachments_with_words_of_their_own_are_text(
    tmp_path: Path, kind: str, inner: dict[str, Any], text: str
) -> None:
    record = {"timestamp": STAMP, "attachments": attached({kind: inner}), "title": "X membuat."}
    assert one_post(tmp_path / "x", record).text == text


@pytest.mark.parametrize(
    ("title", "app", "is_repost"),
    [
        ("Dinas shared a link via Hootsuite.", "Hootsuite", False),
        ("Dinas shared a memory.", None, True),
        ("Dinas shared Budi's post.", None, True),
        ("Dinas membagikan kenangan.", None, True),
        ("Dinas har tilføjet et nyt billede.", None, False),
        ("Jakarta Post shared a link.", None, False),
    ],
)
def test_titles_tell_the_client_and_reposts_and_are_never_text(
    tmp_path: Path, title: str, app: str | None, *, is_repost: bool
) -> None:
    post = one_post(tmp_path / "x", {"timestamp": STAMP, "title": title})
    assert (post.text, post.app, post.is_repost) == ("", app, is_repost)


def test_a_link_to_a_post_is_a_repost_in_any_language(tmp_path: Path) -> None:
    url = "https://www.facebook.com/dinas/posts/100"
    record = {"timestamp": STAMP, "attachments": attached({"external_context": {"url": url}})}
    assert one_post(tmp_path / "x", record).is_repost


def test_places_are_named_or_coarse(tmp_path: Path) -> None:
    named = {"name": "Kantor", "coordinate": {"latitude": -7.1, "longitude": 110.2}}
    bare = {"coordinate": {"latitude": -7.123, "longitude": 110.2}}
    records = [
        status("a", attachments=attached({"place": named})),
        status("b", STAMP + 1, attachments=attached({"place": bare})),
        status("c", STAMP + 2, attachments=attached({"place": {"name": 5}})),
    ]
    pages = read_files(tmp_path / "x", {POSTS: records})
    assert [one.location for one in posts_of(pages)] == ["Kantor", "-7.12,110.20", None]


def test_an_edit_is_an_event_if_it_comes_later_than_a_minute(tmp_path: Path) -> None:
    records = [
        {"timestamp": STAMP, "data": [{"post": "a"}, {"update_timestamp": STAMP + 60}]},
        {"timestamp": STAMP + 9, "data": [{"post": "b", "update_timestamp": STAMP + 7200}]},
    ]
    pages = read_files(tmp_path / "x", {POSTS: records})
    (event,) = events_of(pages)
    assert (event.kind, event.at.timestamp()) == ("post_edited", STAMP + 7200)
    assert event.details == {"post": posts_of(pages)[1].id}
    assert [one.created_at.timestamp() for one in posts_of(pages)] == [STAMP, STAMP + 9]


def test_upload_addresses_are_given_once_a_day(tmp_path: Path) -> None:
    old = {"photo_metadata": {"upload_ip": "203.0.113.9"}}
    records = [
        status(
            str(n),
            STAMP + n * 3600,
            attachments=attached({"media": picture(f"m/a/{n}.jpg", ip="192.0.2.4")}),
        )
        for n in range(30)
    ]
    records[3]["attachments"] = attached({"media": {"uri": "m/a/x.jpg", "media_metadata": old}})
    records[4]["attachments"] = attached({"media": picture("m/a/y.jpg", ip="no address")})
    events = events_of(read_files(tmp_path / "x", {POSTS: records}))
    assert [(one.kind, one.details["ip"], one.at.day) for one in events] == [
        ("post_uploaded", "192.0.2.4", 21),
        ("post_uploaded", "203.0.113.9", 21),
        ("post_uploaded", "192.0.2.4", 22),
    ]


def test_albums_repeat_posts_and_add_what_was_no_post(tmp_path: Path) -> None:
    """A picture's own folder and name tell it, whatever folder the export is in."""
    album = {
        "name": "Profile pictures",
        "photos": [picture("posts/media/a/1.jpg", at=STAMP - 5), picture("posts/media/a/2.jpg", "Baru")],
        "cover_photo": picture("posts/media/a/2.jpg"),
    }  # fmt: skip
    media = {"media": picture("your_facebook_activity/posts/media/a/1.jpg")}
    pages = read_files(
        tmp_path / "x",
        {
            POSTS: [status("Kiriman", attachments=attached(media))],
            "posts/album/0.json": album,
            "posts/your_uncategorized_photos.json": {"other_photos_v2": album["photos"]},
        },
    )
    assert [(one.text, one.kind) for one in posts_of(pages)] == [
        ("Kiriman", "post"),
        ("Baru", "profile_picture"),
    ]
    assert duplicates_of(pages) == 3


def test_overlapping_parts_give_each_post_once(tmp_path: Path) -> None:
    both = status("dua", STAMP + 1)
    write_zip(tmp_path / "facebook-dinas-2024-1-1-part1.zip", {POSTS: [status("satu"), both]})
    write_zip(
        tmp_path / "facebook-dinas-2024-1-1-part2.zip",
        {
            POSTS: [both, status("tiga", STAMP + 2), status("dua", STAMP + 3)],
            "profile_information/profile_information.json": {"profile_v2": {"name": "Dinas X"}},
        },
    )
    (archive,), errors = group([tmp_path], [FacebookExport.marks])
    assert not errors
    pages = read(*archive.paths)
    assert [one.text for one in posts_of(pages)] == ["satu", "dua", "tiga", "dua"]
    assert {one.account for one in posts_of(pages)} == {"Dinas X"}
    assert duplicates_of(pages) == 1


def test_lists_that_are_null_are_empty(tmp_path: Path) -> None:
    files = {
        POSTS: [status("Halo")],
        "posts/your_videos.json": {"videos_v2": None},
        "security_and_login_information/account_activity.json": {"account_activity_v2": None},
    }
    (page,) = read_files(tmp_path, files)
    assert (len(page.posts), page.records, page.rejected) == (1, 1, ())


def test_addresses_the_account_was_used_from_are_told(tmp_path: Path) -> None:
    rows = [{"action": "Login", "ip": "203.0.113.9", "timestamp": STAMP}]
    member = "security_and_login_information/ip_address_activity.json"
    (event,) = events_of(read_files(tmp_path, {member: {"used_ip_address_v2": rows}}))
    assert (event.kind, event.at, event.details["ip"]) == ("login", NOON, "203.0.113.9")


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("Login", "login"),
        ("Keluar", "logout"),
        ("Kata sandi diubah", "password_changed"),
        ("?", "session_updated"),
    ],
)
def test_what_was_done_is_told_by_a_labels_value(tmp_path: Path, action: str, kind: str) -> None:
    """Since 2023 the sessions stand in records of labels, which follow the account's language."""
    rows = [("Agen", "Mozilla/5.0 (login)"), ("Tindakan", action), ("Alamat IP", "203.0.113.9")]
    entry = {"timestamp": STAMP, "label_values": [{"label": a, "value": b} for a, b in rows]}
    member = "security_and_login_information/account_activity.json"
    (event,) = events_of(read_files(tmp_path, {member: [entry]}))
    assert (event.kind, event.at, event.details["ip"]) == (kind, NOON, "203.0.113.9")


@pytest.mark.parametrize(
    ("member", "tree", "account"),
    [
        ("profile_information/profile_information.json",
         {"profile_v2": {"name": {"full_name": "Dinas é"}, "username": "dinas.x"}}, "dinas.x"),
        ("profile_information/profile_information.json",
         {"profile_v2": {"name": {"full_name": "Dinas é"}, "profile_uri": "https://www.facebook.com/dinas.y"}},
         "dinas.y"),
        ("personal_information/profile_information/profile_information.json",
         {"profile_v2": {"name": {"full_name": "Dinas é"}, "profile_uri": "https://www.facebook.com/profile.php?id=1"}},
         "Dinas é"),
        ("profile_information/profile_information.json", {"profile": {"name": "Dinas lama"}}, "Dinas lama"),
        ("logged_information/professional_dashboard/your_professional_dashboard_activity.json",
         {"prodash_activity": [{"page_name": "Polres X"}]}, "Polres X"),
        ("lain.txt", {}, "dinas-z"),
        ("profile_information/profile_information.json", [5], "dinas-z"),
    ],
)  # fmt: skip
def test_the_account_is_found(tmp_path: Path, member: str, tree: Any, account: str) -> None:
    folder = tmp_path / "facebook-dinas-z-2024-11-3-aB3dEf9h"
    write_folder(folder, {POSTS: [status("a")], member: tree})
    assert posts_of(read(folder))[0].account == account
    assert posts_of(read(folder, account="@lain"))[0].account == "lain"


def event(tmp_path: Path, member: str, tree: Any) -> AccountEvent:
    (found,) = events_of(read_files(tmp_path / "x", {member: tree}))
    assert found.kind in EVENT_KINDS
    return found


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("Login", "login"),
        ("Masuk", "login"),
        ("Log out", "logout"),
        ("Session terminated", "logout"),
        ("Session updated", "session_updated"),
        ("Sesi diperbarui", "session_updated"),
        ("Password change", "password_changed"),
        ("Kata sandi diubah", "password_changed"),
        ("何か", "session_updated"),
    ],
)
def test_actions_of_many_languages_are_events(tmp_path: Path, action: str, kind: str) -> None:
    row = {
        "action": action, "timestamp": STAMP, "ip_address": "203.0.113.9", "user_agent": "Mozilla/5.0 x",
        "city": "Jauh", "country": "XX", "site_name": "m.facebook.com", "datr_cookie": "rahasia",
    }  # fmt: skip
    found = event(tmp_path, f"{SECURITY}/account_activity.json", {"account_activity_v2": [row]})
    assert (found.kind, found.at, found.time_quality) == (kind, NOON, TimeQuality.EXACT)
    assert found.details == {
        "action": action,
        "app": "m.facebook.com",
        "country": "XX",
        "ip": "203.0.113.9",
        "location": "Jauh, XX",
        "user_agent": "Mozilla/5.0 x",
    }


@pytest.mark.parametrize(
    ("member", "tree", "kind", "details"),
    [
        (f"{SECURITY}/logins_and_logouts.json",
         {"account_accesses": [{"action": "Logout", "timestamp": STAMP, "site": "x", "ip_address": "192.0.2.1"}]},
         "logout", {"action": "Logout", "app": "x", "ip": "192.0.2.1"}),
        (f"{SECURITY}/authorized_logins.json",
         {"recognized_devices_v2": [{"name": "Chrome", "session": {"created_timestamp": STAMP, "ip_address": "192.0.2.1"}}]},
         "login", {"device": "Chrome", "ip": "192.0.2.1"}),
        (f"{SECURITY}/where_you_re_logged_in.json",
         {"active_sessions": [{"created_timestamp": STAMP, "device": "Pixel", "location": "Rekaan", "app": "FB"}]},
         "login", {"app": "FB", "device": "Pixel", "location": "Rekaan"}),
        (f"{SECURITY}/where_you're_logged_in.json",
         {"active_sessions": [{"created_timestamp": STAMP}]}, "login", {}),
        (f"{SECURITY}/record_details.json",
         {"admin_records_v2": [{"event": "Add mobile number", "session": {"created_timestamp": STAMP},
                                "extra_info": {"new_number": "+62 812-0000-7788"}}]},
         "phone_changed", {"action": "Add mobile number", "to": "***788"}),
        ("profile_information/profile_update_history.json",
         {"profile_updates_v2": [{"timestamp": STAMP, "title": "x updated her profile picture."}]},
         "picture_changed", {"action": "x updated her profile picture."}),
        ("profile_information/profile_update_history.json",
         {"profile_updates_v2": [{"timestamp": STAMP, "title": "Neu", "attachments": [{"data": []}]}]},
         "picture_changed", {"action": "Neu"}),
        (f"{SECURITY}/email_address_verifications.json",
         [{"timestamp": STAMP, "label_values": [{"label": "Surel", "value": "palsu@surat.example"}]}],
         "email_changed", {"to": "p***@surat.example"}),
        (f"{SECURITY}/your_information_download_requests.json",
         [{"label_values": [{"label": "Zeit", "timestamp_value": STAMP}, {"label": "IP", "value": "192.0.2.7"}]}],
         "export_requested", {"ip": "192.0.2.7"}),
        ("pages/page_roles.json",
         {"page_roles_v2": [{"name": "Orang Asing", "role": "Admin", "timestamp": STAMP}]},
         "role_changed", {"person": "Orang Asing", "to": "Admin"}),
        ("apps_and_websites/apps_and_websites.json",
         {"installed_apps_v2": [{"name": "Undian", "added_timestamp": STAMP}]}, "app_connected", {"app": "Undian"}),
    ],
)  # fmt: skip
def test_every_login_file_is_read(
    tmp_path: Path, member: str, tree: Any, kind: str, details: dict[str, str]
) -> None:
    files = {POSTS: [status("a")], member: tree}
    (found,) = events_of(read_files(tmp_path / "x", files))
    assert (found.kind, found.at) == (kind, NOON)
    assert found.details == details
    assert kind in EVENT_KINDS


def test_an_app_that_was_removed_is_two_events(tmp_path: Path) -> None:
    app = {"name": "Undian", "added_timestamp": STAMP, "removed_timestamp": STAMP + 9}
    pages = read_files(
        tmp_path / "x", {"apps_and_websites/apps_and_websites.json": {"installed_apps_v2": [app]}}
    )
    assert [one.kind for one in events_of(pages)] == ["app_connected", "app_removed"]


def test_the_same_event_in_two_files_is_a_duplicate(tmp_path: Path) -> None:
    row = {"action": "Login", "timestamp": STAMP, "ip_address": "192.0.2.1"}
    tree = {"account_activity_v2": [row, row]}
    pages = read_files(tmp_path / "x", {f"{SECURITY}/account_activity.json": tree})
    assert (len(events_of(pages)), duplicates_of(pages)) == (1, 1)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"data": [{"post": "a"}]}, "has no time"),
        ({"timestamp": None, "data": [{"post": "a"}]}, "has no time"),
        (status("a", 0), "its time is 0"),
        (status("a", 5_680_281_600), "its time is in the year 2150"),
        (status("a", 1_000_000_000), "its time is in the year 2001"),
        (status("a", -62169958800), "its time is no time since 1970"),
        (status("a", [1]), "its time is neither a text nor a number"),
        (status("a", float(10**30)), "its time is no time since 1970"),
        ({"timestamp": STAMP, "data": [{"post": 5}]}, "its text is no text"),
        ({"timestamp": STAMP, "data": {"post": "a"}}, "its data cannot be read"),
        ({"timestamp": STAMP, "attachments": "x"}, "its attachments cannot be read"),
        ({"timestamp": STAMP, "title": []}, "its text is no text"),
        ({"timestamp": STAMP}, "has neither words nor anything attached"),
        ("x", "is not an object"),
        (None, "is not an object"),
    ],
)
def test_unusable_records_are_rejected_with_their_place(
    tmp_path: Path, record: Any, why: str
) -> None:
    pages = read_files(tmp_path / "x", {POSTS: [status("baik"), record]})
    (reason,) = reasons_of(pages)
    assert reason[0] == f"{POSTS}#1"
    assert reason[1] == why or (why.startswith("its time is no") and "its time" in reason[1])
    assert [one.text for one in posts_of(pages)] == ["baik"]


def test_odd_decoration_does_not_lose_a_post(tmp_path: Path) -> None:
    odd = attached(
        {"media": {"uri": 7, "description": ["x"]}},
        {"external_context": {"url": None}},
        {"external_context": "x"},
        {"place": [], "poll": 3},
        {"media": {"uri": "m/a/1.jpg", "media_metadata": {"photo_metadata": {"exif_data": [9]}}}},
    )
    post = one_post(tmp_path / "x", status("Tetap ada", attachments=odd))
    assert post.text == "Tetap ada"
    assert [one.path for one in post.media] == ["m/a/1.jpg"]


def test_deep_nesting_and_half_characters_are_survived(tmp_path: Path) -> None:
    deep = '{"timestamp": 1711000000, "attachments": [{"data": [{"poll": {"options": ' + "[" * 3000
    half = '{"timestamp": 1711000000, "data": [{"post": "setengah \\ud83d"}]}'
    folder = tmp_path / "x"
    write_folder(folder, {POSTS: f"[{half},{deep}{']' * 3000}}}}}]}}]}}]".encode()})
    pages = read(folder)
    assert [one.text for one in posts_of(pages)] == ["setengah \ufffd"]
    assert len(reasons_of(pages)) == 1


def test_a_damaged_member_is_one_rejected_record_or_the_whole_error(tmp_path: Path) -> None:
    files = {
        POSTS: [status("a")],
        f"{SECURITY}/account_activity.json": b'{"account_activity_v2": [{"a',
    }
    pages = read_files(tmp_path / "x", files)
    assert reasons_of(pages) == [
        (f"{SECURITY}/account_activity.json", "is not whole JSON: damaged or cut off")
    ]
    alone = tmp_path / "y"
    write_folder(alone, {f"{SECURITY}/account_activity.json": b'{"account_activity_v2": [{"a'})
    with pytest.raises(ExportFormatError, match="ask Facebook"):
        read(alone)


def test_an_export_without_posts_says_so(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", {"your_facebook_activity/posts/media/1.jpg": b"x"})
    archive = Archive.of(tmp_path / "x")
    assert FacebookExport.recognises(archive)
    with pytest.raises(ExportFormatError, match="without posts"):
        FacebookExport.open(archive)


def test_sizes_are_those_of_media_in_the_archive(tmp_path: Path) -> None:
    media = [{"media": picture(f"posts/media/a/{n}.jpg")} for n in range(2)]
    files = {
        f"facebook-x/{POSTS}": [status("a", attachments=attached(*media))],
        "facebook-x/posts/media/a/0.jpg": b"12345",
    }
    (post,) = posts_of(read_files(tmp_path / "x", files))
    assert [one.size for one in post.media] == [5, None]


def test_private_and_foreign_members_are_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Talk, address books, groups and what was said under others' posts stay shut."""
    secret = b"\xff\xfe rahasia-besar {["
    names = [
        "messages/inbox/budi_1/message_1.json",
        "your_facebook_activity/messages/e2ee_cutover/a/message_1.json",
        "your_facebook_activity/groups/your_comments_in_groups.json",
        "groups/group_posts_and_comments.json",
        "comments_and_reactions/comments.json",
        "posts/other_people's_posts_to_your_timeline.json",
        "about_you/your_address_books.json",
        f"{SECURITY}/used_ip_addresses.json",
        "other_activity/polls_you_voted_on.json",
    ]
    opened: list[str] = []
    plain = Archive.open

    def watched(self: Archive, member: str) -> Any:
        opened.append(member)
        return plain(self, member)

    monkeypatch.setattr(Archive, "open", watched)
    folder = tmp_path / "x"
    write_folder(folder, {POSTS: [status("a")], **dict.fromkeys(names, secret)})
    pages = read(folder)
    assert "rahasia" not in str(pages)
    assert set(opened) == {POSTS}


def test_instagram_is_not_facebook_and_facebook_not_instagram(tmp_path: Path) -> None:
    instagram = tmp_path / "instagram"
    write_folder(
        instagram,
        {
            "your_instagram_activity/media/posts_1.json": [
                {"media": [picture("media/posts/1.jpg")], "title": "a", "creation_timestamp": STAMP}
            ],
            f"{SECURITY}/login_and_profile_creation/login_activity.json": {},
            "personal_information/personal_information/personal_information.json": {},
            "start_here.html": b"<html></html>",
        },
    )
    facebook = tmp_path / "facebook"
    write_folder(
        facebook,
        {
            "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json": [
                status("a")
            ],
            f"{SECURITY}/account_activity.json": {"account_activity_v2": []},
            "start_here.html": b"<html></html>",
        },
    )
    assert not FacebookExport.recognises(Archive.of(instagram))
    assert not InstagramExport.recognises(Archive.of(facebook))
    assert FacebookExport.recognises(Archive.of(facebook))


@pytest.mark.parametrize(
    "name", ["posts_1.json", "your_posts_1.json", "stories.json", "kiriman.json"]
)
def test_a_renamed_list_of_posts_is_told_by_what_it_holds(tmp_path: Path, name: str) -> None:
    with_picture = status("a", attachments=attached({"media": picture("posts/media/1.jpg")}))
    write_folder(tmp_path, {name: [with_picture, status("b", STAMP + 9)]})
    archive = Archive.of(tmp_path / name)
    assert not InstagramExport.recognises(archive)
    assert [post.text for post in posts_of(read(tmp_path / name))] == ["a", "b"]

    write_folder(tmp_path, {name: [{"media": [picture("media/posts/1.jpg") | {"title": "a"}]}]})
    archive = Archive.of(tmp_path / name)
    assert not FacebookExport.recognises(archive)
    assert InstagramExport.recognises(archive)
    (page,) = InstagramExport.open(archive).pages()
    assert [post.text for post in page.posts] == ["a"]


@pytest.mark.parametrize(
    "tree",
    [
        [{"timestamp": STAMP, "text": "a"}],
        [{"media": [picture("1.jpg")], "creation_timestamp": STAMP}],
        {"photos": [{"caption": "a", "taken_at": "2019-01-01T00:00:00+00:00", "path": "1.jpg"}]},
        {"comments_v2": [{"timestamp": STAMP, "data": [{"comment": {"comment": "a"}}]}]},
        {"messages": [{"timestamp_ms": 1, "content": "a"}]},
        {},
        [],
    ],
)
def test_other_json_is_not_facebooks(tmp_path: Path, tree: Any) -> None:
    write_folder(tmp_path, {"a.json": tree})
    assert not FacebookExport.recognises(Archive.of(tmp_path / "a.json"))


@pytest.mark.parametrize(
    ("name", "tree"),
    [
        ("your_posts.json", {"status_updates": [status("a")]}),
        ("videos.json", {"videos_v2": [picture("v/a/1.mp4", "a")]}),
        ("0.json", {"name": "Album", "photos": [picture("p/a/1.jpg", "a")]}),
        ("events.json", {"your_events_v2": [{"name": "a", "start_timestamp": 1, "create_timestamp": STAMP}]}),
        ("account_activity.json", {"account_activity_v2": [{"action": "Login", "timestamp": STAMP}]}),
        ("riwayat.json", {"account_activity_v2": [{"action": "Login", "timestamp": STAMP}]}),
        ("profil.json", {"profile_v2": {"name": "a", "registration_timestamp": STAMP}}),
        ("polling.json", [{"timestamp": STAMP, "attachments": attached({"poll": {"question": "a"}})}]),
    ],
)  # fmt: skip
def test_one_file_alone_is_enough(tmp_path: Path, name: str, tree: Any) -> None:
    write_folder(tmp_path, {name: tree})
    pages = read(tmp_path / name)
    assert [one.text for one in posts_of(pages)] or [one.kind for one in events_of(pages)]
    assert sum(page.records for page in pages) == 1


def page_of(*boxes: str) -> bytes:
    return f'<html><body><div class="_a706">{"".join(boxes)}</div></body></html>'.encode()


def box(title: str, body: str, when: str) -> str:
    return (
        f'<section class="_a6-g"><h2 class="_2ph_ _a6-h _a6-i">{title}</h2>'
        f'<div class="_2ph_ _a6-p"><div>{body}</div></div><footer class="_3-94 _a6-o">'
        '<a href="https://www.facebook.com/dyi/l/?l=A">'
        f'<div class="_a72d">{when}</div></a></footer></section>'
    )


PAGE = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.html"


def test_pages_give_the_same_posts_at_local_times(tmp_path: Path) -> None:
    picture_box = (
        '<div class="_2pin"><a href="your_facebook_activity/posts/media/a/1.jpg"><img'
        ' src="your_facebook_activity/posts/media/a/1.jpg"/></a><div>Dapur umum hari kedua</div></div>'
        '<div class="_2pin"><div>Dapur umum hari kedua</div></div>'
        '<div class="_2pin"><div>Updated Jan 22, 2025 9:30:00 am</div></div>'
    )
    link = '<div class="_2pin"><a href="https://a.example/x">https://a.example/x</a></div>'
    page = page_of(
        box("Dinas shared a link via Buffer.", link, "Jan 23, 2025 10:00:00 pm"),
        box("Dinas added a photo.", picture_box, "Jan 22, 2025 8:00:00 am"),
        box("Dinas memperbarui status.", "<div>Waspada &amp; siaga<br/>@[1:69:BPBD]</div>", "Jan 21, 2025 1:14:05 am"),
        box("Rusak", "<div>a</div>", "entah"),
    )  # fmt: skip
    pages = read_files(tmp_path / "x", {PAGE: page})
    found = posts_of(pages)
    assert [one.text for one in found] == ["Waspada & siaga\nBPBD", "Dapur umum hari kedua", ""]
    assert found[0].created_at == datetime(2025, 1, 21, 1, 14, 5, tzinfo=UTC)
    assert {one.time_quality for one in found} == {TimeQuality.LOCAL}
    assert [one.path for one in found[1].media] == ["your_facebook_activity/posts/media/a/1.jpg"]
    assert (found[2].links, found[2].app) == (("https://a.example/x",), "Buffer")
    assert [(one.kind, one.at.hour) for one in events_of(pages)] == [("post_edited", 9)]
    assert [why for _, why in reasons_of(pages)] == ["time 'entah' is not understood"]


def test_pages_of_logins_are_events(tmp_path: Path) -> None:
    rows = (
        '<table><tr><td class="_a6_q">Alamat IP<div>192.0.2.44</div></td></tr>'
        '<tr><td class="_a6_q">Peramban<div>Mozilla/5.0 (X)</div></td></tr></table>'
    )
    page = page_of(box("Sesi diperbarui", rows, "Jan 21, 2025 12:50:00 am"))
    (found,) = events_of(read_files(tmp_path / "x", {f"{SECURITY}/account_activity.html": page}))
    assert (found.kind, found.at.hour) == ("session_updated", 0)
    assert found.time_quality is TimeQuality.LOCAL
    assert found.details["ip"] == "192.0.2.44"


@pytest.mark.parametrize(
    ("said", "hours"),
    [("UTC+07:00", 7), ("UTC-05:30", -5.5), ("UTC−8", -8), ("UTC+8", 8), ("UTC+99:00", None), ("UTC", None)],
)  # fmt: skip
def test_a_pages_head_tells_the_zone_of_its_times(
    tmp_path: Path, said: str, hours: float | None
) -> None:
    head = f"<header><p>Dibuat oleh Dinas Z pada Kamis, 23 Januari 2025 pukul 21.16 {said}</p></header>"
    body = (
        "<div>Siaga UTC+03:00</div><div>Mis à jour : Jan 22, 2025 8:00:05 am</div>",
        "Jan 21, 2025 8:00:05 am",
    )
    page = (
        f'<html><body>{head}<div role="main">{box("Dinas Z", *body)}</div></body></html>'.encode()
    )
    pages = read_files(tmp_path / "x", {PAGE: page})
    (found,) = posts_of(pages)
    at = datetime(2025, 1, 21, 8, 0, 5, tzinfo=UTC)
    assert found.created_at == at - timedelta(hours=hours or 0)
    assert found.time_quality is (TimeQuality.LOCAL if hours is None else TimeQuality.EXACT)
    assert found.text == "Siaga UTC+03:00"
    assert [one.kind for one in events_of(pages)] == ["post_edited"]


@pytest.mark.parametrize(
    ("said", "rows", "kind", "kept"),
    [
        ("Email change", [("Surel sebelumnya", "humas@z.example"), ("Surel baru", "x9@pos.example")],
         "email_changed", {"from": "h***@z.example", "to": "x***@pos.example"}),
        ("Remove Phone Number", [("Nomor telepon sebelumnya", "+62 812-0000-1234")], "phone_changed", {"from": "***234"}),
        ("Add Phone Number", [("Nomor telepon baru", "+62 812-0000-1234")], "phone_changed", {"to": "***234"}),
        ("Checkpoint", [("Negara", "ZZ")], "login_challenged", {"country": "ZZ"}),
        ("Checkpoint completed", [], "session_updated", {}),
    ],
)  # fmt: skip
def test_records_of_a_page_tell_what_was_replaced(
    tmp_path: Path, said: str, rows: list[tuple[str, str]], kind: str, kept: dict[str, str]
) -> None:
    agent = "[FBAN/FB4A;FBAV/462.0.0.47.85;FBLC/id_ID;]"
    told = [
        ("Dibuat", "Jan 21, 2025 12:50:00 am"),
        ("Alamat IP", "203.0.113.45"),
        ("Peramban", agent),
        *rows,
    ]
    table = "".join(
        f'<tr><td class="_a6_q">{label}<div>{value}</div></td></tr>' for label, value in told
    )
    page = page_of(
        f'<div class="_a6-g"><div class="_a6-h">{said}</div><table>{table}</table></div>'
    )
    (found,) = events_of(read_files(tmp_path / "x", {f"{SECURITY}/record_details.html": page}))
    assert found.kind == kind
    assert found.details == {"ip": "203.0.113.45", "user_agent": agent, "action": said} | kept


def test_what_is_there_in_both_forms_is_read_as_json(tmp_path: Path) -> None:
    page = page_of(box("a", "<div>a</div>", "Jan 21, 2025 1:14:05 am"))
    files = {PAGE: page, PAGE.replace(".html", ".json"): [status("a")]}
    (post,) = posts_of(read_files(tmp_path / "x", files))
    assert post.time_quality is TimeQuality.EXACT


def test_order_is_by_time_over_all_members(tmp_path: Path) -> None:
    files = {
        POSTS: [status("tiga", STAMP + 30), status("satu", STAMP + 10)],
        "posts/your_videos.json": {"videos_v2": [picture("v/a/1.mp4", "dua", at=STAMP + 20)]},
    }
    pages = read_files(tmp_path / "x", files)
    assert [one.text for one in posts_of(pages)] == ["satu", "dua", "tiga"]


def test_mojibake_is_undone_everywhere(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    record = damaged(
        status(
            "Terima kasih 🙏", attachments=attached({"place": {"name": "Café"}, "text": "“kutip”"})
        )
    )
    (folder / "posts").mkdir(parents=True)
    (folder / POSTS).write_text(json.dumps([record]), encoding="utf-8")
    (post,) = posts_of(read(folder))
    assert (post.text, post.location) == ("Terima kasih 🙏\n“kutip”", "Café")
