"""Feeds by their address: what is new in them, whatever they do to ids, addresses and times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from emulators import MARKED, TOKEN, Answer
from emulators.feed import SHOWN, Feed
from hypothesis import given
from hypothesis import strategies as st

from detector.errors import PlatformError
from detector.network import Transport
from detector.records import Account, Page, Post, Rejected, TimeQuality
from detector.sources._feed_items import Item
from detector.sources.live import feed as module
from detector.sources.live._feed_marks import Row, fresh
from detector.sources.live.interface import LiveSource
from detector.transport import Hidden

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def feed() -> Iterator[Feed]:
    with Feed() as one:
        yield one


@pytest.fixture
def source(feed: Feed) -> Iterator[LiveSource]:
    with Transport(lambda: NOW) as net:
        yield feed.source(net)


def read(
    source: LiveSource, cursor: str | None = None, now: datetime = NOW
) -> tuple[list[Post], list[Rejected], Page]:
    pages = list(source.poll(cursor, now))
    posts = [post for page in pages for post in page.posts]
    return posts, [one for page in pages for one in page.rejected], pages[-1]


def fill(feed: Feed, count: int = 10, word: str = "Kabar") -> list[str]:
    return [
        feed.publish(f"{word} {number}", NOW - timedelta(hours=100 - number))
        for number in range(count)
    ]


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_every_form_is_read_oldest_first_and_then_only_what_is_new(
    feed: Feed, source: LiveSource, form: str
) -> None:
    feed.form = form
    ids = fill(feed)

    posts, _, page = read(source)
    assert [one.id for one in posts] == ids
    assert posts[0].text == "Kabar 0"
    assert (posts[0].platform, posts[0].account) == ("website", "kpucontoh")

    new = feed.publish("Baru", NOW - timedelta(minutes=1))
    posts, _, page = read(source, page.cursor)
    assert [one.id for one in posts] == [new]
    assert page.profile is not None
    assert page.profile.name == "KPU Kabupaten Contoh"


def test_an_unchanged_feed_is_not_sent_again(feed: Feed, source: LiveSource) -> None:
    fill(feed)
    _, _, page = read(source)

    assert list(source.poll(page.cursor, NOW)) == []
    assert "if-none-match" in feed.requests[-1].headers


def test_after_some_hours_a_feed_is_read_whole_whatever_its_server_says(
    feed: Feed, source: LiveSource
) -> None:
    fill(feed)
    _, _, page = read(source)

    posts, _, _ = read(source, page.cursor, NOW + timedelta(hours=7))

    assert posts == []
    assert "if-none-match" not in feed.requests[-1].headers


def test_ids_made_anew_do_not_make_the_posts_new(feed: Feed, source: LiveSource) -> None:
    fill(feed)
    _, _, page = read(source)

    for one in feed.items:
        one.id = f"urn:uuid:{one.id}"
    feed.count += 1
    assert read(source, page.cursor)[0] == []


def test_items_dated_anew_or_moved_to_other_addresses_are_not_new(
    feed: Feed, source: LiveSource
) -> None:
    fill(feed)
    _, _, page = read(source)

    for one in feed.items:
        one.at += timedelta(hours=1)
        one.url = one.url.replace("https:", "http:")
    assert read(source, page.cursor)[0] == []


def test_one_id_over_all_items_hides_none(feed: Feed, source: LiveSource) -> None:
    fill(feed)
    for one in feed.items:
        one.id = "beranda"
    posts, _, page = read(source)
    assert len({one.id for one in posts}) == 10

    feed.publish("Baru", NOW - timedelta(minutes=1))
    feed.items[-1].id = "beranda"
    (post,), _, _ = read(source, page.cursor)
    assert post.text == "Baru"


def test_an_item_without_any_name_is_known_by_what_it_says(feed: Feed, source: LiveSource) -> None:
    fill(feed)
    feed.has_ids = False
    for one in feed.items:
        one.url = ""
    posts, _, page = read(source)
    assert len(posts) == 10

    feed.publish("Baru", NOW)
    feed.items[-1].url = ""
    assert [one.text for one in read(source, page.cursor)[0]] == ["Baru"]


def test_an_edited_item_is_judged_again_a_few_times_at_most(feed: Feed, source: LiveSource) -> None:
    fill(feed)
    _, _, page = read(source)
    seen = []
    for count in range(6):
        feed.items[3].text = f"Dibaca {count} kali: tebus murah iPhone"
        posts, _, page = read(source, page.cursor, NOW + timedelta(minutes=count))
        seen += posts

    assert [one.text for one in seen] == [
        f"Dibaca {count} kali: tebus murah iPhone" for count in range(3)
    ]
    assert {one.id.partition("~")[0] for one in seen} == {feed.items[3].id}
    assert seen[1].created_at == NOW + timedelta(minutes=1)


def test_what_cannot_be_read_is_told_once(feed: Feed, source: LiveSource) -> None:
    fill(feed)
    feed.damage()
    posts, rejected, page = read(source)
    assert len(posts) == 10
    assert len(rejected) >= 2

    feed.publish("Baru", NOW)
    posts, rejected, _ = read(source, page.cursor)
    assert len(posts) == 1
    assert rejected == []


@pytest.mark.parametrize(
    "name", ["<guid>{0}</guid>", "<link>https://kpu-contoh.example/{0}</link>", ""]
)
def test_an_item_without_a_time_is_written_when_it_is_first_seen(
    feed: Feed, source: LiveSource, name: str
) -> None:
    fill(feed)
    feed.raw = [f"<item><title>Lama</title>{name.format('lama')}</item>"]
    posts, rejected, page = read(source)
    assert len(posts) == 10
    assert [one.why for one in rejected] == ["has no time"]

    feed.raw += [
        f"<item><title>Slot gacor</title>{name.format('baru')}<pubDate>kini</pubDate></item>"
    ]
    posts, rejected, page = read(source, page.cursor, NOW + timedelta(hours=1))
    assert [(one.text, one.created_at, one.time_quality) for one in posts] == [
        ("Slot gacor", NOW + timedelta(hours=1), TimeQuality.MINUTE)
    ]
    assert rejected == []

    feed.publish("Berikutnya", NOW + timedelta(hours=1))
    posts, rejected, page = read(source, page.cursor, NOW + timedelta(hours=2))
    assert [one.text for one in posts] == ["Berikutnya"]


def test_a_feed_that_rolled_over_says_that_posts_may_be_missing(
    feed: Feed, source: LiveSource
) -> None:
    fill(feed)
    _, _, page = read(source)
    fill(feed, SHOWN + 10, "Baru")

    posts, (lost,), _ = read(source, page.cursor)

    assert len(posts) == SHOWN
    assert "unread" in lost.why


def test_a_time_still_to_come_is_taken_for_now(feed: Feed, source: LiveSource) -> None:
    feed.publish("Ditulis dalam WIB, dibaca sebagai UTC", NOW + timedelta(hours=7))

    (post,), _, _ = read(source)

    assert post.created_at == NOW


def test_a_time_without_a_zone_is_meant_in_the_accounts(feed: Feed) -> None:
    feed.raw.append("<item><title>Pagi</title><pubDate>2024-11-21T17:00:00</pubDate></item>")
    account = Account(platform="website", handle="kpucontoh", timezone="Asia/Jakarta")
    options = module.FeedOptions(kind="feed", **feed.options())
    with Transport(lambda: NOW) as net:
        source = module.Feed(account, options, lambda _: Hidden(""), net)
        (post,), _, _ = read(source)

    assert post.created_at == datetime(2024, 11, 21, 10, tzinfo=UTC)


def test_a_feeds_token_travels_in_a_header_alone(feed: Feed) -> None:
    fill(feed)
    with Transport(lambda: NOW) as net:
        pages = list(feed.source(net, token=TOKEN).poll(None, NOW))

    (asked,) = feed.requests
    assert asked.headers["authorization"] == f"Bearer {MARKED}"
    assert MARKED not in f"{asked.path}{asked.query}{pages}"


def _with(one: Item, **values: Any) -> Item:
    kept = {name: getattr(one, name) for name in ("at", "quality", "id", "text", "url")}
    return Item(**{**kept, **values})


def _renewed(kind: str, items: list[Item], turn: int) -> list[Item]:
    """Return a feed's items with one thing about all of them made anew."""
    changed: dict[str, Callable[[Item], Item]] = {
        "as it was": lambda one: one,
        "ids": lambda one: _with(one, id=f"urn:{turn}:{one.text}"),
        "one id": lambda one: _with(one, id="beranda"),
        "no ids": lambda one: _with(one, id=None),
        "addresses": lambda one: _with(one, url=f"https://{turn}.example/{one.text}"),
        "no addresses": lambda one: _with(one, url=None),
        "times": lambda one: _with(one, at=one.at + timedelta(seconds=1)),
    }
    return [changed[kind](one) for one in items]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(
                ["as it was", "ids", "one id", "no ids", "addresses", "no addresses", "times"]
            ),
        ),
        max_size=8,
    )
)
def test_whatever_a_feed_makes_anew_each_item_is_given_once(turns: list[tuple[int, str]]) -> None:
    """One thing at a time: of an item that changes all its names at once nobody can know it."""
    items: list[Item] = []
    known: tuple[Row, ...] | None = None
    told: list[str] = []
    for turn, (count, kind) in enumerate(turns):
        shown = _renewed(kind, items, turn)
        for _ in range(count):
            name = f"kabar {len(items)}"
            at = NOW + timedelta(minutes=len(items))
            new = Item(at, TimeQuality.EXACT, f"id {name}", name, f"https://kpu.example/{name}")
            items.append(new)
            shown.append(new)
        found, known, _ = fresh(shown, known)
        told += [one.item.text for one in found]

    assert told == [one.text for one in items]


def test_every_page_of_a_long_feed_can_be_gone_on_from(
    feed: Feed, source: LiveSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detector.sources.live.feed._PAGE", 7)
    ids = fill(feed, 25)
    pages = list(source.poll(None, NOW))
    assert len(pages) == 4

    for place, page in enumerate(pages):
        given = [post.id for one in pages[: place + 1] for post in one.posts]
        rest = [post.id for one in source.poll(page.cursor, NOW) for post in one.posts]
        assert given + rest == ids


def test_warnings_of_a_websites_program_hide_no_feed(feed: Feed, source: LiveSource) -> None:
    ids = fill(feed, 2)
    warned = b"<br />\n<b>Warning</b>:  Undefined variable $x in <b>feed.php</b> on line <b>7</b><br />\n"
    feed.say(Answer(body=warned + feed._rss()))

    assert [one.id for one in read(source)[0]] == ids


def test_a_page_that_shows_a_feed_is_none(feed: Feed, source: LiveSource) -> None:
    fill(feed, 2)
    feed.say(Answer(body=b"<!doctype html><title>Contoh</title><pre>" + feed._rss()))

    with pytest.raises(PlatformError, match="no feed"):
        read(source)


def test_a_page_that_is_no_feed_says_what_to_name(feed: Feed, source: LiveSource) -> None:
    feed._rss = lambda: b"<!doctype html><html><link rel=alternate href=/feed></html>"  # type: ignore[method-assign]

    with pytest.raises(PlatformError, match=r"no feed \(name the feed itself"):
        read(source)


def test_a_feed_cut_off_in_an_item_gives_those_before(feed: Feed, source: LiveSource) -> None:
    fill(feed)
    whole = feed._rss()
    feed._rss = lambda: whole[: whole.rindex(b"<pubDate>")]  # type: ignore[method-assign]

    posts, rejected, _ = read(source)

    assert len(posts) == 9
    assert len(rejected) == 1
