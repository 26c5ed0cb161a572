"""Which of the kinds of feed a text is, and its reading."""

from __future__ import annotations

import re
from typing import Final

from detector.sources._feed_items import Feed
from detector.sources._feed_json import LIKELY, SHAPE, read_json
from detector.sources._feed_xml import read_xml, root_of

HEAD: Final = 1 << 14
"""Bytes of a text by which it is told what it is."""
_FEEDS: Final = re.compile(
    r"http://(?:www\.w3\.org/2005/atom|purl\.org/(?:atom|rss|net/rss)|(?:my|channel)\.netscape\.com"
    r"|backend\.userland\.com)|<(?:\w{1,20}:)?rss[\s>]|<(?:\w{1,20}:)?(?:entry|item)[\s>]",
    re.IGNORECASE,
)


def form_of(head: str) -> str:
    """Say how a feed is written, ``xml`` or ``json``, by its beginning; empty when it is none."""
    head = head.lstrip("\ufeff \t\r\n")
    if head.startswith("<"):
        root = root_of(head)
        return "xml" if root and _FEEDS.search(root) else ""
    if head.startswith("{"):
        return "json" if SHAPE.search(head) or LIKELY.search(head) else ""
    return ""


def read_feed(raw: bytes, label: str, form: str, *, keeps_undated: bool = False) -> Feed:
    """Read a feed.

    Args:
        raw: the whole of it.
        label: its name, for errors.
        form: as `form_of` says.
        keeps_undated: whether items that tell no time are wanted, too, with the time `UNDATED`.

    Raises:
        ExportFormatError: it is damaged, or none.
    """
    read = read_json if form == "json" else read_xml
    return read(raw, label, keeps_undated=keeps_undated)
