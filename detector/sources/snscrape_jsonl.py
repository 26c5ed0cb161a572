"""Posts collected by snscrape, a line each: of X above all, of Facebook, Instagram and Telegram too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import Media, Page, Post, Rejected
from detector.sources._archive import Archive
from detector.sources._elements import elements, is_spread, spread
from detector.sources._encodings import beginning
from detector.sources._replies import beside
from detector.sources._times import moment
from detector.sources._typed import fitted, lines, list_decoder, one_decoder
from detector.sources._x_tweets import Apps, id_of, language, place_of, plain_text, when
from detector.sources._x_tweets import Place as XPlace
from detector.sources._x_tweets import Tweet as XTweet
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_ENDINGS: Final = (".jsonl", ".ndjson", ".json", ".txt")
_HEAD: Final = 1 << 14
_TRIED: Final = 5
"""Files whose beginning is looked at."""
_SIGN: Final = re.compile(
    r'"_type"\s{0,9}:\s{0,9}"snscrape\.modules\.|"renderedContent"\s{0,9}:[\s\S]{0,15000}"conversationId"\s{0,9}:'
)
_NEEDED: Final = frozenset({"id", "date", "content", "rawContent", "type"})
_FIRST_YEARS: Final = {"x": 2006, "facebook": 2004, "instagram": 2010, "telegram": 2013}
_LAST_YEAR: Final = 2099
_KINDS: Final = {
    "snscrape.modules.twitter.Tweet": "x",
    "snscrape.modules.facebook.FacebookPost": "facebook",
    "snscrape.modules.instagram.InstagramPost": "instagram",
    "snscrape.modules.telegram.TelegramPost": "telegram",
}
_MEDIA_KINDS: Final = {
    "Photo": "photo", "Video": "video", "Gif": "video", "VideoInfo": "video", "GIF": "video",
    "VoiceMessage": "audio",
}  # fmt: skip
_TELEGRAM: Final = re.compile(r"^https?://t\.me/(?:s/)?([\w]{1,64})/(\d{1,12})")
_FACEBOOK: Final = re.compile(
    r"^https?://(?:[\w-]{1,20}\.)?facebook\.com/(?:groups/)?([^/?#]{1,100})/"
)
_FACEBOOK_NUMBER: Final = re.compile(r"[?&]id=(\d{1,20})")
_FACEBOOK_ID: Final = re.compile(r"(?:story_fbid=|fbid=|/)(\w{5,100})/?(?:[&#]|$)")
_INSTAGRAM: Final = re.compile(r"instagram\.com/(?:[\w.]{1,30}/)?(?:p|reel|tv)/([\w-]{1,40})")
_TAKEN_BY: Final = re.compile(r"[?&]taken-by=([\w.]{1,30})")


class Author(msgspec.Struct, gc=False):
    """A user of X."""

    username: str | None = None


class Lead(msgspec.Struct, gc=False):
    """A link of newer versions."""

    url: str | None = None


class Variant(msgspec.Struct, gc=False):
    """One encoding of a film."""

    url: str | None = None


class Hung(msgspec.Struct, gc=False, rename={"type": "_type"}):
    """A picture or film."""

    type: str | None = None
    fullUrl: str | None = None  # noqa: N815 - the fields' own names, so too below
    url: str | None = None
    thumbnailUrl: str | None = None  # noqa: N815
    variants: list[Variant] | None = None


class Spot(msgspec.Struct, gc=False):
    """A place; newer versions name it shortly."""

    fullName: str | None = None  # noqa: N815
    name: str | None = None


class Item(msgspec.Struct, gc=False, kw_only=True, rename={"type": "_type"}):
    """A line; its fields depend on its type."""

    type: str | None = None
    id: str | int | None = None
    url: str | None = None
    cleanUrl: str | None = None  # noqa: N815
    dirtyUrl: str | None = None  # noqa: N815
    date: str | int | float | None = None
    rawContent: str | None = None  # noqa: N815
    content: str | None = None
    user: Author | None = None
    username: str | None = None
    lang: str | None = None
    source: str | None = None
    sourceLabel: str | None = None  # noqa: N815
    links: list[Lead] | None = None
    outlinks: list[str] | None = None
    media: list[Hung] | None = None
    place: Spot | None = None
    inReplyToTweetId: str | int | None = None  # noqa: N815
    retweetedTweet: Item | None = None  # noqa: N815
    displayUrl: str | None = None  # noqa: N815
    isVideo: bool | None = None  # noqa: N815


class SnscrapeJsonl(Source):
    """What snscrape 0.3 to 0.7 wrote with --jsonl: posts of many accounts, a line each.

    Two records are one post if platform and id are the same; outside X the id is the one in the
    address. A line that names no author is given to the account named by the caller, else to the file's
    name. Accounts, tweets that could not be had (``TweetRef``, ``Tombstone``) and types of other
    platforms are ignored by name. An answer by another account to a post among the same 20,000 records
    becomes its comment, and stays a post only if its author also posts something that is no answer.
    The order is the file's.
    """

    platforms = ("x", "facebook", "instagram", "telegram")
    tier = "silver"
    is_sorted = False

    def __init__(self, archive: Archive, found: list[str], owner: str) -> None:
        self._archive = archive
        self._members = found
        self._owner = owner

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a file begins with a line that names one of snscrape's types."""
        return any(_is_one(archive, name) for name in _likely(archive)[:_TRIED])

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> SnscrapeJsonl:
        """Find the files that snscrape wrote.

        Raises:
            ExportFormatError: there is none.
        """
        del platform  # Each line names its own.
        found = [name for name in _likely(archive) if _is_one(archive, name)]
        if not found:
            raise ExportFormatError(
                "holds no lines of snscrape's", where=Location(str(archive.path))
            )
        return cls(archive, found, (account or "").removeprefix("@") or archive.title)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts in the order of the files, and of the lines in them."""
        return paged(beside(self._outcomes()), self._archive.path.name, since)

    def _outcomes(self) -> Iterator[Outcome]:
        ids: set[tuple[str, str]] = set()
        apps = Apps()
        for name in self._members:
            label = self._archive.label(name)
            try:
                for index, record in enumerate(_records(self._archive, name, label)):
                    one = self._outcome(record, label, index, apps)
                    if isinstance(one, Post):
                        key = (one.platform, one.id)
                        if key in ids:
                            one = Skipped.DUPLICATE
                        ids.add(key)
                    yield one
            except ExportFormatError as error:
                if len(self._members) == 1:
                    raise
                yield Rejected(Location(label), error.message)

    def _outcome(self, record: Any, label: str, index: int, apps: Apps) -> Outcome:
        try:
            item = record if type(record) is Item else fitted(record, Item, _NEEDED)
            platform = _KINDS.get(item.type or "snscrape.modules.twitter.Tweet")
            if platform is None:
                return Skipped.IGNORED
            where = f"{label}#{index}"
            if platform == "x":
                return _tweet(item, self._owner, where, apps)
            return _post(item, platform, self._owner, where)
        except ValueError as error:
            return Rejected(Location(label, index), str(error))


def _tweet(item: Item, owner: str, where: str, apps: Apps) -> Post:
    tweet_id = id_of(item.id)
    if not tweet_id:
        raise ValueError("has no id")
    text = item.rawContent if item.rawContent is not None else item.content
    if text is None:
        raise ValueError("has no text")
    at, quality = when(item.date, tweet_id)
    named = (item.user.username if item.user else None) or item.username
    original = item.retweetedTweet
    if original is not None:
        text = _retold(text, original)
    spot = item.place
    place = XPlace(full_name=spot.fullName or spot.name) if spot else None
    return Post(
        platform="x",
        account=named or owner,
        id=tweet_id,
        created_at=at,
        text=plain_text(text),
        where=where,
        time_quality=quality,
        url=item.url,
        app=item.sourceLabel or apps.name(item.source),
        language=language(item.lang),
        in_reply_to=id_of(item.inReplyToTweetId) or None,
        is_repost=original is not None or text.startswith("RT @"),
        links=_links(original or item),
        media=tuple([_hung(one) for one in (original or item).media or ()]),
        location=place_of(XTweet(place=place)) if place else None,
    )


def _retold(text: str, original: Item) -> str:
    """Return a retweet's text with the whole of what it repeats, which it has cut itself."""
    whole = original.rawContent if original.rawContent is not None else original.content
    author = original.user.username if original.user else None
    return f"RT @{author}: {whole}" if whole and author else whole or text


def _post(item: Item, platform: str, owner: str, where: str) -> Post:
    """Make a post of a line of Facebook, Instagram or Telegram."""
    at, quality = moment(item.date)
    if not _FIRST_YEARS[platform] <= at.year <= _LAST_YEAR:
        raise ValueError(f"its time is in the year {at.year}")
    address = item.cleanUrl or item.url or item.dirtyUrl or ""
    account, own = _OF_ADDRESS[platform](address, item)
    media = tuple([_hung(one) for one in item.media or ()])
    if item.displayUrl:
        media = (Media("video" if item.isVideo else "photo", item.displayUrl),)
    # A post of nothing but a picture has no content.
    text = item.rawContent or item.content or ""
    return Post(
        platform=platform,
        account=account or owner,
        id=own or content_id(at, text, [one.path or "" for one in media]),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        url=address or None,
        links=_links(item),
        media=media,
    )


def _of_telegram(address: str, _item: Item) -> tuple[str, str]:
    match = _TELEGRAM.match(address)
    return (match[1], f"{match[1]}/{match[2]}") if match else ("", "")


def _of_facebook(address: str, item: Item) -> tuple[str, str]:
    match = _FACEBOOK.match(address) or _FACEBOOK_NUMBER.search(address)
    own = _FACEBOOK_ID.search(address)
    return item.username or (match[1] if match else ""), own[1] if own else ""


def _of_instagram(address: str, item: Item) -> tuple[str, str]:
    taken, own = _TAKEN_BY.search(item.dirtyUrl or ""), _INSTAGRAM.search(address)
    return item.username or (taken[1] if taken else ""), own[1] if own else ""


_OF_ADDRESS: Final[dict[str, Callable[[str, Item], tuple[str, str]]]] = {
    "telegram": _of_telegram,
    "facebook": _of_facebook,
    "instagram": _of_instagram,
}
"""How an address tells (account, id)."""


def _links(item: Item) -> tuple[str, ...]:
    leads = [one.url for one in item.links or ()] or item.outlinks or []
    return tuple(dict.fromkeys(lead for lead in leads if lead))


def _hung(one: Hung) -> Media:
    kind = _MEDIA_KINDS.get((one.type or "").rpartition(".")[2], "other")
    films = [variant.url for variant in one.variants or () if variant.url]
    return Media(kind, one.fullUrl or one.url or next(iter(films), None) or one.thumbnailUrl)


def _likely(archive: Archive) -> list[str]:
    names = [one for one in archive.members if PurePosixPath(one).suffix.lower() in _ENDINGS]
    return names or (list(archive.members) if len(archive.members) == 1 else [])


def _is_one(archive: Archive, name: str) -> bool:
    try:
        return _SIGN.search(beginning(archive.read(name, _HEAD))) is not None
    except SourceError:
        return False


def _records(archive: Archive, name: str, label: str) -> Iterator[Any]:
    """Yield the lines of a file, or the elements where somebody made a list of them or spread them out."""
    with archive.open(name) as stream:
        head = beginning(stream.peek(_HEAD)[:_HEAD]).lstrip("\ufeff \t\r\n")
        if (is_list := head.startswith("[")) or is_spread(head):
            read = elements if is_list else spread
            for _, one in read(stream, label, list_decoder(Item)):
                yield one
        else:
            yield from lines(stream, one_decoder(Item))
