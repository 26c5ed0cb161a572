"""What is past its time leaves the tables, a bounded number of rows at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    delete,
    false,
    func,
    or_,
    select,
    true,
    update,
)

from detector.records import Incident
from detector.store import rules, schema
from detector.store.interface import JudgedPost
from detector.store.rules import Keep
from detector.store.sql_pages import chunks

_posts, _events, _incidents = schema.posts, schema.events, schema.incidents
_alerts, _deliveries = schema.alerts, schema.deliveries

AT_ONCE: Final = 5_000
"""Rows of each kind that go at one time, at most: nobody waits long for it."""

_HARMLESS: Final = [one.value for one in rules.HARMLESS]


def prune(connection: Connection, keep: Keep, now: datetime) -> dict[str, int]:
    """Drop what is past its time; return how many rows of each kind."""
    return {
        "incidents": _drop_incidents(connection, now - keep.evidence),
        "texts": _drop_texts(connection, now - min(keep.texts, keep.posts)),
        "posts": _drop_posts(connection, keep, now),
        "events": _drop_unpinned(connection, _events, now - keep.events),
        "alerts": _drop(connection, _alerts, _alerts.c.seen_at < now - keep.events),
        "deliveries": _empty_deliveries(connection, now - keep.deliveries),
        "spent": _drop(
            connection,
            _deliveries,
            _deliveries.c.body.is_(None),
            _deliveries.c.done_at < now - rules.REMEMBERED * keep.deliveries,
        ),
    }


def _drop(connection: Connection, table: Table, *past: ColumnElement[bool]) -> int:
    (key,) = table.primary_key.columns
    some = select(key).where(*past).limit(AT_ONCE)
    return connection.execute(delete(table).where(key.in_(some))).rowcount


def _drop_unpinned(connection: Connection, table: Table, before: datetime) -> int:
    return _drop(connection, table, table.c.seen_at < before, table.c.is_pinned == false())


def _drop_incidents(connection: Connection, before: datetime) -> int:
    over = func.max if connection.dialect.name == "sqlite" else func.greatest
    columns = _incidents.c
    last = over(
        func.coalesce(columns.closed_at, columns.resolved_at),
        func.coalesce(columns.resolved_at, columns.closed_at),
        type_=schema.Moment(),
    )
    is_over = or_(columns.closed_at.is_not(None), columns.resolved_at.is_not(None))
    past = connection.execute(select(_incidents).where(is_over, last < before).limit(AT_ONCE)).all()
    for row in past:
        incident = msgspec.msgpack.decode(row.body, type=Incident)
        _drop_evidence(connection, row.account, incident)
        connection.execute(delete(schema.reviews).where(schema.reviews.c.incident == row.number))
        connection.execute(delete(_incidents).where(columns.number == row.number))
    return len(past)


def _drop_evidence(connection: Connection, account: int, incident: Incident) -> None:
    for some in chunks(incident.post_ids):
        connection.execute(delete(_posts).where(_posts.c.account == account, _posts.c.id.in_(some)))
    for some in chunks(incident.change_ids):
        this = (_events.c.account == account, _events.c.change.in_(some))
        connection.execute(delete(_events).where(*this))


def _drop_texts(connection: Connection, before: datetime) -> int:
    columns = _posts.c
    past = connection.execute(
        select(columns.number, columns.body)
        .where(
            columns.has_text == true(),
            columns.seen_at < before,
            columns.is_pinned == false(),
            columns.author.in_(_HARMLESS),
        )
        .limit(AT_ONCE)
    ).all()
    for row in past:
        judged = msgspec.msgpack.decode(row.body, type=JudgedPost)
        husk: dict[str, Any] = {"has_text": False, "body": rules.packed(rules.without_text(judged))}
        connection.execute(update(_posts).where(columns.number == row.number).values(husk))
    return len(past)


def _drop_posts(connection: Connection, keep: Keep, now: datetime) -> int:
    columns = _posts.c
    empty = _drop(
        connection, _posts,
        columns.has_text == false(), columns.seen_at < now - keep.posts, columns.is_pinned == false(),
    )  # fmt: skip
    suspect = _drop(
        connection, _posts,
        columns.has_text == true(), columns.seen_at < now - keep.evidence, columns.is_pinned == false(),
        columns.author.not_in(_HARMLESS),
    )  # fmt: skip
    return empty + suspect


def _empty_deliveries(connection: Connection, before: datetime) -> int:
    columns = _deliveries.c
    past = (
        select(columns.id).where(columns.body.is_not(None), columns.done_at < before).limit(AT_ONCE)
    )
    emptied = update(_deliveries).where(columns.id.in_(past)).values(body=None, last_error=None)
    return connection.execute(emptied).rowcount
