"""What would have to be true for an alarm to be false: what the office can check, in its own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from detector.records import Wording
from detector.report.document import GivenReason

MOST: Final = 4
"""Conditions named, the weightiest first."""

_OFFERED: Final = Wording(
    id="penawaran dalam unggahan itu memang program kantor dan pengelola sendiri yang mengunggahnya",
    en="what the post offers is the office's own programme, and its people posted it",
)
_PROFILE: Final = Wording(
    id="kantor sendiri yang mengubah nama, bio, tautan, atau foto profil akun",
    en="the office itself changed the account's name, biography, link or picture",
)
_ACCESS: Final = Wording(
    id="pengelola sendiri yang mengganti surel, telepon, kata sandi, atau aplikasi akun",
    en="the office's own people changed the account's e-mail address, telephone, password or apps",
)
_LOGIN: Final = Wording(
    id="pengelola sendiri yang masuk dari tempat dan perangkat itu",
    en="the office's own people logged in from that place and device",
)
_CONDITIONS: Final = {
    "contact": Wording(
        id="nomor atau rekening baru dalam unggahan itu milik kantor",
        en="the new number or payment account in the post is the office's own",
    ),
    "reuse": Wording(
        id="kontak yang sama itu memang milik kantor", en="the contact used again is the office's own"
    ),
    "domain": Wording(
        id="situs baru dalam unggahan itu memang dipakai kantor", en="the new site in the post is used by the office"
    ),
    "hour": Wording(
        id="pengelola memang bekerja pada jam itu", en="the office's own people were at work at that hour"
    ),
    "language": Wording(
        id="pengelola memang menulis dalam bahasa itu", en="the office's own people write in that language"
    ),
    "app": Wording(id="pengelola memang memakai aplikasi itu", en="the office's own people use that app"),
    "askers": Wording(
        id="warga yang bertanya di komentar keliru", en="the people who ask in the comments are mistaken"
    ),
    "text": Wording(
        id="pengelola sendiri yang menulis unggahan itu, meski tidak terdengar seperti kantor",
        en="the office's own people wrote the post, although it does not sound like the office",
    ),
    **dict.fromkeys(
        (
            "goods_offered", "goods_sold", "goods_to_claim", "claim_by_contact", "cheap_goods", "consumer_goods",
            "giveaway", "loan_offer", "payment_first", "claim_condition", "urgency",
        ),
        _OFFERED,
    ),
    **dict.fromkeys(
        (
            "name_changed", "handle_changed", "bio_changed", "link_changed", "picture_changed", "foreign_name",
            "profile_sound", "profile_contact",
        ),
        _PROFILE,
    ),
    **dict.fromkeys(("email_changed", "phone_changed", "password_changed", "app_connected", "role_changed", "then"), _ACCESS),
    **dict.fromkeys(("login_place", "login_country", "login_program", "login_robot", "login_challenged"), _LOGIN),
    "posts_deleted": Wording(
        id="kantor sendiri yang menghapus unggahan-unggahan itu", en="the office itself deleted those posts"
    ),
    "live_started": Wording(
        id="kantor sendiri yang memulai siaran itu", en="the office itself started the live stream"
    ),
    "status_changed": Wording(
        id="penangguhan akun itu karena hal lain", en="the account was suspended for another reason"
    ),
}  # fmt: skip


def conditions(reasons: Iterable[GivenReason], language: str) -> list[str]:
    """Return what would have to be true for the alarm to be false, all of it.

    Args:
        reasons: of the alarm, those for a stranger among them.
        language: ``id`` or ``en``.
    """
    ordered: Sequence[GivenReason] = sorted(reasons, key=lambda one: -one.log_odds)
    found = [
        _CONDITIONS[one.what].said(language)
        for one in ordered
        if one.log_odds > 0 and one.what in _CONDITIONS
    ]
    return list(dict.fromkeys(found))[:MOST]
