"""Hashed n-grams of bytes and of words, and their weights added up: arrays over a whole batch, no Python per n-gram.

Every number written is one to a model: digits are masked before hashing, so no telephone number is learned.
"""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector import kernel
from detector.kernel import PAD
from detector.text import FoldedBatch, are_letters

Floats = NDArray[np.float64]
Slots = NDArray[np.int64]

SIZES: Final = (3, 5)
"""Bytes in the n-grams by which kinds of posts are told apart."""

FAMILIES: Final = (("bytes", 4, 18), ("words", 1, 18), ("words", 2, 19))
"""What weights are kept of: the parts, how many of them make an n-gram, and the bits of its slot."""

OFFSETS: Final = tuple(
    sum(1 << bits for _, _, bits in FAMILIES[:place]) for place in range(len(FAMILIES) + 1)
)
"""Where the slots of each family begin; the last is their number."""

SLOTS: Final = OFFSETS[-1]

BITS: Final = 18
"""Bits of the slots that the byte n-grams of every size share where kinds of posts are told apart."""

BALLAST: Final = 50
"""N-grams added to every text's number of them where sums are divided by it."""

PART: Final = 60
"""Characters of a text's first or last paragraphs from which they are judged by themselves, too."""

_BLOCK: Final = 8_192
"""N-grams hashed at a time, so that all arrays of a block fit the cache nearest the processor."""

QUOTED: Final = 40
"""Characters between two quotation marks from which they hold somebody else's words, not a name."""

_NEWLINE: Final = 10
_QUOTE: Final = b'"'
_ZERO: Final = np.uint8(48)
_MIX: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93],
    dtype=np.uint64,
)  # fmt: skip
"""Odd numbers without a pattern, by which words are mixed (multiplicative hashing after Knuth, TAOCP vol. 3, 6.4)."""

_HALF: Final = np.uint64(32)

_MASK: Final = bytes(48 if 48 <= code < 58 else code for code in range(256))  # noqa: PLR2004 - the digits

MULTIPLIERS: Final = {
    size: np.uint64(multiplier << (64 - 8 * size) & (1 << 64) - 1)
    for size, multiplier in ((3, 0x9E_3779), (4, 0x9E_3779_B1), (5, 0x9E_3779_B97F))
}
"""Odd numbers near the golden ratio's share of 2**(8 * size), shifted so that the bytes past the n-gram fall
off the product and its highest bits depend on all the others."""

_BYTES_MULTIPLIER: Final = int(MULTIPLIERS[FAMILIES[0][1]])
_BITS: Final = np.array([bits for _, _, bits in FAMILIES], dtype=np.int64)


def masked(batch: FoldedBatch) -> NDArray[np.uint8]:
    """Return a batch's codes with every digit a zero, shape (n_codes,)."""
    if using := kernel.loaded():
        return using.mask_digits(batch.codes)
    return masked_in_passes(batch)


def masked_in_passes(batch: FoldedBatch) -> NDArray[np.uint8]:
    """Do what `masked` does by numpy."""
    beyond = batch.codes - _ZERO
    # Of a digit, so much is taken away as it is beyond zero; of anything else nothing.
    beyond *= beyond < 10  # noqa: PLR2004 - the digits
    return batch.codes - beyond


def windows(codes: NDArray[np.uint8], size: int, bits: int) -> Slots:
    """Hash every n-gram of masked codes into `bits` bits, shape (n_codes - PAD,), in place order.

    The window at i begins at code i; multiplicative hashing after Knuth, TAOCP vol. 3, 6.4.
    """
    every = views(codes)
    slots = np.empty(len(every), dtype=np.uint64)
    hash_into(every, size, bits, slots)
    return slots.view(np.int64)


def views(codes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the eight bytes that begin at each code as one number, shape (n_codes - PAD,)."""
    return np.ndarray((len(codes) - PAD,), dtype="<u8", buffer=codes, strides=(1,))


def hash_into(eights: NDArray[np.uint64], size: int, bits: int, slots: NDArray[np.uint64]) -> None:
    """Write the hash of the n-gram at the beginning of each of some `views` to `slots`."""
    np.multiply(eights, MULTIPLIERS[size], out=slots)
    np.right_shift(slots, np.uint64(64 - bits), out=slots)


def coarse_slots(batch: FoldedBatch, index: int) -> list[Slots]:
    """Return the slots of one text's byte n-grams in `BITS` bits, an array for each of `SIZES`."""
    start, end = int(batch.starts[index]) - 1, int(batch.ends[index])
    codes = codes_of(batch, index)
    return [windows(codes, size, BITS)[: end - start] for size in SIZES]


def codes_of(batch: FoldedBatch, index: int) -> NDArray[np.uint8]:
    """Return one text's masked codes, from the zero before it to the `PAD` zeros after it."""
    start, end = int(batch.starts[index]) - 1, int(batch.ends[index])
    return np.frombuffer(batch.raw[start : end + PAD].translate(_MASK), dtype=np.uint8)


def words(codes: NDArray[np.uint8]) -> tuple[Slots, NDArray[np.uint64], Slots]:
    """Find the words of masked codes: runs of letters and digits.

    Args:
        codes: with zeros before the first text and `PAD` after each.

    Returns:
        Where each begins; its hash, of its first eight bytes and its length; which of them are the last of
        their text.
    """
    within = are_letters(codes)
    within |= codes == _ZERO
    edges = (within[1:] != within[:-1]).nonzero()[0]
    edges += 1
    starts, lengths = edges[0::2], edges[1::2] - edges[0::2]
    hashes = views(codes)[starts]
    hashes <<= (64 - 8 * np.minimum(lengths, 8)).view(np.uint64)
    hashes *= _MIX[0]
    hashes += lengths.view(np.uint64) * _MIX[1]
    hashes ^= hashes >> _HALF
    zeros = (codes == 0).nonzero()[0]
    ends = zeros[1:][zeros[1:] - zeros[:-1] > 1]
    last = starts.searchsorted(ends) - 1
    # The very last word has no neighbour, and a text without words has no last one: found is that of the text before.
    last = last[(last >= 0) & (last < len(starts) - 1)]
    return starts, hashes, last


def word_slots(hashes: NDArray[np.uint64]) -> tuple[Slots, Slots]:
    """Return the slots of words and of pairs of neighbours, in their families; a pair begins at its first word."""
    single, double = (bits for kind, _, bits in FAMILIES if kind == "words")
    pairs = hashes[:-1] * _MIX[2]
    pairs += hashes[1:]
    pairs ^= pairs >> _HALF
    pairs *= _MIX[3]
    pairs >>= np.uint64(64 - double)
    alone = hashes * _MIX[3]
    alone >>= np.uint64(64 - single)
    return alone.view(np.int64), pairs.view(np.int64)


def slots(codes: NDArray[np.uint8]) -> list[tuple[Slots, Slots]]:
    """Return, for each of `FAMILIES`, where its n-grams begin and their slots among all `SLOTS`.

    Args:
        codes: masked, with zeros before the first text and `PAD` after each.
    """
    places = np.arange(len(codes) - PAD)
    found = [
        (places, windows(codes, size, bits)) for kind, size, bits in FAMILIES if kind == "bytes"
    ]
    starts, hashes, last = words(codes)
    alone, pairs = word_slots(hashes)
    found += [(starts, alone), (np.delete(starts[:-1], last), np.delete(pairs, last))]
    return [(where, what + offset) for (where, what), offset in zip(found, OFFSETS, strict=False)]


def bounds(batch: FoldedBatch) -> tuple[Slots, Slots]:
    """Return where each text's windows begin and end: from the zero before it to its last byte."""
    return batch.starts - 1, batch.ends


def scale(batch: FoldedBatch) -> Floats:
    """Return what each text's sum of weights is divided by, shape (n_texts,).

    The root of its number of windows, as if it were `BALLAST` longer: few words carry little evidence.
    """
    return np.sqrt((batch.ends - batch.starts + 1 + BALLAST).astype(np.float64))


def carried(codes: NDArray[np.uint8], weights: NDArray[np.int16]) -> NDArray[np.int16]:
    """Add up the weights of the n-grams of every family that begin at each of the masked codes.

    The same as `slots`, at once.

    Args:
        codes: masked, with zeros before the first text and `PAD` after each.
        weights: of all slots, in steps, shape (SLOTS,).

    Returns:
        The weights in steps, shape (n_codes - PAD + 1,), the last one 0.
    """
    if using := kernel.loaded():
        return using.carry(codes, weights, _BYTES_MULTIPLIER, _BITS, _MIX)
    return carried_in_passes(codes, weights)


def carried_in_passes(codes: NDArray[np.uint8], weights: NDArray[np.int16]) -> NDArray[np.int16]:
    """Do what `carried` does by numpy, a block at a time."""
    every = views(codes)
    sums = np.zeros(len(every) + 1, dtype=np.int16)
    hashed = np.empty(_BLOCK, dtype=np.uint64)
    (_, size, bits), *_ = FAMILIES
    table, *of_words = (weights[first:last] for first, last in pairwise(OFFSETS))
    for start in range(0, len(every), _BLOCK):
        eights = every[start : start + _BLOCK].copy()
        slots = hashed[: len(eights)]
        hash_into(eights, size, bits, slots)
        # Slots are never out of range; saying so spares a check of each.
        table.take(slots.view(np.int64), mode="clip", out=sums[start : start + len(eights)])
    starts, hashes, last = words(codes)
    alone, pairs = word_slots(hashes)
    said, together = (
        table.take(some, mode="clip") for table, some in zip(of_words, (alone, pairs), strict=True)
    )
    together[last] = 0
    said[:-1] += together
    sums[starts] += said
    return sums


def sound(
    batch: FoldedBatch,
    codes: NDArray[np.uint8],
    carried: NDArray[np.int16],
    *,
    step: float,
    bias: float,
    margin: float,
) -> Floats:
    """Return what each text sounds like in nats, shape (n_texts,): as a whole, or its worst part if that is worse.

    A part is what stands before a line's end or after it, `PART` characters at least: a scam put under a
    genuine caption, or over it, is not drowned.

    Args:
        batch: folded texts.
        codes: theirs, masked.
        carried: weights in steps, as `carried` gives them.
        step: nats of one.
        bias: added to every sum.
        margin: nats by which a part must sound worse than the whole to count; half a text is easier to
            mistake than all of it.
    """
    nats = step, bias, margin
    if using := kernel.loaded():
        return using.sound(codes, carried, bounds(batch), nats, ballast=BALLAST, part=PART)
    return sound_in_passes(batch, codes, carried, nats)


def sound_in_passes(
    batch: FoldedBatch,
    codes: NDArray[np.uint8],
    carried: NDArray[np.int16],
    nats: tuple[float, float, float],
) -> Floats:
    """Do what `sound` does by numpy."""
    step, bias, margin = nats
    starts, ends = bounds(batch)
    breaks = (codes == _NEWLINE).nonzero()[0]
    before, after, at_break = _running(carried, starts, ends, breaks)
    whole: Floats = (after - before) * step / scale(batch) + bias
    texts = np.searchsorted(ends, breaks, side="right")
    worst = np.full(len(whole), -np.inf)
    for lengths, totals in (
        (breaks - starts[texts], at_break - before[texts]),
        (ends[texts] - breaks, after[texts] - at_break),
    ):
        long_enough = lengths >= PART
        sums, root = totals[long_enough] * step, np.sqrt(lengths[long_enough] + BALLAST)
        np.maximum.at(worst, texts[long_enough], sums / root + bias)
    return np.maximum(whole, worst - margin)


def outside_quotes(
    batch: FoldedBatch,
    carried: NDArray[np.int16],
    index: int,
    *,
    step: float,
    bias: float,
) -> float | None:
    """Return what one text sounds like without what it quotes at length, in nats; None if it quotes nothing so.

    Args:
        batch: folded texts.
        carried: weights in steps, as `carried` gives them.
        index: which text.
        step: nats of one.
        bias: added to every sum.
    """
    start, end = int(batch.starts[index]) - 1, int(batch.ends[index])
    using = kernel.loaded()
    said = (
        using.outside_quotes(batch.codes, carried, start, end, QUOTED)
        if using
        else outside_quotes_in_passes(batch.raw[start:end], carried[start:end])
    )
    if said is None:
        return None
    total, length = said
    return total * step / math.sqrt(length + 1 + BALLAST) + bias


def outside_quotes_in_passes(codes: bytes, carried: NDArray[np.int16]) -> tuple[int, int] | None:
    """Do by numpy what `Kernel.outside_quotes` does with one text."""
    pieces = codes.split(_QUOTE)
    marks = [after - 1 for after in accumulate(len(piece) + 1 for piece in pieces[:-1])]
    # Marks come in pairs: the first, third, fifth open.
    quoted = [
        (first, last)
        for first, last in zip(marks[::2], marks[1::2], strict=False)
        if last - first >= QUOTED
    ]
    if not quoted:
        return None
    # What stands before, within and after each: every second stretch is quoted.
    edges = [0, *(mark for pair in quoted for mark in pair)]
    total = int(np.add.reduceat(carried, edges, dtype=np.int64)[::2].sum())
    return total, len(codes) - sum(last - first for first, last in quoted)


def _running(values: NDArray[np.int16], *places: Slots) -> list[NDArray[np.int64]]:
    """Return, for each of some places, the sum of all values before it, less that before the first of them.

    Args:
        values: to add up, shape (n_values,).
        places: arrays of indices of `values`, all different.
    """
    edges = np.concatenate(places)
    order = edges.argsort(kind="stable")
    edges = edges[order]
    # Sums of 16-bit numbers over fewer places than these fit 32 bits, which is twice as fast.
    is_short = int((edges[1:] - edges[:-1]).max(initial=0)) < 1 << 16
    stretches = np.add.reduceat(values, edges, dtype=np.int32 if is_short else np.int64)
    sums = np.empty(len(edges), dtype=np.int64)
    sums[order[0]] = 0
    sums[order[1:]] = np.cumsum(stretches[:-1], dtype=np.int64)
    lasts = list(accumulate(map(len, places), initial=0))
    return [sums[first:last] for first, last in pairwise(lasts)]
