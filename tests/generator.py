"""Make archives of any size for tests and benchmarks, seeded: real posts of the fixtures, joined.

``python tests/generator.py 200000 posts.jsonl`` writes native posts of about 600 bytes.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

TEXTS: Final = Path(__file__).parent.parent / "fixtures" / "texts"
POSTS_AN_ACCOUNT: Final = 2_000
PARTS: Final = 2
"""Posts joined to one: of many thousands, few are alike, and their mean is about 600 characters."""


def texts() -> list[str]:
    """Return the texts of the posts that the owners of the fixture accounts wrote, in a fixed order.

    Whole ones: a quoted scam torn out of its warning is a scam, and no archive is full of them.
    """
    found: dict[str, None] = {}
    for path in sorted(TEXTS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["by"] == "owner" and record["text"].strip():
                found[record["text"]] = None
    return list(found)


def generate(posts: int, seed: int = 1, parts: int = PARTS) -> Iterator[dict[str, Any]]:
    """Yield native posts of accounts of `POSTS_AN_ACCOUNT` posts each, oldest first within an account."""
    chance = random.Random(seed)
    every = texts()
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    for index in range(posts):
        if index % POSTS_AN_ACCOUNT == 0:
            moment = datetime(2020, 1, 1, tzinfo=UTC)
        moment += timedelta(
            hours=chance.choice((1, 3, 8, 16, 21, 24, 26)), seconds=chance.randrange(3600)
        )
        moment = moment.replace(hour=chance.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)))
        text = "\n\n".join(chance.choice(every) for _ in range(parts))
        yield {
            "platform": "instagram",
            "account": f"kantor{index // POSTS_AN_ACCOUNT:05d}",
            "id": str(index),
            "created_at": moment.isoformat().replace("+00:00", "Z"),
            "text": text,
        }


def write(posts: int, target: Path, seed: int = 1) -> None:
    """Write native posts as JSON Lines."""
    with target.open("w", encoding="utf-8") as lines:
        for post in generate(posts, seed):
            lines.write(json.dumps(post, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
