"""What changed on an account's profile between two readings of it.

A platform forgets to say things, writes one address in several ways and counts roughly; none of that is a change.
What it did not say this time is taken to be as it was: `remembered` is what to compare the next reading with.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from detector.records import Account, AccountEvent, Profile, TimeQuality

FEWEST_DELETED: Final = 10
"""Posts that must be gone before it is told; counts of posts are off by a few at most platforms."""
SHARE_DELETED: Final = 0.01
"""Share of all posts that must be gone, besides."""
_LONGEST: Final = 1_000
"""Characters of a biography that are kept."""
_ELLIPSES: Final = ("…", "...")
_SHORTEST_CUT: Final = 20
"""Characters before an ellipsis that make it the mark of a text cut short."""
_TRACKING: Final = frozenset(
    {"fbclid", "igsh", "igshid", "gclid", "si", "ref", "ref_src", "mibextid"}
)
_PRIVACY: Final = {True: "private", False: "public"}


def changed(
    before: Profile | None, after: Profile, at: datetime, account: Account
) -> list[AccountEvent]:
    """Return what changed, as events of the kinds that exports name.

    Args:
        before: what `remembered` made of the readings so far; None at the first, which tells of no change.
        after: the profile as it is shown now.
        at: time of this reading, UTC: the change was made between the last one and it.
        account: whose profile.

    Examples:
        >>> from datetime import UTC
        >>> office = Account(platform="instagram", handle="kpu.contoh")
        >>> found = changed(
        ...     Profile(name="KPU Contoh", posts=812),
        ...     Profile(name="Slot Gacor", posts=3),
        ...     datetime(2024, 11, 21, tzinfo=UTC),
        ...     office,
        ... )
        >>> [(one.kind, one.details) for one in found]  # doctest: +NORMALIZE_WHITESPACE
        [('name_changed', {'from': 'KPU Contoh', 'to': 'Slot Gacor'}),
         ('posts_deleted', {'from': '812', 'to': '3', 'count': '809'})]
    """
    if before is None:
        return []
    found: list[tuple[str, dict[str, str]]] = []
    for kind, old, new in (
        ("name_changed", before.name, after.name),
        ("handle_changed", before.handle, after.handle),
        ("bio_changed", before.bio, after.bio),
    ):
        if old is not None and new is not None and not _same(old, new):
            found.append((kind, {"from": old[:_LONGEST], "to": new[:_LONGEST]}))
    if link := _links(before, after):
        found.append(("link_changed", link))
    if before.picture and after.picture and before.picture != after.picture:
        found.append(("picture_changed", {}))
    if None not in (before.is_private, after.is_private) and before.is_private != after.is_private:
        found.append(("privacy_changed", {"to": _PRIVACY[bool(after.is_private)]}))
    if (gone := _deleted(before, after)) is not None:
        numbers = {"from": str(before.posts), "to": str(after.posts), "count": str(gone)}
        found.append(("posts_deleted", numbers))
    return [
        AccountEvent(
            platform=account.platform,
            account=account.handle,
            kind=kind,
            at=at,
            where="profile",
            time_quality=TimeQuality.MINUTE,
            details=details,
        )
        for kind, details in found
    ]


def remembered(before: Profile | None, after: Profile) -> Profile:
    """Return the profile to compare the next reading with.

    What this reading did not say stays as it was known. A count of posts that fell by less than what is told
    stays, too, so that posts deleted a few at a time add up.
    """
    if before is None:
        return after
    known = {name: getattr(after, name) for name in Profile.__struct_fields__}
    for name, value in known.items():
        if value is None or value == ():
            known[name] = getattr(before, name)
    if before.posts is not None and known["posts"] < before.posts and not _deleted(before, after):
        known["posts"] = before.posts
    return Profile(**known)


def _same(old: str, new: str) -> bool:
    """Whether two texts read alike, or one is the other cut short."""
    left, right = _gist(old), _gist(new)
    return left == right or _is_cut(left, right) or _is_cut(right, left)


def _gist(text: str) -> str:
    """Return a text as it is read: without case, widths, marks nobody sees and ways of spacing."""
    seen = (
        one
        for one in unicodedata.normalize("NFKC", text)
        if unicodedata.category(one) not in {"Cf", "Mn"} or unicodedata.combining(one)
    )
    return " ".join("".join(seen).casefold().split()).removeprefix("@")


def _is_cut(short: str, long: str) -> bool:
    ending = next((one for one in _ELLIPSES if short.endswith(one)), "")
    kept = short.removesuffix(ending).rstrip()
    return bool(ending) and len(kept) >= _SHORTEST_CUT and long.startswith(kept)


def _links(before: Profile, after: Profile) -> dict[str, str] | None:
    """Return the links that are gone and those that are new; None when all are as they were.

    No link at all is how a platform is silent, too: it counts as no change.
    """
    told_before = before.bio is not None or bool(before.links)
    if not after.links or not told_before:
        return None
    old = {_address(one): one for one in before.links}
    new = {_address(one): one for one in after.links}
    if old.keys() == new.keys():
        return None
    gone = [one for key, one in old.items() if key not in new]
    come = [one for key, one in new.items() if key not in old]
    return {"from": "\n".join(gone)[:_LONGEST], "to": "\n".join(come)[:_LONGEST]}


def _address(link: str) -> str:
    """Return what an address leads to, however it is written."""
    text = link.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return text
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in _TRACKING and not name.startswith("utm_")
    ]
    query = f"?{urlencode(sorted(asked))}" if asked else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def _deleted(before: Profile, after: Profile) -> int | None:
    """Return how many posts are gone, when they are many.

    A platform in trouble counts nothing at all: no posts and no followers is no deletion.
    """
    if before.posts is None or after.posts is None:
        return None
    gone = before.posts - after.posts
    is_blank = after.posts == 0 and not after.followers and bool(before.followers)
    if is_blank or gone < max(FEWEST_DELETED, SHARE_DELETED * before.posts):
        return None
    return gone
