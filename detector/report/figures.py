"""Curves of an evaluation, as PNG and SVG: precision-recall, ROC, calibration; power and detection of a replay."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from detector.errors import SettingsError
from detector.report.evaluation import CalibrationBin, Proportion
from detector.report.replay import Power, Takeover

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS: Final = ("png", "svg")
_SHARE: Final = (-0.02, 1.02)
"""Ends of an axis of shares: what lies at none or all of them is not cut by the frame."""

_ABREAST: Final = 2
"""Names of a legend in one row, at most."""

Line = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Across and up, shapes (n,)."""


def check_installed() -> None:
    """Find out before the work whether figures can be drawn.

    Raises:
        SettingsError: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise SettingsError(
            "figures need matplotlib, which is not installed",
            hint='pip install "kentongan[figures]"',
        )


def roc(lines: Mapping[str, Line], stem: Path) -> list[Path]:
    """Draw, for each judge, recall over false alarms, whose axis is logarithmic."""

    def draw(axes: Axes) -> None:
        for name, (alarms, recall) in lines.items():
            axes.plot(alarms, recall, label=name, drawstyle="steps-post")
        axes.set(
            xscale="log", xlim=(1e-4, 1), ylim=_SHARE,
            title="Strangers' posts caught, over false alarms",
            xlabel="false alarms: share of owners' posts flagged", ylabel="recall",
        )  # fmt: skip

    return _saved(draw, stem)


def precision_recall(lines: Mapping[str, Line], stem: Path) -> list[Path]:
    """Draw, for each judge, precision over recall."""

    def draw(axes: Axes) -> None:
        for name, (recall, precision) in lines.items():
            axes.plot(recall, precision, label=name, drawstyle="steps-pre")
        axes.set(
            xlim=_SHARE,
            ylim=_SHARE,
            title="Precision over recall",
            xlabel="recall",
            ylabel="precision",
        )

    return _saved(draw, stem)


def calibration(rows: Sequence[CalibrationBin], stem: Path) -> list[Path]:
    """Draw what came over what was promised, with 95 % intervals."""
    held = [one for one in rows if one.predicted is not None]
    across = np.array([one.predicted for one in held], dtype=np.float64)
    share = np.array([one.strangers.share for one in held])
    ends = np.array([one.strangers.interval for one in held]).reshape(-1, 2)
    around = np.abs(ends.T - share)

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axes.errorbar(across, share, yerr=around, fmt="o", capsize=3)
        axes.set(
            xlim=_SHARE, ylim=_SHARE, title="Calibration: what came, over what was said",
            xlabel="probability", ylabel="share that were strangers'",
        )  # fmt: skip

    return _saved(draw, stem)


def power(rows: Sequence[Power], stem: Path) -> list[Path]:
    """Draw what is caught, and what innocent posts are alarmed at, over how much history there is."""
    held = [one for one in rows if one.strangers.n]
    names = ["all" if one.earlier is None else str(one.earlier) for one in held]
    lines = {
        "strangers' posts caught": [one.strangers for one in held],
        "innocent posts alarmed at": [one.innocents for one in held],
    }

    def draw(axes: Axes) -> None:
        _shares(axes, names, lines)
        axes.set(title="Power, by history", xlabel="earlier posts of the owner", ylabel="share")

    return _saved(draw, stem)


def detection(rows: Sequence[Takeover], stem: Path) -> list[Path]:
    """Draw, for takeovers of several posts, what is caught by the first, second and third of them."""
    lines = {
        f"{one.posts} posts{', owner between' if one.owner_between else ''}": one.caught
        for one in rows
        if one.posts > 1
    }
    names = [str(number) for number in range(1, max(map(len, lines.values())) + 1)]

    def draw(axes: Axes) -> None:
        _shares(axes, names, lines)
        axes.set(title="Takeovers caught", xlabel="strangers' posts so far", ylabel="share caught")

    return _saved(draw, stem)


def _shares(axes: Axes, names: Sequence[str], lines: Mapping[str, Sequence[Proportion]]) -> None:
    """Draw lines of shares with their intervals, side by side so that none hides another."""
    for index, (label, shares) in enumerate(lines.items()):
        across = np.arange(len(shares)) + 0.04 * (index - (len(lines) - 1) / 2)
        up = np.array([one.share for one in shares])
        ends = np.array([one.interval for one in shares]).reshape(-1, 2)
        axes.errorbar(across, up, yerr=np.abs(ends.T - up), fmt="o-", capsize=3, label=label)
    axes.set_xticks(range(len(names)), names)
    axes.set(ylim=_SHARE)


def _saved(draw: Any, stem: Path) -> list[Path]:
    """Draw on a canvas of its own, which needs no screen, and write it in every format."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy, and an extra
    from matplotlib.figure import Figure  # noqa: PLC0415

    written = []
    # Ids and dates would make every run's file another.
    with mpl.rc_context({"svg.hashsalt": "kentongan"}):
        figure = Figure(figsize=(6, 4.5), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        handles, names = axes.get_legend_handles_labels()
        if names:
            # Beside the lines, which may be anywhere.
            figure.legend(
                handles, names, loc="outside lower center", ncols=min(_ABREAST, len(names))
            )
        for form in FORMATS:
            path = stem.with_name(f"{stem.name}.{form}")
            figure.savefig(path, dpi=150, metadata={"Date": None} if form == "svg" else None)
            written.append(path)
    return written
