"""Mastodon's archive and saved statuses: what is public is given, what is not is only counted."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources._mastodon import words
from detector.sources.mastodon_export import MastodonExport

USER = "https://sosial.example/users/kpurekaan"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTOR = {
    "id": USER,
    "type": "Person",
    "preferredUsername": "kpurekaan",
    "published": "2022-11-08T00:00:00Z",
}


def note(number: int = 1, **more: Any) -> dict[str, Any]:
    made = {
        "id": f"{USER}/statuses/{113_000_000_000_000_000 + number}",
        "type": "Note",
        "published": f"2024-11-18T01:{number:02}:00Z",
        "to": [PUBLIC],
        "cc": [],
        "content": "<p>Halo</p>",
    } | more
    return {"id": f"{made['id']}/activity", "type": "Create", "actor": USER, "object": made}


def status(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": f"2024-11-18T01:{number:02}:00.000Z",
        "visibility": "public",
        "spoiler_text": "",
        "content": "<p>Halo</p>",
        "account": {
            "username": "kpu",
            "acct": "kpu",
            "url": "https://sosial.example/@kpu",
        },
    } | more


def outbox(*items: Any, **more: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", {"ostatus": "http://ostatus.org#"}],
        "id": "outbox.json",
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": list(items),
    } | more


def saved(path: Path, tree: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(tree if isinstance(tree, bytes) else json.dumps(tree).encode())
    return path


def read(*paths: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(paths)
    assert MastodonExport.recognises(archive)
    pages = list(MastodonExport.open(archive, account=account).pages())
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


def of_items(tmp_path: Path, *items: Any) -> list[Page]:
    return read(saved(tmp_path / "outbox.json", outbox(*items)))


def test_the_account_is_told_by_caller_actor_activity_or_name(tmp_path: Path) -> None:
    saved(tmp_path / "x" / "outbox.json", outbox(note()))
    assert posts_of(read(tmp_path / "x", account="@kpu"))[0].account == "kpu"
    assert posts_of(read(tmp_path / "x"))[0].account == "kpurekaan@sosial.example"
    saved(tmp_path / "x" / "actor.json", ACTOR | {"preferredUsername": "kpukota"})
    assert posts_of(read(tmp_path / "x"))[0].account == "kpukota@sosial.example"
    bare = saved(tmp_path / "kpu-lain.json", outbox(note() | {"actor": None}))
    assert posts_of(read(bare))[0].account == "kpu-lain"


def test_accounts_whose_address_is_a_number_are_told_by_their_posts(tmp_path: Path) -> None:
    actor = "https://sosial.example/ap/users/116840387061670746"
    items = []
    for number, parent in ((1, None), (2, f"{actor}/statuses/1161"), (3, f"{USER}/statuses/1161")):
        own = f"{actor}/statuses/116{number}"
        url = f"https://sosial.example/@kpurekaan/116{number}"
        items.append(note(number, id=own, url=url, inReplyTo=parent) | {"actor": actor})
    saved(tmp_path / "x" / "outbox.json", outbox(*items))
    found = posts_of(read(tmp_path / "x"))
    assert {one.account for one in found} == {"kpurekaan@sosial.example"}
    assert [one.in_reply_to for one in found] == [None, "1161", f"{USER}/statuses/1161"]
    told = {
        "id": actor,
        "url": "https://sosial.example/@kpurekaan",
        "preferredUsername": "kpurekaan",
    }
    saved(tmp_path / "x" / "actor.json", ACTOR | told)
    assert posts_of(read(tmp_path / "x"))[0].account == "kpurekaan@sosial.example"


def test_the_actor_tells_the_day_of_signing_up(tmp_path: Path) -> None:
    saved(tmp_path / "x" / "outbox.json", outbox(note()))
    saved(tmp_path / "x" / "actor.json", ACTOR)
    (event,) = events_of(read(tmp_path / "x"))
    assert (event.kind, event.at, event.time_quality) == (
        "signup",
        datetime(2022, 11, 8, tzinfo=UTC),
        TimeQuality.MINUTE,
    )


@pytest.mark.parametrize("actor", [b"{", b"[]", b'{"published": 3}', b"[" * 9_999])
def test_a_damaged_actor_loses_no_posts(tmp_path: Path, actor: bytes) -> None:
    saved(tmp_path / "x" / "outbox.json", outbox(note()))
    saved(tmp_path / "x" / "actor.json", actor)
    pages = read(tmp_path / "x")
    assert len(posts_of(pages)) == 1
    assert len(reasons_of(pages)) == 1


def test_what_is_not_for_the_public_is_counted_and_never_given(tmp_path: Path) -> None:
    secret = {"content": "<p>RAHASIA</p>", "summary": "RAHASIA"}
    items = [
        note(1, to=[f"{USER}/followers"], cc=[], **secret),
        note(2, to=["https://lain.example/users/budi"], **secret),
        note(3, to=[], cc=[], **secret),
        note(4, to=[f"{USER}/followers"], cc=[PUBLIC]),
        note(5, to="as:Public"),
        {"type": "Announce", "published": "2024-11-18T02:00:00Z", "object": "https://RAHASIA.example/1", "to": [f"{USER}/followers"]},
        note(6, to=None, cc=None, **secret),
    ]  # fmt: skip
    pages = of_items(tmp_path, *items)
    assert [post.where for post in posts_of(pages)] == ["outbox.json#3", "outbox.json#4"]
    assert pages[0].ignored == 4
    assert reasons_of(pages) == [("outbox.json#6", "does not say who may see it")]
    assert "RAHASIA" not in repr(pages)


def test_private_statuses_are_counted_and_never_given(tmp_path: Path) -> None:
    statuses = [
        status(1, visibility="private", content="RAHASIA"),
        status(2, visibility="direct", content="RAHASIA"),
        status(3, visibility="unlisted"),
        status(4, reblog=status(9, visibility="private", content="RAHASIA")),
        status(5, visibility=["public"]),
    ]
    pages = read(saved(tmp_path / "toots.json", statuses))
    assert [post.id for post in posts_of(pages)] == ["3"]
    assert pages[0].ignored == 3
    assert "RAHASIA" not in repr(pages)


def test_what_is_marked_and_liked_and_sent_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ("likes.json", "bookmarks.json", "messages/1.json", "direct/rahasia.json")
    saved(tmp_path / "x" / "outbox.json", outbox(note()))
    for name in files:
        saved(tmp_path / "x" / name, b'{"orderedItems": ["https://RAHASIA.example/1"]}\xff')
    asked: list[str] = []
    opening = Archive.open

    def noted(archive: Archive, member: str) -> io.BufferedReader:
        asked.append(member)
        return opening(archive, member)

    monkeypatch.setattr(Archive, "open", noted)
    pages = read(tmp_path / "x")
    assert "RAHASIA" not in repr(pages)
    assert "outbox.json" in asked
    assert not {"messages/1.json", "direct/rahasia.json"} & set(asked)
    assert sum(page.records for page in pages) == 1


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>Satu<br />dua<br>tiga</p><p>empat</p>", "Satu\ndua\ntiga\n\nempat"),
        ("<p>a &lt;b&gt; &amp; c</p>", "a <b> & c"),
        ('<p><a href="https://x.example/a"><span class="invisible">https://</span><span>x.example/a</span></a></p>', "https://x.example/a"),
        ("<ul><li>satu</li><li>dua</li></ul>", "satu\ndua"),
        ("<p>x</p><script>alert(1)</script>", "x"),
        ("tanpa tanda", "tanpa tanda"),
        ("<p>a < b</p>", "a < b"),
        ("<p></p><p></p>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_words_keep_their_lines(content: str, text: str) -> None:
    assert words(None, content) == text
    assert words("Duka", content) == f"Duka\n\n{text}".strip()


def test_links_lead_where_the_anchors_do(tmp_path: Path) -> None:
    content = (
        '<p><a href="https://sosial.example/tags/a" class="mention hashtag">#a</a>'
        '<a class="u-url mention" href="https://lain.example/@b">@b</a>'
        '<a href="https://x.example/?a=1&amp;b=2">x.example</a> <a name="y">y</a>'
        "<a href='https://z.example/'>z</a><a href=\"https://z.example/\">z</a></p>"
    )
    (post,) = posts_of(of_items(tmp_path, note(content=content)))
    assert post.links == ("https://x.example/?a=1&b=2", "https://z.example/")


def test_a_boost_is_a_repost_with_a_link(tmp_path: Path) -> None:
    boost = {
        "id": f"{USER}/statuses/113000000000000077/activity",
        "type": "Announce",
        "published": "2024-11-19T02:00:00Z",
        "to": [PUBLIC],
        "object": "https://lain.example/users/b/statuses/113000000000000001",
    }
    (post,) = posts_of(of_items(tmp_path, boost))
    assert (post.is_repost, post.links, post.text) == (True, (boost["object"],), "")
    assert post.id == "113000000000000077"


def test_replies_name_own_posts_by_number_and_others_by_address(tmp_path: Path) -> None:
    own, other = (
        f"{USER}/statuses/113000000000000001",
        "https://lain.example/users/b/statuses/11300",
    )
    found = posts_of(of_items(tmp_path, note(2, inReplyTo=own), note(3, inReplyTo=other)))
    assert [post.in_reply_to for post in found] == ["113000000000000001", other]


def test_attachments_have_the_size_of_what_is_there(tmp_path: Path) -> None:
    files = [
        {"type": "Document", "mediaType": "image/png", "url": "/media_attachments/files/1/a.png"},
        {"type": "Document", "mediaType": "video/mp4", "url": "/media_attachments/files/2/b.mp4"},
        {"type": "Document", "mediaType": "audio/ogg", "url": None},
        {"type": "Document", "mediaType": 7},
    ]
    saved(
        tmp_path / "x/top/outbox.json", outbox(note(attachment=files), note(2, attachment=files[0]))
    )
    saved(tmp_path / "x/top/media_attachments/files/1/a.png", b"12345")
    first, second = posts_of(read(tmp_path / "x"))
    assert [(one.kind, one.path, one.size) for one in first.media] == [
        ("photo", "top/media_attachments/files/1/a.png", 5),
        ("video", "/media_attachments/files/2/b.mp4", None),
        ("audio", None, None),
        ("other", None, None),
    ]
    assert second.media == first.media[:1]


def test_a_polls_choices_are_read(tmp_path: Path) -> None:
    choices = [{"type": "Note", "name": "Pagi"}, {"name": "Sore"}, 3]
    (post,) = posts_of(of_items(tmp_path, note(type="Question", anyOf=choices)))
    assert post.text == "Halo\n\nPagi\nSore"


def test_the_same_status_twice_is_given_once_the_oldest_first(tmp_path: Path) -> None:
    pages = of_items(tmp_path, note(3), note(1), note(3), note(2))
    assert [post.created_at.minute for post in posts_of(pages)] == [1, 2, 3]
    assert pages[0].duplicates == 1


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (note(published=None), "has no time"),
        (note(published="2150-01-01T00:00:00Z"), "its time is in the year 2150"),
        (note(published="2015-01-01T00:00:00Z"), "its time is in the year 2015"),
        (note(published=[1]), "its time is neither a text nor a number"),
        (note(published="kapan"), "time 'kapan' is not understood: write it like 2024-11-21T01:14:00+07:00"),
        (note(content=["x"]), "its text is no text"),
        (note(summary=3), "its text is no text"),
        (note(to=3, cc={}, published=None), None),
        ({"type": ["Create"], "object": note()["object"]}, None),
        ({"type": "Create", "object": 3}, "has no object, or one of another kind"),
        ({"type": "Delete", "object": "https://x.example"}, None),
        ({"type": "Create", "object": {"type": "Tombstone"}}, None),
        ("words", "is not an object"),
        (None, "is not an object"),
    ],
)  # fmt: skip
def test_an_odd_record_says_why_and_loses_no_other(
    tmp_path: Path, one: Any, why: str | None
) -> None:
    pages = of_items(tmp_path, note(1), one, note(9))
    assert reasons_of(pages) == ([("outbox.json#1", why)] if why else [])
    assert {1, 9} <= {post.created_at.minute for post in posts_of(pages)}


def test_notes_without_their_making_are_read(tmp_path: Path) -> None:
    (post,) = posts_of(of_items(tmp_path, {**note()["object"], "attributedTo": USER}))
    assert post.text == "Halo"


def test_a_damaged_place_costs_one_record(tmp_path: Path) -> None:
    raw = json.dumps(outbox(note(1), note(2), note(3))).encode()
    place = raw.index(b"01:02:00Z")
    pages = read(saved(tmp_path / "outbox.json", raw[:place] + b'"\0{{' + raw[place + 4 :]))
    assert len(posts_of(pages)) == 2
    assert [why for _, why in reasons_of(pages)] == ["is not whole JSON: damaged or cut off"]


def test_half_characters_do_no_harm(tmp_path: Path) -> None:
    raw = json.dumps(outbox(note(content="SAKIT"))).replace("SAKIT", "a\\ud83db").encode()
    (post,) = posts_of(read(saved(tmp_path / "outbox.json", b"\xef\xbb\xbf" + raw)))
    assert post.text == "a\ufffdb"


def test_utf_16_is_read(tmp_path: Path) -> None:
    raw = json.dumps(outbox(note(content="é 🙏")), ensure_ascii=False).encode("utf-16")
    (post,) = posts_of(read(saved(tmp_path / "outbox.json", raw)))
    assert post.text == "é 🙏"


def test_one_damaged_outbox_of_two_is_said_and_the_other_read(tmp_path: Path) -> None:
    saved(tmp_path / "x/a/outbox.json", outbox(note(1)))
    saved(tmp_path / "x/b/outbox.json", b'{"orderedItems": [{' + b"[" * 20_000)
    pages = read(tmp_path / "x")
    assert len(posts_of(pages)) == 1
    assert {where.partition("#")[0] for where, _ in reasons_of(pages)} == {"b/outbox.json"}


def test_an_empty_outbox_gives_nothing_and_something_else_is_an_error(tmp_path: Path) -> None:
    assert posts_of(read(saved(tmp_path / "outbox.json", outbox()))) == []
    other = Archive.of(saved(tmp_path / "likes.json", outbox("https://x.example", id="likes.json")))
    assert not MastodonExport.recognises(other)
    with pytest.raises(ExportFormatError, match="no outbox"):
        MastodonExport.open(other)


def test_the_packed_archive_is_read_as_it_comes(tmp_path: Path) -> None:
    whole = io.BytesIO()
    files = {"media_attachments/files/1/a.jpg": b"123", "outbox.json": None, "actor.json": ACTOR}
    files["outbox.json"] = outbox(
        note(attachment=[{"mediaType": "image/jpeg", "url": "/media_attachments/files/1/a.jpg"}])
    )
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, tree in files.items():
            raw = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            tar.addfile(info, io.BytesIO(raw))
    path = tmp_path / "archive-20241121-abc.tar.gz"
    path.write_bytes(gzip.compress(whole.getvalue()))
    (archive,), errors = group([tmp_path], [MastodonExport.marks])
    assert not errors
    (post,) = posts_of(read(*archive.paths))
    assert post.media[0].size == 3
    assert post.where == "archive-20241121-abc.tar.gz!outbox.json#0"


def test_statuses_tell_the_app_the_language_and_the_boosted(tmp_path: Path) -> None:
    other = {"username": "prov", "acct": "prov@resmi.example", "url": "https://resmi.example/@prov"}
    boosted = status(8, account=other, content="<p>Rilis</p>", url="https://resmi.example/@prov/8")
    statuses = [
        status(1, application={"name": "Tusky"}, language="id", in_reply_to_id="7", card={"url": "https://x.example"}),
        status(2, content="", reblog=boosted),
        status(3, spoiler_text="Duka", poll={"options": [{"title": "Ya"}, {"title": "Tidak"}]}),
        status(4, account=other, media_attachments=[{"type": "gifv", "url": "https://f.example/1"}]),
        {"error": "Record not found"},
    ]  # fmt: skip
    pages = read(saved(tmp_path / "x.json", statuses))
    first, second, third, fourth = posts_of(pages)
    assert (first.app, first.language, first.in_reply_to) == ("Tusky", "id", "7")
    assert (first.account, first.links) == ("kpu@sosial.example", ("https://x.example",))
    assert (second.is_repost, second.text, second.account) == (True, "Rilis", "kpu@sosial.example")
    assert second.links == ("https://resmi.example/@prov/8",)
    assert third.text == "Duka\n\nHalo\n\nYa\nTidak"
    assert (fourth.account, fourth.media[0].kind) == ("prov@resmi.example", "video")
    assert len(reasons_of(pages)) == 1


def test_statuses_may_come_a_line_each_or_page_after_page(tmp_path: Path) -> None:
    one, two, three = status(1), status(2), status(3)
    lines = "\n".join(json.dumps(each) for each in (one, two, three)).encode()
    pages = f"{json.dumps([one, two])}\n{json.dumps([three])}\n".encode()
    nested = json.dumps([[one], [two, three]], indent=1).encode()
    for number, raw in enumerate((lines, pages, nested)):
        found = posts_of(read(saved(tmp_path / f"{number}.json", raw)))
        assert [post.id for post in found] == ["1", "2", "3"]
    cut = read(saved(tmp_path / "cut.jsonl", lines[:-9]))
    assert (len(posts_of(cut)), len(reasons_of(cut))) == (2, 1)
