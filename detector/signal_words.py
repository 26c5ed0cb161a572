"""What an account's habits say of a post, for a stranger and for the owner, as an admin would say it."""

from __future__ import annotations

from typing import Final

from detector.records import Wording

SIGNAL_WORDS: Final[dict[str, tuple[Wording, Wording]]] = {
    "hour": (
        Wording(id="jam unggah tidak biasa untuk akun ini", en="an unusual hour for this account"),
        Wording(id="jam unggah biasa untuk akun ini", en="a usual hour for this account"),
    ),
    "contact": (
        Wording(
            id="nomor kontak belum pernah dipakai akun ini",
            en="a contact number this account never used before",
        ),
        Wording(
            id="nomor kontak yang biasa dipakai akun ini", en="this account's usual contact number"
        ),
    ),
    "domain": (
        Wording(
            id="tautan ke situs yang belum pernah dipakai akun ini",
            en="a link to a site this account never used before",
        ),
        Wording(
            id="tautan ke situs yang biasa dipakai akun ini",
            en="a link to this account's usual site",
        ),
    ),
    "reuse": (
        Wording(
            id="kontak atau tautan yang sama dengan unggahan lain yang diduga bukan dari pengelola",
            en="the contact or link of another post held to be a stranger's",
        ),
        Wording(id="kontak atau tautan", en="contact or link"),
    ),
    "language": (
        Wording(
            id="bahasa yang tidak biasa untuk akun ini", en="an unusual language for this account"
        ),
        Wording(id="bahasa yang biasa dipakai akun ini", en="this account's usual language"),
    ),
    "app": (
        Wording(
            id="diunggah dari aplikasi yang tidak biasa untuk akun ini",
            en="published with an app unusual for this account",
        ),
        Wording(
            id="diunggah dari aplikasi yang biasa dipakai akun ini",
            en="published with this account's usual app",
        ),
    ),
    "pace": (
        Wording(
            id="jarak dengan unggahan sebelumnya tidak biasa untuk akun ini",
            en="an unusual time since this account's last post",
        ),
        Wording(
            id="jarak dengan unggahan sebelumnya biasa untuk akun ini",
            en="a usual time since this account's last post",
        ),
    ),
    "length": (
        Wording(
            id="panjang tulisan tidak biasa untuk akun ini", en="an unusual length for this account"
        ),
        Wording(id="panjang tulisan biasa untuk akun ini", en="a usual length for this account"),
    ),
    "dress": (
        Wording(
            id="gaya tulisan (baris, tagar, emoji) tidak biasa untuk akun ini",
            en="lines, hashtags and emoji unusual for this account",
        ),
        Wording(
            id="gaya tulisan (baris, tagar, emoji) biasa untuk akun ini",
            en="lines, hashtags and emoji as this account uses them",
        ),
    ),
    "askers": (
        Wording(
            id="beberapa orang di komentar bertanya apakah akun ini diretas",
            en="several people ask in the comments whether this account was hacked",
        ),
        Wording(id="komentar", en="comments"),
    ),
    "wave": (
        Wording(
            id="akun kantor lain dalam instansi yang sama baru saja diambil alih",
            en="an account of a sister office was taken over within the last day",
        ),
        Wording(id="akun kantor lain", en="sister accounts"),
    ),
    "tone": (
        Wording(
            id="unggahan akun ini biasanya jauh dari gaya penipu",
            en="this account's posts usually sound nothing like a swindler's",
        ),
        Wording(
            id="unggahan akun ini biasanya memang mendekati gaya promosi",
            en="this account's posts often sound like advertising",
        ),
    ),
    "relapse": (
        Wording(
            id="akun ini baru saja pulih dari pengambilalihan",
            en="this account came back from a takeover only days ago",
        ),
        Wording(id="masa pemantauan pascapulih", en="the watch after recovery"),
    ),
    "media": (
        Wording(
            id="jenis foto atau video tidak biasa untuk akun ini",
            en="pictures or films unusual for this account",
        ),
        Wording(
            id="jenis foto atau video biasa untuk akun ini",
            en="pictures or films as this account uses them",
        ),
    ),
}
"""By signal: when it speaks for a stranger, and when for the owner."""
