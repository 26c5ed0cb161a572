"""Write large exports in the shapes their platforms give them, seeded, for measuring and for tests of memory.

``python tests/large_exports.py 20000 FOLDER`` writes one of each of the platforms' own.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from generator import generate

_BLOCK: Final = 20_000
"""Posts that are repeated to fill a file of any size."""
HANDLE: Final = "kantorrekaan"
_FOUR_YEARS: Final = 126_230_400
"""Seconds by which posts are brought into the time of a younger platform."""


class Large(NamedTuple):
    """One export that was written."""

    path: Path
    """What a source is given."""
    file: Path
    """Its member that holds the posts."""


class Written(NamedTuple):
    """One generated post, with the numbers that platforms would give it."""

    place: int
    at: datetime
    text: str
    chance: random.Random

    @property
    def stamp(self) -> int:
        """Seconds since 1970."""
        return int(self.at.timestamp())

    @property
    def number(self) -> int:
        """An id of the size platforms use, growing with the posts."""
        return 17_840_000_000_000_000 + self.place * 1_009


def written(posts: int, seed: int) -> Iterator[Written]:
    """Yield posts of one account, oldest first."""
    chance = random.Random(seed)
    for index, post in enumerate(generate(posts, seed)):
        yield Written(index, datetime.fromisoformat(post["created_at"]), post["text"], chance)


def garbled(value: Any) -> Any:
    """Write each byte of every text as a character of its own, as Meta does."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, dict):
        return {key: garbled(inner) for key, inner in value.items()}
    return [garbled(inner) for inner in value] if isinstance(value, list) else value


def save(path: Path, tree: Any, *, before: str = "", indent: int | None = None) -> Path:
    """Write a tree as JSON, with escapes unless it is indented."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_plain = indent is not None
    path.write_text(before + json.dumps(tree, indent=indent, ensure_ascii=not is_plain), "utf-8")
    return path


def instagram(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``posts_1.json`` as of 2024: single pictures, and a carousel every fourth post."""
    listed = []
    for post in written(posts, seed):
        is_album = post.place % 4 == 0
        media = [
            {
                "uri": f"media/posts/{post.at:%Y%m}/{post.number + part}_n_{post.number + part}.jpg",
                "creation_timestamp": post.stamp - part,
                "media_metadata": {"camera_metadata": {"has_camera_metadata": False}},
                "title": "" if is_album else post.text,
                "cross_post_source": {"source_app": "FB"},
            }
            for part in range(3 if is_album else 1)
        ]
        outer = {"title": post.text, "creation_timestamp": post.stamp} if is_album else {}
        listed.append(garbled({"media": media, **outer}))
    file = save(folder / "your_instagram_activity" / "media" / "posts_1.json", listed)
    return Large(folder, file)


def instagram_stories(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``stories.json`` as of 2024: one picture each, the list under a key."""
    listed = [
        {
            "uri": f"media/stories/{post.at:%Y%m}/{post.number}_n_{post.number}.jpg",
            "creation_timestamp": post.stamp,
            "media_metadata": {"camera_metadata": {"has_camera_metadata": False}},
            "title": post.text,
            "cross_post_source": {"source_app": "FB"},
        }
        for post in written(posts, seed)
    ]
    file = folder / "your_instagram_activity" / "media" / "stories.json"
    return Large(folder, save(file, garbled({"ig_stories": listed})))


def instagram_2018(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``media.json`` as of 2018: an item a picture, its time spelled out."""
    listed = [
        {
            "caption": post.text,
            "taken_at": f"{post.at:%Y-%m-%dT%H:%M:%S}+00:00",
            "path": f"photos/{post.at:%Y%m}/{post.number}_n_{post.number}.jpg",
        }
        for post in written(posts, seed)
    ]
    return Large(folder, save(folder / "media.json", garbled({"photos": listed, "videos": []})))


def threads(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``threads_and_replies.json`` as of 2024: words alone, or with a picture."""
    listed = []
    for post in written(posts, seed):
        picture = f"media/threads/{post.at:%Y%m}/{post.number}_n.jpg" if post.place % 2 else ""
        item = {
            "uri": picture,
            "creation_timestamp": post.stamp + _FOUR_YEARS,
            "media_metadata": {"camera_metadata": {"has_camera_metadata": False}},
            "title": post.text,
            "cross_post_source": {"source_app": "FB"},
            "text_app_post": {"is_reply": False, "reply_control": 1},
        }
        listed.append(garbled({"media": [item]}))
    file = folder / "threads" / "threads_and_replies.json"
    return Large(folder, save(file, {"text_post_app_text_posts": listed}))


def facebook_texts(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write the posts of a profile as of 2024: words and nothing else."""
    listed = [
        garbled({"timestamp": post.stamp, "attachments": [], "data": [{"post": post.text}], "title": "Kantor Rekaan"})
        for post in written(posts, seed)
    ]  # fmt: skip
    name = "your_posts__check_ins__photos_and_videos_1.json"
    return Large(folder, save(folder / "your_facebook_activity" / "posts" / name, listed))


def facebook(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write the posts of a profile as of 2024: with pictures, links or neither."""
    listed = []
    for post in written(posts, seed):
        picture = {
            "uri": f"your_facebook_activity/posts/media/{post.number}.jpg",
            "creation_timestamp": post.stamp, "title": "Foto Kronologi", "description": post.text,
            "media_metadata": {"photo_metadata": {"exif_data": [{"upload_ip": "192.0.2.15", "taken_timestamp": 0}]}},
        }  # fmt: skip
        link = {"url": f"https://kantor.example/kabar/{post.place}"}
        record: dict[str, Any] = {"timestamp": post.stamp, "attachments": [], "data": [{"post": post.text}]}  # fmt: skip
        if post.place % 3:
            inner = {"media": picture} if post.place % 3 == 1 else {"external_context": link}
            record["attachments"] = [{"data": [inner]}]
        record["title"] = "Kantor Rekaan menambahkan foto baru."
        listed.append(garbled(record))
    name = "your_posts__check_ins__photos_and_videos_1.json"
    return Large(folder, save(folder / "your_facebook_activity" / "posts" / name, listed))


def x_archive(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``tweets.js`` as of 2024, with the account beside it."""
    listed = []
    for post in written(posts, seed):
        name = str((post.stamp * 1_000 - 1_288_834_974_657 << 22) + post.place % 4_096)
        text = post.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        url = {
            "url": "https://t.co/rekaan", "expanded_url": f"https://kantor.example/{post.place}",
            "display_url": "kantor.example", "indices": ["0", "23"],
        }  # fmt: skip
        tweet = {
            "edit_info": {"initial": {"editTweetIds": [name], "editableUntil": "2024-01-01T00:00:00.000Z", "editsRemaining": "5", "isEditEligible": True}},
            "retweeted": False,
            "source": '<a href="https://mobile.x.example" rel="nofollow">Aplikasi Rekaan</a>',
            "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": [url] if post.place % 2 else []},
            "display_text_range": ["0", str(len(text))], "favorite_count": "2", "id_str": name,
            "truncated": False, "retweet_count": "0", "id": name, "possibly_sensitive": False,
            "created_at": f"{post.at:%a %b %d %H:%M:%S} +0000 {post.at:%Y}", "favorited": False, "full_text": text,
            "lang": "in",
        }  # fmt: skip
        listed.append({"tweet": tweet})
    account = [{"account": {"username": HANDLE, "accountId": "1", "accountDisplayName": "Kantor Rekaan"}}]  # fmt: skip
    save(folder / "data" / "account.js", account, before="window.YTD.account.part0 = ")
    before = "window.YTD.tweets.part0 = "
    return Large(folder, save(folder / "data" / "tweets.js", listed, before=before, indent=2))


def repeated_tweets(folder: Path, size: int) -> Large:
    """Write an archive of X whose ``tweets.js`` has at least so many bytes: each tweet with an id of its own."""
    path, file = x_archive(folder / "block", _BLOCK)
    block = file.read_text("utf-8")
    records = block[block.index("[") + 1 : block.rindex("]")]
    name = re.compile(r'(?<=")(\d{17,20})(?=")')
    whole = folder / "data" / "tweets.js"
    whole.parent.mkdir(parents=True)
    (folder / "data" / "account.js").write_bytes((path / "data" / "account.js").read_bytes())
    with whole.open("w", encoding="utf-8") as target:
        target.write("window.YTD.tweets.part0 = [")
        turn = 0
        while target.tell() < size:
            # The last bits of an id are not its time.
            fresh = name.sub(lambda found, turn=turn: str(int(found[1]) + turn), records)  # type: ignore[misc]
            target.write(("," if turn else "") + fresh)
            turn += 1
        target.write("]\n")
    shutil.rmtree(folder / "block")
    return Large(folder, whole)


def tiktok(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``user_data_tiktok.json`` as of 2024."""
    films = [
        {
            "Date": f"{post.at:%Y-%m-%d %H:%M:%S}", "Link": f"https://www.tiktokv.example/share/video/{(post.stamp << 32) + post.place}/",
            "Likes": "5", "WhoCanView": "Everyone", "AllowComments": "Yes", "Sound": "", "Location": "", "Title": post.text,
        }
        for post in written(posts, seed)
    ]  # fmt: skip
    tree = {
        "Profile And Settings": {"Profile Info": {"ProfileMap": {"userName": HANDLE}}},
        "Post": {"Posts": {"VideoList": films}},
    }
    file = save(folder / "user_data_tiktok.json", tree, indent=1)
    return Large(file, file)


def telegram(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``result.json`` of one public channel as of 2024."""
    messages = []
    for post in written(posts, seed):
        link = f"https://kantor.example/{post.place}"
        pieces = [{"type": "plain", "text": post.text + "\n"}, {"type": "link", "text": link}]
        messages.append(
            {
                "id": post.place + 1, "type": "message", "date": f"{post.at:%Y-%m-%dT%H:%M:%S}",
                "date_unixtime": str(post.stamp), "from": "Kantor Rekaan", "from_id": "channel1000000001",
                "text": [pieces[0]["text"], pieces[1]] if post.place % 2 else post.text,
                "text_entities": pieces if post.place % 2 else [{"type": "plain", "text": post.text}],
            }
        )  # fmt: skip
    tree = {"name": "Kantor Rekaan", "type": "public_channel", "id": 1_000_000_001, "messages": messages}  # fmt: skip
    return Large(folder, save(folder / "result.json", tree, indent=1))


def mastodon(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write ``outbox.json`` with ``actor.json`` beside it."""
    me = f"https://sosial.example/users/{HANDLE}"
    listed = []
    for post in written(posts, seed):
        name = f"{me}/statuses/{(post.stamp * 1_000 << 16) + post.place}"
        words = post.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        body = "<p>" + words.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"
        at = f"{post.at:%Y-%m-%dT%H:%M:%SZ}"
        public, followers = ["https://www.w3.org/ns/activitystreams#Public"], [f"{me}/followers"]
        note = {
            "id": name, "type": "Note", "summary": None, "inReplyTo": None, "published": at, "url": name, "attributedTo": me,
            "to": public, "cc": followers, "sensitive": False, "content": body, "contentMap": {"id": body},
            "attachment": [], "tag": [], "replies": {"id": f"{name}/replies", "type": "Collection"},
        }  # fmt: skip
        listed.append({"id": f"{name}/activity", "type": "Create", "actor": me, "published": at, "to": public, "cc": followers, "object": note})  # fmt: skip
    actor = {"@context": "https://www.w3.org/ns/activitystreams", "id": me, "type": "Person", "preferredUsername": HANDLE, "name": "Kantor Rekaan", "outbox": "outbox.json"}  # fmt: skip
    save(folder / "actor.json", actor)
    outbox = {"@context": "https://www.w3.org/ns/activitystreams", "id": "outbox.json", "type": "OrderedCollection", "totalItems": posts, "orderedItems": listed}  # fmt: skip
    return Large(folder, save(folder / "outbox.json", outbox))


EXPORTS: Final[dict[str, Callable[[Path, int, int], Large]]] = {
    "instagram_export": instagram,
    "instagram_export, stories": instagram_stories,
    "instagram_export, media.json of 2018": instagram_2018,
    "threads_export": threads,
    "facebook_export": facebook,
    "facebook_export, words alone": facebook_texts,
    "x_archive": x_archive,
    "tiktok_export": tiktok,
    "telegram_export": telegram,
    "mastodon_export": mastodon,
}
"""One writer for each layout of an export in JSON: the source's name, then what sets the layout apart."""


if __name__ == "__main__":
    for layout, write in EXPORTS.items():
        write(Path(sys.argv[2]) / layout, int(sys.argv[1]), 1)
