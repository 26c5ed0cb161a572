"""What a feed showed before: new, edited, surfaced and missed posts are told apart, whatever its order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from hypothesis import given as over
from hypothesis import strategies as st

from detector.records import Page, Post, Profile, Rejected
from detector.sources.live._recent import (
    KEPT,
    Entry,
    Found,
    Recent,
    given,
    marked,
    unread,
    written,
)

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)
MOST: Final = 20


def entry(number: int, minutes: int, version: str = "", edited: int | None = None) -> Entry:
    at = NOW + timedelta(minutes=minutes)
    post = Post(platform="x", account="kpucontoh", id=str(number), created_at=at, text="Halo")
    edited_at = None if edited is None else NOW + timedelta(minutes=edited)
    return Entry(str(number), at, post, version, edited_at)


def pages(feed: list[Entry], size: int = 10) -> Iterator[list[Entry]]:
    """Show a feed, whose newest entry is the last, in pages of `size`."""
    shown = feed[::-1]
    for start in range(0, len(shown), size):
        yield shown[start : start + size]


def read(
    feed: list[Entry], recent: Recent | None, most: int = MOST
) -> tuple[list[str], Recent, list[Page]]:
    """Read a feed once; return the ids given, what is remembered, and the pages."""
    found = unread(pages(feed), recent, most)
    told = list(given(found, recent, "umpan", mark=written, is_whole=len(feed) <= 10 * most))
    last = marked(told[-1].cursor, Recent)
    assert last is not None
    return [post.id for page in told for post in page.posts], last, told


@over(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.integers(0, 5))
def test_whenever_it_is_read_every_post_is_given_once(batches: list[int], late: int) -> None:
    """Posts come in batches, some bearing a time a little older than what was given already."""
    feed: list[Entry] = []
    recent: Recent | None = None
    seen: list[str] = []
    number = 0
    for batch in batches:
        for _ in range(batch):
            number += 1
            feed.append(entry(number, 10 * number - (late * 5 if number % 3 == 0 else 0)))
        feed.sort(key=lambda one: one.at)
        ids, recent, _ = read(feed, recent)
        seen += ids

    assert sorted(seen, key=int) == [str(one) for one in range(1, number + 1)]


@over(st.integers(0, 4), st.integers(51, 190))
def test_what_is_given_is_the_same_wherever_a_reading_ends(crash: int, count: int) -> None:
    """Whoever commits some pages and dies goes on from the last one's cursor."""
    feed = [entry(number, number) for number in range(20)]
    _, recent, _ = read(feed, None)
    feed += [entry(number, number) for number in range(20, 20 + count)]

    _, _, whole = read(feed, recent)
    committed = whole[:crash]
    before = marked(committed[-1].cursor, Recent) if committed else recent
    _, _, rest = read(feed, before)

    ids = [post.id for page in [*committed, *rest] for post in page.posts]
    assert ids == [str(number) for number in range(20, 20 + count)]


def test_older_posts_that_surface_when_newer_ones_are_deleted_are_not_new() -> None:
    feed = [entry(number, number) for number in range(300)]
    first, recent, _ = read(feed, None, most=2)
    assert len(first) == 20

    ids, _, _ = read(feed[:285], recent)

    assert ids == []


def test_a_feed_emptied_is_not_read_back_to_its_beginning() -> None:
    feed = [entry(number, number) for number in range(300)]
    _, recent, _ = read(feed, None, most=2)
    asked: list[int] = []

    def counted() -> Iterator[list[Entry]]:
        for page in pages(feed[:200]):
            asked.append(len(page))
            yield page

    assert unread(counted(), recent, MOST) == Found([])
    assert asked == [10]


def test_an_edited_post_is_given_again_under_another_name_at_the_time_of_the_edit() -> None:
    feed = [entry(1, 0), entry(2, 1)]
    _, recent, _ = read(feed, None)
    feed[0] = entry(1, 0, version="b", edited=90)

    ids, recent, told = read(feed, recent)

    assert len(ids) == 1
    assert ids[0].startswith("1~")
    assert told[0].posts[0].created_at == NOW + timedelta(minutes=90)
    assert read(feed, recent)[0] == []


def test_more_than_is_looked_through_is_said_and_not_passed_over() -> None:
    feed = [entry(number, number) for number in range(20)]
    _, recent, _ = read(feed, None)
    feed += [entry(number, number) for number in range(20, 100)]

    ids, _, told = read(feed, recent, most=3)

    assert len(ids) == 30
    assert "newest 30 " in told[0].rejected[0].why


def test_what_cannot_be_read_is_said_once() -> None:
    feed = [entry(1, 0), entry(2, 1)._replace(became=Rejected(where="umpan", why="has no text"))]  # type: ignore[arg-type]
    _, recent, first = read(feed, None)
    _, _, second = read(feed, recent)

    assert [len(page.rejected) for page in first + second] == [1, 0]


def test_what_is_remembered_is_bounded() -> None:
    feed = [entry(number, number) for number in range(1_000)]
    _, recent, told = read(feed, None, most=200)

    assert len(recent.known) == KEPT
    assert len(told[-1].cursor) < 4_000
    assert recent.floor is not None


def test_a_profile_without_end_is_cut() -> None:
    endless = Profile(name="x" * 10**6, bio="y" * 10**6, links=("https://z.example/",) * 10**4)
    (page,) = given(Found([]), None, "umpan", mark=written, profile=endless)

    assert page.profile is not None
    assert len(msgspec.json.encode(page.profile)) < 20_000


def test_records_of_every_page_add_up() -> None:
    feed = [entry(number, number) for number in range(120)]
    for page in read(feed, None)[2]:
        assert page.records == len(page.posts) + len(page.rejected) + page.ignored


class Other(msgspec.Struct, tag="other"):
    """What another source remembers."""

    id: str


def test_a_cursor_of_another_source_is_a_first_reading() -> None:
    for cursor in (None, "", "12", "{", '{"type":"another","id":"1"}', "\ud800", written(Recent())):
        assert marked(cursor, Other) is None
    assert marked(written(Other(id="1")), Other) == Other(id="1")
