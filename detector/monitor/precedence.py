"""Telling goes before reading: a monitor with more to read than it can must not keep its alarms waiting.

Threads that read take turns with the one that tells, and each of its many small waits, for a socket or a commit, puts
it behind all of them again. So no reading is begun while messages leave, for a moment at most.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LONGEST: Final = 2.0
"""Seconds for which whoever goes first is waited for, at most: a channel that does not answer must blind nobody."""


class Precedence:
    """Lets whoever tells go first; any thread may ask."""

    def __init__(self) -> None:
        self._is_free = threading.Event()
        self._is_free.set()
        self._until = 0.0

    @contextmanager
    def first(self) -> Iterator[None]:
        """Go before those who `give_way`."""
        self._until = time.monotonic() + LONGEST
        self._is_free.clear()
        try:
            yield
        finally:
            self._is_free.set()

    def give_way(self) -> None:
        """Wait until nobody goes first, or has gone first for `LONGEST`."""
        self._is_free.wait(max(self._until - time.monotonic(), 0.0))
