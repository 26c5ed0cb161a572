"""Workers of a dask scheduler read and judge; no secret travels there, and without them the monitor goes on."""

from __future__ import annotations

import io
import json
import os
import pickle
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import emulators.mastodon
import emulators.x_api
import msgspec
import pytest
from builders import BLATANT, ORDINARY
from emulators import MARKED, Emulator, Mode
from monitors import START, Hand, pipeline

from detector.errors import (
    AccountGone,
    NetworkError,
    PlatformError,
    RateLimited,
    SettingsError,
    TokenRefused,
)
from detector.monitor import distant, logs
from detector.monitor.building import Built, build
from detector.monitor.distant import Workers, connect
from detector.records import State
from detector.settings import Settings

distributed = pytest.importorskip("distributed", reason="dask is an extra")
cloudpickle = pytest.importorskip("cloudpickle")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


class Recorded:
    """A client whose tasks are kept as they travel."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.travelled: list[bytes] = []
        self.done: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def submit(self, do: Any, *given: Any, **options: Any) -> Any:
        """Keep a task, and its result, and submit it."""
        self.travelled.append(cloudpickle.dumps((do, given)))
        self.done.append(do.__name__)
        future = self._client.submit(do, *given, **options)
        self.travelled.append(pickle.dumps(future.result(timeout=20)))
        return future


def _cluster(workers: int) -> Any:
    """A scheduler and workers on threads of this process, which talk as between machines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return distributed.LocalCluster(
            n_workers=workers, threads_per_worker=2, processes=False, protocol="tcp://", host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        )  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler with two workers."""
    with _cluster(2) as made:
        yield made


@contextmanager
def built(folder: Path, platform: Emulator, workers: Workers | None) -> Iterator[tuple[Built, Hand, io.StringIO]]:  # fmt: skip
    """A monitor over one emulated account."""
    kind = type(platform).__module__.rpartition(".")[2]
    account = {
        "platform": platform.platform, "account": platform.handle, "timezone": "WIB", "every": "5m",
        "source": {"kind": kind, **platform.options()},
    }  # fmt: skip
    told = {"monitor": {"probe": ""}, "store": {"url": "sqlite:///toko.db"}}
    settings = msgspec.convert({"accounts": [account], **told}, Settings)
    clock, log = Hand(), io.StringIO()
    made = build(
        settings, folder, wall=clock, log=logs.start(log), stopping=threading.Event(), judge=pipeline(),
        listens=False, workers=workers,
    )  # fmt: skip
    try:
        yield made, clock, log
    finally:
        assert made.monitor.claiming is not None
        made.monitor.claiming.close()
        made.close()


def _months(platform: Emulator) -> None:
    for day in range(30, 0, -1):
        platform.publish(f"{ORDINARY[day % 5]} ({day})", START - timedelta(days=day, hours=5))


def _fall(made: Built, clock: Hand, platform: Emulator) -> State:
    """Let an office be read, fall, and be read again; return its state."""
    _months(platform)
    made.monitor.once()
    clock.on(hours=1)
    platform.publish(BLATANT, clock() - timedelta(minutes=1))
    made.monitor.once()
    (one,) = made.store.accounts()
    assert one.failure is None
    return one.state


def test_workers_read_and_judge_and_no_secret_travels(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENTONGAN_EMULATED", MARKED)
    client = Recorded(distributed.Client(cluster, set_as_default=False))
    with emulators.x_api.XApi() as platform, built(tmp_path, platform, Workers(client)) as (made, clock, log):  # fmt: skip
        assert _fall(made, clock, platform) is State.COMPROMISED
        platform.fail(Mode.TOKEN_DEAD, 1)
        clock.on(hours=1)
        made.monitor.once()

    assert client.done == ["read", "judge", "read", "judge", "read"]
    travelled = b"".join(client.travelled)
    assert b"KENTONGAN_EMULATED" in travelled, "the name of the secret travels"
    assert MARKED.encode() not in travelled + log.getvalue().encode()
    assert "TokenRefused" in travelled.decode("utf-8", "replace")


def test_what_a_worker_finds_is_what_this_process_finds(cluster: Any, tmp_path: Path) -> None:
    kept = []
    for folder, workers in (("here", None), ("there", Workers(distributed.Client(cluster, set_as_default=False)))):  # fmt: skip
        (tmp_path / folder).mkdir()
        with emulators.mastodon.Mastodon() as platform, built(tmp_path / folder, platform, workers) as (made, clock, _):  # fmt: skip
            _fall(made, clock, platform)
            key = (platform.platform, platform.handle)
            kept.append([(one.post.id, one.verdict) for one in made.store.posts(key)])

    assert len(kept[0]) == 31
    assert kept[0] == kept[1]


def test_a_long_past_comes_in_several_tasks(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distant, "PAGES", 2)
    client = Recorded(distributed.Client(cluster, set_as_default=False))
    with emulators.mastodon.Mastodon() as platform, built(tmp_path, platform, Workers(client)) as (made, clock, _):  # fmt: skip
        _months(platform)
        made.monitor.once()
        for minute in range(190):
            platform.publish(f"{ORDINARY[minute % 5]} [{minute}]", clock.on(minutes=1))
        clock.on(hours=1)
        made.monitor.once()
        (one,) = made.store.accounts()

    assert one.posts == 220
    assert client.done.count("read") > 3


def test_without_its_workers_the_monitor_goes_on_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distant, "PATIENCE", 1.0)
    own = _cluster(1)
    workers = Workers(distributed.Client(own, set_as_default=False))
    with emulators.mastodon.Mastodon() as platform, built(tmp_path, platform, workers) as (made, clock, log):  # fmt: skip
        own.close()
        state = _fall(made, clock, platform)

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    errors = [line["event"] for line in lines if line["level"] == "error"]
    assert state is State.COMPROMISED
    assert errors == ["dask workers do not answer; this process reads and judges meanwhile"]


def test_a_worker_process_finds_the_secret_in_its_own_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENTONGAN_EMULATED", MARKED)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    workers = connect("local")
    monkeypatch.delenv("KENTONGAN_EMULATED")
    with emulators.x_api.XApi() as platform, built(tmp_path, platform, workers) as (made, clock, log):  # fmt: skip
        state = _fall(made, clock, platform)

    assert state is State.COMPROMISED, log.getvalue()


@pytest.mark.parametrize(
    ("address", "said"),
    [("tcp://127.0.0.1:9", "cannot be reached"), ("nothing", "cannot be reached"), ("", "cannot be reached")],
)  # fmt: skip
def test_a_scheduler_that_does_not_answer_is_one_line(
    address: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distant, "CONNECTING", 0.3)
    with pytest.raises(SettingsError, match=said) as refused:
        connect(address)

    assert "\n" not in str(refused.value)


def test_without_dask_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"pip install 'kentongan\[dask\]'"):
        connect("local")


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("a", hint="b"),
        PlatformError("a"),
        TokenRefused("a"),
        RateLimited("a", retry_at=START),
        AccountGone("a", kind="private"),
    ],
)
def test_a_failure_travels_whole(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert type(again) is type(error)
    assert vars(again) == vars(error)
