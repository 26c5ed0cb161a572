"""Write large collections in the shapes collectors give them, seeded, beside the platforms' own exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson
from large_exports import EXPORTS, HANDLE, Large, Written, save, written


def _lines(path: Path, records: Iterable[dict[str, Any]]) -> Large:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as lines:
        lines.writelines(orjson.dumps(one) + b"\n" for one in records)
    return Large(path, path)


def _captured(post: Written, site: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "nav_index": "1:1:1", "item_id": item["id"], "timestamp_collected": 1_770_000_000_000 + post.place,
        "source_platform": site, "source_platform_url": f"https://www.{site}/{HANDLE}/",
        "source_url": f"https://www.{site}/graphql/query", "user_agent": "Mozilla/5.0 (rekaan)", "data": item,
        "id": post.place,
    }  # fmt: skip


def _listed_item(post: Written) -> dict[str, Any]:
    """Return an item as Instagram's lists of 2026 have it."""
    user = {"pk": "1", "id": "1", "username": HANDLE, "full_name": "Kantor Rekaan", "is_verified": False}  # fmt: skip
    picture = {"url": f"https://cdn.example/{post.number}.jpg", "width": 1080, "height": 1080}
    return {
        "pk": str(post.number), "id": f"{post.number}_1", "code": f"C{post.number:x}", "taken_at": post.stamp,
        "media_type": 1, "product_type": "feed", "user": user, "owner": user, "like_count": 3, "comment_count": 0,
        "caption": {"pk": str(post.place), "text": post.text, "created_at": post.stamp, "user_id": "1"},
        "caption_is_edited": False, "image_versions2": {"candidates": [picture, picture]}, "usertags": None, "location": None,
    }  # fmt: skip


def _tweet_id(post: Written) -> str:
    return str((post.stamp * 1_000 - 1_288_834_974_657 << 22) + post.place % 4_096)


def zeeschuimer(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write a capture of Instagram's item lists as of 2026, a line an item."""
    return _lines(
        folder / "zeeschuimer-export-instagram.com.ndjson",
        (_captured(post, "instagram.com", _listed_item(post)) for post in written(posts, seed)),
    )


def _slim_tweet(post: Written) -> dict[str, Any]:
    """Return a tweet as X's website receives it, without what is not shown."""
    name = _tweet_id(post)
    urls = [{"url": "https://t.co/rekaan", "expanded_url": f"https://kantor.example/{post.place}", "display_url": "kantor.example"}]  # fmt: skip
    user = {"__typename": "User", "rest_id": "70", "legacy": {"screen_name": HANDLE, "name": "Kantor Rekaan"}}  # fmt: skip
    legacy = {
        "id_str": name, "user_id_str": "70", "conversation_id_str": name, "created_at": f"{post.at:%a %b %d %H:%M:%S} +0000 {post.at:%Y}",
        "full_text": post.text.replace("&", "&amp;"), "lang": "in", "entities": {"urls": urls if post.place % 2 else [], "media": []},
        "favorite_count": 1, "retweet_count": 0,
    }  # fmt: skip
    return {
        "__typename": "Tweet", "rest_id": name, "core": {"user_results": {"result": user}},
        "source": '<a href="https://mobile.x.example" rel="nofollow">Aplikasi Rekaan</a>', "legacy": legacy,
        "id": name, "promoted": False,
    }  # fmt: skip


def zeeschuimer_tweets(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write a capture of X's timelines, a line a tweet."""
    return _lines(
        folder / "zeeschuimer-export-x.com.ndjson",
        (_captured(post, "x.com", _slim_tweet(post)) for post in written(posts, seed)),
    )


def _answered(post: Written) -> dict[str, Any]:
    """Return a tweet as version 2 of X's API answers it, with its author as ``twarc2 flatten`` puts it."""
    name = _tweet_id(post)
    links = [{"start": 0, "end": 23, "url": "https://t.co/rekaan", "expanded_url": f"https://kantor.example/{post.place}", "display_url": "kantor.example"}]  # fmt: skip
    counts = {"retweet_count": 1, "reply_count": 0, "like_count": 2, "quote_count": 0}
    return {
        "id": name, "text": post.text, "created_at": f"{post.at:%Y-%m-%dT%H:%M:%S}.000Z", "author_id": "501",
        "conversation_id": name, "edit_history_tweet_ids": [name], "lang": "in", "possibly_sensitive": False,
        "reply_settings": "everyone", "public_metrics": counts, "source": "Aplikasi Rekaan",
        **({"entities": {"urls": links}} if post.place % 2 else {}),
    }  # fmt: skip


_AUTHOR: Final = {"id": "501", "name": "Kantor Rekaan", "username": HANDLE}
_COLLECTED: Final = {"url": "https://api.twitter.com/2/users/501/tweets", "version": "2.13.0"}


def twarc(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write flattened tweets, a line each."""
    flat = ({**_answered(post), "author": _AUTHOR, "__twarc": _COLLECTED} for post in written(posts, seed))  # fmt: skip
    return _lines(folder / "tweets.jsonl", flat)


def _pages(posts: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    page: list[dict[str, Any]] = []
    for one in posts:
        page.append(one)
        if len(page) == _PAGE:
            yield {"data": page, "includes": {"users": [_AUTHOR]}, "meta": {"result_count": _PAGE}}
            page = []
    if page:
        yield {"data": page, "includes": {"users": [_AUTHOR]}, "meta": {"result_count": len(page)}}


_PAGE: Final = 100
"""Tweets in one answer of X's API."""


def twarc_pages(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write answers of X's API as they came, a page a line."""
    return _lines(folder / "pages.jsonl", _pages(_answered(post) for post in written(posts, seed)))


def snscrape(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write tweets as snscrape of 2023 gives them."""
    kind, home = "snscrape.modules.twitter", "https://twitter.com"
    user = {"_type": f"{kind}.User", "username": HANDLE, "id": 9, "displayname": "Kantor Rekaan", "url": f"{home}/{HANDLE}"}  # fmt: skip
    absent = ("media", "retweetedTweet", "quotedTweet", "inReplyToTweetId", "inReplyToUser", "mentionedUsers", "coordinates", "place", "hashtags")  # fmt: skip
    tweets = (
        {
            "_type": f"{kind}.Tweet", "url": f"{home}/{HANDLE}/status/{_tweet_id(post)}", "date": f"{post.at:%Y-%m-%dT%H:%M:%S}+00:00",
            "rawContent": post.text, "renderedContent": post.text, "id": int(_tweet_id(post)), "user": user, "replyCount": 0,
            "likeCount": 2, "conversationId": int(_tweet_id(post)), "lang": "in", "sourceLabel": "Aplikasi Rekaan",
            **dict.fromkeys(absent),
        }
        for post in written(posts, seed)
    )  # fmt: skip
    return _lines(folder / "tweets.jsonl", tweets)


def instaloader(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write one file of metadata a post, as of 2024, without pictures."""
    for post in written(posts, seed):
        caption = {"edges": [{"node": {"text": post.text}}]}
        owner = {"id": "1", "username": HANDLE, "full_name": "Kantor Rekaan", "is_private": False}
        node = {
            "__typename": "GraphImage", "id": str(post.number), "shortcode": f"C{post.number:x}", "date": post.stamp,
            "taken_at_timestamp": post.stamp, "is_video": False, "edge_media_to_caption": caption, "owner": owner,
            "dimensions": {"height": 1080, "width": 1080}, "display_url": f"https://cdn.example/{post.number}.jpg",
            "edge_media_to_comment": {"count": 0}, "edge_media_preview_like": {"count": 3}, "location": None,
        }  # fmt: skip
        tree = {"instaloader": {"node_type": "Post", "version": "4.13"}, "node": node}
        save(folder / HANDLE / f"{post.at:%Y-%m-%d_%H-%M-%S}_UTC.json", tree)
    return Large(folder, folder)


def gallery_dl(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write one file of metadata a picture, as of 2024, without pictures."""
    for post in written(posts, seed):
        tree = {
            "post_id": str(post.number), "post_shortcode": f"C{post.number:x}", "post_url": f"https://www.instagram.com/p/C{post.number:x}/",
            "post_date": f"{post.at:%Y-%m-%d %H:%M:%S}", "date": f"{post.at:%Y-%m-%d %H:%M:%S}", "description": post.text,
            "username": HANDLE, "fullname": "Kantor Rekaan", "owner_id": "1", "likes": 3, "tags": [], "type": "post", "num": 1,
            "media_id": str(post.number), "extension": "jpg", "filename": f"{post.number}_n", "category": "instagram", "subcategory": "posts",
        }  # fmt: skip
        save(folder / "gallery-dl" / "instagram" / HANDLE / f"{post.number}_{post.number}.jpg.json", tree, indent=4)  # fmt: skip
    return Large(folder, folder)


def native(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write JSON Lines in the native format."""
    lines = (
        {"platform": "instagram", "account": HANDLE, "id": str(post.place), "created_at": f"{post.at:%Y-%m-%dT%H:%M:%SZ}", "text": post.text, "kind": "post", "url": f"https://kantor.example/{post.place}"}
        for post in written(posts, seed)
    )  # fmt: skip
    return _lines(folder / "posts.jsonl", lines)


def apify(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write a data set of the Instagram scraper, with the last comments of each post."""
    listed = [
        {
            "id": str(post.number), "type": "Image", "shortCode": f"C{post.number:x}", "caption": post.text, "hashtags": [],
            "mentions": [], "url": f"https://www.instagram.com/p/C{post.number:x}/", "commentsCount": 1, "firstComment": "",
            "latestComments": [{"id": str(post.place), "text": "Siap, terima kasih 🙏", "ownerUsername": "warga.rekaan", "timestamp": f"{post.at:%Y-%m-%dT%H:%M:%S}.000Z", "likesCount": 0}],
            "displayUrl": f"https://cdn.example/{post.number}.jpg", "images": [], "likesCount": 3, "timestamp": f"{post.at:%Y-%m-%dT%H:%M:%S}.000Z",
            "childPosts": [], "ownerFullName": "Kantor Rekaan", "ownerUsername": HANDLE, "ownerId": "1",
        }
        for post in written(posts, seed)
    ]  # fmt: skip
    file = save(folder / "dataset_instagram-scraper.json", listed, indent=2)
    return Large(file, file)


def json_feed(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write a JSON Feed whose items are plain text."""
    items = [
        {"id": f"https://kantor.example/{post.place}", "url": f"https://kantor.example/{post.place}", "content_text": post.text, "date_published": f"{post.at:%Y-%m-%dT%H:%M:%SZ}"}
        for post in written(posts, seed)
    ]  # fmt: skip
    tree = {"version": "https://jsonfeed.org/version/1.1", "title": "Kantor Rekaan", "home_page_url": "https://kantor.example/", "items": items}  # fmt: skip
    file = save(folder / "feed.json", tree, indent=2)
    return Large(file, file)


def json_feed_of_pages(folder: Path, posts: int, seed: int = 1) -> Large:
    """Write a JSON Feed whose items are HTML, as sites write them: paragraphs, breaks and a link."""
    items = []
    for post in written(posts, seed):
        words = post.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        body = "<p>" + words.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"
        address = f"https://kantor.example/{post.place}"
        more = f'<p><a href="{address}">Selengkapnya</a></p>' if post.place % 2 else ""
        items.append({"id": address, "url": address, "content_html": body + more, "date_published": f"{post.at:%Y-%m-%dT%H:%M:%SZ}"})  # fmt: skip
    tree = {"version": "https://jsonfeed.org/version/1.1", "title": "Kantor Rekaan", "home_page_url": "https://kantor.example/", "items": items}  # fmt: skip
    file = save(folder / "feed.json", tree, indent=2)
    return Large(file, file)


LAYOUTS: Final[dict[str, Callable[[Path, int, int], Large]]] = {
    **EXPORTS,
    "zeeschuimer": zeeschuimer,
    "zeeschuimer, tweets": zeeschuimer_tweets,
    "twarc_jsonl": twarc,
    "twarc_jsonl, pages": twarc_pages,
    "snscrape_jsonl": snscrape,
    "apify_instagram": apify,
    "instaloader": instaloader,
    "gallery_dl": gallery_dl,
    "feed_file": json_feed,
    "feed_file, HTML": json_feed_of_pages,
    "native": native,
}
"""One writer for each layout of every source that reads JSON, the platforms' own exports first."""


def parsed_plainly(file: Path) -> int:
    """Parse bytes with orjson and do nothing with them; a folder's files one after another.

    Returns:
        The number of bytes.
    """
    if file.is_dir():
        return sum(parsed_plainly(one) for one in file.rglob("*.json"))
    raw = file.read_bytes()
    if file.suffix in {".ndjson", ".jsonl"}:
        for line in raw.splitlines():
            orjson.loads(line)
    elif file.suffix == ".js":
        orjson.loads(raw[raw.index(b"=") + 1 :])
    else:
        orjson.loads(raw)
    return len(raw)
