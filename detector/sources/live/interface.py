"""What a live source is: it is made for one account, and each poll yields what is new as pages.

It keeps nothing between polls: all it must remember is in the cursor of the last page it gave.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from detector.records import Account, Page
from detector.transport import Getter, Hidden

SecretOf = Callable[[Any], Hidden]
"""Given what the settings say of a secret (``{ env = ... }``), return it."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every kind of source can be told in the settings; each adds its own keys."""

    kind: str


class LiveSource(ABC):
    """A feed of one account's posts.

    Args:
        account: whose posts.
        options: as `options_type` decoded them from the account's ``source`` table.
        secret_of: finds a secret that the options name.
        net: the only way to the network.
    """

    name: ClassVar[str]

    platforms: ClassVar[tuple[str, ...]]
    """Platforms whose accounts it can read; empty when it reads any."""

    options_type: ClassVar[type[Options]] = Options

    host: ClassVar[str] = ""
    """Whose machines it asks, for telling a platform's trouble from our own; empty when an option says."""

    takes_files: ClassVar[bool] = False
    """Whether people hand it the files it reads: they must be told of one that cannot be read."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = cls.__module__.rpartition(".")[2]

    def __init__(self, account: Account, options: Any, secret_of: SecretOf, net: Getter) -> None:
        self.account = account
        self.options = options
        self.net = net
        self.secret_of = secret_of

    @property
    def secret(self) -> Any:
        """What the settings call its token, as in ``{ env = ... }``; None when it needs none."""
        return getattr(self.options, "token", None)

    @abstractmethod
    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield what is new since a cursor, the oldest page first.

        A page may repeat posts of the one before it: who commits it drops those. The last page's cursor stands
        for everything read; without anything new there is one empty page or none.

        Args:
            cursor: of the last page that was committed; None at the first poll, which reads the latest page or two.
            now: UTC.

        Raises:
            FeedError: it could not be read, in the class that says whose doing that is.
        """
