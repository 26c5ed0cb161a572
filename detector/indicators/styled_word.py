"""A word or two in dressed-up letters within a plain text: how names are hidden from filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from detector.indicators.interface import Indicator, Span
from detector.records import Finding, Wording
from detector.text import Folded, is_styled


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
        """Yield each run of dressed-up characters, unless there are none or too many of them."""
        original = text.original
        styled = [place for place, one in enumerate(original) if is_styled(ord(one))]
        if len(styled) not in self.styled:
            return
        # Marks stand behind the letters they dress up, so neighbours may be two apart.
        runs: list[list[int]] = []
        for place in styled:
            if runs and place - runs[-1][-1] <= 2:  # noqa: PLR2004
                runs[-1].append(place)
            else:
                runs.append([place])
        for run in runs:
            start, end = run[0], run[-1] + 1
            if 0x0300 <= ord(original[start]) <= 0x036F and start:  # noqa: PLR2004 - marks
                start -= 1
            yield Finding(self.name, start, end, original[start:end], None)
