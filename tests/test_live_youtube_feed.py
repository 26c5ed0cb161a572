"""YouTube's public feed of a channel: 15 videos, no key, and hours in which it cannot be found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from emulators import Answer
from emulators.youtube_feed import CHANNEL, YoutubeFeed

from detector.errors import AccountGone, PlatformError, SettingsError
from detector.network import Transport
from detector.records import AccountEvent, Page, Post
from detector.sources.live.interface import LiveSource

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def youtube() -> Iterator[YoutubeFeed]:
    with YoutubeFeed() as one:
        yield one


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW) as one:
        yield one


@pytest.fixture
def source(youtube: YoutubeFeed, net: Transport) -> LiveSource:
    return youtube.source(net)


def read(
    source: LiveSource, cursor: str | None = None
) -> tuple[list[Post], list[AccountEvent], Page]:
    pages = list(source.poll(cursor, NOW))
    posts = [post for page in pages for post in page.posts]
    return posts, [event for page in pages for event in page.events], pages[-1]


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_video_is_its_title_and_description(youtube: YoutubeFeed, source: LiveSource) -> None:
    number = youtube.publish(
        "Ethereum <2.0> & Live", ago(9), "Kirim 1 terima 2\nhttps://koin.example"
    )

    (post,), _, page = read(source)

    assert post.id == number
    assert post.text == "Ethereum <2.0> & Live\n\nKirim 1 terima 2\nhttps://koin.example"
    assert post.url == f"https://www.youtube.com/watch?v={number}"
    assert (post.created_at, post.account) == (ago(9), "kpucontoh")
    assert page.profile is not None
    assert page.profile.name == "KPU Contoh"


def test_a_renamed_channel_shows_its_new_name(youtube: YoutubeFeed, source: LiveSource) -> None:
    youtube.publish("Satu", ago(9))
    _, _, page = read(source)
    youtube.name = "Ethereum 2.0"

    _, _, page = read(source, page.cursor)

    assert page.profile is not None
    assert page.profile.name == "Ethereum 2.0"


def test_a_feed_that_has_not_changed_is_not_sent_again(
    youtube: YoutubeFeed, source: LiveSource
) -> None:
    youtube.publish("Satu", ago(9))
    _, _, page = read(source)

    posts, _, again = read(source, page.cursor)

    assert (posts, again.records, again.cursor) == ([], 0, page.cursor)
    assert "if-none-match" in youtube.requests[-1].headers


def test_a_renamed_video_is_given_once_more(youtube: YoutubeFeed, source: LiveSource) -> None:
    number = youtube.publish("Rapat pleno", ago(900))
    _, _, page = read(source)
    video = youtube.videos[0]
    assert not isinstance(video, str)
    youtube.videos[0] = video._replace(title="Slot gacor")

    (post,), _, page = read(source, page.cursor)

    assert post.id.startswith(f"{number}~")
    assert post.text == "Slot gacor"
    assert read(source, page.cursor)[0] == []


def test_more_than_fifteen_at_once_is_said(youtube: YoutubeFeed, source: LiveSource) -> None:
    youtube.publish("Satu", ago(900))
    _, _, page = read(source)
    for number in range(20):
        youtube.publish(f"Video {number}", ago(60 - number))

    posts, _, page = read(source, page.cursor)

    assert len(posts) == 15
    assert "newest 15 " in page.rejected[0].why


def test_videos_taken_away_are_an_event_and_older_ones_in_their_place_are_not_new(
    youtube: YoutubeFeed, source: LiveSource
) -> None:
    for number in range(40):
        youtube.publish(f"Video {number}", ago(900 - number))
    _, _, page = read(source)
    del youtube.videos[28:]

    posts, (event,), page = read(source, page.cursor)

    assert posts == []
    assert (event.kind, event.details, event.at) == ("posts_deleted", {"count": "12"}, NOW)
    assert read(source, page.cursor)[1] == []


def test_a_feed_that_cannot_be_found_while_its_videos_are_shown_is_the_platforms_failure(
    youtube: YoutubeFeed, source: LiveSource
) -> None:
    number = youtube.publish("Satu", ago(9))
    _, _, page = read(source)
    youtube.has_feed = False

    for status in (200, 401):
        youtube.shown = status
        with pytest.raises(PlatformError, match="no feed of them at present"):
            read(source, page.cursor)
    assert number in youtube.requests[-1].query["url"]

    for status in (403, 404):
        youtube.shown = status
        with pytest.raises(AccountGone, match="neither"):
            read(source, page.cursor)


def test_a_channel_that_never_had_a_feed_is_gone_or_another(
    youtube: YoutubeFeed, net: Transport
) -> None:
    with pytest.raises(AccountGone, match="another's id"):
        read(youtube.source(net, channel="UClainlainlainlainlain01"))


def test_a_page_for_people_is_no_feed(youtube: YoutubeFeed, source: LiveSource) -> None:
    youtube.say(Answer(body=b"<!doctype html><title>Before you continue</title>"))

    with pytest.raises(PlatformError, match="is no feed"):
        read(source)


def test_half_a_feed_is_not_taken_for_the_whole(youtube: YoutubeFeed, source: LiveSource) -> None:
    for number in range(4):
        youtube.publish(f"Video {number}", ago(9 - number))
    _, _, page = read(source)
    youtube.say(Answer(body=youtube._feed().rpartition(b"<entry>")[0]))

    with pytest.raises(PlatformError, match="cut off"):
        read(source, page.cursor)


def test_a_channel_without_an_id_is_refused_with_what_to_do(
    youtube: YoutubeFeed, net: Transport
) -> None:
    with pytest.raises(SettingsError, match="begins with UC"):
        read(youtube.source(net, channel=""))
    assert CHANNEL.startswith("UC")


def test_a_channel_that_was_put_right_in_the_settings_is_read_from_its_beginning(
    youtube: YoutubeFeed, source: LiveSource, net: Transport
) -> None:
    youtube.publish("Satu", ago(9))
    _, _, page = read(source)

    with pytest.raises(AccountGone, match="another's id"):
        read(youtube.source(net, channel="UClainlainlainlainlain01"), page.cursor)
    assert "if-none-match" not in youtube.requests[-1].headers
