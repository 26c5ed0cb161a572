"""A store on disk: how it opens, changes its form, is copied and restored, and what it says when it cannot be used."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import Kentongan
from databases import dropped, emptied
from sqlalchemy import create_engine, text
from turns import BLORA, LEASE, MINUTE, NOW, claimed, delivery, incident, judged, turn, watching

from detector.errors import StoreError
from detector.records import Author
from detector.settings import StoreSettings
from detector.store import copying, engines, forms, schema
from detector.store.interface import Check, Store
from detector.store.opening import open_store
from detector.store.rules import Keep
from detector.store.sql import SqlStore

NEXT_FORM = '''"""Adds a column."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "form_2", "form_1"
def upgrade():
    op.add_column("accounts", sa.Column("colour", sa.Text()))
'''
_TEXTS = {"sqlite": "TEXT", "postgresql": 'TEXT COLLATE "C"'}
MARKED = "rahasia-yang-ditandai"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a store can be made."""
    return tmp_path / "toko.db"


@pytest.fixture
def kept(path: Path) -> Path:
    """Return the path of a store with an account, a post, an incident and messages in it."""
    store = opened(path)
    _fill(store)
    store.close()
    return path


@contextlib.contextmanager
def later_program(folder: Path) -> Iterator[None]:
    """Be a later program, whose stores have a column more."""
    shutil.copytree(forms.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "form_2.py").write_text(NEXT_FORM)
    with pytest.MonkeyPatch.context() as later:
        later.setattr(forms, "FOLDER", folder)
        later.setattr(forms, "FORM", "form_2")
        yield


def opened(path: Path) -> SqlStore:
    """Open an SQLite store."""
    store = open_store(f"sqlite:///{path}")
    assert isinstance(store, SqlStore)
    return store


def _fill(store: Store) -> None:
    watching(store)
    page = turn(
        claimed(store), posts=(judged("p1", Author.STRANGER),), incidents=(incident(),),
        deliveries=(delivery("sent"), delivery("waiting")), cursor="k1",
    )  # fmt: skip
    store.commit(page)
    for one in store.take("satu", NOW, LEASE, 1):
        store.sent(one, NOW)
    claimed(store, NOW + 15 * MINUTE)


def _refusal(url: str | Path, *, upgrade: bool = True) -> str:
    """Return the one line that a store cannot be opened with."""
    address = url if isinstance(url, str) else f"sqlite:///{url}"
    with pytest.raises(StoreError) as caught:
        open_store(address, upgrade=upgrade).accounts()
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < 400
    return told


def _colours(path: Path) -> list[str]:
    with sqlite3.connect(path) as file:
        return [row[1] for row in file.execute("PRAGMA table_info(accounts)")]


# How it opens.


def test_a_new_store_is_for_its_owners_eyes_and_safe_from_power_cuts(path: Path) -> None:
    store = opened(path)
    with store.base.reading() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    store.close()

    assert settings == ["wal", 2, 1]
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://tuan@lokal/db", "no store is called 'mysql' (write sqlite:///kentongan.db"),
        ("sqlite://", "an SQLite store needs a file"),
        ("sqlite:///:memory:", "an SQLite store needs a file"),
        ("kentongan.db", "the store's address cannot be understood"),
        ("sqlite:////tiada/ada/toko.db", "cannot be made: No such file or directory (make sure"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_one_line(url: str, told: str) -> None:
    assert told in _refusal(url)


def test_looking_makes_no_file(path: Path) -> None:
    assert "is not there" in _refusal(path, upgrade=False)
    assert not path.exists()


def test_what_is_no_store_is_left_alone(path: Path) -> None:
    path.write_bytes(b"this is a letter, not a database" * 100)

    assert "not a database (restore a backup: kentongan store restore FILE)" in _refusal(path)
    assert path.read_bytes().startswith(b"this is a letter")


def test_another_programs_tables_are_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE posts (title TEXT)")

    assert "tables of another program (give the store one of its own)" in _refusal(path)


def test_no_error_shows_a_password() -> None:
    told = _refusal(f"postgresql://tuan:{MARKED}@127.0.0.1:1/kentongan")

    assert MARKED not in told
    assert "is the database server up?" in told


@pytest.mark.parametrize("part", [f"tuan:{MARKED}@lokal/db", f"lokal/db?password={MARKED}"])
def test_a_password_in_the_settings_is_refused(
    part: str, tmp_path: Path, kentongan: Kentongan
) -> None:
    settings = tmp_path / "kentongan.toml"
    settings.write_text(f'[store]\nurl = "postgresql://{part}"\n')
    done = kentongan("store", "check", "-c", settings)

    assert done.code == 2
    assert "the store's password stands in clear (leave it out, and set PGPASSWORD" in done.err
    assert MARKED not in done.err + done.out


@pytest.mark.parametrize("long", ["100000d", "0d", "forever"])
def test_a_time_that_is_no_time_is_refused(long: str, tmp_path: Path, kentongan: Kentongan) -> None:
    settings = tmp_path / "kentongan.toml"
    settings.write_text(f'[store]\nkeep_texts = "{long}"\n')

    assert kentongan("store", "check", "-c", settings).code == 2


def test_the_longest_times_are_kept(path: Path) -> None:
    longest = StoreSettings(
        keep_texts="99999d", keep_posts="99999d", keep_events="99999d", keep_deliveries="99999d",
        keep_evidence="99999d",
    )  # fmt: skip
    store = open_store(f"sqlite:///{path}", Keep.said_by(longest))
    _fill(store)

    assert set(store.prune(NOW).values()) == {0}
    store.close()


def test_an_error_shows_no_post(kept: Path) -> None:
    store = opened(kept)
    with store.base.writing() as connection:
        connection.execute(text("DROP TABLE events"))
        connection.execute(text("DROP TABLE posts"))
    watching(store)
    claim = claimed(store, NOW + 30 * MINUTE)
    with pytest.raises(StoreError) as caught:
        store.commit(turn(claim, posts=(judged("p2", text=MARKED),)))
    store.close()

    assert MARKED not in str(caught.value)
    assert MARKED not in str(caught.value.__cause__)


def test_a_store_that_somebody_holds_is_waited_for_and_then_told(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 0)
    store = opened(kept)
    holder = sqlite3.connect(kept, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"locked .another program holds it for too long"):
        store.enqueue([delivery("d9")])
    assert len(store.accounts()) == 1

    holder.execute("ROLLBACK")
    store.enqueue([delivery("d9")])
    assert "d9" in {one.id for one in store.deliveries()}
    holder.close()
    store.close()


def test_a_full_disk_is_told_and_loses_nothing(kept: Path) -> None:
    store = opened(kept)
    with store.base.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    many = [delivery(f"d{number}", body="x" * 1_000) for number in range(200)]
    with pytest.raises(StoreError, match=r"full .free some space on the disk"):
        store.enqueue(many)
    assert {one.id for one in store.deliveries()} == {"sent", "waiting"}

    with store.base.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    store.enqueue(many)
    assert len(store.deliveries()) == 202
    assert store.check()[0] is Check.SOUND
    store.close()


def test_a_time_without_a_zone_is_refused(kept: Path) -> None:
    store = opened(kept)
    with pytest.raises(StoreError):
        store.enqueue([delivery("d9", NOW.replace(tzinfo=None))])
    store.close()


def test_scanning_loads_no_database_and_opening_no_alembic(kept: Path) -> None:
    code = (
        "import sys, detector.scan, detector.cli, detector.store.opening as o; "
        "print(*sorted({'sqlalchemy', 'alembic', 'psycopg'} & set(sys.modules))); "
        f"o.open_store('sqlite:///{kept.as_posix()}').accounts(); "
        "print(*sorted({'sqlalchemy', 'alembic', 'psycopg'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines() == ["", "sqlalchemy"]


def test_a_server_that_is_down_is_not_called_damaged(tmp_path: Path, kentongan: Kentongan) -> None:
    settings = tmp_path / "kentongan.toml"
    settings.write_text('[store]\nurl = "postgresql://127.0.0.1:1/kentongan"\n')
    looked = kentongan("store", "check", "-c", settings)

    assert (looked.code, looked.out) == (2, "")
    assert "is the database server up?" in looked.err


# Its form.


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_steps_lead_to_the_tables_that_are_used(
    kind: str, path: Path, request: pytest.FixtureRequest
) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    url = f"sqlite:///{path}"
    if kind == "postgresql":
        url = dropped(request.getfixturevalue("server"))
    store = open_store(url)
    assert isinstance(store, SqlStore)
    with store.base.reading() as connection:
        options = {"version_table": forms.VERSIONS, "compare_type": _differs}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
    store.close()


def _differs(context: Any, _inspected: Any, _column: Any, found: Any, wanted: Any) -> bool:
    """Whether two types are written differently in a table's definition."""
    dialect = context.dialect
    if isinstance(wanted, schema.Words):
        return bool(found.compile(dialect=dialect) != _TEXTS[dialect.name])
    return bool(found.compile(dialect=dialect) != wanted.compile(dialect=dialect))


def test_the_newest_step_is_this_programs_form() -> None:
    assert forms.known_forms()[-1] == forms.FORM


def test_an_older_store_is_copied_and_brought_up(
    kept: Path, tmp_path: Path, kentongan: Kentongan
) -> None:
    settings = _settings(kept)
    with later_program(tmp_path / "later"):
        looked = kentongan("store", "check", "-c", settings)
        assert looked.code == 1
        assert "Of another form: it is form_1" in looked.out
        assert "colour" not in _colours(kept)

        store = opened(kept)
        assert store.known(BLORA, ["p1"]) == {"p1"}
        assert store.check()[0] is Check.SOUND
        store.close()

    assert "colour" in _colours(kept)
    assert "colour" not in _colours(kept.with_name("toko.db.form_1.backup"))


def test_a_newer_store_is_refused_and_left_alone(
    kept: Path, tmp_path: Path, kentongan: Kentongan
) -> None:
    with later_program(tmp_path / "later"):
        opened(kept).close()
    looked = kentongan("store", "check", "-c", _settings(kept))

    assert (looked.code, looked.out) == (2, "")
    assert "a newer kentongan has written it" in looked.err

    assert "form_2, which this program does not know" in _refusal(kept)
    assert "install that one, or restore an older backup" in _refusal(kept)
    assert "colour" in _colours(kept)


def test_an_upgrade_that_fails_changes_nothing(kept: Path, tmp_path: Path) -> None:
    with later_program(tmp_path / "later"):
        step = tmp_path / "later" / "versions" / "form_2.py"
        step.write_text(NEXT_FORM + '    op.drop_table("nowhere")\n')
        assert "nowhere" in _refusal(kept)

    assert "colour" not in _colours(kept)
    assert opened(kept).check()[0] is Check.SOUND


def test_an_older_postgresql_is_copied_and_brought_up(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store(dropped(server))
    _fill(store)
    store.close()
    with later_program(tmp_path / "later"):
        store = open_store(server)
        assert store.known(BLORA, ["p1"]) == {"p1"}
        store.close()

    assert "colour" not in _colours(tmp_path / "kentongan.form_1.backup")
    assert "form_2, which this program does not know" in _refusal(server)
    dropped(server)


def test_two_that_open_a_new_store_at_once_both_may(path: Path) -> None:
    code = f"from detector.store.opening import open_store; open_store('sqlite:///{path.as_posix()}').accounts()"
    both = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in "ab"]

    assert [one.communicate()[1] for one in both] == [b"", b""]
    assert [one.returncode for one in both] == [0, 0]


# Copies.


def _settings(store: Path | str) -> Path:
    """Write settings that name a store; return their path."""
    folder = store.parent if isinstance(store, Path) else Path()
    url = f"sqlite:///{store.name}" if isinstance(store, Path) else store
    (folder / "kentongan.toml").write_text(f'language = "en"\n[store]\nurl = "{url}"\n')
    return folder / "kentongan.toml"


def test_a_copy_is_made_while_the_store_is_in_use_and_put_back(
    kept: Path, kentongan: Kentongan
) -> None:
    settings, copy = _settings(kept), kept.with_name("salinan.db")
    using = opened(kept)
    done = kentongan("store", "backup", copy, "-c", settings)
    using.enqueue([delivery("after")])

    assert (done.code, done.err) == (0, "")
    assert f"A copy is in {copy}" in done.out
    assert not list(kept.parent.glob(".kentongan-*"))
    assert os.name == "nt" or stat.S_IMODE(copy.stat().st_mode) == 0o600

    refused = kentongan("store", "restore", copy, "-c", settings)
    assert refused.code == 2
    assert "keeps 1 accounts (--force replaces them by the backup)" in refused.err
    assert len(using.deliveries()) == 3

    assert kentongan("store", "restore", copy, "-c", settings, "--force").code == 0
    assert {one.id: one.maybe_repeated for one in using.deliveries()} == {
        "sent": False,
        "waiting": True,
    }
    assert claimed(using, NOW + 15 * MINUTE).cursor == "k1"
    assert kentongan("store", "check", "-c", settings).out.startswith("Sound: form_1: 1 accounts")
    using.close()


def test_a_copy_is_not_overwritten_by_accident(kept: Path, kentongan: Kentongan) -> None:
    settings, copy = _settings(kept), kept.with_name("salinan.db")
    copy.write_text("dear to somebody")

    refused = kentongan("store", "backup", copy, "-c", settings)
    assert (refused.code, copy.read_text()) == (2, "dear to somebody")
    assert refused.err == f"kentongan: {copy}: is there already (--force overwrites it)\n"
    assert kentongan("store", "backup", copy, "-c", settings, "--force").code == 0


@pytest.mark.parametrize("content", [b"", b"a letter " * 2_000, None])
def test_what_is_no_backup_is_not_restored(
    content: bytes | None, kept: Path, kentongan: Kentongan
) -> None:
    settings, copy = _settings(kept), kept.with_name("salinan.db")
    if content is not None:
        copy.write_bytes(content)
    refused = kentongan("store", "restore", copy, "-c", settings, "--force")

    assert refused.code == 2
    assert refused.err.count("\n") == 1
    store = opened(kept)
    assert store.known(BLORA, ["p1"]) == {"p1"}
    store.close()


def test_a_damaged_store_is_told_and_can_be_restored(kept: Path, kentongan: Kentongan) -> None:
    settings, copy = _settings(kept), kept.with_name("salinan.db")
    kentongan("store", "backup", copy, "-c", settings)
    content = bytearray(kept.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    kept.write_bytes(content)

    found = kentongan("store", "check", "-c", settings)
    assert found.code == 2
    assert "DAMAGED" in found.out
    assert kentongan("store", "restore", copy, "-c", settings, "--force").code == 0
    assert kentongan("store", "check", "-c", settings).code == 0


def test_what_is_no_database_any_more_is_set_aside(kept: Path, kentongan: Kentongan) -> None:
    settings, copy = _settings(kept), kept.with_name("salinan.db")
    kentongan("store", "backup", copy, "-c", settings)
    kept.write_bytes(b"overwritten " * 2_000)

    assert kentongan("store", "check", "-c", settings).code == 2
    assert kentongan("store", "restore", copy, "-c", settings).code == 2
    assert kentongan("store", "restore", copy, "-c", settings, "--force").code == 0
    assert kentongan("store", "check", "-c", settings).code == 0
    assert kept.with_name("toko.db.damaged").read_bytes().startswith(b"overwritten")


def test_a_copy_moves_a_store_from_sqlite_to_postgresql_and_back(
    kept: Path, server: str, tmp_path: Path
) -> None:
    """Numbers go on where they were, and every row is as it was."""
    before, copy, back = opened(kept), tmp_path / "a.db", tmp_path / "b.db"
    copying.back_up(before.base, copy)
    url = emptied(server)
    copying.restore(copy, url)
    with pytest.raises(StoreError, match="keeps 1 accounts"):
        copying.restore(copy, url)
    moved = open_store(url)
    assert isinstance(moved, SqlStore)

    for store in (before, moved):
        store.register([], NOW)
        watching(store, BLORA[1], "kedua", now=NOW)
        claim = claimed(store, NOW + 60 * MINUTE, most=1)
        store.commit(turn(claim, incidents=(incident(NOW + MINUTE),)))
    assert [one.number for one in moved.incidents()] == [2, 1]
    assert moved.posts(BLORA) == before.posts(BLORA)
    assert [one.id for one in moved.deliveries()] == [one.id for one in before.deliveries()]

    copying.back_up(moved.base, back)
    again = opened(back)
    assert again.accounts() == moved.accounts()
    assert again.incidents() == moved.incidents()
    assert again.check()[0] is Check.SOUND
    for store in (before, moved, again):
        store.close()


def test_a_backup_of_an_older_form_can_be_restored(kept: Path, tmp_path: Path) -> None:
    copy, target = tmp_path / "a.db", tmp_path / "b.db"
    store = opened(kept)
    copying.back_up(store.base, copy)
    store.close()
    with later_program(tmp_path / "later"):
        copying.restore(copy, f"sqlite:///{target}")

    assert "colour" in _colours(target)
    assert "colour" not in _colours(copy)


def test_a_store_in_memory_has_nothing_to_copy(tmp_path: Path, kentongan: Kentongan) -> None:
    settings = tmp_path / "kentongan.toml"
    settings.write_text('[store]\nurl = "memory://"\n')

    assert "in memory has nothing to copy" in kentongan("store", "check", "-c", settings).err


# PostgreSQL that goes away.


def test_after_the_server_dropped_its_connections_the_store_goes_on(server: str) -> None:
    store = open_store(emptied(server))
    watching(store)
    killer = create_engine(server, isolation_level="AUTOCOMMIT")
    with killer.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        )  # fmt: skip
    killer.dispose()

    assert len(store.accounts()) == 1
    store.close()


def test_a_connection_lost_in_the_middle_keeps_nothing(server: str) -> None:
    store = open_store(emptied(server))
    assert isinstance(store, SqlStore)
    with pytest.raises(StoreError, match="is the database server up"):
        _write_and_die(store)

    assert store.noted("x") is None
    store.note("x", msgspec.json.decode(b"1"))
    assert store.noted("x") == 1
    store.close()


def _write_and_die(store: SqlStore) -> None:
    with store.base.writing() as connection:
        connection.execute(text("INSERT INTO notes VALUES ('x', '1')"))
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
