"""The tables of a store, the same on SQLite and PostgreSQL.

Times are microseconds since 1970 in UTC, so that they come back exactly. What only this program reads (posts,
events, incidents, messages) is msgpack in ``body``; beside it stand the columns that are searched by.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_ESCAPED: Final = "\uf8ff"
"""Begins a text that no database takes as it is; what follows are its bytes as hexadecimal digits."""


class Moment(TypeDecorator[datetime]):
    """A time as microseconds since 1970, UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return what is stored; a time without a zone is refused."""
        del dialect
        return None if value is None else (value - _EPOCH) // _TICK

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the time that was stored."""
        del dialect
        return None if value is None else _EPOCH + value * _TICK


class Words(TypeDecorator[str]):
    """Any text at all, NUL and lone surrogates included, ordered by code points."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type; PostgreSQL would order by the server's language."""
        is_sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(Text() if is_sqlite else Text(collation="C"))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what is stored."""
        del dialect
        if value is None or (value.isascii() and "\0" not in value):
            return value
        try:
            value.encode()
        except UnicodeEncodeError:
            return _escaped(value)
        return _escaped(value) if "\0" in value or value.startswith(_ESCAPED) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text that was given."""
        del dialect
        if value is None or not value.startswith(_ESCAPED):
            return value
        return bytes.fromhex(value.removeprefix(_ESCAPED)).decode("utf-8", "surrogatepass")


def _escaped(text: str) -> str:
    return _ESCAPED + text.encode("utf-8", "surrogatepass").hex()


Number: Final = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up only what is an INTEGER."""

metadata: Final = MetaData()

accounts: Final = Table(
    "accounts",
    metadata,
    Column("number", Number, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("handle", Words, nullable=False),
    Column("institution", Words),
    Column("is_active", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("state", Words, nullable=False),
    Column("probability", Double, nullable=False),
    Column("posts", BigInteger, nullable=False),
    Column("last_post_at", Moment),
    Column("polls", BigInteger, nullable=False),
    Column("last_read_at", Moment),
    Column("next_at", Moment),
    Column("set_at", Moment, nullable=False),
    Column("failing_since", Moment),
    Column("failure", Words),
    Column("failures", BigInteger, nullable=False),
    Column("lease", Words),
    Column("leased_at", Moment),
    Column("leased_until", Moment),
    Column("last_page", LargeBinary),
    UniqueConstraint("platform", "handle", name="one_account"),
)
"""Small, for every poll writes it; `set_at` is when `next_at` was set, for clocks that are put back."""

standings: Final = Table(
    "standings",
    metadata,
    Column("account", ForeignKey("accounts.number"), primary_key=True, autoincrement=False),
    Column("standing", LargeBinary, nullable=False),
    Column("cursor", Words),
    Column("profile", LargeBinary),
)
"""What a poll begins with; written only when it changed."""

posts: Final = Table(
    "posts",
    metadata,
    Column("number", Number, primary_key=True),
    Column("account", ForeignKey("accounts.number"), nullable=False),
    Column("id", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("author", Words, nullable=False),
    Column("is_pinned", Boolean, nullable=False),
    Column("has_text", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("account", "id", name="one_post"),
    Index("posts_by_time", "account", "created_at"),
    Index("posts_by_age", "has_text", "seen_at"),
)
"""`is_pinned` says that an incident refers to it."""

events: Final = Table(
    "events",
    metadata,
    Column("number", Number, primary_key=True),
    Column("account", ForeignKey("accounts.number"), nullable=False),
    Column("mark", LargeBinary, nullable=False),
    Column("change", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("is_pinned", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("account", "mark", name="one_event"),
    Index("events_by_time", "account", "at"),
    Index("events_by_age", "seen_at"),
)

incidents: Final = Table(
    "incidents",
    metadata,
    Column("number", Number, primary_key=True),
    Column("account", ForeignKey("accounts.number"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("detected_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", Words),
    Column("resolved_at", Moment),
    Column("resolved_by", Words),
    Column("resolution", Words),
    Column("note", Words),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("account", "opened_at", name="one_incident"),
    sqlite_autoincrement=True,
)
"""Their numbers are never given twice: people speak of "incident 12"."""

reviews: Final = Table(
    "reviews",
    metadata,
    Column("number", Number, primary_key=True),
    Column("incident", ForeignKey("incidents.number"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("resolution", Words),
    Column("note", Words),
    Index("reviews_of_incident", "incident"),
)

alerts: Final = Table(
    "alerts",
    metadata,
    Column("id", Words, primary_key=True),
    Column("account", ForeignKey("accounts.number"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("alerts_by_time", "account", "at"),
    Index("alerts_by_age", "seen_at"),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", Words, primary_key=True),
    Column("channel", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("sent_at", Moment),
    Column("given_up_at", Moment),
    Column("done_at", Moment),
    Column("last_error", Words),
    Column("maybe_repeated", Boolean, nullable=False),
    Column("lease", Words),
    Column("leased_at", Moment),
    Column("leased_until", Moment),
    Column("body", LargeBinary),
    Index("deliveries_by_time", "created_at"),
    Index("deliveries_done", "done_at"),
)
"""Without a body, only the id is still remembered."""

notes: Final = Table(
    "notes",
    metadata,
    Column("name", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

IN_ORDER: Final = (
    accounts, standings, posts, events, incidents, reviews, alerts, deliveries, notes,
)  # fmt: skip
"""Every table after those it refers to."""
