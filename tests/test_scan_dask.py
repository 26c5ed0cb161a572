"""A scan whose texts are read on a dask cluster finds what one process finds, also when the cluster goes away."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from builders import BLATANT, NOON, ORDINARY
from conftest import Kentongan

from detector import assembly
from detector.cli._afield import Afield, read_there
from detector.errors import ModelError
from detector.monitor import distant
from detector.monitor.distant import Workers
from detector.scan import CHUNK

distributed = pytest.importorskip("distributed", reason="dask is an extra")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def _cluster() -> Any:
    """A scheduler and a worker on threads of this process, which talk as between machines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, protocol="tcp://", host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        )  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with _cluster() as made:
        yield made


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More posts than are read here although there is a cluster, the last of them a stranger's."""
    target = tmp_path_factory.mktemp("dask") / "posts.jsonl"
    with target.open("wb") as stream:
        for index in range(CHUNK + 10):
            is_last = index == CHUNK + 9
            stream.write(
                msgspec.json.encode({
                    "platform": "x", "account": "kantor", "id": str(index), "created_at": NOON + timedelta(hours=index),
                    "text": BLATANT if is_last else ORDINARY[index % len(ORDINARY)],
                }) + b"\n"
            )  # fmt: skip
    return target


def _found(said: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(said)
    del document["summary"]["seconds"]
    return document


def test_a_cluster_finds_what_one_process_finds(
    kentongan: Kentongan, cluster: Any, posts: Path
) -> None:
    alone = kentongan("scan", posts, "--format", "json")
    ran = kentongan("scan", posts, "--format", "json", "--dask", cluster.scheduler_address)

    assert (ran.code, ran.err) == (alone.code, "")
    assert _found(ran.out) == _found(alone.out)
    assert read_there.__name__ in cluster.scheduler.task_prefixes


def test_without_its_workers_a_scan_goes_on_and_says_so_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reader = assembly.pipeline().reader
    texts = [[BLATANT.encode()], [one.encode() for one in ORDINARY]]
    own = _cluster()
    with distributed.Client(own, set_as_default=False) as client:
        hands = Afield(Workers(client), reader, None)
        first = hands.submit(texts[0]).result()
        own.close()
        second, third = hands.submit(texts[1]).result(), hands.submit(texts[1]).result()

    assert [first, second, third] == [reader.read_utf8(one) for one in (*texts, texts[1])]
    assert capsys.readouterr().err.count("dask workers do not answer") == 1


def test_a_worker_with_another_model_is_refused() -> None:
    with pytest.raises(ModelError, match="another model"):
        read_there(None, "0" * 64, [b"slot gacor"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--dask", "tcp://127.0.0.1:1"), "cannot be reached"),
        (("--dask", "local", "--jobs", "2"), "exclude each other"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_one_line(
    kentongan: Kentongan,
    posts: Path,
    asked: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distant, "CONNECTING", 0.2)
    ran = kentongan("scan", posts, *asked)

    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert said in ran.err
