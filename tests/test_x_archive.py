"""X's own archive: every layout since 2018, read as a stream, never executed, private talk never opened."""

from __future__ import annotations

import io
import json
import random
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from x_exports import (
    ACCOUNT,
    NOON,
    id_at,
    posts_of,
    put,
    read,
    reasons_of,
    script,
    tweet,
    wrapped,
)

from detector.errors import ExportFormatError
from detector.records import TimeQuality
from detector.sources import _elements
from detector.sources._archive import Archive
from detector.sources._grouping import group
from detector.sources._x_tweets import time_of_id
from detector.sources.native import Native
from detector.sources.x_archive import XArchive


@pytest.mark.parametrize("name", ["tweet.js", "data/tweets.js", "arsip/data/tweets-part1.js"])
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_every_layout_gives_the_same_posts(tmp_path: Path, name: str, *, is_wrapped: bool) -> None:
    items = [tweet(0), tweet(1, "Kedua &amp; &lt;terakhir&gt;\nbaris baru")]
    tree = wrapped(*items) if is_wrapped else items
    folder = put(tmp_path / "x", {name: script("tweets", tree), "data/account.js": ACCOUNT})
    first, second = posts_of(read(folder))
    assert first.created_at == NOON
    assert (first.account, first.platform, first.app) == ("kpucontoh", "x", "Twitter for Android")
    assert first.url == f"https://x.com/kpucontoh/status/{first.id}"
    assert second.text == "Kedua & <terakhir>\nbaris baru"
    assert second.where == f"{name}#1"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tweets.js", script("tweets", wrapped(tweet()))),
        ("tweets (1).js", script("tweets", wrapped(tweet()))),
        ("cadangan twitter.txt", script("tweet", wrapped(tweet()))),
        ("tanpa-tugas.json", json.dumps(wrapped(tweet()))),
        ("tanpa-bungkus.json", json.dumps([tweet()])),
        ("baris.jsonl", json.dumps(tweet()) + "\n" + json.dumps(tweet(1)) + "\n"),
        ("utf16.js", ("\ufeff" + script("tweets", wrapped(tweet()))).encode("utf-16-le")),
        ("bom.js", b"\xef\xbb\xbf" + script("tweets", wrapped(tweet())).encode()),
    ],
)
def test_a_file_handed_over_alone_is_read(tmp_path: Path, name: str, content: str | bytes) -> None:
    put(tmp_path, {name: content})
    assert posts_of(read(tmp_path / name))[0].text == "Selamat pagi"


def test_what_is_not_of_x_is_left_to_others(tmp_path: Path) -> None:
    for name, content in {
        "tweets.js": 'Grailbird.data.tweets_2013_05 = [{"id_str": "1"}]',
        "app.js": "window.app = [1]",
        "posts.json": json.dumps([tweet() | {"user": {"screen_name": "x"}}]),
        "lain.jsonl": json.dumps({"text": "Halo", "created_at": "2024-01-01T00:00:00Z"}),
    }.items():
        put(tmp_path, {name: content})
        assert not XArchive.recognises(Archive.of(tmp_path / name)), name


def test_whose_archive_it_is_comes_from_the_best_that_tells(tmp_path: Path) -> None:
    manifest = "window.__THAR_CONFIG = " + json.dumps({"userInfo": {"userName": "dari_manifest"}})
    renamed = script(
        "screen_name_change",
        [
            {"screenNameChange": {"screenNameChange": {"changedAt": f"20{year}-01-01T00:00:00.000Z", "changedTo": to}}}
            for year, to in ((20, "baru"), (18, "lama"))
        ],
    )  # fmt: skip
    own = tweet()
    own["entities"]["media"] = [
        {"type": "photo", "expanded_url": f"https://twitter.com/dari_foto/status/{own['id']}/photo/1"}
    ]  # fmt: skip
    files = {
        "data/tweets.js": script("tweets", wrapped(own)),
        "data/screen-name-change.js": renamed,
        "data/manifest.js": manifest,
        "data/account.js": ACCOUNT,
    }
    folder = put(tmp_path / "x", files)
    assert posts_of(read(folder, account="@pilihan"))[0].account == "pilihan"
    for name, expected in (
        ("account.js", "kpucontoh"),
        ("manifest.js", "dari_manifest"),
        ("screen-name-change.js", "baru"),
        ("", "dari_foto"),
    ):
        assert posts_of(read(folder))[0].account == expected
        if name:
            (folder / "data" / name).unlink()


def test_without_any_name_the_folder_gives_it_and_no_address_is_invented(tmp_path: Path) -> None:
    folder = put(tmp_path / "Arsip Humas", {"tweets.js": script("tweets", wrapped(tweet()))})
    (post,) = posts_of(read(folder))
    assert post.account == "Arsip Humas"
    assert post.url == f"https://x.com/i/status/{post.id}"


def test_parts_and_repetitions_give_each_tweet_once(tmp_path: Path) -> None:
    files = {
        "data/tweets.js": script("tweets", wrapped(tweet(0), tweet(1))),
        "data/tweets-part1.js": script("tweets", wrapped(tweet(1), tweet(2)), 1),
        "data/tweets-part10.js": script("tweets", wrapped(tweet(10)), 10),
        "data/tweets-part2.js": script("tweets", wrapped(tweet(5)), 2),
    }
    pages = read(put(tmp_path / "x", files))
    assert [one.created_at.minute for one in posts_of(pages)] == [0, 1, 2, 5, 10]
    assert sum(page.duplicates for page in pages) == 1


def test_two_zips_of_one_archive_are_read_together(tmp_path: Path) -> None:
    for number in (1, 2):
        with zipfile.ZipFile(tmp_path / f"twitter-2024-11-23-abc-part{number}.zip", "w") as target:
            target.writestr("data/tweets.js", script("tweets", wrapped(tweet(number), tweet(0))))
    (archive,), errors = group([tmp_path], [XArchive.marks])
    assert not errors
    pages = list(XArchive.open(archive).pages())
    assert [one.created_at.minute for one in posts_of(pages)] == [1, 0, 2]


def test_links_replies_reposts_places_and_language(tmp_path: Path) -> None:
    links = [
        {"url": "https://t.co/a", "expanded_url": "https://bit.ly/kpu"},
        {"url": "https://t.co/b", "expanded_url": "https://x.com/kpu/status/5/photo/1"},
    ]
    items = [
        tweet(0, "RT @bawaslu: Awasi…"),
        tweet(1, "@warga Ya", in_reply_to_status_id_str="77", in_reply_to_user_id="5", lang="und"),
        tweet(2, "Baca https://t.co/a", entities={"urls": links}, place={"full_name": "Rekaan"}),
        tweet(3, "Di sini", coordinates={"type": "Point", "coordinates": ["110.4267", "-7.0512"]}),
    ]
    repost, reply, linked, placed = posts_of(
        read(put(tmp_path / "x", {"tweets.js": script("tweets", wrapped(*items))}))
    )
    assert repost.is_repost
    assert (reply.in_reply_to, reply.language, reply.is_repost) == ("77", None, False)
    assert linked.links == ("https://bit.ly/kpu",)
    assert linked.text == "Baca https://t.co/a"
    assert linked.location == "Rekaan"
    assert placed.location == "-7.05,110.43"
    assert linked.language == "in"


def test_media_have_their_place_and_size_in_the_archive(tmp_path: Path) -> None:
    film = {
        "type": "video",
        "media_url_https": "https://pbs.twimg.com/thumb/t.jpg",
        "video_info": {"variants": [{"url": "https://video.twimg.com/v/clip.mp4?tag=12"}]},
    }
    photo = {"type": "photo", "media_url_https": "https://pbs.twimg.com/media/a.jpg"}
    own = tweet(0, "Foto", extended_entities={"media": [photo, film]})
    other = tweet(1, "RT @x: Foto", extended_entities={"media": [photo | {"source_status_id_str": "9"}]})  # fmt: skip
    files: dict[str, str | bytes] = {
        "data/tweets.js": script("tweets", wrapped(own, other)),
        f"data/tweets_media/{own['id']}-a.jpg": b"12345",
        f"data/tweets_media/{own['id']}-clip.mp4": b"123",
        "data/tweets_media/9-a.jpg": b"1",
    }
    first, second = posts_of(read(put(tmp_path / "x", files)))
    assert [(one.kind, one.size) for one in first.media] == [("photo", 5), ("video", 3)]
    assert first.media[0].path == f"data/tweets_media/{own['id']}-a.jpg"
    assert second.media[0].path == "data/tweets_media/9-a.jpg"


def test_the_id_tells_the_time_only_where_none_is_written(tmp_path: Path) -> None:
    untimed = tweet(0)
    del untimed["created_at"]
    contrary = tweet(1) | {"created_at": "Mon Jan 01 00:00:00 +0000 2018"}
    old = {"id_str": "20", "full_text": "Sebelum nomor memuat waktu"}
    pages = read(
        put(tmp_path / "x", {"tweets.js": script("tweets", wrapped(untimed, contrary, old))})
    )
    first, second = posts_of(pages)
    assert (first.created_at, first.time_quality) == (NOON, TimeQuality.EXACT_MS)
    assert (second.created_at.year, second.time_quality) == (2018, TimeQuality.EXACT)
    assert reasons_of(pages) == [("tweets.js#2", "has no time")]


def test_ids_before_november_2010_bear_no_time() -> None:
    assert time_of_id("29700859247") is None
    assert time_of_id(id_at(NOON)) == NOON
    assert time_of_id("9" * 25) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"created_at": "Fri Nov 22 00:36:08 +0000 2150"}, "its time is in the year 2150"),
        ({"created_at": "Fri Nov 22 00:36:08 +0000 1999"}, "its time is in the year 1999"),
        ({"created_at": ["kemarin"]}, "its created_at is of a wrong type"),
        ({"full_text": None}, "has no text"),
        ({"full_text": 5}, "its full_text is of a wrong type"),
    ],
)
def test_an_unusable_tweet_is_rejected_with_its_place(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    tree = wrapped(tweet(0), tweet(1) | change, tweet(2))
    pages = read(put(tmp_path / "x", {"data/tweets.js": script("tweets", tree)}))
    assert reasons_of(pages) == [("data/tweets.js#1", why)]
    assert len(posts_of(pages)) == 2


def test_odd_extras_lose_only_themselves(tmp_path: Path) -> None:
    odd = tweet(0, entities="?", place=5, lang=["in"], source={}, extended_entities={"media": 5})
    (post,) = posts_of(read(put(tmp_path / "x", {"tweets.js": script("tweets", wrapped(odd))})))
    assert post.text == "Selamat pagi"
    assert (post.links, post.location, post.language, post.app) == ((), None, None, None)


def test_invalid_islands_are_passed_over_with_their_place(tmp_path: Path) -> None:
    good = [json.dumps({"tweet": tweet(minute)}) for minute in range(4)]
    good[1] = good[1].replace('"full_text"', "full_text: fungsi()")  # fmt: skip
    text = f"window.YTD.tweets.part0 = [{', '.join(good)}, 5]; alert(1)"
    pages = read(put(tmp_path / "x", {"tweets.js": text}))
    assert [one.created_at.minute for one in posts_of(pages)] == [0, 2, 3]
    assert reasons_of(pages) == [
        ("tweets.js#1", "is not whole JSON: damaged or cut off"),
        ("tweets.js#4", "is not an object"),
    ]


def test_a_damaged_file_among_others_is_one_rejected_and_alone_an_error(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "x",
        {
            "data/tweets.js": script("tweets", wrapped(tweet())),
            "data/ip-audit.js": "window.YTD.ip_audit.part0 = ",
            "data/account.js": "window.YTD.account.part0 = [ {",
            "data/manifest.js": "window.__THAR_CONFIG = {",
        },
    )
    assert sorted(reasons_of(read(folder))) == [
        ("data/account.js", "is not whole JSON: damaged or cut off"),
        ("data/ip-audit.js", "holds no list of records"),
        ("data/manifest.js", "is not whole JSON: damaged or cut off"),
    ]
    put(tmp_path, {"tweets.js": "window.YTD.tweets.part0 = "})
    with pytest.raises(ExportFormatError, match="holds no list of records"):
        read(tmp_path / "tweets.js")


def test_an_archive_without_posts_says_so(tmp_path: Path) -> None:
    with pytest.raises(ExportFormatError, match="without posts"):
        read(put(tmp_path / "x", {"data/account.js": ACCOUNT}))


def test_reading_is_resumed_from_any_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detector.sources.interface.PAGE_RECORDS", 3)
    tree = wrapped(*(tweet(minute) for minute in range(8)))
    source = XArchive.open(Archive.of(put(tmp_path / "x", {"tweets.js": script("tweets", tree)})))
    pages = list(source.pages())
    assert [page.records for page in pages] == [3, 3, 2]
    assert list(source.pages(pages[0].cursor)) == pages[1:]


PRIVATE = (
    "direct-messages.js", "direct-messages-group.js", "direct-message-headers.js", "grok-chat-item.js",
    "contact.js", "ad-engagements.js", "personalization.js", "key-registry.js", "like.js", "follower.js",
)  # fmt: skip


def test_private_files_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = b'window.YTD.tweets.part0 = [{"tweet": {"full_text": "RAHASIA \xff\xfe"}}'
    files: dict[str, str | bytes] = {f"data/{name}": secret for name in PRIVATE}
    files |= {"data/tweets.js": script("tweets", wrapped(tweet())), "data/account.js": ACCOUNT}
    opened = []
    true_open = Archive.open

    def noted(self: Archive, member: str) -> io.BufferedReader:
        opened.append(member)
        return true_open(self, member)

    monkeypatch.setattr(Archive, "open", noted)
    pages = read(put(tmp_path / "x", files))
    assert set(opened) == {"data/tweets.js", "data/account.js"}
    assert "RAHASIA" not in repr(pages)
    assert len(posts_of(pages)) == 1


def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times the tweets take no more than the few bytes by which each is known again."""
    monkeypatch.setattr(_elements, "_CHUNK", 1 << 17)
    monkeypatch.setattr(_elements, "_GUESSED", 1 << 15)
    monkeypatch.setattr("detector.sources.interface.PAGE_RECORDS", 100)
    peaks = []
    for count in (1_400, 5_600):  # 5 and 20 MB
        chance = random.Random(count)
        path = tmp_path / f"{count}.js"
        filler = "".join(chance.choices("abcdefg ", k=3_000))
        tree = wrapped(*(tweet(minute, filler) for minute in range(count)))
        path.write_text(script("tweets", tree), encoding="utf-8")
        del tree
        tracemalloc.start()
        taken = sum(page.records for page in XArchive.open(Archive.of(path)).pages())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert taken == count
    assert peaks[1] - peaks[0] < 1_000_000


def test_the_native_source_is_not_asked_for_what_x_writes(tmp_path: Path) -> None:
    folder = put(tmp_path / "x", {"data/tweets.js": script("tweets", wrapped(tweet()))})
    assert not Native.recognises(Archive.of(folder))
