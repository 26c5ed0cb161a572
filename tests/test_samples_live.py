"""Real answers of X, Mastodon, YouTube and Bluesky, as recorded by others, read where they lie."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from emulators import Answer
from emulators.bluesky import Bluesky
from emulators.mastodon import Mastodon
from emulators.x_api import XApi
from emulators.youtube_data_api import CHANNEL, YoutubeDataApi

from detector.errors import TokenRefused
from detector.network import Transport
from detector.records import Page, Post
from detector.sources.live.interface import LiveSource

SAMPLES: Final = Path(__file__).parents[2] / "shared" / "samples"
NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="samples are not here")

_BODY: Final = re.compile(r"^ {6}string: '((?:[^']|'')*)'$", re.MULTILINE)
_PACKED: Final = re.compile(r"^ {6}string: !!binary \|\n((?: {8}\S+\n)+)", re.MULTILINE)


def bodies(path: str) -> list[Any]:
    """Return the JSON answers of a recording."""
    text = (SAMPLES / path).read_text(encoding="utf-8")
    found = [
        gzip.decompress(base64.b64decode("".join(one.split()))) for one in _PACKED.findall(text)
    ]
    found += [
        re.sub(r"\n(\n*) *", lambda one: one[1] or " ", body.replace("''", "'")).encode()
        for body in _BODY.findall(text)
    ]
    return [json.loads(one) for one in found if one[:1] in (b"{", b"[")]


def answers(path: str) -> Any:
    return json.loads((SAMPLES / path).read_text(encoding="utf-8"))


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW) as one:
        yield one


def read(source: LiveSource) -> tuple[list[Post], Page]:
    pages = list(source.poll(None, NOW))
    assert all(not page.rejected and not page.ignored for page in pages)
    return [post for page in pages for post in page.posts], pages[-1]


def test_recorded_posts_of_x_are_read(net: Transport) -> None:
    (user,) = bodies("x_api_v2/cassettes/test_client_get_user.yaml")
    (timeline,) = bodies("x_api_v2/cassettes/test_client_get_users_tweets.yaml")
    with XApi() as x:
        x.say(Answer(body=user), Answer(body=timeline))
        posts, page = read(x.source(net))

    assert [post.id for post in posts] == [one["id"] for one in timeline["data"]][::-1]
    assert all(post.text and 2022 <= post.created_at.year < 2024 for post in posts)
    assert page.profile is not None
    assert (page.profile.handle, page.profile.name) == (
        user["data"]["username"],
        user["data"]["name"],
    )


def test_a_recorded_account_of_mastodon_and_its_statuses_are_read(net: Transport) -> None:
    account = bodies("mastodon/tests/cassettes/test_account_lookup.yaml")[-1]
    statuses = next(
        one
        for one in bodies("mastodon/tests/cassettes/test_fetch_next_previous.yaml")
        if isinstance(one, list)
    )
    with Mastodon() as server:
        server.say(Answer(body=account), Answer(body=statuses))
        posts, page = read(server.source(net))

    assert [post.id for post in posts] == [one["id"] for one in statuses][::-1]
    assert {post.app for post in posts} == {one["application"]["name"] for one in statuses}
    assert page.profile is not None
    assert page.profile.name == statuses[0]["account"]["display_name"]


def test_a_recorded_channel_and_its_videos_are_read(net: Transport) -> None:
    folder = "youtube_data_api/testdata/apidata"
    channel = answers(f"{folder}/channel_info_single.json")
    listed = answers(f"{folder}/playlist_items/playlist_items_paged_1.json")
    channel["items"][0]["contentDetails"] = {"relatedPlaylists": {"uploads": "UUx"}}
    with YoutubeDataApi() as youtube:
        youtube.say(Answer(body=channel), Answer(body=listed))
        posts, page = read(youtube.source(net, channel=CHANNEL))

    wanted = {one["snippet"]["resourceId"]["videoId"] for one in listed["items"]}
    assert {post.id for post in posts} == wanted
    assert all("\n\n" in post.text for post in posts)
    assert page.profile is not None
    assert page.profile.name == channel["items"][0]["snippet"]["title"]
    assert page.profile.posts == int(channel["items"][0]["statistics"]["videoCount"])


def test_a_recorded_refusal_of_youtube_is_the_keys(net: Transport) -> None:
    body = answers("youtube_data_api/testdata/apidata/error_permission_resp.json")
    with YoutubeDataApi() as youtube:
        youtube.say(Answer(status=403, body=body))
        with pytest.raises(TokenRefused, match="does not have permission"):
            read(youtube.source(net))


def test_a_recorded_post_of_bluesky_is_read(net: Transport) -> None:
    tree = answers(
        "bluesky/MarshalX+atproto/tests/test_atproto_client/models/test_data/thread_view_post_with_embed_media.json"
    )
    view = tree["thread"]["post"]
    profile = view["author"] | {"description": "", "postsCount": 3}
    with Bluesky() as bluesky:
        bluesky.say(Answer(body=profile), Answer(body={"feed": [{"post": view}]}))
        (post,), page = read(bluesky.source(net))

    assert (post.id, post.text) == (view["uri"], view["record"]["text"])
    assert [one.kind for one in post.media] == ["photo"]
    assert page.profile is not None
    assert page.profile.handle == view["author"]["handle"]
