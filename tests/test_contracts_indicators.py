"""What every indicator promises, whichever it is; they are discovered, never listed."""

from __future__ import annotations

import importlib
import itertools
import random
import re
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import SEPARATORS, any_texts, spoken_texts, vocabulary

from detector import assembly
from detector.indicators._finder import WINDOW, Finder
from detector.indicators.interface import Indicator, compile_pattern
from detector.records import Finding
from detector.registry import discover
from detector.text import fold

INDICATORS: Final = {name: kind() for name, kind in assembly.indicator_kinds().items()}
FINDER: Final = Finder(INDICATORS.values())
TRIGGERS: Final = {
    name: [compile_pattern(trigger) for trigger in one.triggers] for name, one in INDICATORS.items()
}
RAW_TRIGGERS: Final = {
    name: compile_pattern("|".join(one.raw_triggers)) for name, one in INDICATORS.items()
}

each = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
each_hit = pytest.mark.parametrize(
    ("indicator", "text"),
    [(one, text) for one in INDICATORS.values() for text in one.hits],
)
each_miss = pytest.mark.parametrize(
    ("indicator", "text"),
    [(one, text) for one in INDICATORS.values() for text in one.misses],
)


def _find(text: str) -> tuple[Finding, ...]:
    return FINDER.find(fold([text]))[0]


def _is_announced(indicator: Indicator, text: str) -> bool:
    batch = fold([text])
    is_styled = batch.styled.get(0, 0) in indicator.styled
    is_raw = bool(indicator.raw_triggers) and bool(
        batch.matching(RAW_TRIGGERS[indicator.name], [0])
    )
    return (
        is_styled
        or is_raw
        or any(trigger.search(batch[0].codes) for trigger in TRIGGERS[indicator.name])
    )


@each
def test_an_indicator_has_the_name_of_its_file(indicator: Indicator) -> None:
    file = Path(sys.modules[type(indicator).__module__].__file__ or "")

    assert file.stem == indicator.name


@each
def test_an_indicator_says_what_it_means_in_both_languages(indicator: Indicator) -> None:
    said = {indicator.meaning.said(language).strip() for language in ("id", "en")}

    assert len(said) == 2
    assert all(len(sentence) > 5 for sentence in said)
    assert indicator.speaks_for in {"stranger", "owner", "either", "nobody"}


@each
def test_an_indicator_has_examples_of_both_kinds(indicator: Indicator) -> None:
    assert len(indicator.hits) >= 2
    assert len(indicator.misses) >= 2


@each
def test_triggers_are_short_and_bounded(indicator: Indicator) -> None:
    """Gaps and long counted repeats make the set of all triggers slow on hostile text."""
    for trigger in (*indicator.triggers, *indicator.raw_triggers):
        counts = [int(count) for count in re.findall(r"\{[0-9]*,?([0-9]+)\}", trigger)]

        assert max(counts, default=0) <= 20, trigger
        assert not re.search(r"(?:\.|\\[SWD]|\[\^[^\]]*\])(?:[*+]|\{)", _escaped_out(trigger)), (
            trigger
        )
        assert not re.search(r"\{[0-9]+,\}", trigger), trigger


def _escaped_out(pattern: str) -> str:
    return re.sub(r"\\[^a-zA-Z]", "_", pattern)


@each_hit
def test_every_hit_is_found_by_the_indicator_itself(indicator: Indicator, text: str) -> None:
    assert list(indicator.find(fold([text])[0]))


@each_hit
def test_every_hit_is_found_among_all_indicators(indicator: Indicator, text: str) -> None:
    assert indicator.name in {finding.indicator for finding in _find(text)}


@each_miss
def test_every_miss_is_spared(indicator: Indicator, text: str) -> None:
    assert list(indicator.find(fold([text])[0])) == []
    assert indicator.name not in {finding.indicator for finding in _find(text)}


@given(st.one_of(any_texts(), spoken_texts()))
def test_spans_are_places_in_the_text_as_given(text: str) -> None:
    for finding in _find(text):
        assert text[finding.start : finding.end] == finding.text
        assert finding.text.strip(" \n") == finding.text


@each
@given(st.data())
@settings(max_examples=50)
def test_nothing_is_found_that_no_trigger_announced(
    indicator: Indicator, data: st.DataObject
) -> None:
    text = data.draw(spoken_texts(type(indicator), max_size=3))

    assert _is_announced(indicator, text) or not list(indicator.find(fold([text])[0]))


@each
def test_examples_with_other_gaps_are_announced_when_found(indicator: Indicator) -> None:
    for text in (*indicator.hits, *indicator.misses):
        words = text.split(" ")
        for place, gap in itertools.product(range(1, len(words)), set(SEPARATORS)):
            respaced = " ".join(words[:place]) + gap + " ".join(words[place:])
            found = list(indicator.find(fold([respaced])[0]))

            assert _is_announced(indicator, respaced) or not found, respaced


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_trigger_that_suffices_is_a_finding(data: st.DataObject) -> None:
    sufficing = [one for one in INDICATORS.values() if one.sufficing]
    indicator = data.draw(st.sampled_from(sufficing))
    triggers = indicator.triggers[: indicator.sufficing]
    trigger = data.draw(st.sampled_from(triggers))
    text = data.draw(st.from_regex(re.compile(trigger, re.ASCII)))
    found = {finding.indicator for finding in _find(text)}

    codes = fold([text])[0].codes
    if any(compile_pattern(one).search(codes) for one in triggers):
        assert indicator.name in found


@given(st.one_of(any_texts(), spoken_texts()))
def test_the_finder_finds_what_each_indicator_finds_by_itself(text: str) -> None:
    folded = fold([text])[0]
    alone = {finding for one in INDICATORS.values() for finding in one.find(folded)}

    assert alone == set(_find(text))


@given(st.lists(st.one_of(any_texts(), spoken_texts()), max_size=4))
def test_noticing_tells_what_finding_would_find(texts: list[str]) -> None:
    batch = fold(texts)
    found, noticed = FINDER.find(batch), FINDER.notice(batch)

    assert [{one.indicator for one in findings} for findings in found] == [
        set(one.names) for one in noticed
    ]
    assert [_weighty(findings) for findings in found] == [
        sorted((name, value) for name, value, _ in one.values) for one in noticed
    ]


def _weighty(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return sorted(
        (finding.indicator, finding.value)
        for finding in findings
        if finding.value and INDICATORS[finding.indicator].value_matters
    )


def test_a_text_does_not_lend_its_last_words_to_the_next() -> None:
    texts = ["Jumlah pengguna WA", "0812 0000 4521", "https://", "contoh.pl", "slot", "0858"]
    noticed = FINDER.notice(fold(texts))

    assert [{"phone_number"}, {"gambling"}] == [set(noticed[1].names), set(noticed[4].names)]
    assert [set()] * 4 == [set(noticed[index].names) for index in (0, 2, 3, 5)]


@given(st.lists(st.one_of(any_texts(), spoken_texts()), max_size=4))
def test_findings_do_not_depend_on_the_rest_of_the_batch(texts: list[str]) -> None:
    together = FINDER.find(fold(texts))

    assert [_find(text) for text in texts] == together
    assert together == FINDER.find(fold(texts))


_SENTENCES: Final = (
    "Rapat pleno di aula. ",
    "Klaim via WhatsApp 0858-0000-4471 sekarang. ",
    "Promo TEBUS MURAH Rp 6.800.000. ",
    "S L O T  𝕘𝕒𝕔𝕠𝕣 di zeus88.vip/daftar. ",
    "Selengkapnya https://kab-blora.kpu.go.id/berita/7 hari ini. ",
)


@given(st.integers(0, 400), st.integers(3, 5))
@settings(max_examples=15)
def test_a_text_of_many_windows_is_found_once_and_in_its_place(filler: int, times: int) -> None:
    """Wherever the windows' edges fall, each sentence gives what it gives by itself."""
    gap = "warga " * 12 + "\n"
    pieces = ["warga " * (filler // 6), *[*_SENTENCES, gap] * (times * WINDOW // 300)]
    expected, place = [], 0
    alone = {piece: _find(piece) for piece in set(pieces)}
    for piece in pieces:
        expected += [
            (one.indicator, one.start + place, one.end + place, one.value) for one in alone[piece]
        ]
        place += len(piece)
    text = "".join(pieces)
    found = [(one.indicator, one.start, one.end, one.value) for one in _find(text)]

    assert len(text) > 2 * WINDOW
    # How much of a text is dressed up only the whole of it tells, and what a word stands among the line.
    by_whole = {name for name, one in INDICATORS.items() if one.styled or one.raw_triggers}
    assert sorted(one for one in expected if one[0] not in by_whole) == sorted(
        one for one in found if one[0] not in by_whole
    )


def test_a_million_zero_width_marks_hide_nothing() -> None:
    marks = "\u200b" * 300_000

    assert {"gambling"} <= {one.indicator for one in _find(f"{marks}sl{marks}ot gacor{marks}")}


def _hostile(characters: int) -> str:
    """Return text in the indicators' own words, joined so that it almost matches everywhere."""
    chance = random.Random(7)
    words = vocabulary()
    almost = [
        "0 8 5 8 0 0 0", "+62 8 1-", "rp 1.000.000.", "(0296) ", "wa.me/", "whatsapp 8", "nol delapan nol ",
        "a.b-c.", "http://x[.]", "1.1.1.", "[dot] ", "0x0f3b9c", "keputusan a b c ", "6.800.", "xn--", "a" * 80,
    ]  # fmt: skip
    pieces: list[str] = []
    length = 0
    while length < characters:
        piece = chance.choice(almost) if chance.random() < 0.3 else chance.choice(words)
        pieces.append(piece + chance.choice((" ", " ", ".", "-", "", "\n", "/")))
        length += len(pieces[-1])
    return "".join(pieces)[:characters]


def _seconds(text: str) -> float:
    """Return this process's own time, which a busy machine does not lengthen much."""
    batch = fold([text])
    started = time.process_time()
    FINDER.find(batch)
    return time.process_time() - started


def test_time_grows_with_the_length_of_hostile_text_and_no_faster() -> None:
    """Four times the text takes about four times as long; twice as much again is left for noise."""
    texts = _hostile(250_000), _hostile(1_000_000)
    tries = [[_seconds(text) for text in texts] for _ in range(4)]
    # The first reading of a text builds its part of the automaton and is never the fastest.
    short, whole = (min(seconds) for seconds in zip(*tries, strict=True))

    assert whole <= 8 * short


@pytest.mark.parametrize(
    "piece",
    [
        "0 8 ",
        "a.",
        "1.",
        "wa 8",
        "nol delapan ",
        "rp ",
        "[dot]",
        "http://",
        "s l o ",
        "keputusan x ",
        "a-",
        "apk",
        "8",
    ],
)
def test_one_repeated_beginning_takes_time_in_proportion(piece: str) -> None:
    short, whole = (piece * (size // len(piece)) for size in (25_000, 100_000))
    _seconds(short)
    seconds = min(_seconds(short) for _ in range(3))

    assert min(_seconds(whole) for _ in range(3)) <= 8 * seconds + 0.005


def test_hostile_text_does_not_blunt_the_triggers() -> None:
    """The automaton of all triggers gives up silently when its memory is full; it must not fill."""
    known = [text for one in INDICATORS.values() for text in one.hits]
    finder = Finder(INDICATORS.values())
    before = finder.find(fold(known))
    hostile = _hostile(1_000_000)
    finder.find(fold([hostile]))

    assert before == finder.find(fold(known))
    assert any(
        one.indicator == "gambling" and one.start > len(hostile)
        for one in finder.find(fold([f"{hostile}\nslot gacor"]))[0]
    )


_NEW = '''"""Asks for a wallet's seed phrase."""

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class SeedPhraseRequest(WordIndicator):
    """Asks for a seed phrase."""

    phrases = ("enter your seed ?phrase",)
    hits = ("Enter your seed phrase", "enter your seedphrase")
    misses = ("never share it", "seed of doubt")
    meaning = Wording(id="meminta kata sandi dompet kripto", en="asks for a wallet's seed phrase")
'''

_numbered = itertools.count()


def _package(folder: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    name = f"invented_indicators_{next(_numbered)}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("")
    for file, content in files.items():
        (folder / name / file).write_text(content)
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(name)


def test_adding_an_indicator_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = _package(tmp_path, {"seed_phrase_request.py": _NEW}, monkeypatch)
    kinds = discover(package, Indicator)
    finder = Finder(kind() for kind in [*kinds.values(), *assembly.indicator_kinds().values()])
    text = "Selamat! Enter your seed-phrase"
    found = finder.find(fold([text]))[0]

    assert list(kinds) == ["seed_phrase_request"]
    assert [
        (one.indicator, one.text) for one in found if one.indicator == "seed_phrase_request"
    ] == [("seed_phrase_request", "Enter your seed-phrase")]
