"""Open the store that the settings name."""

from __future__ import annotations

import contextlib
from pathlib import Path

from detector.store.interface import Store
from detector.store.rules import Keep


def open_store(
    url: str,
    keep: Keep = Keep(),  # noqa: B008 - frozen
    *,
    upgrade: bool = True,
    backups: Path | None = None,
) -> Store:
    """Open a store by its address, and make it this program's form.

    Args:
        url: ``sqlite:///PATH``, ``postgresql://...`` or ``memory://``.
        keep: how long things are kept.
        upgrade: make a new store or bring an older one up; without it, only look at what is there.
        backups: folder for the copy of an older store; beside an SQLite file by default, or the working folder.

    Raises:
        StoreError: there is no such kind of store, it cannot be opened, or a newer program wrote it.
    """
    if url.partition(":")[0] == "memory":
        from detector.store.memory import MemoryStore  # noqa: PLC0415 - only the one asked for

        return MemoryStore(keep)
    from detector.store import copying, engines, forms, sql  # noqa: PLC0415 - a heavy import

    base = engines.Base(engines.parsed(url), must_exist=not upgrade)
    with contextlib.ExitStack() as stack:
        stack.callback(base.close)
        if upgrade:
            forms.bring_up(base, lambda form: copying.set_aside(base, form, backups))
        stack.pop_all()
    return sql.SqlStore(base, keep)


def in_folder(url: str, folder: Path) -> str:
    """Return a store's address whose file, if it is one, lies in a folder unless it says where.

    Examples:
        >>> in_folder("sqlite:///kentongan.db", Path("/etc/kentongan"))
        'sqlite:////etc/kentongan/kentongan.db'
        >>> in_folder("postgresql:///kentongan", Path("/etc/kentongan"))
        'postgresql:///kentongan'
    """
    prefix, mark, path = url.partition(":///")
    if (
        not prefix.startswith("sqlite")
        or not mark
        or not path
        or path.startswith((":memory:", "/"))
    ):
        return url
    return f"{prefix}:///{folder / path}"
