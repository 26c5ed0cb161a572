"""Do one thing and print the most memory that took, in kB: ``peak.py read|convert|scan ARCHIVE ...``."""

from __future__ import annotations

import contextlib
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))


def read(path: Path) -> None:
    """Read an export to its end, a page at a time."""
    from detector import assembly  # noqa: PLC0415 - what is not needed must not be measured
    from detector.sources._archive import Archive  # noqa: PLC0415
    from detector.sources.interface import takers  # noqa: PLC0415

    with Archive.of(path) as archive:
        (kind,) = takers(archive, assembly.source_kinds().values())
        for page in kind.open(archive).pages():
            assert page.records


def most() -> int:
    """Return the most memory this process held, in kB."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0])
    except (OSError, ValueError, IndexError):
        # Counts what the parent held, too, if that was more.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Do what the command line says."""
    if sys.argv[1] == "read":
        read(Path(sys.argv[2]))
    else:
        from detector.cli import main as command  # noqa: PLC0415

        # An alarm is an exit code, too.
        with contextlib.suppress(SystemExit):
            command(sys.argv[1:])
    sys.stdout.write(f"{most()}\n")


if __name__ == "__main__":
    main()
