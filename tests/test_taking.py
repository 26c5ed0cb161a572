"""Judging page by page is judging all at once, and nothing a feed does to a page breaks that."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest import mock

import msgspec
import pytest
from builders import BLATANT, NIGHT, NOON, hijacked, ordinary
from habits import HABITS, HAPPENINGS, Habits, account_of, events_of, shown_by
from hypothesis import given
from hypothesis import strategies as st

from detector import assembly, novelty, taking
from detector.baseline import SIGNALS
from detector.campaigns import Wave
from detector.histories import PostColumns, Store, TextEvidence
from detector.incidents import as_of
from detector.indicators._finder import NOTHING
from detector.pipeline import History, Pipeline, Reader
from detector.records import (
    Account,
    AccountEvent,
    Alert,
    Author,
    Comment,
    Incident,
    Post,
    State,
    Verdict,
)
from detector.standing import LARGEST, hands_of
from detector.taking import Taken, news
from detector.text import utf8
from detector.verdict import Judge

ACCOUNT: Final = Account(platform="instagram", handle="kpukabblora", countries=("ID",))
NEVER: Final = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return assembly.pipeline()


class Scripted(Reader):
    """Reads what a test says stands in a text."""

    def __init__(self, reader: Reader, shown: dict[bytes, TextEvidence]) -> None:
        super().__init__(reader.finder, reader.model)
        self._shown = shown

    def read_utf8(self, texts: Sequence[bytes]) -> list[TextEvidence]:
        """Return what was said of each text; of any other, that it says nothing."""
        nothing = TextEvidence(0.0, False, -1, NOTHING)
        return [self._shown.get(text, nothing) for text in texts]


def scripted(pipeline: Pipeline, posts: Iterable[tuple[Post, Habits]]) -> Pipeline:
    """Return a pipeline that reads what it is told, and to which every signal counts."""
    weights = msgspec.structs.replace(
        pipeline.judge.weights,
        findings={},
        signals={name: 0.3 + 0.05 * place for place, name in enumerate(SIGNALS)},
    )
    shown = {utf8(post.text): shown_by(one) for post, one in posts}
    return Pipeline(Scripted(pipeline.reader, shown), Judge(weights, {}))


Line = Post | AccountEvent


def at(one: Line) -> datetime:
    return one.created_at if isinstance(one, Post) else one.at


def paged(lines: list[Line], cuts: Container[int]) -> list[list[Line]]:
    """Cut a history into pages before some places, but not between two events of the same moment."""
    pages: list[list[Line]] = [[]]
    for place, one in enumerate(lines):
        before = lines[place - 1] if place else None
        tied = isinstance(before, AccountEvent) and before.at == at(one)
        if place in cuts and not tied:
            pages.append([])
        pages[-1].append(one)
    return pages


def taken_by_pages(
    pipeline: Pipeline, account: Account, pages: Iterable[list[Line]], wave: Wave
) -> list[Taken]:
    """Judge pages one after another, through the bytes a store would keep between them."""
    standing: bytes | None = None
    every = []
    for page in pages:
        posts = [one for one in page if isinstance(one, Post)]
        events = [one for one in page if isinstance(one, AccountEvent)]
        now = max(map(at, page), default=NEVER)
        taken = pipeline.take(account, standing, posts, events, now=now, wave=wave)
        standing = taken.standing
        every.append(taken)
    return every


def joined(every: Iterable[Taken]) -> list[Incident]:
    """Return the incidents of all pages as a store would keep them."""
    found: dict[datetime, Incident] = {}
    for taken in every:
        for one in taken.incidents:
            kept = found.get(one.opened_at)
            found[one.opened_at] = one if kept is None else kept.joined(one)
    return list(found.values())


def columns(pipeline: Pipeline, posts: Sequence[Post]) -> PostColumns:
    kept, texts = PostColumns(Store()), [utf8(post.text) for post in posts]
    kept.add(posts, texts, pipeline.reader.read_utf8(texts))
    kept.sort()
    return kept


def assert_same(history: History, every: Sequence[Taken], now: datetime) -> None:
    """Page by page everything came out as it did at once, within a billionth of a nat."""
    verdicts = {one.post.id: one.verdict for taken in every for one in taken.posts}
    suspects = [one for one in history.judged if one.author in (Author.STRANGER, Author.DOUBTFUL)]
    assert [one.post.id for one in suspects] == [
        post_id
        for post_id, one in verdicts.items()
        if one.author in (Author.STRANGER, Author.DOUBTFUL)
    ]
    for judged in suspects:
        verdict = verdicts[judged.post.id]
        assert verdict.author is judged.author
        assert verdict.log_odds == pytest.approx(judged.log_odds, abs=1e-9)
    assert [one.id for one in history.changes] == [
        one.id for taken in every for one in taken.changes
    ]
    assert [one.reasons for one in history.changes] == [
        one.reasons for taken in every for one in taken.changes
    ]
    alerts = [alert for taken in every for alert in taken.alerts]
    assert [one.id for one in history.alerts] == [one.id for one in alerts]
    assert [one.probability for one in history.alerts] == pytest.approx(
        [one.probability for one in alerts], abs=1e-9
    )
    incidents = joined(every)
    assert [_bare(one) for one in history.hands.incidents] == [_bare(one) for one in incidents]
    assert [one.peak_probability for one in history.hands.incidents] == pytest.approx(
        [one.peak_probability for one in incidents], abs=1e-9
    )
    hands = as_of(history.hands, now)
    assert every[-1].state is hands.state
    assert every[-1].probability == pytest.approx(hands.probability, abs=1e-9)


def _bare(incident: Incident) -> Incident:
    """Return an incident without what is compared roughly; two deletions of one moment share their id."""
    return msgspec.structs.replace(incident.joined(incident), peak_probability=0.0)


QUIET: Final = st.integers(0, 60)
CUTS: Final = st.one_of(
    st.just(range(400)), st.sets(st.integers(0, 200)), st.sets(st.integers(0, 200), max_size=3)
)


@pytest.mark.parametrize("memory", [512, 2])
@given(st.data())
def test_pages_are_judged_as_the_whole_is(
    pipeline: Pipeline, memory: int, data: st.DataObject
) -> None:
    """However a history is cut into pages, through bytes between them, it is judged as at once."""
    quiet, habits = data.draw(QUIET), data.draw(HABITS)
    happenings, cuts = data.draw(HAPPENINGS), data.draw(CUTS)
    official = data.draw(st.booleans())
    usual = Habits(24 * 8, -6.0, 0, ["+6281200004521"], ["kpu.go.id"], False, "X Web", 60, 1, 0)
    posts = account_of([usual] * quiet + habits)
    events = events_of(happenings)
    told = scripted(pipeline, posts)
    account = msgspec.structs.replace(
        ACCOUNT, official_numbers=("+6285800001234",) if official else ()
    )
    lines: list[Line] = sorted([*(post for post, _ in posts), *events], key=at)
    starts = tuple(post.created_at for post, _ in posts[quiet : quiet + 1])
    wave = Wave(("+6281200004522",) if memory > 2 else (), starts)
    with (
        mock.patch.object(novelty, "MEMORY", memory),
        # What is worth telling depends on when a page was read; that has its own tests.
        mock.patch.object(taking, "news", lambda alerts, *_: tuple(alerts)),
    ):
        history = told.follow(account, columns(told, [post for post, _ in posts]), events, wave)
        every = taken_by_pages(told, account, paged(lines, cuts), wave)
        at_once = taken_by_pages(told, account, [lines], wave)

    assert_same(history, every, max(map(at, lines), default=NEVER))
    whole = [one.verdict for taken in at_once for one in taken.posts]
    cut = [one.verdict for taken in every for one in taken.posts]
    assert [(one.post_id, one.author) for one in whole] == [
        (one.post_id, one.author) for one in cut
    ]
    assert [one.log_odds for one in whole] == pytest.approx([one.log_odds for one in cut], abs=1e-9)
    assert [_told(one) for one in whole] == pytest.approx([_told(one) for one in cut], abs=1e-9)


def _told(verdict: Verdict) -> float:
    """Return what a verdict's reasons add up to, each weighed by its name."""
    return sum(one.log_odds * (1 + len(one.what)) for one in verdict.reasons)


def as_post(record: dict[str, Any]) -> Post:
    return Post(
        platform=record["platform"], account=record["account"], id=record["id"],
        created_at=datetime.fromisoformat(record["created_at"]), text=record["text"],
    )  # fmt: skip


OFFICE: Final = [as_post(one) for one in ordinary()]
SCAM: Final = as_post(hijacked()[-1])


def written(text: str, moment: datetime, identity: str, **more: Any) -> Post:
    return Post(
        platform="instagram",
        account="kpukabblora",
        id=identity,
        created_at=moment,
        text=text,
        **more,
    )


def calm(days: int, *, since: datetime = NIGHT) -> list[Post]:
    """Return an office's posts of the days after a moment."""
    return [
        written(one.text, since + timedelta(days=place + 1, hours=8), f"later{place}")
        for place, one in enumerate((OFFICE * 9)[:days])
    ]


@pytest.fixture(scope="module")
def learned(pipeline: Pipeline) -> Taken:
    """Return what forty days of an office's posts lead to."""
    return pipeline.take(ACCOUNT, None, OFFICE, now=NOON)


def test_a_page_twice_on_the_same_standing_is_the_same_to_the_byte(
    pipeline: Pipeline, learned: Taken
) -> None:
    """A program that dies before it commits judges the page again, and nothing tells the two apart."""
    once = pipeline.take(ACCOUNT, learned.standing, [SCAM, *calm(3)], now=NIGHT + timedelta(days=9))
    again = pipeline.take(
        ACCOUNT, learned.standing, [SCAM, *calm(3)], now=NIGHT + timedelta(days=9)
    )

    assert once == again


def test_an_empty_page_changes_nothing_but_what_time_does(
    pipeline: Pipeline, learned: Taken
) -> None:
    taken = pipeline.take(ACCOUNT, learned.standing, [], now=NOON + timedelta(hours=1))

    assert taken.standing == learned.standing
    assert (taken.posts, taken.alerts, taken.incidents) == ((), (), ())


def test_a_post_that_a_page_shows_twice_is_judged_once(pipeline: Pipeline, learned: Taken) -> None:
    once = pipeline.take(ACCOUNT, learned.standing, [SCAM], now=NIGHT)
    twice = pipeline.take(ACCOUNT, learned.standing, [SCAM, SCAM], now=NIGHT)

    assert once == twice


@given(st.permutations(range(5)))
def test_the_order_within_a_page_means_nothing(
    pipeline: Pipeline, learned: Taken, order: list[int]
) -> None:
    page = [SCAM, *calm(4)]
    now = NIGHT + timedelta(days=9)

    assert pipeline.take(ACCOUNT, learned.standing, page, now=now) == pipeline.take(
        ACCOUNT, learned.standing, [page[place] for place in order], now=now
    )


def test_a_verdict_comes_with_what_an_office_asks_for(pipeline: Pipeline, learned: Taken) -> None:
    """A stranger's post has its category, findings and reasons, that add up; an owner's has its sum alone."""
    taken = pipeline.take(
        ACCOUNT, learned.standing, [SCAM, *calm(1)], now=NIGHT + timedelta(days=2)
    )
    scam, plain = (one.verdict for one in taken.posts)

    assert (scam.author, scam.category) == (Author.STRANGER, "gambling")
    assert {"betting_brand", "whatsapp_number"} <= {one.indicator for one in scam.findings}
    assert sum(one.log_odds for one in scam.reasons) == pytest.approx(scam.log_odds)
    assert (plain.author, plain.findings, plain.reasons) == (Author.OWNER, (), ())
    assert 0 < plain.probability < 0.01
    assert [one.post for one in taken.posts] == [SCAM, *calm(1)]


def test_an_alarm_is_raised_once_and_its_incident_goes_on(
    pipeline: Pipeline, learned: Taken
) -> None:
    first = pipeline.take(ACCOUNT, learned.standing, [SCAM], now=NIGHT)
    more = written(BLATANT, NIGHT + timedelta(minutes=9), "again")
    second = pipeline.take(ACCOUNT, first.standing, [more], now=more.created_at)

    assert [one.state for one in first.alerts] == [State.COMPROMISED]
    assert second.alerts == ()
    assert [one.opened_at for one in second.incidents] == [NIGHT]
    assert second.incidents[0].post_ids == ("stranger", "again")
    assert (second.state, second.is_flagged) == (State.COMPROMISED, True)


def test_the_owners_return_closes_the_incident_of_an_earlier_page(
    pipeline: Pipeline, learned: Taken
) -> None:
    fallen = pipeline.take(ACCOUNT, learned.standing, [SCAM], now=NIGHT)
    later = pipeline.take(ACCOUNT, fallen.standing, calm(12), now=NIGHT + timedelta(days=13))

    assert [one.opened_at for one in later.incidents] == [NIGHT]
    assert later.incidents[0].closed_at is not None
    assert State.RECOVERING in [one.state for one in later.alerts] or later.alerts == ()
    assert later.state is State.NORMAL


def test_a_late_post_of_the_owner_is_learned_and_moves_nothing(
    pipeline: Pipeline, learned: Taken
) -> None:
    """It was made while the account was the owner's; that says nothing of whose it is now."""
    fallen = pipeline.take(ACCOUNT, learned.standing, [SCAM], now=NIGHT)
    late = [
        written(one.text, one.created_at + timedelta(hours=1), f"late{one.id}") for one in OFFICE
    ]
    taken = pipeline.take(ACCOUNT, fallen.standing, late, now=NIGHT + timedelta(hours=1))

    assert (taken.state, taken.alerts, taken.incidents) == (State.COMPROMISED, (), ())
    assert {one.verdict.author for one in taken.posts} == {Author.OWNER}
    assert taken.standing != fallen.standing


def test_a_late_post_of_a_stranger_raises_the_alarm_at_once(
    pipeline: Pipeline, learned: Taken
) -> None:
    """Whoever holds a page may give a post any date; it is there for all to see now."""
    before = pipeline.take(ACCOUNT, learned.standing, calm(3), now=NIGHT + timedelta(days=4))
    dated = written(BLATANT, NOON - timedelta(days=20), "backdated")
    taken = pipeline.take(ACCOUNT, before.standing, [dated], now=NIGHT + timedelta(days=4))

    assert taken.state is State.COMPROMISED
    assert [(one.opened_at, one.closed_at) for one in taken.incidents] == [(dated.created_at, None)]
    # Told as of the moment it came to light, not as old news.
    assert [one.at for one in taken.alerts] == [calm(3)[-1].created_at]


def test_an_old_archive_brings_old_incidents_not_new_ones(
    pipeline: Pipeline, learned: Taken
) -> None:
    """An export of last year, put beside the live feed: what was over then is over, and told once."""
    year = timedelta(days=365)
    archive = [
        written(one.text, one.created_at - year, f"old{one.id}")
        for one in [*OFFICE, SCAM, *calm(12)]
    ]
    taken = pipeline.take(ACCOUNT, learned.standing, archive, now=NOON)

    assert taken.state is State.NORMAL
    assert [(one.opened_at, one.closed_at is None) for one in taken.incidents] == [
        (NIGHT - year, False)
    ]
    assert [(one.state, one.post_id) for one in taken.alerts] == [
        (State.COMPROMISED, "oldstranger")
    ]


def test_a_date_in_the_future_does_not_stop_the_clock(pipeline: Pipeline, learned: Taken) -> None:
    """A feed's broken date counts as now, so that what comes after it is still in order."""
    broken = written(OFFICE[0].text, NEVER, "broken")
    taken = pipeline.take(ACCOUNT, learned.standing, [broken], now=NOON)
    fallen = pipeline.take(ACCOUNT, taken.standing, [SCAM], now=NIGHT)
    back = pipeline.take(ACCOUNT, fallen.standing, calm(12), now=NIGHT + timedelta(days=13))

    assert taken.posts[0].post.created_at == NEVER
    assert (fallen.state, back.state) == (State.COMPROMISED, State.NORMAL)
    assert hands_of(taken.standing, ACCOUNT, NOON).at == NOON


def test_words_put_into_an_old_post_are_seen(pipeline: Pipeline, learned: Taken) -> None:
    """An edited post is judged again: what it says more than before counts, and once."""
    first = learned.posts[5]
    edited = written(BLATANT, first.post.created_at, first.post.id)
    again = {edited.id: first.verdict.log_odds}
    taken = pipeline.take(ACCOUNT, learned.standing, [edited], now=NIGHT, again=again)
    same = {edited.id: taken.posts[0].verdict.log_odds}
    more = pipeline.take(ACCOUNT, taken.standing, [edited], now=NIGHT, again=same)

    assert taken.posts[0].verdict.author is Author.STRANGER
    assert (taken.state, [one.post_ids for one in taken.incidents]) == (
        State.COMPROMISED,
        [(edited.id,)],
    )
    assert (more.alerts, more.incidents) == ((), ())
    assert (
        hands_of(more.standing, ACCOUNT, NIGHT).posts
        == hands_of(taken.standing, ACCOUNT, NIGHT).posts
    )


def test_a_corrected_typing_error_teaches_nothing(pipeline: Pipeline, learned: Taken) -> None:
    first = learned.posts[5]
    corrected = written(first.post.text + ".", first.post.created_at, first.post.id)
    again = {corrected.id: first.verdict.log_odds}
    taken = pipeline.take(ACCOUNT, learned.standing, [corrected], now=NOON, again=again)

    assert (taken.posts[0].verdict.author, taken.standing) == (Author.OWNER, learned.standing)


def test_people_who_ask_under_a_post_are_heard_when_they_come(
    pipeline: Pipeline, learned: Taken
) -> None:
    """A post of two minutes ago has no comments yet: it is judged again with those that came."""
    text = "Promo akhir tahun, iPhone 13 second murah, hubungi admin ya"
    post = written(text, NIGHT, "promo")
    first = pipeline.take(ACCOUNT, learned.standing, [post], now=NIGHT)
    asked = tuple(Comment("min akunnya dihack?", f"warga{one}", NIGHT) for one in range(5))
    seen = msgspec.structs.replace(post, comments=asked)
    again = {post.id: first.posts[0].verdict.log_odds}
    taken = pipeline.take(ACCOUNT, first.standing, [seen], now=NIGHT, again=again)
    at_once = pipeline.take(ACCOUNT, learned.standing, [seen], now=NIGHT)

    assert taken.posts[0].verdict.log_odds > first.posts[0].verdict.log_odds + 1
    assert "askers" in {one.what for one in taken.posts[0].verdict.reasons}
    assert (taken.state, at_once.state) == (State.COMPROMISED, State.COMPROMISED)


LOGIN: Final = AccountEvent(
    platform="instagram", account="kpukabblora", kind="login", at=NIGHT,
    details={"ip": "203.0.113.9", "country": "PH", "user_agent": "python-requests"},
)  # fmt: skip


def happened(kind: str, moment: datetime, **details: str) -> AccountEvent:
    return AccountEvent(
        platform="instagram", account="kpukabblora", kind=kind, at=moment, details=details
    )


def test_a_change_is_kept_for_the_post_that_follows_on_a_later_page(
    pipeline: Pipeline, learned: Taken
) -> None:
    first = pipeline.take(ACCOUNT, learned.standing, [], [LOGIN], now=NIGHT)
    email = happened("email_changed", NIGHT + timedelta(minutes=5))
    second = pipeline.take(ACCOUNT, first.standing, [], [email], now=email.at)
    scam = written(BLATANT, NIGHT + timedelta(minutes=9), "stranger")
    third = pipeline.take(ACCOUNT, second.standing, [scam], now=scam.created_at)

    assert [one.what for one in second.changes[0].reasons][:2] == ["email_changed", "then"]
    changes = {
        change for taken in (second, third) for one in taken.incidents for change in one.change_ids
    }
    assert changes == {f"login@{NIGHT.isoformat()}", f"email_changed@{email.at.isoformat()}"}
    assert third.state is State.COMPROMISED


def test_events_that_an_export_brings_again_say_nothing(pipeline: Pipeline, learned: Taken) -> None:
    events = [LOGIN, happened("email_changed", NIGHT + timedelta(minutes=5))]
    once = pipeline.take(ACCOUNT, learned.standing, [], events, now=NIGHT + timedelta(hours=1))
    twice = pipeline.take(ACCOUNT, once.standing, [], events, now=NIGHT + timedelta(hours=2))

    assert len(once.changes) == 2
    assert (twice.changes, twice.alerts, twice.standing) == ((), (), once.standing)


def test_a_change_of_last_month_that_comes_to_light_is_told_and_no_alarm(
    pipeline: Pipeline, learned: Taken
) -> None:
    old = happened("email_changed", NOON - timedelta(days=30))
    taken = pipeline.take(ACCOUNT, learned.standing, [], [old], now=NOON)
    fresh = pipeline.take(
        ACCOUNT, learned.standing, [], [happened("email_changed", NOON)], now=NOON
    )

    assert [one.id for one in taken.changes] == [f"email_changed@{old.at.isoformat()}"]
    assert taken.probability <= learned.probability < fresh.probability


def test_a_backlog_is_judged_as_a_scan_would_and_old_alarms_are_told_once(
    pipeline: Pipeline,
) -> None:
    """The first page of a new account may tell of an incident of last year: one alarm, no coming and going."""
    backlog = [*OFFICE, SCAM, *calm(12)]
    now = NIGHT + timedelta(days=200)
    taken = pipeline.take(ACCOUNT, None, backlog, now=now)
    history = pipeline.follow(ACCOUNT, columns(pipeline, backlog))
    later = pipeline.take(ACCOUNT, taken.standing, [], now=now + timedelta(minutes=5))

    assert taken.incidents == history.hands.incidents
    assert [one.id for one in taken.alerts] == [
        one.id for one in history.alerts if one.state is State.COMPROMISED
    ]
    assert len(history.alerts) > 1
    assert later.alerts == ()


def alert(state: State, moment: datetime) -> Alert:
    return Alert(
        id=f"{state}{moment}", platform="x", account="a", at=moment, state=state,
        previous=State.NORMAL, probability=0.4,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "age", "now_in", "is_told"),
    [
        (State.WATCHED, 1, State.NORMAL, True),
        (State.WATCHED, 30, State.NORMAL, False),
        (State.WATCHED, 30, State.WATCHED, True),
        (State.RECOVERING, 30, State.NORMAL, False),
        (State.COMPROMISED, 3_000, State.NORMAL, True),
        (State.COMPROMISED, 3_000, State.COMPROMISED, True),
    ],
)
def test_what_is_news(learned: Taken, state: State, age: int, now_in: State, is_told: bool) -> None:
    hands = msgspec.structs.replace(hands_of(learned.standing, ACCOUNT, NOON), state=now_in)
    told = news([alert(state, NOON - timedelta(days=age))], hands, NOON)

    assert bool(told) is is_told


def test_a_doubt_fades_while_an_account_is_silent(pipeline: Pipeline, learned: Taken) -> None:
    """What a list of accounts shows is as of now, not as of the last post."""
    doubtful = [
        happened("email_changed", NIGHT),
        happened("name_changed", NIGHT, **{"from": "KPU Blora", "to": "Promo"}),
    ]
    taken = pipeline.take(ACCOUNT, learned.standing, [], doubtful[:1], now=NIGHT)
    hands = [
        hands_of(taken.standing, ACCOUNT, NIGHT + timedelta(days=days)) for days in (0, 1, 5, 30)
    ]

    assert [one.probability for one in hands] == sorted(
        (one.probability for one in hands), reverse=True
    )
    assert hands[0].probability > hands[1].probability > hands[3].probability


def test_silence_does_not_bring_an_owner_back(pipeline: Pipeline, learned: Taken) -> None:
    fallen = pipeline.take(ACCOUNT, learned.standing, [SCAM], now=NIGHT)
    quiet = pipeline.take(ACCOUNT, fallen.standing, [], now=NIGHT + timedelta(days=300))

    assert (quiet.state, quiet.probability) == (State.COMPROMISED, fallen.probability)
    assert as_of(hands_of(fallen.standing, ACCOUNT, NIGHT), NEVER).state is State.COMPROMISED


def test_threads_may_judge_at_once(pipeline: Pipeline) -> None:
    """Pages of many accounts, judged by eight threads on one pipeline, come out as one after another."""
    accounts = [Account(platform="instagram", handle=f"kantor{one}") for one in range(24)]
    page = [*OFFICE, SCAM, *calm(3)]
    now = NIGHT + timedelta(days=5)

    def judged(account: Account) -> Taken:
        return fresh.take(account, None, page, now=now)

    fresh = Pipeline(Reader(pipeline.reader.finder, pipeline.reader.model), pipeline.judge)
    with mock.patch("detector.pipeline.REMEMBERED", 3), ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(judged, accounts))

    assert at_once == [pipeline.take(account, None, page, now=now) for account in accounts]


def test_what_a_stranger_used_elsewhere_is_held_against_a_sister(
    pipeline: Pipeline, learned: Taken
) -> None:
    text = "Info lebih lanjut hubungi 0858-0000-1234"
    post = written(text, NIGHT, "mild")
    alone = pipeline.take(ACCOUNT, learned.standing, [post], now=NIGHT)
    warned = pipeline.take(
        ACCOUNT, learned.standing, [post], now=NIGHT, wave=Wave(("+6285800001234",), (NIGHT,))
    )

    assert warned.posts[0].verdict.log_odds > alone.posts[0].verdict.log_odds + 2


def test_a_standing_stays_small(learned: Taken) -> None:
    assert len(learned.standing) < LARGEST / 10


@given(st.data())
def test_no_order_of_pages_and_no_clock_does_harm(pipeline: Pipeline, data: st.DataObject) -> None:
    """Pages in any order, posts judged again, a clock that runs anyhow: every page is judged, and the last decides."""
    posts, events = account_of(data.draw(HABITS)), events_of(data.draw(HAPPENINGS))
    told = scripted(pipeline, posts)
    lines: list[Line] = data.draw(st.permutations([*(post for post, _ in posts), *events]))
    standing, seen = None, dict[str, float]()
    for page in paged(lines, data.draw(st.sets(st.integers(0, 150), max_size=20))):
        mine = [one for one in page if isinstance(one, Post)]
        again = [
            post for post, _ in posts if post.id in seen and data.draw(st.integers(0, 30)) == 7
        ]
        changes = [one for one in page if isinstance(one, AccountEvent)]
        now = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(hours=data.draw(st.integers(0, 50_000)))
        taken = told.take(
            ACCOUNT,
            standing,
            [*mine, *again],
            changes,
            now=now,
            again={one.id: seen[one.id] for one in again},
        )
        standing = taken.standing
        seen.update((one.post.id, one.verdict.log_odds) for one in taken.posts)

        assert [one.post.id for one in taken.posts][len(mine) :] == [one.id for one in again]
        assert 0 <= taken.probability < 1
        assert len(standing) <= LARGEST
        assert len({one.id for one in taken.alerts}) == len(taken.alerts)
        assert all(
            one.at <= now or hands_of(standing, ACCOUNT, now).at == one.at for one in taken.alerts
        )
        is_open = any(one.closed_at is None for one in taken.incidents)
        assert not is_open or taken.state is State.COMPROMISED
