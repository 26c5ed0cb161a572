"""What a page of one account leads to: its posts judged, its profile compared, its state moved on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

import msgspec

from detector.histories import PostColumns
from detector.histories import Store as Words
from detector.pipeline import SUSPECT, Asked, History, Pipeline
from detector.records import (
    Account,
    AccountEvent,
    Alert,
    Author,
    Incident,
    Page,
    Post,
    State,
    Verdict,
)
from detector.settings import AccountSettings
from detector.store.interface import AccountKey, Claim, JudgedPost
from detector.text import utf8
from detector.verdict import probability_of


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What one page led to."""

    posts: tuple[JudgedPost, ...]
    events: tuple[AccountEvent, ...]
    standing: bytes
    state: State
    probability: float
    incidents: tuple[Incident, ...] = ()
    alerts: tuple[Alert, ...] = ()
    was_flagged: bool = False
    """Whether the page held anything that is not surely the owner's."""


class Judging:
    """Judges pages of any account; one at a time, whichever thread asks.

    Args:
        pipeline: everything needed to judge posts.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._lock = threading.Lock()
        self._seen: dict[AccountKey, tuple[list[Post], list[AccountEvent]]] = {}

    def take(
        self,
        settings: AccountSettings,
        claim: Claim,
        page: Page,
        posts: Sequence[Post],
        now: datetime,
    ) -> Taken:
        """Judge what is new in a page.

        Args:
            settings: of the account.
            claim: with its standing and profile so far.
            page: as its source gave it.
            posts: those of the page that are new, in order of time.
            now: UTC.
        """
        del now
        account = settings.known()
        with self._lock:
            kept, events = self._seen.setdefault(claim.watched.key, ([], []))
            before = self._follow(account, kept, events)
            kept += posts
            events += page.events
            after = self._follow(account, kept, events)
            judged = self._judged(posts, after)
        told_before = {one.id for one in before.alerts}
        return Taken(
            posts=tuple(judged),
            events=page.events,
            standing=b"",
            state=after.hands.state,
            probability=after.hands.probability,
            incidents=tuple(
                one for one in after.hands.incidents if one not in before.hands.incidents
            ),
            alerts=tuple(one for one in after.alerts if one.id not in told_before),
            was_flagged=any(one.verdict.author in SUSPECT for one in judged),
        )

    def _judged(self, posts: Sequence[Post], history: History) -> list[JudgedPost]:
        by_id = {one.post.id: one for one in history.judged}
        read = self._pipeline.reader.read([post.text for post in posts])
        judged = []
        for post, text in zip(posts, read, strict=True):
            one = by_id.get(post.id)
            author = one.author if one else Author.OWNER
            log_odds = one.log_odds if one else -5.0
            verdict = Verdict(
                post_id=post.id,
                author=author,
                probability=probability_of(log_odds),
                log_odds=log_odds,
            )
            if author in SUSPECT and one is not None:
                asked = Asked(utf8(post.text), text.log_odds, text.is_known, one.signals)
                told = self._pipeline.explain([asked])[0]
                verdict = msgspec.structs.replace(told, post_id=post.id, author=author)
            judged.append(JudgedPost(post=post, verdict=verdict))
        return judged

    def _follow(
        self, account: Account, posts: Sequence[Post], events: Sequence[AccountEvent]
    ) -> History:
        columns = PostColumns(Words())
        texts = [utf8(post.text) for post in posts]
        columns.add(posts, texts, self._pipeline.reader.read_utf8(texts))
        columns.sort()
        return self._pipeline.follow(account, columns, events)
