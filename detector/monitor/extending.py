"""Adding an account to a settings file that people write by hand: at its end, the rest untouched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from detector import settings
from detector.errors import Location, SettingsError
from detector.monitor.clocks import Clock
from detector.monitor.feeds import Feeds
from detector.monitor.secrets import Secrets
from detector.network import Transport
from detector.settings import Settings


def extended(path: Path, account: dict[str, Any], wall: Clock) -> Settings:
    """Write an account at the end of a settings file, if the whole can then be used.

    Args:
        path: the settings.
        account: as its table stands in them: text, numbers and tables of these.
        wall: the time.

    Raises:
        SettingsError: the account or its source is not understood, stands there already, or cannot be written.
    """
    lines = [f"{key} = {_toml(value)}" for key, value in account.items()]
    partial = path.with_name(path.name + ".partial")
    try:
        text = path.read_text(encoding="utf-8").rstrip("\n")
        whole = "\n".join((text, "", "[[accounts]]", *lines, ""))
        partial.write_text(whole, encoding="utf-8")
        chosen = settings.parsed(whole.encode(), Location(str(path)))
        with Transport(wall) as net:
            Feeds(chosen.accounts, Secrets(path.parent), net, path.parent)
        partial.chmod(path.stat().st_mode & 0o777)
        partial.replace(path)
    except OSError as error:
        raise SettingsError(
            f"cannot be written: {error.strerror}",
            where=Location(str(path)),
            hint="check the rights of its folder",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return chosen


def _toml(value: Any) -> str:
    """Write a value as TOML on one line.

    Examples:
        >>> _toml({"kind": "x_api", "token": {"env": "X_TOKEN"}, "most": 5})
        '{ kind = "x_api", token = { env = "X_TOKEN" }, most = 5 }'
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    # TOML's strings are JSON's, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
