"""Answers of strangers in a collection of many accounts: kept beside the post they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from detector.records import Comment, Post
from detector.sources.interface import Outcome, Skipped

WINDOW: Final = 20_000
"""Records among which a post and the answers to it find each other; so many are held at a time."""
_CHAIN: Final = 50
"""Answers to answers are followed up so far."""


def beside(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Put answers of other accounts beside the posts they answer, in windows of `WINDOW` records.

    An answer by another account to a post of the window becomes a comment of that post. It stays a post
    of its own only if its author also posts something that is no answer, in this or an earlier window;
    else it is ignored by name. An answer to an answer that is not kept goes to the post above.

    Args:
        outcomes: in the order of the file, which is kept.
    """
    authors: set[tuple[str, str]] = set()
    window: list[Outcome] = []
    for one in outcomes:
        window.append(one)
        if len(window) >= WINDOW:
            yield from _joined(window, authors)
            window = []
    yield from _joined(window, authors)


def _author(post: Post) -> tuple[str, str]:
    return post.platform, post.account


def _joined(window: list[Outcome], authors: set[tuple[str, str]]) -> Iterator[Outcome]:
    posts = {one.id: one for one in window if type(one) is Post}
    authors.update(_author(one) for one in posts.values() if one.in_reply_to is None)
    answers = [one for one in window if type(one) is Post and one.in_reply_to is not None]
    if not answers:
        yield from window
        return
    comments, dropped = _beside(answers, posts, authors)
    for given in window:
        if type(given) is not Post:
            yield given
        elif given.id in dropped:
            yield Skipped.IGNORED
        elif told := comments.get(given.id):
            told.sort(key=_when)
            yield msgspec.structs.replace(given, comments=(*given.comments, *told))
        else:
            yield given


def _beside(
    answers: list[Post], posts: dict[str, Post], authors: set[tuple[str, str]]
) -> tuple[dict[str, list[Comment]], set[str]]:
    """Return comments by the id of the post they stand under, and ids of the answers that are no posts."""
    comments: dict[str, list[Comment]] = {}
    dropped = set()
    for one in answers:
        answered = _answered(one, posts, authors)
        if answered is None or _author(answered) == _author(one):
            continue
        comment = Comment(one.text, one.account, one.created_at)
        comments.setdefault(answered.id, []).append(comment)
        if _author(one) not in authors:
            dropped.add(one.id)
    return comments, dropped


def _when(comment: Comment) -> float:
    return comment.created_at.timestamp() if comment.created_at else 0.0


def _answered(answer: Post, posts: dict[str, Post], authors: set[tuple[str, str]]) -> Post | None:
    """Return the nearest post above an answer that stays a post; None when it is not in the window."""
    above = answer
    for _ in range(_CHAIN):
        found = posts.get(above.in_reply_to or "")
        if found is None or found is answer:
            return None
        if found.in_reply_to is None or _author(found) in authors:
            return found
        if found.in_reply_to not in posts:
            return found
        above = found
    return None
