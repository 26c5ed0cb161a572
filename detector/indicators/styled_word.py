"""A word or two in dressed-up letters within a plain text: how names are hidden from filters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar, Final

from detector.characters import fold_character
from detector.indicators.interface import Indicator, Span
from detector.records import Finding, Wording
from detector.text import Folded, styled_places

LONGEST: Final = 160
"""Characters of a text, at most, in which a dressed-up word without a digit counts: longer ones stress words so.

Of 606 real gambling comments with such a word 98 % have 135 characters or fewer; of the real offices' and
legislators' posts none is under 240.
"""

_NEAR: Final = 3
"""Characters between the beginnings of single letters that spell one name."""

_NO_LETTERS: Final = bytes(code for code in range(256) if not chr(code).isalpha() or code > 127)  # noqa: PLR2004 - ASCII


class StyledWord(Indicator):
    """A few letters from mathematical, circled or full-width alphabets, or struck through and underlined."""

    triggers: ClassVar = ()
    styled: ClassVar = range(2, 25)
    hits: ClassVar = (
        "makasih 𝗝𝗘𝗡𝗚𝗚𝗔𝗟𝗔𝟳𝟳 bisa bayar kos",
        "P͟U͟L͟A͟U͟ bikin lupa waktu",
        "cari ＫＥＬＡＮＡ di google",
        "gampang menang di 𝐊 𝐀 𝐏 𝐔 𝐑 aja",
        "main di L𝓔𝓜𝓑𝓐H𝟵 kak",
    )
    misses: ClassVar = (
        "makasih JENGGALA77 bisa bayar kos",
        "Créditos à população, ação e coração",
        "𝗘𝗱𝘂𝗸𝗮𝘀𝗶 𝗦𝗲𝗹𝗮𝘀𝗮 | Kenali modus penipu",
        "𝗣𝗘𝗡𝗚𝗨𝗠𝗨𝗠𝗔𝗡 𝗛𝗔𝗦𝗜𝗟 𝗦𝗘𝗟𝗘𝗞𝗦𝗜 𝗣𝗔𝗡𝗜𝗧𝗜𝗔 𝗣𝗘𝗠𝗜𝗟𝗜𝗛𝗔𝗡",
        "📢 𝗣𝗘𝗡𝗚𝗨𝗠𝗨𝗠𝗔𝗡 📢\nPelayanan KTP tutup hari Senin",
        "𝗣𝗘𝗡𝗚𝗨𝗠𝗨𝗠𝗔𝗡: pelayanan KTP tutup hari Senin",
        "Syaratnya ① KTP ② KK ③ pas foto",
        "Kantor tutup 𝗯𝗲𝘀𝗼𝗸, 𝗦𝗲𝗻𝗶𝗻 buka lagi",
        "✨ 𝐀𝐣𝐚𝐲ô! semua",
        "𝐇. 𝐑𝐄𝐒. 1164 𝐃𝐈𝐒𝐀𝐇𝐊𝐀𝐍 – 226",
        "🅰️wal tahun 𝟸𝟶𝟸𝟺 kantor tutup",
        "Pelayanan KTP tutup hari Senin karena libur nasional, dan buka 𝗹𝗮𝗴𝗶 hari Selasa pukul 08.00. Warga yang sudah memegang nomor antrean dilayani lebih dahulu tanpa mengantre ulang.",
    )
    speaks_for: ClassVar = "either"
    meaning: ClassVar = Wording(
        id="menyelipkan kata berhuruf hias di tengah tulisan biasa",
        en="slips a word in dressed-up letters into plain writing",
    )

    def spans(self, text: Folded) -> Iterator[Span]:  # noqa: ARG002
        """Yield nothing: folding has undone what is looked for; see `find`."""
        yield from ()

    def find(self, text: Folded) -> Iterator[Finding]:
        """Yield each run of dressed-up characters, if they are few and no heading."""
        for start, end in self.dressed(text.original):
            yield Finding(self.name, start, end, text.original[start:end], None)

    def dressed(self, original: str) -> list[tuple[int, int]]:
        """Return the runs of dressed-up characters that hide a name; none where whole phrases are dressed up."""
        styled = styled_places(original)
        plain = len(original.encode("ascii", "ignore").translate(None, _NO_LETTERS))
        if len(styled) not in self.styled or plain < len(styled) / 2:
            return []
        runs: list[tuple[int, int]] = []
        for place in styled:
            # A mark stands behind the letter it dresses up.
            start = place - 1 if place and unicodedata.combining(original[place]) else place
            if runs and start <= runs[-1][1]:
                runs[-1] = runs[-1][0], place + 1
            else:
                runs.append((start, place + 1))
        words = [run for run in runs if run[1] - run[0] > 1]
        if any(right[0] - left[1] == 1 for left, right in pairwise(words)):
            return []
        return [run for run in runs if _hides(original, run, runs)]


def _is_plain(neighbour: str) -> bool:
    """Whether a letter or digit could have been dressed up like the ones beside it: one with an accent could not."""
    return neighbour.isalnum() and not unicodedata.decomposition(neighbour)


def _is_stressed(word: str) -> bool:
    """Whether a word is in small mathematical letters but for the first, as sentences stress one.

    Of 253 such words of real gambling comments, each by itself, three are written so: names are in capitals.
    """
    return all("𝐀" <= one <= "𝟿" for one in word) and word[1:].islower()


def _hides(original: str, run: tuple[int, int], runs: list[tuple[int, int]]) -> bool:
    """Whether a run of dressed-up characters hides a name, and is no heading, list number or emphasis."""
    start, end = run
    if any(map(_is_plain, (original[start - 1 : start], original[end : end + 1]))):
        return True
    plain = b"".join(map(fold_character, original[start:end])).decode("latin-1")
    is_near = sum(abs(other - start) <= _NEAR for other, _ in runs) > 1
    has_letters = any(one.isalpha() for one in plain)
    if not is_near and (not has_letters or end - start == 1):
        return False
    if any(one.isdigit() for one in plain):
        return True
    if _is_stressed(original[start:end]):
        return False
    head = original[:start].rpartition("\n")[2]
    tail = original[end:].partition("\n")[0]
    is_alone = not any(map(str.isalnum, head + tail))
    is_heading = not head.strip() and tail.lstrip()[:1] in {":", "|"}
    return not is_alone and not is_heading and len(original) <= LONGEST
