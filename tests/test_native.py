"""The native format: whatever its spelling, nothing lost, nothing twice, and fast."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from exports import one_line, write_zip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.errors import SourceError
from detector.records import Media, Page, Post, TimeQuality
from detector.sources import interface
from detector.sources._archive import Archive
from detector.sources._guarded import COLUMNS
from detector.sources._times import moment
from detector.sources.native import Native

AT = datetime(2024, 11, 20, 18, 14, tzinfo=UTC)
PLAIN = {
    "platform": "instagram",
    "account": "kpukabblora",
    "id": "1",
    "created_at": "2024-11-21T01:14:00+07:00",
    "text": "PROMO TEBUS MURAH 🙏",
}


def read(path: Path, **given_names: str) -> list[Page]:
    archive = Archive.of(path)
    assert Native.recognises(archive)
    pages = list(Native.open(archive, **given_names).pages())
    for page in pages:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return pages


def posts_of(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


def reasons_of(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


def lines(folder: Path, *records: Any, name: str = "posts.jsonl") -> Path:
    path = folder / name
    shown = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in records]
    path.write_bytes(b"\n".join(shown) + b"\n")
    return path


def test_a_plain_record_becomes_the_post_it_tells(tmp_path: Path) -> None:
    (post,) = posts_of(read(lines(tmp_path, PLAIN)))
    assert post == Post(
        platform="instagram",
        account="kpukabblora",
        id="1",
        created_at=AT,
        text="PROMO TEBUS MURAH 🙏",
        where="posts.jsonl#0",
    )


def test_what_was_read_can_be_written_and_read_again(tmp_path: Path) -> None:
    """`convert` writes records with msgspec; every optional field comes back."""
    given_post = msgspec.structs.replace(
        posts_of(read(lines(tmp_path, PLAIN)))[0],
        kind="reel",
        time_quality=TimeQuality.LOCAL,
        url="https://x.example/p/1",
        app="Instagram",
        language="id",
        in_reply_to="0",
        is_repost=True,
        links=("https://a.example", "https://b.example"),
        media=(Media("photo", "a.jpg", 12),),
        location="-7.1,111.9",
        comments=(),
    )
    path = lines(tmp_path, msgspec.json.encode(given_post))
    assert posts_of(read(path)) == [given_post]


@pytest.mark.parametrize(
    "record",
    [
        {"Platform": "instagram", "User Name": "kpukabblora", "Post ID": 1, "Post Created": "2024-11-20 18:14:00 UTC", "Message": "halo"},
        {"network": "Instagram", "author": {"username": "kpukabblora"}, "id_str": "1", "created_at": "Wed Nov 20 18:14:00 +0000 2024", "full_text": "halo", "text": "ha…"},
        {"platform": "instagram", "ownerUsername": "kpukabblora", "shortCode": "1", "timestamp": "2024-11-20T18:14:00.000Z", "caption": {"text": "halo"}},
        {"PLATFORM": "instagram", "screen_name": "@kpukabblora", "tweet_id": "1", "time": 1732126440, "content": "halo"},
        {"platform": "instagram", "page_name": "kpukabblora", "postid": "1", "created_time": 1732126440000, "description": "halo"},
        {"platform": "instagram", "author.username": "kpukabblora", "post_id": "1", "published_at": "1732126440", "body": "halo"},
        {"platform": "instagram", "handle": "kpukabblora", "code": "1", "taken_at": "2024-11-21 01:14:00 WIB", "text": "halo"},
        {"platform": "instagram", "handle": "kpukabblora", "code": "1", "date": "Wed, 20 Nov 2024 18:14:00 +0000", "text": "halo"},
    ],
)  # fmt: skip
def test_other_spellings_mean_the_same(tmp_path: Path, record: dict[str, Any]) -> None:
    (post,) = posts_of(read(lines(tmp_path, record)))
    assert (post.platform, post.account, post.id, post.created_at, post.text) == (
        "instagram", "kpukabblora", "1", AT, "halo",
    )  # fmt: skip


def test_a_platforms_own_client_name_is_unwrapped(tmp_path: Path) -> None:
    wrapped = PLAIN | {
        "source": '<a href="https://x.example" rel="nofollow">Twitter for iPhone</a>'
    }
    assert posts_of(read(lines(tmp_path, wrapped)))[0].app == "Twitter for iPhone"


@pytest.mark.parametrize(
    ("spelled", "at", "quality"),
    [
        ("2024-11-21T01:14:00", datetime(2024, 11, 21, 1, 14, tzinfo=UTC), TimeQuality.LOCAL),
        ("2024-11-21", datetime(2024, 11, 21, tzinfo=UTC), TimeQuality.LOCAL),
        ("2024-11-21 01:14:00 BRT", datetime(2024, 11, 21, 1, 14, tzinfo=UTC), TimeQuality.LOCAL),
        ("2024-11-21T01:14+07:00", AT, TimeQuality.MINUTE),
        ("2024-11-21T01:14:00.500+07:00", AT + timedelta(seconds=0.5), TimeQuality.EXACT_MS),
        ("2024-11-20T18:14:00Z", AT, TimeQuality.EXACT),
        (1732126440, AT, TimeQuality.EXACT),
        (1732126440000, AT, TimeQuality.EXACT_MS),
        ("1732126440.0", AT, TimeQuality.EXACT),
        ("21 Nov 2024 02:14:00 WITA", AT, TimeQuality.EXACT),
        ("Wed, 20 Nov 2024 18:14:00 GMT", AT, TimeQuality.EXACT),
    ],
)
def test_times_say_how_far_they_can_be_trusted(
    spelled: Any, at: datetime, quality: TimeQuality
) -> None:
    assert moment(spelled) == (at, quality)


def test_many_accounts_may_share_a_file_and_names_have_fallbacks(tmp_path: Path) -> None:
    bare = {key: PLAIN[key] for key in ("created_at", "text")}
    path = lines(tmp_path, PLAIN, bare, bare | {"account": "lain"}, name="kpu_demak.jsonl")
    assert [(one.platform, one.account) for one in posts_of(read(path))] == [
        ("instagram", "kpukabblora"),
        ("unknown", "kpu_demak"),
        ("unknown", "lain"),
    ]
    named = posts_of(read(path, account="@kpu", platform="X"))
    assert [(one.platform, one.account) for one in named] == [
        ("instagram", "kpukabblora"),
        ("x", "kpu"),
        ("x", "lain"),
    ]


def test_the_same_id_again_is_a_duplicate_within_its_account(tmp_path: Path) -> None:
    other = PLAIN | {"account": "lain"}
    bare = {key: PLAIN[key] for key in ("account", "created_at", "text")}
    pages = read(lines(tmp_path, PLAIN, PLAIN, other, bare, bare, PLAIN | {"id": 1}))
    assert len(posts_of(pages)) == 3
    assert sum(page.duplicates for page in pages) == 3


def test_what_stands_behind_a_line_without_an_end_is_read(tmp_path: Path) -> None:
    """Only the beginning of such a line is taken; the lines after it are whole again."""
    endless = b'{"text": "' + b"a" * (33 << 20) + b'"}'
    pages = read(lines(tmp_path, PLAIN, endless, PLAIN | {"id": "2"}, PLAIN | {"id": "3"}))
    assert [one.where for one in posts_of(pages)] == [f"posts.jsonl#{line}" for line in (0, 2, 3)]
    assert [where for where, _ in reasons_of(pages)] == ["posts.jsonl#1"]


ANY_KIND: tuple[dict[str, Any], ...] = (
    {},
    {"url": "https://ig.example/p/1"},
    {"created_at": "2024-11-21T01:14:00.5+07:00"},
    {"created_at": 1732126440},
    {"likes": 4},
    {"account": "", "platform": "instagram"},
    {"account": " @Dinas "},
    {"app": "<a>web</a>"},
)
"""What a record may have beside or instead of what every post has."""


@pytest.mark.parametrize("first", range(len(ANY_KIND)))
def test_a_line_is_read_alike_whatever_stands_before_it(tmp_path: Path, first: int) -> None:
    """A file is read by how its lines were written so far; what is made of one must not depend on them."""
    kinds = [ANY_KIND[first]] * 250 + [*ANY_KIND] * 5
    records = [PLAIN | {"id": str(index)} | kind for index, kind in enumerate(kinds)]
    together = posts_of(read(lines(tmp_path, *records)))
    assert len(together) == len(records)
    for index, record in list(enumerate(records))[-len(ANY_KIND) :]:
        (alone,) = posts_of(read(lines(tmp_path, record)))
        assert msgspec.structs.replace(alone, where=f"posts.jsonl#{index}") == together[index]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b'{"text": "cut', "is not whole JSON: damaged or cut off"),
        (b"[1]", "is not an object"),
        (b"3", "is not an object"),
        (b"[" * 5_000, "is not whole JSON: damaged or cut off"),
        (PLAIN | {"created_at": ""}, "has no time"),
        (PLAIN | {"created_at": 0}, "its time is 0"),
        (PLAIN | {"created_at": "0001-01-01T00:00:00+14:00"}, "its time is in the year 1"),
        (PLAIN | {"created_at": "2150-01-01T00:00:00Z"}, "its time is in the year 2150"),
        (PLAIN | {"created_at": 5_680_281_600}, "its time is in the year 2149"),
        (PLAIN | {"created_at": []}, "its time is neither a text nor a number"),
        (PLAIN | {"created_at": 10**400}, "its time is no time since 1970"),
        (PLAIN | {"text": 3}, "its text is no text"),
        ({"id": "1", "created_at": 1732126440}, "has no text: none of its fields is called text, caption or message"),
        ({"id": "1", "text": "x"}, "has no time: none of its fields is called created_at, timestamp or date"),
    ],
)  # fmt: skip
def test_a_bad_record_says_where_and_why_and_the_rest_is_read(
    tmp_path: Path, bad: Any, why: str
) -> None:
    pages = read(lines(tmp_path, PLAIN, b"", bad, PLAIN | {"id": "2"}))
    ((where, said),) = reasons_of(pages)
    assert where == "posts.jsonl#2"
    assert said.startswith(why) or why.startswith("its time is in the year 21")
    assert [post.where for post in posts_of(pages)] == ["posts.jsonl#0", "posts.jsonl#3"]


def test_half_a_surrogate_pair_is_replaced_and_nothing_else_changes(tmp_path: Path) -> None:
    text = " \ud83d Ã© ﬀ\u200b\n𝗣𝗥𝗢𝗠𝗢 \u202e"
    pages = read(
        lines(
            tmp_path,
            PLAIN | {"text": text},
            b"\xef\xbb\xbf" + json.dumps(PLAIN | {"id": "2"}).encode(),
        )
    )
    assert [post.text for post in posts_of(pages)] == [
        text.replace("\ud83d", "\ufffd"),
        PLAIN["text"],
    ]


def test_account_events_are_told_from_posts(tmp_path: Path) -> None:
    pages = read(
        lines(
            tmp_path,
            {
                "kind": "email_changed",
                "account": "kpu",
                "at": "2024-11-20T18:14:00Z",
                "details": {"to": "x"},
            },
            {"event": "login", "account": "kpu", "created_at": "2024-11-20T18:14:00Z"},
            PLAIN | {"kind": "reel"},
        )
    )
    events = [event for page in pages for event in page.events]
    assert [(one.kind, one.at, one.details) for one in events] == [
        ("email_changed", AT, {"to": "x"}),
        ("login", AT, {}),
    ]
    assert [post.kind for post in posts_of(pages)] == ["reel"]


ROWS = [
    ["platform", "Account", "Post ID", "Created At", "Message", "links"],
    ["instagram", "kpu", "1", "2024-11-21 01:14:00 WIB", 'Halo; "apa", kabar?\nBaris dua é', "https://a.example https://b.example"],
    ["instagram", "kpu", "2", "2024-11-21 01:15:00 WIB", "", '["https://c.example"]'],
]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_tables_are_read_whatever_made_them(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(ROWS)
    path = tmp_path / "posts.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    found = posts_of(read(path))
    assert [one.text for one in found] == ['Halo; "apa", kabar?\nBaris dua é', ""]
    assert [one.links for one in found] == [
        ("https://a.example", "https://b.example"),
        ("https://c.example",),
    ]
    assert found[0].created_at == AT
    assert found[1].where == "posts.csv#1"


def test_a_row_with_too_many_cells_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text(
        "id,date,text\n1,2024-11-21,a\n2,2024-11-21,b,c\n\n3,2024-11-21\n"
    )
    pages = read(tmp_path / "posts.csv")
    assert reasons_of(pages) == [("posts.csv#1", "has 4 cells under 3 names")] + [
        (where, why) for where, why in reasons_of(pages)[1:]
    ]
    assert posts_of(pages)[0].text == "a"


def test_a_json_list_and_a_parquet_file_are_read_alike(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "posts.json").write_text(json.dumps([PLAIN, 3]))
    rows = [PLAIN | {"created_at": AT}]
    table = pyarrow.Table.from_pylist(rows)
    finest = table.set_column(
        3, "created_at", table.column("created_at").cast(pyarrow.timestamp("ns", "UTC"))
    )
    parquet.write_table(finest, tmp_path / "posts.parquet")
    write_zip(tmp_path / "x.zip", {"posts.parquet": (tmp_path / "posts.parquet").read_bytes()})
    as_list = read(tmp_path / "posts.json")
    (post,) = posts_of(as_list)
    assert reasons_of(as_list) == [("posts.json#1", "is not an object")]
    for name in ("posts.parquet", "x.zip"):
        (other,) = posts_of(read(tmp_path / name))
        assert msgspec.structs.replace(other, where=post.where) == post


def test_several_files_in_a_zip_are_read_one_after_the_other(tmp_path: Path) -> None:
    one, two = (json.dumps(PLAIN | {"id": str(n)}).encode() for n in (1, 2))
    write_zip(
        tmp_path / "x.zip", {"a.jsonl": one, "b.jsonl": one + b"\n" + two, "readme.txt": b"words"}
    )
    pages = read(tmp_path / "x.zip")
    assert [post.where for post in posts_of(pages)] == ["x.zip!a.jsonl#0", "x.zip!b.jsonl#1"]
    assert pages[0].duplicates == 1


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "x", "version": "1.0", "description": "words"}',
        b'[{"media": [], "title": "x", "creation_timestamp": 1}]',
        b'{"ig_stories": [{"uri": "1.jpg", "creation_timestamp": 1, "title": "x"}]}',
        b'{\n "text": "x",\n "date": "2024-01-01"\n}',
        b"a,b,c\n1,2,3\n",
        b"just words",
        b"[]",
        b"[1]",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"PAR1 but no more",
        b"{" * 5_000,
        b"[" * 5_000,
    ],
)
def test_other_files_are_not_taken_for_posts(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    archive = Archive.of(tmp_path / "x.json")
    assert not Native.recognises(archive)
    with pytest.raises(SourceError):
        Native.open(archive)


def test_a_damaged_first_line_does_not_hide_the_rest(tmp_path: Path) -> None:
    pages = read(lines(tmp_path, b'{"text": "cut', PLAIN))
    assert len(posts_of(pages)) == len(reasons_of(pages)) == 1


def test_of_a_list_cut_off_the_whole_records_are_read(tmp_path: Path) -> None:
    (tmp_path / "posts.json").write_text(json.dumps([PLAIN, PLAIN])[:-5])
    pages = read(tmp_path / "posts.json")
    assert reasons_of(pages) == [("posts.json#1", "is not whole JSON: damaged or cut off")]
    assert len(posts_of(pages)) == 1


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = lines(tmp_path, PLAIN, b'{"text": "' + b"a" * (40 << 20), PLAIN | {"id": "2"})
    pages = read(path)
    assert [where for where, _ in reasons_of(pages)] == ["posts.jsonl#1"]
    assert len(posts_of(pages)) == 2


def outcomes(pages: Iterator[Page]) -> list[tuple[Any, ...]]:
    return [
        (page.posts, page.events, page.rejected, page.duplicates, page.records) for page in pages
    ]


def test_resuming_from_any_page_gives_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interface, "PAGE_RECORDS", 3)
    records = [PLAIN | {"id": str(n % 7)} for n in range(10)]
    source = Native.open(
        Archive.of(lines(tmp_path, *records, b"{", {"event": "login", "at": 1732126440}))
    )
    pages = list(source.pages())
    assert len(pages) == 4
    assert outcomes(source.pages()) == outcomes(iter(pages))
    for number, page in enumerate(pages, start=1):
        assert outcomes(source.pages(page.cursor)) == outcomes(iter(pages[number:]))
    with pytest.raises(SourceError):
        list(source.pages("-1"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["2024-11-21T01:14:00Z", "https://a.example", "[1", '["x"]', "login", "reel", "exact-s"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["text", "url", "username", "path", "size", "kind"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "platform", "account", "id", "created_at", "text", "url", "app", "language", "in_reply_to", "is_repost",
        "links", "media", "location", "comments", "kind", "event", "details", "time_quality", "x",
    ]
)  # fmt: skip


@settings(
    max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(records=st.lists(st.dictionaries(KEYS, VALUES, max_size=8) | VALUES, max_size=5))
def test_any_record_becomes_an_outcome(tmp_path: Path, records: list[Any]) -> None:
    pages = read(lines(tmp_path, PLAIN, *records))
    assert sum(page.records for page in pages) == 1 + len(records)
    msgspec.json.encode(pages)


@settings(
    max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    form=st.sampled_from(["jsonl", "json", "csv", "zip"]),
    cut=st.integers(0, 900),
    changes=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 255)), max_size=5),
)
def test_damage_gives_source_errors_and_rejected_only(
    tmp_path: Path, form: str, cut: int, changes: list[tuple[int, int]]
) -> None:
    path = tmp_path / f"posts.{form}"
    records = [PLAIN | {"id": str(n)} for n in range(5)]
    content = {
        "jsonl": "\n".join(map(json.dumps, records)),
        "json": json.dumps(records),
        "csv": "id,date,text\n" + "\n".join(f'{n},2024-11-21,"halo {n}"' for n in range(5)),
    }
    if form == "zip":
        write_zip(path, {"posts.jsonl": content["jsonl"].encode()})
    else:
        path.write_text(content[form])
    raw = bytearray(path.read_bytes())
    for at, byte in changes:
        raw[at % len(raw)] = byte
    path.write_bytes(raw[:cut] if cut % 2 else raw)
    with one_line():
        archive = Archive.of(path)
        if Native.recognises(archive):
            read(path)


@pytest.mark.parametrize(
    ("header", "row", "platform", "account"),
    [
        ("id,timestamp_utc,local_time,user_screen_name,text,url",
         "9,1732126440,2024-11-21T01:14:00,kpu,Halo,https://twitter.com/kpu/status/9", "x", "kpu"),
        ("url,post_id,user_label,text,time,formatted_time",
         "https://www.facebook.com/1/posts/9,9,KPU,Halo,1732126440,x", "facebook", "KPU"),
        ("Post ID,Platform,Channel Name,Published At,Post Text,URL",
         "9,Twitter,kpu,2024-11-20T18:14:00Z,Halo,https://kpu.example", "x", "kpu"),
        ("post_id,platform,channel_uid,published_at,post_body_text",
         "9,TikTok,77,2024-11-20T18:14:00Z,Halo", "tiktok", "77"),
    ],
)  # fmt: skip
def test_tables_of_other_collectors_tell_platform_and_account(
    header: str, row: str, platform: str, account: str, tmp_path: Path
) -> None:
    """The platform stands in its column, else in the post's address."""
    path = tmp_path / "koleksi.csv"
    path.write_text(f"{header}\n{row}\n")
    (post,) = posts_of(read(path))
    assert (post.platform, post.account, post.id, post.text) == (platform, account, "9", "Halo")
    assert post.created_at == AT


def test_the_caller_names_the_platform_before_an_address_does(tmp_path: Path) -> None:
    record = {**PLAIN, "platform": None, "url": "https://x.com/kpu/status/9"}
    path = lines(
        tmp_path, record, {**record, "id": "2", "url": "https://www.tiktok.com/@kpu/video/2"}
    )
    assert [post.platform for post in posts_of(read(path))] == ["x", "tiktok"]
    assert {post.platform for post in posts_of(read(path, platform="threads"))} == {"threads"}


@pytest.mark.parametrize("key", ["data", "items", "posts"])
def test_a_list_inside_an_object_is_read_whole(key: str, tmp_path: Path) -> None:
    """A saved page of an API's answers is such an object; a post without words may lead."""
    wordless = {name: value for name, value in PLAIN.items() if name != "text"}
    tree: dict[str, Any] = {
        "count": 3,
        "next": None,
        key: [wordless, PLAIN, {**PLAIN, "id": "2"}],
        "paging": {},
    }
    pages = read(lines(tmp_path, tree, name="halaman.json"))
    assert [post.id for post in posts_of(pages)] == ["1", "2"]
    assert [where for where, _ in reasons_of(pages)] == ["halaman.json#0"]


def test_several_objects_with_lists_are_not_read_in_part(tmp_path: Path) -> None:
    path = lines(tmp_path, {"data": [PLAIN]}, {"data": [{**PLAIN, "id": "2"}]})
    with one_line(), pytest.raises(SourceError, match="damaged or cut off"):
        read(path)


@pytest.mark.parametrize(
    "more",
    [
        {
            "authorMeta": {"id": "5", "name": "kpu"},
            "webVideoUrl": "https://www.tiktok.com/@kpu/video/9",
        },
        {
            "author": {"userName": "kpu", "name": "KPU"},
            "url": "https://www.tiktok.com/@kpu/video/9",
        },
        {"post_owner": {"username": "kpu", "name": "KPU"}, "platform": "TikTok"},
    ],
)
def test_accounts_may_be_objects(more: dict[str, Any], tmp_path: Path) -> None:
    bare = {name: PLAIN[name] for name in ("id", "created_at", "text")}
    (post,) = posts_of(read(lines(tmp_path, {**bare, **more})))
    assert (post.platform, post.account) == ("tiktok", "kpu")


def test_fields_that_only_one_platform_has_tell_it(tmp_path: Path) -> None:
    bare = {name: PLAIN[name] for name in ("id", "created_at", "text", "account")}
    paths = lines(tmp_path, {**bare, "public_metrics.retweet_count": 3}, {**bare, "id": "2"})
    assert [post.platform for post in posts_of(read(paths))] == ["x", "unknown"]


LINK = "https://www.instagram.com/p/C8abcDEFgh1/"
TWEET = "https://x.com/kpurekaan/status/1859000000000000000"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            {
                "Post id": "1859000000000000000", "Date": "Tue, Nov 19, 2024", "Post text": "Rapat",
                "Post Link": TWEET, "Impressions": "3", "Likes": "1",
            },
            ("x", "kpurekaan", "1859000000000000000", "2024-11-19T22:25:13", "Rapat"),
        ),
        (
            {
                "Tweet id": "1859000000000000000", "Tweet permalink": TWEET, "Tweet text": "Rapat",
                "time": "2024-11-19 22:25 +0000", "impressions": "3",
            },
            ("x", "kpurekaan", "1859000000000000000", "2024-11-19T22:25:00", "Rapat"),
        ),
        (
            {
                "Post ID": "18012", "Account ID": "17841", "Account username": "kpurekaan",
                "Account name": "KPU Rekaan", "Description": "Rapat", "Publish time": "11/20/2024 03:15",
                "Permalink": LINK, "Post type": "IG image", "Date": "Lifetime",
            },
            ("instagram", "kpurekaan", "18012", "2024-11-20T03:15:00", "Rapat"),
        ),
        (
            {
                "Post ID": "1393", "Page name": "KPU Rekaan", "Title": "Rapat", "Description": "",
                "Publish time": "11/20/2024 03:15", "Permalink": "https://www.facebook.com/1/posts/1393",
                "Post type": "Photos", "Date": "Lifetime",
            },
            ("facebook", "KPU Rekaan", "1393", "2024-11-20T03:15:00", "Rapat"),
        ),
        (
            {
                "channelTitle": "KPU Rekaan", "videoId": "dQw", "publishedAt": "2024-11-18T05:00:00Z",
                "videoTitle": "Rapat", "videoDescription": "Uraian", "caption": "false",
            },
            ("youtube", "KPU Rekaan", "dQw", "2024-11-18T05:00:00", "Rapat\nUraian"),
        ),
        (
            {
                "video_id": "7094", "author_name": "kpurekaan", "region_code": "ID",
                "create_time": "1731906000", "video_description": "Rapat",
            },
            ("tiktok", "kpurekaan", "7094", "2024-11-18T05:00:00", "Rapat"),
        ),
        (
            {
                "username": "kpurekaan", "postUrl": LINK, "description": "Rapat", "likeCount": "2",
                "pubDate": "2024-11-18T05:00:00.000Z", "caption": "Photo by KPU", "postId": "339",
                "timestamp": "2024-12-01T01:00:00.000Z",
            },
            ("instagram", "kpurekaan", "339", "2024-11-18T05:00:00", "Rapat"),
        ),
        (
            {
                "url": LINK, "user_posted": "kpurekaan", "description": "Rapat", "post_id": "339",
                "date_posted": "2024-11-18T05:00:00.000Z", "timestamp": "2024-12-01T01:00:00.000Z",
            },
            ("instagram", "kpurekaan", "339", "2024-11-18T05:00:00", "Rapat"),
        ),
    ],
)  # fmt: skip
def test_tables_of_known_programs_are_read_as_they_mean(
    tmp_path: Path, row: dict[str, str], told: tuple[str, ...]
) -> None:
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row)
    (post,) = posts_of(read(path))
    at = post.created_at.replace(tzinfo=None).isoformat(timespec="seconds")
    assert (post.platform, post.account, post.id, at, post.text) == told


@pytest.mark.parametrize(
    ("tree", "own"),
    [
        (
            {"data": {"videos": [{"id": 7, "create_time": 1731906000, "username": "kpurekaan",
             "region_code": "ID", "video_description": "Rapat"}], "cursor": 1}, "error": {"code": "ok"}},
            "7",
        ),
        (
            {"status": 200, "result": {"posts": [{"id": 5, "platformId": "1_2", "platform": "Facebook",
             "date": "2024-11-18 05:00:00", "message": "Rapat", "postUrl": "https://www.facebook.com/1/posts/2",
             "account": {"name": "KPU", "handle": "kpurekaan"}}], "pagination": {}}},
            "1_2",
        ),
    ],
)  # fmt: skip
def test_answers_of_research_interfaces_hold_their_posts_two_deep(
    tmp_path: Path, tree: Any, own: str
) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(tree))
    (post,) = posts_of(read(path))
    assert (post.id, post.account, post.text) == (own, "kpurekaan", "Rapat")
    assert post.created_at == datetime(2024, 11, 18, 5, tzinfo=UTC)


INDONESIAN = (
    "ID postingan,ID akun,Nama pengguna akun,Nama akun,Deskripsi,Durasi (detik),Waktu penerbitan,Permalink,"
    "Jenis postingan,Tanggal,Tayangan"
)


def test_business_suites_dates_have_the_month_first_whatever_the_language(tmp_path: Path) -> None:
    path = tmp_path / "konten.csv"
    path.write_text(
        f"{INDONESIAN}\n180,178,kpurekaan,KPU Rekaan,Rapat,0,09/12/2026 09:11,{LINK},Reel IG,Seumur hidup,3\n"
    )
    (post,) = posts_of(read(path))
    assert (post.account, post.text, post.kind) == ("kpurekaan", "Rapat", "reel")
    assert post.created_at == datetime(2026, 9, 12, 9, 11, tzinfo=UTC)
    assert post.time_quality is TimeQuality.LOCAL


def test_tiktok_studios_films_are_timed_by_their_numbers(tmp_path: Path) -> None:
    at = datetime(2024, 11, 18, 5, tzinfo=UTC)
    number = int(at.timestamp()) << 32 | 77
    path = tmp_path / "content.csv"
    path.write_text(
        "Time,Video title,Video link,Post time,Total likes\n"
        f"November 21,Rapat,https://www.tiktok.com/@kpurekaan/video/{number},November 18,3\n"
    )
    (post,) = posts_of(read(path))
    assert (post.platform, post.account, post.id) == ("tiktok", "kpurekaan", str(number))
    assert (post.created_at, post.text) == (at, "Rapat")


def test_a_table_of_our_own_is_read_as_it_stands(tmp_path: Path) -> None:
    text, at = "Suhu 25Â°C, dan â€” tetap", "2024-11-21T01:14:00+07:00"
    path = tmp_path / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerow(PLAIN | {"text": text, "created_at": at})
    assert [post.text for post in posts_of(read(path))] == [text]
