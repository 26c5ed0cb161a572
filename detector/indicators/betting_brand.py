"""Names of betting sites by their shape: a word with lucky digits, or with an ending of the trade."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar, Final

from detector.indicators.interface import Indicator, Span, compile_pattern
from detector.records import Wording
from detector.text import Folded

_NUMBER: Final = r"(?:[0-9]{2,3}(?:jp|win|bet|slot)?|[1-9]d|1131|5000|7777|8888)"
_ENDING: Final = (
    r"(?:toto|togel|jitu|bet|slots?|win|wd|hoki|gacor|spin|qq|cuan|maxwin|jackpot|jepe)"
)
# Where such names stand: without groups, which keep RE2 from its fastest way.
_WHOLE: Final[Any] = compile_pattern(
    rf"[#@/._=&?%+-]?\b(?:[a-z]{{3,14}}{_NUMBER}|[a-z]{{2,12}}{_ENDING})\b"
)
_PARTS: Final[Any] = compile_pattern(rf"(?:([a-z]{{3,14}}){_NUMBER}|([a-z]{{2,12}}){_ENDING})$")

_OFFICES: Final = (  # words that offices put a number to
    "covid iphone rp idr tahun thn hut hutri ke nomor pasal usia umur no hal rw rt angkatan sma smp sman smpn sdn smkn"
    " sd psal top kpu wib juz ayat jam gen dapil tps kel kec blok gang lantai ruang kelas kls grup group pkl km kg gr"
    " cm mm ml pm am jalur rute bus line koridor tahap tingkat peringkat juara rank seri type tipe versi ver ios"
    " android windows galaxy redmi note oppo vivo poco realme nova mate pixel core ryzen intel rtx gtx ddr"
    " avanza vario beat cb cbr ninja supra vixion nmax aerox pcx tiger honda yamaha toyota kri kodim korem"
    " koramil yonif batalyon resimen divisi skuadron level lvl bab hari bulan ramadan ramadhan hijriah syawal"
    " abad bagian poin butir artikel slide foto halaman surah surat sk perda uu pp perpres permen inpres kode"
    " pin sandi route highway interstate act bill hr section title mac form room apt suite channel radio fm"
    " cop jkt mlk ori kav sac usd sgd myr eur aud idx cctv class grade team under apollo boeing airbus sqn mp mi"
)
# What stands before the ending in words that merely end alike.
_ALIKE: Final = (
    "abi al alfa alpha an as autode bald be bim cor cro dar de di ds ed el elisa er ga god good har ir ka kah kale ke"
    " ki la lc le lem li lu mas mel menya merem mgood mle pa ra re ri ro s sa se ser shre si su t ta te ter ti tw unt wi"
)
_PLAIN: Final = frozenset(_OFFICES.split())
_NOT_ENDED: Final = frozenset(_ALIKE.split())


class BettingBrand(Indicator):
    """A name of the shape of a betting site's, whatever is said of it; the value is the name."""

    triggers: ClassVar = (rf"[a-z]{_NUMBER}\b", rf"[a-z]{_ENDING}\b")
    hits: ClassVar = (
        "makasih ya JENGGALA77 bisa bayar kos",
        "cuma di kyra4d yang cair",
        "P͟U͟L͟A͟U͟W͟I͟N͟ bikin lupa waktu",
        "⭐ T E L A G A 1 7 ⭐ naik daun",
        "sehat selalu kang, salam dari mawartoto",
        "𝓼𝓾𝓱𝓾𝟑𝟐𝟖 tiap sore",
    )
    misses: ClassVar = (
        "HUT RI79 di alun-alun",
        "SMAN12 juara, selamat",
        "Pak Erwin dan Bu Godwin hadir",
        "Acara kawin massal, jangan ribet",
        "COVID19",
        "tahun2024",
        "#PilkadaDamai24",
        "https://t.co/LkDqVsPn02",
        "RT @kabar911",
    )
    meaning: ClassVar = Wording(
        id="menyebut nama yang bentuknya seperti situs judi",
        en="names something shaped like a betting site",
    )

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each such name, unless it is a hashtag, a part of an address, or a word that offices put a number to."""
        for match in _WHOLE.finditer(text.codes):
            if _is_brand(match.group()):
                start, end = match.span()
                yield start, end, text.text[start:end]


@lru_cache(maxsize=16_384)  # the same words come again
def _is_brand(word: bytes) -> bool:
    parts = _PARTS.match(word)
    if parts is None:
        return False
    numbered, ended = parts.groups()
    return (numbered or b"").decode() not in _PLAIN and (ended or b"").decode() not in _NOT_ENDED
