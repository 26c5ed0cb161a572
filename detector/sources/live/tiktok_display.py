"""One's own TikTok account through TikTok's Display API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from detector.errors import (
    FeedError,
    Location,
    PlatformError,
    RateLimited,
    TokenRefused,
)
from detector.records import Media, Page, Post, Profile, Rejected
from detector.sources._feed_items import joined
from detector.sources._meta import without_surrogates
from detector.sources._tiktok_items import FIRST_YEAR
from detector.sources._times import moment_since
from detector.sources.live._answers import (
    count,
    failure,
    inner,
    named_picture,
    object_of,
    said,
    text,
)
from detector.sources.live._recent import Entry, Recent, given, marked, unread, written
from detector.sources.live._tiktok_session import Session
from detector.sources.live.interface import LiveSource, Options
from detector.transport import Hidden, Reply

_PAGE: Final = 20
"""Films TikTok gives at once, at most."""
_FIRST: Final = 3
_MOST: Final = 50
_FIELDS: Final = "id,create_time,title,video_description,share_url,duration"
_BASIC: Final = "display_name,avatar_url"
_ABOUT: Final = f"{_BASIC},username,bio_description,profile_deep_link,follower_count,following_count,video_count"
"""What is asked of the account, where the rights ``user.info.profile`` and ``user.info.stats`` were given."""
_RIGHTS: Final = frozenset({"scope_not_authorized", "scope_permission_missed"})


class TiktokOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read one's own account: by a token that somebody else renews, or by a login that renews itself."""

    token: Any = None
    path: str | None = None
    """File with the login: JSON with ``client_key``, ``client_secret`` and ``refresh_token``; it is rewritten."""
    base: str = "https://open.tiktokapis.com"

    def __post_init__(self) -> None:
        if (self.token is None) is (self.path is None):
            raise ValueError("a source of TikTok has one of token and path")


class _Mark(msgspec.Struct, frozen=True, tag="tiktok", omit_defaults=True):
    """Where one reading left off."""

    recent: Recent = Recent()
    is_basic: bool = False
    """Whether the rights are for the account's name and picture only."""


class TiktokDisplay(LiveSource):
    """Films and photo posts of one's own TikTok account, and its profile, with the owner's consent."""

    platforms = ("tiktok",)
    options_type = TiktokOptions
    host = "open.tiktokapis.com"

    @property
    def secret(self) -> Any:
        """What the settings call the token, or the file with the login."""
        return self.options.token or {"file": self.options.path}

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited posts, the oldest first."""
        mark = marked(cursor, _Mark)
        recent = mark.recent if mark else None
        asked = _Asked(self, now)
        found = unread(asked.pages(), recent, _MOST if recent else _FIRST)
        profile, is_basic = asked.profile(is_basic=mark.is_basic if mark else False)
        yield from given(
            found,
            recent,
            f"tiktok/{self.account.handle}",
            mark=lambda known: written(_Mark(known, is_basic)),
            profile=profile,
            is_whole=asked.is_whole,
        )


class _Asked:
    """TikTok, asked in one poll."""

    def __init__(self, source: TiktokDisplay, now: datetime) -> None:
        self._account, self._net, self._now = source.account, source.net, now
        self._base = source.options.base.rstrip("/")
        path, token = source.options.path, source.options.token
        self._session = Session(Path(path), self._base, source.net) if path else None
        self._secret: Hidden = (
            self._session.token(now) if self._session else source.secret_of(token)
        )
        self.is_whole = False

    def pages(self) -> Iterator[list[Entry]]:
        """Yield the newest page, then older ones."""
        place: int | None = None
        while True:
            body: dict[str, Any] = {"max_count": _PAGE}
            if place is not None:
                body["cursor"] = place
            found = self._data(self._list(body))
            listed = found.get("videos")
            if not isinstance(listed, list):
                raise PlatformError("TikTok answered without a list of posts")
            following = count(found.get("cursor"))
            is_more = found.get("has_more") is True
            self.is_whole = not is_more
            yield [self._entry(one, index) for index, one in enumerate(listed)]
            # A cursor that does not move would go round for ever.
            if not is_more or following is None or (place is not None and following >= place):
                return
            place = following

    def profile(self, *, is_basic: bool) -> tuple[Profile | None, bool]:
        """Return the account as TikTok tells of it, as far as our rights go, and whether that is the least.

        What the profile cannot tell must not keep the posts back.
        """
        for fields in (_BASIC,) if is_basic else (_ABOUT, _BASIC):
            try:
                reply = self._net.get(
                    f"{self._base}/v2/user/info/",
                    params={"fields": fields},
                    token=self._secret,
                    why=self._why,
                )
                user = self._data(reply).get("user")
            except TokenRefused:
                continue
            except FeedError:
                return None, is_basic
            if isinstance(user, dict):
                return _profile(user), fields == _BASIC
        return None, True

    def _list(self, body: dict[str, Any]) -> Reply:
        try:
            return self._listed(body)
        except TokenRefused as error:
            if self._session is None or error.where is not None:
                raise
            # It was refused before its time, as after a new login elsewhere.
            self._secret = self._session.token(self._now, is_dead=True)
            return self._listed(body)

    def _listed(self, body: dict[str, Any]) -> Reply:
        return self._net.post(
            f"{self._base}/v2/video/list/",
            params={"fields": _FIELDS},
            body=body,
            token=self._secret,
            why=self._why,
        )

    def _data(self, reply: Reply) -> dict[str, Any]:
        """Return what an answer holds.

        Raises:
            FeedError: it is an error, or nothing.
        """
        body = object_of(reply)
        code = text(inner(body, "error").get("code"))
        if code not in {"", "ok"}:
            raise self._why(reply) or PlatformError(f"TikTok answered {code[:40]!r}")
        if not isinstance(body.get("data"), dict):
            raise PlatformError(f"{reply.url} answered with nothing")
        return inner(body, "data")

    def _why(self, reply: Reply) -> FeedError | None:
        error = inner(failure(reply), "error")
        code, words = text(error.get("code")), said(error.get("message"), self._secret)
        told = f"TikTok: {words or said(code)}"
        if code == "access_token_invalid":
            return TokenRefused(
                told, hint="renew the token, or let path name a login that renews itself"
            )
        if code in _RIGHTS:
            return TokenRefused(told, hint="let the account's owner consent to video.list again")
        if code == "rate_limit_exceeded":
            return RateLimited("TikTok answers no more questions for now")
        return PlatformError(told) if code and code != "ok" else None

    def _entry(self, one: Any, index: int) -> Entry:
        where = f"tiktok/{self._account.handle}"
        digest = hashlib.sha256(msgspec.json.encode(one)).hexdigest()[:12]
        if not isinstance(one, dict):
            return Entry(digest, self._now, Rejected(Location(where, index), "is no object"))
        own = text(one.get("id"))
        try:
            if not own:
                raise ValueError("has no id")  # noqa: TRY301
            post = self._post(one, own, f"{where}/{own}")
        except ValueError as error:
            became = Rejected(Location(f"{where}/{own[:40]}", index), str(error))
            return Entry(own or digest, self._now, became)
        version = hashlib.sha256(post.text.encode("utf-8", "replace")).hexdigest()[:8]
        return Entry(own, post.created_at, post, version, self._now.astimezone(UTC))

    def _post(self, one: dict[str, Any], own: str, where: str) -> Post:
        """Read a post.

        Raises:
            ValueError: it has no usable time.
        """
        at, quality = moment_since(one.get("create_time"), FIRST_YEAR)
        title, words = (
            without_surrogates(text(one.get(name))).strip()
            for name in ("title", "video_description")
        )
        address = text(one.get("share_url")).partition("?")[0]
        is_film = bool(count(one.get("duration")))
        return Post(
            platform=self._account.platform,
            account=self._account.handle,
            id=own,
            created_at=at,
            text=joined(title, words),
            where=where,
            time_quality=quality,
            url=address if address.startswith("https://") else None,
            media=(Media("video" if is_film else "photo"),),
        )


def _profile(user: dict[str, Any]) -> Profile:
    link = text(user.get("profile_deep_link"))
    return Profile(
        handle=text(user.get("username")) or _handle(link),
        name=text(user.get("display_name")) or None,
        bio=user["bio_description"] if isinstance(user.get("bio_description"), str) else None,
        picture=named_picture(user.get("avatar_url"), "~"),
        followers=count(user.get("follower_count")),
        following=count(user.get("following_count")),
        posts=count(user.get("video_count")),
    )


def _handle(link: str) -> str | None:
    """Return the name in the address of a profile."""
    try:
        first = urlsplit(link).path.strip("/").partition("/")[0]
    except ValueError:
        return None
    return first.removeprefix("@") or None if first.startswith("@") else None
