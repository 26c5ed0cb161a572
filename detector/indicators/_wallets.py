"""Addresses of crypto wallets, told from other rows of letters by their checksums.

Sources: Bitcoin's Base58Check, BIP-173 and BIP-350 (bech32, bech32m), Ethereum's EIP-55, Tron's and XRP's variants
of Base58Check. A Solana address is 32 bytes in Base58 and holds no checksum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

_BITCOIN: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_XRP: Final = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_VERSIONS: Final = {
    "1": (0x00,), "3": (0x05,), "T": (0x41,), "L": (0x30,), "M": (0x32,), "D": (0x1E,), "A": (0x16,), "9": (0x16,),
}  # fmt: skip
"""First character to version byte: Bitcoin, Tron, Litecoin, Dogecoin."""

_BITCOINS: Final = frozenset("13")
_PAYLOAD: Final = 21
"""Bytes of a Base58Check address before its checksum: a version and a hash of 160 bits."""

_SOLANA: Final = 32
"""Bytes of a Solana address."""

_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_NETWORKS: Final = frozenset({"bc", "ltc"})
_LONGEST_BECH32: Final = 90
_BECH32_ENDS: Final = (1, 0x2BC830A3)
"""What the checksum of bech32 and of bech32m comes to."""

_ETHEREUM: Final = 42
"""Characters of an Ethereum address with its 0x."""


def wallet_of(written: str, *, is_named: bool = False) -> str | None:
    """Return a wallet's address in its usual writing, or None if it is none.

    Args:
        written: a row of letters and digits as it was written.
        is_named: whether a coin is named beside it; without, only Bitcoin's and Ethereum's are looked for.

    Examples:
        >>> wallet_of("0x52908400098527886E0F7030069857D2E4169EE7")
        '0x52908400098527886e0f7030069857d2e4169ee7'
        >>> wallet_of("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
        '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'
        >>> wallet_of("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb") is None
        True
    """
    if len(written) == _ETHEREUM and written[:2] in {"0x", "0X"}:
        return _ethereum(written[2:])
    if _is_bech32(written):
        return written.lower()
    versions = _VERSIONS.get(written[:1], ())
    if (is_named or written[:1] in _BITCOINS) and _checked(written, _BITCOIN, versions):
        return written
    if is_named and written[:1] == "r" and _checked(written, _XRP, (0,)):
        return written
    if is_named and len(_base58(written, _BITCOIN) or b"") == _SOLANA:
        return written
    return None


def _base58(written: str, alphabet: str) -> bytes | None:
    """Read a number to the base of 58; every leading zero is a byte of its own."""
    number = 0
    for character in written:
        digit = alphabet.find(character)
        if digit < 0:
            return None
        number = number * len(alphabet) + digit
    zeros = len(written) - len(written.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _checked(written: str, alphabet: str, versions: Iterable[int]) -> bool:
    """Whether a row is Base58Check of one of some versions: its last four bytes are the double hash of the rest."""
    raw = _base58(written, alphabet)
    if raw is None or len(raw) != _PAYLOAD + 4 or raw[0] not in versions:
        return False
    digest = hashlib.sha256(hashlib.sha256(raw[:_PAYLOAD]).digest()).digest()
    return raw[_PAYLOAD:] == digest[:4]


def _is_bech32(written: str) -> bool:
    """Whether a row is a segregated-witness address by the checksum of BIP-173 or BIP-350."""
    if len(written) > _LONGEST_BECH32 or written not in {written.lower(), written.upper()}:
        return False
    network, _, rest = written.lower().rpartition("1")
    values = [_BECH32.find(character) for character in rest]
    if network not in _BECH32_NETWORKS or len(values) <= 6 or -1 in values:  # noqa: PLR2004 - the checksum's length
        return False
    expanded = [ord(one) >> 5 for one in network] + [0] + [ord(one) & 31 for one in network]
    # Version 0 is bech32, every later one bech32m.
    return _bech32_sum([*expanded, *values]) == _BECH32_ENDS[values[0] > 0]


def _bech32_sum(values: Iterable[int]) -> int:
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            remainder ^= generator if top >> bit & 1 else 0
    return remainder


def _ethereum(digits: str) -> str | None:
    """Check EIP-55, which writes its checksum in capitals; without any mixture there is none to check."""
    plain = digits.lower()
    if not set(plain) <= _HEXADECIMAL:
        return None
    if digits not in {plain, digits.upper()}:
        nibbles = keccak256(plain.encode()).hex()
        right = "".join(
            one.upper() if int(nibble, 16) > 7 else one  # noqa: PLR2004 - the upper half of a nibble
            for one, nibble in zip(plain, nibbles, strict=False)
        )
        if digits != right:
            return None
    return f"0x{plain}"


_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_RATE: Final = 136
"""Bytes that Keccak-256 takes in at a time."""

_LANE: Final = (1 << 64) - 1


def keccak256(message: bytes) -> bytes:
    """Return the Keccak-256 hash that Ethereum uses; SHA-3 as standardised pads otherwise.

    Source:
        Bertoni et al., The Keccak reference 3.0, 2011.

    Examples:
        >>> keccak256(b"").hex()[:16]
        'c5d2460186f7233c'
    """
    padded = bytearray(message) + bytes(_RATE - len(message) % _RATE)
    padded[len(message)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            at = start + 8 * lane
            lanes[lane] ^= int.from_bytes(padded[at : at + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permuted(lanes: list[int]) -> list[int]:
    """Apply the 24 rounds of Keccak-f[1600] to 25 lanes, lane (x, y) at x + 5y."""
    register = 1
    for _ in range(24):
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]  # fmt: skip
        mixed = [columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ mixed[place % 5] for place, lane in enumerate(lanes)]
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            turned = _rotated(current, (step + 1) * (step + 2) // 2)
            current, lanes[x + 5 * y] = lanes[x + 5 * y], turned
        for row in range(0, 25, 5):
            old = lanes[row : row + 5]
            lanes[row : row + 5] = [
                old[x] ^ (~old[(x + 1) % 5] & old[(x + 2) % 5] & _LANE) for x in range(5)
            ]
        for bit in range(7):
            lanes[0] ^= (register & 1) << ((1 << bit) - 1)
            register = register << 1 ^ (0x171 if register >> 7 else 0)
    return lanes


def _rotated(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> (64 - by)) & _LANE
