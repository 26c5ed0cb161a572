"""X's API: what posts and profiles are read as, what each refusal is, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from emulators import MARKED, Answer, Mode
from emulators.x_api import NUMBER, XApi

from detector.errors import AccountGone, FeedError, PlatformError, RateLimited, TokenRefused
from detector.network import Transport
from detector.records import Page, Post
from detector.sources.live.interface import LiveSource

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)
PROBLEMS: Final = "https://api.twitter.com/2/problems"


@pytest.fixture
def x() -> Iterator[XApi]:
    with XApi() as one:
        yield one


@pytest.fixture
def source(x: XApi) -> Iterator[LiveSource]:
    with Transport(lambda: NOW) as net:
        yield x.source(net)


def read(
    source: LiveSource, cursor: str | None = None, now: datetime = NOW
) -> tuple[list[Post], Page]:
    pages = list(source.poll(cursor, now))
    return [post for page in pages for post in page.posts], pages[-1]


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_long_post_is_read_whole_with_its_links_and_client(x: XApi, source: LiveSource) -> None:
    link = {"url": "https://t.co/c", "expanded_url": "https://klaim.example/apk"}
    number = x.publish(
        "Pengumuman lama yang dipotong…",
        ago(9),
        note_tweet={
            "text": "Pengumuman &amp; bantuan, panjang sekali",
            "entities": {"urls": [link]},
        },
        source="Bot Murah",
        attachments={"media_keys": ["3_1"]},
    )
    x.includes = {
        "media": [{"media_key": "3_1", "type": "photo", "url": "https://g.example/1.jpg"}]
    }

    (post,), _ = read(source)

    assert post.id == number
    assert post.text == "Pengumuman & bantuan, panjang sekali"
    assert post.links == ("https://klaim.example/apk",)
    assert post.app == "Bot Murah"
    assert [(one.kind, one.path) for one in post.media] == [("photo", "https://g.example/1.jpg")]
    assert post.created_at == ago(9)
    assert post.account == "kpucontoh"
    assert post.url == f"https://x.com/kpucontoh/status/{number}"


def test_a_poll_is_read_with_what_can_be_chosen(x: XApi, source: LiveSource) -> None:
    x.publish("Siap ambil hadiah?", ago(9), attachments={"poll_ids": ["7"]})
    choices = [
        {"position": 1, "label": "Ya &amp; daftar", "votes": 3},
        {"label": None},
        {"label": "Tidak"},
    ]
    x.includes = {"polls": [{"id": "7", "voting_status": "open", "options": choices}]}

    (post,), _ = read(source)

    assert post.text == "Siap ambil hadiah?\n\nYa & daftar\nTidak"
    (asked,) = (one for one in x.requests if one.path.endswith("/tweets"))
    assert "attachments.poll_ids" in asked.query["expansions"]
    assert "options" in asked.query["poll.fields"]


def test_a_repost_is_read_with_the_whole_of_what_it_repeats(x: XApi, source: LiveSource) -> None:
    x.publish(
        "RT @koinbagus: Bagi-bagi koin untuk seribu orang pert…",
        ago(5),
        referenced_tweets=[{"type": "retweeted", "id": "77"}],
    )
    x.includes = {
        "tweets": [
            {"id": "77", "author_id": "9", "text": "Bagi-bagi koin untuk seribu orang pertama"}
        ],
    }

    (post,), _ = read(source)

    assert post.is_repost
    assert post.text == "RT @koinbagus: Bagi-bagi koin untuk seribu orang pertama"


def test_an_answer_names_what_it_answers(x: XApi, source: LiveSource) -> None:
    x.publish("Silakan datang", ago(5), referenced_tweets=[{"type": "replied_to", "id": "88"}])

    (post,), _ = read(source)

    assert (post.in_reply_to, post.is_repost) == ("88", False)


def test_an_edited_post_is_the_new_post_that_x_makes_of_it(x: XApi, source: LiveSource) -> None:
    first = x.publish("Jadwal coklit", ago(30))
    _, page = read(source)
    x.tweets.pop()
    second = x.publish("Slot gacor", ago(2), edit_history_tweet_ids=[first, "2"])

    posts, _ = read(source, page.cursor)

    assert [(one.id, one.text) for one in posts] == [(second, "Slot gacor")]


def test_only_posts_newer_than_the_last_are_asked_for(x: XApi, source: LiveSource) -> None:
    """Every post that is read again is paid for again."""
    number = x.publish("Satu", ago(9))
    _, page = read(source)
    read(source, page.cursor)

    assert x.requests[-1].query["since_id"] == number
    assert len(x.requests) == 3


def test_a_reading_that_ends_midway_goes_on_where_it_ended(x: XApi, source: LiveSource) -> None:
    x.publish("Nol", ago(900))
    _, page = read(source)
    wanted = [x.publish(f"Kiriman {number}", ago(800 - number)) for number in range(250)]

    first = next(iter(source.poll(page.cursor, NOW)))
    rest, _ = read(source, first.cursor)

    assert [post.id for post in (*first.posts, *rest)] == wanted


def test_an_account_without_posts_is_followed_from_its_first(x: XApi, source: LiveSource) -> None:
    posts, page = read(source)
    assert posts == []
    wanted = [x.publish(f"Kiriman {number}", ago(400 - number)) for number in range(130)]

    assert [post.id for post in read(source, page.cursor)[0]] == wanted


def test_the_profile_comes_with_posts_and_is_asked_for_when_there_are_none(
    x: XApi, source: LiveSource
) -> None:
    x.publish("Satu", ago(9))
    _, page = read(source)
    assert page.profile is not None
    assert page.profile.links == (
        "https://kpu-contoh.example",
        "https://kpu-contoh.example/layanan",
    )
    assert page.profile.bio == "Akun resmi KPU Contoh https://kpu-contoh.example/layanan"
    assert (page.profile.posts, page.profile.is_private) == (900, False)
    x.user |= {"name": "Elon Musk", "username": "teslagift24"}

    _, soon = read(source, page.cursor, NOW + timedelta(minutes=5))
    _, later = read(source, soon.cursor, NOW + timedelta(minutes=16))

    assert soon.profile is None
    assert later.profile is not None
    assert (later.profile.name, later.profile.handle) == ("Elon Musk", "teslagift24")
    assert x.requests[-1].path == f"/2/users/{NUMBER}"


def test_a_renamed_account_is_read_on_under_the_name_it_is_known_by(
    x: XApi, source: LiveSource
) -> None:
    x.publish("Satu", ago(9))
    _, page = read(source)
    x.user["username"] = "teslagift24"
    x.publish("Kirim 1 terima 2", ago(1))

    (post,), _ = read(source, page.cursor)

    assert post.account == "kpucontoh"


def test_posts_that_others_deleted_or_protect_do_not_stand_in_the_way(
    x: XApi, source: LiveSource
) -> None:
    number = x.publish("Mengutip", ago(3), referenced_tweets=[{"type": "quoted", "id": "5"}])
    page = x._page

    def beside(query: dict[str, str]) -> dict[str, Any]:
        problem = {
            "resource_type": "tweet",
            "resource_id": "5",
            "type": f"{PROBLEMS}/resource-not-found",
        }
        return page(query) | {"errors": [problem]}

    x._page = beside  # type: ignore[method-assign]  # X answers so beside posts

    posts, last = read(source)

    assert [post.id for post in posts] == [number]
    assert last.rejected == ()


def test_half_a_character_in_one_post_hides_none_of_the_others(x: XApi, source: LiveSource) -> None:
    body = (
        b'{"data":[{"id":"1859000000000000002","text":"a \\ud83d b","created_at":"2024-11-20T01:00:00.000Z"},'
        b'{"id":"1859000000000000001","text":"Jadwal","created_at":"2024-11-20T00:00:00.000Z"}],"meta":{}}'
    )
    respond = x.respond
    x.respond = lambda asked: Answer(body=body) if "tweets" in asked.path else respond(asked)  # type: ignore[method-assign]  # bytes that msgspec refuses

    posts, _ = read(source)

    assert [post.text for post in posts] == ["Jadwal", "a \ufffd b"]


def refused(source: LiveSource) -> FeedError:
    with pytest.raises(FeedError) as raised:
        list(source.poll(None, NOW))
    assert "\n" not in str(raised.value)
    return raised.value


def test_what_x_says_of_an_account_is_told_apart(x: XApi, source: LiveSource) -> None:
    told = {
        ("resource-not-found", "Could not find user with username: [kpucontoh]."): "gone",
        ("resource-not-found", "User has been suspended: [kpucontoh]."): "suspended",
        (
            "not-authorized-for-resource",
            "Sorry, you are not authorized to see the user.",
        ): "private",
    }
    for (kind, detail), wanted in told.items():
        x.problem = {"resource_type": "user", "detail": detail, "type": f"{PROBLEMS}/{kind}"}
        error = refused(source)
        assert isinstance(error, AccountGone)
        assert error.kind == wanted


def test_a_suspended_account_is_noticed_by_its_timeline_alone(x: XApi, source: LiveSource) -> None:
    x.publish("Satu", ago(9))
    _, page = read(source)
    x.problem = {
        "detail": f"User has been suspended: [{NUMBER}].",
        "resource_type": "user",
        "type": f"{PROBLEMS}/resource-not-found",
    }

    with pytest.raises(AccountGone) as raised:
        read(source, page.cursor)
    assert raised.value.kind == "suspended"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ((401, {"title": "Unauthorized", "detail": f"Bad {MARKED}"}), TokenRefused, "new bearer token"),
        ((402, {"title": "CreditsDepleted", "type": f"{PROBLEMS}/credits"}), TokenRefused, "credits"),
        ((403, {"title": "Client Forbidden", "type": f"{PROBLEMS}/client-forbidden"}), TokenRefused, "attach the app"),
        ((429, {"title": "UsageCapExceeded", "type": f"{PROBLEMS}/usage-capped"}), RateLimited, "credits"),
        ((400, {"errors": [{"message": "Invalid 'since_id'"}], "title": "Invalid Request"}), PlatformError, "since_id"),
        ((404, b"<html>nginx</html>"), PlatformError, "not as X does"),
        ((403, b"<html>denied</html>"), PlatformError, "not as X does"),
        ((200, {"hello": 1}), PlatformError, "neither"),
        ((200, [1]), PlatformError, "no object"),
    ],
)  # fmt: skip
def test_each_refusal_is_whose_doing_it_is(
    x: XApi, source: LiveSource, answer: tuple[int, Any], kind: type[FeedError], said: str
) -> None:
    status, body = answer
    x.respond = lambda asked: Answer(status=status, body=body)  # type: ignore[method-assign]  # noqa: ARG005 - in one mood

    error = refused(source)

    assert type(error) is kind
    assert said in str(error)
    assert MARKED not in str(error)


def test_a_budget_used_up_names_the_moment_of_its_reset(x: XApi, source: LiveSource) -> None:
    x.fail(Mode.THROTTLED)

    error = refused(source)

    assert isinstance(error, RateLimited)
    assert error.retry_at is not None
    assert error.retry_at > NOW
