"""Answers with anything anywhere: whatever a platform says, a reading gives pages or says in one line why not."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import emulators
import msgspec
import pytest
from emulators import Answer, Asked, Emulator, HttpEmulator
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import FeedError
from detector.network import by_status
from detector.records import Page
from detector.registry import discover
from detector.transport import BEARER, Hidden, Reply, Why

NOW: Final = datetime(2024, 11, 21, 6, tzinfo=UTC)
EMULATED: Final = {
    name: one
    for name, one in discover(emulators, Emulator).items()
    if issubclass(one, HttpEmulator)
}
ODD: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 10**30, 1e308, "", "x", "\u202e", "0" * 5_000, "../..", "2024-13-45T99:99:99Z", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z", [], {}, [None], [[]], {"id": {}}, {"": ""}, [1] * 50, {"error": {"code": 190}},
)  # fmt: skip
"""What stands where something else is expected."""


class Damaging:
    """A `Getter` without a network, whose answers are damaged here and there.

    Args:
        platform: who answers.
        chance: where, and with what.
        share: how likely each part of an answer is damaged.
    """

    def __init__(self, platform: HttpEmulator, chance: random.Random, share: float) -> None:
        self._platform = platform
        self._chance = chance
        self._share = share
        self.asked = 0

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        token: Hidden | None = None,
        token_header: str = BEARER,
        headers: Mapping[str, str] | None = None,
        known: Mapping[str, str] | None = None,
        why: Why | None = None,
    ) -> Reply:
        """Answer; nothing is ever unchanged."""
        del known
        return self._answered("GET", url, params, token, token_header, headers, why, b"")

    def post(
        self,
        url: str,
        *,
        body: Any = None,
        form: Mapping[str, str | Hidden] | None = None,
        params: Mapping[str, str] | None = None,
        token: Hidden | None = None,
        token_header: str = BEARER,
        headers: Mapping[str, str] | None = None,
        why: Why | None = None,
    ) -> Reply:
        """Answer what is asked with a body."""
        content = msgspec.json.encode(body if form is None else sorted(form))
        return self._answered("POST", url, params, token, token_header, headers, why, content)

    def _answered(  # noqa: PLR0917 - everything that was asked
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        token: Hidden | None,
        token_header: str,
        headers: Mapping[str, str] | None,
        why: Why | None,
        body: bytes,
    ) -> Reply:
        self.asked += 1
        assert self.asked < 500, "is read for ever"
        assert all(isinstance(one, str) for one in (params or {}).values()), params
        sent = dict(headers or {})
        if token is not None:
            bearer = f"Bearer {token.reveal()}"
            sent[token_header.lower()] = bearer if token_header == BEARER else token.reveal()
        path = url.removeprefix(self._platform.base)
        asked = Asked(method=method, path=path, query=dict(params or {}), headers=sent, body=body)
        try:
            answer = self._platform.respond(asked)
        except (ValueError, LookupError):
            # A damaged answer named a next page that no platform knows.
            answer = Answer(status=400, body={"error": "bad request"})
        reply = Reply(
            url=url,
            status=answer.status,
            headers={name.lower(): value for name, value in answer.headers.items()},
            content=self._content(answer),
            at=NOW,
        )
        if answer.status in {200, 304}:
            return reply
        raise (why(reply) if why else None) or by_status(reply)

    def _content(self, answer: Answer) -> bytes:
        if not isinstance(answer.body, bytes):
            return msgspec.json.encode(self._damaged(answer.body))
        content = bytearray(answer.body)
        for _ in range(int(self._share * 60)):
            if content:
                place = self._chance.randrange(len(content))
                content[place : place + self._chance.randrange(3)] = self._chance.randbytes(2)
        return bytes(content)

    def _damaged(self, value: Any) -> Any:
        if self._chance.random() < self._share:
            return self._chance.choice(ODD)
        if isinstance(value, dict):
            return {key: self._damaged(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._damaged(inner) for inner in value]
        return value


@pytest.mark.parametrize("name", EMULATED)
@settings(max_examples=12)
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.003, 0.02, 0.1, 0.4]))
def test_damage_anywhere_raises_nothing_but_why_the_feed_cannot_be_read(
    name: str, seed: int, share: float
) -> None:
    chance = random.Random(seed)
    with EMULATED[name]() as platform:
        net = Damaging(platform, chance, share)
        source = platform.source(net)
        cursor = None
        for turn in range(3):
            for number in range(4):
                platform.publish(
                    f"Pengumuman {turn} {number}", NOW - timedelta(hours=9 - turn, minutes=-number)
                )
            try:
                for page in source.poll(cursor, NOW + timedelta(hours=turn)):
                    _check(page)
                    cursor = page.cursor
            except FeedError as error:
                assert "\n" not in str(error)


def _check(page: Page) -> None:
    given_ = len(page.posts) + len(page.events) + len(page.rejected)
    assert given_ + page.ignored + page.duplicates == page.records
    # A page travels between processes and into the store as JSON.
    assert msgspec.json.decode(msgspec.json.encode(page), type=Page) == page
