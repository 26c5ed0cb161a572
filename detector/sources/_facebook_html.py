"""Facebook's export in HTML: the same posts and events, at local times that name no zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from detector.records import TimeQuality
from detector.sources._details import masked, traces
from detector.sources._facebook_events import SAID, VANITY, Told
from detector.sources._facebook_posts import Draft, edited, pictured, said_of, titled, within
from detector.sources._facebook_shapes import Pictured
from detector.sources._meta_html import Block, blocks
from detector.sources._meta_said import kind_said
from detector.sources._meta_times import Clock, is_time

_OWN: Final = re.compile(r"https?://(?:[a-z-]{1,20}\.)?facebook\.com/dyi/")
"""Links back to the record on Facebook, which only its owner can follow."""
_CLICK: Final = re.compile(r".{0,40}\bvideo\b.{0,10}:", re.IGNORECASE)
"""What stands in place of a film, such as "Click for video:"."""
_LEADING_WORDS: Final = 3
"""Most words before the time of a change, such as "Updated Nov 21, 2024 1:14 am"."""
_DIGITS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d]+")
_REPEATED: Final = 15
"""Letters from which on a line that was there before is a picture's copy of the caption."""
_NAMES: Final = frozenset({"name", "full name", "nama", "nama lengkap"})


def html_posts(raw: bytes) -> Iterator[Draft | str]:
    """Yield every post of a page, or why one cannot be read.

    Args:
        raw: the whole page.
    """
    clock = Clock()
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
    draft = Draft(at=at, quality=TimeQuality.LOCAL, text="")
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


def html_events(raw: bytes, kind: str) -> Iterator[Told | str]:
    """Yield every account event of a page, or why one cannot be read.

    Args:
        raw: the whole page.
        kind: what the page's name says they are.
    """
    clock = Clock()
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
        details = traces(values)
        if kind == "app_connected" and action:
            details["app"] = masked(action)
        elif action and not is_time(action):
            details["action"] = masked(action)
        yield kind_said(action, kind) if kind in SAID else kind, at, details


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
