"""Fold text to one plain byte per character, keeping the way back to the original offsets.

Scam posts hide their words: styled letters, look-alikes from other scripts, zero-width marks, letters
spelled with spaces, digits for letters. Folding undoes all of that for a whole batch at once, as numpy
arrays, so that rules and n-grams see the same plain text whoever wrote it.

The folded alphabet is one byte a character: lower-case ASCII, newline, and codes 128 to 255 into which
every other character (emoji, other scripts) is hashed. Byte offset and character offset are therefore
the same number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]

PAD: Final = 8
"""Zero bytes after each text of a batch, so that no n-gram of up to 8 bytes straddles two texts."""

_DROPPED, _SEVERAL, _UNSEEN = 1, 2, 3
_LETTER, _DIGIT, _SPACER = 1, 2, 4

_LOOKALIKES: Final[dict[str, str]] = {
    # Upper case first seen as drawn: Greek Η is an H although its lower case looks like an n.
    **dict(zip("АВЕКМНОРСТУХІЅЈԌ", "abekmhopctyxisjg", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True)),
    **dict(zip("авгеікмнорсѕтухјһԁԛԝь", "abreikmhopcstyxjhdqwb", strict=True)),
    **dict(zip("αβγεηικνορτυχω", "abyenikvoptuxw", strict=True)),
    **dict(zip("օսհոցքյ", "ouhngpj", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True)),
    **dict(zip("ɑɡıłøđħŧƒɩɴⲟⲣⲥⲉ", "agilodhtfinopce", strict=True)),
    **{chr(0x1F150 + i): chr(97 + i) for i in range(26)},
    **{chr(0x1F170 + i): chr(97 + i) for i in range(26)},
    **{chr(0x1F1E6 + i): chr(97 + i) for i in range(26)},
    **dict.fromkeys("‘’‚‛`´ʼ′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("∕⁄", "/"),
    "×": "x",
    "\t": " ",
    "\r": " ",
    "\n": "\n",
    "\x0b": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
}  # fmt: skip


def _hashed(character: str) -> int:
    """Put a character outside ASCII into one of the codes 128 to 255, the same on every machine."""
    return 128 + ((ord(character) * 2_654_435_761 >> 12) & 127)


def fold_character(character: str) -> bytes:
    """Fold one character; the empty string means it is dropped.

    Examples:
        >>> fold_character("𝐒"), fold_character("Ⓖ"), fold_character("ﬂ"), fold_character("é")
        (b's', b'g', b'fl', b'e')
        >>> fold_character("\\u200b"), fold_character("😀") == fold_character("😀")
        (b'', True)
    """
    if (plain := _LOOKALIKES.get(character)) is not None:
        return plain.encode()
    folded = bytearray()
    for part in unicodedata.normalize("NFKD", character):
        category = unicodedata.category(part)
        if category in {"Mn", "Me", "Cf", "Cc", "Sk", "Co", "Cn"} and part not in "^`~":
            continue
        if category in {"Zs", "Zl", "Zp"}:
            part = " "  # noqa: PLW2901 - the part is what is being folded
        elif category == "Pd":
            part = "-"  # noqa: PLW2901
        elif category in {"Nd", "No"} and (digit := unicodedata.digit(part, None)) is not None:
            part = str(digit)  # noqa: PLW2901
        lowered = _LOOKALIKES.get(part) or part.lower()
        for small in lowered:
            plain = _LOOKALIKES.get(small, small)
            folded += plain.encode() if plain.isascii() else bytes([_hashed(plain)])
    if len(folded) > 1 and any(code >= 128 for code in folded):  # noqa: PLR2004 - ASCII ends there
        return bytes([_hashed(character)])
    return bytes(folded)


class _FoldTable:
    """Code point to folded byte, filled in as code points are first met."""

    def __init__(self) -> None:
        self._codes: Bytes = np.full(0x110000, _UNSEEN, dtype=np.uint8)
        self._codes[0] = 0
        self._several: dict[int, bytes] = {}

    def codes(self, points: NDArray[np.uint32]) -> Bytes:
        codes: Bytes = self._codes[points]
        unseen = codes == _UNSEEN
        if unseen.any():
            for point in np.unique(points[unseen]).tolist():
                self._meet(point)
            codes = self._codes[points]
        return codes

    def _meet(self, point: int) -> None:
        folded = fold_character(chr(point))
        if not folded:
            self._codes[point] = _DROPPED
        elif len(folded) == 1:
            self._codes[point] = folded[0]
        else:
            self._codes[point] = _SEVERAL
            self._several[point] = folded

    def spell_out(
        self, points: NDArray[np.uint32], codes: Bytes, origins: Offsets
    ) -> tuple[Bytes, Offsets]:
        """Replace each `_SEVERAL` by its bytes, all of them pointing at the one original."""
        at = np.flatnonzero(codes == _SEVERAL)
        spelled = [self._several[point] for point in points[origins[at]].tolist()]
        counts = np.ones(len(codes), dtype=np.int64)
        counts[at] = [len(folded) for folded in spelled]
        codes, origins = np.repeat(codes, counts), np.repeat(origins, counts)
        codes[codes == _SEVERAL] = np.frombuffer(b"".join(spelled), dtype=np.uint8)
        return codes, origins


_TABLE: Final = _FoldTable()

_CLASS: Final[Bytes] = np.zeros(256, dtype=np.uint8)
_CLASS[97:123] = _LETTER
_CLASS[48:58] = _DIGIT
_CLASS[np.frombuffer(b" .-_*|,/~'", dtype=np.uint8)] = _SPACER

_LEET: Final[Bytes] = np.arange(256, dtype=np.uint8)
_LEET[np.frombuffer(b"0134578", dtype=np.uint8)] = np.frombuffer(b"oieastb", dtype=np.uint8)


class Folded:
    """One folded text and the way back to the text as given."""

    def __init__(self, original: str, codes: bytes, origins: Offsets) -> None:
        self.original = original
        self.codes = codes
        """Folded text, one byte a character."""
        self._origins = origins

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
        last = int(self._origins[end - 1])
        stop = last + 1
        while stop < len(self.original) and not fold_character(self.original[stop]):
            stop += 1
        return int(self._origins[start]), stop


    def part(self, start: int, end: int) -> tuple[Folded, int]:
        """Return the folded text from `start` to `end`, and where its original begins."""
        end = min(end, len(self.codes))
        first, last = self.span(start, end)
        origins = self._origins[start:end] - first
        return Folded(self.original[first:last], self.codes[start:end], origins), first


class FoldedBatch(Sequence[Folded]):
    """Many texts folded together.

    Attributes:
        codes: `PAD` zero bytes, then all folded texts in order, each followed by `PAD` zero bytes,
            shape (n_codes,).
        starts, ends: where each text lies in `codes`, shape (n_texts,).
    """

    def __init__(
        self, originals: Sequence[str], codes: Bytes, origins: Offsets, firsts: Offsets
    ) -> None:
        self._originals = originals
        self._origins = origins
        self._firsts = firsts
        self.codes = codes
        self._all_codes = codes.tobytes()
        self.starts: Offsets = np.searchsorted(origins, firsts).astype(np.int64)
        self.ends: Offsets = np.append(self.starts[1:], len(codes)) - PAD
        self._bounds = list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self._originals)

    def __getitem__(self, index: int) -> Folded:  # type: ignore[override]  # no slices are needed
        start, end = self._bounds[index]
        return Folded(
            self._originals[index],
            self._all_codes[start:end],
            self._origins[start:end] - self._firsts[index],
        )

    def each_codes(self) -> Iterator[bytes]:
        """Yield every folded text's bytes, without the way back."""
        for start, end in self._bounds:
            yield self._all_codes[start:end]


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
    separator = "\0" * PAD
    joined = separator.join([text.replace("\0", " ") if "\0" in text else text for text in texts])
    points = np.frombuffer(
        (separator + joined + separator).encode("utf-32-le", "surrogatepass"), dtype=np.uint32
    )
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + PAD
    firsts = np.cumsum(lengths) - lengths + PAD
    codes = _TABLE.codes(points)
    blank = codes == 32  # noqa: PLR2004 - a space
    keep = codes != _DROPPED
    keep[1:] &= ~(blank[1:] & blank[:-1])
    origins = np.flatnonzero(keep)
    codes = codes[origins]
    if (codes == _SEVERAL).any():
        codes, origins = _TABLE.spell_out(points, codes, origins)
    codes, origins = _respell(codes, origins)
    return FoldedBatch(texts, codes, origins, firsts)


def _respell(codes: Bytes, origins: Offsets) -> tuple[Bytes, Offsets]:
    """Undo digits inside words, letters spelled with separators, and elongations."""
    kinds = _CLASS[codes]
    letter = kinds == _LETTER
    digits = np.flatnonzero((kinds[1:-1] == _DIGIT) & letter[:-2] & letter[2:]) + 1
    if len(digits):
        codes[digits] = _LEET[codes[digits]]
        # A 2, 6 or 9 stands for no letter and stays a digit.
        letter[digits] = _CLASS[codes[digits]] == _LETTER
    drop = np.zeros(len(codes), dtype=bool)
    same = (codes[1:] == codes[:-1]) & letter[1:] & (codes[1:] != ord("w"))
    twice = same[1:] & same[:-1]
    if twice.any():
        # Of three or more alike, all but the first go.
        drop[2:] |= twice
        drop[1:-1] |= twice
    spelled = _spelled_letters(codes, kinds, letter)
    if len(spelled):
        drop[spelled] = True
    if not drop.any():
        return codes, origins
    keep = np.flatnonzero(~drop)
    return codes[keep], origins[keep]


def _spelled_letters(codes: Bytes, kinds: Bytes, letter: NDArray[np.bool_]) -> Offsets:
    """Find the separators in words written letter by letter, at least four letters long."""
    wordlike = letter | (kinds == _DIGIT) | (codes >= 128)  # noqa: PLR2004 - ASCII ends there
    alone = letter.copy()
    alone[1:] &= ~wordlike[:-1]
    alone[:-1] &= ~wordlike[1:]
    links = np.flatnonzero(alone[:-2] & (kinds[1:-1] == _SPACER) & alone[2:])
    if len(links) < 3:  # noqa: PLR2004 - four letters have three gaps
        return links[:0]
    breaks = (np.diff(links) != 2) | (codes[links[1:] + 1] != codes[links[:-1] + 1])  # noqa: PLR2004
    runs = np.cumsum(np.concatenate(([0], breaks)))
    long_enough = np.bincount(runs)[runs] >= 3  # noqa: PLR2004
    return links[long_enough] + 1
