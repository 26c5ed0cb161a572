"""Names that hide from filters: where they stand, what is left alone, and what it takes to read hostile text."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.indicators._alphabets import pieced
from detector.indicators._finder import Finder
from detector.indicators.betting_brand import BettingBrand
from detector.indicators.broken_word import BrokenWord
from detector.indicators.framed_brand import FramedBrand
from detector.indicators.styled_word import StyledWord
from detector.text import fold

DATA = Path(__file__).parents[2] / "shared" / "data"


def _broken(text: str) -> list[str]:
    return [one.text for one in BrokenWord().find(fold([text])[0])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("✨ kata ibu M E L A T I 1 7 bukan kaleng", ["M E L A T I 1 7"]),
        ("ü kemarin di ♥K♥E♥L♥O♥R♥ ramai", ["K♥E♥L♥O♥R"]),
        ("🔥 Ma Lu Ng dan Ga lu Ki sama", ["Ga lu Ki"]),
        ("tiap sore di kelor!na dan ke!ora88", ["ke!ora88"]),
        ("kata 𝐌𝐄𝐋0𝐓𝐈 dan КЕLОRА", ["𝐌𝐄𝐋0𝐓𝐈", "КЕLОRА"]),
        ("kata 𝕊𝗔Ｎ𝗚𝔾𝔸 dan ᏢᎪᏚᎪᎡ74 juga", ["𝕊𝗔Ｎ𝗚𝔾𝔸", "ᏢᎪᏚᎪᎡ74"]),
        ("cari K͟͟E͟͟L͟͟O͟͟ saja", ["K͟͟E͟͟L͟͟O͟͟"]),
        ("s𝐬𝐬\ud83ds", ["s𝐬𝐬\ud83d"]),
    ],
)
def test_a_hidden_word_is_shown_as_it_stands_in_the_text(text: str, words: list[str]) -> None:
    assert words == _broken(text)


@pytest.mark.parametrize(
    "text",
    [
        "U N D A N G A N\nRapat pleno di aula",
        "U N D A N G A N | Rapat pleno",
        "Ho Ho Ho! Selamat Natal",
        "ENTREGA DE VEÍCULOS, DIA DA SAÚDE",
        "UANGNYA DIKIRIM SAJA KE NOMOR INI",
        "WhatsApp nol delapan delapan satu",
        "Saya Tujuh belas tahun",
        "ᴋᴀɴᴛᴏʀ ᴋᴘᴜ",
        "Москва и Киев; Αθήνα",
        "𝗞𝗣𝗨 2024, 𝗣𝗲𝗺𝗶𝗹𝘂 serentak",
        "selamat kepada 𝒥𝒰𝒮𝒯𝐼𝒞𝐸 baru",
        "Hebat!Info88 dan $100 per 50",
    ],
)
def test_what_offices_write_is_not_broken(text: str) -> None:
    assert _broken(text) == []


def test_a_word_is_pieced_together_when_two_letters_are_of_another_alphabet() -> None:
    assert list(pieced("КЕLOR")) == [(0, 7)]
    assert list(pieced("🔥-КЕLOR")) == [(5, 12)]
    assert list(pieced("КELOR")) == []
    assert list(pieced("КЕL")) == []


@pytest.mark.parametrize(
    ("text", "framed"),
    [
        ("a ⭐ MELATI17 ⭐ b", ["⭐ MELATI17 ⭐"]),
        ("⭐MELATI17⭐KELOR88⭐", ["⭐MELATI17⭐", "⭐KELOR88⭐"]),
        ("⭐MELATI17🔥", []),
        ("】MELATI17【", []),
        ("🔴MELATI 4D🔥", ["🔴MELATI 4D🔥"]),
    ],
)
def test_a_frame_is_the_same_on_both_sides_or_a_pair(text: str, framed: list[str]) -> None:
    assert framed == [one.text for one in FramedBrand().find(fold([text])[0])]


@pytest.mark.parametrize(
    "piece",
    [
        "A B C D E ", "A♥B♥C♥D♥", "Ga lu Ng ", "K͟E͟L͟", "ᴋᴇʟᴏ", "К𝙀L", "m/elati77 ", "a⭐b17⭐", "tujuh tujuh ", "K𝐀 "
    ],
)  # fmt: skip
def test_hostile_text_is_read_in_proportion_to_its_length(piece: str) -> None:
    """Four times the text takes about four times as long; twice as much again is left for noise."""
    finder = Finder([BrokenWord(), FramedBrand()])

    def seconds(length: int) -> float:
        batch = fold([piece * (length // len(piece))])
        started = time.process_time()
        finder.find(batch)
        return time.process_time() - started

    short, whole = (min(seconds(length) for _ in range(3)) for length in (25_000, 100_000))

    assert whole <= 8 * short + 0.01


@pytest.fixture(scope="module")
def named() -> Callable[[str, str], float]:
    """Return what finds the share of a real set's texts in which a name is found hidden or shaped like a brand."""
    finder = Finder([BettingBrand(), StyledWord(), BrokenWord(), FramedBrand()])

    def share(name: str, label: str) -> float:
        lines = (DATA / f"{name}.jsonl").read_bytes().split(b"\n")
        records = [json.loads(line) for line in lines if line]
        texts = [one["text"] for one in records if label in ("", one.get("label"))][:5_000]
        return sum(bool(one.names) for one in finder.notice(fold(texts))) / len(texts)

    return share


@pytest.mark.skipif(not DATA.is_dir(), reason="the real texts are not here")
@pytest.mark.parametrize(
    ("name", "label", "least", "most"),
    [
        ("id_gambling_comments", "gambling", 0.95, 1.0),
        ("id_gambling_comments", "normal", 0.0, 0.005),
        ("hard_negatives", "", 0.0, 0.003),
        ("id_institutional_instagram", "", 0.0, 0.005),
        ("id_gov_twitter", "", 0.0, 0.001),
        ("id_gov_website_wonosobo", "", 0.0, 0.002),
        ("en_congress_tweets", "", 0.0, 0.001),
        ("pt_state_gov_instagram", "", 0.0, 0.002),
    ],
)
def test_names_are_found_in_real_gambling_and_hardly_elsewhere(
    named: Callable[[str, str], float], name: str, label: str, least: float, most: float
) -> None:
    assert least <= named(name, label) <= most
