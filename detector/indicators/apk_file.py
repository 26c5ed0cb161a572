"""An Android package sent instead of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from detector.indicators.interface import Indicator, Span, compile_pattern
from detector.records import Wording
from detector.text import Folded

_FILE: Final[Any] = compile_pattern(
    r"[a-z0-9][a-z0-9_\-]{0,60}\.apk\b|\b(?:file|berkas|format|aplikasi|download|unduh|instal|install|ekstensi) ?\.?apk\b|\bapk\b"
)


class ApkFile(Indicator):
    """An APK file by name or by word; the value is the file's name."""

    triggers: ClassVar = (r"apk\b",)
    hits: ClassVar = (
        "Buka undangan-digital.apk",
        "unduh file APK di sini",
        "install a.p.k ini: cek bansos . apk",
    )
    misses: ClassVar = ("Apkasindo", "rapkan barisan", "kapkan")
    meaning: ClassVar = Wording(
        id="menyebut berkas APK (aplikasi di luar toko resmi)",
        en="names an APK file (an app from outside the official store)",
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each APK."""
        for match in _FILE.finditer(text.codes):
            start, end = match.span()
            yield start, end, text.text[start:end]
