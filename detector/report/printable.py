"""Text from strangers, made safe to show: a terminal obeys control characters, a person reads the rest."""

from __future__ import annotations

from typing import Final

_BIDI: Final = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks that turn the direction of what follows, and so can make a line read as another."""

_OBEYED: Final = dict.fromkeys(
    (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *_BIDI, *range(0xD800, 0xE000)), " "
)
_OBEYED_IN_LINES: Final = {code: " " for code in _OBEYED if code != ord("\n")}


def printable(text: str, *, keep_lines: bool = False) -> str:
    r"""Put a space in place of every character that is obeyed instead of shown; offsets stay the same.

    Args:
        text: anything, lone surrogates included.
        keep_lines: whether a newline stays one.

    Examples:
        >>> printable("merah \x1b[31m\nputih"), printable("satu\ndua", keep_lines=True)
        ('merah  [31m putih', 'satu\ndua')
    """
    return text.translate(_OBEYED_IN_LINES if keep_lines else _OBEYED)


def one_line(text: str) -> str:
    """Return text on one line, without control characters or runs of spaces."""
    return " ".join(printable(text).split())


def excerpt(text: str, longest: int) -> str:
    """Return text on one line, cut where it is longer than `longest` characters, and told to be.

    Examples:
        >>> excerpt("Selamat pagi, warga", 12), excerpt("Selamat pagi", 12)
        ('Selamat pagi …', 'Selamat pagi')
    """
    line = one_line(text)
    return line if len(line) <= longest else f"{line[:longest].rstrip()} …"
