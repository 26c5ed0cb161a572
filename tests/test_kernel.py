"""The compiled kernel: the same bytes and numbers as numpy's passes, no byte read elsewhere, and at ease without a compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import any_texts

from detector import kernel
from detector.assembly import shipped
from detector.corpus import read_corpus
from detector.folding import FoldTable, folded, folded_in_passes
from detector.indicators import _numbers
from detector.kernel import building
from detector.languages import Languages
from detector.ngrams import (
    bounds,
    carried,
    carried_in_passes,
    masked,
    masked_in_passes,
    outside_quotes_in_passes,
    sound,
    sound_in_passes,
)
from detector.respelling import DIGIT_WORDS
from detector.sources._simple_runs import marks_replaced, marks_replaced_in_passes
from detector.text import fold_utf8, laid_out, stretches, tally_in_passes, utf8

ROOT: Final = Path(__file__).parent.parent
SOURCES: Final = ROOT / "detector" / "kernel"

compiled = pytest.mark.skipif(kernel.loaded() is None, reason="there is no C compiler")

_PIECES: Final = (
    *DIGIT_WORDS, "oh", "belas", "dobel", "08", "0 8", "62", "812", "0000", "4521", "+", "wa.me/", "whatsapp", "wasap.my/",
    "a", "b", "w", "o", "4", "d", "3", "www", "aaa", "1", "T3bus", "r4j4", "3d", "4d2",
    " ", "  ", "\n", "\n\n", ".", "-", "_", "*", "|", ",", "/", "~", "'", '"', "`", "#", "\t", "\x7f", "\0",
    "é", "𝕘", "ﬂ", "½", "㎏", "😀", "\u200b", "\u0336", "Ⓐ", "漢", "\ud83d",
)  # fmt: skip

pieced = st.lists(st.sampled_from(_PIECES), max_size=60).map("".join)
several = st.lists(st.one_of(any_texts(), pieced), min_size=1, max_size=4)


@dataclass(frozen=True)
class Weights:
    """What a model's texts are read by."""

    ngrams: NDArray[np.int16]
    tongues: Languages
    nats: dict[str, float]


@pytest.fixture(scope="module")
def weights() -> Weights:
    with np.load(shipped("models") / "posts-v1" / "weights.npz") as arrays:
        names = {"step": "ngram_step", "bias": "bias", "margin": "part_margin"}
        nats = {name: float(arrays[kept][0]) for name, kept in names.items()}
        return Weights(arrays["ngram_weights"], Languages(arrays["languages"]), nats)


@pytest.fixture(scope="module")
def corpus_texts() -> Sequence[bytes]:
    return [utf8(post.text) for post in read_corpus(shipped("models") / "corpus")[0][::7]]


def assert_folded_alike(texts: Sequence[bytes]) -> None:
    joined = laid_out(texts)
    codes, _, styled = folded(joined)
    expected, _, expected_styled = folded_in_passes(joined, traced=False)
    assert codes == expected
    assert styled.tolist() == expected_styled.tolist()


def assert_read_alike(texts: Sequence[bytes], weights: Weights) -> None:
    batch = fold_utf8(texts)
    codes = masked(batch)
    assert np.array_equal(codes, masked_in_passes(batch))
    said = carried(codes, weights.ngrams)
    assert np.array_equal(said, carried_in_passes(codes, weights.ngrams))
    heard = sound(batch, codes, said, **weights.nats)
    assert np.array_equal(
        heard,
        sound_in_passes(
            batch, codes, said, (weights.nats["step"], weights.nats["bias"], weights.nats["margin"])
        ),
    )
    assert np.array_equal(batch.tally, tally_in_passes(batch.codes, batch.starts, batch.ends))
    starts, ends = bounds(batch)
    for ours, theirs in zip(
        weights.tongues.guess(codes, starts, ends),
        weights.tongues.guess_in_passes(codes, starts, ends),
        strict=True,
    ):
        assert np.array_equal(ours, theirs)
    using = kernel.loaded()
    assert using is not None
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        quoted = outside_quotes_in_passes(batch.raw[start:end], said[start:end])
        assert using.outside_quotes(batch.codes, said, start, end, 40) == quoted


def assert_numbers_alike(codes: bytes) -> None:
    found = _numbers.possible_numbers(codes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "loaded", lambda: None)
        assert found == _numbers.possible_numbers(codes)


@compiled
@given(several)
def test_texts_are_folded_to_the_same_bytes(texts: list[str]) -> None:
    assert_folded_alike([utf8(text) for text in texts])


@compiled
@given(several)
def test_texts_sound_the_same(weights: Weights, texts: list[str]) -> None:
    assert_read_alike([utf8(text) for text in texts], weights)


@compiled
@given(st.one_of(pieced, any_texts()))
def test_the_same_telephone_numbers_are_found(text: str) -> None:
    codes = fold_utf8([utf8(text)]).raw
    assert_numbers_alike(codes)
    assert_numbers_alike(codes.strip(b"\0"))


_MARKS: Final = (
    "<p>", "</p>", "<br />", "<br>", "<br/>", "</a>", "<strong>", "</strong>", "</strong ", "<em>", "</em>", "<div>", "</div>",
    r'<a href=\"https://kpu.example/x\">', r'<a href=\"http://a\">', r'<a href=\"https://\">', r'<a href=\"https://a&b\">', r'<a href=\"', "<a ",
    r"\n", r"\"", '"', "\n", " ", r"\t", r"\r", r"\u0026", r"\u00e9", "\\", "&amp;", "teks", "é", "<", ">", "<u>",
)  # fmt: skip


@compiled
@given(st.lists(st.sampled_from(_MARKS), max_size=14))
def test_marks_are_replaced_by_the_same(marks: list[str]) -> None:
    written = "".join(marks).encode() + b" " * 9
    assert marks_replaced(written) == marks_replaced_in_passes(written)


@compiled
def test_the_corpus_is_read_the_same(corpus_texts: Sequence[bytes], weights: Weights) -> None:
    for some in stretches(corpus_texts):
        assert_folded_alike(some)
        assert_read_alike(some, weights)
        assert_numbers_alike(fold_utf8(some).raw)


@compiled
def test_long_texts_are_read_the_same(weights: Weights) -> None:
    for piece in (
        "s l o t ",
        "satu dua tiga ",
        "aaab",
        "kata " * 20 + "\n",
        '"' + "kutip " * 9 + '"',
        "0812-0000-4521 ",
    ):
        texts = [utf8(piece * 3_000), b"", utf8(piece)]
        assert_folded_alike(texts)
        assert_read_alike(texts, weights)
        assert_numbers_alike(fold_utf8(texts).raw)


def test_a_scan_says_the_same_without_the_kernel() -> None:
    archive = ROOT / "fixtures" / "accounts"
    said = []
    for kernel_is in ("", "off"):
        command = [sys.executable, "-m", "detector", "scan", str(archive), "--format", "json"]
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            env={**os.environ, "KENTONGAN_KERNEL": kernel_is},
        )
        document = msgspec.json.decode(done.stdout)
        del document["summary"]["seconds"]
        said.append((done.returncode, document))
    assert said[0] == said[1]
    assert said[0][0] == 1


def copied(folder: Path) -> Path:
    for name in (*building.SOURCES, *building.HEADERS):
        shutil.copy(SOURCES / name, folder)
    return folder


@compiled
def test_a_changed_source_is_another_library(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    first = building.build(folder)
    assert building.build(folder) == first
    with (folder / "kernel.h").open("a") as header:
        header.write("/* changed */\n")
    assert not building.library(folder).exists()
    second = building.build(folder)
    assert second != first
    assert [*folder.glob("kernel-*")] == [second]
    assert [*folder.glob(".kernel-*")] == []


def test_without_a_compiler_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="no C compiler found: looked for cc, gcc, clang"):
        building.build(copied(tmp_path))


def _calls(path: Path, script: str) -> str:
    """Write a program that stands for a compiler; return its path."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_where_there_is_a_compiler_the_kernel_is_there() -> None:
    """So that no test here is left out because somebody changed a source and compiled nothing."""
    try:
        building.compiler()
    except RuntimeError:
        pytest.skip("there is no C compiler")
    assert kernel.loaded() is not None, "python -m detector.kernel"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell stands for the compiler")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'cc: warning: odd' >&2; echo 'x.c:1: error: no' >&2; exit 1", "ended with 1: x.c:1: error: no"),
        (r"printf 'erreur \351\n' >&2; exit 3", "ended with 3: erreur"),
        ("echo 'cc: warning: odd' >&2", "wrote no library"),
        ('while [ "$1" != -o ]; do shift; done; echo junk > "$2"', "cannot be loaded"),
    ],
    ids=["warns and fails", "not in UTF-8", "writes nothing", "writes junk"],
)  # fmt: skip
def test_what_a_compiler_does_wrong_is_told(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(tmp_path)
    monkeypatch.setenv("CC", _calls(tmp_path / "odd cc", script))
    with pytest.raises(RuntimeError, match="odd cc") as refused:
        building.build(folder)
    assert said in str(refused.value)
    assert [*folder.glob("*kernel-*")] == []


@compiled
def test_a_library_that_is_damaged_is_made_anew(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    building.library(folder).write_bytes(b"nothing of the kind")
    with pytest.raises(OSError, match="kernel"):
        kernel.Kernel(building.library(folder))
    using = kernel.Kernel(building.build(folder))
    assert using.mask_digits(np.frombuffer(b"a1", np.uint8)).tobytes() == b"a0"


@compiled
def test_arrays_of_another_kind_are_refused() -> None:
    using, batch = kernel.loaded(), fold_utf8([b"satu", b"dua"])
    assert using is not None
    wrong: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (batch.codes, batch.starts.astype(np.int32)),
        (batch.codes, np.repeat(batch.starts, 2)[::2]),
        (batch.codes.astype(np.uint16), batch.starts),
    ]
    for codes, starts in wrong:
        with pytest.raises(TypeError, match="an array of"):
            using.tally(codes, starts, batch.ends)


@compiled
def test_what_is_no_utf_8_harms_nothing() -> None:
    for piece in (b"\xcd", b"\xef\xac", b"\xf0\x9f", b"\x80"):
        assert len(fold_utf8([piece * 50_000])) == 1


@compiled
def test_new_characters_are_met_all_at_once() -> None:
    """A text of thousands that were never met, each many times, is gone through twice and not once for each."""
    text = utf8("".join(chr(point) * 300 for point in range(0xAC00, 0xAC00 + 3_000)))
    table, using = FoldTable(), kernel.loaded()
    passes: list[int] = []
    assert using is not None
    once = using.fold_characters

    def counted(*given: Any) -> Any:
        passes.append(1)
        return once(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(using, "fold_characters", counted)
        table.compiled(laid_out([text]), using)
    assert len(passes) == 2


@compiled
def test_no_byte_is_touched_that_is_not_its_own(tmp_path: Path) -> None:
    program = tmp_path / "fuzz"
    flags = ["-std=c11", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    source = ROOT / "tests" / "kernel" / "fuzz.c"
    made = subprocess.run(
        [*building.compiler(), *flags, "-o", str(program), str(source), "-lm"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode != 0 and ("sanitize" in made.stderr or "asan" in made.stderr):
        pytest.skip("the compiler has no sanitizers")
    assert made.returncode == 0, made.stderr[:2_000]
    done = subprocess.run(
        [program, "60000", "20241121"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "60000 rounds\n"), done.stderr[:2_000]
