"""Telegram Desktop's export of a channel or of an account, as JSON or as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Page, Rejected
from detector.sources._archive import Archive
from detector.sources._encodings import beginning
from detector.sources._telegram_html import from_pages, looks_like_a_page, pages
from detector.sources._telegram_json import Chat, Message, chats, is_public, messages
from detector.sources._telegram_messages import Measure, event, post
from detector.sources._timeline import timeline
from detector.sources.interface import Outcome, Skipped, Source, paged

_HEAD: Final = 1 << 14
_TRIED: Final = 3
_NAMED: Final = re.compile(r"(?:^|/)result[^/]{0,20}\.json$", re.IGNORECASE)
_SHAPE: Final = re.compile(
    r'"type"\s{0,99}:\s{0,99}"(?:(?:public|private)_(?:channel|supergroup|group)|personal_chat|bot_chat'
    r'|saved_messages)"[^\[]{0,999}"messages"\s{0,99}:|"date_unixtime"\s{0,99}:'
    r'|"about"\s{0,99}:[^}]{0,9999}"personal_information"\s{0,99}:'
)
"""How an export of a chat or an account begins; the last is what an account's begins with."""


class TelegramExport(Source):
    """Telegram Desktop's export: the posts of public channels, JSON or HTML; private chats are skipped.

    Two messages are one post when they have the same number in the same channel. In a public group only
    what was written in the group's own name is a post. Messages of private chats are counted as ignored,
    and never decoded.
    """

    platforms = ("telegram",)
    tier = "silver"
    marks = r"result\.json|messages\d{1,6}\.html|css/style\.css|export_results\.html"

    def __init__(self, archive: Archive, members: list[str], account: str | None) -> None:
        self._archive = archive
        self._members = members
        self._given = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a JSON file begins with a chat's or an account's head, or a page is Telegram's."""
        if _json_members(archive):
            return True
        return any(looks_like_a_page(_beginning(archive, one)) for one in pages(archive)[:1])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> TelegramExport:
        """Find the files of messages; a name given by the caller wins over the channel's own.

        Raises:
            ExportFormatError: there are none.
        """
        del platform  # A Telegram export is never another platform's.
        members = _json_members(archive) or pages(archive)
        if not members:
            raise ExportFormatError(
                "holds no messages of Telegram",
                where=Location(str(archive.path)),
                hint="export the channel's history in the format JSON",
            )
        return cls(archive, members, account.removeprefix("@") if account else None)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and events of all channels together, oldest first."""
        if self._members[0].lower().endswith(".html"):
            outcomes = from_pages(self._archive, self._members, self._given)
        else:
            outcomes = timeline(self._archive, self._members, self._member)
        return paged(outcomes, self._archive.path.name, since)

    def _member(self, member: str) -> Iterator[Outcome]:
        label = self._archive.label(member)
        found, is_damaged = chats(self._archive.read(member), label)
        if is_damaged:
            yield Rejected(Location(label), "is not whole JSON: what is whole in it is read")
        measure = _measure(self._archive, member)
        index = -1
        alone = sum(map(is_public, found)) <= 1
        for chat in found:
            own = _Own(chat, self._given, self._archive, alone=alone)
            for message in messages(chat, label):
                index += 1
                yield _outcome(message, own, label, index, measure)


class _Own:
    """Whose a chat is, and which of its messages are the owner's."""

    def __init__(self, chat: Chat, given: str | None, archive: Archive, *, alone: bool) -> None:
        name = chat.name.strip() if isinstance(chat.name, str) else ""
        self.account = given or name or archive.title
        self._all = chat.type == "public_channel"
        self._names = {name, given} - {"", None}
        self._id = f"channel{chat.id}"
        # Numbers count in each channel anew, so under one name they would be confused.
        self.prefix = "" if alone or not given else f"{chat.id}/"

    def wrote(self, message: Message) -> bool:
        """Whether a message was written in the account's own name."""
        if self._all or message.type == "service":
            return True
        author = message.author
        return message.author_id == self._id or (isinstance(author, str) and author in self._names)


def _outcome(
    message: Message | str | None, own: _Own, label: str, index: int, measure: Measure
) -> Outcome:
    if message is None or (isinstance(message, Message) and not own.wrote(message)):
        return Skipped.IGNORED
    if isinstance(message, str):
        return Rejected(Location(label, index), message)
    where = f"{label}#{index}"
    try:
        if message.type == "message":
            return post(message, own.account, where, measure, own.prefix)
        if message.type == "service":
            return event(message, own.account, where)
    except ValueError as error:
        return Rejected(Location(label, index), str(error))
    # Telegram writes so itself what the program that exported was too old for.
    is_known = message.type == "unsupported"
    return Skipped.IGNORED if is_known else Rejected(Location(label, index), "is no message")


def _measure(archive: Archive, member: str) -> Measure:
    folder = member[: -len(member.rpartition("/")[2])]
    there = frozenset(archive.members)

    def measured(path: str) -> tuple[str, int | None]:
        inside = folder + path
        return inside, archive.size(inside) if inside in there else None

    return measured


def _json_members(archive: Archive) -> list[str]:
    """Return JSON members that begin like an export; all of its name, else the first few of any."""
    named = [one for one in archive.members if one.lower().endswith(".json")]
    tried = [one for one in named if _NAMED.search(one)] or named[:_TRIED]
    return [one for one in tried if _SHAPE.search(_beginning(archive, one))]


def _beginning(archive: Archive, member: str) -> str:
    try:
        return beginning(archive.read(member, _HEAD))
    except SourceError:
        return ""
