"""Which members of a Facebook export hold posts or events, known by their names or by their beginnings."""

from __future__ import annotations

import re
from typing import Final

from detector.errors import SourceError
from detector.sources._archive import Archive
from detector.sources._encodings import beginning
from detector.sources._facebook_events import EVENT_FILES, EVENT_KEYS, OWNER_FILES
from detector.sources._meta import BARE_POSTS

_STREAMS: Final = (
    r"(?:your|profile|page)_posts(?:__check_ins__photos_and_videos)?"
    r"|posts/(?:archive|trash)|archived_stories|posts_from_apps_and_websites|posts_on_other_pages_and_profiles"
)
"""Names of lists of posts, and of what went out as a post somewhere else."""
_PIECES: Final = (
    r"(?:album|photos_and_videos/album)/[^/]{1,80}|(?:your_)?(?:videos|uncategorized_photos|photos|reels)"
    r"|(?:your_)?notes|events/(?:your_)?events"
)
"""Names of albums, films, notes and events, which often were posts as well."""
_COPY: Final = r"(?:_\d{1,6})?(?: ?\(\d{1,3}\))?\.(?:json|html)$"
"""How names end: with the part's number, and with the one a browser gives to what it saves again."""
POST_FILES: Final = re.compile(rf"(?:^|/)(?:{_STREAMS}|{_PIECES}){_COPY}", re.IGNORECASE)
"""Members that hold posts, wherever in the export they lie."""
PIECE_FILES: Final = re.compile(rf"(?:^|/)(?:{_PIECES}){_COPY}", re.IGNORECASE)

_AT_HOME: Final = re.compile(
    r"(?:^|/)(?:your_facebook_activity/|(?:this_(?:profile|page).s|your)_activity_across_facebook/"
    r"|(?:your_uncategorized_photos|profile_update_history|edits_you_made_to_posts|who_you.ve_followed)\.(?:json|html)$"
    r"|security_and_login_information/(?:account_activity|logins_and_logouts|authorized_logins"
    r"|used_ip_addresses|where_you.re_logged_in|record_details|administrative_records)\.(?:json|html)$"
    r"|professional_dashboard/your_professional_dashboard_activity\.json$"
    r"|profile_information/profile_information\.(?:json|html)$)"
)
"""Places that only a Facebook export has."""
_OWN_LISTS: Final = re.compile(
    r"(?:^|/)(?:(?:your|profile)_posts(?:__check_ins__photos_and_videos)?_\d{1,6}|posts/your_posts)\.(?:json|html)$"
)
"""Names that only Facebook gives; a file may have been renamed, so these are looked into."""
_INSTAGRAMS: Final = re.compile(
    BARE_POSTS.pattern + rb'|\s{0,99}\{\s{0,99}"(?:ig_[a-z_]{3,40}|account_history_[a-z_]{3,60})"'
)
_SECTIONS: Final = re.compile(
    r"(?:^|/)(?:your_facebook_activity|(?:this_(?:profile|page).s|your)_activity_across_facebook"
    r"|your_instagram_activity|ads_information|apps_and_websites[^/]{0,40}|comments(?:_and_reactions)?"
    r"|connections|friends[^/]{0,40}|groups|likes_and_reactions|location[^/]{0,40}|logged_information"
    r"|marketplace|other_(?:activity|logged_information)|pages[^/]{0,40}|personal_information|preferences"
    r"|saved_items[^/]{0,40}|search[^/]{0,40}|security_and_login_information|stories|about_you|album"
    r"|following_and_followers|calls_and_messages|payment_history|facebook_[a-z_]{1,40})/"
)
"""Folders of an export in which every file has the name Facebook gave it."""
_NOT_OWN: Final = re.compile(r"(?:^|/)[^/]{0,60}(?:other_people|group)[^/]{0,60}$")
"""Names of lists of what other people wrote."""
POST_KEYS: Final = {
    "status_updates": "post",
    "app_posts": "post",
    "videos": "post",
    "other_photos": "post",
    "photos": "post",
    "notes": "post",
    "your_events": "post",
    "poll_votes": "post",
    "reels": "reel",
    "lasso_videos": "reel",
    "archived_stories": "story",
    "archive": "archived",
    "trash": "other",
}
"""Outer keys of lists of posts and the kind these are; since 2021 each ends in ``_v2``."""
PIECE_KEYS: Final = frozenset({"videos", "other_photos", "photos", "notes", "your_events", "reels"})
_TIME: Final = re.compile(r'"timestamp"\s{0,99}:\s{0,99}-?\d')
_BODY: Final = re.compile(
    r'"attachments"\s{0,99}:\s{0,99}\[\s{0,99}\{\s{0,99}"data"\s{0,99}:\s{0,99}\['
    r'|"data"\s{0,99}:\s{0,99}\[\s{0,99}\{\s{0,99}"(?:post|update_timestamp|backdated_timestamp)"'
)
"""What the beginning of a list of posts holds."""
_KEYS: Final = re.compile(
    r'[\[\s]{0,99}\{\s{0,99}"(?:(?:status_updates|app_posts|other_photos|your_events|poll_votes|lasso_videos'
    rf"|archived_stories|{'|'.join(sorted(EVENT_KEYS))})(?:_v2)?"
    r'|(?:photos|videos|notes|archive|trash|reels|profile)_v2)"\s{0,99}:\s{0,99}[\[{]'
)
"""How an object of records begins."""
_ALBUM: Final = re.compile(
    r'"photos"\s{0,99}:\s{0,99}\[\s{0,99}\{[^{}]{0,4000}"creation_timestamp"'
)
_PROFILE: Final = re.compile(
    rb'[\xef\xbb\xbf\s]{0,99}\{\s{0,99}"profile(?:_v2)?"\s{0,99}:\s{0,99}\{'
)
_OWN_PAGES: Final = re.compile(
    r"(?:^|/)(?:your_(?:posts|photos|videos|notes|reels|events)|profile_posts|account_activity"
    r"|logins_and_logouts|authorized_logins|where_you.re_logged_in|record_details)[a-z_]{0,40}(?:_\d{1,6})?\.html$"
)
"""Names that only Facebook gives to pages."""
_DRAWN: Final = re.compile(rb"\b(?:_a6-g|uiBoxWhite|_2lej)\b")
"""What Meta's pages look like, Instagram's too."""
_PAGE_HEAD: Final = 1 << 17
"""Bytes: a page begins with what it is drawn with, which may be long."""
_HEAD: Final = 1 << 14
"""Bytes of a member by which it is judged."""
_LOOKED_AT: Final = 40
"""Members with names of their own that are looked into, at most."""


def is_facebooks(archive: Archive) -> bool:
    """Whether a member lies where only Facebook puts it, or begins like one of Facebook's."""
    if any(map(_AT_HOME.search, archive.members)):
        return True
    listed = [one for one in archive.members if _OWN_LISTS.search(one)][:_LOOKED_AT]
    if listed and not any(_begins_like_instagram(archive, one) for one in listed):
        return True
    named = told_by_name(archive)[:_LOOKED_AT]
    return any(_begins_as_named(archive, one) for one in named) or bool(others(archive))


def told_by_name(archive: Archive) -> list[str]:
    """Return the members whose names say that they hold posts or events, lists of posts first."""
    known = frozenset(archive.members)
    # Whoever asked for both gets every record in both; only JSON names the zone of its times.
    best = [one for one in known if not (one.endswith(".html") and f"{one[:-5]}.json" in known)]
    best.sort()
    posts = [one for one in best if POST_FILES.search(one)]
    posts.sort(key=lambda one: PIECE_FILES.search(one) is not None)
    return posts + [one for one in best if EVENT_FILES.search(one)]


def others(archive: Archive) -> list[str]:
    """Return the members with names of their own that begin like one of Facebook's."""
    strange = [
        member
        for member in archive.members
        if member.endswith(".json") or len(archive.members) == 1
        if not any(known.search(member) for known in (POST_FILES, EVENT_FILES, _SECTIONS, _NOT_OWN))
    ]
    return [one for one in strange[:_LOOKED_AT] if begins_like_facebook(archive, one)]


def _begins_as_named(archive: Archive, member: str) -> bool:
    """Whether a member with a name that other platforms know as well begins like Facebook's."""
    try:
        if member.endswith(".html"):
            is_own = _OWN_PAGES.search(member) is not None
            return is_own and _DRAWN.search(archive.read(member, _PAGE_HEAD)) is not None
        if OWNER_FILES[0].search(member):
            return _PROFILE.match(archive.read(member, _HEAD)) is not None
    except SourceError:
        return False
    return begins_like_facebook(archive, member)


def _begins_like_instagram(archive: Archive, member: str) -> bool:
    try:
        return _INSTAGRAMS.match(archive.read(member, _HEAD)) is not None
    except SourceError:
        return False


def begins_like_facebook(archive: Archive, member: str) -> bool:
    """Whether the beginning of a member has the shape of Facebook's posts or events."""
    try:
        head = beginning(archive.read(member, _HEAD)).lstrip("\ufeff \t\r\n")
    except SourceError:
        return False
    if not head.startswith(("[", "{")):
        return False
    if _KEYS.match(head) or _ALBUM.search(head):
        return True
    return head.startswith("[") and bool(_TIME.search(head) and _BODY.search(head))
