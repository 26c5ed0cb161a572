"""A Mastodon server: what statuses and accounts are read as, and what each refusal is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from emulators import MARKED, TOKEN, Answer, Mode
from emulators.mastodon import NUMBER, Mastodon

from detector.errors import AccountGone, FeedError, PlatformError, SettingsError, TokenRefused
from detector.network import Transport
from detector.records import Account, Page, Post
from detector.sources.live.interface import LiveSource
from detector.sources.live.mastodon import Mastodon as Source
from detector.sources.live.mastodon import MastodonOptions

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Mastodon]:
    with Mastodon() as one:
        yield one


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW) as one:
        yield one


@pytest.fixture
def source(server: Mastodon, net: Transport) -> LiveSource:
    return server.source(net)


def read(source: LiveSource, cursor: str | None = None) -> tuple[list[Post], Page]:
    pages = list(source.poll(cursor, NOW))
    return [post for page in pages for post in page.posts], pages[-1]


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def stamp(minutes: float) -> str:
    return ago(minutes).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_a_status_is_read_as_its_readers_see_it(server: Mastodon, source: LiveSource) -> None:
    number = server.publish(
        "",
        ago(5),
        spoiler_text="Bantuan",
        content='<p>Klaim <a href="https://klaim.example/x">klaim.example</a><br>hari ini</p>',
        application={"name": "Bot Murah"},
        media_attachments=[{"type": "image", "url": "https://berkas.example/1.png"}],
        in_reply_to_id="9",
    )

    (post,), _ = read(source)

    assert (post.id, post.text, post.app) == (
        number,
        "Bantuan\n\nKlaim klaim.example\nhari ini",
        "Bot Murah",
    )
    assert post.links == ("https://klaim.example/x",)
    assert [one.kind for one in post.media] == ["photo"]
    assert (post.in_reply_to, post.created_at) == ("9", ago(5))
    assert post.account == "kpucontoh@sosial.example"


def test_a_boost_is_a_repost_of_what_it_boosts(server: Mastodon, source: LiveSource) -> None:
    server.publish("Koin gratis", ago(50))
    boosted = server.statuses.pop() | {"account": {"acct": "lain@jauh.example", "id": "7"}}
    server.publish("", ago(3), content="", reblog=boosted)

    (post,), _ = read(source)

    assert (post.is_repost, post.text, post.created_at) == (True, "Koin gratis", ago(3))


def test_what_is_not_for_the_public_is_counted_and_not_given(
    server: Mastodon, source: LiveSource
) -> None:
    server.publish("Untuk pengikut", ago(3), visibility="private")

    posts, page = read(source)

    assert (posts, page.ignored, page.records) == ([], 1, 1)


def test_an_edited_status_is_given_once_more(server: Mastodon, source: LiveSource) -> None:
    number = server.publish("Jadwal coklit", ago(600))
    _, page = read(source)
    server.statuses[0] |= {"content": "<p>Slot gacor</p>", "edited_at": stamp(2)}

    (post,), page = read(source, page.cursor)

    assert post.id.startswith(f"{number}~")
    assert (post.text, post.created_at) == ("Slot gacor", ago(2))
    assert read(source, page.cursor)[0] == []


def test_a_server_that_leads_to_another_address_is_not_followed_there(
    server: Mastodon, source: LiveSource
) -> None:
    """Only the number is taken from the Link header, which here names a host that is not the server."""
    for number in range(60):
        server.publish(f"Kiriman {number}", ago(600 - number))

    posts, _ = read(source)

    assert len(posts) == 60
    assert [one.query.get("max_id") for one in server.requests[1:]] == [
        None,
        server.statuses[20]["id"],
    ]


def test_a_server_that_repeats_a_page_is_not_read_for_ever(
    server: Mastodon, source: LiveSource
) -> None:
    server.publish("Satu", ago(9))
    _, page = read(source)
    wanted = [server.publish(f"Kiriman {number}", ago(8)) for number in range(3)]
    respond = server.respond

    def looping(asked: Any) -> Answer:
        answer = respond(asked)
        newest = [one | {"account": server.account} for one in server.statuses[:0:-1]]
        link = {"link": '<https://sosial.example/?max_id=5>; rel="next"'}
        return Answer(body=newest, headers=link) if "statuses" in asked.path else answer

    server.respond = looping  # type: ignore[method-assign]  # a server gone wrong

    posts, _ = read(source, page.cursor)

    assert sorted(one.id for one in posts) == sorted(wanted)
    assert len(server.requests) < 10


def test_the_profile_comes_with_the_statuses(server: Mastodon, source: LiveSource) -> None:
    server.publish("Satu", ago(9))
    _, page = read(source)

    assert page.profile is not None
    assert (page.profile.name, page.profile.bio) == ("KPU Contoh", "Akun resmi KPU Contoh")
    assert page.profile.links == ("https://kpu-contoh.example",)
    assert (page.profile.handle, page.profile.posts) == ("kpucontoh@sosial.example", 70)
    assert [one.path for one in server.requests] == [
        "/api/v1/accounts/lookup",
        f"/api/v1/accounts/{NUMBER}/statuses",
    ]

    server.account["display_name"] = "Koin Bagus"
    _, page = read(source, page.cursor)

    assert page.profile is not None
    assert page.profile.name == "Koin Bagus"
    assert len(server.requests) == 3


def test_a_suspended_account_that_just_shows_nothing_is_noticed(
    server: Mastodon, source: LiveSource
) -> None:
    server.publish("Satu", ago(9))
    _, page = read(source)
    server.account |= {"suspended": True, "display_name": "", "note": ""}

    with pytest.raises(AccountGone) as raised:
        read(source, page.cursor)
    assert raised.value.kind == "suspended"


def test_a_closed_server_asks_for_a_token_and_takes_one(server: Mastodon, net: Transport) -> None:
    server.publish("Satu", ago(9))
    server.is_closed = True

    with pytest.raises(TokenRefused, match="shows nothing without a token") as raised:
        read(server.source(net))
    posts, _ = read(server.source(net, token=TOKEN))

    assert len(posts) == 1
    assert "Preferences" in raised.value.hint
    assert server.requests[-1].headers["authorization"] == f"Bearer {MARKED}"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((404, {"error": "Record not found"}), AccountGone, "has no kpucontoh@sosial.example"),
        ((410, {"error": "Gone"}), AccountGone, "Gone"),
        ((404, b"<html>nginx</html>"), PlatformError, "does not answer as Mastodon does"),
        ((403, b"<html>Checking your browser</html>"), PlatformError, "not as Mastodon does"),
        ((403, {"error": f"This action is not allowed {MARKED}"}), TokenRefused, "new token"),
        ((200, [1, 2]), PlatformError, "no object"),
        ((200, {"id": {}}), PlatformError, "without an id"),
        ((200, {"id": "../../admin"}), PlatformError, "without an id"),
        ((503, {"error": "Maintenance"}), PlatformError, "503"),
    ],
)  # fmt: skip
def test_each_refusal_is_whose_doing_it_is(
    server: Mastodon, net: Transport, answer: tuple[int, Any], kind: type[FeedError], said: str
) -> None:
    status, body = answer
    server.respond = lambda asked: Answer(status=status, body=body)  # type: ignore[method-assign]  # noqa: ARG005 - in one mood

    with pytest.raises(FeedError) as raised:
        read(server.source(net, token=TOKEN))

    assert type(raised.value) is kind
    assert said in str(raised.value)
    assert MARKED not in str(raised.value)


def test_a_dead_token_is_named_within_one_reading(server: Mastodon, net: Transport) -> None:
    server.fail(Mode.TOKEN_DEAD)

    with pytest.raises(TokenRefused, match="access token is invalid"):
        read(server.source(net, token=TOKEN))


def test_a_handle_without_a_server_is_refused_with_what_to_do(net: Transport) -> None:
    account = Account(platform="mastodon", handle="kpucontoh")

    def none(_: Any) -> Any:
        raise AssertionError

    with pytest.raises(SettingsError, match="user@server"):
        list(Source(account, MastodonOptions(kind="mastodon"), none, net).poll(None, NOW))


def test_another_server_counts_otherwise_and_is_read_from_its_beginning(
    server: Mastodon, source: LiveSource, net: Transport
) -> None:
    server.publish("Satu", ago(9))
    _, page = read(source)

    with Mastodon() as other:
        number = other.publish("Satu", ago(9))
        posts, _ = read(other.source(net), page.cursor)
        asked = [one.path for one in other.requests]

    assert [post.id for post in posts] == [number]
    assert asked[0] == "/api/v1/accounts/lookup"
