"""What the monitor writes about itself: a line a poll, as JSON on a pipe and readable on a terminal."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

LONGEST: Final = 300
"""Characters of one value in the log: reasons, never whole posts."""


def start(stream: TextIO | None = None, *, level: int = 20) -> Any:
    """Return a logger.

    Args:
        stream: where lines go; stderr by default.
        level: as `logging` numbers them; the mildest that is written.
    """
    stream = stream or sys.stderr
    is_terminal = stream.isatty()
    shown: Any = (
        structlog.dev.ConsoleRenderer(colors=True)
        if is_terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _cut,
            *([] if is_terminal else [structlog.processors.format_exc_info]),
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    return structlog.get_logger()


def _cut(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in line.items():
        if isinstance(value, str) and len(value) > LONGEST and key != "exception":
            line[key] = value[:LONGEST] + " …"
    return line
