"""Zeeschuimer's captures: three shapes of Instagram, TikTok, X and Threads; nothing of the collector."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post
from detector.sources._archive import Archive
from detector.sources.zeeschuimer import Zeeschuimer

NOON = datetime(2026, 2, 3, 5, 0, tzinfo=UTC)
STAMP = int(NOON.timestamp())
MARK = "COLLECTOR-MARK"


def wrapped(item: Any, site: str = "instagram.com", **more: Any) -> dict[str, Any]:
    return {
        "item_id": "1",
        "nav_index": "1:1:1",
        "source_platform": site,
        "source_platform_url": f"https://www.instagram.com/{MARK}/",
        "source_url": f"https://www.instagram.com/graphql?t={MARK}",
        "timestamp_collected": 1_770_000_000_000,
        "user_agent": MARK,
        "data": item,
        **more,
    }


def shown(**more: Any) -> dict[str, Any]:
    return {
        "pk": "3823000000000000001",
        "id": "3823000000000000001_51",
        "code": "DUR1QJjgAAB",
        "taken_at": STAMP,
        "media_type": 1,
        "caption": {"text": "Halo"},
        "user": {"username": "kpurekaan"},
        **more,
    }


def tweet(own: str = "1880000000000000001", **legacy: Any) -> dict[str, Any]:
    return {
        "rest_id": own,
        "core": {"user_results": {"result": {"legacy": {"screen_name": "polres"}}}},
        "legacy": {
            "created_at": "Tue Feb 03 05:00:00 +0000 2026",
            "full_text": "Halo",
            "lang": "in",
            **legacy,
        },
    }


def read(path: Path, *items: Any, account: str | None = None) -> list[Page]:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in items]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    archive = Archive.of(path)
    assert Zeeschuimer.recognises(archive)
    pages = list(Zeeschuimer.open(archive, account=account).pages())
    assert sum(page.records for page in pages) == len([line for line in lines if line.strip()])
    return pages


def posts(path: Path, *items: Any, account: str | None = None) -> list[Post]:
    return [post for page in read(path, *items, account=account) for post in page.posts]


def reasons(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "capture.ndjson"


def test_an_item_of_a_list_is_read(file: Path) -> None:
    (post,) = posts(file, wrapped(shown(location={"name": "Balai Desa"}, product_type="clips")))
    assert (post.platform, post.account, post.id) == ("instagram", "kpurekaan", "DUR1QJjgAAB")
    assert (post.created_at, post.text, post.kind) == (NOON, "Halo", "reel")
    assert (post.location, post.where) == ("Balai Desa", "capture.ndjson#0")
    assert post.url == "https://www.instagram.com/reel/DUR1QJjgAAB/"


def test_a_node_of_the_old_website_is_read(file: Path) -> None:
    node = {
        "__typename": "GraphSidecar",
        "shortcode": "BzW7b3TgAAB",
        "taken_at_timestamp": STAMP,
        "owner": {"id": "5", "username": "bawaslu"},
        "edge_media_to_caption": {"edges": [{"node": {"text": "Lama"}}]},
        "edge_sidecar_to_children": {
            "edges": [
                {"node": {"__typename": "GraphImage"}},
                {"node": {"__typename": "GraphVideo"}},
            ]
        },
        "edge_media_to_parent_comment": {
            "edges": [
                {"node": {"text": "Hadir", "created_at": STAMP, "owner": {"username": "warga"}}}
            ]
        },
    }
    (post,) = posts(file, wrapped(node))
    assert (post.account, post.text, post.id) == ("bawaslu", "Lama", "BzW7b3TgAAB")
    assert [one.kind for one in post.media] == ["photo", "video"]
    assert [(one.text, one.author, one.created_at) for one in post.comments] == [
        ("Hadir", "warga", NOON)
    ]


def test_a_thumbnail_is_rejected_and_its_whole_post_still_given(file: Path) -> None:
    bare = {"__typename": "XIGPolarisVideoMedia", "code": "DUR1QJjgAAB", "_zs_partial": True}
    half = {"code": "DUR1QJjgAAB", "taken_at": STAMP, "_zs_partial": True}
    pages = read(file, wrapped(bare), wrapped(half), wrapped(shown()))
    assert [post.text for page in pages for post in page.posts] == ["Halo"]
    assert reasons(pages) == [
        ("capture.ndjson#0", "has no time: seen only as a thumbnail in a grid"),
        ("capture.ndjson#1", "has no caption: seen only as a thumbnail in a grid"),
    ]


def test_a_post_without_shortcode_is_known_by_its_number(file: Path) -> None:
    item = shown(code=None, pk=None, id="3358743096178245633_51", user=None)
    (post,) = posts(file, wrapped(item))
    assert (post.id, post.account) == ("C6cpwzzgAAB", "51")


def test_each_record_names_its_own_account_and_the_callers_is_for_the_rest(file: Path) -> None:
    items = [
        wrapped(shown()),
        wrapped(shown(code="Dlain000001", user={"username": "lain"})),
        wrapped(shown(code="Dtanpa00001", user=None)),
    ]
    assert [one.account for one in posts(file, *items, account="@kantor")] == [
        "kpurekaan", "lain", "kantor",
    ]  # fmt: skip


def test_advertisements_comments_and_other_platforms_are_ignored(file: Path) -> None:
    items = [
        wrapped(shown()),
        wrapped(shown(product_type="ad", code="Diklan00001")),
        wrapped(shown(link="https://www.facebook.com/ads/ig_redirect/?d=1", code="Diklan00002")),
        wrapped({"id": "1", "createTime": STAMP, "desc": "x", "isAd": True}, "tiktok.com"),
        wrapped({"cid": "1", "text": "x"}, "tiktok-comments"),
        wrapped(tweet() | {"promoted": True}, "twitter.com"),
        wrapped({"__typename": "TweetTombstone"}, "x.com"),
        wrapped({"urn": "x"}, "linkedin.com"),
        wrapped({"id": "x"}, "9gag.com"),
        wrapped({"id": "x"}, "truthsocial.com"),
    ]
    pages = read(file, *items)
    assert sum(page.ignored for page in pages) == len(items) - 1
    assert sum(len(page.posts) for page in pages) == 1


def test_tiktok_is_read_in_both_shapes_of_its_author(file: Path) -> None:
    first = {
        "id": "7600000000000000001", "desc": "Satu", "createTime": str(STAMP), "textLanguage": "id",
        "author": {"uniqueId": "kpu"}, "video": {"id": "1"},
    }  # fmt: skip
    second = {
        "id": "7600000000000000002", "desc": "Dua", "createTime": STAMP, "textLanguage": "un",
        "author": "kpu", "imagePost": {"images": [{}, {}]}, "video": {},
    }  # fmt: skip
    one, two = posts(file, wrapped(first, "tiktok.com"), wrapped(second, "tiktok.com"))
    assert (one.account, one.created_at, one.language) == ("kpu", NOON, "id")
    assert one.url == "https://www.tiktok.com/@kpu/video/7600000000000000001"
    assert (two.account, two.language) == ("kpu", None)
    assert [medium.kind for medium in two.media] == ["photo", "photo"]


def test_a_tweet_is_read_with_its_links_expanded_and_its_client(file: Path) -> None:
    item = tweet(
        full_text="A &amp; B https://t.co/a",
        entities={"urls": [{"url": "https://t.co/a", "expanded_url": "https://polres.example/a"}]},
        extended_entities={"media": [{"type": "photo"}, {"type": "animated_gif"}]},
        in_reply_to_status_id_str="1",
        place={"full_name": "Martasari"},
    )
    item["source"] = '<a href="https://mobile.twitter.com">Twitter &amp; Co</a>'
    (post,) = posts(file, wrapped(item, "twitter.com"))
    assert (post.platform, post.account, post.text) == ("x", "polres", "A & B https://t.co/a")
    assert post.links == ("https://polres.example/a",)
    assert (post.app, post.in_reply_to, post.location) == ("Twitter & Co", "1", "Martasari")
    assert [one.kind for one in post.media] == ["photo", "video"]
    assert post.created_at == NOON


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"full_text": "A &amp; B 🙏", "in_reply_to_status_id_str": "5", "source": "<a>Web</a>"},
        {"full_text": "", "text": "Lama", "lang": None, "user_id_str": "@70"},
        {"full_text": None, "text": "Lama"},
        {"full_text": 5},
        {"entities": {"urls": [{"url": "https://t.co/a"}, {"expanded_url": "https://kpu.example"}]}},
        {"entities": {"urls": ["?"], "media": [{"type": "photo"}]}},
        {"entities": {"media": [{"type": "photo"}]}, "extended_entities": {"media": [{"type": "video"}, {}]}},
        {"entities": {"media": [{"type": "photo"}]}, "extended_entities": {"media": []}},
        {"retweeted_status_id_str": "7"},
        {"retweeted_status_result": {"result": tweet("9", full_text="Asli")}},
        {"place": {"full_name": "Bandung"}},
        {"created_at": "kemarin"},
        {"created_at": "Tue Feb 03 05:00:00 +0000 1999"},
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "around",
    [
        {},
        {"rest_id": None, "id": "@12"},
        {"rest_id": 12},
        {"core": {"user_results": {"result": {"core": {"screen_name": "@baru"}}}}},
        {"core": {"user_results": None}, "user": {"screen_name": "lama"}},
        {"core": None},
        {"promoted": True},
        {"promoted": "ya"},
        {"__typename": "TweetTombstone"},
        {"source": "<a href='https://x.example'>Aplikasi</a>"},
    ],
)
def test_a_tweet_is_the_same_first_and_behind_another(
    file: Path, more: dict[str, Any], around: dict[str, Any]
) -> None:
    """The first of a member is read as a tree, those behind it typed."""
    item = tweet(**more) | around
    (alone,) = read(file, wrapped(item, "x.com"))
    (behind,) = read(file, wrapped(tweet("1"), "x.com"), wrapped(item, "x.com"))
    given = [*alone.posts, *alone.rejected, alone.ignored]
    assert [str(one).replace("#0", "#1").replace("record=0", "record=1") for one in given] == [
        str(one) for one in (*behind.posts[1:], *behind.rejected, behind.ignored)
    ]


def test_a_long_tweet_is_given_whole(file: Path) -> None:
    item = tweet(full_text="Awal…")
    item["note_tweet"] = {"note_tweet_results": {"result": {"text": "Awal dan akhir"}}}
    (post,) = posts(file, wrapped(item, "twitter.com"))
    assert post.text == "Awal dan akhir"


def test_the_author_is_found_in_both_layouts(file: Path) -> None:
    item = tweet()
    item["core"]["user_results"]["result"] = {"core": {"screen_name": "baru"}, "legacy": {}}
    old = {"id": 1, "type": "adaptive", "user": {"screen_name": "lama"}}
    old["legacy"] = tweet()["legacy"] | {"id_str": "16"}
    found = posts(file, wrapped(item, "twitter.com"), wrapped(old, "twitter.com"))
    assert [(one.account, one.id) for one in found] == [
        ("baru", "1880000000000000001"),
        ("lama", "16"),
    ]


def test_a_retweet_is_flagged_and_not_cut_off(file: Path) -> None:
    original = tweet("1879", full_text="Peringatan dini yang utuh")
    item = tweet(
        full_text="RT @polres: Peringatan di…",
        retweeted_status_result={"result": {"__typename": "T", "tweet": original}},
    )
    (post,) = posts(file, wrapped({"tweet": item}, "twitter.com"))
    assert post.is_repost
    assert post.text == "RT @polres: Peringatan dini yang utuh"


def test_threads_are_read_and_their_links_unwrapped(file: Path) -> None:
    link = "https://l.threads.com/?u=https%3A%2F%2Fkpu.example%2Fdpt&e=AT0"
    item = shown(text_post_app_info={"link_preview_attachment": {"url": link}}, media_type=19)
    (post,) = posts(file, wrapped(item, "threads.net"))
    assert (post.platform, post.links, post.media) == ("threads", ("https://kpu.example/dpt",), ())
    assert post.url == "https://www.threads.com/@kpurekaan/post/DUR1QJjgAAB"


def test_the_same_post_seen_twice_is_given_once_and_platforms_are_kept_apart(file: Path) -> None:
    other = {"id": "DUR1QJjgAAB", "createTime": STAMP, "desc": "x", "author": "kpu"}
    pages = read(file, wrapped(shown()), wrapped(shown()), wrapped(other, "tiktok.com"))
    assert [page.duplicates for page in pages] == [1]
    assert sum(len(page.posts) for page in pages) == 2


def test_nothing_of_the_collector_is_given(file: Path) -> None:
    item = shown(_zs_instagram_view=MARK, image_versions2={"candidates": [{"url": MARK}]})
    pages = read(file, wrapped(item), wrapped(tweet() | {"x": MARK}, "twitter.com"))
    assert sum(len(page.posts) for page in pages) == 2
    assert MARK not in repr(pages)


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (shown(taken_at=None), "has no time"),
        (shown(taken_at=0), "its time is 0"),
        (shown(taken_at=86_400), "its time is in the year 1970"),
        (shown(taken_at=1_000_000_000), "its time is in the year 2001"),
        (shown(taken_at=5_680_281_600), "its time is in the year 2150"),
        (shown(taken_at=[1]), "its time is neither a text nor a number"),
        (shown(taken_at=True), "its time is neither a text nor a number"),
        (shown(caption={"text": 3}), "its text is no text"),
        ("words", "holds no item"),
        (None, "holds no item"),
    ],
)
def test_an_item_that_cannot_be_a_post_says_why(file: Path, item: Any, why: str) -> None:
    pages = read(file, wrapped(shown()), wrapped(item))
    assert reasons(pages) == [("capture.ndjson#1", why)]


@pytest.mark.parametrize(
    "odd",
    [
        shown(user=[1], owner="x", location=7, carousel_media=3, preview_comments={"a": 1}),
        shown(location={"lat": "x", "lng": None}, product_type=9, __typename=[], link={}),
        shown(preview_comments=[{"text": 5}, 7, {"text": "x", "created_at": "y", "user": 3}]),
        shown(carousel_media=[{"media_type": "x", "video_versions": 3}], code=5, pk=-1, id=True),
    ],
)
def test_values_of_wrong_types_beside_the_post_do_no_harm(file: Path, odd: Any) -> None:
    (post,) = posts(file, wrapped(odd))
    assert post.text == "Halo"


@pytest.mark.parametrize(
    "odd",
    [
        {"__typename": {}, "core": [1], "source": 5, "note_tweet": "x", "promoted": "no"},
        {"core": {"user_results": {"result": {"core": 1, "legacy": {"screen_name": []}}}}},
        {"rest_id": {}, "id": 1.5, "quoted_status_result": 7, "user": []},
    ],
)
@pytest.mark.parametrize(
    "legacy",
    [
        {"entities": 3, "extended_entities": {"media": [1, {"type": []}]}, "lang": [], "place": 7},
        {"retweeted_status_result": {"result": {"legacy": 5}}, "in_reply_to_status_id_str": {}},
        {"retweeted_status_result": [], "entities": {"urls": [{"expanded_url": 1}, 7, None]}},
    ],
)
def test_a_tweets_values_of_wrong_types_do_no_harm(
    file: Path, odd: dict[str, Any], legacy: dict[str, Any]
) -> None:
    (post,) = posts(file, wrapped(tweet(**legacy) | odd, "twitter.com"))
    assert post.text == "Halo"


@pytest.mark.parametrize("longer", [0, 1, 2 << 20])
def test_what_follows_a_line_too_long_to_be_a_record_is_read(file: Path, longer: int) -> None:
    first, last = (json.dumps(wrapped(shown(code=code))).encode() for code in ("C1", "C2"))
    file.write_bytes(b"\n".join([first, b"[" * ((16 << 20) + longer), last, b"", first, last]))
    (page,) = Zeeschuimer.open(Archive.of(file)).pages()
    assert {post.id for post in page.posts} == {"C1", "C2"}
    assert len(page.posts) + page.duplicates == 4
    assert [str(one.where).rpartition("#")[2] for one in page.rejected] == ["1"]


def test_damaged_and_empty_lines_cost_only_themselves(file: Path) -> None:
    pages = read(
        file,
        wrapped(shown()),
        '{"item_id":"2","nav_index":"1","data":{"code":',
        "",
        "[1]",
        json.dumps(wrapped(shown(code="Dsesudah001"))).replace("Halo", "a\\ud83db"),
    )
    assert reasons(pages) == [
        ("capture.ndjson#1", "is not whole JSON: damaged or cut off"),
        ("capture.ndjson#3", "is not an object"),
    ]
    assert [post.text for page in pages for post in page.posts] == ["Halo", "a\ufffdb"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(file: Path, encoding: str) -> None:
    line = json.dumps(wrapped(shown(caption={"text": "Kantor 📚"})), ensure_ascii=False)
    file.write_text(f"{line}\n", encoding=encoding)
    archive = Archive.of(file)
    assert Zeeschuimer.recognises(archive)
    (page,) = Zeeschuimer.open(archive).pages()
    assert [post.text for post in page.posts] == ["Kantor 📚"]


def test_captures_may_lie_in_a_folder_beside_other_files(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.ndjson").write_text(json.dumps(wrapped(shown())), encoding="utf-8")
    (tmp_path / "x" / "notes.txt").write_text("catatan", encoding="utf-8")
    archive = Archive.of(tmp_path / "x")
    assert Zeeschuimer.recognises(archive)
    (page,) = Zeeschuimer.open(archive).pages()
    assert [post.where for post in page.posts] == ["a.ndjson#0"]


@pytest.mark.parametrize("text", ["", "{}", '{"text": "x", "created_at": 1}', "[]", "a,b\n1,2\n"])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    file = tmp_path / "capture.ndjson"
    file.write_text(text or " ", encoding="utf-8")
    archive = Archive.of(file)
    assert not Zeeschuimer.recognises(archive)
    with pytest.raises(ExportFormatError, match=r"holds no capture"):
        Zeeschuimer.open(archive)
