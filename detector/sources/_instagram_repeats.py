"""Which posts of an Instagram export repeat one that was given: it has no ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from detector.records import Media

_SAME_POST: Final = timedelta(seconds=60)
"""Copies of one post in two files differ by the seconds between its first picture and itself."""
_AT_ONCE: Final = timedelta(0)
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


class Given:
    """The posts given so far, as far as repetitions need them: those of the last minute."""

    def __init__(self) -> None:
        self._until = _UNDATED
        """Till when a post may repeat one that was given."""
        self._waiting: list[tuple[datetime, str, tuple[Media, ...]]] = []
        """Posts given that no other came near yet: looking at their words takes time."""
        self._last: dict[tuple[str, ...], datetime] = {}
        self._bare: dict[str, datetime] = {}
        self._any: dict[str, datetime] = {}

    def has(self, at: datetime, text: str, media: tuple[Media, ...]) -> bool:
        """Whether the post was given before; if not, it now is. Posts must come oldest first."""
        if at > self._until:
            if self._last:
                self._last, self._bare, self._any = {}, {}, {}
            self._waiting = [(at, text, media)]
        else:
            for one in self._waiting:
                self._note(*one)
            self._waiting.clear()
            if self._knows(at, text, media):
                return True
            self._waiting.append((at, text, media))
        self._until = at + _SAME_POST
        return False

    def _knows(self, at: datetime, text: str, media: tuple[Media, ...]) -> bool:
        names = _names(media)
        if _near(self._last.get((text, *names)), at, _SAME_POST if names else _AT_ONCE):
            return True
        if not text:
            return False
        # One file may list a post without its pictures and another with them.
        twin = self._bare if names else self._any
        return _near(twin.get(text), at, _AT_ONCE if names else _SAME_POST)

    def _note(self, at: datetime, text: str, media: tuple[Media, ...]) -> None:
        names = _names(media)
        self._last[(text, *names)] = self._any[text] = at
        if not names:
            self._bare[text] = at


def _names(media: tuple[Media, ...]) -> tuple[str, ...]:
    return tuple([(one.path or "").rpartition("/")[2] for one in media])


def _near(before: datetime | None, at: datetime, within: timedelta) -> bool:
    return before is not None and at - before <= within
