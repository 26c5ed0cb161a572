"""Accounts of any habits, for Hypothesis: posts with what a reader would have seen in them, and changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from detector.histories import TextEvidence
from detector.indicators._finder import Noticed
from detector.records import AccountEvent, Comment, Media, Post


class Habits(NamedTuple):
    """One post of an account, as a baseline sees it."""

    hours: int
    """Eighths of an hour since the last post."""
    log_odds: float
    language: int
    contacts: list[str]
    domains: list[str]
    warns: bool
    app: str | None
    style: int
    media: int
    askers: int


HABITS = st.lists(
    st.builds(
        Habits,
        hours=st.integers(0, 40 * 24),
        log_odds=st.floats(-9, 9),
        language=st.sampled_from([-1, 0, 0, 0, 3]),
        contacts=st.lists(
            st.sampled_from(["+6281200004521", "+6281200004522", "+6285800001234"]), max_size=2
        ),
        domains=st.lists(
            st.sampled_from(["kpu.go.id", "hadiah.example", "bawaslu.go.id"]), max_size=2
        ),
        warns=st.booleans(),
        app=st.sampled_from([None, "Instagram for iOS", "X Web", "Bot"]),
        style=st.integers(0, 8 * 27 - 1),
        media=st.integers(0, 2),
        askers=st.sampled_from([0, 0, 0, 1, 3]),
    ),
    max_size=120,
)


def shown_by(one: Habits) -> TextEvidence:
    """Return what a reader would have seen in the post's text."""
    values = [("whatsapp_number", value, place) for place, value in enumerate(one.contacts)]
    values += [("link", value, 100 + place) for place, value in enumerate(one.domains)]
    names = {name for name, _, _ in values} | ({"fraud_warning"} if one.warns else set())
    noticed = Noticed(frozenset(names), tuple(values))
    return TextEvidence(one.log_odds, True, one.language, noticed, one.style)


def account_of(habits: list[Habits]) -> list[tuple[Post, Habits]]:
    """Return an account's posts in order of time."""
    at, posts = datetime(2022, 1, 1, tzinfo=UTC), []
    for number, one in enumerate(habits):
        at += timedelta(hours=one.hours / 8)
        post = Post(
            platform="x", account="a", id=str(number), created_at=at, text=f"teks {number}", app=one.app,
            media=(Media("photo"),) * one.media,
            comments=tuple(Comment("min, akun dihack?", f"warga{person}") for person in range(one.askers)),
        )  # fmt: skip
        posts.append((post, one))
    return posts


class Happening(NamedTuple):
    """One change to an account."""

    hours: int
    """Eighths of an hour since the last one."""
    kind: str
    details: dict[str, str]


_LOGINS = st.builds(
    lambda network, country, program: {
        "ip": f"{network}.0.113.7", "country": country, "user_agent": f"{program}/{network}.0",
    },
    network=st.integers(1, 6),
    country=st.sampled_from(["ID", "ID", "ID", "PH"]),
    program=st.sampled_from(["Instagram", "Chrome", "python-requests"]),
)  # fmt: skip

HAPPENINGS = st.lists(
    st.builds(
        lambda hours, one: Happening(hours, *one),
        # Most come in bursts, as they do when somebody is at it.
        hours=st.one_of(st.integers(0, 6), st.integers(0, 60), st.integers(0, 60 * 24)),
        one=st.one_of(
            st.tuples(st.just("login"), _LOGINS),
            st.tuples(st.just("login"), _LOGINS),
            st.tuples(
                st.sampled_from(["email_changed", "password_changed", "picture_changed", "live_started"]),
                st.just({}),
            ),
            st.tuples(
                st.just("posts_deleted"), st.integers(1, 600).map(lambda count: {"count": str(count)})
            ),
            st.tuples(st.just("name_changed"), st.just({"from": "KPU Contoh", "to": "Toko iPhone"})),
        ),
    ),
    max_size=25,
)  # fmt: skip


def events_of(happenings: list[Happening]) -> list[AccountEvent]:
    """Return an account's changes in order of time."""
    at, events = datetime(2022, 1, 1, tzinfo=UTC), []
    for one in happenings:
        at += timedelta(hours=one.hours / 8)
        events.append(
            AccountEvent(platform="x", account="a", kind=one.kind, at=at, details=one.details)
        )
    return events
