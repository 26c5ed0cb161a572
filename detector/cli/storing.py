"""`store`: copy what the monitor keeps, put a copy back, and look whether it is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from detector.cli._shared import CONFIG, LANGUAGE, settings_of
from detector.errors import StoreError
from detector.records import Wording
from detector.settings import Settings

_KEPT: Final = Wording(id="Salinan ditulis ke {path}: {size}", en="A copy is in {path}: {size}")
_RESTORED: Final = Wording(
    id="Isi {place} kini sama dengan {path}. Pesan yang waktu itu belum terkirim akan dikirim bertanda “mungkin terkirim ulang”.",
    en="{place} is now as {path} has it. Messages not sent by then go out marked “may be repeated”.",
)
_FOUND: Final = {
    "sound": Wording(id="Baik: {what}", en="Sound: {what}"),
    "old": Wording(
        id="Bentuk lama: {what}", en="Of another form: {what}"
    ),
    "damaged": Wording(
        id="RUSAK: {what}. Pulihkan dari salinan: kentongan store restore BERKAS",
        en="DAMAGED: {what}. Restore a copy: kentongan store restore FILE",
    ),
}  # fmt: skip
_EXIT_CODES: Final = {"sound": 0, "old": 1, "damaged": 2}
_NO_FILE: Final = "a store in memory has nothing to copy or to look through"

FORCE = click.option("--force", is_flag=True, help="Even if something is there already.")


@click.group(
    invoke_without_command=True, short_help="Back up, restore or check what the monitor keeps."
)
@click.pass_context
def store(context: click.Context) -> None:
    """Copy what the monitor keeps, put a copy back, or look whether it is sound.

    A copy is one SQLite file, whatever the store runs on, and is made while the monitor runs.

    \b
      kentongan store backup /var/backups/kentongan-today.db
      kentongan store check
      kentongan store restore /var/backups/kentongan-today.db
    """  # noqa: D301 - click's mark for a paragraph left as it is
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@store.command(short_help="Copy the store into a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@FORCE
@CONFIG
@LANGUAGE
def backup(*, file: Path, force: bool, config: Path, language: str | None) -> None:
    """Copy the store into FILE, also while the monitor runs; FILE appears only when it is whole.

    It holds what posts say and who did what: keep it as safe as the store itself.
    """
    from detector.store import copying  # noqa: PLC0415 - a heavy import

    chosen = settings_of(config)
    opened = _opened(chosen, config)
    try:
        copying.back_up(opened.base, file, overwrite=force)
    finally:
        opened.close()
    size = f"{file.stat().st_size / 1e6:.1f} MB"
    click.echo(_KEPT.said(language or chosen.language).format(path=file, size=size))


@store.command(short_help="Make the store what a copy says.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@FORCE
@CONFIG
@LANGUAGE
def restore(*, file: Path, force: bool, config: Path, language: str | None) -> None:
    """Make the store what FILE says; stop the monitor before.

    Without --force nothing that is kept already is replaced. Messages that waited when the copy was made may have
    gone since: they go out marked, so that nobody takes them for a second alarm.
    """
    from detector.store import copying  # noqa: PLC0415 - a heavy import

    chosen = settings_of(config)
    address = _address(chosen, config)
    place = copying.restore(file, address, force=force)
    click.echo(_RESTORED.said(language or chosen.language).format(path=file, place=place))


@store.command(short_help="Look whether the store is sound.")
@CONFIG
@LANGUAGE
def check(*, config: Path, language: str | None) -> int:
    """Look through the whole store.

    \b
    Exit code 0: sound. 1: of another form than this program's; the monitor brings it up when it starts.
    2: damaged, or it cannot be opened.
    """  # noqa: D301 - click's mark for a paragraph left as it is
    chosen = settings_of(config)
    opened = _opened(chosen, config)
    try:
        found, what = opened.check()
    finally:
        opened.close()
    click.echo(_FOUND[found.value].said(language or chosen.language).format(what=what))
    return _EXIT_CODES[found.value]


def _address(settings: Settings, config: Path) -> str:
    from detector.store.opening import in_folder  # noqa: PLC0415

    if settings.store.url.startswith("memory"):
        raise StoreError(_NO_FILE)
    return in_folder(settings.store.url, config.parent)


def _opened(settings: Settings, config: Path) -> Any:
    from detector.store.opening import open_store  # noqa: PLC0415

    return open_store(_address(settings, config), upgrade=False)
