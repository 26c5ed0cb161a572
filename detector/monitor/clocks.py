"""What time it is for the monitor: the machine's time, or a replay's, which runs faster over old posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the time, UTC."""


class ReplayClock:
    """A clock that begins somewhere in the past and runs at another speed.

    Args:
        begins: the time it shows first, aware.
        speed: seconds that pass on it in each of ours.
        wall: the machine's time.
    """

    def __init__(self, begins: datetime, speed: float, wall: Clock) -> None:
        self._begins, self._speed = begins, speed
        self._wall, self._started = wall, wall()

    def __call__(self) -> datetime:
        """Return the time on it."""
        return (self._begins + (self._wall() - self._started) * self._speed).astimezone(UTC)
