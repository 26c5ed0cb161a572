"""Crypto giveaways, airdrops, presales and doubled deposits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.indicators.interface import Span, WordIndicator, compile_pattern
from detector.records import Wording
from detector.text import Folded

# Folding reads digits between letters as letters and shortens runs of one letter.
_WALLET: Final[Any] = compile_pattern(r"\b(?:0x[0-9a-fiost]{30,40}|bc[1i]q[0-9a-z]{28,60})\b")


class CryptoDoubling(WordIndicator):
    """Crypto doubling and airdrops, and wallets by their shape; the value is what was named."""

    phrases: ClassVar = (
        "air ?drops?", "pre ?sale", "(?:free |stealth |public )?mint(?:ing)? (?:now|live|is|page|your|link|nft)", "free mint", "white ?list", "connect (?:your )?wallet", "seed phrase",
        "(?:send|kirim) [0-9.,]{1,6} ?(?:btc|eth|usdt|bnb|sol|xrp|doge)", "(?:double|triple|2x|doubling)(?: (?:your|back|of|the))?", "(?:get|receive|back) (?:double|2x)", "giving (?:away|back) [0-9.,]{1,9} ?(?:btc|eth|bitcoin|xrp|sol)",
        "claim (?:your )?(?:tokens?|airdrop|eth|btc|sol|usdt|nft|rewards?)", "contract address", "meme ?coin", "official (?:token|coin)",
        "to the moon", "[0-9]{2,4}x (?:gem|potential|gains?)", "pump(?:\\.fun)?", "usdt", "metamask", "bitcoin", "btc", "ethereum", "eth", "nft", "crypto", "kripto", "token", "profit (?:harian|konsisten|setiap hari)",
        "robot trading", "trading (?:signal|mentor|forex)", "sinyal trading", "forex",
    )  # fmt: skip
    more_triggers: ClassVar = (r"\b0x[0-9a-fiost]{20}", r"\bbc[1i]q[0-9a-z]{20}")
    hits: ClassVar = (
        "Send 0.5 ETH and get double back",
        "AIRDROP is live, connect wallet",
        "𝗙𝗿𝗲𝗲 𝗺𝗶𝗻𝘁 now",
        "CA: 0x00000000000000000000000000000000000abcde",
    )
    misses: ClassVar = (
        "official visit of the ambassador",
        "doubles champion",
        "minta maaf",
        "kirim berkas",
    )
    meaning: ClassVar = Wording(
        id="menawarkan kripto atau pelipatan uang", en="offers crypto or doubled money"
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield crypto terms, then addresses."""
        yield from super().spans(text)
        for match in _WALLET.finditer(text.codes):
            start, end = match.span()
            first, last = text.span(start, end)
            yield start, end, text.original[first:last]
