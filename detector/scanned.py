"""What a scan reports of each account: incidents, the posts behind them, campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from detector.campaigns import campaigns
from detector.changes import Change
from detector.incidents import as_of
from detector.pipeline import Asked, History, Judged, Pipeline
from detector.records import AccountEvent, Author, Incident
from detector.report.document import (
    CampaignAccount,
    FlaggedPost,
    GivenAccount,
    GivenCampaign,
    GivenChange,
    GivenEvent,
    GivenIncident,
    given,
    kinds,
)  # fmt: skip
from detector.report.doubts import conditions


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What of a scan is reported, and how."""

    since: datetime | None = None
    until: datetime | None = None
    language: str = "id"


def account_of(
    window: Window,
    history: History,
    events: Sequence[AccountEvent],
    rejected: int,
    pipeline: Pipeline,
) -> GivenAccount:
    """Put one account's part of the document together; only what is in the window is reported."""
    account, language = history.account, window.language
    hands = as_of(history.hands, window.until) if window.until else history.hands
    since = window.since or datetime.min.replace(tzinfo=UTC)
    within = [one for one in history.judged if one.post.at >= since]
    incidents = [one for one in hands.incidents if one.opened_at >= since]
    told = {post_id for incident in incidents for post_id in incident.post_ids}
    suspects = (Author.STRANGER, Author.DOUBTFUL)
    shown = [one for one in history.judged if one.post.id in told]
    shown += [one for one in within if one.author in suspects and one.post.id not in told]
    by_id = _flagged(shown, pipeline, language)
    strangers, doubtful = (
        [by_id[one.post.id] for one in within if one.author is author] for author in suspects
    )
    return GivenAccount(
        platform=account.platform, account=account.handle, institution=account.institution,
        timezone=account.timezone, duty_contact=account.duty_contact,
        reports_to=list(account.reports_to), posts=history.posts, events=len(events),
        rejected=rejected, first_post_at=history.first_at,
        last_post_at=history.last_at, state=hands.state.value, probability=hands.probability,
        incidents=[_incident(one, by_id, history.changes, language) for one in incidents], flagged=strangers, doubtful=doubtful,
        account_events=_events(events, since, window.until),
    )  # fmt: skip


def _events(
    events: Sequence[AccountEvent], since: datetime, until: datetime | None
) -> list[GivenEvent]:
    shown = [one for one in events if one.at >= since and (until is None or one.at <= until)]
    return [
        GivenEvent(
            kind=one.kind,
            at=one.at,
            time_quality=one.time_quality.value,
            where=one.where,
            details=one.details,
        )
        for one in sorted(shown, key=lambda one: one.at)
    ]


def _flagged(judged: Sequence[Judged], pipeline: Pipeline, language: str) -> dict[str, FlaggedPost]:
    """Explain posts; return them by id."""
    asked = [
        Asked(one.post.utf8, one.post.log_odds, one.post.is_known, one.signals) for one in judged
    ]
    return {
        one.post.id: FlaggedPost(
            id=one.post.id,
            created_at=one.post.at,
            url=one.post.url,
            text=one.post.text,
            verdict=verdict.author.value,
            probability=verdict.probability,
            log_odds=verdict.log_odds,
            category=verdict.category,
            categories=kinds(verdict.categories),
            findings=list(verdict.findings),
            reasons=given(verdict.reasons, language),
            where=one.post.where,
        )
        for one, verdict in zip(judged, pipeline.explain(asked), strict=True)
    }


def _incident(
    incident: Incident,
    posts: dict[str, FlaggedPost],
    changes: Sequence[Change],
    language: str,
) -> GivenIncident:
    mine = [posts[post_id] for post_id in incident.post_ids if post_id in posts]
    worst = max(mine, key=lambda post: post.log_odds, default=None)
    ids = set(incident.change_ids)
    seen = [_change(one, language) for one in changes if one.id in ids]
    reasons = worst.reasons if worst else [reason for one in seen for reason in one.reasons]
    every = [*reasons, *(reason for one in seen for reason in one.reasons if worst)]
    return GivenIncident(
        opened_at=incident.opened_at, detected_at=incident.detected_at, closed_at=incident.closed_at,
        peak_probability=incident.peak_probability, post_ids=list(incident.post_ids),
        categories=list(dict.fromkeys(post.category for post in mine if post.category)),
        reasons=reasons, log_odds=sum(one.log_odds for one in reasons),
        takeover_after=incident.owners_before, takeover_before=incident.strangers_by or incident.opened_at, changes=seen,
        false_if=conditions(every, language),
    )  # fmt: skip


def _change(change: Change, language: str) -> GivenChange:
    event = change.event
    return GivenChange(
        kind=event.kind, at=event.at, where=event.where, log_odds=change.log_odds,
        reasons=given(change.reasons, language),
    )  # fmt: skip


def campaigns_of(histories: Iterable[History], window: Window) -> list[GivenCampaign]:
    """Return the campaigns that reach into the window."""
    traces = [trace for history in histories for trace in history.traces()]
    return [
        GivenCampaign(
            id=one.id, first_at=one.traces[0].at, last_at=one.traces[-1].at, shared=list(one.shared),
            accounts=[
                CampaignAccount(
                    platform=key[0], account=key[1],
                    ids=[trace.id for trace in one.traces if trace.account == key],
                )
                for key in one.accounts
            ],
        )
        for one in campaigns(traces)
        if window.since is None or one.traces[-1].at >= window.since
    ]  # fmt: skip
