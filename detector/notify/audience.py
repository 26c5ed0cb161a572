"""Whom an account's news is for: which channels at once, and which only when nobody answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from detector.records import State
from detector.settings import AccountSettings, ChannelSettings, Settings, zone_name

_RANKS: Final = {State.WATCHED: 1, State.COMPROMISED: 2, State.RECOVERING: 2}
"""How grave a state is; a recovery is news for whoever was told of the takeover."""


def is_told(channel: ChannelSettings, state: State) -> bool:
    """Whether a channel is told of a state."""
    return _RANKS.get(state, 0) >= _RANKS.get(channel.from_, 0)


def common_zone(settings: Settings) -> str | None:
    """Return the time zone of most accounts, for what is about none or all of them."""
    zones = [zone_name(one.timezone) for one in settings.accounts if one.timezone]
    return max(zones, key=zones.count, default=None)


class Audience:
    """The channels of the settings, by whom they reach.

    A channel that is for nobody in particular reaches the people of the monitor. Two channels at one address are
    one reader: who was told at once is not told again when an alarm climbs.

    Args:
        settings: whose channels.
    """

    def __init__(self, settings: Settings) -> None:
        self._channels = settings.channels
        self.monitors: Final = _at_different_addresses(
            one for one in self._channels if not one.for_
        )
        """Channels of the people who run the monitor."""

    def at_once(self, account: AccountSettings, state: State) -> list[ChannelSettings]:
        """Return who is told of a state at once: the monitor's people, the office itself, and those in copy.

        Without any of them it is whoever would be told first later on: an alarm that is due is never nobody's.
        """
        told = self._first(account, state)
        if not told and state is not State.WATCHED:
            told = next(iter(self._climbing(account)), [])
        return told

    def later(self, account: AccountSettings) -> list[list[ChannelSettings]]:
        """Return who is told when nobody acknowledges an alarm, one step after another.

        First the duty contact, then the first office above, then the response team, then the offices further above.
        """
        told = {_address(one) for one in self.at_once(account, State.COMPROMISED)}
        steps = []
        for step in self._climbing(account):
            fresh = [one for one in step if _address(one) not in told]
            told |= {_address(one) for one in fresh}
            if fresh:
                steps.append(fresh)
        return steps

    def _first(self, account: AccountSettings, state: State) -> list[ChannelSettings]:
        own = {f"{account.platform}:{account.account.removeprefix('@')}"}
        names = {_folded(one) for one in (account.institution or "", *account.cc, *own) if one}
        return _at_different_addresses(
            one
            for one in self._channels
            if is_told(one, state) and (not one.for_ or _reaches(one, names))
        )

    def _climbing(self, account: AccountSettings) -> list[list[ChannelSettings]]:
        above, further = account.reports_to[:1], account.reports_to[1:]
        duty = (account.duty_contact,) if account.duty_contact else ()
        steps = [self._for(names) for names in (duty, above, account.csirt)]
        steps += [self._for((one,)) for one in further]
        return [step for step in steps if step]

    def _for(self, names: tuple[str, ...]) -> list[ChannelSettings]:
        folded = {_folded(one) for one in names}
        return _at_different_addresses(one for one in self._channels if _reaches(one, folded))


def _reaches(channel: ChannelSettings, names: set[str]) -> bool:
    return any(_folded(one) in names for one in channel.for_)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _address(channel: ChannelSettings) -> object:
    if channel.console:
        return "console"
    return channel.url or channel.to_file


def _at_different_addresses(channels: Iterable[ChannelSettings]) -> list[ChannelSettings]:
    """Leave out a channel whose address an earlier one has."""
    return list({_address(one): one for one in reversed(list(channels))}.values())[::-1]
