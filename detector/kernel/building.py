"""Compile the kernel: at installation, and afterwards with ``python -m detector.kernel``.

It imports nothing of the program, so that the build backend can run it from the source tree.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from pathlib import Path
from typing import Final

SOURCES: Final = ("folding.c", "reading.c", "numbers.c", "marks.c")
HEADERS: Final = ("kernel.h",)

COMPILERS: Final = ("cc", "gcc", "clang")
"""Looked for in this order where the environment's CC names none."""

FLAGS: Final = (
    # No sum may be contracted into another or put in another order: the same numbers on every machine.
    "-std=c11", "-O3", "-fno-fast-math", "-ffp-contract=off", "-fvisibility=hidden", "-shared",
    *(() if sys.platform == "win32" else ("-fPIC",)),
)  # fmt: skip
_LIBRARIES: Final = () if sys.platform == "win32" else ("-lm",)
_SUFFIX: Final = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
_SECONDS: Final = 120


def library(directory: Path) -> Path:
    """Return where the library made of exactly the sources in a directory for this platform stands, if it was made.

    Raises:
        OSError: a source cannot be read.
    """
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for name in (*HEADERS, *SOURCES):
        digest.update((directory / name).read_bytes())
    return directory / f"kernel-{_platform()}-{digest.hexdigest()[:16]}{_SUFFIX}"


def _platform() -> str:
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def compiler() -> list[str]:
    """Return the command of the C compiler: what the environment's CC says, or the first that is found.

    Raises:
        RuntimeError: there is none.
    """
    import shlex  # noqa: PLC0415
    import shutil  # noqa: PLC0415

    named = os.environ.get("CC", "").strip()
    if named:
        # A path with a space in it is one word, quoted or not.
        return [named] if shutil.which(named) else shlex.split(named, posix=os.name != "nt")
    found = next(filter(shutil.which, COMPILERS), None)
    if found is None:
        raise RuntimeError(f"no C compiler found: looked for {', '.join(COMPILERS)}")
    return [found]


def build(directory: Path) -> Path:
    """Compile the sources in a directory unless that was done, in place of libraries made of others.

    Returns:
        The library, which can be loaded.

    Raises:
        RuntimeError: there is no compiler, or it fails.
        OSError: the directory cannot be read or written.
    """
    # Imported here: whoever only loads the library needs none of them.
    import contextlib  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    made = library(directory)
    if _can_be_loaded(made):
        return made
    with tempfile.TemporaryDirectory(dir=directory, prefix=".kernel-") as scratch:
        result = Path(scratch) / made.name
        _compile(directory, result)
        result.replace(made)
    if not _can_be_loaded(made):
        made.unlink(missing_ok=True)
        raise RuntimeError(f"{compiler()[0]} made a library that cannot be loaded")
    for old in directory.glob(f"kernel-{_platform()}-*{_SUFFIX}"):
        # On Windows one that is in use stays.
        with contextlib.suppress(OSError):
            if old != made:
                old.unlink()
    return made


def _compile(directory: Path, result: Path) -> None:
    import subprocess  # noqa: PLC0415

    command = compiler()
    sources = [str(directory / name) for name in SOURCES]
    try:
        done = subprocess.run(  # noqa: S603 - the compiler that whoever installs has chosen
            [*command, *FLAGS, "-o", str(result), *sources, *_LIBRARIES],
            capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(f"{command[0]}: {error}") from error
    if done.returncode != 0 or not result.is_file():
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line.lower()] or lines[-1:]
        ended = f"ended with {done.returncode}" if done.returncode else "wrote no library"
        raise RuntimeError(f"{command[0]} {ended}" + (f": {errors[0].strip()}" if errors else ""))


def _can_be_loaded(made: Path) -> bool:
    """Whether a library is whole and of this machine; asked in a process of its own, which half a file can kill."""
    import subprocess  # noqa: PLC0415

    if not made.is_file():
        return False
    asked = [sys.executable, "-c", "import ctypes, sys; ctypes.CDLL(sys.argv[1])", str(made)]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603


def main() -> int:
    """Compile the kernel of the installed program; see the README."""
    if os.environ.get("KENTONGAN_KERNEL") == "off":
        return 0
    try:
        made = build(Path(__file__).parent)
    except (RuntimeError, OSError) as error:
        sys.stderr.write(
            f"kentongan works without its compiled kernel, over large archives more slowly: {error}\n"
        )
        return 2
    sys.stdout.write(f"{made.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
