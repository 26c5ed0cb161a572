"""Ours or theirs? Why a feed could not be read, told apart by what else can be read at the same time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from detector.errors import (
    AccountGone,
    DetectorError,
    FolderUnreadable,
    RateLimited,
    TokenRefused,
)
from detector.store.interface import AccountKey

WINDOW: Final = timedelta(minutes=15)
"""Readings this old still say something about the network."""

SEVERAL: Final = 3
"""Accounts of one host that must fail together before the host is held to be the cause."""

GONE_POLLS: Final = 3
"""Readings in a row in which an account must be gone before that is evidence ..."""

GONE_FOR: Final = timedelta(minutes=10)
"""... and for how long."""

PROBED: Final = timedelta(seconds=30)
"""For how long the answer of the control probe holds."""


class Whose(StrEnum):
    """On whose side it lies that a feed could not be read."""

    OURS = "ours"
    """Our network or this machine."""
    PLATFORM = "platform"
    TOKEN = "token"  # noqa: S105 - a word, no secret
    BUDGET = "budget"
    """The platform answers, but our share of requests is used up."""
    ACCOUNT = "account"
    FOLDER = "folder"
    """What people put on this machine is not where the settings say."""


class _Outcome(msgspec.Struct, frozen=True, gc=False):
    at: datetime
    host: str
    key: AccountKey
    failed_as: Whose | None


class Reach:
    """Remembers how the latest readings went; safe to use from several threads.

    Args:
        probe: asks an address that has nothing to do with any feed and returns whether it answers as it should;
            None when there is none to ask.
    """

    def __init__(self, probe: Callable[[], bool] | None = None) -> None:
        self._probe = probe
        self._lock = threading.Lock()
        self._recent: deque[_Outcome] = deque(maxlen=20_000)
        self._probed: tuple[datetime, bool] | None = None

    def read(self, host: str, key: AccountKey, now: datetime) -> None:
        """Take note of a reading that succeeded."""
        with self._lock:
            self._recent.append(_Outcome(now, host, key, None))

    def failed(self, host: str, key: AccountKey, error: DetectorError, now: datetime) -> Whose:
        """Say whose doing a failure is, and take note of it."""
        seems = _at_first_sight(error)
        others = self._others(host, key, now)
        whose = seems
        if seems is Whose.ACCOUNT and _fell_together(others, Whose.ACCOUNT):
            whose = Whose.PLATFORM
        elif seems is Whose.PLATFORM and not self._anything_else_answers(host, now):
            whose = Whose.OURS
        with self._lock:
            self._recent.append(_Outcome(now, host, key, seems))
        return whose

    def _others(self, host: str, key: AccountKey, now: datetime) -> list[_Outcome]:
        """Return the latest outcome of each other account of a host."""
        with self._lock:
            latest = {
                one.key: one
                for one in self._recent
                if one.host == host and one.key != key and now - one.at <= WINDOW
            }
        return list(latest.values())

    def _anything_else_answers(self, host: str, now: datetime) -> bool:
        """Whether our own network works: another host was just read, or the probe answers."""
        with self._lock:
            if any(
                one.failed_as is None and one.host != host and now - one.at <= PROBED
                for one in self._recent
            ):
                return True
            probed = self._probed
        if self._probe is None:
            return True
        if probed is None or not timedelta(0) <= now - probed[0] <= PROBED:
            probed = (now, self._probe())
            with self._lock:
                self._probed = probed
        return probed[1]


def _at_first_sight(error: DetectorError) -> Whose:
    if isinstance(error, TokenRefused):
        return Whose.TOKEN
    if isinstance(error, RateLimited):
        return Whose.BUDGET
    if isinstance(error, AccountGone):
        return Whose.ACCOUNT
    if isinstance(error, FolderUnreadable):
        return Whose.FOLDER
    # Whether no answer is the platform's or our network's doing, others tell.
    return Whose.PLATFORM


def _fell_together(others: list[_Outcome], whose: Whose) -> bool:
    """Whether most other accounts of a host failed the same way: then it is the host that misleads us."""
    fell = sum(one.failed_as is whose for one in others)
    return fell >= SEVERAL - 1 and fell * 2 >= len(others)


def is_evidence(gone_since: datetime, polls: int, now: datetime) -> bool:
    """Whether an account has been gone for long enough and often enough to say something about who holds it."""
    return polls >= GONE_POLLS and now - gone_since >= GONE_FOR
