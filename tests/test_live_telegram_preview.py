"""Telegram's public preview: what a channel's page says, and why one cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from emulators.telegram_preview import TelegramPreview

from detector.errors import AccountGone, PlatformError, SettingsError
from detector.network import Transport
from detector.records import AccountEvent, Page, Post
from detector.sources.live.interface import LiveSource

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)
Read = tuple[list[Post], list[AccountEvent], str]


@pytest.fixture
def telegram() -> Iterator[TelegramPreview]:
    with TelegramPreview() as one:
        yield one


@pytest.fixture
def source(telegram: TelegramPreview) -> Iterator[LiveSource]:
    with Transport(lambda: NOW) as net:
        yield telegram.source(net)


def read(
    source: LiveSource, cursor: str | None = None, now: datetime = NOW
) -> tuple[list[Post], list[AccountEvent], Page]:
    pages = list(source.poll(cursor, now))
    posts = [post for page in pages for post in page.posts]
    return posts, [event for page in pages for event in page.events], pages[-1]


def hours(count: float) -> datetime:
    return NOW - timedelta(hours=count)


def test_a_message_is_read_with_its_words_links_and_files(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    number = telegram.show(
        "Undangan rapat\nbuka berkasnya",
        hours(2),
        '<a class="tgme_widget_message_reply" href="https://t.me/kpucontoh/77?single">'
        '<div class="tgme_widget_message_text js-message_reply_text">kata orang lain</div></a>'
        '<a class="tgme_widget_message_photo_wrap" style="background-image:url(x)"></a>'
        '<a class="tgme_widget_message_document_wrap"><div class="tgme_widget_message_document_title">'
        "undangan.apk</div></a>"
        '<a class="tgme_widget_message_link_preview" href="https://berita.example/a">'
        '<div class="link_preview_title">Judul situs lain</div></a>'
        '<a class="tgme_widget_message_inline_button url_button" href="https://klaim.example/">'
        '<span class="tgme_widget_message_inline_button_text">Klaim</span></a>',
    )

    (post,), _, _ = read(source)

    assert post.id == number
    assert post.text == "Klaim\nUndangan rapat\nbuka berkasnya"
    assert post.created_at == hours(2)
    assert post.in_reply_to == "77"
    assert post.url == f"https://t.me/kpucontoh/{number}"
    assert post.links == ("https://berita.example/a", "https://klaim.example/")
    assert [(one.kind, one.path) for one in post.media] == [
        ("photo", None),
        ("file", "undangan.apk"),
    ]
    assert not post.is_repost


def test_polls_contacts_and_forwards_are_read(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    telegram.show(
        "",
        hours(1),
        '<div class="tgme_widget_message_forwarded_from">Forwarded from'
        ' <span class="tgme_widget_message_forwarded_from_name">Seseorang</span></div>'
        '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Siap?</div>'
        '<div class="tgme_widget_message_poll_option_text">Ya</div></div>'
        '<div class="tgme_widget_message_contact_name">Admin</div>'
        '<div class="tgme_widget_message_contact_phone">+62 812 0000 1234</div>',
    )

    (post,), _, _ = read(source)

    assert post.text == "Siap?\nYa\nAdmin\n+62 812 0000 1234"
    assert post.is_repost


def test_the_words_under_an_album_are_read_once(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    picture = (
        '<a class="tgme_widget_message_photo_wrap grouped_media_wrap js-message_photo"'
        ' href="https://t.me/kpucontoh/{}?single"></a>'
    )
    telegram.show(
        "Rapat pleno\nhari ini",
        hours(1),
        '<div class="tgme_widget_message_grouped_wrap">'
        f"{picture.format(101)}{picture.format(102)}"
        '<a class="tgme_widget_message_video_player not_supported" href="https://t.me/kpucontoh/103?single">'
        '<time class="message_video_duration">0:29</time></a></div>',
        is_album=True,
    )

    (post,), _, _ = read(source)

    assert post.text == "Rapat pleno\nhari ini"
    assert sorted(one.kind for one in post.media) == ["photo", "photo", "video"]


def test_who_signs_is_told_apart_without_being_named(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    signed = '<span class="tgme_widget_message_from_author" dir="auto">{}</span>'
    for place, name in enumerate(("Admin Humas", "Admin Humas", "Budi")):
        telegram.show(f"Kabar {place}", hours(9 - place), signed.format(name))
    telegram.show("Tanpa nama", hours(1))

    first, second, other, unsigned = [post.app for post in read(source)[0]]

    assert first == second != other
    assert unsigned is None
    assert first is not None
    assert "Humas" not in first


def test_what_is_answered_is_never_the_answers_own_words(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    telegram.show(
        "Terima kasih",
        hours(1),
        '<div class="tgme_widget_message_text js-message_reply_text">Slot gacor</div>',
    )

    assert [post.text for post in read(source)[0]] == ["Terima kasih"]


def test_the_first_reading_takes_a_few_pages_and_the_next_ones_only_what_is_new(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    ids = [telegram.publish(f"Kabar {number}", hours(200 - number)) for number in range(100)]

    posts, _, page = read(source)
    assert [one.id for one in posts] == ids[-60:]

    later = [telegram.publish(f"Baru {number}", hours(90 - number)) for number in range(45)]
    posts, events, page = read(source, page.cursor)
    assert [one.id for one in posts] == later
    assert events == []

    posts, _, _ = read(source, page.cursor)
    assert posts == []


def test_an_edited_message_is_judged_again_at_the_time_it_was_seen(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    number = telegram.publish("Jadwal coklit", hours(48))
    _, _, page = read(source)

    telegram.messages[int(number)].text = "Tebus murah iPhone, WA 0812-0000-1234"
    (post,), _, page = read(source, page.cursor, NOW + timedelta(minutes=5))

    assert post.text == "Tebus murah iPhone, WA 0812-0000-1234"
    assert post.id.startswith(f"{number}~")
    assert post.created_at == NOW + timedelta(minutes=5)
    assert read(source, page.cursor)[0] == []


def test_deleted_messages_are_told_once_with_how_many(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    for number in range(60):
        telegram.publish(f"Kabar {number}", hours(100 - number))
    _, _, page = read(source)

    for number in sorted(telegram.messages)[-12:]:
        del telegram.messages[number]
    posts, events, page = read(source, page.cursor)
    assert (posts, events) == ([], [])
    posts, (event,), page = read(source, page.cursor)
    assert (event.kind, event.details) == ("posts_deleted", {"count": "12"})
    assert posts == []

    assert read(source, page.cursor)[1] == []


def test_an_emptied_channel_is_a_deletion_of_all_that_is_remembered(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    for number in range(15):
        telegram.publish(f"Kabar {number}", hours(100 - number))
    _, _, page = read(source)

    telegram.messages.clear()
    page = read(source, page.cursor)[2]
    _, (event,), _ = read(source, page.cursor)

    assert event.details == {"count": "15"}


def test_one_page_without_its_messages_is_no_deletion(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    for number in range(15):
        telegram.publish(f"Kabar {number}", hours(100 - number))
    page = read(source)[2]

    shown, telegram.messages = telegram.messages, {}
    page = read(source, page.cursor)[2]
    telegram.messages = shown
    for _ in range(3):
        posts, events, page = read(source, page.cursor)
        assert (posts, events) == ([], [])


def test_service_messages_become_events(telegram: TelegramPreview, source: LiveSource) -> None:
    telegram.show("Channel name was changed to «Slot Gacor»", hours(3), is_service=True)
    telegram.show("Channel photo updated", hours(2), is_service=True)
    telegram.show("Live stream started", hours(1), is_service=True)
    telegram.show("KPU Contoh pinned «Jadwal»", hours(1), is_service=True)

    posts, events, page = read(source)

    assert posts == []
    assert [(one.kind, one.at, one.details) for one in events] == [
        ("name_changed", hours(3), {"to": "Slot Gacor"}),
        ("picture_changed", hours(2), {}),
        ("live_started", hours(1), {}),
    ]
    assert page.ignored == 1


def test_what_is_pinned_is_no_event_whatever_it_says(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    for words in (
        "Channel photo updated",
        "Live stream started",
        "Channel name was changed to «x»",
    ):
        telegram.show(f"KPU Contoh pinned «{words}»", hours(1), is_service=True)

    assert read(source)[1] == []


def test_the_profile_comes_with_the_page(telegram: TelegramPreview, source: LiveSource) -> None:
    telegram.publish("Halo", hours(1))

    profile = read(source)[2].profile

    assert profile is not None
    assert (profile.handle, profile.name) == ("kpucontoh", "KPU Kabupaten Contoh")
    assert profile.bio == "Kanal resmi KPU Kabupaten Contoh\nHotline (0296) 000000"
    assert profile.followers == 1230


def test_a_picture_is_told_by_its_bytes_and_not_by_its_address(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    telegram.publish("Halo", hours(1))
    telegram.picture = "/file/satu.jpg?sig=1"
    first = read(source)[2]
    telegram.picture = "/file/dua.jpg?sig=2"
    second = read(source, first.cursor, NOW + timedelta(hours=2))[2]
    telegram.picture, telegram.title = "/file/tiga.jpg", "Slot Gacor"
    third = read(source, second.cursor, NOW + timedelta(hours=4))[2]

    pictures = [page.profile.picture for page in (first, second, third) if page.profile]
    assert pictures[0] is not None
    assert pictures[0] == pictures[1] != pictures[2]


def test_a_picture_is_asked_for_nowhere_but_at_telegram(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    telegram.publish("Halo", hours(1))
    telegram.picture = "@127.0.0.1:1/file.jpg"

    profile = read(source)[2].profile

    assert profile is not None
    assert profile.picture is None
    assert [one.path for one in telegram.requests] == ["/s/kpucontoh"]


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ('<div class="tgme_page_extra">1 234 subscribers</div>', "private"),
        ('<div class="tgme_page_extra">12 members, 3 online</div>', "private"),
        ('<div class="tgme_page_extra">@kpucontoh</div>', "renamed"),
        ("", "gone"),
    ],
)
def test_why_a_channel_shows_nothing_is_told_apart(
    telegram: TelegramPreview, source: LiveSource, extra: str, kind: str
) -> None:
    telegram.instead = f'<div class="tgme_page"><div class="tgme_page_title">X</div>{extra}</div>'

    with pytest.raises(AccountGone) as caught:
        read(source)

    assert caught.value.kind == kind
    assert "\n" not in str(caught.value)


def test_another_channel_put_into_the_settings_is_read_from_its_beginning(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    telegram.publish("Halo", hours(1))
    cursor = read(source)[2].cursor
    with Transport(lambda: NOW) as net:
        other = telegram.source(net, channel="kpucontoh_resmi")
        with pytest.raises(AccountGone):
            read(other, cursor)
        named = telegram.source(net, channel="@KPUcontoh")
        telegram.handle = "KPUcontoh"  # type: ignore[misc]
        posts, events, _ = read(named, cursor)

    assert ([one.text for one in posts], events) == (["Halo"], [])


def test_a_name_that_is_none_is_refused_before_anything_is_asked(
    telegram: TelegramPreview,
) -> None:
    with Transport(lambda: NOW) as net, pytest.raises(SettingsError, match=r"source\.channel"):
        telegram.source(net, channel="../joinchat/AAAA")
    assert telegram.requests == []


def test_a_barred_channel_is_suspended_and_an_empty_one_is_not(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    assert read(source)[0] == []

    said = '<div class="tme_no_messages_found">This channel can\'t be displayed because it violated</div>'
    telegram._page = lambda body, **_: TelegramPreview._page(telegram, said + body)  # type: ignore[method-assign]
    with pytest.raises(AccountGone) as caught:
        read(source)
    assert caught.value.kind == "suspended"


def test_a_providers_block_page_is_no_channel_that_is_gone(
    telegram: TelegramPreview, source: LiveSource
) -> None:
    telegram.instead = "<h1>tgme_page: Internet Positif</h1>"

    with pytest.raises(PlatformError, match="not Telegram's"):
        read(source)
