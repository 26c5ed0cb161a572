"""Addresses of wallets are told from other rows of letters by their checksums."""

from __future__ import annotations

import hashlib
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.indicators import _wallets
from detector.indicators._wallets import keccak256, wallet_of

ADDRESSES: Final = (
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",
    "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
)
"""Examples of the standards and of well-known contracts; nobody's own."""

each_address = pytest.mark.parametrize("address", ADDRESSES)


@each_address
def test_an_address_with_the_right_checksum_is_a_wallet(address: str) -> None:
    plain = address.lower() if address.startswith(("0x", "bc1")) else address

    assert wallet_of(address, is_named=True) == plain


@each_address
def test_any_one_wrong_letter_is_no_wallet(address: str) -> None:
    for place in range(4, len(address)):
        other = "2" if address[place] != "2" else "3"
        wrong = address[:place] + other + address[place + 1 :]

        assert wallet_of(wrong, is_named=True) is None


@pytest.mark.parametrize("address", ADDRESSES[6:])
def test_rarer_coins_are_taken_only_where_they_are_named(address: str) -> None:
    assert wallet_of(address) is None


@pytest.mark.parametrize("written", ["lower", "upper"])
def test_an_address_without_capitals_among_small_letters_holds_no_checksum(written: str) -> None:
    digits = "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
    address = "0x" + (digits if written == "lower" else digits.upper())

    assert wallet_of(address) == "0x" + digits


def test_bech32_is_written_in_one_case() -> None:
    address = ADDRESSES[2]

    assert wallet_of(address.upper()) == address
    assert wallet_of(address[0].upper() + address[1:]) is None


@pytest.mark.parametrize(
    ("prefix", "checksum"),
    [("bc1q", 0x2BC830A3), ("bc1p", 1)],
    ids=["version 0 by bech32m", "version 1 by bech32"],
)
def test_each_version_has_its_own_checksum(prefix: str, checksum: int) -> None:
    network, payload = [3, 3, 0, 2, 3], [_wallets._BECH32.index(prefix[-1]), *[0] * 32]
    total = _wallets._bech32_sum([*network, *payload, *[0] * 6]) ^ checksum
    digits = [total >> 5 * (5 - place) & 31 for place in range(6)]
    made = "bc1" + "".join(_wallets._BECH32[one] for one in [*payload, *digits])

    assert wallet_of(made) is None


def test_a_row_of_32_bytes_is_a_wallet_only_where_a_coin_is_named() -> None:
    solana = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"

    assert wallet_of(solana, is_named=True) == solana
    assert wallet_of(solana) is None
    assert wallet_of(solana[:-4], is_named=True) is None


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF), max_size=90))
def test_any_text_is_survived(written: str) -> None:
    assert wallet_of(written, is_named=True) in {None, written, written.lower()}


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_keccak_gives_the_known_digests(message: bytes, digest: str) -> None:
    assert keccak256(message).hex() == digest


@given(st.binary(max_size=300))
def test_keccak_permutes_as_the_standard_does(message: bytes) -> None:
    """With the padding of SHA-3 in place of Keccak's, the digest is the standard library's."""
    rate = 136
    padded = bytearray(message) + bytes(rate - len(message) % rate)
    padded[len(message)] ^= 0x06
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            lanes[lane] ^= int.from_bytes(padded[start + 8 * lane :][:8], "little")
        lanes = _wallets._permuted(lanes)
    digest = b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])

    assert digest == hashlib.sha3_256(message).digest()
