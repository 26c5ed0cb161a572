"""Where the stages meet: the fast way and the explained way are one."""

from __future__ import annotations

import pytest
from build_fixtures import AGENCIES, posts_of

from detector import assembly
from detector.pipeline import BATCH, Pipeline, batches
from detector.records import Account, Author, Post


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
        {finding.indicator for finding in pipeline.explain(text, shown).findings}
        for text, shown in zip(texts, pipeline.reader.read(texts), strict=True)
    ]

    assert found == noticed


def test_an_explained_verdict_is_the_one_that_was_reached(
    pipeline: Pipeline, posts: list[Post]
) -> None:
    """The sum of the shown reasons is the log-odds the account was judged by."""
    history = pipeline.follow(
        Account(platform="instagram", handle="semua"),
        list(pipeline.reader.read_posts(posts)),
    )
    reported = [one for one in history.judged if one.author in {Author.STRANGER, Author.DOUBTFUL}]
    verdicts = [pipeline.explain(one.post.text, one.post.shown, one.signals) for one in reported]

    assert reported
    assert [one.log_odds for one in reported] == pytest.approx(
        [one.log_odds for one in verdicts], abs=1e-9
    )
    assert [one.author for one in reported] == [one.author for one in verdicts]


def test_a_text_of_no_known_tongue_gets_the_base_rate(pipeline: Pipeline) -> None:
    for text in ("", "🙏", "ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ ᛇᛈᛉᛊᛏᛒ ᛖᛗᛚᛜᛞᛟ"):
        (shown,) = pipeline.reader.read([text])
        verdict = pipeline.explain(text, shown)

        assert (verdict.category, verdict.author) == ("UNKNOWN", Author.UNKNOWN)
        assert verdict.log_odds == pipeline.judge.weights.base_rate
