"""WhatsApp's exported text: messages cut at their heads, in the shapes of both systems and all locales."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple

_MARKS: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_WITHOUT: Final = dict.fromkeys(map(ord, "\u200e\u200f"))
_PLAIN: Final = str.maketrans(
    "\u202f\u00a0\u060c\u2013\u5e74\u6708\u65e5\ub144\uc6d4\uc77c"
    "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"
    "\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9",
    "  ,-//.//.01234567890123456789",
)
"""Spaces, commas, dashes, the Chinese and Korean signs of year, month and day, and the two sorts of Arabic
digits to plain ones, each to one."""
_MARK: Final = "[\u200e\u200f\u061c]?"
"""The mark of direction that Arabic dates have between their numbers."""
_HALF: Final = (
    r"[AaPp]\.? ?[Mm]\.?|(?i:PTG|PG|TGH)\.?|SA|CH|\u0635|\u0645|\u0642\.\u0638\.?|\u0628\.\u0638\.?"
    r"|[\u03c0\u03bc]\.\u03bc\.|\u00d6[\u00d6S]"
)
"""The halves of the day behind a time, in English, Spanish, Malay, Vietnamese, Arabic, Persian, Greek and
Turkish."""
_AHEAD: Final = (
    "[\u4e0a\u4e0b]\u5348|\u51cc\u6668|\u65e9\u4e0a|\u4e2d\u5348|\u665a\u4e0a|\u5348[\u524d\u5f8c]|\uc624[\uc804\ud6c4]"
    "|\u00d6[\u00d6S]"
)
"""The same before it, in Chinese, Japanese, Korean and Turkish."""
_PAST_NOON: Final = (
    "pm",
    "p.",
    "p ",
    "ptg",
    "tgh",
    "ch",
    "\u03bc",
    "\u00f6s",
    "\u5348\u5f8c",
    "\uc624\ud6c4",
    "\u0645",
    "\u0628",
    "\u4e0b",
    "\u4e2d",
    "\u665a",
)
"""How those behind noon begin."""
_DATE: Final = (
    rf"{_MARK}(?P<a>\d{{1,4}}){_MARK}(?P<by>[/.-])(?:(?<=[./]) )?(?P<b>\d{{1,2}}){_MARK}(?P=by)"
    rf"(?:(?<=[./]) )?(?P<c>\d{{1,4}}){_MARK}\.?(?: \u0433\.)?"
)
_CLOCK: Final = (
    rf"(?:(?P<ahead>{_AHEAD}) ?)?(?P<hour>\d{{1,2}})[.:](?P<minute>\d\d)(?:[.:](?P<second>\d\d))?"
    rf"(?: ?(?P<half>{_HALF}))?(?: \u0447\.)?{_MARK}"
)
_AT: Final = r"(?:pukul|jam|at|\u00e0s?|klo|kl\.?|um|alle)"
_WHEN: Final = rf"{_DATE},? {_MARK}(?:{_AT} )?{_CLOCK}"
_IN_BRACKETS: Final = re.compile(rf"\[{_WHEN}\] ?", re.ASCII)
_WITH_DASH: Final = re.compile(rf"{_WHEN} - ", re.ASCII)
"""A message begins with its date and time: in brackets on an iPhone, with a dash after them on Android."""
_SENDER: Final = re.compile(r"([^:\n]{1,100}):(?: |$)")
_CENTURY: Final = 2_000
_BUDDHIST: Final = range(2_500, 2_700)
"""Years as they are counted in Thailand, and how far they are ahead."""
_AHEAD_BY: Final = 543
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
    return any(_head(line) for line in lines)


def entries(text: str) -> Iterator[Entry | str]:
    """Yield every message; what stands before the first is said to be none.

    Args:
        text: the whole file.
    """
    held: tuple[re.Match[str], str] | None = None
    lines: list[str] = []
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        match = _head(raw)
        if match is None:
            lines.append(raw)
            continue
        yield from _entry(held, lines)
        held, lines = (match, raw), []
    yield from _entry(held, lines)


def _head(line: str) -> re.Match[str] | None:
    """Return the head of a message; its places are those of the line without marks of direction before it."""
    bare = line.lstrip(_MARKS)[:200].translate(_PLAIN)
    if bare[:1] == "[":
        return _IN_BRACKETS.match(bare)
    return _WITH_DASH.match(bare) if bare[:1].isdigit() else None


def _entry(held: tuple[re.Match[str], str] | None, lines: list[str]) -> Iterator[Entry | str]:
    if held is None:
        if any(line.strip() for line in lines):
            yield "stands before the first message"
        return
    match, raw = held
    found = {key: value for key, value in match.groupdict().items() if value}
    rest = raw.lstrip(_MARKS)[match.end() :]
    sender, text = _sender(rest)
    hour = int(found["hour"])
    if half := found.get("half") or found.get("ahead"):
        hour = hour % _NOON + (_NOON if half.casefold().startswith(_PAST_NOON) else 0)
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
        year -= _AHEAD_BY if year in _BUDDHIST else 0
        try:
            return datetime(year, month, day, *entry.clock, tzinfo=UTC)
        except ValueError:
            raise ValueError(
                f"there is no {day}.{month}.{year}, {entry.clock[0]} o'clock"
            ) from None


def _backwards(days: list[tuple[int, int, int]]) -> int:
    return sum(after < before for before, after in pairwise(days))
