"""TikTok's Display API: one's own posts, what the rights allow, and a login that renews itself."""

from __future__ import annotations

import stat
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from emulators import MARKED, Answer
from emulators.tiktok_display import TiktokDisplay

from detector.errors import PlatformError, SettingsError, TokenRefused
from detector.network import Transport
from detector.records import Account, Page, Post
from detector.sources.live import tiktok_display as module
from detector.sources.live.interface import LiveSource
from detector.transport import Hidden

NOW: Final = datetime(2024, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def tiktok() -> Iterator[TiktokDisplay]:
    with TiktokDisplay() as one:
        yield one


@pytest.fixture
def net() -> Iterator[Transport]:
    with Transport(lambda: NOW) as one:
        yield one


@pytest.fixture
def login(tmp_path: Path) -> Path:
    path = tmp_path / "tiktok.json"
    path.write_bytes(
        msgspec.json.encode(
            {
                "client_key": "aplikasi",
                "client_secret": f"{MARKED}-aplikasi",
                "refresh_token": f"{MARKED}-kunci-0",
            }
        )
    )
    return path


def renewing(platform: TiktokDisplay, path: Path, net: Transport) -> LiveSource:
    options = module.TiktokOptions(kind="tiktok_display", path=str(path), base=platform.base)
    account = Account(platform="tiktok", handle=platform.handle)
    return module.TiktokDisplay(account, options, lambda _: Hidden(""), net)


def read(
    source: LiveSource, cursor: str | None = None, now: datetime = NOW
) -> tuple[list[Post], Page]:
    pages = list(source.poll(cursor, now))
    return [post for page in pages for post in page.posts], pages[-1]


def test_a_post_is_read_with_its_words_once(tiktok: TiktokDisplay, net: Transport) -> None:
    own = tiktok.publish("Jadwal pendaftaran dibuka hari ini #kpu", NOW - timedelta(hours=1))

    (post,), page = read(tiktok.source(net))

    assert (post.id, post.platform, post.account) == (own, "tiktok", "kpucontoh")
    assert post.text == "Jadwal pendaftaran dibuka hari ini #kpu"
    assert post.url == f"https://www.tiktok.com/@kpucontoh/video/{own}"
    assert post.created_at == NOW - timedelta(hours=1)
    assert [one.kind for one in post.media] == ["video"]
    assert page.profile is not None
    assert (page.profile.name, page.profile.followers) == ("KPU Kabupaten Contoh", 5026)
    assert page.profile.bio == "Akun resmi"


def test_a_picture_is_the_same_however_it_is_cut_and_signed(
    tiktok: TiktokDisplay, net: Transport
) -> None:
    seen = []
    for name in (
        "tos-sg/04c2~tplv-crop:100:100.jpeg?x=1",
        "tos-va-2/04c2~c5_720x720.webp",
        "tos-sg/7e~c5",
    ):
        tiktok.user["avatar_url"] = f"https://p16.example/{name}"
        profile = read(tiktok.source(net))[1].profile
        assert profile is not None
        seen.append(profile.picture)

    assert seen[0] == seen[1] != seen[2]


def test_an_edited_caption_is_given_again(tiktok: TiktokDisplay, net: Transport) -> None:
    own = tiktok.publish("Jadwal", NOW - timedelta(hours=30))
    source = tiktok.source(net)
    _, page = read(source)

    tiktok.videos[0]["video_description"] = "Jadwal slot gacor"
    (post,), _ = read(source, page.cursor)

    assert post.id.startswith(f"{own}~")
    assert post.text == "Jadwal slot gacor"


def test_with_fewer_rights_the_posts_come_with_less_of_a_profile(
    tiktok: TiktokDisplay, net: Transport
) -> None:
    tiktok.has_rights = False
    tiktok.publish("Halo", NOW - timedelta(hours=1))
    source = tiktok.source(net)

    posts, page = read(source)
    assert len(posts) == 1
    assert page.profile is not None
    assert (page.profile.name, page.profile.bio) == ("KPU Kabupaten Contoh", None)

    before = len(tiktok.requests)
    read(source, page.cursor)
    assert [one.path for one in tiktok.requests[before:]] == ["/v2/video/list/", "/v2/user/info/"]


def test_a_login_is_renewed_when_its_token_ends_and_the_new_key_is_kept(
    tiktok: TiktokDisplay, net: Transport, login: Path
) -> None:
    tiktok.publish("Halo", NOW - timedelta(hours=1))
    source = renewing(tiktok, login, net)

    posts, _ = read(source)
    assert len(posts) == 1
    read(source, now=NOW + timedelta(hours=1))
    assert tiktok.renewals == 1
    read(source, now=NOW + timedelta(hours=2))
    assert tiktok.renewals == 2

    # Another process goes on from the file alone.
    read(renewing(tiktok, login, net), now=NOW + timedelta(hours=5))
    assert tiktok.renewals == 3
    kept = msgspec.json.decode(login.read_bytes())
    assert kept["refresh_token"] == tiktok.key
    assert stat.S_IMODE(login.stat().st_mode) == 0o600
    assert [one.name for one in login.parent.iterdir()] == [login.name]


def test_a_token_refused_before_its_time_is_renewed_once(
    tiktok: TiktokDisplay, net: Transport, login: Path
) -> None:
    tiktok.publish("Halo", NOW - timedelta(hours=1))
    source = renewing(tiktok, login, net)
    read(source)

    tiktok.token = "lain"  # noqa: S105 - no password
    posts, _ = read(source)

    assert len(posts) == 1
    assert tiktok.renewals == 2


def test_a_login_that_is_not_renewed_says_so_without_its_keys(
    tiktok: TiktokDisplay, net: Transport, login: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    tiktok.key = "lain"

    with pytest.raises(TokenRefused, match="log in to TikTok again") as caught:
        read(renewing(tiktok, login, net))

    said = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert MARKED not in said
    assert f"{MARKED}-kunci-0" in login.read_text()


@pytest.mark.parametrize(
    "content",
    [b"", b"rahasia-4f1c9be27d", b"[]", b'{"client_key": "rahasia-4f1c9be27d"}', b"\xff\xfe",
     b'{"client_key": "a", "client_secret": "", "refresh_token": "rahasia-4f1c9be27d"}'],
)  # fmt: skip
def test_a_login_file_that_is_none_is_told_without_quoting_it(
    tiktok: TiktokDisplay, net: Transport, login: Path, content: bytes
) -> None:
    login.write_bytes(content)

    with pytest.raises(TokenRefused) as caught:
        read(renewing(tiktok, login, net))

    assert MARKED not in "".join(traceback.format_exception(caught.value))
    assert tiktok.requests == []


def test_a_login_that_could_not_be_kept_is_not_spent(
    tiktok: TiktokDisplay, net: Transport, login: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("detector.sources.live._tiktok_session.os.open", refused)

    with pytest.raises(TokenRefused, match="cannot be kept"):
        read(renewing(tiktok, login, net))
    assert tiktok.renewals == 0


def test_secrets_of_a_login_go_to_no_other_host_and_never_in_the_clear(
    net: Transport, login: Path
) -> None:
    options = module.TiktokOptions(kind="x", path=str(login), base="http://tiktok.example")
    account = Account(platform="tiktok", handle="kpucontoh")
    source = module.TiktokDisplay(account, options, lambda _: Hidden(""), net)

    with pytest.raises(SettingsError, match="plain http"):
        read(source)


def test_a_source_has_a_token_or_a_login() -> None:
    for table in ({}, {"token": {"env": "A"}, "path": "b"}):
        with pytest.raises(msgspec.ValidationError, match="one of token and path"):
            msgspec.convert({"kind": "tiktok_display", **table}, module.TiktokOptions)


def test_an_error_with_status_200_is_an_error(tiktok: TiktokDisplay, net: Transport) -> None:
    tiktok.say(wrong("access_token_invalid"), wrong("internal_error"))

    with pytest.raises(TokenRefused):
        read(tiktok.source(net))
    with pytest.raises(PlatformError, match="pesan"):
        read(tiktok.source(net))


def wrong(code: str) -> Answer:
    return Answer(body={"data": {}, "error": {"code": code, "message": "pesan", "log_id": "1"}})


def test_a_login_is_named_where_a_token_would_be_and_shared_by_nobody(
    tiktok: TiktokDisplay, net: Transport, login: Path
) -> None:
    assert renewing(tiktok, login, net).secret == {"file": str(login)}
    assert "env" in str(tiktok.source(net).secret)
