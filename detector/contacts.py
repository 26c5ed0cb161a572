"""An office's own contacts as an operator writes them, made comparable with those in posts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_FEWEST_DIGITS: Final = 3
_MOST_DIGITS: Final = 19
"""Of a number, payment accounts included."""


def e164(number: str) -> str:
    """Return an Indonesian or international number as E.164; short ones stay as they are.

    Examples:
        >>> e164("(0296) 531000"), e164("+62 (0)296 531000"), e164("0062 296 531000"), e164("110")
        ('+62296531000', '+62296531000', '+62296531000', '110')
    """
    digits = re.sub(r"[^\d+]", "", number)
    # "+62 (0)296 ..." has the zero that is dialled inside the country only.
    digits = re.sub(r"^(?:\+|00)?620?|^0(?!0)", "+62", digits)
    return re.sub("^00", "+", digits)


def with_parents(domain: str) -> list[str]:
    """Return a site's domain and those above it, for links are known by the registered one.

    Examples:
        >>> with_parents("https://www.kab-blora.kpu.go.id/")
        ['kab-blora.kpu.go.id', 'kpu.go.id', 'go.id']
    """
    host = domain.strip().lower().rpartition("://")[2].partition("/")[0].removeprefix("www.")
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def wrong_among(numbers: Iterable[str], domains: Iterable[str]) -> tuple[str, str] | None:
    """Return what could never be met with in a post, and what to write instead; None when all can.

    Examples:
        >>> wrong_among(["(0296) 531000 / 531001"], [])[0]
        "'(0296) 531000 / 531001' is not one number"
    """
    for number in numbers:
        digits = sum(letter.isdecimal() for letter in number)
        if not _FEWEST_DIGITS <= digits <= _MOST_DIGITS or re.search("[/,;]", number):
            return (
                f"{number!r} is not one number",
                'each by itself: ["(0296) 531000", "+62 812 0000 4521"]',
            )
    for domain in domains:
        if "." not in domain.strip(". "):
            return f"{domain!r} is no site", 'such as "kab-blora.kpu.go.id"'
    return None
