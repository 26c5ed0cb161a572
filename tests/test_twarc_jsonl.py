"""Tweets from X's API: pages, flattened lines, version 1.1 and plain answers, of many accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources import _replies
from detector.sources._archive import Archive
from detector.sources.twarc_jsonl import TwarcJsonl

TWARC = {"__twarc": {"url": "https://api.twitter.com/2/users/1/tweets", "version": "2.13.0"}}
USERS = {"1": "kpucontoh", "2": "warga", "3": "polrescontoh"}


def tweet(number: int, author: str = "1", text: str = "Selamat pagi", **extra: Any) -> Any:
    return {
        "id": str(1620588994360246272 + number),
        "author_id": author,
        "created_at": f"2023-02-01T01:05:{number:02}.000Z",
        "edit_history_tweet_ids": [str(1620588994360246272 + number)],
        "lang": "in",
        "text": text,
        **extra,
    }


def reply(number: int, to: int, author: str, text: str = "Balasan") -> Any:
    return tweet(number, author, text, referenced_tweets=[referred("replied_to", tweet(to))])


def referred(kind: str, one: Any) -> Any:
    return {"type": kind, "id": one["id"]}


def page(*tweets: Any, **includes: Any) -> Any:
    users = [{"id": own, "username": name, "name": name} for own, name in USERS.items()]
    meta = {"result_count": len(tweets)}
    return {"data": list(tweets), "includes": {"users": users, **includes}, "meta": meta, **TWARC}


def first_version(number: int, name: str, text: str, **extra: Any) -> Any:
    own = 1156731268101046272 + number
    return {
        "id": own,
        "id_str": str(own),
        "created_at": f"Thu Aug 01 01:00:{number:02} +0000 2019",
        "full_text": text,
        "source": '<a href="http://twitter.com">Twitter Web Client</a>',
        "entities": {"urls": []},
        "user": {"id": 9, "id_str": "9", "screen_name": name},
        "lang": "in",
        **extra,
    }


def write(path: Path, *records: Any) -> Path:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert TwarcJsonl.recognises(archive)
    pages = list(TwarcJsonl.open(archive, account=account).pages())
    for one in pages:
        told = len(one.posts) + len(one.events) + len(one.rejected)
        assert told + one.ignored + one.duplicates == one.records
    return pages


def posts_of(pages: list[Page]) -> list[Post]:
    return [post for one in pages for post in one.posts]


def reasons_of(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


def test_a_page_gives_its_tweets_to_their_authors(tmp_path: Path) -> None:
    pages = read(write(tmp_path / "x.jsonl", page(tweet(1), tweet(2, "3")), page(tweet(1))))
    first, second = posts_of(pages)
    assert (first.account, second.account) == ("kpucontoh", "polrescontoh")
    assert first.url == f"https://x.com/kpucontoh/status/{first.id}"
    assert first.created_at.isoformat() == "2023-02-01T01:05:01+00:00"
    assert second.where == "x.jsonl#1"
    assert sum(one.duplicates for one in pages) == 1


def test_expansions_are_resolved(tmp_path: Path) -> None:
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://bit.ly/a", "unwound_url": "https://kpu.example/a"},
        {"url": "https://t.co/b", "expanded_url": "https://bit.ly/b"},
        {"url": "https://t.co/c", "expanded_url": "https://twitter.com/k/status/1/photo/1", "media_key": "3_1"},
    ]  # fmt: skip
    one = tweet(
        1,
        text="Baca &amp; sebarkan",
        entities={"urls": urls},
        attachments={"media_keys": ["3_1", "7_2", "16_9"]},
        geo={"place_id": "p1"},
        source="Hootsuite Inc.",
    )
    media = [
        {"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/a.jpg"},
        {"media_key": "7_2", "type": "video", "preview_image_url": "https://pbs.twimg.com/b.jpg"},
    ]
    places = [{"id": "p1", "full_name": "Rekaan, Indonesia"}]
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", page(one, media=media, places=places))))
    assert post.text == "Baca & sebarkan"
    assert post.links == ("https://kpu.example/a", "https://bit.ly/b")
    assert [(m.kind, m.path) for m in post.media] == [
        ("photo", "https://pbs.twimg.com/a.jpg"),
        ("video", "https://pbs.twimg.com/b.jpg"),
        ("video", None),
    ]
    assert (post.location, post.app) == ("Rekaan, Indonesia", "Hootsuite Inc.")


@pytest.mark.parametrize("is_flat", [True, False])
def test_a_retweet_has_the_whole_of_what_it_repeats(tmp_path: Path, *, is_flat: bool) -> None:
    urls = [{"url": "https://t.co/a", "expanded_url": "https://polres.example"}]
    original = tweet(1, "3", "Mudik aman &amp; nyaman, lengkapnya di sini", entities={"urls": urls})
    repeated = tweet(2, "1", "RT @polrescontoh: Mudik aman &amp; nya…")
    repeated["referenced_tweets"] = [referred("retweeted", original)]
    record = page(repeated, tweets=[original])
    if is_flat:
        full = original | {"type": "retweeted", "author": {"id": "3", "username": "polrescontoh"}}
        author = {"author": {"id": "1", "username": "kpucontoh"}}
        record = repeated | {"referenced_tweets": [full], **author, **TWARC}
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", record)))
    assert post.is_repost
    assert post.text == "RT @polrescontoh: Mudik aman & nyaman, lengkapnya di sini"
    assert post.links == ("https://polres.example",)
    assert post.account == "kpucontoh"


def test_a_retweet_whose_original_is_not_there_keeps_its_own_words(tmp_path: Path) -> None:
    lone = tweet(
        2, text="RT @x: a &amp;amp; b…", referenced_tweets=[{"type": "retweeted", "id": "5"}]
    )
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", page(lone))))
    assert (post.text, post.is_repost) == ("RT @x: a &amp; b…", True)


def test_a_long_tweets_note_is_its_text(tmp_path: Path) -> None:
    note = {"text": "Seluruh teks", "entities": {"urls": [{"expanded_url": "https://kpu.example"}]}}
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", page(tweet(1, note_tweet=note)))))
    assert (post.text, post.links) == ("Seluruh teks", ("https://kpu.example",))


def test_a_withheld_tweet_is_still_a_post(tmp_path: Path) -> None:
    held = tweet(1, withheld={"copyright": False, "country_codes": ["XY"]})
    assert len(posts_of(read(write(tmp_path / "x.jsonl", page(held))))) == 1


def test_errors_accounts_and_messages_are_ignored_by_name(tmp_path: Path) -> None:
    error = {"title": "Forbidden", "detail": "User has been suspended", "type": "about:blank"}
    path = write(
        tmp_path / "x.jsonl",
        page(tweet(1)) | {"errors": [error, error]},
        {"errors": [error], **TWARC},
        error | {"status": 429},
        {"meta": {"result_count": 0}, **TWARC},
        {"data": [{"id": "1", "username": "kpucontoh", "name": "KPU"}], "meta": {}},
        {"delete": {"status": {"id": 1}}},
    )
    pages = read(path)
    assert len(posts_of(pages)) == 1
    assert sum(one.ignored for one in pages) == 6
    assert sum(one.records for one in pages) == 7


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": None}, "has no text"),
        ({"text": 5}, "its text is of a wrong type"),
        ({"created_at": "2150-01-01T00:00:00.000Z"}, "its time is in the year 2150"),
        ({"created_at": "1999-01-01T00:00:00.000Z"}, "its time is in the year 1999"),
        ({"created_at": None, "id": "20"}, "has no time"),
        ({"id": None}, "has no id"),
    ],
)
def test_an_unusable_tweet_is_rejected_and_its_neighbours_are_not(
    tmp_path: Path, change: Any, why: str
) -> None:
    pages = read(write(tmp_path / "x.jsonl", page(tweet(1), tweet(2) | change, tweet(3))))
    assert reasons_of(pages) == [("x.jsonl#1", why)]
    assert [one.account for one in posts_of(pages)] == ["kpucontoh"] * 2


def test_odd_extras_lose_only_themselves(tmp_path: Path) -> None:
    odd = tweet(1, entities=5, attachments="x", geo=[], referenced_tweets={})
    record = page(odd) | {"errors": "x"}
    record["includes"]["media"] = 5
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", record)))
    assert (post.account, post.links, post.media) == ("kpucontoh", (), ())


def test_damaged_lines_are_rejected_with_their_place(tmp_path: Path) -> None:
    lines = [page(tweet(1)), '{"id": "5, "text"', "", "7", page(tweet(2))]
    pages = read(write(tmp_path / "x.jsonl", *lines))
    assert reasons_of(pages) == [
        ("x.jsonl#1", "is not whole JSON: damaged or cut off"),
        ("x.jsonl#2", "is not an object"),
    ]
    assert posts_of(pages)[1].where == "x.jsonl#3"


def test_half_a_surrogate_pair_never_leaves(tmp_path: Path) -> None:
    line = json.dumps(page(tweet(1))).replace("Selamat pagi", "Selamat \\ud83d pagi")
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", line)))
    assert post.text == "Selamat \ufffd pagi"


def test_version_one_is_read_in_all_its_lengths(tmp_path: Path) -> None:
    whole = first_version(1, "dinascontoh", "Layanan KTP malam hari &amp; gratis untuk semua warga")
    short = first_version(
        2, "kabcontoh", "RT @dinascontoh: Layanan KTP malam…", retweeted_status=whole
    )
    links = {"urls": [{"expanded_url": "https://kab.example"}]}
    cut = first_version(3, "kabcontoh", "", extended_tweet={"full_text": "Utuh", "entities": links})
    cut["text"] = "Dipotong…"
    del cut["full_text"]
    trimmed = first_version(4, "", "Tanpa nama", user={"id": 9, "id_str": "9"})
    answer = first_version(5, "kabcontoh", "@a Ya", in_reply_to_status_id_str="77")
    posts = posts_of(read(write(tmp_path / "x.jsonl", whole, short, cut, trimmed, answer)))
    assert [one.text for one in posts] == [
        "Layanan KTP malam hari & gratis untuk semua warga",
        "RT @dinascontoh: Layanan KTP malam hari & gratis untuk semua warga",
        "Utuh",
        "Tanpa nama",
        "@a Ya",
    ]
    assert [one.account for one in posts] == [
        "dinascontoh",
        "kabcontoh",
        "kabcontoh",
        "9",
        "kabcontoh",
    ]
    assert [one.is_repost for one in posts] == [False, True, False, False, False]
    assert posts[2].links == ("https://kab.example",)
    assert (posts[4].in_reply_to, posts[4].app) == ("77", "Twitter Web Client")


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("single", [True, False])
def test_a_saved_answer_is_read(tmp_path: Path, indent: int | None, *, single: bool) -> None:
    bare = {"id": "1620588994360246272", "text": "Tanpa waktu", "edit_history_tweet_ids": []}
    path = tmp_path / "jawaban.json"
    path.write_text(json.dumps({"data": bare if single else [bare]}, indent=indent))
    (post,) = posts_of(read(path))
    assert post.created_at.isoformat(timespec="minutes") == "2023-02-01T01:05+00:00"
    assert post.time_quality is TimeQuality.EXACT_MS
    assert post.account == "jawaban"
    assert posts_of(read(path, account="@kpu"))[0].account == "kpu"


def test_lists_of_answers_and_of_tweets_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([page(tweet(1)), page(tweet(2))], indent=1))
    assert len(posts_of(read(path))) == 2
    path.write_text(json.dumps([first_version(1, "a", "b")]))
    assert len(posts_of(read(path))) == 1


def test_an_answer_of_a_stranger_becomes_a_comment(tmp_path: Path) -> None:
    tweets = [
        reply(3, 1, "2", "admin dihack?"),
        tweet(1),
        reply(4, 3, "1", "Tidak, Kak"),
        reply(5, 4, "2", "oh begitu"),
        reply(6, 1, "3", "Siap"),
        tweet(7, "3"),
    ]
    pages = read(write(tmp_path / "x.jsonl", page(*tweets)))
    post, answer, guest, other = posts_of(pages)
    assert [(one.author, one.text) for one in post.comments] == [
        ("warga", "admin dihack?"),
        ("polrescontoh", "Siap"),
    ]
    assert [one.text for one in answer.comments] == ["oh begitu"]
    assert (answer.text, answer.account) == ("Tidak, Kak", "kpucontoh")
    assert (guest.account, other.account) == ("polrescontoh", "polrescontoh")
    assert sum(one.ignored for one in pages) == 2


def test_an_answer_to_what_is_not_there_stays_a_post(tmp_path: Path) -> None:
    pages = read(write(tmp_path / "x.jsonl", page(reply(3, 1, "2"))))
    assert [one.account for one in posts_of(pages)] == ["warga"]


def test_comments_are_looked_for_among_the_records_of_one_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_replies, "WINDOW", 2)
    tweets = [tweet(1), reply(3, 1, "2"), reply(4, 1, "2")]
    pages = read(write(tmp_path / "x.jsonl", page(*tweets)))
    first, late = posts_of(pages)
    assert len(first.comments) == 1
    assert late.account == "warga"


def test_a_damaged_file_among_others_is_one_rejected(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    write(folder / "a.jsonl", page(tweet(1)))
    whole = json.dumps(page(tweet(2)), indent=1)
    (folder / "b.json").write_text(whole[: len(whole) // 2])
    assert reasons_of(read(folder)) == [("b.json", "is not whole JSON: damaged or cut off")]
    with pytest.raises(ExportFormatError):
        read(folder / "b.json")


@pytest.mark.parametrize(
    "record",
    [
        {"source_platform": "twitter.com", "data": tweet(1), "item_id": "1"},
        {"_type": "snscrape.modules.twitter.Tweet", "id": 1, "conversationId": 1, "text": "a"},
        {"category": "twitter", "subcategory": "timeline", "conversation_id": 1, "id": "1", "text": "a"},
        {"data": [{"id": "1_2", "message": "Graph", "text": "a"}], "paging": {}},
        {"id": "1", "text": "a", "created_at": "2024-01-01T00:00:00Z", "username": "b"},
    ],
)  # fmt: skip
def test_other_tools_files_are_left_to_others(tmp_path: Path, record: Any) -> None:
    assert not TwarcJsonl.recognises(Archive.of(write(tmp_path / "x.jsonl", record)))
