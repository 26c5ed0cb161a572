"""WhatsApp's exported text: messages cut at their heads, in the shapes of both systems and all locales."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple

_MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_WITHOUT: Final = dict.fromkeys(map(ord, "\u200e\u200f"))
_SPACES: Final = str.maketrans(dict.fromkeys("\u202f\u00a0", " "))
_CLOCK: Final = r"(?P<hour>\d{1,2})[.:](?P<minute>\d\d)(?:[.:](?P<second>\d\d))?(?: ?(?P<half>[AaPp])\.? ?[Mm]\.?)?"
_DATE: Final = r"(?P<a>\d{1,4})(?P<by>[/.-])(?P<b>\d{1,2})(?P=by)(?P<c>\d{1,4})\.?"
_HEAD: Final = re.compile(
    rf"\[{_DATE},? (?:pukul |at )?{_CLOCK}\] ?"
    rf"|{_DATE.replace('?P<', '?P<_').replace('?P=', '?P=_')},? (?:pukul |at )?"
    rf"{_CLOCK.replace('?P<', '?P<_')} - ",
    re.ASCII,
)
"""A message begins with its date and time: in brackets on an iPhone, with a dash after them on Android."""
_SENDER: Final = re.compile(r"([^:\n]{1,100}):(?: |$)")
_CENTURY: Final = 2_000
_NOON: Final = 12
_LAST_MONTH: Final = 12


class Entry(NamedTuple):
    """One message, as it stands in the file."""

    day: tuple[int, int, int]
    """The three numbers of its date, in the order written."""
    clock: tuple[int, int, int]
    """Hour (0 to 23), minute and second."""
    sender: str
    """Empty when WhatsApp itself says it."""
    text: str
    is_marked: bool = False
    """Whether the text begins with the mark that WhatsApp sets before its own words."""


def looks_like_a_chat(text: str) -> bool:
    """Whether one of the first lines that are not empty is the head of a message."""
    lines = [line for line in text.split("\n") if line.strip()][:3]
    return any(_HEAD.match(_bare(line)) for line in lines)


def entries(text: str) -> Iterator[Entry | str]:
    """Yield every message; what stands before the first is said to be none.

    Args:
        text: the whole file.
    """
    held: tuple[re.Match[str], str] | None = None
    lines: list[str] = []
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        bare = _bare(raw)
        match = _HEAD.match(bare) if bare[:1] == "[" or bare[:1].isdigit() else None
        if match is None:
            lines.append(raw)
            continue
        yield from _entry(held, lines)
        held, lines = (match, raw), []
    yield from _entry(held, lines)


def _bare(line: str) -> str:
    """Return a line whose head can be compared: without marks of direction before it, with plain spaces."""
    return line.lstrip(_MARKS)[:200].translate(_SPACES)


def _entry(held: tuple[re.Match[str], str] | None, lines: list[str]) -> Iterator[Entry | str]:
    if held is None:
        if any(line.strip() for line in lines):
            yield "stands before the first message"
        return
    match, raw = held
    found = {key.lstrip("_"): value for key, value in match.groupdict().items() if value}
    rest = raw.lstrip(_MARKS)[match.end() :]
    sender, text = _sender(rest)
    hour = int(found["hour"])
    if half := found.get("half"):
        hour = hour % _NOON + (_NOON if half in "Pp" else 0)
    whole = "\n".join([text, *lines]).rstrip("\n")
    yield Entry(
        day=(int(found["a"]), int(found["b"]), int(found["c"])),
        clock=(hour, int(found["minute"]), int(found.get("second", 0))),
        sender=sender,
        text=whole.translate(_WITHOUT).strip(),
        is_marked=text[:1] in {"\u200e", "\u200f"},
    )


def _sender(rest: str) -> tuple[str, str]:
    """Split what follows the head into who wrote it and what; WhatsApp's own words have no sender."""
    match = _SENDER.match(rest)
    # Names have no quotes: a channel's new name may well have a colon.
    if match is None or any(mark in match[1] for mark in '"“”'):
        return "", rest
    name = match[1].strip(_MARKS + " ~\u202f\u00a0")
    return (name, rest[match.end() :]) if name else ("", rest)


class Calendar:
    """Which of the three numbers of a date is the day, decided over a whole file."""

    def __init__(self, days: list[tuple[int, int, int]]) -> None:
        """Decide: a number above 12 is no month; else the order in which time does not run back.

        Args:
            days: the dates, in the order of the file; day before month where nothing tells.
        """
        self._is_month_first = False
        short = [day for day in days if day[0] < 100]  # noqa: PLR2004 - a year has four digits
        first = any(day[0] > _LAST_MONTH for day in short)
        second = any(day[1] > _LAST_MONTH for day in short)
        if first != second:
            self._is_month_first = second
        elif not first:
            by_day = _backwards([(year, month, day) for day, month, year in short])
            by_month = _backwards([(year, month, day) for month, day, year in short])
            self._is_month_first = by_month < by_day

    def moment(self, entry: Entry) -> datetime:
        """Return when a message was written, on some clock that the file does not name.

        Raises:
            ValueError: there is no such day or hour.
        """
        a, b, c = entry.day
        if a >= 100:  # noqa: PLR2004 - a year has four digits
            year, month, day = a, b, c
        elif self._is_month_first:
            year, month, day = c, a, b
        else:
            year, month, day = c, b, a
        if month > _LAST_MONTH >= day:
            month, day = day, month
        year = year if year >= 100 else year + _CENTURY  # noqa: PLR2004
        try:
            return datetime(year, month, day, *entry.clock, tzinfo=UTC)
        except ValueError:
            raise ValueError(
                f"there is no {day}.{month}.{year}, {entry.clock[0]} o'clock"
            ) from None


def _backwards(days: list[tuple[int, int, int]]) -> int:
    return sum(after < before for before, after in pairwise(days))
