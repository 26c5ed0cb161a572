"""`accounts`: which accounts are watched, how each stands, and adding one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from detector.cli._shared import CONFIG, LANGUAGE, Listing, output, settings_of, text_report
from detector.cli.monitoring import wall
from detector.errors import SettingsError
from detector.records import Wording

if TYPE_CHECKING:
    from detector.settings import Settings
    from detector.store.interface import Store, Watched

FORM = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What is written.",
)

SHOWN: Final = 5
"""Posts, incidents and events of an account that are shown."""

_HEADS: Final = (
    Wording(id="Akun", en="Account"),
    Wording(id="Keadaan", en="State"),
    Wording(id="Unggahan", en="Posts"),
    Wording(id="Terakhir dibaca", en="Last read"),
    Wording(id="Gangguan", en="Trouble"),
)
_NEVER: Final = Wording(id="belum pernah", en="never")
_PAUSED: Final = Wording(id="dijeda", en="paused")
_NOT_YET: Final = Wording(id="belum dipantau", en="not watched yet")
_PAUSED_NOW: Final = Wording(
    id="{account} tidak dibaca sampai: kentongan accounts resume {account}",
    en="{account} is not read until: kentongan accounts resume {account}",
)
_RESUMED: Final = Wording(id="{account} dibaca lagi.", en="{account} is read again.")
_NONE: Final = Wording(
    id="Belum ada akun yang dipantau: tambahkan [[accounts]] dengan source, atau kentongan accounts add.",
    en="No account is watched yet: add an [[accounts]] with a source, or kentongan accounts add.",
)
_ADDED: Final = Wording(
    id="{account} ditambahkan ke {path}. Periksa dengan: kentongan doctor",
    en="{account} is added to {path}. Check it with: kentongan doctor",
)


@click.group(cls=Listing, short_help="Which accounts are watched, and how each stands.")
def accounts() -> None:
    """List the watched accounts, show one, add one, pause one.

    \b
      kentongan accounts
      kentongan accounts show kpukabblora
      kentongan accounts add telegram kantorku --kind telegram_preview --timezone WIB
    """  # noqa: D301 - click's mark for a paragraph left as it is


@accounts.command("list", short_help="List the watched accounts.")
@CONFIG
@FORM
@LANGUAGE
def list_(*, config: Path, form: str, language: str | None) -> None:
    """List every watched account: its state, when it was last read, and what ails its feed."""
    chosen = settings_of(config)
    store = opened(chosen, config)
    try:
        rows = store.accounts()
    finally:
        store.close()
    if form == "json":
        _as_json([_told(one) for one in rows])
        return
    said = language or chosen.language
    with output(None) as stream, text_report(stream, to_terminal=True) as console:
        if not rows:
            console.print(_NONE.said(said), markup=False)
            return
        console.print(_table(rows, chosen, said))


@accounts.command(short_help="Show one account.")
@click.argument("account")
@CONFIG
@FORM
@LANGUAGE
def show(*, account: str, config: Path, form: str, language: str | None) -> None:
    """Show ACCOUNT, a handle or platform:handle: its state, latest posts held to be a stranger's, and changes."""
    chosen = settings_of(config)
    store = opened(chosen, config)
    try:
        one = _picked(store.accounts(), account)
        posts = [
            post
            for post in store.posts(one.key)
            if str(post.verdict.author) in {"STRANGER", "DOUBTFUL"}
        ]
        events = store.events(one.key, most=SHOWN)
        incidents = [kept for kept in store.incidents() if kept.key == one.key]
    finally:
        store.close()
    if form == "json":
        _as_json(
            {
                **_told(one),
                "posts_to_see": posts[:SHOWN],
                "events": events,
                "incidents": incidents[:SHOWN],
            }
        )
        return
    said = language or chosen.language
    with output(None) as stream, text_report(stream, to_terminal=True) as console:
        for line in _lines(one, (posts, events, incidents), _zone(one, chosen), said):
            console.print(line, markup=False)


@accounts.command(short_help="Add an account to the settings.")
@click.argument("platform")
@click.argument("handle")
@click.option(
    "--kind", required=True, help="Kind of its source: telegram_preview, folder, x_api ..."
)
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of the source; a secret as token=env:NAME or token=file:PATH. May be repeated.")  # fmt: skip
@click.option("--institution", help="Whose account it is.")
@click.option("--timezone", help="WIB, WITA, WIT or an IANA name.")
@click.option("--every", default="5m", show_default=True, help="Read at least so often.")
@CONFIG
@LANGUAGE
def add(
    *, platform: str, handle: str, kind: str, options: tuple[str, ...], institution: str | None,
    timezone: str | None, every: str, config: Path, language: str | None,
) -> None:  # fmt: skip
    """Add the account HANDLE on PLATFORM to the settings; a running monitor takes it up at its next start.

    \b
      kentongan accounts add telegram kantorku --kind telegram_preview --timezone WIB
      kentongan accounts add x kantorku --kind x_api --option token=env:X_TOKEN --institution "Kantor Rekaan"
    """  # noqa: D301 - click's mark for a paragraph left as it is
    from detector.monitor.extending import extended  # noqa: PLC0415

    chosen = settings_of(config)
    source = {"kind": kind, **dict(_option(one) for one in options)}
    given = {"platform": platform, "account": handle.removeprefix("@"), "institution": institution, "timezone": timezone, "every": every, "source": source}  # fmt: skip
    extended(config, {key: value for key, value in given.items() if value is not None}, wall)
    click.echo(
        _ADDED.said(language or chosen.language).format(account=f"{platform}:{handle}", path=config)
    )


@accounts.command(short_help="Leave an account unread for now.")
@click.argument("account")
@CONFIG
def pause(*, account: str, config: Path) -> None:
    """Leave ACCOUNT unread until `kentongan accounts resume`; only the word that all is quiet names it."""
    _paused(account, config, paused=True)


@accounts.command(short_help="Read a paused account again.")
@click.argument("account")
@CONFIG
def resume(*, account: str, config: Path) -> None:
    """Read ACCOUNT again."""
    _paused(account, config, paused=False)


def _paused(account: str, config: Path, *, paused: bool) -> None:
    chosen = settings_of(config)
    store = opened(chosen, config)
    try:
        key = _picked(store.accounts(), account).key
        store.pause(key, paused)
    finally:
        store.close()
    said = (_PAUSED_NOW if paused else _RESUMED).said(chosen.language)
    click.echo(said.format(account=":".join(key)))


def opened(chosen: Settings, config: Path) -> Store:
    """Open the store of the settings, which knows the accounts they name."""
    from detector.monitor.building import store_of  # noqa: PLC0415

    return store_of(chosen, config.resolve().parent)


def _option(written: str) -> tuple[str, Any]:
    key, mark, value = written.partition("=")
    if not mark or not key:
        raise SettingsError(f"{written!r} is no option of a source", hint="write KEY=VALUE")
    place, mark, name = value.partition(":")
    if mark and place in {"env", "file"}:
        return key, {place: name}
    return key, int(value) if value.isdecimal() and len(value) < len("1000000") else value


def _picked(rows: list[Watched], account: str) -> Watched:
    """Return the account somebody means.

    Raises:
        SettingsError: none, or several.
    """
    name = account.removeprefix("@").casefold()
    found = [one for one in rows if name in {one.key[1].casefold(), ":".join(one.key).casefold()}]
    if len(found) == 1:
        return found[0]
    if found:
        both = " / ".join(":".join(one.key) for one in found)
        raise SettingsError(f"{account} is on several platforms", hint=f"write {both}")
    raise SettingsError(f"{account} is not watched", hint="kentongan accounts lists those that are")


def _as_json(content: Any) -> None:
    import msgspec  # noqa: PLC0415

    with output(None) as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def _told(one: Watched) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    told: dict[str, Any] = msgspec.structs.asdict(one)
    platform, account = told.pop("key")
    return {"platform": platform, "account": account, **told}


def _zone(one: Watched, chosen: Settings) -> str | None:
    return chosen.account(*one.key).timezone


def _table(rows: list[Watched], chosen: Settings, language: str) -> Any:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from detector.report import words  # noqa: PLC0415
    from detector.report.printable import one_line  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in _HEADS:
        table.add_column(head.said(language), overflow="fold")
    order = ("COMPROMISED", "WATCHED", "RECOVERING", "LEARNING", "NORMAL")
    for one in sorted(rows, key=lambda one: (order.index(one.state), one.key)):
        read = one.last_read_at
        table.add_row(
            Text(f"{one.key[0]}:{one.key[1]}"),
            Text(words.STATES[one.state].said(language)),
            Text(words.number(one.posts, language)),
            Text(words.when(read, _zone(one, chosen), language) if read else _NEVER.said(language)),
            Text(_PAUSED.said(language) if one.paused else one_line(one.failure or "")),
        )
    return table


def _lines(
    one: Watched, found: tuple[list[Any], list[Any], list[Any]], zone: str | None, language: str
) -> list[str]:
    from detector.report import words  # noqa: PLC0415
    from detector.report.printable import one_line  # noqa: PLC0415

    posts, events, incidents = found

    def when(moment: Any) -> str:
        return words.when(moment, zone, language)

    read = when(one.last_read_at) if one.last_read_at else _NEVER.said(language)
    lines = [
        " · ".join(filter(None, (f"{one.key[0]}:{one.key[1]}", one.institution))),
        f"  {words.STATES[one.state].said(language)} ({words.percent(one.probability, language)})",
        f"  {_HEADS[2].said(language)}: {words.number(one.posts, language)}; {_HEADS[3].said(language)}: {read}",
    ]
    if one.failure:
        lines.append(f"  {_HEADS[4].said(language)}: {one_line(one.failure)}")
    for kept in incidents[:SHOWN]:
        since = f"{words.LABELS['since'].said(language)} {when(kept.incident.opened_at)}"
        lines.append(f"  #{kept.number} {since}")
    for post in posts[:SHOWN]:
        author = words.AUTHORS[post.verdict.author].said(language)
        lines.append(
            f"  {when(post.post.created_at)} · {author} · {one_line(post.post.url or post.post.id)}"
        )
    for event in events[:SHOWN]:
        kind = words.EVENTS[event.kind].said(language) if event.kind in words.EVENTS else event.kind
        lines.append(f"  {when(event.at)} · {kind}")
    return lines
