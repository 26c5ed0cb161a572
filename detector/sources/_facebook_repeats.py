"""Which posts of a Facebook export repeat one that was given: it has no ids."""

from __future__ import annotations

from detector.records import Media, Post


class Second:
    """The posts given of one second; hardly ever more than one."""

    def __init__(self) -> None:
        self._first: Post | None = None
        self._keys: set[tuple[object, ...]] = set()

    def has(self, post: Post) -> bool:
        """Whether the post was given before; if not, it now is. Posts must come oldest first."""
        if self._first is None or self._first.created_at != post.created_at:
            self._first = post
            self._keys.clear()
            return False
        self._keys.add(_key(self._first))
        key = _key(post)
        is_known = key in self._keys
        self._keys.add(key)
        return is_known


def _key(post: Post) -> tuple[object, ...]:
    return post.text, tuple([own_name(each) for each in post.media]) if post.media else post.links


def own_name(media: Media) -> str:
    """Return a medium's own folder and name; what stands above changes from export to export."""
    return "/".join((media.path or "").rsplit("/", 2)[-2:])
