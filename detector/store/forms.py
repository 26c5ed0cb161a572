"""The form of a store: which one it has, and how an older one becomes this program's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from detector.errors import StoreError
from detector.store import schema
from detector.store.engines import Base

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

FORM: Final = "form_1"
"""What this program reads and writes: the newest module of `migrations.versions`."""

FOLDER: Final = Path(__file__).parent / "migrations"

VERSIONS: Final = "kentongan_form"
"""The table that says which form a store has."""

_LOCK: Final = 0x6B656E74
"""PostgreSQL's number for "somebody is changing the form"."""


def form_of(connection: Connection) -> str | None:
    """Return the form of a store, None of an empty database.

    Raises:
        StoreError: the database holds something else.
    """
    names = set(inspect(connection).get_table_names())
    if VERSIONS in names:
        return str(connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar_one())  # noqa: S608 - ours
    if names & schema.metadata.tables.keys():
        raise StoreError(
            "the database holds tables of another program", hint="give the store one of its own"
        )
    return None


def known_forms() -> list[str]:
    """Return every form this program knows, the oldest first."""
    return [one.revision for one in _scripts().walk_revisions()][::-1]


def bring_up(base: Base, back_up: Callable[[str], object], goal: str = "head") -> None:
    """Make a store's form this program's.

    Args:
        base: the store.
        back_up: called with the old form's name before an older store is changed.
        goal: another form than the newest, as for a backup of an older store.

    Raises:
        StoreError: a newer program wrote it, or it cannot be changed.
    """
    with base.reading() as connection:
        form = form_of(connection)
    if form == (FORM if goal == "head" else goal):
        return
    refuse_newer(form)
    if form is not None:
        back_up(form)
    with base.writing() as connection:
        if not base.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        _climb(connection, form_of(connection), goal)


def refuse_newer(form: str | None) -> None:
    """Say so when a store's form is none that this program knows.

    Raises:
        StoreError: it is none.
    """
    if form is not None and form != FORM and form not in known_forms():
        raise StoreError(
            f"the store has {form}, which this program does not know; it knows up to {FORM}",
            hint="a newer kentongan has written it: install that one, or restore an older backup",
        )


def _climb(connection: Connection, form: str | None, goal: str) -> None:
    """Run every step from a form to another."""
    from alembic.operations import Operations  # noqa: PLC0415 - only to change a form
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    scripts = _scripts()
    migration = MigrationContext.configure(connection, opts={"version_table": VERSIONS})
    steps = list(scripts.iterate_revisions(goal, form or "base"))
    with Operations.context(migration):
        for step in reversed(steps):
            step.module.upgrade()
    if steps:
        migration.stamp(scripts, goal)


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only to change a form

    return ScriptDirectory(str(FOLDER))
