"""Bluesky's public API: what posts and profiles are read as, their odd orders, and what each refusal is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from emulators import Answer
from emulators.bluesky import DID, Bluesky, stamped

from detector.errors import AccountGone, FeedError, PlatformError, RateLimited, TokenRefused
from detector.network import Transport
from detector.records import Page, Post
from detector.sources.live.interface import LiveSource

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def bluesky() -> Iterator[Bluesky]:
    with Bluesky() as one:
        yield one


@pytest.fixture
def source(bluesky: Bluesky) -> Iterator[LiveSource]:
    with Transport(lambda: NOW) as net:
        yield bluesky.source(net)


def read(source: LiveSource, cursor: str | None = None) -> tuple[list[Post], Page]:
    pages = list(source.poll(cursor, NOW))
    return [post for page in pages for post in page.posts], pages[-1]


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_post_is_read_with_the_links_its_text_hides(bluesky: Bluesky, source: LiveSource) -> None:
    number = bluesky.publish("Klaim di sini", ago(5))
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": "https://klaim.example/apk"}
    bluesky.feed[0]["post"]["record"]["facets"] = [
        {"index": {"byteStart": 6, "byteEnd": 13}, "features": [feature]}
    ]

    (post,), _ = read(source)

    assert (post.id, post.links) == (number, ("https://klaim.example/apk",))
    assert (post.account, post.language) == ("kpucontoh.bsky.example", "id")
    assert post.url == f"https://bsky.app/profile/{DID}/post/{number.rpartition('/')[2]}"


def test_a_repost_bears_the_time_it_was_repeated_at(bluesky: Bluesky, source: LiveSource) -> None:
    view = bluesky.view(
        "Koin gratis", ago(90_000), author={"did": "did:plc:lain", "handle": "lain.example"}
    )
    bluesky.feed.append(
        {
            "post": view,
            "reason": {
                "$type": "app.bsky.feed.defs#reasonRepost",
                "by": {"did": DID, "handle": bluesky.handle},
                "indexedAt": stamped(ago(3)),
                "uri": f"at://{DID}/app.bsky.feed.repost/3lbesiuwa3s2a",
            },
        }
    )

    (post,), page = read(source)

    assert (post.is_repost, post.text, post.created_at) == (True, "Koin gratis", ago(3))
    assert post.id.endswith("/3lbesiuwa3s2a")
    assert read(source, page.cursor)[0] == []


def test_posts_of_others_in_the_feed_are_counted_and_not_given(
    bluesky: Bluesky, source: LiveSource
) -> None:
    other = {"did": "did:plc:lain", "handle": "lain.example"}
    bluesky.feed.append({"post": bluesky.view("Bukan kami", ago(3), author=other)})

    posts, page = read(source)

    assert (posts, page.ignored, page.records) == ([], 1, 1)


def test_a_pinned_post_is_not_news(bluesky: Bluesky, source: LiveSource) -> None:
    bluesky.publish("Satu", ago(9))
    pin = {"$type": "app.bsky.feed.defs#reasonPin"}
    bluesky.feed.append({"post": bluesky.view("Disematkan", ago(90_000)), "reason": pin})

    posts, _ = read(source)

    assert [post.text for post in posts] == ["Satu"]


def test_a_post_that_its_client_dates_back_a_little_is_found_below_newer_ones(
    bluesky: Bluesky, source: LiveSource
) -> None:
    for number in range(60):
        bluesky.publish(f"Kiriman {number}", ago(600 - number))
    _, page = read(source)
    late = {"post": bluesky.view("Slot gacor", ago(570), indexedAt=stamped(ago(1)))}
    bluesky.feed.insert(30, late)

    posts, _ = read(source, page.cursor)

    assert [post.text for post in posts] == ["Slot gacor"]


def test_a_post_that_claims_another_day_bears_the_time_the_network_saw_it(
    bluesky: Bluesky, source: LiveSource
) -> None:
    bluesky.publish("Slot gacor", ago(60 * 24 * 400))
    bluesky.feed[0]["post"]["indexedAt"] = stamped(ago(1))

    (post,), _ = read(source)

    assert post.created_at == ago(1)


def test_a_post_written_over_is_given_once_more(bluesky: Bluesky, source: LiveSource) -> None:
    number = bluesky.publish("Jadwal coklit", ago(600))
    _, page = read(source)
    view = bluesky.feed[0]["post"]
    view |= {"cid": "bafyreilain", "record": view["record"] | {"text": "Slot gacor"}}

    (post,), page = read(source, page.cursor)

    assert (post.text, post.created_at) == ("Slot gacor", NOW)
    assert post.id.startswith(f"{number}~")
    assert read(source, page.cursor)[0] == []


def test_an_account_with_a_new_handle_is_read_on_and_shows_it(
    bluesky: Bluesky, source: LiveSource
) -> None:
    bluesky.publish("Satu", ago(9))
    _, page = read(source)
    bluesky.profile["handle"] = "koinbagus.example"
    bluesky.publish("Koin gratis", ago(1))

    (post,), page = read(source, page.cursor)

    assert post.account == "kpucontoh.bsky.example"
    assert page.profile is not None
    assert page.profile.handle == "koinbagus.example"


def test_a_picture_is_the_same_in_every_form(bluesky: Bluesky, source: LiveSource) -> None:
    seen = []
    for name in (
        "avatar/plain/did:plc:a/bafa@jpeg",
        "avatar_thumbnail/plain/did:plc:a/bafa",
        "b/bafb@jpeg",
    ):
        bluesky.profile["avatar"] = f"https://gambar.example/img/{name}"
        profile = read(source)[1].profile
        assert profile is not None
        seen.append(profile.picture)

    assert seen[0] == seen[1] != seen[2]


def test_a_handle_that_cannot_be_verified_now_is_no_new_handle(
    bluesky: Bluesky, source: LiveSource
) -> None:
    bluesky.publish("Satu", ago(9))
    _, page = read(source)
    bluesky.profile["handle"] = "handle.invalid"

    _, page = read(source, page.cursor)

    assert page.profile is not None
    assert (page.profile.handle, page.profile.name) == (None, "KPU Contoh")


def test_a_cursor_that_comes_again_is_not_followed_for_ever(
    bluesky: Bluesky, source: LiveSource
) -> None:
    bluesky.publish("Satu", ago(9))
    _, page = read(source)
    bluesky.feed = [
        {"post": bluesky.view(f"Kiriman {number}", ago(5 - number))} for number in range(3)
    ]
    feed = bluesky.feed
    respond = bluesky.respond

    def looping(asked: Any) -> Answer:
        is_feed = asked.path.endswith("getAuthorFeed")
        return Answer(body={"feed": feed, "cursor": "sama"}) if is_feed else respond(asked)

    bluesky.respond = looping  # type: ignore[method-assign]  # a network gone wrong

    posts, _ = read(source, page.cursor)

    assert len(posts) == 3
    assert len(bluesky.requests) < 10


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((400, {"error": "InvalidRequest", "message": "Profile not found"}), "gone", "correct its name"),
        ((400, {"error": "InvalidRequest", "message": "Unable to resolve handle"}), "gone", "correct its name"),
        ((400, {"error": "AccountTakedown", "message": "Account has been suspended"}), "suspended", "suspended"),
        ((400, {"error": "AccountDeactivated", "message": "Account is deactivated"}), "gone", "deactivated"),
        ((400, {"error": "BlockedByActor", "message": "x"}), "private", "does not show"),
    ],
)  # fmt: skip
def test_what_bluesky_says_of_an_account_is_told_apart(
    bluesky: Bluesky, source: LiveSource, answer: tuple[int, Any], kind: str, said: str
) -> None:
    bluesky.respond = lambda asked: Answer(status=answer[0], body=answer[1])  # type: ignore[method-assign]  # noqa: ARG005 - in one mood

    with pytest.raises(AccountGone) as raised:
        read(source)

    assert raised.value.kind == kind
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((400, {"error": "InvalidRequest", "message": "Error: limit must be 1"}), PlatformError, "limit"),
        ((404, b"<html>nginx</html>"), PlatformError, "not as Bluesky does"),
        ((401, {"error": "AuthMissing", "message": "No"}), TokenRefused, "asks for a login"),
        ((429, {"error": "RateLimitExceeded"}), RateLimited, "no more questions"),
        ((502, {"error": "UpstreamFailure"}), PlatformError, "502"),
        ((200, {"did": "kosong"}), PlatformError, "without a DID"),
        ((200, {"did": DID}), PlatformError, "without a feed"),
    ],
)  # fmt: skip
def test_what_is_not_the_accounts_doing_is_no_evidence(
    bluesky: Bluesky, source: LiveSource, answer: tuple[int, Any], kind: type[FeedError], said: str
) -> None:
    bluesky.respond = lambda asked: Answer(status=answer[0], body=answer[1])  # type: ignore[method-assign]  # noqa: ARG005 - in one mood

    with pytest.raises(FeedError) as raised:
        read(source)

    assert type(raised.value) is kind
    assert said in str(raised.value)
