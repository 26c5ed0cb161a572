"""A behaviour profile after COMPA, as a peer to measure against: no text is judged, only habits.

Each model holds how often each value of one trait came: hour, publishing app, language, domains of links, accounts
mentioned, topics (hashtags). A message's anomaly is the weighted mean over the models it can be held against.

Source: Egele, Stringhini, Kruegel, Vigna, COMPA: Detecting Compromised Accounts on Social Networks (NDSS 2013),
its models, rules and weights for Twitter, told from memory of the paper. Left out, for want of data: proximity, and
the grouping of alike messages over many accounts, by which the paper finds campaigns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import re2

from detector.histories import TextEvidence, used_in
from detector.records import Post

LEAST: Final = 10
"""Messages a profile needs before it speaks; the paper's S."""

WEIGHTS: Final = {
    "app": 3.3, "mentions": 1.4, "domains": 0.96, "hour": 0.88, "language": 0.58, "topics": 0.39,
}  # fmt: skip
"""What each model counts."""

OPTIONAL: Final = ("domains", "mentions", "topics")
"""Traits a message may lack, or have several of."""

_MENTIONS: Final = re2.compile(r"@([\w.]{2,})")
_TOPICS: Final = re2.compile(r"#(\w{2,})")


class Message(NamedTuple):
    """What the models look at."""

    hour: int
    """UTC, 0 to 23."""
    app: str | None
    language: int
    """-1 when nobody can tell."""
    domains: tuple[str, ...]
    mentions: tuple[str, ...]
    topics: tuple[str, ...]


def message(post: Post, evidence: TextEvidence) -> Message:
    """Return what the models look at in a post."""
    text = post.text.lower().encode("utf-8", "replace").decode()
    return Message(
        hour=post.created_at.hour,
        app=post.app,
        language=evidence.language,
        domains=used_in(evidence.noticed)[1],
        mentions=tuple(_MENTIONS.findall(text)),
        topics=tuple(_TOPICS.findall(text)),
    )


class Profile:
    """One account's habits so far."""

    def __init__(self) -> None:
        self.messages = 0
        self._hours = [0] * 24
        self._apps: Counter[str] = Counter()
        self._languages: Counter[int] = Counter()
        self._optional: dict[str, Counter[str]] = {name: Counter() for name in OPTIONAL}
        self._without = dict.fromkeys(OPTIONAL, 0)

    def anomaly(self, one: Message) -> float | None:
        """Return how far a message is from the habits, 0 to 1; None while there are too few."""
        if self.messages < LEAST:
            return None
        scores = {"hour": _mandatory(_smoothed(self._hours), one.hour)}
        if self._apps:
            scores["app"] = _mandatory(self._apps, one.app)
        if self._languages and one.language >= 0:
            scores["language"] = _mandatory(self._languages, one.language)
        for name in OPTIONAL:
            values: tuple[str, ...] = getattr(one, name)
            is_new = any(value not in self._optional[name] for value in values)
            scores[name] = self._without[name] / self.messages if is_new else 0.0
        total = sum(WEIGHTS[name] for name in scores)
        return sum(WEIGHTS[name] * score for name, score in scores.items()) / total

    def learn(self, one: Message) -> None:
        """Take a message into the habits."""
        self.messages += 1
        self._hours[one.hour] += 1
        if one.app:
            self._apps[one.app] += 1
        if one.language >= 0:
            self._languages[one.language] += 1
        for name in OPTIONAL:
            values: tuple[str, ...] = getattr(one, name)
            self._optional[name].update(values)
            self._without[name] += not values


def _smoothed(hours: Sequence[int]) -> dict[int, float]:
    """Spread each hour over its neighbours; hours without any message near them are left out."""
    spread = {
        hour: (hours[hour - 1] + hours[hour] + hours[(hour + 1) % 24]) / 3 for hour in range(24)
    }
    return {hour: count for hour, count in spread.items() if count}


def _mandatory(counts: Mapping[Any, float], value: object) -> float:
    """Return 1 for a value never seen, 0 for one seen as often as the mean one, else 1 less its share."""
    count = counts.get(value, 0)
    if not count:
        return 1.0
    total = sum(counts.values())
    return 0.0 if count >= total / len(counts) else 1 - count / total
