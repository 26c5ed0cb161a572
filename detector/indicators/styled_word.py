"""A word or two in dressed-up letters within a plain text: how names are hidden from filters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from detector.indicators.interface import Indicator, Span
from detector.records import Finding, Wording
from detector.text import Folded, styled_places


class StyledWord(Indicator):
    """A few letters from mathematical, circled or full-width alphabets, or struck through and underlined."""

    triggers: ClassVar = ()
    styled: ClassVar = range(2, 25)
    hits: ClassVar = (
        "makasih 𝗝𝗘𝗡𝗚𝗚𝗔𝗟𝗔𝟳𝟳 bisa bayar kos",
        "P͟U͟L͟A͟U͟ bikin lupa waktu",
        "cari ＫＥＬＡＮＡ di google",
    )
    misses: ClassVar = (
        "makasih JENGGALA77 bisa bayar kos",
        "Créditos à população, ação e coração",
        "𝗘𝗱𝘂𝗸𝗮𝘀𝗶 𝗦𝗲𝗹𝗮𝘀𝗮 | Kenali modus penipu",
        "𝗣𝗘𝗡𝗚𝗨𝗠𝗨𝗠𝗔𝗡 𝗛𝗔𝗦𝗜𝗟 𝗦𝗘𝗟𝗘𝗞𝗦𝗜 𝗣𝗔𝗡𝗜𝗧𝗜𝗔 𝗣𝗘𝗠𝗜𝗟𝗜𝗛𝗔𝗡",
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
        """Return the runs of dressed-up characters; none where whole phrases are dressed up, as headings are."""
        styled = styled_places(original)
        if len(styled) not in self.styled:
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
        return runs
