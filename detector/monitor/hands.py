"""Whether an account that falls fell to a hand that is known already: strangers' posts that share a contact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from detector.campaigns import Trace, campaigns
from detector.histories import CONTACTS
from detector.notify.letters import hand_of
from detector.records import Author, Incident
from detector.store.interface import AccountKey, JudgedPost, Kept, Reading, Store

LOOKED_BACK: Final = timedelta(days=7)
"""Incidents this old can still be of one hand with a new one."""

MOST: Final = 200
"""Incidents and posts of each that are compared, at most."""


class Hand(msgspec.Struct, frozen=True):
    """Who else fell to the same hand."""

    mark: str
    """The same for all of its accounts: that of the one which fell first."""
    sisters: tuple[AccountKey, ...]


def hand_behind(
    store: Store,
    key: AccountKey,
    posts: Sequence[JudgedPost],
    incidents: Sequence[Incident],
    now: datetime,
) -> Hand | None:
    """Return whose hand an account fell to, if other accounts fell to the same one.

    Args:
        store: keeps the other accounts' incidents.
        key: the account.
        posts: of the page that raised the alarm.
        incidents: that the page opened.
        now: UTC.

    Raises:
        StoreError: the store cannot be read.
    """
    mine = _traces(key, posts)
    if not incidents or not any(one.shared for one in mine):
        return None
    others = [one for one in store.incidents(since=now - LOOKED_BACK) if one.key != key][:MOST]
    theirs = [trace for kept in others for trace in _left_by(store, kept)]
    for campaign in campaigns([*mine, *theirs]):
        if key in campaign.accounts:
            began = {kept.key: kept.incident.opened_at for kept in reversed(others)}
            began[key] = incidents[-1].opened_at
            first = min(campaign.accounts, key=lambda one: (began[one], one))
            sisters = tuple(one for one in campaign.accounts if one != key)
            return Hand(hand_of(first, began[first]), sisters)
    return None


def _left_by(store: Store, kept: Kept) -> list[Trace]:
    wanted = set(kept.incident.post_ids)
    posts = store.posts(kept.key, since=kept.incident.opened_at, most=MOST)
    return _traces(kept.key, (one for one in posts if one.post.id in wanted))


def _traces(key: AccountKey, posts: Iterable[JudgedPost]) -> list[Trace]:
    return [
        Trace(account=key, id=one.post.id, at=one.post.created_at, shared=_used(one), text=one.post.text)
        for one in (judged.gravest for judged in posts)
        if one.verdict.author is Author.STRANGER
    ]  # fmt: skip


def _used(judged: JudgedPost | Reading) -> tuple[str, ...]:
    """Return the contacts and sites of a post, without what a shortener hides."""
    findings = judged.verdict.findings
    shortened = {one.start for one in findings if one.indicator == "short_link"}
    return tuple(
        dict.fromkeys(
            one.value
            for one in findings
            if one.value is not None
            and (
                one.indicator in CONTACTS
                or (one.indicator == "link" and one.start not in shortened)
            )
        )
    )
