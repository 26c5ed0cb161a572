"""Where the stages meet: the fast way and the explained way are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from build_fixtures import AGENCIES, posts_of
from hypothesis import given
from hypothesis import strategies as st

from detector import assembly
from detector.baseline import Baseline, Traits
from detector.histories import PostColumns, Store, TextEvidence, used_in
from detector.incidents import Hands, Seen, step
from detector.indicators.interface import Noticed
from detector.pipeline import BATCH, Asked, Pipeline, batches
from detector.records import Account, Author, Post
from detector.text import utf8
from detector.verdict import probability_of


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return assembly.pipeline()


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    """Return the posts of all fixture accounts as if one account had written them."""
    written = sorted(one for agency in AGENCIES for one in posts_of(agency.handle))
    return [
        Post(
            platform="instagram", account="semua", id=str(number), created_at=one.at, text=one.text
        )
        for number, one in enumerate(written)
    ]


def test_batches_hold_every_text_once_in_order() -> None:
    texts = ["a" * (index % 50) for index in range(3 * BATCH + 1)] + ["b" * 500_000, "c"]

    assert texts == [text for some in batches(texts) for text in some]
    assert all(len(some) <= BATCH for some in batches(texts))


def test_what_is_noticed_is_what_is_found(pipeline: Pipeline, posts: list[Post]) -> None:
    """Noticing without spans and finding with them name the same indicators for every post."""
    texts = [post.text for post in posts]
    noticed = [one.noticed.names for one in pipeline.reader.read(texts)]
    found = [
        {finding.indicator for finding in verdict.findings}
        for verdict in pipeline.explain_texts(texts)
    ]

    assert found == noticed


def test_an_explained_verdict_is_the_one_that_was_reached(
    pipeline: Pipeline, posts: list[Post]
) -> None:
    """The sum of the shown reasons is the log-odds the account was judged by."""
    texts = [utf8(post.text) for post in posts]
    kept = PostColumns(Store())
    kept.add(posts, texts, pipeline.reader.read_utf8(texts))
    kept.sort()
    history = pipeline.follow(Account(platform="instagram", handle="semua"), kept)
    reported = [one for one in history.judged if one.author in {Author.STRANGER, Author.DOUBTFUL}]
    verdicts = pipeline.explain(
        [
            Asked(one.post.utf8, one.post.log_odds, one.post.is_known, one.signals)
            for one in reported
        ]
    )

    assert reported
    assert [one.log_odds for one in reported] == pytest.approx(
        [one.log_odds for one in verdicts], abs=1e-9
    )
    assert [one.author for one in reported] == [one.author for one in verdicts]


def test_a_text_of_no_known_tongue_gets_the_base_rate(pipeline: Pipeline) -> None:
    for text in ("", "🙏", "ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ ᛇᛈᛉᛊᛏᛒ ᛖᛗᛚᛜᛞᛟ"):
        (verdict,) = pipeline.explain_texts([text])

        assert (verdict.category, verdict.author) == ("UNKNOWN", Author.UNKNOWN)
        assert verdict.log_odds == pipeline.judge.weights.base_rate


HABITS = st.lists(
    st.tuples(
        st.integers(0, 40 * 24),  # hours since the last post
        st.floats(-9, 9),
        st.sampled_from([-1, 0, 0, 0, 3]),
        st.lists(st.sampled_from(["+6281200004521", "+6281200004522", "+6285800001234"]), max_size=2),
        st.lists(st.sampled_from(["kpu.go.id", "hadiah.example", "bawaslu.go.id"]), max_size=2),
        st.booleans(),
    ),
    max_size=120,
)  # fmt: skip


@given(HABITS, st.data())
def test_judging_as_arrays_is_judging_post_by_post(
    pipeline: Pipeline,
    habits: list[tuple[int, float, int, list[str], list[str], bool]],
    data: st.DataObject,
) -> None:
    """Runs of posts taken as arrays lead to the verdicts, signals and state of one post at a time."""
    at = datetime(2022, 1, 1, tzinfo=UTC)
    posts: list[tuple[Post, TextEvidence]] = []
    for number, (hours, log_odds, language, contacts, domains, warns) in enumerate(habits):
        at += timedelta(hours=hours / 8)
        values = [("whatsapp_number", one, place) for place, one in enumerate(contacts)]
        values += [("link", one, 100 + place) for place, one in enumerate(domains)]
        names = {name for name, _, _ in values} | ({"fraud_warning"} if warns else set())
        shown = TextEvidence(log_odds, True, language, Noticed(frozenset(names), tuple(values)))
        post = Post(platform="x", account="a", id=str(number), created_at=at, text=f"teks {number}")
        posts.append((post, shown))
    account = Account(platform="instagram", handle="kpukabcontoh")
    kept = PostColumns(Store())
    given = data.draw(st.permutations(posts)) if posts else []
    half = len(given) // 2
    for some in (given[:half], given[half:]):
        kept.add([post for post, _ in some], [b"x"] * len(some), [shown for _, shown in some])
    kept.sort()
    posts = sorted(given, key=lambda one: one[0].created_at)
    at_once = pipeline.follow(account, kept)
    judged, states = [], [Hands()]
    baseline = Baseline(len(pipeline.reader.model.languages))
    weights = pipeline.judge.weights
    for post, shown in posts:
        used = used_in(shown.noticed)
        warns = "fraud_warning" in shown.noticed.names
        traits = Traits(post.created_at.hour, *used, shown.language, warns)
        signals = baseline.score(traits)
        evidence = shown.log_odds + pipeline.judge.found_log_odds(shown.noticed.names)
        evidence += sum((one.value or 0.0) * weights.signals[one.name] for one in signals)
        author = pipeline.judge.author_of(
            probability_of(weights.base_rate + evidence), is_judged=True
        )
        if author is Author.OWNER:
            baseline.learn(traits)
        else:
            judged.append((post.id, author, weights.base_rate + evidence, signals))
        if author is Author.STRANGER:
            baseline.suspect(traits)
        seen = Seen(
            post.id, post.created_at, evidence, probability_of(weights.base_rate),
            author is Author.STRANGER, traits.warns and author is Author.OWNER,
        )  # fmt: skip
        states.append(step(states[-1], seen)[0])

    mine = [one for one in at_once.judged if one.author is not Author.OWNER]
    assert [(one.post.id, one.author) for one in mine] == [one[:2] for one in judged]
    for one, (_, _, log_odds, signals) in zip(mine, judged, strict=True):
        assert one.log_odds == pytest.approx(log_odds, abs=1e-9)
        assert [two.name for two in one.signals] == [two.name for two in signals]
        for mine_value, theirs in zip(one.signals, signals, strict=True):
            assert mine_value.value == pytest.approx(theirs.value, abs=1e-9)
    assert at_once.hands.probability == pytest.approx(states[-1].probability, abs=1e-9)
    assert at_once.hands.state is states[-1].state
    assert [(one.opened_at, one.closed_at, one.post_ids) for one in at_once.hands.incidents] == [
        (one.opened_at, one.closed_at, one.post_ids) for one in states[-1].incidents
    ]
    assert [one.peak_probability for one in at_once.hands.incidents] == pytest.approx(
        [one.peak_probability for one in states[-1].incidents], abs=1e-9
    )
