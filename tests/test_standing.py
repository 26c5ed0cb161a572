"""What is remembered of an account: small, exact, unreadable where it need not be read, and refused when it is not ours."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Final

import msgspec
import pytest
from builders import NIGHT, NOON
from hypothesis import given
from hypothesis import strategies as st

from detector.baseline import APPS, Traits
from detector.changes import KINDS
from detector.doubts import DOUBTS, USED, Doubt
from detector.errors import StandingRefused
from detector.habits import LIMIT
from detector.histories import Earlier
from detector.incidents import SUSPECTS, Hands, Suspect
from detector.novelty import MEMORY
from detector.records import Account, AccountEvent, Incident, State
from detector.standing import FORM, LARGEST, Standing, hands_of

LANGUAGES: Final = ("id", "en", "ms", "jv", "su", "pt", "es", "de", "fr", "nl", "tl", "none")
ACCOUNT: Final = Account(platform="instagram", handle="kpukabblora", countries=("ID",))


def fresh(account: Account = ACCOUNT) -> Standing:
    return Standing.of(None, account, LANGUAGES)


def recalled(standing: Standing) -> Standing:
    return Standing.of(standing.written(), standing.account, LANGUAGES)


def crowded() -> Standing:
    """Return a standing in which everything is as large as it can be: ten thousand posts, every list full."""
    standing = fresh()
    for number in range(10_000):
        post = Traits(
            number % 24, standing.short([f"+62811{number}"]), standing.short([f"kantor{number}.example"]),
            number % len(LANGUAGES), app=standing.short([f"app {number % (2 * APPS)}"])[0], pace=number % 8,
            length=number % 8, dress=number % 27, media=number % 5, sound=-(number % 9) - 0.1,
        )  # fmt: skip
        standing.baseline.learn(post)
        if number % 10 == 0:
            standing.baseline.suspect(Traits(3, standing.short([f"+62899{number}"])))
    for number in range(200):
        at = NOON + timedelta(seconds=number, microseconds=1)
        for kind in KINDS:
            details = {
                "ip": f"{number}.1.1.1",
                "country": "PH",
                "user_agent": chr(97 + number % 26) * (number + 1),
            }
            event = AccountEvent(
                platform="x", account="a", kind=kind, at=at, details={**details, "count": "99"}
            )
            change = standing.changes.weigh(event)
            assert change is None or change.id
            standing.changes.at_night(event, 1.0)
    standing.earlier = Earlier(last=NOON.timestamp() + 0.123456, shows_media=True)
    for number in range(2 * DOUBTS):
        used = standing.short(f"+6281200004{number}{place}" for place in range(2 * USED))
        standing.doubts.add(Doubt(NOON.timestamp() + number + 0.1, used, used, -1.2345))
    return standing


@pytest.fixture(scope="module")
def full() -> Standing:
    return crowded()


def many(count: int) -> tuple[str, ...]:
    return tuple(
        f"at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/{number:013}"
        for number in range(count)
    )


def open_incident(posts: int, changes: int = 0) -> Incident:
    return Incident(
        opened_at=NOON, detected_at=NIGHT, peak_probability=0.998, post_ids=many(posts),
        change_ids=many(changes), owners_before=NOON, strangers_by=NIGHT,
    )  # fmt: skip


def test_a_standing_is_at_most_eight_kilobytes_whatever_the_account_does(full: Standing) -> None:
    """Ten thousand posts, 512 contacts, domains and strangers' contacts, and an incident of ten thousand posts."""
    base = len(full.written())
    full.hands = Hands(
        state=State.COMPROMISED, probability=0.99, at=NIGHT, posts=10_000, recovered_at=NOON, owners_at=NOON,
        incidents=(open_incident(10_000, 10_000),),
    )  # fmt: skip
    fallen = full.written()
    suspects = tuple(
        Suspect(NIGHT, one, place % 2 == 0) for place, one in enumerate(many(SUSPECTS))
    )
    full.hands = Hands(state=State.WATCHED, at=NIGHT, posts=10_000, suspects=suspects)
    watched = full.written()

    assert base > 3 * 4 * MEMORY
    assert max(len(fallen), len(watched)) <= LARGEST
    (incident,) = Standing.of(fallen, ACCOUNT, LANGUAGES).hands.incidents
    assert incident.post_ids == many(len(incident.post_ids))
    assert len(incident.post_ids) > 3
    assert 2 < len(Standing.of(watched, ACCOUNT, LANGUAGES).hands.suspects) <= SUSPECTS


def test_a_usual_standing_has_room_for_hundreds_of_posts_of_an_incident() -> None:
    standing = fresh()
    standing.hands = Hands(incidents=(open_incident(80, 20),))

    assert recalled(standing).hands.incidents == standing.hands.incidents


def test_doubts_are_kept_until_an_incident_ends_them(full: Standing) -> None:
    full.hands = Hands(at=NIGHT)
    calm = recalled(full)
    full.hands = Hands(incidents=(open_incident(1),))

    assert calm.doubts.kept() == full.doubts.kept() != []
    assert recalled(full).doubts.kept() == []


def test_what_is_written_is_what_is_read(full: Standing) -> None:
    full.hands = Hands(
        state=State.COMPROMISED, probability=0.99, at=NIGHT, posts=10_000, incidents=(open_incident(2, 1),),
        recovered_at=NOON, was_sure=False, suspects=(Suspect(NIGHT, "a", True),), owners_at=NOON, is_reclaimed=True,
    )  # fmt: skip
    defaults = Hands()
    again = recalled(full)
    unseen = Traits(3, again.short(["+62811"]), again.short(["baru.example"]), 1, sound=-2.0)

    assert again.written() == full.written()
    assert [
        name
        for name in Hands.__struct_fields__
        if getattr(full.hands, name) == getattr(defaults, name)
    ] == []
    assert again.hands == full.hands
    assert again.changes.past == full.changes.past
    assert again.baseline.score(unseen) == full.baseline.score(unseen)


@given(
    st.lists(st.text(max_size=300), max_size=40),
    st.lists(st.tuples(st.text(max_size=300), st.booleans()), max_size=SUSPECTS),
)
def test_ids_of_any_kind_do_no_harm(ids: list[str], suspected: list[tuple[str, bool]]) -> None:
    """Ids are whatever a feed says: very long, empty, of any letters, halves of letters included."""
    standing = fresh()
    incident = msgspec.structs.replace(open_incident(0), post_ids=tuple(ids), change_ids=tuple(ids))
    standing.hands = Hands(incidents=(incident,))
    assert len(standing.written()) <= LARGEST
    assert recalled(standing).hands.open_incident is not None

    standing.hands = Hands(
        suspects=tuple(Suspect(NIGHT, one, is_post) for one, is_post in suspected)
    )
    kept = recalled(standing).hands.suspects
    assert len(standing.written()) <= LARGEST
    assert any(one.is_post for one in kept) is any(is_post for _, is_post in suspected)


def test_incidents_that_are_over_are_the_stores() -> None:
    standing = fresh()
    over = msgspec.structs.replace(open_incident(2), closed_at=NIGHT)
    standing.hands = Hands(
        state=State.RECOVERING, at=NIGHT, incidents=(over,), recovered_at=NIGHT, was_sure=False
    )

    assert recalled(standing).hands == msgspec.structs.replace(standing.hands, incidents=())


def test_no_number_site_or_app_can_be_read_in_it() -> None:
    """Not in the bytes themselves, and not the same bytes for another account."""
    written = []
    for handle in ("kpukabblora", "kpukabpati"):
        standing = fresh(Account(platform="instagram", handle=handle))
        said = {"+6281200004521", "hadiah.example", "Instagram for iOS", "203.0"}
        contact, domain, app, network = (standing.short([one]) for one in sorted(said))
        for _ in range(20):
            standing.baseline.learn(Traits(3, contact, domain, 0, app=app[0]))
        standing.changes.past.networks[network[0]] = None
        written.append(standing.written())
        assert not [one for one in said if one.encode() in standing.written()]
        assert contact[0].encode("latin-1") in standing.written()

    assert written[0] != written[1]


def test_a_contact_is_known_again_after_it_was_put_away() -> None:
    standing = fresh(Account(platform="x", handle="a", official_numbers=("+62296531000",)))
    for hour in range(30):
        standing.baseline.learn(Traits(hour % 24, standing.short(["+6281200004521"])))
    standing.baseline.suspect(Traits(3, standing.short(["+6285800001234"])))
    again = recalled(standing)
    values = {
        number: {
            one.name: one.value for one in again.baseline.score(Traits(3, again.short([number])))
        }
        for number in ("+6281200004521", "+6285800001234", "+62296531000", "+6281200009999")
    }

    assert (values["+6281200004521"]["contact"] or 0) < 0
    assert values["+6285800001234"]["reuse"] == LIMIT
    assert values["+62296531000"]["contact"] == -LIMIT
    assert (values["+6281200009999"]["contact"] or 0) > 0


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"", "is of form none"),
        (bytes((FORM + 1,)) + b"whatever", f"is of form {FORM + 1}, this program reads {FORM}"),
        (bytes((FORM,)), "is damaged"),
        (bytes((FORM,)) + b"\0\0\0\0\x90", "is damaged"),
        (bytes((FORM,)) + zlib.crc32(b"\x91\x01").to_bytes(4, "big") + b"\x91\x01", "is damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(written: bytes, why: str) -> None:
    for read in (
        lambda: Standing.of(written, ACCOUNT, LANGUAGES),
        lambda: hands_of(written, ACCOUNT, NOON),
    ):
        with pytest.raises(StandingRefused) as refused:
            read()

        assert why in str(refused.value)
        assert "instagram/kpukabblora" in str(refused.value)
        assert "learned anew" in refused.value.hint


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_wrong_byte_is_noticed(place: int, by: int) -> None:
    written = bytearray(fresh().written())
    written[place % len(written)] ^= by

    with pytest.raises(StandingRefused):
        Standing.of(bytes(written), ACCOUNT, LANGUAGES)


def test_a_model_of_other_languages_learns_anew() -> None:
    with pytest.raises(StandingRefused, match="other languages"):
        Standing.of(fresh().written(), ACCOUNT, LANGUAGES[::-1])
