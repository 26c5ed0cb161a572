"""The shape of the code: sizes, purposes, clocks, excepts, and which way imports go."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from detector import assembly

ROOT: Final = Path(__file__).parents[1]
MODULES: Final = {
    path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "detector").rglob("*.py"))
}
SOURCE_FIXTURES: Final = ROOT / "fixtures" / "sources"

LONGEST_MODULE: Final = 400
LONGEST_FUNCTION: Final = 40
STOPWATCHES: Final = {
    "detector/scan.py": {"perf_counter"},
    "detector/network/_wire.py": {"monotonic"},
    "detector/monitor/precedence.py": {"monotonic"},
    # A worker is a program of its own, with budgets of its own.
    "detector/monitor/distant.py": {"monotonic", "now"},
}
"""Modules besides the command line that measure how long something took, and with what."""

_CLOCKS: Final = frozenset({"now", "today", "utcnow"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef

each = pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _is_command_line(path: Path) -> bool:
    return _name(path).startswith("detector/cli/") or path.name == "__main__.py"


def test_there_are_modules_to_look_at() -> None:
    assert {"detector/__init__.py", "detector/text.py", "detector/scan.py"} <= set(MODULES)


@each
def test_every_module_says_its_purpose_in_one_line(path: Path) -> None:
    first, _, rest = (ast.get_docstring(_tree(path)) or "").partition("\n")

    assert first.endswith((".", "?", ":")), first
    assert len(first) <= 120
    assert not rest.strip() or rest.startswith("\n")


@each
def test_no_module_is_longer_than_can_be_held(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= LONGEST_MODULE


@each
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    long = {
        node.name: length
        for node in ast.walk(_tree(path))
        if isinstance(node, _Function) and (length := _length(node)) > LONGEST_FUNCTION
    }

    assert long == {}


def _length(function: _Function) -> int:
    """Count a function's lines besides its docstring."""
    length = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        length -= (first.end_lineno or 0) - first.lineno + 1
    return length


@each
def test_nothing_catches_every_error(path: Path) -> None:
    broad = [
        node.lineno
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {"Exception", "BaseException"} & set(_names(node.type)))
    ]

    assert broad == []


def _names(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


@each
def test_only_the_command_line_reads_the_clock(path: Path) -> None:
    used = set(_clocks_read(_tree(path)))

    assert _is_command_line(path) or used == STOPWATCHES.get(_name(path), set())


def _clocks_read(tree: ast.Module) -> Iterator[str]:
    """Yield what is used of `time`, and every `now`, `today` and `utcnow` of a date."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                f"time as {one.asname}" for one in node.names if one.name == "time" and one.asname
            )
        elif isinstance(node, ast.Attribute) and _is_clock(node):
            yield node.attr


def _is_clock(node: ast.Attribute) -> bool:
    owners = set(_names(node.value))
    return owners == {"time"} or (node.attr in _CLOCKS and bool(owners & {"datetime", "date"}))


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("import time\ntime.perf_counter()", {"perf_counter"}),
        ("from time import monotonic", {"monotonic"}),
        ("import time as clock", {"time as clock"}),
        ("import datetime\ndatetime.datetime.now()", {"now"}),
        ("from datetime import date\ndate.today()", {"today"}),
        ("from datetime import datetime\ndatetime.min", set()),
    ],
)  # fmt: skip
def test_reading_a_clock_is_seen_however_it_is_written(code: str, read: set[str]) -> None:
    assert read == set(_clocks_read(ast.parse(code)))


@pytest.mark.parametrize("room", ["indicators", "text.py", "ngrams.py", "classifier.py"])
def test_text_nobody_vetted_is_never_matched_by_backtracking(room: str) -> None:
    """`re` may take exponential time on hostile text; these rooms match by RE2."""
    users = [
        name
        for name, path in MODULES.items()
        if name.startswith(f"detector/{room}") and "re" in _imported(_tree(path))
    ]

    assert users == []


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "module", ["detector", "detector.scan", "detector.assembly", "detector.cli"]
)
def test_starting_to_scan_imports_nothing_heavy(module: str) -> None:
    heavy = {
        "sklearn",
        "scipy",
        "pandas",
        "matplotlib",
        "pyarrow",
        "httpx",
        "sqlalchemy",
        "apprise",
    }
    done = _run(f"import sys, {module}; print(*sorted({heavy} & set(sys.modules)))")

    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_arrows_between_rooms_go_one_way() -> None:
    done = _run(
        "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache', '--config', 'pyproject.toml'])"
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken." in done.stdout


def test_every_source_has_a_fixture_and_every_fixture_a_source() -> None:
    fixtures = {path.name for path in SOURCE_FIXTURES.glob("*") if path.is_dir()}
    sources = set(assembly.source_kinds())

    assert fixtures <= sources
    assert sources <= fixtures or not SOURCE_FIXTURES.exists()
