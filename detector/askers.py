"""Followers who notice: "min, akun dihack?", "kok jualan hp?" under a post is evidence from many eyes.

One voice may joke, or be a rival's; several different people asking the same under one post seldom are. What
floods a comment column, such as gambling promotion by passers-by, asks nothing and does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from detector.indicators.interface import compile_pattern, words
from detector.records import Comment
from detector.text import fold

_ASKING: Final = compile_pattern(
    words(
        # Indonesian and its neighbours
        r"(?:di|ke|kena ?)? ?(?:hack|hek|heck)(?:ed|er|kah|ya)?", "diretas", "keretas", "kena retas", "dibajak", "kebajak",
        "akun ?nya kenapa", "akun kenapa", "ini akun resmi", "admin ?nya kenapa", "minnya kenapa",
        r"(?:kok|koq|kenapa|knp|ngapain|sejak kapan|tumben)(?: [a-z]{1,12}){0,3} (?:jualan|jual hp|jual iphone|dagang|promosi|judi|slot|kripto|crypto|iphone|hp)",
        "salah akun", "akun palsu", "bukan adminnya", "admin asli", "laporkan akun",
        # English
        r"(?:been|were|was|is|are|got|u|you)(?: [a-z]{1,10}){0,3} (?:hacked|compromised|hijacked)", "hacked", "account compromised",
        "is this legit", "is this real", "who is running this account", "wrong account",
    )
)  # fmt: skip

WITHIN: Final = timedelta(hours=24)
"""After a post, in which what is said under it counts."""

_DENIED: Final = compile_pattern(
    words(
        "sudah pulih",
        "sudah kembali",
        "sudah aman",
        "tidak dihack",
        "bukan hack",
        "tips",
        "cara",
        "hackathon",
    )
)

MOST: Final = 4
"""People beyond whom more say nothing new."""


def askers(comments: Sequence[Comment], author: str, at: datetime) -> int:
    """Count the people, up to `MOST`, who ask under a post whether the account was taken over.

    Args:
        comments: under the post, which the post's owner did not write.
        author: handle of the account, whose own comments do not count.
        at: when the post was made; what is said more than `WITHIN` after it speaks of something else.
    """
    asked = [
        one
        for one in comments
        if (one.author or "").lower() != author.lower()
        and (one.created_at is None or one.created_at - at < WITHIN)
    ]
    people: set[str] = set()
    nameless = 0
    for comment, text in zip(asked, fold([one.text for one in asked]), strict=True):
        if _ASKING.search(text.codes) is None or _DENIED.search(text.codes) is not None:
            continue
        if comment.author:
            people.add(comment.author.lower())
        else:
            nameless += 1
    return min(len(people) + nameless, MOST)
