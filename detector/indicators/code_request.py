"""A secret code asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar, Final

from detector.indicators.interface import Indicator, Span, compile_pattern, words
from detector.records import Wording
from detector.text import Folded

_CODE: Final = words(
    "otp", "kode (?:verifikasi|sms|rahasia|keamanan|login|masuk|yang|yg|nu|sing)", "(?:6|enam|4|empat) (?:digit|angka)", "cvv", "cvc", "mpin", "kode tac", "tac",
    "(?:verification|login|security|confirmation|secret) code", "one time (?:password|code|pin)", "2fa code", "sms code",
)  # fmt: skip
_ASK: Final = words(
    "kirim(?:kan)?", "krm", "kirimin", "sebut(?:kan|in)?", "baca(?:kan|in)", "balas", "bls", "infokan", "berikan", "kasih", "masukkan", "sertakan", "siapkan", "tunjukkan",
    "beritahu(?:kan)?", "konfirmasi", "isi(?:kan)?", "serahkan", "modal", "syarat(?:nya)?", "send", "give", "tell", "forward", "reply", "share", "provide", "enter",
)  # fmt: skip
_REQUEST: Final[Any] = compile_pattern(rf"{_ASK}[^.!?\n\x00]{{0,90}}?{_CODE}")
_DENIED: Final[Any] = compile_pattern(
    words(
        "jangan", "jgn", "tidak", "tak", "tdk", "gak", "ga", "nggak", "enggak", "bukan", "tanpa", "dilarang", "larang", "rahasiakan", "waspada", "hati hati", "penipu(?:an)?", "modus",
        "pelaku", "never", "not", "don'?t", "do not", "won'?t", "without", "no", "huwag", "nunca", "nao", "ojo", "ulah", "aja", "jika", "kalau", "bila", "if",
    )
)  # fmt: skip
_BEFORE: Final = 60
_SENTENCE: Final = bytes(ord("\n") if code in b".!?\0\n" else code for code in range(256))


class CodeRequest(Indicator):
    """An order to send, name or read out a one-time code, unless the sentence forbids or denies it."""

    triggers: ClassVar = (_CODE,)
    hits: ClassVar = (
        "Kirim nomor HP dan kode OTP ke admin",
        "sebutkan kode verifikasi dari SMS biar kami lepas",
        "Bacakan enam angka yang masuk ke ponsel Ibu",
        "Reply with the verification code to keep your page",
    )
    misses: ClassVar = (
        "Jangan pernah kirim kode OTP kepada siapa pun",
        "Petugas kami tidak akan meminta OTP",
        "We will never ask you to share your verification code",
        "Pelaku lalu minta korban kirim OTP",
        "kode pos 6 digit",
    )
    meaning: ClassVar = Wording(id="meminta kode rahasia (OTP)", en="asks for a secret code (OTP)")

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each request, from the verb to the code."""
        codes = text.codes
        for match in _REQUEST.finditer(codes):
            start, end = match.span()
            if not _is_denied(codes[max(start - _BEFORE, 0) : start], codes[start:end]):
                yield start, end, text.text[start:end]


@lru_cache(maxsize=4096)
def _is_denied(before: bytes, asked: bytes) -> bool:
    """Whether a request's sentence, up to its code, forbids it, denies it or tells of it."""
    sentence = before.translate(_SENTENCE).rpartition(b"\n")[2] + asked
    return _DENIED.search(sentence) is not None
