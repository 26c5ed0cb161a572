"""What every test has: no network; and what some ask for: the command line, in this process."""

from __future__ import annotations

import io
import os
import socket
import sys
from collections.abc import Callable, Iterator

import pytest
from builders import Ran
from hypothesis import settings

from detector.cli import main

# A loaded machine is no fault of the code. CI tries the same examples every time, so that it tells what a change
# did; whoever runs the tests elsewhere tries others each time, and finds what nobody thought of.
settings.register_profile("suite", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

Kentongan = Callable[..., Ran]


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse to connect to any other machine; servers of the tests' own are on this one."""
    connect = socket.socket.connect

    def refused(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if self.family in {socket.AF_INET, socket.AF_INET6} and host not in {"127.0.0.1", "::1"}:
            pytest.fail(f"a test wants to connect to {address}")
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller gave

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refused)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Run a PostgreSQL server for as long as the tests last; return its address."""
    from databases import postgresql  # noqa: PLC0415 - only for those who ask

    with postgresql() as address:
        yield address


@pytest.fixture
def kentongan(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Kentongan:
    """Run a command line in this process: ``kentongan("scan", path, stdin=b"")``."""

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(one) for one in arguments])
        out, err = capsysbinary.readouterr()
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, out.decode(), err.decode())

    return run
