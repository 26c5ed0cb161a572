"""What one item of any feed tells, and whose feed it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import msgspec

from detector.records import Media, TimeQuality
from detector.sources._html import plain
from detector.sources._meta import without_surrogates
from detector.sources._simple_html import Simple, simple, simple_in_json
from detector.sources._times import moment, settled

_AMERICAN: Final = frozenset({"EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "UT", "Z"})
"""Zones that RFC 822 names; the time of any other name is some local time."""
_INDONESIAN: Final = {
    "januari": "Jan", "februari": "Feb", "pebruari": "Feb", "maret": "Mar", "april": "Apr", "mei": "May",
    "juni": "Jun", "juli": "Jul", "agustus": "Aug", "agu": "Aug", "agt": "Aug", "ags": "Aug",
    "september": "Sep", "oktober": "Oct", "okt": "Oct", "november": "Nov", "nopember": "Nov",
    "desember": "Dec", "des": "Dec",
}  # fmt: skip
UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of an item that tells none, where such items are wanted; no post is as old."""
_LONGEST_TIME: Final = 80
_TAG: Final = re.compile(r"<(?:a|img)\s", re.IGNORECASE)
_BROKEN: Final = re.compile(r"<br\s{0,9}/?>[ \t]{0,99}\r?\n?")
"""A break, and the new line that programs write after it for whoever reads the source."""
_SPACED: Final = re.compile(r"<br\s{0,9}/?>\s")
LONGEST: Final = 1 << 18
"""Characters of HTML in one item, at most: elements never closed take time by the square of their number."""
_INLINE: Final = re.compile(r"data:[^\s\"'<>]{100,}")
_LINK: Final = frozenset({"href"})
_INWARD: Final = frozenset({"mention", "hashtag", "tag"})
_ELLIPSIS: Final = re.compile(r"(?:\.{3}|…)\s*$")
_SCHEMES: Final = ("http://", "https://", "mailto:", "tel:", "whatsapp:", "tg:")
_REPOST: Final = re.compile(r"RT (?:by )?@\w{1,30}")
_HOSTS: Final = {
    "youtube.com": "youtube", "instagram.com": "instagram", "facebook.com": "facebook", "x.com": "x",
    "twitter.com": "x", "nitter.net": "x", "tiktok.com": "tiktok", "threads.net": "threads",
    "threads.com": "threads", "bsky.app": "bluesky", "t.me": "telegram", "telegram.me": "telegram",
    "linkedin.com": "linkedin",
}  # fmt: skip
_ROUTES: Final = frozenset({"channel", "c", "user", "profile", "company", "school", "s", "in", "p"})
"""First parts of an address that stand before the account's own name."""
_FEDERATED: Final = re.compile(r"/(?:@|users/)(?P<name>\w[\w.-]{0,60})(?:@[\w.-]{1,80})?/?$")
_KINDS: Final = {"image": "photo", "video": "video", "audio": "audio"}
_ENDINGS: Final = (
    (re.compile(r"\.(?:jpe?g|png|gif|webp|heic|avif)$", re.IGNORECASE), "photo"),
    (re.compile(r"\.(?:mp4|m4v|mov|webm|mkv)$", re.IGNORECASE), "video"),
    (re.compile(r"\.(?:mp3|m4a|ogg|opus|wav|aac)$", re.IGNORECASE), "audio"),
)


class Item(msgspec.Struct, frozen=True, gc=False):
    """One item, read."""

    at: datetime
    quality: TimeQuality
    id: str | None
    text: str
    url: str | None
    links: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    language: str | None = None
    is_repost: bool = False


class Feed(NamedTuple):
    """One feed: what it says of itself, and its items or why one is none, in the file's order."""

    platform: str
    account: str
    items: list[Item | str]
    end: str = ""
    """What is wrong with the end of the file; empty when nothing is."""
    title: str = ""
    about: str = ""
    """How it describes itself."""


class Words(msgspec.Struct, frozen=True, gc=False):
    """What stands in an item's content."""

    text: str
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def told(value: Any) -> str:
    """Return a value when it is a text, without half surrogate pairs; else the empty string."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else without_surrogates(value)


def when(value: str) -> tuple[datetime, TimeQuality]:
    """Read a feed's time: RFC 822 with any name of a zone, RFC 3339, or with Indonesian months.

    Raises:
        ValueError: it is no time, or of a year no post can be of.

    Examples:
        >>> when("Kamis, 21 November 2024 01:14:00 WIB")[0].isoformat()
        '2024-11-20T18:14:00+00:00'
        >>> when("Wed, 20 Nov 2024 13:14:00 EST")[0].isoformat()
        '2024-11-20T18:14:00+00:00'
    """
    if value[10:17:6] == "T:":
        # Nearly every time of a large feed is spelled so.
        try:
            return settled(datetime.fromisoformat(value))
        except ValueError:
            pass
    if value[4:5] == "-":
        return moment(value)
    if not value.strip():
        raise ValueError("has no time")
    words = value[:_LONGEST_TIME].split()
    if words and words[-1].upper() in _AMERICAN:
        try:
            return settled(parsedate_to_datetime(" ".join(words)))
        except (ValueError, TypeError, IndexError, OverflowError):
            pass
    try:
        return moment(" ".join(words))
    except ValueError as error:
        months = [_INDONESIAN.get(word.lower().strip(".,"), word) for word in words]
        if months and months[0].endswith(","):
            del months[0]
        try:
            return moment(" ".join(months))
        except ValueError:
            raise error from None


def words_of(fragment: str, base: str, *, is_html: bool) -> Words:
    """Return the text, the destinations of links and the pictures of an item's content.

    Args:
        fragment: HTML, or a plain text.
        base: address that relative ones are meant from; may be empty.
        is_html: which of the two it is.

    Raises:
        ValueError: it is HTML of more than `LONGEST` characters, pictures written into it not counted.
    """
    if not is_html:
        return Words(fragment.strip())
    if len(fragment) > LONGEST:
        fragment = _INLINE.sub("", fragment)
        if len(fragment) > LONGEST:
            raise ValueError(f"its content has more than {LONGEST:,} characters")
    if (found := simple(fragment)) is not None:
        return _words(found, base)
    if _SPACED.search(fragment):
        fragment = _BROKEN.sub("<br>", fragment)
    if not _TAG.search(fragment):
        return Words(plain(fragment))
    # Slow to import, and only few formats hold HTML.
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    tree = LexborHTMLParser(fragment)
    tags = [
        (str(node.tag), {key: told(value) for key, value in node.attributes.items()})
        for node in tree.css("a[href], img[src]")
    ]
    return _gathered(plain(fragment), tags, base)


def words_in_json(written: bytes, base: str) -> Words:
    """Return what stands in HTML, as `words_of` does, out of the bytes that write it in JSON.

    Args:
        written: a text in JSON, with its quotes.
        base: address that relative ones are meant from; may be empty.

    Raises:
        ValueError: it is too long, or none.
        msgspec.DecodeError: it is not in UTF-8, or written wrongly.
    """
    if len(written) <= LONGEST and (found := simple_in_json(written)) is not None:
        return _words(found, base)
    return words_of(msgspec.json.decode(written, type=str), base, is_html=True)


def _words(found: Simple, base: str) -> Words:
    return _gathered(found.text, found.tags, base) if found.tags else Words(found.text)


def _gathered(text: str, tags: list[tuple[str, dict[str, str]]], base: str) -> Words:
    """Return a text with its links and pictures, of which each is named once."""
    if len(tags) == 1 and tags[0][0] == "a" and tags[0][1].keys() == _LINK:
        # Most contents that have a link have one, with nothing to it but where it leads.
        link = absolute(told(tags[0][1]["href"]), base)
        return Words(text, (link,) if link.lower().startswith(_SCHEMES) else ())
    links: dict[str, None] = {}
    pictures: dict[str, None] = {}
    for name, attributes in tags:
        if name == "img" and "src" in attributes:
            pictures[absolute(told(attributes["src"]), base)] = None
        elif name == "a" and "href" in attributes:
            # Mastodon's links to people and hashtags lead nowhere that the author chose.
            if len(attributes) > 1:
                marks = f"{attributes.get('class', '')} {attributes.get('rel', '')}".split()
                if not _INWARD.isdisjoint(marks):
                    continue
            links[absolute(told(attributes["href"]), base)] = None
    return Words(
        text,
        tuple([one for one in links if one.lower().startswith(_SCHEMES)]),
        tuple([one for one in pictures if one.lower().startswith(_SCHEMES[:2])]),
    )


def joined(title: str, content: str) -> str:
    r"""Put title and content together; a title that only repeats the content's beginning is left out.

    Examples:
        >>> joined("Jadwal coklit", "Mulai Senin.")
        'Jadwal coklit\n\nMulai Senin.'
        >>> joined("Jadwal coklit mulai…", "Jadwal coklit  mulai Senin."), joined("Halo semua", "Halo...")
        ('Jadwal coklit  mulai Senin.', 'Halo semua')
    """
    if not title or not content:
        return title or content
    short, long = (_ELLIPSIS.sub("", " ".join(one.split())).casefold() for one in (title, content))
    if long.startswith(short):
        return content
    if short.startswith(long):
        return title
    return f"{title}\n\n{content}"


def is_repost(title: str) -> bool:
    """Whether a title is what bridges write over a post shared from somebody else."""
    return _REPOST.match(title) is not None


def absolute(address: str, base: str) -> str:
    """Return an address as meant from another; what cannot be joined stays as it is."""
    address = address.strip()
    if not base or not address or address.startswith(_SCHEMES[:2]):
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def medium(address: str, kind: str, size: Any = None) -> Media:
    """Return an enclosure.

    Args:
        address: where it lies.
        kind: its MIME type, or a word such as ``image``; may be empty.
        size: bytes as the feed gives them, a number or digits.
    """
    named = _KINDS.get(kind.partition("/")[0].lower())
    if named is None:
        path = address.partition("?")[0]
        named = next((word for ending, word in _ENDINGS if ending.search(path)), None)
    digits = str(size) if type(size) in (int, str) else ""
    counted = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0  # noqa: PLR2004 - a petabyte
    return Media(named or ("file" if kind else "other"), address, counted or None)


def whose(addresses: list[str], names: list[str], generator: str = "") -> tuple[str, str]:
    """Return (platform, account) of a feed.

    Args:
        addresses: where its posts and itself are found, the best first.
        names: what it and its author are called, the best first.
        generator: the program that made it.

    Returns:
        A network's own name and handle where an address shows them, else ``feed`` and a name; the
        account is empty when nothing names it.
    """
    for address in addresses:
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
        platform = _HOSTS.get(host)
        if platform is None and host.endswith(".bsky.social"):
            return "bluesky", host
        federated = _FEDERATED.search(parts.path)
        if platform is None and federated and host:
            return "mastodon", federated["name"]
        if platform:
            steps = [one for one in parts.path.split("/") if one]
            if len(steps) > 1 and steps[0] in _ROUTES:
                steps = steps[1:]
            handle = steps[0].removeprefix("@") if steps else ""
            if platform == "youtube" and handle in {"feeds", "watch"}:
                handle = ""
            if handle or names:
                return platform, handle or names[0]
    platform = "mastodon" if generator.lower().startswith("mastodon") else "feed"
    if names:
        return platform, names[0]
    return platform, next(filter(None, map(_last_part, addresses)), "")


def _last_part(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    last = parts.path.rstrip("/").rpartition("/")[2]
    return last.rpartition(".")[0] or last or (parts.hostname or "")
