"""Measure speed beside a peer in the same run: ``python tests/benchmarks/run.py docs/benchmarks.md [POSTS]``.

With ``--importers`` instead of a number only the importers are measured, and only their part is written anew;
with ``--large`` only what a ``tweets.js`` of two gigabytes takes of memory, with ``--pages`` only judging by pages.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import orjson

sys.path.insert(0, str(Path(__file__).parent.parent))

from build_fixtures import FIXTURES
from generator import write
from large_collections import LAYOUTS, parsed_plainly
from large_exports import repeated_tweets
from paging import following, section

from detector import assembly
from detector.sources._archive import Archive
from detector.sources.interface import Source

POSTS: Final = 200_000
READ: Final = 20_000
"""Posts of each export that is read without judging."""
SMALL_FILES: Final = frozenset({"instaloader", "gallery_dl"})
"""Layouts of one file a post, of which a quarter as many are written."""
HUGE: Final = 2 << 30
"""Bytes of the archive by which memory is measured."""
RUNS: Final = 3
IMPORTERS: Final = "## Reading speed of importers, without judging\n"
LARGE: Final = "## Memory of a very large export\n"


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
    """Run a command of this interpreter, with compiled modules kept as an installation has them; its output goes nowhere."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=kept)  # fmt: skip
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


def reading() -> list[tuple[str, ...]]:
    """Return a row for each importer of JSON, beside orjson on the same bytes: each in a process of its own, as a command is."""
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as fresh:
        return list(fresh.map(one_reading, LAYOUTS))


def one_reading(layout: str, posts: int = READ) -> tuple[str, ...]:
    """Return the row of one layout."""
    name = layout.partition(",")[0]
    kind = assembly.source_kinds()[name]
    with tempfile.TemporaryDirectory() as folder:
        count = posts // 4 if layout in SMALL_FILES else posts
        path, file = LAYOUTS[layout](Path(folder) / name, count, 1)
        size = parsed_plainly(file) / 1e6
        found = posts_in(kind, path)
        # By turns, so that a busy moment of the machine meets both.
        pairs = [
            (timed(lambda: parsed_plainly(file)), timed(lambda: posts_in(kind, path)))
            for _ in range(RUNS)
        ]
    peer, own = (min(column) for column in zip(*pairs, strict=True))
    return f"`{name}`{layout.removeprefix(name)}", f"{own:.2f} s for {found:,} posts, {size:.0f} MB", f"orjson.loads of the same bytes: {peer:.2f} s", f"{own / peer:.1f}"  # fmt: skip


def table_of(rows: list[tuple[str, ...]]) -> str:
    """Return rows as a table in Markdown."""
    head = "| what | kentongan | peer | ratio |\n| --- | --- | --- | --- |\n"
    return head + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def importers() -> str:
    """Measure every importer of JSON and return the part of the document about it."""
    return (
        f"{IMPORTERS}\n"
        "An export written by `tests/large_exports.py` or `tests/large_collections.py` in its platform's or collector's\n"
        "own shape is read to its end: posts, times, ids, links and media, each once and checked. The aim is a ratio of\n"
        "at most 3. Words of some 600 characters, most with an emoji; the shorter the words, the higher the ratio, because\n"
        "orjson gives dictionaries and an importer gives posts with ids. `instaloader` and `gallery_dl` have a file a post,\n"
        "and so has their peer: opening costs most there. A feed in HTML is parsed twice, as JSON and as HTML.\n\n"
        f"{table_of(reading())}"
    )


def peak(*arguments: str) -> float:
    """Run a command of this interpreter to its end; return the most memory it took, in MB."""
    child = subprocess.run([sys.executable, PEAK, *arguments], stdout=subprocess.PIPE, check=True)
    return int(child.stdout.split()[-1]) / 1024


PEAK: Final = str(Path(__file__).parent / "peak.py")


def large() -> str:
    """Measure what a very large ``tweets.js`` takes of memory, and return the part about it."""
    with tempfile.TemporaryDirectory() as folder:
        path, file = repeated_tweets(Path(folder) / "archive", HUGE)
        size = file.stat().st_size / 1e6
        rows = [
            ("its pages read", f"{peak('read', str(path)):.0f} MB at most", f"the file itself: {size:.0f} MB"),
            ("`convert` to JSON Lines", f"{peak('convert', str(path), '-o', f'{folder}/posts.jsonl'):.0f} MB at most", f"the file itself: {size:.0f} MB"),
            ("`scan`", f"{peak('scan', str(path), '--format', 'json', '-o', f'{folder}/scan.json'):.0f} MB at most", f"the file itself: {size:.0f} MB"),
        ]  # fmt: skip
    head = "| what | kentongan | peer |\n| --- | --- | --- |\n"
    table = head + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"
    return f"{LARGE}\nMade by `make bench-large`, of one X archive.\n\n{table}"


def rewritten(document: str, part: str) -> str:
    """Return a document with one of its parts, told by its heading, put in place of the old one."""
    heading = part.partition("\n")[0] + "\n"
    before, found, after = document.partition(heading)
    rest = after[after.index("\n## ") + 1 :] if "\n## " in after else ""
    return f"{before if found else document.rstrip() + chr(10) * 2}{part}{chr(10) if rest else ''}{rest}"


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
    rows.append(following(posts))
    speed, pages, read = table_of(rows), section(table_of), importers()
    kept = target.read_text("utf-8") if target.exists() else ""
    told = kept.partition(LARGE)[2].partition("\n## ")[0].rstrip()
    huge = f"\n{LARGE}{told}\n" if told else ""
    target.write_text(
        "# Speed and memory\n\n"
        "Each figure beside its peer in the same run; the best of three. Made by `make bench`, on posts recombined from the fixtures by\n"
        f"`tests/generator.py`, with Python {platform.python_version()} on {platform.system()} {platform.machine()}.\n\n"
        f"{speed}\n"
        f"{pages}\n"
        f"{read}{huge}",
        encoding="utf-8",
    )
    sys.stdout.write(f"{speed}\n{pages}\n{read}")


if __name__ == "__main__":
    wanted = sys.argv[2] if len(sys.argv) > 2 else str(POSTS)
    parts: dict[str, Callable[[], str]] = {
        "--importers": importers,
        "--large": large,
        "--pages": lambda: section(table_of),
    }
    if wanted in parts:
        part = parts[wanted]()
        document = Path(sys.argv[1])
        document.write_text(rewritten(document.read_text("utf-8"), part), "utf-8")
        sys.stdout.write(part)
    else:
        main(Path(sys.argv[1]), int(wanted))
