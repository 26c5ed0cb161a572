"""TikTok's own export ("Download your data"), as JSON or as text, of every year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from detector.errors import ExportFormatError, Location, SourceError
from detector.records import AccountEvent, Media, Page, Post, Rejected, TimeQuality
from detector.sources._archive import Archive
from detector.sources._details import masked
from detector.sources._encodings import beginning, decoded
from detector.sources._tiktok_sections import Lists, Video
from detector.sources._tiktok_text import begins_like_blocks, blocks, user_name
from detector.sources._timeline import moment_since, timeline
from detector.sources._times import LAST_YEAR
from detector.sources.interface import Outcome, Skipped, Source, content_id, paged

_HEAD: Final = 1 << 14
_TRIED: Final = 3
_NAMED: Final = re.compile(r"(?:^|/)user[_-]?data[^/]{0,40}\.json$", re.IGNORECASE)
_SHAPE: Final = re.compile(
    r'"(?:ActivitySummaryMap|VideoList|FavoriteEffectsList|FavoriteHashtagList|FavoriteSoundList'
    r"|FavoriteVideoList|LoginHistoryList|ItemFavoriteList|FansList|ProfileMap|GoLiveList|WatchLiveMap"
    r"|ShareHistoryList|AdInterestCategories|OffTikTokActivityDataList|CommentsList|HashtagList"
    r'|App Settings|Tiktok Live|Tiktok Shopping|TikTok Shop)"\s{0,99}:'
)
"""Keys that stand near the beginning of TikTok's JSON, in one year or another."""
_TEXTS: Final = (
    (re.compile(r"(?:^|/)(?:(?:your )?(?:posts|videos)|postingan|berichten|video anda)\.txt$", re.IGNORECASE), "video"),
    (re.compile(r"(?:^|/)(?:login history|riwayat (?:login|masuk)|inloggeschiedenis)\.txt$", re.IGNORECASE), "login"),
)  # fmt: skip
_PROFILE: Final = re.compile(
    r"(?:^|/)(?:profile info(?:rmation)?|info(?:rmasi)? profil|profielinformatie)\.txt$",
    re.IGNORECASE,
)
_ID: Final = re.compile(r"/(?:video|photo|v|share/video)/(\d{15,20})(?![\d])")
_NOTHING: Final = (None, "", "N/A", "None", "n.v.t.")
_PHOTO: Final = (Media("photo"),)
_VIDEO: Final = (Media("video"),)
_PRIVATE: Final = frozenset(
    {"private", "only you", "only me", "self", "pribadi", "hanya saya", "hanya anda", "privé", "alleen ik"}
)  # fmt: skip
_FIRST_YEAR: Final = 2014
"""When the service that became TikTok began."""
_DEVICE: Final = (
    ("ip", ("ip",)),
    ("device", ("devicemodel", "model")),
    ("system", ("devicesystem", "system")),
    ("network", ("networktype", "network")),
    ("carrier", ("carrier",)),
)
_LONGEST: Final = 200
_PLAIN: Final = len("2024-11-20 18:14:00")


class TiktokExport(Source):
    """TikTok's "Download your data": videos and logins, from its JSON or its text files.

    Two records are one post when they have the same id, taken from the link where it tells it, else
    made of time and text. Times are UTC though none says so. Direct messages are not decoded at all.
    """

    platforms = ("tiktok",)
    tier = "silver"
    marks = (
        r"user_data(?:_tiktok)?\.json|(?:Post|Posts|Video|Videos)/(?:Your )?(?:Posts|Videos)\.txt"
        r"|(?:Your )?Activity/Login History\.txt"
    )

    def __init__(self, archive: Archive, members: list[str], account: str | None) -> None:
        self._archive = archive
        self._members = members
        self._given = account

    @classmethod
    def recognises(cls, archive: Archive) -> bool:
        """Whether a JSON file begins with sections that only TikTok has, or texts with dated blocks."""
        return bool(_json_members(archive) or _text_members(archive))

    @classmethod
    def open(
        cls, archive: Archive, *, account: str | None = None, platform: str | None = None
    ) -> TiktokExport:
        """Find the files that hold posts and logins; a handle given by the caller wins over all.

        Raises:
            ExportFormatError: there are none.
        """
        del platform  # A TikTok export is never another platform's.
        members = _json_members(archive) or _text_members(archive)
        if not members:
            raise ExportFormatError(
                "holds no posts of TikTok",
                where=Location(str(archive.path)),
                hint="ask TikTok for all data, in the format JSON",
            )
        return cls(archive, members, account.removeprefix("@") if account else None)

    def pages(self, since: str | None = None) -> Iterator[Page]:
        """Yield posts and logins together, oldest first; records without a time lead."""
        outcomes = timeline(self._archive, self._members, self._member)
        return paged(outcomes, self._archive.path.name, since)

    def _member(self, member: str) -> Iterator[Outcome]:
        label = self._archive.label(member)
        raw = self._archive.read(member)
        if member.lower().endswith(".txt"):
            kind = next(kind for pattern, kind in _TEXTS if pattern.search(member))
            account = self._given or self._from_texts() or self._from_name()
            for index, block in enumerate(blocks(decoded(raw))):
                yield self._outcome(kind, block, account, label, index)
            return
        lists = Lists(raw, label)
        account = self._given or lists.account or self._from_name()
        if lists.is_damaged:
            yield Rejected(
                Location(label), "is not whole JSON: only the lists that were found are read"
            )
        for index, (kind, record) in enumerate(lists.records()):
            if isinstance(record, str):
                yield Rejected(Location(label, index), str(record))
            else:
                yield self._outcome(kind, record, account, label, index)

    def _outcome(
        self, kind: str, record: Video | dict[str, Any], account: str, label: str, index: int
    ) -> Outcome:
        where = f"{label}#{index}"
        try:
            if isinstance(record, Video):
                return _post(record, account, where)
            if kind == "video":
                return _post(_from_block(record), account, where)
            small = {str(key).lower(): value for key, value in record.items()}
            return _event(kind, small, account, where)
        except ValueError as error:
            return Rejected(Location(label, index), str(error))

    def _from_texts(self) -> str | None:
        for member in filter(_PROFILE.search, self._archive.members):
            try:
                return user_name(decoded(self._archive.read(member)))
            except SourceError:
                continue
        return None

    def _from_name(self) -> str:
        return self._archive.title


def _post(video: Video, account: str, where: str) -> Post | Skipped:
    """Read one video.

    Raises:
        ValueError: it has no usable time, or a text that is none.
    """
    viewers = video.viewers or video.small_viewers
    if isinstance(viewers, str) and viewers.strip().lower() in _PRIVATE:
        return Skipped.IGNORED
    link = video.link or video.small_link
    link = link if isinstance(link, str) else ""
    match = _ID.search(link)
    at, quality = _when(video.date or video.small_date, match[1] if match else "")
    text = _text(video)
    place = video.place or video.small_place
    return Post(
        platform="tiktok",
        account=account,
        id=match[1] if match else content_id(at, text),
        created_at=at,
        text=text,
        where=where,
        time_quality=quality,
        # Any other link is signed and soon expires.
        url=link.partition("?")[0] if match else None,
        media=_PHOTO if "/photo/" in link else _VIDEO,
        location=place if isinstance(place, str) and place.strip() not in _NOTHING else None,
    )


def _when(value: Any, video_id: str) -> tuple[datetime, TimeQuality]:
    """Read a video's time; the upper half of its id tells the second it was uploaded in.

    Raises:
        ValueError: neither tells a time.
    """
    if type(value) is str and len(value) == _PLAIN:
        try:
            at = datetime.fromisoformat(f"{value}+00:00")
        except ValueError:
            pass
        else:
            if _FIRST_YEAR <= at.year <= LAST_YEAR:
                return at, TimeQuality.EXACT
    if video_id and value in _NOTHING:
        return moment_since(int(video_id) >> 32, _FIRST_YEAR)
    return moment_since(value, _FIRST_YEAR, zoned=True)


def _text(video: Video) -> str:
    """Join the words of a video: its caption, and what it asks others to add.

    Raises:
        ValueError: one of them is no text.
    """
    title = video.title or video.small_title
    more = video.text or video.texts
    if type(title) is str and title != "N/A" and not video.description and more in _NOTHING:
        return title
    given = (title, video.description, more)
    words = [value for value in given if value and value not in _NOTHING]
    if not all(isinstance(value, str) for value in words):
        raise ValueError("its text is no text")
    return "\n\n".join(dict.fromkeys(words))


def _from_block(block: dict[str, Any]) -> Video:
    return Video(
        date=block.get("date"),
        link=block.get("link"),
        title=block.get("title"),
        description=block.get("description"),
        text=block.get("text"),
        viewers=block.get("viewers"),
        place=block.get("place"),
    )


def _event(kind: str, record: dict[str, Any], account: str, where: str) -> AccountEvent | Skipped:
    """Read a login, the begin of a live film or a deleted post.

    Args:
        kind: login, live or deleted.
        record: its keys in small letters.
        account: whose it is.
        where: in which file.

    Raises:
        ValueError: it has no usable time.
    """
    details: dict[str, str] = {}
    if kind == "deleted":
        stamp = next((record[key] for key in record if "delet" in key and record[key]), None)
        if stamp is None:
            return Skipped.IGNORED
        name = "posts_deleted"
    elif kind == "live":
        name, stamp = "live_started", record.get("livestarttime") or record.get("date")
        details = _details((("to", ("roomtitle",)),), record)
    else:
        name, stamp = "login", record.get("date")
        details = _details(_DEVICE, record)
    at, quality = moment_since(stamp, _FIRST_YEAR, zoned=True)
    return AccountEvent(
        platform="tiktok",
        account=account,
        kind=name,
        at=at,
        where=where,
        time_quality=quality,
        details=details,
    )


def _details(
    names: tuple[tuple[str, tuple[str, ...]], ...], record: dict[str, Any]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for detail, keys in names:
        value = next((record[key] for key in keys if record.get(key)), None)
        if isinstance(value, str) and value.strip() not in _NOTHING:
            found[detail] = value.strip()[:_LONGEST] if detail == "ip" else masked(value)
    return found


def _json_members(archive: Archive) -> list[str]:
    """Return JSON members with TikTok's sections; all of its name, else the first few of any."""
    named = [one for one in archive.members if one.lower().endswith(".json")]
    tried = [one for one in named if _NAMED.search(one)] or named[:_TRIED]
    return [one for one in tried if _SHAPE.search(_beginning(archive, one))]


def _text_members(archive: Archive) -> list[str]:
    return [
        member
        for member in archive.members
        if any(pattern.search(member) for pattern, _ in _TEXTS)
        and begins_like_blocks(_beginning(archive, member))
    ]


def _beginning(archive: Archive, member: str) -> str:
    try:
        return beginning(archive.read(member, _HEAD))
    except SourceError:
        return ""
