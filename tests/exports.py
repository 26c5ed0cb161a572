"""Write Instagram exports of any year's layout from a plain list of posts."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from detector.errors import SourceError

Layout = Literal["2018", "2021", "2023", "2024"]
Files = dict[str, Any]
"""Inner path to the tree that is written there as JSON, or to bytes as they are."""


class Written(NamedTuple):
    """One post to be written."""

    at: datetime
    text: str
    media: str = "photo"
    """photo, video, carousel, reel, story; or file names, separated by commas."""


class Happening(NamedTuple):
    """One account event to be written."""

    at: datetime
    kind: str
    details: Mapping[str, str] = {}
    """ip and user_agent, or from and to."""


_POSTS: Final = {
    "2021": "content",
    "2023": "your_instagram_activity/content",
    "2024": "your_instagram_activity/media",
}
_PERSONAL: Final = {
    "2021": "account_information",
    "2023": "personal_information",
    "2024": "personal_information/personal_information",
}
_LOGINS: Final = {
    "2021": "login_and_account_creation",
    "2023": "security_and_login_information/login_and_account_creation",
    "2024": "security_and_login_information/login_and_profile_creation",
}
_TRACES: Final = {
    "login": ("login_activity", "account_history_login_history"),
    "logout": ("logout_activity", "account_history_logout_history"),
    "password_changed": ("password_change_activity", "account_history_password_change_history"),
    "privacy_changed": ("profile_privacy_changes", "account_history_account_privacy_history"),
    "status_changed": ("profile_status_changes", "account_history_account_active_status_changes"),
}
_CHANGED: Final = {
    "email_changed": "Email",
    "phone_changed": "Phone Number",
    "handle_changed": "Username",
    "name_changed": "Name",
    "bio_changed": "Bio",
    "link_changed": "Website",
    "picture_changed": "Profile Photo",
}


def damaged(value: Any) -> Any:
    """Write every byte of every string as a character of its own, as Meta does."""
    if isinstance(value, str):
        return value.encode("utf-8").decode("latin-1")
    if isinstance(value, dict):
        return {damaged(key): damaged(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [damaged(inner) for inner in value]
    return value


@contextmanager
def one_line() -> Iterator[None]:
    """Let a `SourceError` pass, if what it says is one line; nothing else may be raised."""
    said = ""
    try:
        yield
    except SourceError as error:
        said = str(error)
    assert "\n" not in said


def write_export(
    posts: Iterable[tuple[datetime, str, str] | Written],
    target: Path,
    layout: Layout = "2024",
    *,
    parts: int = 1,
    zipped: bool = False,
    username: str = "kpukotacontoh",
    events: Sequence[Happening] = (),
) -> list[Path]:
    """Write an export and return its files: one folder, or one ZIP a part.

    Args:
        posts: in any order.
        target: the folder, or the ZIP; of several parts each gets ``-part1`` and so on at its end.
        layout: the year whose layout is written.
        parts: over how many ZIPs or folders the posts are spread.
        zipped: whether ZIPs are written.
        username: the account's handle.
        events: what happened to the account; the layout of 2018 has no room for them.
    """
    listed = sorted((Written(*one) for one in posts), key=lambda one: one.at, reverse=True)
    paths = []
    for number in range(parts):
        share = listed[number::parts]
        files = (
            _of_2018(share, username if number == 0 else "")
            if layout == "2018"
            else _of_2021(share, layout, number + 1)
        )
        if number == 0 and layout != "2018":
            files |= _account(layout, username, events)
        ending = f"-part{number + 1}" if parts > 1 else ""
        stem = target.name.removesuffix(".zip")
        path = target.with_name(f"{stem}{ending}{'.zip' if zipped else ''}")
        (write_zip if zipped else write_folder)(path, files)
        paths.append(path)
    return paths


def write_folder(path: Path, files: Mapping[str, Any]) -> None:
    """Write files below a folder."""
    for name, tree in files.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_bytes(tree))


def write_zip(path: Path, files: Mapping[str, Any]) -> None:
    """Write files into a ZIP; the same files give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, tree in files.items():
            packed.writestr(
                zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), _bytes(tree), zipfile.ZIP_DEFLATED
            )


def _bytes(tree: Any) -> bytes:
    return tree if isinstance(tree, bytes) else json.dumps(damaged(tree), indent=1).encode("ascii")


def _names(post: Written, folder: str = "media/posts") -> list[str]:
    if "." in post.media:
        return post.media.split(",")
    stamp = int(post.at.timestamp())
    count = 3 if post.media == "carousel" else 1
    ending = "mp4" if post.media in {"video", "reel"} else "jpg"
    return [
        f"{folder}/{post.at.astimezone(UTC):%Y%m}/{stamp}{n}_n_{17_900_000_000_000_000 + stamp * 10 + n}.{ending}"
        for n in range(count)
    ]


def _of_2018(posts: Sequence[Written], username: str) -> Files:
    media: dict[str, list[dict[str, str]]] = {
        "photos": [],
        "videos": [],
        "stories": [],
        "direct": [],
    }
    for post in posts:
        key = {"video": "videos", "reel": "videos", "story": "stories"}.get(post.media, "photos")
        for name in _names(post, key):
            media[key].append(
                {
                    "caption": post.text,
                    "taken_at": post.at.astimezone(UTC).isoformat(timespec="seconds"),
                    "path": name,
                }
            )
    owner = {"profile.json": {"username": username, "name": username.upper()}} if username else {}
    return {"media.json": media, **owner}


def item(post: Written, name: str, title: str = "") -> dict[str, Any]:
    """Make one entry of a post's `media`."""
    return {
        "uri": name,
        "creation_timestamp": int(post.at.timestamp()),
        "media_metadata": {"camera_metadata": {"has_camera_metadata": False}},
        "title": title,
        "cross_post_source": {"source_app": "FB"},
    }


def record(post: Written) -> dict[str, Any]:
    """Make one record of `posts_1.json`."""
    names = _names(post)
    if len(names) == 1:
        return {"media": [item(post, names[0], post.text)]}
    return {
        "media": [item(post, name) for name in names],
        "title": post.text,
        "creation_timestamp": int(post.at.timestamp()),
    }


def _of_2021(posts: Sequence[Written], layout: Layout, number: int) -> Files:
    folder = _POSTS[layout]
    reels = [record(one) for one in posts if one.media == "reel"]
    stories = [item(one, _names(one)[0], one.text) for one in posts if one.media == "story"]
    plain = [record(one) for one in posts if one.media not in {"reel", "story"}]
    files: Files = {f"{folder}/posts_{number}.json": plain}
    if reels:
        files[f"{folder}/reels.json"] = {"ig_reels_media": reels}
    if stories:
        files[f"{folder}/stories.json"] = {"ig_stories": stories}
    return files


def labelled(title: str = "", **entries: str | int) -> dict[str, Any]:
    """Make a record of `string_map_data`; numbers are times, underscores in labels become spaces."""
    return {
        "title": title,
        "media_map_data": {},
        "string_map_data": {
            label.replace("_", " "): {
                "href": "",
                "value": value if isinstance(value, str) else "",
                "timestamp": value if isinstance(value, int) else 0,
            }
            for label, value in entries.items()
        },
    }


def _account(layout: Layout, username: str, events: Sequence[Happening]) -> Files:
    person = labelled(
        Email="humas@contoh.example",
        Username=username,
        Name=username.title(),
        Private_Account="False",
    )
    files: Files = {f"{_PERSONAL[layout]}/personal_information.json": {"profile_user": [person]}}
    for event in events:
        stamp, details = int(event.at.timestamp()), event.details
        if event.kind in _CHANGED:
            files.setdefault(
                f"{_PERSONAL[layout]}/profile_changes.json", {"profile_profile_change": []}
            )["profile_profile_change"].append(
                labelled(
                    Changed=_CHANGED[event.kind],
                    Previous_Value=details.get("from", ""),
                    New_Value=details.get("to", ""),
                    Change_Date=stamp,
                )
            )
            continue
        stem, key = _TRACES[event.kind]
        entries = {"IP_Address": details.get("ip", ""), "User_Agent": details.get("user_agent", "")}
        files.setdefault(f"{_LOGINS[layout]}/{stem}.json", {key: []})[key].append(
            labelled(details.get("to", ""), **entries, Time=stamp)
        )
    return files
