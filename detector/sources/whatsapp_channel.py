"""WhatsApp's exported text of a channel, or of a group in which only the office writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import AccountEvent, Media, Page, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._details import is_phone, masked
from detector.sources._encodings import beginning, decoded
from detector.sources._timeline import timeline
from detector.sources._times import settled
from detector.sources._whatsapp_lines import Calendar, Entry, entries, looks_like_a_chat
from detector.sources._whatsapp_words import is_gone, is_said, told, words
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_HEAD: Final = 1 << 14
_TRIED: Final = 3
_NAMED: Final = re.compile(r"(?:^|/)(?:_chat|[^/]{0,200}whatsapp[^/]{0,200})\.txt$", re.IGNORECASE)
_CHAT_NAME: Final = re.compile(
    r"(?:WhatsApp (?:Chat|Channel)|(?:Chat|Obrolan|Saluran|Sembang|Perbualan|Conversa do|\w{3,9}) WhatsApp)"
    r"(?: with| dengan| com| \u0645\u0639| -|:)? (.{1,200})",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"https?://[^\s<>\"]{1,2000}")
_FIRST_YEAR: Final = 2009
"""When WhatsApp began."""


class WhatsappChannel(Source):
    """WhatsApp's "Export chat" text of a channel or of a group in which one sender writes.

    A chat in which several people wrote is private talk and refused, unless the caller names the sender
    whose messages are the posts; the others' are then ignored. Two messages are one post when time, text
    and files are the same. Times are local, of a zone the file does not name.
    """

    platforms = ("whatsapp",)
    tier = "silver"
    marks = (
        r"_chat\.txt|WhatsApp (?:Chat|Channel) (?:with|-) [^/]{1,200}\.txt"
        r"|(?:Chat|Obrolan) WhatsApp (?:dengan|-) [^/]{1,200}\.txt"
    )

    def __init__(self, archive: Archive, members: list[str], account: str | None) -> None:
        self._archive = archive
        self._members = members
        self._given = account
        self._files = {one.rpartition("/")[2]: one for one in archive.members}

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a text begins with a message's date, time and sender."""
        return bool(_chats(archive))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> WhatsappChannel:
        """Find the texts of chats; the sender given by the caller is the account.

        Raises:
            ExportFormatError: there are none.
        """
        del platform  # Such a text is never another platform's.
        members = _chats(archive)
        if not members:
            raise ExportFormatError(
                "holds no exported chat",
                where=Location(str(archive.path)),
                hint="export the channel's chat as text",
            )
        return cls(archive, members, account.strip().removeprefix("@") if account else None)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and events together, oldest first."""
        outcomes = timeline(self._archive, self._members, self._member)
        return paged(outcomes, self._archive.path.name, since)

    def _member(self, member: str) -> Iterator[Outcome]:
        """Yield one outcome a message of one chat.

        Raises:
            ExportFormatError: several people wrote, and the caller named none of them.
        """
        label = self._archive.label(member)
        found = list(entries(decoded(self._archive.read(member))))
        calendar = Calendar([one.day for one in found if isinstance(one, Entry)])
        chat = self._chat_name(member)
        own = self._own(found, chat, label)
        # A number is nobody's name, and private.
        account = self._given or ((chat or masked(own)) if is_phone(own) or not own else own)
        for index, one in enumerate(found):
            where = Location(label, index)
            if isinstance(one, str):
                yield Rejected(where, one)
                continue
            try:
                yield self._outcome(one, own, account, calendar, where)
            except ValueError as error:
                yield Rejected(where, str(error))

    def _own(self, found: list[Entry | str], chat: str, label: str) -> str:
        """Return the sender whose messages are the account's."""
        counted = Counter(
            one.sender for one in found if isinstance(one, Entry) and not _is_said(one)
        )
        del counted[""]
        if not counted:
            return chat
        names = {name.casefold(): name for name in counted}
        if self._given and self._given.casefold() in names:
            return names[self._given.casefold()]
        if len(counted) == 1:
            return next(iter(counted))
        raise ExportFormatError(
            f"is a chat in which {len(counted)} people wrote, not a channel",
            where=Location(label),
            hint="name the sender whose messages are public with --account",
        )

    def _outcome(
        self, entry: Entry, own: str, account: str, calendar: Calendar, where: Location
    ) -> Outcome:
        """Say what one message is.

        Raises:
            ValueError: its date is none, or out of WhatsApp's years.
        """
        if _is_said(entry):
            return self._event(entry, account, calendar, where)
        if entry.sender != own or is_gone(entry.text):
            return Skipped.IGNORED
        at, quality = _when(entry, calendar)
        text, files = words(entry.text)
        return Post(
            platform="whatsapp",
            account=account,
            id=content_id(at, text, [one.path or "" for one in files]),
            created_at=at,
            text=text,
            where=str(where),
            time_quality=quality,
            links=tuple(dict.fromkeys(_LINK.findall(text))),
            media=tuple(map(self._measured, files)),
        )

    def _event(
        self, entry: Entry, account: str, calendar: Calendar, where: Location
    ) -> AccountEvent | Skipped:
        found = told(entry.text)
        if found is None:
            return Skipped.IGNORED
        at, quality = _when(entry, calendar)
        shown = {"from": masked(found.before), "to": masked(found.after)}
        return AccountEvent(
            platform="whatsapp",
            account=account,
            kind=found.kind,
            at=at,
            where=str(where),
            time_quality=quality,
            details={key: value for key, value in shown.items() if value},
        )

    def _measured(self, file: Media) -> Media:
        """Find a file that came with a message beside the text."""
        if file.path is None:
            return file
        member = self._files.get(file.path)
        return Media(file.kind, member, self._archive.size(member)) if member else file

    def _chat_name(self, member: str) -> str:
        """Return the chat's name, as the file's tells it, or the ZIP's around it."""
        outer = self._archive.title
        for stem in (PurePosixPath(member).stem, outer):
            if match := _CHAT_NAME.match(stem):
                return match[1].strip()
        return "" if outer in {"", "_chat"} else outer


def _when(entry: Entry, calendar: Calendar) -> tuple[datetime, TimeQuality]:
    """Return when a message was written, on a clock that the file does not name.

    Raises:
        ValueError: its date is none, or out of WhatsApp's years.
    """
    at, quality = settled(calendar.moment(entry).replace(tzinfo=None))
    if at.year < _FIRST_YEAR:
        raise ValueError(f"its time is in the year {at.year}")
    return at, quality


def _is_said(entry: Entry) -> bool:
    """Whether WhatsApp itself says it; on an iPhone in the group's name, behind a mark."""
    if not entry.sender:
        return True
    # It begins with the name again where it tells what its owner did: pinned a message, left the group.
    told_of = entry.text.lstrip("~\u202f\u00a0 ").startswith(f"{entry.sender} ")
    return entry.is_marked and (told_of or is_said(entry.text))


def _chats(archive: Archive) -> list[str]:
    """Return the texts that begin like a chat; all of its name, else the first few of any."""
    texts = [one for one in archive.members if one.lower().endswith(".txt")]
    tried = [one for one in texts if _NAMED.search(one)] or texts[:_TRIED]
    return [one for one in tried if looks_like_a_chat(_beginning(archive, one))]


def _beginning(archive: Archive, member: str) -> str:
    try:
        return beginning(archive.read(member, _HEAD))
    except SourceError:
        return ""
