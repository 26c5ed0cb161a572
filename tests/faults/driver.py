"""Runs monitors and kills them: one that has loaded everything forks a child a life, so that a life costs no start.

Told by lines on stdin: ``born 2`` starts so many monitors side by side, ``kill`` ends them with SIGKILL and ``end``
with SIGTERM. Each is answered by a line.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from detector import settings
from detector.assembly import pipeline
from detector.monitor import building, logs
from detector.pipeline import Pipeline

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _child(judge: Pipeline) -> None:
    with (FOLDER / "monitor.log").open("a", encoding="utf-8") as stream:
        stopping = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        chosen = settings.load(FOLDER / "kentongan.toml")
        log = logs.start(stream, level=30)
        built = building.build(
            chosen,
            FOLDER,
            wall=lambda: datetime.now(UTC),
            log=log,
            stopping=stopping,
            judge=judge,
            listens=False,
        )
        built.monitor.run()
        built.close()
        stream.flush()
    os._exit(0)


def _born(judge: Pipeline) -> int:
    process = os.fork()
    if not process:
        try:
            _child(judge)
        finally:
            os._exit(1)
    return process


def main() -> None:
    """Do what stdin says."""
    # What every life needs is loaded once; threads and open files begin in the child.
    import apprise  # noqa: F401, PLC0415
    import apscheduler.schedulers.background  # noqa: F401, PLC0415

    from detector.store import copying, engines, forms, sql  # noqa: F401, PLC0415

    judge = pipeline()
    _say("ready")
    living: list[int] = []
    for line in sys.stdin:
        what, _, count = line.strip().partition(" ")
        if what == "born":
            living = [_born(judge) for _ in range(int(count))]
            _say(*living)
        else:
            ending = signal.SIGKILL if what == "kill" else signal.SIGTERM
            for process in living:
                os.kill(process, ending)
            _say(*(os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in living))
            living = []
    # Whoever told us what to do is gone.
    for process in living:
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    main()
