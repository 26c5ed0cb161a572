"""The shape of betting sites' names, and the words of offices that are shaped alike."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from detector.indicators.interface import compile_pattern

NUMBER: Final = r"(?:[0-9]{2,3}(?:jp|win|bet|slot)?|[1-9]d|1131|5000|7777|8888)"
"""Digits that stand behind a name."""

ENDING: Final = r"(?:toto|togel|jitu|bet|slots?|win|wd|hoki|gacor|spin|qq|cuan|maxwin|jackpot|jepe)"
"""What names end in."""

_PARTS: Final[Any] = compile_pattern(rf"(?:([a-z]{{3,14}}){NUMBER}|([a-z]{{2,12}}){ENDING})$")

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
PLAIN: Final = frozenset(_OFFICES.split())
"""Words that offices put a number to."""

_NOT_ENDED: Final = frozenset(_ALIKE.split())


@lru_cache(maxsize=16_384)  # the same words come again
def is_brand(word: bytes) -> bool:
    """Whether a folded word is shaped like a betting site's name, and is none that offices put a number to."""
    parts = _PARTS.match(word)
    if parts is None:
        return False
    numbered, ended = parts.groups()
    return (numbered or b"").decode() not in PLAIN and (ended or b"").decode() not in _NOT_ENDED
