"""Notices that the reader has won."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class PrizeNotice(WordIndicator):
    """A number chosen, a winner's PIN, a prize to be confirmed."""

    phrases: ClassVar = (
        "(?:slamat|slmat|slmt)", "tahniah,? (?:anda|nombor)",
        "(?:anda|kamu) (?:telah |tlh |resmi |dinyatakan |keluar |menjadi |sebagai |berhasil )?(?:terpilih|menang|memenangkan|beruntung|pemenang|m?ndpt(?:kn|kan)?|brhak|dpt|meraih)",
        "trpilih", "pin (?:pemenang|undian|hadiah|anda)", "kode (?:pemenang|undian|hadiah|kupon)", "cek tunai",
        "gebyar (?:undian|poin|hadiah|simpedes|promo|berkah)", "(?:konfirmasi|penyerahan|pencairan|penukaran) (?:hadiah|pemenang|undian)",
        "(?:kupon|kemasan) berhadiah", "tukar (?:poin|hadiah)",
        "poin (?:anda|telkomsel|indosat|xl|bri|bca|mandiri) ?(?:akan |hangus |sebesar )?(?:hangus|[0-9])",
        "you (?:have |ve |are |were )?(?:been (?:selected|chosen|randomly|picked)|won (?:a|an|the|our|[$0-9]))",
        "(?:lucky|prize|lottery|sweepstakes|grand) (?:winners?|draw winner|number)",
        "claim your (?:prize|reward|gift|winnings|iphone|free)", "(?:prize|reward|gift) (?:claim|is waiting|awaits|unclaimed)",
        "voce (?:ganhou|foi sorteado|foi selecionado)",
    )  # fmt: skip
    hits: ClassVar = (
        "Selamat nomor Anda terpilih",
        "PIN pemenang: 25F4477, cek tunai 50jt",
        "Congratulations, you have been selected",
        "Slmt! Nmr anda mndpt hadiah",
    )
    misses: ClassVar = (
        "Selamat hari guru",
        "nomor antrean Anda",
        "nomor undian peserta pemilu",
        "calon terpilih ditetapkan",
        "you have a right to vote",
    )
    meaning: ClassVar = Wording(
        id="memberi tahu bahwa pembaca menang hadiah", en="tells readers that they have won"
    )
