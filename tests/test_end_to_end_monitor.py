"""From a stranger's post on an emulated platform to one alarm in a mailbox and at a webhook, for every live source."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import emulators
import msgspec
import pytest
from builders import BLATANT, ORDINARY
from emulators import MARKED, Emulator, Mode
from emulators.folder import Folder
from emulators.telegram_preview import TelegramPreview
from monitors import START, Hand, pipeline
from receivers import Answer, Mailbox, Webhook, mailbox, webhook

from detector.monitor import building, logs
from detector.monitor.building import Built, build
from detector.records import State
from detector.registry import discover
from detector.settings import Settings

EMULATED: Final = discover(emulators, Emulator)
ALARM: Final = "DIDUGA DIRETAS"


class Office:
    """A monitor as it is built from settings, watching one emulated account."""

    def __init__(
        self, folder: Path, platform: Emulator, mail: Mailbox, hook: Webhook, **account: Any
    ) -> None:
        self.clock = Hand(START)
        self.log = io.StringIO()
        self.mail, self.hook, self.folder = mail, hook, folder
        kind = type(platform).__module__.rpartition(".")[2]
        self.settings = msgspec.convert(
            {
                "store": {"url": "sqlite:///monitor.db"},
                "accounts": [
                    {
                        "platform": platform.platform,
                        "account": platform.handle,
                        "institution": "KPU Kabupaten Contoh",
                        "timezone": "WIB",
                        "every": "5m",
                        "source": {"kind": kind, **platform.options()},
                        **account,
                    }
                ],
                "channels": [
                    {"name": "surel", "url": {"env": "SUREL"}},
                    {"name": "kait", "url": {"env": "KAIT"}},
                ],
            },
            Settings,
        )
        self.built = self._build()

    def _build(self) -> Built:
        return build(
            self.settings,
            self.folder,
            wall=self.clock,
            log=logs.start(self.log),
            stopping=threading.Event(),
            listens=False,
        )

    def restart(self) -> None:
        """End the monitor and start another on the same store."""
        self.built.close()
        self.built = self._build()

    def go(self, rounds: int = 1, minutes: float = 5) -> None:
        """Let time pass, and do everything that is due."""
        for _ in range(rounds):
            self.clock.on(minutes=minutes)
            self.built.monitor.once()

    @property
    def state(self) -> State:
        """The account's."""
        (one,) = self.built.store.accounts()
        return one.state

    def alarms(self) -> tuple[list[str], list[str]]:
        """Return the alarms in the mailbox, and those at the webhook."""
        mails = [str(one["Subject"]) for one in self.mail.taken]
        calls = [str(one["title"]) for one in self.hook.taken]
        return [one for one in mails if ALARM in one], [one for one in calls if ALARM in one]


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as one:
        yield one


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as one:
        yield one


@pytest.fixture(autouse=True)
def _addresses(monkeypatch: pytest.MonkeyPatch, mail: Mailbox, hook: Webhook) -> None:
    monkeypatch.setenv("SUREL", mail.address("humas@kantor.example"))
    monkeypatch.setenv("KAIT", f"{hook.address}?-key={MARKED}")
    monkeypatch.setenv("KENTONGAN_EMULATED", MARKED)
    # Loaded once for all tests; what judges remembers nothing of an account.
    monkeypatch.setattr(building, "pipeline", pipeline)


def month(platform: Emulator, days: int = 25) -> None:
    """Show an office's month, a post a day."""
    for day in range(days, 0, -1):
        text = f"{ORDINARY[day % len(ORDINARY)]} ({day})"
        platform.publish(text, START - timedelta(days=day, hours=5))


@pytest.mark.parametrize("name", EMULATED)
def test_a_strangers_post_is_told_once_by_mail_and_once_to_a_webhook(
    name: str, tmp_path: Path, mail: Mailbox, hook: Webhook
) -> None:
    with EMULATED[name]() as platform:
        month(platform)
        office = Office(tmp_path, platform, mail, hook)
        office.go(2)
        assert office.alarms() == ([], [])

        platform.publish(BLATANT, office.clock() + timedelta(minutes=2))
        office.go()
        mails, calls = office.alarms()
        assert office.state is State.COMPROMISED
        assert (len(mails), len(calls)) == (1, 1)
        assert platform.handle in mails[0]

        office.go(2)
        office.restart()
        office.go(2)
        assert office.alarms() == (mails, calls)
        office.built.close()

    written = office.log.getvalue().encode() + b"".join(
        one.read_bytes() for one in tmp_path.iterdir() if one.is_file()
    )
    assert b"Traceback" not in written
    assert MARKED.encode() not in written


def test_an_alarm_finds_its_way_after_the_platform_and_a_channel_failed(
    tmp_path: Path, mail: Mailbox, hook: Webhook
) -> None:
    with TelegramPreview() as platform:
        month(platform)
        office = Office(tmp_path, platform, mail, hook)
        office.go(2)
        platform.fail(Mode.SERVER_ERROR, 2)
        hook.script.extend([Answer(500), Answer(429, {"Retry-After": "60"})])
        platform.publish(BLATANT, office.clock())
        office.go(12)
        office.built.close()

    assert tuple(map(len, office.alarms())) == (1, 1)


def test_a_channel_whose_name_and_picture_are_taken_is_told_of_before_any_post(
    tmp_path: Path, mail: Mailbox, hook: Webhook
) -> None:
    with TelegramPreview() as platform:
        month(platform)
        platform.picture = "/file/lambang.jpg"
        office = Office(tmp_path, platform, mail, hook)
        office.go(14)
        platform.title = "Slot Gacor Maxwin"
        platform.description = "Daftar di zeus88-gacor.vip, WA 0858-0000-1234"
        platform.messages.clear()
        office.go(14)
        (one,) = office.built.store.accounts()
        assert one.posts == 25
        office.built.close()

    assert tuple(map(len, office.alarms())) == (1, 1)


def test_an_edited_old_post_is_told(tmp_path: Path, mail: Mailbox, hook: Webhook) -> None:
    with TelegramPreview() as platform:
        month(platform)
        office = Office(tmp_path, platform, mail, hook)
        office.go(2)
        oldest = sorted(platform.messages)[-3]
        platform.messages[oldest].text = BLATANT
        office.go(3)
        office.built.close()

    assert tuple(map(len, office.alarms())) == (1, 1)


def test_an_export_of_a_hijacked_account_dropped_into_the_folder_is_told(
    tmp_path: Path, mail: Mailbox, hook: Webhook
) -> None:
    name = "instagram-kpukabblora-2024-11-23-k7Qm2xVb.zip"
    with Folder() as platform:
        office = Office(tmp_path, platform, mail, hook, account="kpukabblora")
        office.go()
        source = Path(__file__).parents[1] / "fixtures" / "accounts" / name
        platform.drop(name, source.read_bytes())
        office.go(3)
        office.built.close()

    assert tuple(map(len, office.alarms())) == (1, 1)
