"""The labelled posts a model is made from: `models/corpus/`, one JSON object a line."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from detector.errors import ExportFormatError, Location

CATEGORY_OF_KIND: Final = {
    "cheap_goods": "cheap_goods", "customs_auction": "cheap_goods", "voucher_credit": "cheap_goods",
    "tickets": "cheap_goods", "pet_adoption": "cheap_goods", "office_mimic": "cheap_goods",
    "giveaway": "giveaway", "prize_message": "giveaway", "donation_swap": "donation_swap",
    "gambling": "gambling", "gambling_comment": "gambling",
    "crypto": "crypto", "investment": "investment",
    "phishing": "phishing", "apk": "apk", "fake_recovery": "phishing", "account_move": "phishing",
    "loan": "loan", "relatives_ask": "loan",
    "job_tasks": "job_offer", "job_offer": "job_offer",
    "engagement_service": "services", "services": "services", "forged_documents": "services",
    "adult": "adult", "ransom_sale": "hacker_boast", "defacement": "hacker_boast",
    "fake_aid": "phishing", "data_harvest": "phishing",
    "crypto_signal": "crypto", "arisan": "crypto", "bio_change": "gambling", "survey_prize": "giveaway",
    "repair_offer": "services", "imei_service": "services",
    "instalment_offer": "cheap_goods", "pre_order": "cheap_goods", "wholesale_offer": "cheap_goods",
    "vehicle_sale": "cheap_goods", "property_sale": "cheap_goods", "comment_bait": "off_topic",
    "off_topic": "off_topic", "link_only": "off_topic", "link_bait": "off_topic", "false_news": "off_topic",
}  # fmt: skip

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


def read_corpus(directory: Path) -> tuple[list[Example], str]:
    """Return every example of ``*.jsonl`` in name order, and the SHA-256 of those files.

    Raises:
        ExportFormatError: a line is not an example, or there is none.
    """
    examples, digest = [], hashlib.sha256()
    decoder = msgspec.json.Decoder(Example)
    for path in sorted(directory.glob("*.jsonl")):
        content = path.read_bytes()
        digest.update(content)
        for number, line in enumerate(content.splitlines()):
            if not line.strip():
                continue
            where = Location(path.name, number)
            try:
                example = decoder.decode(line)
            except msgspec.DecodeError as error:
                raise ExportFormatError(str(error), where=where) from error
            if example.label not in {"owner", "stranger"}:
                raise ExportFormatError(
                    f"label {example.label!r}", where=where, hint="owner or stranger"
                )
            examples.append(example)
    if not examples:
        raise ExportFormatError("no labelled posts", where=Location(str(directory)))
    return examples, digest.hexdigest()
