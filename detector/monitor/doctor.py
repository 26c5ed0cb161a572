"""Is everything in order? Each part of a monitor looked at by itself, and what to do about what is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from detector import kernel
from detector.assembly import pipeline
from detector.errors import DetectorError, FeedError, SettingsError
from detector.monitor.building import store_of
from detector.monitor.clocks import Clock
from detector.monitor.feeds import Feed, Feeds
from detector.monitor.health import Health, Meters
from detector.monitor.secrets import Secrets
from detector.monitor.silence import last_alive
from detector.network import Transport
from detector.notify.channels import Channels, Outgoing
from detector.notify.outbox import is_lost
from detector.notify.planning import Planner
from detector.records import Wording
from detector.settings import Settings
from detector.store.interface import Check, Store
from detector.transport import Getter

SKEW: Final = timedelta(seconds=30)
"""By how much our clock may differ from a server's."""

FRESH: Final = timedelta(minutes=10)
"""How long ago a monitor that runs last looked, at most."""


class Grade(StrEnum):
    """How something is."""

    WELL = "well"
    DOUBTFUL = "doubtful"
    ILL = "ill"


class Finding(msgspec.Struct, frozen=True):
    """How one part is."""

    part: str
    """settings, model, store, clock, feed, channel, health or monitor; with a name after a colon where there are several."""
    grade: Grade
    says: Wording
    mend: Wording | None = None


def examine(
    settings: Settings, folder: Path, wall: Clock, *, sends: bool = False
) -> Iterator[Finding]:
    """Look at every part, one after another.

    Args:
        settings: the operator's, which could be read.
        folder: of the settings file.
        wall: the time.
        sends: whether each channel is sent a test message.
    """
    secrets = Secrets(folder)
    yield from _settings(settings)
    yield from _sites(settings)
    yield _model()
    yield from _store(settings, folder, wall())
    with Transport(wall) as net:
        if settings.replay is None:
            yield from _clock(net, settings.monitor.probe, wall)
        try:
            feeds = Feeds(settings.accounts, secrets, net, folder)
        except DetectorError as error:
            yield _ill("feeds", error)
        else:
            yield from _feeds(feeds, wall())
        yield from _heartbeat(settings, secrets)
    yield from _channels(settings, secrets, folder, wall(), sends=sends)


def _settings(settings: Settings) -> Iterator[Finding]:
    watched = [one for one in settings.accounts if one.source is not None]
    if not watched:
        yield Finding(
            "settings", Grade.ILL,
            Wording(id="tidak ada akun yang dipantau", en="no account is watched"),
            Wording(id="tambahkan [[accounts]] dengan source, atau kentongan accounts add", en="add an [[accounts]] with a source, or kentongan accounts add"),
        )  # fmt: skip
    else:
        yield _well(
            "settings",
            Wording(id=f"{len(watched)} akun dipantau", en=f"{len(watched)} accounts watched"),
        )
    if zoneless := [one.account for one in watched if one.timezone is None]:
        names = ", ".join(zoneless[:5])
        yield Finding(
            "settings", Grade.DOUBTFUL,
            Wording(id=f"tanpa zona waktu: {names}", en=f"without a time zone: {names}"),
            Wording(id='tulis timezone = "WIB" (WITA, WIT)', en='write timezone = "WIB" (WITA, WIT)'),
        )  # fmt: skip


def _sites(settings: Settings) -> Iterator[Finding]:
    if settings.sites:
        names = ", ".join(one.url for one in settings.sites[:5])
        yield Finding(
            "settings", Grade.DOUBTFUL,
            Wording(id=f"situs belum dipantau oleh versi ini: {names}", en=f"websites are not watched by this version: {names}"),
            Wording(id="pantau situs itu dengan cara lain; [[sites]] hanya dicatat", en="watch them by other means; [[sites]] is only taken note of"),
        )  # fmt: skip


def _model() -> Finding:
    try:
        judge = pipeline()
    except DetectorError as error:
        return _ill("model", error)
    name = judge.reader.model.card.name
    how = (
        Wording(id="tanpa kernel terkompilasi, teks dibaca lebih lambat", en="without the compiled kernel, texts are read more slowly")
        if kernel.loaded() is None
        else Wording(id="dengan kernel terkompilasi", en="with the compiled kernel")
    )  # fmt: skip
    return _well("model", Wording(id=f"{name} termuat, {how.id}", en=f"{name} is loaded, {how.en}"))


def _store(settings: Settings, folder: Path, now: datetime) -> Iterator[Finding]:
    try:
        store = store_of(settings, folder)
    except DetectorError as error:
        yield _ill("store", error)
        return
    try:
        found, sentence = store.check()
        grade = {Check.SOUND: Grade.WELL, Check.OLD: Grade.DOUBTFUL}.get(found, Grade.ILL)
        mend = None if grade is Grade.WELL else Wording(id="kentongan store check; kentongan store restore CADANGAN", en="kentongan store check; kentongan store restore BACKUP")  # fmt: skip
        yield Finding("store", grade, Wording(id=sentence, en=sentence), mend)
        yield from _outbox(store, now)
        if settings.replay is None:
            yield from _paused(store)
            running = _running(store, now)
            yield running
            yield from _listening(settings.monitor.listen, is_taken=running.grade is Grade.WELL)
    except DetectorError as error:
        yield _ill("store", error)
    finally:
        store.close()


def _outbox(store: Store, now: datetime) -> Iterator[Finding]:
    late = [one for one in store.deliveries(pending=True) if now - one.due_at > FRESH]
    lost = [one for one in store.deliveries(pending=False) if is_lost(one)]
    if late:
        why = late[-1].last_error or "?"
        yield Finding(
            "outbox", Grade.ILL,
            Wording(id=f"{len(late)} pesan belum terkirim; terakhir: {why}", en=f"{len(late)} messages are not sent; the last: {why}"),
            Wording(id="kentongan deliveries; perbaiki kanalnya", en="kentongan deliveries; mend the channel"),
        )  # fmt: skip
    if lost:
        yield Finding(
            "outbox", Grade.DOUBTFUL,
            Wording(id=f"{len(lost)} pesan tidak pernah terkirim", en=f"{len(lost)} messages were never sent"),
            Wording(id="kentongan deliveries; kentongan deliveries resend", en="kentongan deliveries; kentongan deliveries resend"),
        )  # fmt: skip
    if not late and not lost:
        yield _well(
            "outbox", Wording(id="tidak ada pesan yang tertahan", en="no message is held up")
        )


def _paused(store: Store) -> Iterator[Finding]:
    """Tell which accounts people have put aside, perhaps longer ago than they meant."""
    names = [one.key[1] for one in store.accounts() if one.paused]
    if names:
        told = ", ".join(names[:5]) + (f" +{len(names) - 5}" if len(names) > 5 else "")  # noqa: PLR2004 - as many as are named
        yield Finding(
            "monitor", Grade.DOUBTFUL,
            Wording(id=f"dijeda, tidak dibaca: {told}", en=f"paused, not read: {told}"),
            Wording(id="kentongan accounts resume AKUN", en="kentongan accounts resume ACCOUNT"),
        )  # fmt: skip


def _running(store: Store, now: datetime) -> Finding:
    alive = last_alive(store)
    if alive is not None and abs(now - alive) <= FRESH:
        return _well("monitor", Wording(id="pemantau berjalan", en="a monitor is running"))
    return Finding(
        "monitor", Grade.DOUBTFUL,
        Wording(id="pemantau tidak berjalan", en="no monitor is running"),
        Wording(id="kentongan monitor, atau pasang deploy/kentongan.service", en="kentongan monitor, or install deploy/kentongan.service"),
    )  # fmt: skip


def _listening(listen: str, *, is_taken: bool) -> Iterator[Finding]:
    """Try to listen where the monitor would, unless one that runs does so already."""
    if not listen:
        return
    try:
        Health(Meters(), dict, listen).close()
    except SettingsError as error:
        if not is_taken:
            yield _ill("health", error)


def _clock(net: Getter, probe: str, wall: Clock) -> Iterator[Finding]:
    """Compare our clock with the date of an answer that has nothing to do with any feed."""
    if not probe:
        return
    try:
        reply = net.get(probe)
    except FeedError as error:
        yield Finding(
            "network", Grade.DOUBTFUL,
            Wording(id=f"alamat uji tidak menjawab: {error}", en=f"the control probe does not answer: {error}"),
            Wording(id="periksa jaringan, atau pilih [monitor] probe yang lain", en="check the network, or choose another [monitor] probe"),
        )  # fmt: skip
        return
    yield _well("network", Wording(id="alamat uji menjawab", en="the control probe answers"))
    try:
        theirs = parsedate_to_datetime(reply.headers["date"])
        off = wall() - theirs
    except (KeyError, ValueError, TypeError):
        return
    seconds = round(off.total_seconds())
    if abs(off) <= SKEW:
        yield _well(
            "clock",
            Wording(
                id=f"jam cocok (selisih {seconds} detik)",
                en=f"the clock is right (off by {seconds} s)",
            ),
        )
        return
    yield Finding(
        "clock", Grade.ILL,
        Wording(id=f"jam meleset {seconds} detik", en=f"the clock is off by {seconds} s"),
        Wording(id="timedatectl set-ntp true", en="timedatectl set-ntp true"),
    )  # fmt: skip


def _feeds(feeds: Feeds, now: datetime) -> Iterator[Finding]:
    """Read the beginning of every feed once, the accounts of a token that is refused only once together."""
    refused: set[str] = set()
    for key in feeds:
        feed = feeds.get(key)
        if feed is None or feed.budget in refused:
            continue
        found = _feed(feed, now)
        if found.grade is not Grade.WELL and feed.token_name:
            refused.add(feed.budget)
        yield found


def _feed(feed: Feed, now: datetime) -> Finding:
    part = f"feed:{feed.settings.platform}:{feed.settings.account}"
    try:
        pages = list(islice(feed.source.poll(None, now), 1))
    except DetectorError as error:
        return _ill(part, error)
    posts = sum(len(page.posts) for page in pages)
    return _well(part, Wording(id=f"terbaca, {posts} unggahan", en=f"is read, {posts} posts"))


def _heartbeat(settings: Settings, secrets: Secrets) -> Iterator[Finding]:
    if settings.replay is not None:
        return
    if settings.monitor.heartbeat is None:
        yield Finding(
            "heartbeat", Grade.DOUBTFUL,
            Wording(id="tidak ada: bila pemantau mati, tidak ada yang memberi tahu", en="none: when the monitor dies, nobody tells"),
            Wording(id='[monitor] heartbeat = { env = "HEARTBEAT_URL" }', en='[monitor] heartbeat = { env = "HEARTBEAT_URL" }'),
        )  # fmt: skip
        return
    try:
        secrets(settings.monitor.heartbeat)
    except DetectorError as error:
        yield _ill("heartbeat", error)
    else:
        yield _well("heartbeat", Wording(id="alamatnya ada", en="its address is there"))


def _channels(
    settings: Settings, secrets: Secrets, folder: Path, now: datetime, *, sends: bool
) -> Iterator[Finding]:
    channels, planner = Channels(settings.channels, secrets, folder), Planner(settings)
    if not settings.channels:
        yield Finding(
            "channel", Grade.ILL,
            Wording(id="tidak ada: tidak seorang pun akan diberi tahu", en="none: nobody would be told"),
            Wording(id="tambahkan [[channels]]", en="add a [[channels]]"),
        )  # fmt: skip
    for one in settings.channels:
        part = f"channel:{one.name}"
        if (wrong := channels.check(one.name)) is not None:
            yield Finding(part, Grade.ILL, Wording(id=wrong, en=wrong))
            continue
        if not sends:
            says = Wording(id="alamatnya dapat dipakai; coba dengan --send", en="its address can be used; try it with --send")  # fmt: skip
            yield _well(part, says)
            continue
        (plan,) = planner.test(now, one.name)
        message = Outgoing(id=plan.id, kind=plan.kind, title=plan.title, body=plan.body, at=now)
        try:
            channels.send(one.name, message)
        except DetectorError as error:
            yield _ill(part, error)
        else:
            yield _well(part, Wording(id="pesan uji diterima", en="took a test message"))


def _well(part: str, says: Wording) -> Finding:
    return Finding(part, Grade.WELL, says)


def _ill(part: str, error: DetectorError) -> Finding:
    place = f"{error.where}: " if error.where else ""
    says = f"{place}{error.message}"
    mend = Wording(id=error.hint, en=error.hint) if error.hint else None
    return Finding(part, Grade.ILL, Wording(id=says, en=says), mend)
