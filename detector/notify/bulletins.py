"""What people are told of the monitor itself: that it is blind, refused, well, or only trying its voice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from detector.notify import phrases
from detector.notify.messages import LONGEST, Message, filled, fitted, listed, named, platform_of
from detector.records import Account, Rejected
from detector.report import words
from detector.report.printable import one_line

_NAMES: Final = 300
"""Characters of a list of accounts, at most."""

_HEADING: Final = 120
_BULLET: Final = 3
"""Characters of a message that are no titles: its heading and last line, and what stands before each title."""


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts that could not be read for longer than allowed, all for one cause."""

    whose: str
    """ours, folder, platform, token, budget or account."""
    account: Account
    """The first of them."""
    since: datetime
    now: datetime
    others: tuple[Account, ...] = ()
    why: str = ""
    """What the last try to read was answered with."""
    ref: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(named(one.platform, one.handle) for one in (self.account, *self.others))


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """What the monitor did in a time."""

    since: datetime
    until: datetime
    accounts: int
    readings: int
    posts: int
    open_incidents: tuple[str, ...] = ()
    """Accounts, as `messages.named`."""
    watched: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    """Those that people have put aside; they are not among `accounts`."""
    every: str = "7d"
    """As the settings write it."""
    zone: str | None = None


def blind(unread: Unread, language: str) -> Message:
    """Tell that accounts could not be read for longer than allowed, and whose doing it is."""
    names = unread.names
    what = names[0] if len(names) == 1 else _counted(len(names), language)
    title = f"{phrases.BLIND.said(language)}: {what}"
    platform = platform_of(unread.account.platform)
    whose = unread.whose if unread.whose in phrases.BLIND_WHY else "platform"
    why = phrases.BLIND_WHY[whose].said(language).format(platform=platform)
    mend = filled(phrases.BLIND_DO[whose], unread.account, language)
    lines = [
        _since(unread.account, unread.since, language),
        *([listed(names, _NAMES)] if len(names) > 1 else []),
        why,
        mend,
        phrases.UNWATCHED.said(language),
    ]
    if unread.why:
        lines.append(f"{phrases.LAST_SAID.said(language)}: {one_line(unread.why)[:150]}")
    return fitted(
        title, lines, [], ref=unread.ref, short=f"{title}. {why} {mend}", language=language
    )


def readable(unread: Unread, language: str) -> Message:
    """Tell that an account can be read again."""
    title = f"{phrases.READABLE.said(language)}: {unread.names[0]}"
    zone = unread.account.timezone
    line = phrases.SEEN_AGAIN.said(language).format(
        since=words.when(unread.since, zone, language), at=words.when(unread.now, zone, language)
    )
    return fitted(title, [line], [], ref=unread.ref, short=f"{title}. {line}", language=language)


def token_refused(unread: Unread, token: str, language: str) -> Message:
    """Tell that a platform refuses a token, by the name under which it is kept."""
    platform = platform_of(unread.account.platform)
    shown = one_line(token)[:60]
    title = f"{phrases.TOKEN.said(language)}: {shown} ({platform})"
    first = phrases.TOKEN_OF.said(language).format(
        platform=platform,
        token=shown,
        at=words.when(unread.since, unread.account.timezone, language),
    )
    mend = phrases.BLIND_DO["token"].said(language)
    lines = [first, listed(unread.names, _NAMES), mend, phrases.UNWATCHED.said(language)]
    if unread.why:
        lines.append(f"{phrases.LAST_SAID.said(language)}: {one_line(unread.why)[:150]}")
    return fitted(title, lines, [], ref=unread.ref, short=f"{title}. {mend}", language=language)


def unread_file(account: Account, refused: Sequence[Rejected], ref: str, language: str) -> Message:
    """Tell of a file that somebody handed over for an account and that could not be read.

    Args:
        account: for which it was.
        refused: what of it could not be read, and why.
        ref: by which the message is known again.
        language: id or en.
    """
    title = f"{phrases.UNREAD_FILE.said(language)}: {named(account.platform, account.handle)}"
    first = refused[0]
    file = one_line(re.split(r"[/\\]", first.where.file)[-1])[-80:]
    more = f" (+{len(refused) - 1})" if len(refused) > 1 else ""
    lines = [
        f"{phrases.FILE.said(language)}: {file}",
        f"{phrases.BECAUSE.said(language)}: {one_line(first.why)[:300]}{more}",
        phrases.UNREAD_FILE_DO.said(language),
    ]
    return fitted(title, lines, [], ref=ref, short=f"{title}. {' '.join(lines)}", language=language)


def all_quiet(quiet: Quiet, language: str) -> Message:
    """Tell what the monitor did, so that its silence can be trusted."""
    is_quiet = not (quiet.open_incidents or quiet.unread)
    label = phrases.ALL_QUIET if is_quiet else phrases.NOT_QUIET
    accounts = words.number(quiet.accounts, language)
    readings = words.number(quiet.readings, language)
    first = phrases.QUIET.said(language).format(
        accounts=accounts,
        readings=readings,
        posts=words.number(quiet.posts, language),
        since=words.when(quiet.since, quiet.zone, language),
        until=words.when(quiet.until, quiet.zone, language),
    )
    lines = [first]
    if is_quiet:
        lines.append(phrases.NO_SIGN.said(language))
    for label_of, names in (
        (phrases.STILL_OPEN, quiet.open_incidents),
        (phrases.STILL_BLIND, quiet.unread),
        (phrases.STILL_WATCHED, quiet.watched),
        (phrases.STILL_PAUSED, quiet.paused),
    ):
        if names:
            lines.append(f"{label_of.said(language)}: {listed(names, 180)}")
    every = f"{quiet.every[:-1]} {phrases.SPANS[quiet.every[-1]].said(language)}"
    lines.append(phrases.IF_IT_STOPS.said(language).format(every=every))
    read = {"id": f"{accounts} akun dibaca {readings} kali", "en": f"{accounts} accounts read {readings} times"}  # fmt: skip
    title = f"{label.said(language)}: {read[language]}"
    return fitted(title, lines, [], ref="", short=" ".join((title, *lines[1:])), language=language)


def test(channel: str, language: str) -> Message:
    """Tell that a channel works."""
    title = phrases.TEST.said(language)
    line = phrases.TEST_BODY.said(language).format(channel=one_line(channel)[:60])
    return fitted(title, [line], [], ref="", short=f"{title}: {line}", language=language)


class Together(msgspec.Struct, frozen=True):
    """One message that tells several things."""

    message: Message
    told: int
    """How many."""


def together(
    titles: Sequence[str], language: str, *, room: int = LONGEST, is_campaign: bool = False
) -> list[Together]:
    """Tell several things at once, each by its title; as many messages as all the titles need.

    Args:
        titles: of the messages that are told together, the gravest first.
        language: id or en.
        room: characters of a message, at most.
        is_campaign: whether all are of one hand.
    """
    left, told = list(titles), []
    while left:
        taken: list[str] = []
        used = _HEADING
        while left and (not taken or used + len(left[0]) + _BULLET <= room):
            used += len(left[0]) + _BULLET
            taken.append(left.pop(0))
        message = _together(taken, language, is_campaign=is_campaign)
        told.append(Together(message, len(taken)))
    return told


def _together(titles: list[str], language: str, *, is_campaign: bool) -> Message:
    count = len(titles)
    if is_campaign:
        title = f"{phrases.CAMPAIGN.said(language)}: {_counted(count, language)}"
        first = [phrases.ONE_HAND.said(language)]
    else:
        title, first = f"{count} {phrases.DIGEST.said(language)}", []
    lines = [*first, *(f"- {one}" for one in titles)]
    tail = [phrases.DETAILS.said(language)]
    return fitted(title, lines, tail, ref="", short="\n".join((title, *titles)), language=language)


def _counted(count: int, language: str) -> str:
    return f"{words.number(count, language)} {phrases.ACCOUNTS.said(language)}"


def _since(account: Account, moment: datetime, language: str) -> str:
    return f"{phrases.SINCE.said(language)}: {words.when(moment, account.timezone, language)}"
