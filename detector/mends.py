"""What to write instead of settings that were not understood, in one short sentence each."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Final

KEPT_ELSEWHERE: Final = 'name where it is kept: { env = "NAME" } or { file = "path" }'
IN_QUOTES: Final = 'text stands in quotes, as in language = "id"'
BACKSLASH: Final = "put a path with backslashes in 'single quotes'"

_LENGTH: Final = re.compile(r"Expected `str` matching regex '[^']*\[smhd\]\$'")
_UNKNOWN: Final = re.compile(r"unknown field `([^`]+)`")
_TABLE_FOR_LIST: Final = re.compile(r"Expected `array`, got `object` - at `\$\.(?:\w+\.)*(\w+)`")
_WORD_FOR_LIST: Final = re.compile(r"Expected `array`, got `\w+` - at `\$[^`]*\.(\w+)`")
_LINE: Final = re.compile(r"at line (\d+)")


def plainly(message: str) -> str:
    """Say what a validator says without its regular expressions.

    Examples:
        >>> plainly("Expected `str` matching regex '^[1-9][0-9]{0,4}[smhd]$' - at `$.store.keep_texts`")
        'not a length of time - at `$.store.keep_texts`'
    """
    return _LENGTH.sub("not a length of time", message)


def mend_of(
    message: str, keys: Mapping[str, Sequence[str]], choices: Mapping[str, Sequence[str]]
) -> str:
    """Return what to write instead, for what a validator says.

    Args:
        message: the validator's, with the place at its end.
        keys: known keys by the name of their table; of the whole file under the empty name.
        choices: what a key may be, by its name, where only some words will do.

    Examples:
        >>> mend_of("Object contains unknown field `langauge`", {"": ["language"]}, {})
        "did you mean 'language'?"
        >>> mend_of("Expected `array`, got `object` - at `$.accounts`", {}, {})
        'write [[accounts]], in two brackets'
    """
    place = re.sub(r"\[[^\]]*\]", "", message.rpartition(" - at `$")[2].rstrip("`"))
    key = place.rpartition(".")[2]
    if unknown := _UNKNOWN.search(message):
        return nearest(unknown[1], keys.get(key, keys[""])) or "see kentongan schema settings"
    if _LENGTH.search(message):
        return "a number and s, m, h or d, such as 30s, 5m, 2h or 7d"
    if "Invalid enum value" in message and key in choices:
        return f"one of {', '.join(choices[key])}"
    if table := _TABLE_FOR_LIST.search(message):
        return f"write [[{table[1]}]], in two brackets"
    if words := _WORD_FOR_LIST.search(message):
        return f'write a list: {words[1]} = ["..."]'
    return KEPT_ELSEWHERE if key == "url" and "`object" in message else ""


def mend_of_toml(message: str, text: str) -> str:
    """Return what to write instead, for what a TOML reader says of a text.

    Examples:
        >>> mend_of_toml("Invalid value (at line 1, column 12)", "language = id")
        'text stands in quotes, as in language = "id"'
    """
    line = _LINE.search(message)
    written = text.split("\n")[int(line[1]) - 1 : int(line[1])] if line else []
    if "\\" in "".join(written):
        return BACKSLASH
    return IN_QUOTES if message.startswith("Invalid value") else ""


def nearest(word: str, known: Sequence[str]) -> str:
    """Ask whether the nearest of the known words was meant; empty when none is near.

    Examples:
        >>> nearest("form", ["from", "for"])
        "did you mean 'from'?"
    """
    letters = sorted(word)
    near = [one for one in known if sorted(one) == letters]
    near = near or difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else ""
