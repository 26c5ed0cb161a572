"""Posts and profile of a Facebook page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import msgspec

from detector.errors import Location
from detector.records import Comment, Media, Page, Post, Profile, Rejected
from detector.sources._collected import comment, posted, words
from detector.sources._instagram_items import unwrapped
from detector.sources._meta import without_surrogates
from detector.sources._values import mended
from detector.sources.interface import Skipped
from detector.sources.live._answers import count, inner, named_picture, objects, text
from detector.sources.live._meta_graph import (
    Feed,
    Graph,
    GraphOptions,
    data_of,
    reading,
    strange,
    version_of,
)
from detector.sources.live._recent import Entry
from detector.sources.live._vanished import deletion
from detector.sources.live.interface import LiveSource

_FIRST_YEAR: Final = 2004
_POST: Final = (
    "id,message,created_time,permalink_url,status_type,from{id},place{name},"
    "attachments{media_type,type,url,unshimmed_url,subattachments.limit(20){media_type,type}}"
)
_OWN: Final = (
    ",application{name},admin_creator{id},comments.limit(50){message,created_time,from{id,name}}"
)
_REEL: Final = "id,description,created_time,permalink_url"
_PROFILE: Final = (
    "id,name,username,about,website,followers_count,picture.type(large){url,is_silhouette}"
)
_RIGHTS: Final = (
    "pages_read_engagement (and pages_read_user_content for `own = true`) on a page one has a role on; for "
    "others' pages the app needs the feature Page Public Content Access"
)
_MEDIA: Final = {"photo": "photo", "album": "photo", "video": "video"}
_SHARED: Final = "shared_story"
_FACEBOOK: Final = (".facebook.com", ".fb.com", ".fb.watch", ".fb.me")


class FacebookPageOptions(GraphOptions, frozen=True, kw_only=True):
    """What can be said of a page."""

    page: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.]{1,75}$")]
    """Its id, or its name in its address."""
    own: bool = False
    """Whether the token is the page's own: then by which app and by whom a post was made is asked for, too."""
    reels: bool = False
    """Whether to read reels, which do not stand among the posts; only with a page's own token."""


class FacebookPage(LiveSource):
    """Posts that a page made itself, and its profile; with its own token also by which app, and comments.

    An edited message is given once more, by an id of its own, at the time it was noticed. People who post for the
    page are told apart by a mark made of their id; neither id nor name is kept.
    """

    platforms = ("facebook",)
    options_type = FacebookPageOptions
    host = "graph.facebook.com"

    def poll(self, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Yield new and edited posts."""
        graph = Graph(self, _RIGHTS, is_known=cursor is not None)
        page, handle = self.options.page, self.account.handle
        label = f"{self.name}/{page}"
        fields = _POST + (_OWN if self.options.own else "")

        def ask(limit: int, onward: dict[str, str]) -> dict[str, Any]:
            return graph.ask(f"{page}/posts", fields, limit=str(limit), **onward)

        def profile() -> Profile | None:
            about = feed.attempt(lambda: graph.ask(page, _PROFILE))
            return profile_of(about) if about else None

        def reels() -> list[Entry]:
            if not self.options.reels:
                return []
            told = feed.attempt(lambda: graph.ask(f"{page}/video_reels", _REEL, limit="50"))
            posts = [_as_post(one) for one in data_of(told)]
            return entries(posts, f"{label}/reels", handle, now, kind="reel")

        feed = Feed(ask, lambda found: entries(found, label, handle, now))
        yield from reading(
            feed,
            label,
            cursor,
            now,
            profile=profile,
            beside=reels,
            vanished=lambda count: deletion(count, now, self.account, label),
        )


def entries(
    found: list[Any], label: str, handle: str, now: datetime, kind: str = "post"
) -> list[Entry]:
    """Read posts in their order; one that cannot be read stands where the one before it does.

    Args:
        found: as the API lists them.
        label: name of the feed.
        handle: whose they are.
        now: when an edit is held to have been made, for Facebook does not tell.
        kind: of all of them.
    """
    read: list[Entry] = []
    for index, one in enumerate(found):
        key = without_surrogates(text(one.get("id"))) if isinstance(one, dict) else ""
        try:
            post = post_of(one, handle, f"{label}#{key or index}", kind)
        except (ValueError, RecursionError) as error:
            at = read[-1].at if read else now
            why = Rejected(Location(label, index), f"{key[:40]}: {error}".removeprefix(": "))
            read.append(Entry(key or strange(one), at, why))
            continue
        # A visitor's post on the page's wall is not the page's.
        became = post if _is_pages_own(one) else Skipped.IGNORED
        read.append(Entry(key, post.created_at, became, version_of(post.text), now))
    return read


def post_of(record: Any, handle: str, where: str, kind: str = "post") -> Post:
    """Read one post.

    Args:
        record: as the API gives it.
        handle: whose it is.
        where: ``feed#id``.
        kind: of post.

    Raises:
        ValueError: it has no id or no time, or a value is of a wrong type.
    """
    if not isinstance(record, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one class says "rejected"
    record = mended(record)
    key = text(record.get("id"))
    if not key:
        raise ValueError("has no id")
    at, quality = posted(record.get("created_time"), _FIRST_YEAR)
    pieces = objects(inner(record, "attachments").get("data"))
    message = words(record.get("message"))
    link = text(record.get("permalink_url"))
    links = tuple(dict.fromkeys(filter(None, map(_link, pieces))))
    is_shared = record.get("status_type") == _SHARED
    return Post(
        platform="facebook",
        account=handle,
        id=key,
        created_at=at,
        time_quality=quality,
        text=message,
        where=where,
        kind=kind,
        url=link if link.startswith("https://") else f"https://www.facebook.com/{key}",
        app=_app(record),
        # A post of one's own that shows another site is called shared as well.
        is_repost=is_shared and not message and not any(map(_leads_out, links)),
        links=links,
        media=tuple(medium for piece in pieces for medium in _media(piece)),
        location=text(inner(record, "place").get("name")) or None,
        comments=_comments(record, handle),
    )


def profile_of(about: dict[str, Any]) -> Profile:
    """Read what Facebook shows of a page."""
    site = text(about.get("website"))
    shown = inner(about, "picture", "data")
    return Profile(
        handle=text(about.get("username")) or None,
        name=text(about.get("name")) or None,
        bio=text(about.get("about")),
        links=tuple(site.split()),
        picture=named_picture(shown.get("url")),
        followers=count(about.get("followers_count")),
    )


def _as_post(reel: Any) -> Any:
    """Return a reel with the names of a post's fields."""
    if not isinstance(reel, dict):
        return reel
    link = text(reel.get("permalink_url"))
    return reel | {
        "message": reel.get("description"),
        "permalink_url": f"https://www.facebook.com{link}" if link.startswith("/") else link,
        "attachments": {"data": [{"media_type": "video"}]},
    }


def _is_pages_own(record: dict[str, Any]) -> bool:
    """Whether a post is by the page whose wall it is on: a post's id begins with the wall's."""
    author = text(inner(record, "from").get("id"))
    wall, _, _ = text(record.get("id")).partition("_")
    return not author or not wall or author == wall


def _app(record: dict[str, Any]) -> str | None:
    """Return by which app a post was made, and a mark of the person who made it."""
    app = text(inner(record, "application").get("name"))
    person = text(inner(record, "admin_creator").get("id"))
    mark = hashlib.sha256(person.encode()).hexdigest()[:6] if person else ""
    return " ".join(filter(None, (app, mark and f"#{mark}"))) or None


def _link(piece: dict[str, Any]) -> str:
    if text(piece.get("media_type")) != "link":
        return ""
    return text(piece.get("unshimmed_url")) or unwrapped(text(piece.get("url")))


def _leads_out(link: str) -> bool:
    """Whether a link leads to somewhere else than Facebook."""
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return True
    return not f".{host}".endswith(_FACEBOOK)


def _media(piece: dict[str, Any]) -> list[Media]:
    parts = objects(inner(piece, "subattachments").get("data")) or [piece]
    kinds = [
        _MEDIA.get(text(one.get("media_type")) or text(one.get("type")).partition("_")[0])
        for one in parts
    ]
    return [Media(kind) for kind in kinds if kind]


def _comments(record: dict[str, Any], handle: str) -> tuple[Comment, ...]:
    found = objects(inner(record, "comments").get("data"))
    wall, _, _ = text(record.get("id")).partition("_")
    read = []
    for one in found:
        by = inner(one, "from")
        # What the page answers itself is said by the account, whatever its displayed name.
        author = handle if by.get("id") == wall else by.get("name")
        read.append(comment(one.get("message"), author, one.get("created_time")))
    return tuple([one for one in read if one])
