"""Measure speed beside a peer in the same run: ``python tests/benchmarks/run.py docs/benchmarks.md [POSTS]``."""

from __future__ import annotations

import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson

sys.path.insert(0, str(Path(__file__).parent.parent))

from build_fixtures import FIXTURES
from generator import write
from large_exports import EXPORTS, parsed_plainly

from detector import assembly
from detector.sources._archive import Archive
from detector.sources.interface import Source

POSTS: Final = 200_000
READ: Final = 20_000
"""Posts of each export that is read without judging."""
RUNS: Final = 3


def best(measure: Callable[[], float], runs: int = RUNS) -> float:
    """Return the shortest of some runs, in seconds."""
    return min(measure() for _ in range(runs))


def parsing(path: Path) -> float:
    """Parse every line and do nothing with it."""
    started = time.perf_counter()
    with path.open("rb") as lines:
        for line in lines:
            orjson.loads(line)
    return time.perf_counter() - started


def command(*arguments: str) -> float:
    """Run a command of this interpreter; its output goes nowhere."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # fmt: skip
    return time.perf_counter() - started


def timed(work: Callable[[], object]) -> float:
    """Return how long something takes, in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def posts_in(kind: type[Source], path: Path) -> int:
    """Read an export to its end and return how many posts it gave."""
    with Archive.of(path) as archive:
        return sum(len(page.posts) for page in kind.open(archive).pages())


def reading(posts: int = READ) -> list[tuple[str, ...]]:
    """Return a row for each importer of JSON, beside orjson on the same bytes."""
    kinds = assembly.source_kinds()
    rows: list[tuple[str, ...]] = []
    for name, write_export in EXPORTS.items():
        with tempfile.TemporaryDirectory() as folder:
            path, file = write_export(Path(folder) / name, posts, 1)
            size = file.stat().st_size / 1e6
            found = posts_in(kinds[name], path)
            # By turns, so that a busy moment of the machine meets both.
            pairs = [
                (timed(lambda: parsed_plainly(file)), timed(lambda: posts_in(kinds[name], path)))  # noqa: B023
                for _ in range(RUNS)
            ]
        peer, own = (min(column) for column in zip(*pairs, strict=True))
        rows.append((f"`{name}`", f"{own:.2f} s for {found:,} posts, {size:.0f} MB", f"orjson.loads of the same bytes: {peer:.2f} s", f"{own / peer:.1f}"))  # fmt: skip
    return rows


def table_of(rows: list[tuple[str, ...]]) -> str:
    """Return rows as a table in Markdown."""
    head = "| what | kentongan | peer | ratio |\n| --- | --- | --- | --- |\n"
    return head + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def main(target: Path, posts: int) -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "posts.jsonl"
        write(posts, archive)
        size = archive.stat().st_size / posts
        peer = best(lambda: parsing(archive))
        scan = best(lambda: command("-m", "detector", "scan", str(archive), "--format", "json", "-o", f"{folder}/scan.json"))  # fmt: skip
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    export = FIXTURES / "accounts" / "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip"
    first = best(lambda: command("-m", "detector", "scan", str(export)))
    pandas = best(lambda: command("-c", "import pandas"))
    rows: list[tuple[str, ...]] = [
        ("scan, one core", f"{scan:.2f} s for {posts:,} posts of {size:.0f} bytes", f"orjson.loads of the same lines: {peer:.2f} s", f"{scan / peer:.1f}"),
        ("first answer", f"{first:.2f} s: `scan` of an export of 235 posts", f"`python -c 'import pandas'`: {pandas:.2f} s", f"{first / pandas:.1f}"),
        ("memory", f"{memory:.0f} MB at most, {posts:,} posts", f"the file itself: {size * posts / 1e6:.0f} MB", f"{memory * 1.048576e6 / (size * posts):.1f}"),
    ]  # fmt: skip
    speed, importers = table_of(rows), table_of(reading())
    target.write_text(
        "# Speed and memory\n\n"
        "Each figure beside its peer in the same run; the best of three. Made by `make bench`, on posts recombined from the fixtures by\n"
        f"`tests/generator.py`, with Python {platform.python_version()} on {platform.system()} {platform.machine()}.\n\n"
        f"{speed}\n"
        "## Reading speed of importers, without judging\n\n"
        "An export written by `tests/large_exports.py` in the platform's own shape is read to its end: posts, times, ids,\n"
        "links and media, each once and checked. The aim is a ratio of at most 3.\n\n"
        f"{importers}",
        encoding="utf-8",
    )
    sys.stdout.write(f"{speed}\n{importers}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else POSTS)
