"""One office's fall warns others: of the stranger's contacts, and its sisters for a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from builders import BLATANT, NIGHT, NOON, ordinary

from detector import assembly
from detector.pipeline import Pipeline
from detector.records import Account, Finding, Post, State, Verdict
from detector.records import Author as By
from detector.store.interface import Claim, JudgedPost, Store, Turn
from detector.store.memory import MemoryStore
from detector.taking import Taken
from detector.waves import FALSE, RECENT, WARNED_OF, Fall, Neighbours, owned_by, used_by, wave_of

ABOVE: Final = "KPU Provinsi Jawa Tengah"
BLORA, PATI = (
    Account(platform="instagram", handle=f"kpukab{name}", reports_to=(ABOVE,)) for name in ("blora", "pati")
)  # fmt: skip
FAR: Final = Account(
    platform="instagram", handle="polressabang", official_numbers=("+62296531000",)
)
EVERY: Final = (BLORA, PATI, FAR)
ACCOUNTS: Final = {(one.platform, one.handle): one for one in EVERY}
OWNED: Final = owned_by(EVERY)
NUMBER: Final = "+6285800001234"
SITE: Final = "zeus88-gacor.vip"


def key(account: Account) -> tuple[str, str]:
    return account.platform, account.handle


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return assembly.pipeline()


@pytest.fixture
def store() -> Store:
    made = MemoryStore()
    made.register(EVERY, NOON)
    return made


def office(account: Account, *more: tuple[str, datetime]) -> list[Post]:
    """Return an office's days, and what is posted after them."""
    days = [(one["text"], datetime.fromisoformat(one["created_at"])) for one in ordinary()]
    return [
        Post(platform="instagram", account=account.handle, id=f"{account.handle}{place}", created_at=at, text=text)
        for place, (text, at) in enumerate([*days, *more])
    ]  # fmt: skip


def kept(
    store: Store, account: Account, pipeline: Pipeline, posts: Sequence[Post], now: datetime
) -> Taken:
    """Judge a page of an account as a monitor does, and keep what it led to."""
    (claim,) = (one for one in _claims(store, now) if one.watched.key == key(account))
    wave = Neighbours(store, EVERY).wave_of(key(account), posts, now)
    taken = pipeline.take(account, claim.standing, posts, now=now, wave=wave)
    turn = Turn(
        claim=claim, at=now, posts=taken.posts, standing=taken.standing, state=taken.state,
        probability=taken.probability, incidents=taken.incidents, alerts=taken.alerts, next_at=now,
    )  # fmt: skip
    store.commit(turn)
    return taken


def _claims(store: Store, now: datetime) -> list[Claim]:
    claims = store.claim("test", now, timedelta(seconds=1), 10)
    return claims or store.claim("test", now + timedelta(seconds=2), timedelta(seconds=1), 10)


def test_a_strangers_number_is_known_on_the_next_account(store: Store, pipeline: Pipeline) -> None:
    """A short post with the number by which a stranger was paid elsewhere is that stranger's."""
    mild = "Info lebih lanjut hubungi 0858-0000-1234"
    kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)
    later = NIGHT + timedelta(hours=2)
    warned = kept(store, FAR, pipeline, office(FAR, (mild, later)), later)
    alone = pipeline.take(FAR, None, office(FAR, (mild, later)), now=later)

    assert "reuse" in {one.what for one in warned.posts[-1].verdict.reasons}
    assert warned.posts[-1].verdict.log_odds > alone.posts[-1].verdict.log_odds + 2


def test_only_sisters_are_watched_more_closely_and_only_for_a_day(
    store: Store, pipeline: Pipeline
) -> None:
    kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)
    neighbours = Neighbours(store, EVERY)
    soon = office(PATI, ("Apel pagi", NIGHT + timedelta(hours=3)))[-1:]
    late = office(PATI, ("Apel pagi", NIGHT + timedelta(days=3)))[-1:]

    assert neighbours.wave_of(key(PATI), soon, NIGHT).starts == (NIGHT,)
    assert neighbours.wave_of(key(PATI), late, NIGHT).starts == ()
    assert neighbours.wave_of(key(FAR), soon, NIGHT).starts == ()
    assert neighbours.wave_of(key(BLORA), soon, NIGHT) == wave_of(key(BLORA), [], ACCOUNTS, OWNED)


def test_a_false_alarm_warns_nobody(store: Store, pipeline: Pipeline) -> None:
    kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)
    assert [one.key for one in Neighbours(store, EVERY).falls(NIGHT)] == [key(BLORA)]
    store.resolve(1, "Rekaan", NIGHT, FALSE)

    assert Neighbours(store, EVERY).falls(NIGHT) == []


def test_a_strangers_post_that_was_made_harmless_since_warns_all_the_same(
    store: Store, pipeline: Pipeline
) -> None:
    taken = kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)
    before = Neighbours(store, EVERY).falls(NIGHT)
    post = msgspec.structs.replace(taken.posts[-1].post, text="Selamat pagi, selamat beraktivitas")
    (claim,) = (one for one in _claims(store, NIGHT) if one.watched.key == key(BLORA))
    mild = pipeline.explain_texts([post.text])[0]
    store.commit(
        Turn(
            claim=claim, at=NIGHT, posts=(), changed=(JudgedPost(post=post, verdict=mild),), standing=taken.standing,
            state=taken.state, probability=taken.probability, incidents=taken.incidents, alerts=(), next_at=NIGHT,
        )
    )  # fmt: skip
    (edited,) = (one for one in store.posts(key(BLORA)) if one.post.id == post.id)

    assert edited.post.text == post.text
    assert NUMBER in before[0].shared
    assert Neighbours(store, EVERY).falls(NIGHT) == before


def test_a_fall_of_long_ago_warns_nobody(store: Store, pipeline: Pipeline) -> None:
    kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)

    assert Neighbours(store, EVERY).falls(NIGHT + RECENT + timedelta(days=1)) == []


def test_what_was_read_is_read_again_after_a_while(store: Store, pipeline: Pipeline) -> None:
    neighbours, page = Neighbours(store, EVERY), office(PATI)[-1:]
    before = neighbours.wave_of(key(PATI), page, NIGHT)
    kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)
    at_once = neighbours.wave_of(key(PATI), page, NIGHT)
    later = neighbours.wave_of(key(PATI), page, NIGHT + timedelta(minutes=1))
    clock_put_back = neighbours.wave_of(key(PATI), page, NIGHT - timedelta(days=1))

    assert before == at_once
    assert NUMBER in later.contacts
    assert NUMBER in clock_put_back.contacts


def test_posts_of_an_incident_are_read_again_only_when_it_has_changed(
    store: Store, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)
    neighbours, page, asked = Neighbours(store, EVERY), office(PATI)[-1:], list[object]()
    read = store.posts

    def noted(of: tuple[str, str], **how: Any) -> list[JudgedPost]:
        asked.append(of)
        return read(of, **how)

    monkeypatch.setattr(store, "posts", noted)
    for minute in range(5):
        neighbours.wave_of(key(PATI), page, NIGHT + timedelta(minutes=minute))
    store.resolve(1, "Rekaan", NIGHT, FALSE)
    after = neighbours.wave_of(key(PATI), page, NIGHT + timedelta(minutes=9))

    assert asked == [key(BLORA)]
    assert after.contacts == ()


def test_nobodys_own_number_is_held_against_others() -> None:
    """A stranger who quotes a hotline or a public site does not taint it."""
    fall = Fall(key(BLORA), NIGHT, (NUMBER, "+62296531000", "instagram.com", "kpu.go.id", SITE))

    assert wave_of(key(PATI), [fall], ACCOUNTS, OWNED).contacts == (NUMBER, SITE)
    assert wave_of(key(BLORA), [fall], ACCOUNTS, OWNED).contacts == ()


def test_a_flood_of_contacts_warns_of_the_latest() -> None:
    numbers = tuple(f"+62858000{one:05}" for one in range(500))
    some = [Fall(key(BLORA), NIGHT, numbers[250:]), Fall(key(FAR), NOON, numbers[:250])]

    assert wave_of(key(PATI), some, ACCOUNTS, OWNED).contacts == numbers[-WARNED_OF:]


def test_an_account_that_used_a_number_itself_is_not_warned_of_it(
    store: Store, pipeline: Pipeline
) -> None:
    hotline = (
        "Layanan informasi publik buka Senin sampai Jumat pukul 08.00 sampai 15.30 di kantor KPU, "
        "telepon 0858-0000-1234. Terima kasih atas partisipasinya dalam rapat pleno terbuka."
    )
    usual = [(hotline, NOON - timedelta(hours=10 - one)) for one in range(3)]
    kept(store, PATI, pipeline, office(PATI, *usual), NOON + timedelta(hours=1))
    kept(store, BLORA, pipeline, office(BLORA, (BLATANT, NIGHT)), NIGHT)
    later = NOON + timedelta(days=2, hours=-10)
    page = [msgspec.structs.replace(office(PATI, (hotline, later))[-1], id="hotline")]
    taken = kept(store, PATI, pipeline, page, later)

    warned = Neighbours(store, EVERY).wave_of(key(PATI), page, later)

    assert NUMBER in warned.contacts
    assert (taken.state, taken.posts[0].verdict.author) == (State.NORMAL, By.OWNER)


def test_a_shorteners_domain_is_nobodys() -> None:
    found = (
        Finding("link", 0, 6, "s.id/x", "s.id"), Finding("short_link", 0, 6, "s.id/x", "s.id"),
        Finding("link", 9, 20, "a.example", "a.example"), Finding("whatsapp_number", 30, 40, "0858", NUMBER),
        Finding("gambling", 50, 54, "slot"),
    )  # fmt: skip
    verdict = Verdict(
        post_id="1", author=By.STRANGER, probability=0.9, log_odds=3.0, findings=found
    )

    assert used_by(verdict) == (NUMBER, "a.example")
