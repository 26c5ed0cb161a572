"""Where the stages meet: the fast way and the explained way are one."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest import mock

import msgspec
import numpy as np
import pytest
from build_fixtures import AGENCIES, posts_of
from builders import step
from habits import HABITS, Habits, account_of, shown_by
from hypothesis import given
from hypothesis import strategies as st

from detector import assembly, novelty
from detector.baseline import SIGNALS, Baseline, Traits
from detector.doubts import DOUBTS, QUIET
from detector.histories import PostColumns, Store, used_in
from detector.incidents import OWNERS_SAY, SURE_AT, WATCHED_AT, Hands, Seen, Watch
from detector.pipeline import BATCH, Asked, Pipeline, Reader, batches
from detector.records import Account, Author, Post
from detector.text import utf8
from detector.verdict import SETTLED, Judge, log_odds_of, probability_of


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


def test_a_text_is_read_alike_in_any_stretch(
    pipeline: Pipeline, posts: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the texts of a batch are cut for folding and scoring, each shows and sounds the same."""
    quoting = 'Waspada penipuan! Pesan "KLAIM hadiah HP murah hanya hari ini, WA 0812-0000-4521" bukan dari kami.'
    texts = [post.text for post in posts[:60]]
    texts += ["", quoting, "cari 𝕊𝗔Ｎ𝗚𝔾𝔸𝗥 di sini ya kak", "0" * 900, quoting + " "]
    reader = Reader(pipeline.reader.finder, pipeline.reader.model)
    whole = reader.read(texts)

    monkeypatch.setattr("detector.text.STRETCH", 500)
    cut = Reader(pipeline.reader.finder, pipeline.reader.model).read(texts)

    assert cut == whole
    assert "styled_word" in cut[62].noticed.names


def test_what_keeps_coming_again_is_read_once(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headquarters' template is remembered however many other texts come between; what came once is forgotten."""
    monkeypatch.setattr("detector.pipeline.REMEMBERED", 4)
    reader = Reader(pipeline.reader.finder, pipeline.reader.model)
    template, once = reader.read(["Selamat Hari Pahlawan", "Rapat pleno dimulai"])
    for day in range(12):
        reader.read([f"Hari ke-{day} tahapan pemilu", f"Jadwal hari ke-{day}"])
        assert reader.read(["Selamat Hari Pahlawan"])[0] is template
    (read_again,) = reader.read(["Rapat pleno dimulai"])
    assert read_again is not once
    assert read_again == once


def test_what_is_noticed_is_what_is_found(pipeline: Pipeline, posts: list[Post]) -> None:
    """Noticing without spans and finding with them name the same indicators, but for what is not asked."""
    texts = [post.text for post in posts]
    read = pipeline.reader.read(texts)
    noticed = [one.noticed.names for one in read]
    found = [
        {finding.indicator for finding in verdict.findings}
        for verdict in pipeline.explain_texts(texts)
    ]
    settled = [one.is_known and one.log_odds <= SETTLED for one in read]
    always = pipeline.reader.finder.always

    assert [
        names & always if is_settled else names
        for names, is_settled in zip(found, settled, strict=True)
    ] == noticed
    assert 0.2 < np.mean(settled) < 0.99


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


@pytest.mark.parametrize(("above", "is_held"), [(0.2, False), (3.0, True)])
def test_only_what_is_surely_a_strangers_makes_its_contacts_a_strangers(
    pipeline: Pipeline, above: float, is_held: bool
) -> None:
    """An odd post of the owner's must not make every later one with the same number a stranger's."""
    weights = pipeline.judge.weights
    number = ["+6281200004521"]
    odd = Habits(8, 0.0, 0, number, [], False, None, 0, 0, 0)
    known = pipeline.judge.found_log_odds(shown_by(odd).noticed.names)
    mark = log_odds_of(weights.stranger_at) - weights.base_rate - known
    told = account_of([odd._replace(log_odds=mark + above), odd._replace(log_odds=-known)])
    kept = PostColumns(Store())
    kept.add([post for post, _ in told], [b"x"] * 2, [shown_by(one) for _, one in told])
    kept.sort()
    history = pipeline.follow(Account(platform="x", handle="a"), kept)
    first, *more = history.judged

    assert first.author is Author.STRANGER
    assert is_held is any(
        signal.name == "reuse" and signal.value for one in more for signal in one.signals
    )


def test_a_text_of_no_known_tongue_gets_the_base_rate(pipeline: Pipeline) -> None:
    for text in ("", "🙏", "ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ ᛇᛈᛉᛊᛏᛒ ᛖᛗᛚᛜᛞᛟ"):
        (verdict,) = pipeline.explain_texts([text])

        assert (verdict.category, verdict.author) == ("UNKNOWN", Author.UNKNOWN)
        assert verdict.log_odds == pipeline.judge.weights.base_rate


def traits_of(posts: list[tuple[Post, Habits]], judge: Judge) -> list[Traits]:
    """Return the traits of an account's posts, told one by one."""
    traits, any_media = [], False
    for place, (post, one) in enumerate(posts):
        gap = (post.created_at - posts[place - 1][0].created_at).total_seconds() / 60
        pace = sum(gap >= bound for bound in (1, 5, 30, 120, 480, 1_440, 5_760))
        any_media = any_media or one.media > 0
        noticed = shown_by(one).noticed
        used = used_in(noticed)
        traits.append(
            Traits(
                post.created_at.hour,
                *used,
                one.language,
                one.warns,
                one.app,
                pace=pace if place else -1,
                length=one.style // 27,
                dress=one.style % 27,
                media=one.media if any_media else -1,
                askers=one.askers,
                sound=one.log_odds + judge.found_log_odds(noticed.names),
            )
        )
    return traits


def waiting(
    doubts: list[tuple[datetime, Traits]], watch: Watch, now: datetime, baseline: Baseline
) -> list[tuple[datetime, Traits]]:
    """Return the doubtful posts that wait on; those that waited long enough are forgiven."""
    if watch.is_open:
        return []
    if watch.is_recovering(now) or watch.probability >= WATCHED_AT:
        return doubts
    due = [one for one in doubts if now - one[0] >= timedelta(seconds=QUIET)]
    for _, was in due:
        baseline.forgive(was.contacts, was.domains, was.sound)
    return doubts[len(due) :]


@pytest.mark.parametrize("memory", [512, 2])
@given(HABITS, st.data())
def test_judging_as_arrays_is_judging_post_by_post(
    pipeline: Pipeline, memory: int, habits: list[Habits], data: st.DataObject
) -> None:
    """Runs of posts taken as arrays lead to the verdicts, signals and state of one post at a time."""
    # Every signal counts here, whatever the shipped weights make of it.
    weights = msgspec.structs.replace(
        pipeline.judge.weights,
        signals={name: 0.3 + 0.05 * place for place, name in enumerate(SIGNALS)},
    )
    judge = Judge(weights, {})
    posts = account_of(habits)
    account = Account(platform="instagram", handle="kpukabcontoh")
    kept = PostColumns(Store())
    given = data.draw(st.permutations(posts)) if posts else []
    half = len(given) // 2
    for some in (given[:half], given[half:]):
        read = [shown_by(one) for _, one in some]
        kept.add([post for post, _ in some], [b"x"] * len(some), read)
    kept.sort()
    posts = sorted(given, key=lambda one: one[0].created_at)
    judged, states = [], [Hands()]
    doubts: list[tuple[datetime, Traits]] = []
    with mock.patch.object(novelty, "MEMORY", memory):
        at_once = Pipeline(pipeline.reader, judge).follow(account, kept)
        baseline = Baseline(len(pipeline.reader.model.languages))
        for (post, one), told in zip(posts, traits_of(posts, judge), strict=True):
            shown = shown_by(one)
            watch, at = Watch(states[-1], 0.0), post.created_at
            in_relapse, is_recovering = watch.may_relapse(at), watch.is_recovering(at)
            doubts = waiting(doubts, watch, at, baseline)
            traits = msgspec.structs.replace(told, in_relapse=in_relapse)
            signals = baseline.score(traits)
            evidence = shown.log_odds + judge.found_log_odds(shown.noticed.names)
            evidence += sum((one.value or 0.0) * weights.signals[one.name] for one in signals)
            author = judge.author_of(probability_of(weights.base_rate + evidence), is_judged=True)
            if author is Author.DOUBTFUL and not (watch.is_open or is_recovering):
                doubts = [*doubts, (at, traits)][-DOUBTS:]
            if author is Author.OWNER:
                baseline.learn(traits)
            else:
                judged.append((post.id, author, weights.base_rate + evidence, signals))
            if probability_of(weights.base_rate + evidence) >= SURE_AT:
                baseline.suspect(traits)
            if author is Author.OWNER:
                evidence = min(evidence, OWNERS_SAY)
            seen = Seen(
                post.id, post.created_at, evidence, probability_of(weights.base_rate),
                author is Author.STRANGER, traits.warns and author is Author.OWNER,
            )  # fmt: skip
            states.append(step(states[-1], seen)[0])

    mine = [found for found in at_once.judged if found.author is not Author.OWNER]
    assert [(found.post.id, found.author) for found in mine] == [one[:2] for one in judged]
    for found, (_, _, log_odds, signals) in zip(mine, judged, strict=True):
        assert found.log_odds == pytest.approx(log_odds, abs=1e-9)
        assert [two.name for two in found.signals] == [two.name for two in signals]
        for mine_value, theirs in zip(found.signals, signals, strict=True):
            assert mine_value.value == pytest.approx(theirs.value, abs=1e-9)
    assert at_once.hands.probability == pytest.approx(states[-1].probability, abs=1e-9)
    assert at_once.hands.state is states[-1].state
    assert [(one.opened_at, one.closed_at, one.post_ids) for one in at_once.hands.incidents] == [
        (one.opened_at, one.closed_at, one.post_ids) for one in states[-1].incidents
    ]
    assert [one.peak_probability for one in at_once.hands.incidents] == pytest.approx(
        [one.peak_probability for one in states[-1].incidents], abs=1e-9
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://berita.example/A_B4UflcuTRuB2e5uIjABGg",
        "@JB_warga https://www.toko.example/shop/ap/39943687",
        "RT @kabar https://berita.example/9",
    ],
)
def test_addresses_and_handles_alone_are_not_judged_by_their_letters(
    pipeline: Pipeline, text: str
) -> None:
    (read,) = pipeline.reader.read([text])

    assert not read.is_known
    assert read.log_odds == 0.0


def test_a_word_beside_an_address_is_judged(pipeline: Pipeline) -> None:
    (read,) = pipeline.reader.read(["Hasil pleno: https://berita.example/A_B4UflcuTRuB2e5uIjABGg"])

    assert read.is_known
