"""What counts as a change of a profile, and what is only a platform's way of saying the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.changes import Changes
from detector.profiles import changed, remembered
from detector.records import Account, Profile

NOW: Final = datetime(2024, 11, 21, 1, 14, tzinfo=UTC)
OFFICE: Final = Account(platform="instagram", handle="kpu.contoh")
CALM: Final = Profile(
    handle="kpu.contoh",
    name="KPU Kabupaten Contoh",
    bio="Akun resmi KPU Kabupaten Contoh. Jl. Merdeka 1",
    links=("https://kab-contoh.kpu.example/",),
    picture="a" * 64,
    followers=12_340,
    following=40,
    posts=812,
    is_private=False,
)


def kinds(before: Profile | None, after: Profile) -> list[str]:
    return [one.kind for one in changed(before, after, NOW, OFFICE)]


def with_(**values: object) -> Profile:
    return msgspec.structs.replace(CALM, **values)


@pytest.mark.parametrize(
    ("after", "kind", "details"),
    [
        (
            with_(name="iPhone Murah"),
            "name_changed",
            {"from": "KPU Kabupaten Contoh", "to": "iPhone Murah"},
        ),
        (
            with_(handle="iphone.murah"),
            "handle_changed",
            {"from": "kpu.contoh", "to": "iphone.murah"},
        ),
        (with_(picture="b" * 64), "picture_changed", {}),
        (with_(is_private=True), "privacy_changed", {"to": "private"}),
        (with_(posts=12), "posts_deleted", {"from": "812", "to": "12", "count": "800"}),
        (
            with_(links=("https://kab-contoh.kpu.example", "https://wa.me/6281200001234")),
            "link_changed",
            {"from": "", "to": "https://wa.me/6281200001234"},
        ),
    ],
)
def test_a_change_is_told_with_what_was_and_what_is(
    after: Profile, kind: str, details: dict[str, str]
) -> None:
    (event,) = changed(CALM, after, NOW, OFFICE)

    assert (kind, details, NOW) == (event.kind, event.details, event.at)
    assert (event.platform, event.account) == ("instagram", "kpu.contoh")


def test_a_new_biography_is_told_whole_so_that_its_contacts_can_be_judged() -> None:
    (event,) = changed(CALM, with_(bio="Tebus murah, WA 0812-0000-1234"), NOW, OFFICE)

    assert event.kind == "bio_changed"
    assert event.details["to"] == "Tebus murah, WA 0812-0000-1234"


def test_an_emptied_biography_is_a_change() -> None:
    assert kinds(CALM, with_(bio="")) == ["bio_changed"]


def test_the_first_reading_tells_of_no_change() -> None:
    assert kinds(None, CALM) == []


@pytest.mark.parametrize(
    "after",
    [
        Profile(),
        with_(name=None, bio=None, links=(), picture=None, posts=None, is_private=None),
        with_(name="KPU  Kabupaten Contoh "),
        with_(name="ＫＰＵ Kabupaten\u200b Contoh"),
        with_(handle="@KPU.Contoh"),
        with_(bio="Akun resmi KPU Kabupaten Contoh. Jl…"),
        with_(links=("http://www.kab-contoh.kpu.example?utm_source=ig&fbclid=123",)),
        with_(links=("kab-contoh.kpu.example",)),
        with_(posts=803),
        with_(posts=815),
        with_(followers=12_300),
        with_(posts=0, followers=0),
        with_(posts=0, followers=None),
    ],
)
def test_what_a_platform_leaves_out_rounds_or_spells_otherwise_is_no_change(after: Profile) -> None:
    assert kinds(CALM, after) == []


def test_links_a_platform_begins_to_tell_of_are_no_change() -> None:
    assert kinds(Profile(handle="kpu.contoh"), CALM) == []


def test_a_first_link_is_a_change_where_the_profile_was_known() -> None:
    assert kinds(with_(links=()), with_(links=("https://bit.example/x",))) == ["link_changed"]


def test_a_change_behind_a_silent_reading_is_still_seen() -> None:
    silent = remembered(CALM, Profile(followers=3))

    assert kinds(silent, with_(name="Slot Gacor")) == ["name_changed"]
    assert silent.followers == 3


def test_posts_deleted_a_few_at_a_time_add_up() -> None:
    known, told = CALM, []
    for posts in range(808, 780, -4):
        reading = with_(posts=posts)
        told += changed(known, reading, NOW, OFFICE)
        known = remembered(known, reading)

    assert [one.details["count"] for one in told] == ["12", "12"]


def test_all_posts_deleted_while_followers_stay_is_a_deletion() -> None:
    assert kinds(CALM, with_(posts=0)) == ["posts_deleted"]


def test_changes_of_a_takeover_weigh() -> None:
    """The details are spelled as `detector.changes` reads them."""
    weigh = Changes(OFFICE).weigh
    events = changed(CALM, with_(name="Slot Gacor", posts=0), NOW, OFFICE)

    said = {reason.what for one in events if (found := weigh(one)) for reason in found.reasons}
    assert {"name_changed", "foreign_name", "posts_deleted"} <= said


texts: Final = st.none() | st.text(max_size=30)
numbers: Final = st.none() | st.integers(0, 10**7)
profiles: Final = st.builds(
    Profile,
    handle=texts,
    name=texts,
    bio=texts,
    links=st.lists(st.text(max_size=30), max_size=3).map(tuple),
    picture=texts,
    followers=numbers,
    posts=numbers,
    is_private=st.none() | st.booleans(),
)


@given(profiles)
def test_the_same_profile_again_has_not_changed(one: Profile) -> None:
    assert kinds(one, one) == []
    assert remembered(one, one) == one


@given(profiles, profiles)
def test_once_told_a_change_is_not_told_again(before: Profile, after: Profile) -> None:
    assert kinds(remembered(before, after), after) == []


@given(profiles, profiles)
def test_any_two_profiles_compare_and_each_kind_is_told_once(
    before: Profile, after: Profile
) -> None:
    found = kinds(before, after)

    assert len(found) == len(set(found))


@given(profiles, profiles, profiles)
def test_silence_between_two_readings_hides_nothing(
    before: Profile, after: Profile, other: Profile
) -> None:
    silent = Profile(followers=other.followers)

    assert kinds(before, after) == kinds(remembered(before, silent), after) or (
        before.followers != silent.followers
    )
