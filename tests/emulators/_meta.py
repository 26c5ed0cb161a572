"""Meta's Graph API on the loopback: what its emulated accounts have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from emulators import DAMAGED, MARKED, TOKEN, Answer, Asked, HttpEmulator, Mode

_ERRORS: Final = {
    Mode.THROTTLED: (400, "(#4) Application request limit reached", 4, None),
    Mode.TOKEN_DEAD: (400, "Error validating access token: Session has expired", 190, 463),
    Mode.GONE: (400, "Invalid user id", 110, 2207013),
}
USAGE: Final = '{"call_count":7,"total_time":3,"total_cputime":2}'


class MetaEmulator(HttpEmulator):
    """One account of Meta's behind a Graph API."""

    own_id = "17840000000000001"

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Any] = []
        """Posts, the newest first."""
        self.profile: dict[str, Any] = {
            "id": self.own_id,
            "username": self.handle,
            "name": "KPU Kabupaten Contoh",
            "biography": "Akun resmi",
            "website": "https://kpu.example",
            "followers_count": 1200,
            "follows_count": 8,
            "profile_picture_url": "https://cdn.example/v/t51/s150x150/1_2_n.jpg?oh=1",
        }
        self.headers: dict[str, str] = {"x-app-usage": USAGE}
        self._count = 0

    def options(self) -> dict[str, Any]:
        """Return where it is and its token."""
        return {"base": self.base, "token": TOKEN}

    def damage(self) -> None:
        """Put records of every wrong shape before the newest."""
        self.records[:0] = DAMAGED

    def numbered(self) -> int:
        """Return the next post's number."""
        self._count += 1
        return self._count

    def refused(self, mode: Mode) -> Answer:
        """Answer as Meta does: with 400 and a code."""
        status, message, code, sub = _ERRORS[mode]
        return failure(status, message, code, sub)

    def unsigned(self, asked: Asked) -> Answer | None:
        """Refuse a question without the token in its header."""
        if asked.headers.get("authorization") == f"Bearer {MARKED}":
            return None
        return failure(400, "An access token is required", 2500)

    def page(self, after: str, limit: int) -> dict[str, Any]:
        """Return a page of the posts, with a cursor and an address that quotes the token, as Meta's does."""
        return cut(self.records, after, limit, self.base)


def cut(records: Sequence[Any], after: str, limit: int, base: str) -> dict[str, Any]:
    """Return a page of records.

    Args:
        records: the newest first.
        after: cursor of the page before.
        limit: records at most.
        base: where the next page is said to be.
    """
    start = int(after.removeprefix("QVF")) if after else 0
    stop = start + limit
    found: dict[str, Any] = {"data": list(records[start:stop])}
    if found["data"]:
        found["paging"] = {"cursors": {"before": f"QVF{start}", "after": f"QVF{stop}"}}
    if stop < len(records):
        found["paging"]["next"] = f"{base}/v25.0/1/media?access_token={MARKED}&after=QVF{stop}"
    return found


def failure(status: int, message: str, code: int, sub: int | None = None) -> Answer:
    """Return an error as Meta words it."""
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if sub is not None:
        error["error_subcode"] = sub
    return Answer(status=status, body={"error": error | {"fbtrace_id": "AbCdEf"}})


def stamp(at: datetime) -> str:
    """Write a time as Meta does, without a colon in the zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def chosen(value: Any, fields: str) -> Any:
    """Return of an object, a list or an edge only the fields asked for, and what is never asked for: ids.

    Args:
        value: as it is.
        fields: as in ``id,children.limit(2){media_type}``; empty for all.
    """
    if isinstance(value, list):
        return [chosen(one, fields) for one in value]
    if not isinstance(value, dict) or not fields:
        return value
    if "data" in value:
        return value | {"data": chosen(value["data"], fields)}
    asked = _names(fields)
    return {
        name: chosen(held, asked.get(name, ""))
        for name, held in value.items()
        if name == "id" or name in asked
    }


def _names(fields: str) -> dict[str, str]:
    """Return the names in an expression of fields, each with the expression within its braces."""
    found: dict[str, str] = {}
    depth, begin = 0, 0
    for place, letter in enumerate(f"{fields},"):
        depth += (letter in "({") - (letter in ")}")
        if letter == "," and depth == 0:
            outer, _, within = fields[begin:place].partition("{")
            found[outer.partition(".")[0]] = within.removesuffix("}")
            begin = place + 1
    return found


def expression(fields: str, edge: str) -> tuple[str, int]:
    """Return cursor and limit of an edge in an expression of fields."""
    match = re.search(rf"\b{edge}(?:\.after\((\w+)\))?\.limit\((\d+)\)", fields)
    return (match[1] or "", int(match[2])) if match else ("", 25)
