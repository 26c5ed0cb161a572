"""What travels inside the wheel is enough to run it, far from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the contents of a freshly built wheel, as they would lie in site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("kentongan-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_models_and_fixtures_travel_inside(unpacked: Path) -> None:
    inside = unpacked / "detector"

    assert (inside / "models" / "posts-v1" / "weights.npz").is_file()
    assert (inside / "models" / "verdict-v1.json").is_file()
    assert list((inside / "models" / "corpus").glob("*.jsonl"))
    assert (inside / "fixtures" / "accounts" / "kentongan.toml").is_file()
    assert (inside / "py.typed").is_file()


def test_the_demo_runs_from_anywhere(unpacked: Path, tmp_path: Path) -> None:
    """The files are found inside the package, not in the repository's root."""
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", "import detector; print(detector.__file__); from detector.cli import main; main(['demo'])"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip

    assert ran.stdout.startswith(str(unpacked))
    assert "DIDUGA DIRETAS" in ran.stdout
    assert ran.returncode == 0


def test_a_store_is_made_from_anywhere(unpacked: Path, tmp_path: Path) -> None:
    """The steps that make its tables travel inside the package."""
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"}
    code = (
        "from detector.store import forms, opening; print(forms.__file__); "
        "print(opening.open_store('sqlite:///toko.db').check()[1])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip

    assert ran.stdout.startswith(str(unpacked)), ran.stderr
    assert "form_1: 0 accounts" in ran.stdout
