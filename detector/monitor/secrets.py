"""Where secrets are fetched when they are sent: environment variables and files, never the settings themselves."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from detector.errors import SettingsError
from detector.settings import Secret
from detector.transport import Hidden


class Secrets:
    """Finds what the settings only name.

    Args:
        folder: files are named from here, the folder of the settings.
        environment: variables to look in.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._environment = os.environ if environment is None else environment

    def __call__(self, named: Any) -> Hidden:
        """Return a secret.

        Args:
            named: ``{ env = "NAME" }`` or ``{ file = "path" }``, as a table or as `Secret`.

        Raises:
            SettingsError: it is not there, or empty.
        """
        secret = named if isinstance(named, Secret) else _named(named)
        return Hidden(self._from_file(secret.file) if secret.file else self._from_env(secret.env))

    def _from_env(self, name: str | None) -> str:
        value = self._environment.get(name or "", "").strip()
        if not value:
            raise SettingsError(
                f"the environment variable {name} is not set",
                hint=f"set it where kentongan is started: {name}=…",
            )
        return value

    def _from_file(self, name: str) -> str:
        path = self._folder / os.path.expandvars(name)
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            told = error.strerror if isinstance(error, OSError) else "it is not text"
            raise SettingsError(
                f"the secret in {name} cannot be read: {told}",
                hint="write the secret alone into that file, readable by kentongan's user only",
            ) from error
        if not value:
            raise SettingsError(f"the file {name} is empty", hint="write the secret into it")
        return value


def _named(named: Any) -> Secret:
    try:
        return msgspec.convert(named, Secret)
    except msgspec.ValidationError as error:
        raise SettingsError(
            "a secret is not named as it must be",
            hint='write { env = "NAME" } or { file = "path" }',
        ) from error
