"""A page of Telegram's public preview: the newest or some older messages of a channel, and the channel itself."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from detector.errors import AccountGone, FeedError, Location, PlatformError
from detector.records import AccountEvent, Media, Post, Profile, Rejected, TimeQuality
from detector.sources._details import masked
from detector.sources._html import plain
from detector.sources._meta import without_surrogates
from detector.sources._telegram_messages import FIRST_YEAR
from detector.sources._times import moment_since
from detector.sources.interface import Outcome, Skipped
from detector.sources.live._recent import Entry
from detector.transport import Reply

_MOST: Final = 200
"""Messages of a page that are read; Telegram shows about twenty."""
_NUMBER: Final = re.compile(r"[^/]{1,64}/(\d{1,15})g?", re.ASCII)
_COUNT: Final = re.compile(r"(\d[\d\s.,]{0,15}?)\s?([KM]?)", re.ASCII)
_TIMES: Final = {"": 1, "K": 1_000, "M": 1_000_000}
_SCHEMES: Final = ("http://", "https://", "tg:", "tel:", "mailto:")
_NAMED: Final = re.compile(
    r"Channel (?:name|title) (?:was )?changed(?: to)? [«\"“](.{1,300})[»\"”]"
)
_PICTURED: Final = re.compile(r"Channel photo (?:was )?(?:updated|changed|removed|deleted)")
_LIVE: Final = re.compile(r"(?:Live stream|Video chat|Voice chat) started")
_BARRED: Final = re.compile(
    r"(?:can(?:no|')t|cannot) be displayed|unavailable|violat|copyright|banned", re.IGNORECASE
)
_PICTURES: Final = (
    (".tgme_widget_message_photo_wrap", "photo"), (".tgme_widget_message_video_player", "video"),
    (".tgme_widget_message_roundvideo_player", "video"), (".tgme_widget_message_voice_player", "audio"),
    (".tgme_widget_message_sticker_wrap", "other"),
)  # fmt: skip
_WORDS: Final = (
    ".tgme_widget_message_text:not(.js-message_reply_text, .tgme_widget_message_text *),"
    ".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text,"
    ".tgme_widget_message_contact_name, .tgme_widget_message_contact_phone,"
    ".tgme_widget_message_inline_button_text"
)
"""What a message says in the channel's own words; a preview of a link is the linked site's."""
_LINKS: Final = (
    ".tgme_widget_message_text a[href], a.tgme_widget_message_link_preview[href],"
    "a.tgme_widget_message_inline_button[href]"
)


class Shown(NamedTuple):
    """What one page shows."""

    entries: list[Entry]
    """The newest first."""
    profile: Profile
    older: str | None
    """Number before which the next older page ends; None on the oldest."""
    picture: str | None
    """Address of the channel's picture."""


def shown(reply: Reply, platform: str, account: str, now: datetime) -> Shown:
    """Read a page.

    Args:
        reply: to ``/s/<channel>``.
        platform: of the account.
        account: whose channel.
        now: UTC.

    Raises:
        AccountGone: there is no such channel, or none that is shown in public.
        PlatformError: it is no page of Telegram's, or not a whole one.
    """
    # Slow to import, and only few formats hold HTML.
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    tree = LexborHTMLParser(without_surrogates(reply.content.decode("utf-8", "replace")))
    if tree.css_first(".tgme_channel_history, .tgme_channel_info") is None:
        raise _absent(tree, reply, account)
    if b"</html" not in reply.content[-4_000:]:
        raise PlatformError(f"{reply.url} answered only in part")
    blocks = tree.css(".tgme_widget_message_wrap > .tgme_widget_message")[:_MOST]
    if not blocks and (said := _barred(tree)):
        raise AccountGone(f"Telegram says of @{account}: {said}", kind="suspended")
    entries = [_entry(one, platform, account, now) for one in blocks]
    older = tree.css_first("a.tme_messages_more[data-before]")
    picture = tree.css_first(".tgme_page_photo_image img")
    return Shown(
        [one for one in reversed(entries) if one is not None],
        _profile(tree),
        _attribute(older, "data-before") or None,
        _attribute(picture, "src") or None,
    )


def _absent(tree: Any, reply: Reply, account: str) -> FeedError:
    """Tell why there is no preview: Telegram answers with the page that invites to write to the name."""
    if tree.css_first(".tgme_page, .tgme_landing, .tl_page") is None:
        return PlatformError(
            f"{reply.url} answered with a page that is not Telegram's",
            hint="a provider's block page looks like this; try another line",
        )
    extra = _said(tree.css_first(".tgme_page_extra"))
    if "subscriber" in extra:
        return AccountGone(
            f"@{account} is a channel that shows no preview in public",
            kind="private",
            hint="a channel with restricted content has none: read it by exports in a folder",
        )
    if "member" in extra:
        return AccountGone(
            f"@{account} is a group, which has no preview",
            kind="private",
            hint="name a channel",
        )
    if extra.startswith("@"):
        return AccountGone(f"@{account} is a person's or a bot's name now", kind="renamed")
    return AccountGone(f"there is no channel @{account} on Telegram")


def _barred(tree: Any) -> str:
    """Return what Telegram says instead of showing a channel's messages."""
    said = _said(tree.css_first(".tgme_channel_history, .tme_no_messages_found"))
    return said[:200] if _BARRED.search(said) else ""


def _profile(tree: Any) -> Profile:
    description = tree.css_first(".tgme_channel_info_description")
    links = description.css("a[href]") if description is not None else []
    # Telegram leaves out the element where there is nothing to say.
    is_known = tree.css_first(".tgme_channel_info_header_title") is not None
    followers = None
    for one in tree.css(".tgme_channel_info_counter"):
        if "subscriber" in _said(one.css_first(".counter_type")):
            followers = counted(_said(one.css_first(".counter_value")))
    addresses = [_attribute(one, "href") for one in links]
    return Profile(
        handle=_said(tree.css_first(".tgme_channel_info_header_username a")).removeprefix("@")
        or None,
        name=_said(tree.css_first(".tgme_channel_info_header_title")) or None,
        bio=plain(description.html or "")
        if description is not None
        else "" if is_known else None,
        links=tuple(dict.fromkeys(one for one in addresses if one.startswith(_SCHEMES))),
        followers=followers,
    )  # fmt: skip


def counted(text: str) -> int | None:
    """Return a number as Telegram shortens it; None when it is none.

    Examples:
        >>> counted("1.23K"), counted("12 345"), counted("2M"), counted("banyak")
        (1230, 12345, 2000000, None)
    """
    match = _COUNT.fullmatch(text.strip().upper())
    if match is None:
        return None
    digits = "".join(match[1].split()).replace(",", "")
    try:
        return round(float(digits) * _TIMES[match[2]])
    except ValueError:
        return None


def _entry(node: Any, platform: str, account: str, now: datetime) -> Entry | None:
    """Read one message; None for one without a number, as of an advertisement."""
    match = _NUMBER.fullmatch(_attribute(node, "data-post"))
    if match is None:
        return None
    number = match[1]
    where = f"t.me/{account}/{number}"
    written = _attribute(
        node.css_first(".tgme_widget_message_date time, time[datetime]"), "datetime"
    )
    try:
        at, quality = moment_since(written, FIRST_YEAR)
    except ValueError as error:
        return Entry(number, now, Rejected(Location(where), str(error)))
    if "service_message" in _attribute(node, "class").split():
        return Entry(number, at, _event(node, platform, account, at, where))
    post = _post(node, Post(
        platform=platform, account=account, id=number, created_at=at, text="", where=where,
        time_quality=quality, url=f"https://t.me/{account}/{number}",
    ))  # fmt: skip
    told = "\0".join((post.text, *post.links))
    version = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:8]
    return Entry(number, at, post, version, now.astimezone(UTC))


def _event(node: Any, platform: str, account: str, at: datetime, where: str) -> Outcome:
    # What is pinned is quoted, and may say anything.
    said = _said(node.css_first(".tgme_widget_message_text"))
    title = _NAMED.match(said)
    kind = "name_changed" if title else "picture_changed" if _PICTURED.match(said) else ""
    kind = kind or ("live_started" if _LIVE.match(said) else "")
    if not kind:
        return Skipped.IGNORED
    return AccountEvent(
        platform=platform,
        account=account,
        kind=kind,
        at=at,
        where=where,
        time_quality=TimeQuality.EXACT,
        details={"to": masked(title[1].strip())} if title else {},
    )


def _post(node: Any, blank: Post) -> Post:
    # What is answered stands in the answer as a text of its own.
    reply = node.css_first(".tgme_widget_message_reply")
    answered = _attribute(reply, "href").partition("?")[0].rpartition("/")[2]
    for one in node.css(".tgme_widget_message_reply"):
        one.decompose()
    words = [plain(one.html or "") for one in node.css(_WORDS)]
    hrefs = [_attribute(one, "href") for one in node.css(_LINKS)]
    via = _said(node.css_first(".tgme_widget_message_via_bot"))
    signed = _said(node.css_first(".tgme_widget_message_from_author"))
    mark = f"#{hashlib.sha256(signed.encode('utf-8', 'replace')).hexdigest()[:6]}" if signed else ""
    media = [Media(kind) for marks, kind in _PICTURES for _ in node.css(marks)]
    names = [_said(one) for one in node.css(".tgme_widget_message_document_title")]
    media += [Media("file", one or None) for one in names]
    if not any(words) and not media and node.css_first(".message_media_not_supported") is not None:
        media.append(Media("other"))
    values = {name: getattr(blank, name) for name in Post.__struct_fields__}
    values.update(
        text="\n".join(filter(None, words)),
        # Who signs is told apart from others; the name is not kept.
        app=" ".join(filter(None, (via, mark))) or None,
        in_reply_to=answered if answered.isascii() and answered.isdigit() else None,
        is_repost=node.css_first(".tgme_widget_message_forwarded_from") is not None,
        links=tuple(dict.fromkeys(one for one in hrefs if one.startswith(_SCHEMES))),
        media=tuple(media),
    )
    return Post(**values)


def _said(node: Any) -> str:
    return " ".join(node.text().split()) if node is not None else ""


def _attribute(node: Any, name: str) -> str:
    return (node.attributes.get(name) or "") if node is not None else ""
