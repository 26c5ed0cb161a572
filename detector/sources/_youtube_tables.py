"""YouTube's tables in Google Takeout, known by the names of their columns, which follow the account's language."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_PARTS: Final = {
    "video_id": r"video[- ]?id|id (?:de la |du |del |do )?v[ií]d[eé]o|id vidéo",
    "title": r"(?:video[- ]?|vidéo |vídeo )?(?:title|titel|titre|título|titolo)|judul(?: video)?|título del? v[ií]deo|titre de la vidéo",
    "description": r"(?:video[- ]?|vidéo )?(?:description|beschreibung|beschrijving)|deskripsi(?: video)?|descripción|descrição|descrizione"
    r"|(?:description|descripción|descrição) (?:de la|del|do) v[ií]d[eé]o",
    "privacy": r"privacy|privasi|datenschutz|confidentialité|privacidad|privacidade|visibility|visibilitas",
    "state": r"(?:video )?(?:state|status)|status video|videostatus|état de la vidéo|estado del v[ií]deo",
    "created": r"(?:video|post)[- ]?(?:create|creation) timestamp|(?:stempel waktu|waktu) (?:pembuatan|dibuat)(?: video| postingan)?"
    r"|stempel waktu (?:video|postingan) dibuat|zeitstempel der (?:video|beitrags)-?erstellung"
    r"|tijdstempel van maken van (?:de )?(?:video|post)|tijdstempel (?:video|post) gemaakt"
    r"|code temporel de création de la vidéo|marca de tiempo de creación del v[ií]deo",
    "published": r"video[- ]?(?:publish|publication|published) timestamp|(?:stempel waktu|waktu) (?:publikasi|dipublikasikan|terbit)(?: video)?"
    r"|stempel waktu video dipublikasikan|zeitstempel der (?:video-?)?veröffentlichung"
    r"|tijdstempel van publiceren van (?:de )?video|tijdstempel video gepubliceerd"
    r"|code temporel de (?:la )?publication de la vidéo|marca de tiempo de publicación del v[ií]deo",
    "language": r"(?:video )?title(?: \(original\))? language|bahasa judul(?: video)?",
    "audio": r"video audio language|bahasa audio video|audiosprache des videos|audiotaal van video",
    "channel_id": r"channel[- ]?id|id channel|id saluran|kanal-id|kanaal-id|id de la chaîne|id del canal|id do canal",
    "channel_title": r"channel[- ]?title|judul (?:channel|saluran)|nama channel|kanaltitel|kanaalnaam|titre de la chaîne|título del canal",
    "post_id": r"post[- ]?id|id post(?:ingan)?|beitrags-?id|id de la publication|id de la publicación",
    "post_text": r"post[- ]?text|(?:teks|isi) post(?:ingan)?|beitragstext|posttekst|texte de la publication|texto de la publicación",
    "comment_id": r"comment[- ]?id|id komentar|kommentar-?id|reactie-id|id du commentaire|id del comentario",
    "comment_text": r"comment[- ]?text|(?:teks|isi) komentar|kommentartext|reactietekst|texte du commentaire|texto del comentario",
    "commented": r"comment[- ]?(?:create|creation) timestamp|(?:stempel waktu|waktu) (?:pembuatan|dibuat) komentar"
    r"|stempel waktu komentar dibuat|zeitstempel der kommentarerstellung|tijdstempel van maken van reactie",
}  # fmt: skip
"""What a column is called, in small letters, in the languages known."""
_COLUMNS: Final = {
    key: re.compile(rf"(?:{names})(?: ?\((?:original|asli|oorspronkelijk|d'origine|originale?)\))?")
    for key, names in _PARTS.items()
}

_ELSEWHERE: Final = frozenset({"platform", "network", "post link"})
"""Columns of tables that hold several platforms' posts; YouTube's own need none."""


def columns_of(names: tuple[str, ...]) -> dict[str, str]:
    """Tell which column is which.

    Args:
        names: as they are spelled in the file.

    Returns:
        The names by what they mean; of two that mean the same the first.

    Examples:
        >>> columns_of(("Video ID", "Video title (original)", "Tag 1"))
        {'video_id': 'Video ID', 'title': 'Video title (original)'}
    """
    found: dict[str, str] = {}
    for name in names:
        small = " ".join(name.lower().replace("’", "'").split())
        for key, pattern in _COLUMNS.items():
            if pattern.fullmatch(small):
                found.setdefault(key, name)
                break
    return found


def kind_of(names: tuple[str, ...]) -> str:
    """Say what a table holds: videos, posts, comments, channels or, when it is no such table, nothing.

    Examples:
        >>> kind_of(("Comment ID", "Post ID", "Video ID", "Comment text"))
        'comments'
        >>> kind_of(("Video ID", "Song title", "Album title")), kind_of(("Platform", "Post ID", "Post Text"))
        ('', '')
    """
    have = columns_of(names).keys()
    if not _ELSEWHERE.isdisjoint(name.lower() for name in names):
        return ""
    if "comment_id" in have:
        return "comments" if "comment_text" in have else ""
    if "post_id" in have:
        return "posts" if have & {"post_text", "created"} else ""
    if "video_id" in have:
        return "videos" if "title" in have and have & {"created", "published", "privacy"} else ""
    # The table of the channels somebody follows has their addresses.
    is_own = not any("url" in name.lower() for name in names)
    return "channels" if is_own and {"channel_id", "channel_title"} <= have else ""


def pieces(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the words and links of a text that Google writes as pieces of JSON, or plainly.

    Examples:
        >>> pieces('{"text":"Halo "},{"text":"kpu","link":{"linkUrl":"https://kpu.example"}}')
        ('Halo kpu', ('https://kpu.example',))
        >>> pieces('{"takeoutSegments":[{"text":"Halo"}]}'), pieces("Halo {warga}")
        (('Halo', ()), ('Halo {warga}', ()))
    """
    if not text.lstrip().startswith(("{", "[")):
        return text, ()
    try:
        tree = msgspec.json.decode(f"[{text}]")
    except (ValueError, RecursionError):
        return text, ()
    found = [one for outer in tree for one in (outer if isinstance(outer, list) else [outer])]
    if (
        len(found) == 1
        and isinstance(found[0], dict)
        and isinstance(found[0].get("takeoutSegments"), list)
    ):
        found = found[0]["takeoutSegments"]
    if not all(isinstance(one, dict) and isinstance(one.get("text", ""), str) for one in found):
        return text, ()
    links = [
        inner[key]
        for one in found
        for inner in (one, one.get("link"))
        if isinstance(inner, dict)
        for key in ("linkUrl", "url", "href")
        if isinstance(inner.get(key), str)
    ]
    return "".join(one.get("text", "") for one in found), tuple(dict.fromkeys(links))
