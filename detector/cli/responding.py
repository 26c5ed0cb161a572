"""`incidents`: what was found, and what people did about it."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from detector.cli._shared import CONFIG, LANGUAGE, Listing, output, settings_of, text_report
from detector.cli.monitoring import wall
from detector.cli.watching import FORM, opened
from detector.errors import SettingsError
from detector.records import Wording

if TYPE_CHECKING:
    from detector.settings import Settings
    from detector.store.interface import Delivery, JudgedPost, Kept, Store

RESOLUTIONS: Final = {
    "confirmed": Wording(id="terkonfirmasi diretas", en="confirmed as taken over"),
    "ours": Wording(id="unggahan kantor sendiri", en="the office's own posts"),
    "false_alarm": Wording(id="alarm keliru", en="false alarm"),
    "other": Wording(id="lainnya", en="something else"),
}

POSTS: Final = 5
"""Posts of an incident that are shown."""

_HEADS: Final = (
    Wording(id="No.", en="No."),
    Wording(id="Akun", en="Account"),
    Wording(id="Keadaan", en="State"),
    Wording(id="Sejak", en="Since"),
    Wording(id="Penanganan", en="Handling"),
)
_NONE: Final = Wording(
    id="Tidak ada insiden yang terbuka. Semua, termasuk yang sudah selesai: kentongan incidents list --all",
    en="No incident is open. All, those that are over as well: kentongan incidents list --all",
)
_NO_ONE: Final = Wording(id="belum ada yang menangani", en="nobody is handling it yet")
_OVER: Final = Wording(id="tampaknya pulih", en="looks recovered")
_BY: Final = Wording(id="ditangani {who}, {at}", en="handled by {who}, {at}")
_RESOLVED: Final = Wording(
    id="selesai ({how}) oleh {who}, {at}", en="resolved ({how}) by {who}, {at}"
)
_ACKNOWLEDGED: Final = Wording(
    id="Insiden {number} ditangani {who}. Eskalasi dan pengingat berhenti; selesaikan nanti dengan: kentongan incidents resolve {number} --as confirmed",
    en="Incident {number} is handled by {who}. Escalation and reminders stop; resolve it later: kentongan incidents resolve {number} --as confirmed",
)
_DONE: Final = Wording(
    id="Insiden {number} selesai: {how}.", en="Incident {number} is resolved: {how}."
)
_OURS: Final = Wording(
    id="Agar tidak terulang, catat nomor atau situsnya di “official” akun itu pada {path}.",
    en="So that it does not happen again, add its number or site under the account's “official” in {path}.",
)
_REOPENED: Final = Wording(
    id="Insiden {number} dibuka kembali.", en="Incident {number} is open again."
)
_TOLD: Final = Wording(id="Sudah disampaikan", en="Told")
_POSTS: Final = Wording(
    id="Unggahan yang diduga bukan dari pengelola", en="Posts held to be a stranger's"
)
_CHANGED: Final = Wording(
    id="diubah, terlihat {at}; bunyi sebelumnya tersimpan (--format json)",
    en="changed, seen {at}; how it read before is kept (--format json)",
)
_NOTE: Final = Wording(id="Catatan", en="Note")

BY = click.option("--by", help="Who you are  [default: your user name on this machine]")


@click.group(cls=Listing, short_help="What was found, and what people did about it.")
def incidents() -> None:
    """List the incidents, show one, say that you are handling it, say what came of it.

    An incident is named by its number, or by its account while it is open.

    \b
      kentongan incidents
      kentongan incidents show kpukabblora
      kentongan incidents acknowledge 3 --by "Piket Diskominfo"
      kentongan incidents resolve 3 --as confirmed
      kentongan incidents resolve kpukabblora --as ours --note "kontes resmi HUT"
    """  # noqa: D301 - click's mark for a paragraph left as it is


@incidents.command("list", short_help="List the incidents.")
@click.option("--all", "every", is_flag=True, help="Those that are over as well.")
@CONFIG
@FORM
@LANGUAGE
def list_(*, every: bool, config: Path, form: str, language: str | None) -> None:
    """List the incidents that are open, the newest first."""
    with kept_by(config) as (chosen, store):
        rows = store.incidents(open_only=not every)
    if form == "json":
        as_json([told(one) for one in rows])
        return
    said = language or chosen.language
    with output(None) as stream, text_report(stream, to_terminal=True) as console:
        console.print(_table(rows, chosen, said) if rows else _NONE.said(said))


@incidents.command(short_help="Show one incident.")
@click.argument("incident")
@CONFIG
@FORM
@LANGUAGE
def show(*, incident: str, config: Path, form: str, language: str | None) -> None:
    """Show INCIDENT, a number or an account: its posts and why, who was told when, and what was done."""
    with kept_by(config) as (chosen, store):
        kept = picked(store, incident, only_open=False)
        wanted = set(kept.incident.post_ids)
        since = kept.incident.opened_at
        posts = [one for one in store.posts(kept.key, since=since) if one.post.id in wanted]
        news = [one for one in store.deliveries() if one.incident == kept.number]
    if form == "json":
        as_json({**told(kept), "posts": posts, "deliveries": news})
        return
    said = language or chosen.language
    with output(None) as stream, text_report(stream, to_terminal=True) as console:
        for line in _lines(kept, posts, news, chosen, said):
            console.print(line, markup=False)


@incidents.command(short_help="Say that you are handling an incident.")
@click.argument("incident")
@BY
@CONFIG
@LANGUAGE
def acknowledge(*, incident: str, by: str | None, config: Path, language: str | None) -> None:
    """Say that you are handling INCIDENT, a number or an account: nobody further up is told any more."""
    with kept_by(config) as (chosen, store):
        kept = store.acknowledge(picked(store, incident).number, by or _user(), wall())
    said = language or chosen.language
    click.echo(_ACKNOWLEDGED.said(said).format(number=kept.number, who=kept.acknowledged_by))


@incidents.command(short_help="Say what came of an incident.")
@click.argument("incident")
@click.option(
    "--as",
    "resolution",
    type=click.Choice(list(RESOLUTIONS)),
    required=True,
    help="What it was: a takeover, the office's own posts, a false alarm, something else.",
)
@click.option("--note", help="In your own words.")
@BY
@CONFIG
@LANGUAGE
def resolve(
    *,
    incident: str,
    resolution: str,
    note: str | None,
    by: str | None,
    config: Path,
    language: str | None,
) -> None:
    """Say what came of INCIDENT, a number or an account."""
    with kept_by(config) as (chosen, store):
        number = picked(store, incident).number
        kept = store.resolve(number, by or _user(), wall(), resolution, note)
    said = language or chosen.language
    click.echo(_DONE.said(said).format(number=kept.number, how=RESOLUTIONS[resolution].said(said)))
    if resolution == "ours":
        click.echo(_OURS.said(said).format(path=config))


@incidents.command(short_help="Take a resolution back.")
@click.argument("incident")
@BY
@CONFIG
@LANGUAGE
def reopen(*, incident: str, by: str | None, config: Path, language: str | None) -> None:
    """Take back what was said to have come of INCIDENT, a number or an account."""
    with kept_by(config) as (chosen, store):
        kept = store.reopen(picked(store, incident, only_open=False).number, by or _user(), wall())
    click.echo(_REOPENED.said(language or chosen.language).format(number=kept.number))


@contextlib.contextmanager
def kept_by(config: Path) -> Iterator[tuple[Settings, Store]]:
    """Give the settings and their store, which is closed after the block."""
    chosen = settings_of(config)
    store = opened(chosen, config)
    try:
        yield chosen, store
    finally:
        store.close()


def picked(store: Store, named: str, *, only_open: bool = True) -> Kept:
    """Return the incident somebody means.

    Args:
        store: where it is.
        named: its number, or its account as a handle or platform:handle.
        only_open: of an account, whether only what is open is meant; otherwise it is the latest, open ones first.

    Raises:
        SettingsError: there is none, or several are meant.
    """
    rows = store.incidents()
    if named.removeprefix("#").isdecimal():
        number = int(named.removeprefix("#"))
        found = [one for one in rows if one.number == number]
    else:
        name = named.removeprefix("@").casefold()
        rows = [
            one for one in rows if name in {one.key[1].casefold(), ":".join(one.key).casefold()}
        ]
        found = [one for one in rows if one.resolved_at is None and one.incident.closed_at is None]
        if not found:
            # One that ended by itself is still to be dealt with.
            found = [one for one in rows if one.resolved_at is None][:1]
        if not found and not only_open:
            found = rows[:1]
    if not found:
        raise SettingsError(
            f"there is no such incident: {named}", hint="kentongan incidents list --all"
        )
    if len(found) > 1:
        numbers = ", ".join(str(one.number) for one in found)
        raise SettingsError(f"{named} has several incidents", hint=f"name one of {numbers}")
    return found[0]


def told(kept: Kept) -> dict[str, Any]:
    """Return an incident as JSON has it."""
    import msgspec  # noqa: PLC0415

    fields: dict[str, Any] = msgspec.structs.asdict(kept)
    platform, account = fields.pop("key")
    return {**fields, "platform": platform, "account": account}


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def as_json(content: Any) -> None:
    """Write a value as JSON to stdout."""
    import msgspec  # noqa: PLC0415

    with output(None) as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def _table(rows: list[Kept], chosen: Settings, language: str) -> Any:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in _HEADS:
        table.add_column(head.said(language), overflow="fold")
    for kept in rows:
        cells = (
            str(kept.number),
            ":".join(kept.key),
            state_of(kept).said(language),
            _when(kept.incident.opened_at, kept, chosen, language),
            _handling(kept, chosen, language),
        )
        table.add_row(*map(Text, cells))
    return table


def state_of(kept: Kept) -> Wording:
    """Return in which state an incident's account was, as an office reads it."""
    from detector.notify.phrases import CONFIRMED  # noqa: PLC0415
    from detector.report import words  # noqa: PLC0415

    if kept.resolution == "confirmed":
        return CONFIRMED
    return words.STATES["COMPROMISED"] if kept.incident.closed_at is None else _OVER


def _handling(kept: Kept, chosen: Settings, language: str) -> str:
    if kept.resolved_at is not None:
        how = RESOLUTIONS.get(kept.resolution or "other", RESOLUTIONS["other"]).said(language)
        at = _when(kept.resolved_at, kept, chosen, language)
        return _RESOLVED.said(language).format(how=how, who=_clean(kept.resolved_by), at=at)
    if kept.acknowledged_at is not None:
        at = _when(kept.acknowledged_at, kept, chosen, language)
        return _BY.said(language).format(who=_clean(kept.acknowledged_by), at=at)
    return _NO_ONE.said(language)


def _when(moment: Any, kept: Kept, chosen: Settings, language: str) -> str:
    from detector.report import words  # noqa: PLC0415

    return words.when(moment, chosen.account(*kept.key).timezone, language)


def _clean(text: str | None) -> str:
    from detector.report.printable import one_line  # noqa: PLC0415

    return one_line(text or "?")


def _lines(
    kept: Kept,
    posts: list[JudgedPost],
    news: list[Delivery],
    chosen: Settings,
    language: str,
) -> Iterator[str]:
    from detector.notify import messages  # noqa: PLC0415
    from detector.report import words  # noqa: PLC0415

    def when(moment: Any) -> str:
        return _when(moment, kept, chosen, language)

    institution = chosen.account(*kept.key).institution
    yield " · ".join(filter(None, (f"#{kept.number} {messages.named(*kept.key)}", institution)))
    chance = words.percent(kept.incident.peak_probability, language)
    yield f"  {state_of(kept).said(language)} ({words.LABELS['certainty'].said(language)} {chance})"
    for label, moment in (
        ("since", kept.incident.opened_at),
        ("detected", kept.incident.detected_at),
        ("closed", kept.incident.closed_at),
    ):
        if moment is not None:
            yield f"  {words.LABELS[label].said(language)}: {when(moment)}"
    yield f"  {_handling(kept, chosen, language)}"
    if kept.note:
        yield f"  {_NOTE.said(language)}: {_clean(kept.note)}"
    if posts:
        yield f"  {_POSTS.said(language)}:"
    for one in posts[:POSTS]:
        yield from _post_lines(one, when, language)
    sent = [one for one in reversed(news) if one.sent_at is not None]
    if sent:
        yield f"  {_TOLD.said(language)}:"
    for done in sent:
        yield f"    {when(done.sent_at)} · {_clean(done.channel)} · {_clean(done.title)}"


def _post_lines(one: JudgedPost, when: Callable[[Any], str], language: str) -> Iterator[str]:
    """Say when a post was written, where it is, why it is held to be a stranger's, and whether it was changed since."""
    from detector.notify import messages  # noqa: PLC0415

    verdict = one.gravest.verdict
    why = messages.why_of(verdict)
    yield f"    {when(one.post.created_at)} · {_clean(one.post.url or one.post.id)}"
    yield f"      {'; '.join(_clean(reason.said(language)) for reason in why)}"
    if one.earlier:
        yield f"      {_CHANGED.said(language).format(at=when(one.earlier[-1].until))}"
