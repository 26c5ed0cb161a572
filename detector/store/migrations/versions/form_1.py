"""The first form."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "form_1"
down_revision: Final = None

_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_MOMENT: Final = sa.BigInteger()


def _needed(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _number() -> sa.Column[Any]:
    return sa.Column("number", _NUMBER, primary_key=True)


def _account() -> sa.Column[Any]:
    return sa.Column("account", _NUMBER, sa.ForeignKey("accounts.number"), nullable=False)


def upgrade() -> None:
    """Make the tables."""
    _make_accounts()
    _make_posts()
    _make_incidents()
    _make_messages()


def _make_accounts() -> None:
    op.create_table(
        "accounts",
        _number(),
        _needed("platform", _WORDS),
        _needed("handle", _WORDS),
        sa.Column("institution", _WORDS),
        _needed("is_active", sa.Boolean()),
        _needed("paused", sa.Boolean()),
        _needed("state", _WORDS),
        _needed("probability", sa.Double()),
        _needed("posts", sa.BigInteger()),
        sa.Column("last_post_at", _MOMENT),
        _needed("polls", sa.BigInteger()),
        sa.Column("last_read_at", _MOMENT),
        sa.Column("next_at", _MOMENT),
        _needed("set_at", _MOMENT),
        sa.Column("failing_since", _MOMENT),
        sa.Column("failure", _WORDS),
        _needed("failures", sa.BigInteger()),
        sa.Column("lease", _WORDS),
        sa.Column("leased_at", _MOMENT),
        sa.Column("leased_until", _MOMENT),
        sa.Column("last_page", sa.LargeBinary()),
        sa.UniqueConstraint("platform", "handle", name="one_account"),
    )
    op.create_table(
        "standings",
        sa.Column(
            "account",
            _NUMBER,
            sa.ForeignKey("accounts.number"),
            primary_key=True,
            autoincrement=False,
        ),
        _needed("standing", sa.LargeBinary()),
        sa.Column("cursor", _WORDS),
        sa.Column("profile", sa.LargeBinary()),
    )


def _make_posts() -> None:
    op.create_table(
        "posts",
        _number(),
        _account(),
        _needed("id", _WORDS),
        _needed("created_at", _MOMENT),
        _needed("seen_at", _MOMENT),
        _needed("author", _WORDS),
        _needed("is_pinned", sa.Boolean()),
        _needed("has_text", sa.Boolean()),
        _needed("body", sa.LargeBinary()),
        sa.UniqueConstraint("account", "id", name="one_post"),
    )
    op.create_index("posts_by_time", "posts", ["account", "created_at"])
    op.create_index("posts_by_age", "posts", ["has_text", "seen_at"])
    op.create_table(
        "events",
        _number(),
        _account(),
        _needed("mark", sa.LargeBinary()),
        _needed("change", _WORDS),
        _needed("at", _MOMENT),
        _needed("seen_at", _MOMENT),
        _needed("is_pinned", sa.Boolean()),
        _needed("body", sa.LargeBinary()),
        sa.UniqueConstraint("account", "mark", name="one_event"),
    )
    op.create_index("events_by_time", "events", ["account", "at"])
    op.create_index("events_by_age", "events", ["seen_at"])


def _make_incidents() -> None:
    op.create_table(
        "incidents",
        _number(),
        _account(),
        _needed("opened_at", _MOMENT),
        _needed("detected_at", _MOMENT),
        sa.Column("closed_at", _MOMENT),
        sa.Column("acknowledged_at", _MOMENT),
        sa.Column("acknowledged_by", _WORDS),
        sa.Column("resolved_at", _MOMENT),
        sa.Column("resolved_by", _WORDS),
        sa.Column("resolution", _WORDS),
        sa.Column("note", _WORDS),
        _needed("body", sa.LargeBinary()),
        sa.UniqueConstraint("account", "opened_at", name="one_incident"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reviews",
        _number(),
        sa.Column("incident", _NUMBER, sa.ForeignKey("incidents.number"), nullable=False),
        _needed("at", _MOMENT),
        _needed("by", _WORDS),
        _needed("what", _WORDS),
        sa.Column("resolution", _WORDS),
        sa.Column("note", _WORDS),
    )
    op.create_index("reviews_of_incident", "reviews", ["incident"])


def _make_messages() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", _WORDS, primary_key=True),
        _account(),
        _needed("at", _MOMENT),
        _needed("seen_at", _MOMENT),
        _needed("body", sa.LargeBinary()),
    )
    op.create_index("alerts_by_time", "alerts", ["account", "at"])
    op.create_index("alerts_by_age", "alerts", ["seen_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", _WORDS, primary_key=True),
        _needed("channel", _WORDS),
        _needed("kind", _WORDS),
        _needed("created_at", _MOMENT),
        _needed("due_at", _MOMENT),
        _needed("set_at", _MOMENT),
        _needed("tries", sa.BigInteger()),
        sa.Column("sent_at", _MOMENT),
        sa.Column("given_up_at", _MOMENT),
        sa.Column("done_at", _MOMENT),
        sa.Column("last_error", _WORDS),
        _needed("maybe_repeated", sa.Boolean()),
        sa.Column("lease", _WORDS),
        sa.Column("leased_at", _MOMENT),
        sa.Column("leased_until", _MOMENT),
        sa.Column("body", sa.LargeBinary()),
    )
    op.create_index("deliveries_by_time", "deliveries", ["created_at"])
    op.create_index("deliveries_done", "deliveries", ["done_at"])
    op.create_table(
        "notes",
        sa.Column("name", _WORDS, primary_key=True),
        _needed("content", sa.LargeBinary()),
    )
