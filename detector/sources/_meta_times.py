"""Times as Meta's HTML exports write them: local, without a zone, in the account's language."""

from __future__ import annotations

import re
import unicodedata
import warnings
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from detector.records import TimeQuality
from detector.sources._times import settled

_LONGEST: Final = 60
_SHAPE: Final = re.compile(
    r"(?=[^\n]*?\b[12]\d{3}(?!\d))(?=[^\n]*?\d{1,2}[:.]\d{2}(?!\d))[^\n@#]{8,60}"
)
_NUMBERS: Final = range(4, 7)
"""Groups of digits: day, year, hour and minute, and perhaps a month that is no word, and seconds."""
_WORDS: Final = 9
_FAST: Final = re.compile(
    r"(?P<month>[a-z]{3,12})\.? (?P<day>\d{1,2}),? (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))? ?(?P<half>am|pm)?"
)
"""How the pages of most languages are written, with their own words: Nov 21, 2024 1:14 am."""
_FAST_DAY: Final = re.compile(
    r"(?P<day>\d{1,2}) (?P<month>[a-z]{3,12})\.? (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))? ?(?P<half>am|pm)?"
)
_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "jan january januari", "feb february februari", "mar march maret", "apr april",
            "may mei", "jun june juni", "jul july juli", "aug august agustus agu agt",
            "sep sept september", "oct october okt oktober", "nov november",
            "dec december des desember",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
"""English and Indonesian, which need no guess; every other language goes through dateparser."""
_PARTS: Final = re.compile(
    r"\b(?P<part>dini hari|subuh|pagi|siang|sore|petang|malam)\b", re.IGNORECASE
)
_FILLERS: Final = re.compile(r"\b(?:pukul|jam|wi[bt]a?)\b", re.IGNORECASE)
_HALVES: Final = re.compile(r"\b(?P<half>[ap])\. ?m\.?(?=\s|$)", re.IGNORECASE)
_SPOKEN: Final = re.compile(
    r"\b(?:(?P<morning>da manhã|de la mañana)|da (?:tarde|noite)|de la (?:tarde|noche))",
    re.IGNORECASE,
)
"""Halves of the day as Portuguese and Spanish say them."""
_NUMERIC: Final = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}),? (?P<rest>\S.*)"
)
_SEARCHES: Final = 40
"""Times of a file that are tried in every language: one such search takes hundredths of a second."""


def is_time(text: str) -> bool:
    """Whether a text has the shape of a date with a time of day, and nothing else.

    Examples:
        >>> [is_time(one) for one in ("Nov 21, 2024 1:14 am", "8월 17, 2025 11:23 오전", "Rapat 2024")]
        [True, True, False]
    """
    text = text.strip()
    return (
        len(text) <= _LONGEST
        and _SHAPE.fullmatch(_plain(text)) is not None
        and len(re.findall(r"\d+", text)) in _NUMBERS
        and len(text.split()) <= _WORDS
    )


class Clock:
    """Reads the times of one file; the language that explained one is tried first for the next.

    Args:
        zone: in which the file's times are, None where nobody knows.
    """

    def __init__(self, zone: timezone | None = None) -> None:
        self._zone = zone
        self._known: list[Any] = []
        self._left = _SEARCHES
        self._everywhere: Any = None

    def moment(self, text: str) -> datetime:
        """Read a local time; as if it were UTC where its zone is not known.

        Raises:
            ValueError: it is no time in any language, or no post can be of that year.

        Examples:
            >>> clock = Clock()
            >>> clock.moment("21 Nov 2024 pukul 01.14").isoformat()
            '2024-11-21T01:14:00+00:00'
            >>> clock.moment("Des 5, 2024 9:05 malam").hour
            21
        """
        if not is_time(text):
            raise ValueError(f"time {' '.join(text.split())[:40]!r} is not understood")
        plain = " ".join(_FILLERS.sub(" ", _HALVES.sub(r"\g<half>m", _plain(text))).split())
        plain = _SPOKEN.sub(lambda half: "am" if half["morning"] else "pm", plain)
        part = _PARTS.search(plain)
        if part:
            plain = " ".join((plain[: part.start()] + plain[part.end() :]).split())
        at = _fast(plain.lower()) or self._guessed(_ordered(plain))
        if at is None:
            raise ValueError(f"time {' '.join(text.split())[:40]!r} is not understood")
        at = settled(_shifted(at, part["part"].lower() if part else ""))[0]
        return at.replace(tzinfo=self._zone).astimezone(UTC) if self._zone else at

    def quality(self, at: datetime) -> TimeQuality:
        """Return how sure a time is that `moment` gave."""
        if self._zone is None:
            return TimeQuality.LOCAL
        # A page that shows no seconds gives none; one that does shows another number nearly always.
        return TimeQuality.EXACT if at.second else TimeQuality.MINUTE

    def _guessed(self, plain: str) -> datetime | None:
        for parser in self._known:
            if at := _parsed(parser, plain)[0]:
                return at
        # Pages of hostile nonsense must not be tried in 200 languages each.
        if self._left <= 0:
            return None
        self._left -= 1
        if self._everywhere is None:
            self._everywhere = _parser(None)
        at, language = _parsed(self._everywhere, plain)
        if at and language:
            self._known.append(_parser(language))
        return at


def local_moment(text: str, clock: Clock | None = None) -> datetime:
    """Read a local time of any account language as if it were UTC (`TimeQuality.LOCAL`).

    Args:
        text: as the page writes it, such as ``8월 17, 2025 11:23 오전``.
        clock: of the file it stands in, so that the language need not be guessed every time.

    Raises:
        ValueError: it is no time in any language, or no post can be of that year.

    Examples:
        >>> local_moment("8월 17, 2025 11:23 오후").isoformat(), local_moment("Sep 8, 2016, 4:36 PM").hour
        ('2025-08-17T23:23:00+00:00', 16)
    """
    return (clock or Clock()).moment(text)


def _plain(text: str) -> str:
    """Bring digits of any script to 0 to 9, drop marks of direction, make all spaces alike."""
    if text.isascii():
        return text.strip()
    letters = [
        str(unicodedata.decimal(letter, letter))
        for letter in unicodedata.normalize("NFC", text)
        if unicodedata.category(letter) != "Cf"
    ]
    return " ".join("".join(letters).split())


def _fast(plain: str) -> datetime | None:
    match = _FAST.fullmatch(plain) or _FAST_DAY.fullmatch(plain)
    month = _MONTHS.get(match["month"]) if match else None
    if not match or not month:
        return None
    hour, half = int(match["hour"]), match["half"]
    if half and 1 <= hour <= 12:  # noqa: PLR2004 - a clock's face
        hour = hour % 12 + (12 if half == "pm" else 0)
    numbers = int(match["year"]), month, int(match["day"])
    try:
        return datetime(*numbers, hour, int(match["minute"]), int(match["second"] or 0))  # noqa: DTZ001 - local
    except ValueError:
        return None


def _ordered(plain: str) -> str:
    """Put the year first in a date of numbers alone: the day leads, but for a slash and a half of the day."""
    match = _NUMERIC.fullmatch(plain)
    if match is None:
        return plain
    first, second = int(match["first"]), int(match["second"])
    is_american = match["mark"] == "/" and match["rest"].lower().endswith(("am", "pm"))
    if (is_american and first <= 12) or second > 12:  # noqa: PLR2004 - months
        first, second = second, first
    return f"{match['year']}-{second:02}-{first:02} {match['rest']}"


def _shifted(at: datetime, part: str) -> datetime:
    """Move an hour by the part of the day that Indonesian names after it."""
    if part in {"sore", "petang"} and at.hour < 12:  # noqa: PLR2004 - a clock's face
        return at + timedelta(hours=12)
    if part == "siang" and at.hour <= 5:  # noqa: PLR2004
        return at + timedelta(hours=12)
    if part == "malam" and 6 <= at.hour < 12:  # noqa: PLR2004
        return at + timedelta(hours=12)
    return at.replace(hour=0) if part in {"malam", "dini hari", "pagi"} and at.hour == 12 else at  # noqa: PLR2004


def _parser(language: str | None) -> Any:
    # A sixth of a second of import that only pages of other languages need.
    from dateparser.date import DateDataParser  # noqa: PLC0415

    return DateDataParser(
        languages=[language] if language else None,
        settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"]},
    )


def _parsed(parser: Any, plain: str) -> tuple[datetime | None, str | None]:
    with warnings.catch_warnings():
        # It is told by Python that years will be needed some day; years are always here.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            found = parser.get_date_data(plain)
        except (ValueError, OverflowError, TypeError, AttributeError, LookupError, re.error):
            return None, None
    at = found.date_obj
    if at is not None and at.tzinfo is not None:
        at = at.astimezone(UTC).replace(tzinfo=None)
    return at, found.locale
