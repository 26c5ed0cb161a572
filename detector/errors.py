"""The error tree: what went wrong, where, and what to do about it.

    DetectorError                   exit code of a command that ends with it
    ├─ SettingsError                2   the operator must edit the settings or the command line
    ├─ PluginError                  2   a plug-in file breaks its contract
    ├─ SourceError                  2
    │  └─ ExportFormatError         2   the whole file is unreadable
    └─ ModelError                   4   absent, wrong hash, wrong feature version

A record that cannot be read is never raised: it is a `records.Rejected` inside its page. Classes for
networks, stores and deliveries join the tree together with the rooms that raise them.
"""

from __future__ import annotations

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


class ModelError(DetectorError):
    """The model is absent, damaged, or made for another version of the code."""

    exit_code: ClassVar[int] = 4
