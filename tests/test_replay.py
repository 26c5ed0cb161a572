"""`evaluate --streams` through its public door, on small made streams whose answers are known."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from builders import BLATANT, NIGHT, NOON, ORDINARY, Ran, lines, ordinary, record
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from detector import assembly, corpus, replay, replay_texts, rivals, splice, training, trials
from detector.evaluate import poisson
from detector.pipeline import Pipeline
from detector.records import Account, Post
from detector.report import replay_page
from detector.report.replay import Rate, Replay
from detector.splice import Case, Place, Stream, Text

Kentongan = Callable[..., Ran]

LABELS: Final = ("owner", "stranger")

POSTS: Final = 60
"""Of the account most tests replay: one a day."""

YEARS: Final = (POSTS - 1) / 365.25

BLATANTS: Final = tuple(
    f"🎰 SLOT GACOR {name}{number} 🎰 depo 10rb WD jutaan, daftar di {name.lower()}{number}-gacor.vip, bonus via WA 0858-0000-{number}111"
    for number, name in enumerate(
        ("ZEUS", "NAGA", "DEWA", "RAJA", "MPO", "KODA", "GARUDA", "HOKI"), 1
    )
)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return assembly.pipeline()


def texts(path: Path, *posts: str, label: str | None = None, **more: Any) -> Path:
    """Write texts to splice."""
    about = {"label": label, **more} if label else more
    path.write_bytes(b"".join(msgspec.json.encode({"text": one, **about}) + b"\n" for one in posts))
    return path


class Files:
    """A quiet account, blatant strangers and harmless owners, as files."""

    def __init__(self, folder: Path) -> None:
        self.streams = lines(ordinary(POSTS), folder / "quiet.jsonl")
        self.strangers = texts(folder / "strangers.jsonl", *BLATANTS, lang="id", kind="gambling")
        self.innocents = texts(
            folder / "innocents.jsonl", *ORDINARY, *ORDINARY, lang="id", kind="news"
        )

    def asked(self, *more: object) -> tuple[object, ...]:
        """Return a command line that measures them."""
        return (
            "evaluate", "--streams", self.streams, "--strangers", self.strangers,
            "--innocents", self.innocents, "--splices", 8, "--seed", 3, "--format", "json", *more,
        )  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def measured(ran: Ran) -> Replay:
    """Return the document a run wrote."""
    assert (ran.code, ran.err) == (0, "")
    return msgspec.json.decode(ran.out, type=Replay)


def complaint(ran: Ran) -> str:
    """Return the one line a command complained with."""
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    return line


# What is measured


def test_a_known_answer_is_found(kentongan: Kentongan, files: Files) -> None:
    """Blatant posts in a quiet account are caught, harmless ones and the account itself left in peace."""
    document = measured(kentongan(*files.asked()))

    ours = document.judges[0]
    assert (document.accounts, document.posts) == (1, POSTS)
    assert document.account_years == pytest.approx(YEARS, abs=1e-3)
    assert (ours.judge, ours.strangers.share, ours.strangers.n) == ("kentongan", 1.0, 8)
    assert (ours.innocents.share, ours.innocents.n) == (0.0, 8)
    assert ours.false_alarms == replay.rate(0, YEARS)
    assert document.false_alarms == []
    assert document.texts == replay_texts.AS_SHIPPED
    assert document.verdict_sha256 == replay.hash_of(assembly.pipeline().judge.weights)
    assert [one.strangers.share for one in document.power if one.strangers.n] == [1.0] * 4
    assert [one.earlier for one in document.power] == [0, 10, 30, 100, None]
    assert document.power[3].strangers.n == 0


def test_posts_like_the_owners_are_not_caught(
    kentongan: Kentongan, files: Files, tmp_path: Path
) -> None:
    """A share caught means something only if it can be none."""
    mimic = texts(tmp_path / "mimic.jsonl", *ORDINARY, kind="mimic")

    document = measured(kentongan(*files.asked("--strangers", mimic, "--splices", 13)))

    shares = {one.name: one.share.share for one in document.kinds}
    assert shares == {"gambling": 1.0, "mimic": 0.0}


def test_an_alarm_on_a_stream_is_told_with_its_sum(kentongan: Kentongan, files: Files) -> None:
    """A post of the account's own that raises an alarm is named, with reasons that add up."""
    taken = [*ordinary(POSTS), record(BLATANT, NIGHT, "culprit")]
    lines(taken, files.streams)

    document = measured(kentongan(*files.asked()))

    (alarm,) = document.false_alarms
    (post,) = alarm.posts
    years = (NIGHT - NOON + timedelta(days=POSTS, hours=10)) / timedelta(days=365.25)
    assert (alarm.account, post.id, alarm.detected_at) == ("kpukabblora", "culprit", NIGHT)
    assert sum(one.log_odds for one in post.reasons) == pytest.approx(post.log_odds, abs=1e-3)
    assert document.judges[0].false_alarms == replay.rate(1, years)
    assert document.languages[0].false_alarms == replay.rate(1, years)


def test_the_same_seed_gives_the_same_bytes(kentongan: Kentongan, files: Files) -> None:
    """What is put where depends on nothing but the seed."""
    first = kentongan(*files.asked())
    again = kentongan(*files.asked())
    other = kentongan(*files.asked("--seed", 4))

    assert first.out == again.out
    assert measured(other).when != measured(first).when or other.out != first.out


def test_takeovers_are_told_by_post(kentongan: Kentongan, files: Files) -> None:
    """Of takeovers of one, two, three and five posts, with and without the owner in between."""
    document = measured(kentongan(*files.asked()))

    rows = [(one.posts, one.owner_between, len(one.caught)) for one in document.takeovers]
    assert rows == [
        (1, False, 1), (2, False, 2), (2, True, 2), (3, False, 3), (3, True, 3), (5, False, 3), (5, True, 3),
    ]  # fmt: skip
    assert {one.caught[0].share for one in document.takeovers} == {1.0}
    assert {one.minutes_median for one in document.takeovers} == {0.0}


def test_a_stranger_says_more_of_the_same_and_not_the_same(
    kentongan: Kentongan, files: Files, tmp_path: Path
) -> None:
    """Of two posts of a kind, one blatant and one not, the blatant one is there whichever comes first."""
    pair = texts(tmp_path / "pair.jsonl", ORDINARY[0], BLATANT, lang="id", kind="pair")
    files.strangers.unlink()
    pair.rename(files.strangers)

    document = measured(kentongan(*files.asked()))

    rows = {(one.posts, one.owner_between): one for one in document.takeovers}
    assert rows[1, False].caught_at_all.share == 0.5
    assert rows[2, False].caught_at_all.share == 1.0


def test_evidence_is_taken_away_piece_by_piece(kentongan: Kentongan, files: Files) -> None:
    """Every signal is measured alone and left out, between the text alone and all there is."""
    signals = assembly.pipeline().judge.weights.signals

    document = measured(kentongan(*files.asked()))

    names = [one.evidence for one in document.ablation]
    assert names == [
        "text", "text and findings", *(f"text, findings and {one}" for one in signals),
        *(f"all but {one}" for one in signals), "all",
    ]  # fmt: skip
    assert document.ablation[-1].strangers == document.judges[0].strangers


def test_peers_stand_in_the_same_table(kentongan: Kentongan, files: Files) -> None:
    """Each as it is, and held to as few false alarms as this program."""
    document = measured(kentongan(*files.asked()))

    names = [(one.judge, one.at) for one in document.judges]
    ours, *peers = document.judges
    assert names == [("kentongan", replay.AS_IT_IS)] + [
        (name, at)
        for name in (rivals.TEXT, rivals.RULES, rivals.HABITS)
        for at in (replay.AS_IT_IS, replay.AS_OURS)
    ]
    assert all(
        one.false_alarms.count <= ours.false_alarms.count
        for one in peers
        if one.at == replay.AS_OURS
    )
    assert all(one.strangers.n == ours.strangers.n for one in peers)
    text = next(one for one in peers if one.judge == rivals.TEXT)
    assert text.strangers.share == 1.0


# The command line


def test_several_files_may_follow_one_option(
    kentongan: Kentongan, files: Files, tmp_path: Path
) -> None:
    """As a shell expands them: ``--streams a.jsonl b.jsonl``."""
    other = lines(ordinary(POSTS, account="another"), tmp_path / "other.jsonl")

    document = measured(
        kentongan(
            "evaluate", "--format=json", "--streams", files.streams, other, "--innocents", files.innocents,
            "--strangers", files.strangers, files.innocents, "--splices=8",
        )
    )  # fmt: skip

    assert document.accounts == 2
    assert {one.name for one in document.kinds} == {"gambling", "news"}


def test_a_person_reads_tables(kentongan: Kentongan, files: Files) -> None:
    """And what raised each false alarm."""
    lines([*ordinary(POSTS), record(BLATANT, NIGHT, "culprit")], files.streams)

    ran = kentongan(*files.asked("--format", "text"))

    assert (ran.code, ran.err) == (0, "")
    assert "1 accounts, 61 posts by their owners, 0.2 account-years" in ran.out
    assert "COMPA's profile" in ran.out
    assert "culprit" in ran.out


@pytest.mark.skipif(not importlib.util.find_spec("matplotlib"), reason="no matplotlib")
def test_figures_are_drawn(kentongan: Kentongan, files: Files, tmp_path: Path) -> None:
    """Power over history, and detection over posts."""
    folder = tmp_path / "figures"

    ran = kentongan(*files.asked("--figures", folder))

    assert (ran.code, ran.err) == (0, "")
    assert sorted(one.name for one in folder.iterdir()) == [
        f"replay-{name}.{form}" for name in ("detection", "power") for form in ("png", "svg")
    ]


def test_texts_of_the_other_side_are_passed_over(
    kentongan: Kentongan, files: Files, tmp_path: Path
) -> None:
    """One labelled file may serve as both: its label says whose each text is."""
    both = tmp_path / "both.jsonl"
    mine = texts(tmp_path / "a.jsonl", *BLATANTS, label="fraud").read_bytes()
    both.write_bytes(mine + texts(tmp_path / "b.jsonl", *ORDINARY, label="benign").read_bytes())

    document = measured(
        kentongan(
            "evaluate", "--streams", files.streams, "--strangers", both, "--innocents", both,
            "--splices", 20, "--format", "json",
        )
    )  # fmt: skip

    ours = document.judges[0]
    assert (ours.strangers.n, ours.innocents.n) == (len(BLATANTS), len(ORDINARY))
    assert (ours.strangers.share, ours.innocents.share) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--strangers", "gambling"), "gambling: is no file"),
        (("--posts", "{streams}"), "--posts"),
        (("--strangers", "{foreign}"), "no strangers' texts are in a language"),
        (("--strangers", "{damaged}"), "damaged.jsonl#0: is not a text"),
        (("--innocents", "{strangers}", "--strangers", "{owners}"), "no strangers' texts"),
        (("--streams", "{damaged}"), "damaged.jsonl"),
        (("--streams", "{short}"), "no account has enough posts"),
    ],
)
def test_mistakes_are_told_in_one_line(
    kentongan: Kentongan, files: Files, tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    """What, where, and what to do."""
    (tmp_path / "damaged.jsonl").write_text("[1, 2", encoding="utf-8")
    known = {
        "streams": files.streams, "strangers": files.strangers, "damaged": tmp_path / "damaged.jsonl",
        "foreign": texts(tmp_path / "foreign.jsonl", "Bitte überweisen Sie heute noch", lang="de"),
        "owners": texts(tmp_path / "owners.jsonl", *ORDINARY, label="benign"),
        "short": lines(ordinary(5), tmp_path / "short.jsonl"),
    }  # fmt: skip
    own = {} if "--streams" in arguments else {"--streams": files.streams}

    ran = kentongan(
        "evaluate", *(part for pair in own.items() for part in pair),
        *(one.format(**known) for one in arguments),
        *(() if "--strangers" in arguments else ("--strangers", files.strangers)),
        *(() if "--innocents" in arguments else ("--innocents", files.innocents)),
    )  # fmt: skip

    assert named in complaint(ran)


def test_innocents_need_streams(kentongan: Kentongan, files: Files) -> None:
    """An option that would do nothing is refused."""
    assert "--streams" in complaint(kentongan("evaluate", "--innocents", files.innocents))


# What is put where


def quiet(pipeline: Pipeline, posts: int = POSTS, account: str = "kpukabblora") -> Stream:
    """Return a quiet account."""
    made = [
        Post(
            platform="instagram", account=account, id=one["id"], text=one["text"],
            created_at=datetime.fromisoformat(one["created_at"]),
        )
        for one in ordinary(posts)
    ]  # fmt: skip
    return splice.stream_of(Account(platform="instagram", handle=account), made, pipeline.reader)


def read(pipeline: Pipeline, *posts: str, language: str = "id") -> tuple[Text, ...]:
    """Return texts to splice."""
    evidence = pipeline.reader.read(posts)
    return tuple(
        Text(one, "kind", language, shown) for one, shown in zip(posts, evidence, strict=True)
    )


def test_a_stream_knows_its_language_years_and_zone(pipeline: Pipeline) -> None:
    """Counted from the first post to the last; in Jakarta where nobody says otherwise."""
    stream = quiet(pipeline)

    assert (stream.language, stream.zone) == ("id", "Asia/Jakarta")
    assert stream.years == pytest.approx(YEARS)


@given(seed=st.integers(0, 10_000), documented=st.booleans())
def test_places_are_in_the_stream_at_the_hours_asked_for(
    pipeline: Pipeline, seed: int, documented: bool
) -> None:
    """Half of them at night, never at a moment of the owner's, with half the stream behind them."""
    streams = [quiet(pipeline), quiet(pipeline, 150, "other")]
    hours = splice.DOCUMENTED if documented else None

    drawn = splice.places(streams, ["id"] * 20, random.Random(seed), hours)

    for place in drawn:
        stream = streams[place.stream]
        posts, local = stream.posts, place.at.astimezone(ZoneInfo(stream.zone))
        assert posts[min(100, len(posts) // 2)].created_at <= place.at <= posts[-1].created_at
        assert all(post.created_at != place.at for post in posts)
        assert place.is_night == (local.hour in splice.NIGHT)
        assert hours is None or local.hour in hours
    assert hours or sum(place.is_night for place in drawn) == 10
    assert {place.stream for place in drawn} == {0, 1}
    assert drawn == splice.places(streams, ["id"] * 20, random.Random(seed), hours)


@given(
    size=st.integers(1, 5), is_apart=st.booleans(), history=st.none() | st.integers(0, 80),
    place=st.integers(1, POSTS - 1), seed=st.integers(0, 99),
)  # fmt: skip
def test_splicing_keeps_the_order_and_the_history_asked_for(  # noqa: PLR0917 - what is drawn
    pipeline: Pipeline, size: int, is_apart: bool, history: int | None, place: int, seed: int
) -> None:
    """The owner's posts stay as they were, and posts apart have one between them while there are any."""
    stream = quiet(pipeline)
    at = stream.posts[place].created_at - timedelta(hours=3)
    case = Case(Place(0, at, is_night=False), read(pipeline, *BLATANTS[:size]), is_apart)

    made = splice.splice(case, [stream], random.Random(seed), history)

    times = [post.created_at for post in made.posts]
    own = [post for post in made.posts if not splice.is_spliced(post.id)]
    ours = [number for number, post in enumerate(made.posts) if splice.is_spliced(post.id)]
    first = stream.posts.index(own[0]) if own else 0
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    assert own == list(stream.posts[first : first + len(own)])
    assert made.earlier == ours[0] == min(place, POSTS if history is None else history)
    assert [made.posts[number].text for number in ours] == list(BLATANTS[:size])
    assert len(made.evidence) == len(made.posts)
    gaps = np.diff(ours)
    left = [number for number in ours[:-1] if not all(map(_is_ours, made.posts[number:]))]
    if is_apart:
        assert all(gap > 1 for gap in gaps[: len(left)])
    else:
        assert all(
            later - sooner <= timedelta(minutes=41)
            for sooner, later in zip(_times(made.ours), _times(made.ours)[1:], strict=False)
        )


def _is_ours(post: Post) -> bool:
    return splice.is_spliced(post.id)


def _times(posts: Iterable[Post]) -> list[datetime]:
    return [post.created_at for post in posts]


def test_a_stranger_publishes_with_what_some_account_does(pipeline: Pipeline) -> None:
    """Known only where the owner's app is known."""
    plain = quiet(pipeline)
    posts = tuple(msgspec.structs.replace(post, app="Kantor") for post in plain.posts)
    told = msgspec.structs.replace(plain, posts=posts)

    assert {one.app for one in splice.places([plain], ["id"] * 4, random.Random(1))} == {None}
    assert {one.app for one in splice.places([told], ["id"] * 4, random.Random(1))} == {"Kantor"}


# What counts as caught


def outcome(pipeline: Pipeline, stream: Stream, at: datetime, *posts: str) -> trials.Outcome:
    """Judge one case."""
    case = Case(Place(0, at, is_night=False), read(pipeline, *posts))
    (made,) = trials.Bench([stream], [], [], 1).judged(pipeline, [case])
    return made


def test_an_alarm_at_the_post_is_a_catch(pipeline: Pipeline) -> None:
    stream = quiet(pipeline)

    made = outcome(pipeline, stream, NOON - timedelta(days=10), BLATANT)

    assert made == trials.Outcome(caught_at=1, opened=True, minutes=0.0, earlier=POSTS - 9)


def test_an_alarm_that_was_on_already_catches_nothing(pipeline: Pipeline) -> None:
    """The stranger's post falls into an incident that the owner's own post had opened."""
    posts = [
        *ordinary(POSTS),
        record(BLATANT, NOON - timedelta(days=10, hours=1), "own"),
    ]
    made = [
        Post(
            platform="instagram", account="kpukabblora", id=one["id"], text=one["text"],
            created_at=datetime.fromisoformat(one["created_at"]),
        )
        for one in posts
    ]  # fmt: skip
    account = Account(platform="instagram", handle="kpukabblora")
    stream = splice.stream_of(account, made, pipeline.reader)

    found = outcome(pipeline, stream, NOON - timedelta(days=10), BLATANTS[0])

    assert (found.caught_at, found.opened, found.minutes) == (None, True, None)


def test_a_second_post_may_be_the_one_that_is_caught(pipeline: Pipeline) -> None:
    found = outcome(pipeline, quiet(pipeline), NOON - timedelta(days=10), ORDINARY[0], BLATANT)

    assert found.caught_at == 2
    assert found.minutes is not None
    assert 0 < found.minutes <= 41


# Peers


def test_flags_soon_after_another_are_one_alarm() -> None:
    """On one account; another account's are its own."""
    seconds = np.array([0.0, 72_000.0, 216_000.0, 219_600.0])
    flags = rivals.Flags(np.array([0, 0, 0, 1]), seconds)

    assert flags.alarms(np.array([True, True, True, True])) == 3
    assert flags.alarms(np.array([True, False, False, False])) == 1
    assert flags.alarms(np.array([False, False, False, False])) == 0


def test_a_mark_is_the_lowest_that_keeps_to_the_alarms() -> None:
    """Scores that cannot be told never flag; where one post is too many, nothing is flagged."""
    days = np.linspace(0.0, 12 * 86_400.0, 5)
    flags = rivals.Flags(np.zeros(5, dtype=np.int64), days)
    scores = np.array([0.1, 0.9, np.nan, 0.5, 0.9])

    marks = [rivals.mark_for(scores, flags, most) for most in range(5)]

    assert marks == [float("inf"), float("inf"), 0.9, 0.5, 0.1]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 500])
def test_an_interval_of_counts_is_the_exact_one(count: int) -> None:
    """Garwood's, by the chi-square distribution."""
    low, high = poisson(count)

    assert low == pytest.approx(chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, abs=1e-6)
    assert high == pytest.approx(chi2.ppf(0.975, 2 * count + 2) / 2, abs=1e-6)


def test_no_time_tells_nothing() -> None:
    """A rate over no years has no bound."""
    assert replay.rate(0, 0.0) == Rate(0, 0.0, 0.0, [0.0, 1_000_000.0])


# Texts


def test_the_corpus_is_judged_as_unseen(pipeline: Pipeline, tmp_path: Path) -> None:
    """The sum of what is spliced is cross-validation's, not the shipped model's."""
    some = corpus.read_corpus(assembly.shipped("models") / "corpus")[0][::200]
    (tmp_path / "some.jsonl").write_bytes(
        b"".join(msgspec.json.encode(one) + b"\n" for one in some)
    )
    crossed = training.cross_validate(some, pipeline.reader.finder, seed=1)

    held = replay_texts.of_corpus(tmp_path, pipeline, held_out=True, seed=1)
    shipped = replay_texts.of_corpus(tmp_path, pipeline, held_out=False, seed=1)

    expected = {one.text: nats for one, nats in zip(some, crossed.log_odds, strict=True)}
    found = pipeline.judge.found_log_odds
    everything = [*held.strangers, *held.messages, *held.innocents]
    assert {
        one.text: one.evidence.log_odds + found(one.evidence.noticed.names) for one in everything
    } == pytest.approx({one.text: expected[one.text] for one in everything})
    assert (held.how, shipped.how) == (replay_texts.HELD_OUT, replay_texts.AS_SHIPPED)
    assert [one.text for one in held.strangers] == [one.text for one in shipped.strangers]
    assert {one.kind for one in held.messages} <= replay_texts.NOT_POSTS
    assert {one.kind for one in held.innocents} <= replay_texts.HARD


def test_the_hard_kinds_are_the_corpus_own() -> None:
    """A name that no owner's post of the corpus bears would measure nothing."""
    examples, _ = corpus.read_corpus(assembly.shipped("models") / "corpus")

    kinds = {label: {one.kind for one in examples if one.label == label} for label in LABELS}
    assert kinds["owner"] >= replay_texts.HARD
    assert kinds["stranger"] >= replay_texts.NOT_POSTS


# The page


def test_the_page_quotes_no_post_and_names_no_account(kentongan: Kentongan, files: Files) -> None:
    """It is published; the streams it is measured on may be somebody's."""
    lines([*ordinary(POSTS), record(BLATANT, NIGHT, "culprit")], files.streams)
    document = measured(kentongan(*files.asked()))

    page = replay_page.written([replay_page.Part("Some streams", "From somewhere.", document)])

    assert len(document.false_alarms) == 1
    assert "kpukabblora" not in page
    assert "culprit" not in page
    assert "GACOR" not in page
    assert page.count("\n## ") == 2
    assert "| kentongan | as it is | 100.0 %" in page
