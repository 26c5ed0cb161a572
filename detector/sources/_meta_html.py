"""Meta's exports in HTML: the blocks a page is made of, whatever year drew it.

The bytes are read as a stream of tags, not made into a tree: a tree of a large page fills the memory,
and one of tags nested 200,000 deep, a megabyte, takes minutes to build.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from detector.sources._encodings import beginning
from detector.sources._meta_times import Clock, is_time, local_moment

__all__ = ["Block", "Clock", "blocks", "is_time", "local_moment"]

_TOKEN: Final = re.compile(
    rb"<!--.*?(?:-->|\Z)"
    rb"|<(?P<silent>script|style|template|noscript|title)\b.*?(?:</(?P=silent)\s{0,9}>|\Z)"
    rb"|<(?P<close>/?)(?P<tag>[a-z][a-z0-9]{0,15})"
    rb"(?P<more>(?:[^<>\"']++|\"[^\"<]{0,9999}+\"|'[^'<]{0,9999}+')*+)>"
    rb"|(?P<text>[^<]++|<)",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(
    rb"([a-z-]{1,20}+)\s{0,9}=\s{0,9}(?:\"([^\"]*+)\"|'([^']*+)')", re.IGNORECASE
)
_BLOCKS: Final = frozenset({b"_a6-g", b"uiBoxWhite", b"_2lej"})
"""Classes of the box around one record: since 2021, in all years, and to 2020."""
_HEADS: Final = frozenset({b"_a6-h", b"_2lek"})
_TIMES: Final = frozenset({b"_a6-o", b"_2lem", b"_a72d"})
_CELLS: Final = frozenset({b"_a6-q"})
_BOXED: Final = re.compile(
    rb"class\s{0,9}=\s{0,9}[\"'](?:[^\"'<>]{0,300}\s)?(?:_a6-g|uiBoxWhite|_2lej)[\s\"']"
)
_HEADINGS: Final = frozenset({b"h1", b"h2", b"h3", b"h4", b"h5", b"h6"})
_VOID: Final = frozenset(
    {b"img", b"input", b"meta", b"link", b"base", b"source", b"hr", b"wbr", b"area", b"col", b"embed", b"track"}
)  # fmt: skip
_INLINE: Final = frozenset(
    {
        b"a", b"abbr", b"b", b"bdi", b"bdo", b"code", b"em", b"font", b"i", b"label", b"mark", b"s",
        b"small", b"span", b"strong", b"sub", b"sup", b"time", b"u",
    }
)  # fmt: skip
_SHOWS: Final = {
    b"a": b"href",
    b"img": b"src",
    b"video": b"src",
    b"audio": b"src",
    b"source": b"src",
}
_FILMS: Final = frozenset({b"video", b"audio"})
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,20}:|[/#?]", re.IGNORECASE)
_SHIMS: Final = frozenset({"l.facebook.com", "lm.facebook.com", "l.instagram.com"})
_CLOSES: Final = 64
"""Open tags among which the one that is closed is looked for."""
_CLIMBED: Final = 60
"""Levels between a time and the top of its record, at most."""


class Block(NamedTuple):
    """One record as a page shows it; texts keep their line breaks."""

    text: str
    """What stands in it besides title, time and rows."""
    when: str | None
    """The local time as written, or None."""
    media: tuple[str, ...]
    """Paths within the export."""
    links: tuple[str, ...]
    """Where its links lead, without the platform's redirection."""
    rows: tuple[tuple[str, str], ...]
    """(label, value) of its tables; a label without a value has an empty one."""
    title: str
    """The box's heading: Instagram's caption, Facebook's sentence on what was done."""


def blocks(raw: bytes) -> Iterator[Block]:
    r"""Yield the records of one page in its order; one that is cut off comes last, as far as it goes.

    Boxes are known by class names, which have lasted since 2018; on a page without any of them, by
    what they hold: one time, or one table.

    Args:
        raw: the whole page; in UTF-8, or in UTF-16 with its mark. Bad bytes become U+FFFD.

    Examples:
        >>> page = b'<div class="_a6-g"><h2>Rapat<br>pleno</h2><div class="_a6-o">Nov 21, 2024 1:14 am</div></div>'
        >>> [(one.title, one.when) for one in blocks(page)]
        [('Rapat\npleno', 'Nov 21, 2024 1:14 am')]
    """
    if raw[:1] in {b"\xff", b"\xfe"} or raw[1:2] == b"\0":
        raw = beginning(raw).encode("utf-8", "replace")
    boxes = None if _BOXED.search(raw) else _by_shape(raw)
    yield from _Page(boxes).read(raw)


class _Words:
    """Text in pieces; each piece is what stands between two tags that begin a new line."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._parts: list[str] = []
        self.is_empty = True

    def add(self, text: str) -> None:
        self._parts.append(text)
        self.is_empty = self.is_empty and text.isspace()

    def line(self) -> None:
        if self._parts:
            self._pieces.append("".join(self._parts))
            self._parts.clear()

    def said(self) -> list[str]:
        self.line()
        stripped = (piece.strip() for piece in self._pieces)
        return [piece for piece in stripped if piece]


class _Row(_Words):
    """The words of one row of a table."""


class _Box:
    """A block while it is read."""

    def __init__(self) -> None:
        self.title = _Words()
        self.body = _Words()
        self.time = _Words()
        self.loose = _Words()
        self.media: dict[str, None] = {}
        self.links: dict[str, None] = {}
        self.rows: list[tuple[str, str]] = []
        self.inner: list[Block] = []

    def finished(self) -> list[Block]:
        """Return what it was: one record, or only a frame around others."""
        head, body, times, loose = (
            words.said() for words in (self.title, self.body, self.time, self.loose)
        )
        when = next(filter(is_time, times), times[0] if times else None)
        if when is None:
            for words in (body, head):
                place = next((n for n in reversed(range(len(words))) if is_time(words[n])), None)
                if place is not None:
                    when = words.pop(place)
                    break
        rows = [*self.rows, *zip(loose[::2], loose[1::2], strict=False)]
        title = "\n".join(head)
        if self.inner and not (when or rows or self.media):
            return [one if one.title else one._replace(title=title) for one in self.inner]
        for one in self.inner:
            when = when or one.when
            rows += one.rows
            body += filter(None, (one.title, one.text))
            self.media.update(dict.fromkeys(one.media))
            self.links.update(dict.fromkeys(one.links))
        shown = tuple(self.media), tuple(self.links), tuple(rows)
        return [Block("\n".join(body), when, *shown, title)]


class _Open(NamedTuple):
    """A tag that is open, and what becomes of words after it is closed."""

    tag: bytes
    sink: _Words | None
    box: _Box | None = None
    row: _Row | None = None


class _Page:
    """Reads tags one after another.

    Args:
        boxes: numbers of the tags that are boxes; None when classes tell.
    """

    def __init__(self, boxes: Collection[int] | None) -> None:
        self._boxes = boxes
        self._number = -1
        self._open: list[_Open] = []
        self._stack: list[_Box] = []
        self._sink: _Words | None = None
        self._done: list[Block] = []

    def read(self, raw: bytes) -> Iterator[Block]:
        for token in _TOKEN.finditer(raw):
            if (text := token["text"]) is not None:
                if self._sink is not None:
                    self._sink.add(_text(text))
            elif (tag := token["tag"]) is not None:
                if token["close"]:
                    self._closes(tag.lower())
                else:
                    self._opens(tag.lower(), token["more"])
            if self._done:
                yield from self._done
                self._done.clear()
        while self._open:
            self._pop()
        yield from self._done

    def _opens(self, tag: bytes, more: bytes) -> None:
        self._number += 1
        if tag == b"br":
            if self._sink is not None:
                self._sink.add("\n")
            return
        attributes = _attributes(more) if b"=" in more else {}
        classes = frozenset(attributes.get(b"class", b"").split())
        if self._is_box(tag, classes):
            self._opens_box(tag)
            return
        if self._stack and tag in _SHOWS and self._sink is not self._stack[-1].time:
            self._shows(attributes.get(_SHOWS[tag], b""))
        if tag in _VOID or more.endswith(b"/"):
            return
        row = _Row() if tag == b"tr" and self._stack else None
        self._open.append(_Open(tag, self._sink, row=row))
        self._sink = row or self._sink_for(tag, classes)
        if self._sink is not None and tag not in _INLINE:
            self._sink.line()

    def _sink_for(self, tag: bytes, classes: frozenset[bytes]) -> _Words | None:
        """Say where the words inside a tag belong; in a table they stay there."""
        if tag in _FILMS:
            return None  # "Click for video:", for browsers that show none
        if not self._stack or isinstance(self._sink, _Row):
            return self._sink
        box = self._stack[-1]
        if tag in _HEADINGS or classes & _HEADS:
            return box.title
        if tag == b"footer" or classes & _TIMES:
            return box.time
        return box.loose if classes & _CELLS else self._sink

    def _is_box(self, tag: bytes, classes: frozenset[bytes]) -> bool:
        if self._boxes is not None:
            return self._number in self._boxes
        return tag not in _VOID and bool(classes & _BLOCKS)

    def _opens_box(self, tag: bytes) -> None:
        # A time ends a record: what has one and is still open lost its closing tag.
        while self._stack and not self._stack[-1].time.is_empty:
            self._pop()
        box = _Box()
        self._open.append(_Open(tag, self._sink, box))
        self._stack.append(box)
        self._sink = box.body

    def _closes(self, tag: bytes) -> None:
        if tag not in (one.tag for one in self._open[-_CLOSES:]):
            return
        while self._pop() != tag:
            pass

    def _pop(self) -> bytes:
        closed = self._open.pop()
        if closed.row is not None and self._stack:
            said = closed.row.said()
            if said:
                self._stack[-1].rows.append((said[0], "\n".join(said[1:])))
        if closed.box is not None:
            self._stack.pop()
            target = self._stack[-1].inner if self._stack else self._done
            target.extend(closed.box.finished())
        self._sink = closed.sink
        if closed.tag not in _INLINE and self._sink is not None:
            self._sink.line()
        return closed.tag

    def _shows(self, value: bytes) -> None:
        address = _text(value).strip()
        box = self._stack[-1]
        if address.lower().startswith(("http://", "https://")):
            box.links[_destination(address)] = None
        elif address and not _SCHEME.match(address):
            path = unquote(address)
            while path.startswith(("../", "./")):
                path = path.partition("/")[2]
            if path and not path.lower().endswith((".html", ".htm")):
                box.media[path] = None


def _by_shape(raw: bytes) -> frozenset[int]:
    """Return the numbers of the tags that are one record each, on a page whose classes are unknown.

    A record is the widest part of the page that holds one time outside of tables; where there is no
    such time, the widest that holds one table.
    """
    parents: list[int] = []
    open_tags: list[tuple[bytes, int]] = []
    times: list[int] = []
    tables: list[int] = []
    for token in _TOKEN.finditer(raw):
        tag = (token["tag"] or b"").lower()
        if not tag:
            text = token["text"] or b""
            is_cell = any(one[0] == b"tr" for one in open_tags[-8:])
            if open_tags and len(text) < 200 and not is_cell and is_time(_text(text)):  # noqa: PLR2004
                times.append(open_tags[-1][1])
        elif not token["close"]:
            parents.append(open_tags[-1][1] if open_tags else -1)
            if tag == b"table":
                tables.append(len(parents) - 1)
            if tag not in _VOID and tag != b"br" and not token["more"].endswith(b"/"):
                open_tags.append((tag, len(parents) - 1))
        elif tag in (one for one, _ in open_tags[-_CLOSES:]):
            while open_tags.pop()[0] != tag:
                pass
    return _widest(parents, times or tables)


def _widest(parents: list[int], marks: list[int]) -> frozenset[int]:
    held: dict[int, int] = {}
    for mark in marks:
        for place in _upwards(parents, mark):
            held[place] = held.get(place, 0) + 1
    found = set()
    for mark in marks:
        alone = [place for place in _upwards(parents, mark) if held[place] == 1]
        # The page itself holds one record when there is only one.
        found.add(alone[-1] if alone else mark)
    return frozenset(found)


def _upwards(parents: list[int], place: int) -> Iterator[int]:
    for _ in range(_CLIMBED):
        if place < 0:
            return
        yield place
        place = parents[place]


def _attributes(more: bytes) -> dict[bytes, bytes]:
    return {
        match[1].lower(): match[2] if match[2] is not None else match[3]
        for match in _ATTRIBUTE.finditer(more)
    }


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    if "&" in text:
        text = html.unescape(text)
        # A reference may name half a character, such as &#xD83D;
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _destination(address: str) -> str:
    """Return where a link leads, past the platform's own redirection."""
    try:
        parts = urlsplit(address)
        if parts.hostname in _SHIMS:
            wanted = parse_qs(parts.query, max_num_fields=20).get("u", [""])[0]
            if wanted.startswith(("http://", "https://")):
                return wanted
    except ValueError:
        pass  # no address, such as http://[; it stays as it is
    return address
