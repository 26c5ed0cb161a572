"""Put the parts together: find the shipped files, load the model, list the plug-ins."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import detector
from detector import sources
from detector.errors import ModelError
from detector.registry import discover
from detector.sources._zones import ZoneOf, in_zones
from detector.sources.interface import Source

# What judges takes numpy, RE2 and twenty megabytes; who only reads exports should not wait for them.
if TYPE_CHECKING:
    from detector.indicators._finder import Finder
    from detector.indicators.interface import Indicator
    from detector.pipeline import Pipeline, Reader

MODEL_NAME = "posts-v1"
WEIGHTS_NAME = "verdict-v1.json"


def shipped(name: str) -> Path:
    """Return the folder ``models`` or ``fixtures`` that came with the program.

    A wheel carries them inside the package; an editable install has them at the repository's root.

    Raises:
        ModelError: neither place has it.
    """
    package = Path(detector.__file__).parent
    for place in (package / name, package.parent / name):
        if place.is_dir():
            return place
    raise ModelError(
        f"the folder {name!r} did not come with this installation", hint="install it again"
    )


def source_kinds(zone_of: ZoneOf | None = None) -> dict[str, type[Source]]:
    """Return every source, by name.

    Args:
        zone_of: names the zone in which an account's times are meant where its export does not.
    """
    kinds = discover(sources, Source)
    if zone_of is None:
        return kinds
    return {name: in_zones(kind, zone_of) for name, kind in kinds.items()}


def indicator_kinds() -> dict[str, type[Indicator]]:
    """Return every indicator, by name."""
    from detector import indicators  # noqa: PLC0415
    from detector.indicators.interface import Indicator  # noqa: PLC0415

    return discover(indicators, Indicator)


def finder() -> Finder:
    """Return all indicators behind one set of triggers."""
    from detector.indicators._finder import Finder  # noqa: PLC0415

    return Finder(kind() for kind in indicator_kinds().values())


def reader(models: Path) -> Reader:
    """Return a text reader with the model of a directory that holds `MODEL_NAME`.

    Raises:
        ModelError: the model cannot be used.
    """
    from detector.classifier import TextModel  # noqa: PLC0415
    from detector.pipeline import Reader  # noqa: PLC0415

    return Reader(finder(), TextModel.load(models / MODEL_NAME))


def pipeline(models: Path | None = None) -> Pipeline:
    """Return everything needed to judge posts.

    Args:
        models: directory with `MODEL_NAME` and `WEIGHTS_NAME`; the shipped one by default.

    Raises:
        ModelError: it cannot be used.
    """
    from detector.pipeline import Pipeline  # noqa: PLC0415
    from detector.verdict import Judge, Weights  # noqa: PLC0415

    models = models or shipped("models")
    texts = reader(models)
    meanings = {name: one.meaning for name, one in texts.finder.indicators.items()}
    return Pipeline(
        texts, Judge(Weights.load(models / WEIGHTS_NAME), meanings, texts.finder.always)
    )


def reader_maker(models: Path | None = None) -> partial[Reader]:
    """Return a picklable function that makes a reader in a worker process."""
    return partial(reader, models or shipped("models"))
