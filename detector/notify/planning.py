"""Which messages an account's news leads to: for whom, when, in which language; pure, and the same when made twice.

A message's id says what it is about, which step it is and for which channel, so that news planned twice is told
once. A whole escalation is planned with its alarm and waits in the outbox, to be withdrawn when somebody
acknowledges: no later moment is needed at which it could be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from detector.notify import bulletins, messages
from detector.notify.audience import Audience
from detector.notify.letters import Kind, bucket, gathered, hand_of, letter
from detector.notify.messages import Case, Message
from detector.records import Alert, Incident, Rejected, State
from detector.settings import AccountSettings, ChannelSettings, Settings, span
from detector.store.interface import AccountKey, Delivery, JudgedPost, Watched

AGAIN: Final = timedelta(hours=6)
"""A blindness that is no account's own, and a doubt that comes and goes, are told once in so long."""


AT_ONCE: Final = timedelta(minutes=10)
"""A file that is refused again within so long is the same news."""

_STATES: Final = {
    State.COMPROMISED: Kind.ALERT,
    State.WATCHED: Kind.WATCH,
    State.RECOVERING: Kind.RECOVERY,
}

Written = Callable[[str], Message]
"""Given a language, a message."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of posts led to."""

    alerts: tuple[Alert, ...]
    incidents: tuple[Incident, ...] = ()
    posts: tuple[JudgedPost, ...] = ()
    campaign: str | None = None
    """Of the hand that the account fell to, `letters.hand_of` the account that fell to it first, if it is another, ..."""
    sisters: tuple[AccountKey, ...] = ()
    """... and its other accounts."""


class Planner:
    """Makes messages.

    Args:
        settings: whose accounts and channels.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings: Final = settings
        self._audience: Final = Audience(settings)
        self._accounts: Final = {
            (one.platform, one.account.removeprefix("@").lower()): one for one in settings.accounts
        }

    def news(self, news: News, now: datetime, recent: Sequence[Delivery] = ()) -> list[Delivery]:
        """Plan what a page's alerts lead to.

        Of alerts in one page only what still holds is told: an account that was watched and then taken over is
        taken over, and a takeover that the page also ends is told as past, in one message.

        Args:
            news: of one account.
            now: when the page was read.
            recent: what was queued lately, newest first, so that a flood is told together.
        """
        plans: list[Delivery] = []
        ordered = sorted(news.alerts, key=lambda one: one.at)
        for place, alert in enumerate(ordered):
            is_last = place == len(ordered) - 1
            if alert.state is State.COMPROMISED:
                plans += self._alarm(alert, news, now)
            elif alert.state is State.RECOVERING:
                plans += self._recovery(alert, ordered[:place], news, now, recent)
            elif alert.state is State.WATCHED and is_last:
                case = self._case(alert, None, news, now)
                stretch = f"{alert.previous}:{bucket(alert.at, AGAIN)}"
                mark = f"{_key_mark((alert.platform, alert.account))}|WATCHED:{stretch}"
                plans += self._for_all(alert, case, mark, now, messages.watched)
        return [gathered(one, recent, now) for one in plans]

    def blind(
        self, watched: Sequence[Watched], whose: str, why: str, now: datetime
    ) -> list[Delivery]:
        """Plan what people are told of accounts that could not be read for longer than allowed.

        Planned again while it lasts, it is told once: an account's own trouble once, ours, a platform's and a
        token's every `AGAIN`.

        Args:
            watched: the accounts, at least one, all failing for the same cause.
            whose: ours, folder, platform, token, budget or account.
            why: what the last try was answered with.
            now: UTC.
        """
        unread = self._unread(watched, whose, why, now)
        first = watched[0]
        if whose == "account":
            mark = f"{_key_mark(first.key)}|blind|{unread.since.isoformat()}"
            channels = self._audience.at_once(self._known(first.key), State.COMPROMISED)
        else:
            where = whose if whose in {"ours", "folder"} else f"{first.key[0]}:{whose}"
            mark = f"{where}|blind|{bucket(now, AGAIN)}"
            channels = self._audience.monitors
        unread = msgspec.structs.replace(unread, ref=messages.ref(mark))
        key = first.key if whose == "account" else None
        return self._plain(
            Kind.BLIND, mark, channels, lambda said: bulletins.blind(unread, said), now, key=key
        )

    def unread_file(
        self, key: AccountKey, refused: Sequence[Rejected], now: datetime
    ) -> list[Delivery]:
        """Plan what people are told of a file they handed over that could not be read; once a file and try.

        Args:
            key: for which account it was.
            refused: of one page, at least one.
            now: UTC.
        """
        file = refused[0].where.file
        mark = f"{_key_mark(key)}|unread_file|{messages.ref(file)}|{bucket(now, AT_ONCE)}"
        account, ref = self._known(key), messages.ref(mark)
        return self._plain(
            Kind.UNREAD_FILE,
            mark,
            self._audience.at_once(account, State.COMPROMISED),
            lambda said: bulletins.unread_file(account.known(), refused, ref, said),
            now,
            key=key,
        )

    def readable(self, watched: Watched, now: datetime) -> list[Delivery]:
        """Plan what people are told when an account that they knew to be unreadable was read again."""
        if watched.failing_since is None:
            return []
        unread = self._unread([watched], "account", "", now)
        mark = f"{_key_mark(watched.key)}|readable|{unread.since.isoformat()}"
        unread = msgspec.structs.replace(unread, ref=messages.ref(mark))
        channels = self._audience.at_once(self._known(watched.key), State.COMPROMISED)
        return self._plain(
            Kind.READABLE,
            mark,
            channels,
            lambda said: bulletins.readable(unread, said),
            now,
            key=watched.key,
        )

    def token_refused(
        self, token: str, watched: Sequence[Watched], why: str, now: datetime
    ) -> list[Delivery]:
        """Plan what people are told of a token that a platform refuses; once in `AGAIN`.

        Args:
            token: the name under which it is kept, never the token.
            watched: the accounts that need it, at least one.
            why: what the platform said.
            now: UTC.
        """
        unread = self._unread(watched, "token", why, now)
        mark = f"{watched[0].key[0]}|token|{token}|{bucket(now, AGAIN)}"
        unread = msgspec.structs.replace(unread, ref=messages.ref(mark))
        return self._plain(
            Kind.TOKEN,
            mark,
            self._audience.monitors,
            lambda said: bulletins.token_refused(unread, token, said),
            now,
        )

    def all_quiet(self, quiet: bulletins.Quiet, now: datetime) -> list[Delivery]:
        """Plan the message that says the monitor is well."""
        mark = f"all_quiet|{quiet.until.isoformat()}"
        return self._plain(
            Kind.ALL_QUIET,
            mark,
            self._audience.monitors,
            lambda said: bulletins.all_quiet(quiet, said),
            now,
        )

    def test(self, now: datetime, channel: str | None = None) -> list[Delivery]:
        """Plan a message that only says a channel works, for one of them or for all."""
        plans: list[Delivery] = []
        for one in self._settings.channels:
            if channel in {None, one.name}:
                written = bulletins.test(one.name, self._language(one))
                mark = f"test|{now.isoformat()}"
                plans.append(letter(Kind.TEST, mark, one, written, now))
        return plans

    def _alarm(self, alert: Alert, news: News, now: datetime) -> list[Delivery]:
        incident = _incident_at(alert, news.incidents)
        case = self._case(alert, incident, news, now)
        mark = f"{_mark(alert, incident)}|COMPROMISED"
        if incident is not None and incident.closed_at is not None:
            case = msgspec.structs.replace(case, at=incident.closed_at)
            return self._for_all(alert, case, mark, now, messages.passed)
        opened_at = incident.opened_at if incident else alert.at
        group = news.campaign or hand_of((alert.platform, alert.account), opened_at)
        plans = self._for_all(alert, case, mark, now, messages.alarm, group=group)
        return plans + self._climbing(alert, case, mark, now)

    def _climbing(self, alert: Alert, case: Case, mark: str, now: datetime) -> list[Delivery]:
        """Plan whom to tell, and when, while nobody acknowledges an alarm."""
        account = self._known((alert.platform, alert.account))
        wait = span(account.escalate_after)
        plans = []
        for step, channels in enumerate(self._audience.later(account), 1):
            for one in channels:
                written = messages.escalation(case, now, self._language(one))
                plans.append(
                    letter(Kind.ESCALATION, mark, one, written, now, step=step, alert=alert, due_at=now + step * wait)
                )  # fmt: skip
        for one in self._audience.at_once(account, State.COMPROMISED):
            for step in range(1, one.reminders + 1):
                written = messages.reminder(case, now, step, one.reminders, self._language(one))
                due_at = now + wait * 2 ** (step - 1)
                plans.append(
                    letter(Kind.REMINDER, f"{mark}|reminder", one, written, now, step=step, alert=alert, due_at=due_at)
                )  # fmt: skip
        return plans

    def _recovery(
        self,
        alert: Alert,
        before: Sequence[Alert],
        news: News,
        now: datetime,
        recent: Sequence[Delivery],
    ) -> list[Delivery]:
        """Plan the news of a recovery, for whoever was told of the takeover, but not if they were told both at once."""
        incident = next((one for one in news.incidents if one.closed_at == alert.at), None)
        if any(
            one.state is State.COMPROMISED and _incident_at(one, news.incidents) is incident
            for one in before
        ):
            return []
        case = self._case(alert, incident, news, now)
        mark = _mark(alert, incident)
        plans = self._for_all(alert, case, f"{mark}|RECOVERING", now, messages.recovering)
        told = {one.channel for one in plans}
        climbed = {
            one.channel
            for one in recent
            if one.kind == Kind.ESCALATION and one.sent_at and one.id.startswith(f"{mark}|")
        }
        for channel in self._settings.channels:
            if channel.name in climbed - told:
                written = messages.recovering(case, self._language(channel))
                plans.append(letter(Kind.RECOVERY, f"{mark}|RECOVERING", channel, written, now, alert=alert))  # fmt: skip
        return plans

    def _for_all(
        self,
        alert: Alert,
        case: Case,
        mark: str,
        now: datetime,
        write: Callable[[Case, str], Message],
        *,
        group: str | None = None,
    ) -> list[Delivery]:
        account = self._known((alert.platform, alert.account))
        kind = _STATES[alert.state]
        return [
            letter(kind, mark, one, write(case, self._language(one)), now, alert=alert, group=group)
            for one in self._audience.at_once(account, alert.state)
        ]  # fmt: skip

    def _plain(
        self,
        kind: Kind,
        mark: str,
        channels: Sequence[ChannelSettings],
        write: Written,
        now: datetime,
        *,
        key: AccountKey | None = None,
    ) -> list[Delivery]:
        return [
            letter(kind, mark, one, write(self._language(one)), now, key=key) for one in channels
        ]

    def _language(self, channel: ChannelSettings) -> str:
        return channel.language or self._settings.language

    def _known(self, key: AccountKey) -> AccountSettings:
        platform, handle = key
        return self._accounts.get((platform, handle.lower())) or AccountSettings(
            platform=platform, account=handle
        )

    def _unread(
        self, watched: Sequence[Watched], whose: str, why: str, now: datetime
    ) -> bulletins.Unread:
        since = min((one.failing_since for one in watched if one.failing_since), default=now)
        first, *others = (self._known(one.key).known() for one in watched)
        return bulletins.Unread(
            whose=whose, account=first, others=tuple(others), since=since, now=now, why=why
        )

    def _case(self, alert: Alert, incident: Incident | None, news: News, now: datetime) -> Case:
        judged = next((one for one in news.posts if one.post.id == alert.post_id), None)
        return Case(
            account=self._known((alert.platform, alert.account)).known(),
            state=alert.state,
            since=incident.opened_at if incident else alert.at,
            at=alert.at,
            probability=alert.probability,
            now=now,
            why=() if judged is None else messages.why_of(judged.verdict),
            post_id=None if alert.post_id is None or "@" in alert.post_id else alert.post_id,
            post_url=None if judged is None else judged.post.url,
            sisters=tuple(
                messages.named(*key)
                for key in news.sisters
                if key != (alert.platform, alert.account)
            ),
            ref=messages.ref(alert.id),
        )


def _key_mark(key: AccountKey) -> str:
    return ":".join(key)


def _mark(alert: Alert, incident: Incident | None) -> str:
    """Return how the messages about one incident begin to be called."""
    since = incident.opened_at if incident else alert.at
    return f"{alert.platform}:{alert.account}|{since.isoformat()}"


def _incident_at(alert: Alert, incidents: Sequence[Incident]) -> Incident | None:
    """Return the incident that an alarm opened."""
    return next((one for one in incidents if one.detected_at == alert.at), None)
