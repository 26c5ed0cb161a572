"""The store on SQLite or PostgreSQL; every method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import uuid4

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Row,
    Table,
    delete,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)

from detector.records import Account, AccountEvent, Alert, Incident, Profile, State
from detector.store import checking, rules, schema, sql_outbox, sql_pruning
from detector.store.engines import Base
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
from detector.store.rules import SKEW, Keep
from detector.store.sql_pages import (
    NO_LEASE,
    account_number,
    chunks,
    decoded,
    held,
    insert_new,
    keep_page,
    known_ids,
    settle,
    watched_of,
)

_accounts, _incidents, _notes = schema.accounts, schema.incidents, schema.notes
_REVIEWED: Final = (
    "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "resolution", "note",
)  # fmt: skip
_LARGEST: Final = 2**63 - 1
_REGISTERING: Final = 0x72656769
"""PostgreSQL's number for "somebody is registering accounts"."""


class _Listing(NamedTuple):
    """What is read back, the newest first."""

    table: Table
    time: Column[Any]
    tie: Column[Any]
    kind: type[Any]


_ALERTS: Final = _Listing(schema.alerts, schema.alerts.c.at, schema.alerts.c.id, Alert)
_POSTS: Final = _Listing(schema.posts, schema.posts.c.created_at, schema.posts.c.number, JudgedPost)
_EVENTS: Final = _Listing(schema.events, schema.events.c.at, schema.events.c.number, AccountEvent)


class SqlStore(Store):
    """Everything in one database.

    Args:
        base: the database, in this program's form.
        keep: how long things are kept.
    """

    def __init__(self, base: Base, keep: Keep = Keep()) -> None:  # noqa: B008 - frozen
        self.base: Final = base
        self._keep: Final = keep

    def register(self, accounts: Iterable[Account], now: datetime) -> None:
        wanted = {(one.platform, one.handle): one.institution for one in accounts}
        with self.base.writing() as connection:
            if not self.base.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_REGISTERING})"))
            columns = _accounts.c
            there = connection.execute(
                select(columns.number, columns.platform, columns.handle, columns.institution, columns.is_active)
            ).all()  # fmt: skip
            for row in there:
                key = (row.platform, row.handle)
                before = (row.is_active, row.institution)
                after = (key in wanted, wanted.get(key, row.institution))
                if before != after:
                    values = dict(zip(("is_active", "institution"), after, strict=True))
                    connection.execute(
                        update(_accounts).where(columns.number == row.number).values(values)
                    )
            known = {(row.platform, row.handle) for row in there}
            new = [_new_row(key, wanted[key], now) for key in wanted if key not in known]
            insert_new(connection, _accounts, new)

    def claim(
        self,
        owner: str,
        now: datetime,
        lease: timedelta,
        most: int,
        but: Collection[AccountKey] = (),
    ) -> list[Claim]:
        columns = _accounts.c
        due = (
            select(_accounts)
            .where(
                columns.is_active.is_(True),
                columns.paused.is_(False),
                or_(columns.next_at.is_(None), columns.next_at <= now, columns.set_at > now + SKEW),
                sql_outbox.is_free(_accounts, now),
            )
            .order_by(columns.next_at.nulls_first(), columns.number)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        if but:
            due = due.where(tuple_(columns.platform, columns.handle).not_in(list(but)))
        name = f"{owner}:{uuid4().hex}"
        with self.base.writing() as connection:
            rows = connection.execute(due).all()
            given = {"lease": name, "leased_at": now, "leased_until": now + lease}
            starts: dict[int, Row[Any]] = {}
            for some in chunks([row.number for row in rows]):
                connection.execute(update(_accounts).where(columns.number.in_(some)).values(given))
                begin = select(schema.standings).where(schema.standings.c.account.in_(some))
                starts |= {row.account: row for row in connection.execute(begin)}
        return [_claim(row, starts.get(row.number), name, now + lease) for row in rows]

    def renew(self, claim: Claim, until: datetime) -> None:
        with self.base.writing() as connection:
            row = held(connection, claim)
            this = _accounts.c.number == row.number
            connection.execute(update(_accounts).where(this).values(leased_until=until))

    def release(self, claim: Claim, next_at: datetime) -> None:
        this = (
            _accounts.c.platform == claim.watched.key[0],
            _accounts.c.handle == claim.watched.key[1],
            _accounts.c.lease == claim.lease,
        )
        with self.base.writing() as connection:
            connection.execute(update(_accounts).where(*this).values(next_at=next_at, **NO_LEASE))

    def known(self, key: AccountKey, ids: Sequence[str]) -> set[str]:
        with self.base.reading() as connection:
            number = account_number(connection, key)
            return set() if number is None else known_ids(connection, number, ids)

    def commit(self, turn: Turn) -> None:
        mark = rules.mark_of(turn)
        with self.base.writing() as connection:
            keep_page(connection, turn, mark)

    def failed(
        self,
        claim: Claim,
        at: datetime,
        why: str,
        next_at: datetime,
        deliveries: Sequence[Delivery] = (),
    ) -> None:
        with self.base.writing() as connection:
            row = held(connection, claim)
            after = rules.after_failure(watched_of(row), at, why, next_at)
            settle(connection, row.number, after, at, NO_LEASE)
            sql_outbox.enqueue(connection, deliveries)

    def pause(self, key: AccountKey, paused: bool) -> None:
        this = (
            _accounts.c.platform == key[0],
            _accounts.c.handle == key[1],
            _accounts.c.is_active.is_(True),
        )
        with self.base.writing() as connection:
            done = connection.execute(update(_accounts).where(*this).values(paused=paused))
        if done.rowcount == 0:
            raise rules.unwatched(key)

    def enqueue(self, deliveries: Sequence[Delivery]) -> None:
        with self.base.writing() as connection:
            sql_outbox.enqueue(connection, deliveries)

    def take(self, owner: str, now: datetime, lease: timedelta, most: int) -> list[Delivery]:
        with self.base.writing() as connection:
            return sql_outbox.take(connection, owner, now, lease, most)

    def sent(self, delivery: Delivery, at: datetime) -> None:
        with self.base.writing() as connection:
            sql_outbox.sent(connection, delivery, at)

    def put_off(self, delivery: Delivery, until: datetime | None, why: str, at: datetime) -> None:
        with self.base.writing() as connection:
            sql_outbox.put_off(connection, delivery, until, why, at)

    def deliveries(self, *, pending: bool | None = None, most: int = 1000) -> list[Delivery]:
        with self.base.reading() as connection:
            return sql_outbox.listed(connection, pending, most)

    def accounts(self) -> list[Watched]:
        query = select(_accounts).where(_accounts.c.is_active.is_(True))
        with self.base.reading() as connection:
            found = connection.execute(query.order_by(_accounts.c.platform, _accounts.c.handle))
            return [watched_of(row) for row in found]

    def incidents(self, *, open_only: bool = False, since: datetime | None = None) -> list[Kept]:
        columns = _incidents.c
        query = _KEPT.order_by(columns.detected_at.desc(), columns.number.desc())
        if open_only:
            query = query.where(columns.closed_at.is_(None), columns.resolved_at.is_(None))
        if since is not None:
            query = query.where(columns.detected_at >= since)
        with self.base.reading() as connection:
            return [_kept(row) for row in connection.execute(query)]

    def incident(self, number: int) -> Kept | None:
        with self.base.reading() as connection:
            return _one_incident(connection, number)

    def review(self, number: int, review: Review) -> Kept:
        with self.base.writing() as connection:
            kept = _one_incident(connection, number, locked=True)
            if kept is None:
                raise rules.no_incident(number)
            after = rules.after_review(kept, review)
            values = {name: getattr(after, name) for name in _REVIEWED}
            connection.execute(
                update(_incidents).where(_incidents.c.number == number).values(values)
            )
            row = msgspec.structs.asdict(review) | {"incident": number}
            connection.execute(insert(schema.reviews).values(row))
        return after

    def reviews(self, number: int) -> list[Review]:
        table = schema.reviews
        if abs(number) > _LARGEST:
            return []
        query = select(table).where(table.c.incident == number).order_by(table.c.number)
        with self.base.reading() as connection:
            return [
                Review(at=row.at, by=row.by, what=row.what, resolution=row.resolution, note=row.note)
                for row in connection.execute(query)
            ]  # fmt: skip

    def alerts(
        self, key: AccountKey | None = None, *, since: datetime | None = None, most: int = 1000
    ) -> list[Alert]:
        return self._newest(_ALERTS, key, since, most)

    def posts(
        self, key: AccountKey, *, since: datetime | None = None, most: int = 1000
    ) -> list[JudgedPost]:
        return self._newest(_POSTS, key, since, most)

    def events(
        self, key: AccountKey, *, since: datetime | None = None, most: int = 1000
    ) -> list[AccountEvent]:
        return self._newest(_EVENTS, key, since, most)

    def _newest(
        self, what: _Listing, key: AccountKey | None, since: datetime | None, most: int
    ) -> list[Any]:
        query = select(what.table.c.body).order_by(what.time.desc(), what.tie.desc()).limit(most)
        if since is not None:
            query = query.where(what.time >= since)
        with self.base.reading() as connection:
            if key is not None:
                number = account_number(connection, key)
                query = query.where(what.table.c.account == number)
            return [decoded(body, what.kind) for body in connection.execute(query).scalars()]

    def note(self, name: str, value: Any | None) -> None:
        with self.base.writing() as connection:
            connection.execute(delete(_notes).where(_notes.c.name == name))
            if value is not None:
                row = {"name": name, "content": rules.packed(value)}
                connection.execute(insert(_notes).values(row))

    def noted(self, name: str) -> Any | None:
        query = select(_notes.c.content).where(_notes.c.name == name)
        with self.base.reading() as connection:
            return decoded(connection.execute(query).scalar_one_or_none(), object)

    def prune(self, now: datetime) -> dict[str, int]:
        with self.base.writing() as connection:
            return sql_pruning.prune(connection, self._keep, now)

    def check(self) -> tuple[Check, str]:
        return checking.check(self.base)

    def close(self) -> None:
        self.base.close()


_KEPT: Final = select(_incidents, _accounts.c.platform, _accounts.c.handle).join(
    _accounts, _incidents.c.account == _accounts.c.number
)


def _one_incident(connection: Connection, number: int, *, locked: bool = False) -> Kept | None:
    if abs(number) > _LARGEST:
        return None
    query = _KEPT.where(_incidents.c.number == number)
    row = connection.execute(
        query.with_for_update(of=_incidents) if locked else query
    ).one_or_none()
    return None if row is None else _kept(row)


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        number=row.number, key=(row.platform, row.handle), incident=decoded(row.body, Incident),
        acknowledged_at=row.acknowledged_at, acknowledged_by=row.acknowledged_by,
        resolved_at=row.resolved_at, resolved_by=row.resolved_by, resolution=row.resolution, note=row.note,
    )  # fmt: skip


def _claim(row: Row[Any], start: Row[Any] | None, lease: str, until: datetime) -> Claim:
    if start is None:
        return Claim(watched=watched_of(row), lease=lease, until=until)
    return Claim(
        watched=watched_of(row), lease=lease, until=until, cursor=start.cursor, standing=start.standing,
        profile=decoded(start.profile, Profile),
    )  # fmt: skip


def _new_row(key: AccountKey, institution: str | None, now: datetime) -> dict[str, Any]:
    return {
        "platform": key[0], "handle": key[1], "institution": institution, "is_active": True,
        "paused": False, "state": State.LEARNING.value, "probability": 0.0, "posts": 0, "polls": 0,
        "failures": 0, "next_at": now, "set_at": now,
    }  # fmt: skip
