"""The chance that a stranger holds an account: how it drifts with time, and what one post makes of it.

Between posts an account may change hands at a rate (the hazard); a post multiplies the odds by its likelihood ratio.
"""

from __future__ import annotations

import math
from typing import Final

TAKEOVERS_PER_YEAR: Final = 0.05
"""Hazard of an account in its owner's hands."""

RECOVERIES_PER_DAY: Final = 0.1
"""Hazard of an account in a stranger's hands: about ten days until the owner is back."""

STRANGERS_SHARE: Final = 0.8
"""Share of posts a stranger writes while holding an account."""

CERTAIN: Final = 0.999
"""No history makes the filter surer than this, so that the owner's return can still be told."""

YEAR: Final = 365.25 * 86_400


def drift(probability: float, elapsed: float, base_rate: float) -> float:
    """Return the chance that a stranger holds the account `elapsed` seconds later, before the next post.

    Examples:
        >>> round(drift(0.0, 86_400, 0.001), 6), round(drift(0.0, 30 * 86_400, 0.001), 6)
        (0.001, 0.004098)
        >>> drift(0.99, 10 * 86_400, 0.001) < 0.4
        True
    """
    lost = max(base_rate, -math.expm1(-TAKEOVERS_PER_YEAR * elapsed / YEAR))
    recovered = -math.expm1(-RECOVERIES_PER_DAY * elapsed / 86_400)
    return probability * (1 - recovered) + (1 - probability) * lost


def weigh(probability: float, log_odds: float, share: float = STRANGERS_SHARE) -> float:
    """Return the chance after one post whose likelihood ratio is exp(`log_odds`).

    Args:
        probability: that a stranger holds the account, before the post.
        log_odds: evidence of the post, in nats.
        share: of the posts a stranger writes while holding the account.

    Examples:
        >>> weigh(0.001, 12.0) > 0.99, weigh(0.5, -20.0) > 0.15
        (True, True)
    """
    ratio = share * math.exp(min(log_odds, 50.0)) + (1 - share)
    odds = ratio * probability / (1 - min(probability, CERTAIN))
    return min(odds / (1 + odds), CERTAIN)
