"""A login of TikTok's that renews itself: its tokens live two hours, and each renewal replaces the key to the next.

What renews is kept in a file of the operator's, readable by nobody else, and written anew before it is used: the
old key stops working the moment the new one is issued.
"""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from detector.errors import FeedError, Location, PlatformError, TokenRefused
from detector.sources.live._answers import count, failure, object_of, said, text
from detector.transport import Getter, Hidden, Reply

_EARLY: Final = timedelta(minutes=5)
"""Before its end at which a token is renewed."""
_AGAIN: Final = "log in to TikTok again and write the new refresh_token into this file"


class _Kept(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What stands in the file; other keys are kept as they are."""

    client_key: str
    client_secret: str
    refresh_token: str
    access_token: str = ""
    expires_at: datetime | None = None


class Session:
    """The login in one file.

    Args:
        path: of the file: JSON with ``client_key``, ``client_secret`` and ``refresh_token``.
        base: where TikTok's API is.
        net: the way there.
    """

    def __init__(self, path: Path, base: str, net: Getter) -> None:
        self._path, self._base, self._net = path, base, net

    def __repr__(self) -> str:
        return f"Session({str(self._path)!r})"

    def token(self, now: datetime, *, is_dead: bool = False) -> Hidden:
        """Return a token that is good for now, renewed where it must be.

        Args:
            now: UTC.
            is_dead: TikTok has refused the one that was.

        Raises:
            TokenRefused: it cannot be renewed, or the file cannot be used.
            FeedError: TikTok could not be asked.
        """
        kept = self._read()
        ends = kept.expires_at
        is_good = bool(kept.access_token) and ends is not None and ends - now > _EARLY
        if not is_good or is_dead:
            # A file that cannot be written must be known before the only key is spent.
            self._write(kept)
            kept = self._renewed(kept, now)
            self._write(kept)
        return Hidden(kept.access_token)

    def _renewed(self, kept: _Kept, now: datetime) -> _Kept:
        secrets = Hidden(kept.client_secret), Hidden(kept.refresh_token)

        def why(reply: Reply) -> FeedError | None:
            told = failure(reply)
            words = said(told.get("error_description"), *secrets) or said(told.get("error"))
            if reply.status in {400, 401, 403}:
                return self._refused(f"TikTok does not renew the login: {words or reply.status}")
            return None

        reply = self._net.post(
            f"{self._base}/v2/oauth/token/",
            form={
                "client_key": kept.client_key,
                "client_secret": secrets[0],
                "grant_type": "refresh_token",
                "refresh_token": secrets[1],
            },
            why=why,
        )
        told = object_of(reply)
        token, following = text(told.get("access_token")), text(told.get("refresh_token"))
        if not token:
            words = said(told.get("error_description"), *secrets)
            if text(told.get("error")):
                raise self._refused(
                    f"TikTok does not renew the login: {words or 'it says no more'}"
                )
            raise PlatformError(f"{reply.url} answered without a token")
        seconds = min(count(told.get("expires_in")) or 0, 10**7)
        return msgspec.structs.replace(
            kept,
            access_token=token,
            refresh_token=following or kept.refresh_token,
            expires_at=now.astimezone(UTC) + timedelta(seconds=seconds),
        )

    def _read(self) -> _Kept:
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError, UnicodeError) as error:
            # Never what stands in it: the error of a decoder may quote.
            told = (
                (error.strerror or "") if isinstance(error, OSError) else "it is not as it must be"
            )
            raise self._refused(f"the login of TikTok cannot be read: {told}") from None
        if not (kept.client_key and kept.client_secret and kept.refresh_token):
            raise self._refused("the login of TikTok is not complete")
        return kept

    def _write(self, kept: _Kept) -> None:
        """Replace the file, whole or not at all.

        Raises:
            TokenRefused: that is not possible.
        """
        beside = self._path.with_name(f".{self._path.name}.new")
        try:
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(msgspec.json.format(msgspec.json.encode(kept)))
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise TokenRefused(
                f"the login of TikTok cannot be kept: {error.strerror}",
                where=Location(str(self._path)),
                hint="let kentongan's user write to its folder",
            ) from None

    def _refused(self, message: str) -> TokenRefused:
        return TokenRefused(message, where=Location(str(self._path)), hint=_AGAIN)
