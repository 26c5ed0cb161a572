"""Mastodon's records: activities of an archive's outbox, and statuses as the API gives them."""

from __future__ import annotations

import html
import re
from typing import Any, Final

import msgspec

from detector.records import Media, Post
from detector.sources._html import plain
from detector.sources._times import moment_since
from detector.sources.interface import content_id

FIRST_YEAR: Final = 2016
"""Mastodon opened; nothing on it is older."""

_PUBLIC: Final = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_SHOWN: Final = frozenset({"public", "unlisted"})
_KINDS: Final = {
    "image": "photo",
    "video": "video",
    "gifv": "video",
    "audio": "audio",
    "unknown": "other",
}
_BREAKS: Final = re.compile(r"<br ?/?>")
_KNOWN_TAG: Final = re.compile(r"</?(?:p|a|span)(?: [^<>]{0,4000})?>")
_ANCHOR: Final = re.compile(r"<a ([^<>]{0,4000})>", re.IGNORECASE)
_HREF: Final = re.compile(r"(?:^|\s)href=([\"'])", re.IGNORECASE)
_NUMBER: Final = re.compile(r"/(\d{3,20})(?:/activity)?$")
_PERSON: Final = re.compile(
    r"https?://([^/\s]{1,250})/(?:users/|@|u/|profile/|actor/)?([^/\s@?#]{1,100})$"
)


class Attachment(msgspec.Struct, gc=False):
    """A picture or film: as ActivityStreams has it, or as the API does."""

    type: Any = None
    mediaType: Any = None  # noqa: N815 - ActivityStreams' own name
    url: Any = None


class Note(msgspec.Struct, gc=False):
    """What a Create made."""

    type: Any = None
    id: Any = None
    published: Any = None
    summary: Any = None
    content: Any = None
    contentMap: Any = None  # noqa: N815
    url: Any = None
    inReplyTo: Any = None  # noqa: N815
    to: Any = None
    cc: Any = None
    attachment: list[Attachment] | None = None
    oneOf: Any = None  # noqa: N815
    anyOf: Any = None  # noqa: N815


class Activity(msgspec.Struct, gc=False):
    """One item of an outbox."""

    object: Note | str
    type: Any = None
    id: Any = None
    actor: Any = None
    published: Any = None
    to: Any = None
    cc: Any = None


class Who(msgspec.Struct, gc=False):
    """The account of a status."""

    username: Any = None
    acct: Any = None
    url: Any = None


class Status(msgspec.Struct, gc=False):
    """A status as the API gives it."""

    created_at: Any
    visibility: Any
    account: Who
    id: Any = None
    content: Any = None
    spoiler_text: Any = None
    language: Any = None
    url: Any = None
    uri: Any = None
    in_reply_to_id: Any = None
    application: Any = None
    reblog: Status | None = None
    media_attachments: list[Attachment] | None = None
    card: Any = None
    poll: Any = None


def audience(*addressed: Any) -> bool | None:
    """Tell whether the public is among those addressed.

    Args:
        addressed: values of `to` and `cc`.

    Returns:
        None when nobody is named at all, so that it cannot be known.
    """
    named = [one for one in addressed if one is not None]
    for one in named:
        if isinstance(one, str):
            one = [one]  # noqa: PLW2901 - ActivityStreams writes a list of one without brackets
        if isinstance(one, list) and any(isinstance(to, str) and to in _PUBLIC for to in one):
            return True
    return False if named else None


def words(warning: Any, content: Any) -> str:
    r"""Return the text of a status: its content warning, if any, before it.

    Raises:
        ValueError: one of them is no text.

    Examples:
        >>> words("Duka", '<p>Telah berpulang<br />Bapak Anu</p><p>#<span>KPU</span></p>')
        'Duka\n\nTelah berpulang\nBapak Anu\n\n#KPU'
    """
    for one in (warning, content):
        if one is not None and not isinstance(one, str):
            raise ValueError("its text is no text")
    text = _text(content or "")
    return f"{_text(warning)}\n\n{text}".strip() if warning else text


def _text(fragment: str) -> str:
    """Return a fragment's text; what Mastodon itself writes is read without a parser, 20 times faster."""
    if "<" in fragment:
        bare = _KNOWN_TAG.sub("", _BREAKS.sub("\n", fragment.replace("</p>", "\n\n")))
        if "<" in bare or ">" in bare:
            return plain(fragment)
        fragment = bare.strip()
        if "\n\n\n" in fragment:
            fragment = re.sub(r"\n{3,}", "\n\n", fragment)
    return html.unescape(fragment) if "&" in fragment else fragment.strip()


def links(content: Any) -> tuple[str, ...]:
    """Return where the anchors of a text lead, those of mentions and hashtags left out."""
    if not isinstance(content, str) or "<a " not in content:
        return ()
    found = []
    for inside in _ANCHOR.findall(content):
        if "mention" in inside or "hashtag" in inside:
            continue
        if (match := _HREF.search(inside)) and (end := inside.find(match[1], match.end())) > 0:
            found.append(html.unescape(inside[match.end() : end]))
    return tuple(dict.fromkeys(found))


def media_kind(attachment: Attachment) -> str:
    """Return what an attachment is, by its media type or the API's own word."""
    for word in (attachment.mediaType, attachment.type):
        if isinstance(word, str) and (kind := _KINDS.get(word.partition("/")[0].lower())):
            return kind
    return "other"


def options(*polls: Any) -> str:
    """Return what could be chosen in a poll, a line each; empty without one."""
    found = []
    for poll in polls:
        choices = poll.get("options") if isinstance(poll, dict) else poll
        for one in choices if isinstance(choices, list) else ():
            name = (one.get("name") or one.get("title")) if isinstance(one, dict) else None
            if isinstance(name, str):
                found.append(name)
    return "\n".join(found)


def own_id(value: Any) -> str | None:
    """Return the number at the end of a status's address, else the address itself.

    Examples:
        >>> own_id("https://sosial.example/users/kpu/statuses/113500000000000001/activity")
        '113500000000000001'
    """
    if not isinstance(value, str) or not value:
        return str(value) if type(value) is int else None
    match = _NUMBER.search(value)
    return match[1] if match else value


def handle_of(url: Any) -> str | None:
    """Return ``user@host`` from the address of an account; None when it is none.

    Examples:
        >>> handle_of("https://sosial.example/users/kpurekaan"), handle_of("https://sosial.example/@kpu")
        ('kpurekaan@sosial.example', 'kpu@sosial.example')
    """
    match = _PERSON.match(url) if isinstance(url, str) else None
    return f"{match[2]}@{match[1]}" if match else None


def when(value: Any) -> Any:
    """Read a time of Mastodon's; see `moment_since`."""
    return moment_since(value, FIRST_YEAR)


def language_of(value: Any) -> str | None:
    """Return the language a text says it is in: a code, or the only key of a map by language."""
    if isinstance(value, dict):
        value = next(iter(value), None) if len(value) == 1 else None
    return value if isinstance(value, str) and value not in {"", "und"} else None


def local_media(
    attachments: list[Attachment] | None, members: dict[str, tuple[str, int]]
) -> tuple[Media, ...]:
    """Return what was attached, with the size of what lies in the archive.

    Args:
        attachments: as parsed.
        members: by the path from ``media_attachments`` on, the member's name and size in bytes.
    """
    found = []
    for one in attachments or ():
        path = one.url if isinstance(one.url, str) and one.url else None
        size = None
        if path and members:
            tail = path[path.find("media_attachments/") :] if "media_attachments/" in path else path
            path, size = members.get(tail.lstrip("/"), (path, None))
        found.append(Media(media_kind(one), path, size))
    return tuple(found)


def account_of(one: Status) -> str:
    """Return ``user@host`` of a status's account where it can be told, else its name."""
    who = one.account
    acct = who.acct if isinstance(who.acct, str) else ""
    if "@" in acct:
        return acct
    return handle_of(who.url) or acct or (who.username if isinstance(who.username, str) else "")


def status_post(
    one: Status, account: str, where: str, members: dict[str, tuple[str, int]]
) -> Post | None:
    """Make a post of a status; None when it is not for the public.

    Args:
        one: as the API gives it.
        account: whose it is.
        where: ``file#record``.
        members: as for `local_media`.

    Raises:
        ValueError: it does not say when it was made, or who may see it, or its text is none.
    """
    told = one.reblog or one
    for seen_by in (one.visibility, told.visibility):
        if not isinstance(seen_by, str):
            raise ValueError("does not say who may see it")  # noqa: TRY004 - a record, not a caller
        if seen_by not in _SHOWN:
            return None
    at, quality = when(one.created_at)
    text = words(told.spoiler_text, told.content)
    choices = options(told.poll)
    url = told.url if isinstance(told.url, str) else None
    app = one.application.get("name") if isinstance(one.application, dict) else None
    card = told.card.get("url") if isinstance(told.card, dict) else None
    shown = (*links(told.content), *((card,) if isinstance(card, str) and card else ()))
    if one.reblog and url:
        shown = (url, *shown)
    return Post(
        platform="mastodon",
        account=account,
        id=own_id(one.id) or own_id(one.uri) or content_id(at, text),
        created_at=at,
        text=f"{text}\n\n{choices}".strip() if choices else text,
        where=where,
        time_quality=quality,
        url=url,
        app=app if isinstance(app, str) and app else None,
        language=language_of(told.language),
        in_reply_to=own_id(one.in_reply_to_id),
        is_repost=one.reblog is not None,
        links=tuple(dict.fromkeys(shown)),
        media=local_media(told.media_attachments, members),
    )
