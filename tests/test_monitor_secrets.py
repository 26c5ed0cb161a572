"""Secrets are found nowhere but where they are sent: not in the log, the store, a message or an error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import emulators.x_api
import pytest
from builders import BLATANT, ORDINARY
from emulators import MARKED, Mode
from monitors import START, Watch, network

from detector.errors import FeedError
from detector.monitor.chores import Heartbeat
from detector.transport import Hidden

SLOW: Final = frozenset({Mode.SILENT, Mode.DRIP})


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode not in SLOW])
def test_no_failure_shows_the_token(mode: Mode) -> None:
    with emulators.x_api.XApi() as office, network(longest=5.0) as net:
        account = {
            "platform": "x", "account": office.handle, "every": "5m",
            "source": {"kind": "x_api", **office.options()},
        }  # fmt: skip
        watch = Watch(net, [account])
        work = watch.monitor.claiming
        assert work is not None
        for text in (*ORDINARY, BLATANT):
            office.publish(text, START)
        for _ in range(3):
            work.turn()
            work.drain()
            office.fail(mode, 5)
            watch.clock.on(hours=2)
            watch.silence.look()
        was_sent = any(MARKED in str(one.headers) for one in office.requests)

    store = watch.store
    everything = [
        watch.log.getvalue(), store.accounts(), store.deliveries(), store.posts(watch.one.key),
        store.events(watch.one.key), store.incidents(), watch.claims(), watch.jobs.troubles(watch.clock()),
    ]  # fmt: skip
    assert was_sent
    assert MARKED not in repr(everything)


class _Heard:
    """Whoever keeps the heartbeat, on a port of its own."""

    def __init__(self, status: int) -> None:
        heard: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            """Takes a sign of life."""

            def do_GET(self) -> None:
                """Take it."""
                heard.append(self.path)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Write nothing."""

        self.paths = heard
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        """Where it is, with what only we know."""
        return f"http://127.0.0.1:{self.server.server_port}/ping/{MARKED}"


@pytest.fixture(params=[200, 500])
def keeper(request: pytest.FixtureRequest) -> Iterator[tuple[int, _Heard]]:
    heard = _Heard(request.param)
    yield request.param, heard
    heard.server.shutdown()
    heard.server.server_close()


def test_a_heartbeat_is_given_while_all_is_well_and_its_address_stays_ours(
    keeper: tuple[int, _Heard],
) -> None:
    status, heard = keeper
    with network() as net:
        watch = Watch(net, [])
        log = watch.monitor._log
        beat = Heartbeat(lambda: Hidden(heard.address), net, watch.jobs, watch.clock, log).beat
        failed = ""
        try:
            beat()
        except FeedError as error:
            failed = str(error)
        watch.jobs.failed("store", "the disk is full")
        beat()

    assert heard.paths == [f"/ping/{MARKED}"]
    assert bool(failed) is (status == 500)
    assert MARKED not in failed + watch.log.getvalue()
    assert "no heartbeat" in watch.log.getvalue()
