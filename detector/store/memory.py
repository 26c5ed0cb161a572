"""A store in memory: the reference for what every store promises, and enough for a demonstration."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from operator import attrgetter
from typing import Any, Final
from uuid import uuid4

import msgspec

from detector.errors import LeaseLost
from detector.records import Account, AccountEvent, Alert, Incident
from detector.store import rules
from detector.store.holdings import Letter, Room, Seen, drop
from detector.store.interface import (
    AccountKey,
    Check,
    Claim,
    Delivery,
    JudgedPost,
    Kept,
    Review,
    Store,
    Turn,
    Watched,
)
from detector.store.rules import Keep

_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)
"""When an account that nobody has set a time for is due."""

_replace = msgspec.structs.replace


class MemoryStore(Store):
    """Everything in dictionaries under one lock; gone when the program ends.

    Args:
        keep: how long things are kept.
    """

    def __init__(self, keep: Keep = Keep()) -> None:  # noqa: B008 - frozen
        self._keep: Final = keep
        self._lock: Final = threading.RLock()
        self._rooms: Final[dict[AccountKey, Room]] = {}
        self._letters: Final[dict[str, Letter]] = {}
        self._spent: Final[dict[str, datetime]] = {}
        self._incidents: Final[dict[int, Kept]] = {}
        self._reviews: Final[dict[int, list[Review]]] = {}
        self._alerts: Final[dict[str, tuple[Alert, datetime, AccountKey]]] = {}
        self._notes: Final[dict[str, bytes]] = {}
        self._numbers: Final = count(1)

    def register(self, accounts: Iterable[Account], now: datetime) -> None:
        with self._lock:
            for room in self._rooms.values():
                room.is_active = False
            for one in accounts:
                key = (one.platform, one.handle)
                room = self._rooms.setdefault(key, Room(Watched(key=key, next_at=now), now))
                room.is_active = True
                room.watched = _replace(room.watched, institution=one.institution)

    def claim(
        self,
        owner: str,
        now: datetime,
        lease: timedelta,
        most: int,
        but: Collection[AccountKey] = (),
    ) -> list[Claim]:
        with self._lock:
            due = [one for key, one in self._rooms.items() if one.is_due(now) and key not in but]
            due.sort(key=lambda room: room.watched.next_at or _AT_ONCE)
            name = f"{owner}:{uuid4().hex}"
            return [self._claimed(room, name, now, lease) for room in due[:most]]

    @staticmethod
    def _claimed(room: Room, name: str, now: datetime, lease: timedelta) -> Claim:
        room.lease.give(name, now, now + lease)
        return Claim(
            watched=room.watched, lease=name, until=now + lease,
            cursor=room.cursor, standing=room.standing, profile=room.profile,
        )  # fmt: skip

    def _held(self, claim: Claim) -> Room:
        room = self._rooms.get(claim.watched.key)
        if room is None or room.lease.name != claim.lease:
            raise rules.lost(claim)
        return room

    def renew(self, claim: Claim, until: datetime) -> None:
        with self._lock:
            self._held(claim).lease.until = until

    def release(self, claim: Claim, next_at: datetime) -> None:
        with self._lock:
            try:
                room = self._held(claim)
            except LeaseLost:
                return
            room.end_claim(_replace(room.watched, next_at=next_at), room.set_at)

    def known(self, key: AccountKey, ids: Sequence[str]) -> set[str]:
        with self._lock:
            room = self._rooms.get(key)
            return set() if room is None else room.posts.keys() & set(ids)

    def commit(self, turn: Turn) -> None:
        mark = rules.mark_of(turn)
        with self._lock:
            room = self._rooms.get(turn.claim.watched.key)
            if room is not None and room.last_page == mark:
                return
            room = self._held(turn.claim)
            room.last_page = mark
            self._keep_page(room, turn)

    def _keep_page(self, room: Room, turn: Turn) -> None:
        given = rules.first_of_each(turn.posts)
        new = {identity: one for identity, one in given.items() if identity not in room.posts}
        for one in new.values():
            room.posts[one.post.id] = Seen(rules.sound(rules.kept_form(one)), turn.at)
        for one in turn.changed:
            if (seen := room.posts.get(one.post.id)) is not None:
                seen.thing = rules.sound(rules.reread(seen.thing, one, turn.at))
                seen.has_text = True
        for event in turn.events:
            room.events.setdefault(rules.event_mark(event), Seen(rules.sound(event), turn.at))
        number = None
        for incident in turn.incidents:
            number = self._keep_incident(room, incident)
        for alert in turn.alerts:
            self._alerts.setdefault(alert.id, (rules.sound(alert), turn.at, room.watched.key))
        self._enqueue([rules.of_incident(one, turn.claim, number) for one in turn.deliveries])
        room.standing, room.cursor, room.profile = turn.standing, turn.cursor, turn.profile
        room.watched = rules.after_page(room.watched, turn, new.values())
        room.set_at = turn.at
        if turn.is_last:
            room.lease.end()

    def _keep_incident(self, room: Room, incident: Incident) -> int:
        for identity in incident.post_ids:
            if identity in room.posts:
                room.posts[identity].is_pinned = True
        for seen in room.events.values():
            seen.is_pinned |= rules.change_id(seen.thing) in incident.change_ids
        for kept in self._incidents.values():
            if (kept.key, kept.incident.opened_at) == (room.watched.key, incident.opened_at):
                self._incidents[kept.number] = _replace(
                    kept, incident=rules.sound(kept.incident.joined(incident))
                )
                return kept.number
        number = next(self._numbers)
        self._incidents[number] = Kept(
            number=number, key=room.watched.key, incident=rules.sound(incident)
        )
        return number

    def failed(
        self,
        claim: Claim,
        at: datetime,
        why: str,
        next_at: datetime,
        deliveries: Sequence[Delivery] = (),
    ) -> None:
        with self._lock:
            room = self._held(claim)
            room.end_claim(rules.after_failure(room.watched, at, why, next_at), at)
            self._enqueue(deliveries)

    def pause(self, key: AccountKey, paused: bool) -> None:
        with self._lock:
            room = self._rooms.get(key)
            if room is None or not room.is_active:
                raise rules.unwatched(key)
            room.watched = _replace(room.watched, paused=paused)

    def enqueue(self, deliveries: Sequence[Delivery]) -> None:
        with self._lock:
            self._enqueue(deliveries)

    def _enqueue(self, deliveries: Iterable[Delivery]) -> None:
        for one in deliveries:
            if one.id not in self._spent:
                self._letters.setdefault(one.id, Letter(_replace(rules.sound(one), id=one.id)))

    def take(self, owner: str, now: datetime, lease: timedelta, most: int) -> list[Delivery]:
        with self._lock:
            due = [one for one in self._letters.values() if one.is_due(now)]
            due.sort(key=lambda one: rules.in_line(one.delivery))
            for letter in due[:most]:
                one = letter.delivery
                letter.delivery = _replace(
                    one,
                    tries=one.tries + 1,
                    maybe_repeated=one.maybe_repeated or letter.lease.name is not None,
                )
                letter.lease.give(owner, now, now + lease)
            return [letter.delivery for letter in due[:most]]

    def sent(self, delivery: Delivery, at: datetime) -> None:
        with self._lock:
            letter = self._letters.get(delivery.id)
            if letter is not None and letter.delivery.sent_at is None:
                letter.delivery = _replace(
                    letter.delivery, sent_at=at, given_up_at=None, last_error=None
                )
                letter.lease.end()

    def put_off(self, delivery: Delivery, until: datetime | None, why: str, at: datetime) -> None:
        with self._lock:
            letter = self._letters.get(delivery.id)
            if letter is None or letter.is_done or letter.delivery.tries != delivery.tries:
                return
            one = letter.delivery
            letter.delivery = _replace(
                one,
                due_at=until or one.due_at,
                given_up_at=at if until is None else None,
                last_error=why,
                maybe_repeated=one.maybe_repeated or delivery.maybe_repeated,
            )
            letter.set_at = at
            letter.lease.end()

    def deliveries(self, *, pending: bool | None = None, most: int = 1000) -> list[Delivery]:
        with self._lock:
            found = [
                one.delivery
                for one in self._letters.values()
                if pending is None or one.is_done != pending
            ]
        return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)[:most]

    def accounts(self) -> list[Watched]:
        with self._lock:
            found = [room.watched for room in self._rooms.values() if room.is_active]
        return sorted(found, key=attrgetter("key"))

    def incidents(self, *, open_only: bool = False, since: datetime | None = None) -> list[Kept]:
        with self._lock:
            found = [
                one
                for one in self._incidents.values()
                if not (open_only and rules.is_over(one))
                and (since is None or one.incident.detected_at >= since)
            ]
        return sorted(found, key=lambda one: (one.incident.detected_at, one.number), reverse=True)

    def incident(self, number: int) -> Kept | None:
        with self._lock:
            return self._incidents.get(number)

    def review(self, number: int, review: Review) -> Kept:
        with self._lock:
            kept = self._incidents.get(number)
            if kept is None:
                raise rules.no_incident(number)
            self._incidents[number] = rules.after_review(kept, review)
            self._reviews.setdefault(number, []).append(review)
            return self._incidents[number]

    def reviews(self, number: int) -> list[Review]:
        with self._lock:
            return list(self._reviews.get(number, ()))

    def alerts(
        self, key: AccountKey | None = None, *, since: datetime | None = None, most: int = 1000
    ) -> list[Alert]:
        with self._lock:
            found = [
                one
                for one, _, whose in self._alerts.values()
                if key in {None, whose} and (since is None or one.at >= since)
            ]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:most]

    def posts(
        self, key: AccountKey, *, since: datetime | None = None, most: int = 1000
    ) -> list[JudgedPost]:
        with self._lock:
            room = self._rooms.get(key)
            found = [seen.thing for seen in room.posts.values()] if room else []
        found = [one for one in found if since is None or one.post.created_at >= since]
        return sorted(found, key=lambda one: one.post.created_at)[::-1][:most]

    def events(
        self, key: AccountKey, *, since: datetime | None = None, most: int = 1000
    ) -> list[AccountEvent]:
        with self._lock:
            room = self._rooms.get(key)
            found = [seen.thing for seen in room.events.values()] if room else []
        found = [one for one in found if since is None or one.at >= since]
        return sorted(found, key=attrgetter("at"))[::-1][:most]

    def note(self, name: str, value: Any | None) -> None:
        with self._lock:
            if value is None:
                self._notes.pop(name, None)
            else:
                self._notes[name] = rules.packed(value)

    def noted(self, name: str) -> Any | None:
        with self._lock:
            content = self._notes.get(name)
        return None if content is None else msgspec.msgpack.decode(content)

    def prune(self, now: datetime) -> dict[str, int]:
        with self._lock:
            return {
                "incidents": self._prune_incidents(now - self._keep.evidence),
                "texts": sum(room.drop_texts(now, self._keep) for room in self._rooms.values()),
                "posts": sum(room.drop_posts(now, self._keep) for room in self._rooms.values()),
                "events": sum(room.drop_events(now, self._keep) for room in self._rooms.values()),
                "alerts": drop(self._alerts, lambda one: one[1] < now - self._keep.events),
                "deliveries": self._prune_letters(now - self._keep.deliveries),
                "spent": drop(
                    self._spent, lambda at: at < now - rules.REMEMBERED * self._keep.deliveries
                ),
            }

    def _prune_incidents(self, before: datetime) -> int:
        past = [
            one
            for one in self._incidents.values()
            if (over := rules.over_at(one)) and over < before
        ]
        for one in past:
            del self._incidents[one.number]
            self._reviews.pop(one.number, None)
            self._rooms[one.key].drop_evidence(one.incident)
        return len(past)

    def _prune_letters(self, before: datetime) -> int:
        past = [one for one in self._letters.values() if one.done_at and one.done_at < before]
        for one in past:
            assert one.done_at is not None
            del self._letters[one.delivery.id]
            self._spent[one.delivery.id] = one.done_at
        return len(past)

    def check(self) -> tuple[Check, str]:
        return Check.SOUND, "kept in memory, until the program ends"

    def close(self) -> None:
        pass
