"""Whose doing an error of Meta's Graph API is, told apart by its codes."""

from __future__ import annotations

from typing import Final, NamedTuple

from detector.errors import AccountGone, FeedError, PlatformError, RateLimited, TokenRefused

_THROTTLED: Final = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_TOKEN: Final = frozenset({102, 190, 459, 460, 463, 464, 467})
_RIGHTS: Final = frozenset({3, 10, 294, *range(200, 300)})
_TEMPORARY: Final = frozenset({1, 2})
_INVALID: Final = 100
_NO_SUCH_OBJECT: Final = 33
_NO_SUCH_USER: Final = 110
_MIGRATED: Final = 21
_NO_SUCH_ALIAS: Final = 803
_BLOCKED: Final = 368
_NOT_SHOWN: Final = frozenset({2069030, 2069031, 2069033})
"""Sub-codes of what Meta shows of no page any more."""
_NO_FIELD: Final = "nonexisting field"
_LESS: Final = "Meta does not show this; set `own`, `reels`, `stories` or `comments` to false, whichever asks for it"
_RENEW: Final = "make a new one and put it where the settings say"
_WHY_TOKEN: Final = {
    458: ("its owner has removed the app", "let its owner log in to the app again"),
    459: ("its owner must first log in on the website", "log in there and confirm who you are"),
    460: (
        "its owner's password was changed",
        f"if nobody of the office changed it, treat it as a takeover; else {_RENEW}",
    ),
    463: ("it has expired", _RENEW),
    464: ("its owner's account is not confirmed", "log in on the website and confirm it"),
    467: ("it has been revoked", _RENEW),
    2069032: (
        "it must be the page's own",
        "ask me/accounts for the page's token with the present one, and keep that",
    ),
    492: ("its owner has lost the role on the page", "give the role back, or make a new token"),
}
"""What the sub-code of a refused token says, and what to do."""


class TooMuchError(PlatformError):
    """Meta says that less must be asked for at once."""


class Said(NamedTuple):
    """An error as Meta words it."""

    words: str
    code: int
    sub: int | None

    def __str__(self) -> str:
        return f"Meta: {self.words} (code {self.code}{f'/{self.sub}' if self.sub else ''})"


class Asker(NamedTuple):
    """Who asked for what."""

    handle: str
    rights: str
    """The token's, as far as they are needed."""
    is_known: bool
    """Whether the account was read before, so that its absence is news and no slip in the settings."""


def fault(said: Said, asker: Asker) -> FeedError:
    """Return the error that says whose doing it is, and what to do.

    Args:
        said: by Meta.
        asker: on whose behalf it was asked.
    """
    code = said.code
    if code in _THROTTLED:
        return RateLimited(str(said))
    if code in _TEMPORARY:
        return (TooMuchError if "reduce the amount" in said.words.lower() else PlatformError)(
            str(said)
        )
    if said.sub in _NOT_SHOWN or (code == _INVALID and _NO_FIELD in said.words.lower()):
        return PlatformError(str(said), hint=_LESS)
    return _of_token(said, asker) or _of_account(said, asker) or PlatformError(str(said))


def _of_token(said: Said, asker: Asker) -> TokenRefused | None:
    words, code, sub = said.words.lower(), *said[1:]
    hint = None
    if code in _TOKEN:
        what, hint = _WHY_TOKEN.get(sub or code, ("it is not valid", _RENEW))
        return TokenRefused(f"Meta does not take the token: {what}. {said}", hint=hint)
    if code == _BLOCKED:
        hint = "Meta has blocked the token's owner for a while; look at the website"
    elif code in _RIGHTS:
        hint = f"the token needs {asker.rights}"
    elif code == _INVALID and "secret proof" in words:
        hint = "name the app's secret as `app_secret`"
    elif (
        code == _INVALID
        and (sub == _NO_SUCH_OBJECT or "permission" in words)
        and not (asker.is_known and sub == _NO_SUCH_OBJECT)
    ):
        hint = f"check the id in the settings; the token needs {asker.rights}"
    return TokenRefused(str(said), hint=hint) if hint else None


def _of_account(said: Said, asker: Asker) -> AccountGone | None:
    if said.code in {_NO_SUCH_USER, _NO_SUCH_ALIAS}:
        hint = f"{asker.handle} is renamed, deleted, or no longer a professional account"
        return AccountGone(str(said), hint=hint)
    if said.code == _MIGRATED:
        return AccountGone(
            str(said), kind="renamed", hint="put the page's new id into the settings"
        )
    if said.code == _INVALID and said.sub == _NO_SUCH_OBJECT:
        return AccountGone(str(said), hint="deleted, unpublished, or the token's owner has lost it")
    return None
