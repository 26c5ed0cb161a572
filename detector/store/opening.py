"""Open the store that the settings name."""

from __future__ import annotations

from detector.errors import StoreError
from detector.store.interface import Store
from detector.store.rules import Keep

_HINT = "write sqlite:///kentongan.db, postgresql://HOST/DATABASE or memory://"


def open_store(url: str, keep: Keep = Keep()) -> Store:  # noqa: B008 - frozen
    """Open a store by its address.

    Args:
        url: ``sqlite:///PATH``, ``postgresql://...`` or ``memory://``.
        keep: how long things are kept.

    Raises:
        StoreError: there is no such kind of store, or it cannot be opened.
    """
    kind = url.partition(":")[0].partition("+")[0]
    if kind == "memory":
        from detector.store.memory import MemoryStore  # noqa: PLC0415 - only the one asked for

        return MemoryStore(keep)
    raise StoreError(f"no store is called {kind!r}", hint=_HINT)
