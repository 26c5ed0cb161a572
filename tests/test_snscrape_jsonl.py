"""What snscrape wrote: tweets of its older and newer versions, and posts of other platforms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from detector.records import Page, Post
from detector.sources._archive import Archive
from detector.sources.snscrape_jsonl import SnscrapeJsonl


def tweet(number: int, name: str = "dishubcontoh", text: str = "Halo", **extra: Any) -> Any:
    own = 1610803263697846272 + number
    return {
        "_type": "snscrape.modules.twitter.Tweet",
        "url": f"https://twitter.com/{name}/status/{own}",
        "date": f"2023-01-05T01:00:{number:02}+00:00",
        "rawContent": text,
        "renderedContent": text,
        "id": own,
        "user": {"_type": "snscrape.modules.twitter.User", "username": name, "id": 1},
        "lang": "in",
        "source": '<a href="http://twitter.com/download/android">Twitter for Android</a>',
        "sourceLabel": "Twitter for Android",
        "inReplyToTweetId": None,
        "retweetedTweet": None,
        "media": None,
        **extra,
    }


def other(kind: str, **fields: Any) -> Any:
    return {
        "_type": f"snscrape.modules.{kind}",
        "date": "2022-05-04T02:00:00+00:00",
        "content": "Siaran",
        **fields,
    }


def write(path: Path, *records: Any) -> Path:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert SnscrapeJsonl.recognises(archive)
    pages = list(SnscrapeJsonl.open(archive, account=account).pages())
    for one in pages:
        told = len(one.posts) + len(one.events) + len(one.rejected)
        assert told + one.ignored + one.duplicates == one.records
    return pages


def posts_of(pages: list[Page]) -> list[Post]:
    return [post for one in pages for post in one.posts]


def reasons_of(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


def test_a_tweet_of_newer_versions_is_read_whole(tmp_path: Path) -> None:
    media = [
        {"_type": "snscrape.modules.twitter.Photo", "previewUrl": "p", "fullUrl": "https://x.example/f"},
        {"_type": "snscrape.modules.twitter.Gif", "variants": [{"url": "https://x.example/g"}]},
    ]  # fmt: skip
    one = tweet(
        1,
        text="KIR &amp; uji emisi\nAyo",
        media=media,
        links=[{"url": "https://dishub.example", "tcourl": "https://t.co/a"}],
        place={"fullName": "Contoh, Indonesia"},
    )
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", one)))
    assert post.text == "KIR & uji emisi\nAyo"
    assert (post.platform, post.account, post.app) == ("x", "dishubcontoh", "Twitter for Android")
    assert post.links == ("https://dishub.example",)
    assert [(m.kind, m.path) for m in post.media] == [
        ("photo", "https://x.example/f"),
        ("video", "https://x.example/g"),
    ]
    assert (post.location, post.language) == ("Contoh, Indonesia", "in")
    assert post.where == "x.jsonl#0"


def test_a_tweet_of_older_versions_is_read_too(tmp_path: Path) -> None:
    old = tweet(1, outlinks=["https://dinkes.example"], content="Vaksinasi", sourceLabel=None)
    del old["rawContent"]
    (post,) = posts_of(read(write(tmp_path / "x.jsonl", old)))
    assert (post.text, post.links) == ("Vaksinasi", ("https://dinkes.example",))
    assert post.app == "Twitter for Android"


def test_lines_that_lost_their_type_are_tweets(tmp_path: Path) -> None:
    bare = tweet(1, conversationId=1)
    del bare["_type"]
    assert len(posts_of(read(write(tmp_path / "x.json", f"[{json.dumps(bare)}]")))) == 1


def test_a_retweet_has_the_whole_of_what_it_repeats(tmp_path: Path) -> None:
    inner = tweet(1, "kemencontoh", "Mudik &amp; balik, daftar lewat laman resmi")
    (post,) = posts_of(
        read(write(tmp_path / "x.jsonl", tweet(2, text="RT @kemen…", retweetedTweet=inner)))
    )
    assert post.text == "RT @kemencontoh: Mudik & balik, daftar lewat laman resmi"
    assert (post.is_repost, post.account) == (True, "dishubcontoh")


def test_an_answer_of_a_stranger_becomes_a_comment(tmp_path: Path) -> None:
    first = tweet(1)
    answer = tweet(2, "warga", "kok linknya aneh?", inReplyToTweetId=first["id"])
    pages = read(write(tmp_path / "x.jsonl", answer, first, tweet(1)))
    (post,) = posts_of(pages)
    assert [(one.author, one.text) for one in post.comments] == [("warga", "kok linknya aneh?")]
    assert sum(one.ignored for one in pages) == 1
    assert sum(one.duplicates for one in pages) == 1


def test_other_platforms_are_read_by_their_addresses(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.jsonl",
        other("facebook.FacebookPost", cleanUrl="https://www.facebook.com/kec.contoh/posts/1234567890"),
        other("facebook.FacebookPost", cleanUrl="https://www.facebook.com/permalink.php?story_fbid=55555&id=77"),
        other("instagram.InstagramPost", url="https://www.instagram.com/p/B8_-x/", username="kec.contoh", isVideo=True, displayUrl="https://x.example/d"),
        other("instagram.InstagramPost", cleanUrl="https://www.instagram.com/p/B9/", dirtyUrl="https://www.instagram.com/p/B9/?taken-by=kec.contoh"),
        other("telegram.TelegramPost", url="https://t.me/s/keccontoh/77", content=None, outlinks=["https://pln.example"]),
    )  # fmt: skip
    found = [(one.platform, one.account, one.id) for one in posts_of(read(path))]
    assert found == [
        ("facebook", "kec.contoh", "1234567890"),
        ("facebook", "77", "55555"),
        ("instagram", "kec.contoh", "B8_-x"),
        ("instagram", "kec.contoh", "B9"),
        ("telegram", "keccontoh", "keccontoh/77"),
    ]
    posts = posts_of(read(path))
    assert posts[2].media[0].kind == "video"
    assert (posts[4].text, posts[4].links) == ("", ("https://pln.example",))


def test_what_cannot_be_a_post_is_ignored_by_name(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.jsonl",
        tweet(1),
        {"_type": "snscrape.modules.twitter.TweetRef", "id": 5},
        {"_type": "snscrape.modules.twitter.Tombstone", "id": 5},
        {"_type": "snscrape.modules.twitter.User", "username": "a"},
        {"_type": "snscrape.modules.reddit.Submission", "id": "a"},
    )
    pages = read(path)
    assert [(one.records, one.ignored, len(one.posts)) for one in pages] == [(5, 4, 1)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"date": "kemarin"}, "time 'kemarin' is not understood"),
        ({"date": None, "id": 20}, "has no time"),
        ({"date": "2150-01-01T00:00:00+00:00"}, "its time is in the year 2150"),
        ({"rawContent": None}, "has no text"),
        ({"id": None}, "has no id"),
        ({"rawContent": ["a"]}, "its rawContent is of a wrong type"),
        (other("telegram.TelegramPost", date="2001-01-01T00:00:00+00:00"), "its time is in the year 2001"),
    ],
)  # fmt: skip
def test_an_unusable_line_is_rejected_with_its_place(tmp_path: Path, change: Any, why: str) -> None:
    pages = read(write(tmp_path / "x.jsonl", tweet(1), tweet(2) | change, tweet(3)))
    ((where, reason),) = reasons_of(pages)
    assert where == "x.jsonl#1"
    assert reason.startswith(why)
    assert len(posts_of(pages)) == 2


def test_damaged_lines_and_odd_extras_lose_only_themselves(tmp_path: Path) -> None:
    odd = tweet(2, media=5, links=[5], place=[], user="x")
    pages = read(write(tmp_path / "x.jsonl", tweet(1), '{"_type": "snscr', "5", odd))
    assert [where for where, _ in reasons_of(pages)] == ["x.jsonl#1", "x.jsonl#2"]
    assert posts_of(pages)[1].account == "x"
    assert posts_of(read(tmp_path / "x.jsonl", account="@lain"))[1].account == "lain"


def test_others_lines_are_left_to_others(tmp_path: Path) -> None:
    line = {"id": "1", "content": "a", "date": "2024-01-01", "user": {"username": "b"}}
    assert not SnscrapeJsonl.recognises(Archive.of(write(tmp_path / "x.jsonl", line)))
