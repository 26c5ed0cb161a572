"""One page of a poll into the tables: posts, events, incidents, alerts and what is known of the account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from detector.records import AccountEvent, Alert, Incident, State
from detector.store import rules, schema
from detector.store.interface import AccountKey, Claim, JudgedPost, Turn, Watched
from detector.store.sql_outbox import enqueue

_accounts, _posts, _events = schema.accounts, schema.posts, schema.events
_incidents, _standings = schema.incidents, schema.standings

CHUNK: Final = 500
"""Values in one ``IN (...)``, at most."""

WATCHED: Final = (
    "institution", "state", "probability", "posts", "last_post_at", "polls", "last_read_at", "next_at",
    "failing_since", "failure", "failures", "paused",
)  # fmt: skip
"""What the row of an account and `Watched` have in common."""

_OF_KEY: Final = (
    _accounts.c.platform == bindparam("platform"),
    _accounts.c.handle == bindparam("handle"),
)
# Every poll asks these: a statement that is there already saves most of what SQLAlchemy costs.
_NUMBER: Final = select(_accounts.c.number).where(*_OF_KEY)
_LOCK: Final = select(_accounts).where(*_OF_KEY).with_for_update()
_SETTLE: Final = update(_accounts).where(_accounts.c.number == bindparam("this"))
_STANDING: Final = select(_standings).where(_standings.c.account == bindparam("this"))
_CHANGE_STANDING: Final = update(_standings).where(_standings.c.account == bindparam("this"))
_NEW_STANDING: Final = insert(_standings)
_NEW_POSTS: Final = insert(_posts)

NO_LEASE: Final[dict[str, Any]] = {"lease": None, "leased_at": None, "leased_until": None}


def watched_of(row: Row[Any]) -> Watched:
    """Return what a row says of an account."""
    columns = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    known = {name: columns[name] for name in WATCHED} | {"state": State(columns["state"])}
    return Watched(key=(columns["platform"], columns["handle"]), **known)


def account_number(connection: Connection, key: AccountKey) -> int | None:
    """Return the number of an account's row, if it is kept."""
    return connection.execute(_NUMBER, _named(key)).scalar_one_or_none()


def held(connection: Connection, claim: Claim) -> Row[Any]:
    """Return the row of a claimed account, locked.

    Raises:
        LeaseLost: the claim is ours no longer.
    """
    row = _locked(connection, claim.watched.key)
    if row is None or row.lease != claim.lease:
        raise rules.lost(claim)
    return row


def settle(
    connection: Connection, number: int, watched: Watched, at: datetime, more: dict[str, Any]
) -> None:
    """Write what is known of an account, `set_at` included."""
    known = {name: getattr(watched, name) for name in WATCHED}
    values = known | {"state": watched.state.value, "set_at": at} | more
    connection.execute(_SETTLE, {"this": number, **values})


def known_ids(connection: Connection, number: int, ids: Sequence[str]) -> set[str]:
    """Return which of some posts of an account are kept."""
    found: set[str] = set()
    for some in chunks(ids):
        query = select(_posts.c.id).where(_posts.c.account == number, _posts.c.id.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def keep_page(connection: Connection, turn: Turn, mark: bytes) -> None:
    """Keep a page unless it is the one that was kept last.

    Raises:
        LeaseLost: the claim is ours no longer.
    """
    row = _locked(connection, turn.claim.watched.key)
    if row is not None and row.last_page == mark:
        return
    if row is None or row.lease != turn.claim.lease:
        raise rules.lost(turn.claim)
    new = _keep_posts(connection, row.number, turn)
    _keep_changed(connection, row.number, turn)
    _keep_events(connection, row.number, turn.events, turn.at)
    incident = None
    for one in turn.incidents:
        incident = _keep_incident(connection, row.number, one)
    _keep_alerts(connection, row.number, turn.alerts, turn.at)
    enqueue(connection, [rules.of_incident(one, turn.claim, incident) for one in turn.deliveries])
    _keep_standing(connection, row.number, turn)
    more = {"last_page": mark} | (NO_LEASE if turn.is_last else {})
    settle(connection, row.number, rules.after_page(watched_of(row), turn, new), turn.at, more)


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert those rows that are not there yet."""
    if not rows:
        return
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield a sequence in parts that one statement takes."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _named(key: AccountKey) -> dict[str, str]:
    return {"platform": key[0], "handle": key[1]}


def _locked(connection: Connection, key: AccountKey) -> Row[Any] | None:
    return connection.execute(_LOCK, _named(key)).one_or_none()


def _keep_posts(connection: Connection, number: int, turn: Turn) -> list[JudgedPost]:
    new = rules.first_of_each(turn.posts)
    for identity in known_ids(connection, number, list(new)):
        del new[identity]
    rows = [
        {
            "account": number, "id": one.post.id, "created_at": one.post.created_at, "seen_at": turn.at,
            "author": one.verdict.author.value, "is_pinned": False, "has_text": True,
            "body": rules.packed(rules.kept_form(one)),
        }
        for one in new.values()
    ]  # fmt: skip
    if rows:
        connection.execute(_NEW_POSTS, rows)
    return list(new.values())


def _keep_changed(connection: Connection, number: int, turn: Turn) -> None:
    """Write how posts read now beside how they read before."""
    for one in turn.changed:
        this = (_posts.c.account == number, _posts.c.id == one.post.id)
        body = connection.execute(select(_posts.c.body).where(*this)).scalar_one_or_none()
        if body is None:
            continue
        after = rules.reread(decoded(body, JudgedPost), one, turn.at)
        values = {
            "author": rules.author_of(after).value,
            "has_text": True,
            "body": rules.packed(after),
        }
        connection.execute(update(_posts).where(*this).values(values))


def _keep_events(
    connection: Connection, number: int, events: Sequence[AccountEvent], at: datetime
) -> None:
    rows = [
        {
            "account": number, "mark": rules.event_mark(one), "change": rules.change_id(one), "at": one.at,
            "seen_at": at, "is_pinned": False, "body": rules.packed(one),
        }
        for one in events
    ]  # fmt: skip
    insert_new(connection, _events, rows)


def _keep_incident(connection: Connection, number: int, incident: Incident) -> int:
    _pin(connection, number, incident)
    this = (_incidents.c.account == number, _incidents.c.opened_at == incident.opened_at)
    asked = select(_incidents.c.number, _incidents.c.body).where(*this)
    found = connection.execute(asked).one_or_none()
    if found is not None:
        kept = msgspec.msgpack.decode(found.body, type=Incident)
        written = _written(kept.joined(incident))
        connection.execute(update(_incidents).where(*this).values(written))
        return int(found.number)
    row = {"account": number, "opened_at": incident.opened_at, **_written(incident)}
    key = connection.execute(insert(_incidents).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _written(incident: Incident) -> dict[str, Any]:
    return {
        "detected_at": incident.detected_at,
        "closed_at": incident.closed_at,
        "body": rules.packed(incident),
    }


def _pin(connection: Connection, number: int, incident: Incident) -> None:
    """Mark what an incident refers to, so that it is kept as long as the incident."""
    for table, column, ids in (
        (_posts, _posts.c.id, incident.post_ids),
        (_events, _events.c.change, incident.change_ids),
    ):
        for some in chunks(ids):
            this = (table.c.account == number, column.in_(some), table.c.is_pinned.is_(False))
            connection.execute(update(table).where(*this).values(is_pinned=True))


def _keep_alerts(
    connection: Connection, number: int, alerts: Sequence[Alert], at: datetime
) -> None:
    rows = [
        {"id": one.id, "account": number, "at": one.at, "seen_at": at, "body": rules.packed(one)}
        for one in sorted(alerts, key=lambda one: one.id)
    ]
    insert_new(connection, schema.alerts, rows)


def _keep_standing(connection: Connection, number: int, turn: Turn) -> None:
    """Write what the next poll begins with, if it changed: most polls find nothing new."""
    before = connection.execute(_STANDING, {"this": number}).one_or_none()
    profile = None if turn.profile is None else rules.packed(turn.profile)
    after = {"standing": turn.standing, "cursor": turn.cursor, "profile": profile}
    if before is None:
        connection.execute(_NEW_STANDING, {"account": number, **after})
    elif tuple(before)[1:] != tuple(after.values()):
        connection.execute(_CHANGE_STANDING, {"this": number, **after})


def decoded(content: bytes | None, kind: type[Any]) -> Any:
    """Return what a column of msgpack holds."""
    return None if content is None else msgspec.msgpack.decode(content, type=kind)
