"""Folding: what hides a word is undone, and every span leads back to the text as given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_texts

from detector.characters import fold_character
from detector.kernel import PAD
from detector.text import Folded, fold

_LEET = bytes.maketrans(b"0134578\n", b"oieastb ")
"""Digits that may stand for letters, and line ends that may stand for blanks."""


def _folded(text: str) -> str:
    return fold([text])[0].text


def _plainly(text: str) -> bytes:
    """Fold one character after the other, what may stand for something else as that."""
    return b"".join(fold_character(character) for character in text).translate(_LEET)


def _is_within(part: bytes, whole: bytes) -> bool:
    """Whether `part` can be made of `whole` by leaving characters out."""
    rest = iter(whole)
    return all(code in rest for code in part)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("𝐬𝐥𝐨𝐭", "slot"),
        ("𝓖𝓪𝓬𝓸𝓻", "gacor"),
        ("𝕘𝕒𝕔𝕠𝕣 𝟠𝟠", "gacor 88"),
        ("𝗧𝗲𝗯𝘂𝘀 𝙈𝙪𝙧𝙖𝙝", "tebus murah"),
        ("ＧＡＣＯＲ　８８", "gacor 88"),
        ("ⓖⓐⓒⓞⓡ ⒼⒶⒸⓄⓇ", "gacor gacor"),
        ("🅖🅐🅒🅞🅡 🅶🅰🅲🅾🆁 🄶🄰🄲🄾🅁", "gacor gacor gacor"),
        ("⒮⒧⒪⒯ 🄢🄛🄞🄣", "slot slot"),
        ("🇬🇦🇨🇴🇷", "gacor"),
        ("ɢᴀᴄᴏʀ ꜱʟᴏᴛ", "gacor slot"),
        ("ѕӏоt".replace("ӏ", "l"), "slot"),
        ("ГАСОR".replace("Г", "G"), "gacor"),
        ("ΒΟΝUЅ", "bonus"),
        ("0️⃣8️⃣1️⃣2️⃣", "0812"),
        ("①②③ ❶❷ ⓵ ²", "123 12 1 2"),
        ("s\u200bl\u200co\u200dt\ufeff g\u00ada\u2060cor", "slot gacor"),
        ("\u202eslot\u202c", "slot"),
        ("s̶l̶o̶t̶ ģāčöŕ", "slot gacor"),
        ("ﬁle ﬂash", "file flash"),
        ("slot\u00a0\u2003gacor", "slot gacor"),
        ("slot\x0cgacor\x85maxwin", "slot\ngacor\nmaxwin"),
        ("“murah” – ‘asli’", "\"murah\" - 'asli'"),
    ],
)
def test_other_alphabets_and_hidden_marks_read_as_plain_letters(written: str, read: str) -> None:
    assert read == _folded(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("s l o t", "slot"),
        ("S.L.O.T G-A-C-O-R", "slot gacor"),
        ("s_l_o_t g*a*c*o*r m|a|x|w|i|n", "slot gacor maxwin"),
        ("s l o t  g a c o r", "slot gacor"),
        ("t e b u s   m u r a h!", "tebus murah!"),
        ("s  l  o  t", "slot"),
        ("s \u200b l \u200b o \u200b t", "slot"),
        ("𝐬 𝐥 𝐨 𝐭", "slot"),
        ("m u r a h h h h", "murah"),
        ("wa 0 8 1 2 0 0 0 0 4 5 2 1 ya", "wa 081200004521 ya"),
        ("0️⃣ 8️⃣ 1️⃣ 2️⃣ 0️⃣ 0️⃣ 0️⃣ 0️⃣", "08120000"),
        ("n a m a  e  o  p o s t o", "nama e o posto"),
        ("k.a.m.i a b d.a.t.a.n.g", "kami a b datang"),
    ],
)
def test_spelled_letters_are_put_together(written: str, read: str) -> None:
    assert read == _folded(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("g4c0r m4xw1n t3bus", "gacor maxwin tebus"),
        ("pem4d4m raja4d raja4d88", "pemadam raja4d raja4d88"),
        ("gacorrrrr muraaaah", "gacor murah"),
        ("MURAHHHHH!!!", "murah!!!"),
    ],
)
def test_digits_inside_words_and_elongations_are_undone(written: str, read: str) -> None:
    assert read == _folded(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("slot\ngacor\nmaxwin\ndepo\n10rb", "slot gacor maxwin depo 10rb"),
        ("main di sini\ns\nl\no\nt\nsekarang juga", "main di sini slot sekarang juga"),
        ("\u0421\nl\no\nt \n\n ya", "c\nl\no\nt \n\n ya"),
        ("slot\ngacor\nmaxwin\ndepo", "slot\ngacor\nmaxwin\ndepo"),
        (
            "slot\ngacor\nmaxwin depo\nmurah\nbanget\nya",
            "slot\ngacor\nmaxwin depo\nmurah\nbanget\nya",
        ),
        ("slot\n\ngacor\n\nmaxwin\n\ndepo\n\nya", "slot\n\ngacor\n\nmaxwin\n\ndepo\n\nya"),
    ],
)
def test_a_stack_of_words_is_a_line(written: str, read: str) -> None:
    """Five words and more beneath one another, each on a line of its own."""
    assert read == _folded(written)


@pytest.mark.parametrize(
    "text",
    [
        "kpu kabupaten blora, tps 03",
        "www.kpu.go.id",
        "0812 0000 4521",
        "1 2 3 4 5",
        "a. b. c. wibowo, s.h.",
        "covid19 zeus88 4d",
        "rp 6.800.000,-",
        "massa dan tunggakan",
        "satu\ndua",
        "satu dua tiga empat lima enam, senam pagi",
        "nol delapan dobel satu dua tiga empat lima enam tujuh",
    ],
)
def test_plain_text_is_left_as_it_is(text: str) -> None:
    assert text == _folded(text)


@pytest.mark.parametrize(
    ("text", "part", "original"),
    [
        ("Promo S L O T  𝕘𝕒𝕔𝕠𝕣!", "slot gacor", "S L O T  𝕘𝕒𝕔𝕠𝕣"),
        ("😀 T3bus  Murahhhh", "tebus", "T3bus"),
        ("chat 0️⃣8️⃣ ya", "08", "0️⃣8️⃣"),
        ("ﬂash sale", "l", "ﬂ"),
        ("a s\u200blot", "slot", "s\u200blot"),
        ("\0\0slot\0\0", "slot", "slot"),
        ("\ud83d slot \udc00", "slot", "slot"),
        (
            "WA: Nol Delapan Satu Dua, nol nol nol nol empat lima dua satu!",
            "081200004521",
            "Nol Delapan Satu Dua, nol nol nol nol empat lima dua satu",
        ),
        (
            "call zero eight one two three four five",
            "0812345",
            "zero eight one two three four five",
        ),
    ],
)
def test_a_span_leads_back_to_what_was_written(text: str, part: str, original: str) -> None:
    folded = fold([text])[0]
    start, end = folded.span(folded.text.index(part), folded.text.index(part) + len(part))

    assert original == text[start:end]


@given(st.data(), any_texts())
def test_every_span_holds_at_least_what_it_was_folded_from(data: st.DataObject, text: str) -> None:
    folded = fold([text])[0]
    if not folded.codes:
        return
    start = data.draw(st.integers(0, len(folded.codes) - 1))
    end = data.draw(st.integers(start + 1, len(folded.codes)))
    first, last = folded.span(start, end)

    assert 0 <= first < last <= len(text)
    assert _is_within(folded.codes[start:end].translate(_LEET), _plainly(text[first:last]))


@given(any_texts())
def test_spans_follow_one_another_in_the_order_of_the_text(text: str) -> None:
    folded = fold([text])[0]
    firsts = [folded.span(place, place + 1)[0] for place in range(len(folded.codes))]

    assert sorted(firsts) == firsts


@given(st.data(), any_texts())
def test_a_part_of_a_folded_text_has_the_same_spans(data: st.DataObject, text: str) -> None:
    folded = fold([text])[0]
    if not folded.codes:
        return
    start = data.draw(st.integers(0, len(folded.codes) - 1))
    end = data.draw(st.integers(start + 1, len(folded.codes) + 5))
    part, shift = folded.part(start, end)
    whole = part.span(0, len(part.codes))

    assert folded.codes[start:end] == part.codes
    assert folded.span(start, min(end, len(folded.codes))) == (whole[0] + shift, whole[1] + shift)
    assert part.original == text[whole[0] + shift : whole[1] + shift]


@given(st.lists(any_texts(30), max_size=6))
def test_a_batch_reads_as_its_texts_one_by_one(texts: list[str]) -> None:
    batch = fold(texts)
    alone = [fold([text])[0] for text in texts]

    assert [one.codes for one in alone] == [one.codes for one in batch]
    assert [one.codes for one in alone] == list(batch.each_codes())
    assert [_ways_back(one) for one in alone] == [_ways_back(one) for one in batch]
    assert texts == [one.original for one in batch]


def _ways_back(folded: Folded) -> list[tuple[int, int]]:
    return [folded.span(place, place + 1) for place in range(len(folded.codes))]


@given(st.lists(any_texts(30), max_size=6))
def test_every_text_stands_alone_between_zeros(texts: list[str]) -> None:
    """`PAD` zeros stand before the first text and after each, and nowhere inside one."""
    batch = fold(texts)
    expected = np.zeros(len(batch.codes), dtype=bool)
    for start, end in zip(batch.starts.tolist(), batch.ends.tolist(), strict=True):
        expected[start:end] = True

    assert len(texts) == len(batch) == len(batch.starts) == len(batch.ends)
    assert len(batch.codes) == PAD * (len(texts) + 1) + int((batch.ends - batch.starts).sum())
    assert not batch.codes[:PAD].any()
    assert (expected == (batch.codes != 0)).all()


@given(any_texts())
def test_the_folded_alphabet_is_lower_case_ascii_and_placeholders(text: str) -> None:
    codes = fold([text])[0].codes

    assert all(code == 10 or 32 <= code < 65 or 90 < code < 127 or code >= 128 for code in codes), (
        codes
    )
    assert "  " not in fold([text])[0].text


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_case_makes_no_difference(text: str) -> None:
    assert fold([text.lower()])[0].codes == fold([text.upper()])[0].codes


@given(any_texts())
def test_a_bare_text_is_the_folded_text_itself(text: str) -> None:
    batch = fold([text])
    bare = batch.bare(0)

    assert batch[0].codes == bare.codes
    assert bare.text == bare.original
    assert [(place, place + 1) for place in range(len(bare.codes))] == _ways_back(bare)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 5)])
def test_a_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="is not within 0:4"):
        fold(["slot"])[0].span(start, end)


def test_no_texts_fold_to_an_empty_batch() -> None:
    batch = fold([])

    assert list(batch) == []
    assert len(batch.codes) == PAD
