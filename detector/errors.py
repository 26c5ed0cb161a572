"""The error tree: what went wrong, where, and what to do about it.

    DetectorError                   exit code of a command that ends with it
    ├─ SettingsError                2   the operator must edit the settings or the command line
    ├─ PluginError                  2   a plug-in file breaks its contract
    ├─ SourceError                  2
    │  ├─ ExportFormatError         2   the whole file is unreadable
    │  └─ FeedError                 2   a live feed could not be read, and whose doing that is:
    │     ├─ NetworkError                2   ours or the way there: no name, no connection, no answer in time
    │     ├─ PlatformError               2   the platform's: an error of its own, or an answer that is none
    │     ├─ FolderUnreadable            2   this machine's: a folder of exports is not there or cannot be opened
    │     ├─ RateLimited                 2   the budget is used up until a moment
    │     ├─ TokenRefused                2   the token's: expired, revoked, or without the right
    │     └─ AccountGone                 2   the account's: gone, renamed, private or suspended
    ├─ StoreError                   2   the store cannot be opened, read or written
    │  ├─ LeaseLost                 2   somebody else has claimed the account meanwhile
    │  └─ StandingRefused           2   what is remembered of an account is damaged or of another form
    ├─ DeliveryError                2   a channel did not take a message
    └─ ModelError                   4   absent, wrong hash, wrong feature version

A record that cannot be read is never raised: it is a `records.Rejected` inside its page.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec


class Location(msgspec.Struct, frozen=True):
    """Where in the input something stands; prints as ``posts_1.json#31``."""

    file: str
    record: int | None = None
    """Index of the record in its file, from 0; None when the whole file is meant."""

    def __str__(self) -> str:
        return self.file if self.record is None else f"{self.file}#{self.record}"


class DetectorError(Exception):
    """Base of every error this package raises on purpose; it prints as one line.

    Args:
        message: what happened, with the offending value but no secrets and no whole posts.
        where: the file and record, when there is one.
        hint: what the reader can do.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, where: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return " ".join(f"{place}{self.message}{advice}".splitlines())


class SettingsError(DetectorError):
    """The settings file or an option cannot be used as written."""


class PluginError(DetectorError):
    """A plug-in file breaks the one-file, one-class contract."""


class SourceError(DetectorError):
    """Input that cannot be read at all."""


class ExportFormatError(SourceError):
    """A file is damaged or is not what its name promises."""


class FeedError(SourceError):
    """A live feed could not be read this time."""


class NetworkError(FeedError):
    """No name, no connection, or no answer in time: ours or the way there."""


class PlatformError(FeedError):
    """The platform answered with an error of its own, or with what is no answer."""


class FolderUnreadable(FeedError):  # noqa: N818 - a state of affairs
    """What people put on this machine, a drop folder or an export, is not there or cannot be opened."""


class RateLimited(FeedError):  # noqa: N818 - a state of affairs, no mistake
    """The budget of a token or host is used up.

    Args:
        message: whose budget.
        retry_at: when it may be asked again, UTC; None when nobody said.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_at: datetime | None = None,
        where: Location | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.retry_at = retry_at


class TokenRefused(FeedError):  # noqa: N818 - what happened, in the field's words
    """The platform does not take the token: expired, revoked, or without the right."""


class AccountGone(FeedError):  # noqa: N818 - what happened, in the field's words
    """The account itself cannot be seen: the one failure to read that is evidence.

    Args:
        message: what the platform said, in one line.
        kind: gone, renamed, private or suspended.
    """

    def __init__(
        self, message: str, *, kind: str = "gone", where: Location | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.kind = kind


class StoreError(DetectorError):
    """The store cannot be opened, read or written."""


class LeaseLost(StoreError):  # noqa: N818 - what happened
    """An account's claim has run out and somebody else has taken it: what was read is theirs to commit."""


class StandingRefused(StoreError):  # noqa: N818 - what happened
    """What judging remembers of an account is damaged or of another form: the account is to be learned anew."""


class DeliveryError(DetectorError):
    """A channel did not take a message.

    Args:
        message: what it said, without the channel's address.
        retry_at: when it may be tried again, if the channel said so, UTC.
        is_final: no later try will do better, as with an address that does not exist.
        may_have_arrived: it broke off before it said yes or no.
        is_this_message_only: others it may take.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_at: datetime | None = None,
        is_final: bool = False,
        may_have_arrived: bool = False,
        is_this_message_only: bool = False,
        where: Location | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.retry_at = retry_at
        self.is_final = is_final
        self.may_have_arrived = may_have_arrived
        self.is_this_message_only = is_this_message_only


class ModelError(DetectorError):
    """The model is absent, damaged, or made for another version of the code."""

    exit_code: ClassVar[int] = 4
