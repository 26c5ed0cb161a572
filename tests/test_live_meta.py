"""Instagram and Facebook through the Graph API: shapes, edits, stories, comments, errors by their codes."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from emulators import MARKED, TOKEN, Answer, Emulator
from emulators._meta import MetaEmulator, failure
from emulators.facebook_page import FacebookPage
from emulators.instagram_business_discovery import InstagramBusinessDiscovery
from emulators.instagram_own_media import InstagramOwnMedia
from hypothesis import example, given
from hypothesis import strategies as st

from detector.errors import (
    AccountGone,
    FeedError,
    PlatformError,
    RateLimited,
    SettingsError,
    TokenRefused,
)
from detector.network import Transport
from detector.records import Account, Media, Page, Post, Rejected
from detector.sources.live import facebook_page, instagram_business_discovery
from detector.sources.live._meta_media import entries
from detector.transport import Hidden

NOW: Final = datetime(2024, 11, 21, 6, 0, tzinfo=UTC)
ALL: Final[tuple[type[MetaEmulator], ...]] = (
    InstagramBusinessDiscovery,
    InstagramOwnMedia,
    FacebookPage,
)
SAMPLES: Final = Path(__file__).parents[2] / "shared/samples/meta_graph_api/testdata"

each = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW, longest=5) as transport:
        yield transport


def _at(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def _posts(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


def _polled(platform: Emulator, net: Transport, cursor: str | None = None) -> list[Page]:
    return list(platform.source(net).poll(cursor, NOW))


@each
def test_the_profile_comes_along(kind: type[MetaEmulator], net: Transport) -> None:
    with kind() as platform:
        platform.publish("Halo", _at(5))
        before = _polled(platform, net)[-1].profile
        platform.profile |= {"name": "iPhone Murah", "website": "https://wa.me/6281200000001"}
        url = "https://cdn.example/v/t51/3_4_n.jpg?oh=9"
        platform.profile |= {"profile_picture_url": url, "picture": {"data": {"url": url}}}
        after = _polled(platform, net)[-1].profile

    assert before is not None
    assert after is not None
    assert (before.name, before.links) == ("KPU Kabupaten Contoh", ("https://kpu.example",))
    assert (before.handle, bool(before.bio)) == (platform.handle, True)
    assert before.followers in {1200, 5400}
    assert (after.name, after.links) == ("iPhone Murah", ("https://wa.me/6281200000001",))
    assert before.picture
    assert after.picture
    assert before.picture != after.picture


@each
def test_a_picture_is_the_same_however_it_is_signed_and_sized(
    kind: type[MetaEmulator], net: Transport
) -> None:
    seen = set()
    with kind() as platform:
        for size in ("s150x150", "s320x320"):
            url = f"https://cdn-{size}.example/v/t51/{size}/1_2_n.jpg?oh={size}"
            platform.profile |= {"profile_picture_url": url, "picture": {"data": {"url": url}}}
            profile = _polled(platform, net)[-1].profile
            assert profile is not None
            seen.add(profile.picture)

    assert len(seen) == 1


@each
def test_an_edited_caption_is_an_utterance_of_its_own(
    kind: type[MetaEmulator], net: Transport
) -> None:
    with kind() as platform:
        key = platform.publish("Selamat Hari Guru", _at(60 * 24 * 30))
        cursor = _polled(platform, net)[-1].cursor
        field = "caption" if "caption" in platform.records[0] else "message"
        platform.records[0][field] = "Tebus murah, klaim ke 0812-0000-0001"
        edited = _polled(platform, net, cursor)
        quiet = _polled(platform, net, edited[-1].cursor)
    (post,) = _posts(edited)

    assert post.id.startswith(f"{key}~")
    assert (post.text, post.created_at) == ("Tebus murah, klaim ke 0812-0000-0001", NOW)
    assert not _posts(quiet)


@each
def test_a_quiet_poll_of_another_account_is_one_question_of_each_kind(
    kind: type[MetaEmulator], net: Transport
) -> None:
    with kind() as platform:
        for number in range(120):
            platform.publish(f"Nomor {number}", _at(10 * (200 - number)))
        cursor = _polled(platform, net)[-1].cursor
        before = len(platform.requests)
        _polled(platform, net, cursor)
        asked = [one.path for one in platform.requests[before:]]

    assert len(asked) == len(set(asked)) <= 3
    assert len(cursor.encode()) < 3_000


@each
def test_a_budget_that_ends_on_the_way_gives_the_newest_first_and_the_rest_later(
    kind: type[MetaEmulator],
) -> None:
    with kind() as platform, Transport(lambda: NOW, longest=5) as net:
        platform.publish("Lama", _at(9_000))
        cursor = _polled(platform, net)[-1].cursor
        wanted = {platform.publish(f"Nomor {n}", _at(1_000 - n)) for n in range(130)}
        platform.headers = {"x-app-usage": '{"call_count":97}'}
        got: list[Page] = []
        with pytest.raises(RateLimited) as caught:
            _poll_into(platform, net, cursor, got)
        assert caught.value.retry_at == NOW + timedelta(minutes=15)
        assert [f"Nomor {n}" for n in range(80, 130)] == [one.text for one in _posts(got)]
        assert got[-1].cursor == cursor
    with Transport(lambda: NOW, longest=5) as net, kind() as later:
        later.publish("Lama", _at(9_000))
        assert wanted == {later.publish(f"Nomor {n}", _at(1_000 - n)) for n in range(130)}
        rest = _polled(later, net, got[-1].cursor)

    assert wanted == {one.id for one in _posts(rest)}


def _poll_into(platform: Emulator, net: Transport, cursor: str, got: list[Page]) -> None:
    """Keep the pages that come before the error."""
    got.extend(platform.source(net).poll(cursor, NOW))


@each
def test_less_is_asked_for_when_meta_says_it_was_too_much(
    kind: type[MetaEmulator], net: Transport
) -> None:
    too_much = failure(500, "Please reduce the amount of data you're asking for", 1)
    with kind() as platform:
        keys = [platform.publish(f"Nomor {number}", _at(90 - number)) for number in range(30)]
        platform.say(too_much, too_much)
        pages = _polled(platform, net)
        limits = {one.query.get("limit", one.query["fields"]) for one in platform.requests}

    assert set(_ids := [post.id for post in _posts(pages)]) <= set(keys)
    assert keys[-1] in _ids
    assert len(limits) >= 3


CODES: Final[tuple[tuple[int, int | None, str, type[FeedError]], ...]] = (
    (4, None, "Application request limit reached", RateLimited),
    (17, 2446079, "User request limit reached", RateLimited),
    (32, None, "Page request limit reached", RateLimited),
    (613, None, "Calls to this api have exceeded the rate limit.", RateLimited),
    (80002, None, "There have been too many calls to this Instagram account", RateLimited),
    (190, None, "Invalid OAuth access token", TokenRefused),
    (190, 460, "The session has been invalidated because the user changed their password", TokenRefused),
    (190, 463, "Session has expired", TokenRefused),
    (102, None, "Session key invalid", TokenRefused),
    (10, None, "Application does not have permission for this action", TokenRefused),
    (200, None, "Requires pages_read_engagement", TokenRefused),
    (299, None, "Permissions error", TokenRefused),
    (200, 2069031, "This field is not supported", PlatformError),
    (368, None, "The action attempted has been deemed abusive", TokenRefused),
    (100, None, "Object does not exist, cannot be loaded due to missing permission", TokenRefused),
    (100, None, "requires either app secret proof or an app token", TokenRefused),
    (100, 33, "Unsupported get request", TokenRefused),
    (100, None, "Tried accessing nonexisting field", PlatformError),
    (110, 2207013, "The user with username cannot be found", AccountGone),
    (803, None, "Some of the aliases you requested do not exist", AccountGone),
    (21, None, "Page ID 1 was migrated to page ID 2", AccountGone),
    (1, None, "An unknown error occurred", PlatformError),
    (2, None, "Service temporarily unavailable", PlatformError),
    (424242, None, "Something new", PlatformError),
)  # fmt: skip


@pytest.mark.parametrize(
    ("error", "expected"), [(one[:3], one[3]) for one in CODES], ids=lambda one: str(one)[:40]
)
@each
def test_a_code_says_whose_doing_it_is(
    kind: type[MetaEmulator],
    error: tuple[int, int | None, str],
    expected: type[FeedError],
    net: Transport,
) -> None:
    code, sub, words = error
    with kind() as platform:
        platform.say(*[failure(400, f"(#{code}) {words} {MARKED}", code, sub)] * 4)
        with pytest.raises(expected) as caught:
            _polled(platform, net)

    assert type(caught.value) is expected
    assert MARKED not in str(caught.value)
    assert words.split(maxsplit=1)[0] in str(caught.value)


@pytest.mark.parametrize("kind", [InstagramOwnMedia, FacebookPage], ids=lambda kind: kind.__name__)
def test_a_field_that_is_shown_no_more_names_the_setting_that_asks_for_it(
    kind: type[MetaEmulator], net: Transport
) -> None:
    with kind() as platform:
        platform.say(failure(400, "(#100) Tried accessing nonexisting field (admin_creator)", 100))
        with pytest.raises(PlatformError) as caught:
            _polled(platform, net)

    assert "`own`" in caught.value.hint


@pytest.mark.parametrize("kind", [InstagramOwnMedia, FacebookPage], ids=lambda kind: kind.__name__)
def test_an_object_that_was_there_and_is_not_is_gone(
    kind: type[MetaEmulator], net: Transport
) -> None:
    with kind() as platform:
        platform.publish("Halo", _at(5))
        cursor = _polled(platform, net)[-1].cursor
        platform.say(failure(400, "Unsupported get request. Object does not exist", 100, 33))
        with pytest.raises(AccountGone):
            _polled(platform, net, cursor)


def test_what_is_missing_through_another_account_is_our_own(net: Transport) -> None:
    with InstagramBusinessDiscovery() as platform:
        cursor = _polled(platform, net)[-1].cursor
        platform.say(failure(400, "Unsupported get request. Object does not exist", 100, 33))
        with pytest.raises(TokenRefused, match="id in the settings"):
            _polled(platform, net, cursor)


def test_a_changed_password_is_told_as_what_it_may_be(net: Transport) -> None:
    with InstagramOwnMedia() as platform:
        platform.say(failure(400, "Session invalidated", 190, 460))
        with pytest.raises(TokenRefused, match="takeover"):
            _polled(platform, net)


@pytest.mark.parametrize("handle", ["a){id}", "dua kata", "x" * 31, "", "é"])
def test_a_name_cannot_smuggle_fields_into_the_question(handle: str, net: Transport) -> None:
    kind = instagram_business_discovery.InstagramBusinessDiscovery
    options = msgspec.convert({"kind": kind.name, "token": TOKEN, "via": "1"}, kind.options_type)
    account = Account(platform="instagram", handle=handle)

    with pytest.raises(SettingsError):
        list(kind(account, options, lambda _: Hidden(MARKED), net).poll(None, NOW))


@pytest.mark.parametrize(
    ("option", "value"),
    [("via", "../me"), ("version", "25"), ("version", "v25.0/x"), ("token", "EAAB"), ("base", 5)],
)
def test_options_are_looked_at_before_anything_is_asked(
    option: str, value: object, net: Transport
) -> None:
    with InstagramBusinessDiscovery() as platform, pytest.raises(msgspec.ValidationError):
        platform.source(net, **{option: value})


def test_an_app_that_asks_for_proof_gets_it_without_the_secret(net: Transport) -> None:
    with FacebookPage() as platform:
        list(platform.source(net, app_secret={"env": "APP"}).poll(None, NOW))
        asked = platform.requests
    proof = hmac.new(MARKED.encode(), MARKED.encode(), hashlib.sha256).hexdigest()

    assert {proof} == {one.query["appsecret_proof"] for one in asked}


def test_stories_and_what_people_say_come_with_an_own_account(net: Transport) -> None:
    with InstagramOwnMedia() as platform:
        platform.publish("Cek fakta", _at(50), (("budi", "min akunnya dihack?"), ("ani", "😱")))
        story = platform.publish("", _at(20), is_story=True)
        pages = _polled(platform, net)
        fresh = platform.publish("", _at(1), is_story=True)
        again = _polled(platform, net, pages[-1].cursor)
    reel, shown = _posts(pages)

    assert [(one.author, one.text) for one in reel.comments] == [
        ("budi", "min akunnya dihack?"),
        ("ani", "😱"),
    ]
    assert (reel.kind, shown.kind) == ("reel", "story")
    assert (shown.id, shown.text, shown.media) == (story, "", (Media("video"),))
    assert [fresh] == [post.id for post in _posts(again)]


def test_posts_of_an_account_that_was_renamed_are_still_the_watched_ones(net: Transport) -> None:
    with InstagramOwnMedia() as platform:
        platform.publish("Halo", _at(50))
        cursor = _polled(platform, net)[-1].cursor
        platform.profile["username"] = "iphone.murah"
        platform.publish("Tebus murah", _at(2))
        platform.records[0]["username"] = "iphone.murah"
        (page,) = _polled(platform, net, cursor)

    assert [post.account for post in page.posts] == [platform.handle]
    assert page.profile is not None
    assert page.profile.handle == "iphone.murah"


def test_a_post_under_which_people_begin_to_ask_is_given_again_as_it_is(net: Transport) -> None:
    def told(count: int) -> dict[str, Any]:
        said = [{"text": f"dihack ya? {n}", "username": f"warga{n}"} for n in range(count)]
        return {"data": said}

    with InstagramOwnMedia() as platform:
        old = platform.publish("Kemarin lusa", _at(60 * 48))
        key = platform.publish("Tebus murah", _at(30))
        cursor = _polled(platform, net)[-1].cursor
        given = []
        for count in (2, 2, 5, 0):
            platform.records[0]["comments"] = platform.records[1]["comments"] = told(count)
            pages = _polled(platform, net, cursor)
            cursor = pages[-1].cursor
            given.append([(post.id, len(post.comments)) for post in _posts(pages)])

    assert given == [[(key, 2)], [], [(key, 5)], []]
    assert old


def test_many_stories_do_not_hide_new_posts(net: Transport) -> None:
    with InstagramOwnMedia() as platform:
        platform.publish("Lama", _at(3_000))
        for number in range(40):
            platform.publish("", _at(1_400 - number), is_story=True)
        cursor = _polled(platform, net)[-1].cursor
        wanted = [platform.publish(f"Nomor {n}", _at(200 - n)) for n in range(90)]
        pages = _polled(platform, net, cursor)

    assert wanted == [post.id for post in _posts(pages)]


def test_stories_and_comments_can_be_left_out(net: Transport) -> None:
    with InstagramOwnMedia() as platform:
        platform.publish("Halo", _at(5))
        list(platform.source(net, stories=False, comments=False).poll(None, NOW))
        asked = platform.requests

    assert not any("stories" in one.path or "comments" in one.query["fields"] for one in asked)


def test_a_post_of_a_page_tells_app_and_person_without_naming_them(net: Transport) -> None:
    extra: dict[str, Any] = {
        "application": {"name": "Business Suite", "id": "1"},
        "admin_creator": {"id": "1000222", "name": "Budi Contoh"},
        "attachments": {
            "data": [
                {"media_type": "album", "subattachments": {"data": [{"media_type": "photo"}] * 3}},
                {"media_type": "link", "url": "https://l.facebook.com/l.php?u=https%3A%2F%2Fkpu.example%2Fdpt&h=1"},
            ]
        },
        "place": {"name": "Blora"},
        "comments": {
            "data": [
                {"message": "kok jualan hp?", "from": {"id": "7", "name": "Ani"}},
                {"message": "Kami cek", "from": {"id": FacebookPage.own_id, "name": "KPU"}},
            ]
        },
    }  # fmt: skip
    with FacebookPage() as platform:
        platform.publish("Daftar pemilih", _at(5), **extra)
        page = list(platform.source(net, own=True).poll(None, NOW))[-1]
        assert "admin_creator" in platform.requests[0].query["fields"]
    (post,) = page.posts

    assert post.app is not None
    assert post.app.startswith("Business Suite #")
    assert "Budi" not in repr(page)
    assert "1000222" not in repr(page)
    assert (Media("photo"),) * 3 == post.media
    assert (post.links, post.location) == (("https://kpu.example/dpt",), "Blora")
    assert ["Ani", platform.handle] == [one.author for one in post.comments]


def test_reels_of_a_page_are_read_where_asked_for(net: Transport) -> None:
    reel = {
        "id": "880000000000001",
        "description": "Situs gacor, daftar di bio",
        "created_time": "2024-11-21T05:40:00+0000",
        "permalink_url": "/reel/880000000000001/",
    }
    with FacebookPage() as platform:
        platform.publish("Halo", _at(60))
        platform.reels = [reel, {"id": "x"}, None]
        source = platform.source(net, own=True, reels=True)
        (page,) = source.poll(None, NOW)
        again = list(source.poll(page.cursor, NOW))
        plain = _polled(platform, net)
    shown = page.posts[-1]

    assert (shown.kind, shown.text, shown.media) == (
        "reel",
        "Situs gacor, daftar di bio",
        (Media("video"),),
    )
    assert shown.url == "https://www.facebook.com/reel/880000000000001/"
    assert len(page.rejected) == 2
    assert not [(one.posts, one.events) for one in again if one.posts or one.events]
    assert len(_posts(plain)) == 1


def test_posts_that_vanish_from_a_page_are_told(net: Transport) -> None:
    with FacebookPage() as platform:
        for number in range(70):
            platform.publish(f"Nomor {number}", _at(100 * (200 - number)))
        platform.publish("Disematkan", NOW - timedelta(days=900))
        cursor = _polled(platform, net)[-1].cursor
        quiet = _polled(platform, net, cursor)
        del platform.records[1:3]
        few = _polled(platform, net, quiet[-1].cursor)
        del platform.records[1:31]
        platform.publish("iPhone murah", _at(1))
        many = _polled(platform, net, few[-1].cursor)
        sure = _polled(platform, net, many[-1].cursor)
        then = _polled(platform, net, sure[-1].cursor)

    assert [
        [(one.kind, one.details["count"]) for page in pages for one in page.events]
        for pages in (quiet, few, many, sure, then)
    ] == [[], [("posts_deleted", "2")], [], [("posts_deleted", "30")], []]
    assert [post.text for post in _posts(many)] == ["iPhone murah"]


def test_a_page_that_is_blank_once_is_a_slip_and_twice_is_emptied(net: Transport) -> None:
    with FacebookPage() as platform:
        for number in range(5):
            platform.publish(f"Nomor {number}", _at(100 - number))
        cursor = _polled(platform, net)[-1].cursor
        kept, platform.records = platform.records, []
        slip = _polled(platform, net, cursor)
        platform.records = kept
        back = _polled(platform, net, slip[-1].cursor)
        platform.records = []
        told = [
            event.details
            for cursor in (back[-1].cursor, slip[-1].cursor)
            for page in _polled(platform, net, cursor)
            for event in page.events
        ]

    assert not slip[-1].events
    assert (_posts(back), back[-1].events) == ([], ())
    assert told == [{"count": "5"}]


def test_a_visitors_post_and_a_bare_share_are_told_apart(net: Transport) -> None:
    with FacebookPage() as platform:
        platform.publish("Halo min", _at(5), **{"from": {"id": "777"}})
        platform.publish("", _at(4), status_type="shared_story")
        platform.publish("Simak", _at(3), status_type="shared_story")
        for minutes, url in (
            (2, "https://video.example/x"),
            (1, "https://www.facebook.com/9/posts/8/"),
        ):
            link = {"data": [{"media_type": "link", "type": "share", "unshimmed_url": url}]}
            platform.publish("", _at(minutes), status_type="shared_story", attachments=link)
        (page,) = _polled(platform, net)

    assert [(post.text, post.is_repost) for post in page.posts] == [
        ("", True),
        ("Simak", False),
        ("", False),
        ("", True),
    ]
    assert page.ignored == 1


def test_a_next_page_is_never_asked_where_an_answer_says(net: Transport) -> None:
    with FacebookPage() as platform:
        for number in range(60):
            platform.publish(f"Nomor {number}", _at(100 - number))
        _polled(platform, net)
        asked = [one.query for one in platform.requests if one.path.endswith("/posts")]

    assert [set(), {"until", "__paging_token"}] == [set(one) - {"fields", "limit"} for one in asked]


_ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from(["2024-11-21T05:40:00+0000", "https://www.instagram.com/p/DAbc12345/", "\ud83d", "1_2"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["data", "id", "name", "url", "media_type", "text", "message"]), inner, max_size=4),
    max_leaves=9,
)  # fmt: skip
_FIELDS: Final = (
    "id", "caption", "message", "timestamp", "created_time", "permalink", "permalink_url", "children", "comments",
    "media_type", "media_product_type", "shortcode", "attachments", "from", "application", "admin_creator", "place",
    "status_type",
)  # fmt: skip


@given(st.lists(_ANYTHING | st.dictionaries(st.sampled_from(_FIELDS), _ANYTHING), max_size=4))
@example([{"id": "\ud83d"}])
def test_whatever_a_record_is_it_becomes_a_post_or_is_rejected(records: list[Any]) -> None:
    for read in (
        entries(records, "feed", "contoh", NOW),
        facebook_page.entries(records, "feed", "contoh", NOW),
    ):
        assert len(read) == len(records)
        for one in read:
            msgspec.json.encode(one.became) if isinstance(one.became, Post | Rejected) else None
            assert one.key


def test_a_record_nested_without_end_hides_no_other(net: Transport) -> None:
    deep = b"[" * 900 + b"]" * 900
    with FacebookPage() as platform:
        key = platform.publish("Halo", _at(5))
        good = msgspec.json.encode(platform.records[0])
        platform.say(Answer(body=b'{"data":[' + deep + b"," + good + b"]}"))
        pages = _polled(platform, net)

    assert [post.id for post in _posts(pages)] == [key]
    assert len(pages[-1].rejected) == 1


@pytest.mark.parametrize(
    "name",
    ["discovery/medias_p1", "users/medias_p1", "users/medias_p2", "stories/stories_fields_p1"],
)
def test_recorded_instagram_answers_are_read(name: str) -> None:
    path = SAMPLES / "instagram" / "apidata" / f"{name}.json"
    if not path.exists():
        pytest.skip("the recorded answers are not here")
    answer = json.loads(path.read_bytes())
    found = answer.get("business_discovery", {}).get("media", answer)["data"]
    read = entries(found, "sample", "contoh", NOW)

    dated = [one for one in found if "timestamp" in one]
    posts = [one.became for one in read if isinstance(one.became, Post)]
    assert len(dated) == len(posts)
    assert all(post.url and post.id in post.url for post in posts)
    assert [one.get("caption", "") for one in dated] == [post.text for post in posts]


@pytest.mark.parametrize(
    "name", ["posts/feed_fields_p1", "posts/feed_fields_p2", "posts/feeds_default_fields_p1"]
)
def test_recorded_facebook_answers_are_read(name: str) -> None:
    path = SAMPLES / "facebook" / "apidata" / f"{name}.json"
    if not path.exists():
        pytest.skip("the recorded answers are not here")
    found = json.loads(path.read_bytes())["data"]
    read = facebook_page.entries(found, "sample", "contoh", NOW)

    posts = [one.became for one in read if isinstance(one.became, Post)]
    assert [one["id"] for one in found] == [post.id for post in posts]


def test_a_recorded_album_is_read() -> None:
    path = SAMPLES / "facebook" / "models" / "post.json"
    if not path.exists():
        pytest.skip("the recorded answers are not here")
    post = facebook_page.post_of(json.loads(path.read_bytes()), "contoh", "sample#0")

    assert len(post.media) > 1
    assert {"photo"} == {one.kind for one in post.media}
