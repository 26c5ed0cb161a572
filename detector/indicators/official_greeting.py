"""Greetings and condolences of an institution."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class OfficialGreeting(WordIndicator):
    """Holiday greetings, congratulations, condolences, as institutions post them."""

    phrases: ClassVar = (
        "selamat (?:hari (?:raya|jadi|ulang tahun|ibu|pahlawan|kemerdekaan|pendidikan|kesehatan|bhayangkara|santri|batik|buruh|anak|kartini|lahir|kebangkitan|sumpah|pramuka|pers|bumi|kesaktian|natal|guru|tani|nelayan|adhyaksa|bhakti|lingkungan|nusantara|juang)|idul ?(?:fitri|adha)|natal|menunaikan|menjalankan|memperingati|bertugas|atas (?:pelantikan|dilantiknya|prestasi|diraihnya|terpilihnya|penghargaan|pengukuhan)|dan sukses|ulang tahun|imlek|nyepi|waisak|galungan|hut|purna ?tugas|mengikuti)",
        "dirgahayu", "turut (?:ber)?duka(?: ?cita)?(?: yang| sedalam| atas)?", "(?:turut )?berbelasungkawa", "turut berbahagia",
        "(?:keluarga besar|segenap) (?:pimpinan|jajaran|komisioner|pegawai|dinas|kpu|bawaslu|polres|polda|pemerintah|pemkab|pemkot|civitas|sivitas|staf|anggota|bhayangkari)",
        "mengucapkan (?:selamat|turut|dirgahayu|duka|belasungkawa)", "duka ?cita (?:yang )?(?:mendalam|sedalam)",
        "semoga (?:almarhum(?:ah)?|amal ibadah|husnul|keluarga yang ditinggalkan)", "lahir (?:dan |& )?bat(?:h)?in", "minal aidin",
        "marhaban",
        "happy (?:birthday|anniversary|thanksgiving|new year|holidays|easter|veterans|memorial|mothers?|fathers?|independence|eid|diwali|lunar|hanukkah|juneteenth|labor day|fourth|4th|passover|pride|ramadan)",
        "merry christmas", "condolences", "(?:deepest|sincere|heartfelt) sympath(?:y|ies)", "thoughts and prayers",
        "prayers (?:are with|for|to)", "rest in (?:peace|power)", "congratulations to", "congrats to",
        "wishing (?:everyone|all|a (?:happy|blessed|safe|joyous|meaningful))", "eid mubarak", "ramadan (?:mubarak|kareem)",
        "feliz (?:natal|dia|aniversario|ano novo)",
    )  # fmt: skip
    hits: ClassVar = (
        "Keluarga besar KPU mengucapkan selamat Idul Fitri",
        "Turut berduka cita atas wafatnya",
        "Dirgahayu Republik Indonesia",
        "Happy birthday to our Marines",
    )
    misses: ClassVar = (
        "selamat datang di situs kami",
        "duka warga",
        "keluarga besar pasien",
        "happy hour",
    )
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(
        id="mengucapkan selamat atau duka sebagai lembaga",
        en="greets or condoles as an institution",
    )
