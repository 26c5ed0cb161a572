"""Whether a store is sound and of this program's form."""

from __future__ import annotations

from sqlalchemy import func, select, text

from detector.errors import StoreError
from detector.store import forms, schema
from detector.store.engines import Base, tells_of_damage
from detector.store.interface import Check


def check(base: Base) -> tuple[Check, str]:
    """Look through a whole store.

    Raises:
        StoreError: it cannot be reached, or a newer program wrote it.
    """
    try:
        return _looked_through(base)
    except StoreError as error:
        if not tells_of_damage(error):
            raise
        return Check.DAMAGED, error.message


def _looked_through(base: Base) -> tuple[Check, str]:
    with base.reading() as connection:
        form = forms.form_of(connection)
    if form != forms.FORM:
        forms.refuse_newer(form)
        return Check.OLD, f"it is {form or 'empty'}; kentongan monitor makes it {forms.FORM}"
    if base.is_sqlite and (trouble := _sqlite_trouble(base)):
        return Check.DAMAGED, trouble
    with base.reading() as connection:
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (schema.accounts, schema.posts, schema.incidents, schema.deliveries)
        }
    told = ", ".join(f"{count} {name}" for name, count in rows.items())
    return Check.SOUND, f"{forms.FORM}: {told}"


def _sqlite_trouble(base: Base) -> str:
    """Return what SQLite finds wrong with its file, if anything."""
    with base.reading() as connection:
        found = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
        if found != "ok":
            return str(found).splitlines()[-1]
        orphan = connection.execute(text("PRAGMA foreign_key_check")).first()
        return "" if orphan is None else f"a row of {orphan[0]} refers to nothing"
