"""Small makers of what a store is given: accounts, pages, incidents and messages of invented offices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from detector.records import (
    Account,
    AccountEvent,
    Alert,
    Author,
    Finding,
    Incident,
    Post,
    Reason,
    State,
    Verdict,
    Wording,
)
from detector.store.interface import Claim, Delivery, JudgedPost, Store, Turn

NOW: Final = datetime(2024, 11, 20, 18, 14, 0, 123_457, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
LEASE: Final = timedelta(minutes=5)
BLORA: Final = ("instagram", "kpukabblora")


def account(handle: str = BLORA[1], platform: str = BLORA[0], **more: Any) -> Account:
    """Return a watched account."""
    return Account(platform=platform, handle=handle, **more)


def claimed(store: Store, now: datetime = NOW, owner: str = "satu", most: int = 1) -> Claim:
    """Claim the one account that is due."""
    (claim,) = store.claim(owner, now, LEASE, most)
    return claim


def judged(
    identity: str,
    author: Author = Author.OWNER,
    *,
    at: datetime = NOW,
    text: str = "Apel pagi.",
    **more: Any,
) -> JudgedPost:
    """Return a post with a verdict that has findings and reasons."""
    post = Post(platform=BLORA[0], account=BLORA[1], id=identity, created_at=at, text=text, **more)
    verdict = Verdict(
        post_id=identity, author=author, probability=0.25, log_odds=-1.1, category="cheap_goods",
        findings=(Finding("price", 0, 4, text[:4], "Rp10"),),
        reasons=(Reason("price", 1.5, Wording(id="harga", en="a price")),),
    )  # fmt: skip
    return JudgedPost(post=post, verdict=verdict)


def event(kind: str = "name_changed", at: datetime = NOW, **more: Any) -> AccountEvent:
    """Return a change to an account."""
    return AccountEvent(platform=BLORA[0], account=BLORA[1], kind=kind, at=at, **more)


def incident(opened_at: datetime = NOW, **more: Any) -> Incident:
    """Return an open incident."""
    given: dict[str, Any] = {"detected_at": opened_at + MINUTE, "peak_probability": 0.97}
    return Incident(opened_at=opened_at, **given | more)


def alert(identity: str = "a1", at: datetime = NOW) -> Alert:
    """Return an alert."""
    return Alert(
        id=identity, platform=BLORA[0], account=BLORA[1], at=at, state=State.COMPROMISED,
        previous=State.NORMAL, probability=0.97,
    )  # fmt: skip


def delivery(identity: str = "d1", at: datetime = NOW, **more: Any) -> Delivery:
    """Return a message that is due at once."""
    given: dict[str, Any] = {
        "id": identity, "alert_id": "a1", "channel": "piket", "kind": "alert", "title": "Diduga diretas",
        "body": "Akun diduga diretas.", "created_at": at, "due_at": at, "key": BLORA,
    }  # fmt: skip
    return Delivery(**given | more)


def turn(claim: Claim, at: datetime = NOW, **more: Any) -> Turn:
    """Return what a page of a claimed account led to; nothing new by default."""
    given: dict[str, Any] = {
        "claim": claim, "at": at, "standing": b"standing", "state": State.NORMAL, "probability": 0.02,
        "next_at": at + 15 * MINUTE,
    }  # fmt: skip
    return Turn(**given | more)


def watching(store: Store, *handles: str, now: datetime = NOW) -> None:
    """Watch some accounts, the usual one when none is named."""
    store.register([account(handle) for handle in handles or (BLORA[1],)], now)
