"""Copies of a store as one SQLite file, whatever it runs on, and a store made anew from one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, MetaData, Table, func, select, text, update

from detector.errors import Location, StoreError
from detector.store import forms, schema
from detector.store.engines import Base, parsed, tells_of_damage

_ROWS: Final = 1_000
"""Rows that are on their way at one time."""

_UNREADABLE: Final = "it is no backup of a store, or it is damaged"


def back_up(base: Base, target: Path, *, overwrite: bool = False) -> None:
    """Copy a store, which may be in use, into a file.

    Args:
        base: the store, of whatever form.
        target: the file to write; it appears only when it is whole.
        overwrite: even if it is there.

    Raises:
        StoreError: it is there, or the copy cannot be made.
    """
    if target.exists() and not overwrite:
        raise StoreError(
            "is there already", where=Location(str(target)), hint="--force overwrites it"
        )
    with _unwritable(target), _scratch(target.parent) as partial, base.explained():
        if base.is_sqlite:
            _copy_file(base, partial)
        else:
            _copy_tables_out(base, partial)
        partial.replace(target)


def set_aside(base: Base, form: str, folder: Path | None) -> Path:
    """Copy an older store before its form is changed; return the copy's path.

    Raises:
        StoreError: the copy cannot be made.
    """
    name = base.path.name if base.path is not None else "kentongan"
    place = folder or (base.path.parent if base.path is not None else Path())
    target = place / f"{name}.{form}.backup"
    back_up(base, target, overwrite=True)
    return target


def restore(source: Path, url: str, *, force: bool = False) -> str:
    """Make a store what a backup says; return the store's address without its password.

    Messages that had not gone by then may have gone since, and are marked so; nobody holds any account.

    Args:
        source: a file made by `back_up`, of this form or an older one.
        url: the store; an SQLite file is made if need be.
        force: even if something is kept there.

    Raises:
        StoreError: the backup is damaged or newer, or something is kept there.
    """
    if not source.is_file():
        raise StoreError("no such file", where=Location(str(source)))
    address = parsed(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    folder = Path(str(address.database)).parent if is_sqlite else Path(tempfile.gettempdir())
    with _unwritable(folder), _scratch(folder) as copy:
        _ready(source, copy)
        _refuse_full(address, force=force)
        if is_sqlite:
            _replace_file(copy, address)
        else:
            _replace_tables(copy, address)
    return address.render_as_string(hide_password=True)


def _ready(source: Path, copy: Path) -> None:
    """Copy a backup, look through it, and bring it to this program's form."""
    where = Location(str(source))
    try:
        with _sqlite(source) as given, _sqlite(copy) as taken:
            given.backup(taken)
            (found,) = taken.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{_UNREADABLE}: {error}", where=where) from error
    if found != "ok":
        raise StoreError(f"{_UNREADABLE}: {found}", where=where)
    base = Base(_address(copy))
    try:
        with base.reading() as connection:
            if forms.form_of(connection) is None:
                raise StoreError(_UNREADABLE, where=where)
        forms.bring_up(base, lambda _form: None)
        with base.writing() as connection:
            _disown(connection)
    finally:
        base.close()


def _disown(connection: Connection) -> None:
    """Free what was held when the copy was made; what was still to go may have gone since."""
    nobody: dict[str, Any] = {"lease": None, "leased_at": None, "leased_until": None}
    connection.execute(update(schema.accounts).values(nobody))
    waiting = schema.deliveries.c.done_at.is_(None)
    connection.execute(
        update(schema.deliveries).where(waiting).values(maybe_repeated=True, **nobody)
    )


def _refuse_full(address: URL, *, force: bool) -> None:
    if force or (address.database and _is_new_file(address)):
        return
    base = Base(address)
    try:
        with base.reading() as connection:
            if forms.form_of(connection) is None:
                return
            rows = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in schema.IN_ORDER
            }
    finally:
        base.close()
    if not any(rows.values()):
        return
    raise StoreError(
        f"the store {base.place} keeps {rows['accounts']} accounts",
        hint="--force replaces them by the backup",
    )


def _is_new_file(address: URL) -> bool:
    return address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists()


def _replace_file(copy: Path, address: URL) -> None:
    """Overwrite an SQLite store in place, so that whoever has it open sees what it is now."""
    target = Path(str(address.database))
    with _unwritable(target):
        if not target.exists():
            os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            _overwrite(copy, target)
        except sqlite3.DatabaseError as error:
            if not tells_of_damage(error):
                raise StoreError(
                    f"{target} cannot be replaced: {error}", hint="stop the monitor and try again"
                ) from error
            for ending in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{target}{ending}").replace(f"{target}.damaged{ending}")
            os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
            _overwrite(copy, target)


def _overwrite(copy: Path, target: Path) -> None:
    with _sqlite(copy) as given, _sqlite(target) as taken:
        given.backup(taken)
        taken.execute("PRAGMA journal_mode = WAL")


def _replace_tables(copy: Path, address: URL) -> None:
    """Overwrite a PostgreSQL store in one transaction."""
    source, target = Base(_address(copy)), Base(address)
    try:
        forms.bring_up(target, lambda form: _refuse_old(target, form))
        with source.reading() as given, target.writing() as taken:
            names = ", ".join(table.name for table in schema.IN_ORDER)
            taken.execute(text(f"TRUNCATE {names}"))
            for table in schema.IN_ORDER:
                _copy_rows(given, table, taken, table)
                if "number" in table.c:
                    _count_on(taken, table)
    finally:
        source.close()
        target.close()


def _refuse_old(target: Base, form: str) -> None:
    raise StoreError(
        f"the store {target.place} is {form}",
        hint="start kentongan monitor once, which brings it up",
    )


def _count_on(connection: Connection, table: Table) -> None:
    """Let a table's numbers go on after the highest that was copied."""
    highest = connection.execute(select(func.max(table.c.number))).scalar_one()
    if highest is not None:
        sequence = func.pg_get_serial_sequence(table.name, "number")
        connection.execute(select(func.setval(sequence, highest)))


def _copy_file(base: Base, target: Path) -> None:
    with _sqlite(target) as taken:
        raw = base.engine.raw_connection()
        try:
            driver: Any = raw.driver_connection
            driver.backup(taken)
        finally:
            raw.close()
        # One file, not three.
        taken.execute("PRAGMA journal_mode = DELETE")


def _copy_tables_out(base: Base, target: Path) -> None:
    """Copy a PostgreSQL store, as it is at one moment, into an SQLite file of the same form."""
    made = Base(_address(target))
    try:
        snapshot = base.engine.execution_options(isolation_level="REPEATABLE READ")
        with snapshot.begin() as given:
            form = forms.form_of(given)
            if form is None:
                raise StoreError(f"the store {base.place} is empty")
            forms.refuse_newer(form)
            forms.bring_up(made, lambda _form: None, form)
            with made.writing() as taken:
                _copy_form(given, taken)
    finally:
        made.close()
    with _sqlite(target) as taken:
        taken.execute("PRAGMA journal_mode = DELETE")


def _copy_form(given: Connection, taken: Connection) -> None:
    """Copy every table, with the columns that a form has, as they are stored."""
    there, here = MetaData(), MetaData()
    here.reflect(taken)
    there.reflect(given, only=list(here.tables))
    for table in here.sorted_tables:
        if table.name != forms.VERSIONS:
            _copy_rows(given, there.tables[table.name], taken, table)


def _copy_rows(given: Connection, source: Table, taken: Connection, target: Table) -> None:
    names = [column.name for column in target.columns]
    rows = given.execution_options(yield_per=_ROWS).execute(
        select(*(source.c[name] for name in names))
    )
    for some in rows.partitions(_ROWS):
        taken.execute(target.insert(), [dict(zip(names, row, strict=True)) for row in some])


def _address(path: Path) -> URL:
    return URL.create("sqlite+pysqlite", database=str(path))


@contextlib.contextmanager
def _sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@contextlib.contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Give a file's path that only we can read; it and what SQLite puts beside it are gone at the end."""
    handle, name = tempfile.mkstemp(prefix=".kentongan-", suffix=".partial", dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(name + ending).unlink(missing_ok=True)


@contextlib.contextmanager
def _unwritable(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"cannot be written: {error.strerror or error}",
            where=Location(str(target)),
            hint="make sure that its folder is there and writable",
        ) from error
