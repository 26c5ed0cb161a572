"""Telegram channels by their public preview, as anybody sees them in a browser: ``t.me/s/<channel>``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from detector.errors import FeedError, SettingsError
from detector.records import Account, AccountEvent, Page, Profile
from detector.sources.live._recent import Entry, Recent, given, marked, unread, written
from detector.sources.live._telegram_page import Shown, shown
from detector.sources.live._vanished import deletion, without_vanished
from detector.sources.live.interface import LiveSource, Options, SecretOf
from detector.transport import Getter

_FIRST: Final = 3
"""Pages of about twenty messages that the first reading looks at."""
_MOST: Final = 50
"""Pages that are looked through for the last message that is known."""
_LOOKED: Final = timedelta(hours=1)
"""Between two looks at a picture whose address keeps changing."""
_DOUBTED: Final = 5
"""Messages missing at once that must be missing at the next reading, too: at times a page comes without them."""
_CDN: Final = (".telesco.pe", ".cdn-telegram.org", ".telegram-cdn.org", ".telegram.org")


class TelegramOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read a channel."""

    channel: str | None = None
    """Its name when it is not the account's."""
    base: str = "https://t.me"


class _Mark(msgspec.Struct, frozen=True, tag="telegram", omit_defaults=True):
    """Where one reading left off."""

    channel: str = ""
    recent: Recent = Recent()
    address: str = ""
    """Digest of the picture's address, ..."""
    picture: str | None = None
    """... of its bytes, ..."""
    looked_at: datetime | None = None
    """... and when they were looked at."""
    is_doubted: bool = False
    """Whether many messages were missing at that reading."""


class TelegramPreview(LiveSource):
    """Posts of a public Telegram channel, without any key: also edits, deletions, and changes of its name and picture.

    Those who sign their posts are told apart by a mark made of the signature, which is not kept.
    """

    platforms = ("telegram",)
    options_type = TelegramOptions
    host = "t.me"

    def __init__(self, account: Account, options: Any, secret_of: SecretOf, net: Getter) -> None:
        super().__init__(account, options, secret_of, net)
        self._channel = _named(options.channel or account.handle)

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited messages, the oldest first."""
        mark = marked(cursor, _Mark)
        if mark is not None and mark.channel != self._channel:
            mark = None  # The settings were put right meanwhile.
        recent = mark.recent if mark else None
        newest = self._page(None, now)
        found = unread(self._pages(newest, now), recent, _MOST if recent else _FIRST)
        events: tuple[AccountEvent, ...] = ()
        looked = self._picture(newest.picture, mark or _Mark(self._channel), now)
        if recent is not None:
            kept = without_vanished(recent, newest.entries, is_whole=newest.older is None)
            gone = len(recent.known) - len(kept.known)
            is_doubted = gone >= _DOUBTED and not looked.is_doubted
            if gone and not is_doubted:
                events = (deletion(gone, now, self.account, self._label),)
                recent = kept
            looked = msgspec.structs.replace(looked, is_doubted=is_doubted)
        yield from given(
            found,
            recent,
            self._label,
            mark=lambda known: written(msgspec.structs.replace(looked, recent=known)),
            profile=_with_picture(newest.profile, looked.picture),
            events=events,
            is_whole=newest.older is None,
        )

    @property
    def _label(self) -> str:
        return f"t.me/s/{self._channel}"

    def _page(self, before: str | None, now: datetime) -> Shown:
        reply = self.net.get(
            f"{self.options.base}/s/{self._channel}",
            params={"before": before} if before else None,
            # Service messages are told in the reader's language.
            headers={"accept-language": "en"},
        )
        return shown(reply, self.account.platform, self.account.handle, now)

    def _pages(self, newest: Shown, now: datetime) -> Iterator[list[Entry]]:
        page = newest
        asked: set[str] = set()
        yield page.entries
        while page.older and page.older not in asked:
            asked.add(page.older)
            page = self._page(page.older, now)
            yield page.entries

    def _picture(self, address: str | None, mark: _Mark, now: datetime) -> _Mark:
        """Look at the picture when its address is another; the address alone changes without it."""
        digest = hashlib.sha256(address.encode()).hexdigest()[:16] if address else ""
        is_early = mark.looked_at is not None and now - mark.looked_at < _LOOKED
        if not address or digest == mark.address or is_early or not self._is_theirs(address):
            return mark
        try:
            content = self.net.get(address).content
        except FeedError:
            # A picture that cannot be had now is not the messages' fault.
            return mark
        picture = hashlib.sha256(content).hexdigest()
        return msgspec.structs.replace(
            mark, address=digest, picture=picture, looked_at=now.astimezone(UTC)
        )

    def _is_theirs(self, address: str) -> bool:
        """Whether an address is of Telegram's own machines, and so may be asked."""
        try:
            parts, base = urlsplit(address), urlsplit(self.options.base)
        except ValueError:
            return False
        is_cdn = parts.scheme == "https" and (parts.hostname or "").endswith(_CDN)
        return is_cdn or (parts.scheme, parts.netloc) == (base.scheme, base.netloc)


def _named(written: str) -> str:
    """Return the name of a channel, however it is written.

    Raises:
        SettingsError: it can be none.

    Examples:
        >>> _named("https://t.me/s/kpucontoh"), _named("@kpucontoh")
        ('kpucontoh', 'kpucontoh')
    """
    name = written.strip().removeprefix("https://").removeprefix("t.me/").removeprefix("s/")
    name = name.removeprefix("@").rstrip("/")
    if not (name.isascii() and name.replace("_", "").isalnum()):
        raise SettingsError(
            f"{name[:60]!r} is no name of a Telegram channel",
            hint="write source.channel = the part after t.me/, as in t.me/kpucontoh",
        )
    return name


def _with_picture(profile: Profile, picture: str | None) -> Profile:
    return msgspec.structs.replace(profile, picture=picture)
