"""Messages leave: at least once, each with its id, and none is dropped without a word.

What a channel does not take waits, longer each time or as long as the channel asks, and goes by the channel's
fallback meanwhile. A message of which nobody knows whether it arrived says so when it is sent again. Escalations
and reminders are withdrawn once somebody has acknowledged, or the incident is over.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import msgspec

from detector.errors import DeliveryError, StoreError
from detector.notify import phrases
from detector.notify.bulletins import together
from detector.notify.channels import Channels, Outgoing
from detector.notify.letters import URGENT, Kind
from detector.notify.messages import LONGEST, SHORTEST, ref
from detector.store.interface import Delivery, Kept, Store

LEASE: Final = timedelta(minutes=15)
"""For so long a message that is being sent is nobody else's."""

AT_ONCE: Final = 40
"""Messages taken from the outbox at a time."""

SINGLY: Final = 5
"""Messages to one channel up to which each is told by itself; more are told together."""

PATIENCE: Final = 3
"""Tries after which a message goes by the fallback; an urgent one that would have to wait `SOON` goes at once."""

MANY_TRIES: Final = 10
"""No message is given up before so many tries, however old it is."""

SOON: Final = timedelta(minutes=2)

WITHDRAWN: Final = "withdrawn: "
"""How the last word on a message begins that nobody needs any more."""

_FIRST_WAIT: Final = {True: timedelta(seconds=15), False: timedelta(minutes=1)}
_LONGEST_WAIT: Final = {True: timedelta(minutes=10), False: timedelta(hours=1)}
_GIVE_UP: Final = {True: timedelta(days=7), False: timedelta(days=2)}
_ORDER: Final = {kind: place for place, kind in enumerate(Kind)}
_MOODS: Final = {Kind.ALERT: "failure", Kind.ESCALATION: "failure", Kind.REMINDER: "failure",
                 Kind.WATCH: "warning", Kind.BLIND: "warning", Kind.TOKEN: "warning", Kind.UNREAD_FILE: "warning",
                 Kind.RECOVERY: "success", Kind.READABLE: "success"}  # fmt: skip


class Flushed(msgspec.Struct, kw_only=True):
    """What became of the messages that were due."""

    sent: int = 0
    failed: int = 0
    """Tries that failed; the messages wait for the next one."""
    given_up: int = 0
    withdrawn: int = 0
    repeated: int = 0
    """Of those sent, marked as perhaps sent before."""
    by_fallback: int = 0
    unexpected: int = 0
    """Of those that failed, by an error that no channel should end with."""
    errors: list[str] = []
    """One line a failure, without addresses."""


class _Parcel(msgspec.Struct, frozen=True):
    """What leaves as one message: one delivery, or several told together."""

    deliveries: tuple[Delivery, ...]
    title: str
    body: str
    id: str
    kind: str


def is_lost(delivery: Delivery) -> bool:
    """Whether a message was given up without having been told: somebody must hear of that otherwise."""
    return delivery.given_up_at is not None and not (delivery.last_error or "").startswith(
        WITHDRAWN
    )


def flush(
    store: Store,
    channels: Channels,
    now: datetime,
    owner: str,
    *,
    language: str = "id",
    rounds: int = 25,
    clock: Callable[[], datetime] | None = None,
) -> Flushed:
    """Send what is due, every channel by itself, so that a slow one holds up no other.

    Args:
        store: keeps the outbox.
        channels: send.
        now: UTC; what is due by then is sent.
        owner: who takes the messages.
        language: of what several messages are told by together, unless their channel has its own.
        rounds: how often messages are taken from the outbox, at most; what is left waits for the next time.
        clock: the time at which a message was accepted; `now` throughout by default.

    Raises:
        StoreError: something could not be noted; what was sent meanwhile will be sent again, marked as such.
    """
    flushed = Flushed()
    for _ in range(rounds):
        taken = store.take(owner, now, LEASE, AT_ONCE)
        needed = _withdraw(store, taken, now, flushed)
        _send_all(_Round(store, channels, now, language, clock or (lambda: now)), needed, flushed)
        if len(taken) < AT_ONCE:
            break
    return flushed


def _withdraw(
    store: Store, taken: Sequence[Delivery], now: datetime, flushed: Flushed
) -> list[Delivery]:
    """Drop what nobody needs any more, and return the rest."""
    needed: list[Delivery] = []
    for one in taken:
        why = _not_needed(store, one) if one.kind in {Kind.ESCALATION, Kind.REMINDER} else None
        if why is None:
            needed.append(one)
        else:
            store.put_off(one, None, f"{WITHDRAWN}{why}", now)
            flushed.withdrawn += 1
    return needed


def _not_needed(store: Store, delivery: Delivery) -> str | None:
    """Return why an escalation need not climb further, if so."""
    kept = _incident_of(store, delivery)
    if kept is None:
        return None
    if kept.resolved_at is not None:
        return "resolved"
    if kept.acknowledged_at is not None:
        return "acknowledged"
    return "over" if kept.incident.closed_at is not None else None


def _incident_of(store: Store, delivery: Delivery) -> Kept | None:
    """Return the incident a message names, or else the account's latest."""
    if delivery.incident is not None:
        return store.incident(delivery.incident)
    return next((kept for kept in store.incidents() if kept.key == delivery.key), None)


def _send_all(work: _Round, taken: Sequence[Delivery], flushed: Flushed) -> None:
    by_channel: dict[str, list[Delivery]] = defaultdict(list)
    for one in taken:
        by_channel[one.channel].append(one)
    workers: list[ThreadPoolExecutor] = []
    under_way: list[tuple[_Parcel, Future[_Outcome]]] = []
    try:
        for name, waiting in by_channel.items():
            # One thread a channel, in which what is gravest leaves first.
            worker = ThreadPoolExecutor(1, thread_name_prefix="telling")
            workers.append(worker)
            parcels = work.packed(name, waiting)
            under_way += [(parcel, worker.submit(work.send, parcel)) for parcel in parcels]
        for parcel, future in under_way:
            work.count(parcel, future, flushed)
    finally:
        for worker in workers:
            worker.shutdown()


class _Outcome(msgspec.Struct, frozen=True):
    error: DeliveryError | None
    is_by_fallback: bool = False
    given_up: int = 0


class _Round:
    """Sends what was taken at one moment."""

    def __init__(
        self,
        store: Store,
        channels: Channels,
        now: datetime,
        language: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._channels, self._now = store, channels, now
        self._language, self._clock = language, clock

    def packed(self, name: str, waiting: Sequence[Delivery]) -> list[_Parcel]:
        """Put together what is told together: one hand's accounts, and everything when it is much."""
        waiting = sorted(waiting, key=lambda one: (_rank(one.kind), one.created_at, one.id))
        groups: dict[str, list[Delivery]] = defaultdict(list)
        for one in waiting:
            if one.group:
                groups[one.group].append(one)
        hands = [some for some in groups.values() if len(some) > 1]
        told = {one.id for some in hands for one in some}
        rest = [one for one in waiting if one.id not in told]
        parcels = [
            parcel for some in hands for parcel in self._together(name, some, is_campaign=True)
        ]
        if len(rest) > SINGLY:
            return parcels + self._together(name, rest, is_campaign=False)
        return parcels + [_Parcel((one,), one.title, one.body, one.id, one.kind) for one in rest]

    def _together(self, name: str, some: Sequence[Delivery], *, is_campaign: bool) -> list[_Parcel]:
        channel = self._channels.get(name)
        is_short = channel is not None and channel.short
        language = (channel.language if channel else None) or self._language
        written = together(
            [one.title for one in some],
            language,
            room=SHORTEST if is_short else LONGEST,
            is_campaign=is_campaign,
        )
        parcels, left = [], list(some)
        for one in written:
            part, left = tuple(left[: one.told]), left[one.told :]
            mark = "together|" + ref("\n".join(each.id for each in part))
            body = one.message.short if is_short else one.message.body
            parcels.append(_Parcel(part, one.message.title, body, mark, part[0].kind))
        return parcels

    def send(self, parcel: _Parcel) -> _Outcome:
        """Send a parcel by its channel or a fallback, and note what became of it."""
        first = parcel.deliveries[0]
        error = self._try(first.channel, parcel, is_repeated=_is_repeated(parcel))
        tried = [first.channel]
        while error is not None and (name := self._fallback(tried, parcel, error)) is not None:
            is_repeated = _is_repeated(parcel) or error.may_have_arrived
            tried.append(name)
            failed = self._try(name, parcel, is_repeated=is_repeated)
            error = failed and _worse(error, failed)
        if error is None:
            for one in parcel.deliveries:
                self._note_sent(one)
            return _Outcome(None, len(tried) > 1)
        return _Outcome(error, given_up=self.put_off(parcel, error))

    def _note_sent(self, delivery: Delivery) -> None:
        try:
            self._store.sent(delivery, self._clock())
        except StoreError:
            # A message that was told and is not noted is told again: worth a second try.
            self._store.sent(delivery, self._clock())

    def _try(self, name: str, parcel: _Parcel, *, is_repeated: bool) -> DeliveryError | None:
        channel = self._channels.get(name)
        language = (channel.language if channel else None) or self._language
        mark = f"\n{phrases.REPEATED.said(language)}" if is_repeated else ""
        message = Outgoing(
            id=parcel.id, kind=parcel.kind, title=parcel.title, body=parcel.body + mark,
            mood=_MOODS.get(Kind(parcel.kind), "info") if parcel.kind in _ORDER else "info", at=self._now,
        )  # fmt: skip
        try:
            self._channels.send(name, message)
        except DeliveryError as error:
            return error
        return None

    def _fallback(self, tried: Sequence[str], parcel: _Parcel, error: DeliveryError) -> str | None:
        """Return the channel to go by instead, when it is time for that."""
        channel = self._channels.get(tried[-1])
        name = channel.fallback if channel else None
        waits = error.retry_at is not None and error.retry_at - self._now > SOON
        is_time = (
            len(tried) > 1
            or error.is_final
            or max(one.tries for one in parcel.deliveries) >= PATIENCE
            or (waits and any(one.kind in URGENT for one in parcel.deliveries))
        )
        return name if is_time and name not in tried else None

    def put_off(self, parcel: _Parcel, error: DeliveryError) -> int:
        """Let a parcel's messages wait, and give up those that have waited for days; return how many."""
        given_up = 0
        for one in parcel.deliveries:
            is_urgent = one.kind in URGENT
            until = self._now + _wait(one, error, self._now)
            is_past = one.tries >= MANY_TRIES and until - one.created_at > _GIVE_UP[is_urgent]
            given_up += is_past
            uncertain = msgspec.structs.replace(
                one, maybe_repeated=one.maybe_repeated or error.may_have_arrived
            )
            self._store.put_off(uncertain, None if is_past else until, str(error), self._now)
        return given_up

    def count(self, parcel: _Parcel, future: Future[_Outcome], flushed: Flushed) -> None:
        """Add what became of a parcel; an error that nobody foresaw puts it off like any other, and is told."""
        unforeseen = future.exception()
        if isinstance(unforeseen, StoreError):
            raise unforeseen
        if unforeseen is not None:
            kind = type(unforeseen).__name__
            error = DeliveryError(f"sending failed unexpectedly: {kind}", may_have_arrived=True)
            outcome = _Outcome(error, given_up=self.put_off(parcel, error))
            flushed.unexpected += len(parcel.deliveries)
        else:
            outcome = future.result()
        if outcome.error is None:
            flushed.sent += len(parcel.deliveries)
            flushed.repeated += len(parcel.deliveries) if _is_repeated(parcel) else 0
            flushed.by_fallback += len(parcel.deliveries) if outcome.is_by_fallback else 0
            return
        flushed.failed += len(parcel.deliveries)
        flushed.given_up += outcome.given_up
        flushed.errors.append(str(outcome.error))


def _is_repeated(parcel: _Parcel) -> bool:
    return any(one.maybe_repeated for one in parcel.deliveries)


def _rank(kind: str) -> int:
    return next((place for one, place in _ORDER.items() if one == kind), len(_ORDER))


def _worse(first: DeliveryError, second: DeliveryError) -> DeliveryError:
    """Return one error for a channel and its fallback: the sooner of their moments, the doubts of both."""
    moments = [one.retry_at for one in (first, second) if one.retry_at is not None]
    return DeliveryError(
        f"{first.message}; {second.message}",
        retry_at=min(moments) if len(moments) == 2 else None,  # noqa: PLR2004 - both
        is_final=first.is_final and second.is_final,
        may_have_arrived=first.may_have_arrived or second.may_have_arrived,
        hint=first.hint or second.hint,
    )


def _wait(delivery: Delivery, error: DeliveryError, now: datetime) -> timedelta:
    """Return how long a message waits: twice as long each time up to a bound, or as long as it was asked to.

    Waits are spread by up to a fifth, by the message's id: what failed together does not come back together.
    """
    is_urgent = delivery.kind in URGENT
    doubled = _FIRST_WAIT[is_urgent] * (1 << min(max(delivery.tries - 1, 0), 12))
    wait = min(doubled, _LONGEST_WAIT[is_urgent])
    digest = hashlib.sha256(f"{delivery.id}#{delivery.tries}".encode("utf-8", "replace")).digest()
    wait *= 1 + digest[0] / 255 / 5
    asked = error.retry_at - now if error.retry_at is not None else timedelta(0)
    return max(wait, asked)
