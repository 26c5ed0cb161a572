"""Texts of a scan, read by the workers of a dask scheduler; whoever scans reads the files, and judges."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from detector.errors import ModelError

if TYPE_CHECKING:
    from detector.histories import TextEvidence
    from detector.monitor.distant import Workers
    from detector.pipeline import Reader
    from detector.scan import Pending

_READING: Final = threading.Lock()


@lru_cache(maxsize=1)
def _reader(models: str | None) -> Reader:
    from detector import assembly  # noqa: PLC0415 - on a worker

    return assembly.reader_maker(Path(models) if models else None)()


def read_there(models: str | None, sha256: str, texts: Sequence[bytes]) -> list[TextEvidence]:
    """Read texts, on a worker.

    Args:
        models: folder of the model at the worker; None for the one that came with its program.
        sha256: of the weights that are meant.
        texts: as UTF-8.

    Raises:
        ModelError: the worker has no such model.
    """
    with _READING:
        reader = _reader(models)
        if reader.model.card.weights_sha256 != sha256:
            raise ModelError(
                "a dask worker has another model", hint="install the same version there, or give it the same --model"
            )  # fmt: skip
        return reader.read_utf8(texts)


class Afield:
    """Hands texts to workers; what they could not read, and then everything, is read here.

    Args:
        workers: a connection.
        reader: reads here.
        models: folder of the model, the same at every worker; None for the one that came with the program.
    """

    def __init__(self, workers: Workers, reader: Reader, models: Path | None) -> None:
        self._client, self._reader = workers.client, reader
        self._models = str(models.resolve()) if models else None
        self.places = workers.places
        self.is_lost = False

    def submit(self, texts: list[bytes]) -> Pending:
        """Hand over a chunk."""
        from detector.monitor.distant import broken  # noqa: PLC0415

        future = None
        if not self.is_lost:
            sha256 = self._reader.model.card.weights_sha256
            try:
                future = self._client.submit(read_there, self._models, sha256, texts, pure=False)
            except broken():
                self.lose()
        return _Pending(self, texts, future)

    def here(self, texts: list[bytes]) -> list[TextEvidence]:
        """Read in this process."""
        return self._reader.read_utf8(texts)

    def lose(self) -> None:
        """Say once that the workers are gone."""
        if not self.is_lost:
            self.is_lost = True
            click.echo("kentongan: dask workers do not answer; this process reads on", err=True)


class _Pending:
    def __init__(self, hands: Afield, texts: list[bytes], future: Any) -> None:
        self._hands, self._texts, self._future = hands, texts, future

    def result(self) -> list[TextEvidence]:
        from detector.monitor.distant import PATIENCE, broken  # noqa: PLC0415

        if self._future is None or self._hands.is_lost:
            return self._hands.here(self._texts)
        try:
            read: list[TextEvidence] = self._future.result(timeout=PATIENCE)
        except broken():
            self._hands.lose()
            return self._hands.here(self._texts)
        finally:
            self._future.release()
        return read


@contextlib.contextmanager
def afield(address: str, reader: Reader, models: Path | None) -> Iterator[Afield]:
    """Connect to a scheduler for as long as a scan takes.

    Raises:
        SettingsError: it cannot be reached, or dask is not installed.
    """
    from detector.monitor.distant import connect  # noqa: PLC0415 - heavy, and an extra

    workers = connect(address)
    try:
        yield Afield(workers, reader, models)
    finally:
        workers.close()
