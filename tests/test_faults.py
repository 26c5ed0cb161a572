"""The short fault suite: monitors killed at random moments lose no alarm and no post; `make faults` is the long one."""

from __future__ import annotations

from pathlib import Path

from faults.kills import run


def test_no_alarm_and_no_post_is_lost_however_often_monitors_are_killed(tmp_path: Path) -> None:
    counts = run(tmp_path, cycles=12, accounts=4, monitors=1, seed=7, longest=0.4)

    assert counts.due == 36
    assert (counts.lost, counts.posts_lost, counts.unmarked, counts.false) == (0, 0, 0, 0), counts
