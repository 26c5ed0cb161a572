"""Fold text to one plain byte per character, keeping the way back to the original offsets.

Scam posts hide their words: styled letters, look-alikes from other scripts, zero-width marks, letters
spelled with spaces, digits for letters. Folding undoes all of that for a whole batch at once, as numpy
arrays, so that rules and n-grams see the same plain text whoever wrote it.

The folded alphabet is one byte a character: lower-case ASCII, newline, and codes 128 to 255 into which
every other character (emoji, other scripts) is hashed. Byte offset and character offset are therefore
the same number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detector.characters import dressed, fold_character
from detector.matching import matched
from detector.respelling import (
    BLANK,
    DROPPED,
    WIDE,
    Bytes,
    Offsets,
    deleted,
    in_digits,
    respelled,
    stacked,
)

PAD: Final = 8
"""Zero bytes after each text of a batch, so that no n-gram of up to 8 bytes straddles two texts."""

STRETCH: Final = 1 << 18
"""Bytes folded or codes scored together, about: the arrays that takes fit the cache of one core."""

_SEVERAL, _UNSEEN = 2, 3


class _FoldTable:
    """Code point to folded byte for everything outside ASCII, filled in as code points are first met."""

    def __init__(self) -> None:
        self._several: dict[int, bytes] = {}

    @cached_property
    def _codes(self) -> Bytes:
        # A megabyte that a program which folds nothing does not need.
        return np.full(0x110000, _UNSEEN, dtype=np.uint8)

    def codes(self, points: NDArray[np.int64]) -> Bytes:
        codes: Bytes = self._codes[points]
        unseen = codes == _UNSEEN
        if unseen.any():
            for point in set(points[unseen].tolist()):
                self._meet(point)
            codes = self._codes[points]
        return codes

    def _meet(self, point: int) -> None:
        folded = fold_character(chr(point))
        if not folded:
            self._codes[point] = DROPPED
        elif len(folded) == 1:
            self._codes[point] = folded[0]
        else:
            self._codes[point] = _SEVERAL
            self._several[point] = folded

    def spelled(self, point: int) -> bytes:
        """Return what a code point that folds to several bytes folds to."""
        return self._several[point]


_TABLE: Final = _FoldTable()


def _ascii_codes() -> bytes:
    codes = bytearray([DROPPED]) * 256
    codes[0] = 0
    for point in range(1, 128):
        codes[point] = (fold_character(chr(point)) or bytes([DROPPED]))[0]
    codes[0xC0:] = bytes([_UNSEEN]) * 64
    return bytes(codes)


_OF_BYTE: Final = _ascii_codes()
"""UTF-8 byte to folded byte: ASCII folded, continuation bytes dropped, first bytes marked `_UNSEEN`."""


class Folded:
    """One folded text and the way back to the text as given.

    Args:
        original: the text as given.
        codes: folded text, one byte a character.
        origins: offset in `original` of each code, shape (n_codes,); None for a bare text, whose spans
            stay spans of the folded text.
    """

    def __init__(self, original: str, codes: bytes, origins: Offsets | None) -> None:
        self.codes = codes
        self._origins = origins
        self.original = original if origins is not None else self.text

    @cached_property
    def text(self) -> str:
        """The folded text as a string; characters outside ASCII are placeholders."""
        return self.codes.decode("latin-1")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the text as given that `codes[start:end]` was folded from.

        Marks that were dropped after the last character (a keycap's ring, a variation selector)
        belong to it.

        Raises:
            ValueError: the span is empty or reaches outside the folded text.
        """
        if not 0 <= start < end <= len(self.codes):
            raise ValueError(f"span {start}:{end} is not within 0:{len(self.codes)}")
        if self._origins is None:
            return start, end
        stop = int(self._origins[end - 1]) + 1
        while stop < len(self.original) and not fold_character(self.original[stop]):
            stop += 1
        return int(self._origins[start]), stop

    def part(self, start: int, end: int) -> tuple[Folded, int]:
        """Return the folded text from `start` to `end`, and where its original begins."""
        end = min(end, len(self.codes))
        first, last = self.span(start, end)
        origins = None if self._origins is None else self._origins[start:end] - first
        return Folded(self.original[first:last], self.codes[start:end], origins), first


def styled_places(text: str) -> list[int]:
    """Return where a text's letters are dressed up."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return (dressed()[points]).nonzero()[0].tolist()


class FoldedBatch(Sequence[Folded]):
    """Many texts folded together; the way back is found again only for the texts that are asked for.

    Attributes:
        originals: the texts as given, in UTF-8.
        codes: `PAD` zero bytes, then all folded texts in order, `PAD` zeros after each, shape (n_codes,).
        raw: the same as bytes.
        starts, ends: where each text lies in `codes`, shape (n_texts,).
        styled: how many characters of each text are dressed up (`detector.characters.STYLED`), by index; none where there are none.
    """

    def __init__(self, originals: Sequence[bytes], raw: bytes, styled: dict[int, int]) -> None:
        self.originals = originals
        self.raw = raw
        self.styled = styled
        self.codes: Bytes = np.frombuffer(raw, dtype=np.uint8)
        pads = (self.codes == 0).nonzero()[0].reshape(-1, PAD)
        self.starts: Offsets = pads[:-1, -1] + 1
        self.ends: Offsets = pads[1:, 0]
        self._joined: dict[tuple[int, ...], tuple[Folded, Sequence[int], Sequence[int]]] = {}

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))

    @cached_property
    def _origins(self) -> Offsets:
        """Which character, of all texts with their zeros laid end to end, each code came from."""
        _, origins, _ = _folded(_joined(self.originals), traced=True)
        assert origins is not None
        return origins

    def __len__(self) -> int:
        return len(self.originals)

    def __getitem__(self, index: int) -> Folded:  # type: ignore[override]  # no slices are needed
        start, end = self._bounds[index]
        # The zero before a text is the last character before its first.
        origins = self._origins[start:end] - (self._origins[start - 1] + 1)
        return Folded(self.original(index), self.raw[start:end], origins)

    def original(self, index: int) -> str:
        """Return one text as given."""
        return self.originals[index].decode("utf-8", "surrogatepass")

    def matching(self, pattern: Any, among: Sequence[int]) -> list[int]:
        """Return which texts a compiled RE2 pattern matches, as they were given in UTF-8: one pass over all of them.

        Args:
            pattern: matches no zero byte, so that no match reaches from one text into the next.
            among: indices of the texts to look at, in order.
        """
        some = [self.originals[index] for index in among]
        ends = list(accumulate((len(text) + PAD for text in some), initial=PAD))[1:]
        return [among[place] for place in matched(pattern, _joined(some), ends)]

    def promising(self, pattern: Any, among: Sequence[int]) -> list[int]:
        """Return which folded texts a compiled RE2 pattern matches, and perhaps some more: one pass over all of them.

        Args:
            pattern: may match zero bytes; then a text is returned that the next one completes.
            among: indices of the texts to look at, in order.
        """
        some = list(self.each_codes(among))
        ends = list(accumulate((len(codes) + PAD for codes in some), initial=PAD))[1:]
        return [among[place] for place in matched(pattern, _laid(some), ends)]

    def bare(self, index: int) -> Folded:
        """Return one folded text without the way back: spans in it are spans of the folded text."""
        start, end = self._bounds[index]
        return Folded("", self.raw[start:end], None)

    def joined(
        self, indices: tuple[int, ...], longest: int
    ) -> tuple[Folded, Sequence[int], Sequence[int]]:
        """Lay the texts of some indices end to end, `PAD` zeros between them, without the way back.

        Returns:
            The joined text, where each begins in it, and the indices of those longer than `longest`, left out.
        """
        if indices in self._joined:
            return self._joined[indices]
        if len(indices) == len(self) and int((self.ends - self.starts).max(initial=0)) <= longest:
            self._joined[indices] = Folded("", self.raw, None), self.starts.tolist(), []
        else:
            pieces, starts, left_out, at = [], [], [], 0
            for index in indices:
                start, end = self._bounds[index]
                starts.append(at)
                if end - start > longest:
                    left_out.append(index)
                else:
                    pieces.append(self.raw[start : end + PAD])
                    at += end + PAD - start
            self._joined[indices] = Folded("", b"".join(pieces), None), starts, left_out
        return self._joined[indices]

    def each_codes(self, among: Iterable[int] | None = None) -> Iterator[bytes]:
        """Yield folded texts' bytes, without the way back; all of them unless some are named."""
        raw, bounds = self.raw, self._bounds
        for start, end in bounds if among is None else map(bounds.__getitem__, among):
            yield raw[start:end]


def fold(texts: Sequence[str]) -> FoldedBatch:
    """Fold a batch of texts.

    Examples:
        >>> batch = fold(["S L O T 𝕘𝕒𝕔𝕠𝕣", "T3bus  Murahhhh!"])
        >>> [one.text for one in batch]
        ['slot gacor', 'tebus murah!']
        >>> start, end = batch[1].span(0, 5)
        >>> "T3bus  Murahhhh!"[start:end]
        'T3bus'
    """
    return fold_utf8([utf8(text) for text in texts])


def fold_utf8(texts: Sequence[bytes]) -> FoldedBatch:
    """Fold a batch of texts that are in UTF-8 already, as `utf8` gives it."""
    raw, _, styled = _folded(_joined(texts), traced=False)
    if not len(styled):
        return FoldedBatch(texts, raw, {})
    ends = np.cumsum([len(text) + PAD for text in texts]) + PAD
    places = np.searchsorted(ends, styled, side="right")
    return FoldedBatch(texts, raw, dict(Counter(places.tolist())))


def stretches(texts: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Cut texts into runs of about `STRETCH` bytes."""
    first, length = 0, 0
    for index, size in enumerate(map(len, texts)):
        if index > first and length + size > STRETCH:
            yield texts[first:index]
            first, length = index, 0
        length += size
    if first < len(texts):
        yield texts[first:]


def together(batches: Sequence[FoldedBatch]) -> FoldedBatch:
    """Make one batch of several, one at least."""
    if len(batches) == 1:
        return batches[0]
    originals: list[bytes] = []
    styled: dict[int, int] = {}
    for batch in batches:
        styled.update((index + len(originals), count) for index, count in batch.styled.items())
        originals += batch.originals
    raw = b"".join([bytes(PAD), *(batch.raw[PAD:] for batch in batches)])
    return FoldedBatch(originals, raw, styled)


def utf8(text: str) -> bytes:
    """Return a text in UTF-8; half a surrogate pair is no reason to fail."""
    return text.encode("utf-8", "surrogatepass")


def _laid(texts: Sequence[bytes]) -> bytes:
    """Lay texts without zeros end to end, `PAD` zeros before the first and after each."""
    pad = bytes(PAD)
    return pad.join([b"", *texts, b""]) if texts else pad


def _joined(texts: Sequence[bytes]) -> bytes:
    """Lay texts end to end, `PAD` zeros before the first and after each, and a blank for each zero in them."""
    pad, joined = bytes(PAD), _laid(texts)
    zeros = np.count_nonzero(np.frombuffer(joined, dtype=np.uint8) == 0)
    if zeros == PAD * (len(texts) + 1):
        return joined
    return pad.join([b"", *(text.replace(b"\0", b" ") for text in texts), b""])


def _folded(encoded: bytes, *, traced: bool) -> tuple[bytes, Offsets | None, Offsets]:
    """Fold UTF-8.

    Returns:
        The codes; with `traced`, which character each came from; where in `encoded` styled characters begin.
    """
    codes = np.frombuffer(bytearray(encoded.translate(_OF_BYTE)), dtype=np.uint8)
    origins = None
    if traced:
        firsts = (np.frombuffer(encoded, dtype=np.uint8) & 0xC0) != 0x80  # noqa: PLR2004 - continuation bytes
        origins = np.cumsum(firsts) - 1
    leads = (codes == _UNSEEN).nonzero()[0]
    styled = np.zeros(0, dtype=np.int64)
    spelled: list[tuple[int, bytes]] = []
    if len(leads):
        points = _points(encoded, leads)
        found = _TABLE.codes(points)
        codes[leads] = found
        styled = leads[dressed()[points]]
        spelled = [
            (int(leads[place]), _TABLE.spelled(int(points[place])))
            for place in (found == _SEVERAL).nonzero()[0].tolist()
        ]
    if spelled:
        codes, origins = _spelled_out(codes, origins, spelled)
    codes, origins = deleted(codes, origins)
    codes[stacked(codes)] = BLANK
    blank = codes == BLANK
    twice = (blank[1:] & blank[:-1]).nonzero()[0] + 1
    if len(twice):
        codes[twice - 1] = WIDE
        codes[twice] = DROPPED
        codes, origins = deleted(codes, origins)
    codes, origins = respelled(*in_digits(codes, origins))
    return codes.tobytes().replace(bytes([WIDE]), bytes([BLANK])), origins, styled


def _points(encoded: bytes, leads: Offsets) -> NDArray[np.int64]:
    """Decode the characters whose first bytes stand at `leads`."""
    octets = np.frombuffer(encoded, dtype=np.uint8)
    # Wrapped at the end, where only `PAD` stands and nothing is read.
    first, second, third, fourth = (
        octets.take(leads + step, mode="wrap").astype(np.int64) for step in range(4)
    )
    two = (first & 0x1F) << 6 | (second & 0x3F)
    three = (first & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F)
    four = (first & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | (fourth & 0x3F)
    return np.where(first < 0xE0, two, np.where(first < 0xF0, three, four))  # noqa: PLR2004 - lengths in UTF-8


def _spelled_out(
    codes: Bytes, origins: Offsets | None, spelled: Sequence[tuple[int, bytes]]
) -> tuple[Bytes, Offsets | None]:
    """Put several bytes in the place of one, all of them pointing at the one original."""
    raw, pieces, start = codes.tobytes(), [], 0
    for place, letters in spelled:
        pieces += [raw[start:place], letters]
        start = place + 1
    pieces.append(raw[start:])
    if origins is not None:
        counts = np.ones(len(codes), dtype=np.int64)
        counts[[place for place, _ in spelled]] = [len(letters) for _, letters in spelled]
        origins = np.repeat(origins, counts)
    return np.frombuffer(bytearray(b"".join(pieces)), dtype=np.uint8), origins
