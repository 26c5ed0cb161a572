"""The live source of each watched account, made of what its settings say."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from detector.assembly import shipped
from detector.errors import Location, SettingsError
from detector.registry import discover
from detector.settings import AccountSettings
from detector.sources import live
from detector.sources.live.interface import LiveSource, Options, SecretOf
from detector.store.interface import AccountKey
from detector.transport import Getter

BUNDLED: Final = "bundled:"
"""Beginning of a path that means a folder or file among the shipped fixtures."""


def live_kinds() -> dict[str, type[LiveSource]]:
    """Return every kind of live feed, by name."""
    return discover(live, LiveSource)


class Feed(msgspec.Struct, frozen=True):
    """One account's source, and what it shares with others."""

    settings: AccountSettings
    source: LiveSource
    host: str
    budget: str
    """The same for all accounts read with the same token at the same host."""
    token_name: str = ""
    """What its token is called where it is kept; never the token."""


class Feeds:
    """Makes the sources of all accounts that have one.

    Args:
        accounts: from the settings; those without a ``source`` are only known, not watched.
        secret_of: finds secrets, when they are needed.
        net: the way to the network.
        folder: relative paths begin here.

    Raises:
        SettingsError: a source is of no known kind, or has options that are not understood.
    """

    def __init__(
        self,
        accounts: tuple[AccountSettings, ...],
        secret_of: SecretOf,
        net: Getter,
        folder: Path = Path(),
    ) -> None:
        self._secret_of, self._net, self._folder = secret_of, net, folder
        self._kinds = live_kinds()
        self._feeds: dict[AccountKey, Feed] = {}
        for one in accounts:
            if one.source is not None:
                key = key_of(one)
                if key in self._feeds:
                    raise SettingsError(
                        f"{one.platform} {one.account} stands twice among the accounts",
                        hint="keep one of the two [[accounts]]",
                    )
                self._feeds[key] = self._feed(one, one.source)

    def __iter__(self) -> Iterator[AccountKey]:
        return iter(self._feeds)

    def __len__(self) -> int:
        return len(self._feeds)

    def get(self, key: AccountKey) -> Feed | None:
        """Return an account's source; None when the settings do not watch it any more."""
        return self._feeds.get(key)

    def sharing(self, feed: Feed) -> list[AccountKey]:
        """Return the accounts that are read with the same token at the same host."""
        return [key for key, one in self._feeds.items() if one.budget == feed.budget]

    def _feed(self, account: AccountSettings, table: dict[str, Any]) -> Feed:
        whose = f"the source of {account.platform} {account.account}"
        name = table.get("kind")
        if not isinstance(name, str) or name not in self._kinds:
            near = difflib.get_close_matches(str(name), self._kinds, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(self._kinds)}"
            raise SettingsError(f"{whose} is of no known kind: {name!r}", hint=hint)
        kind = self._kinds[name]
        if kind.platforms and account.platform not in kind.platforms:
            raise SettingsError(
                f"{whose}: {name} does not read {account.platform}",
                hint=f"it reads {', '.join(kind.platforms)}",
            )
        options = decoded({**table, **self._placed(table)}, kind.options_type, whose)
        source = kind(account.known(), options, self._secret_of, self._net)
        host = kind.host or str(table.get("base") or table.get("url") or name)
        secret = msgspec.to_builtins(source.secret)
        token = msgspec.json.encode(secret, order="sorted").decode()
        return Feed(account, source, host, f"{host} {token}", _name_of(secret))

    def _placed(self, table: dict[str, Any]) -> dict[str, str]:
        """Return the table's path as one that can be opened from anywhere."""
        path = table.get("path")
        if not isinstance(path, str):
            return {}
        if path.startswith(BUNDLED):
            return {"path": str(shipped("fixtures") / path.removeprefix(BUNDLED))}
        return {"path": str(self._folder / path)}


def _name_of(token: Any) -> str:
    """Return what a token is called: its variable or file."""
    return next((str(one) for one in token.values() if one), "") if isinstance(token, dict) else ""


def key_of(account: AccountSettings) -> AccountKey:
    """Return how the store knows an account of the settings."""
    return account.platform, account.account.removeprefix("@")


def decoded(table: dict[str, Any], kind: type[Options], whose: str) -> Options:
    """Read a source's options.

    Args:
        table: as it stands in the settings.
        kind: what it must be.
        whose: for the error.

    Raises:
        SettingsError: a key is unknown, missing or of the wrong kind; the nearest known key is named.
    """
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        hint = ""
        if match := re.search(r"unknown field `([^`]+)`", str(error)):
            known = [one.encode_name for one in msgspec.structs.fields(kind)]
            near = difflib.get_close_matches(match.group(1), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(known)}"
        raise SettingsError(f"{whose}: {error}", where=Location("source"), hint=hint) from error
