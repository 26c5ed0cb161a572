"""Telegram Desktop's export as pages of HTML: one chat, some thousand messages a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from detector.errors import ExportFormatError, Location
from detector.records import AccountEvent, Media, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._details import masked
from detector.sources._encodings import decoded
from detector.sources._html import plain
from detector.sources._telegram_messages import FIRST_YEAR
from detector.sources._timeline import timeline
from detector.sources._times import settled
from detector.sources.interface import Outcome, Skipped

PAGES: Final = re.compile(r"(?:^|/)messages(\d{0,6})\.html$")
_LOOKS: Final = re.compile(
    r'class="page_body chat_page"|<div class="message (?:default|service)[^"]{0,99}" id="message-?\d'
)
_TIME: Final = re.compile(
    r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)(?: UTC([+-]\d\d:\d\d))?", re.ASCII
)
_NUMBER: Final = re.compile(r"message(-?\d{1,18})", re.ASCII)
_REPLY: Final = re.compile(r"go_to_message(\d{1,18})", re.ASCII)
_VIA: Final = re.compile(r"\bvia (@\w{1,64})")
_TITLE: Final = re.compile(
    r"^(?:Channel title changed|.{0,200}? changed group title) to «(.{1,300})»"
)
_PICTURE: Final = re.compile(
    r"^(?:Channel photo (?:changed|removed)|.{0,200}? (?:changed|removed) group photo)"
)
_OF_A_CHANNEL: Final = re.compile(r"^Channel (?:«.{1,300}» created|created|title changed|photo )")
"""Service messages that only a channel has."""
_OF_PEOPLE: Final = re.compile(
    r"^(?:(?:Outgoing|Incoming|Missed|Cancelled|Declined|Unanswered) (?:video )?call"
    r"|.{1,200}? (?:joined Telegram|took a screenshot|created group|invited|joined group|joined the group))"
)
"""Service messages that no channel has."""
_PEOPLE: Final = ".media_call, .reactions .userpic, .reactions .userpics"
"""Calls, and reactions of which it is shown whose they are."""
_KINDS: Final = (
    ("photo", "photo"), ("video", "video"), ("animated", "video"), ("voice", "audio"),
    ("audio", "audio"), ("sticker", "other"), ("file", "file"), ("document", "file"),
)  # fmt: skip
"""Part of a class, and the kind of file it is the class of."""


class _Page(NamedTuple):
    """What one page shows."""

    name: str
    """The chat's."""
    drafts: list[_Draft]
    is_channel: bool
    is_private: bool
    """Whether something on it is only in channels, or only where people talk with each other."""


class _Draft(NamedTuple):
    """One message, as it stands on the page."""

    author: str
    """Empty when it goes on from the message before it, or is a service message."""
    is_service: bool
    node: Any
    number: str
    at: tuple[datetime, TimeQuality] | str
    """Or why there is none."""


def looks_like_a_page(text: str) -> bool:
    """Whether a text is the beginning of such a page."""
    return _LOOKS.search(text) is not None


def pages(archive: Archive) -> list[str]:
    """Return the pages of one export, in their order; a single page may have any name."""
    named = [(int(match[1] or 1), one) for one in archive.members if (match := PAGES.search(one))]
    if not named and len(archive.members) == 1 and archive.members[0].lower().endswith(".html"):
        return list(archive.members)
    return [member for _, member in sorted(named, key=lambda one: (_folder(one[1]), one))]


def from_pages(archive: Archive, members: list[str], given: str | None) -> Iterator[Outcome]:
    """Yield what the pages of one chat tell, oldest first.

    A page does not say what kind of chat it shows. In a channel all is written in the channel's name;
    where others write, only the sender the caller names is taken for the account. Of many
    chats, those are left out in which only the other one wrote, unless something shows that it is a channel.

    Args:
        archive: holds the pages.
        members: the pages, in their order.
        given: the account's name, if the caller gave one.

    Raises:
        ExportFormatError: no page can be read.
    """
    read: dict[str, _Page | ExportFormatError] = {}
    for member in members:
        try:
            read[member] = _page(archive, member)
        except ExportFormatError as error:
            read[member] = error
    chats: dict[str, list[_Page]] = {}
    for member, one in read.items():
        shown = chats.setdefault(_folder(member), [])
        if isinstance(one, _Page):
            shown.append(one)
    readings = {
        folder: _reading(archive, shown, given, folder if len(chats) > 1 else "")
        for folder, shown in chats.items()
    }

    def outcomes(member: str) -> Iterator[Outcome]:
        page = read[member]
        if isinstance(page, ExportFormatError):
            raise page
        return readings[_folder(member)].outcomes(page, member)

    yield from timeline(archive, members, outcomes)


def _folder(member: str) -> str:
    return member[: -len(member.rpartition("/")[2])]


def _reading(archive: Archive, shown: list[_Page], given: str | None, among: str) -> _Reading:
    """Find out whose a chat is.

    Args:
        archive: holds its pages.
        shown: those that could be read.
        given: the account's name, if the caller gave one.
        among: the chat's folder, when the export holds several chats.
    """
    name = next((one.name for one in shown if one.name), "")
    writers = {draft.author for one in shown for draft in one.drafts if draft.author}
    is_channel = any(one.is_channel for one in shown)
    is_private = any(one.is_private for one in shown) or bool(among)
    is_one_voice = writers <= {name} and (is_channel or not is_private)
    # Numbers count in each chat anew, so under one name they would be confused.
    prefix = f"{among.rstrip('/').rpartition('/')[2]}/" if among and given else ""
    return _Reading(
        given or name or archive.title, name if is_one_voice else given, archive, prefix
    )


class _Reading:
    """Turns drafts into posts and events of one account."""

    def __init__(self, account: str, own: str | None, archive: Archive, prefix: str) -> None:
        self._account = account
        self._prefix = prefix
        self._own = own
        self._archive = archive
        self._known = frozenset(archive.members)
        self._folder = ""
        self._author = ""
        self._last: tuple[datetime, TimeQuality] | None = None

    def outcomes(self, page: _Page, member: str) -> Iterator[Outcome]:
        """Yield one outcome a message of one page; pages must come in their order."""
        label = self._archive.label(member)
        self._folder = _folder(member)
        for index, draft in enumerate(page.drafts):
            where = f"{label}#{index}"
            self._author = draft.author or self._author
            if draft.is_service:
                yield self._event(draft, where)
            elif self._author != self._own:
                yield Skipped.IGNORED
            elif isinstance(draft.at, str):
                yield Rejected(Location(label, index), draft.at)
            else:
                self._last = draft.at
                yield self._post(draft, draft.at, where)

    def _event(self, draft: _Draft, where: str) -> AccountEvent | Skipped:
        text = " ".join(draft.node.text().split())
        title = _TITLE.match(text)
        # A service message bears no time of its own: that of the post before it is the nearest known.
        if self._last is None or not (title or _PICTURE.match(text)):
            return Skipped.IGNORED
        return AccountEvent(
            platform="telegram",
            account=self._account,
            kind="name_changed" if title else "picture_changed",
            at=self._last[0],
            where=where,
            time_quality=TimeQuality.LOCAL,
            details={"to": masked(title[1])} if title else {},
        )

    def _post(self, draft: _Draft, at: tuple[datetime, TimeQuality], where: str) -> Post:
        node = draft.node
        words = [
            plain(one.html or "")
            for one in node.css(".body .text, .media_poll .question, .media_poll .answer")
        ]
        reply = _attribute(node.css_first(".reply_to a"), "href")
        match = _REPLY.search(reply) or _REPLY.search(
            _attribute(node.css_first(".reply_to a"), "onclick")
        )
        hrefs = [_attribute(one, "href") for one in node.css(".text a")]
        named = node.css_first(".from_name")
        via = _VIA.search(named.text()) if named is not None else None
        return Post(
            platform="telegram",
            account=self._account,
            id=self._prefix + draft.number,
            created_at=at[0],
            text="\n".join(filter(None, words)),
            where=where,
            time_quality=at[1],
            app=via[1] if via else None,
            in_reply_to=match[1] if match else None,
            is_repost=node.css_first(".forwarded") is not None,
            links=tuple(
                dict.fromkeys(one for one in hrefs if one.startswith(("http://", "https://")))
            ),
            media=self._media(node),
        )

    def _media(self, node: Any) -> tuple[Media, ...]:
        found = []
        for one in node.css(".media_wrap > *"):
            shown = _attribute(one, "class")
            kind = next((kind for part, kind in _KINDS if part in shown), "")
            path = _attribute(one, "href")
            if not kind:
                continue
            if not path or ":" in path.partition("/")[0] or path.startswith("/"):
                found.append(Media(kind))
                continue
            inside = self._folder + path
            size = self._archive.size(inside) if inside in self._known else None
            found.append(Media(kind, inside, size))
        return tuple(found)


def _page(archive: Archive, member: str) -> _Page:
    """Parse one page.

    Raises:
        ExportFormatError: it cannot be read, or holds no messages.
    """
    # Slow to import, and only few formats hold HTML.
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    tree = LexborHTMLParser(decoded(archive.read(member)))
    header = tree.css_first(".page_header .text")
    drafts: list[_Draft] = []
    is_channel = tree.css_first(".signature") is not None
    is_private = tree.css_first(_PEOPLE) is not None
    # Never one inside another, or looking through each would take ages.
    for node in tree.css(".history > div.message, body > div.message"):
        match = _NUMBER.fullmatch(_attribute(node, "id"))
        is_service = "service" in _attribute(node, "class").split()
        # Service messages below 0 are the dates between the days.
        if match is None or match[1].startswith("-"):
            continue
        said = " ".join(node.text().split()) if is_service else ""
        is_channel = is_channel or _OF_A_CHANNEL.match(said) is not None
        is_private = is_private or _OF_PEOPLE.match(said) is not None
        author = "" if is_service else _author(node)
        drafts.append(_Draft(author, is_service, node, match[1], _time(node)))
    if not drafts:
        raise ExportFormatError(
            "is a page without messages",
            where=Location(archive.label(member)),
            hint="export the channel's history again, in the format JSON",
        )
    name = header.text().strip() if header is not None else ""
    return _Page(name, drafts, is_channel, is_private)


def _author(node: Any) -> str:
    """Return who wrote a message; one that goes on from the message before it does not say."""
    named = node.css_first(".body > .from_name")
    if named is None or "forwarded" in _attribute(named.parent, "class"):
        return ""
    return _VIA.sub("", str(named.text())).strip()


def _time(node: Any) -> tuple[datetime, TimeQuality] | str:
    title = _attribute(node.css_first(".body > .date"), "title")
    match = _TIME.fullmatch(title.strip())
    if match is None:
        return "has no time"
    day, month, year, hour, minute, second = (int(match[number]) for number in range(1, 7))
    zone = datetime.strptime(match[7], "%z").tzinfo if match[7] else None
    try:
        at, quality = settled(datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except (ValueError, OverflowError):
        return f"its time {title[:40]!r} is none"
    return (at, quality) if at.year >= FIRST_YEAR else f"its time is in the year {at.year}"


def _attribute(node: Any, name: str) -> str:
    return (node.attributes.get(name) or "") if node is not None else ""
