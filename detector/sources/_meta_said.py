"""What Meta's exports say was done to an account, in the words of the account's language."""

from __future__ import annotations

import re
from typing import Final

_ACTIONS: Final = (
    (r"checkpoint completed|two.?factor|2fa|dua langkah|dua faktor|dos pasos|dois fatores", ""),
    (r"checkpoint", "login_challenged"),
    (r"pass ?word|kata sandi|sandi|passwor|contraseña|senha|mot de passe|şifre|mật khẩu|비밀번호|密码|密碼", "password_changed"),
    (
        (r"log ?ged? ?out|log ?out|keluar|abmeld|abgemeldet|terminated|dihentikan|cerrar sesión|cierre de sesión"
        r"|déconn|disconn|uitlog|afmeld|uitgelogd|çıkış|oturumu kapat|đăng xuất|로그아웃|ログアウト"
        r"|登出|退出|خروج|выход|выше[лд]|ออกจากระบบ"),
        "logout",
    ),
    (
        (r"log ?ged? ?in|log ?in|masuk|anmeld|angemeldet|sign(?:ed)? in|iniciar sesión|inicio de sesión|connexion"
        r"|connecté|accesso|aanmeld|inlog|ingelogd|giriş|oturum aç|đăng nhập|로그인|ログイン|登录|登入"
        r"|دخول|вход|вошл|เข้าสู่ระบบ"),
        "login",
    ),
    (r"session|sesi|sitzung", "session_updated"),
    (r"e-?mail|surel", "email_changed"),
    (r"phone|mobile|telepon|ponsel|nomor|telefon", "phone_changed"),
    (r"user ?name|vanity|nama pengguna", "handle_changed"),
    (r"picture|photo|cover|foto|gambar|sampul|profilbild", "picture_changed"),
    (r"website|situs", "link_changed"),
    (r"\bbio\b|\bintro\b|about|tentang", "bio_changed"),
    (r"\bname\b|\bnama\b", "name_changed"),
    (r"privacy|privasi|audience|gizlilik|privacidad", "privacy_changed"),
    (r"\badmin\b|\brole\b|\bperan\b|\beditor\b", "role_changed"),
)  # fmt: skip
_KINDS: Final = tuple((re.compile(words), kind) for words, kind in _ACTIONS)
"""Words for what was done, in English, Indonesian and a few others; the first that fits counts. One
without a kind says that nothing changed."""
_PREVIOUS: Final = re.compile(
    r"\b(?:previous|sebelum|lama\b|vorherig|vorige|anterior|précédent|önceki|precedent|trước|cũ\b|이전|以前|之前"
    r"|السابق|предыдущ|старый)"
)
"""Words in the label of what something was before, lower case."""


def kind_said(action: str, fallback: str) -> str:
    """Return the kind of event that an action's words tell, else `fallback`."""
    action = action.lower()
    kind = next((kind for words, kind in _KINDS if words.search(action)), None)
    return fallback if kind is None else kind or "session_updated"


def is_previous(label: str) -> bool:
    """Whether a label says that its value was replaced."""
    return _PREVIOUS.search(label.lower()) is not None
