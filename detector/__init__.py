"""Kentongan: says of an institution's posts whether the owner or a stranger wrote them.

    Source ──Page──▶ indicators ──Finding──┐
                  ├▶ classifier ──nats─────┼─▶ verdict ──Verdict──▶ incidents ──Alert──▶ report
                  └▶ baseline  ──Signal────┘

Every arrow is a frozen value; `detector.pipeline` is the only place where the stages meet.
"""

__version__ = "0.1.0"
