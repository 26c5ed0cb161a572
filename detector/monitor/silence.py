"""Whether our silence can be trusted: who went unread too long, when we were off, and that all is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from detector.monitor import cadence
from detector.monitor.clocks import Clock
from detector.monitor.feeds import Feeds
from detector.monitor.reach import Whose
from detector.notify.audience import common_zone
from detector.notify.bulletins import Quiet
from detector.notify.messages import named
from detector.notify.planning import Planner
from detector.records import State, Wording
from detector.settings import Settings, span
from detector.store.interface import AccountKey, Store, Watched

_ALIVE: Final = "monitor.alive"
_QUIET: Final = "monitor.quiet"
_BLIND: Final = "monitor.blind"

LOOKS: Final = timedelta(minutes=1)
"""Between two looks at all accounts."""

NAPPED: Final = timedelta(minutes=5)
"""A pause between two looks from which on accounts are forgiven the time we ourselves were away."""

_OFF: Final = Wording(
    id="pemantau tidak berjalan, atau komputernya tidur",
    en="the monitor did not run, or its machine slept",
)
_LATE: Final = Wording(
    id="pemantau tidak sempat membacanya", en="the monitor did not get round to reading it"
)


def last_alive(store: Store) -> datetime | None:
    """Return when a monitor last looked, by its own clock."""
    return _moment(store.noted(_ALIVE))


class _Since(msgspec.Struct, frozen=True):
    """What had been done when the last word that all is quiet went out."""

    at: datetime
    polls: int
    posts: int


class Silence:
    """Watches over what is not said.

    Args:
        settings: the operator's.
        store: where accounts and messages are.
        feeds: the accounts that are watched.
        planner: makes messages.
        clock: the time.
        every: between two looks; what is shorter than two of them is not seen as blindness.
    """

    def __init__(
        self, settings: Settings, store: Store, feeds: Feeds, planner: Planner, clock: Clock,
        *, every: timedelta = LOOKS,
    ) -> None:  # fmt: skip
        self._settings, self._store, self._feeds = settings, store, feeds
        self._planner, self._clock, self._every = planner, clock, every
        self._awake_since: datetime | None = None
        self.blind: tuple[Watched, ...] = ()
        """Accounts that are unread for longer than allowed, as of the last look."""

    def look(self) -> None:
        """Look at every account once, and queue what people must be told.

        Raises:
            StoreError: the store cannot be read or written.
        """
        now = self._clock()
        every = self._store.accounts()
        rows = [one for one in every if not one.paused]
        self._were_we_off(rows, now)
        blind = [(one, since) for one in rows if (since := self._blind_since(one, now)) is not None]
        self.blind = tuple(one for one, _ in blind)
        for group in _by_cause(blind):
            first = group[0]
            whose, why = _cause(first, self._settings.language)
            self._store.enqueue(self._planner.blind(group, whose, why, now))
        self._tell_who_is_back(rows, blind, now)
        self._say_that_all_is_quiet(rows, [one for one in every if one.paused], now)

    def _were_we_off(self, rows: Sequence[Watched], now: datetime) -> None:
        """Tell when nobody was watching for longer than any account allows."""
        alive = last_alive(self._store)
        if self._awake_since is None or (alive is not None and now - alive > NAPPED):
            self._awake_since = now
        self._store.note(_ALIVE, now.isoformat())
        allowed = min((self._allowance(one.key) for one in rows), default=None)
        if alive is None or allowed is None or now - alive <= allowed:
            return
        group = [msgspec.structs.replace(one, failing_since=alive) for one in rows]
        why = _OFF.said(self._settings.language)
        self._store.enqueue(self._planner.blind(group, Whose.OURS, why, now))

    def _blind_since(self, one: Watched, now: datetime) -> datetime | None:
        """Return since when an account is unread, if that is longer than allowed."""
        since = one.last_read_at or one.failing_since or one.next_at or now
        counted = max(since, self._awake_since or since)
        return since if now - counted > self._allowance(one.key) else None

    def _allowance(self, key: AccountKey) -> timedelta:
        feed = self._feeds.get(key)
        if feed is None:
            return timedelta.max
        wanted = feed.settings.blind_after
        allowed = cadence.allowance(span(feed.settings.every), span(wanted) if wanted else None)
        return max(allowed, self._every * 2)

    def _tell_who_is_back(
        self, rows: Sequence[Watched], blind: Sequence[tuple[Watched, datetime]], now: datetime
    ) -> None:
        """Tell of accounts whose own trouble people were told of, and which were read again."""
        noted: dict[str, str] = self._store.noted(_BLIND) or {}
        still = {
            _name(one): since.isoformat()
            for one, since in blind
            if _cause(one, "en")[0] == Whose.ACCOUNT
        }
        for one in rows:
            since = _moment(noted.get(_name(one)))
            if since is not None and _name(one) not in still:
                if one.failing_since is None:
                    back = msgspec.structs.replace(one, failing_since=since)
                    self._store.enqueue(self._planner.readable(back, now))
                else:
                    still[_name(one)] = since.isoformat()
        if still != noted:
            self._store.note(_BLIND, still or None)

    def _say_that_all_is_quiet(
        self, rows: Sequence[Watched], paused: Sequence[Watched], now: datetime
    ) -> None:
        polls, posts = sum(one.polls for one in rows), sum(one.posts for one in rows)
        noted = self._store.noted(_QUIET)
        if noted is None:
            self._note_quiet(_Since(now, polls, posts))
            return
        since = msgspec.convert(noted, _Since, strict=False)
        every = span(self._settings.monitor.all_quiet_every)
        if since.at > now:
            self._note_quiet(_Since(now, polls, posts))
        if now - since.at < every:
            return
        # Two monitors at one store make the same message of it, which then is queued once.
        until = since.at + (now - since.at) // every * every
        open_keys = [kept.key for kept in self._store.incidents(open_only=True)]
        quiet = Quiet(
            since=since.at, until=until, accounts=len(rows), readings=max(polls - since.polls, 0),
            posts=max(posts - since.posts, 0), open_incidents=tuple(named(*key) for key in dict.fromkeys(open_keys)),
            watched=tuple(named(*one.key) for one in rows if one.state is State.WATCHED),
            unread=tuple(named(*one.key) for one in self.blind),
            paused=tuple(named(*one.key) for one in paused),
            every=self._settings.monitor.all_quiet_every, zone=common_zone(self._settings),
        )  # fmt: skip
        self._store.enqueue(self._planner.all_quiet(quiet, now))
        self._note_quiet(_Since(until, polls, posts))

    def _note_quiet(self, since: _Since) -> None:
        self._store.note(_QUIET, msgspec.to_builtins(since))


def _by_cause(blind: Sequence[tuple[Watched, datetime]]) -> list[list[Watched]]:
    """Put together what one message can tell of; an account's own trouble is told by itself."""
    groups: dict[Any, list[Watched]] = {}
    for one, since in blind:
        whose, _ = _cause(one, "en")
        own = one.key if whose == Whose.ACCOUNT else None
        platform = None if whose in {Whose.OURS, Whose.FOLDER} else one.key[0]
        dated = msgspec.structs.replace(one, failing_since=since)
        groups.setdefault((whose, platform, own), []).append(dated)
    return list(groups.values())


def _cause(one: Watched, language: str) -> tuple[str, str]:
    """Return whose doing it is that an account is unread, and what the last try was answered with."""
    whose, mark, why = (one.failure or "").partition(": ")
    if not mark or whose not in set(Whose):
        return Whose.OURS, _LATE.said(language)
    return whose, why


def _name(one: Watched) -> str:
    return ":".join(one.key)


def _moment(written: Any) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else None
