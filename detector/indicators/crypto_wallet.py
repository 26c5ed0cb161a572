"""An address of a crypto wallet whose checksum is right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.characters import fold_character
from detector.indicators._wallets import wallet_of
from detector.indicators.interface import Indicator, Span, compile_pattern, words
from detector.records import Wording
from detector.text import Folded, utf8

# As given: an address that cannot be copied is of no use to whoever wants to be paid.
_ROW: Final[Any] = compile_pattern(r"[0-9A-Za-z]{25,90}")
_TRADE: Final = words(
    "solana", "pump ?fun", "raydium", "dexscreener", "phantom", "ca", "contract address", "meme ?coins?", "usdt", "usdc", "trc ?20", "tron", "trx", "doge(?:coin)?",
    "ltc", "litecoin", "xrp", "ripple",
)  # fmt: skip
_NAMED: Final[Any] = compile_pattern(_TRADE)
_WORD: Final[Any] = compile_pattern(r"\w")
_NEAR: Final = 60
"""Characters before and after an address within which a word of the trade speaks of it."""


class CryptoWallet(Indicator):
    """Bitcoin and Ethereum; beside a word of the trade also Tron, XRP, Litecoin, Dogecoin, and Solana without checksum.

    The value is the address, in lower case where case means nothing. An address that was invented or mistyped is
    none; `crypto_doubling` takes what merely looks like one.
    """

    triggers: ClassVar = (r"\b(?:0x|bc[1i]|[13])[a-z0-9]{20}", _TRADE)
    always: ClassVar = True
    hits: ClassVar = (
        "Send to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa and get double",
        "BTC: bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed (ETH)",
        "kirim USDT TRC20 ke TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t ya",
        "CA solana: EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    )
    misses: ClassVar = (
        "Send to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb and get double",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed",
        "#PemilihBerdaulatNegaraKuatIndonesiaMaju",
        "kode unggah EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        "https://contoh.go.id/berkas/00000000000000000000000000000000",
    )
    reads_original: ClassVar = True
    value_matters: ClassVar = True
    meaning: ClassVar = Wording(
        id="memuat alamat dompet kripto", en="gives the address of a crypto wallet"
    )

    def spans(self, text: Folded) -> Iterator[Span]:  # noqa: ARG002
        """Yield nothing: folding has undone the capitals that a checksum rests on; see `read`."""
        yield from ()

    def read(self, original: str) -> Iterator[Span]:
        """Yield each address."""
        encoded = utf8(original)
        for match in _ROW.finditer(encoded):
            row = match.group().decode()
            first = len(encoded[: match.start()].decode("utf-8", "surrogatepass"))
            last = first + len(row)
            before = _folded(original[max(first - _NEAR, 0) : first])
            after = _folded(original[last : last + _NEAR])
            if _WORD.search(before[-1:] + after[:1]):
                continue
            is_named = _NAMED.search(before + b"\n" + after) is not None
            if wallet := wallet_of(row, is_named=is_named):
                yield first, last, wallet


def _folded(some: str) -> bytes:
    """Fold the characters around an address one by one, so that what folding drops is no border."""
    return b"".join(map(fold_character, some))
