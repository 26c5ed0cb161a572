"""What X's API says of an account, and of itself when it does not answer."""

from __future__ import annotations

from typing import Any, Final

from detector.errors import AccountGone, FeedError, PlatformError, RateLimited, TokenRefused
from detector.records import Profile
from detector.sources._x_tweets import plain_text
from detector.sources.live._answers import count, failure, inner, objects, picture, said, text
from detector.transport import Hidden, Reply

PROFILE_FIELDS: Final = "created_at,description,entities,id,location,name,profile_image_url,protected,public_metrics,url,username"

_RENEW: Final = "make a new bearer token in X's developer console and put it where the settings say"
_SPENT: Final = "X answers no more questions of this project"
_CREDITS: Final = "buy credits, or raise the limit of spending, in X's developer console"
_ENROL: Final = "in X's developer console, attach the app to a project that may read posts"


def why(reply: Reply, handle: str, token: Hidden) -> FeedError | None:
    """Say whose doing an answer is that is not usable; None leaves it to its status.

    Args:
        reply: the answer.
        handle: whom was asked about.
        token: must not be quoted.
    """
    body = failure(reply)
    kind = text(body.get("type")).rpartition("/")[2]
    words = said(body.get("detail"), token) or said(body.get("title"), token) or str(reply.status)
    match reply.status:
        case status if status == 402 or kind == "credits":  # noqa: PLR2004 - payment required
            return TokenRefused(f"{_SPENT}: {words}", hint=_CREDITS)
        case _ if kind == "usage-capped":
            return RateLimited(f"{_SPENT}: {words}", hint=_CREDITS)
        case 401:
            return TokenRefused(f"X does not take the token: {words}", hint=_RENEW)
        case 403 | 404:
            return _refusal(reply, body, words, handle, token)
        case 400:
            first = next(iter(objects(body.get("errors"))), {})
            words = said(first.get("message"), token) or words
            return PlatformError(f"X did not understand the question: {words}")
        case _:
            return None


def _refusal(
    reply: Reply, body: dict[str, Any], words: str, handle: str, token: Hidden
) -> FeedError:
    """Tell an account that cannot be seen from a token that may not see it, and from what is not X."""
    for one in (body, *objects(body.get("errors"))):
        if (error := failed(one, handle, token)) is not None:
            return error
    if reply.status == 403 and body:  # noqa: PLR2004 - HTTP: forbidden
        return TokenRefused(f"X does not let the token read this: {words}", hint=_ENROL)
    return PlatformError(f"{reply.url} answered {reply.status}, and not as X does")


def failed(problem: dict[str, Any], handle: str, token: Hidden) -> FeedError | None:
    """Return what a problem says of the account that was asked about; None when it is about another thing.

    Args:
        problem: as X words it, with ``type``, ``title`` and ``detail``.
        handle: whom was asked about.
        token: must not be quoted.
    """
    if problem.get("resource_type") not in (None, "user"):
        return None
    words = said(problem.get("detail"), token)
    kind = text(problem.get("type")).rpartition("/")[2]
    if "suspended" in words.lower():
        return AccountGone(f"X has suspended {handle}", kind="suspended")
    if kind == "resource-not-found":
        return AccountGone(
            f"X has no account {handle}: {words}",
            hint="renamed or deleted; look it up by hand and correct its name in the settings",
        )
    if kind == "not-authorized-for-resource":
        return AccountGone(f"{handle} shows its posts on X to followers only", kind="private")
    return None


def unanswered(base: str) -> FeedError:
    """Return the error of an answer with neither an account nor a reason."""
    return PlatformError(f"{base} told neither of the account nor why not")


def profile_of(user: dict[str, Any]) -> Profile:
    """Read what X shows of an account."""
    about = inner(user, "entities")
    listed = [
        one.get("expanded_url") or one.get("url")
        for part in ("url", "description")
        for one in objects(inner(about, part).get("urls"))
    ] or [user.get("url")]
    numbers = inner(user, "public_metrics")
    shown = inner(about, "description")
    return Profile(
        handle=text(user.get("username")) or None,
        name=text(user.get("name")) or None,
        bio=_described(text(user.get("description")), objects(shown.get("urls"))),
        links=tuple(dict.fromkeys(one for one in listed if isinstance(one, str) and one)),
        picture=picture(text(user.get("profile_image_url")).replace("_normal.", ".")),
        followers=count(numbers.get("followers_count")),
        following=count(numbers.get("following_count")),
        posts=count(numbers.get("tweet_count")),
        is_private=user.get("protected") if isinstance(user.get("protected"), bool) else None,
    )


def _described(bio: str, urls: list[dict[str, Any]]) -> str:
    """Return a biography with its shortened links in full: X writes a new short one for the same address."""
    for one in urls:
        short, full = one.get("url"), one.get("expanded_url")
        if isinstance(short, str) and short and isinstance(full, str):
            bio = bio.replace(short, full)
    return plain_text(bio)
