"""`deliveries`: which messages went out, which wait, and sending one again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from detector.cli._shared import CONFIG, LANGUAGE, Listing, output, text_report
from detector.cli.monitoring import wall
from detector.cli.responding import as_json, kept_by
from detector.cli.watching import FORM
from detector.errors import SettingsError
from detector.records import Wording

if TYPE_CHECKING:
    from datetime import datetime

    from detector.settings import Settings
    from detector.store.interface import Delivery

FATES: Final = {
    "sent": Wording(id="terkirim {at}", en="sent {at}"),
    "planned": Wording(id="dijadwalkan {at}", en="planned for {at}"),
    "waiting": Wording(
        id="menunggu, dicoba lagi {at}: {why}", en="waiting, tried again {at}: {why}"
    ),
    "lost": Wording(
        id="TIDAK TERKIRIM, dihentikan {at}: {why}", en="NOT SENT, given up {at}: {why}"
    ),
    "withdrawn": Wording(id="ditarik {at}: {why}", en="withdrawn {at}: {why}"),
}
"""What can have become of a message."""

_HEADS: Final = (
    Wording(id="ID", en="ID"),
    Wording(id="Saluran", en="Channel"),
    Wording(id="Pesan", en="Message"),
    Wording(id="Nasib", en="Fate"),
)
_NONE: Final = Wording(id="Tidak ada pesan.", en="There are no messages.")
_AGAIN: Final = Wording(
    id="{count} pesan masuk antrean lagi; pemantau mengirimnya segera (atau: kentongan monitor --once).",
    en="{count} messages are queued again; the monitor sends them at once (or: kentongan monitor --once).",
)


@click.group(cls=Listing, short_help="Which messages went out, and which wait.")
def deliveries() -> None:
    """List the messages, or send one again.

    \b
      kentongan deliveries
      kentongan deliveries list --lost
      kentongan deliveries resend 3f9a1c02
      kentongan deliveries resend --lost --channel cadangan
    """  # noqa: D301 - click's mark for a paragraph left as it is


@deliveries.command("list", short_help="List the messages.")
@click.option("--waiting", "fate", flag_value="waiting", help="Only those still to be sent.")
@click.option("--lost", "fate", flag_value="lost", help="Only those given up without being sent.")
@click.option(
    "--most", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many."
)
@CONFIG
@FORM
@LANGUAGE
def list_(*, fate: str | None, most: int, config: Path, form: str, language: str | None) -> None:
    """List the messages, the newest first, and what became of each."""
    with kept_by(config) as (chosen, store):
        rows = store.deliveries(pending=None if fate is None else fate == "waiting", most=100_000)
    now = wall()
    kept = [one for one in rows if fate in {None, "waiting", fate_of(one, now)}][:most]
    if form == "json":
        as_json([told(one, now) for one in kept])
        return
    said = language or chosen.language
    with output(None) as stream, text_report(stream, to_terminal=True) as console:
        console.print(_table(kept, chosen, now, said) if kept else _NONE.said(said))


@deliveries.command(short_help="Send a message again.")
@click.argument("message", required=False)
@click.option("--lost", is_flag=True, help="Every message that was given up.")
@click.option("--channel", help="By this channel instead of its own.")
@CONFIG
@LANGUAGE
def resend(
    *, message: str | None, lost: bool, channel: str | None, config: Path, language: str | None
) -> None:
    """Queue MESSAGE once more, named by its id in the list; who may have had it before is told so.

    Raises:
        SettingsError: no such message, it still waits, or no such channel.
    """
    with kept_by(config) as (chosen, store):
        if channel is not None and channel not in {one.name for one in chosen.channels}:
            raise SettingsError(
                f"there is no channel {channel!r}", hint="the channels are in kentongan.toml"
            )
        rows, now = store.deliveries(most=100_000), wall()
        if lost:
            found = [one for one in rows if fate_of(one, now) == "lost"]
        else:
            found = [_picked(rows, message)]
            _check_is_done(found[0], now, channel)
        store.enqueue([_copy(one, channel, now) for one in found])
    click.echo(_AGAIN.said(language or chosen.language).format(count=len(found)))


def fate_of(delivery: Delivery, now: datetime) -> str:
    """Return what became of a message, as `FATES` has it."""
    from detector.notify.outbox import is_lost  # noqa: PLC0415

    if delivery.sent_at is not None:
        return "sent"
    if delivery.given_up_at is not None:
        return "lost" if is_lost(delivery) else "withdrawn"
    return "planned" if delivery.tries == 0 and delivery.due_at > now else "waiting"


def told(delivery: Delivery, now: datetime) -> dict[str, Any]:
    """Return a message as JSON has it."""
    import msgspec  # noqa: PLC0415

    from detector.notify.messages import ref  # noqa: PLC0415

    fields: dict[str, Any] = msgspec.structs.asdict(delivery)
    return {"ref": ref(delivery.id), "fate": fate_of(delivery, now), **fields}


def _picked(rows: list[Delivery], named: str | None) -> Delivery:
    from detector.notify.messages import ref  # noqa: PLC0415

    if named is None:
        raise SettingsError("name a message, or --lost", hint="kentongan deliveries lists them")
    found = [one for one in rows if named in {one.id, ref(one.id)}]
    if not found:
        raise SettingsError(
            f"there is no message {named}", hint="kentongan deliveries list --most 1000"
        )
    return found[0]


def _check_is_done(delivery: Delivery, now: datetime, channel: str | None) -> None:
    """Refuse to send what still waits a second time by the same channel."""
    if fate_of(delivery, now) in {"waiting", "planned"} and channel in {None, delivery.channel}:
        raise SettingsError(
            f"it still waits and is tried again at {delivery.due_at:%Y-%m-%d %H:%M} UTC",
            hint="wait, or name another channel with --channel",
        )


def _copy(delivery: Delivery, channel: str | None, now: datetime) -> Delivery:
    from detector.notify.letters import URGENT, Kind  # noqa: PLC0415
    from detector.store.interface import Delivery  # noqa: PLC0415

    # Somebody asks for it by name: that an incident is acknowledged withdraws it no more.
    kind = Kind.ALERT if delivery.kind in URGENT else delivery.kind
    is_known = delivery.sent_at is not None or delivery.maybe_repeated
    return Delivery(
        id=f"{delivery.id}|again|{now.isoformat()}|{channel or delivery.channel}",
        alert_id=delivery.alert_id, channel=channel or delivery.channel, kind=kind,
        title=delivery.title, body=delivery.body, created_at=now, due_at=now, key=delivery.key,
        incident=delivery.incident, maybe_repeated=is_known,
    )  # fmt: skip


def _table(rows: list[Delivery], chosen: Settings, now: datetime, language: str) -> Any:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from detector.notify.audience import common_zone  # noqa: PLC0415
    from detector.notify.messages import ref  # noqa: PLC0415
    from detector.notify.outbox import WITHDRAWN  # noqa: PLC0415
    from detector.report import words  # noqa: PLC0415
    from detector.report.printable import one_line  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in _HEADS:
        table.add_column(head.said(language), overflow="fold")
    for one in rows:
        fate = fate_of(one, now)
        zone = chosen.account(*one.key).timezone if one.key else common_zone(chosen)
        at = words.when(one.sent_at or one.given_up_at or one.due_at, zone, language)
        why = one_line((one.last_error or "").removeprefix(WITHDRAWN))
        cells = (ref(one.id), one.channel, one_line(one.title), FATES[fate].said(language).format(at=at, why=why))  # fmt: skip
        table.add_row(*map(Text, cells))
    return table
