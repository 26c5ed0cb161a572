"""Crypto giveaways, airdrops, presales and doubled deposits."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class CryptoDoubling(WordIndicator):
    """Crypto doubling and airdrops, with wallets and contract addresses by their shape."""

    phrases: ClassVar = (
        "air ?drops?", "pre ?sale", "(?:free |stealth |public )?mint(?:ing)? (?:now|live|is|page|your|link|nft)", "free mint", "white ?list", "connect (?:your )?wallet", "seed phrase",
        "(?:send|kirim) [0-9.,]{1,6} ?(?:btc|eth|usdt|bnb|sol|xrp|doge)", "(?:double|triple|2x|doubling) (?:your|back|of|the)?", "(?:get|receive|back) (?:double|2x)", "giving (?:away|back) [0-9.,]{1,9} ?(?:btc|eth|bitcoin|xrp|sol)",
        "claim (?:your )?(?:tokens?|airdrop|eth|btc|sol|usdt|nft|rewards?)", "contract address", "meme ?coin", "official (?:token|coin)", "0x[0-9a-f]{38,40}",
        "to the moon", "[0-9]{2,4}x (?:gem|potential|gains?)", "pump(?:\\.fun)?", "usdt", "metamask", "bitcoin", "btc", "ethereum", "eth", "nft", "crypto", "kripto", "token", "profit (?:harian|konsisten|setiap hari)",
        "robot trading", "trading (?:signal|mentor|forex)", "sinyal trading", "forex",
    )  # fmt: skip
    hits: ClassVar = (
        "Send 0.5 ETH and get double back",
        "AIRDROP is live, connect wallet",
        "𝗙𝗿𝗲𝗲 𝗺𝗶𝗻𝘁 now",
        "CA: 0x00000000000000000000000000000000000abcde",
    )
    misses: ClassVar = ("official visit of the ambassador", "doubles champion", "minta maaf", "kirim berkas")
    meaning: ClassVar = Wording(id="menawarkan kripto atau pelipatan uang", en="offers crypto or doubled money")
