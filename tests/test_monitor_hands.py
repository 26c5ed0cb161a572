"""One hand on several accounts: the second one to fall is told with the first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from detector.monitor.hands import LOOKED_BACK, hand_behind
from detector.notify.letters import hand_of
from detector.records import Account, Author, Finding, Incident, Post, State, Verdict
from detector.store.interface import JudgedPost, Turn
from detector.store.memory import MemoryStore

NOW = datetime(2024, 11, 20, 18, 14, tzinfo=UTC)
BLORA, TUBAN = ("instagram", "kpukabblora"), ("instagram", "pemkabtuban")
NUMBER = "+6285800007316"


def post(
    key: tuple[str, str], *values: str, author: Author = Author.STRANGER, at: datetime = NOW
) -> JudgedPost:
    found = tuple(
        Finding("whatsapp_number" if one.startswith("+") else "link", place, place + 1, "x", one)
        for place, one in enumerate(values)
    )
    return JudgedPost(
        post=Post(platform=key[0], account=key[1], id=f"{key[1]}-p", created_at=at, text="PROMO"),
        verdict=Verdict(
            post_id=f"{key[1]}-p", author=author, probability=0.99, log_odds=9, findings=found
        ),
    )


def incident(at: datetime = NOW) -> Incident:
    return Incident(
        opened_at=at, detected_at=at, peak_probability=0.99, post_ids=("kpukabblora-p",)
    )


def fallen(judged: JudgedPost, at: datetime = NOW) -> MemoryStore:
    """Return a store in which the first account fell."""
    store = MemoryStore()
    store.register([Account(platform=one[0], handle=one[1]) for one in (BLORA, TUBAN)], NOW)
    claim = next(one for one in store.claim("a", NOW, LOOKED_BACK, 9) if one.watched.key == BLORA)
    store.commit(
        Turn(
            claim=claim, at=at, posts=(judged,), standing=b"", state=State.COMPROMISED, probability=0.99,
            incidents=(incident(at),), next_at=NOW,
        )
    )  # fmt: skip
    return store


def test_accounts_that_share_a_strangers_number_fell_to_one_hand() -> None:
    store = fallen(post(BLORA, NUMBER))
    later = NOW + timedelta(hours=1)

    hand = hand_behind(store, TUBAN, [post(TUBAN, NUMBER, at=later)], [incident(later)], later)

    assert hand is not None
    assert (hand.mark, hand.sisters) == (hand_of(BLORA, NOW), (BLORA,))


def test_who_shares_nothing_or_only_what_everybody_uses_fell_to_another() -> None:
    for theirs, mine in (
        ((NUMBER,), ("+6285800007317",)),
        (("instagram.com",), ("instagram.com",)),
        ((), ()),
    ):
        found = hand_behind(fallen(post(BLORA, *theirs)), TUBAN, [post(TUBAN, *mine)], [incident()], NOW)  # fmt: skip
        assert found is None


def test_an_owners_own_number_makes_no_hand() -> None:
    store = fallen(post(BLORA, NUMBER, author=Author.OWNER))

    assert hand_behind(store, TUBAN, [post(TUBAN, NUMBER)], [incident()], NOW) is None


def test_what_is_long_past_is_another_matter() -> None:
    store = fallen(post(BLORA, NUMBER))
    later = NOW + LOOKED_BACK + timedelta(hours=1)

    assert hand_behind(store, TUBAN, [post(TUBAN, NUMBER, at=later)], [incident(later)], later) is None  # fmt: skip
