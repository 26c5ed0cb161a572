"""Words out of HTML, with the line breaks a reader would see."""

from __future__ import annotations

import html
import re
from typing import Final

_BREAK: Final = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_BLOCK: Final = re.compile(r"</(?:p|div|h[1-6]|blockquote|ul|ol|table|pre)\s{0,9}>", re.IGNORECASE)
_ITEM: Final = re.compile(r"</(?:li|tr)\s{0,9}>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_LONGEST: Final = 1 << 18
"""Characters beyond which tags are only taken out: a parser's time grows with the square of unclosed ones."""
_SILENT: Final = ("script", "style", "template", "noscript")


def plain(fragment: str) -> str:
    r"""Return a fragment's text: a new line for each break, an empty line between paragraphs.

    Nothing in it is executed or fetched, whatever it says.

    Examples:
        >>> plain("<p>Rapat &amp; coklit<br>pukul 09.00</p><p>#KPU</p>")
        'Rapat & coklit\npukul 09.00\n\n#KPU'
        >>> plain("tanpa tanda"), plain("a < b"), plain("<script>x()</script>Halo")
        ('tanpa tanda', 'a < b', 'Halo')
    """
    if "<" not in fragment:
        return html.unescape(fragment).strip()
    if len(fragment) > _LONGEST:
        return html.unescape(_TAG.sub(" ", fragment)).strip()
    # Slow to import, and only few formats hold HTML.
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    marked = _BREAK.sub("\n", fragment)
    marked = _ITEM.sub(lambda match: f"{match[0]}\n", marked)
    marked = _BLOCK.sub(lambda match: f"{match[0]}\n\n", marked)
    tree = LexborHTMLParser(marked)
    for name in _SILENT:
        for node in tree.css(name):
            node.decompose()
    text = tree.body.text() if tree.body else ""
    return re.sub(r"\n{3,}", "\n\n", text).strip()
