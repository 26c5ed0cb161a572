"""The monitor as its operator runs it: a demonstration that alarms by itself, an end without loss, one round for cron."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import emulators.mastodon
import pytest
from builders import BLATANT, ORDINARY, Ran
from conftest import Kentongan
from emulators import Emulator, Mode
from monitors import Watch, network, pipeline

from detector import kernel
from detector.cli.monitoring import wall
from detector.errors import StoreError
from detector.monitor import logs
from detector.monitor.building import build
from detector.monitor.health import Meters
from detector.monitor.schedule import Monitor
from detector.settings import load
from detector.store.interface import Turn
from detector.store.opening import open_store

ROOT: Final = Path(__file__).parents[1]
PATIENCE: Final = 30.0
"""Seconds for what takes one or two."""


class Running:
    """A monitor in a process of its own, followed by the lines of its log."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "detector", "monitor", *arguments],
            cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.lines: list[dict[str, Any]] = []
        self.other: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                if line.startswith("{"):
                    self.lines.append(json.loads(line))
                else:
                    self.other.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_for(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for a line of the log."""
        with self._news:
            done = self._news.wait_for(
                lambda: any(map(is_it, self.lines)) or not self._reader.is_alive(), PATIENCE
            )
            found = [line for line in self.lines if is_it(line)]
        assert done, self.other
        assert found, (self.lines, self.other)
        return found[0]

    def close(self) -> None:
        """See that it has ended."""
        self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        assert self.process.stderr is not None
        self.process.stderr.close()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, and return what it ends with."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Running]:
    """Run a monitor until the end of the block, at most."""
    monitor = Running(folder, *arguments)
    try:
        yield monitor
    finally:
        monitor.close()


def _is(event: str, **keys: Any) -> Callable[[dict[str, Any]], bool]:
    return lambda line: line["event"] == event and keys.items() <= line.items()


def test_init_and_monitor_raise_the_alarm_by_themselves(
    tmp_path: Path, kentongan: Kentongan
) -> None:
    """Within a minute of its clock reaching the post; the first reading learns, and one message is told."""
    target = tmp_path / "kentongan.toml"
    assert kentongan("init", "-c", target).code == 0
    _listen_anywhere(target)
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace("T00:55:00", "T01:13:50"), encoding="utf-8")
    with running(tmp_path, "--replay", "10") as monitor:
        found = monitor.wait_for(_is("state changed", state="COMPROMISED"))
        monitor.wait_for(_is("told"))
        code = monitor.end()

    assert (code, found["account"]) == (0, "kpukabblora")
    (told,) = _told(tmp_path / "peringatan.jsonl")
    assert told["title"] == "DIDUGA DIRETAS: @kpukabblora (Instagram)"
    at = told["at"]
    assert "2024-11-20T18:14:09" <= at < "2024-11-20T18:15:10", at
    assert "DIDUGA DIRETAS" in "".join(monitor.other), "the console channel frames it"
    errors = [line for line in monitor.lines if line["level"] == "error"]
    assert errors == []


def _listen_anywhere(target: Path) -> None:
    text = target.read_text(encoding="utf-8")
    target.write_text(f'{text}\n[monitor]\nlisten = "127.0.0.1:0"\nprobe = ""\n', encoding="utf-8")


def _told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_health_and_metrics_are_answered_and_hold_no_secret(
    tmp_path: Path, office: Emulator, settings: Path
) -> None:
    del office, settings
    with running(tmp_path) as monitor:
        port = monitor.wait_for(_is("listening"))["port"]
        monitor.wait_for(_is("read"))
        health = json.loads(_get(port, "/healthz"))
        metrics = _get(port, "/metrics")
        missing = _get(port, "/secrets")
        monitor.end()

    assert health == {"status": "ok", "troubles": {}}
    assert 'kentongan_polls_total{ended="read",platform="mastodon"} 1.0' in metrics
    assert "kentongan_posts_total" in metrics
    assert missing == "/healthz or /metrics\n"


def _get(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


@pytest.fixture
def office() -> Iterator[emulators.mastodon.Mastodon]:
    """An office that posts every day, the last time yesterday."""
    with emulators.mastodon.Mastodon() as emulator:
        now = wall()
        for day in range(30, 0, -1):
            emulator.publish(ORDINARY[day % 5], now - timedelta(days=day))
        yield emulator


@pytest.fixture
def settings(tmp_path: Path, office: Emulator) -> Path:
    """Settings for that office."""
    target = tmp_path / "kentongan.toml"
    (base,) = office.options().values()
    target.write_text(
        f"""
[monitor]
listen = "127.0.0.1:0"
probe = ""
[[accounts]]
platform = "mastodon"
account = "{office.handle}"
timezone = "WIB"
every = "1s"
source = {{ kind = "mastodon", base = "{base}" }}
[[channels]]
name = "piket"
to_file = "told.jsonl"
""",
        encoding="utf-8",
    )
    return target


def test_one_round_for_cron_says_what_it_found_by_its_exit_code(
    tmp_path: Path, office: emulators.mastodon.Mastodon, settings: Path, kentongan: Kentongan
) -> None:
    first = kentongan("monitor", "--once", "-c", settings)
    office.publish(BLATANT, wall())
    _due(tmp_path)
    second = kentongan("monitor", "--once", "-c", settings)
    office.close()
    _due(tmp_path)
    third = kentongan("monitor", "--once", "-c", settings)

    assert [one.code for one in (first, second, third)] == [0, 1, 2], (first, second, third)
    assert len(_told(tmp_path / "told.jsonl")) == 1


def _due(folder: Path) -> None:
    """Make every account due, as if time had passed."""
    store = open_store(f"sqlite:///{folder / 'kentongan.db'}")
    for claim in store.claim("test", wall().replace(year=wall().year + 1), wall() - wall(), 10):
        store.release(claim, wall())
    store.close()


def test_an_office_that_never_answers_keeps_nobody_waiting(
    tmp_path: Path, office: emulators.mastodon.Mastodon, settings: Path
) -> None:
    """SIGTERM ends it within ten seconds, whatever a feed is doing."""
    del settings
    office.fail(Mode.SILENT, 100)
    with running(tmp_path) as monitor:
        monitor.wait_for(_is("listening"))
        _until(lambda: bool(office.requests))
        began = wall()
        code = monitor.end()
        took = (wall() - began).total_seconds()

    assert code == 0
    assert took < 10


def _until(is_so: Callable[[], bool]) -> None:
    ticks = threading.Event()
    for _ in range(int(PATIENCE * 20)):
        if is_so():
            return
        ticks.wait(0.05)
    pytest.fail("it never came to that")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "kentongan init writes them"),
        ("[monitor]\nlissen = 1\n", "did you mean 'listen'?"),
        ('[monitor]\nlisten = "nowhere:99999"\n', "cannot be listened on"),
        ('[[accounts]]\nplatform = "x"\naccount = "a"\nsource = { kind = "x_apy" }\n', "did you mean 'x_api'?"),
        ('[store]\nurl = "oracle://x"\n', "oracle"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_told_in_one_line(
    tmp_path: Path, kentongan: Kentongan, text: str | None, said: str
) -> None:
    target = tmp_path / "kentongan.toml"
    if text is not None:
        target.write_text(text, encoding="utf-8")
    ran: Ran = kentongan("monitor", "-c", target)

    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_a_round_that_found_a_takeover_says_so_even_if_its_heartbeat_was_not_taken(
    tmp_path: Path, kentongan: Kentongan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOBODY_THERE", "http://127.0.0.1:9/")
    target = tmp_path / "kentongan.toml"
    source = 'source = { kind = "folder", path = "masuk", settle = 0 }'
    target.write_text(
        '[monitor]\nprobe = ""\nheartbeat = { env = "NOBODY_THERE" }\n[[channels]]\nname = "berkas"\nto_file = "told.jsonl"\n'
        f'[[accounts]]\nplatform = "instagram"\naccount = "kpukabblora"\ntimezone = "WIB"\n{source}\n',
        encoding="utf-8",
    )
    inbox = tmp_path / "masuk"
    inbox.mkdir()
    name = "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip"
    (inbox / name).write_bytes((ROOT / "fixtures" / "accounts" / name).read_bytes())
    first = kentongan("monitor", "--once", "-c", target)
    (inbox / name).unlink()
    second = kentongan("monitor", "--once", "-c", target)

    assert first.code == 1
    assert "the heartbeat was not taken" in first.err
    assert len(_told(tmp_path / "told.jsonl")) == 1
    assert second.code == 2


def test_doctor_tells_what_would_be_silently_left_out(tmp_path: Path, kentongan: Kentongan) -> None:
    target = tmp_path / "kentongan.toml"
    target.write_text(
        '[monitor]\nlisten = "nowhere:99999"\nprobe = ""\n[[sites]]\nurl = "https://kantor.example"\n',
        encoding="utf-8",
    )
    ran = kentongan("doctor", "-c", target, "--lang", "en")
    listed = kentongan("accounts", "-c", target)

    assert ran.code == 2
    assert "https://kantor.example" in ran.out
    assert "cannot be listened on" in ran.out
    assert "[[accounts]]" in listed.out


def test_what_a_full_disk_stopped_is_well_again_once_there_is_room(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_turn: Turn) -> None:
        raise StoreError("the disk is full")

    built = build(
        load(settings), settings.parent, wall=wall, log=logs.start(io.StringIO()), stopping=threading.Event(),
        judge=pipeline(),
    )  # fmt: skip
    with closing(built):
        assert built.health is not None
        assert built.monitor.claiming is not None
        told = []
        for is_full in (True, False):
            with monkeypatch.context() as disk:
                if is_full:
                    disk.setattr(built.store, "commit", full)
                built.monitor.claiming.turn()
                built.monitor.claiming.drain()
            told.append(json.loads(_get(built.health.port, "/healthz")))
            _due(settings.parent)

    assert told[0] == {"status": "trouble", "troubles": {"store": "the disk is full"}}
    assert told[1] == {"status": "ok", "troubles": {}}


def test_a_monitor_that_could_only_be_silent_says_so(
    tmp_path: Path, kentongan: Kentongan, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "lain.toml"
    target.write_text('[store]\nurl = "memory://"\n[monitor]\nprobe = ""\n', encoding="utf-8")
    monkeypatch.setenv("KENTONGAN_CONFIG", str(target))
    ran = kentongan("monitor", "--once")

    assert ran.code == 0
    assert "no account is watched" in ran.err
    assert "nobody would be told" in ran.err


def test_a_machine_whose_clock_is_put_back_does_every_job_at_once() -> None:
    shift = timedelta()
    done = threading.Semaphore(0)
    with network() as net:
        watch = Watch(net, [])
        monitor = Monitor(
            store=watch.store, feeds=watch.feeds, clock=watch.clock, log=logs.start(watch.log), meters=watch.meters,
            jobs=watch.jobs, stopping=watch.stopping, wall=lambda: wall() + shift,
        )  # fmt: skip
        monitor.claiming = watch.monitor.claiming
        monitor.add("counted", timedelta(days=2), done.release)
        thread = threading.Thread(target=monitor.run)
        thread.start()
        try:
            assert done.acquire(timeout=PATIENCE)
            shift = -timedelta(days=1)
            assert done.acquire(timeout=PATIENCE)
        finally:
            watch.stopping.set()
            thread.join(PATIENCE)

    assert "clock jumped" in watch.log.getvalue()


def test_the_metrics_that_the_page_names_are_there() -> None:
    families = list(Meters().registry.collect())
    there = {one.name for one in families} | {one.name for some in families for one in some.samples}
    page = (ROOT / "docs" / "monitor.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bkentongan_[a-z_]+", page))

    assert named
    assert named - there - {f"{name}_total" for name in there} == set()


def test_init_never_overwrites(tmp_path: Path, kentongan: Kentongan) -> None:
    target = tmp_path / "kentongan.toml"
    target.write_text("mine")
    ran = kentongan("init", "-c", target)

    assert (ran.code, target.read_text()) == (2, "mine")
    assert "nothing was changed" in ran.err


def test_accounts_are_listed_shown_paused_and_resumed(
    settings: Path, kentongan: Kentongan, office: Emulator
) -> None:
    kentongan("monitor", "--once", "-c", settings)
    listed = json.loads(kentongan("accounts", "list", "-c", settings, "--format", "json").out)
    shown = kentongan("accounts", "show", office.handle, "-c", settings)
    kentongan("accounts", "pause", office.handle, "-c", settings)
    paused = kentongan("accounts", "list", "-c", settings)
    kentongan("accounts", "resume", office.handle, "-c", settings)
    unknown = kentongan("accounts", "show", "nobody", "-c", settings)

    assert [(one["account"], one["posts"], one["state"]) for one in listed] == [
        (office.handle, 30, "NORMAL")
    ]
    assert "TIDAK ADA TANDA PERETASAN" in shown.out
    assert "dijeda" in paused.out
    assert (unknown.code, "is not watched" in unknown.err) == (2, True)


def test_doctor_finds_nothing_to_mend_and_then_what_to_mend(
    settings: Path, kentongan: Kentongan, office: emulators.mastodon.Mastodon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(kernel, "loaded", lambda: None)
        well = kentongan("doctor", "--send", "-c", settings)
    office.close()
    settings.write_text(settings.read_text() + 'from = "WATCHED"\n[[channels]]\nname = "surel"\nurl = { env = "NOT_SET_ANYWHERE" }\n')  # fmt: skip
    ill = kentongan("doctor", "-c", settings, "--lang", "en")

    assert well.code == 0, well.out
    assert "terbaca, " in well.out
    assert "tanpa kernel terkompilasi" in well.out
    assert ("with the compiled kernel" in ill.out) == (kernel.loaded() is not None)
    assert len(_told(tmp_path / "told.jsonl")) == 1
    assert ill.code == 2
    assert "✗ feed mastodon:" in ill.out
    assert "NOT_SET_ANYWHERE" in ill.out
