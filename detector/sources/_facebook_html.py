"""Facebook's export in HTML: the same posts and events, at local times whose zone the page's head may name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta, timezone
from typing import Final

from detector.records import TimeQuality
from detector.sources._details import is_email, is_phone, masked, traces
from detector.sources._facebook_events import SAID, VANITY, Told
from detector.sources._facebook_posts import Draft, edited, pictured, said_of, titled, within
from detector.sources._facebook_shapes import Pictured
from detector.sources._meta_html import Block, blocks
from detector.sources._meta_said import is_previous, kind_said
from detector.sources._meta_times import Clock, is_time

_OWN: Final = re.compile(r"https?://(?:[a-z-]{1,20}\.)?facebook\.com/dyi/")
"""Links back to the record on Facebook, which only its owner can follow."""
_CLICK: Final = re.compile(r".{0,40}\bvideo\b.{0,10}:", re.IGNORECASE)
"""What stands in place of a film, such as "Click for video:"."""
_LEADING_WORDS: Final = 6
"""Most words before the time of a change, such as "Updated Nov 21, 2024 1:14 am"."""
_MAIN: Final = re.compile(rb"role\s{0,9}=\s{0,9}[\"']main[\"']")
"""Where a page's records begin."""
_HEAD: Final = 1 << 17
_ZONE: Final = re.compile(
    rb"\bUTC(?P<sign>[+-]|\xe2\x88\x92)(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)"
)
"""The zone in what a page says of itself since 2023: generated on Thursday ... at 21:16 UTC+07:00."""
_MOST_HOURS: Final = 14
_DIGITS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d]+")
_REPEATED: Final = 15
"""Letters from which on a line that was there before is a picture's copy of the caption."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_NAMES: Final = frozenset({"name", "full name", "nama", "nama lengkap"})


def html_posts(raw: bytes) -> Iterator[Draft | str]:
    """Yield every post of a page, or why one cannot be read.

    Args:
        raw: the whole page.
    """
    clock = Clock(_zone(raw))
    for block in blocks(raw):
        if block.when is None and not (block.text or block.media or block.links):
            continue
        try:
            yield _drafted(block, clock)
        except ValueError as error:
            yield str(error)


def _drafted(block: Block, clock: Clock) -> Draft:
    if block.when is None:
        raise ValueError("has no time")
    at = within(clock.moment(block.when))
    draft = Draft(at=at, quality=clock.quality(at), text="")
    written = block.text.split("\n")
    if changed := _changed(written[-1], block.when):
        with suppress(ValueError):
            draft.edited_at = edited(within(clock.moment(changed)), at)
        written.pop()
    lines: list[str] = []
    for line in written:
        repeats = len(line) >= _REPEATED and line in lines
        if not (repeats or _CLICK.fullmatch(line) or line.strip() in block.links):
            lines.append(line)
    words = said_of("\n".join(lines).strip())
    addresses: list[str] = []
    draft.media = tuple([pictured(Pictured(uri=path), words, addresses) for path in block.media])
    draft.links = tuple([one for one in block.links if not _OWN.match(one)])
    draft.addresses = tuple(filter(None, [traces([value]).get("ip") for _, value in block.rows]))
    draft.text = str(words)
    titled(draft, block.title)
    return draft


def _changed(line: str, when: str) -> str | None:
    """Return the time in a last line that says when something was changed, written as `when` is."""
    for _ in range(_LEADING_WORDS):
        line = line.partition(" ")[2]
        if line and _form(line) == _form(when):
            return line
    return None


def _form(when: str) -> str:
    return _LETTERS.sub("a", _DIGITS.sub("9", when.strip()))


def _zone(raw: bytes) -> timezone | None:
    """Return the zone that a page's head names."""
    main = _MAIN.search(raw, 0, _HEAD)
    match = _ZONE.search(raw, 0, main.start()) if main else None
    if match is None or int(match["hours"]) > _MOST_HOURS:
        return None
    ahead = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return timezone(ahead if match["sign"] == b"+" else -ahead)


def html_events(raw: bytes, kind: str) -> Iterator[tuple[Told, TimeQuality] | str]:
    """Yield every account event of a page, or why one cannot be read.

    Args:
        raw: the whole page.
        kind: what the page's name says they are.
    """
    clock = Clock(_zone(raw))
    for block in blocks(raw):
        values = [value for _, value in block.rows] + [
            line.rpartition(": ")[2] for line in block.text.split("\n")
        ]
        when = block.when or next(filter(is_time, values), None)
        if when is None:
            # Settings and addresses stand in boxes as well.
            if any(values):
                yield "has no time"
            continue
        try:
            at = within(clock.moment(when))
        except ValueError as error:
            yield str(error)
            continue
        action = next(filter(None, (block.title, block.text.partition("\n")[0])), "")
        details = traces(values) | _contacts(block.rows)
        if country := next(filter(_COUNTRY.fullmatch, values), ""):
            details["country"] = country
        if kind == "app_connected" and action:
            details["app"] = masked(action)
        elif action and not is_time(action):
            details["action"] = masked(action)
        said = kind_said(action, kind) if kind in SAID else kind
        yield (said, at, details), clock.quality(at)


def _contacts(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the addresses and numbers that were replaced and that replaced them, masked."""
    found: dict[str, str] = {}
    for label, value in rows:
        if is_email(value) or (is_phone(value) and not traces([value])):
            found.setdefault("from" if is_previous(label) else "to", masked(value))
    return found


def html_owner(raw: bytes) -> tuple[str, str]:
    """Return the user name and the full name that a profile's page tells; empty when it does not."""
    user = full = ""
    for block in blocks(raw):
        for label, value in block.rows:
            if label.strip().lower() in _NAMES:
                full = full or value.strip()
            if match := VANITY.match(value.strip()):
                user = user or match[1]
        for link in block.links:
            if not user and not _OWN.match(link) and (match := VANITY.match(link)):
                user = match[1]
    return user, full
