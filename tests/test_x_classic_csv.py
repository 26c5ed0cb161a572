"""Twitter's archive before 2018: the table, the monthly scripts, and both together."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from detector.errors import ExportFormatError
from detector.records import Page, Post, TimeQuality
from detector.sources._archive import Archive
from detector.sources.x_classic_csv import XClassicCsv

COLUMNS = (
    "tweet_id", "in_reply_to_status_id", "in_reply_to_user_id", "timestamp", "source", "text",
    "retweeted_status_id", "retweeted_status_user_id", "retweeted_status_timestamp", "expanded_urls",
)  # fmt: skip
WEB = '<a href="http://twitter.com" rel="nofollow">Twitter Web Client</a>'
OWNER = 'var user_details =  {\n  "screen_name" : "PolresContoh",\n  "id" : "88"\n}'


def row(own: str = "335372862485430272", **cells: str) -> dict[str, str]:
    return {
        "tweet_id": own,
        "timestamp": "2013-05-17 12:34:56 +0000",
        "source": WEB,
        "text": "Selamat pagi",
        **cells,
    }


def table(*rows: dict[str, str], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def month(*tweets: Any, name: str = "2013_05") -> str:
    return f"Grailbird.data.tweets_{name} = \n {json.dumps(tweets, indent=1)}"


def grailbird(own: str, text: str = "Dari berkas bulanan", **extra: Any) -> dict[str, Any]:
    return {
        "id_str": own,
        "id": int(own),
        "created_at": "2013-05-17 12:34:56 +0000",
        "text": text,
        "source": WEB,
        "entities": {"urls": [], "media": [], "user_mentions": [], "hashtags": []},
        "geo": {},
        "user": {"screen_name": "PolresContoh", "id": 88},
        **extra,
    }


def put(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")
    return folder


def read(path: Path, account: str | None = None) -> list[Page]:
    archive = Archive.of(path)
    assert XClassicCsv.recognises(archive)
    pages = list(XClassicCsv.open(archive, account=account).pages())
    for page in pages:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return pages


def posts_of(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


def reasons_of(pages: list[Page]) -> list[tuple[str, str]]:
    return [(str(one.where), one.why) for page in pages for one in page.rejected]


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    own = "335372862485430272"
    picture = f"https://twitter.com/PolresContoh/status/{own}/photo/1"
    content = table(
        row(
            text='Tertib &amp; aman,\nkata "Kapolres"',
            in_reply_to_status_id="77",
            expanded_urls=f"http://polres.example/a,b,http://polres.example/a,b,{picture}",
        )
    )
    (post,) = posts_of(read(put(tmp_path / "x", tweets_dot_csv=content)))
    assert post.text == 'Tertib & aman,\nkata "Kapolres"'
    assert post.created_at.isoformat() == "2013-05-17T12:34:56+00:00"
    assert post.time_quality is TimeQuality.EXACT
    assert post.app == "Twitter Web Client"
    assert post.in_reply_to == "77"
    assert post.links == ("http://polres.example/a,b",)
    assert [(one.kind, one.path) for one in post.media] == [("photo", picture)]
    assert post.account == "PolresContoh"
    assert post.where == "tweets.csv#0"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_from_a_spreadsheet_is_read_under_any_name(
    tmp_path: Path, delimiter: str, mark: str
) -> None:
    path = tmp_path / "humas polres.csv"
    path.write_text(mark + table(row(), delimiter=delimiter), encoding="utf-8", newline="")
    (post,) = posts_of(read(path))
    assert (post.account, post.text) == ("humas polres", "Selamat pagi")


def test_posts_come_oldest_first_and_once(tmp_path: Path) -> None:
    rows = [row("4", timestamp="2014-01-01 00:00:00 +0000"), row("3"), row("3")]
    pages = read(put(tmp_path / "x", tweets_dot_csv=table(*rows)))
    assert [one.id for one in posts_of(pages)] == ["3", "4"]
    assert sum(page.duplicates for page in pages) == 1


def test_the_table_wins_over_the_months_which_fill_its_gaps(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "x",
        tweets_dot_csv=table(row("3", text="Dari tabel")),
        data__js__user_details_dot_js=OWNER,
        data__js__tweets__2013_05_dot_js=month(grailbird("3"), grailbird("5")),
    )
    pages = read(folder)
    assert [(one.id, one.text) for one in posts_of(pages)] == [
        ("3", "Dari tabel"),
        ("5", "Dari berkas bulanan"),
    ]
    assert {one.account for one in posts_of(pages)} == {"PolresContoh"}
    assert sum(page.duplicates for page in pages) == 1


def test_months_alone_are_read_and_missing_ones_told(tmp_path: Path) -> None:
    index = [{"file_name": f"data/js/tweets/2013_0{number}.js"} for number in (5, 6)]
    urls = [{"url": "http://t.co/a", "expanded_url": "http://polres.example/b"}]
    photo = {"media_url_https": "https://pbs.twimg.com/media/A.jpg"}
    listed = [grailbird("3", entities={"urls": urls, "media": [photo]}), grailbird("4"), 5]
    folder = put(
        tmp_path / "x",
        data__js__user_details_dot_js=OWNER,
        data__js__tweet_index_dot_js=f"var tweet_index =  {json.dumps(index)}",
        data__js__tweets__2013_05_dot_js=month(*listed),
    )
    pages = read(folder)
    first, second = posts_of(pages)
    assert first.links == ("http://polres.example/b",)
    assert [one.kind for one in first.media] == ["photo"]
    assert second.account == "PolresContoh"
    assert sorted(reasons_of(pages)) == [
        ("data/js/tweet_index.js#1", "lists data/js/tweets/2013_06.js, which is missing"),
        ("data/js/tweets/2013_05.js#2", "is not an object"),
    ]


def test_a_month_handed_over_alone_is_read(tmp_path: Path) -> None:
    put(tmp_path, arsip_dot_js=month(grailbird("3")))
    assert len(posts_of(read(tmp_path / "arsip.js"))) == 1


def test_older_months_write_times_as_the_api_did(tmp_path: Path) -> None:
    old = grailbird("3", created_at="Fri May 17 12:34:56 +0000 2013")
    put(tmp_path, arsip_dot_js=month(old))
    assert posts_of(read(tmp_path / "arsip.js"))[0].created_at.hour == 12


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"timestamp": "1970-01-01 00:00:00 +0000"}, "its time is in the year 1970"),
        ({"timestamp": "kemarin"}, "time 'kemarin' is not understood"),
        ({"timestamp": "", "tweet_id": "20"}, "has no time"),
    ],
)
def test_an_unusable_row_is_rejected_and_leads(
    tmp_path: Path, cells: dict[str, str], why: str
) -> None:
    pages = read(put(tmp_path / "x", tweets_dot_csv=table(row("3"), row("4") | cells)))
    ((where, reason),) = reasons_of(pages)
    assert where == "tweets.csv#1"
    assert reason.startswith(why)
    assert len(posts_of(pages)) == 1


def test_a_row_without_a_time_takes_that_of_its_id(tmp_path: Path) -> None:
    (post,) = posts_of(read(put(tmp_path / "x", tweets_dot_csv=table(row(timestamp="")))))
    assert post.created_at.isoformat(timespec="seconds") == "2013-05-17T12:34:56+00:00"
    assert post.time_quality is TimeQuality.EXACT_MS


def test_a_retweet_is_one_by_its_column(tmp_path: Path) -> None:
    content = table(row(text="Mudik aman", retweeted_status_id="9"))
    assert posts_of(read(put(tmp_path / "x", tweets_dot_csv=content)))[0].is_repost


def test_the_account_is_told_by_its_own_pictures_when_nothing_else_does(tmp_path: Path) -> None:
    own, other = "335372862485430272", "335372862485430273"
    address = "https://twitter.com/{}/status/{}/photo/1"
    rows = [
        row(other, expanded_urls=address.format("orang_lain", "5")),
        row(own, expanded_urls=address.format("PolresContoh", own)),
    ]
    (first, _) = posts_of(read(put(tmp_path / "x", tweets_dot_csv=table(*rows))))
    assert first.account == "PolresContoh"


def test_the_callers_account_wins(tmp_path: Path) -> None:
    folder = put(tmp_path / "x", tweets_dot_csv=table(row()), data__js__user_details_dot_js=OWNER)
    assert posts_of(read(folder, account="@lain"))[0].account == "lain"


def test_a_damaged_month_beside_others_is_one_rejected(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "x",
        data__js__tweets__2013_05_dot_js=month(grailbird("3")),
        data__js__tweets__2013_06_dot_js="Grailbird.data.tweets_2013_06 = ",
    )
    assert reasons_of(read(folder)) == [("data/js/tweets/2013_06.js", "holds no list of records")]
    put(tmp_path, sendiri_dot_js="Grailbird.data.tweets_2013_06 = ")
    with pytest.raises(ExportFormatError):
        read(tmp_path / "sendiri.js")


def test_other_tables_are_left_to_others(tmp_path: Path) -> None:
    for number, header in enumerate(
        ("id,text,created_at", "tweet_id,timestamp,text", "post_id,caption,timestamp,expanded_urls")
    ):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"{header}\n1,a,2020-01-01,\n", encoding="utf-8")
        assert not XClassicCsv.recognises(Archive.of(path))
