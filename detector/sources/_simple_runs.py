"""Simple HTML of many items at once: all marks of a kind are found together, in the bytes of JSON that write them."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from detector.sources._simple_html import settled, with_ampersands

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SOME, _MANY = 256, 1 << 14
"""Items from which on this saves time: where numpy is loaded, as it is in all that judges; and where it has to be."""
_RUN: Final = 1 << 17
"""Bytes read together: enough to make each step cheap, and so few that they stay in a processor's own memory.
An item that is longer is left to be read by itself."""
_GONE: Final = b"\x01"
"""Stands where a mark was, to be taken out in the end; JSON has no such byte in it."""
_PADDING: Final = b" " * 9
"""Put behind the last item, since eight bytes are looked at wherever a mark may begin, and the one after."""
_OPENING, _CLOSING, _SPACE, _BACKSLASH, _QUOTE = b'<> \\"'
_TOP_BITS, _CONTINUES = 0xC0, 0x80
"""The bits by which a byte goes on with a character, and what they are then."""
_LOOKED: Final = 8
"""Bytes by which marks are told apart; none is longer by more than one."""
_NEW_LINE: Final = int.from_bytes(b"\\n", "little")
_QUOTED: Final = int.from_bytes(b'\\"', "little")
_MARKS: Final = {
    b"<p>": b"", b"</p>": b"\\n\\n", b"<br />": b"\\n", b"</a>": b"", b"<br>": b"\\n", b"<br/>": b"\\n", b"<strong>": b"",
    b"</strong>": b"", b"<em>": b"", b"</em>": b"", b"<b>": b"", b"</b>": b"", b"<i>": b"", b"</i>": b"", b"<div>": b"", b"</div>": b"\\n\\n",
    b"<span>": b"", b"</span>": b"",
}  # fmt: skip
"""Marks, the commonest first, and what stands for each in JSON."""
_LONGEST_ADDRESS: Final = 3_900
"""Bytes of a link's address behind its scheme, at most."""
_LINK: Final = re.compile(
    rb'<a href=\\"(https?://[!#-%%\'-;=?-\[\]-~]{1,%d})\\">' % _LONGEST_ADDRESS
)
"""A link and nothing else, to a whole address in which each character means itself."""
_SPECIAL: Final = re.compile(rb"\\(?:n\\n\\n|r|u00[0-3])")
"""New lines too many, and characters that mean something in HTML or to a reader."""
_SLASHED: Final = b"<\\/"
_LOOKED_AT: Final = 1 << 13
"""Bytes of a run in which its first closing mark is looked for: a program writes all of them alike."""
_texts: Final = msgspec.json.Decoder(str | None).decode_lines


class Found(NamedTuple):
    """What stands in many fragments."""

    texts: list[str | None]
    """The text of each; None of one that has to be read by itself."""
    links: dict[int, tuple[str, ...]]
    """Where the links lead, of each that has any."""


class _Mark(NamedTuple):
    """One kind of mark."""

    size: int
    code: int
    """Its first eight bytes as a number, the first of them the lowest."""
    mask: int
    meaning: bytes
    is_break: bool


def _mark(written: bytes, meaning: bytes) -> _Mark:
    head = written[:_LOOKED]
    code = int.from_bytes(head, "little")
    return _Mark(len(written), code, (1 << 8 * len(head)) - 1, meaning, written.startswith(b"<br"))


_KNOWN: Final = tuple(_mark(*one) for one in _MARKS.items())
_ANCHOR: Final = _mark(b"<a ", b"")


def is_worth(items: int) -> bool:
    """Whether reading so many at once takes less time than one by one."""
    return items >= (_SOME if "numpy" in sys.modules else _MANY)


def found_at_once(written: Sequence[msgspec.Raw]) -> Found:
    r"""Find what `simple_in_json` finds in each of many fragments.

    Args:
        written: values as they stand in JSON; only texts are read.

    Examples:
        >>> items = msgspec.json.decode(rb'["<p>Jadwal<br \/>lokasi<\/p>", "<hr>", null]', type=list[msgspec.Raw])
        >>> found_at_once(items).texts
        ['Jadwal\nlokasi', None, None]
    """
    found = Found([], {})
    ends = list(accumulate(map(len, written)))
    start = before = 0
    while start < len(ends):
        stop = max(start + 1, bisect_right(ends, before + _RUN))
        before = ends[stop - 1]
        _find(written[start:stop], found)
        start = stop
    return found


def _find(run: Sequence[msgspec.Raw | bytes], found: Found) -> None:
    """Add what stands in one run."""
    nothing = [None] * len(run)
    if sum(map(len, run)) > _RUN:
        found.texts.extend(nothing)
        return
    whole = b"\n".join([*run, _PADDING])
    if whole.find(_SLASHED, 0, _LOOKED_AT) >= 0:
        run = [_unslashed(bytes(one)) for one in run]
        whole = b"\n".join([*run, _PADDING])
    plain, links, is_special = marks_replaced(whole)
    try:
        read = _texts(plain)
    except (msgspec.DecodeError, UnicodeError):
        found.texts.extend(nothing)
        return
    first = len(found.texts)
    found.texts.extend(map(_settled, read, repeat(is_special)))
    if links:
        ends = list(accumulate([len(one) + 1 for one in run]))
        for place, address in links:
            index = first + bisect_right(ends, place)
            others = found.links.get(index)
            found.links[index] = tuple(dict.fromkeys((*others, address))) if others else (address,)


def _unslashed(written: bytes) -> bytes:
    """Take out the backslashes that stand before slashes, as far as those are sure to be meant."""
    return written if b"\\\\" in written else written.replace(b"\\/", b"/")


def _settled(text: str | None, is_special: bool) -> str | None:
    """Return what is left of a text when its marks are gone; None when some are left."""
    if text is None or "<" in text:
        return None
    if is_special or "&" in text:
        short = None if is_special else with_ampersands(text)
        if short is None:
            simple = settled(text, [])
            return None if simple is None else simple.text
        text = short
    return text.strip()


def marks_replaced(written: bytes) -> tuple[bytes, list[tuple[int, str]], bool]:
    """Put in the place of each known mark what it means; leave all others as they are.

    Args:
        written: texts in JSON, and behind them as many bytes as `_PADDING`.

    Returns:
        What is left; where each link stood, and where it leads; whether what is left is `_SPECIAL` somewhere.
    """
    # Slow to import, for numpy: see `is_worth`.
    from detector import kernel  # noqa: PLC0415

    if using := kernel.loaded():
        return using.replace_marks(written, _known(), _LONGEST_ADDRESS)
    return marks_replaced_in_passes(written)


@cache
def _known() -> NDArray[np.uint64]:
    """Return the marks as the kernel takes them, shape (n_marks, 5)."""
    import numpy as np  # noqa: PLC0415

    rows = [(one.code, one.mask, one.size, len(one.meaning) // 2, one.is_break) for one in _KNOWN]
    return np.array(rows, dtype=np.uint64)


def marks_replaced_in_passes(written: bytes) -> tuple[bytes, list[tuple[int, str]], bool]:
    """Do what `marks_replaced` does by numpy, with texts in which no `_GONE` stands."""
    whole = bytearray(written)
    links = _marks_filled(whole)
    plain = bytes(whole.translate(None, _GONE))
    return plain, links, _SPECIAL.search(plain) is not None


def _marks_filled(whole: bytearray) -> list[tuple[int, str]]:
    """Put in the place of each known mark what it means and `_GONE` for the rest of it.

    Returns:
        Where each link stood, and where it leads.
    """
    import numpy as np  # noqa: PLC0415

    characters = np.frombuffer(whole, np.uint8)
    places = np.flatnonzero(characters == _OPENING)
    starts = len(whole) - len(_PADDING)
    words = np.ndarray((starts,), "<u8", whole, strides=(1,))[places]
    anchors: list[int] = places[words & _ANCHOR.mask == _ANCHOR.code].tolist()
    left = len(places) - len(anchors)
    for known in _KNOWN:
        is_known = words & known.mask == known.code
        at = places[is_known]
        left -= len(at)
        if not len(at):
            continue
        size, meaning = known.size, known.meaning
        parts = [(at, size, meaning)]
        if meaning:
            after = words[is_known] >> 8 * size
            following = after & 0xFF
            if known.is_break:
                # Spaces after a break belong to it, in any number; what is quoted after it does not.
                parts = [(at[_are_read_on(after)], size, meaning)]
            # A new line after a mark that means one belongs to it; at the end of all, none is meant.
            parts.append((at[after & 0xFFFF == _NEW_LINE], size + 2, meaning))
            parts.append((at[following == _QUOTE], size, b""))
        else:
            if size > _LOOKED:
                at = at[characters[at + size - 1] == _CLOSING]
            # What stands within the bytes of one character is no mark, but damage.
            parts = [(at[characters[at + size] & _TOP_BITS != _CONTINUES], size, meaning)]
        for some, length, filling in parts:
            if len(some):
                marks = np.ndarray((starts,), f"V{length}", whole, strides=(1,))
                marks[some] = np.void(filling.ljust(length, _GONE))
        if not left:
            break
    return list(_links_replaced(whole, anchors))


def _are_read_on(after: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Say which of the bytes behind breaks begin with no white space."""
    first = after & 0xFF
    are: NDArray[np.bool_] = (first != _SPACE) & (first != _BACKSLASH)
    are |= after & 0xFFFF == _QUOTED
    return are


def _links_replaced(whole: bytearray, anchors: list[int]) -> Iterator[tuple[int, str]]:
    for place in anchors:
        link = _LINK.match(whole, place)
        if link is not None and whole[end := link.end()] & _TOP_BITS != _CONTINUES:
            yield place, link[1].decode()
            whole[place:end] = _GONE * (end - place)
