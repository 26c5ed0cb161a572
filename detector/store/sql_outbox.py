"""The outbox in its table: messages wait, are taken under a lease, and are sent or put off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from detector.store import rules, schema
from detector.store.interface import Delivery

_deliveries: Final[Table] = schema.deliveries
_STATUS: Final = (
    "id", "due_at", "tries", "sent_at", "given_up_at", "last_error", "maybe_repeated",
)  # fmt: skip
"""What of a message changes after it was queued, and its id, which must come back as it was given."""


def enqueue(connection: Connection, deliveries: Iterable[Delivery]) -> None:
    """Queue those messages whose ids were never seen."""
    rows = [
        {
            "channel": one.channel, "kind": one.kind, "created_at": one.created_at,
            "set_at": one.created_at, "done_at": one.sent_at or one.given_up_at, "body": rules.packed(one),
            **{name: getattr(one, name) for name in _STATUS},
        }
        # Always in one order, or two monitors could wait for each other.
        for one in sorted(deliveries, key=lambda one: one.id)
    ]  # fmt: skip
    if rows:
        dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(_deliveries).on_conflict_do_nothing(), rows)


def take(
    connection: Connection, owner: str, now: datetime, lease: timedelta, most: int
) -> list[Delivery]:
    """Take messages that are due; each counts as a try."""
    columns = _deliveries.c
    due = (
        select(_deliveries)
        .where(
            columns.done_at.is_(None),
            or_(columns.due_at <= now, columns.set_at > now + rules.SKEW),
            is_free(_deliveries, now),
        )
        .order_by(columns.due_at, columns.created_at, columns.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = [
        msgspec.structs.replace(
            delivery_of(row),
            tries=row.tries + 1,
            maybe_repeated=row.maybe_repeated or row.lease is not None,
        )
        for row in connection.execute(due)
    ]
    given = {"lease": owner, "leased_at": now, "leased_until": now + lease}
    for one in found:
        status = {"tries": one.tries, "maybe_repeated": one.maybe_repeated}
        connection.execute(update(_deliveries).where(columns.id == one.id).values(**given | status))
    return found


def is_free(table: Table, now: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody holds a row."""
    columns = table.c
    return or_(
        columns.lease.is_(None), columns.leased_until <= now, columns.leased_at > now + rules.SKEW
    )


def delivery_of(row: Row[Any]) -> Delivery:
    """Return the message of a row."""
    columns = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    made = msgspec.msgpack.decode(columns["body"], type=Delivery)
    return msgspec.structs.replace(made, **{name: columns[name] for name in _STATUS})


def sent(connection: Connection, delivery: Delivery, at: datetime) -> None:
    """Note that a message was taken, whoever holds it by now."""
    this = (_deliveries.c.id == delivery.id, _deliveries.c.sent_at.is_(None))
    _finish(connection, this, sent_at=at, done_at=at, given_up_at=None, last_error=None)


def put_off(
    connection: Connection, delivery: Delivery, until: datetime | None, why: str, at: datetime
) -> None:
    """Note that a message was not taken, unless somebody else holds it by now."""
    this = (
        _deliveries.c.id == delivery.id,
        _deliveries.c.done_at.is_(None),
        _deliveries.c.tries == delivery.tries,
    )
    when: dict[str, Any] = {"due_at": until}
    if until is None:
        when = {"given_up_at": at, "done_at": at}
    if delivery.maybe_repeated:
        when["maybe_repeated"] = True
    _finish(connection, this, last_error=why, set_at=at, **when)


def listed(connection: Connection, pending: bool | None, most: int) -> list[Delivery]:
    """Return messages, the newest first."""
    columns = _deliveries.c
    query = select(_deliveries).where(columns.body.is_not(None))
    if pending is not None:
        query = query.where(columns.done_at.is_(None) if pending else columns.done_at.is_not(None))
    newest = query.order_by(columns.created_at.desc(), columns.id.desc()).limit(most)
    return [delivery_of(row) for row in connection.execute(newest)]


def _finish(connection: Connection, this: Sequence[ColumnElement[bool]], **values: Any) -> None:
    free = {"lease": None, "leased_at": None, "leased_until": None}
    connection.execute(update(_deliveries).where(*this).values(**values | free))
