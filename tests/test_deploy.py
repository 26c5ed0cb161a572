"""What an operator installs it with: the systemd unit and the container file say what is true of this program."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import msgspec
import pytest

from detector.cli import kentongan
from detector.monitor.claiming import LAST_WORDS
from detector.settings import Settings

ROOT: Final = Path(__file__).parents[1]
UNIT: Final = ROOT / "deploy" / "kentongan.service"
CONTAINER: Final = ROOT / "deploy" / "Containerfile"


def instructions() -> list[tuple[str, str]]:
    """Return the container file's instructions with what follows each, continued lines joined."""
    text = re.sub(r"\\\n", " ", CONTAINER.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def said(word: str) -> list[str]:
    return [rest for one, rest in instructions() if one == word]


def unit() -> dict[str, str]:
    """Return the unit's keys."""
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    program = shutil.which("true")
    text = UNIT.read_text(encoding="utf-8")
    copy.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={program}", text, flags=re.MULTILINE))
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    # It speaks of the machine's other units as well.
    assert [line for line in ran.stderr.splitlines() if UNIT.name in line] == []


def test_the_container_file_passes_its_linter() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert linter is not None
    ran = subprocess.run(
        [linter, "--no-color", CONTAINER], capture_output=True, text=True, timeout=60, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_unit_starts_the_monitor_and_waits_for_its_end() -> None:
    keys = unit()
    program, *arguments = shlex.split(keys["ExecStart"])

    assert Path(program).name == "kentongan"
    assert arguments == ["monitor", "-c", "/etc/kentongan/kentongan.toml"]
    assert keys["Restart"] == "always"
    assert int(keys["TimeoutStopSec"]) > LAST_WORDS + 2
    assert (keys["NoNewPrivileges"], keys["ProtectSystem"]) == ("yes", "strict")


def test_what_the_container_copies_is_there_and_nothing_runs_as_root() -> None:
    words = [word for word, _ in instructions()]
    copied = [rest.split() for rest in said("COPY") if not rest.startswith("--from")]

    assert all((ROOT / name).exists() for names in copied for name in names[:-1])
    assert all(not re.search(r":latest\b", rest) and ":" in rest for rest in said("FROM"))
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert said("USER") == ["10001:10001"]


def test_the_container_runs_the_monitor_and_asks_how_it_is() -> None:
    (program,) = msgspec.json.decode(said("ENTRYPOINT")[0])
    arguments = msgspec.json.decode(said("CMD")[0])
    with kentongan.make_context(program, list(arguments), resilient_parsing=True) as context:
        name, _, _ = kentongan.resolve_command(context, arguments)
    (check,) = said("HEALTHCHECK")
    *_, code = msgspec.json.decode(check.partition("CMD ")[2])

    assert (program, name) == ("kentongan", "monitor")
    compile(code, "HEALTHCHECK", "exec")
    assert f"127.0.0.1:{said('EXPOSE')[0]}/healthz" in code


@pytest.mark.parametrize("path", [UNIT, CONTAINER], ids=lambda path: path.name)
def test_the_settings_in_their_comments_can_be_used(path: Path) -> None:
    found = re.findall(r"\[(store|monitor)\] (\w+ = \"[^\"]+\")", path.read_text(encoding="utf-8"))
    written = "\n".join(f"[{table}]\n{line}" for table, line in found)
    settings = msgspec.convert(tomllib.loads(written), Settings)

    assert settings.store.url == "sqlite:////var/lib/kentongan/kentongan.db"
    assert settings.monitor.listen.endswith(":9464")
