"""Who wrote a post: evidence in nats, added up.

    log-odds of a stranger = base rate + how the text sounds + what was found in it + the account's habits

Every term is a `Reason`, so every verdict can show its sum. The numbers live in `models/verdict-v1.json`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from detector.errors import Location, ModelError
from detector.records import Author, Finding, Reason, Signal, Verdict, Wording
from detector.signal_words import SIGNAL_WORDS

FEATURES: Final = 1

SETTLED: Final = -4.0
"""Nats of a text's sound from which it is so much like an office's that wording found in it says nothing more.

Of 907 real gambling comments, 165 fraudulent messages, 37 phishing and 19 recovery posts none was missed so that
was caught before; of 18,693 posts of Brazilian states three are flagged instead of six. Three to nine of ten
posts of offices are settled so, which need not be searched for most of the indicators.
"""


class Combination(msgspec.Struct, frozen=True, kw_only=True):
    """Findings that mean more together: one of each group, and none of `without`."""

    name: str
    groups: tuple[tuple[str, ...], ...]
    without: tuple[str, ...] = ()
    meaning: Wording

    def holds(self, present: frozenset[str] | set[str]) -> bool:
        """Whether a text with these indicators' findings is one."""
        return present.isdisjoint(self.without) and all(
            not present.isdisjoint(group) for group in self.groups
        )


_WARNED: Final = ("fraud_warning",)
_CONTACT: Final = ("whatsapp_number", "phone_number", "channel_switching")

COMBINATIONS: Final = (
    Combination(
        name="goods_offered",
        groups=(("consumer_goods", "cheap_goods"), ("price", "cheap_goods", *_CONTACT)),
        without=_WARNED,
        meaning=Wording(
            id="menawarkan barang tanpa kata peringatan apa pun",
            en="offers goods, without a word of warning",
        ),
    ),
    Combination(
        name="goods_sold",
        groups=(("consumer_goods",), ("price",), _CONTACT),
        without=_WARNED,
        meaning=Wording(
            id="barang bermerek, harga, dan kontak dalam satu unggahan",
            en="branded goods, a price and a contact in one post",
        ),
    ),
    Combination(
        name="goods_to_claim",
        groups=(("consumer_goods",), ("claim_condition", "cheap_goods"), _CONTACT),
        without=_WARNED,
        meaning=Wording(
            id="barang bermerek yang harus diklaim lewat kontak pribadi",
            en="branded goods to be claimed through a private contact",
        ),
    ),
    Combination(
        name="claim_by_contact",
        groups=(("cheap_goods", "giveaway", "claim_condition", "loan_offer"), _CONTACT),
        without=_WARNED,
        meaning=Wording(
            id="menjanjikan sesuatu yang harus diurus lewat kontak pribadi",
            en="promises something to be claimed through a private contact",
        ),
    ),
    Combination(
        name="gambling_promoted",
        groups=(("gambling", "betting_brand"),),
        without=(*_WARNED, "legal_language", "tender_language"),
        meaning=Wording(
            id="menyebut judi daring tanpa kata peringatan", en="speaks of gambling without a warning"
        ),
    ),
    Combination(
        name="recovery_by_contact",
        groups=(("recovery_service",), _CONTACT),
        meaning=Wording(
            id="menawarkan pengembalian akun atau uang lewat kontak pribadi",
            en="offers to get accounts or money back through a private contact",
        ),
    ),
    Combination(
        name="trap_offered",
        groups=(("crypto_doubling", "crypto_wallet", "suspicious_link", "apk_file", "hacker_boast", "ransom_demand"),),
        without=_WARNED,
        meaning=Wording(
            id="memuat kripto, berkas APK, atau situs sekali pakai tanpa kata peringatan",
            en="holds crypto, an APK file or a throw-away site without a warning",
        ),
    ),
)  # fmt: skip


class _MadeFor(msgspec.Struct, frozen=True):
    """What is the same in the weights of every version."""

    features: int


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each piece of evidence weighs; see `models/verdict-v1.json`."""

    features: int
    made_on: date
    corpus_sha256: str
    note: str
    base_rate: float
    """Log-odds of a stranger's post before anything is known of it, in nats."""
    findings: dict[str, float]
    """Nats of each indicator that found something, and of each combination. One not named weighs 0."""
    signals: dict[str, float]
    """Share of each signal's own nats that is believed, 0 to 1."""
    doubtful_at: float
    stranger_at: float
    """Probabilities from which a post is DOUBTFUL, and a STRANGER's."""
    text_alone_at: float
    """Probability from which a text without history is flagged."""

    @classmethod
    def load(cls, path: Path) -> Weights:
        """Read a weights file.

        Raises:
            ModelError: absent, damaged, or made for other features.
        """
        where = Location(str(path))
        try:
            raw = path.read_bytes()
            made_for = msgspec.json.decode(raw, type=_MadeFor).features
            if made_for != FEATURES:
                raise ModelError(
                    f"the weights were made for features {made_for}, this program reads {FEATURES}",
                    where=where,
                    hint="remake them with kentongan train",
                )
            return msgspec.json.decode(raw, type=cls)
        except OSError as error:
            raise ModelError(
                f"the weights cannot be read: {error.strerror}",
                where=where,
                hint="see kentongan train",
            ) from error
        except ValueError as error:
            raise ModelError(
                f"the weights are damaged: {error}",
                where=where,
                hint="remake them with kentongan train",
            ) from error


def probability_of(log_odds: float) -> float:
    """Return the probability of log-odds in nats, without overflow.

    Examples:
        >>> probability_of(0.0), round(probability_of(-6.9), 4), probability_of(-1000.0)
        (0.5, 0.001, 0.0)
    """
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    grown = math.exp(max(log_odds, -700.0))
    return grown / (1 + grown) if log_odds > -700.0 else 0.0  # noqa: PLR2004 - where exp() ends


def log_odds_of(probability: float) -> float:
    """Return the log-odds, in nats, of a probability between 0 and 1, both excluded."""
    return math.log(probability / (1 - probability))


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All that is known of one post."""

    post_id: str
    text_log_odds: float
    is_known: bool
    """Whether the text's sound could be judged."""
    findings: tuple[Finding, ...] = ()
    signals: tuple[Signal, ...] = ()


class Judge:
    """Adds evidence up.

    Args:
        weights: what each piece of evidence weighs.
        meanings: what a finding of each indicator means, by indicator name.
        always: indicators whose findings count in a text that is `SETTLED`, too; all of them when not given.
    """

    def __init__(
        self,
        weights: Weights,
        meanings: Mapping[str, Wording],
        always: frozenset[str] | None = None,
    ) -> None:
        self.weights = weights
        self._always = always
        self._sums: dict[frozenset[str], float] = {}
        # A hair below, so that whatever is near the mark is looked at by `author_of`.
        self.doubtful_from = log_odds_of(weights.doubtful_at) - 1e-9
        self._meanings = {**meanings, **{one.name: one.meaning for one in COMBINATIONS}}

    def terms(self, evidence: Evidence) -> Iterator[tuple[str, float]]:
        """Yield every term of the sum: its name and its nats."""
        yield "base_rate", self.weights.base_rate
        yield "text", evidence.text_log_odds
        if evidence.findings:
            present = frozenset(finding.indicator for finding in evidence.findings)
            if self._always is not None and evidence.is_known and evidence.text_log_odds <= SETTLED:
                present &= self._always
            yield from self.found(present)
        for signal in evidence.signals:
            if signal.value is not None:
                yield signal.name, signal.value * self.weights.signals.get(signal.name, 0.0)

    def found(self, present: Iterable[str]) -> Iterator[tuple[str, float]]:
        """Yield the terms of a set of indicators that found something."""
        names = frozenset(present)
        for name in sorted(names):
            yield name, self.weights.findings.get(name, 0.0)
        for combination in COMBINATIONS:
            if combination.holds(names):
                yield combination.name, self.weights.findings.get(combination.name, 0.0)

    def found_log_odds(self, names: frozenset[str]) -> float:
        """Return the sum of `found`, remembered for every set of indicators that has come up."""
        known = self._sums.get(names)
        if known is None:
            known = self._sums[names] = math.fsum(nats for _, nats in self.found(names))
        return known

    def add_up(self, evidence: Evidence) -> float:
        """Return the log-odds, in nats."""
        return math.fsum(nats for _, nats in self.terms(evidence))

    def author(self, evidence: Evidence, probability: float) -> Author:
        """Put a probability into words."""
        return self.author_of(probability, is_judged=evidence.is_known or bool(evidence.findings))

    def author_of(self, probability: float, *, is_judged: bool) -> Author:
        """Put a probability into words; `is_judged` is False for a text that says nothing at all."""
        if probability >= self.weights.stranger_at:
            return Author.STRANGER
        if probability >= self.weights.doubtful_at:
            return Author.DOUBTFUL
        return Author.OWNER if is_judged else Author.UNKNOWN

    def reach(
        self,
        evidence: Evidence,
        category: str | None = None,
        carriers: Sequence[tuple[str, float]] = (),
        categories: tuple[tuple[str, float], ...] = (),
    ) -> Verdict:
        """Reach the verdict on one post, with its reasons, heaviest first.

        Args:
            evidence: what is known of the post.
            category: what kind of stranger's post it would be.
            carriers: words that carried the text's sound, for the reason's wording.
            categories: the likeliest kinds with their probabilities.
        """
        terms = list(self.terms(evidence))
        log_odds = math.fsum(nats for _, nats in terms)
        reasons = [
            Reason(name, nats, self._why(name, nats, evidence, carriers))
            for name, nats in terms
            if nats or name in {"base_rate", "text"}
        ]
        probability = probability_of(log_odds)
        return Verdict(
            post_id=evidence.post_id,
            author=self.author(evidence, probability),
            probability=probability,
            log_odds=log_odds,
            category=category,
            categories=categories,
            findings=evidence.findings,
            reasons=tuple(sorted(reasons, key=lambda reason: -abs(reason.log_odds))),
        )

    def _why(
        self, name: str, nats: float, evidence: Evidence, carriers: Sequence[tuple[str, float]]
    ) -> Wording:
        if name == "base_rate":
            return Wording(
                id="unggahan orang lain jarang terjadi",
                en="posts by strangers are rare to begin with",
            )
        if name == "text":
            return _sound(nats, evidence, carriers)
        if name in SIGNAL_WORDS:
            return SIGNAL_WORDS[name][0 if nats > 0 else 1]
        meaning = self._meanings.get(name, Wording(id=name, en=name))
        values = [
            finding.value or finding.text
            for finding in evidence.findings
            if finding.indicator == name
        ]
        if not values:
            return meaning
        shown = ", ".join(dict.fromkeys(" ".join(value.split())[:40] for value in values[:3]))
        return Wording(id=f"{meaning.id} ({shown})", en=f"{meaning.en} ({shown})")


def _sound(
    nats: float, evidence: Evidence, carriers: Sequence[tuple[str, float]]
) -> Wording:  # fmt: skip
    if not evidence.is_known:
        return Wording(
            id="teks terlalu pendek atau bahasanya tidak dikenal",
            en="too short, or a language never learned",
        )
    words = ", ".join(f"“{word[:24]}”" for word, weight in carriers if weight * nats > 0)
    tail = f": {words}" if words else ""
    if nats > 0:
        return Wording(
            id=f"gaya bahasanya seperti unggahan penipu{tail}",
            en=f"it sounds like a scammer's post{tail}",
        )
    return Wording(
        id=f"gaya bahasanya seperti unggahan kantor{tail}",
        en=f"it sounds like an office's post{tail}",
    )
