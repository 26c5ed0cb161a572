"""What a page of one account leads to: its posts judged, its profile compared, its state moved on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from detector import profiles
from detector.campaigns import Wave
from detector.errors import StandingRefused
from detector.pipeline import Pipeline
from detector.records import Account, AccountEvent, Page, Post, Profile, Rejected
from detector.settings import AccountSettings
from detector.store.interface import AccountKey, Claim, JudgedPost, Store
from detector.taking import Taken

RELEARNED: Final = 5_000
"""Kept posts and events from which an account is learned anew, at most."""

WaveOf = Callable[[AccountKey, Sequence[Post], datetime], Wave]
"""Says what other accounts' falls are to an account's new posts."""


class Takes(Protocol):
    """Judges one page, as `Pipeline.take` does."""

    def take(
        self,
        account: Account,
        standing: bytes | None,
        posts: Sequence[Post],
        events: Sequence[AccountEvent] = (),
        *,
        now: datetime,
        wave: Wave,
        again: Mapping[str, float],
    ) -> Taken:
        """Judge a page.

        Raises:
            StandingRefused: the standing is damaged or of another form.
        """
        ...


_NO_WAVE: Final = Wave()


class Fresh(msgspec.Struct, frozen=True):
    """What a page has to say that was not known."""

    posts: tuple[Post, ...] = ()
    """In order of time: those that are new, and those of `again`."""
    again: Mapping[str, float] = {}
    """Posts kept already that read otherwise now, by id, with their log-odds so far in nats."""


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """What one page led to."""

    taken: Taken
    posts: tuple[JudgedPost, ...]
    """Those of the page."""
    events: tuple[AccountEvent, ...]
    """Those of the page, and what changed on the profile."""
    profile: Profile | None
    refused: tuple[Rejected, ...] = ()
    """What of the page stands for a whole file that could not be read."""

    @property
    def is_flagged(self) -> bool:
        """Whether anything in the page is not surely the owner's."""
        return self.taken.is_flagged or bool(self.taken.changes)


class Judging:
    """Judges pages of any account; here one at a time, whichever thread asks.

    Args:
        pipeline: everything needed to judge posts, or what judges them elsewhere.
        store: where an account's posts are, should it have to be learned anew.
        wave_of: looks at other accounts.
    """

    def __init__(
        self,
        pipeline: Takes,
        store: Store,
        wave_of: WaveOf = lambda _key, _posts, _now: _NO_WAVE,
    ) -> None:
        self._pipeline, self._store, self._wave_of = pipeline, store, wave_of
        # What was read once is remembered in a dictionary; two threads in it would take each other's place.
        # Elsewhere that is their matter.
        is_here = isinstance(pipeline, Pipeline)
        self._lock = threading.Lock() if is_here else contextlib.nullcontext()

    def take(
        self,
        settings: AccountSettings,
        claim: Claim,
        page: Page,
        fresh: Fresh,
        now: datetime,
    ) -> Verdicts:
        """Judge what is new in a page.

        Args:
            settings: of the account.
            claim: with its standing and profile so far.
            page: as its source gave it.
            fresh: of its posts.
            now: UTC.
        """
        posts = fresh.posts
        account, events, profile = settings.known(), page.events, claim.profile
        if page.profile is not None:
            changes = profiles.changed(claim.profile, page.profile, now, account)
            events = (*events, *changes)
            profile = profiles.remembered(claim.profile, page.profile)
        wave = self._wave_of(claim.watched.key, posts, now) if posts else _NO_WAVE
        with self._lock:
            try:
                taken = self._pipeline.take(
                    account, claim.standing, posts, events, now=now, wave=wave, again=fresh.again
                )
            except StandingRefused:
                taken = self._learned_anew(settings, claim, posts, events, now)
        ids = {post.id for post in posts}
        judged = tuple(one for one in taken.posts if one.post.id in ids)
        return Verdicts(
            taken=taken, posts=judged, events=events, profile=profile, refused=_whole_files(page)
        )

    def _learned_anew(
        self,
        settings: AccountSettings,
        claim: Claim,
        posts: Sequence[Post],
        events: Sequence[AccountEvent],
        now: datetime,
    ) -> Taken:
        """Judge everything that is kept and the page as one; what was told before has the ids it had then."""
        key = claim.watched.key
        fresh = {post.id for post in posts}
        kept = [one.post for one in self._store.posts(key, most=RELEARNED)]
        past = self._store.events(key, most=RELEARNED)
        whole = [*(post for post in kept if post.id not in fresh), *posts]
        return self._pipeline.take(
            settings.known(), None, whole, [*past, *events], now=now, wave=_NO_WAVE, again={}
        )


def _whole_files(page: Page) -> tuple[Rejected, ...]:
    """Return what could not be read at all; single records are lost only where nothing beside them was read."""
    if page.rejected and len(page.rejected) == page.records:
        return page.rejected
    return tuple(one for one in page.rejected if one.where.record is None)
