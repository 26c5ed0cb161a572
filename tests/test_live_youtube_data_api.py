"""The YouTube Data API: what videos and channels are read as, what a reading costs, and what each refusal is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from emulators import MARKED, Answer, Mode
from emulators.youtube_data_api import CHANNEL, YoutubeDataApi, refusal

from detector.errors import AccountGone, FeedError, PlatformError, RateLimited, TokenRefused
from detector.network import Transport
from detector.records import AccountEvent, Page, Post
from detector.sources.live.interface import LiveSource

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def youtube() -> Iterator[YoutubeDataApi]:
    with YoutubeDataApi() as one:
        yield one


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW) as one:
        yield one


@pytest.fixture
def source(youtube: YoutubeDataApi, net: Transport) -> LiveSource:
    return youtube.source(net)


def read(
    source: LiveSource, cursor: str | None = None, now: datetime = NOW
) -> tuple[list[Post], list[AccountEvent], Page]:
    pages = list(source.poll(cursor, now))
    posts = [post for page in pages for post in page.posts]
    return posts, [event for page in pages for event in page.events], pages[-1]


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_video_is_its_title_and_description(youtube: YoutubeDataApi, source: LiveSource) -> None:
    number = youtube.publish("Ethereum 2.0 Live", ago(9), "Kirim 1 terima 2\nhttps://koin.example")

    (post,), events, _ = read(source)

    assert post.id == number
    assert post.text == "Ethereum 2.0 Live\n\nKirim 1 terima 2\nhttps://koin.example"
    assert post.url == f"https://www.youtube.com/watch?v={number}"
    assert (post.created_at, post.account) == (ago(9), "kpucontoh")
    assert events == []


def test_a_video_bears_the_time_it_was_published_not_that_it_was_listed(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    youtube.publish("Satu", ago(9))
    youtube.items[0]["snippet"]["publishedAt"] = "2024-01-01T00:00:00.000Z"

    (post,), _, _ = read(source)

    assert post.created_at == ago(9)


def test_a_broadcast_tells_when_it_began(youtube: YoutubeDataApi, source: LiveSource) -> None:
    youtube.publish("Rapat pleno", ago(900))
    _, _, page = read(source)
    number = youtube.publish("Ethereum 2.0 Live", ago(9))
    youtube.live[number] = "2024-11-21T11:51:07Z"

    _, (event,), page = read(source, page.cursor)
    _, again, _ = read(source, page.cursor)

    assert (event.kind, event.account) == ("live_started", "kpucontoh")
    assert event.at == datetime(2024, 11, 21, 11, 51, 7, tzinfo=UTC)
    assert again == []
    assert page.records == 2


def test_an_announced_broadcast_tells_when_it_begins_and_costs_nothing_before(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    number = youtube.publish("Ethereum 2.0 Live", ago(9))
    youtube.announced[number] = "2024-11-21T18:00:00Z"
    _, events, page = read(source)
    assert events == []

    _, _, page = read(source, page.cursor, NOW + timedelta(minutes=5))
    assert youtube.requests[-1].path.endswith("playlistItems")
    _, _, page = read(source, page.cursor, NOW + timedelta(hours=6))
    assert youtube.requests[-1].path.endswith("videos")
    youtube.live[number] = "2024-11-21T18:02:00Z"
    posts, (event,), page = read(source, page.cursor, NOW + timedelta(hours=6, minutes=5))
    _, again, _ = read(source, page.cursor, NOW + timedelta(hours=6, minutes=10))

    assert posts == []
    assert (event.kind, event.at) == ("live_started", datetime(2024, 11, 21, 18, 2, tzinfo=UTC))
    assert again == []
    assert youtube.requests[-1].path.endswith("playlistItems")


def test_a_broadcast_that_never_begins_is_not_waited_for_for_ever(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    youtube.announced[youtube.publish("Rapat pleno", ago(9))] = "2024-11-21T18:00:00Z"
    _, _, page = read(source)
    _, _, page = read(source, page.cursor, NOW + timedelta(days=2))
    read(source, page.cursor, NOW + timedelta(days=2, minutes=5))

    assert youtube.requests[-1].path.endswith("playlistItems")


def test_a_quiet_reading_costs_one_unit_and_the_channel_one_more_now_and_then(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    youtube.publish("Satu", ago(9))
    _, _, first = read(source)
    _, _, soon = read(source, first.cursor, NOW + timedelta(minutes=5))
    _, _, later = read(source, soon.cursor, NOW + timedelta(minutes=16))

    asked = [one.path.rpartition("/")[2] for one in youtube.requests]
    assert asked == [
        "channels", "playlistItems", "videos",
        "playlistItems",
        "channels", "playlistItems",
    ]  # fmt: skip
    assert [one is None for one in (first.profile, soon.profile, later.profile)] == [
        False,
        True,
        False,
    ]


def test_the_profile_is_the_channels(youtube: YoutubeDataApi, source: LiveSource) -> None:
    _, _, page = read(source)

    assert page.profile is not None
    assert (page.profile.name, page.profile.handle) == ("KPU Contoh", "kpucontoh")
    assert (page.profile.bio, page.profile.posts) == ("Saluran resmi KPU Contoh", 75)
    assert page.profile.followers == 1_200
    assert youtube.channel is not None
    youtube.channel["statistics"]["hiddenSubscriberCount"] = True
    _, _, page = read(source)
    assert page.profile is not None
    assert page.profile.followers is None


def test_a_picture_is_the_same_in_every_size(youtube: YoutubeDataApi, source: LiveSource) -> None:
    _, _, page = read(source)
    assert youtube.channel is not None
    pictures = youtube.channel["snippet"]["thumbnails"]
    pictures["high"]["url"] = "https://lain.example/ab_c=s240-c-k-no-rj"
    _, _, same = read(source)
    pictures["high"]["url"] = "https://gambar.example/lain=s800-c-k-no"
    _, _, other = read(source)

    assert page.profile is not None
    assert same.profile is not None
    assert other.profile is not None
    assert page.profile.picture == same.profile.picture != other.profile.picture


def test_a_picture_that_youtube_only_names_anew_is_no_new_one(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    assert youtube.channel is not None
    pictures = youtube.channel["snippet"]["thumbnails"]
    seen = []
    for name in ("ytc/AMLnZu_o=s88-c", "ytc/AIdro_k=s88-c", "C7C_rceG0=s88-c"):
        pictures["high"]["url"] = f"https://gambar.example/{name}"
        profile = read(source)[2].profile
        assert profile is not None
        seen.append(profile.picture)

    assert seen[0] == seen[1] != seen[2]


def test_a_renamed_video_is_given_once_more(youtube: YoutubeDataApi, source: LiveSource) -> None:
    number = youtube.publish("Rapat pleno", ago(900))
    _, _, page = read(source)
    youtube.items[0]["snippet"]["title"] = "Slot gacor"

    (post,), _, page = read(source, page.cursor)

    assert post.id.startswith(f"{number}~")
    assert (post.text, post.created_at) == ("Slot gacor", NOW)
    assert read(source, page.cursor)[0] == []


def test_videos_nobody_can_see_are_counted_and_not_given(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    youtube.publish("Satu", ago(9))
    youtube.publish("Private video", ago(8))
    youtube.items[1]["status"]["privacyStatus"] = "private"
    youtube.publish("Deleted video", ago(7))
    del youtube.items[2]["contentDetails"]["videoPublishedAt"]
    youtube.items[2]["snippet"]["thumbnails"] = {}

    posts, _, page = read(source)

    assert [post.text for post in posts] == ["Satu"]
    assert page.ignored == 2


def test_a_hidden_video_that_is_shown_at_last_is_new(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    youtube.publish("Satu", ago(90))
    youtube.publish("Menyusul", ago(80))
    youtube.items[1]["status"]["privacyStatus"] = "private"
    _, _, page = read(source)
    youtube.items[1]["status"]["privacyStatus"] = "public"
    youtube.items[1]["contentDetails"]["videoPublishedAt"] = "2024-11-21T11:00:00Z"

    posts, _, _ = read(source, page.cursor)

    assert [post.text for post in posts] == ["Menyusul"]


def test_a_channel_is_found_by_its_id_when_that_is_given(
    youtube: YoutubeDataApi, net: Transport
) -> None:
    youtube.publish("Satu", ago(9))

    posts, _, _ = read(youtube.source(net, channel=CHANNEL))

    assert len(posts) == 1
    assert youtube.requests[0].query["id"] == CHANNEL


def test_a_channel_that_vanishes_is_told_from_one_without_videos(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    posts, _, page = read(source)
    assert posts == []
    posts, _, page = read(source, page.cursor)
    assert posts == []
    youtube.channel = None

    with pytest.raises(AccountGone, match="has no channel"):
        read(source, page.cursor)


def test_units_used_up_are_asked_for_again_at_californias_midnight(
    youtube: YoutubeDataApi, source: LiveSource
) -> None:
    youtube.fail(Mode.THROTTLED)

    with pytest.raises(RateLimited, match="units") as raised:
        read(source)
    assert raised.value.retry_at == datetime(2024, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((400, refusal(400, "badRequest", "global", "API key not valid.")), TokenRefused, "make an API key"),
        ((403, refusal(403, "accessNotConfigured", "usageLimits", f"Enable it {MARKED}")), TokenRefused, "make an API key"),
        ((403, refusal(403, "rateLimitExceeded", "usageLimits")), RateLimited, "no more questions"),
        ((403, refusal(403, "accountSuspended", "youtube.common")), AccountGone, "accountSuspended"),
        ((404, refusal(404, "channelNotFound", "youtube.channel")), AccountGone, "channelNotFound"),
        ((400, refusal(400, "invalidFilters", "youtube.parameter", "Bad filter")), PlatformError, "Bad filter"),
        ((404, b"<html>Not Found</html>"), PlatformError, "not as YouTube does"),
        ((500, refusal(500, "backendError", "global")), PlatformError, "500"),
        ((200, {"hello": 1}), PlatformError, "not as YouTube does"),
        ((200, {"kind": "x", "items": [{"id": CHANNEL}]}), PlatformError, "without a list"),
    ],
)  # fmt: skip
def test_each_refusal_is_whose_doing_it_is(
    youtube: YoutubeDataApi, source: LiveSource, answer: tuple[int, Any], kind: type[FeedError], said: str
) -> None:  # fmt: skip
    youtube.say(Answer(status=answer[0], body=answer[1]))

    with pytest.raises(FeedError) as raised:
        read(source)

    assert type(raised.value) is kind
    assert said in str(raised.value)
    assert MARKED not in str(raised.value)


def test_a_channel_that_was_put_right_in_the_settings_is_read_from_its_beginning(
    youtube: YoutubeDataApi, net: Transport
) -> None:
    youtube.publish("Satu", ago(9))
    _, _, page = read(youtube.source(net))

    with pytest.raises(AccountGone):
        read(youtube.source(net, channel="UClainlainlainlainlain01"), page.cursor)
