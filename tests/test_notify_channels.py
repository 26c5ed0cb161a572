"""Channels: what each answer is taken for, and that no address stands in any word."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from receivers import Answer, Mailbox, Webhook, mailbox, webhook

from detector.errors import DeliveryError, SettingsError
from detector.notify.channels import Channels, Outgoing
from detector.settings import ChannelSettings, Secret
from detector.transport import Hidden

NOW = datetime(2024, 11, 20, 18, 14, tzinfo=UTC)
MARK = "RAHASIA7731"


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as one:
        yield one


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as one:
        yield one


def channels(tmp_path: Path = Path(), **addresses: str) -> Channels:
    """Return channels at these addresses, each called as its argument."""

    def secret_of(secret: Secret) -> Hidden:
        return Hidden(addresses[secret.env or ""])

    return Channels(
        [ChannelSettings(name=name, url=Secret(env=name)) for name in addresses],
        secret_of,
        tmp_path,
    )


def outgoing(number: int = 1, at: datetime = NOW) -> Outgoing:
    return Outgoing(
        id=f"instagram:kpukabblora|{number}", kind="alert", title="DIDUGA DIRETAS: @kpukabblora",
        body="Sejak: Kamis\n1. JANGAN dihapus <dulu> & “salin”", mood="failure", at=at,
    )  # fmt: skip


def refused(some: Channels, name: str, message: Outgoing | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        some.send(name, message or outgoing())
    assert MARK not in str(caught.value)
    return caught.value


def test_a_webhook_gets_the_text_as_it_is_and_an_id_to_know_it_again(hook: Webhook) -> None:
    channels(piket=hook.address + f"?-key={MARK}").send("piket", outgoing())

    told = hook.taken[0]
    assert told["title"] == outgoing().title
    assert told["message"] == outgoing().body
    assert told["type"] == "failure"
    assert (told["id"], told["kind"]) == (outgoing().id, "alert")
    assert told["headers"]["Idempotency-Key"] == outgoing().id


def test_mail_is_plain_text_with_the_id_in_its_head(mail: Mailbox) -> None:
    channels(surel=mail.address("humas@kantor.example")).send("surel", outgoing())

    told = mail.taken[0]
    assert told["Subject"] == outgoing().title
    assert told["X-Kentongan-Id"] == outgoing().id
    assert told.get_content_type() == "text/plain"
    assert told.get_content().splitlines() == outgoing().body.splitlines()


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (Answer(429, {"Retry-After": "120"}), timedelta(seconds=120)),
        (Answer(429, {"Retry-After": "0.5"}), timedelta(seconds=0.5)),
        (Answer(429, {"Retry-After": "Wed, 20 Nov 2024 20:14:00 GMT"}), timedelta(hours=2)),
        (Answer(429, {"Retry-After": "Tue, 19 Nov 2024 20:14:00 GMT"}), timedelta(0)),
        (Answer(429, {"Retry-After": "9999999"}), timedelta(hours=24)),
        (Answer(429, {"Retry-After": "segera"}), timedelta(minutes=1)),
        (Answer(429, {"Retry-After": "-5"}), timedelta(minutes=1)),
        (Answer(429, {"Retry-After": "nan"}), timedelta(minutes=1)),
        (Answer(429), timedelta(minutes=1)),
        (Answer(429, body=b'{"parameters": {"retry_after": 33}}'), timedelta(seconds=33)),
        (Answer(429, body=b'{"retry_after": 7.5}'), timedelta(seconds=7.5)),
        (Answer(429, body=b'{"retry_after": true}'), timedelta(minutes=1)),
        (Answer(429, body=b"[1"), timedelta(minutes=1)),
        (Answer(503, {"Retry-After": "60"}), timedelta(seconds=60)),
        (Answer(500), None),
    ],
)
def test_a_channel_is_left_alone_as_long_as_it_asks(
    hook: Webhook, answer: Answer, wait: timedelta | None
) -> None:
    hook.script.append(answer)

    error = refused(channels(piket=hook.address), "piket")

    assert error.retry_at == (None if wait is None else NOW + wait)
    assert not error.is_final
    assert not error.may_have_arrived


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_will_not_do_is_told_with_its_mend(hook: Webhook, status: int) -> None:
    hook.script.append(Answer(status))

    error = refused(channels(piket=f"{hook.address}/{MARK}"), "piket")

    assert error.is_final
    assert f"channel 'piket' answered {status}" in str(error)


def test_a_redirect_is_no_acceptance(hook: Webhook) -> None:
    """A captive portal sends everything to its login page, which answers 200."""
    hook.script.append(Answer(302, {"Location": f"http://127.0.0.1:{hook.port}/login"}))

    refused(channels(piket=hook.address), "piket")

    assert hook.asked == 1


def test_breaking_off_leaves_it_open_whether_it_arrived(hook: Webhook) -> None:
    hook.script.append(Answer(200, hangs_up=True))

    assert refused(channels(piket=hook.address), "piket").may_have_arrived


def test_no_answer_in_time_leaves_it_open_whether_it_arrived(hook: Webhook) -> None:
    done = threading.Event()
    hook.script.append(Answer(200, waits=done))

    error = refused(channels(piket=hook.address + "?rto=0.3"), "piket")
    done.set()

    assert error.may_have_arrived


def test_an_answer_that_trickles_is_not_waited_for(hook: Webhook) -> None:
    enough = threading.Event()
    hook.script.append(Answer(200, trickles=enough))
    address = Hidden(hook.address)
    some = Channels(
        [ChannelSettings(name="piket", url=Secret(env="X"))], lambda _secret: address, deadline=0.3
    )

    assert refused(some, "piket").may_have_arrived
    later = outgoing(2, NOW + timedelta(minutes=1))
    assert not refused(some, "piket", later).may_have_arrived
    enough.set()
    some._abandoned["piket"].join()
    some.send("piket", outgoing(2, NOW + timedelta(minutes=2)))

    assert [one["id"] for one in hook.taken] == [outgoing(1).id, outgoing(2).id]


def test_who_cannot_be_reached_has_surely_got_nothing() -> None:
    error = refused(channels(piket=f"json://127.0.0.1:9/{MARK}"), "piket")

    assert not error.may_have_arrived
    assert "cannot be reached" in str(error)


@pytest.mark.parametrize(
    ("said", "is_final", "may_have_arrived"),
    [
        ("550 no such mailbox", True, False),
        ("451 come back later", False, False),
        ("RCPT 550 nobody of that name", True, False),
        ("hang up", False, True),
    ],
)
def test_a_mail_servers_no_is_read_by_its_code(
    mail: Mailbox, said: str, is_final: bool, may_have_arrived: bool
) -> None:
    mail.script.append(said)

    error = refused(channels(surel=mail.address("humas@kantor.example")), "surel")

    assert (error.is_final, error.may_have_arrived) == (is_final, may_have_arrived)


def test_a_mail_that_one_of_two_got_may_have_arrived(mail: Mailbox) -> None:
    mail.script.extend(["250 OK", "451 come back later"])
    both = mail.address("humas@kantor.example", "piket@kantor.example")

    assert refused(channels(surel=both), "surel").may_have_arrived


def test_a_channel_that_asked_to_wait_is_not_asked_before(hook: Webhook) -> None:
    hook.script.append(Answer(429, {"Retry-After": "3600"}))
    some = channels(piket=hook.address)
    refused(some, "piket")

    error = refused(some, "piket", outgoing(2, NOW + timedelta(minutes=59)))
    assert hook.asked == 1
    assert error.retry_at == NOW + timedelta(hours=1)

    some.send("piket", outgoing(2, NOW + timedelta(minutes=61)))
    assert len(hook.taken) == 1


def test_a_clock_that_was_put_back_shuts_no_channel(hook: Webhook) -> None:
    hook.script.append(Answer(429, {"Retry-After": "3600"}))
    some = channels(piket=hook.address)
    refused(some, "piket")

    some.send("piket", outgoing(2, NOW - timedelta(days=365)))

    assert len(hook.taken) == 1


def test_an_address_cannot_make_apprise_try_again_by_itself(hook: Webhook) -> None:
    """It would send what may have arrived a second time, without a word about it."""
    hook.usually = Answer(200, hangs_up=True)

    refused(channels(piket=hook.address + "?retry=3&wait=0"), "piket")

    assert hook.asked == 1


def test_a_channel_that_is_down_is_tried_once_a_round(hook: Webhook) -> None:
    hook.script.append(Answer(503))
    some = channels(piket=hook.address)

    refused(some, "piket")
    assert not refused(some, "piket", outgoing(2)).may_have_arrived

    assert hook.asked == 1


def test_a_message_that_is_refused_for_itself_holds_up_no_other(hook: Webhook) -> None:
    hook.script.append(Answer(400))
    some = channels(piket=hook.address)

    refused(some, "piket")
    some.send("piket", outgoing(2))

    assert [one["id"] for one in hook.taken] == [outgoing(2).id]


def test_an_address_apprise_does_not_know_is_told_without_it() -> None:
    error = refused(channels(piket=f"tidakada://{MARK}"), "piket")

    assert error.is_final
    assert "piket" in str(error)
    assert "not one that Apprise knows" in (channels(piket=f"x://{MARK}").check("piket") or "")
    assert channels(piket=f"json://kantor.example/{MARK}").check("piket") is None


def test_an_address_that_is_nowhere_is_told_with_its_mend() -> None:
    def secret_of(_secret: Secret) -> Hidden:
        raise SettingsError("the environment variable APPRISE_PIKET is not set", hint="set it")

    some = Channels([ChannelSettings(name="piket", url=Secret(env="APPRISE_PIKET"))], secret_of)

    error = refused(some, "piket")
    assert error.is_final
    assert str(error).endswith("APPRISE_PIKET is not set (set it)")
    assert refused(some, "tidak ada").is_final


def test_a_file_gets_a_line_a_message(tmp_path: Path) -> None:
    some = Channels([ChannelSettings(name="berkas", to_file="alarm.jsonl")], Hidden, tmp_path)  # type: ignore[arg-type]  # asked for nothing

    some.send("berkas", outgoing(1))
    some.send("berkas", outgoing(2))

    told = [json.loads(line) for line in (tmp_path / "alarm.jsonl").read_text().splitlines()]
    assert [one["id"] for one in told] == [outgoing(1).id, outgoing(2).id]
    assert told[0]["body"] == outgoing().body


def test_a_file_that_cannot_be_written_is_a_channel_that_did_not_take_it(tmp_path: Path) -> None:
    some = Channels([ChannelSettings(name="berkas", to_file="tidak/ada.jsonl")], Hidden, tmp_path)  # type: ignore[arg-type]

    assert "cannot be written" in str(refused(some, "berkas"))
    assert "cannot be written" in str(some.check("berkas"))

    (tmp_path / "tidak").mkdir()
    assert some.check("berkas") is None
    assert list((tmp_path / "tidak").iterdir()) == []


def test_the_console_shows_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    Channels([ChannelSettings(name="layar", console=True)], Hidden).send("layar", outgoing())  # type: ignore[arg-type]

    shown = capsys.readouterr().err
    assert outgoing().title in shown
    assert "JANGAN dihapus <dulu>" in shown


@pytest.mark.parametrize(
    "address",
    [
        "json://user:{mark}@127.0.0.1:{port}/{mark}?-token={mark}&+Authorization=Bearer%20{mark}",
        "xml://user:{mark}@127.0.0.1:{port}/{mark}",
        "form://127.0.0.1:{port}/{mark}",
        "gotify://127.0.0.1:{port}/{mark}",
        "ntfy://user:{mark}@127.0.0.1:{port}/topik",
        "matrix://user:{mark}@127.0.0.1:{port}/#ruang",
        "mmost://127.0.0.1:{port}/{mark}",
        "rocket://user:{mark}@127.0.0.1:{port}/@piket",
        "mailto://user:{mark}@127.0.0.1:9?from=a@kantor.example&to=b@kantor.example",
        "tidakada://{mark}",
    ],
)
@pytest.mark.parametrize("answer", [Answer(), Answer(401), Answer(500), Answer(200, hangs_up=True)])
def test_no_secret_leaves_by_logs_errors_or_output(
    hook: Webhook,
    address: str,
    answer: Answer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    hook.usually = answer
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    root.addHandler(handler)
    some = channels(piket=address.format(mark=MARK, port=hook.port))
    try:
        with caplog.at_level(logging.DEBUG):
            try:
                some.send("piket", outgoing())
            except DeliveryError as error:
                assert MARK not in f"{error!s}{error!r}{error.__cause__!r}{error.__context__!r}"
    finally:
        root.removeHandler(handler)

    out, err = capfd.readouterr()
    assert MARK not in caplog.text + written.getvalue() + out + err
