"""Due accounts are claimed as places become free, and polled on threads."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import msgspec

from detector.errors import LeaseLost, StoreError
from detector.monitor.clocks import Clock
from detector.monitor.polling import LEASE, Polled, Poller
from detector.store.interface import AccountKey, Claim, Store

LAST_WORDS: Final = 8.0
"""Seconds that polls may take to finish the page in hand once the program is to end."""

AHEAD: Final = 4
"""Accounts claimed for each thread: those that wait spare it a transaction each."""


class Claiming:
    """Claims due accounts and polls them on an executor.

    Args:
        store: where the accounts are.
        poller: polls one.
        owner: who we are, for the claims.
        threads: accounts polled at the same time.
        clock: the time.
        stopping: set when the program is to end.
        heard: told of each poll that ended, and of each that broke, with what broke it.
        give_way: called before a poll begins; waits for what goes first.
    """

    def __init__(
        self,
        *,
        store: Store,
        poller: Poller,
        owner: str,
        threads: int,
        clock: Clock,
        stopping: threading.Event,
        heard: Callable[[Claim, Polled | BaseException], None],
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._poller, self._owner = store, poller, owner
        self._clock, self._stopping, self._heard = clock, stopping, heard
        self._give_way = give_way
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="poll")
        self._places = threads * AHEAD
        self._free = threading.Semaphore(self._places)
        self._claims: dict[AccountKey, Claim] = {}
        """In hand, with the time they run out as it is now."""
        self._lock = threading.Lock()

    def turn(self) -> int:
        """Poll everything that is due; return how many were begun once nothing more is.

        Raises:
            StoreError: the store cannot be asked; the next turn may find it again.
        """
        begun = 0
        while not self._stopping.is_set():
            free = self._wait_for_room()
            claims: list[Claim] = []
            try:
                claims = self._claim(free) if free else []
            finally:
                # A store that cannot be asked must not take the places with it.
                for _ in range(free - len(claims)):
                    self._free.release()
            if not claims:
                return begun
            for claim in claims:
                self._begin(claim)
            begun += len(claims)
        return begun

    def _claim(self, most: int) -> list[Claim]:
        now = self._clock()
        with self._lock:
            # What has run out while it waited is in hand all the same: claimed twice, the first reading were in vain.
            late = [key for key, one in self._claims.items() if one.until <= now]
        return self._store.claim(self._owner, now, LEASE, most, late)

    def hold(self) -> int:
        """Renew the claims in hand that would run out before long, those that only wait for a thread as well.

        Returns:
            How many were renewed.

        Raises:
            StoreError: the store cannot be asked.
        """
        now = self._clock()
        with self._lock:
            soon = [one for one in self._claims.values() if one.until < now + LEASE / 2]
        held = 0
        for claim in soon:
            # Whoever lost one hears of it on committing.
            with contextlib.suppress(LeaseLost):
                self._store.renew(claim, now + LEASE)
                held += 1
                with self._lock:
                    if self._claims.get(claim.watched.key) is claim:
                        longer = msgspec.structs.replace(claim, until=now + LEASE)
                        self._claims[claim.watched.key] = longer
        return held

    def _wait_for_room(self) -> int:
        """Take every free place, waiting for the first one; 0 when the program is to end."""
        while not self._free.acquire(timeout=0.2):
            if self._stopping.is_set():
                return 0
        free = 1
        while free < self._places and self._free.acquire(blocking=False):
            free += 1
        return free

    def _begin(self, claim: Claim) -> None:
        with self._lock:
            self._claims[claim.watched.key] = claim
        future = self._pool.submit(self._poll, claim)
        future.add_done_callback(lambda done: self._ended(claim, done))

    def _poll(self, claim: Claim) -> Polled:
        self._give_way()
        return self._poller.poll(claim)

    def _ended(self, claim: Claim, done: Future[Polled]) -> None:
        with self._lock:
            self._claims.pop(claim.watched.key, None)
        self._free.release()
        if done.cancelled():
            return
        error = done.exception()
        self._heard(claim, done.result() if error is None else error)

    def drain(self, seconds: float | None = None) -> bool:
        """Wait for the polls that are running.

        Args:
            seconds: how long for all of them, at most; None waits for ever.

        Returns:
            Whether all have ended.
        """
        over = threading.Event()
        timer = threading.Timer(seconds or 0, over.set)
        if seconds is not None:
            timer.start()
        taken = 0
        while taken < self._places and not over.is_set():
            taken += self._free.acquire(timeout=0.1)
        timer.cancel()
        for _ in range(taken):
            self._free.release()
        return taken == self._places

    def close(self) -> bool:
        """Let the running polls finish the page in hand; give back what is not finished by then.

        Returns:
            Whether everything was finished.
        """
        if self.drain(LAST_WORDS):
            self._pool.shutdown()
            return True
        with self._lock:
            left = list(self._claims.values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for claim in left:
            with contextlib.suppress(StoreError):
                self._store.release(claim, self._clock())
        return False
