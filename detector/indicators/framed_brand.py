"""A name of a betting site's shape between two ornaments, as promoters set it off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.characters import fold_character
from detector.indicators._brands import ENDING, NUMBER, is_brand
from detector.indicators.interface import Indicator, Span, compile_pattern
from detector.records import Wording
from detector.text import Folded

_MARK: Final = r"[\x80-\xff]"
"""A folded emoji or other sign outside ASCII."""
_LUCKY: Final = "(?:" + "|".join(f"{n}{n}{n}?" for n in "6789") + "|[1-9]d)"
"""Digits that may stand apart from the name."""
_TRADE: Final = "(?:toto|togel|slot|bet|hoki|gacor|qq)"
"""Endings that may stand apart from the name."""
_NAME: Final = (
    rf"[a-z]{{3,14}}{NUMBER}|[a-z]{{2,12}}{ENDING}|[a-z]{{3,12}} {_LUCKY}|[a-z]{{4,12}} {_TRADE}"
)
_FRAMED: Final[Any] = compile_pattern(
    rf"({_MARK}) ?(?:({_NAME})|([5-9][a-z]{{4,10}})|([a-z]{{4,14}}{_MARK}[0-9]\.?[0-9]{{1,2}})) ?({_MARK})"
)
_PAIRS: Final = frozenset(
    fold_character(first) + fold_character(last)
    for first, last in ("【】", "「」", "『』", "《》", "〔〕", "〖〗", "❝❞", "→←", "➡⬅", "👉👈", "▶◀", "░░", "꧁꧂", "༺༻")
)  # fmt: skip
"""Ornaments that differ on both sides."""
_COUNTED: Final = frozenset(
    b"hari tahun bulan minggu menit orang besar kali program langkah pilar tips cara provinsi kota days years days months"
    b" hours ways things points people anos dias horas cidades vezes".split()
)
"""Words that offices count."""


class FramedBrand(Indicator):
    """A betting brand between two equal ornaments or a pair of brackets; the value is the name."""

    triggers: ClassVar = (
        rf"[a-z]{NUMBER} ?{_MARK}", rf"[a-z]{ENDING} ?{_MARK}", rf"[a-z] {_LUCKY} ?{_MARK}", rf"[a-z] {_TRADE} ?{_MARK}",
        rf"{_MARK} ?[5-9][a-z]{{4,10}} ?{_MARK}", rf"{_MARK}[0-9]\.?[0-9]{{1,2}} ?{_MARK}",
    )  # fmt: skip
    hits: ClassVar = (
        "⭐MELATI17⭐ bukan kaleng",
        "bahas 【𝐌𝐄𝐋𝐀𝐓𝐈𝟖𝟓𝟓】 doang",
        "→ KYRA4️⃣D ← selalu relevan",
        "logo ❝KELORWIN❞ di meja",
        "🌺KELOR🌺1.7🌺 bikin hati meleleh",
        "❤𝐌𝐄𝐋𝐀 𝟒𝐃🔴 bikin hari seru",
        "⚡️SANGGAR BET⚡️ resmi",
        "🖤7BINTANG🖤 terpercaya",
        "✌⭐ M E L A T I 1 7 ⭐✌ kasih panduan",
    )
    misses: ClassVar = (
        "🇮🇩HUTRI79🇮🇩",
        "🎉 DIRGAHAYU 79 🎉",
        "📍SMPN 4📍 dan 📍SMAN12📍",
        "⭐ JUARA 1 ⭐",
        "🔥7HARI🔥 promo perpustakaan",
        "📢PENGUMUMAN📢 📢INFO 2024📢",
        "⚽ Erwin ⚽",
        "MELATI17 tanpa hiasan",
    )
    meaning: ClassVar = Wording(
        id="membingkai nama berbentuk situs judi dengan hiasan",
        en="frames a name shaped like a betting site with ornaments",
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each name between two ornaments that belong together, with the ornaments."""
        place = 0
        while match := _FRAMED.search(text.codes, place):
            # What closes one name may open the next.
            place = match.end() - 1
            name = match.group(2) or match.group(3) or match.group(4)
            if _is_framed(match.group(1), name, match.group(5)) and _is_name(match):
                yield match.start(), match.end(), name.decode("latin-1")


def _is_framed(before: bytes, name: bytes, after: bytes) -> bool:
    # Which lottery is played stands in nothing else.
    return before == after or before + after in _PAIRS or name.endswith((b"2d", b"3d", b"4d"))


def _is_name(match: Any) -> bool:
    _, brand, counted, _, _ = match.groups()
    if brand:
        return is_brand(brand.replace(b" ", b""))
    return counted is None or counted[1:] not in _COUNTED
