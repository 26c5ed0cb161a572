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

from detector import kernel
from detector.characters import dressed, fold_character
from detector.folding import folded
from detector.kernel import PAD
from detector.matching import matched
from detector.respelling import Bytes, Offsets

STRETCH: Final = 1 << 18
"""Bytes folded or codes scored together, about: the arrays that takes fit the cache of one core."""


_A: Final = np.uint8(97)
_LINE_END, _HASH = 10, 35


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
        self.ends: Offsets = pads[1:, 0].copy()
        self._joined: dict[tuple[int, ...], tuple[Folded, Sequence[int], Sequence[int]]] = {}

    @cached_property
    def tally(self) -> Offsets:
        """How many letters, line ends, hashtags and codes outside ASCII each text has, shape (n_texts, 4)."""
        using = kernel.loaded()
        count = using.tally if using else tally_in_passes
        return count(self.codes, self.starts, self.ends)

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))

    @cached_property
    def _origins(self) -> Offsets:
        """Which character, of all texts with their zeros laid end to end, each code came from."""
        _, origins, _ = folded(laid_out(self.originals), traced=True)
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
        return [among[place] for place in matched(pattern, laid_out(some), ends)]

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


def are_letters(codes: Bytes) -> NDArray[np.bool_]:
    """Return which codes are letters a to z."""
    return codes - _A < 26  # noqa: PLR2004 - the letters


def tally_in_passes(codes: Bytes, starts: Offsets, ends: Offsets) -> Offsets:
    """Count what `FoldedBatch.tally` tells by numpy."""
    edges = np.empty(2 * len(starts), dtype=np.int64)
    edges[::2], edges[1::2] = starts, ends
    outside = codes >= 128  # noqa: PLR2004 - ASCII ends there
    counts = np.empty((len(starts), 4), dtype=np.int64)
    for place, has in enumerate((are_letters(codes), codes == _LINE_END, codes == _HASH, outside)):
        # All but letters are so rare that looking up where they stand is faster than adding up everything.
        before = has.nonzero()[0].searchsorted(edges)
        counts[:, place] = before[1::2] - before[::2]
    return counts


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
    raw, _, styled = folded(laid_out(texts))
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


def laid_out(texts: Sequence[bytes]) -> bytes:
    """Lay texts end to end, `PAD` zeros before the first and after each, and a blank for each zero in them."""
    pad, joined = bytes(PAD), _laid(texts)
    zeros = np.count_nonzero(np.frombuffer(joined, dtype=np.uint8) == 0)
    if zeros == PAD * (len(texts) + 1):
        return joined
    return pad.join([b"", *(text.replace(b"\0", b" ") for text in texts), b""])
