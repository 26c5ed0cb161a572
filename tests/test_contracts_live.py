"""Every live source against its platform on the loopback: what is read, what is never lost, and what failures say."""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import emulators
import msgspec
import pytest
from emulators import MARKED, Answer, Emulator, Mode

from detector.errors import (
    AccountGone,
    FeedError,
    NetworkError,
    PlatformError,
    RateLimited,
    TokenRefused,
)
from detector.network import Transport
from detector.records import Page, Post
from detector.registry import discover
from detector.sources.live.interface import LiveSource

NOW: Final = datetime(2024, 11, 21, 6, 0, tzinfo=UTC)
PATIENCE: Final = 5.0
"""Seconds that an exchange may take here ..."""
IMPATIENCE: Final = 0.1
"""... and where it is known to take for ever."""
ENDLESS: Final = frozenset({Mode.SILENT, Mode.DRIP})
REPEATED: Final = 10
"""How often a failure comes in a row, so that asking again or elsewhere does not help."""
WITHOUT: Final = {"replay": "shows an export again; nothing is asked of anybody"}
"""Sources that no platform stands behind, and why."""

WHOSE: Final[dict[Mode, type[FeedError]]] = {
    Mode.SERVER_ERROR: PlatformError,
    Mode.THROTTLED: RateLimited,
    Mode.TOKEN_DEAD: TokenRefused,
    Mode.GONE: AccountGone,
    Mode.WEB_PAGE: PlatformError,
    Mode.GARBAGE: PlatformError,
    Mode.TRUNCATED: PlatformError,
    Mode.CLOSED: PlatformError,
    Mode.SILENT: NetworkError,
    Mode.DRIP: NetworkError,
    Mode.LOOP: PlatformError,
    Mode.ELSEWHERE: PlatformError,
    Mode.BOMB: PlatformError,
    Mode.LARGE: PlatformError,
    Mode.ECHO: FeedError,
}
ODD: Final[tuple[object, ...]] = (
    None, [], {}, 5, "x", [[]], {"data": None}, {"data": {}}, {"data": [[{}]]}, {"error": None}, {"feed": 5},
    {"business_discovery": []}, {"meta": 0, "data": 7}, {"items": 3}, {"items": [{"snippet": 1}]},
)  # fmt: skip
"""JSON of shapes that no answer has."""

EMULATED: Final = discover(emulators, Emulator)
NETWORKED: Final = {name: one for name, one in EMULATED.items() if len(one.exempt) < len(Mode)}

PAGED: Final = [name for name, one in NETWORKED.items() if one.deepest >= Emulator.deepest]
"""Those that take several questions to catch up."""

each = pytest.mark.parametrize("name", EMULATED)
each_networked = pytest.mark.parametrize("name", NETWORKED)


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW, longest=PATIENCE) as transport:
        yield transport


def _at(minutes: int) -> datetime:
    """Return a moment so many minutes before now, the emulated posts' usual distance."""
    return NOW - timedelta(minutes=minutes)


def _published(platform: Emulator, count: int, first: int = 10_000) -> list[str]:
    """Show posts a minute apart, the first of them `first` minutes ago."""
    return [platform.publish(f"Pengumuman nomor {n}", _at(first - n)) for n in range(count)]


def _posts(pages: list[Page]) -> list[Post]:
    return [post for page in pages for post in page.posts]


def _ids(pages: list[Page]) -> list[str]:
    return [post.id for post in _posts(pages)]


def _cursor(pages: list[Page], before: str | None) -> str | None:
    return pages[-1].cursor if pages else before


def test_every_live_source_has_a_platform_to_be_tried_on() -> None:
    assert set(emulators.sources()) - set(WITHOUT) == set(EMULATED)


@each
def test_the_first_poll_gives_the_newest_posts(name: str, net: Transport) -> None:
    with EMULATED[name]() as platform:
        ids = _published(platform, 7)
        pages = list(platform.source(net).poll(None, NOW))

    assert ids == _ids(pages)
    assert [_at(10_000 - n) for n in range(7)] == [post.created_at for post in _posts(pages)]
    assert {(platform.platform, platform.handle)} == {
        (post.platform, post.account) for post in _posts(pages)
    }
    assert all(f"nomor {n}" in post.text for n, post in enumerate(_posts(pages)))


@each
def test_every_record_is_accounted_for(name: str, net: Transport) -> None:
    with EMULATED[name]() as platform:
        _published(platform, 3)
        platform.damage()
        _published(platform, 3, first=500)
        pages = list(platform.source(net).poll(None, NOW))

    assert len(_ids(pages)) == len(set(_ids(pages))) == 6
    assert any(page.rejected or page.ignored for page in pages)
    for page in pages:
        given = len(page.posts) + len(page.events) + len(page.rejected)
        assert given + page.duplicates + page.ignored == page.records
        assert all(str(one.where) and one.why for one in page.rejected)


@each
def test_nothing_is_given_twice_and_nothing_lost_from_poll_to_poll(
    name: str, net: Transport
) -> None:
    with EMULATED[name]() as platform:
        source = platform.source(net)
        first = _published(platform, 5)
        pages = list(source.poll(None, NOW))
        cursor = _cursor(pages, None)
        second = _published(platform, 3, first=5_000)
        again = list(source.poll(cursor, NOW))
        cursor = _cursor(again, cursor)
        quiet = list(source.poll(cursor, NOW))

    assert (first, second, []) == (_ids(pages), _ids(again), _ids(quiet))


@each
def test_a_source_catches_up_after_a_long_absence_from_wherever_it_stopped(
    name: str, net: Transport
) -> None:
    with EMULATED[name]() as platform:
        source = platform.source(net)
        _published(platform, 3, first=20_000)
        cursor = _cursor(list(source.poll(None, NOW)), None)
        missed = _published(platform, platform.deepest, first=10_000)
        pages = list(source.poll(cursor, NOW))
        times = [post.created_at for post in _posts(pages)]

        assert missed == _ids(pages)
        assert sorted(times) == times
        for place, page in enumerate(pages):
            rest = list(source.poll(page.cursor, NOW))
            assert _ids(pages[place + 1 :]) == _ids(rest)


@each
def test_an_empty_feed_is_no_failure(name: str, net: Transport) -> None:
    with EMULATED[name]() as platform:
        source = platform.source(net)
        pages = list(source.poll(None, NOW))
        post = platform.publish("Kiriman pertama", _at(3))
        then = list(source.poll(_cursor(pages, None), NOW))

    assert ([], [post]) == (_ids(pages), _ids(then))


@each_networked
@pytest.mark.parametrize("mode", Mode)
def test_a_failure_says_whose_it_is(name: str, mode: Mode, net: Transport) -> None:
    if mode in EMULATED[name].exempt:
        pytest.skip(EMULATED[name].exempt[mode])
    if mode is Mode.ELSEWHERE and not EMULATED[name].has_token:
        pytest.skip("without a token a feed may move to another host")
    with EMULATED[name]() as platform, Transport(lambda: NOW, longest=IMPATIENCE) as hasty:
        cursor = _cursor(list(platform.source(net).poll(None, NOW)), None)
        _published(platform, 2)
        platform.fail(mode, REPEATED)
        with pytest.raises(WHOSE[mode]) as caught:
            list(platform.source(hasty if mode in ENDLESS else net).poll(cursor, NOW))

    assert type(caught.value) is WHOSE[mode] or mode is Mode.ECHO
    assert str(caught.value)
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, RateLimited) or (caught.value.retry_at or NOW) > NOW


@each_networked
def test_a_failure_halfway_loses_nothing(name: str) -> None:
    for good in range(1, 4):
        with EMULATED[name]() as platform, Transport(lambda: NOW, longest=PATIENCE) as net:
            source = platform.source(net)
            first = _published(platform, 3, first=20_000)
            got = list(source.poll(None, NOW))
            cursor = _cursor(got, None)
            missed = _published(platform, platform.deepest, first=10_000)
            platform.fail(Mode.SERVER_ERROR, after=good)
            for _ in range(2):
                try:
                    for page in source.poll(cursor, NOW):
                        got.append(page)
                        cursor = page.cursor
                except PlatformError:
                    continue
            assert set(first + missed) == set(_ids(got)), good


@pytest.mark.parametrize("name", PAGED)
def test_a_budget_that_ends_halfway_gives_the_newest_first_and_the_rest_later(name: str) -> None:
    told = []
    for good in range(1, 4):
        with EMULATED[name]() as platform, Transport(lambda: NOW, longest=PATIENCE) as net:
            source = platform.source(net)
            _published(platform, 3, first=20_000)
            cursor = _cursor(list(source.poll(None, NOW)), None)
            missed = _published(platform, platform.deepest, first=10_000)
            platform.fail(Mode.THROTTLED, after=good)
            got: list[Page] = []
            with contextlib.suppress(RateLimited):
                got.extend(source.poll(cursor, NOW))
            told.append(_ids(got)[-1:] == missed[-1:] and len(_ids(got)) < len(missed))
    assert any(told)


@each_networked
@pytest.mark.parametrize("odd", ODD, ids=str)
def test_answers_of_odd_shapes_raise_nothing_else_and_lose_nothing(
    name: str, odd: object, net: Transport
) -> None:
    with EMULATED[name]() as platform:
        source = platform.source(net)
        _published(platform, 2, first=20_000)
        cursor = _cursor(list(source.poll(None, NOW)), None)
        missed = _published(platform, 3)
        platform.say(
            Answer(body=msgspec.json.encode(odd), headers={"content-type": "application/json"})
        )
        got: list[Page] = []
        for _ in range(2):
            try:
                for page in source.poll(cursor, NOW):
                    got.append(page)
                    cursor = page.cursor
            except FeedError:
                continue

    assert set(missed) == set(_ids(got))


@each_networked
def test_no_secret_is_ever_shown(
    name: str, net: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with EMULATED[name]() as platform:
        source = platform.source(net)
        _published(platform, 60)
        shown = [repr(list(source.poll(None, NOW))), repr(source), repr(source.options), repr(net)]
        for mode in sorted(set(WHOSE) - set(platform.exempt)):
            with Transport(lambda: NOW, longest=IMPATIENCE * 3) as other:
                platform.fail(mode, REPEATED)
                try:
                    list(platform.source(other).poll(None, NOW))
                except FeedError as error:
                    shown += [str(error), repr(error), *traceback.format_exception(error)]
        asked = platform.requests
        if platform.has_token:
            assert all(any(MARKED in value for value in one.headers.values()) for one in asked)

    assert asked
    assert not any(MARKED in f"{one.path} {one.query} {one.body!r}" for one in asked)
    assert not [line for line in [*shown, caplog.text] if MARKED in line]


@each
def test_options_nobody_knows_are_refused(name: str, net: Transport) -> None:
    with (
        EMULATED[name]() as platform,
        pytest.raises(msgspec.ValidationError, match="unknown field"),
    ):
        platform.source(net, tokne="x")


@each
def test_a_source_says_what_it_reads(name: str) -> None:
    kind: type[LiveSource] = emulators.sources()[name]

    assert EMULATED[name].platform in (kind.platforms or (EMULATED[name].platform,))
    assert kind.options_type.__struct_config__.forbid_unknown_fields
    assert kind.options_type.__struct_config__.frozen
