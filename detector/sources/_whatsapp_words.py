"""What WhatsApp itself says in an exported chat, in English and Indonesian; the commonest in other languages."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from detector.records import Media

_WHAT: Final = (
    r"(?:subject|group name|channel name|subjek|nama grup|nama saluran|nama channel|perihal)"
)
_EVENTS: Final = (
    (
        "name_changed",
        re.compile(
            rf"(?:changed|mengubah|mengganti) (?:the |this )?{_WHAT}(?: grup| saluran)?(?: ini)?"
            r"(?: (?:from|dari) [\"“](?P<from>[^\"”]{1,300})[\"”])?(?: (?:to|menjadi|ke) [\"“](?P<to>[^\"”]{1,300})[\"”])?",
            re.IGNORECASE,
        ),
    ),
    (
        "picture_changed",
        re.compile(
            r"(?:changed|deleted|removed|mengubah|mengganti|menghapus) (?:this |the )?"
            r"(?:(?:group|channel)(?:'s|’s)? (?:icon|photo|picture)|(?:ikon|foto|gambar) (?:profil )?(?:grup|saluran|channel))",
            re.IGNORECASE,
        ),
    ),
    (
        "bio_changed",
        re.compile(
            r"(?:changed|mengubah|mengganti) (?:this |the )?"
            r"(?:(?:group|channel)(?:'s|’s)? description|deskripsi (?:grup|saluran|channel))",
            re.IGNORECASE,
        ),
    ),
    (
        "role_changed",
        re.compile(
            r"(?:now an? (?:\w{1,12} )?admin|no longer an? (?:\w{1,12} )?admin|made .{1,100} an? admin|sekarang (?:menjadi |adalah )?admin"
            r"|bukan lagi admin|menjadikan .{1,100} admin|dijadikan admin|tidak lagi menjadi admin)",
            re.IGNORECASE,
        ),
    ),
    (
        "phone_changed",
        re.compile(
            r"(?:changed (?:their|your|the) phone number|(?:mengubah|mengganti) nomor telepon)",
            re.IGNORECASE,
        ),
    ),
)  # fmt: skip
"""Kinds of event, and what WhatsApp says of each."""
_SAID: Final = re.compile(
    r"end-to-end|ujung ke ujung|created (?:this )?(?:group|channel)|membuat (?:grup|saluran)|\badded\b|menambahkan"
    r"|\bleft\b|keluar|joined|bergabung|security code|kode keamanan|pinned|menyematkan|disappearing|pesan sementara"
    r"|\bremoved\b|mengeluarkan|settings|setelan|pengaturan",
    re.IGNORECASE,
)
"""What else it says, of which nothing is kept."""
_LONGEST: Final = 400
_NAME: Final = re.compile(r"[\"“][^\"”]{1,100}[\"”]")
_SOMEBODYS: Final = re.compile(r"https?:|www\.|wa\.me|\d(?:[ .-]?\d){5}|[<\n]", re.IGNORECASE)
_GONE: Final = re.compile(
    r"(?:this message was deleted|you deleted this message|pesan ini (?:telah )?dihapus|anda (?:telah )?menghapus pesan ini"
    r"|mesej ini (?:telah )?dipadam(?:kan)?|anda (?:telah )?memadam(?:kan)? mesej ini|(?:esta )?mensagem (?:foi )?apagada"
    r"|voc\u00ea apagou esta mensagem|\u062a\u0645 \u062d\u0630\u0641 \u0647\u0630\u0647 \u0627\u0644\u0631\u0633\u0627\u0644\u0629)\.?",
    re.IGNORECASE,
)
_EDITED: Final = re.compile(
    r"\s{0,3}<(?:this message was edited|pesan ini (?:telah )?diedit)>$", re.IGNORECASE
)
_OMITTED: Final = re.compile(
    r"<(?:media omitted|media tidak disertakan|media dihilangkan|media (?:di)?kecualikan|m\u00eddia oculta|multimedia omitido"
    r"|ficheiro n\u00e3o revelado|\u062a\u0645 \u0627\u0633\u062a\u0628\u0639\u0627\u062f \u0627\u0644\u0648\u0633\u0627\u0626\u0637)>"
    r"|^(?P<what>image|photo|video(?: note)?|audio|gif|sticker|document|gambar|foto|stiker|dokumen)"
    r" (?:omitted|tidak disertakan|dihilangkan)$",
    re.IGNORECASE | re.MULTILINE,
)
_ATTACHED: Final = re.compile(
    r"<(?:attached|terlampir|lampiran): (?P<one>[^<>\n/\\]{1,200})>"
    r"|^(?P<two>[^\n/\\<>]{1,200}\.\w{2,5}) \((?:file attached|file terlampir|lampiran file|berkas terlampir)\)$",
    re.IGNORECASE | re.MULTILINE,
)
_KINDS: Final = {
    "image": "photo", "photo": "photo", "gambar": "photo", "foto": "photo", "video": "video",
    "video note": "video", "gif": "video", "audio": "audio", "document": "file", "dokumen": "file",
    "jpg": "photo", "jpeg": "photo", "png": "photo", "webp": "other", "mp4": "video", "mov": "video",
    "3gp": "video", "opus": "audio", "m4a": "audio", "mp3": "audio", "aac": "audio",
}  # fmt: skip


class Told(NamedTuple):
    """An event WhatsApp speaks of."""

    kind: str
    before: str
    after: str


def told(text: str) -> Told | None:
    """Read one of WhatsApp's own sentences; None when it tells nothing of the account."""
    for kind, pattern in _EVENTS:
        if match := pattern.search(text[:1_000]):
            found = match.groupdict()
            return Told(kind, found.get("from") or "", found.get("to") or "")
    return None


def is_said(text: str) -> bool:
    """Whether a text that bears WhatsApp's own mark is one of its sentences.

    Anybody can write the mark, so a file, a link or a number outside a name says that it is somebody's.
    """
    if len(text) > _LONGEST or _SOMEBODYS.search(_NAME.sub("", text)):
        return False
    return told(text) is not None or _SAID.search(text) is not None


def is_gone(text: str) -> bool:
    """Whether only the sentence that a message was deleted is left of it."""
    return _GONE.fullmatch(text.strip()) is not None


def words(text: str) -> tuple[str, list[Media]]:
    r"""Split a message into its words and the files that came with it; their sizes are not known here.

    Examples:
        >>> words("IMG-20241121-WA0001.jpg (file terlampir)\nRapat pleno <Pesan ini diedit>")
        ('Rapat pleno', [Media(kind='photo', path='IMG-20241121-WA0001.jpg', size=None)])
        >>> words("<Media tidak disertakan>")
        ('', [Media(kind='other', path=None, size=None)])
    """
    text = _EDITED.sub("", text)
    found = []
    for match in _ATTACHED.finditer(text):
        name = (match["one"] or match["two"]).strip()
        found.append(Media(_KINDS.get(name.rpartition(".")[2].lower(), "file"), name))
    found.extend(
        Media(_KINDS.get((match["what"] or "").lower(), "other"))
        for match in _OMITTED.finditer(text)
    )
    if found:
        text = _OMITTED.sub("", _ATTACHED.sub("", text))
    return text.strip(), found
