"""A folder into which somebody drops exports, one file for each post."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from emulators import Emulator, Mode


class Folder(Emulator):
    """One folder of its own."""

    platform = "instagram"
    has_token = False
    deepest = 12
    exempt: ClassVar[Mapping[Mode, str]] = dict.fromkeys(Mode, "it is on a disk")

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory()
        self.path = Path(self._place.name)
        self._count = 0

    def options(self) -> dict[str, Any]:
        """Return where it is."""
        return {"path": str(self.path), "settle": 0}

    def publish(self, text: str, at: datetime) -> str:
        """Drop an export with one post."""
        self._count += 1
        record = {
            "platform": self.platform,
            "account": self.handle,
            "id": f"p{self._count}",
            "created_at": at.isoformat(),
            "text": text,
        }
        self.drop(f"{self._count:04}.jsonl", msgspec.json.encode(record) + b"\n")
        return f"p{self._count}"

    def drop(self, name: str, content: bytes) -> Path:
        """Drop any file."""
        target = self.path / name
        target.write_bytes(content)
        return target

    def damage(self) -> None:
        """Drop files that cannot be read, or in part."""
        self.drop("rusak.zip", b"PK\3\4 rusak")
        self.drop("aneh.jsonl", b'{"platform": "instagram", "text": 5}\n{"id": []}\n')

    def close(self) -> None:
        """Remove it."""
        self._place.cleanup()
