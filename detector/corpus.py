"""The labelled posts a model is made from: `models/corpus/`, one JSON object a line."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from detector.errors import ExportFormatError, Location

CATEGORY_OF_KIND: Final = {
    "cheap_goods": "cheap_goods", "customs_auction": "cheap_goods", "voucher_credit": "cheap_goods",
    "tickets": "cheap_goods", "pet_adoption": "cheap_goods",
    "office_mimic": "false_notice", "fake_aid": "false_notice",
    "giveaway": "giveaway", "prize_message": "giveaway", "donation_swap": "donation_swap",
    "gambling": "gambling", "gambling_comment": "gambling",
    "crypto": "crypto", "investment": "investment",
    "phishing": "phishing", "apk": "apk", "data_harvest": "phishing",
    "fake_recovery": "fake_recovery", "account_move": "account_move",
    "loan": "loan", "relatives_ask": "money_request",
    "job_tasks": "job_offer", "job_offer": "job_offer",
    "engagement_service": "services", "services": "services", "forged_documents": "services",
    "adult": "adult", "ransom_sale": "hacker_boast", "defacement": "hacker_boast",
    "crypto_signal": "crypto", "arisan": "investment", "bio_change": "gambling", "survey_prize": "giveaway",
    "repair_offer": "services", "imei_service": "services",
    "instalment_offer": "cheap_goods", "pre_order": "cheap_goods", "wholesale_offer": "cheap_goods",
    "vehicle_sale": "cheap_goods", "property_sale": "cheap_goods", "comment_bait": "off_topic",
    "off_topic": "off_topic", "link_only": "off_topic", "link_bait": "off_topic", "false_news": "off_topic",
}  # fmt: skip
"""What an office is told that a stranger's post of each kind is."""

OTHER: Final = "other"
"""Category of every kind not named: posts of one's own that say no kind."""

KIN: Final = dict.fromkeys(("id", "ms", "jv", "su", "min", "ace", "ban"), "id")
"""Languages of one office's neighbourhood, which its posts mix freely, count as one."""


LIMITS: Final = [
    "Trained on posts written for the project alone; real ones differ in ways that only measuring on them shows.",
    "Indonesian first, English second; other languages are thinly covered.",
    "A careful attacker who writes in the office's own style sounds like the office.",
    "Pictures and films are not read: a scam inside an image is not seen.",
    "Text alone cannot tell an admin's private sale on the wrong account from a stranger's.",
]
"""What a model made from it cannot do."""


def category_of(kind: str) -> str:
    """Return the category of a kind of stranger's post.

    Examples:
        >>> category_of("customs_auction"), category_of("never heard of")
        ('cheap_goods', 'other')
    """
    return CATEGORY_OF_KIND.get(kind, OTHER)


class Example(msgspec.Struct, frozen=True):
    """One labelled post of the corpus."""

    text: str
    lang: str
    label: str
    kind: str
    voice: str
    note: str = ""

    @property
    def is_strangers(self) -> bool:
        """Whether a stranger wrote it."""
        return self.label == "stranger"


def read_corpus(directory: Path, added: Sequence[Path] = ()) -> tuple[list[Example], str]:
    """Return every example of ``*.jsonl`` in name order and of the files added, and the SHA-256 of them all.

    Args:
        directory: of the corpus.
        added: more labelled posts, JSON Lines as the corpus has them or CSV; see `read_added`.

    Raises:
        ExportFormatError: a line is not an example, or there is none.
    """
    examples, digest = [], hashlib.sha256()
    for path in sorted(directory.glob("*.jsonl")):
        content = path.read_bytes()
        digest.update(content)
        examples += _of_lines(path.name, content)
    if not examples:
        raise ExportFormatError("no labelled posts", where=Location(str(directory)))
    for path in added:
        more, content = read_added(path)
        digest.update(content)
        examples += more
    return examples, digest.hexdigest()


def read_added(path: Path) -> tuple[list[Example], bytes]:
    """Return somebody's own labelled posts, and the file's bytes.

    A CSV has the columns ``text`` and ``label`` (owner or stranger), and may have ``lang``, ``kind``, ``voice``
    and ``note``; posts without a voice are each by themselves when folds are made.

    Raises:
        ExportFormatError: the file cannot be read, lacks a column, or a line is not an example.
    """
    where = Location(path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ExportFormatError(f"cannot be read: {error.strerror}", where=where) from error
    if path.suffix.lower() != ".csv":
        return _of_lines(path.name, content), content
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        if not {"text", "label"} <= set(rows.fieldnames or ()):
            raise ExportFormatError(
                "lacks the columns text and label", where=where, hint="label is owner or stranger"
            )
        return [_of_row(path.name, number, row) for number, row in enumerate(rows)], content
    except (UnicodeDecodeError, csv.Error) as error:
        raise ExportFormatError(f"not a CSV in UTF-8: {error}", where=where) from error


def _of_row(name: str, number: int, row: dict[str, str | None]) -> Example:
    told = {key: (row.get(key) or "").strip() for key in Example.__struct_fields__}
    return _sound(
        Example(
            text=row["text"] or "", lang=told["lang"] or "id", label=told["label"].lower(),
            kind=told["kind"] or "other", voice=told["voice"] or f"{name}#{number}", note=told["note"],
        ),
        Location(name, number),
    )  # fmt: skip


def _of_lines(name: str, content: bytes) -> list[Example]:
    decoder, examples = msgspec.json.Decoder(Example), []
    for number, line in enumerate(content.splitlines()):
        if not line.strip():
            continue
        where = Location(name, number)
        try:
            examples.append(_sound(decoder.decode(line), where))
        except msgspec.DecodeError as error:
            raise ExportFormatError(str(error), where=where) from error
    return examples


def _sound(example: Example, where: Location) -> Example:
    if example.label not in {"owner", "stranger"}:
        raise ExportFormatError(f"label {example.label!r}", where=where, hint="owner or stranger")
    return example
