"""Archives of X and what reading one gives, for the tests of both its halves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from detector.records import AccountEvent, Page, Post
from detector.sources._archive import Archive
from detector.sources.x_archive import XArchive

NOON = datetime(2024, 11, 20, 5, 0, tzinfo=UTC)
ANDROID = '<a href="http://twitter.com/download/android" rel="nofollow">Twitter for Android</a>'


def id_at(at: datetime, number: int = 0) -> str:
    """Make the id X gives at a moment."""
    return str((int(at.timestamp() * 1000) - 1288834974657) << 22 | number)


def tweet(minute: int = 0, text: str = "Selamat pagi", **extra: Any) -> dict[str, Any]:
    """Make a tweet so many minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    own = id_at(at, minute)
    return {
        "id_str": own,
        "id": own,
        "created_at": at.strftime("%a %b %d %H:%M:%S +0000 %Y"),
        "full_text": text,
        "favorite_count": "3",
        "source": ANDROID,
        "lang": "in",
        "entities": {"urls": [], "hashtags": [], "user_mentions": []},
        **extra,
    }


def wrapped(*tweets: Any) -> list[Any]:
    """Wrap tweets as archives since 2019 do."""
    return [{"tweet": one} for one in tweets]


def script(variable: str, tree: Any, part: int = 0) -> str:
    """Write one of X's scripts."""
    return f"window.YTD.{variable}.part{part} = {json.dumps(tree, indent=2, ensure_ascii=False)}"


ACCOUNT = script(
    "account",
    [{"account": {"username": "kpucontoh", "accountId": "1", "createdAt": "2012-05-02T03:04:05.000Z"}}],
)  # fmt: skip


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(*paths: Path, account: str | None = None) -> list[Page]:
    """Read an archive whose records must add up."""
    archive = Archive.of(paths)
    assert XArchive.recognises(archive)
    pages = list(XArchive.open(archive, account=account).pages())
    for page in pages:
        told = len(page.posts) + len(page.events) + len(page.rejected)
        assert told + page.ignored + page.duplicates == page.records
    return pages


def posts_of(pages: list[Page]) -> list[Post]:
    """Return all posts."""
    return [post for page in pages for post in page.posts]


def events_of(pages: list[Page]) -> list[AccountEvent]:
    """Return all account events."""
    return [event for page in pages for event in page.events]


def reasons_of(pages: list[Page]) -> list[tuple[str, str]]:
    """Return place and reason of everything rejected."""
    return [(str(one.where), one.why) for page in pages for one in page.rejected]
