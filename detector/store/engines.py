"""Connections to SQLite and PostgreSQL, and the drivers' errors as one line of ours."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from detector.errors import StoreError

PATIENCE: Final = 30
"""Seconds to wait for another program that is writing."""

_DAMAGE: Final = ("malformed", "not a database", "corrupt", "invalid page")

_ADVICE: Final = (
    (("locked", "busy", "lock timeout"), "another program holds it for too long; try again"),
    (("disk is full", "no space left", "disk full"), "free some space on the disk"),
    (("readonly", "read-only"), "make the file and its folder writable for this user"),
    (("unable to open",), "make sure that its folder is there and writable"),
    (_DAMAGE, "restore a backup: kentongan store restore FILE"),
    (("disk i/o",), "look at the disk: it is full, or refused to read or write"),
    (("password", "authentication"), "set PGPASSWORD or write a ~/.pgpass"),
    (("connect", "closed", "terminat", "shutting down", "starting up"), "is the database server up?"),
)  # fmt: skip


class Base:
    """An open database.

    Args:
        url: its address.
        must_exist: refuse to make a new file.

    Raises:
        StoreError: it cannot be opened.
    """

    def __init__(self, url: URL, *, must_exist: bool = False) -> None:
        self.place: Final = url.render_as_string(hide_password=True)
        self.is_sqlite: Final = url.get_backend_name() == "sqlite"
        self.path: Final = Path(url.database) if self.is_sqlite and url.database else None
        if self.path is not None:
            _prepare_file(self.path, must_exist=must_exist)
        self.engine: Final = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._writer: Final = self.engine.execution_options(writes=True)
        # SQLite has one writer at a time; its own waiting is by polling, a lock's is not.
        self._turn: Final = threading.Lock() if self.is_sqlite else contextlib.nullcontext()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self.explained(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes; what it did is undone when its body raises."""
        with self.explained(), self._turn, self._writer.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Raise the driver's errors as `StoreError`, without statements, values or passwords."""
        try:
            yield
        except SQLAlchemyError as error:
            raise _explained(self.place, error) from error
        except sqlite3.Error as error:
            raise _explained(self.place, error) from error

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def parsed(url: str) -> URL:
    """Return the address of a store, PostgreSQL's with its driver.

    Raises:
        StoreError: it is none.
    """
    try:
        found = make_url(url)
    except SQLAlchemyError as error:
        raise StoreError("the store's address cannot be understood", hint=KINDS) from error
    kind = found.get_backend_name()
    if kind in {"postgresql", "postgres"}:
        return found.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise StoreError(f"no store is called {kind!r}", hint=KINDS)
    if found.database in {None, "", ":memory:"}:
        raise StoreError("an SQLite store needs a file", hint=KINDS)
    return found.set(drivername="sqlite+pysqlite")


KINDS: Final = "write sqlite:///kentongan.db, postgresql://HOST/DATABASE or memory://"


def tells_of_damage(error: Exception) -> bool:
    """Whether an error says that what is kept is damaged, and not only that it cannot be reached."""
    return any(word in str(error).lower() for word in _DAMAGE)


def _prepare_file(path: Path, *, must_exist: bool) -> None:
    """Make the file readable by its owner alone: it holds what people wrote."""
    if path.exists():
        return
    if must_exist:
        raise StoreError(f"{path} is not there", hint="kentongan monitor makes it")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made: {error.strerror}",
            hint="make sure that its folder is there and writable",
        ) from error


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
        hide_parameters=True,
        # Connections to a file cost nobody anything.
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _: Any) -> None:
        # Transactions are begun below, for the driver would begin them too late.
        connection.isolation_level = None
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise sqlite3.OperationalError(f"its disk allows no write-ahead log, only {mode}")
        # An alarm must survive a power cut, on macOS as well.
        for setting in ("synchronous = FULL", "fullfsync = ON", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            connect_args={"connect_timeout": PATIENCE},
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL's driver is not installed", hint="pip install 'kentongan[postgres]'"
        ) from error

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _: Any) -> None:
        # A machine that freezes in mid-transaction must not hold accounts for ever.
        connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        connection.execute("SET idle_in_transaction_session_timeout = '300s'")
        connection.commit()

    return engine


def _explained(place: str, error: Exception) -> StoreError:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    found = next(
        (advice for words, advice in _ADVICE if any(word in lines[0].lower() for word in words)), ""
    )
    return StoreError(f"the store {place} cannot be used: {lines[0]}", hint=found)
