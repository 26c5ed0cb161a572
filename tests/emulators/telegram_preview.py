"""Telegram's public preview of a channel: pages of twenty messages in HTML, ``before`` and ``after``."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec

from emulators import Answer, Asked, HttpEmulator, Mode

PAGE: Final = 20


class Message(msgspec.Struct, kw_only=True):
    """One message as the page shows it."""

    text: str
    at: str
    extra: str = ""
    """HTML besides the text."""
    is_service: bool = False
    is_album: bool = False


class TelegramPreview(HttpEmulator):
    """One public channel."""

    platform = "telegram"
    has_token = False
    exempt: ClassVar[Mapping[Mode, str]] = {
        Mode.TOKEN_DEAD: "it is read without a token",
    }

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[int, Message] = {}
        self.title = "KPU Kabupaten Contoh"
        self.description = "Kanal resmi KPU Kabupaten Contoh<br/>Hotline (0296) 000000"
        self.subscribers = "1.23K"
        self.picture = ""
        """Path of the channel's picture; what lies there is the title's bytes."""
        self.instead: str | None = None
        """A page to show instead."""
        self._last = 100

    def options(self) -> dict[str, Any]:
        """Return where it is."""
        return {"base": self.base}

    def publish(self, text: str, at: datetime) -> str:
        """Show a message."""
        return self.show(text, at)

    def show(
        self,
        text: str,
        at: datetime,
        extra: str = "",
        *,
        is_service: bool = False,
        is_album: bool = False,
    ) -> str:
        """Show a message with HTML of its own."""
        self._last += 1
        self.messages[self._last] = Message(
            text=text,
            at=at.isoformat(),
            extra=extra,
            is_service=is_service,
            is_album=is_album,
        )
        return str(self._last)

    def damage(self) -> None:
        """Show messages of times that are none."""
        for at in ("", "kemarin", "2024-13-99T00:00:00+00:00", "0001-01-01T00:00:00+00:00"):
            self._last += 1
            self.messages[self._last] = Message(text="<b><i><u>" * 50, at=at)

    def respond(self, asked: Asked) -> Answer:
        """Answer with a page, the picture, or the page of a name that is no channel."""
        if self.picture and asked.path == self.picture.partition("?")[0]:
            return Answer(body=self.title.encode(), headers={"content-type": "image/jpeg"})
        if asked.path != f"/s/{self.handle}":
            return self._page(self.instead or _NOBODY)
        if self.instead is not None:
            return Answer(status=302, headers={"location": f"/{self.handle}"})
        before, after = (asked.query.get(name) for name in ("before", "after"))
        numbers = sorted(self.messages)
        if before:
            numbers = [one for one in numbers if one < int(before)][-PAGE:]
        elif after:
            numbers = [one for one in numbers if one > int(after)][:PAGE]
        else:
            numbers = numbers[-PAGE:]
        is_oldest = not numbers or numbers[0] == min(self.messages)
        more = "" if is_oldest else (
            f'<a href="/s/{self.handle}?before={numbers[0]}" class="tme_messages_more js-messages_more"'
            f' data-before="{numbers[0]}"></a>'
        )  # fmt: skip
        return self._page(more + "".join(self._message(one) for one in numbers))

    def refused(self, mode: Mode) -> Answer:
        """Say it as Telegram does: who asks too often gets a bare 429, and who is gone a page of its own."""
        if mode is Mode.GONE:
            return self._page(_NOBODY, is_channel=False)
        return Answer(status=429, headers={"retry-after": "17"}, body=b"Too Many Requests")

    def _page(self, body: str, *, is_channel: bool = True) -> Answer:
        if is_channel and "tgme_page" not in body:
            body = _CHANNEL.format(
                picture=f'<i class="tgme_page_photo_image"><img src="{self.base}{self.picture}"></i>'
                if self.picture
                else "",
                title=html.escape(self.title),
                handle=self.handle,
                subscribers=self.subscribers,
                description=self.description,
                body=body,
            )
        page = (
            f"<!DOCTYPE html><html><head><title>Telegram</title></head><body>{body}</body></html>\n"
        )
        return Answer(
            body=f"{page}<!-- page generated in 12.3ms -->".encode("utf-8", "replace"),
            headers={"content-type": "text/html; charset=utf-8"},
        )

    def _message(self, number: int) -> str:
        one = self.messages[number]
        kind = " service_message" if one.is_service else ""
        words = html.escape(one.text, quote=False).replace("\n", "<br/>")
        text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>'
        if one.is_album:
            # The words under an album stand in two elements alike, one within the other.
            text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        return (
            '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message'
            f' text_not_supported_wrap{kind} js-widget_message" data-post="{self.handle}/{number}">'
            f'<div class="tgme_widget_message_bubble">{one.extra}{text}'
            '<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K</span>'
            f'<a class="tgme_widget_message_date" href="https://t.me/{self.handle}/{number}">'
            f'<time datetime="{one.at}" class="time">00:00</time></a></div></div></div></div>'
        )


_CHANNEL: Final = (
    '<div class="tgme_channel_info"><div class="tgme_channel_info_header">{picture}'
    '<div class="tgme_channel_info_header_title"><span dir="auto">{title}</span></div>'
    '<div class="tgme_channel_info_header_username"><a href="https://t.me/{handle}">@{handle}</a></div></div>'
    '<div class="tgme_channel_info_counters"><div class="tgme_channel_info_counter">'
    '<span class="counter_value">{subscribers}</span> <span class="counter_type">subscribers</span></div>'
    '<div class="tgme_channel_info_counter"><span class="counter_value">12</span>'
    '<span class="counter_type">photos</span></div></div>'
    '<div class="tgme_channel_info_description">{description}</div></div>'
    '<section class="tgme_channel_history js-message_history">{body}</section>'
)
_NOBODY: Final = (
    '<div class="tgme_page"><div class="tgme_page_icon"><i class="tgme_icon_user"></i></div>'
    '<div class="tgme_page_description">If you have <strong>Telegram</strong>, you can contact'
    " @kpucontoh right away.</div></div>"
)
