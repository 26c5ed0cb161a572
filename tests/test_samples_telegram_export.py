"""Other people's exports of Telegram, read where they lie beside the repository; skipped where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.sources._archive import Archive
from detector.sources.telegram_export import TelegramExport

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "telegram_export" / "test" / "telegram"

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="samples are not here")


@needs_samples
@pytest.mark.parametrize("name", ["test_batch_export.json", "test_single_export.json"])
def test_a_trimmed_chat_of_two_people_gives_only_whom_the_caller_names(name: str) -> None:
    archive = Archive.of(SAMPLES / name)
    assert TelegramExport.recognises(archive)
    (page,) = TelegramExport.open(archive).pages()
    assert (page.records, page.ignored, page.posts) == (2, 2, ())
    (page,) = TelegramExport.open(archive, account="Author 2").pages()
    (post,) = page.posts
    assert (page.records, page.ignored, post.text) == (2, 1, "Link:https://telegram.org/")
    assert post.links == ("https://telegram.org/",)
