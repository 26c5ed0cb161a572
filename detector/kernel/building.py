"""Compile the kernel: at installation, and afterwards with ``python -m detector.kernel``.

It imports nothing of the program, so that the build backend can run it from the source tree.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Final

SOURCES: Final = ("folding.c", "reading.c", "numbers.c", "marks.c")
HEADERS: Final = ("kernel.h",)

COMPILERS: Final = ("cc", "gcc", "clang")
"""Looked for in this order where the environment's CC names none."""

FLAGS: Final = ("-std=c11", "-O3", "-ffp-contract=off", "-fvisibility=hidden", "-shared")
"""No sum may be contracted into another: the same numbers on every machine."""

_SECONDS: Final = 120


def library(directory: Path) -> Path:
    """Return where the library made of exactly the sources in a directory stands, if it was made.

    Raises:
        OSError: a source cannot be read.
    """
    digest = hashlib.sha256()
    for name in (*HEADERS, *SOURCES):
        digest.update((directory / name).read_bytes())
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    return directory / f"kernel-{digest.hexdigest()[:16]}{suffix}"


def build(directory: Path) -> Path:
    """Compile the sources in a directory unless that was done, in place of libraries made of others.

    Returns:
        The library.

    Raises:
        RuntimeError: there is no compiler, or it fails.
        OSError: the directory cannot be read or written.
    """
    # Imported here: whoever only loads the library needs none of them.
    import shutil  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    made = library(directory)
    if made.is_file():
        return made
    compiler = os.environ.get("CC") or next(filter(shutil.which, COMPILERS), None)
    if compiler is None:
        raise RuntimeError(f"no C compiler found: looked for {', '.join(COMPILERS)}")
    with tempfile.TemporaryDirectory(dir=directory, prefix=".kernel-") as scratch:
        result = Path(scratch) / made.name
        flags = FLAGS if sys.platform == "win32" else (*FLAGS, "-fPIC")
        sources = [str(directory / name) for name in SOURCES]
        command = [*compiler.split(), *flags, "-o", str(result), *sources, "-lm"]
        try:
            done = subprocess.run(  # noqa: S603 - the compiler that whoever installs has chosen
                command, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(f"{compiler}: {error}") from error
        if done.returncode != 0 or not result.is_file():
            said = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()
            raise RuntimeError(f"{compiler}: {said[0]}")
        for old in directory.glob(f"kernel-*{made.suffix}"):
            if old != made:
                old.unlink(missing_ok=True)
        result.replace(made)
    return made


def main() -> int:
    """Compile the kernel of the installed program; see the README."""
    try:
        made = build(Path(__file__).parent)
    except (RuntimeError, OSError) as error:
        sys.stderr.write(f"the kernel was not compiled: {error}\n")
        return 2
    sys.stdout.write(f"{made.name}\n")
    return 0
