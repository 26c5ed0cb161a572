"""What a page or a failure leads to for people: messages, queued with it in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from detector.errors import FeedError
from detector.monitor.feeds import Feeds
from detector.monitor.hands import hand_behind
from detector.monitor.judging import Verdicts
from detector.monitor.reach import Whose
from detector.notify.planning import News, Planner
from detector.records import State
from detector.store.interface import AccountKey, Claim, Delivery, Store, Watched

RECENT: Final = 300
"""Messages looked back upon, to tell a flood together."""


TOLD: Final = frozenset({State.WATCHED, State.COMPROMISED, State.RECOVERING})
"""States that people are told of."""


class Telling:
    """Plans messages.

    Args:
        planner: writes them.
        store: where earlier ones are.
        feeds: which accounts share a token.
    """

    def __init__(self, planner: Planner, store: Store, feeds: Feeds) -> None:
        self._planner, self._store, self._feeds = planner, store, feeds

    def of_page(self, key: AccountKey, verdicts: Verdicts, now: datetime) -> Sequence[Delivery]:
        """Return the messages that a page leads to."""
        return [*self._of_states(verdicts, now), *self._of_files(key, verdicts, now)]

    def _of_files(self, key: AccountKey, verdicts: Verdicts, now: datetime) -> Sequence[Delivery]:
        """Return what people are told of files that they handed over in vain."""
        feed = self._feeds.get(key)
        if not verdicts.refused or feed is None or not feed.source.takes_files:
            return ()
        return self._planner.unread_file(key, verdicts.refused, now)

    def _of_states(self, verdicts: Verdicts, now: datetime) -> Sequence[Delivery]:
        taken = verdicts.taken
        if TOLD.isdisjoint(one.state for one in taken.alerts):
            return ()
        first = taken.alerts[0]
        key = first.platform, first.account
        hand = hand_behind(self._store, key, taken.posts, taken.incidents, now)
        news = News(
            alerts=taken.alerts, incidents=taken.incidents, posts=taken.posts,
            campaign=hand.mark if hand else None, sisters=hand.sisters if hand else (),
        )  # fmt: skip
        return self._planner.news(news, now, self._store.deliveries(most=RECENT))

    def of_failure(
        self, claim: Claim, error: FeedError, whose: Whose, now: datetime
    ) -> Sequence[Delivery]:
        """Return the messages that a failure leads to: at once only of a token that is refused."""
        if whose is not Whose.TOKEN:
            return ()
        feed = self._feeds.get(claim.watched.key)
        if feed is None:
            return ()
        sharing = self._feeds.sharing(feed)
        watched = [
            claim.watched,
            *(Watched(key=key) for key in sharing if key != claim.watched.key),
        ]
        return self._planner.token_refused(feed.token_name, watched, error.message, now)
