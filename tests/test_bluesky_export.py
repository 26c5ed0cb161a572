"""Bluesky's repository and saved pages of its API: the same posts, by the same addresses."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import libipld
import pytest

from detector.errors import ExportFormatError
from detector.records import AccountEvent, Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources._atproto import tid_time
from detector.sources.bluesky_export import BlueskyExport

DID = "did:plc:kpurekaan00000000000000a"
OTHER = "did:plc:provinsi00000000000000b"
KEY = "3lb6qmo2vc223"
"""Made at 2024-11-18T01:15Z."""
NOON = datetime(2024, 11, 18, 5, 0, tzinfo=UTC)
ME = {"did": DID, "handle": "kpu-rekaan.example"}


def post(text: str = "Halo", at: Any = "2024-11-18T05:00:00.000Z", **more: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": at, **more}


def uri(key: str = KEY, kind: str = "post", owner: str = DID) -> str:
    return f"at://{owner}/app.bsky.feed.{kind}/{key}"


def row(value: Any, key: str = KEY) -> dict[str, Any]:
    return {"uri": uri(key), "cid": "bafyreia", "value": value}


def view(record: Any, key: str = KEY, author: Any = None, **more: Any) -> dict[str, Any]:
    author = author or ME
    seen = {"indexedAt": "2024-11-18T05:00:01.000Z"} | more
    return {"uri": uri(key, owner=author["did"]), "author": author, "record": record, **seen}


def named(content: bytes) -> bytes:
    return b"\x01\x71\x12\x20" + hashlib.sha256(content).digest()


def varint(number: int) -> bytes:
    found = b""
    while number > 0x7F:
        found += bytes([number & 0x7F | 0x80])
        number >>= 7
    return found + bytes([number])


def repository(records: dict[str, Any], *more: bytes) -> bytes:
    """Pack records by ``collection/rkey`` into a CAR file, with other blocks behind them."""
    blocks: dict[bytes, bytes] = {}

    def put(tree: Any) -> bytes:
        content = libipld.encode_dag_cbor(tree)
        blocks[named(content)] = content
        return named(content)

    entries, before = [], b""
    for key in sorted(records):
        whole = key.encode()
        shared = next(
            (n for n, (a, b) in enumerate(zip(whole, before, strict=False)) if a != b),
            min(len(whole), len(before)),
        )
        entries.append({"p": shared, "k": whole[shared:], "v": put(records[key]), "t": None})
        before = whole
    tree = put({"l": None, "e": entries})
    root = put({"did": DID, "rev": KEY, "sig": b"\1", "data": tree, "prev": None, "version": 3})
    header = libipld.encode_dag_cbor({"roots": [root], "version": 1})
    packed = varint(len(header)) + header
    for cid in (root, tree, *blocks):
        if content := blocks.pop(cid, b""):
            packed += varint(len(cid) + len(content)) + cid + content
    return packed + b"".join(more)


def saved(path: Path, tree: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(tree if isinstance(tree, bytes) else json.dumps(tree).encode())
    return path


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert BlueskyExport.recognises(archive)
    pages = list(BlueskyExport.open(archive, account=account).pages())
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


def of_records(tmp_path: Path, *values: Any) -> list[Page]:
    return read(saved(tmp_path / "x.json", {"records": [row(*one) if isinstance(one, tuple) else row(one) for one in values]}))  # fmt: skip


def test_a_repository_and_its_listing_give_the_same_posts(tmp_path: Path) -> None:
    records = {f"app.bsky.feed.post/3lb6qmo2vc22{n}": post(f"p{n}") for n in range(2, 8)}
    car = read(saved(tmp_path / "repo.car", repository(records)))
    listing = {"records": [row(one, key.rpartition("/")[2]) for key, one in records.items()]}
    pages = read(saved(tmp_path / "x.json", listing))
    assert [post.id for post in posts_of(car)] == [uri(f"3lb6qmo2vc22{n}") for n in range(2, 8)]
    assert [(one.id, one.text, one.account, one.url) for one in posts_of(car)] == [
        (one.id, one.text, one.account, one.url) for one in posts_of(pages)
    ]
    assert posts_of(car)[0].account == DID


def test_a_repository_gives_posts_reposts_and_the_profile_only(tmp_path: Path) -> None:
    subject = {"uri": uri(owner=OTHER), "cid": "x"}
    records = {
        "app.bsky.feed.post/a": post(),
        "app.bsky.feed.repost/b": {"$type": "app.bsky.feed.repost", "subject": subject, "createdAt": "2024-11-18T06:00:00Z"},
        "app.bsky.feed.like/c": {"$type": "app.bsky.feed.like", "subject": subject, "createdAt": "2024-11-18T06:00:00Z"},
        "app.bsky.graph.follow/d": {"$type": "app.bsky.graph.follow", "subject": OTHER},
        "app.bsky.actor.profile/self": {"$type": "app.bsky.actor.profile", "createdAt": "2024-08-01T00:00:00Z"},
    }  # fmt: skip
    pages = read(saved(tmp_path / "repo.car", repository(records)))
    first, second = posts_of(pages)
    assert (first.is_repost, first.text) == (False, "Halo")
    assert (second.is_repost, second.id) == (True, uri("b", "repost"))
    assert second.links == (f"https://bsky.app/profile/{OTHER}/post/{KEY}",)
    assert [(one.kind, one.account) for one in events_of(pages)] == [("signup", DID)]
    assert pages[0].records == 3


def test_one_text_under_two_keys_is_two_posts(tmp_path: Path) -> None:
    records = {"app.bsky.feed.post/a": post(), "app.bsky.feed.post/b": post()}
    pages = read(saved(tmp_path / "repo.car", repository(records)))
    assert [one.id for one in posts_of(pages)] == [uri("a"), uri("b")]


def test_a_damaged_block_is_rejected_and_the_rest_read(tmp_path: Path) -> None:
    raw = repository({"app.bsky.feed.post/a": post("utuh"), "app.bsky.feed.post/b": post("RUSAK")})
    pages = read(saved(tmp_path / "repo.car", raw.replace(b"RUSAK", b"rusaK")))
    assert [one.text for one in posts_of(pages)] == ["utuh"]
    assert [why for _, why in reasons_of(pages)] == ["is a damaged block"]


@pytest.mark.parametrize("content", [b"\xff", b"\x81" * 50_000, b"\xa1\x01\x02", b"\x83"])
def test_a_block_that_is_no_tree_is_rejected(tmp_path: Path, content: bytes) -> None:
    block = varint(36 + len(content)) + named(content) + content
    pages = read(saved(tmp_path / "repo.car", repository({"app.bsky.feed.post/a": post()}, block)))
    assert (len(posts_of(pages)), len(reasons_of(pages))) == (1, 1)


@pytest.mark.parametrize(
    "tree",
    [
        {"l": None, "e": 3},
        {"l": None, "e": [3]},
        {"l": None, "e": [{"p": "x", "k": b"", "v": b""}]},
        {"did": DID, "data": 3},
    ],
)
def test_odd_nodes_do_no_harm(tmp_path: Path, tree: Any) -> None:
    content = libipld.encode_dag_cbor(tree)
    block = varint(36 + len(content)) + named(content) + content
    pages = read(saved(tmp_path / "repo.car", repository({"app.bsky.feed.post/a": post()}, block)))
    assert [one.id for one in posts_of(pages)] == [uri("a")]


def test_a_post_that_no_key_names_has_its_blocks_name(tmp_path: Path) -> None:
    content = libipld.encode_dag_cbor(post("tanpa kunci"))
    block = varint(36 + len(content)) + named(content) + content
    (found,) = posts_of(read(saved(tmp_path / "repo.car", repository({}, block))))
    assert found.id.startswith("bafyrei")


@pytest.mark.parametrize("cut", [40, 120, 400, -1])
def test_a_repository_cut_off_is_an_error(tmp_path: Path, cut: int) -> None:
    raw = repository({f"app.bsky.feed.post/{n}": post(f"p{n}") for n in range(9)})
    archive = Archive.of(saved(tmp_path / "repo.car", raw[:cut]))
    with pytest.raises(ExportFormatError, match=r"repo\.car|no repository") as caught:
        list(BlueskyExport.open(archive).pages())
    assert "\n" not in str(caught.value)


def test_pages_may_follow_each_other_in_any_way(tmp_path: Path) -> None:
    one, two = {"cursor": "x", "records": [row(post("a"), "a")]}, {"records": [row(post("b"), "b")]}
    ways: dict[str, Any] = {
        "page.json": one | {"records": [*one["records"], *two["records"]]},
        "pages.json": [one, two],
        "lines.jsonl": f"{json.dumps(one)}\n{json.dumps(two)}".encode(),
        "pasted.json": f"{json.dumps(one, indent=1)}{json.dumps(two, indent=1)}".encode(),
        "records.json": [row(post("a"), "a"), row(post("b"), "b")],
        "records.jsonl": b"\n".join(json.dumps(row(post(n), n)).encode() for n in "ab"),
        "values.json": {"records": [post("a"), post("b")]},
    }
    for name, tree in ways.items():
        pages = read(saved(tmp_path / name, tree))
        assert [one.text for one in posts_of(pages)] == ["a", "b"], name
        assert not reasons_of(pages), name


def test_other_records_in_a_listing_are_ignored(tmp_path: Path) -> None:
    values = [post(), {"$type": "app.bsky.feed.generator"}, {"$type": "app.bsky.feed.like"}]
    pages = of_records(tmp_path, *values)
    assert (len(posts_of(pages)), pages[0].ignored) == (1, 2)


def test_links_come_from_facets_cards_and_entities(tmp_path: Path) -> None:
    facet = {"index": {"byteStart": 0, "byteEnd": 4}, "features": [
        {"$type": "app.bsky.richtext.facet#link", "uri": "https://x.example/panjang"},
        {"$type": "app.bsky.richtext.facet#mention", "did": OTHER},
        {"$type": "app.bsky.richtext.facet#tag", "tag": "coklit"},
        3,
    ]}  # fmt: skip
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://y.example/"}}
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": {}, "media": card}
    entity = {"index": {"start": 0, "end": 4}, "type": "link", "value": "https://z.example"}
    found = posts_of(
        of_records(
            tmp_path,
            (post(facets=[facet, 3], embed=card), "a"),
            (post(embed=both), "b"),
            (post(entities=[entity]), "c"),
        )
    )
    assert [one.links for one in found] == [
        ("https://x.example/panjang", "https://y.example/"),
        ("https://y.example/",),
        ("https://z.example",),
    ]


def test_pictures_and_films_are_named_by_their_blobs(tmp_path: Path) -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafkreia"}, "mimeType": "image/jpeg", "size": 31}
    images = {
        "$type": "app.bsky.embed.images",
        "images": [
            {"alt": "", "image": blob},
            {"image": {"cid": "bafyold", "mimeType": "image/png"}},
            3,
        ],
    }
    film = {"$type": "app.bsky.embed.video", "video": blob}
    found = posts_of(of_records(tmp_path, (post(embed=images), "a"), (post(embed=film), "b")))  # fmt: skip
    assert [[(one.kind, one.path, one.size) for one in post.media] for post in found] == [
        [("photo", "bafkreia", 31), ("photo", "bafyold", None)],
        [("video", "bafkreia", 31)],
    ]


def test_replies_languages_and_clients_are_told(tmp_path: Path) -> None:
    parent = {"uri": uri("a", owner=OTHER), "cid": "x"}
    value = post(langs=["id", "en"], reply={"root": parent, "parent": parent}, via="Klien")
    (found,) = posts_of(of_records(tmp_path, value))
    assert (found.in_reply_to, found.language, found.app) == (parent["uri"], "id", "Klien")


@pytest.mark.parametrize(
    ("created", "at", "quality"),
    [
        ("2024-11-18T05:00:00Z", NOON, TimeQuality.EXACT),
        ("2024-11-18T05:00:00.250Z", NOON + timedelta(milliseconds=250), TimeQuality.EXACT_MS),
        ("2024-11-18T12:00:00+07:00", NOON, TimeQuality.EXACT),
        ("2024-11-18T05:00:00.123456789Z", NOON + timedelta(microseconds=123_456), TimeQuality.EXACT_MS),
        # The key says 01:15: the first is in UTC, the second in western Indonesian time, the third unsure.
        ("2024-11-18T01:15:00.5", datetime(2024, 11, 18, 1, 15, 0, 500_000, UTC), TimeQuality.EXACT_MS),
        ("2024-11-18T08:15:00", datetime(2024, 11, 18, 1, 15, tzinfo=UTC), TimeQuality.EXACT_MS),
        ("2024-11-18T09:05:00", datetime(2024, 11, 18, 9, 5, tzinfo=UTC), TimeQuality.LOCAL),
        ("kemarin", datetime(2024, 11, 18, 1, 15, tzinfo=UTC), TimeQuality.EXACT_MS),
        (None, datetime(2024, 11, 18, 1, 15, tzinfo=UTC), TimeQuality.EXACT_MS),
        ("2013-01-01T00:00:00Z", datetime(2024, 11, 18, 1, 15, tzinfo=UTC), TimeQuality.EXACT_MS),
    ],
)  # fmt: skip
def test_times_are_read_in_every_spelling(
    tmp_path: Path, created: Any, at: datetime, quality: TimeQuality
) -> None:
    (found,) = posts_of(of_records(tmp_path, post(at=created)))
    assert (found.created_at, found.time_quality) == (at, quality)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (post(at=None), "has no time"),
        (post(at="2013-01-01T00:00:00Z"), "its time is in the year 2013"),
        (post(at="2150-01-01T00:00:00Z"), "its time is in the year 2150"),
        (post(at=[1]), "its time is neither a text nor a number"),
        (post(["x"]), "its text is no text"),  # type: ignore[arg-type]
        (3, "is not an object"),
    ],
)
def test_a_record_that_cannot_be_a_post_says_why(tmp_path: Path, value: Any, why: str) -> None:
    pages = of_records(tmp_path, (value, "self"), (post(), "a"))
    assert reasons_of(pages) == [("x.json#0", why)]
    assert len(posts_of(pages)) == 1


@pytest.mark.parametrize(
    "more",
    [{"facets": 3}, {"facets": [{"features": 3}]}, {"embed": 3}, {"embed": {"images": {}}}, {"embed": {"media": 3, "external": 3}}, {"langs": 3}, {"langs": [3]}, {"reply": 3}, {"reply": {"parent": 3}}, {"via": 3}, {"embed": {"video": {"ref": 3}}}],
)  # fmt: skip
def test_fields_of_another_kind_do_no_harm(tmp_path: Path, more: dict[str, Any]) -> None:
    pages = of_records(tmp_path, post(**more))
    assert (len(posts_of(pages)), reasons_of(pages)) == (1, [])


def test_a_feed_tells_handles_reposts_and_pins(tmp_path: Path) -> None:
    by = {"$type": "app.bsky.feed.defs#reasonRepost", "by": ME, "indexedAt": "2024-11-19T00:00:00Z"}
    theirs = view(post("Rilis"), "b", {"did": OTHER, "handle": "provinsi.example"})
    feed = [
        {"post": view(post("a"), "a"), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}},
        {"post": theirs, "reason": by | {"uri": uri("r", "repost")}},
        {"post": theirs, "reason": by},
        {"post": view(post("a"), "a")},
        {"post": view(post("lain"), "c"), "reason": by | {"indexedAt": 0}},
    ]
    pages = read(saved(tmp_path / "x.json", {"feed": feed, "cursor": "x"}))
    first, second, third = posts_of(pages)
    assert (first.account, first.is_repost) == ("kpu-rekaan.example", False)
    assert (second.account, second.is_repost, second.text) == ("kpu-rekaan.example", True, "Rilis")
    assert {second.id, third.id} == {uri("r", "repost"), f"repost of {uri('b', owner=OTHER)}"}
    assert second.created_at == datetime(2024, 11, 19, tzinfo=UTC)
    assert second.links == (f"https://bsky.app/profile/{OTHER}/post/b",)
    assert pages[0].duplicates == 1
    assert reasons_of(pages) == [("x.json#4", "its time is 0")]
    assert {one.account for one in posts_of(read(tmp_path / "x.json", "@kpu"))} == {"kpu"}


def test_a_clients_time_counts_unless_the_network_saw_it_on_another_day(tmp_path: Path) -> None:
    feed = [
        {"post": view(post(at="2024-11-18T04:00:00Z"), "a")},
        {"post": view(post(at="2024-03-01T00:00:00Z"), "b")},
        {"post": view(post(at="2024-03-01T00:00:00Z"), "c", indexedAt="entah")},
    ]
    found = posts_of(read(saved(tmp_path / "x.json", {"feed": feed})))
    assert [(one.id[-1], one.created_at.day, one.created_at.hour) for one in found] == [
        ("c", 1, 0),
        ("a", 18, 4),
        ("b", 18, 5),
    ]


def test_an_identity_document_beside_tells_the_handle(tmp_path: Path) -> None:
    saved(tmp_path / "x/repo.car", repository({"app.bsky.feed.post/a": post()}))
    saved(tmp_path / "x/did.json", {"id": DID, "alsoKnownAs": ["at://kpu-rekaan.example"]})
    assert posts_of(read(tmp_path / "x"))[0].account == "kpu-rekaan.example"
    assert posts_of(read(tmp_path / "x", "@kpu"))[0].account == "kpu"


def test_a_damaged_listing_loses_only_what_is_damaged(tmp_path: Path) -> None:
    raw = json.dumps({"records": [row(post(n), n) for n in "abc"]}).encode()
    place = raw.index(b'"b"')
    pages = read(saved(tmp_path / "x.json", raw[:place] + b'b"' + raw[place + 3 :]))
    assert [one.text for one in posts_of(pages)] == ["a", "c"]
    assert [why for _, why in reasons_of(pages)] == ["is not whole JSON: damaged or cut off"]


def test_a_key_that_is_no_clock_tells_no_time() -> None:
    assert tid_time("self") is None
    assert tid_time("3LB6QMO2VC223") is None
    assert tid_time(KEY) == datetime(2024, 11, 18, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"records": []}', b"\x3a\xa2eroots"])
def test_what_is_not_bluesky_is_not_recognised(tmp_path: Path, content: bytes) -> None:
    archive = Archive.of(saved(tmp_path / "x.json", content))
    assert not BlueskyExport.recognises(archive)
    with pytest.raises(ExportFormatError, match="no repository"):
        BlueskyExport.open(archive)
