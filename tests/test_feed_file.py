"""Feeds: every version and dialect, nothing fetched, nothing expanded, nothing twice."""

from __future__ import annotations

import builtins
import json
import socket
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from exports import write_zip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.errors import ExportFormatError, SourceError
from detector.records import Media, Page, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._feed_items import LONGEST, whose, words_in_json, words_of
from detector.sources._feed_xml import root_of
from detector.sources._html import plain
from detector.sources._simple_runs import found_at_once
from detector.sources.feed_file import FeedFile

NOON = "Thu, 21 Nov 2024 05:00:00 +0000"
WHEN = datetime(2024, 11, 21, 5, tzinfo=UTC)
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def rss(
    *items: str, about: str = "<title>KPU Rekaan</title><link>https://kpu.example/</link>"
) -> str:
    body = "".join(f"<item>{one}</item>" for one in items)
    return f'<rss version="2.0" {SPACES}><channel>{about}{body}</channel></rss>'


def item(text: str = "Halo", date: str = NOON, more: str = "") -> str:
    return f"<description>{text}</description><pubDate>{date}</pubDate>{more}"


def feed(*items: object, **more: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", **more, "items": list(items)})


def opened(folder: Path, text: str | bytes, name: str = "feed.xml", **named: str) -> FeedFile:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    archive = Archive.of(path)
    assert FeedFile.recognises(archive)
    return FeedFile.open(archive, **named)


def read(folder: Path, text: str | bytes, name: str = "feed.xml", **named: str) -> list[Page]:
    return list(opened(folder, text, name, **named).pages())


def posts(folder: Path, text: str | bytes, name: str = "feed.xml", **named: str) -> list[Post]:
    return [one for page in read(folder, text, name, **named) for one in page.posts]


def rejected(folder: Path, text: str | bytes, name: str = "feed.xml") -> list[Rejected]:
    return [one for page in read(folder, text, name) for one in page.rejected]


@pytest.mark.parametrize(
    ("text", "is_feed"),
    [
        (rss(), True),
        ('<?xml version="1.0"?>\n<!-- a -->\n<feed xmlns="http://www.w3.org/2005/Atom"/>', True),
        ('<rdf:RDF xmlns="http://purl.org/rss/1.0/"/>', True),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>', True),
        ('<rdf:RDF xmlns:foaf="http://xmlns.com/foaf/0.1/"/>', False),
        ('<opml version="2.0"><body><outline type="rss" xmlUrl="https://a.example"/></body></opml>', False),
        ("<html><head><link type='application/rss+xml'></head><body><rss></body></html>", False),
        ("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", False),
        (feed(), True),
        ('{"version": "https:\\/\\/jsonfeed.org\\/version\\/1", "items": []}', True),
        ('{"items": [{"content_html": "<p>a</p>"}], "title": "a", "version": "?"}', True),
        ('{"items": [], "kind": "youtube#videoListResponse"}', False),
        ('[{"content_text": "a"}]', False),
        ("RSS: <rss>", False),
    ],
)  # fmt: skip
def test_feeds_are_known_by_their_outermost_element(
    tmp_path: Path, text: str, is_feed: bool
) -> None:
    path = tmp_path / "simpanan.bin"
    path.write_text(text, encoding="utf-8")
    assert FeedFile.recognises(Archive.of(path)) is is_feed


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    (one,) = posts(tmp_path, rss(item("Rapat “pleno” 🙏")).encode(encoding))
    assert one.text == "Rapat “pleno” 🙏"
    (other,) = posts(tmp_path, feed({"content_text": "é🙏", "date_published": "2024-11-21T05:00:00Z"}).encode(encoding), "f.json")  # fmt: skip
    assert other.text == "é🙏"


def test_the_declared_encoding_counts(tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="windows-1252"?>{rss(item("“Café” – 5 €"))}'
    (one,) = posts(tmp_path, text.encode("cp1252"))
    assert one.text == "“Café” – 5 €"


@pytest.mark.parametrize(
    ("written", "at", "quality"),
    [
        ("Thu, 21 Nov 2024 01:14:00 WIB", datetime(2024, 11, 20, 18, 14, tzinfo=UTC), TimeQuality.EXACT),
        ("Thu, 21 Nov 2024 01:14:00 WIT", datetime(2024, 11, 20, 16, 14, tzinfo=UTC), TimeQuality.EXACT),
        ("Thu, 21 Nov 2024 01:14:00 GMT", datetime(2024, 11, 21, 1, 14, tzinfo=UTC), TimeQuality.EXACT),
        ("Thu, 21 Nov 2024 01:14:00 PST", datetime(2024, 11, 21, 9, 14, tzinfo=UTC), TimeQuality.EXACT),
        ("Thu, 21 Nov 2024 01:14:00 BRT", datetime(2024, 11, 21, 1, 14, tzinfo=UTC), TimeQuality.LOCAL),
        ("Thu, 21 Nov 2024 01:14:00", datetime(2024, 11, 21, 1, 14, tzinfo=UTC), TimeQuality.LOCAL),
        ("Kamis, 21 Nopember 2024 01:14:00 +0700", datetime(2024, 11, 20, 18, 14, tzinfo=UTC), TimeQuality.EXACT),
        ("2024-11-21T01:14:00.500+07:00", datetime(2024, 11, 20, 18, 14, 0, 500_000, tzinfo=UTC), TimeQuality.EXACT_MS),
        ("2024-11-21 01:14:00", datetime(2024, 11, 21, 1, 14, tzinfo=UTC), TimeQuality.LOCAL),
    ],
)  # fmt: skip
def test_every_spelling_of_a_time(
    tmp_path: Path, written: str, at: datetime, quality: TimeQuality
) -> None:
    (one,) = posts(tmp_path, rss(item(date=written)))
    assert (one.created_at, one.time_quality) == (at, quality)


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("", "has no time"),
        ("kemarin", "time 'kemarin' is not understood"),
        ("Fri, 21 Nov 2150 01:14:00 GMT", "its time is in the year 2150"),
        ("Fri, 21 Nov 1980 01:14:00 GMT", "its time is in the year 1980"),
    ],
)
def test_an_item_without_a_usable_time_is_rejected(tmp_path: Path, date: str, why: str) -> None:
    (one,) = rejected(tmp_path, rss(item(date=date), item()))[:1]
    assert str(one.where) == "feed.xml#0"
    assert one.why.startswith(why)


def test_the_time_of_publishing_wins_over_that_of_an_edit(tmp_path: Path) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>a</title>'
        "<updated>2024-12-01T00:00:00Z</updated><published>2024-11-21T05:00:00Z</published></entry>"
        "<entry><id>2</id><title>b</title><updated>2024-11-21T05:00:00Z</updated></entry></feed>"
    )
    assert [one.created_at for one in posts(tmp_path, atom)] == [WHEN, WHEN]


@pytest.mark.parametrize(
    ("title", "content", "text"),
    [
        ("Judul", "Isi", "Judul\n\nIsi"),
        ("Isi kabar", "Isi  kabar hari ini", "Isi  kabar hari ini"),
        ("ISI kabar…", "Isi kabar hari ini", "Isi kabar hari ini"),
        ("Isi kabar hari ini", "Isi kabar...", "Isi kabar hari ini"),
        ("", "Isi", "Isi"),
        ("Judul", "", "Judul"),
        ("A &amp;amp; B", "Isi", "A & B\n\nIsi"),
    ],
)
def test_a_title_is_not_doubled(tmp_path: Path, title: str, content: str, text: str) -> None:
    (one,) = posts(tmp_path, rss(item(content, more=f"<title>{title}</title>")))
    assert one.text == text


def test_the_whole_content_wins_over_its_beginning(tmp_path: Path) -> None:
    whole = "<content:encoded><![CDATA[<p>Satu<br />\ndua</p>\n<p>Tiga</p>]]></content:encoded>"
    (one,) = posts(tmp_path, rss(item("Satu [&amp;hellip;]", more=whole)))
    assert one.text == "Satu\ndua\n\nTiga"


def test_the_words_beside_a_picture_are_not_the_post(tmp_path: Path) -> None:
    """Mastodon describes its pictures in a tag that many readers take for the post's own."""
    more = (
        '<media:content url="https://m.example/1.png" type="image/png" fileSize="9" medium="image">'
        '<media:description type="plain">Poster</media:description></media:content>'
    )
    (one,) = posts(tmp_path, rss(item("Kata admin", more=more)))
    assert one.text == "Kata admin"
    assert one.media == (Media("photo", "https://m.example/1.png", 9),)


def test_scripts_are_never_words(tmp_path: Path) -> None:
    content = "<![CDATA[<p onclick='x()'>Halo</p><script>evil()</script><style>p{}</style>]]>"
    (one,) = posts(tmp_path, rss(item(content)))
    assert one.text == "Halo"


def test_links_are_destinations_and_relative_ones_are_joined(tmp_path: Path) -> None:
    content = (
        "<![CDATA[<a href='peta'>peta</a> <a href='https://wa.me/6281200001234'>WA</a> "
        "<a class='mention hashtag' rel='tag' href='https://m.example/tags/a'>#a</a>"
        "<a href='javascript:x()'>x</a><a href='http://[salah'>y</a><img src='/1.jpg'>]]>"
    )
    more = "<link>kabar/1</link><enclosure url='2.mp4' type='video/mp4' length='0'/><enclosure url=''/>"
    (one,) = posts(tmp_path, rss(item(content, more=more)))
    assert one.links == ("https://kpu.example/peta", "https://wa.me/6281200001234", "http://[salah")
    assert one.url == "https://kpu.example/kabar/1"
    assert one.media == (
        Media("video", "https://kpu.example/2.mp4"),
        Media("photo", "https://kpu.example/1.jpg"),
    )


def test_without_a_guid_the_same_item_has_the_same_id(tmp_path: Path) -> None:
    pages = read(tmp_path, rss(item("Sama"), item("Sama"), item("Lain")))
    assert [one.text for one in pages[0].posts] == ["Sama", "Lain"]
    assert pages[0].duplicates == 1
    assert len({one.id for one in pages[0].posts}) == 2


def test_an_edited_item_is_a_duplicate_of_the_first(tmp_path: Path) -> None:
    guid = "<guid>7</guid><link>https://kpu.example/7</link>"
    late = item("Baru", "Fri, 22 Nov 2024 05:00:00 GMT", guid)
    (page,) = read(tmp_path, rss(late, item("Lama", more=guid)))
    assert [one.text for one in page.posts] == ["Lama"]
    assert page.duplicates == 1


def test_one_guid_over_different_items_is_no_id(tmp_path: Path) -> None:
    """Some programs write the site's address as the guid of every item."""
    items = [
        item(word, more=f"<guid>https://kpu.example</guid><link>https://kpu.example/{word}</link>")
        for word in ("satu", "dua", "dua")
    ]
    (page,) = read(tmp_path, rss(*items))
    assert sorted(one.text for one in page.posts) == ["dua", "satu"]
    assert page.duplicates == 1


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("https://www.youtube.com/channel/UCabc", ("youtube", "UCabc")),
        ("https://www.youtube.com/@kpurekaan", ("youtube", "kpurekaan")),
        ("https://sosial.example/@kpu", ("mastodon", "kpu")),
        ("https://sosial.example/users/kpu", ("mastodon", "kpu")),
        ("https://bsky.app/profile/kpu.bsky.social", ("bluesky", "kpu.bsky.social")),
        ("https://t.me/s/kpurekaan", ("telegram", "kpurekaan")),
        ("https://www.instagram.com/kpurekaan/", ("instagram", "kpurekaan")),
        ("https://twitter.com/kpurekaan", ("x", "kpurekaan")),
        ("https://m.facebook.com/kpurekaan", ("facebook", "kpurekaan")),
        ("https://kpu.example/berita", ("feed", "Nama")),
        ("http://[salah", ("feed", "Nama")),
    ],
)
def test_whose_feed_it_is(address: str, owner: tuple[str, str]) -> None:
    assert whose([address], ["Nama"]) == owner


def test_a_feed_without_a_name_is_called_by_its_address_or_file(tmp_path: Path) -> None:
    (one,) = posts(tmp_path, rss(item(), about="<link>https://kpu.example/berita/</link>"))
    (other,) = posts(tmp_path, rss(item(), about=""), "kantor.rss")
    assert (one.account, other.account) == ("berita", "kantor")


def test_the_callers_account_and_platform_win(tmp_path: Path) -> None:
    (one,) = posts(tmp_path, rss(item()), account="@humas", platform="Telegram")
    assert (one.platform, one.account) == ("telegram", "humas")


def test_a_shared_post_is_a_repost(tmp_path: Path) -> None:
    (one,) = posts(tmp_path, rss(item(more="<title>RT by @kpurekaan: Halo</title>")))
    assert one.is_repost


LAUGHS = "".join(
    f'<!ENTITY lol{rank} "{f"&lol{rank - 1};" * 10 if rank else "lol"}">' for rank in range(10)
)


@pytest.mark.parametrize("before", ["", "<!-- <rss -->", '<?xml version="1.0"?>\n'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_expanded(tmp_path: Path, before: str, encoding: str) -> None:
    """A kilobyte that would unfold to gigabytes costs nothing, and no entity names a file."""
    secret = tmp_path / "secret.txt"
    secret.write_text("RAHASIA", encoding="utf-8")
    text = (
        f'{before}<!DOCTYPE rss [{LAUGHS}<!ENTITY xxe SYSTEM "{secret.as_uri()}">'
        f'<!ENTITY % more SYSTEM "{secret.as_uri()}"> %more;]>'
        + rss(item("a &lol9; b &xxe; c"), item("utuh", more="<guid>2</guid>"))
    )
    started = time.process_time()
    tracemalloc.start()
    found = posts(tmp_path, text.encode(encoding))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - started < 5
    assert peak < 20 << 20
    assert "utuh" in {one.text for one in found}
    assert "RAHASIA" not in repr(found)
    assert "lollol" not in repr(found)


def test_nothing_is_fetched_and_no_file_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address as the whole content, a stylesheet, an external subset: all stay where they are."""
    text = (
        '<?xml version="1.0"?><?xml-stylesheet href="https://evil.example/x.xsl"?>'
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://evil.example/rss.dtd">'
        + rss(item("<![CDATA[<img src='https://evil.example/1.png'>x]]>"))
    )
    source = opened(tmp_path, text)
    list(source.pages())
    touched: list[object] = []

    def refuse(*arguments: object, **_: object) -> Any:
        touched.append(arguments)
        raise OSError("not here")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    assert [one.text for page in source.pages() for one in page.posts] == ["x"]
    assert not touched


def test_what_stands_before_a_feed_is_passed_over() -> None:
    assert root_of("\ufeff <?xml?><!-- <rss> --> <!DOCTYPE a [ <!ENTITY b ']>'> ]> <rss>") == ""
    assert root_of("<?xml?><!DOCTYPE a SYSTEM 'b'><rss >") == "<rss >"
    assert root_of("<!-- never ends <rss>") == ""
    assert root_of("<!DOCTYPE a [ <rss>") == ""


@pytest.mark.parametrize(
    "inner",
    ["<a>" * 8_000, "<div>" * 8_000, "<" * 20_000, "&" * 20_000, "<![CDATA[" * 8_000, "<!" * 8_000,
     "<a b='" * 8_000, "a=b " * 8_000, "<br" * 8_000],
)  # fmt: skip
def test_hostile_markup_takes_no_time(tmp_path: Path, inner: str) -> None:
    started = time.process_time()
    for text in (rss(item(inner)), rss(item(inner)).removesuffix("</channel></rss>")):
        try:
            read(tmp_path, text)
        except SourceError as error:
            assert "\n" not in str(error)
    assert time.process_time() - started < 8


def test_a_feed_too_large_to_be_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detector.sources.feed_file.LARGEST", {"xml": 100, "json": 100})
    with pytest.raises(ExportFormatError, match="larger than") as caught:
        read(tmp_path, rss(item()))
    assert "\n" not in str(caught.value)


def test_items_that_never_end_are_no_feed(tmp_path: Path) -> None:
    with pytest.raises(ExportFormatError, match="damaged"):
        read(tmp_path, rss("<item><title>a</title>" * 500))


def test_content_too_long_to_be_read_is_rejected_but_for_its_pictures(tmp_path: Path) -> None:
    """Some programs write whole pictures into the text."""
    picture = f"<p>Halo</p><img src='data:image/png;base64,{'A' * (LONGEST + 1)}'>"
    nested = "<a href=x><b>" * (LONGEST // 10)
    (page,) = read(tmp_path, rss(item(f"<![CDATA[{picture}]]>"), item(f"<![CDATA[{nested}]]>")))
    assert [(one.text, one.media) for one in page.posts] == [("Halo", ())]
    assert [one.why for one in page.rejected] == ["its content has more than 262,144 characters"]


def test_a_cut_off_feed_says_so(tmp_path: Path) -> None:
    whole = rss(item("satu", more="<guid>1</guid>"), item("dua", more="<guid>2</guid>"))
    within = whole[: whole.index("dua") + 2]
    (page,) = read(tmp_path, within)
    assert [one.text for one in page.posts] == ["satu"]
    assert [(str(one.where), one.why) for one in page.rejected] == [("feed.xml#1", "is cut off")]
    after = whole.removesuffix("</channel></rss>")
    (page,) = read(tmp_path, after)
    assert [one.text for one in page.posts] == ["satu", "dua"]
    assert [str(one.where) for one in page.rejected] == ["feed.xml"]
    with pytest.raises(ExportFormatError, match="cut off"):
        read(tmp_path, whole[: whole.index("<item>")])


def test_a_bad_character_does_not_lose_a_feed(tmp_path: Path) -> None:
    text = rss(item("satu & <b>dua", more="<guid>1</guid>"), item("tiga \x0b &nbsp;"))
    assert len(posts(tmp_path, text)) == 2


def test_json_feeds_of_any_version_and_with_wrong_types(tmp_path: Path) -> None:
    time_of = {"date_published": "2024-11-21T05:00:00Z"}
    text = feed(
        {"id": 3.5, "content_text": "a", "language": 1, "attachments": "x", **time_of},
        {"id": [], "content_html": "<p>b</p>", "content_text": {}, "attachments": [1, {"url": 2}], **time_of},
        {"id": "x", "content_text": "c", "date_published": 5},
        {"id": "y", "content_text": "d"},
        {"id": "z", **time_of},
        [],
        None,
        version="https://jsonfeed.org/version/1234", title=["a"], authors={"a": 1}, home_page_url=7,
    )  # fmt: skip
    (page,) = read(tmp_path, text, "kantor.json")
    first = page.posts[0]
    assert (first.id, first.text, first.account) == ("3.5", "a", "kantor")
    assert [one.text for one in page.posts] == ["a", "b"]
    assert [one.why for one in page.rejected] == [
        "its time is no text", "has no time", "has neither text nor media", "is not an object",
        "is not an object",
    ]  # fmt: skip
    assert page.records == 7


def test_half_a_surrogate_pair_never_leaves(tmp_path: Path) -> None:
    text = feed(
        {"content_text": "a\ud83d", "title": "\udc00", "date_published": "2024-11-21T05:00:00Z"}
    )
    (one,) = posts(tmp_path, text, "f.json")
    one.text.encode()
    (other,) = posts(tmp_path, rss(item("a&#xD83D;b")))
    other.text.encode()


def test_an_empty_feed_has_no_posts(tmp_path: Path) -> None:
    assert read(tmp_path, rss()) == []
    assert read(tmp_path, feed(), "f.json") == []


@pytest.mark.parametrize(
    "text",
    ['{"version": "https://jsonfeed.org/version/1", "items": {}}', '{"version": "https://jsonfeed.org/version/1"',
     '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000],
)  # fmt: skip
def test_json_that_is_no_feed_is_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ExportFormatError) as caught:
        read(tmp_path, text, "f.json")
    assert "\n" not in str(caught.value)


def test_a_damaged_feed_among_several_is_rejected(tmp_path: Path) -> None:
    good = rss(item("utuh"))
    write_zip(
        tmp_path / "feeds.zip",
        {"a.xml": good.encode(), "b.xml": good[:120].encode(), "logo.png": b"x"},
    )
    archive = Archive.of(tmp_path / "feeds.zip")
    assert FeedFile.recognises(archive)
    (page,) = FeedFile.open(archive).pages()
    assert [one.text for one in page.posts] == ["utuh"]
    assert [str(one.where) for one in page.rejected] == ["feeds.zip!b.xml"]


def test_a_feed_among_another_programs_files_is_not_asked_for(tmp_path: Path) -> None:
    """Google's Takeout carries Blogger's feed beside everything else."""
    write_zip(tmp_path / "a.zip", {"feed.atom": rss(item()).encode(), "videos.csv": b"Video ID\n"})
    assert not FeedFile.recognises(Archive.of(tmp_path / "a.zip"))
    with pytest.raises(ExportFormatError, match="holds no feed"):
        FeedFile.open(Archive.of(write_nothing(tmp_path)))


def write_nothing(folder: Path) -> Path:
    path = folder / "note.txt"
    path.write_text("nothing", encoding="utf-8")
    return path


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(["Halo", "<p>", "</p>", "<br>", "<br />", "&amp;", "&lt;b&gt;", "\n", " "])
    )
)
def test_the_short_way_reads_what_the_long_way_does(pieces: list[str]) -> None:
    """Paragraphs and breaks are read without a parser, to the same words."""
    fragment = "".join(pieces)
    normal = " ".join(words_of(fragment, "", is_html=True).text.split())
    assert normal == " ".join(plain(fragment).split())


PIECES = (
    "Halo", "<p>", "</p>", "</p><p>", "<br>", "<br />", "/p>", "<", ">", "\n", "\r", "\0", " ", '"', "\\", "n", "&amp;",
    '<a href="https://kpu.example/é">', '<a href="/peta?a=1&amp;b=2">', '<a class="mention" href="https://x.example/">',
    "</a>", "<b>", "🙏",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES)).map("".join), st.booleans(), st.booleans())
def test_html_says_the_same_as_it_stands_in_json(fragment: str, whole: bool, escaped: bool) -> None:
    """Marks are found in the bytes of JSON as in the text that those write."""
    fragment = f"<p>{fragment}</p>" if whole else fragment
    written = json.dumps(fragment, ensure_ascii=escaped).encode()
    base = "https://kpu.example/"
    assert words_of(fragment, base, is_html=True) == words_in_json(written, base)


TOGETHER = (
    *PIECES, "</p>\n<p>", "<br>\n", "<br /> ", "<br/>\t", "<strong>", "</strong>", "<div>", "</div>", "\n\n", "&lt;p&gt;", "&#10;",
    '<a href="https://kpu.example/a">', '<a href="http://kpu.example/">', "<p class='a'>", "<img src='/a.jpg'>", "p>", "é", "\x01",
    "\x7f", "/", "\\<", "u003c",
)  # fmt: skip
FRAGMENTS = st.lists(st.sampled_from(TOGETHER)).map("".join)
WRITTEN = st.one_of(
    st.builds(
        lambda text, escaped: json.dumps(text, ensure_ascii=escaped).encode(),
        FRAGMENTS,
        st.booleans(),
    ),
    FRAGMENTS.map(lambda text: json.dumps(text).replace("/", "\\/").encode()),
    FRAGMENTS.map(lambda text: json.dumps(text).replace("<", "\\u003c").encode()),
    st.sampled_from([b"null", b'""', b"5", b'["<p>"]', b'{"<p>": 1}']),
)


def one_by_one(written: bytes) -> tuple[str, tuple[str, ...]] | None:
    words = words_in_json(written, "") if written[:1] == b'"' else None
    return None if words is None or words.pictures else (words.text, words.links)


@settings(max_examples=200, deadline=None)
@given(st.lists(WRITTEN, max_size=8), st.sampled_from([8, 60, 1 << 17]))
def test_many_fragments_at_once_say_what_each_says_by_itself(
    contents: list[bytes], most: int
) -> None:
    """Where marks of many items are found together, an item is read to the same, or left to be read by itself."""
    raws = msgspec.json.decode(b"[" + b", ".join(contents) + b"]", type=list[msgspec.Raw])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("detector.sources._simple_runs._RUN", most)
        texts, links = found_at_once(raws)
    assert len(texts) == len(contents)
    for index, (text, written) in enumerate(zip(texts, contents, strict=True)):
        if text is not None:
            assert (text, links.get(index, ())) == one_by_one(written)


def test_plain_fragments_are_all_found_at_once() -> None:
    """Those that nearly all programs write are not left over."""
    fragments = [
        "<p>Satu &amp; dua<br />\ntiga</p>\n<p>empat</p>\n",
        '<p><strong>Jadwal</strong><br>lima</p><p><a href="https://kpu.example/1">Selengkapnya</a></p>',
        "enam",
        '<p>Tujuh:<br>"delapan"<br />"sembilan"</p>',
    ]
    for slash in ("/", "\\/"):
        written = [json.dumps(one).replace("/", slash) for one in fragments]
        raws = msgspec.json.decode(f"[{','.join(written)}]".encode(), type=list[msgspec.Raw])
        texts, links = found_at_once(raws)
        assert texts == [
            "Satu & dua\ntiga\n\nempat",
            "Jadwal\nlima\n\nSelengkapnya",
            "enam",
            'Tujuh:\n"delapan"\n"sembilan"',
        ]
        assert links == {1: ("https://kpu.example/1",)}


def test_damage_between_the_bytes_of_a_character_is_not_mended_by_chance() -> None:
    link = b'<a href=\\"https://kpu.example/\\">'
    for mark in (b"<p>", b"<strong>", b"</a>", b"<br>", link):
        raws = msgspec.json.decode(b'["a\xc3%b\xa9"]' % mark, type=list[msgspec.Raw])
        assert found_at_once(raws).texts == [None]


@pytest.mark.parametrize(
    "content", ["<p>Satu &amp; dua</p>", "<ul><li>a</ul>", "<p>\ud83d</p>", ""]
)
def test_a_large_feed_says_the_same_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    """From some number of items on, contents are read together; what they say does not change."""
    items = [{"id": str(place), "content_html": f"<p>{place}</p>" + content, "date_published": "2024-11-21T05:00:00Z"} for place in range(4)]  # fmt: skip
    items += [{"id": "t", "content_text": "<p>kata</p>", "content_html": "<p>b</p>", "date_published": "2024-11-21T05:00:00Z"}, {"id": "n"}]  # fmt: skip
    text = feed(*items)
    one_by_one = read(tmp_path, text, "f.json")
    monkeypatch.setattr("detector.sources._feed_json.is_worth", lambda _: True)
    assert read(tmp_path, text, "f.json") == one_by_one


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_cuts_and_overwriting_give_rejected_or_one_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    texts = (rss(item("satu", more="<guid>1</guid>"), item("dua")), feed({"content_text": "a", "date_published": "2024-11-21"}, {"id": "2"}))  # fmt: skip
    content = bytearray(data.draw(st.sampled_from(texts)).encode())
    place = data.draw(st.integers(1, len(content) - 1))
    if data.draw(st.booleans()):
        del content[place:]
    else:
        content[place : place + 8] = data.draw(st.binary(min_size=8, max_size=8))
    path = tmp_path / "f.bin"
    path.write_bytes(content)
    try:
        for page in FeedFile.open(Archive.of(path)).pages():
            total = len(page.posts) + len(page.rejected) + page.duplicates
            assert total == page.records
    except SourceError as error:
        assert "\n" not in str(error)
