"""What is spliced into streams: strangers' posts and hard innocent ones, from the corpus or from labelled files.

The shipped model has learned every post of the corpus by heart. So the corpus' posts are judged by models that
saw none of their kind and voice, as cross-validation does, unless the model as it is was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from detector import training
from detector.corpus import Example, read_corpus
from detector.errors import ExportFormatError, Location
from detector.gather import Progress, no_progress
from detector.histories import TextEvidence
from detector.pipeline import Pipeline
from detector.splice import Text, kin

NOT_POSTS: Final = frozenset({"gambling_comment", "prize_message", "relatives_ask"})
"""Strangers' kinds that people write under posts or send as messages; measured by themselves."""

HARD: Final = frozenset({
    "account_move", "advertising_lawful", "aid_notice", "aid_programme", "anti_gambling", "apk_warning",
    "arrest_news", "bumdes_sale", "business_credit", "caps_offer", "cheap_market", "contest", "crypto_literacy",
    "crypto_news", "crypto_policy", "discount", "donation", "fake_account_warning", "fees", "fraud_warning",
    "free_bus", "fundraising_campaign", "gadget_review", "gadget_topic", "giveaway_official", "hacked_notice",
    "handle_change", "hotline", "investment_literacy", "job_fair", "job_scam_warning", "joint_post", "loan_warning",
    "lost_found", "lottery_programme", "official_quiz", "one_line_warning", "phishing_warning", "prize_draw",
    "prize_fraud_warning", "raffle", "recovered_notice", "recruitment", "recruitment_fraud_warning", "scam_warning",
    "scholarship", "slang_offer", "sme_promotion", "state_auction", "stolen_goods_returned", "tax_amnesty", "tickets",
    "vaccination", "vehicle_auction",
})  # fmt: skip
"""Owners' kinds that look like a scam, speak of one, or of money, prizes and numbers."""

HELD_OUT: Final = "judged by models that saw no post of their kind and voice"
AS_SHIPPED: Final = "judged by the model as it is"


class Labelled(msgspec.Struct, frozen=True):
    """One line of a file of texts."""

    text: str
    label: str | None = None
    lang: str | None = None
    kind: str | None = None


class Texts(NamedTuple):
    """What is spliced."""

    strangers: list[Text]
    messages: list[Text]
    """Strangers' too, but no posts: see `NOT_POSTS`."""
    innocents: list[Text]
    how: str
    digest: str | None = None
    """Of the corpus, if it is from there."""


def of_corpus(
    corpus: Path, pipeline: Pipeline, *, held_out: bool, seed: int, show: Progress = no_progress
) -> Texts:
    """Return the corpus' posts, read.

    Args:
        corpus: directory of labelled posts.
        pipeline: reads them.
        held_out: whether they are judged as unseen ones; takes about a minute.
        seed: for the solver.
        show: told how far things are.

    Raises:
        ExportFormatError: the corpus cannot be read.
    """
    examples, digest = read_corpus(corpus)
    read = pipeline.reader.read([one.text for one in examples])
    if held_out:
        read = _held_out(examples, read, pipeline, seed, show)
    texts = [
        (one, Text(one.text, one.kind, kin(one.lang), evidence))
        for one, evidence in zip(examples, read, strict=True)
    ]
    return Texts(
        strangers=[it for one, it in texts if one.is_strangers and one.kind not in NOT_POSTS],
        messages=[it for one, it in texts if one.is_strangers and one.kind in NOT_POSTS],
        innocents=[it for one, it in texts if not one.is_strangers and one.kind in HARD],
        how=HELD_OUT if held_out else AS_SHIPPED,
        digest=digest,
    )


def _held_out(
    examples: Sequence[Example],
    read: Sequence[TextEvidence],
    pipeline: Pipeline,
    seed: int,
    show: Progress,
) -> list[TextEvidence]:
    """Put cross-validated evidence in the place of the shipped model's.

    What was found is weighed by each fold's own weights; the judge will add the shipped ones, so these are taken off.
    """
    crossed = training.cross_validate(examples, pipeline.reader.finder, seed=seed, show=show)
    found = pipeline.judge.found_log_odds
    return [
        msgspec.structs.replace(one, log_odds=float(total) - found(one.noticed.names))
        for one, total in zip(read, crossed.log_odds, strict=True)
    ]


def of_files(
    paths: Iterable[Path], pipeline: Pipeline, labels: frozenset[str], *, are_strangers: bool
) -> list[Text]:
    """Read texts from JSON Lines with ``text`` and, where known, ``label``, ``lang`` and ``kind``.

    Args:
        paths: the files.
        pipeline: reads the texts; tells their language where the line does not.
        labels: that mean a stranger.
        are_strangers: which lines are wanted: strangers', or owners'; those without a label are.

    Raises:
        ExportFormatError: a line is no such text, or none is left.
    """
    lines: list[Labelled] = []
    named = tuple(paths)
    for path in named:
        lines += [
            one
            for one in _lines(path)
            if one.label is None or (one.label in labels) == are_strangers
        ]
    if not lines:
        who = "strangers'" if are_strangers else "owners'"
        raise ExportFormatError(
            f"no {who} texts", where=Location(", ".join(str(path) for path in named))
        )
    names = pipeline.reader.model.languages
    texts = []
    for one, evidence in zip(lines, pipeline.reader.read([it.text for it in lines]), strict=True):
        told = names[evidence.language] if evidence.language >= 0 else ""
        texts.append(Text(one.text, one.kind or one.label or "", kin(one.lang or told), evidence))
    return texts


def _lines(path: Path) -> list[Labelled]:
    decoder = msgspec.json.Decoder(Labelled)
    read = []
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ExportFormatError(
            f"cannot be read: {error.strerror}", where=Location(str(path))
        ) from error
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines()):
        if line.strip():
            try:
                read.append(decoder.decode(line))
            except ValueError as error:
                raise ExportFormatError(
                    f"is not a text: {error}",
                    where=Location(str(path), number),
                    hint='each line is {"text": "...", "label": "stranger", "lang": "id", "kind": "..."}',
                ) from error
    return read
